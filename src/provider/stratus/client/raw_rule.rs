//! An answering rule as the server sends it, to be written again with what is changed in it.

use crate::provider::stratus::wire::Row;
use serde::Deserialize;
use serde_json::{Map, Value, json};

/// What the server makes itself, or takes under other names (FACTS stratus/rules-2).
const READ_ONLY: &[&str] = &[
    "domain",
    "user",
    "time-frame",
    "is-active",
    "ordinal-priority",
    "order",
    "time_range_data",
    "new_time_frame_data",
];

/// The lists of callers, to which a write only adds (FACTS stratus/filters-2).
pub const LISTS: [&str; 2] = ["phone-numbers-to-allow", "phone-numbers-to-reject"];

/// Everything that is shown of a rule.
#[derive(Debug, Clone, Default, Deserialize)]
pub struct RawRule(Map<String, Value>);

impl Row for RawRule {
    fn key(&self) -> String {
        self.name().to_owned()
    }
}

impl RawRule {
    pub fn name(&self) -> &str {
        self.0.get("time-frame").and_then(Value::as_str).unwrap_or_default()
    }

    /// As it was sent.
    pub fn shown(&self) -> Value {
        Value::Object(self.0.clone())
    }

    /// What has to be written so that nothing of it is lost: every feature that is shown, but for the lists of callers.
    pub fn to_write(&self) -> Map<String, Value> {
        let written = |(name, _): &(&String, &Value)| {
            !READ_ONLY.contains(&name.as_str()) && !LISTS.contains(&name.as_str())
        };
        let kept = self.0.iter().filter(written).filter(|(_, value)| !value.is_null());
        kept.map(|(name, value)| (name.clone(), as_text(value))).collect()
    }
}

/// Numbers among the parameters are written as text, and an empty text as no parameters: they are read in either form
/// (FACTS stratus/wire-3 and FACTS stratus/readings-8).
fn as_text(value: &Value) -> Value {
    let mut value = value.clone();
    if let Some(words) = value.get_mut("parameters").filter(|words| words.is_null() || **words == "") {
        *words = json!([]);
    }
    let words = value.get_mut("parameters").and_then(Value::as_array_mut);
    for word in words.into_iter().flatten() {
        if let Value::Number(number) = word {
            *word = json!(number.to_string());
        }
    }
    value
}

/// What is left out may be lost, and what the server makes itself is refused: a rule is written with every feature it has
/// (FACTS stratus/readings-5).
#[test]
fn a_rule_is_written_with_every_feature_it_has() {
    let live: RawRule = serde_json::from_value(json!({
        "domain": "acme", "user": "101", "time-frame": "storm", "is-active": true, "ordinal-priority": 0,
        "enabled": "yes", "time_range_data": [],
        "forward-always": { "enabled": "yes", "parameters": [19_725_550_111_u64, "vmail_101"] },
        "forward-on-busy": { "enabled": "no", "parameters": ["102"] },
        "forward-on-dnd": { "enabled": "no", "parameters": [] },
        "forward-on-active": { "enabled": "no", "parameters": "" },
        "simultaneous-ring": null,
        "do-not-disturb": { "enabled": "yes" },
        "call-screening": { "enabled": "no" },
        "made-later": { "enabled": "yes", "volume": 3 },
        "phone-numbers-to-allow": { "enabled": "yes", "parameters": ["2145550171"] },
        "phone-numbers-to-reject": { "enabled": "yes", "parameters": ["anonymous"] },
    }))
    .unwrap();
    let expected = json!({
        "enabled": "yes",
        "forward-always": { "enabled": "yes", "parameters": ["19725550111", "vmail_101"] },
        "forward-on-busy": { "enabled": "no", "parameters": ["102"] },
        "forward-on-dnd": { "enabled": "no", "parameters": [] },
        "forward-on-active": { "enabled": "no", "parameters": [] },
        "do-not-disturb": { "enabled": "yes" },
        "call-screening": { "enabled": "no" },
        "made-later": { "enabled": "yes", "volume": 3 },
    });
    assert_eq!(Value::from(live.to_write()), expected);
}
