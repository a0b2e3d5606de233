//! The objects `numbers` and `forwards`.

use super::{E164, Route, until::may_end};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// A phone number people dial, and where its calls go.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Number {
    /// What people call this number (Stratus: notes; CallTrackingMetrics: name).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub label: Option<String>,
    /// Where its calls go.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub route: Option<Route>,
    /// Refuse to delete what it leads to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub protect: Option<bool>,
}

impl Forward {
    /// Whether calls are forwarded now.
    pub fn is_active(&self) -> bool {
        self.active == Some(true)
    }

    /// Whether it would take over when the platform fails: switched on, or, where there is no switch, there at all.
    pub fn is_armed(&self) -> bool {
        self.active.unwrap_or(self.to.is_some())
    }

    /// Whether there is nothing to speak of: every number has that much.
    pub fn is_vacant(&self) -> bool {
        self.to.is_none() && !self.is_active()
    }
}

/// Where a number's calls go when the platform itself cannot take them (help article *Forward Phone Number to Alternate
/// Destination*: emergency forward).
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(transform = may_end)]
pub struct Forward {
    /// The fallback number: one that the same platform does not host.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub to: Option<E164>,
    /// Whether calls are being forwarded now. Left out: the number is stored, and people switch it in the portal.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub active: Option<bool>,
    /// Refuse to delete this object or to switch it off.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub protect: Option<bool>,
}
