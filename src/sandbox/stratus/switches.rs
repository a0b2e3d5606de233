//! What can be switched about this server alone.

use std::time::Duration;

use super::forms::Forms;
use super::keeping::Keeping;
use crate::sandbox::notation::{Reading, SwitchError, Switches, chance, duration, rows};

/// The names of the notation.
pub const NAMES: &[&str] = &[
    "active-lag",
    "page-cap",
    "release",
    "mixed-types",
    "list-remove",
    "420",
    "paging",
    // Of `Forms`.
    "frame-put",
    "week-update",
    "convert-key",
    "convert",
    "frame-lists",
    "dial-words",
    "queue-wait",
    "lists",
    "scalars",
    // Of `Keeping`.
    "soft-delete",
    "soft-delete-frames",
    "rule-put",
    "caller-lists",
    "queue-alias",
    "orphan-agents",
    "short-bodies",
    "agent-ids",
    "extra-settings",
    "number-keys",
];

/// What the vendor's texts and its clients say differently (FACTS stratus/readings).
pub const READINGS: &[Reading] = &[
    Reading::harsh("soft-delete:on"),
    Reading::kind("soft-delete:off"),
    Reading::harsh("rule-put:whole"),
    Reading::kind("rule-put:merge"),
    Reading::harsh("caller-lists:filters"),
    Reading::kind("caller-lists:hidden"),
    Reading::kind("caller-lists:rule"),
    Reading::harsh("queue-alias:missing"),
    Reading::kind("queue-alias:made"),
    Reading::harsh("orphan-agents:on"),
    Reading::kind("orphan-agents:off"),
    Reading::harsh("short-bodies:refused"),
    Reading::kind("short-bodies:taken"),
    Reading::harsh("agent-ids:sip"),
    Reading::kind("agent-ids:user"),
    Reading::harsh("extra-settings:later"),
    Reading::kind("extra-settings:taken"),
    Reading::harsh("number-keys:10"),
    Reading::kind("number-keys:11"),
    Reading::harsh("frame-put:frame"),
    Reading::kind("frame-put:array"),
    Reading::harsh("week-update:hyphen"),
    Reading::kind("week-update:underscore"),
    Reading::kind("week-update:free"),
    Reading::harsh("convert-key:timeframe-type"),
    Reading::kind("convert-key:type"),
    Reading::harsh("convert:late"),
    Reading::kind("convert:at-once"),
    Reading::harsh("frame-lists:no-week"),
    Reading::kind("frame-lists:bare"),
    Reading::harsh("dial-words:dial-rule"),
    Reading::kind("dial-words:known"),
    Reading::harsh("queue-wait:accepts"),
    Reading::kind("queue-wait:accept"),
    Reading::harsh("lists:loose"),
    Reading::harsh("scalars:typed"),
    Reading::harsh("paging:declared"),
    Reading::kind("paging:all"),
];

/// What they set.
#[derive(Debug, Clone)]
pub struct Settings {
    /// How often `is-active` is recomputed (FACTS stratus/writes-6: right only after minutes).
    pub active_lag: Duration,
    /// Rows of a list without `limit` (FACTS stratus/lists-1).
    pub page_cap: usize,
    /// Which release's paths exist (FACTS stratus/releases-2).
    pub release: Release,
    /// Numbers and strings mixed, `""` for unset integers, features missing (FACTS stratus/wire).
    pub mixed_types: bool,
    pub keeping: Keeping,
    /// `remove: "yes"` takes entries out of a list; off, it is accepted and does nothing (FACTS stratus/filters-4).
    pub list_remove: bool,
    /// How often it limits the rate with a status of its own (FACTS stratus/errors).
    pub rate_limit: f64,
    /// Lists take `start` and `limit` where the specification says so, and no others do (FACTS stratus/lists-8).
    pub paged_as_declared: bool,
    pub forms: Forms,
}

/// The releases whose paths are known to differ.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Release {
    V44_4,
    V45_0,
}

impl Settings {
    pub fn read(set: &Switches) -> Result<Self, SwitchError> {
        Ok(Self {
            active_lag: set.get("active-lag", duration, Duration::from_secs(160))?,
            page_cap: set.get("page-cap", rows, 100)?,
            release: set.get("release", release, Release::V45_0)?,
            mixed_types: set.flag("mixed-types", true)?,
            keeping: Keeping::read(set)?,
            list_remove: set.flag("list-remove", false)?,
            rate_limit: set.get("420", chance, 0.0)?,
            paged_as_declared: set.get("paging", paging, false)?,
            forms: Forms::read(set)?,
        })
    }
}

fn paging(text: &str) -> Result<bool, &'static str> {
    match text {
        "declared" => Ok(true),
        "all" => Ok(false),
        _ => Err("`all` or `declared`"),
    }
}

fn release(text: &str) -> Result<Release, &'static str> {
    match text {
        "44.4" => Ok(Release::V44_4),
        "45.0" => Ok(Release::V45_0),
        _ => Err("`44.4` or `45.0`"),
    }
}
