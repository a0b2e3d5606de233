//! Which writes of a piece of work were carried out, or may have been.

use super::{ApiError, Method};
use std::sync::{Arc, Mutex, PoisonError};

/// A write that was accepted, or may have been carried out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SentWrite {
    pub method: String,
    /// Below the base of the API, percent-encoded.
    pub path: String,
    /// "creating queue `400`"
    pub what: String,
    /// Whether the server said that it is done; otherwise nobody knows.
    pub accepted: bool,
}

/// The writes of one piece of work, in the order in which they were sent. What is known of them outlives the work: it may
/// be given up while a request is under way.
#[derive(Debug, Clone, Default)]
pub struct WriteTally(Arc<Mutex<Vec<Option<SentWrite>>>>);

tokio::task_local! {
    // Providers send requests without keeping accounts: who asks them does it here, around the call.
    static TALLY: WriteTally;
}

impl WriteTally {
    /// Does the work, and counts every write it sends.
    pub async fn of<T>(&self, work: impl Future<Output = T>) -> T {
        TALLY.scope(self.clone(), work).await
    }

    /// What was accepted or may have been carried out so far. What surely was not is left out.
    pub fn writes(&self) -> Vec<SentWrite> {
        self.with(|writes| writes.iter().flatten().cloned().collect())
    }

    fn with<T>(&self, look: impl FnOnce(&mut Vec<Option<SentWrite>>) -> T) -> T {
        look(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

/// A write that is about to be sent.
pub(super) struct Sending(Option<(WriteTally, usize)>);

impl Sending {
    /// From here on it may have been carried out. Outside any tally nobody asks.
    pub fn begin(method: &Method, path: &str, what: &str) -> Self {
        let sending = TALLY.try_with(|tally| {
            let write = SentWrite {
                method: method.to_string(),
                path: path.to_owned(),
                what: what.to_owned(),
                accepted: false,
            };
            let index = tally.with(|writes| {
                writes.push(Some(write));
                writes.len() - 1
            });
            (tally.clone(), index)
        });
        Self(sending.ok())
    }

    /// How it ended.
    pub fn end<T>(self, result: &Result<T, ApiError>) {
        let Some((tally, index)) = self.0 else { return };
        tally.with(|writes| {
            let Some(write) = writes.get_mut(index) else { return };
            match (result, write.as_mut()) {
                (Ok(_), Some(write)) => write.accepted = true,
                (Err(error), _) if !error.problem.is_ambiguous() => *write = None,
                _ => {}
            }
        });
    }
}
