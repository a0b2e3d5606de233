//! How a change is noticed: at once, only when something fails, or not at all.

use crate::{
    diff::FieldChange,
    model::{Kind, Resource},
};
use serde::Serialize;
use serde_json::Value;

/// When callers notice a change. The first is the gravest.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Class {
    /// The next caller may be treated otherwise.
    CallerVisible,
    /// Only callers during a failure are: nobody is reachable, no agent is there, the platform is down.
    OnFailure,
    /// No caller notices.
    Cosmetic,
}

/// The gravest class among the changes of one step.
pub(super) fn of(
    kind: Kind,
    changes: &[FieldChange],
    before: Option<&Resource>,
    after: Option<&Resource>,
) -> Class {
    let each = changes.iter().map(|change| of_change(kind, change, before, after));
    each.min().unwrap_or(Class::Cosmetic)
}

fn of_change(kind: Kind, change: &FieldChange, before: Option<&Resource>, after: Option<&Resource>) -> Class {
    let last = change.path.rsplit('.').next().unwrap_or_default();
    match (kind, last) {
        (Kind::Forwards, _) => {
            let active =
                |it: Option<&Resource>| matches!(it, Some(Resource::Forward(f)) if f.active == Some(true));
            if active(before) || active(after) { Class::CallerVisible } else { Class::OnFailure }
        }
        (Kind::Numbers, "label") | (Kind::Queues, "name") => Class::Cosmetic,
        (Kind::Queues, "failover" | "require_agents") | (Kind::Rules | Kind::Diverts, "unreachable") => {
            Class::OnFailure
        }
        (Kind::Rules, _) if is_dormant(change, before, after) => Class::Cosmetic,
        _ => Class::CallerVisible,
    }
}

/// Whether the change is inside one rule that is switched off before and after.
fn is_dormant(change: &FieldChange, before: Option<&Resource>, after: Option<&Resource>) -> bool {
    let Some(rule) = change.path.strip_prefix("order.") else { return false };
    let off = |it: Option<&Resource>| match it {
        Some(Resource::Rules(rules)) => {
            let named =
                |when: &str| rule == when || rule.strip_prefix(when).is_some_and(|r| r.starts_with('.'));
            rules.order.iter().flatten().find(|r| named(&r.when)).map(|r| !r.enabled)
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
