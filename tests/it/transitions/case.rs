//! The list and the providers' settings, as they are written.

use crate::served::planted;
use serde::Deserialize;
use serde_json::{Map, Value};
use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
    sync::LazyLock,
};

/// From state A to state B, both as the body of a tenant file.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Case {
    pub name: String,
    #[serde(default)]
    pub a: Map<String, Value>,
    #[serde(default)]
    pub b: Map<String, Value>,
    /// The steps from A to B, each with its action. Left out: any, but at least one.
    pub expect: Option<BTreeMap<String, String>>,
    /// Whether the way back to A is open. Nothing brings a deleted object back that A only names.
    #[serde(default = "yes")]
    pub back: bool,
    /// Whether the provider's undocumented forms may be written.
    #[serde(default)]
    pub experimental: bool,
    /// The kinds of provider of which it is a fact. Left out: every one whose tables say that it can hold both sides.
    #[serde(default)]
    pub only: Vec<String>,
    /// What the plan of B leaves to a person, `address path`, before and after it is applied.
    #[serde(default)]
    pub manual: Vec<String>,
    /// What the plan of B says it cannot see, `address field`.
    #[serde(default)]
    pub unverifiable: Vec<String>,
    /// Switches of the emulation for this case, after those of every other.
    #[serde(default)]
    pub fault: String,
    /// What B looks like in the provider's state, by kind of provider: JSON pointer and value.
    #[serde(default)]
    pub wire: BTreeMap<String, BTreeMap<String, Value>>,
}

fn yes() -> bool {
    true
}

impl Case {
    pub fn sides(&self) -> [(&'static str, &Map<String, Value>); 2] {
        [("a", &self.a), ("b", &self.b)]
    }

    /// The name as that of a directory.
    pub fn slug(&self) -> String {
        slug(&self.name)
    }
}

/// How a provider is set up for the run.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Setup {
    #[serde(default)]
    pub kind: String,
    pub account: String,
    /// The provider's entry in `dialform.yaml`, without `kind`.
    pub settings: Map<String, Value>,
    /// How many cases it must be able to run.
    pub minimum: usize,
    /// The vendor's document, and the path below which it applies.
    pub spec: String,
    pub base: String,
    /// Switches of its emulation, beside those of every run.
    #[serde(default)]
    pub fault: String,
    /// Where its emulation gives out tokens: a request there changes nothing.
    #[serde(default)]
    pub tokens: Option<String>,
    /// Whether the emulation's answers are held against the document too.
    #[serde(default)]
    pub strict_responses: bool,
    /// Paths whose writes have an answer that the checker cannot judge: a form that is open to other keys, beside one that
    /// is not, counts for nothing there.
    #[serde(default)]
    pub open_answers: Vec<String>,
    /// Keys that a request has beyond the document, on paths that contain this: the way of another reading of the vendor.
    #[serde(default)]
    pub beyond_keys: BTreeMap<String, String>,
    /// Values that live accounts have and the document does not name, by the key they stand under in a request.
    #[serde(default)]
    pub beyond_values: BTreeMap<String, Vec<String>>,
    /// Writes of which the document does not tell: method, and part of the path.
    #[serde(default)]
    pub beyond: Vec<String>,
    /// What is live at the start.
    #[serde(skip)]
    pub live: Value,
    /// How the vendor behaves where several things are possible: switches, after all others.
    #[serde(skip)]
    pub reading: String,
}

impl Setup {
    pub fn of(kind: &str) -> Self {
        let directory = data().join(kind);
        let mut setup: Self = parse(&directory.join("provider.yaml"));
        setup.kind = kind.to_owned();
        let seed = std::fs::read_to_string(directory.join("live.yaml")).unwrap();
        setup.live = planted(kind, &setup.account, &seed);
        setup
    }

    /// The directory of its runs.
    pub fn slug(&self) -> String {
        // The one run under several readings; all their names are too long for one directory.
        let reading = if self.reading.contains(',') { "several" } else { &self.reading };
        slug(&format!("{}{reading}", self.kind))
    }
}

fn slug(name: &str) -> String {
    name.chars().map(|c| if c.is_ascii_alphanumeric() { c } else { '-' }).collect()
}

pub fn data() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/it/transitions")
}

/// Every case, file by file.
pub fn cases() -> &'static [Case] {
    static CASES: LazyLock<Vec<Case>> = LazyLock::new(|| {
        let files = std::fs::read_dir(data().join("list")).unwrap();
        let mut files: Vec<PathBuf> = files.map(|file| file.unwrap().path()).collect();
        files.sort();
        files.iter().flat_map(|file| parse::<Vec<Case>>(file)).collect()
    });
    &CASES
}

fn parse<T: serde::de::DeserializeOwned>(path: &Path) -> T {
    let text = std::fs::read_to_string(path).unwrap();
    serde_yaml::from_str(&text).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}
