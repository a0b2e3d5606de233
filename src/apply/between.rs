//! Which steps wait for steps of other tenants.

use crate::{
    model::Address,
    plan::{TenantPlan, stuck},
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

/// Each step that waits for one of another tenant, and that one.
#[derive(Default)]
pub(super) struct Waits {
    pub kept: BTreeSet<(At, At)>,
    /// Where tenants would wait for each other, none of the steps that do waits for another tenant.
    pub left_out: BTreeSet<(At, At)>,
}

/// What waits between some tenants. `within` is what waits for what inside each.
pub(super) fn waits(plans: &[&TenantPlan], within: impl FnOnce() -> Vec<(Node, Node)>) -> Waits {
    if plans.iter().all(|plan| plan.across.waits.is_empty()) {
        return Waits::default();
    }
    let mut waits = BTreeSet::new();
    let mut steps: BTreeMap<(&str, &Address), Vec<At>> = BTreeMap::new();
    for (number, plan) in plans.iter().enumerate() {
        for (index, step) in plan.steps.iter().enumerate() {
            if step.action.sets() {
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
    if waits.is_empty() {
        return Waits::default();
    }
    leave_out_circles(waits, within())
}

fn leave_out_circles(waits: BTreeSet<(At, At)>, within: Vec<(Node, Node)>) -> Waits {
    let between = waits.iter().map(|(step, before)| (Node::Step(*step), Node::Step(*before)));
    let all: Vec<(Node, Node)> = within.into_iter().chain(between).collect();
    let after = stuck(all.iter().copied());
    let before = stuck(all.iter().map(|(step, need)| (*need, *step)));
    let in_circle = |it: &At| after.contains(&Node::Step(*it)) && before.contains(&Node::Step(*it));
    let (left_out, kept) = waits.into_iter().partition(|(step, before)| in_circle(step) && in_circle(before));
    Waits { kept, left_out }
}
