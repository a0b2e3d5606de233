//! A tenant as it is planned: with what it takes from its template and from shared files, and where each line comes from.

use crate::{
    emit,
    error::Failure,
    finding::{Level, Place, bounded},
    load::{Files, Node, Tree, Value},
    provider::{Kinds, Workspace},
    text::closest,
};
use jiff::Timestamp;
use serde_json::json;
use std::path::Path;

/// What has done its work once the rest is put together.
const DONE: [&str; 3] = ["extends", "vars", "without"];

/// One line of a tenant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ShownLine {
    /// As YAML; all lines together are a file that says the same by itself.
    pub text: String,
    /// Where it stands, and where the values of its variables do.
    pub from: Vec<Place>,
}

/// The lines of a tenant. What is wrong with others is no obstacle.
pub fn show(root: &Path, name: &str) -> Result<Vec<ShownLine>, Failure> {
    let workspace = Workspace::load(&Files::Directory(root.to_owned()), &Kinds, Timestamp::UNIX_EPOCH)
        .map_err(Failure::Findings)?;
    if let Some(loaded) = workspace.tenants.iter().find(|it| it.tenant.tenant == name) {
        let tree = loaded.as_written_tree();
        let entries = tree.root().entries().iter().filter(|(key, _)| !DONE.contains(&key.text()));
        let mut lines = Lines { tree, done: Vec::new() };
        entries.for_each(|(key, value)| lines.entry("", 0, key, value));
        return Ok(lines.done);
    }
    let errors: Vec<_> = workspace.findings.into_iter().filter(|it| it.level == Level::Error).collect();
    if !errors.is_empty() {
        return Err(Failure::Findings(bounded(errors)));
    }
    let names: Vec<&str> = workspace.tenants.iter().map(|it| it.tenant.tenant.as_str()).collect();
    let failure = Failure::error(format!("there is no tenant `{name}`"));
    Err(match closest(name, names) {
        Some(near) => failure.help(format!("did you mean `{near}`?")),
        None => failure,
    })
}

/// For programs.
impl ShownLine {
    pub fn to_json(&self) -> serde_json::Value {
        let from: Vec<_> = self.from.iter().map(|at| json!({ "file": at.file, "line": at.line })).collect();
        json!({ "text": self.text, "from": from })
    }
}

struct Lines<'a> {
    tree: &'a Tree,
    done: Vec<ShownLine>,
}

impl Lines<'_> {
    /// An entry of a map that begins at `indent`; `lead` is what stands before it on its line.
    fn entry(&mut self, lead: &str, indent: usize, key: &Node, value: &Node) {
        let start = format!("{lead}{}:", scalar(key));
        match &value.value {
            Value::Scalar { .. } => self.push(format!("{start} {}", scalar(value)), &[value, key]),
            Value::Map(entries) if entries.is_empty() => self.push(format!("{start} {{}}"), &[value, key]),
            Value::Seq(items) if items.is_empty() => self.push(format!("{start} []"), &[value, key]),
            Value::Map(_) | Value::Seq(_) => {
                self.push(start, &[key]);
                self.block(indent + 2, value);
            }
        }
    }

    /// A map or a list on lines of its own.
    fn block(&mut self, indent: usize, node: &Node) {
        let space = " ".repeat(indent);
        for (key, value) in node.entries() {
            self.entry(&space, indent, key, value);
        }
        for item in node.items() {
            let dash = format!("{space}- ");
            match &item.value {
                Value::Scalar { .. } => self.push(format!("{dash}{}", scalar(item)), &[item]),
                Value::Map(entries) if entries.is_empty() => self.push(format!("{dash}{{}}"), &[item]),
                Value::Map(entries) => {
                    for (index, (key, value)) in entries.iter().enumerate() {
                        let lead = if index == 0 { dash.clone() } else { " ".repeat(indent + 2) };
                        self.entry(&lead, indent + 2, key, value);
                    }
                }
                // A list in a list; no file of ours has one.
                Value::Seq(_) => self.push(format!("{dash}[]"), &[item]),
            }
        }
    }

    /// A line that says these, the first of which it is mostly about.
    fn push(&mut self, text: String, nodes: &[&Node]) {
        let own = |node: &&Node| Place { also: None, ..self.tree.place(node.span) };
        let mut from: Vec<Place> = nodes.first().map(own).into_iter().collect();
        for given in nodes.iter().filter_map(|node| self.tree.given(node.span)) {
            if from.iter().all(|place| (&place.file, place.line) != (&given.file, given.line)) {
                from.push(given);
            }
        }
        self.done.push(ShownLine { text, from });
    }
}

/// A single value as it can stand in any file: what is bare stays so where every reader takes it alike.
fn scalar(node: &Node) -> String {
    let text = node.text();
    let is_number = text.parse::<u64>().is_ok_and(|number| number.to_string() == text);
    match &node.value {
        Value::Scalar { plain: true, .. } if is_number || matches!(text, "true" | "false") => text.to_owned(),
        _ => emit::scalar(&json!(text)),
    }
}
