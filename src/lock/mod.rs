//! One apply at a time on each account.
//!
//! Two applies that observe, decide and write at once would each undo what the other has just read back. The lock is taken
//! before the account is read and kept until the last outcome is told. A [`mod@file`] in the workspace keeps runs on
//! one machine apart, and goes with its process; [`shared`] keeps runs on different machines apart, and runs out by
//! itself.

pub mod file;
#[cfg(feature = "shared-lock")]
pub mod shared;
#[cfg(not(feature = "shared-lock"))]
#[path = "unshared.rs"]
pub mod shared;
mod validity;

pub use validity::LeaseValidity;

use crate::text::hex;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use std::fmt;

/// Whether this build knows shared locks.
pub const SHARED: bool = cfg!(feature = "shared-lock");

/// What is locked: one account of one phone system, whatever a workspace calls that system.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Key {
    system: String,
    pub account: String,
    /// What the workspace calls it.
    pub provider: String,
}

impl Key {
    pub fn new(system: String, provider: &str, account: &str) -> Self {
        Self { system, account: account.to_owned(), provider: provider.to_owned() }
    }

    /// A name for a file or an object, of its own for each account.
    pub fn name(&self) -> String {
        /// Encodes all but letters, digits, `-`, `_` and `.`, so that the `~` between the two parts is the only one.
        const PLAIN: AsciiSet = NON_ALPHANUMERIC.remove(b'-').remove(b'_').remove(b'.');
        const LONGEST: usize = 180;
        let Self { system, account, provider: _ } = self;
        let plain = |text| utf8_percent_encode(text, &PLAIN).to_string();
        let name = format!("{}~{}", plain(system), plain(account));
        if name.len() <= LONGEST {
            return format!("{name}.lock");
        }
        // File systems end names at 255 bytes.
        let sum = hex(&Sha256::digest(&name)[..16]);
        format!("{}~{sum}.lock", &name[..LONGEST])
    }
}

impl fmt::Display for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "account `{}` on `{}`", self.account, self.provider)
    }
}

/// Who holds a lock.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Owner {
    /// `user@host`.
    pub who: String,
    pub pid: u32,
    /// UTC, by the clock of the holder.
    pub since: String,
    pub command: String,
}

impl Owner {
    /// This process, from now on.
    pub fn this(who: String, command: String) -> Self {
        let since = format!("{:.0}", jiff::Timestamp::now());
        Self { who, pid: std::process::id(), since, command }
    }
}

impl fmt::Display for Owner {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { who, pid, since, command } = self;
        write!(f, "{who} (process {pid}, `{command}`) since {since}")
    }
}

/// What came of trying to take a lock.
#[derive(Debug)]
pub enum Acquired<T> {
    Yes(T),
    /// Somebody else has it; `None` where it does not say who.
    HeldBy(Option<Owner>),
}
