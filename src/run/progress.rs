//! How far a run is, for whoever shows it.

use super::Pace;
use crate::{plan::Plan, text::count};
use std::{
    collections::{BTreeMap, BTreeSet, VecDeque},
    time::Duration,
};
use tokio::time::Instant;

/// Requests of this long back count for the rate that is shown.
const RECENT: Duration = Duration::from_secs(5);
/// Steps named in one line.
const NAMED: usize = 3;

/// How far a run is. Whoever listens to a run tells it of each notice.
pub struct Progress {
    pub lanes: BTreeMap<String, Lane>,
    phase: Phase,
    under_way: BTreeSet<String>,
}

/// What is being done.
enum Phase {
    /// Locks are taken and given back; whoever waits for one says so.
    Opening,
    /// Accounts are read: how many of how many tenants.
    Reading {
        read: usize,
        tenants: usize,
    },
    Applying,
}

/// One provider.
#[derive(Default)]
pub struct Lane {
    pub steps: u64,
    pub ended: u64,
    /// Accounts to read, where they are read.
    pub accounts: u64,
    pub read: u64,
    /// Requests so far.
    pub sent: u64,
    requests: VecDeque<Instant>,
    pace: Pace,
}

impl Lane {
    pub fn new(pace: Pace) -> Self {
        Self { pace, ..Self::default() }
    }

    /// Requests a second, lately.
    pub fn rate(&self, now: Instant) -> f64 {
        let recent = self.requests.iter().filter(|at| now.duration_since(**at) <= RECENT).count();
        recent as f64 / RECENT.as_secs_f64()
    }

    /// How long no request starts because the server has asked to wait.
    pub fn paused(&self) -> Option<Duration> {
        self.pace.paused()
    }
}

impl Progress {
    pub fn opening() -> Self {
        Self { lanes: BTreeMap::new(), phase: Phase::Opening, under_way: BTreeSet::new() }
    }

    pub fn reading(tenants: usize, paces: BTreeMap<String, Pace>) -> Self {
        Self { phase: Phase::Reading { read: 0, tenants }, ..Self::with(paces) }
    }

    pub fn applying(plan: &Plan, paces: BTreeMap<String, Pace>) -> Self {
        let mut board = Self { phase: Phase::Applying, ..Self::with(paces) };
        for tenant in &plan.tenants {
            board.lanes.entry(tenant.provider.clone()).or_default().steps += tenant.steps.len() as u64;
        }
        board
    }

    fn with(paces: BTreeMap<String, Pace>) -> Self {
        let lanes = paces.into_iter().map(|(provider, pace)| (provider, Lane::new(pace))).collect();
        Self { lanes, ..Self::opening() }
    }

    pub fn request(&mut self, provider: &str, now: Instant) {
        let Some(lane) = self.lanes.get_mut(provider) else { return };
        lane.sent += 1;
        lane.requests.push_back(now);
        while lane.requests.front().is_some_and(|at| now.duration_since(*at) > RECENT) {
            lane.requests.pop_front();
        }
    }

    pub fn tenant_read(&mut self, provider: &str) {
        // Some are read again to be planned: there are no more tenants for that.
        if let Phase::Reading { read, tenants } = &mut self.phase {
            *read = (*read + 1).min(*tenants);
        }
        if let Some(lane) = self.lanes.get_mut(provider) {
            lane.read += 1;
        }
    }

    /// What a run that is to end early says to whoever waits for it; `None` where it ends at once.
    pub fn stopping(&self) -> Option<String> {
        let Phase::Applying = self.phase else { return None };
        let (ended, steps) = self.steps();
        let mut line = format!("stopping: {ended} of {steps} steps have ended, ");
        line += &match self.under_way.len() {
            0 => "none is under way".to_owned(),
            1 => format!("1 is under way and finishes ({})", self.named()),
            many => format!("{many} are under way and finish ({})", self.named()),
        };
        let is_left = steps.saturating_sub(ended) > self.under_way.len() as u64;
        line += if is_left { "; no other is started" } else { "" };
        if !self.under_way.is_empty() {
            line += ". Ctrl-C again leaves what is under way";
        }
        Some(line)
    }

    /// The steps that have ended, of how many.
    fn steps(&self) -> (u64, u64) {
        let sum = |of: fn(&Lane) -> u64| self.lanes.values().map(of).sum::<u64>();
        (sum(|lane| lane.ended), sum(|lane| lane.steps))
    }

    /// Some of the steps under way.
    fn named(&self) -> String {
        let named: Vec<&str> = self.under_way.iter().take(NAMED).map(String::as_str).collect();
        let mut text = named.join(", ");
        if self.under_way.len() > NAMED {
            text += &format!(" and {} more", self.under_way.len() - NAMED);
        }
        text
    }

    /// Whether every account is read, and what is wanted is compared with it.
    pub fn is_all_read(&self) -> bool {
        matches!(self.phase, Phase::Reading { read, tenants } if read >= tenants)
    }

    pub fn started(&mut self, step: String) {
        self.under_way.insert(step);
    }

    pub fn ended(&mut self, provider: &str, step: &str) {
        self.under_way.remove(step);
        if let Some(lane) = self.lanes.get_mut(provider) {
            lane.ended += 1;
        }
    }

    /// What is going on, in one line, if there is anything to say.
    pub fn heartbeat(&self) -> Option<String> {
        let mut line = match self.phase {
            Phase::Opening => return None,
            Phase::Reading { read, tenants } => {
                format!("reading: {read} of {} read", count(tenants, "tenant"))
            }
            Phase::Applying => {
                let (ended, steps) = self.steps();
                let mut line = format!("applying: {} of {steps} steps left", steps.saturating_sub(ended));
                if !self.under_way.is_empty() {
                    line += &format!(", under way: {}", self.named());
                }
                line
            }
        };
        for (provider, lane) in &self.lanes {
            if let Some(left) = lane.paused() {
                line += &format!("; paused {} s: {provider} limits requests", left.as_secs() + 1);
            }
        }
        Some(line)
    }
}
