//! Files that need each other.

use super::source::{Source, Steps, read, sources};
use std::collections::{BTreeMap, BTreeSet, VecDeque};

/// Which files name which. A path leads to the file that defines what it names: a `use` on the way is followed. A module
/// and what lies below it are one thing seen from two sides: that they name each other is no news.
fn arrows(sources: &[Source]) -> BTreeMap<&str, BTreeSet<&str>> {
    let files: BTreeMap<Steps, &Source> = sources.iter().map(|source| (source.module(), source)).collect();
    let mut arrows: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    for source in sources {
        let own = source.module();
        for path in source.paths.iter().filter(|path| path[0] == "crate") {
            let end = definition(path.clone(), &files);
            let module = end.module();
            if !module.starts_with(&own) && !own.starts_with(&module) {
                arrows.entry(&source.name).or_default().insert(&end.name);
            }
        }
    }
    arrows
}

/// The file at the end of a path.
fn definition<'a>(mut path: Steps, files: &BTreeMap<Steps, &'a Source>) -> &'a Source {
    // Rust knows no `use` that leads back to itself; what is misread here must not hang.
    for _ in 0..8 {
        let length = (0..=path.len()).rev().find(|length| files.contains_key(&path[..*length])).unwrap();
        let file = files[&path[..length]];
        match path.get(length).and_then(|name| file.names.get(name)) {
            Some(target) if target[0] == "crate" => {
                path = [target.as_slice(), &path[length + 1..]].concat();
            }
            _ => return file,
        }
    }
    panic!("{path:?} leads nowhere")
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

/// Files that need each other can only be read together, and none of them can be moved or tested by itself.
#[test]
fn no_files_stand_in_a_circle() {
    assert_eq!(circles(&sources()), Vec::<String>::new());
}

/// Circles of two and of three, across rooms and through re-exports, and what looks like one and is none.
#[test]
fn circles_are_seen() {
    let files = [
        ("lib", "pub mod a;\npub mod b;"),
        ("a/mod", "mod one;\nmod two;\nuse one::One;\npub struct Face;"),
        ("a/one", "use super::{Face, two::{self, Two}};\nuse std::fmt;"),
        ("a/two", "fn f() -> super::one::One {}"),
        ("b", "mod inner;\nuse inner::Inner;"),
        ("b/inner", "use crate::{a::one::One, c::C};\nuse super::B;"),
        ("c", "use crate::d::D;"),
        ("d", "use crate::b::inner::Inner;"),
        ("e/mod", "mod graph;\nmod step;\npub use graph::Job;"),
        ("e/graph", "use super::step;\npub struct Job;"),
        ("e/step", "use super::Job;"),
    ];
    let files = read(&files.map(|(name, text)| (name.to_owned(), text.to_owned())));
    let expected =
        ["a/one -> a/two -> a/one", "b/inner -> c -> d -> b/inner", "e/graph -> e/step -> e/graph"];
    assert_eq!(circles(&files), expected);
}
