//! Decodes a body to one object: JSON, forms and bracketed keys alike (FACTS ctm/transport-2).

use serde_json::{Map, Value};

use super::error_response::ErrorResponse;
use crate::sandbox::vendor::Request;

/// Decodes what was sent; no body is an empty object.
pub fn decode(request: &Request) -> Result<Map<String, Value>, ErrorResponse> {
    let kind = request.header("content-type").unwrap_or_default();
    match &request.body {
        None => Ok(Map::new()),
        Some(Value::Object(body)) => Ok(body.clone()),
        Some(Value::String(text)) if kind.starts_with("multipart/form-data") => Ok(multipart(kind, text)),
        Some(Value::String(text)) if !kind.contains("json") => {
            Ok(nested(url::form_urlencoded::parse(text.as_bytes()).into_owned()))
        }
        Some(_) => Err(ErrorResponse::error(400, "the body cannot be parsed")),
    }
}

/// Reads the named parts of a multipart form.
fn multipart(kind: &str, text: &str) -> Map<String, Value> {
    let boundary = kind.split("boundary=").nth(1).unwrap_or_default().trim_matches('"');
    let part = |part: &str| {
        let (head, value) = part.split_once("\r\n\r\n")?;
        let name = head.split("name=\"").nth(1)?.split('"').next()?;
        Some((name.to_owned(), value.strip_suffix("\r\n").unwrap_or(value).to_owned()))
    };
    nested(text.split(&format!("--{boundary}")).filter_map(part))
}

/// Turns `a[b]`, `a[]` and `a[0][b]` into objects and lists.
fn nested(pairs: impl Iterator<Item = (String, String)>) -> Map<String, Value> {
    let mut body = Value::Object(Map::new());
    for (key, value) in pairs {
        let (head, rest) = key.split_once('[').unwrap_or((&key, ""));
        let mut path = vec![head];
        path.extend(
            rest.strip_suffix(']').filter(|_| key.contains('[')).into_iter().flat_map(|r| r.split("][")),
        );
        insert(&mut body, &path, value.into());
    }
    match body {
        Value::Object(body) => body,
        _ => Map::new(),
    }
}

fn insert(slot: &mut Value, path: &[&str], leaf: Value) {
    let Some((head, rest)) = path.split_first() else {
        *slot = leaf;
        return;
    };
    if head.is_empty() {
        if !slot.is_array() {
            *slot = Value::Array(Vec::new());
        }
        if let Some(list) = slot.as_array_mut() {
            // A key that the last element has already begins the next one.
            let goes_on = |last: &Value| rest.first().is_some_and(|key| last.get(*key).is_none());
            if !list.last().is_some_and(goes_on) {
                list.push(Value::Null);
            }
            if let Some(last) = list.last_mut() {
                insert(last, rest, leaf);
            }
        }
        return;
    }
    if !slot.is_object() {
        *slot = Value::Object(Map::new());
    }
    if let Some(object) = slot.as_object_mut() {
        insert(object.entry(*head).or_insert(Value::Null), rest, leaf);
    }
}

/// Reads a list: an array, the values of a numbered object as forms send them, or one value.
pub fn list(value: &Value) -> Vec<&Value> {
    match value {
        Value::Array(list) => list.iter().collect(),
        Value::Object(numbered) => numbered.values().collect(),
        Value::Null => Vec::new(),
        one => vec![one],
    }
}

/// Reads a list of texts; empty ones, with which a form says "none", are left out.
pub fn texts(value: &Value) -> Vec<String> {
    list(value).into_iter().filter_map(text).filter(|text| !text.is_empty()).collect()
}

/// Writes a scalar as text: writers send numbers and booleans as they please (FACTS ctm/transport-4).
pub fn text(value: &Value) -> Option<String> {
    match value {
        Value::Null => Some(String::new()),
        Value::String(text) => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        Value::Bool(flag) => Some(flag.to_string()),
        Value::Array(_) | Value::Object(_) => None,
    }
}
