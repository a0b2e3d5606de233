//! Files beside the tenants that are named almost as tenants are.

use super::{Tree, files::Files, source::WORKSPACE_FILE};
use crate::{
    file::OPTIONS,
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
        for near in near_patterns(pattern) {
            // A pattern that is wrong has been said, and so has a directory that cannot be listed.
            let is_known = |name: &str| named.contains_key(name) || name == WORKSPACE_FILE;
            let others = files.near(&near, NEAR, &is_known).into_iter();
            let others = others.filter(|name| !is_for_an_editor(name));
            found.extend(others.map(|name| (name, (pattern, place.clone()))));
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

/// What an editor puts beside the file it has open.
fn is_for_an_editor(name: &str) -> bool {
    let name = name.rsplit('/').next().unwrap_or(name);
    name.starts_with(".#") || name.starts_with("._")
}
