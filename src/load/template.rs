//! Templates: files whose objects a tenant has as well, read once for all tenants that extend them.

use super::{
    Tree,
    decode::decode_at,
    files::Files,
    forms::Forms,
    merge::Merge,
    span::Span,
    tree::{Node, Value},
    vars::{self, Declared, Values},
};
use crate::{
    file,
    finding::{Finding, Place},
    model::Var,
    path::{Path, Segment},
};
use std::collections::BTreeMap;

/// How many templates may extend one another.
const LONGEST_CHAIN: usize = 4;
/// Values of one file that others take from: each of them has a copy.
pub(super) const MOST_VALUES: usize = 50_000;
/// What begins the name of a key that is there for its anchor.
const ASIDE: &str = "x-";

const EXTENDS: &str = "extends";
const WITHOUT: &str = "without";
const VARS: &str = "vars";

/// The templates of a workspace that tenants extend, by the names of their files.
#[derive(Default)]
pub(super) struct Templates(BTreeMap<String, Result<Template, Fault>>);

struct Template {
    /// With what it extends itself, and without its variables.
    tree: Tree,
    vars: BTreeMap<String, Declared>,
    /// How many there are, with those that it extends.
    depth: usize,
}

/// How much of a tenant there is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Extent {
    /// Its own file, without the template: what is missing there is no news.
    Alone,
    /// All but what is at fault.
    Part,
    Whole,
}

/// Why there is none.
#[derive(Clone)]
enum Fault {
    /// The file cannot be read.
    Unreadable(String),
    /// What is wrong in it has been said.
    Said,
}

impl Templates {
    /// One that is about to be written. It extends no other.
    pub fn proposed(name: &str, text: &str) -> Result<Self, Vec<Finding>> {
        let mut findings = Vec::new();
        if text.len() as u64 > file::LARGEST {
            return Err(vec![unreadable(name, "it would be larger than files are read")]);
        }
        let mut tree = Tree::parse_bytes(name, text.as_bytes())?;
        set_aside(tree.parts_mut().1);
        if let Some(finding) = too_many_values(&tree) {
            return Err(vec![finding]);
        }
        match whole(tree, 1, &mut findings) {
            Ok(template) => Ok(Self(BTreeMap::from([(name.to_owned(), Ok(template))]))),
            Err(_) => Err(findings),
        }
    }

    /// A tenant's file with what its template has.
    pub fn extended(&self, mut tree: Tree, findings: &mut Vec<Finding>) -> (Tree, Extent) {
        set_aside(tree.parts_mut().1);
        let Some(extends) = extends(&tree, findings) else { return (tree, Extent::Alone) };
        let Some((extends, name)) = extends else {
            let mut extent = Extent::Whole;
            for word in [VARS, WITHOUT] {
                if let Some((key, _)) = tree.root().entry(word) {
                    let message = format!("`{word}` is about a template, and there is no `{EXTENDS}`");
                    let help = "name one: `extends: ../templates/small-office.yaml`, or take it out";
                    findings.push(Finding::error("no-template", message).help(help).at(tree.place(key.span)));
                    extent = Extent::Part;
                }
            }
            return (tree, extent);
        };
        match self.0.get(&name) {
            Some(Ok(Template { tree: template, vars, .. })) => laid(tree, template, vars, extends, findings),
            Some(Err(Fault::Unreadable(why))) => {
                findings.push(unreadable(&name, why).at(tree.place(extends)));
                (tree, Extent::Alone)
            }
            // Read before any tenant that extends it.
            Some(Err(Fault::Said)) | None => (tree, Extent::Alone),
        }
    }

    /// Reads the template that a file extends, unless it has been read.
    pub fn read_for(&mut self, files: &Files, tree: &Tree, findings: &mut Vec<Finding>) {
        if let Some(Some((by, name))) = extends(tree, &mut Vec::new()) {
            let mut chain = vec![tree.file().to_owned()];
            let mut found = Vec::new();
            self.read(files, &name, &tree.place(by), &mut chain, &mut found);
            findings.extend(found);
        }
    }

    /// `by` is where the tenant names it, `chain` the files that lead there.
    fn read(
        &mut self,
        files: &Files,
        name: &str,
        by: &Place,
        chain: &mut Vec<String>,
        findings: &mut Vec<Finding>,
    ) {
        if self.0.contains_key(name) {
            return;
        }
        let mut found = Vec::new();
        chain.push(name.to_owned());
        let read = self.template(files, name, by, chain, &mut found);
        chain.pop();
        // What is wrong in it is so for each that extends it, and said with the first.
        findings.extend(found.into_iter().map(|mut finding| {
            if let Some(place) = finding.place.as_mut().filter(|place| place.file != by.file) {
                place.also = Some(Box::new(by.clone()));
            }
            finding
        }));
        self.0.insert(name.to_owned(), read);
    }

    fn template(
        &mut self,
        files: &Files,
        name: &str,
        by: &Place,
        chain: &mut Vec<String>,
        findings: &mut Vec<Finding>,
    ) -> Result<Template, Fault> {
        let bytes = files.read(name, file::LARGEST).map_err(Fault::Unreadable)?;
        let said = |found: Vec<Finding>, findings: &mut Vec<Finding>| {
            findings.extend(found);
            Fault::Said
        };
        let mut tree = Tree::parse_bytes(name, &bytes).map_err(|found| said(found, findings))?;
        set_aside(tree.parts_mut().1);
        if let Some(finding) = too_many_values(&tree) {
            return Err(said(vec![finding], findings));
        }
        let mut depth = 1;
        if let Some((at, parent)) = extends(&tree, findings).ok_or(Fault::Said)? {
            let place = tree.place(at);
            if let Some(first) = chain.iter().position(|it| *it == parent) {
                let circle: Vec<String> =
                    chain[first..].iter().chain([&parent]).map(|it| format!("`{it}`")).collect();
                let finding =
                    Finding::error("template-cycle", format!("{} extend one another", circle.join(" -> ")));
                return Err(said(vec![finding.help("take one `extends` out").at(place)], findings));
            }
            let message = format!("more than {LONGEST_CHAIN} templates extend one another");
            let finding = Finding::error("too-deep", message).help("let one of them hold what several do");
            let too_deep = finding.at(place.clone());
            if chain.len() > LONGEST_CHAIN {
                return Err(said(vec![too_deep], findings));
            }
            self.read(files, &parent, by, chain, findings);
            match self.0.get(&parent) {
                Some(Ok(below)) if below.depth >= LONGEST_CHAIN => {
                    return Err(said(vec![too_deep], findings));
                }
                Some(Ok(below)) => {
                    depth += below.depth;
                    tree = inherit(tree, &below.tree, at, findings);
                }
                Some(Err(Fault::Unreadable(why))) => {
                    return Err(said(vec![unreadable(&parent, why).at(place)], findings));
                }
                Some(Err(Fault::Said)) | None => return Err(Fault::Said),
            }
        }
        whole(tree, depth, findings)
    }
}

/// A template of whose tree nothing is missing.
fn whole(tree: Tree, depth: usize, findings: &mut Vec<Finding>) -> Result<Template, Fault> {
    let vars = declared(&tree, findings);
    if findings.is_empty() {
        let mut objects = tree.root().clone();
        without_keys(&mut objects, &[EXTENDS, WITHOUT, VARS]);
        vars::unknown(&objects, &vars, tree.sources(), findings);
    }
    if findings.is_empty() { Ok(Template { tree, vars, depth }) } else { Err(Fault::Said) }
}

/// Where a file names what it extends, and the file that is, relative to the workspace. `None` if it is a wrong one.
fn extends(tree: &Tree, findings: &mut Vec<Finding>) -> Option<Option<(Span, String)>> {
    let Some(node) = tree.root().get(EXTENDS) else { return Some(None) };
    let text = node.text();
    let mut refuse = |message: String, help: &str| {
        findings.push(Finding::error("bad-extends", message).help(help).at(tree.place(node.span)));
        None
    };
    if !node.is_scalar() || text.trim().is_empty() || node.is_null() {
        return refuse(
            "`extends` names one file".to_owned(),
            "write `extends: ../templates/small-office.yaml`",
        );
    }
    let mut parts: Vec<&str> = tree.file().split('/').collect();
    parts.pop();
    let outside = "templates are files below the directory of `dialform.yaml`, named relative to the file that extends them";
    if text.starts_with('/') || text.contains('\\') {
        return refuse(format!("`{text}` is no path of a template"), outside);
    }
    for part in text.split('/') {
        match part {
            "" | "." => {}
            ".." if parts.pop().is_none() => {
                return refuse(format!("`{text}` points outside the workspace"), outside);
            }
            ".." => {}
            part => parts.push(part),
        }
    }
    let name = parts.join("/");
    if name == tree.file() {
        return refuse(format!("`{text}` is this file itself"), "name another one, or take `extends` out");
    }
    Some(Some((node.span, name)))
}

fn unreadable(name: &str, why: &str) -> Finding {
    let finding = Finding::error("unreadable-file", format!("cannot read the template `{name}`: {why}"));
    finding.help("it is looked for relative to this file")
}

/// Takes out what is there for its anchors only.
pub(super) fn set_aside(root: &mut Node) {
    if root.entries().iter().any(|(key, _)| key.text().starts_with(ASIDE))
        && let Value::Map(entries) = &mut root.value
    {
        let mut rest = entries.take();
        rest.retain(|(key, _)| !key.text().starts_with(ASIDE));
        *entries = rest.into();
    }
}

/// Each that takes from a file has a copy of it.
pub(super) fn too_many_values(tree: &Tree) -> Option<Finding> {
    fn count(node: &Node) -> usize {
        let entries: usize = node.entries().iter().map(|(_, value)| 1 + count(value)).sum();
        1 + entries + node.items().iter().map(count).sum::<usize>()
    }
    (count(tree.root()) > MOST_VALUES).then(|| {
        let message = format!("`{}` has more than {MOST_VALUES} values", tree.file());
        let help = "every tenant has a copy of it: keep in it what they share";
        Finding::error("too-large", message).help(help).at(tree.place(Span::default()))
    })
}

fn without_keys(root: &mut Node, keys: &[&str]) {
    if let Value::Map(entries) = &mut root.value {
        let mut rest = entries.take();
        rest.retain(|(key, _)| !keys.contains(&key.text()));
        *entries = rest.into();
    }
}

/// The variables of a template, each by itself so that all that is wrong is found.
fn declared(tree: &Tree, findings: &mut Vec<Finding>) -> BTreeMap<String, Declared> {
    let mut found = BTreeMap::new();
    let Some(vars) = tree.root().get(VARS) else { return found };
    if !matches!(vars.value, Value::Map(_)) {
        let finding = Finding::error("wrong-type", format!("expected a map, found {}", vars.kind_name()));
        findings.push(finding.help("write `vars: { main: { type: number } }`").at(tree.place(vars.span)));
    }
    for (key, value) in vars.entries() {
        let name = key.text();
        let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-');
        if name.is_empty() || !name.chars().all(plain) {
            let finding = Finding::error("bad-value", format!("`{name}` is no name of a variable"));
            let help = "a name has letters, digits, `_` and `-`";
            findings.push(finding.help(help).at(tree.place(key.span)));
            continue;
        }
        let path = [Segment::key(VARS), Segment::key(name)];
        let Some(var) = decode_at::<Var>(tree, &path, value, findings) else { continue };
        if let Some(fault) = var.fault() {
            findings.push(Finding::explained("bad-var", fault).at(tree.place(key.span)));
            continue;
        }
        let default = value.get("default").map(|default| default.span);
        found.insert(name.to_owned(), Declared { var, at: key.span, default });
    }
    found
}

/// A template over the one that it extends, variables and all.
fn inherit(own: Tree, below: &Tree, by: Span, findings: &mut Vec<Finding>) -> Tree {
    let (mut sources, root) = own.into_parts();
    let first = add(&mut sources, below, by);
    let mut below = shifted(below.root(), first);
    without_keys(&mut below, &[EXTENDS, WITHOUT]);
    let mut merge = Merge { sources: &sources, findings };
    if let Some(without) = root.get(WITHOUT) {
        merge.leave_out(without, &mut below);
    }
    let root = merge.over(root, below, &Forms::tenant(), &Path::default());
    Tree::new(sources, root)
}

/// A tenant's file over its template.
fn laid(
    own: Tree,
    template: &Tree,
    vars: &BTreeMap<String, Declared>,
    by: Span,
    findings: &mut Vec<Finding>,
) -> (Tree, Extent) {
    let mut found = Vec::new();
    let (mut sources, root) = own.into_parts();
    let first = add(&mut sources, template, by);
    let mut below = shifted(template.root(), first);
    without_keys(&mut below, &[EXTENDS, WITHOUT, VARS]);
    let values = Values::of(&root, vars, &sources, first, by, &mut found);
    values.put(&mut below, &mut sources, &mut found);
    let mut merge = Merge { sources: &sources, findings: &mut found };
    if let Some(without) = root.get(WITHOUT) {
        merge.leave_out(without, &mut below);
    }
    let incomplete = below.incomplete;
    let mut root = merge.over(root, below, &Forms::tenant(), &Path::default());
    root.incomplete |= incomplete;
    let whole = found.is_empty() && !values.are_incomplete();
    findings.extend(found);
    (Tree::new(sources, root), if whole { Extent::Whole } else { Extent::Part })
}

/// Takes the files of another tree in; the number by which its spans are higher from now on.
fn add(sources: &mut super::sources::Sources, below: &Tree, by: Span) -> u16 {
    let first = sources.count();
    below.sources().each().for_each(|source| sources.add(source.clone(), by));
    u16::try_from(first).unwrap_or(u16::MAX)
}

/// A copy of a value whose files are so many further on.
pub(super) fn shifted(node: &Node, by: u16) -> Node {
    let value = match &node.value {
        Value::Scalar { text, plain } => Value::Scalar { text: text.clone(), plain: *plain },
        Value::Seq(items) => Value::Seq(items.iter().map(|item| shifted(item, by)).collect()),
        Value::Map(entries) => {
            Value::Map(entries.iter().map(|(key, value)| (shifted(key, by), shifted(value, by))).collect())
        }
    };
    let span = node.span.of_file(node.span.file().saturating_add(by));
    Node { span, value, incomplete: node.incomplete }
}
