//! Shows a document as the switches want it read (FACTS deskphone/contract-13).

use serde_json::{Value, json};

use super::Deskphone;
use super::sections::{ALL, DESTINATION, EXTRA, is_number};

pub fn document(server: &Deskphone, stored: &Value) -> Value {
    let mut shown = stored.clone();
    for section in ALL.iter().filter(|section| section.of(stored).is_some()) {
        let Some(divert) = section.make(&mut shown) else { continue };
        if server.bare_destination && divert.get(DESTINATION).is_some_and(|to| to == "") {
            divert.shift_remove(DESTINATION);
        }
        if let Some(Value::String(to)) = divert.get_mut(DESTINATION).filter(|_| server.plus_numbers) {
            *to = plus(to);
        }
    }
    if server.extra_field {
        reveal(&mut shown);
    }
    shown
}

/// What the extra field holds until a write changes it.
pub fn extra() -> Value {
    json!({"by": "bridge", "number": 7})
}

/// Adds the extra field to every object, except where a write has lost it.
fn reveal(value: &mut Value) {
    let Some(object) = value.as_object_mut() else { return };
    object.iter_mut().filter(|(name, _)| *name != EXTRA).for_each(|(_, inner)| reveal(inner));
    match object.get(EXTRA) {
        Some(Value::Null) => object.shift_remove(EXTRA),
        Some(_) => None,
        None => object.insert(EXTRA.to_owned(), extra()),
    };
}

/// Writes an outside number with a plus; one that ends in an odd digit with spaces as well.
fn plus(to: &str) -> String {
    // Shorter ones may be extensions.
    let number = is_number(to) && to.len() > 10;
    let odd = to.bytes().last().is_some_and(|digit| digit % 2 == 1);
    match (number, odd) {
        (false, _) => to.to_owned(),
        (true, false) => format!("+{to}"),
        (true, true) => format!("+{} {} {}", &to[..2], &to[2..6], &to[6..]),
    }
}
