//! What anything points to, by what is declared and by what is live.

use super::{Desired, Observed};
use crate::model::{Address, Resource, references};
use std::collections::{BTreeMap, BTreeSet};

/// Everything that something else points to, before the plan or after it.
pub(super) struct Uses(BTreeSet<Address>);

impl Uses {
    /// `declared` is all that the tenant declares, also what this run is not about.
    pub fn of(declared: &BTreeMap<Address, Desired>, observed: &Observed) -> Self {
        let targets = |(owner, resource): (&Address, &Resource)| -> Vec<Address> {
            let found = references(owner, resource).into_iter().filter_map(|(_, to)| to.address());
            found.filter(|target| target != owner).collect()
        };
        let declared = declared.iter().map(|(address, wanted)| (address, &wanted.resource));
        let shown = declared.chain(&observed.objects).flat_map(targets);
        let hidden = observed.hidden_uses.iter().filter(|it| !it.owners.contains(&it.target));
        Self(shown.chain(hidden.map(|it| it.target.clone())).collect())
    }

    pub fn has(&self, address: &Address) -> bool {
        self.0.contains(address)
    }
}
