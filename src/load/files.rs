//! Where the files of a workspace are read from: a directory, or a git revision of it.

use super::{revision::Revision, source::WORKSPACE_FILE};
use crate::{
    explained::Explained,
    file::{self, OPTIONS, in_directory, no_pattern},
    text::io_reason,
};
use std::{
    collections::BTreeSet,
    path::{Path, PathBuf},
};

/// Where the files are read from.
pub enum Files {
    Directory(PathBuf),
    /// The directory as it was at a git revision.
    Revision(Revision),
}

impl Files {
    pub(super) fn read(&self, name: &str, most: u64) -> Result<Vec<u8>, String> {
        match self {
            Self::Directory(root) => file::read(root, name, most).map_err(|error| io_reason(&error)),
            Self::Revision(revision) => revision.read(name),
        }
    }

    /// The files a pattern matches, relative to the root.
    pub(super) fn matching(&self, pattern: &str) -> Result<BTreeSet<String>, Explained> {
        let outside = Path::new(pattern).is_absolute() || pattern.split('/').any(|part| part == "..");
        if outside {
            return Err(Explained::with_help(
                format!("`{pattern}` points outside the workspace"),
                "keep tenant files in the directory of dialform.yaml or below it".to_owned(),
            ));
        }
        let compiled = glob::Pattern::new(pattern).map_err(|error| no_pattern(pattern, &error))?;
        let mut found: BTreeSet<String> = match self {
            Self::Directory(root) => in_directory(root, pattern, OPTIONS)?,
            Self::Revision(revision) => {
                let names = revision.names().into_iter();
                names.filter(|name| compiled.matches_with(name, OPTIONS)).collect()
            }
        };
        // `*.yaml` means the tenants beside it.
        found.remove(WORKSPACE_FILE);
        Ok(found)
    }
}
