//! Serves call queues (FACTS ctm/queues); writing them is a proposal and switched off (FACTS ctm/unnamed-4).

use serde_json::{Map, Value, json};

use super::body::{list, text as plain};
use super::call::{ApiCall, show, wrapped};
use super::error_response::{ErrorResponse, RouteResult};
use super::fields::{self, Field, Lookup, flag, id, int, one_of, text};
use super::kinds::{self, NUMBER, QUEUE, USER};
use super::page::{page, page_of};
use super::rows;
use crate::sandbox::document::Document;

/// The last two are words that no text of the vendor has: what a portal may have tomorrow, and one of them has a word here.
const PATTERNS: &[&str] =
    &["simultaneous", "round_robin", "sticky", "weighted", "smart", "longest_wait", "fewest_calls"];

/// What a queue can overflow to.
const TARGETS: &[&str] = &[
    "voice_menus",
    "queues",
    "receiving_numbers",
    "conditional_routers",
    "geo_routes",
    "users",
    "voice_bots",
];

pub const FIELDS: &[Field] = &[
    text("name"),
    text("description"),
    one_of("routing", PATTERNS),
    int("seconds_to_answer"),
    int("seconds_per_agent"),
    flag("keep_ringing_until_answer", false),
    text("wait_music"),
    id("schedule_id", &["schedules"]),
    text("default_action_type"),
    id("default_action_id", TARGETS),
    text("default_action_label"),
];

pub const AGENT: &[Field] = &[
    int("priority"),
    flag("route_by_schedule", false),
    flag("route_by_region", false),
    int("max_calls_limit"),
    flag("allow_phone_dial", true),
    flag("allow_sip_dial", true),
    flag("allow_native_app_dial", true),
    flag("allow_logout", true),
];

pub fn route(call: &ApiCall, method: &str, path: &[&str]) -> RouteResult {
    match (method, path) {
        ("GET", []) => {
            let rows = rows::all(call.held, QUEUE.table).map(|row| brief(call, call.held, row).into());
            page(call.server, call.request, "queues", rows.collect())
        }
        ("GET", [id]) => {
            let shown = render(call, call.held, call.find(&QUEUE, id)?);
            show(if call.server.wraps_queue {
                json!({"status": "success", "queue": shown})
            } else {
                shown.into()
            })
        }
        ("GET", [id, "agents"]) => {
            let agents = &call.find(&QUEUE, id)?["agents"];
            match call.server.agents_per_page {
                0 => show(json!({"agents": agents})),
                size => page_of(
                    call.server,
                    call.request,
                    "agents",
                    size,
                    list(agents).into_iter().cloned().collect(),
                ),
            }
        }
        ("GET", [id, "numbers"]) => {
            let routed = routed(call.held, &call.find(&QUEUE, id)?["id"]);
            let shown = routed.map(|row| {
                let path = format!("numbers/{}.json", row["id"].as_str().unwrap_or_default());
                json!({"url": call.url(&path), "name": row["name"], "number": row["number"]})
            });
            page(call.server, call.request, "numbers", shown.collect())
        }
        ("POST", []) => write(call, None),
        ("PUT", [id]) => write(call, Some(call.find(&QUEUE, id)?)),
        ("PUT", [id, "agents"]) => set_agents(call, call.find(&QUEUE, id)?),
        ("DELETE", [id]) => {
            call.find(&QUEUE, id)?;
            if call.server.experimental { call.delete(&QUEUE, id) } else { pass_over(call) }
        }
        _ => Err(ErrorResponse::no_route()),
    }
}

/// Makes one whose fields are unset.
pub fn blank(document: &mut Document) -> Map<String, Value> {
    let mut row = Map::new();
    row.insert("id".into(), rows::draw(document, &QUEUE).0);
    row.extend(fields::fresh(FIELDS));
    row.insert("agents".into(), json!([]));
    row.insert("former_agents".into(), 0.into());
    row
}

pub fn keep(document: &mut Document, row: Map<String, Value>) {
    let name = row["name"].as_str().unwrap_or_default().to_owned();
    rows::put(document, &QUEUE, &name, row);
}

/// Answers success and changes nothing: unknown keys are dropped, and all of these are unknown.
fn pass_over(call: &ApiCall) -> RouteResult {
    call.check(&call.body, [])?;
    show(json!({"status": "success"}))
}

fn write(call: &ApiCall, old: Option<&Map<String, Value>>) -> RouteResult {
    if !call.server.experimental {
        return pass_over(call);
    }
    let body = wrapped(&call.body, "call_queue").unwrap_or(&call.body);
    call.check(body, FIELDS.iter().map(|field| field.name))?;
    let mut next = call.held.clone();
    let mut row = old.cloned().unwrap_or_else(|| blank(&mut next));
    fill(call.lookup(), &mut row, body)?;
    if row["name"].is_null() {
        return Err(ErrorResponse::invalid("Name can't be blank"));
    }
    let shown = render(call, &next, &row);
    let object = format!("queues/{}", row["id"]);
    keep(&mut next, row);
    call.done(object, next, json!({"status": "success", "call_queue": shown}))
}

/// Takes what the body says. The id of an action that leads to no object of this server stays as it comes.
pub fn fill(
    lookup: Lookup,
    row: &mut Map<String, Value>,
    body: &Map<String, Value>,
) -> Result<(), ErrorResponse> {
    let class = body.get("default_action_type").and_then(plain);
    let known = |class: &str| class.is_empty() || kinds::TARGETS.iter().any(|it| it.class == class);
    let mut body = body.clone();
    let id = class.filter(|class| !known(class)).and_then(|_| body.shift_remove("default_action_id"));
    fields::write(FIELDS, lookup, row, &body)?;
    row.extend(id.map(|id| ("default_action_id".to_owned(), if id == "" { Value::Null } else { id })));
    Ok(())
}

fn set_agents(call: &ApiCall, row: &Map<String, Value>) -> RouteResult {
    if !call.server.experimental {
        return pass_over(call);
    }
    call.check(&call.body, ["agents"])?;
    let mut agents = Vec::new();
    for body in list(call.body.get("agents").unwrap_or(&Value::Null)) {
        let body = body.as_object().ok_or_else(|| ErrorResponse::invalid("agents is invalid"))?;
        call.check(body, AGENT.iter().map(|field| field.name).chain(["id"]))?;
        match agent(call.lookup(), body)? {
            Some(agent) => agents.push(agent),
            None if call.server.strict => return Err(ErrorResponse::missing(USER.noun)),
            None => {}
        }
    }
    let mut row = row.clone();
    let object = format!("queues/{}", row["id"]);
    row.insert("agents".into(), agents.into());
    let mut next = call.held.clone();
    keep(&mut next, row);
    call.done(object, next, json!({"status": "success"}))
}

/// Makes an agent of a body; none, when there is no such user.
pub fn agent(lookup: Lookup, body: &Map<String, Value>) -> Result<Option<Value>, ErrorResponse> {
    let id = body.get("id").and_then(plain).unwrap_or_default();
    let Some(user) = rows::find(lookup.document, USER.table, &id) else { return Ok(None) };
    let mut agent = Map::new();
    agent.insert("id".into(), user["id"].clone());
    agent.extend(fields::fresh(AGENT));
    fields::write(AGENT, lookup, &mut agent, body)?;
    Ok(Some(agent.into()))
}

/// The tracking numbers that go to a queue.
fn routed<'d>(document: &'d Document, id: &'d Value) -> impl Iterator<Item = &'d Map<String, Value>> {
    rows::all(document, NUMBER.table).filter(move |row| row["route"]["target"] == *id)
}

/// A queue as lists show it: the rest is read one by one.
fn brief(call: &ApiCall, document: &Document, row: &Map<String, Value>) -> Map<String, Value> {
    let id = row["id"].as_str().unwrap_or_default();
    let schedule = row["schedule_id"].as_str().and_then(|id| rows::find(document, "schedules", id));
    let mut shown = Map::new();
    shown.insert("id".into(), id.into());
    shown.insert("name".into(), row["name"].clone());
    shown.insert("url".into(), call.url(&format!("queues/{id}")).into());
    let former = row["former_agents"].as_u64().filter(|_| call.server.more_agents).unwrap_or_default();
    let listed = row["agents"].as_array().map_or(0, Vec::len) as u64;
    shown.insert("total_agents".into(), (listed + former).into());
    shown.insert("total_numbers".into(), routed(document, &row["id"]).count().into());
    let schedule = schedule.map_or(Value::Null, |row| json!({"id": row["id"], "name": row["name"]}));
    shown.insert("schedule".into(), schedule);
    shown
}

fn render(call: &ApiCall, document: &Document, row: &Map<String, Value>) -> Map<String, Value> {
    let mut shown = brief(call, document, row);
    let fields = FIELDS.iter().filter(|field| field.name != "schedule_id");
    shown.extend(fields.map(|field| (field.name.to_owned(), row[field.name].clone())));
    for list in ["agents", "numbers"] {
        let path = format!("queues/{}/{list}", row["id"].as_str().unwrap_or_default());
        shown.insert(list.to_owned(), call.url(&path).into());
    }
    shown
}
