//! What callers notice when one configuration takes the place of another: every call that comes to something that differs,
//! at every time and in every state, in both.
//!
//! People notice who rings from when to when, how a call ends, and when. By which way it goes there nobody hears.
//!
//! - [`changed`]: what differs, by the handles of each
//! - [`look`]: calls to one place, in every window and every state
//! - [`names`]: what is the same in both
//! - [`passage`]: calls between two configurations that are neither as before nor as after
//! - [`remembered`]: calls that look at the same come to the same
//! - [`rows`]: those that differ, by what people notice
//! - [`rests`]: what calls to a place rest on
//! - [`situation`]: what a call finds

mod changed;
mod look;
mod names;
mod passage;
mod remembered;
mod rests;
mod rows;
mod situation;

use super::{
    network::{Network, NumberId, QueueId, SiteId, Target},
    spans::Seconds,
    timeline::{Timeline, Verdict},
    windows::Class,
};
use crate::model::{Address, E164, Kind, Resource, Tenant};
use look::Look;
pub use names::{Names, Shared, SharedNames};
pub use passage::{Astray, Passage, PassedCalls};
use rows::Rows;
pub use situation::{Concerned, Occasion, Situation};
use std::{
    collections::{BTreeMap, BTreeSet, HashMap},
    ops::Range,
    rc::Rc,
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

/// An object without what it is called: no call depends on that.
pub fn routed(resource: Resource) -> Resource {
    let mut resource = resource;
    match &mut resource {
        Resource::Number(it) => (it.label, it.protect) = (None, None),
        Resource::Receiver(it) => (it.label, it.protect) = (None, None),
        Resource::Queue(it) => (it.name, it.protect) = (None, None),
        Resource::Schedule(_) | Resource::Rules(_) | Resource::Diverts(_) | Resource::Forward(_) => {}
    }
    resource
}

impl Differing {
    /// The objects of a tenant that are others in two configurations.
    pub fn of(before: &Tenant, after: &Tenant) -> Self {
        let objects = |tenant: &Tenant| -> BTreeMap<Address, Resource> {
            tenant.resources().map(|(address, it)| (address, routed(it))).collect()
        };
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
    pub fn occasion(&self) -> Occasion {
        self.cells.iter().map(|(_, it)| it.occasion()).min().unwrap_or(Occasion::Failure)
    }
}

/// Told of every pair of calls that is placed.
pub type See<'s> = &'s mut dyn FnMut(&Called, Seconds, &Situation, Option<&Verdict>, Option<&Verdict>);

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

    /// The same. `see` is told of every call that is placed.
    pub fn noticed_seen(self, differing: &Differing, within: Range<Seconds>, see: See<'_>) -> Vec<Noticed> {
        let mut look = Look::new(vec![self.before, self.after]);
        let changes = look.changes([0, 1], differing);
        let mut all = Vec::new();
        for (called, targets) in look.everything_called() {
            if !look.is_concerned(&targets, &changes) {
                continue;
            }
            let mut rows = Rows::new([0, 1]);
            let mut known = HashMap::new();
            let (classes, is_limited) = look.called(&called, &targets, [0, 1], &within, &mut |placed| {
                see(&called, placed.at, &placed.situation, placed.verdict(0), placed.verdict(1));
                let row = *known.entry(placed.key()).or_insert_with(|| rows.row(&placed));
                rows.add(row, placed);
            });
            all.extend(rows.noticed(called, classes, is_limited, &look.shared));
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
