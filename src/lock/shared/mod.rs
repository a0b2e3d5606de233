//! Locks that machines share: one small object for each account in a store that speaks S3.
//!
//! Every write of it is on condition that it still is what was read (`If-None-Match`, `If-Match`), so that of two runs
//! only one has its way; a store that ignores conditions is found out by a [`probe`](Store::probe) and refused. A lock
//! runs out unless its holder renews it. Whether it has run out is told by the store's own clock: when it says the object
//! was last written, against when it says a new one was. A lock that is given back stays as an object that says so,
//! because no delete is on condition everywhere.

mod lease;
mod store;

pub use lease::Lease;
pub use store::{Clock, LockRecord, Store};

use super::Owner;
use serde::{Deserialize, Serialize};
use std::hash::{BuildHasher, Hasher, RandomState};

/// Marks an object as a lock, so that another object at that path is not taken for one.
const KIND: &str = "dialform lock";

/// What a lock object says.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct Content {
    kind: String,
    format_version: u32,
    /// `false` once it was given back.
    held: bool,
    owner: Owner,
    /// Identifies the run: the same owner in another run has another lock.
    run: String,
    /// Counts the writes of that run, so that no two write the same bytes.
    beat: u64,
    /// Seconds.
    lease: u64,
    /// By the holder's clock, for stores that do not say when an object was written.
    renewed: String,
}

impl Content {
    fn new(owner: &Owner, lease: u64) -> Self {
        let owner = owner.clone();
        let mut content = Self {
            kind: KIND.to_owned(),
            format_version: 1,
            held: true,
            owner,
            run: run(),
            beat: 0,
            lease,
            renewed: String::new(),
        };
        content.stamp();
        content
    }

    /// The same, written once more.
    fn next(&self, held: bool) -> Self {
        let mut next = Self { held, beat: self.beat + 1, ..self.clone() };
        next.stamp();
        next
    }

    fn stamp(&mut self) {
        self.renewed = jiff::Timestamp::now().to_string();
    }
}

/// A name for this lock that no other run has.
fn run() -> String {
    // The seeds of the standard library's hash maps are random.
    let word = || RandomState::new().build_hasher().finish();
    format!("{:016x}{:016x}", word(), word())
}
