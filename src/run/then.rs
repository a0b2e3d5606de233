//! What the tenants declared at another revision, in the form their provider reports.

use super::{place::locate, untils};
use crate::{
    error::Failure,
    finding::Finding,
    load::{Earlier, Files, LoadedTenant, Part, way_out},
    model::{Address, Kind, Tenant},
    plan::{Base, BulkEntry, desired_in_part, other_account},
    provider::{Entry, Provider, Workspace},
};
use std::{
    collections::{BTreeMap, BTreeSet},
    path::Path,
};

/// The objects that a tenant protects.
pub(super) fn protected(tenant: &Tenant) -> BTreeSet<Address> {
    if !tenant.has_protected() {
        return BTreeSet::new();
    }
    tenant.resources().filter(|(_, it)| it.protected()).map(|(address, _)| address).collect()
}

/// The tenants at a git revision.
pub(super) fn at_revision(
    root: &Path,
    option: &str,
    revision: &str,
    now: &mut Workspace,
    files: &Files,
) -> Result<Earlier, Failure> {
    Earlier::load_part(root, revision, now, files).map_err(|why| {
        let help = format!(
            "name a revision that is here, e.g. `{option} origin/main`; a shallow checkout may lack it"
        );
        Failure::error(format!("`{option} {revision}`: {why}")).help(way_out(&why, &help))
    })
}

/// The tenant of then that one of now was, and whether it managed the same account. A tenant is what it manages; under another
/// name it is still the same.
pub(super) fn was<'e>(
    earlier: &'e Earlier,
    now: &Tenant,
    workspace: &Workspace,
) -> Option<(&'e LoadedTenant, bool)> {
    let account = managed(workspace, &now.provider, &now.account);
    let then = &earlier.tenants;
    let same = then.iter().find(|it| managed_then(earlier, &it.tenant, workspace) == account);
    let named = || then.iter().find(|it| it.tenant.tenant == now.tenant);
    same.map(|it| (it, true)).or_else(|| Some((named()?, false)))
}

/// The same of a tenant of then, whose provider may have another name by now.
fn managed_then(earlier: &Earlier, then: &Tenant, now: &Workspace) -> (Result<String, String>, String) {
    managed(now, earlier.provider_now(&then.provider, now), &then.account)
}

/// An account, whatever name its system has here: one that stands twice among the providers is one system. Of one that does not stand
/// there the name is all that is known.
fn managed(workspace: &Workspace, provider: &str, account: &str) -> (Result<String, String>, String) {
    let system = workspace.providers.get(provider).map(Entry::system);
    (system.ok_or_else(|| provider.to_owned()), account.to_owned())
}

/// What a tenant declared at the base revision, in the form its provider reports. `None` where that cannot be known.
pub(super) fn base(
    earlier: &mut Earlier,
    revision: &str,
    loaded: &LoadedTenant,
    workspace: &Workspace,
    provider: &Provider,
    whole: bool,
) -> Option<Base> {
    let now = &loaded.tenant;
    let Some((then, same)) = was(earlier, now, workspace) else {
        let others = workspace.part.iter().flat_map(Part::files);
        let files = workspace.tenants.iter().flat_map(LoadedTenant::written).map(|(name, _)| name);
        let files = files.chain(others).collect();
        return (!earlier.may_have_had(loaded, &files))
            .then(|| Base { revision: revision.to_owned(), ..Base::default() });
    };
    // What another account was to be says nothing of this one: all that is declared is new to it. What is protected stays so, or a
    // tenant would be moved away and back.
    if !same && !whole {
        let protected = protected(&then.tenant);
        return Some(Base { revision: revision.to_owned(), protected, ..Base::default() });
    }
    let (desired, found) = desired_in_part(&then.tenant, &provider.dialect, &|path| Some(locate(then, path)));
    let base = Base {
        revision: revision.to_owned(),
        desired: desired.into_iter().map(|(address, desired)| (address, desired.resource)).collect(),
        passed: untils::before(then, provider, workspace.at),
        protected: protected(&then.tenant),
        absent: then.tenant.absent.addresses().into_iter().map(|(address, _)| address).collect(),
        exhaustive: then.tenant.exhaustive.iter().map(|kind| (*kind).into()).collect(),
        bulk: BulkEntry::of(&then.tenant, &provider.dialect, &|_| None),
        tenant: whole.then(|| then.tenant.clone()),
        left: None,
        stopped: BTreeMap::new(),
    };
    // What could not be held then was never applied, and is no base for anything.
    let help = "it was never applied, and counts as not declared then";
    // Of another system than that of now that is not said.
    let found = found.into_iter().filter(|_| same);
    let found: Vec<Finding> = found.map(|it| earlier.finding(it).help(help)).collect();
    earlier.findings.extend(found);
    Some(base)
}

/// A warning for each account that was managed at the base revision and is not now: no plan shows what is left behind there. `is_new`
/// says so of a tenant that the files have never had; `is_told` of one that a plan compares with another account.
pub(super) fn removed_tenants(
    earlier: &Earlier,
    revision: &str,
    now: &Workspace,
    is_new: &dyn Fn(&LoadedTenant) -> Option<Finding>,
    is_told: &dyn Fn(&Tenant) -> bool,
) -> Vec<Finding> {
    let loaded = now.tenants.iter().map(|LoadedTenant { tenant, .. }| {
        (tenant.tenant.as_str(), (tenant.provider.as_str(), tenant.account.as_str()))
    });
    let others = now.part.iter().flat_map(Part::accounts);
    let all: Vec<(&str, (&str, &str))> = loaded.chain(others).collect();
    let managed_now: BTreeSet<_> =
        all.iter().map(|(_, (provider, account))| managed(now, provider, account)).collect();
    let is_there = |it: &Tenant| managed_now.contains(&managed_then(earlier, it, now));
    let gone = earlier.tenants.iter().filter(|then| !is_there(&then.tenant) && !is_told(&then.tenant));
    gone.map(|loaded| {
        if let Some(finding) = is_new(loaded) {
            return finding;
        }
        let Tenant { tenant, provider, account, .. } = &loaded.tenant;
        if let Some((_, now)) = all.iter().find(|(name, _)| name == tenant) {
            let (message, help) = other_account(tenant, *now, (provider, account), revision);
            return Finding::warning("otherwise", message).help(help);
        }
        let message = format!("tenant `{tenant}` was declared at {revision} and is not any more");
        let may_go = |kind| matches!(kind, Kind::Schedules | Kind::Receivers | Kind::Queues | Kind::Forwards);
        let way = match loaded.tenant.resources().any(|(address, _)| may_go(address.kind)) {
            true => "to delete it, first list it under `absent`, apply, and then take the tenant out",
            false => "if it is to be otherwise, apply that before the tenant is taken out",
        };
        let help = format!("what is live in account `{account}` of `{provider}` stays as it is; {way}");
        Finding::warning("removed-tenant", message).help(help)
    })
    .collect()
}
