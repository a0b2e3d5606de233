//! A case's workspace, and the emulated account it is about.

use super::case::{Case, Setup};
use crate::workspace::Workspace;
use dialform::{
    cli::Finished,
    error::Ending,
    finding::Level,
    load::Files,
    model::Tenant,
    plan::Grade,
    provider::{self, Kinds, find},
};
use serde_json::{Map, Value, json};
use std::{
    collections::HashMap,
    fs::File,
    io::{Read, Seek, SeekFrom},
    path::{Path, PathBuf},
    sync::{Arc, LazyLock, Mutex},
};

const SYSTEM: &str = "system";

pub type Outcome<T> = Result<T, String>;

/// What a run said and how it ended.
pub struct Run {
    pub ending: Ending,
    pub out: String,
    pub err: String,
    /// What it sent other than GET.
    pub writes: Vec<Write>,
}

/// One request that is no GET.
#[derive(Debug)]
pub struct Write {
    /// How many requests of the run came before it.
    pub after: usize,
    /// Method and path.
    pub request: String,
}

/// One case in a directory.
pub struct Bench<'a> {
    pub setup: &'a Setup,
    pub case: &'a Case,
    workspace: Workspace,
    /// Settings of the provider in place of those it usually has here.
    over: Map<String, Value>,
}

impl<'a> Bench<'a> {
    pub fn new(setup: &'a Setup, case: &'a Case, workspace: Workspace) -> Self {
        Self { setup, case, workspace, over: Map::new() }
    }

    /// The same with other settings of the provider.
    pub fn with(self, over: Map<String, Value>) -> Self {
        Self { over, ..self }
    }

    /// Writes the workspace with this side of the case.
    pub fn declare(&self, body: &Map<String, Value>) {
        let Self { setup, case, workspace, over } = self;
        let mut system = setup.settings.clone();
        system.insert("kind".into(), setup.kind.as_str().into());
        // Only providers that have something undocumented take it.
        let grades = find(&setup.kind).unwrap().dialect.grades;
        if grades.iter().any(|row| row.grade == Grade::Experimental) {
            system.insert("experimental".into(), case.experimental.into());
        }
        system.extend(over.clone());
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
        // JSON is YAML, and leaves no doubt what is text.
        workspace.write("dialform.yaml", file.to_string());
        workspace.write("tenant.yaml", Value::Object(tenant).to_string());
    }

    /// Plans; nothing but GET is sent.
    pub fn plan(&self, fault: &str) -> Outcome<Value> {
        let run = self.dialform(&["plan", "--format", "json", "--detailed-exitcode"], fault);
        let plan: Value =
            serde_json::from_str(&run.out).map_err(|error| format!("{error}: {}{}", run.out, run.err))?;
        if !run.writes.is_empty() {
            let sent: Vec<&str> = run.writes.iter().map(|write| write.request.as_str()).collect();
            return Err(format!("a plan sent {}", sent.join(", ")));
        }
        let pending = plan["tenants"][0]["steps"].as_array().is_some_and(|steps| !steps.is_empty());
        let wanted = if pending { Ending::Changes } else { Ending::Fine };
        if run.ending == wanted { Ok(plan) } else { Err(format!("plan ended {:?}: {plan}", run.ending)) }
    }

    /// The codes of what blocks the tenant, none if nothing does.
    pub fn blocked(&self, fault: &str) -> Outcome<Vec<String>> {
        let run = self.dialform(&["plan", "--format", "json"], fault);
        let plan: Value = serde_json::from_str(&run.out).map_err(|error| format!("{error}: {}", run.err))?;
        let blocked = plan["tenants"][0]["blocked"].as_array().into_iter().flatten();
        Ok(blocked.map(|finding| finding["code"].as_str().unwrap_or_default().to_owned()).collect())
    }

    /// Applies, with these critical changes approved.
    pub fn apply(&self, critical: &[String], fault: &str) -> Run {
        let mut arguments = vec!["apply", "--format", "json", "--auto-approve"];
        arguments.extend(critical.iter().flat_map(|address| ["--approve-critical", address]));
        self.dialform(&arguments, fault)
    }

    /// The newest restore file.
    pub fn restore_file(&self) -> Option<PathBuf> {
        let files = std::fs::read_dir(self.workspace.path(".dialform/restore")).ok()?;
        files.map(|file| file.unwrap().path()).max()
    }

    /// Plans a restore.
    pub fn plan_restore(&self, file: &Path, fault: &str) -> Outcome<Value> {
        let run = self.dialform(&["plan", "--format", "json", "--restore", file.to_str().unwrap()], fault);
        serde_json::from_str(&run.out).map_err(|error| format!("{error}: {}{}", run.out, run.err))
    }

    /// Applies one.
    pub fn restore(&self, file: &Path, critical: &[String], fault: &str) -> Run {
        let file = file.to_str().unwrap();
        let mut arguments =
            vec!["apply", "--format", "json", "--auto-approve", "--override-guard", "--restore", file];
        arguments.extend(critical.iter().flat_map(|address| ["--approve-critical", address]));
        self.dialform(&arguments, fault)
    }

    /// Runs a command against the emulation, which has these faults beside the usual ones of the provider and the case.
    fn dialform(&self, arguments: &[&str], fault: &str) -> Run {
        let traffic = self.traffic();
        let mut all = arguments.to_vec();
        let fault = format!("{fault},{},{},{}", self.setup.fault, self.setup.reading, self.case.fault);
        all.extend(["--sandbox", "--fault", &fault, "--record", traffic.to_str().unwrap()]);
        let already = traffic.metadata().map_or(0, |file| file.len());
        let Finished { ending, out, err } = self.workspace.run(&all);
        let mut new = String::new();
        // A run that was refused before it sent anything has recorded nothing.
        if let Ok(mut file) = File::open(&traffic) {
            file.seek(SeekFrom::Start(already)).unwrap();
            file.read_to_string(&mut new).unwrap();
        }
        // The recorder's keys stand in this order; reading all that was read again would take longer than the run.
        let sent = new.lines().enumerate().filter(|(_, line)| !line.starts_with(r#"{"method":"GET","#));
        let write = |(after, line)| {
            let exchange: Value = serde_json::from_str(line).unwrap();
            Write { after, request: format!("{} {}", exchange["method"], exchange["path"]) }
        };
        let tokens = self.setup.tokens.as_ref().map(|path| format!("\"POST\" {path:?}"));
        let writes = sent.map(write).filter(|write| tokens.as_ref() != Some(&write.request)).collect();
        Run { ending, out, err, writes }
    }

    /// Where the traffic is recorded.
    pub fn traffic(&self) -> PathBuf {
        self.workspace.path("traffic.jsonl")
    }

    /// The account as the emulation keeps it.
    pub fn state(&self) -> Value {
        serde_json::from_slice(&self.bytes()).unwrap()
    }

    pub fn bytes(&self) -> Vec<u8> {
        std::fs::read(self.workspace.path(&self.state_file())).unwrap()
    }

    /// Makes the account what it was when it was kept.
    pub fn put(&self, state: &[u8]) {
        self.workspace.write(&self.state_file(), state);
    }

    fn state_file(&self) -> String {
        format!(".dialform/sandbox/{SYSTEM}/{}.json", self.setup.account)
    }
}

type Sides = [Tenant; 2];

/// Both sides of a case, loaded as a user's files are. A mistake in them is a mistake in the list. They are kept, for
/// several tests look at all of them.
pub fn load(setup: &Setup, case: &Case) -> Arc<Sides> {
    static LOADED: LazyLock<Mutex<HashMap<[String; 2], Arc<Sides>>>> = LazyLock::new(Mutex::default);
    let key = [setup.kind.clone(), case.name.clone()];
    let known = LOADED.lock().unwrap().get(&key).cloned();
    known.unwrap_or_else(|| {
        let bench = Bench::new(setup, case, Workspace::default());
        let sides = Arc::new(case.sides().map(|(_, body)| {
            bench.declare(body);
            let files = Files::Directory(bench.workspace.root().to_owned());
            let workspace = provider::Workspace::load(&files, &Kinds, jiff::Timestamp::now());
            let mut workspace = workspace.unwrap_or_else(|findings| panic!("{}: {findings:?}", case.name));
            let errors: Vec<_> = workspace.findings.iter().filter(|it| it.level == Level::Error).collect();
            assert!(errors.is_empty(), "{}: {errors:?}", case.name);
            workspace.tenants.remove(0).tenant
        }));
        LOADED.lock().unwrap().insert(key, sides.clone());
        sides
    })
}
