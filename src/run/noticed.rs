//! What callers notice of a tenant's plan.

use super::{
    CheckedTenant,
    circles::{Objects, Read},
};
use crate::{
    experience::{self, Change, Class, Input},
    flow::System,
    load::LoadedTenant,
    model::Circumstances,
    plan::{Action, Base, Step, TenantPlan},
};
use jiff::Timestamp;

/// The steps of a plan as what is done to a tenant.
pub(super) fn changes<'a>(tenant: &'a CheckedTenant, plan: &'a TenantPlan) -> Vec<Change<'a>> {
    let then = |step: &Step| tenant.base.as_ref().and_then(|base| base.desired.get(&step.address));
    let change = |step: &'a Step| Change {
        address: &step.address,
        // What only a person can see is known from what the files said.
        before: step.before.as_ref().or_else(|| then(step).filter(|_| step.action == Action::Manual)),
        after: step.after.as_ref(),
        between: match step.action {
            Action::Manual => Vec::new(),
            _ => (tenant.provider.dialect.between)(step.before.as_ref(), step.after.as_ref()),
        },
        is_by_hand: step.action == Action::Manual,
    };
    plan.steps.iter().map(change).collect()
}

/// Adds to a tenant's plan what callers notice of it, and of each step. `live` is what was read.
pub fn judge(
    loaded: &LoadedTenant,
    tenant: &CheckedTenant,
    live: &Read,
    at: Timestamp,
    plan: &mut TenantPlan,
) {
    judge_over(loaded, tenant, (&live.objects, &live.circumstances), None, at, plan);
}

/// The clock of the files of then.
pub(super) fn zone(then: &Base) -> Option<&str> {
    then.tenant.as_ref().and_then(|it| it.time_zone.as_deref())
}

/// The same where the files are compared with what they said: nothing is live. With the clock of then.
pub fn judge_files(loaded: &LoadedTenant, tenant: &CheckedTenant, at: Timestamp, plan: &mut TenantPlan) {
    let Some(then) = &tenant.base else { return };
    judge_over(loaded, tenant, (&then.desired, &Circumstances::default()), Some(zone(then)), at, plan);
}

fn judge_over(
    loaded: &LoadedTenant,
    tenant: &CheckedTenant,
    (live, circumstances): (&Objects, &Circumstances),
    files: Option<Option<&str>>,
    at: Timestamp,
    plan: &mut TenantPlan,
) {
    let Some(system) = System::of_kind(tenant.provider.kind) else {
        // Whoever does not know has to think of the worst.
        plan.steps.iter_mut().for_each(|step| step.class = Class::CallerVisible);
        return;
    };
    let is_same_clock = files.is_none_or(|zone| zone == loaded.tenant.time_zone.as_deref());
    if plan.steps.is_empty() && is_same_clock {
        return;
    }
    let steps = changes(tenant, plan);
    let input = Input {
        tenant: loaded.meant(),
        system,
        live,
        circumstances,
        steps: &steps,
        files,
        at: at.as_second(),
    };
    let mut judged = experience::judge(&input);
    let beyond = plan.steps.iter().filter(|step| step.class == Class::CallerVisible);
    judged.experience.beyond = beyond.map(|step| step.address.clone()).collect();
    let addresses: Vec<_> = plan.steps.iter().map(|step| step.address.clone()).collect();
    for ((step, class), follows) in plan.steps.iter_mut().zip(judged.classes).zip(judged.follows) {
        step.class = step.class.min(class);
        step.follows = follows.into_iter().map(|it| addresses[it].clone()).collect();
    }
    // Whose rules nobody has read may follow it.
    let has_others = plan.unmanaged_extensions > 0;
    let is_followed = |step: &Step| has_others && step.is_of_shared_hours();
    for step in plan.steps.iter_mut().filter(|it| it.class != Class::CallerVisible && is_followed(it)) {
        step.class = Class::CallerVisible;
        judged.experience.beyond.push(step.address.clone());
    }
    plan.experience = Some(Box::new(judged.experience));
}
