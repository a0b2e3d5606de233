//! The spanned tree of one YAML file.
//!
//! Scalars keep their raw text and are not typed here: `0101`, `+15125550100` and `yes` are text until a
//! field asks for something else.

use super::entries::Entries;
use super::scalar::Text;
use super::source::{Places, Source};
use super::sources::Sources;
use super::span::Span;
use crate::{
    finding::Place,
    path::{Path, Segment},
};

/// One parsed file: a map at the root, no duplicate keys, aliases and merge keys resolved. What it takes from other files
/// may be laid into it.
#[derive(Debug, Clone)]
pub struct Tree {
    sources: Sources,
    root: Node,
}

/// A value with the place it was written at; behind an alias that is the place of its definition.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Node {
    pub span: Span,
    pub value: Value,
    /// Something was taken out of this map or list because it was at fault, so that what is missing or does
    /// not add up in it is no news.
    pub(super) incomplete: bool,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Value {
    /// `plain` is false for quoted and block (`|`, `>`) text.
    Scalar {
        text: Text,
        plain: bool,
    },
    Map(Entries<Node>),
    Seq(Box<[Node]>),
}

impl Tree {
    pub(super) fn new(sources: impl Into<Sources>, root: Node) -> Self {
        Self { sources: sources.into(), root }
    }

    /// A file that says nothing.
    pub(super) fn empty(file: &str) -> Self {
        Self::new(Source::new(file, ""), Node::new(Span::default(), Value::Map(Entries::default())))
    }

    pub fn file(&self) -> &str {
        self.sources.own().file()
    }

    /// The text of its own file.
    pub fn text(&self) -> &str {
        self.sources.own().text()
    }

    pub fn root(&self) -> &Node {
        &self.root
    }

    pub(super) fn source(&self) -> &Source {
        self.sources.own()
    }

    /// Its own file and those that are laid into it.
    pub(super) fn sources(&self) -> &Sources {
        &self.sources
    }

    /// The files, and its values to be taken out one by one.
    pub(super) fn parts_mut(&mut self) -> (&Sources, &mut Node) {
        (&self.sources, &mut self.root)
    }

    pub(super) fn into_parts(self) -> (Sources, Node) {
        (self.sources, self.root)
    }

    pub(super) fn source_mut(&mut self) -> &mut Source {
        self.sources.own_mut()
    }

    /// The node at a path, if there is one.
    pub fn get(&self, path: &[Segment]) -> Option<&Node> {
        let (found, _, node) = self.walk(path);
        (found == path.len()).then_some(node)
    }

    /// The key at a path, if it leads to the value of one.
    pub fn key(&self, path: &[Segment]) -> Option<&Node> {
        let (found, key, _) = self.walk(path);
        key.filter(|_| found == path.len())
    }

    /// The way to what stands at a byte of one of its files: to a text, or to the value of a key.
    pub fn path_at(&self, file: &str, byte: usize) -> Option<Path> {
        let file = self.sources.each().position(|source| source.file() == file)?;
        let mut path = Vec::new();
        find(&self.root, u16::try_from(file).ok()?, byte, &mut path).then(|| path.into_iter().collect())
    }

    /// The first line of a span as a place: 1-based, in characters, cut at the end of the line.
    pub fn place(&self, span: Span) -> Place {
        self.sources.place(span)
    }

    /// Where the value of the variable stands that is used here, if one is.
    pub fn given(&self, span: Span) -> Option<Place> {
        self.sources.given(span)
    }

    /// The place of the value at a path; of its nearest ancestor if the path leads nowhere.
    pub fn place_of(&self, path: &[Segment]) -> Place {
        let (found, key, node) = self.walk(path);
        // Of an ancestor the key says more than its whole extent.
        let span = if found == path.len() { node.span } else { key.unwrap_or(node).span };
        self.place(span)
    }

    /// The place of the key at a path; list items have none, so theirs is the value's.
    pub fn place_of_key(&self, path: &[Segment]) -> Place {
        let (_, key, node) = self.walk(path);
        self.place(key.unwrap_or(node).span)
    }

    /// Follows a path as far as it goes: steps taken, key (if reached by one) and value.
    fn walk(&self, path: &[Segment]) -> (usize, Option<&Node>, &Node) {
        let (mut key, mut node) = (None, &self.root);
        for (taken, seg) in path.iter().enumerate() {
            let next = match seg {
                Segment::Key(name) => node.entry(name).map(|(key, value)| (Some(key), value)),
                Segment::Index(index) => node.items().get(*index).map(|value| (None, value)),
                // In a file a list has positions.
                Segment::Element { .. } => None,
            };
            match next {
                Some(next) => (key, node) = next,
                None => return (taken, key, node),
            }
        }
        (path.len(), key, node)
    }
}

/// Looks for what stands at a byte. What is laid into a map may stand anywhere.
fn find(node: &Node, file: u16, byte: usize, path: &mut Vec<Segment>) -> bool {
    let is_at = |it: &Node| it.span.file() == file && (it.span.start()..=it.span.end()).contains(&byte);
    match &node.value {
        Value::Scalar { .. } => is_at(node),
        Value::Map(entries) => entries.iter().any(|(key, value)| {
            path.push(Segment::key(key.text()));
            let found = is_at(key) || find(value, file, byte, path);
            if !found {
                path.pop();
            }
            found
        }),
        Value::Seq(items) => items.iter().enumerate().any(|(at, value)| {
            path.push(Segment::Index(at));
            let found = find(value, file, byte, path);
            if !found {
                path.pop();
            }
            found
        }),
    }
}

impl Node {
    pub fn new(span: Span, value: Value) -> Self {
        Self { span, value, incomplete: false }
    }

    /// The value under a key; nothing for lists and text.
    pub fn get(&self, key: &str) -> Option<&Node> {
        self.entry(key).map(|(_, value)| value)
    }

    /// The key and value of an entry.
    pub fn entry(&self, key: &str) -> Option<(&Node, &Node)> {
        match &self.value {
            Value::Map(entries) => entries.find(key, Node::text).map(|(key, value)| (key, value)),
            Value::Scalar { .. } | Value::Seq(_) => None,
        }
    }

    /// The value under a key, to be changed.
    pub(super) fn entry_mut(&mut self, key: &str) -> Option<&mut Node> {
        match &mut self.value {
            Value::Map(entries) => {
                entries.each_mut().iter_mut().find(|(name, _)| name.text() == key).map(|(_, value)| value)
            }
            Value::Scalar { .. } | Value::Seq(_) => None,
        }
    }

    /// The entries of a map; empty for lists and text.
    pub fn entries(&self) -> &[(Node, Node)] {
        match &self.value {
            Value::Map(entries) => entries,
            Value::Scalar { .. } | Value::Seq(_) => &[],
        }
    }

    /// The items of a list; empty for maps and text.
    pub fn items(&self) -> &[Node] {
        match &self.value {
            Value::Seq(items) => items,
            Value::Scalar { .. } | Value::Map(_) => &[],
        }
    }

    /// The raw text of a scalar; empty for maps and lists. Keys always have one.
    pub fn text(&self) -> &str {
        match &self.value {
            Value::Scalar { text, .. } => text,
            Value::Map(_) | Value::Seq(_) => "",
        }
    }

    pub fn is_scalar(&self) -> bool {
        matches!(self.value, Value::Scalar { .. })
    }

    /// Nothing at all, `~` or the bare word `null`.
    pub fn is_null(&self) -> bool {
        matches!(&self.value, Value::Scalar { text, plain: true }
            if matches!(&**text, "" | "~" | "null" | "Null" | "NULL"))
    }

    /// Whether nothing was taken out of it.
    pub(super) fn is_complete(&self) -> bool {
        !self.incomplete
            && self.entries().iter().all(|(_, value)| value.is_complete())
            && self.items().iter().all(Self::is_complete)
    }

    /// Whether two values say the same, wherever they stand and in whatever order.
    pub fn says_as(&self, other: &Self) -> bool {
        match (&self.value, &other.value) {
            (Value::Scalar { text: one, .. }, Value::Scalar { text: other, .. }) => one == other,
            (Value::Seq(some), Value::Seq(others)) => {
                some.len() == others.len() && some.iter().zip(others).all(|(one, other)| one.says_as(other))
            }
            (Value::Map(some), Value::Map(others)) => {
                let same =
                    |(key, value): &(Node, Node)| other.get(key.text()).is_some_and(|it| value.says_as(it));
                some.len() == others.len() && some.iter().all(same)
            }
            (Value::Scalar { .. } | Value::Seq(_) | Value::Map(_), _) => false,
        }
    }

    /// The same of two maps, whatever they say under one of their keys.
    pub fn says_as_but(&self, other: &Self, key: &str) -> bool {
        let (Value::Map(some), Value::Map(others)) = (&self.value, &other.value) else {
            return self.says_as(other);
        };
        let without = |all: &[(Node, Node)]| all.iter().filter(|(it, _)| it.text() != key).count();
        let same = |(it, value): &(Node, Node)| {
            it.text() == key || other.get(it.text()).is_some_and(|it| value.says_as(it))
        };
        without(some) == without(others) && some.iter().all(same)
    }

    /// What this is, in words people use.
    pub fn kind_name(&self) -> &'static str {
        match self.value {
            Value::Scalar { .. } => "text",
            Value::Map(_) => "a map",
            Value::Seq(_) => "a list",
        }
    }
}
