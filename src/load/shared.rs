//! Schedules that every tenant can use. A tenant that names `shared/holidays` has a schedule `holidays` of its own with what
//! the shared one says; one that adds days to it has `use` in its schedule.

use super::{
    Tree,
    decode::decode,
    entries::Entries,
    files::Files,
    source::{Places, Source},
    sources::Sources,
    span::Span,
    template::{set_aside, shifted, too_many_values},
    tree::{Node, Value},
};
use crate::{
    file,
    finding::{Finding, Place},
    model::SharedFile,
    path::Segment,
    text::{as_key, closest, spelled},
};
use std::collections::{BTreeMap, BTreeSet};

/// What begins the name of a shared schedule where a tenant names it.
pub(super) const SHARED: &str = "shared/";
/// The word by which a schedule takes from shared ones.
pub(super) const USE: &str = "use";
const SCHEDULES: &str = "schedules";

/// The shared schedules of a workspace.
#[derive(Default)]
pub(super) struct Shared {
    /// Whether the workspace has any: only then `shared/…` is no name of a schedule.
    are_named: bool,
    schedules: BTreeMap<String, Schedule>,
    /// The files that are named.
    pub files: BTreeSet<String>,
    /// Something is wrong in one of the files, so that what is not there is no news.
    incomplete: bool,
}

struct Schedule {
    source: Source,
    key: Node,
    value: Node,
}

impl Shared {
    /// Reads the files that the patterns name. `tree` is the one of `dialform.yaml`.
    pub fn read(files: &Files, patterns: &[String], tree: &Tree, findings: &mut Vec<Finding>) -> Self {
        let mut shared = Self { are_named: !patterns.is_empty(), ..Self::default() };
        let before = findings.len();
        for (index, pattern) in patterns.iter().enumerate() {
            let at = || tree.place_of(&[Segment::key("shared"), Segment::Index(index)]);
            match files.matching(pattern) {
                Ok(found) if found.is_empty() => {
                    let finding = Finding::error("no-shared-files", format!("no file matches `{pattern}`"));
                    findings.push(finding.help("patterns are relative to dialform.yaml").at(at()));
                }
                Ok(found) => {
                    for name in found {
                        if shared.files.insert(name.clone()) {
                            shared.add(files, &name, &at(), findings);
                        }
                    }
                }
                Err(cause) => findings.push(Finding::explained("bad-value", cause).at(at())),
            }
        }
        shared.incomplete = findings.len() > before;
        shared
    }

    fn add(&mut self, files: &Files, name: &str, by: &Place, findings: &mut Vec<Finding>) {
        let bytes = match files.read(name, file::LARGEST) {
            Ok(bytes) => bytes,
            Err(why) => {
                let finding = Finding::error("unreadable-file", format!("cannot read `{name}`: {why}"));
                let help = "every file a pattern of `shared` matches has to be one of schedules: make it readable, or move it away";
                return findings.push(finding.help(help).at(by.clone()));
            }
        };
        let mut tree = match Tree::parse_bytes(name, &bytes) {
            Ok(tree) => tree,
            Err(found) => return findings.extend(found),
        };
        set_aside(tree.parts_mut().1);
        if let Some(finding) = too_many_values(&tree) {
            return findings.push(finding);
        }
        if decode::<SharedFile>(&tree, tree.root(), findings).is_none() {
            return;
        }
        for (key, value) in tree.root().get(SCHEDULES).into_iter().flat_map(Node::entries) {
            if let Some(other) = self.schedules.get(key.text()) {
                let finding = Finding::error(
                    "shared-twice",
                    format!("there is another shared schedule `{}`", key.text()),
                );
                let also = Some(Box::new(other.source.place(other.key.span)));
                let place = Place { also, ..tree.place(key.span) };
                findings.push(finding.help("give one of the two another name").at(place));
                continue;
            }
            let schedule = Schedule { source: tree.source().clone(), key: key.clone(), value: value.clone() };
            self.schedules.insert(key.text().to_owned(), schedule);
        }
    }

    /// A tenant's file with the shared schedules that it uses, and whether that is the whole of it.
    pub fn used_in(&self, tree: Tree, findings: &mut Vec<Finding>) -> (Tree, bool) {
        let (sources, mut root) = tree.into_parts();
        let mut work =
            Work { shared: self, sources, files: BTreeMap::new(), found: Vec::new(), is_unsure: false };
        if self.are_named {
            let own = root.get(SCHEDULES).into_iter().flat_map(Node::entries);
            let own: BTreeSet<String> = own.map(|(key, _)| key.text().to_owned()).collect();
            let mut cited = BTreeMap::new();
            cites(&mut root, &mut |node| work.cite(node, &own, &mut cited));
            work.bring_in(&mut root, cited);
        }
        work.take_from(&mut root);
        let whole = work.found.is_empty() && !work.is_unsure;
        findings.append(&mut work.found);
        (Tree::new(work.sources, root), whole)
    }
}

/// One tenant's file while shared schedules are put into it.
struct Work<'a> {
    shared: &'a Shared,
    sources: Sources,
    /// The files that are in by now.
    files: BTreeMap<String, u16>,
    found: Vec<Finding>,
    /// Something could not be looked up because of what is wrong elsewhere.
    is_unsure: bool,
}

impl Work<'_> {
    fn report(&mut self, code: &'static str, message: String, help: String, at: Place) {
        self.found.push(Finding::error(code, message).help(help).at(at));
    }

    /// The shared schedule that a text names; what is wrong with it is said.
    fn named(&mut self, node: &Node) -> Option<String> {
        let text = node.text();
        let Some(name) = text.strip_prefix(SHARED) else {
            let message = format!("`{text}` is no shared schedule");
            let help = format!("write `{SHARED}{text}`; the tenant's own schedules cannot be taken from");
            self.report("unknown-shared", message, help, self.sources.place(node.span));
            return None;
        };
        if self.shared.schedules.contains_key(name) {
            return Some(name.to_owned());
        }
        self.is_unsure = true;
        if self.shared.incomplete {
            return None;
        }
        let known: Vec<&str> = self.shared.schedules.keys().map(String::as_str).collect();
        let help = match closest(name, known.iter().copied()) {
            Some(near) => format!("did you mean `{SHARED}{near}`?"),
            None if !self.shared.are_named => {
                "name the files of shared schedules in `dialform.yaml`: `shared: [\"shared/*.yaml\"]`"
                    .to_owned()
            }
            None => {
                let known: Vec<String> = known.iter().map(|it| format!("`{SHARED}{it}`")).collect();
                format!("there are {}", known.join(", "))
            }
        };
        let message = format!("there is no shared schedule `{name}`");
        self.report("unknown-shared", message, help, self.sources.place(node.span));
        None
    }

    /// Turns the name of a shared schedule into that of the tenant's own.
    fn cite(&mut self, node: &mut Node, own: &BTreeSet<String>, cited: &mut BTreeMap<String, Span>) {
        if !node.text().starts_with(SHARED) {
            return;
        }
        if own.contains(node.text()) {
            let message =
                format!("`{}` is a schedule of this tenant, and the name of a shared one", node.text());
            let help = "give the tenant's another name; with `shared` in `dialform.yaml`, `shared/…` is one of those files";
            return self.report("unknown-shared", message, help.to_owned(), self.sources.place(node.span));
        }
        let Some(name) = self.named(node) else { return };
        if let Value::Scalar { text, .. } = &mut node.value {
            *text = name.as_str().into();
        }
        cited.entry(name).or_insert(node.span);
    }

    /// Declares what is cited, unless the tenant has it and takes from the shared one.
    fn bring_in(&mut self, root: &mut Node, cited: BTreeMap<String, Span>) {
        for (name, at) in cited {
            let own = root.get(SCHEDULES).and_then(|schedules| schedules.entry(&name));
            if let Some((key, value)) = own {
                let wanted = format!("{SHARED}{name}");
                let items = value.get(USE).map(Node::items).unwrap_or_default();
                if !items.iter().any(|item| item.text() == wanted) {
                    let message =
                        format!("`{wanted}` would be `{name}` here, and the tenant has another `{name}`");
                    let item = if as_key(&name) == name { wanted.clone() } else { spelled(&wanted) };
                    let help =
                        format!("let it take from the shared one, `use: [{item}]`, or give it another name");
                    let also = Some(Box::new(Place { also: None, ..self.sources.place(at) }));
                    let place = Place { also, ..self.sources.place(key.span) };
                    self.report("shared-and-own", message, help, place);
                }
                continue;
            }
            let by = self.own_span(at, root);
            let Some((key, value)) = self.copy(&name, by) else { continue };
            let Value::Map(sections) = &mut root.value else { continue };
            if sections.find(SCHEDULES, Node::text).is_none() {
                let mut all = sections.take();
                let word = Node::new(key.span, Value::Scalar { text: SCHEDULES.into(), plain: true });
                all.push((word, Node::new(key.span, Value::Map(Entries::default()))));
                *sections = all.into();
            }
            let section = sections.each_mut().iter_mut().find(|(key, _)| key.text() == SCHEDULES);
            if let Some((_, Node { value: Value::Map(schedules), .. })) = section {
                let mut all = schedules.take();
                all.push((key, value));
                *schedules = all.into();
            }
        }
    }

    /// The schedules that have `use` with what that names.
    fn take_from(&mut self, root: &mut Node) {
        let extends = root.get("extends").map(|it| it.span);
        let Some(section) = root.entry_mut(SCHEDULES) else { return };
        let Value::Map(schedules) = &mut section.value else { return };
        for (_, schedule) in schedules.each_mut() {
            let Value::Map(entries) = &mut schedule.value else { continue };
            if entries.find(USE, Node::text).is_none() {
                continue;
            }
            let mut rest = entries.take();
            let uses: Vec<Node> = {
                let (uses, others): (Vec<_>, Vec<_>) =
                    rest.into_iter().partition(|(key, _)| key.text() == USE);
                rest = others;
                uses.into_iter().map(|(_, value)| value).collect()
            };
            for list in uses {
                if !matches!(list.value, Value::Seq(_)) {
                    let message = format!("expected a list, found {}", list.kind_name());
                    let help = format!("write `use: [{SHARED}holidays]`");
                    self.report("wrong-type", message, help, self.sources.place(list.span));
                }
                for item in list.items() {
                    let Some(name) = self.named(item) else { continue };
                    let by = if self.sources.is_written(item.span) {
                        item.span
                    } else {
                        extends.unwrap_or_default()
                    };
                    let Some((_, shared)) = self.copy(&name, by) else { continue };
                    self.add_to(&mut rest, shared, &name);
                }
            }
            *entries = rest.into();
        }
    }

    /// Adds what a shared schedule says to one: days are added to days; what is said once is said by the tenant.
    fn add_to(&mut self, own: &mut Vec<(Node, Node)>, shared: Node, name: &str) {
        let Value::Map(shared) = shared.value else { return };
        for (key, value) in shared {
            let Some((own_key, own)) = own.iter_mut().find(|(own, _)| own.text() == key.text()) else {
                own.push((key, value));
                continue;
            };
            let groups = key.text() == "holidays";
            match (&mut own.value, value.value) {
                (Value::Seq(list), Value::Seq(more)) => {
                    let mut all = std::mem::take(list).into_vec();
                    all.extend(more);
                    *list = all.into();
                }
                (Value::Map(days), Value::Map(more)) if key.text() == "weekly" => {
                    let mut all = days.take();
                    let new: Vec<_> = more
                        .into_iter()
                        .filter(|(key, _)| all.iter().all(|(own, _)| own.text() != key.text()))
                        .collect();
                    all.extend(new);
                    *days = all.into();
                }
                // One group of holidays stands for a list of it.
                (_, more) if groups => {
                    let one_or_many = |span: Span, value: Value| match value {
                        Value::Seq(items) => items.into_vec(),
                        other => vec![Node::new(span, other)],
                    };
                    let before = std::mem::replace(&mut own.value, Value::Seq(Box::default()));
                    let mut all = one_or_many(own.span, before);
                    all.extend(one_or_many(value.span, more));
                    own.value = Value::Seq(all.into());
                }
                (Value::Map(_), Value::Map(_)) => {
                    let word = key.text().to_owned();
                    let message = format!("`{SHARED}{name}` has `{word}` as well, and a schedule has one");
                    let also = Some(Box::new(Place { also: None, ..self.sources.place(key.span) }));
                    let place = Place { also, ..self.sources.place(own_key.span) };
                    self.report(
                        "shared-and-own",
                        message,
                        format!("take `{word}` out of one of the two"),
                        place,
                    );
                }
                // The tenant wins.
                _ => {}
            }
        }
    }

    /// A shared schedule as a part of this tree.
    fn copy(&mut self, name: &str, by: Span) -> Option<(Node, Node)> {
        let Schedule { source, key, value } = self.shared.schedules.get(name)?;
        let file = match self.files.get(source.file()) {
            Some(file) => *file,
            None => {
                let file = u16::try_from(self.sources.count()).ok()?;
                self.sources.add(source.clone(), by);
                self.files.insert(source.file().to_owned(), file);
                file
            }
        };
        Some((shifted(key, file), shifted(value, file)))
    }

    /// What of the tenant's files brings something in: the place itself, or that of the template it stands in.
    fn own_span(&self, at: Span, root: &Node) -> Span {
        if self.sources.is_written(at) {
            at
        } else {
            root.get("extends").map(|it| it.span).unwrap_or_default()
        }
    }
}

/// Every place where a tenant names a schedule.
fn cites(root: &mut Node, found: &mut dyn FnMut(&mut Node)) {
    let values = |node: &mut Node, found: &mut dyn FnMut(&mut Node)| match &mut node.value {
        Value::Map(entries) => entries.each_mut().iter_mut().for_each(|(_, value)| found(value)),
        Value::Seq(items) => items.iter_mut().for_each(found),
        Value::Scalar { .. } => {}
    };
    let mut named = |node: &mut Node, word: &str| {
        node.entry_mut(word).into_iter().for_each(|value| {
            if value.is_scalar() {
                found(value)
            }
        });
    };
    if let Some(rules) = root.entry_mut("rules") {
        values(rules, &mut |rules| {
            if let Some(order) = rules.entry_mut("order") {
                values(order, &mut |rule| named(rule, "when"));
            }
        });
    }
    if let Some(receivers) = root.entry_mut("receivers") {
        values(receivers, &mut |receiver| named(receiver, "tagging_hours"));
    }
    if let Some(bulk) = root.entry_mut("bulk") {
        values(bulk, &mut |entry| named(entry, "schedule"));
    }
}
