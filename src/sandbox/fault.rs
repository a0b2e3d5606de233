//! Decides which request meets which fault, from a counter and a seed alone.

use std::sync::atomic::{AtomicU64, Ordering};

use super::behaviour::Behaviour;
use super::scatter::scatter;

/// One thing that goes wrong with one request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fault {
    TooManyRequests,
    /// In the vendor's own way.
    RateLimit,
    ServerError,
    ResetBeforeCommit,
    Garbage,
    AcceptAndIgnore,
    BadGatewayAfterCommit,
    ResetAfterCommit,
    Truncate,
    Unavailable,
    Stale,
    Refuse,
    Slow,
}

/// What `only` is to mean every request that is no read.
const WRITES: &str = "writes";

/// Deals faults: the same requests in the same order meet the same faults.
#[derive(Debug)]
pub struct FaultSchedule {
    odds: [(Fault, f64); 13],
    only: String,
    skip: u64,
    at_most: u64,
    seed: u64,
    requests: AtomicU64,
    faults: AtomicU64,
}

impl FaultSchedule {
    /// `rate_limit` is how often the vendor's own status for too many requests is dealt.
    pub fn new(behaviour: &Behaviour, rate_limit: f64) -> Self {
        Self {
            odds: [
                (Fault::TooManyRequests, behaviour.too_many_requests),
                (Fault::RateLimit, rate_limit),
                (Fault::ServerError, behaviour.server_error),
                (Fault::ResetBeforeCommit, behaviour.reset_before_commit),
                (Fault::Garbage, behaviour.garbage),
                (Fault::AcceptAndIgnore, behaviour.accept_and_ignore),
                (Fault::BadGatewayAfterCommit, behaviour.bad_gateway_after_commit),
                (Fault::ResetAfterCommit, behaviour.reset_after_commit),
                (Fault::Truncate, behaviour.truncate),
                (Fault::Unavailable, behaviour.unavailable),
                (Fault::Stale, behaviour.stale),
                (Fault::Refuse, behaviour.refuse),
                (Fault::Slow, behaviour.slow_ten_times),
            ],
            only: behaviour.only.clone(),
            skip: behaviour.skip,
            at_most: behaviour.at_most,
            seed: behaviour.seed,
            requests: AtomicU64::new(0),
            faults: AtomicU64::new(0),
        }
    }

    /// Deals at most one fault to a request; the first kind that hits wins.
    pub fn roll(&self, method: &str, path: &str) -> Option<Fault> {
        let reads = matches!(method, "GET" | "HEAD");
        let meant =
            if self.only == WRITES { !reads } else { format!("{method} {path}").starts_with(&self.only) };
        if !meant {
            return None;
        }
        let request = self.requests.fetch_add(1, Ordering::Relaxed);
        if request < self.skip {
            return None;
        }
        let hit = |(index, (fault, chance)): (u64, &(Fault, f64))| {
            let spared = reads && matches!(fault, Fault::AcceptAndIgnore | Fault::Stale);
            (!spared && draw(self.seed, request, index) < *chance).then_some(*fault)
        };
        let fault = (0..).zip(&self.odds).find_map(hit)?;
        let dealt = self.faults.fetch_update(Ordering::Relaxed, Ordering::Relaxed, |dealt| {
            (dealt < self.at_most).then_some(dealt + 1)
        });
        dealt.is_ok().then_some(fault)
    }
}

/// Draws a number from 0 (inclusive) to 1 (exclusive) for the counters.
fn draw(seed: u64, request: u64, index: u64) -> f64 {
    let word = seed.wrapping_mul(0x9E37_79B9).wrapping_add(request.wrapping_mul(16)).wrapping_add(index);
    // 53 bits fill a double exactly, so that a chance of 1 always hits.
    (scatter(word) >> 11) as f64 / (1u64 << 53) as f64
}
