//! Calls of which a sentence says how they end: each case of `articles/` names its source, repeats the sentence, and has one
//! tenant and one call that it is about. Evaluator and reference both say what the sentence does.
//!
//! A sentence of a `FACTS.md` has to stand in its row. The help articles and the notes on the switch are not part of the
//! project: they are looked at where they lie beside it, in the directory that `DIALFORM_CONTRACT` names (`../shared` by
//! default). Named by hand, that directory has to be whole.

use crate::{
    held::{Compiled, assumed, courses, verdict},
    naive::{Assume, Call, Course, To, judge},
    random::{DISPATCH, IDS},
};
use dialform::flow::around;
use serde::Deserialize;
use serde_json::{Value, json};
use std::{
    collections::{BTreeMap, BTreeSet},
    env, fs,
    path::{Path, PathBuf},
};

const SEMANTICS: &str = include_str!("../../src/flow/SEMANTICS.md");
const LEAST: usize = 150;
/// A Wednesday morning, for calls to which the hour does not matter.
const AT: &str = "2026-11-25T10:00:00-06:00";

/// Rows of the notes on the switch for which tenants have no word.
const WORDLESS: [&str; 2] = ["number disabled", "queue outside its schedule"];

/// Steps of SEMANTICS.md by number, and those rows that have no number by word.
type Steps = BTreeSet<String>;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Sheet {
    /// Worlds that several cases share.
    #[serde(default)]
    tenants: BTreeMap<String, Vec<Value>>,
    cases: Vec<Written>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Written {
    /// `A3`, `FACTS ctm/queues-1` or `switch`.
    source: String,
    says: String,
    steps: Vec<String>,
    /// The name of a world of the sheet, or a list of tenants.
    tenants: Value,
    call: Placed,
    expect: Vec<Expected>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Placed {
    number: Option<String>,
    /// Of the first tenant.
    extension: Option<String>,
    at: Option<String>,
    from: Option<String>,
    #[serde(default)]
    given: BTreeMap<String, String>,
    #[serde(default)]
    mailbox_off: BTreeSet<String>,
    #[serde(default)]
    full: BTreeSet<String>,
    #[serde(default)]
    platform: BTreeMap<String, String>,
    #[serde(default)]
    assume: BTreeMap<String, bool>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Expected {
    end: String,
    /// The second of the end; none where it has none.
    at: Option<u64>,
    /// Who rings from which second on.
    #[serde(default)]
    rings: BTreeMap<String, Moments>,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum Moments {
    One(u64),
    Several(Vec<u64>),
}

struct Case {
    /// Where it stands, for people.
    place: String,
    source: String,
    says: String,
    steps: Vec<String>,
    tenants: Vec<Value>,
    call: Call,
    assume: Assume,
    expect: BTreeSet<Course>,
}

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn cases() -> Vec<Case> {
    let directory = root().join("tests/flow/articles");
    let mut files: Vec<PathBuf> = fs::read_dir(directory).unwrap().map(|it| it.unwrap().path()).collect();
    files.sort();
    let mut all = Vec::new();
    for file in files {
        let name = file.file_stem().unwrap().to_str().unwrap().to_owned();
        let text = fs::read_to_string(&file).unwrap();
        let sheet: Sheet = serde_yaml::from_str(&text).unwrap_or_else(|why| panic!("{name}: {why}"));
        for (at, written) in sheet.cases.into_iter().enumerate() {
            let place = format!("{name}, case {}: {}", at + 1, written.says);
            all.push(read(place, written, &sheet.tenants));
        }
    }
    all
}

fn read(place: String, written: Written, worlds: &BTreeMap<String, Vec<Value>>) -> Case {
    let mut tenants: Vec<Value> = match written.tenants {
        Value::String(name) => {
            worlds.get(&name).unwrap_or_else(|| panic!("{place}: no world {name}")).clone()
        }
        Value::Array(list) => list,
        other => panic!("{place}: {other}"),
    };
    for tenant in &mut tenants {
        tenant["provider"] = tenant["kind"].clone();
        tenant["account"] = json!("of this tenant");
    }
    let placed = written.call;
    let has = |tenant: &&Value, number: &str| {
        tenant["numbers"].get(number).is_some() || tenant["forwards"].get(number).is_some()
    };
    let (to, home) = match (placed.number, placed.extension) {
        (Some(number), None) => {
            let home = tenants.iter().find(|it| has(it, &number));
            (To::Number(number), home.unwrap_or_else(|| panic!("{place}: nobody has the number")))
        }
        (None, Some(extension)) => (To::Extension(extension), &tenants[0]),
        _ => panic!("{place}: a number or an extension is called"),
    };
    let assume = placed.assume.iter().map(|(id, yes)| {
        let id = IDS.iter().find(|known| *known == id).unwrap_or_else(|| panic!("{place}: no {id}"));
        (*id, *yes)
    });
    let call = Call {
        tenant: home["tenant"].as_str().unwrap().to_owned(),
        to,
        at: placed.at.as_deref().unwrap_or(AT).parse().unwrap_or_else(|why| panic!("{place}: {why}")),
        from: placed.from.unwrap_or_else(|| "+13125550000".to_owned()),
        given: placed.given,
        mailbox_off: placed.mailbox_off,
        full: placed.full,
        platform: placed.platform,
    };
    let assume = assume.collect();
    let expect = written.expect.into_iter().map(course).collect();
    let (source, says, steps) = (written.source, written.says, written.steps);
    Case { place, source, says, steps, tenants, call, assume, expect }
}

fn course(expected: Expected) -> Course {
    let mut rings = Vec::new();
    for (who, moments) in expected.rings {
        let moments = match moments {
            Moments::One(moment) => vec![moment],
            Moments::Several(moments) => moments,
        };
        rings.extend(moments.into_iter().map(|it| (who.clone(), it * 1000)));
    }
    rings.sort_by(|a, b| (a.1, &a.0).cmp(&(b.1, &b.0)));
    Course { end: expected.end, rings, at: expected.at.map(|it| it * 1000) }
}

/// An agreement of two programs is worth what the sentences are worth that it is measured by.
#[test]
fn every_call_ends_as_its_sentence_says() {
    let mut wrong = Vec::new();
    for case in cases() {
        let compiled = Compiled::of(&case.tenants);
        let network = compiled.network(around(case.call.at.as_second()), assumed(&case.assume));
        let found = verdict(&network, &case.call).map(|it| courses(&network, &case.call, &it));
        let told = judge(&case.tenants, &case.call, &case.assume);
        for (who, found) in [("evaluator", found.unwrap_or_default()), ("reference", told)] {
            if found != case.expect {
                wrong.push(format!("{}\n  wanted {:?}\n  {who} {found:?}", case.place, case.expect));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// A case that says what an id decides, and would end so without it, says nothing of it.
#[test]
fn an_id_that_a_case_cites_decides_it() {
    let mut idle = Vec::new();
    for case in cases() {
        for id in IDS.iter().filter(|id| case.steps.iter().any(|step| step == *id)) {
            let mut other = case.assume.clone();
            other.insert(id, !taken(&case, id));
            if judge(&case.tenants, &case.call, &other) == case.expect {
                idle.push(format!("{id}: {}", case.place));
            }
        }
    }
    assert!(idle.is_empty(), "{}", idle.join("\n"));
}

/// The way in which a case takes an id.
fn taken(case: &Case, id: &str) -> bool {
    case.assume.get(id).copied().unwrap_or(!["U11", "U29"].contains(&id))
}

/// What nobody has found a sentence for would be proved by nothing but itself.
#[test]
fn every_step_and_every_id_both_ways_has_a_case() {
    let known: Steps = steps();
    let all = cases();
    let mut cited = Steps::new();
    for case in &all {
        for step in &case.steps {
            match IDS.iter().find(|id| *id == step) {
                Some(id) => cited.insert(format!("{id}={}", taken(case, id))),
                None => cited.insert(step.clone()),
            };
        }
    }
    let ways = IDS.iter().flat_map(|id| [format!("{id}=true"), format!("{id}=false")]);
    let wanted: Steps = known.into_iter().chain(ways).collect();
    let missing: Vec<&String> = wanted.difference(&cited).collect();
    assert!(missing.is_empty(), "no case cites {missing:?}");
    let unknown: Vec<&String> = cited.difference(&wanted).collect();
    assert!(unknown.is_empty(), "no step is called {unknown:?}");
    assert!(all.len() >= LEAST, "{} cases", all.len());
}

/// Sections 1 to 6: `3.8`, of section 2 `2.voicemail`, of the ways in which agents ring `4.linear_hunt`, and section 5.
fn steps() -> Steps {
    let mut steps = Steps::from(["5".to_owned()]);
    steps.extend(DISPATCH.iter().map(|word| format!("4.{word}")));
    let mut section = 0;
    for line in SEMANTICS.lines() {
        if let Some(title) = line.strip_prefix("## ") {
            section = title.split('.').next().and_then(|it| it.parse().ok()).unwrap_or(0);
        }
        let Some(first) = line.strip_prefix("| ").and_then(|it| it.split(" | ").next()) else { continue };
        match section {
            2 => {
                let words = first.split('`').skip(1).step_by(2).map(|it| it.split(':').next().unwrap());
                steps.extend(words.map(|word| format!("2.{word}")));
            }
            1 | 3..=6 if first.bytes().all(|it| it.is_ascii_digit()) => {
                steps.insert(format!("{section}.{first}"));
            }
            _ => {}
        }
    }
    assert!(steps.len() > 50, "{steps:?}");
    steps
}

/// A sentence that stands nowhere is somebody's memory of one.
#[test]
fn every_sentence_stands_in_its_source() {
    let mut texts = BTreeMap::<String, Option<String>>::new();
    let mut strange = Vec::new();
    for case in cases() {
        let text = texts.entry(case.source.clone()).or_insert_with(|| text_of(&case.source));
        if text.as_ref().is_some_and(|text| !text.contains(&plain(&case.says))) {
            strange.push(format!("{}: {}", case.source, case.place));
        }
    }
    assert!(strange.is_empty(), "{}", strange.join("\n"));
}

/// A row of the notes on the switch that no call is about would be a rule that nobody keeps.
#[test]
fn every_row_of_the_switch_has_a_case() {
    let Some(text) = beside("switch/SEMANTICS.md") else { return };
    let says: Vec<String> =
        cases().iter().filter(|it| it.source == "switch").map(|it| plain(&it.says)).collect();
    let is_head = |row: &str| {
        ["| #", "| question", "| --"].iter().any(|it| row.starts_with(it))
            || row.contains("| source | certainty")
    };
    let is_point = |line: &str| line.split_once(". ").is_some_and(|(at, _)| at.parse::<u8>().is_ok());
    let rows = text.lines().filter(|line| line.starts_with("| ") && !is_head(line) || is_point(line));
    let rows: Vec<String> = rows.map(plain).collect();
    assert!(rows.len() > 40, "{rows:?}");
    let is_told = |row: &&String| says.iter().chain(&WORDLESS.map(str::to_owned)).any(|it| row.contains(it));
    let bare: Vec<&String> = rows.iter().filter(|row| !is_told(row)).collect();
    assert!(bare.is_empty(), "{bare:#?}");
}

/// The text in which the sentences of a source stand. None: it is not part of the project, and not beside it.
fn text_of(source: &str) -> Option<String> {
    let text = match source.split_once('/') {
        // `FACTS ctm/queues-1`
        Some((sheet, id)) => {
            let sheet = sheet.rsplit(' ').next().unwrap();
            let text = fs::read_to_string(root().join(format!("src/provider/{sheet}/FACTS.md"))).unwrap();
            let row = text.lines().find(|line| line.starts_with(&format!("| {id} |")));
            row.unwrap_or_else(|| panic!("{source} is no row")).to_owned()
        }
        None if source == "switch" => beside("switch/SEMANTICS.md")?,
        None => {
            let number = source.strip_prefix('A').unwrap_or_else(|| panic!("{source} is no source"));
            let folder = shared().join("sources");
            let prefix = format!("00{number}_");
            let files = fs::read_dir(folder).into_iter().flatten().map(|it| it.unwrap().path());
            let mut own = files.filter(|it| it.file_name().unwrap().to_str().unwrap().starts_with(&prefix));
            match own.next() {
                Some(file) => fs::read_to_string(file).unwrap(),
                None => return absent(&format!("sources/{prefix}")),
            }
        }
    };
    Some(plain(&text))
}

fn shared() -> PathBuf {
    root().join(named().unwrap_or_else(|| "../shared".into()))
}

fn named() -> Option<std::ffi::OsString> {
    env::var_os("DIALFORM_CONTRACT").filter(|name| !name.is_empty())
}

fn beside(file: &str) -> Option<String> {
    match fs::read_to_string(shared().join(file)) {
        Ok(text) => Some(text),
        Err(_) => absent(file),
    }
}

fn absent(file: &str) -> Option<String> {
    assert!(named().is_none(), "there is no {file} in {}", shared().display());
    println!("not looked at: there is no {file} in {}", shared().display());
    None
}

/// Without what a line break or a column changes.
fn plain(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}
