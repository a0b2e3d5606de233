//! What an expression of a workflow is worth, and how the host turns one kind of value into another.

use serde_json::Value as Json;
use std::cmp::Ordering;

#[derive(Clone, Debug)]
pub enum Value {
    Null,
    Bool(bool),
    Number(f64),
    Text(String),
    List(Vec<Value>),
    Object(Object),
    /// What `.*` leaves: a property of it is the property of each.
    Filtered(Vec<Value>),
}

#[derive(Clone, Debug, Default)]
pub struct Object {
    entries: Vec<(String, Value)>,
    /// Of a closed one every name is known in advance: any other is a slip of the workflow, not an empty value.
    closed: bool,
}

impl Object {
    pub fn closed(entries: impl IntoIterator<Item = (impl Into<String>, Value)>) -> Self {
        Self { closed: true, ..Self::open(entries) }
    }

    pub fn open(entries: impl IntoIterator<Item = (impl Into<String>, Value)>) -> Self {
        Self {
            entries: entries.into_iter().map(|(name, value)| (name.into(), value)).collect(),
            closed: false,
        }
    }

    pub fn set(&mut self, name: &str, value: Value) {
        self.entries.retain(|(other, _)| !same(other, name));
        self.entries.push((name.to_owned(), value));
    }

    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.entries.iter().map(|(name, _)| name.as_str())
    }

    /// Names are the same in upper and lower case.
    fn get(&self, name: &str) -> Option<Value> {
        self.entries.iter().find(|(other, _)| same(other, name)).map(|(_, value)| value.clone())
    }
}

pub fn same(one: &str, other: &str) -> bool {
    one.to_uppercase() == other.to_uppercase()
}

impl Value {
    pub fn text(text: impl Into<String>) -> Self {
        Self::Text(text.into())
    }

    pub fn texts<'a>(entries: impl IntoIterator<Item = (&'a String, &'a String)>) -> Self {
        Self::Object(Object::open(entries.into_iter().map(|(name, text)| (name, Self::text(text)))))
    }

    pub fn json(json: &Json) -> Self {
        match json {
            Json::Null => Self::Null,
            Json::Bool(it) => Self::Bool(*it),
            Json::Number(it) => Self::Number(it.as_f64().unwrap()),
            Json::String(it) => Self::text(it),
            Json::Array(it) => Self::List(it.iter().map(Self::json).collect()),
            Json::Object(it) => {
                Self::Object(Object::open(it.iter().map(|(name, value)| (name, Self::json(value)))))
            }
        }
    }

    pub fn to_json(&self) -> Json {
        match self {
            Self::Null => Json::Null,
            Self::Bool(it) => Json::Bool(*it),
            Self::Number(it) if it.fract() == 0.0 => Json::from(*it as i64),
            Self::Number(it) => Json::from(*it),
            Self::Text(it) => Json::String(it.clone()),
            Self::List(it) | Self::Filtered(it) => it.iter().map(Self::to_json).collect(),
            Self::Object(it) => {
                it.entries.iter().map(|(name, value)| (name.clone(), value.to_json())).collect()
            }
        }
    }

    /// `of` says whose property it is, for the message.
    pub fn property(&self, name: &str, of: &str) -> Self {
        match self {
            Self::Object(object) => match object.get(name) {
                Some(value) => value,
                None if object.closed => {
                    panic!("`{of}` has no `{name}`, only {:?}", object.names().collect::<Vec<_>>())
                }
                None => Self::Null,
            },
            Self::Filtered(list) => Self::Filtered(
                list.iter()
                    .filter_map(|one| match one {
                        Self::Object(object) => object.get(name),
                        _ => None,
                    })
                    .collect(),
            ),
            _ => Self::Null,
        }
    }

    pub fn index(&self, index: &Self, of: &str) -> Self {
        match (self, index) {
            (Self::List(list) | Self::Filtered(list), Self::Number(at)) => {
                list.get(*at as usize).filter(|_| *at >= 0.0).cloned().unwrap_or(Self::Null)
            }
            (_, Self::Text(name)) => self.property(name, of),
            (Self::Object(_), _) => self.property(&index.to_text(), of),
            _ => Self::Null,
        }
    }

    pub fn each(&self) -> Self {
        match self {
            Self::List(list) | Self::Filtered(list) => Self::Filtered(list.clone()),
            Self::Object(object) => {
                Self::Filtered(object.entries.iter().map(|(_, value)| value.clone()).collect())
            }
            _ => Self::Null,
        }
    }

    pub fn is_true(&self) -> bool {
        match self {
            Self::Null => false,
            Self::Bool(it) => *it,
            Self::Number(it) => *it != 0.0 && !it.is_nan(),
            Self::Text(it) => !it.is_empty(),
            Self::List(_) | Self::Object(_) | Self::Filtered(_) => true,
        }
    }

    pub fn to_text(&self) -> String {
        match self {
            Self::Null => String::new(),
            Self::Bool(it) => it.to_string(),
            Self::Number(it) if it.is_infinite() => {
                if *it > 0.0 { "Infinity" } else { "-Infinity" }.to_owned()
            }
            Self::Number(it) if *it == 0.0 => "0".to_owned(),
            Self::Number(it) => it.to_string(),
            Self::Text(it) => it.clone(),
            Self::List(_) | Self::Filtered(_) => "Array".to_owned(),
            Self::Object(_) => "Object".to_owned(),
        }
    }

    pub fn to_number(&self) -> f64 {
        match self {
            Self::Null => 0.0,
            Self::Bool(it) => f64::from(u8::from(*it)),
            Self::Number(it) => *it,
            Self::Text(it) => number(it),
            Self::List(_) | Self::Object(_) | Self::Filtered(_) => f64::NAN,
        }
    }

    /// `==` and the like: different kinds are compared as numbers, and texts without regard to case. `None` where neither is
    /// greater and they are not equal.
    pub fn compare(&self, other: &Self) -> Option<Ordering> {
        match (self, other) {
            (Self::Null, Self::Null) => Some(Ordering::Equal),
            (Self::Bool(one), Self::Bool(other)) => Some(one.cmp(other)),
            (Self::Text(one), Self::Text(other)) => Some(one.to_uppercase().cmp(&other.to_uppercase())),
            (
                Self::List(_) | Self::Object(_) | Self::Filtered(_),
                Self::List(_) | Self::Object(_) | Self::Filtered(_),
            ) => panic!("whether two lists or objects are the same one is not emulated"),
            _ => self.to_number().partial_cmp(&other.to_number()),
        }
    }
}

/// A text as a number: empty is 0, and what is none is not a number.
pub fn number(text: &str) -> f64 {
    let text = text.trim();
    if let Some(digits) = text.strip_prefix("0x") {
        return i64::from_str_radix(digits, 16).map_or(f64::NAN, |it| it as f64);
    }
    if let Some(digits) = text.strip_prefix("0o") {
        return i64::from_str_radix(digits, 8).map_or(f64::NAN, |it| it as f64);
    }
    match text {
        "" => 0.0,
        "Infinity" => f64::INFINITY,
        "-Infinity" => f64::NEG_INFINITY,
        // What Rust would read besides.
        _ if text.contains(|it: char| it.is_ascii_alphabetic() && !matches!(it, 'e' | 'E')) => f64::NAN,
        _ => text.parse().unwrap_or(f64::NAN),
    }
}
