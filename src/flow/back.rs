//! Whether calls may come back to where they were, told from the pointers alone. Most tenants have no way back: no tables are made
//! of them.

use super::network::SiteId;
use crate::model::{Address, Destination, Kind, Pointed, Resource, Ringable, Tenant};
use std::{
    collections::BTreeSet,
    hash::{DefaultHasher, Hash, Hasher},
};

/// How often places without a way on are taken away. Of a longer chain some are left, and it counts as a way back.
const ROUNDS: usize = 64;

/// Where calls are sent on to, in some tenants. It has every way that a call may take, and may have more.
#[derive(Debug, Default)]
pub struct WaysBack {
    ways: Vec<Way>,
}

/// One way on. A place is the hash of its name. Two names with one hash count as one place: that only adds ways back.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Way {
    from: u64,
    to: u64,
    site: SiteId,
}

fn hash_of(name: impl Hash) -> u64 {
    let mut hasher = DefaultHasher::new();
    name.hash(&mut hasher);
    hasher.finish()
}

/// The place at which calls to an object are. A queue shares its key with the extension; every tenant can reach a number.
fn from(site: SiteId, kind: Kind, key: &str) -> Option<u64> {
    match kind {
        Kind::Numbers | Kind::Forwards | Kind::Receivers => Some(hash_of(key)),
        Kind::Queues | Kind::Rules | Kind::Diverts => Some(hash_of((site, key))),
        Kind::Schedules => None,
    }
}

/// The place to which a pointer sends calls on. A phone that only rings sends none on.
fn to(site: SiteId, pointed: Pointed<'_>) -> Option<u64> {
    match pointed {
        Pointed::Number(number)
        | Pointed::Receiver(number)
        | Pointed::Ringable(Ringable::Number(number))
        | Pointed::Destination(Destination::Number(number) | Destination::Receiver(number)) => {
            Some(hash_of(number.as_str()))
        }
        Pointed::Destination(Destination::Extension(to)) => Some(hash_of((site, to.as_str()))),
        Pointed::Destination(Destination::Queue(to)) => Some(hash_of((site, to.as_str()))),
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
    fn add(&mut self, site: SiteId, kind: Kind, key: &str, pointed: Pointed<'_>) {
        if let Some(to) = to(site, pointed)
            && let Some(from) = from(site, kind, key)
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

    /// The tenants from which a call may come back to where it was. All others have no way back.
    pub fn sites(mut self) -> BTreeSet<SiteId> {
        for _ in 0..ROUNDS {
            // No call comes back from a place without a way on.
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
