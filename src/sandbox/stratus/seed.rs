//! Builds a domain's first state from YAML in the wire's own names.
//!
//! Lenient where people write (numbers for text, booleans for yes and no, the names things are read under),
//! strict where a typo would lose something: top-level names and doubles.

use serde_json::{Map, Value};

use super::call::{ErrorResponse, domain_of};
use super::keeping::LINGERING;
use super::timeframes::Shelf;
use super::{
    agents, answerrules, carrier, dialrules, features, fields, phonenumbers, queues, tables, timeframes,
    users,
};
use crate::sandbox::document::Document;

/// The parts of the state that hold one object per key.
pub const TABLES: &[&str] = &[
    "users",
    "answerrules",
    "timeframes",
    "user-timeframes",
    "phonenumbers",
    "callqueues",
    "agents",
    "carrier",
];

const SECTIONS: &[&str] = &[
    "domain",
    "users",
    "timeframes",
    "phonenumbers",
    "callqueues",
    "dialrules",
    "autoattendants",
    "carrier",
    "devices",
];

/// Name a thing is read under, and the name it is written under.
const READ_NAMES: &[(&str, &str)] = &[
    ("email", "email-address"),
    ("ordinal-order", "callqueue-agent-dispatch-order-ordinal"),
    ("auto_ans", "auto-answer-enabled"),
];

/// Builds the state; the same seed makes the same bytes.
pub fn plant(account: &str, seed: &Map<String, Value>) -> Result<Document, String> {
    if let Some(unknown) = seed.keys().find(|key| !SECTIONS.contains(&key.as_str())) {
        return Err(format!("`{unknown}` is none of {}", SECTIONS.join(", ")));
    }
    let mut document = Document::new(TABLES);
    document.set("domain", domain(account, seed.get("domain"))?);
    document.set("sequence", 0.into());
    document.set("reserved-names", Value::Array(Vec::new()));
    document.set(LINGERING, Value::Object(Map::new()));
    document.set("number-filters", Value::Object(Map::new()));
    document.set("devices", rows(seed, "devices")?.into());
    each(seed, "timeframes", |body| frame(&mut document, account, Shelf::Domain, body))?;
    each(seed, "users", |body| user(&mut document, account, body))?;
    each(seed, "callqueues", |body| queue(&mut document, body))?;
    each(seed, "phonenumbers", |body| {
        let (number, record) = phonenumbers::record(body)?;
        insert(&mut document, "phonenumbers", &number, record)
    })?;
    each(seed, "carrier", |body| {
        let (number, record) = carrier::seeded(body);
        insert(&mut document, "carrier", &number, record)
    })?;
    let mut attendants = Vec::new();
    each(seed, "autoattendants", |body| {
        attendants.push(fields::create(tables::ATTENDANT, body)?.into());
        Ok(())
    })?;
    document.set("autoattendants", Value::Array(attendants));
    let dialrules = match seed.get("dialrules") {
        Some(_) => rows(seed, "dialrules")?.iter().map(dialrules::record).collect(),
        None => dialrules::portal_made(&document),
    };
    document.set("dialrules", Value::Array(dialrules.map_err(|ErrorResponse { message, .. }| message)?));
    Ok(document)
}

fn domain(account: &str, seed: Option<&Value>) -> Result<Value, String> {
    let body = match seed {
        None | Some(Value::Null) => Map::new(),
        Some(Value::Object(body)) => body.clone(),
        Some(_) => return Err("`domain` is not a mapping".into()),
    };
    let mut record =
        fields::create(tables::DOMAIN, &body).map_err(|ErrorResponse { message, .. }| message)?;
    let name = body.get("domain").and_then(fields::plain).unwrap_or_else(|| account.to_owned());
    for key in ["domain", "dial-plan"] {
        if record.get(key).and_then(Value::as_str) == Some("") || key == "domain" {
            record.insert(key.into(), name.as_str().into());
        }
    }
    Ok(record.into())
}

fn user(document: &mut Document, account: &str, body: &Map<String, Value>) -> Result<(), ErrorResponse> {
    let (user, record) = users::record(domain_of(document), document, body)?;
    insert(document, "users", &user, record)?;
    let rules = match body.get("answerrules").filter(|rules| !rules.is_null()) {
        None => vec![users::ring_own_devices()],
        Some(rules) => {
            let rules =
                rules.as_array().ok_or_else(|| ErrorResponse::invalid("answerrules is not a list"))?;
            let empty = Map::new();
            let made = rules.iter().map(|rule| {
                let mut made = answerrules::record(rule.as_object().unwrap_or(&empty))?;
                features::switch_off(&mut made, rule);
                Ok(made)
            });
            made.collect::<Result<_, _>>()?
        }
    };
    document.put("answerrules", &user, rules.into());
    let frames = body.get("timeframes").and_then(Value::as_array).into_iter().flatten();
    for body in frames.filter_map(Value::as_object) {
        frame(document, account, Shelf::User(&user), body)?;
    }
    Ok(())
}

fn frame(
    document: &mut Document,
    account: &str,
    shelf: Shelf,
    body: &Map<String, Value>,
) -> Result<(), ErrorResponse> {
    let (name, record) = timeframes::record(document, account, body)?;
    timeframes::unique(document, &name)?;
    shelf.store(document, &name, Some(record));
    Ok(())
}

/// Plants a queue, its agents and, when the seed has none, the user that every queue owns.
fn queue(document: &mut Document, body: &Map<String, Value>) -> Result<(), ErrorResponse> {
    let (queue, record) = queues::record(body)?;
    if document.get("users", &queue).is_none() {
        let mut own = Map::new();
        own.insert("user".into(), queue.as_str().into());
        own.insert("service-code".into(), "system-queue".into());
        own.insert("name-first-name".into(), record.get("description").cloned().unwrap_or_default());
        user(document, "", &own)?;
    }
    insert(document, "callqueues", &queue, record)?;
    let mut members = Map::new();
    for body in
        body.get("agents").and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_object)
    {
        let (agent, record) = agents::record(&written(body))?;
        if members.insert(agent.clone(), record).is_some() {
            return Err(twice(&agent));
        }
    }
    members.sort_keys();
    document.put("agents", &queue, members.into());
    Ok(())
}

fn insert(document: &mut Document, table: &str, key: &str, record: Value) -> Result<(), ErrorResponse> {
    if document.get(table, key).is_some() {
        return Err(twice(key));
    }
    document.put(table, key, record);
    Ok(())
}

fn twice(key: &str) -> ErrorResponse {
    ErrorResponse::new(409, format!("`{key}` is there twice"))
}

/// Plants every row of a section, naming the row that cannot be.
fn each(
    seed: &Map<String, Value>,
    section: &str,
    mut plant: impl FnMut(&Map<String, Value>) -> Result<(), ErrorResponse>,
) -> Result<(), String> {
    for (index, row) in rows(seed, section)?.iter().enumerate() {
        let body = row.as_object().ok_or_else(|| format!("`{section}[{index}]` is not a mapping"))?;
        plant(&written(body))
            .map_err(|ErrorResponse { message, .. }| format!("`{section}[{index}]` is refused: {message}"))?;
    }
    Ok(())
}

fn rows(seed: &Map<String, Value>, section: &str) -> Result<Vec<Value>, String> {
    match seed.get(section) {
        None | Some(Value::Null) => Ok(Vec::new()),
        Some(Value::Array(rows)) => Ok(rows.clone()),
        Some(_) => Err(format!("`{section}` is not a list")),
    }
}

/// Takes names as read for names as written.
fn written(body: &Map<String, Value>) -> Map<String, Value> {
    let mut body = body.clone();
    for (read, written) in READ_NAMES {
        if let Some(value) = body.shift_remove(*read) {
            body.entry(*written).or_insert(value);
        }
    }
    body
}
