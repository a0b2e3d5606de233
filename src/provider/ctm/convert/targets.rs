//! Where calls can go: one thing with up to four names on the wire (FACTS ctm/names-1). Never compared as texts.

use crate::{
    model::{Destination, E164, Pattern, Receivers, Route},
    provider::{
        ctm::wire::{Row, text},
        scalar::Scalar,
    },
};
use serde_json::{Map, Value};
use std::collections::{BTreeMap, BTreeSet};

/// The sorts of things that have ids.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum TargetType {
    Receiver,
    Queue,
    Menu,
    GeoRouter,
    SmartRouter,
    RoutingTable,
    VoiceBot,
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
    /// `…_action_label` and `…_action_type`; empty where none is known.
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
    // No action of a queue that leads to a routing table has been seen.
    Target {
        target_type: TargetType::RoutingTable,
        dial_route: "routing_table",
        id_key: "routing_table_id",
        read: "routing_table",
        label: "",
        class: "",
    },
    Target {
        target_type: TargetType::VoiceBot,
        dial_route: "voice_bot",
        id_key: "voice_bot_id",
        read: "voice_bot",
        label: "voice_bot",
        class: "VoiceBot",
    },
];

/// An action that leads to no thing: its word, class and label (FACTS ctm/queues-7).
const NO_THING: [(Destination, &str, &str); 2] =
    [(Destination::OwnVoicemail, "VoiceMail", "voicemail"), (Destination::HangUp, "Hangup", "hangup")];

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
/// The same for one receiving number that is none.
pub const ONE: &str = "receiving number ";

/// One of several things of one name: which sort of thing it is, its id and the name.
fn one_of_several(target_type: TargetType, id: &str, name: &str) -> Destination {
    Destination::DialString(format!("{target_type:?} {id}: {name}"))
}

/// The thing that such a word means.
pub fn meant(word: &str) -> Option<(TargetType, &str, &str)> {
    let (start, name) = word.split_once(": ")?;
    let (sort, id) = start.split_once(' ').filter(|(_, id)| !id.is_empty() && !id.contains(' '))?;
    let target = TARGETS.iter().find(|it| format!("{:?}", it.target_type) == sort)?;
    (!name.is_empty()).then_some((target.target_type, id, name))
}

/// An entry of a list of receiving numbers that is one of several of its number, and its id.
pub fn meant_in_list(entry: &str) -> Option<(&str, &str)> {
    entry.strip_suffix(')')?.split_once(" (id ")
}

/// What has a name of its own on the wire, and that name.
pub fn named(to: &Destination) -> Option<(TargetType, String)> {
    Some(match to {
        Destination::Receiver(to) => (TargetType::Receiver, to.to_string()),
        Destination::Queue(to) => (TargetType::Queue, to.clone()),
        Destination::Menu(to) => (TargetType::Menu, to.clone()),
        Destination::GeoRouter(to) => (TargetType::GeoRouter, to.clone()),
        Destination::SmartRouter(to) => (TargetType::SmartRouter, to.clone()),
        Destination::RoutingTable(to) => (TargetType::RoutingTable, to.clone()),
        Destination::VoiceBot(to) => (TargetType::VoiceBot, to.clone()),
        Destination::Agent(to) => (TargetType::Agent, to.clone()),
        Destination::DialString(word) => (TargetType::Receiver, word.strip_prefix(ONE)?.to_owned()),
        _ => return None,
    })
}

/// An action as it is shown: its class, its label and its id.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Action {
    pub class: Option<String>,
    pub label: Option<String>,
    pub id: Option<String>,
}

/// Where a part of an action is not there.
const NO_PART: &str = "-";

impl Action {
    fn of(row: &Row, prefix: &str) -> Self {
        let [class, label, id] = ["type", "label", "id"].map(|name| row.text(&format!("{prefix}_{name}")));
        Self { class, label, id }
    }

    /// One that leads to no thing.
    pub fn alone(to: &Destination) -> Option<Self> {
        let (_, class, label) = NO_THING.iter().find(|(it, ..)| it == to)?;
        Some(Self { class: Some((*class).to_owned()), label: Some((*label).to_owned()), id: None })
    }

    /// The one that a token says: class, label and id, with a `-` for what is not there.
    pub fn said(word: &str) -> Option<Self> {
        let part = |text: &str| Some(text.to_owned()).filter(|text| text != NO_PART);
        match word.split(' ').collect::<Vec<_>>().as_slice() {
            parts @ [class, label, id] if parts.iter().all(|part| !part.is_empty()) => {
                Some(Self { class: part(class), label: part(label), id: part(id) })
            }
            _ => None,
        }
    }

    /// The token that says it; `None` where a part has a blank in it.
    fn token(&self) -> Option<Destination> {
        let Self { class, label, id } = self;
        let parts = [class, label, id].map(|part| part.as_deref().unwrap_or(NO_PART));
        let word = parts.join(" ");
        (Self::said(&word).as_ref() == Some(self)).then_some(Destination::DialString(word))
    }

    /// The thing it leads to, if it is one that there is a word for.
    pub fn target(&self) -> Option<&'static Target> {
        let Self { class, label, id: _ } = self;
        TARGETS.iter().find(|it| match class {
            Some(class) => it.class == class,
            None => label.as_deref() == Some(it.label),
        })
    }

    /// The word for one that leads to no thing.
    pub fn word(&self) -> Option<Destination> {
        let Self { class, label, id } = self;
        let fits = |it: &&(Destination, &str, &str)| {
            class.as_deref().is_none_or(|class| class == it.1)
                && label.as_deref().is_none_or(|label| label == it.2)
                && class.as_ref().or(label.as_ref()).is_some()
        };
        NO_THING.iter().find(fits).filter(|_| id.is_none()).map(|(to, ..)| to.clone())
    }
}

/// What becomes of a call that an agent does not answer (FACTS ctm/readings-1): the keys, and what is sent where nothing
/// is live.
pub const FALLBACK: [(&str, &str); 2] =
    [("user_no_answer_seconds", "25"), ("user_default_action_label", "voicemail")];

/// The key of the pattern of a list.
pub const PATTERN: &str = "routing";

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
    /// The names that several things of a sort have.
    pub several: BTreeSet<(TargetType, String)>,
}

impl Names {
    pub fn get(&self, target_type: TargetType, id: &str) -> Option<&str> {
        self.by_id.get(&(target_type, id.to_owned())).map(String::as_str)
    }

    /// Whether a name says nothing of which thing is meant.
    pub fn are_several(&self, target_type: TargetType, name: &str) -> bool {
        self.several.contains(&(target_type, name.to_owned()))
    }

    /// A thing with that id as a destination; what has no name here stays a word of the provider.
    pub fn destination(&self, target_type: TargetType, id: &str, shown: Option<String>) -> Destination {
        let strange = || Destination::DialString(format!("{target_type:?} {id}"));
        let shown = shown.filter(|_| !self.whole.contains(&target_type));
        let Some(name) = self.get(target_type, id).map(str::to_owned).or(shown) else { return strange() };
        if self.are_several(target_type, &name) {
            return one_of_several(target_type, id, &name);
        }
        match target_type {
            TargetType::Receiver => name
                .parse()
                .map_or_else(|_| Destination::DialString(format!("{ONE}{name}")), Destination::Receiver),
            TargetType::Queue => Destination::Queue(name),
            TargetType::Menu => Destination::Menu(name),
            TargetType::GeoRouter => Destination::GeoRouter(name),
            TargetType::SmartRouter => Destination::SmartRouter(name),
            TargetType::RoutingTable => Destination::RoutingTable(name),
            TargetType::VoiceBot => Destination::VoiceBot(name),
            TargetType::Agent => Destination::Agent(name.to_lowercase()),
            TargetType::Schedule | TargetType::Number => strange(),
        }
    }

    /// An action of a queue, a menu or a receiving number; what has no word is a token that keeps all of it.
    pub fn action(&self, row: &Row, prefix: &str) -> Scalar<Destination> {
        let action = Action::of(row, prefix);
        if let Some(to) = action.word() {
            return Scalar::Known(to);
        }
        match (action.target(), &action.id) {
            (Some(_), None) => Scalar::Unset,
            (Some(target), Some(id)) => Scalar::Known(self.destination(target.target_type, id, None)),
            (None, _) if action.class.is_none() && action.label.is_none() => Scalar::Unset,
            (None, _) => match action.token() {
                Some(token) => Scalar::Known(token),
                None => {
                    let parts = [action.class, action.label, action.id];
                    Scalar::Strange(parts.into_iter().flatten().collect::<Vec<_>>().join(" "))
                }
            },
        }
    }
}

/// Where the calls of a tracking number go; `None` where nothing is said.
pub fn route(number: &Row, names: &Names) -> Option<Route> {
    let to = number.object("route_to").filter(|to| !to.0.is_empty())?;
    let target_type = to.text("type")?;
    let pattern = pattern(number);
    let dial = to.0.get("dial");
    if target_type == "receiving_number" {
        let rows: Vec<&Value> = match dial {
            Some(Value::Array(rows)) => rows.iter().collect(),
            Some(row @ Value::Object(_)) => vec![row],
            _ => Vec::new(),
        };
        let entry = |row: &&Value| {
            let number = row.get("number").and_then(text).unwrap_or_default();
            match row.get("id").and_then(text) {
                Some(id) if names.are_several(TargetType::Receiver, &number) => format!("{number} (id {id})"),
                _ => number,
            }
        };
        let texts: Vec<String> = rows.iter().map(entry).collect();
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

/// What the route of a tracking number says beside its words in the YAML: how long an agent rings and what comes then, or the
/// pattern of a list that has no word of its own. `None` where that is nothing.
pub fn beside_route(number: &Row, route: &Route) -> Option<Value> {
    let pattern =
        || shown_pattern(number).map(|word| (PATTERN.to_owned(), word.into())).into_iter().collect();
    let shown: Map<String, Value> = match route {
        Route::To(Destination::Agent(_)) => {
            let shown =
                FALLBACK.iter().filter_map(|(key, _)| Some(((*key).to_owned(), fallback(number, key)?)));
            shown.collect()
        }
        Route::To(Destination::DialString(word)) if word.starts_with(LIST) => pattern(),
        Route::Receivers(Receivers { pattern: None, .. }) => pattern(),
        _ => Map::new(),
    };
    (!shown.is_empty()).then_some(shown.into())
}

/// The type of target that an action of a queue or a receiving number names.
pub fn acted_on(row: &Row, prefix: &str) -> Option<TargetType> {
    Action::of(row, prefix).target().map(|target| target.target_type)
}

/// The pattern of a list of receiving numbers, if it has a word here.
pub fn pattern(number: &Row) -> Option<Pattern> {
    let word = shown_pattern(number)?;
    PATTERNS.iter().find(|(_, it)| *it == word).map(|(it, _)| *it)
}

/// The same in the words of the API.
pub fn shown_pattern(number: &Row) -> Option<String> {
    let to = number.object("route_to").unwrap_or_default();
    to.text("mode").or_else(|| number.text(PATTERN))
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
