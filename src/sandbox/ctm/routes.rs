//! Sets what a tracking number does with a call: the two calls of FACTS ctm/numbers-3 and FACTS ctm/numbers-7.

use serde_json::{Map, Value, json};

use super::body::{text, texts};
use super::call::{ApiCall, wrapped};
use super::error_response::{ErrorResponse, RouteResult};
use super::kinds::{CALL_SETTING, DIAL_LIST, NUMBER, RECEIVER, TARGETS, Target, USER};
use super::switches::DialList;
use super::{numbers, phone, receivers, rows};
use crate::sandbox::document::Document;

/// The documented names of the patterns (FACTS ctm/names-3).
pub const PATTERNS: &[&str] = &["simultaneous", "round_robin", "sequential", "least_connected"];

/// The routes that `update_number` knows beside the list; `dial_routes` knows all.
const BY_UPDATE: &[&str] = &["voice_menu", "geo_config", "call_queue", "call_agent"];

const UPDATE_KEYS: &[&str] = &[
    "name",
    "custom_fields",
    "tracking_source_id",
    "number_config_id",
    "dial_route",
    "numbers",
    "country_codes",
    "numbers_id",
    "voice_menu_id",
    "geo_config_id",
    "call_queue_id",
    "user_id",
    "sms_enabled",
    "google_campaign",
];

/// What only the portal knows of (FACTS ctm/unnamed-1 and FACTS ctm/unnamed-2).
const EXPERIMENTAL: &[&str] = &["routing", "failsafe_number"];

pub fn route(call: &ApiCall, method: &str, id: &str, setting: &str) -> RouteResult {
    match (method, setting) {
        ("POST", "update_number") => update_number(call, id),
        ("PUT", "dial_routes") => dial_routes(call, id),
        _ => Err(ErrorResponse::no_route()),
    }
}

fn update_number(call: &ApiCall, id: &str) -> RouteResult {
    let mut row = call.find(&NUMBER, id)?.clone();
    call.check(&call.body, UPDATE_KEYS.iter().chain(experimental(call)).copied())?;
    let mut next = call.held.clone();
    if let Some(name) = call.body.get("name").and_then(text) {
        row.insert("name".into(), if name.is_empty() { Value::Null } else { name.into() });
    }
    if let Some(setting) = call.body.get("number_config_id").and_then(text) {
        assign(call, &mut row, &setting)?;
    }
    match call.body.get("dial_route").and_then(text).as_deref() {
        None | Some("") => {}
        Some("number") => dial(call, &mut next, &mut row)?,
        Some(route) => choose(call, &mut row, &call.body, route, |target| BY_UPDATE.contains(&target.route))?,
    }
    unnamed(call, &mut row, &call.body)?;
    numbers::answer(call, next, row)
}

/// Answers success whatever became of it; only reading the number again tells (FACTS ctm/numbers-8).
fn dial_routes(call: &ApiCall, id: &str) -> RouteResult {
    let mut row = call.find(&NUMBER, id)?.clone();
    match wrapped(&call.body, "virtual_phone_number") {
        Some(body) => {
            let keys = TARGETS.iter().map(|target| target.id_key).filter(|key| !key.is_empty());
            let keys = keys.chain(numbers::FALLBACK).chain(["dial_route"]);
            call.check(body, keys.chain(experimental(call).iter().copied()))?;
            let route = body.get("dial_route").and_then(text).unwrap_or_default();
            choose(call, &mut row, body, &route, |_| true)?;
            unnamed(call, &mut row, body)?;
        }
        None if call.server.strict => return Err(ErrorResponse::invalid("virtual_phone_number is missing")),
        None => {}
    }
    let mut shown = numbers::render(call, call.held, &row);
    shown.insert("status".into(), "success".into());
    shown.insert("message".into(), "Settings changed".into());
    let mut next = call.held.clone();
    numbers::keep(&mut next, row);
    call.done(format!("numbers/\"{id}\""), next, shown.into())
}

fn experimental(call: &ApiCall) -> &'static [&'static str] {
    if call.server.experimental { EXPERIMENTAL } else { &[] }
}

/// Points a number at one target; a route or a target that is not known changes nothing (FACTS ctm/choices-3).
fn choose(
    call: &ApiCall,
    row: &mut Map<String, Value>,
    body: &Map<String, Value>,
    route: &str,
    may: impl Fn(&Target) -> bool,
) -> Result<(), ErrorResponse> {
    let known = |target: &&Target| !target.route.is_empty() && target.route == route && may(target);
    let Some(target) = TARGETS.iter().find(known) else {
        return lenient(call, || ErrorResponse::invalid(format!("unknown dial_route {route}")));
    };
    let id = body.get(target.id_key).and_then(text).unwrap_or_default();
    let Some(found) = rows::find(call.held, target.kind.table, &id) else {
        return lenient(call, || ErrorResponse::missing(target.kind.noun));
    };
    let mut chosen = Map::new();
    chosen.insert("type".into(), target.read.into());
    chosen.insert("target".into(), found["id"].clone());
    if target.kind.table == USER.table {
        let before = if call.server.shows_fallback { row["route"].clone() } else { Value::Null };
        let value = |key: &str| body.get(key).or(before.get(key)).cloned();
        let beside = numbers::FALLBACK.iter().filter_map(|key| Some(((*key).to_owned(), value(key)?)));
        chosen.extend(beside);
    }
    row.insert("route".into(), chosen.into());
    Ok(())
}

/// Replaces the list a number dials, making the receiving numbers that are not there, and routes to it.
fn dial(call: &ApiCall, next: &mut Document, row: &mut Map<String, Value>) -> Result<(), ErrorResponse> {
    let by_id = call.body.get("numbers_id").filter(|_| call.server.dial_list != DialList::Numbers);
    let ids: Option<Vec<Value>> = match (call.body.get("numbers"), by_id) {
        (Some(numbers), _) => {
            let codes = call.body.get("country_codes").map(texts).unwrap_or_default();
            Some(inline(call, next, &texts(numbers), &codes)?)
        }
        (None, Some(ids)) => {
            let found = |id: String| rows::find(call.held, RECEIVER.table, &id).map(|row| row["id"].clone());
            let Some(ids) = texts(ids).into_iter().map(found).collect::<Option<Vec<_>>>() else {
                return lenient(call, || ErrorResponse::missing(RECEIVER.noun));
            };
            Some(ids)
        }
        (None, None) => None,
    };
    if let Some(ids) = ids {
        let mut once: Vec<Value> = Vec::new();
        for id in ids {
            if !once.contains(&id) {
                once.push(id);
            }
        }
        row.insert("dial".into(), once.into());
    }
    row.insert("route".into(), json!({"type": DIAL_LIST}));
    Ok(())
}

/// Finds or makes a receiving number for each national one; the last country goes for those without
/// (FACTS ctm/numbers-3).
fn inline(
    call: &ApiCall,
    next: &mut Document,
    numbers: &[String],
    codes: &[String],
) -> Result<Vec<Value>, ErrorResponse> {
    if call.server.strict && numbers.len() != codes.len() {
        return Err(ErrorResponse::invalid("numbers and country_codes differ in length"));
    }
    let mut ids = Vec::new();
    for (index, national) in numbers.iter().enumerate() {
        let code = codes.get(index).or(codes.last());
        let code = code.ok_or_else(|| ErrorResponse::invalid("country_codes can't be blank"))?;
        let own = call.server.own_country;
        let number = phone::of_national(national, code, own).map_err(ErrorResponse::invalid)?;
        let found = next.get(RECEIVER.table, &number).filter(|_| call.server.dial_list != DialList::Ids);
        let id = found.map(|row| row["id"].clone());
        ids.push(id.unwrap_or_else(|| receivers::blank(next, &number)["id"].clone()));
    }
    Ok(ids)
}

fn assign(call: &ApiCall, row: &mut Map<String, Value>, setting: &str) -> Result<(), ErrorResponse> {
    let value = if setting.is_empty() {
        Value::Null
    } else {
        match rows::find(call.held, CALL_SETTING.table, setting) {
            Some(found) => found["id"].clone(),
            None => return lenient(call, || ErrorResponse::missing(CALL_SETTING.noun)),
        }
    };
    row.insert("call_setting".into(), value);
    Ok(())
}

/// Takes the fields without a documented name, where they are switched on.
fn unnamed(
    call: &ApiCall,
    row: &mut Map<String, Value>,
    body: &Map<String, Value>,
) -> Result<(), ErrorResponse> {
    if !call.server.experimental {
        return Ok(());
    }
    if let Some(routing) = body.get("routing").and_then(text) {
        if !PATTERNS.contains(&routing.as_str()) {
            return Err(ErrorResponse::invalid("routing is invalid"));
        }
        row.insert("routing".into(), routing.into());
    }
    if let Some(failsafe) = body.get("failsafe_number").and_then(text) {
        let own = call.held.get(NUMBER.table, &failsafe).is_some();
        if !failsafe.is_empty() && (own || !phone::is_e164(&failsafe)) {
            return Err(ErrorResponse::invalid("failsafe_number is invalid"));
        }
        let value = if failsafe.is_empty() { Value::Null } else { failsafe.into() };
        row.insert("failsafe_number".into(), value);
    }
    Ok(())
}

/// Passes over a mistake, unless the server is strict.
fn lenient(call: &ApiCall, error: impl FnOnce() -> ErrorResponse) -> Result<(), ErrorResponse> {
    if call.server.strict { Err(error()) } else { Ok(()) }
}
