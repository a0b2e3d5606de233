//! An answering rule as the server sends it, to be written again with what is changed in it.

use crate::provider::{
    scalar::{self, Scalar},
    stratus::{
        documented::yes_or_no,
        wire::{Row, Text},
    },
};
use serde::Deserialize;
use serde_json::{Map, Value};
use std::collections::BTreeMap;

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

/// What the name of an auto attendant begins with, where it is a place.
pub const ATTENDANT: &str = "aa_";

/// Everything that is shown of a rule.
#[derive(Debug, Clone, Default, Deserialize)]
pub struct RawRule(Map<String, Value>);

impl Row for RawRule {
    fn key(&self) -> String {
        self.name()
    }
}

impl RawRule {
    pub fn name(&self) -> String {
        let name = self.0.get("time-frame").and_then(|name| Text::deserialize(name).ok());
        name.unwrap_or_default().0
    }

    /// The callers on its block list, as they stand there.
    pub fn rejected(&self) -> Vec<String> {
        let list = self.0.get(LISTS[1]).and_then(|list| list.get("parameters")).map(words);
        list.unwrap_or_default().iter().filter_map(Value::as_str).map(str::to_owned).collect()
    }

    /// The places in it that are the name of an auto attendant.
    pub fn attendants(&self) -> impl Iterator<Item = String> {
        let words = self.0.values().filter_map(|feature| feature.get("parameters")).flat_map(words);
        words.filter_map(|word| word.as_str().filter(|it| it.starts_with(ATTENDANT)).map(str::to_owned))
    }

    /// The same with other places instead of some.
    pub fn with(mut self, instead: &BTreeMap<String, String>) -> Self {
        for shown in self.0.values_mut().filter_map(|feature| feature.get_mut("parameters")) {
            let other = |word: Value| match word.as_str().and_then(|word| instead.get(word)) {
                Some(other) => Value::from(other.as_str()),
                None => word,
            };
            *shown = words(shown).into_iter().map(other).collect();
        }
        self
    }

    /// As it was sent.
    pub fn shown(&self) -> Value {
        Value::Object(self.0.clone())
    }

    /// Whether it is on or off as an earlier one was, and does all that this one did.
    pub fn does_as(&self, earlier: &Self) -> bool {
        let (now, was) = (self.to_write(), earlier.to_write());
        let is_on = |feature: &Value| feature.get("enabled") == Some(&yes_or_no(true));
        let parameters = |feature: &Value| feature.get("parameters").map(words).unwrap_or_default();
        was.iter().all(|(name, was)| match now.get(name) {
            Some(now) if name == "enabled" => now == was,
            Some(now) => !is_on(was) || is_on(now) && parameters(now) == parameters(was),
            None => !is_on(was),
        })
    }

    /// What has to be written so that nothing of it is lost: every feature that is shown, but for the lists of callers.
    pub fn to_write(&self) -> Map<String, Value> {
        let written = |name: &&str| !READ_ONLY.contains(name) && !LISTS.contains(name);
        let fields = self.0.iter().filter(|(name, _)| written(&name.as_str()));
        fields.filter_map(|(name, value)| Some((name.clone(), documented(name, value)?))).collect()
    }
}

/// A field in the form in which it is documented, whatever it was read in (FACTS stratus/readings-8 and
/// FACTS stratus/readings-15); what is not understood goes out as it came. Nothing for one that says nothing.
fn documented(name: &str, value: &Value) -> Option<Value> {
    match value {
        Value::Null => None,
        Value::Array(none) if none.is_empty() => None,
        Value::Object(feature) => {
            let mut feature = feature.clone();
            let on = feature.get("enabled").map_or(Scalar::Unset, |it| scalar::flag(&scalar::verbatim(it)));
            let words = feature.get("parameters").map(words);
            if let Scalar::Known(on) = on {
                feature.insert("enabled".to_owned(), yes_or_no(on));
            }
            if let Some(words) = words {
                feature.insert("parameters".to_owned(), words.into());
            }
            Some(feature.into())
        }
        flag if name == "enabled" => match scalar::flag(&scalar::verbatim(flag)) {
            Scalar::Unset => None,
            Scalar::Known(on) => Some(yes_or_no(on)),
            Scalar::Strange(_) => Some(flag.clone()),
        },
        other => Some(other.clone()),
    }
}

/// The parameters of a feature, numbers among them as text: they are read in either form (FACTS stratus/wire-3).
fn words(shown: &Value) -> Vec<Value> {
    let text = |word: &Value| match word {
        Value::Array(_) | Value::Object(_) => word.clone(),
        word => Value::from(scalar::verbatim(word)),
    };
    match shown {
        Value::Array(words) => words.iter().map(text).collect(),
        Value::Null => Vec::new(),
        Value::String(none) if none.is_empty() => Vec::new(),
        one => vec![text(one)],
    }
}

/// What is left out may be lost, and what the server makes itself is refused: a rule is written with every feature it has
/// (FACTS stratus/readings-5).
#[test]
fn a_rule_is_written_with_every_feature_it_has() {
    use serde_json::json;

    let live: RawRule = serde_json::from_value(json!({
        "domain": "acme", "user": "101", "time-frame": "storm", "is-active": true, "ordinal-priority": 0,
        "enabled": 1.0, "time_range_data": [],
        "forward-always": { "enabled": "yes", "parameters": [19_725_550_111_u64, "vmail_101"] },
        "forward-on-busy": { "enabled": "no", "parameters": ["102"] },
        "forward-on-dnd": { "enabled": "no", "parameters": [] },
        "forward-on-active": { "enabled": "no", "parameters": "" },
        "simultaneous-ring": null,
        "do-not-disturb": { "enabled": "yes" },
        "call-screening": { "enabled": "no" },
        "forward-no-answer": { "enabled": 1, "parameters": "vmail_101" },
        "forward-when-unregistered": { "enabled": false, "parameters": null },
        "forward-on-spam-call": { "enabled": "perhaps", "parameters": ["vmail_101"] },
        "late-list": [],
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
        "forward-no-answer": { "enabled": "yes", "parameters": ["vmail_101"] },
        "forward-on-spam-call": { "enabled": "perhaps", "parameters": ["vmail_101"] },
        "forward-when-unregistered": { "enabled": "no", "parameters": [] },
        "call-screening": { "enabled": "no" },
        "made-later": { "enabled": "yes", "volume": 3 },
    });
    assert_eq!(Value::from(live.to_write()), expected);
}
