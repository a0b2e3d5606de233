//! Stretches of time, and the schedules that are in force in each.

use super::{
    network::{ExtensionId, Network, QueueId, ScheduleId, ScheduleState, SiteId, Target},
    point::Points,
    reach::Reach,
    spans::Seconds,
};
use std::{collections::BTreeSet, ops::Range};

/// A stretch of time in which some schedules do not change, nor how one is doubtful.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stretch {
    pub during: Range<Seconds>,
    /// Those in force.
    pub in_force: BTreeSet<ScheduleId>,
    /// What that rests on that no source says.
    pub asked: Points,
}

/// What is known of when a schedule is in force.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Timetable {
    Hours,
    SwitchedOff,
    /// Neither declared nor read.
    Unknown,
}

impl Network {
    /// A schedule of a tenant, or what one of its rules says instead.
    pub fn schedule(&self, tenant: SiteId, name: &str) -> Option<ScheduleId> {
        self.site(tenant).schedules.get(name).copied()
    }

    /// The names of a tenant's schedules, in order.
    pub fn schedule_names(&self, tenant: SiteId) -> Vec<&str> {
        let mut names: Vec<&str> = self.site(tenant).schedules.keys().map(String::as_str).collect();
        names.sort_unstable();
        names
    }

    /// Its name, with the tenant where that is another one.
    pub fn schedule_text(&self, schedule: ScheduleId, home: SiteId) -> String {
        let it = &self.schedules[schedule.at()];
        if it.site == home { it.name.clone() } else { format!("{}/{}", self.site(it.site).name, it.name) }
    }

    pub fn timetable(&self, schedule: ScheduleId) -> Timetable {
        match &self.schedules[schedule.at()].state {
            ScheduleState::Hours(_) => Timetable::Hours,
            ScheduleState::SwitchedOff => Timetable::SwitchedOff,
            ScheduleState::Unknown => Timetable::Unknown,
        }
    }

    /// The extensions with rules for schedules that a call can come to, each with its tenant.
    pub fn timed_on(&self, to: Target) -> BTreeSet<(String, String)> {
        let seen = self.reach(to).seen.into_iter();
        let agents = |it: QueueId| self.queues[it.at()].agents.iter().filter_map(|agent| agent.extension);
        let extensions = seen.flat_map(|it| match it {
            Target::Extension(it) => vec![it],
            Target::Queue(it) => agents(it).collect(),
            _ => Vec::new(),
        });
        let timed =
            extensions.filter(|it| self.extensions[it.at()].rules.iter().any(|it| it.schedule.is_some()));
        let name = |it: ExtensionId| {
            let it = &self.extensions[it.at()];
            (self.site(it.site).name.clone(), self.parties[it.phone.at()].name.clone())
        };
        timed.map(name).collect()
    }

    /// Every schedule that can matter to a call.
    pub fn schedules_on(&self, to: Target) -> BTreeSet<ScheduleId> {
        Reach::all(self, to).schedules
    }

    /// Whether a schedule is in force. One of which nothing is known is not.
    pub fn is_in_force(&self, schedule: ScheduleId, at: Seconds, asked: &mut Points) -> bool {
        match &self.schedules[schedule.at()].state {
            ScheduleState::Hours(hours) => hours.are_in_force(at, asked),
            ScheduleState::SwitchedOff | ScheduleState::Unknown => false,
        }
    }

    /// The stretches of a time in which none of some schedules changes: in order, without gaps.
    pub fn stretches(&self, schedules: &BTreeSet<ScheduleId>, within: Range<Seconds>) -> Vec<Stretch> {
        let mut edges = BTreeSet::from([within.start, within.end]);
        for schedule in schedules {
            if let ScheduleState::Hours(hours) = &self.schedules[schedule.at()].state {
                edges.extend(hours.edges().filter(|edge| within.contains(edge)));
            }
        }
        let edges: Vec<Seconds> = edges.into_iter().collect();
        let stretch = |pair: &[Seconds]| {
            let mut asked = Points::default();
            let is_in_force = |it: &&ScheduleId| self.is_in_force(**it, pair[0], &mut asked);
            let in_force = schedules.iter().filter(is_in_force).copied().collect();
            Stretch { during: pair[0]..pair[1], in_force, asked }
        };
        edges.windows(2).map(stretch).collect()
    }
}
