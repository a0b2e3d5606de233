//! Random live accounts: every field that an emulation stores, in every form in which it can store it. What is applied to
//! one can be taken back to the byte, or its plan had said what could not.

use super::{
    THREADS,
    case::{Case, Setup, data},
    held,
    restored::{Went, there_and_back},
};
use serde::Deserialize;
use serde_json::Value;
use std::{
    collections::{BTreeMap, BTreeSet},
    sync::{
        Mutex,
        atomic::{AtomicUsize, Ordering},
    },
    thread,
};

/// How many accounts by default, and with `DIALFORM_CASES`; half of them go through faults.
const ACCOUNTS: [usize; 2] = [30, 1000];

/// By table and field; `*` in a field stands for anything.
type Forms = BTreeMap<String, BTreeMap<String, Vec<Value>>>;

#[derive(Deserialize)]
pub struct Stored {
    forms: Forms,
    fixed: BTreeMap<String, Vec<String>>,
}

impl Stored {
    pub fn of(kind: &str) -> Self {
        let text = std::fs::read_to_string(data().join(kind).join("forms.yaml")).unwrap();
        serde_yaml::from_str(&text).unwrap()
    }

    /// The forms of a field, if it has any.
    fn forms(&self, table: &str, field: &str) -> Option<&[Value]> {
        let fields = self.forms.get(table)?;
        let named = fields.get(field);
        let fits = || fields.iter().find(|(pattern, _)| fits(pattern, field)).map(|(_, forms)| forms);
        named.or_else(fits).map(Vec::as_slice)
    }

    fn is_fixed(&self, table: &str, field: &str) -> bool {
        self.fixed.get(table).is_some_and(|fields| fields.iter().any(|pattern| fits(pattern, field)))
    }
}

/// Whether a name fits a pattern with at most one `*`.
fn fits(pattern: &str, name: &str) -> bool {
    match pattern.split_once('*') {
        None => pattern == name,
        Some((start, end)) => {
            name.len() >= start.len() + end.len() && name.starts_with(start) && name.ends_with(end)
        }
    }
}

/// SplitMix64: the same account from the same seed, everywhere.
pub struct Chance(pub u64);

impl Chance {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        mixed ^ (mixed >> 31)
    }

    pub fn below(&mut self, most: usize) -> usize {
        usize::try_from(self.next() % most as u64).unwrap()
    }
}

/// Gives some fields of a record another form, and some that it has not one.
fn shake(value: &mut Value, table: &str, stored: &Stored, chance: &mut Chance, one_in: usize) {
    match value {
        Value::Array(list) => list.iter_mut().for_each(|it| shake(it, table, stored, chance, one_in)),
        Value::Object(fields) => {
            let is_rule = table == "answerrules" && fields.contains_key("time-frame");
            let more = stored.forms.get(table).into_iter().flatten().map(|(field, _)| field.clone());
            let more = more.filter(|field| is_rule && !fields.contains_key(field)).collect::<Vec<_>>();
            for field in more {
                let forms = stored.forms(table, &field).unwrap();
                if chance.below(one_in * 3) == 0 {
                    fields.insert(field, forms[chance.below(forms.len())].clone());
                }
            }
            for (field, value) in fields.iter_mut() {
                match stored.forms(table, field) {
                    Some(forms) if chance.below(one_in) == 0 => {
                        *value = forms[chance.below(forms.len())].clone()
                    }
                    Some(_) => {}
                    None => shake(value, table, stored, chance, one_in),
                }
            }
        }
        _ => {}
    }
}

/// Every place of an account where a field with forms stands, and how many forms it has.
pub fn places(live: &Value, stored: &Stored) -> Vec<(String, usize)> {
    fn walk(value: &Value, table: &str, at: &str, stored: &Stored, out: &mut Vec<(String, usize)>) {
        let inside = |key: &str| format!("{at}/{}", key.replace('~', "~0").replace('/', "~1"));
        match value {
            Value::Object(fields) => {
                for (field, value) in fields {
                    match stored.forms(table, field) {
                        Some(forms) => out.push((inside(field), forms.len())),
                        None => walk(value, table, &inside(field), stored, out),
                    }
                }
            }
            Value::Array(list) => {
                for (index, value) in list.iter().enumerate() {
                    walk(value, table, &inside(&index.to_string()), stored, out);
                }
            }
            _ => {}
        }
    }
    let mut out = Vec::new();
    for (table, rows) in live.as_object().unwrap() {
        walk(rows, table, &format!("/{table}"), stored, &mut out);
    }
    out
}

/// The account with another form in one place.
pub fn with_form(live: &Value, stored: &Stored, place: &str, form: usize) -> Value {
    let mut live = live.clone();
    let table = place.split('/').nth(1).unwrap();
    let field = place.rsplit('/').next().unwrap().replace("~1", "/").replace("~0", "~");
    *live.pointer_mut(place).unwrap() = stored.forms(table, &field).unwrap()[form].clone();
    no_divert_to_itself(&mut live);
    live
}

/// The live account of a provider, shaken.
pub fn account(setup: &Setup, stored: &Stored, seed: u64) -> Value {
    let mut live = setup.live.clone();
    let mut chance = Chance(seed);
    let one_in = 3 + chance.below(20);
    for (table, rows) in live.as_object_mut().unwrap() {
        shake(rows, table, stored, &mut chance, one_in);
    }
    no_divert_to_itself(&mut live);
    live
}

/// An extension that diverts to itself, and not to its mailbox, is refused by the emulation, and so is one
/// that leads nowhere; a mailbox of nobody is its own. None of these is ever stored.
fn no_divert_to_itself(live: &mut Value) {
    for person in live["people"].as_object_mut().into_iter().flat_map(|people| people.values_mut()) {
        let own = person["person"]["extension"].clone();
        for path in
            ["callForwarding/always", "callForwarding/busy", "callForwarding/noAnswer", "businessContinuity"]
        {
            let Some(section) = person.pointer_mut(&format!("/document/{path}")) else { continue };
            if section["destination"] == own {
                section["destinationVoicemailEnabled"] = true.into();
            } else if section["destination"] == "" {
                section["destinationVoicemailEnabled"] = false.into();
                section["enabled"] = false.into();
            }
        }
    }
}

/// Fields that nobody has said anything about would never be shaken.
#[test]
fn every_stored_field_has_its_forms() {
    for held in held() {
        let stored = Stored::of(&held.setup.kind);
        let mut missing = BTreeSet::new();
        for (table, rows) in held.setup.live.as_object().unwrap() {
            walk(rows, table, &stored, table, &mut missing);
        }
        assert_eq!(missing, BTreeSet::new(), "{}", held.setup.kind);
    }
}

/// Rows are below their keys; what has no forms of its own is a record or a list of them.
fn walk(value: &Value, table: &str, stored: &Stored, field: &str, missing: &mut BTreeSet<String>) {
    if stored.forms(table, field).is_some() || stored.is_fixed(table, field) {
        return;
    }
    match value {
        Value::Object(fields) => fields.iter().for_each(|(key, it)| walk(it, table, stored, key, missing)),
        Value::Array(list) if list.iter().any(|it| it.is_object()) => {
            list.iter().for_each(|it| walk(it, table, stored, field, missing));
        }
        Value::Array(list) if list.is_empty() => {}
        _ => drop(missing.insert(format!("{table}: {field}"))),
    }
}

#[test]
fn random_accounts_go_there_and_back() {
    let whole = std::env::var_os("DIALFORM_CASES").is_some();
    let all = ACCOUNTS[usize::from(whole)];
    let fair = all / 2;
    let first: u64 = std::env::var("DIALFORM_SEED").ok().and_then(|seed| seed.parse().ok()).unwrap_or(1);
    let stored: Vec<Stored> = held().iter().map(|it| Stored::of(&it.setup.kind)).collect();
    let (next, broken) = (AtomicUsize::new(0), Mutex::new(Vec::new()));
    let tally = Mutex::new(BTreeMap::<&str, usize>::new());
    thread::scope(|scope| {
        for _ in 0..THREADS {
            scope.spawn(|| {
                loop {
                    let turn = next.fetch_add(1, Ordering::Relaxed);
                    if turn >= all {
                        break;
                    }
                    let seed = first + turn as u64;
                    let mut chance = Chance(seed);
                    // Most of what there is to store is on Stratus.
                    let provider = [0, 0, 0, 1, 1, 2][chance.below(6)];
                    let held = &held()[provider];
                    let case: &Case = held.cases[chance.below(held.cases.len())];
                    let live = account(&held.setup, &stored[provider], seed);
                    let faults = "500:0.1,reset-after-commit:0.1,502-after-commit:0.05,only:P";
                    let fault = if turn < fair { String::new() } else { format!("{faults},seed:{seed}") };
                    let directory = format!("random/{seed}");
                    let went = there_and_back(&held.setup, &live, case, &fault, &directory);
                    let word = match went {
                        Ok(Went::Exact) => "exact",
                        Ok(Went::Said) => "said",
                        Ok(Went::Unfit) => "unfit",
                        Err(why) => {
                            let name = format!("seed {seed}: {} `{}`", held.setup.kind, case.name);
                            broken.lock().unwrap().push(format!("- {name} [{fault}]: {why}"));
                            "broken"
                        }
                    };
                    *tally.lock().unwrap().entry(word).or_default() += 1;
                }
            });
        }
    });
    let tally = tally.into_inner().unwrap();
    println!("{tally:?}");
    let mut broken = broken.into_inner().unwrap();
    broken.sort();
    assert!(broken.is_empty(), "{} broken, {tally:?}:\n{}", broken.len(), broken.join("\n"));
    let unfit = tally.get("unfit").copied().unwrap_or_default();
    assert!(tally["exact"] * 5 > all * 4 && unfit * 10 < all, "{tally:?}");
}
