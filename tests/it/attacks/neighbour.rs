//! A neighbour on the machine of the run, and whoever has put something in the way of what dialform writes.

use crate::workspace::Workspace;
use dialform::error::Ending;
use std::{
    fs,
    os::unix::fs::{PermissionsExt, symlink},
    path::{Path, PathBuf},
};

fn files(directory: &Path, found: &mut Vec<PathBuf>) {
    for path in fs::read_dir(directory).unwrap().map(|entry| entry.unwrap().path()) {
        if path.is_dir() { files(&path, found) } else { found.push(path) }
    }
}

/// What a run writes is for its owner: plans, logs, records, restore files, locks, the emulated systems.
#[test]
fn what_is_written_is_for_its_owner() {
    let workspace = Workspace::quickstart();
    let before: Vec<PathBuf> = {
        let mut found = Vec::new();
        files(workspace.root(), &mut found);
        found
    };
    let (plan, log, record) = (
        workspace.argument("plan.json"),
        workspace.argument("log.jsonl"),
        workspace.argument("record.jsonl"),
    );
    let options = ["--sandbox", "--log", &log, "--log-bodies", "--record", &record];
    for command in [
        &["plan", "--out", &plan][..],
        &["apply", "--auto-approve"],
        &["emergency", "on", "--all", "--auto-approve"],
    ] {
        let all: Vec<&str> = command.iter().chain(&options).copied().collect();
        let run = workspace.run(&all);
        assert_eq!(run.ending, Ending::Fine, "{command:?}: {run:?}");
    }
    let mut found = Vec::new();
    files(workspace.root(), &mut found);
    found.retain(|path| !before.contains(path));
    assert!(found.len() > 10, "{found:?}");
    for path in found {
        let mode = path.metadata().unwrap().permissions().mode();
        assert_eq!(mode & 0o077, 0, "{} has {mode:o}", path.display());
    }
}

/// Where a link lies in the way of what is written: its name, and the command that writes there.
const LINKS: [(&str, &[&str]); 11] = [
    ("plan.json", &["plan", "--out", "plan.json"]),
    ("log.jsonl", &["plan", "--log", "log.jsonl"]),
    ("record.jsonl", &["plan", "--record", "record.jsonl"]),
    (".dialform", &["plan"]),
    (".dialform", &["apply", "--auto-approve"]),
    (".dialform/sandbox", &["plan"]),
    (".dialform/sandbox/ctm-agency", &["plan"]),
    (".dialform/lock", &["apply", "--auto-approve"]),
    (".dialform/lock/sandbox", &["apply", "--auto-approve"]),
    (".dialform/restore", &["apply", "--auto-approve"]),
    (".dialform/emergency", &["emergency", "on", "--all", "--auto-approve"]),
];

/// A link where something is to be written is refused, and what it leads to stays as it is.
#[test]
fn nothing_is_written_through_a_link() {
    for (name, command) in LINKS {
        let (workspace, outside) = (Workspace::quickstart(), tempfile::tempdir().unwrap());
        let target = outside.path().join("target");
        match name.contains(".json") {
            true => fs::write(&target, "as it was").unwrap(),
            false => fs::create_dir(&target).unwrap(),
        }
        fs::create_dir_all(workspace.path(name).parent().unwrap()).unwrap();
        symlink(&target, workspace.path(name)).unwrap();
        let mut process = workspace.process(command);
        let run = process.arg("--sandbox").current_dir(workspace.root()).output().unwrap();
        let said = String::from_utf8_lossy(&[run.stdout, run.stderr].concat()).into_owned();
        assert!(
            said.contains("it is a link, and what is written follows none"),
            "{name} {command:?}: {said}"
        );
        match name.contains(".json") {
            true => assert_eq!(fs::read_to_string(&target).unwrap(), "as it was", "{name}"),
            false => assert_eq!(fs::read_dir(&target).unwrap().count(), 0, "{name}: {said}"),
        }
    }
    // To forget the state removes nothing elsewhere.
    let (workspace, outside) = (Workspace::quickstart(), tempfile::tempdir().unwrap());
    fs::create_dir_all(outside.path().join("sandbox")).unwrap();
    fs::write(outside.path().join("sandbox/kept"), "x").unwrap();
    symlink(outside.path(), workspace.path(".dialform")).unwrap();
    let run = workspace.run(&["sandbox", "reset"]);
    assert_eq!(run.ending, Ending::Error, "{run:?}");
    assert!(outside.path().join("sandbox/kept").exists());
}

/// A plan that cannot be written whole is not written: the one that was there stays.
#[test]
fn a_full_disk_keeps_the_plan_that_was_there() {
    let workspace = Workspace::quickstart();
    let plan = workspace.argument("plan.json");
    assert_eq!(workspace.run(&["plan", "--sandbox", "--out", &plan]).ending, Ending::Fine);
    let before = workspace.read("plan.json");
    workspace.edit("tenants/acme-dental.yaml", "name: Billing", "name: Bills");
    // Files of more than 4 KiB cannot be written; the emulated systems are as they were and write none.
    let line = format!(
        "trap '' XFSZ; ulimit -f 4; exec '{}' -C '{}' plan --sandbox --out '{plan}'",
        env!("CARGO_BIN_EXE_dialform"),
        workspace.root().display(),
    );
    let run = std::process::Command::new("bash").args(["-c", &line]).output().unwrap();
    let said = String::from_utf8_lossy(&run.stderr).into_owned();
    assert_eq!(run.status.code(), Some(1), "{said}");
    assert!(said.contains("cannot save the plan to"), "{said}");
    assert_eq!(workspace.read("plan.json"), before);
    let left = fs::read_dir(workspace.root()).unwrap().map(|it| it.unwrap().file_name()).collect::<Vec<_>>();
    assert!(!left.iter().any(|name| name.to_string_lossy().starts_with(".new-")), "{left:?}");
}

/// How many there are.
pub fn count() -> usize {
    LINKS.len()
}
