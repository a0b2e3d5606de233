//! A file of what several tenants use.

use super::Schedule;
use schemars::JsonSchema;
use serde::Deserialize;
use std::collections::BTreeMap;

/// A file of schedules that every tenant can use.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(title = "dialform shared schedules", extend("patternProperties" = { "^x-": true }))]
pub struct SharedFile {
    /// Schedules by name; a tenant writes `shared/NAME`.
    pub schedules: BTreeMap<String, Schedule>,
}
