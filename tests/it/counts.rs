//! Counts that add up for whoever reads a plan, and names for what is counted.

use crate::world::{STRATUS, System, World};
use serde_json::Value;

/// A number without an emergency forward.
const LIVE: &str = r#"
users: [{ user: "101" }, { user: "102" }]
phonenumbers: [{ phonenumber: "12145550100", dial-rule-application: to-user-residential, dial-rule-translation-destination-user: "101" }]
carrier: []
"#;

fn world(tenant: &str) -> World {
    World::on(&System { live: LIVE, ..STRATUS }, tenant)
}

/// To whoever reads the plan a forward that was not there is made; its carrier changes a record. A program is told what is done.
#[test]
fn a_forward_that_had_none_is_a_creation() {
    let world = world("forwards: { \"+12145550100\": { to: \"+19725550199\" } }\n");
    let text = world.run(&["plan"]).out;
    let step: Vec<&str> =
        text.lines().filter(|line| line.get(4..).is_some_and(|it| it.starts_with("forwards."))).collect();
    assert_eq!(step, ["  + forwards.+12145550100  only on failure  tenants/acme.yaml:4"], "{text}");
    assert!(text.contains("\nPlan: 1 to create, 0 to update, 0 to delete.\n"), "{text}");
    let markdown = world.run(&["plan", "--format", "markdown"]).out;
    assert!(markdown.contains("\n| create | `forwards.+12145550100` | `to` `+19725550199` |"), "{markdown}");
    // So little is seen without unfolding it.
    assert!(markdown.contains("\n<details open><summary>Every change: acme</summary>\n"), "{markdown}");
    let json: Value = serde_json::from_str(&world.run(&["plan", "--format", "json"]).out).unwrap();
    assert_eq!(json["tenants"][0]["steps"][0]["action"], "update");
    let applied = world.run(&["apply", "--auto-approve"]).out;
    assert!(applied.contains("Plan: 1 to create"), "{applied}");
    assert!(world.run(&["plan"]).out.contains("No changes."));
}

/// "2 undeclared extensions" is of no use to who looks for one of them.
#[test]
fn extensions_without_rules_are_named() {
    let world = world("diverts: { \"102\": { busy: voicemail } }\n");
    let counted = |out: &str| out.contains(", 1 undeclared extension\n");
    let named = "acme: neither `rules` nor `diverts` of 101 here\n";
    let (plain, verbose) = (world.run(&["plan"]).out, world.run(&["plan", "-v"]).out);
    assert!(counted(&plain) && !plain.contains(named), "{plain}");
    assert!(counted(&verbose) && verbose.ends_with(named), "{verbose}");
    let json: Value = serde_json::from_str(&world.run(&["plan", "--format", "json"]).out).unwrap();
    assert_eq!(json["tenants"][0]["unmanaged_extension_names"], serde_json::json!(["101"]));
    // What only the phone system knows is not said in public.
    let public: Value =
        serde_json::from_str(&world.run(&["plan", "--format", "json", "--redact"]).out).unwrap();
    assert_eq!(public["tenants"][0].get("unmanaged_extension_names"), None);
}
