//! Serves the answer rules of a user, whose order is their priority (FACTS stratus/rules-3).

use serde_json::{Map, Value};

use super::call::{ApiCall, ErrorResponse, RouteResult, show, text, total};
use super::features::{self, ALLOW, REJECT};
use super::keeping::LINGERING;
use super::{dialrules, fields, schedule, timeframes, users};
use crate::sandbox::document::Document;

pub fn route(call: &ApiCall, user: &str, path: &[&str]) -> RouteResult {
    users::find(call, if call.request.is_write() { call.held } else { call.seen }, user)?;
    match (call.method(), path) {
        ("GET", []) => call.list(rows(call, call.seen, user)),
        ("GET", ["count"]) => total(rows(call, call.seen, user).len()),
        ("POST", []) => create(call, user),
        // Matched first: a time frame cannot be called `reorder`.
        ("PUT", ["reorder"]) => reorder(call, user),
        ("GET", [name]) => {
            let found =
                standing(call, call.seen, user).into_iter().find(|rule| text(rule, "time-frame") == *name);
            show(found.ok_or_else(missing)?)
        }
        ("PUT", [name]) => update(call, user, name),
        ("DELETE", [name]) => delete(call, user, name),
        _ => Err(ErrorResponse::no_route()),
    }
}

/// Makes a rule's record from a body.
pub fn record(body: &Map<String, Value>) -> Result<Value, ErrorResponse> {
    let name = body.get("time-frame").and_then(fields::plain).unwrap_or_default();
    if name.is_empty() {
        return Err(ErrorResponse::invalid("Invalid value for time-frame."));
    }
    let mut rule = Map::new();
    rule.insert("time-frame".into(), name.into());
    rule.insert("enabled".into(), "yes".into());
    change(&mut rule, body, false)?;
    Ok(rule.into())
}

/// Returns the stored rules of a user, highest priority first.
pub fn of(document: &Document, user: &str) -> Vec<Value> {
    document.get("answerrules", user).and_then(Value::as_array).cloned().unwrap_or_default()
}

fn missing() -> ErrorResponse {
    ErrorResponse::new(404, "AnswerRule not found")
}

fn change(
    rule: &mut Map<String, Value>,
    body: &Map<String, Value>,
    remove: bool,
) -> Result<(), ErrorResponse> {
    if let Some(enabled) = body.get("enabled") {
        let word =
            fields::yes_or_no(enabled).ok_or_else(|| ErrorResponse::invalid("Invalid value for enabled."))?;
        rule.insert("enabled".into(), word.into());
    }
    features::update(rule, body, remove)
}

/// Creates at the lowest priority, which may be below `*` where it never fires (FACTS stratus/rules-8).
fn create(call: &ApiCall, user: &str) -> RouteResult {
    let body = &sent(call)?;
    dialrules::check_words(call, body, None)?;
    let rule = record(body)?;
    let name = text(&rule, "time-frame").to_owned();
    let mut rules = of(call.held, user);
    let lingers = lingering(call.held, user).iter().any(|gone| text(gone, "time-frame") == name);
    if lingers || rules.iter().any(|other| text(other, "time-frame") == name) {
        return Err(ErrorResponse::new(409, "Answer rule already used"));
    }
    rules.push(rule);
    place(&mut rules, &name, body);
    let next = with_rules(call, user, rules);
    let shown = rows(call, &next, user).into_iter().find(|rule| text(rule, "time-frame") == name);
    call.created(format!("answerrules/{user}/{name}"), next, shown.unwrap_or_default())
}

/// Changes the features named, each as a whole, and keeps the others (FACTS stratus/writes-8) or, but for the lists of
/// callers, takes them away (FACTS stratus/readings-5).
fn update(call: &ApiCall, user: &str, name: &str) -> RouteResult {
    let body = &sent(call)?;
    let mut rules = of(call.held, user);
    let rule = rules.iter_mut().find(|rule| text(rule, "time-frame") == name);
    let rule = rule.and_then(Value::as_object_mut).ok_or_else(missing)?;
    dialrules::check_words(call, body, Some(rule))?;
    if call.server.keeping.whole_rules {
        let stays = |name: &str| matches!(name, "time-frame" | "enabled" | ALLOW | REJECT);
        rule.retain(|feature, _| stays(feature) || body.contains_key(feature));
    }
    change(rule, body, call.server.list_remove)?;
    place(&mut rules, name, body);
    call.accept(format!("answerrules/{user}/{name}"), with_rules(call, user, rules))
}

fn delete(call: &ApiCall, user: &str, name: &str) -> RouteResult {
    let mut rules = of(call.held, user);
    let index = rules.iter().position(|rule| text(rule, "time-frame") == name).ok_or_else(missing)?;
    let gone = rules.remove(index);
    let mut next = with_rules(call, user, rules);
    if call.server.keeping.lingering_rules {
        let mut all = next.single(LINGERING).as_object().cloned().unwrap_or_default();
        let kept = all.entry(user).or_insert_with(|| Value::Array(Vec::new()));
        kept.as_array_mut().into_iter().for_each(|kept| kept.push(gone.clone()));
        next.set(LINGERING, all.into());
    }
    call.accept(format!("answerrules/{user}/{name}"), next)
}

/// The body as this server takes it: the lists of callers may not be its business (FACTS stratus/readings-6).
fn sent(call: &ApiCall) -> Result<Map<String, Value>, ErrorResponse> {
    let mut body = call.body()?.clone();
    if call.server.keeping.lists_apart {
        body.retain(|name, _| name != ALLOW && name != REJECT);
    }
    Ok(body)
}

/// The rules of a user that were deleted and are listed all the same (FACTS stratus/readings-4).
fn lingering(document: &Document, user: &str) -> Vec<Value> {
    document.single(LINGERING)[user].as_array().cloned().unwrap_or_default()
}

/// Reorders; the list must name every rule and no other.
fn reorder(call: &ApiCall, user: &str) -> RouteResult {
    let body = call.request.body.as_ref().and_then(Value::as_array);
    let body = body.ok_or_else(|| ErrorResponse::invalid("The request body must be a JSON array."))?;
    let mut rules = of(call.held, user);
    let mut ordered = Vec::new();
    for item in body {
        let name = text(item, "time-frame");
        let index = rules.iter().position(|rule| text(rule, "time-frame") == name);
        let index = index.ok_or_else(timeframes::missing)?;
        ordered.push(rules.remove(index));
    }
    if !rules.is_empty() {
        return Err(ErrorResponse::invalid("Please provide all timeframes in the new order."));
    }
    call.accept(format!("answerrules/{user}"), with_rules(call, user, ordered))
}

/// Moves a rule where `new-position` says.
fn place(rules: &mut [Value], name: &str, body: &Map<String, Value>) {
    let position = body.get("new-position").and_then(Value::as_str);
    let index = rules.iter().position(|rule| text(rule, "time-frame") == name);
    match (position, index) {
        (Some("top"), Some(index)) => rules[..=index].rotate_right(1),
        (Some("bottom"), Some(index)) => rules[index..].rotate_left(1),
        _ => {}
    }
}

fn with_rules(call: &ApiCall, user: &str, rules: Vec<Value>) -> Document {
    let mut next = call.held.clone();
    next.put("answerrules", user, rules.into());
    next
}

/// Shows all that is listed: those that are there, and after them those that were deleted.
fn rows(call: &ApiCall, document: &Document, user: &str) -> Vec<Value> {
    let mut all = standing(call, document, user);
    all.extend(shown(call, document, user, &lingering(document, user)));
    all
}

/// Shows the rules that are there.
fn standing(call: &ApiCall, document: &Document, user: &str) -> Vec<Value> {
    shown(call, document, user, &of(document, user))
}

/// Shows rules with what is computed: priority by position, 99 for the last, and `is-active`.
fn shown(call: &ApiCall, document: &Document, user: &str, rules: &[Value]) -> Vec<Value> {
    let active = schedule::active(call.settled, user);
    let last = rules.len().saturating_sub(1);
    let row = |(index, rule): (usize, &Value)| {
        let name = text(rule, "time-frame");
        let mut shown = Map::new();
        shown.insert("domain".into(), call.domain.as_str().into());
        shown.insert("user".into(), user.into());
        shown.insert("time-frame".into(), name.into());
        shown.insert("is-active".into(), (active.as_deref() == Some(name)).into());
        shown.insert("ordinal-priority".into(), if index == last { 99 } else { index }.into());
        shown.insert("enabled".into(), rule.get("enabled").cloned().unwrap_or_default());
        features::render(rule, call.server.mixed_types, &mut shown);
        if call.server.keeping.lists_apart {
            shown.retain(|name, _| name != ALLOW && name != REJECT);
        }
        shown.insert("time_range_data".into(), schedule::ranges(document, user, name).into());
        Value::from(shown)
    };
    rules.iter().enumerate().map(row).collect()
}
