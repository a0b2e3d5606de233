//! What calls do while the steps of a plan are carried out: after each of them they go where they went before, or where they
//! go when all are done. Where they do not, it is said.

use super::{
    Change, Class, Input, called_before,
    state::States,
    told::{Labels, Teller, Tense, listed},
};
use crate::{
    flow::{self, Astray, Called, Differing, Network, Noticed, Pair, Passage},
    model::{Address, Kind, Pointed, Resource, Tenant},
    text::count,
};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

/// Of more steps that the same calls rest on each may go when it can: one after the other they would take too long. What is said
/// of such calls meanwhile is of the plan's own order.
const IN_A_ROW: usize = 32;

/// Of a plan with more steps, times places that can be called, only the beginning and the end are looked at.
const STEPS_AND_PLACES: usize = 20_000;

/// Nor of one with more steps, times objects that a tenant has.
const STEPS_AND_OBJECTS: usize = 100_000;

/// The same where calls to that many places, times the steps that each rests on, would be placed after every step.
const STEPS_OF_PLACES: usize = 600;

/// Of more states between the writes of one step only so many are looked at, each for those that follow it.
const BETWEEN: usize = 5;

/// Calls that are for a while neither as before nor as after.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Meanwhile {
    /// What is called, as people call it.
    pub to: Vec<String>,
    /// For how many writes.
    pub writes: usize,
    /// Whether it stays so until a person has done the steps by hand.
    pub until_by_hand: bool,
    /// Whether such a call reaches nobody, and would before and after.
    pub is_lost: bool,
    /// What the first of them does.
    pub call: String,
}

impl Meanwhile {
    /// In one sentence.
    pub fn sentence(&self) -> String {
        let how = if self.is_lost { "reach nobody" } else { "are neither as before nor as after" };
        let long = match (self.until_by_hand, self.writes) {
            (true, _) => "until the steps by hand are done".to_owned(),
            (false, writes) => format!("for {}", count(writes, "write")),
        };
        let to = listed(self.to.clone(), "and", "number");
        format!("While it is applied, some calls to {to} {how} {long}: they {}.", self.call)
    }
}

/// What comes of looking at the steps one by one.
pub struct Each {
    /// When each is noticed.
    pub classes: Vec<Class>,
    /// Which earlier ones it follows.
    pub follows: Vec<Vec<usize>>,
    pub meanwhile: Vec<Meanwhile>,
    /// Whether there are too many for that.
    pub is_unwatched: bool,
    /// The steps after which calls to a place are as after all, by what people call it.
    pub brought: BTreeMap<String, Vec<Address>>,
}

/// Where a plan is after a write: a step, and where in it, if it is not at its end.
#[derive(Clone, Copy)]
struct Instant {
    step: usize,
    within: Option<usize>,
    /// After how many writes in a row calls find the same.
    writes: usize,
    /// How many steps are done by then.
    done: usize,
}

impl Instant {
    /// All of a plan, but the beginning.
    fn all(input: &Input<'_>) -> Vec<Self> {
        let mut all: Vec<Self> = Vec::new();
        let routed = |it: Option<&Resource>| it.cloned().map(flow::routed);
        let named = named_schedules(input);
        let is_found = |it: &Address| it.kind != Kind::Schedules || named.contains(&it.key);
        for (step, change) in input.steps.iter().enumerate() {
            let mut end = Self { step, within: None, writes: 1, done: step + 1 };
            let (mut now, last) = (routed(change.before), routed(change.after));
            // Calls do not come to it, or find the same.
            let is_unseen = input.files.is_none() && !is_found(change.address);
            if is_unseen || (now == last && change.before.is_some() && change.between.is_empty()) {
                match all.last_mut() {
                    Some(last) => (last.writes, last.done) = (last.writes + 1, end.done),
                    None if end.done == input.steps.len() => all.push(end),
                    None => {}
                }
                continue;
            }
            let first = all.len();
            for (at, state) in change.between.iter().enumerate() {
                let state = routed(Some(state));
                if state == last {
                    end.writes += 1;
                } else if state != now {
                    all.push(Self { step, within: Some(at), writes: 1, done: step });
                } else if let Some(same) = all.last_mut() {
                    same.writes += 1;
                }
                now = state;
            }
            let between = all.split_off(first);
            all.extend(thinned(between, &change.between));
            all.push(end);
        }
        all
    }

    fn tenant(self, states: &States<'_>) -> Tenant {
        match self.within {
            Some(at) => states.within(self.step, at),
            None => states.after(self.step + 1),
        }
    }
}

/// The schedules that anything names, at any time.
fn named_schedules(input: &Input<'_>) -> BTreeSet<String> {
    let mut named = BTreeSet::new();
    let steps = input.steps.iter().flat_map(|it| it.before.into_iter().chain(it.after).chain(&it.between));
    for resource in input.live.values().chain(steps) {
        resource.each_pointer(&mut |_, to| {
            if let Pointed::Schedule(name) = to {
                named.insert(name.to_owned());
            }
        });
    }
    named
}

/// Of many states between the writes of a step those that stand for all: the first and the last, some in equal distances, and
/// the one in which fewest people answer. One after the other would be placed as many calls as there are agents, each as often,
/// with as many phones that ring.
fn thinned(all: Vec<Instant>, states: &[Resource]) -> Vec<Instant> {
    if all.len() <= BETWEEN {
        return all;
    }
    let agents = |it: &Instant| match it.within.and_then(|at| states.get(at)) {
        Some(Resource::Queue(queue)) => queue.agents.as_ref().map_or(usize::MAX, Vec::len),
        _ => usize::MAX,
    };
    let fewest = (0..all.len()).min_by_key(|at| agents(&all[*at]));
    let distant = (0..BETWEEN).map(|it| it * (all.len() - 1) / (BETWEEN - 1));
    let kept: BTreeSet<usize> = distant.chain(fewest).collect();
    let mut few: Vec<Instant> = Vec::with_capacity(kept.len());
    for (at, instant) in all.into_iter().enumerate() {
        match few.last_mut() {
            Some(last) if !kept.contains(&at) => last.writes += instant.writes,
            _ => few.push(instant),
        }
    }
    few
}

/// What a step differs in: nothing, where it is only called otherwise.
fn differing(tenant: &str, change: &Change<'_>) -> Differing {
    let mut differing = Differing::default();
    let routed = |it: Option<&Resource>| it.cloned().map(flow::routed);
    if change.before.is_some() && routed(change.before) == routed(change.after) {
        return differing;
    }
    let address = change.address;
    differing.objects.insert((tenant.to_owned(), address.clone()));
    if address.kind == Kind::Diverts {
        let rules = Address::new(Kind::Rules, &address.key);
        differing.objects.insert((tenant.to_owned(), rules));
    }
    differing
}

/// The steps that calls to each place rest on, at any time: in their order such calls are after each of them as in the plan's
/// own order, whatever else is done.
struct Touched<'a> {
    input: &'a Input<'a>,
    by_address: BTreeMap<&'a Address, Vec<usize>>,
    places: BTreeMap<Called, BTreeSet<usize>>,
}

impl<'a> Touched<'a> {
    fn new(input: &'a Input<'a>) -> Self {
        let mut by_address: BTreeMap<&Address, Vec<usize>> = BTreeMap::new();
        for (at, step) in input.steps.iter().enumerate() {
            by_address.entry(step.address).or_default().push(at);
        }
        Self { input, by_address, places: BTreeMap::new() }
    }

    fn step(&mut self, at: usize, places: &BTreeSet<Called>) {
        for called in places {
            self.places.entry(called.clone()).or_default().insert(at);
        }
    }

    /// Adds what calls rest on as it is now.
    fn rests(&mut self, now: &Network, of: &dyn Fn(&Called) -> bool) {
        for (called, objects) in now.rests(&self.input.tenant.tenant, of) {
            let steps = objects.iter().filter_map(|it| self.by_address.get(it)).flatten();
            self.places.entry(called).or_default().extend(steps);
        }
    }

    /// How many steps there are to look at, of all places that several rest on.
    fn shared(&self) -> usize {
        self.places.values().map(BTreeSet::len).filter(|steps| *steps > 1).sum()
    }

    fn of(&self, called: &Called) -> impl Iterator<Item = usize> {
        self.places.get(called).into_iter().flatten().copied()
    }

    /// For each step the earlier ones that it waits for. Calls that no step changes count as well: two steps may not change them
    /// only because they are in this order.
    fn follows(self) -> Vec<Vec<usize>> {
        let mut follows = vec![Vec::new(); self.input.steps.len()];
        for steps in self.places.into_values() {
            let steps: Vec<usize> =
                steps.into_iter().filter(|it| !self.input.steps[*it].is_by_hand).collect();
            if steps.len() <= IN_A_ROW {
                for pair in steps.windows(2) {
                    if !follows[pair[1]].contains(&pair[0]) {
                        follows[pair[1]].push(pair[0]);
                    }
                }
            }
        }
        follows
    }
}

/// What comes of looking at the steps, and what all of them together differ in.
pub struct Looked {
    pub noticed: Vec<Noticed>,
    pub each: Each,
}

/// `ends` are before the first step and after the last, `of` makes the tables of a state.
pub fn each(
    input: &Input<'_>,
    states: &States<'_>,
    [first, last]: [&Tenant; 2],
    ends: Pair<'_>,
    of: &dyn Fn(&Tenant) -> Network,
) -> Looked {
    let count = input.steps.len();
    let tenant = input.tenant.tenant.as_str();
    let within = flow::ahead(input.at);
    let whole = Differing::of(first, last);
    // Which steps the calls to a place rest on.
    let mut touched = Touched::new(input);
    touched.rests(ends.before, &|_| true);
    touched.rests(ends.after, &|_| true);
    let unwatched = |touched: Touched<'_>| {
        let noticed = called_before(ends.noticed(&whole, within.clone()));
        let each = unwatched(touched, &noticed, Labels::of(first, last));
        Looked { noticed, each }
    };
    let instants = Instant::all(input);
    let size = input.live.len() + count;
    if instants.len() * touched.places.len() > STEPS_AND_PLACES || instants.len() * size > STEPS_AND_OBJECTS {
        return unwatched(touched);
    }
    let begins = states.after(0);
    // Of two sets of files the clock may be another before any step.
    let is_other_clock = begins.time_zone != first.time_zone;
    let before_any = is_other_clock.then(|| of(&begins));
    let between: Vec<Network> =
        instants.split_last().map_or(&[][..], |it| it.1).iter().map(|it| of(&it.tenant(states))).collect();
    let mut networks = vec![ends.before];
    networks.extend(&before_any);
    networks.extend(&between);
    networks.push(ends.after);
    // The network after no step.
    let none = usize::from(is_other_clock);
    let end = none + instants.len();
    // The instants of each step.
    let mut of_step: Vec<Vec<usize>> = vec![Vec::new(); count];
    for (at, instant) in instants.iter().enumerate() {
        of_step[instant.step].push(none + at + 1);
    }
    let parts = instants.iter().enumerate().filter(|(_, it)| it.within.is_some());
    let in_passing = parts.map(|(at, _)| none + at + 1).collect();
    let passage = Passage::new(networks.clone()).in_passing(in_passing);
    for ((at, step), own) in input.steps.iter().enumerate().zip(&of_step) {
        let (Some(first), Some(last)) = (own.first(), own.last()) else { continue };
        let mut looked_at = BTreeSet::new();
        for network in own {
            let concerned = passage.concerned([first - 1, *network], &differing(tenant, step));
            looked_at.extend(concerned.into_iter().map(Called::dialled));
        }
        touched.step(at, &looked_at);
        touched.rests(networks[*last], &|it| looked_at.contains(it));
    }
    if touched.shared() > STEPS_OF_PLACES {
        return unwatched(touched);
    }
    let differs: BTreeSet<Called> = passage.concerned([0, end], &whole).into_iter().collect();
    let passed = passage.passed(
        &|called| {
            let dialled = called.clone().dialled();
            let own: BTreeSet<usize> = touched.of(&dialled).flat_map(|it| &of_step[it]).copied().collect();
            let clock = is_other_clock && differs.contains(called);
            let anyhow = own.is_empty() && differs.contains(called);
            own.into_iter().chain(clock.then_some(none)).chain(anyhow.then_some(end)).collect()
        },
        &within,
    );
    let mut classes = vec![Class::Cosmetic; count];
    let mut noticed = Vec::new();
    let mut told = Told { labels: Labels::of(first, last), said: Vec::new(), input };
    let mut brought = Brought { input, labels: Labels::of(first, last), by: BTreeMap::new() };
    for it in passed {
        let own: Vec<usize> = touched.of(&it.to.clone().dialled()).collect();
        for (network, occasion) in &it.changed {
            // By another clock no step in particular changes them.
            let by = network.checked_sub(none + 1).map(|at| instants[at].step);
            let steps = own.iter().filter(|step| by.is_none_or(|by| by == **step));
            steps.for_each(|step| classes[*step] = classes[*step].min(Class::from(*occasion)));
        }
        if it.is_limited {
            own.iter().for_each(|step| classes[*step] = Class::CallerVisible);
        }
        if let Some(astray) = &it.astray {
            let after = astray.in_networks.iter().filter_map(|it| it.checked_sub(none + 1));
            let after: Vec<Instant> = after.map(|at| instants[at]).collect();
            told.astray(&it.to, astray, &after, networks[astray.network]);
        }
        if let Some(noticed) = &it.noticed {
            let changed = it.changed.keys().filter_map(|it| it.checked_sub(none + 1));
            let last = changed.map(|at| instants[at].step).max();
            brought.add(&noticed.to, &own, last);
        }
        noticed.extend(it.noticed);
    }
    told.said.sort_by_key(|it| !it.is_lost);
    let each = Each {
        classes,
        follows: touched.follows(),
        meanwhile: told.said,
        is_unwatched: false,
        brought: brought.by,
    };
    Looked { noticed: called_before(noticed), each }
}

/// After which steps calls to a place are as after all.
struct Brought<'a> {
    input: &'a Input<'a>,
    labels: Labels,
    by: BTreeMap<String, Vec<Address>>,
}

impl Brought<'_> {
    /// `own`: the steps that such calls rest on. `last`: the last one that changes them, where that is known.
    fn add(&mut self, to: &Called, own: &[usize], last: Option<usize>) {
        // Only in a row the last is done after the others. Where nobody knows what they rest on it is all steps.
        let is_in_a_row = own.len() <= IN_A_ROW && last.is_some_and(|last| own.contains(&last));
        let steps: Vec<usize> = match (own, last) {
            ([], _) => (0..self.input.steps.len()).collect(),
            (own, Some(last)) if is_in_a_row => own.iter().copied().filter(|it| *it <= last).collect(),
            (own, _) => own.to_vec(),
        };
        let addresses = steps.into_iter().map(|at| self.input.steps[at].address.clone());
        self.by.entry(self.labels.called(to)).or_default().extend(addresses);
    }
}

/// What is said of calls that are astray, of equal ones together.
struct Told<'a> {
    input: &'a Input<'a>,
    labels: Labels,
    said: Vec<Meanwhile>,
}

impl Told<'_> {
    /// `after`: after which writes they are. `now`: the network in which its call is placed.
    fn astray(&mut self, to: &Called, astray: &Astray, after: &[Instant], now: &Network) {
        if after.is_empty() {
            return;
        }
        let call = || {
            let home = now.tenant(&self.input.tenant.tenant)?;
            let teller = Teller { network: now, home, labels: &self.labels, tense: Tense::Now };
            Some(teller.course(astray.courses.first()?))
        };
        let by_hand = self.input.steps.iter().position(|it| it.is_by_hand);
        let meanwhile = Meanwhile {
            to: Vec::new(),
            writes: after.iter().map(|it| it.writes).sum(),
            until_by_hand: by_hand.is_some_and(|first| after.iter().any(|it| it.done >= first)),
            is_lost: astray.is_lost,
            call: call().unwrap_or_default(),
        };
        let to = self.labels.called(to);
        match self.said.iter_mut().find(|it| Meanwhile { to: Vec::new(), ..(**it).clone() } == meanwhile) {
            Some(it) => it.to.push(to),
            None => self.said.push(Meanwhile { to: vec![to], ..meanwhile }),
        }
    }
}

/// When callers of a place notice something. Where not all was looked at it may be at any time.
pub fn class_of(it: &Noticed) -> Class {
    if it.is_limited {
        return Class::CallerVisible;
    }
    it.differences.iter().map(|it| it.occasion()).min().map_or(Class::Cosmetic, Class::from)
}

/// Each step is as grave as any place whose calls rest on it.
fn unwatched(touched: Touched<'_>, whole: &[Noticed], labels: Labels) -> Each {
    let mut classes = vec![Class::Cosmetic; touched.input.steps.len()];
    let mut brought = Brought { input: touched.input, labels, by: BTreeMap::new() };
    for it in whole {
        let own: Vec<usize> = touched.of(&it.to.clone().dialled()).collect();
        for step in &own {
            classes[*step] = classes[*step].min(class_of(it));
        }
        brought.add(&it.to, &own, None);
    }
    let brought = brought.by;
    Each { classes, follows: touched.follows(), meanwhile: Vec::new(), is_unwatched: true, brought }
}
