//! A row of a list beside all that the server shows of it: what a restore file keeps.

use crate::provider::stratus::wire::Row;
use serde::{Deserialize, Deserializer, de::Error};
use serde_json::{Map, Value};

/// A row as it is understood, and as it came.
pub struct Shown<T> {
    pub row: T,
    pub all: Map<String, Value>,
}

impl<'de, T: Row> Deserialize<'de> for Shown<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let shown = Value::deserialize(deserializer)?;
        let row = T::deserialize(&shown).map_err(D::Error::custom)?;
        let all = match shown {
            Value::Object(all) => all,
            _ => Map::new(),
        };
        Ok(Self { row, all })
    }
}

impl<T: Row> Row for Shown<T> {
    fn key(&self) -> String {
        self.row.key()
    }
}

/// Rows with all that is shown of them, by their keys.
pub type Kept = Vec<(String, Map<String, Value>)>;

/// The rows alone, and of those that are kept all there is.
pub fn parted<T: Row>(rows: Vec<Shown<T>>, is_kept: impl Fn(&T) -> bool) -> (Vec<T>, Kept) {
    let mut kept = Vec::new();
    let mut typed = Vec::new();
    for Shown { row, all } in rows {
        if is_kept(&row) {
            kept.push((row.key(), all));
        }
        typed.push(row);
    }
    (typed, kept)
}
