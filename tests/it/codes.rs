//! The codes of findings: each that the sources give has an explanation, and each example is what the program says.

mod given;

use crate::{examples, golden};
use dialform::{
    cli::run_with,
    codes::{self, Code},
    error::Ending,
    lint::LINTS,
    text::grouped,
};
use given::{given, literals};
use regex::Regex;
use std::{collections::BTreeSet, fs, path::Path};

/// A code without an explanation leaves a reader with one line; an explanation of no code is of one that was renamed.
#[test]
fn every_code_is_explained() {
    let mut given = given();
    given.extend(LINTS.iter().map(|lint| lint.code.to_owned()));
    let explained: Vec<String> = codes::all().iter().map(|it| it.code.to_owned()).collect();
    let all = BTreeSet::from_iter(explained.iter().cloned());
    let without: Vec<&String> = given.difference(&all).collect();
    let of_none: Vec<&String> = all.difference(&given).collect();
    assert_eq!((without, of_none), (Vec::new(), Vec::new()), "codes without a page, and pages of no code");
    // In order, and each once: no lint has a page as well.
    assert_eq!(explained, Vec::from_iter(all));
    let directory = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/codes");
    let files = fs::read_dir(directory).unwrap().map(|it| it.unwrap().path());
    let pages = files.filter(|it| it.extension().is_some_and(|it| it == "md"));
    let pages: BTreeSet<String> =
        pages.map(|it| it.file_stem().unwrap().to_string_lossy().into_owned()).collect();
    let expected: BTreeSet<String> =
        explained.into_iter().filter(|it| LINTS.iter().all(|lint| lint.code != it)).collect();
    assert_eq!(pages, expected);
}

/// The tests have a second list: a code that they expect in a text and that nobody explains was given in a way that `given`
/// does not see.
#[test]
fn every_code_that_a_test_expects_is_explained() {
    let code = Regex::new(r"(?:error|warning)\[([a-z]{2,}(?:-[a-z]+)*)\]: ").unwrap();
    let mut found = BTreeSet::new();
    for text in texts("tests", &["rs", "txt", "md"]) {
        found.extend(code.captures_iter(&text).map(|it| it[1].to_owned()));
    }
    assert!(found.len() > 40, "{found:?}");
    let unknown: Vec<&String> = found.iter().filter(|it| codes::find(it).is_err()).collect();
    assert_eq!(unknown, Vec::<&String>::new());
}

/// Without a code all are listed with a sentence each; a slip gets the code that is near.
#[test]
fn explain_lists_all_and_explains_each() {
    let listed = run_with(&["dialform", "explain"]).out;
    golden::assert("codes/list.txt", &listed);
    for code in codes::all() {
        let finished = run_with(&["dialform", "explain", code.code]);
        assert_eq!((finished.ending, finished.out), (Ending::Fine, code.explanation()));
        // A sentence that is cut is none.
        let summary = code.summary();
        assert!(summary.ends_with('.') && summary.matches('`').count() % 2 == 0, "{}: {summary}", code.code);
    }
    for (slip, help) in
        [("unknown-que", "did you mean `unknown-queue`?"), ("zzz", "`dialform explain` lists all codes")]
    {
        let wrong = run_with(&["dialform", "explain", slip]);
        let expected =
            format!("error[failed]: there is nothing to explain about `{slip}`\n |\nhelp: {help}\n\n");
        assert_eq!((wrong.ending, wrong.err), (Ending::Error, expected));
    }
}

/// A page is read by people in a hurry: what it says, why it matters, what to do, in this order, and the version.
#[test]
fn every_page_has_its_parts() {
    for code in pages() {
        let text = code.explanation();
        let headings: Vec<&str> = text.lines().filter(|line| line.starts_with("##")).collect();
        let expected = ["### What it says", "### Why it matters", "### What to do", "### Example"];
        assert_eq!(headings, expected, "{}", code.code);
        assert!(text.ends_with(&format!("\n\nSince dialform {}.\n", code.since)), "{text}");
        let parts = text.split("\n### ").skip(1);
        assert!(parts.map(|part| part.split_once('\n').unwrap().1).all(|part| part.len() > 20), "{text}");
    }
}

/// An example that is none misleads exactly who needs it. The bad one has this finding and no other, the good one none.
#[test]
fn every_example_of_files_is_one() {
    let mut wrong = Vec::new();
    let mut looked = 0;
    for code in pages() {
        let text = code.explanation();
        let Some([bad, said, good]) = example(&text) else { continue };
        looked += 1;
        let several = examples::has_several(bad);
        let (level, rest) = said.split_at(said.find([' ', ':']).unwrap());
        let expected = format!("{} {}{rest}", level.to_lowercase(), code.code);
        for (text, expected) in [(bad, vec![expected]), (good, Vec::new())] {
            let found = examples::check(text, &[]);
            let found: Vec<String> = found.iter().map(|it| examples::line(it, several)).collect();
            if found != expected {
                wrong.push(format!("{text}\n  expected {expected:#?}\n  found {found:#?}"));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(looked > 40, "{looked}");
}

/// What only a phone system or a command line brings about is shown with the command. That has the options that it is shown
/// with, and the message is one that the sources can make.
#[test]
fn every_example_of_a_command_can_be() {
    let made: Vec<Regex> = literals().iter().filter_map(|it| pattern(it)).collect();
    let tested = texts("tests/it", &["rs", "txt", "yaml"]).concat();
    let (mut wrong, mut looked) = (Vec::new(), 0);
    for code in pages() {
        let text = code.explanation();
        let Some((_, shown)) = text.split_once("```text\n$ dialform ") else {
            assert!(example(&text).is_some(), "{}: no example", code.code);
            continue;
        };
        looked += 1;
        let (command, rest) = shown.split_once('\n').unwrap();
        let help = run_with(&["dialform", command.split(' ').next().unwrap(), "--help"]).out;
        let options = command.split(' ').filter(|word| word.starts_with("--"));
        let known: Vec<&str> = help.split(|c: char| c.is_whitespace() || c == ',').collect();
        let unknown: Vec<&str> = options.filter(|it| !known.contains(it)).collect();
        assert_eq!(unknown, Vec::<&str>::new(), "{}: {command}", code.code);
        let (line, _) = rest.split_once("\n```\n").unwrap();
        let (head, message) = line.split_once(": ").unwrap();
        let known = [format!("error[{}]", code.code), format!("warning[{}]", code.code)];
        assert!(known.iter().any(|it| it == head), "{}: {head}", code.code);
        // Some are put together of several texts, and have a test that says the whole.
        let whole = message.strip_prefix("tenant `acme`: ").unwrap_or(message);
        let is_tested = tested.contains(whole) || tested.contains(&*grouped(whole));
        let can_be = made.iter().any(|it| it.is_match(message)) || is_tested;
        wrong.extend((!can_be).then(|| format!("{}: nothing says `{message}`", code.code)));
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(looked > 40, "{looked}");
}

/// The reference is what `explain` prints, code by code: whoever has no dialform at hand reads it there.
#[test]
fn the_reference_is_of_today() {
    let mut text = "# Findings\n\nEvery code that dialform prints with a finding, as `dialform explain CODE` has it. A finding \
                    is an error, which stops the run, or a\nwarning. A code keeps its meaning: it is never used again for \
                    something else.\n"
        .to_owned();
    for code in codes::all() {
        // One level below the title.
        text.push_str(&format!("\n#{}", code.explanation()));
    }
    golden::assert("../../src/guide/findings.md", &text);
}

/// The codes that are no lint's.
fn pages() -> impl Iterator<Item = Code> {
    codes::all().into_iter().filter(|it| LINTS.iter().all(|lint| lint.code != it.code))
}

/// The files of an example, what is found in them, and the files corrected.
fn example(text: &str) -> Option<[&str; 3]> {
    let (_, rest) = text.split_once("### Example\n```yaml\n")?;
    let (bad, rest) = rest.split_once("\n```\n")?;
    let (said, rest) = rest.split_once("\n\nCorrected:\n```yaml\n")?;
    let (good, _) = rest.split_once("\n```\n")?;
    Some([bad, said, good])
}

/// What a text of the sources matches once its places are filled in; `None` where that is anything.
fn pattern(literal: &str) -> Option<Regex> {
    let place = Regex::new(r"\{[^{}]*\}").unwrap();
    let parts: Vec<String> = place.split(literal).map(regex::escape).collect();
    let is_one = place.replace_all(literal, "").chars().filter(|c| c.is_alphabetic()).count() > 9;
    is_one.then(|| Regex::new(&format!("^{}$", parts.join("(?s:.+)"))).unwrap())
}

/// The texts of the files below a directory that end so.
fn texts(below: &str, endings: &[&str]) -> Vec<String> {
    let mut open = vec![Path::new(env!("CARGO_MANIFEST_DIR")).join(below)];
    let mut found = Vec::new();
    while let Some(path) = open.pop() {
        if path.is_dir() {
            open.extend(fs::read_dir(path).unwrap().map(|it| it.unwrap().path()));
        } else if path.extension().is_some_and(|it| endings.iter().any(|ending| it == *ending)) {
            found.push(String::from_utf8_lossy(&fs::read(path).unwrap()).into_owned());
        }
    }
    found
}
