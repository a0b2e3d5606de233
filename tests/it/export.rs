//! A list of all numbers: what a person opens in a spreadsheet, and a program reads.

use crate::{
    golden,
    workspace::Workspace,
    world::{CTM, STRATUS, System, World},
};
use dialform::error::Ending;
use std::io::Read;

/// Names that a spreadsheet would run, texts of every sort of mark, and what is dialled.
const TENANT: &str = r##"
schedules: { holidays: { yearly: ["12-25"] }, night: { weekly: { mon-fri: ["18:00-24:00"] } } }
numbers:
  "+12145550100": { label: "=HYPERLINK(\"http://example.invalid\",\"x\")", route: { queue: "0400" } }
  "+12145550101": { label: "Ana, \"direct\"\nline two", route: { extension: "0101" } }
  "+12145550102": { label: "+1 (214) 555", route: { voicemail: "0101" } }
  "+12145550103": { label: "@cafe\u200b é 😀" }
forwards:
  "+12145550100": { to: "+19725550199" }
  "+12145550101": { to: "+19725550199", active: false }
  "+12145550109": { to: "+19725550199", active: true }
queues:
  "0400": { name: "-Reception", dispatch: ring_all, agents: ["0101", { number: "+19725550111" }, { device: 0102wp }], failover: { token: "*97" } }
rules:
  "0101":
    ring_timeout: 25
    callers: { allow: ["+12145550177"], block: ["+13125550123"], block_anonymous: true, spam: drop }
    order:
      - { when: holidays, do_not_disturb: true, forward: { always: voicemail } }
      - when: night
        enabled: false
        call_screening: true
        ring: { simultaneous: { own_extension: true, confirm_external: true, also: [{ extension: "0102", delay: 10 }, { number: "+19725550111" }] } }
        forward: { no_answer: { queue: "0400" }, unreachable: { number: "+19725550111" } }
      - { when: default, forward: { busy: { token: "*97" } } }
diverts:
  "0102": { always: off, on_call: voicemail, unreachable: { attendant: "600" } }
  "0103": { always: off }
"##;

/// The list of it.
const LISTED: &str = include_str!("export/listed.csv");

/// When the lists are made: a Sunday.
const AT: &str = "2026-11-29T00:00Z";

fn offline(world: &World) -> Workspace {
    Workspace::at(world.root().to_owned())
}

/// The whole list from the files alone, byte by byte: lines end as RFC 4180 has it, every cell is in quotes, no cell is a
/// formula, and numbers are as they are dialled.
#[test]
fn the_files_are_listed() {
    let world = World::new(TENANT.trim_start());
    let done = offline(&world).run(&["export", "--at", AT]);
    let expected = done.out.clone();
    let lines = expected.replace("\r\n", "\n");
    assert_eq!((lines.contains('\r'), lines.matches('\n').count()), (false, expected.matches('\n').count()));
    golden::assert("export/listed.csv", &lines);
    assert_eq!((done.err.as_str(), done.ending), ("", Ending::Fine));
    assert!(!world.path(".dialform").exists(), "nothing was asked");

    let file = offline(&world).run(&["export", "--at", AT, "--out", &world.argument("list.csv")]);
    assert_eq!((file.out.as_str(), file.err.as_str(), world.read("list.csv")), ("", "", expected));
}

/// The cells of a line of CSV.
fn cells(line: &str) -> Vec<String> {
    let (mut cells, mut rest) = (Vec::new(), line);
    loop {
        let mut cell = String::new();
        let mut inner = rest.strip_prefix('"').unwrap().chars();
        while let Some(c) = inner.next() {
            if c == '"' && !inner.as_str().starts_with('"') {
                break;
            }
            if c == '"' {
                inner.next();
            }
            cell.push(c);
        }
        cells.push(cell);
        rest = inner.as_str();
        match rest.strip_prefix(',') {
            Some(next) => rest = next,
            None => break,
        }
    }
    assert_eq!(rest, "", "{line}");
    cells
}

/// A spreadsheet has the same cells, each a text: a number that loses its zeros rings somebody else, and a formula runs. The
/// same files give the same bytes, so that the list can be kept in git.
#[test]
fn a_spreadsheet_holds_texts_alone() {
    let world = World::new(TENANT.trim_start());
    let make = |name: &str| {
        let done =
            offline(&world).run(&["export", "--at", AT, "--format", "xlsx", "--out", &world.argument(name)]);
        assert_eq!((done.ending, done.out.as_str(), done.err.as_str()), (Ending::Fine, "", ""));
        std::fs::read(world.path(name)).unwrap()
    };
    let bytes = make("one.xlsx");
    assert!(bytes == make("two.xlsx"), "two runs differ");
    let mut archive = zip::ZipArchive::new(std::io::Cursor::new(bytes)).unwrap();
    let mut part = |name: &str| {
        let mut text = String::new();
        archive.by_name(name).unwrap().read_to_string(&mut text).unwrap();
        text
    };
    let strings: Vec<String> = part("xl/sharedStrings.xml")
        .split("<t>")
        .skip(1)
        .map(|it| it.split_once("</t>").unwrap().0.replace("&quot;", "\"").replace("&amp;", "&"))
        .collect();
    let sheet = part("xl/worksheets/sheet1.xml");
    assert!(!sheet.contains("<f>"), "{sheet}");
    let mut found = Vec::new();
    for row in sheet.split("<row ").skip(1) {
        let mut cells = Vec::new();
        for cell in row.split("<c ").skip(1) {
            let value = cell.split_once("<v>").map(|(_, it)| it.split_once("</v>").unwrap().0);
            assert_eq!(cell.contains("t=\"s\""), value.is_some(), "{cell}");
            cells.push(value.map_or(String::new(), |it| strings[it.parse::<usize>().unwrap()].clone()));
        }
        found.push(cells);
    }
    let unmarked = |cell: String| match cell.strip_prefix('\'') {
        Some(text) => text.to_owned(),
        None => cell,
    };
    let listed = LISTED.lines().map(|line| cells(line).into_iter().map(unmarked).collect::<Vec<_>>());
    assert_eq!(found, listed.collect::<Vec<_>>());
}

/// For programs: a row of each, with nothing made harmless that is not run.
#[test]
fn a_program_gets_rows() {
    let world =
        World::new("numbers: { \"+12145550100\": { label: \"=1\", route: { extension: \"0101\" } } }");
    let done = offline(&world).run(&["export", "--at", AT, "--format", "json"]);
    let said: serde_json::Value = serde_json::from_str(&done.out).unwrap();
    let unknown = "what follows is not known: extension 0101 is neither declared here nor read";
    let expected = serde_json::json!({ "rows": [{
        "tenant": "acme", "kind": "number", "name": "+12145550100", "label": "=1", "goes_to": "extension 0101",
        "file": "tenants/acme.yaml", "line": 4,
        "in_hours": { "at": "Mon 2026-11-30 10:00 +00:00", "ends": [unknown] },
        "out_of_hours": { "ends": [unknown] },
        "next_holiday": { "ends": [unknown] },
        "outage": {
            "at": "Mon 2026-11-30 10:00 +00:00",
            "ends": ["the call is lost: the phone system is down, and no forward takes it"],
        },
    }], "findings": [] });
    assert_eq!(said, expected);
}

/// What is live, declared or not, with the line that declares it; the Default rule is said once.
#[test]
fn the_account_is_listed() {
    let live = r#"
domain: { domain: acme.1.service }
users:
  - { user: "101", answerrules: [{ time-frame: "*", forward-on-busy: { enabled: "yes", parameters: ["0102"] } }] }
  - { user: "0102" }
phonenumbers: [{ phonenumber: "12145550100", dial-rule-application: to-user-residential, dial-rule-translation-destination-user: "0102" }]
carrier: [{ number: "2145550100", destination: "9725550199", active: true }]
"#;
    let world = World::on(&System { live, ..STRATUS }, "diverts: { \"101\": { busy: off } }");
    let done = world.run(&["export", "--at", AT]);
    let expected = [
        r#""tenant","kind","name","label","goes to","emergency forward","forward is","file","line","in hours","in hours at","out of hours","out of hours at","next holiday","next holiday at","outage","outage at""#,
        r#""acme","number","+12145550100","","extension 0102","+19725550199","on","","","the call leaves to +19725550199","Mon 2026-11-30 10:00 +00:00","","","","","the call leaves to +19725550199","Mon 2026-11-30 10:00 +00:00""#,
        r#""acme","extension","0102","","rings 25 s; 1. otherwise: rings all its phones","","","","","","","","","","","","""#,
        r#""acme","extension","101","","rings 25 s; 1. otherwise: rings the extension, busy to extension 0102","","","tenants/acme.yaml","4","","","","","","","","""#,
    ];
    assert_eq!((done.out.lines().collect::<Vec<_>>(), done.err.as_str()), (expected.to_vec(), ""));
}

/// What nobody shows, and an account that is not there, must not read as "there is none".
#[test]
fn what_is_not_in_the_list_is_said() {
    let live = "numbers: [{ number: \"+18005550142\", name: Ads, route: { receiving_number: [\"+14105550123\"] } }]\n\
                receiving_numbers: [{ number: \"+14105550123\", name: Desk }]";
    let world = World::on(&System { live, ..CTM }, "numbers: { \"+18005550142\": { label: Ads } }");
    let done = world.run(&["export", "--at", AT]);
    let row = r#""acme","number","+18005550142","Ads","receiving numbers +14105550123, all at once","(not shown)","","tenants/acme.yaml","4","somebody answers at +14105550123","Mon 2026-11-30 10:00 +00:00","","","","","not known: its emergency forward","Mon 2026-11-30 10:00 +00:00""#;
    assert_eq!(done.out.lines().nth(1), Some(row), "{}", done.err);

    world.write(
        "tenants/zeta.yaml",
        "tenant: zeta\nprovider: pbx\naccount: \"7\"\nnumbers: { \"+18005550143\": {} }",
    );
    let done = world.run(&["export", "--at", AT]);
    assert_eq!(done.ending, Ending::Error, "{}{}", done.out, done.err);
    assert!(
        done.err.contains("error[unreadable-account]: ") && done.out.contains("+18005550142"),
        "{}",
        done.err
    );

    let manual = World::new("forwards: { \"+12145550100\": { to: \"+19725550199\" } }");
    manual.provider("\n    kind: stratus\n    url: http://127.0.0.1:1/ns-api/v2\n    token: { env: NOT_NEEDED }\n    carrier: manual");
    let done = manual.run(&["export", "--at", AT]);
    let warning = "warning[not-read]: live `forwards` of tenant `acme` are not in the list\n";
    assert!(
        done.err.starts_with(warning) && done.out.contains("\"(not shown)\""),
        "{}{}",
        done.err,
        done.out
    );
}

/// A spreadsheet on a terminal helps nobody, and a file that cannot be written is no list.
#[test]
fn a_list_that_cannot_be_written_is_an_error() {
    let world = World::new("");
    let cases = [
        (
            vec!["export", "--format", "xlsx"],
            "a spreadsheet is no text to print",
            "help: name its file: `--out numbers.xlsx`",
        ),
        (
            vec!["export", "--out", "/nowhere/list.csv"],
            "cannot write the list to `/nowhere/list.csv`: there is no such file",
            "",
        ),
    ];
    for (arguments, message, help) in cases {
        let done = offline(&world).run(&arguments);
        assert_eq!((done.ending, done.out.as_str()), (Ending::Error, ""), "{arguments:?}");
        assert!(
            done.err.starts_with(&format!("error[failed]: {message}\n")) && done.err.contains(help),
            "{}",
            done.err
        );
    }
}

/// What a person asks of each number, and the instants at which that is answered: from the schedules on its own paths, by its own
/// clock, and empty or said to be not known where they do not say it.
#[test]
fn each_number_says_where_its_calls_end() {
    let world = World::new("time_zone: America/Chicago\n");
    let rules = |rules: &str| {
        format!(
            "rules: {{ \"101\": {{ order: [{rules} {{ when: default, forward: {{ always: voicemail }} }}] }} }}\n"
        )
    };
    let (day, holiday) =
        ("{ when: day },", "{ when: off, forward: { always: { number: \"+19725550199\" } } },");
    let number = "numbers: { \"+12145550100\": { route: { extension: \"101\" } } }\n";
    let day_and_holiday = format!("{}{number}", rules(&format!("{holiday} {day}")));
    let only_day = format!("{}{number}", rules(day));
    let only_holiday = format!("{}{number}", rules(holiday));
    let cases = [
        (
            "hours and a holiday",
            "schedules: { day: { weekly: { mon-fri: [\"08:00-17:00\"] } }, off: { yearly: [\"12-25\"] } }",
            &day_and_holiday,
        ),
        (
            "a schedule that is on outside of hours",
            "schedules: { day: { weekly: { mon-fri: [\"00:00-08:00\", \"17:00-24:00\"], sat-sun: [\"00:00-24:00\"] } } }",
            &only_day,
        ),
        (
            "hours in which nobody is in at ten",
            "schedules: { day: { weekly: { mon-fri: [\"11:00-17:00\"] } } }",
            &only_day,
        ),
        (
            "hours of weekends alone",
            "schedules: { day: { weekly: { sat-sun: [\"10:00-16:00\"] } } }",
            &only_day,
        ),
        (
            "half a day is no holiday",
            "schedules: { day: { weekly: { mon-fri: [\"08:00-17:00\"] } }, off: { dates: [\"2026-12-01T12:00..2026-12-01T17:00\"] } }",
            &day_and_holiday,
        ),
        (
            "a season is no holiday",
            "schedules: { day: { weekly: { mon-fri: [\"08:00-17:00\"] } }, off: { yearly: [\"12-10..01-10\"] } }",
            &day_and_holiday,
        ),
        (
            "a holiday that is now",
            "schedules: { off: { dates: [\"2026-11-28..2026-12-03\"] } }",
            &only_holiday,
        ),
        (
            "holidays and hours in one schedule",
            "schedules: { off: { weekly: { mon-fri: [\"18:00-24:00\"] }, dates: [\"2026-12-08\"] } }",
            &only_holiday,
        ),
        (
            "holidays that the provider knows",
            "schedules: { off: { holidays: { country: US, days: [Thanksgiving Day] } } }",
            &only_holiday,
        ),
        (
            "a schedule that is switched off",
            "schedules: { off: { yearly: [\"12-25\"], enabled: false } }",
            &only_holiday,
        ),
        ("hours that nobody has read", "schedules: { day: {} }", &only_day),
    ];
    let mut told = String::new();
    for (what, schedules, rest) in cases {
        world.tenant(&format!("time_zone: America/Chicago\n{schedules}\n{rest}"));
        told += &format!("{what}\n{}", ends(&world, AT));
    }
    let without = [
        (
            "a queue that nobody has read",
            "numbers: { \"+12145550100\": { route: { queue: \"400\" } } }\nqueues: { \"400\": {} }",
            AT,
        ),
        ("a number without a route", "numbers: { \"+12145550100\": { label: x } }", AT),
        (
            "a forward that is on",
            "numbers: { \"+12145550100\": { route: { queue: \"400\" } } }\nqueues: { \"400\": {} }\nforwards: { \"+12145550100\": { to: \"+19725550199\", active: true } }",
            AT,
        ),
        (
            "the end of all clocks",
            &format!("schedules: {{ day: {{ weekly: {{ mon-sun: [\"08:00-17:00\"] }} }} }}\n{only_day}"),
            "9999-12-29T00:00Z",
        ),
    ];
    for (what, tenant, at) in without {
        world.tenant(tenant);
        told += &format!("{what}\n{}", ends(&world, at));
    }
    golden::assert("export/ends.txt", &told);
}

/// The last columns of every number.
fn ends(world: &World, at: &str) -> String {
    let done = offline(world).run(&["export", &format!("--at={at}")]);
    assert_eq!((done.ending, done.err.as_str()), (Ending::Fine, ""), "{}", done.err);
    let mut lines = done.out.lines().map(cells);
    let titles = lines.next().unwrap();
    let numbers = lines.filter(|cells| cells[1] == "number");
    let cell = |(title, cell): (&String, &String)| format!("  {}\n", format!("{title}: {cell}").trim_end());
    numbers.map(|cells| titles.iter().zip(&cells).skip(9).map(cell).collect::<String>()).collect()
}

/// A call goes on over every tenant also where one alone is listed, and what is not read of another is not known: nothing of the
/// files stands for it.
#[test]
fn ends_are_of_the_whole_workspace() {
    let live = r#"
domain: { domain: acme.1.service }
users: [{ user: "101" }]
phonenumbers: [{ phonenumber: "12145550100", dial-rule-application: to-user-residential, dial-rule-translation-destination-user: "101" }]
carrier: [{ number: "2145550100", destination: "2145550200", active: true }]
"#;
    let declared = "numbers: { \"+12145550100\": { route: { extension: \"7\" } } }\n\
                    rules: { \"7\": { order: [{ when: default, forward: { always: { number: \"+12145550200\" } } }] } }";
    let world = World::on(&System { live, ..STRATUS }, declared);
    let zeta = "tenant: zeta\nprovider: pbx\naccount: \"7\"\n\
                numbers: { \"+12145550200\": { route: { voicemail: \"9\" } } }";
    world.write("tenants/zeta.yaml", zeta);
    let arguments = ["export", "--at", AT, "--tenant", "acme"];
    let offline = offline(&world).run(&arguments);
    for (done, expected) in [
        (offline, "the caller reaches the mailbox of zeta/9"),
        (world.run(&arguments), "what follows is not known: nothing says where number +12145550200 leads"),
    ] {
        let rows: Vec<Vec<String>> = done.out.lines().skip(1).map(cells).collect();
        let numbers: Vec<&str> =
            rows.iter().filter(|it| it[1] == "number").map(|it| it[9].as_str()).collect();
        assert_eq!(numbers, [expected], "{}{}", done.out, done.err);
    }
}
