//! A file of assertions: what has to be true of calls, whoever changes what.

use super::text::{Name, textual};
use crate::explained::{Explained, decoding};
use jiff::{Timestamp, Zoned, civil::DateTime};
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{
    Deserialize, Deserializer,
    de::{self, Visitor},
};
use std::{collections::BTreeMap, fmt, marker::PhantomData, str::FromStr};

/// A file of assertions about calls, which `dialform test` holds against the configuration.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(title = "dialform tests", extend("patternProperties" = { "^x-": true }))]
pub struct AssertionFile {
    /// What has to be true.
    #[serde(deserialize_with = "not_empty")]
    pub tests: Vec<Assertion>,
}

/// A call, and what has to become of it.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Assertion {
    /// What it says, in words: `nights go to the answering service`. Once in a file.
    #[serde(deserialize_with = "name")]
    pub name: String,
    /// What is called: a number, `TENANT/EXTENSION` or `TENANT/QUEUE`. The tenant can be left out where one alone has it.
    #[serde(deserialize_with = "name")]
    pub call: String,
    /// Whose names and clock are meant, where that is not the tenant of the call.
    #[serde(default, deserialize_with = "some_name")]
    pub tenant: Option<String>,
    /// When the call comes in; of a list, at each of them. Left out: any time.
    #[serde(default, deserialize_with = "one_or_many")]
    #[schemars(schema_with = "one_or_many_schema::<When>")]
    pub at: Option<Vec<When>>,
    /// Who calls: a number, `anonymous` or `spam`. Left out: somebody whom no list names.
    #[serde(default, deserialize_with = "some_name")]
    pub from: Option<String>,
    /// What the call finds, as `trace --given` has it: `"101": offline`, `mailbox:101: off`, `queue:400: full`, `stratus: down`, and
    /// `everybody: answers@5`. A phone of which nothing is said rings, and nobody answers; mailboxes are on, queues have room,
    /// phone systems work.
    #[serde(default)]
    pub given: BTreeMap<String, String>,
    /// What has to become of it, on every course that it can take.
    pub expect: Expect,
}

/// What has to be true of every course of a call.
#[derive(Debug, Clone, Default, PartialEq, Eq, JsonSchema)]
#[schemars(deny_unknown_fields, extend("minProperties" = 1))]
pub struct Expect {
    /// How it ends; of a list, in one of these ways.
    #[schemars(default, schema_with = "one_or_many_schema::<EndWords>")]
    pub end: Option<Vec<EndWords>>,
    /// Where it comes by, or who rings: each of these.
    #[schemars(default, schema_with = "one_or_many_schema::<Spot>")]
    pub passes: Option<Vec<Spot>>,
    /// How it does not end, where it does not come by, and who does not ring: none of these.
    #[schemars(default, schema_with = "one_or_many_schema::<Never>")]
    pub never: Option<Vec<Never>>,
    /// Seconds in which it has ended, with somebody, in a mailbox or however `end` says.
    #[schemars(default, range(min = 1, max = 86_400))]
    pub within: Option<u32>,
}

impl<'de> Deserialize<'de> for Expect {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        /// As it is written.
        #[derive(Deserialize)]
        #[serde(deny_unknown_fields, rename = "Expect")]
        struct Written {
            #[serde(default, deserialize_with = "one_or_many")]
            end: Option<Vec<EndWords>>,
            #[serde(default, deserialize_with = "one_or_many")]
            passes: Option<Vec<Spot>>,
            #[serde(default, deserialize_with = "one_or_many")]
            never: Option<Vec<Never>>,
            #[serde(default, deserialize_with = "seconds")]
            within: Option<u32>,
        }
        let Written { end, passes, never, within } = Written::deserialize(deserializer)?;
        if end.is_none() && passes.is_none() && never.is_none() && within.is_none() {
            let help = "write `end`, `passes`, `never` or `within`: `expect: { end: answered }`";
            return Err(decoding("nothing is expected, so that it is true of every call", help));
        }
        Ok(Self { end, passes, never, within })
    }
}

/// When a call comes in.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum When {
    AnyTime,
    /// While each of some schedules of the tenant is in force, or is not.
    While(Vec<InForce>),
    /// Of the tenant's clock, or with an offset.
    Instant(String),
}

/// That a schedule is in force, or that it is not.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct InForce {
    pub outside: bool,
    pub schedule: String,
}

const ANY_TIME: &str = "any time";
const DURING: &str = "during ";
const OUTSIDE: &str = "outside ";
const AND: &str = " and ";

impl FromStr for When {
    type Err = Explained;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        if text == ANY_TIME {
            return Ok(Self::AnyTime);
        }
        if let Some(all) = conditions(text) {
            return Ok(Self::While(all));
        }
        let is_instant = text.parse::<DateTime>().is_ok()
            || text.parse::<Timestamp>().is_ok()
            || text.parse::<Zoned>().is_ok();
        // A day alone would be its midnight.
        if is_instant && text.contains(':') {
            return Ok(Self::Instant(text.to_owned()));
        }
        Err(Explained::with_help(
            format!("`{text}` is not a time"),
            "write `any time`, `during SCHEDULE`, `outside SCHEDULE`, several of these with `and` between them, or day and time: \
             `2026-12-25T10:00`",
        ))
    }
}

/// "during a and outside b". The name of a schedule may have an `and` of its own.
fn conditions(text: &str) -> Option<Vec<InForce>> {
    let mut all = Vec::new();
    let mut rest = text;
    loop {
        let (outside, after) = match (rest.strip_prefix(DURING), rest.strip_prefix(OUTSIDE)) {
            (Some(after), _) => (false, after),
            (None, Some(after)) => (true, after),
            (None, None) => return None,
        };
        let next = after.match_indices(AND).find(|(at, _)| {
            let next = &after[at + AND.len()..];
            next.starts_with(DURING) || next.starts_with(OUTSIDE)
        });
        let schedule = next.map_or(after, |(at, _)| &after[..at]).trim();
        if schedule.is_empty() {
            return None;
        }
        all.push(InForce { outside, schedule: schedule.to_owned() });
        match next {
            Some((at, _)) => rest = &after[at + AND.len()..],
            None => return Some(all),
        }
    }
}

impl fmt::Display for InForce {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}{}", if self.outside { OUTSIDE } else { DURING }, self.schedule)
    }
}

impl fmt::Display for When {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::AnyTime => f.write_str(ANY_TIME),
            Self::While(all) => {
                f.write_str(&all.iter().map(ToString::to_string).collect::<Vec<_>>().join(AND))
            }
            Self::Instant(text) => f.write_str(text),
        }
    }
}

textual!(When, "When", {
    "type": "string",
    "pattern": "^(any time|(during|outside) .+|[0-9+-]+[T ][0-9:.]+.*)$",
    "description": "`any time`, `during SCHEDULE`, `outside SCHEDULE`, several of these (`during business-hours and outside holidays`), or an instant: `2026-12-25T10:00` by the tenant's clock, or with an offset."
});

/// How a call ends, by word, and in the words of a trace what that is about.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct EndWords {
    pub word: &'static str,
    /// None: whatever.
    pub name: Option<String>,
}

/// Each word, with what follows it.
const ENDS: [(&str, &str); 9] = [
    ("answered", " 101"),
    ("voicemail", " 101"),
    ("leaves", " +19725550199"),
    ("waits", " 400"),
    ("menu", " attendant 600"),
    ("dropped", " busy"),
    ("unknown", " extension 109"),
    ("rings_on", ""),
    ("loop", ""),
];

const DROPPED: [&str; 9] = [
    "blocked",
    "spam",
    "busy",
    "no_mailbox",
    "no_answer",
    "hang_up",
    "unavailable",
    "max_wait",
    "platform_down",
];

impl FromStr for EndWords {
    type Err = Explained;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let (first, rest) = text.split_once(' ').unwrap_or((text, ""));
        let rest = rest.trim();
        let Some((word, follows)) = ENDS.into_iter().find(|(word, _)| *word == first) else {
            let ways: Vec<String> = ENDS.iter().map(|(word, follows)| format!("`{word}{follows}`")).collect();
            return Err(Explained::with_help(
                format!("`{text}` is not how a call ends"),
                format!("write the end that a trace has, such as {}", ways.join(", ")),
            ));
        };
        if rest.is_empty() {
            return Ok(Self { word, name: None });
        }
        if follows.is_empty() {
            return Err(Explained::with_help(format!("nothing follows `{word}`"), format!("write `{word}`")));
        }
        if word == "dropped" && !DROPPED.contains(&rest) {
            return Err(Explained::with_help(
                format!("`{rest}` is not why a call is dropped"),
                format!("write one of {}", DROPPED.join(", ")),
            ));
        }
        Ok(Self { word, name: Some(rest.to_owned()) })
    }
}

impl fmt::Display for EndWords {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.name {
            Some(name) => write!(f, "{} {name}", self.word),
            None => f.write_str(self.word),
        }
    }
}

textual!(EndWords, "End", {
    "type": "string",
    "pattern": "^((answered|voicemail|leaves|waits|menu|dropped|unknown)( .+)?|rings_on|loop)$",
    "description": "How a call ends, in the words of `dialform trace --format json`: `answered 101`, `voicemail 101`, `leaves +19725550199`, `waits 400`, `menu attendant 600`, `dropped busy`, `rings_on`, `loop`, `unknown extension 109`. The first word alone is any such end."
});

/// Where a call comes by, or somebody who rings.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Spot {
    Queue(String),
    /// A number, an extension, a queue, a receiving number, a device, an agent.
    Any(String),
}

impl FromStr for Spot {
    type Err = Explained;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let name = text.strip_prefix("queue ").unwrap_or(text).trim();
        if name.is_empty() || name.contains(char::is_whitespace) && text == name {
            return Err(Explained::with_help(
                format!("`{text}` is nothing that a call comes by"),
                "write a number, an extension, a device, an agent, or `queue 400`",
            ));
        }
        let name = name.to_owned();
        Ok(if text.starts_with("queue ") { Self::Queue(name) } else { Self::Any(name) })
    }
}

impl fmt::Display for Spot {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Queue(name) => write!(f, "queue {name}"),
            Self::Any(name) => f.write_str(name),
        }
    }
}

textual!(Spot, "Spot", {
    "type": ["string", "integer"],
    "description": "Where a call comes by, or who rings: a number, an extension, `queue 400`, a device, an agent."
});

/// What is not to become of a call.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Never {
    Ends(EndWords),
    Passes(Spot),
}

impl FromStr for Never {
    type Err = Explained;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let first = text.split(' ').next().unwrap_or_default();
        if ENDS.iter().any(|(word, _)| *word == first) {
            return text.parse().map(Self::Ends);
        }
        text.parse().map(Self::Passes).map_err(|error: Explained| {
            let help = "write an end (`loop`, `leaves +19725550199`, `dropped`), a number, an extension, or `queue 400`";
            Explained::with_help(error.message, help)
        })
    }
}

impl fmt::Display for Never {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Ends(end) => end.fmt(f),
            Self::Passes(spot) => spot.fmt(f),
        }
    }
}

textual!(Never, "Never", {
    "type": ["string", "integer"],
    "description": "An end (`loop`, `leaves +19725550199`, `dropped`: of any sort), a number, an extension, `queue 400`, a device, an agent."
});

fn name<'de, D: Deserializer<'de>>(deserializer: D) -> Result<String, D::Error> {
    Name::deserialize(deserializer).map(|Name(name)| name)
}

fn some_name<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<String>, D::Error> {
    name(deserializer).map(Some)
}

fn not_empty<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<Assertion>, D::Error> {
    let tests = Vec::deserialize(deserializer)?;
    if tests.is_empty() {
        return Err(decoding("there is no assertion in this file", "write one, or remove the file"));
    }
    Ok(tests)
}

fn seconds<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<u32>, D::Error> {
    match u32::deserialize(deserializer)? {
        seconds @ 1..=86_400 => Ok(Some(seconds)),
        seconds => Err(decoding(format!("{seconds} seconds is out of range"), "write 1 to 86400")),
    }
}

/// One text, or a list of some.
fn one_or_many<'de, D, T>(deserializer: D) -> Result<Option<Vec<T>>, D::Error>
where
    D: Deserializer<'de>,
    T: Deserialize<'de> + FromStr<Err = Explained>,
{
    struct Texts<T>(PhantomData<T>);

    impl<'de, T: Deserialize<'de> + FromStr<Err = Explained>> Visitor<'de> for Texts<T> {
        type Value = Vec<T>;

        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("a text or a list of texts")
        }

        fn visit_str<E: de::Error>(self, text: &str) -> Result<Self::Value, E> {
            text.parse().map(|one| vec![one]).map_err(Explained::into_decoding)
        }

        fn visit_seq<A: de::SeqAccess<'de>>(self, list: A) -> Result<Self::Value, A::Error> {
            let all = Vec::deserialize(de::value::SeqAccessDeserializer::new(list))?;
            if all.is_empty() {
                return Err(decoding("an empty list says nothing", "name something, or leave the key out"));
            }
            Ok(all)
        }
    }

    deserializer.deserialize_any(Texts(PhantomData)).map(Some)
}

fn one_or_many_schema<T: JsonSchema>(generator: &mut SchemaGenerator) -> Schema {
    let one = generator.subschema_for::<T>();
    json_schema!({ "anyOf": [one, { "type": "array", "minItems": 1, "items": one }] })
}
