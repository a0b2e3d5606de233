//! What a server shows in a form that nobody expects: read where its meaning is beyond doubt, otherwise shown as it is,
//! and neither taken for "off", "unlimited" or "nothing", nor overwritten. Each row was once one of these.

use crate::world::{self, System, World};
use dialform::error::Ending;
use serde_json::{Value, json};

const STRATUS: System = System {
    live: r#"
domain: { domain: acme.1.service }
users:
  - { user: "101", ring-no-answer-timeout-seconds: 25, reject-anonymous-calls-enabled: "yes", answerrules: [{ time-frame: "*", enabled: "yes", forward-on-busy: { enabled: "yes", parameters: ["102"] }, call-screening: { enabled: "yes" }, phone-numbers-to-allow: { enabled: "yes", parameters: ["2145550177"] } }] }
  - { user: "102" }
  - { user: "400", service-code: system-queue, ring-no-answer-timeout-seconds: 60, answerrules: [{ time-frame: "*", forward-when-unregistered: { enabled: "yes", parameters: ["101"] }, forward-on-busy: { enabled: "yes", parameters: ["102"] }, forward-no-answer: { enabled: "yes", parameters: ["102"] } }] }
phonenumbers: [{ phonenumber: "12145550100", dial-rule-application: to-callqueue, dial-rule-translation-destination-user: "400", dial-rule-description: Main }]
callqueues:
  - { callqueue: "400", description: Front, callqueue-dispatch-type: Ring All, callqueue-agent-dispatch-timeout-seconds: 20, callqueue-require-available-agents-to-accept-new-callers: "yes", callqueue-max-current-callers-to-accept-new-callers: 7, callqueue-max-current-wait-to-accept-new-callers-seconds: 120, callqueue-max-wait-timeout-minutes: 5, agents: [{ callqueue-agent-id: 101@acme.1.service, ordinal-order: 1, callqueue-agent-wrap-up-allowance-seconds: 5 }] }
timeframes:
  - { timeframe-name: hours, timeframe-type: days-of-week, timeframe-days-of-week-array: [{ timeframe-weekly-monday-begin-time-1: "0800", timeframe-weekly-monday-end-time-1: "1700", timeframe-recurrence-type: weekly }] }
carrier: [{ number: "2145550100", destination: "9725550199", active: true }]
"#,
    ..world::STRATUS
};

const CTM: System = System {
    live: r#"
users: [{ email: ann@acme.example }]
receiving_numbers: [{ number: "+14105550123" }]
queues: [{ name: Sales, seconds_per_agent: 15, routing: simultaneous, agents: [{ user: ann@acme.example, priority: 1 }] }]
"#,
    ..world::CTM
};

const DESKPHONE: System = System {
    provider: "\n    kind: deskphone\n    url: http://127.0.0.1:1/v1\n    token: { env: NOT_NEEDED }",
    account: "harbour",
    live: "people: [{ extension: \"2001\", busy: voicemail }]",
};

/// A value of the live account, how it can be shown and mean what is declared, one that means nothing, what is declared, and
/// what the plan says of it then.
struct Row {
    system: &'static System,
    pointer: &'static str,
    same: fn() -> Vec<Value>,
    strange: fn() -> Value,
    tenant: &'static str,
    says: &'static str,
}

fn on() -> Vec<Value> {
    vec![json!("yes"), json!("YES"), json!(true), json!(1), json!("1")]
}

const STRATUS_ROWS: &[Row] = &[
    Row {
        system: &STRATUS,
        pointer: "/users/101/ring-no-answer-timeout-seconds",
        same: || vec![json!(25), json!("25"), json!(25.0), json!("25.0")],
        strange: || json!("abc"),
        tenant: "rules: { \"101\": { ring_timeout: 25 } }",
        says: "the live `ring_timeout` of rules.101 is `abc`, which is not understood",
    },
    Row {
        system: &STRATUS,
        pointer: "/users/101/ring-no-answer-timeout-seconds",
        same: Vec::new,
        strange: || json!(-1),
        tenant: "rules: { \"101\": { ring_timeout: unlimited } }",
        says: "the live `ring_timeout` of rules.101 is `-1`, which is not understood",
    },
    Row {
        system: &STRATUS,
        pointer: "/users/101/reject-anonymous-calls-enabled",
        same: on,
        strange: || json!("maybe"),
        tenant: "rules: { \"101\": { callers: { block_anonymous: true } } }",
        says: "the live `callers.block_anonymous` of rules.101 is `maybe`, which is not understood",
    },
    Row {
        system: &STRATUS,
        pointer: "/answerrules/101/0/phone-numbers-to-allow/enabled",
        same: on,
        strange: || json!("some"),
        tenant: "rules: { \"101\": { callers: { allow: [\"+12145550177\"] } } }",
        says: "the live `callers.allow` of rules.101 is `some`, which is not understood",
    },
    Row {
        system: &STRATUS,
        pointer: "/answerrules/101/0/call-screening/enabled",
        same: on,
        strange: || json!({"on": "yes"}),
        tenant: "rules: { \"101\": { order: [{ when: default, call_screening: true, forward: { busy: { extension: \"102\" } } }] } }",
        says: "the live `order` of rules.101 is `{\"on\":\"yes\"}` for `call-screening` of rule `*`, which is not understood",
    },
    Row {
        system: &STRATUS,
        pointer: "/answerrules/101/0/forward-on-busy/enabled",
        same: on,
        strange: || json!("sometimes"),
        tenant: "diverts: { \"101\": { busy: { extension: \"102\" }, no_answer: off } }",
        says: "the live `busy` of diverts.101 is `sometimes`, which is not understood",
    },
    Row {
        system: &STRATUS,
        pointer: "/callqueues/400/callqueue-agent-dispatch-timeout-seconds",
        same: || vec![json!(20), json!("20"), json!(20.0)],
        strange: || json!("20s"),
        tenant: "queues: { \"400\": { agent_ring: 20 } }",
        says: "the live `agent_ring` of queues.400 is `20s`, which is not understood",
    },
    Row {
        system: &STRATUS,
        pointer: "/callqueues/400/callqueue-dispatch-type",
        same: || vec![json!("Ring All"), json!("ring all")],
        strange: || json!("Ring-All"),
        tenant: "queues: { \"400\": { dispatch: ring_all } }",
        says: "the live `dispatch` of queues.400 is `Ring-All`, which is not understood",
    },
    Row {
        system: &STRATUS,
        pointer: "/callqueues/400/callqueue-require-available-agents-to-accept-new-callers",
        same: on,
        strange: || json!("auto"),
        tenant: "queues: { \"400\": { require_agents: true } }",
        says: "the live `require_agents` of queues.400 is `auto`, which is not understood",
    },
    Row {
        system: &STRATUS,
        pointer: "/agents/400/101@acme.1.service/callqueue-agent-wrap-up-allowance-seconds",
        same: || vec![json!(5), json!("5"), json!(5.0)],
        strange: || json!([5]),
        tenant: "queues: { \"400\": { agents: [{ extension: \"101\", wrap_up: 5 }] } }",
        says: "the live `agents` of queues.400 is `[5]` for the wrap-up time of `101@acme.1.service`, which is not understood",
    },
    Row {
        system: &STRATUS,
        pointer: "/answerrules/400/0/forward-when-unregistered/enabled",
        same: on,
        strange: || json!("perhaps"),
        tenant: "queues: { \"400\": { failover: { extension: \"101\" } } }",
        says: "the live `failover` of queues.400 is `perhaps`, which is not understood",
    },
    Row {
        system: &STRATUS,
        pointer: "/answerrules/400/0/forward-on-busy/enabled",
        same: on,
        strange: || json!("perhaps"),
        tenant: "queues: { \"400\": { unavailable: { extension: \"102\" } } }",
        says: "the live `unavailable` of queues.400 is `perhaps`, which is not understood",
    },
    Row {
        system: &STRATUS,
        pointer: "/answerrules/400/0/forward-no-answer/enabled",
        same: on,
        strange: || json!("perhaps"),
        tenant: "queues: { \"400\": { no_answer: { extension: \"102\" } } }",
        says: "the live `no_answer` of queues.400 is `perhaps`, which is not understood",
    },
    Row {
        system: &STRATUS,
        pointer: "/users/400/ring-no-answer-timeout-seconds",
        same: || vec![json!(60), json!("60"), json!(60.0)],
        strange: || json!("never"),
        tenant: "queues: { \"400\": { ring_timeout: 60 } }",
        says: "the live `ring_timeout` of queues.400 is `never`, which is not understood",
    },
    Row {
        system: &STRATUS,
        pointer: "/callqueues/400/callqueue-max-current-callers-to-accept-new-callers",
        same: || vec![json!(7), json!("7"), json!(7.0)],
        strange: || json!(-1),
        tenant: "queues: { \"400\": { max_callers: 7 } }",
        says: "the live `max_callers` of queues.400 is `-1`, which is not understood",
    },
    Row {
        system: &STRATUS,
        pointer: "/callqueues/400/callqueue-max-current-wait-to-accept-new-callers-seconds",
        same: || vec![json!(120), json!("120"), json!(120.0)],
        strange: || json!("2m"),
        tenant: "queues: { \"400\": { max_expected_wait: 120 } }",
        says: "the live `max_expected_wait` of queues.400 is `2m`, which is not understood",
    },
    Row {
        system: &STRATUS,
        pointer: "/callqueues/400/callqueue-max-wait-timeout-minutes",
        same: || vec![json!(5), json!("5"), json!(5.0)],
        strange: || json!(1.5),
        tenant: "queues: { \"400\": { max_wait: 300 } }",
        says: "the live `max_wait` of queues.400 is `1.5`, which is not understood",
    },
    Row {
        system: &STRATUS,
        pointer: "/callqueues/400/callqueue-max-wait-timeout-minutes",
        same: Vec::new,
        strange: || json!(4_000_000_000_u32),
        tenant: "queues: { \"400\": { max_wait: unlimited } }",
        says: "the live `max_wait` of queues.400 is `4000000000`, which is not understood",
    },
    Row {
        system: &STRATUS,
        pointer: "/phonenumbers/12145550100/enabled",
        same: on,
        strange: || json!("held"),
        tenant: "numbers: { \"+12145550100\": { route: { queue: \"400\" } } }\nqueues: { \"400\": {} }",
        says: "the live `route` of numbers.+12145550100 is `held` for `enabled`, which is not understood",
    },
    Row {
        system: &STRATUS,
        pointer: "/timeframes/hours/timeframe-days-of-week-array/0/timeframe-weekly-monday-begin-time-1",
        same: || vec![json!("0800"), json!("800"), json!(800), json!(800.0), json!("08:00")],
        strange: || json!("8am"),
        tenant: "schedules: { hours: { weekly: { mon: [\"08:00-17:00\"] } } }",
        says: "the live `weekly` of schedules.hours is `8am to 1700`, which is not understood",
    },
    Row {
        system: &STRATUS,
        pointer: "/carrier/2145550100/active",
        same: on,
        strange: || json!("armed"),
        tenant: "forwards: { \"+12145550100\": { to: \"+19725550199\", active: true } }",
        says: "the live `active` of forwards.+12145550100 is `armed`, which is not understood",
    },
    Row {
        system: &STRATUS,
        pointer: "/carrier/2145550100/destination",
        same: || vec![json!("9725550199"), json!("19725550199")],
        strange: || json!("the cell"),
        tenant: "forwards: { \"+12145550100\": { to: \"+19725550199\" } }",
        says: "the live `to` of forwards.+12145550100 is `the cell`, which is not understood",
    },
];

const OTHER_ROWS: &[Row] = &[
    Row {
        system: &CTM,
        pointer: "/queues/Sales/seconds_per_agent",
        same: || vec![json!(15), json!("15"), json!(15.0)],
        strange: || json!("long"),
        tenant: "queues: { Sales: { agent_ring: 15 } }",
        says: "the live `agent_ring` of queues.Sales is `long`, which is not understood",
    },
    Row {
        system: &CTM,
        pointer: "/queues/Sales/routing",
        same: || vec![json!("simultaneous")],
        strange: || json!("fewest_calls"),
        tenant: "queues: { Sales: { dispatch: ring_all } }",
        says: "the live `dispatch` of queues.Sales is `fewest_calls`, which is not understood",
    },
    Row {
        system: &DESKPHONE,
        pointer: "/people/2001/document/callForwarding/busy/enabled",
        same: on,
        strange: || json!("partly"),
        tenant: "diverts: { \"2001\": { busy: voicemail } }",
        says: "the live `busy` of diverts.2001 is `partly` for `callForwarding.busy.enabled`, which is not understood",
    },
    Row {
        system: &DESKPHONE,
        pointer: "/people/2001/document/callForwarding/busy/destinationVoicemailEnabled",
        same: on,
        strange: || json!("2"),
        tenant: "diverts: { \"2001\": { busy: voicemail } }",
        says: "the live `busy` of diverts.2001 is `2` for `callForwarding.busy.destinationVoicemailEnabled`, which is not \
               understood",
    },
];

fn change(world: &World, pointer: &str, value: Value) {
    let mut state = world.read_state();
    *state.pointer_mut(pointer).unwrap_or_else(|| panic!("{pointer}")) = value;
    std::fs::write(world.state_file(), state.to_string()).unwrap();
}

fn hold(row: &Row) {
    let Row { system, pointer, same, strange, tenant, says } = row;
    let fault = if system.account == CTM.account { "experimental:on,requests-per-second:0" } else { "" };
    let world = World::on(system, tenant);
    let run = |command: &[&str]| {
        let fault = ["--fault", fault];
        let fault: &[&str] = if fault[1].is_empty() { &[] } else { &fault };
        world.run(&[command, fault].concat())
    };
    run(&["plan"]);
    for value in same() {
        change(&world, pointer, value.clone());
        let plan = run(&["plan", "--detailed-exitcode"]);
        assert_eq!(plan.ending, Ending::Fine, "{pointer} {value}: {}{}", plan.out, plan.err);
    }
    change(&world, pointer, strange());
    let before = world.state();
    for command in [&["plan"][..], &["apply", "--auto-approve"]] {
        let done = run(command);
        let said = format!("{}{}", done.out, done.err);
        assert!(said.contains(&format!("error[unreadable-value]: {says}\n")), "{pointer}: {said}");
        assert_ne!(done.ending, Ending::Fine, "{pointer}: {said}");
    }
    assert_eq!(world.state(), before, "{pointer} was overwritten");
}

/// One value each; two halves, because each plan is a server of its own.
#[test]
fn a_value_of_stratus_is_read_or_shown_and_left_alone() {
    STRATUS_ROWS.iter().for_each(hold);
}

#[test]
fn a_value_of_the_others_is_read_or_shown_and_left_alone() {
    OTHER_ROWS.iter().for_each(hold);
}

/// What is not understood stops its own field and no other: the rest of the object and what leads to it are written.
#[test]
fn a_value_that_is_not_understood_stops_nothing_else() {
    let world = World::on(
        &STRATUS,
        "queues: { \"400\": { dispatch: ring_all, agent_ring: 30 } }\n\
         numbers: { \"+12145550100\": { label: New, route: { queue: \"400\" } } }\n",
    );
    world.run(&["plan"]);
    change(&world, "/callqueues/400/callqueue-dispatch-type", json!("Ring-All"));
    let plan = world.run(&["plan"]);
    assert!(plan.out.contains("blocked: `dispatch` of queues.400 is not planned"), "{}", plan.out);
    let apply = world.run(&["apply", "--auto-approve"]);
    let state = world.read_state();
    let queue = &state["callqueues"]["400"];
    assert_eq!(queue["callqueue-agent-dispatch-timeout-seconds"], 30, "{}{}", apply.out, apply.err);
    assert_eq!(queue["callqueue-dispatch-type"], "Ring-All");
    assert_eq!(state["phonenumbers"]["12145550100"]["dial-rule-description"], "New");
    // Of what the files do not declare it is no error, and said.
    world.tenant("queues: { \"400\": { agent_ring: 30 } }\n");
    let plan = world.run(&["plan", "--detailed-exitcode"]);
    assert_eq!(plan.ending, Ending::Fine, "{}{}", plan.out, plan.err);
    let note = "note: queues.400: `dispatch` is `Ring-All`, which is not understood; it is left alone";
    assert!(plan.out.contains(note), "{}", plan.out);
}

/// On the day of an outage a forward of which nobody knows whether it is on is not "off", and is switched all the same.
#[test]
fn a_forward_that_may_be_on_is_not_off() {
    let world = World::on(&STRATUS, "");
    world.run(&["plan"]);
    change(&world, "/carrier/2145550100/active", json!("armed"));
    let plan = world.run(&["plan"]);
    let note = "note: forwards.+12145550100: `active` is `armed`, which is not understood; whether calls are forwarded now is \
                not known";
    assert!(plan.out.contains(note), "{}", plan.out);
    let status = world.run(&["emergency", "status"]);
    let line = "?    +1 214 555 0100 -> +1 972 555 0199  (`active` is `armed`, which is not understood)";
    assert!(status.out.contains(line), "{}", status.out);
    assert!(status.out.contains("Emergency forwards: 0 on, 0 off, 1 not known."), "{}", status.out);
    let off = world.run(&["emergency", "off", "--all", "--auto-approve"]);
    assert!(off.out.contains("--number +12145550100"), "{}{}", off.out, off.err);
    assert_eq!(world.read_state()["carrier"]["2145550100"]["active"], "armed");
    let off = world.run(&["emergency", "off", "--number", "+12145550100", "--auto-approve"]);
    assert_eq!(world.read_state()["carrier"]["2145550100"]["active"], false, "{}{}", off.out, off.err);
}

/// A forward that is on and names no place is not off: what becomes of the call is not known, and nothing is planned over it.
#[test]
fn a_feature_that_is_on_and_leads_nowhere_is_not_off() {
    for (feature, tenant, says) in [
        (
            "forward-on-spam-call",
            "rules: { \"101\": { callers: { spam: ring } } }\n",
            "the live `callers.spam` of rules.101 is on without a place to send calls to, which is not understood",
        ),
        (
            "forward-always",
            "rules: { \"101\": { order: [{ when: default, forward: { always: off } }] } }\n",
            "the live `order` of rules.101 is on without a place to send calls to for `forward-always` of rule `*`, which is \
             not understood",
        ),
        (
            "forward-on-busy",
            "diverts: { \"101\": { busy: off } }\n",
            "the live `busy` of diverts.101 is on without a place to send calls to, which is not understood",
        ),
    ] {
        for parameters in [json!([]), json!([""])] {
            let world = World::on(&STRATUS, tenant);
            world.run(&["plan"]);
            let mut state = world.read_state();
            state["answerrules"]["101"][0][feature] = json!({ "enabled": "yes", "parameters": parameters });
            std::fs::write(world.state_file(), state.to_string()).unwrap();
            let before = world.state();
            let applied = world.run(&["apply", "--auto-approve"]);
            let said = format!("{}{}", applied.out, applied.err);
            assert!(said.contains(&format!("error[unreadable-value]: {says}\n")), "{feature}: {said}");
            assert_eq!(world.state(), before, "{feature}");
        }
    }
}
