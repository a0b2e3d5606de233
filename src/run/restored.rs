//! A workspace whose desired state comes from a restore file.

use super::{
    Intent, Options, Selection,
    check::{Checked, CheckedTenant},
    declared::declared,
    pattern::{ADDRESS_HELP, Objects},
    place::{lines_of, lines_of_field},
};
use crate::{
    error::Failure,
    finding::Level,
    load::{LastChange, LoadedTenant, last_change},
    model::{Address, Kind},
    path::Segment,
    plan::{self, Desired, Observed},
    provider::Entry,
    restore::{self, Restoration, StillDeclared, TenantRecord},
};
use std::{collections::BTreeSet, path::Path};

/// Loads and checks a workspace, and puts what a restore file says in the place of what the files declare.
pub(super) fn check(root: &Path, path: &Path, options: &Options) -> Result<Checked, Failure> {
    let (selection, sandbox) = (&options.selection, options.emulation.sandbox);
    let record = restore::load(path)?;
    if record.sandbox != sandbox {
        let (was, help) = match record.sandbox {
            true => ("with `--sandbox`", "the state of an emulated system cannot be restored to a live one"),
            false => ("without `--sandbox`", "leave `--sandbox` out to restore the live system"),
        };
        let message = format!("`{}` was written by an apply {was}", path.display());
        return Err(Failure::refused(message).help(help));
    }
    let mut only =
        selection.only.iter().map(|text| Objects::of(text, "--only")).collect::<Result<Vec<_>, Failure>>()?;
    // The restore file says which objects there are to name.
    let all = Selection { only: Vec::new(), ..selection.clone() };
    let mut checked = declared(root, &Options { selection: all, ..options.clone() }, None)?;
    let selected: BTreeSet<usize> = checked.tenants.iter().map(|tenant| tenant.index).collect();
    let mut wanted = Vec::new();
    for tenant in &record.tenants {
        let index = place_of(&checked, tenant)?;
        if selected.contains(&index) {
            wanted.push((index, tenant));
        }
    }
    if record.tenants.is_empty() {
        let message = format!("the apply of `{}` wrote nothing: there is nothing to restore", path.display());
        return Err(Failure::error(message));
    }
    if wanted.is_empty() {
        let tenants: Vec<String> = record.tenants.iter().map(|it| format!("`{}`", it.tenant)).collect();
        let message = format!("`{}` names no tenant of this run", path.display());
        return Err(Failure::error(message).help(format!("it names {}", tenants.join(", "))));
    }
    let workspace = &checked.workspace;
    checked.tenants.retain_mut(|tenant| {
        let record = wanted.iter().find(|(index, _)| *index == tenant.index);
        let loaded = &workspace.tenants[tenant.index];
        record
            .map(|(_, record)| replace(tenant, record, &|it, then| still_declared(root, loaded, it, then)))
            .is_some()
    });
    for pattern in &mut only {
        let is_name = |it: &CheckedTenant| {
            let name = &checked.loaded(it).tenant.tenant;
            let restoration = it.intent.restore();
            restoration.is_some_and(|it| it.addresses().iter().any(|address| pattern.is(name, address)))
        };
        if checked.tenants.iter().any(is_name) {
            pattern.only_as_written();
        }
    }
    for (pattern, text) in only.iter().zip(&selection.only) {
        let named = |it: &CheckedTenant| {
            let name = &checked.loaded(it).tenant.tenant;
            let restoration = it.intent.restore();
            restoration.is_some_and(|it| it.addresses().iter().any(|address| pattern.name(name, address)))
        };
        if !checked.tenants.iter().any(named) {
            let message = format!("no object of the restore file matches `--only {text}`");
            return Err(Failure::error(message).help(ADDRESS_HELP));
        }
    }
    checked.only = only;
    settings(&checked)?;
    Ok(checked)
}

/// Which of the workspace's tenants a record is about.
fn place_of(checked: &Checked, record: &TenantRecord) -> Result<usize, Failure> {
    let TenantRecord { tenant: name, provider, system, account, steps: _ } = record;
    let refused = |message: String| {
        Err(Failure::refused(message)
            .help("check out the revision of the workspace that was applied, or narrow with `--tenant`"))
    };
    let tenants = &checked.workspace.tenants;
    match tenants.iter().position(|loaded| loaded.tenant.tenant == *name) {
        // It may have another name by now.
        None => tenants
            .iter()
            .position(|it| {
                let config = checked.workspace.providers.get(&it.tenant.provider);
                config.map(Entry::system).as_ref() == Some(system) && it.tenant.account == *account
            })
            .map_or_else(
                || refused(format!("tenant `{name}` of the restore file is not in this workspace")),
                Ok,
            ),
        Some(index) => {
            let now = &tenants[index].tenant;
            let config = checked.workspace.providers.get(&now.provider);
            let same = config.map(Entry::system).as_ref() == Some(system);
            if (&now.provider, &now.account) == (provider, account) && !same {
                return refused(format!(
                    "`{provider}` named another system when the restore file was written"
                ));
            }
            if same && now.account == *account {
                return Ok(index);
            }
            refused(format!(
                "tenant `{name}` was on `{provider}`, account `{account}`, and is on `{}`, account `{}` now",
                now.provider, now.account
            ))
        }
    }
}

/// Puts the restoration in the place of what the tenant's file declares. Objects that the run is not about stay
/// declared: they count for the guard, and are not unmanaged.
fn replace(
    tenant: &mut CheckedTenant,
    record: &TenantRecord,
    still: &dyn Fn(&CheckedTenant, &Restoration) -> StillDeclared,
) {
    let mut restoration = Restoration::of(&record.steps, &tenant.provider.dialect);
    restoration.still_declared = still(tenant, &restoration);
    for (address, resource) in &restoration.desired {
        let own = restoration.own.get(address).cloned();
        let desired = Desired { resource: resource.clone(), source: None, own };
        tenant.desired.insert(address.clone(), desired);
    }
    tenant.desired.retain(|address, _| !restoration.absent.contains(address));
    tenant.absent = restoration.absent.iter().map(|address| (address.clone(), None)).collect();
    tenant.exhaustive.clear();
    tenant.switched_off.clear();
    tenant.bulk.clear();
    tenant.passed.clear();
    tenant.intent = Intent::Restore(restoration);
}

/// What the tenant's file wants otherwise than the restoration, and which commit has put it there.
fn still_declared(
    root: &Path,
    loaded: &LoadedTenant,
    tenant: &CheckedTenant,
    then: &Restoration,
) -> StillDeclared {
    // What it switches for many extensions is said of no rule by itself.
    let mut desired = tenant.desired.clone();
    let restored = Observed { objects: then.desired.clone(), ..Observed::default() };
    plan::expand_bulk(&mut desired, &tenant.bulk, &restored);
    let declared = |address: &Address| desired.get(address).map(|it| &it.resource);
    let unwanted = |address: &Address, kind: Kind| {
        tenant.absent.contains_key(address) || tenant.exhaustive.contains(&kind)
    };
    let contradicted = then.contradicted_by(&declared, &unwanted);
    let mut lines = BTreeSet::new();
    for (address, fields) in &contradicted {
        if let Some(Some(source)) = tenant.absent.get(address) {
            lines_of(source, &mut lines);
        }
        for field in fields {
            lines_of_field(loaded, address, field, &mut lines);
        }
    }
    let way_out = match last_change(root, &lines) {
        Some(LastChange::Commit { id, subject }) => {
            format!("revert the commit that changed it last, {id} \"{subject}\": `git revert {id}`")
        }
        Some(LastChange::NotCommitted) => "take it out of the file: it is not committed yet".to_owned(),
        None => "change the file as well before the next apply".to_owned(),
    };
    StillDeclared { file: loaded.file().to_owned(), addresses: contradicted.into_keys().collect(), way_out }
}

/// The provider's settings must also cover kinds that are restored and not declared now.
fn settings(checked: &Checked) -> Result<(), Failure> {
    let mut found = Vec::new();
    for tenant in &checked.tenants {
        let kinds: BTreeSet<Kind> =
            tenant.desired.keys().chain(tenant.absent.keys()).map(|it| it.kind).collect();
        for (path, finding) in checked.config(tenant).check(&kinds) {
            let mut at =
                vec![Segment::key("providers"), Segment::key(&checked.loaded(tenant).tenant.provider)];
            at.extend(path);
            found.push(finding.at(checked.workspace.place_of_key(&at)));
        }
    }
    found.retain(|finding| finding.level == Level::Error);
    found.sort();
    found.dedup();
    if found.is_empty() { Ok(()) } else { Err(Failure::Findings(found)) }
}
