//! The files of a workspace in one form.

use super::schema::SchemaOf;
use crate::{
    edit::{self, Sorted},
    error::Failure,
    file,
    finding::{Finding, Level},
    load::{Files, WORKSPACE_FILE, Workspace},
    path::Path,
    provider::Kinds,
    text::io_reason,
};
use jiff::Timestamp;
use std::path::Path as Directory;

/// What has become of a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Formatted {
    Same,
    Changed,
    /// And why.
    Left(&'static str),
}

/// A file, and what has become of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FormattedFile {
    pub name: String,
    pub formatted: Formatted,
    /// The maps whose order cannot be changed, as they are called.
    pub kept: Vec<String>,
    /// Where it leads, if it is a link: what is written follows none.
    pub leads_to: Option<String>,
}

/// Every YAML file of a workspace. With `write` those that have another form are written; none is where one cannot be read.
/// With `sort` its form has an order as well.
pub fn format(root: &Directory, write: bool, sort: bool) -> Result<Vec<FormattedFile>, Failure> {
    let files = Files::Directory(root.to_owned());
    let workspace = Workspace::load(&files, &Kinds, Timestamp::UNIX_EPOCH).map_err(Failure::Findings)?;
    let mut names = vec![WORKSPACE_FILE.to_owned()];
    names.extend(workspace.names().map(str::to_owned));
    // Of a file that cannot be read there is nothing but what is wrong with it.
    let is_unread = |finding: &&Finding| {
        let file = finding.place.as_ref().map(|place| place.file.as_str());
        let is_known = file.is_some_and(|file| names.iter().any(|name| name == file));
        // One that nobody could read is found at what names it.
        finding.level == Level::Error && (finding.code == "unreadable-file" || !is_known)
    };
    let unread: Vec<Finding> = workspace.findings.iter().filter(is_unread).cloned().collect();
    if !unread.is_empty() {
        return Err(Failure::Findings(unread));
    }
    let (tenant, config) = (SchemaOf::Tenant.schema(), SchemaOf::Workspace.schema());
    let mut new = Vec::new();
    for name in &names {
        let leads_to = file::target(root, name);
        // That one is formatted itself.
        if leads_to.as_ref().is_some_and(|it| names.contains(it)) {
            continue;
        }
        let failed = |why: String| {
            Failure::error(format!("cannot read `{name}`: {why}"))
                .help("make it readable, and run the same again")
        };
        let bytes = file::read(root, name, file::LARGEST_OF_ALL).map_err(|it| failed(io_reason(&it)))?;
        let text = String::from_utf8(bytes).map_err(|_| failed("it is not UTF-8".to_owned()))?;
        let schema = if name == WORKSPACE_FILE { &config } else { &tenant };
        let formed = match sort {
            true => edit::sorted(name, &text, schema),
            false => edit::format(name, &text).map(|it| it.map(|text| Sorted { text, kept: Vec::new() })),
        };
        let (formatted, text, kept) = match formed {
            // What is wrong with it has been found above.
            None => return Err(Failure::Findings(workspace.findings)),
            Some(Ok(Sorted { text: formed, kept })) => {
                let formatted = if formed == text { Formatted::Same } else { Formatted::Changed };
                (formatted, Some(formed), kept)
            }
            Some(Err(why)) => (Formatted::Left(why), None, Vec::new()),
        };
        let called = |map: Path| if map.is_empty() { "the file".to_owned() } else { format!("`{map}`") };
        let kept = kept.into_iter().map(called).collect();
        new.push((FormattedFile { name: name.clone(), formatted, kept, leads_to }, text));
    }
    let linked = new.iter().filter(|(file, _)| file.formatted == Formatted::Changed);
    let linked = linked.filter_map(|(file, _)| Some((&file.name, file.leads_to.as_ref()?)));
    let linked: Vec<Finding> = linked
        .map(|(name, to)| {
            Finding::error(
                "failed",
                format!("`{name}` has another form, and is a link, which is not followed"),
            )
            .help(format!("format `{to}`, the file that it leads to"))
        })
        .collect();
    if write && !linked.is_empty() {
        return Err(Failure::Findings(linked));
    }
    let mut done = Vec::new();
    for (file, formed) in new {
        if let Some(text) = formed.filter(|_| write && file.formatted == Formatted::Changed) {
            let name = &file.name;
            file::publish(root, name, &text).map_err(|error| {
                Failure::error(format!("cannot write `{name}`: {}", io_reason(&error)))
                    .help("make its directory and itself writable, and run the same again")
            })?;
        }
        done.push(file);
    }
    Ok(done)
}
