//! Files beside the tenants that are named almost as tenants are.

use super::{Tree, files::Files, source::WORKSPACE_FILE};
use crate::{
    file::{LARGEST, OPTIONS},
    finding::{Finding, Place},
    model::WorkspaceFile,
    path::Segment,
};
use std::collections::BTreeMap;

/// What a pattern may have been meant to match.
const NEAR: glob::MatchOptions =
    glob::MatchOptions { case_sensitive: false, require_literal_leading_dot: false, ..OPTIONS };

/// Files beside the tenants that were meant to be some: another ending, or a dot before the name.
pub(super) fn near_misses(
    files: &Files,
    tree: &Tree,
    file: &WorkspaceFile,
    named: &BTreeMap<String, usize>,
) -> Vec<Finding> {
    let mut found = BTreeMap::new();
    for (index, pattern) in file.tenants.iter().enumerate() {
        // Where nothing matches that is said already.
        let matches = glob::Pattern::new(pattern)
            .is_ok_and(|it| named.keys().any(|name| it.matches_with(name, OPTIONS)));
        if !matches {
            continue;
        }
        let place = tree.place_of(&[Segment::key("tenants"), Segment::Index(index)]);
        // A pattern that is wrong has been said, and so has a directory that cannot be listed.
        let is_known = |name: &str| named.contains_key(name) || name == WORKSPACE_FILE;
        let others = |near: &str| {
            let others = files.near(near, NEAR, &is_known).into_iter();
            others.filter(|name| !is_for_an_editor(name)).collect::<Vec<_>>()
        };
        let mut add = |name: String| drop(found.insert(name, (pattern, place.clone())));
        for near in near_patterns(pattern) {
            others(&near).into_iter().for_each(&mut add);
        }
        for near in below(pattern).into_iter().flat_map(|it| near_patterns(&it)) {
            others(&near).into_iter().filter(|name| names_a_tenant(files, name)).for_each(&mut add);
        }
    }
    let finding = |(name, (pattern, place)): (String, (&String, Place))| {
        let message = format!("`{name}` is no tenant: it does not match `{pattern}`");
        let help = "rename it if it is one, or name it in `tenants`; if it is none, move it away";
        Finding::warning("near-miss", message).help(help).at(place)
    };
    found.into_iter().map(finding).collect()
}

/// The pattern, and the same with the other ending that YAML files have.
fn near_patterns(pattern: &str) -> Vec<String> {
    let other = match pattern.rsplit_once('.') {
        Some((start, "yaml")) => Some(format!("{start}.yml")),
        Some((start, "yml")) => Some(format!("{start}.yaml")),
        _ => None,
    };
    std::iter::once(pattern.to_owned()).chain(other).collect()
}

/// The same at any depth below, where a pattern is about the files of one directory.
fn below(pattern: &str) -> Option<String> {
    let (directory, name) = pattern.rsplit_once('/')?;
    (!pattern.contains("**")).then(|| format!("{directory}/*/**/{name}"))
}

/// Whether a file says that it is of a tenant, as the parts of one do: any other may lie there as well.
fn names_a_tenant(files: &Files, name: &str) -> bool {
    let text = files.read(name, LARGEST).unwrap_or_default();
    text.split(|byte| *byte == b'\n').any(|line| line.starts_with(b"tenant:"))
}

/// What an editor puts beside the file it has open.
fn is_for_an_editor(name: &str) -> bool {
    let name = name.rsplit('/').next().unwrap_or(name);
    name.starts_with(".#") || name.starts_with("._")
}
