//! Holds one account's state so that copies share what did not change.
//!
//! A domain of 2 000 users is written once per request: objects are shared between versions, and each keeps
//! its text, so a write serialises only what it touched.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, OnceLock};

use serde_json::{Map, Value};

/// One row, or single value, that differs between two states.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Change<'d> {
    pub section: &'d str,
    /// `None`: the section is a single value.
    pub key: Option<&'d str>,
    pub before: Option<&'d Value>,
    pub after: Option<&'d Value>,
}

/// The state of one account: named tables of objects by key, and named single values.
#[derive(Debug, Clone, Default)]
pub struct Document {
    sections: BTreeMap<String, Section>,
}

#[derive(Debug, Clone)]
enum Section {
    Table(Arc<BTreeMap<Arc<str>, Arc<Entry>>>),
    Single(Arc<Entry>),
}

/// A value and, once it was written, its text.
#[derive(Debug)]
struct Entry {
    value: Value,
    text: OnceLock<String>,
}

impl Entry {
    fn new(value: Value) -> Arc<Self> {
        Arc::new(Self { value, text: OnceLock::new() })
    }

    fn text(&self) -> &str {
        self.text.get_or_init(|| self.value.to_string())
    }
}

impl Section {
    /// The rows of a table by their keys, or the single value without one.
    fn rows(section: Option<&Self>) -> BTreeMap<Option<&str>, &Arc<Entry>> {
        match section {
            None => BTreeMap::new(),
            Some(Self::Table(rows)) => rows.iter().map(|(key, row)| (Some(&**key), row)).collect(),
            Some(Self::Single(entry)) => BTreeMap::from([(None, entry)]),
        }
    }
}

impl Document {
    /// Makes an empty document with these tables.
    pub fn new(tables: &[&str]) -> Self {
        let empty = |name: &&str| ((*name).to_owned(), Section::Table(Arc::default()));
        Self { sections: tables.iter().map(empty).collect() }
    }

    /// Reads what [`Document::to_text`] wrote.
    pub fn parse(text: &str, tables: &[&str]) -> Result<Self, String> {
        let sections: Map<String, Value> = serde_json::from_str(text).map_err(|error| error.to_string())?;
        let mut document = Self::new(tables);
        for (name, value) in sections {
            match value {
                Value::Object(rows) if tables.contains(&name.as_str()) => {
                    rows.into_iter().for_each(|(key, row)| document.put(&name, &key, row));
                }
                value => document.set(&name, value),
            }
        }
        Ok(document)
    }

    /// Writes the whole document, one object a line, in key order.
    pub fn to_text(&self) -> String {
        let mut text = String::from("{\n");
        for (index, (name, section)) in self.sections.iter().enumerate() {
            text.push_str(if index == 0 { "" } else { ",\n" });
            text.push_str(&format!("{}: ", Value::from(name.as_str())));
            match section {
                Section::Single(entry) => text.push_str(entry.text()),
                Section::Table(rows) => {
                    text.push('{');
                    for (index, (key, entry)) in rows.iter().enumerate() {
                        text.push_str(if index == 0 { "\n" } else { ",\n" });
                        text.push_str(&format!("{}: ", Value::from(&**key)));
                        text.push_str(entry.text());
                    }
                    text.push_str(if rows.is_empty() { "}" } else { "\n}" });
                }
            }
        }
        text.push_str("\n}\n");
        text
    }

    /// Tells what differs in a later state. What both share is not looked at.
    pub fn changes<'d>(&'d self, next: &'d Self) -> Vec<Change<'d>> {
        let mut changes = Vec::new();
        let sections: BTreeSet<&str> =
            self.sections.keys().chain(next.sections.keys()).map(String::as_str).collect();
        for section in sections {
            let (old, new) = (self.sections.get(section), next.sections.get(section));
            if let (Some(Section::Table(old)), Some(Section::Table(new))) = (old, new)
                && Arc::ptr_eq(old, new)
            {
                continue;
            }
            let (old, new) = (Section::rows(old), Section::rows(new));
            let added = new
                .iter()
                .filter(|(key, _)| !old.contains_key(*key))
                .map(|(key, row)| (key, None, Some(*row)));
            let kept = old.iter().map(|(key, row)| (key, Some(*row), new.get(key).copied()));
            for (key, before, after) in kept.chain(added) {
                let (old, new) = (before.map(Arc::as_ptr), after.map(Arc::as_ptr));
                let (before, after) = (before.map(|row| &row.value), after.map(|row| &row.value));
                if old != new && before != after {
                    changes.push(Change { section, key: *key, before, after });
                }
            }
        }
        changes
    }

    pub fn to_value(&self) -> Value {
        let section = |section: &Section| match section {
            Section::Single(entry) => entry.value.clone(),
            Section::Table(rows) => {
                rows.iter().map(|(key, entry)| (key.to_string(), entry.value.clone())).collect()
            }
        };
        self.sections.iter().map(|(name, value)| (name.clone(), section(value))).collect()
    }

    /// Returns the rows of a table in key order.
    pub fn table(&self, name: &str) -> impl Iterator<Item = (&str, &Value)> {
        let rows = match self.sections.get(name) {
            Some(Section::Table(rows)) => Some(rows),
            _ => None,
        };
        rows.into_iter().flat_map(|rows| rows.iter()).map(|(key, entry)| (&**key, &entry.value))
    }

    pub fn get(&self, table: &str, key: &str) -> Option<&Value> {
        match self.sections.get(table) {
            Some(Section::Table(rows)) => rows.get(key).map(|entry| &entry.value),
            _ => None,
        }
    }

    pub fn put(&mut self, table: &str, key: &str, value: Value) {
        if let Some(Section::Table(rows)) = self.sections.get_mut(table) {
            Arc::make_mut(rows).insert(key.into(), Entry::new(value));
        }
    }

    pub fn remove(&mut self, table: &str, key: &str) {
        if let Some(Section::Table(rows)) = self.sections.get_mut(table) {
            Arc::make_mut(rows).remove(key);
        }
    }

    /// Returns a single value; `null` when there is none.
    pub fn single(&self, name: &str) -> &Value {
        match self.sections.get(name) {
            Some(Section::Single(entry)) => &entry.value,
            _ => &Value::Null,
        }
    }

    pub fn set(&mut self, name: &str, value: Value) {
        self.sections.insert(name.to_owned(), Section::Single(Entry::new(value)));
    }
}
