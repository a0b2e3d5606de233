//! A plan split over the jobs of a matrix: the shards make the same plan to the byte, whatever does not make one is refused, and
//! what is applied shard by shard is what one apply does.

use crate::{
    workspace::{outcome, refusal},
    world::World,
};
use dialform::{cli::Finished, error::Ending};
use serde_json::{Value, json};
use std::{
    collections::BTreeMap,
    fs,
    io::{BufRead, BufReader},
    process::Stdio,
};

const WORKSPACE: &str = r#"version: 1
providers:
  pbx:
    kind: stratus
    url: http://127.0.0.1:1/ns-api/v2
    token: { env: NOT_NEEDED }
    carrier: { url: "http://127.0.0.1:1", token: { env: NOT_NEEDED } }
    limits: { requests_per_second: 1000, concurrency: 4, retries: 1, settle: 1 }
  second:
    kind: stratus
    url: http://127.0.0.1:1/ns-api/v2
    token: { env: NOT_NEEDED }
    carrier: manual
    limits: { requests_per_second: 1000, concurrency: 4, retries: 1, settle: 1 }
  ads:
    kind: ctm
    access_key: { env: NOT_NEEDED }
    secret_key: { env: NOT_NEEDED }
    limits: { requests_per_second: 1000, settle: 1 }
tenants: ["tenants/*.yaml"]
guard: { max_deletes: 0 }
"#;

/// Offices of one template, and one tenant for each thing that a plan can say.
const TENANTS: [(&str, &str, &str); 16] = [
    ("alder", "pbx", OFFICE),
    ("birch", "pbx", OFFICE),
    ("cedar", "pbx", OFFICE),
    ("dogwood", "second", OFFICE),
    // Another hour than the others.
    ("elm", "pbx", "extends: ../templates/office.yaml\nschedules: { night: { dates: [\"2027-03-03\"] } }\n"),
    // Critical: a forward that is on, and is switched off.
    ("fir", "pbx", "forwards: { \"+12145550106\": { active: false } }\n"),
    // A deletion, over the guard.
    ("gum", "pbx", "absent: { schedules: [night] }\n"),
    // To do by hand, and to look at.
    ("hazel", "pbx", "rules: { \"101\": { callers: { spam: drop } } }\n"),
    ("ivy", "second", "forwards: { \"+12145550109\": { to: \"+19725550199\" } }\nqueues: { \"400\": { name: Ivy } }\n"),
    // Blocked in part.
    ("juniper", "pbx", "queues: { \"400\": { name: Sales, agents: [\"109\"] }, \"401\": { name: New } }\n"),
    // Its account cannot be read.
    ("kapok", "second", "queues: { \"400\": { name: Sales } }\n"),
    // A warning about a line, and one about a line and a forward that is on.
    ("larch", "pbx", "queues: { \"400\": { name: Sales, failover: { extension: \"101\" }, require_agents: false } }\n"),
    ("maple", "pbx", "time_zone: Europe/Paris\nforwards: { \"+12145550113\": { to: \"+19725550199\" } }\n"),
    // It led to a number of another account before anybody looked, and to no extension of its own.
    ("nutmeg", "pbx", "forwards: { \"+12145550114\": { to: \"+12145550107\" } }\nqueues: { \"400\": { name: Nut } }\n"),
    ("oak", "ads", "receivers: { \"+14105550123\": { label: Desk } }\n"),
    ("pine", "pbx", ""),
];

const OFFICE: &str = "extends: ../templates/office.yaml\n";

const TEMPLATE: &str = "schedules: { night: { dates: [\"2027-01-02\"] } }\nqueues: { \"400\": { name: Sales, agents: [\"101\"] } }\n\
                        rules:\n  \"102\":\n    ring_timeout: 25\n    order: [{ when: night, forward: { always: voicemail } }, { when: default, ring: extension }]\n";

fn account(name: &str, provider: &str) -> String {
    if provider == "ads" { "302341".to_owned() } else { format!("{name}.1.service") }
}

fn live(at: usize, name: &str) -> Value {
    let number = format!("21455501{at:02}");
    let on = ["fir", "maple"].contains(&name);
    let to = if name == "nutmeg" { "2145550107" } else { "9725550199" };
    json!({
        "domain": { "domain": format!("{name}.1.service") },
        "users": [{ "user": "101" }, { "user": "102" }, { "user": "103" }],
        "callqueues": [{ "callqueue": "400", "description": "Desk" }],
        "phonenumbers": [{ "phonenumber": format!("1{number}"), "dial-rule-application": "to-user-residential", "dial-rule-translation-destination-user": "101" }],
        "carrier": [{ "number": number, "destination": to, "active": on }],
        "timeframes": [
            { "timeframe-name": "night", "timeframe-type": "specific-dates", "timeframe-specific-dates-array": [] },
            { "timeframe-name": "people's own", "timeframe-type": "specific-dates", "timeframe-specific-dates-array": [] },
        ],
    })
}

fn fleet() -> World {
    let world = World::new("");
    fs::remove_file(world.path("tenants/acme.yaml")).unwrap();
    world.write("dialform.yaml", WORKSPACE);
    world.write("templates/office.yaml", TEMPLATE);
    for (at, (name, provider, body)) in TENANTS.into_iter().enumerate() {
        let account = account(name, provider);
        world.write(
            &format!("tenants/{name}.yaml"),
            format!("tenant: {name}\nprovider: {provider}\naccount: \"{account}\"\n{body}"),
        );
        let text = match provider {
            "ads" => "receiving_numbers: [{ number: \"+14105550123\", name: Reception }]\n".to_owned(),
            _ => live(at + 1, name).to_string(),
        };
        if name != "kapok" {
            world.write(&format!("live/{provider}/{account}.yaml"), text);
        }
    }
    world.write(".gitignore", ".dialform/\nplans/\n");
    world.commit(&["."]);
    fs::create_dir(world.path("plans")).unwrap();
    world
}

/// The plan of each shard in a file.
fn planned(world: &World, of: usize, more: &[&str]) -> Vec<String> {
    let each = (1..=of).map(|index| {
        let file = world.argument(&format!("plans/{index}-{of}.json"));
        let shard = format!("{index}/{of}");
        let run = world.run(&[&["plan", "--shard", &shard, "--out", &file], more].concat());
        assert!(matches!(run.ending, Ending::Fine | Ending::Error), "{shard}: {}{}", run.out, run.err);
        assert!(run.err.is_empty(), "{shard}: {}", run.err);
        file
    });
    each.collect()
}

fn merged(world: &World, files: &[String], more: &[&str]) -> Finished {
    let files = files.iter().map(String::as_str);
    let words: Vec<&str> = ["merge"].into_iter().chain(files).chain(more.iter().copied()).collect();
    std::ops::Deref::deref(world).run(&words)
}

/// Whatever a plan says, it says when it was made in parts: a reviewer reads the same words, and what is saved is the same file.
#[test]
fn the_shards_make_the_plan_to_the_byte() {
    let world = fleet();
    let later = |world: &World| {
        world.edit("templates/office.yaml", "name: Sales,", "name: Front,");
        fs::remove_file(world.path("tenants/pine.yaml")).unwrap();
    };
    later(&world);
    let selections: [&[&str]; 6] = [
        &[],
        &["--base", "HEAD", "--config", "worktree", "--environment", "production"],
        &["--changed-since", "HEAD"],
        &["--only", "queues.*", "--only", "fir/*"],
        &["--tenant", "[a-h]*"],
        &["--base", "HEAD", "--allow-undo", "HEAD"],
    ];
    let mut said = String::new();
    for (at, selection) in selections.into_iter().enumerate() {
        let file = world.argument("plans/whole.json");
        let whole = world.run(&[&["plan", "--out", &file], selection].concat());
        assert_eq!(whole.err, "", "{selection:?}");
        let saved = world.read("plans/whole.json");
        let counts: &[usize] = if at == 0 { &[1, 2, 3, 7, 40] } else { &[7] };
        for of in counts {
            let mut files = planned(&world, *of, selection);
            files.reverse();
            let out = world.argument("plans/joined.json");
            let joined = merged(&world, &files, &["--out", &out]);
            assert_eq!(joined.err, "", "{selection:?} {of}");
            assert_eq!((joined.ending, &joined.out), (whole.ending, &whole.out), "{selection:?} {of}");
            assert_eq!(world.read("plans/joined.json"), saved, "{selection:?} {of}");
            for format in [
                &["--format", "markdown"][..],
                &["--format", "json"],
                &["--format", "markdown", "--max-bytes", "4000"],
                &["--expand"],
                &["--redact"],
                &["--format", "json", "--redact"],
                &["--detailed-exitcode"],
            ] {
                let whole = world.run(&[&["plan"], selection, format].concat());
                let joined = merged(&world, &files, format);
                assert_eq!(joined.out, whole.out, "{selection:?} {of} {format:?}");
                assert_eq!(joined.ending, whole.ending, "{selection:?} {of} {format:?}");
            }
        }
        said.push_str(&whole.out);
    }
    // Without them it would prove little.
    for word in [
        "4 tenants: alder", "blocked", "critical", "over the guard", "to check by hand", "unmanaged, left alone", "note: ",
        "warning[forward-on]", "templates/office.yaml:", "not planned", "unreadable-account", "no way back", "[ ] ",
        "nutmeg", "still leads to +12145550107, a number of account `gum.1.service`", "warning[removed-tenant]",
        "warning[unused-approval]", "files changed",
    ] {
        assert!(said.contains(word), "{word}: {said}");
    }
}
