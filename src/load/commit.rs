//! Which commit last changed lines of a file.

use super::git::git;
use std::{collections::BTreeSet, path::Path};

/// Who said so last.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum LastChange {
    /// A commit by the short form of its name, with the first line of what it says.
    Commit { id: String, subject: String },
    /// Nobody has committed it yet.
    NotCommitted,
}

/// The last change of any of these lines; `None` where git does not know.
pub fn last_change(root: &Path, file: &str, lines: &BTreeSet<usize>) -> Option<LastChange> {
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
                return Some(LastChange::NotCommitted);
            }
            Some(("summary", subject)) if last.as_ref().is_none_or(|(known, _)| *known < time) => {
                let id = commit.get(..10).unwrap_or(commit).to_owned();
                last = Some((time, LastChange::Commit { id, subject: subject.to_owned() }));
            }
            _ => {}
        }
    }
    last.map(|(_, change)| change)
}
