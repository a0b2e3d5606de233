//! A number, or no limit at all.

use super::rules::NUMBER_OR_WORD;
use crate::explained::Explained;
use schemars::JsonSchema;
use serde::{Deserialize, Deserializer, Serialize, de};
use std::{fmt, str::FromStr};

/// What a queue allows of something: so many seconds, so many callers, or any.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Limit {
    To(u32),
    Unlimited,
}

impl Limit {
    /// The number, where there is one.
    pub fn number(self) -> Option<u32> {
        match self {
            Self::To(number) => Some(number),
            Self::Unlimited => None,
        }
    }
}

impl FromStr for Limit {
    type Err = Explained;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        if text == "unlimited" {
            return Ok(Self::Unlimited);
        }
        let plain = text.bytes().all(|byte| byte.is_ascii_digit()) && (text == "0" || !text.starts_with('0'));
        text.parse().ok().filter(|_| plain).map(Self::To).ok_or_else(|| {
            Explained::with_help(
                format!("`{text}` is not a limit"),
                "write a whole number, such as 30, or `unlimited`",
            )
        })
    }
}

impl fmt::Display for Limit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::To(number) => write!(f, "{number}"),
            Self::Unlimited => f.write_str("unlimited"),
        }
    }
}

impl Serialize for Limit {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::To(number) => serializer.serialize_u32(*number),
            Self::Unlimited => serializer.serialize_str("unlimited"),
        }
    }
}

impl<'de> Deserialize<'de> for Limit {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Visitor;
        impl<'de> de::Visitor<'de> for Visitor {
            type Value = Limit;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a whole number or `unlimited`")
            }

            fn visit_newtype_struct<D: Deserializer<'de>>(self, inner: D) -> Result<Limit, D::Error> {
                inner.deserialize_any(self)
            }

            fn visit_str<E: de::Error>(self, text: &str) -> Result<Limit, E> {
                text.parse().map_err(Explained::into_decoding)
            }

            fn visit_u64<E: de::Error>(self, number: u64) -> Result<Limit, E> {
                self.visit_str(&number.to_string())
            }
        }
        deserializer.deserialize_newtype_struct(NUMBER_OR_WORD, Visitor)
    }
}

impl JsonSchema for Limit {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Limit".into()
    }

    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        schemars::json_schema!({
            "description": "A whole number, or `unlimited`.",
            "anyOf": [{ "type": "integer", "minimum": 0, "maximum": u32::MAX }, { "const": "unlimited" }]
        })
    }
}
