//! What is imported is what is live: the plan of it is empty and its apply writes nothing. Then one stored field after the
//! other is changed, and the plan shows that one and no other.

use super::{
    THREADS,
    case::Setup,
    held,
    random_live::{Chance, Stored, account, places, with_form},
    rig::scratch,
};
use crate::workspace::Workspace;
use dialform::error::Ending;
use serde_json::{Map, Value, json};
use std::{
    collections::{BTreeMap, BTreeSet},
    sync::{
        Mutex,
        atomic::{AtomicUsize, Ordering},
    },
    thread,
};

/// How many accounts by default. `DIALFORM_CASES` says another number; from a thousand on every field is tried in every form.
const ACCOUNTS: usize = 20;

/// Every so many of the fields and forms are tried by default.
const SAMPLE: usize = 40;

fn cases() -> usize {
    let said = std::env::var("DIALFORM_CASES").ok().and_then(|text| text.parse().ok());
    said.unwrap_or(ACCOUNTS)
}

/// How many fields are changed in each of them: every one of an account is in the test after this.
const MUTANTS: usize = 1;

/// What an account says in the words of a file: the sections, object by object.
pub type Words = BTreeMap<(String, String), Value>;

pub struct Bench<'a> {
    setup: &'a Setup,
    workspace: Workspace,
}

impl<'a> Bench<'a> {
    pub fn new(setup: &'a Setup, directory: &str, live: &Value) -> Self {
        let workspace = Workspace::at(scratch().join(directory));
        if workspace.root().exists() {
            std::fs::remove_dir_all(workspace.root()).unwrap();
        }
        let mut system = setup.settings.clone();
        system.insert("kind".into(), setup.kind.as_str().into());
        let file = json!({ "version": 1, "providers": { "system": system }, "tenants": ["tenants/*.yaml"] });
        workspace.write("dialform.yaml", file.to_string());
        let bench = Self { setup, workspace };
        bench.put(live);
        bench
    }

    fn put(&self, live: &Value) {
        let file = format!(".dialform/sandbox/system/{}.json", self.setup.account);
        self.workspace.write(&file, live.to_string());
    }

    fn run(&self, arguments: &[&str]) -> (Ending, String, String) {
        let fault = format!("visible-after:0ms,{}", self.setup.fault);
        let traffic = self.workspace.argument("traffic.jsonl");
        let more = ["--sandbox", "--format", "json", "--fault", &fault, "--record", &traffic];
        let done = self.workspace.run(&[arguments, &more].concat());
        (done.ending, done.out, done.err)
    }

    /// Imports the account: what the file then says, or why there is none.
    pub fn import(&self) -> Result<Words, String> {
        let (ending, out, err) = self.run(&["import", "--account", &self.setup.account]);
        if ending != Ending::Fine {
            return Err(format!("{out}{err}"));
        }
        let report: Value = serde_json::from_str(&out).unwrap();
        for count in report["accounts"][0]["counts"].as_array().unwrap() {
            let number = |field: &str| count[field].as_u64().unwrap();
            assert_eq!(
                number("live"),
                number("declared") + number("commented") + number("left_alone"),
                "{out}"
            );
        }
        let file = report["accounts"][0]["file"].as_str().unwrap();
        let text = self.workspace.read(file);
        // The second opinion: another reader of YAML.
        let whole: Value = serde_yaml::from_str(&text).map_err(|error| format!("{error}\n{text}"))?;
        let sections =
            whole.as_object().unwrap().iter().filter_map(|(name, it)| Some((name, it.as_object()?)));
        let entry = |(name, section): (&String, &Map<String, Value>)| {
            let name = name.clone();
            section
                .clone()
                .into_iter()
                .map(move |(key, value)| ((name.clone(), key), value))
                .collect::<Vec<_>>()
        };
        Ok(sections.flat_map(entry).collect())
    }

    fn plan(&self) -> Value {
        let (_, out, err) = self.run(&["plan"]);
        serde_json::from_str(&out).unwrap_or_else(|error| panic!("{error}: {out}{err}"))
    }
}

/// Addresses with the first field of each change.
fn steps(plan: &Value) -> BTreeMap<String, BTreeSet<String>> {
    let steps = plan["tenants"][0]["steps"].as_array().into_iter().flatten();
    let fields = |step: &Value| {
        let changes = step["changes"].as_array().into_iter().flatten();
        changes.map(|change| change["path"][0].as_str().unwrap_or_default().to_owned()).collect()
    };
    steps.map(|step| (step["address"].as_str().unwrap().to_owned(), fields(step))).collect()
}

fn blocked(plan: &Value) -> bool {
    plan["tenants"][0]["blocked"].as_array().is_some_and(|it| !it.is_empty())
}

/// An account that is imported is as declared; nothing is sent but reads.
fn as_declared(bench: &Bench<'_>) -> Result<Option<Words>, String> {
    let words = match bench.import() {
        Ok(words) => words,
        // What cannot be read whole is not imported.
        Err(why) if why.contains("unreadable-account") => return Ok(None),
        Err(why) => return Err(format!("not imported: {why}")),
    };
    let plan = bench.plan();
    if !steps(&plan).is_empty() || blocked(&plan) {
        return Err(format!("the plan is not empty: {:?} {}", steps(&plan), plan["tenants"][0]["blocked"]));
    }
    let (ending, out, err) = bench.run(&["apply", "--auto-approve"]);
    if ending != Ending::Fine {
        return Err(format!("apply ended {ending:?}: {out}{err}"));
    }
    let tokens = bench.setup.tokens.as_deref();
    for exchange in bench.workspace.lines("traffic.jsonl") {
        let token = tokens.is_some_and(|path| exchange["path"] == path);
        if exchange["method"] != "GET" && !token {
            return Err(format!("it sent {} {}", exchange["method"], exchange["path"]));
        }
    }
    Ok(Some(words))
}

/// A value with its phone numbers in one spelling: a dashboard holds them loosely, and the plan takes them for the same.
fn spelled(value: &Value) -> String {
    let text = value.to_string();
    let is_number = text.bytes().filter(u8::is_ascii_digit).count() > 6 && text.contains("\"+");
    let keep = |c: &char| !is_number || !" ()-+".contains(*c);
    text.replace("\"token\"", "\"number\"").chars().filter(keep).collect()
}

/// With another live form in one place the plan shows the field that says something else now, and no other one. `Ok(true)`
/// where it is one that has a word.
fn shows(bench: &Bench<'_>, words: &Words, changed: &Value, directory: &str) -> Result<bool, String> {
    let other = Bench::new(bench.setup, directory, changed);
    let now = match other.import() {
        Ok(now) => now,
        Err(why) if why.contains("unreadable-account") => return Ok(false),
        Err(why) => return Err(format!("not imported: {why}")),
    };
    bench.put(changed);
    let plan = bench.plan();
    let planned = steps(&plan);
    let mut differing = BTreeMap::<String, BTreeSet<String>>::new();
    for ((section, key), value) in words {
        let address = format!("{section}.{key}");
        let nothing = Value::Null;
        let then = now.get(&(section.clone(), key.clone())).unwrap_or(&nothing);
        let fields = value.as_object().into_iter().flatten().map(|(field, _)| field);
        let fields = fields.filter(|field| spelled(&value[field.as_str()]) != spelled(&then[field.as_str()]));
        let fields: BTreeSet<String> = fields.cloned().collect();
        if !fields.is_empty() {
            differing.insert(address, fields);
        }
    }
    let whole = plan["tenants"][0].to_string();
    for (address, fields) in &differing {
        match planned.get(address) {
            Some(shown) if fields.is_subset(shown) => {}
            // What cannot be told is said, and stops the step.
            _ if blocked(&plan) && whole.contains(address.as_str()) => {}
            _ if plan["tenants"][0]["unverifiable"].to_string().contains(address.as_str()) => {}
            shown => {
                return Err(format!("{address} differs in {fields:?}, the plan shows {shown:?}\n{whole}"));
            }
        }
    }
    for (address, shown) in &planned {
        let is_a_part = |fields: &BTreeSet<String>| shown.is_subset(fields);
        if !differing.get(address).is_some_and(is_a_part) && !blocked(&plan) {
            return Err(format!("the plan shows {address} {shown:?}, which is as it was; {differing:?}"));
        }
    }
    Ok(!differing.is_empty())
}

/// What differs is written into the file, and the plan is empty then. Nothing else in the file has changed.
fn takes_the_portals_side(bench: &Bench<'_>) -> Result<&'static str, String> {
    let plan = bench.plan();
    if blocked(&plan) || steps(&plan).is_empty() {
        return Ok("not to be written");
    }
    let files = std::fs::read_dir(bench.workspace.path("tenants")).unwrap();
    let file = files.map(|file| file.unwrap().path()).next().unwrap();
    let before = std::fs::read_to_string(&file).unwrap();
    let (ending, out, err) =
        bench.run(&["import", "--account", &bench.setup.account, "--only", "*", "--write"]);
    let after = std::fs::read_to_string(&file).unwrap();
    let left = bench.plan();
    std::fs::write(&file, &before).unwrap();
    if ending != Ending::Fine {
        return match out.contains("\"refused\"") && after == before {
            true => {
                println!("refused: {out}");
                Ok("refused")
            }
            false => Err(format!("--write ended {ending:?}: {out}{err}")),
        };
    }
    if !steps(&left).is_empty() {
        return Err(format!("after --write: {:?}\n{before}\n{after}", steps(&left)));
    }
    // One stored field is one place.
    let lines = similar_lines(&before, &after);
    if lines > 20 {
        return Err(format!("--write has changed {lines} lines\n{before}\n{after}"));
    }
    Ok("written")
}

/// How many lines of one text are not in the other, in their order.
fn similar_lines(before: &str, after: &str) -> usize {
    let diff = similar::TextDiff::from_lines(before, after);
    diff.iter_all_changes().filter(|change| change.tag() != similar::ChangeTag::Equal).count()
}

/// One account there, and some of its fields changed.
fn world(seed: u64, tally: &Mutex<BTreeMap<&'static str, usize>>) -> Result<(), String> {
    let count = |word| *tally.lock().unwrap().entry(word).or_default() += 1;
    let mut chance = Chance(seed);
    let provider = [0, 0, 0, 1, 1, 2][chance.below(6)];
    let setup = &held()[provider].setup;
    let stored = Stored::of(&setup.kind);
    let live = account(setup, &stored, seed);
    let bench = Bench::new(setup, &format!("imported/{seed}/a"), &live);
    let Some(words) = as_declared(&bench)? else {
        count("unfit");
        return Ok(());
    };
    count("imported");
    let places = places(&live, &stored);
    for mutant in 0..MUTANTS {
        let (place, form) = loop {
            let (place, forms) = &places[chance.below(places.len())];
            let form = chance.below(*forms);
            if with_form(&live, &stored, place, form) != live {
                break (place, form);
            }
        };
        let changed = with_form(&live, &stored, place, form);
        let at = |why: String| format!("{place} in form {form}: {why}");
        let shown = shows(&bench, &words, &changed, &format!("imported/{seed}/{mutant}"));
        if !shown.map_err(at)? {
            count("without a word");
            continue;
        }
        count("shown");
        count(takes_the_portals_side(&bench).map_err(at)?);
    }
    Ok(())
}

/// Every field of the account that a provider's transitions begin with, in every form: all of it from a thousand `DIALFORM_CASES` on.
#[test]
fn every_field_of_an_account_shows_when_it_changes() {
    let step = if cases() >= 1000 { 1 } else { SAMPLE };
    let mut runs = Vec::new();
    for it in held() {
        let stored = Stored::of(&it.setup.kind);
        for (place, forms) in places(&it.setup.live, &stored) {
            runs.extend((0..forms).map(|form| (&it.setup, place.clone(), form)));
        }
    }
    let runs: Vec<_> = runs.into_iter().step_by(step).collect();
    let (next, broken, shown) = (AtomicUsize::new(0), Mutex::new(Vec::new()), AtomicUsize::new(0));
    thread::scope(|scope| {
        for thread in 0..THREADS {
            let (next, broken, shown, runs) = (&next, &broken, &shown, &runs);
            scope.spawn(move || {
                let mut known: BTreeMap<&str, (Bench<'_>, Words)> = BTreeMap::new();
                while let Some((setup, place, form)) = runs.get(next.fetch_add(1, Ordering::Relaxed)) {
                    let directory = format!("imported/{}-{thread}", setup.kind);
                    let (bench, words) = known.entry(&setup.kind).or_insert_with(|| {
                        let bench = Bench::new(setup, &format!("{directory}/a"), &setup.live);
                        let words = as_declared(&bench).unwrap().unwrap();
                        (bench, words)
                    });
                    let changed = with_form(&setup.live, &Stored::of(&setup.kind), place, *form);
                    match shows(bench, words, &changed, &format!("{directory}/b")) {
                        Ok(has_word) => drop(shown.fetch_add(usize::from(has_word), Ordering::Relaxed)),
                        Err(why) => {
                            broken
                                .lock()
                                .unwrap()
                                .push(format!("- {} {place} in form {form}: {why}", setup.kind));
                        }
                    }
                }
            });
        }
    });
    let mut broken = broken.into_inner().unwrap();
    broken.sort();
    println!("{} of {} are shown", shown.load(Ordering::Relaxed), runs.len());
    assert!(broken.is_empty(), "{} of {} broken:\n{}", broken.len(), runs.len(), broken.join("\n"));
    assert!(shown.into_inner() * 5 > runs.len());
}

#[test]
fn what_is_imported_is_what_is_live() {
    let all = cases();
    let first: u64 = std::env::var("DIALFORM_SEED").ok().and_then(|seed| seed.parse().ok()).unwrap_or(1);
    let (next, broken, tally) = (AtomicUsize::new(0), Mutex::new(Vec::new()), Mutex::default());
    thread::scope(|scope| {
        for _ in 0..THREADS {
            scope.spawn(|| {
                loop {
                    let turn = next.fetch_add(1, Ordering::Relaxed);
                    if turn >= all {
                        break;
                    }
                    let seed = first + turn as u64;
                    if let Err(why) = world(seed, &tally) {
                        broken.lock().unwrap().push(format!("- seed {seed}: {why}"));
                    }
                }
            });
        }
    });
    let (tally, mut broken) = (tally.into_inner().unwrap(), broken.into_inner().unwrap());
    println!("{tally:?}");
    let (refused, written) = (tally.get("refused").unwrap_or(&0), tally.get("written").unwrap_or(&0));
    broken.sort();
    assert!(refused * 20 <= written + 20, "{tally:?}");
    assert!(broken.is_empty(), "{} broken, {tally:?}:\n{}", broken.len(), broken.join("\n"));
    // Files that say nothing would show nothing.
    assert!(tally["imported"] * 10 > all * 8 && tally["shown"] * 5 > all * MUTANTS, "{tally:?}");
}
