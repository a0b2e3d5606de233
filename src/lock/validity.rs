//! Whether a lock still holds: set by what renews it, asked before every write.

use std::{
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::{Duration, Instant, SystemTime},
};

/// Shared by what renews a lock and what writes under it.
#[derive(Debug, Clone)]
pub struct LeaseValidity(Arc<Mutex<LeaseState>>);

#[derive(Debug)]
struct LeaseState {
    lost: Option<String>,
    /// Why the last renewal failed.
    trouble: Option<String>,
    /// Since when it holds for how long, by two clocks: the steady one stands still while a machine sleeps, the other can
    /// be set.
    since: (Instant, SystemTime),
    holds: Duration,
}

impl LeaseValidity {
    /// A lock that holds for so long from a moment on, if nothing renews it.
    pub fn holding(since: (Instant, SystemTime), holds: Duration) -> Self {
        Self(Arc::new(Mutex::new(LeaseState { lost: None, trouble: None, since, holds })))
    }

    /// Now, by both clocks.
    pub fn now() -> (Instant, SystemTime) {
        (Instant::now(), SystemTime::now())
    }

    /// It was renewed, and holds from this moment on.
    pub fn renew(&self, since: (Instant, SystemTime)) {
        let mut state = self.lock();
        state.since = since;
        state.trouble = None;
    }

    /// It could not be renewed this time, and may be next time.
    pub fn trouble(&self, why: String) {
        self.lock().trouble = Some(why);
    }

    /// It is gone for good.
    pub fn lose(&self, why: String) {
        self.lock().lost.get_or_insert(why);
    }

    /// The reason to stop writing, if the lock no longer holds.
    pub fn lost(&self) -> Option<String> {
        let mut state = self.lock();
        if state.lost.is_none() {
            let (steady, wall) = state.since;
            // A wall clock that was set back is ignored.
            let wall = SystemTime::now().duration_since(wall).unwrap_or_default();
            if steady.elapsed().max(wall) >= state.holds {
                let why = state.trouble.clone().map(|why| format!(": {why}")).unwrap_or_default();
                state.lost = Some(format!("it could not be renewed in time{why}"));
            }
        }
        state.lost.clone()
    }

    /// A panic elsewhere cannot leave a state half changed.
    fn lock(&self) -> MutexGuard<'_, LeaseState> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
