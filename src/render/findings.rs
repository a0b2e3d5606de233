//! Findings with the line they are about. The only caller of `annotate-snippets`.

use super::markup::{code, text};
use crate::{
    finding::{Finding, Level, Place},
    text::{marked, printable},
};
use annotate_snippets::{AnnotationKind, Group, Renderer, Snippet};
use std::io::{self, Write};

/// Writes findings one after the other, each with its place and its way out.
pub fn findings(out: &mut dyn Write, findings: &[Finding]) -> io::Result<()> {
    let renderer = Renderer::styled();
    for finding in findings {
        let Finding { place, level, code, message, help } = finding;
        let level = match level {
            Level::Error => annotate_snippets::Level::ERROR,
            Level::Warning => annotate_snippets::Level::WARNING,
        };
        let title = level.primary_title(message.as_str()).id(*code);
        let mut report: Vec<Group<'_>> = Vec::new();
        match place {
            Some(Place { file, line, column, length, source, skipped }) => {
                // Replaced character by character, so that columns stay the same.
                let source = marked(source);
                let byte = |characters: usize| {
                    source.char_indices().nth(characters).map_or(source.len(), |(at, _)| at)
                };
                let from = column.saturating_sub(1 + skipped);
                let span = byte(from)..byte(from + length);
                let snippet = Snippet::source(source.clone()).path(printable(file.clone())).line_start(*line);
                report.push(title.element(snippet.annotation(AnnotationKind::Primary.span(span))));
            }
            None => report.push(Group::with_title(title)),
        }
        if let Some(help) = help {
            // This title is printed unescaped, and may repeat words of the file.
            let help = annotate_snippets::normalize_untrusted_str(help);
            report.push(Group::with_title(annotate_snippets::Level::HELP.secondary_title(help)));
        }
        writeln!(out, "{}\n", renderer.render(&report))?;
    }
    Ok(())
}

/// What ended a run, for a pull request.
pub fn failure_markdown(out: &mut dyn Write, findings: &[Finding]) -> io::Result<()> {
    writeln!(out, "\n## dialform failed")?;
    findings_markdown(out, findings)
}

/// Findings as a list in Markdown, each with its place and its way out.
pub fn findings_markdown(out: &mut dyn Write, findings: &[Finding]) -> io::Result<()> {
    if !findings.is_empty() {
        writeln!(out)?;
    }
    findings.iter().try_for_each(|finding| finding_markdown(out, finding, finding.code))
}

/// One item of such a list. `what` is what it is about: its code, or what comes of it.
pub(super) fn finding_markdown(out: &mut dyn Write, finding: &Finding, what: &str) -> io::Result<()> {
    let Finding { place, level, code: _, message, help } = finding;
    let sign = match level {
        Level::Error => ":no_entry:",
        Level::Warning => ":warning:",
    };
    let at = place.as_ref().map(|at| format!("`{}:{}` ", code(&at.file), at.line)).unwrap_or_default();
    writeln!(out, "- {sign} {at}**{what}**: {}", text(message))?;
    match help {
        Some(help) => writeln!(out, "  help: {}", text(help)),
        None => Ok(()),
    }
}
