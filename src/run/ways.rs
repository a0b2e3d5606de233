//! Where calls go on to in one tenant, from some places of it: as far as that is known, with every way that they may take.

use crate::model::{Address, Destination, E164, Kind, Pointed, Ringable, Rules, Tenant, Whose};
use std::collections::{BTreeMap, BTreeSet};

/// A place at which calls are. A queue shares its key with the extension.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Spot {
    Number(E164),
    Answering(String),
}

impl Spot {
    fn of(kind: Kind, key: &str) -> Option<Self> {
        match kind {
            Kind::Numbers | Kind::Forwards | Kind::Receivers => key.parse().ok().map(Self::Number),
            Kind::Queues | Kind::Rules | Kind::Diverts => Some(Self::Answering(key.to_owned())),
            Kind::Schedules => None,
        }
    }

    /// Where a pointer sends calls on to. A phone that only rings sends none on.
    fn to(pointed: Pointed<'_>) -> Option<Self> {
        match pointed {
            Pointed::Number(to)
            | Pointed::Receiver(to)
            | Pointed::Ringable(Ringable::Number(to))
            | Pointed::Destination(Destination::Number(to) | Destination::Receiver(to)) => {
                Some(Self::Number(to.clone()))
            }
            Pointed::Destination(Destination::Extension(to)) => Some(Self::Answering(to.to_string())),
            Pointed::Destination(Destination::Queue(to)) => Some(Self::Answering(to.clone())),
            Pointed::Schedule(_) | Pointed::Destination(_) | Pointed::Ringable(_) => None,
        }
    }
}

/// Some places of a tenant, with all that calls come to from there, and the schedules that say when.
#[derive(Debug, Default)]
pub(super) struct Reached {
    spots: BTreeSet<Spot>,
    schedules: BTreeSet<String>,
}

impl Reached {
    /// From these places. `whole` is what is declared, laid over what is live.
    pub fn from(whole: &Tenant, first: impl IntoIterator<Item = Spot>) -> Self {
        let mut on: BTreeMap<Spot, Vec<Spot>> = BTreeMap::new();
        let mut times: BTreeMap<Spot, Vec<String>> = BTreeMap::new();
        whole.each_pointer(&mut |Whose { kind, key, entry: _ }, _, pointed| {
            let Some(from) = Spot::of(kind, key) else { return };
            match pointed {
                Pointed::Schedule(name) => times.entry(from).or_default().push(name.to_owned()),
                _ => on.entry(from).or_default().extend(Spot::to(pointed)),
            }
        });
        let mut reached = Self::default();
        let mut waiting: Vec<Spot> = first.into_iter().collect();
        while let Some(spot) = waiting.pop() {
            if reached.spots.insert(spot.clone()) {
                waiting.extend(on.get(&spot).into_iter().flatten().cloned());
                reached.schedules.extend(times.get(&spot).into_iter().flatten().cloned());
            }
        }
        reached
    }

    /// From what is changed. With a schedule go all rules of it.
    pub fn from_changed<'a>(whole: &Tenant, changed: impl Iterator<Item = &'a Address>) -> Self {
        let mut first = Vec::new();
        for address in changed {
            let has = |rules: &Rules| rules.order.iter().flatten().any(|rule| rule.when == address.key);
            match address.kind {
                Kind::Schedules => {
                    let of_it = whole.rules.iter().filter(|(_, rules)| has(rules));
                    first.extend(of_it.map(|(key, _)| Spot::Answering(key.to_string())));
                }
                kind => first.extend(Spot::of(kind, &address.key)),
            }
        }
        Self::from(whole, first)
    }

    /// The numbers that the tenant does not have.
    pub fn elsewhere(self, whole: &Tenant) -> Vec<E164> {
        let is_own = |number: &E164| whole.numbers.contains_key(number);
        let numbers = self.spots.into_iter().filter_map(|spot| match spot {
            Spot::Number(number) => Some(number),
            Spot::Answering(_) => None,
        });
        numbers.filter(|number| !is_own(number)).collect()
    }

    /// What has to be read for calls to be known there. The numbers of an account are listed whole, and are known.
    pub fn objects(&self, whole: &Tenant) -> BTreeSet<Address> {
        let of_spot = |spot: &Spot| match spot {
            Spot::Number(number) if whole.numbers.contains_key(number) => {
                vec![Address::new(Kind::Forwards, number)]
            }
            Spot::Number(_) => Vec::new(),
            Spot::Answering(key) => {
                [Kind::Rules, Kind::Diverts, Kind::Queues].map(|kind| Address::new(kind, key)).to_vec()
            }
        };
        let schedules = self.schedules.iter().map(|name| Address::new(Kind::Schedules, name));
        self.spots.iter().flat_map(of_spot).chain(schedules).collect()
    }
}
