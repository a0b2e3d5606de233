//! What several commands take.

use crate::{plan::Shard, render::Program, text::ungrouped};
use clap::{Args, ValueEnum};
use std::{convert::Infallible, path::PathBuf};

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Format {
    Text,
    Markdown,
    Json,
}

/// Output formats of a check.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum CheckFormat {
    Text,
    Markdown,
    Json,
    /// Workflow commands: GitHub Actions shows them beside the lines of a pull request
    Github,
    /// A Code Quality report of GitLab
    Gitlab,
    /// SARIF 2.1.0, for code scanning and editors
    Sarif,
    /// XML that CI systems show as a list of tests, one for each file
    Junit,
}

impl CheckFormat {
    /// The program that takes the findings, if one does.
    pub fn program(self) -> Option<Program> {
        match self {
            Self::Text | Self::Markdown | Self::Json => None,
            Self::Github => Some(Program::Github),
            Self::Gitlab => Some(Program::Gitlab),
            Self::Sarif => Some(Program::Sarif),
            Self::Junit => Some(Program::Junit),
        }
    }

    /// How everything else is said.
    pub fn shown(self) -> Format {
        match self {
            Self::Markdown => Format::Markdown,
            Self::Json => Format::Json,
            Self::Text | Self::Github | Self::Gitlab | Self::Sarif | Self::Junit => Format::Text,
        }
    }
}

/// Output formats of a plan.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum PlanFormat {
    Text,
    /// For the comment of a pull request
    Markdown,
    /// For programs
    Json,
    /// One page that needs no network and no script, for whoever approves it
    Html,
}

impl PlanFormat {
    /// How everything else is said.
    pub fn shown(self) -> Format {
        match self {
            Self::Text | Self::Html => Format::Text,
            Self::Markdown => Format::Markdown,
            Self::Json => Format::Json,
        }
    }
}

/// Output formats of everything but plans and outcomes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum ListFormat {
    Text,
    Json,
}

impl From<ListFormat> for Format {
    fn from(format: ListFormat) -> Self {
        if format == ListFormat::Json { Self::Json } else { Self::Text }
    }
}

/// Which part of the workspace a run is about.
#[derive(Debug, Clone, Default, Args)]
pub struct Selection {
    /// Only tenants whose name matches this pattern; `label:PATTERN` goes by their labels
    #[arg(long, value_name = "GLOB")]
    pub tenant: Option<String>,
    /// Only objects whose address matches this pattern, e.g. `queues.*`
    #[arg(long, value_name = "ADDRESS-GLOB", value_parser = as_meant)]
    pub only: Vec<String>,
    /// Only tenants whose files, or whose provider's settings, differ from a git revision; no other account is read
    #[arg(long, value_name = "REV", conflicts_with = "restore")]
    pub changed_since: Option<String>,
    /// Only one of N parts of the tenants that all else selects, e.g. `3/7`, for a job of a matrix; `dialform merge` joins their
    /// plans
    #[arg(long, value_name = "I/N", value_parser = clap::value_parser!(Shard), conflicts_with = "restore")]
    pub shard: Option<Shard>,
    /// A git revision to compare with: says whether the files or the live system changed, and enforces `protect`
    #[arg(long, value_name = "REV")]
    pub base: Option<String>,
    /// Take back what this commit of `--base` has changed, although the branch lacks it; as the plan names it
    #[arg(long, value_name = "COMMIT", requires = "base", conflicts_with = "restore")]
    pub allow_undo: Vec<String>,
    /// Restore what was live before an earlier apply, from its restore file, instead of applying what the files declare
    #[arg(long, value_name = "FILE", conflicts_with = "base")]
    pub restore: Option<PathBuf>,
}

/// The emulated phone systems.
#[derive(Debug, Clone, Default, Args)]
pub struct Emulation {
    /// Run against emulated phone systems, seeded from live/, with their state under .dialform/sandbox/
    #[arg(long)]
    pub sandbox: bool,
    /// How the emulated systems behave, e.g. `429:0.1,visible-after:1s`
    #[arg(long, value_name = "LIST", requires = "sandbox")]
    pub fault: Option<String>,
    /// Append every request and response to this file, one JSON object a line
    #[arg(long, value_name = "FILE", requires = "sandbox")]
    pub record: Option<PathBuf>,
}

/// What is kept and shown of the requests of a run.
#[derive(Debug, Clone, Default, Args)]
pub struct Watching {
    /// Append one line of JSON about every request to this file; no credentials, no bodies
    #[arg(long, value_name = "FILE")]
    pub log: Option<PathBuf>,
    /// Log the bodies as well, without credentials and personal data
    #[arg(long, requires = "log")]
    pub log_bodies: bool,
    /// Show every request on standard error
    #[arg(short, long)]
    pub verbose: bool,
}

/// How a plan is shown.
#[derive(Debug, Clone, Default, Args)]
pub struct Showing {
    /// Show every tenant by itself, also where three or more have the same change
    #[arg(long)]
    pub expand: bool,
    /// What the plan is for, e.g. `production`: it stands in the heading of `--format markdown`, and each has comments of its own
    #[arg(long, value_name = "NAME", value_parser = short_name)]
    pub environment: Option<String>,
}

/// A name that stands in a heading.
fn short_name(text: &str) -> Result<String, String> {
    let known = |c: char| c.is_alphanumeric() || "-_./ ".contains(c);
    match text.chars().count() {
        1..=60 if text.chars().all(known) => Ok(text.to_owned()),
        _ => Err("it is up to 60 letters, digits, blanks and -_./".to_owned()),
    }
}

/// A number or an address: people paste numbers as they are shown to them.
pub fn as_meant(text: &str) -> Result<String, Infallible> {
    Ok(ungrouped(text).into_owned())
}
