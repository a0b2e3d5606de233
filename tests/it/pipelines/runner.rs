//! One hosting service with one repository: what happens on it makes runs of the workflows in the repository.

use super::{
    jobs::{Called, Flow},
    value::{Object, Value},
    workflow::{Permissions, Workflow},
};
use serde_json::Value as Json;
use serde_yaml::Value as Yaml;
use std::{
    collections::{BTreeMap, BTreeSet},
    path::{Path, PathBuf},
    sync::{Arc, Mutex},
};
use tempfile::TempDir;

/// The host's address in links. No name under it exists.
pub const SERVER: &str = "https://github.example";

pub struct Runner {
    /// A bare repository.
    pub origin: PathBuf,
    /// `owner/name`.
    pub repository: String,
    /// A private repository gives nothing to who has no credentials: a job needs `contents: read`, and `git fetch` after a
    /// checkout that kept none fails.
    pub private: bool,
    /// A server on loopback.
    pub api: String,
    pub secrets: BTreeMap<String, String>,
    /// Of an environment, by its name. A job of it sees them besides, and nobody else does.
    pub environment_secrets: BTreeMap<String, BTreeMap<String, String>>,
    pub vars: BTreeMap<String, String>,
    /// Put before PATH in each step.
    pub path: Vec<PathBuf>,
    /// More environment for each step, as a machine has it.
    pub env: Vec<(String, String)>,
    /// The token of a job begins with this.
    pub token: String,
    pub artifacts: Arc<Mutex<Vec<Artifact>>>,
    pub runs: Arc<Mutex<Vec<Run>>>,
    /// What each token may do.
    pub grants: Arc<Mutex<BTreeMap<String, Permissions>>>,
}

#[derive(Clone, Debug)]
pub struct Artifact {
    pub id: u64,
    pub name: String,
    pub run_id: u64,
    pub files: BTreeMap<String, Vec<u8>>,
}

#[derive(Clone, Debug)]
pub struct Run {
    pub id: u64,
    pub number: u64,
    pub name: String,
    /// The file of the workflow.
    pub path: String,
    pub event: String,
    pub head_sha: String,
    pub head_branch: String,
    pub head_repository: String,
    /// `in_progress`, then `completed`.
    pub status: String,
    pub conclusion: Option<Conclusion>,
    /// As in the answers of the API.
    pub created: String,
}

pub struct Event {
    pub name: String,
    /// `github.event`.
    pub payload: Json,
    /// Of a pull request: the merge commit that the host makes of it.
    pub sha: String,
    pub ref_: String,
    /// The commit whose workflow file is used: of a pull request its own, otherwise the default branch.
    pub workflow_from: String,
    pub repository_of_head: String,
}

#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Conclusion {
    Success,
    Failure,
    Skipped,
}

impl Conclusion {
    pub fn word(self) -> &'static str {
        match self {
            Self::Success => "success",
            Self::Failure => "failure",
            Self::Skipped => "skipped",
        }
    }

    /// Of what is made of several.
    pub fn of(parts: &[Self]) -> Self {
        let all_skipped = parts.iter().all(|it| *it == Self::Skipped);
        match parts.contains(&Self::Failure) {
            true => Self::Failure,
            false if all_skipped => Self::Skipped,
            false => Self::Success,
        }
    }
}

#[derive(Debug)]
pub struct RunResult {
    pub id: u64,
    pub conclusion: Conclusion,
    /// In the order in which they ran. Of a call the call itself comes first, then its jobs as `call / job`.
    pub jobs: Vec<JobResult>,
    /// The group, and whether a run of it that is under way is cancelled.
    pub concurrency: Option<(String, bool)>,
    pub run_name: Option<String>,
}

#[derive(Debug)]
pub struct JobResult {
    pub id: String,
    pub name: String,
    pub conclusion: Conclusion,
    pub steps: Vec<StepResult>,
    pub outputs: BTreeMap<String, String>,
    pub summary: String,
    /// Lines such as `::error::text`, as they were written.
    pub annotations: Vec<String>,
    pub environment: Option<String>,
    pub environment_url: Option<String>,
    pub concurrency: Option<(String, bool)>,
    /// What its token may do.
    pub permissions: BTreeMap<String, String>,
    /// Names of secrets that an expression of the job asked for and that have a value.
    pub secrets_seen: BTreeSet<String>,
    /// Kept until this is dropped. Empty for one that did not run.
    pub workspace: PathBuf,
    pub(super) directory: Option<TempDir>,
}

#[derive(Clone, Debug)]
pub struct StepResult {
    pub id: Option<String>,
    pub name: String,
    /// Before `continue-on-error`, and after it.
    pub outcome: Conclusion,
    pub conclusion: Conclusion,
    /// Both streams, with secrets that the host would mask.
    pub log: String,
    pub outputs: BTreeMap<String, String>,
    /// Of a composite action.
    pub inner: Vec<StepResult>,
}

impl JobResult {
    /// Whether a clone that the job made has this object.
    pub fn holds_commit(&self, sha: &str) -> bool {
        let Some(directory) = &self.directory else { return false };
        let mut pending = vec![directory.path().to_owned()];
        while let Some(at) = pending.pop() {
            for entry in std::fs::read_dir(&at).unwrap().map(Result::unwrap) {
                let kind = entry.file_type().unwrap();
                let clone =
                    entry.file_name() == ".git" || (kind.is_dir() && entry.path().join("HEAD").is_file());
                if clone
                    && attempt(&at, &["--git-dir", entry.path().to_str().unwrap(), "cat-file", "-e", sha]).0
                {
                    return true;
                }
                if kind.is_dir() && !clone {
                    pending.push(entry.path());
                }
            }
        }
        false
    }

    pub fn step(&self, name: &str) -> &StepResult {
        let named = |it: &&StepResult| it.name == name || it.id.as_deref() == Some(name);
        let names = || self.steps.iter().map(|it| &it.name).collect::<Vec<_>>();
        self.steps.iter().find(named).unwrap_or_else(|| panic!("no step `{name}`, only {:?}", names()))
    }

    pub fn log(&self) -> String {
        self.steps.iter().map(|it| it.log.as_str()).collect()
    }
}

impl RunResult {
    pub fn job(&self, name: &str) -> &JobResult {
        let names = || self.jobs.iter().map(|it| &it.name).collect::<Vec<_>>();
        let found = self.jobs.iter().find(|it| it.name == name || it.id == name);
        found.unwrap_or_else(|| panic!("no job `{name}`, only {:?}", names()))
    }
}

/// Runs git without the settings of who runs the tests: whether it went well, and what it said.
pub(super) fn attempt(directory: &Path, words: &[&str]) -> (bool, String) {
    let mut command = super::process::program("git");
    command.current_dir(directory).args(["-c", "maintenance.auto=false"]).args(words);
    super::process::clean(&mut command, &directory.join("no-home"));
    let output = command.output().unwrap();
    let text = String::from_utf8_lossy(&output.stdout) + String::from_utf8_lossy(&output.stderr);
    (output.status.success(), text.into_owned())
}

impl Runner {
    pub fn new(origin: impl Into<PathBuf>, repository: &str, api: &str) -> Self {
        Self {
            origin: origin.into(),
            repository: repository.to_owned(),
            private: true,
            api: api.to_owned(),
            secrets: BTreeMap::new(),
            environment_secrets: BTreeMap::new(),
            vars: BTreeMap::new(),
            path: Vec::new(),
            env: Vec::new(),
            token: "ghs_token".to_owned(),
            artifacts: Arc::default(),
            runs: Arc::default(),
            grants: Arc::default(),
        }
    }

    pub(super) fn git(&self, words: &[&str]) -> String {
        let (success, text) = attempt(&self.origin, words);
        assert!(success, "git {words:?}: {text}");
        text.trim_end().to_owned()
    }

    pub(super) fn workflow(&self, path: &str, event: &Event) -> Workflow {
        let path = path.trim_start_matches("./");
        Workflow::parse(&self.git(&["show", &format!("{}:{path}", event.workflow_from)]), path)
    }

    pub fn is_triggered(&self, workflow_path: &str, event: &Event) -> bool {
        self.workflow(workflow_path, event).on.ask_for(event)
    }

    pub fn run(&self, workflow_path: &str, event: &Event) -> RunResult {
        let workflow = self.workflow(workflow_path, event);
        assert!(workflow.on.ask_for(event), "{workflow_path} asks for no such `{}`", event.name);
        self.check(event);
        let name = workflow.name.clone().unwrap_or_else(|| workflow_path.to_owned());
        let (id, number) = self.begin(workflow_path, &name, event);
        let flow = Flow { runner: self, event, id, number, path: workflow_path, name: &name };
        let inputs = by_hand(&workflow, event);
        let restricted = flow.is_restricted();
        let secrets = if restricted { BTreeMap::new() } else { self.secrets.clone() };
        let permissions = workflow.permissions.clone().unwrap_or_else(Permissions::by_default);
        let called = Called { workflow: &workflow, inputs, secrets, permissions, within: None };
        let scope = flow.scope(&called);
        let concurrency =
            flow.concurrency(&scope, workflow.concurrency.as_ref(), super::syntax::Place::CONCURRENCY);
        let run_name =
            workflow.run_name.as_ref().map(|it| scope.text(&it.0, super::syntax::Place::CONCURRENCY));
        let (jobs, done) = flow.jobs(&called);
        let conclusion = Conclusion::of(&done.values().map(|it| it.conclusion).collect::<Vec<_>>());
        let mut runs = self.runs.lock().unwrap();
        let run = runs.iter_mut().find(|it| it.id == id).unwrap();
        (run.status, run.conclusion) = ("completed".to_owned(), Some(conclusion));
        RunResult { id, conclusion, jobs, concurrency, run_name }
    }

    /// An event that no host would send proves nothing.
    fn check(&self, event: &Event) {
        let payload = |path: &str| event.payload.pointer(path).and_then(Json::as_str);
        let agrees = |path: &str, with: &str| {
            let said = payload(path);
            assert!(said.is_none_or(|it| it == with), "`{path}` of the event is {said:?}, not {with}");
        };
        agrees("/repository/full_name", &self.repository);
        self.git(&["cat-file", "-e", &format!("{}^{{commit}}", event.sha)]);
        match event.name.as_str() {
            "pull_request" => {
                agrees("/pull_request/head/repo/full_name", &event.repository_of_head);
                let number = event.payload.pointer("/pull_request/number").and_then(Json::as_u64);
                let number = number.unwrap_or_else(|| panic!("a pull request has a number"));
                assert_eq!(event.ref_, format!("refs/pull/{number}/merge"), "the ref of a pull request");
                let head =
                    payload("/pull_request/head/sha").unwrap_or_else(|| panic!("a pull request has a head"));
                assert_ne!(event.sha, head, "the commit of a pull request is its merge commit");
            }
            "push" | "merge_group" | "workflow_dispatch" => {
                assert!(event.ref_.starts_with("refs/"), "{} is no whole ref", event.ref_);
            }
            // These run what the default branch has.
            _ => {
                let default = self.git(&["symbolic-ref", "HEAD"]);
                assert_eq!(event.ref_, default, "`{}` happens on the default branch", event.name);
                self.git(&["merge-base", "--is-ancestor", &event.workflow_from, &default]);
            }
        }
    }

    fn begin(&self, path: &str, name: &str, event: &Event) -> (u64, u64) {
        let payload = |path: &str| event.payload.pointer(path).and_then(Json::as_str).map(str::to_owned);
        let mut runs = self.runs.lock().unwrap();
        let id = runs.iter().map(|it| it.id).max().unwrap_or(7000) + 1;
        let number = runs.iter().filter(|it| it.path == path).count() as u64 + 1;
        runs.push(Run {
            id,
            number,
            name: name.to_owned(),
            path: path.to_owned(),
            event: event.name.clone(),
            head_sha: payload("/pull_request/head/sha").unwrap_or_else(|| event.sha.clone()),
            head_branch: payload("/pull_request/head/ref")
                .unwrap_or_else(|| ref_name(&event.ref_).to_owned()),
            head_repository: event.repository_of_head.clone(),
            status: "in_progress".to_owned(),
            conclusion: None,
            created: jiff::Timestamp::now().strftime("%Y-%m-%dT%H:%M:%SZ").to_string(),
        });
        (id, number)
    }
}

pub(super) fn ref_name(whole: &str) -> &str {
    ["refs/heads/", "refs/tags/", "refs/pull/"].iter().find_map(|it| whole.strip_prefix(it)).unwrap_or(whole)
}

/// Inputs of a run that a person started. Any other run has none.
fn by_hand(workflow: &Workflow, event: &Event) -> Value {
    let asked = workflow.on.workflow_dispatch.as_ref().filter(|_| event.name == "workflow_dispatch");
    let Some(asked) = asked else {
        return Value::Object(Object::closed(
            workflow.inputs().into_iter().map(|(name, _)| (name, Value::Null)),
        ));
    };
    let given = event.payload.get("inputs").and_then(Json::as_object).cloned().unwrap_or_default();
    for name in given.keys() {
        assert!(asked.inputs.get(name).is_some(), "the workflow has no input `{name}`");
    }
    let inputs = asked.inputs.0.iter().map(|(name, input)| {
        let given = given.get(name).map(Value::json).or_else(|| input.default.as_ref().map(plain));
        assert!(given.is_some() || !input.required, "the input `{name}` is required");
        let given = given.unwrap_or(Value::Null);
        let value = match input.r#type.as_deref() {
            Some("boolean") => Value::Bool(given.to_text() == "true"),
            Some("number") => Value::Number(given.to_number()),
            _ => Value::Text(given.to_text()),
        };
        if let Some(options) = &input.options {
            assert!(options.0.contains(&value.to_text()), "`{}` is no option of `{name}`", value.to_text());
        }
        (name, value)
    });
    Value::Object(Object::closed(inputs))
}

/// A scalar of YAML as it stands.
pub(super) fn plain(yaml: &Yaml) -> Value {
    match yaml {
        Yaml::Null => Value::Null,
        Yaml::Bool(it) => Value::Bool(*it),
        Yaml::Number(it) => Value::Number(it.as_f64().unwrap()),
        Yaml::String(it) => Value::text(it),
        other => panic!("not a scalar: {other:?}"),
    }
}
