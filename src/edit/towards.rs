//! The next place in which a value of a file differs from another value.

use super::{
    Refused, column, line_after,
    place::{self, Place, is_merged, put_line, remove, replaced, set},
};
use crate::{
    emit,
    load::{Node, Tree, Value as Written},
    path::Segment,
};
use serde_json::Value;

/// What something says from some time on.
const UNTIL: &str = "until";

/// The text with one place less in which the value at a path differs; `None` where there is none. `full` is the other value with
/// everything that goes without saying, `brief` as a person would write it.
pub fn towards(
    tree: &Tree,
    path: &[Segment],
    full: &Value,
    brief: &Value,
) -> Option<Result<String, Refused>> {
    let place = match Place::find(tree, path) {
        Ok(place) => place,
        Err(refused) => {
            let Some(node) = tree.get(path) else { return Some(Err(refused)) };
            return (!is_all(node, full) && !is_all(node, brief)).then(|| set(tree, path, brief));
        }
    };
    if !place.is_in_place() {
        return (!is_all(place.node, full) && !is_all(place.node, brief)).then(|| set(tree, path, brief));
    }
    let inner = |segment: Segment| [path, &[segment]].concat();
    match (&place.node.value, full) {
        (Written::Map(entries), Value::Object(fields)) => {
            let empty = serde_json::Map::new();
            let short = brief.as_object().unwrap_or(&empty);
            // What it says from some time on is no part of what is live.
            for (key, _) in entries.iter().filter(|(key, _)| key.text() != UNTIL) {
                let at = inner(Segment::key(key.text()));
                let change = match fields.get(key.text()) {
                    Some(value) => towards(tree, &at, value, short.get(key.text()).unwrap_or(value)),
                    None => Some(remove(tree, &at).or_else(|_| set(tree, path, brief))),
                };
                if change.is_some() {
                    return change;
                }
            }
            let new = short.iter().find(|(key, _)| place.node.get(key).is_none())?;
            Some(insert(tree, &place, new).or_else(|_| set(tree, path, brief)))
        }
        (Written::Seq(items), Value::Array(values)) => {
            let none = Vec::new();
            let short = brief.as_array().filter(|it| it.len() == values.len()).unwrap_or(&none);
            let of = |index: usize| short.get(index).unwrap_or(&values[index]);
            let differs = |index: usize| items.get(index).map(name) != values.get(index).map(name_of);
            let first = (0..items.len().max(values.len())).find(|index| differs(*index));
            let Some(at) = first else {
                let each = 0..items.len();
                return each
                    .map(|index| towards(tree, &inner(Segment::Index(index)), &values[index], of(index)))
                    .find_map(|change| change);
            };
            let change = match items.len().cmp(&values.len()) {
                std::cmp::Ordering::Greater => remove(tree, &inner(Segment::Index(at))),
                std::cmp::Ordering::Less => insert_item(&place, at, of(at)),
                std::cmp::Ordering::Equal => set(tree, &inner(Segment::Index(at)), of(at)),
            };
            Some(change.or_else(|_| set(tree, path, brief)))
        }
        (Written::Scalar { .. }, full) if says(place.node, full) => None,
        _ => Some(set(tree, path, brief)),
    }
}

/// Whether a scalar is written like a value.
fn says(node: &Node, value: &Value) -> bool {
    match value {
        Value::String(text) => node.is_scalar() && node.text() == text,
        Value::Bool(it) => node.is_scalar() && node.text() == if *it { "true" } else { "false" },
        Value::Number(it) => node.is_scalar() && node.text() == it.to_string().as_str(),
        _ => false,
    }
}

/// Whether a node is written like a value, all of it.
fn is_all(node: &Node, value: &Value) -> bool {
    match (&node.value, value) {
        (Written::Map(entries), Value::Object(fields)) => {
            let is_same =
                |(key, node): &(Node, Node)| fields.get(key.text()).is_some_and(|value| is_all(node, value));
            entries.len() == fields.len() && entries.iter().all(is_same)
        }
        (Written::Seq(items), Value::Array(values)) => {
            items.len() == values.len() && items.iter().zip(values).all(|(node, value)| is_all(node, value))
        }
        _ => says(node, value),
    }
}

/// What tells the items of a list from each other.
const NAMES: [&str; 8] = ["when", "extension", "number", "device", "token", "agent", "date", "receiver"];

fn name(node: &Node) -> String {
    let named = NAMES.iter().find_map(|name| node.get(name));
    named.unwrap_or(node).text().to_owned()
}

fn name_of(value: &Value) -> String {
    let named = NAMES.iter().find_map(|name| value.get(name)).unwrap_or(value);
    named.as_str().map(str::to_owned).unwrap_or_else(|| match named {
        Value::Object(_) | Value::Array(_) => String::new(),
        scalar => scalar.to_string(),
    })
}

/// An entry at the end of a map.
fn insert(tree: &Tree, place: &Place<'_>, (key, value): (&String, &Value)) -> Result<String, Refused> {
    let entries = place.node.entries();
    let (Some((first, _)), true) = (entries.first(), place.is_block()) else {
        return Err(Refused("it stands on one line".to_owned()));
    };
    if entries.iter().any(|(key, _)| is_merged(place.node, key)) {
        return place::insert(place, key, value);
    }
    let text = tree.text();
    let added = emit::entry(key, value, column(text, first.span.start()));
    put_line(text, line_after(text, place.end()?), &added)
}

/// An item before the one that stands there, or at the end.
fn insert_item(place: &Place<'_>, at: usize, value: &Value) -> Result<String, Refused> {
    let items = place.node.items();
    let (Some(first), true) = (items.first(), place.is_block()) else {
        return Err(Refused("it stands on one line".to_owned()));
    };
    let text = place.text;
    let indent = column(text, first.span.start());
    let dash = indent.saturating_sub(2);
    let added = format!("{:dash$}- {}\n", "", emit::item(value, indent));
    match items.get(at) {
        None => put_line(text, line_after(text, place.end()?), &added),
        Some(item) => {
            let line = text[..item.span.start()].rfind('\n').map_or(0, |at| at + 1);
            replaced(text, line, line, &added)
        }
    }
}
