//! What callers notice, in sentences: forty pull requests on the example that newcomers try first, each with what its plan says
//! first. Most are one line, and many reach further than they look; a third change nothing for anybody.
//!
//! `DIALFORM_BLESS=1` writes what is said into `tests/it/experience/told.txt`.

use crate::{golden, workspace::Workspace};
use dialform::error::Ending;
use serde_json::Value;

const ACME: &str = "tenants/acme-dental.yaml";
const SOLAR: &str = "tenants/bright-solar.yaml";
const HARBOUR: &str = "tenants/harbour-legal.yaml";

/// Before the first holiday of the files.
const NOW: &str = "2026-12-01T12:00:00Z";

/// A file, what stands there, and what stands there then.
type Edit = (&'static str, &'static str, &'static str);

/// What a pull request is about, and what it changes.
const CASES: &[(&str, &[Edit])] = &[
    // Refactorings.
    ("rename a schedule", &[(ACME, "business-hours", "office-hours")]),
    ("split a window", &[(ACME, "sat: [\"09:00-12:00\"]", "sat: [\"09:00-10:30\", \"10:30-12:00\"]")]),
    (
        "name each weekday",
        &[(
            ACME,
            "mon-thu: [\"08:00-12:00\", \"13:00-17:00\"]",
            "mon-wed: [\"08:00-12:00\", \"13:00-17:00\"]\n      thu: [\"08:00-12:00\", \"13:00-17:00\"]",
        )],
    ),
    ("a holiday day by day", &[(ACME, "\"12-24..12-26\"", "\"12-24\", \"12-25\", \"12-26\"")]),
    (
        "move a forward into a rule",
        &[
            (
                ACME,
                "diverts: # the forwards of an extension outside any schedule: its Default rule\n  \"104\":",
                "x-earlier:\n  \"104\":",
            ),
            (
                ACME,
                "  \"102\": # only",
                "  \"104\":\n    order:\n      - when: default\n        forward: { always: off, on_call: voicemail, busy: { extension: \"101\" }, no_answer: voicemail, unreachable: { number: \"+19725550113\" } }\n  \"102\": # only",
            ),
        ],
    ),
    (
        "another order of rules that are off",
        &[
            (
                ACME,
                "      - when: training\n        enabled: false # this rule alone is off; it waits here until the training is confirmed\n        forward: { always: { queue: \"400\" } }\n",
                "",
            ),
            (
                ACME,
                "      - when: storm # off at present: see schedules.storm\n",
                "      - when: training\n        enabled: false\n        forward: { always: { queue: \"400\" } }\n      - when: storm\n",
            ),
        ],
    ),
    ("a label", &[(ACME, "label: Main line", "label: Reception desk")]),
    ("the name of a queue", &[(ACME, "name: Billing", "name: Accounts")]),
    (
        "a rule that is switched off",
        &[(
            ACME,
            "        forward: { always: { queue: \"400\" } }\n      - when: business",
            "        forward: { always: { queue: \"401\" } }\n      - when: business",
        )],
    ),
    (
        "a storm that is switched off",
        &[(ACME, "[\"2027-01-15..2027-01-16\"]", "[\"2027-02-15..2027-02-16\"]")],
    ),
    (
        "an hour of a training that no rule waits for",
        &[(ACME, "2027-03-10T12:00..2027-03-10T17:00", "2027-03-10T13:00..2027-03-10T17:00")],
    ),
    (
        "agents numbered otherwise",
        &[
            (ACME, "order: 1, wrap_up: 30", "order: 1, wrap_up: 30"),
            (ACME, "{ extension: \"101\", order: 2 }", "{ extension: \"101\", order: 7 }"),
            (ACME, "{ extension: \"102\", order: 2 }", "{ extension: \"102\", order: 7 }"),
        ],
    ),
    (
        "a forward that was on already",
        &[(
            ACME,
            "\"+12145550101\": { to: \"+19725550199\", active: false }",
            "\"+12145550101\": { to: \"+19725550199\" }",
        )],
    ),
    // Hours.
    ("Saturdays are free", &[(ACME, "      sat: [\"09:00-12:00\"]\n", "")]),
    ("an hour longer on Fridays", &[(ACME, "fri: [\"08:00-13:00\"]", "fri: [\"08:00-14:00\"]")]),
    ("one more holiday", &[(ACME, "dates: [\"2027-11-25\",", "dates: [\"2027-05-31\", \"2027-11-25\",")]),
    ("a holiday of every year is gone", &[(ACME, "yearly: [\"07-04\", ", "yearly: [")]),
    ("the storm comes", &[(ACME, "enabled: false # the bulk", "enabled: true # the bulk")]),
    // A part of the day of a plan is over, and of the last one that it looks at a part is looked at.
    (
        "a storm on the day of the plan",
        &[
            (ACME, "enabled: false # the bulk", "enabled: true # the bulk"),
            (ACME, "[\"2027-01-15..2027-01-16\"]", "[\"2026-12-01\"]"),
        ],
    ),
    (
        "a storm on the day of the plan until the evening, and at Christmas",
        &[
            (ACME, "enabled: false # the bulk", "enabled: true # the bulk"),
            (
                ACME,
                "[\"2027-01-15..2027-01-16\"]",
                "[\"2026-12-01T00:00..2026-12-01T23:00\", \"2026-12-20\"]",
            ),
        ],
    ),
    (
        "a storm on the last day that is looked at",
        &[
            (ACME, "enabled: false # the bulk", "enabled: true # the bulk"),
            (ACME, "[\"2027-01-15..2027-01-16\"]", "[\"2027-12-09\"]"),
        ],
    ),
    ("another zone", &[(ACME, "time_zone: America/Chicago", "time_zone: America/New_York")]),
    // Numbers.
    (
        "a number goes to somebody else",
        &[(ACME, "route: { extension: \"101\" }", "route: { extension: \"103\" }")],
    ),
    ("a number goes to a queue", &[(ACME, "route: { voicemail: \"104\" }", "route: { queue: \"400\" }")]),
    (
        "a new number",
        &[(
            ACME,
            "  \"+12145550105\": { route: { queue: \"420\" } }",
            "  \"+12145550106\": { label: New patients, route: { queue: \"400\" } }\n  \"+12145550105\": { route: { queue: \"420\" } }",
        )],
    ),
    ("menus of another name", &[(SOLAR, "menu: Main menu", "menu: Night menu")]),
    ("receivers one after the other", &[(SOLAR, "pattern: round_robin", "pattern: sequential")]),
    // Rules.
    (
        "rules in another order",
        &[
            (
                ACME,
                "      - when: holidays\n        do_not_disturb: true # nothing rings, callers reach voicemail\n",
                "",
            ),
            (
                ACME,
                "      - when: default # always last",
                "      - when: holidays\n        do_not_disturb: true\n      - when: default # always last",
            ),
        ],
    ),
    ("a longer ring", &[(ACME, "ring_timeout: 25 ", "ring_timeout: 40 ")]),
    (
        "a mailbox of somebody else",
        &[(ACME, "no_answer: { voicemail: \"104\" }", "no_answer: { voicemail: \"101\" }")],
    ),
    (
        "who is rung as well",
        &[(ACME, "              - { extension: \"102\", delay: 10 } # joins after ten seconds\n", "")],
    ),
    ("on a call", &[(ACME, "on_call: { extension: \"102\" } ", "on_call: { queue: \"400\" }     ")]),
    (
        "a caller is blocked",
        &[(ACME, "block: [\"+13125550123\"]", "block: [\"+13125550123\", \"+13125550199\"]")],
    ),
    ("spam rings", &[(ACME, "spam: voicemail ", "spam: ring      ")]),
    (
        "no phone is online",
        &[(ACME, "unreachable: { number: \"+19725550113\" }", "unreachable: { number: \"+19725550114\" }")],
    ),
    ("a divert is switched on", &[(HARBOUR, "always: \"off\" ", "always: voicemail ")]),
    // Queues.
    (
        "an agent less",
        &[(ACME, "agents: [\"101\", { extension: \"102\", order: 2, wrap_up: 10 }]", "agents: [\"101\"]")],
    ),
    (
        "the last phone of a queue",
        &[(ACME, "agents: [\"105\", \"106\", { number: \"+19725550114\" }]", "agents: []")],
    ),
    ("all at once", &[(ACME, "dispatch: linear_cascade", "dispatch: ring_all")]),
    ("a failover", &[(ACME, "failover: { queue: \"400\" }", "failover: { number: \"+19725550199\" }")]),
    (
        "a queue takes callers without agents",
        &[(ACME, "require_agents: true # failover needs it", "require_agents: false")],
    ),
    (
        "how many may wait",
        &[(ACME, "    agent_ring: 20 # seconds", "    agent_ring: 20\n    max_callers: 3")],
    ),
    // Outages.
    (
        "an emergency forward goes elsewhere",
        &[(ACME, "\"+12145550103\": { to: \"+19725550199\" }", "\"+12145550103\": { to: \"+19725550120\" }")],
    ),
    (
        "an emergency forward is switched on",
        &[(
            ACME,
            "\"+12145550101\": { to: \"+19725550199\", active: false }",
            "\"+12145550101\": { to: \"+19725550199\", active: true }",
        )],
    ),
    (
        "a fail-safe number",
        &[(
            SOLAR,
            "\"+18005550142\": { to: \"+14105550199\" }",
            "\"+18005550142\": { to: \"+14105550188\" }",
        )],
    ),
];

/// What a change is about, a tenant, what stands in it, and what stands there then.
const TOGETHER: &[(&str, &str, &str, &str)] = &[
    (
        "one line comes to it when somebody is on a call, the other always",
        "numbers: { \"+12145550100\": { route: { extension: \"102\" } }, \"+12145550101\": { route: { extension: \"101\" } } }
rules:
  \"102\": { order: [{ when: default, forward: { on_call: { extension: \"101\" } } }] }
  \"101\": { order: [{ when: default }] }
",
        "\"101\": { order: [{ when: default }",
        "\"101\": { order: [{ when: default, forward: { always: { number: \"+19725550111\" } } }",
    ),
    (
        "two queues swap their names, and a line follows one of them",
        "numbers: { \"+12145550100\": { label: Main line, route: { queue: \"400\" } } }
queues: { \"400\": { name: Reception, agents: [\"101\"] }, \"401\": { name: Sales, agents: [\"102\"] } }
",
        "{ queue: \"400\" } } }
queues: { \"400\": { name: Reception, agents: [\"101\"] }, \"401\": { name: Sales",
        "{ queue: \"401\" } } }
queues: { \"400\": { name: Sales, agents: [\"101\"] }, \"401\": { name: Reception",
    ),
    (
        "one line comes to it when nobody answers and in hours alone, the other always",
        "schedules: { open: { weekly: { mon-fri: [\"08:00-17:00\"] } } }
numbers: { \"+12145550100\": { route: { extension: \"102\" } }, \"+12145550101\": { route: { extension: \"101\" } } }
rules:
  \"102\": { order: [{ when: open, forward: { no_answer: { extension: \"101\" } } }, { when: default }] }
  \"101\": { order: [{ when: default }] }
",
        "\"101\": { order: [{ when: default }",
        "\"101\": { order: [{ when: default, forward: { always: { number: \"+19725550111\" } } }",
    ),
    (
        "in hours when nobody answers, and at night when somebody is on a call",
        "schedules: { open: { weekly: { mon-fri: [\"08:00-17:00\"] } } }
numbers: { \"+12145550100\": { route: { extension: \"102\" } } }
rules:
  \"102\": { order: [{ when: open, forward: { no_answer: { extension: \"101\" } } }, { when: default, forward: { on_call: { extension: \"101\" } } }] }
  \"101\": { order: [{ when: default }] }
",
        "\"101\": { order: [{ when: default }",
        "\"101\": { order: [{ when: default, forward: { always: { number: \"+19725550111\" } } }",
    ),
    (
        "one way in hours, where all come to it, and another at night",
        "schedules: { open: { weekly: { mon-fri: [\"08:00-17:00\"] } } }
numbers: { \"+12145550100\": { route: { extension: \"102\" } }, \"+12145550101\": { route: { extension: \"101\" } } }
rules:
  \"102\": { order: [{ when: open, forward: { no_answer: { extension: \"101\" } } }, { when: default }] }
  \"101\": { order: [{ when: open, forward: { always: voicemail } }, { when: default }] }
",
        "[{ when: open, forward: { always: voicemail } }, { when: default }]",
        "[{ when: open }, { when: default, forward: { always: { number: \"+19725550111\" } } }]",
    ),
    (
        "calls go elsewhere, and some callers are refused",
        "numbers: { \"+12145550101\": { route: { extension: \"101\" } } }
rules: { \"101\": { order: [{ when: default }] } }
",
        "order: [{ when: default }]",
        "order: [{ when: default, forward: { always: { extension: \"102\" } } }], callers: { block: [\"+13125550123\"], block_anonymous: true, spam: drop }",
    ),
    (
        "a queue that takes nobody without agents",
        "numbers: { \"+12145550102\": { route: { extension: \"102\" } } }
queues: { \"400\": { agents: [\"101\", \"102\"], require_agents: true } }
rules: { \"101\": { order: [{ when: default }] }, \"102\": { order: [{ when: default }] } }
",
        "route: { extension: \"102\" }",
        "route: { queue: \"400\" }",
    ),
    (
        "it rings again, and goes on elsewhere for several reasons",
        "numbers: { \"+12145550101\": { route: { extension: \"101\" } } }
rules: { \"101\": { order: [{ when: default, forward: { always: voicemail } }] } }
",
        "forward: { always: voicemail }",
        "forward: { always: off, on_call: { number: \"+19725550111\" }, no_answer: voicemail, unreachable: { number: \"+19725550112\" } }",
    ),
];

/// What is said first, and at the end.
fn told(out: &str) -> String {
    let first = out.split("\n\n").next().filter(|it| it.starts_with("Callers") || it.starts_with("note"));
    let last = out.lines().filter(|it| {
        it.starts_with("Plan:")
            || it.starts_with("No ")
            || it.contains("allers notice nothing")
            || it.starts_with("Callers notice ") && it.ends_with("not at all.")
    });
    let last: Vec<&str> = last.filter(|line| first.is_none_or(|it| !it.contains(line))).collect();
    format!("{}{}\n", first.map(|it| format!("{it}\n")).unwrap_or_default(), last.join("\n"))
}

/// Word by word. Whoever changes a sentence, a grade or what counts as noticed sees it in forty places.
#[test]
fn forty_pull_requests_say_what_callers_notice() {
    assert!(CASES.len() >= 40);
    let world = Workspace::quickstart();
    world.write(".gitignore", ".dialform/\n");
    world.commit(&["."]);
    let mut all = String::new();
    for (name, edits) in CASES {
        for (file, from, to) in *edits {
            // A name may stand in many places.
            let text = world.read(file);
            assert!(text.contains(from), "{name}: {file} has no `{from}`");
            world.write(file, text.replace(from, to));
        }
        let run = world.run_at(NOW, &["plan", "--against", "HEAD"]);
        assert!(matches!(run.ending, Ending::Fine), "{name}: {}{}", run.out, run.err);
        all.push_str(&format!("## {name}\n\n{}\n", told(&run.out)));
        world.git(&["checkout", "-q", "--", "."]);
    }
    golden::assert("experience/told.txt", &all);
}

/// Each word for a change that one sentence could hide behind another one: at another time, in another state, for another caller.
#[test]
fn no_sentence_speaks_for_one_that_says_more() {
    let world = Workspace::quickstart();
    let mut all = String::new();
    for (name, tenant, from, to) in TOGETHER {
        let head = "tenant: acme-dental\nprovider: stratus-dallas\naccount: acmedental.12345.service\ntime_zone: America/Chicago\n";
        assert!(tenant.contains(from), "{name}: it has no `{from}`");
        world.write(ACME, format!("{head}{tenant}"));
        world.commit(&["."]);
        world.write(ACME, format!("{head}{}", tenant.replace(from, to)));
        let run = world.run_at(NOW, &["plan", "--against", "HEAD", "--tenant", "acme-dental"]);
        assert!(matches!(run.ending, Ending::Fine), "{name}: {}{}", run.out, run.err);
        all.push_str(&format!("## {name}\n\n{}\n", told(&run.out)));
    }
    golden::assert("experience/together.txt", &all);
}

/// A job that says which numbers' calls a pull request changes fails where others change, and where those do not; a file of the
/// pull request says the same.
#[test]
fn what_nobody_expects_fails() {
    let world = Workspace::quickstart();
    world.write(".gitignore", ".dialform/\n");
    world.commit(&["."]);
    world.edit(ACME, "route: { extension: \"101\" }", "route: { extension: \"103\" }");
    world.write("expected.yaml", "expect_change: [\"+12145550101\"]\n");
    world.write("nothing.yaml", "expect_change: []\n");
    world.write("wrong.yaml", "expect_change: [\"555\"]\n");
    let cases: [(&[&str], Ending, &[&str]); 6] = [
        (&["+12145550101"], Ending::Fine, &[]),
        (&["expected.yaml"], Ending::Fine, &[]),
        (
            &["nothing.yaml"],
            Ending::Error,
            &["calls to +1 214 555 0101 of tenant `acme-dental` change, and nobody expects it"],
        ),
        (
            &["+12145550101", "+12145550100"],
            Ending::Error,
            &["calls to +1 214 555 0100 do not change, and they are expected to"],
        ),
        (
            &["+12145550100"],
            Ending::Error,
            &[
                "calls to +1 214 555 0101 of tenant `acme-dental` change, and nobody expects it",
                "calls to +1 214 555 0100 do not change, and they are expected to",
            ],
        ),
        (&["wrong.yaml"], Ending::Error, &[]),
    ];
    for (expected, ending, said) in cases {
        let options: Vec<String> = expected.iter().map(|it| format!("--expect-change={it}")).collect();
        let mut arguments = vec!["plan", "--against", "HEAD"];
        arguments.extend(options.iter().map(String::as_str));
        let run = world.run_at(NOW, &arguments);
        let found: Vec<&str> =
            run.out.lines().filter_map(|line| line.strip_prefix("error[unexpected-change]: ")).collect();
        assert_eq!((run.ending, found.as_slice()), (ending, said), "{expected:?}: {}{}", run.out, run.err);
    }
}

/// An empty list is how a refactoring is proved: callers of an extension and of a queue are people too, and so is who waits in a
/// queue. Each has a name by which it is expected, and what is told in one sentence with something expected follows from it.
#[test]
fn whatever_callers_notice_has_to_be_expected() {
    type Case<'a> = (&'a str, &'a [Edit], &'a str, &'a [&'a str]);
    const RING: Edit = (ACME, "ring_timeout: 25 # sec", "ring_timeout: 40 # sec");
    const DIVERT: Edit = (HARBOUR, "always: \"off\" # people", "always: voicemail # people");
    const LIMIT: Edit = (ACME, "name: Reception", "name: Reception\n    max_callers: 5");
    const QUEUE: Edit = (ACME, "dispatch: linear_cascade", "dispatch: ring_all");
    const ORDER: [Edit; 2] = [
        (ACME, "{ extension: \"101\", order: 2 } # 101", "{ extension: \"101\", order: 7 } # 101"),
        (ACME, "- { extension: \"102\", order: 2 }", "- { extension: \"102\", order: 7 }"),
    ];
    let of = |what: &str, tenant: &str| {
        format!("calls to {what} of tenant `{tenant}` change, and nobody expects it")
    };
    let (divert, queue) = (of("extension 2001", "harbour-legal"), of("queue 401 (Billing)", "acme-dental"));
    let ring = of("+1 214 555 0101", "acme-dental");
    let limit = "callers may notice what changes of acme-dental/queues.400, which no call shows, and nobody expects it";
    let cases: [Case<'_>; 16] = [
        ("nothing", &[], "[]", &[]),
        ("an extension", &[DIVERT], "[]", &[&divert]),
        ("it is named", &[DIVERT], "[extension 2001]", &[]),
        ("of its tenant", &[DIVERT], "[harbour-legal/extension 2001]", &[]),
        (
            "of another tenant",
            &[DIVERT],
            "[acme-dental/extension 2001]",
            &[&divert, "calls to acme-dental/extension 2001 do not change, and they are expected to"],
        ),
        ("a queue", &[QUEUE], "[]", &[&queue]),
        ("a queue that is named", &[QUEUE], "[queue 401]", &[]),
        ("of both one is named", &[QUEUE, DIVERT], "[queue 401]", &[&divert]),
        (
            "a queue that stays",
            &[DIVERT],
            "[extension 2001, queue 401]",
            &["calls to queue 401 do not change, and they are expected to"],
        ),
        ("what no call shows", &[LIMIT], "[]", &[limit]),
        ("it is named by its object", &[LIMIT], "[acme-dental/queues.400]", &[]),
        (
            "and does not change",
            &[DIVERT],
            "[extension 2001, acme-dental/queues.400]",
            &["nothing changes of acme-dental/queues.400 that callers may notice, and they are expected to"],
        ),
        ("a number, and the extension that it rings", &[RING], "[\"+12145550101\"]", &[]),
        ("the number has to be named", &[RING], "[extension 101]", &[&ring]),
        ("of many one speaks", &[RING], "[]", &[&ring]),
        (
            "while it is applied",
            &ORDER,
            "[]",
            &[
                "calls to queue 401 (Billing) of tenant `acme-dental` change while it is applied, and nobody expects it",
            ],
        ),
    ];
    let world = Workspace::quickstart();
    world.write(".gitignore", ".dialform/\nexpected.yaml\n");
    world.commit(&["."]);
    for (name, edits, expected, said) in cases {
        for (file, from, to) in edits {
            world.edit(file, from, to);
        }
        world.write("expected.yaml", format!("expect_change: {expected}\n"));
        let run = world.run_at(NOW, &["plan", "--against", "HEAD", "--expect-change", "expected.yaml"]);
        let found: Vec<&str> =
            run.out.lines().filter_map(|line| line.strip_prefix("error[unexpected-change]: ")).collect();
        let ending = if said.is_empty() { Ending::Fine } else { Ending::Error };
        assert_eq!((found.as_slice(), run.ending), (said, ending), "{name}: {}{}", run.out, run.err);
        world.git(&["checkout", "-q", "--", "."]);
    }
    // On the command line as well; an object could be the name of a file there.
    world.edit(HARBOUR, DIVERT.1, DIVERT.2);
    let run = world.run_at(NOW, &["plan", "--against", "HEAD", "--expect-change", "extension 2001"]);
    assert_eq!(run.ending, Ending::Fine, "{}{}", run.out, run.err);
    world.write("expected.yaml", "expect_change: [\"555\"]\n");
    let run = world.run_at(NOW, &["plan", "--against", "HEAD", "--expect-change", "expected.yaml"]);
    assert!(run.err.starts_with("error[bad-value]: `555` is nothing that calls come to"), "{}", run.err);
}

/// Programs read every call that differs, with every course, state and window, and each window once.
#[test]
fn json_has_every_call_that_differs() {
    let world = Workspace::quickstart();
    world.write(".gitignore", ".dialform/\n");
    world.commit(&["."]);
    world.edit(ACME, "      sat: [\"09:00-12:00\"]\n", "");
    let run =
        world.run_at(NOW, &["plan", "--against", "HEAD", "--tenant", "acme-dental", "--format", "json"]);
    let plan: Value = serde_json::from_str(&run.out).unwrap();
    let table = &plan["tenants"][0]["experience"]["table"];
    let windows = table["windows"].as_array().unwrap();
    let spans: Vec<&Value> = windows.iter().map(|it| &it["spans"]).collect();
    assert!((1..spans.len()).all(|at| !spans[..at].contains(&spans[at])), "{table:#}");
    let calls = table["calls"].as_array().unwrap();
    let direct: Vec<&Value> = calls.iter().filter(|it| it["to"] == "+12145550101").collect();
    assert!(!direct.is_empty(), "{table:#}");
    for call in &direct {
        assert_ne!(call["before"], call["after"], "{call:#}");
        assert!(windows.get(usize::try_from(call["windows"].as_u64().unwrap()).unwrap()).is_some());
        let given = usize::try_from(call["given"].as_u64().unwrap()).unwrap();
        assert!(!table["given"][given].as_array().unwrap().is_empty());
    }
}

/// The tables of an older edition move hours: who has them is told when, and by how much.
#[test]
fn an_older_edition_of_the_time_zone_tables_is_told() {
    let world = Workspace::quickstart();
    world.edit(ACME, "time_zone: America/Chicago", "time_zone: America/Vancouver");
    let run = world.run_at(NOW, &["zones", "--tenant", "acme-dental"]);
    assert_eq!(run.ending, Ending::Fine, "{}{}", run.out, run.err);
    let other = world.run_at(NOW, &["zones", "--tenant", "harbour-legal"]);
    golden::assert("experience/zones.txt", &format!("{}\n{}", run.out, other.out));
    let wrong = world.run_at(NOW, &["zones", "--tables", "nowhere"]);
    assert_eq!(wrong.ending, Ending::Error);
    assert!(wrong.err.starts_with("error[failed]: cannot read the table of `"), "{}", wrong.err);
}

/// A plan of many steps that the same calls rest on is made in seconds, and says what it did not look at.
#[test]
fn what_is_too_large_is_said() {
    let world = Workspace::quickstart();
    // Each goes on to the next.
    let chain = |ring: u32| -> String {
        let rule = |at: u32| {
            let next =
                if at < 140 { format!("{{ extension: \"{}\" }}", at + 1) } else { "voicemail".to_owned() };
            format!(
                "  \"{at}\": {{ order: [{{ when: default, forward: {{ no_answer: {next} }} }}], ring_timeout: {ring} }}\n"
            )
        };
        let rules: String = (101..=140).map(rule).collect();
        format!(
            "tenant: acme-dental\nprovider: stratus-dallas\naccount: acmedental.12345.service\nrules:\n{rules}"
        )
    };
    world.write(ACME, chain(20));
    world.commit(&["."]);
    world.write(ACME, chain(25));
    let run = world.run_at(NOW, &["plan", "--against", "HEAD"]);
    assert_eq!(run.ending, Ending::Fine, "{}{}", run.out, run.err);
    let notes: Vec<&str> = run.out.lines().filter(|line| line.starts_with("note:")).collect();
    assert_eq!(
        notes,
        [
            "note: The steps of acme-dental are too many for a look at what calls do between them: before the first and after the \
          last they do what is told."
        ],
        "{}",
        run.out
    );
}
