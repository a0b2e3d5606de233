//! The promise: nobody who can name something writes a line of a plan, a command of a CI system, a colour or a mark.
//!
//! Each text that a file may hold, and each that a phone system may hold, is replaced by a hostile one, one at a time, keys
//! too; then what the commands write is read. The files are those of the transitions, of which `fields.rs` proves that
//! they use every field there is: a new field comes in by itself.

use crate::{transitions::held, workspace::Workspace};
use dialform::cli::Finished;
use serde_json::{Value, json};
use std::collections::BTreeSet;

/// A command of GitHub, lines of its own, commands of a terminal, what is not seen, and every kind of markup.
const HOSTILE: &str = "::FORGED::\n::error::FORGED\r\u{1b}[2KFORGED\u{9b}2K\u{8}\u{202e}\u{200b}\u{2028}\u{85}\u{fff9}\u{e0041}\n\
                       ##[FORGED]</details><b>`FORGED`|FORGED|@FORGED\n```\nFORGED";

/// What is read, each command in each of its forms.
const COMMANDS: [&str; 16] = [
    "check",
    "plan --sandbox",
    "check --format markdown",
    "plan --sandbox --format markdown",
    "check --format json",
    "plan --sandbox --format json",
    "apply --sandbox --auto-approve",
    "apply --sandbox --auto-approve --format markdown",
    "apply --sandbox --auto-approve --format json",
    "emergency status --sandbox",
    "checklist --format markdown",
    "checklist",
    "export --sandbox",
    "export",
    "export --sandbox --format json",
    "who-points-to extension:101 --sandbox",
];

/// The way to a value: keys of a document, and positions in lists.
type Way = Vec<String>;

/// Every text and every key of a document that a person may choose.
fn texts(value: &Value, way: &mut Way, found: &mut Vec<Way>) {
    match value {
        Value::String(_) => found.push(way.clone()),
        Value::Array(items) => items.iter().enumerate().for_each(|(at, item)| {
            way.push(format!("[{at}]"));
            texts(item, way, found);
            way.pop();
        }),
        Value::Object(map) => map.iter().for_each(|(key, item)| {
            way.push(key.clone());
            found.push([way.as_slice(), &["KEY".to_owned()]].concat());
            texts(item, way, found);
            way.pop();
        }),
        _ => {}
    }
}

/// What a way is an example of: positions, and the names of objects, do not count.
fn kind(way: &Way) -> String {
    let named =
        |part: &str| part.starts_with('[') || part.chars().any(|c| c.is_ascii_digit() || c.is_whitespace());
    let parts = way.iter().enumerate();
    let parts: Vec<&str> = parts.map(|(at, part)| if at == 1 || named(part) { "*" } else { part }).collect();
    parts.join(".")
}

/// The document with a hostile text or key in one place.
fn forged(document: &Value, way: &[String]) -> Value {
    let mut document = document.clone();
    let mut at = &mut document;
    for (step, rest) in way.iter().zip(1..) {
        if way.get(rest).is_some_and(|it| it == "KEY") && rest + 1 == way.len() {
            let map = at.as_object_mut().unwrap();
            let renamed = map.iter().map(|(key, value)| {
                (if key == step { HOSTILE.to_owned() } else { key.clone() }, value.clone())
            });
            *map = renamed.collect();
            return document;
        }
        at = match step.strip_prefix('[').and_then(|it| it.strip_suffix(']')) {
            Some(index) if at.is_array() => at.get_mut(index.parse::<usize>().unwrap()).unwrap(),
            _ => at.get_mut(step).unwrap(),
        };
    }
    *at = HOSTILE.into();
    document
}

/// What is wrong with what a command wrote.
fn faults(command: &str, run: &Finished) -> Vec<String> {
    let mut faults = Vec::new();
    for (stream, text) in [("out", &run.out), ("err", &run.err)] {
        let is_markdown = command.contains("markdown") && stream == "out";
        let mut fenced = false;
        for line in text.split('\n') {
            let mut seen = plain(line);
            // The end of a line of CSV.
            if command.starts_with("export") && stream == "out" {
                seen = seen.strip_suffix('\r').unwrap_or(&seen).to_owned();
            }
            let mut fault = |what: &str| faults.push(format!("{command}: {what}: {line}"));
            if seen.chars().any(|c| c != '\t' && dialform::text::is_unseen(c)) {
                fault("something is not seen");
            }
            seen.retain(|c| !c.is_whitespace());
            if seen.starts_with("::") || seen.contains("##[") {
                fault("a command of a CI system");
            }
            if seen.starts_with("FORGED") || seen.starts_with("</details>FORGED") {
                fault("a line of its own");
            }
            if is_markdown {
                if seen.starts_with("```") {
                    fenced = !fenced;
                    if seen != "```" && seen != "```diff" {
                        fault("a fence");
                    }
                } else if seen.contains("```") {
                    fault("a fence inside a line");
                }
                let marked = ["<b>", "|FORGED|", "@FORGED"];
                let text = seen.replace("\\|", "").replace("\\`", "");
                // What stands between backticks is no markup.
                let text: String = text.split('`').step_by(2).collect();
                if !fenced && marked.iter().any(|mark| text.contains(mark)) {
                    fault("markup");
                }
            }
        }
        if fenced {
            faults.push(format!("{command}: a fence is open at the end"));
        }
    }
    if command.contains("json") {
        let lines =
            if command.contains("apply") { run.out.lines().collect() } else { vec![run.out.as_str()] };
        let broken =
            lines.into_iter().filter(|it| !it.is_empty() && serde_json::from_str::<Value>(it).is_err());
        faults.extend(broken.map(|it| format!("{command}: no JSON: {it}")));
    }
    faults
}

/// A line without the colours that the program itself sets.
fn plain(line: &str) -> String {
    let mut plain = String::new();
    let mut rest = line;
    while let Some(at) = rest.find("\u{1b}[") {
        let colour = rest[at + 2..].find(|c: char| !c.is_ascii_digit() && c != ';');
        let Some(end) = colour.filter(|end| rest[at + 2 + end..].starts_with('m')) else { break };
        plain.push_str(&rest[..at]);
        rest = &rest[at + 3 + end..];
    }
    plain + rest
}

/// All commands for each place where `DIALFORM_SWEEP` asks for it, otherwise one after the other in turn; where
/// `DIALFORM_CASES` asks for much, at every place, otherwise at some.
fn commands(turn: usize) -> Vec<&'static str> {
    const SOME: usize = 8;
    if std::env::var_os("DIALFORM_SWEEP").is_some() {
        return COMMANDS.to_vec();
    }
    if std::env::var_os("DIALFORM_CASES").is_none() && !turn.is_multiple_of(SOME) {
        return Vec::new();
    }
    let turn = turn / SOME + turn % SOME;
    vec![COMMANDS[turn % COMMANDS.len()], COMMANDS[(turn * 5 + 1) % 6]]
}

fn read(workspace: &Workspace, command: &str) -> Vec<String> {
    let mut arguments = vec!["--color", "always"];
    arguments.extend(command.split(' '));
    faults(command, &workspace.run(&arguments))
}

/// An account as it is live, and a tenant that declares something of it.
struct Rig<'a> {
    live: &'a Value,
    account: &'a str,
    settings: Value,
    tenant: Value,
}

impl Rig<'_> {
    fn workspace(&self, settings: &Value, tenant: &Value, live: &Value) -> Workspace {
        let workspace = Workspace::default();
        workspace.write("dialform.yaml", settings.to_string());
        workspace.write("tenant.yaml", tenant.to_string());
        workspace.write(&format!(".dialform/sandbox/system/{}.json", self.account), live.to_string());
        workspace
    }
}

/// A workspace for each side of each transition that uses something no other before it did.
fn rigs() -> Vec<Rig<'static>> {
    let mut rigs = Vec::new();
    for held in held() {
        let mut settings = held.setup.settings.clone();
        settings.insert("kind".into(), held.setup.kind.as_str().into());
        let limits = json!({ "requests_per_second": 100_000, "concurrency": 8, "settle": 0, "retries": 0 });
        settings.insert("limits".into(), limits);
        let settings = json!({
            "version": 1, "providers": { "system": settings }, "tenants": ["tenant.yaml"],
            "guard": { "max_deletes": 1, "max_changed_percent": 30 }, "lints": { "same-schedule": "warn" },
        });
        let mut used = BTreeSet::new();
        for (_, body) in held.cases.iter().flat_map(|case| case.sides()) {
            let mut found = Vec::new();
            texts(&Value::Object(body.clone()), &mut Vec::new(), &mut found);
            let before = used.len();
            used.extend(found.iter().map(kind));
            if used.len() > before {
                let mut tenant = json!({
                    "tenant": "case", "provider": "system", "account": held.setup.account,
                    "time_zone": "America/Chicago", "country": "US",
                });
                tenant.as_object_mut().unwrap().extend(body.clone());
                rigs.push(Rig {
                    live: &held.setup.live,
                    account: &held.setup.account,
                    settings: settings.clone(),
                    tenant,
                });
            }
        }
    }
    let more: Vec<Rig> = held()
        .iter()
        .filter_map(|held| rigs.iter().find(|rig: &&Rig| rig.account == held.setup.account))
        .map(|rig| Rig { settings: whole(&rig.settings), tenant: from_others(&rig.tenant), ..*rig })
        .collect();
    rigs.extend(more);
    rigs
}

/// The settings that no transition uses, beside those that one does: together they are no good `dialform.yaml`, and what is
/// said of each is shown all the same.
fn whole(settings: &Value) -> Value {
    let mut whole = settings.clone();
    let more = json!({
        "bridge": "manual", "experimental": true, "token": { "command": ["pass", "stratus"] }, "read_token": { "file": "secrets/read" },
        "limits": { "account_timeout": 60, "timeout": 5, "retries": 0 },
    });
    whole["providers"]["system"].as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    let more = json!({
        "max_file_mib": 2, "shared": ["shared/*.yaml"], "guard": { "max_deletes": 1, "max_changed_percent": 30, "min_population": 1 },
        "lock": { "url": "s3://locks/dialform", "region": "eu", "endpoint": "https://s3.example.net", "lease": "60s" },
    });
    whole.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    whole
}

/// The words with which a tenant takes something from other files; none of them is there, which is said.
fn from_others(tenant: &Value) -> Value {
    let mut whole = tenant.clone();
    let more = json!({
        "extends": "templates/office.yaml", "vars": { "main": "+12145550100" }, "without": ["queues.400"], "labels": ["pilot"],
        "schedules": { "holidays": { "use": ["shared/holidays"], "dates": ["2027-01-01"] } },
    });
    whole.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    whole
}

/// Every key of a document.
fn keys(value: &Value, found: &mut BTreeSet<String>) {
    match value {
        Value::Array(items) => items.iter().for_each(|item| keys(item, found)),
        Value::Object(map) => map.iter().for_each(|(key, item)| {
            found.insert(key.clone());
            keys(item, found);
        }),
        _ => {}
    }
}

/// Every property that a schema names.
fn properties(schema: &Value, found: &mut BTreeSet<String>) {
    match schema {
        Value::Array(items) => items.iter().for_each(|item| properties(item, found)),
        Value::Object(map) => {
            found.extend(
                map.get("properties")
                    .and_then(Value::as_object)
                    .into_iter()
                    .flat_map(|it| it.keys().cloned()),
            );
            map.values().for_each(|item| properties(item, found));
        }
        _ => {}
    }
}

/// A new field of a file fails this until it stands in a document whose texts are replaced.
#[test]
fn every_field_of_a_file_is_tried() {
    let (mut named, mut tried) = (BTreeSet::new(), BTreeSet::new());
    for file in ["tenant", "workspace"] {
        let path = format!("{}/schema/{file}.schema.json", env!("CARGO_MANIFEST_DIR"));
        properties(&serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap(), &mut named);
    }
    for Rig { settings, tenant, .. } in &rigs() {
        keys(tenant, &mut tried);
        keys(settings, &mut tried);
    }
    let missing: Vec<&String> = named.difference(&tried).collect();
    assert!(named.len() > 80 && missing.is_empty(), "{missing:?} of {}", named.len());
}

/// Each place is tried once for each provider; its kind is what was tried.
fn places<'a>(documents: impl Iterator<Item = (usize, &'a Value)>) -> Vec<(usize, Way)> {
    let mut tried = BTreeSet::new();
    let mut places = Vec::new();
    for (rig, document) in documents {
        let mut found = Vec::new();
        texts(document, &mut Vec::new(), &mut found);
        places.extend(found.into_iter().filter(|way| tried.insert(kind(way))).map(|way| (rig, way)));
    }
    places
}

/// A test that finds nothing has to be one that can find something.
#[test]
fn what_is_hostile_would_be_found() {
    let shown = |text: &str| Finished {
        ending: dialform::error::Ending::Fine,
        out: text.to_owned(),
        err: String::new(),
    };
    let plain = [HOSTILE, "a\u{202e}b", "  ::error::x", "x ##[error]", "\u{1b}[2Kx", "FORGED"];
    for text in plain {
        assert!(!faults("plan", &shown(text)).is_empty(), "{text:?}");
    }
    for text in ["<b>", "a `x` <b>", "a |FORGED| b", "@FORGED", "x```", "```\nx", "```js\n```"] {
        assert!(!faults("plan --format markdown", &shown(text)).is_empty(), "{text:?}");
    }
    let fine = "\u{1b}[1mPlan:\u{1b}[0m 1 to create.\n";
    assert_eq!(faults("plan", &shown(fine)), Vec::<String>::new());
}

/// The contributor: every text of `dialform.yaml` and of a tenant's file, and the names of both.
#[test]
fn no_text_of_a_file_is_more_than_text() {
    let rigs = rigs();
    let tenants = places(rigs.iter().map(|rig| &rig.tenant).enumerate());
    let settings = places(rigs.iter().map(|rig| &rig.settings).enumerate());
    assert!(tenants.len() > 150 && settings.len() > 10, "{} {}", tenants.len(), settings.len());
    let mut found = Vec::new();
    for (turn, (at, way)) in tenants.iter().enumerate() {
        let Rig { settings, tenant, live, .. } = &rigs[*at];
        let workspace = rigs[*at].workspace(settings, &forged(tenant, way), live);
        found.extend(commands(turn).into_iter().flat_map(|command| read(&workspace, command)));
    }
    for (turn, (at, way)) in settings.iter().enumerate() {
        let Rig { settings, tenant, live, .. } = &rigs[*at];
        let workspace = rigs[*at].workspace(&forged(settings, way), tenant, live);
        found.extend(commands(turn).into_iter().flat_map(|command| read(&workspace, command)));
    }
    let name = format!("tenants/{}.yaml", HOSTILE.replace('/', ""));
    for command in COMMANDS {
        let workspace = Workspace::quickstart();
        workspace.write(&name, "tenant: [\n");
        found.extend(read(&workspace, command));
    }
    assert!(found.is_empty(), "{} found:\n{}", found.len(), found.join("\n"));
}

/// The portal user, or the vendor's server: every text that an account holds, whether it is declared or not.
#[test]
fn no_text_of_an_account_is_more_than_text() {
    let rigs = rigs();
    let richest = |kind: &str| {
        let own =
            rigs.iter().enumerate().filter(|(_, rig)| rig.settings["providers"]["system"]["kind"] == kind);
        own.max_by_key(|(_, rig)| rig.tenant.to_string().len()).map(|(at, _)| at)
    };
    let mut found = Vec::new();
    let mut tried = 0;
    for at in held().iter().filter_map(|held| richest(&held.setup.kind)) {
        let Rig { settings, tenant, live, .. } = &rigs[at];
        // A server may name its objects as it likes. Its fields have the names that they have.
        let is_name = |way: &Way| way.len() == 3 || way.last().is_some_and(|it| it != "KEY");
        let all = places([(at, *live)].into_iter());
        for (turn, (_, way)) in all.iter().filter(|(_, way)| is_name(way)).enumerate() {
            let workspace = rigs[at].workspace(settings, tenant, &forged(live, way));
            let commands = commands(turn).into_iter().filter(|command| command.contains("--sandbox"));
            found.extend(commands.flat_map(|command| read(&workspace, command)));
            tried += 1;
        }
    }
    assert!(tried > 150, "{tried}");
    assert!(found.is_empty(), "{} found:\n{}", found.len(), found.join("\n"));
}

/// Names that come by the command line and the environment of a job: branches, addresses, paths.
#[test]
fn no_argument_is_more_than_text() {
    let mut found = Vec::new();
    for option in [
        "--base",
        "--changed-since",
        "--tenant",
        "--only",
        "--config",
        "--restore",
        "--as-of",
        "--fault",
        "--out",
    ] {
        let workspace = Workspace::quickstart();
        for command in ["plan", "apply"] {
            let run = workspace.run(&["--color", "always", command, "--sandbox", option, HOSTILE]);
            found.extend(faults(&format!("{command} {option}"), &run));
        }
    }
    for arguments in [["explain", HOSTILE], ["providers", HOSTILE], [HOSTILE, HOSTILE], ["-C", HOSTILE]] {
        let run = Workspace::quickstart().run(&[&["--color", "always"], &arguments[..]].concat());
        found.extend(faults(&arguments.join(" "), &run));
    }
    assert!(found.is_empty(), "{} found:\n{}", found.len(), found.join("\n"));
}

/// How many texts of files are replaced, and how many of accounts.
pub fn count() -> (usize, usize) {
    let rigs = rigs();
    let files =
        places(rigs.iter().map(|rig| &rig.tenant).chain(rigs.iter().map(|rig| &rig.settings)).enumerate());
    (files.len(), places(rigs.iter().map(|rig| rig.live).enumerate()).len())
}
