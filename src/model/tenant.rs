//! One tenant: its account on one provider and everything it declares there.

use super::{
    Address, Bulk, Country, Diverts, E164, Extension, Forward, Kind, Number, Queue, Receiver, Resource,
    Rules, Schedule, VarValue,
};
use crate::explained::decoding;
use schemars::JsonSchema;
use serde::{Deserialize, Deserializer, Serialize};
use std::collections::BTreeMap;

/// A tenant file. What it declares is managed, what it leaves out is left alone.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(title = "dialform tenant", extend("patternProperties" = { "^x-": true }), transform = by_template)]
pub struct Tenant {
    /// The tenant's name, unique in the workspace.
    #[serde(deserialize_with = "name")]
    pub tenant: String,
    /// A provider of `dialform.yaml`.
    pub provider: String,
    /// The account there: NetSapiens domain, CallTrackingMetrics account id, Deskphone account.
    #[serde(deserialize_with = "name")]
    pub account: String,
    /// The template whose objects this tenant has as well, relative to this file. What stands here wins: maps are merged, lists
    /// and single values replaced.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub extends: Option<String>,
    /// Values for the variables of the template.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub vars: BTreeMap<String, VarValue>,
    /// What is not taken from the template, as paths: `queues.400`, `rules.101.callers`. What is live stays as it is.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub without: Vec<String>,
    /// Words by which tenants are selected: `--tenant label:pilot`.
    #[serde(default, skip_serializing_if = "Vec::is_empty", deserialize_with = "names")]
    pub labels: Vec<String>,
    /// The time zone that its hours are meant in, e.g. `America/Chicago`. Nothing sets it on Stratus, where hours count
    /// in the zone of the user whose rule names them: a plan says where that is another one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub time_zone: Option<String>,
    /// The country whose people write the numbers here, by the two letters of ISO 3166, e.g. `US`. It is only for help where
    /// a number is written as people of a country write it. Left out: the phone system's, or else the time zone's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub country: Option<Country>,
    /// When rules are in force (Stratus: time frames), by name.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub schedules: BTreeMap<String, Schedule>,
    /// The numbers that calls are sent on to (CallTrackingMetrics: receiving numbers).
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub receivers: BTreeMap<E164, Receiver>,
    /// The numbers people dial.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub numbers: BTreeMap<E164, Number>,
    /// Where a number's calls go when the platform itself cannot take them.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub forwards: BTreeMap<E164, Forward>,
    /// Answering rules, by extension.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub rules: BTreeMap<Extension, Rules>,
    /// Call queues, by extension (Stratus) or name.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub queues: BTreeMap<String, Queue>,
    /// An extension's forwards outside any schedule (Stratus: those of its Default rule).
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub diverts: BTreeMap<Extension, Diverts>,
    /// Rules that are switched on or off for many extensions at once, without declaring the rest of their rules (Stratus:
    /// Bulk Toggle).
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub bulk: Vec<Bulk>,
    /// Kinds whose live objects are deleted unless they are declared here.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub exhaustive: Vec<Exhaustible>,
    /// Objects that must not exist.
    #[serde(default, skip_serializing_if = "Absent::is_empty")]
    pub absent: Absent,
}

/// What a tenant's file says besides its objects. Each stands in its main file alone.
const HEAD: [&str; 10] = [
    "provider",
    "account",
    "extends",
    "vars",
    "without",
    "labels",
    "time_zone",
    "country",
    "exhaustive",
    "absent",
];

/// What a template can say as well need not stand in the tenant's file, and a file that is not the main one has sections alone.
fn by_template(schema: &mut schemars::Schema) {
    schema.insert("required".to_owned(), serde_json::json!(["tenant"]));
    let head = HEAD.map(|word| serde_json::json!({ "required": [word] }));
    let forms = serde_json::json!([
        { "required": ["provider", "account"] },
        { "required": ["extends"] },
        { "not": { "anyOf": head } },
    ]);
    schema.insert("anyOf".to_owned(), forms);
}

/// A name that stands in addresses and in paths, where `~`, `*` and `..` would mean something else.
fn name<'de, D: Deserializer<'de>>(deserializer: D) -> Result<String, D::Error> {
    let text = String::deserialize(deserializer)?;
    let fits = text.chars().any(char::is_alphanumeric) && text.trim() == text && !text.contains('/');
    if fits {
        return Ok(text);
    }
    let help = "a name has a letter or a digit, no `/`, and no spaces around it";
    Err(decoding(format!("`{text}` is not a name"), help))
}

/// The same of each text of a list.
fn names<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<String>, D::Error> {
    #[derive(Deserialize)]
    struct Name(#[serde(deserialize_with = "name")] String);
    Ok(Vec::<Name>::deserialize(deserializer)?.into_iter().map(|Name(name)| name).collect())
}

/// The kinds that may be deleted. Numbers and extensions never are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Exhaustible {
    Schedules,
    Receivers,
    Queues,
    Forwards,
}

impl From<Exhaustible> for Kind {
    fn from(kind: Exhaustible) -> Self {
        match kind {
            Exhaustible::Schedules => Self::Schedules,
            Exhaustible::Receivers => Self::Receivers,
            Exhaustible::Queues => Self::Queues,
            Exhaustible::Forwards => Self::Forwards,
        }
    }
}

/// Objects that must not exist, named one by one.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Absent {
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub schedules: Vec<String>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub receivers: Vec<E164>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub queues: Vec<String>,
    /// Emergency forwards to be taken away altogether, number and all.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub forwards: Vec<E164>,
}

impl Absent {
    pub fn is_empty(&self) -> bool {
        self.addresses().is_empty()
    }

    /// The objects named, with their place in the list of their section.
    pub fn addresses(&self) -> Vec<(Address, usize)> {
        let Self { schedules, receivers, queues, forwards } = self;
        let schedules = schedules.iter().enumerate().map(|(i, key)| (Address::new(Kind::Schedules, key), i));
        let queues = queues.iter().enumerate().map(|(i, key)| (Address::new(Kind::Queues, key), i));
        let forwards = forwards.iter().enumerate().map(|(i, key)| (Address::new(Kind::Forwards, key), i));
        let receivers = receivers.iter().enumerate().map(|(i, key)| (Address::new(Kind::Receivers, key), i));
        schedules.chain(receivers).chain(queues).chain(forwards).collect()
    }
}

impl Tenant {
    /// The kinds of what is declared.
    pub fn kinds(&self) -> impl Iterator<Item = Kind> {
        let declared = [
            (Kind::Schedules, self.schedules.is_empty()),
            (Kind::Receivers, self.receivers.is_empty()),
            (Kind::Numbers, self.numbers.is_empty()),
            (Kind::Forwards, self.forwards.is_empty()),
            (Kind::Rules, self.rules.is_empty()),
            (Kind::Queues, self.queues.is_empty()),
            (Kind::Diverts, self.diverts.is_empty()),
        ];
        declared.into_iter().filter(|(_, none)| !none).map(|(kind, _)| kind)
    }

    /// Whether anything declared is protected.
    pub fn has_protected(&self) -> bool {
        let is = |protect: &Option<bool>| *protect == Some(true);
        self.schedules.values().any(|it| is(&it.protect))
            || self.receivers.values().any(|it| is(&it.protect))
            || self.numbers.values().any(|it| is(&it.protect))
            || self.forwards.values().any(|it| is(&it.protect))
            || self.rules.values().any(|it| is(&it.protect))
            || self.queues.values().any(|it| is(&it.protect))
            || self.diverts.values().any(|it| is(&it.protect))
    }

    /// Everything declared, as written, in the order of its addresses. One after the other: a tenant may have tens of
    /// thousands.
    pub fn resources(&self) -> impl Iterator<Item = (Address, Resource)> {
        let Self {
            tenant: _,
            provider: _,
            account: _,
            extends: _,
            vars: _,
            without: _,
            labels: _,
            time_zone: _,
            country: _,
            schedules,
            receivers,
            numbers,
            forwards,
            rules,
            queues,
            diverts,
            bulk: _,
            exhaustive: _,
            absent: _,
        } = self;
        let schedules = schedules
            .iter()
            .map(|(key, it)| (Address::new(Kind::Schedules, key), Resource::Schedule(it.clone())));
        let receivers = receivers
            .iter()
            .map(|(key, it)| (Address::new(Kind::Receivers, key), Resource::Receiver(it.clone())));
        let queues =
            queues.iter().map(|(key, it)| (Address::new(Kind::Queues, key), Resource::Queue(it.clone())));
        let rules =
            rules.iter().map(|(key, it)| (Address::new(Kind::Rules, key), Resource::Rules(it.clone())));
        let diverts =
            diverts.iter().map(|(key, it)| (Address::new(Kind::Diverts, key), Resource::Diverts(it.clone())));
        let numbers =
            numbers.iter().map(|(key, it)| (Address::new(Kind::Numbers, key), Resource::Number(it.clone())));
        let forwards = forwards
            .iter()
            .map(|(key, it)| (Address::new(Kind::Forwards, key), Resource::Forward(it.clone())));
        schedules.chain(receivers).chain(queues).chain(rules).chain(diverts).chain(numbers).chain(forwards)
    }
}
