//! Two tenants, field by field: how the second differs from the first.

use crate::{
    diff::{FieldChange, diff, nothing_like},
    model::{Address, Resource, Tenant},
    path::Path,
    plan::{Action, Desired, Source},
};
use serde::Serialize;
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};

/// How the second tenant differs from the first.
#[derive(Debug, Serialize)]
pub struct Comparison {
    pub first: String,
    pub second: String,
    /// What the tenants say of themselves.
    pub settings: Vec<FieldChange>,
    pub objects: Vec<Difference>,
    /// How many objects both have alike.
    pub alike: usize,
}

/// An object that only one of them has, or that differs.
#[derive(Debug, Serialize)]
pub struct Difference {
    pub address: Address,
    /// What makes the first like the second.
    pub action: Action,
    pub changes: Vec<FieldChange>,
    /// Where the first declares it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub first: Option<Source>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub second: Option<Source>,
}

impl Comparison {
    pub fn is_empty(&self) -> bool {
        self.settings.is_empty() && self.objects.is_empty()
    }

    pub fn count(&self, action: Action) -> usize {
        self.objects.iter().filter(|it| it.action == action).count()
    }
}

/// A tenant and what it declares, in the form its provider reports it.
pub type Declared<'a> = (&'a Tenant, &'a BTreeMap<Address, Desired>);

/// Compares what two tenants declare. Objects of the same address are the same object.
pub fn compare((first, one): Declared<'_>, (second, other): Declared<'_>) -> Comparison {
    let addresses: BTreeSet<&Address> = one.keys().chain(other.keys()).collect();
    let (mut objects, mut alike) = (Vec::new(), 0);
    for address in addresses {
        let (before, after) = (one.get(address), other.get(address));
        let (action, changes) = match (before, after) {
            (Some(before), Some(after)) => (Action::Update, both_ways(&before.resource, &after.resource)),
            (None, Some(after)) => (Action::Create, diff(&after.resource, &nothing_like(&after.resource))),
            (Some(before), None) => (Action::Delete, vec![whole(&before.resource)]),
            (None, None) => continue,
        };
        if action == Action::Update && changes.is_empty() {
            alike += 1;
            continue;
        }
        let source = |it: Option<&Desired>| it.and_then(|it| it.source.clone());
        let (first, second) = (source(before), source(after));
        objects.push(Difference { address: address.clone(), action, changes, first, second });
    }
    Comparison {
        first: first.tenant.clone(),
        second: second.tenant.clone(),
        settings: settings(first, second),
        objects,
        alike,
    }
}

fn whole(resource: &Resource) -> FieldChange {
    let old = serde_json::to_value(resource).unwrap_or_default();
    FieldChange { path: Path::default(), old: Some(old), new: None }
}

/// What the second says otherwise, and what only the first says.
fn both_ways(before: &Resource, after: &Resource) -> Vec<FieldChange> {
    let mut changes = diff(after, before);
    let back = diff(before, after).into_iter();
    for change in back.map(|FieldChange { path, old, new }| FieldChange { path, old: new, new: old }) {
        let is_said = |it: &FieldChange| is_whole(it) && change.path.is_inside(&it.path);
        match changes.iter().position(|it| it.path == change.path) {
            // An `order` without a Default rule does not count that of the other.
            Some(same) if length(&change) > length(&changes[same]) => changes[same] = change,
            Some(_) => {}
            None if changes.iter().any(is_said) => {}
            None => changes.push(change),
        }
    }
    changes
}

/// How many elements a change is about.
fn length(change: &FieldChange) -> usize {
    let values = [&change.old, &change.new].into_iter().flatten();
    values.filter_map(Value::as_array).map(Vec::len).sum()
}

/// Whether a change says everything below its path: of an `order` it says the sequence alone.
fn is_whole(change: &FieldChange) -> bool {
    change.path != Path::from(["order"])
}

/// What tenants say beside their objects. What tells them from each other is no difference.
fn settings(first: &Tenant, second: &Tenant) -> Vec<FieldChange> {
    let said = |it: &Tenant| -> Vec<(&'static str, Value)> {
        let Tenant {
            tenant: _,
            provider,
            account: _,
            time_zone,
            country,
            extends: _,
            vars: _,
            without: _,
            labels,
            schedules: _,
            receivers: _,
            numbers: _,
            forwards: _,
            rules: _,
            queues: _,
            diverts: _,
            bulk,
            exhaustive,
            absent,
        } = it;
        vec![
            ("provider", json!(provider)),
            ("time_zone", json!(time_zone)),
            ("country", json!(country)),
            ("labels", json!(labels)),
            ("bulk", json!(bulk)),
            ("exhaustive", json!(exhaustive)),
            ("absent", json!(absent)),
        ]
    };
    let is_nothing = |value: &Value| match value {
        Value::Null => true,
        Value::Array(list) => list.is_empty(),
        Value::Object(map) => map.is_empty(),
        _ => false,
    };
    let pairs = said(first).into_iter().zip(said(second));
    let differing = pairs.filter(|((_, old), (_, new))| old != new);
    let there = |value: Value| Some(value).filter(|it| !is_nothing(it));
    differing
        .map(|((field, old), (_, new))| FieldChange {
            path: Path::from([field]),
            old: there(old),
            new: there(new),
        })
        .collect()
}
