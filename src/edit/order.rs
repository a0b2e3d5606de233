//! In which order the keys of a map stand: fields as the schema has them, objects by number or name.

use crate::{
    load::layout::{Part, Shape},
    text::by_number_and_name,
};
use serde_json::Value;

/// What the schema says of a value, each form that it may have.
#[derive(Clone)]
pub struct Order<'a> {
    root: &'a Value,
    forms: Vec<&'a Value>,
}

/// Before it stand the keys that are there for their anchors.
const FIRST_SECTION: &str = "schedules";
const DAYS: [&str; 7] = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"];

impl<'a> Order<'a> {
    pub fn of(schema: &'a Value) -> Self {
        let mut order = Self { root: schema, forms: Vec::new() };
        order.take(schema, None);
        order
    }

    /// What it says of an item.
    pub fn item(&self, item: &Part) -> Self {
        let items = self.forms.iter().filter_map(|form| form.get("items"));
        self.with(items.collect(), Some(item))
    }

    /// What it says of the value under a key.
    pub fn at(&self, key: &str, value: &Part) -> Self {
        let of = |form: &&'a Value| {
            let named = form.get("properties").and_then(|it| it.get(key));
            named.or_else(|| form.get("additionalProperties").filter(|it| it.is_object()))
        };
        self.with(self.forms.iter().filter_map(of).collect(), Some(value))
    }

    fn with(&self, schemas: Vec<&'a Value>, value: Option<&Part>) -> Self {
        let mut order = Self { root: self.root, forms: Vec::new() };
        for schema in schemas {
            order.take(schema, value);
        }
        order
    }

    /// Takes a schema in with those that it is made of. What holds under a condition does where the value meets it.
    fn take(&mut self, schema: &'a Value, value: Option<&Part>) {
        if let Some(name) = schema.get("$ref").and_then(Value::as_str) {
            let found = name.strip_prefix('#').and_then(|pointer| self.root.pointer(pointer));
            found.into_iter().for_each(|it| self.take(it, value));
        }
        for word in ["allOf", "anyOf", "oneOf"] {
            let each = schema.get(word).and_then(Value::as_array);
            each.into_iter().flatten().for_each(|it| self.take(it, value));
        }
        if let (Some(condition), Some(then)) = (schema.get("if"), schema.get("then"))
            && value.is_some_and(|value| meets(condition, value))
        {
            self.take(then, value);
        }
        self.forms.push(schema);
    }

    /// The entries of a map in their order, by their places now. `None` where nothing is known of it.
    pub fn sorted(&self, entries: &[(Part, Part)]) -> Option<Vec<usize>> {
        let keyed = self.forms.iter().any(|it| it.get("additionalProperties").is_some_and(Value::is_object));
        let mut fields: Vec<&str> = Vec::new();
        for form in &self.forms {
            let names =
                form.get("properties").and_then(Value::as_object).into_iter().flat_map(|it| it.keys());
            for name in names {
                if !fields.contains(&name.as_str()) {
                    fields.push(name);
                }
            }
        }
        if !keyed && fields.is_empty() {
            return None;
        }
        let days = self.forms.iter().any(|it| it.get("propertyNames").is_some());
        let place = |name: &str| fields.iter().position(|field| *field == name);
        let aside = place(FIRST_SECTION).unwrap_or(fields.len());
        let rank = |index: &usize| {
            let name = name(&entries[*index].0);
            let (field, other) = match (place(&name), name.as_str()) {
                // What is merged comes first; what nobody knows keeps its order.
                (_, "<<") => (0, None),
                (Some(at), _) => (if at < aside { 1 + at } else { 2 + at }, None),
                (None, _) if days => (0, Some((day(&name), by_number_and_name(&name)))),
                (None, _) if keyed => (0, Some((0, by_number_and_name(&name)))),
                (None, _) => (1 + aside, None),
            };
            (field, other)
        };
        let mut order: Vec<usize> = (0..entries.len()).collect();
        order.sort_by_cached_key(rank);
        Some(order)
    }
}

/// Whether a map has the words that a condition asks for.
fn meets(condition: &Value, value: &Part) -> bool {
    let Shape::Map { entries, .. } = &value.shape else { return false };
    let asked = condition.get("properties").and_then(Value::as_object);
    asked.is_some_and(|asked| {
        asked.iter().all(|(key, wanted)| {
            let found = entries.iter().find(|(it, _)| name(it) == *key).map(|(_, value)| name(value));
            wanted
                .get("const")
                .and_then(Value::as_str)
                .is_some_and(|it| found.is_some_and(|found| found == it))
        })
    })
}

/// The first of the days that a key names.
fn day(key: &str) -> usize {
    DAYS.iter().position(|day| key.starts_with(day)).unwrap_or(DAYS.len())
}

/// What a key says.
pub fn name(part: &Part) -> String {
    match &part.shape {
        Shape::Quoted(raw) => {
            let inner = raw.get(1..raw.len().saturating_sub(1)).unwrap_or_default();
            if raw.starts_with('\'') { inner.replace("''", "'") } else { inner.replace("\\\"", "\"") }
        }
        Shape::Plain(text) | Shape::Text(text) | Shape::Alias(text) => text.clone(),
        Shape::Map { .. } | Shape::Seq { .. } => String::new(),
    }
}
