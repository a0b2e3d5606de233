//! The files of one tenant while an import writes them: its main one first.

use crate::{
    edit::{self, Refused},
    error::Failure,
    file,
    import::{self, Import, text::Head},
    load::{LoadedTenant, Tree},
    model::Kind,
    path::Segment,
    text::io_reason,
};
use std::path::Path;

/// What every split tenant's main file is called.
pub const MAIN: &str = "tenant";

/// Names of files, and their texts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct TenantFiles(Vec<(String, String)>);

impl TenantFiles {
    pub fn of(loaded: &LoadedTenant) -> Self {
        Self(loaded.written().map(|(name, text)| (name.to_owned(), text.to_owned())).collect())
    }

    /// A single one.
    pub fn one(name: &str, text: String) -> Self {
        Self(vec![(name.to_owned(), text)])
    }

    /// Those of an account that has none yet. `main` is where the main file goes.
    pub fn new(main: &str, head: &Head, import: &Import, split: bool) -> Self {
        if !split {
            return Self::one(main, import::text::file(head, import));
        }
        let directory = main.rsplit_once('/').map_or("", |(directory, _)| directory);
        let mut files = vec![(main.to_owned(), import::text::head(head))];
        let sections = import::text::by_section(head, import);
        files.extend(
            sections.into_iter().map(|(section, text)| (format!("{directory}/{section}.yaml"), text)),
        );
        Self(files)
    }

    pub fn each(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0.iter().map(|(name, text)| (name.as_str(), text.as_str()))
    }

    /// The same with another text of one of them.
    pub fn with(&self, at: usize, text: &str) -> Self {
        let mut files = self.clone();
        files.0[at].1 = text.to_owned();
        files
    }

    pub fn name(&self, at: usize) -> &str {
        &self.0[at].0
    }

    pub fn text(&self, at: usize) -> &str {
        &self.0[at].1
    }

    pub fn tree(&self, name: &str) -> Option<Tree> {
        let (name, text) = self.each().find(|(it, _)| *it == name)?;
        Tree::parse(name, text).ok()
    }

    /// The one that has something at a path, or else the main one.
    pub fn with_path(&self, path: &[Segment]) -> usize {
        let has = |(name, text): (&str, &str)| Tree::parse(name, text).is_ok_and(|it| it.get(path).is_some());
        self.each().position(has).unwrap_or_default()
    }

    /// With what is new: in the file that has the section, or else in the main one.
    pub fn added(mut self, import: &Import) -> Result<Self, Refused> {
        for kind in Kind::ALL {
            let news = |indent: usize| import::text::entries(kind, import, indent);
            let at = self.with_path(&[Segment::key(kind.section())]);
            let (name, text) = &mut self.0[at];
            if import.declared.keys().all(|it| it.kind != kind) {
                // Comments need no section.
                let comments = news(0);
                if !comments.is_empty() {
                    let end = if text.ends_with('\n') { "" } else { "\n" };
                    *text = format!("{text}{end}\n{comments}");
                }
                continue;
            }
            // Only its own files are written, whatever they take from others.
            let read = Tree::parse(name, text);
            let read =
                read.map_err(|_| Refused("the file cannot be read once something is added".to_owned()))?;
            *text = edit::add(&read, kind.section(), &news)?;
        }
        Ok(self)
    }

    /// Writes those that are other than before, the main one first: without it the others are nobody's.
    pub fn publish(&self, root: &Path, before: Option<&Self>) -> Result<(), Failure> {
        for (name, text) in &self.0 {
            let is_same = |before: &Self| before.each().any(|it| it == (name, text));
            if before.is_some_and(is_same) {
                continue;
            }
            publish(root, name, text)?;
        }
        Ok(())
    }
}

/// Writes a file of an import.
pub(super) fn publish(root: &Path, name: &str, text: &str) -> Result<(), Failure> {
    file::publish(root, name, text).map_err(|error| {
        Failure::error(format!("cannot write `{name}`: {}", io_reason(&error)))
            .help("make its directory and itself writable, and import again: it goes on with what is not written yet")
    })
}

/// The main file of a tenant in a directory.
pub(super) fn main_file(directory: &str, tenant: &str, split: bool) -> String {
    let directory = if directory.is_empty() { String::new() } else { format!("{directory}/") };
    if split { format!("{directory}{tenant}/{MAIN}.yaml") } else { format!("{directory}{tenant}.yaml") }
}
