//! What of the schema of a tenant's file one kind of provider takes, as its tables say: an editor offers nothing else.

use crate::{
    model::Kind,
    path::{Path, Segment},
    plan::{Dialect, Grade},
};
use serde_json::{Map, Value, json};
use std::collections::BTreeMap;

const DEFINITIONS: &str = "#/definitions/";

/// The schema of a tenant's file for a provider with this dialect.
pub(super) fn narrowed(schema: &Value, dialect: &Dialect) -> Value {
    let definitions = schema["definitions"].as_object().cloned().unwrap_or_default();
    let mut narrowing =
        Narrowing { dialect, definitions: &definitions, kind: Kind::Numbers, narrow: BTreeMap::new() };
    let mut root = schema.as_object().cloned().unwrap_or_default();
    let has =
        |kind: Kind| dialect.grades.iter().any(|row| row.kind == kind && row.grade != Grade::Unsupported);
    let deletes = |kind: Kind| has(kind) && dialect.presence(kind, true).grade != Grade::Unsupported;
    if let Some(Value::Object(sections)) = root.get_mut("properties") {
        let deletable = definitions["Absent"]["properties"].as_object();
        let words = Kind::ALL.into_iter().filter(|kind| deletes(*kind)).map(Kind::section);
        let words: Vec<&str> =
            words.filter(|word| deletable.is_some_and(|it| it.contains_key(*word))).collect();
        let narrow = std::mem::take(sections).into_iter().filter_map(|(section, schema)| {
            let schema = match Kind::ALL.into_iter().find(|kind| kind.section() == section) {
                Some(kind) if has(kind) => {
                    narrowing.kind = kind;
                    narrowing.of(&schema, &Path::default())
                }
                Some(_) => None,
                None => match section.as_str() {
                    // It is about rules by schedules.
                    "bulk" => (has(Kind::Rules) && has(Kind::Schedules)).then_some(schema),
                    "exhaustive" | "absent" => (!words.is_empty()).then_some(schema),
                    _ => Some(schema),
                },
            };
            Some((section, schema?))
        });
        *sections = narrow.collect();
        narrowing.leave("Exhaustible", &|schema| {
            if let Some(Value::Array(all)) = schema.get_mut("enum") {
                all.retain(|it| it.as_str().is_some_and(|it| words.contains(&it)));
            }
        });
        narrowing.leave("Absent", &|schema| {
            if let Some(Value::Object(all)) = schema.get_mut("properties") {
                all.retain(|section, _| words.contains(&section.as_str()));
            }
        });
    }
    let narrow = narrowing.narrow.into_iter().filter_map(|(name, schema)| Some((name, schema?)));
    let mut all = definitions.clone();
    all.extend(narrow);
    root.insert("definitions".to_owned(), Value::Object(all));
    let mut root = Value::Object(root);
    join_equal(&mut root);
    drop_unused(&mut root);
    root
}

/// Several definitions that say the same become the first of them.
fn join_equal(root: &mut Value) {
    loop {
        let mut first: BTreeMap<String, String> = BTreeMap::new();
        let mut same: Vec<(String, String)> = Vec::new();
        for (name, schema) in root["definitions"].as_object().into_iter().flatten() {
            match first.get(&schema.to_string()) {
                Some(one) => same.push((name.clone(), one.clone())),
                None => drop(first.insert(schema.to_string(), name.clone())),
            }
        }
        if same.is_empty() {
            return;
        }
        let same: BTreeMap<String, String> = same.into_iter().collect();
        if let Some(Value::Object(definitions)) = root.get_mut("definitions") {
            definitions.retain(|name, _| !same.contains_key(name));
        }
        lead_elsewhere(root, &same);
    }
}

fn lead_elsewhere(schema: &mut Value, to: &BTreeMap<String, String>) {
    match schema {
        Value::Object(map) => {
            for (key, inner) in map.iter_mut() {
                let name =
                    inner.as_str().filter(|_| key == "$ref").and_then(|it| it.strip_prefix(DEFINITIONS));
                match name.and_then(|name| to.get(name)) {
                    Some(one) => *inner = format!("{DEFINITIONS}{one}").into(),
                    None => lead_elsewhere(inner, to),
                }
            }
        }
        Value::Array(all) => all.iter_mut().for_each(|inner| lead_elsewhere(inner, to)),
        _ => {}
    }
}

struct Narrowing<'a> {
    dialect: &'a Dialect,
    definitions: &'a Map<String, Value>,
    /// Of which kind the object is that is looked at.
    kind: Kind,
    /// What has become of definitions in a place, by their new names; nothing where nothing is left.
    narrow: BTreeMap<String, Option<Value>>,
}

impl Narrowing<'_> {
    /// A schema at this place of the object; `None` if nothing can stand there.
    fn of(&mut self, schema: &Value, path: &Path) -> Option<Value> {
        let Value::Object(map) = schema else { return Some(schema.clone()) };
        if let Some(name) =
            map.get("$ref").and_then(Value::as_str).and_then(|it| it.strip_prefix(DEFINITIONS))
        {
            return Some(json!({ "$ref": format!("{DEFINITIONS}{}", self.definition(name, path)?) }));
        }
        let mut left = map.clone();
        if let Some(Value::String(word)) = map.get("const")
            && !self.takes(path, word)
        {
            return None;
        }
        if let Some(Value::Array(words)) = map.get("enum") {
            let words = words.iter().filter(|it| it.as_str().is_none_or(|word| self.takes(path, word)));
            let words: Vec<Value> = words.cloned().collect();
            if words.is_empty() {
                return None;
            }
            left.insert("enum".to_owned(), Value::Array(words));
        }
        if let Some(Value::Object(properties)) = map.get("properties") {
            let narrow = properties.iter().filter_map(|(key, inner)| {
                // What comes later is of the same fields.
                let is_through = matches!(key.as_str(), "until" | "then");
                let inside = if is_through { path.clone() } else { path.join(Segment::key(key)) };
                let stays = is_through || self.takes(path, key);
                let inner = if stays { self.of(inner, &inside) } else { None };
                Some((key.clone(), inner?))
            });
            let narrow: Map<String, Value> = narrow.collect();
            let required = map.get("required").and_then(Value::as_array);
            let is_gone = |key: &Value| {
                key.as_str().is_some_and(|key| properties.contains_key(key) && !narrow.contains_key(key))
            };
            if required.into_iter().flatten().any(is_gone) {
                return None;
            }
            left.insert("properties".to_owned(), Value::Object(narrow));
        }
        for word in ["items", "additionalProperties"] {
            let Some(inner) = map.get(word).filter(|it| it.is_object()) else { continue };
            left.insert(word.to_owned(), self.of(inner, path)?);
        }
        for word in ["anyOf", "oneOf", "allOf"] {
            let Some(Value::Array(forms)) = map.get(word) else { continue };
            let narrow: Vec<Value> = forms.iter().filter_map(|form| self.of(form, path)).collect();
            if narrow.is_empty() || (word == "allOf" && narrow.len() < forms.len()) {
                return None;
            }
            left.insert(word.to_owned(), Value::Array(narrow));
        }
        Some(Value::Object(left))
    }

    /// A definition at this place: the name of what has become of it.
    fn definition(&mut self, name: &str, path: &Path) -> Option<String> {
        let keys: Vec<&str> = path.iter().filter_map(|segment| segment.as_key()).collect();
        let own = format!("{name}-{}", [&[self.kind.section()], keys.as_slice()].concat().join("-"));
        if let Some(known) = self.narrow.get(&own) {
            return known.as_ref().map(|_| own);
        }
        // By itself it is the short form of what is called so.
        if name == "Extension" && !self.takes(path, "extension") {
            return None;
        }
        let whole = self.definitions.get(name)?.clone();
        let narrow = self.of(&whole, path);
        if narrow.as_ref() == Some(&whole) {
            return Some(name.to_owned());
        }
        let stays = narrow.is_some();
        self.narrow.insert(own.clone(), narrow);
        stays.then_some(own)
    }

    fn takes(&self, path: &Path, key: &str) -> bool {
        self.dialect.takes(self.kind, path, key)
    }

    /// Changes a definition wherever it is used.
    fn leave(&mut self, name: &str, change: &dyn Fn(&mut Map<String, Value>)) {
        let Some(Value::Object(schema)) = self.definitions.get(name) else { return };
        let mut schema = schema.clone();
        change(&mut schema);
        self.narrow.insert(name.to_owned(), Some(Value::Object(schema)));
    }
}

/// Takes out the definitions that nothing leads to.
fn drop_unused(root: &mut Value) {
    loop {
        let text = root.to_string();
        let Some(Value::Object(definitions)) = root.get_mut("definitions") else { return };
        let before = definitions.len();
        definitions.retain(|name, _| text.contains(&format!("\"{DEFINITIONS}{name}\"")));
        if definitions.len() == before {
            return;
        }
    }
}
