//! What people alone set in the CallTrackingMetrics portal (FACTS ctm/article-1, ctm/unnamed-1 to unnamed-5).

use serde_json::{Map, Value, json};

use super::fields::{self, Field, Lookup};
use super::kinds::{
    GEO, MENU, NUMBER, ObjectType, QUEUE, RECEIVER, ROUTER, SCHEDULE, TARGETS, USER, VOICE_BOT,
};
use super::{queues, receivers, rows, schedules};
use crate::sandbox::document::Document;
use crate::sandbox::portal::{Page, no_label, number, put, ticked};

type Row = Map<String, Value>;

pub fn visit(document: &Document, page: &Page) -> Result<Document, String> {
    let mut next = document.clone();
    match page.clicks.as_slice() {
        ["Settings", "Schedules", click] => {
            let name = click.strip_prefix("edit ").unwrap_or_default();
            let mut row = named(document, &SCHEDULE, name).ok_or_else(|| page.missing())?;
            holidays(&mut row, page)?;
            schedules::keep(&mut next, row);
        }
        ["Numbers", "Receiving Numbers", click, rest @ ..] => {
            let number = number(click).unwrap_or_default();
            let mut row = named(document, &RECEIVER, &number).ok_or_else(|| page.missing())?;
            let body = receiver(document, page, rest)?;
            save(document, receivers::EXPERIMENTAL, &mut row, &body)?;
            rows::put(&mut next, &RECEIVER, &number, row);
        }
        ["Numbers", "Tracking Numbers", click, rest @ ..] => {
            let number = number(click).unwrap_or_default();
            let mut row = named(document, &NUMBER, &number).ok_or_else(|| page.missing())?;
            tracking_number(&mut row, page, rest)?;
            next.put(NUMBER.table, &number, row.into());
        }
        ["Numbers", "Call Queues", "New Call Queue"] => {
            let [("Name", name)] = page.values.as_slice() else {
                return Err("a queue needs a Name".to_owned());
            };
            if named(document, &QUEUE, name).is_some() {
                return Err(format!("there is a call queue {name} already"));
            }
            let mut row = queues::blank(&mut next);
            put(&mut row, "name", *name);
            queues::keep(&mut next, row);
        }
        ["Numbers", "Call Queues", click, rest @ ..] => {
            let name = click.strip_prefix("click ").unwrap_or_default();
            let mut row = named(document, &QUEUE, name).ok_or_else(|| page.missing())?;
            match rest {
                [] => {
                    queue(document, &mut row, page)?;
                    queues::keep(&mut next, row);
                }
                ["Delete"] => {
                    let id = row["id"].as_str().unwrap_or_default().to_owned();
                    rows::forget(&mut next, &QUEUE, &id);
                    rows::detach(&mut next, &id);
                }
                _ => return Err(page.missing()),
            }
        }
        _ => return Err(page.missing()),
    }
    Ok(next)
}

/// What the name of an object of a kind is shown for.
fn named(document: &Document, kind: &ObjectType, name: &str) -> Option<Row> {
    let key = if matches!(kind.table, "numbers" | "receiving_numbers") { "number" } else { "name" };
    rows::all(document, kind.table).find(|row| row.get(key).is_some_and(|it| it == name)).cloned()
}

fn save(document: &Document, fields: &[Field], row: &mut Row, body: &Row) -> Result<(), String> {
    let lookup = Lookup { document, strict: true };
    fields::write(fields, lookup, row, body).map_err(|refusal| refusal.body.to_string())
}

/// The sections of a receiving number's page, as the fields behind them.
fn receiver(document: &Document, page: &Page, section: &[&str]) -> Result<Row, String> {
    let mut body = Row::new();
    for (label, value) in &page.values {
        match (section, *label) {
            (["click to add a custom dial extension" | "click the custom dial extension"], "extension") => {
                put(&mut body, "dial_extension", *value)
            }
            (
                ["click to add a custom dial extension" | "click the custom dial extension"],
                "delay before dialing",
            ) => put(&mut body, "dial_extension_delay", seconds(value)?),
            (["Click to configure advanced whisper settings"], "Receiving Whisper") => {
                put(&mut body, "receiving_whisper", *value);
            }
            (["Click to configure advanced whisper settings"], "Skip the Receiving Whisper") => {
                put(&mut body, "skip_receiving_whisper", ticked(value)?);
            }
            (["No-Answer Routing"], "how long to ring") => {
                put(&mut body, "no_answer_seconds", seconds(value)?);
            }
            (["No-Answer Routing"], "where calls go then") => action(document, &mut body, value)?,
            ([], "Tagging Hours") => {
                let id = if value.is_empty() { "".into() } else { id(document, &SCHEDULE, value)? };
                put(&mut body, "tag_schedule_id", id);
            }
            _ => return Err(no_label(label)),
        }
    }
    Ok(body)
}

/// `20 seconds`; an emptied box is none.
fn seconds(value: &str) -> Result<u64, String> {
    let number = value.strip_suffix(" seconds").or(value.strip_suffix(" second")).unwrap_or(value);
    if number.is_empty() { Ok(0) } else { number.parse().map_err(|_| format!("`{value}` are no seconds")) }
}

fn id(document: &Document, kind: &ObjectType, name: &str) -> Result<Value, String> {
    let found = named(document, kind, name).and_then(|row| row.get("id").cloned());
    found.ok_or_else(|| format!("there is no {} `{name}` in the drop-down", kind.noun))
}

/// An entry of the drop-down that says where calls go: `call queue Sales`.
fn action(document: &Document, body: &mut Row, value: &str) -> Result<(), String> {
    let sorts = [
        ("receiving number ", RECEIVER),
        ("call queue ", QUEUE),
        ("smart router ", ROUTER),
        ("voice menu ", MENU),
        ("geo router ", GEO),
        ("voice bot ", VOICE_BOT),
        ("agent ", USER),
    ];
    let chosen = sorts.iter().find_map(|(sort, kind)| Some((kind, value.strip_prefix(sort)?)));
    let [label, class, id] = match chosen {
        None if value.is_empty() => ["", "", ""].map(Value::from),
        None if value == "voicemail" => ["voicemail", "VoiceMail", ""].map(Value::from),
        None if value == "hang up" => ["hangup", "Hangup", ""].map(Value::from),
        None => return Err(format!("there is no `{value}` in the drop-down")),
        Some((kind, name)) => {
            let target = TARGETS.iter().find(|target| target.kind.table == kind.table);
            let target = target.ok_or_else(|| format!("there is no `{value}` in the drop-down"))?;
            [target.read.into(), target.class.into(), id(document, kind, name)?]
        }
    };
    for (field, value) in [("label", label), ("type", class), ("id", id)] {
        put(body, &format!("default_action_{field}"), value);
    }
    Ok(())
}

fn tracking_number(row: &mut Row, page: &Page, section: &[&str]) -> Result<(), String> {
    for (label, value) in &page.values {
        match (section, *label) {
            ([], "Fail-safe Number") if value.is_empty() => put(row, "failsafe_number", Value::Null),
            ([], "Fail-safe Number") => put(row, "failsafe_number", *value),
            (["Dial Routing"], "dialing pattern") => {
                let word = match *value {
                    "Simultaneous" => "simultaneous",
                    "Round Robin" => "round_robin",
                    "Sequentially" => "sequential",
                    "Least Connected" => "least_connected",
                    _ => return Err(format!("there is no dialing pattern `{value}`")),
                };
                put(row, "routing", word);
            }
            _ => return Err(no_label(label)),
        }
    }
    Ok(())
}

fn queue(document: &Document, row: &mut Row, page: &Page) -> Result<(), String> {
    let mut body = Row::new();
    for (label, value) in &page.values {
        match *label {
            "ring pattern" => put(&mut body, "routing", value.to_lowercase().replace(' ', "_")),
            "how long to ring each agent" => put(&mut body, "seconds_per_agent", seconds(value)?),
            "how long to wait for an answer" => put(&mut body, "seconds_to_answer", seconds(value)?),
            "no-answer routing" => action(document, &mut body, value)?,
            "agents" => {
                let entries = value.split("; ").filter(|entry| !entry.is_empty());
                let agents = entries.map(|entry| agent(document, entry)).collect::<Result<Vec<_>, _>>()?;
                put(row, "agents", agents);
            }
            _ => return Err(no_label(label)),
        }
    }
    save(document, queues::FIELDS, row, &body)
}

/// `1: ann@acme.example`
fn agent(document: &Document, entry: &str) -> Result<Value, String> {
    let (priority, email) = entry.split_once(": ").unwrap_or(("", entry));
    let user = rows::all(document, USER.table).find(|row| row.get("email").is_some_and(|it| it == email));
    let user = user.ok_or_else(|| format!("there is no agent {email}"))?;
    let body = json!({"id": user["id"], "priority": priority});
    let body = body.as_object().cloned().unwrap_or_default();
    let agent = queues::agent(Lookup { document, strict: true }, &body);
    let agent = agent.map_err(|refusal| refusal.body.to_string())?;
    agent.ok_or_else(|| format!("there is no agent {email}"))
}

/// The portal's own list of days, of which no API is known (FACTS ctm/unnamed-5).
fn holidays(row: &mut Row, page: &Page) -> Result<(), String> {
    for (label, value) in &page.values {
        let field = match *label {
            "holidays" => "holidays",
            "holidays every year" => "holidays_every_year",
            _ => return Err(no_label(label)),
        };
        let days: Vec<&str> = value.split("; ").filter(|day| !day.is_empty()).collect();
        put(row, field, days);
    }
    Ok(())
}
