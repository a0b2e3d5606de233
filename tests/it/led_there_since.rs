//! A deletion, and what somebody has led to its object since the plan.

use crate::{during_apply::Apply, workspace::outcome, world::World};
use serde_json::{Value, json};

const LIVE: &str = r#"
domain: { domain: acme.1.service }
users:
  - user: "101"
    answerrules:
      - { time-frame: "*", simultaneous-ring: { enabled: "yes", parameters: ["<OwnDevices>"] } }
  - user: "102"
    answerrules:
      - { time-frame: night, forward-always: { enabled: "yes", parameters: ["101"] } }
      - { time-frame: "*", simultaneous-ring: { enabled: "yes", parameters: ["<OwnDevices>"] } }
phonenumbers:
  - { phonenumber: "12145550100", dial-rule-application: to-callqueue, dial-rule-translation-destination-user: "400", dial-rule-description: Main }
  - { phonenumber: "12145550101", dial-rule-application: to-user-residential, dial-rule-translation-destination-user: "101", dial-rule-description: Desk }
callqueues:
  - { callqueue: "400", description: Front }
  - { callqueue: "401", description: Back }
timeframes: [{ timeframe-name: night, timeframe-type: always }, { timeframe-name: day, timeframe-type: always }]
"#;

/// The new queue takes its time to be made, and deletions wait for all else.
const TENANT: &str = r#"
tenant: acme
provider: pbx
account: acme.1.service
queues: { "500": { name: New, agents: ["101"] } }
numbers: { "+12145550100": { route: { queue: "500" } } }
rules: { "102": { order: [{ when: default, ring: { simultaneous: { all_phones: true } } }] } }
absent: { queues: ["400", "401"], schedules: [night, day] }
"#;

/// What somebody does meanwhile.
fn meanwhile() -> [(&'static str, Value); 2] {
    let queue = json!({
        "phonenumber": "12145550101", "enabled": "yes", "dial-rule-application": "to-callqueue",
        "dial-rule-translation-destination-user": "400", "dial-rule-description": "Desk",
    });
    let rule = json!({
        "time-frame": "night", "enabled": "yes", "forward-always": { "enabled": "yes", "parameters": ["101"] },
    });
    [("PUT /phonenumbers/12145550101", queue), ("POST /users/101/answerrules", rule)]
}

/// A queue and a schedule that nothing used when the plan was made stay where somebody has led calls there since; what
/// nobody uses goes.
#[test]
fn what_is_used_since_the_plan_is_not_deleted() {
    let apply = Apply {
        live: LIVE,
        tenant: TENANT,
        behaviour: "slow:50ms,requests-per-second:0,visible-after:0ms,soft-delete:off",
        limits: "{ requests_per_second: 1000, settle: 1 }",
    };
    let (last, now) = apply.meanwhile(meanwhile());
    let steps = last["steps"].as_array().unwrap_or_else(|| panic!("{last}"));
    let deletions = steps.iter().filter(|step| step["action"] == "delete").map(|step| {
        let [address, status] = ["address", "status"].map(|word| step[word].as_str().unwrap());
        let detail = step["detail"].as_str().map_or(String::new(), |detail| format!(": {detail}"));
        format!("{address}: {status}{detail}")
    });
    let expected = [
        "queues.400: failed: numbers.+12145550101 leads to it now",
        "queues.401: done",
        "schedules.day: done",
        "schedules.night: failed: rules.101 leads to it now",
    ];
    assert_eq!(deletions.collect::<Vec<_>>(), expected);
    let names = |list: &str| now[list].as_object().unwrap().keys().cloned().collect::<Vec<_>>();
    assert_eq!(names("callqueues"), ["400", "500"]);
    assert_eq!(names("timeframes"), ["night"]);
}

/// A rule that was deleted lingers in the list (FACTS stratus/readings-4): it leads nowhere, and stops no deletion of what it
/// led to.
#[test]
fn a_rule_that_lingers_leads_nowhere() {
    let world = World::new("");
    world.write("live/pbx/acme.1.service.yaml", LIVE);
    world.tenant("rules: { \"102\": { order: [{ when: default, ring: { simultaneous: { all_phones: true } } }] } }\nabsent: { schedules: [night] }");
    let run = world.run(&["apply", "--auto-approve", "--override-guard", "--format", "json"]);
    let last = outcome(&run.out).unwrap();
    assert_eq!(last["summary"], json!({ "done": 2 }), "{}{}", run.out, run.err);
}
