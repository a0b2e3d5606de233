//! What a key is for, from the schema of its file.

use crate::path::Segment;
use serde_json::Value;

/// Schemas that lead to themselves are followed so far.
const DEPTH: usize = 8;

/// What is said of the key at a path, and of the word that stands there.
pub fn described(schema: &Value, path: &[Segment], word: Option<&str>) -> Option<String> {
    let mut here = forms(schema, schema, DEPTH);
    let mut said = None;
    for segment in path {
        let inner: Vec<&Value> = here.iter().flat_map(|it| below(it, segment)).collect();
        said = inner.iter().find_map(|it| description(it));
        here = inner.into_iter().flat_map(|it| forms(schema, it, DEPTH)).collect();
        said = said.or_else(|| here.iter().find_map(|it| description(it)));
    }
    let is_word = |it: &&&Value| word.is_some() && it.get("const").and_then(Value::as_str) == word;
    let of_word = here.iter().find(is_word).and_then(|it| description(it));
    match (said, of_word) {
        (Some(said), Some(of_word)) if said != of_word => Some(format!("{said}\n\n`{}`: {of_word}", word?)),
        (said, of_word) => said.or(of_word).map(str::to_owned),
    }
}

fn description(schema: &Value) -> Option<&str> {
    schema.get("description")?.as_str()
}

/// What a schema says of what is one segment below.
fn below<'s>(schema: &'s Value, segment: &Segment) -> Vec<&'s Value> {
    match segment {
        Segment::Key(key) => {
            let own = schema.get("properties").and_then(|it| it.get(&**key));
            let others = schema.get("additionalProperties").filter(|it| it.is_object());
            let patterns = schema.get("patternProperties").and_then(Value::as_object);
            match own {
                Some(own) => vec![own],
                None => others.into_iter().chain(patterns.into_iter().flat_map(|it| it.values())).collect(),
            }
        }
        Segment::Index(_) | Segment::Element { .. } => schema.get("items").into_iter().collect(),
    }
}

/// A schema with what it leads to and all of its forms.
fn forms<'s>(root: &'s Value, schema: &'s Value, depth: usize) -> Vec<&'s Value> {
    let mut all = vec![schema];
    if depth == 0 {
        return all;
    }
    let target = schema.get("$ref").and_then(Value::as_str).and_then(|it| it.strip_prefix('#'));
    all.extend(target.and_then(|it| root.pointer(it)).into_iter().flat_map(|it| forms(root, it, depth - 1)));
    for word in ["allOf", "anyOf", "oneOf"] {
        let inner = schema.get(word).and_then(Value::as_array).into_iter().flatten();
        all.extend(inner.flat_map(|it| forms(root, it, depth - 1)));
    }
    all
}
