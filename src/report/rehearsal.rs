//! A switch that is ready for a person's calls: how to reach it, and what is to be expected.

/// What a person needs to know before calling.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rehearsal {
    /// The instant that calls are of, in the tenant's zone.
    pub at: String,
    pub called: String,
    /// Where softphones register: `127.0.0.1:5060`.
    pub server: String,
    pub user: String,
    pub password: String,
    /// Accounts of phones, and whose they are.
    pub phones: Vec<(String, String)>,
    /// Everything that can be dialled.
    pub dialled: Vec<String>,
    /// How a call ends, in words, where phones do something.
    pub foretold: Vec<(String, Vec<String>)>,
    /// What the switch does otherwise, or does not know.
    pub notes: Vec<String>,
}
