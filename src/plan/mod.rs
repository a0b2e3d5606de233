//! Desired and observed state to a plan: what would change, in which order, and what needs a person's word. Pure.
//!
//! A plan is sorted, serialisable data. It holds no clock, no closure and no client; the same inputs give the same
//! bytes, and a digest of them is what a reviewer approves.

mod against;
mod base;
mod build;
mod bulk;
mod by_hand;
mod class;
mod desired;
mod detail;
mod dialect;
mod digest;
mod guard;
mod leading;
mod live;
mod made_from;
mod onward;
mod order;
mod own;
mod part;
mod passed;
mod planned;
mod policy;
mod portal;
mod protect;
pub mod read_back;
mod reason;
mod redact;
mod remarks;
mod reviewed;
pub mod saved;
mod shard;
mod taken;
mod taken_back;
mod toggle;
mod top;
mod undeclared;
mod unique;
mod unreadable;
mod uses;
mod wanted;
mod whole;
mod zones;

pub use crate::{diff::nothing_of, experience::Class};
pub use against::{against, other_account};
pub use base::Base;
pub use build::{Input, build};
pub use bulk::{BulkEntry, expand as expand_bulk, with_bulk};
pub use by_hand::{Checklist, to_check};
pub use desired::{Desired, desired, desired_in_part};
pub use detail::Detail;
pub use dialect::{
    Accepts, ByHand, Dialect, Grade, GradeRow, Propagation, Remark, Removal, Unsupported, Way, When,
};
pub use guard::{leads_to, still_lead_to};
pub use leading::in_words;
pub use live::{DeadEnds, KEPT_BY, dead_ends};
pub use made_from::{MadeFrom, NamedCommit};
pub use onward::{OnWay, come_by, leads, stuck};
pub use own::Own;
pub use part::{Across, Part};
pub use passed::Passed;
pub use policy::Policy;
pub use portal::{Act, Clicks, Control, Lists, Portal, Setting, Shown, both, join};
pub use protect::takes_away;
pub use reason::Reason;
pub use reviewed::{Reviewed, as_reviewed};
pub use saved::SavedPlan;
pub use shard::Shard;
pub use taken::DeletedNames;
pub use taken_back::{TakenBack, taken_back};
pub use wanted::Wanted;
pub use whole::{Gaps, Joining, NoWhole, SavedShard, Whole, with_part};
pub use zones::of_calls as clocks_of_calls;

use crate::{
    diff::FieldChange,
    experience::Experience,
    finding::{Finding, Place},
    model::{Address, Circumstances, Destination, Extension, Kind, Resource},
    path::{Path, Segment},
};
use serde::{Deserialize, Serialize, Serializer};
use serde_json::Value;
use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

/// Whether what is live is another than is wanted.
pub fn differs(live: &Resource, wanted: &Resource) -> bool {
    !crate::diff::diff(wanted, live).is_empty()
}

/// The version of the JSON form of a plan.
pub const FORMAT_VERSION: u32 = 4;

/// Everything one account holds, as far as it was read.
///
/// Assumes that every read it came from was complete: a failed or partial read is an error, never an empty list.
#[derive(Debug, Clone, Default)]
pub struct Observed {
    pub objects: BTreeMap<Address, Resource>,
    /// Every extension of the account and what answers there.
    pub extensions: BTreeMap<Extension, Role>,
    /// What the portal calls auto attendants, where somebody has asked for it.
    pub attendants: BTreeMap<Extension, String>,
    /// Where calls can be sent beside the objects: how many live things have that name. Only of the sorts that are
    /// declared somewhere.
    pub named_targets: BTreeMap<Destination, usize>,
    /// Words that a declared object would use and the provider does not know, by the object.
    pub unknown_dial_strings: BTreeMap<Address, Vec<String>>,
    /// Objects of which several have one name, with what tells each of them from the others in the portal.
    pub namesakes: BTreeMap<Address, Vec<String>>,
    /// Why a live object cannot be managed as it is.
    pub obstacles: Vec<Obstacle>,
    /// The same in the way of a change that a file wants. What is as declared, and what is brought back, goes on.
    pub reserved: Vec<Obstacle>,
    /// Pointers that no object in `objects` shows: what is pointed to, by whom.
    pub hidden_uses: Vec<HiddenUse>,
    /// Fields whose live value this vocabulary has no word for, by object.
    pub opaque: BTreeMap<Address, BTreeSet<Path>>,
    /// Fields whose live value was shown and is not understood, with what was shown, by object. They are never written, and
    /// `objects` has nothing in their place.
    pub unreadable: BTreeMap<Address, BTreeMap<Path, String>>,
    /// Fields that this server does not show at all or that nobody has asked for, by object: whether they are as declared
    /// cannot be told.
    pub unseen: BTreeMap<Address, BTreeSet<Path>>,
    /// What a field is as soon as its object is such that it has it, by object: nobody has to set it so.
    pub kept: BTreeMap<Address, BTreeMap<Path, Value>>,
    /// Objects in the provider's own words, as they were read, without credentials: what a restore file keeps.
    pub own: BTreeMap<Address, Own>,
    /// What goes with an object when it is deleted and no restore file has, in words for people.
    pub not_kept: BTreeMap<Address, &'static str>,
    /// What goes with the earlier value of a field when that is changed, by object and field.
    pub not_kept_of: BTreeMap<Address, BTreeMap<Path, &'static str>>,
    /// Whether the names of rules that are deleted stay taken in this account.
    pub deleted_names: DeletedNames,
    /// The names that are seen to be taken by rules that were deleted, by the object whose rules they were.
    pub taken: BTreeMap<Address, BTreeSet<String>>,
    /// Entries of a live object that this vocabulary has no word for, each in words for people. A change leaves them as they
    /// are, and a deletion takes them.
    pub beyond: BTreeMap<Address, Vec<String>>,
    /// What a live object holds beyond this vocabulary; it is left alone.
    pub notes: BTreeMap<Address, Vec<String>>,
    /// What calls depend on and no object says.
    pub circumstances: Circumstances,
    /// Why it is not known which emergency forwards are on, in a run that is not about them.
    pub unread_forwards: Option<String>,
    /// In which zones the hours of schedules count.
    pub zones: Zones,
    /// What is live and no object of a file, each with why: it is neither compared nor changed.
    pub aside: Vec<(Address, &'static str)>,
    /// What is left of objects that are not there. Never an object that is.
    pub remnants: BTreeMap<Address, Remnant>,
}

/// Time zones by name, as far as the account shows them.
#[derive(Debug, Clone, Default)]
pub struct Zones {
    pub account: Option<String>,
    /// Of extensions that have one of their own.
    pub extensions: BTreeMap<Extension, String>,
}

/// A part of an object that stands alone: its creation or deletion has ended half way.
#[derive(Debug, Clone)]
pub struct Remnant {
    /// An object of the kind with nothing in it: so is it deleted.
    pub object: Resource,
    /// In words: "extension 400 is a queue's user without a queue".
    pub text: String,
}

/// Something live that makes it unsafe to manage an object, or some of its fields.
#[derive(Debug, Clone)]
pub struct Obstacle {
    pub address: Address,
    /// The field it is about; `None` for the whole object.
    pub field: Option<Path>,
    pub code: &'static str,
    pub message: String,
    pub help: &'static str,
}

/// A live pointer that the vocabulary cannot say.
#[derive(Debug, Clone)]
pub struct HiddenUse {
    pub target: Address,
    /// The objects in which it would show if it could be said; one that does show it speaks for itself.
    pub owners: Vec<Address>,
    /// In words: "the rules of extension 105".
    pub by: String,
    /// Whether it is there in a way that no object shows, whatever else those show of it.
    pub is_unshown: bool,
    /// Whether nobody can tell whether it is there.
    pub is_possible: bool,
}

/// What answers at an extension.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Role {
    Person,
    Queue,
    Attendant,
    /// Another part of the platform.
    System,
}

/// The plan of one run.
#[derive(Debug, Clone, Serialize)]
pub struct Plan {
    pub format_version: u32,
    /// Identifies the steps: equal digests mean that the same is done.
    pub digest: String,
    pub made_from: MadeFrom,
    /// What is worth knowing about the files and the command itself, and what of the live accounts nobody must miss. The
    /// digest does not count it.
    pub findings: Vec<Finding>,
    pub tenants: Vec<TenantPlan>,
    /// Of a shard: what is needed to join it with the others.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub part: Option<Part>,
}

/// What would happen to one tenant.
#[derive(Debug, Clone, Serialize)]
pub struct TenantPlan {
    pub tenant: String,
    pub provider: String,
    pub account: String,
    /// Where its system is reached; `sandbox` for an emulated one. Kept once for all plans of a system.
    pub endpoints: Arc<[String]>,
    /// What nobody must miss, whatever is planned: it stands at the top of the plan.
    #[serde(skip)]
    pub findings: Vec<Finding>,
    /// In the order in which they are carried out.
    pub steps: Vec<Step>,
    /// What callers notice of them. None: nobody has worked it out, because this system's way with calls is not known.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub experience: Option<Box<Experience>>,
    /// Why some or all of this tenant is not planned; the other tenants go on.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub blocked: Vec<Finding>,
    /// The objects that are not planned because of `blocked`. Neither these nor fields while something is blocked: nothing is
    /// planned.
    #[serde(skip_serializing_if = "BTreeSet::is_empty")]
    pub withheld: BTreeSet<Address>,
    /// The fields that are not planned because of `blocked`, of objects that are.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub withheld_fields: BTreeMap<Address, BTreeSet<Path>>,
    /// Limits this plan goes beyond; `apply` refuses.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub refused: Vec<String>,
    /// Declared, but the provider does not show them: never a difference by themselves.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub unverifiable: Vec<Unverifiable>,
    /// Live objects nobody declared. They are left alone.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub unmanaged: Vec<Address>,
    /// How many extensions have neither `rules` nor `diverts` here.
    pub unmanaged_extensions: usize,
    /// Which they are.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub unmanaged_extension_names: Vec<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub notes: Vec<Note>,
    /// What the tenant wants of the objects that the run is about.
    #[serde(skip)]
    pub wanted: Wanted,
    /// The commits that it takes back, and may.
    #[serde(skip)]
    pub undoes: BTreeSet<String>,
    /// What of it has to do with the accounts of others.
    #[serde(skip)]
    pub across: Across,
}

impl TenantPlan {
    /// Whether nothing is planned because nothing of the account is known.
    pub fn is_unread(&self) -> bool {
        self.blocked.iter().any(|finding| finding.code == UNREADABLE)
    }

    /// Whether nothing of it is planned, whatever the files say.
    pub fn is_stopped(&self) -> bool {
        !self.blocked.is_empty() && self.withheld.is_empty() && self.withheld_fields.is_empty()
    }

    /// The same with nothing to be done, where something is found that stops it.
    #[must_use]
    pub fn stopped_by(self, found: Vec<Finding>) -> Self {
        if found.is_empty() {
            return self;
        }
        let Self { tenant, provider, account, findings, mut blocked, across, .. } = self;
        blocked.extend(found);
        Self { findings, across, ..Self::blocked(&tenant, &provider, &account, blocked) }
    }

    /// A tenant for which nothing can be planned, and why.
    pub fn blocked(tenant: &str, provider: &str, account: &str, blocked: Vec<Finding>) -> Self {
        Self {
            tenant: tenant.to_owned(),
            provider: provider.to_owned(),
            account: account.to_owned(),
            endpoints: Arc::default(),
            findings: Vec::new(),
            steps: Vec::new(),
            experience: None,
            blocked,
            withheld: BTreeSet::new(),
            withheld_fields: BTreeMap::new(),
            refused: Vec::new(),
            unverifiable: Vec::new(),
            unmanaged: Vec::new(),
            unmanaged_extensions: 0,
            unmanaged_extension_names: Vec::new(),
            notes: Vec::new(),
            wanted: Wanted::default(),
            undoes: BTreeSet::new(),
            across: Across::default(),
        }
    }
}

/// The code of what is said of an account that cannot be read.
pub const UNREADABLE: &str = "unreadable-account";

/// Something declared that the provider does not show.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Unverifiable {
    pub address: Address,
    /// The fields it is about; empty for the whole object.
    #[serde(skip_serializing_if = "Vec::is_empty", serialize_with = "fields")]
    pub fields: Vec<Path>,
    /// Why it matters more than others.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub critical: Option<String>,
    /// Where a person looks, and what has to stand there.
    #[serde(flatten, skip_serializing_if = "Vec::is_empty", serialize_with = "portal::both")]
    pub instructions: Vec<Clicks>,
}

impl Unverifiable {
    /// How many values a person has to look at.
    pub fn settings(&self) -> usize {
        portal::count(&self.instructions).max(1)
    }
}

/// Each as in a change: its path, and the `field` as people read it.
fn fields<S: Serializer>(paths: &[Path], serializer: S) -> Result<S::Ok, S::Error> {
    let both = |path: &Path| serde_json::json!({ "path": path, "field": path.to_string() });
    serializer.collect_seq(paths.iter().map(both))
}

/// Something worth knowing about an object beside what its step says.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Note {
    pub address: Address,
    pub text: String,
    /// The fact it follows from, where the vendor says so.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub source: Option<&'static str>,
}

impl Note {
    pub fn new(address: &Address, text: impl Into<String>) -> Self {
        Self { address: address.clone(), text: text.into(), source: None }
    }
}

/// One object and what is done to it.
#[derive(Debug, Clone, Serialize)]
pub struct Step {
    pub address: Address,
    pub action: Action,
    pub class: Class,
    /// Whether the files or the live system moved; known only with `--base`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<Reason>,
    /// Why this step needs `--approve-critical`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub critical: Option<String>,
    /// What still leads to what it deletes, as far as that was seen.
    #[serde(skip)]
    pub used_by: BTreeSet<String>,
    pub changes: Vec<FieldChange>,
    /// The live object, `None` if there is none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub before: Option<Resource>,
    /// The object as it will be, `None` if it is deleted.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub after: Option<Resource>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub source: Option<Source>,
    /// What of that which the step takes away `--restore` cannot bring back.
    #[serde(rename = "no_way_back", skip_serializing_if = "Vec::is_empty")]
    pub lost: Vec<String>,
    /// Objects of this plan that must be done first.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub needs: Vec<Address>,
    /// Objects whose earlier steps have to have ended first, however they ended: the same calls come by them.
    #[serde(skip)]
    pub follows: Vec<Address>,
    /// For a manual step: what to click and what to enter, in the words of the portal.
    #[serde(flatten, skip_serializing_if = "Vec::is_empty", serialize_with = "portal::both")]
    pub instructions: Vec<Clicks>,
    /// The live object in the provider's own words.
    #[serde(skip)]
    pub own: Option<Own>,
    /// The object as it was, in the provider's own words, where it is brought back: so it is written.
    #[serde(skip)]
    pub restored: Option<Value>,
    /// What a person does instead where a field is written in a form that is inferred, and does not stick.
    #[serde(skip)]
    pub fallback: Vec<(Path, Clicks)>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Action {
    Create,
    Update,
    Delete,
    /// A person has to do it: the provider has no way in.
    Manual,
}

impl Action {
    /// Whether dialform makes an object as it is declared.
    pub fn sets(self) -> bool {
        matches!(self, Self::Create | Self::Update)
    }
}

/// Where an object is declared.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Source {
    pub file: String,
    pub line: usize,
    /// Where the tenant's own file brings it in, if that is another one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub also: Option<Box<Source>>,
}

impl From<Place> for Source {
    fn from(Place { file, line, also, .. }: Place) -> Self {
        Self { file, line, also: also.map(|also| Box::new(Self::from(*also))) }
    }
}

impl std::fmt::Display for Source {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}:{}", self.file, self.line)?;
        match &self.also {
            Some(also) => write!(f, " ({also})"),
            None => Ok(()),
        }
    }
}

impl Step {
    /// A step that changes nothing yet, and that no caller notices.
    pub fn plain(address: Address, action: Action, source: Option<Source>) -> Self {
        Self {
            address,
            action,
            class: Class::Cosmetic,
            reason: None,
            critical: None,
            used_by: BTreeSet::new(),
            changes: Vec::new(),
            before: None,
            after: None,
            source,
            lost: Vec::new(),
            needs: Vec::new(),
            follows: Vec::new(),
            instructions: Vec::new(),
            own: None,
            restored: None,
            fallback: Vec::new(),
        }
    }

    /// Whether the object goes, by whoever's hand.
    pub fn removes(&self) -> bool {
        self.after.is_none()
    }

    /// Whether it changes a schedule that rules of any extension may name.
    pub fn is_of_shared_hours(&self) -> bool {
        let is_own = matches!(&self.after, Some(Resource::Schedule(it)) if it.extension.is_some());
        self.address.kind == Kind::Schedules && self.action == Action::Update && !is_own
    }

    /// What people see it do: a forward that had no number is a new one to them, while its phone system has a record of every
    /// number and changes that.
    pub fn shown(&self) -> Action {
        let to = Path::from(["to"]);
        let is_first = |it: &FieldChange| it.path == to && it.old.is_none() && it.new.is_some();
        let was_on = matches!(&self.before, Some(Resource::Forward(before)) if before.is_active());
        let is_new = self.address.kind == Kind::Forwards && !was_on && self.changes.iter().any(is_first);
        if self.action == Action::Update && is_new { Action::Create } else { self.action }
    }

    /// Whether a field is part of what the step changes, or holds a part of it.
    pub fn concerns(&self, path: &[Segment]) -> bool {
        self.changes.iter().any(|change| path.starts_with(&change.path) || change.path.is_inside(path))
    }
}

impl Plan {
    /// Puts the tenants in order and computes the digest.
    pub fn new(mut tenants: Vec<TenantPlan>) -> Self {
        tenants.sort_by(|a, b| a.tenant.cmp(&b.tenant));
        let digest = digest::of(&tenants);
        let findings = tenants.iter().flat_map(|tenant| tenant.findings.clone()).collect();
        let made_from = MadeFrom::default();
        Self { format_version: FORMAT_VERSION, digest, made_from, findings, tenants, part: None }
    }

    /// The same with further findings to show beside it.
    #[must_use]
    pub fn with_findings(mut self, findings: Vec<Finding>) -> Self {
        self.findings.extend(findings);
        self
    }

    /// The same with what it was made from.
    #[must_use]
    pub fn made_from(mut self, made_from: MadeFrom) -> Self {
        self.made_from = made_from;
        self
    }

    pub fn steps(&self) -> impl Iterator<Item = (&TenantPlan, &Step)> {
        self.tenants.iter().flat_map(|tenant| tenant.steps.iter().map(move |step| (tenant, step)))
    }

    pub fn is_empty(&self) -> bool {
        self.steps().next().is_none()
    }

    pub fn is_blocked(&self) -> bool {
        self.tenants.iter().any(|tenant| !tenant.blocked.is_empty())
    }

    /// How many steps people see as this action.
    pub fn count(&self, action: Action) -> usize {
        self.steps().filter(|(_, step)| step.shown() == action).count()
    }

    /// How many declared values nobody has looked at, because only a person can.
    pub fn unchecked(&self) -> usize {
        self.tenants.iter().flat_map(|tenant| &tenant.unverifiable).map(Unverifiable::settings).sum()
    }
}

/// The kinds whose live objects a plan lists when nobody declared them.
const LISTED: [Kind; 5] = [Kind::Schedules, Kind::Receivers, Kind::Queues, Kind::Numbers, Kind::Forwards];
