//! Tenants: numbers, rules, queues, diverts and receiving numbers, of a few names that meet again and again.

use super::{
    chance,
    dice::Dice,
    maybe, one,
    schedules::{ZONES, schedule},
    some, texts,
    theme::Theme,
};
use serde_json::{Value, json};

pub const TENANTS: [&str; 3] = ["alpha", "beta", "gamma"];
/// Numbers that no tenant has.
pub const OUTSIDE: [&str; 3] = ["+19725550190", "+19725550191", "+19725550192"];
pub const PEOPLE: [&str; 3] = ["ana@example.com", "bo@example.com", "cy@example.com"];
/// Callers that lists name.
pub const CALLERS: [&str; 2] = ["+13125550123", "+13125550177"];
const WHEN: [&str; 4] = ["a", "b", "c", "d"];
pub const DISPATCH: [&str; 10] = [
    "ring_all",
    "round_robin",
    "tiered_round_robin",
    "linear_cascade",
    "linear_hunt",
    "call_park",
    "sticky",
    "weighted",
    "smart",
    "longest_wait",
];

/// Whom a world can name, by tenant.
pub struct Parties {
    pub kinds: Vec<String>,
    pub numbers: Vec<Vec<String>>,
    pub theme: Theme,
}

impl Parties {
    pub fn of(kinds: &[&str], theme: Theme) -> Self {
        let numbers =
            (0..kinds.len()).map(|tenant| (0..4).map(|at| format!("+1214555{tenant}10{at}")).collect());
        Self { kinds: kinds.iter().map(|it| (*it).to_owned()).collect(), numbers: numbers.collect(), theme }
    }

    pub fn extensions(&self, tenant: usize) -> Vec<String> {
        let names: &[&str] = match self.kinds[tenant].as_str() {
            "stratus" => &["101", "102", "103", "104"],
            "deskphone" => &["2001", "2002", "2003"],
            _ => &[],
        };
        names.iter().map(|it| (*it).to_owned()).collect()
    }

    pub fn devices(&self, tenant: usize) -> Vec<String> {
        let all = if self.kinds[tenant] == "stratus" { ["101wp", "101m", "102wp"].as_slice() } else { &[] };
        all.iter().map(|it| (*it).to_owned()).collect()
    }

    pub fn queues(&self, tenant: usize) -> Vec<String> {
        let names: &[&str] = match self.kinds[tenant].as_str() {
            "stratus" => &["400", "401"],
            "ctm" => &["Sales", "Support"],
            _ => &[],
        };
        names.iter().map(|it| (*it).to_owned()).collect()
    }

    /// Mostly outside; else one of the world.
    fn number(&self, dice: &mut Dice) -> String {
        if chance(dice, 60) {
            return one(dice, &OUTSIDE).to_owned();
        }
        let tenant = dice.below(self.numbers.len());
        one(dice, &self.numbers[tenant])
    }
}

pub fn tenant(dice: &mut Dice, parties: &Parties, at: usize) -> Value {
    let kind = parties.kinds[at].as_str();
    let mut all =
        json!({ "tenant": TENANTS[at], "kind": kind, "provider": kind, "account": format!("account{at}") });
    maybe(dice, 90, &mut all, "time_zone", |dice| json!(one(dice, &ZONES)));
    let mut numbers = json!({});
    for (place, number) in parties.numbers[at].iter().enumerate() {
        // The first is always there to be called.
        if place == 0 || chance(dice, 88) {
            numbers[number] = json!({ "label": "a line" });
            maybe(dice, 95, &mut numbers[number], "route", |dice| route(dice, parties, at));
        }
    }
    all["numbers"] = numbers;
    if kind != "deskphone" {
        all["forwards"] = forwards(dice, parties, at);
    }
    match kind {
        "stratus" => stratus(dice, parties, at, &mut all),
        "ctm" => ctm(dice, parties, at, &mut all),
        _ => deskphone(dice, parties, at, &mut all),
    }
    all
}

fn forwards(dice: &mut Dice, parties: &Parties, at: usize) -> Value {
    let mut forwards = json!({});
    for number in &parties.numbers[at] {
        if !chance(dice, 40) {
            continue;
        }
        let mut forward = json!({});
        maybe(dice, 92, &mut forward, "to", |dice| json!(parties.number(dice)));
        let is_there = forward.get("to").is_some();
        maybe(dice, 40, &mut forward, "active", |dice| json!(is_there && chance(dice, 25)));
        forwards[number] = forward;
    }
    forwards
}

fn route(dice: &mut Dice, parties: &Parties, at: usize) -> Value {
    match parties.kinds[at].as_str() {
        "stratus" => match dice.below(10) {
            0..5 => json!({ "extension": one(dice, &parties.extensions(at)) }),
            5..8 => json!({ "queue": one(dice, &parties.queues(at)) }),
            8 => json!({ "extension": one(dice, &["105", "400", "401"]) }),
            _ => stratus_destination(dice, parties, at),
        },
        "ctm" => match dice.below(10) {
            0..5 => {
                let mut list = some(dice, &receivers(parties, at), 3);
                if list.is_empty() {
                    list.push(OUTSIDE[0].to_owned());
                }
                let mut route = json!({ "receivers": texts(&list) });
                let patterns = ["simultaneous", "round_robin", "sequential", "sequential", "least_connected"];
                maybe(dice, 85, &mut route, "pattern", |dice| json!(one(dice, &patterns)));
                route
            }
            _ => ctm_destination(dice, parties, at),
        },
        _ => match dice.below(10) {
            0..8 => json!({ "extension": one(dice, &parties.extensions(at)) }),
            8 => json!({ "extension": "2009" }),
            _ => json!({ "number": parties.number(dice) }),
        },
    }
}

fn named(dice: &mut Dice, words: &[(&str, &str)]) -> Value {
    let (word, name) = one(dice, words);
    json!({ word: name })
}

fn stratus_destination(dice: &mut Dice, parties: &Parties, at: usize) -> Value {
    match dice.below(16) {
        0..4 => json!({ "extension": one(dice, &parties.extensions(at)) }),
        4 => json!({ "extension": one(dice, &["105", "400"]) }),
        5..7 => json!({ "phone": one(dice, &parties.extensions(at)) }),
        7 => json!({ "voicemail": one(dice, &["101", "102", "400"]) }),
        8..10 => json!("voicemail"),
        10..12 => json!({ "queue": one(dice, &["400", "401", "400", "401", "402"]) }),
        12..15 => json!({ "number": parties.number(dice) }),
        _ => named(dice, &[("attendant", "700"), ("token", "sip:start@park"), ("attendant", "701")]),
    }
}

/// An own mailbox needs an owner: a route has none.
fn owned(dice: &mut Dice, value: Value) -> Value {
    if value == "voicemail" { json!({ "voicemail": one(dice, &["101", "102"]) }) } else { value }
}

fn condition(dice: &mut Dice, parties: &Parties, at: usize) -> Value {
    if chance(dice, 7) { json!("off") } else { stratus_destination(dice, parties, at) }
}

fn conditions(dice: &mut Dice, parties: &Parties, at: usize) -> Value {
    let mut forward = json!({});
    for (word, percent) in
        [("always", 10), ("on_call", 25), ("busy", 45), ("no_answer", 55), ("unreachable", 50)]
    {
        maybe(dice, percent, &mut forward, word, |dice| condition(dice, parties, at));
    }
    forward
}

fn stratus(dice: &mut Dice, parties: &Parties, at: usize, all: &mut Value) {
    for number in &parties.numbers[at] {
        if let Some(route) = all["numbers"][number].get_mut("route") {
            *route = owned(dice, route.take());
        }
    }
    all["numbers"].as_object_mut().unwrap().retain(|_, it| !it.is_null());
    let mut schedules = json!({});
    for name in WHEN {
        maybe(dice, 90, &mut schedules, name, schedule);
    }
    all["schedules"] = schedules;
    let (mut rules, mut diverts) = (json!({}), json!({}));
    for extension in parties.extensions(at) {
        maybe(dice, 88, &mut rules, &extension, |dice| rules_of(dice, parties, at, &extension));
        maybe(dice, 35, &mut diverts, &extension, |dice| conditions(dice, parties, at));
    }
    (all["rules"], all["diverts"]) = (rules, diverts);
    let mut queues = json!({});
    for name in parties.queues(at) {
        maybe(dice, 92, &mut queues, &name, |dice| queue(dice, parties, at));
    }
    all["queues"] = queues;
    parties.theme.narrow(dice, parties, at, all);
}

fn rules_of(dice: &mut Dice, parties: &Parties, at: usize, extension: &str) -> Value {
    let mut rules = json!({});
    let timeouts = [json!(5), json!(10), json!(15), json!(20), json!(30), json!("unlimited")];
    maybe(dice, 75, &mut rules, "ring_timeout", |dice| one(dice, &timeouts));
    if chance(dice, 60) {
        let mut callers = json!({});
        let lists: [&[&str]; 4] = [&[], &CALLERS[..1], &CALLERS[1..], &CALLERS];
        maybe(dice, 60, &mut callers, "allow", |dice| texts(one(dice, &lists)));
        maybe(dice, 60, &mut callers, "block", |dice| texts(one(dice, &lists)));
        maybe(dice, 60, &mut callers, "block_anonymous", |dice| json!(chance(dice, 60)));
        maybe(dice, 70, &mut callers, "spam", |dice| {
            json!(one(dice, &["ring", "voicemail", "drop", "screen"]))
        });
        rules["callers"] = callers;
    }
    if chance(dice, 12) {
        return rules;
    }
    let names: Vec<String> = WHEN.iter().map(|it| (*it).to_owned()).collect();
    let mut order: Vec<Value> =
        some(dice, &names, 3).iter().map(|when| rule(dice, parties, at, extension, when)).collect();
    if chance(dice, 88) {
        let place = if chance(dice, 90) { order.len() } else { dice.below(order.len() + 1) };
        order.insert(place, rule(dice, parties, at, extension, "default"));
    }
    rules["order"] = json!(order);
    rules
}

fn rule(dice: &mut Dice, parties: &Parties, at: usize, extension: &str, when: &str) -> Value {
    let mut rule = json!({ "when": when });
    maybe(dice, 12, &mut rule, "enabled", |dice| json!(chance(dice, 35)));
    maybe(dice, 10, &mut rule, "do_not_disturb", |dice| json!(chance(dice, 90)));
    maybe(dice, 5, &mut rule, "call_screening", |_| json!(true));
    maybe(dice, 88, &mut rule, "forward", |dice| conditions(dice, parties, at));
    maybe(dice, 45, &mut rule, "ring", |dice| {
        if chance(dice, 10) {
            return json!("extension");
        }
        let mut ring = json!({});
        maybe(dice, 75, &mut ring, "own_extension", |dice| json!(chance(dice, 85)));
        maybe(dice, 40, &mut ring, "all_phones", |dice| json!(chance(dice, 75)));
        maybe(dice, 20, &mut ring, "confirm_external", |_| json!(true));
        let others: Vec<String> = ["101", "102", "103", "104", "101wp", "102wp"]
            .iter()
            .filter(|it| **it != extension)
            .map(|it| (*it).to_owned())
            .collect();
        let mut also: Vec<Value> = some(dice, &others, 2)
            .into_iter()
            .map(|it| if it.ends_with("wp") { json!({ "device": it }) } else { json!({ "extension": it }) })
            .collect();
        if chance(dice, 45) {
            also.push(json!({ "number": parties.number(dice) }));
        }
        for leg in &mut also {
            maybe(dice, 60, leg, "delay", |dice| json!(one(dice, &[0, 1, 2, 5, 10, 15, 20, 35])));
        }
        if !also.is_empty() {
            ring["also"] = json!(also);
        }
        json!({ "simultaneous": ring })
    });
    rule
}

fn queue(dice: &mut Dice, parties: &Parties, at: usize) -> Value {
    let mut queue = json!({});
    if chance(dice, 4) {
        return queue;
    }
    let is_ctm = parties.kinds[at] == "ctm";
    maybe(dice, 90, &mut queue, "dispatch", |dice| json!(one(dice, &DISPATCH)));
    maybe(dice, 75, &mut queue, "agent_ring", |dice| json!(one(dice, &[5, 10, 15, 20])));
    maybe(dice, 60, &mut queue, "require_agents", |dice| json!(chance(dice, 75)));
    maybe(dice, 97, &mut queue, "agents", |dice| agents(dice, parties, at));
    if !is_ctm {
        maybe(dice, 60, &mut queue, "failover", |dice| condition(dice, parties, at));
        maybe(dice, 45, &mut queue, "unavailable", |dice| condition(dice, parties, at));
        maybe(dice, 30, &mut queue, "max_callers", |dice| one(dice, &[json!(3), json!("unlimited")]));
        let seconds = [json!(15), json!(20), json!(30), json!(60), json!("unlimited")];
        maybe(dice, 60, &mut queue, "ring_timeout", |dice| one(dice, &seconds));
    }
    let seconds = [json!(20), json!(60), json!(120), json!("unlimited")];
    maybe(dice, 50, &mut queue, "max_wait", |dice| one(dice, &seconds));
    maybe(dice, 60, &mut queue, "no_answer", |dice| match is_ctm {
        false => condition(dice, parties, at),
        true if chance(dice, 7) => json!("off"),
        true => ctm_destination(dice, parties, at),
    });
    queue
}

fn agents(dice: &mut Dice, parties: &Parties, at: usize) -> Value {
    let mut names = parties.extensions(at);
    names.extend(parties.devices(at));
    if parties.kinds[at] == "ctm" {
        names.extend(PEOPLE.iter().map(|it| (*it).to_owned()));
    }
    if chance(dice, 20) {
        names.clear();
    }
    names.extend(OUTSIDE.iter().map(|it| (*it).to_owned()));
    let is_ordered = chance(dice, 60);
    let mut agents = Vec::new();
    for name in some(dice, &names, 4) {
        // Now and then one of the numbers of the world.
        let name = if name == OUTSIDE[1] { parties.number(dice) } else { name };
        let word = match name.as_str() {
            it if it.starts_with('+') => "number",
            it if it.contains('@') => "agent",
            it if it.ends_with(|it: char| it.is_ascii_alphabetic()) => "device",
            _ => "extension",
        };
        let mut agent = json!({ word: name });
        if is_ordered {
            maybe(dice, 85, &mut agent, "order", |dice| json!(1 + dice.below(3)));
        }
        maybe(dice, 10, &mut agent, "wrap_up", |_| json!(5));
        let is_short = agent.as_object().unwrap().len() == 1 && matches!(word, "extension" | "agent");
        agents.push(if is_short && chance(dice, 70) { agent[word].take() } else { agent });
    }
    let mut seen = std::collections::BTreeSet::new();
    agents.retain(|it| seen.insert(it.get("number").map_or_else(|| it.to_string(), Value::to_string)));
    json!(agents)
}

/// Those that a tenant of CallTrackingMetrics rings: outside, some of another tenant, now and then its own.
fn receivers(parties: &Parties, at: usize) -> Vec<String> {
    let mut all: Vec<String> = OUTSIDE.iter().map(|it| (*it).to_owned()).collect();
    for (tenant, numbers) in parties.numbers.iter().enumerate() {
        all.extend(numbers.iter().take(if tenant == at { 1 } else { 2 }).cloned());
    }
    all
}

fn ctm_destination(dice: &mut Dice, parties: &Parties, at: usize) -> Value {
    match dice.below(14) {
        0..4 => json!({ "receiver": one(dice, &receivers(parties, at)) }),
        4..7 => json!({ "queue": one(dice, &["Sales", "Support", "Sales", "Support", "Nobody"]) }),
        7..9 => json!({ "number": parties.number(dice) }),
        9..11 => json!({ "agent": one(dice, &PEOPLE) }),
        11 => json!("hang_up"),
        _ => named(
            dice,
            &[
                ("menu", "Main"),
                ("geo_router", "Near"),
                ("smart_router", "Clever"),
                ("routing_table", "Long"),
                ("voice_bot", "Ada"),
                ("extension", "9"),
            ],
        ),
    }
}

fn ctm(dice: &mut Dice, parties: &Parties, at: usize, all: &mut Value) {
    let mut list = json!({});
    for number in receivers(parties, at) {
        maybe(dice, 85, &mut list, &number, |dice| {
            let mut receiver = json!({});
            maybe(dice, 65, &mut receiver, "no_answer", |dice| match chance(dice, 12) {
                true => json!("off"),
                false => {
                    json!({ "after": one(dice, &[1, 5, 10, 20, 30]), "to": ctm_destination(dice, parties, at) })
                }
            });
            receiver
        });
    }
    all["receivers"] = list;
    let mut queues = json!({});
    for name in parties.queues(at) {
        maybe(dice, 92, &mut queues, &name, |dice| queue(dice, parties, at));
    }
    all["queues"] = queues;
}

fn deskphone(dice: &mut Dice, parties: &Parties, at: usize, all: &mut Value) {
    let mut diverts = json!({});
    for extension in parties.extensions(at) {
        maybe(dice, 93, &mut diverts, &extension, |dice| {
            let mut own = json!({});
            for (word, percent) in [("always", 12), ("busy", 60), ("no_answer", 60), ("unreachable", 60)] {
                maybe(dice, percent, &mut own, word, |dice| match dice.below(12) {
                    0 => json!("off"),
                    1..4 => json!("voicemail"),
                    4..8 => {
                        json!({ "extension": one(dice, &["2001", "2002", "2003", "2001", "2002", "2009"]) })
                    }
                    8 => json!({ "voicemail": "2002" }),
                    _ => json!({ "number": parties.number(dice) }),
                });
            }
            own
        });
    }
    all["diverts"] = diverts;
}
