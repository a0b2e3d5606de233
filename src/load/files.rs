//! Where the files of a workspace are read from: a directory, or a git revision of it.

use super::{revision::Revision, source::WORKSPACE_FILE};
use crate::{
    explained::Explained,
    file::{self, OPTIONS, in_directory, no_pattern},
    git::ObjectId,
    text::io_reason,
};
use glob::MatchOptions;
use std::{
    collections::{BTreeMap, BTreeSet},
    path::{Path, PathBuf},
    sync::Arc,
};

/// How many files are read ahead: they are held in memory until they are read.
pub(super) const AHEAD: usize = 256;
/// How many files one core looks at in a row.
pub(super) const TOGETHER: usize = 64;

/// Reads a file of at most so many bytes.
type Reader<'a> = Box<dyn FnMut(&str, u64) -> Result<Vec<u8>, String> + 'a>;

/// Where the files are read from.
pub enum Files {
    Directory(PathBuf),
    /// The same with what an editor has not saved yet, by file.
    Unsaved(PathBuf, Arc<Unsaved>),
    /// The directory as it was at a git revision.
    Revision(Arc<Revision>),
}

/// Texts of files, by their names relative to the workspace.
pub type Unsaved = BTreeMap<String, String>;

/// The text of a file that is not saved yet, in the place of what is on the disk.
fn unsaved(texts: &Unsaved, name: &str, most: u64) -> Option<Result<Vec<u8>, String>> {
    let text = texts.get(name)?;
    Some(if text.len() as u64 > most { Err(file::too_large(most)) } else { Ok(text.clone().into_bytes()) })
}

impl Files {
    pub(super) fn read(&self, name: &str, most: u64) -> Result<Vec<u8>, String> {
        match self {
            Self::Directory(root) => file::read(root, name, most).map_err(|error| io_reason(&error)),
            Self::Unsaved(root, texts) => unsaved(texts, name, most)
                .unwrap_or_else(|| file::read(root, name, most).map_err(|error| io_reason(&error))),
            Self::Revision(revision) => revision.read(name, most),
        }
    }

    /// Says that these files are about to be read, which is one question to git.
    pub(super) fn read_ahead<'n>(&self, names: impl Iterator<Item = &'n str>) {
        if let Self::Revision(revision) = self {
            revision.read_ahead(names);
        }
    }

    /// How many of so many files are looked at before the next are read ahead.
    pub(super) fn in_a_row(&self, all: usize) -> usize {
        match self {
            Self::Directory(_) | Self::Unsaved(..) => all.max(1),
            Self::Revision(_) => AHEAD,
        }
    }

    /// A way to read many files.
    pub(super) fn reader(&self) -> Reader<'_> {
        match self {
            Self::Directory(root) => {
                let mut many = file::Many::below(root);
                Box::new(move |name, most| many.read(name, most).map_err(|error| io_reason(&error)))
            }
            Self::Unsaved(..) => Box::new(|name, most| self.read(name, most)),
            Self::Revision(revision) => Box::new(|name, most| revision.read(name, most)),
        }
    }

    /// What git calls the bytes of a file, in the repository of an object.
    pub(super) fn object(&self, name: &str, bytes: &[u8], like: ObjectId) -> Option<ObjectId> {
        match self {
            Self::Directory(_) | Self::Unsaved(..) => Some(like.of_file(bytes)),
            Self::Revision(revision) => revision.object(name),
        }
    }

    /// The directory of the workspace as it is now.
    pub(super) fn root(&self) -> &Path {
        match self {
            Self::Directory(root) | Self::Unsaved(root, _) => root,
            Self::Revision(revision) => revision.root(),
        }
    }

    /// The point at which these files left a revision.
    pub(super) fn where_left(&self, named: &str) -> Result<Revision, String> {
        match self {
            Self::Directory(root) | Self::Unsaved(root, _) => Revision::where_left(root, named, &["HEAD"]),
            Self::Revision(revision) => {
                let parents = revision.parents().into_iter().flatten().map(String::as_str);
                Revision::where_left(revision.root(), named, &parents.collect::<Vec<_>>())
            }
        }
    }

    /// Those files that are not as they were at a revision.
    pub(super) fn differing<'n>(&self, then: &Revision, names: &[&'n str]) -> BTreeSet<&'n str> {
        match self {
            Self::Directory(_) | Self::Unsaved(..) => then.differing(names),
            Self::Revision(now) => names.iter().copied().filter(|name| !now.same_at(then, name)).collect(),
        }
    }

    /// Plain files that are not known, and were perhaps meant to match a pattern; none where that cannot be told.
    pub(super) fn near(
        &self,
        pattern: &str,
        options: MatchOptions,
        is_known: &dyn Fn(&str) -> bool,
    ) -> BTreeSet<String> {
        match self {
            Self::Directory(root) | Self::Unsaved(root, _) => {
                let mut near =
                    in_directory(root, pattern, options, &|name| !is_known(name)).unwrap_or_default();
                near.retain(|name| root.join(name).is_file());
                near
            }
            Self::Revision(revision) => {
                let Ok(pattern) = glob::Pattern::new(pattern) else { return BTreeSet::new() };
                revision.names_where(|name| {
                    !is_known(name) && pattern.matches_with(name, options) && revision.has(name)
                })
            }
        }
    }

    /// The files a pattern matches, relative to the root.
    pub(super) fn matching(&self, pattern: &str) -> Result<BTreeSet<String>, Explained> {
        self.matching_among(pattern, &|_| true)
    }

    /// The same of those that are asked for.
    pub(super) fn matching_among(
        &self,
        pattern: &str,
        is_asked_for: &dyn Fn(&str) -> bool,
    ) -> Result<BTreeSet<String>, Explained> {
        let outside = Path::new(pattern).is_absolute() || pattern.split('/').any(|part| part == "..");
        if outside {
            return Err(Explained::with_help(
                format!("`{pattern}` points outside the workspace"),
                "keep tenant files in the directory of dialform.yaml or below it".to_owned(),
            ));
        }
        let compiled = glob::Pattern::new(pattern).map_err(|error| no_pattern(pattern, &error))?;
        let mut found: BTreeSet<String> = match self {
            Self::Directory(root) => in_directory(root, pattern, OPTIONS, is_asked_for)?,
            Self::Unsaved(root, texts) => {
                let new =
                    texts.keys().filter(|name| is_asked_for(name) && compiled.matches_with(name, OPTIONS));
                in_directory(root, pattern, OPTIONS, is_asked_for)?.into_iter().chain(new.cloned()).collect()
            }
            Self::Revision(revision) => {
                revision.names_where(|name| is_asked_for(name) && compiled.matches_with(name, OPTIONS))
            }
        };
        // `*.yaml` means the tenants beside it.
        found.remove(WORKSPACE_FILE);
        Ok(found)
    }
}
