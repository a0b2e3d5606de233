//! Stretches of time in which nothing changes for a call.

use super::{
    hours::Hours,
    network::{Network, ScheduleId, ScheduleState, Target},
    point::Points,
    spans::Seconds,
};
use std::{
    collections::{BTreeMap, BTreeSet, HashMap},
    ops::Range,
};

impl Network {
    /// Whether a schedule of a tenant is in force at an instant. None: nobody knows, or there is none of that name.
    pub fn schedule_in_force(&self, tenant: &str, schedule: &str, at: Seconds) -> Option<bool> {
        let site = self.sites.iter().find(|site| site.name == tenant)?;
        match &self.schedules[site.schedules.get(schedule)?.at()].state {
            ScheduleState::Hours(hours) => Some(hours.are_in_force(at, &mut Points::default())),
            ScheduleState::SwitchedOff => Some(false),
            ScheduleState::Unknown => None,
        }
    }

    /// Every schedule of a tenant whose hours are known, with the stretches in which it is in force.
    pub fn schedules_in_force(&self, tenant: &str) -> BTreeMap<String, Vec<Range<Seconds>>> {
        let Some(site) = self.sites.iter().find(|site| site.name == tenant) else { return BTreeMap::new() };
        let known = |(name, schedule): (&String, &ScheduleId)| {
            Some((name.clone(), self.hours_of(*schedule)?.spans.clone()))
        };
        site.schedules.iter().filter_map(known).collect()
    }

    /// The stretches of a time in which no schedule on a call's paths changes, nor how one is doubtful: in order, without gaps.
    pub fn windows(&self, to: Target, within: Range<Seconds>) -> Vec<Range<Seconds>> {
        let mut edges = BTreeSet::from([within.start, within.end]);
        for schedule in self.reach(to).schedules {
            if let ScheduleState::Hours(hours) = &self.schedules[schedule.at()].state {
                edges.extend(hours.edges().filter(|edge| within.contains(edge)));
            }
        }
        let edges: Vec<Seconds> = edges.into_iter().collect();
        edges.windows(2).map(|pair| pair[0]..pair[1]).collect()
    }
}

/// The windows of a time, those in which the same schedules are in force counted as one.
#[derive(Debug, Clone)]
pub(super) struct Classes(Vec<Class>);

impl Classes {
    /// Each by itself.
    pub fn each(&self) -> impl Iterator<Item = &Class> {
        self.0.iter()
    }

    /// The beginning of the first window of each, in order.
    pub fn instants(&self) -> impl Iterator<Item = Seconds> {
        self.0.iter().filter_map(|it| Some(it.first()?.start))
    }

    /// How many windows there are.
    pub fn windows(&self) -> usize {
        self.0.iter().map(Vec::len).sum()
    }

    /// Whether no schedule matters.
    pub fn are_any_time(&self) -> bool {
        self.0.len() == 1
    }
}

/// The windows in which the same of some hours are in force.
pub(super) type Class = Vec<Range<Seconds>>;

/// Every window of a time, by which of some hours are in force: in the order in which they first come, each in order.
/// `later`: times after it, of which only windows are told in which others are.
pub(super) fn classes(hours: &[&Hours], within: &Range<Seconds>, later: &[Range<Seconds>]) -> Vec<Class> {
    let mut seen: HashMap<Vec<u64>, usize> = HashMap::new();
    let mut classes: Vec<Class> = Vec::new();
    // What is so within a year says enough of later.
    let mut known = 0;
    for (at, range) in std::iter::once(within).chain(later).enumerate() {
        each_window(hours, range, &mut |in_force, window| match seen.get(in_force) {
            Some(class) if *class < known => {}
            Some(class) => classes[*class].push(window),
            None => {
                seen.insert(in_force.to_vec(), classes.len());
                classes.push(std::iter::once(window).collect());
            }
        });
        if at == 0 {
            known = classes.len();
        }
    }
    classes
}

/// Is told of each window of a time, and of which of some hours are in force.
fn each_window(hours: &[&Hours], within: &Range<Seconds>, told: &mut dyn FnMut(&[u64], Range<Seconds>)) {
    let mut changes: Vec<(Seconds, usize)> = Vec::new();
    let mut in_force = vec![0u64; hours.len().div_ceil(64)];
    for (at, hours) in hours.iter().enumerate() {
        let first = hours.spans.partition_point(|span| span.end <= within.start);
        for span in hours.spans[first..].iter().take_while(|span| span.start < within.end) {
            let edges = [span.start, span.end].into_iter();
            changes.extend(edges.filter(|it| within.contains(it)).map(|edge| (edge, at)));
            if span.start < within.start {
                in_force[at / 64] |= 1 << (at % 64);
            }
        }
    }
    changes.sort_unstable();
    let mut changes = changes.into_iter().peekable();
    let mut now = within.start;
    loop {
        // Stretches do not touch: every edge of one switches it.
        while let Some((_, at)) = changes.next_if(|(edge, _)| *edge == now) {
            in_force[at / 64] ^= 1 << (at % 64);
        }
        let next = changes.peek().map_or(within.end, |(next, _)| *next);
        told(&in_force, now..next);
        if changes.peek().is_none() {
            return;
        }
        now = next;
    }
}

impl Network {
    pub(super) fn hours_of(&self, schedule: ScheduleId) -> Option<&Hours> {
        match &self.schedules[schedule.at()].state {
            ScheduleState::Hours(hours) => Some(hours),
            ScheduleState::SwitchedOff | ScheduleState::Unknown => None,
        }
    }

    pub(super) fn classes(&self, schedules: &BTreeSet<ScheduleId>, within: &Range<Seconds>) -> Classes {
        let hours: Vec<&Hours> = schedules.iter().filter_map(|it| self.hours_of(*it)).collect();
        Classes(classes(&hours, within, &self.horizon.later))
    }
}
