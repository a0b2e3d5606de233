//! How many whole timelines a second one core makes, on the tenant of the benchmark: 200 extensions, 50 numbers, 20 queues, 30
//! schedules, over a year.
//!
//! `cargo test --release --test flow -- speed --nocapture` prints the figures; an optimised build has to reach the bound.

use dialform::{
    flow::{
        Assumptions, Call, Caller, Config, Given, Network, Phone, SiteId, Swept, System, Target, ahead,
        horizon,
    },
    model::Tenant,
};
use serde_json::{Value, json};
use std::time::Instant;

/// Whole timelines a second.
const BOUND: f64 = 200_000.0;

pub fn tenant() -> Tenant {
    let schedules = (0..30).map(|i| {
        let schedule = match i % 3 {
            0 => json!({ "weekly": { "mon-fri": [format!("0{}:00-12:00", 7 + i % 3), "13:00-17:00"], "sat": ["09:00-12:00"] } }),
            1 => json!({ "yearly": ["12-24..01-02", "07-04", "4th thu nov"] }),
            _ => json!({ "dates": [format!("2027-{:02}-10..2027-{:02}-14", 1 + i % 12, 1 + i % 12)] }),
        };
        (format!("s{i}"), schedule)
    });
    let extension = |i: usize| (100 + i % 200).to_string();
    let rules = (0..200).map(|i| {
        let when = |n: usize| format!("s{}", (i + n) % 30);
        let order = json!([
            { "when": when(1), "do_not_disturb": true },
            { "when": when(2), "forward": { "always": { "extension": extension(i + 7) } } },
            { "when": when(0), "ring": { "simultaneous": { "own_extension": true, "also": [
                { "extension": extension(i + 1), "delay": 5 }, { "number": "+19725550111", "delay": 10 }] } },
              "forward": { "no_answer": if i % 4 == 0 { json!({ "extension": extension(i + 3) }) } else { json!("voicemail") }, "unreachable": { "number": "+19725550112" } } },
            { "when": "default", "forward": { "no_answer": "voicemail", "busy": { "queue": (1000 + i % 20).to_string() } } },
        ]);
        (extension(i), json!({ "ring_timeout": 20, "order": order, "callers": { "block": ["+13125550123"] } }))
    });
    let queues = (0..20).map(|i| {
        let agents: Vec<String> = (0..6).map(|n| extension(i * 6 + n)).collect();
        let queue = json!({ "dispatch": "ring_all", "agent_ring": 15, "require_agents": true, "agents": agents,
            "failover": { "number": "+19725550199" }, "ring_timeout": 60, "no_answer": { "extension": extension(i) } });
        ((1000 + i).to_string(), queue)
    });
    let numbers = (0..50).map(|i| {
        let route = if i % 2 == 0 {
            json!({ "queue": (1000 + i % 20).to_string() })
        } else {
            json!({ "extension": extension(i * 4) })
        };
        (format!("+12145550{:03}", 100 + i), json!({ "route": route }))
    });
    let map = |entries: Vec<(String, Value)>| entries.into_iter().collect::<serde_json::Map<_, _>>();
    serde_json::from_value(json!({
        "tenant": "bench", "provider": "stratus", "account": "bench", "time_zone": "America/Chicago",
        "schedules": map(schedules.collect()), "rules": map(rules.collect()),
        "queues": map(queues.collect()), "numbers": map(numbers.collect()),
    }))
    .unwrap()
}

#[test]
fn speed() {
    let tenant = tenant();
    let config = || Config { tenant: &tenant, system: System::Stratus, is_whole: true, circumstances: None };
    let start: i64 = 1_798_761_600; // 2027-01-01
    let year = start..start + 365 * 24 * 3600;
    let began = Instant::now();
    let network = Network::new(&[config()], year.clone(), Assumptions::default());
    let compiled = began.elapsed();
    let states = [Phone::NoAnswer, Phone::Answers(5_000), Phone::Offline, Phone::OnCallBusy];
    let (mut timelines, mut rings, mut windows) = (0_usize, 0_usize, 0_usize);
    let began = Instant::now();
    for number in network.numbers() {
        let to = Target::Number(number);
        for window in network.windows(to, year.clone()).iter().step_by(if IS_DEBUG { 60 } else { 1 }) {
            windows += 1;
            let mut given = Given::new(&network);
            for (at, state) in states.iter().enumerate() {
                for extension in (0..200).filter(|it| it % 4 == at) {
                    let party = network.party("bench", &(100 + extension).to_string()).unwrap();
                    given.set_phone(party, *state);
                }
                let call = Call { to, at: window.start, caller: Caller::Unlisted };
                let verdict = network.verdict(&call, &given);
                timelines += verdict.timelines.len();
                rings += verdict.timelines.iter().map(|it| it.rings.len()).sum::<usize>();
            }
        }
    }
    let seconds = began.elapsed().as_secs_f64();
    let rate = timelines as f64 / seconds;
    println!(
        "tables of a year in {compiled:.1?}; {windows} windows, {timelines} timelines with {rings} rings in {seconds:.2} s: \
         {rate:.0} timelines a second"
    );
    assert!(timelines > 1_000 && rings > timelines, "{timelines} timelines, {rings} rings");
    if !IS_DEBUG {
        assert!(rate >= BOUND, "{rate:.0} timelines a second");
    }
}

/// A debug build takes many times as long: there the least is run, and nothing is measured.
const IS_DEBUG: bool = matches!(env!("DIALFORM_PROFILE").as_bytes(), b"debug");

/// Microseconds for each call that a sweep places, beside laying out the hours.
const PER_CALL: f64 = 2.0;

/// Every call to the same tenant, at every time of a year and in every state.
#[test]
fn sweep() {
    let mut tenant = tenant();
    if IS_DEBUG {
        tenant.numbers.retain(|number, _| number.to_string().ends_with('1'));
    }
    let start: i64 = 1_798_761_600; // 2027-01-01
    let config = Config { tenant: &tenant, system: System::Stratus, is_whole: true, circumstances: None };
    let began = Instant::now();
    let network = Network::new(&[config], horizon(start), Assumptions::default());
    let compiled = began.elapsed();
    // The best of a few: somebody else may be at work on the machine.
    let mut seconds = f64::MAX;
    let mut swept = Swept::default();
    for _ in 0..if IS_DEBUG { 1 } else { 5 } {
        let began = Instant::now();
        swept = network.sweep(&[SiteId::of(0)].into(), ahead(start));
        seconds = seconds.min(began.elapsed().as_secs_f64());
    }
    let counted = swept.counted;
    let each = seconds * 1e6 / counted.classes as f64;
    println!(
        "tables of a year in {compiled:.1?}; {} calls placed for {} combinations in {seconds:.2} s: {each:.2} microseconds each; {} found",
        counted.classes,
        counted.combinations,
        swept.found.len()
    );
    assert!(counted.classes > 1_000 && counted.combinations > counted.classes);
    if !IS_DEBUG {
        assert!(each <= PER_CALL, "{each:.2} microseconds");
    }
}
