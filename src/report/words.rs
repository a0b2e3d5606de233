//! Routing as a person says it: one line for an object.

use crate::model::{
    Agent, DEFAULT_RULE, Destination, Dispatch, Divert, Diverts, Forward, Number, Pattern, Queue, Reference,
    Ring, Ringable, Route, Rule, Rules, Spam,
};
use serde::Serialize;

/// What a queue is called beside its key.
pub type Names<'a> = &'a dyn Fn(&str) -> Option<String>;

/// "extension 102"
pub fn reference(to: &Reference) -> String {
    match to {
        Reference::Schedule(name) => format!("schedule {name}"),
        Reference::Queue(to) => format!("queue {to}"),
        Reference::Extension(to) => format!("extension {to}"),
        Reference::Phone(to) => format!("the phone of extension {to}"),
        Reference::Voicemail(to) => format!("the voicemail of extension {to}"),
        Reference::Attendant(to) => format!("auto attendant {to}"),
        Reference::Number(to) => format!("number {to}"),
        Reference::Receiver(to) => format!("receiving number {to}"),
        Reference::Named(to) => destination(to, &|_| None),
        Reference::DialString(to) => format!("dial rule {to}"),
    }
}

/// "queue 400 (Reception)"
pub fn destination(to: &Destination, names: Names<'_>) -> String {
    match to {
        Destination::Extension(to) => format!("extension {to}"),
        Destination::Phone(to) => format!("the phone of extension {to}"),
        Destination::Voicemail(to) => format!("the voicemail of extension {to}"),
        Destination::OwnVoicemail => "voicemail".to_owned(),
        Destination::Queue(to) => match names(to).filter(|name| name != to) {
            Some(name) => format!("queue {to} ({name})"),
            None => format!("queue {to}"),
        },
        Destination::Attendant(to) => format!("auto attendant {to}"),
        Destination::Number(to) => format!("number {to}"),
        Destination::Receiver(to) => format!("receiving number {to}"),
        Destination::Menu(to) => format!("menu {to}"),
        Destination::GeoRouter(to) => format!("geo router {to}"),
        Destination::SmartRouter(to) => format!("smart router {to}"),
        Destination::RoutingTable(to) => format!("routing table {to}"),
        Destination::VoiceBot(to) => format!("voice bot {to}"),
        Destination::Agent(to) => format!("agent {to}"),
        Destination::HangUp => "hang up".to_owned(),
        Destination::DialString(to) => format!("dial rule {to}"),
    }
}

/// Where the calls of a number go; `None` where nothing is said of it.
pub fn route(number: &Number, names: Names<'_>) -> Option<String> {
    Some(match number.route.as_ref()? {
        Route::To(to) => destination(to, names),
        Route::Receivers(list) => {
            let numbers: Vec<String> = list.receivers.iter().map(ToString::to_string).collect();
            let how = match list.pattern {
                None => "",
                Some(Pattern::Simultaneous) => ", all at once",
                Some(Pattern::RoundRobin) => ", in turn",
                Some(Pattern::Sequential) => ", one after the other",
                Some(Pattern::LeastConnected) => ", the one that is not busy",
            };
            format!("receiving numbers {}{how}", numbers.join(", "))
        }
    })
}

/// Whether an emergency forward is on: "on", "off", "stored".
pub fn state(forward: &Forward) -> &'static str {
    match (forward.active, &forward.to) {
        (Some(true), _) => "on",
        (Some(false), _) => "off",
        (None, Some(_)) => "stored",
        (None, None) => "",
    }
}

/// "when busy: voicemail"
fn conditions(diverts: &Diverts, names: Names<'_>) -> Vec<String> {
    let said = diverts.conditions().into_iter().filter_map(|(word, divert)| match divert? {
        Divert::Off => None,
        Divert::To(to) => {
            let when = match word {
                "always" => "every call",
                "on_call" => "on a call",
                "busy" => "busy",
                "no_answer" => "no answer",
                _ => "unreachable",
            };
            Some(format!("{when} to {}", destination(to, names)))
        }
    });
    said.collect()
}

/// An extension's forwards outside any schedule; `None` where nothing is said of them.
pub fn diverts(diverts: &Diverts, names: Names<'_>) -> Option<String> {
    let said = conditions(diverts, names);
    if said.is_empty() {
        let is_off = diverts.conditions().iter().any(|(_, it)| it.is_some());
        return is_off.then(|| "no forwards".to_owned());
    }
    Some(said.join(", "))
}

/// The rules of an extension, in their order.
pub fn rules(rules: &Rules, names: Names<'_>) -> Option<String> {
    let mut said = Vec::new();
    if let Some(timeout) = &rules.ring_timeout {
        let unit = if timeout.to_string() == "unlimited" { "" } else { " s" };
        said.push(format!("rings {timeout}{unit}"));
    }
    if let Some(callers) = &rules.callers {
        let list = |word: &str, list: &Option<Vec<crate::model::Caller>>| {
            let list: Vec<String> = list.iter().flatten().map(ToString::to_string).collect();
            (!list.is_empty()).then(|| format!("{word} {}", list.join(", ")))
        };
        said.extend(list("always lets through", &callers.allow));
        said.extend(list("blocks", &callers.block));
        said.extend(
            (callers.block_anonymous == Some(true)).then(|| "blocks callers without a number".to_owned()),
        );
        let spam = match callers.spam {
            None | Some(Spam::Ring) => None,
            Some(Spam::Voicemail) => Some("spam to voicemail"),
            Some(Spam::Drop) => Some("drops spam"),
            Some(Spam::Screen) => Some("asks spam for a name"),
        };
        said.extend(spam.map(str::to_owned));
    }
    let rules = rules.order.iter().flatten().zip(1..);
    said.extend(rules.map(|(rule, at)| format!("{at}. {}", self::rule(rule, names))));
    (!said.is_empty()).then(|| said.join("; "))
}

/// "holidays: do not disturb"
fn rule(rule: &Rule, names: Names<'_>) -> String {
    let Rule { when, enabled, do_not_disturb, call_screening, ring, forward } = rule;
    let when = if when == DEFAULT_RULE { "otherwise" } else { when.as_str() };
    let off = if *enabled { "" } else { " (switched off)" };
    let mut said = Vec::new();
    let forwards = conditions(forward, names);
    let is_rung = !do_not_disturb && !matches!(&forward.always, Some(Divert::To(_)));
    said.extend(do_not_disturb.then(|| "do not disturb".to_owned()));
    said.extend(call_screening.then(|| "asks callers for a name".to_owned()));
    said.extend(is_rung.then(|| self::ring(ring)));
    said.extend(forwards);
    format!("{when}{off}: {}", said.join(", "))
}

fn ring(ring: &Ring) -> String {
    let Ring::Simultaneous(ring) = ring else { return "rings the extension".to_owned() };
    let mut rung = Vec::new();
    rung.extend(ring.own_extension.then(|| "the extension".to_owned()));
    rung.extend(ring.all_phones.then(|| "all its phones".to_owned()));
    rung.extend(ring.also.iter().map(|also| match also.delay {
        0 => ringable(&also.target),
        delay => format!("{} after {delay} s", ringable(&also.target)),
    }));
    let confirmed = if ring.confirm_external { " (outside numbers confirm)" } else { "" };
    match rung.as_slice() {
        [] => "rings nothing".to_owned(),
        some => format!("rings {}{confirmed}", some.join(" and ")),
    }
}

fn ringable(target: &Ringable) -> String {
    match target {
        Ringable::Extension(to) => format!("extension {to}"),
        Ringable::Number(to) => format!("number {to}"),
        Ringable::Device(to) => format!("device {to}"),
        Ringable::Agent(to) => format!("agent {to}"),
        Ringable::DialString(to) => format!("dial rule {to}"),
    }
}

/// Who answers a queue, and where callers go whom nobody answers; `None` where nothing is said of it.
pub fn queue(queue: &Queue, names: Names<'_>) -> Option<String> {
    let mut said = Vec::new();
    said.extend(queue.dispatch.as_ref().map(dispatch));
    if let Some(agents) = &queue.agents {
        let agents: Vec<String> = agents.iter().map(|Agent { target, .. }| ringable(target)).collect();
        said.push(match agents.as_slice() {
            [] => "no agents".to_owned(),
            some => format!("agents: {}", some.join(", ")),
        });
    }
    for (word, divert) in queue.forwards() {
        let Some(Divert::To(to)) = divert else { continue };
        let when = match word {
            "failover" => "all agents offline",
            "unavailable" => "not taken",
            _ => "no answer",
        };
        said.push(format!("{when} to {}", destination(to, names)));
    }
    (!said.is_empty()).then(|| said.join("; "))
}

/// "ring all"
fn dispatch(dispatch: &Dispatch) -> String {
    word(dispatch).replace('_', " ")
}

fn word(value: &impl Serialize) -> String {
    let value = serde_json::to_value(value).unwrap_or_default();
    value.as_str().unwrap_or_default().to_owned()
}
