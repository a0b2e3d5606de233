//! What a plan may do.

use crate::model::{Guard, Kind};
use std::collections::BTreeSet;

/// What the owner of the workspace allows.
#[derive(Debug, Clone, Default)]
pub struct Policy {
    pub guard: Guard,
    /// Whether undocumented forms may be written.
    pub experimental: bool,
    /// Kinds that are declared but cannot be read on this provider as it is set up.
    pub unobservable: BTreeSet<Kind>,
    /// Whether what is desired was live before: two names that look alike were two names then.
    pub restores: bool,
}
