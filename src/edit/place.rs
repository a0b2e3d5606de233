//! One value, entry or item of a file.

use super::{Refused, block_end, column, end_of_value, is_flow, line_after};
use crate::{
    emit,
    load::{Node, Tree},
    path::Segment,
};
use serde_json::Value;

/// A place in a file.
pub struct Place<'a> {
    pub text: &'a str,
    /// None for an item of a list.
    pub key: Option<&'a Node>,
    pub node: &'a Node,
    /// Whether it is inside of brackets.
    pub in_flow: bool,
}

impl<'a> Place<'a> {
    /// What stands at a path, if all of it stands where it is read.
    pub fn find(tree: &'a Tree, path: &[Segment]) -> Result<Self, Refused> {
        let text = tree.text();
        let mut place = Self { text, key: None, node: tree.root(), in_flow: false };
        for segment in path {
            if !place.is_in_place() {
                return Err(Refused(
                    "it is inside of something that stands elsewhere, behind an alias".to_owned(),
                ));
            }
            let in_flow = place.in_flow || (!place.node.is_scalar() && is_flow(text, place.node));
            let missing = || Refused("it does not stand in this file".to_owned());
            let (key, node) = match segment {
                Segment::Key(name) => {
                    place.node.entry(name).map(|(key, node)| (Some(key), node)).ok_or_else(missing)?
                }
                Segment::Index(index) => (None, place.node.items().get(*index).ok_or_else(missing)?),
                Segment::Element { .. } => return Err(missing()),
            };
            if key.is_some_and(|key| is_merged(place.node, key)) {
                return Err(Refused("it is merged from elsewhere in the file".to_owned()));
            }
            place = Self { text, key, node, in_flow };
        }
        Ok(place)
    }

    /// Whether the value stands behind its key.
    pub fn is_in_place(&self) -> bool {
        self.key.is_none_or(|key| self.node.span.start() >= key.span.end())
    }

    pub fn end(&self) -> Result<usize, Refused> {
        let elsewhere = || Refused("a part of it stands elsewhere in the file".to_owned());
        end_of_value(self.text, self.node).ok_or_else(elsewhere)
    }

    /// Whether it is a map or a list on lines of its own.
    pub fn is_block(&self) -> bool {
        !self.node.is_scalar() && !is_flow(self.text, self.node)
    }
}

/// Whether an entry of a map stands where it is defined, and is merged from there.
pub fn is_merged(map: &Node, key: &Node) -> bool {
    key.span.start() < map.span.start()
}

/// The text of a file with another value at a path. What is merged there, or stands behind an alias, stays as it is for
/// everybody else who has it: the value is written beside it, and wins.
pub fn set(tree: &Tree, path: &[Segment], value: &Value) -> Result<String, Refused> {
    let place = match Place::find(tree, path) {
        Ok(place) => place,
        Err(refused) => return beside(tree, path, value).unwrap_or(Err(refused)),
    };
    let text = place.text;
    let Some(key) = place.key else {
        let (start, end) = (place.node.span.start(), place.end()?);
        let new = if place.in_flow { emit::one_line(value) } else { emit::item(value, column(text, start)) };
        return replaced(text, start, end, &new);
    };
    let colon = text[key.span.end()..].find(':').map(|at| key.span.end() + at + 1);
    let Some(colon) = colon else { return Err(Refused("its key has no `:`".to_owned())) };
    if !place.is_in_place() {
        // The alias goes, and what it stands for is written out.
        let (_, end) = alias(text, colon)?;
        return replaced(text, colon, end, &format!(" {}", emit::one_line(value)));
    }
    let end = place.end()?;
    if place.in_flow {
        return replaced(text, colon, end, &format!(" {}", emit::one_line(value)));
    }
    let key_text = &text[key.span.start()..key.span.end()];
    let new = emit::value(key_text, value, column(text, key.span.start()), place.is_block());
    // A comment behind the key stays where both values begin on the next line.
    let line = text[colon..].find('\n').map_or(text.len(), |at| colon + at);
    let comment = text[colon..line].trim();
    if place.is_block() && comment.starts_with('#') && new.starts_with('\n') {
        return replaced(text, text[..line].trim_end_matches('\r').len(), end, &new);
    }
    replaced(text, colon, end, &new)
}

/// From where to where the alias stands that is the value behind a colon.
fn alias(text: &str, colon: usize) -> Result<(usize, usize), Refused> {
    let rest = &text[colon..];
    let start = colon + (rest.len() - rest.trim_start_matches(' ').len());
    if !text[start..].starts_with('*') {
        return Err(Refused("it stands elsewhere in the file".to_owned()));
    }
    Ok((start, text[start..].find([' ', '\n', '\r', ',', '}', ']']).map_or(text.len(), |at| start + at)))
}

/// The text with an entry of its own where a map has one from elsewhere. None where the map itself is not there.
fn beside(tree: &Tree, path: &[Segment], value: &Value) -> Option<Result<String, Refused>> {
    let (Segment::Key(name), above) = path.split_last()? else { return None };
    let map = Place::find(tree, above).ok()?;
    map.node.entry(name)?;
    if map.is_in_place() {
        return Some(insert(&map, name, value));
    }
    let (text, key) = (map.text, map.key?);
    let colon = key.span.end() + text[key.span.end()..].find(':')? + 1;
    Some(alias(text, colon).and_then(|(start, end)| {
        let all = &text[start..end];
        replaced(text, start, end, &format!("{{ <<: {all}, {} }}", in_brackets(name, value)))
    }))
}

/// An entry as it stands between brackets.
fn in_brackets(key: &str, value: &Value) -> String {
    let map = emit::one_line(&Value::Object([(key.to_owned(), value.clone())].into_iter().collect()));
    map.trim_start_matches("{ ").trim_end_matches(" }").to_owned()
}

/// The text with an entry at the end of a map, whatever is merged into that.
pub fn insert(map: &Place<'_>, key: &str, value: &Value) -> Result<String, Refused> {
    let (text, node) = (map.text, map.node);
    if map.in_flow || !map.is_block() {
        let inside = text.get(node.span.start() + 1..node.span.end().saturating_sub(1));
        let inside = inside.filter(|_| is_flow(text, node) && text[..node.span.end()].ends_with('}'));
        let Some(inside) = inside.filter(|inside| !inside.contains('#')) else {
            return Err(Refused("it stands in a form that cannot be added to".to_owned()));
        };
        let inside = inside.trim_end();
        let comma = if inside.trim().is_empty() || inside.ends_with(',') { "" } else { "," };
        let at = node.span.start() + 1 + inside.len();
        return replaced(text, at, at, &format!("{comma} {}", in_brackets(key, value)));
    }
    // What is merged alone has its mark as the beginning of the map.
    let own = node.entries().iter().map(|(key, _)| key.span.start()).filter(|at| *at >= node.span.start());
    let last = own.max().unwrap_or(node.span.start());
    put_line(text, block_end(text, last), &emit::entry(key, value, column(text, node.span.start())))
}

/// Lines where others begin.
pub fn put_line(text: &str, at: usize, added: &str) -> Result<String, Refused> {
    let open = if text[..at].ends_with('\n') { "" } else { "\n" };
    replaced(text, at, at, &format!("{open}{added}"))
}

/// The text of a file without the entry or the item at a path.
pub fn remove(tree: &Tree, path: &[Segment]) -> Result<String, Refused> {
    let place = Place::find(tree, path)?;
    let text = place.text;
    let parent = Place::find(tree, &path[..path.len() - 1])?;
    if place.in_flow {
        return without(&parent, place.key.unwrap_or(place.node));
    }
    if parent.node.entries().len().max(parent.node.items().len()) < 2 {
        return Err(Refused("it is the only one".to_owned()));
    }
    let start = place.key.unwrap_or(place.node).span.start();
    let line = text[..start].rfind('\n').map_or(0, |at| at + 1);
    let before = text[line..start].trim();
    if before != if place.key.is_some() { "" } else { "-" } {
        return Err(Refused("something else stands before it on its line".to_owned()));
    }
    let end = line_after(text, place.end()?);
    replaced(text, line, end, "")
}

/// The text without one of the entries or items between brackets.
fn without(parent: &Place<'_>, gone: &Node) -> Result<String, Refused> {
    let text = parent.text;
    let parts: Vec<[usize; 2]> = match parent.node.items() {
        [] => {
            let entries = parent.node.entries().iter();
            let ends = entries.map(|(key, value)| Some([key.span.start(), end_of_value(text, value)?]));
            ends.collect::<Option<_>>()
        }
        items => items.iter().map(|item| Some([item.span.start(), end_of_value(text, item)?])).collect(),
    }
    .ok_or_else(|| Refused("a part of it stands elsewhere in the file".to_owned()))?;
    let at = parts.iter().position(|[start, _]| *start == gone.span.start());
    let at = at.ok_or_else(|| Refused("it does not stand in this file".to_owned()))?;
    match (at.checked_sub(1).map(|before| parts[before][1]), parts.get(at + 1)) {
        (_, Some([next, _])) => replaced(text, parts[at][0], *next, ""),
        (Some(before), None) => replaced(text, before, parts[at][1], ""),
        (None, None) => {
            let inside = &text[parent.node.span.start() + 1..parent.node.span.end() - 1];
            let start = parent.node.span.start() + 1;
            replaced(text, start, start + inside.len(), "")
        }
    }
}

/// The text with something else between two places. Comments in between would be lost.
pub fn replaced(text: &str, start: usize, end: usize, new: &str) -> Result<String, Refused> {
    let Some(old) = text.get(start..end) else {
        return Err(Refused("a part of it stands elsewhere in the file".to_owned()));
    };
    if old.lines().any(|line| line.trim_start().starts_with('#') || line.contains(" #")) {
        return Err(Refused("there are comments in it, which would be lost".to_owned()));
    }
    let new = if text.contains("\r\n") { new.replace('\n', "\r\n") } else { new.to_owned() };
    Ok(format!("{}{new}{}", &text[..start], &text[end..]))
}
