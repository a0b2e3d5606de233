//! Explains what the YAML parser trips over in words that name the way out.
//!
//! The parser reports where it noticed; these rules move the finding to where a person made the mistake.

use granit_parser::{ErrorKind, ScanError};

use super::source::Source;
use super::span::Span;
use crate::finding::Finding;

/// Turns a parser error into a finding. `open` is the innermost bracket not yet closed, `read_to` the end of
/// the last thing that was read without trouble.
pub(super) fn explain(
    source: &Source,
    error: &ScanError,
    open: Option<(Span, char)>,
    read_to: usize,
) -> (Span, Finding) {
    let text = source.text();
    if let Some(found) = conflict(source) {
        return found;
    }
    let mut at = error.marker().byte_offset().unwrap_or(read_to).min(text.len());
    if text[text.floor_char_boundary(at)..].trim().is_empty() {
        // At the end of the file: show the last line that says something.
        at = at.min(text.trim_end().len());
    }
    let here = Span::new(at, at + 1);
    let kind = error.kind();
    let line_start = source.line(source.line_number(at)).start();
    if *kind == ErrorKind::RecursionLimitExceeded {
        return (here, too_deep());
    }
    if let Some(at) = tab_indent(source, at, kind) {
        return tab(at);
    }
    if let Some(found) = bracket(source, at, kind, open) {
        return found;
    }
    match kind {
        ErrorKind::UnclosedQuotedScalar | ErrorKind::DocumentIndicatorInQuotedScalar => {
            let quote = text[at..].chars().next().unwrap_or('"');
            (
                here,
                Finding::error("syntax", "this quote is never closed")
                    .help(format!("close it with `{quote}`")),
            )
        }
        ErrorKind::InvalidTrailingSingleQuotedScalar | ErrorKind::InvalidTrailingDoubleQuotedScalar => {
            trailing(source, at, kind, read_to)
        }
        ErrorKind::MappingValueNotAllowed => colon(source, at),
        ErrorKind::ExpectedBlockMappingKey | ErrorKind::InvalidIndentation => indentation(source, at),
        ErrorKind::ExpectedBlockSequenceEntry => (
            rest_of_line(source, at),
            Finding::error("syntax", "expected another `- ` item here")
                .help("a list's items all start with `- `, in one column; a key beside them does not fit"),
        ),
        ErrorKind::BlockSequenceEntryNotAllowed => (
            here,
            Finding::error("syntax", "a `- ` list cannot start here")
                .help("put the list on lines of its own, or write `[a, b]`"),
        ),
        ErrorKind::SimpleKeyExpected => (
            rest_of_line(source, at),
            Finding::error("syntax", "expected `key: value` here")
                .help("put a colon and a space after the key"),
        ),
        ErrorKind::CommentInterceptedScalar => {
            let finding = Finding::error("syntax", "the line below continues this one across a comment");
            let line = source.line(source.line_number(at));
            // A comment with a colon is a key or a value that was cut.
            let cut = comment_in(text, line).filter(|hash| text[*hash..line.end()].contains(':'));
            let help = match cut.map(|hash| with_comment(text, hash)) {
                Some(word) => comment_help(&word),
                None => "check the indentation of the next line".to_owned(),
            };
            (here, finding.help(help))
        }
        ErrorKind::UnexpectedCharacter { character } if character.is_control() => (
            here,
            Finding::error(
                "syntax",
                format!("the file contains the control character U+{:04X}", u32::from(*character)),
            )
            .help("remove it"),
        ),
        ErrorKind::UnexpectedCharacter { .. } | ErrorKind::MissingAnchorOrAliasName => {
            first_character(text, at, open)
        }
        ErrorKind::UnknownQuotedScalarEscape => (
            here,
            Finding::error("syntax", "unknown `\\` sequence in double quotes")
                .help("write `\\\\` for a backslash, or use single quotes"),
        ),
        ErrorKind::InvalidBlockScalarHeader => (
            rest_of_line(source, at),
            Finding::error("syntax", "text after `|` or `>` starts on the next line")
                .help("quote the text if it starts with `|` or `>`"),
        ),
        ErrorKind::UndeclaredTagHandle
        | ErrorKind::MissingTagUri
        | ErrorKind::InvalidTagTerminator
        | ErrorKind::InvalidTagEscape => {
            (here, Finding::error("tag", "tags are not supported").help("quote text that starts with `!`"))
        }
        _ if text[at..].starts_with(',') => first_character(text, at, open),
        ErrorKind::ExpectedDocumentStart
            if source.slice(rest_of_line(source, line_start)).starts_with('%') =>
        {
            first_character(text, line_start, open)
        }
        other => (here, Finding::error("syntax", plain_words(&other.to_string()))),
    }
}

/// Where git has left both sides of a merge in a file: the first of its lines.
fn conflict(source: &Source) -> Option<(Span, Finding)> {
    let mut start = 0;
    for line in source.text().split_inclusive('\n') {
        let word = line.trim_end();
        let is_marker = ["<<<<<<<", "|||||||", ">>>>>>>"]
            .iter()
            .any(|it| word.strip_prefix(it).is_some_and(|rest| rest.is_empty() || rest.starts_with(' ')));
        if is_marker || word == "=======" {
            let finding = Finding::error("syntax", "a conflict of a merge is not resolved here");
            let help = "keep one side or both, and remove the lines `<<<<<<<`, `=======` and `>>>>>>>`";
            return Some((Span::new(start, start + word.len()), finding.help(help)));
        }
        start += line.len();
    }
    None
}

/// How deep maps and lists may nest.
pub(super) const MAX_DEPTH: usize = 64;

pub(super) fn too_deep() -> Finding {
    Finding::error("too-deep", format!("nested more than {MAX_DEPTH} levels deep"))
        .help("check for a runaway bracket or indentation")
}

/// The first `max` characters, for messages.
pub(super) fn short(text: &str) -> String {
    const MAX: usize = 60;
    let mut cut: String = text.chars().take(MAX).collect();
    if cut.len() < text.len() {
        cut.push('…');
    }
    cut.escape_debug().to_string().replace("\\\"", "\"").replace("\\'", "'")
}

pub(super) fn tab(at: usize) -> (Span, Finding) {
    let finding = Finding::error("syntax", "a tab is used as indentation").help("indent with spaces");
    (Span::new(at, at + 1), finding)
}

/// A tab in the indentation of the line at fault or, when the parser stopped before it, of the next one.
fn tab_indent(source: &Source, at: usize, kind: &ErrorKind) -> Option<usize> {
    let about_tabs = matches!(
        kind,
        ErrorKind::TabNotAllowed
            | ErrorKind::TabInBlockIndentation
            | ErrorKind::TabAtBlockScalarStart
            | ErrorKind::TabInIndentation
            | ErrorKind::TabInPlainScalar
    );
    let first = source.line_number(at);
    let last = if about_tabs { first + 1 } else { first };
    (first..=last).find_map(|number| {
        let line = source.line(number);
        let text = source.slice(line);
        let indent = &text[..text.len() - text.trim_start_matches([' ', '\t']).len()];
        indent.find('\t').map(|tab| line.start() + tab)
    })
}

/// Errors inside `[…]` and `{…}`: usually the closing bracket is missing, on a line above.
fn bracket(
    source: &Source,
    at: usize,
    kind: &ErrorKind,
    open: Option<(Span, char)>,
) -> Option<(Span, Finding)> {
    match kind {
        ErrorKind::MisplacedFlowCollectionEnd => {
            let finding =
                Finding::error("syntax", "this bracket closes nothing").help("remove it, or open it earlier");
            return Some((Span::new(at, at + 1), finding));
        }
        ErrorKind::MismatchedFlowCollectionEnd { open, close } => {
            let finding = Finding::error("syntax", format!("this `{open}` is closed by `{close}`"));
            return Some((
                Span::new(at, at + 1),
                finding.help(format!("close `{open}` with `{}`", closing(*open))),
            ));
        }
        ErrorKind::UnclosedQuotedScalar
        | ErrorKind::UnexpectedCharacter { .. }
        | ErrorKind::MissingAnchorOrAliasName
        | ErrorKind::UnknownQuotedScalarEscape => return None,
        _ => {}
    }
    let (opened, bracket) = open?;
    let at_end = source.text()[source.text().floor_char_boundary(at)..].trim().is_empty();
    if at_end || at == opened.start() || source.line_number(at) > source.line_number(opened.start()) {
        let finding = Finding::error("syntax", format!("this `{bracket}` is not closed"));
        let text = source.text();
        let lines = source.line_number(opened.start())..=source.line_number(at);
        let mut cut = lines.filter_map(|number| {
            let line = source.line(number);
            let count = |hash: usize, bracket: char| text[hash..line.end()].matches(bracket).count();
            comment_in(text, line).filter(|hash| count(*hash, closing(bracket)) > count(*hash, bracket))
        });
        if let Some(hash) = cut.next() {
            let help = comment_help(&with_comment(text, hash));
            return Some((Span::new(opened.start(), opened.start() + 1), finding.help(help)));
        }
        let help = format!("close it with `{}`, and put a comma between its parts", closing(bracket));
        return Some((Span::new(opened.start(), opened.start() + 1), finding.help(help)));
    }
    let finding =
        Finding::error("syntax", format!("this does not fit inside `{bracket}…{}`", closing(bracket)));
    let help = match with_colon(source, at) {
        Some(word) => format!("put a comma between the parts, or quote text that contains `: `: \"{word}\""),
        None => "put a comma between the parts, and a space after a colon".to_owned(),
    };
    Some((Span::new(at, at + 1), finding.help(help)))
}

/// Where a comment begins in a line.
fn comment_in(text: &str, line: Span) -> Option<usize> {
    let mut quote = None;
    let mut last = ' ';
    for (at, c) in text[line.start()..line.end()].char_indices() {
        match quote {
            Some(open) if c == open => quote = None,
            Some(_) => {}
            None if c == '#' && last.is_whitespace() => return Some(line.start() + at),
            // In the middle of a word it is a letter.
            None if matches!(c, '"' | '\'') && (last.is_whitespace() || "[{,:".contains(last)) => {
                quote = Some(c)
            }
            None => {}
        }
        last = c;
    }
    None
}

/// The text that a comment has cut, with what of the comment was meant for it.
pub(super) fn with_comment(text: &str, hash: usize) -> String {
    let (before, behind) = text.split_at(hash);
    let line = before.rfind('\n').map_or(0, |at| at + 1);
    let begun =
        [": ", ", ", "- ", "{", "["].iter().filter_map(|it| Some(before[line..].rfind(it)? + it.len()));
    let start = line + begun.max().unwrap_or_default();
    let behind = behind.lines().next().unwrap_or_default();
    let end = [": ", ",", "}", "]"].iter().filter_map(|it| behind.find(it)).min().unwrap_or(behind.len());
    let word = format!("{}{}", &before[start..], &behind[..end]);
    short(word.trim().trim_end_matches(':'))
}

pub(super) fn comment_help(word: &str) -> String {
    format!("` #` begins a comment; if it belongs to the text, quote it: \"{word}\"")
}

/// A text in a bracket that holds `: ` and is not quoted, where the second colon stands at a place.
fn with_colon(source: &Source, at: usize) -> Option<String> {
    let text = source.text();
    let rest = text.get(at..)?.strip_prefix(':')?;
    let line = source.line(source.line_number(at)).start();
    let before = text.get(line..at)?;
    let part = &before[before.rfind(['{', '[', ',']).map_or(0, |at| at + 1)..];
    let (_, value) = part.split_once(": ")?;
    let rest = rest.lines().next().unwrap_or_default();
    let word = match rest.trim_start().starts_with(['{', '[']) {
        // The text is a key.
        true => part.trim().to_owned(),
        false => format!("{value}:{}", rest.split([',', '}', ']']).next().unwrap_or_default()),
    };
    (!word.contains(['"', '\''])).then(|| short(word.trim()))
}

fn closing(bracket: char) -> char {
    if bracket == '[' { ']' } else { '}' }
}

/// Text after a closing quote; when the quote was opened on another line, that one is the suspect.
fn trailing(source: &Source, at: usize, kind: &ErrorKind, read_to: usize) -> (Span, Finding) {
    let single = *kind == ErrorKind::InvalidTrailingSingleQuotedScalar;
    let quote = if single { '\'' } else { '"' };
    let opened =
        source.text().get(read_to..at).and_then(|between| between.find(quote)).map(|offset| read_to + offset);
    if let Some(opened) = opened.filter(|opened| source.line_number(*opened) != source.line_number(at)) {
        let finding = Finding::error("syntax", "this quote is not closed on its line");
        return (Span::new(opened, opened + 1), finding.help(format!("close it with `{quote}`")));
    }
    let finding = Finding::error("syntax", "text after the closing quote");
    let help = match single {
        true => "put the quotes around all of it; a `'` inside is written `''`",
        false => "put the quotes around all of it; a `\"` inside is written `\\\"`",
    };
    (rest_of_line(source, at), finding.help(help))
}

/// A colon where none may be: `a: b: c`, a key that is indented too far, or a line above without its colon.
fn colon(source: &Source, at: usize) -> (Span, Finding) {
    let number = source.line_number(at);
    let line = source.line(number);
    let before = source.text().get(line.start()..at).unwrap_or_default();
    let indent = before.len() - before.trim_start().len();
    let start = line.start() + indent;
    if before.contains(": ") {
        let finding = Finding::error("syntax", "a second `: ` on one line");
        return (
            Span::new(at, at + 1),
            finding.help("quote text that contains `: `, or write a map as `{ key: value }`"),
        );
    }
    let above = (1..number)
        .rev()
        .map(|above| source.line(above))
        .find(|above| !source.slice(*above).trim().is_empty());
    if let Some(above) = above {
        let text = source.slice(above);
        let above_indent = text.len() - text.trim_start().len();
        if above_indent == indent && !text.contains(": ") && !text.trim_end().ends_with(':') {
            let finding = Finding::error("syntax", "expected `key: value` here");
            return (
                Span::new(above.start() + above_indent, above.end()),
                finding.help("put a colon and a space after the key"),
            );
        }
    }
    indentation_at(Span::new(start, at))
}

fn indentation(source: &Source, at: usize) -> (Span, Finding) {
    indentation_at(rest_of_line(source, at))
}

fn indentation_at(span: Span) -> (Span, Finding) {
    let finding = Finding::error("syntax", "this line does not line up with the ones above");
    (span, finding.help("indent all keys of one map by the same number of spaces"))
}

fn rest_of_line(source: &Source, at: usize) -> Span {
    Span::new(at, source.line(source.line_number(at)).end().max(at))
}

/// Text that must be quoted because of how it starts.
fn first_character(text: &str, at: usize, open: Option<(Span, char)>) -> (Span, Finding) {
    let rest = text[at..].lines().next().unwrap_or_default();
    let rest = rest.split_once(" #").map_or(rest, |(before, _)| before);
    let rest = if open.is_some() { rest.split([',', ']', '}']).next().unwrap_or_default() } else { rest };
    let word = rest.trim_end();
    let first = word.chars().next().unwrap_or(',');
    let finding = Finding::error("syntax", format!("unquoted text cannot start with `{first}`"));
    (Span::new(at, at + word.len()), finding.help(format!("quote it: \"{}\"", short(word))))
}

/// The parser's own words without what it was doing at the time.
fn plain_words(message: &str) -> String {
    let message = match message.split_once(", ") {
        Some((doing, rest)) if doing.starts_with("while ") => rest,
        _ => message,
    };
    message.trim_end_matches('.').to_lowercase()
}
