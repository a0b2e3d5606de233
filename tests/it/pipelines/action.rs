//! `uses:` — composite actions of the repository, and those of GitHub's own that workflows here need.

use super::{
    artifacts, checkout, checks,
    job::{Finished, Frame, Job},
    runner::plain,
    syntax::Place,
    triggers::{Input, Output},
    value::{Object, Value},
    workflow::{Ordered, Step, yaml},
};
use serde::Deserialize;
use serde_yaml::Value as Yaml;
use std::{
    collections::BTreeMap,
    fs,
    path::{Component, Path},
};

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Action {
    #[serde(rename = "name")]
    _name: String,
    #[serde(rename = "description")]
    _description: String,
    #[serde(rename = "author")]
    _author: Option<String>,
    #[serde(default)]
    pub inputs: Ordered<Input>,
    #[serde(default)]
    pub outputs: Ordered<Output>,
    pub runs: Runs,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Runs {
    using: Using,
    pub steps: Vec<Step>,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Using {
    Composite,
}

#[derive(Clone, Copy)]
pub enum Used<'a> {
    Local(&'a str),
    Checkout,
    Upload,
    Download,
}

impl<'a> Used<'a> {
    /// Of actions from elsewhere only those are known, and only by the sum of a commit: a tag can be moved.
    pub fn parse(uses: &'a str) -> Self {
        if uses.starts_with("./") {
            let plain =
                Path::new(uses).components().all(|it| matches!(it, Component::CurDir | Component::Normal(_)));
            assert!(plain, "`{uses}` leaves the repository");
            return Self::Local(uses);
        }
        let (name, commit) = uses.split_once('@').unwrap_or_else(|| panic!("`{uses}` has no version"));
        let hex = |it: char| it.is_ascii_digit() || ('a'..='f').contains(&it);
        assert!(commit.len() == 40 && commit.chars().all(hex), "`{uses}` is not pinned to a commit");
        match name {
            "actions/checkout" => Self::Checkout,
            "actions/upload-artifact" => Self::Upload,
            "actions/download-artifact" => Self::Download,
            _ => panic!("the action `{name}` is not emulated"),
        }
    }
}

/// What an action was given, of which every name has to be taken.
pub struct With {
    action: &'static str,
    given: BTreeMap<String, String>,
}

impl With {
    /// Empty is as not given.
    pub fn take(&mut self, name: &str) -> Option<String> {
        self.given.remove(name).filter(|it| !it.is_empty())
    }

    pub fn flag(&mut self, name: &str, default: bool) -> bool {
        match self.take(name).as_deref() {
            None => default,
            Some("true") => true,
            Some("false") => false,
            Some(other) => panic!("{}: `{name}` is `{other}`", self.action),
        }
    }

    pub fn end(self) {
        assert!(self.given.is_empty(), "{}: not emulated: {:?}", self.action, self.given.keys());
    }
}

pub fn uses(
    job: &mut Job,
    uses: &str,
    with: &BTreeMap<String, String>,
    env: &BTreeMap<String, String>,
    frame: &Frame,
) -> Finished {
    let with_of = |action| With { action, given: with.clone() };
    match Used::parse(uses) {
        Used::Local(path) => composite(job, path, with, env, frame),
        Used::Checkout => checkout::run(job, with_of("actions/checkout")),
        Used::Upload => artifacts::upload(job, with_of("actions/upload-artifact")),
        Used::Download => artifacts::download(job, with_of("actions/download-artifact")),
    }
}

pub fn parse(text: &str, file: &str) -> Action {
    let action: Action =
        serde_yaml::from_value(yaml(text, file)).unwrap_or_else(|error| panic!("{file}: {error}"));
    checks::action(&action, file);
    action
}

fn composite(
    job: &mut Job,
    path: &str,
    with: &BTreeMap<String, String>,
    env: &BTreeMap<String, String>,
    frame: &Frame,
) -> Finished {
    let directory = job.machine.workspace.join(path.trim_start_matches("./"));
    let files = ["action.yml", "action.yaml"].map(|it| directory.join(it));
    let Some(file) = files.iter().find(|it| it.is_file()) else {
        return Finished::failed(format!(
            "::error::Can't find 'action.yml' or 'action.yaml' under '{path}'. Did you forget to run actions/checkout \
             before running your local action?"
        ));
    };
    let Action { inputs: asked, outputs, runs: Runs { using: Using::Composite, steps }, .. } =
        parse(&fs::read_to_string(file).unwrap(), path);
    for name in with.keys() {
        assert!(asked.get(name).is_some(), "{path} has no input `{name}`");
    }
    let inputs = asked.0.iter().map(|(name, input)| {
        let given = with.get(name).cloned().or_else(|| {
            Some(match input.default.as_ref()? {
                Yaml::String(text) => job.scope_of(frame, env).text(text, Place::ACTION_INPUT),
                other => plain(other).to_text(),
            })
        });
        // The host would go on with an empty text.
        assert!(given.is_some() || !input.required, "{path}: the input `{name}` is required");
        (name, Value::text(given.unwrap_or_default()))
    });
    let inputs = Value::Object(Object::closed(inputs));
    let mut layers = frame.env.clone();
    layers.extend(env.clone());
    let mut own =
        Frame { inputs: Some(inputs), action_path: Some(directory.clone()), env: layers, ..Frame::new() };
    let inner = job.steps(&steps, &mut own);
    let scope = job.scope_of(&own, &BTreeMap::new());
    let outputs =
        outputs.0.iter().map(|(name, it)| (name.clone(), scope.text(&it.value.0, Place::ACTION))).collect();
    let log = inner.iter().map(|it| it.log.as_str()).collect();
    Finished { success: !own.failed, log, outputs, inner }
}
