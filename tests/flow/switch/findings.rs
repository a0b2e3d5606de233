//! What a sweep finds in tenants that the switch can hold, as calls for it: the command that a finding shows is read as a person
//! reads it, and what is placed is that call. Left out are those that `expected` and `avoided` leave out of all calls.

use super::{avoided::AVOIDED, expected, shown::Shown, world::World, written};
use crate::{
    held::{Compiled, given, target},
    naive::{Call, To},
    random::dice::Dice,
};
use dialform::flow::{self, Assumptions, Example, Fault, SiteId, System, ahead, around, horizon};
use jiff::Timestamp;
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};

/// Every kind that these worlds have calls of, by the name that `check` gives it. A number of a tenant never rings along there,
/// so nothing is a loop by ringing.
const KINDS: [(Fault, &str); 15] = [
    (Fault::DivertLoop, "divert-loop"),
    (Fault::NoAnswerLoop, "no-answer-loop"),
    (Fault::BusyLoop, "busy-loop"),
    (Fault::OutageLoop, "outage-loop"),
    (Fault::NobodyThere, "nobody-there"),
    (Fault::DeadEnd, "dead-end"),
    (Fault::QueueWithoutAgents, "queue-without-agents"),
    (Fault::ForwardComesBack, "forward-comes-back"),
    (Fault::RuleNeverWins, "rule-never-wins"),
    (Fault::HolidayBelowHours, "holiday-below-hours"),
    (Fault::PhoneNeverRings, "phone-never-rings"),
    (Fault::FailoverNever, "failover-never"),
    (Fault::FailoverWithoutRequireAgents, "failover-without-require-agents"),
    (Fault::ForwardInDoubt, "forward-in-doubt"),
    (Fault::MailboxOfAnother, "mailbox-of-another"),
];
/// Minutes of the years 2026 to 2029.
const MINUTES: (i64, usize) = (1_767_225_600, 4 * 365 * 24 * 60);

/// So many findings by world, as many of each kind as of any other.
pub fn cases(seed: u64, most: usize, zones: &[&'static str]) -> Vec<Value> {
    let each = most.div_ceil(KINDS.len());
    let mut by_kind: BTreeMap<Fault, Vec<(usize, Value)>> = BTreeMap::new();
    let mut worlds: Vec<Vec<Value>> = Vec::new();
    while KINDS.iter().any(|(fault, _)| by_kind.get(fault).is_none_or(|it| it.len() < each)) {
        let number = worlds.len();
        assert!(number < 100 + 20 * most, "of some kinds hardly anything is found: {:?}", counted(&by_kind));
        let mut dice = Dice::new(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) ^ (1 << 40) ^ number as u64);
        let world = World::of(&mut dice, zones);
        for (fault, call) in calls(&mut dice, &world, &format!("{seed}/{number}")) {
            by_kind.entry(fault).or_default().push((number, call));
        }
        worlds.push(world.tenants);
    }
    let rounds = (0..each).flat_map(|round| by_kind.values().filter_map(move |it| it.get(round)));
    let mut chosen: BTreeMap<usize, Vec<&Value>> = BTreeMap::new();
    for (number, call) in rounds.take(most) {
        chosen.entry(*number).or_default().push(call);
    }
    chosen.into_iter().map(|(number, calls)| json!({ "tenants": worlds[number], "calls": calls })).collect()
}

fn counted(by_kind: &BTreeMap<Fault, Vec<(usize, Value)>>) -> Vec<(Fault, usize)> {
    KINDS.iter().map(|(fault, _)| (*fault, by_kind.get(fault).map_or(0, Vec::len))).collect()
}

/// One finding of each kind that a world has, as calls that show it.
fn calls(dice: &mut Dice, world: &World, name: &str) -> Vec<(Fault, Value)> {
    let compiled = Compiled::of(&world.tenants);
    let at = MINUTES.0 + 60 * dice.below(MINUTES.1) as i64;
    let sites: BTreeSet<SiteId> = (0..world.tenants.len()).map(SiteId::of).collect();
    let swept = compiled.network(horizon(at), Assumptions::default()).sweep(&sites, ahead(at));
    let mut all = Vec::new();
    for (fault, word) in KINDS {
        let mut found: Vec<_> = swept.found.iter().filter(|it| it.fault == fault).collect();
        while !found.is_empty() {
            let found = found.swap_remove(dice.below(found.len()));
            let Some(example) = &found.example else { continue };
            // What needs no time is so at any.
            let any_time = ahead(at).start + 60 * dice.below(365 * 24 * 60) as i64;
            let call = read(world, example, any_time);
            if AVOIDED.iter().any(|(_, is_so)| is_so(&world.tenants, &call)) {
                continue;
            }
            let Some((expected, flipped)) = expected(&compiled, &call, world.patience) else { continue };
            let network = compiled.network(around(call.at.as_second()), Assumptions::default());
            let placed = flow::Call {
                to: target(&network, &call).unwrap(),
                at: call.at.as_second(),
                caller: call.from.parse().unwrap(),
            };
            let verdict = network.verdict(&placed, &given(&network, &call));
            let shown = Shown { world, network: &network, found, call: &call, verdict: &verdict };
            let text = serde_json::to_string(&world.tenants).unwrap();
            assert!(shown.is_so(), "{name}: {found:?}\n  is not what {call:?} shows:\n  {verdict:?}\n{text}");
            let mut written = written(&format!("{word} {name}"), &call, world.patience, expected, flipped);
            written["finding"] = json!({ "code": word, "message": found.message });
            all.push((fault, written));
            break;
        }
    }
    all
}

/// The call that a finding shows, by its words alone.
fn read(world: &World, example: &Example, any_time: i64) -> Call {
    let (tenant, to) = match example.called.split_once('/') {
        Some((tenant, name)) => (tenant, To::Extension(name.to_owned())),
        None => {
            let has = |it: &&Value| it["numbers"].get(&example.called).is_some();
            let tenant = world.tenants.iter().find(has).unwrap()["tenant"].as_str().unwrap();
            (tenant, To::Number(example.called.clone()))
        }
    };
    let at = Timestamp::strptime("%Y-%m-%dT%H:%M%:z", &example.at).unwrap();
    let (mut given, mut platform, mut full) = (BTreeMap::new(), BTreeMap::new(), BTreeSet::new());
    for words in &example.given {
        let (name, state) = words.split_once('=').unwrap();
        if let Some(queue) = name.strip_prefix("queue:") {
            full.insert(queue.to_owned());
            continue;
        }
        let is_system = System::of_kind(name).is_some();
        let of = if is_system { &mut platform } else { &mut given };
        of.insert(name.to_owned(), state.to_owned());
    }
    Call {
        tenant: tenant.to_owned(),
        to,
        at: if example.is_any_time { Timestamp::from_second(any_time).unwrap() } else { at },
        from: example.from.unwrap_or("+13125550000").to_owned(),
        given,
        mailbox_off: BTreeSet::new(),
        full,
        platform,
    }
}

/// Whoever runs the command of a finding sees what the finding says: of every kind two, also where no switch can be had.
#[test]
fn a_finding_is_what_its_call_shows() {
    let cases = cases(2, 2 * KINDS.len(), &super::world::ZONES);
    let all = cases.iter().flat_map(|case| case["calls"].as_array().unwrap());
    let mut by_code: BTreeMap<&str, usize> = BTreeMap::new();
    all.for_each(|call| *by_code.entry(call["finding"]["code"].as_str().unwrap()).or_default() += 1);
    assert_eq!(by_code, KINDS.map(|(_, code)| (code, 2)).into());
}
