//! Changes of single places in a file. Every byte outside them stays: comments, order, quotes, line ends.
//!
//! - [`add`]: further entries of a section
//! - `place`: one value, entry or item
//! - [`towards`]: the next place in which a value differs from another
//! - [`format()`]: a whole file in one form
//! - [`sorted`]: and its maps in one order, `order`: that of the schema

mod format;
mod order;
mod place;
mod sort;
mod towards;

pub use format::{UNSAFE, format};
pub use place::{remove, set};
pub use sort::{Sorted, sorted};
pub use towards::towards;

use crate::load::{Node, Tree, Value};
use place::is_merged;

/// Why a file is not changed: what stands there has another form than one that can be added to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refused(pub String);

/// The text of a file with further entries at the end of a section. `entries` says them, indented by so many spaces.
pub fn add(tree: &Tree, section: &str, entries: &dyn Fn(usize) -> String) -> Result<String, Refused> {
    let text = tree.text();
    let line_end = if text.contains("\r\n") { "\r\n" } else { "\n" };
    let insert = |at: usize, added: String| {
        let (before, after) = text.split_at(at);
        // The last line of a file may have no end.
        let end = if before.is_empty() || before.ends_with('\n') { "" } else { line_end };
        format!("{before}{end}{}{after}", added.replace('\n', line_end))
    };
    let Some((key, value)) = tree.root().entry(section) else {
        return Ok(insert(text.len(), format!("\n{section}:\n{}", entries(2))));
    };
    let refused = |why: &str| Refused(format!("`{section}` {why}"));
    let in_place = value.span.start() >= key.span.end();
    let Value::Map(list) = &value.value else { return Err(refused("is no map")) };
    if !in_place {
        return Err(refused("stands elsewhere in the file, behind an alias"));
    }
    if is_flow(text, value) {
        let inner = &text[value.span.start()..value.span.end()];
        let rest = text[value.span.end()..].lines().next().unwrap_or_default().trim();
        if !list.is_empty() || inner.contains('#') {
            return Err(refused("is written on one line; put each entry on a line of its own"));
        }
        if !rest.is_empty() && !rest.starts_with('#') {
            return Err(refused("is followed by something else on its line"));
        }
        // `{}` goes; what stands behind it on the line stays.
        let before = text[..value.span.start()].trim_end_matches(' ');
        let after = &text[value.span.end()..];
        let (line, after) = after.split_at(after.find('\n').map_or(after.len(), |at| at + 1));
        let end = if line.ends_with('\n') { "" } else { line_end };
        let added = entries(2).replace('\n', line_end);
        return Ok(format!("{before}{line}{end}{added}{after}"));
    }
    // The last that stands in the section itself, and not where something is merged from.
    let own = list.iter().filter(|(entry, _)| entry.span.start() >= key.span.end());
    let (Some((first, _)), Some((last, _))) =
        (own.clone().min_by_key(|(it, _)| it.span.start()), own.max_by_key(|(it, _)| it.span.start()))
    else {
        return Err(refused("is empty in a form that cannot be added to"));
    };
    let indent = column(text, first.span.start());
    Ok(insert(block_end(text, last.span.start()), entries(indent)))
}

/// The line behind an entry of a block with all that is indented below it: values, what is merged, comments.
fn block_end(text: &str, key: usize) -> usize {
    let indent = column(text, key);
    let mut end = text[key..].find('\n').map_or(text.len(), |at| key + at + 1);
    let mut at = end;
    for line in text[at..].split_inclusive('\n') {
        let content = line.trim_start_matches(' ');
        let deep = line.len() - content.len();
        at += line.len();
        let is_item = deep == indent && (content.starts_with("- ") || content.trim_end() == "-");
        match content.trim_end() {
            "" => {}
            _ if deep > indent || is_item => end = at,
            _ => break,
        }
    }
    end
}

/// Whether a map or a list is written in brackets.
fn is_flow(text: &str, node: &Node) -> bool {
    text[node.span.start()..].starts_with(['{', '['])
}

/// How far a byte is from the beginning of its line, in characters.
fn column(text: &str, at: usize) -> usize {
    let start = text[..at].rfind('\n').map_or(0, |at| at + 1);
    text[start..at].trim_start_matches('\u{feff}').chars().count()
}

/// Where an entry ends; nothing where its value stands elsewhere.
fn end_of(text: &str, key: &Node, value: &Node) -> Option<usize> {
    if value.span.start() < key.span.end() { None } else { end_of_value(text, value) }
}

fn end_of_value(text: &str, value: &Node) -> Option<usize> {
    match &value.value {
        _ if is_flow(text, value) => Some(value.span.end()),
        Value::Scalar { .. } => Some(scalar_end(text, value)),
        Value::Map(entries) => {
            let (key, last) = entries.last()?;
            if is_merged(value, key) { None } else { end_of(text, key, last) }
        }
        Value::Seq(items) => {
            let item = items.last()?;
            // Behind an alias it stands above.
            if item.span.start() < value.span.start() { None } else { end_of_value(text, item) }
        }
    }
}

/// Where a scalar ends. To the parser text of several lines (`|`, `>`) goes on to what comes next, comments and all.
fn scalar_end(text: &str, value: &Node) -> usize {
    let (start, whole) = (value.span.start(), value.span.end());
    let raw = &text[start..whole];
    let is_header = |line: &str| {
        let header = line.rsplit([' ', ':']).next().unwrap_or_default();
        header.starts_with(['|', '>']) && header.len() <= 3
    };
    // Its place begins with the header, or below it.
    let above = text[..start].trim_end().lines().last().unwrap_or_default();
    let begins = raw.lines().next().is_some_and(|line| is_header(line.trim_end()));
    if !raw.contains('\n') || !(begins || is_header(above)) {
        return whole;
    }
    let mut at = start;
    let mut lines = raw.split_inclusive('\n');
    if begins {
        at += lines.next().map_or(0, str::len);
    }
    let (mut end, mut indent) = (at, None);
    for (number, line) in lines.enumerate() {
        let deep = match number {
            // The first line may be cut where its text begins.
            0 if !begins => column(text, start),
            _ => line.len() - line.trim_start_matches(' ').len(),
        };
        at += line.len();
        if line.trim().is_empty() {
            continue;
        }
        if deep < *indent.get_or_insert(deep) {
            break;
        }
        end = at;
    }
    text[..end].trim_end_matches(['\n', '\r']).len()
}

/// The beginning of the line behind the one in which something ends.
fn line_after(text: &str, end: usize) -> usize {
    let end = text[..end].trim_end().len();
    text[end..].find('\n').map_or(text.len(), |at| end + at + 1)
}

#[cfg(test)]
mod tests;
