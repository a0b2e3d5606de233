//! Inputs made to exhaust memory, time or the stack.

use std::time::{Duration, Instant};

use super::super::decode::decode;
use super::super::tree::Tree;
use super::render;

/// How long this thread has had a processor, where the system tells; what else a machine does is no fault of a file.
struct Worked(Instant, Option<u64>);

impl Worked {
    fn now() -> Self {
        let told = std::fs::read_to_string("/proc/thread-self/schedstat").ok();
        let nanoseconds = told.and_then(|told| told.split(' ').next()?.parse().ok());
        Self(Instant::now(), nanoseconds)
    }

    fn elapsed(&self) -> Duration {
        match (self.1, Self::now().1) {
            (Some(then), Some(now)) => Duration::from_nanos(now.saturating_sub(then)),
            _ => self.0.elapsed(),
        }
    }
}

/// Parses, decodes as untyped data and drops in a thread with a small stack; returns the findings.
fn survive(name: &str, text: String) -> Vec<String> {
    let thread = std::thread::Builder::new().stack_size(2 << 20).spawn(move || {
        let started = Worked::now();
        let findings = match Tree::parse("f", &text) {
            Err(findings) => render(&findings),
            Ok(tree) => {
                let mut findings = Vec::new();
                let value: Option<serde_json::Value> = decode(&tree, tree.root(), &mut findings);
                assert_eq!(value.is_some(), findings.is_empty());
                render(&findings)
            }
        };
        (findings, started.elapsed())
    });
    let (findings, took) = thread.unwrap().join().unwrap_or_else(|_| panic!("{name} panicked"));
    assert!(took < Duration::from_secs(1), "{name} took {took:?}");
    findings
}

fn nested_maps(levels: usize) -> String {
    (0..levels).map(|level| format!("{}a:\n", " ".repeat(level))).collect()
}

/// A pull request must not be able to hang or kill the run that checks it.
#[test]
fn hostile_files_are_findings() {
    let deep = "too-deep: nested more than 64 levels deep | check for a runaway bracket or indentation";
    let aliases = "too-large: the aliases of this file expand to too much | together they may expand to 1000000 values or 64 MiB of text";
    let mut laughs = "a0: &a0 [lol]\n".to_owned();
    let mut chain = "a0: &a0 [x]\n".to_owned();
    for level in 1..10 {
        let last = format!("*a{},", level - 1).repeat(10);
        laughs.push_str(&format!("a{level}: &a{level} [{last}]\n"));
    }
    for level in 1..100 {
        chain.push_str(&format!("a{level}: &a{level} [*a{}]\n", level - 1));
    }
    let cases = [
        ("brackets", "[".repeat(100_000), format!("1:65 {deep}")),
        ("dashes", "- ".repeat(100_000), format!("1:129 {deep}")),
        ("braces", "{a: ".repeat(100_000), format!("1:257 {deep}")),
        ("block maps", nested_maps(3000), format!("65:65 {deep}")),
        ("questions", "? ".repeat(100_000), format!("1:129 {deep}")),
        ("laughs", laughs, format!("7:18 {aliases}")),
        (
            "long scalar",
            format!("a: &a {}\nb: [{}]\n", "x".repeat(100_000), "*a,".repeat(20_000)),
            format!("2:2015 {aliases}"),
        ),
        ("alias chain", chain, format!("64:12 {deep}")),
        (
            "anchors in anchors",
            format!("a: {}{}", "&a [".repeat(60), "x,".repeat(40_000) + &"]".repeat(60)),
            format!("1:147 {aliases}"),
        ),
        (
            "large",
            " ".repeat(17 << 20),
            "- too-large: `f` is larger than 16 MiB | split it into several files".to_owned(),
        ),
    ];
    for (name, text, expected) in cases {
        let findings = survive(name, text);
        assert!(findings.len() == 1 && findings[0].starts_with(&expected), "{name}: {findings:?}");
    }
}

/// The limits must leave honest files alone: large, wide, and as deep as allowed.
#[test]
fn large_honest_files_pass() {
    let wide: String = (0..20_000).map(|key| format!("k{key}: v\n")).collect();
    let depth = format!("{}x: y{}", "b: {".repeat(63), "}".repeat(63));
    for (name, text) in [("wide", wide), ("deep", depth)] {
        assert_eq!(survive(name, text), Vec::<String>::new(), "{name}");
    }
}

/// Each finding carries its source line: many findings on one huge line must not multiply the file, and each has its place.
#[test]
fn findings_are_bounded() {
    let one_line = format!("{{é: 1, {}}}", "a: 1, ".repeat(30_000));
    let many_lines = "a: 1\n".repeat(10_000);
    let wrong_items = format!("a: [{}]", "~,".repeat(30_000));
    for (name, text) in [("one line", one_line), ("many lines", many_lines), ("nulls", wrong_items)] {
        let found = Tree::parse("f", &text).map_or_else(|found| found, |_| Vec::new());
        for place in found.iter().filter_map(|finding| finding.place.as_ref()) {
            let line = text.lines().nth(place.line - 1).unwrap();
            let part: String = line.chars().skip(place.skipped).take(place.source.chars().count()).collect();
            assert_eq!(place.source, part, "{name}");
            assert!(part.len() <= 256, "{name}: {}", part.len());
            let at = line.chars().skip(place.column - 1).take(place.length).collect::<String>();
            assert_eq!(at, "a", "{name}: {place}");
        }
        let rendered = survive(name, text);
        assert!(rendered.len() <= 200, "{name}: {}", rendered.len());
    }
}
