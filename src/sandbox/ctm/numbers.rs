//! Serves tracking numbers and the list that each one dials (FACTS ctm/numbers).

use serde_json::{Map, Value, json};

use super::call::{ApiCall, show};
use super::error_response::{ErrorResponse, RouteResult};
use super::fields::{self, Field, flag, text};
use super::kinds::{CALL_SETTING, DIAL_LIST, NUMBER, RECEIVER, TARGETS};
use super::page::{lets, page};
use super::{body, catalog, phone, receivers, rows};
use crate::sandbox::document::Document;

/// What becomes of a call that an agent does not answer (FACTS ctm/readings-1).
pub const FALLBACK: [&str; 2] = ["user_default_action_label", "user_no_answer_seconds"];

/// What `PUT` changes.
pub const FIELDS: &[Field] = &[text("name"), flag("active", true)];

pub fn route(call: &ApiCall, method: &str, path: &[&str]) -> RouteResult {
    match (method, path) {
        ("GET", []) => {
            let rows = rows::all(call.held, NUMBER.table).filter(|row| {
                lets(call.request, "number", &row["number"]) && lets(call.request, "name", &row["name"])
            });
            let rows = rows.map(|row| render(call, call.held, row).into()).collect();
            page(call.server, call.request, "numbers", rows)
        }
        ("GET", [id]) => show(render(call, call.held, call.find(&NUMBER, id)?)),
        ("PUT", [id]) => update(call, id),
        ("GET", [id, "receiving_numbers"]) => {
            let row = call.find(&NUMBER, id)?;
            receivers::listed(call, dialled(call.held, row))
        }
        ("POST", [id, "receiving_numbers"]) => {
            let mut row = call.find(&NUMBER, id)?.clone();
            let mut next = call.held.clone();
            let receiver = receivers::create(call, &mut next)?;
            join(&mut row, &receiver["id"]);
            keep(&mut next, row);
            receivers::answer(call, next, &receiver)
        }
        ("POST", [id, "receiving_numbers", receiver, "add"]) => attach(call, id, receiver),
        ("DELETE", [id, "receiving_numbers", receiver, "rem"]) => leave(call, id, receiver),
        ("DELETE", [id, "receiving_numbers", receiver]) => {
            let mut answer = leave(call, id, receiver)?;
            answer.body = Some(json!({"status": "success"}));
            Ok(answer)
        }
        _ => Err(ErrorResponse::no_route()),
    }
}

/// Makes one that dials nobody yet, as a bought one (FACTS ctm/numbers-2), and keeps it.
pub fn blank(document: &mut Document, number: &str) -> Map<String, Value> {
    let (id, filter_id) = rows::draw(document, &NUMBER);
    let mut row = Map::new();
    row.insert("id".into(), id);
    row.insert("filter_id".into(), filter_id.into());
    row.insert("number".into(), number.into());
    row.extend(fields::fresh(FIELDS));
    row.insert("call_setting".into(), Value::Null);
    row.insert("routing".into(), "simultaneous".into());
    row.insert("route".into(), json!({"type": DIAL_LIST}));
    row.insert("dial".into(), json!([]));
    row.insert("failsafe_number".into(), Value::Null);
    row.insert("status".into(), Value::Null);
    row
}

pub fn keep(document: &mut Document, row: Map<String, Value>) {
    let key = row["number"].as_str().unwrap_or_default().to_owned();
    document.put(NUMBER.table, &key, row.into());
}

fn update(call: &ApiCall, id: &str) -> RouteResult {
    call.check(&call.body, ["name", "active", "formatted"])?;
    let mut row = call.find(&NUMBER, id)?.clone();
    fields::write(FIELDS, call.lookup(), &mut row, &call.body)?;
    answer(call, call.held.clone(), row)
}

/// Keeps a number and answers with the whole of it.
pub fn answer(call: &ApiCall, mut next: Document, row: Map<String, Value>) -> RouteResult {
    let shown = render(call, &next, &row);
    let object = format!("numbers/{}", row["id"]);
    keep(&mut next, row);
    call.done(object, next, json!({"status": "success", "number": shown}))
}

/// Appends to the list of a number, which goes on to be routed as it is.
fn attach(call: &ApiCall, id: &str, receiver: &str) -> RouteResult {
    let mut row = call.find(&NUMBER, id)?.clone();
    let receiver = known(call, receiver)?;
    join(&mut row, &receiver["id"]);
    let mut next = call.held.clone();
    keep(&mut next, row);
    receivers::answer(call, next, receiver)
}

fn leave(call: &ApiCall, id: &str, receiver: &str) -> RouteResult {
    let mut row = call.find(&NUMBER, id)?.clone();
    let receiver = known(call, receiver)?;
    if let Some(dial) = row.get_mut("dial").and_then(Value::as_array_mut) {
        dial.retain(|id| *id != receiver["id"]);
    }
    let mut next = call.held.clone();
    keep(&mut next, row);
    receivers::answer(call, next, receiver)
}

/// Here a missing receiving number has another shape (FACTS ctm/choices-7).
fn known<'a>(call: &ApiCall<'a>, id: &str) -> Result<&'a Map<String, Value>, ErrorResponse> {
    call.find(&RECEIVER, id).map_err(|_| ErrorResponse::error(404, "receiving number not found"))
}

fn join(row: &mut Map<String, Value>, receiver: &Value) {
    if let Some(dial) =
        row.get_mut("dial").and_then(Value::as_array_mut).filter(|dial| !dial.contains(receiver))
    {
        dial.push(receiver.clone());
    }
}

/// The receiving numbers in a number's list, in its order.
pub fn dialled<'d>(
    document: &'d Document,
    row: &'d Map<String, Value>,
) -> impl Iterator<Item = &'d Map<String, Value>> {
    let ids = row["dial"].as_array().into_iter().flatten().filter_map(Value::as_str);
    ids.filter_map(|id| rows::find(document, RECEIVER.table, id))
}

pub fn render(call: &ApiCall, document: &Document, row: &Map<String, Value>) -> Map<String, Value> {
    let number = row["number"].as_str().unwrap_or_default();
    let active = row["active"] == true;
    let id = row["id"].as_str().unwrap_or_default();
    let shown = json!({
        "id": id,
        "filter_id": row["filter_id"],
        "name": row["name"],
        "active": active,
        "status": row["status"].as_str().unwrap_or(if active { "active" } else { "inactive" }),
        "account_id": call.account,
        "source": null,
        "number": number,
        "call_setting": setting(call, document, &row["call_setting"]),
        "country_code": phone::country_code(number),
        "next_billing_date": null,
        "purchased_time": "2016-08-09T16:09:32Z",
        "route_to": route_to(call, document, row),
        "split": phone::split(number),
        "stats": {
            "since": 1_470_758_972.478, "renewal_costs": "1.5", "calls": 0, "minutes": "0", "minute_costs": "0.0",
        },
        "formatted": phone::formatted(number, " "),
        "routing": row["routing"],
        "tag_list": [],
        "url": call.url(&format!("numbers/{id}.json")),
    });
    let mut shown = shown.as_object().cloned().unwrap_or_default();
    if call.server.experimental {
        shown.insert("failsafe_number".into(), row["failsafe_number"].clone());
    }
    shown
}

fn setting(call: &ApiCall, document: &Document, id: &Value) -> Value {
    let id = id.as_str().unwrap_or_default();
    let row = rows::find(document, CALL_SETTING.table, id);
    row.map_or(
        Value::Null,
        |row| json!({"id": id, "url": call.url(&format!("call_settings/{id}")), "name": row["name"]}),
    )
}

/// What the number does with a call.
fn route_to(call: &ApiCall, document: &Document, row: &Map<String, Value>) -> Value {
    let route = &row["route"];
    let id = body::text(&route["target"]).unwrap_or_default();
    let target = TARGETS.iter().find(|target| route["type"] == target.read && target.read != DIAL_LIST);
    let found = target.and_then(|target| rows::find(document, target.kind.table, &id));
    match found {
        Some(found) => {
            let name = found.get("name").cloned().unwrap_or_else(|| catalog::person(found).into());
            let mut shown = json!({"type": route["type"], "dial": {"id": found["id"], "name": name}});
            if let Some(shown) = shown.as_object_mut().filter(|_| call.server.shows_fallback) {
                let beside =
                    FALLBACK.iter().filter_map(|key| Some(((*key).to_owned(), route.get(*key)?.clone())));
                shown.extend(beside);
            }
            shown
        }
        None => {
            let dial: Vec<Value> =
                dialled(document, row).map(|row| receivers::render(call, row).into()).collect();
            json!({"type": DIAL_LIST, "multi": true, "mode": row["routing"], "dial": dial})
        }
    }
}
