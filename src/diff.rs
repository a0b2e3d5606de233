//! Compares what is desired with what was observed, field by field. Generic and pure.
//!
//! A desired field that is `None` is not managed and never differs. Structs are destructured without `..`, so that
//! a new field does not compile until it is compared.

use crate::{
    model::{
        Agent, Also, Caller, Callers, DEFAULT_RULE, Dated, Destination, DialExtension, Dispatch, Divert,
        Diverts, E164, Easter, Extension, Forward, Holidays, Kind, Limit, Monthly, NoAnswer, Number, OrOff,
        OwnEntry, Pattern, Queue, Receiver, Receivers, Resource, Ring, RingTimeout, Ringable, Route, Rule,
        Rules, Schedule, Simultaneous, Spam, TaggingHours, Term, Weekly, Whisper, Window, Yearly,
        with_fields,
    },
    path::{Path, Segment},
};
use serde::{Deserialize, Serialize, Serializer, ser::SerializeMap};
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};

/// One field that differs, in the words of the YAML. In JSON it has, beside its path, the `field` as people read it.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct FieldChange {
    /// Inside the object; empty for the object as a whole.
    pub path: Path,
    /// What is live; `None` if there is nothing.
    pub old: Option<Value>,
    /// What is wanted; `None` if it is to go.
    pub new: Option<Value>,
}

impl Serialize for FieldChange {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let Self { path, old, new } = self;
        let mut map = serializer.serialize_map(None)?;
        map.serialize_entry("path", path)?;
        map.serialize_entry("field", &path.to_string())?;
        for (side, value) in [("old", old), ("new", new)] {
            if let Some(value) = value {
                map.serialize_entry(side, value)?;
            }
        }
        map.end()
    }
}

/// Every managed field of `desired` that `observed` does not have as wanted.
pub fn diff(desired: &Resource, observed: &Resource) -> Vec<FieldChange> {
    let (root, mut out) = (Path::default(), Vec::new());
    match (desired, observed) {
        (Resource::Schedule(d), Resource::Schedule(o)) => d.compare(o, &root, &mut out),
        (Resource::Receiver(d), Resource::Receiver(o)) => d.compare(o, &root, &mut out),
        (Resource::Queue(d), Resource::Queue(o)) => d.compare(o, &root, &mut out),
        (Resource::Rules(d), Resource::Rules(o)) => d.compare(o, &root, &mut out),
        (Resource::Diverts(d), Resource::Diverts(o)) => d.compare(o, &root, &mut out),
        (Resource::Number(d), Resource::Number(o)) => d.compare(o, &root, &mut out),
        (Resource::Forward(d), Resource::Forward(o)) => d.compare(o, &root, &mut out),
        (desired, observed) => replaced(desired, observed, &root, &mut out),
    }
    out
}

/// What the object will be: the observed one with the managed fields as wanted.
pub fn overlay(desired: &Resource, observed: &Resource) -> Resource {
    match (desired, observed) {
        (Resource::Schedule(d), Resource::Schedule(o)) => Resource::Schedule(d.over(o)),
        (Resource::Receiver(d), Resource::Receiver(o)) => Resource::Receiver(d.over(o)),
        (Resource::Queue(d), Resource::Queue(o)) => Resource::Queue(d.over(o)),
        (Resource::Rules(d), Resource::Rules(o)) => Resource::Rules(d.over(o)),
        (Resource::Diverts(d), Resource::Diverts(o)) => Resource::Diverts(d.over(o)),
        (Resource::Number(d), Resource::Number(o)) => Resource::Number(d.over(o)),
        (Resource::Forward(d), Resource::Forward(o)) => Resource::Forward(d.over(o)),
        (desired, _) => desired.clone(),
    }
}

/// The empty object of the same kind: what a create starts from.
pub fn nothing_like(resource: &Resource) -> Resource {
    nothing_of(resource.kind())
}

/// The empty object of a kind.
pub fn nothing_of(kind: Kind) -> Resource {
    match kind {
        Kind::Schedules => Resource::Schedule(Schedule::default()),
        Kind::Receivers => Resource::Receiver(Receiver::default()),
        Kind::Queues => Resource::Queue(Queue::default()),
        Kind::Rules => Resource::Rules(Rules::default()),
        Kind::Diverts => Resource::Diverts(Diverts::default()),
        Kind::Numbers => Resource::Number(Number::default()),
        Kind::Forwards => Resource::Forward(Forward::default()),
    }
}

fn json(value: &impl Serialize) -> Value {
    // Model types serialise to plain maps with text keys; that cannot fail.
    serde_json::to_value(value).unwrap_or_default()
}

fn replaced(desired: &impl Serialize, observed: &impl Serialize, path: &Path, out: &mut Vec<FieldChange>) {
    out.push(FieldChange { path: path.clone(), old: Some(json(observed)), new: Some(json(desired)) });
}

trait Compare: Clone + Serialize {
    fn compare(&self, observed: &Self, path: &Path, out: &mut Vec<FieldChange>);

    /// A field that is desired and not there.
    fn appear(&self, path: &Path, out: &mut Vec<FieldChange>) {
        out.push(FieldChange { path: path.clone(), old: None, new: Some(json(self)) });
    }

    /// The observed value with the managed fields as wanted; a value without fields of its own is replaced.
    fn over(&self, _observed: &Self) -> Self {
        self.clone()
    }
}

impl<T: Compare> Compare for Option<T> {
    fn compare(&self, observed: &Self, path: &Path, out: &mut Vec<FieldChange>) {
        match (self, observed) {
            (None, _) => {}
            (Some(desired), Some(observed)) => desired.compare(observed, path, out),
            (Some(desired), None) => desired.appear(path, out),
        }
    }

    fn over(&self, observed: &Self) -> Self {
        match (self, observed) {
            (Some(desired), Some(observed)) => Some(desired.over(observed)),
            (desired, observed) => desired.clone().or_else(|| observed.clone()),
        }
    }
}

macro_rules! leaves {
    ($($type:ty),*) => {$(
        impl Compare for $type {
            fn compare(&self, observed: &Self, path: &Path, out: &mut Vec<FieldChange>) {
                if self != observed {
                    replaced(self, observed, path, out);
                }
            }
        }
    )*};
}

leaves!(
    bool,
    u32,
    String,
    E164,
    Destination,
    Divert,
    Dispatch,
    Pattern,
    OrOff<DialExtension>,
    OrOff<NoAnswer>,
    Whisper,
    TaggingHours,
    RingTimeout,
    Limit,
    Spam,
    Vec<Window>,
    Vec<Monthly>,
    Vec<Yearly>,
    Vec<Holidays>,
    Vec<Dated>,
    Vec<OwnEntry>,
    Extension,
    Easter
);

macro_rules! structs {
    (objects { $($object:tt)* } parts { $($part:tt)* }) => { structs!($($object)* $($part)*); };
    ($($type:ident { $($field:ident),* })*) => {$(
        impl Compare for $type {
            fn compare(&self, observed: &Self, path: &Path, out: &mut Vec<FieldChange>) {
                let Self { $($field),* } = self;
                $($field.compare(&observed.$field, &path.join(stringify!($field)), out);)*
            }

            fn over(&self, observed: &Self) -> Self {
                Self { $($field: self.$field.over(&observed.$field)),* }
            }
        }
    )*};
}

with_fields!(structs);

/// Two values of which either may be missing, and is to be where it is.
fn either<T: PartialEq + Serialize>(
    desired: Option<&T>,
    observed: Option<&T>,
    path: &Path,
    out: &mut Vec<FieldChange>,
) {
    if desired != observed {
        out.push(FieldChange { path: path.clone(), old: observed.map(json), new: desired.map(json) });
    }
}

impl Compare for Weekly {
    fn compare(&self, observed: &Self, path: &Path, out: &mut Vec<FieldChange>) {
        let closed = Vec::new();
        let Self { days, term: Term { first_day, last_day, every } } = self;
        for (day, windows) in days {
            windows.compare(observed.days.get(day).unwrap_or(&closed), &path.join(day.word()), out);
        }
        // What the file leaves out is no term, and a term that is live is a difference.
        either(first_day.as_ref(), observed.term.first_day.as_ref(), &path.join("first_day"), out);
        either(last_day.as_ref(), observed.term.last_day.as_ref(), &path.join("last_day"), out);
        either(every.as_ref(), observed.term.every.as_ref(), &path.join("every"), out);
    }
}

impl Compare for Ring {
    fn compare(&self, observed: &Self, path: &Path, out: &mut Vec<FieldChange>) {
        match (self, observed) {
            (Self::Extension, Self::Extension) => {}
            (Self::Simultaneous(d), Self::Simultaneous(o)) => d.compare(o, &path.join("simultaneous"), out),
            (desired, observed) => replaced(desired, observed, path, out),
        }
    }
}

impl Compare for Route {
    /// The pattern is compared as a field of its own: some providers show it but cannot set it.
    fn compare(&self, observed: &Self, path: &Path, out: &mut Vec<FieldChange>) {
        match (self, observed) {
            (Self::To(desired), Self::To(observed)) => desired.compare(observed, path, out),
            (Self::Receivers(desired), Self::Receivers(observed)) => {
                if desired.receivers != observed.receivers {
                    let list = path.join("receivers");
                    replaced(&desired.receivers, &observed.receivers, &list, out);
                }
                desired.pattern.compare(&observed.pattern, &path.join("pattern"), out);
            }
            (Self::Receivers(desired), Self::To(_)) => {
                replaced(&desired.bare(), observed, path, out);
                desired.pattern.compare(&None, &path.join("pattern"), out);
            }
            (Self::To(_), Self::Receivers(observed)) => replaced(self, &observed.bare(), path, out),
        }
    }

    fn appear(&self, path: &Path, out: &mut Vec<FieldChange>) {
        let (what, pattern) = match self {
            Self::To(to) => (json(to), None),
            Self::Receivers(list) => (json(&list.bare()), list.pattern),
        };
        out.push(FieldChange { path: path.clone(), old: None, new: Some(what) });
        pattern.compare(&None, &path.join("pattern"), out);
    }

    fn over(&self, observed: &Self) -> Self {
        match (self, observed) {
            (Self::Receivers(desired), Self::Receivers(observed)) => Self::Receivers(Receivers {
                receivers: desired.receivers.clone(),
                pattern: desired.pattern.or(observed.pattern),
            }),
            (desired, _) => desired.clone(),
        }
    }
}

impl Compare for Ringable {
    // Elements of a list are matched by their target, so both have the same one here.
    fn compare(&self, _observed: &Self, _path: &Path, _out: &mut Vec<FieldChange>) {}
}

/// An element of a list that is known by a name of its own.
trait Keyed: Compare {
    fn key(&self) -> String;
}

impl Keyed for Rule {
    fn key(&self) -> String {
        self.when.clone()
    }
}

impl Keyed for Agent {
    fn key(&self) -> String {
        self.name()
    }
}

impl Keyed for Also {
    fn key(&self) -> String {
        self.target.name()
    }
}

impl Keyed for Caller {
    fn key(&self) -> String {
        self.to_string()
    }
}

impl Compare for Caller {
    fn compare(&self, _observed: &Self, _path: &Path, _out: &mut Vec<FieldChange>) {}
}

fn elements<T: Keyed>(desired: &[T], observed: &[T], path: &Path, out: &mut Vec<FieldChange>) {
    // Two elements of the same name cannot be matched: the list is compared as a whole.
    let live: BTreeMap<String, &T> = observed.iter().map(|it| (it.key(), it)).collect();
    if live.len() < observed.len() {
        return replaced(&desired, &observed, path, out);
    }
    let mut wanted = BTreeSet::new();
    for element in desired {
        let key = element.key();
        let path = path.join(Segment::element(&key));
        let observed = live.get(&key).copied();
        wanted.insert(key);
        match observed {
            Some(observed) => element.compare(observed, &path, out),
            None => out.push(FieldChange { path, old: None, new: Some(json(element)) }),
        }
    }
    for element in observed {
        let key = element.key();
        if !wanted.contains(&key) {
            let path = path.join(Segment::element(key));
            out.push(FieldChange { path, old: Some(json(element)), new: None });
        }
    }
}

macro_rules! lists {
    ($($type:ty),*) => {$(
        impl Compare for Vec<$type> {
            fn compare(&self, observed: &Self, path: &Path, out: &mut Vec<FieldChange>) {
                elements(self, observed, path, out);
            }
        }
    )*};
}

lists!(Agent, Also, Caller);

impl Compare for Vec<Rule> {
    /// The sequence is compared as well as the elements. An `order` without `default` does not manage that rule.
    fn compare(&self, observed: &Self, path: &Path, out: &mut Vec<FieldChange>) {
        let of_default = |rule: &Rule| rule.when == DEFAULT_RULE;
        let silent = !self.iter().any(of_default);
        let managed: Vec<Rule> =
            observed.iter().filter(|rule| !silent || !of_default(rule)).cloned().collect();
        let names = |rules: &[Rule]| rules.iter().map(Keyed::key).collect::<Vec<_>>();
        let (old, new) = (names(&managed), names(self));
        if old != new {
            replaced(&new, &old, path, out);
        } else if silent && observed.iter().rev().skip(1).any(of_default) {
            // Live rules below the Default rule never apply: a difference, even if the names are in sequence.
            replaced(&names(&self.over(observed)), &names(observed), path, out);
        }
        elements(self, &managed, path, out);
    }

    fn over(&self, observed: &Self) -> Self {
        let mut rules = self.clone();
        if !rules.iter().any(|r| r.when == DEFAULT_RULE) {
            rules.extend(observed.iter().filter(|r| r.when == DEFAULT_RULE).cloned());
        }
        rules
    }
}
