//! What an object is called: its kind and its natural key.

use crate::path::Path;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::{fmt, str::FromStr};

/// The kinds of objects, named as the sections of a tenant file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    Schedules,
    Receivers,
    Queues,
    Rules,
    Diverts,
    Numbers,
    Forwards,
}

impl Kind {
    pub const ALL: [Self; 7] = [
        Self::Schedules,
        Self::Receivers,
        Self::Queues,
        Self::Rules,
        Self::Diverts,
        Self::Numbers,
        Self::Forwards,
    ];

    /// The section of the tenant file.
    pub fn section(self) -> &'static str {
        match self {
            Self::Schedules => "schedules",
            Self::Receivers => "receivers",
            Self::Queues => "queues",
            Self::Rules => "rules",
            Self::Diverts => "diverts",
            Self::Numbers => "numbers",
            Self::Forwards => "forwards",
        }
    }

    /// One object of the kind, for messages.
    pub fn noun(self) -> &'static str {
        match self {
            Self::Schedules => "schedule",
            Self::Receivers => "receiving number",
            Self::Queues => "queue",
            Self::Rules => "answering rules",
            Self::Diverts => "diverts",
            Self::Numbers => "number",
            Self::Forwards => "emergency forward",
        }
    }

    /// The same with its article, as a sentence has it; what there is no single one of has none.
    pub fn noun_phrase(self) -> &'static str {
        match self {
            Self::Schedules => "a schedule",
            Self::Receivers => "a receiving number",
            Self::Queues => "a queue",
            Self::Rules => "answering rules",
            Self::Diverts => "diverts",
            Self::Numbers => "a number",
            Self::Forwards => "an emergency forward",
        }
    }
}

/// An object within a tenant: `queues.400`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Address {
    pub kind: Kind,
    pub key: String,
}

impl Address {
    pub fn new(kind: Kind, key: impl fmt::Display) -> Self {
        Self { kind, key: key.to_string() }
    }

    /// Where the object stands in a tenant's file.
    pub fn path(&self) -> Path {
        [self.kind.section(), &self.key].into()
    }
}

impl fmt::Display for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}", self.kind.section(), self.key)
    }
}

impl FromStr for Address {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let (section, key) = text.split_once('.').ok_or_else(|| format!("`{text}` is not an address"))?;
        let kind = Kind::ALL.into_iter().find(|kind| kind.section() == section);
        let kind =
            kind.ok_or_else(|| format!("`{text}` is not an address: there is no section `{section}`"))?;
        Ok(Self::new(kind, key))
    }
}

impl Serialize for Address {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Address {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Messages put a kind into a sentence: `a emergency forward` and `a diverts` were printed once.
    #[test]
    fn every_kind_reads_well_in_a_sentence() {
        for kind in Kind::ALL {
            let noun = kind.noun();
            let article = match noun {
                plural if plural.ends_with('s') => "",
                vowel if vowel.starts_with(['a', 'e', 'i', 'o', 'u']) => "an ",
                _ => "a ",
            };
            assert_eq!(kind.noun_phrase(), format!("{article}{noun}"));
        }
    }
}
