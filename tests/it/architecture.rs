//! The map in `src/lib.rs` held to: which module may name what.
//!
//! Reads the sources as text: `use` lines, brackets and all, and paths written out in the code.

use std::{
    collections::{BTreeMap, BTreeSet, VecDeque},
    fs,
    path::{Path, PathBuf},
};

/// One source file: its path below `src/`, without `.rs`, and every path it names.
struct Source {
    name: String,
    lines: usize,
    paths: BTreeSet<String>,
}

impl Source {
    /// Whether the file is one of these modules or below it.
    fn is_in(&self, modules: &[&str]) -> bool {
        let below = |module: &&str| self.name == **module || self.name.starts_with(&format!("{module}/"));
        modules.iter().any(below)
    }

    /// The module that the file is, as steps from the root.
    fn module(&self) -> Vec<&str> {
        let steps = self.name.split('/');
        steps.filter(|step| !matches!(*step, "mod" | "lib" | "main")).collect()
    }
}

/// Everything under `src/` that is no test.
fn sources() -> Vec<Source> {
    fn walk(directory: &Path, found: &mut Vec<PathBuf>) {
        for entry in fs::read_dir(directory).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                walk(&path, found);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                found.push(path);
            }
        }
    }
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut files = Vec::new();
    walk(&root, &mut files);
    files.sort();
    let name = |path: &Path| {
        let name = path.strip_prefix(&root).unwrap().with_extension("");
        name.to_string_lossy().replace('\\', "/")
    };
    let sources = files.iter().filter(|path| !name(path).split('/').any(|part| part == "tests"));
    let sources: Vec<Source> = sources
        .map(|path| {
            let text = fs::read_to_string(path).unwrap();
            Source { name: name(path), lines: text.lines().count(), paths: paths(&text) }
        })
        .collect();
    assert!(sources.len() > 50, "the sources are not where they are looked for");
    sources
}

/// Every path in the code of a file, `use` trees spelt out. Comments do not count, nor do tests, which stand last.
fn paths(text: &str) -> BTreeSet<String> {
    let text = text.split_once("#[cfg(test)]\nmod tests {").map_or(text, |(code, _)| code);
    let code: String = text
        .lines()
        .map(|line| line.split_once("//").map_or(line, |(code, _)| code))
        .collect::<Vec<_>>()
        .join("\n");
    let mut found = BTreeSet::new();
    for statement in code.split(';') {
        let (code, tree) = split_use(statement);
        let in_path = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | ':');
        let spelt = code.split(|c| !in_path(c)).filter(|word| word.contains("::"));
        found.extend(spelt.map(str::to_owned));
        if let Some(tree) = tree {
            branches("", tree, &mut found);
        }
    }
    found
}

/// A statement as what stands before a `use`, and the tree behind it.
fn split_use(statement: &str) -> (&str, Option<&str>) {
    let mut start = 0;
    for line in statement.split_inclusive('\n') {
        let text = line.trim_start();
        let text =
            text.strip_prefix("pub").map_or(text, |rest| rest.split_once(' ').map_or(rest, |(_, rest)| rest));
        if let Some(tree) = text.strip_prefix("use ") {
            let from = start + line.len() - tree.len();
            return (&statement[..start], Some(&statement[from..]));
        }
        start += line.len();
    }
    (statement, None)
}

/// `a::{b, c::{d, e}}` as `a::b`, `a::c::d`, `a::c::e`.
fn branches(stem: &str, tree: &str, found: &mut BTreeSet<String>) {
    let tree = tree.trim();
    let Some((head, rest)) = tree.split_once('{') else {
        found.insert(format!("{stem}{tree}"));
        return;
    };
    let stem = format!("{stem}{}", head.trim());
    let inside = rest.rsplit_once('}').map_or(rest, |(inside, _)| inside);
    let (mut depth, mut start) = (0, 0);
    for (at, c) in inside.char_indices() {
        match c {
            '{' => depth += 1,
            '}' => depth -= 1,
            ',' if depth == 0 => {
                branches(&stem, &inside[start..at], found);
                start = at + 1;
            }
            _ => {}
        }
    }
    if !inside[start..].trim().is_empty() {
        branches(&stem, &inside[start..], found);
    }
}

/// Whether a path is this one or leads through it.
fn leads(path: &str, through: &str) -> bool {
    path == through || path.strip_prefix(through).is_some_and(|rest| rest.starts_with("::"))
}

/// Every use of what is forbidden, outside the modules that may.
fn trespasses(forbidden: &[&str], allowed: &[&str]) -> Vec<String> {
    let mut found = Vec::new();
    for source in sources().iter().filter(|source| !source.is_in(allowed)) {
        for path in source.paths.iter().filter(|path| forbidden.iter().any(|it| leads(path, it))) {
            found.push(format!("src/{}.rs names {path}", source.name));
        }
    }
    found
}

/// Which files name which by their module. A module and what lies below it are one thing seen from two sides: that they
/// name each other is no news.
fn arrows(sources: &[Source]) -> BTreeMap<&str, BTreeSet<&str>> {
    let files: BTreeMap<Vec<&str>, &str> =
        sources.iter().map(|source| (source.module(), source.name.as_str())).collect();
    let mut arrows: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    for source in sources {
        let own = source.module();
        for path in &source.paths {
            let mut named = Vec::new();
            let mut steps = path.split("::").peekable();
            match steps.peek() {
                Some(&"crate") => drop(steps.next()),
                Some(&"super") => named = own.clone(),
                // Below the file itself, or another crate.
                _ => continue,
            }
            while steps.next_if_eq(&"super").is_some() {
                named.pop();
            }
            named.extend(steps);
            while !files.contains_key(&named) {
                named.pop();
            }
            if !named.starts_with(&own) && !own.starts_with(&named) {
                arrows.entry(&source.name).or_default().insert(files[&named]);
            }
        }
    }
    arrows
}

/// The shortest way from each file back to itself, told from the file that comes first in the alphabet.
fn circles(sources: &[Source]) -> Vec<String> {
    let arrows = arrows(sources);
    let mut found = Vec::new();
    for start in arrows.keys() {
        let mut ways = VecDeque::from([vec![*start]]);
        let mut seen = BTreeSet::new();
        while let Some(way) = ways.pop_front() {
            let ends = arrows.get(way[way.len() - 1]).into_iter().flatten();
            if ends.clone().any(|end| end == start) {
                if way.iter().all(|file| file >= start) {
                    found.push(format!("{} -> {start}", way.join(" -> ")));
                }
                break;
            }
            for end in ends.filter(|end| seen.insert(**end)) {
                ways.push_back([way.as_slice(), &[*end]].concat());
            }
        }
    }
    found
}

const NONE: Vec<String> = Vec::new();

/// What this file sees must be what is there, or every test below would pass for want of sight.
#[test]
fn paths_are_seen() {
    let text = "use std::{\n    fs,\n    net::{IpAddr, TcpListener as L},\n};\npub use crate::http::ReadClient;\n\
                // std::env in a comment\nfn f() -> std::time::Instant {\n    tokio::spawn(g());\n    let x = 1;\n}\n\
                #[cfg(test)]\nmod tests {\n    use axum::Router;\n}\n";
    let expected = [
        "crate::http::ReadClient",
        "std::fs",
        "std::net::IpAddr",
        "std::net::TcpListener as L",
        "std::time::Instant",
        "tokio::spawn",
    ];
    assert_eq!(paths(text).into_iter().collect::<Vec<_>>(), expected);
}

/// The modules whose results follow from their arguments alone: what a reviewer approves must not depend on a disk, a
/// network, an environment or a clock.
const PURE: &[&str] = &["model", "diff", "plan", "lint", "outcome", "render", "finding", "text", "path"];

/// The acceptance line on purity, read off the sources: a plan that looked at the clock would not be the one approved.
#[test]
fn pure_modules_touch_nothing_outside() {
    let edges = [
        "crate::apply",
        "crate::cli",
        "crate::http",
        "crate::load",
        "crate::lock",
        "crate::provider",
        "crate::restore",
        "crate::run",
        "crate::sandbox",
        "crate::secret",
    ];
    let outside = [
        "std::fs",
        "std::net",
        "std::env",
        "std::process",
        "std::thread",
        "std::time::SystemTime",
        "std::time::Instant",
        "jiff::Timestamp::now",
        "jiff::Zoned::now",
        "Timestamp::now",
        "Zoned::now",
        "tokio",
        "reqwest",
        "axum",
    ];
    for source in sources().iter().filter(|source| source.is_in(PURE)) {
        for path in &source.paths {
            let named = |any: &[&str]| any.iter().any(|it| leads(path, it));
            assert!(!named(&edges), "src/{}.rs names {path}", source.name);
            assert!(!named(&outside), "src/{}.rs names {path}", source.name);
            // What is worked out does not know that it will be shown.
            let shown = named(&["crate::render"]);
            assert!(!shown || source.is_in(&["render"]), "src/{}.rs names {path}", source.name);
        }
    }
}

/// Each thing at the edge has one owner, so that there is one place to look for what a run touches.
#[test]
fn each_edge_has_one_owner() {
    // The arguments are handed over by `main`.
    let environment: Vec<String> = trespasses(&["std::env"], &["secret"])
        .into_iter()
        .filter(|it| !it.ends_with("std::env::args_os"))
        .collect();
    assert_eq!(environment, NONE);
    let requests: Vec<String> = trespasses(&["reqwest"], &["http"])
        .into_iter()
        .filter(|it| !(it.starts_with("src/provider/") && it.ends_with("reqwest::Method")))
        .collect();
    assert_eq!(requests, NONE);
    assert_eq!(
        trespasses(
            &["std::fs", "tokio::fs"],
            &["load", "secret", "run", "sandbox", "restore/file", "lock/file"]
        ),
        NONE
    );
    assert_eq!(trespasses(&["std::net", "tokio::net", "axum"], &["sandbox"]), NONE);
    assert_eq!(trespasses(&["std::process::Command", "tokio::process"], &["load", "secret"]), NONE);
    assert_eq!(trespasses(&["annotate_snippets"], &["render/findings"]), NONE);
    assert_eq!(trespasses(&["indicatif"], &["cli/progress"]), NONE);
    assert_eq!(trespasses(&["aho_corasick"], &["secret/known"]), NONE);
    assert_eq!(trespasses(&["secrecy"], &["secret", "http", "provider", "lock/shared"]), NONE);
    assert_eq!(trespasses(&["object_store"], &["lock/shared"]), NONE);
}

/// Data flows one way: a module below does not know who stands above it.
#[test]
fn data_flows_one_way() {
    let rules: [(&str, &[&str]); 10] = [
        ("crate::cli", &["cli", "main"]),
        ("crate::run", &["run", "cli"]),
        ("crate::apply", &["apply", "run"]),
        ("crate::provider", &["provider", "apply", "run"]),
        ("crate::load", &["load", "provider/settings", "run"]),
        ("crate::sandbox", &["sandbox", "run"]),
        ("crate::http", &["http", "provider", "apply", "run"]),
        ("crate::render", &["render", "cli"]),
        ("crate::restore", &["restore", "run"]),
        ("crate::lock", &["lock", "run"]),
    ];
    for (module, allowed) in rules {
        assert_eq!(trespasses(&[module], allowed), NONE, "{module}");
    }
}

/// Files that need each other can only be read together, and none of them can be moved or tested by itself.
#[test]
fn no_files_stand_in_a_circle() {
    assert_eq!(circles(&sources()), NONE);
}

/// As with `paths_are_seen`: circles of two and of three, across rooms, and what looks like one and is none.
#[test]
fn circles_are_seen() {
    let source = |(name, text): &(&str, &str)| Source {
        name: (*name).to_owned(),
        lines: text.lines().count(),
        paths: paths(text),
    };
    let files = [
        ("lib", "pub mod a;\npub mod b;"),
        ("a/mod", "mod one;\nmod two;\nuse one::One;\npub struct Face;"),
        ("a/one", "use super::{Face, two::{self, Two}};\nuse std::fmt;"),
        ("a/two", "fn f() -> super::one::One {}"),
        ("b", "mod inner;\nuse inner::Inner;"),
        ("b/inner", "use crate::{a::one::One, c::C};\nuse super::B;"),
        ("c", "use crate::d::D;"),
        ("d", "use crate::b::inner::Inner;"),
    ];
    let files: Vec<Source> = files.iter().map(source).collect();
    assert_eq!(circles(&files), ["a/one -> a/two -> a/one", "b/inner -> c -> d -> b/inner"]);
}

/// What one vendor says differently is a fact about that vendor: http learns it from whoever opens it.
#[test]
fn http_knows_no_vendor() {
    let words = ["APP001", "No Route", "420", "NetSapiens", "stratus", "ctm", "deskphone"];
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    for source in sources().iter().filter(|source| source.is_in(&["http"])) {
        let text = fs::read_to_string(root.join(&source.name).with_extension("rs")).unwrap();
        let found: Vec<&str> = words.into_iter().filter(|word| text.contains(word)).collect();
        assert!(found.is_empty(), "src/{}.rs speaks of {found:?}", source.name);
    }
}

/// A file one cannot take in is a file nobody reviews.
#[test]
fn no_file_is_long() {
    let long: Vec<String> =
        sources().iter().filter(|s| s.lines >= 600).map(|s| format!("{}: {}", s.name, s.lines)).collect();
    assert_eq!(long, NONE);
}

/// The commands are arguments, streams and exit codes; what they do is the engine's.
#[test]
fn the_commands_stay_small() {
    let lines: usize = sources().iter().filter(|it| it.is_in(&["cli"])).map(|it| it.lines).sum();
    assert!(lines < 1500, "src/cli has {lines} lines");
}

/// The map is where a newcomer starts: a module that is not on it is not found.
#[test]
fn every_module_is_on_the_map() {
    let text = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("src/lib.rs")).unwrap();
    let modules = text.lines().filter_map(|line| line.strip_prefix("pub mod ")?.strip_suffix(';'));
    let mut count = 0;
    for module in modules {
        let listed = text.lines().filter(|line| line.starts_with(&format!("//! - [`{module}`]: "))).count();
        assert_eq!(listed, 1, "`{module}` stands once in the map of src/lib.rs");
        count += 1;
    }
    let entries = text.lines().filter(|line| line.starts_with("//! - [`")).count();
    assert_eq!(entries, count, "the map names modules that are there");
}

/// A test file that the one binary does not name is never run, and nobody notices.
#[test]
fn every_test_file_is_run() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/it");
    let main = std::fs::read_to_string(root.join("main.rs")).unwrap();
    let files =
        std::fs::read_dir(&root).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap());
    let modules: Vec<String> = files
        .filter_map(|name| Some(name.strip_suffix(".rs")?.to_owned()))
        .filter(|name| name != "main")
        .collect();
    assert!(modules.len() > 10, "{modules:?}");
    for module in modules {
        assert!(main.contains(&format!("\nmod {module};\n")), "tests/it/{module}.rs is not in main.rs");
    }
}
