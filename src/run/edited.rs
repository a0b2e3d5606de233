//! A workspace while somebody writes it: with the texts that are not saved yet, and as far as it can be read.

use super::{
    Checked, Options, check,
    trace::{self, Question},
};
use crate::{
    error::Failure,
    finding::{Finding, Place},
    load::{Files, LoadedTenant, Unsaved},
    model::Kind,
    path::{Path as FieldPath, Segment},
    plan::Accepts,
    provider::{self, Kinds, Workspace},
    report::Trace,
};
use jiff::Timestamp;
use std::{path::Path, sync::Arc};

/// What the files say, and what is wrong with them.
pub struct Edited {
    options: Options,
    read: Read,
    /// As `check` has them.
    pub findings: Vec<Finding>,
}

enum Read {
    Checked(Box<Checked>),
    /// With errors.
    InPart(Box<Workspace>),
    Nothing,
}

impl Edited {
    /// Looks at the files of a directory, and at what of them is not saved.
    pub fn look(root: &Path, unsaved: Unsaved, now: Option<Timestamp>) -> Self {
        let unsaved = Arc::new(unsaved);
        let options = Options { unsaved: Arc::clone(&unsaved), now, ..Options::default() };
        let failure = match check(root, &options) {
            Ok(checked) => {
                let findings = checked.warnings.clone();
                return Self { options, read: Read::Checked(Box::new(checked)), findings };
            }
            Err(failure) => failure,
        };
        let findings = match failure {
            Failure::Findings(findings) => findings,
            Failure::Message { cause, .. } => vec![Finding::explained("failed", cause)],
            Failure::Output(error) => vec![Finding::error("failed", error.to_string())],
        };
        let files = Files::Unsaved(root.to_owned(), unsaved);
        let read = match Workspace::load(&files, &Kinds, options.at()) {
            Ok(workspace) => Read::InPart(Box::new(workspace)),
            Err(_) => Read::Nothing,
        };
        Self { options, read, findings }
    }

    fn workspace(&self) -> Option<&Workspace> {
        match &self.read {
            Read::Checked(checked) => Some(&checked.workspace),
            Read::InPart(workspace) => Some(workspace),
            Read::Nothing => None,
        }
    }

    /// Every tenant, those with errors as far as they can be read.
    pub fn tenants(&self) -> impl Iterator<Item = &LoadedTenant> {
        self.workspace().into_iter().flat_map(|it| it.tenants.iter().chain(&it.parts))
    }

    /// The names of the providers that can be read.
    pub fn providers(&self) -> impl Iterator<Item = &str> {
        self.workspace().into_iter().flat_map(|it| it.providers.keys().map(String::as_str))
    }

    /// Where a provider is declared.
    pub fn provider_place(&self, name: &str) -> Option<Place> {
        let workspace = self.workspace()?;
        let path = [Segment::key("providers"), Segment::key(name)];
        workspace.has_provider(name).then(|| workspace.place_of_key(&path))
    }

    /// The kind of system that a provider is.
    pub fn kind(&self, provider: &str) -> Option<&str> {
        self.workspace()?.file.providers.get(provider).map(|it| it.kind.as_str())
    }

    /// Whether some field with this key takes a destination of this word, in an object of a section.
    pub fn takes(&self, provider: &str, section: &str, key: &str, word: &str) -> bool {
        let Some(known) = self.kind(provider).and_then(provider::find) else { return true };
        let of_kind = || known.dialect.accepts.iter().filter(|row| row.kind.section() == section);
        let is_own = |row: &&Accepts| row.path.last().is_some_and(|it| *it == key);
        if of_kind().any(|row| is_own(&row)) {
            return of_kind().filter(is_own).any(|row| row.words.contains(&word));
        }
        let Some(kind) = Kind::ALL.into_iter().find(|kind| kind.section() == section) else { return true };
        // The fields of a rule are all below one row.
        let by_rows = kind != Kind::Rules
            || of_kind().next().is_none()
            || of_kind().any(|row| row.words.contains(&word));
        by_rows && known.dialect.takes(kind, &FieldPath::default().join(Segment::key(key)), word)
    }

    /// Where a call goes now. `None` where the files have errors, or nothing is called so.
    pub fn trace(&self, called: &str) -> Option<Trace> {
        let Read::Checked(checked) = &self.read else { return None };
        let question = Question { called: called.to_owned(), ..Question::default() };
        Some(trace::ask(checked, &question, None, &self.options).ok()?.trace(checked))
    }

    /// Whether nothing in the files is an error.
    pub fn is_whole(&self) -> bool {
        matches!(self.read, Read::Checked(_))
    }
}
