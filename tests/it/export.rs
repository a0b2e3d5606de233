//! A list of all numbers: what a person opens in a spreadsheet, and a program reads.

use crate::{
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

const LISTED: &str = r##"
"tenant","kind","name","label","goes to","emergency forward","forward is","file","line"
"acme","number","+12145550100","'=HYPERLINK(""http://example.invalid"",""x"")","queue 0400 (-Reception)","+19725550199","stored","tenants/acme.yaml","6"
"acme","number","+12145550101","Ana, ""direct""\nline two","extension 0101","+19725550199","off","tenants/acme.yaml","7"
"acme","number","+12145550102","'+1 (214) 555","the voicemail of extension 0101","","","tenants/acme.yaml","8"
"acme","number","+12145550103","'@cafe\u{200b} é 😀","","","","tenants/acme.yaml","9"
"acme","number","+12145550109","","","+19725550199","on","tenants/acme.yaml","13"
"acme","queue","0400","'-Reception","ring all; agents: extension 0101, number +19725550111, device 0102wp; all agents offline to dial rule *97","","","tenants/acme.yaml","15"
"acme","extension","0101","","rings 25 s; always lets through +12145550177; blocks +13125550123; blocks callers without a number; drops spam; 1. holidays: do not disturb, every call to voicemail; 2. night (switched off): asks callers for a name, rings the extension and extension 0102 after 10 s and number +19725550111 (outside numbers confirm), no answer to queue 0400 (-Reception), unreachable to number +19725550111; 3. otherwise: rings the extension, busy to dial rule *97","","","tenants/acme.yaml","17"
"acme","extension","0102","","on a call to voicemail, unreachable to auto attendant 600","","","tenants/acme.yaml","29"
"acme","extension","0103","","no forwards","","","tenants/acme.yaml","30"
"##;

fn offline(world: &World) -> Workspace {
    Workspace::at(world.root().to_owned())
}

/// The whole list from the files alone, byte by byte: lines end as RFC 4180 has it, every cell is in quotes, no cell is a
/// formula, and numbers are as they are dialled.
#[test]
fn the_files_are_listed() {
    let world = World::new(TENANT.trim_start());
    let done = offline(&world).run(&["export"]);
    let expected = LISTED.trim_start().replace('\n', "\r\n");
    assert_eq!((done.out.as_str(), done.err.as_str(), done.ending), (expected.as_str(), "", Ending::Fine));
    assert!(!world.path(".dialform").exists(), "nothing was asked");

    let file = offline(&world).run(&["export", "--out", &world.argument("list.csv")]);
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
        let done = offline(&world).run(&["export", "--format", "xlsx", "--out", &world.argument(name)]);
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
    let listed = LISTED.trim().lines().map(|line| cells(line).into_iter().map(unmarked).collect::<Vec<_>>());
    assert_eq!(found, listed.collect::<Vec<_>>());
}

/// For programs: a row of each, with nothing made harmless that is not run.
#[test]
fn a_program_gets_rows() {
    let world =
        World::new("numbers: { \"+12145550100\": { label: \"=1\", route: { extension: \"0101\" } } }");
    let done = offline(&world).run(&["export", "--format", "json"]);
    let said: serde_json::Value = serde_json::from_str(&done.out).unwrap();
    let expected = serde_json::json!({ "rows": [{
        "tenant": "acme", "kind": "number", "name": "+12145550100", "label": "=1", "goes_to": "extension 0101",
        "file": "tenants/acme.yaml", "line": 4,
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
    let done = world.run(&["export"]);
    let expected = [
        r#""tenant","kind","name","label","goes to","emergency forward","forward is","file","line""#,
        r#""acme","number","+12145550100","","extension 0102","+19725550199","on","","""#,
        r#""acme","extension","0102","","rings 25 s; 1. otherwise: rings all its phones","","","","""#,
        r#""acme","extension","101","","rings 25 s; 1. otherwise: rings the extension, busy to extension 0102","","","tenants/acme.yaml","4""#,
    ];
    assert_eq!((done.out.lines().collect::<Vec<_>>(), done.err.as_str()), (expected.to_vec(), ""));
}

/// What nobody shows, and an account that is not there, must not read as "there is none".
#[test]
fn what_is_not_in_the_list_is_said() {
    let live = "numbers: [{ number: \"+18005550142\", name: Ads, route: { receiving_number: [\"+14105550123\"] } }]\n\
                receiving_numbers: [{ number: \"+14105550123\", name: Desk }]";
    let world = World::on(&System { live, ..CTM }, "numbers: { \"+18005550142\": { label: Ads } }");
    let done = world.run(&["export"]);
    let row = r#""acme","number","+18005550142","Ads","receiving numbers +14105550123, all at once","(not shown)","","tenants/acme.yaml","4""#;
    assert_eq!(done.out.lines().nth(1), Some(row), "{}", done.err);

    world.write(
        "tenants/zeta.yaml",
        "tenant: zeta\nprovider: pbx\naccount: \"7\"\nnumbers: { \"+18005550143\": {} }",
    );
    let done = world.run(&["export"]);
    assert_eq!(done.ending, Ending::Error, "{}{}", done.out, done.err);
    assert!(
        done.err.contains("error[unreadable-account]: ") && done.out.contains("+18005550142"),
        "{}",
        done.err
    );

    let manual = World::new("forwards: { \"+12145550100\": { to: \"+19725550199\" } }");
    manual.provider("\n    kind: stratus\n    url: http://127.0.0.1:1/ns-api/v2\n    token: { env: NOT_NEEDED }\n    carrier: manual");
    let done = manual.run(&["export"]);
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
