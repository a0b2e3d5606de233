//! What the files would be once a revision is merged into another, as git merges: a tree among git's objects. Nothing is
//! checked out, and the files of now are not looked at.

use super::{commit::way_out, files::Files, revision::Revision};
use crate::{
    explained::Explained,
    file::LARGEST_OF_ALL,
    git::{Ended, ended_as_of, git, is_cut, line},
};
use std::{collections::BTreeSet, path::Path};

/// A merge that nobody has made yet.
#[derive(Debug, Clone)]
pub struct Merge {
    /// The tree that it has, of the whole repository.
    pub tree: String,
    /// As people call it.
    named: String,
    /// What is merged into, and what is merged.
    commits: [String; 2],
}

/// Of more files than this the first are named.
const NAMED: usize = 10;

impl Merge {
    /// Merges `named` into `base`, which an option has named.
    pub fn of(root: &Path, (option, base): (&str, &str), named: &str) -> Result<Self, Explained> {
        let commit = |option: &str, named: &str| {
            git(root, &["rev-parse", "--git-dir"]).map_err(Explained::new)?;
            super::commit(root, named).map_err(|why| {
                let help = way_out(&why, "name a commit that is here; a shallow checkout may lack it");
                Explained::with_help(format!("`{option} {named}`: {why}"), help)
            })
        };
        let commits = [commit(option, base)?, commit("--merge", named)?];
        let [onto, merged] = &commits;
        let left = line(root, &["merge-base", onto, merged]).ok().filter(|it| !it.is_empty());
        if is_cut(root, &[onto, merged], left.as_deref()) {
            let message = format!(
                "`--merge {named}`: where it left `{base}` is not known, for this checkout lacks the history"
            );
            let help =
                "check out the history as well, e.g. with `fetch-depth: 0`, or `git fetch --unshallow`";
            return Err(Explained::with_help(message, help));
        }
        if left.is_none() {
            let message = format!("`--merge {named}` and `{option} {base}` have no commit in common");
            let help = "git merges no histories that have nothing to do with each other: name a branch that was made from the base";
            return Err(Explained::with_help(message, help));
        }
        let ask = ["merge-tree", "--write-tree", "--name-only", "--no-messages", "-z", onto, merged];
        let Ended { code, said, why, .. } = ended_as_of(root, onto, &ask).map_err(Explained::new)?;
        let said = String::from_utf8_lossy(&said).into_owned();
        let mut said = said.split('\0').filter(|it| !it.is_empty());
        match (code, said.next()) {
            (Some(0), Some(tree)) => {
                let named = format!("{named} merged into {base}");
                Ok(Self { tree: tree.to_owned(), named, commits })
            }
            (Some(1), Some(_)) => Err(conflict(base, named, &said.collect())),
            // It does not know what it is asked.
            (Some(129), _) => {
                let message = format!("`--merge {named}`: this git is too old to merge without a checkout");
                Err(Explained::with_help(message, "install git 2.38 or newer"))
            }
            _ => Err(Explained::new(format!("`--merge {named}`: git cannot merge it: {why}"))),
        }
    }

    /// The files of the workspace as the merge would have them.
    pub fn files(&self, root: &Path) -> Result<Files, Explained> {
        let revision = Revision::of_merge(root, &self.named, &self.tree, &self.commits);
        revision.map(|it| Files::Revision(it.into())).map_err(Explained::new)
    }

    /// Whether a file is another one than at a revision.
    pub fn differs(&self, root: &Path, named: &str, file: &str) -> bool {
        let then = Revision::find(root, named).and_then(|it| it.read(file, LARGEST_OF_ALL));
        let now = Revision::of_merge(root, &self.named, &self.tree, &self.commits);
        then.ok() != now.and_then(|it| it.read(file, LARGEST_OF_ALL)).ok()
    }

    /// The commit that is merged.
    pub fn commit(&self) -> &str {
        &self.commits[1]
    }
}

fn conflict(base: &str, named: &str, files: &BTreeSet<&str>) -> Explained {
    let mut names: Vec<String> = files.iter().take(NAMED).map(|name| format!("`{name}`")).collect();
    if files.len() > NAMED {
        names.push(format!("{} more", files.len() - NAMED));
    }
    let message = format!("`--merge {named}` conflicts with `{base}` in {}", names.join(", "));
    Explained::with_help(
        message,
        format!("merge {base} into the branch, solve the conflict there, and plan again"),
    )
}
