//! `actions/upload-artifact` and `actions/download-artifact`.

use super::{
    action::With,
    job::{Finished, Job},
    runner::Artifact,
};
use std::{
    collections::BTreeMap,
    fs,
    path::{Component, Path, PathBuf},
};

const REFUSED: [char; 10] = ['"', ':', '<', '>', '|', '*', '?', '\r', '\n', '\\'];

fn checked(name: &str) -> bool {
    !name.contains(REFUSED) && !name.contains('/')
}

/// Without `.` and `..`, as far as the text goes.
fn absolute(workspace: &Path, path: &str) -> PathBuf {
    let mut whole = PathBuf::new();
    for part in workspace.join(path).components() {
        match part {
            Component::CurDir => {}
            Component::ParentDir => drop(whole.pop()),
            other => whole.push(other),
        }
    }
    whole
}

pub fn upload(job: &mut Job, mut with: With) -> Finished {
    let name = with.take("name").unwrap_or("artifact".to_owned());
    let paths = with.take("path").unwrap_or_else(|| panic!("an upload of what? `path` is required"));
    let none_found = with.take("if-no-files-found").unwrap_or("warn".to_owned());
    assert!(
        ["warn", "error", "ignore"].contains(&none_found.as_str()),
        "`if-no-files-found` is `{none_found}`"
    );
    if let Some(days) = with.take("retention-days") {
        assert!(days.parse().is_ok_and(|it: u32| it <= 90), "`retention-days` is `{days}`");
    }
    let overwrite = with.flag("overwrite", false);
    let hidden = with.flag("include-hidden-files", false);
    with.end();
    if !checked(&name) {
        return Finished::failed(format!("::error::The artifact name is not valid: {name}"));
    }
    let mut wanted: Vec<PathBuf> = Vec::new();
    for line in paths.lines().map(str::trim).filter(|it| !it.is_empty()) {
        assert!(!line.contains(['*', '?', '[', '!', '~', '#']), "patterns are not emulated: {line}");
        wanted.push(absolute(&job.machine.workspace, line));
    }
    // What lies in another is found with it.
    let wanted: Vec<&PathBuf> = wanted
        .iter()
        .filter(|it| !wanted.iter().any(|other| other != *it && it.starts_with(other)))
        .collect();
    let mut found = Vec::new();
    wanted.iter().for_each(|it| collect(it, hidden, &mut found));
    found.sort();
    found.dedup();
    if found.is_empty() {
        let text =
            format!("No files were found with the provided path: {paths}. No artifacts will be uploaded.");
        let line = match none_found.as_str() {
            "error" => return Finished::failed(format!("::error::{text}")),
            "warn" => format!("::warning::{text}"),
            _ => text,
        };
        job.machine.annotations.extend(line.starts_with("::").then(|| line.clone()));
        return Finished::fine(line);
    }
    let root = match wanted.as_slice() {
        [one] if one.is_file() => one.parent().unwrap().to_owned(),
        [one] => (*one).clone(),
        several => shared(several),
    };
    let files: BTreeMap<String, Vec<u8>> = found
        .iter()
        .map(|it| (it.strip_prefix(&root).unwrap().to_str().unwrap().to_owned(), fs::read(it).unwrap()))
        .collect();
    let run_id = job.flow.id;
    let mut artifacts = job.flow.runner.artifacts.lock().unwrap();
    if artifacts.iter().any(|it| it.run_id == run_id && it.name == name) {
        if !overwrite {
            return Finished::failed(
                "::error::Conflict: an artifact with this name already exists on the workflow run",
            );
        }
        artifacts.retain(|it| it.run_id != run_id || it.name != name);
    }
    let id = artifacts.iter().map(|it| it.id).max().unwrap_or(9000) + 1;
    let log = format!("{name}: {} file(s)", files.len());
    artifacts.push(Artifact { id, name, run_id, files });
    let address = format!(
        "{}/{}/actions/runs/{run_id}/artifacts/{id}",
        super::runner::SERVER,
        job.flow.runner.repository
    );
    let outputs = [("artifact-id".to_owned(), id.to_string()), ("artifact-url".to_owned(), address)];
    Finished { outputs: outputs.into(), ..Finished::fine(log) }
}

/// A name that begins with a dot is passed over, whether it was asked for or is met on the way.
fn collect(path: &Path, hidden: bool, found: &mut Vec<PathBuf>) {
    let name = path.file_name().and_then(|it| it.to_str()).unwrap_or_default();
    if !path.exists() || (!hidden && name.starts_with('.')) {
        return;
    }
    if !path.is_dir() {
        return found.push(path.to_owned());
    }
    fs::read_dir(path).unwrap().for_each(|it| collect(&it.unwrap().path(), hidden, found));
}

/// The directory that all are in, whether they exist or not.
fn shared(paths: &[&PathBuf]) -> PathBuf {
    let first = paths[0].ancestors().skip(1);
    first.into_iter().find(|it| paths.iter().all(|path| path.starts_with(it))).unwrap().to_owned()
}

pub fn download(job: &mut Job, mut with: With) -> Finished {
    let name = with.take("name").unwrap_or_else(|| panic!("a download of every artifact is not emulated"));
    let path = with.take("path").unwrap_or_default();
    let token = with.take("github-token");
    let run = with.take("run-id");
    if let Some(repository) = with.take("repository") {
        assert_eq!(
            repository, job.flow.runner.repository,
            "a download from another repository is not emulated"
        );
    }
    with.end();
    assert_eq!(
        token.is_some(),
        run.is_some(),
        "`run-id` and `github-token` go together: without the token the run is not looked at"
    );
    let run_id: u64 = match &run {
        Some(it) => match it.parse() {
            Ok(id) => id,
            Err(_) => return Finished::failed(format!("::error::Invalid run-id: {it}")),
        },
        None => job.flow.id,
    };
    if let Some(token) = token {
        let grants = job.flow.runner.grants.lock().unwrap();
        let grant = grants.get(&token).unwrap_or_else(|| panic!("nobody has the token `{token}`"));
        if grant.level("actions") == 0 {
            return Finished::failed(
                "::error::Resource not accessible by integration: `actions: read` is needed",
            );
        }
    }
    let artifacts = job.flow.runner.artifacts.lock().unwrap();
    let found = artifacts.iter().find(|it| it.run_id == run_id && it.name == name);
    let Some(artifact) = found else {
        return Finished::failed(format!(
            "::error::Unable to download artifact(s): Artifact not found for name: {name}"
        ));
    };
    let target = absolute(&job.machine.workspace, &path);
    for (file, bytes) in &artifact.files {
        let at = target.join(file);
        fs::create_dir_all(at.parent().unwrap()).unwrap();
        fs::write(at, bytes).unwrap();
    }
    let outputs = [("download-path".to_owned(), target.to_str().unwrap().to_owned())];
    Finished {
        outputs: outputs.into(),
        ..Finished::fine(format!("{name}: {} file(s)", artifact.files.len()))
    }
}
