//! What differs between networks, by the handles of each.

use super::{Differing, names::Shared, situation::Stage};
use crate::{
    flow::{
        network::{ExtensionId, Network, PartyId, ReceiverId, Schedule, ScheduleId, ScheduleState, Target},
        reach::Reach,
    },
    model::{Address, Kind},
};
use std::{
    collections::{BTreeSet, HashMap},
    sync::Arc,
};

/// The schedules of a network by tenant and name.
type Known<'n> = HashMap<(&'n str, &'n str), (&'n Schedule, ScheduleId)>;

fn known_schedules(network: &Network) -> Known<'_> {
    let named = network.schedules.iter().zip(0..);
    named
        .map(|(it, at)| ((network.site(it.site).name.as_str(), it.name.as_str()), (it, ScheduleId(at))))
        .collect()
}

/// A schedule's hours are of its tenant's zone as well, and of the tables of zones: they are compared as they come out. Of each
/// network those that are others in any.
pub(super) fn changed_schedules(stages: [&Stage<'_>; 2]) -> Vec<BTreeSet<ScheduleId>> {
    let is_same = |a: &Schedule, b: &Schedule| match (&a.state, &b.state) {
        (ScheduleState::Hours(a), ScheduleState::Hours(b)) => Arc::ptr_eq(a, b) || a.spans == b.spans,
        (a, b) => std::mem::discriminant(a) == std::mem::discriminant(b),
    };
    let known: Vec<Known<'_>> = stages.iter().map(|it| known_schedules(it.network)).collect();
    let changed = |own: &Known<'_>| {
        let differs = |name: &(&str, &str), it: &Schedule| {
            known.iter().any(|theirs| theirs.get(name).is_none_or(|(theirs, _)| !is_same(it, theirs)))
        };
        own.iter().filter(|(name, (it, _))| differs(name, it)).map(|(_, (_, id))| *id).collect()
    };
    known.iter().map(changed).collect()
}

/// Phones whose devices are others in some of the networks: devices belong to an extension because anything names them.
pub(super) fn changed_devices(stages: [&Stage<'_>; 2]) -> BTreeSet<Shared> {
    let mut first: HashMap<Shared, BTreeSet<Shared>> = HashMap::new();
    let mut changed = BTreeSet::new();
    for (at, stage) in stages.into_iter().enumerate() {
        let mut own: HashMap<Shared, BTreeSet<Shared>> = HashMap::new();
        for (it, shared) in stage.network.parties.iter().zip(&stage.names.parties) {
            if !it.devices.is_empty() {
                own.insert(*shared, it.devices.iter().map(|it| stage.names.party(*it)).collect());
            }
        }
        if at == 0 {
            first = own;
            continue;
        }
        let all = first.keys().chain(own.keys());
        changed.extend(all.filter(|it| first.get(it) != own.get(it)).copied().collect::<Vec<_>>());
    }
    changed
}

/// What differs, by the handles of one network.
#[derive(Default)]
pub(super) struct Changed {
    targets: BTreeSet<Target>,
    extensions: BTreeSet<ExtensionId>,
    phones: BTreeSet<PartyId>,
    schedules: BTreeSet<ScheduleId>,
}

impl Changed {
    pub fn of(network: &Network, differing: &Differing, schedules: BTreeSet<ScheduleId>) -> Self {
        let mut changed = Self { schedules, ..Self::default() };
        for (tenant, Address { kind, key }) in &differing.objects {
            match kind {
                Kind::Numbers | Kind::Forwards => {
                    let number = key.parse().ok().and_then(|it| network.number(&it));
                    changed.targets.extend(number.map(Target::Number));
                }
                Kind::Receivers => {
                    let named = network.receivers.iter().zip(0..).filter(|(it, _)| {
                        network.site(it.site).name == *tenant && network.parties[it.party.at()].name == *key
                    });
                    changed.targets.extend(named.map(|(_, at)| Target::Receiver(ReceiverId(at))));
                }
                Kind::Queues => changed.targets.extend(network.queue(tenant, key).map(Target::Queue)),
                Kind::Rules | Kind::Diverts => {
                    let extension = network.extension(tenant, key);
                    changed.extensions.extend(extension);
                    // An agent's own rules say whether to disturb.
                    changed.phones.extend(extension.map(|it| network.extensions[it.at()].phone));
                }
                // Their hours are compared.
                Kind::Schedules => {}
            }
        }
        changed
    }

    pub fn is_reached(&self, reach: &Reach) -> bool {
        let is_changed = |to: &Target| match to {
            Target::Extension(it) | Target::Phone(it) => self.extensions.contains(it),
            other => self.targets.contains(other),
        };
        !reach.schedules.is_disjoint(&self.schedules)
            || !reach.phones.is_disjoint(&self.phones)
            || reach.seen.iter().any(is_changed)
    }
}
