//! What others have merged into a revision since the files of now left it.

use super::revision::Revision;
use crate::git::{git, line, object};
use std::{collections::BTreeSet, path::Path};

/// A commit, and the first line of what it says.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Commit {
    pub id: String,
    pub subject: String,
}

impl Commit {
    /// The beginning of its name.
    pub fn short(&self) -> &str {
        self.id.get(..12).unwrap_or(&self.id)
    }
}

/// Where what is checked out left a revision.
#[derive(Debug, PartialEq, Eq)]
pub enum Left {
    /// Nowhere: all of the revision is in it, or the revision has no history.
    Nowhere,
    At(String),
    /// They have no commit in common, or none that this checkout has.
    Unknown,
}

/// Where the commit that is checked out left a revision.
pub fn left(root: &Path, named: &str) -> Left {
    let commit = |named| object(root, named, "commit").ok();
    let (Some(base), Some(head)) = (commit(named), commit("HEAD")) else { return Left::Nowhere };
    if git(root, &["merge-base", "--is-ancestor", &base, &head]).is_ok() || is_parent(root, &base, &head) {
        return Left::Nowhere;
    }
    let left = line(root, &["merge-base", &base, &head]).ok().filter(|it| !it.is_empty());
    match left {
        Some(left) if !is_cut(root, &[&base, &head], Some(&left)) => Left::At(left),
        _ => Left::Unknown,
    }
}

/// Whether a commit is one that another was made from. The commit itself says so, also where the history is not here.
fn is_parent(root: &Path, parent: &str, of: &str) -> bool {
    let said = git(root, &["cat-file", "commit", of]).unwrap_or_default();
    let said = String::from_utf8_lossy(&said).into_owned();
    said.lines()
        .take_while(|line| !line.is_empty())
        .any(|line| line.strip_prefix("parent ").is_some_and(|it| it == parent))
}

/// Whether history is missing between two commits and the point that they have in common, as far as it is known: that point may
/// then be another one.
pub(super) fn is_cut(root: &Path, [one, other]: &[&str; 2], left: Option<&str>) -> bool {
    if line(root, &["rev-parse", "--is-shallow-repository"]).as_deref() != Ok("true") {
        return false;
    }
    let mut ask = vec!["rev-list", "--max-count=1", "--max-parents=0", one, other];
    let not = left.map(|left| format!("^{left}"));
    ask.extend(not.as_deref());
    line(root, &ask).is_ok_and(|first| !first.is_empty())
}

/// The names of the files of the workspace that are not the same at two revisions.
pub fn differing(root: &Path, one: &str, other: &str) -> Result<BTreeSet<String>, String> {
    Ok(Revision::find(root, one)?.not_as_at(&Revision::find(root, other)?))
}

/// What was merged into a revision since a commit and changed any of these files, the earliest first; where none did, all that
/// was merged. Of a merge it is the merge that counts.
pub fn merged_since(root: &Path, left: &str, named: &str, files: &BTreeSet<String>) -> Vec<Commit> {
    let since = |paths: &[&str]| -> Vec<Commit> {
        let Ok(base) = object(root, named, "commit") else { return Vec::new() };
        let range = [format!("^{left}"), base];
        let mut ask =
            vec!["log", "--first-parent", "--reverse", "--no-show-signature", "-z", "--format=%H %s"];
        ask.extend(range.iter().map(String::as_str));
        ask.push("--");
        ask.extend(paths);
        let said = git(root, &ask).unwrap_or_default();
        let said = String::from_utf8_lossy(&said).into_owned();
        let commits = said.split('\0').filter_map(|it| it.split_once(' '));
        commits
            .map(|(id, subject)| Commit { id: id.to_owned(), subject: subject.trim().to_owned() })
            .collect()
    };
    let at = |named: &str| Revision::find(root, named).ok();
    let there: Vec<Revision> = [at(left), at(named)].into_iter().flatten().collect();
    let paths: BTreeSet<String> =
        files.iter().flat_map(|file| there.iter().flat_map(|it| it.paths_of(file))).collect();
    let paths: Vec<String> = paths.into_iter().map(|path| format!(":(top,literal){path}")).collect();
    let own = match paths.as_slice() {
        [] => Vec::new(),
        paths => since(&paths.iter().map(String::as_str).collect::<Vec<_>>()),
    };
    if own.is_empty() { since(&[]) } else { own }
}
