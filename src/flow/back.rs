//! Whether calls may come back to where they were, told from what is configured alone: most tenants have no way back, and no
//! tables are made of them.

use super::network::SiteId;
use crate::model::{Address, Destination, Kind, Pointed, Resource, Ringable, Tenant};
use std::{
    collections::BTreeSet,
    hash::{DefaultHasher, Hash, Hasher},
};

/// Rounds of taking ends off. A longer chain is looked at as if it came back.
const ROUNDS: usize = 64;

/// Where calls are sent on to, of some tenants. There may be more ways in it than a call ever takes, and never fewer.
#[derive(Debug, Default)]
pub struct WaysBack {
    ways: Vec<Way>,
}

/// One way on. Places are sums of their names: two that have the same are taken for one place, from which there are more ways.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Way {
    from: u64,
    to: u64,
    site: SiteId,
}

fn sum_of(name: impl Hash) -> u64 {
    let mut hasher = DefaultHasher::new();
    name.hash(&mut hasher);
    hasher.finish()
}

/// Where calls to an object begin. A queue has the key of its extension; a number may be reached from every tenant.
fn begin(site: SiteId, kind: Kind, key: &str) -> Option<u64> {
    match kind {
        Kind::Numbers | Kind::Forwards | Kind::Receivers => Some(sum_of(key)),
        Kind::Queues | Kind::Rules | Kind::Diverts => Some(sum_of((site, key))),
        Kind::Schedules => None,
    }
}

/// Where a call is sent on to, if it may go on from there. Who is only rung sends nothing on.
fn end(site: SiteId, to: Pointed<'_>) -> Option<u64> {
    match to {
        Pointed::Number(number)
        | Pointed::Receiver(number)
        | Pointed::Ringable(Ringable::Number(number))
        | Pointed::Destination(Destination::Number(number) | Destination::Receiver(number)) => {
            Some(sum_of(number.as_str()))
        }
        Pointed::Destination(Destination::Extension(to)) => Some(sum_of((site, to.as_str()))),
        Pointed::Destination(Destination::Queue(to)) => Some(sum_of((site, to.as_str()))),
        Pointed::Schedule(_)
        | Pointed::Ringable(
            Ringable::Extension(_) | Ringable::Device(_) | Ringable::Agent(_) | Ringable::DialString(_),
        )
        | Pointed::Destination(
            Destination::Phone(_)
            | Destination::Voicemail(_)
            | Destination::OwnVoicemail
            | Destination::Attendant(_)
            | Destination::Menu(_)
            | Destination::GeoRouter(_)
            | Destination::SmartRouter(_)
            | Destination::RoutingTable(_)
            | Destination::VoiceBot(_)
            | Destination::Agent(_)
            | Destination::HangUp
            | Destination::DialString(_),
        ) => None,
    }
}

impl WaysBack {
    fn add(&mut self, site: SiteId, kind: Kind, key: &str, to: Pointed<'_>) {
        if let Some(to) = end(site, to)
            && let Some(from) = begin(site, kind, key)
        {
            self.ways.push(Way { from, to, site });
        }
    }

    /// Adds what a file says.
    pub fn add_tenant(&mut self, site: SiteId, tenant: &Tenant) {
        tenant.each_pointer(&mut |whose, _, to| self.add(site, whose.kind, whose.key, to));
    }

    /// Adds what is live.
    pub fn add_object(&mut self, site: SiteId, address: &Address, resource: &Resource) {
        resource.each_pointer(&mut |_, to| self.add(site, address.kind, &address.key, to));
    }

    /// The tenants from which a call may come to where it was. Who is not in it has no way back.
    pub fn sites(mut self) -> BTreeSet<SiteId> {
        for _ in 0..ROUNDS {
            // From an end no way goes on, so that none comes back.
            let mut from: Vec<u64> = self.ways.iter().map(|way| way.from).collect();
            from.sort_unstable();
            let before = self.ways.len();
            self.ways.retain(|way| from.binary_search(&way.to).is_ok());
            if self.ways.len() == before {
                break;
            }
        }
        self.ways.into_iter().map(|way| way.site).collect()
    }
}
