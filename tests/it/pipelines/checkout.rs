//! `actions/checkout`: a clone of the repository, as deep as asked, with or without credentials left in it.

use super::{
    action::With,
    job::{Finished, Job},
    runner::attempt,
};
use std::{fs, path::Path};

/// Git runs what these settings say in place of the host's end of a connection.
const FETCH: &str = "git -c uploadpack.allowAnySHA1InWant=true upload-pack";
const REFUSED: [(&str, &str); 2] = [
    (
        "remote.origin.uploadpack",
        "sh -c 'echo \"fatal: could not read Username: terminal prompts disabled\" >&2; exit 1' refused",
    ),
    (
        "remote.origin.receivepack",
        "sh -c 'echo \"remote: Permission denied to github-actions[bot].\" >&2; exit 1' refused",
    ),
];

pub fn run(job: &mut Job, mut with: With) -> Finished {
    let runner = job.flow.runner;
    let path = with.take("path").unwrap_or_default();
    assert!(
        !path.starts_with('/') && !path.contains(".."),
        "`path` of a checkout leaves the workspace: {path}"
    );
    let target = job.machine.workspace.join(path);
    let depth = with.take("fetch-depth").unwrap_or("1".to_owned());
    let depth: u32 = depth.parse().unwrap_or_else(|_| panic!("`fetch-depth` of a checkout is `{depth}`"));
    let persist = with.flag("persist-credentials", true);
    if let Some(other) = with.take("repository") {
        assert_eq!(other, runner.repository, "a checkout of another repository is not emulated");
    }
    if let Some(token) = with.take("token") {
        assert_eq!(token, job.token, "a checkout with another token is not emulated");
    }
    let asked = with.take("ref");
    with.end();
    if runner.private && job.permissions.level("contents") == 0 {
        return Finished::failed("remote: Repository not found.\n::error::the token may not read `contents`");
    }
    let event = job.flow.event;
    let commit = |it: &str| it.len() == 40 && it.chars().all(|it| it.is_ascii_hexdigit());
    let (name, commit) = match asked {
        Some(it) if commit(&it) => (None, Some(it)),
        Some(it) => (Some(it), None),
        None => (Some(event.ref_.clone()), Some(event.sha.clone())),
    };
    let mut log = String::new();
    let fetched = prepare(&target, runner.origin.to_str().unwrap(), &mut log)
        .and_then(|()| fetch(&target, depth, name.as_deref(), commit.as_deref(), &mut log));
    if let Err(error) = fetched {
        return Finished::failed(format!("{log}::error::{error}"));
    }
    let may = |level| persist && job.permissions.level("contents") >= level;
    let allowed = [may(1) || !runner.private, may(2)];
    for ((name, refused), allowed) in REFUSED.into_iter().zip(allowed) {
        let _ = attempt(&target, &["config", "--unset-all", name]);
        if !allowed {
            must(&target, &["config", name, refused]);
        }
    }
    if allowed[0] {
        must(&target, &["config", REFUSED[0].0, FETCH]);
    }
    let at = must(&target, &["rev-parse", "HEAD"]).trim().to_owned();
    let outputs = [("commit".to_owned(), at), ("ref".to_owned(), name.unwrap_or_default())];
    Finished { outputs: outputs.into(), ..Finished::fine(log) }
}

fn must(directory: &Path, words: &[&str]) -> String {
    let (success, text) = attempt(directory, words);
    assert!(success, "git {words:?}: {text}");
    text
}

type Tried = Result<(), String>;

fn git(directory: &Path, words: &[&str], log: &mut String) -> Tried {
    let (success, text) = attempt(directory, words);
    *log += &text;
    if success { Ok(()) } else { Err(format!("git {} failed", words.join(" "))) }
}

/// What is there stays only if it is a clone, and then without what is not committed.
fn prepare(target: &Path, origin: &str, log: &mut String) -> Tried {
    fs::create_dir_all(target).unwrap();
    if target.join(".git").is_dir() {
        for (name, _) in REFUSED {
            let _ = attempt(target, &["config", "--unset-all", name]);
        }
        let _ = attempt(target, &["checkout", "--detach"]);
        let branches = must(target, &["for-each-ref", "--format=%(refname:short)", "refs/heads"]);
        for branch in branches.lines() {
            git(target, &["branch", "-D", branch], log)?;
        }
        git(target, &["clean", "-ffdx"], log)?;
        return git(target, &["reset", "--hard", "HEAD"], log);
    }
    for entry in fs::read_dir(target).unwrap().map(|it| it.unwrap().path()) {
        if entry.is_dir() { fs::remove_dir_all(entry) } else { fs::remove_file(entry) }.unwrap();
    }
    git(target, &["init", "-q"], log)?;
    git(target, &["remote", "add", "origin", &format!("file://{origin}")], log)
}

fn fetch(target: &Path, depth: u32, name: Option<&str>, commit: Option<&str>, log: &mut String) -> Tried {
    let depth_word = format!("--depth={depth}");
    let get = |specs: &[&str], shallow: bool, log: &mut String| {
        let mut words = vec!["fetch", "--no-tags", "--prune", "--no-recurse-submodules"];
        words.extend(["--upload-pack", FETCH]);
        if shallow {
            words.push(&depth_word);
        } else if target.join(".git/shallow").exists() {
            words.push("--unshallow");
        }
        words.push("origin");
        words.extend(specs);
        git(target, &words, log)
    };
    // Where it is kept in the clone, and what it is called there.
    let place = |name: &str| match name.strip_prefix("refs/heads/") {
        Some(branch) => format!("refs/remotes/origin/{branch}"),
        None => match name.strip_prefix("refs/pull/") {
            Some(pull) => format!("refs/remotes/pull/{pull}"),
            None => name.to_owned(),
        },
    };
    if depth == 0 {
        let mut specs =
            vec!["+refs/heads/*:refs/remotes/origin/*".to_owned(), "+refs/tags/*:refs/tags/*".to_owned()];
        if let Some(pull) = name.filter(|it| it.starts_with("refs/pull/")) {
            specs.push(format!("+{}:{}", commit.unwrap_or(pull), place(pull)));
        }
        get(&specs.iter().map(String::as_str).collect::<Vec<_>>(), false, log)?;
    }
    let target_of = |log: &mut String| -> Result<(Option<String>, String), String> {
        let Some(name) = name else {
            let commit = commit.unwrap();
            if depth > 0 || !attempt(target, &["cat-file", "-e", commit]).0 {
                get(&[commit], depth > 0, log)?;
            }
            return Ok((None, commit.to_owned()));
        };
        if name.starts_with("refs/") {
            let here = place(name);
            let known = attempt(target, &["rev-parse", "--verify", "-q", &here]);
            // The branch may have moved on since the event: it is the event's commit that is wanted.
            if depth > 0 || !known.0 || commit.is_some_and(|it| known.1.trim() != it) {
                get(&[&format!("+{}:{here}", commit.unwrap_or(name))], depth > 0, log)?;
            }
            let branch = name.strip_prefix("refs/heads/").map(str::to_owned);
            return Ok((branch, here));
        }
        if depth > 0 {
            let specs = ["heads", "tags"].map(|it| (format!("refs/{it}/{name}"), it));
            let listed = |spec: &str| attempt(target, &["ls-remote", "--exit-code", "origin", spec]).0;
            let specs = specs.iter().filter(|(spec, _)| listed(spec));
            let specs: Vec<String> = specs.map(|(spec, _)| format!("+{spec}:{}", place(spec))).collect();
            if !specs.is_empty() {
                get(&specs.iter().map(String::as_str).collect::<Vec<_>>(), true, log)?;
            }
        }
        let branch = format!("refs/remotes/origin/{name}");
        let tag = format!("refs/tags/{name}");
        let has = |name: &str| attempt(target, &["rev-parse", "--verify", "-q", name]).0;
        match (has(&branch), has(&tag)) {
            (true, _) => Ok((Some(name.to_owned()), branch)),
            (false, true) => Ok((None, tag)),
            _ => Err(format!("A branch or tag with the name '{name}' could not be found")),
        }
    };
    match target_of(log)? {
        (Some(branch), at) => git(target, &["checkout", "-q", "--force", "-B", &branch, &at], log),
        (None, at) => git(target, &["checkout", "-q", "--force", "--detach", &at], log),
    }
}
