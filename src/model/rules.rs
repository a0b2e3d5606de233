//! The answering rules of one extension (help article *Create and Adjust Answering Rules in Stratus*), and its allow
//! and block lists.

use super::{
    DEFAULT_RULE, Diverts, E164, Extension,
    e164::PHONE_NUMBER_PATTERN,
    text::textual,
    until::{may_end, must_not_end},
};
use crate::explained::Explained;
use crate::explained::decoding;
use schemars::JsonSchema;
use serde::{Deserialize, Deserializer, Serialize, de};
use std::{fmt, str::FromStr};

/// The Answering Rules page of one extension.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(transform = may_end)]
pub struct Rules {
    /// Seconds the extension rings before `no_answer`: 5 to 90 by 5, 120 to 300 by 30, 1200, or `unlimited`.
    /// Calls that come through a queue ring for the queue's `agent_ring` instead.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ring_timeout: Option<RingTimeout>,
    /// Who gets through (portal: Allow / Block).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub callers: Option<Callers>,
    /// The rules, highest priority first: the top-most enabled rule whose schedule is active wins. Complete as
    /// written: live rules that are not listed are removed, options left out of an entry are off.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub order: Option<Vec<Rule>>,
    /// Refuse to remove these rules.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub protect: Option<bool>,
}

impl Rules {
    /// The forwards of the Default rule, where the order has it.
    pub fn default_forward(&self) -> Option<&Diverts> {
        self.order.iter().flatten().find(|rule| rule.when == DEFAULT_RULE).map(|rule| &rule.forward)
    }

    /// Sets forwards of the Default rule, as `diverts` of the extension do.
    pub fn set_default_forward(&mut self, diverts: &Diverts) {
        for rule in self.order.iter_mut().flatten().filter(|rule| rule.when == DEFAULT_RULE) {
            let own = rule.forward.conditions_mut();
            for (own, (_, new)) in own.into_iter().zip(diverts.conditions()) {
                if let Some(new) = new {
                    *own = Some(new.clone());
                }
            }
        }
    }
}

/// The name by which a type asks the reader of YAML for a number or a word: what looks like a number is held to be one.
pub const NUMBER_OR_WORD: &str = "NumberOrWord";

/// How long an extension rings.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RingTimeout {
    Seconds(u32),
    Unlimited,
}

impl FromStr for RingTimeout {
    type Err = Explained;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        if text == "unlimited" {
            return Ok(Self::Unlimited);
        }
        let plain = text.bytes().all(|byte| byte.is_ascii_digit()) && (text == "0" || !text.starts_with('0'));
        text.parse().ok().filter(|_| plain).map(Self::Seconds).ok_or_else(|| {
            Explained::with_help(
                format!("`{text}` is not a ring timeout"),
                "write seconds, e.g. 25, or `unlimited`",
            )
        })
    }
}

impl fmt::Display for RingTimeout {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Seconds(seconds) => write!(f, "{seconds}"),
            Self::Unlimited => f.write_str("unlimited"),
        }
    }
}

impl Serialize for RingTimeout {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Seconds(seconds) => serializer.serialize_u32(*seconds),
            Self::Unlimited => serializer.serialize_str("unlimited"),
        }
    }
}

impl<'de> Deserialize<'de> for RingTimeout {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Visitor;
        impl<'de> de::Visitor<'de> for Visitor {
            type Value = RingTimeout;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("seconds or `unlimited`")
            }

            fn visit_newtype_struct<D: Deserializer<'de>>(self, inner: D) -> Result<RingTimeout, D::Error> {
                inner.deserialize_any(self)
            }

            fn visit_str<E: de::Error>(self, text: &str) -> Result<RingTimeout, E> {
                text.parse().map_err(Explained::into_decoding)
            }

            fn visit_u64<E: de::Error>(self, seconds: u64) -> Result<RingTimeout, E> {
                self.visit_str(&seconds.to_string())
            }
        }
        deserializer.deserialize_newtype_struct(NUMBER_OR_WORD, Visitor)
    }
}

impl JsonSchema for RingTimeout {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "RingTimeout".into()
    }

    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        let mut seconds: Vec<u32> = (5..=90).step_by(5).chain((120..=300).step_by(30)).collect();
        seconds.push(1200);
        schemars::json_schema!({
            "description": "Seconds, as the portal's drop-down offers them, or `unlimited`.",
            "anyOf": [{ "type": "integer", "enum": seconds }, { "const": "unlimited" }]
        })
    }
}

/// Who gets through to an extension, and what happens to calls marked as spam.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Callers {
    /// Numbers that always get through.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub allow: Option<Vec<Caller>>,
    /// Numbers that never get through.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub block: Option<Vec<Caller>>,
    /// Block callers without a number (portal: Block anonymous or unknown).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub block_anonymous: Option<bool>,
    /// What happens to calls marked as spam.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub spam: Option<Spam>,
}

/// An entry of an allow or block list.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Caller {
    Number(E164),
    /// What a provider holds beside phone numbers. Observed only.
    Other(String),
}

impl FromStr for Caller {
    type Err = Explained;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        text.parse().map(Self::Number).map_err(|error: Explained| match text {
            "anonymous" | "unknown" => error.help("write `block_anonymous: true`"),
            _ if is_pattern(text) => Explained::with_help(
                format!("`{text}` stands for many callers, and a list holds single numbers"),
                SINGLE,
            ),
            _ if is_part(text) => Explained::with_help(
                format!("`{text}` is only a part of a phone number, and a list holds whole ones"),
                SINGLE,
            ),
            _ => error,
        })
    }
}

/// Which entries there are.
const SINGLE: &str = "name each number by itself, such as \"+12145550100\"; callers without a number are `block_anonymous: true`; \
                      there is no form for an area code or a country";

/// Whether a text means more than one number: a pattern, or a span.
fn is_pattern(text: &str) -> bool {
    let part = |c: char| c.is_ascii_digit() || "+*?.xX%#-()[]{}^$|\\, ".contains(c);
    let is_pattern =
        text.contains(['*', '?', '%', '[', '{', '^', '$', '|']) || text.to_ascii_lowercase().contains("xx");
    let is_span = text.contains("..") || text.matches('+').count() > 1;
    text.contains(|c: char| c.is_ascii_digit()) && text.chars().all(part) && (is_pattern || is_span)
}

/// Whether a text is the beginning of numbers, such as an area code.
fn is_part(text: &str) -> bool {
    let digits = text.bytes().filter(u8::is_ascii_digit).count();
    (1..7).contains(&digits) && text.chars().all(|c| c.is_ascii_digit() || "+#.-() ".contains(c))
}

impl fmt::Display for Caller {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Number(number) => number.fmt(f),
            Self::Other(text) => f.write_str(text),
        }
    }
}

textual!(Caller, "Caller", {
    "type": ["string", "integer"],
    "pattern": PHONE_NUMBER_PATTERN,
    "description": "A phone number in international form."
});

/// What happens to calls marked as spam (help article *Create and Adjust Answering Rules in Stratus*, SPAM CALLS).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Spam {
    /// They follow the rules like any call (portal: Ring as normal).
    Ring,
    /// Portal: Send to Voicemail.
    Voicemail,
    /// Portal: Drop Call.
    Drop,
    /// The caller is asked for a name (portal: Screen Call).
    Screen,
}

/// One answering rule. Complete as written: an option left out is off.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(transform = may_end)]
pub struct Rule {
    /// The schedule it follows, or `default`: always last, always matches.
    pub when: String,
    /// `false` keeps the rule but switches it off.
    #[serde(default = "yes")]
    pub enabled: bool,
    /// Nothing rings; callers reach voicemail.
    #[serde(default)]
    pub do_not_disturb: bool,
    /// Callers say their name before the call is put through.
    #[serde(default)]
    pub call_screening: bool,
    /// What rings.
    #[serde(default)]
    pub ring: Ring,
    /// Where calls go instead, and when.
    #[serde(default, deserialize_with = "forwards")]
    #[schemars(schema_with = "forwards_schema")]
    pub forward: Diverts,
}

fn yes() -> bool {
    true
}

pub(super) fn forwards<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Diverts, D::Error> {
    let diverts = Diverts::deserialize(deserializer)?;
    if diverts.protect.is_some() {
        return Err(decoding(
            "`protect` belongs to a whole object",
            "write it beside `order`, not inside a rule",
        ));
    }
    Ok(diverts)
}

/// The schema of what [`forwards`] takes.
pub(super) fn forwards_schema(generator: &mut schemars::SchemaGenerator) -> schemars::Schema {
    let mut schema = Diverts::json_schema(generator);
    if let Some(fields) = schema.get_mut("properties").and_then(|it| it.as_object_mut()) {
        fields.shift_remove("protect");
    }
    must_not_end(&mut schema);
    schema
}

/// What rings while a rule is in force.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Ring {
    /// The extension alone (portal: Just ring user's extension).
    #[default]
    Extension,
    /// Several phones (portal: Simultaneous ring).
    Simultaneous(Simultaneous),
}

/// The phones of a simultaneous ring.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Simultaneous {
    /// Portal: Include user's extension.
    #[serde(default)]
    pub own_extension: bool,
    /// Portal: Ring all user's phones.
    #[serde(default)]
    pub all_phones: bool,
    /// Whoever answers an outside number presses 1 first (portal: Answer confirmation for offnet numbers).
    #[serde(default)]
    pub confirm_external: bool,
    /// Further phones.
    #[serde(default)]
    pub also: Vec<Also>,
}

/// One more phone of a simultaneous ring: an extension, a number or a device, and when it joins.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(into = "AlsoForm")]
#[schemars(with = "AlsoForm")]
pub struct Also {
    pub target: Ringable,
    /// Seconds to wait before it rings.
    pub delay: u32,
}

/// Something that can be rung beside others.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Ringable {
    Extension(Extension),
    Number(E164),
    /// One device of an extension, e.g. `102wp`.
    Device(Extension),
    /// A person by e-mail address (CallTrackingMetrics); only as an agent of a queue.
    Agent(String),
    /// What the provider holds and this vocabulary has no words for. Observed only.
    DialString(String),
}

impl Ringable {
    /// The digits, the address or the word.
    pub fn name(&self) -> String {
        match self {
            Self::Extension(to) | Self::Device(to) => to.to_string(),
            Self::Number(to) => to.to_string(),
            Self::Agent(to) | Self::DialString(to) => to.clone(),
        }
    }
}

/// One phone that rings with the others: exactly one of `extension`, `number`, `device`.
#[derive(Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "Also")]
struct AlsoForm {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    extension: Option<Extension>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    number: Option<E164>,
    /// One device of an extension, e.g. `102wp`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    device: Option<Extension>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    token: Option<String>,
    /// Seconds to wait before it rings.
    #[serde(default)]
    delay: u32,
}

/// The way out where an entry names nobody, or two.
pub(super) const ONE_EACH: &str = "write `extension: \"101\"`, for one; several are an entry each";

impl Ringable {
    /// The one target named; `None` where there is none, or more than one.
    pub(super) fn one_of(
        extension: Option<Extension>,
        number: Option<E164>,
        device: Option<Extension>,
        token: Option<String>,
    ) -> Option<Self> {
        match (extension, number, device, token) {
            (Some(to), None, None, None) => Some(Self::Extension(to)),
            (None, Some(to), None, None) => Some(Self::Number(to)),
            (None, None, Some(to), None) => Some(Self::Device(to)),
            (None, None, None, Some(to)) => Some(Self::DialString(to)),
            _ => None,
        }
    }

    pub(super) fn parts(self) -> (Option<Extension>, Option<E164>, Option<Extension>, Option<String>) {
        match self {
            Self::Extension(to) => (Some(to), None, None, None),
            Self::Number(to) => (None, Some(to), None, None),
            Self::Device(to) => (None, None, Some(to), None),
            Self::DialString(to) => (None, None, None, Some(to)),
            Self::Agent(_) => (None, None, None, None),
        }
    }
}

impl<'de> Deserialize<'de> for Also {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let AlsoForm { extension, number, device, token, delay } = AlsoForm::deserialize(deserializer)?;
        let target = Ringable::one_of(extension, number, device, token);
        let wrong = || decoding("name exactly one of `extension`, `number`, `device`", ONE_EACH);
        Ok(Self { target: target.ok_or_else(wrong)?, delay })
    }
}

impl From<Also> for AlsoForm {
    fn from(also: Also) -> Self {
        let (extension, number, device, token) = also.target.parts();
        Self { extension, number, device, token, delay: also.delay }
    }
}
