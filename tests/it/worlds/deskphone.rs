//! What a tenant on Deskphone may declare: the four diverts of each extension.

use super::grow::{Body, Some1, fields, one_of, outside, section, sections, texts};
use proptest::prelude::*;
use serde_json::{Value, json};

const PEOPLE: &[&str] = &["0101", "101", "102", "103", "104", "105"];

pub fn body(chance: f64) -> BoxedStrategy<(Body, Body, Vec<Value>)> {
    let declared = sections(vec![("diverts", section(&texts(PEOPLE), chance, diverts))]);
    declared.prop_map(|body| (body, Body::new(), Vec::new())).boxed()
}

fn diverts(own: &str) -> Some1 {
    fields(vec![
        ("always", one_of(destinations(own, true))),
        ("busy", one_of(destinations(own, false))),
        ("no_answer", one_of(destinations(own, false))),
        ("unreachable", one_of(unreachable(own))),
    ])
}

/// What stands in the dashboard in another spelling can be written so there, and nowhere else.
fn unreachable(own: &str) -> Vec<Value> {
    let mut to = destinations(own, false);
    to.extend((own == "105").then(|| json!({"token": "+44 7700 900123"})));
    to
}

fn destinations(own: &str, onwards: bool) -> Vec<Value> {
    let mut to = vec![json!("off"), json!("voicemail")];
    to.extend(outside().map(|number| json!({"number": number})));
    to.extend(PEOPLE.iter().filter(|it| **it != own).map(|extension| json!({"voicemail": extension})));
    // Extensions that divert every call to each other are an error: always is to one further down the list.
    let from = PEOPLE.iter().position(|extension| *extension == own).map_or(0, |at| at + 1);
    let people = if onwards { &PEOPLE[from..] } else { PEOPLE };
    to.extend(people.iter().filter(|it| **it != own).map(|extension| json!({"extension": extension})));
    to
}
