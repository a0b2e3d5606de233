//! What a server did not take with a new object, to be written when all else of the step is done.

use serde_json::{Map, Value};
use std::sync::{Mutex, PoisonError};

/// All of them, in the order in which the objects were made.
#[derive(Default)]
pub struct Again(Mutex<Vec<Settings>>);

/// The settings that one object had.
pub struct Settings {
    /// Where the object is.
    pub rest: String,
    /// Whose they are, at the end of a sentence: "of its extension".
    pub of: String,
    pub had: Map<String, Value>,
}

impl Again {
    pub fn add(&self, settings: Settings) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).push(settings);
    }

    pub fn take(&self) -> Vec<Settings> {
        std::mem::take(&mut *self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}
