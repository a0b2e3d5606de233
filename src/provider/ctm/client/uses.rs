//! Pointers that no declared object shows: voice menus, and the schedules of queues.

use super::{
    account_data::AccountData,
    api::Api,
    index::{QUEUE, path},
};
use crate::{
    http::{ApiError, Problem},
    model::{Address, Kind},
    plan::HiddenUse,
    provider::{
        Scope,
        ctm::{
            convert::{Names, TargetType, acted_on},
            wire::{Row, text},
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

/// Things whose inside is not documented, and automatic queues: before something is deleted they are searched for ids.
pub async fn id_holders(api: Api<'_>, automatic: Vec<Row>) -> Result<Vec<(String, Row)>, ApiError> {
    /// The last two are no part of every account (FACTS ctm/routers-2).
    const LISTS: [(&str, &[&str], &str); 5] = [
        ("/conditional_routers", &["configs", "conditional_routers"], "smart router"),
        ("/geo_routes", &["geo_routes"], "geo router"),
        ("/call_settings", &["configs"], "call settings"),
        ("/routing_tables", &["routing_tables"], "routing table"),
        ("/voice_bots", &["voice_bots"], "voice bot"),
    ];
    let called = |noun: &str, row: &Row| format!("{noun} `{}`", row.text("name").unwrap_or_default());
    let mut found = Vec::new();
    for (rest, keys, noun) in LISTS {
        let what = format!("each {noun} of account `{}`", api.account);
        let rows = match api.list(rest, keys, &[], &what).await {
            Err(ApiError { problem: Problem::Status { status: 404, .. }, .. })
                if matches!(rest, "/routing_tables" | "/voice_bots") =>
            {
                Vec::new()
            }
            read => read?,
        };
        found.extend(rows.into_iter().map(|row| (called(noun, &row), row)));
    }
    for row in automatic {
        // The list leaves out most fields.
        let (name, id) = (called("automatic queue", &row), row.id());
        let queue = api.object(&path(TargetType::Queue, &id), &QUEUE, &id, &name).await?;
        found.push((name, queue));
    }
    Ok(found)
}

/// Every text in a value.
fn texts(value: &Value, out: &mut Vec<String>) {
    match value {
        Value::Object(map) => map.values().for_each(|value| texts(value, out)),
        Value::Array(items) => items.iter().for_each(|item| texts(item, out)),
        other => out.extend(text(other)),
    }
}

/// Who points to what, in words.
pub fn hidden(live: &AccountData, names: &Names) -> Vec<HiddenUse> {
    let mut found = Vec::new();
    let mut push = |target_type: TargetType, id: Option<String>, by: &str| {
        let kind = match target_type {
            TargetType::Receiver => Kind::Receivers,
            TargetType::Queue => Kind::Queues,
            TargetType::Schedule => Kind::Schedules,
            _ => return,
        };
        if let Some(name) = id.and_then(|id| names.get(target_type, &id).map(str::to_owned)) {
            let (target, by) = (Address::new(kind, name), by.to_owned());
            found.push(HiddenUse { target, owners: Vec::new(), by, is_unshown: true });
        }
    };
    for (row, _) in &live.queues {
        let by = format!("the hours of queue `{}`", row.text("name").unwrap_or_default());
        let id = row.object("schedule").map(|it| it.id()).or_else(|| row.text("schedule_id"));
        push(TargetType::Schedule, id, &by);
    }
    for menu in &live.menus {
        let by = format!("voice menu `{}`", menu.text("name").unwrap_or_default());
        push(TargetType::Schedule, menu.text("schedule_id"), &by);
        push(TargetType::Receiver, menu.text("default_number_id"), &by);
        if let Some(target_type) = acted_on(menu, "after_hours_action") {
            push(target_type, menu.text("after_hours_action_id"), &by);
        }
        for item in menu.0.get("items").and_then(Value::as_array).into_iter().flatten() {
            let Some(item) = Row::unwrap(item.clone(), "item") else { continue };
            push(TargetType::Receiver, item.text("dial_number_id"), &by);
            push(TargetType::Queue, item.text("call_queue_id"), &by);
        }
    }
    for (by, row) in &live.id_holders {
        let mut ids = Vec::new();
        texts(&Value::Object(row.0.clone()), &mut ids);
        for id in ids {
            for target_type in [TargetType::Receiver, TargetType::Queue, TargetType::Schedule] {
                push(target_type, Some(id.clone()), by);
            }
        }
    }
    // The API may leave out a pointer that exists.
    if live.receivers.iter().any(|row| !row.has("default_action_id")) && live.receivers.len() > 1 {
        let by = "perhaps another receiving number (its no-answer routing and tagging hours are not shown)";
        for (target_type, id) in names.by_id.keys() {
            push(*target_type, Some(id.clone()), by);
        }
    }
    found
}
