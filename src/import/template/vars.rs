//! The variables of a template, with what each tenant gives them.

use super::{
    Common, Office, most,
    texts::{filled, is_e164, mark, with_texts, written},
};
use crate::{
    import::Declared,
    model::{Address, Extension, VarType},
};
use serde_json::Value;
use std::collections::BTreeMap;

/// The variable for what people call an account.
const NAME: &str = "name";
/// A shorter name stands in texts that have nothing to do with it.
const SHORTEST_NAME: usize = 3;

/// A variable as a template declares it.
#[derive(Debug, Clone, PartialEq)]
pub struct Variable {
    pub name: String,
    pub r#type: VarType,
    /// What more than half of the tenants give.
    pub default: Option<String>,
}

/// All variables, as far as they are needed.
#[derive(Debug, Clone)]
pub struct Variables {
    members: usize,
    /// What people call the tenants, if each of them has a name.
    names: Option<BTreeMap<usize, String>>,
    found: Vec<(String, BTreeMap<usize, String>)>,
}

impl Variables {
    pub fn of(offices: &[Office<'_>], members: &[usize]) -> Self {
        let name = |index: &usize| {
            let name = offices[*index].name.filter(|name| name.chars().count() >= SHORTEST_NAME)?;
            Some((*index, name.to_owned()))
        };
        Self { members: members.len(), names: members.iter().map(name).collect(), found: Vec::new() }
    }

    pub fn len(&self) -> usize {
        self.found.len()
    }

    /// What each of these tenants says in one place, as one text. `called` is for a variable that comes in for it.
    pub fn text(&mut self, column: &BTreeMap<usize, String>, called: &str, may_add: bool) -> Option<String> {
        let first = column.values().next()?;
        if column.values().all(|text| text == first) {
            return Some(first.clone());
        }
        let says = |(_, values): &&(String, BTreeMap<usize, String>)| {
            column.iter().all(|(index, text)| values.get(index) == Some(text))
        };
        if let Some((name, _)) = self.found.iter().find(says) {
            return Some(mark(name));
        }
        if let Some(text) = self.with_name(column) {
            return Some(text);
        }
        may_add.then(|| mark(&self.add(called, column)))
    }

    /// The same where nothing differs but what people call the tenants.
    fn with_name(&mut self, column: &BTreeMap<usize, String>) -> Option<String> {
        let names = self.names.clone()?;
        let mut texts = column.iter().map(|(index, text)| {
            let name = names.get(index)?;
            text.contains(name.as_str()).then(|| text.replace(name.as_str(), &mark(NAME)))
        });
        let first = texts.next()??;
        // What stands before it would have another meaning with it.
        let is_plain = !first.contains(&format!("${}", mark(NAME)));
        if !is_plain || !texts.all(|text| text.as_ref() == Some(&first)) {
            return None;
        }
        if self.found.iter().all(|(name, _)| name != NAME) {
            self.found.push((NAME.to_owned(), names));
        }
        Some(first)
    }

    /// Adds one under a name that none has.
    fn add(&mut self, called: &str, column: &BTreeMap<usize, String>) -> String {
        let plain = called.to_lowercase();
        let words: Vec<&str> =
            plain.split(|c: char| !c.is_ascii_alphanumeric()).filter(|word| !word.is_empty()).collect();
        let plain = if words.is_empty() { "text".to_owned() } else { words.join("_") };
        let is_free = |name: &String| name != NAME && self.found.iter().all(|(other, _)| other != name);
        let numbered = (2..).map(|number| format!("{plain}_{number}"));
        let name = std::iter::once(plain.clone()).chain(numbered).find(is_free).unwrap_or(plain);
        self.found.push((name.clone(), column.clone()));
        name
    }

    /// As the template declares them.
    pub fn declared(&self) -> Vec<Variable> {
        let variable = |(name, values): &(String, BTreeMap<usize, String>)| {
            let all = |fits: fn(&str) -> bool| values.values().all(|text| fits(text));
            let r#type = match name {
                _ if all(is_e164) => VarType::Number,
                name if name.contains("extension") && all(|text| text.parse::<Extension>().is_ok()) => {
                    VarType::Extension
                }
                _ => VarType::Text,
            };
            Variable { name: name.clone(), r#type, default: self.default(values) }
        };
        self.found.iter().map(variable).collect()
    }

    fn default(&self, values: &BTreeMap<usize, String>) -> Option<String> {
        let (text, held) = most(values.values().map(String::as_str))?;
        (held * 2 > self.members).then(|| text.to_owned())
    }

    /// What a tenant gives, where that is not the default.
    pub fn of_tenant(&self, index: usize, declared: &[Variable]) -> Vec<(String, String)> {
        let own = self.found.iter().zip(declared).filter_map(|((name, values), declared)| {
            let value = values.get(&index)?;
            (declared.default.as_ref() != Some(value)).then(|| (name.clone(), value.clone()))
        });
        own.collect()
    }

    /// An object of the template as it comes to a tenant.
    pub fn given(&self, index: usize, common: &Common) -> (Address, Value) {
        let value = |name: &str| {
            let own = self.found.iter().find(|(other, _)| other == name).and_then(|(_, it)| it.get(&index));
            own.cloned().unwrap_or_default()
        };
        let Common { address, declared } = common;
        let address = Address::new(address.kind, filled(&address.key, &value));
        (address, with_texts(&declared.value, &mut |_, text| filled(text, &value)))
    }

    /// The same as it stands in the template.
    pub fn written(&self, common: &Common) -> (Address, Declared) {
        let Common { address, declared } = common;
        let value = with_texts(&declared.value, &mut |_, text| written(text));
        let address = Address::new(address.kind, written(&address.key));
        (address, Declared { full: value.clone(), value, ..declared.clone() })
    }
}
