//! Converts fields between wire and state: types checked, unknown names dropped, defaults filled in.

use serde_json::{Map, Value};

use super::call::ErrorResponse;

/// One writable field.
#[derive(Debug, Clone, Copy)]
pub struct Field {
    pub name: &'static str,
    kind: FieldType,
    /// Value of a new object; an integer's empty default means unset.
    default: &'static str,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum FieldType {
    Text,
    /// Text that the server reads back as a number when it feels like it.
    Digits,
    Int,
    YesNo,
    OneOf(&'static [&'static str]),
}

pub const fn text(name: &'static str, default: &'static str) -> Field {
    Field { name, kind: FieldType::Text, default }
}

pub const fn digits(name: &'static str, default: &'static str) -> Field {
    Field { name, kind: FieldType::Digits, default }
}

pub const fn int(name: &'static str, default: &'static str) -> Field {
    Field { name, kind: FieldType::Int, default }
}

pub const fn yes_no(name: &'static str, default: &'static str) -> Field {
    Field { name, kind: FieldType::YesNo, default }
}

pub const fn one_of(name: &'static str, values: &'static [&'static str], default: &'static str) -> Field {
    Field { name, kind: FieldType::OneOf(values), default }
}

/// Makes a new object: the defaults, then what the body says.
pub fn create(table: &[Field], body: &Map<String, Value>) -> Result<Map<String, Value>, ErrorResponse> {
    let mut object = Map::new();
    for field in table {
        let given = body.get(field.name).filter(|value| !value.is_null());
        let value = match given {
            Some(value) => field.take(value)?,
            None => field.take(&Value::from(field.default))?,
        };
        object.extend(value.map(|value| (field.name.to_owned(), value)));
    }
    Ok(object)
}

/// Changes what the body names and keeps the rest; `""` and null clear.
pub fn update(
    table: &[Field],
    object: &mut Map<String, Value>,
    body: &Map<String, Value>,
) -> Result<(), ErrorResponse> {
    for (field, value) in table.iter().filter_map(|field| Some((field, body.get(field.name)?))) {
        match field.take(value)? {
            Some(value) => object.insert(field.name.to_owned(), value),
            None => object.shift_remove(field.name),
        };
    }
    Ok(())
}

/// Shows the stored fields as a read does, after those already in `shown`.
pub fn render(table: &[Field], object: &Value, mixed: bool, shown: &mut Map<String, Value>) {
    for field in table {
        let value = match (object.get(field.name), field.kind) {
            (Some(Value::String(text)), FieldType::Digits) => loose(text, mixed),
            (Some(value), _) => value.clone(),
            (None, FieldType::Int) if mixed => Value::from(""),
            (None, _) => continue,
        };
        shown.insert(field.name.to_owned(), value);
    }
}

impl Field {
    /// Converts a value that was sent; `None` is an integer that is unset.
    fn take(&self, value: &Value) -> Result<Option<Value>, ErrorResponse> {
        let invalid = || ErrorResponse::invalid(format!("Invalid value for {}.", self.name));
        let plain = plain(value).ok_or_else(invalid)?;
        match self.kind {
            FieldType::Text | FieldType::Digits => Ok(Some(plain.into())),
            FieldType::Int if plain.is_empty() => Ok(None),
            FieldType::Int => plain.parse::<u64>().map(|number| Some(number.into())).map_err(|_| invalid()),
            FieldType::YesNo => yes_or_no(value).map(|word| Some(word.into())).ok_or_else(invalid),
            FieldType::OneOf(values) if values.contains(&plain.as_str()) => Ok(Some(plain.into())),
            FieldType::OneOf(_) => Err(invalid()),
        }
    }
}

/// Reads a flag as people and clients write it.
pub fn yes_or_no(value: &Value) -> Option<&'static str> {
    match value {
        Value::Bool(true) => Some("yes"),
        Value::Bool(false) => Some("no"),
        Value::String(word) if word == "yes" => Some("yes"),
        Value::String(word) if word == "no" => Some("no"),
        _ => None,
    }
}

/// Writes a scalar as text: numbers and strings are interchangeable on the wire (FACTS stratus/wire-3).
pub fn plain(value: &Value) -> Option<String> {
    match value {
        Value::Null => Some(String::new()),
        Value::String(text) => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        Value::Bool(true) => Some("yes".into()),
        Value::Bool(false) => Some("no".into()),
        Value::Array(_) | Value::Object(_) => None,
    }
}

/// Shows digits as a number for about half of all values, the same half in every answer: odd ones.
pub fn loose(text: &str, mixed: bool) -> Value {
    let digits = !text.is_empty() && text.len() < 16 && text.bytes().all(|byte| byte.is_ascii_digit());
    let odd = text.bytes().last().is_some_and(|digit| digit % 2 == 1);
    match text.parse::<u64>() {
        Ok(number) if mixed && digits && odd && !text.starts_with('0') => number.into(),
        _ => text.into(),
    }
}
