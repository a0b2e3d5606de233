//! Any answers of a phone system: observed, or refused. What is planned on them leaves alone what nobody understands.
//!
//! An input is a map from requests to what is answered to them; the emulation answers the others. `{"raw": …}` is an answer
//! that need not be JSON. Under `only` stands the address of the one object that is read, as after a write; otherwise the
//! account is read for a plan.

use crate::{
    account::{Account, Answer},
    bytes::{NASTY, change},
    dice::Dice,
    engine::{Target, fuzz, outline},
    tree,
};
use dialform::{diff::FieldChange, model::Address, path::Segment, plan::Observed, provider::Scope};
use serde_json::{Map, Value, json};
use std::collections::BTreeSet;

/// The key of the one object that is read.
const ONLY: &str = "only";

/// What a server may say in place of an answer.
const STATUSES: &[u16] = &[200, 201, 204, 206, 301, 400, 401, 404, 409, 420, 429, 500, 503];

fn answer(given: &Value) -> Answer {
    let raw = given.as_object().filter(|map| map.len() == 1).and_then(|map| map.get("raw"));
    match raw {
        Some(raw) => {
            let status = raw["status"].as_u64().and_then(|status| u16::try_from(status).ok());
            let status = status.filter(|status| STATUSES.contains(status)).unwrap_or(200);
            Answer { status, body: raw["text"].as_str().unwrap_or_default().to_owned() }
        }
        None => Answer { status: 200, body: given.to_string() },
    }
}

/// One change of what is answered: mostly of one answer, as a tree.
fn change_answers(input: &mut Vec<u8>, dice: &mut Dice, other: &[u8]) {
    let Ok(Value::Object(mut given)) = serde_json::from_slice(input) else { return };
    let others: Map<String, Value> = serde_json::from_slice(other).unwrap_or_default();
    let donor = others.values().nth(dice.below(others.len())).cloned().unwrap_or_default();
    if dice.one_in(10)
        && let Some((path, body)) = others.iter().nth(dice.below(others.len()))
    {
        given.insert(path.clone(), body.clone());
    }
    let at = dice.below(given.len());
    if let Some((_, body)) = given.iter_mut().nth(at).filter(|(path, _)| *path != ONLY) {
        match body.get_mut("raw").and_then(|raw| raw.get_mut("text")) {
            Some(Value::String(text)) => {
                let mut bytes = text.clone().into_bytes();
                change(&mut bytes, dice, NASTY);
                *text = String::from_utf8_lossy(&bytes).into_owned();
            }
            _ if dice.one_in(40) => {
                let status = STATUSES[dice.below(STATUSES.len())];
                *body = json!({ "raw": { "status": status, "text": body.to_string() } });
            }
            _ => tree::change(body, dice, &donor),
        }
    }
    *input = Value::Object(given).to_string().into_bytes();
}

/// The value of a field in an object of the model, as JSON.
fn at<'a>(object: &'a Value, path: &[Segment]) -> Option<&'a Value> {
    path.iter().try_fold(object, |value, segment| value.get(segment.as_key()?))
}

/// What is not understood has nothing in its place.
fn leaves_out(observed: &Observed) {
    // Of what is there twice nobody knows which one is meant, and nothing is planned.
    let twice: BTreeSet<&Address> =
        observed.obstacles.iter().filter(|it| it.field.is_none()).map(|it| &it.address).collect();
    for (address, fields) in observed.unreadable.iter().filter(|(address, _)| !twice.contains(address)) {
        let object = observed.objects.get(address).unwrap_or_else(|| panic!("{address} is not there"));
        let object = serde_json::to_value(object).unwrap();
        for path in fields.keys() {
            let shown = at(&object, path).filter(|value| !value.is_null());
            assert_eq!(shown, None, "{address}: {path} is not understood, and observed all the same");
        }
    }
    for address in observed.remnants.keys() {
        assert!(!observed.objects.contains_key(address), "{address} is there, and a remnant");
    }
}

/// No step writes what is not understood. Returns what is blocked.
fn leaves_alone(account: &Account, observed: &Observed) -> Vec<String> {
    let plan = account.plan(observed);
    for step in &plan.steps {
        for path in observed.unreadable.get(&step.address).into_iter().flat_map(|fields| fields.keys()) {
            let writes = |change: &&FieldChange| {
                let rest = path.get(change.path.len()..).filter(|_| path.is_inside(&change.path));
                let into = rest.zip(change.new.as_ref()).and_then(|(rest, new)| at(new, rest));
                change.path.is_inside(path) || into.is_some_and(|value| !value.is_null())
            };
            let written = step.changes.iter().find(writes);
            assert_eq!(written, None, "{}: {path} is not understood, and written", step.address);
        }
    }
    plan.blocked.iter().map(|finding| format!("{} {}", finding.code, outline(&finding.message))).collect()
}

/// What came of these answers.
fn outcome(account: &Account, given: Map<String, Value>) -> String {
    let whole = &account.scope;
    let only = given.get(ONLY).and_then(Value::as_str).unwrap_or_default();
    let only =
        whole.wanted.iter().find(|(address, _)| address.to_string() == only).map(|(address, _)| address);
    let scope = only.map(|address| alone(whole, address));
    let server = account.server(move |method, path| given.get(path).filter(|_| method == "GET").map(answer));
    match server.observe(scope.as_ref().unwrap_or(whole)) {
        Err(error) => outline(&error),
        Ok(observed) => {
            leaves_out(&observed);
            let mut said = BTreeSet::new();
            if only.is_none() {
                said.extend(leaves_alone(account, &observed));
            }
            for (address, fields) in &observed.unreadable {
                let paths = fields.iter().map(|(path, shown)| {
                    format!("{} {} {}", address.kind.noun(), path.keys(), outline(shown))
                });
                said.extend(paths);
            }
            said.extend(observed.obstacles.iter().map(|it| outline(&it.message)));
            said.extend(observed.notes.values().flatten().map(|note| outline(note)));
            said.into_iter().collect::<Vec<_>>().join("\n")
        }
    }
}

/// What a read of one object reads.
fn alone(whole: &Scope, address: &Address) -> Scope {
    let wanted = whole.wanted.get_key_value(address);
    Scope {
        wanted: wanted.into_iter().map(|(address, wanted)| (address.clone(), wanted.clone())).collect(),
        declared: whole.declared.clone(),
        kinds: [address.kind].into(),
        ..Scope::default()
    }
}

/// What is answered to a read.
fn answered(account: &Account, scope: &Scope) -> Map<String, Value> {
    let server = account.server(|_, _| None);
    server.observe(scope).unwrap();
    let exchanges = server.exchanges();
    assert!(exchanges.iter().all(|it| it.method == "GET" && it.answer.status < 500), "{exchanges:?}");
    let good = exchanges.into_iter().filter(|it| it.answer.status == 200);
    good.map(|it| (it.path, serde_json::from_str(&it.answer.body).unwrap())).collect()
}

fn decode(kind: &'static str) {
    let account = Account::of(kind);
    let single = account.scope.wanted.keys().map(|address| {
        let mut given = answered(&account, &alone(&account.scope, address));
        given.insert(ONLY.to_owned(), address.to_string().into());
        given
    });
    let seeds = single.chain([answered(&account, &account.scope)]);
    fuzz(Target {
        name: kind,
        seeds: seeds.map(|given| Value::Object(given).to_string().into_bytes()).collect(),
        change: &change_answers,
        run: &|input| match serde_json::from_slice(input) {
            Ok(given) => outcome(&account, given),
            Err(_) => String::new(),
        },
    });
}

/// A server says what it likes about its account, and a plan of it is made, or refused.
#[test]
fn stratus() {
    decode("stratus");
}

/// The same for CallTrackingMetrics.
#[test]
fn ctm() {
    decode("ctm");
}

/// The same for a bridge to Deskphone.
#[test]
fn deskphone() {
    decode("deskphone");
}

/// By these things are found, and what is called by another name is another thing; the last two are told apart in a note
/// alone, and where a queue of another kind of rule leads only while something is deleted.
const NAMES: [&str; 6] =
    ["number", "phonenumber", "user", "attendant-name", "service-code", "is-stir-enabled"];

/// The keys that lead to the nth value of a tree.
fn key_of(tree: &Value, index: usize) -> String {
    fn keys(tree: &Value, left: &mut usize) -> Option<String> {
        if *left == 0 {
            return Some(String::new());
        }
        *left -= 1;
        match tree {
            Value::Object(map) => map.iter().find_map(|(key, it)| Some(format!("/{key}{}", keys(it, left)?))),
            Value::Array(items) => items.iter().find_map(|it| keys(it, left)),
            _ => None,
        }
    }
    keys(tree, &mut { index }).unwrap_or_default()
}

/// What stands for a value that makes a difference makes one too, where nobody understands it: it is never as if there were
/// nothing.
#[test]
fn what_is_strange_is_never_nothing() {
    let mut dropped = Vec::new();
    for kind in ["stratus", "ctm", "deskphone"] {
        let account = Account::of(kind);
        let read = |path: &str, body: &Value| {
            let (path, body) = (path.to_owned(), body.to_string());
            let instead = move |method: &str, asked: &str| {
                (method == "GET" && asked == path).then(|| Answer { status: 200, body: body.clone() })
            };
            account.server(instead).observe(&account.scope).map(|observed| format!("{observed:?}"))
        };
        let mut told = 0;
        for (path, body) in answered(&account, &account.scope) {
            let usual = read(&path, &body);
            for index in 0..tree::size(&body) {
                let with = |value: Value| {
                    let mut body = body.clone();
                    let place = tree::nth(&mut body, &mut { index }).unwrap();
                    let was = std::mem::replace(place, value);
                    (was, read(&path, &body))
                };
                let (was, unset) = with(Value::Null);
                let key = key_of(&body, index);
                if NAMES.contains(&key.rsplit('/').next().unwrap_or_default())
                    || was.is_object()
                    || was.is_array()
                    || unset.is_err()
                    || unset == usual
                {
                    continue;
                }
                told += 1;
                let (_, strange) = with(json!("perhaps~7"));
                if strange == unset {
                    dropped.push(format!("{kind} {path} {key}: {was}"));
                }
            }
        }
        assert!(told > 5, "{kind}: hardly a value makes a difference");
    }
    assert_eq!(dropped, Vec::<String>::new());
}
