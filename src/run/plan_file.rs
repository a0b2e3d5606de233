//! Saved plans (`plan --out FILE`, `apply FILE`).

use crate::{
    error::Failure,
    file,
    plan::{FORMAT_VERSION, Plan, SavedPlan},
    secret::KnownSecrets,
    text::io_reason,
};
use std::path::Path;

/// Saves a plan, without any credential.
pub fn save_plan(path: &Path, plan: &Plan, secrets: &KnownSecrets) -> Result<(), Failure> {
    let failed = |error: std::io::Error| {
        Failure::error(format!("cannot save the plan to `{}`: {}", path.display(), io_reason(&error)))
    };
    let mut text = serde_json::to_string_pretty(plan).map_err(|error| failed(error.into()))?;
    text.push('\n');
    file::replace(path, secrets.hide(&text).as_bytes()).map_err(failed)
}

/// The digest of a saved plan: what applying it approves. The file has to hold the very steps that it names.
pub fn approved_digest(path: &Path) -> Result<String, Failure> {
    let shown = path.display();
    let text = file::read_named(path)
        .map_err(|error| Failure::error(format!("cannot read the plan `{shown}`: {}", io_reason(&error))))?;
    let saved: SavedPlan = serde_json::from_str(&text).map_err(|error| {
        Failure::error(format!("`{shown}` is not a saved plan: {error}"))
            .help("save one with `dialform plan --out FILE`")
    })?;
    if saved.format_version != FORMAT_VERSION {
        return Err(Failure::refused(format!(
            "`{shown}` has plan format {}, not {FORMAT_VERSION}",
            saved.format_version
        ))
        .help("plan again with this version of dialform"));
    }
    if saved.counted() != saved.digest {
        return Err(Failure::refused(format!(
            "`{shown}` was changed after it was saved: its steps are not those of its digest"
        ))
        .help("plan again, and review that"));
    }
    Ok(saved.digest)
}
