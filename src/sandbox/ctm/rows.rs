//! Finds, keys and names objects in the state, and cuts the references to one that goes.

use serde_json::{Map, Value};

use super::body::text;
use super::kinds::{DIAL_LIST, ObjectType, TABLES};
use crate::sandbox::document::Document;
use crate::sandbox::scatter::scatter;

/// The first integer id; those of a real account are not 1 either.
const FIRST: u64 = 100;

/// Makes an id of the kind's form, and its integer companion, from the one counter of the state.
///
/// The beginning repeats between the objects of an account and kind, as in the samples (FACTS ctm/ids-3).
pub fn draw(document: &mut Document, kind: &ObjectType) -> (Value, u64) {
    let next = document.single("sequence").as_u64().unwrap_or(0) + 1;
    document.set("sequence", next.into());
    let integer = FIRST + next;
    if kind.prefix.is_empty() {
        return (integer.into(), integer);
    }
    let account = document.single("account").get("id").and_then(Value::as_u64).unwrap_or(0);
    let stem = kind.prefix.bytes().fold(account, |sum, byte| scatter(sum ^ u64::from(byte)));
    let stem: String = (0..).map(|index: u64| format!("{:016X}", scatter(stem ^ index))).take(3).collect();
    let own = format!("{:016X}", scatter(next));
    (format!("{}{}{own}", kind.prefix, &stem[..kind.digits - own.len()]).into(), integer)
}

/// Lists the objects of a table.
pub fn all<'d>(document: &'d Document, table: &str) -> impl Iterator<Item = &'d Map<String, Value>> {
    document.table(table).filter_map(|(_, row)| row.as_object())
}

/// Finds an object by its id; an integer id may be written as text.
pub fn find<'d>(document: &'d Document, table: &str, id: &str) -> Option<&'d Map<String, Value>> {
    all(document, table).find(|row| row.get("id").and_then(text).as_deref() == Some(id))
}

/// Puts an object under its natural key; under its id when another object has that key (FACTS ctm/ids-5).
pub fn put(document: &mut Document, kind: &ObjectType, natural: &str, row: Map<String, Value>) {
    let id = row.get("id").and_then(text).unwrap_or_default();
    forget(document, kind, &id);
    let taken = natural.is_empty() || document.get(kind.table, natural).is_some();
    document.put(kind.table, if taken { &id } else { natural }, row.into());
}

/// Takes an object out by its id.
pub fn forget(document: &mut Document, kind: &ObjectType, id: &str) {
    let named = |(_, row): &(&str, &Value)| row.get("id").and_then(text).as_deref() == Some(id);
    let key = document.table(kind.table).find(named).map(|(key, _)| key.to_owned());
    if let Some(key) = key {
        document.remove(kind.table, &key);
    }
}

/// Cuts every reference to an id; tells whether there was one.
pub fn detach(document: &mut Document, id: &str) -> bool {
    let mut changed = Vec::new();
    for table in TABLES {
        for (key, row) in document.table(table) {
            let mut row = row.clone();
            if cut(&mut row, id) {
                changed.push((*table, key.to_owned(), row));
            }
        }
    }
    let any = !changed.is_empty();
    for (table, key, row) in changed {
        document.put(table, &key, row);
    }
    any
}

fn cut(value: &mut Value, id: &str) -> bool {
    match value {
        Value::Array(list) => {
            let before = list.len();
            list.retain(|element| element != id);
            let shorter = list.len() < before;
            list.iter_mut().fold(shorter, |any, element| cut(element, id) || any)
        }
        Value::Object(object) => {
            let mut any = false;
            let hit: Vec<String> =
                object.iter().filter(|(_, value)| *value == id).map(|(name, _)| name.clone()).collect();
            for name in hit {
                any = true;
                lose(object, &name);
            }
            object.values_mut().fold(any, |any, value| cut(value, id) || any)
        }
        _ => false,
    }
}

/// Empties the field that held a reference, with what stands beside it.
fn lose(object: &mut Map<String, Value>, name: &str) {
    object.insert(name.to_owned(), Value::Null);
    if name == "target" {
        object.clear();
        object.insert("type".into(), DIAL_LIST.into());
    } else if name == "after_hours_action_id" {
        object.insert("after_hours_action_label".into(), "".into());
        object.insert("after_hours_action_type".into(), "".into());
    } else if name == "default_action_id" {
        object.insert("default_action_label".into(), Value::Null);
        object.insert("default_action_type".into(), Value::Null);
    }
}
