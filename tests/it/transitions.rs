//! One list of transitions that every provider runs: apply A, then B, then A again, each against the sandbox.
//!
//! A provider needs no code here: `transitions/KIND/` holds its settings and what is live there, its emulation says
//! what each object may touch, and every case of `transitions/list/` that its dialect can hold is run.

pub mod accepts;
pub mod bench;
pub mod case;
mod imported;
mod instants;
pub mod promise;
mod random_live;
mod readings;
mod restored;
mod rig;
pub mod scope;
mod shared;

use crate::contract;
use accepts::accepts;
use case::{Case, Setup, cases};
use dialform::{
    plan::desired,
    provider::{PROVIDERS, Provider},
};
use rig::{Rig, scratch};
use serde_json::Value;
use std::{
    borrow::Cow,
    collections::{BTreeMap, BTreeSet, HashSet},
    fs::File,
    io::{BufWriter, Write},
    path::PathBuf,
    sync::{
        LazyLock, Mutex,
        atomic::{AtomicUsize, Ordering},
    },
    thread,
};

/// Every so many transitions are run; with `DIALFORM_CASES` all.
const SAMPLE: usize = 16;

/// Most of a run is waiting: for a disk, and for a write to become visible.
const THREADS: usize = 8;

/// After every apply the next plan is empty, every step is done, nothing outside the planned objects has changed by a
/// byte, and a plan sends nothing but GET. What is recorded on the way is held against the document it is to follow.
#[test]
fn every_transition_converges_and_keeps_to_its_scope() {
    for Held { setup, cases: mine, .. } in held() {
        for case in cases().iter().filter(|case| !mine.iter().any(|it| it.name == case.name)) {
            println!("{}: skipped, cannot hold `{}`", setup.kind, case.name);
        }
        println!("{}: {} transitions, {} skipped", setup.kind, mine.len(), cases().len() - mine.len());
        assert!(mine.len() >= setup.minimum, "{} runs only {} cases", setup.kind, mine.len());
    }
    let is_held = |case: &&Case| held().iter().any(|it| it.cases.iter().any(|held| held.name == case.name));
    let unrun: Vec<&str> =
        cases().iter().filter(|case| !is_held(case)).map(|case| case.name.as_str()).collect();
    assert!(unrun.is_empty(), "no provider can hold {unrun:?}");
    let step = if std::env::var_os("DIALFORM_CASES").is_some() { 1 } else { SAMPLE };
    let chosen: Vec<(&Setup, Vec<&Case>)> =
        held().iter().map(|it| (&it.setup, it.cases.iter().step_by(step).copied().collect())).collect();
    let runs: Vec<(&Setup, &Case)> =
        chosen.iter().flat_map(|(setup, cases)| cases.iter().map(|case| (*setup, *case))).collect();
    let broken = run_all(&runs);
    assert!(broken.is_empty(), "{} broken:\n{}", broken.len(), broken.join("\n"));
    for (setup, cases) in chosen {
        let traffic = gather(&cases, setup);
        // No request may name a path, a parameter, a key or a value that the document does not have.
        let traffic = std::fs::read_to_string(traffic).unwrap();
        contract::hold(&setup.spec, &setup.base, setup.strict_responses, &traffic);
    }
}

/// A provider, and what it can hold of the list.
pub struct Held {
    pub provider: &'static Provider,
    pub setup: Setup,
    pub cases: Vec<&'static Case>,
}

/// What each provider can hold. Found out once: it takes the loading of every case for every provider.
pub fn held() -> &'static [Held] {
    static HELD: LazyLock<Vec<Held>> = LazyLock::new(|| {
        let held = |provider: &&'static Provider| {
            let setup = Setup::of(provider.kind);
            let cases = cases().iter().filter(|case| accepts(provider, &setup, case)).collect();
            Held { provider, setup, cases }
        };
        PROVIDERS.iter().map(held).collect()
    });
    &HELD
}

/// Runs what one provider can hold of the list, and says how much that was.
pub fn share(provider: &Provider) -> usize {
    let setup = Setup::of(provider.kind);
    let mine: Vec<(&Setup, &Case)> =
        cases().iter().filter(|case| accepts(provider, &setup, case)).map(|case| (&setup, case)).collect();
    let broken = run_all(&mine);
    assert!(broken.is_empty(), "{} broken:\n{}", broken.len(), broken.join("\n"));
    mine.len()
}

/// Runs every case on a few threads and returns what went wrong, provider by provider.
fn run_all(list: &[(&Setup, &Case)]) -> Vec<String> {
    let next = AtomicUsize::new(0);
    let broken = Mutex::new(Vec::new());
    thread::scope(|scope| {
        for _ in 0..THREADS {
            scope.spawn(|| {
                while let Some((setup, case)) = list.get(next.fetch_add(1, Ordering::Relaxed)) {
                    let outcome = Rig::new(setup, case).run();
                    if let Err(why) = outcome {
                        broken
                            .lock()
                            .unwrap()
                            .push(format!("- {} {} `{}`: {why}", setup.kind, setup.reading, case.name));
                    }
                }
            });
        }
    });
    let mut broken = broken.into_inner().unwrap();
    broken.sort();
    broken
}

/// Puts the traffic of all cases into one file; what is the same but for the emulation's port is judged once.
fn gather(list: &[&Case], setup: &Setup) -> PathBuf {
    let path = scratch().join(format!("{}.jsonl", setup.kind));
    let mut all = BufWriter::new(File::create(&path).unwrap());
    let mut seen = HashSet::new();
    for case in list {
        let one = rig::traffic(setup, case);
        for line in std::fs::read_to_string(&one).unwrap().lines() {
            let mut parts = line.split("http://127.0.0.1:");
            let first = parts.next().unwrap_or_default().to_owned();
            if is_beyond(line, setup) {
                continue;
            }
            let rest = parts.map(|part| part.trim_start_matches(|c: char| c.is_ascii_digit()));
            if seen.insert(rest.fold(first, |all, part| all + part)) {
                writeln!(all, "{}", judged(line, setup)).unwrap();
            }
        }
        std::fs::remove_file(one).unwrap();
    }
    all.into_inner().unwrap();
    path
}

/// A write of which the document does not tell.
fn is_beyond(line: &str, setup: &Setup) -> bool {
    setup.beyond.iter().any(|write| {
        let (method, part) = write.split_once(' ').unwrap();
        line.starts_with(&format!("{{\"method\":\"{method}\"")) && line.contains(part)
    })
}

/// An exchange without its answer where the checker cannot judge that, and without the keys that are known to go beyond the
/// document.
fn judged<'a>(line: &'a str, setup: &Setup) -> Cow<'a, str> {
    let Setup { open_answers, beyond_keys, beyond_values, .. } = setup;
    let values = beyond_values.values().flatten();
    if !open_answers.iter().chain(beyond_keys.keys()).chain(values).any(|part| line.contains(part)) {
        return line.into();
    }
    let mut exchange: Value = serde_json::from_str(line).unwrap();
    let path = exchange["path"].as_str().unwrap_or_default().to_owned();
    if exchange["method"] != "GET" && open_answers.iter().any(|open| path.contains(open)) {
        exchange["response"] = Value::Null;
    }
    for (_, key) in beyond_keys.iter().filter(|(part, _)| path.contains(*part)) {
        let update = exchange["method"] == "PUT";
        if let Some(body) = exchange["request"].as_object_mut().filter(|_| update) {
            body.shift_remove(key);
        }
    }
    without_values(&mut exchange["request"], beyond_values);
    exchange.to_string().into()
}

/// Takes out what has a value that the document does not name.
fn without_values(body: &mut Value, beyond: &BTreeMap<String, Vec<String>>) {
    let Some(fields) = body.as_object_mut() else { return };
    fields.retain(|key, value| !beyond.get(key).is_some_and(|values| values.iter().any(|it| value == it)));
    fields.values_mut().for_each(|value| without_values(value, beyond));
}

/// A plan compares what `normalize` returns with what is read back: a second pass that changed anything would be a
/// difference that no apply can remove.
#[test]
fn normalize_is_idempotent() {
    let mut seen = 0;
    for provider in PROVIDERS {
        let setup = Setup::of(provider.kind);
        for case in cases() {
            for tenant in bench::load(&setup, case).iter() {
                let Ok(all) = desired(tenant, &provider.dialect, &|_| None) else { continue };
                for (address, once) in all {
                    let twice = (provider.dialect.normalize)(&address, once.resource.clone());
                    assert_eq!(twice.as_ref(), Ok(&once.resource), "{}: {address}", case.name);
                    seen += 1;
                }
            }
        }
    }
    assert!(seen > 100, "{seen}");
}

/// A case is found by its name, in messages and in the directory of a run.
#[test]
fn names_are_unique() {
    let list = cases();
    let names: BTreeSet<String> = list.iter().map(Case::slug).collect();
    assert_eq!(names.len(), list.len());
}
