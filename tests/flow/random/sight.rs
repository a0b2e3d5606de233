//! That the worlds have everything in them, and are tenants that people could write.

use super::{calls::IDS, world};
use crate::naive::judge;
use dialform::model::Tenant;
use serde_json::Value;
use std::collections::BTreeMap;

const WORLDS: u64 = 3_000;

/// What is no tenant proves nothing of an evaluator of tenants.
#[test]
fn every_tenant_is_one() {
    for seed in 0..500 {
        for tenant in world(seed).tenants {
            let mut plain = tenant.clone();
            plain.as_object_mut().unwrap().shift_remove("kind");
            if let Err(why) = serde_json::from_value::<Tenant>(plain) {
                panic!("seed {seed}: {why}\n{tenant:#}");
            }
        }
    }
}

/// The same seed is the same world, or a failure could not be had again.
#[test]
fn a_seed_is_a_world() {
    let (one, other) = (world(7), world(7));
    assert_eq!(one.tenants, other.tenants);
    assert_eq!(one.calls, other.calls);
}

const ENDS: [&str; 33] = [
    "answered extension",
    "answered device",
    "answered number",
    "answered agent",
    "answered other tenant",
    "voicemail",
    "leaves",
    "waits",
    "menu attendant",
    "menu menu",
    "menu geo_router",
    "menu smart_router",
    "menu routing_table",
    "menu voice_bot",
    "menu token",
    "rings_on",
    "dropped blocked",
    "dropped spam",
    "dropped busy",
    "dropped no_mailbox",
    "dropped no_answer",
    "dropped hang_up",
    "dropped unavailable",
    "dropped max_wait",
    "dropped platform_down",
    "loop",
    "unknown number",
    "unknown extension",
    "unknown queue",
    "unknown rules",
    "unknown receiver",
    "several timelines",
    "somebody rings later",
];

const WORDS: [&str; 88] = [
    "agent_ring",
    "agents",
    "all_phones",
    "allow",
    "also",
    "always",
    "block",
    "block_anonymous",
    "busy",
    "delay",
    "device",
    "do_not_disturb",
    "enabled",
    "failover",
    "forward",
    "max_wait",
    "no_answer",
    "off",
    "on_call",
    "order",
    "own_extension",
    "require_agents",
    "ring_timeout",
    "spam",
    "unavailable",
    "unlimited",
    "unreachable",
    "weekly",
    "dates",
    "monthly",
    "yearly",
    "holidays",
    "other",
    "time_zone",
    "first_day",
    "last_day",
    "every",
    "days",
    "from",
    "to",
    "hours",
    "24:00",
    "overnight",
    "{}",
    "missing",
    "default below",
    "no default",
    "no order",
    "no agents",
    "empty simultaneous",
    "date",
    "date..date",
    "dateTtime..",
    "..dateTtime",
    "n days",
    "n weeks",
    "n months",
    "n years",
    "every week",
    "of month",
    "last day",
    "nth",
    "last nth",
    "nth of month",
    "mm-dd",
    "mm-dd..mm-dd",
    "over new year",
    "02-29",
    "mon-fri",
    "mon,wed",
    "fri-mon",
    "active",
    "inactive",
    "no to",
    "extension: queue",
    "number of a tenant",
    "simultaneous",
    "round_robin",
    "sequential",
    "least_connected",
    "ring",
    "voicemail",
    "drop",
    "screen",
    "two zones",
    "two kinds",
    "confirm_external",
    "no time_zone",
];

/// A generator that no longer says a word would go on proving nothing about it.
#[test]
fn every_word_every_state_and_every_end_comes() {
    let mut seen = BTreeMap::<String, u32>::new();
    let mut add = |it: &str| *seen.entry(it.to_owned()).or_default() += 1;
    for seed in 0..WORLDS {
        let world = world(seed);
        for tenant in &world.tenants {
            words(tenant, &world.tenants, &mut add);
        }
        for (call, assume) in &world.calls {
            for word in call.given.values() {
                add(&format!("state {word}"));
            }
            add(&format!("from {}", call.from));
            for (kind, word) in &call.platform {
                add(&format!("{kind} {word}"));
            }
            if !call.full.is_empty() {
                add("full");
            }
            if !call.mailbox_off.is_empty() {
                add("mailbox off");
            }
            let courses = judge(&world.tenants, call, assume);
            for course in &courses {
                for end in ends(&course.end) {
                    add(end);
                }
                if course.rings.iter().any(|(_, at)| *at > 0) {
                    add("somebody rings later");
                }
            }
            if courses.len() > 1 {
                add("several timelines");
            }
        }
    }
    let states = "answers answers@5 no_answer rejects rejects@4 on_call_rings on_call_busy offline gone dnd logged_out";
    let platforms = ["stratus", "ctm", "deskphone"]
        .map(|kind| ["up", "down", "switched"].map(|it| format!("{kind} {it}")));
    let callers =
        ["+13125550123", "+13125550177", "+13125550000", "anonymous", "spam"].map(|it| format!("from {it}"));
    let dispatch = "ring_all round_robin tiered_round_robin linear_cascade linear_hunt call_park sticky weighted smart longest_wait";
    let mut wanted: Vec<String> = ENDS.iter().chain(&WORDS).map(|it| (*it).to_owned()).collect();
    wanted.extend(states.split(' ').map(|it| format!("state {it}")));
    wanted.extend(dispatch.split(' ').map(|it| format!("dispatch {it}")));
    wanted.extend(platforms.into_iter().flatten().chain(callers));
    wanted.extend(["full", "mailbox off"].map(str::to_owned));
    let rare: Vec<String> = wanted
        .iter()
        .map(|it| (it, seen.get(it).copied().unwrap_or(0)))
        .filter(|(_, times)| *times < 20)
        .map(|(it, times)| format!("{it}: {times}"))
        .collect();
    assert!(rare.is_empty(), "in {WORLDS} worlds hardly ever: {rare:#?}");
}

/// Where nothing depends on an id, an evaluator that does not know it would pass.
#[test]
fn every_id_decides_calls() {
    let mut decides = BTreeMap::<&str, u32>::new();
    for seed in 0..WORLDS {
        let world = world(seed);
        for (call, assume) in &world.calls {
            for id in assume.keys() {
                let mut without = assume.clone();
                without.remove(id);
                if judge(&world.tenants, call, assume) != judge(&world.tenants, call, &without) {
                    *decides.entry(id).or_default() += 1;
                }
            }
        }
    }
    let rare: Vec<_> =
        IDS.iter().map(|id| (id, decides.get(id).copied().unwrap_or(0))).filter(|it| it.1 < 3).collect();
    assert!(rare.is_empty(), "in {WORLDS} worlds hardly ever: {rare:?}");
}

fn ends(end: &str) -> Vec<&'static str> {
    let (word, name) = end.split_once(' ').unwrap_or((end, ""));
    let who = match name {
        _ if word != "answered" => "",
        it if it.contains('/') => "answered other tenant",
        it if it.starts_with('+') => "answered number",
        it if it.contains('@') => "answered agent",
        it if it.ends_with(|it: char| it.is_ascii_digit()) => "answered extension",
        _ => "answered device",
    };
    let two = format!("{word} {}", name.split(' ').next().unwrap_or_default());
    ENDS.iter().copied().filter(|it| *it == word || *it == two || *it == who).collect()
}

/// What a tenant says, by more than the words alone.
fn words(tenant: &Value, tenants: &[Value], add: &mut impl FnMut(&str)) {
    walk(tenant, add);
    let list =
        |it: &Value| it.as_object().map(|it| it.values().cloned().collect::<Vec<_>>()).unwrap_or_default();
    let schedules = list(&tenant["schedules"]);
    for schedule in &schedules {
        if schedule.as_object().is_some_and(|it| it.is_empty()) {
            add("{}");
        }
        for entry in schedule["dates"].as_array().into_iter().flatten() {
            let text = entry.as_str().or(entry["date"].as_str()).unwrap();
            let (begin, end) = text.split_once("..").unwrap_or((text, ""));
            add(match (begin.contains('T'), end) {
                (true, _) => "dateTtime..",
                (false, "") => "date",
                (false, end) if end.contains('T') => "..dateTtime",
                _ => "date..date",
            });
        }
        for entry in schedule["monthly"].as_array().into_iter().flatten() {
            add(match entry.as_object().map_or(entry, |it| &it["day"]).to_string().trim_matches('"') {
                "last day" => "last day",
                it if it.starts_with("last ") => "last nth",
                it if it.contains(' ') => "nth",
                _ => "of month",
            });
        }
        for entry in schedule["yearly"].as_array().into_iter().flatten() {
            let text = entry.as_str().or(entry["day"].as_str()).unwrap();
            if text.contains("02-29") {
                add("02-29");
            }
            add(match text.split_once("..") {
                Some((first, last)) if last < first => "over new year",
                Some(_) => "mm-dd..mm-dd",
                None if text.contains(' ') => "nth of month",
                None => "mm-dd",
            });
        }
        for (key, windows) in schedule["weekly"].as_object().into_iter().flatten() {
            add(key);
            for window in windows.as_array().into_iter().flatten() {
                let (from, to) = window.as_str().unwrap().split_once('-').unwrap();
                if to == "24:00" {
                    add("24:00");
                }
                if to < from {
                    add("overnight");
                }
            }
        }
    }
    for rules in list(&tenant["rules"]) {
        let Some(order) = rules["order"].as_array() else {
            add("no order");
            continue;
        };
        match order.iter().position(|it| it["when"] == "default") {
            None => add("no default"),
            Some(at) if at + 1 < order.len() => add("default below"),
            Some(_) => {}
        }
        for rule in order {
            if rule["when"] != "default" && tenant["schedules"].get(rule["when"].as_str().unwrap()).is_none()
            {
                add("missing");
            }
            if rule["ring"]["simultaneous"].as_object().is_some_and(|it| !it.contains_key("also"))
                && rule["ring"]["simultaneous"]["own_extension"] != true
                && rule["ring"]["simultaneous"]["all_phones"] != true
            {
                add("empty simultaneous");
            }
        }
    }
    for queue in list(&tenant["queues"]) {
        add(&format!("dispatch {}", queue["dispatch"].as_str().unwrap_or("ring_all")));
        if queue["agents"].as_array().is_none_or(|it| it.is_empty()) {
            add("no agents");
        }
    }
    for forward in list(&tenant["forwards"]) {
        add(match forward["active"].as_bool() {
            Some(true) => "active",
            _ if forward.get("to").is_none() => "no to",
            _ => "inactive",
        });
    }
    for number in tenants.iter().filter_map(|it| it["numbers"].as_object()).flat_map(|it| it.keys()) {
        if tenant.to_string().contains(&format!("\"number\":\"{number}\"")) {
            add("number of a tenant");
        }
    }
    if schedules.iter().any(|it| it.get("time_zone").is_some_and(|zone| *zone != tenant["time_zone"])) {
        add("two zones");
    }
    if tenant.get("time_zone").is_none() {
        add("no time_zone");
    }
    if tenants.iter().any(|it| it["kind"] != tenant["kind"]) {
        add("two kinds");
    }
}

/// Every word that stands somewhere, as a key or as a value.
fn walk(value: &Value, add: &mut impl FnMut(&str)) {
    match value {
        Value::Object(map) => {
            for (word, value) in map {
                add(word);
                if word == "extension" && value.as_str().is_some_and(|it| it.starts_with("40")) {
                    add("extension: queue");
                }
                if word == "every" {
                    let (count, unit) = value.as_str().unwrap().split_once(' ').unwrap();
                    add(&if count == "1" { "every week".to_owned() } else { format!("n {unit}") });
                }
                walk(value, add);
            }
        }
        Value::Array(list) => list.iter().for_each(|it| walk(it, add)),
        Value::String(word) => add(word),
        _ => {}
    }
}
