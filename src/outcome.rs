//! How the steps of a plan ended. What `apply` returns and `render` shows.
//!
//! - `told`: what an apply has printed for programs, read back, whatever became of it
//! - `joined`: what the applies of all shards have printed, proved to be those of one plan

mod joined;
mod told;

pub use joined::{Joined, ShardEnd, join};
pub use told::{End, Told, told};

use crate::{
    model::Address,
    plan::{Action, Clicks, both},
};
use serde::{Deserialize, Serialize};

/// How a step ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
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

    /// Whether a step was tried and is not known to be done, so that what it has written is worth telling.
    pub fn leaves_halves(self) -> bool {
        matches!(self, Self::NotApplied | Self::Failed | Self::Unknown)
    }
}

/// One step and how it ended.
#[derive(Debug, Clone, Serialize)]
pub struct Outcome {
    pub tenant: String,
    pub address: Address,
    pub action: Action,
    pub status: Status,
    /// Why it is not done, or what of a restore that is done the system did not take.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub detail: Option<String>,
    /// The way out.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub help: Option<String>,
    /// What a step that was tried and is not done has changed all the same.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub writes: Option<Writes>,
    /// What is left to a person.
    #[serde(flatten, skip_serializing_if = "Vec::is_empty", serialize_with = "both")]
    pub instructions: Vec<Clicks>,
    /// How long it may take, of what is accepted.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub slow: Option<&'static str>,
    /// Whether anything may have been sent for it.
    #[serde(skip)]
    pub written: bool,
}

/// The requests of one step that changed something, or may have. Both empty: nothing was written.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Writes {
    /// The provider answered that they are done.
    pub accepted: Vec<WriteRequest>,
    /// They got no clear answer.
    pub unclear: Vec<WriteRequest>,
}

/// A request, as it was sent.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct WriteRequest {
    pub method: String,
    /// Below the base of the provider's API.
    pub path: String,
    /// "creating queue `400`"
    pub what: String,
}
