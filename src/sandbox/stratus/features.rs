//! Converts the features of an answer rule: forwards, rings, and lists that only grow (FACTS stratus/rules).

use serde_json::{Map, Value, json};

use super::call::ErrorResponse;
use super::fields::{loose, plain, yes_or_no};

/// Features without parameters.
const SIMPLE: &[&str] = &["do-not-disturb", "call-screening"];
/// Features replaced whole by a write.
const ROUTES: &[&str] = &[
    "simultaneous-ring",
    "forward-always",
    "forward-on-active",
    "forward-on-busy",
    "forward-no-answer",
    "forward-when-unregistered",
    "forward-on-dnd",
    "forward-on-spam-call",
];
/// Features a write appends to (FACTS stratus/filters-2).
const LISTS: &[&str] = &[ALLOW, REJECT];

pub const ALLOW: &str = "phone-numbers-to-allow";
pub const REJECT: &str = "phone-numbers-to-reject";

/// Writes every feature the body names into the rule; the others keep their value.
pub fn update(
    rule: &mut Map<String, Value>,
    body: &Map<String, Value>,
    remove: bool,
) -> Result<(), ErrorResponse> {
    for name in SIMPLE {
        if let Some(sent) = body.get(*name) {
            store(rule, name, json!({"enabled": enabled(name, sent)?}));
        }
    }
    for name in ROUTES {
        if let Some(sent) = body.get(*name) {
            let feature = json!({"enabled": enabled(name, sent)?, "parameters": parameters(name, sent)?});
            store(rule, name, feature);
        }
    }
    for name in LISTS {
        if let Some(sent) = body.get(*name) {
            let fallback = enabled(name, sent)?;
            match sent.get("remove").and_then(yes_or_no) {
                Some("yes") if remove => take_out(rule, name, &parameters(name, sent)?),
                // Removal was answered 202 and removed nothing (FACTS stratus/filters-4).
                Some("yes") => {}
                _ => append(rule, name, parameters(name, sent)?, fallback),
            }
        }
    }
    Ok(())
}

/// Keeps a feature; one that was never set and is written as off is as good as never set.
fn store(rule: &mut Map<String, Value>, name: &str, feature: Value) {
    let nothing = [json!({"enabled": "no"}), json!({"enabled": "no", "parameters": []})];
    if rule.contains_key(name) || !nothing.contains(&feature) {
        rule.insert(name.to_owned(), feature);
    }
}

/// Appends to a list without doubles; a list that holds anything is on.
pub fn append(rule: &mut Map<String, Value>, name: &str, added: Vec<String>, fallback: &str) {
    let mut list = stored(rule, name);
    for item in added {
        if !list.contains(&item) {
            list.push(item);
        }
    }
    let on = if list.is_empty() { fallback } else { "yes" };
    rule.insert(name.to_owned(), json!({"enabled": on, "parameters": list}));
}

/// Switches off the lists that a seed says are off: a write does not get there, for it switches on a list that holds anything,
/// but people do.
pub fn switch_off(rule: &mut Value, seed: &Value) {
    for name in LISTS {
        let is_off = seed.get(*name).and_then(|list| list.get("enabled")).and_then(yes_or_no) == Some("no");
        if let Some(list) = rule.get_mut(*name).filter(|_| is_off) {
            list["enabled"] = "no".into();
        }
    }
}

/// Takes entries out of a list that exists; an emptied list is off.
pub fn take_out(rule: &mut Map<String, Value>, name: &str, removed: &[String]) {
    if rule.contains_key(name) {
        let list: Vec<String> =
            stored(rule, name).into_iter().filter(|item| !removed.contains(item)).collect();
        let on = if list.is_empty() { "no" } else { "yes" };
        rule.insert(name.to_owned(), json!({"enabled": on, "parameters": list}));
    }
}

/// Shows the features; those never set are missing from a server that mixes types (FACTS stratus/wire-10).
pub fn render(rule: &Value, mixed: bool, shown: &mut Map<String, Value>) {
    for name in SIMPLE.iter().chain(ROUTES).chain(LISTS) {
        let value = match rule.get(*name) {
            Some(feature) => loosened(feature, mixed),
            None if mixed => continue,
            None if SIMPLE.contains(name) => json!({"enabled": "no"}),
            None => json!({"enabled": "no", "parameters": []}),
        };
        shown.insert((*name).to_owned(), value);
    }
}

/// Shows one feature, its digits as numbers or strings.
pub fn loosened(feature: &Value, mixed: bool) -> Value {
    let mut feature = feature.clone();
    if let Some(items) = feature.get_mut("parameters").and_then(Value::as_array_mut) {
        for item in items {
            let shown = item.as_str().map(|item| loose(item, mixed));
            *item = shown.unwrap_or(Value::Null);
        }
    }
    feature
}

fn enabled(name: &str, sent: &Value) -> Result<&'static str, ErrorResponse> {
    let invalid = || ErrorResponse::invalid(format!("Invalid value for {name}."));
    let object = sent.as_object().ok_or_else(invalid)?;
    object.get("enabled").map_or(Ok("no"), |word| yes_or_no(word).ok_or_else(invalid))
}

/// Reads a feature's parameters, numbers as strings; none is an empty list.
pub fn parameters(name: &str, sent: &Value) -> Result<Vec<String>, ErrorResponse> {
    let invalid = || ErrorResponse::invalid(format!("Invalid parameters for {name}."));
    match sent.get("parameters") {
        None | Some(Value::Null) => Ok(Vec::new()),
        Some(Value::Array(items)) => items.iter().map(|item| plain(item).ok_or_else(invalid)).collect(),
        Some(_) => Err(invalid()),
    }
}

fn stored(rule: &Map<String, Value>, name: &str) -> Vec<String> {
    let items = rule.get(name).and_then(|feature| feature.get("parameters")).and_then(Value::as_array);
    items.into_iter().flatten().filter_map(|item| item.as_str().map(str::to_owned)).collect()
}
