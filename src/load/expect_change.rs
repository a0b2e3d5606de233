//! A file that says which numbers' calls a change is to be noticed at.

use super::{Files, decode::decode, library::parsed, template::set_aside};
use crate::{file, finding::Finding, model::E164};
use serde::Deserialize;

/// `expect_change: ["+12145550100"]`. An empty list: no caller notices anything.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
struct Expected {
    expect_change: Vec<E164>,
}

/// The numbers that a file names.
pub fn expect_change(files: &Files, name: &str) -> Result<Vec<E164>, Vec<Finding>> {
    let mut findings = Vec::new();
    let bytes = files.read(name, file::LARGEST).map_err(|why| {
        let finding = Finding::error("unreadable-file", format!("cannot read `{name}`: {why}"));
        vec![finding.help("name a number, or a file of those that are planned, relative to dialform.yaml")]
    })?;
    let read = parsed(name, &bytes, &mut findings).and_then(|mut tree| {
        set_aside(tree.parts_mut().1);
        decode::<Expected>(&tree, tree.root(), &mut findings)
    });
    match read {
        Some(expected) if findings.is_empty() => Ok(expected.expect_change),
        _ => Err(findings),
    }
}
