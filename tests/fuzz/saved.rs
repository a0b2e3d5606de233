//! Any bytes as a saved plan or a restore file: read as they were written, or refused.

use crate::{
    bytes::{NASTY, change},
    dice::Dice,
    engine::{Target, fuzz, outline},
    tree,
};
use dialform::{
    error::Failure,
    restore::{self, Snapshot},
    run::{Context, Emulation, Options, Selection, check, plan, save_plan, saved_plan},
};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use std::{fs, path::Path};

/// What was written, as values.
struct Written {
    plan: Value,
    restore: Value,
}

/// What of a plan is done, and to what: all that a person approves.
fn done(plan: &Value) -> Value {
    let fields = |of: &Value, names: &[&str]| -> Value {
        names
            .iter()
            .map(|name| of.get(*name).filter(|it| **it != json!([])).cloned().unwrap_or_default())
            .collect()
    };
    let tenants = plan["tenants"].as_array().into_iter().flatten().map(|tenant| {
        let steps = tenant["steps"].as_array().into_iter().flatten();
        let steps: Vec<Value> = steps
            .map(|step| fields(step, &["address", "action", "critical", "changes", "instructions"]))
            .collect();
        let is_blocked = tenant.get("blocked").is_some_and(|it| *it != json!([]));
        json!([fields(tenant, &["tenant", "provider", "account", "endpoints"]), is_blocked, steps])
    });
    json!([plan["format_version"], plan["digest"], tenants.collect::<Vec<_>>()])
}

/// The file with the sum that it would have if apply had written it.
fn signed(input: &[u8]) -> Option<Vec<u8>> {
    let mut value: Value = serde_json::from_slice(input).ok()?;
    value.as_object_mut()?.shift_remove("checksum");
    let sum: String = Sha256::digest(value.to_string()).iter().map(|byte| format!("{byte:02x}")).collect();
    value["checksum"] = sum.into();
    Some(value.to_string().into_bytes())
}

fn message(failure: &Failure) -> String {
    match failure {
        Failure::Findings(findings) => {
            findings.iter().map(|it| format!("{} {}\n", it.code, outline(&it.message))).collect()
        }
        Failure::Message { cause, .. } => outline(&cause.message),
        Failure::Output(error) => error.to_string(),
    }
}

fn looked_at(root: &Path, written: &Written, input: &[u8]) -> String {
    let file = root.join("saved.json");
    fs::write(&file, input).unwrap();
    let value: Value = serde_json::from_slice(input).unwrap_or_default();
    let as_plan = match saved_plan(&file) {
        Ok(saved) => {
            assert_eq!(done(&value), done(&written.plan), "an edited plan is approved");
            assert_eq!(written.plan["digest"], *saved.digest);
            "a plan".to_owned()
        }
        Err(failure) => message(&failure),
    };
    let as_restore = match restore::load(&file) {
        Ok(record) => {
            let mut whole = written.restore.clone();
            whole.as_object_mut().unwrap().shift_remove("checksum");
            assert_eq!(serde_json::to_value(record).unwrap(), whole, "an edited restore file is read");
            "a restore file".to_owned()
        }
        Err(error) => outline(&error.message),
    };
    // Whoever edits it can sum it up again: then it is looked at as a whole, and still nothing breaks.
    let as_signed = signed(input).map(|signed| {
        fs::write(&file, signed).unwrap();
        let selection = Selection { restore: Some(file.clone()), ..Selection::default() };
        let emulation = Emulation { sandbox: true, ..Emulation::default() };
        match check(root, &Options { selection, emulation, ..Options::default() }) {
            Ok(_) => "checked".to_owned(),
            Err(failure) => message(&failure),
        }
    });
    format!("{as_plan}\n{as_restore}\n{}", as_signed.unwrap_or_default())
}

/// A workspace of its own, in which the emulated systems keep nothing of other tests.
fn workspace(root: &Path) {
    fn copy(from: &Path, to: &Path) {
        fs::create_dir_all(to).unwrap();
        for entry in fs::read_dir(from).unwrap().map(|entry| entry.unwrap()) {
            let to = to.join(entry.file_name());
            match entry.path().is_dir() {
                true if entry.file_name() == ".dialform" => {}
                true => copy(&entry.path(), &to),
                false => drop(fs::copy(entry.path(), to).unwrap()),
            }
        }
    }
    copy(&Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fuzz/workspace"), root);
}

fn change_saved(input: &mut Vec<u8>, dice: &mut Dice, other: &[u8]) {
    match serde_json::from_slice::<Value>(input) {
        Ok(mut value) if !dice.one_in(6) => {
            tree::change(&mut value, dice, &serde_json::from_slice(other).unwrap_or_default());
            *input = value.to_string().into_bytes();
        }
        _ => change(input, dice, NASTY),
    }
}

/// What a person has approved, and what is to be had again, comes from files that others can edit.
#[test]
fn files() {
    let root = tempfile::tempdir().unwrap();
    workspace(root.path());
    let emulation = Emulation { sandbox: true, ..Emulation::default() };
    let options = Options { emulation, ..Options::default() };
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let context = Context::default();
    let made = runtime.block_on(plan(root.path(), &options, &context)).unwrap_or_else(|_| panic!("no plan"));
    let file = root.path().join("plan.json");
    save_plan(&file, &made, &context.secrets).unwrap_or_else(|_| panic!("the plan cannot be saved"));
    let system = |name: &str| {
        let checked =
            check(root.path(), &Options::default()).unwrap_or_else(|_| panic!("the workspace is wrong"));
        checked.workspace.providers[name].system()
    };
    let kept = Snapshot::of(&made, true, &system, &context.secrets).save(root.path()).unwrap().unwrap();
    let seeds = [fs::read(file).unwrap(), fs::read(kept).unwrap()];
    let [plan, restore] = seeds.each_ref().map(|bytes| serde_json::from_slice(bytes).unwrap());
    let written = Written { plan, restore };
    for seed in &seeds {
        let outcome = looked_at(root.path(), &written, seed);
        assert!(outcome.contains("a plan") || outcome.contains("a restore file\nchecked"), "{outcome}");
    }
    fuzz(Target {
        name: "saved",
        seeds: seeds.to_vec(),
        change: &change_saved,
        run: &|input| looked_at(root.path(), &written, input),
    });
}
