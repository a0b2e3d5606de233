//! What a course of a call comes by, and who rings in it.

use super::{
    network::{ExtensionId, Network, NumberId, SiteId, Target},
    timeline::{Dropped, End, Place, Timeline, Why},
};
use std::collections::BTreeSet;

/// Something that a course comes by, as it is called at one of the tenants.
pub type Spot = (IsQueue, String);

/// Whether it is a queue.
pub type IsQueue = bool;

impl Network {
    /// Everything that a call to somewhere comes by on one of its courses, and everybody who rings.
    pub fn spots(&self, to: Target, timeline: &Timeline, home: SiteId) -> BTreeSet<Spot> {
        let of = |to: Target| match to {
            Target::Number(it) => Some((false, self.number_text(it).to_owned())),
            Target::Extension(it) | Target::Phone(it) => {
                Some((false, self.party_text(self.extensions[it.at()].phone, home)))
            }
            Target::Queue(it) => Some((true, self.queue_text(it, home))),
            Target::Receiver(it) => Some((false, self.party_text(self.receivers[it.at()].party, home))),
            Target::Agent(it) => Some((false, self.party_text(it, home))),
            Target::Mailbox(_)
            | Target::Outside(_)
            | Target::Menu(_)
            | Target::Unknown(_)
            | Target::HangUp => None,
        };
        let from = timeline.hops.iter().map(|hop| target(hop.from));
        let to = std::iter::once(to).chain(timeline.hops.iter().map(|hop| hop.to));
        let rings = timeline.rings.iter().map(|ring| (false, self.party_text(ring.party, home)));
        from.chain(to).filter_map(of).chain(rings).collect()
    }

    /// Everything that is called somehow at a tenant.
    pub fn names_of(&self, home: SiteId) -> BTreeSet<&str> {
        let site = self.site(home);
        let all = site.parties.keys().chain(site.queues.keys()).chain(site.mailboxes.keys());
        all.map(String::as_str).collect()
    }

    /// The numbers at which a call comes in on one of its courses.
    pub fn numbers_of(&self, to: Target, timeline: &Timeline) -> BTreeSet<NumberId> {
        let from = timeline.hops.iter().map(|hop| target(hop.from));
        let to = std::iter::once(to).chain(timeline.hops.iter().map(|hop| hop.to));
        let number = |it: Target| match it {
            Target::Number(number) => Some(number),
            _ => None,
        };
        from.chain(to).filter_map(number).collect()
    }
}

fn target(place: Place) -> Target {
    match place {
        Place::Number(it) => Target::Number(it),
        Place::Extension(it) => Target::Extension(it),
        Place::Queue(it) => Target::Queue(it),
        Place::Receiver(it) => Target::Receiver(it),
    }
}

/// The extensions whose rules a call comes under on one of its courses, and after how many milliseconds.
pub(super) fn extensions_of(to: Target, timeline: &Timeline) -> BTreeSet<(u32, ExtensionId)> {
    let start = std::iter::once((0, to));
    let steps = timeline.hops.iter().map(|hop| (hop.at, hop.to));
    let last = timeline.hops.last().map_or(to, |hop| hop.to);
    let is_refused = matches!(timeline.end, End::Dropped(Dropped::Blocked | Dropped::Spam));
    let all = start.chain(steps).filter_map(|(at, to)| match to {
        // Callers are looked at before any rule is.
        Target::Extension(it) if is_refused && last == to => {
            let came_before = timeline.hops.iter().any(|hop| hop.from == Place::Extension(it));
            came_before.then_some((at, it))
        }
        Target::Extension(it) => {
            let is_spam = |hop: &super::Hop| hop.from == Place::Extension(it) && hop.why == Why::Spam;
            (!timeline.hops.iter().any(is_spam)).then_some((at, it))
        }
        _ => None,
    });
    all.collect()
}
