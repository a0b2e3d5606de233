//! Where a credential is found. Never the credential itself.

use crate::explained::decoding;
use schemars::JsonSchema;
use serde::{Deserialize, Deserializer, de};
use std::fmt;

/// Where a credential is found. Never the credential itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Secret {
    /// An environment variable.
    Env(String),
    /// A file that holds nothing else.
    File(String),
    /// A program that prints it.
    Command(Vec<String>),
}

/// Where a credential is found: exactly one of these.
///
/// `writeOnly` says that the text in it is never shown beside a finding; where `false`, the text is no credential.
#[derive(JsonSchema)]
#[schemars(rename = "Secret", rename_all = "snake_case")]
#[schemars(description = "Where a credential is found: exactly one of these.", extend("writeOnly" = true))]
#[expect(dead_code, reason = "its shape is all that is used")]
enum SecretForm {
    /// The name of an environment variable.
    Env(#[schemars(extend("writeOnly" = false))] String),
    /// The path of a file that holds nothing else, relative to the workspace.
    File(#[schemars(extend("writeOnly" = false))] String),
    /// A program and its arguments that print it; no shell.
    Command(Vec<String>),
}

impl<'de> Deserialize<'de> for Secret {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        #[derive(Deserialize)]
        #[serde(field_identifier, rename_all = "snake_case")]
        enum Source {
            Env,
            File,
            Command,
        }
        struct Visitor;
        impl<'de> de::Visitor<'de> for Visitor {
            type Value = Secret;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a map with `env`, `file` or `command`")
            }

            // The text itself is not repeated: it may be the credential.
            fn visit_str<E: de::Error>(self, _: &str) -> Result<Secret, E> {
                Err(decoding(
                    "a credential is never written into the file",
                    "say where it is found: `{ env: NAME }`, `{ file: PATH }` or `{ command: [PROGRAM] }`",
                ))
            }

            fn visit_map<A: de::MapAccess<'de>>(self, mut map: A) -> Result<Secret, A::Error> {
                let secret = match map.next_key()? {
                    Some(Source::Env) => Secret::Env(map.next_value()?),
                    Some(Source::File) => Secret::File(map.next_value()?),
                    Some(Source::Command) => Secret::Command(map.next_value()?),
                    None => {
                        let help = "name one of `env`, `file`, `command`";
                        return Err(decoding("an empty map names no credential", help));
                    }
                };
                match map.next_key::<Source>()? {
                    None => Ok(secret),
                    Some(_) => Err(decoding("this names two sources for one credential", "keep one of them")),
                }
            }
        }
        deserializer.deserialize_any(Visitor)
    }
}

impl JsonSchema for Secret {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Secret".into()
    }

    fn json_schema(generator: &mut schemars::SchemaGenerator) -> schemars::Schema {
        SecretForm::json_schema(generator)
    }
}
