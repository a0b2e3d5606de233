//! What a step has written of answering rules, which a read may not show yet.

use serde_json::{Map, Value};
use std::{
    collections::BTreeMap,
    sync::{Mutex, PoisonError},
};

/// What was written of each rule, by extension and name.
#[derive(Default)]
pub struct Sent(Mutex<BTreeMap<[String; 2], Map<String, Value>>>);

impl Sent {
    /// Adds what is about to be written of a rule, and returns all that was.
    pub fn add(&self, key: &str, name: &str, change: &Map<String, Value>) -> Map<String, Value> {
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let rule = all.entry([key.to_owned(), name.to_owned()]).or_default();
        rule.extend(change.clone());
        rule.clone()
    }
}
