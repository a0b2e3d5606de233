//! What callers notice when one configuration takes the place of another: every call that comes to something that differs,
//! at every time and in every state, in both.
//!
//! People notice who rings from when to when, how a call ends, and when. By which way it goes there nobody hears.
//!
//! - [`names`]: what is the same in both
//! - [`passage`]: calls between two configurations that are neither as before nor as after
//! - [`rests`]: what calls to a place rest on
//! - [`situation`]: what a call finds

mod names;
mod passage;
mod rests;
mod situation;

use super::{
    hours::{Hours, Seconds},
    met::Met,
    network::{
        ExtensionId, Network, NumberId, PartyId, QueueId, ReceiverId, Schedule, ScheduleId, ScheduleState,
        SiteId, Target,
    },
    reach::Reach,
    state::{Caller, Phone, Platform},
    timeline::{Timeline, Verdict},
    varied::{ANSWERS, EVERYBODY, FIRST_PHONES, MOST_PHONES, ONE, SILENT},
    walk::Call,
    windows::{Class, classes},
};
use crate::model::{Address, E164, Kind, Resource, Tenant};
use names::Heard;
pub use names::{Names, Shared, SharedNames};
pub use passage::{Astray, Passage};
use situation::Stage;
pub use situation::{Concerned, Grade, Situation};
use std::{
    collections::{BTreeMap, BTreeSet, HashMap},
    ops::Range,
    rc::Rc,
    sync::Arc,
};

/// What is called, by name.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Called {
    Number(E164),
    Extension { tenant: String, extension: String },
    Queue { tenant: String, queue: String },
}

impl Called {
    /// The same for an extension and for a queue that takes its place.
    pub fn dialled(self) -> Self {
        match self {
            Self::Queue { tenant, queue: extension } => Self::Extension { tenant, extension },
            other => other,
        }
    }

    fn queue(&self) -> Option<(String, String)> {
        match self {
            Self::Queue { tenant, queue } => Some((tenant.clone(), queue.clone())),
            Self::Number(_) | Self::Extension { .. } => None,
        }
    }
}

/// What differs between two networks: calls that come to nothing of it are not placed.
#[derive(Debug, Clone, Default)]
pub struct Differing {
    /// By tenant.
    pub objects: BTreeSet<(String, Address)>,
}

impl Differing {
    /// The objects of a tenant that are others in two configurations.
    pub fn of(before: &Tenant, after: &Tenant) -> Self {
        let objects = |tenant: &Tenant| tenant.resources().collect::<BTreeMap<Address, Resource>>();
        let (one, other) = (objects(before), objects(after));
        // By another clock every schedule is another.
        let is_same_zone = before.time_zone == after.time_zone;
        let differs = |address: &&Address| {
            (address.kind == Kind::Schedules && !is_same_zone) || one.get(address) != other.get(address)
        };
        let all = one.keys().chain(other.keys()).filter(differs);
        Self { objects: all.map(|address| (after.tenant.clone(), address.clone())).collect() }
    }
}

/// Two networks, one before and one after.
#[derive(Debug, Clone, Copy)]
pub struct Pair<'n> {
    pub before: &'n Network,
    pub after: &'n Network,
}

/// Calls to one place that differ.
#[derive(Debug)]
pub struct Noticed {
    pub to: Called,
    /// Each with all the windows in which the same schedules are in force, before and after.
    pub classes: Rc<Vec<Class>>,
    pub differences: Vec<Difference>,
    /// Whether not every phone, or not every course, was looked at.
    pub is_limited: bool,
    pub names: Rc<SharedNames>,
}

/// One way in which calls to a place differ, and where they do.
#[derive(Debug)]
pub struct Difference {
    /// By their places among the classes.
    pub cells: Vec<(usize, Situation)>,
    /// Every course, in the handles of the network before. None: the number is nobody's there.
    pub before: Option<Vec<Timeline>>,
    pub after: Option<Vec<Timeline>>,
}

impl Difference {
    /// The gravest state in which it is noticed.
    pub fn grade(&self) -> Grade {
        self.cells.iter().map(|(_, it)| it.grade()).min().unwrap_or(Grade::Failure)
    }
}

/// Told of every pair of calls that is placed.
pub type See<'s> = &'s mut dyn FnMut(&Called, Seconds, &Situation, Option<&Verdict>, Option<&Verdict>);

type Rows = HashMap<(Option<Vec<Heard>>, Option<Vec<Heard>>), Difference>;

impl Pair<'_> {
    /// What both networks call the same, one before and one after.
    pub fn names(self) -> (Names, Names) {
        let (names, _) = Names::of(&[self.before, self.after]);
        let mut names = names.into_iter();
        // As many as there are networks.
        (names.next().unwrap_or_default(), names.next().unwrap_or_default())
    }

    /// Who does what in a situation, in those names.
    pub fn concerned(self) -> Concerned {
        let (before, after) = self.names();
        Concerned::of([(self.before, &before), (self.after, &after)])
    }

    /// Every call to a number, an extension or a queue that differs.
    pub fn noticed(self, differing: &Differing, within: Range<Seconds>) -> Vec<Noticed> {
        self.noticed_seen(differing, within, &mut |_, _, _, _, _| {})
    }

    /// The same of some places alone, as they are dialled.
    pub fn noticed_at(
        self,
        places: &BTreeSet<Called>,
        differing: &Differing,
        within: Range<Seconds>,
    ) -> Vec<Noticed> {
        self.look(differing, &within, &|it| places.contains(&it.clone().dialled()), &mut |_, _, _, _, _| {})
    }

    /// The same. `see` is told of every call that is placed.
    pub fn noticed_seen(self, differing: &Differing, within: Range<Seconds>, see: See<'_>) -> Vec<Noticed> {
        self.look(differing, &within, &|_| true, see)
    }

    /// Everything whose calls come to something that differs, whether anybody notices or not.
    pub fn looked_at(self, differing: &Differing) -> Vec<Called> {
        let look = Look::new(vec![self.before, self.after]);
        look.concerned(differing).into_iter().map(|(called, _)| called).collect()
    }

    fn look(
        self,
        differing: &Differing,
        within: &Range<Seconds>,
        is_asked: &dyn Fn(&Called) -> bool,
        see: See<'_>,
    ) -> Vec<Noticed> {
        let mut look = Look::new(vec![self.before, self.after]);
        let names = Rc::clone(&look.shared);
        let mut all = Vec::new();
        for (called, targets) in look.concerned(differing).into_iter().filter(|(it, _)| is_asked(it)) {
            let mut rows = Rows::new();
            let (classes, is_limited) = look.called(&called, &targets, within, &mut |placed| {
                let Placed { stages, class, at, situation, mut verdicts } = placed;
                let [before, after] = verdicts.as_mut_slice() else { return };
                see(&called, at, &situation, before.as_ref(), after.as_ref());
                if let (Some(one), Some(other)) = (&before, &after)
                    && stages[0].names.is_heard_alike(one, &stages[1].names, other)
                {
                    return;
                }
                let heard = (
                    before.as_ref().map(|it| stages[0].names.all_heard(it)),
                    after.as_ref().map(|it| stages[1].names.all_heard(it)),
                );
                if heard.0 != heard.1 {
                    let row = rows.entry(heard).or_insert_with(|| Difference {
                        cells: Vec::new(),
                        before: before.take().map(|it| it.timelines),
                        after: after.take().map(|it| it.timelines),
                    });
                    row.cells.push((class, situation));
                }
            });
            let mut differences: Vec<Difference> = rows.into_values().collect();
            differences.iter_mut().for_each(|it| it.cells.sort());
            differences.sort_by(|a, b| a.cells.cmp(&b.cells));
            if !differences.is_empty() || is_limited {
                let names = Rc::clone(&names);
                all.push(Noticed { to: called, classes, differences, is_limited, names });
            }
        }
        all
    }
}

impl Network {
    fn everything_called(&self) -> Vec<(Called, Target)> {
        let tenant = |site: SiteId| self.site(site).name.clone();
        let number = |it: NumberId| {
            let number = self.number_text(it).parse().ok()?;
            Some((Called::Number(number), Target::Number(it)))
        };
        let mut all: Vec<(Called, Target)> = self.numbers().filter_map(number).collect();
        for site in &self.sites {
            for (name, extension) in &site.extensions {
                let is_queue = site.queues.get(name).is_some_and(|it| self.queues[it.at()].is_declared);
                if self.extensions[extension.at()].unknown.is_none() && !is_queue {
                    let called = Called::Extension { tenant: site.name.clone(), extension: name.clone() };
                    all.push((called, Target::Extension(*extension)));
                }
            }
        }
        for (queue, at) in self.queues.iter().zip(0..) {
            if queue.is_declared {
                let called = Called::Queue { tenant: tenant(queue.site), queue: queue.name.clone() };
                all.push((called, Target::Queue(QueueId(at))));
            }
        }
        all
    }
}

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
fn changed_schedules(stages: &[Stage<'_>]) -> Vec<BTreeSet<ScheduleId>> {
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
fn changed_devices(stages: &[Stage<'_>]) -> BTreeSet<Shared> {
    let mut first: HashMap<Shared, BTreeSet<Shared>> = HashMap::new();
    let mut changed = BTreeSet::new();
    for (at, stage) in stages.iter().enumerate() {
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
struct Changed {
    targets: BTreeSet<Target>,
    extensions: BTreeSet<ExtensionId>,
    phones: BTreeSet<PartyId>,
    schedules: BTreeSet<ScheduleId>,
}

impl Changed {
    fn of(network: &Network, differing: &Differing) -> Self {
        let mut changed = Self::default();
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

    fn is_reached(&self, reach: &Reach) -> bool {
        let is_changed = |to: &Target| match to {
            Target::Extension(it) | Target::Phone(it) => self.extensions.contains(it),
            other => self.targets.contains(other),
        };
        !reach.schedules.is_disjoint(&self.schedules)
            || !reach.phones.is_disjoint(&self.phones)
            || reach.seen.iter().any(is_changed)
    }
}

/// Where a place is in each network.
type Targets = Vec<Option<Target>>;

/// Some networks while calls are placed in them.
struct Look<'n> {
    stages: Vec<Stage<'n>>,
    /// Of each: which schedules are in force is remembered.
    mets: Vec<Met>,
    shared: Rc<SharedNames>,
    people: Concerned,
    /// The windows of hours that were laid out already.
    known: HashMap<Vec<*const Hours>, Rc<Vec<Class>>>,
}

/// What a call has looked at, in names that the networks share.
#[derive(Default)]
struct Looked {
    phones: BTreeSet<Shared>,
    queues: BTreeSet<Shared>,
    /// Whether there are more courses than were looked at.
    is_cut: bool,
}

/// A call that was placed in each network. Of a number that a network does not have there is no verdict.
struct Placed<'a, 'n> {
    stages: &'a [Stage<'n>],
    class: usize,
    at: Seconds,
    situation: Situation,
    verdicts: Vec<Option<Verdict>>,
}

/// Is told of every call that is placed.
type Note<'s, 'n> = &'s mut dyn FnMut(Placed<'_, 'n>);

/// What is placed of one place.
struct Placing<'a> {
    called: &'a Called,
    targets: &'a [Option<Target>],
    class: usize,
    at: Seconds,
}

impl<'n> Look<'n> {
    fn new(networks: Vec<&'n Network>) -> Self {
        let (names, shared) = Names::of(&networks);
        let people = Concerned::of(networks.iter().copied().zip(&names));
        let stages = networks.into_iter().zip(names).map(|(network, names)| Stage::new(network, names));
        let stages: Vec<Stage<'n>> = stages.collect();
        let mets = stages.iter().map(|_| Met::of_many()).collect();
        Self { stages, mets, shared: Rc::new(shared), people, known: HashMap::new() }
    }

    /// Everything that can be called, with its handles.
    fn everything_called(&self) -> BTreeMap<Called, Targets> {
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

    /// Everything that can be called and comes to something that differs.
    fn concerned(&self, differing: &Differing) -> Vec<(Called, Targets)> {
        let schedules = changed_schedules(&self.stages);
        let of = |(stage, schedules): (&Stage<'_>, BTreeSet<ScheduleId>)| Changed {
            schedules,
            ..Changed::of(stage.network, differing)
        };
        let changed: Vec<Changed> = self.stages.iter().zip(schedules).map(of).collect();
        let devices = changed_devices(&self.stages);
        let all = self.everything_called().into_iter();
        all.filter(|(_, targets)| {
            targets.iter().zip(&self.stages).zip(&changed).any(|((target, stage), changed)| {
                let Some(target) = target else { return true };
                let reach = Reach::all(stage.network, *target);
                changed.is_reached(&reach)
                    || (!devices.is_empty()
                        && reach.phones.iter().any(|it| devices.contains(&stage.names.party(*it))))
            })
        })
        .collect()
    }

    /// The windows of some hours: many places go by the same.
    fn classes(&mut self, hours: &[&'n Hours], within: &Range<Seconds>) -> Rc<Vec<Class>> {
        let key: Vec<*const Hours> = hours.iter().map(|it| std::ptr::from_ref(*it)).collect();
        Rc::clone(self.known.entry(key).or_insert_with(|| Rc::new(classes(hours, within))))
    }

    /// Places every call to one place. Its windows, and whether not everything was looked at.
    fn called(
        &mut self,
        called: &Called,
        targets: &[Option<Target>],
        within: &Range<Seconds>,
        note: Note<'_, 'n>,
    ) -> (Rc<Vec<Class>>, bool) {
        let mut hours = Vec::new();
        let mut listed: BTreeSet<E164> = BTreeSet::new();
        for (stage, target) in self.stages.iter().zip(targets) {
            let network = stage.network;
            let Some(reach) = target.map(|it| Reach::all(network, it)) else { continue };
            hours.extend(reach.schedules.iter().filter_map(|it| network.hours_of(*it)));
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
        let mut is_limited = false;
        for (class, windows) in classes.iter().enumerate() {
            let Some(first) = windows.first() else { continue };
            let placing = Placing { called, targets, class, at: first.start };
            is_limited |= self.class(&placing, &callers, note);
        }
        (classes, is_limited)
    }

    /// Every situation at one instant.
    fn class(&mut self, placing: &Placing<'_>, callers: &[Caller], note: Note<'_, 'n>) -> bool {
        let mut is_limited = false;
        let mut place = |situation: Situation, is_limited: &mut bool| {
            let looked = self.place(placing, situation, note);
            *is_limited |= looked.is_cut;
            looked
        };
        for others in [SILENT, ANSWERS] {
            let looked = place(Situation::Everybody(others), &mut is_limited);
            let mut phones: Vec<Shared> = looked.phones.into_iter().collect();
            if phones.len() > MOST_PHONES {
                is_limited = true;
                phones.truncate(FIRST_PHONES);
            }
            for party in phones {
                for phone in ONE.into_iter().filter(|phone| *phone != others) {
                    place(Situation::One { others, party, phone }, &mut is_limited);
                }
            }
            for queue in looked.queues {
                for phone in [Phone::Offline, Phone::LoggedOut] {
                    place(Situation::Agents { others, queue, phone }, &mut is_limited);
                }
                place(Situation::Full { others, queue }, &mut is_limited);
            }
            for caller in callers {
                place(Situation::Caller { others, caller: caller.clone() }, &mut is_limited);
            }
        }
        for phone in EVERYBODY {
            place(Situation::Everybody(phone), &mut is_limited);
        }
        place(Situation::MailboxesOff, &mut is_limited);
        if matches!(placing.called, Called::Number(_)) {
            for platform in [Platform::Down, Platform::Switched] {
                place(Situation::Platform(platform), &mut is_limited);
            }
        }
        is_limited
    }

    /// Places one call in each network. What it has looked at in any.
    fn place(&mut self, placing: &Placing<'_>, situation: Situation, note: Note<'_, 'n>) -> Looked {
        let mut looked = Looked::default();
        let set = self.people.states(&situation);
        let mut verdicts = Vec::with_capacity(self.stages.len());
        for ((stage, met), to) in self.stages.iter_mut().zip(&mut self.mets).zip(placing.targets) {
            let Some(to) = *to else {
                verdicts.push(None);
                continue;
            };
            let number = match to {
                Target::Number(it) => Some(it),
                _ => None,
            };
            let call = Call { to, at: placing.at, caller: situation.caller() };
            let network = stage.network;
            let verdict = stage.with(&situation, &set, number, |given| {
                let verdict = network.verdict_and_met(&call, given, met);
                if !verdict.is_cut {
                    return verdict;
                }
                // One by itself is looked at further.
                let mut own = Met::default();
                let verdict = network.verdict_and_met(&call, given, &mut own);
                (met.phones, met.queues) = (own.phones, own.queues);
                verdict
            });
            looked.is_cut |= verdict.is_cut;
            for party in &met.phones {
                let it = &network.parties[party.at()];
                if it.hosted.is_none() {
                    looked.phones.insert(stage.names.party(*party));
                    // A person's phones are often all in one state.
                    looked.phones.extend(it.device_of.map(|it| stage.names.party(it)));
                }
            }
            looked.queues.extend(met.queues.iter().map(|it| stage.names.queues[it.at()]));
            verdicts.push(Some(verdict));
        }
        note(Placed { stages: &self.stages, class: placing.class, at: placing.at, situation, verdicts });
        looked
    }
}
