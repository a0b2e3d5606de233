//! One world carried from A to B: once in fair weather beside, and once through faults.

use super::{
    ledger::{Run, Step},
    scene::{Customer, World},
    state::compared,
};
use crate::{served::footprint, transitions::scope, workspace::Workspace};
use dialform::{
    error::Ending,
    model::Address,
    sandbox::{Behaviour, find},
};
use serde_json::Value;
use std::{
    collections::{BTreeMap, BTreeSet},
    path::{Path, PathBuf},
    time::{Duration, Instant},
};

/// The end of every run, however it goes. Most are over in a second; many are under way at once.
const BOUND: Duration = Duration::from_secs(90);

/// Why a world says nothing: it is one that no run accepts.
pub struct Unfit(pub String);

type Checked<T> = Result<T, String>;

/// A directory with the workspace and the state of its servers.
struct Copy<'a> {
    world: &'a World,
    workspace: Workspace,
}

/// The state of every tenant's account, as it is on disk.
type States = BTreeMap<String, String>;

impl<'a> Copy<'a> {
    fn new(world: &'a World, states: &States) -> Self {
        let copy = Self { world, workspace: Workspace::default() };
        copy.workspace.write("dialform.yaml", world.workspace());
        for customer in &world.customers {
            copy.workspace.write(&state_file(customer), &states[&customer.name()]);
        }
        copy
    }

    fn declare(&self, side: impl Fn(&Customer) -> String) {
        for customer in &self.world.customers {
            self.workspace.write(&format!("tenants/{}.yaml", customer.name()), side(customer));
        }
    }

    fn states(&self) -> States {
        let read = |customer: &Customer| self.workspace.read(&state_file(customer));
        self.world.customers.iter().map(|customer| (customer.name(), read(customer))).collect()
    }

    fn path(&self, name: &str) -> PathBuf {
        self.workspace.path(name)
    }

    fn run(&self, arguments: &[&str], weather: &str) -> Run {
        let systems: BTreeSet<&str> =
            self.world.customers.iter().map(|it| it.system().fault.as_str()).collect();
        let systems = systems.into_iter().filter(|it| !it.is_empty()).collect::<Vec<_>>().join(",");
        let fault = self.fitting(&[systems.as_str(), &self.world.weather.manner, weather].join(","));
        let mut all = arguments.to_vec();
        all.extend(["--format", "json", "--sandbox", "--fault", &fault]);
        let began = Instant::now();
        let finished = self.workspace.run(&all);
        Run { finished, took: began.elapsed() }
    }

    /// The switches that some server of this world has.
    fn fitting(&self, switches: &str) -> String {
        let kinds = self.world.customers.iter().map(|customer| find(customer.kind).unwrap());
        let own: BTreeSet<&str> = kinds.flat_map(|it| it.switches).copied().collect();
        let known = |item: &&str| {
            let name = item.split(':').next().unwrap_or_default();
            own.contains(name) || Behaviour::names().any(|common| common == name)
        };
        switches.split(',').filter(known).collect::<Vec<_>>().join(",")
    }

    /// Applies; what needs a word of its own beyond these is asked of a plan first.
    fn approved(&self, extra: &[&str], critical: &BTreeSet<String>) -> Checked<Run> {
        let run = self.apply(extra, critical, "");
        if run.finished.ending != Ending::Refused {
            return Ok(run);
        }
        let critical = self.run(&["plan"], "").critical()?;
        Ok(self.apply(extra, &critical, ""))
    }

    /// A run that may only read, seen from the servers' side.
    fn reads_only(&self, arguments: &[&str]) -> Checked<Run> {
        let (before, traffic) = (self.states(), self.path("traffic.jsonl"));
        let _ = std::fs::remove_file(&traffic);
        let mut all = arguments.to_vec();
        all.extend(["--record", traffic.to_str().unwrap()]);
        let run = self.run(&all, "");
        reading(&traffic)?;
        if before == self.states() { Ok(run) } else { Err(format!("{arguments:?} changed something")) }
    }

    fn apply(&self, extra: &[&str], critical: &BTreeSet<String>, weather: &str) -> Run {
        let mut arguments = vec!["apply", "--auto-approve", "--override-guard"];
        arguments.extend(extra);
        arguments.extend(critical.iter().flat_map(|address| ["--approve-critical", address]));
        self.run(&arguments, weather)
    }
}

fn state_file(customer: &Customer) -> String {
    format!(".dialform/sandbox/{}/{}.json", customer.provider, customer.account())
}

/// From A to B, and everything that has to hold on the way.
pub fn travel(world: &World) -> Checked<Result<(), Unfit>> {
    let start = world
        .customers
        .iter()
        .map(|customer| (customer.name(), customer.system().account(customer.index).state.clone()));
    let copy = Copy::new(world, &start.collect());
    if world.from_a {
        copy.declare(|customer| customer.file(&customer.a));
        let run = copy.approved(&[], &BTreeSet::new())?;
        if let Some(why) = run.blocked() {
            return Ok(Err(Unfit(format!("a: {why}"))));
        }
        run.all_done().map_err(|why| format!("a: {why}"))?;
    }
    copy.declare(|customer| customer.file(&customer.b));
    let before = copy.states();
    let promise = copy.reads_only(&["plan"])?;
    if let Some(why) = promise.blocked() {
        return Ok(Err(Unfit(format!("b: {why}"))));
    }
    let critical = promise.critical()?;
    let fair = world.beside.then(|| Copy::new(world, &before));
    if let Some(fair) = &fair {
        fair.declare(|customer| customer.file(&customer.b));
        // A second look at the same account makes the same plan, or this is refused.
        let run = fair.apply(&["--digest", &promise.digest()?], &critical, "");
        run.all_done().map_err(|why| format!("b in fair weather: {why}"))?;
    }

    let run = copy.apply(&[], &critical, &world.weather.fault);
    let outcomes = honest(&run).map_err(|why| format!("b through faults: {why}"))?;
    let between = copy.states();
    for tenant in &run.blocked_tenants()? {
        if before[tenant] != between[tenant] {
            return Err(format!("{tenant} was blocked, and changed"));
        }
    }
    in_scope(world, &promise, &before, &between).map_err(|why| format!("after faults: {why}"))?;
    arrives(&copy, &outcomes, &critical, &between)?;
    let after = copy.states();
    in_scope(world, &promise, &before, &after).map_err(|why| format!("in the end: {why}"))?;
    for customer in fair.iter().flat_map(|_| &world.customers) {
        let name = customer.name();
        let other = fair.as_ref().map(Copy::states).unwrap_or_default();
        let differences = compared(&other[&name], &after[&name]);
        if !differences.is_empty() {
            return Err(format!("{name} ends otherwise than in fair weather: {}", differences.join("; ")));
        }
    }
    Ok(Ok(()))
}

/// The run ends in time, and its exit code is what its steps say.
fn honest(run: &Run) -> Checked<Vec<Step>> {
    if run.took > BOUND {
        return Err(format!("took {:?}", run.took));
    }
    let outcomes = run.outcomes()?;
    let fine = outcomes.iter().all(|step| matches!(step.status.as_str(), "done" | "accepted"));
    let blocked = !run.blocked_tenants()?.is_empty();
    let wanted = match (fine && !blocked, outcomes.is_empty()) {
        (true, _) => Ending::Fine,
        (false, true) => Ending::Error,
        (false, false) => Ending::Partial,
    };
    if run.finished.ending == wanted {
        Ok(outcomes)
    } else {
        Err(format!("ended {:?}: {outcomes:?}", run.finished.ending))
    }
}

/// Faults off: one more apply does the rest, and does nothing over again that was reported done.
fn arrives(copy: &Copy<'_>, outcomes: &[Step], critical: &BTreeSet<String>, between: &States) -> Checked<()> {
    let traffic = copy.path("traffic.jsonl");
    let _ = std::fs::remove_file(&traffic);
    let run = copy.approved(&["--record", traffic.to_str().unwrap()], critical)?;
    run.all_done().map_err(|why| format!("b once more: {why}"))?;
    let left = run.outcomes()?;
    for step in &left {
        // The last word on the object counts; another step on the same key may have got in between.
        let of = |it: &&Step| it.tenant == step.tenant && it.key() == step.key();
        let mut about = outcomes.iter().filter(of);
        let last = outcomes.iter().rfind(|it| it.tenant == step.tenant && it.address == step.address);
        if last.is_some_and(|it| it.status == "done") && about.all(|it| it.status == "done") {
            return Err(format!("reported done, and planned again: {step:?}"));
        }
    }
    if left.is_empty() {
        reading(&traffic)?;
        if *between != copy.states() {
            return Err("an apply with nothing to do changed something".to_owned());
        }
    }
    let plan = copy.reads_only(&["plan", "--detailed-exitcode"])?;
    match plan.finished.ending {
        Ending::Fine => Ok(()),
        ending => Err(format!("one more apply was not enough: {ending:?}, {:?}", plan.steps()?)),
    }
}

/// Nothing but GET is in what the servers recorded.
fn reading(traffic: &Path) -> Checked<()> {
    let traffic = std::fs::read_to_string(traffic).unwrap_or_default();
    match traffic.lines().find(|line| !line.starts_with(r#"{"method":"GET","#)) {
        Some(line) => Err(format!("a run that may only read sent {line}")),
        None => Ok(()),
    }
}

/// Nothing has changed but what the plan was about.
fn in_scope(world: &World, promise: &Run, before: &States, after: &States) -> Checked<()> {
    let steps = promise.steps()?;
    for customer in &world.customers {
        let name = customer.name();
        let about = steps.iter().filter(|step| step.tenant == name);
        let addresses: BTreeSet<&str> = about.map(|step| step.address.as_str()).collect();
        let allowed = footprint(customer.kind, addresses.iter().map(|it| it.parse::<Address>().unwrap()));
        let read = |states: &States| -> Value { serde_json::from_str(&states[&name]).unwrap() };
        let (old, new) = (read(before), read(after));
        let mut strays = scope::strays(&old, &new, allowed);
        // A server may empty what pointed to an object that goes; that has been approved.
        let gone = steps.iter().filter(|step| step.tenant == name && step.action == "delete");
        let ids: Vec<&str> = gone.filter_map(|step| id(&old, step.key())).collect();
        let owner = |stray: &String| stray.split('/').take(3).collect::<Vec<_>>().join("/");
        let pointing = strays.iter().filter(|stray| ids.iter().any(|id| stray.contains(id)));
        let pointing: BTreeSet<String> = pointing.map(owner).collect();
        strays.retain(|stray| !pointing.contains(&owner(stray)));
        if !strays.is_empty() {
            return Err(format!("{name}, outside of {addresses:?}: {}", strays.join("; ")));
        }
    }
    Ok(())
}

/// The id of what has this key, where things have ids.
fn id<'a>(state: &'a Value, key: &str) -> Option<&'a str> {
    let tables = ["schedules", "receiving_numbers"].iter();
    tables.filter_map(|table| state[table].get(key)?.get("id")?.as_str()).next()
}
