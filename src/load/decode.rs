//! Typed values from a node of the tree, with every finding of the object in one run.
//!
//! Serde stops at the first error. So the part at fault is recorded, taken out and decoding tried again, until
//! it succeeds; the value of such a run is thrown away, its findings are what was wanted.

use std::borrow::Cow;

use serde::de::DeserializeOwned;

use super::deserializer::{NodeDeserializer, listed};
use super::error::Error;
use super::hints::{Anything, Hints};
use super::source::Collector;
use super::sources::Sources;
use super::span::Span;
use super::syntax::{comment_help, short, with_comment};
use super::tree::{Node, Tree, Value};
use crate::finding::Finding;
use crate::path::Segment;

/// Bounds the work on an object that is wrong all over; 50 findings are enough to start with.
const MAX_ROUNDS: usize = 50;
/// How many values all rounds together look at: of a large file fewer faults are found at once.
const MAX_WORK: usize = 2_000_000;

/// Decodes a node. Returns the value only if there is no finding about it; all findings are appended.
pub fn decode<T: DeserializeOwned>(tree: &Tree, node: &Node, findings: &mut Vec<Finding>) -> Option<T> {
    decode_at(tree, &[], node, findings)
}

/// Like [`decode`], for a file whose phone system is known: the value, and whether it is the whole of it. Where there are
/// findings the parts at fault are taken out of the tree, and it is what is left.
pub fn decode_with<T: DeserializeOwned>(
    tree: &mut Tree,
    hints: &dyn Hints,
    findings: &mut Vec<Finding>,
) -> Option<(T, bool)> {
    let (sources, root) = tree.parts_mut();
    let mut found = Collector::new(sources);
    let value = rounds(sources, &[], Work::Own(root), hints, &mut found);
    let found = found.finish();
    let whole = found.is_empty();
    findings.extend(found);
    Some((value?, whole))
}

/// Like [`decode`], for a node whose path is known: messages about missing and unknown keys name it.
pub fn decode_at<T: DeserializeOwned>(
    tree: &Tree,
    path: &[Segment],
    node: &Node,
    findings: &mut Vec<Finding>,
) -> Option<T> {
    let before = findings.len();
    let value = partly(tree, path, node, &Anything, findings);
    value.filter(|_| findings.len() == before)
}

/// Like [`decode_with`], with the value of what is left when everything that is at fault is taken out.
pub(super) fn decode_partly<T: DeserializeOwned>(
    tree: &Tree,
    node: &Node,
    hints: &dyn Hints,
    findings: &mut Vec<Finding>,
) -> Option<T> {
    partly(tree, &[], node, hints, findings)
}

/// The same of a node that is no part of a tree, out of which what is at fault is taken.
pub(super) fn decode_rest<T: DeserializeOwned>(
    tree: &Tree,
    node: &mut Node,
    findings: &mut Vec<Finding>,
) -> Option<T> {
    let sources = tree.sources();
    let mut found = Collector::new(sources);
    let value = rounds(sources, &[], Work::Own(node), &Anything, &mut found);
    findings.extend(found.finish());
    value
}

fn partly<T: DeserializeOwned>(
    tree: &Tree,
    path: &[Segment],
    node: &Node,
    hints: &dyn Hints,
    findings: &mut Vec<Finding>,
) -> Option<T> {
    let sources = tree.sources();
    let mut found = Collector::new(sources);
    let value = match node.is_null() {
        true => {
            report_null(sources, &mut found, tree.key(path), node);
            None
        }
        false => rounds(sources, path, Work::Copy(Cow::Borrowed(node)), hints, &mut found),
    };
    findings.extend(found.finish());
    value
}

/// What parts at fault are taken out of.
enum Work<'a> {
    /// A copy, made when the first one is.
    Copy(Cow<'a, Node>),
    /// The tree itself.
    Own(&'a mut Node),
}

impl Work<'_> {
    fn node(&self) -> &Node {
        match self {
            Self::Copy(node) => node,
            Self::Own(node) => node,
        }
    }

    fn node_mut(&mut self) -> &mut Node {
        match self {
            Self::Copy(node) => node.to_mut(),
            Self::Own(node) => node,
        }
    }
}

fn rounds<T: DeserializeOwned>(
    sources: &Sources,
    path: &[Segment],
    mut work: Work<'_>,
    hints: &dyn Hints,
    found: &mut Collector<'_>,
) -> Option<T> {
    if has_null(work.node()) {
        take_nulls(sources, found, work.node_mut());
    }
    let size = size(work.node());
    let (mut rounds, mut looked) = (0, 0);
    while rounds < MAX_ROUNDS && looked <= MAX_WORK && !found.is_full() {
        looked += size;
        let node = work.node();
        let error = match T::deserialize(NodeDeserializer::new(node)) {
            Ok(value) => return Some(value),
            Err(error) => Error::at(error, node),
        };
        if !error.is_consequence {
            rounds += 1;
            let span = error.span.unwrap_or(node.span);
            let finding = error.to_finding(path, node, hints);
            let finding = match cut_off(sources, span).filter(|_| finding.help.is_none()) {
                Some(help) => finding.help(help),
                None => finding,
            };
            found.push(span, finding);
        }
        if error.path.is_empty() {
            return None;
        }
        prune(work.node_mut(), &error.path);
    }
    None
}

/// The way out where a comment has cut a key: what is left of it stands in the place of the map.
fn cut_off(sources: &Sources, at: Span) -> Option<String> {
    let source = sources.of(at);
    let line = source.line(source.line_number(at.end()));
    let rest = source.slice(Span::new(at.end(), line.end()));
    let hash = rest.find('#').filter(|hash| *hash > 0 && rest[..*hash].trim().is_empty())?;
    rest.contains(':').then(|| comment_help(&with_comment(source.text(), at.end() + hash)))
}

/// How many values there are in a node, with itself.
fn size(node: &Node) -> usize {
    let entries: usize = node.entries().iter().map(|(_, value)| 1 + size(value)).sum();
    1 + entries + node.items().iter().map(size).sum::<usize>()
}

/// Takes the entry or item at a path (innermost position first) out of a tree.
fn prune(node: &mut Node, path: &[usize]) {
    let Some((position, inner)) = path.split_last() else { return };
    if inner.is_empty() {
        node.incomplete = true;
    }
    match &mut node.value {
        Value::Map(entries) if *position < entries.len() => match inner {
            [] => {
                let mut rest = entries.take();
                rest.remove(*position);
                *entries = rest.into();
            }
            inner => prune(&mut entries.each_mut()[*position].1, inner),
        },
        Value::Seq(items) if *position < items.len() => match inner {
            [] => {
                let mut rest = std::mem::take(items).into_vec();
                rest.remove(*position);
                *items = rest.into();
            }
            inner => prune(&mut items[*position], inner),
        },
        _ => {}
    }
}

fn has_null(node: &Node) -> bool {
    node.is_null()
        || node.entries().iter().any(|(key, value)| key.is_null() || has_null(value))
        || node.items().iter().any(has_null)
}

/// Reports and takes out everything that has no value.
fn take_nulls(sources: &Sources, found: &mut Collector<'_>, node: &mut Node) {
    match &mut node.value {
        Value::Map(entries) => {
            let mut rest = entries.take();
            node.incomplete |= take_torn(sources, found, &mut rest);
            rest.retain_mut(|(key, value)| {
                let keep = !key.is_null() && !value.is_null();
                if keep {
                    take_nulls(sources, found, value);
                } else {
                    report_null(sources, found, Some(key), value);
                    node.incomplete = true;
                }
                keep
            });
            *entries = rest.into();
        }
        Value::Seq(items) => {
            let mut rest = std::mem::take(items).into_vec();
            rest.retain_mut(|item| {
                let keep = !item.is_null();
                if keep {
                    take_nulls(sources, found, item);
                } else {
                    report_null(sources, found, None, item);
                    node.incomplete = true;
                }
                keep
            });
            *items = rest.into();
        }
        Value::Scalar { .. } => {}
    }
}

/// The way out for a key without a value.
const NO_VALUE: &str = "remove the key to leave the setting as it is; none is `[]` for a list, `{}` for a map, `off` for a destination, `\"\"` for a text";

/// Takes out the rest of lists that stand without their brackets inside `{…}`, where every comma begins a key. The first
/// item alone is no fault of its own: whoever puts just that into brackets has lost the others.
fn take_torn(sources: &Sources, found: &mut Collector<'_>, entries: &mut Vec<(Node, Node)>) -> bool {
    let mut is_torn = false;
    let mut at = 0;
    while at < entries.len() {
        let (first, rest) = entries[at..].split_at_mut(1);
        let (key, value) = &mut first[0];
        let source = sources.of(value.span);
        let mut end = value.span;
        let torn = rest.iter().take_while(|(key, nothing)| {
            let between = (end.file() == key.span.file() && end.end() <= key.span.start())
                .then(|| source.slice(Span::new(end.end(), key.span.start())));
            end = key.span;
            nothing.text().is_empty() && nothing.is_null() && between.is_some_and(|it| it.trim() == ",")
        });
        let torn: Vec<&Node> = torn.map(|(key, _)| key).collect();
        if torn.is_empty() || !value.is_scalar() || value.is_null() {
            at += 1;
            continue;
        }
        value.incomplete = true;
        is_torn = true;
        let items = || std::iter::once(value.text()).chain(torn.iter().map(|it| it.text()));
        let list = listed(items()).map(|list| format!("`{}: {list}`", short(key.text())));
        let name = short(torn[0].text());
        // One that may be a key of its own is told to be without a value.
        let is_key = |it: &&Node| it.text().chars().all(|c| c.is_ascii_lowercase() || "_-".contains(c));
        let (message, help) = if torn.iter().any(is_key) {
            let or = list.map(|list| format!("; a list stands in brackets, {list}")).unwrap_or_default();
            (format!("`{name}` has no value"), format!("{NO_VALUE}{or}"))
        } else {
            let list = list.map(|list| format!(", {list}")).unwrap_or_default();
            (
                format!("inside `{{…}}` a comma begins a key, and `{name}` has no value"),
                format!("write a list in brackets{list}; a text with a comma stands in quotes"),
            )
        };
        found.push(torn[0].span, Finding::error("null-value", message).help(help));
        let count = torn.len();
        entries.drain(at + 1..=at + count);
        at += 1;
    }
    is_torn
}

fn report_null(sources: &Sources, found: &mut Collector<'_>, key: Option<&Node>, value: &Node) {
    let word = value.text();
    let (span, message) = match key {
        Some(key) if key.is_null() => (key.span, "this key has no name".to_owned()),
        Some(key) => {
            // An absent value has no text of its own, so the key is shown.
            let span = if word.is_empty() { key.span } else { value.span };
            (span, format!("`{}` has no value", short(key.text())))
        }
        None if word.is_empty() => (value.span, "this list item has no value".to_owned()),
        None => (value.span, "there is no value here".to_owned()),
    };
    let source = sources.of(value.span);
    let line_end = source.line(source.line_number(value.span.end())).end();
    let rest = source.slice(Span::new(value.span.end(), line_end)).trim_start_matches([':', ' ']);
    let none = match key {
        Some(_) => NO_VALUE,
        None => "remove the entry",
    };
    let help = if key.is_some_and(Node::is_null) {
        "write the key before the colon, in quotes if it is the word `null`".to_owned()
    } else if word.is_empty() && rest.starts_with('#') {
        let mark = short(rest.split(' ').next().unwrap_or("#"));
        format!("{none}; if `{mark}` is meant, quote it: \"{mark}\"")
    } else if word.len() > 1 {
        format!("{none}; quote it if it is a name: \"{word}\"")
    } else {
        none.to_owned()
    };
    found.push(span, Finding::error("null-value", message).help(help));
}
