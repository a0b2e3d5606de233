//! Ending a run early, in two degrees.

use tokio_util::sync::CancellationToken;

/// What a run looks at to learn that it is to end. Clones share their state.
#[derive(Debug, Clone)]
pub struct Shutdown {
    /// Start nothing more, and finish what is under way.
    pub stop: CancellationToken,
    /// Abandon what is under way as well; its result is then unknown. Implies `stop`.
    pub abort: CancellationToken,
}

impl Default for Shutdown {
    fn default() -> Self {
        let abort = CancellationToken::new();
        Self { stop: abort.child_token(), abort }
    }
}
