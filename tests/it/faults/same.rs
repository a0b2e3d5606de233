//! Whether two accounts are the same but for what nobody chose.

use serde_json::{Map, Value, json};
use std::collections::BTreeMap;

/// Counts what the emulation has made, the failed attempts among it.
const COUNTER: &str = "sequence";
const FRAME_ID: &str = "timeframe-id";
const WEEK: &str = "timeframe-days-of-week-array";
const ENTRIES: [&str; 2] = ["timeframe-specific-dates-array", "timeframe-holiday-array"];

/// A state without what depends on how often something was tried. `before` is what it came from.
pub fn normal(state: &Value, before: &[u8]) -> Value {
    let old = String::from_utf8_lossy(before);
    let mut state = state.clone();
    if let Some(sections) = state.as_object_mut() {
        sections.remove(COUNTER);
    }
    let mut minted = BTreeMap::new();
    tidy(&mut state, &old, &mut minted);
    state
}

/// Ids that were given since are numbered in the order in which they stand; what says nothing is left out.
fn tidy(value: &mut Value, old: &str, minted: &mut BTreeMap<String, usize>) {
    match value {
        Value::Object(fields) => {
            if let Some(Value::String(id)) = fields.get_mut(FRAME_ID)
                && !old.contains(id.as_str())
            {
                let next = minted.len();
                *id = format!("new {}", minted.entry(id.clone()).or_insert(next));
            }
            // A week without hours is none.
            if fields.get(WEEK).and_then(Value::as_array).is_some_and(|week| week.iter().all(is_closed)) {
                fields.shift_remove(WEEK);
            }
            // Entries that were written as none are as those that were never written.
            fields.retain(|name, field| !ENTRIES.contains(&name.as_str()) || *field != json!([]));
            // A feature that is off and says nothing is one that was never written.
            let off = [json!({ "enabled": "no", "parameters": [] }), json!({ "enabled": "no" })];
            fields.retain(|_, field| !off.contains(field));
            fields.values_mut().for_each(|field| tidy(field, old, minted));
        }
        Value::Array(elements) => elements.iter_mut().for_each(|element| tidy(element, old, minted)),
        _ => {}
    }
}

fn is_closed(week: &Value) -> bool {
    let hours = |(name, value): (&String, &Value)| name.contains("-time-") && value != "";
    !week.as_object().is_some_and(|week: &Map<String, Value>| week.iter().any(hours))
}

/// Where two states differ, for the message.
pub fn difference(wanted: &Value, found: &Value) -> String {
    let mut all = Vec::new();
    walk(wanted, found, "", &mut all);
    all.join("; ")
}

fn walk(wanted: &Value, found: &Value, at: &str, all: &mut Vec<String>) {
    match (wanted, found) {
        (Value::Object(one), Value::Object(other)) => {
            for name in one.keys().chain(other.keys().filter(|name| !one.contains_key(*name))) {
                let (one, other) = (one.get(name), other.get(name));
                let (one, other) = (one.unwrap_or(&Value::Null), other.unwrap_or(&Value::Null));
                walk(one, other, &format!("{at}/{name}"), all);
            }
        }
        _ if wanted == found => {}
        _ => all.push(format!("{at} is {found}, not {wanted}")),
    }
}
