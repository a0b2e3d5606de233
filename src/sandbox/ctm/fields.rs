//! Converts fields from how they are written to how they are read (FACTS ctm/choices-8).

use serde_json::{Map, Value};

use super::body::text as plain;
use super::error_response::ErrorResponse;
use super::rows;
use crate::sandbox::document::Document;

/// One writable field.
#[derive(Debug, Clone, Copy)]
pub struct Field {
    pub name: &'static str,
    form: Form,
    empty: Empty,
}

#[derive(Debug, Clone, Copy)]
enum Form {
    Text,
    Int,
    Flag,
    OneOf(&'static [&'static str]),
    /// The id of an object in one of these tables.
    Id(&'static [&'static str]),
}

/// What an unset field reads as.
#[derive(Debug, Clone, Copy)]
enum Empty {
    Null,
    Text,
    Flag(bool),
    Int(i64),
}

/// Text that reads as null when unset.
pub const fn text(name: &'static str) -> Field {
    Field { name, form: Form::Text, empty: Empty::Null }
}

/// Text that stays `""` when unset.
pub const fn token(name: &'static str) -> Field {
    Field { name, form: Form::Text, empty: Empty::Text }
}

pub const fn int(name: &'static str) -> Field {
    Field { name, form: Form::Int, empty: Empty::Null }
}

pub const fn count(name: &'static str, default: i64) -> Field {
    Field { name, form: Form::Int, empty: Empty::Int(default) }
}

pub const fn flag(name: &'static str, default: bool) -> Field {
    Field { name, form: Form::Flag, empty: Empty::Flag(default) }
}

/// A flag that may be unset.
pub const fn maybe(name: &'static str) -> Field {
    Field { name, form: Form::Flag, empty: Empty::Null }
}

pub const fn one_of(name: &'static str, values: &'static [&'static str]) -> Field {
    Field { name, form: Form::OneOf(values), empty: Empty::Null }
}

pub const fn id(name: &'static str, tables: &'static [&'static str]) -> Field {
    Field { name, form: Form::Id(tables), empty: Empty::Null }
}

/// What a conversion has to know.
#[derive(Debug, Clone, Copy)]
pub struct Lookup<'a> {
    pub document: &'a Document,
    pub strict: bool,
}

/// Makes an object whose fields are all unset.
pub fn fresh(fields: &[Field]) -> Map<String, Value> {
    fields.iter().map(|field| (field.name.to_owned(), field.empty())).collect()
}

/// Changes what the body names and keeps the rest.
pub fn write(
    fields: &[Field],
    lookup: Lookup,
    object: &mut Map<String, Value>,
    body: &Map<String, Value>,
) -> Result<(), ErrorResponse> {
    for (field, value) in fields.iter().filter_map(|field| Some((field, body.get(field.name)?))) {
        object.insert(field.name.to_owned(), field.take(value, lookup)?);
    }
    Ok(())
}

impl Field {
    fn empty(&self) -> Value {
        match self.empty {
            Empty::Null => Value::Null,
            Empty::Text => "".into(),
            Empty::Flag(default) => default.into(),
            Empty::Int(default) => default.into(),
        }
    }

    fn take(&self, value: &Value, lookup: Lookup) -> Result<Value, ErrorResponse> {
        let invalid = || ErrorResponse::invalid(format!("{} is invalid", self.name));
        let sent = plain(value).ok_or_else(invalid)?;
        if sent.is_empty() {
            return Ok(self.empty());
        }
        match self.form {
            Form::Text => Ok(sent.into()),
            Form::Int => sent.parse::<i64>().map(Value::from).map_err(|_| invalid()),
            Form::Flag => switched(&sent).map(Value::from).ok_or_else(invalid),
            Form::OneOf(values) if values.contains(&sent.as_str()) => Ok(sent.into()),
            Form::OneOf(_) => Err(invalid()),
            Form::Id(tables) => {
                let found = tables.iter().find_map(|table| rows::find(lookup.document, table, &sent));
                match found.and_then(|row| row.get("id")) {
                    Some(id) => Ok(id.clone()),
                    None if lookup.strict => Err(invalid()),
                    None => Ok(Value::Null),
                }
            }
        }
    }
}

/// Reads a flag as writers send it.
pub fn switched(sent: &str) -> Option<bool> {
    match sent {
        "1" | "true" | "on" => Some(true),
        "0" | "false" | "off" => Some(false),
        _ => None,
    }
}
