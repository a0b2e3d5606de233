//! A value without what goes without saying: as a person would write it.

use crate::model::Kind;
use serde_json::{Map, Value, json};

/// The value of an object without its defaults. What is left reads the same.
pub fn brief(kind: Kind, mut value: Value) -> Value {
    match kind {
        Kind::Rules => {
            for rule in list(&mut value, "order") {
                rule_of(rule);
            }
        }
        Kind::Queues => {
            for (index, agent) in list(&mut value, "agents").enumerate() {
                agent_of(agent, index + 1);
            }
        }
        Kind::Schedules => week_of(&mut value),
        Kind::Receivers | Kind::Diverts | Kind::Numbers | Kind::Forwards => {}
    }
    value
}

fn list<'a>(value: &'a mut Value, field: &str) -> impl Iterator<Item = &'a mut Value> {
    value.get_mut(field).and_then(Value::as_array_mut).into_iter().flatten()
}

/// Takes a field out where it has its default.
fn without(fields: &mut Map<String, Value>, field: &str, default: &Value) {
    if fields.get(field) == Some(default) {
        fields.shift_remove(field);
    }
}

fn rule_of(rule: &mut Value) {
    let Some(fields) = rule.as_object_mut() else { return };
    without(fields, "enabled", &json!(true));
    without(fields, "do_not_disturb", &json!(false));
    without(fields, "call_screening", &json!(false));
    without(fields, "ring", &json!("extension"));
    if let Some(forward) = fields.get_mut("forward").and_then(Value::as_object_mut) {
        forward.retain(|_, to| *to != "off");
    }
    without(fields, "forward", &json!({}));
    let Some(ring) = fields.get_mut("ring").and_then(|ring| ring.get_mut("simultaneous")) else { return };
    for also in list(ring, "also") {
        if let Some(fields) = also.as_object_mut() {
            without(fields, "delay", &json!(0));
        }
    }
    if let Some(fields) = ring.as_object_mut() {
        for switch in ["own_extension", "all_phones", "confirm_external"] {
            without(fields, switch, &json!(false));
        }
        without(fields, "also", &json!([]));
    }
}

/// An agent of which there is nothing to say but the extension is that extension.
fn agent_of(agent: &mut Value, position: usize) {
    let Some(fields) = agent.as_object_mut() else { return };
    without(fields, "order", &json!(position));
    without(fields, "wrap_up", &json!(0));
    if let (1, Some(name)) = (fields.len(), fields.get("extension").or(fields.get("agent"))) {
        *agent = name.clone();
    }
}

/// Days in a row with the same hours are one entry. A day that is left out is closed.
fn week_of(schedule: &mut Value) {
    let Some(week) = schedule.get_mut("weekly").and_then(Value::as_object_mut) else { return };
    let mut brief = Map::new();
    let mut run: Option<(&str, &str, Value)> = None;
    let mut put = |run: Option<(&str, &str, Value)>| {
        let Some((first, last, hours)) = run else { return };
        let key = if first == last { first.to_owned() } else { format!("{first}-{last}") };
        brief.insert(key, hours);
    };
    for day in DAYS {
        let hours = week.get(day).filter(|hours| **hours != json!([])).cloned();
        run = match (run, hours) {
            (Some((first, _, before)), Some(hours)) if before == hours => Some((first, day, hours)),
            (before, hours) => {
                put(before);
                hours.map(|hours| (day, day, hours))
            }
        };
    }
    put(run);
    week.retain(|field, _| !DAYS.contains(&field.as_str()));
    brief.extend(std::mem::take(week));
    *week = brief;
}

const DAYS: [&str; 7] = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"];
