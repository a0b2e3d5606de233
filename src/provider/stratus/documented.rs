//! Values as they are written: in the form in which they are documented, whatever form they were read in
//! (FACTS stratus/readings-8 and FACTS stratus/readings-15). What is not understood goes out as it came.

use crate::provider::scalar::{self, Scalar};
use serde_json::Value;

pub fn yes_or_no(on: bool) -> Value {
    if on { "yes".into() } else { "no".into() }
}

/// A field of a record. Nothing for one that is unset: a switch or a number that is written so is refused.
pub fn field(name: &str, value: &Value) -> Option<Value> {
    let shown = scalar::verbatim(value);
    if shown.trim().is_empty() {
        return None;
    }
    let written = match value {
        Value::Bool(on) => Some(yes_or_no(*on)),
        Value::Number(_) | Value::String(_) if is_flag(name) => scalar::flag(&shown).known().map(yes_or_no),
        Value::Number(_) => whole(&shown),
        // A text of digits is one in the form of wire-3; elsewhere it may be a name.
        Value::String(_) if is_whole(name) && shown.contains('.') => whole(&shown),
        _ => None,
    };
    Some(written.unwrap_or_else(|| value.clone()))
}

fn whole(shown: &str) -> Option<Value> {
    match scalar::whole(shown) {
        Scalar::Known(number) => Some(number.into()),
        Scalar::Unset | Scalar::Strange(_) => None,
    }
}

fn is_flag(name: &str) -> bool {
    name == "enabled" || name.ends_with("-enabled")
}

fn is_whole(name: &str) -> bool {
    ["-seconds", "-minutes", "-ordinal", "-total"].iter().any(|end| name.ends_with(end))
}

/// Each form in which servers were seen to show a value is written as the one that is documented.
#[test]
fn a_field_is_written_as_it_is_documented() {
    use serde_json::json;

    for (name, shown, written) in [
        ("auto-answer-enabled", json!(1), Some(json!("yes"))),
        ("auto-answer-enabled", json!(false), Some(json!("no"))),
        ("auto-answer-enabled", json!("Yes"), Some(json!("yes"))),
        ("auto-answer-enabled", json!("later"), Some(json!("later"))),
        ("callqueue-logout-after-missed", json!(true), Some(json!("yes"))),
        ("limits-max-active-calls-total", json!(""), None),
        ("limits-max-active-calls-total", json!(null), None),
        ("limits-max-active-calls-total", json!("2.0"), Some(json!(2))),
        ("callqueue-agent-wrap-up-allowance-seconds", json!(5.0), Some(json!(5))),
        ("callqueue-agent-wrap-up-allowance-seconds", json!(5.5), Some(json!(5.5))),
        ("caller-id-number", json!(12_145_550_100_u64), Some(json!(12_145_550_100_u64))),
        ("description", json!("2.0"), Some(json!("2.0"))),
    ] {
        assert_eq!(field(name, &shown), written, "{name} {shown}");
    }
}
