//! One file's text, and the way from byte spans to places in it.

use memchr::memchr2_iter;
use std::sync::Arc;

use super::{
    span::Span,
    visible::{Visible, hidden},
};
use crate::finding::{Finding, Place};

/// The name of the workspace file, the one in which credentials are named.
pub const WORKSPACE_FILE: &str = "dialform.yaml";

/// The file of the findings that are known.
pub const BASELINE_FILE: &str = ".dialform-baseline.yaml";

/// Lines of more bytes are shown in part: this much of them, around the place.
const LONG: usize = 256;
/// A longer line of a file that may hold a credential is hidden whole: what of it may be shown depends on all of it.
const TOO_LONG: usize = 64 * 1024;
const BLOCK: usize = 1024;

/// A file's name and text with an index of its lines.
#[derive(Debug, Clone)]
pub struct Source {
    file: Arc<str>,
    text: Arc<str>,
    /// Byte offset of the start of each line; never empty.
    lines: Arc<[usize]>,
    /// How many characters are before each block of [`BLOCK`] bytes, so that the end of a long line is found as fast as its
    /// beginning.
    blocks: Arc<[usize]>,
    /// Whether every byte of it is a character.
    is_ascii: bool,
    /// What of it may be shown; everything where this is `None`.
    visible: Option<Arc<Visible>>,
}

impl Source {
    pub fn new(file: &str, text: &str) -> Self {
        let bytes = text.as_bytes();
        // A byte order mark belongs to no line, so that columns count what people see.
        let mut lines = vec![if text.starts_with('\u{feff}') { '\u{feff}'.len_utf8() } else { 0 }];
        for at in memchr2_iter(b'\n', b'\r', bytes) {
            // A lone CR is a line break to YAML; left in a line it would garble the terminal.
            if bytes[at] == b'\n' || bytes.get(at + 1) != Some(&b'\n') {
                lines.push(at + 1);
            }
        }
        // In the file that names credentials no line is shown until it is known which texts are harmless.
        let visible = (file == WORKSPACE_FILE).then(Arc::default);
        let mut before = 0;
        let blocks = bytes.chunks(BLOCK).map(|block| {
            let known = before;
            before += begun(block);
            known
        });
        Self {
            file: file.into(),
            blocks: blocks.collect(),
            is_ascii: text.is_ascii(),
            text: text.into(),
            lines: lines.into(),
            visible,
        }
    }

    pub fn file(&self) -> &str {
        &self.file
    }

    pub fn text(&self) -> &str {
        &self.text
    }

    /// The same, for those who keep stretches of it.
    pub(super) fn shared_text(&self) -> &Arc<str> {
        &self.text
    }

    /// The 1-based line of a byte offset.
    pub fn line_number(&self, offset: usize) -> usize {
        self.lines.partition_point(|start| *start <= offset).max(1)
    }

    /// The span of a 1-based line without its line break; lines outside the file are cut to its ends.
    pub fn line(&self, number: usize) -> Span {
        let index = number.clamp(1, self.lines.len()) - 1;
        let start = self.lines[index];
        let end = self.lines.get(index + 1).copied().unwrap_or(self.text.len());
        let line = &self.text[start..end];
        Span::new(start, start + line.trim_end_matches(['\r', '\n']).len())
    }

    pub fn slice(&self, span: Span) -> &str {
        self.text.get(span.start()..span.end()).unwrap_or_default()
    }

    /// Turns a span into a place on its first line; any span gives a place.
    pub fn place(&self, span: Span) -> Place {
        let start = self.text.floor_char_boundary(span.start().min(self.text.len()));
        let number = self.line_number(start);
        let line = self.line(number);
        let mut start = start.clamp(line.start(), line.end());
        if start == line.end() {
            // One past the end is not a character one can underline.
            start = self.text[line.start()..line.end()]
                .char_indices()
                .next_back()
                .map_or(start, |(at, _)| line.start() + at);
        }
        let part = self.part(line, start);
        let end = self.text.floor_char_boundary(span.end().clamp(start, part.end()));
        let skipped = self.characters(line.start(), part.start());
        Place {
            file: self.file.to_string(),
            line: number,
            column: skipped + self.characters(part.start(), start) + 1,
            length: self.text[start..end].trim_end().chars().count().max(1),
            source: self.shown(line, part),
            skipped,
            also: None,
        }
    }

    /// How many characters are between two bytes.
    fn characters(&self, from: usize, to: usize) -> usize {
        if self.is_ascii {
            return to - from;
        }
        let before = |at: usize| {
            let block = at / BLOCK;
            let known = self.blocks.get(block).copied().unwrap_or_default();
            known + begun(&self.text.as_bytes()[(block * BLOCK).min(at)..at])
        };
        before(to) - before(from)
    }

    /// The part of a line that is shown of a place in it.
    fn part(&self, line: Span, at: usize) -> Span {
        if line.end() - line.start() <= LONG {
            return line;
        }
        let start = at.saturating_sub(LONG / 4).max(line.start());
        Span::new(
            self.text.floor_char_boundary(start),
            self.text.floor_char_boundary((start + LONG).min(line.end())),
        )
    }

    /// A part of a line as it may be shown.
    fn shown(&self, line: Span, part: Span) -> String {
        let raw = self.slice(part);
        match &self.visible {
            None => raw.to_owned(),
            Some(_) if line.end() - line.start() > TOO_LONG => raw.chars().map(hidden).collect(),
            Some(visible) => {
                let whole = visible.line(&self.text, line);
                let skipped = self.characters(line.start(), part.start());
                whole.chars().skip(skipped).take(raw.chars().count()).collect()
            }
        }
    }

    /// Where a character of a line begins.
    fn byte(&self, line: Span, characters: usize) -> usize {
        let line_text = self.slice(line);
        line_text.char_indices().nth(characters).map_or(line.end(), |(at, _)| line.start() + at)
    }

    /// From now on the file is called so.
    pub(super) fn rename(&mut self, name: &str) {
        self.file = name.into();
    }

    /// From now on this is shown of the file.
    pub(super) fn reveal(&mut self, visible: Visible) {
        self.visible = Some(Arc::new(visible));
    }

    /// A finding of this file, showing what may be shown by now.
    pub(super) fn review(&self, mut finding: Finding) -> Finding {
        if let (Some(visible), Some(place)) = (&self.visible, &mut finding.place)
            && place.file == *self.file
        {
            let line = self.line(place.line);
            let start = self.byte(line, place.skipped);
            let end = self.byte(Span::new(start, line.end()), place.source.chars().count());
            let part = Span::new(start, end);
            place.source = self.shown(line, part);
            visible.conceal(&mut finding, self.slice(part));
        }
        finding
    }
}

/// How many characters begin in these bytes of UTF-8.
fn begun(bytes: &[u8]) -> usize {
    bytes.iter().filter(|byte| **byte & 0xc0 != 0x80).count()
}

/// How much one file may report: enough to work through, bounded against hostile files.
const MAX_FINDINGS: usize = 200;

/// What turns spans into places: a file, or several.
pub(super) trait Places {
    fn place(&self, span: Span) -> Place;
}

impl Places for Source {
    fn place(&self, span: Span) -> Place {
        Source::place(self, span)
    }
}

/// Findings of one file, bounded in number.
pub(super) struct Collector<'a> {
    places: &'a dyn Places,
    found: Vec<Finding>,
}

impl<'a> Collector<'a> {
    pub fn new(places: &'a dyn Places) -> Self {
        Self { places, found: Vec::new() }
    }

    pub fn push(&mut self, span: Span, finding: Finding) {
        if self.is_full() {
            return;
        }
        self.found.push(finding.at(self.places.place(span)));
    }

    pub fn is_full(&self) -> bool {
        self.found.len() >= MAX_FINDINGS
    }

    pub fn is_empty(&self) -> bool {
        self.found.is_empty()
    }

    /// The findings in file order; what an alias repeats is said once.
    pub fn finish(mut self) -> Vec<Finding> {
        self.found.sort();
        self.found.dedup();
        self.found
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Every renderer relies on line, column and length fitting the source line, whatever the span.
    #[test]
    fn places_are_in_characters_and_stay_on_their_line() {
        let cases = [
            ("a: 1\nbé: x\n", (10, 11), "2:5+1 bé: x"),
            ("a: 1\r\nb: 22\r\n", (9, 11), "2:4+2 b: 22"),
            ("a: 1\rb: 2", (5, 6), "2:1+1 b: 2"),
            ("\u{feff}a: 1\n", (3, 4), "1:1+1 a: 1"),
            ("\u{feff}a: 1\n", (0, 0), "1:1+1 a: 1"),
            ("a: [1,\n 2]\n", (3, 10), "1:4+3 a: [1,"),
            ("a:\n", (2, 2), "1:2+1 a:"),
            ("", (0, 0), "1:1+1 "),
            ("a", (70, 90), "1:1+1 a"),
            ("é", (1, 2), "1:1+1 é"),
        ];
        for (text, (start, end), expected) in cases {
            let place = Source::new("f", text).place(Span::new(start, end));
            let got = format!("{}:{}+{} {}", place.line, place.column, place.length, place.source);
            assert_eq!(got, expected, "{text:?} {start}..{end}");
        }
    }
}
