//! Signals that end a run.

use crate::run::Shutdown;

/// Waits for Ctrl-C, or for what ends a job in CI or a closed terminal: nothing more is started then, and what is under
/// way is finished and reported; the second time that is left as well. What whoever started the run has it ignore
/// (`nohup`) stays ignored.
pub async fn end_run(shutdown: Shutdown) {
    let mut signals = Signals::new();
    if signals.received().await {
        shutdown.stop.cancel();
    }
    if signals.received().await {
        shutdown.abort.cancel();
    }
}

/// The same of a run that only reads: the second time it ends where it is.
pub async fn end_reading(shutdown: Shutdown) {
    let mut signals = Signals::new();
    if signals.received().await {
        shutdown.stop.cancel();
    }
    if signals.received().await {
        std::process::exit(INTERRUPTED);
    }
}

/// The exit code of a program that Ctrl-C ends.
const INTERRUPTED: i32 = 130;

/// The signals that are waited for.
#[cfg(unix)]
struct Signals(Vec<tokio::signal::unix::Signal>);

#[cfg(unix)]
impl Signals {
    fn new() -> Self {
        use tokio::signal::unix::{SignalKind, signal};
        // Asked before any is waited for: that ends the ignoring.
        let ignored = crate::run::ignored_signals();
        let kinds = [SignalKind::interrupt(), SignalKind::terminate(), SignalKind::hangup()];
        let heard = kinds.into_iter().filter(|kind| ignored >> (kind.as_raw_value() - 1) & 1 == 0);
        Self(heard.filter_map(|kind| signal(kind).ok()).collect())
    }

    /// Waits for a signal to end; whether there was one.
    async fn received(&mut self) -> bool {
        if self.0.is_empty() {
            return false;
        }
        let signals = self.0.iter_mut().map(|signal| Box::pin(signal.recv()));
        futures::future::select_all(signals).await.0.is_some()
    }
}

/// The signals that are waited for.
#[cfg(not(unix))]
struct Signals;

#[cfg(not(unix))]
impl Signals {
    fn new() -> Self {
        Self
    }

    /// Waits for a signal to end; whether there was one.
    async fn received(&mut self) -> bool {
        tokio::signal::ctrl_c().await.is_ok()
    }
}
