//! The boundary to the phone systems: what planning may know of one, and how it is read and written.
//!
//! To add one, write its directory and its line in [`PROVIDERS`]:
//!
//! 1. `wire`: its JSON, lenient on read, strict on write.
//! 2. `convert`: wire to model and back, pure, and `normalize`: a desired object in the form the provider reports.
//! 3. `grades`: a row for every field of every kind it holds, with the source of the fact: api, experimental, manual,
//!    unsupported (with what to do instead). `portal`: the page on which a person sets what is experimental or manual. What it refuses, leaves to people and prints follows from these.
//! 4. `client`: [`Read`] and [`Write`] on [`crate::http`]. Where a step takes several writes, `between`: how its object is
//!    from one to the next, for what callers meet meanwhile. `observe` returns everything in scope at once,
//!    or an error, never a part of it. What a server does not show is named in `Observed::opaque`, what it shows and
//!    nobody understands in `Observed::unreadable`. `execute` carries out
//!    one step, sends only what the step [concerns](Step::concerns), and never decides.
//! 5. `settings`: the type of its entry in `dialform.yaml` with [`Settings`]; the schema is made of it. Its endpoints sign
//!    in with what the [`Keyring`] finds: [`crate::http::Bearer`], [`crate::http::Basic`], [`crate::http::ApiKey`], a token
//!    that is [replaced](refresh::Refreshing) when it has expired, or a pair of these.
//! 6. `mod`: the static [`Provider`].
//!
//! What several need is beside them: [`answer`] for reading, [`at_once`] for reads that do not need each other, [`scalar`]
//! for numbers and switches in every form, [`refusal`] for what cannot be held.
//!
//! To be tested it needs an emulation in `sandbox/` with a line in its table, which also says what of the state each
//! object may touch, and data in `tests/it/transitions/KIND/`: settings and a live account. The transitions then run by
//! themselves, as far as its table lets them. `tests/it/toy.rs` is a whole provider in 150 lines, with its server.
//! Planning, applying and rendering need no line of code. What happens to a call does: it is in [`crate::flow`], beside the
//! other systems. Without it every step counts as noticed, and nothing follows a call of that system.
//!
//! A program that embeds this crate adds its own with [`register`].

pub mod answer;
pub mod at_once;
pub mod ctm;
pub mod deskphone;
pub mod findings;
mod keyring;
mod lenient;
mod open;
pub mod refresh;
pub mod refusal;
pub mod scalar;
pub mod settings;
pub mod stratus;

pub use findings::SettingsFindings;
pub use keyring::{Access, Keyring, Tokens};
pub use open::{Opening, System, open, open_emergency};
pub use settings::{Answer, Emergency, Endpoint, Entry, Form, Kinds, Question, Settings, Workspace};

use crate::{
    http::{ApiError, Conventions, ReadClient, WriteClient},
    model::{Address, Kind, Limits, Resource},
    path::{Path, Segment},
    plan::{Dialect, Observed, Step},
};
use async_trait::async_trait;
use serde_json::Value;
use std::{
    collections::{BTreeMap, BTreeSet},
    fmt,
    sync::{PoisonError, RwLock},
};

/// Every phone system dialform knows.
pub static PROVIDERS: &[&Provider] = &[&stratus::PROVIDER, &ctm::PROVIDER, &deskphone::PROVIDER];

/// Those of the program around this crate.
static FURTHER: RwLock<Vec<&'static Provider>> = RwLock::new(Vec::new());

/// Adds a provider for the rest of this process. A kind that is known already is not replaced.
pub fn register(provider: &'static Provider) {
    FURTHER.write().unwrap_or_else(PoisonError::into_inner).push(provider);
}

/// Every provider, with those that were registered.
pub fn all() -> Vec<&'static Provider> {
    let further = FURTHER.read().unwrap_or_else(PoisonError::into_inner);
    PROVIDERS.iter().chain(further.iter()).copied().collect()
}

/// A phone system: facts, pure functions and the way in.
pub struct Provider {
    /// The word in `kind:`.
    pub kind: &'static str,
    pub title: &'static str,
    pub dialect: Dialect,
    /// The type of its settings.
    pub settings: Form,
    /// How its refusals are understood.
    pub conventions: &'static Conventions,
    /// How hard it may be worked where the workspace does not say.
    pub limits: Limits,
    /// Whether one entry of `providers` reaches one account only, so that tenants cannot share it.
    pub single_account: bool,
    /// A reader that cannot write, and a writer.
    pub reader: fn(Endpoints<ReadClient>) -> Box<dyn Read>,
    pub writer: fn(Endpoints<WriteClient>) -> Box<dyn Write>,
}

impl fmt::Debug for Provider {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.kind)
    }
}

/// Open endpoints by name.
pub type Endpoints<T> = BTreeMap<&'static str, T>;

/// The provider of that kind.
pub fn find(kind: &str) -> Option<&'static Provider> {
    all().into_iter().find(|provider| provider.kind == kind)
}

/// What a tenant is about to be compared with.
#[derive(Debug, Clone, Default)]
pub struct Scope {
    /// The objects to read whole.
    pub wanted: BTreeMap<Address, Resource>,
    /// Everything the tenant declares, also what this run is not about.
    pub declared: BTreeSet<Address>,
    /// Whether everything else that comes in one list is read too, so that undeclared objects are seen. Off for a
    /// read-back of single objects.
    pub lists: bool,
    /// Kinds this run is about. Lists of others are read only where something in it may depend on them.
    pub kinds: BTreeSet<Kind>,
    /// Kinds of which a live object may be about to be deleted, so that everything pointing to it must be seen.
    pub exhaustive: BTreeSet<Kind>,
    /// Schedules that are switched off or brought back: who else uses them must be seen.
    pub watched: BTreeSet<Address>,
    /// Objects that are about to be deleted if they are live.
    pub absent: BTreeSet<Address>,
    /// Objects that are brought back, in the provider's own words.
    pub earlier: BTreeMap<Address, Value>,
    /// Whether what is wanted was live before: what a system has held it can hold, whatever a new object may not be.
    pub restores: bool,
    /// Whether every object of the account is read whole, as if all of it were wanted: for an import.
    pub everything: bool,
    /// Whether somebody asks what points to something, whatever this is about.
    pub uses: bool,
    /// Whether what is wanted is looked at for one step alone.
    pub glance: Option<Glance>,
}

/// What a step needs to see of its object: nothing else need be read. What was not read is [`Observed::unseen`].
#[derive(Debug, Clone)]
pub struct Glance {
    /// The fields, or parts of them.
    pub about: BTreeSet<Path>,
    /// The object as it is expected to be.
    pub expected: Resource,
    /// Whether it may have gone: then it must be seen that it is there.
    pub may_be_gone: bool,
}

impl Scope {
    /// Whether a field of what is wanted is looked at, or something in it.
    pub fn is_about(&self, field: &[&str]) -> bool {
        let field: Path = field.iter().fold(Path::default(), |path, key| path.join(Segment::key(key)));
        self.glance.as_ref().is_none_or(|glance| {
            glance.about.iter().any(|path| path.is_inside(&field) || field.is_inside(path))
        })
    }

    /// Whether it must be seen that what is wanted is there, whatever of it is looked at.
    pub fn may_be_gone(&self) -> bool {
        self.glance.as_ref().is_none_or(|glance| glance.may_be_gone)
    }

    /// All that an account holds.
    pub fn everything() -> Self {
        Self { lists: true, kinds: Kind::ALL.into(), everything: true, ..Self::default() }
    }

    /// The one kind this is about, if it is about one: what is read for the others need not be asked for.
    pub fn only_kind(&self) -> Option<Kind> {
        let mut kinds: BTreeSet<Kind> = self.wanted.keys().map(|address| address.kind).collect();
        if self.lists {
            kinds.extend(&self.kinds);
        }
        kinds.first().copied().filter(|_| kinds.len() == 1)
    }
}

/// Observes one account. Never writes; holds a client that cannot.
#[async_trait]
pub trait Read: Send + Sync {
    /// Everything in scope. Complete, or an error: a failed or cut read is never an empty one.
    async fn observe(&self, account: &str, scope: &Scope) -> Result<Observed, ApiError>;

    /// Every account that the credential reaches. Complete, or an error; none where the system lists none.
    async fn accounts(&self) -> Result<Vec<Account>, ApiError> {
        Ok(Vec::new())
    }
}

/// An account, as the system itself lists it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Account {
    /// What a tenant's file says under `account`.
    pub id: String,
    /// What people call it, where it has a name beside that.
    pub name: Option<String>,
}

/// What of an object that is brought back the system does not take any more, each as a person would find it. Empty for any
/// other.
pub type NotBack = Vec<String>;

/// Carries out one step. Never compares, never decides.
#[async_trait]
pub trait Write: Send + Sync {
    /// Sends what the step says, merged into what is live at that moment so that nothing unmanaged is lost. Until the first
    /// write, a read that the look of the step has made as well costs nothing ([`crate::http::Looked`]): ask for the same in
    /// the same words. Returns when the provider has accepted it; whether it came true is for the caller to read back.
    async fn execute(&self, account: &str, step: &Step) -> Result<NotBack, ApiError>;
}
