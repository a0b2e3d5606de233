//! Where a call can be sent, and the five conditions under which it is.

use super::{
    E164, Extension, Pattern, Receivers,
    e164::PHONE_NUMBER_PATTERN,
    text::{EXTENSION_PATTERN, Email, Name},
};
use crate::explained::decoding;
use schemars::JsonSchema;
use serde::{
    Deserialize, Deserializer, Serialize, Serializer,
    de::{self, IntoDeserializer},
    ser::SerializeMap,
};

/// Where a call goes. In YAML a map with one key, or a word: `voicemail` for the own mailbox of what sends the call, `hang_up`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Destination {
    /// The extension, following its own answering rules (portal: User).
    Extension(Extension),
    /// The extension's phone, bypassing its rules (portal: Phone).
    Phone(Extension),
    /// The mailbox of that extension.
    Voicemail(Extension),
    /// The mailbox of the extension or queue the forward belongs to.
    OwnVoicemail,
    /// A call queue, by extension (Stratus) or name.
    Queue(String),
    /// An auto attendant, by its extension.
    Attendant(Extension),
    /// An outside phone number (portal: Off-Net Number).
    Number(E164),
    /// A receiving number (CallTrackingMetrics).
    Receiver(E164),
    /// A voice menu, by name (CallTrackingMetrics).
    Menu(String),
    /// A geo router, by name (CallTrackingMetrics).
    GeoRouter(String),
    /// A smart (conditional) router, by name (CallTrackingMetrics).
    SmartRouter(String),
    /// A routing table, by name (CallTrackingMetrics).
    RoutingTable(String),
    /// A voice bot, by name (CallTrackingMetrics).
    VoiceBot(String),
    /// An agent on whatever phone they are using, by e-mail address (CallTrackingMetrics).
    Agent(String),
    /// Nowhere: the call ends (CallTrackingMetrics).
    HangUp,
    /// A word only the provider knows (a dial rule of its own), passed through as it is.
    DialString(String),
}

/// The last two stand only in the route of a number.
const ROUTE_WORDS: &[&str] = &[
    "extension",
    "phone",
    "voicemail",
    "queue",
    "attendant",
    "number",
    "receiver",
    "menu",
    "geo_router",
    "smart_router",
    "routing_table",
    "voice_bot",
    "agent",
    "token",
    "receivers",
    "pattern",
];

/// Places without a name.
const WORDS_ALONE: [&str; 2] = ["voicemail", "hang_up"];

const WORDS: &[&str] = ROUTE_WORDS.split_at(ROUTE_WORDS.len() - 2).0;

impl Destination {
    /// The word of the YAML.
    pub fn word(&self) -> &'static str {
        self.parts().0
    }

    /// What it is called there; one's own mailbox and hanging up have no name.
    pub fn name(&self) -> Option<String> {
        self.parts().1
    }

    /// The YAML key and its value; a word has none.
    fn parts(&self) -> (&'static str, Option<String>) {
        match self {
            Self::Extension(to) => ("extension", Some(to.to_string())),
            Self::Phone(to) => ("phone", Some(to.to_string())),
            Self::Voicemail(to) => ("voicemail", Some(to.to_string())),
            Self::OwnVoicemail => ("voicemail", None),
            Self::Queue(to) => ("queue", Some(to.clone())),
            Self::Attendant(to) => ("attendant", Some(to.to_string())),
            Self::Number(to) => ("number", Some(to.to_string())),
            Self::Receiver(to) => ("receiver", Some(to.to_string())),
            Self::Menu(to) => ("menu", Some(to.clone())),
            Self::GeoRouter(to) => ("geo_router", Some(to.clone())),
            Self::SmartRouter(to) => ("smart_router", Some(to.clone())),
            Self::RoutingTable(to) => ("routing_table", Some(to.clone())),
            Self::VoiceBot(to) => ("voice_bot", Some(to.clone())),
            Self::Agent(to) => ("agent", Some(to.clone())),
            Self::HangUp => ("hang_up", None),
            Self::DialString(to) => ("token", Some(to.clone())),
        }
    }
}

impl Serialize for Destination {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self.parts() {
            (word, None) => serializer.serialize_str(word),
            (word, Some(to)) => {
                let mut map = serializer.serialize_map(Some(1))?;
                map.serialize_entry(word, &to)?;
                map.end()
            }
        }
    }
}

/// The key of a destination; read by itself, so that a wrong one is reported where it stands.
#[derive(Deserialize)]
#[serde(field_identifier, rename_all = "snake_case")]
enum Word {
    Extension,
    Phone,
    Voicemail,
    Queue,
    Attendant,
    Number,
    Receiver,
    Menu,
    GeoRouter,
    SmartRouter,
    RoutingTable,
    VoiceBot,
    Agent,
    Token,
    Receivers,
    Pattern,
}

/// Reads a [`Word`]; one that is none is told which there are.
struct KnownSecrets(&'static [&'static str]);

impl<'de> de::DeserializeSeed<'de> for KnownSecrets {
    type Value = Word;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Word, D::Error> {
        let text = String::deserialize(deserializer)?;
        let word: Result<_, de::value::Error> = Word::deserialize(text.as_str().into_deserializer());
        word.map_err(|_| de::Error::unknown_field(&text, self.0))
    }
}

/// What is said of a text that is none.
pub fn no_destination(text: &str) -> String {
    format!("`{text}` is not a destination")
}

/// What stood where a destination is expected.
pub(super) enum Parsed {
    Off,
    To(Destination),
    Receivers(Receivers),
}

/// Reads a destination; `off` and several receiving numbers are refused unless the caller allows them.
pub(super) struct DestinationVisitor {
    pub off: bool,
    pub receivers: bool,
}

/// Maps that may stand here; every phone system takes one of them.
const EXAMPLE: &str = r#"`{ extension: "101" }` or `{ queue: Sales }`"#;

impl<'de> de::Visitor<'de> for DestinationVisitor {
    type Value = Parsed;

    fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(if self.off { "`off` or a destination" } else { "a destination" })
    }

    fn visit_str<E: de::Error>(self, text: &str) -> Result<Parsed, E> {
        match text {
            "voicemail" => Ok(Parsed::To(Destination::OwnVoicemail)),
            "hang_up" => Ok(Parsed::To(Destination::HangUp)),
            "off" if self.off => Ok(Parsed::Off),
            _ => {
                let plain = text.to_lowercase().replace([' ', '-', '_'], "");
                let help = if plain == "hangup" {
                    "write `hang_up`".to_owned()
                } else if let Ok(number) = text.parse::<E164>() {
                    format!("write `{{ number: \"{number}\" }}`")
                } else if text.bytes().all(|b| b.is_ascii_digit()) && !text.is_empty() {
                    format!("write `{{ extension: \"{text}\" }}` or `{{ queue: \"{text}\" }}`")
                } else {
                    let off = if self.off { "`off`, " } else { "" };
                    format!("write {off}`voicemail`, or a map such as {}", EXAMPLE)
                };
                Err(decoding(no_destination(text), &help))
            }
        }
    }

    fn visit_seq<A: de::SeqAccess<'de>>(self, _: A) -> Result<Parsed, A::Error> {
        Err(decoding("a list is not a destination", format!("write one place, such as {EXAMPLE}")))
    }

    fn visit_map<A: de::MapAccess<'de>>(self, mut map: A) -> Result<Parsed, A::Error> {
        let known = KnownSecrets(if self.receivers { ROUTE_WORDS } else { WORDS });
        let Some(word) = map.next_key_seed(known)? else {
            return Err(decoding(
                "an empty map is not a destination",
                format!("write where calls go, such as {}", EXAMPLE),
            ));
        };
        let to = match word {
            Word::Extension => Destination::Extension(map.next_value()?),
            Word::Phone => Destination::Phone(map.next_value()?),
            Word::Voicemail => Destination::Voicemail(map.next_value()?),
            Word::Queue => Destination::Queue(map.next_value()?),
            Word::Attendant => Destination::Attendant(map.next_value()?),
            Word::Number => Destination::Number(map.next_value()?),
            Word::Receiver => Destination::Receiver(map.next_value()?),
            Word::Menu => Destination::Menu(map.next_value::<Name>()?.0),
            Word::GeoRouter => Destination::GeoRouter(map.next_value::<Name>()?.0),
            Word::SmartRouter => Destination::SmartRouter(map.next_value::<Name>()?.0),
            Word::RoutingTable => Destination::RoutingTable(map.next_value::<Name>()?.0),
            Word::VoiceBot => Destination::VoiceBot(map.next_value::<Name>()?.0),
            Word::Agent => Destination::Agent(map.next_value::<Email>()?.0),
            Word::Token => Destination::DialString(map.next_value()?),
            Word::Receivers | Word::Pattern if !self.receivers => {
                return Err(decoding(
                    "several receiving numbers can only be the `route` of a number",
                    "name one: `{ receiver: \"+1…\" }`",
                ));
            }
            word => return receivers(word, map),
        };
        match map.next_key::<String>()? {
            None => Ok(Parsed::To(to)),
            Some(second) if self.receivers && matches!(&*second, "receivers" | "pattern") => Err(alone()),
            Some(second) => Err(decoding(
                format!("a destination has one key, found two: `{}` and `{second}`", to.parts().0),
                "a call goes to one place; to ring several phones at once use `ring: { simultaneous: … }`",
            )),
        }
    }
}

/// The rest of a list of receiving numbers, of which one key has been read.
fn receivers<'de, A: de::MapAccess<'de>>(first: Word, mut map: A) -> Result<Parsed, A::Error> {
    let mut list: Option<Ringing> = None;
    let mut pattern: Option<Pattern> = None;
    let mut next = Some(first);
    while let Some(word) = next {
        match word {
            Word::Receivers => list = Some(map.next_value()?),
            Word::Pattern => pattern = Some(map.next_value()?),
            _ => return Err(alone()),
        }
        next = map.next_key_seed(KnownSecrets(&["receivers", "pattern"]))?;
    }
    match list {
        Some(Ringing(receivers)) => Ok(Parsed::Receivers(Receivers { receivers, pattern })),
        None => Err(decoding("`pattern` needs `receivers`", "name the receiving numbers it is about")),
    }
}

fn alone<E: de::Error>() -> E {
    decoding(
        "`receivers` and `pattern` cannot stand beside another destination",
        "a number is routed to receiving numbers or to one other destination",
    )
}

/// Receiving numbers, at least one: a number that rings nothing has lost its calls.
struct Ringing(Vec<E164>);

impl<'de> Deserialize<'de> for Ringing {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let list = Vec::deserialize(deserializer)?;
        if list.is_empty() {
            return Err(decoding(
                "no receiving number is named: calls would go nowhere",
                "name one, or remove `route` to leave it as it is",
            ));
        }
        Ok(Self(list))
    }
}

impl<'de> Deserialize<'de> for Destination {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        match deserializer.deserialize_any(DestinationVisitor { off: false, receivers: false })? {
            Parsed::To(to) => Ok(to),
            Parsed::Off | Parsed::Receivers(_) => Err(de::Error::custom("this is not a destination")),
        }
    }
}

impl JsonSchema for Destination {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Destination".into()
    }

    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        let one_key = |word: &str| {
            let (about, pattern) = match word {
                "extension" => ("This extension, by its rules.", EXTENSION_PATTERN),
                "phone" => ("The phones of this extension, without its rules.", EXTENSION_PATTERN),
                "voicemail" => ("The mailbox of this extension.", EXTENSION_PATTERN),
                "attendant" => ("The auto attendant at this extension.", EXTENSION_PATTERN),
                "number" => ("A phone number outside, in international form.", PHONE_NUMBER_PATTERN),
                "receiver" => ("A receiving number, in international form.", PHONE_NUMBER_PATTERN),
                "agent" => ("A person, by e-mail address.", "@"),
                "queue" => ("A call queue.", "\\S"),
                "token" => ("What the phone system calls it, where there is no other word.", "\\S"),
                _ => ("By the name that it has in the portal.", "\\S"),
            };
            let text = schemars::json_schema!({
                "description": about, "type": ["string", "integer"], "pattern": pattern
            });
            schemars::json_schema!({
                "type": "object", "properties": { word: text }, "required": [word], "additionalProperties": false
            })
        };
        let mut forms = WORDS_ALONE.map(|word| schemars::json_schema!({ "const": word })).to_vec();
        forms.extend(WORDS.iter().map(|word| one_key(word)));
        schemars::json_schema!({
            "description": "Where a call goes: a map with one key, `voicemail` for the own mailbox of what sends it, or `hang_up`.",
            "oneOf": forms
        })
    }
}

/// A forward that may be switched off.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Divert {
    Off,
    To(Destination),
}

impl Serialize for Divert {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Off => serializer.serialize_str("off"),
            Self::To(to) => to.serialize(serializer),
        }
    }
}

impl<'de> Deserialize<'de> for Divert {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        match deserializer.deserialize_any(DestinationVisitor { off: true, receivers: false })? {
            Parsed::To(to) => Ok(Self::To(to)),
            Parsed::Off => Ok(Self::Off),
            Parsed::Receivers(_) => Err(de::Error::custom("this is not a destination")),
        }
    }
}

impl JsonSchema for Divert {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Divert".into()
    }

    fn json_schema(generator: &mut schemars::SchemaGenerator) -> schemars::Schema {
        let to = generator.subschema_for::<Destination>();
        schemars::json_schema!({
            "description": "`off`, or where the call goes.",
            "anyOf": [{ "const": "off" }, to]
        })
    }
}

/// The five conditions under which an extension's calls are forwarded.
///
/// In `diverts` a condition left out is not managed; in an entry of `order` it is off, because an entry of a list
/// is complete as written.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(transform = super::until::may_end)]
pub struct Diverts {
    /// Every call, nothing rings (Stratus: Always; 3GPP: CFU).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub always: Option<Divert>,
    /// Already on a call (Stratus: On Active).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub on_call: Option<Divert>,
    /// The call is rejected (Stratus: When busy) or the line engaged (Deskphone: On busy; 3GPP: CFB).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub busy: Option<Divert>,
    /// Nobody answered within the ring timeout (Stratus: When unanswered; 3GPP: CFNR).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub no_answer: Option<Divert>,
    /// No phone is registered (Stratus: When offline; Deskphone: Phone unreachable; 3GPP: CFNRc).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unreachable: Option<Divert>,
    /// Refuse to switch every one of these off.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub protect: Option<bool>,
}

impl Diverts {
    /// The conditions with their YAML names, in the order of precedence.
    pub fn conditions(&self) -> [(&'static str, Option<&Divert>); 5] {
        let Self { always, on_call, busy, no_answer, unreachable, protect: _ } = self;
        [
            ("always", always.as_ref()),
            ("on_call", on_call.as_ref()),
            ("busy", busy.as_ref()),
            ("no_answer", no_answer.as_ref()),
            ("unreachable", unreachable.as_ref()),
        ]
    }

    /// The same, to be changed in place.
    pub fn conditions_mut(&mut self) -> [&mut Option<Divert>; 5] {
        let Self { always, on_call, busy, no_answer, unreachable, protect: _ } = self;
        [always, on_call, busy, no_answer, unreachable]
    }

    /// Fills in what an entry of a list left out: off.
    pub fn complete(&mut self) {
        for condition in self.conditions_mut() {
            condition.get_or_insert(Divert::Off);
        }
    }
}
