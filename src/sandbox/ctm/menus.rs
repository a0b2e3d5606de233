//! Serves voice menus (FACTS ctm/menus).

use serde_json::{Map, Value, json};

use super::body::list;
use super::call::{ApiCall, show, wrapped};
use super::error_response::{ErrorResponse, RouteResult};
use super::fields::{self, Field, count, id, text, token};
use super::kinds::{MENU, MENU_ITEM};
use super::page::page;
use super::{menu_items, rows};
use crate::sandbox::document::Document;

/// Where a caller can be sent after hours (FACTS ctm/menus-3).
const TARGETS: &[&str] =
    &["voice_menus", "queues", "geo_routes", "users", "receiving_numbers", "conditional_routers"];

pub const FIELDS: &[Field] = &[
    text("name"),
    text("play_message"),
    id("schedule_id", &["schedules"]),
    id("default_number_id", &["receiving_numbers"]),
    token("after_hours_action_type"),
    id("after_hours_action_id", TARGETS),
    token("after_hours_action_label"),
    count("prompt_retries", 3),
    count("input_maxkeys", 1),
    count("input_timeout", 5),
];

pub fn route(call: &ApiCall, method: &str, path: &[&str]) -> RouteResult {
    match (method, path) {
        ("GET", []) => {
            let brief = |row: &Map<String, Value>| {
                let url = call.url(&path_of(row));
                json!({"url": url, "id": row["id"], "name": row["name"]})
            };
            let rows = rows::all(call.held, MENU.table).map(brief).collect();
            page(call.server, call.request, "voice_menus", rows)
        }
        ("POST", []) => write(call, None),
        ("GET", [id]) => show(render(call, call.find(&MENU, id)?)),
        ("PUT" | "POST", [id]) => write(call, Some(call.find(&MENU, id)?)),
        ("DELETE", [id]) => call.delete(&MENU, id),
        ("GET", [id, "voice_menu_items"]) => {
            let items = items(call, call.find(&MENU, id)?);
            show(json!({"items": items.collect::<Vec<_>>()}))
        }
        ("GET", [id, "voice_menu_items", item]) => {
            let found = items(call, call.find(&MENU, id)?).find(|shown| shown["id"] == *item);
            show(found.ok_or_else(|| ErrorResponse::missing(MENU_ITEM.noun))?)
        }
        _ => Err(ErrorResponse::no_route()),
    }
}

/// Makes one whose fields are unset.
pub fn blank(document: &mut Document) -> Map<String, Value> {
    let mut row = Map::new();
    row.insert("id".into(), rows::draw(document, &MENU).0);
    row.extend(fields::fresh(FIELDS));
    row.insert("items".into(), json!([]));
    row
}

pub fn keep(document: &mut Document, row: Map<String, Value>) {
    let name = row["name"].as_str().unwrap_or_default().to_owned();
    rows::put(document, &MENU, &name, row);
}

/// Creates or updates, of a body with or without its wrapper, and answers the flat menu.
fn write(call: &ApiCall, old: Option<&Map<String, Value>>) -> RouteResult {
    let body = wrapped(&call.body, "voice_menu").unwrap_or(&call.body);
    call.check(body, FIELDS.iter().map(|field| field.name).chain(["items"]))?;
    let mut next = call.held.clone();
    let mut row = old.cloned().unwrap_or_else(|| blank(&mut next));
    fields::write(FIELDS, call.lookup(), &mut row, body)?;
    if row["name"].is_null() {
        return Err(ErrorResponse::invalid("Name can't be blank"));
    }
    if let Some(sent) = body.get("items") {
        let mut items = Vec::new();
        for item in list(sent) {
            let item = item.as_object().ok_or_else(|| ErrorResponse::invalid("items is invalid"))?;
            call.check(item, menu_items::keys(call.server.experimental))?;
            let held = row["items"].as_array().into_iter().flatten();
            let held = held.filter_map(Value::as_object).find(|held| item.get("id") == held.get("id"));
            let made = menu_items::write(call.lookup(), call.server.experimental, &mut next, held, item)?;
            items.push(made);
        }
        row.insert("items".into(), items.into());
    }
    let shown = render(call, &row);
    let object = format!("voice_menus/{}", row["id"]);
    keep(&mut next, row);
    call.done(object, next, shown)
}

fn path_of(row: &Map<String, Value>) -> String {
    format!("voice_menus/{}", row["id"].as_str().unwrap_or_default())
}

fn render(call: &ApiCall, row: &Map<String, Value>) -> Value {
    let mut shown = Map::new();
    shown.insert("url".into(), call.url(&path_of(row)).into());
    shown.insert("id".into(), row["id"].clone());
    shown.extend(FIELDS.iter().map(|field| (field.name.to_owned(), row[field.name].clone())));
    let items: Vec<Value> = items(call, row).map(|item| json!({"item": item})).collect();
    shown.insert("items".into(), items.into());
    shown.into()
}

fn items(call: &ApiCall, row: &Map<String, Value>) -> impl Iterator<Item = Value> {
    let items = row["items"].as_array().into_iter().flatten().filter_map(Value::as_object);
    items.map(|item| {
        menu_items::render(item, call.server.experimental, |id| {
            call.url(&format!("{}/voice_menu_items/{id}", path_of(row)))
        })
    })
}
