//! Serves schedules (FACTS ctm/schedules).

use serde_json::{Map, Value, json};

use super::body::{list, text as plain};
use super::call::{ApiCall, show, wrapped};
use super::error_response::{ErrorResponse, RouteResult};
use super::fields::{self, Field, Lookup, switched, text};
use super::kinds::SCHEDULE;
use super::page::page;
use super::rows;
use crate::sandbox::document::Document;

pub const FIELDS: &[Field] = &[text("name"), text("description"), text("timezone")];

/// What a schedule may hold beside those. No text of the vendor names the last: a PUT that is whole carries it too.
pub const BESIDE: [&str; 3] = ["holidays", "holidays_every_year", "external_id"];

const DAYS: [&str; 7] = ["sun", "mon", "tue", "wed", "thu", "fri", "sat"];
const TIME: [&str; 6] = ["start_time", "end_time", "position", "start_day", "end_day", "days"];
const MINUTES: i64 = 1440;

pub fn route(call: &ApiCall, method: &str, path: &[&str]) -> RouteResult {
    match (method, path) {
        ("GET", []) => {
            let rows = rows::all(call.held, SCHEDULE.table).map(|row| {
                let mut shown = render(call, row);
                shown.shift_remove("times");
                BESIDE.iter().for_each(|field| drop(shown.shift_remove(*field)));
                shown.into()
            });
            page(call.server, call.request, "schedules", rows.collect())
        }
        ("POST", []) => write(call, None),
        ("GET", [id]) => show(render(call, call.find(&SCHEDULE, id)?)),
        ("PUT", [id]) => write(call, Some(call.find(&SCHEDULE, id)?)),
        ("DELETE", [id]) => call.delete(&SCHEDULE, id),
        _ => Err(ErrorResponse::no_route()),
    }
}

/// Makes one without a name or times.
pub fn blank(document: &mut Document) -> Map<String, Value> {
    let mut row = Map::new();
    row.insert("id".into(), rows::draw(document, &SCHEDULE).0);
    row.extend(fields::fresh(FIELDS));
    row.insert("times".into(), json!([]));
    row
}

pub fn keep(document: &mut Document, row: Map<String, Value>) {
    let name = row["name"].as_str().unwrap_or_default().to_owned();
    rows::put(document, &SCHEDULE, &name, row);
}

fn write(call: &ApiCall, old: Option<&Map<String, Value>>) -> RouteResult {
    call.check(&call.body, ["schedule"])?;
    let empty = Map::new();
    let body = wrapped(&call.body, "schedule").unwrap_or(&empty);
    let beside = || BESIDE.into_iter().filter(|_| call.server.experimental);
    call.check(body, FIELDS.iter().map(|field| field.name).chain(["times"]).chain(beside()))?;
    let mut next = call.held.clone();
    let mut row = old.cloned().unwrap_or_else(|| blank(&mut next));
    if call.server.replaces_schedule {
        row.extend(fields::fresh(FIELDS));
        row.insert("times".into(), json!([]));
        beside().for_each(|field| drop(row.shift_remove(field)));
    }
    fill(call.lookup(), &mut row, body)?;
    row.extend(beside().filter_map(|field| Some((field.to_owned(), body.get(field)?.clone()))));
    let answer = echo(call, &row, old.is_none());
    let object = format!("schedules/{}", row["id"]);
    keep(&mut next, row);
    call.done(object, next, answer)
}

/// Takes what the body says.
pub fn fill(
    lookup: Lookup,
    row: &mut Map<String, Value>,
    body: &Map<String, Value>,
) -> Result<(), ErrorResponse> {
    fields::write(FIELDS, lookup, row, body)?;
    if row["name"].is_null() {
        return Err(ErrorResponse::invalid("Name can't be blank"));
    }
    if let Some(times) = body.get("times") {
        let times: Result<Vec<Value>, ErrorResponse> =
            list(times).into_iter().map(|sent| time(lookup, sent)).collect();
        row.insert("times".into(), times?.into());
    }
    Ok(())
}

/// Takes one interval: numbers stay as they were sent, days become booleans.
fn time(lookup: Lookup, sent: &Value) -> Result<Value, ErrorResponse> {
    let sent = sent.as_object().ok_or_else(|| ErrorResponse::invalid("times is invalid"))?;
    if let Some(key) = sent.keys().find(|key| lookup.strict && !TIME.contains(&key.as_str())) {
        return Err(ErrorResponse::invalid(format!("unknown parameter {key}")));
    }
    for key in ["start_time", "end_time"] {
        let minutes = sent.get(key).and_then(plain).and_then(|text| text.parse::<i64>().ok());
        if !minutes.is_some_and(|minutes| (0..=MINUTES).contains(&minutes)) {
            return Err(ErrorResponse::invalid(format!("{key} is invalid")));
        }
    }
    let mut time = Map::new();
    for key in TIME.iter().filter(|key| **key != "days") {
        time.extend(sent.get(*key).map(|value| ((*key).to_owned(), value.clone())));
    }
    if let Some(days) = sent.get("days").and_then(Value::as_object) {
        let on = |day: &str| days.get(day).and_then(plain).and_then(|text| switched(&text)).unwrap_or(false);
        let days: Map<String, Value> = DAYS.iter().map(|day| ((*day).to_owned(), on(day).into())).collect();
        time.insert("days".into(), days.into());
    }
    Ok(time.into())
}

/// The documented answer of a write, stray keys and all; that of a create may lack the id.
fn echo(call: &ApiCall, row: &Map<String, Value>, created: bool) -> Value {
    let mut schedule = Map::new();
    let mut answer = Map::new();
    if !created || call.server.schedule_id {
        schedule.insert("id".into(), row["id"].clone());
        answer.insert("id".into(), row["id"].clone());
    }
    for name in ["name", "timezone", "times"] {
        schedule.insert(name.to_owned(), row[name].clone());
    }
    answer.insert("schedule".into(), schedule.into());
    if let Some(last) = row["times"].as_array().and_then(|times| times.last()) {
        answer.extend(last.get("position").map(|position| ("position".to_owned(), position.clone())));
        answer.insert("start".into(), json!({"time": last["start_time"]}));
        answer.insert("end".into(), json!({"time": last["end_time"]}));
    }
    answer.into()
}

fn render(call: &ApiCall, row: &Map<String, Value>) -> Map<String, Value> {
    let mut shown = row.clone();
    if !call.server.experimental {
        BESIDE.iter().for_each(|field| drop(shown.shift_remove(*field)));
    }
    let path = format!("schedules/{}", row["id"].as_str().unwrap_or_default());
    shown.insert("url".into(), call.url(&path).into());
    shown
}
