//! A way out that is named is one: whoever follows it is not refused.

use crate::world::{CTM, STRATUS, System, World};
use dialform::error::Ending;

/// The texts in double quotes of the first help line.
fn quoted(err: &str) -> Vec<String> {
    let help = err.lines().find_map(|line| line.trim_start().strip_prefix("help: ")).unwrap_or_default();
    help.split('"').skip(1).step_by(2).map(str::to_owned).collect()
}

/// Times and dates that people write, and what they are told to write: for windows one for each day that is meant.
#[test]
fn a_hint_is_accepted() {
    let windows: [(&str, &[&str]); 7] = [
        ("22:00-06:00", &["22:00-24:00", "00:00-06:00"]),
        ("22:00-00:00", &["22:00-24:00"]),
        ("24:00-06:00", &["00:00-06:00"]),
        ("24:00-00:00", &["00:00-24:00"]),
        ("00:00-00:00", &["00:00-24:00"]),
        ("24:00-24:00", &["00:00-24:00"]),
        ("09:00", &["08:00-17:00"]),
    ];
    let dates: [(&str, &[&str]); 7] = [
        ("2026-12-24T12:00", &["2026-12-24T12:00..2026-12-24T17:00"]),
        ("2027-12-24T12:00", &["2027-12-24T12:00..2027-12-24T17:00"]),
        ("2027-12-24T18:30", &["2027-12-24T18:30..2027-12-24T24:00"]),
        ("2027-12-24T17:00", &["2027-12-24T17:00..2027-12-24T24:00"]),
        ("2027-12-24T24:00", &["2027-12-24"]),
        ("2027-12-24T12:00..17:00", &["2027-12-24T12:00..2027-12-24T17:00"]),
        ("2027-12-24T12:00..T17:00", &["2027-12-24T12:00..2027-12-24T17:00"]),
    ];
    let weekly =
        |window: &str, day: &str| format!("schedules: {{ x: {{ weekly: {{ {day}: [\"{window}\"] }} }} }}\n");
    let dated = |date: &str, _: &str| format!("schedules: {{ x: {{ dates: [\"{date}\"] }} }}\n");
    type Form<'a> = &'a dyn Fn(&str, &str) -> String;
    let all = windows
        .map(|case| (case, &weekly as Form<'_>))
        .into_iter()
        .chain(dates.map(|case| (case, &dated as Form<'_>)));
    for ((written, expected), form) in all {
        let world = World::new(&form(written, "mon"));
        let refused = world.run(&["plan"]);
        assert_eq!(refused.ending, Ending::Error, "{written}");
        assert_eq!(quoted(&refused.err), expected, "{written}: {}", refused.err);
        for (hint, day) in expected.iter().zip(["mon", "tue"]) {
            world.tenant(&form(hint, day));
            let followed = world.run(&["plan"]);
            assert_eq!(followed.ending, Ending::Fine, "{hint}: {}{}", followed.out, followed.err);
        }
    }
}

/// A number has the same reading in every field, also where a word may stand instead.
#[test]
fn a_number_is_read_alike_in_every_field() {
    let fields = ["rules: { \"101\": { ring_timeout: N } }", "queues: { \"400\": { agent_ring: N } }"];
    for field in fields {
        for written in ["025", "+25", "25.0", "0x19", "\"25\"", "'025'"] {
            let world = World::new(&format!("{}\n", field.replace('N', written)));
            let run = world.run(&["plan"]);
            let help: Vec<&str> = run.err.lines().filter(|line| line.starts_with("help: ")).collect();
            assert_eq!((run.ending, help), (Ending::Error, vec!["help: write 25"]), "{field} {written}");
        }
        let world = World::new(&format!("{}\n", field.replace('N', "25")));
        assert_eq!(world.run(&["plan"]).ending, Ending::Fine, "{field}");
    }
}

const BRIDGE: System = System {
    provider: r#"
    kind: deskphone
    url: http://127.0.0.1:1/v1
    token: { env: NOT_NEEDED }"#,
    account: "harbour",
    live: r#"people: [{ extension: "101" }]"#,
};

/// What numbers people write on each system, and what they are told to write. A number that is named is taken; where the
/// text leaves several, or none, there is only an example, in the form of the country.
#[test]
fn a_number_as_people_write_it_becomes_no_other() {
    const DIVERT: &str = "diverts: { \"101\": { always: { number: \"N\" } } }\n";
    const RECEIVER: &str = "receivers: { \"N\": {} }\n";
    const US: &str = "+12145550100";
    const GB: &str = "+441234567890";
    let cases = [
        (&STRATUS, "", DIVERT, "(214) 555-0100", US),
        (&STRATUS, "", DIVERT, "(972) 555-0100 x204", US),
        (&STRATUS, "", DIVERT, "+19725550100;ext=204", US),
        (&STRATUS, "", DIVERT, "+19725550100,,204", US),
        (&STRATUS, "", DIVERT, "*679725550100", US),
        (&STRATUS, "", DIVERT, "972-555-010", US),
        (&STRATUS, "country: GB\n", DIVERT, "101", GB),
        (&BRIDGE, "", DIVERT, "+44 (0)20 7946 0000", "+442079460000"),
        (&BRIDGE, "", DIVERT, "020 7946 0000", "+442079460000"),
        (&BRIDGE, "", DIVERT, "020 7946 000", GB),
        (&BRIDGE, "", DIVERT, "(972) 555-0100", GB),
        (&BRIDGE, "country: US\n", DIVERT, "(972) 555-0100", "+19725550100"),
        (&BRIDGE, "time_zone: America/Chicago\n", DIVERT, "101", GB),
        (&CTM, "", RECEIVER, "4105550123", US),
        (&CTM, "time_zone: America/New_York\n", RECEIVER, "4105550123", "+14105550123"),
        (&CTM, "time_zone: Europe/London\n", RECEIVER, "020 7946 0104", "+442079460104"),
        (&CTM, "time_zone: Europe/Rome\n", RECEIVER, "06 1234 5678", "+390612345678"),
        (&CTM, "time_zone: Europe/Rome\ncountry: FR\n", RECEIVER, "01 42 68 53 00", "+33142685300"),
    ];
    for (system, head, form, written, expected) in cases {
        let text = |number: &str| format!("{head}{}", form.replace('N', number));
        let world = World::on(system, &text(written));
        let refused = world.check();
        assert_eq!(refused.ending, Ending::Error, "{written}");
        assert_eq!(quoted(&refused.err), [expected], "{head}{written}: {}", refused.err);
        world.tenant(&text(expected));
        let followed = world.check();
        let abroad = followed.err.contains("Stratus cannot send calls");
        assert!(followed.ending == Ending::Fine || abroad, "{expected}: {}", followed.err);
    }
}

/// A digit is soon lost, and most systems take what is left: no number that nobody can have gets as far as a request. What
/// else is wrong with a file does not hide it.
#[test]
fn an_impossible_number_is_refused_on_every_system() {
    let divert = |number: &str| format!("diverts: {{ \"101\": {{ always: {{ number: \"{number}\" }} }} }}\n");
    let receiver = |number: &str| format!("receivers: {{ \"{number}\": {{}} }}\n");
    let blocked =
        |number: &str| format!("rules: {{ \"101\": {{ callers: {{ block: [\"{number}\"] }} }} }}\n");
    let agent = |number: &str| format!("queues: {{ \"400\": {{ agents: [{{ number: \"{number}\" }}] }} }}\n");
    let fallback = |number: &str| format!("forwards: {{ \"+12145550100\": {{ to: \"{number}\" }} }}\n");
    type Form<'a> = &'a dyn Fn(&str) -> String;
    let cases: [(&System, Form<'_>, &str); 10] = [
        (&STRATUS, &divert, "+1214555010"),
        (&STRATUS, &divert, "+4402079460000"),
        (&STRATUS, &blocked, "+1312555012"),
        (&STRATUS, &agent, "+1312555012"),
        (&STRATUS, &fallback, "+121455501990"),
        (&BRIDGE, &divert, "+4402079460000"),
        (&BRIDGE, &divert, "+4412345678"),
        (&CTM, &receiver, "+1410555012"),
        (&CTM, &receiver, "+4402079460104"),
        (&CTM, &receiver, "+99912345678"),
    ];
    for (system, form, number) in cases {
        for also in ["", "protekt: true\n"] {
            let world = World::on(system, &format!("{}{also}", form(number)));
            let refused = world.check();
            let found: Vec<&str> = refused.err.lines().filter(|line| line.starts_with("error[")).collect();
            let impossible = found.iter().filter(|line| line.starts_with("error[impossible-number]"));
            assert_eq!(impossible.filter(|line| line.contains(number)).count(), 1, "{number}: {found:?}");
            assert_eq!(found.len(), if also.is_empty() { 1 } else { 2 }, "{number}: {found:?}");
            assert!(!refused.err.contains("token"), "{}", refused.err);
        }
    }
}

/// Neighbours in a numbering plan are one digit apart: a number is proposed only if its label says that it is the one.
#[test]
fn a_neighbour_is_no_hint() {
    let live = r#"
users: [{ user: "101" }, { user: "102" }, { user: "1011" }]
phonenumbers:
  - { phonenumber: "12145550100", dial-rule-application: to-user-residential, dial-rule-translation-destination-user: "101", dial-rule-description: Main }
  - { phonenumber: "12145550101", dial-rule-application: to-user-residential, dial-rule-translation-destination-user: "101", dial-rule-description: Sales }
"#;
    let none = "dialform never buys or moves numbers: order it first, then declare it";
    let people = |extension: &str| {
        format!(
            "dialform never creates or deletes extensions: create the user in the portal or dashboard first; if the user \
             has left, `dialform who-points-to extension:{extension} --live` lists what leads there"
        )
    };
    let (people_103, people_110, people_011) = (people("103"), people("110"), people("011"));
    let slip = "did you mean +1 214 555 0101, which has this label? dialform never buys or moves numbers";
    let cases = [
        ("numbers: { \"+12145550102\": { label: Sales } }", none),
        ("numbers: { \"+12145550110\": {} }", none),
        ("numbers: { \"+12145550110\": { label: Main } }", none),
        ("numbers: { \"+12145550110\": { label: Sales } }", slip),
        ("numbers: { \"+12145551001\": { label: Sales } }", slip),
        ("numbers: { \"+12145550111\": { label: Sales } }", none),
        ("diverts: { \"103\": { always: voicemail } }", &people_103),
        ("diverts: { \"110\": { always: voicemail } }", &people_110),
        ("diverts: { \"101\": { always: { extension: \"011\" } } }", &people_011),
    ];
    for (tenant, expected) in cases {
        let world = World::on(&System { live, ..STRATUS }, &format!("{tenant}\n"));
        let plan = world.run(&["plan"]);
        let help = plan.out.lines().find_map(|line| line.strip_prefix("help: ")).unwrap_or_default();
        assert_eq!(help, expected, "{tenant}: {}{}", plan.out, plan.err);
    }
}

/// Who knows the portal writes its words. Each is told the word of the files that this phone system has for it.
#[test]
fn a_word_of_the_portal_is_told_the_word_of_the_files() {
    let divert = |word: &str| format!("diverts: {{ \"101\": {{ {word}: voicemail }} }}\n");
    let rule =
        |word: &str| format!("rules: {{ \"101\": {{ order: [{{ when: default, {word}: true }}] }} }}\n");
    let route = |word: &str| format!("numbers: {{ \"+12145550100\": {{ route: {{ {word}: \"600\" }} }} }}\n");
    let queue = |word: &str| format!("queues: {{ \"400\": {{ {word}: voicemail }} }}\n");
    let section = |word: &str| format!("{word}: {{}}\n");
    type Form<'a> = &'a dyn Fn(&str) -> String;
    let cases: &[(&System, Form<'_>, &str, &str)] = &[
        (&STRATUS, &divert, "offline", "`offline` is `unreachable` here (portal: When offline)"),
        (&BRIDGE, &divert, "offline", "`offline` is `unreachable` here (portal: When offline)"),
        (&STRATUS, &divert, "when_busy", "`when_busy` is `busy` here (portal: When busy)"),
        (
            &STRATUS,
            &divert,
            "When unanswered",
            "`When unanswered` is `no_answer` here (portal: When unanswered)",
        ),
        (&STRATUS, &rule, "dnd", "`dnd` is `do_not_disturb` here (portal: Do not disturb)"),
        (&STRATUS, &rule, "screening", "`screening` is `call_screening` here (portal: Call screening)"),
        (&STRATUS, &route, "auto_attendant", "`auto_attendant` is `attendant` here (portal: Auto Attendant)"),
        (&CTM, &route, "auto_attendant", "`auto_attendant` is `menu` here (portal: Voice Menu)"),
        (&STRATUS, &route, "call_queue", "`call_queue` is `queue` here (portal: Call Queue)"),
        (&STRATUS, &queue, "if_unanswered", "`if_unanswered` is `no_answer` here (portal: If unanswered)"),
        (&STRATUS, &section, "time_frames", "`time_frames` is `schedules` here (portal: Time Frames)"),
        (
            &STRATUS,
            &section,
            "answering_rules",
            "`answering_rules` is `rules` here (portal: Answering Rules)",
        ),
        (
            &CTM,
            &section,
            "fail_safe",
            "`fail_safe` is `forwards` here (portal: Forwarding Number, or Fail-safe Number)",
        ),
        // No word of another phone system is offered.
        (
            &BRIDGE,
            &section,
            "contacts",
            "expected one of `tenant`, `provider`, `account`, `extends`, `vars`, `without`, `labels`, `time_zone`, `country`, \
             `diverts`",
        ),
        (
            &BRIDGE,
            &divert,
            "on_hold",
            "expected one of `always`, `busy`, `no_answer`, `unreachable`, `protect`, `until`",
        ),
    ];
    let mut wrong = Vec::new();
    for (system, form, word, expected) in cases {
        let world = World::on(system, &form(word));
        let refused = world.check();
        let help: Vec<&str> = refused.err.lines().filter_map(|line| line.strip_prefix("help: ")).collect();
        if (refused.ending, help.as_slice()) != (Ending::Error, &[*expected]) {
            wrong.push(format!("{word}: {}", refused.err));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// A mistake, the way out that is named first, and the same when it has been followed.
type Followed = (&'static System, &'static str, &'static str, &'static str);

const FOLLOWED: &[Followed] = &[
    // Lists without their brackets. The first item alone in brackets would be the loss of all others.
    (
        &STRATUS,
        "queues: { \"400\": { agents: \"101, 102\" } }",
        "write `[\"101\", \"102\"]`",
        "queues: { \"400\": { agents: [\"101\", \"102\"] } }",
    ),
    (
        &STRATUS,
        "queues: { \"400\": { agents: 101, 102 } }",
        "write a list in brackets, `agents: [\"101\", \"102\"]`; a text with a comma stands in quotes",
        "queues: { \"400\": { agents: [\"101\", \"102\"] } }",
    ),
    (
        &STRATUS,
        "queues: { \"400\": { agents: [\"101, 102\"] } }",
        "write each by itself: \"101\", \"102\"",
        "queues: { \"400\": { agents: [\"101\", \"102\"] } }",
    ),
    (
        &STRATUS,
        "numbers: { \"+12145550100\": { label: Smith, John } }",
        "write a list in brackets, `label: [Smith, John]`; a text with a comma stands in quotes",
        "numbers: { \"+12145550100\": { label: \"Smith, John\" } }",
    ),
    (&STRATUS, "labels: west, south", "write `[west, south]`", "labels: [west, south]"),
    (
        &STRATUS,
        "schedules: { x: { weekly: { mon: 08:00-12:00 13:00-17:00 } } }",
        "write `[\"08:00-12:00\", \"13:00-17:00\"]`",
        "schedules: { x: { weekly: { mon: [\"08:00-12:00\", \"13:00-17:00\"] } } }",
    ),
    (
        &STRATUS,
        "schedules: { x: { weekly: { mon: 08:00-12:00, 13:00-17:00 } } }",
        "write a list in brackets, `mon: [\"08:00-12:00\", \"13:00-17:00\"]`; a text with a comma stands in quotes",
        "schedules: { x: { weekly: { mon: [\"08:00-12:00\", \"13:00-17:00\"] } } }",
    ),
    (
        &STRATUS,
        "schedules: { x: { weekly: { mon: [\"08:00-12:00, 13:00-17:00\"] } } }",
        "write each by itself: \"08:00-12:00\", \"13:00-17:00\"",
        "schedules: { x: { weekly: { mon: [\"08:00-12:00\", \"13:00-17:00\"] } } }",
    ),
    (
        &STRATUS,
        "schedules: { x: { weekly: { mon: [\"08:00-17:00\"], sat: closed } } }",
        "leave the key out, or write `[]`",
        "schedules: { x: { weekly: { mon: [\"08:00-17:00\"], sat: [] } } }",
    ),
    // A number by itself is no extension, and nobody can create the user.
    (
        &STRATUS,
        "diverts: { \"101\": { always: 9725550111 } }",
        "write `{ number: \"+19725550111\" }` if it is a North American number",
        "diverts: { \"101\": { always: { number: \"+19725550111\" } } }",
    ),
    (
        &STRATUS,
        "diverts: { \"101\": { always: 972-555-0111 } }",
        "write `{ number: \"+19725550111\" }` if it is a North American number",
        "diverts: { \"101\": { always: { number: \"+19725550111\" } } }",
    ),
    (
        &STRATUS,
        "diverts: { \"101\": { always: 5550111 } }",
        "write a number in international form, such as `{ number: \"+12145550100\" }`, or an extension as `{ extension: \"5550111\" }`",
        "diverts: { \"101\": { always: { extension: \"5550111\" } } }",
    ),
    (
        &STRATUS,
        "diverts: { \"101\": { always: 102 } }",
        "write `{ extension: \"102\" }` or `{ queue: \"102\" }`",
        "diverts: { \"101\": { always: { extension: \"102\" } } }",
    ),
    (
        &BRIDGE,
        "diverts: { \"101\": { always: 020 7946 0000 } }",
        "write `{ number: \"+442079460000\" }` if it is a UK number",
        "diverts: { \"101\": { always: { number: \"+442079460000\" } } }",
    ),
    (
        &CTM,
        "receivers: { \"+14105550123\": { no_answer: { after: 20, to: \"+14105550124\" } } }",
        "write `{ receiver: \"+14105550124\" }`",
        "receivers: { \"+14105550123\": { no_answer: { after: 20, to: { receiver: \"+14105550124\" } } } }",
    ),
    (
        &CTM,
        "time_zone: America/New_York\nnumbers: { \"+18005550142\": { route: (410) 555-0123 } }",
        "write `{ receiver: \"+14105550123\" }` if it is a North American number",
        "numbers: { \"+18005550142\": { route: { receiver: \"+14105550123\" } } }",
    ),
    // Names that YAML takes only in quotes.
    (
        &STRATUS,
        "rules: { \"101\": { order: [{ when: \"R&D #1\" }] } }",
        "declare it; `schedules: { \"R&D #1\": {} }` uses a live one as it is",
        "schedules: { \"R&D #1\": {} }\nrules: { \"101\": { order: [{ when: \"R&D #1\" }] } }",
    ),
    (
        &STRATUS,
        "rules: { \"101\": { order: [{ when: \"Closed: summer\" }] } }",
        "declare it; `schedules: { \"Closed: summer\": {} }` uses a live one as it is",
        "schedules: { \"Closed: summer\": {} }\nrules: { \"101\": { order: [{ when: \"Closed: summer\" }] } }",
    ),
    (
        &CTM,
        "numbers: { \"+18005550142\": { route: { queue: 'the \"A\" team' } } }",
        "declare it; `queues: { \"the \\\"A\\\" team\": {} }` uses a live one as it is",
        "queues: { \"the \\\"A\\\" team\": {} }\nnumbers: { \"+18005550142\": { route: { queue: 'the \"A\" team' } } }",
    ),
    // Half a day: the whole one would be closed.
    (
        &STRATUS,
        "schedules: { x: { dates: [\"2027-12-24 12:00-17:00\"] } }",
        "write the day with both times: \"2027-12-24T12:00..2027-12-24T17:00\"",
        "schedules: { x: { dates: [\"2027-12-24T12:00..2027-12-24T17:00\"] } }",
    ),
    (
        &STRATUS,
        "schedules: { x: { dates: [\"2027-12-24T12:00-17:00\"] } }",
        "write the day with both times: \"2027-12-24T12:00..2027-12-24T17:00\"",
        "schedules: { x: { dates: [\"2027-12-24T12:00..2027-12-24T17:00\"] } }",
    ),
    (
        &STRATUS,
        "schedules: { x: { dates: [\"2027-12-24 12:00..2027-12-24 17:00\"] } }",
        "write the day with both times: \"2027-12-24T12:00..2027-12-24T17:00\"",
        "schedules: { x: { dates: [\"2027-12-24T12:00..2027-12-24T17:00\"] } }",
    ),
    (
        &STRATUS,
        "schedules: { x: { yearly: [\"12-24 12:00-17:00\"] } }",
        "write `{ day: \"12-24\", from: \"12:00\", to: \"17:00\" }`",
        "schedules: { x: { yearly: [{ day: \"12-24\", from: \"12:00\", to: \"17:00\" }] } }",
    ),
    (
        &STRATUS,
        "schedules: { x: { yearly: [\"12-24T12:00..12-24T17:00\"] } }",
        "write `{ day: \"12-24\", from: \"12:00\", to: \"17:00\" }`",
        "schedules: { x: { yearly: [{ day: \"12-24\", from: \"12:00\", to: \"17:00\" }] } }",
    ),
    (
        &STRATUS,
        "schedules: { x: { yearly: [\"4th thu nov 12:00 - 17:00\"] } }",
        "write `{ day: \"4th thu nov\", from: \"12:00\", to: \"17:00\" }`",
        "schedules: { x: { yearly: [{ day: \"4th thu nov\", from: \"12:00\", to: \"17:00\" }] } }",
    ),
    // What YAML reads otherwise than it looks.
    (
        &STRATUS,
        "numbers: { \"+12145550100\": { label: R&D #1 } }",
        "` #` begins a comment; if it belongs to the text, quote it: \"R&D #1\"",
        "numbers: { \"+12145550100\": { label: \"R&D #1\" } }",
    ),
    (
        &STRATUS,
        "schedules: { R&D #1: {} }",
        "` #` begins a comment; if it belongs to the text, quote it: \"R&D #1\"",
        "schedules: { \"R&D #1\": {} }",
    ),
    (
        &STRATUS,
        "schedules:\n  R&D #1:\n    yearly: [\"12-25\"]",
        "` #` begins a comment; if it belongs to the text, quote it: \"R&D #1\"",
        "schedules:\n  \"R&D #1\":\n    yearly: [\"12-25\"]",
    ),
    (
        &STRATUS,
        "schedules:\n  R&D #1: { yearly: [\"12-25\"] }",
        "` #` begins a comment; if it belongs to the text, quote it: \"R&D #1\"",
        "schedules:\n  \"R&D #1\": { yearly: [\"12-25\"] }",
    ),
    (
        &STRATUS,
        "numbers: { \"+12145550100\": { label: Sales: Ads } }",
        "put a comma between the parts, or quote text that contains `: `: \"Sales: Ads\"",
        "numbers: { \"+12145550100\": { label: \"Sales: Ads\" } }",
    ),
    (
        &STRATUS,
        "schedules: { Closed: summer: {} }",
        "put a comma between the parts, or quote text that contains `: `: \"Closed: summer\"",
        "schedules: { \"Closed: summer\": {} }",
    ),
    // A bracket that is open is only that.
    (
        &STRATUS,
        "schedules: { x: {} # in use",
        "close it with `}`, and put a comma between its parts",
        "schedules: { x: {} } # in use",
    ),
];

/// Whoever is stuck copies what the help says: it has to be the one thing that is wrong, and right when it is followed.
#[test]
fn what_is_told_is_taken_when_it_is_followed() {
    for (system, written, help, mended) in FOLLOWED {
        let world = World::on(system, &format!("{written}\n"));
        let refused = world.check();
        let told: Vec<&str> = refused.err.lines().filter_map(|line| line.strip_prefix("help: ")).collect();
        assert_eq!((refused.ending, told), (Ending::Error, vec![*help]), "{written}\n{}", refused.err);
        world.tenant(&format!("{mended}\n"));
        let followed = world.check();
        assert_eq!(followed.ending, Ending::Fine, "{mended}\n{}", followed.err);
    }
}

/// Places as the portal shows them, by name: here they are called by their extension, and one that is made in the place of the
/// one that is there has the calls of nobody.
#[test]
fn a_name_of_the_portal_leads_to_its_extension() {
    let live = r#"
domain: { domain: acme.1.service }
users:
  - { user: "101" }
  - { user: "400", name-first-name: Reception, service-code: system-queue, answerrules: [{ time-frame: "*", forward-always: { enabled: "yes", parameters: ["queue_400"] } }] }
  - { user: "600", name-first-name: Main, service-code: system-aa }
  - { user: "601", name-first-name: Night, service-code: system-aa }
autoattendants: [{ attendant-name: MainMenu, user: "600" }, { attendant-name: Night, user: "601" }]
callqueues: [{ callqueue: "400", description: Reception, callqueue-dispatch-type: Ring All }]
phonenumbers: [{ phonenumber: "12145550100", dial-rule-application: to-user-residential, dial-rule-translation-destination-user: "101" }]
"#;
    let number = |to: &str| format!("numbers: {{ \"+12145550100\": {{ route: {to} }} }}\n");
    let route = |to: &str| number(&format!("{{ queue: {to} }}"));
    let divert = |to: &str| format!("diverts: {{ \"101\": {{ busy: {{ attendant: \"{to}\" }} }} }}\n");
    const CALLED: &str = "queues.400 has this name in the portal";
    let cases = [
        (number("{ attendant: mainmenu }"), "help: write `{ attendant: \"600\" }`".to_owned()),
        (divert("Night"), "help: write `{ attendant: \"601\" }`".to_owned()),
        (
            divert("Lunch"),
            "error[no-such-extension]: account `acme.1.service` has no extension `Lunch`".to_owned(),
        ),
        (
            format!("queues: {{ reception: {{}} }}\n{}", route("reception")),
            format!("help: {CALLED}: write \"400\""),
        ),
        (
            format!("queues: {{ Reception: {{ agents: [\"101\"] }} }}\n{}", route("Reception")),
            format!("note: queues.Reception: {CALLED}; this creates a second one"),
        ),
    ];
    for (tenant, line) in cases {
        let world = World::new(&tenant);
        world.write("live/pbx/acme.1.service.yaml", live);
        let plan = world.run(&["plan"]);
        let said = format!("{}{}", plan.out, plan.err);
        assert!(said.lines().any(|it| it.trim().starts_with(&line)), "{tenant}: no line\n{line}\nin\n{said}");
    }
}
