//! Accounts that were set up by one hand and have grown apart: imported with a template, each comes to what it comes to without.

use super::{
    THREADS,
    case::Setup,
    random_live::{Chance, Stored, account, places, with_form},
    rig::scratch,
};
use crate::workspace::Workspace;
use dialform::{
    error::Ending,
    load::Files,
    model::{Address, Resource, Tenant},
    provider,
};
use serde_json::{Value, json};
use std::{
    collections::BTreeMap,
    sync::{
        Mutex,
        atomic::{AtomicUsize, Ordering},
    },
    thread,
};

/// How many groups of accounts by default. `DIALFORM_CASES` says another number: a quarter of it, for a group has four.
const GROUPS: usize = 6;
/// Places in which an account of a group may differ from the others, at most.
const MOST_CHANGES: usize = 6;

/// What each tenant says, without the ways in which it says so.
type Said = BTreeMap<String, (Tenant, Vec<(Address, Resource)>)>;

/// A group of accounts of one provider, by what they are called there.
fn group(setup: &Setup, chance: &mut Chance, seed: u64) -> BTreeMap<String, Value> {
    let stored = Stored::of(&setup.kind);
    let base = account(setup, &stored, seed);
    let places = places(&base, &stored);
    let count = 3 + chance.below(3);
    let one = |number: usize| {
        let mut live = base.clone();
        for _ in 0..chance.below(MOST_CHANGES + 1) {
            let (place, forms) = &places[chance.below(places.len())];
            let form = chance.below(*forms);
            live = with_form(&live, &stored, place, form);
        }
        // Nobody has the numbers of another account.
        let id = setup.account.replacen(|c: char| c.is_ascii_digit(), &(number + 2).to_string(), 1);
        let text = live.to_string().replace(&setup.account, &id);
        let text = text.replace("214555", &format!("21{}555", number + 4));
        (id, serde_json::from_str(&text).unwrap())
    };
    (0..count).map(one).collect()
}

/// Reads all files of a workspace.
fn said(workspace: &Workspace) -> Result<Said, String> {
    let files = Files::Directory(workspace.root().to_owned());
    let loaded = provider::Workspace::load(&files, &provider::Kinds, jiff::Timestamp::UNIX_EPOCH)
        .map_err(|found| format!("{found:?}"))?;
    if !loaded.findings.is_empty() {
        return Err(format!("{:?}", loaded.findings));
    }
    let bare = |tenant: &Tenant| Tenant {
        extends: None,
        vars: BTreeMap::new(),
        without: Vec::new(),
        ..tenant.clone()
    };
    let tenants = loaded.tenants.iter().map(|it| &it.tenant);
    Ok(tenants.map(|it| (it.tenant.clone(), (bare(it), it.resources().collect()))).collect())
}

/// Imports all accounts of a group; what the files then say, and what was reported.
fn import(workspace: &Workspace, setup: &Setup, more: &[&str]) -> Result<(Said, Value), String> {
    for directory in ["tenants", "templates"] {
        drop(std::fs::remove_dir_all(workspace.path(directory)));
    }
    drop(std::fs::remove_file(workspace.path(".dialform-baseline.yaml")));
    let fault = format!("visible-after:0ms,{}", setup.fault);
    let arguments = ["import", "--all", "--sandbox", "--format", "json", "--fault", &fault];
    let done = workspace.run(&[&arguments, more].concat());
    if done.ending != Ending::Fine {
        return Err(format!("{}{}", done.out, done.err));
    }
    Ok((said(workspace)?, serde_json::from_str(&done.out).unwrap()))
}

/// One group, with and without a template. How many of its tenants extend it, and how many there are.
fn world(seed: u64) -> Result<Option<[u64; 2]>, String> {
    let mut chance = Chance(seed);
    // Most of what there is to store is on Stratus; an entry of Deskphone has one account.
    let setup = &Setup::of(["stratus", "stratus", "ctm"][chance.below(3)]);
    let workspace = Workspace::at(scratch().join(format!("shared/{seed}")));
    if workspace.root().exists() {
        std::fs::remove_dir_all(workspace.root()).unwrap();
    }
    let mut system = setup.settings.clone();
    system.insert("kind".into(), setup.kind.as_str().into());
    let file = json!({ "version": 1, "providers": { "system": system }, "tenants": ["tenants/*.yaml"] });
    workspace.write("dialform.yaml", file.to_string());
    for (id, live) in group(setup, &mut chance, seed) {
        workspace.write(&format!(".dialform/sandbox/system/{id}.json"), live.to_string());
    }
    let (alone, _) = match import(&workspace, setup, &[]) {
        Ok(alone) => alone,
        // What cannot be read whole is not imported.
        Err(why) if why.contains("unreadable-account") => return Ok(None),
        Err(why) => return Err(format!("not imported: {why}")),
    };
    let (shared, report) = import(&workspace, setup, &["--template"])?;
    for (tenant, words) in &alone {
        if shared.get(tenant) != Some(words) {
            let template = workspace.read("templates/system.yaml");
            let file = workspace.read(&format!("tenants/{tenant}.yaml"));
            return Err(format!("{tenant} comes to something else:\n{template}\n---\n{file}"));
        }
    }
    let fault = format!("visible-after:0ms,{}", setup.fault);
    let plan = workspace.run(&["plan", "--sandbox", "--detailed-exitcode", "--fault", &fault]);
    if plan.ending != Ending::Fine {
        return Err(format!("the plan is not empty: {}{}", plan.out, plan.err));
    }
    // What is proposed is right as it is: that a tenant stands alone because of it is a mistake of the proposal.
    let known = ["", "there is none", "it has no value for a variable", "its file would be no shorter"];
    let why = |it: &Value| it["extending"]["not_extending"].as_str().unwrap_or_default().to_owned();
    if let Some(odd) = report["accounts"].as_array().unwrap().iter().find(|it| !known.contains(&&*why(it))) {
        return Err(format!("{} stands alone: {}", odd["tenant"], why(odd)));
    }
    Ok(Some([report["template"]["tenants"].as_u64().unwrap(), alone.len() as u64]))
}

/// A merge that a template brings is right for every field that an account stores, or the tenant stands alone.
#[test]
fn what_is_shared_comes_to_the_same() {
    let said = std::env::var("DIALFORM_CASES").ok().and_then(|text| text.parse().ok());
    let all: usize = said.map_or(GROUPS, |accounts: usize| accounts.div_ceil(4));
    let first: u64 = std::env::var("DIALFORM_SEED").ok().and_then(|seed| seed.parse().ok()).unwrap_or(1);
    let (next, broken, tally) = (AtomicUsize::new(0), Mutex::new(Vec::new()), Mutex::new([0, 0, 0]));
    thread::scope(|scope| {
        for _ in 0..THREADS {
            scope.spawn(|| {
                loop {
                    let turn = next.fetch_add(1, Ordering::Relaxed);
                    if turn >= all {
                        break;
                    }
                    let seed = first + turn as u64;
                    match world(seed) {
                        Ok(Some([extending, tenants])) => {
                            let mut tally = tally.lock().unwrap();
                            *tally = [tally[0] + 1, tally[1] + extending, tally[2] + tenants];
                        }
                        Ok(None) => {}
                        Err(why) => broken.lock().unwrap().push(format!("- seed {seed}: {why}")),
                    }
                }
            });
        }
    });
    let (mut broken, [groups, extending, tenants]) =
        (broken.into_inner().unwrap(), tally.into_inner().unwrap());
    broken.sort();
    println!("{groups} of {all} groups, {extending} of {tenants} tenants extend a template");
    assert!(broken.is_empty(), "{} broken:\n{}", broken.len(), broken.join("\n"));
    // Tenants that all stand alone would prove nothing.
    assert!(groups as usize * 2 > all && extending * 2 > tenants, "{groups} {extending} {tenants}");
}
