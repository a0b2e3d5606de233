//! A tenant's file over its template. Maps are merged, lists and single values replaced, and what the tenant says wins;
//! what it names under `without` is not taken from the template.

use super::source::Places;
use super::{
    forms::Forms,
    sources::Sources,
    tree::{Node, Value},
};
use crate::{
    finding::{Finding, Place},
    path::{Path, Segment},
    text::closest,
};

/// How many of the things that a template has are named where one is meant that it does not have.
const NAMED: usize = 8;

/// Lays what is written over what is inherited.
pub(super) struct Merge<'a> {
    pub sources: &'a Sources,
    pub findings: &'a mut Vec<Finding>,
}

impl Merge<'_> {
    /// Takes out of `below` what the items of `without` name.
    pub fn leave_out(&mut self, without: &Node, below: &mut Node) {
        for item in without.items() {
            // What is no text is said when the file is decoded.
            if !item.is_scalar() || item.is_null() || take(below, &Path::default(), item.text()) {
                continue;
            }
            let mut known = Vec::new();
            list(below, &Path::default(), &mut known);
            let message = format!("the template has no `{}`", item.text());
            let help = match closest(item.text(), known.iter().map(String::as_str)) {
                Some(near) => format!("did you mean `{near}`?"),
                None => {
                    let objects = known.iter().filter(|it| it.contains('.')).take(NAMED);
                    let objects: Vec<String> = objects.map(|it| format!("`{it}`")).collect();
                    format!("it has {}, …; `dialform show TENANT` shows all of it", objects.join(", "))
                }
            };
            let finding = Finding::error("bad-without", message).help(help);
            self.findings.push(finding.at(self.both(item, below)));
        }
    }

    /// A value of the tenant over the one of the template.
    pub fn over(&mut self, own: Node, below: Node, forms: &Forms, path: &Path) -> Node {
        let (Value::Map(_), Value::Map(_)) = (&own.value, &below.value) else { return own };
        let keys = || own.entries().iter().chain(below.entries()).map(|(key, _)| key.text());
        if !forms.is_one_map(keys()) {
            return own;
        }
        if own.entries().is_empty() && !below.entries().is_empty() && !path.is_empty() {
            let message = format!("`{path}: {{}}` says that there is none, and the template has some");
            let help = format!(
                "to have what the template has, leave it out; to have none, add `without: [{path}]`, and keep `{{}}`"
            );
            let finding = Finding::error("inherited-map", message).help(help);
            self.findings.push(finding.at(self.both(&own, &below)));
            return own;
        }
        let Node { span, value, incomplete } = own;
        let (Value::Map(mut own), Value::Map(mut below)) = (value, below.value) else {
            return Node { span, value: Value::Map(Default::default()), incomplete };
        };
        let mut rest: Vec<Option<(Node, Node)>> = below.take().into_iter().map(Some).collect();
        let places: std::collections::HashMap<String, usize> = rest
            .iter()
            .enumerate()
            .filter_map(|(at, entry)| Some((entry.as_ref()?.0.text().to_owned(), at)))
            .collect();
        let mut merged = Vec::new();
        for (key, value) in own.take() {
            let inherited = places.get(key.text()).and_then(|at| rest[*at].take());
            let value = match inherited {
                Some((_, inherited)) => {
                    let path = path.join(Segment::key(key.text()));
                    self.over(value, inherited, &forms.at(key.text()), &path)
                }
                None => value,
            };
            merged.push((key, value));
        }
        merged.extend(rest.into_iter().flatten());
        Node { span, value: Value::Map(merged.into()), incomplete }
    }

    /// A place in the tenant's file, and beside it the one in the template.
    fn both(&self, own: &Node, below: &Node) -> Place {
        let there = Place { also: None, ..self.sources.place(below.span) };
        Place { also: Some(Box::new(there)), ..self.sources.place(own.span) }
    }
}

/// Takes the entry out whose path reads so. False if there is none.
fn take(node: &mut Node, at: &Path, wanted: &str) -> bool {
    let Value::Map(entries) = &mut node.value else { return false };
    let is_inside = |path: &str| wanted.strip_prefix(path).is_some_and(|rest| rest.starts_with('.'));
    let paths: Vec<Path> = entries.iter().map(|(key, _)| at.join(Segment::key(key.text()))).collect();
    for (index, path) in paths.iter().enumerate() {
        let text = path.to_string();
        if text == wanted {
            let mut rest = entries.take();
            rest.remove(index);
            *entries = rest.into();
            return true;
        }
        if is_inside(&text) && take(&mut entries.each_mut()[index].1, path, wanted) {
            return true;
        }
    }
    false
}

/// The paths of all that can be left out.
fn list(node: &Node, at: &Path, found: &mut Vec<String>) {
    for (key, value) in node.entries() {
        let path = at.join(Segment::key(key.text()));
        found.push(path.to_string());
        list(value, &path, found);
    }
}
