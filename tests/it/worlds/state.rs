//! Two states of an account compared by what they mean: ids and counters are drawn anew in every run.

use serde_json::{Map, Value};
use std::collections::BTreeMap;

/// Where they differ.
pub fn compared(left: &str, right: &str) -> Vec<String> {
    let (left, right) = (plain(left), plain(right));
    let mut found = Vec::new();
    differ(&left, &right, "", &mut found);
    found
}

fn plain(text: &str) -> Value {
    let mut state: Value = serde_json::from_str(text).unwrap();
    let mut names = BTreeMap::new();
    for (table, rows) in state.as_object().unwrap() {
        for (key, row) in rows.as_object().into_iter().flatten() {
            if let Some(id) = row.get("id") {
                names.insert(id.to_string(), format!("{table}/{key}"));
            }
        }
    }
    clean(&mut state, &names);
    // Where the Default rule stands among the others is nobody's wish and has no effect; what is, a plan has compared.
    for rules in state
        .get_mut("answerrules")
        .and_then(Value::as_object_mut)
        .into_iter()
        .flat_map(|table| table.values_mut())
    {
        if let Some(rules) = rules.as_array_mut() {
            rules.sort_by_key(|rule| rule["time-frame"].to_string());
        }
    }
    state
}

/// Names things instead of numbering them.
fn clean(value: &mut Value, names: &BTreeMap<String, String>) {
    match value {
        Value::Object(map) => {
            map.retain(|key, _| !matches!(key.as_str(), "sequence" | "filter_id" | "timeframe-id"));
            map.values_mut().for_each(|value| clean(value, names));
        }
        Value::Array(list) => list.iter_mut().for_each(|value| clean(value, names)),
        Value::String(_) | Value::Number(_) => {
            if let Some(name) = names.get(&value.to_string()) {
                *value = name.as_str().into();
            }
        }
        _ => {}
    }
}

fn differ(left: &Value, right: &Value, at: &str, found: &mut Vec<String>) {
    match (left, right) {
        (Value::Object(left), Value::Object(right)) => {
            for (key, value) in left {
                match right.get(key) {
                    Some(other) => differ(value, other, &format!("{at}/{key}"), found),
                    None => found.push(format!("{at}/{key} is missing")),
                }
            }
            found.extend(surplus(left, right, at));
        }
        _ if left == right => {}
        _ => found.push(format!("{at} is {right}, not {left}")),
    }
}

fn surplus(left: &Map<String, Value>, right: &Map<String, Value>, at: &str) -> Vec<String> {
    right
        .keys()
        .filter(|key| !left.contains_key(*key))
        .map(|key| format!("{at}/{key} is one too many"))
        .collect()
}
