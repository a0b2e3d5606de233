//! What an account holds that no file can say, and that calls go by: mailboxes that are off, and where Do not disturb leads.
//! Sentences, traces and circles go by what was read of it, as the notes of a plan do.

use crate::world::World;

const LIVE: &str = r#"
domain: { domain: acme.1.service, time-zone: US/Central }
users:
  - { user: "101" }
  - { user: "102", answerrules: [{ time-frame: "*", forward-on-dnd: { enabled: yes, parameters: ["ON-DND"] } }] }
  - { user: "104", voicemail-enabled: no }
  - { user: "105", voicemail-enabled: no }
phonenumbers:
  - { phonenumber: "12145550100", dial-rule-application: to-user-residential, dial-rule-translation-destination-user: "101" }
  - { phonenumber: "12145550101", dial-rule-application: to-voicemail, dial-rule-translation-destination-user: "104" }
"#;

fn world(tenant: &str, on_dnd: &str) -> World {
    let world = World::new(tenant);
    world.write("live/pbx/acme.1.service.yaml", LIVE.replace("ON-DND", on_dnd));
    world
}

fn dnd(extension: &str) -> String {
    format!("rules: {{ \"{extension}\": {{ order: [{{ when: default, do_not_disturb: true }}] }} }}")
}

/// A note of the plan knew where callers go, and the sentence above it and the trace sent them to a mailbox.
#[test]
fn calls_go_where_the_account_sends_them() {
    let cases = [
        (
            dnd("102"),
            "Calls to extension 102 now go to +1 972 555 0199; ",
            "102",
            "102 is not to be disturbed (rule `default`): to +1 972 555 0199",
        ),
        (
            dnd("101"),
            "Calls to ",
            "101",
            "101 is not to be disturbed (rule `default`): to the mailbox of 101",
        ),
        (
            "numbers: { \"+12145550100\": { route: { voicemail: \"104\" } } }".to_owned(),
            "Calls to +1 214 555 0100 now end: the mailbox is off; ",
            "+12145550100",
            "the call ends: the mailbox is off",
        ),
        (dnd("104"), "Calls to extension 104 now get a busy tone; ", "104", "the caller hears a busy tone"),
    ];
    for (tenant, told, called, traced) in cases {
        let world = world(&tenant, "19725550199");
        let plan = world.run(&["plan"]);
        assert!(plan.out.contains(told), "{tenant}: {}{}", plan.out, plan.err);
        let trace = world.run(&["trace", &format!("acme/{called}")]);
        assert!(trace.out.contains(traced), "{tenant}: {}{}", trace.out, trace.err);
    }
}

/// Of two mailboxes that are off calls end alike, until somebody switches one on: a change from one to the other is no cosmetic one.
#[test]
fn a_mailbox_that_is_off_may_be_switched_on() {
    let world = world("numbers: { \"+12145550101\": { route: { voicemail: \"105\" } } }", "19725550199");
    let plan = world.run(&["plan"]).out;
    assert!(plan.contains("~ numbers.+12145550101  callers notice"), "{plan}");
    let told = "Once the mailbox is on, calls to +1 214 555 0101 now go to voicemail 105; they went to voicemail 104.";
    assert!(plan.contains(told), "{plan}");
}

/// A circle may close where no pointer of a file or an object leads: it is as critical as any.
#[test]
fn a_circle_by_do_not_disturb_is_found() {
    let tenant = format!("{}\ndiverts: {{ \"101\": {{ always: {{ extension: \"102\" }} }} }}", dnd("102"));
    let world = world(&tenant, "101");
    let plan = world.run(&["plan"]);
    let said = format!("{}{}", plan.out, plan.err);
    assert!(said.contains("error[divert-loop]"), "{said}");
    assert!(said.contains("critical: every call goes in a circle"), "{said}");
    let check = world.run(&["check", "--calls"]);
    assert!(
        format!("{}{}", check.out, check.err).contains("error[divert-loop]"),
        "{}{}",
        check.out,
        check.err
    );
}
