//! What a restore desires: the objects as they were, as far as apply changed them.

use super::StepRecord;
use crate::{
    diff::FieldChange,
    explained::message_of,
    model::{Address, Caller, DEFAULT_RULE, Kind, Resource, Rules},
    path::{Path, Segment},
    plan::{Action, Dialect, Unsupported},
};
use serde_json::{Map, Value, json};
use std::collections::{BTreeMap, BTreeSet};

/// The desired state of one tenant, as a restore file has it.
#[derive(Debug, Default)]
pub struct Restoration {
    /// In the form in which the provider reports them.
    pub desired: BTreeMap<Address, Resource>,
    /// The same in the provider's own words, as they were read.
    pub own: BTreeMap<Address, Value>,
    /// What apply had made.
    pub absent: BTreeSet<Address>,
    /// What that apply was about to change.
    pub applied: BTreeMap<Address, Vec<FieldChange>>,
    /// What is not brought back. It is no part of what is desired, and stands in the way of nothing else.
    pub lost: Vec<Lost>,
    /// What the tenant's file wants otherwise.
    pub still_declared: super::StillDeclared,
}

/// What a restore cannot bring back of an object, and why.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Lost {
    pub address: Address,
    /// None for the whole object.
    pub fields: BTreeSet<Path>,
    pub why: String,
}

impl Lost {
    /// Whether the restore file says what it was.
    pub fn is_recorded(&self) -> bool {
        self.why != UNREAD
    }

    /// "`weekly`, `dates` of schedules.night"
    pub fn place(&self) -> String {
        let fields: Vec<String> = self.fields.iter().map(|field| format!("`{field}`")).collect();
        match fields.is_empty() {
            true => self.address.to_string(),
            false => format!("{} of {}", fields.join(", "), self.address),
        }
    }

    /// "`weekly`, `dates`: the live value cannot be read"
    pub fn text(&self) -> String {
        let fields: Vec<String> = self.fields.iter().map(|field| format!("`{field}`")).collect();
        match fields.as_slice() {
            [] => self.why.clone(),
            fields => format!("{}: {}", fields.join(", "), self.why),
        }
    }
}

impl Restoration {
    /// Every object it is about.
    pub fn addresses(&self) -> BTreeSet<Address> {
        let lost = self.lost.iter().map(|lost| &lost.address);
        self.desired.keys().chain(&self.absent).chain(lost).cloned().collect()
    }

    /// Whether it wants anything of an object. Of any other nothing is written, whatever the tenant's file says of it.
    pub fn wants(&self, address: &Address) -> bool {
        self.desired.contains_key(address) || self.absent.contains(address)
    }

    /// Turns what was recorded of a tenant into what is desired of it.
    ///
    /// A field that apply did not change is left alone. A list is complete as it was, like one in a file.
    pub fn of(steps: &[StepRecord], dialect: &Dialect) -> Self {
        let mut restoration = Self::default();
        let mut seen = BTreeSet::new();
        // Where an object has two steps, the second completes its creation.
        for step in steps.iter().filter(|step| seen.insert(step.address.clone())) {
            restoration.applied.insert(step.address.clone(), step.changes.clone());
            restoration.own.extend(step.own.clone().map(|own| (step.address.clone(), own)));
            match (step.action, &step.before) {
                (Action::Create, _) => remove(&mut restoration, &step.address),
                (Action::Update | Action::Delete, Some(Value::Object(before))) => {
                    bring_back(&mut restoration, step, before, dialect);
                }
                _ => restoration.lose(&step.address, [], "the file does not say what it was"),
            }
        }
        restoration
    }

    fn lose(&mut self, address: &Address, fields: impl IntoIterator<Item = Path>, why: impl Into<String>) {
        let (address, fields) = (address.clone(), fields.into_iter().collect());
        self.lost.push(Lost { address, fields, why: why.into() });
    }
}

fn remove(restoration: &mut Restoration, address: &Address) {
    match address.kind {
        Kind::Schedules | Kind::Receivers | Kind::Queues | Kind::Forwards => {
            restoration.absent.insert(address.clone());
        }
        Kind::Numbers | Kind::Rules | Kind::Diverts => {
            restoration.lose(
                address,
                [],
                "it did not exist, and dialform never deletes objects of this kind",
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
    let (mut fields, missing) = changed(before, &step.changes);
    default_rule(&mut fields, step);
    if fields.is_empty() && missing.is_empty() {
        return restoration.lose(address, [], "nothing but a part of it was there");
    }
    // A forward that was on to a number nobody knows must not be switched on to another one.
    if address.kind == Kind::Forwards && missing.contains(&Path::from(["to"])) {
        return restoration.lose(address, [], UNREAD);
    }
    if !missing.is_empty() {
        restoration.lose(address, missing, UNREAD);
    }
    // What nobody can write goes out field by field, and the rest of the object is brought back.
    while !fields.is_empty() {
        let resource = match read(address.kind, &fields) {
            Ok(resource) => resource,
            Err(error) => {
                let invalid = invalid(address.kind, &fields);
                if invalid.is_empty() {
                    return restoration.lose(address, [], message_of(&error.to_string()));
                }
                for (field, why) in invalid {
                    forget(&mut fields, &field);
                    restoration.lose(address, [field], why);
                }
                continue;
            }
        };
        // What is brought back to the letter needs no form of ours.
        let own = step.own.is_some() && dialect.own.contains(&address.kind);
        match dialect.hold(address, resource.clone()) {
            held if own || held.as_ref() == Ok(&resource) => {
                restoration.desired.insert(address.clone(), resource);
                return;
            }
            Ok(_) => return restoration.lose(address, [], "the provider cannot hold it exactly as it was"),
            Err(problems) => {
                for Unsupported { path, message, help } in problems {
                    let field = managed(&path).filter(|field| forget(&mut fields, field));
                    let gone = field.is_some();
                    restoration.lose(address, field, format!("{message} ({help})"));
                    if !gone {
                        return;
                    }
                }
            }
        }
    }
}

/// An object as it was recorded. An entry of a list of callers that has no form in a file comes back as it was all the same.
fn read(kind: Kind, fields: &Map<String, Value>) -> serde_json::Result<Resource> {
    let mut named = fields.clone();
    let mut others: BTreeMap<&str, Vec<(usize, String)>> = BTreeMap::new();
    for list in ["allow", "block"] {
        let Some(Value::Array(callers)) = named.get_mut("callers").and_then(|it| it.get_mut(list)) else {
            continue;
        };
        for (at, word) in callers.iter().enumerate() {
            let word = word.as_str().filter(|word| word.parse::<Caller>().is_err());
            others.entry(list).or_default().extend(word.map(|word| (at, word.to_owned())));
        }
        callers.retain(|word| word.as_str().is_none_or(|word| word.parse::<Caller>().is_ok()));
    }
    let mut resource = Resource::from_value(kind, Value::Object(named))?;
    if let Resource::Rules(Rules { callers: Some(callers), .. }) = &mut resource {
        for (list, words) in others {
            let list = if list == "allow" { &mut callers.allow } else { &mut callers.block };
            let list = list.get_or_insert_default();
            words.into_iter().for_each(|(at, word)| list.insert(at.min(list.len()), Caller::Other(word)));
        }
    }
    Ok(resource)
}

/// The Default rule in the order that comes back. What apply did not change of it is left alone, for it may be what `diverts`
/// of the extension bring back. Where apply has made it, it goes back to what no rule does: the extension rings.
fn default_rule(fields: &mut Map<String, Value>, step: &StepRecord) {
    let own = Path::from(["order"]).join(Segment::element(DEFAULT_RULE));
    let Some(Value::Array(order)) = fields.get_mut("order") else { return };
    if !step.changes.iter().any(|change| change.path.is_inside(&own)) {
        order.retain(|rule| rule["when"] != DEFAULT_RULE);
    }
    if step.changes.iter().any(|change| change.path == own && change.old.is_none()) {
        let off = "off";
        order.push(json!({
            "when": DEFAULT_RULE, "ring": "extension",
            "forward": { "always": off, "on_call": off, "busy": off, "no_answer": off, "unreachable": off },
        }));
    }
}

/// Why a field has no earlier value.
const UNREAD: &str = "no earlier value could be read";

/// Groups whose fields are managed one by one, as `Resource::forget` has them.
const GROUPS: [(&str, &[&str]); 2] =
    [("callers", &["allow", "block", "block_anonymous", "spam"]), ("route", &["pattern"])];

/// The field that a path is in, as far as fields are managed by themselves.
fn managed(path: &Path) -> Option<Path> {
    let field = path.field()?;
    let part = GROUPS.iter().find(|(group, _)| *group == field).and_then(|(_, parts)| {
        let inner = path.get(1)?.as_key()?;
        parts.iter().find(|part| **part == inner)
    });
    Some(match part {
        Some(part) => Path::from([field, *part]),
        None => [field].into(),
    })
}

/// The fields that by themselves are nothing in the words of the YAML, and why.
fn invalid(kind: Kind, fields: &Map<String, Value>) -> Vec<(Path, String)> {
    let mut found = Vec::new();
    let mut judge = |field: Path, alone: Value| {
        if let Err(error) = Resource::from_value(kind, alone) {
            found.push((field, message_of(&error.to_string()).to_owned()));
        }
    };
    for (field, value) in fields {
        match value.as_object().filter(|_| field == "callers") {
            Some(lists) => {
                for (list, value) in lists {
                    judge(Path::from([field.as_str(), list]), json!({ field: { list: value } }));
                }
            }
            None => judge([field.as_str()].into(), json!({ field: value })),
        }
    }
    found
}

/// Takes a field out of an object; whether it was there.
fn forget(fields: &mut Map<String, Value>, field: &Path) -> bool {
    let keys: Vec<&str> = field.iter().filter_map(|segment| segment.as_key()).collect();
    match keys.as_slice() {
        [field] => fields.shift_remove(*field).is_some(),
        [group, part] => {
            let Some(Value::Object(inner)) = fields.get_mut(*group) else { return false };
            let gone = inner.shift_remove(*part).is_some();
            if inner.is_empty() {
                fields.shift_remove(*group);
            }
            gone
        }
        _ => false,
    }
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
        let group = GROUPS.iter().find(|(group, _)| group == field);
        for part in group.map(|(_, parts)| *parts).unwrap_or_default() {
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
    // Whose a schedule is says where it lies.
    if let Some(owner) = before.get("extension") {
        fields.insert("extension".to_owned(), owner.clone());
    }
    // Fields that only mean something together: hours and their zone, an active forward and its number.
    for (field, with) in [("weekly", "time_zone"), ("active", "to")] {
        if let Some(value) = before.get(with).filter(|_| fields.contains_key(field)) {
            fields.insert(with.to_owned(), value.clone());
        }
    }
    (fields, missing)
}
