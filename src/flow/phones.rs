//! Which extensions a tenant has, and whose its phones are, in its tables.

use super::{
    compile::Compiler,
    network::{LabelId, PartyId, Standing},
};
use crate::model::{Circumstances, Tenant};

impl Compiler<'_, '_> {
    /// What stands for an extension that is seen not to be there, or of which nobody says what it is.
    pub(super) fn nobodys(&mut self, name: &str) -> Option<LabelId> {
        let (circumstances, tenant) = (self.config.circumstances?, self.config.tenant);
        let standing = match circumstances.lacks(tenant, name) {
            true => Standing::Missing,
            false => circumstances.is_unclear(tenant, name).then_some(Standing::Unclear)?,
        };
        let label = self.label("extension", name);
        self.network.labels[label.at()].standing = standing;
        Some(label)
    }

    /// A phone, of which the account says whether somebody has it. Several may name it, in any order.
    pub(super) fn phone(&mut self, name: &str, lacks: fn(&Circumstances, &Tenant, &str) -> bool) -> PartyId {
        let party = self.party(name);
        let is_missing = self.config.circumstances.is_some_and(|it| lacks(it, self.config.tenant, name));
        self.network.parties[party.at()].is_missing |= is_missing;
        party
    }

    /// Tells each device whose it is, also where the extension itself is not declared.
    pub(super) fn fill_devices(&mut self) {
        for device in self.devices.clone() {
            let letters = device.char_indices().filter(|(at, it)| *at > 0 && it.is_ascii_alphabetic());
            let splits: Vec<usize> = letters.map(|(at, _)| at).collect();
            let listed = self.config.circumstances.and_then(|it| it.extensions.as_ref());
            let is_known = |at: &&usize| {
                let name = &device[..**at];
                let is_declared = self.network.sites[self.site.at()].extensions.contains_key(name);
                is_declared || listed.is_some_and(|all| all.contains(name))
            };
            let split = splits.iter().rev().find(is_known).or(splits.first());
            let Some(name) = split.map(|at| device[..*at].to_owned()) else { continue };
            let (party, phone) = (self.party(device), self.party(&name));
            self.network.parties[party.at()].device_of = Some(phone);
            self.network.parties[phone.at()].devices.push(party);
        }
    }
}
