//! Calls to one place, in every window and every state, in several networks at once.

use super::{
    Called, Differing,
    changed::{Changed, changed_devices, changed_schedules},
    names::{Names, Shared, SharedNames},
    remembered::{Known, Remembered},
    situation::{Concerned, Situation, Stage},
};
use crate::{
    flow::{
        hours::Hours,
        met::Met,
        network::{Network, NumberId, PartyId, Target, Way},
        reach::Reach,
        spans::Seconds,
        state::{Caller, Phone, Platform},
        system::System,
        timeline::{Hop, Place, Timeline, Verdict, Why},
        varied::{ANSWERS, EVERYBODY, FIRST_PHONES, MOST_PHONES, ONE, SILENT},
        walk::Call,
        windows::{Class, classes},
    },
    model::E164,
};
use std::{
    collections::{BTreeMap, BTreeSet, HashMap},
    ops::Range,
    rc::Rc,
};

/// How many steps of calls one look follows before it looks at everybody alone: more than any office has, and some seconds.
const WORK: u64 = 3_000_000;

/// How many calls are remembered.
const REMEMBERED: usize = 50_000;

/// The one step that calls to a number begin with, where they do as calls to where it leads them, unless its phone system is down.
fn lead(network: &Network, from: Target) -> Option<Hop> {
    let Target::Number(number) = from else { return None };
    let it = &network.numbers[number.at()];
    let Some(Way::To(to)) = it.route else { return None };
    let comes_back = || Reach::all(network, to).seen.contains(&from);
    let hop = Hop { at: 0, from: Place::Number(number), why: Why::Route, to };
    (!is_forwarded(network, number) && !comes_back()).then_some(hop)
}

/// Whether the emergency forward of a number is on.
fn is_forwarded(network: &Network, number: NumberId) -> bool {
    let is_on = network.numbers[number.at()].forward.is_some_and(|it| it.active == Some(true));
    is_on && network.system_of(number) == System::Stratus
}

/// What differs between two networks.
pub(super) struct Changes {
    sides: Vec<(usize, Changed)>,
    devices: BTreeSet<Shared>,
}

/// Where a place is in each network.
pub(super) type Targets = Vec<Option<Target>>;

/// Some networks while calls are placed in them.
pub(super) struct Look<'n> {
    stages: Vec<Stage<'n>>,
    /// Of each: which schedules are in force is remembered.
    mets: Vec<Met>,
    /// Of each, by what was called.
    known: Vec<HashMap<Target, Remembered>>,
    pub shared: Rc<SharedNames>,
    people: Concerned,
    /// The windows of hours that were laid out already.
    laid_out: HashMap<Vec<*const Hours>, Rc<Vec<Class>>>,
    /// How much of [`WORK`] is left.
    left: u64,
}

/// A call that was placed in some of the networks. Of a number that a network does not have nothing is known.
pub(super) struct Placed<'a, 'n> {
    pub stages: &'a [Stage<'n>],
    pub class: usize,
    pub at: Seconds,
    pub situation: Situation,
    pub known: &'a [Option<Rc<Known>>],
    /// The step from the number to where its calls are known, in each.
    hops: &'a [Option<Hop>],
    /// Whether what it varies is looked at in the first or in the last of them.
    pub is_of_ends: bool,
}

impl Placed<'_, '_> {
    /// Calls that come to the same in each network have one key.
    pub fn key(&self) -> Vec<Option<*const Known>> {
        self.known.iter().map(|it| it.as_ref().map(Rc::as_ptr)).collect()
    }

    pub fn verdict(&self, stage: usize) -> Option<&Verdict> {
        self.known.get(stage)?.as_ref().map(|it| &it.verdict)
    }

    /// Every course.
    pub fn courses(&self, stage: usize) -> Option<Vec<Timeline>> {
        let mut all = self.verdict(stage)?.timelines.clone();
        let is_led = !matches!(self.situation, Situation::Platform(_));
        if let Some(hop) = self.hops.get(stage).copied().flatten().filter(|_| is_led) {
            all.iter_mut().for_each(|it| it.hops.insert(0, hop));
        }
        Some(all)
    }
}

/// Is told of every call that is placed.
pub(super) type Note<'s, 'n> = &'s mut dyn FnMut(Placed<'_, 'n>);

/// What is placed of one place.
struct Placing<'a> {
    called: &'a Called,
    targets: &'a [Option<Target>],
    hops: &'a [Option<Hop>],
    ends: [usize; 2],
    class: usize,
    at: Seconds,
}

impl<'n> Look<'n> {
    pub fn new(networks: Vec<&'n Network>) -> Self {
        let (names, shared) = Names::of(&networks);
        let people = Concerned::of(networks.iter().copied().zip(&names));
        let stages = networks.into_iter().zip(names).map(|(network, names)| Stage::new(network, names));
        let stages: Vec<Stage<'n>> = stages.collect();
        let mets = stages.iter().map(|_| Met::of_many()).collect();
        let shared = Rc::new(shared);
        let known = stages.iter().map(|_| HashMap::new()).collect();
        Self { stages, mets, known, shared, people, laid_out: HashMap::new(), left: WORK }
    }

    /// Everything that can be called, with its handles.
    pub fn everything_called(&self) -> BTreeMap<Called, Targets> {
        let mut all: BTreeMap<Called, Targets> = BTreeMap::new();
        for (at, stage) in self.stages.iter().enumerate() {
            for (called, to) in stage.network.everything_called() {
                all.entry(called).or_insert_with(|| vec![None; self.stages.len()])[at] = Some(to);
            }
        }
        // What has a queue's name is the queue.
        let queues: Vec<(String, String)> = all.keys().filter_map(Called::queue).collect();
        for (tenant, extension) in queues {
            all.remove(&Called::Extension { tenant, extension });
        }
        // What answers at an extension that only one of the networks names is known in each.
        for (called, targets) in &mut all {
            for (stage, target) in self.stages.iter().zip(targets.iter_mut()) {
                *target = target.or_else(|| match called {
                    Called::Number(_) => None,
                    Called::Extension { tenant, extension: name } | Called::Queue { tenant, queue: name } => {
                        stage.network.called(tenant, name)
                    }
                });
            }
        }
        all
    }

    /// Whether calls to a place come to something that differs between two of the networks.
    pub fn is_concerned(&self, targets: &[Option<Target>], changes: &Changes) -> bool {
        let sides = || changes.sides.iter().map(|(at, changed)| (&self.stages[*at], targets[*at], changed));
        let is_anywhere = sides().any(|(_, target, _)| target.is_some());
        is_anywhere
            && sides().any(|(stage, target, changed)| {
                let Some(target) = target else { return true };
                let reach = Reach::all(stage.network, target);
                let is_changed = |it: &PartyId| changes.devices.contains(&stage.names.party(*it));
                changed.is_reached(&reach)
                    || (!changes.devices.is_empty() && reach.phones.iter().any(is_changed))
            })
    }

    /// What differs between two of the networks.
    pub fn changes(&self, of: [usize; 2], differing: &Differing) -> Changes {
        let stages = of.map(|at| &self.stages[at]);
        let schedules = changed_schedules(stages);
        let changed = of
            .into_iter()
            .zip(schedules)
            .map(|(at, schedules)| (at, Changed::of(self.stages[at].network, differing, schedules)));
        Changes { sides: changed.collect(), devices: changed_devices(stages) }
    }

    /// The windows of some hours: many places go by the same.
    fn classes(&mut self, hours: &[&'n Hours], within: &Range<Seconds>) -> Rc<Vec<Class>> {
        // All of them look equally far.
        let later = self.stages.first().map_or(&[][..], |it| &it.network.horizon.later);
        let key: Vec<*const Hours> = hours.iter().map(|it| std::ptr::from_ref(*it)).collect();
        Rc::clone(self.laid_out.entry(key).or_insert_with(|| Rc::new(classes(hours, within, later))))
    }

    /// Places every call to one place, in those networks of which a target is given. `ends`: which of them are the first
    /// and the last. Its windows, and whether not everything was looked at.
    pub fn called(
        &mut self,
        called: &Called,
        targets: &[Option<Target>],
        ends: [usize; 2],
        within: &Range<Seconds>,
        note: Note<'_, 'n>,
    ) -> (Rc<Vec<Class>>, bool) {
        let mut hours: Vec<&Hours> = Vec::new();
        let mut listed: BTreeSet<E164> = BTreeSet::new();
        for (stage, target) in self.stages.iter().zip(targets) {
            let network = stage.network;
            let Some(reach) = target.map(|it| Reach::all(network, it)) else { continue };
            for own in reach.schedules.iter().filter_map(|it| network.hours_of(*it)) {
                // Most networks have the same.
                if !hours.iter().any(|it| std::ptr::eq(*it, own)) {
                    hours.push(own);
                }
            }
            for to in &reach.seen {
                if let Target::Extension(it) = to {
                    let it = &network.extensions[it.at()];
                    listed.extend(it.allow.iter().chain(&it.block).cloned());
                }
            }
        }
        let classes = self.classes(&hours, within);
        let callers: Vec<Caller> = [Caller::Anonymous, Caller::Spam]
            .into_iter()
            .chain(listed.into_iter().map(Caller::Number))
            .collect();
        if self.known.iter().flat_map(HashMap::values).map(Remembered::len).sum::<usize>() > REMEMBERED {
            self.known.iter_mut().for_each(HashMap::clear);
        }
        let hops: Vec<Option<Hop>> = self
            .stages
            .iter()
            .zip(targets)
            .map(|(stage, target)| target.and_then(|it| lead(stage.network, it)))
            .collect();
        let mut is_limited = false;
        for (class, windows) in classes.iter().enumerate() {
            let Some(first) = windows.first() else { continue };
            let placing = Placing { called, targets, hops: &hops, ends, class, at: first.start };
            is_limited |= self.class(&placing, &callers, note);
        }
        (classes, is_limited)
    }

    /// Every situation at one instant.
    fn class(&mut self, placing: &Placing<'_>, callers: &[Caller], note: Note<'_, 'n>) -> bool {
        if self.left == 0 {
            for others in [SILENT, ANSWERS] {
                self.place(placing, Situation::Everybody(others), true, note);
            }
            return true;
        }
        let is_forwarded = self.is_forwarded(placing);
        let some_are_off = self.stages.iter().any(|it| it.has_mailbox_off);
        let mut is_limited = false;
        let mut place = |situation: Situation, is_of_ends: bool, is_limited: &mut bool| {
            let known = self.place(placing, situation, is_of_ends, note);
            *is_limited |= known.iter().flatten().any(|it| it.verdict.is_cut);
            known
        };
        for others in [SILENT, ANSWERS] {
            let known = place(Situation::Everybody(others), true, &mut is_limited);
            let mut phones = varied(&known, placing.ends, |it| &it.phones);
            if phones.len() > MOST_PHONES {
                is_limited = true;
                phones.truncate(FIRST_PHONES);
            }
            for (party, is_of_ends) in phones {
                for phone in ONE.into_iter().filter(|phone| *phone != others) {
                    place(Situation::One { others, party, phone }, is_of_ends, &mut is_limited);
                }
            }
            for (queue, is_of_ends) in varied(&known, placing.ends, |it| &it.queues) {
                for phone in [Phone::Offline, Phone::LoggedOut] {
                    place(Situation::Agents { others, queue, phone }, is_of_ends, &mut is_limited);
                }
                place(Situation::Full { others, queue }, is_of_ends, &mut is_limited);
            }
            for caller in callers {
                place(Situation::Caller { others, caller: caller.clone() }, true, &mut is_limited);
            }
        }
        for phone in EVERYBODY {
            place(Situation::Everybody(phone), true, &mut is_limited);
        }
        place(Situation::MailboxesOff, true, &mut is_limited);
        if some_are_off {
            place(Situation::MailboxesOn, true, &mut is_limited);
        }
        if is_forwarded {
            for others in [SILENT, ANSWERS] {
                place(Situation::ForwardsOff { others }, true, &mut is_limited);
            }
        }
        if matches!(placing.called, Called::Number(_)) {
            for platform in [Platform::Down, Platform::Switched] {
                place(Situation::Platform(platform), true, &mut is_limited);
            }
        }
        is_limited
    }

    /// Whether the emergency forward of a number is on in the last of the networks: until it is off its calls go nowhere else.
    fn is_forwarded(&self, placing: &Placing<'_>) -> bool {
        match self.stages.iter().zip(placing.targets).next_back() {
            Some((stage, Some(Target::Number(it)))) => is_forwarded(stage.network, *it),
            _ => false,
        }
    }

    /// Places one call in each network. Where one was placed that found the same, it is not placed again.
    fn place(
        &mut self,
        placing: &Placing<'_>,
        situation: Situation,
        is_of_ends: bool,
        note: Note<'_, 'n>,
    ) -> Vec<Option<Rc<Known>>> {
        let set = self.people.states(&situation);
        let mut call = Call { to: Target::HangUp, at: placing.at, caller: situation.caller() };
        let is_led = !matches!(situation, Situation::Platform(_));
        let mut all = Vec::with_capacity(self.stages.len());
        let own = self.stages.iter_mut().zip(&mut self.mets).zip(&mut self.known);
        for (((stage, met), known), (to, hop)) in own.zip(placing.targets.iter().zip(placing.hops)) {
            let Some(to) = *to else {
                all.push(None);
                continue;
            };
            let number = match to {
                Target::Number(it) => Some(it),
                _ => None,
            };
            call.to = hop.filter(|_| is_led).map_or(to, |hop| hop.to);
            let left = &mut self.left;
            let known = known.entry(call.to).or_default();
            let it = stage.with(&situation, &set, number, |network, names, given| {
                if let Some(it) = known.find(network, &call, given, met) {
                    *left = left.saturating_sub(1);
                    return it;
                }
                let it = known.place(network, names, &call, given, met);
                let steps: usize =
                    it.verdict.timelines.iter().map(|it| 4 + it.hops.len() + it.rings.len()).sum();
                *left = left.saturating_sub(steps as u64);
                it
            });
            all.push(Some(it));
        }
        note(Placed {
            stages: &self.stages,
            class: placing.class,
            at: placing.at,
            situation,
            known: &all,
            hops: placing.hops,
            is_of_ends,
        });
        all
    }
}

/// What calls have looked at, and whether they did at one of the ends: these come first.
fn varied(
    known: &[Option<Rc<Known>>],
    ends: [usize; 2],
    of: fn(&Known) -> &Vec<Shared>,
) -> Vec<(Shared, bool)> {
    let (mut own, mut others) = (BTreeSet::new(), BTreeSet::new());
    for (at, it) in known.iter().enumerate() {
        let to = if ends.contains(&at) { &mut own } else { &mut others };
        to.extend(it.iter().flat_map(|it| of(it)).copied());
    }
    let others: Vec<Shared> = others.difference(&own).copied().collect();
    own.into_iter().map(|it| (it, true)).chain(others.into_iter().map(|it| (it, false))).collect()
}
