//! `protect: true`: what is refused until an earlier merged change has taken the protection away.

use super::{Action, Step, guard::answers};
use crate::{
    finding::{Finding, Place},
    model::{Address, DEFAULT_RULE, Divert, Diverts, Resource, Rules},
    path::{Path, Segment},
};
use std::collections::BTreeSet;

/// A finding for every protected object that the steps would take away, or leave pointing to nothing.
pub(super) fn check(
    steps: &[Step],
    protected: &BTreeSet<Address>,
    stranded: &BTreeSet<Address>,
    place: &dyn Fn(&[Segment]) -> Option<Place>,
) -> Vec<Finding> {
    let help = "remove `protect: true` in a change of its own, merge it, then make this change";
    let finding = |address: &Address, what: &str, at: Option<Place>| {
        let message = format!("{address} is protected, and this change {what}");
        Finding::error("protected", message).help(help).at(at)
    };
    let own = |address: &Address| place(&address.path());
    let mut found = Vec::new();
    for step in steps.iter().filter(|step| protected.contains(&step.address)) {
        if let Some(what) = violation(step) {
            let at = match step.removes() {
                true => place(&Path::from(["absent", step.address.kind.section()])),
                false => own(&step.address),
            };
            found.push(finding(&step.address, what, at));
        }
    }
    for address in stranded.intersection(protected) {
        found.push(finding(address, "deletes what it leads to", own(address)));
    }
    found
}

/// What the step would do to a protected object that it must not, in words.
fn violation(step: &Step) -> Option<&'static str> {
    match (step.action, &step.before, &step.after) {
        _ if step.removes() => Some("deletes it"),
        (Action::Update, Some(before), Some(after)) => takes_away(before, after),
        _ => None,
    }
}

/// What an object loses on the way from one state to another that no protected one may lose, in words.
pub fn takes_away(before: &Resource, after: &Resource) -> Option<&'static str> {
    match (before, after) {
        (Resource::Diverts(before), Resource::Diverts(after)) => {
            (forwards(before) && !forwards(after)).then_some("switches every forward off")
        }
        (Resource::Rules(before), Resource::Rules(after)) => {
            (scheduled(before) && !scheduled(after)).then_some("removes every rule but the Default one")
        }
        (Resource::Forward(before), Resource::Forward(after)) => {
            (before.is_armed() && !after.is_armed()).then_some("switches the forward off")
        }
        (Resource::Queue(before), Resource::Queue(after)) => {
            (answers(before) && !answers(after)).then_some("leaves it with nobody to answer")
        }
        _ => None,
    }
}

fn forwards(diverts: &Diverts) -> bool {
    diverts.conditions().iter().any(|(_, divert)| matches!(divert, Some(Divert::To(_))))
}

fn scheduled(rules: &Rules) -> bool {
    rules.order.iter().flatten().any(|rule| rule.when != DEFAULT_RULE)
}
