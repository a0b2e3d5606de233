//! What a plan is compared with beside the live system.

use super::{BulkEntry, Desired, Observed, bulk};
use crate::model::{Address, Resource, Tenant};
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
    /// Rules that were switched for many extensions then.
    pub bulk: Vec<BulkEntry>,
    /// All that it said of itself, where that is compared too.
    pub tenant: Option<Tenant>,
}

impl Base {
    /// The same with the rules that `bulk` switched then, as they would be of what is live now.
    pub(super) fn over(&self, observed: &Observed) -> Self {
        let mut desired: BTreeMap<Address, Desired> = BTreeMap::new();
        for (address, resource) in &self.desired {
            desired.insert(address.clone(), Desired { resource: resource.clone(), source: None, own: None });
        }
        bulk::expand(&mut desired, &self.bulk, observed);
        let desired = desired.into_iter().map(|(address, it)| (address, it.resource)).collect();
        Self { desired, ..self.clone() }
    }
}
