//! What came of assertions about calls.

use super::trace::{Assumed, Trace};
use crate::finding::{Finding, Place};
use serde::Serialize;

/// Every assertion of a run, with what came of it.
#[derive(Debug, Clone, Serialize)]
pub struct Tested {
    /// `files`, `plan` or `live`: what was tested.
    pub on: &'static str,
    /// The stretch of time that "any time" was: 53 weeks from then.
    pub from: String,
    /// The edition of the time-zone tables.
    pub edition: &'static str,
    pub assertions: Vec<TestedAssertion>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub coverage: Option<Touched>,
}

/// What came of an assertion.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Outcome {
    Holds,
    Fails,
    /// Something in it names what is not there.
    Wrong,
}

#[derive(Debug, Clone, Serialize)]
pub struct TestedAssertion {
    pub file: String,
    pub line: usize,
    pub name: String,
    pub call: String,
    pub outcome: Outcome,
    /// How many stretches of time it was held against.
    pub windows: usize,
    /// How many calls were followed for that: one for each set of schedules in force.
    pub calls: usize,
    pub assumed: Vec<Assumed>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub failed: Option<Box<Failed>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub finding: Option<Box<Finding>>,
}

/// The first call that is not what is expected.
#[derive(Debug, Clone, Serialize)]
pub struct Failed {
    /// As the file has it: `end: answered 101`.
    pub expected: Vec<String>,
    /// "it ends `voicemail 101`"
    pub why: String,
    /// When, in the tenant's zone. None: it never is the time that the assertion names.
    pub at: Option<String>,
    /// In how many more stretches of time it fails.
    pub more: usize,
    pub trace: Option<Trace>,
    /// The command that shows the same again.
    pub again: Option<String>,
}

/// What of the configuration the calls of assertions have come to.
#[derive(Debug, Clone, Serialize)]
pub struct Touched {
    pub sorts: Vec<Tallied>,
    pub reached: usize,
    pub of: usize,
    pub percent: usize,
    pub missing: Vec<Missing>,
    pub unreachable: Vec<Untouchable>,
}

#[derive(Debug, Clone, Copy, Serialize)]
pub struct Tallied {
    pub sort: &'static str,
    pub reached: usize,
    pub of: usize,
    pub percent: usize,
}

/// What no call has come to.
#[derive(Debug, Clone, Serialize)]
pub struct Missing {
    pub sort: &'static str,
    pub tenant: String,
    pub what: String,
    pub place: Option<Place>,
}

/// What no call can come to; it is not counted.
#[derive(Debug, Clone, Serialize)]
pub struct Untouchable {
    #[serde(flatten)]
    pub what: Missing,
    pub why: &'static str,
}

impl Tested {
    pub fn count(&self, outcome: Outcome) -> usize {
        self.assertions.iter().filter(|it| it.outcome == outcome).count()
    }

    pub fn all_hold(&self) -> bool {
        self.count(Outcome::Holds) == self.assertions.len()
    }
}
