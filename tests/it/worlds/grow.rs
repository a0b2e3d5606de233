//! Small strategies for the bodies of tenant files.

use proptest::{prelude::*, sample::select};
use serde_json::{Map, Value};

pub type Body = Map<String, Value>;
pub type Some1 = BoxedStrategy<Value>;

/// One of these.
pub fn one_of(values: impl IntoIterator<Item = Value>) -> Some1 {
    select(values.into_iter().collect::<Vec<_>>()).boxed()
}

/// An object of which each field may be left out.
pub fn fields(all: Vec<(&'static str, Some1)>) -> Some1 {
    let (names, values): (Vec<_>, Vec<_>) = all.into_iter().unzip();
    let values: Vec<_> = values.into_iter().map(|value| prop::option::weighted(0.5, value)).collect();
    let object = move |values: Vec<Option<Value>>| {
        let said = names.iter().zip(values).filter_map(|(name, value)| Some(((*name).to_owned(), value?)));
        Value::Object(said.collect())
    };
    values.prop_map(object).boxed()
}

/// A list of some of these, each once, in any order.
pub fn some_of(values: Vec<Value>, most: usize) -> BoxedStrategy<Vec<Value>> {
    let most = most.min(values.len());
    prop::sample::subsequence(values, 0..=most).prop_shuffle().boxed()
}

/// An object that may be protected: what is compared with no earlier revision is not held up by it.
pub fn protectable(object: Some1) -> Some1 {
    (object, prop::option::weighted(0.1, any::<bool>()))
        .prop_map(|(mut object, protect)| {
            if let Some(protect) = protect {
                object["protect"] = protect.into();
            }
            object
        })
        .boxed()
}

/// A section of a tenant file: each key is declared with this chance.
pub fn section(keys: &[String], chance: f64, value: impl Fn(&str) -> Some1) -> BoxedStrategy<Body> {
    let keys = keys.to_vec();
    let values: Vec<_> =
        keys.iter().map(|key| prop::option::weighted(chance, protectable(value(key)))).collect();
    let body = move |values: Vec<Option<Value>>| {
        keys.iter().zip(values).filter_map(|(key, value)| Some((key.clone(), value?))).collect()
    };
    values.prop_map(body).boxed()
}

/// The sections of a tenant file under their names; empty ones are left out.
pub fn sections(all: Vec<(&'static str, BoxedStrategy<Body>)>) -> BoxedStrategy<Body> {
    let (names, bodies): (Vec<_>, Vec<_>) = all.into_iter().unzip();
    let tenant = move |bodies: Vec<Body>| {
        let said = names.iter().zip(bodies).filter(|(_, body)| !body.is_empty());
        said.map(|(name, body)| ((*name).to_owned(), Value::Object(body))).collect()
    };
    bodies.prop_map(tenant).boxed()
}

/// What is to be absent, and the kinds of which nothing else may be there.
pub fn removals(kinds: Vec<(&'static str, Vec<String>)>) -> BoxedStrategy<(Body, Vec<Value>)> {
    let words: Vec<Value> = kinds.iter().map(|(kind, _)| Value::from(*kind)).collect();
    let absent = kinds.into_iter().map(|(kind, keys)| {
        let keys = keys.into_iter().map(Value::from).collect();
        some_of(keys, 3).prop_map(move |keys| (kind, keys)).boxed()
    });
    let absent = absent.collect::<Vec<_>>().prop_map(|all| {
        let said = all.into_iter().filter(|(_, keys)| !keys.is_empty());
        said.map(|(kind, keys)| (kind.to_owned(), Value::Array(keys))).collect::<Body>()
    });
    let exhaustive = prop_oneof![6 => Just(Vec::new()), 1 => some_of(words, 2)];
    (absent, exhaustive).boxed()
}

/// Numbers that no emulated system hosts.
pub fn outside() -> impl Iterator<Item = String> {
    (0..4).map(|index| format!("+1972555019{index}"))
}

pub fn texts(all: &[&str]) -> Vec<String> {
    all.iter().map(|text| (*text).to_owned()).collect()
}

pub fn values(all: &[String]) -> Vec<Value> {
    all.iter().cloned().map(Value::from).collect()
}

/// Opening hours.
pub fn weekly() -> Some1 {
    let days = ["mon-fri", "sat", "sun", "tue,thu", "mon"].map(Value::from).to_vec();
    let hours = [&["08:00-12:00", "13:00-17:00"][..], &["00:00-24:00"], &["09:30-16:00"], &["18:00-24:00"]];
    let hours = hours.map(|windows| Value::from(windows.to_vec())).to_vec();
    // Days may be named once.
    (select(days), select(hours))
        .prop_map(|(day, hours)| {
            let day = day.as_str().unwrap_or_default().to_owned();
            Value::Object(std::iter::once((day, hours)).collect())
        })
        .boxed()
}
