//! A row of a list beside all that the server shows of it: what a restore file keeps.

use crate::{http::without_place, provider::stratus::wire::Row};
use serde::{Deserialize, Deserializer, de::Error};
use serde_json::value::RawValue;

/// A row as it is understood, and as it came.
pub struct Shown<T> {
    pub row: T,
    pub all: Box<RawValue>,
}

impl<'de, T: Row> Deserialize<'de> for Shown<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let all = Box::<RawValue>::deserialize(deserializer)?;
        let row = serde_json::from_str(all.get()).map_err(|error| D::Error::custom(without_place(&error)))?;
        Ok(Self { row, all })
    }
}

impl<T: Row> Row for Shown<T> {
    fn key(&self) -> String {
        self.row.key()
    }
}

/// All that is shown of the rows that are kept, each with the queue that it is of.
pub type Kept = Vec<(String, Box<RawValue>)>;

/// The rows alone, and of those whose queue is kept all there is.
pub fn parted<T>(
    rows: Vec<Shown<T>>,
    queue: impl Fn(&T) -> &str,
    is_kept: impl Fn(&str) -> bool,
) -> (Vec<T>, Kept) {
    let mut kept = Vec::new();
    let mut typed = Vec::new();
    for Shown { row, all } in rows {
        if is_kept(queue(&row)) {
            kept.push((queue(&row).to_owned(), all));
        }
        typed.push(row);
    }
    (typed, kept)
}
