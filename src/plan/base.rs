//! What a plan is compared with beside the live system.

use crate::model::{Address, Resource};
use std::collections::{BTreeMap, BTreeSet};

/// What a tenant declared at the base revision.
#[derive(Debug, Clone, Default)]
pub struct Base {
    /// The revision, as it was named.
    pub revision: String,
    pub desired: BTreeMap<Address, Resource>,
    pub protected: BTreeSet<Address>,
    /// What was to be absent then.
    pub absent: BTreeSet<Address>,
}
