//! A workspace, loaded and checked: everything that can be known without asking a phone system.

use super::{
    allowed::Allowed,
    allows::{Allows, is_plain},
    intent::Intent,
    levels::{self, Levels},
    lints::check_together,
    meanwhile::Meanwhile,
    pattern::Objects,
    place::locate,
    then::protected,
    untils,
};
use crate::{
    cores,
    error::Failure,
    finding::{Finding, Level, bounded},
    lint::Lint,
    load::{Files, LoadedTenant, Merge},
    lock,
    model::{Address, Kind, Tenant},
    path::Segment,
    plan::{Base, BulkEntry, Desired, Passed, Source, desired},
    provider::{self, Entry, Kinds, Provider, Workspace},
};
use jiff::Timestamp;
use std::{
    collections::{BTreeMap, BTreeSet},
    path::{Path, PathBuf},
};

/// A workspace without errors.
pub struct Checked {
    pub root: PathBuf,
    pub workspace: Workspace,
    /// The tenants this run is about.
    pub tenants: Vec<CheckedTenant>,
    pub warnings: Vec<Finding>,
    /// The merge whose files these are; `None`: they are those of the directory.
    pub(super) merge: Option<Merge>,
    /// Whether the base is the commit that is checked out: what differs is then not about a change that is under review.
    pub(super) at_base: bool,
    /// What others have merged into the base since the files left it.
    pub(super) meanwhile: Option<Meanwhile>,
    /// The commits that may be taken back.
    pub(super) allowed: Vec<Allowed>,
    /// Patterns for addresses; empty: every object.
    pub(super) only: Vec<Objects>,
    /// The tenants of all shards, where this is one.
    pub(super) whole: Option<Vec<String>>,
    /// What becomes of warnings.
    pub(super) levels: Levels,
    /// The comments that let one be.
    pub(super) allows: Allows,
    /// What was found to be there, where the tenants are loaded batch by batch.
    pub(super) fleet: Option<Fleet>,
}

/// One tenant, put into the form its provider reports.
pub struct CheckedTenant {
    /// Among the workspace's tenants.
    pub index: usize,
    pub provider: &'static Provider,
    pub desired: BTreeMap<Address, Desired>,
    pub absent: BTreeMap<Address, Option<Source>>,
    /// Schedules that are declared to be switched off.
    pub switched_off: BTreeSet<Address>,
    /// Rules that are switched for many extensions at once.
    pub bulk: Vec<BulkEntry>,
    pub exhaustive: BTreeSet<Kind>,
    pub protected: BTreeSet<Address>,
    /// What has changed by itself.
    pub passed: Vec<Passed>,
    /// The tenant at the base revision; empty if it was not there.
    pub base: Option<Base>,
    pub intent: Intent,
}

impl Checked {
    /// Of the files of the directory, about every object of these tenants.
    pub(super) fn of(
        root: &Path,
        workspace: Workspace,
        tenants: Vec<CheckedTenant>,
        warnings: Vec<Finding>,
    ) -> Self {
        let (only, allowed) = (Vec::new(), Vec::new());
        let root = root.to_owned();
        let (merge, meanwhile, whole) = (None, None, None);
        let (levels, allows) = (Levels::default(), Allows::default());
        Self {
            root,
            workspace,
            tenants,
            warnings,
            merge,
            at_base: false,
            meanwhile,
            allowed,
            only,
            whole,
            levels,
            allows,
            fleet: None,
        }
    }

    pub fn loaded(&self, tenant: &CheckedTenant) -> &LoadedTenant {
        &self.workspace.tenants[tenant.index]
    }

    /// The names of the tenants of this run.
    pub fn tenant_names(&self) -> Vec<String> {
        self.tenants.iter().map(|it| self.loaded(it).tenant.tenant.clone()).collect()
    }

    pub fn config(&self, tenant: &CheckedTenant) -> &Entry {
        // A workspace without errors has an entry for every provider that a tenant names.
        &self.workspace.providers[&self.loaded(tenant).tenant.provider]
    }

    /// Whether this run is about an object of a tenant.
    pub fn covers(&self, tenant: &CheckedTenant, address: &Address) -> bool {
        self.named(tenant, address) && tenant.intent.covers(address)
    }

    /// Whether `--only` names an object of a tenant, or was not given.
    pub(super) fn named(&self, tenant: &CheckedTenant, address: &Address) -> bool {
        let name = &self.loaded(tenant).tenant.tenant;
        self.only.is_empty() || self.only.iter().any(|it| it.name(name, address))
    }

    /// Whether something of these tenants changes by itself.
    pub(super) fn has_until(&self) -> bool {
        if let Some(fleet) = &self.fleet {
            return fleet.has_until;
        }
        // All shards are of one instant, also those that need none.
        if let Some(names) = &self.whole {
            let names: BTreeSet<&String> = names.iter().collect();
            let mut all = self.workspace.tenants.iter().filter(|it| names.contains(&it.tenant.tenant));
            return all.any(|it| it.untils().next().is_some());
        }
        let declared = self.tenants.iter().filter(|it| it.intent.restore().is_none());
        declared.map(|it| self.loaded(it)).any(|it| it.untils().next().is_some())
    }

    /// What is left of findings about these files by what is denied and allowed.
    pub fn judged(&self, findings: Vec<Finding>) -> Vec<Finding> {
        self.levels.judge(findings, &self.allows).0
    }

    /// Whether a finding is an error because its warning is denied.
    pub fn denies(&self, finding: &Finding) -> bool {
        finding.level == Level::Error && self.levels.denies(finding.code)
    }

    /// The same of what only placing every call finds. Of `all` tenants it is known which comments allow nothing.
    pub(super) fn judged_calls(&self, findings: Vec<Finding>, all: bool) -> Vec<Finding> {
        let (mut findings, used) = self.levels.judge(findings, &self.allows);
        if all {
            let is_of_calls = |lint: &Lint| !is_plain(lint);
            findings.extend(self.allows.unused(&used, is_of_calls, |code| self.levels.denies(code)));
        }
        findings
    }

    /// How many tenants this run is about, and how many objects they declare.
    pub fn counts(&self) -> (usize, usize) {
        match &self.fleet {
            Some(fleet) => fleet.counts,
            None => (self.tenants.len(), self.tenants.iter().map(|tenant| tenant.desired.len()).sum()),
        }
    }

    /// How many tenants are on each provider.
    pub(super) fn accounts(&self) -> BTreeMap<&str, u64> {
        if let Some(fleet) = &self.fleet {
            return fleet.accounts.iter().map(|(name, accounts)| (name.as_str(), *accounts)).collect();
        }
        let mut all = BTreeMap::new();
        for tenant in &self.tenants {
            *all.entry(self.loaded(tenant).tenant.provider.as_str()).or_default() += 1;
        }
        all
    }

    /// The names of the providers of these tenants.
    pub(super) fn used_providers(&self) -> BTreeSet<&str> {
        match &self.fleet {
            Some(fleet) => fleet.kinds.keys().map(String::as_str).collect(),
            None => self.tenants.iter().map(|it| self.loaded(it).tenant.provider.as_str()).collect(),
        }
    }
}

impl CheckedTenant {
    /// What every file declares of which the provider is known, or what that cannot hold of it.
    pub(super) fn of_each(workspace: &Workspace, at: Timestamp) -> Vec<Result<Self, Vec<Finding>>> {
        let all = cores::each(workspace.tenants.iter().enumerate(), |(index, loaded)| {
            let config = workspace.file.providers.get(&loaded.tenant.provider)?;
            Some(Self::of(index, loaded, provider::find(&config.kind)?, at))
        });
        all.into_iter().flatten().collect()
    }

    /// What a tenant's file declares, or what its provider cannot hold of it.
    pub(super) fn of(
        index: usize,
        loaded: &LoadedTenant,
        provider: &'static Provider,
        at: Timestamp,
    ) -> Result<Self, Vec<Finding>> {
        let place = |path: &[Segment]| Some(locate(loaded, path));
        Ok(Self {
            index,
            provider,
            desired: desired(&loaded.tenant, &provider.dialect, &place)?,
            absent: absent(loaded),
            switched_off: switched_off(&loaded.tenant),
            bulk: BulkEntry::of(&loaded.tenant, &provider.dialect, &place),
            exhaustive: loaded.tenant.exhaustive.iter().map(|kind| (*kind).into()).collect(),
            protected: protected(&loaded.tenant),
            passed: untils::passed(loaded, provider, at),
            base: None,
            intent: Intent::Declared,
        })
    }
}

/// Loads a workspace to which tenants are about to be added. It may have none yet.
/// `file` is a `dialform.yaml` that is about to be written; `None`: the one that is there.
pub(super) fn to_be_extended(root: &Path, file: Option<&str>, at: Timestamp) -> Result<Checked, Failure> {
    let files = Files::Directory(root.to_owned());
    let workspace = match file {
        Some(text) => Workspace::load_as(text, &files, &Kinds, at),
        None => Workspace::load(&files, &Kinds, at),
    };
    let workspace = workspace.map_err(Failure::Findings)?;
    let is_wrong = |finding: &&Finding| finding.level == Level::Error && finding.code != "no-tenant-files";
    let wrong: Vec<Finding> = workspace.findings.iter().filter(is_wrong).cloned().collect();
    if wrong.is_empty() {
        let (tenants, warnings) = (Vec::new(), Vec::new());
        return Ok(Checked::of(root, workspace, tenants, warnings));
    }
    Err(Failure::Findings(bounded(wrong)))
}

/// What is known of a fleet when it has been checked.
pub(super) struct Fleet {
    pub files: Files,
    /// How many tenants, and how many objects they declare.
    pub counts: (usize, usize),
    /// How many tenants are on each provider.
    pub accounts: BTreeMap<String, u64>,
    /// Whether something of it changes by itself.
    pub has_until: bool,
    /// What is declared on each provider.
    pub kinds: KindsOf,
    /// The sums of the files of each batch, as they were checked.
    pub sums: Vec<Vec<u64>>,
}

/// What is said where a file is not the one that was checked.
pub(super) const CHANGED: &str = "the files have changed since they were checked";
pub(super) const AGAIN: &str = "run it again when nobody changes them";

/// The schedules that a tenant switches off with every rule that uses them.
fn switched_off(tenant: &Tenant) -> BTreeSet<Address> {
    let off = tenant.schedules.iter().filter(|(_, schedule)| schedule.enabled == Some(false));
    off.map(|(name, _)| Address::new(Kind::Schedules, name)).collect()
}

fn absent(loaded: &LoadedTenant) -> BTreeMap<Address, Option<Source>> {
    let named = loaded.tenant.absent.addresses().into_iter();
    named
        .map(|(address, index)| {
            let path = [Segment::key("absent"), Segment::key(address.kind.section()), Segment::Index(index)];
            (address, Some(Source::from(loaded.place(&path))))
        })
        .collect()
}

/// What is found in the files of the tenants that are loaded: by lints, of what ends, of what is protected and ends, and of what
/// is wrong then.
pub(super) fn in_files(workspace: &Workspace) -> [Vec<Finding>; 4] {
    let wrong = |tenants: &[&LoadedTenant], at: Timestamp| {
        let found = check_together(workspace, tenants, at);
        found.into_iter().chain(untils::refused(workspace, tenants)).collect::<Vec<_>>()
    };
    let mut found = levels::found(workspace);
    let coming = untils::later(workspace, &mut found, &wrong);
    [found, untils::warnings(workspace), untils::protected(workspace), coming]
}

/// Kinds of objects, by provider.
pub(super) type KindsOf = BTreeMap<String, BTreeSet<Kind>>;

/// Adds the kinds of what the tenants that are loaded declare.
pub(super) fn add_kinds(workspace: &Workspace, all: &mut KindsOf) {
    for LoadedTenant { tenant, .. } in &workspace.tenants {
        let kinds = all.entry(tenant.provider.clone()).or_default();
        kinds.extend(tenant.kinds());
        // Objects under `absent` need the provider as well.
        kinds.extend(tenant.absent.addresses().into_iter().map(|(address, _)| address.kind));
        kinds.extend(tenant.exhaustive.iter().map(|kind| Kind::from(*kind)));
    }
}

/// What is wrong with `dialform.yaml`, given what is declared on each provider.
pub(super) fn settings(workspace: &Workspace, all: &KindsOf) -> Vec<Finding> {
    let mut found = Vec::new();
    let none = BTreeSet::new();
    let trusted = workspace.providers.iter().filter(|(name, _)| !workspace.is_untrusted(name));
    for (name, entry) in trusted {
        for (path, finding) in entry.check(all.get(name).unwrap_or(&none)) {
            let mut at = vec![Segment::key("providers"), Segment::key(name)];
            at.extend(path);
            found.push(finding.at(workspace.place_of_key(&at)));
        }
    }
    if workspace.file.lock.is_some() && !lock::SHARED && !workspace.has_errors() {
        let message = "this dialform is built without shared locks, and `lock` asks for one";
        let help =
            "build it with `--features shared-lock`; an apply that locked nothing would be worse than none";
        let at = workspace.place_of_key(&[Segment::key("lock")]);
        found.push(Finding::error("missing-feature", message).help(help).at(at));
    }
    found
}
