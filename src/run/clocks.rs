//! What of the way of calls counts in another time zone than the one they are told in, as far as accounts were read.

use super::{Checked, report::Live, scene::Scene};
use crate::{
    finding::Finding,
    flow::{Network, Target},
    model::{Address, Kind, Resource},
    path::Segment,
    plan,
};
use std::collections::{BTreeMap, BTreeSet};

/// A warning for each zone in which rules count that calls to some places can come to.
pub(super) fn clocks(
    checked: &Checked,
    scene: &Scene,
    live: Option<&Live>,
    network: &Network,
    to: impl IntoIterator<Item = Target>,
) -> Vec<Finding> {
    let Some(live) = live else { return Vec::new() };
    let timed: BTreeSet<(String, String)> = to.into_iter().flat_map(|to| network.timed_on(to)).collect();
    let mut found = Vec::new();
    for (at, tenant) in &scene.tenants {
        let Some(it) = checked.tenants.get(*at) else { continue };
        let Some(Ok(observed)) = live.observed(it.index) else { continue };
        // What is read of schedules that have a zone each has it.
        if it.provider.dialect.zoned_schedules {
            continue;
        }
        let is_timed = |key: &str| timed.contains(&(tenant.tenant.clone(), key.to_owned()));
        let rules: BTreeMap<Address, Resource> = tenant
            .resources()
            .filter(|(address, _)| address.kind == Kind::Rules && is_timed(&address.key))
            .collect();
        if rules.is_empty() {
            continue;
        }
        let loaded = checked.loaded(it);
        let zone = tenant.time_zone.as_deref();
        let names = (tenant.tenant.as_str(), loaded.tenant.account.as_str());
        for (finding, first) in plan::clocks_of_calls(names, zone, &observed.zones, &rules) {
            let of_rules = || scene.place(checked, &tenant.tenant, &first?.path());
            let field = |name: &str| loaded.place(&[Segment::key(name)]);
            let place = match zone {
                Some(_) => field("time_zone"),
                None => of_rules().unwrap_or_else(|| field("account")),
            };
            found.push(finding.at(place));
        }
    }
    found
}
