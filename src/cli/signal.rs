//! Signals that end a run.

use crate::run::Shutdown;

/// Waits for Ctrl-C, or for what ends a job in CI or a closed terminal: nothing more is started then, and what is under
/// way is finished and reported; the second time that is left as well.
pub async fn end_run(shutdown: Shutdown) {
    if received().await {
        shutdown.stop.cancel();
    }
    if received().await {
        shutdown.abort.cancel();
    }
}

/// Waits for a signal to end; whether there was one.
#[cfg(unix)]
async fn received() -> bool {
    use tokio::signal::unix::{SignalKind, signal};
    let (Ok(mut end), Ok(mut gone)) = (signal(SignalKind::terminate()), signal(SignalKind::hangup())) else {
        return false;
    };
    tokio::select! {
        pressed = tokio::signal::ctrl_c() => pressed.is_ok(),
        ended = end.recv() => ended.is_some(),
        closed = gone.recv() => closed.is_some(),
    }
}

/// Waits for a signal to end; whether there was one.
#[cfg(not(unix))]
async fn received() -> bool {
    tokio::signal::ctrl_c().await.is_ok()
}
