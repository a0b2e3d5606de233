//! Pointers that no declared object shows: voice menus, and the schedules of queues.

use super::{
    account_data::{AccountData, IdHolder},
    api::Api,
    index::{QUEUE, path},
};
use crate::{
    http::{ApiError, Problem, segment},
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
use futures::{StreamExt, TryStreamExt, stream};
use serde_json::Value;
use std::collections::BTreeSet;

/// Whether everything is searched for what points to others: where this plan may delete such a thing, or somebody asks.
pub fn are_asked_for(scope: &Scope) -> bool {
    let kinds = [Kind::Schedules, Kind::Receivers, Kind::Queues];
    scope.uses
        || scope.exhaustive.iter().any(|kind| kinds.contains(kind))
        || scope.absent.iter().any(|address| kinds.contains(&address.kind))
}

/// Whether this plan may delete that object: what goes is read whole, to be shown and to be compared once more before.
pub fn may_go(scope: &Scope, address: &Address) -> bool {
    let surplus = scope.exhaustive.contains(&address.kind) && !scope.declared.contains(address);
    surplus || scope.absent.contains(address)
}

/// Things whose inside is not documented, and automatic queues: before something is deleted they are searched for ids.
pub async fn id_holders(api: Api<'_>, automatic: Vec<Row>) -> Result<Vec<IdHolder>, ApiError> {
    /// With what one of them may be wrapped in, where a path to one is known. The last two are no part of every account
    /// (FACTS ctm/routers-2).
    const ROUTER: &[&str] = &["config", "conditional_router"];
    const LISTS: [(&str, &[&str], &str, &[&str]); 5] = [
        ("/conditional_routers", &["configs", "conditional_routers"], "smart router", ROUTER),
        ("/geo_routes", &["geo_routes"], "geo router", &["geo_route"]),
        ("/call_settings", &["configs"], "call settings", &["config", "call_setting"]),
        ("/routing_tables", &["routing_tables"], "routing table", &[]),
        ("/voice_bots", &["voice_bots"], "voice bot", &[]),
    ];
    let called = |noun: &str, row: &Row| format!("{noun} `{}`", row.text("name").unwrap_or_default());
    let mut found = Vec::new();
    let mut whole: Vec<(String, Row, String, Vec<&'static str>)> = Vec::new();
    for (rest, keys, noun, wrappers) in LISTS {
        let what = format!("each {noun} of account `{}`", api.account);
        let rows = match api.list(rest, keys, &[], &what).await {
            Err(ApiError { problem: Problem::Status { status: 404, .. }, .. })
                if matches!(rest, "/routing_tables" | "/voice_bots") =>
            {
                Vec::new()
            }
            read => read?,
        };
        let named = rows.into_iter().map(|row| (called(noun, &row), row));
        match wrappers {
            // Only what is listed of them can be searched.
            [] => found.extend(named.map(|(name, row)| IdHolder { name, rows: vec![row], is_whole: true })),
            // Lists leave out what one of them leads to.
            wrappers => whole.extend(named.map(|(name, row)| {
                let at = format!("{rest}/{}", segment(&row.id()));
                (name, row, at, wrappers.to_vec())
            })),
        }
    }
    whole.extend(automatic.into_iter().map(|row| {
        let at = path(TargetType::Queue, &row.id());
        (called("automatic queue", &row), row, at, QUEUE.to_vec())
    }));
    let mut reads = Vec::new();
    for (name, row, at, wrappers) in whole {
        reads.push(async move {
            match api.object(&at, &wrappers, &row.id(), &name).await {
                // Either may show what the other does not.
                Ok(whole) => Ok(IdHolder { name, rows: vec![row, whole], is_whole: true }),
                Err(ApiError { problem, .. }) if problem.is_of_this_alone() => {
                    Ok(IdHolder { name, rows: vec![row], is_whole: false })
                }
                Err(error) => Err(error),
            }
        });
    }
    let read: Vec<IdHolder> = stream::iter(reads).buffered(api.http.concurrency()).try_collect().await?;
    found.extend(read);
    Ok(found)
}

/// Every text in a value.
fn texts(value: &Value, out: &mut BTreeSet<String>) {
    match value {
        Value::Object(map) => map.values().for_each(|value| texts(value, out)),
        Value::Array(items) => items.iter().for_each(|item| texts(item, out)),
        other => out.extend(text(other)),
    }
}

/// The receiving number that a text is, by the number itself: `+14105550124`, with or without the plus.
fn dialled<'a>(text: &str, names: &'a Names) -> Option<&'a str> {
    let plain: String = text.chars().filter(|c| !matches!(c, '+' | '-' | '.' | ' ' | '(' | ')')).collect();
    if plain.len() < 7 || !plain.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let mut receivers = names.by_id.iter().filter(|((sort, _), _)| *sort == TargetType::Receiver);
    let is = |number: &str| {
        let digits = number.trim_start_matches('+');
        digits == plain || digits.strip_prefix('1') == Some(&plain)
    };
    receivers.find(|(_, number)| is(number)).map(|(_, number)| number.as_str())
}

/// Who points to what, in words.
pub fn hidden(live: &AccountData, names: &Names) -> Vec<HiddenUse> {
    let mut found = Vec::new();
    let push = |found: &mut Vec<HiddenUse>, target_type: TargetType, id: Option<String>, by: &str| {
        let Some(kind) = kind_of(target_type) else { return };
        if let Some(name) = id.and_then(|id| names.get(target_type, &id).map(str::to_owned)) {
            let (target, by) = (Address::new(kind, name), by.to_owned());
            found.push(HiddenUse { target, owners: Vec::new(), by, is_unshown: true, is_possible: false });
        }
    };
    for (row, _) in &live.queues {
        let by = format!("the hours of queue `{}`", row.text("name").unwrap_or_default());
        let id = row.object("schedule").map(|it| it.id()).or_else(|| row.text("schedule_id"));
        push(&mut found, TargetType::Schedule, id, &by);
    }
    for menu in &live.menus {
        let by = format!("voice menu `{}`", menu.text("name").unwrap_or_default());
        if let Some(target_type) = acted_on(menu, "after_hours_action") {
            push(&mut found, target_type, menu.text("after_hours_action_id"), &by);
        }
    }
    // Under whatever key it stands: only some of them are documented.
    let menus = live
        .menus
        .iter()
        .map(|menu| (format!("voice menu `{}`", menu.text("name").unwrap_or_default()), menu));
    let others = live.id_holders.iter();
    let others = others.flat_map(|it| it.rows.iter().map(|row| (it.name.clone(), row)));
    for (by, row) in menus.chain(others) {
        let mut held = BTreeSet::new();
        texts(&Value::Object(row.0.clone()), &mut held);
        for held in held {
            for target_type in [TargetType::Receiver, TargetType::Queue, TargetType::Schedule] {
                push(&mut found, target_type, Some(held.clone()), &by);
            }
            if let Some(number) = dialled(&held, names) {
                let (target, by) = (Address::new(Kind::Receivers, number), by.clone());
                found.push(HiddenUse {
                    target,
                    owners: Vec::new(),
                    by,
                    is_unshown: true,
                    is_possible: false,
                });
            }
        }
    }
    for IdHolder { name, .. } in live.id_holders.iter().filter(|holder| !holder.is_whole) {
        may_use_all(&format!("perhaps {name} (what it leads to cannot be read)"), names, &mut found);
    }
    // The API may leave out a pointer that exists.
    if live.receivers.iter().any(|row| !row.has("default_action_id")) && live.receivers.len() > 1 {
        let by = "perhaps another receiving number (its no-answer routing and tagging hours are not shown)";
        may_use_all(by, names, &mut found);
    }
    found
}

/// Something that may point to everything.
fn may_use_all(by: &str, names: &Names, found: &mut Vec<HiddenUse>) {
    for ((target_type, _), name) in &names.by_id {
        let Some(kind) = kind_of(*target_type) else { continue };
        let (target, by) = (Address::new(kind, name), by.to_owned());
        found.push(HiddenUse { target, owners: Vec::new(), by, is_unshown: true, is_possible: true });
    }
}

/// What is deleted through this program, and may be in use.
fn kind_of(target_type: TargetType) -> Option<Kind> {
    match target_type {
        TargetType::Receiver => Some(Kind::Receivers),
        TargetType::Queue => Some(Kind::Queues),
        TargetType::Schedule => Some(Kind::Schedules),
        _ => None,
    }
}

/// What cannot be read by itself may lead to everything, and says so instead of nothing. A number counts as its receiving number in
/// each form in which people write it.
#[test]
fn what_cannot_be_read_may_use_everything() {
    let mut names = Names::default();
    names.by_id.insert((TargetType::Receiver, "RPN1".to_owned()), "+14105550124".to_owned());
    let holder = |name: &str, field: &str, is_whole| IdHolder {
        name: name.to_owned(),
        rows: vec![
            Row(serde_json::Map::from_iter([("locations".to_owned(), field.into())])),
            Row(serde_json::Map::new()),
        ],
        is_whole,
    };
    for (holder, expected) in [
        (
            holder("geo router `West`", "", false),
            Some("perhaps geo router `West` (what it leads to cannot be read)"),
        ),
        (holder("geo router `West`", "+14105550124", true), Some("geo router `West`")),
        (holder("geo router `West`", "(410) 555-0124", true), Some("geo router `West`")),
        (holder("geo router `West`", "RPN1", true), Some("geo router `West`")),
        (holder("geo router `West`", "+14105550125", true), None),
    ] {
        let live = AccountData { id_holders: vec![holder], ..AccountData::default() };
        let found = hidden(&live, &names);
        assert_eq!(found.first().map(|it| it.by.as_str()), expected);
    }
}
