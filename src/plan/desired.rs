//! What a tenant declares, in the form its provider reports it.

use super::{Dialect, Source, Unsupported};
use crate::{
    finding::{Finding, Place},
    model::{Address, Kind, Resource, Rules, Tenant},
    path::{Path, Segment},
};
use serde_json::Value;
use std::collections::BTreeMap;

/// An object as declared, in the form the provider reports back.
#[derive(Debug, Clone)]
pub struct Desired {
    pub resource: Resource,
    pub source: Option<Source>,
    /// What a restore file has of it in the provider's own words.
    pub own: Option<Value>,
}

/// Everything the tenant declares, or all that its provider cannot hold.
pub fn desired(
    tenant: &Tenant,
    dialect: &Dialect,
    place: &dyn Fn(&[Segment]) -> Option<Place>,
) -> Result<BTreeMap<Address, Desired>, Vec<Finding>> {
    let (all, found) = desired_in_part(tenant, dialect, place);
    if found.is_empty() { Ok(all) } else { Err(found) }
}

/// What the tenant declares and its provider can hold, and what that cannot.
pub fn desired_in_part(
    tenant: &Tenant,
    dialect: &Dialect,
    place: &dyn Fn(&[Segment]) -> Option<Place>,
) -> (BTreeMap<Address, Desired>, Vec<Finding>) {
    let mut all = BTreeMap::new();
    let mut found = Vec::new();
    let unknown = |kind: Kind, at: &Path| {
        if dialect.order.contains(&kind) {
            return None;
        }
        let message = format!("this provider has no `{}`", kind.section());
        let known: Vec<String> = dialect.order.iter().map(|kind| format!("`{}`", kind.section())).collect();
        let finding = Finding::error("unsupported", message).help(format!("it has {}", known.join(", ")));
        Some(finding.at(place(at)))
    };
    for (index, kind) in tenant.exhaustive.iter().enumerate() {
        found.extend(unknown((*kind).into(), &Path::from(["exhaustive"]).join(index)));
    }
    for (address, index) in tenant.absent.addresses() {
        let at = Path::from(["absent", address.kind.section()]).join(index);
        found.extend(unknown(address.kind, &at));
    }
    for (address, mut resource) in tenant.resources() {
        let at = address.path();
        if let Some(finding) = unknown(address.kind, &at) {
            found.push(finding);
            continue;
        }
        switched_off(tenant, &mut resource);
        if let (Resource::Schedule(schedule), true) = (&mut resource, dialect.zoned_schedules)
            && schedule.weekly.is_some()
        {
            schedule.time_zone = schedule.time_zone.take().or_else(|| tenant.time_zone.clone());
        }
        match dialect.hold(&address, resource) {
            Ok(resource) => {
                let source = place(&at).map(Source::from);
                all.insert(address, Desired { resource, source, own: None });
            }
            Err(problems) => {
                for Unsupported { path, message, help } in problems {
                    let mut at = at.clone();
                    at.extend(path);
                    found.push(Finding::error("unsupported", message).help(help).at(place(&at)));
                }
            }
        }
    }
    for index in 0..tenant.bulk.len() {
        found.extend(unknown(Kind::Rules, &Path::from(["bulk"]).join(index)));
    }
    if dialect.order.contains(&Kind::Rules) {
        found.extend(refused_of_bulk(tenant, dialect, place));
        name_of_bulk(tenant, place, &mut all);
    }
    (all, found)
}

/// What the provider cannot hold of the rules that `bulk` puts on top, each once.
fn refused_of_bulk(
    tenant: &Tenant,
    dialect: &Dialect,
    place: &dyn Fn(&[Segment]) -> Option<Place>,
) -> Vec<Finding> {
    let mut found = Vec::new();
    for said in tenant.said_by_bulk() {
        for Unsupported { path, message, help } in
            dialect.hold(&said.address, said.resource.clone()).err().into_iter().flatten()
        {
            found.push(Finding::error("unsupported", message).help(help).at(place(&said.at(&path))));
        }
    }
    found.sort();
    found.dedup();
    found
}

/// The extensions that are named in `bulk` are declared by it, as far as that goes: nothing of them, until it is known what
/// they have.
fn name_of_bulk(
    tenant: &Tenant,
    place: &dyn Fn(&[Segment]) -> Option<Place>,
    all: &mut BTreeMap<Address, Desired>,
) {
    for (index, entry) in tenant.bulk.iter().enumerate() {
        let place = place(&Path::from(["bulk"]).join(index));
        let source = place.map(Source::from);
        for extension in entry.extensions.named() {
            let empty =
                || Desired { resource: Resource::Rules(Rules::default()), source: source.clone(), own: None };
            all.entry(Address::new(Kind::Rules, extension)).or_insert_with(empty);
        }
    }
}

/// `schedules.X.enabled: false` switches off every rule that uses X, whatever the rule says (FACTS stratus/article-3,
/// Bulk Toggle Time Frames).
fn switched_off(tenant: &Tenant, resource: &mut Resource) {
    let Resource::Rules(rules) = resource else { return };
    for rule in rules.order.iter_mut().flatten() {
        let off = tenant.schedules.get(&rule.when).is_some_and(|schedule| schedule.enabled == Some(false));
        rule.enabled &= !off;
    }
}
