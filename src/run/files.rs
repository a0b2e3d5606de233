//! The files of a workspace.

use crate::{
    load::{Files, WORKSPACE_FILE, Workspace},
    provider::Kinds,
};
use jiff::Timestamp;
use std::path::Path;

/// The files that a check looks at, as far as they can be read: `dialform.yaml`, and those of the tenants.
pub fn files(root: &Path) -> Vec<String> {
    let read = Workspace::load(&Files::Directory(root.to_owned()), &Kinds, Timestamp::UNIX_EPOCH);
    let mut names = vec![WORKSPACE_FILE.to_owned()];
    names.extend(read.iter().flat_map(Workspace::names).map(str::to_owned));
    names
}
