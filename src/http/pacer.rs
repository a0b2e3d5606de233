//! One pace for everything that speaks to the same phone system.

use std::{
    sync::{Mutex, MutexGuard, PoisonError},
    time::Duration,
};
use tokio::{
    sync::{Semaphore, SemaphorePermit},
    time::Instant,
};

/// The slowest pace, as a fraction of the limit, however often the server answers that it gets too many requests.
const SLOWEST: u32 = 8;
/// After so many successful answers in a row the pace goes up by a tenth.
const SUCCESSES: u32 = 10;

/// Holds back requests so that no more than so many are in flight, no more than so many start in a second, and none
/// starts while the server has asked to wait. Each answer that limits the rate halves the pace for everybody; others bring it
/// back little by little, so that a system that cannot keep up is not driven into its limit again and again.
pub struct Pacer {
    slots: Semaphore,
    /// The interval between two starts at the configured pace.
    usual: Duration,
    pace: Mutex<Pace>,
}

struct Pace {
    interval: Duration,
    /// When the next request may start.
    next: Instant,
    /// No request starts before this time.
    paused: Instant,
    /// How many rate limits were counted.
    epoch: u64,
    successes: u32,
}

/// A slot among the requests in flight, until it is dropped.
pub struct Turn<'a> {
    _permit: Option<SemaphorePermit<'a>>,
    epoch: u64,
}

impl Pacer {
    pub fn new(concurrency: u32, per_second: u32) -> Self {
        let usual = Duration::from_secs(1) / per_second.max(1);
        let now = Instant::now();
        Self {
            slots: Semaphore::new(concurrency.max(1) as usize),
            usual,
            pace: Mutex::new(Pace { interval: usual, next: now, paused: now, epoch: 0, successes: 0 }),
        }
    }

    fn pace(&self) -> MutexGuard<'_, Pace> {
        self.pace.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Waits for a slot.
    pub async fn turn(&self) -> Turn<'_> {
        // The semaphore is never closed; without a permit the pace is still kept.
        let permit = self.slots.acquire().await.ok();
        loop {
            let start = {
                let mut pace = self.pace();
                let start = pace.next.max(pace.paused).max(Instant::now());
                pace.next = start + pace.interval;
                start
            };
            tokio::time::sleep_until(start).await;
            // The server may have asked to wait meanwhile, and means every request that has not started.
            let pace = self.pace();
            if pace.paused <= Instant::now() {
                return Turn { _permit: permit, epoch: pace.epoch };
            }
        }
    }

    /// The server has limited the rate. Requests that were in flight together are refused together, which counts once.
    pub fn slow_down(&self, turn: &Turn<'_>) {
        let mut pace = self.pace();
        pace.successes = 0;
        if turn.epoch == pace.epoch {
            pace.epoch += 1;
            pace.interval = (pace.interval * 2).min(self.usual * SLOWEST);
        }
    }

    /// The server has answered, and keeps up.
    pub fn succeeded(&self) {
        let mut pace = self.pace();
        if pace.interval == self.usual {
            return;
        }
        pace.successes += 1;
        if pace.successes >= SUCCESSES {
            pace.successes = 0;
            pace.interval = (pace.interval * 10 / 11).max(self.usual);
        }
    }

    /// Nobody starts a request before `delay` is over; for who does not wait for that.
    pub fn hold(&self, delay: Duration) {
        let mut pace = self.pace();
        pace.paused = pace.paused.max(Instant::now() + delay);
    }

    /// Nobody starts a request before `delay` is over.
    pub async fn pause(&self, delay: Duration) {
        self.hold(delay);
        tokio::time::sleep(delay).await;
    }

    /// How long no request starts because the server has asked to wait; `None` while it has not.
    pub fn paused_for(&self) -> Option<Duration> {
        let left = self.pace().paused.saturating_duration_since(Instant::now());
        (!left.is_zero()).then_some(left)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// How long so many requests take, one after the other.
    async fn time(pacer: &Pacer, requests: u32) -> Duration {
        let began = Instant::now();
        for _ in 0..requests {
            drop(pacer.turn().await);
        }
        began.elapsed()
    }

    /// The time that has passed, in tokio's resolution of a millisecond.
    fn is_about(found: Duration, expected: u64) {
        assert!(found.as_millis().abs_diff(expected.into()) <= 5, "{found:?} is not {expected} ms");
    }

    /// A server that cannot keep up is not driven into its limit again and again, and one that has recovered is not worked
    /// slowly for ever.
    #[tokio::test(start_paused = true)]
    async fn the_pace_halves_and_comes_back() {
        let pacer = Pacer::new(4, 10);
        is_about(time(&pacer, 11).await, 1000);
        pacer.slow_down(&pacer.turn().await);
        pacer.turn().await;
        is_about(time(&pacer, 10).await, 2000);
        for _ in 0..5 {
            pacer.slow_down(&pacer.turn().await);
        }
        pacer.turn().await;
        is_about(time(&pacer, 10).await, 8000);

        for _ in 0..SUCCESSES {
            pacer.succeeded();
        }
        pacer.turn().await;
        is_about(time(&pacer, 10).await, 7273);
        for _ in 0..(SUCCESSES * 22) {
            pacer.succeeded();
        }
        pacer.turn().await;
        is_about(time(&pacer, 10).await, 1000);
    }

    /// Four requests in flight that are refused together say once that it is too much, not four times.
    #[tokio::test(start_paused = true)]
    async fn requests_in_flight_together_slow_down_once() {
        let pacer = Pacer::new(4, 10);
        let turns = [pacer.turn().await, pacer.turn().await, pacer.turn().await];
        turns.iter().for_each(|turn| pacer.slow_down(turn));
        drop(turns);
        pacer.turn().await;
        is_about(time(&pacer, 10).await, 2000);
    }

    /// A pause also holds back requests whose turn was settled before it came.
    #[tokio::test(start_paused = true)]
    async fn a_pause_holds_everybody() {
        let pacer = Pacer::new(4, 10);
        pacer.turn().await;
        let began = Instant::now();
        let waiting = async {
            pacer.turn().await;
            began.elapsed()
        };
        let (waited, ()) = tokio::join!(waiting, async {
            tokio::time::sleep(Duration::from_millis(20)).await;
            assert_eq!(pacer.paused_for(), None);
            pacer.pause(Duration::from_secs(3)).await;
        });
        assert!(waited >= Duration::from_millis(3020), "{waited:?}");
        assert_eq!(pacer.paused_for(), None);
    }
}
