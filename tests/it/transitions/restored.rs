//! What was live before an apply is there again after its restore, to the byte but for ids and counters; what cannot be, the
//! plan of that apply has said.

use super::{
    THREADS,
    bench::{Bench, Outcome},
    case::{Case, Setup},
    held,
    promise::read,
    rig::scratch,
};
use crate::{workspace::Workspace, worlds::state::compared};
use serde_json::{Map, Value, json};
use std::{
    sync::{
        Mutex,
        atomic::{AtomicUsize, Ordering},
    },
    thread,
};

const FAULT: &str = "visible-after:0ms";

/// Every so many transitions are taken back, others than those that are run there and back; with `DIALFORM_CASES` all.
const SAMPLE: usize = 12;

#[test]
fn every_transition_can_be_taken_back() {
    let step = if std::env::var_os("DIALFORM_CASES").is_some() { 1 } else { SAMPLE };
    let part = std::env::var("DIALFORM_RESTORE").unwrap_or_default();
    let all = held().iter().flat_map(|it| it.cases.iter().map(|case| (&it.setup, *case)));
    let runs: Vec<(&Setup, &Case)> =
        all.filter(|(_, case)| case.name.contains(&part)).skip(step / 4).step_by(step).collect();
    let (next, found, back) = (AtomicUsize::new(0), Mutex::new(Vec::new()), AtomicUsize::new(0));
    thread::scope(|scope| {
        for _ in 0..THREADS {
            scope.spawn(|| {
                while let Some((setup, case)) = runs.get(next.fetch_add(1, Ordering::Relaxed)) {
                    let directory = format!("restored/{}/{}", setup.slug(), case.slug());
                    match there_and_back(setup, &setup.live, case, "", &directory) {
                        Ok(Went::Exact) => drop(back.fetch_add(1, Ordering::Relaxed)),
                        Ok(Went::Said) => {}
                        Ok(Went::Unfit) => {
                            let why = "nothing could be applied";
                            found.lock().unwrap().push(format!("- {} `{}`: {why}", setup.kind, case.name));
                        }
                        Err(why) => {
                            found.lock().unwrap().push(format!("- {} `{}`: {why}", setup.kind, case.name));
                        }
                    }
                }
            });
        }
    });
    let mut broken = found.into_inner().unwrap();
    broken.sort();
    let back = back.into_inner();
    assert!(broken.is_empty(), "{} of {} broken:\n{}", broken.len(), runs.len(), broken.join("\n"));
    assert!(back * 10 > runs.len() * 7, "only {back} of {} went back to the byte", runs.len());
}

/// How it ended.
pub enum Went {
    /// As it was, to the byte.
    Exact,
    /// Not quite, and the plan had said so.
    Said,
    /// Nothing could be applied.
    Unfit,
}

/// Applies a case to a live account, perhaps through faults, and takes it back. An error says what was lost unsaid.
pub fn there_and_back(
    setup: &Setup,
    live: &Value,
    case: &Case,
    fault: &str,
    directory: &str,
) -> Outcome<Went> {
    let workspace = Workspace::at(scratch().join(directory));
    if workspace.root().exists() {
        std::fs::remove_dir_all(workspace.root()).unwrap();
    }
    let bench = Bench::new(setup, case, workspace);
    bench.put(live.to_string().as_bytes());
    let state = || String::from_utf8(bench.bytes()).unwrap();
    if !case.a.is_empty() {
        bench.declare(&case.a);
        let Ok(plan) = bench.plan(FAULT) else { return Ok(Went::Unfit) };
        bench.apply(&read(&plan).critical, FAULT);
    }
    let before = state();
    bench.declare(&case.b);
    let Ok(plan) = bench.plan(FAULT) else { return Ok(Went::Unfit) };
    let files = bench.restore_file();
    let done = bench.apply(&read(&plan).critical, &[FAULT, fault].join(","));
    let Some(file) = bench.restore_file().filter(|file| Some(file) != files.as_ref()) else {
        return if before == state() {
            Ok(Went::Exact)
        } else {
            Err("changed without a restore file".to_owned())
        };
    };
    let back = bench.plan_restore(&file, FAULT)?;
    let run = bench.restore(&file, &read(&back).critical, FAULT);
    let differences = compared(&in_one_form(&before), &in_one_form(&state()));
    // A restore that says something was lost says nothing of steps that failed.
    let failed =
        ["\"status\":\"failed\"", "\"status\":\"unknown\""].iter().any(|word| run.out.contains(word));
    if differences.is_empty() && !failed {
        return Ok(Went::Exact);
    }
    let said = named_as_lost(&plan);
    let unsaid = differences.iter().any(|it| !said.iter().any(|address| is_of(it, address)));
    if !failed && (!unsaid || takes_back_what_was_made(&plan, &back) || leaves_to_a_person(&back)) {
        return Ok(Went::Said);
    }
    Err(format!("{}\n  {}{}{}", differences.join("; "), done.err, run.out, run.err))
}

/// The objects of which a plan says that something has no way back.
fn named_as_lost(plan: &Value) -> Vec<String> {
    let tenant = &plan["tenants"][0];
    let all = |list: &str| tenant[list].as_array().cloned().unwrap_or_default();
    let lost = all("steps").into_iter().filter(|step| step.get("no_way_back").is_some());
    // A part that stood alone goes with the whole.
    let whole = ["it is made whole", "is not shown; sent with the route"];
    let noted = all("notes").into_iter();
    let noted = noted.filter(|note| whole.iter().any(|words| note["text"].as_str().unwrap().contains(words)));
    lost.chain(noted).map(|it| it["address"].as_str().unwrap().to_owned()).collect()
}

/// Whether a difference of two states, `/answerrules/102/0 is missing`, is one of an object: its key stands in the path,
/// perhaps in a name that is made of it, `queue_400`.
fn is_of(difference: &str, address: &str) -> bool {
    let key = address.split_once('.').unwrap().1.trim_matches('"');
    let key = key.strip_prefix('+').unwrap_or(key);
    let path = difference.split_once(" is ").unwrap().0;
    path.split('/').any(|part| part.split(['_', '+']).any(|word| word == key) || part == key)
}

/// The same state, where the vendor has two forms for one thing, in one of them.
fn in_one_form(state: &str) -> String {
    let mut state: Value = serde_json::from_str(state).unwrap();
    let tables = state.as_object_mut().unwrap();
    // Names that the server keeps of what was deleted.
    tables.remove("reserved-names");
    tables.remove("lingering-rules");
    let empty =
        |row: &Value| row.as_object().is_some_and(Map::is_empty) || row.as_array().is_some_and(Vec::is_empty);
    let off = |feature: &Value| {
        feature["enabled"] == "no" && feature["parameters"].as_array().is_none_or(Vec::is_empty)
    };
    // Who made the dial rule of a queue shows in it; it leads to the same place.
    for rule in tables.get_mut("dialrules").and_then(Value::as_array_mut).into_iter().flatten() {
        if rule["dial-rule-application"] == "to-callqueue" {
            rule["dial-rule-description"].take();
            rule["dial-rule-translation-destination-host"].take();
        }
    }
    // Rows of several objects, each under its name.
    for (table, name) in [("dialrules", "dial-rule-matching-to-uri"), ("devices", "device")] {
        let Some(rows) = tables.get_mut(table).filter(|rows| rows.is_array()) else { continue };
        let mut named: Map<String, Value> = Map::new();
        for row in rows.as_array().unwrap() {
            let key = row[name].as_str().unwrap_or_default().to_owned();
            named.entry(key).or_insert_with(|| json!([])).as_array_mut().unwrap().push(row.clone());
        }
        *rows = Value::Object(named);
    }
    for (table, rows) in tables {
        let Some(rows) = rows.as_object_mut() else { continue };
        match table.as_str() {
            "answerrules" => {
                for rule in rows.values_mut().filter_map(Value::as_array_mut) {
                    // A feature that is not named is off, and no rule at all rings the extension.
                    for features in rule.iter_mut().filter_map(Value::as_object_mut) {
                        features.retain(|_, feature| !off(feature));
                    }
                    rule.retain(|rule| *rule != json!({ "time-frame": "*", "enabled": "yes" }));
                    for list in ["phone-numbers-to-allow", "phone-numbers-to-reject"] {
                        // In which order callers are on a list means nothing.
                        for rule in rule.iter_mut().filter(|rule| rule.get(list).is_some()) {
                            rule[list]["parameters"].as_array_mut().unwrap().sort_by_key(Value::to_string);
                        }
                    }
                }
                rows.retain(|_, row| !empty(row));
            }
            "timeframes" => rows.values_mut().for_each(frame_in_one_form),
            "user-timeframes" => {
                let each = rows.values_mut().filter_map(Value::as_object_mut);
                each.flat_map(|frames| frames.values_mut()).for_each(frame_in_one_form);
                rows.retain(|_, row| !empty(row));
            }
            "people" => rows.values_mut().filter_map(Value::as_object_mut).for_each(|row| {
                // How the emulation spells what it has; the document says it.
                row.remove("spellings");
            }),
            "agents" => rows.retain(|_, row| !empty(row)),
            "numbers" => {
                for row in rows.values_mut().filter_map(Value::as_object_mut) {
                    // Receivers that a number has had do nothing while it leads elsewhere.
                    if row["route"]["type"] != "receiving_number" {
                        row.remove("dial");
                        row.remove("routing");
                    }
                }
            }
            // No forward, and one to nowhere that is off.
            "carrier" => rows.retain(|_, row| !row["destination"].is_null() || row["active"] == true),
            _ => {}
        }
    }
    state.to_string()
}

/// A frame that became `custom` stays so (FACTS stratus/frames-10): its entries are the same, and so is a week that is always
/// open.
fn frame_in_one_form(frame: &mut Value) {
    let frame = frame.as_object_mut().unwrap();
    if frame["timeframe-type"] == "always" {
        let mut week = Map::new();
        for day in ["sunday", "monday", "tuesday", "wednesday", "thursday", "friday", "saturday"] {
            week.insert(format!("timeframe-weekly-{day}-begin-time-1"), "0000".into());
            week.insert(format!("timeframe-weekly-{day}-end-time-1"), "2359".into());
        }
        frame.insert("timeframe-days-of-week-array".into(), json!([week]));
    }
    frame.remove("timeframe-type");
    for entry in frame.values_mut().filter_map(Value::as_array_mut).flatten() {
        // Since when a week is always open is nobody's wish.
        let entry = entry.as_object_mut().unwrap();
        entry.retain(|key, value| value != "" && !key.starts_with("timeframe-recurrence-begin"));
        if entry.get("timeframe-recurrence-type").is_some_and(|it| it == "weekly") {
            entry.retain(|key, _| !key.starts_with("timeframe-recurrence-"));
        }
    }
    frame.retain(|_, array| !array.as_array().is_some_and(Vec::is_empty));
}

/// Whether the plan of a restore has steps for a person.
fn leaves_to_a_person(back: &Value) -> bool {
    back["tenants"][0]["steps"].as_array().into_iter().flatten().any(|step| step["action"] == "manual")
}

/// Whether the plan of a restore says that something stays which had been made: what dialform never deletes.
fn takes_back_what_was_made(plan: &Value, back: &Value) -> bool {
    let steps = plan["tenants"][0]["steps"].as_array().into_iter().flatten();
    let mut made = steps.filter(|step| step["action"] == "create").map(|step| &step["address"]);
    let notes = back["tenants"][0]["notes"].as_array().into_iter().flatten();
    let stays = |address: &Value| {
        let manual = back["tenants"][0]["steps"].as_array().into_iter().flatten();
        let mut manual = manual.filter(|step| step["action"] == "manual").map(|step| &step["address"]);
        manual.any(|it| it == address)
            || notes.clone().any(|note| {
                note["address"] == *address
                    && note["text"].as_str().is_some_and(|it| it.contains("not restored"))
            })
    };
    made.any(stays)
}
