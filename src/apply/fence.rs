//! A writer that sends nothing new once the run has lost its lock or was told to stop.

use crate::{
    apply::{Cause, Shutdown},
    http::ApiError,
    plan::Step,
    provider::{NotBack, Write, answer::conflict},
};
use async_trait::async_trait;

/// Wraps a writer. A write that is under way is finished; after that the account belongs to the run that took the lock.
pub struct Fence<'a> {
    pub writer: &'a dyn Write,
    /// The reason to stop writing, if there is one.
    pub lost: &'a (dyn Fn() -> Option<String> + Send + Sync),
    /// Told to stop when the lock is lost, so that no further step is started.
    pub shutdown: &'a Shutdown,
}

#[async_trait]
impl Write for Fence<'_> {
    async fn execute(&self, account: &str, step: &Step) -> Result<NotBack, ApiError> {
        match (self.lost)() {
            Some(why) => {
                self.shutdown.stop_for(Cause::LockLost);
                Err(conflict(step, why))
            }
            None => self.writer.execute(account, step).await,
        }
    }
}
