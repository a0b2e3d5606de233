//! Serves call queues; each one's overflow lives on a user of its own (FACTS stratus/queues-5).

use serde_json::{Map, Value};

use super::call::{ApiCall, ErrorResponse, RouteResult, domain_of, show, text};
use super::{dialrules, fields, tables};
use crate::sandbox::document::Document;

pub fn route(call: &ApiCall, path: &[&str]) -> RouteResult {
    match (call.method(), path) {
        ("GET", []) => call.list(rows(call)),
        ("GET", ["list"]) => {
            let mut rows = rows(call);
            for row in rows.iter_mut().filter_map(Value::as_object_mut) {
                row.retain(|name, _| matches!(name.as_str(), "callqueue" | "domain" | "description"));
            }
            call.list(rows)
        }
        ("POST", []) => create(call),
        ("GET", [queue]) => show(render(call, call.seen, find(call.seen, queue)?)),
        ("PUT", [queue]) => update(call, queue),
        ("DELETE", [queue]) => delete(call, queue),
        _ => Err(ErrorResponse::no_route()),
    }
}

pub fn find<'a>(document: &'a Document, queue: &str) -> Result<&'a Value, ErrorResponse> {
    document.get("callqueues", queue).ok_or_else(ErrorResponse::missing)
}

/// Makes a queue's record from a body.
pub fn record(body: &Map<String, Value>) -> Result<(String, Value), ErrorResponse> {
    let record = fields::create(tables::QUEUE, body)?;
    let queue = record.get("callqueue").and_then(Value::as_str).unwrap_or_default().to_owned();
    if queue.is_empty() {
        return Err(ErrorResponse::invalid("Invalid value for callqueue."));
    }
    Ok((queue, record.into()))
}

fn rows(call: &ApiCall) -> Vec<Value> {
    call.seen.table("callqueues").map(|(_, queue)| render(call, call.seen, queue)).collect()
}

/// Creates the queue alone: its user and rule are the client's to make (FACTS stratus/queues-7), and its dial rule, unless
/// this server makes it (FACTS stratus/readings-10).
fn create(call: &ApiCall) -> RouteResult {
    let body = call.body()?;
    call.names(body, "domain")?;
    call.takes(body, true)?;
    let (queue, record) = record(&named(call, body))?;
    if call.held.get("callqueues", &queue).is_some() {
        return Err(ErrorResponse::new(409, "Call queue already exists"));
    }
    let mut next = call.held.clone();
    let shown = render(call, &next, &record);
    next.put("callqueues", &queue, record);
    if call.server.keeping.alias_made {
        dialrules::start_of(&mut next, &queue)?;
    }
    call.created(format!("callqueues/{queue}"), next, shown)
}

const WAIT: &str = "callqueue-max-current-wait-to-accept-new-callers-seconds";
const ACCEPTS_WAIT: &str = "callqueue-max-current-wait-to-accepts-new-callers-seconds";

/// A body under the names of the specification: of two spellings a server takes its own alone.
fn named(call: &ApiCall, body: &Map<String, Value>) -> Map<String, Value> {
    let mut body = body.clone();
    if call.server.forms.accepts_wait {
        body.shift_remove(WAIT);
        if let Some(wait) = body.shift_remove(ACCEPTS_WAIT) {
            body.insert(WAIT.into(), wait);
        }
    }
    body
}

fn update(call: &ApiCall, queue: &str) -> RouteResult {
    let mut record = find(call.held, queue)?.as_object().cloned().unwrap_or_default();
    let mut body = named(call, call.body()?);
    body.shift_remove("callqueue");
    call.takes(&body, false)?;
    fields::update(tables::QUEUE, &mut record, &body)?;
    let mut next = call.held.clone();
    next.put("callqueues", queue, record.into());
    call.accept(format!("callqueues/{queue}"), next)
}

/// Deletes a queue; its user stays, and its agent rows may (FACTS stratus/readings-12).
fn delete(call: &ApiCall, queue: &str) -> RouteResult {
    find(call.held, queue)?;
    let mut next = call.held.clone();
    next.remove("callqueues", queue);
    if !call.server.keeping.orphan_agents {
        next.remove("agents", queue);
    }
    call.accept(format!("callqueues/{queue}"), next)
}

fn render(call: &ApiCall, document: &Document, queue: &Value) -> Value {
    let mut shown = Map::new();
    shown.insert("domain".into(), domain_of(document).into());
    fields::render(tables::QUEUE, queue, call.server.mixed_types, &mut shown);
    if call.server.forms.accepts_wait
        && let Some(wait) = shown.shift_remove(WAIT)
    {
        shown.insert(ACCEPTS_WAIT.into(), wait);
    }
    let agents = document.get("agents", text(queue, "callqueue")).and_then(Value::as_object);
    let available = |agent: &&Value| text(agent, "callqueue-agent-availability-type") == "automatic";
    let count = agents.map_or(0, |agents| agents.values().filter(available).count());
    shown.insert("callqueue-count-agents-available".into(), count.into());
    shown.insert("callqueue-count-agents-total".into(), agents.map_or(0, Map::len).into());
    shown.insert("active-queued-calls-total-current".into(), 0.into());
    shown.into()
}
