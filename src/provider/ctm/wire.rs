//! Objects as the API has them: typed here, texts there, keys missing.

use crate::provider::scalar::{self, Scalar};
use serde_json::{Map, Value};

/// An object of the API. Every reading is lenient: numbers come as texts and the other way round, ids of unset
/// references as null or empty (FACTS ctm/ids-4).
#[derive(Debug, Clone, Default)]
pub struct Row(pub Map<String, Value>);

impl Row {
    /// The object, bare or under `key`. A tracking number has a *text* under `number`: only an object counts.
    pub fn unwrap(body: Value, key: &str) -> Option<Self> {
        match body {
            Value::Object(mut map) => match map.get_mut(key) {
                Some(Value::Object(inner)) => Some(Self(std::mem::take(inner))),
                _ => Some(Self(map)),
            },
            _ => None,
        }
    }

    /// Whether the API shows the field at all.
    pub fn has(&self, key: &str) -> bool {
        self.0.contains_key(key)
    }

    /// A text, number or switch as a text; `None` where there is nothing.
    pub fn text(&self, key: &str) -> Option<String> {
        text(self.0.get(key)?)
    }

    pub fn number(&self, key: &str) -> Option<u32> {
        self.whole(key).known()
    }

    pub fn whole(&self, key: &str) -> Scalar<u32> {
        scalar::whole(&self.verbatim(key))
    }

    pub fn flag(&self, key: &str) -> Scalar<bool> {
        scalar::flag(&self.verbatim(key))
    }

    fn verbatim(&self, key: &str) -> String {
        self.0.get(key).map(scalar::verbatim).unwrap_or_default()
    }

    pub fn object(&self, key: &str) -> Option<Self> {
        self.0.get(key)?.as_object().cloned().map(Self)
    }

    pub fn id(&self) -> String {
        self.text("id").unwrap_or_default()
    }
}

/// A scalar as a text; nothing for null and for an empty text.
pub fn text(value: &Value) -> Option<String> {
    match value {
        Value::String(text) if !text.is_empty() => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        Value::Bool(flag) => Some(flag.to_string()),
        _ => None,
    }
}

/// Why a body is an error although the status says otherwise: the reading order of the vendor's own client
/// (FACTS ctm/errors-2). An empty list of errors is none.
pub fn refusal(body: &Value) -> Option<String> {
    let map = body.as_object()?;
    let first = |value: &Value| match value {
        Value::Array(items) => items.first().and_then(text),
        other => text(other),
    };
    let errors = map.get("errors").and_then(Value::as_array).filter(|errors| !errors.is_empty());
    let error = map.get("error").and_then(first);
    let failed = map.get("status").and_then(first).as_deref() == Some("error")
        || map.get("success") == Some(&Value::Bool(false))
        || error.is_some()
        || errors.is_some();
    if !failed {
        return None;
    }
    if let Some(errors) = errors {
        return Some(errors.iter().filter_map(text).collect::<Vec<_>>().join("; "));
    }
    let said = ["reason", "text", "message"].iter().find_map(|key| map.get(*key).and_then(text));
    Some(said.or(error).unwrap_or_else(|| "an error without a reason".to_owned()))
}
