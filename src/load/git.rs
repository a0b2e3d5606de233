//! Asking git. No text of a person's ever becomes an option of it: a revision is turned into an object's name first.

use crate::text::io_reason;
use std::{path::Path, process::Command};

/// Runs git in a directory; what it says, or the first line of why it did not.
pub(super) fn git(root: &Path, arguments: &[&str]) -> Result<Vec<u8>, String> {
    run(Command::new("git").arg("-C").arg(root).args(arguments))
}

/// The same with the attributes of files (line ends, filters) as a tree has them. An older git takes those of now.
pub(super) fn git_as_of(root: &Path, tree: &str, arguments: &[&str]) -> Result<Vec<u8>, String> {
    run(Command::new("git").env("GIT_ATTR_SOURCE", tree).arg("-C").arg(root).args(arguments))
}

/// The name of the object that a person means; `kind` is `commit` or `tree`.
pub(super) fn object(root: &Path, named: &str, kind: &str) -> Result<String, String> {
    let peeled = format!("{named}^{{{kind}}}");
    line(root, &["rev-parse", "--verify", "--quiet", "--end-of-options", &peeled])
}

/// One line that git says.
pub(super) fn line(root: &Path, arguments: &[&str]) -> Result<String, String> {
    let said = git(root, arguments)?;
    Ok(String::from_utf8_lossy(&said).trim_end_matches(['\n', '\r']).to_owned())
}

fn run(command: &mut Command) -> Result<Vec<u8>, String> {
    let output = command.output().map_err(|error| format!("git cannot be run: {}", io_reason(&error)))?;
    if output.status.success() {
        return Ok(output.stdout);
    }
    let said = String::from_utf8_lossy(&output.stderr);
    let first = said.lines().find(|line| !line.starts_with("warning: ")).unwrap_or("git failed");
    Err(first.trim_start_matches("fatal: ").trim_start_matches("error: ").to_owned())
}
