//! The sources as text: `use` lines, brackets and all, and paths written out in the code, each in full.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::{Path, PathBuf},
};

/// A path as its steps, `crate` first where it leads into this crate.
pub type Steps = Vec<String>;

/// One source file.
pub struct Source {
    /// Its path below `src/`, without `.rs`.
    pub name: String,
    pub lines: usize,
    /// Every path that its code names, in full.
    pub paths: BTreeSet<Steps>,
    /// What each name is that a `use` makes, in full. Other files come by it as if it were defined here.
    pub names: BTreeMap<String, Steps>,
}

impl Source {
    /// Whether the file is this module or below it.
    pub fn is_in(&self, module: &str) -> bool {
        self.name.strip_prefix(module).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
    }

    /// The module that the file is.
    pub fn module(&self) -> Steps {
        module(&self.name)
    }
}

fn module(name: &str) -> Steps {
    let steps = name.split('/').filter(|step| !matches!(*step, "mod" | "lib" | "main"));
    ["crate"].into_iter().chain(steps).map(str::to_owned).collect()
}

/// Everything under `src/` that is no test.
pub fn sources() -> Vec<Source> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut files = Vec::new();
    walk(&root, &mut files);
    files.sort();
    let name = |path: &Path| {
        let name = path.strip_prefix(&root).unwrap().with_extension("");
        name.to_string_lossy().replace('\\', "/")
    };
    let texts = files.iter().map(|path| (name(path), fs::read_to_string(path).unwrap()));
    let texts: Vec<(String, String)> =
        texts.filter(|(name, _)| !name.split('/').any(|part| part == "tests")).collect();
    assert!(texts.len() > 50, "the sources are not where they are looked for");
    read(&texts)
}

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

/// Files by name and text.
pub fn read(texts: &[(String, String)]) -> Vec<Source> {
    let modules: BTreeSet<Steps> = texts.iter().map(|(name, _)| module(name)).collect();
    let source = |(name, text): &(String, String)| {
        let Written { used, spelt } = written(text);
        let full = |path: &str| in_full(&module(name), path, &modules);
        let names: BTreeMap<String, Steps> =
            used.iter().map(|(name, path)| (name.clone(), full(path))).collect();
        let spelt = spelt.iter().map(|path| match path.split_once("::") {
            Some((first, rest)) if names.contains_key(first) => {
                [names[first].clone(), rest.split("::").map(str::to_owned).collect()].concat()
            }
            _ => full(path),
        });
        let paths = spelt.chain(names.values().cloned()).filter(|path| !path.is_empty()).collect();
        Source { name: name.clone(), lines: text.lines().count(), paths, names }
    };
    texts.iter().map(source).collect()
}

/// A path from the root of the crate, or of another one.
fn in_full(own: &Steps, path: &str, modules: &BTreeSet<Steps>) -> Steps {
    let mut steps = path.split("::").filter(|step| !step.is_empty()).peekable();
    let mut full = own.clone();
    match steps.peek() {
        Some(&("crate" | "dialform")) => {
            steps.next();
            full.truncate(1);
        }
        Some(&("self" | "super")) => {}
        Some(first) if modules.contains(&[own.as_slice(), &[(*first).to_owned()]].concat()) => {}
        _ => full.clear(),
    }
    for step in steps {
        match step {
            "self" => {}
            "super" => drop(full.pop()),
            step => full.push(step.to_owned()),
        }
    }
    full
}

/// The paths of a file as they stand in it: those of its `use` lines, each with the name it makes, and those in the code.
struct Written {
    used: Vec<(String, String)>,
    spelt: BTreeSet<String>,
}

/// Comments do not count, nor do tests, which stand last.
fn written(text: &str) -> Written {
    let text = text.split_once("#[cfg(test)]\nmod tests {").map_or(text, |(code, _)| code);
    let lines: Vec<&str> =
        text.lines().map(|line| line.split_once("//").map_or(line, |(code, _)| code)).collect();
    let code = lines.join("\n");
    let mut found = Written { used: Vec::new(), spelt: BTreeSet::new() };
    for statement in code.split(';') {
        let (code, tree) = split_use(statement);
        let in_path = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | ':');
        let spelt = code.split(|c| !in_path(c)).filter(|word| word.contains("::"));
        found.spelt.extend(spelt.map(str::to_owned));
        if let Some(tree) = tree {
            branches("", tree, &mut found.used);
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

/// `a::{b, c::{self, d as e}}` as `b` for `a::b`, `c` for `a::c`, `e` for `a::c::d`.
fn branches(stem: &str, tree: &str, found: &mut Vec<(String, String)>) {
    let tree = tree.trim();
    let Some((head, rest)) = tree.split_once('{') else {
        let (path, alias) = tree.split_once(" as ").map_or((tree, None), |(path, name)| (path, Some(name)));
        let path = format!("{stem}{path}");
        let path = path.strip_suffix("::self").unwrap_or(&path);
        let name = alias.unwrap_or_else(|| path.rsplit("::").next().unwrap_or(path));
        found.push((name.trim().to_owned(), path.to_owned()));
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

/// What this file sees must be what is there, or every test of the architecture would pass for want of sight.
#[test]
fn paths_are_seen_in_full() {
    let text = "use std::{\n    fs,\n    net::{self, TcpListener as L},\n};\npub use crate::http::ReadClient;\n\
                use super::c::D;\nuse b::B;\n\
                // std::env in a comment\nfn f() -> std::time::Instant {\n    tokio::spawn(g());\n    fs::read(L::bind());\n}\n\
                #[cfg(test)]\nmod tests {\n    use axum::Router;\n}\n";
    let texts = [("a/mod", text), ("a/b", ""), ("c", "")].map(|(name, text)| (name.into(), text.into()));
    let paths: BTreeSet<String> = read(&texts)[0].paths.iter().map(|path| path.join("::")).collect();
    let expected = [
        "crate::a::b::B",
        "crate::c::D",
        "crate::http::ReadClient",
        "std::fs",
        "std::fs::read",
        "std::net",
        "std::net::TcpListener",
        "std::net::TcpListener::bind",
        "std::time::Instant",
        "tokio::spawn",
    ];
    assert_eq!(paths.iter().map(String::as_str).collect::<Vec<_>>(), expected);
}
