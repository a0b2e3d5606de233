//! A tenant after each step of a plan.

use super::{Change, Input};
use crate::{
    flow::{self, Config},
    model::{Address, Circumstances, Diverts, Kind, Number, Queue, Resource, Route, Rules, Schedule, Tenant},
};
use std::{
    borrow::Cow,
    collections::{BTreeMap, BTreeSet},
};

type Objects = BTreeMap<Address, Resource>;

/// What is live, and how it is after so many steps.
pub struct States<'a> {
    input: &'a Input<'a>,
    /// As it was read; what was asked for and is not there is known not to be.
    live: Objects,
    /// What else is live, with the queues that the steps delete.
    circumstances: Cow<'a, Circumstances>,
}

/// What stands for an object that is not there: calls go on as if it said nothing, and not as if nobody knew it.
fn missing(kind: Kind) -> Option<Resource> {
    match kind {
        Kind::Rules => Some(Resource::Rules(Rules { order: Some(Vec::new()), ..Rules::default() })),
        Kind::Diverts => Some(Resource::Diverts(Diverts::default())),
        // A rule of such a schedule does nothing.
        Kind::Schedules => Some(Resource::Schedule(Schedule { enabled: Some(false), ..Schedule::default() })),
        Kind::Numbers | Kind::Forwards | Kind::Queues | Kind::Receivers => None,
    }
}

/// Whether an object has nothing in it: so is told what is left of one that was made half.
fn is_left_over(resource: &Resource) -> bool {
    matches!(resource, Resource::Queue(queue) if *queue == Queue::default())
}

fn put(objects: &mut Objects, address: &Address, resource: Option<&Resource>) {
    match resource.cloned().or_else(|| missing(address.kind)) {
        Some(resource) => drop(objects.insert(address.clone(), resource)),
        None => drop(objects.remove(address)),
    }
}

impl<'a> States<'a> {
    pub fn new(input: &'a Input<'a>) -> Self {
        let mut live = input.live.clone();
        let mut seen = BTreeSet::new();
        for step in input.steps.iter().filter(|step| seen.insert(step.address)) {
            // What only a person can see is known from the files it is compared with.
            if !live.contains_key(step.address) {
                // What is left of an object is none.
                put(&mut live, step.address, step.before.filter(|it| !is_left_over(it)));
            }
        }
        let deleted = input.steps.iter().filter(|it| it.address.kind == Kind::Queues && it.after.is_none());
        let deleted: BTreeSet<String> = deleted.map(|it| it.address.key.clone()).collect();
        let circumstances = match deleted.is_empty() {
            true => Cow::Borrowed(input.circumstances),
            false => Cow::Owned(Circumstances { deleted_queues: deleted, ..input.circumstances.clone() }),
        };
        Self { input, live, circumstances }
    }

    /// The tenant in one of these states, to be compiled.
    pub fn config<'s>(&'s self, tenant: &'s Tenant) -> Config<'s> {
        let circumstances = Some(self.circumstances.as_ref());
        Config { tenant, system: self.input.system, is_whole: false, circumstances }
    }

    pub fn first(&self) -> Tenant {
        let first = self.after(0);
        match self.input.files {
            Some(zone) => Tenant { time_zone: zone.map(str::to_owned), ..first },
            None => first,
        }
    }

    pub fn last(&self) -> Tenant {
        self.after(self.input.steps.len())
    }

    /// After so many steps.
    pub fn after(&self, steps: usize) -> Tenant {
        self.when(self.input.steps[..steps].iter().map(Done::of).collect())
    }

    /// After so many steps and some of the writes of the next: as it is between them for the `at`th time.
    pub fn within(&self, steps: usize, at: usize) -> Tenant {
        let mut done: Vec<Done<'_>> = self.input.steps[..steps].iter().map(Done::of).collect();
        let next = &self.input.steps[steps];
        done.push(Done { now: next.between.get(at), ..Done::of(next) });
        self.when(done)
    }

    fn when(&self, done: Vec<Done<'_>>) -> Tenant {
        let mut objects = self.live.clone();
        for step in &done {
            put(&mut objects, step.address, step.now);
        }
        let gone = done.iter().filter(|it| it.address.kind == Kind::Receivers && it.now.is_none());
        let gone: BTreeSet<&str> = gone.map(|it| it.address.key.as_str()).collect();
        if !gone.is_empty() {
            objects.values_mut().for_each(|it| without(it, &gone));
        }
        // The forwards of the Default rule have a section of their own.
        for step in done.iter().filter(|it| it.address.kind == Kind::Diverts) {
            let rules = Address::new(Kind::Rules, &step.address.key);
            let Some(Resource::Diverts(diverts)) = step.now else { continue };
            // An order that only carries them along says nothing of them.
            let sets_them = |it: &Done<'_>| *it.address == rules && default(it.before) != default(it.now);
            if done.iter().any(sets_them) {
                continue;
            }
            if let Some(Resource::Rules(rules)) = objects.get_mut(&rules) {
                rules.set_default_forward(diverts);
            }
        }
        let Tenant { tenant, provider, account, time_zone, country, .. } = self.input.tenant.clone();
        let bare = Tenant { tenant, provider, account, time_zone, country, ..Tenant::default() };
        let whole = flow::layered(&bare, &objects);
        if self.input.files.is_some() { flow::supposed(&whole, self.input.system) } else { whole }
    }
}

/// A list goes on without receiving numbers that are deleted (FACTS ctm/choices-4). What becomes of a number with none left nobody
/// says.
fn without(resource: &mut Resource, receivers: &BTreeSet<&str>) {
    let Resource::Number(Number { route, .. }) = resource else { return };
    if let Some(Route::Receivers(list)) = route {
        list.receivers.retain(|it| !receivers.contains(it.to_string().as_str()));
        if list.receivers.is_empty() {
            *route = None;
        }
    }
}

/// What a step has made of its object.
struct Done<'a> {
    address: &'a Address,
    before: Option<&'a Resource>,
    now: Option<&'a Resource>,
}

impl<'a> Done<'a> {
    fn of(step: &'a Change<'_>) -> Self {
        Self { address: step.address, before: step.before, now: step.after }
    }
}

/// The forwards of the Default rule, where an order has it.
fn default(resource: Option<&Resource>) -> Option<&Diverts> {
    let Some(Resource::Rules(rules)) = resource else { return None };
    rules.default_forward()
}
