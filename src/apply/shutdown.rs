//! Ending a run early, in two degrees.

use std::sync::{Arc, OnceLock};
use tokio_util::sync::CancellationToken;

/// What a run looks at to learn that it is to end. Clones share their state.
#[derive(Debug, Clone)]
pub struct Shutdown {
    /// Start nothing more, and finish what is under way.
    pub stop: CancellationToken,
    /// Abandon what is under way as well; its result is then unknown. Implies `stop`.
    pub abort: CancellationToken,
    cause: Arc<OnceLock<Cause>>,
}

/// Why a run ends early although nobody interrupts it.
#[derive(Debug)]
pub enum Cause {
    /// Its log can no longer be written, for this reason.
    Log(String),
    LockLost,
    /// Nobody reads what it says any more.
    OutputClosed,
}

impl Shutdown {
    /// Starts nothing more. The first cause is what is said of it.
    pub fn stop_for(&self, cause: Cause) {
        if !self.stop.is_cancelled() {
            self.cause.get_or_init(|| cause);
        }
        self.stop.cancel();
    }

    /// `None`: somebody interrupted it, or it goes on.
    pub fn cause(&self) -> Option<&Cause> {
        self.cause.get()
    }

    /// What is said of a step that was not started.
    pub(super) fn of_step(&self) -> &'static str {
        match self.cause() {
            None => "the run was interrupted before this step",
            Some(Cause::Log(_)) => "the log of the run broke before this step",
            Some(Cause::LockLost) => "the run had lost its lock before this step",
            Some(Cause::OutputClosed) => "the output of the run was closed before this step",
        }
    }
}

impl Default for Shutdown {
    fn default() -> Self {
        let abort = CancellationToken::new();
        Self { stop: abort.child_token(), abort, cause: Arc::default() }
    }
}
