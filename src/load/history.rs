//! What others have merged into a revision since the files of now left it.

use super::revision::Revision;
use crate::git::{git, is_cut, is_parent, line, object};
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

/// What was merged into a revision since a commit.
pub struct Since {
    /// As it was at that commit, and as it is.
    there: [Revision; 2],
    /// The commits in words of git.
    range: [String; 2],
}

impl Since {
    pub fn of(root: &Path, left: &str, named: &str) -> Result<Self, String> {
        let range = [format!("^{left}"), object(root, named, "commit")?];
        Ok(Self { there: [Revision::find(root, left)?, Revision::find(root, named)?], range })
    }

    /// The names of the files of the workspace that have changed.
    pub fn changed(&self) -> BTreeSet<String> {
        let [then, now] = &self.there;
        then.not_as_at(now)
    }

    /// What changed any of these files, the earliest first; where nothing did, all that was merged. Of a merge it is the merge
    /// that counts.
    pub fn to(&self, files: &BTreeSet<String>) -> Vec<Commit> {
        let paths = files.iter().flat_map(|file| self.there.iter().flat_map(|it| it.paths_of(file)));
        let paths: BTreeSet<String> = paths.map(|path| format!(":(top,literal){path}")).collect();
        let paths: Vec<&str> = paths.iter().map(String::as_str).collect();
        let own = if paths.is_empty() { Vec::new() } else { self.log(&paths) };
        if own.is_empty() { self.log(&[]) } else { own }
    }

    fn log(&self, paths: &[&str]) -> Vec<Commit> {
        let mut ask =
            vec!["log", "--first-parent", "--reverse", "--no-show-signature", "-z", "--format=%H %s"];
        ask.extend(self.range.iter().map(String::as_str));
        ask.push("--");
        ask.extend(paths);
        let said = git(self.there[0].root(), &ask).unwrap_or_default();
        let said = String::from_utf8_lossy(&said).into_owned();
        let commits = said.split('\0').filter_map(|it| it.split_once(' '));
        commits
            .map(|(id, subject)| Commit { id: id.to_owned(), subject: subject.trim().to_owned() })
            .collect()
    }
}
