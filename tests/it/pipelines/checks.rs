//! What the host refuses before it runs anything, and slips that it would silently take for an empty text.

use super::{
    action::{Action, Used},
    syntax::{Node, Piece, Place, condition, parse, pieces},
    workflow::{Concurrency, Job, Scalar, Step, Workflow},
};
use serde_yaml::Value as Yaml;

pub const GITHUB: [&str; 26] = [
    "action_path",
    "actor",
    "api_url",
    "base_ref",
    "event",
    "event_name",
    "event_path",
    "graphql_url",
    "head_ref",
    "job",
    "ref",
    "ref_name",
    "ref_type",
    "repository",
    "repository_owner",
    "run_attempt",
    "run_id",
    "run_number",
    "server_url",
    "sha",
    "token",
    "triggering_actor",
    "workflow",
    "workflow_ref",
    "workflow_sha",
    "workspace",
];
pub const RUNNER: [&str; 6] = ["arch", "environment", "name", "os", "temp", "tool_cache"];

/// The names that may follow a context here.
#[derive(Default)]
struct Names<'a> {
    file: &'a str,
    inputs: Vec<&'a str>,
    /// Steps so far.
    steps: Vec<&'a str>,
    /// Jobs that are needed, or all of them; with their outputs where this file has them.
    jobs: Vec<(&'a str, Option<Vec<&'a str>>)>,
}

impl Names<'_> {
    fn text(&self, text: &Scalar, place: Place) {
        for piece in pieces(&text.0) {
            if let Piece::Expression(expression) = piece {
                self.node(&parse(&expression, place), &text.0);
            }
        }
    }

    fn texts(&self, texts: &[(String, Scalar)], place: Place) {
        texts.iter().for_each(|(_, text)| self.text(text, place));
    }

    fn optional(&self, text: Option<&Scalar>, place: Place) {
        text.into_iter().for_each(|it| self.text(it, place));
    }

    fn condition(&self, text: Option<&Scalar>, place: Place) {
        text.into_iter().for_each(|it| self.node(&condition(&it.0, place), &it.0));
    }

    fn concurrency(&self, concurrency: Option<&Concurrency>, place: Place) {
        if let Some(it) = concurrency {
            self.text(&it.group, place);
            self.optional(it.cancel_in_progress.as_ref(), place);
        }
    }

    fn node(&self, node: &Node, text: &str) {
        for path in node.paths() {
            let path: Vec<&str> = path.iter().map(String::as_str).take_while(|it| *it != "*").collect();
            let known = |at: usize, names: &[&str]| {
                if let Some(name) = path.get(at) {
                    assert!(
                        names.contains(name),
                        "{}: `{}` has no `{name}`, only {names:?}: {text}",
                        self.file,
                        path[..at].join(".")
                    );
                }
            };
            match path[0] {
                "github" => known(1, &GITHUB),
                "runner" => known(1, &RUNNER),
                "job" => known(1, &["status"]),
                "inputs" => known(1, &self.inputs),
                "steps" => {
                    known(1, &self.steps);
                    known(2, &["outputs", "outcome", "conclusion"]);
                }
                "needs" | "jobs" => {
                    known(1, &self.jobs.iter().map(|it| it.0).collect::<Vec<_>>());
                    known(2, &["outputs", "result"]);
                    let outputs = self.jobs.iter().find(|it| path.get(1) == Some(&it.0)).map(|it| &it.1);
                    if let (Some(Some(outputs)), Some(&"outputs")) = (outputs, path.get(2)) {
                        known(3, outputs);
                    }
                }
                _ => {}
            }
        }
    }

    fn step(&self, step: &Step, [place, condition]: [Place; 2]) {
        let what = format!("{}: step {:?}", self.file, step.name.as_ref().or(step.run.as_ref()));
        assert!(step.run.is_some() != step.uses.is_some(), "{what}: either `run` or `uses`");
        step.uses.iter().for_each(|it| _ = Used::parse(it));
        let of_run = step.shell.is_some() || step.working_directory.is_some();
        assert!(step.uses.is_none() || !of_run, "{what}: `shell` and `working-directory` are for `run`");
        assert!(step.run.is_none() || step.with.0.is_empty(), "{what}: `with` is for `uses`");
        self.condition(step.condition.as_ref(), condition);
        self.texts(&step.env.0, place);
        self.texts(&step.with.0, place);
        for text in
            [&step.name, &step.run, &step.working_directory, &step.continue_on_error, &step.timeout_minutes]
        {
            self.optional(text.as_ref(), place);
        }
    }
}

fn steps<'a>(names: &mut Names<'a>, steps: &'a [Step], places: [Place; 2]) {
    for step in steps {
        names.step(step, places);
        if let Some(id) = &step.id {
            assert!(!names.steps.contains(&id.as_str()), "{}: two steps are `{id}`", names.file);
            names.steps.push(id);
        }
    }
}

pub fn workflow(workflow: &Workflow, file: &str) {
    let inputs: Vec<&str> = workflow.inputs().iter().map(|it| it.0).collect();
    let names = Names { file, inputs: inputs.clone(), ..Names::default() };
    names.texts(&workflow.env.0, Place::ENV);
    names.optional(workflow.run_name.as_ref(), Place::CONCURRENCY);
    names.concurrency(workflow.concurrency.as_ref(), Place::CONCURRENCY);
    names.optional(workflow.defaults.run.working_directory.as_ref(), Place::CONCURRENCY);
    for (_, input) in workflow.inputs() {
        if let Some(Yaml::String(text)) = &input.default {
            names.text(&Scalar(text.clone()), Place::INPUT_DEFAULT);
        }
    }
    let outputs =
        |job: &'_ Job| job.uses.is_none().then(|| job.outputs.0.iter().map(|it| it.0.clone()).collect());
    let jobs: Vec<(&str, Option<Vec<String>>)> =
        workflow.jobs.0.iter().map(|(id, job)| (id.as_str(), outputs(job))).collect();
    let jobs: Vec<(&str, Option<Vec<&str>>)> = jobs
        .iter()
        .map(|(id, outputs)| (*id, outputs.as_ref().map(|it| it.iter().map(String::as_str).collect())))
        .collect();
    let call = Names { file, inputs: inputs.clone(), jobs: jobs.clone(), ..Names::default() };
    for (_, output) in workflow.on.workflow_call.iter().flat_map(|it| &it.outputs.0) {
        call.text(&output.value, Place::CALL_OUTPUT);
    }
    assert!(!jobs.is_empty(), "{file}: no jobs");
    for (id, it) in &workflow.jobs.0 {
        let needed = |need: &String| {
            let found = jobs.iter().find(|other| other.0 == need);
            found.unwrap_or_else(|| panic!("{file}: the job `{id}` needs `{need}`, which is none")).clone()
        };
        let needs = it.needs.0.iter().map(needed).collect();
        job(
            it,
            &format!("{file}: job `{id}`"),
            Names { file, inputs: inputs.clone(), jobs: needs, steps: vec![] },
        );
    }
}

fn job<'a>(job: &'a Job, what: &str, mut names: Names<'a>) {
    names.condition(job.condition.as_ref(), Place::JOB_IF);
    names.optional(job.name.as_ref(), Place::JOB);
    names.concurrency(job.concurrency.as_ref(), Place::JOB);
    if job.uses.is_some() {
        let of_steps = !job.steps.is_empty()
            || !job.runs_on.0.is_empty()
            || !job.env.0.is_empty()
            || !job.outputs.0.is_empty()
            || job.environment.is_some()
            || job.timeout_minutes.is_some();
        assert!(!of_steps, "{what}: a call has none of what a job with steps has");
        for (_, value) in &job.with.0 {
            if let Yaml::String(text) = value {
                names.text(&Scalar(text.clone()), Place::JOB);
            }
        }
        if let Some(super::workflow::SecretsPassed::These(secrets)) = &job.secrets {
            names.texts(&secrets.0, Place::JOB_SECRETS);
        }
        return;
    }
    assert!(job.with.0.is_empty() && job.secrets.is_none(), "{what}: `with` and `secrets` are for a call");
    assert!(!job.steps.is_empty() && !job.runs_on.0.is_empty(), "{what}: `runs-on` and `steps` are needed");
    job.runs_on.0.iter().for_each(|it| names.text(&Scalar(it.clone()), Place::JOB));
    names.texts(&job.env.0, Place::JOB_ENV);
    names.optional(job.timeout_minutes.as_ref(), Place::JOB);
    names.optional(job.defaults.run.working_directory.as_ref(), Place::JOB_DEFAULTS);
    names.optional(job.environment.as_ref().map(|it| &it.name), Place::JOB);
    steps(&mut names, &job.steps, [Place::STEP, Place::STEP_IF]);
    names.texts(&job.outputs.0, Place::STEP);
    names.optional(job.environment.as_ref().and_then(|it| it.url.as_ref()), Place::ENVIRONMENT_URL);
}

pub fn action(action: &Action, file: &str) {
    let mut names = Names { file, inputs: action.inputs.names(), ..Names::default() };
    for (name, input) in &action.inputs.0 {
        assert!(input.options.is_none() && input.r#type.is_none(), "{file}: the input `{name}` has a type");
        if let Some(Yaml::String(text)) = &input.default {
            names.text(&Scalar(text.clone()), Place::ACTION_INPUT);
        }
    }
    for step in &action.runs.steps {
        let shell = step.run.is_none() || step.shell.is_some();
        assert!(shell, "{file}: a step of a composite action has no `shell`: {:?}", step.run);
        assert!(step.timeout_minutes.is_none(), "{file}: no `timeout-minutes` in a composite action");
    }
    steps(&mut names, &action.runs.steps, [Place::ACTION, Place::ACTION_IF]);
    action.outputs.0.iter().for_each(|(_, it)| names.text(&it.value, Place::ACTION));
}
