//! What a shard's plan says beside it: what joins it with the others, and what of it has to do with accounts that only the
//! others have read.

use crate::{
    finding::Place,
    model::{Address, E164},
};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

/// Beside the plan of a shard.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Part {
    /// The tenants of all shards, in order.
    pub of: Vec<String>,
    /// Of each tenant of this one what stands in no step.
    pub tenants: BTreeMap<String, Beside>,
    /// The lines that the findings are about.
    pub lines: Vec<Line>,
}

/// Beside the plan of one tenant.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Beside {
    /// How many of the findings at the top are this tenant's.
    pub findings: usize,
    pub across: Across,
}

/// What of a tenant has to do with the accounts of others.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Across {
    /// Which system its account is on.
    pub system: String,
    /// The numbers of its account.
    pub hosts: Vec<String>,
    /// Its ways out that lead to no number of an account that was read.
    pub ways_out: Vec<WayOut>,
    /// Numbers that are not its own and that what changes sends calls on to. It is for this run alone.
    #[serde(skip)]
    pub sends: Vec<E164>,
    /// Those to which a step newly leads calls, straight or over what leads there already. It is for this run alone.
    #[serde(skip)]
    pub leads: BTreeMap<Address, BTreeSet<E164>>,
    /// What steps wait for in other tenants, each named, so that calls get somewhere there. It is for this run alone.
    #[serde(skip)]
    pub waits: BTreeMap<Address, BTreeSet<(String, Address)>>,
    /// The steps that are not carried out, each with what of another tenant is not planned on the way to which it newly leads
    /// calls. It is for this run alone.
    #[serde(skip)]
    pub held: BTreeMap<Address, (String, Address)>,
}

/// A pointer that is meant to lead away from the platform.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct WayOut {
    pub address: Address,
    pub to: String,
    /// Of one that leads there already and is left: what a note says of it, and before which of the tenant's notes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub left: Option<(String, usize)>,
}

/// What is said where a way out leads to the platform.
pub const ELSEWHERE: &str = "choose a number on another system: a number of this platform is down with it";

/// The same, of a new one.
pub fn hosted(to: impl std::fmt::Display, host: &str) -> String {
    format!("{to} is a number of account `{host}`, on the same platform")
}

impl WayOut {
    pub fn new(address: &Address, to: &E164) -> Self {
        Self { address: address.clone(), to: to.to_string(), left: None }
    }

    pub fn left(address: &Address, to: &E164, still: String, before: usize) -> Self {
        Self { left: Some((still, before)), ..Self::new(address, to) }
    }

    /// What is said of one that is left, where an account of the platform has the number.
    pub fn said(&self, host: &str) -> Option<String> {
        let Self { address: _, to, left } = self;
        let (still, _) = left.as_ref()?;
        Some(format!(
            "{still} {to}, a number of account `{host}` on the same platform, which is down with it"
        ))
    }
}

/// A line of a file, or what is around a place in it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Line {
    pub file: String,
    pub line: usize,
    pub column: usize,
    pub length: usize,
    pub source: String,
    pub skipped: usize,
}

impl Line {
    /// The lines of a place and of what is beside it.
    pub fn of(place: &Place) -> Vec<Self> {
        let mut lines = Vec::new();
        let mut next = Some(place);
        while let Some(Place { file, line, column, length, source, skipped, also }) = next {
            let (file, source) = (file.clone(), source.clone());
            let (line, column, length, skipped) = (*line, *column, *length, *skipped);
            lines.push(Self { file, line, column, length, source, skipped });
            next = also.as_deref();
        }
        lines
    }
}
