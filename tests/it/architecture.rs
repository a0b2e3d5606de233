//! How the code is laid out.
//!
//! - `rooms`: the map in `src/lib.rs` as a table: which room may name which, and what of the world it may touch
//! - `circles`: no two files need each other
//! - `source`: reads the sources as text

mod circles;
mod rooms;
mod source;

use source::sources;
use std::{fs, path::Path};

const NONE: Vec<String> = Vec::new();

/// What one vendor says differently is a fact about that vendor: http learns it from whoever opens it.
#[test]
fn http_knows_no_vendor() {
    let words = ["APP001", "No Route", "420", "NetSapiens", "stratus", "ctm", "deskphone"];
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    for source in sources().iter().filter(|source| source.is_in("http")) {
        let text = fs::read_to_string(root.join(&source.name).with_extension("rs")).unwrap();
        let found: Vec<&str> = words.into_iter().filter(|word| text.contains(word)).collect();
        assert!(found.is_empty(), "src/{}.rs speaks of {found:?}", source.name);
    }
}

/// A page makes everybody's words showable; what is written past it is not. JSON has a way of its own, and clap's message
/// is looked at before it is repeated.
#[test]
fn only_a_page_writes_to_people() {
    let past = ["cli/mod: true => write!(out, \"{}\", text.ansi()),"];
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut found = Vec::new();
    for source in sources().iter().filter(|it| ["cli", "render"].iter().any(|room| it.is_in(room))) {
        let text = fs::read_to_string(root.join(&source.name).with_extension("rs")).unwrap();
        let writes = |line: &&str| line.contains("write!(") || line.contains("writeln!(");
        found.extend(text.lines().filter(writes).map(|line| format!("{}: {}", source.name, line.trim())));
    }
    assert_eq!(found, past);
}

/// A file one cannot take in is a file nobody reviews.
#[test]
fn no_file_is_long() {
    let long: Vec<String> =
        sources().iter().filter(|s| s.lines >= 600).map(|s| format!("{}: {}", s.name, s.lines)).collect();
    assert_eq!(long, NONE);
}

/// The commands are arguments, streams and exit codes; what they do is the engine's. There are more of them every year, so that
/// each is held to its size, and not all of them together.
#[test]
fn the_commands_stay_small() {
    const SHARED: [&str; 2] = ["cli/args", "cli/mod"];
    let commands = sources().into_iter().filter(|it| it.is_in("cli") && !SHARED.contains(&it.name.as_str()));
    let long: Vec<String> =
        commands.filter(|it| it.lines > 170).map(|it| format!("{}: {}", it.name, it.lines)).collect();
    assert_eq!(long, NONE);
}

/// A test file that the one binary does not name is never run, and nobody notices.
#[test]
fn every_test_file_is_run() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/it");
    let main = fs::read_to_string(root.join("main.rs")).unwrap();
    let files = fs::read_dir(&root).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap());
    let modules: Vec<String> = files
        .filter_map(|name| Some(name.strip_suffix(".rs")?.to_owned()))
        .filter(|name| name != "main")
        .collect();
    assert!(modules.len() > 10, "{modules:?}");
    for module in modules {
        assert!(main.contains(&format!("\nmod {module};\n")), "tests/it/{module}.rs is not in main.rs");
    }
}
