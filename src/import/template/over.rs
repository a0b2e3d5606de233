//! What is written over an object of the template so that another one comes out.

use super::super::Declared;
use crate::{
    emit::entry,
    model::Address,
    path::{Path, Segment},
};
use serde_json::{Map, Value};

/// What a tenant says of an object that differs, and the paths that it does not take. `None` where the whole of it is shorter.
pub fn shorter(address: &Address, own: &Declared, below: &Value) -> Option<(Value, Vec<String>)> {
    let mut without = Vec::new();
    let value = over(&own.value, below, &address.path(), &mut without)?;
    let lines = |value: &Value| entry(&address.key, value, 2).lines().count();
    (lines(&value) + without.len() < lines(&own.value) + 1).then_some((value, without))
}

/// `None` where there is nothing to say.
fn over(own: &Value, below: &Value, at: &Path, without: &mut Vec<String>) -> Option<Value> {
    let (Value::Object(fields), Value::Object(others)) = (own, below) else { return Some(own.clone()) };
    if fields.is_empty() && !others.is_empty() {
        without.push(at.to_string());
        return Some(own.clone());
    }
    // Maps without a common field are two forms of a value, as destinations are: one replaces the other.
    if !fields.keys().any(|key| others.contains_key(key)) {
        return Some(own.clone());
    }
    let inside = |key: &String| at.join(Segment::key(key));
    let gone = others.keys().filter(|key| !fields.contains_key(*key));
    without.extend(gone.map(|key| inside(key).to_string()));
    let mut said = Map::new();
    for (key, value) in fields {
        match others.get(key) {
            Some(other) if other == value => {}
            Some(other) => said.extend(over(value, other, &inside(key), without).map(|it| (key.clone(), it))),
            None => drop(said.insert(key.clone(), value.clone())),
        }
    }
    (!said.is_empty()).then_some(Value::Object(said))
}
