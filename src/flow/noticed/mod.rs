//! What callers notice when one configuration takes the place of another: every call that comes to something that differs,
//! at every time and in every state, in both.
//!
//! People notice who rings from when to when, how a call ends, and when. By which way it goes there nobody hears.
//!
//! - [`names`]: what is the same in both
//! - [`situation`]: what a call finds

mod names;
mod situation;

use super::{
    hours::Seconds,
    met::Met,
    network::{ExtensionId, Network, NumberId, PartyId, QueueId, ReceiverId, ScheduleId, SiteId, Target},
    reach::Reach,
    state::{Caller, Phone, Platform},
    timeline::{Timeline, Verdict},
    varied::{ANSWERS, EVERYBODY, FIRST_PHONES, MOST_PHONES, ONE, SILENT},
    walk::Call,
    windows::{Class, classes},
};
use crate::model::{Address, E164, Kind};
pub use names::Shared;
use names::{Heard, Names};
use situation::Stage;
pub use situation::{Grade, Situation};
use std::{
    collections::{BTreeMap, BTreeSet, HashMap},
    ops::Range,
};

/// What is called, by name.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Called {
    Number(E164),
    Extension { tenant: String, extension: String },
    Queue { tenant: String, queue: String },
}

/// What differs between two networks: calls that come to nothing of it are not placed.
#[derive(Debug, Clone, Default)]
pub struct Differing {
    /// By tenant.
    pub objects: BTreeSet<(String, Address)>,
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
    pub classes: Vec<Class>,
    pub differences: Vec<Difference>,
    /// Whether not every phone, or not every course, was looked at.
    pub is_limited: bool,
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

impl Pair<'_> {
    /// Every call to a number, an extension or a queue that differs.
    pub fn noticed(self, differing: &Differing, within: Range<Seconds>) -> Vec<Noticed> {
        self.noticed_seen(differing, within, &mut |_, _, _, _, _| {})
    }

    /// The same. `see` is told of every call that is placed.
    pub fn noticed_seen(self, differing: &Differing, within: Range<Seconds>, see: See<'_>) -> Vec<Noticed> {
        let (before, after) = Names::pair(self.before, self.after);
        let changed = [Changed::of(self.before, differing), Changed::of(self.after, differing)];
        let devices = changed_devices(self, &before, &after);
        let mut look = Look {
            before: Stage::new(self.before, before),
            after: Stage::new(self.after, after),
            mets: [Met::of_many(), Met::of_many()],
            see,
        };
        let mut all = Vec::new();
        for (called, targets) in self.called() {
            let reach = |network, to: Option<Target>| to.map(|to| Reach::all(network, to));
            let reaches = [reach(self.before, targets[0]), reach(self.after, targets[1])];
            let concerns = |at: usize| {
                let Some(reach) = &reaches[at] else { return true };
                changed[at].is_reached(reach) || reach.phones.iter().any(|it| devices[at].contains(it))
            };
            if !concerns(0) && !concerns(1) {
                continue;
            }
            let noticed = look.called(called, targets, &reaches, &within);
            if !noticed.differences.is_empty() || noticed.is_limited {
                all.push(noticed);
            }
        }
        all
    }

    /// Everything that can be called, with its handles.
    fn called(self) -> BTreeMap<Called, [Option<Target>; 2]> {
        let mut all: BTreeMap<Called, [Option<Target>; 2]> = BTreeMap::new();
        for (at, network) in [self.before, self.after].into_iter().enumerate() {
            for (called, to) in network.everything_called() {
                all.entry(called).or_default()[at] = Some(to);
            }
        }
        // What answers at an extension that only one of the networks names is known in both.
        for (called, targets) in &mut all {
            for (network, target) in [self.before, self.after].into_iter().zip(targets.iter_mut()) {
                *target = target.or_else(|| match called {
                    Called::Number(_) => None,
                    Called::Extension { tenant, extension: name } | Called::Queue { tenant, queue: name } => {
                        network.called(tenant, name)
                    }
                });
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
                if self.extensions[extension.at()].unknown.is_none() && !site.queues.contains_key(name) {
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

/// Devices belong to an extension because anything of the tenant names them.
fn changed_devices(pair: Pair<'_>, before: &Names, after: &Names) -> [BTreeSet<PartyId>; 2] {
    let devices = |network: &Network, names: &Names| -> HashMap<Shared, BTreeSet<Shared>> {
        let of = network.parties.iter().zip(&names.parties);
        of.map(|(it, shared)| (*shared, it.devices.iter().map(|it| names.party(*it)).collect())).collect()
    };
    let (one, other) = (devices(pair.before, before), devices(pair.after, after));
    let none = BTreeSet::new();
    let differs = |shared: &Shared| one.get(shared).unwrap_or(&none) != other.get(shared).unwrap_or(&none);
    let all = |names: &Names| {
        let parties = names.parties.iter().zip(0..);
        parties.filter(|(shared, _)| differs(shared)).map(|(_, at)| PartyId(at)).collect()
    };
    [all(before), all(after)]
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
                Kind::Schedules => {
                    let site = network.sites.iter().find(|it| it.name == *tenant);
                    changed.schedules.extend(site.and_then(|it| it.schedules.get(key)).copied());
                }
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

/// Both networks while calls are placed in them.
struct Look<'n, 's> {
    before: Stage<'n>,
    after: Stage<'n>,
    /// Of each: which schedules are in force is remembered.
    mets: [Met; 2],
    see: See<'s>,
}

/// What a call has looked at, in names that both networks share.
#[derive(Default)]
struct Looked {
    phones: BTreeSet<Shared>,
    queues: BTreeSet<Shared>,
}

/// What is placed of one place.
struct Placing<'a> {
    called: &'a Called,
    targets: [Option<Target>; 2],
    class: usize,
    at: Seconds,
}

type Rows = HashMap<(Option<Vec<Heard>>, Option<Vec<Heard>>), Difference>;

impl Look<'_, '_> {
    fn called(
        &mut self,
        called: Called,
        targets: [Option<Target>; 2],
        reaches: &[Option<Reach>; 2],
        within: &Range<Seconds>,
    ) -> Noticed {
        let networks = [self.before.network, self.after.network];
        let both = || networks.into_iter().zip(reaches);
        let hours = both().flat_map(|(network, reach)| {
            let schedules = reach.iter().flat_map(|it| &it.schedules);
            schedules.filter_map(|it| network.hours_of(*it)).collect::<Vec<_>>()
        });
        let classes = classes(&hours.collect::<Vec<_>>(), within);
        let listed: BTreeSet<E164> = both()
            .flat_map(|(network, reach)| {
                let extensions = reach.iter().flat_map(|it| &it.seen).filter_map(|to| match to {
                    Target::Extension(it) => Some(&network.extensions[it.at()]),
                    _ => None,
                });
                extensions.flat_map(|it| it.allow.iter().chain(&it.block)).cloned().collect::<Vec<_>>()
            })
            .collect();
        let callers: Vec<Caller> = [Caller::Anonymous, Caller::Spam]
            .into_iter()
            .chain(listed.into_iter().map(Caller::Number))
            .collect();
        let (mut rows, mut is_limited) = (Rows::new(), false);
        for (class, windows) in classes.iter().enumerate() {
            let Some(first) = windows.first() else { continue };
            let placing = Placing { called: &called, targets, class, at: first.start };
            is_limited |= self.class(&placing, &callers, &mut rows);
        }
        let mut differences: Vec<Difference> = rows.into_values().collect();
        differences.iter_mut().for_each(|it| it.cells.sort());
        differences.sort_by(|a, b| a.cells.cmp(&b.cells));
        Noticed { to: called, classes, differences, is_limited }
    }

    /// Every situation at one instant.
    fn class(&mut self, placing: &Placing<'_>, callers: &[Caller], rows: &mut Rows) -> bool {
        let mut is_limited = false;
        for others in [SILENT, ANSWERS] {
            let looked = self.place(placing, Situation::Everybody(others), rows);
            let mut phones: Vec<Shared> = looked.phones.into_iter().collect();
            if phones.len() > MOST_PHONES {
                is_limited = true;
                phones.truncate(FIRST_PHONES);
            }
            for party in phones {
                for phone in ONE.into_iter().filter(|phone| *phone != others) {
                    self.place(placing, Situation::One { others, party, phone }, rows);
                }
            }
            for queue in looked.queues {
                for phone in [Phone::Offline, Phone::LoggedOut] {
                    self.place(placing, Situation::Agents { others, queue, phone }, rows);
                }
                self.place(placing, Situation::Full { others, queue }, rows);
            }
            for caller in callers {
                self.place(placing, Situation::Caller { others, caller: caller.clone() }, rows);
            }
        }
        for phone in EVERYBODY {
            self.place(placing, Situation::Everybody(phone), rows);
        }
        self.place(placing, Situation::MailboxesOff, rows);
        if matches!(placing.called, Called::Number(_)) {
            for platform in [Platform::Down, Platform::Switched] {
                self.place(placing, Situation::Platform(platform), rows);
            }
        }
        is_limited
    }

    /// Places one call in both networks. What it has looked at in either.
    fn place(&mut self, placing: &Placing<'_>, situation: Situation, rows: &mut Rows) -> Looked {
        let mut looked = Looked::default();
        let mut of = |stage: &mut Stage<'_>, met: &mut Met, to: Option<Target>| {
            let to = to?;
            let number = match to {
                Target::Number(it) => Some(it),
                _ => None,
            };
            let call = Call { to, at: placing.at, caller: situation.caller() };
            let network = stage.network;
            let verdict = stage.with(&situation, number, |given| network.verdict_and_met(&call, given, met));
            for party in &met.phones {
                let it = &network.parties[party.at()];
                if it.hosted.is_none() {
                    looked.phones.insert(stage.names.party(*party));
                    // A person's phones are often all in one state.
                    looked.phones.extend(it.device_of.map(|it| stage.names.party(it)));
                }
            }
            looked.queues.extend(met.queues.iter().map(|it| stage.names.queues[it.at()]));
            Some(verdict)
        };
        let [met_before, met_after] = &mut self.mets;
        let before = of(&mut self.before, met_before, placing.targets[0]);
        let after = of(&mut self.after, met_after, placing.targets[1]);
        (self.see)(placing.called, placing.at, &situation, before.as_ref(), after.as_ref());
        let heard = (
            before.as_ref().map(|it| self.before.names.all_heard(it)),
            after.as_ref().map(|it| self.after.names.all_heard(it)),
        );
        if heard.0 != heard.1 {
            let row = rows.entry(heard).or_insert_with(|| Difference {
                cells: Vec::new(),
                before: before.map(|it| it.timelines),
                after: after.map(|it| it.timelines),
            });
            row.cells.push((placing.class, situation));
        }
        looked
    }
}
