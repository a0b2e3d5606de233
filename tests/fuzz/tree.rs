//! Changes of an input as a tree of values.

use crate::{bytes::NASTY, dice::Dice};
use serde_json::{Map, Number, Value, json};

/// One change somewhere in a tree. `donor` lends parts of its own.
pub fn change(tree: &mut Value, dice: &mut Dice, donor: &Value) {
    let count = size(tree);
    let Some(place) = nth(tree, &mut dice.below(count)) else { return };
    match dice.below(12) {
        0..=2 => *place = nasty(dice),
        3 => *place = retyped(place, dice),
        4 => {
            let mut from = dice.below(size(donor));
            if let Some(part) = nth(&mut donor.clone(), &mut from) {
                *place = part.take();
            }
        }
        5 => *place = if dice.one_in(2) { json!([place.take()]) } else { json!({ "x": place.take() }) },
        6 => {
            if let Value::String(text) = place {
                let word = dice.pick(NASTY);
                let at = text.floor_char_boundary(dice.below(text.len() + 1));
                text.insert_str(at, word);
            } else {
                *place = nasty(dice);
            }
        }
        _ => match place {
            Value::Object(map) => change_map(map, dice),
            Value::Array(items) => change_list(items, dice),
            _ => *place = nasty(dice),
        },
    }
}

fn change_map(map: &mut Map<String, Value>, dice: &mut Dice) {
    let keys: Vec<String> = map.keys().cloned().collect();
    let Some(key) = keys.get(dice.below(keys.len())) else {
        map.insert(dice.pick(NASTY).to_owned(), nasty(dice));
        return;
    };
    match dice.below(6) {
        0 => drop(map.shift_remove(key)),
        1 => {
            if let Some(value) = map.shift_remove(key) {
                map.insert(key.clone(), value);
            }
        }
        2 => {
            let value = map[key].clone();
            map.insert(dice.pick(NASTY).to_owned(), value);
        }
        3 => {
            map.insert(key.clone(), nasty(dice));
        }
        4 => {
            let other = &keys[dice.below(keys.len())];
            let value = map[other].clone();
            map.insert(key.clone(), value);
        }
        _ => {
            map.insert(format!("x-{}", dice.below(4)), nasty(dice));
        }
    }
}

fn change_list(items: &mut Vec<Value>, dice: &mut Dice) {
    if items.is_empty() {
        items.push(nasty(dice));
        return;
    }
    let at = dice.below(items.len());
    match dice.below(6) {
        0 => drop(items.remove(at)),
        1 => {
            let copy = items[at].clone();
            items.insert(at, copy);
        }
        2 => {
            let other = dice.below(items.len());
            items.swap(at, other);
        }
        3 => items.insert(at, nasty(dice)),
        4 => {
            // A page of a round number of rows may have another behind it.
            let copy = items[at].clone();
            items.resize(10, copy);
        }
        _ => items.clear(),
    }
}

/// The same in another type, as servers do.
fn retyped(value: &Value, dice: &mut Dice) -> Value {
    match value {
        Value::String(text) => match (text.parse::<Number>(), dice.below(4)) {
            (Ok(number), 0 | 1) => number.into(),
            (_, 0) => json!(text.to_uppercase()),
            (_, 1) => json!([text]),
            (_, 2) => json!(format!(" {text} ")),
            _ => json!(text.len()),
        },
        Value::Number(number) => json!(number.to_string()),
        Value::Bool(flag) => {
            [json!(u8::from(*flag)), json!(flag.to_string()), json!(if *flag { "yes" } else { "no" })]
                [dice.below(3)]
            .clone()
        }
        Value::Array(items) if items.len() == 1 => items[0].clone(),
        Value::Array(_) => json!({}),
        Value::Object(map) => map.values().cloned().collect(),
        Value::Null => json!(""),
    }
}

/// A value that nobody hopes for.
pub fn nasty(dice: &mut Dice) -> Value {
    match dice.below(9) {
        0 => Value::Null,
        1 => json!(dice.one_in(2)),
        2 => number(dice.pick(&[
            "0",
            "-1",
            "1",
            "25.0",
            "4294967296",
            "18446744073709551616",
            "1e400",
            "0.30000000000000004",
            "1E2",
        ])),
        3 => json!([]),
        4 => json!({}),
        5 if dice.one_in(8) => (0..70).fold(json!(1), |inner, _| json!([inner])),
        _ => json!(dice.pick(NASTY)),
    }
}

/// A number with these very digits.
pub fn number(text: &str) -> Value {
    serde_json::from_str(text).unwrap_or_default()
}

/// How many values there are.
pub fn size(tree: &Value) -> usize {
    1 + match tree {
        Value::Array(items) => items.iter().map(size).sum(),
        Value::Object(map) => map.values().map(size).sum(),
        _ => 0,
    }
}

/// The value that is the nth on the way through the tree.
pub fn nth<'a>(tree: &'a mut Value, index: &mut usize) -> Option<&'a mut Value> {
    if *index == 0 {
        return Some(tree);
    }
    *index -= 1;
    match tree {
        Value::Array(items) => items.iter_mut().find_map(|item| nth(item, index)),
        Value::Object(map) => map.values_mut().find_map(|item| nth(item, index)),
        _ => None,
    }
}

/// The tree without its nth value, where it stands in something.
pub fn without(tree: &Value, index: usize) -> Option<Value> {
    fn take(tree: &mut Value, index: &mut usize) -> bool {
        match tree {
            Value::Array(items) => {
                for at in 0..items.len() {
                    *index -= 1;
                    if *index == 0 {
                        items.remove(at);
                        return true;
                    }
                    if take(&mut items[at], index) {
                        return true;
                    }
                }
                false
            }
            Value::Object(map) => {
                let keys: Vec<String> = map.keys().cloned().collect();
                for key in keys {
                    *index -= 1;
                    if *index == 0 {
                        map.shift_remove(&key);
                        return true;
                    }
                    if take(&mut map[&key], index) {
                        return true;
                    }
                }
                false
            }
            _ => false,
        }
    }
    let mut less = tree.clone();
    let mut index = index;
    (index > 0 && take(&mut less, &mut index)).then_some(less)
}
