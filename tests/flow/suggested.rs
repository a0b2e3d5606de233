//! Assertions that `dialform test --suggest` writes: they hold on what they were made from, and no longer once calls end elsewhere.
//! These worlds are wilder than any that `check` takes; what it takes is in `tests/it/assertions.rs`.
//!
//! `DIALFORM_SUGGESTED=20000` is the large run.

use crate::{
    held::Compiled,
    random::{self, chance, dice::Dice, one},
};
use dialform::{
    assertion::{Epoch, judge, moments, suggest},
    flow::{Assumptions, Call, Caller, Given, Network, Seconds, System, Target, around},
    load::{Files, assertions},
    model::{Assertion, E164, When},
    run::test::{On, written},
};
use jiff::{Timestamp, civil::DateTime, tz::TimeZone};
use serde_json::{Value, json};
use std::{collections::BTreeSet, ops::Range};

const HOME: &str = "alpha";
/// A number that no world has.
const ELSEWHERE: &str = "+19725550999";
const WEEK: Seconds = 7 * 24 * 3600;

fn now() -> Seconds {
    "2026-11-29T01:20:37Z".parse::<Timestamp>().unwrap().as_second()
}

fn year() -> Range<Seconds> {
    now()..now() + 53 * WEEK
}

fn network(compiled: &Compiled) -> Network {
    compiled.network(around(year().start).start..around(year().end).end, Assumptions::default())
}

/// The assertions of a text that was written as a file.
fn read(text: &str) -> Vec<Assertion> {
    let directory = tempfile::tempdir().unwrap();
    std::fs::create_dir(directory.path().join("tests")).unwrap();
    std::fs::write(directory.path().join("tests/alpha.yaml"), text).unwrap();
    let (loaded, findings) = assertions(&Files::Directory(directory.path().to_owned()), &[]);
    assert_eq!(findings, [], "{text}");
    loaded.into_iter().flat_map(|it| it.tests).collect()
}

fn given(network: &Network, assertion: &Assertion) -> Given {
    let mut given = Given::new(network);
    for (name, state) in &assertion.given {
        match name.as_str() {
            "everybody" => given.set_others(state.parse().unwrap()),
            "stratus" => given.set_platform(System::Stratus, state.parse().unwrap()),
            "ctm" => given.set_platform(System::CallTrackingMetrics, state.parse().unwrap()),
            name => panic!("{name}"),
        }
    }
    given
}

/// The instants at which an assertion is judged.
fn instants(network: &Network, to: Target, assertion: &Assertion, zone: &TimeZone) -> Vec<Seconds> {
    let home = network.tenant(HOME).unwrap();
    let any_time = [When::AnyTime];
    let whens = assertion.at.as_deref().unwrap_or(&any_time);
    let of = |when: &When| match when {
        When::Instant(text) => {
            let local = |text: &str| {
                zone.to_ambiguous_zoned(text.parse::<DateTime>().unwrap()).earlier().unwrap().timestamp()
            };
            vec![text.parse::<Timestamp>().unwrap_or_else(|_| local(text)).as_second()]
        }
        when => {
            let found = moments(network, to, home, when, year()).unwrap();
            assert!(!found.is_empty(), "{when} never is");
            found.into_iter().map(|it| it.at).collect()
        }
    };
    whens.iter().flat_map(of).collect()
}

/// The first call that is not what its assertion says.
fn broken(network: &Network, assertions: &[Assertion], zone: &TimeZone) -> Option<String> {
    let home = network.tenant(HOME).unwrap();
    assertions.iter().find_map(|assertion| {
        let name = assertion.call.split('/').next_back().unwrap();
        let to = match name.parse::<E164>() {
            Ok(number) => Target::Number(network.number(&number)?),
            Err(_) => network.called(HOME, name)?,
        };
        let given = given(network, assertion);
        instants(network, to, assertion, zone).into_iter().find_map(|at| {
            let call = Call { to, at, caller: Caller::Unlisted };
            let why = judge(network, (&call, &given), home, &assertion.expect).broken?;
            Some(format!("{} at {at}: {why}", assertion.name))
        })
    })
}

/// How calls end at some instants, in the state of each assertion.
fn ends(network: &Network, assertions: &[Assertion], at: &[Seconds]) -> Vec<BTreeSet<String>> {
    let home = network.tenant(HOME).unwrap();
    let mut all = Vec::new();
    for assertion in assertions {
        let name = assertion.call.split('/').next_back().unwrap();
        let to = match name.parse::<E164>() {
            Ok(number) => network.number(&number).map(Target::Number),
            Err(_) => network.called(HOME, name),
        };
        for at in at {
            let Some(to) = to else { continue };
            let call = Call { to, at: *at, caller: Caller::Unlisted };
            let verdict = network.verdict(&call, &given(network, assertion));
            let ends = verdict.timelines.iter().map(|it| network.end_text(it.end, home));
            // What can go more ways than are looked at is not held.
            all.push(if verdict.is_cut { BTreeSet::new() } else { ends.collect() });
        }
    }
    all
}

/// Changes one thing that calls to a tenant may come to. Numbers stay, and so do schedules.
fn change(dice: &mut Dice, tenant: &mut Value) {
    let elsewhere = json!({ "number": ELSEWHERE });
    let section = one(dice, &["numbers", "numbers", "rules", "queues", "diverts", "forwards"]);
    let Some(objects) = tenant.get_mut(section).and_then(Value::as_object_mut).filter(|it| !it.is_empty())
    else {
        return;
    };
    let key = one(dice, &objects.keys().cloned().collect::<Vec<_>>());
    let object = &mut objects[&key];
    match section {
        "numbers" => {
            object["route"] = if chance(dice, 50) { elsewhere } else { json!({ "extension": "101" }) }
        }
        "forwards" => *object = json!({ "to": ELSEWHERE }),
        "queues" => object["agents"] = json!([]),
        "diverts" => *object = json!({ "always": elsewhere, "no_answer": elsewhere }),
        _ => {
            let order = object["order"].as_array_mut().filter(|it| !it.is_empty());
            if let Some(order) = order {
                let at = dice.below(order.len());
                order[at]["forward"]["always"] = elsewhere;
            }
        }
    }
}

/// What is suggested is accepted and holds, to the last assertion; and whoever makes a call end where it did not end is told.
#[test]
fn what_is_suggested_holds_until_a_call_ends_elsewhere() {
    let worlds: u64 = std::env::var("DIALFORM_SUGGESTED").map_or(300, |it| it.parse().unwrap());
    let (mut held, mut noticed) = (0, 0);
    for seed in 0..worlds {
        let mut world = random::world(seed);
        let zone = world.tenants[0]["time_zone"].as_str().unwrap_or("UTC");
        let zone = TimeZone::get(zone).unwrap();
        let compiled = Compiled::of(&world.tenants);
        let before = network(&compiled);
        let suggestions = suggest(&[Epoch { network: &before, within: year() }], HOME, &zone);
        let text = written(HOME, On::Files, &suggestions, &|_| false);
        if suggestions.iter().all(|it| it.end.is_empty()) {
            continue;
        }
        let assertions = read(&text);
        let known = suggestions.iter().filter(|it| !it.end.is_empty()).count();
        assert_eq!(assertions.len(), known, "world {seed}");
        assert_eq!(broken(&before, &assertions, &zone), None, "world {seed}\n{text}");
        held += assertions.len();

        // The instants that they are about, and others.
        let dice = &mut Dice::new(seed);
        let any =
            (0..12).map(|at| now() + at * 4 * WEEK + i64::try_from(dice.below(4 * 7 * 24 * 3600)).unwrap());
        let any: Vec<Seconds> = any.collect();
        change(dice, &mut world.tenants[0]);
        let compiled = Compiled::of(&world.tenants);
        let after = network(&compiled);
        let (was, is) = (ends(&before, &assertions, &any), ends(&after, &assertions, &any));
        // Where calls at an instant that an assertion is not about end elsewhere, another assertion is about it.
        let other = was.iter().zip(&is).find(|(was, is)| !was.is_empty() && !is.is_subset(was));
        if let Some((was, is)) = other {
            assert_ne!(
                broken(&after, &assertions, &zone),
                None,
                "world {seed}: what ended {was:?} ends {is:?}\n{text}"
            );
            noticed += 1;
        }
    }
    println!(
        "{held} assertions of {worlds} worlds held; {noticed} of {worlds} changes were of matter, and noticed"
    );
    assert!(noticed * 4 >= worlds, "{noticed} of {worlds} changes are of any matter");
}
