//! How a change is noticed: at once, only when something fails, or not at all.

use crate::{
    diff::FieldChange,
    model::{Kind, Queue, Resource},
    path::Segment,
};
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// When callers notice a change. The first is the gravest.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Class {
    /// The next caller may be treated otherwise.
    CallerVisible,
    /// Only callers during a failure are: nobody is reachable, no agent is there, the platform is down.
    OnFailure,
    /// No caller notices.
    Cosmetic,
}

/// The gravest class among the changes of one step. `used` says whether anything points to the object.
pub(super) fn of(
    kind: Kind,
    changes: &[FieldChange],
    before: Option<&Resource>,
    after: Option<&Resource>,
    used: bool,
) -> Class {
    // Callers come to these only from somewhere else.
    if before.is_none() && !used && matches!(kind, Kind::Schedules | Kind::Queues | Kind::Receivers) {
        return Class::Cosmetic;
    }
    let each = changes.iter().map(|change| of_change(kind, change, before, after));
    each.min().unwrap_or(Class::Cosmetic)
}

fn of_change(kind: Kind, change: &FieldChange, before: Option<&Resource>, after: Option<&Resource>) -> Class {
    let unreachable = match &*change.path {
        [Segment::Key(field), Segment::Element { .. }, Segment::Key(forward), Segment::Key(condition)] => {
            (field.as_str(), forward.as_str(), condition.as_str()) == ("order", "forward", "unreachable")
        }
        [Segment::Key(condition)] => condition == "unreachable",
        _ => false,
    };
    match (kind, change.path.field()) {
        (Kind::Forwards, _) => {
            let active = |it: Option<&Resource>| matches!(it, Some(Resource::Forward(it)) if it.is_active());
            if active(before) || active(after) { Class::CallerVisible } else { Class::OnFailure }
        }
        (Kind::Rules, _) if is_dormant(change, before, after) => Class::Cosmetic,
        (Kind::Numbers | Kind::Receivers, Some("label")) | (Kind::Queues, Some("name")) => Class::Cosmetic,
        // It is about tags and forms; callers notice nothing.
        (Kind::Receivers, Some("tagging_hours")) => Class::Cosmetic,
        (Kind::Queues, Some("failover")) => Class::OnFailure,
        (Kind::Queues, Some("agents")) if keeps_sequence(change, before, after) => Class::Cosmetic,
        (Kind::Rules | Kind::Diverts, _) if unreachable => Class::OnFailure,
        _ => Class::CallerVisible,
    }
}

/// Whether the change is inside one rule that is switched off before and after.
fn is_dormant(change: &FieldChange, before: Option<&Resource>, after: Option<&Resource>) -> bool {
    let [Segment::Key(field), Segment::Element { element: name }, ..] = &*change.path else { return false };
    if field != "order" {
        return false;
    }
    let off = |it: Option<&Resource>| match it {
        Some(Resource::Rules(rules)) => {
            let mut named = rules.order.iter().flatten().filter(|it| it.when == *name);
            named.next().map(|it| !it.enabled)
        }
        _ => None,
    };
    let wanted_off = change.new.as_ref().and_then(|v| v.get("enabled")) == Some(&Value::Bool(false));
    match (off(before), off(after)) {
        (Some(before), Some(after)) => before && after,
        (Some(gone), None) => gone,
        (None, Some(_)) => wanted_off,
        (None, None) => false,
    }
}

/// Whether the change gives an agent another number and leaves it where it was among those that stay.
fn keeps_sequence(change: &FieldChange, before: Option<&Resource>, after: Option<&Resource>) -> bool {
    if change.path.last().and_then(Segment::as_key) != Some("order") {
        return false;
    }
    let (Some(Resource::Queue(before)), Some(Resource::Queue(after))) = (before, after) else { return false };
    let agents = |queue: &Queue| queue.agents.clone().unwrap_or_default();
    let (before, after) = (agents(before), agents(after));
    let both: Vec<(Option<u32>, Option<u32>)> = before
        .iter()
        .filter_map(|agent| {
            let same = after.iter().find(|it| it.target == agent.target)?;
            Some((agent.order, same.order))
        })
        .collect();
    both.iter().all(|one| both.iter().all(|other| one.0.cmp(&other.0) == one.1.cmp(&other.1)))
}
