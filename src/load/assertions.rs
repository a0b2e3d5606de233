//! Files of assertions about calls, each with the places of what it says.

use super::{Files, Tree, decode::decode, library::parsed, template::set_aside};
use crate::{
    file,
    finding::{Finding, Place},
    model::{Assertion, AssertionFile},
    path::Segment,
};
use std::collections::{BTreeMap, BTreeSet};

/// Where files of assertions are looked for.
pub const ASSERTIONS: &str = "tests/*.yaml";
/// What looks as if it were one.
const NEAR: &str = "tests/*.yml";

/// A file of assertions.
pub struct LoadedAssertions {
    pub file: String,
    pub tests: Vec<Assertion>,
    tree: Tree,
}

impl LoadedAssertions {
    /// Where something of one of its assertions stands; without a path, its name.
    pub fn place(&self, test: usize, path: &[Segment]) -> Place {
        let mut whole = vec![Segment::key("tests"), Segment::Index(test)];
        match path {
            [] => whole.push(Segment::key("name")),
            path => whole.extend_from_slice(path),
        }
        // One text stands in the place of a list.
        if matches!(whole.last(), Some(Segment::Index(_))) && self.tree.get(&whole).is_none() {
            whole.pop();
        }
        self.tree.place_of(&whole)
    }
}

/// Every file that is named, by name or pattern; without any, those of [`ASSERTIONS`]. What is wrong with them is said, and with
/// an error among it nothing is to be made of the rest.
pub fn assertions(files: &Files, named: &[String]) -> (Vec<LoadedAssertions>, Vec<Finding>) {
    let mut findings = Vec::new();
    let mut names = BTreeSet::new();
    for pattern in named {
        // A file whose name looks like a pattern is one all the same.
        let found = files.matching(pattern).and_then(|found| match found.is_empty() {
            true => files.matching(&glob::Pattern::escape(pattern)),
            false => Ok(found),
        });
        match found {
            Ok(found) if found.is_empty() => {
                let finding = Finding::error("no-test-files", format!("no file matches `{pattern}`"));
                findings.push(finding.help("names and patterns are relative to dialform.yaml"));
            }
            Ok(found) => names.extend(found),
            Err(cause) => findings.push(Finding::explained("bad-value", cause)),
        }
    }
    if named.is_empty() {
        match files.matching(ASSERTIONS) {
            Ok(found) => names = found,
            Err(cause) => findings.push(Finding::explained("bad-value", cause)),
        }
        for name in files.near(NEAR, file::OPTIONS, &|_| false) {
            let message = format!("`{name}` is not tested: it does not match `{ASSERTIONS}`");
            let finding = Finding::warning("near-miss", message);
            findings.push(finding.help("rename it to end with `.yaml`, or name it on the command line"));
        }
    }
    let loaded = names.iter().filter_map(|name| read(files, name, &mut findings)).collect();
    (loaded, findings)
}

fn read(files: &Files, name: &str, findings: &mut Vec<Finding>) -> Option<LoadedAssertions> {
    let bytes = match files.read(name, file::LARGEST) {
        Ok(bytes) => bytes,
        Err(why) => {
            let finding = Finding::error("unreadable-file", format!("cannot read `{name}`: {why}"));
            findings.push(finding.help("make it readable, or move it away"));
            return None;
        }
    };
    let mut tree = parsed(name, &bytes, findings)?;
    set_aside(tree.parts_mut().1);
    let AssertionFile { tests } = decode(&tree, tree.root(), findings)?;
    let loaded = LoadedAssertions { file: name.to_owned(), tests, tree };
    let mut known: BTreeMap<&str, usize> = BTreeMap::new();
    for (at, test) in loaded.tests.iter().enumerate() {
        if let Some(first) = known.insert(&test.name, at) {
            let line = loaded.place(first, &[]).line;
            let message = format!("there is another assertion `{}` on line {line}", test.name);
            let finding = Finding::error("duplicate-name", message).help("give one of the two another name");
            findings.push(finding.at(loaded.place(at, &[])));
        }
    }
    Some(loaded)
}
