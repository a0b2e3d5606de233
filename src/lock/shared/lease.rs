//! A lock that is held: renewed in the background until it is given back.

use super::{
    Content,
    store::{RenewResult, Store},
};
use crate::lock::{Key, validity::LeaseValidity};
use object_store::path::Path;
use std::time::{Duration, Instant, SystemTime};
use tokio::{sync::oneshot, task::JoinHandle};

/// One lock of this run.
///
/// Renewed after a third of its time. Nothing is begun under it in its last third: a write that is under way then has time
/// to end before another run may take over.
pub struct Lease {
    signal: LeaseValidity,
    stop: oneshot::Sender<()>,
    renewal: JoinHandle<LeaseObject>,
    store: Store,
    key: Key,
}

/// The object as this run wrote it last.
struct LeaseObject {
    path: Path,
    etag: String,
    content: Content,
}

impl Lease {
    pub(super) fn begin(
        store: Store,
        key: &Key,
        path: Path,
        etag: String,
        content: Content,
        since: (Instant, SystemTime),
    ) -> Self {
        let signal = LeaseValidity::holding(since, store.lease() * 2 / 3);
        let (stop, stopped) = oneshot::channel();
        let held = LeaseObject { path, etag, content };
        let renewal = tokio::spawn(renew(store.clone(), held, signal.clone(), stopped));
        Self { signal, stop, renewal, store, key: key.clone() }
    }

    /// Why nothing may be written under it any more.
    pub fn lost(&self) -> Option<String> {
        self.signal.lost()
    }

    /// Gives it back, if it still is this run's. The error says what happens instead.
    pub async fn release(self) -> Result<(), String> {
        let Self { signal: _, stop, renewal, store, key } = self;
        // An error says that the renewal has ended already.
        let _ = stop.send(());
        let held = renewal.await.map_err(|error| not_given_back(&store, &key, &error.to_string()))?;
        let LeaseObject { path, mut etag, content } = held;
        let mut why = "its object keeps changing".to_owned();
        for _ in 0..3 {
            match store.write(&path, &etag, &content.next(false)).await {
                // It is given back, or another's.
                RenewResult::Stored(_) | RenewResult::Lost(_) => return Ok(()),
                // An answer was lost; with the version that is there it goes.
                RenewResult::Superseded(now) => etag = now,
                RenewResult::Unknown(failed) => {
                    why = failed;
                    break;
                }
            }
        }
        Err(not_given_back(&store, &key, &why))
    }
}

fn not_given_back(store: &Store, key: &Key, why: &str) -> String {
    format!("cannot release the lock of {key}, which expires in {} seconds: {why}", store.lease().as_secs())
}

async fn renew(
    store: Store,
    mut held: LeaseObject,
    signal: LeaseValidity,
    mut stopped: oneshot::Receiver<()>,
) -> LeaseObject {
    const SOON: Duration = Duration::from_secs(1);
    let mut pause = store.lease() / 3;
    loop {
        tokio::select! {
            _ = &mut stopped => return held,
            () = tokio::time::sleep(pause) => {}
        }
        let since = LeaseValidity::now();
        let next = held.content.next(true);
        pause = SOON.min(store.lease() / 3);
        match store.write(&held.path, &held.etag, &next).await {
            RenewResult::Stored(etag) => {
                signal.renew(since);
                (held.etag, held.content) = (etag, next);
                pause = store.lease() / 3;
            }
            RenewResult::Superseded(etag) => held.etag = etag,
            RenewResult::Unknown(why) => signal.trouble(why),
            RenewResult::Lost(why) => {
                signal.lose(why);
                // Nothing is left to renew; to give it back would take it from its owner.
                return held;
            }
        }
    }
}
