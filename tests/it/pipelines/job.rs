//! One job on a machine of its own: its steps, one after the other.

use super::{
    action, checks,
    jobs::{Called, Flow},
    process::{Machine, Script},
    runner::{Conclusion, JobResult, StepResult},
    scope::Scope,
    syntax::Place,
    value::{Object, Value},
    workflow::{Job as Spec, Permissions, Step},
};
use std::{collections::BTreeMap, path::PathBuf};

pub struct Job<'a> {
    pub flow: &'a Flow<'a>,
    /// Everything but what differs from step to step.
    pub scope: Scope,
    pub permissions: Permissions,
    pub token: String,
    pub machine: Machine,
    spec: &'a Spec,
    called: &'a Called<'a>,
}

/// The steps of a job, or those of a composite action.
pub struct Frame {
    pub steps: Object,
    /// Of an action; those of the workflow are in the job's scope.
    pub inputs: Option<Value>,
    pub action_path: Option<PathBuf>,
    /// Environment that the step which uses the action has.
    pub env: BTreeMap<String, String>,
    pub failed: bool,
}

impl Frame {
    pub fn new() -> Self {
        let steps = Object::closed(<[(&str, Value); 0]>::default());
        Self { steps, inputs: None, action_path: None, env: BTreeMap::new(), failed: false }
    }

    const fn places(&self) -> [Place; 2] {
        match self.action_path {
            Some(_) => [Place::ACTION, Place::ACTION_IF],
            None => [Place::STEP, Place::STEP_IF],
        }
    }
}

/// What running or using something came to.
#[derive(Default)]
pub struct Finished {
    pub success: bool,
    pub log: String,
    pub outputs: BTreeMap<String, String>,
    pub inner: Vec<StepResult>,
}

impl Finished {
    pub fn failed(log: impl Into<String>) -> Self {
        Self { log: log.into() + "\n", ..Self::default() }
    }

    pub fn fine(log: impl Into<String>) -> Self {
        Self { success: true, log: log.into() + "\n", ..Self::default() }
    }
}

pub fn run(
    flow: &Flow,
    called: &Called,
    spec: &Spec,
    scope: Scope,
    permissions: Permissions,
    result: JobResult,
) -> JobResult {
    let permissions = if flow.is_restricted() { permissions.only_read() } else { permissions };
    let token = format!("{}_{}_{}", flow.runner.token, flow.id, result.name.replace([' ', '/'], ""));
    flow.runner.grants.lock().unwrap().insert(token.clone(), permissions.clone());
    let runs_on = spec.runs_on.0.iter().map(|it| scope.text(it, Place::JOB));
    assert!(runs_on.into_iter().all(|it| !it.is_empty()), "{}: `runs-on` is empty", result.name);
    if let Some(minutes) = &spec.timeout_minutes {
        let minutes = scope.value(&minutes.0, Place::JOB).to_number();
        assert!(minutes > 0.0, "{}: `timeout-minutes` is no time", result.name);
    }
    let environment = spec.environment.as_ref().map(|it| scope.text(&it.name.0, Place::JOB));
    let mut secrets = called.secrets.clone();
    if let Some(name) = &environment
        && !flow.is_restricted()
    {
        secrets.extend(flow.runner.environment_secrets.get(name).cloned().unwrap_or_default());
    }
    secrets.insert("GITHUB_TOKEN".to_owned(), token.clone());
    let machine = Machine::new(flow.runner, &flow.event.payload, secrets.values().cloned().collect());
    let scope = scope
        .with("secrets", Value::texts(&secrets))
        .adding("github", "token", Value::text(&token))
        .adding("github", "job", Value::text(&result.id))
        .adding("github", "workspace", machine.path_value(&machine.workspace))
        .adding("github", "event_path", machine.path_value(&machine.event))
        .with_closed("runner", machine.context());
    let mut job = Job { flow, scope, permissions, token, machine, spec, called };
    job.machine.env = job.scope.texts(&called.workflow.env.0, Place::ENV);
    let own = job.scope.texts(&spec.env.0, Place::JOB_ENV);
    job.machine.env.extend(own);
    let mut frame = Frame::new();
    let steps = job.steps(&spec.steps, &mut frame);
    let after = job.scope_of(&frame, &BTreeMap::new());
    let text = |text: &super::workflow::Scalar| after.text(&text.0, Place::STEP);
    let mut annotations = job.machine.annotations.clone();
    let mut outputs = BTreeMap::new();
    for (name, output) in &spec.outputs.0 {
        let output = text(output);
        match job.machine.is_secret(&output) {
            true => annotations.push(format!("::warning::Skip output '{name}' since it may contain secret.")),
            false => drop(outputs.insert(name.clone(), output)),
        }
    }
    let url = spec.environment.as_ref().and_then(|it| it.url.as_ref());
    JobResult {
        conclusion: if frame.failed { Conclusion::Failure } else { Conclusion::Success },
        steps,
        outputs,
        summary: job.machine.summary.clone(),
        annotations,
        environment,
        environment_url: url.map(|it| after.text(&it.0, Place::ENVIRONMENT_URL)),
        permissions: job.permissions.0.clone(),
        secrets_seen: job.scope.seen(),
        workspace: job.machine.workspace.clone(),
        directory: Some(job.machine.directory),
        ..result
    }
}

impl Job<'_> {
    /// What the expressions of a step see.
    pub fn scope_of(&self, frame: &Frame, env: &BTreeMap<String, String>) -> Scope {
        let mut scope = self.scope.with("steps", Value::Object(frame.steps.clone()));
        (scope.success, scope.failure) = (!frame.failed, frame.failed);
        let status = if frame.failed { "failure" } else { "success" };
        scope = scope.with_closed("job", [("status", Value::text(status))]);
        let env = self.layers(frame, env);
        scope = scope.with("env", Value::texts(&env));
        if let Some(inputs) = &frame.inputs {
            scope = scope.with("inputs", inputs.clone());
        }
        if let Some(path) = &frame.action_path {
            scope = scope.adding("github", "action_path", self.machine.path_value(path));
        }
        scope
    }

    fn layers(&self, frame: &Frame, env: &BTreeMap<String, String>) -> BTreeMap<String, String> {
        let mut layers = self.machine.env.clone();
        layers.extend(frame.env.clone());
        layers.extend(env.clone());
        layers
    }

    pub fn steps(&mut self, steps: &[Step], frame: &mut Frame) -> Vec<StepResult> {
        steps.iter().map(|step| self.step(step, frame)).collect()
    }

    fn step(&mut self, step: &Step, frame: &mut Frame) -> StepResult {
        let [place, condition] = frame.places();
        let env = self.scope_of(frame, &BTreeMap::new()).texts(&step.env.0, place);
        let scope = self.scope_of(frame, &env);
        let runs = scope.holds(step.condition.as_ref().map(|it| it.0.as_str()), condition);
        let first = step.run.iter().filter_map(|it| it.0.lines().next());
        let called = step.uses.iter().map(String::as_str).chain(first).next().unwrap_or_default();
        let name = step.name.as_ref().map_or(format!("Run {called}"), |it| match runs {
            true => scope.text(&it.0, place),
            false => it.0.clone(),
        });
        let finished = runs.then(|| match (&step.uses, &step.run) {
            (Some(uses), _) => {
                let with = step.with.0.iter().map(|(name, it)| (name.clone(), scope.text(&it.0, place)));
                action::uses(self, uses, &with.collect(), &env, frame)
            }
            (None, Some(run)) => self.run(step, &scope.text(&run.0, place), &scope, &env, frame),
            (None, None) => panic!("a step does nothing"),
        });
        let outcome = match &finished {
            None => Conclusion::Skipped,
            Some(it) if it.success => Conclusion::Success,
            Some(_) => Conclusion::Failure,
        };
        let goes_on = step.continue_on_error.as_ref().is_some_and(|it| {
            let text = scope.text(&it.0, place);
            assert!(["true", "false"].contains(&text.as_str()), "`continue-on-error` is `{text}`");
            text == "true"
        });
        let conclusion =
            if outcome == Conclusion::Failure && goes_on { Conclusion::Success } else { outcome };
        frame.failed |= conclusion == Conclusion::Failure;
        let finished = finished.unwrap_or_default();
        if let Some(id) = &step.id {
            let outputs = finished.outputs.iter().map(|(name, text)| (name, Value::text(text)));
            // An action says what it puts out; a script may leave any of it away.
            let outputs = match step.uses.is_some() && finished.success {
                true => Object::closed(outputs),
                false => Object::open(outputs),
            };
            let entries = [
                ("outputs", Value::Object(outputs)),
                ("outcome", Value::text(outcome.word())),
                ("conclusion", Value::text(conclusion.word())),
            ];
            frame.steps.set(id, Value::Object(Object::closed(entries)));
        }
        let Finished { log, outputs, inner, .. } = finished;
        StepResult { id: step.id.clone(), name, outcome, conclusion, log, outputs, inner }
    }

    fn run(
        &mut self,
        step: &Step,
        script: &str,
        scope: &Scope,
        env: &BTreeMap<String, String>,
        frame: &Frame,
    ) -> Finished {
        let defaults = [&self.spec.defaults.run, &self.called.workflow.defaults.run];
        // An action stands alone: what the job says of its steps does not hold for those of an action.
        let defaults = defaults.into_iter().filter(|_| frame.action_path.is_none());
        let shell = step.shell.clone().or_else(|| defaults.clone().find_map(|it| it.shell.clone()));
        let directory = step.working_directory.as_ref();
        let directory = directory.or_else(|| defaults.clone().find_map(|it| it.working_directory.as_ref()));
        let directory = directory.map(|it| scope.text(&it.0, frame.places()[0])).unwrap_or_default();
        let mut environment = self.layers(frame, env);
        let kept = checks::GITHUB.iter().filter(|it| !["event", "token", "action_path"].contains(it));
        for name in kept {
            let value = scope.evaluate(&format!("github.{name}"), Place::ANY).to_text();
            environment.insert(format!("GITHUB_{}", name.to_uppercase()), value);
        }
        for name in checks::RUNNER {
            let value = scope.evaluate(&format!("runner.{name}"), Place::ANY).to_text();
            environment.insert(format!("RUNNER_{}", name.to_uppercase()), value);
        }
        if let Some(path) = &frame.action_path {
            environment.insert("GITHUB_ACTION_PATH".to_owned(), path.to_str().unwrap().to_owned());
        }
        let directory = self.machine.workspace.join(directory);
        self.machine
            .run(self.flow.runner, &Script { text: script, shell: shell.as_deref(), directory, environment })
    }
}
