//! Surprises that a hostile user found on CallTrackingMetrics and Deskphone: each was once a plan that said nothing, or an
//! apply that took something away.

use crate::world::{self, System, World};
use serde_json::Value;

const CTM: System = System {
    live: r#"
users: [{ email: ann@acme.example }]
receiving_numbers: [{ number: "+14105550123" }, { number: "+14105550124" }, { number: "+14105550125" }]
voice_menus: [{ name: Main, items: [{ keypress: "1", call_queue: Used }] }]
queues:
  - { name: Sales, agents: [{ user: ann@acme.example, priority: 1 }] }
  - { name: Used }
  - { name: "AQ: 7", default_action: { receiving_number: "+14105550124" } }
conditional_routers: [{ name: By hour }]
numbers:
  - { number: "+18005550142", route: { call_queue: Sales }, failsafe_number: "+14105550199" }
  - { number: "+18005550143", route: { receiving_number: ["+14105550123", "+14105550124"] } }
"#,
    ..world::CTM
};

const SERVER: [&str; 2] = ["--fault", "experimental:on,requests-per-second:0"];

/// A case: what somebody did to the live account (JSON pointer into its state, value), what is declared, and a line that
/// the plan has to have.
type Case = (&'static str, &'static [(&'static str, &'static str)], &'static str, &'static str);

const CASES: &[Case] = &[
    (
        "a fail-safe number is armed, although it has no switch",
        &[],
        "absent: { forwards: [\"+18005550142\"] }",
        "critical: removes the number that calls go to when the platform is down",
    ),
    (
        "the same by being left out",
        &[],
        "exhaustive: [forwards]",
        "critical: removes the number that calls go to when the platform is down",
    ),
    (
        "what a person is told to delete is used",
        &[],
        "absent: { queues: [Sales] }",
        "critical: deletes a queue that others still use: numbers.+18005550142",
    ),
    (
        "a menu leads there",
        &[],
        "absent: { queues: [Used] }",
        "critical: deletes a queue that others still use: voice menu `Main`",
    ),
    (
        "an automatic queue leads there",
        &[],
        "absent: { receivers: [\"+14105550124\"] }\nnumbers: { \"+18005550143\": { route: { receivers: [\"+14105550123\"] } } }",
        "critical: deletes a receiving number that others still use: automatic queue `AQ: 7`",
    ),
    (
        "a list is not shorter than it is because a part of it has no word here",
        &[("/receiving_numbers/+14105550124/number", "sip:bob@example.net")],
        "numbers: { \"+18005550143\": { route: { receivers: [\"+14105550123\"] } } }",
        "- token: \"receiving numbers +14105550123, sip:bob@example.net\"",
    ),
    (
        "what would be overwritten is seen, or nothing is",
        &[("/numbers/+18005550142/failsafe_number", "4105550177")],
        "forwards: { \"+18005550142\": { to: \"+14105550198\" } }",
        "error[unreadable-value]: the live fail-safe number is `4105550177`, which is not in international form",
    ),
    (
        "a typo makes no phone",
        &[],
        "receivers: { \"+14105550132\": {} }\nnumbers: { \"+18005550143\": { route: { receivers: [\"+14105550132\"] } } }",
        "error[no-such-object]: account `302341` has no receiving number `+14105550132`",
    ),
    (
        "nobody answers in a new queue",
        &[],
        "queues: { New: { agents: [], max_wait: 30 } }\nnumbers: { \"+18005550142\": { route: { queue: New } } }",
        "critical: sends callers to queues.New, where nobody answers",
    ),
    (
        "a new queue has no agents but those it is given",
        &[],
        "queues: { New: { max_wait: 30 } }\nnumbers: { \"+18005550142\": { route: { queue: New } } }",
        "critical: sends callers to queues.New, where nobody answers",
    ),
    (
        "a name that is written in another way",
        &[],
        "queues: { used: { agents: [ann@acme.example] } }",
        "note: queues.used: queues.Used already exists; this creates a second one",
    ),
    (
        "a country that cannot be dialled is known before anything is made",
        &[],
        "receivers: { \"+88213300655\": { label: Ship } }\nnumbers: { \"+18005550143\": { route: { receivers: [\"+88213300655\"] } } }",
        "error[unsupported]: the country of +882 13 30 0655 is not known",
    ),
];

fn change(world: &World, pointer: &str, value: &str) {
    let mut state: Value = serde_json::from_str(&world.state()).unwrap();
    *state.pointer_mut(pointer).unwrap_or_else(|| panic!("{pointer}")) = value.into();
    std::fs::write(world.state_file(), state.to_string()).unwrap();
}

/// Each is said in the plan, where a reviewer sees it.
#[test]
fn a_plan_says_what_would_surprise() {
    for (name, changes, declared, line) in CASES {
        let world = World::on(&CTM, "");
        world.run(&[&["plan"], &SERVER[..]].concat());
        changes.iter().for_each(|(pointer, value)| change(&world, pointer, value));
        world.tenant(declared);
        let plan = world.run(&[&["plan"], &SERVER[..]].concat());
        let said = format!("{}{}", plan.out, plan.err);
        assert!(said.contains(line), "{name}: no line\n{line}\nin\n{said}");
    }
}

/// A protected queue is not taken away by telling a person to do it.
#[test]
fn protection_holds_against_steps_by_hand() {
    let world = World::on(&CTM, "queues: { Used: { protect: true } }");
    world.commit(&["dialform.yaml", "tenants"]);
    world.tenant("absent: { queues: [Used] }");
    let plan = world.run(&[&["plan", "--base", "HEAD"], &SERVER[..]].concat());
    assert!(plan.out.contains("queues.Used is protected, and this change deletes it"), "{}", plan.out);
}

/// Names of live objects are anybody's: they neither colour a terminal nor make lines of their own.
#[test]
fn live_names_do_not_reach_a_terminal_as_they_are() {
    let world = World::on(&CTM, "");
    world.run(&[&["plan"], &SERVER[..]].concat());
    let evil = "evil \u{1b}[31mRED\u{1b}]0;t\u{7}\n## Heading \u{202e}x";
    change(&world, "/queues/Used/name", evil);
    change(&world, "/numbers/+18005550143/name", evil);
    world.tenant("exhaustive: [queues]\nnumbers: { \"+18005550143\": { label: ok } }");
    for format in ["text", "markdown"] {
        let plan = world.run(&[&["plan", "--format", format], &SERVER[..]].concat());
        let said = format!("{}{}", plan.out, plan.err);
        assert!(said.contains("RED"), "{said}");
        assert!(!said.contains(['\u{1b}', '\u{7}', '\u{202e}']), "{said:?}");
    }
}

/// A divert that has no word here is shown as it is, and stands in nobody's way.
#[test]
fn an_odd_divert_blocks_nothing_else() {
    let system = System {
        provider: "\n    kind: deskphone\n    url: http://127.0.0.1:1/v1\n    token: { env: NOT_NEEDED }",
        account: "harbour",
        live: "people: [{ extension: \"2001\", busy: voicemail }, { extension: \"2002\" }]",
    };
    let world = World::on(&system, "diverts: { \"2001\": { unreachable: { number: \"+441234567890\" } } }");
    world.run(&["plan"]);
    change(&world, "/people/2001/document/callForwarding/busy/destination", "voicemail-uk");
    let plan = world.run(&["plan"]);
    assert!(plan.out.contains("unreachable: off -> {number: \"+441234567890\"}"), "{}{}", plan.out, plan.err);
    world.tenant("diverts: { \"2001\": { busy: off } }");
    let plan = world.run(&["plan"]);
    assert!(
        plan.out.contains("busy: {token: \"voicemail voicemail-uk\"} -> off")
            || plan.out.contains("busy: {token: voicemail voicemail-uk} -> off"),
        "{}",
        plan.out
    );
}
