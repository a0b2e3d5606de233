//! Which maps of a tenant's file may be laid over one another: what the types say, by way of their schema.
//!
//! `{ queue: "400" }` over `{ extension: "101" }` is another destination, and no map of both.

use crate::model::Tenant;
use serde_json::Value;
use std::sync::LazyLock;

static SCHEMA: LazyLock<Value> = LazyLock::new(|| schemars::schema_for!(Tenant).to_value());

/// The forms that a value may take.
#[derive(Clone)]
pub(super) struct Forms(Vec<&'static Value>);

impl Forms {
    /// Those of a tenant's file.
    pub fn tenant() -> Self {
        let mut found = Vec::new();
        collect(&SCHEMA, &mut found);
        Self(found)
    }

    /// Those of the value under a key.
    pub fn at(&self, key: &str) -> Self {
        let mut found = Vec::new();
        for form in &self.0 {
            let value = form["properties"].get(key).or_else(|| form.get("additionalProperties"));
            value.into_iter().for_each(|value| collect(value, &mut found));
        }
        Self(found)
    }

    /// Whether one map may have all these keys. A key that none may have is for the decoder to refuse.
    pub fn is_one_map<'k>(&self, keys: impl Iterator<Item = &'k str> + Clone) -> bool {
        let maps = self.0.iter().filter(|form| form["type"] == "object");
        let takes = |form: &Value, key: &str| {
            let others = form.get("additionalProperties");
            form["properties"].get(key).is_some() || others != Some(&Value::Bool(false))
        };
        let maps: Vec<&Value> = maps.copied().collect();
        let keys = keys.filter(|key| maps.iter().any(|form| takes(form, key)));
        keys.clone().next().is_none() || maps.iter().any(|form| keys.clone().all(|key| takes(form, key)))
    }
}

/// The forms of a schema, with what it refers to in place of the reference.
fn collect(schema: &'static Value, found: &mut Vec<&'static Value>) {
    if let Some(name) = schema["$ref"].as_str() {
        SCHEMA.pointer(name.trim_start_matches('#')).into_iter().for_each(|it| collect(it, found));
    }
    let forms = ["allOf", "anyOf", "oneOf"].into_iter().filter_map(|word| schema[word].as_array());
    forms.flatten().for_each(|form| collect(form, found));
    if schema.get("type").is_some() {
        found.push(schema);
    }
}
