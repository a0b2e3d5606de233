//! Where a credential is found. Never the credential itself.

use super::pasted::{is_token, may_be_credential};
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
                    Some(Source::Env) => Secret::Env(map.next_value::<Variable>()?.0),
                    Some(Source::File) => Secret::File(map.next_value::<Path>()?.0),
                    Some(Source::Command) => Secret::Command(map.next_value::<Words>()?.0),
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

/// What is written where a credential is named. The text is never repeated: it may be the credential.
struct Variable(String);
struct Path(String);
struct Words(Vec<String>);

impl<'de> Deserialize<'de> for Variable {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let name = String::deserialize(deserializer)?;
        let plain = name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_');
        if may_be_credential(&name) {
            return Err(pasted("the name of an environment variable", "{ env: STRATUS_TOKEN }"));
        }
        if !plain || name.is_empty() || name.starts_with(|c: char| c.is_ascii_digit()) {
            let help = "letters, digits and `_`: `{ env: STRATUS_TOKEN }`";
            return Err(decoding("this is not the name of an environment variable", help));
        }
        Ok(Self(name))
    }
}

impl<'de> Deserialize<'de> for Path {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let path = String::deserialize(deserializer)?;
        // Directories may have names that no person chose; a credential has none.
        let bare = !path.starts_with(['/', '.']) && !path.contains('.');
        match is_token(&path) || (bare && may_be_credential(&path)) {
            true => Err(pasted("the path of a file", "{ file: secrets/stratus.txt }")),
            false => Ok(Self(path)),
        }
    }
}

impl<'de> Deserialize<'de> for Words {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let words = Vec::<String>::deserialize(deserializer)?;
        if words.is_empty() {
            let help = "name a program: `[\"pass\", \"x\"]`";
            return Err(decoding("the command for a credential is empty", help));
        }
        let program = words.first().is_some_and(|it| !it.contains('/') && may_be_credential(it));
        match program || words.iter().any(|word| is_token(word)) {
            true => Err(pasted("a program and its arguments", "{ command: [pass, show, stratus] }")),
            false => Ok(Self(words)),
        }
    }
}

fn pasted<E: de::Error>(place: &str, example: &str) -> E {
    let message = format!("this looks like a credential, and is to be {place}");
    decoding(
        message,
        format!("write e.g. `{example}`, and have the credential replaced: whoever reads this file has it"),
    )
}

impl JsonSchema for Secret {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Secret".into()
    }

    fn json_schema(generator: &mut schemars::SchemaGenerator) -> schemars::Schema {
        SecretForm::json_schema(generator)
    }
}
