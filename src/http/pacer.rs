//! One pace for everything that speaks to the same phone system.

use std::{
    collections::VecDeque,
    sync::{Mutex, MutexGuard, PoisonError},
    time::Duration,
};
use tokio::{
    sync::{Semaphore, SemaphorePermit},
    time::Instant,
};

/// The slowest pace, as a fraction of the limit, however often the server answers that it gets too many requests.
const SLOWEST: u32 = 8;
/// How long a start counts against the limit. Vendors count the requests of a second, and do not say where theirs begins:
/// never more than the limit in any second is right for all of them. A server counts when a request arrives, and not all of
/// them travel equally long: hence the twentieth on top.
const WINDOW: Duration = Duration::from_millis(1050);
/// After so many successful answers in a row the pace goes up by a tenth.
const SUCCESSES: u32 = 10;

/// Holds back requests so that no more than so many are in flight, no more than so many start in a second, and none
/// starts while the server has asked to wait. What the limit allows in a second may start at once. Each answer that limits the
/// rate halves the pace for everybody, and from then on requests start one by one; others bring it back little by little, so
/// that a system that cannot keep up is not driven into its limit again and again.
pub struct Pacer {
    slots: Semaphore,
    /// How many may start in a second.
    per_second: usize,
    /// The interval between two starts at the configured pace, if they were spread over the second.
    usual: Duration,
    pace: Mutex<Pace>,
}

struct Pace {
    /// The interval between two starts. At the usual pace they need none.
    interval: Duration,
    /// The starts that still count, in their order; some are to come.
    recent: VecDeque<Instant>,
    /// No request starts before this time because of the one before it.
    next: Instant,
    /// No request starts before this time.
    paused: Instant,
    /// How many rate limits were counted.
    epoch: u64,
    successes: u32,
}

/// A slot among the requests in flight, until it is dropped.
pub struct Turn<'a> {
    permit: Option<SemaphorePermit<'a>>,
    epoch: u64,
    /// How long the server's wish to wait has held it back.
    pub held: Duration,
}

impl Pace {
    /// The time of the next start, which is taken. No start is earlier than the one before it.
    fn take(&mut self, now: Instant, per_second: usize, usual: Duration) -> Instant {
        while self.recent.front().is_some_and(|start| *start + WINDOW <= now) {
            self.recent.pop_front();
        }
        // So many before this one is the start that must have ceased to count.
        let before = self.recent.len().checked_sub(per_second);
        let free = before.and_then(|it| self.recent.get(it)).map_or(now, |start| *start + WINDOW);
        let start = free.max(self.next).max(self.paused).max(now);
        self.recent.push_back(start);
        self.next = if self.interval > usual { start + self.interval } else { start };
        start
    }
}

impl Pacer {
    pub fn new(concurrency: u32, per_second: u32) -> Self {
        let per_second = per_second.max(1);
        let usual = Duration::from_secs(1) / per_second;
        let now = Instant::now();
        let pace =
            Pace { interval: usual, recent: VecDeque::new(), next: now, paused: now, epoch: 0, successes: 0 };
        Self {
            slots: Semaphore::new(concurrency.max(1) as usize),
            per_second: per_second as usize,
            usual,
            pace: Mutex::new(pace),
        }
    }

    fn pace(&self) -> MutexGuard<'_, Pace> {
        self.pace.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Waits for a slot.
    pub async fn turn(&self) -> Turn<'_> {
        // The semaphore is never closed; without a permit the pace is still kept.
        let permit = self.slots.acquire().await.ok();
        self.start(permit).await
    }

    /// Waits for the next try of a request that keeps its slot: none that comes after it goes before it.
    pub async fn again<'a>(&'a self, turn: Turn<'a>) -> Turn<'a> {
        self.start(turn.permit).await
    }

    async fn start<'a>(&'a self, permit: Option<SemaphorePermit<'a>>) -> Turn<'a> {
        let asked = Instant::now();
        loop {
            let (start, now) = {
                let (mut pace, now) = (self.pace(), Instant::now());
                (pace.take(now, self.per_second, self.usual), now)
            };
            // A timer ends with the next millisecond at the earliest: whose turn has come does not set one.
            if start > now {
                tokio::time::sleep_until(start).await;
            }
            // The server may have asked to wait meanwhile, and means every request that has not started.
            let pace = self.pace();
            if pace.paused <= Instant::now() {
                return Turn {
                    permit,
                    epoch: pace.epoch,
                    held: pace.paused.saturating_duration_since(asked),
                };
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

    /// Until nothing that has started counts any more.
    async fn rest() {
        tokio::time::sleep(WINDOW).await;
    }

    /// Vendors allow so many in a second. Spread evenly, ten of ten would take a second for nothing.
    #[tokio::test(start_paused = true)]
    async fn what_a_second_allows_starts_at_once() {
        // Requests at ten a second, and when the last of them starts.
        for (requests, expected) in [(1, 0), (10, 0), (11, 1050), (20, 1050), (21, 2100), (100, 9450)] {
            is_about(time(&Pacer::new(4, 10), requests).await, expected);
        }
    }

    /// Whose turn has come is not put to sleep: a timer takes a millisecond, thousands of them seconds.
    #[tokio::test(start_paused = true)]
    async fn a_turn_that_has_come_is_taken_without_a_timer() {
        let pacer = Pacer::new(4, 10_000);
        assert_eq!(time(&pacer, 10_000).await, Duration::ZERO);
    }

    /// A server may count from any moment: whichever second is looked at, the limit holds, also where requests take their
    /// time, come in waves, are paused or slowed down.
    #[tokio::test(start_paused = true)]
    async fn no_second_has_more_starts_than_the_limit() {
        for (concurrency, limit) in [(1, 1), (4, 3), (8, 10), (16, 8), (300, 100)] {
            let pacer = Pacer::new(concurrency, limit);
            let starts = Mutex::new(Vec::new());
            let one = async |number: u32| {
                tokio::time::sleep(Duration::from_millis(u64::from(number % 7) * 333)).await;
                let turn = pacer.turn().await;
                starts.lock().unwrap().push(Instant::now());
                tokio::time::sleep(Duration::from_millis(u64::from(number * 37 % 290))).await;
                match number % 31 {
                    7 => pacer.slow_down(&turn),
                    13 => pacer.hold(Duration::from_millis(700)),
                    _ => pacer.succeeded(),
                }
            };
            futures::future::join_all((0..limit * 12).map(one)).await;
            let starts = starts.into_inner().unwrap();
            assert_eq!(starts.len(), limit as usize * 12);
            for window in starts.windows(limit as usize + 1) {
                let took = window[limit as usize] - window[0];
                assert!(took >= Duration::from_secs(1), "{} in {took:?} of {limit}", window.len());
            }
        }
    }

    /// A server that cannot keep up is not driven into its limit again and again, and one that has recovered is not worked
    /// slowly for ever.
    #[tokio::test(start_paused = true)]
    async fn the_pace_halves_and_comes_back() {
        let pacer = Pacer::new(4, 10);
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
        rest().await;
        is_about(time(&pacer, 10).await, 0);
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

    /// What is tried again after a pause is not overtaken by requests that came later: each of them may bring the next pause.
    #[tokio::test(start_paused = true)]
    async fn who_keeps_a_slot_is_tried_again_first() {
        let pacer = Pacer::new(1, 10);
        let order = Mutex::new(Vec::new());
        let first = async {
            let turn = pacer.turn().await;
            pacer.pause(Duration::from_secs(3)).await;
            let _turn = pacer.again(turn).await;
            order.lock().unwrap().push("first");
        };
        let later = async {
            tokio::time::sleep(Duration::from_millis(1)).await;
            let _turn = pacer.turn().await;
            order.lock().unwrap().push("later");
        };
        tokio::join!(later, first);
        assert_eq!(order.into_inner().unwrap(), ["first", "later"]);
    }

    /// A pause also holds back requests whose turn was settled before it came.
    #[tokio::test(start_paused = true)]
    async fn a_pause_holds_everybody() {
        let pacer = Pacer::new(4, 1);
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
