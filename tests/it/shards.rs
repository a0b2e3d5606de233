//! A plan split over the jobs of a matrix: the shards make the same plan to the byte, whatever does not make one is refused, and
//! what is applied shard by shard is what one apply does.

use crate::{
    workspace::{Workspace, event, outcome, refusal},
    world::World,
    worlds::samples,
};
use dialform::{cli::Finished, error::Ending};
use serde_json::{Value, json};
use std::{
    collections::{BTreeMap, BTreeSet},
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
    limits: { requests_per_second: 1000, concurrency: 4, retries: 1, settle: 20 }
  second:
    kind: stratus
    url: http://127.0.0.1:1/ns-api/v2
    token: { env: NOT_NEEDED }
    carrier: manual
    limits: { requests_per_second: 1000, concurrency: 4, retries: 1, settle: 20 }
  ads:
    kind: ctm
    access_key: { env: NOT_NEEDED }
    secret_key: { env: NOT_NEEDED }
    limits: { requests_per_second: 1000, settle: 20 }
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
    // Deletions, over the guard, and one that takes more than can be brought back.
    ("gum", "pbx", "absent: { schedules: [night], queues: [\"400\"] }\n"),
    // To do by hand, and to look at.
    ("hazel", "pbx", "rules: { \"101\": { callers: { spam: drop } } }\n"),
    (
        "ivy",
        "second",
        "forwards: { \"+12145550109\": { to: \"+19725550199\" } }\nqueues: { \"400\": { name: Ivy } }\n",
    ),
    // Blocked in part.
    ("juniper", "pbx", "queues: { \"400\": { name: Sales, agents: [\"109\"] }, \"401\": { name: New } }\n"),
    // Its account cannot be read.
    ("kapok", "second", "queues: { \"400\": { name: Sales } }\n"),
    // A warning about a line, and one about a line and a forward that is on.
    (
        "larch",
        "pbx",
        "queues: { \"400\": { name: Sales, failover: { extension: \"101\" }, require_agents: false } }\n",
    ),
    ("maple", "pbx", "time_zone: Europe/Paris\nforwards: { \"+12145550113\": { to: \"+19725550199\" } }\n"),
    // It led to a number of another account before anybody looked, and to no extension of its own.
    (
        "nutmeg",
        "pbx",
        "forwards: { \"+12145550114\": { to: \"+12145550107\" } }\nqueues: { \"400\": { name: Nut } }\n",
    ),
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

pub fn fleet() -> World {
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
pub fn planned(world: &World, of: usize, more: &[&str]) -> Vec<String> {
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

pub fn merged(world: &World, files: &[String], more: &[&str]) -> Finished {
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
        let counts: &[usize] = if at == 0 { &[1, 2, 7, 40] } else { &[7] };
        for of in counts {
            let mut files = planned(&world, *of, selection);
            files.reverse();
            let out = world.argument("plans/joined.json");
            let joined = merged(&world, &files, &["--out", &out]);
            assert_eq!(joined.err, "", "{selection:?} {of}");
            assert_eq!((joined.ending, &joined.out), (whole.ending, &whole.out), "{selection:?} {of}");
            assert_eq!(world.read("plans/joined.json"), saved, "{selection:?} {of}");
            let formats = [
                &["--format", "markdown"][..],
                &["--format", "json"],
                &["--format", "markdown", "--max-bytes", "4000"],
                &["--expand"],
                &["--redact"],
                &["--format", "json", "--redact"],
                &["--detailed-exitcode"],
            ];
            for format in formats.into_iter().take(if *of == 7 && at < 2 { formats.len() } else { 2 }) {
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
        "4 tenants: alder",
        "blocked",
        "critical",
        "over the guard",
        "to check by hand",
        "unmanaged, left alone",
        "note: ",
        "warning[forward-on]",
        "templates/office.yaml:",
        "not planned",
        "unreadable-account",
        "[ ] ",
        "nutmeg",
        "still leads to +1 214 555 0107, a number of account `gum.1.service`",
        "warning[removed-tenant]",
        "warning[unused-approval]",
        "files and live changed",
        "no way back",
    ] {
        assert!(said.contains(word), "{word}: {said}");
    }
}

/// What has to be expected is asked of the whole plan: a part does not know what the rest changes. Nothing of it is saved, and a
/// plan with an error does not end as if all were well.
#[test]
fn what_is_expected_is_asked_of_the_whole() {
    let world = fleet();
    world.edit("templates/office.yaml", "ring_timeout: 25", "ring_timeout: 40");
    let part = world.run(&["plan", "--shard", "1/2", "--expect-change", "+12145550101"]);
    let refused = "error[failed]: `--expect-change` is about the whole plan, and `--shard` is a part of it\n";
    assert!(part.ending == Ending::Error && part.err.starts_with(refused), "{}", part.err);
    world.write("none.yaml", "expect_change: []\n");
    let files = planned(&world, 3, &[]);
    let save = |file: &str, more: &[&str]| {
        let out = world.argument(file);
        let done = merged(&world, &files, &[&["--out", &out], more].concat());
        (done, world.read(file))
    };
    let (_, plain) = save("plans/plain.json", &[]);
    for format in ["text", "markdown", "json"] {
        let (done, saved) = save("plans/joined.json", &["--expect-change", "none.yaml", "--format", format]);
        assert_eq!(done.ending, Ending::Error, "{format}: {}{}", done.out, done.err);
        assert!(done.out.contains("nobody expects it"), "{format}: {}{}", done.out, done.err);
        assert_eq!(saved, plain, "{format}");
    }
    let whole = ["plan", "--expect-change", "none.yaml"];
    let (joined, _) = save("plans/joined.json", &["--expect-change", "none.yaml"]);
    assert_eq!(joined.out, world.run(&whole).out);
    let out = world.argument("plans/whole.json");
    let (with, without) = (
        world.run(&[&whole[..], &["--out", &out]].concat()).ending,
        world.read("plans/whole.json").contains("unexpected-change"),
    );
    assert_eq!((with, without), (Ending::Error, false));
    // Whatever has saved an error.
    let worse = |found: &mut Value| found["level"] = "error".into();
    for file in &files {
        edit(&world, file, |plan| plan["findings"].as_array_mut().unwrap().iter_mut().for_each(worse));
    }
    let done = merged(&world, &files, &["--detailed-exitcode"]);
    assert_eq!(done.ending, Ending::Error, "{}{}", done.out, done.err);
}

/// Worlds in one run of the tests.
const WORLDS: u64 = 12;

/// Whatever is live and whatever is wanted, on every phone system: the parts say what the whole says.
#[test]
fn the_shards_of_any_world_make_its_plan() {
    let mut compared = 0;
    for world in samples(WORLDS) {
        let workspace = Workspace::default();
        workspace.write("dialform.yaml", world.workspace());
        for customer in &world.customers {
            let state = &customer.system().account(customer.index).state;
            workspace.write(
                &format!(".dialform/sandbox/{}/{}.json", customer.provider, customer.account()),
                state,
            );
            workspace.write(&format!("tenants/{}.yaml", customer.name()), customer.file(&customer.b));
        }
        let faults: BTreeSet<&str> = world.customers.iter().map(|it| it.system().fault.as_str()).collect();
        let faults = faults.into_iter().filter(|it| !it.is_empty()).collect::<Vec<_>>().join(",");
        let plan =
            |more: &[&str]| workspace.run(&[&["plan", "--sandbox", "--fault", &faults], more].concat());
        let [file, joined] = ["whole.json", "joined.json"].map(|it| workspace.argument(it));
        let whole = plan(&["--out", &file]);
        if !workspace.path("whole.json").exists() {
            continue;
        }
        compared += 1;
        let shards = ["1/3", "2/3", "3/3"].map(|shard| {
            let file = workspace.argument(&format!("{}.json", &shard[..1]));
            plan(&["--shard", shard, "--out", &file]);
            file
        });
        let merge = |more: &[&str]| {
            let files = shards.iter().map(String::as_str);
            let words: Vec<&str> = ["merge"].into_iter().chain(files).chain(more.iter().copied()).collect();
            workspace.run(&words)
        };
        let run = merge(&["--out", &joined]);
        assert_eq!(run.err, "", "{world:?}");
        assert_eq!((run.ending, &run.out), (whole.ending, &whole.out), "{world:?}");
        assert_eq!(workspace.read("joined.json"), workspace.read("whole.json"), "{world:?}");
        let markdown = plan(&["--format", "markdown"]);
        assert_eq!(merge(&["--format", "markdown"]).out, markdown.out, "{world:?}");
    }
    assert!(compared * 10 > WORLDS * 9, "{compared} of {WORLDS}");
}

/// Three tenants, committed.
pub fn three() -> World {
    let world = World::new("");
    fs::remove_file(world.path("tenants/acme.yaml")).unwrap();
    for name in ["acme", "bolt", "coil"] {
        let account = format!("{name}.1.service");
        let live = json!({
            "domain": { "domain": account }, "users": [{ "user": "101" }],
            "callqueues": [{ "callqueue": "400", "description": "Desk" }],
        });
        world.write(&format!("live/pbx/{account}.yaml"), live.to_string());
        let file = format!(
            "tenant: {name}\nprovider: pbx\naccount: {account}\nqueues: {{ \"400\": {{ name: Sales }} }}\n"
        );
        world.write(&format!("tenants/{name}.yaml"), file);
    }
    world.write(".gitignore", ".dialform/\nplans/\n");
    world.commit(&["."]);
    fs::create_dir(world.path("plans")).unwrap();
    world
}

/// The plan of one shard in a file of that name.
pub fn shard(world: &World, name: &str, words: &str) -> String {
    let file = world.argument(&format!("plans/{name}.json"));
    let words: Vec<&str> = ["plan", "--out", &file].into_iter().chain(words.split_whitespace()).collect();
    let run = world.run(&words);
    assert_eq!(run.ending, Ending::Fine, "{words:?}: {}", run.err);
    file
}

/// A change of the shard `b`, which leaves the file in its place.
type Altered = fn(&World, &str);

/// A part of a plan that is taken for the whole leaves tenants unreviewed, and one of another plan has something reviewed that is
/// not done: each is refused, with the files and the shards by their names.
#[test]
fn what_makes_no_whole_is_named() {
    let other: [(&str, &str, Altered, &str); 24] = [
        (
            "another N",
            "--shard 2/4",
            |_, _| {},
            "`b` (shard 2/4) is one of 4, and `a` (shard 1/3) is one of 3",
        ),
        (
            "another environment",
            "--shard 2/3 --environment staging",
            |_, _| {},
            "`b` (shard 2/3) is of another environment than `a` (shard 1/3): `staging`, not none",
        ),
        (
            "another base",
            "--shard 2/3 --base HEAD --config worktree",
            |_, _| {},
            "`b` (shard 2/3) is of another base than `a` (shard 1/3): `HEAD0`, not none",
        ),
        (
            "another configuration",
            "--shard 2/3 --config HEAD",
            |_, _| {},
            "`b` (shard 2/3) is of another configuration (`--config`) than `a` (shard 1/3): `HEAD0`, not none",
        ),
        (
            "another selection of tenants",
            "--shard 2/3 --tenant [abc]*",
            |_, _| {},
            "`b` (shard 2/3) is of another selection (`--tenant`) than `a` (shard 1/3): `[abc]*`, not none",
        ),
        (
            "another selection of objects",
            "--shard 2/3 --only queues.*",
            |_, _| {},
            "`b` (shard 2/3) is of another selection (`--only`) than `a` (shard 1/3): [\"queues.*\"], not none",
        ),
        (
            "another selection by what changed",
            "--shard 1/3 --changed-since HEAD",
            |_, _| {},
            "`b` (shard 1/3) is of another selection (`--changed-since`) than `a` (shard 1/3): `HEAD0`, not none",
        ),
        (
            "an older commit",
            "--shard 2/3",
            |world, _| world.git(&["commit", "-qm", "later", "--allow-empty"]),
            "`b` (shard 2/3) is of another commit than `a` (shard 1/3): `HEAD0`, not `HEAD1`",
        ),
        (
            "another workspace of the repository",
            "--shard 2/3",
            |world, file| edit(world, file, |plan| plan["made_from"]["workspace"] = json!("phones/")),
            "`b` (shard 2/3) is of another workspace than `a` (shard 1/3): `phones/`, not none",
        ),
        (
            "another version",
            "--shard 2/3",
            |world, file| edit(world, file, |plan| plan["made_from"]["dialform"] = json!("9.9.9")),
            "`b` (shard 2/3) is of another version of dialform than `a` (shard 1/3): `9.9.9`, not `VERSION`",
        ),
        (
            "the real phone systems",
            "--shard 2/3",
            |world, file| edit(world, file, |plan| plan["made_from"]["sandbox"] = json!(false)),
            "`b` (shard 2/3) is of another sort of phone systems (`--sandbox`) than `a` (shard 1/3): false, not true",
        ),
        (
            "another merge",
            "--shard 2/3",
            |world, file| {
                edit(world, file, |plan| {
                    plan["made_from"]["merge"] = json!({ "named": "HEAD", "commit": "abc" })
                })
            },
            "`b` (shard 2/3) is of another merge than `a` (shard 1/3): `abc`, not none",
        ),
        (
            "another tree",
            "--shard 2/3",
            |world, file| edit(world, file, |plan| plan["made_from"]["tree"] = json!("def")),
            "`b` (shard 2/3) is of another tree than `a` (shard 1/3): `def`, not none",
        ),
        (
            "commits that may be taken back",
            "--shard 2/3",
            |world, file| {
                edit(world, file, |plan| plan["made_from"]["allow_undo"] = json!([{ "named": "abc" }]))
            },
            "`b` (shard 2/3) is of another selection (`--allow-undo`) than `a` (shard 1/3): [{\"named\":\"abc\"}], not none",
        ),
        (
            "another instant",
            "--shard 2/3 --as-of 2027-01-01T00:00Z",
            |_, _| {},
            "`b` (shard 2/3) is of another instant (`--as-of`) than `a` (shard 1/3): `2027-01-01T00:00:00Z`, not none",
        ),
        ("a whole plan", "", |_, _| {}, "`b` is not the plan of a shard"),
        (
            "a field that nobody knows",
            "--shard 2/3",
            |world, file| edit(world, file, |plan| plan["part"]["more"] = json!(1)),
            "`b` is not the plan of a shard: unknown field `more`, expected one of `of`, `tenants`, `lines`",
        ),
        (
            "a tenant of another shard",
            "--shard 2/3",
            |world, file| edit(world, file, |plan| called(plan, "acme")),
            "tenant `acme` is in both `a` (shard 1/3) and `b` (shard 2/3)",
        ),
        (
            "a tenant of nobody",
            "--shard 2/3",
            |world, file| edit(world, file, |plan| called(plan, "zeta")),
            "`b` (shard 2/3) has tenant `zeta`, which is not selected",
        ),
        (
            "parts that are not of its tenants",
            "--shard 2/3",
            |world, file| edit(world, file, |plan| plan["tenants"][0]["tenant"] = json!("acme")),
            "`b` is not the plan of a shard: its parts do not fit",
        ),
        (
            "more findings than there are",
            "--shard 2/3",
            |world, file| edit(world, file, |plan| plan["part"]["tenants"]["bolt"]["findings"] = json!(9)),
            "`b` is not the plan of a shard: its parts do not fit",
        ),
        (
            "a step that is none",
            "--shard 2/3",
            |world, file| edit(world, file, |plan| plan["tenants"][0]["steps"][0]["more"] = json!(9)),
            "the plans hold something that cannot be shown: unknown field `more`, expected one of `address`, `action`, `class`, \
             `reason`, `critical`, `changes`, `before`, `after`, `source`, `no_way_back`, `needs`, `instructions`, `by_hand`",
        ),
        (
            "a code that is markup",
            "--shard 2/3",
            |world, file| {
                let finding = json!([{ "level": "error", "code": "<b>", "message": "x" }]);
                edit(world, file, |plan| plan["tenants"][0]["blocked"] = finding.clone());
            },
            "the plans hold something that cannot be shown: `<b>` is no code of a finding",
        ),
        (
            "a tenant less",
            "--shard 2/3",
            |world, file| {
                edit(world, file, |plan| {
                    plan["tenants"] = json!([]);
                    plan["part"]["tenants"] = json!({});
                });
            },
            "tenant `bolt` is in no shard",
        ),
    ];
    let mut wrong = Vec::new();
    for (name, words, alter, expected) in other {
        let world = three();
        let head = || {
            let out = std::process::Command::new("git")
                .args(["rev-parse", "HEAD"])
                .current_dir(world.root())
                .output();
            String::from_utf8(out.unwrap().stdout).unwrap().trim().to_owned()
        };
        let first = head();
        let b = shard(&world, "b", words);
        alter(&world, &b);
        let [a, c] =
            [("a", "--shard 1/3"), ("c", "--shard 3/3")].map(|(name, words)| shard(&world, name, words));
        let run =
            merged(&world, &[a.clone(), b.clone(), c.clone()], &["--out", &world.argument("plans/out.json")]);
        assert_eq!(run.ending, Ending::Refused, "{name}: {}{}", run.out, run.err);
        assert_eq!(run.out, "", "{name}");
        assert!(!world.path("plans/out.json").exists(), "{name}: nothing is saved");
        assert!(run.err.contains("\nhelp: "), "{name}: {}", run.err);
        let said = [(a, "a"), (b, "b"), (c, "c")]
            .into_iter()
            .fold(refusal(&run), |said, (file, name)| said.replace(&file, name));
        let said = said
            .replace(&first, "HEAD0")
            .replace(&head(), "HEAD1")
            .replace(env!("CARGO_PKG_VERSION"), "VERSION");
        if said != expected {
            wrong.push(format!("{name}: {said}"));
        }
    }
    assert_eq!(wrong, Vec::<String>::new());
}

/// Gives the one tenant of a shard another name.
fn called(plan: &mut Value, name: &str) {
    plan["tenants"][0]["tenant"] = json!(name);
    let beside = plan["part"]["tenants"]["bolt"].clone();
    plan["part"]["tenants"] = json!({ name: beside });
}

/// Changes a saved plan and its sums, as another program would have written it.
fn edit(world: &World, file: &str, change: impl Fn(&mut Value)) {
    let name = file.strip_prefix(world.root().to_str().unwrap()).unwrap().trim_start_matches('/');
    let mut plan: Value = serde_json::from_str(&world.read(name)).unwrap();
    plan.as_object_mut().unwrap().shift_remove("sums");
    change(&mut plan);
    plan["digest"] = dialform::plan::saved::digest(&plan).unwrap().into();
    world.write(name, dialform::plan::saved::text(plan).unwrap());
}

/// The same of what is there, and how often.
#[test]
fn what_is_missing_twice_or_broken_is_named() {
    let world = three();
    let [a, b, c] = [("a", "--shard 1/3"), ("b", "--shard 2/3"), ("c", "--shard 3/3")]
        .map(|(name, words)| shard(&world, name, words));
    let text = world.read("plans/b.json");
    world.write("plans/half.json", &text[..text.len() / 2]);
    world.write("plans/altered.json", text.replace("\"Sales\"", "\"Fraud\""));
    let printed = world.run(&["plan", "--shard", "2/3", "--format", "json"]);
    world.write("plans/printed.json", printed.out);
    world.write("plans/older.json", text.replace("\"format_version\": 4", "\"format_version\": 3"));
    world.write("plans/text.json", "no plan\n");
    world.edit("tenants/acme.yaml", "name: Sales", "name: Team");
    let dirty = shard(&world, "dirty", "--shard 1/3");
    world.write("tenants/dove.yaml", world.read("tenants/bolt.yaml").replace("bolt", "dove"));
    world.write(
        "live/pbx/dove.1.service.yaml",
        world.read("live/pbx/bolt.1.service.yaml").replace("bolt", "dove"),
    );
    let more = shard(&world, "more", "--shard 3/3");
    fs::remove_file(world.path("tenants/dove.yaml")).unwrap();
    world.edit(
        "tenants/acme.yaml",
        "name: Team",
        "name: Sales, failover: { extension: \"101\" }, require_agents: false",
    );
    let warned = shard(&world, "warned", "--shard 3/3");
    let other = |name: &str| world.argument(&format!("plans/{name}.json"));
    let [half, altered, printed, older, words, none] =
        ["half", "altered", "printed", "older", "text", "none"].map(other);
    let all = "a whole is 3 plans: name those too, or plan them again where their jobs have failed";
    let again = "plan every shard again, with the same command and of the same commit";
    let differ = format!("the files differ where they were planned, or are not those of the commit: {again}");
    let save = "save it again with `dialform plan --shard I/N --out FILE`";
    let table: [(&[&String], &str, &str); 13] = [
        (&[&a, &c], "shard 2/3 is missing", all),
        (&[&c], "shards 1/3, 2/3 are missing", all),
        (&[&a, &b, &c, &a], "`a` and `a` are both shard 1/3", "name one plan of each shard"),
        (&[&c, &a, &b, &dirty], "`a` and `dirty` are both shard 1/3", "name one plan of each shard"),
        (&[&a, &half, &c], "`half` is not a saved plan: EOF", save),
        (&[&a, &words, &c], "`text` is not a saved plan: expected ident at line 1 column 2", save),
        (
            &[&a, &printed, &c],
            "`printed` is not a saved plan: it was printed, and not saved with `--out`",
            save,
        ),
        (
            &[&a, &altered, &c],
            "`altered` was changed after it was saved, in `digest`, `tenants`",
            "plan again, and review that",
        ),
        (&[&a, &older, &c], "`older` has plan format 3, not 4", "plan again with this version of dialform"),
        (
            &[&a, &none, &c],
            "cannot read the plan `none`: there is no such file",
            "save each with `dialform plan --shard I/N --out FILE`",
        ),
        (
            &[&a, &b, &more],
            "tenant `dove` is among those of `more` (shard 3/3), and not of `a` (shard 1/3)",
            &differ,
        ),
        (
            &[&more, &b, &a],
            "tenant `dove` is among those of `more` (shard 3/3), and not of `b` (shard 2/3)",
            &differ,
        ),
        (
            &[&a, &b, &warned],
            "`warned` (shard 3/3) says something else of the files than `a` (shard 1/3)",
            &differ,
        ),
    ];
    for (files, message, help) in table {
        let files: Vec<String> = files.iter().map(|it| (*it).clone()).collect();
        let run = merged(&world, &files, &[]);
        assert_eq!((run.ending, run.out.as_str()), (Ending::Refused, ""), "{message}: {}", run.err);
        let plans = world.argument("plans/");
        let mut said = refusal(&run).replace(&plans, "").replace(".json`", "`");
        if message.ends_with("EOF") {
            said.truncate(said.find(" while").unwrap());
        }
        let way = run.err.lines().find_map(|line| line.strip_prefix("help: ")).unwrap_or_default();
        assert_eq!((said.as_str(), way), (message, help));
        // A program reads the same.
        let json = merged(&world, &files, &["--format", "json"]);
        let json: Value = serde_json::from_str(&json.out).unwrap();
        assert_eq!(json["findings"][0]["code"], "refused");
    }
    assert_eq!(merged(&world, &[b, a, c], &[]).ending, Ending::Fine);
    let run = std::ops::Deref::deref(&world).run(&["merge"]);
    assert_eq!(run.ending, Ending::Error, "{}", run.err);
    for (shard, why) in [
        ("0/3", "of 3 shards the first is `1/3` and the last is `3/3`"),
        ("x", "write which shard and of how many: `1/7` is the first of seven"),
    ] {
        for command in ["plan", "apply"] {
            let run = world.run(&[command, "--shard", shard]);
            assert_eq!(run.ending, Ending::Error);
            assert!(
                run.err.contains(&format!("invalid value '{shard}' for '--shard <I/N>': {why}")),
                "{}",
                run.err
            );
        }
    }
}

/// What every account holds.
pub fn held(world: &World) -> BTreeMap<String, Value> {
    let mut held = BTreeMap::new();
    for provider in ["pbx", "second", "ads"] {
        for entry in fs::read_dir(world.path(&format!(".dialform/sandbox/{provider}"))).into_iter().flatten()
        {
            let path = entry.unwrap().path();
            if path.extension().is_some_and(|it| it == "json") {
                let state = serde_json::from_slice(&fs::read(&path).unwrap()).unwrap();
                held.insert(path.file_name().unwrap().to_str().unwrap().to_owned(), state);
            }
        }
    }
    held
}

/// A change shows at once: nothing here is about servers that show it late, or about machines that have much to do.
pub const APPROVED: [&str; 5] =
    ["--override-guard", "--approve-critical", "*", "--format=json", "--fault=visible-after:0ms"];

/// What was done, as the last line of each apply says: `tenant/address: status`.
pub fn done(out: &str) -> Vec<String> {
    let text = |step: &Value, field: &str| step[field].as_str().unwrap_or_default().to_owned();
    let ended = outcome(out).unwrap();
    let steps = ended["steps"].as_array().unwrap_or_else(|| panic!("{out}"));
    let step = |it: &Value| format!("{}/{}: {}", text(it, "tenant"), text(it, "address"), text(it, "status"));
    steps.iter().map(step).collect()
}

/// The gravest of several exit codes.
fn gravest(endings: &[Ending]) -> Ending {
    endings.iter().copied().max_by_key(|it| *it as i32).unwrap()
}

/// Seven jobs, each with its plan, in whatever order they run and although one was killed, leave the phones as one apply does:
/// the same live, the same steps, the same exit code.
#[test]
fn shards_are_applied_as_the_whole_is() {
    let whole = fleet();
    let file = whole.argument("plans/whole.json");
    whole.run(&["plan", "--out", &file]);
    let run = whole.run(&[&["apply", &file][..], &APPROVED].concat());
    assert_eq!(run.ending, Ending::Partial, "{}{}", run.out, run.err);
    let (expected, live) = (done(&run.out), held(&whole));
    assert!(expected.len() > 20 && live.len() >= TENANTS.len() - 1, "{expected:?} {:?}", live.keys());

    let joined = fleet();
    let files = planned(&joined, 7, &[]);
    let out = joined.argument("plans/joined.json");
    assert_eq!(merged(&joined, &files, &["--out", &out]).ending, Ending::Error);
    let run = joined.run(&[&["apply", &out][..], &APPROVED].concat());
    assert_eq!((run.ending, done(&run.out)), (Ending::Partial, expected.clone()), "{}", run.err);
    assert_eq!(held(&joined), live);

    let unsaved = fleet();
    let each = (1..=7).map(|index| {
        let shard = format!("{index}/7");
        unsaved.run(&[&["apply", "--auto-approve", "--shard", &shard][..], &APPROVED].concat())
    });
    let each: Vec<Finished> = each.collect();
    assert_eq!(gravest(&each.iter().map(|it| it.ending).collect::<Vec<_>>()), Ending::Partial);
    assert_eq!(held(&unsaved), live, "without saved plans");

    for order in [[7, 3, 5, 1, 6, 2, 4]] {
        let world = fleet();
        let files = planned(&world, 7, &[]);
        let (mut steps, mut endings) = (Vec::new(), Vec::new());
        for index in order {
            let file = files[index - 1].as_str();
            if index == 2 {
                killed(&world, file);
            }
            let run = world.run(&[&["apply", file][..], &APPROVED].concat());
            endings.push(run.ending);
            if index != 2 {
                steps.extend(done(&run.out));
            }
        }
        assert_eq!(gravest(&endings), Ending::Partial, "{endings:?}");
        assert_eq!(held(&world), live, "{order:?}");
        // What the one did before it was killed nobody tells.
        let shard: Value = serde_json::from_str(&fs::read_to_string(&files[1]).unwrap()).unwrap();
        let killed: Vec<&str> =
            shard["tenants"].as_array().unwrap().iter().map(|it| it["tenant"].as_str().unwrap()).collect();
        let mut left: Vec<String> = expected.clone();
        left.retain(|step| !killed.contains(&step.split('/').next().unwrap()));
        left.sort();
        steps.sort();
        assert_eq!(steps, left, "{order:?}");
        let after = world.run(&["plan", "--tenant", "[a-j]*", "--detailed-exitcode"]);
        assert!(
            after.out.contains("Plan: 0 to create, 0 to update, 0 to delete, 1 by hand"),
            "{}",
            after.out
        );
    }
}

/// Runs an apply until it has done something, and kills it.
fn killed(world: &World, file: &str) {
    let words = ["apply", file, "--sandbox", "--override-guard", "--format", "json", "--fault", "slow:60ms"];
    let mut child = world.process(&words).stdout(Stdio::piped()).spawn().unwrap();
    let lines = BufReader::new(child.stdout.take().unwrap()).lines().map(Result::unwrap);
    let first = lines.filter(|line| line.contains("\"event\":\"step\"")).take(2).last();
    child.kill().unwrap();
    let ended = child.wait().unwrap();
    assert!(first.is_some() && ended.code().is_none(), "it was over before it was killed: {ended:?}");
}

/// One account of sixty that cannot be read is one line, and no reason to leave fifty-nine as they are: not in a plan, not where
/// the plan is applied, and not when it has become so in between. `DIALFORM_SWEEP=full` does it with three thousand.
#[test]
fn one_that_cannot_be_read_does_not_stop_the_others() {
    let full = std::env::var("DIALFORM_SWEEP").is_ok_and(|it| it == "full");
    let (count, of) = if full { (3000, 10) } else { (60, 3) };
    let world = World::new("");
    fs::remove_file(world.path("tenants/acme.yaml")).unwrap();
    for n in 0..count {
        let account = format!("t{n:04}.1.service");
        let live = json!({ "domain": { "domain": account }, "users": [{ "user": "101" }], "callqueues": [{ "callqueue": "400", "description": "Desk" }] });
        world.write(&format!("live/pbx/{account}.yaml"), live.to_string());
        world.write(
            &format!("tenants/t{n:04}.yaml"),
            format!("tenant: t{n:04}\nprovider: pbx\naccount: {account}\nqueues: {{ \"400\": {{ name: Sales }} }}\n"),
        );
    }
    fs::create_dir(world.path("plans")).unwrap();
    world.edit("dialform.yaml", "settle: 1 ", "settle: 20 ");
    let apply = |file: &str| world.run(&[&["apply", file][..], &APPROVED].concat());
    // It can be read when it is planned, and not when it is applied.
    let file = world.argument("plans/first.json");
    assert_eq!(world.run(&["plan", "--out", &file]).ending, Ending::Fine);
    fs::remove_file(world.path("live/pbx/t0007.1.service.yaml")).unwrap();
    fs::remove_dir_all(world.path(".dialform/sandbox")).unwrap();
    let run = apply(&file);
    assert_eq!((run.ending, done(&run.out).len()), (Ending::Partial, count - 1), "{}", run.err);
    let lines = |text: &str| text.matches("unreadable-account").count();
    assert_eq!(lines(&run.out), 1, "{}", run.out);
    // It cannot be read at either time.
    fs::remove_dir_all(world.path(".dialform/sandbox")).unwrap();
    let files = planned(&world, of, &[]);
    let joined = world.argument("plans/joined.json");
    let comment = merged(&world, &files, &["--out", &joined, "--format", "markdown"]);
    assert_eq!((comment.ending, lines(&comment.out)), (Ending::Error, 0), "{}", comment.err);
    assert_eq!(comment.out.matches("- :no_entry: ").count(), 1, "{}", comment.out);
    let runs: Vec<Finished> = files.iter().map(|file| apply(file)).collect();
    let outcomes: Vec<String> = (0..of).map(|at| world.argument(&format!("plans/out-{at}.json"))).collect();
    runs.iter().zip(&outcomes).for_each(|(run, file)| fs::write(file, &run.out).unwrap());
    let mut ended: Vec<(i32, usize)> =
        runs.iter().map(|run| (run.ending as i32, done(&run.out).len())).collect();
    ended.sort();
    let even = count / of;
    let mut expected = vec![(0, even); of - 1];
    expected.push((4, even - 1));
    assert_eq!(ended, expected);
    let whole = merged(&world, &outcomes, &["--outcomes"]);
    assert_eq!(whole.ending, Ending::Partial, "{}", whole.err);
    let last = format!("\nApplied: {0} of {0} done; not planned: t0007.\n", count - 1);
    assert!(whole.out.ends_with(&last) && lines(&whole.out) == 1, "{}", whole.out);
    // Nothing but that one is left, and the apply of the whole says so.
    let run = apply(&joined);
    assert_eq!(run.ending, Ending::Error, "{}", run.err);
    assert_eq!(event(&run.out, "already").unwrap()["objects"].as_array().unwrap().len(), count - 1);
}

/// That a forward leads to a number of the platform is known where that account is read. A new one would have been blocked in one
/// plan: it is in no plan that is joined.
#[test]
fn a_new_forward_to_the_account_of_another_shard_is_refused() {
    let live = |name: &str, number: u64| {
        let (number, account) = (number.to_string(), format!("{name}.1.service"));
        json!({
            "domain": { "domain": account }, "users": [{ "user": "101" }],
            "phonenumbers": [{ "phonenumber": format!("1{number}"), "dial-rule-application": "to-user-residential", "dial-rule-translation-destination-user": "101" }],
            "carrier": [{ "number": number, "destination": "9725550199", "active": false }],
        })
    };
    let world = World::new("forwards: { \"+12145550100\": { to: \"+12145550177\" } }\n");
    world.write("tenants/bolt.yaml", "tenant: bolt\nprovider: pbx\naccount: bolt.1.service\n");
    world.write("live/pbx/acme.1.service.yaml", live("acme", 2145550100).to_string());
    world.write("live/pbx/bolt.1.service.yaml", live("bolt", 2145550177).to_string());
    fs::create_dir(world.path("plans")).unwrap();
    let whole = world.run(&["plan"]);
    let said = "+1 214 555 0177 is a number of account `bolt.1.service`, on the same platform";
    assert!(whole.ending == Ending::Error && whole.out.contains(said), "{}", whole.out);
    let [a, b] = [("a", "--shard 1/2"), ("b", "--shard 2/2")].map(|(name, words)| shard(&world, name, words));
    let run = merged(&world, &[a, b], &[]);
    assert_eq!(run.ending, Ending::Refused);
    let plans = world.argument("plans/");
    let expected = format!(
        "error[refused]: `a.json` (shard 1/2), with `acme/forwards.+12145550100`, and `b.json` (shard 2/2) do not go together: {said}\n |\n\
         help: choose a number on another system: a number of this platform is down with it\n\n"
    );
    assert_eq!(run.err.replace(&plans, ""), expected);
    // Where one shard reads both, it says so itself.
    let run = world.run(&["plan", "--shard", "1/1"]);
    assert!(run.ending == Ending::Error && run.out.contains(said), "{}", run.out);
}
