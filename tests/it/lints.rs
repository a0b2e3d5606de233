//! The lints: each file is registered, explains itself, and has an example that is one.

use crate::examples;
use dialform::{
    cli::run_with,
    error::Ending,
    finding::Level,
    lint::{Check, LINTS},
};
use std::{collections::BTreeSet, fs, path::Path};

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
        let several = examples::has_several(lint.example.bad);
        // What only placing every call finds.
        let options: &[&str] = if matches!(lint.check, Check::Sweep) { &["--calls"] } else { &[] };
        let level = match lint.level {
            Level::Error => "error",
            Level::Warning => "warning",
        };
        let expected = format!("{level} {} at {}", lint.code, lint.example.finding);
        for (text, expected) in [(lint.example.bad, vec![expected]), (lint.example.good, Vec::new())] {
            let found = examples::check(text, options);
            let found: Vec<String> = found.iter().map(|it| examples::line(it, several)).collect();
            if found != expected {
                wrong.push(format!("{text}\n  expected {expected:#?}\n  found {found:#?}"));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
