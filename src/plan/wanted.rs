//! What a tenant wants of the objects that a run is about, as it was compared with what is live.

use crate::model::{Address, Kind, Resource};
use std::collections::{BTreeMap, BTreeSet};

#[derive(Debug, Clone, Default)]
pub struct Wanted {
    /// Each with what is declared of it.
    pub objects: BTreeMap<Address, Resource>,
    /// Objects that must not exist.
    pub absent: BTreeSet<Address>,
    /// Kinds of which everything undeclared is deleted.
    pub exhaustive: BTreeSet<Kind>,
    /// All that the tenant declares, also what the run is not about.
    pub declared: BTreeSet<Address>,
}

impl Wanted {
    /// Whether an object is not to exist.
    pub fn gone(&self, address: &Address) -> bool {
        self.absent.contains(address)
            || (self.exhaustive.contains(&address.kind) && !self.declared.contains(address))
    }
}
