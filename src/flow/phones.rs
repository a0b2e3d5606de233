//! Whose the phones of a tenant are, in its tables.

use super::{compile::Compiler, network::PartyId};

impl Compiler<'_, '_> {
    /// A phone of an extension.
    pub(super) fn phone(&mut self, name: &str, extension: &str) -> PartyId {
        let party = self.party(name);
        self.network.parties[party.at()].is_missing = self.missing(extension).is_some();
        party
    }

    /// Tells each device whose it is, also where the extension itself is not declared.
    pub(super) fn fill_devices(&mut self) {
        for device in self.devices.clone() {
            let letters = device.char_indices().filter(|(at, it)| *at > 0 && it.is_ascii_alphabetic());
            let splits: Vec<usize> = letters.map(|(at, _)| at).collect();
            let is_declared =
                |at: &&usize| self.network.sites[self.site.at()].extensions.contains_key(&device[..**at]);
            let split = splits.iter().rev().find(is_declared).or(splits.first());
            let Some(name) = split.map(|at| device[..*at].to_owned()) else { continue };
            let (party, phone) = (self.party(device), self.party(&name));
            self.network.parties[party.at()].device_of = Some(phone);
            self.network.parties[phone.at()].devices.push(party);
        }
    }
}
