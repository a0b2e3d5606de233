//! Pipelines of GitLab CI: the jobs whose rules hold, each in a clone of its own. Whatever is not known here panics.

use super::{process, runner::attempt};
use serde_yaml::{Mapping, Value};
use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
};
use tempfile::TempDir;

/// What a pipeline is of.
pub struct Pipeline<'a> {
    /// A bare repository.
    pub origin: &'a Path,
    pub commit: &'a str,
    /// Variables of the project and of the pipeline.
    pub variables: Vec<(&'a str, String)>,
    /// Jobs that somebody starts by hand.
    pub started: &'a [&'a str],
}

pub struct Done {
    pub name: String,
    pub code: i32,
    /// Both streams.
    pub log: String,
    /// What the job keeps, by its path.
    pub artifacts: BTreeMap<PathBuf, Vec<u8>>,
    pub resource_group: Option<String>,
}

const GLOBAL: [&str; 3] = ["include", "workflow", "variables"];
const JOB: [&str; 11] = [
    "image",
    "stage",
    "variables",
    "before_script",
    "script",
    "rules",
    "needs",
    "environment",
    "resource_group",
    "artifacts",
    "extends",
];

impl Pipeline<'_> {
    /// Runs the jobs in the order of the file; nothing where the file asks for no such pipeline.
    pub fn run(&self) -> Vec<Done> {
        let mut file = self.read(".gitlab-ci.yml");
        for include in file.remove("include").map(list).into_iter().flatten() {
            let path = include["local"].as_str().unwrap_or_else(|| panic!("{include:?}"));
            let included = self.read(path);
            assert!(included.keys().all(|key| !GLOBAL.contains(&key.as_str().unwrap())), "{path}");
            file.extend(included);
        }
        let global = file.get("variables").cloned().map_or_else(Mapping::new, map);
        if let Some(workflow) = file.get("workflow")
            && self.when(&workflow["rules"], &self.known(&global)).is_none()
        {
            return Vec::new();
        }
        let mut done: Vec<Done> = Vec::new();
        for (name, job) in &file {
            let name = name.as_str().unwrap();
            if GLOBAL.contains(&name) || name.starts_with('.') {
                continue;
            }
            let job = extended(&file, map(job.clone()));
            for key in job.keys().map(|it| it.as_str().unwrap()) {
                assert!(JOB.contains(&key), "`{key}` of a job is not known");
            }
            let mut variables = global.clone();
            variables.extend(job.get("variables").cloned().map_or_else(Mapping::new, map));
            let known = self.known(&variables);
            let starts = match self.when(&job["rules"], &known).as_deref() {
                None => false,
                Some("manual") => self.started.contains(&name),
                Some("on_success") => true,
                Some(other) => panic!("`when: {other}`"),
            };
            let failed = |it: &&Done| it.code != 0;
            let needs: Vec<String> =
                job.get("needs").cloned().map(list).unwrap_or_default().iter().map(text).collect();
            let missing = needs.iter().any(|need| !done.iter().any(|it| it.name == *need && it.code == 0));
            if starts && !missing && (!needs.is_empty() || done.iter().find(failed).is_none()) {
                done.push(self.job(name, &job, &known, &done));
            }
        }
        done
    }

    fn read(&self, path: &str) -> Mapping {
        let (found, text) = attempt(self.origin, &["show", &format!("{}:{path}", self.commit)]);
        assert!(found, "{text}");
        map(serde_yaml::from_str(&text).unwrap())
    }

    /// Variables of a job, those of the project before those of the file.
    fn known(&self, file: &Mapping) -> BTreeMap<String, String> {
        let own = file.iter().map(|(name, value)| (text(name), text(value)));
        own.chain(self.variables.iter().map(|(name, value)| ((*name).to_owned(), value.clone()))).collect()
    }

    /// Whether the commit has a file that a pattern names.
    fn exists(&self, pattern: &str) -> bool {
        let (found, names) = attempt(self.origin, &["ls-tree", "-r", "--name-only", self.commit]);
        assert!(found, "{names}");
        let options = glob::MatchOptions { require_literal_separator: true, ..glob::MatchOptions::default() };
        let pattern = glob::Pattern::new(pattern).unwrap();
        names.lines().any(|name| pattern.matches_with(name, options))
    }

    /// When the first rule that holds says that a job starts.
    fn when(&self, rules: &Value, known: &BTreeMap<String, String>) -> Option<String> {
        let rules = list(rules.clone());
        let rule = rules.iter().find(|rule| {
            let keys = rule.as_mapping().unwrap().keys();
            assert!(keys.map(text).all(|key| ["if", "exists", "when"].contains(&key.as_str())), "{rule:?}");
            rule.get("if").is_none_or(|it| holds(&text(it), known))
                && rule
                    .get("exists")
                    .is_none_or(|it| list(it.clone()).iter().any(|it| self.exists(&text(it))))
        })?;
        Some(rule.get("when").map_or_else(|| "on_success".to_owned(), text))
    }

    fn job(&self, name: &str, job: &Mapping, known: &BTreeMap<String, String>, before: &[Done]) -> Done {
        let directory = TempDir::new().unwrap();
        let (home, root) = (directory.path().join("home"), directory.path().join("builds"));
        fs::create_dir_all(&home).unwrap();
        let depth = known.get("GIT_DEPTH").map_or("20", String::as_str);
        let origin = format!("file://{}", self.origin.display());
        let must = |at: &Path, words: &[&str]| {
            let (well, text) = attempt(at, words);
            assert!(well, "git {words:?}: {text}");
        };
        must(directory.path(), &["init", "-q", "builds"]);
        must(&root, &["remote", "add", "origin", &origin]);
        must(
            &root,
            &["config", "remote.origin.uploadpack", "git -c uploadpack.allowAnySHA1InWant=true upload-pack"],
        );
        let deep = format!("--depth={depth}");
        let fetch = ["fetch", "-q", &deep, "origin", self.commit];
        let whole = ["fetch", "-q", "origin", self.commit];
        must(&root, if depth == "0" { &whole } else { &fetch });
        must(&root, &["checkout", "-q", "--detach", self.commit]);
        let needs: Vec<String> =
            job.get("needs").cloned().map(list).unwrap_or_default().iter().map(text).collect();
        for done in before.iter().filter(|it| needs.contains(&it.name)) {
            for (path, content) in &done.artifacts {
                fs::create_dir_all(root.join(path).parent().unwrap()).unwrap();
                fs::write(root.join(path), content).unwrap();
            }
        }
        // All lines are one script, as the host's runner has it.
        let lines = ["before_script", "script"].iter().filter_map(|it| job.get(*it).cloned()).flat_map(list);
        let script: Vec<String> = lines.map(|it| text(&it)).collect();
        let mut bash = process::program("bash");
        process::clean(&mut bash, &home);
        bash.args(["-eo", "pipefail", "-c", &script.join("\n")]).current_dir(&root);
        bash.envs(known).env("CI_PROJECT_DIR", &root);
        let output = bash.output().unwrap();
        let log = String::from_utf8_lossy(&output.stdout) + String::from_utf8_lossy(&output.stderr);
        let keeps = job.get("artifacts").cloned().map_or_else(Mapping::new, map);
        let always = keeps.get("when").map(text).as_deref() == Some("always");
        let mut artifacts = BTreeMap::new();
        if always || output.status.success() {
            for path in keeps.get("paths").cloned().map(list).into_iter().flatten() {
                kept(&root, Path::new(&text(&path)), &mut artifacts);
            }
        }
        Done {
            name: name.to_owned(),
            code: output.status.code().unwrap(),
            log: log.into_owned(),
            artifacts,
            resource_group: job.get("resource_group").map(text),
        }
    }
}

fn kept(root: &Path, path: &Path, found: &mut BTreeMap<PathBuf, Vec<u8>>) {
    let at = root.join(path);
    if at.is_dir() {
        for entry in fs::read_dir(&at).unwrap() {
            kept(root, &path.join(entry.unwrap().file_name()), found);
        }
    } else if at.exists() {
        found.insert(path.to_owned(), fs::read(at).unwrap());
    }
}

/// A job with what it extends below it.
fn extended(file: &Mapping, job: Mapping) -> Mapping {
    let Some(of) = job.get("extends") else { return job };
    let mut whole = extended(file, map(file[of].clone()));
    for (key, value) in job {
        let both = whole.get(&key).and_then(Value::as_mapping).cloned().zip(value.as_mapping().cloned());
        let value = match both {
            Some((mut below, above)) => {
                below.extend(above);
                Value::Mapping(below)
            }
            None => value,
        };
        whole.insert(key, value);
    }
    whole.remove("extends");
    whole
}

/// `$A == "text"`, `$A == $B` and several of them with `&&`.
fn holds(rule: &str, known: &BTreeMap<String, String>) -> bool {
    let value = |word: &str| match word.trim().strip_prefix('$') {
        Some(name) => known.get(name).cloned().unwrap_or_default(),
        None => {
            let inner = word.trim().strip_prefix('"').and_then(|it| it.strip_suffix('"'));
            inner.unwrap_or_else(|| panic!("`{word}` in a rule is not known")).to_owned()
        }
    };
    rule.split("&&").all(|part| {
        let (one, other) = part.split_once("==").unwrap_or_else(|| panic!("`{part}` in a rule is not known"));
        value(one) == value(other)
    })
}

fn map(value: Value) -> Mapping {
    match value {
        Value::Mapping(map) => map,
        other => panic!("not a map: {other:?}"),
    }
}

fn list(value: Value) -> Vec<Value> {
    match value {
        Value::Sequence(list) => list,
        other => panic!("not a list: {other:?}"),
    }
}

fn text(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Number(number) => number.to_string(),
        Value::Bool(it) => it.to_string(),
        other => panic!("not a text: {other:?}"),
    }
}
