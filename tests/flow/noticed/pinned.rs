//! Changes of which somebody has read what callers notice. Most show a fault that `noticed` once had.

use super::compared::differing;
use crate::held::Compiled;
use dialform::flow::{Assumptions, Called, Noticed, Pair};
use serde_json::{Value, json};

/// A Monday, 00:00 in UTC.
const MONDAY: i64 = 1_794_182_400;
const DAY: i64 = 24 * 3600;

/// What it is about, the tenants before and after, and where something is noticed.
type Case = (&'static str, Vec<Value>, Vec<Value>, &'static [&'static str]);

fn stratus(tenant: &str, rest: Value) -> Value {
    let mut all = json!({ "tenant": tenant, "kind": "stratus", "provider": "stratus", "account": tenant });
    all.as_object_mut().unwrap().extend(rest.as_object().unwrap().clone());
    all
}

fn set(of: &Value, path: &str, value: Value) -> Vec<Value> {
    let mut of = of.clone();
    *of.pointer_mut(path).unwrap() = value;
    vec![of]
}

fn ringing(mut tenant: Value, seconds: u32) -> Value {
    tenant["queues"]["400"]["agent_ring"] = json!(seconds);
    tenant
}

fn cases() -> Vec<Case> {
    let office = stratus(
        "alpha",
        json!({
            "time_zone": "America/Chicago",
            "schedules": { "open": { "weekly": { "mon-fri": ["08:00-17:00"] } } },
            "rules": {
                "101": { "order": [{ "when": "open" }, { "when": "default", "forward": { "always": "voicemail" } }] },
                "102": { "order": [{ "when": "default" }] },
            },
        }),
    );
    let zone = set(&office, "/time_zone", json!("America/New_York"));
    let utc = stratus(
        "alpha",
        json!({ "schedules": {}, "rules": { "102": { "order": [{ "when": "default" }] } } }),
    );

    // Who is red is never rung as an agent.
    let red = stratus(
        "alpha",
        json!({
            "rules": { "103": { "order": [{ "when": "default", "do_not_disturb": true }] } },
            "queues": { "400": { "agents": [{ "device": "9x" }], "ring_timeout": 20, "no_answer": { "phone": "103" } } },
        }),
    );
    let agent = set(&red, "/queues/400/agents", json!([{ "device": "9x" }, "103"]));

    let names_it = stratus(
        "alpha",
        json!({ "rules": {
            "101": { "order": [{ "when": "default", "ring": { "simultaneous": { "all_phones": true } } }] },
            "102": { "order": [{ "when": "default", "ring": { "simultaneous": { "also": [{ "device": "101m" }] } } }] },
        } }),
    );
    let names_none = set(&names_it, "/rules/102/order/0", json!({ "when": "default" }));
    let does_disturb = stratus(
        "alpha",
        json!({
            "rules": { "103": { "order": [{ "when": "default", "do_not_disturb": false }] } },
            "queues": { "400": { "agents": ["103"] } },
        }),
    );
    let is_red = set(&does_disturb, "/rules/103/order/0/do_not_disturb", json!(true));

    // Seven ways, and seven after each: the way on which the rule is in force comes last.
    let agents = json!(["101", "102", "103", "104", "105", "106", "108"]);
    let queue =
        |to: Value| json!({ "dispatch": "smart", "agents": agents, "ring_timeout": 200, "no_answer": to });
    let many = |always: &str, third: bool| {
        let to = if third { json!({ "queue": "402" }) } else { json!("voicemail") };
        let mut queues = json!({ "400": queue(json!({ "queue": "401" })), "401": queue(to) });
        if third {
            queues["402"] = queue(json!("voicemail"));
        }
        vec![stratus(
            "alpha",
            json!({
                "rules": { "107": { "order": [
                    { "when": "somewhen", "forward": { "always": { "number": always } } },
                    { "when": "default", "forward": { "always": { "queue": "400" } } },
                ] } },
                "queues": queues,
            }),
        )]
    };
    let (one, other) = ("+19725550190", "+19725550191");

    let has = |word: &str| json!({ word: { "+12145550100": {} } });
    let moved = |alpha: Value| vec![stratus("alpha", alpha), stratus("beta", has("forwards"))];

    let named = stratus(
        "alpha",
        json!({ "rules": {
            "103": { "ring_timeout": 20, "order": [{ "when": "default" }] },
            "104": { "order": [{ "when": "default", "forward": { "always": { "queue": "103" } } }] },
        } }),
    );
    let both = stratus(
        "alpha",
        json!({ "rules": { "400": { "order": [{ "when": "default" }] } }, "queues": { "400": { "agents": ["101"] } } }),
    );
    vec![
        ("the zone of a tenant is of its schedules", vec![office.clone()], zone, &["alpha/101"]),
        (
            "the zone of a tenant without schedules is nobody's",
            vec![utc.clone()],
            vec![stratus("alpha", json!({ "time_zone": "Asia/Kolkata", "rules": utc["rules"] }))],
            &[],
        ),
        (
            "another minute of opening",
            vec![office.clone()],
            set(&office, "/schedules/open/weekly/mon-fri/0", json!("08:01-17:00")),
            &["alpha/101"],
        ),
        ("who is away as an agent is so before and after", vec![red], agent, &[]),
        (
            "a phone that something names and then nothing",
            vec![names_it],
            names_none,
            &["alpha/101", "alpha/102"],
        ),
        ("an agent's own rules", vec![does_disturb], is_red, &["alpha/103", "alpha/queue 400"]),
        ("more ways than are looked at of many calls", many(one, false), many(other, false), &["alpha/107"]),
        (
            "more ways than are looked at of any call",
            many(one, true),
            many(other, true),
            &["alpha/107, not every course"],
        ),
        ("a number of which nothing is known, whoever has it", moved(has("numbers")), moved(json!({})), &[]),
        (
            "an extension that something names as a queue",
            vec![named.clone()],
            set(&named, "/rules/103/ring_timeout", json!(25)),
            &["alpha/103"],
        ),
        (
            "for how long an agent rings before the round begins anew",
            vec![both.clone()],
            vec![ringing(both.clone(), 10)],
            &["alpha/queue 400"],
        ),
        (
            "an extension and a queue of one name are one place",
            vec![both.clone()],
            vec![stratus("alpha", json!({ "rules": both["rules"] }))],
            &["alpha/queue 400"],
        ),
    ]
}

fn text(noticed: &Noticed) -> String {
    let place = match &noticed.to {
        Called::Number(number) => number.to_string(),
        Called::Extension { tenant, extension } => format!("{tenant}/{extension}"),
        Called::Queue { tenant, queue } => format!("{tenant}/queue {queue}"),
    };
    if noticed.is_limited { format!("{place}, not every course") } else { place }
}

#[test]
fn what_is_noticed_is_what_somebody_has_read() {
    for (what, before, after, expected) in cases() {
        let compiled = [Compiled::of(&before), Compiled::of(&after)];
        let within = MONDAY..MONDAY + 7 * DAY;
        let networks = compiled
            .each_ref()
            .map(|it| it.network(within.start - DAY..within.end + DAY, Assumptions::default()));
        let pair = Pair { before: &networks[0], after: &networks[1] };
        let noticed = pair.noticed(&differing(&compiled[0], &compiled[1]), within);
        let places: Vec<String> = noticed.iter().map(text).collect();
        assert_eq!(places, expected, "{what}");
    }
}
