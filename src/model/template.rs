//! What a template declares beside the objects that its tenants inherit: variables, each a whole value of one type.

use super::{E164, Extension};
use crate::explained::{Explained, decoding};
use schemars::JsonSchema;
use serde::{Deserialize, Deserializer, Serialize};
use std::fmt;

/// A variable of a template: tenants give it a value under `vars`, and `$(name)` stands for it.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Var {
    /// What its value is.
    pub r#type: VarType,
    /// The value where a tenant gives none. Left out: every tenant has to give one.
    #[serde(default)]
    pub default: Option<VarValue>,
    /// Whether every tenant has to give a value, for readers of the template: that is so where there is no `default`.
    #[serde(default)]
    pub required: Option<bool>,
    /// A regular expression that the whole value has to match.
    #[serde(default)]
    pub pattern: Option<VarPattern>,
    /// What it is for.
    #[serde(default)]
    pub description: Option<String>,
}

/// The types of variables.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum VarType {
    /// A phone number in international form.
    Number,
    /// An extension.
    Extension,
    /// Any text.
    Text,
    /// A whole number.
    Integer,
    /// `true` or `false`.
    Boolean,
}

/// A value of a variable, as it is written.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct VarValue(pub String);

/// A regular expression for a whole value.
#[derive(Debug, Clone)]
pub struct VarPattern(regex::Regex);

/// Bytes that a pattern may take when it is compiled.
const LARGEST_PATTERN: usize = 1 << 20;

impl Var {
    /// What is wrong with the declaration by itself.
    pub fn fault(&self) -> Option<Explained> {
        let with = |message: &str, help: &str| Some(Explained::with_help(message, help));
        match (self.required, &self.default) {
            (Some(true), Some(_)) => {
                with("`required` and `default` exclude each other", "keep one of the two")
            }
            (Some(false), None) => {
                with("what is not required needs a `default`", "say what holds where a tenant gives no value")
            }
            (_, Some(VarValue(default))) => self.refusal(default),
            (_, None) => None,
        }
    }

    /// Why a text is no value of it.
    pub fn refusal(&self, text: &str) -> Option<Explained> {
        let refused = self.r#type.refusal(text);
        refused.or_else(|| {
            let VarPattern(regex) = self.pattern.as_ref().filter(|it| !it.0.is_match(text))?;
            let pattern = regex.as_str();
            let pattern =
                pattern.strip_prefix(BEFORE).and_then(|it| it.strip_suffix(AFTER)).unwrap_or(pattern);
            let message = format!("`{text}` does not match `{pattern}`");
            Some(Explained::with_help(message, "the pattern is about the whole value"))
        })
    }
}

impl VarType {
    fn refusal(self, text: &str) -> Option<Explained> {
        match self {
            Self::Number => text.parse::<E164>().err(),
            Self::Extension => text.parse::<Extension>().err(),
            Self::Text => None,
            Self::Integer => {
                let digits = text.strip_prefix('-').unwrap_or(text);
                let plain = matches!(digits.as_bytes(), [b'0'] | [b'1'..=b'9', ..])
                    && digits.bytes().all(|it| it.is_ascii_digit());
                let message = || format!("`{text}` is not a whole number");
                (!plain).then(|| Explained::with_help(message(), "write digits only, such as `30`"))
            }
            Self::Boolean => {
                let message = || format!("`{text}` is not `true` or `false`");
                (!matches!(text, "true" | "false"))
                    .then(|| Explained::with_help(message(), "write `true` or `false`"))
            }
        }
    }

    /// Whether a value is written without quotes where it is meant.
    pub fn is_bare(self) -> bool {
        matches!(self, Self::Integer | Self::Boolean)
    }

    /// As people say it.
    pub fn word(self) -> &'static str {
        match self {
            Self::Number => "a number",
            Self::Extension => "an extension",
            Self::Text => "text",
            Self::Integer => "a whole number",
            Self::Boolean => "`true` or `false`",
        }
    }
}

impl fmt::Display for VarValue {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl JsonSchema for VarValue {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "VarValue".into()
    }

    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        schemars::json_schema!({
            "type": ["string", "integer", "boolean"],
            "description": "The value of a variable of the template."
        })
    }
}

const BEFORE: &str = "^(?:";
const AFTER: &str = ")$";

impl<'de> Deserialize<'de> for VarPattern {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        let compiled =
            regex::RegexBuilder::new(&format!("{BEFORE}{text}{AFTER}")).size_limit(LARGEST_PATTERN).build();
        // What stands between the brackets has to be one expression by itself.
        let alone = regex::RegexBuilder::new(&text).size_limit(LARGEST_PATTERN).build();
        match (compiled, alone) {
            (Ok(regex), Ok(_)) => Ok(Self(regex)),
            _ => {
                let help = "write one such as `1[0-9]{2}`; it is about the whole value";
                Err(decoding(format!("`{text}` is not a regular expression that can be used"), help))
            }
        }
    }
}

impl PartialEq for VarPattern {
    fn eq(&self, other: &Self) -> bool {
        self.0.as_str() == other.0.as_str()
    }
}

impl Eq for VarPattern {}

impl JsonSchema for VarPattern {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "VarPattern".into()
    }

    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        schemars::json_schema!({ "type": "string", "format": "regex" })
    }
}
