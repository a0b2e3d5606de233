//! Findings as other programs take them: what a forge or a CI system shows beside the lines of a change.
//!
//! A finding without a place is one of [`WORKSPACE_FILE`]: those programs want a file. They know files by their paths in the
//! repository, which the workspace may be a directory of.

mod github;
mod gitlab;
mod junit;
mod sarif;

use crate::{
    finding::{Finding, Level},
    text::printable,
};
use sha2::{Digest, Sha256};
use std::{
    collections::BTreeMap,
    io::{self, Write},
};

const WORKSPACE_FILE: &str = "dialform.yaml";

/// Which program takes them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Program {
    /// Workflow commands, which a job of GitHub Actions prints.
    Github,
    /// A report of Code Quality of GitLab.
    Gitlab,
    /// SARIF 2.1.0.
    Sarif,
    /// JUnit. It names files of which nothing is found as well.
    Junit,
}

/// Writes findings for a program. `within` is where the workspace is in its repository: nothing, or a path that ends with `/`.
/// `files` are those that were looked at.
pub fn checked(
    out: &mut dyn Write,
    program: Program,
    findings: &[Finding],
    within: &str,
    files: &[String],
) -> io::Result<()> {
    match program {
        Program::Github => out.write_all(github::commands(findings, within).as_bytes()),
        Program::Gitlab => super::json::write(out, &gitlab::report(findings, within)),
        Program::Sarif => super::json::write(out, &sarif::log(findings, within)),
        Program::Junit => out.write_all(junit::report(findings, within, files)?.as_bytes()),
    }
}

/// The file of a finding, and its line.
fn at(finding: &Finding, within: &str) -> (String, usize) {
    let (file, line) = finding.place.as_ref().map_or((WORKSPACE_FILE, 1), |it| (&it.file, it.line));
    (printable(format!("{within}{file}")), line)
}

fn word(level: Level) -> &'static str {
    match level {
        Level::Error => "error",
        Level::Warning => "warning",
    }
}

/// A sum for each finding that stays the same where lines move: it is of the code, the file and the message, and of the how
/// manieth such one it is.
fn sums(findings: &[Finding], within: &str) -> Vec<String> {
    let mut known: BTreeMap<String, usize> = BTreeMap::new();
    let one = |finding: &Finding| {
        let text = format!("{}\n{}\n{}", finding.code, at(finding, within).0, unplaced(&finding.message));
        let before = known.entry(text.clone()).or_default();
        *before += 1;
        let sum = Sha256::digest(format!("{text}\n{before}").as_bytes());
        sum.iter().take(16).map(|byte| format!("{byte:02x}")).collect()
    };
    findings.iter().map(one).collect()
}

/// A message without the lines that it names.
fn unplaced(message: &str) -> String {
    let mut words: Vec<&str> = message.split(' ').collect();
    for at in 1..words.len() {
        if words[at - 1] == "line" && words[at].starts_with(|c: char| c.is_ascii_digit()) {
            words[at] = "";
        }
    }
    words.join(" ")
}
