//! The JSON of the NetSapiens API v2, as far as call routing needs it. Lenient in, strict out.
//!
//! On read numbers and texts stand for each other, optional values may be missing, null or empty, and some names
//! differ from those that are written (FACTS stratus/wire-7 and FACTS stratus/wire).

use super::frame_type::{self, ALWAYS, CUSTOM, DATES, HOLIDAYS, WEEKLY};
use crate::provider::{
    lenient,
    scalar::{self, Scalar},
};
use serde::{
    Deserialize, Deserializer, Serialize,
    de::{DeserializeOwned, Error, IgnoredAny, MapAccess, SeqAccess, Unexpected, Visitor},
};
use serde_json::{Map, Value};
use std::fmt;

/// A text that may arrive as a number, a truth value or null.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Text(pub String);

impl<'de> Deserialize<'de> for Text {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        lenient::text(deserializer).map(Self)
    }
}

impl Text {
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether it certainly is on.
    pub fn is_yes(&self) -> bool {
        self.flag() == Scalar::Known(true)
    }

    /// Only where it is said: a field that is missing says nothing.
    pub fn is_no(&self) -> bool {
        self.flag() == Scalar::Known(false)
    }

    /// As a switch (FACTS stratus/wire-12).
    pub fn flag(&self) -> Scalar<bool> {
        scalar::flag(&self.0)
    }

    /// As a number: unset integers arrive as `""`.
    pub fn whole(&self) -> Scalar<u32> {
        scalar::whole(&self.0)
    }
}

/// A value in whatever form it arrives: one that is not understood is no reason to refuse the object it stands in.
fn scalar_text<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Text, D::Error> {
    lenient::verbatim(deserializer).map(Text)
}

/// The entries of a list, with every field they have.
fn entries<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<Map<String, Value>>, D::Error> {
    let fields = |entry: Value| match entry {
        Value::Object(fields) => Ok(fields),
        other => Err(D::Error::custom(format!("expected an entry, found {other}"))),
    };
    lenient::list(deserializer)?.into_iter().map(fields).collect()
}

#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct Domain {
    /// Always there: an answer without it is no domain, whatever its status.
    pub domain: Text,
    #[serde(default, deserialize_with = "scalar_text")]
    pub is_domain_locked: Text,
    /// What people call it.
    #[serde(default)]
    pub description: Text,
    #[serde(default)]
    pub time_zone: Text,
    #[serde(default)]
    pub is_stir_enabled: Text,
}

/// The dial plan of a domain; empty for one that is called like the domain.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct DialPlan {
    #[serde(default)]
    pub dial_plan: Text,
}

#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct User {
    pub user: Text,
    #[serde(default, deserialize_with = "scalar_text")]
    pub ring_no_answer_timeout_seconds: Text,
    #[serde(default, deserialize_with = "scalar_text")]
    pub reject_anonymous_calls_enabled: Text,
    #[serde(default)]
    pub service_code: Text,
    #[serde(default)]
    pub time_zone: Text,
    #[serde(default)]
    pub voicemail_enabled: Text,
    #[serde(default)]
    pub call_screening_enabled: Text,
    /// The domain's own name by default (guide: dial plans).
    #[serde(default)]
    pub dial_plan: Text,
}

/// One feature of an answering rule. Missing on read means off.
#[derive(Debug, Clone, Default)]
pub struct Feature {
    pub enabled: Text,
    pub parameters: Vec<Text>,
}

impl<'de> Deserialize<'de> for Feature {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(OfFeature)
    }
}

struct OfFeature;

impl<'de> Visitor<'de> for OfFeature {
    type Value = Feature;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a feature of a rule")
    }

    /// One that is null is as good as missing.
    fn visit_unit<E>(self) -> Result<Feature, E> {
        Ok(Feature::default())
    }

    /// So is an empty list.
    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Feature, A::Error> {
        match items.next_element::<IgnoredAny>()? {
            None => Ok(Feature::default()),
            Some(_) => Err(A::Error::invalid_type(Unexpected::Seq, &self)),
        }
    }

    fn visit_map<A: MapAccess<'de>>(self, mut fields: A) -> Result<Feature, A::Error> {
        #[derive(Deserialize)]
        #[serde(field_identifier, rename_all = "kebab-case")]
        enum Field {
            Enabled,
            Parameters,
            /// How `serde_json` hands over a number.
            #[serde(rename = "$serde_json::private::Number")]
            Number,
            #[serde(other)]
            Other,
        }

        #[derive(Deserialize)]
        struct List(#[serde(deserialize_with = "lenient::list")] Vec<Text>);

        #[derive(Deserialize)]
        struct Switch(#[serde(deserialize_with = "scalar_text")] Text);

        let mut feature = Feature::default();
        while let Some(field) = fields.next_key()? {
            match field {
                Field::Enabled => feature.enabled = fields.next_value::<Switch>()?.0,
                Field::Parameters => feature.parameters = fields.next_value::<List>()?.0,
                Field::Number => return Err(A::Error::invalid_type(Unexpected::Other("a number"), &self)),
                Field::Other => drop(fields.next_value::<IgnoredAny>()?),
            }
        }
        Ok(feature)
    }
}

fn yes() -> Text {
    Text("yes".to_owned())
}

#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct AnswerRule {
    pub time_frame: Text,
    #[serde(default = "yes", deserialize_with = "scalar_text")]
    pub enabled: Text,
    /// The specification says `order`, servers say `ordinal-priority`; see [`AnswerRule::priority`].
    #[serde(default, deserialize_with = "scalar_text")]
    ordinal_priority: Text,
    #[serde(default, deserialize_with = "scalar_text")]
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
    pub fn priority(&self) -> Scalar<u32> {
        match self.ordinal_priority.whole() {
            Scalar::Unset => self.order.whole(),
            shown => shown,
        }
    }

    /// Its features, by their names on the wire.
    pub fn features(&self) -> [(&'static str, &Feature); 12] {
        [
            ("simultaneous-ring", &self.simultaneous_ring),
            ("do-not-disturb", &self.do_not_disturb),
            ("call-screening", &self.call_screening),
            ("forward-always", &self.forward_always),
            ("forward-on-active", &self.forward_on_active),
            ("forward-on-busy", &self.forward_on_busy),
            ("forward-no-answer", &self.forward_no_answer),
            ("forward-when-unregistered", &self.forward_when_unregistered),
            ("forward-on-dnd", &self.forward_on_dnd),
            ("forward-on-spam-call", &self.forward_on_spam_call),
            ("phone-numbers-to-allow", &self.phone_numbers_to_allow),
            ("phone-numbers-to-reject", &self.phone_numbers_to_reject),
        ]
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
        words(features)
    }

    /// Those of them that no field of the YAML shows.
    pub fn unshown_words(&self) -> impl Iterator<Item = &str> {
        words([&self.forward_on_spam_call, &self.forward_on_dnd])
    }
}

/// One that is not understood may be on.
fn words<'a>(features: impl IntoIterator<Item = &'a Feature>) -> impl Iterator<Item = &'a str> {
    let on = |it: &&Feature| !matches!(it.enabled.flag(), Scalar::Unset | Scalar::Known(false));
    features.into_iter().filter(on).flat_map(|it| it.parameters.iter().map(|word| word.as_str()))
}

/// The name of the Default rule.
pub const DEFAULT: &str = "*";

/// A time frame; what is serialised is the frame as it was read, for a restore file.
#[derive(Debug, Clone, Deserialize, Serialize)]
#[serde(rename_all = "kebab-case")]
pub struct TimeFrame {
    #[serde(default, skip_serializing)]
    pub timeframe_id: Text,
    pub timeframe_name: Text,
    /// As it was shown; see [`TimeFrame::kind`].
    #[serde(default, deserialize_with = "scalar_text")]
    pub timeframe_type: Text,
    #[serde(default, deserialize_with = "entries")]
    pub timeframe_days_of_week_array: Vec<Map<String, Value>>,
    #[serde(default, deserialize_with = "entries")]
    pub timeframe_specific_dates_array: Vec<Map<String, Value>>,
    #[serde(default, deserialize_with = "entries")]
    pub timeframe_holiday_array: Vec<Map<String, Value>>,
}

impl TimeFrame {
    /// Whether it shows nothing where it should have something: a list may leave out the entries of its frames, or the
    /// weekly hours alone (FACTS stratus/readings-14).
    pub fn is_bare(&self) -> bool {
        let no_dates =
            self.timeframe_specific_dates_array.is_empty() && self.timeframe_holiday_array.is_empty();
        let may_have_hours = match frame_type::known(self.timeframe_type.as_str()) {
            Some(ALWAYS) => return false,
            Some(DATES | HOLIDAYS) => false,
            _ => true,
        };
        self.timeframe_days_of_week_array.is_empty() && (may_have_hours || no_dates)
    }

    /// Whether it may hold entries of more than one sort.
    pub fn holds_several(&self) -> bool {
        let known = frame_type::known(self.timeframe_type.as_str());
        !matches!(known, Some(ALWAYS | WEEKLY | DATES | HOLIDAYS))
    }

    /// What is said where its type is not understood.
    pub fn shown_type(&self) -> &str {
        Some(self.timeframe_type.as_str().trim()).filter(|shown| !shown.is_empty()).unwrap_or("no type")
    }

    /// Its type. One that is missing or not understood is that of the entries it holds; a frame that holds none then has
    /// none: it may be always active as well as never.
    pub fn kind(&self) -> Option<&'static str> {
        let held = || match (
            self.timeframe_days_of_week_array.is_empty(),
            self.timeframe_specific_dates_array.is_empty(),
            self.timeframe_holiday_array.is_empty(),
        ) {
            (true, true, true) => None,
            (false, true, true) => Some(WEEKLY),
            (true, false, true) => Some(DATES),
            (true, true, false) => Some(HOLIDAYS),
            _ => Some(CUSTOM),
        };
        frame_type::known(self.timeframe_type.as_str()).or_else(held)
    }
}

/// A holiday of the vendor's calendar (FACTS stratus/frames-16).
#[derive(Debug, Clone, Deserialize)]
pub struct CalendarRow {
    pub uuid: Text,
    pub name: Text,
    /// `YYYYMMDD`
    pub date: Text,
    /// `All`, or some regions.
    #[serde(default)]
    pub locations: Text,
}

/// The block list of an extension, as number filters show it (FACTS stratus/readings-6).
#[derive(Debug, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct NumberFilters {
    #[serde(default)]
    pub time_frame: Text,
    #[serde(default)]
    pub phone_numbers_to_reject: Feature,
}

/// A phone number; what is read is what is written, all of it, every time (FACTS stratus/numbers-4).
#[derive(Debug, Clone, Deserialize, Serialize)]
#[serde(rename_all = "kebab-case")]
pub struct PhoneNumber {
    #[serde(skip_serializing)]
    pub phonenumber: Text,
    #[serde(default = "yes", deserialize_with = "scalar_text")]
    pub enabled: Text,
    #[serde(default)]
    pub dial_rule_application: Text,
    #[serde(default)]
    pub dial_rule_parameter: Text,
    #[serde(default)]
    pub dial_rule_translation_destination_user: Text,
    #[serde(default = "any", deserialize_with = "or_any")]
    pub dial_rule_translation_destination_host: Text,
    #[serde(default = "any", deserialize_with = "or_any")]
    pub dial_rule_translation_source_name: Text,
    #[serde(default)]
    pub dial_rule_description: Text,
}

impl PhoneNumber {
    /// The number as it was read, for a restore file.
    pub fn own(&self) -> impl Serialize {
        #[derive(Serialize)]
        struct Whole<'a> {
            #[serde(flatten)]
            written: &'a PhoneNumber,
            phonenumber: &'a str,
        }

        Whole { written: self, phonenumber: self.phonenumber.as_str() }
    }
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

/// Null is as good as missing (FACTS stratus/wire-4).
fn or_any<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Text, D::Error> {
    Ok(Option::deserialize(deserializer)?.unwrap_or_else(any))
}

#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct CallQueue {
    pub callqueue: Text,
    #[serde(default)]
    pub description: Text,
    #[serde(default, deserialize_with = "scalar_text")]
    pub callqueue_dispatch_type: Text,
    #[serde(default, deserialize_with = "scalar_text")]
    pub callqueue_agent_dispatch_timeout_seconds: Text,
    #[serde(default, deserialize_with = "scalar_text")]
    pub callqueue_require_available_agents_to_accept_new_callers: Text,
    #[serde(default, deserialize_with = "scalar_text")]
    pub callqueue_max_current_callers_to_accept_new_callers: Text,
    /// Some releases say `accepts`; see [`CallQueue::expected_wait`].
    #[serde(default, deserialize_with = "scalar_text")]
    callqueue_max_current_wait_to_accept_new_callers_seconds: Text,
    #[serde(default, deserialize_with = "scalar_text")]
    callqueue_max_current_wait_to_accepts_new_callers_seconds: Text,
    #[serde(default, deserialize_with = "scalar_text")]
    pub callqueue_max_wait_timeout_minutes: Text,
}

/// Under what names a queue's longest expected wait is written and shown (FACTS stratus/queues-14).
pub const EXPECTED_WAIT: [&str; 2] = [
    "callqueue-max-current-wait-to-accept-new-callers-seconds",
    "callqueue-max-current-wait-to-accepts-new-callers-seconds",
];

impl CallQueue {
    /// A queue of which nothing else was read.
    pub fn named(callqueue: Text) -> Self {
        Self { callqueue, ..Self::default() }
    }

    /// The longest wait that a new caller may have to expect, and the name under which it is shown.
    pub fn expected_wait(&self) -> (&'static str, Scalar<u32>) {
        match self.callqueue_max_current_wait_to_accept_new_callers_seconds.whole() {
            Scalar::Unset => match self.callqueue_max_current_wait_to_accepts_new_callers_seconds.whole() {
                Scalar::Unset => (EXPECTED_WAIT[0], Scalar::Unset),
                shown => (EXPECTED_WAIT[1], shown),
            },
            shown => (EXPECTED_WAIT[0], shown),
        }
    }
}

#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct Agent {
    pub callqueue_agent_id: Text,
    #[serde(default)]
    pub callqueue: Text,
    /// What is written; servers read it back as `ordinal-order`; see [`Agent::position`].
    #[serde(default, deserialize_with = "scalar_text")]
    callqueue_agent_dispatch_order_ordinal: Text,
    #[serde(default, deserialize_with = "scalar_text")]
    ordinal_order: Text,
    #[serde(default)]
    pub callqueue_agent_availability_type: Text,
    #[serde(default, deserialize_with = "scalar_text")]
    pub callqueue_agent_wrap_up_allowance_seconds: Text,
}

impl Agent {
    /// The place in the order of its queue.
    pub fn position(&self) -> Scalar<u32> {
        match self.ordinal_order.whole() {
            Scalar::Unset => self.callqueue_agent_dispatch_order_ordinal.whole(),
            shown => shown,
        }
    }
}

#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct DialRule {
    /// Two rules may lead to one word.
    #[serde(default)]
    pub dialrule: Text,
    pub dial_rule_matching_to_uri: Text,
    #[serde(default)]
    pub dial_rule_translation_destination_user: Text,
    #[serde(default)]
    pub dial_rule_description: Text,
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
    #[serde(default, deserialize_with = "scalar_text")]
    pub destination: Text,
    #[serde(default, deserialize_with = "scalar_text")]
    pub active: Text,
}

/// The same, read by itself.
#[derive(Debug, Clone, Deserialize)]
pub struct ForwardState {
    #[serde(default, deserialize_with = "scalar_text")]
    pub destination: Text,
    #[serde(default, deserialize_with = "scalar_text")]
    pub active: Text,
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
    Domain: domain;
    User: user;
    AnswerRule: time_frame;
    NumberFilters: time_frame;
    TimeFrame: timeframe_id timeframe_name;
    PhoneNumber: phonenumber;
    CallQueue: callqueue;
    Agent: callqueue callqueue_agent_id;
    DialRule: dialrule dial_rule_matching_to_uri;
    AutoAttendant: attendant_name user;
    CarrierForward: number;
}

/// A type that is missing or means nothing is that of what the frame holds, and of several sorts `custom`: what a conversion
/// would take away is not taken away unseen. Any case is that type.
#[test]
fn a_frame_has_the_type_of_what_it_holds() {
    use serde_json::json;

    let week = json!([{ "timeframe-weekly-monday-begin-time-1": "0900" }]);
    for (shown, held, expected) in [
        (json!("Always"), json!({}), Some(ALWAYS)),
        (json!("Days-of-Week"), json!({}), Some(WEEKLY)),
        (json!("HOLIDAYS"), json!({}), Some(HOLIDAYS)),
        (json!(null), json!({ "timeframe-days-of-week-array": week }), Some(WEEKLY)),
        (json!("hours"), json!({ "timeframe-days-of-week-array": week }), Some(WEEKLY)),
        (json!(""), json!({ "timeframe-specific-dates-array": [{}] }), Some(DATES)),
        (json!(7), json!({ "timeframe-holiday-array": [{}] }), Some(HOLIDAYS)),
        (
            json!(null),
            json!({ "timeframe-days-of-week-array": week, "timeframe-holiday-array": [{}] }),
            Some(CUSTOM),
        ),
        (json!(null), json!({}), None),
        (json!("hours"), json!({}), None),
    ] {
        let mut frame = held;
        frame["timeframe-name"] = "open".into();
        frame["timeframe-type"] = shown;
        let read: TimeFrame = serde_json::from_value(frame.clone()).unwrap();
        assert_eq!(read.kind(), expected, "{frame}");
    }
}
