//! What `dialform.yaml` says beside the settings of the providers: also where something in it is wrong, so that one run finds
//! what is wrong with the tenants as well.

use super::{
    Node, Tree,
    decode::{decode_at, decode_rest},
    entry::without_settings,
    showable::PROVIDERS,
    span::Span,
    tree::Value,
};
use crate::{
    finding::Finding,
    model::{LARGEST_FILE_MIB, WorkspaceFile},
    path::Segment,
};
use std::collections::BTreeSet;

/// Each pattern is looked for by itself.
const MAX_PATTERNS: usize = 1000;

/// What says where files are: without all of it they are not looked at.
const LISTS: [&str; 2] = ["tenants", "shared"];
const VERSION: &str = "version";
const LARGEST: &str = "max_file_mib";

/// What is left of a file with something wrong in it.
pub(super) struct Unread {
    /// Providers that are there, and cannot be read.
    pub providers: BTreeSet<String>,
    /// Whether it is not known where schedules are shared.
    pub shared: bool,
}

/// What the file says, if all of it can be read.
pub(super) fn head(tree: &Tree, findings: &mut Vec<Finding>) -> Option<WorkspaceFile> {
    let (file, unread) = head_in_part(tree, findings)?;
    unread.is_none().then_some(file)
}

/// What can be read of it, where that is enough to look at the tenants.
pub(super) fn head_in_part(
    tree: &Tree,
    findings: &mut Vec<Finding>,
) -> Option<(WorkspaceFile, Option<Unread>)> {
    let root = tree.root();
    let mut rest = without_settings(root);
    if rest.is_null() {
        return decode_at(tree, &[], &rest, findings).map(|file| (file, None));
    }
    let mut found = Vec::new();
    let mut file: Option<WorkspaceFile> = decode_rest(tree, &mut rest, &mut found);
    let is_whole = found.is_empty();
    findings.append(&mut found);
    if file.is_none() && root.get(VERSION).is_none() {
        // Nothing is as soon forgotten, and there is one version.
        add_version(&mut rest);
        file = decode_rest(tree, &mut rest, &mut Vec::new());
    }
    let mut file = file?;
    let patterns = file.tenants.len();
    if patterns > MAX_PATTERNS {
        let message = format!("`tenants` has {patterns} patterns, more than {MAX_PATTERNS}");
        let help = "a pattern names many files: `tenants/*.yaml`, `tenants/**/*.yaml`";
        let place = tree.place_of_key(&[Segment::key("tenants")]);
        findings.push(Finding::error("too-many-patterns", message).help(help).at(place));
        return None;
    }
    if is_whole {
        return Some((file, None));
    }
    let is_as_written = |list: &&str| match (root.get(list), rest.get(list)) {
        (Some(_), Some(rest)) => !rest.incomplete,
        (written, rest) => written.is_none() && rest.is_none(),
    };
    if !LISTS.iter().all(is_as_written) {
        return None;
    }
    if root.get(LARGEST).is_some() {
        file.max_file_mib.get_or_insert(LARGEST_FILE_MIB);
    }
    let written = root.get(PROVIDERS).map(Node::entries).unwrap_or_default();
    let unread = written.iter().map(|(key, _)| key.text()).filter(|it| !file.providers.contains_key(*it));
    let unread =
        Unread { providers: unread.map(str::to_owned).collect(), shared: root.get("shared").is_none() };
    Some((file, Some(unread)))
}

fn add_version(root: &mut Node) {
    let Value::Map(entries) = &mut root.value else { return };
    let scalar = |text: &str| Node::new(Span::default(), Value::Scalar { text: text.into(), plain: true });
    let mut all = entries.take();
    all.push((scalar(VERSION), scalar("1")));
    *entries = all.into();
}
