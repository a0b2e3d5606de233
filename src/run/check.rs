//! A workspace, loaded and checked: everything that can be known without asking a phone system.

use super::{Selection, intent::Intent};
use crate::{
    error::Failure,
    finding::{Finding, Level, Place},
    lint::{self, Subject, TenantSubject},
    load::{Earlier, Files, LoadedTenant, changed_since},
    lock,
    model::{Address, Kind, Tenant},
    path::Segment,
    plan::{Base, Desired, Source, desired, desired_in_part},
    provider::{self, Entry, Kinds, Provider, Workspace},
};
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
    /// Patterns for addresses; empty: every object.
    pub(super) only: Vec<glob::Pattern>,
}

/// One tenant, put into the form its provider reports.
pub struct CheckedTenant {
    /// Among the workspace's tenants.
    pub index: usize,
    pub provider: &'static Provider,
    pub desired: BTreeMap<Address, Desired>,
    pub absent: BTreeMap<Address, Option<Source>>,
    pub exhaustive: BTreeSet<Kind>,
    pub protected: BTreeSet<Address>,
    /// The tenant at the base revision; empty if it was not there.
    pub base: Option<Base>,
    pub intent: Intent,
}

impl Checked {
    pub fn loaded(&self, tenant: &CheckedTenant) -> &LoadedTenant {
        &self.workspace.tenants[tenant.index]
    }

    pub fn config(&self, tenant: &CheckedTenant) -> &Entry {
        // A workspace without errors has an entry for every provider that a tenant names.
        &self.workspace.providers[&self.loaded(tenant).tenant.provider]
    }

    /// Whether this run is about an object of a tenant.
    pub fn covers(&self, tenant: &CheckedTenant, address: &Address) -> bool {
        let selected =
            self.only.is_empty() || self.only.iter().any(|pattern| pattern.matches(&address.to_string()));
        selected && tenant.intent.covers(address)
    }

    /// How many objects the tenants of this run declare.
    pub fn objects(&self) -> usize {
        self.tenants.iter().map(|tenant| tenant.desired.len()).sum()
    }
}

pub(super) fn pattern(text: &str, option: &str) -> Result<glob::Pattern, Failure> {
    glob::Pattern::new(text)
        .map_err(|error| Failure::error(format!("`{option} {text}` is not a pattern: {error}")))
}

/// Loads and checks what the files declare.
pub(super) fn declared(root: &Path, selection: &Selection) -> Result<Checked, Failure> {
    let only = selection.only.iter().map(|text| pattern(text, "--only")).collect::<Result<Vec<_>, _>>()?;
    let tenant = selection.tenant.as_deref().map(|text| pattern(text, "--tenant")).transpose()?;
    let workspace = Workspace::load(&Files::Directory(root.to_owned()), &Kinds).map_err(Failure::Findings)?;
    let mut earlier =
        selection.base.as_deref().map(|revision| at_revision(root, revision, &workspace)).transpose()?;
    let mut findings = workspace.findings.clone();
    findings.extend(lints(&workspace));
    let mut tenants = Vec::new();
    for (index, loaded) in workspace.tenants.iter().enumerate() {
        let config = workspace.file.providers.get(&loaded.tenant.provider);
        let Some(provider) = config.and_then(|config| provider::find(&config.kind)) else { continue };
        match desired(&loaded.tenant, &provider.dialect, &|path| Some(locate(loaded, path))) {
            Ok(desired) => tenants.push(CheckedTenant {
                index,
                provider,
                desired,
                absent: absent(loaded),
                exhaustive: loaded.tenant.exhaustive.iter().map(|kind| (*kind).into()).collect(),
                protected: protected(&loaded.tenant),
                base: earlier.as_mut().and_then(|earlier| base(earlier, loaded, &workspace, provider)),
                intent: Intent::Declared,
            }),
            Err(found) => findings.extend(found),
        }
    }
    findings.extend(earlier.map(|earlier| earlier.findings).unwrap_or_default());
    findings.extend(settings(&workspace));
    if workspace.file.lock.is_some() && !lock::SHARED {
        let message = "this dialform is built without shared locks, and `lock` asks for one";
        let help =
            "build it with `--features shared-lock`; an apply that locked nothing would be worse than none";
        let at = workspace.place_of_key(&[Segment::key("lock")]);
        findings.push(Finding::error("missing-feature", message).help(help).at(at));
    }
    if findings.iter().any(|finding| finding.level == Level::Error) {
        findings.sort();
        findings.dedup();
        return Err(Failure::Findings(findings));
    }
    tenants
        .retain(|it| tenant.as_ref().is_none_or(|t| t.matches(&workspace.tenants[it.index].tenant.tenant)));
    if tenants.is_empty()
        && let Some(text) = &selection.tenant
    {
        return Err(Failure::error(format!("no tenant matches `{text}`")));
    }
    for (pattern, text) in only.iter().zip(&selection.only) {
        let named = tenants.iter().flat_map(|it| it.desired.keys().chain(it.absent.keys()));
        let found = named.into_iter().any(|address| pattern.matches(&address.to_string()));
        // What is to be deleted for not being declared is known only when the account has been read.
        let section = text.split('.').next().unwrap_or_default();
        let may_come = |kind: &Kind| kind.section() == section || section.contains(['*', '?', '[']);
        if !found && !tenants.iter().any(|it| it.exhaustive.iter().any(may_come)) {
            let message = format!("no declared object matches `--only {text}`");
            return Err(
                Failure::error(message).help("an address is section and key: `queues.400`, `rules.*`")
            );
        }
    }
    if let Some(revision) = &selection.changed_since {
        let changed = changed_since(&workspace, root, revision).map_err(|why| {
            Failure::error(format!("`--changed-since {revision}`: {why}"))
                .help("name a revision that is here, e.g. `origin/main`; a shallow checkout may lack it")
        })?;
        tenants.retain(|tenant| changed.tenants.contains(&tenant.index));
        findings.extend(changed.findings);
    }
    Ok(Checked { root: root.to_owned(), workspace, tenants, warnings: findings, only })
}

fn protected(tenant: &Tenant) -> BTreeSet<Address> {
    tenant.resources().into_iter().filter(|(_, it)| it.protected()).map(|(address, _)| address).collect()
}

/// The tenants at a git revision.
fn at_revision(root: &Path, revision: &str, now: &Workspace) -> Result<Earlier, Failure> {
    Earlier::load(root, revision, &now.file).map_err(|why| {
        Failure::error(format!("`--base {revision}`: {why}"))
            .help("name a revision that is here, e.g. `--base origin/main`; a shallow checkout may lack it")
    })
}

/// What a tenant declared at the base revision, in the form its provider reports. `None` where that cannot be known.
fn base(
    earlier: &mut Earlier,
    loaded: &LoadedTenant,
    workspace: &Workspace,
    provider: &Provider,
) -> Option<Base> {
    let now = &loaded.tenant;
    let account = |it: &Tenant| (it.provider.clone(), it.account.clone());
    let then = &earlier.tenants;
    // A tenant is what it manages; under another name it is still the same.
    let same = then.iter().find(|it| account(&it.tenant) == account(now));
    let Some(then) = same.or_else(|| then.iter().find(|it| it.tenant.tenant == now.tenant)) else {
        let files = workspace.tenants.iter().map(LoadedTenant::file).collect();
        return (!earlier.may_have_had(loaded.file(), &files)).then(Base::default);
    };
    let (desired, found) = desired_in_part(&then.tenant, &provider.dialect, &|path| Some(locate(then, path)));
    let base = Base {
        desired: desired.into_iter().map(|(address, desired)| (address, desired.resource)).collect(),
        protected: protected(&then.tenant),
        absent: then.tenant.absent.addresses().into_iter().map(|(address, _)| address).collect(),
    };
    // What could not be held then was never applied, and is no base for anything.
    let help = "it was never applied, and counts as not declared then";
    // Of another system than that of now that is not said.
    let found = found.into_iter().filter(|_| same.is_some());
    let found: Vec<Finding> = found.map(|it| earlier.finding(it).help(help)).collect();
    earlier.findings.extend(found);
    Some(base)
}

/// Where something stands in a tenant's file: an object at its key, what is inside it at its value.
pub(super) fn locate(loaded: &LoadedTenant, path: &[Segment]) -> Place {
    if path.len() <= 2 { loaded.place_of_key(path) } else { loaded.place(path) }
}

fn absent(loaded: &LoadedTenant) -> BTreeMap<Address, Option<Source>> {
    let named = loaded.tenant.absent.addresses().into_iter();
    named
        .map(|(address, index)| {
            let path = [Segment::key("absent"), Segment::key(address.kind.section()), Segment::Index(index)];
            let Place { file, line, .. } = loaded.place(&path);
            (address, Some(Source { file, line }))
        })
        .collect()
}

fn lints(workspace: &Workspace) -> Vec<Finding> {
    type Placer<'a> = Box<dyn Fn(&[Segment]) -> Place + 'a>;
    let placers: Vec<(Placer<'_>, Placer<'_>)> = workspace
        .tenants
        .iter()
        .map(|loaded| -> (Placer<'_>, Placer<'_>) {
            (Box::new(|path| loaded.place(path)), Box::new(|path| loaded.place_of_key(path)))
        })
        .collect();
    let tenants: Vec<TenantSubject<'_>> = workspace
        .tenants
        .iter()
        .zip(&placers)
        .map(|(loaded, (place, place_of_key))| TenantSubject { tenant: &loaded.tenant, place, place_of_key })
        .collect();
    let providers = provider::all();
    let kinds: Vec<&'static str> = providers.iter().map(|provider| provider.kind).collect();
    let alone = providers.iter().filter(|provider| provider.single_account);
    let single_account: Vec<&'static str> = alone.map(|provider| provider.kind).collect();
    lint::check(&Subject {
        file: &workspace.file,
        tenants: &tenants,
        kinds: &kinds,
        single_account: &single_account,
        place: &|path| workspace.place(path),
    })
}

/// What is wrong with the providers' settings, given what is declared on each.
fn settings(workspace: &Workspace) -> Vec<Finding> {
    let mut found = Vec::new();
    for (name, entry) in &workspace.providers {
        let tenants = workspace.tenants.iter().filter(|loaded| loaded.tenant.provider == *name);
        // What is to be gone has to be reached as much as what is to be there.
        let kinds: BTreeSet<Kind> = tenants
            .flat_map(|LoadedTenant { tenant, .. }| {
                let declared = tenant.resources().into_keys().map(|address| address.kind);
                let absent = tenant.absent.addresses().into_iter().map(|(address, _)| address.kind);
                let exhaustive = tenant.exhaustive.iter().map(|kind| Kind::from(*kind));
                declared.chain(absent).chain(exhaustive).collect::<Vec<_>>()
            })
            .collect();
        for (path, finding) in entry.check(&kinds) {
            let mut at = vec![Segment::key("providers"), Segment::key(name)];
            at.extend(path);
            found.push(finding.at(workspace.place_of_key(&at)));
        }
    }
    found
}
