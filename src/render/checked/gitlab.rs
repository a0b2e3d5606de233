//! Code Quality of GitLab: a merge request shows which findings it adds and which it mends.

use super::{at, sums};
use crate::{
    finding::{Finding, Level},
    text::printable,
};
use serde::Serialize;

#[derive(Serialize)]
pub(super) struct Issue {
    description: String,
    check_name: &'static str,
    /// By this GitLab knows a finding again.
    fingerprint: String,
    severity: &'static str,
    location: Location,
}

#[derive(Serialize)]
struct Location {
    path: String,
    lines: Lines,
}

#[derive(Serialize)]
struct Lines {
    begin: usize,
}

pub(super) fn report(findings: &[Finding], within: &str) -> Vec<Issue> {
    let sums = sums(findings, within);
    findings.iter().zip(sums).map(|(finding, sum)| issue(finding, within, sum)).collect()
}

fn issue(finding: &Finding, within: &str, fingerprint: String) -> Issue {
    let (path, begin) = at(finding, within);
    let help = finding.help.as_ref().map(|help| format!(" (help: {help})")).unwrap_or_default();
    Issue {
        description: printable(format!("{}{help}", finding.message)),
        check_name: finding.code,
        fingerprint,
        severity: match finding.level {
            Level::Error => "major",
            Level::Warning => "minor",
        },
        location: Location { path, lines: Lines { begin } },
    }
}
