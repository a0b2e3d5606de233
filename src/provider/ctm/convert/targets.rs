//! Where calls can go: one thing with up to four names on the wire (FACTS ctm/names-1). Never compared as texts.

use crate::{
    model::{Destination, E164, Pattern, Receivers, Route},
    provider::ctm::wire::{Row, text},
};
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};

/// The sorts of things that have ids.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum TargetType {
    Receiver,
    Queue,
    Menu,
    GeoRouter,
    SmartRouter,
    Agent,
    Schedule,
    Number,
}

/// The names of one type of target.
pub struct Target {
    pub target_type: TargetType,
    /// `dial_route` of a number, and the key its id goes under.
    pub dial_route: &'static str,
    pub id_key: &'static str,
    /// `route_to.type` of a number.
    pub read: &'static str,
    /// `…_action_label` and `…_action_type`.
    pub label: &'static str,
    pub class: &'static str,
}

pub const TARGETS: &[Target] = &[
    Target {
        target_type: TargetType::Receiver,
        dial_route: "number",
        id_key: "numbers",
        read: "receiving_number",
        label: "receiving_number",
        class: "PhysicalPhoneNumber",
    },
    Target {
        target_type: TargetType::Menu,
        dial_route: "voice_menu",
        id_key: "voice_menu_id",
        read: "voice_menu",
        label: "voice_menu",
        class: "VoiceMenu",
    },
    Target {
        target_type: TargetType::Queue,
        dial_route: "call_queue",
        id_key: "call_queue_id",
        read: "call_queue",
        label: "call_queue",
        class: "CallQueue",
    },
    Target {
        target_type: TargetType::GeoRouter,
        dial_route: "geo_config",
        id_key: "geo_config_id",
        read: "geo_config",
        label: "geo_config",
        class: "GeoConfig",
    },
    Target {
        target_type: TargetType::SmartRouter,
        dial_route: "conditional_router",
        id_key: "conditional_router_id",
        read: "conditional_router",
        label: "conditional_router",
        class: "ConditionalRouter",
    },
    Target {
        target_type: TargetType::Agent,
        dial_route: "call_agent",
        id_key: "user_id",
        read: "user",
        label: "user",
        class: "User",
    },
];

pub fn target(target_type: TargetType) -> Option<&'static Target> {
    TARGETS.iter().find(|target| target.target_type == target_type)
}

/// The patterns as they are written; the last two are words of the help centre (FACTS ctm/names-3).
pub const PATTERNS: [(Pattern, &str); 4] = [
    (Pattern::Simultaneous, "simultaneous"),
    (Pattern::RoundRobin, "round_robin"),
    (Pattern::Sequential, "sequential"),
    (Pattern::LeastConnected, "least_connected"),
];

/// What a list of receiving numbers begins with where it has an entry that is no number: its word in the YAML.
pub const LIST: &str = "receiving numbers ";

/// What becomes of a call that an agent does not answer (FACTS ctm/readings-1): the keys, and what is sent where nothing
/// is live.
pub const FALLBACK: [(&str, &str); 2] =
    [("user_no_answer_seconds", "25"), ("user_default_action_label", "voicemail")];

/// What is live of one of those; it may stand on the number, on its route or on the agent of it.
pub fn fallback(number: &Row, key: &str) -> Option<Value> {
    let to = number.object("route_to").unwrap_or_default();
    let agent = to.object("dial").unwrap_or_default();
    let live =
        [number, &to, &agent].into_iter().find_map(|row| row.0.get(key).filter(|it| text(it).is_some()));
    live.cloned()
}

pub fn pattern_word(pattern: Pattern) -> &'static str {
    PATTERNS.iter().find(|(it, _)| *it == pattern).map_or("simultaneous", |(_, word)| *word)
}

/// The names of things by their ids.
#[derive(Debug, Clone, Default)]
pub struct Names {
    pub by_id: BTreeMap<(TargetType, String), String>,
    /// The sorts of which all are known: an id that is not there belongs to nothing.
    pub whole: BTreeSet<TargetType>,
}

impl Names {
    pub fn get(&self, target_type: TargetType, id: &str) -> Option<&str> {
        self.by_id.get(&(target_type, id.to_owned())).map(String::as_str)
    }

    /// A thing with that id as a destination; what has no name here stays a word of the provider.
    pub fn destination(&self, target_type: TargetType, id: &str, shown: Option<String>) -> Destination {
        let strange = || Destination::DialString(format!("{target_type:?} {id}"));
        let shown = shown.filter(|_| !self.whole.contains(&target_type));
        let Some(name) = self.get(target_type, id).map(str::to_owned).or(shown) else { return strange() };
        match target_type {
            TargetType::Receiver => name.parse::<E164>().map_or_else(|_| strange(), Destination::Receiver),
            TargetType::Queue => Destination::Queue(name),
            TargetType::Menu => Destination::Menu(name),
            TargetType::GeoRouter => Destination::GeoRouter(name),
            TargetType::SmartRouter => Destination::SmartRouter(name),
            TargetType::Agent => Destination::Agent(name.to_lowercase()),
            TargetType::Schedule | TargetType::Number => strange(),
        }
    }

    /// An action of a queue, a menu or a receiving number: class and id.
    pub fn action(&self, row: &Row, prefix: &str) -> Option<Destination> {
        let field = |name: &str| row.text(&format!("{prefix}_{name}"));
        let (class, label) = (field("type"), field("label"));
        let id = field("id").unwrap_or_default();
        let known = |it: &&Target| match &class {
            Some(class) => it.class == class,
            None => label.as_deref() == Some(it.label),
        };
        match TARGETS.iter().find(known) {
            Some(_) if id.is_empty() => None,
            Some(target) => Some(self.destination(target.target_type, &id, None)),
            None => {
                class.or(label).map(|word| Destination::DialString(format!("{word} {id}").trim().to_owned()))
            }
        }
    }
}

/// Where the calls of a tracking number go; `None` where nothing is said.
pub fn route(number: &Row, names: &Names) -> Option<Route> {
    let to = number.object("route_to").filter(|to| !to.0.is_empty())?;
    let target_type = to.text("type")?;
    let pattern = shown_pattern(number);
    let pattern = pattern.and_then(|word| PATTERNS.iter().find(|(_, it)| *it == word).map(|(it, _)| *it));
    let dial = to.0.get("dial");
    if target_type == "receiving_number" {
        let rows: Vec<&Value> = match dial {
            Some(Value::Array(rows)) => rows.iter().collect(),
            Some(row @ Value::Object(_)) => vec![row],
            _ => Vec::new(),
        };
        let texts: Vec<String> =
            rows.iter().map(|row| row.get("number").and_then(text).unwrap_or_default()).collect();
        let parsed: Result<Vec<E164>, _> = texts.iter().map(|text| text.parse()).collect();
        return Some(match parsed {
            Ok(receivers) => Route::Receivers(Receivers { receivers, pattern }),
            // A list with an unknown entry is not shown as a shorter one.
            Err(_) => Route::To(Destination::DialString(format!("{LIST}{}", texts.join(", ")))),
        });
    }
    // Some answers have the two keys on the route itself.
    let one = to.object("dial").unwrap_or(to);
    let (id, name) = (one.id(), one.text("name"));
    Some(Route::To(match TARGETS.iter().find(|target| target.read == target_type) {
        // A person is known here by the e-mail address, which the route does not show.
        Some(Target { target_type: TargetType::Agent, .. }) => {
            names.destination(TargetType::Agent, &id, None)
        }
        Some(target) => names.destination(target.target_type, &id, name),
        None => Destination::DialString(format!("{target_type} {}", name.unwrap_or(id))),
    }))
}

/// The type of target that an action of a queue or a receiving number names.
pub fn acted_on(row: &Row, prefix: &str) -> Option<TargetType> {
    let class = row.text(&format!("{prefix}_type"));
    let label = row.text(&format!("{prefix}_label"));
    let known = |it: &&Target| match &class {
        Some(class) => it.class == class,
        None => label.as_deref() == Some(it.label),
    };
    TARGETS.iter().find(known).map(|target| target.target_type)
}

/// The pattern of a list of receiving numbers, in the words of the API.
pub fn shown_pattern(number: &Row) -> Option<String> {
    let to = number.object("route_to").unwrap_or_default();
    to.text("mode").or_else(|| number.text("routing"))
}

/// The sorts of which something is pointed to that is not known.
pub fn unresolved_types<'a>(rows: impl IntoIterator<Item = &'a Row>, names: &Names) -> BTreeSet<TargetType> {
    let mut sorts = BTreeSet::new();
    for row in rows {
        let to = row.object("route_to").unwrap_or_default();
        let one = to.object("dial").unwrap_or_else(|| to.clone());
        let route = TARGETS.iter().find(|it| to.text("type").as_deref() == Some(it.read));
        let action = acted_on(row, "default_action").zip(row.text("default_action_id"));
        let hours = row.text("tag_schedule_id").map(|id| (TargetType::Schedule, id));
        let route =
            route.filter(|it| it.target_type != TargetType::Receiver).map(|it| (it.target_type, one.id()));
        let pointers = [route, action, hours].into_iter().flatten();
        sorts.extend(
            pointers
                .filter(|(target_type, id)| names.get(*target_type, id).is_none())
                .map(|(target_type, _)| target_type),
        );
    }
    sorts
}
