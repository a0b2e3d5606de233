//! Pointers that no declared object shows: voice menus, and the schedules of queues.

use super::observe::Live;
use crate::{
    model::{Address, Kind},
    plan::HiddenUse,
    provider::{
        Scope,
        ctm::{
            convert::{Names, Sort, acted_on},
            wire::Row,
        },
    },
};
use serde_json::Value;

/// Whether this plan may delete something that others point to.
pub fn may_delete(scope: &Scope) -> bool {
    let kinds = [Kind::Schedules, Kind::Receivers, Kind::Queues];
    scope.exhaustive.iter().any(|kind| kinds.contains(kind))
        || scope.absent.iter().any(|address| kinds.contains(&address.kind))
}

/// Whether this plan may delete that object: what goes is read whole, to be shown and to be compared once more before.
pub fn may_go(scope: &Scope, address: &Address) -> bool {
    let surplus = scope.exhaustive.contains(&address.kind) && !scope.declared.contains(address);
    surplus || scope.absent.contains(address)
}

/// Who points to what, in words.
pub fn hidden(live: &Live, names: &Names) -> Vec<HiddenUse> {
    let mut found = Vec::new();
    let mut push = |sort: Sort, id: Option<String>, by: &str| {
        let kind = match sort {
            Sort::Receiver => Kind::Receivers,
            Sort::Queue => Kind::Queues,
            Sort::Schedule => Kind::Schedules,
            _ => return,
        };
        if let Some(name) = id.and_then(|id| names.get(sort, &id).map(str::to_owned)) {
            found.push(HiddenUse { target: Address::new(kind, name), owners: Vec::new(), by: by.to_owned() });
        }
    };
    for (row, _) in &live.queues {
        let by = format!("the hours of queue `{}`", row.text("name").unwrap_or_default());
        let id = row.object("schedule").map(|it| it.id()).or_else(|| row.text("schedule_id"));
        push(Sort::Schedule, id, &by);
    }
    for menu in &live.menus {
        let by = format!("voice menu `{}`", menu.text("name").unwrap_or_default());
        push(Sort::Schedule, menu.text("schedule_id"), &by);
        push(Sort::Receiver, menu.text("default_number_id"), &by);
        if let Some(sort) = acted_on(menu, "after_hours_action") {
            push(sort, menu.text("after_hours_action_id"), &by);
        }
        for item in menu.0.get("items").and_then(Value::as_array).into_iter().flatten() {
            let Some(item) = Row::unwrap(item.clone(), "item") else { continue };
            push(Sort::Receiver, item.text("dial_number_id"), &by);
            push(Sort::Queue, item.text("call_queue_id"), &by);
        }
    }
    found
}
