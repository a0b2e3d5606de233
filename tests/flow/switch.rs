//! Calls for a real phone switch, with what the evaluator says of them: `.ci/switch` places them.
//!
//! - `world`: tenants that such a switch can hold
//! - `calls`: calls at them
//! - `avoided`: where that switch does otherwise, for a reason of its own
//! - `findings`: calls that show what a sweep finds in such tenants; `shown`: whether they do
//! - `noticed`: calls that differ after a change, before and after it
//! - `sight`: whether everything still comes
//!
//! Left out are calls with several timelines, and those in which seven tenths of a second decide.

mod avoided;
mod calls;
mod findings;
mod noticed;
mod shown;
mod sight;
mod world;

use crate::{
    held::{Compiled, courses, given, target},
    naive,
    random::{chance, dice::Dice},
};
use dialform::flow::{self, Assumptions, Given, Network, Phone, Verdict, around, edition};
use serde_json::{Value, json};
use std::path::Path;

/// Of one world. More would be too much alike.
const CALLS: usize = 20;
/// Milliseconds. Nobody can say who is first where two things happen within so little.
const RACE: u32 = 700;
/// Milliseconds before the caller gives up, after which a call is not looked at.
const LATE: u32 = 12_000;

/// A world with its calls, as `.ci/switch` reads it.
fn case(seed: u64, number: usize, most: usize, zones: &[&'static str]) -> Value {
    let mut dice = Dice::new(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) ^ number as u64);
    let world = world::World::of(&mut dice, zones);
    let compiled = Compiled::of(&world.tenants);
    let mut placed = Vec::new();
    for _ in 0..CALLS * 40 {
        if placed.len() == most.min(CALLS) {
            break;
        }
        let call = calls::call(&mut dice, &world);
        if avoided::AVOIDED.iter().any(|(_, is_so)| is_so(&world.tenants, &call)) {
            continue;
        }
        let Some((expected, flipped)) = expected(&compiled, &call, world.patience) else { continue };
        // Where nothing of section 9 matters, less can be wrong; what matters least often is wanted most.
        let matters =
            |of: &[&str]| flipped.as_object().unwrap().keys().any(|point| of.contains(&point.as_str()));
        let percent = match world.is_clock {
            true if matters(&["U12", "U27"]) => 100,
            true if matters(&["U10", "U11", "U13"]) => 30,
            true => 8,
            false if flipped.as_object().unwrap().is_empty() => 50,
            false => 100,
        };
        if !chance(&mut dice, percent) {
            continue;
        }
        let name = format!("{seed}/{number}/{}", placed.len());
        placed.push(written(&name, &call, world.patience, expected, flipped));
    }
    json!({ "tenants": world.tenants, "calls": placed })
}

/// A call, as `.ci/switch` reads it.
fn written(name: &str, call: &naive::Call, patience: u32, expected: Value, flipped: Value) -> Value {
    json!({
        "name": name,
        "tenant": call.tenant,
        "to": match &call.to { naive::To::Number(it) | naive::To::Extension(it) => it },
        "at": call.at.as_second(),
        "from": call.from,
        "given": call.given,
        "mailbox_off": call.mailbox_off,
        "full": call.full,
        "platform": call.platform,
        "patience": patience / 1000,
        "expect": expected,
        "flipped": flipped,
    })
}

/// What the evaluator says, and what it says with each point that matters taken the other way. None: it is left out.
fn expected(compiled: &Compiled, call: &naive::Call, patience: u32) -> Option<(Value, Value)> {
    let horizon = around(call.at.as_second());
    let network = compiled.network(horizon.clone(), Assumptions::default());
    let placed = flow::Call {
        to: target(&network, call)?,
        at: call.at.as_second(),
        caller: call.from.parse().unwrap(),
    };
    let found = given(&network, call);
    let verdict = network.verdict(&placed, &found);
    let [timeline] = verdict.timelines.as_slice() else { return None };
    let last = timeline.rings.iter().map(|ring| ring.from).chain(timeline.at).max().unwrap_or(0);
    if last > patience - LATE || is_race(&network, call, &placed, &found, &verdict) {
        return None;
    }
    let shown = |network: &Network, verdict: &Verdict| -> Vec<Value> {
        courses(network, call, verdict).iter().map(course).collect()
    };
    let here = shown(&network, &verdict);
    let mut flipped = json!({});
    for point in verdict.assumed.iter() {
        let network = compiled.network(horizon.clone(), Assumptions::default().flipped(point));
        let there = shown(&network, &network.verdict(&placed, &given(&network, call)));
        if there != here {
            flipped[point.id()] = json!(there);
        }
    }
    Some((here.into_iter().next()?, flipped))
}

/// Whether it comes out otherwise when one lifts or refuses a little earlier or later.
fn is_race(
    network: &Network,
    call: &naive::Call,
    placed: &flow::Call,
    found: &Given,
    verdict: &Verdict,
) -> bool {
    let outline = |verdict: &Verdict| -> Vec<_> {
        let of = |it: &flow::Timeline| (it.end, it.rings.iter().map(|ring| ring.party).collect::<Vec<_>>());
        verdict.timelines.iter().map(of).collect()
    };
    call.given.iter().any(|(name, state)| {
        let (tenant, name) = name.split_once('/').unwrap_or((&call.tenant, name));
        let Some(party) = network.party(tenant, name) else { return false };
        let moved = |ms: u32| {
            Some(match state.parse().unwrap() {
                Phone::Answers(after) => Phone::Answers((after + ms).saturating_sub(RACE)),
                Phone::Rejects(after) => Phone::Rejects((after + ms).saturating_sub(RACE)),
                _ => return None,
            })
        };
        [moved(0), moved(2 * RACE)].into_iter().flatten().any(|phone| {
            let mut other = found.clone();
            other.set_phone(party, phone);
            outline(&network.verdict(placed, &other)) != outline(verdict)
        })
    })
}

fn course(course: &naive::Course) -> Value {
    let seconds = |ms: u64| ms as f64 / 1000.0;
    let rings: Vec<Value> = course.rings.iter().map(|(who, from)| json!([who, seconds(*from)])).collect();
    json!({ "end": course.end, "at": course.at.map(seconds), "rings": rings })
}

/// So many calls, by world.
fn cases(seed: u64, calls: usize, zones: &[&'static str]) -> Vec<Value> {
    let (mut cases, mut count, mut number) = (Vec::new(), 0, 0);
    while count < calls {
        let case = case(seed, number, calls - count, zones);
        number += 1;
        assert!(number < 100 + calls, "nearly every call is left out");
        let placed = case["calls"].as_array().unwrap().len();
        if placed > 0 {
            count += placed;
            cases.push(case);
        }
    }
    cases
}

/// A switch that is never asked agrees with everybody: everything that such a switch can show is among two thousand calls. And
/// `DIALFORM_SWITCH_CASES=DIR` writes some for `.ci/switch`.
#[test]
fn cases_for_a_switch() {
    sight::everything_comes(&cases(1, 2_000, &world::ZONES));
    let env = |name: &str| std::env::var(name).ok();
    let Some(folder) = env("DIALFORM_SWITCH_CASES") else { return };
    let number = |name: &str| env(name).map(|it| it.parse::<usize>().unwrap());
    let seed = number("DIALFORM_SWITCH_SEED").unwrap_or(1);
    let calls = number("DIALFORM_SWITCH_CALLS").unwrap_or(1_000);
    let theirs = env("DIALFORM_SWITCH_EDITION").unwrap_or_default();
    let is_held = |zone: &&str| theirs == edition() || flow::changed(zone).is_none();
    let zones: Vec<&str> = world::ZONES.into_iter().filter(is_held).collect();
    let findings = number("DIALFORM_SWITCH_FINDINGS").unwrap_or(50);
    let noticed = number("DIALFORM_SWITCH_NOTICED").unwrap_or(6);
    std::fs::create_dir_all(&folder).unwrap();
    let mut all = cases(seed as u64, calls, &zones);
    all.extend(findings::cases(seed as u64, findings, &zones));
    all.extend(noticed::cases(seed as u64, noticed, &zones));
    for (number, case) in all.iter().enumerate() {
        std::fs::write(Path::new(&folder).join(format!("{number:05}.json")), case.to_string()).unwrap();
    }
    let left_out: Vec<&str> = world::ZONES.into_iter().filter(|zone| !zones.contains(zone)).collect();
    let left_out = if left_out.is_empty() { "none".to_owned() } else { left_out.join(", ") };
    let ours = edition();
    let about = format!(
        "seed {seed}; time-zone tables: the evaluator has {ours}, the switch {theirs}; zones left out: {left_out}\n"
    );
    std::fs::write(Path::new(&folder).join("about.txt"), about).unwrap();
}
