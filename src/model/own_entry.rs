//! An entry of a schedule in the provider's own words: kept to the letter where there is no word of ours.

use crate::explained::decoding;
use schemars::JsonSchema;
use serde::{Deserialize, Deserializer, Serialize};
use std::collections::BTreeMap;

/// Names and values as the provider has them, without those that are empty.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, JsonSchema)]
#[serde(transparent)]
pub struct OwnEntry(pub BTreeMap<String, String>);

impl<'de> Deserialize<'de> for OwnEntry {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let mut words = BTreeMap::<String, String>::deserialize(deserializer)?;
        words.retain(|_, value| !value.is_empty());
        if words.is_empty() {
            return Err(decoding("an entry without words", "write it as a plan shows it"));
        }
        Ok(Self(words))
    }
}
