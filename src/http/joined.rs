//! Equal reads of several steps that are under way: one is sent for all of them.

use super::{Answer, Problem, looked::Asked};
use std::{
    collections::BTreeMap,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicU64, Ordering},
    },
};
use tokio::sync::OnceCell;

type Shared = Arc<OnceCell<Result<Answer, Problem>>>;

/// The reads of one API that are under way. A read is joined only where this run has begun and ended no write since it was
/// asked for: whoever joins it sees all that it would have seen by itself.
#[derive(Default)]
pub(super) struct Joined {
    /// How many writes have begun and ended.
    writes: AtomicU64,
    /// Each with the count of writes when it was asked for.
    under_way: Mutex<BTreeMap<Asked, (u64, Shared)>>,
}

impl Joined {
    /// A write begins or ends.
    pub fn written(&self) {
        self.writes.fetch_add(1, Ordering::AcqRel);
    }

    /// The answer of an equal read that is under way, or of this one. One that is given up is taken on by who waits for it.
    pub async fn read(
        &self,
        asked: Asked,
        read: impl Future<Output = Result<Answer, Problem>>,
    ) -> Result<Answer, Problem> {
        let now = self.writes.load(Ordering::Acquire);
        let shared = self.with(|all| match all.get(&asked) {
            Some((then, shared)) if *then == now => Arc::clone(shared),
            _ => {
                let shared = Shared::default();
                all.insert(asked.clone(), (now, Arc::clone(&shared)));
                shared
            }
        });
        let answer = shared.get_or_init(|| read).await.clone();
        // What is asked for later is sent anew.
        self.with(|all| {
            if all.get(&asked).is_some_and(|(_, it)| Arc::ptr_eq(it, &shared)) {
                all.remove(&asked);
            }
        });
        answer
    }

    fn with<T>(&self, work: impl FnOnce(&mut BTreeMap<Asked, (u64, Shared)>) -> T) -> T {
        work(&mut self.under_way.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::Duration;
    use tokio::time::{sleep, timeout};

    /// Which of several equal reads are sent: one for those that wait at the same time, and a new one after a write began or
    /// ended, after an answer, and where the one that was sent is given up.
    #[tokio::test(start_paused = true)]
    async fn equal_reads_are_sent_once_unless_something_was_written() {
        let (joined, sent) = (Joined::default(), AtomicU64::new(0));
        let at = |after: u64, path: &'static str| {
            let (joined, sent) = (&joined, &sent);
            async move {
                sleep(Duration::from_millis(after)).await;
                let read = async {
                    sent.fetch_add(1, Ordering::Relaxed);
                    sleep(Duration::from_millis(100)).await;
                    Ok(Answer::default())
                };
                joined.read((String::new(), path.to_owned(), Vec::new()), read).await.is_ok()
            }
        };
        let written = async {
            sleep(Duration::from_millis(50)).await;
            joined.written();
            true
        };
        let given_up = async { timeout(Duration::from_millis(20), at(0, "/a")).await.is_err() };
        assert_eq!(
            tokio::join!(at(0, "/a"), at(10, "/a"), at(20, "/a"), at(0, "/b")),
            (true, true, true, true)
        );
        assert_eq!(sent.swap(0, Ordering::Relaxed), 2);
        assert_eq!(tokio::join!(at(0, "/a"), written, at(60, "/a"), at(70, "/a")), (true, true, true, true));
        assert_eq!(sent.swap(0, Ordering::Relaxed), 2);
        assert_eq!(tokio::join!(at(0, "/a"), at(110, "/a")), (true, true));
        assert_eq!(sent.swap(0, Ordering::Relaxed), 2);
        assert_eq!(tokio::join!(given_up, at(10, "/a")), (true, true));
        assert_eq!(sent.swap(0, Ordering::Relaxed), 2);
    }
}
