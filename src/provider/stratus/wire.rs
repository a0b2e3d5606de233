//! The JSON of the NetSapiens API v2, as far as call routing needs it. Lenient in, strict out.
//!
//! On read numbers and texts stand for each other, optional values may be missing, null or empty, and some names
//! differ from those that are written (FACTS stratus/wire-7 and FACTS stratus/wire).

use serde::{Deserialize, Deserializer, Serialize, de::DeserializeOwned};
use serde_json::Value;

/// A text that may arrive as a number, a truth value or null.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Text(pub String);

impl<'de> Deserialize<'de> for Text {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Ok(match Value::deserialize(deserializer)? {
            Value::Null => Self::default(),
            Value::String(text) => Self(text),
            Value::Number(number) => Self(number.to_string()),
            Value::Bool(flag) => Self(if flag { "yes" } else { "no" }.to_owned()),
            other => return Err(serde::de::Error::custom(format!("expected text, found {other}"))),
        })
    }
}

impl Text {
    pub fn as_str(&self) -> &str {
        &self.0
    }

    pub fn is_yes(&self) -> bool {
        self.0.eq_ignore_ascii_case("yes")
    }

    /// `None` for an empty text: unset integers arrive as `""`.
    pub fn number(&self) -> Option<u32> {
        self.0.trim().parse().ok()
    }
}

#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct Domain {
    /// Always there: an answer without it is no domain, whatever its status.
    pub domain: Text,
    #[serde(default)]
    pub is_domain_locked: Text,
}

/// The dial plan of a domain; empty for one that is called like the domain.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct DialPlan {
    #[serde(default)]
    pub dial_plan: Text,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct User {
    pub user: Text,
    #[serde(default)]
    pub ring_no_answer_timeout_seconds: Text,
    #[serde(default)]
    pub reject_anonymous_calls_enabled: Text,
    #[serde(default)]
    pub service_code: Text,
    /// The domain's own name by default (guide: dial plans).
    #[serde(default)]
    pub dial_plan: Text,
}

/// One feature of an answering rule. Missing on read means off.
#[derive(Debug, Clone, Default, Deserialize)]
pub struct Feature {
    #[serde(default)]
    pub enabled: Text,
    #[serde(default, deserialize_with = "null_is_empty")]
    pub parameters: Vec<Text>,
}

fn null_is_empty<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<Text>, D::Error> {
    Ok(Option::<Vec<Text>>::deserialize(deserializer)?.unwrap_or_default())
}

fn yes() -> Text {
    Text("yes".to_owned())
}

#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct AnswerRule {
    pub time_frame: Text,
    #[serde(default = "yes")]
    pub enabled: Text,
    /// The specification says `order`, servers say `ordinal-priority`; see [`AnswerRule::priority`].
    #[serde(default)]
    ordinal_priority: Text,
    #[serde(default)]
    order: Text,
    #[serde(default)]
    pub simultaneous_ring: Feature,
    #[serde(default)]
    pub do_not_disturb: Feature,
    #[serde(default)]
    pub call_screening: Feature,
    #[serde(default)]
    pub forward_always: Feature,
    #[serde(default)]
    pub forward_on_active: Feature,
    #[serde(default)]
    pub forward_on_busy: Feature,
    #[serde(default)]
    pub forward_no_answer: Feature,
    #[serde(default)]
    pub forward_when_unregistered: Feature,
    #[serde(default)]
    pub forward_on_dnd: Feature,
    #[serde(default)]
    pub forward_on_spam_call: Feature,
    #[serde(default)]
    pub phone_numbers_to_allow: Feature,
    #[serde(default)]
    pub phone_numbers_to_reject: Feature,
}

impl AnswerRule {
    /// 0 is the highest.
    pub fn priority(&self) -> Option<u32> {
        self.ordinal_priority.number().or_else(|| self.order.number())
    }

    /// Every word a rule sends calls to.
    pub fn words(&self) -> impl Iterator<Item = &str> {
        let features = [
            &self.forward_always,
            &self.forward_on_active,
            &self.forward_on_busy,
            &self.forward_no_answer,
            &self.forward_when_unregistered,
            &self.forward_on_spam_call,
            &self.forward_on_dnd,
            &self.simultaneous_ring,
        ];
        features
            .into_iter()
            .filter(|f| f.enabled.is_yes())
            .flat_map(|f| f.parameters.iter().map(|word| word.as_str()))
    }
}

/// The name of the Default rule.
pub const DEFAULT: &str = "*";

#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct TimeFrame {
    #[serde(default)]
    pub timeframe_id: Text,
    pub timeframe_name: Text,
    #[serde(default)]
    pub timeframe_type: Text,
    #[serde(default)]
    pub timeframe_days_of_week_array: Option<Vec<serde_json::Map<String, Value>>>,
    #[serde(default)]
    pub timeframe_specific_dates_array: Option<Vec<serde_json::Map<String, Value>>>,
    #[serde(default)]
    pub timeframe_holiday_array: Option<Vec<Value>>,
}

/// A phone number; what is read is what is written, all of it, every time (FACTS stratus/numbers-4).
#[derive(Debug, Clone, Deserialize, Serialize)]
#[serde(rename_all = "kebab-case")]
pub struct PhoneNumber {
    #[serde(skip_serializing)]
    pub phonenumber: Text,
    #[serde(default = "yes")]
    pub enabled: Text,
    #[serde(default)]
    pub dial_rule_application: Text,
    #[serde(default)]
    pub dial_rule_parameter: Text,
    #[serde(default)]
    pub dial_rule_translation_destination_user: Text,
    #[serde(default = "any")]
    pub dial_rule_translation_destination_host: Text,
    #[serde(default = "any")]
    pub dial_rule_translation_source_name: Text,
    #[serde(default)]
    pub dial_rule_description: Text,
}

impl Serialize for Text {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.0)
    }
}

/// What stands for "none" or "as it is" in a translation.
pub const ANY: &str = "[*]";

fn any() -> Text {
    Text(ANY.to_owned())
}

#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct CallQueue {
    pub callqueue: Text,
    #[serde(default)]
    pub description: Text,
    #[serde(default)]
    pub callqueue_dispatch_type: Text,
    #[serde(default)]
    pub callqueue_agent_dispatch_timeout_seconds: Text,
    #[serde(default)]
    pub callqueue_require_available_agents_to_accept_new_callers: Text,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct Agent {
    pub callqueue_agent_id: Text,
    #[serde(default)]
    pub callqueue: Text,
    /// What is written; servers read it back as `ordinal-order`; see [`Agent::position`].
    #[serde(default)]
    callqueue_agent_dispatch_order_ordinal: Text,
    #[serde(default)]
    ordinal_order: Text,
    #[serde(default)]
    pub callqueue_agent_availability_type: Text,
    #[serde(default)]
    pub callqueue_agent_wrap_up_allowance_seconds: Text,
}

impl Agent {
    /// The place in the order of its queue.
    pub fn position(&self) -> Option<u32> {
        self.ordinal_order.number().or_else(|| self.callqueue_agent_dispatch_order_ordinal.number())
    }
}

#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct DialRule {
    /// Two rules may lead to one word.
    #[serde(default)]
    pub dialrule: Text,
    #[serde(default)]
    pub dial_rule_matching_to_uri: Text,
    #[serde(default)]
    pub dial_rule_translation_destination_user: Text,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct AutoAttendant {
    #[serde(default)]
    pub attendant_name: Text,
    pub user: Text,
}

/// The emergency forward of one number on the carrier port (FACTS stratus/carrier-4).
#[derive(Debug, Clone, Deserialize)]
pub struct CarrierForward {
    pub number: Text,
    #[serde(default)]
    pub destination: Option<Text>,
    #[serde(default)]
    pub active: bool,
}

/// The same, read by itself.
#[derive(Debug, Clone, Deserialize)]
pub struct ForwardState {
    #[serde(default)]
    pub destination: Option<Text>,
    #[serde(default)]
    pub active: bool,
}

/// A row of a list: its natural key tells a page that was sent twice.
pub trait Row: DeserializeOwned {
    fn key(&self) -> String;
}

macro_rules! rows {
    ($($type:ident: $($field:ident)+;)*) => {$(
        impl Row for $type {
            fn key(&self) -> String {
                [$(self.$field.as_str()),+].join(" ")
            }
        }
    )*};
}

rows! {
    User: user;
    AnswerRule: time_frame;
    TimeFrame: timeframe_id timeframe_name;
    PhoneNumber: phonenumber;
    CallQueue: callqueue;
    Agent: callqueue callqueue_agent_id;
    DialRule: dialrule dial_rule_matching_to_uri;
    AutoAttendant: attendant_name user;
    CarrierForward: number;
}
