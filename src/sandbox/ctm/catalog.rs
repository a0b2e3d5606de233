//! Serves what is only read here: users, geo routes, routers, routing tables, voice bots, call settings.

use serde_json::{Map, Value, json};

use super::call::{ApiCall, show};
use super::error_response::{ErrorResponse, RouteResult};
use super::fields::{self, Field, flag, text};
use super::kinds::{CALL_SETTING, GEO, ObjectType, ROUTER, ROUTING_TABLE, USER, VOICE_BOT};
use super::page::{lets, page};
use super::rows;
use crate::sandbox::document::Document;
use crate::sandbox::vendor::Response;

/// A collection that is only read.
#[derive(Debug)]
pub struct Collection {
    pub kind: ObjectType,
    /// The list's key (FACTS ctm/lists-5).
    list: &'static str,
    /// Whether there is a known path to one of them.
    single: bool,
    /// The field that names one, and what else a seed may say.
    pub natural: &'static str,
    pub fields: &'static [Field],
    /// What all of them have, and nobody changes.
    fixed: fn() -> Value,
}

/// The numbers a geo router leads to.
pub const LEADS_TO: &str = "numbers";

pub const COLLECTIONS: &[Collection] = &[
    Collection {
        kind: USER,
        list: "users",
        single: true,
        natural: "email",
        fields: &[text("email"), text("first_name"), text("last_name"), text("role")],
        fixed: || {
            json!({
                "status": "active",
                "inbound_number": null,
                "pic_url": null,
                "live_calls": [],
                "language": null,
            })
        },
    },
    Collection {
        kind: GEO,
        list: "geo_routes",
        single: true,
        natural: "name",
        fields: &[text("name"), text("description"), text("route_by"), text("default_state")],
        fixed: || json!({"status": "active", "schedule": null}),
    },
    Collection {
        kind: ROUTER,
        list: "configs",
        single: true,
        natural: "name",
        fields: &[text("name"), text("description"), text("route_to_type")],
        fixed: || json!({"routing_rules": []}),
    },
    Collection {
        kind: ROUTING_TABLE,
        list: "routing_tables",
        single: false,
        natural: "name",
        fields: &[text("name"), text("description")],
        fixed: || json!({}),
    },
    Collection {
        kind: VOICE_BOT,
        list: "voice_bots",
        single: false,
        natural: "name",
        fields: &[text("name"), text("description")],
        fixed: || json!({}),
    },
    Collection {
        kind: CALL_SETTING,
        list: "configs",
        single: true,
        natural: "name",
        fields: &[
            text("name"),
            text("description"),
            flag("default", false),
            text("play_message"),
            flag("whisper_on", false),
            text("receiving_whisper"),
        ],
        fixed: || {
            json!({
                "override_number_on": false,
                "override_physical_phone_number_id": null,
                "inbound_recordings_on": false,
                "outbound_recording_on": false,
                "transcription": false,
                "callerid_enabled": false,
                "premium_callerid_enabled": false,
                "spam_blocking": false,
                "created_at": null,
                "update_at": null,
            })
        },
    },
];

pub fn route(call: &ApiCall, method: &str, name: &str, path: &[&str]) -> RouteResult {
    let collection = COLLECTIONS.iter().find(|collection| collection.kind.table == name);
    let collection = collection.ok_or_else(ErrorResponse::no_route)?;
    match (method, path) {
        ("GET", []) => list(call, collection),
        ("GET", [id]) if collection.single => {
            let row = call.find(&collection.kind, id)?;
            let mut shown = render(call, &collection.kind, row);
            // Lists leave out where a geo router leads to: it names numbers, not their ids.
            if let Some(numbers) = row.get(LEADS_TO).and_then(Value::as_array) {
                let place = |number: &Value| json!({"name": "", "number": number});
                shown["locations"] = numbers.iter().map(place).collect();
            }
            show(shown)
        }
        _ => Err(ErrorResponse::no_route()),
    }
}

/// Lists them; no routing tables at all is 204 (FACTS ctm/lists-4).
fn list(call: &ApiCall, collection: &Collection) -> RouteResult {
    let rows: Vec<Value> = rows::all(call.held, collection.kind.table)
        .filter(|row| {
            collection.natural != "email"
                || lets(call.request, "email", &row["email"])
                    && lets(call.request, "filter", &person(row).into())
        })
        .map(|row| render(call, &collection.kind, row))
        .collect();
    if rows.is_empty() && collection.kind.table == ROUTING_TABLE.table {
        return Ok(Response { body: None, ..Response::new(204, Value::Null) });
    }
    page(call.server, call.request, collection.list, rows)
}

fn render(call: &ApiCall, kind: &ObjectType, row: &Map<String, Value>) -> Value {
    let mut shown = row.clone();
    shown.shift_remove(LEADS_TO);
    if matches!(kind.prefix, "USR" | "NCF") {
        shown.insert("account_id".into(), call.account_id());
    }
    let id = super::body::text(&row["id"]).unwrap_or_default();
    shown.insert("url".into(), call.url(&format!("{}/{id}", kind.table)).into());
    shown.into()
}

/// Makes one whose fields are unset.
pub fn blank(document: &mut Document, collection: &Collection) -> Map<String, Value> {
    let (id, integer) = rows::draw(document, &collection.kind);
    let mut row = Map::new();
    row.insert("id".into(), id);
    if collection.natural == "email" {
        row.insert("uid".into(), integer.into());
    }
    row.extend(fields::fresh(collection.fields));
    row.extend((collection.fixed)().as_object().cloned().unwrap_or_default());
    row
}

/// What a person is called.
pub fn person(row: &Map<String, Value>) -> String {
    let part = |name: &str| row.get(name).and_then(Value::as_str).unwrap_or_default();
    format!("{} {}", part("first_name"), part("last_name")).trim().to_owned()
}
