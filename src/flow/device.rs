//! Devices: which a tenant names, and whose they are.

use crate::model::{Ring, Ringable, Tenant};
use std::{collections::BTreeSet, ops::Bound};

/// Every device that a tenant names.
pub fn named(tenant: &Tenant) -> BTreeSet<&str> {
    let rules = tenant.rules.values().flat_map(|rules| rules.order.iter().flatten());
    let also = rules.flat_map(|rule| match &rule.ring {
        Ring::Simultaneous(ring) => ring.also.as_slice(),
        Ring::Extension => &[],
    });
    let agents = tenant.queues.values().flat_map(|queue| queue.agents.iter().flatten());
    let rung = also.map(|also| &also.target).chain(agents.map(|agent| &agent.target));
    let device = rung.filter_map(|target| match target {
        Ringable::Device(device) => Some(device.as_str()),
        _ => None,
    });
    device.collect()
}

/// Those of an extension that a tenant names, in order.
pub fn devices_of(tenant: &Tenant, extension: &str) -> Vec<String> {
    of(&named(tenant), extension).into_iter().map(str::to_owned).collect()
}

/// Those of an extension, among all that the tenant names: `102wp` of 102.
pub fn of<'a>(named: &BTreeSet<&'a str>, extension: &str) -> Vec<&'a str> {
    let from = (Bound::Included(extension), Bound::Unbounded);
    let after = named.range::<str, _>(from).take_while(|device| device.starts_with(extension));
    let is_own =
        |device: &&&str| device[extension.len()..].starts_with(|first: char| first.is_ascii_alphabetic());
    after.filter(is_own).copied().collect()
}
