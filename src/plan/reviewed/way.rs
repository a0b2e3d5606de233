//! The way of a value from what it was to what it is to be.

use crate::path::Segment;
use serde_json::Value;
use std::collections::BTreeSet;

/// What stands below a value; `None` where nothing does.
pub fn at(value: Option<&Value>, path: &[Segment]) -> Option<Value> {
    path.iter().try_fold(value?.clone(), |value, segment| match segment {
        Segment::Key(key) => value.get(&**key).cloned(),
        Segment::Index(index) => value.get(index).cloned(),
        Segment::Element { element } => value.as_array()?.iter().find(|it| is_called(it, element)).cloned(),
    })
}

/// Whether two values are the same. The sequence of rules is told by their names alone.
pub fn same(now: Option<&Value>, then: Option<&Value>) -> bool {
    now == then || now.zip(then).is_some_and(|(now, then)| Some(now) == names(then).as_ref())
}

/// Whether a value is one that it has between what it was and what it is to be.
pub fn is_on(now: Option<&Value>, was: Option<&Value>, will: Option<&Value>) -> bool {
    if now == was || now == will || same(now, was) || same(now, will) {
        return true;
    }
    let missing = |it: Option<&Value>| it.is_none_or(says_nothing);
    if missing(now) && (missing(was) || missing(will)) {
        return true;
    }
    match now {
        Some(Value::Object(fields)) => {
            let object = |it: Option<&Value>| it.is_none_or(Value::is_object);
            let field = |it: Option<&'_ Value>, key: &str| it.and_then(|it| it.get(key)).cloned();
            let keys: BTreeSet<&String> = [was, will]
                .into_iter()
                .flatten()
                .filter_map(Value::as_object)
                .flat_map(|it| it.keys())
                .chain(fields.keys())
                .collect();
            object(was)
                && object(will)
                && keys
                    .into_iter()
                    .all(|key| is_on(fields.get(key), field(was, key).as_ref(), field(will, key).as_ref()))
        }
        Some(Value::Array(items)) => {
            let list = |it: Option<&Value>| match it {
                None => Some(Vec::new()),
                Some(it) => it.as_array().cloned(),
            };
            let changed = was.is_some() && will.is_some();
            let (Some(was), Some(will)) = (list(was), list(will)) else { return false };
            let (was, will) = (alike(was, items), alike(will, items));
            // What is changed goes out at once, but for rules: they are made first, put in their order, and go last.
            if changed {
                return items.iter().all(Value::is_string)
                    && items.iter().all(|it| was.contains(it) || will.contains(it))
                    && (of(items, &was) == was || of(items, &will) == will);
            }
            let known = |item: &Value| {
                let (was, will) = (like(&was, item), like(&will, item));
                (was.is_some() || will.is_some()) && is_on(Some(item), was, will)
            };
            // What was there and is to stay is there.
            let stays = |item: &&Value| like(&will, item).is_some();
            items.iter().all(known) && was.iter().filter(stays).all(|item| like(items, item).is_some())
        }
        _ => false,
    }
}

/// The items of a list that are in the other one, in their order.
fn of(items: &[Value], other: &[Value]) -> Vec<Value> {
    items.iter().filter(|it| other.contains(it)).cloned().collect()
}

/// The names of rules where the other side has names alone.
fn alike(list: Vec<Value>, other: &[Value]) -> Vec<Value> {
    let whole = Value::Array(list);
    let as_names = names(&whole).filter(|_| other.iter().all(Value::is_string));
    match as_names.unwrap_or(whole) {
        Value::Array(list) => list,
        _ => Vec::new(),
    }
}

/// The rules of a list by their names.
fn names(list: &Value) -> Option<Value> {
    let names = list.as_array()?.iter().map(|rule| rule.get("when").filter(|it| it.is_string()).cloned());
    names.collect::<Option<Vec<_>>>().map(Value::Array)
}

/// The element of a list that is known by the same name.
fn like<'l>(list: &'l [Value], item: &Value) -> Option<&'l Value> {
    let name = name(item);
    list.iter().find(|it| *it == item || (name.is_some() && self::name(it) == name))
}

/// By what an element of a list is known.
const NAMES: [&str; 7] = ["when", "extension", "agent", "device", "number", "receiver", "date"];

fn name(item: &Value) -> Option<(&'static str, String)> {
    let known = NAMES.into_iter().find_map(|field| Some((field, item.get(field)?.as_str()?.to_owned())));
    known.or_else(|| Some(("", item.as_str()?.to_owned())))
}

fn is_called(item: &Value, element: &str) -> bool {
    name(item).is_some_and(|(field, name)| {
        name == element || element.strip_prefix(field).and_then(|it| it.strip_prefix(':')) == Some(&name)
    })
}

/// What a field says that nobody has set: nothing, off, or the one thing that every new object has.
fn says_nothing(value: &Value) -> bool {
    match value {
        Value::Null => true,
        Value::Bool(on) => !on,
        Value::Number(number) => number.as_u64() == Some(0),
        Value::String(text) => ["", "off", "extension"].contains(&text.as_str()),
        Value::Array(items) => items.is_empty(),
        Value::Object(fields) => fields.values().all(says_nothing),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    /// What an apply leaves when it is killed is on the way; what a person has set since is not, also where it is less than
    /// there was.
    #[test]
    fn only_what_an_apply_leaves_is_on_the_way() {
        let none = Value::Null;
        let table = [
            // Rules: made first, put in order, gone last.
            (json!(["a", "b", "new"]), json!(["a", "b"]), json!(["new", "a"]), true),
            (json!(["new", "a", "b"]), json!(["a", "b"]), json!(["new", "a"]), true),
            (json!(["b", "a"]), json!(["a", "b"]), json!(["new", "a"]), false),
            (json!(["b"]), json!(["a", "b"]), json!(["new", "a"]), false),
            (json!(["a", "b", "c"]), json!(["a", "b"]), json!(["new", "a"]), false),
            // Hours and receivers go out at once.
            (json!(["13:00-17:00"]), json!(["09:00-17:00"]), json!(["09:00-12:00", "13:00-17:00"]), false),
            (json!([]), json!(["09:00-17:00"]), json!(["09:00-12:00", "13:00-17:00"]), false),
            (json!(["C", "B", "A"]), json!(["A", "B", "C"]), json!(["A", "B"]), false),
            // What is new has nothing in it yet, or a part of it.
            (json!(""), none.clone(), json!("Sales"), true),
            (json!("Desk"), none.clone(), json!("Sales"), false),
            (json!([]), none.clone(), json!([{ "extension": "101" }]), true),
            (json!([{ "extension": "102" }]), none.clone(), json!([{ "extension": "101" }]), false),
            (
                json!({ "name": "", "agents": [] }),
                none.clone(),
                json!({ "name": "Sales", "agents": [] }),
                true,
            ),
            // So has what goes.
            (
                json!({ "name": "Sales", "agents": [] }),
                json!({ "name": "Sales", "agents": ["101"] }),
                none.clone(),
                true,
            ),
            (
                json!({ "name": "Kept", "agents": [] }),
                json!({ "name": "Sales", "agents": ["101"] }),
                none.clone(),
                false,
            ),
        ];
        for (now, was, will, expected) in table {
            let some = |value: &'_ Value| (!value.is_null()).then(|| value.clone());
            let on = is_on(Some(&now), some(&was).as_ref(), some(&will).as_ref());
            assert_eq!(on, expected, "{now} between {was} and {will}");
        }
    }
}
