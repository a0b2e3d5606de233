//! A workspace, loaded and checked: everything that can be known without asking a phone system.

use super::{
    Options, Selection,
    allowed::Allowed,
    allows::{self, Allows, is_plain},
    baseline, ends,
    intent::Intent,
    levels::{self, Levels},
    lints::{check_together, single_account},
    meanwhile::Meanwhile,
    pattern::{ADDRESS_HELP, TenantPattern, names, pattern},
    place::locate,
    then::{at_revision, base, protected, removed_tenants, was},
};
use crate::{
    cores,
    error::Failure,
    finding::{Finding, Level, bounded},
    lint::{self, Lint},
    load::{About, BASELINE_FILE, Files, LoadedTenant, Merge, Part, Which, changed_since, way_out},
    lock,
    model::{Address, Kind, Tenant},
    path::Segment,
    plan::{Base, BulkEntry, Desired, Passed, Shard, Source, desired},
    provider::{self, Entry, Kinds, Provider, Workspace},
    text::closest,
};
use jiff::Timestamp;
use std::{
    collections::{BTreeMap, BTreeSet},
    path::{Path, PathBuf},
    sync::Arc,
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
    pub(super) only: Vec<glob::Pattern>,
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
        self.only.is_empty() || self.only.iter().any(|pattern| names(pattern, name, address))
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
            passed: ends::passed(loaded, provider, at),
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

/// Loads and checks what the files declare. `loaded`: the workspace, if it is.
pub(super) fn declared(
    root: &Path,
    options: &Options,
    loaded: Option<Workspace>,
) -> Result<Checked, Failure> {
    let (selection, at) = (&options.selection, options.at());
    let only = selection.only.iter().map(|text| pattern(text, "--only")).collect::<Result<Vec<_>, _>>()?;
    let tenant = selection.tenant.as_deref().map(TenantPattern::of).transpose()?;
    let merge = merge(root, selection)?;
    let files = match &merge {
        Some(merge) => merge.files(root)?,
        None if options.unsaved.is_empty() => Files::Directory(root.to_owned()),
        None => Files::Unsaved(root.to_owned(), Arc::clone(&options.unsaved)),
    };
    let base_revision = selection.base.as_deref().or(selection.against.as_deref());
    let option = if selection.against.is_some() { "--against" } else { "--base" };
    let load = |about: Option<&About<'_>>| -> Result<_, Failure> {
        let which = about.map_or(Which::All, Which::About);
        let mut workspace =
            Workspace::load_to_check(&files, &Kinds, at, &which).map_err(Failure::Findings)?;
        let earlier =
            base_revision.map(|revision| at_revision(root, option, revision, &mut workspace, &files));
        Ok((workspace, earlier.transpose()?))
    };
    let allowed = Allowed::find(root, &selection.allow_undo, selection.tenants.is_some())?;
    let selects = |name: &str| tenant.as_ref().is_none_or(|it| it.selects_name(name));
    let single_account = single_account();
    let about = About {
        tenant: Some(&selects),
        labels: tenant.as_ref().is_some_and(TenantPattern::is_of_labels),
        changed_since: selection.changed_since.as_deref(),
        has_base: base_revision.is_some(),
        single_account: &single_account,
    };
    // Patterns for objects have to name something, of whatever tenant.
    let selected = tenant.is_some() || (selection.changed_since.is_some() && only.is_empty());
    let about = Some(&about).filter(|_| {
        options.in_part && selected && selection.tenants.is_none() && selection.restore.is_none()
    });
    let (mut workspace, mut earlier) = match loaded {
        Some(workspace) => (workspace, None),
        None => load(about)?,
    };
    if let Some(revision) = &selection.config {
        let known = earlier.as_ref();
        if workspace.part.is_some() && workspace.is_configured_otherwise(&files, revision, known) {
            (workspace, earlier) = load(None)?;
        }
        let known = earlier.as_ref();
        workspace = workspace.configured_at(&files, revision, &Kinds, known).map_err(|why| {
            Failure::error(format!("`--config {revision}`: {why}"))
                .help(way_out(&why, "name a revision that is here; a shallow checkout may lack it"))
        })?;
    }
    let mut findings = workspace.findings.clone();
    findings.extend(in_files(&workspace).into_iter().flatten());
    let meanwhile = match (&selection.base, &earlier) {
        // What is planned with a merge is what everybody has merged.
        (Some(base), Some(earlier)) if merge.is_none() => Meanwhile::find(root, base, earlier, &workspace),
        _ => Ok(None),
    };
    let mut meanwhile = meanwhile.unwrap_or_else(|unknown| {
        findings.push(*unknown);
        None
    });
    let mut tenants = Vec::new();
    // A comment of a template is one of all who extend it.
    let mut new_allows = BTreeSet::new();
    for checked in CheckedTenant::of_each(&workspace, at) {
        match checked {
            Ok(tenant) => {
                let CheckedTenant { index, provider, .. } = tenant;
                let loaded = &workspace.tenants[index];
                let base = earlier.as_mut().zip(base_revision).and_then(|(earlier, revision)| {
                    let left = meanwhile.as_mut();
                    let left = left.and_then(|it| it.of(index, earlier, &workspace, provider));
                    let whole = selection.against.is_some();
                    let then = was(earlier, &loaded.tenant).map(|(then, _)| then);
                    findings.extend(ends::added(loaded, then, revision, at));
                    new_allows.extend(allows::added(loaded, then, revision));
                    let base = base(earlier, revision, loaded, &workspace, provider, whole)?;
                    Some(Base { left: left.map(Box::new), ..base })
                });
                tenants.push(CheckedTenant { base, ..tenant });
            }
            Err(found) => findings.extend(found),
        }
    }
    if let (Some(earlier), Some(revision)) = (&earlier, base_revision) {
        new_allows.extend(baseline::added(&workspace, earlier.then(BASELINE_FILE), revision));
        let is_new = |tenant: &LoadedTenant| meanwhile.as_ref()?.is_new(tenant);
        // One whose files cannot be read is not gone.
        if !workspace.has_errors() {
            findings.extend(removed_tenants(earlier, revision, &workspace, &is_new));
        }
    }
    findings.extend(earlier.map(|earlier| earlier.findings).unwrap_or_default());
    let known = workspace.part.as_ref().map(Part::kinds).unwrap_or_default();
    let mut kinds = known.into_iter().map(|(name, kinds)| (name.to_owned(), kinds)).collect();
    add_kinds(&workspace, &mut kinds);
    findings.extend(settings(&workspace, &kinds));
    findings.extend(new_allows);
    let allows = Allows::of(&workspace);
    let levels = Levels::of(options, &workspace, &mut findings)?;
    findings = levels.of_files(findings, &allows, &workspace);
    if options.follows_calls {
        let of_calls = findings.iter_mut().filter(|finding| lint::is_of_calls(finding.code));
        of_calls.for_each(|finding| finding.level = Level::Warning);
    }
    if findings.iter().any(|finding| finding.level == Level::Error) {
        findings.sort();
        findings.dedup();
        return Err(Failure::Findings(bounded(findings)));
    }
    tenants.retain(|it| tenant.as_ref().is_none_or(|t| t.selects(&workspace.tenants[it.index].tenant)));
    let is_named = |it: &CheckedTenant| {
        let name = &workspace.tenants[it.index].tenant.tenant;
        selection.tenants.as_ref().is_none_or(|names| names.contains(name))
    };
    // What a pattern names may be in another shard.
    if selection.shard.is_none() {
        tenants.retain(is_named);
    }
    if let (Some(_), Some(made_for)) = (&selection.tenants, selection.as_of) {
        for tenant in tenants.iter().filter(|it| is_named(it)) {
            let loaded = &workspace.tenants[tenant.index];
            let name = &loaded.tenant.tenant;
            let is_meant = |it: &Address| only.is_empty() || only.iter().any(|of| names(of, name, it));
            ends::ensure_none_between(loaded, made_for, options.now(), &is_meant)?;
        }
    }
    if tenants.is_empty()
        && let Some(text) = &selection.tenant
    {
        let failure = Failure::error(format!("no tenant matches `{text}`"));
        let others = workspace.part.iter().flat_map(Part::names);
        let names = workspace.tenants.iter().map(|it| it.tenant.tenant.as_str()).chain(others);
        return Err(match closest(text, names) {
            Some(near) => failure.help(format!("did you mean `{near}`?")),
            None => failure,
        });
    }
    // What is to be deleted for not being declared is known only when the account has been read.
    let covers = |pattern: &glob::Pattern, text: &str, it: &CheckedTenant| {
        let name = &workspace.tenants[it.index].tenant.tenant;
        let mut named = it.desired.keys().chain(it.absent.keys());
        let own = text
            .split_once('/')
            .is_none_or(|(tenant, _)| glob::Pattern::new(tenant).is_ok_and(|it| it.matches(name)));
        let section = text.rsplit_once('/').map_or(text, |(_, address)| address).split('.').next();
        let section = section.unwrap_or_default();
        let may_come = |kind: &Kind| kind.section() == section || section.contains(['*', '?', '[']);
        // Which extensions have a rule is known only then, too.
        let switched = it.bulk.iter().any(|it| it.of_all().is_some()) && may_come(&Kind::Rules);
        named.any(|address| names(pattern, name, address))
            || (own && (switched || it.exhaustive.iter().any(may_come)))
    };
    for (pattern, text) in only.iter().zip(&selection.only) {
        if !tenants.iter().any(|it| covers(pattern, text, it)) {
            let message = format!("no declared object matches `--only {text}`");
            return Err(match selection.tenants {
                None => Failure::error(message).help(ADDRESS_HELP),
                Some(_) => Failure::refused(format!("{message} of the reviewed plan"))
                    .help("the files have changed since: nothing was changed; plan and review again"),
            });
        }
    }
    // What is not declared any more is in no shard.
    let declared =
        |name: &&String| tenants.iter().any(|it| workspace.tenants[it.index].tenant.tenant == **name);
    let reviewed = selection.whole.as_ref().map(|of| of.iter().filter(declared).cloned().collect::<Vec<_>>());
    // A tenant this run is not about is not read.
    tenants.retain(is_named);
    tenants.retain(|it| {
        let mut patterns = only.iter().zip(&selection.only);
        only.is_empty() || patterns.any(|(pattern, text)| covers(pattern, text, it))
    });
    if let Some(revision) = &selection.changed_since {
        let changed = changed_since(&workspace, &files, revision).map_err(|why| {
            let help =
                "name a revision that this checkout has, e.g. `origin/main`; a shallow checkout may lack it";
            Failure::error(format!("`--changed-since {revision}`: {why}")).help(way_out(&why, help))
        })?;
        tenants.retain(|tenant| changed.tenants.contains(&tenant.index));
        findings.extend(levels.judge(changed.findings.clone(), &allows).0);
        // With a base that is said of all that it has not.
        if base_revision.is_none() {
            let tenants = tenants.iter().map(|it| &workspace.tenants[it.index]);
            let mut new = allows::added_since(tenants, &workspace, &changed, revision);
            new.extend(allows::added_to_workspace(&workspace, &changed, revision));
            new.extend(baseline::added(&workspace, changed.then(BASELINE_FILE), revision));
            findings.extend(levels.judge(new.into_iter().collect(), &Allows::default()).0);
            // No level hides that there is another one.
            findings.extend(levels::added(&workspace, changed.lints(), revision));
        }
    }
    if findings.iter().any(|finding| finding.level == Level::Error) {
        return Err(Failure::Findings(bounded(findings)));
    }
    let split = selection.shard.filter(|_| selection.tenants.is_none());
    let whole = split.map(|shard| keep(shard, &mut tenants, &workspace)).or(reviewed);
    let commit_of = |named: &str| workspace.commit_of(root, named);
    let stands = |base: &String| commit_of(base).is_some_and(|it| commit_of("HEAD") == Some(it));
    let at_base = merge.is_none() && selection.base.as_ref().is_some_and(stands);
    Ok(Checked {
        merge,
        at_base,
        meanwhile,
        allowed,
        only,
        whole,
        levels,
        allows,
        ..Checked::of(root, workspace, tenants, bounded(findings))
    })
}

/// Leaves the tenants of one shard; the names of all of them are returned.
fn keep(shard: Shard, tenants: &mut Vec<CheckedTenant>, workspace: &Workspace) -> Vec<String> {
    let tenant = |it: &CheckedTenant| &workspace.tenants[it.index].tenant;
    let row = tenants.iter().map(|it| (tenant(it).provider.clone(), tenant(it).tenant.clone())).collect();
    let own = shard.own(&row);
    tenants.retain(|it| own.contains(tenant(it).tenant.as_str()));
    row.iter().map(|(_, name)| name.clone()).collect()
}

/// The merge whose files the run is about, if it is about one.
fn merge(root: &Path, selection: &Selection) -> Result<Option<Merge>, Failure> {
    let Some(named) = &selection.merge else { return Ok(None) };
    let (option, into) = match (&selection.base, &selection.against) {
        (Some(base), _) => ("--base", base),
        (None, Some(against)) => ("--against", against),
        (None, None) => {
            let failure = Failure::error(format!("`--merge {named}` does not say what it is merged into"));
            return Err(failure.help("name it with `--base` or `--against`"));
        }
    };
    Ok(Some(Merge::of(root, (option, into), named)?))
}

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
        found.into_iter().chain(ends::refused(workspace, tenants)).collect::<Vec<_>>()
    };
    let mut found = levels::found(workspace);
    let coming = ends::later(workspace, &mut found, &wrong);
    [found, ends::warnings(workspace), ends::protected(workspace), coming]
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
