//! The entries of `providers`. Each is read as its kind says; which kinds there are is known elsewhere.

use super::{
    decode::decode_at,
    hints::{Anything, Hints},
    showable::{Expected, PROVIDERS},
    tree::{Node, Tree, Value},
};
use crate::{
    finding::{Finding, Place},
    model::{Means, WorkspaceFile},
    path::Segment,
    text::closest,
};
use schemars::{Schema, SchemaGenerator, generate::SchemaSettings};
use serde::de::DeserializeOwned;
use std::collections::BTreeMap;

const KIND: &str = "kind";

/// The kinds of provider there are.
pub trait Kinds: Sync {
    /// What an entry is read as.
    type Entry;

    /// Reads an entry. `None` where it cannot be used, which is a finding, or where there is no such kind.
    fn read(&self, kind: &str, entry: &Entry<'_>, findings: &mut Vec<Finding>) -> Option<Self::Entry>;

    /// What help may name in a tenant on a system of this kind.
    fn hints(&self, _kind: &str) -> &dyn Hints {
        &Anything
    }

    /// What the tokens of a tenant on a system of this kind mean.
    fn means(&self, _kind: &str) -> Option<Means> {
        None
    }

    /// The schema of an entry of each kind.
    fn schemas(&self, generator: &mut SchemaGenerator) -> Vec<(&'static str, Schema)>;
}

/// One entry of `providers`, without its kind.
pub struct Entry<'a> {
    tree: &'a Tree,
    path: Vec<Segment>,
    node: Node,
}

impl Entry<'_> {
    /// The entry as a value of this type.
    pub fn decode<T: DeserializeOwned>(&self, findings: &mut Vec<Finding>) -> Option<T> {
        decode_at(self.tree, &self.path, &self.node, findings)
    }

    /// Where the key at a path inside the entry stands; of the entry itself, its name.
    pub fn place_of_key(&self, path: &[Segment]) -> Place {
        self.tree.place_of_key(&[&self.path, path].concat())
    }
}

/// Reads the entry of each provider.
pub(super) fn read_all<K: Kinds>(
    kinds: &K,
    tree: &Tree,
    findings: &mut Vec<Finding>,
) -> BTreeMap<String, K::Entry> {
    let entries = tree.root().get(PROVIDERS).map(Node::entries).unwrap_or_default();
    let mut found = BTreeMap::new();
    for (name, node) in entries {
        if !is_name(name.text()) {
            let help = "letters, digits, `-`, `_` and `.`: `stratus-dallas`";
            let finding = Finding::error("bad-value", format!("`{}` is no name for a provider", name.text()));
            findings.push(finding.help(help).at(tree.place(name.span)));
            continue;
        }
        let Some(kind) = node.get(KIND).filter(|kind| kind.is_scalar() && !kind.is_null()) else { continue };
        let others = node.entries().iter().filter(|(key, _)| key.text() != KIND).cloned().collect();
        let path = vec![Segment::key(PROVIDERS), Segment::key(name.text())];
        let entry = Entry { tree, path, node: Node::new(node.span, Value::Map(others)) };
        if let Some(read) = kinds.read(kind.text(), &entry, findings) {
            found.insert(name.text().to_owned(), read);
        }
    }
    found
}

/// Whether this may name a provider: files are called so.
fn is_name(name: &str) -> bool {
    let plain = |c: char| c.is_alphanumeric() || matches!(c, '-' | '_' | '.' | ' ');
    name.starts_with(char::is_alphanumeric) && name.len() <= 100 && name.chars().all(plain)
}

/// The file with no more of each provider than its kind, which is what [`WorkspaceFile`] reads.
pub(super) fn without_settings(root: &Node) -> Node {
    let mut root = root.clone();
    let Value::Map(entries) = &mut root.value else { return root };
    let providers = entries.each_mut().iter_mut().filter(|(key, _)| key.text() == PROVIDERS);
    for entry in providers.filter_map(|(_, node)| match &mut node.value {
        Value::Map(entries) => Some(entries),
        Value::Scalar { .. } | Value::Seq(_) => None,
    }) {
        for (_, node) in entry.each_mut() {
            if let Value::Map(settings) = &mut node.value {
                let has_kind = settings.iter().any(|(key, _)| key.text() == KIND);
                // Without `kind`, point at a key that looks like a misspelt one.
                let is_kind = |key: &str| if has_kind { key == KIND } else { closest(key, [KIND]).is_some() };
                let mut rest = settings.take();
                rest.retain(|(key, _)| is_kind(key.text()));
                *settings = rest.into();
            }
        }
    }
    root
}

/// What the file may hold, by the types it is read as.
pub(super) fn expected<K: Kinds>(kinds: &K) -> Expected {
    let generator = || SchemaSettings::draft07().with(|it| it.inline_subschemas = true).into_generator();
    let schemas = kinds.schemas(&mut generator());
    Expected {
        root: generator().into_root_schema_for::<WorkspaceFile>().to_value(),
        kinds: schemas.into_iter().map(|(kind, schema)| (kind, schema.to_value())).collect(),
    }
}
