//! The files of a workspace in one form.

use crate::{
    edit::{self, UNSAFE},
    error::Failure,
    file,
    finding::{Finding, Level},
    load::{Files, WORKSPACE_FILE, Workspace},
    provider::Kinds,
    text::io_reason,
};
use std::path::Path;

/// What has become of a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Formatted {
    Same,
    Changed,
    /// And why.
    Left(&'static str),
}

/// Every YAML file of a workspace, by name. With `write` those that have another form are written; none is where one cannot be
/// read.
pub fn format(root: &Path, write: bool) -> Result<Vec<(String, Formatted)>, Failure> {
    let files = Files::Directory(root.to_owned());
    let workspace = Workspace::load(&files, &Kinds).map_err(Failure::Findings)?;
    let mut names = vec![WORKSPACE_FILE.to_owned()];
    names.extend(workspace.names().map(str::to_owned));
    // Of a file that cannot be read there is nothing but what is wrong with it.
    let is_unread = |finding: &&Finding| {
        let file = finding.place.as_ref().map(|place| place.file.as_str());
        finding.level == Level::Error && file.is_none_or(|file| !names.iter().any(|name| name == file))
    };
    let unread: Vec<Finding> = workspace.findings.iter().filter(is_unread).cloned().collect();
    if !unread.is_empty() {
        return Err(Failure::Findings(unread));
    }
    let mut new = Vec::new();
    for name in names {
        let failed = |why: String| Failure::error(format!("cannot read `{name}`: {why}"));
        let bytes = file::read(root, &name, file::LARGEST_OF_ALL).map_err(|it| failed(io_reason(&it)))?;
        let text = String::from_utf8(bytes).map_err(|_| failed("it is not UTF-8".to_owned()))?;
        match edit::format(&name, &text) {
            // What is wrong with it has been found above.
            None => return Err(Failure::Findings(workspace.findings)),
            Some(Ok(formed)) if formed == text => new.push((name, None, Formatted::Same)),
            Some(Ok(formed)) => new.push((name, Some(formed), Formatted::Changed)),
            Some(Err(_)) => new.push((name, None, Formatted::Left(UNSAFE))),
        }
    }
    let mut done = Vec::new();
    for (name, formed, formatted) in new {
        if let Some(text) = formed.filter(|_| write) {
            file::publish(root, &name, &text)
                .map_err(|error| Failure::error(format!("cannot write `{name}`: {}", io_reason(&error))))?;
        }
        done.push((name, formatted));
    }
    Ok(done)
}
