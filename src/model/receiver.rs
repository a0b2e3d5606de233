//! Receiving numbers (CallTrackingMetrics): the phones that tracking numbers ring.

use super::{Destination, text::textual};
use crate::explained::Explained;
use crate::explained::decoding;
use schemars::JsonSchema;
use serde::{
    Deserialize, Deserializer, Serialize, Serializer,
    de::{self, value},
};
use std::{fmt, marker::PhantomData, str::FromStr};

/// A number that calls are sent on to (help article *Configure Receiving Numbers*: "What is a Receiving Number?"). `{}`
/// names a live one that is used as it is.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Receiver {
    /// A name you will recognize.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub label: Option<String>,
    /// Digits dialled once the call is answered, for a phone behind a switchboard.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub dial_extension: Option<OrOff<DialExtension>>,
    /// What the person who answers hears first: `say:TEXT`, `say:VOICE:LANGUAGE:TEXT` or `play:URL`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub whisper: Option<Whisper>,
    /// Leave the whisper out when the tracking number has one of its own.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub skip_whisper: Option<bool>,
    /// Where a call goes that is not answered here, or finds the line busy. Does not work while several receiving numbers
    /// ring at once.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub no_answer: Option<OrOff<NoAnswer>>,
    /// The schedule by which calls are tagged, and by which a form may have this number called.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tagging_hours: Option<TaggingHours>,
    /// Refuse to delete this object.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub protect: Option<bool>,
}

/// Digits to dial after the call is answered.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct DialExtension {
    /// The digits, text so that leading zeros stay; `*`, `#` and `w` are keys too.
    #[serde(deserialize_with = "digits")]
    pub digits: String,
    /// Seconds to wait before dialling.
    #[serde(default)]
    pub delay: u32,
}

fn digits<'de, D: Deserializer<'de>>(deserializer: D) -> Result<String, D::Error> {
    let text = String::deserialize(deserializer)?;
    let fits =
        !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit() || matches!(b, b'*' | b'#' | b'w'));
    if fits {
        return Ok(text);
    }
    Err(decoding(
        format!("`{text}` cannot be dialled"),
        "write digits, `*`, `#`, or `w` for a pause: \"204\"",
    ))
}

/// What happens to a call nobody takes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct NoAnswer {
    /// Seconds to ring before.
    pub after: u32,
    /// Where the call goes then: another receiving number, a queue, a menu or a smart router.
    pub to: Destination,
}

/// What is switched on by a map.
pub trait Form {
    /// An example of the map.
    const FORM: &'static str;
}

impl Form for DialExtension {
    const FORM: &'static str = "`{ digits: \"204\" }`";
}

impl Form for NoAnswer {
    const FORM: &'static str = "`{ after: 20, to: … }`";
}

/// A setting that may be switched off: `off`, or what it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum OrOff<T> {
    Off,
    Set(T),
}

impl<T> OrOff<T> {
    pub fn set(&self) -> Option<&T> {
        match self {
            Self::Off => None,
            Self::Set(it) => Some(it),
        }
    }
}

impl<T> From<Option<T>> for OrOff<T> {
    fn from(it: Option<T>) -> Self {
        it.map_or(Self::Off, Self::Set)
    }
}

impl<T: Serialize> Serialize for OrOff<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Off => serializer.serialize_str("off"),
            Self::Set(it) => it.serialize(serializer),
        }
    }
}

impl<'de, T: Deserialize<'de> + Form> Deserialize<'de> for OrOff<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Visitor<T>(PhantomData<T>);
        impl<'de, T: Deserialize<'de> + Form> de::Visitor<'de> for Visitor<T> {
            type Value = OrOff<T>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("`off` or a map")
            }

            fn visit_str<E: de::Error>(self, text: &str) -> Result<OrOff<T>, E> {
                match text {
                    "off" => Ok(OrOff::Off),
                    _ => Err(decoding(
                        format_args!("expected `off` or a map, found `{text}`"),
                        format_args!("write {}, or `off`", T::FORM),
                    )),
                }
            }

            fn visit_map<A: de::MapAccess<'de>>(self, map: A) -> Result<OrOff<T>, A::Error> {
                T::deserialize(value::MapAccessDeserializer::new(map)).map(OrOff::Set)
            }
        }
        deserializer.deserialize_any(Visitor(PhantomData))
    }
}

impl<T: JsonSchema> JsonSchema for OrOff<T> {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> std::borrow::Cow<'static, str> {
        format!("{}OrOff", T::schema_name()).into()
    }

    fn json_schema(generator: &mut schemars::SchemaGenerator) -> schemars::Schema {
        let set = generator.subschema_for::<T>();
        schemars::json_schema!({ "anyOf": [{ "const": "off" }, set] })
    }
}

/// A prompt for whoever answers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Whisper {
    Off,
    /// As the provider writes it: `say:VOICE:LANGUAGE:TEXT` or `play:URL`.
    Prompt(String),
}

impl FromStr for Whisper {
    type Err = Explained;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let spoken = text.strip_prefix("say:").or_else(|| text.strip_prefix("play:"));
        match spoken {
            _ if text == "off" => Ok(Self::Off),
            Some(rest) if !rest.trim().is_empty() => Ok(Self::Prompt(text.to_owned())),
            _ => {
                let help = "write `say:` and the text, `play:` and the address of a recording, or `off`";
                Err(Explained::with_help(format!("`{text}` is not a whisper"), help.to_owned()))
            }
        }
    }
}

impl fmt::Display for Whisper {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Off => f.write_str("off"),
            Self::Prompt(text) => f.write_str(text),
        }
    }
}

textual!(Whisper, "Whisper", {
    "type": "string",
    "pattern": "^(off|say:.+|play:.+)$",
    "description": "`say:TEXT`, `say:VOICE:LANGUAGE:TEXT`, `play:URL`, or `off`."
});

/// The schedule by which calls are tagged.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum TaggingHours {
    Off,
    Schedule(String),
}

impl FromStr for TaggingHours {
    type Err = Explained;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        match text {
            "off" => Ok(Self::Off),
            "" => Err(Explained::with_help(
                "an empty text is not the name of a schedule".to_owned(),
                "name a schedule, or write `off`".to_owned(),
            )),
            _ => Ok(Self::Schedule(text.to_owned())),
        }
    }
}

impl fmt::Display for TaggingHours {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Off => f.write_str("off"),
            Self::Schedule(name) => f.write_str(name),
        }
    }
}

textual!(TaggingHours, "TaggingHours", {
    "type": "string",
    "description": "The name of a schedule, or `off`."
});
