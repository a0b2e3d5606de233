//! One case, there and back.

use super::{
    bench::{Bench, Outcome},
    case::{Case, Setup},
    promise::{Promise, add, read},
    scope,
};
use crate::{
    served::footprint,
    workspace::{Workspace, outcome},
};
use dialform::{error::Ending, model::Address};
use serde_json::{Map, Value};
use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
};

/// The list of callers that some servers never show.
const ALLOW: &str = " callers.allow";

/// Short, so that a run is; not zero, so that every write is first read back stale.
const FAULT: &str = "visible-after:20ms";

/// What these tests leave behind.
pub fn scratch() -> PathBuf {
    Path::new(env!("CARGO_TARGET_TMPDIR")).join("transitions")
}

fn workspace(setup: &Setup, case: &Case) -> Workspace {
    Workspace::at(scratch().join(setup.slug()).join(case.slug()))
}

/// Where a case's traffic is recorded.
pub fn traffic(setup: &Setup, case: &Case) -> PathBuf {
    workspace(setup, case).path("traffic.jsonl")
}

/// A case being run.
pub struct Rig<'a> {
    bench: Bench<'a>,
}

impl<'a> Rig<'a> {
    /// An account as it was before anybody declared anything.
    pub fn new(setup: &'a Setup, case: &'a Case) -> Self {
        let workspace = workspace(setup, case);
        if workspace.root().exists() {
            std::fs::remove_dir_all(workspace.root()).unwrap();
        }
        let bench = Bench::new(setup, case, workspace);
        bench.put(setup.live.to_string().as_bytes());
        Self { bench }
    }

    pub fn run(&self) -> Outcome<()> {
        let Case { a, b, expect, back, manual, unverifiable, wire, .. } = self.bench.case;
        if !a.is_empty() {
            self.transition("a", a, None)?;
        }
        self.bench.declare(b);
        if self.is_under("soft-delete:on") && !a.is_empty() && self.is_refused_as_stated()? {
            return Ok(());
        }
        let promised = read(&self.bench.plan(FAULT).map_err(|why| format!("b: {why}"))?);
        if self.is_under("caller-lists:filters") && promised.unverifiable.iter().any(|it| it.ends_with(ALLOW))
        {
            // Nobody can see the list, so that nothing of it is planned; what else B says still has to come true.
            return self.transition("b", b, None);
        }
        // Every extension is listed as its device, so that the two cannot be told apart: both are as declared.
        let alike = self.is_under("agent-ids:sip") && !a.is_empty() && promised.steps.is_empty();
        if alike && Value::from(b.clone()).to_string().contains("\"device\"") {
            return Ok(());
        }
        let planned = &promised.steps;
        let moved = !planned.is_empty();
        match expect {
            Some(expect) if expect != planned => {
                return Err(format!("b: planned {planned:?}, not {expect:?}"));
            }
            None if planned.is_empty() => return Err("b: nothing was planned".to_owned()),
            _ if promised.manual != *manual => {
                return Err(format!("b: left to a person {:?}, not {manual:?}", promised.manual));
            }
            _ if !unverifiable.is_empty() && promised.unverifiable != *unverifiable => {
                return Err(format!("b: cannot see {:?}, not {unverifiable:?}", promised.unverifiable));
            }
            _ => {}
        }
        match self.transition("b", b, Some(promised)) {
            // The system has no room for both, which is said.
            Err(why) if self.is_under("agent-ids:sip") && why.contains("for one agent") => return Ok(()),
            went => went?,
        }
        let state = self.bench.state();
        for (pointer, wanted) in wire.get(&self.bench.setup.kind).into_iter().flatten() {
            match state.pointer(pointer) {
                Some(found) if found == wanted => {}
                found => return Err(format!("b: {pointer} is {found:?}, not {wanted}")),
            }
        }
        // Where nothing changed there is no way to go back.
        if *back && !a.is_empty() && moved {
            self.bench.declare(a);
            if self.is_under("soft-delete:on") && self.is_refused_as_stated()? {
                return Ok(());
            }
            self.transition("back to a", a, None)?;
        }
        Ok(())
    }

    fn is_under(&self, reading: &str) -> bool {
        self.bench.setup.reading.split(',').any(|switch| switch == reading)
    }

    /// Whether a rule that was deleted keeps its name, which is said, and nothing else stands in the way.
    fn is_refused_as_stated(&self) -> Outcome<bool> {
        let codes = self.bench.blocked(FAULT)?;
        Ok(!codes.is_empty() && codes.iter().all(|code| code == "lingering-rule"))
    }

    /// Applies one side, which does what was promised, keeps to its scope and leaves nothing to plan but what a person
    /// has to do.
    fn transition(&self, side: &str, body: &Map<String, Value>, promised: Option<Promise>) -> Outcome<()> {
        let explain = |why: String| format!("{side}: {why}");
        self.bench.declare(body);
        let before = self.bench.state();
        let done = self.apply(promised.as_ref()).map_err(explain)?;
        let addresses = done.keys().map(|address| address.parse::<Address>().unwrap());
        let strays =
            scope::strays(&before, &self.bench.state(), footprint(&self.bench.setup.kind, addresses));
        if !strays.is_empty() {
            return Err(explain(format!("outside {:?}: {}", done.keys(), strays.join("; "))));
        }
        if done.is_empty() && promised.is_none() {
            // Nothing to apply and nothing changed: that was the empty plan.
            return Ok(());
        }
        let left = read(&self.bench.plan(FAULT).map_err(explain)?);
        let by_hand = promised.map(|promise| promise.manual).unwrap_or_default();
        if left.steps.is_empty() && left.manual == by_hand {
            return Ok(());
        }
        Err(explain(format!("the plan after it is not empty: {left:?}")))
    }

    /// Applies and returns the steps. What was promised is what is done; without steps nothing but GET is sent.
    fn apply(&self, promised: Option<&Promise>) -> Outcome<BTreeMap<String, String>> {
        let attempt = |critical: &[String]| self.bench.apply(critical, FAULT);
        let mut run = attempt(promised.map(|promise| promise.critical.as_slice()).unwrap_or_default());
        if run.ending == Ending::Refused && promised.is_none() {
            run = attempt(&read(&self.bench.plan(FAULT)?).critical);
        }
        let outcome = outcome(&run.out).map_err(|error| format!("{error}: {}{}", run.out, run.err))?;
        let mut done = BTreeMap::new();
        let mut wanted = Ending::Fine;
        for step in outcome["steps"].as_array().ok_or_else(|| format!("apply said {outcome}"))? {
            let word = |name: &str| step[name].as_str().unwrap_or_default().to_owned();
            match step["status"].as_str() {
                Some("done") => add(&mut done, word("address"), &word("action")),
                Some("manual") if promised.is_some() => wanted = Ending::Partial,
                _ => return Err(format!("not done: {step}")),
            }
        }
        if let Some(promise) = promised.filter(|promise| promise.steps != done) {
            return Err(format!("planned {:?}, done {done:?}", promise.steps));
        }
        if done.is_empty() != run.writes.is_empty() {
            return Err(format!("done {done:?}, sent {:?}", run.writes));
        }
        if run.ending == wanted { Ok(done) } else { Err(format!("apply ended {:?}", run.ending)) }
    }
}
