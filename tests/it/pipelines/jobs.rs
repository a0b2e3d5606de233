//! The jobs of a run: which of them run, in which order, and with what.

use super::{
    job,
    runner::{Conclusion, Event, JobResult, Runner, SERVER, plain, ref_name},
    scope::Scope,
    syntax::Place,
    value::{Object, Value},
    workflow::{Concurrency, Job, Permissions, SecretsPassed, Workflow},
};
use serde_json::Value as Json;
use serde_yaml::Value as Yaml;
use std::collections::{BTreeMap, BTreeSet};

/// One run.
pub struct Flow<'a> {
    pub runner: &'a Runner,
    pub event: &'a Event,
    pub id: u64,
    pub number: u64,
    pub path: &'a str,
    pub name: &'a str,
}

/// A workflow with what it was given: by an event, or by a job that calls it.
pub struct Called<'a> {
    pub workflow: &'a Workflow,
    pub inputs: Value,
    pub secrets: BTreeMap<String, String>,
    /// What its jobs may do where they do not say it; of a call also the most that they may.
    pub permissions: Permissions,
    /// The name of the job that calls.
    pub within: Option<String>,
}

pub struct Done {
    pub conclusion: Conclusion,
    pub outputs: BTreeMap<String, String>,
    success: bool,
    failure: bool,
}

impl Flow<'_> {
    fn payload(&self, path: &str) -> Option<&str> {
        self.event.payload.pointer(path).and_then(Json::as_str)
    }

    pub fn actor(&self) -> &str {
        self.payload("/sender/login").unwrap_or("somebody")
    }

    /// Pull requests of forks, and what Dependabot does, get neither secrets nor a token that writes.
    pub fn is_restricted(&self) -> bool {
        let pull_request = self.event.name == "pull_request";
        let bot = self.actor() == "dependabot[bot]" && (pull_request || self.event.name == "push");
        bot || (pull_request && self.event.repository_of_head != self.runner.repository)
    }

    /// What is known before there is a job.
    pub fn scope(&self, called: &Called) -> Scope {
        let event = self.event;
        let pull_request = |path| Value::text(self.payload(path).unwrap_or_default());
        let kind = if event.ref_.starts_with("refs/tags/") { "tag" } else { "branch" };
        let owner = self.runner.repository.split('/').next().unwrap();
        let github = [
            ("actor", Value::text(self.actor())),
            ("api_url", Value::text(&self.runner.api)),
            ("base_ref", pull_request("/pull_request/base/ref")),
            ("event", Value::json(&event.payload)),
            ("event_name", Value::text(&event.name)),
            ("graphql_url", Value::text(format!("{}/graphql", self.runner.api))),
            ("head_ref", pull_request("/pull_request/head/ref")),
            ("ref", Value::text(&event.ref_)),
            ("ref_name", Value::text(ref_name(&event.ref_))),
            ("ref_type", Value::text(kind)),
            ("repository", Value::text(&self.runner.repository)),
            ("repository_owner", Value::text(owner)),
            ("run_attempt", Value::text("1")),
            ("run_id", Value::text(self.id.to_string())),
            ("run_number", Value::text(self.number.to_string())),
            ("server_url", Value::text(SERVER)),
            ("sha", Value::text(&event.sha)),
            ("triggering_actor", Value::text(self.actor())),
            ("workflow", Value::text(self.name)),
            ("workflow_ref", Value::text(format!("{}/{}@{}", self.runner.repository, self.path, event.ref_))),
            ("workflow_sha", Value::text(self.runner.git(&["rev-parse", &event.workflow_from]))),
        ];
        // Variables are not passed to pull requests of forks either.
        let none = BTreeMap::new();
        let fork =
            self.event.name == "pull_request" && self.event.repository_of_head != self.runner.repository;
        let vars = if fork { &none } else { &self.runner.vars };
        Scope::new()
            .with_closed("github", github)
            .with("inputs", called.inputs.clone())
            .with("vars", Value::texts(vars))
            .with("secrets", Value::texts(&called.secrets))
    }

    pub fn concurrency(
        &self,
        scope: &Scope,
        it: Option<&Concurrency>,
        place: Place,
    ) -> Option<(String, bool)> {
        let it = it?;
        let cancel = it.cancel_in_progress.as_ref().map_or("false".to_owned(), |it| scope.text(&it.0, place));
        assert!(["true", "false"].contains(&cancel.as_str()), "`cancel-in-progress` is `{cancel}`");
        Some((scope.text(&it.group.0, place), cancel == "true"))
    }

    pub fn jobs(&self, called: &Called) -> (Vec<JobResult>, BTreeMap<String, Done>) {
        let mut done: BTreeMap<String, Done> = BTreeMap::new();
        let mut results = Vec::new();
        while done.len() < called.workflow.jobs.0.len() {
            let ready = called.workflow.jobs.0.iter().find(|(id, job)| {
                !done.contains_key(id) && job.needs.0.iter().all(|it| done.contains_key(it))
            });
            let (id, job) = ready.unwrap_or_else(|| panic!("{}: jobs need each other", self.path));
            let (mut these, mut ended) = self.one(called, id, job, &done);
            let ancestors: Vec<&Done> = job.needs.0.iter().map(|it| &done[it]).collect();
            ended.success = ended.conclusion == Conclusion::Success && ancestors.iter().all(|it| it.success);
            ended.failure = ended.conclusion == Conclusion::Failure || ancestors.iter().any(|it| it.failure);
            done.insert(id.clone(), ended);
            results.append(&mut these);
        }
        (results, done)
    }

    fn one(
        &self,
        called: &Called,
        id: &str,
        job: &Job,
        done: &BTreeMap<String, Done>,
    ) -> (Vec<JobResult>, Done) {
        let mut scope = self.scope(called).unseen().with("needs", needs(called.workflow, &job.needs.0, done));
        // What any ancestor did counts, not only what is needed at once.
        scope.success = job.needs.0.iter().all(|it| done[it].success);
        scope.failure = job.needs.0.iter().any(|it| done[it].failure);
        let named = job.name.as_ref().map_or(id.to_owned(), |it| scope.text(&it.0, Place::JOB));
        let name = called.within.iter().fold(named, |name, within| format!("{within} / {name}"));
        let empty = JobResult {
            id: id.to_owned(),
            name: name.clone(),
            conclusion: Conclusion::Skipped,
            steps: Vec::new(),
            outputs: BTreeMap::new(),
            summary: String::new(),
            annotations: Vec::new(),
            environment: None,
            environment_url: None,
            concurrency: None,
            permissions: BTreeMap::new(),
            secrets_seen: BTreeSet::new(),
            workspace: "".into(),
            directory: None,
        };
        let ended = |conclusion, outputs| Done { conclusion, outputs, success: false, failure: false };
        if !scope.holds(job.condition.as_ref().map(|it| it.0.as_str()), Place::JOB_IF) {
            return (vec![empty], ended(Conclusion::Skipped, BTreeMap::new()));
        }
        let permissions = self.permissions(called, job, &name);
        let concurrency = self.concurrency(&scope, job.concurrency.as_ref(), Place::JOB);
        let Some(file) = &job.uses else {
            let result = job::run(self, called, job, scope, permissions, JobResult { concurrency, ..empty });
            let ended = ended(result.conclusion, result.outputs.clone());
            return (vec![result], ended);
        };
        assert!(
            file.starts_with("./.github/workflows/") && !file.contains('@'),
            "{name}: only workflows of this repository are emulated: {file}"
        );
        let workflow = self.runner.workflow(file, self.event);
        let call = workflow.on.workflow_call.as_ref();
        let call = call.unwrap_or_else(|| panic!("{file} is not for `workflow_call`"));
        let secrets = match &job.secrets {
            None => BTreeMap::new(),
            Some(SecretsPassed::Inherit) => called.secrets.clone(),
            Some(SecretsPassed::These(these)) => {
                for name in these.names() {
                    assert!(call.secrets.get(name).is_some(), "{file} asks for no secret `{name}`");
                }
                scope.texts(&these.0, Place::JOB_SECRETS)
            }
        };
        for (secret, it) in &call.secrets.0 {
            let given = secrets.contains_key(secret) || matches!(job.secrets, Some(SecretsPassed::Inherit));
            assert!(given || !it.required, "{name}: the secret `{secret}` is required");
        }
        let inputs = inputs(&workflow, job, &scope, &name);
        let inner = Called {
            workflow: &workflow,
            inputs,
            secrets,
            permissions: permissions.clone(),
            within: Some(name.clone()),
        };
        let (mut results, inner_done) = self.jobs(&inner);
        let conclusion = Conclusion::of(&inner_done.values().map(|it| it.conclusion).collect::<Vec<_>>());
        let jobs: Vec<String> = workflow.jobs.names().into_iter().map(str::to_owned).collect();
        let after = self.scope(&inner).with("jobs", needs(&workflow, &jobs, &inner_done));
        let outputs: BTreeMap<String, String> = call
            .outputs
            .0
            .iter()
            .map(|(name, it)| (name.clone(), after.text(&it.value.0, Place::CALL_OUTPUT)))
            .collect();
        let result = JobResult {
            conclusion,
            outputs: outputs.clone(),
            concurrency,
            permissions: permissions.0,
            secrets_seen: scope.seen(),
            ..empty
        };
        results.insert(0, result);
        (results, ended(conclusion, outputs))
    }

    fn permissions(&self, called: &Called, job: &Job, name: &str) -> Permissions {
        let own = job.permissions.as_ref().or(match called.within {
            // What the caller gave stands in for what the workflow says of itself.
            Some(_) => called.workflow.permissions.as_ref(),
            None => None,
        });
        let Some(own) = own else { return called.permissions.clone() };
        if called.within.is_some() {
            for scope in own.0.keys() {
                assert!(
                    own.level(scope) <= called.permissions.level(scope),
                    "{name} asks for more than its caller has: {scope}"
                );
            }
        }
        own.clone()
    }
}

/// What a job sees of others, under `needs` or `jobs`.
fn needs(workflow: &Workflow, names: &[String], done: &BTreeMap<String, Done>) -> Value {
    let jobs = names.iter().map(|name| {
        let it = &done[name];
        // Of one that was skipped every output is empty.
        let own = workflow.jobs.get(name).into_iter().flat_map(|job| job.outputs.names());
        let declared = own.map(|name| (name.to_owned(), Value::Null));
        let mut outputs = Object::open(declared);
        it.outputs.iter().for_each(|(name, text)| outputs.set(name, Value::text(text)));
        let entries = [("outputs", Value::Object(outputs)), ("result", Value::text(it.conclusion.word()))];
        (name, Value::Object(Object::closed(entries)))
    });
    Value::Object(Object::closed(jobs))
}

/// Inputs of a call, each of the kind that the called workflow asks for.
fn inputs(workflow: &Workflow, job: &Job, scope: &Scope, name: &str) -> Value {
    let call = workflow.on.workflow_call.as_ref().unwrap();
    for given in job.with.names() {
        assert!(call.inputs.get(given).is_some(), "{name}: there is no input `{given}`");
    }
    let expand = |yaml: &Yaml, place| match yaml {
        Yaml::String(text) => scope.value(text, place),
        other => plain(other),
    };
    let inputs = call.inputs.0.iter().map(|(input, it)| {
        let given = job.with.get(input).map(|yaml| expand(yaml, Place::JOB));
        assert!(given.is_some() || !it.required, "{name}: the input `{input}` is required");
        let given = given.or_else(|| it.default.as_ref().map(|yaml| expand(yaml, Place::INPUT_DEFAULT)));
        let kind = it.r#type.as_deref().unwrap();
        let value = match (kind, given) {
            ("boolean", None) => Value::Bool(false),
            ("number", None) => Value::Number(0.0),
            ("boolean", Some(Value::Bool(it))) => Value::Bool(it),
            ("number", Some(Value::Number(it))) => Value::Number(it),
            ("string", given) => Value::Text(given.unwrap_or(Value::Null).to_text()),
            (kind, given) => panic!("{name}: the input `{input}` is {kind}, not {given:?}"),
        };
        (input, value)
    });
    // Names of a run that a person started are there as well, and empty.
    let mut object = Object::closed(workflow.inputs().into_iter().map(|(name, _)| (name, Value::Null)));
    inputs.for_each(|(name, value)| object.set(name, value));
    Value::Object(object)
}
