//! Serves receiving numbers (FACTS ctm/receivers), with the fields that have no documented name (FACTS ctm/unnamed-3).

use serde_json::{Map, Value, json};

use super::body;
use super::call::{ApiCall, show};
use super::error_response::{ErrorResponse, RouteResult};
use super::fields::{self, Field, id, int, maybe, one_of, text};
use super::kinds::RECEIVER;
use super::page::{lets, page};
use super::{phone, rows};
use crate::sandbox::document::Document;

const NAME: &[Field] = &[text("name")];

const ACTIONS: &[&str] = &["receiving_number", "call_queue", "conditional_router", "voice_menu"];
const TARGETS: &[&str] = &["receiving_numbers", "queues", "conditional_routers", "voice_menus"];

/// What only the portal knows of (FACTS ctm/unnamed-3).
pub const EXPERIMENTAL: &[Field] = &[
    text("description"),
    text("dial_extension"),
    int("dial_extension_delay"),
    text("receiving_whisper"),
    maybe("skip_receiving_whisper"),
    int("no_answer_seconds"),
    one_of("default_action_label", ACTIONS),
    id("default_action_id", TARGETS),
    text("default_action_type"),
    id("tag_schedule_id", &["schedules"]),
];

pub fn route(call: &ApiCall, method: &str, path: &[&str]) -> RouteResult {
    match (method, path) {
        ("GET", []) => {
            let rows = rows::all(call.held, RECEIVER.table).filter(|row| {
                lets(call.request, "number", &row["number"]) && lets(call.request, "name", &row["name"])
            });
            listed(call, rows)
        }
        ("POST", []) => {
            let mut next = call.held.clone();
            let row = create(call, &mut next)?;
            answer(call, next, &row)
        }
        ("GET", [id]) => show(render(call, call.find(&RECEIVER, id)?)),
        ("PUT", [id]) => update(call, id),
        ("DELETE", [id]) => call.delete(&RECEIVER, id),
        _ => Err(ErrorResponse::no_route()),
    }
}

/// Answers a list; only there the objects have a `source_tag`.
pub fn listed<'r>(call: &ApiCall, rows: impl Iterator<Item = &'r Map<String, Value>>) -> RouteResult {
    let shown = rows.map(|row| {
        let mut shown = render(call, row);
        shown.insert("source_tag".into(), "".into());
        shown.into()
    });
    page(call.server, call.request, "receiving_numbers", shown.collect())
}

/// Makes one whose fields are unset, and keeps it.
pub fn blank(document: &mut Document, number: &str) -> Map<String, Value> {
    let (id, filter_id) = rows::draw(document, &RECEIVER);
    let mut row = Map::new();
    row.insert("id".into(), id);
    row.insert("filter_id".into(), filter_id.into());
    row.insert("number".into(), number.into());
    row.extend(fields::fresh(NAME));
    row.extend(fields::fresh(EXPERIMENTAL));
    rows::put(document, &RECEIVER, number, row.clone());
    row
}

/// Makes one from the body.
pub fn create(call: &ApiCall, next: &mut Document) -> Result<Map<String, Value>, ErrorResponse> {
    check(call)?;
    let number = number(call, None)?.ok_or_else(|| ErrorResponse::invalid("Number can't be blank"))?;
    let mut row = blank(next, &number);
    fill(call, &mut row)?;
    rows::put(next, &RECEIVER, &number, row.clone());
    Ok(row)
}

fn update(call: &ApiCall, id: &str) -> RouteResult {
    check(call)?;
    let mut row = call.find(&RECEIVER, id)?.clone();
    match number(call, Some(id))? {
        Some(number) => drop(row.insert("number".into(), number.into())),
        None if call.server.replaces_receiver => return Err(ErrorResponse::invalid("Number can't be blank")),
        None => {}
    }
    if call.server.replaces_receiver {
        row.extend(fields::fresh(NAME));
    }
    fill(call, &mut row)?;
    let mut next = call.held.clone();
    rows::put(&mut next, &RECEIVER, row["number"].as_str().unwrap_or_default(), row.clone());
    answer(call, next, &row)
}

/// Answers a write of one.
pub fn answer(call: &ApiCall, next: Document, row: &Map<String, Value>) -> RouteResult {
    let object = format!("receiving_numbers/{}", row["id"]);
    call.done(object, next, json!({"status": "success", "receiving_number": render(call, row)}))
}

fn check(call: &ApiCall) -> Result<(), ErrorResponse> {
    let extra = if call.server.experimental { EXPERIMENTAL } else { &[] };
    let names = NAME.iter().chain(extra).map(|field| field.name).chain(["number"]);
    call.check(&call.body, names)
}

fn fill(call: &ApiCall, row: &mut Map<String, Value>) -> Result<(), ErrorResponse> {
    fields::write(NAME, call.lookup(), row, &call.body)?;
    if call.server.experimental {
        fields::write(EXPERIMENTAL, call.lookup(), row, &call.body)?;
    }
    Ok(())
}

/// The number of the body; another object may not have it (FACTS ctm/errors-5).
fn number(call: &ApiCall, own: Option<&str>) -> Result<Option<String>, ErrorResponse> {
    let Some(number) = call.body.get("number").and_then(body::text).filter(|text| !text.is_empty()) else {
        return Ok(None);
    };
    if !phone::is_dialable(&number) {
        return Err(ErrorResponse::invalid("Number is invalid"));
    }
    let holder = call.held.get(RECEIVER.table, &number).and_then(|row| row["id"].as_str());
    if holder.is_some() && holder != own {
        let status = if call.server.strict { 406 } else { 200 };
        return Err(ErrorResponse::reason(status, "Number already exists"));
    }
    Ok(Some(number))
}

pub fn render(call: &ApiCall, row: &Map<String, Value>) -> Map<String, Value> {
    let number = row["number"].as_str().unwrap_or_default();
    let mut shown = Map::new();
    for name in ["id", "filter_id", "name", "number"] {
        shown.insert(name.to_owned(), row[name].clone());
    }
    shown.insert("display_number".into(), phone::formatted(number, " "));
    shown.insert("account_id".into(), call.account_id());
    shown.insert("country_code".into(), phone::country_code(number));
    shown.insert("split".into(), phone::split(number).into());
    shown.insert("formatted".into(), phone::formatted(number, "-"));
    if call.server.experimental {
        shown.extend(EXPERIMENTAL.iter().map(|field| (field.name.to_owned(), row[field.name].clone())));
    }
    let path = format!("receiving_numbers/{}", row["id"].as_str().unwrap_or_default());
    shown.insert("url".into(), call.url(&path).into());
    shown
}
