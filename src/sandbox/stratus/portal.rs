//! What people alone set in the Stratus portal (FACTS stratus/article-1, stratus/article-3).

use serde_json::{Map, Value, json};

use super::call::text;
use super::features::{ALLOW, take_out};
use super::keys::ten_digits;
use super::{answerrules, fields};
use crate::sandbox::document::Document;
use crate::sandbox::portal::{Page, no_label, number, ticked, with};

const SPAM: &str = "forward-on-spam-call";

pub fn visit(document: &Document, page: &Page) -> Result<Document, String> {
    match page.clicks.as_slice() {
        ["Inventory", click] => forward(document, page, click),
        ["Users", click, "Answering Rules", rest @ ..] => {
            let user = click.strip_prefix("edit extension ").unwrap_or_default();
            if document.get("users", user).is_none() {
                return Err(page.missing());
            }
            match rest {
                [] => ring_time(document, page, user),
                ["Allow / Block"] => allow_block(document, page, user),
                _ => Err(page.missing()),
            }
        }
        _ => Err(page.missing()),
    }
}

/// The emergency forward of a number.
fn forward(document: &Document, page: &Page, click: &str) -> Result<Document, String> {
    let number = number(click).unwrap_or_default();
    let number = ten_digits(number.trim_start_matches('+'));
    let mut numbers = document.table("phonenumbers");
    if !numbers.any(|(key, _)| ten_digits(key) == number) {
        return Err(page.missing());
    }
    let live = document.get("carrier", number).and_then(Value::as_object).cloned().unwrap_or_default();
    let mut to = live.get("destination").cloned().unwrap_or_default();
    let mut active = live.get("active") == Some(&Value::Bool(true));
    for (label, value) in &page.values {
        match *label {
            "Forwarding Number" if value.is_empty() => to = Value::Null,
            "Forwarding Number" if value.len() == 10 && value.bytes().all(|byte| byte.is_ascii_digit()) => {
                to = (*value).into();
            }
            "Forwarding Number" => return Err(format!("`{value}` has not 10 digits")),
            "Active" => active = ticked(value)?,
            _ => return Err(no_label(label)),
        }
    }
    if active && to.is_null() {
        return Err("an active forward needs a Forwarding Number".to_owned());
    }
    Ok(with(document, |next| next.put("carrier", number, json!({"destination": to, "active": active}))))
}

/// The drop-down beside the rules. How the portal writes `Unlimited` is not known (FACTS stratus/portal-2).
fn ring_time(document: &Document, page: &Page, user: &str) -> Result<Document, String> {
    let mut record = document.get("users", user).and_then(Value::as_object).cloned().unwrap_or_default();
    for (label, value) in &page.values {
        match (*label, *value) {
            ("Ring Time", "Unlimited") => record.insert("ring-no-answer-timeout-seconds".into(), 0.into()),
            ("Ring Time", _) => return Err(format!("`{value}` can be set through the API")),
            _ => return Err(no_label(label)),
        };
    }
    Ok(with(document, |next| next.put("users", user, record.into())))
}

/// The lists of callers, and what happens to spam.
fn allow_block(document: &Document, page: &Page, user: &str) -> Result<Document, String> {
    let mut rules = answerrules::of(document, user);
    let rule = rules.iter_mut().find(|rule| text(rule, "time-frame") == "*").and_then(Value::as_object_mut);
    let rule = rule.ok_or_else(|| page.missing())?;
    for (label, value) in &page.values {
        match *label {
            "SPAM CALLS" => drop(rule.insert(SPAM.to_owned(), spam(value)?)),
            "ALLOWED NUMBERS" => disallow(rule, value)?,
            _ => return Err(no_label(label)),
        }
    }
    Ok(with(document, |next| next.put("answerrules", user, rules.into())))
}

/// The words for drop and screen are made up (FACTS stratus/filters-7).
fn spam(value: &str) -> Result<Value, String> {
    let word = match value {
        "Drop Call" => "hangup",
        "Screen Call" => "screen",
        _ => return Err(format!("`{value}` can be set through the API, or is no entry of SPAM CALLS")),
    };
    Ok(json!({"enabled": "yes", "parameters": [word]}))
}

fn disallow(rule: &mut Map<String, Value>, value: &str) -> Result<(), String> {
    let gone = value.strip_prefix("Remove ").ok_or("a number is removed with `Remove NUMBER`")?;
    let listed = rule.get(ALLOW).and_then(|list| list.get("parameters")).and_then(Value::as_array);
    let listed = listed.into_iter().flatten().filter_map(fields::plain);
    let entry = listed.into_iter().find(|it| ten_digits(it) == gone);
    let entry = entry.ok_or_else(|| format!("{gone} is not among the ALLOWED NUMBERS"))?;
    take_out(rule, ALLOW, &[entry]);
    Ok(())
}
