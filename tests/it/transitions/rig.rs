//! One case in a workspace of its own.

use super::{
    case::{Case, Setup},
    scope,
};
use crate::world::outcome;
use dialform::{
    cli,
    error::Ending,
    finding::Level,
    load::{Files, Workspace},
    model::{Address, Tenant},
    provider::find,
    sandbox::Behaviour,
};
use serde_json::{Map, Value, json};
use std::{
    collections::BTreeMap,
    fs::File,
    io::{Read, Seek, SeekFrom},
    path::{Path, PathBuf},
};

const SYSTEM: &str = "system";
/// Short, so that a run is; not zero, so that every write is first read back stale.
const FAULT: &str = "visible-after:20ms";

/// What these tests leave behind.
pub fn scratch() -> PathBuf {
    Path::new(env!("CARGO_TARGET_TMPDIR")).join("transitions")
}

fn root(setup: &Setup, case: &Case) -> PathBuf {
    scratch().join(&setup.kind).join(case.slug())
}

/// Where a case's traffic is recorded.
pub fn traffic(setup: &Setup, case: &Case) -> PathBuf {
    root(setup, case).join("traffic.jsonl")
}

/// Writes the workspace with this side of the case.
fn write(root: &Path, setup: &Setup, case: &Case, body: &Map<String, Value>) {
    let mut system = setup.settings.clone();
    system.insert("kind".into(), setup.kind.as_str().into());
    system.insert("experimental".into(), case.experimental.into());
    let file = json!({
        "version": 1,
        "providers": { SYSTEM: system },
        "tenants": ["tenant.yaml"],
        "guard": { "max_deletes": 100, "max_changed_percent": 100 },
    });
    let mut tenant = Map::new();
    for (key, value) in [
        ("tenant", "case"),
        ("provider", SYSTEM),
        ("account", &setup.account),
        ("time_zone", "America/Chicago"),
    ] {
        tenant.insert(key.into(), value.into());
    }
    tenant.extend(body.clone());
    std::fs::create_dir_all(root).unwrap();
    // JSON is YAML, and leaves no doubt what is text.
    std::fs::write(root.join("dialform.yaml"), file.to_string()).unwrap();
    std::fs::write(root.join("tenant.yaml"), Value::Object(tenant).to_string()).unwrap();
}

/// One side of a case, loaded as a user's file is. A mistake in it is a mistake in the list.
pub fn load(setup: &Setup, case: &Case, body: &Map<String, Value>) -> Tenant {
    let directory = tempfile::tempdir().unwrap();
    write(directory.path(), setup, case, body);
    let workspace = Workspace::load(&Files::Directory(directory.path().to_owned()));
    let mut workspace = workspace.unwrap_or_else(|findings| panic!("{}: {findings:?}", case.name));
    let errors: Vec<_> = workspace.findings.iter().filter(|it| it.level == Level::Error).collect();
    assert!(errors.is_empty(), "{}: {errors:?}", case.name);
    workspace.tenants.remove(0).tenant
}

/// A case being run.
pub struct Rig<'a> {
    setup: &'a Setup,
    case: &'a Case,
    root: PathBuf,
}

type Outcome<T> = Result<T, String>;

/// What a run said and how it ended.
struct Run {
    ending: Ending,
    out: String,
    err: String,
    /// The methods other than GET that it sent, with their paths.
    writes: Vec<String>,
}

impl Run {
    fn json(&self) -> Outcome<Value> {
        serde_json::from_str(&self.out).map_err(|error| format!("{error}: {}{}", self.out, self.err))
    }
}

impl<'a> Rig<'a> {
    /// An account as it was before anybody declared anything.
    pub fn new(setup: &'a Setup, case: &'a Case) -> Self {
        let root = root(setup, case);
        if root.exists() {
            std::fs::remove_dir_all(&root).unwrap();
        }
        let rig = Self { setup, case, root };
        let state = rig.state_file();
        std::fs::create_dir_all(state.parent().unwrap()).unwrap();
        std::fs::write(state, setup.live.to_string()).unwrap();
        rig
    }

    pub fn run(&self) -> Outcome<()> {
        let Case { a, b, expect, back, manual, unverifiable, wire, .. } = self.case;
        if !a.is_empty() {
            self.transition("a", a, None)?;
        }
        write(&self.root, self.setup, self.case, b);
        let promised = read(&self.plan().map_err(|why| format!("b: {why}"))?);
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
        self.transition("b", b, Some(promised))?;
        let state = self.state();
        for (pointer, wanted) in wire.get(&self.setup.kind).into_iter().flatten() {
            match state.pointer(pointer) {
                Some(found) if found == wanted => {}
                found => return Err(format!("b: {pointer} is {found:?}, not {wanted}")),
            }
        }
        // Where nothing changed there is no way to go back.
        if *back && !a.is_empty() && moved {
            self.transition("back to a", a, None)?;
        }
        Ok(())
    }

    /// Applies one side, which does what was promised, keeps to its scope and leaves nothing to plan but what a person
    /// has to do.
    fn transition(&self, side: &str, body: &Map<String, Value>, promised: Option<Promise>) -> Outcome<()> {
        let explain = |why: String| format!("{side}: {why}");
        write(&self.root, self.setup, self.case, body);
        let before = self.state();
        let done = self.apply(promised.as_ref()).map_err(explain)?;
        let addresses = done.keys().map(|address| address.parse::<Address>().unwrap());
        let vendor = (find(&self.setup.kind).unwrap().emulation)(&Behaviour::default());
        let allowed = addresses.flat_map(|it| vendor.footprint(&it)).collect();
        let strays = scope::strays(&before, &self.state(), allowed);
        if !strays.is_empty() {
            return Err(explain(format!("outside {:?}: {}", done.keys(), strays.join("; "))));
        }
        if done.is_empty() && promised.is_none() {
            // Nothing to apply and nothing changed: that was the empty plan.
            return Ok(());
        }
        let left = read(&self.plan().map_err(explain)?);
        let by_hand = promised.map(|promise| promise.manual).unwrap_or_default();
        if left.steps.is_empty() && left.manual == by_hand {
            return Ok(());
        }
        Err(explain(format!("the plan after it is not empty: {left:?}")))
    }

    /// Plans; nothing but GET is sent.
    fn plan(&self) -> Outcome<Value> {
        let run = self.dialform(&["plan", "--format", "json", "--detailed-exitcode"]);
        let plan = run.json()?;
        if !run.writes.is_empty() {
            return Err(format!("a plan sent {:?}", run.writes));
        }
        let pending = plan["tenants"][0]["steps"].as_array().is_some_and(|steps| !steps.is_empty());
        let wanted = if pending { Ending::Changes } else { Ending::Fine };
        if run.ending == wanted { Ok(plan) } else { Err(format!("plan ended {:?}: {plan}", run.ending)) }
    }

    /// Applies and returns the steps. What was promised is what is done; without steps nothing but GET is sent.
    fn apply(&self, promised: Option<&Promise>) -> Outcome<BTreeMap<String, String>> {
        let attempt = |critical: &[String]| {
            let mut arguments = vec!["apply", "--format", "json", "--auto-approve"];
            arguments.extend(critical.iter().flat_map(|address| ["--approve-critical", address]));
            self.dialform(&arguments)
        };
        let mut run = attempt(promised.map(|promise| promise.critical.as_slice()).unwrap_or_default());
        if run.ending == Ending::Refused && promised.is_none() {
            run = attempt(&read(&self.plan()?).critical);
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

    fn dialform(&self, arguments: &[&str]) -> Run {
        let traffic = traffic(self.setup, self.case);
        let (root, record) = (self.root.to_str().unwrap(), traffic.to_str().unwrap());
        let mut all = vec!["dialform", "-C", root];
        all.extend(arguments);
        let fault = format!("{FAULT},{},{}", self.setup.fault, self.case.fault);
        all.extend(["--sandbox", "--fault", &fault, "--record", record]);
        let already = traffic.metadata().map_or(0, |file| file.len());
        let cli::Finished { ending, out, err } = cli::run_with(&all);
        let mut new = String::new();
        // A run that was refused before it sent anything has recorded nothing.
        if let Ok(mut file) = File::open(&traffic) {
            file.seek(SeekFrom::Start(already)).unwrap();
            file.read_to_string(&mut new).unwrap();
        }
        // The recorder's keys stand in this order; reading all that was read again would take longer than the run.
        let sent = new.lines().filter(|line| !line.starts_with(r#"{"method":"GET","#));
        let writes = sent
            .map(|line| serde_json::from_str::<Value>(line).unwrap())
            .map(|exchange| format!("{} {}", exchange["method"], exchange["path"]))
            .collect();
        Run { ending, out, err, writes }
    }

    /// The account as the emulation keeps it.
    fn state(&self) -> Value {
        serde_json::from_slice(&std::fs::read(self.state_file()).unwrap()).unwrap()
    }

    fn state_file(&self) -> PathBuf {
        self.root.join(format!(".dialform/sandbox/{SYSTEM}/{}.json", self.setup.account))
    }
}

/// What a plan says.
#[derive(Debug, Default)]
struct Promise {
    /// Addresses and actions, without what is left to a person.
    steps: BTreeMap<String, String>,
    /// What is: `address path`.
    manual: Vec<String>,
    /// What cannot be seen: `address field`.
    unverifiable: Vec<String>,
    critical: Vec<String>,
}

fn read(plan: &Value) -> Promise {
    let mut promise = Promise::default();
    for step in plan["tenants"][0]["steps"].as_array().into_iter().flatten() {
        let word = |name: &str| step[name].as_str().unwrap_or_default().to_owned();
        if word("action") == "manual" {
            let changes = step["changes"].as_array().into_iter().flatten();
            let paths = changes.map(|change| change["path"].as_str().unwrap_or_default());
            promise.manual.extend(paths.map(|path| format!("{} {path}", word("address"))));
            continue;
        }
        if step.get("critical").is_some() {
            promise.critical.push(word("address"));
        }
        add(&mut promise.steps, word("address"), &word("action"));
    }
    for hidden in plan["tenants"][0]["unverifiable"].as_array().into_iter().flatten() {
        let address = hidden["address"].as_str().unwrap_or_default();
        let fields = hidden["fields"].as_array().into_iter().flatten();
        let fields = fields.map(|field| format!("{address} {}", field.as_str().unwrap_or_default()));
        promise.unverifiable.extend(fields);
    }
    promise
}

/// An object in a circle is made and then given what closes the circle: `create, update`.
fn add(steps: &mut BTreeMap<String, String>, address: String, action: &str) {
    let actions = steps.entry(address).or_default();
    if !actions.is_empty() {
        actions.push_str(", ");
    }
    actions.push_str(action);
}
