//! What an apply is given of one tenant.

use super::ReadBackTimes;
use crate::{
    plan::TenantPlan,
    provider::{Read, Write},
};

/// One tenant's steps and what they are carried out with.
pub struct Job<'a> {
    pub plan: &'a TenantPlan,
    pub reader: &'a dyn Read,
    pub writer: &'a dyn Write,
    pub read_back: ReadBackTimes,
    /// How many steps on this provider are under way at once. Their requests keep to the provider's limits all the same.
    pub at_once: usize,
}
