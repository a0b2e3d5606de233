//! The order of steps: what is used is made first, what was used goes last.

use super::{Action, Step};
use crate::model::{Address, Kind, Reference, Resource, references};
use std::collections::{BTreeMap, BTreeSet};

fn targets(address: &Address, resource: Option<&Resource>) -> BTreeSet<Address> {
    let found = resource.map(|resource| references(address, resource)).unwrap_or_default();
    found.iter().filter_map(|(_, reference)| Reference::address(reference)).collect()
}

/// Fills in `needs` and sorts.
///
/// A step needs the creation of what it will point to, and the update of what it will newly point to, so that no call is
/// sent to something half made (make before break); a deletion needs every step that takes a pointer to the object away. Kinds without such ties
/// follow `kinds`, deletions the other way round. Updates that point at each other in a circle are only ordered by
/// kind.
pub(super) fn arrange(steps: &mut Vec<Step>, kinds: &[Kind]) {
    let action: BTreeMap<Address, Action> =
        steps.iter().filter(|s| s.action != Action::Manual).map(|s| (s.address.clone(), s.action)).collect();
    let mut needs: BTreeMap<Address, BTreeSet<Address>> = BTreeMap::new();
    for step in steps.iter().filter(|s| s.action != Action::Manual) {
        let will_use = targets(&step.address, step.after.as_ref());
        let used = targets(&step.address, step.before.as_ref());
        for target in &will_use {
            // What was pointed to before is no worse for being changed later, or not at all.
            let ready_first = match action.get(target) {
                Some(Action::Create) => true,
                Some(Action::Update) => !used.contains(target),
                _ => false,
            };
            if *target != step.address && ready_first {
                needs.entry(step.address.clone()).or_default().insert(target.clone());
            }
        }
        for target in used.difference(&will_use) {
            if *target != step.address && action.get(target) == Some(&Action::Delete) {
                needs.entry(target.clone()).or_default().insert(step.address.clone());
            }
        }
    }
    let rank = |step: &Step| {
        let place = kinds.iter().position(|k| *k == step.address.kind).unwrap_or(kinds.len());
        match step.action {
            Action::Create | Action::Update => (0, place),
            Action::Delete => (1, kinds.len() - place),
            Action::Manual => (2, place),
        }
    };
    let mut waiting = std::mem::take(steps);
    waiting.sort_by(|a, b| rank(a).cmp(&rank(b)).then_with(|| a.address.cmp(&b.address)));
    let mut done: BTreeSet<Address> = BTreeSet::new();
    while !waiting.is_empty() {
        let open = |step: &Step| {
            let needs = needs.get(&step.address);
            needs.is_none_or(|needs| needs.iter().all(|n| done.contains(n)))
        };
        let index = waiting.iter().position(open);
        // A circle: take the first by rank, and let it wait for nothing that is not done.
        let mut step = waiting.remove(index.unwrap_or_default());
        if step.action != Action::Manual {
            let needs = needs.remove(&step.address).unwrap_or_default();
            step.needs = needs.into_iter().filter(|n| done.contains(n)).collect();
            done.insert(step.address.clone());
        }
        steps.push(step);
    }
}
