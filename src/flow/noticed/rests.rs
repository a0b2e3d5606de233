//! What calls to a place rest on: every object that one of them may come to, whatever it finds.

use super::Called;
use crate::{
    flow::{
        network::{Network, PartyId, SiteId, Target},
        reach::Reach,
    },
    model::{Address, Kind},
};
use std::collections::BTreeSet;

impl Network {
    /// Everything that can be called, as it is dialled, with the objects of a tenant that its calls rest on. `of`: which places
    /// are asked for.
    pub fn rests(&self, tenant: &str, of: &dyn Fn(&Called) -> bool) -> Vec<(Called, BTreeSet<Address>)> {
        let Some(site) = self.tenant(tenant) else { return Vec::new() };
        let all = self.everything_called().into_iter().map(|(called, target)| (called.dialled(), target));
        let asked = all.filter(|(called, _)| of(called));
        asked.map(|(called, target)| (called, self.objects(site, &Reach::all(self, target)))).collect()
    }

    fn objects(&self, site: SiteId, reach: &Reach) -> BTreeSet<Address> {
        let mut all = BTreeSet::new();
        let mut add = |of: Option<SiteId>, kinds: &[Kind], key: &str| {
            if of == Some(site) {
                all.extend(kinds.iter().map(|kind| Address::new(*kind, key)));
            }
        };
        let party = |it: PartyId| &self.parties[it.at()];
        for to in &reach.seen {
            match to {
                Target::Number(it) => {
                    let number = &self.numbers[it.at()];
                    add(Some(number.site), &[Kind::Numbers, Kind::Forwards], self.number_text(*it));
                }
                Target::Extension(it) | Target::Phone(it) => {
                    let it = &self.extensions[it.at()];
                    add(Some(it.site), &[Kind::Rules, Kind::Diverts], &party(it.phone).name);
                }
                Target::Queue(it) => {
                    let it = &self.queues[it.at()];
                    add(Some(it.site), &[Kind::Queues], &it.name);
                }
                Target::Receiver(it) => {
                    let it = &self.receivers[it.at()];
                    add(Some(it.site), &[Kind::Receivers], &party(it.party).name);
                }
                Target::Mailbox(_)
                | Target::Outside(_)
                | Target::Agent(_)
                | Target::Menu(_)
                | Target::Unknown(_)
                | Target::HangUp => {}
            }
        }
        // An agent's own rules say whether to disturb.
        for it in reach.phones.iter().flat_map(|it| [Some(*it), party(*it).device_of]).flatten() {
            add(party(it).site, &[Kind::Rules, Kind::Diverts], &party(it).name);
        }
        for it in reach.schedules.iter().map(|it| &self.schedules[it.at()]) {
            add(Some(it.site), &[Kind::Schedules], &it.name);
        }
        all
    }
}
