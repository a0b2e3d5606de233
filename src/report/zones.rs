//! What a phone system with other time-zone tables does otherwise.

use crate::experience::Experience;
use serde::Serialize;
use std::collections::BTreeSet;

/// What other tables change for callers, by tenant.
#[derive(Debug, Serialize)]
pub struct Zones {
    /// The edition by which everything else is worked out.
    pub edition: &'static str,
    /// The other one: an edition, or a directory.
    pub other: String,
    pub tenants: Vec<TenantZones>,
}

/// What they change for callers of one tenant.
#[derive(Debug, Serialize)]
pub struct TenantZones {
    pub tenant: String,
    /// By which its hours count.
    pub zones: BTreeSet<String>,
    /// `before` is by the tables here, `after` by the others.
    pub experience: Experience,
}
