//! The lints: each file is registered, explains itself, and has an example that is one.

use crate::workspace::Workspace;
use dialform::{
    cli::{run_at, run_with},
    error::Ending,
    finding::Level,
    lint::{Check, LINTS, Lint},
};
use serde_json::Value;
use std::{collections::BTreeSet, fs, path::Path};

/// What `dialform.yaml` says where an example does not.
const PROVIDERS: &str = r#"
  stratus: { kind: stratus, url: "https://pbx.example.net/ns-api/v2", token: { env: TOKEN }, carrier: manual }
  ctm: { kind: ctm, access_key: { env: KEY }, secret_key: { env: SECRET }, experimental: true }
  deskphone: { kind: deskphone, bridge: manual }"#;

/// Every lint has its file, and every file that has a lint is asked: one that is forgotten finds nothing, silently.
#[test]
fn every_file_is_registered() {
    let directory = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/lint");
    let mut written = BTreeSet::new();
    for entry in fs::read_dir(directory).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_stem().unwrap().to_str().unwrap();
        // What several lints share is a file without one.
        if name != "mod" && fs::read_to_string(&path).unwrap().contains(": Lint = Lint {") {
            written.insert(name.replace('_', "-"));
        }
    }
    let registered: Vec<String> = LINTS.iter().map(|lint| lint.code.to_owned()).collect();
    // In the order of their codes, and each once.
    assert_eq!(registered, Vec::from_iter(written));
}

/// `explain` prints what is written beside each lint; a lint without a reason is not one.
#[test]
fn every_lint_explains_itself() {
    for lint in LINTS {
        let finished = run_with(&["dialform", "explain", lint.code]);
        assert_eq!((finished.ending, finished.out), (Ending::Fine, lint.explanation()));
        let headings: Vec<&str> = lint.docs.lines().filter(|line| line.starts_with('#')).collect();
        assert_eq!(headings, ["### What it finds", "### Why it matters", "### What to do"], "{}", lint.code);
    }
    let codes: Vec<&str> = LINTS.iter().map(|lint| lint.code).collect();
    let listed = run_with(&["dialform", "explain"]).out;
    assert_eq!(listed.lines().collect::<Vec<_>>(), codes);
    let wrong = run_with(&["dialform", "explain", "unknown-que"]);
    assert_eq!(wrong.ending, Ending::Error);
    assert!(wrong.err.contains("did you mean `unknown-queue`?"), "{}", wrong.err);
}

/// What a reader sees of a lint, word by word.
#[test]
fn an_explanation_shows_the_example_and_what_is_found() {
    let explained = run_with(&["dialform", "explain", "dead-forward"]).out;
    crate::golden::assert("lints/dead-forward.md", &explained);
}

/// An example that is none misleads exactly who needs it. The bad one has this finding and no other, the good one none.
#[test]
fn every_example_of_a_lint_is_one() {
    let mut wrong = Vec::new();
    for lint in LINTS {
        let several = lint.example.bad.matches(".yaml\n").count() > 1;
        let level = match lint.level {
            Level::Error => "error",
            Level::Warning => "warning",
        };
        let expected = format!("{level} {} {}", lint.code, lint.example.finding);
        for (text, expected) in [(lint.example.bad, vec![expected]), (lint.example.good, Vec::new())] {
            let found: Vec<String> = check(text, lint).iter().map(|finding| line(finding, several)).collect();
            if found != expected {
                wrong.push(format!("{text}\n  expected {expected:#?}\n  found {found:#?}"));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// Everything that `check` finds in the files of an example.
fn check(example: &str, lint: &Lint) -> Vec<Value> {
    let workspace = Workspace::default();
    let mut files: Vec<(&str, String)> = Vec::new();
    for line in example.trim().lines() {
        match line.strip_prefix("# ").filter(|name| name.ends_with(".yaml")) {
            Some(name) => files.push((name, String::new())),
            None if files.is_empty() => files.push(("tenants/acme.yaml", String::new())),
            None => {}
        }
        let (_, text) = files.last_mut().unwrap();
        text.push_str(&format!("{line}\n"));
    }
    if !files.iter().any(|(name, _)| *name == "dialform.yaml") {
        files.push(("dialform.yaml", format!("providers:{PROVIDERS}\n")));
    }
    for (name, mut text) in files {
        let stem = Path::new(name).file_stem().unwrap().to_str().unwrap();
        let account = format!("{stem}.1.service");
        let rest = match stem {
            "dialform" => vec![("version", "1"), ("tenants", "[\"tenants/*.yaml\"]")],
            _ => vec![("tenant", stem), ("provider", "stratus"), ("account", account.as_str())],
        };
        // Behind what is there, so that its lines keep their numbers.
        for (key, value) in rest {
            if !text.lines().any(|line| line.starts_with(&format!("{key}:"))) {
                text.push_str(&format!("{key}: {value}\n"));
            }
        }
        workspace.write(name, text);
    }
    // What only placing every call finds depends on the time.
    let directory = workspace.root().to_str().unwrap();
    let mut command = vec!["dialform", "-C", directory, "check", "--format", "json"];
    command.extend(matches!(lint.check, Check::Sweep).then_some("--calls"));
    let checked = run_at(&command, Some("2026-12-01T16:00:00Z".parse().unwrap()));
    let said: Value =
        serde_json::from_str(&checked.out).unwrap_or_else(|error| panic!("{error}: {checked:?}"));
    said["findings"].as_array().unwrap().clone()
}

fn line(finding: &Value, with_file: bool) -> String {
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let place = &finding["place"];
    let file = if with_file { format!("{}:", text(&place["file"])) } else { String::new() };
    let at = format!("{file}{}:{}", place["line"], place["column"]);
    format!("{} {} {at}: {}", text(&finding["level"]), text(&finding["code"]), text(&finding["message"]))
}
