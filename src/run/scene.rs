//! What is configured, as far as calls to some tenants can come: the files laid over what is live.

use super::{Checked, CheckedTenant, origin::origin, place::locate, report::Live};
use crate::{
    finding::Place,
    flow::{self, Assumptions, Config, Network, Seconds, System},
    load::LoadedTenant,
    model::{Absent, Address, E164, Kind, Number, Resource, Tenant, phone_numbers},
    path::Path,
};
use jiff::Timestamp;
use std::{
    collections::{BTreeMap, BTreeSet, HashMap},
    ops::Range,
};

/// The numbers of a tenant, declared or live.
pub(super) fn numbers(checked: &Checked, tenant: &CheckedTenant, live: Option<&Live>) -> BTreeSet<E164> {
    let declared = &checked.loaded(tenant).tenant;
    let objects =
        live.and_then(|live| live.objects(tenant.index)).into_iter().flat_map(|objects| objects.keys());
    let of_numbers = objects.filter(|it| matches!(it.kind, Kind::Numbers | Kind::Forwards));
    let live = of_numbers.filter_map(|it| it.key.parse().ok());
    declared.numbers.keys().chain(declared.forwards.keys()).cloned().chain(live).collect()
}

/// Whether the forwards of a tenant were read from where they are stored.
pub(super) fn has_stored_forwards(checked: &Checked, tenant: &CheckedTenant, live: Option<&Live>) -> bool {
    let is_shown = !checked.config(tenant).unobservable().contains(&Kind::Forwards);
    let read = live.and_then(|live| live.observed(tenant.index)).and_then(|it| it.as_ref().ok());
    is_shown && read.is_some_and(|observed| observed.unread_forwards.is_none())
}

/// Some tenants, by their places in the run.
pub(super) struct Scene {
    pub tenants: Vec<(usize, Tenant)>,
    /// What of their files is another at the instant of the scene.
    then: BTreeMap<usize, LoadedTenant>,
    is_live_alone: bool,
}

/// Of what a scene is.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct View {
    /// The instant at which what has an `until` is looked at. None: that of the run.
    pub at: Option<Timestamp>,
    /// Whether the files say nothing but whose accounts are whose.
    pub is_live_alone: bool,
}

/// A tenant of whose routing nothing is said.
fn bare(tenant: &Tenant) -> Tenant {
    Tenant {
        schedules: BTreeMap::new(),
        numbers: BTreeMap::new(),
        receivers: BTreeMap::new(),
        forwards: BTreeMap::new(),
        rules: BTreeMap::new(),
        diverts: BTreeMap::new(),
        queues: BTreeMap::new(),
        bulk: Vec::new(),
        absent: Absent::default(),
        exhaustive: Vec::new(),
        ..tenant.clone()
    }
}

impl Scene {
    /// The tenants that calls to some of them can come to.
    pub fn reached(checked: &Checked, first: &[usize], live: Option<&Live>) -> Self {
        let mut owners: HashMap<E164, usize> = HashMap::new();
        for (at, tenant) in checked.tenants.iter().enumerate() {
            for number in numbers(checked, tenant, live) {
                owners.entry(number).or_insert(at);
            }
        }
        Self::viewed(checked, first, live, View::default(), &|number| owners.get(number).copied())
    }

    /// The same of another instant, or of what is live alone.
    pub fn viewed(
        checked: &Checked,
        first: &[usize],
        live: Option<&Live>,
        view: View,
        owner: &dyn Fn(&E164) -> Option<usize>,
    ) -> Self {
        let nothing = BTreeMap::new();
        let mut then = BTreeMap::new();
        let mut layered = |at: usize| {
            let tenant: &CheckedTenant = &checked.tenants[at];
            let objects: &BTreeMap<Address, Resource> =
                live.and_then(|live| live.objects(tenant.index)).unwrap_or(&nothing);
            let loaded = checked.loaded(tenant);
            if view.is_live_alone {
                return flow::layered(&bare(&loaded.tenant), objects);
            }
            match view.at.and_then(|instant| loaded.at(instant)) {
                Some(other) => flow::layered(then.entry(at).or_insert(other).meant(), objects),
                None => flow::layered(loaded.meant(), objects),
            }
        };
        let mut seen: BTreeSet<usize> = first.iter().copied().collect();
        let (mut waiting, mut tenants) = (first.to_vec(), Vec::new());
        while let Some(at) = waiting.pop() {
            let tenant = layered(at);
            for (_, number) in phone_numbers(&tenant) {
                if let Some(owner) = owner(&number).filter(|it| seen.insert(*it)) {
                    waiting.push(owner);
                }
            }
            tenants.push((at, tenant));
        }
        // The order of the run, so that it does not matter from where one came.
        tenants.sort_by_key(|(at, _)| *at);
        Self { tenants, then, is_live_alone: view.is_live_alone }
    }

    /// Every tenant as it is live. Of one that could not be read its numbers are known, and nothing else.
    pub fn live(checked: &Checked, live: &Live) -> Self {
        let tenant = |(at, it): (usize, &CheckedTenant)| {
            let declared = &checked.loaded(it).tenant;
            let nothing = bare(declared);
            let tenant = match live.objects(it.index) {
                Some(objects) => flow::layered(&nothing, objects),
                None => {
                    let numbers = numbers(checked, it, None).into_iter();
                    Tenant { numbers: numbers.map(|it| (it, Number::default())).collect(), ..nothing }
                }
            };
            (at, tenant)
        };
        let tenants = checked.tenants.iter().enumerate().map(tenant).collect();
        Self { tenants, then: BTreeMap::new(), is_live_alone: true }
    }

    /// Takes emergency forwards as the carrier has them now: what can be switched on before anything is applied.
    pub fn with_stored_forwards(mut self, checked: &Checked, live: Option<&Live>) -> Self {
        for (at, tenant) in &mut self.tenants {
            let Some(it) = checked.tenants.get(*at) else { continue };
            // Where only the portal shows them, the files are all there is.
            if !has_stored_forwards(checked, it, live) {
                continue;
            }
            let Some(objects) = live.and_then(|live| live.objects(it.index)) else { continue };
            let stored = objects.iter().filter_map(|(address, resource)| match resource {
                Resource::Forward(forward) => Some((address.key.parse().ok()?, forward.clone())),
                _ => None,
            });
            tenant.forwards = stored.collect();
        }
        self
    }

    /// The tables of these tenants, for instants within a horizon.
    pub fn network(
        &self,
        checked: &Checked,
        live: Option<&Live>,
        horizon: Range<Seconds>,
        assumed: Assumptions,
    ) -> Network {
        let is_whole = |at: usize| live.is_some_and(|live| live.objects(at).is_some());
        let configs = self.tenants.iter().filter_map(|(at, tenant)| {
            let it = checked.tenants.get(*at)?;
            let circumstances = live.and_then(|live| live.circumstances(it.index));
            let (system, is_whole) = (System::of_kind(it.provider.kind)?, is_whole(it.index));
            Some(Config { tenant, system, is_whole, circumstances })
        });
        let configs: Vec<Config<'_>> = configs.collect();
        Network::new(&configs, horizon, assumed)
    }

    /// Where a value of a tenant's files stands. None: only the phone system has it.
    pub fn place(&self, checked: &Checked, tenant: &str, path: &Path) -> Option<Place> {
        let (index, whole) = self.tenants.iter().find(|(_, it)| it.tenant == tenant)?;
        if self.is_live_alone {
            return None;
        }
        let loaded = self.then.get(index).unwrap_or(checked.loaded(checked.tenants.get(*index)?));
        origin(loaded.meant(), whole, path).map(|path| locate(loaded, &path))
    }
}
