//! Numbers and switches as servers write them: `25`, `"25"`, `25.0`; `true`, `"yes"`, `1`. What is none of these is kept as
//! it came: it is never off, never unlimited, and never nothing.

use crate::path::Path;
use serde_json::Value;
use std::{collections::BTreeMap, fmt::Display};

/// A value of an answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Scalar<T> {
    /// Missing, null or empty.
    Unset,
    Known(T),
    /// As it was shown.
    Strange(String),
}

impl<T> Scalar<T> {
    /// The value where it is understood.
    pub fn known(self) -> Option<T> {
        match self {
            Self::Known(value) => Some(value),
            Self::Unset | Self::Strange(_) => None,
        }
    }

    /// The same where a server leaves the value out for this one.
    #[must_use]
    pub fn or(self, unset: T) -> Self {
        match self {
            Self::Unset => Self::Known(unset),
            shown => shown,
        }
    }
}

/// A whole number.
pub fn whole(text: &str) -> Scalar<u32> {
    read(text, |text| {
        let (digits, zeros) = text.split_once('.').unwrap_or((text, "0"));
        let is_whole = !zeros.is_empty() && zeros.bytes().all(|byte| byte == b'0');
        // `parse` lets a `+` through.
        let plain = digits.bytes().all(|byte| byte.is_ascii_digit());
        digits.parse().ok().filter(|_| is_whole && plain)
    })
}

/// A switch.
pub fn flag(text: &str) -> Scalar<bool> {
    read(text, |text| match text.to_ascii_lowercase().as_str() {
        "yes" | "true" | "1" | "1.0" => Some(true),
        "no" | "false" | "0" | "0.0" => Some(false),
        _ => None,
    })
}

fn read<T>(text: &str, meaning: impl FnOnce(&str) -> Option<T>) -> Scalar<T> {
    match text.trim() {
        "" => Scalar::Unset,
        trimmed => meaning(trimmed).map_or_else(|| Scalar::Strange(text.to_owned()), Scalar::Known),
    }
}

/// Any value of an answer as a text: null is empty, and what is neither text, number nor switch is its JSON.
pub fn verbatim(value: &Value) -> String {
    match value {
        Value::Null => String::new(),
        Value::String(text) => text.clone(),
        other => other.to_string(),
    }
}

/// The fields of an object that are shown and not understood, with what was shown: `Observed::unreadable`.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Unreadable(pub BTreeMap<Path, String>);

impl Unreadable {
    /// The value of a field; nothing where it is not understood.
    pub fn field<T>(&mut self, field: impl Into<Path>, shown: Scalar<T>) -> Option<T> {
        if let Scalar::Strange(text) = &shown {
            self.add(field, text);
        }
        shown.known()
    }

    /// The same for a value that is only a part of the field: where it stands is said too.
    pub fn part<T>(&mut self, field: impl Into<Path>, of: impl Display, shown: Scalar<T>) -> Option<T> {
        if let Scalar::Strange(text) = &shown {
            self.0.entry(field.into()).or_insert_with(|| format!("`{text}` for {of}"));
        }
        shown.known()
    }

    /// A field of which the first thing that was not understood is said.
    pub fn add(&mut self, field: impl Into<Path>, shown: &str) {
        self.0.entry(field.into()).or_insert_with(|| format!("`{shown}`"));
    }

    pub fn has(&self, field: impl Into<Path>) -> bool {
        self.0.contains_key(&field.into())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Each form in which servers were seen to write a value is that value; no other is, and an empty one is none.
    #[test]
    fn a_value_is_read_in_every_form_and_otherwise_kept() {
        fn strange<T>(text: &str) -> Scalar<T> {
            Scalar::Strange(text.to_owned())
        }
        for (text, expected) in [
            ("25", Scalar::Known(25)),
            (" 25 ", Scalar::Known(25)),
            ("25.0", Scalar::Known(25)),
            ("25.00", Scalar::Known(25)),
            ("0", Scalar::Known(0)),
            ("", Scalar::Unset),
            ("25.5", strange("25.5")),
            ("25.", strange("25.")),
            ("+25", strange("+25")),
            ("-1", strange("-1")),
            ("4294967296", strange("4294967296")),
            ("unlimited", strange("unlimited")),
            ("true", strange("true")),
        ] {
            assert_eq!(whole(text), expected, "{text}");
        }
        for (text, expected) in [
            ("yes", Scalar::Known(true)),
            ("True", Scalar::Known(true)),
            ("1", Scalar::Known(true)),
            ("NO", Scalar::Known(false)),
            ("false", Scalar::Known(false)),
            ("0.0", Scalar::Known(false)),
            (" ", Scalar::Unset),
            ("maybe", strange("maybe")),
            ("2", strange("2")),
        ] {
            assert_eq!(flag(text), expected, "{text}");
        }
    }
}
