//! What of `dialform.yaml` may be shown beside a finding.
//!
//! Credentials do not belong in the file, and a finding says so where one stands there; then its line must not repeat
//! it. Which text may be one follows from the types: see `showable`. In a file that is not even YAML everything is hidden
//! but for the names of settings.

use super::span::Span;
use crate::finding::{Finding, Place};
use std::collections::{BTreeMap, BTreeSet};

/// How much of a text may be shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Show {
    Hidden,
    /// An address, without who signs in and without the query.
    Address,
    Whole,
}

/// What of one file may be shown.
#[derive(Debug, Clone, Default)]
pub(super) struct Visible {
    /// The texts of the file by their beginning. Without a tree there are none.
    texts: BTreeMap<usize, (usize, Show)>,
    /// Names of settings.
    words: BTreeSet<String>,
    parsed: bool,
}

impl Visible {
    /// Of a file that could not be read as YAML: the names of settings.
    pub fn words(words: BTreeSet<String>) -> Self {
        Self { words, ..Self::default() }
    }

    /// Of a file that has become a tree; its texts are to be noted.
    pub fn tree() -> Self {
        Self { parsed: true, ..Self::default() }
    }

    /// Takes note of a text; one that stands at several places, behind aliases, is hidden where one of them is.
    pub fn note(&mut self, span: Span, show: Show) {
        let (start, end) = (span.start(), span.end());
        if start < end {
            let (_, known) = self.texts.entry(start).or_insert((end, show));
            *known = show.min(*known);
        }
    }

    /// A line with a dot for every character that may be a part of a credential, so that columns stay what they are.
    pub fn line(&self, text: &str, line: Span) -> String {
        let text = text.get(line.start()..line.end()).unwrap_or_default();
        if self.parsed { self.of_tree(text, line.start()) } else { self.of_names(text) }
    }

    /// A finding without the text at its place, where that is hidden; `raw` is what its place shows, as it is written.
    pub fn conceal(&self, finding: &mut Finding, raw: &str) {
        let Some(Place { column, length, source, skipped, .. }) = &finding.place else { return };
        let at = |line: &str| -> String { line.chars().skip(column - 1 - skipped).take(*length).collect() };
        let (written, shown) = (at(raw), at(source));
        if written != shown {
            finding.message = without(&finding.message, &written);
            finding.help = finding.help.take().map(|help| without(&help, &written));
        }
    }

    fn of_tree(&self, line: &str, start: usize) -> String {
        let mut shown = String::with_capacity(line.len());
        let (mut at, mut blank) = (0, true);
        while let Some(c) = line[at..].chars().next() {
            let offset = start + at;
            let inside = self.texts.range(..=offset).next_back().filter(|(_, (end, _))| offset < *end);
            let Some((begin, (end, show))) = inside else {
                if c == '#' && blank {
                    return shown + &line[at..];
                }
                // Outside of texts there are only marks of YAML, and names of anchors.
                shown.push(if c.is_alphanumeric() { DOT } else { c });
                blank = c.is_whitespace();
                at += c.len_utf8();
                continue;
            };
            let length = line.floor_char_boundary((end - start).min(line.len())).max(at + c.len_utf8()) - at;
            let part = &line[at..at + length];
            match show {
                Show::Whole => shown.push_str(part),
                Show::Address if *begin == offset => shown.push_str(&address(part)),
                Show::Address | Show::Hidden => shown.extend(part.chars().map(hidden)),
            }
            blank = false;
            at += length;
        }
        shown
    }

    fn of_names(&self, line: &str) -> String {
        let in_word = |c: char| c.is_alphanumeric() || c == '_';
        let mut shown = String::with_capacity(line.len());
        let mut rest = line;
        while let Some(c) = rest.chars().next() {
            let length = rest.find(|c| !in_word(c)).unwrap_or(rest.len());
            if length == 0 {
                shown.push(if c == ':' { c } else { hidden(c) });
                rest = &rest[c.len_utf8()..];
                continue;
            }
            let (word, after) = rest.split_at(length);
            let names = after.trim_start_matches(['"', '\'']).starts_with(':') && self.words.contains(word);
            if names {
                shown.push_str(word)
            } else {
                shown.extend(word.chars().map(|_| DOT))
            }
            rest = after;
        }
        shown
    }
}

const DOT: char = '\u{2022}';

/// A character of a text that is hidden.
pub(super) fn hidden(c: char) -> char {
    let mark = c.is_whitespace() || matches!(c, '{' | '}' | '[' | ']' | '"' | '\'' | ',' | '-' | '|' | '>');
    if mark { c } else { DOT }
}

/// A message in which a text is hidden where it is quoted, whole or its beginning.
fn without(message: &str, text: &str) -> String {
    let text = text.trim_matches(['"', '\'']);
    let quoted = |(index, part): (usize, &str)| {
        let words = part.trim_matches('"');
        let cut = words.strip_suffix('…').is_some_and(|start| text.starts_with(start));
        let repeats = index % 2 == 1 && !words.is_empty() && (words == text || cut);
        if repeats { part.chars().map(hidden).collect() } else { part.to_owned() }
    };
    message.split('`').enumerate().map(quoted).collect::<Vec<String>>().join("`")
}

/// An address without who signs in and without the query.
fn address(text: &str) -> String {
    let query = text.find(['?', '#']).unwrap_or(text.len());
    let host = text.find("//").map_or(0, |at| at + 2);
    let from = text.rfind('@').filter(|sign| *sign >= host).unwrap_or(host).max(host);
    let end = query.max(from);
    let dots = |part: &str| part.chars().map(hidden).collect::<String>();
    format!("{}{}{}{}", &text[..host], dots(&text[host..from]), &text[from..end], dots(&text[end..]))
}
