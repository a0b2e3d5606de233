//! One type for everything that is wrong with an input: errors and lints alike.

use crate::text::shown;
use serde::Serialize;

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

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
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
    /// The whole line, without its line ending.
    #[serde(skip)]
    pub source: String,
}

impl Finding {
    pub fn error(code: &'static str, message: impl Into<String>) -> Self {
        // What is said may repeat words of a file or a server.
        Self { place: None, level: Level::Error, code, message: shown(message.into()), help: None }
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
        self.help = Some(shown(help.into()));
        self
    }
}

impl std::fmt::Display for Place {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}:{}:{}", self.file, self.line, self.column)
    }
}

/// One step of the way from the root of a file to a value in it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Seg {
    Key(String),
    Index(usize),
}

impl Seg {
    /// The key, if it is one.
    pub fn as_key(&self) -> Option<&str> {
        match self {
            Self::Key(key) => Some(key),
            Self::Index(_) => None,
        }
    }

    pub fn key(text: impl std::fmt::Display) -> Self {
        Self::Key(text.to_string())
    }
}

impl std::fmt::Display for Seg {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Key(key) => f.write_str(key),
            Self::Index(index) => write!(f, "[{index}]"),
        }
    }
}

/// A path as people read it: `rules.101.order[1].when`.
pub fn path_text(path: &[Seg]) -> String {
    let mut text = String::new();
    for seg in path {
        if matches!(seg, Seg::Key(_)) && !text.is_empty() {
            text.push('.');
        }
        text.push_str(&seg.to_string());
    }
    text
}

impl From<&str> for Seg {
    fn from(key: &str) -> Self {
        Self::Key(key.to_owned())
    }
}

impl From<usize> for Seg {
    fn from(index: usize) -> Self {
        Self::Index(index)
    }
}
