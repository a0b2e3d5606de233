//! Findings with the line they are about. The only caller of `annotate-snippets`.

use crate::{
    finding::{Finding, Level, Place},
    text::{is_hidden, printable},
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
            Some(Place { file, line, column, length, source }) => {
                // Replaced character by character, so that columns stay the same.
                let source = source.replace(is_hidden, "\u{fffd}");
                let byte = |characters: usize| {
                    source.char_indices().nth(characters).map_or(source.len(), |(at, _)| at)
                };
                let span = byte(column.saturating_sub(1))..byte((column + length).saturating_sub(1));
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
