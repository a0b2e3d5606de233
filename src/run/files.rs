//! The files of a workspace, as other programs know them.

use crate::{
    load::{Files, WORKSPACE_FILE, Workspace, place_of},
    provider::Kinds,
};
use jiff::Timestamp;
use std::path::Path;

/// The files that a check looks at.
pub struct Looked {
    /// Where the workspace is in its repository: nothing, or a path that ends with `/`.
    pub within: String,
    /// As far as they can be read: `dialform.yaml`, and those of the tenants.
    pub files: Vec<String>,
}

/// What a check of a workspace looks at.
pub fn looked(root: &Path) -> Looked {
    let read = Workspace::load(&Files::Directory(root.to_owned()), &Kinds, Timestamp::UNIX_EPOCH);
    let mut files = vec![WORKSPACE_FILE.to_owned()];
    files.extend(read.iter().flat_map(Workspace::names).map(str::to_owned));
    Looked { within: place_of(root), files }
}
