//! `protect: true`: what is refused until an earlier merged change has taken the protection away.

use super::{Action, Step};
use crate::model::{DEFAULT_RULE, Divert, Diverts, Forward, Resource, Rules};

/// What the step would do to a protected object that it must not, in words.
pub(super) fn violation(step: &Step) -> Option<&'static str> {
    match (step.action, &step.before, &step.after) {
        (Action::Delete, _, _) => Some("deletes it"),
        (Action::Update, Some(Resource::Diverts(before)), Some(Resource::Diverts(after))) => {
            (forwards(before) && !forwards(after)).then_some("switches every forward off")
        }
        (Action::Update, Some(Resource::Rules(before)), Some(Resource::Rules(after))) => {
            (scheduled(before) && !scheduled(after)).then_some("removes every rule but the Default one")
        }
        (Action::Update, Some(Resource::Forward(before)), Some(Resource::Forward(after))) => {
            (active(before) && !active(after)).then_some("switches the forward off")
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

fn active(forward: &Forward) -> bool {
    forward.active == Some(true)
}
