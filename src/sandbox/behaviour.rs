//! Holds what can be switched about every emulated server.

use super::notation::{chance, duration, flag, prefix, whole};
use std::time::Duration;

/// Every switch that all of them have. Probabilities are 0 to 1.
#[derive(Debug, Clone, PartialEq)]
pub struct Behaviour {
    /// How long a committed write stays invisible to reads (FACTS stratus/writes-5).
    pub visible_after: Duration,
    /// A write to an object whose last write is not visible yet is accepted and lost.
    pub pending_first: bool,
    /// Writes answered 202 that change nothing (FACTS stratus/writes-2).
    pub accept_and_ignore: f64,
    pub too_many_requests: f64,
    /// Seconds in `Retry-After` of a 429.
    pub retry_after: u32,
    pub server_error: f64,
    pub bad_gateway_after_commit: f64,
    pub reset_before_commit: f64,
    pub reset_after_commit: f64,
    /// Half of the body under the full `Content-Length`, then the end.
    pub truncate: f64,
    /// 200 with an HTML page, as a proxy in the way answers.
    pub garbage: f64,
    /// A write whose change stays invisible for `stale_for`, and with it every later one.
    pub stale: f64,
    pub stale_for: Duration,
    /// An answer after which the server goes away for `refuse_for`: connections are closed, and refused.
    pub refuse: f64,
    pub refuse_for: Duration,
    /// Added before every answer.
    pub slow: Duration,
    /// An answer that takes ten times `slow`.
    pub slow_ten_times: f64,
    /// Faults meet only requests whose `METHOD /path` starts so, or only `writes`.
    pub only: String,
    /// Faults spare this many requests first.
    pub skip: u64,
    /// Faults stop after this many.
    pub at_most: u64,
    /// Chooses another sequence of faults.
    pub seed: u64,
    /// 503, before anything is done.
    pub unavailable: f64,
    /// Requests in one second that are answered before it is 429; 0 is no limit, `None` the vendor's own.
    pub requests_per_second: Option<u32>,
}

impl Default for Behaviour {
    fn default() -> Self {
        Self {
            visible_after: Duration::from_millis(200),
            pending_first: false,
            accept_and_ignore: 0.0,
            too_many_requests: 0.0,
            retry_after: 1,
            server_error: 0.0,
            bad_gateway_after_commit: 0.0,
            reset_before_commit: 0.0,
            reset_after_commit: 0.0,
            truncate: 0.0,
            garbage: 0.0,
            stale: 0.0,
            stale_for: Duration::from_secs(2),
            refuse: 0.0,
            refuse_for: Duration::from_millis(200),
            slow: Duration::ZERO,
            slow_ten_times: 0.0,
            only: String::new(),
            skip: 0,
            at_most: u64::MAX,
            seed: 0,
            unavailable: 0.0,
            requests_per_second: None,
        }
    }
}

/// Sets one switch from its text, or says what it takes.
type Setter = fn(&mut Behaviour, &str) -> Result<(), &'static str>;

/// Every name of the notation, with what it sets.
const SWITCHES: &[(&str, Setter)] = &[
    ("visible-after", |b, text| set(&mut b.visible_after, duration(text))),
    ("pending-first", |b, text| set(&mut b.pending_first, flag(text))),
    ("accept-and-ignore", |b, text| set(&mut b.accept_and_ignore, chance(text))),
    ("429", |b, text| set(&mut b.too_many_requests, chance(text))),
    ("retry-after", |b, text| set(&mut b.retry_after, whole(text))),
    ("500", |b, text| set(&mut b.server_error, chance(text))),
    ("502-after-commit", |b, text| set(&mut b.bad_gateway_after_commit, chance(text))),
    ("reset-before-commit", |b, text| set(&mut b.reset_before_commit, chance(text))),
    ("reset-after-commit", |b, text| set(&mut b.reset_after_commit, chance(text))),
    ("truncate", |b, text| set(&mut b.truncate, chance(text))),
    ("garbage", |b, text| set(&mut b.garbage, chance(text))),
    ("stale", |b, text| set(&mut b.stale, chance(text))),
    ("stale-for", |b, text| set(&mut b.stale_for, duration(text))),
    ("refuse", |b, text| set(&mut b.refuse, chance(text))),
    ("refuse-for", |b, text| set(&mut b.refuse_for, duration(text))),
    ("slow", |b, text| set(&mut b.slow, duration(text))),
    ("slow-10x", |b, text| set(&mut b.slow_ten_times, chance(text))),
    ("only", |b, text| set(&mut b.only, prefix(text))),
    ("skip", |b, text| set(&mut b.skip, whole(text))),
    ("at-most", |b, text| set(&mut b.at_most, whole(text))),
    ("seed", |b, text| set(&mut b.seed, whole(text))),
    ("503", |b, text| set(&mut b.unavailable, chance(text))),
    ("requests-per-second", |b, text| set(&mut b.requests_per_second, whole(text).map(Some))),
];

impl Behaviour {
    /// The names of the notation.
    pub fn names() -> impl Iterator<Item = &'static str> {
        SWITCHES.iter().map(|(name, _)| *name)
    }

    /// Sets one switch, or says what it takes; `None` if it is not one of these.
    pub(super) fn set(&mut self, name: &str, value: &str) -> Option<Result<(), &'static str>> {
        let (_, setter) = SWITCHES.iter().find(|(known, _)| *known == name)?;
        Some(setter(self, value))
    }
}

fn set<T>(slot: &mut T, value: Result<T, &'static str>) -> Result<(), &'static str> {
    *slot = value?;
    Ok(())
}
