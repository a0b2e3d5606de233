//! Typed values from a node of the tree, with every finding of the object in one run.
//!
//! Serde stops at the first error. So the part at fault is recorded, taken out and decoding tried again, until
//! it succeeds; the value of such a run is thrown away, its findings are what was wanted.

use std::borrow::Cow;
use std::fmt;

use serde::de::{self, DeserializeOwned, Expected, Unexpected};

use super::bridge::Bridge;
use super::source::{Collector, Source, Span};
use super::syntax::short;
use super::tree::{Node, Tree, Value};
use crate::finding::Finding;
use crate::path::{Path, Segment};
use crate::text::{HELP_MARK, closest};

/// Bounds the work on an object that is wrong all over; 50 findings are enough to start with.
const MAX_ROUNDS: usize = 50;

/// Decodes a node. Returns the value only if there is no finding about it; all findings are appended.
pub fn decode<T: DeserializeOwned>(tree: &Tree, node: &Node, findings: &mut Vec<Finding>) -> Option<T> {
    decode_at(tree, &[], node, findings)
}

/// Like [`decode`], for a node whose path is known: messages about missing and unknown keys name it.
pub fn decode_at<T: DeserializeOwned>(
    tree: &Tree,
    path: &[Segment],
    node: &Node,
    findings: &mut Vec<Finding>,
) -> Option<T> {
    let source = tree.source();
    let mut found = Collector::new(source);
    let value = match node.is_null() {
        true => {
            report_null(source, &mut found, tree.key(path), node);
            None
        }
        false => rounds(source, path, node, &mut found),
    };
    findings.extend(found.finish());
    value
}

fn rounds<T: DeserializeOwned>(
    source: &Source,
    path: &[Segment],
    node: &Node,
    found: &mut Collector<'_>,
) -> Option<T> {
    let mut node = Cow::Borrowed(node);
    if has_null(&node) {
        take_nulls(source, found, node.to_mut());
    }
    let mut rounds = 0;
    while rounds < MAX_ROUNDS && !found.is_full() {
        let error = match T::deserialize(Bridge::new(&node)) {
            Ok(value) => return found.is_empty().then_some(value),
            Err(error) => Error::at(error, &node),
        };
        if !error.is_consequence {
            rounds += 1;
            let finding = error.to_finding(path, &node);
            found.push(error.span.unwrap_or(node.span), finding);
        }
        if error.path.is_empty() {
            return None;
        }
        prune(node.to_mut(), &error.path);
    }
    None
}

/// What went wrong, where, and which part to take out.
#[derive(Debug)]
pub(super) struct Error(Box<Inner>);

#[derive(Debug)]
pub(super) struct Inner {
    code: &'static str,
    message: String,
    help: Option<String>,
    span: Option<Span>,
    /// Whether the path has its start: the node at fault.
    located: bool,
    /// Said better at the key than at the whole of the map or list below it.
    about_whole: bool,
    /// The node at fault had something taken out, so this may be no fault of its own.
    is_consequence: bool,
    /// Positions from the node at fault up to the decoded one.
    path: Vec<usize>,
}

impl std::ops::Deref for Error {
    type Target = Inner;
    fn deref(&self) -> &Inner {
        &self.0
    }
}

impl Error {
    pub fn new(code: &'static str, message: impl Into<String>) -> Self {
        Self(Box::new(Inner {
            code,
            message: message.into(),
            help: None,
            span: None,
            located: false,
            about_whole: false,
            is_consequence: false,
            path: Vec::new(),
        }))
    }

    pub fn wrong_type(expected: impl fmt::Display, found: impl fmt::Display) -> Self {
        Self::new("wrong-type", format!("expected {expected}, found {found}"))
    }

    pub fn help(mut self, help: impl Into<Option<String>>) -> Self {
        self.0.help = help.into();
        self
    }

    /// Says which node is at fault, unless something further down already did.
    pub fn at(mut self, node: &Node) -> Self {
        if !self.located {
            self.0.located = true;
            self.0.span = self.0.span.or(Some(node.span));
            self.0.is_consequence = node.incomplete;
            self.0.about_whole = !node.is_scalar() && matches!(self.code, "missing-key" | "bad-value");
        }
        self
    }

    /// Passes from an entry or item to the map or list it is in.
    pub fn inside(self, key: Option<&Node>, value: &Node, position: usize) -> Self {
        let mut error = self.at(value);
        if let Some(key) = key.filter(|_| error.about_whole && error.path.is_empty()) {
            error.0.span = Some(key.span);
        }
        error.0.path.push(position);
        error
    }

    fn to_finding(&self, prefix: &[Segment], node: &Node) -> Finding {
        let mut path = Path::from(prefix);
        let mut node = node;
        // An unknown key is said to be in the map around it, not in itself.
        let own = usize::from(self.code == "unknown-key");
        for position in self.path.iter().skip(own).rev() {
            match &node.value {
                Value::Map(entries) => {
                    let Some((key, value)) = entries.get(*position) else { break };
                    path.push(Segment::Key(short(key.text())));
                    node = value;
                }
                Value::Seq(items) => {
                    let Some(item) = items.get(*position) else { break };
                    path.push(Segment::Index(*position));
                    node = item;
                }
                Value::Scalar { .. } => break,
            }
        }
        let mut message = self.message.clone();
        if matches!(self.code, "unknown-key" | "missing-key") && !path.is_empty() {
            message.push_str(&format!(" in `{path}`"));
        }
        let finding = Finding::error(self.code, message);
        match &self.help {
            Some(help) => finding.help(help),
            None => finding,
        }
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for Error {}

impl de::Error for Error {
    fn custom<T: fmt::Display>(message: T) -> Self {
        let message = message.to_string();
        match message.split_once(HELP_MARK) {
            Some((message, help)) => Self::new("bad-value", message).help(help.to_owned()),
            None => Self::new("bad-value", message),
        }
    }

    fn invalid_type(found: Unexpected<'_>, expected: &dyn Expected) -> Self {
        Self::wrong_type(expected, describe(found))
    }

    fn invalid_value(found: Unexpected<'_>, expected: &dyn Expected) -> Self {
        Self::new("bad-value", format!("expected {expected}, found {}", describe(found)))
    }

    fn invalid_length(length: usize, expected: &dyn Expected) -> Self {
        Self::new("bad-value", format!("expected {expected}, found {length}"))
    }

    fn unknown_variant(variant: &str, known: &'static [&'static str]) -> Self {
        Self::new("unknown-value", format!("unknown value `{}`", short(variant))).help(which(variant, known))
    }

    fn unknown_field(field: &str, known: &'static [&'static str]) -> Self {
        Self::new("unknown-key", format!("unknown key `{}`", short(field))).help(which(field, known))
    }

    fn missing_field(field: &'static str) -> Self {
        Self::new("missing-key", format!("missing key `{field}`"))
    }

    fn duplicate_field(field: &'static str) -> Self {
        Self::new("duplicate-key", format!("key `{field}` is set twice"))
            .help("keep one of the two".to_owned())
    }
}

fn describe(found: Unexpected<'_>) -> Cow<'static, str> {
    match found {
        Unexpected::Str(_) | Unexpected::Char(_) => "text".into(),
        Unexpected::Map | Unexpected::StructVariant => "a map".into(),
        Unexpected::Seq | Unexpected::TupleVariant => "a list".into(),
        Unexpected::Unsigned(number) => format!("`{number}`").into(),
        Unexpected::Signed(number) => format!("`{number}`").into(),
        Unexpected::Bool(flag) => format!("`{flag}`").into(),
        other => other.to_string().into(),
    }
}

/// The likely meaning of a misspelt word, else all that is known.
fn which(word: &str, known: &[&str]) -> Option<String> {
    if let Some(meant) = closest(word, known.iter().copied()) {
        return Some(format!("did you mean `{meant}`?"));
    }
    one_of(known)
}

pub(super) fn one_of(known: &[&str]) -> Option<String> {
    match known {
        [] => None,
        [only] => Some(format!("expected `{only}`")),
        _ => Some(format!("expected one of `{}`", known.join("`, `"))),
    }
}

/// Takes the entry or item at a path (innermost position first) out of a tree.
fn prune(node: &mut Node, path: &[usize]) {
    let Some((position, inner)) = path.split_last() else { return };
    if inner.is_empty() {
        node.incomplete = true;
    }
    match &mut node.value {
        Value::Map(entries) if *position < entries.len() => match inner {
            [] => drop(entries.remove(*position)),
            inner => prune(&mut entries[*position].1, inner),
        },
        Value::Seq(items) if *position < items.len() => match inner {
            [] => drop(items.remove(*position)),
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
fn take_nulls(source: &Source, found: &mut Collector<'_>, node: &mut Node) {
    match &mut node.value {
        Value::Map(entries) => entries.retain_mut(|(key, value)| {
            let keep = !key.is_null() && !value.is_null();
            if keep {
                take_nulls(source, found, value);
            } else {
                report_null(source, found, Some(key), value);
                node.incomplete = true;
            }
            keep
        }),
        Value::Seq(items) => items.retain_mut(|item| {
            let keep = !item.is_null();
            if keep {
                take_nulls(source, found, item);
            } else {
                report_null(source, found, None, item);
                node.incomplete = true;
            }
            keep
        }),
        Value::Scalar { .. } => {}
    }
}

fn report_null(source: &Source, found: &mut Collector<'_>, key: Option<&Node>, value: &Node) {
    let word = value.text();
    let (span, message) = match key {
        Some(key) if key.is_null() => (key.span, "this key has no name".to_owned()),
        Some(key) => {
            // Nothing is written there when the word is empty, so the key is the thing to show.
            let span = if word.is_empty() { key.span } else { value.span };
            (span, format!("`{}` has no value", short(key.text())))
        }
        None if word.is_empty() => (value.span, "this list item has no value".to_owned()),
        None => (value.span, "there is no value here".to_owned()),
    };
    let line_end = source.line(source.line_number(value.span.end)).end;
    let rest = source.slice(Span::new(value.span.end, line_end)).trim_start_matches([':', ' ']);
    let none = match key {
        Some(_) => "leave the key out to leave it alone, or write `[]`/`{}` for none",
        None => "leave it out, or write `[]`/`{}` for none",
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
