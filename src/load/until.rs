//! The `until` of objects and rules: taken out of a tenant's tree before it is decoded, with what an instant leaves of it.

use super::{
    Tree,
    tree::{Node, Value},
};
use crate::{
    finding::{Finding, Place},
    model::{AT, Address, E164, Kind, Local, THEN, UNTIL, Until},
    path::{Path, Segment},
    text::closest,
};
use jiff::{Timestamp, tz::TimeZone, tz::TimeZoneDatabase};
use std::collections::BTreeMap;

/// What of a tenant changes by itself, each with the place of its `until`.
#[derive(Debug, Clone, Default)]
pub(super) struct Untils {
    pub all: Vec<(Until, Place)>,
    /// Whether there is none, not even one that is wrong.
    none: bool,
}

const FORM: &str = "write `until: { at: 2027-01-16T18:00, then: { … } }`";
const HOLDERS: &str =
    "a divert, an emergency forward and a rule may have one: `diverts`, `forwards`, `rules`";

const OF_BULK: &str = "end it with `enabled: false` when the day has come; a rule that an extension declares in `rules` may have one";
const BULK: &str = "bulk";

fn may_have(kind: Kind) -> bool {
    match kind {
        Kind::Rules | Kind::Diverts | Kind::Forwards => true,
        Kind::Schedules | Kind::Receivers | Kind::Queues | Kind::Numbers => false,
    }
}

/// Whether what is at a path may have an `until`.
pub(super) fn may_stand_in(path: &Path) -> bool {
    match path.iter().as_slice() {
        [section, _] => {
            Kind::ALL.into_iter().any(|kind| may_have(kind) && section.as_key() == Some(kind.section()))
        }
        [section, _, list, Segment::Index(_)] => {
            section.as_key() == Some(Kind::Rules.section()) && list.as_key() == Some(ORDER)
        }
        _ => false,
    }
}

impl Untils {
    /// Those of a tree, and what is wrong with them.
    pub fn find(tree: &Tree, findings: &mut Vec<Finding>) -> Self {
        let mut found = Finder { tree, zone: Zone::of(tree), all: Vec::new(), none: true, findings };
        for kind in Kind::ALL {
            let objects = tree.root().get(kind.section()).map(Node::entries).unwrap_or_default();
            for (key, object) in objects {
                found.object(kind, key, object);
            }
        }
        // An entry of it is about objects that only the account knows.
        for entry in tree.root().get(BULK).map(Node::items).unwrap_or_default() {
            let Some((word, _)) = entry.entry(UNTIL) else { continue };
            found.none = false;
            found.wrong("unknown-key", word, format!("`{UNTIL}` cannot stand in `{BULK}`"), OF_BULK);
        }
        Self { all: found.all, none: found.none }
    }

    /// The tree as it is at an instant: without any `until`, and with what follows where it has passed.
    pub fn at(&self, tree: &Tree, at: Timestamp) -> Tree {
        let mut tree = tree.clone();
        if self.none {
            return tree;
        }
        let passed: BTreeMap<&Path, bool> =
            self.all.iter().map(|(until, _)| (&until.holder, until.has_passed(at))).collect();
        let root = tree.parts_mut().1;
        if let Some(Value::Seq(entries)) = root.entry_mut(BULK).map(|it| &mut it.value) {
            entries.iter_mut().for_each(|entry| settle(entry, false));
        }
        for kind in Kind::ALL {
            let Some(section) = root.entry_mut(kind.section()) else { continue };
            each_entry(section, |key, object| {
                let holder = Path::from([kind.section(), key]);
                settle(object, passed.get(&holder) == Some(&true));
                let order = object.entry_mut(ORDER).filter(|_| kind == Kind::Rules);
                if let Some(Value::Seq(rules)) = order.map(|it| &mut it.value) {
                    for (index, rule) in rules.iter_mut().enumerate() {
                        settle(rule, passed.get(&holder.join(ORDER).join(index)) == Some(&true));
                    }
                }
            });
        }
        tree
    }

    /// The tree at an instant, and the one that is written where that is another.
    pub fn split(&self, tree: Tree, at: Timestamp) -> (Tree, Option<Box<Tree>>) {
        match self.none {
            true => (tree, None),
            false => (self.at(&tree, at), Some(Box::new(tree))),
        }
    }

    /// Instants that, with the one that is asked for, show each `until` before and after it has passed.
    pub fn others(&self, at: Timestamp) -> Vec<Timestamp> {
        let some = |passed: bool| self.all.iter().any(|(until, _)| until.has_passed(at) == passed);
        let before = some(true).then_some(Timestamp::MIN);
        before.into_iter().chain(some(false).then_some(Timestamp::MAX)).collect()
    }
}

const ORDER: &str = "order";
const ZONE: &str = "time_zone";

fn each_entry(section: &mut Node, mut change: impl FnMut(&str, &mut Node)) {
    if let Value::Map(entries) = &mut section.value {
        for (key, value) in entries.each_mut() {
            change(key.text(), value);
        }
    }
}

/// Takes the `until` out of what has it, and puts what follows in the place of the fields that it names.
fn settle(holder: &mut Node, passed: bool) {
    if holder.get(UNTIL).is_none() {
        return;
    }
    let Value::Map(entries) = &mut holder.value else { return };
    let mut own = entries.take();
    let until = own.iter().position(|(key, _)| key.text() == UNTIL).map(|at| own.remove(at));
    let then = until.as_ref().filter(|_| passed).and_then(|(_, until)| until.get(THEN));
    for (key, value) in then.map(Node::entries).unwrap_or_default() {
        match own.iter_mut().find(|(it, _)| it.text() == key.text()) {
            Some(entry) => *entry = (key.clone(), value.clone()),
            None => own.push((key.clone(), value.clone())),
        }
    }
    *entries = own.into();
}

/// The zone in which the times of a file are meant.
enum Zone {
    None,
    /// It names one that there is not, or under a key that there is not: that is found elsewhere.
    Unknown,
    Known(String, TimeZone),
}

impl Zone {
    fn of(tree: &Tree) -> Self {
        let Some(name) = tree.root().get(ZONE).map(Node::text) else {
            let is_slip = |(key, _): &(Node, Node)| closest(key.text(), [ZONE]).is_some();
            return if tree.root().entries().iter().any(is_slip) { Self::Unknown } else { Self::None };
        };
        match TimeZoneDatabase::bundled().get(name) {
            Ok(zone) => Self::Known(name.to_owned(), zone),
            Err(_) => Self::Unknown,
        }
    }
}

struct Finder<'a> {
    tree: &'a Tree,
    zone: Zone,
    all: Vec<(Until, Place)>,
    none: bool,
    findings: &'a mut Vec<Finding>,
}

impl Finder<'_> {
    fn object(&mut self, kind: Kind, key: &Node, object: &Node) {
        let own = object.entry(UNTIL);
        let rules = object.get(ORDER).filter(|_| kind == Kind::Rules).map(Node::items).unwrap_or_default();
        // Most objects have none, and need no names here.
        if own.is_none() && rules.iter().all(|rule| rule.entry(UNTIL).is_none()) {
            return;
        }
        let name = key.text().parse().map_or_else(|_| key.text().to_owned(), |it: E164| it.to_string());
        let address = Address::new(kind, name);
        let holder = Path::from([kind.section(), key.text()]);
        if let Some((word, until)) = own {
            self.none = false;
            if may_have(kind) {
                self.until(&address, holder.clone(), word, until, &|fields| fields);
            } else {
                let message = format!("`{UNTIL}` cannot stand in `{}`", kind.section());
                self.wrong("unknown-key", word, message, HOLDERS);
            }
        }
        for (index, rule) in rules.iter().enumerate() {
            let Some((word, until)) = rule.entry(UNTIL) else { continue };
            self.none = false;
            if own.is_some() {
                let help =
                    "keep that of the rule, or write what all of them are to be under `then` of the other";
                let message = format!("`{holder}` has an `{UNTIL}` already");
                self.wrong("until-twice", word, message, help);
                continue;
            }
            let holder = holder.join(ORDER).join(index);
            self.until(&address, holder, word, until, &|_| vec![ORDER.to_owned()]);
        }
    }

    fn wrong(&mut self, code: &'static str, at: &Node, message: String, help: &str) {
        self.findings.push(Finding::error(code, message).help(help).at(self.tree.place(at.span)));
    }

    /// `changed` says which fields of the object the fields of `then` are.
    fn until(
        &mut self,
        address: &Address,
        holder: Path,
        word: &Node,
        until: &Node,
        changed: &dyn Fn(Vec<String>) -> Vec<String>,
    ) {
        let before = self.findings.len();
        let Value::Map(entries) = &until.value else {
            let message = match until.is_null() {
                true => format!("`{UNTIL}` has no value"),
                false => format!("expected a map, found {}", until.kind_name()),
            };
            return self.wrong("wrong-type", word, message, FORM);
        };
        for (key, _) in entries.iter().filter(|(key, _)| ![AT, THEN].contains(&key.text())) {
            let message = format!("unknown key `{}` in `{holder}.{UNTIL}`", key.text());
            self.wrong("unknown-key", key, message, "expected one of `at`, `then`");
        }
        for missing in [AT, THEN].into_iter().filter(|key| until.get(key).is_none()) {
            self.wrong("missing-key", word, format!("missing key `{missing}` in `{holder}.{UNTIL}`"), FORM);
        }
        let then = until.get(THEN);
        let fields = then.map(Node::entries).unwrap_or_default();
        if let Some(then) = then
            && fields.is_empty()
        {
            let help = "name what is another from then on, e.g. `then: { active: false }`; to have it stay as it is, take `until` out";
            self.wrong("bad-value", then, format!("`{THEN}` says nothing"), help);
        }
        for (key, _) in fields {
            let help = match key.text() {
                UNTIL => "there is one change at a time: write the next one when this one is in place",
                "when" => {
                    "a rule is known by its `when`: end it with `then: { enabled: false }`, and let another one follow"
                }
                "protect" => {
                    "it is about the object as it is in git: take it out there, in a change of its own"
                }
                _ => continue,
            };
            self.wrong("bad-value", key, format!("`{}` cannot stand under `{THEN}`", key.text()), help);
        }
        let zone = match &self.zone {
            Zone::Known(_, zone) => Some(zone),
            Zone::None | Zone::Unknown => None,
        };
        let read = until.get(AT).map(|at| (at, Local::read(at.text(), zone)));
        if let Some((at, Err(why))) = &read {
            let finding = Finding::explained("bad-value", why.clone());
            self.findings.push(finding.at(self.tree.place(at.span)));
        }
        if let (Zone::None, Some((at, Ok(local)))) = (&self.zone, &read) {
            let message = format!("in which zone `{local}` is meant is not known");
            let help = "write the tenant's zone at the top of its file: `time_zone: America/Chicago`";
            self.wrong("no-time-zone", at, message, help);
        }
        if self.findings.len() > before {
            return;
        }
        let (Some((_, Ok(at))), Zone::Known(name, zone)) = (read, &self.zone) else { return };
        let Some((instant, clock)) = at.in_zone(zone) else { return };
        let names = fields.iter().map(|(key, _)| key.text().to_owned()).collect();
        let then = fields.iter().map(entry).collect::<Vec<_>>().join(", ");
        let (address, zone) = (address.clone(), name.clone());
        let until = Until { address, holder, at, zone, instant, clock, fields: changed(names), then };
        self.all.push((until, self.tree.place(word.span)));
    }
}

/// An entry as it can be written on one line.
fn entry((key, value): &(Node, Node)) -> String {
    format!("{}: {}", key.text(), on_one_line(value))
}

fn on_one_line(node: &Node) -> String {
    match &node.value {
        Value::Scalar { text, plain: true } => text.to_string(),
        Value::Scalar { text, .. } => format!("\"{text}\""),
        Value::Seq(items) => {
            format!("[{}]", items.iter().map(on_one_line).collect::<Vec<_>>().join(", "))
        }
        Value::Map(entries) if entries.is_empty() => "{}".to_owned(),
        Value::Map(entries) => {
            format!("{{ {} }}", entries.iter().map(entry).collect::<Vec<_>>().join(", "))
        }
    }
}
