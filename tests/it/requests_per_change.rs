//! How many requests each kind of change costs an apply, the plan's own reads not counted.

use crate::{
    golden,
    world::{System, World},
};
use dialform::error::Ending;
use serde_json::Value;
use std::{collections::BTreeMap, fmt::Write};

const STRATUS: System = System {
    provider: r#"
    kind: stratus
    url: http://127.0.0.1:1/ns-api/v2
    token: { env: NOT_NEEDED }
    experimental: true
    carrier: { url: "http://127.0.0.1:1", token: { env: NOT_NEEDED } }
    limits: { requests_per_second: 1000, concurrency: 4, retries: 0, settle: 1 }"#,
    account: "acme.1.service",
    live: r#"
domain: { domain: acme.1.service }
users:
  - user: "101"
    answerrules:
      - { time-frame: night, forward-always: { enabled: "yes", parameters: ["102"] } }
      - { time-frame: day, forward-always: { enabled: "yes", parameters: ["102"] } }
      - time-frame: "*"
        simultaneous-ring: { enabled: "yes", parameters: ["<OwnDevices>"] }
        forward-no-answer: { enabled: "yes", parameters: [vmail_101] }
        phone-numbers-to-reject: { enabled: "yes", parameters: ["3125550123"] }
        phone-numbers-to-allow: { enabled: "yes", parameters: ["3125550124"] }
  - { user: "102" }
  - { user: "103" }
  - user: "400"
    service-code: system-queue
    answerrules:
      - time-frame: "*"
        forward-always: { enabled: "yes", parameters: [queue_400] }
        forward-no-answer: { enabled: "yes", parameters: [vmail_400] }
phonenumbers: [{ phonenumber: "12145550100", dial-rule-application: to-user-residential, dial-rule-translation-destination-user: "101" }]
carrier: [{ number: "2145550100", destination: "9725550199", active: false }]
callqueues:
  - callqueue: "400"
    description: Reception
    callqueue-dispatch-type: Ring All
    agents: [{ callqueue-agent-id: 101@acme.1.service, ordinal-order: 1 }, { callqueue-agent-id: 102@acme.1.service, ordinal-order: 2 }]
timeframes:
  - { timeframe-name: night, timeframe-type: specific-dates, timeframe-specific-dates-array: [{ timeframe-specific-dates-begin-date: "20270115", timeframe-specific-dates-begin-time: "0000", timeframe-specific-dates-end-date: "20270115", timeframe-specific-dates-end-time: "2359", timeframe-recurrence-type: doesNotRecur }] }
  - { timeframe-name: day, timeframe-type: days-of-week, timeframe-days-of-week-array: [{ timeframe-weekly-monday-begin-time-1: "0800", timeframe-weekly-monday-end-time-1: "1700", timeframe-recurrence-type: weekly, timeframe-recurrence-begin-date: "20240101", timeframe-recurrence-end-option: never }] }
  - { timeframe-name: third, timeframe-type: always }
"#,
};

const CTM: System = System {
    provider: r#"
    kind: ctm
    access_key: { env: NOT_NEEDED }
    secret_key: { env: NOT_NEEDED }
    experimental: true
    limits: { requests_per_second: 1000, concurrency: 4, retries: 0, settle: 1 }"#,
    account: "302341",
    live: r#"
users: [{ email: ann@acme.example }, { email: bob@acme.example }]
schedules:
  - name: office
    timezone: Eastern Time (US & Canada)
    times: [{ start_time: "540", end_time: "1020", position: "0", days: { mon: true } }]
receiving_numbers: [{ number: "+14165550123", name: Toronto }, { number: "+14165550124", name: Ottawa }]
queues: [{ name: Sales, seconds_per_agent: 20, agents: [{ user: ann@acme.example, priority: 1 }] }]
numbers: [{ number: "+18005550101", name: Main, route: { call_queue: Sales } }]
"#,
};

const DESKPHONE: System = System {
    provider: r#"
    kind: deskphone
    url: http://127.0.0.1:1/v1
    token: { env: NOT_NEEDED }
    limits: { requests_per_second: 1000, concurrency: 4, retries: 0, settle: 1 }"#,
    account: "harbour",
    live: "people: [{ extension: \"2001\", busy: voicemail }, { extension: \"2002\" }]",
};

/// What is changed, and the tenant that says so. Each is one step.
type Case = (&'static str, &'static System, &'static str);

const CHANGES: &[Case] = &[
    ("stratus number: route", &STRATUS, r#"numbers: { "+12145550100": { route: { extension: "102" } } }"#),
    ("stratus number: label", &STRATUS, r#"numbers: { "+12145550100": { label: Main } }"#),
    ("stratus schedule: dates", &STRATUS, r#"schedules: { night: { dates: ["2027-01-16"] } }"#),
    ("stratus schedule: weekly", &STRATUS, r#"schedules: { day: { weekly: { mon: ["09:00-17:00"] } } }"#),
    (
        "stratus forward: on",
        &STRATUS,
        r#"forwards: { "+12145550100": { active: true, to: "+19725550199" } }"#,
    ),
    ("stratus divert: busy", &STRATUS, r#"diverts: { "101": { busy: { extension: "102" } } }"#),
    ("stratus queue: name", &STRATUS, r#"queues: { "400": { name: Front } }"#),
    ("stratus queue: agent added", &STRATUS, r#"queues: { "400": { agents: ["101", "102", "103"] } }"#),
    ("stratus queue: agent removed", &STRATUS, r#"queues: { "400": { agents: ["101"] } }"#),
    ("stratus queue: failover", &STRATUS, r#"queues: { "400": { failover: { extension: "101" } } }"#),
    ("stratus queue: no answer", &STRATUS, r#"queues: { "400": { no_answer: { extension: "101" } } }"#),
    ("stratus queue: ring timeout", &STRATUS, r#"queues: { "400": { ring_timeout: 30 } }"#),
    ("stratus queue: longest wait", &STRATUS, r#"queues: { "400": { max_expected_wait: 60 } }"#),
    (
        "stratus rules: one changed",
        &STRATUS,
        r#"schedules: { night: {}, day: {}, third: {} }
rules: { "101": { order: [{ when: night, forward: { always: { extension: "103" } } }, REST] } }"#,
    ),
    (
        "stratus rules: one added",
        &STRATUS,
        r#"schedules: { night: {}, day: {}, third: {} }
rules: { "101": { order: [{ when: third, forward: { always: { extension: "103" } } }, { when: night, forward: { always: { extension: "102" } } }, REST] } }"#,
    ),
    (
        "stratus rules: one removed",
        &STRATUS,
        r#"schedules: { night: {}, day: {}, third: {} }
rules: { "101": { order: [REST] } }"#,
    ),
    (
        "stratus rules: order",
        &STRATUS,
        r#"schedules: { night: {}, day: {}, third: {} }
rules: { "101": { order: [{ when: day, forward: { always: { extension: "102" } } }, { when: night, forward: { always: { extension: "102" } } }, DEFAULT] } }"#,
    ),
    (
        "stratus rules: caller blocked",
        &STRATUS,
        r#"rules: { "101": { callers: { block: ["+13125550123", "+13125550199"] } } }"#,
    ),
    ("stratus rules: caller let in", &STRATUS, r#"rules: { "101": { callers: { block: [] } } }"#),
    ("stratus rules: anonymous", &STRATUS, r#"rules: { "101": { callers: { block_anonymous: true } } }"#),
    ("stratus rules: ring timeout", &STRATUS, r#"rules: { "101": { ring_timeout: 30 } }"#),
    ("ctm number: label", &CTM, r#"numbers: { "+18005550101": { label: Front } }"#),
    (
        "ctm number: receivers",
        &CTM,
        r#"numbers: { "+18005550101": { route: { receivers: ["+14165550123"] } } }"#,
    ),
    ("ctm number: agent", &CTM, r#"numbers: { "+18005550101": { route: { agent: bob@acme.example } } }"#),
    (
        "ctm schedule",
        &CTM,
        r#"schedules: { office: { time_zone: America/New_York, weekly: { mon: ["08:00-17:00"] } } }"#,
    ),
    ("ctm receiver: label", &CTM, r#"receivers: { "+14165550123": { label: Front } }"#),
    (
        "ctm receiver: no answer",
        &CTM,
        r#"receivers: { "+14165550123": { no_answer: { after: 20, to: { receiver: "+14165550124" } } } }"#,
    ),
    ("ctm queue: agent's time", &CTM, r#"queues: { Sales: { agent_ring: 30 } }"#),
    (
        "ctm queue: agent added",
        &CTM,
        r#"queues: { Sales: { agents: [{ agent: ann@acme.example }, { agent: bob@acme.example }] } }"#,
    ),
    ("ctm forward", &CTM, r#"forwards: { "+18005550101": { to: "+14165550123" } }"#),
    ("deskphone divert", &DESKPHONE, r#"diverts: { "2001": { busy: { extension: "2002" } } }"#),
];

/// What is made anew, becomes something of another type, or goes.
const CREATIONS: &[Case] = &[
    ("stratus schedule: made", &STRATUS, r#"schedules: { new: { dates: ["2027-01-16"] } }"#),
    (
        "stratus schedule: of another type",
        &STRATUS,
        r#"schedules: { night: { weekly: { mon: ["09:00-17:00"] } } }"#,
    ),
    ("stratus schedule: deleted", &STRATUS, "exhaustive: [schedules]\nschedules: { night: {}, day: {} }"),
    ("stratus queue: made", &STRATUS, r#"queues: { "401": { name: Sales, agents: ["101"] } }"#),
    ("stratus queue: deleted", &STRATUS, "exhaustive: [queues]"),
    (
        "stratus rules: of one that has none",
        &STRATUS,
        r#"schedules: { night: {} }
rules: { "102": { order: [{ when: night, forward: { always: { extension: "103" } } }] } }"#,
    ),
    (
        "stratus divert: of one that has none",
        &STRATUS,
        r#"diverts: { "102": { busy: { extension: "103" } } }"#,
    ),
    (
        "ctm schedule: made",
        &CTM,
        r#"schedules: { new: { time_zone: America/New_York, weekly: { mon: ["08:00-17:00"] } } }"#,
    ),
    ("ctm schedule: deleted", &CTM, "exhaustive: [schedules]"),
    ("ctm receiver: made", &CTM, r#"receivers: { "+14165550199": { label: Front } }"#),
    ("ctm queue: made", &CTM, r#"queues: { Support: { agents: [{ agent: bob@acme.example }] } }"#),
];

/// What one step has sent.
#[derive(Debug, Default)]
struct Cost {
    look: usize,
    /// Reads and writes while it is carried out.
    reads: usize,
    writes: usize,
    read_back: usize,
}

impl Cost {
    fn all(&self) -> usize {
        let Self { look, reads, writes, read_back } = self;
        look + reads + writes + read_back
    }
}

/// Applies one case; the requests of its one step, by what they were for.
fn cost((name, system, tenant): &Case) -> Cost {
    let body = tenant
        .replace("REST", r#"{ when: day, forward: { always: { extension: "102" } } }, DEFAULT"#)
        .replace("DEFAULT", "{ when: default, ring: { simultaneous: { all_phones: true } }, forward: { no_answer: voicemail } }");
    let world = World::on(system, &body);
    let log = world.argument("audit.jsonl");
    // What is undocumented of one of them is taken to work.
    let more = if system.account == CTM.account { ",experimental:on" } else { "" };
    let fault = format!("requests-per-second:0,visible-after:0ms{more}");
    let run = ["apply", "--auto-approve", "--override-guard", "--log", &log, "--fault", &fault];
    let applied = world.run(&run);
    assert_eq!(applied.ending, Ending::Fine, "{name}: {}{}", applied.out, applied.err);
    let mut steps: BTreeMap<String, Cost> = BTreeMap::new();
    for line in world.lines("audit.jsonl").iter().filter(|line| line["phase"] != Value::Null) {
        let word = |name: &str| line[name].as_str().unwrap_or_default();
        let reads = word("method") == "GET";
        if word("phase") == "observe" {
            continue;
        }
        let cost = steps.entry(word("step").to_owned()).or_default();
        match word("phase") {
            "look" => cost.look += 1,
            "write" if reads => cost.reads += 1,
            "write" => cost.writes += 1,
            "read-back" => cost.read_back += 1,
            phase => panic!("{name}: {phase}"),
        }
    }
    assert_eq!(steps.len(), 1, "{name}: {:?}", steps.keys());
    steps.into_values().next().unwrap()
}

fn table(cases: &[Case]) -> String {
    let costs: Vec<(&str, Cost)> = std::thread::scope(|scope| {
        let runs: Vec<_> = cases.iter().map(|case| (case.0, scope.spawn(move || cost(case)))).collect();
        runs.into_iter().map(|(name, run)| (name, run.join().unwrap())).collect()
    });
    let mut text = format!("{:<38} look reads writes back  all\n", "");
    for (name, cost) in &costs {
        let Cost { look, reads, writes, read_back } = cost;
        writeln!(text, "{name:<38} {look:>4} {reads:>5} {writes:>6} {read_back:>4} {:>4}", cost.all())
            .unwrap();
    }
    let all: usize = costs.iter().map(|(_, cost)| cost.all()).sum();
    #[expect(clippy::cast_precision_loss, reason = "both are small")]
    let average = all as f64 / costs.len() as f64;
    writeln!(text, "{:<38} {average:>24.2}", "on average").unwrap();
    text
}

/// What is changed every day.
const DAILY: [&str; 7] = [
    "stratus number: route",
    "stratus schedule: dates",
    "stratus schedule: weekly",
    "stratus forward: on",
    "stratus divert: busy",
    "stratus queue: name",
    "stratus rules: one changed",
];

/// The same where objects have ids: an apply lists them once, for whoever looks at its plan takes his time.
const DAILY_WITH_IDS: [&str; 2] = ["ctm schedule", "deskphone divert"];

/// What a step costs is seen before it is merged: a look, a write and a read-back, and a reason for each request more. What
/// is changed every day has no such reason.
#[test]
fn each_kind_of_change_costs_what_it_must() {
    let table = table(CHANGES);
    let daily = DAILY.map(|it| (it, "3")).into_iter().chain(DAILY_WITH_IDS.map(|it| (it, "4")));
    for (name, requests) in daily {
        let row = table.lines().find(|line| line.starts_with(&format!("{name} "))).unwrap();
        assert_eq!(row.split_whitespace().last(), Some(requests), "{row}");
    }
    golden::assert("requests_per_change/changes.txt", &table);
}

/// What is made or goes needs more; how much more is seen here.
#[test]
fn each_creation_costs_what_it_must() {
    golden::assert("requests_per_change/creations.txt", &table(CREATIONS));
}
