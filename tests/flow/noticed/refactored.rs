//! What somebody does to the words of a configuration and not to its calls: callers notice nothing of it.
//!
//! `DIALFORM_REFACTORED=1000` is the large run.

use super::compared::{differing, everything};
use crate::{
    held::Compiled,
    naive,
    random::{self, World, chance, dice::Dice, one},
    swept::{DAYS, all_instants, entries},
};
use dialform::flow::{Assumptions, Pair};
use jiff::Timestamp;
use serde_json::{Value, json};
use std::collections::BTreeMap;

const DAY: i64 = 24 * 3600;

/// False: there is nothing in these tenants that could be written so.
type Refactoring = fn(&mut Dice, &mut [Value], i64) -> bool;

const REFACTORINGS: [(&str, Refactoring); 6] = [
    ("renamed", renamed),
    ("window split", window_split),
    ("schedule split", schedule_split),
    ("disjoint rules swapped", swapped),
    ("forward moved", forward_moved),
    ("default said", default_said),
];

/// One of some keys of a section.
fn key(dice: &mut Dice, tenant: &Value, section: &str, is_it: impl Fn(&Value) -> bool) -> Option<String> {
    let all: Vec<String> =
        entries(tenant, section).filter(|(_, it)| is_it(it)).map(|(key, _)| key.clone()).collect();
    (!all.is_empty()).then(|| one(dice, &all))
}

fn orders(tenant: &mut Value) -> impl Iterator<Item = &mut Vec<Value>> {
    let rules = tenant.get_mut("rules").and_then(Value::as_object_mut).into_iter().flatten();
    rules.filter_map(|(_, it)| it.get_mut("order")?.as_array_mut())
}

/// A schedule with all its uses, or the label of a number. An extension, a queue and a device are whom people call and who
/// rings: they are not only names.
fn renamed(dice: &mut Dice, tenants: &mut [Value], _: i64) -> bool {
    let at = dice.below(tenants.len());
    let tenant = &mut tenants[at];
    if chance(dice, 20) {
        let Some(number) = key(dice, tenant, "numbers", |_| true) else { return false };
        tenant["numbers"][number]["label"] = json!("Reception, second floor");
        return true;
    }
    let Some(name) = key(dice, tenant, "schedules", |_| true) else { return false };
    let it = tenant["schedules"].as_object_mut().unwrap().shift_remove(&name).unwrap();
    tenant["schedules"]["Opening hours"] = it;
    for rule in orders(tenant).flatten() {
        if rule["when"] == *name {
            rule["when"] = json!("Opening hours");
        }
    }
    true
}

/// A window in two. Not one over midnight: what is left of it after midnight belongs to the day before (U13), which no window that
/// begins at midnight does.
fn halves(dice: &mut Dice, window: &str) -> Option<[String; 2]> {
    let (from, to) = window.split_once('-')?;
    let minutes = |it: &str| Some(it[..2].parse::<usize>().ok()? * 60 + it[3..].parse::<usize>().ok()?);
    let (first, last) = (minutes(from)?, minutes(to)?);
    if last < first + 2 {
        return None;
    }
    let middle = first + 1 + dice.below(last - first - 1);
    let middle = format!("{:02}:{:02}", middle / 60, middle % 60);
    Some([format!("{from}-{middle}"), format!("{middle}-{to}")])
}

/// The windows of a week, each list with its key.
fn windows(schedule: &Value) -> Vec<(String, Vec<String>)> {
    let lists = entries(schedule, "weekly").filter_map(|(days, it)| {
        let list = it.as_array()?.iter().map(|it| it.as_str().unwrap().to_owned());
        Some((days.clone(), list.collect()))
    });
    lists.collect()
}

fn window_split(dice: &mut Dice, tenants: &mut [Value], _: i64) -> bool {
    let at = dice.below(tenants.len());
    let is_weekly = |it: &Value| !windows(it).is_empty();
    let Some(name) = key(dice, &tenants[at], "schedules", is_weekly) else { return false };
    let schedule = &mut tenants[at]["schedules"][&name];
    let (days, list) = one(dice, &windows(schedule));
    let place = dice.below(list.len());
    let Some(parts) = list.get(place).and_then(|it| halves(dice, it)) else { return false };
    let split: Vec<String> = [&list[..place], &parts, &list[place + 1..]].concat();
    schedule["weekly"][&days] = json!(split);
    true
}

/// A schedule in two, and every rule with it in two of equal content, one below the other.
fn schedule_split(dice: &mut Dice, tenants: &mut [Value], _: i64) -> bool {
    let at = dice.below(tenants.len());
    let tenant = &mut tenants[at];
    let is_weekly = |it: &Value| !windows(it).is_empty();
    let Some(name) = key(dice, tenant, "schedules", is_weekly) else { return false };
    let mut own = tenant["schedules"][&name].clone();
    let (days, list) = one(dice, &windows(&own));
    let (first, rest) = match list.as_slice() {
        [] => return false,
        [only] => match halves(dice, only) {
            Some([first, second]) => (first, vec![second]),
            None => return false,
        },
        [first, rest @ ..] => (first.clone(), rest.to_vec()),
    };
    // What a term says of weeks holds for both.
    let mut other = json!({ "weekly": own["weekly"] });
    for word in ["time_zone", "enabled"] {
        if let Some(value) = own.get(word) {
            other[word] = value.clone();
        }
    }
    let lists: Vec<String> =
        windows(&own).into_iter().map(|(days, _)| days).filter(|it| *it != days).collect();
    lists.iter().for_each(|it| drop(other["weekly"].as_object_mut().unwrap().shift_remove(it)));
    other["weekly"][&days] = json!(rest);
    own["weekly"][&days] = json!([first]);
    tenant["schedules"][&name] = own;
    tenant["schedules"]["afternoon"] = other;
    for order in orders(tenant) {
        let all = std::mem::take(order);
        for rule in all {
            let is_it = rule["when"] == *name;
            order.push(rule.clone());
            if is_it {
                order.push(rule);
                order.last_mut().unwrap()["when"] = json!("afternoon");
            }
        }
    }
    true
}

/// Two rules, one below the other, that are never in force at one time; or one that is switched off.
fn swapped(dice: &mut Dice, tenants: &mut [Value], from: i64) -> bool {
    let at = dice.below(tenants.len());
    let tenant = tenants[at].clone();
    let world = World { tenants: vec![tenant.clone()], calls: Vec::new() };
    let instants = all_instants(&world, Timestamp::from_second(from).unwrap());
    let says = ["weekly", "dates", "monthly", "yearly", "holidays", "other"];
    let is_off = |rule: &Value| rule["enabled"] == false;
    let are_disjoint = |a: &Value, b: &Value| {
        let schedule = |rule: &Value| tenant["schedules"].get(rule["when"].as_str().unwrap());
        let (Some(a), Some(b)) = (schedule(a), schedule(b)) else { return false };
        let is_known = |it: &Value| says.iter().any(|word| it.get(*word).is_some());
        let zone = |it: &Value| {
            it["time_zone"].as_str().or(tenant["time_zone"].as_str()).unwrap_or("UTC").to_owned()
        };
        let is_so = |it: &Value, at| naive::is_in_force(it, &zone(it), at);
        is_known(a) && is_known(b) && !instants.iter().any(|at| is_so(a, *at) && is_so(b, *at))
    };
    let mut places = Vec::new();
    for (extension, rules) in entries(&tenant, "rules") {
        let order: Vec<&Value> = rules["order"].as_array().into_iter().flatten().collect();
        for (place, pair) in order.windows(2).enumerate() {
            // Default, switched off or not, is the last that counts.
            if pair.iter().any(|it| it["when"] == "default") {
                break;
            }
            if pair.iter().any(|it| is_off(it)) || are_disjoint(pair[0], pair[1]) {
                places.push((extension.clone(), place));
            }
        }
    }
    if places.is_empty() {
        return false;
    }
    let (extension, place) = one(dice, &places);
    tenants[at]["rules"][extension]["order"].as_array_mut().unwrap().swap(place, place + 1);
    true
}

/// From `diverts` into the Default rule, or back.
fn forward_moved(dice: &mut Dice, tenants: &mut [Value], _: i64) -> bool {
    let at = dice.below(tenants.len());
    let tenant = &mut tenants[at];
    if tenant["kind"] != "stratus" {
        return false;
    }
    let has_default = |rules: &Value| {
        rules["order"].as_array().is_some_and(|order| order.iter().any(|it| it["when"] == "default"))
    };
    if chance(dice, 60) {
        let Some(extension) = key(dice, tenant, "diverts", |_| true) else { return false };
        if has_default(&tenant["rules"][&extension]) {
            return false;
        }
        let forward = tenant["diverts"].as_object_mut().unwrap().shift_remove(&extension).unwrap();
        let rules = &mut tenant["rules"][&extension];
        if rules["order"].is_null() {
            rules["order"] = json!([]);
        }
        rules["order"].as_array_mut().unwrap().push(json!({ "when": "default", "forward": forward }));
        return true;
    }
    // A device counts for its extension wherever it is named: a rule that names one stays.
    let is_plain = |rule: &Value| {
        rule["when"] == "default"
            && rule.as_object().unwrap().keys().all(|it| ["when", "forward"].contains(&it.as_str()))
    };
    let is_last_plain = |rules: &Value| {
        let order: Vec<&Value> = rules["order"].as_array().into_iter().flatten().collect();
        let default = order.iter().position(|it| it["when"] == "default");
        default.is_some_and(|at| at + 1 == order.len() && is_plain(order[at]))
    };
    let Some(extension) = key(dice, tenant, "rules", is_last_plain) else { return false };
    let rule = tenant["rules"][&extension]["order"].as_array_mut().unwrap().pop().unwrap();
    tenant["diverts"][&extension] = rule.get("forward").cloned().unwrap_or(json!({}));
    true
}

/// What is so where nothing is said, said.
fn default_said(dice: &mut Dice, tenants: &mut [Value], _: i64) -> bool {
    let at = dice.below(tenants.len());
    let tenant = &mut tenants[at];
    let say = |dice: &mut Dice, tenant: &mut Value, section: &str, word: &str, value: Value| {
        let Some(name) = key(dice, tenant, section, |it| it.get(word).is_none()) else { return false };
        tenant[section][name][word] = value;
        true
    };
    match dice.below(7) {
        0 => say(dice, tenant, "rules", "ring_timeout", json!(60)),
        1 => say(dice, tenant, "queues", "agent_ring", json!(20)),
        2 => say(dice, tenant, "queues", "dispatch", json!("ring_all")),
        3 => say(dice, tenant, "queues", "require_agents", json!(false)),
        4 => say(dice, tenant, "diverts", "busy", json!("off")),
        5 => {
            let Some(rule) = orders(tenant).flatten().find(|it| it.get("enabled").is_none()) else {
                return false;
            };
            rule["enabled"] = json!(true);
            true
        }
        _ => {
            let queues = tenant.get_mut("queues").and_then(Value::as_object_mut).into_iter().flatten();
            let agents = queues.filter_map(|(_, it)| it.get_mut("agents")?.as_array_mut()).flatten();
            let short: Vec<&mut Value> = agents.filter(|it| it.is_string()).collect();
            let is_there = !short.is_empty();
            for agent in short {
                let word = if agent.as_str().unwrap().contains('@') { "agent" } else { "extension" };
                *agent = json!({ word: agent.take() });
            }
            is_there
        }
    }
}

/// An office with opening hours, lunch, days off, a queue and somebody on call.
fn office() -> Vec<Value> {
    let also = json!([{ "extension": "103", "delay": 5 }, { "device": "101wp", "delay": 2 }]);
    let closed = json!({ "always": { "voicemail": "400" } });
    let order = |first: Value| {
        json!([
            { "when": "holidays", "forward": closed },
            { "when": "lunch", "do_not_disturb": true },
            { "when": "evening", "forward": { "no_answer": { "number": "+19725550190" } } },
            first,
            { "when": "default", "forward": { "no_answer": "voicemail", "unreachable": { "number": "+19725550191" } } },
        ])
    };
    let open = json!({
        "when": "open",
        "forward": { "busy": { "queue": "400" }, "no_answer": { "extension": "102" } },
        "ring": { "simultaneous": { "own_extension": true, "all_phones": true, "also": also } },
    });
    let rest = json!({ "when": "open", "forward": { "no_answer": { "queue": "400" } } });
    vec![json!({
        "tenant": "alpha", "kind": "stratus", "provider": "stratus", "account": "office", "time_zone": "America/Chicago",
        "numbers": {
            "+12145550100": { "label": "Main", "route": { "extension": "101" } },
            "+12145550101": { "label": "Sales", "route": { "queue": "400" } },
            "+12145550102": { "label": "Fax", "route": { "extension": "104" } },
        },
        "forwards": { "+12145550100": { "to": "+19725550192", "active": false } },
        "schedules": {
            "open": { "weekly": { "mon-fri": ["08:00-12:00", "13:00-17:00"], "sat": ["09:00-12:00"] } },
            "lunch": { "weekly": { "mon-fri": ["12:00-13:00"] } },
            "evening": { "weekly": { "mon-fri": ["17:00-22:00"] } },
            "holidays": { "yearly": ["12-25", "01-01", "4th thu nov"] },
        },
        "rules": {
            "101": { "ring_timeout": 20, "callers": { "block": ["+13125550123"], "spam": "voicemail" }, "order": order(open) },
            "102": { "ring_timeout": 25, "order": order(rest.clone()) },
            "103": { "order": [rest, { "when": "evening", "do_not_disturb": true }] },
        },
        "diverts": { "103": { "no_answer": { "extension": "101" } }, "104": { "no_answer": { "number": "+19725550190" } } },
        "queues": {
            "400": {
                "dispatch": "linear_hunt", "agent_ring": 15, "require_agents": true, "ring_timeout": 60,
                "agents": ["101", { "extension": "102", "order": 2 }, "103"],
                "failover": { "extension": "104" }, "no_answer": "voicemail",
            },
        },
    })]
}

/// One to three refactorings of random configurations, and of an office.
#[test]
fn of_a_refactoring_callers_notice_nothing() {
    let most: usize = std::env::var("DIALFORM_REFACTORED").ok().map_or(48, |it| it.parse().unwrap());
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    let (mut done, mut looked, mut placed) = (0, 0, 0);
    for seed in 0.. {
        if done == most {
            break;
        }
        let mut dice = Dice::new(seed ^ (1 << 41));
        let world = random::world(seed);
        let before = if seed % 4 == 0 { office() } else { world.tenants };
        let from = world.calls[0].0.at.as_second().div_euclid(60) * 60;
        let (mut after, mut what) = (before.clone(), Vec::new());
        // As many of each as of any other.
        for turn in 0..1 + dice.below(3) {
            let (word, refactor) = REFACTORINGS[(seed as usize + turn) % REFACTORINGS.len()];
            let mut next = after.clone();
            if refactor(&mut dice, &mut next, from) {
                assert_ne!(next, after, "{word} does something");
                (after, what) = (next, [what, vec![word]].concat());
            }
        }
        if what.is_empty() {
            continue;
        }
        let compiled = [Compiled::of(&before), Compiled::of(&after)];
        let within = from..from + DAYS * DAY;
        let horizon = within.start - 2 * DAY..within.end + 2 * DAY;
        let [one, other] = [0, 1].map(|at| compiled[at].network(horizon.clone(), Assumptions::default()));
        let pair = Pair { before: &one, after: &other };
        let objects = differing(&compiled[0], &compiled[1]);
        let few = pair.noticed_seen(&objects, within.clone(), &mut |_, _, _, _, _| looked += 1);
        let all = pair.noticed_seen(&everything(&compiled), within, &mut |_, _, _, _, _| placed += 1);
        for noticed in few.iter().chain(&all) {
            let text = |tenants| serde_json::to_string(tenants).unwrap();
            assert!(
                noticed.differences.is_empty(),
                "{seed}: {what:?} is noticed: {noticed:?}\n{}\n{}",
                text(&before),
                text(&after)
            );
        }
        what.iter().for_each(|word| *counts.entry(word).or_default() += 1);
        done += 1;
    }
    println!(
        "{done} refactored, {looked} calls placed twice, {placed} where everything is looked at; {counts:?}"
    );
    assert!(REFACTORINGS.iter().all(|(word, _)| counts.contains_key(word)) && looked > 0, "{counts:?}");
}
