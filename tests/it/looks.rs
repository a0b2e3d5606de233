//! What a step sees before it writes: all that somebody has done to its object since the plan, however little it reads.

use crate::during_apply::Apply;
use serde_json::{Value, json};

const LIVE: &str = r#"
domain: { domain: acme.1.service }
users:
  - { user: "101" }
  - user: "102"
    answerrules: &rules
      - { time-frame: night, forward-always: { enabled: "yes", parameters: ["101"] } }
      - { time-frame: day, forward-always: { enabled: "yes", parameters: ["101"] } }
      - { time-frame: "*", simultaneous-ring: { enabled: "yes", parameters: ["<OwnDevices>"] }, phone-numbers-to-reject: { enabled: "yes", parameters: ["3125550123"] } }
  - { user: "103", answerrules: *rules }
  - { user: "104", answerrules: *rules }
phonenumbers:
  - { phonenumber: "12145550100", dial-rule-application: to-user-residential, dial-rule-translation-destination-user: "101", dial-rule-description: Main }
  - { phonenumber: "12145550101", dial-rule-application: to-user-residential, dial-rule-translation-destination-user: "101", dial-rule-description: Main }
callqueues:
  - { callqueue: "400", description: Front }
  - { callqueue: "401", description: Back }
timeframes: [{ timeframe-name: night, timeframe-type: always }, { timeframe-name: day, timeframe-type: always }]
"#;

/// Everything but the new queue waits for it. A queue takes its time to be made.
const TENANT: &str = r#"
tenant: acme
provider: pbx
account: acme.1.service
schedules: { night: {}, day: {} }
queues:
  "500": { name: New, agents: ["101"] }
  "400": { no_answer: { queue: "500" } }
  "401": { no_answer: { queue: "500" } }
numbers:
  "+12145550100": { route: { queue: "500" } }
  "+12145550101": { route: { queue: "500" } }
diverts: { "101": { busy: { queue: "500" } } }
rules:
  "102": { order: ORDER }
  "103": { order: ORDER }
  "104": { order: ORDER }
"#;

const ORDER: &str = r#"[{ when: night, forward: { always: { queue: "500" } } }, { when: day, forward: { always: { extension: "101" } } }, { when: default, ring: { simultaneous: { all_phones: true } } }]"#;

/// What somebody does meanwhile, the step that is about the same object, and how that one ends.
fn meanwhile() -> [(&'static str, Value, &'static str, &'static str); 8] {
    let to = |word: &str| json!({ "enabled": "yes", "parameters": [word] });
    [
        (
            "PUT /phonenumbers/12145550100",
            json!({ "phonenumber": "12145550100", "enabled": "yes", "dial-rule-application": "to-user-residential", "dial-rule-translation-destination-user": "104", "dial-rule-description": "Main" }),
            "numbers.+12145550100",
            r#"failed: `route` was {"extension":"101"} and is {"extension":"104"} now"#,
        ),
        (
            "PUT /phonenumbers/12145550101",
            json!({ "phonenumber": "12145550101", "enabled": "yes", "dial-rule-application": "to-user-residential", "dial-rule-translation-destination-user": "101", "dial-rule-description": "Late" }),
            "numbers.+12145550101",
            "not_applied: accepted, but not applied by the provider: after 1 second `label` still reads \"Late\"",
        ),
        (
            "PUT /users/101/answerrules/*",
            json!({ "enabled": "yes", "forward-on-busy": to("104") }),
            "diverts.101",
            r#"failed: `busy` was "off" and is {"extension":"104"} now"#,
        ),
        (
            "PUT /users/102/answerrules/day",
            json!({ "enabled": "yes", "forward-always": to("104") }),
            "rules.102",
            r#"failed: `order.day.forward.always` was {"extension":"101"} and is {"extension":"104"} now"#,
        ),
        (
            "DELETE /users/103/answerrules/day",
            Value::Null,
            "rules.103",
            r#"failed: `order` was ["night","day","default"] and is ["night","default"] now"#,
        ),
        (
            "POST /users/104/number-filters",
            json!({ "phone-numbers-to-reject": { "parameters": ["3125550199"] } }),
            "rules.104",
            r#"not_applied: accepted, but not applied by the provider: after 1 second `callers.block.+13125550199` still reads "+13125550199""#,
        ),
        ("DELETE /callqueues/400", Value::Null, "queues.400", "failed: somebody has deleted it since"),
        ("PUT /callqueues/401", json!({ "description": "Late" }), "queues.401", "done"),
    ]
}

/// A step that reads the fields it is about, and those once, stops for whatever somebody has done to them. What somebody has
/// done beside them is kept; where the look back shows it, it is said.
#[test]
fn a_narrow_look_sees_what_has_moved() {
    let apply = Apply {
        live: LIVE,
        tenant: &TENANT.replace("ORDER", ORDER),
        behaviour: "slow:100ms,requests-per-second:0,visible-after:0ms,soft-delete:off",
        limits: "{ requests_per_second: 1000, concurrency: 8, retries: 0, settle: 1 }",
    };
    let (last, now) = apply.meanwhile(meanwhile().map(|(line, body, ..)| (line, body)));
    let ended = meanwhile().map(|(line, _, address, _)| {
        let steps = last["steps"].as_array().unwrap();
        let step = steps.iter().find(|step| step["address"] == address).unwrap_or_else(|| panic!("{last}"));
        let (status, detail) = (step["status"].as_str().unwrap(), step["detail"].as_str());
        (line, detail.map_or(status.to_owned(), |detail| format!("{status}: {detail}")))
    });
    assert_eq!(ended, meanwhile().map(|(line, _, _, ending)| (line, ending.to_owned())));
    let now = now.to_string();
    assert_eq!(now.matches("\"Late\"").count(), 2, "{now}");
    assert_eq!(now.matches("3125550199").count(), 1, "{now}");
    // Of the others those that lead to the queue now: its own two, and a queue and an extension.
    assert_eq!(now.matches("queue_500").count(), 4, "{now}");
}
