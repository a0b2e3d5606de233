//! Serves the agents of queues, written under other names than they are read (FACTS stratus/agents-3).

use serde_json::{Map, Value, json};

use super::call::{ApiCall, ErrorResponse, RouteResult, domain_of, text};
use super::{fields, queues, tables};
use crate::sandbox::document::Document;

/// Written name and the name it is read under.
const READ_AS: &[(&str, &str)] =
    &[("callqueue-agent-dispatch-order-ordinal", "ordinal-order"), ("auto-answer-enabled", "auto_ans")];

pub fn route(call: &ApiCall, queue: &str, path: &[&str]) -> RouteResult {
    if let ("PATCH", [agent, status]) = (call.method(), path) {
        return patch(call, queue, agent, status);
    }
    let document = if call.request.is_write() { call.held } else { call.seen };
    queues::find(document, queue)?;
    match (call.method(), path) {
        ("GET", []) => call.list(rows(call, queue)),
        ("POST", []) => create(call, queue),
        ("PUT", [agent]) => update(call, queue, &stored_key(call, queue, agent)),
        ("DELETE", [agent]) => {
            let mut agents = of(call.held, queue);
            agents.shift_remove(&stored_key(call, queue, agent)).ok_or_else(ErrorResponse::missing)?;
            accept(call, queue, agent, agents)
        }
        _ => Err(ErrorResponse::no_route()),
    }
}

/// Lists every agent row of every queue.
pub fn all(call: &ApiCall) -> RouteResult {
    if call.method() != "GET" {
        return Err(ErrorResponse::no_route());
    }
    let queues: Vec<&str> = call.seen.table("agents").map(|(queue, _)| queue).collect();
    call.list(queues.into_iter().flat_map(|queue| rows(call, queue)).collect())
}

/// Makes an agent's record from a body.
pub fn record(body: &Map<String, Value>) -> Result<(String, Value), ErrorResponse> {
    let record = fields::create(tables::AGENT, body)?;
    let agent = record.get("callqueue-agent-id").and_then(Value::as_str).unwrap_or_default().to_owned();
    if agent.is_empty() {
        return Err(ErrorResponse::invalid("Invalid value for callqueue-agent-id."));
    }
    Ok((agent, record.into()))
}

/// Logs in or out, in one queue or in all.
fn patch(call: &ApiCall, queue: &str, agent: &str, status: &str) -> RouteResult {
    let availability = match status {
        "login" => "automatic",
        "logout" => "manual",
        _ => return Err(ErrorResponse::no_route()),
    };
    let chosen = |name: &str| queue == "all" || queue == name;
    let mut next = call.held.clone();
    let mut found = false;
    for (name, _) in call.held.table("agents").filter(|(name, _)| chosen(name)) {
        let mut agents = of(call.held, name);
        if let Some(row) = agents.get_mut(agent).and_then(Value::as_object_mut) {
            found = true;
            row.insert("callqueue-agent-availability-type".into(), availability.into());
            next.put("agents", name, agents.into());
        }
    }
    if !found {
        return Err(ErrorResponse::missing());
    }
    call.accept(format!("agents/{queue}/{agent}"), next)
}

fn of(document: &Document, queue: &str) -> Map<String, Value> {
    document.get("agents", queue).and_then(Value::as_object).cloned().unwrap_or_default()
}

fn create(call: &ApiCall, queue: &str) -> RouteResult {
    let body = call.body()?;
    call.takes(body, true)?;
    let (agent, record) = record(body)?;
    let mut agents = of(call.held, queue);
    if agents.contains_key(&agent) {
        return Err(ErrorResponse::new(409, "Agent already exists"));
    }
    let shown = render(call, call.held, queue, &record);
    agents.insert(agent.clone(), record);
    agents.sort_keys();
    let mut next = call.held.clone();
    next.put("agents", queue, agents.into());
    call.created(format!("agents/{queue}/{agent}"), next, shown)
}

/// The key of an agent in the state, from how it stands in a path (FACTS stratus/readings-11).
fn stored_key(call: &ApiCall, queue: &str, agent: &str) -> String {
    let agents = of(call.held, queue);
    let of_user = agent.strip_prefix("sip:").filter(|_| call.server.keeping.sip_agents);
    let known = of_user.filter(|user| !agents.contains_key(agent) && agents.contains_key(*user));
    known.unwrap_or(agent).to_owned()
}

/// How an agent is listed: one that is an extension perhaps as that extension's device, unless that one is an agent too.
fn listed_id(call: &ApiCall, document: &Document, queue: &str, id: &str) -> String {
    let device = format!("sip:{id}");
    let is_user = id.split_once('@').is_some_and(|(user, _)| document.get("users", user).is_some());
    let twice = of(document, queue).contains_key(&device);
    if call.server.keeping.sip_agents && is_user && !twice { device } else { id.to_owned() }
}

fn update(call: &ApiCall, queue: &str, agent: &str) -> RouteResult {
    let mut agents = of(call.held, queue);
    let row = agents.get_mut(agent).and_then(Value::as_object_mut).ok_or_else(ErrorResponse::missing)?;
    let mut body = call.body()?.clone();
    body.shift_remove("callqueue-agent-id");
    call.takes(&body, false)?;
    fields::update(tables::AGENT, row, &body)?;
    accept(call, queue, agent, agents)
}

fn accept(call: &ApiCall, queue: &str, agent: &str, agents: Map<String, Value>) -> RouteResult {
    let mut next = call.held.clone();
    next.put("agents", queue, agents.into());
    call.accept(format!("agents/{queue}/{agent}"), next)
}

fn rows(call: &ApiCall, queue: &str) -> Vec<Value> {
    of(call.seen, queue).values().map(|agent| render(call, call.seen, queue, agent)).collect()
}

/// Shows an agent with its odd names and with what is taken from its user.
fn render(call: &ApiCall, document: &Document, queue: &str, agent: &Value) -> Value {
    let id = text(agent, "callqueue-agent-id");
    let domain = domain_of(document);
    let extension = id.strip_suffix(domain).and_then(|name| name.strip_suffix('@')).unwrap_or_default();
    let user = document.get("users", extension);
    let of_user = |name: &str| user.map(|user| text(user, name)).unwrap_or_default();
    let entry_type = match id {
        device if device.starts_with("sip:") => "device",
        user if user.contains('@') => "user",
        _ => "offnet",
    };
    let mut shown = Map::new();
    shown.insert("domain".into(), domain.into());
    shown.insert("callqueue".into(), queue.into());
    fields::render(tables::AGENT, agent, call.server.mixed_types, &mut shown);
    for (written, read) in READ_AS {
        if let Some(value) = shown.shift_remove(*written) {
            shown.insert((*read).to_owned(), value);
        }
    }
    shown.insert("callqueue-agent-id".into(), listed_id(call, document, queue, id).into());
    let (first, last) = (of_user("name-first-name"), of_user("name-last-name"));
    let live = json!({
        "callqueue-agent-entry-type": entry_type,
        "callqueue-agent-availability-for-dispatch": "unavailable",
        "callqueue-agent-has-registered-devices": if entry_type == "offnet" { "offnet" } else { "no" },
        "active-calls-total-current": 0,
        "last-modified-datetime": "2026-01-01 00:00:00",
        "last-callqueue-dispatch-datetime": null,
        "name-full-name": format!("{first} {last}").trim(),
        "name-first-name": first,
        "name-last-name": last,
        "login-username": of_user("login-username"),
        "agent-department": of_user("department"),
        "sub_site": of_user("site"),
        "sub_scope": of_user("user-scope"),
        "sub_portal_status": of_user("status-message"),
    });
    shown.extend(live.as_object().cloned().unwrap_or_default());
    shown.into()
}
