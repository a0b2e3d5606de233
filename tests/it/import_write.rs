//! `import --write`: a file takes the portal's side of what is asked for, and says the same of all else.

use crate::world::{STRATUS, World};
use dialform::error::Ending;

/// A workspace with these numbers live, all of them to extension 101 and with these labels, and what the file says of them.
fn numbers(live: &[(&str, &str)], said: &str) -> World {
    let world = World::new(said);
    let each = live.iter().map(|(number, label)| {
        format!(
            "  - {{ phonenumber: \"{number}\", dial-rule-description: \"{label}\", \
             dial-rule-application: to-user-residential, dial-rule-translation-destination-user: \"101\" }}\n"
        )
    });
    let each: String = each.collect();
    world.write(
        "live/pbx/acme.1.service.yaml",
        format!("domain: {{ domain: acme.1.service }}\nusers: [{{ user: \"101\" }}]\nphonenumbers:\n{each}"),
    );
    world
}

fn take(world: &World, only: &str) -> (Ending, String) {
    let done = world.run(&["import", "--account", STRATUS.account, "--only", only, "--write"]);
    (done.ending, done.out)
}

const MERGED: &str = r#"x-number: &n { label: Main, route: { extension: "101" } }
numbers:
  "+12145550100": { <<: *n }
  "+12145550101": *n   # as all of them
  "+12145550102":
    <<: *n
    # nothing more
  "+12145550103": { label: Fax, <<: *n }
  "+12145550104": *n
"#;

/// What several objects have from one place is changed for the one that differs, and for no other: it says its own beside it.
#[test]
fn what_is_merged_is_overridden() {
    let live = [
        ("12145550100", "One"),
        ("12145550101", "Two"),
        ("12145550102", "Three"),
        ("12145550103", "Four"),
        ("12145550104", "Main"),
    ];
    let world = numbers(&live, MERGED);
    let (ending, out) = take(&world, "numbers.*");
    assert_eq!(ending, Ending::Fine, "{out}");
    let expected = r#"tenant: acme
provider: pbx
account: "acme.1.service"
x-number: &n { label: Main, route: { extension: "101" } }
numbers:
  "+12145550100": { <<: *n, label: One }
  "+12145550101": { <<: *n, label: Two }   # as all of them
  "+12145550102":
    <<: *n
    label: Three
    # nothing more
  "+12145550103": { label: Four, <<: *n }
  "+12145550104": *n
"#;
    assert_eq!(world.read("tenants/acme.yaml"), expected, "{out}");
    let plan = world.run(&["plan", "--detailed-exitcode"]);
    assert_eq!(plan.ending, Ending::Fine, "{}{}", plan.out, plan.err);
}

/// What cannot be written in its place is said, and all the others are written: some hundred at once, next to each other, in
/// brackets and on lines.
#[test]
fn all_that_can_be_written_is() {
    let number = |at: usize| format!("1214555{at:04}");
    let written = |label: &dyn Fn(usize) -> String| -> String {
        let each = (0..300).map(|at| match at {
            5 => format!(
                "  \"+{}\":\n    label: L5\n    route: {{ extension: \"101\", # as ever\n      }}\n",
                number(5)
            ),
            _ if at % 3 == 0 => format!(
                "  \"+{}\":\n    label: {}\n    route: {{ extension: \"101\" }}\n",
                number(at),
                label(at)
            ),
            _ => format!(
                "  \"+{}\": {{ label: {}, route: {{ extension: \"101\" }} }} # number {at}\n",
                number(at),
                label(at)
            ),
        });
        format!("numbers:\n{}", each.collect::<String>())
    };
    let live: Vec<(String, String)> = (0..300)
        .map(|at| (number(at), if at == 5 { "L5".to_owned() } else { format!("New {at}") }))
        .collect();
    let live: Vec<(&str, &str)> =
        live.iter().map(|(number, label)| (number.as_str(), label.as_str())).collect();
    let world = numbers(&live, &written(&|at| format!("L{at}")));
    let file = "live/pbx/acme.1.service.yaml";
    let lines = world
        .read(file)
        .lines()
        .map(|line| match line.contains(&number(5)) {
            true => line.replace("to-user-residential", "to-voicemail") + "\n",
            false => line.to_owned() + "\n",
        })
        .collect::<String>();
    world.write(file, lines);
    let (ending, out) = take(&world, "numbers.*");
    assert_eq!(ending, Ending::Error, "{out}");
    let expected = format!(
        "tenant: acme\nprovider: pbx\naccount: \"acme.1.service\"\n{}",
        written(&|at| format!("New {at}"))
    );
    assert_eq!(world.read("tenants/acme.yaml"), expected, "{out}");
    let said: Vec<&str> = out.lines().filter(|line| !line.ends_with(": as it is live")).collect();
    assert_eq!(
        said,
        [
            "acme (acme.1.service): tenants/acme.yaml",
            "  not written: numbers.+12145550005: there are comments in it, which would be lost",
            "  write this by hand:",
            "      \"+12145550005\": { label: L5, route: { voicemail: \"101\" } }",
        ],
        "{out}"
    );
    assert_eq!(out.lines().filter(|line| line.ends_with(": as it is live")).count(), 299);
}

/// What `absent` or `exhaustive` deletes is declared nowhere: nothing of it differs, and the next apply takes it away all the
/// same. Who asks for the portal's side of it hears that, and what is said instead is a way out.
#[test]
fn what_is_still_deleted_is_said() {
    let live = r#"
domain: { domain: acme.1.service }
users: [{ user: "101" }]
timeframes:
  - { timeframe-name: night, timeframe-type: specific-dates, timeframe-specific-dates-array: [] }
  - { timeframe-name: storm, timeframe-type: specific-dates, timeframe-specific-dates-array: [] }
"#;
    let declared = "schedules:\n  night: {}\n";
    let way = ["import", "--account", STRATUS.account, "--only", "schedules.storm"];
    for (more, why) in [
        (
            "absent: { schedules: [storm] }\n",
            "schedules.storm: `absent` deletes it: take it out there, and import it without `--write` to declare it",
        ),
        (
            "exhaustive: [schedules]\n",
            "schedules.storm: nobody declares it, and `exhaustive` deletes it: import it without `--write` to declare it",
        ),
    ] {
        let world = World::new(&format!("{declared}{more}"));
        world.write("live/pbx/acme.1.service.yaml", live);
        let before = world.read("tenants/acme.yaml");
        let (ending, out) = take(&world, "schedules.storm");
        assert_eq!(ending, Ending::Error, "{out}");
        assert!(out.contains(&format!("  not written: {why}\n")), "{out}");
        assert_eq!(world.read("tenants/acme.yaml"), before, "{out}");
        // Of what is not asked for nothing is said.
        let (ending, out) = take(&world, "schedules.night");
        assert_eq!(ending, Ending::Fine, "{out}");
        // As it says.
        let without = before.replace("absent: { schedules: [storm] }\n", "");
        world.write("tenants/acme.yaml", without);
        let taken = world.run(&way);
        assert_eq!(taken.ending, Ending::Fine, "{}{}", taken.out, taken.err);
        let plan = world.run(&["plan", "--detailed-exitcode"]);
        assert_eq!(plan.ending, Ending::Fine, "{why}: {}{}", plan.out, plan.err);
    }
}

/// What is live at first, and declared so.
const ODD_LIVE: &str = r#"
domain: { domain: acme.1.service }
timeframes:
  - timeframe-name: office
    timeframe-type: days-of-week
    timeframe-days-of-week-array:
      - { timeframe-recurrence-type: weekly, timeframe-recurrence-begin-date: "20220103", timeframe-recurrence-end-option: never, timeframe-weekly-monday-begin-time-1: "0800", timeframe-weekly-monday-end-time-1: "1700" }
users:
  - { user: "101" }
  - { user: "102", ring-no-answer-timeout-seconds: 25 }
  - { user: "400", service-code: system-queue, answerrules: [{ time-frame: "*", forward-always: { enabled: yes, parameters: ["queue_400"] } }] }
phonenumbers:
  - { phonenumber: "12145550100", dial-rule-description: Main, dial-rule-application: to-callqueue, dial-rule-translation-destination-user: "400" }
  - { phonenumber: "12145550101", dial-rule-description: Ben, dial-rule-application: to-user-residential, dial-rule-translation-destination-user: "102" }
callqueues:
  - callqueue: "400"
    description: Sales
    callqueue-dispatch-type: Ring All
    agents: [{ callqueue-agent-id: 101@acme.1.service, ordinal-order: 1 }, { callqueue-agent-id: 102@acme.1.service, ordinal-order: 2 }]
carrier: [{ number: "2145550100", destination: "9725550199", active: false }]
"#;

const ODD_SAID: &str = r#"schedules:
  office: { weekly: { mon: ["08:00-17:00"], first_day: "2022-01-03" } }
queues:
  "400": { name: Sales, dispatch: ring_all, agents: ["101", "102"] }
rules:
  "102":
    ring_timeout: 25
    callers: { allow: [], block: [] }
numbers:
  "+12145550100": { label: Main, route: { queue: "400" } }
  "+12145550101": { label: Ben, route: { extension: "102" } }
forwards:
  "+12145550100": { to: "+19725550199", active: false }
"#;

/// What the portal had, what it has now instead, and what is said of it. Nothing is written but the last: what stands in the file,
/// and what comes in its place.
type Odd = (&'static str, &'static str, &'static str, &'static [(&'static str, &'static str)]);

const ODD: [Odd; 12] = [
    (
        r#"dial-rule-application: to-callqueue, dial-rule-translation-destination-user: "400""#,
        r#"dial-rule-application: to-fax, dial-rule-translation-destination-user: "101""#,
        "numbers.+12145550100: `route` is `{ token: to-fax:101 }`, which cannot be written: this provider cannot send these \
         calls to `token`; set it in the portal, or take `route` out of the file to leave it alone",
        &[],
    ),
    (
        r#"Main, dial-rule-application: to-callqueue, dial-rule-translation-destination-user: "400""#,
        r#"New, dial-rule-application: to-fax, dial-rule-translation-destination-user: "101""#,
        "numbers.+12145550100: `route` is `{ token: to-fax:101 }`, which cannot be written: this provider cannot send these \
         calls to `token`; set it in the portal, or take `route` out of the file to leave it alone (all else of it is as it \
         is live)",
        &[("label: Main", "label: New")],
    ),
    (
        "dial-rule-description: Ben",
        "dial-rule-description: Ben, enabled: no",
        "numbers.+12145550101: `route` cannot be written: it is switched off (`enabled: no`): its calls go nowhere; a \
         declared route switches it on; set it in the portal, or take `route` out of the file to leave it alone",
        &[],
    ),
    (
        "dial-rule-description: Main",
        r#"dial-rule-description: "a\tb""#,
        "numbers.+12145550100: `label` is `\"a\\tb\"`, which cannot be written: it holds something that is not seen, which \
         no file may hold; set it in the portal, or take `label` out of the file to leave it alone",
        &[],
    ),
    (
        r#"{ user: "102", ring-no-answer-timeout-seconds: 25 }"#,
        r#"{ user: "102", ring-no-answer-timeout-seconds: 25, answerrules: [{ time-frame: "*", phone-numbers-to-reject: { enabled: yes, parameters: ["1312*"] } }] }"#,
        "rules.102: `callers` cannot be written: `1312*` stands for many callers, and a list holds single numbers; set it in \
         the portal, or take `callers` out of the file to leave it alone",
        &[],
    ),
    (
        "ring-no-answer-timeout-seconds: 25",
        "ring-no-answer-timeout-seconds: 17",
        "rules.102: `ring_timeout` is `17`, which cannot be written: the portal offers no ring timeout of 17 seconds; set it \
         in the portal, or take `ring_timeout` out of the file to leave it alone",
        &[],
    ),
    (
        "ordinal-order: 2",
        "ordinal-order: 0",
        "queues.400: `agents` cannot be written: positions count from 1; set it in the portal, or take `agents` out of the \
         file to leave it alone",
        &[],
    ),
    (
        r#"monday-end-time-1: "1700""#,
        r#"monday-end-time-1: "0800""#,
        "schedules.office: `weekly` cannot be written: window `08:00-08:00` is empty; set it in the portal, or take `weekly` \
         out of the file to leave it alone",
        &[],
    ),
    (
        "dispatch-type: Ring All",
        "dispatch-type: Strange",
        "queues.400: the live `dispatch` of queues.400 is `Strange`, which is not understood; set it in the portal once, or \
         leave `dispatch` out: until then it stays as it is",
        &[],
    ),
    (
        r#"destination: "9725550199""#,
        r#"destination: "442071234567""#,
        "forwards.+12145550100: the live `to` of forwards.+12145550100 is `442071234567`, which is not understood; set it in \
         the portal once, or leave `to` out: until then it stays as it is",
        &[],
    ),
    (
        r#"destination: "9725550199", active: false"#,
        r#"destination: "442071234567", active: true"#,
        "forwards.+12145550100: the live `to` of forwards.+12145550100 is `442071234567`, which is not understood; set it in \
         the portal once, or leave `to` out: until then it stays as it is",
        &[],
    ),
    (
        "dial-rule-description: Ben",
        "dial-rule-description: Benjamin",
        "",
        &[("label: Ben", "label: Benjamin")],
    ),
];

/// Where the portal has something that no file can hold, the file stays as it is there: what is not said would be managed no
/// more, and the next plan would be empty. Where a plan is stopped, nothing is as it is live.
#[test]
fn what_no_file_can_hold_is_refused() {
    for (from, to, why, written) in ODD {
        let world = World::new(ODD_SAID);
        let live = ODD_LIVE.replacen(from, to, 1);
        assert_ne!(live, ODD_LIVE, "{from}");
        world.write("live/pbx/acme.1.service.yaml", live);
        let before = world.read("tenants/acme.yaml");
        let (ending, out) = take(&world, "*");
        let said: Vec<&str> =
            out.lines().filter_map(|line| line.trim().strip_prefix("not written: ")).collect();
        let expected: Vec<&str> = Some(why).into_iter().filter(|it| !it.is_empty()).collect();
        assert_eq!(said, expected, "{to}: {out}");
        assert_eq!(ending == Ending::Fine, why.is_empty(), "{to}: {out}");
        assert!(!out.contains("nothing of it is live"), "{to}: {out}");
        let expected = written.iter().fold(before, |text, (from, to)| text.replacen(from, to, 1));
        assert_eq!(world.read("tenants/acme.yaml"), expected, "{to}: {out}");
    }
}

/// An object that is live as a whole in a form that no file can hold is not gone; one that is gone is.
#[test]
fn what_is_live_is_not_called_gone() {
    let world = World::new("rules: { \"102\": { ring_timeout: 25, callers: { block: [] } } }\n");
    let odd = r#"{ user: "102", ring-no-answer-timeout-seconds: 17, answerrules: [{ time-frame: "*", forward-always: { enabled: yes, parameters: [""] }, phone-numbers-to-reject: { enabled: yes, parameters: ["1312*"] } }] }"#;
    let file = "live/pbx/acme.1.service.yaml";
    world.write(file, world.read(file).replace(r#"{ user: "102" }"#, odd));
    let (ending, out) = take(&world, "*");
    assert_eq!(ending, Ending::Error, "{out}");
    assert!(out.contains("not written: rules.102: what is live cannot be declared: "), "{out}");
    assert!(out.contains("ring_timeout: the portal offers no ring timeout of 17 seconds"), "{out}");
    assert!(!out.contains("nothing of it is live"), "{out}");

    // A comment in it keeps it from being taken out.
    let world = World::new("schedules:\n  evening: { weekly: {}, # as ever\n    }\n");
    let (ending, out) = take(&world, "*");
    assert_eq!(ending, Ending::Error, "{out}");
    assert!(out.contains("  nothing of it is live: take it out by hand, or apply to make it again"), "{out}");
}
