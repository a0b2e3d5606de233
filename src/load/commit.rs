//! Which commit last changed lines of a file.

use super::{
    part::Part,
    revision::{NO_HISTORY, Revision},
    workspace::Workspace,
};
use crate::git::{git, is_several, line, object, one_of_several};
use std::{collections::BTreeSet, path::Path};

/// Who said so last.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum LastChange {
    /// A commit by the short form of its name, with the first line of what it says.
    Commit { id: String, subject: String },
    /// Nobody has committed it yet.
    NotCommitted,
}

/// The last change of any of these lines, each with its file; `None` where git does not know.
pub fn last_change(root: &Path, lines: &BTreeSet<(String, usize)>) -> Option<LastChange> {
    let files: BTreeSet<&str> = lines.iter().map(|(file, _)| file.as_str()).collect();
    let mut last: Option<(u64, LastChange)> = None;
    for file in files {
        let of_file = lines.iter().filter(|(it, _)| it == file).map(|(_, line)| *line);
        let (time, change) = last_of_file(root, file, &of_file.collect())?;
        if change == LastChange::NotCommitted {
            return Some(change);
        }
        if last.as_ref().is_none_or(|(known, _)| *known < time) {
            last = Some((time, change));
        }
    }
    last.map(|(_, change)| change)
}

/// The same for lines of one file, with the second in which it was made.
fn last_of_file(root: &Path, file: &str, lines: &BTreeSet<usize>) -> Option<(u64, LastChange)> {
    let ranges: Vec<String> = lines.iter().map(|line| format!("-L{line},{line}")).collect();
    let mut arguments = vec!["blame", "--porcelain"];
    arguments.extend(ranges.iter().map(String::as_str));
    arguments.extend(["--", file]);
    let said = git(root, &arguments).ok()?;
    let said = String::from_utf8_lossy(&said);
    let mut last: Option<(u64, LastChange)> = None;
    let mut commit = "";
    let mut time = 0;
    for line in said.lines() {
        match line.split_once(' ') {
            Some((id, _)) if id.len() >= 40 && id.bytes().all(|byte| byte.is_ascii_hexdigit()) => commit = id,
            Some(("committer-time", at)) => time = at.parse().unwrap_or_default(),
            Some(("summary", _)) if commit.bytes().all(|byte| byte == b'0') => {
                return Some((time, LastChange::NotCommitted));
            }
            Some(("summary", subject)) if last.as_ref().is_none_or(|(known, _)| *known < time) => {
                let id = commit.get(..12).unwrap_or(commit).to_owned();
                last = Some((time, LastChange::Commit { id, subject: subject.to_owned() }));
            }
            _ => {}
        }
    }
    last
}

/// The commit that a revision names now, or why there is none.
pub fn commit(root: &Path, named: &str) -> Result<String, String> {
    object(root, named, "commit").map_err(|why| match is_several(&why) {
        true => why,
        false => format!("git has no commit `{named}`"),
    })
}

/// The same; `None` also outside of git.
pub fn commit_of(root: &Path, named: &str) -> Option<String> {
    commit(root, named).ok()
}

/// What helps where git has said why it does not find a revision; `otherwise` it is the revision.
pub fn way_out(why: &str, otherwise: &str) -> String {
    if let Some(one) = one_of_several(why) {
        return one;
    }
    let way_out = match why {
        NO_HISTORY => "check out the history as well, e.g. with `fetch-depth: 0`, or `git fetch --unshallow`",
        why if why.starts_with("not a git repository") => {
            "run it in a checkout of the repository, or leave the option out"
        }
        _ => otherwise,
    };
    way_out.to_owned()
}

/// Where a workspace is in its repository: nothing, or a path that ends with `/`.
pub fn place_of(root: &Path) -> String {
    line(root, &["rev-parse", "--show-prefix"]).unwrap_or_default()
}

impl<P> Workspace<P> {
    /// The same as [`commit_of`] where git has not said so while the files were read.
    pub fn commit_of(&self, root: &Path, named: &str) -> Option<String> {
        let known = self.left().and_then(|it| it.commit_of(named));
        known.map(str::to_owned).or_else(|| commit_of(root, named))
    }

    /// The same as [`place_of`].
    pub fn place_in_repository(&self, root: &Path) -> String {
        self.left().map_or_else(|| place_of(root), |it| it.prefix().to_owned())
    }

    /// Whether it is known that all of a revision is in the files.
    pub fn has_all_of(&self, named: &str) -> bool {
        self.left().is_some_and(|it| it.is_all_of(named))
    }

    fn left(&self) -> Option<&Revision> {
        self.part.as_ref().and_then(Part::left)
    }
}

/// Whether a file of now is another one than at a revision.
pub fn differs(root: &Path, named: &str, file: &str) -> bool {
    Revision::find(root, named).is_ok_and(|revision| !revision.differing(&[file]).is_empty())
}

/// Whether this checkout has a revision.
pub fn has_revision(root: &Path, named: &str) -> bool {
    Revision::find(root, named).is_ok()
}
