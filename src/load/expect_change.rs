//! A file that says at which calls a change is to be noticed.

use super::{Files, decode::decode, library::parsed, template::set_aside};
use crate::{
    explained::Explained,
    file,
    finding::Finding,
    model::{Address, E164},
};
use serde::{Deserialize, Deserializer};
use std::{fmt, str::FromStr};

/// What callers are to notice something at.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Expected {
    Number(E164),
    /// `extension 104` or `queue 400`, of every tenant or of one: `acme/extension 104`.
    Place {
        tenant: Option<String>,
        called: String,
    },
    /// An object of which something changes that is part of no call: `acme/queues.400`.
    Object {
        tenant: String,
        address: Address,
    },
}

impl FromStr for Expected {
    type Err = Explained;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        if text.starts_with('+') {
            return text.parse().map(Self::Number);
        }
        // The name of a queue may have a `/` in it, that of a tenant has no space.
        let of_one = text.split_once('/').filter(|(tenant, _)| !tenant.is_empty() && !tenant.contains(' '));
        let (tenant, called) = of_one.map_or((None, text), |(tenant, rest)| (Some(tenant.to_owned()), rest));
        let place = called.split_once(' ').filter(|(kind, _)| matches!(*kind, "extension" | "queue"));
        if place.is_some_and(|(_, name)| !name.is_empty()) {
            return Ok(Self::Place { tenant, called: called.to_owned() });
        }
        match tenant.zip(called.parse().ok()) {
            Some((tenant, address)) => Ok(Self::Object { tenant, address }),
            None => Err(Explained::with_help(
                format!("`{text}` is nothing that calls come to"),
                "write a number (`+12145550100`), `extension 104`, `queue 400`, or an object as a plan names it: \
                 `acme/queues.400`",
            )),
        }
    }
}

impl fmt::Display for Expected {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Number(number) => number.fmt(f),
            Self::Place { tenant: None, called } => f.write_str(called),
            Self::Place { tenant: Some(tenant), called } => write!(f, "{tenant}/{called}"),
            Self::Object { tenant, address } => write!(f, "{tenant}/{address}"),
        }
    }
}

impl<'de> Deserialize<'de> for Expected {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(Explained::into_decoding)
    }
}

/// `expect_change: ["+12145550100"]`. An empty list: no caller notices anything.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
struct ExpectChange {
    expect_change: Vec<Expected>,
}

/// What a file names.
pub fn expect_change(files: &Files, name: &str) -> Result<Vec<Expected>, Vec<Finding>> {
    let mut findings = Vec::new();
    let bytes = files.read(name, file::LARGEST).map_err(|why| {
        let finding = Finding::error("unreadable-file", format!("cannot read `{name}`: {why}"));
        vec![finding.help(
            "name a number, `extension 104`, `queue 400`, or a file of those that are planned, relative to dialform.yaml",
        )]
    })?;
    let read = parsed(name, &bytes, &mut findings).and_then(|mut tree| {
        set_aside(tree.parts_mut().1);
        decode::<ExpectChange>(&tree, tree.root(), &mut findings)
    });
    match read {
        Some(expected) if findings.is_empty() => Ok(expected.expect_change),
        _ => Err(findings),
    }
}
