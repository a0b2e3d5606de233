//! One rule of many extensions, switched on or off at once (help article *Create and Adjust Answering Rules in Stratus*,
//! Bulk Toggle Time Frames), or put on top of their other rules.

use super::{
    Diverts, Extension, Ring, Rule,
    rules::{forwards, forwards_schema},
};
use crate::explained::decoding;
use schemars::JsonSchema;
use serde::{Deserialize, Deserializer, Serialize, de};
use std::fmt;

/// The portal's Bulk Toggle: the rules for one schedule, and nothing else of the extensions that have them. With a `rule`,
/// each extension gets it as its first.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Bulk {
    /// The schedule whose rules are switched.
    pub schedule: String,
    /// Whose rules: of the extensions in this list, or of `all` that have one for the schedule.
    pub extensions: Extensions,
    /// `true` is the portal's Enable, `false` its Disable.
    pub enabled: bool,
    /// A rule for the schedule that each of the extensions gets on top of its other rules, which stay as they are. Whoever
    /// has a rule for the schedule already has it changed to this one. Such extensions are named one by one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rule: Option<OnTop>,
}

/// What a rule of `bulk` does while its schedule is active. Complete as written: an option left out is off.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct OnTop {
    /// Nothing rings; callers reach voicemail.
    #[serde(default)]
    pub do_not_disturb: bool,
    /// Callers say their name before the call is put through.
    #[serde(default)]
    pub call_screening: bool,
    /// What rings.
    #[serde(default)]
    pub ring: Ring,
    /// Where calls go instead, and when.
    #[serde(default, deserialize_with = "forwards")]
    #[schemars(schema_with = "forwards_schema")]
    pub forward: Diverts,
}

impl Bulk {
    /// The rule that each of the named extensions gets on top.
    pub fn on_top(&self) -> Option<Rule> {
        let OnTop { do_not_disturb, call_screening, ring, forward } = self.rule.clone()?;
        let (when, enabled) = (self.schedule.clone(), self.enabled);
        Some(Rule { when, enabled, do_not_disturb, call_screening, ring, forward })
    }
}

/// The extensions of an entry of `bulk`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Extensions {
    All,
    Named(Vec<Extension>),
}

impl Extensions {
    /// Those that are named one by one.
    pub fn named(&self) -> &[Extension] {
        match self {
            Self::All => &[],
            Self::Named(list) => list,
        }
    }

    /// Whether the extension is one of them, if it has a rule for the schedule.
    pub fn may_hold(&self, extension: &Extension) -> bool {
        *self == Self::All || self.named().contains(extension)
    }
}

impl Serialize for Extensions {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::All => serializer.serialize_str("all"),
            Self::Named(list) => list.serialize(serializer),
        }
    }
}

impl<'de> Deserialize<'de> for Extensions {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Visitor;
        impl<'de> de::Visitor<'de> for Visitor {
            type Value = Extensions;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("`all`, or a list of extensions")
            }

            fn visit_str<E: de::Error>(self, text: &str) -> Result<Extensions, E> {
                match text {
                    "all" => Ok(Extensions::All),
                    text => {
                        let each: Vec<String> =
                            text.split(',').map(|it| format!("\"{}\"", it.trim())).collect();
                        Err(decoding(
                            format!("`{text}` is not `all`"),
                            format!("write a list: `extensions: [{}]`", each.join(", ")),
                        ))
                    }
                }
            }

            fn visit_seq<A: de::SeqAccess<'de>>(self, mut list: A) -> Result<Extensions, A::Error> {
                let mut named = Vec::new();
                while let Some(extension) = list.next_element()? {
                    named.push(extension);
                }
                Ok(Extensions::Named(named))
            }
        }
        deserializer.deserialize_any(Visitor)
    }
}

impl JsonSchema for Extensions {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Extensions".into()
    }

    fn json_schema(generator: &mut schemars::SchemaGenerator) -> schemars::Schema {
        let list = generator.subschema_for::<Vec<Extension>>();
        schemars::json_schema!({
            "description": "`all`, or a list of extensions.",
            "anyOf": [{ "const": "all" }, list]
        })
    }
}
