//! Every field there is, from the schema of a tenant's file: each is in a transition of every provider that holds it, and
//! in the worlds that grow at random. A field that no test has is one that nobody has seen work.

use crate::{
    transitions::{Held, held},
    worlds::samples,
};
use dialform::{
    model::{Kind, Tenant},
    plan::{Grade, When, desired},
    provider::{PROVIDERS, Provider, find},
};
use serde_json::{Map, Value};
use std::collections::BTreeSet;

/// Worlds that are looked at, at most.
const WORLDS: u64 = 500;

/// A field of an object, from its section on: positions in lists and keys of maps are left out.
type Field = Vec<String>;

/// The schema of a tenant's file.
struct Schema(Value);

impl Schema {
    fn new() -> Self {
        Self(serde_json::to_value(schemars::schema_for!(Tenant)).unwrap())
    }

    fn resolved<'a>(&'a self, schema: &'a Value) -> &'a Value {
        match schema["$ref"].as_str() {
            Some(name) => self.0.pointer(name.trim_start_matches('#')).unwrap(),
            None => schema,
        }
    }

    /// What a schema says beside itself: the forms it may take, and what its elements are.
    fn parts<'a>(&'a self, schema: &'a Value) -> impl Iterator<Item = &'a Value> {
        let forms = ["oneOf", "anyOf", "allOf"].iter().filter_map(|word| schema[*word].as_array()).flatten();
        forms.chain(schema.get("items"))
    }

    /// The fields of every kind. Where calls go is one, whatever the kind of place.
    fn fields(&self) -> BTreeSet<Field> {
        let mut found = BTreeSet::new();
        for kind in Kind::ALL {
            let section = &self.0["properties"][kind.section()];
            self.collect(section, &[kind.section().to_owned()], &mut found);
        }
        found
    }

    fn collect(&self, schema: &Value, at: &[String], found: &mut BTreeSet<Field>) {
        if schema["$ref"].as_str().is_some_and(|name| name.ends_with("/Destination")) {
            return;
        }
        // What follows an `until` is said in the fields of the object itself.
        if at.ends_with(&["until".to_owned(), "then".to_owned()]) {
            return;
        }
        let schema = self.resolved(schema);
        for (name, value) in schema["properties"].as_object().into_iter().flatten() {
            let field = [at, std::slice::from_ref(name)].concat();
            self.collect(value, &field, found);
            found.insert(field);
        }
        self.parts(schema)
            .chain(schema.get("additionalProperties"))
            .for_each(|it| self.collect(it, at, found));
    }

    /// The fields that a tenant's file uses.
    fn used(&self, body: &Map<String, Value>, found: &mut BTreeSet<Field>) {
        for kind in Kind::ALL {
            let section = &self.0["properties"][kind.section()];
            if let Some(value) = body.get(kind.section()) {
                self.follow(section, value, &[kind.section().to_owned()], found);
            }
        }
    }

    fn follow(&self, schema: &Value, value: &Value, at: &[String], found: &mut BTreeSet<Field>) {
        let schema = self.resolved(schema);
        self.parts(schema).for_each(|it| match value {
            Value::Array(elements) => elements.iter().for_each(|value| self.follow(it, value, at, found)),
            _ => self.follow(it, value, at, found),
        });
        for (key, value) in value.as_object().into_iter().flatten() {
            if let Some(inner) = schema["properties"].get(key) {
                let field = [at, std::slice::from_ref(key)].concat();
                self.follow(inner, value, &field, found);
                found.insert(field);
            } else if let Some(inner) = schema.get("additionalProperties") {
                self.follow(inner, value, at, found);
            }
        }
    }
}

/// What no grade is about: fields that a provider refuses where they stand, and a file with them that it does refuse.
const REFUSED: &[(&str, &[&str], &str)] = &[
    (
        "stratus",
        &["numbers.route.receivers", "numbers.route.pattern"],
        r#"numbers: { "+12145550100": { route: { receivers: ["+14105550101", "+14105550102"], pattern: round_robin } } }"#,
    ),
    ("stratus", &["queues.agents.agent"], r#"queues: { "400": { agents: [{ agent: ann@acme.example }] } }"#),
    (
        "ctm",
        &["schedules.weekly.first_day", "schedules.weekly.last_day", "schedules.weekly.every"],
        r#"schedules: { office: { weekly: { mon: ["09:00-17:00"], first_day: 2027-01-04, last_day: 2027-12-31, every: 2 weeks } } }"#,
    ),
    (
        "ctm",
        &["schedules.dates.date", "schedules.dates.every", "schedules.dates.last_day"],
        r#"schedules: { office: { dates: [{ date: 2027-01-05, every: 2 weeks, last_day: 2027-12-31 }] } }"#,
    ),
    ("ctm", &["queues.agents.extension"], r#"queues: { Sales: { agents: [{ extension: "101" }] } }"#),
    ("ctm", &["queues.agents.number"], r#"queues: { Sales: { agents: [{ number: "+14105550101" }] } }"#),
    ("ctm", &["queues.agents.device"], r#"queues: { Sales: { agents: [{ device: 101wp }] } }"#),
    ("ctm", &["queues.agents.token"], r#"queues: { Sales: { agents: [{ token: x }] } }"#),
    (
        "ctm",
        &["queues.agents.wrap_up"],
        r#"queues: { Sales: { agents: [{ agent: ann@acme.example, wrap_up: 10 }] } }"#,
    ),
];

/// An exception that the provider does not make would hide a gap.
#[test]
fn what_is_refused_is_refused() {
    let schema = Schema::new();
    for (kind, fields, body) in REFUSED {
        let file = format!("tenant: acme\nprovider: system\naccount: acme\n{body}");
        let tenant: Tenant = serde_yaml::from_str(&file).unwrap();
        let dialect = &find(kind).unwrap().dialect;
        assert!(desired(&tenant, dialect, &|_| None).is_err(), "{kind} holds {body}");
        let mut used = BTreeSet::new();
        schema.used(&serde_yaml::from_str(body).unwrap(), &mut used);
        let used: Vec<String> = used.iter().map(|field| field.join(".")).collect();
        assert!(fields.iter().all(|field| used.iter().any(|it| it == field)), "{fields:?}: {used:?}");
    }
}

/// Whether a provider holds a field; `by_itself` if without a person.
fn holds(provider: &Provider, field: &Field, by_itself: bool) -> bool {
    let [section, path @ ..] = field.as_slice() else { return false };
    let Some(kind) = provider.dialect.order.iter().copied().find(|kind| kind.section() == section) else {
        return false;
    };
    let barred = provider.dialect.grades.iter().any(|row| {
        let out_of_reach = match row.grade {
            Grade::Unsupported => true,
            Grade::Manual => by_itself,
            Grade::Api | Grade::Experimental => false,
        };
        let mut path = path.iter();
        let about = row.kind == kind && row.path.iter().all(|part| path.next().is_some_and(|it| it == part));
        about && row.when == When::Always && out_of_reach
    });
    let name = field.join(".");
    let refused =
        REFUSED.iter().any(|(kind, fields, _)| *kind == provider.kind && fields.contains(&name.as_str()));
    !barred && !refused
}

/// What of the fields that a provider holds is not among these.
fn missing(
    provider: &Provider,
    all: &BTreeSet<Field>,
    found: &BTreeSet<Field>,
    by_itself: bool,
) -> Vec<String> {
    let held = all.iter().filter(|field| holds(provider, field, by_itself));
    let missing = held.filter(|field| !found.contains(*field));
    missing.map(|field| format!("{}: {}", provider.kind, field.join("."))).collect()
}

/// The transitions prove that a field converges; this proves that none was left out.
#[test]
fn every_field_is_in_a_transition() {
    let schema = Schema::new();
    let all = schema.fields();
    assert!(all.len() > 70, "{all:?}");
    let mut gaps = Vec::new();
    for Held { provider, cases, .. } in held() {
        let mut found = BTreeSet::new();
        for (_, body) in cases.iter().flat_map(|case| case.sides()) {
            schema.used(body, &mut found);
        }
        gaps.extend(missing(provider, &all, &found, false));
    }
    assert!(gaps.is_empty(), "in no transition: {gaps:#?}");
}

/// The same of the random worlds, for what a run can do without a person.
#[test]
fn every_field_grows_in_a_random_world() {
    let schema = Schema::new();
    let all = schema.fields();
    let mut found: Vec<BTreeSet<Field>> = vec![BTreeSet::new(); PROVIDERS.len()];
    let mut gaps = Vec::new();
    for world in samples(WORLDS) {
        for customer in &world.customers {
            let index = PROVIDERS.iter().position(|provider| provider.kind == customer.kind).unwrap();
            [&customer.a, &customer.b].iter().for_each(|body| schema.used(body, &mut found[index]));
        }
        let left = PROVIDERS.iter().zip(&found);
        gaps = left.flat_map(|(provider, found)| missing(provider, &all, found, true)).collect();
        // What has an `until` is settled when a file is read: no phone system is asked for anything else than without it.
        gaps.retain(|gap: &String| !gap.contains(".until"));
        if gaps.is_empty() {
            return;
        }
    }
    panic!("in none of {WORLDS} worlds: {gaps:#?}");
}
