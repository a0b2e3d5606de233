//! The texts in values, and variables in them.
//!
//! Inside, a variable is its name between two characters that no file may hold.

use crate::model::E164;
use serde_json::{Map, Value};
use std::collections::BTreeMap;

const MARK: char = '\u{0}';

/// The way to a text in a value, word by word; positions in lists are numbers.
pub type Way = Vec<String>;

/// A value as a text that is the same for equal values.
pub fn canonical(value: &Value) -> String {
    sorted(value).to_string()
}

fn sorted(value: &Value) -> Value {
    match value {
        Value::Object(fields) => {
            let fields: BTreeMap<&String, Value> =
                fields.iter().map(|(key, value)| (key, sorted(value))).collect();
            Value::Object(fields.into_iter().map(|(key, value)| (key.clone(), value)).collect())
        }
        Value::Array(items) => Value::Array(items.iter().map(sorted).collect()),
        value => value.clone(),
    }
}

/// A value with other texts in it. Keys stay.
pub fn with_texts(value: &Value, text: &mut dyn FnMut(&[String], &str) -> String) -> Value {
    fn walk(value: &Value, way: &mut Way, text: &mut dyn FnMut(&[String], &str) -> String) -> Value {
        let mut inside = |word: String, value: &Value| {
            way.push(word);
            let value = walk(value, way, text);
            way.pop();
            value
        };
        match value {
            Value::Object(fields) => {
                let fields = fields.iter().map(|(key, value)| (key.clone(), inside(key.clone(), value)));
                Value::Object(fields.collect::<Map<_, _>>())
            }
            Value::Array(items) => {
                let items = items.iter().enumerate();
                Value::Array(items.map(|(index, item)| inside(index.to_string(), item)).collect())
            }
            Value::String(old) => Value::String(text(way, old)),
            value => value.clone(),
        }
    }
    walk(value, &mut Vec::new(), text)
}

/// The texts of a value, by the way to them.
pub fn texts(value: &Value) -> BTreeMap<Way, String> {
    let mut found = BTreeMap::new();
    with_texts(value, &mut |way, text| {
        found.insert(way.to_vec(), text.to_owned());
        text.to_owned()
    });
    found
}

/// A variable in a text.
pub fn mark(var: &str) -> String {
    format!("{MARK}{var}{MARK}")
}

/// A text with values for the variables in it.
pub fn filled(text: &str, value: &dyn Fn(&str) -> String) -> String {
    let parts = text.split(MARK).enumerate();
    parts.map(|(at, part)| if at % 2 == 0 { part.to_owned() } else { value(part) }).collect()
}

/// A text as it stands in a template.
pub fn written(text: &str) -> String {
    let parts = text.split(MARK).enumerate();
    let part = |(at, part): (usize, &str)| {
        if at % 2 == 0 { part.replace("$(", "$$(") } else { format!("$({part})") }
    };
    parts.map(part).collect()
}

/// Whether a text is a phone number as files have it.
pub fn is_e164(text: &str) -> bool {
    text.parse::<E164>().is_ok_and(|number| number.to_string() == text)
}
