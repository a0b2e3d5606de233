//! While a transition is applied every call is as it was or as it will be, or the plan had said that it would not be: after
//! each write the account is read as a whole, and its calls are placed.
//!
//! What a plan has not read it cannot promise: extensions, queues and numbers that no file declares may lead to what is written.
//! Those are counted.
//!
//! `DIALFORM_INSTANTS=full` is every transition, another text those with it in their name.

use super::{
    THREADS,
    bench::{Bench, Outcome},
    case::{Case, Setup},
    held, imported,
    promise::read,
    rig::scratch,
};
use crate::workspace::{Workspace, outcome};
use dialform::{
    error::Ending,
    flow::{self, Assumptions, Called, Config, Network, Passage, System},
    model::Tenant,
};
use serde_json::{Map, Value, json};
use std::{
    collections::{BTreeMap, BTreeSet},
    sync::{
        Mutex,
        atomic::{AtomicUsize, Ordering},
    },
    thread,
};

/// Every so many transitions by default.
const SAMPLE: usize = 100;

/// And this one: rules and diverts of one extension change at once, and the plan took what the rules carry along for the last word.
const ALWAYS: &str = "a whole tenant moves";

/// Nothing is stale: what is looked at is what has been written.
const FAULT: &str = "visible-after:0ms";

/// Thursday, 2027-02-04, 15:00 UTC.
const AT: i64 = 1_801_753_200;

#[derive(Debug, Default)]
struct Counts {
    applies: usize,
    writes: usize,
    /// Those with a person's steps, and those whose account is not imported as a whole.
    left_out: usize,
    /// Places that can be called, after each write.
    as_before_or_after: usize,
    said: usize,
    /// Those of them within a step that takes several writes.
    said_within_a_step: usize,
    /// Places that are so for as many writes as the plan says, and in plans of several steps for others.
    counted: usize,
    counted_otherwise: usize,
    /// Neither, of a place that no file declares.
    undeclared: usize,
    /// Those that are another place after the apply.
    changed: usize,
}

/// The account as it can be read.
fn tenant(setup: &Setup, directory: &str, state: &[u8]) -> Option<Tenant> {
    let live: Value = serde_json::from_slice(state).unwrap();
    let words = imported::Bench::new(setup, directory, &live).import().ok()?;
    let mut tenant = Map::new();
    for (key, value) in [
        ("tenant", "case"),
        ("provider", "system"),
        ("account", &setup.account),
        ("time_zone", "America/Chicago"),
    ] {
        tenant.insert(key.into(), value.into());
    }
    for ((section, key), value) in words {
        tenant.entry(section).or_insert_with(|| json!({}))[key] = value;
    }
    Some(serde_json::from_value(Value::Object(tenant)).unwrap())
}

fn network(setup: &Setup, tenant: &Tenant) -> Network {
    let system = System::of_kind(&setup.kind).unwrap();
    let config = Config { tenant, system, is_whole: true, circumstances: None };
    Network::new(&[config], flow::horizon(AT), Assumptions::default())
}

/// For how many writes calls to a place are neither as before nor as after, as the plan says it.
fn said(meanwhile: &Value, place: &Called) -> Option<u64> {
    let is_it = |label: &Value| {
        let label = label.as_str().unwrap();
        match place {
            Called::Number(number) => label.contains(number.as_str()),
            Called::Extension { extension: name, .. } | Called::Queue { queue: name, .. } => {
                ["extension", "queue"].iter().any(|word| {
                    let own = format!("{word} {name}");
                    label == own || label.starts_with(&format!("{own} ("))
                })
            }
        }
    };
    let mut all = meanwhile.as_array().into_iter().flatten();
    let found = all.find(|it| it["to"].as_array().unwrap().iter().any(is_it))?;
    Some(found["writes"].as_u64().unwrap())
}

/// Whether a file before or after says anything of a place.
fn is_declared(case: &Case, place: &Called) -> bool {
    let (sections, key): (&[&str], String) = match place {
        Called::Number(number) => (&["numbers", "forwards"], number.to_string()),
        Called::Extension { extension, .. } => (&["rules", "diverts"], extension.to_string()),
        Called::Queue { queue, .. } => (&["queues"], queue.clone()),
    };
    let has =
        |file: &Map<String, Value>, section: &str| file.get(section).is_some_and(|it| it.get(&key).is_some());
    sections.iter().any(|it| has(&case.a, it) || has(&case.b, it))
}

/// Whether a step has written something and is not done.
fn has_half(out: &str) -> Outcome<bool> {
    let steps = outcome(out).map_err(|error| format!("{error}: {out}"))?["steps"].clone();
    let is_half = |step: &Value| {
        let writes = &step["writes"];
        let has_written =
            ["accepted", "unclear"].iter().any(|it| writes[it].as_array().is_some_and(|it| !it.is_empty()));
        step["status"] != "done" && has_written
    };
    Ok(steps.as_array().into_iter().flatten().any(is_half))
}

fn play(setup: &Setup, case: &Case, counts: &Mutex<Counts>) -> Outcome<()> {
    let workspace = Workspace::at(scratch().join("instants").join(setup.slug()).join(case.slug()));
    if workspace.root().exists() {
        std::fs::remove_dir_all(workspace.root()).unwrap();
    }
    let bench = Bench::new(setup, case, workspace);
    bench.put(setup.live.to_string().as_bytes());
    if !case.a.is_empty() {
        bench.declare(&case.a);
        let critical = read(&bench.plan(FAULT)?).critical;
        bench.apply(&critical, FAULT);
    }
    bench.declare(&case.b);
    let before = bench.bytes();
    let plan = bench.plan(FAULT)?;
    let promised = read(&plan);
    if !promised.manual.is_empty() {
        counts.lock().unwrap().left_out += 1;
        return Ok(());
    }
    let meanwhile = &plan["tenants"][0]["experience"]["meanwhile"];
    let writes = bench.apply(&promised.critical, FAULT).writes;
    let after = bench.bytes();
    let directory = format!("instants-read/{}/{}", setup.slug(), case.slug());
    let (Some(first), Some(last)) = (tenant(setup, &directory, &before), tenant(setup, &directory, &after))
    else {
        counts.lock().unwrap().left_out += 1;
        return Ok(());
    };
    let (first, last) = (network(setup, &first), network(setup, &last));
    let mut unsaid = Vec::new();
    let mut astray: BTreeMap<Called, u64> = BTreeMap::new();
    for done in 1..writes.len() {
        bench.put(&before);
        let run =
            bench.apply(&promised.critical, &format!("{FAULT},429:1,retry-after:0,only:writes,skip:{done}"));
        // Some writes are only tried.
        if run.ending == Ending::Fine {
            continue;
        }
        let is_within_a_step = has_half(&run.out)?;
        let Some(now) = tenant(setup, &directory, &bench.bytes()) else { continue };
        let now = network(setup, &now);
        let passage = Passage::new(vec![&first, &now, &last]);
        let all = passage.passed(&|_| BTreeSet::from([1, 2]), &flow::ahead(AT));
        let mut counts = counts.lock().unwrap();
        for passed in all {
            counts.changed += usize::from(!passed.changed.is_empty());
            if passed.astray.is_none() {
                counts.as_before_or_after += 1;
            } else if said(meanwhile, &passed.to).is_some() {
                counts.said += 1;
                *astray.entry(passed.to).or_default() += 1;
                counts.said_within_a_step += usize::from(is_within_a_step);
            } else if !is_declared(case, &passed.to) {
                counts.undeclared += 1;
                println!("undeclared: {} `{}`: {:?} after {done} writes", setup.kind, case.name, passed.to);
            } else {
                unsaid.push(format!("{:?} after {:?}", passed.to, &writes[..done]));
            }
        }
    }
    let mut counts = counts.lock().unwrap();
    // Of several steps some are carried out side by side, and what a server makes on the way takes writes as well.
    let is_one_step = plan["tenants"][0]["steps"].as_array().unwrap().len() == 1;
    for (place, times) in astray {
        let said = said(meanwhile, &place);
        if said == Some(times) {
            counts.counted += 1;
        } else if is_one_step {
            unsaid.push(format!("{place:?} for {times} writes, said for {said:?}"));
        } else {
            counts.counted_otherwise += 1;
        }
    }
    counts.applies += 1;
    counts.writes += writes.len();
    if unsaid.is_empty() { Ok(()) } else { Err(unsaid.join("\n  ")) }
}

/// A plan of several writes may not send a call astray that it has not named: between two writes people call as well.
#[test]
fn after_each_write_calls_are_as_before_or_as_after_or_it_was_said() {
    let chosen = std::env::var("DIALFORM_INSTANTS").unwrap_or_default();
    // Nobody says what calls do at the toy.
    let real = held().iter().filter(|it| System::of_kind(&it.setup.kind).is_some());
    let all = real.flat_map(|it| it.cases.iter().map(|case| (&it.setup, *case)));
    let list: Vec<(&Setup, &Case)> = match &*chosen {
        "" => all
            .enumerate()
            .filter(|(at, (_, case))| at % SAMPLE == 0 || case.name == ALWAYS)
            .map(|(_, it)| it)
            .collect(),
        "full" => all.collect(),
        part => all.filter(|(_, case)| case.name.contains(part)).collect(),
    };
    let (next, counts) = (AtomicUsize::new(0), Mutex::new(Counts::default()));
    let broken = Mutex::new(Vec::new());
    thread::scope(|scope| {
        for _ in 0..THREADS {
            scope.spawn(|| {
                while let Some((setup, case)) = list.get(next.fetch_add(1, Ordering::Relaxed)) {
                    if let Err(why) = play(setup, case, &counts) {
                        broken.lock().unwrap().push(format!("- {} `{}`:\n  {why}", setup.kind, case.name));
                    }
                }
            });
        }
    });
    let (counts, mut broken) = (counts.into_inner().unwrap(), broken.into_inner().unwrap());
    println!("{counts:?}");
    broken.sort();
    assert!(broken.is_empty(), "{} of {} broken:\n{}", broken.len(), list.len(), broken.join("\n"));
    assert!(counts.applies > 0 && counts.as_before_or_after > 0, "{counts:?}");
}
