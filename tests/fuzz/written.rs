//! What is read, changed and written back is what was read but for the change: whatever stands in a document beside it, in
//! whatever order, with every digit.
//!
//! Each step of the plans of `workspace/` is carried out twice, on the documents as they are and on changed ones. An input
//! says which step, and what is read in place of what.

use crate::{
    account::{Account, Answer, Exchange},
    dice::Dice,
    engine::{Target, fuzz},
    tree,
};
use dialform::plan::Step;
use serde_json::{Map, Value, json};
use std::collections::{BTreeMap, BTreeSet};

/// Documents by the path under which they are read.
type Documents = BTreeMap<String, Value>;

/// A step, what it reads, and what it writes then.
struct Case {
    account: usize,
    step: Step,
    read: Documents,
    written: Vec<Write>,
}

/// A document that is written whole, and what it was read as.
#[derive(Debug)]
struct Write {
    path: String,
    read: Value,
    body: Value,
}

/// The path without its query.
fn plain(path: &str) -> &str {
    path.split_once('?').map_or(path, |(path, _)| path)
}

/// The document that a write is the new form of, as it is read: under its own path, or as a row of the list above it.
fn document(read: &Documents, path: &str) -> Option<Value> {
    let under =
        |wanted: &str| read.iter().find(|(path, _)| plain(path) == wanted).map(|(_, body)| body.clone());
    if let Some((list, name)) = path.rsplit_once('/').filter(|(list, _)| list.ends_with("/answerrules")) {
        let rows = under(list)?;
        return rows.as_array()?.iter().find(|row| row["time-frame"] == *name).cloned();
    }
    Some(unwrapped(path, under(path)?))
}

/// A document without what is around it.
fn unwrapped(path: &str, body: Value) -> Value {
    let around = if path.ends_with("/agents") { "agents" } else { "schedule" };
    body.get(around).filter(|it| it.is_object() || it.is_array()).cloned().unwrap_or(body)
}

/// Whether a write replaces a document whose every part is to stay. What else is sent are single fields, and numbers of
/// Stratus, which go out with the documented fields alone.
fn is_whole(path: &str) -> bool {
    let parts: Vec<&str> = path.split('/').collect();
    matches!(parts.as_slice(), [.., "answerrules", name] if *name != "reorder")
        || matches!(
            parts.as_slice(),
            [.., "schedules", _] | [.., "queues", _, "agents"] | [.., "features", "callForwarding"]
        )
}

/// Carries out a step while this is read.
fn written(account: &Account, step: &Step, read: &Documents) -> Vec<Write> {
    let given = read.clone();
    let instead = move |method: &str, path: &str| {
        let body = given.get(path).filter(|_| method == "GET")?;
        Some(Answer { status: 200, body: body.to_string() })
    };
    let server = account.server(instead);
    // Where it ends half way, what was written until then still counts.
    let _ = server.execute(step);
    let writes = server.exchanges().into_iter().filter(|it| it.method == "PUT" && is_whole(&it.path));
    let write = |Exchange { path, sent, .. }: Exchange| {
        let read = document(read, &path)?;
        let body = unwrapped(&path, sent?);
        Some(Write { path, read, body })
    };
    writes.filter_map(write).collect()
}

/// Every step that writes a document whole.
fn cases(accounts: &[Account]) -> Vec<Case> {
    let mut cases = Vec::new();
    for (at, account) in accounts.iter().enumerate() {
        let observed = account.server(|_, _| None).observe(&account.scope).unwrap();
        for step in account.plan(&observed).steps {
            let server = account.server(|_, _| None);
            server.execute(&step).unwrap();
            let mut read = Documents::new();
            for it in
                server.exchanges().into_iter().filter(|it| it.method == "GET" && it.answer.status == 200)
            {
                let body = serde_json::from_str(&it.answer.body).unwrap();
                read.entry(it.path).or_insert(body);
            }
            let paths: Vec<String> = written(account, &step, &read).into_iter().map(|it| it.path).collect();
            // The rest of what is read says where things are.
            read.retain(|read, _| {
                let rows = format!("{}/", plain(read));
                let lists = plain(read).ends_with("/answerrules");
                paths.iter().any(|path| path == plain(read) || lists && path.starts_with(&rows))
            });
            let written = written(account, &step, &read);
            if !written.is_empty() {
                cases.push(Case { account: at, step, read, written });
            }
        }
    }
    cases
}

/// The same for every server: a switch, a number or a text in any of its forms, and nothing in any of its forms.
fn meaning(value: Option<&Value>) -> Value {
    match value {
        None | Some(Value::Null) => Value::Null,
        Some(Value::Array(items)) if items.is_empty() => Value::Null,
        Some(Value::Array(items)) if items.len() == 1 => meaning(items.first()),
        Some(Value::Array(items)) => items.iter().map(|item| meaning(Some(item))).collect(),
        Some(Value::Object(map)) => {
            map.iter().map(|(key, it)| (key.clone(), meaning(Some(it)))).collect::<Map<_, _>>().into()
        }
        Some(scalar) => {
            let text = scalar.as_str().map_or_else(|| scalar.to_string(), str::to_owned);
            match text.trim().to_ascii_lowercase().as_str() {
                "" => Value::Null,
                "yes" | "true" | "1" | "1.0" => json!("yes"),
                "no" | "false" | "0" | "0.0" => json!("no"),
                _ => json!(text),
            }
        }
    }
}

fn same(one: Option<&Value>, other: Option<&Value>) -> bool {
    one == other || meaning(one) == meaning(other)
}

/// The rows of a list by what they are called; `None` where that is not so.
fn by_id(value: &Value) -> Option<BTreeMap<String, &Value>> {
    let rows = value.as_array()?.iter().map(|row| Some((row.get("id")?.as_str()?.to_owned(), row)));
    let all: BTreeMap<_, _> = rows.clone().collect::<Option<_>>()?;
    (all.len() == value.as_array()?.len() && !all.is_empty()).then_some(all)
}

/// What the servers make themselves, or take in another way.
const READ_ONLY: [&str; 11] = [
    "domain",
    "id",
    "is-active",
    "ordinal-priority",
    "phone-numbers-to-allow",
    "phone-numbers-to-reject",
    "systemMaxNumberOfRings",
    "time-frame",
    "time_range_data",
    "url",
    "user",
];

/// Where calls go in one case: these change together.
const TOGETHER: [&str; 4] = ["enabled", "parameters", "destination", "destinationVoicemailEnabled"];

/// Two documents of which the second one was changed, each as read and as written: what the change left alone is written as it
/// was read.
fn compare(at: &str, [read, now]: [&Value; 2], [body, sent]: [&Value; 2]) {
    if let (Some(read), Some(now), Some(body), Some(sent)) =
        (by_id(read), by_id(now), by_id(body), by_id(sent))
    {
        for (id, now) in now {
            if let (Some(read), Some(body), Some(sent)) = (read.get(&id), body.get(&id), sent.get(&id)) {
                compare(&format!("{at}/{id}"), [read, now], [body, sent]);
            }
        }
        return;
    }
    let (Value::Object(read), Value::Object(now), Value::Object(body), Value::Object(sent)) =
        (read, now, body, sent)
    else {
        return;
    };
    let moved = TOGETHER.iter().any(|key| !same(read.get(*key), body.get(*key)));
    for (key, value) in now.iter().filter(|(key, _)| !(moved && TOGETHER.contains(&key.as_str()))) {
        let here = format!("{at}/{key}");
        // A rule that does not say so is on, and says so when it is written.
        if key == "enabled" && same(Some(value), None) {
            continue;
        }
        match (read.get(key), body.get(key)) {
            // Nobody knows it.
            (None, None) if same(Some(value), None) => {}
            (None, None) => assert_eq!(sent.get(key), Some(value), "{here} is not written as it was read"),
            // Read only.
            (Some(_), None) => assert_eq!(sent.get(key), None, "{here} is read only, and written"),
            (Some(then), Some(was)) if then.is_object() && was.is_object() && value.is_object() => {
                compare(&here, [then, value], [was, sent.get(key).unwrap_or(&Value::Null)]);
            }
            (Some(then), Some(was)) if by_id(then).is_some() && by_id(value).is_some() => {
                compare(&here, [then, value], [was, sent.get(key).unwrap_or(&Value::Null)]);
            }
            (Some(then), Some(was)) if same(Some(then), Some(was)) => {
                assert!(
                    same(sent.get(key), Some(value)),
                    "{here}: {value} is read, and {:?} written",
                    sent.get(key)
                );
            }
            // It is what is changed.
            (Some(then), Some(was)) if then == value => {
                assert!(
                    same(sent.get(key), Some(was)),
                    "{here}: {was} is to be written, and {:?} is",
                    sent.get(key)
                );
            }
            (_, Some(_)) => {}
        }
    }
    let made_up = sent.keys().find(|key| !now.contains_key(*key) && !body.contains_key(*key));
    assert_eq!(made_up, None, "{at}: it is written, and nobody had it");
}

/// What of a document is not written: its keys, each once.
fn left_out(read: &Value, body: &Value, found: &mut BTreeSet<String>) {
    match (by_id(read), by_id(body)) {
        (Some(read), Some(body)) => {
            let both = read.iter().filter_map(|(id, row)| Some((*row, *body.get(id)?)));
            both.for_each(|(row, body)| left_out(row, body, found));
        }
        _ => {
            for (key, value) in read.as_object().into_iter().flatten() {
                match body.get(key) {
                    Some(body) => left_out(value, body, found),
                    None => drop(found.insert(key.clone())),
                }
            }
        }
    }
}

/// One change of what is read: something new in an object, another order, or anything.
fn change(input: &mut Vec<u8>, dice: &mut Dice, _: &[u8]) {
    let Ok(mut value) = serde_json::from_slice::<Value>(input) else { return };
    let Some(given) = value.get_mut("read").and_then(Value::as_object_mut) else { return };
    let at = dice.below(given.len());
    let Some(document) = given.values_mut().nth(at) else { return };
    for _ in 0..50 {
        let count = if dice.one_in(3) { 1 } else { tree::size(document) };
        let place = tree::nth(document, &mut dice.below(count));
        let Some(Value::Object(map)) = place else { continue };
        match dice.below(4) {
            0 | 1 => {
                let key = format!("x-{}", dice.below(1000));
                map.insert(key, tree::nasty(dice));
            }
            2 => {
                let mut entries: Vec<_> = std::mem::take(map).into_iter().collect();
                let (from, to) = (dice.below(entries.len()), dice.below(entries.len()));
                if !entries.is_empty() {
                    entries.swap(from, to);
                }
                map.extend(entries);
            }
            _ => tree::change(document, dice, &Value::Null),
        }
        break;
    }
    *input = value.to_string().into_bytes();
}

fn look_at(accounts: &[Account], cases: &[Case], input: &[u8]) -> String {
    let Ok(value) = serde_json::from_slice::<Value>(input) else { return String::new() };
    let address = value["step"].as_str().unwrap_or_default();
    let Some(case) = cases.iter().find(|case| case.step.address.to_string() == address) else {
        return String::new();
    };
    let mut read = case.read.clone();
    for (path, body) in value["read"].as_object().into_iter().flatten() {
        read.insert(path.clone(), body.clone());
    }
    let now = written(&accounts[case.account], &case.step, &read);
    let mut said = format!("{address} {}", now.len());
    for (at, write) in now.iter().enumerate() {
        let nth = now[..at].iter().filter(|it| it.path == write.path).count();
        let Some(was) = case.written.iter().filter(|it| it.path == write.path).nth(nth) else { continue };
        compare(&write.path, [&was.read, &write.read], [&was.body, &write.body]);
        said.push_str(&format!("\n{address} {} {}", write.path, write.body.as_object().map_or(0, Map::len)));
    }
    said
}

/// People keep in a portal what no file here says; a change must not take it away.
#[test]
fn documents() {
    let accounts = ["stratus", "ctm", "deskphone"].map(Account::of);
    let cases = cases(&accounts);
    let steps: Vec<String> = cases.iter().map(|case| case.step.address.to_string()).collect();
    let whole = [
        "queues.400",
        "rules.101",
        "diverts.102",
        "schedules.office",
        "queues.Sales",
        "diverts.2002",
        "diverts.2001",
    ];
    assert_eq!(steps, whole);
    let mut left = BTreeSet::new();
    cases.iter().flat_map(|case| &case.written).for_each(|it| left_out(&it.read, &it.body, &mut left));
    assert_eq!(left.iter().map(String::as_str).collect::<Vec<_>>(), READ_ONLY);
    let seeds = cases.iter().map(|case| json!({ "step": case.step.address.to_string(), "read": case.read }));
    fuzz(Target {
        name: "written",
        seeds: seeds.map(|seed| seed.to_string().into_bytes()).collect(),
        change: &change,
        run: &|input| look_at(&accounts, &cases, input),
    });
}
