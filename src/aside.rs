//! A thread beside that of a run. What has to go on while the run plans, or waits for whoever reads its output, goes on there:
//! signals are heard, and locks renewed.

use std::io;
use tokio::{
    runtime::{Builder, Handle, Runtime},
    task::JoinHandle,
};

tokio::task_local! {
    static ASIDE: Handle;
}

/// The thread.
pub struct Aside(Runtime);

impl Aside {
    pub fn start() -> io::Result<Self> {
        Ok(Self(Builder::new_multi_thread().worker_threads(1).enable_all().build()?))
    }

    /// Does work, for which [`spawn`] starts tasks there.
    pub async fn beside<T>(&self, work: impl Future<Output = T>) -> T {
        ASIDE.scope(self.0.handle().clone(), work).await
    }

    /// Ends it, with whatever still goes on there.
    pub fn end(self) {
        self.0.shutdown_background();
    }
}

/// Where such tasks go on: among those of the run, where there is no such thread.
pub fn handle() -> Handle {
    ASIDE.try_with(Handle::clone).unwrap_or_else(|_| Handle::current())
}

/// Starts a task there.
pub fn spawn<T: Send + 'static>(task: impl Future<Output = T> + Send + 'static) -> JoinHandle<T> {
    handle().spawn(task)
}

#[cfg(test)]
mod tests {
    use super::{Aside, spawn};
    use std::{sync::mpsc, time::Duration};

    /// A run that is busy, and waits for nothing for long, holds up nothing there.
    #[test]
    fn it_goes_on_while_the_run_is_busy() {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        let aside = Aside::start().unwrap();
        let work = aside.beside(async {
            let (send, receive) = mpsc::channel();
            spawn(async move {
                tokio::time::sleep(Duration::from_millis(1)).await;
                send.send(()).unwrap();
            });
            // Without an await.
            receive.recv_timeout(Duration::from_secs(20))
        });
        assert_eq!(runtime.block_on(work), Ok(()));
        aside.end();
    }
}
