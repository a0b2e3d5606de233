//! The plainest reading of `src/flow/SEMANTICS.md`: one call is walked step by step, and where something can go several ways
//! it is walked again for each. It reads the YAML as people write it, and knows nothing of dialform.

mod clock;
mod ctm;
mod deskphone;
mod legs;
mod place;
mod queue;
mod stratus;
mod timeline;

use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
pub use timeline::{Asked, Question};

/// What is called.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum To {
    Number(String),
    Extension(String),
}

/// One call, and how everything is when it comes in. What belongs to another tenant than the called one is written
/// `beta/101`; outside numbers stand alone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Call {
    pub tenant: String,
    pub to: To,
    pub at: jiff::Timestamp,
    /// A number, `anonymous` or `spam`.
    pub from: String,
    /// Who is in which state: `answers@5`.
    pub given: BTreeMap<String, String>,
    pub mailbox_off: BTreeSet<String>,
    pub full: BTreeSet<String>,
    /// `up`, `down` or `switched`, by the kind of the provider; `forwards_off`: up, and what is on at the carrier is not.
    pub platform: BTreeMap<String, String>,
}

/// The ids of section 9 that are not as the default has them.
pub type Assume = BTreeMap<&'static str, bool>;

/// One timeline.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Course {
    pub end: String,
    /// Who rings from which millisecond on. Only what somebody could hear; agents of a queue once, in its first round.
    pub rings: Vec<(String, u64)>,
    /// When the end is reached. None for `rings_on` and `waits`.
    pub at: Option<u64>,
}

/// Whether a schedule is in force, everything unspecified as usual.
pub fn is_in_force(schedule: &Value, zone: &str, at: jiff::Timestamp) -> bool {
    clock::is_in_force(schedule, zone, at, &|id| !matches!(id, "U11" | "U29"))
}

/// Every timeline that the call can have. Each tenant says under `kind` which system it is on.
pub fn judge(tenants: &[Value], call: &Call, assume: &Assume) -> BTreeSet<Course> {
    timeline::all(tenants, call, assume).0
}

/// The same, and what was asked of the call.
pub fn judge_asking(tenants: &[Value], call: &Call) -> (BTreeSet<Course>, Asked) {
    timeline::all(tenants, call, &Assume::new())
}
