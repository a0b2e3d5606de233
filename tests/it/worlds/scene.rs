//! A world: up to three tenants, each with the state it comes from and the one it is to be in, and what the weather is
//! like on the way.

use super::{
    account::{KINDS, System, TENANTS, live, system_of},
    ctm, deskphone,
    grow::Body,
    stratus,
    weather::{Weather, weather},
};
use dialform::model::{Kind, Reference, Tenant, references};
use proptest::prelude::*;
use serde_json::{Map, Value, json};
use std::{
    collections::{BTreeMap, BTreeSet},
    fmt,
};

/// Objects of one side in all tenants.
const OBJECTS: usize = 50;

/// One tenant on its way from one state to another.
#[derive(Debug, Clone)]
pub struct Customer {
    pub kind: &'static str,
    /// Its entry in the workspace. Deskphone has one for each tenant.
    pub provider: String,
    /// Its number in the workspace.
    pub index: usize,
    /// As the bodies of a tenant file.
    pub a: Body,
    pub b: Body,
}

#[derive(Clone)]
pub struct World {
    pub customers: Vec<Customer>,
    /// Whether A is applied first; else the portals' state is what is live.
    pub from_a: bool,
    /// Whether the same is done in fair weather beside, to compare.
    pub beside: bool,
    pub weather: Weather,
}

impl Customer {
    pub fn name(&self) -> String {
        format!("tenant{}", self.index)
    }

    pub fn system(&self) -> &'static System {
        system_of(self.kind)
    }

    pub fn account(&self) -> &'static str {
        &self.system().account(self.index).name
    }

    /// A side as the text of a tenant file.
    pub fn file(&self, body: &Body) -> String {
        let mut file = Map::new();
        let head = [
            ("tenant", self.name()),
            ("provider", self.provider.clone()),
            ("account", self.account().to_owned()),
            ("time_zone", "America/Chicago".to_owned()),
        ];
        file.extend(head.map(|(key, value)| (key.to_owned(), Value::from(value))));
        file.extend(body.clone());
        Value::Object(file).to_string()
    }
}

impl World {
    /// The workspace file.
    pub fn workspace(&self) -> String {
        let providers = self.customers.iter().map(|it| (it.provider.clone(), it.system().settings.clone()));
        let providers: BTreeMap<String, Value> = providers.collect();
        json!({"version": 1, "providers": providers, "tenants": ["tenants/*.yaml"]}).to_string()
    }
}

/// As a person would write it down to try it.
impl fmt::Debug for World {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "always: {}\nfault: {}", self.weather.manner, self.weather.fault)?;
        for customer in &self.customers {
            for (side, body) in [("a", &customer.a), ("b", &customer.b)]
                .iter()
                .filter(|(side, _)| self.from_a || *side == "b")
            {
                let text = serde_yaml::to_string(body).map_err(|_| fmt::Error)?;
                writeln!(
                    f,
                    "--- {} on {} ({}), {side}:\n{text}",
                    customer.name(),
                    customer.provider,
                    customer.kind
                )?;
            }
        }
        Ok(())
    }
}

/// Worlds, most of them small: what goes wrong needs few objects, and a small world is soon run.
pub fn world() -> BoxedStrategy<World> {
    let tenants = prop_oneof![5 => Just(1_usize), 2 => Just(2), 1 => Just(TENANTS)];
    let chance = prop_oneof![6 => Just(0.12), 3 => Just(0.3), 1 => Just(0.8)];
    let customers = (tenants, chance).prop_flat_map(|(tenants, chance)| {
        (0..tenants).map(|index| customer(index, chance)).collect::<Vec<_>>()
    });
    (customers, weather(), any::<bool>(), prop::bool::weighted(0.3))
        .prop_map(|(mut customers, weather, from_a, beside)| {
            let most = OBJECTS / customers.len();
            for customer in &mut customers {
                let strict = customer.kind == "ctm" && weather.is_strict();
                if !from_a {
                    customer.a.clear();
                }
                mend(customer, most, strict);
            }
            World { customers, from_a, beside, weather }
        })
        .boxed()
}

/// A side as it is grown: what is declared, what is to be absent, and of what nothing else may be there.
type Side = (Body, Body, Vec<Value>);

fn customer(index: usize, chance: f64) -> BoxedStrategy<Customer> {
    let of = move |kind: &'static str| {
        let numbers = &system_of(kind).account(index).numbers;
        let side = || -> BoxedStrategy<Side> {
            match kind {
                "stratus" => stratus::body(numbers, chance),
                "ctm" => ctm::body(numbers, chance),
                _ => deskphone::body(chance),
            }
        };
        let provider = if kind == "deskphone" { format!("{kind}{index}") } else { kind.to_owned() };
        (side(), side()).prop_map(move |(a, b)| Customer {
            kind,
            provider: provider.clone(),
            index,
            a: joined(a),
            b: joined(b),
        })
    };
    prop_oneof![4 => of(KINDS[0]), 4 => of(KINDS[1]), 1 => of(KINDS[2])].boxed()
}

fn joined((mut body, absent, exhaustive): Side) -> Body {
    body.insert("absent".to_owned(), absent.into());
    body.insert("exhaustive".to_owned(), exhaustive.into());
    body
}

/// Makes of what was grown at random what a careful person could have written.
fn mend(customer: &mut Customer, most: usize, strict: bool) {
    let start: Value = serde_json::from_str(&customer.system().account(customer.index).state).unwrap();
    let mut held: BTreeMap<Kind, BTreeSet<String>> =
        [Kind::Schedules, Kind::Queues, Kind::Receivers].map(|kind| (kind, live(&start, kind))).into();
    let mut a = std::mem::take(&mut customer.a);
    cut(&mut a, most);
    declare(customer, &mut a, &held);
    if strict {
        spare(customer, &mut a, None);
    }
    for (kind, keys) in &mut held {
        let section = kind.section();
        let said = |key: &String| a.get(section).is_some_and(|body| body.get(key).is_some());
        let all =
            a.get("exhaustive").and_then(Value::as_array).is_some_and(|list| list.contains(&section.into()));
        let gone = |key: &String| a.get("absent").is_some_and(|it| list(it, section).contains(key));
        keys.retain(|key| said(key) || !(all || gone(key)));
        keys.extend(a.get(section).and_then(Value::as_object).into_iter().flat_map(|it| it.keys().cloned()));
    }
    let mut b = std::mem::take(&mut customer.b);
    cut(&mut b, most);
    keep_allowed(&a, &mut b);
    declare(customer, &mut b, &held);
    if strict {
        spare(customer, &mut b, Some(&a));
    }
    (customer.a, customer.b) = (a, b);
}

/// Only a person takes a caller off an allow list: who is on one stays.
fn keep_allowed(a: &Body, b: &mut Body) {
    for (extension, rules) in b.get_mut("rules").and_then(Value::as_object_mut).into_iter().flatten() {
        let before = a.get("rules").and_then(|all| all[extension]["callers"]["allow"].as_array());
        let Some(Value::Array(list)) = rules.pointer_mut("/callers/allow") else { continue };
        let left = before.into_iter().flatten().filter(|caller| !list.contains(caller)).cloned();
        let left: Vec<Value> = left.collect();
        list.extend(left);
    }
}

/// Leaves out the last objects to which nothing points, until there are no more than so many.
fn cut(body: &mut Body, most: usize) {
    let count = |body: &Body| -> usize { body.values().filter_map(Value::as_object).map(Map::len).sum() };
    for section in ["forwards", "diverts", "numbers", "rules"] {
        while count(body) > most {
            let Some(objects) = body.get_mut(section).and_then(Value::as_object_mut) else { break };
            if objects.pop_last().is_none() {
                break;
            }
        }
    }
}

trait PopLast {
    fn pop_last(&mut self) -> Option<Value>;
}

impl PopLast for Map<String, Value> {
    fn pop_last(&mut self) -> Option<Value> {
        let last = self.keys().next_back()?.clone();
        self.remove(&last)
    }
}

/// What an object says when it has to say something.
fn least(kind: Kind) -> Value {
    match kind {
        Kind::Schedules => json!({"weekly": {"mon": ["09:00-17:00"]}}),
        Kind::Receivers => json!({"label": "New"}),
        _ => json!({"agent_ring": 20}),
    }
}

fn list(of: &Value, section: &str) -> Vec<String> {
    let list = of.get(section).and_then(Value::as_array).into_iter().flatten();
    list.filter_map(|key| key.as_str().map(str::to_owned)).collect()
}

fn tenant(customer: &Customer, body: &Body) -> Tenant {
    serde_json::from_str(&customer.file(body)).unwrap()
}

/// Declares what is pointed to, has what is new say something, and takes out of `absent` what is declared.
fn declare(customer: &Customer, body: &mut Body, held: &BTreeMap<Kind, BTreeSet<String>>) {
    let mut pointed = BTreeSet::new();
    for (address, resource) in tenant(customer, body).resources() {
        for (_, reference) in references(&address, &resource) {
            if matches!(reference, Reference::Queue(_) | Reference::Schedule(_) | Reference::Receiver(_)) {
                pointed.extend(reference.address());
            }
        }
    }
    for target in pointed {
        let section = body.entry(target.kind.section()).or_insert_with(|| json!({}));
        section.as_object_mut().unwrap().entry(target.key).or_insert_with(|| json!({}));
    }
    for (kind, keys) in held {
        let Some(objects) = body.get_mut(kind.section()).and_then(Value::as_object_mut) else { continue };
        for (key, object) in objects {
            let bare =
                object.as_object().unwrap().keys().all(|field| field == "enabled" || field == "protect");
            if bare && !keys.contains(key) {
                object.as_object_mut().unwrap().extend(least(*kind).as_object().unwrap().clone());
            }
        }
    }
    let said = body.clone();
    let Some(absent) = body.get_mut("absent").and_then(Value::as_object_mut) else { return };
    for (section, keys) in absent {
        let declared =
            |key: &Value| said.get(section).is_some_and(|it| it.get(key.as_str().unwrap()).is_some());
        keys.as_array_mut().unwrap().retain(|key| !declared(key));
    }
}

/// A strict server refuses to delete what is in use: nothing is taken away that something else will still point to.
fn spare(customer: &Customer, body: &mut Body, earlier: Option<&Body>) {
    body.insert("exhaustive".to_owned(), json!([]));
    // What only the portal has said may point anywhere; these nobody there points to.
    let free =
        ["+14105550106", "+14105550120", "+14105550121", "night", "outing", "storm", "holidays", "unused"];
    only(body, |section, key| section == "forwards" || free.contains(&key));
    // What is not taken away after all goes on pointing to what it does.
    loop {
        let kept = still_used(customer, body, earlier);
        let said = body.clone();
        only(body, |section, key| !kept.contains(&(section.to_owned(), key.to_owned())));
        if *body == said {
            break;
        }
    }
}

/// Leaves in `absent` what may be there.
fn only(body: &mut Body, may: impl Fn(&str, &str) -> bool) {
    for (section, keys) in body.get_mut("absent").and_then(Value::as_object_mut).into_iter().flatten() {
        keys.as_array_mut().unwrap().retain(|key| may(section, key.as_str().unwrap()));
    }
}

/// What objects of the earlier side point to that neither go now nor are told to point elsewhere.
fn still_used(customer: &Customer, body: &Body, earlier: Option<&Body>) -> BTreeSet<(String, String)> {
    let mut kept = BTreeSet::new();
    for (address, resource) in
        earlier.into_iter().flat_map(|body| tenant(customer, body).resources().collect::<Vec<_>>())
    {
        let section = address.kind.section();
        let gone = body.get("absent").is_some_and(|it| list(it, section).contains(&address.key));
        for (path, reference) in references(&address, &resource) {
            let field = path.first().and_then(|seg| seg.as_key()).unwrap_or_default();
            let now = body.get(section).and_then(|section| section.get(&address.key));
            if !gone && now.is_none_or(|object| object.get(field).is_none()) {
                kept.extend(reference.address().map(|it| (it.kind.section().to_owned(), it.key)));
            }
        }
    }
    kept
}
