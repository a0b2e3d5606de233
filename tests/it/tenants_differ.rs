//! Two tenants compared: what a person reads who has made one after the pattern of another.

use crate::{
    workspace::{Workspace, refusal},
    world::World,
};
use dialform::error::Ending;

const ONE: &str = r#"
tenant: one
provider: pbx
account: one.1.service
time_zone: US/Central
exhaustive: [queues]
schedules: { night: { weekly: { mon-fri: ["18:00-24:00"] } }, storm: { dates: ["2099-01-01"] } }
numbers: { "+12145550100": { label: Main, route: { queue: "400" } } }
rules:
  "101":
    ring_timeout: 25
    callers: { block: ["+13125550123"], spam: drop }
    order: [{ when: storm, do_not_disturb: true }, { when: night }, { when: default }]
  "102": { ring_timeout: 20 }
queues: { "400": { name: Reception, agents: ["101", "102"], agent_ring: 20 } }
diverts: { "103": { busy: voicemail, no_answer: { extension: "101" } } }
"#;

const TWO: &str = r#"
tenant: two
provider: pbx
account: two.2.service
time_zone: US/Eastern
schedules: { night: { weekly: { mon-fri: ["18:00-24:00"], sat: ["00:00-24:00"] } }, storm: { dates: ["2099-01-01"] } }
numbers: { "+12145550200": { label: Main, route: { queue: "400" } } }
rules:
  "101":
    callers: { block: ["+13125550123", "+13125550124"], block_anonymous: true }
    order: [{ when: night, enabled: false, forward: { always: voicemail } }, { when: storm, do_not_disturb: true }]
  "102": { ring_timeout: 20 }
queues: { "400": { name: Front, agents: ["101", { extension: "103", wrap_up: 5 }] } }
diverts: { "103": { no_answer: { extension: "101" } } }
"#;

fn workspace() -> Workspace {
    let world = World::new("");
    let workspace = Workspace::default();
    workspace.write("dialform.yaml", world.workspace());
    workspace.write("tenants/one.yaml", ONE.trim_start());
    workspace.write("tenants/two.yaml", TWO.trim_start());
    workspace
}

/// Field by field as in a plan; what only one of them says is said too, be it a rule at the end of an order.
#[test]
fn tenants_are_compared_field_by_field() {
    let workspace = workspace();
    let done = workspace.run(&["diff", "one", "two"]);
    assert_eq!(
        (done.out.as_str(), done.err.as_str(), done.ending),
        (DIFFERENCE.trim_start_matches('\n'), "", Ending::Fine)
    );
}

/// Turned round it is the same difference: nothing is lost because only the other one says it.
#[test]
fn both_ways_say_the_same() {
    let workspace = workspace();
    let changes = |first: &str, second: &str| {
        let done = workspace.run(&["diff", first, second, "--format", "json"]);
        let said: serde_json::Value = serde_json::from_str(&done.out).unwrap();
        let objects = said["objects"].as_array().unwrap().clone();
        let mut all: Vec<[String; 4]> = Vec::new();
        for object in objects.iter().filter(|it| it["action"] == "update") {
            for change in object["changes"].as_array().unwrap() {
                let text = |key: &str| change.get(key).map_or("nothing".to_owned(), ToString::to_string);
                all.push([object["address"].to_string(), text("field"), text("old"), text("new")]);
            }
        }
        all.sort();
        all
    };
    let mut back = changes("two", "one")
        .into_iter()
        .map(|[at, field, old, new]| [at, field, new, old])
        .collect::<Vec<_>>();
    back.sort();
    assert_eq!(changes("one", "two"), back);
}

/// For a script, and for a slip.
#[test]
fn the_exit_code_and_errors_are_as_everywhere() {
    let workspace = workspace();
    for (second, ending) in [("two", Ending::Changes), ("one", Ending::Fine)] {
        assert_eq!(workspace.run(&["diff", "one", second, "--detailed-exitcode"]).ending, ending, "{second}");
    }
    let same = workspace.run(&["diff", "one", "one"]);
    assert_eq!(same.out, "one -> one\n\nNo differences: 7 objects alike.\n");
    let done = workspace.run(&["diff", "one", "twoo"]);
    assert_eq!((done.ending, refusal(&done).as_str()), (Ending::Error, "there is no tenant `twoo`"));
    assert!(done.err.contains("help: did you mean `two`?"), "{}", done.err);
}

/// Names are anybody's words: none of them is a command of a CI system.
#[test]
fn what_differs_is_shown_safely() {
    let workspace = workspace();
    let two =
        "tenant: \"::error::two\"\nprovider: pbx\naccount: b\nqueues: { \"400\": { name: \"##[error]x\" } }";
    workspace.write("tenants/two.yaml", two);
    let done = workspace.run(&["diff", "::error::two", "one"]);
    assert!(done.out.starts_with("\\u{3a}:error::two -> one\n"), "{}", done.out);
    assert!(done.out.contains("      name: \"#\\u{23}[error]x\" -> Reception\n"), "{}", done.out);
}

const DIFFERENCE: &str = r#"
one -> two

      time_zone: US/Central -> US/Eastern
      - exhaustive: [queues]

  ~ schedules.night       tenants/one.yaml:6 -> tenants/two.yaml:5
      weekly.sat: [] -> ["00:00-24:00"]

  ~ queues.400            tenants/one.yaml:14 -> tenants/two.yaml:12
      name: Reception -> Front
      + agents.103: {extension: "103", order: 2, wrap_up: 5}
      - agents.102: {extension: "102", order: 2, wrap_up: 0}
      - agent_ring: 20

  ~ rules.101             tenants/one.yaml:9 -> tenants/two.yaml:8
      + callers.block: "+13125550124"
      + callers.block_anonymous: true
      order: storm, night, default -> night, storm
      order.night.enabled: true -> false
      order.night.forward.always: off -> {voicemail: "101"}
      - ring_timeout: 25
      - callers.spam: drop
      - order.default: {ring: extension}

  ~ diverts.103           tenants/one.yaml:15 -> tenants/two.yaml:13
      - busy: {voicemail: "103"}

  - numbers.+12145550100  tenants/one.yaml:7
      - label: Main
      - route: {queue: "400"}

  + numbers.+12145550200  tenants/two.yaml:6
      + label: Main
      + route: {queue: "400"}

4 differ, 1 only in one, 1 only in two, 2 alike.
"#;
