//! One type for everything that is wrong with an input: errors and lints alike.

use crate::{
    explained::Explained,
    text::{count, printable},
};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Something a person should know about their files, with the place it is about.
///
/// `message` is a lower-case phrase without a final period; `help` names the way out.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Finding {
    /// Where; findings without a place are about the whole run.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub place: Option<Place>,
    pub level: Level,
    /// Stable kebab-case name.
    pub code: &'static str,
    pub message: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub help: Option<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Level {
    Error,
    Warning,
}

/// A stretch of one line of one file.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Place {
    /// Path relative to the workspace, with `/`.
    pub file: String,
    /// 1-based.
    pub line: usize,
    /// 1-based, in characters.
    pub column: usize,
    /// In characters, at least 1, never past the end of the line.
    pub length: usize,
    /// The line without its line ending; of a long one, what is around the place.
    #[serde(skip)]
    pub source: String,
    /// How many characters of the line are before `source`.
    #[serde(skip)]
    pub skipped: usize,
    /// The place in the tenant's file that brings this one in, or gives it its value, where they are two files.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub also: Option<Box<Place>>,
}

impl Finding {
    pub fn error(code: &'static str, message: impl Into<String>) -> Self {
        // What is said may repeat words of a file or a server.
        Self { place: None, level: Level::Error, code, message: printable(message.into()), help: None }
    }

    /// An error as whoever met it explains it.
    pub fn explained(code: &'static str, cause: Explained) -> Self {
        let Explained { message, help, .. } = cause;
        Self { help: help.map(printable), ..Self::error(code, message) }
    }

    pub fn warning(code: &'static str, message: impl Into<String>) -> Self {
        Self { level: Level::Warning, ..Self::error(code, message) }
    }

    #[must_use]
    pub fn at(mut self, place: impl Into<Option<Place>>) -> Self {
        self.place = place.into();
        self
    }

    #[must_use]
    pub fn help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(printable(help.into()));
        self
    }
}

/// The same with what is said of one place of a template said once: with the first of the tenants that bring it in.
fn gathered(findings: Vec<Finding>) -> Vec<Finding> {
    let mut kept: Vec<(Finding, usize)> = Vec::new();
    let mut known: BTreeMap<Finding, usize> = BTreeMap::new();
    for finding in findings {
        let alone = finding.place.as_ref().filter(|place| place.also.is_some()).map(|place| {
            let place = Place { also: None, ..place.clone() };
            Finding { place: Some(place), ..finding.clone() }
        });
        match alone.as_ref().and_then(|alone| known.get(alone)) {
            Some(first) => kept[*first].1 += 1,
            None => {
                known.extend(alone.map(|alone| (alone, kept.len())));
                kept.push((finding, 0));
            }
        }
    }
    let told = kept.into_iter().map(|(mut finding, others)| {
        if others > 0 {
            finding.message.push_str(&format!(" (and so for {})", count(others, "other tenant")));
        }
        finding
    });
    told.collect()
}

/// How many findings a run shows: nobody works through more in one go.
const SHOWN: usize = 500;

/// As many findings as a run shows, errors before warnings; the last one says how many more there are.
pub fn bounded(findings: Vec<Finding>) -> Vec<Finding> {
    let mut findings = gathered(findings);
    if findings.len() <= SHOWN {
        return findings;
    }
    findings.sort_by_key(|finding| finding.level);
    let rest = findings.split_off(SHOWN);
    let errors = rest.iter().filter(|finding| finding.level == Level::Error).count();
    let warnings = rest.len() - errors;
    let level = if errors > 0 { Level::Error } else { Level::Warning };
    let message = format!(
        "there {} more: {} and {}",
        if rest.len() == 1 { "is" } else { "are" },
        count(errors, "error"),
        count(warnings, "warning"),
    );
    let more = Finding { level, ..Finding::error("more", message) };
    findings.push(more.help("mend the ones that are shown and check again"));
    findings
}

impl std::fmt::Display for Place {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}:{}:{}", self.file, self.line, self.column)
    }
}
