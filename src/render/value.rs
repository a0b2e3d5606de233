//! Values in the words of the YAML.

use serde_json::{Map, Value};

/// One line of YAML: `{queue: "400"}`.
pub fn flow(value: &Value) -> String {
    match value {
        Value::String(text) => scalar(text),
        Value::Array(items) => format!("[{}]", items.iter().map(flow).collect::<Vec<_>>().join(", ")),
        Value::Object(map) => {
            let entries = map.iter().map(|(key, value)| format!("{}: {}", scalar(key), flow(value)));
            format!("{{{}}}", entries.collect::<Vec<_>>().join(", "))
        }
        other => other.to_string(),
    }
}

/// A text as it has to be written so that every YAML reader sees a text: quoted if there is any doubt.
pub fn scalar(text: &str) -> String {
    let plain = text.starts_with(|c: char| c.is_ascii_alphabetic())
        && text.chars().all(|c| c.is_alphanumeric() || matches!(c, ' ' | '-' | '_' | '/' | '.' | '@'))
        && !text.ends_with(' ')
        && !matches!(
            text.to_ascii_lowercase().as_str(),
            "true" | "false" | "yes" | "no" | "on" | "null" | "y" | "n"
        );
    if plain { text.to_owned() } else { Value::from(text).to_string() }
}

/// What an object says, without what it leaves off: the lines a reviewer reads when something is new.
pub fn said(value: &Value) -> Option<Value> {
    match value {
        Value::Bool(false) | Value::Null => None,
        Value::String(text) if text == "off" => None,
        Value::Object(map) => {
            let kept: Map<String, Value> =
                map.iter().filter_map(|(key, value)| Some((key.clone(), said(value)?))).collect();
            (!kept.is_empty()).then_some(Value::Object(kept))
        }
        other => Some(other.clone()),
    }
}

/// The value as lines of block YAML, for a diff by line.
pub fn block(value: &Value) -> String {
    match value {
        Value::Array(items) if items.is_empty() => "[]\n".to_owned(),
        Value::Array(items) => items.iter().map(|item| format!("- {}\n", flow(item))).collect(),
        Value::Object(map) => {
            map.iter().map(|(key, value)| format!("{}: {}\n", scalar(key), flow(value))).collect()
        }
        Value::String(text) => format!("{text}\n"),
        other => format!("{other}\n"),
    }
}
