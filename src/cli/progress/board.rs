//! How far a run is.

use crate::{http::Pacer, text::count};
use std::{
    collections::{BTreeMap, BTreeSet, VecDeque},
    sync::Arc,
    time::Duration,
};
use tokio::time::Instant;

/// Requests of this long back count for the rate that is shown.
const RECENT: Duration = Duration::from_secs(5);
/// Steps named in one line.
const NAMED: usize = 3;

/// Everything that is shown of a run while it lasts.
pub struct Board {
    pub lanes: BTreeMap<String, Lane>,
    /// Tenants read, and how many there are, while accounts are read.
    reading: Option<(usize, usize)>,
    under_way: BTreeSet<String>,
}

/// One provider.
#[derive(Default)]
pub struct Lane {
    pub steps: u64,
    pub ended: u64,
    requests: VecDeque<Instant>,
    pacers: Vec<Arc<Pacer>>,
}

impl Lane {
    pub fn new(pacers: Vec<Arc<Pacer>>) -> Self {
        Self { pacers, ..Self::default() }
    }

    /// Requests a second of late.
    pub fn rate(&self, now: Instant) -> f64 {
        let recent = self.requests.iter().filter(|at| now.duration_since(**at) <= RECENT).count();
        recent as f64 / RECENT.as_secs_f64()
    }

    /// How long no request starts because the server has asked for patience.
    pub fn patience(&self) -> Option<Duration> {
        self.pacers.iter().filter_map(|pacer| pacer.patience()).max()
    }
}

impl Board {
    pub fn reading(tenants: usize, lanes: BTreeMap<String, Lane>) -> Self {
        Self { lanes, reading: Some((0, tenants)), under_way: BTreeSet::new() }
    }

    pub fn applying(lanes: BTreeMap<String, Lane>) -> Self {
        Self { lanes, reading: None, under_way: BTreeSet::new() }
    }

    pub fn request(&mut self, provider: &str, now: Instant) {
        let Some(lane) = self.lanes.get_mut(provider) else { return };
        lane.requests.push_back(now);
        while lane.requests.front().is_some_and(|at| now.duration_since(*at) > RECENT) {
            lane.requests.pop_front();
        }
    }

    pub fn read(&mut self) {
        if let Some((read, _)) = &mut self.reading {
            *read += 1;
        }
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

    /// What is going on, in one line.
    pub fn heartbeat(&self) -> String {
        let mut line = match self.reading {
            Some((read, tenants)) => format!("reading: {read} of {} read", count(tenants, "tenant")),
            None => {
                let sum = |of: fn(&Lane) -> u64| self.lanes.values().map(of).sum::<u64>();
                let (ended, steps) = (sum(|lane| lane.ended), sum(|lane| lane.steps));
                let mut line = format!("applying: {} of {steps} steps left", steps.saturating_sub(ended));
                if !self.under_way.is_empty() {
                    let named: Vec<&str> = self.under_way.iter().take(NAMED).map(String::as_str).collect();
                    line += &format!(", under way: {}", named.join(", "));
                    if self.under_way.len() > NAMED {
                        line += &format!(" and {} more", self.under_way.len() - NAMED);
                    }
                }
                line
            }
        };
        for (provider, lane) in &self.lanes {
            if let Some(left) = lane.patience() {
                line += &format!("; waiting {} s: {provider} asked for patience", left.as_secs() + 1);
            }
        }
        line
    }
}
