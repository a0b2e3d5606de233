//! A record as a wish: the objects as they were, as far as apply changed them.

use super::StepRecord;
use crate::{
    diff::FieldChange,
    finding::Finding,
    model::{Address, Kind, Resource},
    path::Path,
    plan::{Action, Dialect, Unsupported},
    text::HELP_MARK,
};
use serde_json::{Map, Value};
use std::collections::{BTreeMap, BTreeSet};

/// What restoring one tenant wants.
#[derive(Debug, Default)]
pub struct Wish {
    /// In the form in which the provider reports them.
    pub desired: BTreeMap<Address, Resource>,
    /// What apply had made.
    pub absent: BTreeSet<Address>,
    /// What stays as it is now, because there is no earlier value to be had: in words.
    pub kept: Vec<(Address, String)>,
    /// What that apply was about to change.
    pub applied: BTreeMap<Address, Vec<FieldChange>>,
    /// What was there and cannot be written again. It stops the tenant: half a restore that says nothing is a lost route.
    pub impossible: Vec<(Address, Finding)>,
}

impl Wish {
    /// Every object it is about.
    pub fn addresses(&self) -> BTreeSet<Address> {
        let kept = self.kept.iter().map(|(address, _)| address);
        let impossible = self.impossible.iter().map(|(address, _)| address);
        self.desired.keys().chain(&self.absent).chain(kept).chain(impossible).cloned().collect()
    }
}

/// Puts a tenant's record into the words of a plan.
///
/// A field that apply did not change is not wished for. A list is complete as it was, like one in a file.
pub fn wish(steps: &[StepRecord], dialect: &Dialect) -> Wish {
    let mut wish = Wish::default();
    let mut seen = BTreeSet::new();
    // Where an object has two steps the second completes a creation that had to be cut in two.
    for step in steps.iter().filter(|step| seen.insert(step.address.clone())) {
        wish.applied.insert(step.address.clone(), step.changes.clone());
        match (step.action, &step.before) {
            (Action::Create, _) => remove(&mut wish, &step.address),
            (Action::Update | Action::Delete, Some(Value::Object(before))) => {
                bring_back(&mut wish, step, before, dialect);
            }
            _ => refuse(&mut wish, &step.address, "the file does not say what it was".to_owned(), None),
        }
    }
    wish
}

fn remove(wish: &mut Wish, address: &Address) {
    match address.kind {
        Kind::Schedules | Kind::Receivers | Kind::Queues | Kind::Forwards => {
            wish.absent.insert(address.clone());
        }
        Kind::Numbers | Kind::Rules | Kind::Diverts => {
            refuse(wish, address, "it was not there, and its kind is never deleted".to_owned(), None);
        }
    }
}

fn bring_back(wish: &mut Wish, step: &StepRecord, before: &Map<String, Value>, dialect: &Dialect) {
    let address = &step.address;
    let whole = Resource::from_value(address.kind, Value::Object(before.clone()));
    // A forward without a number cannot be said as a value; it is one that is taken away.
    if matches!(&whole, Ok(Resource::Forward(forward)) if forward.is_vacant()) {
        return remove(wish, address);
    }
    let (fields, missing) = changed(before, &step.changes);
    if !missing.is_empty() {
        let list: Vec<String> = missing.iter().map(|field| format!("`{field}`")).collect();
        let text = format!("no earlier value of {} was to be seen; it stays as it is", list.join(", "));
        wish.kept.push((address.clone(), text));
    }
    if fields.is_empty() {
        return;
    }
    let resource = match Resource::from_value(address.kind, Value::Object(fields)) {
        Ok(resource) => resource,
        Err(error) => {
            let text = error.to_string();
            let why = text.split_once(HELP_MARK).map_or(text.as_str(), |(message, _)| message);
            return refuse(wish, address, why.to_owned(), None);
        }
    };
    match dialect.hold(address, resource.clone()) {
        Ok(held) if held == resource => {
            wish.desired.insert(address.clone(), resource);
        }
        Ok(_) => refuse(wish, address, "it would not be written as it was".to_owned(), None),
        Err(problems) => {
            for Unsupported { path: _, message, help } in problems {
                refuse(wish, address, message, Some(help));
            }
        }
    }
}

fn refuse(wish: &mut Wish, address: &Address, why: String, help: Option<String>) {
    let help = help.map(|help| format!(" ({help})")).unwrap_or_default();
    let finding = Finding::error("not-restorable", format!("{address} cannot be restored: {why}{help}"))
        .help("the restore file says what it was: put it right by hand, and name the other objects with `--only`");
    wish.impossible.push((address.clone(), finding));
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
                // Where one queue was named there was no pattern to be had.
                if field != "route" || inner.contains_key("receivers") {
                    missing.insert(path);
                }
            }
        }
        if value.as_object().is_none_or(|inner| !inner.is_empty()) {
            fields.insert(field.clone(), value);
        }
    }
    // What means something only together: hours and their zone, a forward that is on and its number.
    for (field, with) in [("weekly", "time_zone"), ("active", "to")] {
        if let Some(value) = before.get(with).filter(|_| fields.contains_key(field)) {
            fields.insert(with.to_owned(), value.clone());
        }
    }
    (fields, missing)
}
