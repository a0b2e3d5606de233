//! What a restore desires: the objects as they were, as far as apply changed them.

use super::StepRecord;
use crate::{
    diff::FieldChange,
    finding::Finding,
    model::{Address, Kind, Resource},
    path::Path,
    plan::{Action, Dialect, Unsupported},
};
use serde_json::{Map, Value};
use std::collections::{BTreeMap, BTreeSet};

/// The desired state of one tenant, as a restore file has it.
#[derive(Debug, Default)]
pub struct Restoration {
    /// In the form in which the provider reports them.
    pub desired: BTreeMap<Address, Resource>,
    /// What apply had made.
    pub absent: BTreeSet<Address>,
    /// What stays as it is now, because there is no earlier value of it: a note for each.
    pub unchanged: Vec<(Address, String)>,
    /// What that apply was about to change.
    pub applied: BTreeMap<Address, Vec<FieldChange>>,
    /// What was live and cannot be written again. It stops the tenant: half a restore could lose a route without notice.
    pub unrestorable: Vec<(Address, Finding)>,
    /// What the tenant's file wants otherwise.
    pub still_declared: super::StillDeclared,
}

impl Restoration {
    /// Every object it is about.
    pub fn addresses(&self) -> BTreeSet<Address> {
        let unchanged = self.unchanged.iter().map(|(address, _)| address);
        let unrestorable = self.unrestorable.iter().map(|(address, _)| address);
        self.desired.keys().chain(&self.absent).chain(unchanged).chain(unrestorable).cloned().collect()
    }
}

impl Restoration {
    /// Turns what was recorded of a tenant into what is desired of it.
    ///
    /// A field that apply did not change is left alone. A list is complete as it was, like one in a file.
    pub fn of(steps: &[StepRecord], dialect: &Dialect) -> Self {
        let mut restoration = Self::default();
        let mut seen = BTreeSet::new();
        // Where an object has two steps, the second completes its creation.
        for step in steps.iter().filter(|step| seen.insert(step.address.clone())) {
            restoration.applied.insert(step.address.clone(), step.changes.clone());
            match (step.action, &step.before) {
                (Action::Create, _) => remove(&mut restoration, &step.address),
                (Action::Update | Action::Delete, Some(Value::Object(before))) => {
                    bring_back(&mut restoration, step, before, dialect);
                }
                _ => refuse(
                    &mut restoration,
                    &step.address,
                    "the file does not say what it was".to_owned(),
                    None,
                ),
            }
        }
        restoration
    }
}

fn remove(restoration: &mut Restoration, address: &Address) {
    match address.kind {
        Kind::Schedules | Kind::Receivers | Kind::Queues | Kind::Forwards => {
            restoration.absent.insert(address.clone());
        }
        Kind::Numbers | Kind::Rules | Kind::Diverts => {
            refuse(
                restoration,
                address,
                "it did not exist, and dialform never deletes objects of this kind".to_owned(),
                None,
            );
        }
    }
}

fn bring_back(
    restoration: &mut Restoration,
    step: &StepRecord,
    before: &Map<String, Value>,
    dialect: &Dialect,
) {
    let address = &step.address;
    let whole = Resource::from_value(address.kind, Value::Object(before.clone()));
    // The YAML has no value for a forward without a number; it is restored as absent.
    if matches!(&whole, Ok(Resource::Forward(forward)) if forward.is_vacant()) {
        return remove(restoration, address);
    }
    let (fields, missing) = changed(before, &step.changes);
    if !missing.is_empty() {
        let list: Vec<String> = missing.iter().map(|field| format!("`{field}`")).collect();
        let text = format!("the earlier value of {} could not be read; it stays as it is", list.join(", "));
        restoration.unchanged.push((address.clone(), text));
    }
    if fields.is_empty() {
        if missing.is_empty() {
            let text = "nothing but a part of it was there, which is not brought back".to_owned();
            restoration.unchanged.push((address.clone(), text));
        }
        return;
    }
    let resource = match Resource::from_value(address.kind, Value::Object(fields)) {
        Ok(resource) => resource,
        Err(error) => {
            let text = error.to_string();
            // What serde calls an invalid value and what it expects are the message and the way out (`explained`).
            let message =
                text.strip_prefix("invalid value: ").and_then(|text| text.rsplit_once(", expected "));
            let why = message.map_or(text.as_str(), |(message, _)| message);
            return refuse(restoration, address, why.to_owned(), None);
        }
    };
    match dialect.hold(address, resource.clone()) {
        Ok(held) if held == resource => {
            restoration.desired.insert(address.clone(), resource);
        }
        Ok(_) => {
            refuse(restoration, address, "the provider cannot hold it exactly as it was".to_owned(), None)
        }
        Err(problems) => {
            for Unsupported { path: _, message, help } in problems {
                refuse(restoration, address, message, Some(help));
            }
        }
    }
}

fn refuse(restoration: &mut Restoration, address: &Address, why: String, help: Option<String>) {
    let help = help.map(|help| format!(" ({help})")).unwrap_or_default();
    let finding = Finding::error("not-restorable", format!("{address} cannot be restored: {why}{help}"))
        .help("restore it by hand as the restore file shows it, and name the other objects with `--only`");
    restoration.unrestorable.push((address.clone(), finding));
}

/// The fields of an object that the changes are about, and those of them that had no value.
fn changed(before: &Map<String, Value>, changes: &[FieldChange]) -> (Map<String, Value>, BTreeSet<Path>) {
    if changes.iter().any(|change| change.path.is_empty()) {
        return (before.clone(), BTreeSet::new());
    }
    let changes = || changes.iter().map(|change| &change.path);
    let touched = |path: &Path| changes().any(|change| change.is_inside(path) || path.is_inside(change));
    let mut missing: BTreeSet<Path> = changes()
        .filter_map(|path| path.field())
        .filter(|field| !before.contains_key(*field))
        .map(|field| [field].into())
        .collect();
    let mut fields = Map::new();
    for (field, value) in before.iter().filter(|(field, _)| touched(&[field.as_str()].into())) {
        let mut value = value.clone();
        // Whose fields are managed one by one, as `Resource::forget` has them.
        let parts: &[&str] = match field.as_str() {
            "callers" => &["allow", "block", "block_anonymous", "spam"],
            "route" => &["pattern"],
            _ => &[],
        };
        for part in parts {
            let path = Path::from([field, *part]);
            let Some(inner) = value.as_object_mut() else { break };
            if !touched(&path) {
                inner.shift_remove(*part);
            } else if !inner.contains_key(*part) && changes().any(|change| change.is_inside(&path)) {
                // A route to a single destination has no pattern.
                if field != "route" || inner.contains_key("receivers") {
                    missing.insert(path);
                }
            }
        }
        if value.as_object().is_none_or(|inner| !inner.is_empty()) {
            fields.insert(field.clone(), value);
        }
    }
    // Fields that only mean something together: hours and their zone, an active forward and its number.
    for (field, with) in [("weekly", "time_zone"), ("active", "to")] {
        if let Some(value) = before.get(with).filter(|_| fields.contains_key(field)) {
            fields.insert(with.to_owned(), value.clone());
        }
    }
    (fields, missing)
}
