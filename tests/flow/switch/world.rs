//! Tenants that the switch of `.ci/switch` can hold: small, so that the same few phones meet again and again.
//!
//! Not among them: what that switch has no word for (schedules that come every second week, holidays by name), queues that ring one
//! agent after the other (round robin remembers calls; between two agents that switch waits a second), CallTrackingMetrics, and a
//! number of a tenant as one of several phones or as an agent. `random` has all of these.

use crate::random::{chance, dice::Dice, maybe, one, schedules, some, theme};
use serde_json::{Value, json};

pub const TENANTS: [&str; 2] = ["alpha", "beta"];
pub const EXTENSIONS: [&str; 4] = ["101", "102", "103", "104"];
pub const DESKPHONES: [&str; 3] = ["2001", "2002", "2003"];
pub const DEVICES: [&str; 2] = ["101wp", "102wp"];
pub const QUEUES: [&str; 2] = ["400", "401"];
/// Numbers that no tenant has.
pub const OUTSIDE: [&str; 3] = ["+19725550190", "+19725550191", "+19725550192"];
/// Callers that lists name.
pub const CALLERS: [&str; 2] = ["+13125550123", "+13125550177"];
/// Half hours, other days, clocks that change at midnight or by half an hour, and one whose rules are new.
pub const ZONES: [&str; 9] = schedules::ZONES;
const WHEN: [&str; 3] = ["a", "b", "c"];

pub struct World {
    pub tenants: Vec<Value>,
    /// How long callers wait, in milliseconds.
    pub patience: u32,
    /// Whether the clock decides nearly everything.
    pub is_clock: bool,
}

/// Longer than everything in a Stratus tenant takes, and than one phone of Deskphone rings.
const PATIENCE: (u32, u32) = (130_000, 350_000);

impl World {
    pub fn of(dice: &mut Dice, zones: &[&'static str]) -> Self {
        let kinds: &[&str] = match dice.below(10) {
            0 => &["deskphone"],
            1 => &["stratus", "deskphone"],
            2..4 => &["stratus", "stratus"],
            _ => &["stratus"],
        };
        let mut tenants: Vec<Value> = (0..kinds.len()).map(|at| tenant(dice, kinds, at, zones)).collect();
        let is_clock = kinds == ["stratus"] && chance(dice, 25);
        if is_clock {
            theme::clock(dice, &mut tenants[0]);
            tenants[0]["forwards"] = json!({});
            for it in numbers(0) {
                tenants[0]["numbers"][it] = json!({ "route": { "extension": one(dice, &["101", "102"]) } });
            }
        }
        let patience = if kinds.contains(&"deskphone") { PATIENCE.1 } else { PATIENCE.0 };
        Self { tenants, patience, is_clock }
    }
}

pub fn numbers(tenant: usize) -> Vec<String> {
    (0..4).map(|at| format!("+1214555{tenant}10{at}")).collect()
}

pub fn extensions(kind: &str) -> &'static [&'static str] {
    if kind == "stratus" { &EXTENSIONS } else { &DESKPHONES }
}

pub fn tenant(dice: &mut Dice, kinds: &[&str], at: usize, zones: &[&'static str]) -> Value {
    let kind = kinds[at];
    let mut all = json!({
        "tenant": TENANTS[at], "kind": kind, "provider": kind, "account": format!("account{at}"),
        "time_zone": one(dice, zones), "numbers": {},
    });
    let number = |dice: &mut Dice| match chance(dice, 55) {
        true => one(dice, &OUTSIDE).to_owned(),
        false => {
            // Where there are two: mostly of the other one.
            let tenant = if chance(dice, 75) { kinds.len() - 1 - at } else { at };
            one(dice, &numbers(tenant))
        }
    };
    if kind == "deskphone" {
        for it in numbers(at) {
            all["numbers"][it] = json!({ "route": { "extension": one(dice, &DESKPHONES) } });
        }
        all["diverts"] = json!({});
        for extension in DESKPHONES {
            all["diverts"][extension] = diverts(dice, &number);
        }
        return all;
    }
    for it in numbers(at) {
        all["numbers"][it] = json!({ "route": route(dice, &number) });
    }
    all["forwards"] = json!({});
    for it in numbers(at) {
        maybe(
            dice,
            35,
            &mut all["forwards"],
            &it,
            |dice| json!({ "to": number(dice), "active": chance(dice, 12) }),
        );
    }
    all["schedules"] = json!({});
    for name in WHEN {
        all["schedules"][name] = schedule(dice, zones);
    }
    (all["rules"], all["diverts"], all["queues"]) = (json!({}), json!({}), json!({}));
    for extension in EXTENSIONS {
        if chance(dice, 92) {
            all["rules"][extension] = rules(dice, extension, &number);
        }
        if all["rules"].get(extension).is_none() || chance(dice, 25) {
            all["diverts"][extension] = conditions(dice, &number);
        }
    }
    for name in QUEUES {
        all["queues"][name] = queue(dice, &number);
    }
    all
}

type Number<'a> = &'a dyn Fn(&mut Dice) -> String;

fn route(dice: &mut Dice, number: Number<'_>) -> Value {
    match dice.below(20) {
        0..12 => json!({ "extension": one(dice, &EXTENSIONS) }),
        12..17 => json!({ "queue": one(dice, &QUEUES) }),
        17 => json!({ "phone": one(dice, &EXTENSIONS) }),
        _ => owned(dice, number),
    }
}

/// A destination of something that has no mailbox of its own.
fn owned(dice: &mut Dice, number: Number<'_>) -> Value {
    let to = destination(dice, number);
    if to == "voicemail" { json!({ "voicemail": one(dice, &EXTENSIONS) }) } else { to }
}

fn destination(dice: &mut Dice, number: Number<'_>) -> Value {
    match dice.below(16) {
        0..4 => json!({ "extension": one(dice, &EXTENSIONS) }),
        4 => json!({ "extension": one(dice, &QUEUES) }),
        5..7 => json!({ "phone": one(dice, &EXTENSIONS) }),
        7 => json!({ "voicemail": one(dice, &["101", "102", "400"]) }),
        8..10 => json!("voicemail"),
        10..12 => json!({ "queue": one(dice, &QUEUES) }),
        12..15 => json!({ "number": number(dice) }),
        _ => json!({ "attendant": "700" }),
    }
}

fn conditions(dice: &mut Dice, number: Number<'_>) -> Value {
    let mut forward = json!({});
    for (word, percent) in
        [("always", 12), ("on_call", 20), ("busy", 45), ("no_answer", 55), ("unreachable", 45)]
    {
        maybe(dice, percent, &mut forward, word, |dice| match dice.below(14) {
            0 => json!("off"),
            _ => destination(dice, number),
        });
    }
    forward
}

/// One that the dialplan can say.
fn schedule(dice: &mut Dice, zones: &[&'static str]) -> Value {
    loop {
        let mut all =
            if chance(dice, 12) { schedules::clock_change(dice) } else { schedules::schedule(dice) };
        if is_held(&all) {
            if all.get("time_zone").is_some() {
                all["time_zone"] = json!(one(dice, zones));
            }
            return all;
        }
    }
}

pub fn is_held(schedule: &Value) -> bool {
    let words = schedule.as_object().unwrap();
    let entries = |word: &str| words.get(word).and_then(Value::as_array).into_iter().flatten();
    let is_plain = |entry: &Value, known: &[&str]| {
        entry.as_object().is_none_or(|entry| entry.keys().all(|word| known.contains(&word.as_str())))
    };
    // The first day of several begins at `from`, the last ends at `to`.
    let is_range = |entry: &Value| {
        let is_named = |word: &str| entry.get(word).is_some();
        entry["day"].as_str().is_some_and(|day| day.contains("..")) && (is_named("from") || is_named("to"))
    };
    let weekly = &schedule["weekly"];
    let is_term = ["first_day", "last_day"].iter().any(|word| weekly.get(word).is_some());
    let over_midnight = |windows: &Value| {
        windows.as_array().into_iter().flatten().filter_map(Value::as_str).any(|window| {
            let (begin, end) = window.split_once('-').unwrap();
            end < begin
        })
    };
    ["weekly", "dates", "monthly", "yearly"].iter().any(|word| words.contains_key(*word))
        && !["holidays", "other"].iter().any(|word| words.contains_key(*word))
        && weekly.get("every").is_none()
        && !(is_term && weekly.as_object().unwrap().values().any(over_midnight))
        && entries("dates").all(|entry| is_plain(entry, &["date"]))
        && entries("monthly")
            .chain(entries("yearly"))
            .all(|entry| is_plain(entry, &["day", "from", "to"]) && !is_range(entry))
}

fn rules(dice: &mut Dice, extension: &str, number: Number<'_>) -> Value {
    let mut rules = json!({});
    let timeouts = [json!(10), json!(15), json!(15), json!(20), json!(25), json!("unlimited")];
    maybe(dice, 88, &mut rules, "ring_timeout", |dice| one(dice, &timeouts));
    if chance(dice, 55) {
        let mut callers = json!({});
        let lists = [&CALLERS[..1], &CALLERS[1..], &CALLERS];
        maybe(dice, 50, &mut callers, "allow", |dice| json!(one(dice, &lists)));
        maybe(dice, 60, &mut callers, "block", |dice| json!(one(dice, &lists)));
        maybe(dice, 60, &mut callers, "block_anonymous", |dice| json!(chance(dice, 70)));
        maybe(dice, 75, &mut callers, "spam", |dice| {
            json!(one(dice, &["ring", "voicemail", "drop", "screen"]))
        });
        rules["callers"] = callers;
    }
    if chance(dice, 6) {
        return rules;
    }
    let names: Vec<String> = WHEN.iter().map(|it| (*it).to_owned()).collect();
    let mut order: Vec<Value> =
        some(dice, &names, 3).iter().map(|when| rule(dice, extension, when, number)).collect();
    if chance(dice, 90) {
        let place = if chance(dice, 92) { order.len() } else { dice.below(order.len() + 1) };
        order.insert(place, rule(dice, extension, "default", number));
    }
    rules["order"] = json!(order);
    rules
}

fn rule(dice: &mut Dice, extension: &str, when: &str, number: Number<'_>) -> Value {
    let mut rule = json!({ "when": when });
    maybe(dice, 8, &mut rule, "enabled", |_| json!(false));
    maybe(dice, 18, &mut rule, "do_not_disturb", |_| json!(true));
    maybe(dice, 90, &mut rule, "forward", |dice| conditions(dice, number));
    if rule.get("do_not_disturb").is_some() && chance(dice, 30) {
        rule["forward"]["always"] = destination(dice, number);
    }
    maybe(dice, 50, &mut rule, "ring", |dice| {
        let mut ring = json!({ "own_extension": chance(dice, 75) });
        maybe(dice, 35, &mut ring, "all_phones", |_| json!(true));
        maybe(dice, 25, &mut ring, "confirm_external", |_| json!(true));
        let others = EXTENSIONS.iter().chain(&DEVICES).chain(&OUTSIDE[..2]);
        let others: Vec<String> =
            others.filter(|it| !it.starts_with(extension)).map(|it| (*it).to_owned()).collect();
        let also: Vec<Value> = some(dice, &others, 3)
            .into_iter()
            .map(|it| {
                let mut leg = json!({ word(&it): it });
                maybe(dice, 65, &mut leg, "delay", |dice| json!(one(dice, &[2, 3, 6, 12])));
                leg
            })
            .collect();
        if !also.is_empty() {
            ring["also"] = json!(also);
        }
        json!({ "simultaneous": ring })
    });
    rule
}

fn word(name: &str) -> &'static str {
    match name {
        it if it.starts_with('+') => "number",
        it if it.ends_with("wp") => "device",
        _ => "extension",
    }
}

fn queue(dice: &mut Dice, number: Number<'_>) -> Value {
    let mut queue = json!({});
    maybe(dice, 70, &mut queue, "dispatch", |_| json!("ring_all"));
    maybe(dice, 85, &mut queue, "agent_ring", |dice| json!(one(dice, &[10, 15])));
    maybe(dice, 70, &mut queue, "require_agents", |dice| json!(chance(dice, 80)));
    let inside = if chance(dice, 15) { 0 } else { EXTENSIONS.len() };
    let names = EXTENSIONS[..inside].iter().chain(&DEVICES[..inside / 2]).chain(&OUTSIDE[..2]);
    let names: Vec<String> = names.map(|it| (*it).to_owned()).collect();
    let agents: Vec<Value> = some(dice, &names, 3)
        .into_iter()
        .map(|it| if word(&it) == "extension" { json!(it) } else { json!({ word(&it): it }) })
        .collect();
    queue["agents"] = json!(agents);
    let to = |dice: &mut Dice| if chance(dice, 7) { json!("off") } else { destination(dice, number) };
    maybe(dice, 60, &mut queue, "failover", to);
    maybe(dice, 45, &mut queue, "unavailable", to);
    maybe(dice, 60, &mut queue, "no_answer", to);
    let limits = |seconds: [u32; 3]| seconds.map(|it| json!(it)).into_iter().chain([json!("unlimited")]);
    let (timeouts, waits): (Vec<Value>, Vec<Value>) =
        (limits([18, 27, 40]).collect(), limits([22, 35, 50]).collect());
    maybe(dice, 70, &mut queue, "ring_timeout", |dice| one(dice, &timeouts));
    maybe(dice, 40, &mut queue, "max_wait", |dice| one(dice, &waits));
    queue
}

fn diverts(dice: &mut Dice, number: Number<'_>) -> Value {
    let mut own = json!({});
    for (word, percent) in [("always", 12), ("busy", 60), ("no_answer", 60), ("unreachable", 60)] {
        maybe(dice, percent, &mut own, word, |dice| match dice.below(12) {
            0 => json!("off"),
            1..4 => json!("voicemail"),
            4..8 => json!({ "extension": one(dice, &DESKPHONES) }),
            8 => json!({ "voicemail": "2002" }),
            _ => json!({ "number": number(dice) }),
        });
    }
    own
}
