//! What a plan is compared with beside the live system.

use super::{BulkEntry, Desired, Observed, bulk};
use crate::{
    finding::Finding,
    model::{Address, Kind, Resource, Tenant},
};
use std::collections::{BTreeMap, BTreeSet};

/// What a tenant declared at the base revision.
#[derive(Debug, Clone, Default)]
pub struct Base {
    /// The revision, as it was named.
    pub revision: String,
    pub desired: BTreeMap<Address, Resource>,
    /// What it said of objects that have changed by themselves since, before they did.
    pub passed: BTreeMap<Address, Resource>,
    pub protected: BTreeSet<Address>,
    /// What was to be absent then.
    pub absent: BTreeSet<Address>,
    /// Kinds of which everything undeclared was to be deleted then.
    pub exhaustive: BTreeSet<Kind>,
    /// Rules that were switched for many extensions then.
    pub bulk: Vec<BulkEntry>,
    /// All that it said of itself, where that is compared too.
    pub tenant: Option<Tenant>,
    /// What it declared when the files left the base, where others have changed that since.
    pub left: Option<Box<Base>>,
    /// Objects whose steps would take back what others have merged, and why nothing is planned for them.
    pub stopped: BTreeMap<Address, Finding>,
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
        let left = self.left.as_ref().map(|left| Box::new(left.over(observed)));
        Self { desired, left, ..self.clone() }
    }
}
