//! One pace for everything that speaks to the same phone system.

use std::time::Duration;
use tokio::{
    sync::{Mutex, Semaphore, SemaphorePermit},
    time::Instant,
};

/// Holds back requests so that no more than so many are in flight, no more than so many start in a second, and none
/// starts while the server has asked for patience.
pub struct Pacer {
    slots: Semaphore,
    interval: Duration,
    next: Mutex<Instant>,
}

impl Pacer {
    pub fn new(concurrency: u32, per_second: u32) -> Self {
        let interval = Duration::from_secs(1) / per_second.max(1);
        Self {
            slots: Semaphore::new(concurrency.max(1) as usize),
            interval,
            next: Mutex::new(Instant::now()),
        }
    }

    /// Waits for a place. The place is held until the value is dropped.
    pub async fn turn(&self) -> Option<SemaphorePermit<'_>> {
        // The semaphore is never closed; without a permit the pace is still kept.
        let permit = self.slots.acquire().await.ok();
        let start = {
            let mut next = self.next.lock().await;
            let start = (*next).max(Instant::now());
            *next = start + self.interval;
            start
        };
        tokio::time::sleep_until(start).await;
        permit
    }

    /// Nobody starts a request before `delay` is over.
    pub async fn pause(&self, delay: Duration) {
        let until = Instant::now() + delay;
        {
            let mut next = self.next.lock().await;
            *next = (*next).max(until);
        }
        tokio::time::sleep_until(until).await;
    }
}
