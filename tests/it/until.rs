//! Changes that expire: what `until` makes of a file before and after its time, command by command, word by word.

use crate::{golden, world::World};
use dialform::error::Ending;
use std::fs;

/// A number whose emergency forward is on until a moment, and an extension that is diverted until the same.
const TENANT: &str = r#"time_zone: America/New_York
forwards:
  "+12145550100":
    to: "+19725550199"
    active: true
    until: { at: 2027-01-16T18:00, then: { active: false } }
diverts:
  "101":
    on_call: { extension: "102" }
    no_answer: voicemail
    until:
      at: 2027-01-16T18:00
      then: { on_call: off, no_answer: { extension: "102" } }
"#;

const BEFORE: &str = "2027-01-02T00:00:00Z";
const SOON: &str = "2027-01-13T20:00:00Z";
/// The first second of what follows.
const BOUNDARY: &str = "2027-01-16T23:00:00Z";
const LATE: &str = "2027-01-20T03:00:00Z";

/// Live as it is before the moment, and committed.
fn world(tenant: &str) -> World {
    let world = World::new(tenant);
    let live = r#"
domain: { domain: acme.1.service }
users: [{ user: "101" }, { user: "102" }]
callqueues: [{ callqueue: "400", description: Sales }]
phonenumbers: [{ phonenumber: "12145550100", dial-rule-application: to-user-residential, dial-rule-translation-destination-user: "101" }]
carrier: [{ number: "2145550100", destination: "9725550199", active: true }]
timeframes: [{ timeframe-name: night, timeframe-type: specific-dates, timeframe-specific-dates-array: [] }]
"#;
    world.write("live/pbx/acme.1.service.yaml", live);
    world.write(".gitignore", ".dialform/\nplan.json\n*.txt\n");
    world.commit(&["."]);
    let applied =
        world.run_at(BEFORE, &["apply", "--auto-approve", "--approve-critical", "acme/*", "--sandbox"]);
    assert_eq!(applied.ending, Ending::Fine, "{}{}", applied.out, applied.err);
    world
}

/// Runs commands one after the other, each at an instant, and notes what they say.
fn told(world: &World, commands: &[(&str, &str)]) -> String {
    let mut text = String::new();
    for (now, command) in commands {
        let words: Vec<&str> = command.split_whitespace().collect();
        let live =
            ["plan", "apply", "emergency", "import"].contains(&words[0]) && !command.contains("--against");
        let sandbox: &[&str] = if live { &["--sandbox"] } else { &[] };
        let done = world.run_at(now, &[words.as_slice(), sandbox].concat());
        let said = format!("{}{}", done.err, done.out);
        // Two steps that do not wait for each other end in any order.
        let mut lines: Vec<&str> = said.trim_end().lines().collect();
        lines
            .chunk_by_mut(|one, other| [one, other].iter().all(|it| it.starts_with("done ")))
            .for_each(<[_]>::sort);
        let said = lines.join("\n");
        text.push_str(&format!("$ {command}  # {now}: {:?}\n{}\n", done.ending, said.trim_end()));
        text.push('\n');
    }
    let saved = |line: &&str| !line.starts_with("the state before this apply is saved in");
    let text: String = text.lines().filter(saved).flat_map(|line| [line, "\n"]).collect();
    golden::steady(&text.replace(world.root().to_str().unwrap(), "ROOT"))
}

fn case(name: &str, world: &World, commands: &[(&str, &str)]) {
    golden::assert(&format!("until/{name}.txt"), &told(world, commands));
}

/// In force it is as if there were no `until`; a week before it is said; then what follows is planned and critical as if a
/// person had written it; a job that did not run is late, and how late is said; then it can be tidied.
#[test]
fn an_until_has_its_time() {
    let commands = [
        (BEFORE, "plan --base HEAD"),
        (BEFORE, "check"),
        (SOON, "check"),
        ("2027-01-16T22:59:59Z", "plan --detailed-exitcode"),
        (BOUNDARY, "plan --base HEAD"),
        (BOUNDARY, "apply --auto-approve"),
        (LATE, "plan --base HEAD --format markdown"),
        (LATE, "apply --auto-approve --approve-critical acme/forwards.*"),
        (LATE, "plan --base HEAD"),
    ];
    case("time", &world(TENANT), &commands);
}

/// Whoever changes it in the portal has changed it, whatever the time is; and a file that is changed is changed.
#[test]
fn who_moved_it_is_told_apart() {
    let moved = world(TENANT);
    // The forward as neither of the two says.
    let state = moved.state().replace("9725550199", "9725550150");
    fs::write(moved.state_file(), state).unwrap();
    case("portal", &moved, &[(BEFORE, "plan --base HEAD"), (BOUNDARY, "plan --base HEAD")]);

    let edited = world(TENANT);
    edited.edit("tenants/acme.yaml", "no_answer: { extension: \"102\" } }", "no_answer: off }");
    case("edited", &edited, &[(BEFORE, "plan --base HEAD"), (BOUNDARY, "plan --base HEAD")]);
}

/// What is to change by itself is in no step: a review says what is new of it, and takes the wrong turn of its time for now.
#[test]
fn what_is_to_come_is_reviewed() {
    let plain = TENANT.replace("    until: { at: 2027-01-16T18:00, then: { active: false } }\n", "");
    let added = world(&plain);
    added.tenant(TENANT);
    let wrong = world(TENANT);
    wrong.edit(
        "tenants/acme.yaml",
        "then: { on_call: off, no_answer: { extension: \"102\" } }",
        "then: { on_call: { queue: \"499\" } }",
    );
    case("added", &added, &[(BEFORE, "plan --base HEAD"), (BEFORE, "plan --against HEAD")]);
    case("coming", &wrong, &[(BEFORE, "check"), (LATE, "check")]);
}

/// A plan is of its instant: another one is another plan, and none is applied on the other side of an `until`.
#[test]
fn a_review_and_its_apply_are_on_one_side() {
    let world = world(TENANT);
    let file = world.argument("plan.json");
    let (before, after) =
        (format!("plan --out {file}"), format!("plan --as-of 2027-01-20T03:00Z --out {file}"));
    let apply = format!("apply {file} --auto-approve --approve-critical acme/*");
    let commands = [
        ("2027-01-16T22:50:00Z", before.as_str()),
        (BOUNDARY, &apply),
        (BEFORE, &after),
        (SOON, &apply),
        (LATE, &apply),
        (BEFORE, "plan --as-of 2027-01-16T18:00"),
        (BEFORE, "plan --as-of tomorrow"),
    ];
    case("review", &world, &commands);
}

/// A review before a change that is nothing to it, and an apply after: `--only` is about other objects.
#[test]
fn an_until_of_another_object_stops_nothing() {
    let world = world(&format!("{TENANT}queues: {{ \"400\": {{ name: Desk }} }}\n"));
    world.edit("tenants/acme.yaml", "name: Desk", "name: Front desk");
    let file = world.argument("plan.json");
    let planned = world.run_at(SOON, &["plan", "--sandbox", "--only", "queues.*", "--out", &file]);
    assert_eq!(planned.ending, Ending::Fine, "{}", planned.err);
    let applied = world.run_at(LATE, &["apply", &file, "--sandbox", "--auto-approve"]);
    assert_eq!(applied.ending, Ending::Fine, "{}{}", applied.out, applied.err);
}

/// The same instant gives the same bytes, another one the same digest as long as the same is wanted; a file without `until`
/// says nothing of when it was planned.
#[test]
fn a_plan_holds_no_clock_but_its_instant() {
    let json = |world: &World, now: &str, more: &[&str]| {
        let done = world.run_at(now, &[&["plan", "--sandbox", "--format", "json"], more].concat());
        assert_eq!(done.ending, Ending::Fine, "{}{}", done.out, done.err);
        done.out
    };
    let digest = |plan: &str| -> String {
        let plan: serde_json::Value = serde_json::from_str(plan).unwrap();
        plan["digest"].as_str().unwrap().to_owned()
    };
    let of = |plan: &str| -> serde_json::Value {
        let plan: serde_json::Value = serde_json::from_str(plan).unwrap();
        plan["made_from"]["as_of"].clone()
    };
    let timed = world(TENANT);
    let late = ["--as-of", LATE];
    assert_eq!(json(&timed, BEFORE, &late), json(&timed, SOON, &late));
    assert_eq!(of(&json(&timed, BEFORE, &late)), LATE);
    assert_eq!(of(&json(&timed, "2027-01-02T00:00:00.7Z", &[])), BEFORE);
    let (first, second) = (json(&timed, BOUNDARY, &[]), json(&timed, LATE, &[]));
    assert_ne!(first, second);
    assert_eq!(digest(&first), digest(&second));
    assert_ne!(digest(&first), digest(&json(&timed, SOON, &[])));
    let plain = world("queues: { \"400\": { name: Desk } }\n");
    assert_eq!(json(&plain, BEFORE, &[]), json(&plain, LATE, &[]));
    assert_eq!(of(&json(&plain, LATE, &[])), serde_json::Value::Null);
}

/// What follows stands in the file: a clone without history plans the same.
#[test]
fn a_clone_of_depth_one_knows_what_follows() {
    let whole = world(TENANT);
    whole.edit("tenants/acme.yaml", "18:00, then: { active", "17:00, then: { active");
    whole.commit(&["."]);
    let shallow = World::new("");
    fs::remove_dir_all(shallow.root()).unwrap();
    let url = format!("file://{}", whole.root().display());
    crate::workspace::git(
        whole.root(),
        &["clone", "-q", "--depth", "1", &url, shallow.root().to_str().unwrap()],
    );
    crate::workspace::copy(&whole.path(".dialform"), &shallow.path(".dialform"));
    for now in [BEFORE, "2027-01-16T22:30:00Z", LATE] {
        let [one, other] =
            [&whole, &shallow].map(|it| it.run_at(now, &["plan", "--sandbox", "--format", "json"]));
        assert_eq!(one.ending, Ending::Fine, "{}", one.out);
        assert_eq!(one.out, other.out, "{now}");
    }
}

/// Clocks that are changed: in a gap the time that they show instead, of two the first.
#[test]
fn a_time_that_clocks_pass_over_or_show_twice_is_said() {
    let of = |at: &str| world(&TENANT.replace("{ at: 2027-01-16T18:00", &format!("{{ at: {at}")));
    // 02:30 is 03:30 EDT, which is 07:30 UTC.
    let gap = [
        (BEFORE, "check"),
        ("2027-03-14T07:29:59Z", "plan --only forwards.*"),
        ("2027-03-14T07:30:00Z", "plan --only forwards.*"),
    ];
    case("gap", &of("2027-03-14T02:30"), &gap);
    // 01:30 EDT, and not EST an hour later.
    let overlap = [
        (BEFORE, "check"),
        ("2027-11-07T05:29:59Z", "plan --only forwards.*"),
        ("2027-11-07T05:30:00Z", "plan --only forwards.*"),
    ];
    case("overlap", &of("2027-11-07T01:30"), &overlap);
}

/// Protection is of an object, whoever changes it. On the day nobody is there to take it out: it is said from the first review on,
/// of what will be blocked and of nothing else.
#[test]
fn protection_holds_when_the_time_comes() {
    let tenant = TENANT
        .replace("    active: true\n", "    active: true\n    protect: true\n")
        .replace("    no_answer: voicemail\n", "    no_answer: voicemail\n    protect: true\n");
    let world = world(&tenant);
    let commands =
        [(BEFORE, "check"), (BEFORE, "plan"), (SOON, "plan --base HEAD"), (LATE, "plan --base HEAD")];
    case("protected", &world, &commands);
}

/// Somebody leaves: what will lead to them is as much in the way as what does, and the line and the day say where to look.
#[test]
fn what_will_point_somewhere_is_told() {
    let tenant = r#"time_zone: America/New_York
schedules: { night: { dates: ["2027-01-02"] }, storm: { dates: ["2027-01-03"] } }
rules:
  "101":
    order:
      - when: night
        until: { at: 2027-03-01T08:00, then: { forward: { busy: { extension: "102" } } } }
      - when: storm
        forward: { always: { extension: "102" } }
        until: { at: 2027-02-01T08:00, then: { forward: { always: { extension: "102" }, no_answer: { extension: "102" } } } }
      - when: default
diverts:
  "103":
    busy: { extension: "102" }
    until:
      at: 2027-01-16T18:00
      then: { busy: voicemail, no_answer: { extension: "102" } }
forwards:
  "+12145550100":
    to: "+19725550199"
    until: { at: 2027-04-01T08:00, then: { to: "+19725550150" } }
"#;
    let world = World::new(tenant);
    let commands = [
        (BEFORE, "who-points-to extension:102"),
        (BEFORE, "who-points-to number:+19725550150"),
        (BEFORE, "who-points-to number:+19725550150 --format json"),
        (BEFORE, "who-points-to extension:109"),
        (LATE, "who-points-to extension:102"),
        ("2027-05-01T00:00:00Z", "who-points-to extension:102"),
    ];
    case("pointers", &world, &commands);
}

/// Whoever asks something else of the files is told what they say at the time; `show` tells all that they say.
#[test]
fn every_command_reads_the_same() {
    let commands = [
        (BEFORE, "who-points-to extension:102"),
        (LATE, "who-points-to extension:102"),
        (BEFORE, "export --format csv"),
        (LATE, "export --format csv"),
        (SOON, "show acme"),
        (SOON, "fmt --sort"),
        (SOON, "fmt --check --sort"),
        (SOON, "check"),
        (SOON, "emergency status"),
        (LATE, "emergency status"),
        (LATE, "emergency off --all --auto-approve"),
        (LATE, "plan --only forwards.*"),
    ];
    case("commands", &world(TENANT), &commands);
}

/// What was changed in the portal goes into the object as it is now, and what follows stays; once that is in force, nothing is
/// written into it.
#[test]
fn an_import_keeps_what_follows() {
    let world = world(&TENANT.replace("diverts:", "rules:\n  \"102\":\n    order:\n      - when: default\n        until: { at: 2027-01-16T18:00, then: { do_not_disturb: true } }\ndiverts:"));
    let state = world.state().replace("9725550199", "9725550150");
    fs::write(world.state_file(), state).unwrap();
    let asked = "- when: default\n        call_screening: true\n        do_not_disturb: true\n";
    world.edit("tenants/acme.yaml", "- when: default\n", asked);
    let import = "import --provider pbx --account acme.1.service --write --only";
    let (forward, rules) = (format!("{import} forwards.*"), format!("{import} rules.*"));
    case("import", &world, &[(LATE, &forward), (BEFORE, &forward), (BEFORE, &rules), (BEFORE, "show acme")]);
}

/// A rule of several that is for some time, and rules that are another list from then on.
#[test]
fn a_rule_has_its_time() {
    let rules = r#"time_zone: America/New_York
schedules: { night: { dates: ["2027-01-02"] } }
rules:
  "101":
    order:
      - { when: night, do_not_disturb: true, until: { at: 2027-01-16T18:00, then: { enabled: false } } }
      - when: default
  "102":
    ring_timeout: 20
    order: [{ when: default, do_not_disturb: true }]
    until: { at: 2027-01-16T18:00, then: { order: [{ when: default }] } }
"#;
    case("rules", &world(rules), &[(BEFORE, "plan"), (LATE, "plan --base HEAD")]);
}

/// A template may say when something ends; a tenant says another time, or takes it out.
#[test]
fn a_template_has_its_time() {
    let world = world("");
    world.write("templates/office.yaml", TENANT);
    world.tenant("extends: ../templates/office.yaml\n");
    let commands = [(LATE, "check"), (LATE, "show acme")];
    case("template", &world, &commands);
    world.tenant("extends: ../templates/office.yaml\nwithout: [diverts.101.until]\nforwards: { \"+12145550100\": { until: { at: 2028-01-16T18:00 } } }\n");
    case("template_over", &world, &[(LATE, "check"), (LATE, "show acme")]);
}

/// Where only people can set something, nobody can see whether they have.
#[test]
fn what_people_set_is_told_with_its_time() {
    let world = world(TENANT);
    world.edit(
        "dialform.yaml",
        "carrier: { url: \"http://127.0.0.1:1\", token: { env: NOT_NEEDED } }",
        "carrier: manual",
    );
    world.commit(&["."]);
    case("by_hand", &world, &[(LATE, "plan --base HEAD --only forwards.*"), (LATE, "checklist")]);
}
