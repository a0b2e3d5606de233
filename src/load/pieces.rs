//! A tenant of several files: its main file, which says whose account it is, and others that have sections alone.

use super::{
    Tree,
    source::{Places, Source},
    sources::Sources,
    template::{set_aside, shifted},
    tree::{Node, Value},
};
use crate::{
    finding::{Finding, Place},
    model::Kind,
    text::closest,
};
use std::collections::BTreeMap;

pub(super) const TENANT: &str = "tenant";
const BULK: &str = "bulk";
/// One of these makes a file a main one.
const MAIN: [&str; 3] = ["provider", "account", "extends"];
/// What is said of a tenant once.
const HEAD: [&str; 7] = ["vars", "without", "labels", "time_zone", "country", "exhaustive", "absent"];

/// What comes of the files of tenants.
#[derive(Default)]
pub(super) struct Joined {
    /// Each tenant's own files as one tree, and whether that is all of it.
    pub tenants: Vec<(Tree, bool)>,
    /// Files that add to a tenant which has no main one.
    pub alone: Vec<String>,
}

/// The name of the tenant to whose main file this one adds, if it is no main file itself.
pub(super) fn adds_to(root: &Node) -> Option<&str> {
    let tenant = root.get(TENANT).filter(|it| it.is_scalar() && !it.is_null())?;
    MAIN.iter().all(|word| root.get(word).is_none()).then(|| tenant.text())
}

/// Puts the files of each tenant together. `all`: there is no other that could not be read. `others`: the names of tenants whose
/// files are not among these.
pub(super) fn joined(trees: Vec<Tree>, all: bool, others: &[&str], findings: &mut Vec<Finding>) -> Joined {
    let mut joined = Joined::default();
    let mut pieces: BTreeMap<String, Vec<Tree>> = BTreeMap::new();
    let mut mains = Vec::new();
    for tree in trees {
        match adds_to(tree.root()).map(str::to_owned) {
            Some(tenant) => pieces.entry(tenant).or_default().push(tree),
            None => mains.push(tree),
        }
    }
    let name = |main: &Tree| main.root().get(TENANT).map(|it| it.text().to_owned()).unwrap_or_default();
    let names: Vec<String> = mains.iter().map(name).collect();
    for (main, name) in mains.into_iter().zip(&names) {
        // Of two main files of one tenant the first has them; that there are two is said elsewhere.
        let added = pieces.remove(name).unwrap_or_default();
        joined.tenants.push(if added.is_empty() { (main, true) } else { join(main, added, findings) });
    }
    for (tenant, trees) in pieces {
        let Some(first) = trees.first() else { continue };
        if all {
            let message = format!("no file has `provider` and `account` of tenant `{tenant}`");
            let near = closest(&tenant, names.iter().map(String::as_str).chain(others.iter().copied()));
            let near = near.map(|near| format!("; did you mean `tenant: {near}`?")).unwrap_or_default();
            let help = format!(
                "one file of a tenant has both of them (or `extends`), and the others `tenant` and sections: add them \
                 here, or to a file beside this one{near}"
            );
            let at = first.root().get(TENANT).map(|it| first.place(it.span));
            let finding = Finding::error("no-main-file", message).help(help);
            findings.push(match at {
                Some(at) => finding.at(at),
                None => finding,
            });
        }
        joined.alone.extend(trees.iter().map(|tree| tree.file().to_owned()));
    }
    joined
}

/// The main file of a tenant with what the others add to it.
fn join(main: Tree, pieces: Vec<Tree>, findings: &mut Vec<Finding>) -> (Tree, bool) {
    let (sources, root) = main.into_parts();
    let span = root.span;
    let mut incomplete = root.incomplete;
    let Value::Map(mut entries) = root.value else { return (Tree::new(sources, root), true) };
    let mut work = Work { sources, root: entries.take(), findings: Vec::new() };
    for piece in pieces {
        let at = u16::try_from(work.sources.count()).unwrap_or(u16::MAX);
        let (own, mut node) = piece.into_parts();
        set_aside(&mut node);
        work.sources.add_piece(own.own().clone());
        incomplete |= node.incomplete;
        let node = shifted(&node, at);
        let Value::Map(mut entries) = node.value else { continue };
        for (key, value) in entries.take() {
            if key.text() != TENANT {
                work.add(key, value);
            }
        }
    }
    let Work { sources, root, findings: found } = work;
    let whole = found.is_empty();
    findings.extend(found);
    let root = Node { span, value: Value::Map(root.into()), incomplete: incomplete || !whole };
    (Tree::new(sources, root), whole)
}

struct Work {
    sources: Sources,
    root: Vec<(Node, Node)>,
    findings: Vec<Finding>,
}

impl Work {
    fn add(&mut self, key: Node, value: Node) {
        let word = key.text().to_owned();
        let place = |sources: &Sources, node: &Node, other: &Node| {
            let also = Some(Box::new(sources.place(other.span)));
            Place { also, ..sources.place(node.span) }
        };
        if HEAD.contains(&word.as_str()) {
            let tenant = self.root.iter().find(|(key, _)| key.text() == TENANT).map(|(key, _)| key);
            let at = place(&self.sources, &key, tenant.unwrap_or(&key));
            let message = format!("`{word}` is said in the main file of a tenant");
            let help = format!(
                "move it to `{}`; this file has sections of objects alone",
                self.sources.own().file()
            );
            return self.findings.push(Finding::error("not-in-main-file", message).help(help).at(at));
        }
        let Some((first, into)) = self.root.iter_mut().find(|(it, _)| it.text() == word) else {
            // A key that nobody knows is refused when it is decoded.
            return self.root.push((key, value));
        };
        let is_section = Kind::ALL.into_iter().any(|kind| kind.section() == word);
        match (&mut into.value, value.value) {
            (Value::Map(entries), Value::Map(mut more)) if is_section => {
                let mut all = entries.take();
                let places: std::collections::HashMap<String, usize> =
                    all.iter().enumerate().map(|(at, (key, _))| (key.text().to_owned(), at)).collect();
                for (key, value) in more.take() {
                    match places.get(key.text()) {
                        None => all.push((key, value)),
                        Some(at) => {
                            let at = place(&self.sources, &key, &all[*at].0);
                            let message = format!("`{word}.{}` is declared in another file too", key.text());
                            let help = "take it out of one of the two";
                            self.findings.push(Finding::error("object-twice", message).help(help).at(at));
                        }
                    }
                }
                *entries = all.into();
                into.incomplete |= value.incomplete;
            }
            _ => {
                let at = place(&self.sources, &key, first);
                let (message, help) = match word == BULK {
                    true => (
                        format!("`{BULK}` stands in two files, and its order means something"),
                        "put all of it into one of them".to_owned(),
                    ),
                    false => (
                        format!("`{word}` stands in two files, and is not a map in both"),
                        "write each entry on a line of its own below it".to_owned(),
                    ),
                };
                self.findings.push(Finding::error("section-twice", message).help(help).at(at));
            }
        }
    }
}

impl Tree {
    /// The files that a tenant's tree is written in: its main file first, then those that add to it.
    pub(super) fn written_in(&self) -> impl Iterator<Item = &Source> {
        self.sources().written()
    }
}
