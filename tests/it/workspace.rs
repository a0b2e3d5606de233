//! A workspace in a directory of its own, and what is run in it.

use dialform::cli::{Finished, run_at, run_with};
use serde_json::Value;
use std::{
    ffi::OsStr,
    fs,
    path::{Path, PathBuf},
    process::Command,
};
use tempfile::TempDir;

/// A directory with the files of a workspace.
pub struct Workspace {
    root: PathBuf,
    /// Gone with the workspace, unless its place was chosen.
    _temporary: Option<TempDir>,
}

/// Without files, in memory where there is some to be had: every run writes files to the disk for good, and thousands do.
impl Default for Workspace {
    fn default() -> Self {
        let memory = tempfile::Builder::new().prefix("dialform-").tempdir_in("/dev/shm");
        let directory = memory.or_else(|_| tempfile::tempdir()).unwrap();
        Self { root: directory.path().to_owned(), _temporary: Some(directory) }
    }
}

impl Workspace {
    /// A directory that stays; it is made with the first file.
    pub fn at(root: PathBuf) -> Self {
        Self { root, _temporary: None }
    }

    /// A copy of the example that newcomers try first, without what a run has left in it.
    pub fn quickstart() -> Self {
        let workspace = Self::default();
        copy(&Path::new(env!("CARGO_MANIFEST_DIR")).join("examples/quickstart"), workspace.root());
        workspace
    }

    pub fn root(&self) -> &Path {
        &self.root
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.root.join(name)
    }

    /// A path as the argument of a command.
    pub fn argument(&self, name: &str) -> String {
        self.path(name).to_str().unwrap().to_owned()
    }

    pub fn write(&self, name: &str, content: impl AsRef<[u8]>) {
        let path = self.path(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, content).unwrap();
    }

    pub fn read(&self, name: &str) -> String {
        let path = self.path(name);
        fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
    }

    /// Replaces a text that stands once in a file.
    pub fn edit(&self, name: &str, from: &str, to: &str) {
        let text = self.read(name);
        assert_eq!(text.matches(from).count(), 1, "`{from}` has to stand once in {name}");
        self.write(name, text.replace(from, to));
    }

    /// Leaves the emergency forwards of the quickstart to people: its carrier has no interface any more.
    pub fn switch_by_hand(&self) {
        const HTTP: &str = "    carrier:\n      url: \"https://carrier.example.net/v1\"\n      token: { env: CARRIER_TOKEN }\n";
        self.edit("dialform.yaml", HTTP, "    carrier: manual\n");
    }

    /// The lines of a file of JSON lines; none where there is no file.
    pub fn lines(&self, name: &str) -> Vec<Value> {
        let text = fs::read_to_string(self.path(name)).unwrap_or_default();
        text.lines()
            .map(|line| serde_json::from_str(line).unwrap_or_else(|error| panic!("{error}: {line}")))
            .collect()
    }

    /// Runs a command in this process.
    pub fn run(&self, arguments: &[&str]) -> Finished {
        let mut all = vec!["dialform", "-C", self.root.to_str().unwrap()];
        all.extend(arguments);
        run_with(&all)
    }

    /// The same at an instant.
    pub fn run_at(&self, now: &str, arguments: &[&str]) -> Finished {
        let mut all = vec!["dialform", "-C", self.root.to_str().unwrap()];
        all.extend(arguments);
        run_at(&all, Some(now.parse().unwrap()))
    }

    /// The same as a process of its own, about to be run.
    pub fn process(&self, arguments: &[impl AsRef<OsStr>]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_dialform"));
        command.arg("-C").arg(&self.root).args(arguments);
        command
    }

    /// Runs git in the workspace.
    pub fn git(&self, arguments: &[&str]) {
        git(&self.root, arguments);
    }

    /// Makes the workspace a repository whose first commit holds these paths.
    pub fn commit(&self, paths: &[&str]) {
        self.git(&["init", "-q"]);
        self.git(&[&["add"], paths].concat());
        self.git(&["commit", "-qm", "before"]);
    }
}

/// Runs git as somebody whom no configuration of this machine knows.
pub fn git(directory: &Path, arguments: &[&str]) {
    let identity = ["-c", "user.name=t", "-c", "user.email=t@example.invalid"];
    let done = Command::new("git").args(identity).args(arguments).current_dir(directory).output().unwrap();
    assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
}

/// Copies a directory without what a run has left in it.
pub fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        let target = to.join(entry.file_name());
        if entry.file_name() == ".dialform" {
            continue;
        }
        if entry.file_type().unwrap().is_dir() {
            copy(&entry.path(), &target);
        } else {
            fs::copy(entry.path(), target).unwrap();
        }
    }
}

/// The message of the one thing that stopped a run.
pub fn refusal(finished: &Finished) -> String {
    let first = finished.err.lines().find(|line| line.starts_with("error")).unwrap_or_default();
    first.split_once("]: ").unwrap_or_default().1.to_owned()
}

/// What `apply --format json` says of one kind, if it does.
pub fn event(out: &str, kind: &str) -> Option<Value> {
    let mut events = out.lines().filter_map(|line| serde_json::from_str::<Value>(line).ok());
    events.find(|event| event["event"] == kind)
}

/// What `apply --format json` says in the end: its last line.
pub fn outcome(out: &str) -> serde_json::Result<Value> {
    serde_json::from_str(out.lines().last().unwrap_or_default())
}
