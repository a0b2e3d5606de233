//! The emulation does what GitHub documents. Where it did not, a pipeline would pass here and fail for those who use it.

mod actions;
mod expressions;
mod jobs;
mod refusals;
mod runs;

use super::runner::{Event, JobResult, RunResult, Runner, attempt};
use serde_json::{Value as Json, json};
use std::{fs, path::PathBuf};
use tempfile::TempDir;

const SHA: &str = "0123456789abcdef0123456789abcdef01234567";
const FILE: &str = ".github/workflows/x.yml";

/// A host with a repository, and a clone from which things are pushed to it.
struct Host {
    directory: TempDir,
    runner: Runner,
}

impl Host {
    /// Its default branch has these files.
    fn new(files: &[(&str, &str)]) -> Self {
        let directory = tempfile::tempdir().unwrap();
        let host = Self {
            runner: Runner::new(directory.path().join("origin"), "acme/phones", "http://127.0.0.1:9"),
            directory,
        };
        host.git_at("", &["init", "-q", "--template=", "--bare", "-b", "main", "origin"]);
        host.git_at("", &["init", "-q", "--template=", "-b", "main", "clone"]);
        let config = host.clone_path().join(".git/config");
        let text = fs::read_to_string(&config).unwrap()
            + "[user]\n name = A\n email = a@example.com\n[remote \"origin\"]\n url = ../origin\n";
        fs::write(config, text).unwrap();
        host.commit(files);
        host
    }

    fn git_at(&self, at: &str, words: &[&str]) -> String {
        let (success, text) = attempt(&self.directory.path().join(at), words);
        assert!(success, "git {words:?}: {text}");
        text.trim_end().to_owned()
    }

    fn git(&self, words: &[&str]) -> String {
        self.git_at("clone", words)
    }

    fn clone_path(&self) -> PathBuf {
        self.directory.path().join("clone")
    }

    /// Commits to the branch that is checked out, and pushes it.
    fn commit(&self, files: &[(&str, &str)]) -> String {
        for (path, text) in files {
            let path = self.clone_path().join(path);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, text).unwrap();
        }
        self.git(&["add", "-A"]);
        self.git(&["commit", "-q", "--allow-empty", "-m", "files"]);
        self.git(&["push", "-q", "-f", "origin", "HEAD"]);
        self.git(&["rev-parse", "HEAD"])
    }

    fn push(&self) -> Event {
        let sha = self.git_at("origin", &["rev-parse", "main"]);
        self.event("push", json!({}), &sha, "refs/heads/main")
    }

    fn event(&self, name: &str, payload: Json, sha: &str, ref_: &str) -> Event {
        Event {
            name: name.to_owned(),
            payload,
            sha: sha.to_owned(),
            ref_: ref_.to_owned(),
            workflow_from: sha.to_owned(),
            repository_of_head: self.runner.repository.clone(),
        }
    }

    /// Pull request 7 with what is checked out: the host makes a merge commit of it.
    fn pull_request(&self, head_repository: &str) -> Event {
        let head = self.git(&["rev-parse", "HEAD"]);
        self.git(&["checkout", "-q", "--detach", "main"]);
        self.git(&["merge", "-q", "--no-ff", "-m", "merge", &head]);
        self.git(&["push", "-q", "-f", "origin", "HEAD:refs/pull/7/merge"]);
        let merge = self.git(&["rev-parse", "HEAD"]);
        let payload = json!({ "action": "opened", "pull_request": {
            "number": 7, "base": { "ref": "main" },
            "head": { "ref": "change", "sha": head, "repo": { "full_name": head_repository } },
        }});
        let event = self.event("pull_request", payload, &merge, "refs/pull/7/merge");
        Event { repository_of_head: head_repository.to_owned(), workflow_from: head, ..event }
    }
}

/// A run of a push to a repository whose only file is a workflow with these jobs.
fn run(jobs: &str) -> RunResult {
    run_with(jobs, |_| {})
}

fn run_with(jobs: &str, prepare: impl FnOnce(&mut Runner)) -> RunResult {
    let mut host = Host::new(&[(FILE, &format!("on: push\n{jobs}"))]);
    prepare(&mut host.runner);
    host.runner.run(FILE, &host.push())
}

/// The only job of a run that has these steps.
fn steps(steps: &str) -> JobResult {
    job_of(run(&with_steps(steps)))
}

fn with_steps(steps: &str) -> String {
    format!("jobs:\n  one:\n    runs-on: ubuntu-latest\n    steps:\n{}", indented(steps, 6))
}

fn job_of(mut result: RunResult) -> JobResult {
    assert_eq!(result.jobs.len(), 1);
    result.jobs.remove(0)
}

fn indented(text: &str, by: usize) -> String {
    text.trim_matches('\n').lines().map(|line| format!("{}{line}\n", " ".repeat(by))).collect()
}
