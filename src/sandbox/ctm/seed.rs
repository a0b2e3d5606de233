//! Builds an account's first state from YAML that calls things by their names instead of their ids.
//!
//! Objects are made first and pointed at each other afterwards, so that a file may name what stands below. Every key
//! that is not known is an error: a typo would lose something. The same seed makes the same bytes.

use serde_json::{Map, Value, json};

use super::body::text as plain;
use super::error_response::ErrorResponse;
use super::fields::{self, Field, Lookup};
use super::kinds::{
    CALL_SETTING, DIAL_LIST, MENU, NUMBER, ObjectType, QUEUE, RECEIVER, SCHEDULE, TABLES, TARGETS, USER,
};
use super::{catalog, menu_items, menus, numbers, phone, queues, receivers, routes, rows, schedules};
use crate::sandbox::document::Document;

/// A row of a section and where it stands.
type Row<'a> = (String, &'a Map<String, Value>);

/// What a menu's fields are called when they are ids.
const WIRED: &[&str] = &[
    "schedule_id",
    "default_number_id",
    "after_hours_action_type",
    "after_hours_action_id",
    "after_hours_action_label",
    "default_action_type",
    "default_action_id",
    "default_action_label",
    "tag_schedule_id",
];

pub fn plant(account: &str, seed: &Map<String, Value>) -> Result<Document, String> {
    only(seed, "the file", TABLES.iter().copied().chain(["account"]))?;
    let mut document = Document::new(TABLES);
    document.set("account", owner(account, seed)?);
    document.set("sequence", 0.into());
    for collection in catalog::COLLECTIONS {
        for (at, body) in section(seed, collection.kind.table)? {
            let mut row = catalog::blank(&mut document, collection);
            fill(&document, collection.fields, &[catalog::LEADS_TO], &mut row, body, &at)?;
            copy(&mut row, body, &[catalog::LEADS_TO]);
            let natural = required(&row, collection.natural, &at)?;
            rows::put(&mut document, &collection.kind, &natural, row);
        }
    }
    for (at, body) in section(seed, SCHEDULE.table)? {
        let known =
            schedules::FIELDS.iter().map(|field| field.name).chain(["times"]).chain(schedules::BESIDE);
        only(body, &at, known)?;
        let mut row = schedules::blank(&mut document);
        schedules::fill(strict(&document), &mut row, body).map_err(|error| refused(&at, error))?;
        copy(&mut row, body, &schedules::BESIDE);
        schedules::keep(&mut document, row);
    }
    let mut pending = Vec::new();
    for (at, body) in section(seed, RECEIVER.table)? {
        let number = dialable(&document, &RECEIVER, body, &at)?;
        let row = receivers::blank(&mut document, &number);
        pending.push((&RECEIVER, row["id"].clone(), at, body));
    }
    for (at, body) in section(seed, MENU.table)? {
        let row = menus::blank(&mut document);
        pending.push((&MENU, row["id"].clone(), at.clone(), body));
        menus::keep(&mut document, called(row, body, &at)?);
    }
    for (at, body) in section(seed, QUEUE.table)? {
        let row = queues::blank(&mut document);
        pending.push((&QUEUE, row["id"].clone(), at.clone(), body));
        queues::keep(&mut document, called(row, body, &at)?);
    }
    for (kind, id, at, body) in pending {
        let id = id.as_str().unwrap_or_default();
        let mut row = rows::find(&document, kind.table, id).cloned().unwrap_or_default();
        match kind.table {
            "receiving_numbers" => receiver(&document, &mut row, body, &at)?,
            "voice_menus" => menu(&mut document, &mut row, body, &at)?,
            _ => queue(&document, &mut row, body, &at)?,
        }
        let natural = if kind.table == RECEIVER.table { "number" } else { "name" };
        let natural = required(&row, natural, &at)?;
        rows::put(&mut document, kind, &natural, row);
    }
    for (at, body) in section(seed, NUMBER.table)? {
        let row = number(&mut document, body, &at)?;
        numbers::keep(&mut document, row);
    }
    Ok(document)
}

/// The account itself; its id is the name of the file.
fn owner(account: &str, seed: &Map<String, Value>) -> Result<Value, String> {
    let id: u64 = account.parse().map_err(|_| format!("the account `{account}` is not a whole number"))?;
    let body = match seed.get("account") {
        None | Some(Value::Null) => &Map::new(),
        Some(Value::Object(body)) => body,
        Some(_) => return Err("`account` is not a mapping".into()),
    };
    only(body, "account", ["name", "timezone", "status"])?;
    let or = |name: &str, default: &str| body.get(name).cloned().unwrap_or_else(|| default.into());
    let (zone, status) = (or("timezone", "America/New_York"), or("status", "active"));
    Ok(json!({"id": id, "name": or("name", account), "timezone": zone, "status": status}))
}

fn receiver(
    document: &Document,
    row: &mut Map<String, Value>,
    body: &Map<String, Value>,
    at: &str,
) -> Result<(), String> {
    let names: Vec<Field> =
        [fields::text("name")].into_iter().chain(unwired(receivers::EXPERIMENTAL)).collect();
    fill(document, &names, &["number", "default_action", "tag_schedule"], row, body, at)?;
    point(document, body, "default_action", "default_action", row, at)?;
    refer(document, body, "tag_schedule", &SCHEDULE, "tag_schedule_id", row, at)
}

fn menu(
    document: &mut Document,
    row: &mut Map<String, Value>,
    body: &Map<String, Value>,
    at: &str,
) -> Result<(), String> {
    let others = ["default_number", "schedule", "after_hours", "items"];
    fill(document, &unwired(menus::FIELDS), &others, row, body, at)?;
    refer(document, body, "default_number", &RECEIVER, "default_number_id", row, at)?;
    refer(document, body, "schedule", &SCHEDULE, "schedule_id", row, at)?;
    point(document, body, "after_hours", "after_hours_action", row, at)?;
    let mut items = Vec::new();
    for (at, sent) in list(body, "items", &format!("{at}.items"))? {
        let targets = || TARGETS.iter().filter(|target| !target.action.is_empty());
        let keys: Vec<&str> =
            menu_items::keys(false).into_iter().filter(|key| !key.ends_with("_id")).collect();
        only(sent, &at, keys.into_iter().chain(targets().map(|target| target.read)).chain(["tag_id"]))?;
        let mut item = sent.clone();
        for target in targets() {
            let Some(name) = item.shift_remove(target.read) else { continue };
            item.insert("voice_action_type".into(), target.action.into());
            item.insert(target.action_key.into(), lookup(document, &target.kind, &name, &at)?);
        }
        let held = document.clone();
        let made = menu_items::write(strict(&held), true, document, None, &item);
        items.push(made.map_err(|error| refused(&at, error))?);
    }
    row.insert("items".into(), items.into());
    Ok(())
}

fn queue(
    document: &Document,
    row: &mut Map<String, Value>,
    body: &Map<String, Value>,
    at: &str,
) -> Result<(), String> {
    let others = ["schedule", "default_action", "agents", "former_agents"];
    fill(document, &unwired(queues::FIELDS), &others, row, body, at)?;
    copy(row, body, &["former_agents"]);
    refer(document, body, "schedule", &SCHEDULE, "schedule_id", row, at)?;
    point(document, body, "default_action", "default_action", row, at)?;
    let mut agents = Vec::new();
    for (at, sent) in list(body, "agents", &format!("{at}.agents"))? {
        only(sent, &at, queues::AGENT.iter().map(|field| field.name).chain(["user"]))?;
        let mut agent = sent.clone();
        let user = agent.shift_remove("user").unwrap_or_default();
        agent.insert("id".into(), lookup(document, &USER, &user, &at)?);
        let agent = queues::agent(strict(document), &agent).map_err(|error| refused(&at, error))?;
        agents.extend(agent);
    }
    row.insert("agents".into(), agents.into());
    Ok(())
}

fn number(
    document: &mut Document,
    body: &Map<String, Value>,
    at: &str,
) -> Result<Map<String, Value>, String> {
    let digits = dialable(document, &NUMBER, body, at)?;
    let mut row = numbers::blank(document, &digits);
    let names: Vec<Field> = numbers::FIELDS
        .iter()
        .copied()
        .chain([fields::text("failsafe_number"), fields::one_of("routing", routes::PATTERNS)])
        .chain([fields::text("status")])
        .collect();
    let others = ["number", "route", "call_setting"].into_iter().chain(numbers::FALLBACK);
    fill(document, &names, &others.collect::<Vec<_>>(), &mut row, body, at)?;
    refer(document, body, "call_setting", &CALL_SETTING, "call_setting", &mut row, at)?;
    let Some(route) = body.get("route").filter(|route| !route.is_null()) else { return Ok(row) };
    let at = format!("{at}.route");
    let (read, name) = one(route, &at)?;
    if read == DIAL_LIST {
        let dialled = super::body::list(name).into_iter().map(|name| lookup(document, &RECEIVER, name, &at));
        row.insert("dial".into(), Value::Array(dialled.collect::<Result<_, _>>()?));
        return Ok(row);
    }
    let target = TARGETS.iter().find(|target| target.read == read);
    let target = target.ok_or_else(|| format!("`{at}`: `{read}` is none of {}", reads()))?;
    let found = lookup(document, &target.kind, name, &at)?;
    let mut route = Map::new();
    route.insert("type".into(), read.into());
    route.insert("target".into(), found);
    copy(&mut route, body, &numbers::FALLBACK);
    row.insert("route".into(), route.into());
    Ok(row)
}

/// Takes over fields that nothing converts.
fn copy(row: &mut Map<String, Value>, body: &Map<String, Value>, names: &[&str]) {
    row.extend(names.iter().filter_map(|name| Some(((*name).to_owned(), body.get(*name)?.clone()))));
}

/// The E.164 of a row, which no other row of its kind has.
fn dialable(
    document: &Document,
    kind: &ObjectType,
    body: &Map<String, Value>,
    at: &str,
) -> Result<String, String> {
    let number = required(body, "number", at)?;
    let may_be_client = kind.table == RECEIVER.table;
    if !(phone::is_e164(&number) || may_be_client && phone::is_dialable(&number)) {
        return Err(format!("`{at}.number`: `{number}` is not in E.164 form"));
    }
    if document.get(kind.table, &number).is_some() {
        return Err(format!("`{at}.number`: `{number}` is there twice"));
    }
    Ok(number)
}

/// Sets the fields that a row names, after a look at its keys.
fn fill(
    document: &Document,
    names: &[Field],
    others: &[&'static str],
    row: &mut Map<String, Value>,
    body: &Map<String, Value>,
    at: &str,
) -> Result<(), String> {
    only(body, at, names.iter().map(|field| field.name).chain(others.iter().copied()))?;
    fields::write(names, strict(document), row, body).map_err(|error| refused(at, error))
}

/// The fields that a seed may set as they are; the others it says by name.
fn unwired(fields: &[Field]) -> Vec<Field> {
    fields.iter().filter(|field| !WIRED.contains(&field.name)).copied().collect()
}

/// Points an action, which is three fields, at what a row names.
fn point(
    document: &Document,
    body: &Map<String, Value>,
    name: &str,
    action: &str,
    row: &mut Map<String, Value>,
    at: &str,
) -> Result<(), String> {
    let Some(sent) = body.get(name).filter(|sent| !sent.is_null()) else { return Ok(()) };
    let at = format!("{at}.{name}");
    let (label, class, id) = if sent == "voicemail" {
        ("voicemail", "VoiceMail", Value::Null)
    } else if sent == "hang_up" {
        ("hangup", "Hangup", Value::Null)
    } else if let Some(class) = sent.get("type").and_then(Value::as_str) {
        // As it is shown, of whatever class.
        let label = sent.get("label").and_then(Value::as_str).unwrap_or_default();
        (label, class, sent.get("id").cloned().unwrap_or_default())
    } else {
        let (read, named) = one(sent, &at)?;
        let target = TARGETS.iter().find(|target| target.read == read && !target.class.is_empty());
        let target = target.ok_or_else(|| format!("`{at}`: `{read}` is none of {}", reads()))?;
        (target.read, target.class, lookup(document, &target.kind, named, &at)?)
    };
    row.insert(format!("{action}_label"), label.into());
    row.insert(format!("{action}_type"), class.into());
    row.insert(format!("{action}_id"), id);
    Ok(())
}

/// Sets a field to the id of what a row names.
fn refer(
    document: &Document,
    body: &Map<String, Value>,
    name: &str,
    kind: &ObjectType,
    field: &str,
    row: &mut Map<String, Value>,
    at: &str,
) -> Result<(), String> {
    if let Some(named) = body.get(name).filter(|named| !named.is_null()) {
        row.insert(field.to_owned(), lookup(document, kind, named, &format!("{at}.{name}"))?);
    }
    Ok(())
}

fn lookup(document: &Document, kind: &ObjectType, name: &Value, at: &str) -> Result<Value, String> {
    let name = plain(name).unwrap_or_default();
    let row = document.get(kind.table, &name);
    row.map(|row| row["id"].clone()).ok_or_else(|| format!("`{at}`: there is no {} `{name}`", kind.noun))
}

fn called(
    mut row: Map<String, Value>,
    body: &Map<String, Value>,
    at: &str,
) -> Result<Map<String, Value>, String> {
    row.insert("name".into(), required(body, "name", at)?.into());
    Ok(row)
}

fn required(body: &Map<String, Value>, name: &str, at: &str) -> Result<String, String> {
    let text = body.get(name).and_then(plain).filter(|text| !text.is_empty());
    text.ok_or_else(|| format!("`{at}.{name}` is missing"))
}

/// The only entry of a mapping.
fn one<'v>(value: &'v Value, at: &str) -> Result<(&'v str, &'v Value), String> {
    let mut entries = value.as_object().into_iter().flatten();
    match (entries.next(), entries.next()) {
        (Some((key, value)), None) => Ok((key, value)),
        _ => Err(format!("`{at}` is not a mapping with one of {}", reads())),
    }
}

fn reads() -> String {
    TARGETS.iter().map(|target| target.read).collect::<Vec<_>>().join(", ")
}

fn only<'n>(
    body: &Map<String, Value>,
    at: &str,
    known: impl IntoIterator<Item = &'n str>,
) -> Result<(), String> {
    let known: Vec<&str> = known.into_iter().collect();
    match body.keys().find(|key| !known.contains(&key.as_str())) {
        Some(key) => Err(format!("`{at}`: `{key}` is none of {}", known.join(", "))),
        None => Ok(()),
    }
}

fn section<'s>(seed: &'s Map<String, Value>, name: &str) -> Result<Vec<Row<'s>>, String> {
    list(seed, name, name)
}

fn list<'s>(body: &'s Map<String, Value>, name: &str, at: &str) -> Result<Vec<Row<'s>>, String> {
    let rows = match body.get(name) {
        None | Some(Value::Null) => return Ok(Vec::new()),
        Some(Value::Array(rows)) => rows,
        Some(_) => return Err(format!("`{at}` is not a list")),
    };
    let row = |(index, row): (usize, &'s Value)| {
        let at = format!("{at}[{index}]");
        row.as_object().map(|row| (at.clone(), row)).ok_or_else(|| format!("`{at}` is not a mapping"))
    };
    rows.iter().enumerate().map(row).collect()
}

fn strict(document: &Document) -> Lookup<'_> {
    Lookup { document, strict: true }
}

fn refused(at: &str, error: ErrorResponse) -> String {
    let reason = error.body.get("reason").and_then(Value::as_str).unwrap_or_default();
    format!("`{at}`: {reason}")
}
