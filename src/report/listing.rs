//! Every number, queue and extension, and where its calls go: a table that a person sorts and filters.

use super::{
    ends::{Ends, TITLES},
    pointers::is_said_by_rules,
    words,
};
use crate::{
    model::{Address, Kind, Resource},
    path::Path,
    plan::{Observed, Source},
};
use serde::Serialize;
use std::collections::{BTreeMap, BTreeSet};

/// The objects of one tenant, as they are declared or as they are live.
#[derive(Debug, Default)]
pub struct Objects {
    all: BTreeMap<Address, Resource>,
    /// Objects of which something is live that is not shown, or not understood.
    hidden: BTreeSet<Address>,
    /// Kinds of which nothing was read.
    unread: BTreeSet<Kind>,
}

/// What stands where something is live and nobody knows what.
const NOT_SHOWN: &str = "(not shown)";

impl Objects {
    pub fn declared(resources: impl Iterator<Item = (Address, Resource)>) -> Self {
        Self { all: resources.collect(), ..Self::default() }
    }

    /// What is live. `unobservable` are kinds that nobody can read.
    pub fn live(observed: &Observed, unobservable: &BTreeSet<Kind>) -> Self {
        let shown = observed.objects.iter().filter(|(it, _)| !is_said_by_rules(it, observed));
        let leads = |address: &Address, field: &Path| {
            let fields: &[&str] = match address.kind {
                Kind::Numbers => &["route"],
                Kind::Forwards => &["to", "active"],
                Kind::Rules => &["order"],
                Kind::Queues => &["agents", "failover", "unavailable", "no_answer"],
                Kind::Diverts => &["always", "on_call", "busy", "no_answer", "unreachable"],
                Kind::Schedules | Kind::Receivers => &[],
            };
            field.field().is_none_or(|field| fields.contains(&field))
        };
        let opaque =
            observed.opaque.iter().filter(|(it, fields)| fields.iter().any(|field| leads(it, field)));
        let strange =
            observed.unreadable.iter().filter(|(it, fields)| fields.keys().any(|field| leads(it, field)));
        let hidden = opaque.map(|(it, _)| it).chain(strange.map(|(it, _)| it));
        let mut unread = unobservable.clone();
        unread.extend(observed.unread_forwards.as_ref().map(|_| Kind::Forwards));
        Self {
            all: shown.map(|(address, it)| (address.clone(), it.clone())).collect(),
            hidden: hidden.cloned().collect(),
            unread,
        }
    }

    /// Kinds of which nothing is in the list.
    pub fn unread(&self) -> impl Iterator<Item = Kind> {
        self.unread.iter().copied()
    }

    /// What is said of an object, and whether that is all.
    fn said(&self, kind: Kind, key: &str, said: Option<String>) -> String {
        let is_hidden = self.is_hidden(kind, key);
        match (said, is_hidden) {
            (said, false) => said.unwrap_or_default(),
            (None, true) => NOT_SHOWN.to_owned(),
            (Some(said), true) => format!("{said} {NOT_SHOWN}"),
        }
    }

    /// Whether something of it is live that is not shown, or not understood.
    pub fn is_hidden(&self, kind: Kind, key: &str) -> bool {
        self.unread.contains(&kind) || self.hidden.contains(&Address::new(kind, key))
    }

    fn get(&self, kind: Kind, key: &str) -> Option<&Resource> {
        self.all.get(&Address::new(kind, key))
    }

    /// The keys of some kinds.
    fn keys(&self, kinds: &[Kind]) -> BTreeSet<String> {
        let own = self.all.iter().filter(|(it, _)| kinds.contains(&it.kind));
        let is_there =
            |(address, it): &(&Address, &Resource)| !it.is_vacant() || self.hidden.contains(*address);
        own.filter(is_there).map(|(it, _)| it.key.clone()).collect()
    }
}

/// One number, queue or extension.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Row {
    pub tenant: String,
    pub kind: &'static str,
    pub name: String,
    #[serde(skip_serializing_if = "String::is_empty")]
    pub label: String,
    /// Where its calls go; empty where nothing is said of that.
    pub goes_to: String,
    #[serde(skip_serializing_if = "String::is_empty")]
    pub emergency_forward: String,
    #[serde(skip_serializing_if = "str::is_empty")]
    pub forward_is: &'static str,
    /// Where it is declared.
    #[serde(flatten)]
    pub source: Option<Source>,
    /// Of a number: where its calls end.
    #[serde(flatten)]
    pub ends: Option<Ends>,
}

/// The columns of a table.
pub fn header() -> Cells<&'static str> {
    let first =
        ["tenant", "kind", "name", "label", "goes to", "emergency forward", "forward is", "file", "line"];
    joined(first, TITLES)
}

/// A row of a table.
pub type Cells<S> = [S; 17];

fn joined<S: Default>(first: [S; 9], ends: [S; 8]) -> Cells<S> {
    let mut all = first.into_iter().chain(ends);
    std::array::from_fn(|_| all.next().unwrap_or_default())
}

impl Row {
    pub fn cells(&self) -> Cells<String> {
        let Self { tenant, kind, name, label, goes_to, emergency_forward, forward_is, source, ends } = self;
        let (file, line) = match source {
            Some(Source { file, line, also: _ }) => (file.clone(), line.to_string()),
            None => Default::default(),
        };
        let first = [
            tenant.clone(),
            (*kind).to_owned(),
            name.clone(),
            label.clone(),
            goes_to.clone(),
            emergency_forward.clone(),
            (*forward_is).to_owned(),
            file,
            line,
        ];
        joined(first, ends.as_ref().map(Ends::cells).unwrap_or_default())
    }
}

/// The rows of one tenant. `source` says where an object is declared.
pub fn rows(tenant: &str, objects: &Objects, source: &dyn Fn(&Address) -> Option<Source>) -> Vec<Row> {
    let queue_name = |key: &str| match objects.get(Kind::Queues, key) {
        Some(Resource::Queue(queue)) => queue.name.clone(),
        _ => None,
    };
    let row = |kind: &'static str, name: String| Row {
        tenant: tenant.to_owned(),
        kind,
        name,
        label: String::new(),
        goes_to: String::new(),
        emergency_forward: String::new(),
        forward_is: "",
        source: None,
        ends: None,
    };
    let first = |kinds: &[Kind], key: &str| kinds.iter().find_map(|kind| source(&Address::new(*kind, key)));
    let mut all = Vec::new();
    for key in objects.keys(&[Kind::Numbers, Kind::Forwards]) {
        let mut row = row("number", key.clone());
        if let Some(Resource::Number(number)) = objects.get(Kind::Numbers, &key) {
            row.label = number.label.clone().unwrap_or_default();
            row.goes_to = objects.said(Kind::Numbers, &key, words::route(number, &queue_name));
        }
        row.emergency_forward = objects.said(Kind::Forwards, &key, None);
        if let Some(Resource::Forward(forward)) = objects.get(Kind::Forwards, &key) {
            let to = forward.to.as_ref().map(ToString::to_string);
            row.emergency_forward = objects.said(Kind::Forwards, &key, to);
            row.forward_is = if forward.is_vacant() { "" } else { words::state(forward) };
        }
        row.source = first(&[Kind::Numbers, Kind::Forwards], &key);
        all.push(row);
    }
    for key in objects.keys(&[Kind::Queues]) {
        let mut row = row("queue", key.clone());
        if let Some(Resource::Queue(queue)) = objects.get(Kind::Queues, &key) {
            row.label = queue.name.clone().unwrap_or_default();
            row.goes_to = objects.said(Kind::Queues, &key, words::queue(queue, &queue_name));
        }
        row.source = first(&[Kind::Queues], &key);
        all.push(row);
    }
    for key in objects.keys(&[Kind::Rules, Kind::Diverts]) {
        let rules = match objects.get(Kind::Rules, &key) {
            Some(Resource::Rules(rules)) => words::rules(rules, &queue_name),
            _ => None,
        };
        let diverts = match objects.get(Kind::Diverts, &key) {
            Some(Resource::Diverts(diverts)) => words::diverts(diverts, &queue_name),
            _ => None,
        };
        let rules = objects.said(Kind::Rules, &key, rules);
        let diverts = objects.said(Kind::Diverts, &key, diverts);
        let said: Vec<String> = [rules, diverts].into_iter().filter(|said| !said.is_empty()).collect();
        let source = first(&[Kind::Rules, Kind::Diverts], &key);
        all.push(Row { goes_to: said.join("; "), source, ..row("extension", key) });
    }
    all
}
