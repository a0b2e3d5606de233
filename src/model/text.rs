//! Short texts with rules of their own, and the macro that gives such a type its serde and schema form.

use crate::explained::{Explained, decoding};
use serde::{Deserialize, Deserializer};
use std::fmt;

/// The name under which an extension's catch-all answering rule stands in `order` (portal: "Default").
pub const DEFAULT_RULE: &str = "default";

/// Gives a type with `FromStr` (errors: `(message, help)`) and `Display` its serde and schema form: a text.
macro_rules! textual {
    ($type:ty, $name:literal, $schema:tt) => {
        impl serde::Serialize for $type {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.collect_str(self)
            }
        }
        impl<'de> serde::Deserialize<'de> for $type {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let text = <String as serde::Deserialize>::deserialize(deserializer)?;
                text.parse().map_err($crate::explained::Explained::into_decoding)
            }
        }
        impl schemars::JsonSchema for $type {
            fn schema_name() -> std::borrow::Cow<'static, str> {
                $name.into()
            }
            fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
                schemars::json_schema!($schema)
            }
        }
    };
}
pub(super) use textual;

/// How an extension is written, for schemas.
pub const EXTENSION_PATTERN: &str = r"^(?!\.{1,2}$)[0-9A-Za-z._-]{1,64}$";

/// An extension: text, never a number, so that `0101` keeps its zero.
///
/// Letters, digits, `.`, `_` and `-`. How long it may be is for the phone system to say, which lists those it has; nobody dials
/// 64 characters.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Extension(String);

impl Extension {
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl std::str::FromStr for Extension {
    type Err = Explained;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let fits = (1..=64).contains(&text.len())
            && text.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'_' | b'-'))
            // In a path `.` and `..` would be another place.
            && text.bytes().any(|b| b.is_ascii_alphanumeric());
        if fits {
            return Ok(Self(text.to_owned()));
        }
        let several = text.split(',').map(str::trim);
        let help = if text.starts_with('+') {
            "an outside number is written `number: \"+…\"`".to_owned()
        } else if text.contains(',') && several.clone().all(|it| it.parse::<Self>().is_ok()) {
            let each: Vec<String> = several.map(|it| format!("\"{it}\"")).collect();
            format!("write each by itself: {}", each.join(", "))
        } else {
            "an extension is 1 to 64 letters, digits, `.`, `_` or `-`".to_owned()
        };
        Err(Explained::with_help(format!("`{text}` is not an extension"), help))
    }
}

impl fmt::Display for Extension {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

textual!(Extension, "Extension", {
    "type": ["string", "integer"],
    "pattern": EXTENSION_PATTERN,
    "description": "An extension, e.g. \"101\". Text: leading zeros are kept, quoted or not."
});

/// What a provider calls one of its things.
pub(super) struct Name(pub String);

impl<'de> Deserialize<'de> for Name {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        if text.trim().is_empty() {
            return Err(decoding("an empty text is not a name", "write it as the portal shows it"));
        }
        Ok(Self(text))
    }
}

/// An e-mail address, as far as one can be told from a slip.
#[derive(Debug, Clone)]
pub(super) struct Email(pub String);

impl std::str::FromStr for Email {
    type Err = Explained;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let parts = text.split_once('@').filter(|(user, host)| !user.is_empty() && !host.is_empty());
        if parts.is_some_and(|(_, host)| !host.contains('@')) && !text.contains(char::is_whitespace) {
            return Ok(Self(text.to_owned()));
        }
        let help = "an agent is named by e-mail address: `ana@example.com`";
        Err(Explained::with_help(format!("`{text}` is not an e-mail address"), help.to_owned()))
    }
}

impl fmt::Display for Email {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

textual!(Email, "Email", {
    "type": "string",
    "pattern": "^[^@\\s]+@[^@\\s]+$",
    "description": "An e-mail address."
});
