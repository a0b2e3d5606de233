//! What somebody changed in a portal: which side moved, since when the file has stood, and both ways out, run.

use crate::{workspace::Workspace, world::World};
use dialform::error::Ending;
use serde_json::Value;
use std::process::Command;

const TENANT: &str = r#"time_zone: America/Chicago
schedules:
  night: { dates: ["2027-01-02"] }
  hours: { weekly: { mon-fri: ["08:00-17:00"] } }
numbers:
  "+12145550100": { label: Main, route: { extension: "101" } }
  "+12145550101": { label: Sales, route: { queue: "400" } }
forwards:
  "+12145550100": { to: "+19725550199", active: false }
rules:
  "101":
    ring_timeout: 25
    order:
      - when: hours
        forward: { no_answer: voicemail }
      - when: default
        forward: { always: { number: "+19725550111" } }
diverts:
  "102": { busy: off, no_answer: voicemail }
queues:
  "400": { name: Sales, agents: ["101"], max_wait: 60 }
  "401": { name: Repairs }
"#;

const LIVE: &str = r#"
domain: { domain: acme.1.service, time-zone: US/Central }
users: [{ user: "101" }, { user: "102" }, { user: "103" }]
phonenumbers:
  - { phonenumber: "12145550100", dial-rule-application: to-user-residential, dial-rule-translation-destination-user: "101" }
  - { phonenumber: "12145550101", dial-rule-application: to-user-residential, dial-rule-translation-destination-user: "101" }
carrier: [{ number: "2145550100", destination: "9725550199", active: false }]
"#;

/// What somebody does in the portal: what the file would have to say, and the object.
const EDITS: [(&str, &str, &str); 20] = [
    ("label: Main", "label: Front door", "numbers.+12145550100"),
    ("route: { queue: \"400\" }", "route: { queue: \"401\" }", "numbers.+12145550101"),
    ("route: { extension: \"101\" }", "route: { voicemail: \"101\" }", "numbers.+12145550100"),
    ("label: Sales", "label: \"Sales, new\"", "numbers.+12145550101"),
    ("active: false", "active: true", "forwards.+12145550100"),
    ("to: \"+19725550199\"", "to: \"+19725550122\"", "forwards.+12145550100"),
    ("ring_timeout: 25", "ring_timeout: 30", "rules.101"),
    ("no_answer: voicemail }\n      -", "no_answer: { extension: \"103\" } }\n      -", "rules.101"),
    ("always: { number: \"+19725550111\" }", "always: { number: \"+19725550112\" }", "rules.101"),
    ("mon-fri", "mon-sat", "schedules.hours"),
    ("busy: off", "busy: voicemail", "diverts.102"),
    ("no_answer: voicemail }\nqueues", "no_answer: off }\nqueues", "diverts.102"),
    ("name: Sales", "name: Shop", "queues.400"),
    ("agents: [\"101\"]", "agents: [\"101\", \"103\"]", "queues.400"),
    ("agents: [\"101\"]", "agents: []", "queues.400"),
    ("max_wait: 60", "max_wait: 120", "queues.400"),
    ("name: Repairs", "name: Workshop", "queues.401"),
    ("  \"401\": { name: Repairs }\n", "absent: { queues: [\"401\"] }\n", "queues.401"),
    ("\"2027-01-02\"", "\"2027-01-03\"", "schedules.night"),
    ("08:00-17:00", "09:00-17:00", "schedules.hours"),
];

/// Runs a command that a plan has printed, as a person pastes it.
fn pasted(workspace: &Workspace, command: &str, more: &str) {
    let (name, rest) = command.split_once(' ').unwrap();
    assert_eq!(name, "dialform");
    let script = format!("\"$0\" -C \"$1\" {rest} --sandbox {more}");
    let done = Command::new("sh")
        .args(["-c", &script, env!("CARGO_BIN_EXE_dialform")])
        .arg(workspace.root())
        .output()
        .unwrap();
    assert!(done.status.success(), "{command}: {}", String::from_utf8_lossy(&done.stderr));
}

/// The same directory once more, with what is live.
fn twin(workspace: &Workspace) -> Workspace {
    let twin = Workspace::default();
    let from = format!("{}/.", workspace.root().display());
    let done = Command::new("cp").args(["-r", &from]).arg(twin.root()).status().unwrap();
    assert!(done.success());
    twin
}

/// Twenty edits: the side, the commit and both commands are right, and each command, run, ends in an empty plan.
#[test]
fn both_ways_out_end_in_an_empty_plan() {
    let world = World::new(TENANT);
    world.write("live/pbx/acme.1.service.yaml", LIVE);
    world.write(".gitignore", "/.dialform/\n");
    world.commit(&["."]);
    let made = world.run(&["apply", "--auto-approve"]);
    assert_eq!(made.ending, Ending::Fine, "{}{}", made.out, made.err);
    world.write("README", "of another commit");
    world.git(&["add", "."]);
    world.git(&["commit", "-qm", "not about phones"]);
    let first = Command::new("git").args(["rev-parse", "HEAD~1"]).current_dir(world.root()).output().unwrap();
    let first = String::from_utf8(first.stdout).unwrap()[..12].to_owned();
    for (from, to, address) in EDITS {
        let portal = twin(&world);
        portal.edit("tenants/acme.yaml", from, to);
        let edited = portal.run(&["apply", "--sandbox", "--auto-approve", "--approve-critical", "*"]);
        assert_eq!(edited.ending, Ending::Fine, "{to}: {}{}", edited.out, edited.err);
        portal.git(&["checkout", "-q", "tenants/acme.yaml"]);

        let plan = portal.run(&["plan", "--sandbox", "--base", "HEAD", "--format", "json"]);
        let plan: Value = serde_json::from_str(&plan.out).unwrap();
        let steps: Vec<(&str, &str)> = plan["tenants"][0]["steps"]
            .as_array()
            .unwrap()
            .iter()
            .map(|it| (it["address"].as_str().unwrap(), it["reason"].as_str().unwrap()))
            .collect();
        assert_eq!(steps, [(address, "drift")], "{to}");
        let notes: Vec<&str> = plan["tenants"][0]["notes"]
            .as_array()
            .unwrap_or_else(|| panic!("{to}: {plan}"))
            .iter()
            .filter(|it| it["address"] == address)
            .filter_map(|it| it["text"].as_str())
            .filter(|it| it.starts_with("it has changed live"))
            .collect();
        let expected = format!(
            "it has changed live, and the file stands so since {first} \"before\". Back to the file: `dialform apply --only \
             acme/{address}`. What is live into the file: `dialform import --provider pbx --account acme.1.service --only \
             {address} --write`"
        );
        assert_eq!(notes, [expected.as_str()], "{to}");
        let (_, rest) = notes[0].split_once("Back to the file: `").unwrap();
        let (back, take) = rest.trim_end_matches('`').split_once("`. What is live into the file: `").unwrap();
        for (command, more) in [(back, "--auto-approve --approve-critical '*'"), (take, "")] {
            let way = twin(&portal);
            pasted(&way, command, more);
            let after = way.run(&["plan", "--sandbox", "--detailed-exitcode"]);
            assert_eq!(after.ending, Ending::Fine, "{to}, {command}: {}{}", after.out, after.err);
            let file = way.read("tenants/acme.yaml") == world.read("tenants/acme.yaml");
            assert_eq!(file, command == back, "{to}, {command}: the file changes one way alone");
        }
    }
}
