//! AccountData objects in the words of the YAML. What the API does not show is named, never guessed.

use super::{Names, TargetType, route, shown_pattern, unexplained, weekly};
use crate::{
    model::{
        Agent, DialExtension, Dispatch, Divert, E164, Forward, Limit, NoAnswer, Number, OrOff, Queue,
        Receiver, Receivers, Ringable, Route, Schedule, TaggingHours, Whisper,
    },
    path::Field,
    provider::{
        ctm::{wire::Row, zones},
        scalar::{Scalar, Unreadable},
    },
};
use serde_json::{Map, Value, json};

/// A live object, the fields of it that the API does not show or that have no word here, and what is worth knowing.
pub struct Said<T> {
    pub object: T,
    pub hidden: Vec<Field>,
    pub notes: Vec<String>,
    /// The fields that it shows and nobody understands.
    pub unreadable: Unreadable,
}

impl<T> Said<T> {
    fn of(object: T, hidden: Vec<Field>) -> Self {
        Self { object, hidden, notes: Vec::new(), unreadable: Unreadable::default() }
    }
}

pub fn schedule(row: &Row) -> Said<Schedule> {
    let times = row.0.get("times").and_then(Value::as_array);
    let (mut hidden, mut notes): (Vec<Field>, _) = (vec![&["dates"], &["yearly"]], Vec::new());
    let mut unreadable = Unreadable::default();
    let hours = match times.map(|times| weekly(times)) {
        Some(Ok(hours)) => Some(hours),
        Some(Err(shown)) => unreadable.field(["weekly"], Scalar::Strange(shown)),
        None => {
            notes.push("the API does not show its hours".to_owned());
            hidden.push(&["weekly"]);
            None
        }
    };
    let unexplained = unexplained(times.map(Vec::as_slice).unwrap_or_default());
    if !unexplained.is_empty() {
        notes.push(format!(
            "its entries also hold {}, which nobody explains: it stays with an entry that keeps its hours or its days, and \
             nothing brings it back where one goes",
            unexplained.join(", ")
        ));
    }
    let time_zone = row.text("timezone").map(|name| zones::iana(&name));
    let object = Schedule { weekly: hours, time_zone, ..Schedule::default() };
    Said { object, hidden, notes, unreadable }
}

pub fn receiver(row: &Row, names: &Names) -> Said<Receiver> {
    let (mut hidden, mut unreadable) = (Vec::new(), Unreadable::default());
    let mut shown = |field: Field, key: &str| {
        let has = row.has(key);
        if !has {
            hidden.push(field);
        }
        has
    };
    let object = Receiver {
        label: Some(row.text("name").unwrap_or_default()),
        dial_extension: shown(&["dial_extension"], "dial_extension")
            .then(|| {
                let delay = row.whole("dial_extension_delay").or(0);
                let delay = unreadable.part(["dial_extension"], "the delay", delay)?;
                Some(row.text("dial_extension").map(|digits| DialExtension { digits, delay }).into())
            })
            .flatten(),
        whisper: shown(&["whisper"], "receiving_whisper")
            .then(|| row.text("receiving_whisper").map_or(Whisper::Off, Whisper::Prompt)),
        skip_whisper: shown(&["skip_whisper"], "skip_receiving_whisper")
            .then(|| unreadable.field(["skip_whisper"], row.flag("skip_receiving_whisper").or(false)))
            .flatten(),
        no_answer: shown(&["no_answer"], "no_answer_seconds")
            .then(|| {
                let after = row.whole("no_answer_seconds").or(0);
                let after = unreadable.part(["no_answer"], "the seconds", after)?;
                match names.action(row, "default_action") {
                    Scalar::Unset => Some(OrOff::Off),
                    to => {
                        let to = unreadable.part(["no_answer"], "where calls go", to)?;
                        Some(OrOff::Set(NoAnswer { after, to }))
                    }
                }
            })
            .flatten(),
        tagging_hours: shown(&["tagging_hours"], "tag_schedule_id")
            .then(|| {
                match row.text("tag_schedule_id") {
                    Some(id) => {
                        let name = names
                            .get(TargetType::Schedule, &id)
                            .map_or_else(|| format!("Schedule {id}"), str::to_owned);
                        // Hours have no word for one of several schedules.
                        if names.are_several(TargetType::Schedule, &name) {
                            unreadable
                                .add(["tagging_hours"], &format!("schedule {id} of several called {name}"));
                            return None;
                        }
                        Some(TaggingHours::Schedule(name))
                    }
                    None => Some(TaggingHours::Off),
                }
            })
            .flatten(),
        protect: None,
    };
    Said { object, hidden, notes: Vec::new(), unreadable }
}

/// How the pattern of a queue is written (FACTS ctm/unnamed-4: the portal's words).
const DISPATCH: [(Dispatch, &str); 6] = [
    (Dispatch::RingAll, "simultaneous"),
    (Dispatch::RoundRobin, "round_robin"),
    (Dispatch::Sticky, "sticky"),
    (Dispatch::Weighted, "weighted"),
    (Dispatch::Smart, "smart"),
    (Dispatch::LongestWait, "longest_wait"),
];

pub fn dispatch_word(dispatch: Dispatch) -> Option<&'static str> {
    DISPATCH.iter().find(|(it, _)| *it == dispatch).map(|(_, word)| *word)
}

pub fn queue(row: &Row, agents: &[Row], names: &Names) -> Said<Queue> {
    let keys: [(Field, &str); 4] = [
        (&["dispatch"], "routing"),
        (&["agent_ring"], "seconds_per_agent"),
        (&["max_wait"], "seconds_to_answer"),
        (&["no_answer"], "default_action_type"),
    ];
    let hidden = keys.into_iter().filter(|(_, key)| !row.has(key)).map(|(field, _)| field).collect();
    let mut unreadable = Unreadable::default();
    let dispatch = match row.text("routing") {
        None => Scalar::Unset,
        Some(word) => match DISPATCH.iter().find(|(_, it)| *it == word) {
            Some((dispatch, _)) => Scalar::Known(*dispatch),
            None => Scalar::Strange(word),
        },
    };
    for agent in agents {
        unreadable.part(["agents"], format!("the priority of agent {}", agent.id()), agent.whole("priority"));
    }
    let agents = Some(self::agents(agents, names)).filter(|_| !unreadable.has(["agents"]));
    let no_answer = match names.action(row, "default_action") {
        _ if !row.has("default_action_type") => None,
        Scalar::Unset => Some(Divert::Off),
        to => unreadable.field(["no_answer"], to).map(Divert::To),
    };
    let object = Queue {
        name: None,
        dispatch: unreadable.field(["dispatch"], dispatch),
        agent_ring: unreadable.field(["agent_ring"], row.whole("seconds_per_agent")),
        require_agents: None,
        agents,
        failover: None,
        unavailable: None,
        max_callers: None,
        max_expected_wait: None,
        ring_timeout: None,
        max_wait: unreadable.field(["max_wait"], row.whole("seconds_to_answer")).map(Limit::To),
        no_answer,
        protect: None,
    };
    Said { object, hidden, notes: Vec::new(), unreadable }
}

/// The agents of a queue, by e-mail address.
fn agents(rows: &[Row], names: &Names) -> Vec<Agent> {
    let agent = |row: &Row| {
        let id = row.id();
        let target = match names.get(TargetType::Agent, &id) {
            Some(email) => Ringable::Agent(email.to_lowercase()),
            None => Ringable::DialString(format!("Agent {id}")),
        };
        Agent { target, order: row.number("priority"), wrap_up: None }
    };
    let mut agents: Vec<Agent> = rows.iter().map(agent).collect();
    agents.sort_by(|a, b| (a.order, &a.target).cmp(&(b.order, &b.target)));
    agents
}

/// A live number; `None` where it is no phone number.
pub fn tracking_number(row: &Row, names: &Names) -> Option<(E164, Said<Number>)> {
    let key = row.text("number")?.parse().ok()?;
    let label = Some(row.text("name").unwrap_or_default());
    let route = route(row, names);
    let mut said = Said::of(Number { label, route, protect: None }, Vec::new());
    if let Some(Route::Receivers(Receivers { pattern: None, .. })) = said.object.route {
        match shown_pattern(row) {
            Some(word) => said.unreadable.add(["route", "pattern"], &word),
            None => said.hidden.push(&["route", "pattern"]),
        }
    }
    said.notes.extend(out_of_service(row).map(|why| format!("it {why}")));
    Some((key, said))
}

/// What an account or a tracking number shows where it takes no calls; what is not said is as it should be.
pub fn out_of_service(row: &Row) -> Option<String> {
    let off = row.flag("active") == Scalar::Known(false);
    let status = row.text("status").filter(|status| status != "active");
    let shown = [off.then(|| "`active: false`".to_owned()), status.map(|it| format!("`status: {it}`"))];
    let shown: Vec<String> = shown.into_iter().flatten().collect();
    let takes = if off { "takes no calls now" } else { "may take no calls now" };
    (!shown.is_empty()).then(|| format!("{takes}: the API shows {}", shown.join(", ")))
}

/// The fail-safe number of a tracking number, if the API shows it.
pub fn forward(row: &Row) -> Said<Forward> {
    let hidden: Vec<Field> = if row.has("failsafe_number") { Vec::new() } else { vec![&["to"]] };
    let mut unreadable = Unreadable::default();
    let to = row.text("failsafe_number").filter(|text| !text.is_empty());
    let to = to.and_then(|text| match text.parse() {
        Ok(number) => Some(number),
        // Which country it is dialled in nobody says.
        Err(_) => unreadable.field(["to"], Scalar::Strange(text)),
    });
    Said { unreadable, ..Said::of(Forward { to, active: None, protect: None }, hidden) }
}

/// What takes a no-answer route away.
pub fn no_answer_off() -> Map<String, Value> {
    let mut body = Map::new();
    for key in ["default_action_label", "default_action_id", "default_action_type"] {
        body.insert(key.to_owned(), json!(""));
    }
    body
}
