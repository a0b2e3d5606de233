//! A lock is taken, and held: renewed in the background until it is given back.

use super::store::{Clock, RenewResult, Since, Store, WrittenLock};
use crate::{
    aside,
    explained::Explained,
    lock::{Acquired, Key, Owner, validity::LeaseValidity},
};
use std::time::Duration;
use tokio::{sync::oneshot, task::JoinHandle};

/// One lock of this run.
///
/// Renewed after a third of its time. Nothing is begun under it in its last third: a write that is under way then has time
/// to end before another run may take over.
pub struct Lease {
    signal: LeaseValidity,
    stop: oneshot::Sender<()>,
    renewal: JoinHandle<WrittenLock>,
    store: Store,
    key: Key,
}

impl Store {
    /// Takes the lock if nobody has it. Does not wait.
    pub async fn try_take(
        &self,
        key: &Key,
        owner: &Owner,
        clock: &Clock,
    ) -> Result<Acquired<Lease>, Explained> {
        Ok(match self.claim(key, owner, clock).await? {
            Acquired::Yes((held, since)) => Acquired::Yes(Lease::begin(self.clone(), key, held, since)),
            Acquired::HeldBy(owner) => Acquired::HeldBy(owner),
        })
    }
}

impl Lease {
    fn begin(store: Store, key: &Key, held: WrittenLock, since: Since) -> Self {
        let signal = LeaseValidity::holding(since, store.lease() * 2 / 3);
        let (stop, stopped) = oneshot::channel();
        let renewal = aside::spawn(renew(store.clone(), held, signal.clone(), stopped));
        Self { signal, stop, renewal, store, key: key.clone() }
    }

    /// The reason to stop writing, if the lock is lost.
    pub fn lost(&self) -> Option<String> {
        self.signal.lost()
    }

    /// Gives it back, if it still is this run's. The error says what happens instead.
    pub async fn release(self) -> Result<(), String> {
        let Self { signal: _, stop, renewal, store, key } = self;
        // An error says that the renewal has ended already.
        let _ = stop.send(());
        let held = renewal.await.map_err(|error| not_given_back(&store, &key, &error.to_string()))?;
        let WrittenLock { path, mut etag, content } = held;
        let mut why = "its object keeps changing".to_owned();
        for _ in 0..3 {
            match store.write(&path, &etag, &content.next(false)).await {
                // It is released, or another run has it.
                RenewResult::Stored(_) | RenewResult::Lost(_) => return Ok(()),
                // An answer was lost: try again with the version that is stored.
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
    mut held: WrittenLock,
    signal: LeaseValidity,
    mut stopped: oneshot::Receiver<()>,
) -> WrittenLock {
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
                // There is nothing left to renew, and releasing it would take it from its new owner.
                return held;
            }
        }
    }
}
