//! Counts the requests of the last second.

use std::collections::VecDeque;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

/// Admits so many requests in any one second; a refused one does not count.
#[derive(Debug)]
pub struct Throttle {
    most: usize,
    recent: Mutex<VecDeque<Instant>>,
}

impl Throttle {
    pub fn new(most: u32) -> Self {
        Self { most: most as usize, recent: Mutex::default() }
    }

    /// Tells whether a request may pass now, and counts it if so.
    pub fn admits(&self) -> bool {
        let now = Instant::now();
        let mut recent = self.recent.lock().unwrap_or_else(PoisonError::into_inner);
        while recent.front().is_some_and(|at| now.duration_since(*at) >= Duration::from_secs(1)) {
            recent.pop_front();
        }
        let admitted = recent.len() < self.most;
        if admitted {
            recent.push_back(now);
        }
        admitted
    }
}
