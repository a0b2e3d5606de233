//! Several receiving numbers that ring for one number.

use super::E164;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Several receiving numbers (help article *Configure Receiving Numbers*, Dial Receiving Numbers). The list is complete
/// as written, its order counts.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Receivers {
    pub receivers: Vec<E164>,
    /// How they are rung. Left out, the pattern is not managed.
    pub pattern: Option<Pattern>,
}

/// How several receiving numbers are rung.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Pattern {
    /// All at once; their `no_answer` does not work then.
    Simultaneous,
    /// Calls are spread evenly.
    RoundRobin,
    /// In the order of the list.
    Sequential,
    /// The one that is not busy.
    LeastConnected,
}
