//! The one-line notation of switches, `name:value,name:value`, and the values they take.
//!
//! The default is the faithful server: delays, caps and odd names as the providers' `FACTS.md` tell, and no faults.
//! Some switches every emulation has, the others belong to the one that names them.

use std::collections::BTreeMap;
use std::str::FromStr;
use std::time::Duration;

/// What is wrong with a notation.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SwitchError {
    #[error("no behaviour is named `{name}`{}; the names are {}", hint(.name, .known), .known.join(", "))]
    Unknown { name: String, known: Vec<&'static str> },
    #[error("behaviour `{name}` takes {expected}, not `{value}`")]
    Value { name: String, value: String, expected: &'static str },
}

/// The switches of one emulation that are set, by name.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Switches(BTreeMap<&'static str, String>);

/// One of several ways in which a vendor may behave.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Reading {
    /// The switch and its value, `name:value`.
    pub switch: &'static str,
    /// Whether it is the one that does the most harm to a careless write. All of these can be set at once.
    pub harsh: bool,
}

impl Reading {
    /// The reading that is kinder to a careless write.
    pub const fn kind(switch: &'static str) -> Self {
        Self { switch, harsh: false }
    }

    pub const fn harsh(switch: &'static str) -> Self {
        Self { switch, harsh: true }
    }
}

pub(super) fn wrong(name: &str, value: &str, expected: &'static str) -> SwitchError {
    SwitchError::Value { name: name.to_owned(), value: value.to_owned(), expected }
}

impl Switches {
    pub(super) fn set(&mut self, name: &'static str, value: &str) {
        self.0.insert(name, value.to_owned());
    }

    /// The value of a switch, read so; `otherwise` where it is not set.
    pub fn get<T>(
        &self,
        name: &str,
        read: impl FnOnce(&str) -> Result<T, &'static str>,
        otherwise: T,
    ) -> Result<T, SwitchError> {
        match self.0.get(name) {
            None => Ok(otherwise),
            Some(value) => read(value).map_err(|expected| wrong(name, value, expected)),
        }
    }

    /// A flag; its bare name switches it on.
    pub fn flag(&self, name: &str, otherwise: bool) -> Result<bool, SwitchError> {
        self.get(name, flag, otherwise)
    }
}

pub fn duration(text: &str) -> Result<Duration, &'static str> {
    let expected = "a duration such as `200ms` or `1s`";
    let (digits, unit) = match (text.strip_suffix("ms"), text.strip_suffix('s')) {
        (Some(digits), _) => (digits, 1),
        (None, Some(digits)) => (digits, 1000),
        (None, None) => return Err(expected),
    };
    let count: u64 = digits.parse().map_err(|_| expected)?;
    count.checked_mul(unit).map(Duration::from_millis).ok_or(expected)
}

pub fn chance(text: &str) -> Result<f64, &'static str> {
    let expected = "a probability from 0 to 1";
    let value: f64 = text.parse().map_err(|_| expected)?;
    if (0.0..=1.0).contains(&value) { Ok(value) } else { Err(expected) }
}

pub fn flag(text: &str) -> Result<bool, &'static str> {
    match text {
        "" | "on" => Ok(true),
        "off" => Ok(false),
        _ => Err("`on` or `off`"),
    }
}

pub fn whole<T: FromStr>(text: &str) -> Result<T, &'static str> {
    text.parse().map_err(|_| "a whole number")
}

pub fn rows(text: &str) -> Result<usize, &'static str> {
    let expected = "a number of rows from 1 to 1000";
    let rows: usize = text.parse().map_err(|_| expected)?;
    if (1..=1000).contains(&rows) { Ok(rows) } else { Err(expected) }
}

pub fn prefix(text: &str) -> Result<String, &'static str> {
    if text.is_empty() { Err("the start of `METHOD /path`, or `writes`") } else { Ok(text.to_owned()) }
}

/// Proposes the nearest name, when one is near.
fn hint(wrong: &str, known: &[&str]) -> String {
    let near = known.iter().map(|name| (strsim::damerau_levenshtein(wrong, name), *name)).min();
    match near {
        Some((distance, name)) if distance <= 3 && distance < wrong.len() => {
            format!(", did you mean `{name}`?")
        }
        _ => String::new(),
    }
}
