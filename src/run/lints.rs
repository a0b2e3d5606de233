//! The lints, asked about tenants of a workspace.

use super::place::locate;
use crate::{
    cores,
    finding::{Finding, Place},
    flow::Counted,
    lint::{self, Subject, TenantSubject},
    load::LoadedTenant,
    path::{Path as StepPath, Segment},
    provider::{self, Workspace},
};
use jiff::Timestamp;
use std::collections::{BTreeMap, BTreeSet};

/// What the lints find in one tenant by itself.
pub(super) fn lint_one(workspace: &Workspace, tenant: &LoadedTenant) -> Vec<Finding> {
    lints(workspace, &[tenant], workspace.at, lint::check)
}

/// What the lints find in the tenants of a workspace.
pub(super) fn lint_all(workspace: &Workspace) -> Vec<Finding> {
    check_together(workspace, &all(&workspace.tenants), workspace.at)
}

/// Fewer tenants are checked on one core.
const MANY: usize = 8;

/// What the lints find in some tenants, each part of it on a core.
pub(super) fn check_together(
    workspace: &Workspace,
    tenants: &[&LoadedTenant],
    at: Timestamp,
) -> Vec<Finding> {
    if tenants.len() < MANY {
        return lints(workspace, tenants, at, lint::check);
    }
    lints(workspace, tenants, at, |subject| {
        lint::together(cores::each(lint::parts().into_iter(), |part| part.find(subject)))
    })
}

/// What only placing every call finds in some tenants of a workspace, as the files have them.
pub(super) fn lint_calls(workspace: &Workspace, asked: &BTreeSet<&str>) -> (Vec<Finding>, Counted) {
    lints(workspace, &all(&workspace.tenants), workspace.at, |subject| lint::sweep(subject, asked))
}

/// The dates in the files of some tenants that are over.
pub(super) fn lint_dates(workspace: &Workspace, asked: &BTreeSet<&str>) -> Vec<Finding> {
    lints(workspace, &all(&workspace.tenants), workspace.at, |subject| lint::past_dates(subject, asked))
}

/// Has a look at some of the tenants of a workspace.
pub(super) fn lints<T>(
    workspace: &Workspace,
    tenants: &[&LoadedTenant],
    at: Timestamp,
    check: impl FnOnce(&Subject<'_>) -> T,
) -> T {
    type Placer<'a> = Box<dyn Fn(&[Segment]) -> Place + Sync + 'a>;
    let placers: Vec<(Placer<'_>, Placer<'_>)> = tenants
        .iter()
        .map(|loaded| -> (Placer<'_>, Placer<'_>) {
            (Box::new(|path| loaded.place(path)), Box::new(|path| loaded.place_of_key(path)))
        })
        .collect();
    type Steps<'a> = Box<dyn Fn(&StepPath) -> Option<Place> + Sync + 'a>;
    let steps: Vec<Steps<'_>> =
        tenants.iter().map(|loaded| -> Steps<'_> { Box::new(|path| Some(locate(loaded, path))) }).collect();
    let tenants: Vec<TenantSubject<'_>> = tenants
        .iter()
        .zip(placers.iter().zip(&steps))
        .map(|(loaded, ((place, place_of_key), place_of_step))| TenantSubject {
            tenant: loaded.meant(),
            place,
            place_of_key,
            place_of_step,
            until: changes(loaded, at),
        })
        .collect();
    let providers = provider::all();
    let kinds: Vec<&'static str> = providers.iter().map(|provider| provider.kind).collect();
    let single_account = single_account();
    check(&Subject {
        file: &workspace.file,
        tenants: &tenants,
        kinds: &kinds,
        single_account: &single_account,
        place: &|path| workspace.place(path),
        at: at.as_second(),
        is_now: at == workspace.at,
    })
}

/// The kinds of provider of which one entry reaches one account only.
pub(super) fn single_account() -> Vec<&'static str> {
    let alone = provider::all().into_iter().filter(|provider| provider.single_account);
    alone.map(|provider| provider.kind).collect()
}

/// What of a tenant's files says something else by itself, by its key, and when that is next.
pub(super) fn changes(loaded: &LoadedTenant, at: Timestamp) -> BTreeMap<String, i64> {
    let mut next = BTreeMap::new();
    for (until, _) in loaded.untils().filter(|(until, _)| !until.has_passed(at)) {
        let instant = until.instant.as_second();
        let first = next.entry(until.address.key.clone()).or_insert(instant);
        *first = instant.min(*first);
    }
    next
}

fn all(tenants: &[LoadedTenant]) -> Vec<&LoadedTenant> {
    tenants.iter().collect()
}
