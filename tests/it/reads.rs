//! What was read and matters to callers is said in the plan, before anything is written: forwards that are on, numbers of
//! the same platform, time zones, what the account has switched off, pointers to what is gone.

use crate::{workspace::Workspace, world::World};
use dialform::error::Ending;
use serde_json::Value;

const LIVE: &str = r#"
domain: { domain: acme.1.service, time-zone: US/Central }
users:
  - { user: "101" }
  - { user: "102" }
  - { user: "103" }
  - { user: "400", service-code: system-queue, answerrules: [{ time-frame: "*", forward-always: { enabled: yes, parameters: [queue_400] } }] }
phonenumbers:
  - { phonenumber: "12145550100", dial-rule-application: to-user-residential, dial-rule-translation-destination-user: "101" }
  - { phonenumber: "12145550101", dial-rule-application: to-user-residential, dial-rule-translation-destination-user: "102" }
callqueues: [{ callqueue: "400", description: Sales, agents: [{ callqueue-agent-id: 101@acme.1.service, ordinal-order: 1 }] }]
carrier:
  - { number: "2145550100", destination: "9725550199", active: true }
  - { number: "2145550101", destination: "9725550199", active: false }
timeframes:
  - timeframe-name: office
    timeframe-type: days-of-week
    timeframe-days-of-week-array: [{ timeframe-recurrence-type: weekly, timeframe-recurrence-begin-date: "20220103", timeframe-recurrence-end-option: never, timeframe-weekly-monday-begin-time-1: "0800", timeframe-weekly-monday-end-time-1: "1700" }]
"#;

fn world(tenant: &str, live: &str) -> World {
    let world = World::new(tenant);
    world.write("live/pbx/acme.1.service.yaml", live);
    world
}

/// Replaces a text that stands once.
fn with(text: &str, from: &str, to: &str) -> String {
    assert_eq!(text.matches(from).count(), 1, "{from}");
    text.replace(from, to)
}

/// The lines of a plan's text that contain a word.
fn lines<'a>(out: &'a str, word: &str) -> Vec<&'a str> {
    out.lines().map(str::trim).filter(|line| line.contains(word)).collect()
}

/// Nobody must have to know where to look: a forward that is on stands at the top, whatever the plan is about.
#[test]
fn a_forward_that_is_on_is_said_at_the_top_of_every_plan() {
    let said = "warning[forward-on]: tenant `acme`: an emergency forward is on now: every call to +1 214 555 0100 goes \
                to +1 972 555 0199";
    let cases: [(&str, &[&str]); 5] = [
        ("", &[]),
        ("forwards: { \"+12145550100\": { to: \"+19725550199\" } }", &[]),
        ("rules: { \"101\": { ring_timeout: 30 } }", &["--only", "rules.*"]),
        // A change of it, and a tenant of which nothing can be planned.
        ("forwards: { \"+12145550100\": { active: false } }", &[]),
        ("rules: { \"109\": { ring_timeout: 30 } }", &[]),
    ];
    for (tenant, options) in cases {
        let world = world(tenant, LIVE);
        let run = |format| world.run(&[&["plan", "--format", format], options].concat()).out;
        let text = run("text");
        // What callers notice leads.
        let found = text.lines().find(|it| it.starts_with("warning"));
        assert_eq!(found, Some(said), "{tenant}: {text}");
        assert_eq!(text.matches("is on now").count(), 1, "{tenant}: {text}");
        let markdown = run("markdown");
        let (top, _) = markdown.split_once("\n### ").unwrap_or((&markdown, ""));
        assert_eq!(top.matches("an emergency forward is on now").count(), 1, "{tenant}: {markdown}");
        let json: Value = serde_json::from_str(&run("json")).unwrap();
        assert_eq!(json["findings"][0]["code"], "forward-on", "{tenant}: {json:#}");
        assert_eq!(json["findings"].as_array().unwrap().len(), 1, "{tenant}: {json:#}");
    }
}

/// What switches it off is a command that can be run as it stands: it names the numbers, or the tenant where they are many.
#[test]
fn the_way_out_of_a_forward_that_is_on_can_be_run() {
    // Beside them one is off.
    let number = |index: usize| format!("21455501{:02}", if index == 0 { 0 } else { index + 1 });
    for (on, which) in [
        (1, " --number +12145550100"),
        (2, " --number +12145550100 --number +12145550102"),
        (7, " --tenant acme"),
    ] {
        let row = |index| {
            format!("  - {{ number: \"{}\", destination: \"9725550199\", active: true }}\n", number(index))
        };
        let rows: String = (1..on).map(row).collect();
        let hosted: String =
            (1..on).map(|it| format!("  - {{ phonenumber: \"1{}\" }}\n", number(it))).collect();
        let live = with(LIVE, "carrier:\n", &format!("carrier:\n{rows}"));
        let live = with(&live, "phonenumbers:\n", &format!("phonenumbers:\n{hosted}"));
        let world = world("", &live);
        let plan = world.run(&["plan"]);
        let command = format!("dialform emergency off{which}");
        let help =
            format!("help: when the outage is over, switch off: `{command}`, `active: false`, or the portal");
        assert_eq!(lines(&plan.out, "when the outage is over"), [help], "{}", plan.out);
        let words: Vec<&str> = command.split(' ').skip(1).chain(["--auto-approve"]).collect();
        let off = world.run(&words);
        assert_eq!(off.ending, Ending::Fine, "{}{}", off.out, off.err);
        assert!(off.out.contains(&format!("\nApplied: {on} of {on} done.\n")), "{}", off.out);
    }
}

/// A carrier that does not answer is no reason to keep rules from being planned, and no reason to say that all is well.
#[test]
fn a_carrier_that_does_not_answer_stops_only_its_own() {
    let world = world("rules: { \"101\": { ring_timeout: 30 } }", LIVE);
    let down = ["--fault", "500:1,only:GET /_carrier"];
    let plan = world.run(&[&["plan", "--only", "rules.*"], &down[..]].concat());
    let said = "warning[forward-on]: tenant `acme`: whether an emergency forward is on could not be read: ";
    assert!(
        plan.out.contains(&format!("\n{said}")) && plan.out.contains("~ rules.101"),
        "{}{}",
        plan.out,
        plan.err
    );
    assert_eq!(plan.ending, Ending::Fine);
    let whole = world.run(&[&["plan"], &down[..]].concat());
    assert_eq!(lines(&whole.out, "error[unreadable-account]").len(), 1, "{}", whole.out);
}

/// A forward for the day the platform is down leads away from it, and what it holds is known from the read of all its
/// accounts; what is so already is said and blocks nothing.
#[test]
fn numbers_of_the_same_platform_are_no_way_out() {
    let other = "domain: { domain: other.1.service }\nusers: [{ user: \"201\" }]\nphonenumbers: [{ phonenumber: \
                 \"13125550100\", dial-rule-application: to-user-residential, dial-rule-translation-destination-user: \"201\" }]\n";
    let hosted = |number: &str, account: &str| {
        vec![format!(
            "error[hosted-forward]: {number} is a number of account `{account}`, on the same platform"
        )]
    };
    let cases = [
        (
            "forwards: { \"+12145550101\": { to: \"+12145550100\" } }",
            hosted("+1 214 555 0100", "acme.1.service"),
        ),
        (
            "forwards: { \"+12145550101\": { to: \"+13125550100\" } }",
            hosted("+1 312 555 0100", "other.1.service"),
        ),
        (
            "queues: { \"400\": { failover: { number: \"+13125550100\" }, require_agents: true } }",
            hosted("+1 312 555 0100", "other.1.service"),
        ),
        ("forwards: { \"+12145550101\": { to: \"+13125550199\" } }", vec![]),
        // Callers of a person may be sent anywhere.
        ("diverts: { \"101\": { no_answer: { number: \"+13125550100\" } } }", vec![]),
    ];
    for (tenant, expected) in cases {
        let world = world(tenant, LIVE);
        world.write("live/pbx/other.1.service.yaml", other);
        world.write("tenants/other.yaml", "tenant: other\nprovider: pbx\naccount: other.1.service\n");
        let plan = world.run(&["plan"]);
        assert_eq!(lines(&plan.out, "error["), expected, "{tenant}: {}", plan.out);
        assert_eq!(plan.ending == Ending::Error, !expected.is_empty(), "{tenant}");
    }
    // By hand nobody else would object.
    let world = world("forwards: { \"+12145550101\": { to: \"+12145550100\" } }", LIVE);
    let entry = world.workspace();
    world.write(
        "dialform.yaml",
        with(&entry, "{ url: \"http://127.0.0.1:1\", token: { env: NOT_NEEDED } }", "manual"),
    );
    let plan = world.run(&["plan"]);
    assert_eq!(lines(&plan.out, "error["), hosted("+1 214 555 0100", "acme.1.service"), "{}", plan.out);

    let live = with(
        LIVE,
        "forward-always: { enabled: yes, parameters: [queue_400] }",
        "forward-always: { enabled: yes, parameters: [queue_400] }, forward-when-unregistered: { enabled: yes, parameters: [\"12145550100\"] }",
    );
    let world = self::world(
        "queues: { \"400\": { failover: { number: \"+12145550100\" }, require_agents: true, name: Sales } }",
        &live,
    );
    let plan = world.run(&["plan"]);
    assert_eq!(plan.ending, Ending::Fine, "{}", plan.out);
    let note = "note: queues.400: `failover` still leads to +1 214 555 0100, a number of account `acme.1.service` on the \
                same platform, which is down with it";
    assert_eq!(lines(&plan.out, "still leads"), [note], "{}", plan.out);
}

/// The same for a fail-safe number, whether or not it can be read and in whichever account the number is.
#[test]
fn a_fail_safe_number_is_none_of_the_platform() {
    let number = |number: &str| {
        format!(
            "numbers: [{{ number: \"{number}\", name: Ads, route: {{ receiving_number: [\"+14105550123\"] }} }}]\n"
        )
    };
    let receiver = "receiving_numbers: [{ number: \"+14105550123\", name: Desk }]\n";
    for experimental in [true, false] {
        let world = World::on(&crate::world::CTM, "forwards: { \"+18005550142\": { to: \"+18005550199\" } }");
        let entry = world.workspace();
        world.write(
            "dialform.yaml",
            entry.replace("experimental: true", &format!("experimental: {experimental}")),
        );
        world.write("live/pbx/302341.yaml", number("+18005550142") + receiver);
        world.write("live/pbx/302342.yaml", number("+18005550199") + receiver);
        world.write("tenants/other.yaml", "tenant: other\nprovider: pbx\naccount: \"302342\"\n");
        let plan = world.run(&["plan"]);
        let said =
            ["error[hosted-forward]: +1 800 555 0199 is a number of account `302342`, on the same platform"];
        assert_eq!(lines(&plan.out, "error["), said, "{experimental}: {}{}", plan.out, plan.err);
        // Of an account that no tenant of the run is in nothing is known.
        let alone = world.run(&["plan", "--tenant", "acme"]);
        assert_eq!(lines(&alone.out, "error["), [] as [&str; 0], "{experimental}: {}", alone.out);
    }
}

/// Hours count in the zone of the user whose rule names them. What that moves is said with names and hours; zones of other
/// names and the same hours are the same.
#[test]
fn time_zones_are_compared() {
    const RULES: &str = "schedules: { office: { weekly: { mon: [\"08:00-17:00\"] } } }\n\
                         rules: { \"102\": { order: [{ when: office }, { when: default }] } }\n";
    let user =
        |zone: &str| with(LIVE, "{ user: \"102\" }", &format!("{{ user: \"102\", time-zone: {zone} }}"));
    let domain = |live: &str, zone: &str| with(live, "time-zone: US/Central", &format!("time-zone: {zone}"));
    let all = "account `acme.1.service` and extension 102 are in US/Pacific";
    let cases = [
        ("time_zone: America/Chicago\n", LIVE.to_owned(), vec![]),
        (
            "time_zone: America/New_York\n",
            domain(LIVE, "US/Pacific"),
            vec![format!(
                "{all}, and the file says America/New_York: the hours of office come 3 hours later than the file says"
            )],
        ),
        (
            "time_zone: America/Chicago\n",
            user("Pacific/Honolulu"),
            vec![
                "extension 102 is in Pacific/Honolulu, and the file says America/Chicago: the hours of office come 4 to 5 \
                 hours later, depending on the season, than the file says"
                    .to_owned(),
            ],
        ),
        // Without a zone in the file users are compared with the account.
        (
            "",
            user("America/Phoenix"),
            vec![
                "extension 102 is in America/Phoenix, and account `acme.1.service` is in US/Central: the hours of office \
                 come 1 to 2 hours later, depending on the season, than in the zone of the account"
                    .to_owned(),
            ],
        ),
        (
            "time_zone: America/Denver\n",
            domain(LIVE, "America/Phoenix"),
            vec![
                "account `acme.1.service` and extension 102 are in America/Phoenix, and the file says America/Denver: the \
                 hours of office come up to 1 hour later, depending on the season, than the file says"
                    .to_owned(),
            ],
        ),
        (
            "time_zone: America/Chicago\n",
            user("Mars/Olympus"),
            vec![
                "extension 102 is in Mars/Olympus, and the file says America/Chicago: `Mars/Olympus` is no zone that \
                 dialform knows, and the hours are not compared"
                    .to_owned(),
            ],
        ),
    ];
    for (zone, live, expected) in cases {
        let world = world(&format!("{zone}{RULES}"), &live);
        let plan = world.run(&["plan"]).out;
        let said: Vec<&str> = lines(&plan, "warning[time-zone]");
        let start = "warning[time-zone]: tenant `acme`: ";
        let expected: Vec<String> = expected.iter().map(|it| format!("{start}{it}")).collect();
        assert_eq!(said, expected, "{zone}: {plan}");
        // Where the file says no zone, the rules are where the hours are used.
        let place = format!(" --> tenants/acme.yaml:{}", if zone.is_empty() { 5 } else { 4 });
        assert_eq!(plan.contains(&place), !expected.is_empty(), "{plan}");
    }
}

/// A plan warned that hours count elsewhere, and a call that was told by the file's clock said nothing of it: it does where the way of
/// the call goes by such hours, and only there.
#[test]
fn calls_that_are_told_by_another_clock_say_so() {
    let rules = "schedules: { office: { weekly: { mon: [\"08:00-17:00\"] } } }\n\
                 rules: { \"102\": { order: [{ when: office }, { when: default }] } }\n\
                 numbers: { \"+12145550100\": { route: { extension: \"102\" } } }\n";
    let live = with(
        LIVE,
        "{ user: \"102\" }",
        "{ user: \"102\", time-zone: US/Hawaii, answerrules: [{ time-frame: office }, { time-frame: \"*\" }] }",
    );
    let hours = "4 to 5 hours later, depending on the season, than the file says";
    let cases = [
        ("time_zone: Pacific/Honolulu\n", None),
        (
            "time_zone: America/Chicago\n",
            Some(format!("and the file says America/Chicago: the hours of office come {hours}")),
        ),
        (
            "",
            Some(
                "and the file says no `time_zone`, so that calls are told by UTC: the hours of office come 10 hours later than \
                 this shows"
                    .to_owned(),
            ),
        ),
    ];
    for (zone, expected) in cases {
        let world = world(&format!("{zone}{rules}"), &live);
        let assertion = |name: &str, call: &str| {
            let test = format!("tests: [{{ name: x, call: {call}, expect: {{ within: 300 }} }}]\n");
            world.write(&format!("tests/{name}.yaml"), &test);
        };
        assertion("by-hours", "acme/102");
        assertion("at-all-times", "acme/101");
        let expected = expected
            .map(|it| format!("warning[time-zone]: tenant `acme`: extension 102 is in US/Hawaii, {it}"));
        let expected: Vec<&str> = expected.iter().map(String::as_str).collect();
        for line in [
            "trace acme/102",
            "trace +12145550100",
            "drill --platform-down",
            "test tests/by-hours.yaml --on live",
            "test tests/by-hours.yaml --on plan",
            "test --suggest acme --on live",
        ] {
            let done = world.run(&line.split(' ').collect::<Vec<_>>());
            assert_eq!(lines(&done.err, "warning[time-zone]"), expected, "{line}: {}{}", done.out, done.err);
        }
        for line in ["trace acme/101", "trace acme/103", "test tests/at-all-times.yaml --on live"] {
            let done = world.run(&line.split(' ').collect::<Vec<_>>());
            assert!(!done.err.contains("time-zone]"), "{line}: {}", done.err);
        }
        for line in ["trace acme/102", "test tests/by-hours.yaml"] {
            let files = (*world).run(&line.split(' ').collect::<Vec<_>>());
            assert!(!files.err.contains("time-zone]"), "{line}: {}", files.err);
        }
    }
}

/// Schedules of CallTrackingMetrics have a zone each, which is compared where the file leaves it as it is.
#[test]
fn time_zones_are_compared_where_schedules_have_their_own() {
    let live = "account: { name: Bright, timezone: America/Denver }\nschedules: [{ name: office, timezone: \"Pacific Time \
                (US & Canada)\", times: [] }, { name: night, timezone: \"Eastern Time (US & Canada)\", times: [] }]\n";
    let world =
        World::on(&crate::world::CTM, "time_zone: America/New_York\nschedules: { office: {}, night: {} }\n");
    world.write("live/pbx/302341.yaml", live);
    let plan = world.run(&["plan"]);
    let expected = [
        "warning[time-zone]: tenant `acme`: account `302341` is in America/Denver, and the file says America/New_York: no \
         declared hours move, because each schedule has a zone of its own",
        "warning[time-zone]: tenant `acme`: schedule office counts in America/Los_Angeles, and the file says \
         America/New_York: its hours come 3 hours later than the file says",
    ];
    assert_eq!(lines(&plan.out, "time-zone]"), expected, "{}{}", plan.out, plan.err);
}

/// What the account has switched off is said wherever the files rely on it, before the apply.
#[test]
fn what_is_switched_off_is_said_where_calls_are_sent_there() {
    let off = with(
        LIVE,
        "{ user: \"103\" }",
        "{ user: \"103\", voicemail-enabled: no, call-screening-enabled: no }",
    );
    let dnd = with(
        LIVE,
        "{ user: \"103\" }",
        "{ user: \"103\", answerrules: [{ time-frame: \"*\", forward-on-dnd: { enabled: yes, parameters: [\"19725550199\"] } }] }",
    );
    let off_and_checked = with(&off, "time-zone: US/Central", "time-zone: US/Central, is-stir-enabled: yes");
    let live_spam = with(
        &off_and_checked,
        "call-screening-enabled: no",
        "call-screening-enabled: no, answerrules: [{ time-frame: \"*\", forward-on-spam-call: { enabled: yes, parameters: \
         [\"vmail_103\"] } }]",
    );
    let mailbox = "the mailbox of extension 103 is switched off, and calls sent there are dropped; switch it on in the \
                   portal: Users > 103 > Voicemail";
    let note = |address: &str, text: &str| format!("note: {address}: {text}");
    let rule = |body: &str| format!("rules: {{ \"103\": {{ order: [{{ when: default, {body} }}] }} }}");
    let cases = [
        (
            "numbers: { \"+12145550101\": { route: { voicemail: \"103\" } } }".to_owned(),
            &off,
            vec![note("numbers.+12145550101", &format!("`route`: {mailbox}"))],
        ),
        (
            "queues: { \"400\": { failover: { voicemail: \"103\" }, require_agents: true } }".to_owned(),
            &off,
            vec![note("queues.400", &format!("`failover`: {mailbox}"))],
        ),
        (
            "diverts: { \"103\": { always: voicemail } }".to_owned(),
            &off,
            vec![note("diverts.103", &format!("`always`: {mailbox}"))],
        ),
        (
            "diverts: { \"101\": { no_answer: { voicemail: \"103\" } } }".to_owned(),
            &off,
            vec![note("diverts.101", &format!("`no_answer`: {mailbox}"))],
        ),
        (
            rule("forward: { busy: voicemail }"),
            &off,
            vec![note("rules.103", &format!("the Default rule, `forward.busy`: {mailbox}"))],
        ),
        (
            rule("do_not_disturb: true"),
            &off,
            vec![note(
                "rules.103",
                &format!("with Do not disturb, the Default rule sends callers to voicemail: {mailbox}"),
            )],
        ),
        (
            rule("call_screening: true"),
            &off,
            vec![note(
                "rules.103",
                "the Default rule: Call screening is switched off for extension 103, and nobody is screened; ask the \
                 provider to switch it on",
            )],
        ),
        (
            rule("do_not_disturb: true"),
            &dnd,
            vec![note(
                "rules.103",
                "with Do not disturb, the Default rule sends callers to `number: +19725550199`, not to voicemail",
            )],
        ),
        (
            "rules: { \"103\": { callers: { spam: voicemail } } }".to_owned(),
            &off_and_checked,
            vec![note("rules.103", &format!("`callers.spam`: {mailbox}"))],
        ),
        // What is live and not declared counts as well.
        (
            "rules: { \"103\": { ring_timeout: 30 } }".to_owned(),
            &live_spam,
            vec![note("rules.103", &format!("`callers.spam`: {mailbox}"))],
        ),
        ("rules: { \"103\": { callers: { spam: drop } } }".to_owned(), &live_spam, vec![]),
        // No call is marked as spam: nothing is sent there.
        ("rules: { \"103\": { callers: { spam: voicemail } } }".to_owned(), &off, vec![]),
        (rule("do_not_disturb: false"), &dnd, vec![]),
        (rule("call_screening: true"), &dnd, vec![]),
    ];
    for (tenant, live, expected) in cases {
        let world = world(&tenant, live);
        let plan = world.run(&["plan"]);
        let said: Vec<&str> = lines(&plan.out, "note: ")
            .into_iter()
            .filter(|it| it.contains("switched off") || it.contains("Do not"))
            .collect();
        assert_eq!(said, expected, "{tenant}: {}{}", plan.out, plan.err);
    }
    let spam = "SPAM CALLS does nothing here";
    let stir = with(LIVE, "time-zone: US/Central", "time-zone: US/Central, is-stir-enabled: yes");
    for (live, said) in [(LIVE, 1), (&stir, 0)] {
        let plan = world("rules: { \"103\": { callers: { spam: voicemail } } }", live).run(&["plan"]).out;
        assert_eq!(plan.matches(spam).count(), said, "{plan}");
    }
}

/// A live pointer to an extension that has gone can be declared as it is, and is said; only a new one is refused.
#[test]
fn a_live_pointer_to_what_is_gone_blocks_nothing() {
    let live = with(
        LIVE,
        "{ user: \"103\" }",
        "{ user: \"103\", answerrules: [{ time-frame: \"*\", forward-no-answer: { enabled: yes, parameters: [\"150\"] } }] }",
    );
    let note = "note: ADDRESS: WHERE still leads to extension 150, which account `acme.1.service` does not have: calls sent \
                there are lost";
    let said = |address: &str, place: &str| vec![note.replace("ADDRESS", address).replace("WHERE", place)];
    let rule = "the Default rule, `forward.no_answer`";
    let order = |body: &str| format!("rules: {{ \"103\": {{ ring_timeout: 30, order: [{body}] }} }}");
    let refused = "error[no-such-extension]: account `acme.1.service` has no extension `150`";
    let cases = [
        (
            order("{ when: default, forward: { no_answer: { extension: \"150\" } } }"),
            said("rules.103", rule),
            false,
        ),
        // Another rule above it does not move it.
        (
            "schedules: { office: {} }\n".to_owned()
                + &order(
                    "{ when: office }, { when: default, forward: { no_answer: { extension: \"150\" } } }",
                ),
            said("rules.103", rule),
            false,
        ),
        (
            "diverts: { \"103\": { no_answer: { extension: \"150\" } } }".to_owned(),
            said("diverts.103", "`no_answer`"),
            false,
        ),
        // What is not declared is left as it is.
        ("rules: { \"103\": { ring_timeout: 30 } }".to_owned(), said("rules.103", rule), false),
        ("diverts: { \"103\": { no_answer: off } }".to_owned(), vec![], false),
        (order("{ when: default, forward: { busy: { extension: \"150\" } } }"), vec![], true),
        ("diverts: { \"102\": { no_answer: { extension: \"150\" } } }".to_owned(), vec![], true),
    ];
    for (tenant, expected, blocked) in cases {
        let world = world(&tenant, &live);
        let plan = world.run(&["plan"]);
        assert_eq!(lines(&plan.out, "still leads"), expected, "{tenant}: {}{}", plan.out, plan.err);
        assert_eq!(lines(&plan.out, "error["), if blocked { vec![refused] } else { vec![] }, "{tenant}");
        if !blocked {
            assert_eq!(world.run(&["apply", "--auto-approve"]).ending, Ending::Fine, "{tenant}");
            assert!(world.run(&["plan"]).out.contains("No changes."), "{tenant}");
        }
    }
}

/// A bulk toggle says its line, for whom it is, and who goes on by the same schedule, also where nobody declared them.
#[test]
fn a_bulk_toggle_says_who_is_left_on() {
    let rule = "answerrules: [{ time-frame: office, forward-always: { enabled: yes, parameters: [\"101\"] } }, { time-frame: \"*\" }]";
    let mut live = LIVE.to_owned();
    for extension in ["102", "103"] {
        live = with(
            &live,
            &format!("{{ user: \"{extension}\" }}"),
            &format!("{{ user: \"{extension}\", {rule} }}"),
        );
    }
    let world = world(
        "schedules:\n  office:\n    enabled: false\nrules: { \"102\": { order: [{ when: office, forward: { always: { extension: \
         \"101\" } } }, { when: default }] } }\n",
        &live,
    );
    let plan = world.run(&["plan"]).out;
    let note = "note: schedules.office: switched off (bulk toggle, line 6): 102; also used by 103, left on";
    assert_eq!(lines(&plan, "bulk toggle"), [note], "{plan}");
    // Also when it is off already.
    assert_eq!(world.run(&["apply", "--auto-approve"]).ending, Ending::Fine);
    let plan = world.run(&["plan"]).out;
    assert_eq!(lines(&plan, "left on"), ["note: schedules.office: also used by 103, left on"], "{plan}");
}

/// What rings is said in the words of the portal, both before and after; and a summary names what is not planned.
#[test]
fn rings_and_gaps_are_said_in_words() {
    let ring = |words: &str| {
        with(
            LIVE,
            "{ user: \"103\" }",
            &format!(
                "{{ user: \"103\", answerrules: [{{ time-frame: \"*\", simultaneous-ring: {{ enabled: yes, parameters: [{words}] }} }}] }}"
            ),
        )
    };
    let cases = [
        ("\"<OwnDevices>\"", "ring all user's phones"),
        ("\"103\", \"102;delay=10\"", "simultaneous ring: the user's extension, extension 102 after 10 s"),
        (
            "\"<OwnDevices>\", \"confirm_19725550199\"",
            "simultaneous ring: all user's phones, number +1 972 555 0199, answer confirmation for outside numbers",
        ),
    ];
    for (live, words) in cases {
        let plan =
            world("rules: { \"103\": { order: [{ when: default }] } }", &ring(live)).run(&["plan"]).out;
        let line = format!("order.default.ring: {words} -> just ring the user's extension");
        assert_eq!(lines(&plan, "ring: "), [line.as_str()], "{plan}");
    }
    let tenant = "rules: { \"101\": { ring_timeout: 30 }, \"109\": { ring_timeout: 30 } }";
    let plan = world(tenant, LIVE).run(&["plan"]).out;
    assert!(plan.contains("Plan: 0 to create, 1 to update, 0 to delete, 1 object not planned.\n"), "{plan}");
    assert!(plan.contains("\nNot planned: acme/rules.109.\n"), "{plan}");
}

/// An apply that has left something out ends with 4: its last line says why, also where all that was planned is done.
#[test]
fn the_end_of_an_apply_names_what_is_not_planned() {
    let tenant = "rules: { \"101\": { ring_timeout: 30 }, \"109\": { ring_timeout: 30 } }";
    for (format, start) in [("text", "Applied: "), ("markdown", "")] {
        let applied = world(tenant, LIVE).run(&["apply", "--auto-approve", "--format", format]);
        assert_eq!(applied.ending, Ending::Partial, "{applied:?}");
        let line = format!("\n{start}1 of 1 done; not planned: acme/rules.109");
        assert!(applied.out.contains(&line), "{applied:?}");
    }
}

/// A workspace of one's own runs without these.
#[test]
fn the_example_says_none_of_it_but_its_forward() {
    let plan = Workspace::quickstart().run(&["plan", "--sandbox"]).out;
    for word in ["time-zone]", "switched off, and calls", "still leads", "hosted"] {
        assert!(!plan.contains(word), "{word}: {plan}");
    }
}

/// Weekly hours every few months can be read in two ways (FACTS stratus/frames-21): they are shown as they are, and nothing
/// is written over them.
#[test]
fn hours_of_some_months_are_named_and_stay() {
    let live = with(
        LIVE,
        "timeframe-recurrence-type: weekly,",
        "timeframe-recurrence-type: custom, timeframe-recurrence-custom-interval: months, \
         timeframe-recurrence-custom-interval-count: \"2\", timeframe-recurrence-custom-interval-option: monthly-same-day,",
    );
    let world = world("schedules: { office: { weekly: { mon: [\"08:00-16:00\"] } } }", &live);
    let plan = world.run(&["plan"]);
    let before = world.state();
    let said = [
        "blocked: `weekly` of schedules.office is not planned",
        "error[unreadable-value]: the live `weekly` of schedules.office is `custom 20220103 months 2 monthly-same-day never`, \
         which is not understood",
    ];
    assert_eq!(lines(&plan.out, "schedules.office is"), said, "{}{}", plan.out, plan.err);
    world.run(&["apply", "--auto-approve"]);
    assert_eq!(world.state(), before);
}
