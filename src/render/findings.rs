//! Findings with the line they are about. The only caller of `annotate-snippets`.

use crate::{
    finding::{Finding, Level, Place},
    page::{Code, Drawn, Own, Page, Show, say},
    text::{grouped, marked, printable},
};
use annotate_snippets::{AnnotationKind, Group, Snippet};
use std::io;

/// What is said of the second place of a finding.
pub(super) const TOGETHER: &str = "together with what stands here";

/// Writes findings one after the other, each with its place and its way out.
pub fn findings(out: &mut Page<'_>, findings: &[Finding]) -> io::Result<()> {
    for finding in findings {
        let Finding { place, level, code, message, help } = finding;
        let level = match level {
            Level::Error => annotate_snippets::Level::ERROR,
            Level::Warning => annotate_snippets::Level::WARNING,
        };
        let title = level.primary_title(grouped(message)).id(*code);
        let mut report: Vec<Group<'_>> = Vec::new();
        match place {
            Some(place) => {
                report.push(title.element(snippet(place)));
                if let Some(also) = &place.also {
                    let title = annotate_snippets::Level::NOTE.secondary_title(TOGETHER);
                    report.push(title.element(snippet(also)));
                }
            }
            None => report.push(Group::with_title(title)),
        }
        if let Some(help) = help {
            // This title is printed unescaped, and may repeat words of the file.
            let help = annotate_snippets::normalize_untrusted_str(&grouped(help));
            report.push(Group::with_title(annotate_snippets::Level::HELP.secondary_title(help)));
        }
        say!(out, "{}\n", Drawn::new(&report))?;
    }
    Ok(())
}

/// The line of a place.
fn snippet(place: &Place) -> Snippet<'static, annotate_snippets::Annotation<'static>> {
    let Place { file, line, column, length, source, skipped, also: _ } = place;
    // Replaced character by character, so that columns stay the same.
    let source = marked(source);
    let byte = |characters: usize| source.char_indices().nth(characters).map_or(source.len(), |(at, _)| at);
    let from = column.saturating_sub(1 + skipped);
    let span = byte(from)..byte(from + length);
    Snippet::source(source.clone())
        .path(printable(file.clone()))
        .line_start(*line)
        .annotation(AnnotationKind::Primary.span(span))
}

/// What ended a run, for a pull request.
pub fn failure_markdown(out: &mut Page<'_>, findings: &[Finding]) -> io::Result<()> {
    say!(out, "\n## dialform failed")?;
    findings_markdown(out, findings)
}

/// Findings as a list in Markdown, each with its place and its way out.
pub fn findings_markdown(out: &mut Page<'_>, findings: &[Finding]) -> io::Result<()> {
    if !findings.is_empty() {
        say!(out)?;
    }
    findings.iter().try_for_each(|finding| finding_markdown(out, finding, Own(finding.code)))
}

/// One item of such a list. `what` is what it is about: its code, or what comes of it.
pub(super) fn finding_markdown(out: &mut Page<'_>, finding: &Finding, what: impl Show) -> io::Result<()> {
    let Finding { place, level, code: _, message, help } = finding;
    let sign = match level {
        Level::Error => ":no_entry:",
        Level::Warning => ":warning:",
    };
    let at = place.as_ref().map(|at| {
        let also = at.also.as_ref().map(|also| format!(" ({}:{})", also.file, also.line)).unwrap_or_default();
        (Code(printable(format!("{}:{}{also}", at.file, at.line))), Own(" "))
    });
    let (at, space) = at.unzip();
    say!(out, "- {} {}{}**{}**: {}", Own(sign), at, space, what, printable(message.clone()))?;
    match help {
        Some(help) => say!(out, "  help: {}", printable(help.clone())),
        None => Ok(()),
    }
}
