//! A transition before anything goes wrong: what is live, what is to be done, and what that comes to.

use super::same;
use crate::{
    served::footprint,
    transitions::{
        bench::{Bench, Outcome},
        case::{Case, Setup},
        promise::{self, Promise},
        scope,
    },
    workspace::{Workspace, outcome},
};
use dialform::error::Ending;
use serde_json::{Map, Value, json};
use std::{
    collections::{BTreeMap, HashMap},
    sync::{Arc, Mutex, OnceLock},
    time::Duration,
};

/// Seconds.
const SETTLE: u32 = 3;
const TIMEOUT: u32 = 10;
const RETRIES: u32 = 2;
/// A run without faults shares two cores with all the others.
const ORDINARY: Duration = Duration::from_secs(30);

/// Without faults; every write is visible at once.
pub const FAITHFUL: &str = "visible-after:0ms";

/// One request at a time, so that the same write is the same number in every run.
fn limits() -> Map<String, Value> {
    let limits = json!({
        "concurrency": 1, "requests_per_second": 100_000, "settle": SETTLE, "timeout": TIMEOUT, "retries": RETRIES,
    });
    Map::from_iter([("limits".to_owned(), limits)])
}

/// What the limits allow a run in which so many steps meet a fault.
pub fn bound(steps: usize) -> Duration {
    // The back-off starts at half a second, doubles, and the jitter adds as much again.
    let backoff = Duration::from_secs(1) * ((1 << RETRIES) - 1);
    let write = Duration::from_secs(u64::from(TIMEOUT)) + backoff + Duration::from_secs(u64::from(SETTLE));
    // What is not sure to have happened is sent once more.
    ORDINARY + write * 2 * u32::try_from(steps).unwrap()
}

/// One step as `apply` reports it.
#[derive(Debug)]
pub struct Reported {
    pub address: String,
    pub action: String,
    pub status: String,
    pub text: String,
}

/// What `apply` reports.
pub fn reported(out: &str) -> Outcome<Vec<Reported>> {
    let said = outcome(out).map_err(|error| format!("{error}: {out}"))?;
    let steps = said["steps"].as_array().ok_or_else(|| format!("apply said {said}"))?;
    let word = |step: &Value, name: &str| step[name].as_str().unwrap_or_default().to_owned();
    let step = |step: &Value| Reported {
        address: word(step, "address"),
        action: word(step, "action"),
        status: word(step, "status"),
        text: step.to_string(),
    };
    Ok(steps.iter().map(step).collect())
}

/// A transition that is about to be made.
pub struct Start<'a> {
    pub setup: &'a Setup,
    pub case: &'a Case,
    /// The account on side A.
    pub before: Vec<u8>,
    pub promise: Promise,
    /// How many requests come before each write.
    pub writes: Vec<usize>,
    /// The account on side B, but for what may differ.
    after: Value,
    /// What became of each state that a fault left behind; many leave the same.
    recovered: Mutex<HashMap<Vec<u8>, Arc<Recovered>>>,
}

/// Found out by the first trial that needs it; the others wait.
type Recovered = OnceLock<Outcome<Recovery>>;

/// What was still to be done after a fault.
#[derive(Debug, Clone, Default)]
pub struct Recovery {
    pub steps: BTreeMap<String, String>,
}

/// A workspace in a directory of its own.
pub fn bench<'a>(setup: &'a Setup, case: &'a Case) -> Bench<'a> {
    Bench::new(setup, case, Workspace::default()).with(limits())
}

impl<'a> Start<'a> {
    /// Brings an account to side A, and once to side B to see what that takes.
    pub fn of(setup: &'a Setup, case: &'a Case) -> Outcome<Self> {
        let bench = bench(setup, case);
        bench.put(setup.live.to_string().as_bytes());
        if !case.a.is_empty() {
            bench.declare(&case.a);
            make(&bench)?;
        }
        let before = bench.bytes();
        bench.declare(&case.b);
        let (promise, writes) = make(&bench)?;
        let after = same::normal(&bench.state(), &before);
        Ok(Self { setup, case, before, promise, writes, after, recovered: Mutex::default() })
    }

    /// Without faults, what one more apply does with the account as it is now; that has to be the end of it.
    pub fn recover(&self, bench: &Bench<'_>) -> Outcome<Recovery> {
        let state = bench.bytes();
        let known = Arc::clone(self.recovered.lock().unwrap().entry(state).or_default());
        known.get_or_init(|| self.converge(bench)).clone()
    }

    fn converge(&self, bench: &Bench<'_>) -> Outcome<Recovery> {
        let was = bench.state();
        let (promise, _) = make(bench).map_err(|why| format!("one more apply: {why}"))?;
        let beyond: Vec<&String> =
            promise.steps.keys().filter(|it| !self.promise.steps.contains_key(*it)).collect();
        if !beyond.is_empty() {
            return Err(format!("one more apply also did {beyond:?}"));
        }
        let is = bench.state();
        let strays = self.strays(&was, &is);
        if !strays.is_empty() {
            return Err(format!("one more apply went outside: {}", strays.join("; ")));
        }
        let is = same::normal(&is, &self.before);
        if is != self.after {
            return Err(format!(
                "one more apply came to another end: {}",
                same::difference(&self.after, &is)
            ));
        }
        Ok(Recovery { steps: promise.steps })
    }

    /// What differs beside the objects that were to change.
    pub fn strays(&self, before: &Value, after: &Value) -> Vec<String> {
        let addresses = self.promise.steps.keys().map(|address| address.parse().unwrap());
        scope::strays(before, after, footprint(&self.setup.kind, addresses))
    }

    /// How a run ends in which everything was done that is not left to a person.
    pub fn fine(&self) -> Ending {
        if self.promise.manual.is_empty() { Ending::Fine } else { Ending::Partial }
    }
}

/// Makes an account what is declared, all of it, with nothing left to plan.
fn make(bench: &Bench<'_>) -> Outcome<(Promise, Vec<usize>)> {
    let promise = promise::read(&bench.plan(FAITHFUL)?);
    if promise.steps.is_empty() {
        return Ok((promise, Vec::new()));
    }
    let run = bench.apply(&promise.critical, FAITHFUL);
    let steps = reported(&run.out).map_err(|why| format!("{why}{}", run.err))?;
    if let Some(open) = steps.iter().find(|step| !matches!(step.status.as_str(), "done" | "manual")) {
        return Err(format!("not done: {}", open.text));
    }
    let left = promise::read(&bench.plan(FAITHFUL)?);
    if !left.steps.is_empty() || left.manual != promise.manual {
        return Err(format!("the plan after it is not empty: {left:?}"));
    }
    Ok((promise, run.writes.iter().map(|write| write.after).collect()))
}
