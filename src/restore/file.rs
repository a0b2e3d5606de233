//! Restore files on disk: where they are kept, and how one is read. One that is not as it was written is refused.

use super::{
    FILE_KIND, FORMAT_VERSION, Record, WITHOUT_OWN,
    checksum::{CHECKSUM, checksum},
};
use crate::{
    explained::Explained,
    file::{self, OURS},
    text::io_reason,
};
use serde_json::Value;
use std::path::{Path, PathBuf};

/// Where a workspace keeps them.
pub fn directory(root: &Path) -> PathBuf {
    root.join(OURS).join("restore")
}

/// Reads a restore file.
pub fn load(path: &Path) -> Result<Record, Explained> {
    let shown = path.display();
    let fail = |message: String, help: &str| Explained::with_help(message, help);
    let not_ours = "name one of the files in `.dialform/restore/`; apply prints which one it wrote";
    let text = file::read_of_run(path).map_err(|error| {
        fail(format!("cannot read the restore file `{shown}`: {}", io_reason(&error)), not_ours)
    })?;
    let mut value: Value = serde_json::from_str(&text).map_err(|error| {
        fail(format!("`{shown}` is not a restore file, or is incomplete: {error}"), not_ours)
    })?;
    if value.get("kind").and_then(Value::as_str) != Some(FILE_KIND) {
        return Err(fail(format!("`{shown}` is not a restore file"), not_ours));
    }
    let version = value.get("format_version").cloned().unwrap_or_default();
    if version != FORMAT_VERSION && version != WITHOUT_OWN {
        let message = format!("`{shown}` has restore format {version}, not {FORMAT_VERSION}");
        return Err(fail(message, "restore with the version of dialform that wrote it"));
    }
    // Somebody who edits before-values wants a plan of their own making, and that is what the YAML is for.
    let changed = "use the file as apply wrote it; other changes belong in the tenant's file";
    let sum = value.as_object_mut().and_then(|fields| fields.shift_remove(CHECKSUM)).unwrap_or_default();
    if !checksum(&value).is_ok_and(|it| sum == it) {
        return Err(fail(format!("`{shown}` is not as apply wrote it"), changed));
    }
    serde_json::from_value(value)
        .map_err(|error| fail(format!("`{shown}` is not as apply wrote it: {error}"), changed))
}
