//! Serves users and their devices (FACTS stratus/users).

use serde_json::{Map, Value, json};

use super::call::{ApiCall, ErrorResponse, RouteResult, domain_of, show, text, total};
use super::keeping::LINGERING;
use super::keys::LOGIN;
use super::switches::Release;
use super::{fields, tables};
use crate::sandbox::document::Document;

/// Fields of the reduced list; others named in `fields` are refused (FACTS stratus/lists-7).
const REDUCED: &[&str] = &[
    "user",
    "domain",
    "site",
    "name-first-name",
    "name-last-name",
    "department",
    "directory-name-number-dtmf-mapping",
];

pub fn route(call: &ApiCall, path: &[&str]) -> RouteResult {
    match (call.method(), path) {
        ("GET", []) => call.list(rows(call)),
        ("GET", ["count"]) => total(call.seen.table("users").count()),
        ("GET", ["list"]) => reduced(call),
        ("POST", []) => create(call),
        ("GET", [user]) => show(render(call, call.seen, find(call, call.seen, user)?)),
        ("PUT", [user]) => update(call, user),
        ("DELETE", [user]) => delete(call, user),
        _ => Err(ErrorResponse::no_route()),
    }
}

/// Finds a user, or answers as the server does for one that is missing.
pub fn find<'a>(call: &ApiCall, document: &'a Document, user: &str) -> Result<&'a Value, ErrorResponse> {
    let missing = || ErrorResponse::new(404, format!("User {user} does not exist in domain {}", call.domain));
    document.get("users", user).ok_or_else(missing)
}

fn rows(call: &ApiCall) -> Vec<Value> {
    let site = call.request.query("site");
    let users = call.seen.table("users").map(|(_, user)| user);
    let here = users.filter(|user| site.is_none_or(|site| text(user, "site") == site));
    here.map(|user| render(call, call.seen, user)).collect()
}

fn reduced(call: &ApiCall) -> RouteResult {
    let asked = call.request.query("fields").into_iter().flat_map(|fields| fields.split(','));
    if asked.map(str::trim).any(|field| !REDUCED.contains(&field)) {
        return Err(ErrorResponse::invalid("Invalid field."));
    }
    let mut rows = rows(call);
    for row in rows.iter_mut().filter_map(Value::as_object_mut) {
        row.retain(|name, _| REDUCED.contains(&name.as_str()));
    }
    call.list(rows)
}

fn create(call: &ApiCall) -> RouteResult {
    let body = call.body()?;
    call.names(body, "email-address")?;
    call.takes(body, true)?;
    let (user, record) = record(domain_of(call.held), call.held, body)?;
    if call.held.get("users", &user).is_some() {
        return Err(ErrorResponse::new(409, "User already exists."));
    }
    unique_login(call, &user, &record)?;
    let mut next = call.held.clone();
    let shown = render(call, &next, &record);
    next.put("users", &user, record);
    next.put("answerrules", &user, Value::Array(vec![ring_own_devices()]));
    call.created(format!("users/{user}"), next, shown)
}

/// Makes a user's record, defaults filled in as the server does.
pub fn record(
    domain: &str,
    document: &Document,
    body: &Map<String, Value>,
) -> Result<(String, Value), ErrorResponse> {
    let mut record = fields::create(tables::USER, body)?;
    let user = record.get("user").and_then(Value::as_str).unwrap_or_default().to_owned();
    if user.is_empty() || user.len() > 16 {
        return Err(ErrorResponse::invalid("Invalid value for user."));
    }
    let of_domain = |name: &str| text(document.single("domain"), name).to_owned();
    let defaults = [
        ("login-username", format!("{user}@{domain}")),
        ("time-zone", of_domain("time-zone")),
        ("dial-plan", of_domain("dial-plan")),
        ("dial-policy", of_domain("dial-policy")),
    ];
    for (name, default) in defaults {
        if record.get(name).and_then(Value::as_str) == Some("") {
            record.insert(name.into(), default.into());
        }
    }
    // A queue's own user has no limit until it is given one (FACTS stratus/queues-8).
    let person =
        !record.get("service-code").and_then(Value::as_str).unwrap_or_default().starts_with("system");
    if person && !body.contains_key("ring-no-answer-timeout-seconds") {
        record.insert("ring-no-answer-timeout-seconds".into(), 25.into());
    }
    Ok((user, record.into()))
}

/// The rule a new user has: its own devices ring (FACTS stratus/users-7).
pub fn ring_own_devices() -> Value {
    json!({
        "time-frame": "*",
        "enabled": "yes",
        "simultaneous-ring": {"enabled": "yes", "parameters": ["<OwnDevices>"]},
    })
}

/// Login names are unique over all domains (FACTS stratus/users-9).
fn unique_login(call: &ApiCall, user: &str, record: &Value) -> Result<(), ErrorResponse> {
    let login = text(record, "login-username");
    let taken =
        call.accounts.find(LOGIN, login).any(|other| other.account != call.account || other.row != user);
    if taken { Err(ErrorResponse::new(409, "UID already exists.")) } else { Ok(()) }
}

fn update(call: &ApiCall, user: &str) -> RouteResult {
    let mut record = find(call, call.held, user)?.as_object().cloned().unwrap_or_default();
    let mut body = call.body()?.clone();
    body.shift_remove("user");
    call.takes(&body, false)?;
    if call.server.release == Release::V44_4 {
        rename(
            &mut body,
            "directory-annouce-in-dial-by-name-enabled",
            "directory-announce-in-dial-by-name-enabled",
        );
    }
    fields::update(tables::USER, &mut record, &body)?;
    let record = Value::from(record);
    unique_login(call, user, &record)?;
    let mut next = call.held.clone();
    next.put("users", user, record);
    call.accept(format!("users/{user}"), next)
}

/// Deletes a user and what is its own, but neither numbers routed to it nor its agent rows (FACTS stratus/users-8).
fn delete(call: &ApiCall, user: &str) -> RouteResult {
    find(call, call.held, user)?;
    let mut next = call.held.clone();
    for table in ["users", "answerrules", "user-timeframes"] {
        next.remove(table, user);
    }
    let devices = call.held.single("devices").as_array().into_iter().flatten();
    let kept: Vec<Value> = devices.filter(|device| text(device, "user") != user).cloned().collect();
    next.set("devices", kept.into());
    let mut rules = call.held.single(LINGERING).as_object().cloned().unwrap_or_default();
    rules.shift_remove(user);
    next.set(LINGERING, rules.into());
    call.accept(format!("users/{user}"), next)
}

/// Shows a user: written as `email-address`, read as `email` (FACTS stratus/wire-7).
fn render(call: &ApiCall, document: &Document, user: &Value) -> Value {
    let mut shown = Map::new();
    shown.insert("domain".into(), domain_of(document).into());
    fields::render(tables::USER, user, call.server.mixed_types, &mut shown);
    rename(&mut shown, "email-address", "email");
    if call.server.release == Release::V44_4 {
        rename(
            &mut shown,
            "directory-announce-in-dial-by-name-enabled",
            "directory-annouce-in-dial-by-name-enabled",
        );
    }
    let live = json!({
        "user-presence-status": "inactive",
        "active-calls-total-current": 0,
        "account-status": "standard",
        "created-datetime": "2026-01-01 00:00:00",
        "last-modified-datetime": "2026-01-01 00:00:00",
    });
    shown.extend(live.as_object().cloned().unwrap_or_default());
    shown.into()
}

fn rename(object: &mut Map<String, Value>, from: &str, to: &str) {
    if let Some(value) = object.shift_remove(from) {
        object.insert(to.to_owned(), value);
    }
}

/// Lists devices as seeded.
pub fn devices(call: &ApiCall) -> RouteResult {
    if call.method() != "GET" {
        return Err(ErrorResponse::no_route());
    }
    call.list(call.seen.single("devices").as_array().cloned().unwrap_or_default())
}
