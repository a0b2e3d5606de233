//! Which step goes first where calls are led on by what another step changes.

use crate::circles::{domain, people, planned};
use serde_json::Value;
use std::collections::BTreeSet;

struct Case {
    about: &'static str,
    provider: &'static str,
    live: String,
    declared: &'static str,
    /// The steps, in their order.
    steps: &'static [&'static str],
    /// Whether calls are astray between them.
    astray: bool,
}

fn cases() -> Vec<Case> {
    let case = |about, provider, live, declared, steps| Case {
        about,
        provider,
        live,
        declared,
        steps,
        astray: false,
    };
    let ctm = r#"
users: [{ email: ann@acme.example }]
receiving_numbers: [{ number: "+18005550142" }, { number: "+18005550143" }, { number: "+14105550123" }]
queues: [{ name: Sales, agents: [{ user: ann@acme.example }] }]
numbers:
  - { number: "+18005550142", route: { receiving_number: ["+14105550123"] } }
  - { number: "+18005550143", route: { receiving_number: ["+18005550142"] } }
"#;
    vec![
        case(
            "two that change which of them leads to the other",
            "deskphone",
            people(&[("2002", "always", "2001")]),
            r#"diverts: { "2001": { always: { extension: "2002" } }, "2002": { always: off } }"#,
            &["diverts.2002", "diverts.2001"],
        ),
        case(
            "the same with their names the other way round",
            "deskphone",
            people(&[("2001", "always", "2002")]),
            r#"diverts: { "2001": { always: off }, "2002": { always: { extension: "2001" } } }"#,
            &["diverts.2001", "diverts.2002"],
        ),
        case(
            "the same where nobody answers",
            "deskphone",
            people(&[("2002", "no_answer", "2001")]),
            r#"diverts: { "2001": { no_answer: { extension: "2002" } }, "2002": { no_answer: off } }"#,
            &["diverts.2002", "diverts.2001"],
        ),
        case(
            "the same where both are busy",
            "deskphone",
            people(&[("2002", "busy", "2001")]),
            r#"diverts: { "2001": { busy: { extension: "2002" } }, "2002": { busy: off } }"#,
            &["diverts.2002", "diverts.2001"],
        ),
        case(
            "the same in an outage",
            "deskphone",
            people(&[("2002", "unreachable", "2001")]),
            r#"diverts: { "2001": { unreachable: { extension: "2002" } }, "2002": { unreachable: off } }"#,
            &["diverts.2002", "diverts.2001"],
        ),
        Case {
            astray: true,
            ..case(
                "one that leads there already, from now on always",
                "deskphone",
                people(&[("2001", "busy", "2002"), ("2002", "always", "2001")]),
                r#"diverts: { "2001": { always: { extension: "2002" } }, "2002": { always: off } }"#,
                &["diverts.2002", "diverts.2001"],
            )
        },
        case(
            "a circle that goes through one that stays as it is",
            "deskphone",
            people(&[("2002", "always", "2003"), ("2003", "always", "2001")]),
            r#"diverts: { "2001": { always: { extension: "2002" } }, "2002": { always: { extension: "2003" } }, "2003": { always: off } }"#,
            &["diverts.2003", "diverts.2001"],
        ),
        case(
            "three in a row",
            "deskphone",
            people(&[("2003", "always", "2001")]),
            r#"diverts: { "2001": { always: { extension: "2002" } }, "2002": { always: { extension: "2003" } }, "2003": { always: off } }"#,
            &["diverts.2003", "diverts.2002", "diverts.2001"],
        ),
        Case {
            astray: true,
            ..case(
                "each is led to the other: the order stays as it is",
                "deskphone",
                people(&[("2001", "no_answer", "2003"), ("2002", "no_answer", "2003")]),
                r#"diverts: { "2001": { no_answer: { extension: "2002" } }, "2002": { busy: { extension: "2001" }, no_answer: off } }"#,
                &["diverts.2001", "diverts.2002"],
            )
        },
        case(
            "a mailbox is the same whatever its owner forwards",
            "deskphone",
            people(&[]),
            r#"diverts: { "2001": { no_answer: { voicemail: "2002" } }, "2002": { busy: { voicemail: "2001" } } }"#,
            &["diverts.2001", "diverts.2002"],
        ),
        case(
            "answering rules",
            "stratus",
            domain(&[("102", "forward-always", "101")]),
            r#"rules: { "101": { order: [{ when: default, forward: { always: { extension: "102" } } }] }, "102": { order: [{ when: default, ring: { simultaneous: { all_phones: true } } }] } }"#,
            &["rules.102", "rules.101"],
        ),
        case(
            "the forwards of Default rules",
            "stratus",
            domain(&[("102", "forward-no-answer", "101")]),
            r#"diverts: { "101": { no_answer: { extension: "102" } }, "102": { no_answer: off } }"#,
            &["diverts.102", "diverts.101"],
        ),
        case(
            "rules that lead to somebody whose forwards change, though rules go first",
            "stratus",
            domain(&[("102", "forward-always", "101")]),
            r#"rules: { "101": { order: [{ when: default, forward: { always: { extension: "102" } } }] } }
diverts: { "102": { always: off } }"#,
            &["diverts.102", "rules.101"],
        ),
        case(
            "a failover of a queue to somebody who led into it, though queues go first",
            "stratus",
            domain(&[("102", "forward-always", "queue_400")]),
            r#"queues: { "400": { failover: { extension: "102" } } }
diverts: { "102": { always: off } }"#,
            &["diverts.102", "queues.400"],
        ),
        case(
            "a number that rings another one, which rang it",
            "ctm",
            ctm.to_owned(),
            r#"queues: { Sales: {} }
numbers: { "+18005550142": { route: { receiver: "+18005550143" } }, "+18005550143": { route: { queue: Sales } } }"#,
            &["numbers.+18005550143", "numbers.+18005550142"],
        ),
        Case {
            astray: true,
            ..case(
                "a queue that the forwards of a person lead to is gone after them",
                "stratus",
                domain(&[("103", "forward-no-answer", "queue_400")]),
                r#"diverts: { "103": { no_answer: off } }
absent: { queues: ["400"] }"#,
                &["diverts.103", "queues.400"],
            )
        },
    ]
}

/// Once a step was written before the one that opens the circle it closes, and callers went round and round for a write. Where
/// there is an order in which they do not, it is that of the plan, and nothing has to be said of it.
#[test]
fn what_is_newly_led_to_is_changed_first() {
    let mut wrong = Vec::new();
    for case in cases() {
        let (planned, plan) = planned(case.provider, &case.live, case.declared);
        let tenant = &plan["tenants"][0];
        let steps = tenant["steps"].as_array().into_iter().flatten();
        let steps: Vec<&str> = steps.map(|step| step["address"].as_str().unwrap()).collect();
        let meanwhile = &tenant["experience"]["meanwhile"];
        let astray = meanwhile.as_array().is_some_and(|it| !it.is_empty());
        let critical = tenant["steps"].to_string().contains("critical");
        if steps != case.steps || astray != case.astray || critical {
            wrong.push(format!("{}: {steps:?} {meanwhile}\n{planned:?}", case.about));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n\n"));
}

/// A slip in the rules of an extension kept those from being planned, and the number that was to lead there was moved all the same:
/// callers came to what nobody had meant. What is not new, and what leads past it, is planned as ever.
#[test]
fn nothing_is_newly_led_to_what_is_not_planned() {
    let stratus = domain(&[]);
    let chain = domain(&[("102", "forward-always", "103")]);
    let strange = domain(&[("103", "forward-always", "")]);
    let strange_chain = domain(&[("102", "forward-always", "103"), ("103", "forward-always", "")]);
    let unknown = r#"rules: { "103": { order: [{ when: default }] } }"#;
    let slip =
        r#"rules: { "103": { order: [{ when: default, forward: { always: { extension: "999" } } }] } }"#;
    // What it is about, the system, what is live and declared, what is not planned, and the steps.
    type Row<'a> = (&'a str, &'a str, &'a str, String, &'a [&'a str], &'a [&'a str]);
    let cases: [Row<'_>; 10] = [
        (
            "a divert",
            "stratus",
            &stratus,
            format!(r#"diverts: {{ "101": {{ always: {{ extension: "103" }} }} }}{}{slip}"#, "\n"),
            &["diverts.101 because of rules.103", "rules.103"],
            &[],
        ),
        (
            "two steps before it",
            "stratus",
            &stratus,
            format!(
                r#"diverts: {{ "101": {{ always: {{ extension: "102" }} }}, "102": {{ busy: {{ extension: "103" }} }} }}{}{slip}"#,
                "\n"
            ),
            &["diverts.101 because of rules.103", "diverts.102 because of rules.103", "rules.103"],
            &[],
        ),
        (
            "by what is live and stays",
            "stratus",
            &chain,
            format!(r#"diverts: {{ "101": {{ always: {{ extension: "102" }} }} }}{}{slip}"#, "\n"),
            &["diverts.101 because of rules.103", "rules.103"],
            &[],
        ),
        (
            "by what is live and goes",
            "stratus",
            &chain,
            format!(
                r#"diverts: {{ "101": {{ always: {{ extension: "102" }} }}, "102": {{ always: off }} }}{}{slip}"#,
                "\n"
            ),
            &["rules.103"],
            &["diverts.102", "diverts.101"],
        ),
        (
            "it leads there already",
            "stratus",
            &chain,
            format!(
                r#"diverts: {{ "102": {{ always: {{ extension: "103" }}, busy: voicemail }} }}{}{slip}"#,
                "\n"
            ),
            &["rules.103"],
            &["diverts.102"],
        ),
        (
            "its mailbox alone",
            "stratus",
            &stratus,
            format!(r#"diverts: {{ "101": {{ always: {{ voicemail: "103" }} }} }}{}{slip}"#, "\n"),
            &["rules.103"],
            &["diverts.101"],
        ),
        (
            "a queue that it overflows to",
            "stratus",
            &stratus,
            format!(r#"queues: {{ "400": {{ max_wait: 60, no_answer: {{ extension: "103" }} }} }}{}{slip}"#, "\n"),
            &["queues.400 because of rules.103", "rules.103"],
            &[],
        ),
        (
            "a person on Deskphone",
            "deskphone",
            &people(&[]),
            r#"diverts: { "2001": { always: { extension: "2002" } }, "2002": { busy: { extension: "2099" } } }"#
                .to_owned(),
            &["diverts.2001 because of diverts.2002", "diverts.2002"],
            &[],
        ),
        (
            "to rules that are not understood, and a label beside",
            "stratus",
            &strange,
            format!(
                r#"diverts: {{ "101": {{ always: {{ extension: "103" }} }} }}{}numbers: {{ "+12145550100": {{ label: Desk }} }}{}{unknown}"#,
                "\n", "\n"
            ),
            &["diverts.101 because of rules.103"],
            &["numbers.+12145550100"],
        ),
        (
            "it leads already to rules that are not understood",
            "stratus",
            &strange_chain,
            format!(
                r#"diverts: {{ "102": {{ always: {{ extension: "103" }}, busy: voicemail }} }}{}{unknown}"#,
                "\n"
            ),
            &[],
            &["diverts.102"],
        ),
    ];
    let mut wrong = Vec::new();
    for (about, provider, live, declared, blocked, steps) in cases {
        let (planned, plan) = planned(provider, live, &declared);
        let tenant = &plan["tenants"][0];
        let texts = |of: &Value, field: Option<&str>| -> Vec<String> {
            let all = of.as_array().into_iter().flatten();
            all.map(|it| field.map_or(it, |field| &it[field]).as_str().unwrap().to_owned()).collect()
        };
        let because = |address: String| {
            let mut notes = tenant["notes"].as_array().into_iter().flatten();
            let note = notes.find(|it| it["address"] == address.as_str());
            let by = note.and_then(|it| it["text"].as_str()?.strip_prefix("not planned "));
            by.map_or_else(|| address.clone(), |by| format!("{address} {by}"))
        };
        let withheld = texts(&tenant["withheld"], None).into_iter().map(because).collect::<Vec<_>>();
        let found = (withheld, texts(&tenant["steps"], Some("address")));
        let blocked: BTreeSet<String> = blocked.iter().map(|it| (*it).to_owned()).collect();
        if found.0.iter().cloned().collect::<BTreeSet<_>>() != blocked || found.1 != steps {
            wrong.push(format!("{about}: {found:?}\n{}\n{}", planned.out, planned.err));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n\n"));
}
