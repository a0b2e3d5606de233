//! Restore files on disk: written whole or not at all, and read only if they are what was written.

use super::{FILE_KIND, FORMAT_VERSION, Record, TenantRecord, WITHOUT_OWN};
use crate::{
    explained::Explained,
    file::{self, OURS},
    model::Address,
    plan::Plan,
    secret::KnownSecrets,
    text::{hex, io_reason},
};
use serde_json::Value;
use sha2::{Digest, Sha256};
use std::{
    fs::File,
    io::{self, Write},
    path::{Path, PathBuf},
};

/// The key of the sum over everything else.
const CHECKSUM: &str = "checksum";

/// Writes the before-values of a plan into the workspace; `None` if apply will not write.
///
/// When this returns the file is on the disk, name and all: a machine that loses power during the first write to a phone
/// system has it still. A second run makes a second file. Credentials that got into names or labels are hidden.
pub fn save(
    root: &Path,
    plan: &Plan,
    sandbox: bool,
    system: &dyn Fn(&str) -> String,
    secrets: &KnownSecrets,
) -> io::Result<Option<PathBuf>> {
    let directory = &directory(root);
    loop {
        let now = jiff::Timestamp::now();
        let Some(record) = Record::of(plan, format!("{now:.0}"), sandbox, system) else { return Ok(None) };
        let name = format!("{}-{}.json", now.strftime("%Y%m%dT%H%M%S%.6fZ"), std::process::id());
        let path = directory.join(name);
        file::own_directory(directory)?;
        let mut file = tempfile::Builder::new().prefix(".new-").tempfile_in(directory)?;
        file.write_all(&encode(&record, secrets)?)?;
        file.as_file().sync_all()?;
        match file.persist_noclobber(&path) {
            Ok(_) => {}
            // Another apply in this process, in the same moment.
            Err(error) if error.error.kind() == io::ErrorKind::AlreadyExists => continue,
            Err(error) => return Err(error.error),
        }
        // The directories above may be as new as the file, whoever made them.
        for directory in [directory, &root.join(OURS), root] {
            File::open(directory)?.sync_all()?;
        }
        return Ok(Some(path));
    }
}

/// Where a workspace keeps them.
pub fn directory(root: &Path) -> PathBuf {
    root.join(OURS).join("restore")
}

/// Removes from a file the steps that were not tried.
pub fn narrow(
    path: &Path,
    written: &dyn Fn(&str, &Address) -> bool,
    secrets: &KnownSecrets,
) -> Result<(), String> {
    let mut record = load(path).map_err(|error| error.message)?;
    for TenantRecord { tenant, steps, .. } in &mut record.tenants {
        steps.retain(|step| written(tenant, &step.address));
    }
    record.tenants.retain(|tenant| !tenant.steps.is_empty());
    let written = encode(&record, secrets).and_then(|bytes| file::replace(path, &bytes));
    written.map_err(|error: io::Error| io_reason(&error).to_string())
}

fn encode(record: &Record, secrets: &KnownSecrets) -> io::Result<Vec<u8>> {
    let mut value = serde_json::to_value(record)?;
    secrets.hide_in(&mut value);
    let sum = checksum(&value);
    if let Some(fields) = value.as_object_mut() {
        fields.insert(CHECKSUM.to_owned(), sum.into());
    }
    let mut bytes = serde_json::to_vec_pretty(&value)?;
    bytes.push(b'\n');
    Ok(bytes)
}

/// The sum over a record without its sum, however it is indented.
fn checksum(value: &Value) -> String {
    hex(&Sha256::digest(value.to_string()))
}

/// Reads a restore file.
pub fn load(path: &Path) -> Result<Record, Explained> {
    let shown = path.display();
    let fail = |message: String, help: &str| Explained::with_help(message, help);
    let not_ours = "name one of the files in `.dialform/restore/`; apply prints which one it wrote";
    let text = file::read_named(path).map_err(|error| {
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
    if sum != checksum(&value) {
        return Err(fail(format!("`{shown}` is not as apply wrote it"), changed));
    }
    serde_json::from_value(value)
        .map_err(|error| fail(format!("`{shown}` is not as apply wrote it: {error}"), changed))
}
