//! What a tenant on CallTrackingMetrics may declare. Queues are never taken away: that is a person's work there.

use super::grow::{
    Body, Some1, fields, one_of, outside, removals, section, sections, some_of, texts, values, weekly,
};
use proptest::prelude::*;
use serde_json::{Value, json};

const PEOPLE: &[&str] = &["ana@acme.example", "bo@acme.example", "cy@acme.example"];
const QUEUES: &[&str] = &[
    "400", "401", " Blank", "Bots", "Desk", "East", "Longest", "Night", "Panel", "Sales", "Support", "West",
];
const SCHEDULES: &[&str] = &["blank ", "business-hours", "holidays", "night", "outing", "storm", "unused"];
const RECEIVERS: &[&str] = &[
    "+14105550101",
    "+14105550102",
    "+14105550103",
    "+14105550105",
    "+14105550106",
    "+14105550120",
    "+14105550121",
    "+442079460104",
];

pub fn body(own: &[String], chance: f64) -> BoxedStrategy<(Body, Body, Vec<Value>)> {
    let declared = sections(vec![
        ("schedules", section(&texts(SCHEDULES), chance, |_| schedule())),
        ("receivers", section(&texts(RECEIVERS), chance, receiver)),
        ("queues", section(&texts(QUEUES), chance, queue)),
        ("numbers", section(own, chance, |_| number())),
        ("forwards", section(own, chance, |_| forward())),
    ]);
    let gone = removals(vec![
        // No new one can have a blank at its end.
        ("schedules", texts(&SCHEDULES[1..])),
        ("receivers", texts(RECEIVERS)),
        ("forwards", own.to_vec()),
    ]);
    (declared, gone).prop_map(|(body, (absent, exhaustive))| (body, absent, exhaustive)).boxed()
}

fn schedule() -> Some1 {
    let zones = ["America/New_York", "America/Chicago", "Europe/London"];
    fields(vec![("weekly", weekly()), ("time_zone", one_of(zones.map(Value::from)))])
}

fn onwards(own: &str) -> Vec<Value> {
    let mut to = vec![json!({"menu": "Main menu"}), json!({"smart_router": "Smart"})];
    to.extend(QUEUES.iter().filter(|key| **key != own).map(|key| json!({"queue": key})));
    to.extend(RECEIVERS.iter().filter(|key| **key != own).map(|key| json!({"receiver": key})));
    to
}

fn receiver(own: &str) -> Some1 {
    let no_answer = one_of(onwards(own)).prop_map(|to| json!({"after": 20, "to": to}));
    let extension = one_of([json!("off"), json!({"digits": "204", "delay": 2}), json!({"digits": "0042"})]);
    fields(vec![
        ("label", one_of(["Front desk", "", "Zürich \"2\""].map(Value::from))),
        ("dial_extension", extension),
        ("whisper", one_of([json!("off"), json!("say:Hello"), json!("play:https://acme.example/a.mp3")])),
        ("skip_whisper", any::<bool>().prop_map(Value::from).boxed()),
        ("no_answer", prop_oneof![1 => Just(json!("off")), 3 => no_answer].boxed()),
        ("tagging_hours", one_of(values(&texts(SCHEDULES)))),
    ])
}

fn queue(own: &str) -> Some1 {
    let dispatch = ["ring_all", "round_robin", "sticky", "weighted", "smart", "longest_wait"];
    let mut agents: Vec<Value> = PEOPLE.iter().map(|email| json!({"agent": email})).collect();
    agents[2]["order"] = 2.into();
    let mut no_answer = onwards(own);
    no_answer.extend([json!("off"), json!("voicemail"), json!("hang_up")]);
    no_answer.extend([json!({"geo_router": "By state"}), json!({"voice_bot": "Reception"})]);
    no_answer
        .extend([json!({"agent": "bo@acme.example"}), json!({"token": "CustomPanel custom_panel PNL77"})]);
    no_answer.push(json!({"token": "receiving number sip:desk@acme.example"}));
    fields(vec![
        ("dispatch", one_of(dispatch.map(Value::from))),
        ("agent_ring", one_of([15, 20].map(Value::from))),
        ("max_wait", one_of([30, 60].map(Value::from))),
        ("agents", some_of(agents, 3).prop_map(Value::from).boxed()),
        ("no_answer", one_of(no_answer)),
    ])
}

fn number() -> Some1 {
    let mut to = onwards("");
    to.extend([json!({"geo_router": "By state"}), json!({"agent": "bo@acme.example"})]);
    to.extend([json!({"routing_table": "By area code"}), json!({"voice_bot": "Reception"})]);
    to.push(json!({"token": "receiving numbers +14105550102, sip:desk@acme.example"}));
    let patterns = ["simultaneous", "round_robin", "sequential", "least_connected"];
    let list = (some_of(values(&texts(RECEIVERS)), 3), prop::option::of(one_of(patterns.map(Value::from))));
    let list = list.prop_map(|(mut receivers, pattern)| {
        if receivers.is_empty() {
            receivers.push(RECEIVERS[0].into());
        }
        // A single one has no pattern.
        match pattern.filter(|_| receivers.len() > 1) {
            Some(pattern) => json!({"receivers": receivers, "pattern": pattern}),
            None => json!({"receivers": receivers}),
        }
    });
    let label = one_of(["Google Ads", "", "007"].map(Value::from));
    fields(vec![("label", label), ("route", prop_oneof![one_of(to), list].boxed())])
}

fn forward() -> Some1 {
    let to = one_of(outside().map(Value::from)).prop_map(|to| json!({"to": to}));
    prop_oneof![6 => to, 1 => Just(json!({}))].boxed()
}
