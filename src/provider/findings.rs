//! What is wrong with an entry of `providers`, and where in it.

use crate::{finding::Finding, path::Segment};

/// Findings with their path inside a provider's entry.
pub type SettingsFindings = Vec<(Vec<Segment>, Finding)>;

/// A key that is missing from an entry.
pub fn missing(message: impl Into<String>, help: &str) -> (Vec<Segment>, Finding) {
    (Vec::new(), Finding::error("missing-key", message).help(help))
}

/// A path of keys inside an entry.
pub fn at(keys: &[&str]) -> Vec<Segment> {
    keys.iter().map(Segment::key).collect()
}
