//! How the steps of a plan ended. What `apply` returns and `render` shows.

use crate::{
    model::Address,
    plan::{Action, Clicks, both},
};
use serde::Serialize;

/// How a step ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Status {
    /// Written and read back as wanted.
    Done,
    /// The provider has accepted it, and it may take hours to show.
    Accepted,
    /// The provider answered that it was done, and it was not.
    NotApplied,
    /// Surely not as wanted.
    Failed,
    /// Not tried, because something it needs was not done, or because the run was told to stop.
    Skipped,
    /// Nobody knows: the write got no clear answer and does not show, or what is live cannot be read.
    Unknown,
    /// Left to a person.
    Manual,
}

impl Status {
    /// Whether steps that need this one may go on.
    pub fn satisfies_dependents(self) -> bool {
        matches!(self, Self::Done | Self::Accepted)
    }
}

/// One step and how it ended.
#[derive(Debug, Clone, Serialize)]
pub struct Outcome {
    pub tenant: String,
    pub address: Address,
    pub action: Action,
    pub status: Status,
    /// Why it is not done.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub detail: Option<String>,
    /// The way out.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub help: Option<String>,
    /// What is left to a person.
    #[serde(flatten, skip_serializing_if = "Vec::is_empty", serialize_with = "both")]
    pub instructions: Vec<Clicks>,
    /// Whether anything may have been sent for it.
    #[serde(skip)]
    pub written: bool,
}
