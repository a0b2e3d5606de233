//! Every call at every time and in every state, and what is wrong with any of them.
//!
//! Windows of time in which the same schedules are in force are one class. In each class a call is placed with everybody
//! answering, with nobody answering, with every phone that it looks at in every state, with each queue that it comes to
//! without agents, with the phone system down, and from callers who are anonymous or marked as spam. Where a call does not look at
//! a phone, that phone's state makes no difference: it is not placed again.
//!
//! - [`state`]: what is varied
//! - [`circle`]: calls that come back to where they were
//! - [`circle_calls`]: the calls that find them
//! - [`end`]: calls that reach nobody
//! - [`rule`]: rules that never win, forwards in doubt
//! - [`phone`]: phones that never ring, failovers that never happen
//! - [`alone`]: which of a rule's forwards any call can take
//! - [`found`]: what is found, each once, with the shortest call that shows it

mod alone;
mod circle;
mod circle_calls;
mod end;
mod found;
mod phone;
mod rule;
mod state;

use super::{
    met::Met,
    network::{ExtensionId, Network, NumberId, QueueId, ScheduleId, SiteId, Target},
    possible_circles::possible_circles,
    reach::Reach,
    spans::Seconds,
    state::{Caller, Given},
    timeline::Verdict,
    walk::Call,
    windows::Classes,
};
pub use alone::{conditions_of_diverts, conditions_of_rule};
use found::Collected;
pub use found::{Example, Fault, Found, Round};
use state::Sight;
use std::{
    collections::{BTreeSet, HashMap},
    ops::Range,
    rc::Rc,
};

/// What a sweep has found, and how much it looked at.
#[derive(Debug, Default)]
pub struct Swept {
    pub found: Vec<Found>,
    pub counted: Counted,
}

/// How much a sweep has looked at.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, serde::Serialize)]
pub struct Counted {
    /// Calls that were placed.
    pub classes: u64,
    /// Calls that they stand for: every window, and every state of every phone that the call can come to.
    pub combinations: u64,
    /// Calls of which not every way, or not every phone, was looked at.
    pub limited: u64,
}

impl std::ops::AddAssign for Counted {
    fn add_assign(&mut self, more: Self) {
        self.classes += more.classes;
        self.combinations = self.combinations.saturating_add(more.combinations);
        self.limited += more.limited;
    }
}

impl Network {
    /// The tenants in which calls may come back to where they were, whatever else: most have none.
    pub fn with_possible_circles(&self) -> BTreeSet<SiteId> {
        possible_circles(self).into_iter().flatten().filter_map(|it| self.site_of(it)).collect()
    }

    /// The circles of calls to anything: everybody does the same.
    pub fn circles(&self, within: Range<Seconds>) -> Swept {
        let mut unseen = |_: &Call, _: &Given, _: &Verdict| {};
        let mut sweep = Sweep { only_circles: true, ..Sweep::new(self, within, &mut unseen) };
        sweep.circle_calls(&mut |_| true);
        sweep.swept()
    }

    /// Everything that is wrong with calls to some tenants.
    pub fn sweep(&self, sites: &BTreeSet<SiteId>, within: Range<Seconds>) -> Swept {
        self.sweep_seen(sites, within, &mut |_, _, _| {})
    }

    /// The same. `see` is told of every call that is placed.
    pub fn sweep_seen(
        &self,
        sites: &BTreeSet<SiteId>,
        within: Range<Seconds>,
        see: &mut dyn FnMut(&Call, &Given, &Verdict),
    ) -> Swept {
        let mut sweep = Sweep::new(self, within, see);
        let numbers = self.numbers().filter(|it| sites.contains(&self.tenant_of(*it)));
        for number in numbers {
            sweep.number(number);
        }
        sweep.circle_calls(&mut |site| sites.contains(&site));
        for extension in self.extension_ids().filter(|it| sites.contains(&self.extensions[it.at()].site)) {
            sweep.rules(extension);
        }
        for queue in self.queue_ids().filter(|it| sites.contains(&self.queues[it.at()].site)) {
            sweep.queue(queue);
        }
        sweep.swept()
    }

    fn extension_ids(&self) -> impl Iterator<Item = ExtensionId> + use<> {
        (0..u32::try_from(self.extensions.len()).unwrap_or(u32::MAX)).map(ExtensionId)
    }

    fn queue_ids(&self) -> impl Iterator<Item = QueueId> + use<> {
        (0..u32::try_from(self.queues.len()).unwrap_or(u32::MAX)).map(QueueId)
    }

    fn site_of(&self, target: Target) -> Option<SiteId> {
        match target {
            Target::Number(it) => Some(self.numbers[it.at()].site),
            Target::Extension(it) | Target::Phone(it) => Some(self.extensions[it.at()].site),
            Target::Queue(it) => Some(self.queues[it.at()].site),
            Target::Receiver(it) => Some(self.receivers[it.at()].site),
            _ => None,
        }
    }
}

/// A sweep under way.
struct Sweep<'n, 's> {
    see: &'s mut dyn FnMut(&Call, &Given, &Verdict),
    network: &'n Network,
    within: Range<Seconds>,
    met: Met,
    collected: Collected<'n>,
    counted: Counted,
    /// Whether nothing else is looked for.
    only_circles: bool,
    /// By the schedules that a call depends on.
    known: HashMap<BTreeSet<ScheduleId>, Rc<Classes>>,
    /// Everybody answers; nobody does; and the one that is varied.
    answers: Given,
    silent: Given,
}

impl<'n, 's> Sweep<'n, 's> {
    fn new(
        network: &'n Network,
        within: Range<Seconds>,
        see: &'s mut dyn FnMut(&Call, &Given, &Verdict),
    ) -> Self {
        Self {
            see,
            network,
            within,
            met: Met::of_many(),
            collected: Collected::new(network),
            counted: Counted::default(),
            only_circles: false,
            known: HashMap::new(),
            answers: Given::everybody(network, state::ANSWERS),
            silent: Given::everybody(network, state::SILENT),
        }
    }

    fn swept(self) -> Swept {
        Swept { found: self.collected.found(), counted: self.counted }
    }

    /// A call in each class of windows.
    fn sights(&mut self, to: Target, site: SiteId) -> Vec<Sight> {
        let reach = Reach::all(self.network, to);
        let phones = reach.phones.len() as u64;
        let classes = self.classes(reach.schedules);
        let each = state::WITHOUT_PHONES + phones * state::OF_EACH_PHONE;
        let combinations = (classes.windows() as u64).saturating_mul(each);
        self.counted += Counted { combinations, ..Counted::default() };
        classes.sights(to, site).collect()
    }

    fn classes(&mut self, schedules: BTreeSet<ScheduleId>) -> Rc<Classes> {
        if let Some(known) = self.known.get(&schedules) {
            return Rc::clone(known);
        }
        let classes = Rc::new(self.network.classes(&schedules, &self.within));
        self.known.insert(schedules, Rc::clone(&classes));
        classes
    }

    /// Places a call. Its circles are collected, whatever the call is looked at for.
    fn place(&mut self, sight: Sight, caller: Caller, given: &Given) -> Verdict {
        self.counted.classes += 1;
        let call = Call { to: sight.to, at: sight.at, caller };
        let verdict = self.network.verdict_and_met(&call, given, &mut self.met);
        self.counted.limited += u64::from(verdict.is_cut);
        if !self.only_circles {
            (self.see)(&call, given, &verdict);
        }
        self.collected.circles(sight, &call, given, &verdict, &self.met);
        verdict
    }

    /// Every call to a number.
    fn number(&mut self, number: NumberId) {
        let to = Target::Number(number);
        let mut queues: Vec<QueueId> = Vec::new();
        queues.extend(Reach::all(self.network, to).seen.into_iter().filter_map(|it| match it {
            Target::Queue(queue) => Some(queue),
            _ => None,
        }));
        queues.sort_unstable();
        for sight in self.sights(to, self.network.tenant_of(number)) {
            self.everybody(sight);
            self.each_phone(sight);
            self.each_queue(sight, &queues);
            self.outage(sight, number);
            self.callers(sight);
        }
    }
}
