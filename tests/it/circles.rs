//! Circles that close in what nobody declares: a plan lays what is declared over what is live.

use crate::workspace::Workspace;
use dialform::{cli::Finished, error::Ending};
use serde_json::Value;

const PROVIDERS: &str = r#"version: 1
tenants: ["tenants/*.yaml"]
providers:
  stratus: { kind: stratus, url: "https://pbx.example.net/ns-api/v2", token: { env: TOKEN }, carrier: manual }
  ctm: { kind: ctm, access_key: { env: KEY }, secret_key: { env: SECRET } }
  deskphone: { kind: deskphone, url: "https://bridge.example.net/v1", token: { env: TOKEN } }
"#;

/// What is live on Deskphone: four people, some with a divert.
pub fn people(diverts: &[(&str, &str, &str)]) -> String {
    let person = |extension: &str| {
        let own = diverts.iter().filter(|it| it.0 == extension);
        let own: String =
            own.map(|(_, condition, to)| format!(", {condition}: {{ extension: \"{to}\" }}")).collect();
        format!("  - {{ extension: \"{extension}\"{own} }}\n")
    };
    format!("people:\n{}", ["2001", "2002", "2003", "2004"].map(person).concat())
}

/// What is live on Stratus: four users, some with a forward of their Default rule, and two queues.
pub fn domain(forwards: &[(&str, &str, &str)]) -> String {
    let rule = |user: &str, own: &str| {
        let of = forwards.iter().filter(|it| it.0 == user);
        let of: String = of
            .map(|(_, field, to)| format!("{field}: {{ enabled: yes, parameters: [\"{to}\"] }}, "))
            .collect();
        format!("answerrules: [ {{ time-frame: \"*\", {of}{own} }} ]")
    };
    let ring = "simultaneous-ring: { enabled: yes, parameters: [\"<OwnDevices>\"] }";
    let user =
        |user: &str| format!("  - {{ user: \"{user}\", name-first-name: Ana, {} }}\n", rule(user, ring));
    let queue = |queue: &str| {
        let own = format!("forward-always: {{ enabled: yes, parameters: [\"queue_{queue}\"] }}");
        format!(
            "  - {{ user: \"{queue}\", name-first-name: Q, service-code: system-queue, {} }}\n",
            rule(queue, &own)
        )
    };
    let users = ["101", "102", "103", "104"].map(user).concat() + &["400", "401"].map(queue).concat();
    let number = |number: &str, to: &str| {
        format!(
            "  - {{ phonenumber: \"{number}\", dial-rule-application: to-user-residential, \
             dial-rule-translation-destination-user: \"{to}\", dial-rule-translation-destination-host: acme }}\n"
        )
    };
    let queue = |queue: &str, agent: &str| {
        format!(
            "  - callqueue: \"{queue}\"\n    description: Q\n    callqueue-dispatch-type: Ring All\n    \
             callqueue-require-available-agents-to-accept-new-callers: yes\n    agents:\n      \
             - {{ callqueue-agent-id: {agent}@acme, ordinal-order: 1 }}\n"
        )
    };
    format!(
        "domain: {{ time-zone: US/Central }}\nusers:\n{users}phonenumbers:\n{}{}callqueues:\n{}{}",
        number("12145550100", "101"),
        number("12145550102", "102"),
        queue("400", "101"),
        queue("401", "102")
    )
}

/// The same, with such rules of 102 and a schedule `Storm`. 103 is forwarded to 102.
fn by_hours(rules: &str, days: &str) -> String {
    let live = domain(&[("103", "forward-always", "102")]);
    let (head, rest) = live.split_once("\"102\", name-first-name: Ana, answerrules: [").unwrap();
    let (_, tail) = rest.split_once('\n').unwrap();
    format!(
        "{head}\"102\", name-first-name: Ana, answerrules: [{rules}] }}\n{tail}\ntimeframes:\n  \
         - {{ timeframe-name: Storm, {days} }}\n"
    )
}

/// 102 is forwarded in a storm, and rings else.
const IN_A_STORM: &str = r#"{ time-frame: Storm, forward-always: { enabled: yes, parameters: ["103"] } }, { time-frame: "*", simultaneous-ring: { enabled: yes, parameters: ["<OwnDevices>"] } }"#;

/// 102 rings in a storm, and is forwarded else.
const BUT_IN_A_STORM: &str = r#"{ time-frame: Storm, simultaneous-ring: { enabled: yes, parameters: ["<OwnDevices>"] } }, { time-frame: "*", forward-always: { enabled: yes, parameters: ["103"] } }"#;

/// A day of a year, or of every year.
fn day(date: &str, recurrence: &str) -> String {
    format!(
        "timeframe-type: specific-dates, timeframe-specific-dates-array: [{{ \
         timeframe-specific-dates-begin-date: \"{date}\", timeframe-specific-dates-begin-time: \"0000\", \
         timeframe-specific-dates-end-date: \"{date}\", timeframe-specific-dates-end-time: \"2359\", \
         timeframe-recurrence-type: {recurrence}, timeframe-recurrence-end-option: never }}]"
    )
}

/// Every week on these days, from one hour to another.
fn weekly(days: &[&str], from: &str, to: &str) -> String {
    let hours = |day: &&str| {
        format!(
            ", timeframe-weekly-{day}-begin-time-1: \"{from}\", timeframe-weekly-{day}-end-time-1: \"{to}\""
        )
    };
    let hours: String = days.iter().map(hours).collect();
    format!(
        "timeframe-type: days-of-week, timeframe-days-of-week-array: [{{ timeframe-recurrence-type: weekly, \
         timeframe-recurrence-begin-date: \"20220103\", timeframe-recurrence-end-option: never{hours} }}]"
    )
}

const DAYS: [&str; 7] = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"];

struct Case {
    about: &'static str,
    provider: &'static str,
    live: String,
    declared: &'static str,
    /// `LEVEL CODE: message`
    found: &'static [&'static str],
    /// The steps that need approval for it.
    critical: &'static [&'static str],
}

fn cases() -> Vec<Case> {
    let case = |about, provider, live, declared, found, critical| Case {
        about,
        provider,
        live,
        declared,
        found,
        critical,
    };
    vec![
        case(
            "a divert whose other half is live",
            "deskphone",
            people(&[("2002", "always", "2001")]),
            r#"diverts: { "2001": { always: { extension: "2002" } } }"#,
            &["error divert-loop: every call goes in a circle: 2001 -> 2002 -> 2001"],
            &["diverts.2001"],
        ),
        case(
            "three long, two of them live",
            "deskphone",
            people(&[("2002", "always", "2003"), ("2003", "always", "2001")]),
            r#"diverts: { "2001": { always: { extension: "2002" } } }"#,
            &["error divert-loop: every call goes in a circle: 2001 -> 2002 -> 2003 -> 2001"],
            &["diverts.2001"],
        ),
        case(
            "on the day of an outage",
            "deskphone",
            people(&[("2002", "unreachable", "2001")]),
            r#"diverts: { "2001": { unreachable: { extension: "2002" } } }"#,
            &["warning outage-loop: on the day of an outage calls go in a circle: 2001 -> 2002 -> 2001"],
            &[],
        ),
        case(
            "one that is live already, and is declared as it is",
            "deskphone",
            people(&[("2001", "always", "2002"), ("2002", "always", "2001")]),
            r#"diverts: { "2001": { always: { extension: "2002" } } }"#,
            &["warning divert-loop: every call goes in a circle: 2001 -> 2002 -> 2001"],
            &[],
        ),
        case(
            "one that the plan opens",
            "deskphone",
            people(&[("2001", "always", "2002"), ("2002", "always", "2001")]),
            r#"diverts: { "2001": { always: off } }"#,
            &[],
            &[],
        ),
        case(
            "one that nothing declared leads to: `check --calls --live` finds it",
            "deskphone",
            people(&[("2003", "always", "2004"), ("2004", "always", "2003")]),
            r#"diverts: { "2001": { always: { extension: "2002" } } }"#,
            &[],
            &[],
        ),
        case(
            "rules, of which a plan does not read those that nobody declares",
            "stratus",
            domain(&[("102", "forward-always", "103"), ("103", "forward-always", "101")]),
            r#"rules: { "101": { order: [{ when: default, forward: { always: { extension: "102" } } }] } }"#,
            &["error divert-loop: every call goes in a circle: 101 -> 102 -> 103 -> 101"],
            &["rules.101"],
        ),
        case(
            "unanswered calls of rules",
            "stratus",
            domain(&[("102", "forward-no-answer", "101")]),
            r#"diverts: { "101": { no_answer: { extension: "102" } } }"#,
            &["warning no-answer-loop: unanswered calls go in a circle: 101 -> 102 -> 101"],
            &[],
        ),
        case(
            "a number that is live leads back",
            "stratus",
            domain(&[]),
            r#"diverts: { "101": { always: { number: "+12145550100" } } }"#,
            &["error divert-loop: every call goes in a circle: 101 -> +12145550100 -> 101"],
            &["diverts.101"],
        ),
        case(
            "two numbers that are live, one after the other",
            "stratus",
            domain(&[("101", "forward-always", "12145550102"), ("102", "forward-always", "12145550100")])
                .replacen("destination-user: \"101\"", "destination-user: \"103\"", 1),
            r#"numbers: { "+12145550100": { route: { extension: "101" } } }"#,
            &["error divert-loop: every call goes in a circle: 101 -> +12145550102 -> 102 -> +12145550100 -> 101"],
            &["numbers.+12145550100"],
        ),
        case(
            "a rule that `bulk` puts on top",
            "stratus",
            domain(&[("102", "forward-always", "101")]),
            r#"schedules: { h: { dates: ["2027-01-04"] } }
bulk: [{ schedule: h, extensions: ["101"], enabled: true, rule: { forward: { always: { extension: "102" } } } }]"#,
            &["error divert-loop: every call goes in a circle: 101 -> 102 -> 101"],
            &["rules.101"],
        ),
        case(
            "a tracking number that rings one which is live and rings it",
            "ctm",
            "account: { name: Acme, timezone: America/Chicago }\nreceiving_numbers:\n  - { number: \"+18005550142\" }\n  \
             - { number: \"+18005550143\" }\nnumbers:\n  - { number: \"+18005550142\", routing: round_robin, route: { \
             receiving_number: [\"+18005550142\"] } }\n  - { number: \"+18005550143\", routing: round_robin, route: { \
             receiving_number: [\"+18005550142\"] } }\n"
                .to_owned(),
            r#"numbers: { "+18005550142": { route: { receiver: "+18005550143" } } }"#,
            &["error divert-loop: every call goes in a circle: +18005550142 -> +18005550143 -> +18005550142, and no phone rings"],
            &["numbers.+18005550142"],
        ),
        case(
            "a queue whose failover is one that is live",
            "stratus",
            domain(&[("401", "forward-when-unregistered", "queue_400")]),
            r#"queues: { "400": { failover: { queue: "401" } }, "401": {} }"#,
            &["warning outage-loop: on the day of an outage calls go in a circle: 400 -> 401 -> 400"],
            &[],
        ),
        case(
            "the hours of a rule that is live",
            "stratus",
            by_hours(IN_A_STORM, &day("20221225", "doesNotRecur")),
            r#"schedules: { Storm: { weekly: { mon-fri: ["09:00-17:00"] } } }
numbers: { "+12145550102": { route: { extension: "102" } } }"#,
            &["error divert-loop: acme/rules.102.order[0].forward.always: every call goes in a circle: 102 -> 103 -> 102"],
            &["schedules.Storm"],
        ),
        case(
            "the hours of a rule above",
            "stratus",
            by_hours(BUT_IN_A_STORM, &weekly(&DAYS, "0000", "2359")),
            r#"schedules: { Storm: { weekly: { mon-fri: ["09:00-17:00"] } } }
numbers: { "+12145550102": { route: { extension: "102" } } }"#,
            &["error divert-loop: acme/rules.102.order[1].forward.always: every call goes in a circle: 102 -> 103 -> 102"],
            &["schedules.Storm"],
        ),
        case(
            "the hours of another rule are not of it",
            "stratus",
            by_hours(IN_A_STORM, &day("20221225", "doesNotRecur")),
            r#"schedules: { Storm: { weekly: { mon-fri: ["09:00-17:00"] } }, Fair: { weekly: { sat: ["09:00-17:00"] } } }
rules: { "104": { order: [{ when: Fair, ring: extension }, { when: default, forward: { always: { extension: "102" } } }] } }"#,
            &["error divert-loop: acme/rules.102.order[0].forward.always: every call goes in a circle: 102 -> 103 -> 102"],
            &["schedules.Storm"],
        ),
        case(
            "one that is live on one day of the year, and comes on every weekday",
            "stratus",
            by_hours(IN_A_STORM, &day("20221225", "yearly-on-selected-dates")),
            r#"schedules: { Storm: { weekly: { mon-fri: ["09:00-17:00"] } } }
numbers: { "+12145550102": { route: { extension: "102" } } }"#,
            &["error divert-loop: acme/rules.102.order[0].forward.always: every call goes in a circle: 102 -> 103 -> 102"],
            &["schedules.Storm"],
        ),
        case(
            "one that is live on every weekday, and stays for a part of them",
            "stratus",
            by_hours(IN_A_STORM, &weekly(&DAYS[..5], "0800", "1700")),
            r#"schedules: { Storm: { weekly: { mon: ["09:00-17:00"], tue: ["08:00-12:00"] } } }
numbers: { "+12145550102": { route: { extension: "102" } } }"#,
            &["warning divert-loop: acme/rules.102.order[0].forward.always: every call goes in a circle: 102 -> 103 -> 102"],
            &[],
        ),
        case(
            "one of unanswered calls that becomes one of all",
            "deskphone",
            people(&[("2001", "no_answer", "2002"), ("2002", "always", "2001")]),
            r#"diverts: { "2001": { always: { extension: "2002" } } }"#,
            &["error divert-loop: every call goes in a circle: 2001 -> 2002 -> 2001"],
            &["diverts.2001"],
        ),
    ]
}

/// The plan of what is declared for an account with that live, as it is printed and as it is read.
pub fn planned(provider: &str, live: &str, declared: &str) -> (Finished, Value) {
    let workspace = Workspace::default();
    let account = if provider == "ctm" { "302341" } else { "acme" };
    workspace.write("dialform.yaml", PROVIDERS);
    workspace.write(&format!("live/{provider}/{account}.yaml"), live);
    let head =
        format!("tenant: acme\nprovider: {provider}\naccount: \"{account}\"\ntime_zone: America/Chicago\n");
    workspace.write("tenants/acme.yaml", format!("{head}{declared}\n"));
    let planned = workspace.run(&["plan", "--sandbox", "--format", "json"]);
    let plan = serde_json::from_str(&planned.out).unwrap_or_else(|error| panic!("{error}: {planned:?}"));
    (planned, plan)
}

/// A restore is a plan like any other: where it closes a circle with what was written since, it says so, and needs approval. No command
/// shows a call in it before it is done.
#[test]
fn a_circle_that_a_restore_closes_is_found() {
    let deskphone = [
        r#"diverts: { "2001": { always: off } }"#,
        r#"diverts: { "2002": { always: { extension: "2001" } } }"#,
        "2001 -> 2002 -> 2001",
    ];
    let stratus = [
        r#"diverts: { "101": { always: off } }"#,
        r#"diverts: { "102": { always: { extension: "101" } } }"#,
        "101 -> 102 -> 101",
    ];
    for (provider, live, [opened, closed, way]) in [
        ("deskphone", people(&[("2001", "always", "2002")]), deskphone),
        ("stratus", domain(&[("101", "forward-always", "102")]), stratus),
    ] {
        let workspace = Workspace::default();
        workspace.write("dialform.yaml", format!("{PROVIDERS}guard: {{ max_changed_percent: 100 }}\n"));
        workspace.write(&format!("live/{provider}/acme.yaml"), live);
        for declared in [opened, closed] {
            let head = format!("tenant: acme\nprovider: {provider}\naccount: acme\n");
            workspace.write("tenants/acme.yaml", format!("{head}time_zone: America/Chicago\n{declared}\n"));
            let applied = workspace.run(&["apply", "--sandbox", "--auto-approve"]);
            assert_eq!(applied.ending, Ending::Fine, "{provider}: {applied:?}");
        }
        let files = std::fs::read_dir(workspace.path(".dialform/restore")).unwrap();
        let first = files.map(|it| it.unwrap().path()).min().unwrap();
        let restore = first.to_str().unwrap();
        let planned = workspace.run(&["plan", "--sandbox", "--restore", restore]);
        assert!(planned.out.contains("error[divert-loop]: acme/"), "{provider}: {planned:?}");
        assert!(
            planned.out.contains(&format!("every call goes in a circle: {way}")),
            "{provider}: {planned:?}"
        );
        assert!(planned.out.contains("critical: "), "{provider}: {planned:?}");
        assert!(!planned.out.contains("dialform trace"), "{provider}: {planned:?}");
        let applied = workspace.run(&["apply", "--sandbox", "--auto-approve", "--restore", restore]);
        assert!(applied.err.contains("--approve-critical"), "{provider}: {applied:?}");
    }
}

/// Exactly these circles are found, and a step is critical where it makes one in which no phone rings.
#[test]
fn a_circle_that_closes_in_what_is_live_is_found() {
    let mut wrong = Vec::new();
    for case in cases() {
        let (planned, plan) = planned(case.provider, &case.live, case.declared);
        let text = |it: &Value| it.as_str().unwrap_or_default().to_owned();
        let loops = plan["findings"].as_array().into_iter().flatten();
        let loops = loops.filter(|it| text(&it["code"]).ends_with("-loop"));
        let found: Vec<String> = loops
            .map(|it| format!("{} {}: {}", text(&it["level"]), text(&it["code"]), text(&it["message"])))
            .collect();
        let steps = plan["tenants"][0]["steps"].as_array().into_iter().flatten();
        let critical = steps.filter(|step| text(&step["critical"]).contains("in a circle"));
        let critical: Vec<String> = critical.map(|step| text(&step["address"])).collect();
        if found != case.found || critical != case.critical {
            wrong.push(format!("{}: found {found:#?}, critical {critical:?}\n{planned:?}", case.about));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n\n"));
}
