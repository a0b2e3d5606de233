//! Which steps wait for steps of other tenants.

use crate::{
    model::Address,
    plan::{Action, TenantPlan, stuck},
};
use std::collections::{BTreeMap, BTreeSet};

/// A step: the number of its job, and its place in the plan.
pub(super) type At = (usize, usize);

/// What waits, and what is waited for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Node {
    Step(At),
    /// All changes of a tenant up to this one.
    UpTo(At),
}

/// Each step that waits for one of another tenant, and that one. `within` is what waits for what inside the tenants. Where tenants
/// would wait for each other, none of the steps that do waits for another tenant.
pub(super) fn waits(plans: &[&TenantPlan], within: impl FnOnce() -> Vec<(Node, Node)>) -> BTreeSet<(At, At)> {
    let mut waits = BTreeSet::new();
    if plans.iter().all(|plan| plan.across.waits.is_empty()) {
        return waits;
    }
    let mut steps: BTreeMap<(&str, &Address), Vec<At>> = BTreeMap::new();
    for (number, plan) in plans.iter().enumerate() {
        for (index, step) in plan.steps.iter().enumerate() {
            if matches!(step.action, Action::Create | Action::Update) {
                steps.entry((&plan.tenant, &step.address)).or_default().push((number, index));
            }
        }
    }
    let of = |tenant, address| steps.get(&(tenant, address)).into_iter().flatten().copied();
    for plan in plans {
        for (address, needs) in &plan.across.waits {
            for step in of(&plan.tenant, address) {
                let before = needs.iter().flat_map(|(tenant, need)| of(tenant, need));
                waits.extend(before.map(|before| (step, before)));
            }
        }
    }
    if !waits.is_empty() {
        leave_out_circles(&mut waits, within());
    }
    waits
}

fn leave_out_circles(waits: &mut BTreeSet<(At, At)>, within: Vec<(Node, Node)>) {
    let between = waits.iter().map(|(step, before)| (Node::Step(*step), Node::Step(*before)));
    let all: Vec<(Node, Node)> = within.into_iter().chain(between).collect();
    let after = stuck(all.iter().copied());
    let before = stuck(all.iter().map(|(step, need)| (*need, *step)));
    let in_circle = |it: &At| after.contains(&Node::Step(*it)) && before.contains(&Node::Step(*it));
    waits.retain(|(step, before)| !in_circle(step) || !in_circle(before));
}
