//! What whoever starts a run may choose. Plain values: the command line fills them in, and so may any program.

use super::machine;
use crate::{
    error::Failure,
    load::{InBatches, Unsaved},
    model::{LintLevel, instant_of},
    plan::{SavedPlan, Shard},
    text,
};
use jiff::{Timestamp, Unit};
use std::{collections::BTreeSet, path::PathBuf, sync::Arc, time::Duration};

/// Which part of the workspace a run is about, and what it compares with. The default is everything.
#[derive(Debug, Clone, Default)]
pub struct Selection {
    /// A pattern for names of tenants, or behind `label:` for one of their labels.
    pub tenant: Option<String>,
    /// The names of tenants, those of a saved plan; `None`: any.
    pub tenants: Option<BTreeSet<String>>,
    /// Whether tenants that are new since that plan was made are planned as well: it is one of everything.
    pub new_tenants: bool,
    /// Patterns for addresses of objects, alone or behind their tenant, e.g. `queues.*`, `acme/forwards.*`. Empty: all
    /// objects.
    pub only: Vec<String>,
    /// Only tenants whose files, or whose provider's settings, differ from this git revision.
    pub changed_since: Option<String>,
    /// Only this part of the tenants that all else selects; beside `tenants` it says that those are one.
    pub shard: Option<Shard>,
    /// Of a saved plan of a shard: the tenants of all shards.
    pub whole: Option<Vec<String>>,
    /// The git revision that says whether the files or the live system changed, and that `protect` is enforced against.
    pub base: Option<String>,
    /// The git revision that is merged into the base: the files are those of the merge, and not those of the directory.
    pub merge: Option<String>,
    /// Commits of the base that may be taken back.
    pub allow_undo: Vec<String>,
    /// The git revision that the files are compared with, in the place of what is live.
    pub against: Option<String>,
    /// The git revision whose `dialform.yaml` is used instead of that of the files: no credential is touched for what only
    /// theirs names.
    pub config: Option<String>,
    /// A restore file: what it says was live is wanted, instead of what the files declare.
    pub restore: Option<PathBuf>,
    /// The instant that is planned for, where that is not now: what has an `until` is what it says then.
    pub as_of: Option<Timestamp>,
}

impl Selection {
    /// Whether it is all that the files declare, compared with what is live.
    pub(super) fn is_everything(&self) -> bool {
        let Self {
            tenant,
            tenants,
            new_tenants: _,
            only,
            changed_since,
            shard,
            whole,
            base,
            merge,
            allow_undo,
            against,
            config,
            restore,
            as_of: _,
        } = self;
        let named = [tenant, changed_since, base, merge, against, config];
        let lists = [only, allow_undo];
        named.iter().all(|it| it.is_none())
            && lists.iter().all(|it| it.is_empty())
            && tenants.is_none()
            && shard.is_none()
            && whole.is_none()
            && restore.is_none()
    }
}

/// Whether a run speaks to the emulated phone systems, and how those behave.
#[derive(Debug, Clone, Default)]
pub struct Emulation {
    pub sandbox: bool,
    /// How the emulated systems behave, e.g. `429:0.1,visible-after:1s`.
    pub fault: Option<String>,
    /// A file to which every request and response is appended, one JSON object a line.
    pub record: Option<PathBuf>,
}

/// What is kept and reported of the requests of a run.
#[derive(Debug, Clone, Default)]
pub struct Logging {
    /// A file to which one line of JSON about every request is appended.
    pub log: Option<PathBuf>,
    /// Whether the log has bodies too, without credentials and what tells who a person is.
    pub log_bodies: bool,
    /// Whether each request is reported as a [`Notice`](super::Notice) with a line of text.
    pub verbose: bool,
}

/// Everything a run may be told, beside its workspace.
#[derive(Debug, Clone, Default)]
pub struct Options {
    /// What the plan is for, e.g. `production`: only the words of a comment and its mark depend on it.
    pub environment: Option<String>,
    pub selection: Selection,
    /// Whether tenants that are not selected, and have nothing in common with those that are, are not loaded: what is wrong with
    /// one of them by itself is then not found.
    pub in_part: bool,
    /// The tenants of a fleet are loaded so; `None`: all of them at once.
    pub in_batches: Option<InBatches<'static>>,
    /// Whether it is about what happens to calls: what is wrong with them is what somebody wants to see, and no reason to stop.
    pub follows_calls: bool,
    /// Whether somebody only looks at where calls go: what the files deny is a warning, and no reason to show nothing.
    pub looks_at_calls: bool,
    /// Whether somebody asks who points to something: a live account is searched for it as before a deletion.
    pub asks_for_uses: bool,
    pub emulation: Emulation,
    pub logging: Logging,
    /// What becomes of warnings by their codes, whatever `lints` in `dialform.yaml` says.
    pub lints: Vec<(String, LintLevel)>,
    /// What time it is; `None`: as the clock of this machine says.
    pub now: Option<Timestamp>,
    /// Texts of files that are read in the place of what is on the disk.
    pub unsaved: Arc<Unsaved>,
}

impl Options {
    /// What time it is, to the second.
    pub fn now(&self) -> Timestamp {
        to_the_second(self.now.unwrap_or_else(machine::now))
    }

    /// The instant that a run is about, to the second.
    pub fn at(&self) -> Timestamp {
        self.selection.as_of.map_or_else(|| self.now(), to_the_second)
    }
}

fn to_the_second(instant: Timestamp) -> Timestamp {
    let rounded = jiff::TimestampRound::new().smallest(Unit::Second).mode(jiff::RoundMode::Floor);
    instant.round(rounded).unwrap_or(instant)
}

/// The instant that an option names.
pub fn instant(option: &str, value: &str) -> Result<Timestamp, Failure> {
    instant_of(value).map(to_the_second).ok_or_else(|| {
        Failure::error(format!("`{option} {value}` is not an instant")).help(
            "write it with its offset or its zone: `2027-01-16T18:00Z`, `2027-01-16T12:00-06:00`, \
             `2027-01-16T12:00[America/Chicago]`",
        )
    })
}

/// How an apply waits, and what it may do.
#[derive(Debug, Clone, Default)]
pub struct ApplyOptions {
    /// How long to look for a change that was accepted; `None`: as long as the provider's `limits.settle`.
    pub wait: Option<Duration>,
    /// How long to wait while another apply has an account locked.
    pub lock_timeout: Duration,
    pub approval: Approval,
}

/// What somebody has approved.
#[derive(Debug, Clone, Default)]
pub struct Approval {
    /// The digest of the plan that was approved. A plan with another digest is refused. `None`: any plan is taken.
    pub digest: Option<String>,
    /// The plan that was approved. A plan that does anything else is refused; one that does less is taken.
    pub reviewed: Option<SavedPlan>,
    /// Addresses of critical changes that are approved, or patterns for them, e.g. `acme-dental/forwards.+12145550100`,
    /// `acme-dental/forwards.*`.
    pub critical: Vec<String>,
    /// Whether the limits of `guard` may be exceeded.
    pub override_guard: bool,
}

/// How long an option means.
pub fn duration(option: &str, value: &str) -> Result<Duration, Failure> {
    /// Longer is a slip, and clocks have an end.
    const LONGEST: Duration = Duration::from_secs(366 * 24 * 3600);
    text::duration(value).filter(|it| *it <= LONGEST).ok_or_else(|| {
        Failure::error(format!("`{option} {value}` is not a duration"))
            .help("write it as `30s`, `10m` or `24h`")
    })
}
