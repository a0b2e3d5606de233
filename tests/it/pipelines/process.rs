//! The machine of a job: directories, processes, the files that a step writes for those after it, and what it says to the host
//! in its log.

use super::{job::Finished, runner::Runner, value::Value};
use serde_json::Value as Json;
use std::{
    collections::BTreeMap,
    env,
    fs::{self, File},
    path::{Path, PathBuf},
    process::{Command, Stdio},
};
use tempfile::TempDir;

/// As the host has it for one step's summary.
const SUMMARY: usize = 1024 * 1024;

pub struct Machine {
    pub directory: TempDir,
    pub workspace: PathBuf,
    pub event: PathBuf,
    /// Of the workflow and the job, and what steps have added.
    pub env: BTreeMap<String, String>,
    pub summary: String,
    pub annotations: Vec<String>,
    temp: PathBuf,
    path: Vec<String>,
    masks: Vec<String>,
    scripts: u32,
}

pub struct Script<'a> {
    pub text: &'a str,
    pub shell: Option<&'a str>,
    pub directory: PathBuf,
    pub environment: BTreeMap<String, String>,
}

/// A command for a program that is found now. With a `PATH` of its own a command is looked for after a fork, which copies what the
/// tests have in memory.
pub fn program(name: &str) -> Command {
    let path = env::var_os("PATH").unwrap();
    let found = env::split_paths(&path).map(|it| it.join(name)).find(|it| it.is_file());
    Command::new(found.unwrap_or_else(|| panic!("there is no `{name}`")))
}

/// Nothing of the test process but where programs are.
pub fn clean(command: &mut Command, home: &Path) {
    command.env_clear().env("PATH", env::var_os("PATH").unwrap()).env("HOME", home).env("LANG", "C.UTF-8");
    command.env("GIT_CONFIG_NOSYSTEM", "1").stdin(Stdio::null());
}

impl Machine {
    pub fn new(runner: &Runner, payload: &Json, masks: Vec<String>) -> Self {
        let directory = tempfile::tempdir().unwrap();
        let root = directory.path().canonicalize().unwrap();
        let name = runner.repository.split('/').next_back().unwrap();
        let [workspace, temp] = [root.join("work").join(name), root.join("temp")];
        let event = temp.join("event.json");
        for path in [&workspace, &temp, &root.join("home"), &root.join("tools")] {
            fs::create_dir_all(path).unwrap();
        }
        fs::write(&event, payload.to_string()).unwrap();
        Self {
            directory,
            workspace,
            event,
            env: BTreeMap::new(),
            summary: String::new(),
            annotations: Vec::new(),
            temp,
            path: Vec::new(),
            masks: masks.into_iter().filter(|it| !it.is_empty()).collect(),
            scripts: 0,
        }
    }

    pub fn path_value(&self, path: &Path) -> Value {
        Value::text(path.to_str().unwrap())
    }

    pub fn context(&self) -> [(&'static str, Value); 6] {
        let arch = if cfg!(target_arch = "aarch64") { "ARM64" } else { "X64" };
        [
            ("arch", Value::text(arch)),
            ("environment", Value::text("github-hosted")),
            ("name", Value::text("GitHub Actions 1")),
            ("os", Value::text("Linux")),
            ("temp", self.path_value(&self.temp)),
            ("tool_cache", self.path_value(&self.temp.with_file_name("tools"))),
        ]
    }

    /// An output with a secret in it never leaves a job.
    pub fn is_secret(&self, text: &str) -> bool {
        self.masks.iter().any(|it| text.contains(it.as_str()))
    }

    fn file(&mut self, kind: &str) -> PathBuf {
        self.scripts += 1;
        let path = self.temp.join(format!("{kind}_{}", self.scripts));
        fs::write(&path, "").unwrap();
        path
    }

    pub fn run(&mut self, runner: &Runner, script: &Script) -> Finished {
        assert!(!script.environment.contains_key("PATH"), "`PATH` is set by `GITHUB_PATH`");
        let file = self.file("script.sh");
        let log = self.file("log");
        fs::write(&file, script.text).unwrap();
        let file = file.to_str().unwrap();
        let words: &[&str] = match script.shell {
            None => &["bash", "-e", file],
            Some("bash") => &["bash", "--noprofile", "--norc", "-eo", "pipefail", file],
            Some("sh") => &["sh", "-e", file],
            Some(other) => panic!("the shell `{other}` is not emulated"),
        };
        let mut command = program(words[0]);
        clean(&mut command, &self.temp.with_file_name("home"));
        command.args(&words[1..]).current_dir(&script.directory);
        let path = self.path.iter().rev().cloned();
        let path = path.chain(runner.path.iter().map(|it| it.to_str().unwrap().to_owned()));
        let path: Vec<String> = path.chain([env::var("PATH").unwrap()]).collect();
        command.env("PATH", path.join(":"));
        command.envs(runner.env.iter().map(|(name, value)| (name, value)));
        command.envs(&script.environment).env("GITHUB_ACTIONS", "true").env("CI", "true");
        let files = ["GITHUB_OUTPUT", "GITHUB_ENV", "GITHUB_PATH", "GITHUB_STEP_SUMMARY"]
            .map(|name| (name, self.file(&name.to_lowercase())));
        command.envs(files.iter().map(|(name, path)| (name, path)));
        let out = File::create(&log).unwrap();
        command.stdout(out.try_clone().unwrap()).stderr(out);
        let ended = command.status();
        let mut said = String::from_utf8_lossy(&fs::read(&log).unwrap()).into_owned();
        let success = match ended {
            Ok(status) => status.success(),
            // No such directory, or more environment than the system takes.
            Err(error) => return Finished::failed(format!("{said}::error::{error}")),
        };
        self.listen(&said);
        let [output, environment, path, summary] = files.map(|(_, path)| fs::read_to_string(path).unwrap());
        match self.take(&output, &environment, &path, summary) {
            Ok(outputs) => Finished { success, log: said, outputs, inner: Vec::new() },
            Err(error) => {
                said += &format!("::error::{error}\n");
                Finished { log: said, ..Finished::default() }
            }
        }
    }

    fn take(
        &mut self,
        output: &str,
        environment: &str,
        path: &str,
        summary: String,
    ) -> Result<BTreeMap<String, String>, String> {
        for (name, value) in pairs(environment)? {
            let own = ["GITHUB_", "RUNNER_"].iter().any(|it| name.starts_with(it));
            assert!(
                !own && !["CI", "PATH", "NODE_OPTIONS"].contains(&name.as_str()),
                "`{name}` is the host's"
            );
            self.env.insert(name, value);
        }
        self.path.extend(path.lines().filter(|it| !it.is_empty()).map(str::to_owned));
        if summary.len() > SUMMARY {
            self.annotations.push("::error::$GITHUB_STEP_SUMMARY upload aborted, it is too long".to_owned());
        } else {
            self.summary += &summary;
        }
        Ok(pairs(output)?.into_iter().collect())
    }

    /// What a line of the log says to the host, be it from a step or from a file that a step prints.
    fn listen(&mut self, log: &str) {
        let mut stopped: Option<String> = None;
        for line in log.lines() {
            let line = line.trim_start();
            let Some((command, text)) = line.strip_prefix("::").and_then(|it| it.split_once("::")) else {
                continue;
            };
            if let Some(until) = &stopped {
                if command == until {
                    stopped = None;
                }
                continue;
            }
            match command.split(' ').next().unwrap_or_default() {
                "error" | "warning" | "notice" => self.annotations.push(line.to_owned()),
                "group" | "endgroup" | "debug" => {}
                "add-mask" => self.masks.push(text.to_owned()),
                "stop-commands" => stopped = Some(text.to_owned()),
                // Words of somebody's text, such as an address.
                other if other.contains(|it: char| !(it.is_ascii_lowercase() || it == '-')) => {}
                other => panic!("the command `::{other}::` is not emulated: {line}"),
            }
        }
    }
}

/// Lines `name=value`, and `name<<END` with everything up to the line `END`.
fn pairs(text: &str) -> Result<Vec<(String, String)>, String> {
    let mut pairs = Vec::new();
    let mut lines = text.lines();
    while let Some(line) = lines.next() {
        if line.is_empty() {
            continue;
        }
        let found = [line.find('='), line.find("<<")];
        let (name, value) = match found {
            [Some(at), other] if other.is_none_or(|it| at < it) => (&line[..at], line[at + 1..].to_owned()),
            [_, Some(at)] => {
                let end = &line[at + 2..];
                let mut value = Vec::new();
                loop {
                    match lines.next() {
                        Some(line) if line == end => break,
                        Some(line) => value.push(line),
                        None => return Err(format!("Invalid value. Matching delimiter not found '{end}'")),
                    }
                }
                if end.is_empty() {
                    return Err(format!("Invalid format '{line}'. Delimiter must not be empty"));
                }
                (&line[..at], value.join("\n"))
            }
            _ => return Err(format!("Invalid format '{line}'")),
        };
        if name.is_empty() {
            return Err(format!("Invalid format '{line}'. Name must not be empty"));
        }
        pairs.push((name.to_owned(), value));
    }
    Ok(pairs)
}
