//! Objects as the steps of a plan leave them.

use super::{Action, Step};
use crate::model::{Address, Diverts, Kind, Resource};
use std::collections::{BTreeMap, BTreeSet};

/// Every object that the steps are about, as it will be; what only a person can do is not looked at. Rules have in their
/// Default rule what steps set there as `diverts`.
pub(super) fn planned(
    steps: &[Step],
    live: &BTreeMap<Address, Resource>,
) -> BTreeMap<Address, Option<Resource>> {
    let steps = || steps.iter().filter(|step| step.action != Action::Manual);
    let mut planned: BTreeMap<Address, Option<Resource>> =
        steps().map(|step| (step.address.clone(), step.after.clone())).collect();
    // An order that only carries the forwards along says nothing of them.
    let sets_them = |step: &&Step| default_forward(&step.before) != default_forward(&step.after);
    let setting: BTreeSet<&Address> = steps().filter(sets_them).map(|step| &step.address).collect();
    for step in steps() {
        let Some(Resource::Diverts(diverts)) = &step.after else { continue };
        let address = Address::new(Kind::Rules, &step.address.key);
        let rules = planned.get(&address).cloned().unwrap_or_else(|| live.get(&address).cloned());
        if let Some(Resource::Rules(mut rules)) = rules.filter(|_| !setting.contains(&address)) {
            rules.set_default_forward(diverts);
            planned.insert(address, Some(Resource::Rules(rules)));
        }
    }
    planned
}

fn default_forward(resource: &Option<Resource>) -> Option<&Diverts> {
    match resource {
        Some(Resource::Rules(rules)) => rules.default_forward(),
        _ => None,
    }
}
