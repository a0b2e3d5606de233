//! A writer that begins nothing any more once the lock of its run is lost.

use crate::{
    apply::Shutdown,
    http::ApiError,
    plan::Step,
    provider::{Write, answer::conflict},
};
use async_trait::async_trait;

/// Stands before a writer. A write that is under way is finished; what comes after it is another's now.
pub struct Fence<'a> {
    pub writer: &'a dyn Write,
    /// Why nothing may be written any more, if so.
    pub lost: &'a (dyn Fn() -> Option<String> + Send + Sync),
    /// Told then: there is no use in starting more.
    pub shutdown: &'a Shutdown,
}

#[async_trait]
impl Write for Fence<'_> {
    async fn execute(&self, account: &str, step: &Step) -> Result<(), ApiError> {
        match (self.lost)() {
            Some(why) => {
                self.shutdown.stop.cancel();
                Err(conflict(step, why))
            }
            None => self.writer.execute(account, step).await,
        }
    }
}
