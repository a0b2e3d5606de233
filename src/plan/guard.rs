//! What needs a person's word before it is carried out.

use super::{Action, Observed, Step};
use crate::model::{Address, Guard, Kind, Reference, Resource, references};
use std::collections::BTreeMap;

/// The limits of `guard` that these steps go beyond.
pub(super) fn limits(steps: &[Step], declared: usize, guard: &Guard) -> Vec<String> {
    let Guard { max_deletes, max_changed_percent, min_population } = *guard;
    let count = |wanted: &[Action]| steps.iter().filter(|step| wanted.contains(&step.action)).count();
    let mut refused = Vec::new();
    let deletes = count(&[Action::Delete]);
    if deletes > max_deletes as usize {
        let deletes = crate::text::count(deletes, "deletion");
        refused.push(format!("{deletes}, `guard.max_deletes` is {max_deletes}"));
    }
    let changed = count(&[Action::Update, Action::Delete]);
    if declared >= min_population as usize && changed * 100 > declared * max_changed_percent as usize {
        refused.push(format!(
            "{changed} of {declared} objects change, `guard.max_changed_percent` is {max_changed_percent}"
        ));
    }
    refused
}

/// Marks the steps that need `--approve-critical`: what may cut callers off when it is wrong.
pub(super) fn mark_critical(steps: &mut [Step], observed: &Observed) {
    let after: BTreeMap<Address, Option<Resource>> = steps
        .iter()
        .filter(|step| step.action != Action::Manual)
        .map(|step| (step.address.clone(), step.after.clone()))
        .collect();
    for step in steps.iter_mut() {
        step.critical = match (&step.before, step.action) {
            (_, Action::Manual | Action::Create) => None,
            (Some(Resource::Forward(before)), _) if before.active == Some(true) => match &step.after {
                Some(Resource::Forward(after)) if after.active == Some(true) => None,
                _ => Some("switches off an emergency forward that is active now".to_owned()),
            },
            (Some(_), Action::Delete) => still_used(&step.address, &after, observed),
            _ => None,
        };
    }
}

fn still_used(
    gone: &Address,
    after: &BTreeMap<Address, Option<Resource>>,
    observed: &Observed,
) -> Option<String> {
    let mut users: Vec<String> = Vec::new();
    for (address, live) in &observed.objects {
        let resource = match after.get(address) {
            Some(planned) => planned.as_ref(),
            None => Some(live),
        };
        let Some(resource) = resource.filter(|_| address != gone) else { continue };
        let points =
            references(address, resource).iter().any(|(_, to)| Reference::address(to).as_ref() == Some(gone));
        if points {
            users.push(address.to_string());
        }
    }
    if users.is_empty() {
        return None;
    }
    let what =
        if gone.kind == Kind::Schedules { "leaves without a schedule" } else { "leaves without a target" };
    Some(format!("{what}: {}", users.join(", ")))
}
