//! An object in its provider's own words, as it was read.

use serde::Serialize;
use serde_json::{
    Value,
    value::{RawValue, to_raw_value},
};
use std::sync::Arc;

/// Kept as its JSON: of most objects nobody asks for it, and a text takes a fraction of the memory of a value. Copies share it.
#[derive(Debug, Clone)]
pub struct Own(Arc<RawValue>);

impl Own {
    /// What was read has text keys alone, so that this cannot fail.
    pub fn of(read: &impl Serialize) -> Self {
        Self(to_raw_value(read).unwrap_or_else(|_| RawValue::NULL.to_owned()).into())
    }

    /// The same as a value, made for whoever asks.
    pub fn value(&self) -> Value {
        serde_json::from_str(self.0.get()).unwrap_or_default()
    }
}
