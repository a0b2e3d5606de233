//! What a key is for, in the words of the key: an editor shows the innermost description that it finds.

use serde_json::{Map, Value};
use std::collections::BTreeSet;

const DEFINITIONS: &str = "#/definitions/";

/// Takes out the descriptions of types that stand below the description of a key.
pub(super) fn by_the_key(schema: &mut Value) {
    let mut below = BTreeSet::new();
    described(schema, &mut below);
    // What a type is made of stands below the key as well.
    let mut known = 0;
    while known < below.len() {
        known = below.len();
        for name in below.clone() {
            let definition = schema["definitions"].get(&name).and_then(Value::as_object);
            definition.into_iter().for_each(|it| forms(it, &mut below));
        }
    }
    let definitions = schema.get_mut("definitions").and_then(Value::as_object_mut);
    for (_, definition) in definitions.into_iter().flatten().filter(|(name, _)| below.contains(*name)) {
        if let Value::Object(definition) = definition {
            definition.shift_remove("description");
        }
    }
}

/// The types that stand for the whole value of a key that has a description of its own.
fn described(schema: &mut Value, below: &mut BTreeSet<String>) {
    match schema {
        Value::Object(map) => {
            if map.contains_key("description") && !map.contains_key("const") {
                forms(map, below);
                silence(map);
            }
            map.values_mut().for_each(|inner| described(inner, below));
        }
        Value::Array(all) => all.iter_mut().for_each(|inner| described(inner, below)),
        _ => {}
    }
}

/// The definitions that a schema leads to, as a whole or as one of its forms.
fn forms(map: &Map<String, Value>, found: &mut BTreeSet<String>) {
    let name = map.get("$ref").and_then(Value::as_str).and_then(|it| it.strip_prefix(DEFINITIONS));
    found.extend(name.map(str::to_owned));
    for word in ["allOf", "anyOf", "oneOf"] {
        let all = map.get(word).and_then(Value::as_array).into_iter().flatten();
        all.filter_map(Value::as_object).for_each(|form| forms(form, found));
    }
}

/// The same of forms that stand in place. What a single word means is said at the word.
fn silence(map: &mut Map<String, Value>) {
    for word in ["allOf", "anyOf", "oneOf"] {
        let all = map.get_mut(word).and_then(Value::as_array_mut).into_iter().flatten();
        for form in all.filter_map(Value::as_object_mut).filter(|form| !form.contains_key("const")) {
            form.shift_remove("description");
            silence(form);
        }
    }
}
