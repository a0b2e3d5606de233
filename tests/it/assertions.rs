//! `dialform test`: assertions about calls, each with the answer that a person reads.

use crate::{golden, workspace::Workspace, worlds};
use dialform::{cli::Finished, error::Ending};
use serde_json::Value;
use std::{
    io::Write,
    process::{Command, Stdio},
};

/// The instant of every run: a Sunday.
const NOW: &str = "2026-11-29T12:00:00Z";

/// Two tenants that send calls to each other, with a queue whose calls may go several ways, an extension that sends its calls in a
/// circle, one that is not declared, and a divert that changes by itself.
const FILES: [(&str, &str); 3] = [
    (
        "dialform.yaml",
        "version: 1
providers:
  stratus: { kind: stratus, url: \"https://x.example/v2\", token: { env: X }, carrier: manual }
  ctm: { kind: ctm, access_key: { env: X }, secret_key: { env: X } }
tenants: [\"tenants/*.yaml\"]
",
    ),
    (
        "tenants/acme.yaml",
        "tenant: acme
provider: stratus
account: acme.1.service
time_zone: America/Chicago
schedules:
  business-hours: { weekly: { mon-fri: [\"08:00-17:00\"] } }
  holidays: { yearly: [\"12-24..12-26\"] }
  storm: { dates: [\"2027-01-15\"], enabled: false }
  gone: { dates: [\"2020-01-15\"] }
  portal: {}
numbers:
  \"+12145550100\": { label: Main line, route: { queue: \"400\" } }
  \"+12145550101\": { label: Ana direct, route: { extension: \"101\" } }
  \"+12145550102\": { label: To the agency, route: { extension: \"103\" } }
  \"+12145550103\": { label: Nobody knows, route: { extension: \"109\" } }
forwards:
  \"+12145550100\": { to: \"+19725550199\" }
rules:
  \"101\":
    ring_timeout: 25
    order:
      - when: holidays
        forward: { always: { number: \"+19725550199\" } }
      - when: business-hours
        forward: { no_answer: { voicemail: \"101\" }, busy: { extension: \"102\" } }
      - when: default
        forward: { always: voicemail }
  \"102\":
    ring_timeout: 20
    order:
      - when: default
        forward: { no_answer: { extension: \"104\" } }
  \"103\":
    order: [{ when: default, forward: { always: { number: \"+18005550142\" } } }]
diverts:
  \"104\":
    no_answer: { number: \"+19725550113\" }
    until: { at: 2027-01-16T18:00, then: { no_answer: voicemail } }
queues:
  \"400\":
    name: Reception
    dispatch: round_robin
    agent_ring: 20
    require_agents: true
    agents: [\"101\", \"102\"]
    failover: { number: \"+19725550199\" }
",
    ),
    (
        "tenants/agency.yaml",
        "tenant: agency
provider: ctm
account: \"302341\"
time_zone: America/New_York
receivers:
  \"+14105550123\": { label: Front desk }
numbers:
  \"+18005550142\": { label: Ads, route: { receivers: [\"+14105550123\"] } }
",
    ),
];

fn workspace() -> Workspace {
    let workspace = Workspace::default();
    for (name, text) in FILES {
        workspace.write(name, text);
    }
    workspace
}

fn run(workspace: &Workspace, words: &[&str]) -> Finished {
    workspace.run_at(NOW, words)
}

/// What each of some files of assertions comes to, one after the other.
fn told(workspace: &Workspace, cases: &[(&str, Ending)]) -> String {
    let mut told = String::new();
    for (case, ending) in cases {
        let case = case.trim_start_matches('\n');
        workspace.write("tests/t.yaml", case);
        let done = run(workspace, &["test"]);
        assert_eq!(done.ending, *ending, "{case}\n{}{}", done.out, done.err);
        told += &format!("=== tests/t.yaml\n{case}=== dialform test\n{}{}\n", done.out, done.err);
    }
    told
}

/// Each word of an assertion, once so that it holds and once so that it does not: with the whole answer.
const CASES: &[(&str, Ending)] = &[
    (
        r#"
tests:
  - name: every word at once
    call: "+12145550101"
    at: during business-hours and outside holidays
    from: anonymous
    given: { "101": rejects, everybody: answers@5 }
    expect: { end: [answered 102, answered 103], passes: ["101", "102"], never: [loop, dropped, "104", queue 400], within: 10 }
  - name: the tenant may be said
    call: acme/101
    tenant: acme
    at: ["2026-12-25T10:00", during holidays]
    expect: { end: leaves +19725550199, within: 1 }
  - name: any voicemail will do
    call: acme/101
    at: [outside business-hours and outside holidays]
    expect: { end: voicemail }
  - name: another tenant has the call
    call: "+12145550102"
    given: { "+14105550123": answers@5 }
    expect: { end: answered +14105550123, passes: ["103", "+18005550142"] }
  - name: what is not known can be what is expected
    call: "+12145550103"
    expect: { end: [unknown extension 109] }
"#,
        Ending::Fine,
    ),
    (
        r#"
tests:
  - name: it ends elsewhere
    call: "+12145550101"
    expect: { end: voicemail 101 }
  - name: one of several ways does
    call: "+12145550100"
    given: { everybody: answers@5 }
    expect: { end: answered 101 }
  - name: it does not come by there
    call: "+12145550101"
    at: during business-hours and outside holidays
    expect: { passes: queue 400 }
  - name: it comes by there
    call: "+12145550102"
    expect: { never: "+18005550142" }
  - name: somebody rings
    call: "+12145550100"
    expect: { never: "102" }
  - name: it takes too long
    call: acme/101
    at: during business-hours and outside holidays
    expect: { end: voicemail, within: 20 }
  - name: it never ends
    call: "+12145550100"
    expect: { within: 3600 }
"#,
        Ending::Error,
    ),
    // What is not known is not as it should be, whatever is not said of it.
    (
        r#"
tests:
  - name: nobody knows that it is no loop
    call: "+12145550103"
    expect: { never: loop }
"#,
        Ending::Error,
    ),
    // What is about no time at all is not true.
    (
        r#"
tests:
  - { name: never in force, call: acme/101, at: during gone, expect: { end: voicemail 101 } }
  - { name: switched off, call: acme/101, at: during storm, expect: { end: voicemail 101 } }
  - { name: nobody knows when, call: acme/101, at: during portal, expect: { end: voicemail 101 } }
  - { name: nobody knows when not, call: acme/101, at: outside portal, expect: { end: voicemail 101 } }
  - { name: never at once, call: acme/101, at: during gone and during holidays, expect: { never: loop } }
  - { name: one of a list never is, call: acme/101, at: [during holidays, during gone], expect: { never: loop } }
"#,
        Ending::Error,
    ),
    // What changes by itself is looked at before it and after.
    (
        r#"
tests:
  - { name: before, call: acme/104, at: "2027-01-16T17:59", expect: { end: leaves +19725550113 } }
  - { name: after, call: acme/104, at: "2027-01-16T18:00", expect: { end: voicemail 104 } }
  - { name: long after, call: acme/104, at: "2031-01-16T18:00", expect: { end: voicemail 104 } }
  - { name: at any time, call: acme/104, expect: { end: leaves +19725550113 } }
"#,
        Ending::Error,
    ),
    // What names nothing that there is cannot be judged, and keeps nothing else from being judged.
    (
        r#"
tests:
  - { name: no such number, call: "+12145550199", expect: { never: loop } }
  - { name: no such tenant, call: acmee/101, expect: { never: loop } }
  - { name: no such tenant to mean, call: acme/101, tenant: nobody, expect: { never: loop } }
  - { name: no such schedule, call: acme/101, at: [any time, during bussiness-hours], expect: { never: loop } }
  - { name: no such hour, call: acme/101, at: "2027-03-14T02:30", expect: { never: loop } }
  - { name: no such caller, call: acme/101, from: me, expect: { never: loop } }
  - { name: no such phone, call: acme/101, given: { "999": offline }, expect: { never: loop } }
  - { name: no such state, call: acme/101, given: { "101": asleep }, expect: { never: loop } }
  - { name: no such end, call: acme/101, expect: { end: [answered, voicemail 999] } }
  - { name: no such place, call: acme/101, expect: { passes: queue 401 } }
  - { name: no queue, call: acme/101, expect: { never: queue 101 } }
  - { name: nobody, call: acme/101, expect: { never: answered 400 } }
  - { name: no place to wait, call: acme/101, expect: { never: waits 101 } }
  - { name: no such thing to avoid, call: acme/101, expect: { never: [loop, "999"] } }
  - { name: a number that nobody has any more may be avoided, call: acme/101, expect: { never: [leaves +19725550000] } }
"#,
        Ending::Error,
    ),
];

/// What somebody reads who has broken an assertion is all they have to see why: it is reviewed word by word.
#[test]
fn assertions_are_told() {
    golden::assert("assertions/told.txt", &told(&workspace(), CASES));
}

/// What is wrong with a file is said with its line, all of it at once, and nothing is tested.
const SLIPS: &[&str] = &[
    "tests: []\n",
    "test: [{ name: a, call: acme/101, expect: { never: loop } }]\n",
    "tests:\n  - { name: a, call: acme/101, expect: {} }\n  - { name: \"\", call: acme/101, expect: { end: gone } }\n",
    "tests:\n  - { call: acme/101, expect: { ends: loop } }\n  - { name: b, expects: { end: loop } }\n",
    "tests:\n  - { name: a, call: acme/101, at: 2026-12-25, expect: { end: loop now } }\n",
    "tests:\n  - { name: a, call: acme/101, at: sometimes, expect: { end: dropped gone } }\n",
    "tests:\n  - { name: a, call: acme/101, at: [], expect: { end: [], within: 0 } }\n",
    "tests:\n  - { name: a, call: acme/101, given: [101], expect: { never: the door, within: soon } }\n",
    "tests:\n  - { name: a, call: acme/101, expect: { never: loop } }\n  - { name: a, call: acme/102, expect: { never: loop } }\n",
    "tests: { name: a }\n",
    "tests:\n  - name: a: b\n",
];

/// A file that is half understood would test half of what its author believes.
#[test]
fn slips_are_told() {
    let workspace = workspace();
    let mut told = String::new();
    for case in SLIPS {
        workspace.write("tests/t.yaml", case);
        let done = run(&workspace, &["test"]);
        assert_eq!((done.ending, done.out.as_str()), (Ending::Error, ""), "{case}");
        told += &format!("=== tests/t.yaml\n{case}=== dialform test\n{}\n", done.err);
    }
    golden::assert("assertions/slips.txt", &told);
}

/// A step of CI that tests nothing must not be green.
#[test]
fn a_run_that_tests_nothing_fails() {
    let workspace = workspace();
    let holds = "tests: [{ name: a night, call: acme/101, expect: { never: loop } }]\n";
    workspace.write("more/a.yaml", holds);
    for (words, expected) in [
        ("test", "there are no assertions: no file matches `tests/*.yaml`"),
        ("test more/b.yaml", "no file matches `more/b.yaml`"),
        ("test ../a.yaml", "`../a.yaml` points outside the workspace"),
        ("test more/a.yaml --tenant agency", "no assertion is selected, so that nothing is tested"),
        ("test more/a.yaml --name day", "no assertion is selected, so that nothing is tested"),
        ("test more/a.yaml --tenant [", "`--tenant [` is not a pattern: "),
        ("test more/a.yaml --sandbox", "`--sandbox` emulates what is live, and the files alone are tested"),
    ] {
        let done = run(&workspace, &Vec::from_iter(words.split(' ')));
        assert_eq!((done.ending, done.out.as_str()), (Ending::Error, ""), "{words}");
        let first = done.err.lines().next().unwrap().split_once("]: ").unwrap().1.to_owned();
        assert!(first.starts_with(expected), "{words}: {}", done.err);
    }
    for words in [["test", "more/*.yaml", "--tenant", "ac*"], ["test", "more/a.yaml", "--name", "*night"]] {
        let done = run(&workspace, &words);
        assert_eq!(done.ending, Ending::Fine, "{words:?}: {}", done.err);
    }
}

/// A file with the other ending of YAML is most likely meant to be tested.
#[test]
fn a_file_that_is_not_tested_is_named() {
    let workspace = workspace();
    let holds = "tests: [{ name: a night, call: acme/101, expect: { never: loop } }]\n";
    workspace.write("tests/a.yaml", holds);
    workspace.write("tests/b.yml", holds);
    let done = run(&workspace, &["test"]);
    assert_eq!(done.ending, Ending::Fine);
    let first = done.err.lines().next();
    assert_eq!(
        first,
        Some("warning[near-miss]: `tests/b.yml` is not tested: it does not match `tests/*.yaml`")
    );
}

/// The same calls by the files, by what there is once they are applied, and by what is live alone.
#[test]
fn what_is_live_is_tested() {
    let workspace = Workspace::quickstart();
    let test = |words: &str| {
        let words: Vec<&str> = words.split(' ').collect();
        run(&workspace, &words)
    };
    let plan = test("test --on plan --sandbox");
    assert_eq!(plan.ending, Ending::Fine, "{}{}", plan.out, plan.err);
    assert!(plan.out.ends_with(" followed: all hold.\n"), "{}", plan.out);
    // In the portal calls to 2001 are still sent to somebody's own phone.
    let live = test("test tests/harbour-legal.yaml --name *offline --on live --sandbox");
    assert_eq!(live.ending, Ending::Error);
    golden::assert("assertions/live.txt", &(live.out + &live.err));
    // What cannot be read is not said to be as it should.
    let unread = test("test --on live --tenant harbour-legal");
    assert_eq!((unread.ending, unread.out.as_str()), (Ending::Error, ""));
    assert!(unread.err.starts_with("error[no-credential]: "), "{}", unread.err);
}

/// Programs read it: a list for each assertion, and what no assertion comes to, with its line.
#[test]
fn programs_are_told_as_well() {
    let workspace = workspace();
    workspace.write("tests/t.yaml", CASES[3].0);
    let words = ["test", "--coverage", "--format", "json"];
    let json = run(&workspace, &words);
    assert_eq!(json.ending, Ending::Error);
    let value: Value = serde_json::from_str(&json.out).unwrap();
    let outcomes: Vec<&str> =
        value["assertions"].as_array().unwrap().iter().map(|it| it["outcome"].as_str().unwrap()).collect();
    assert_eq!(outcomes, ["fails"; 6]);
    golden::assert("assertions/coverage.json", &json.out);
    let text = run(&workspace, &["test", "--coverage", "--min", "90"]);
    assert_eq!(text.ending, Ending::Error);
    let (_, coverage) = text.out.split_once("No assertion's calls come to:").unwrap();
    golden::assert(
        "assertions/coverage.txt",
        &format!("No assertion's calls come to:{coverage}{}", text.err),
    );
}

/// Assertions that hold are not enough where too little is asserted.
#[test]
fn coverage_below_what_is_asked_for_fails() {
    let workspace = workspace();
    workspace.write("tests/t.yaml", CASES[0].0);
    for (min, ending) in
        [("0", Ending::Fine), ("48", Ending::Fine), ("49", Ending::Error), ("100", Ending::Error)]
    {
        let done = run(&workspace, &["test", "--coverage", "--min", min]);
        assert_eq!(done.ending, ending, "{min}: {}{}", done.out, done.err);
        let said = format!("coverage: the assertions come to 48 %, and {min} % are asked for\n");
        assert_eq!(done.err, if ending == Ending::Fine { String::new() } else { said });
    }
}

/// A report that a CI system cannot read is a run whose failures nobody sees.
#[test]
fn junit_is_xml_whatever_the_names_are() {
    let workspace = workspace();
    let hostile = r#"tests:
  - { name: "a \"quoted\" <b> & ]]> \u00e9 'x'", call: acme/101, expect: { end: answered 101 } }
  - { name: "<!-- -->", call: acme/999, expect: { never: "101" } }
  - { name: it holds, call: acme/101, expect: { never: loop } }
"#;
    workspace.write("tests/a&b.yaml", hostile);
    let done = run(&workspace, &["test", "--format", "junit"]);
    assert_eq!((done.ending, done.err.as_str()), (Ending::Error, ""), "{}", done.out);
    golden::assert("assertions/junit.xml", &done.out);
    const READ: &str = "import sys, xml.etree.ElementTree as tree
root = tree.fromstring(sys.stdin.buffer.read())
print(root.tag, *[root.get(it) for it in ('tests', 'failures', 'errors')])
for case in root.iter('testcase'):
    print(case.get('classname'), case.get('line'), ascii(case.get('name')), *[it.tag for it in case])
";
    let python =
        Command::new("python3").args(["-c", READ]).stdin(Stdio::piped()).stdout(Stdio::piped()).spawn();
    let Ok(mut python) = python else {
        assert!(std::env::var_os("DIALFORM_CONTRACT").is_none(), "python3 is missing");
        return;
    };
    python.stdin.take().unwrap().write_all(done.out.as_bytes()).unwrap();
    let read = python.wait_with_output().unwrap();
    let expected = r#"testsuites 3 1 1
tests/a&b.yaml 2 'a "quoted" <b> & ]]> \xe9 \'x\'' failure
tests/a&b.yaml 3 '<!-- -->' error
tests/a&b.yaml 4 'it holds'
"#;
    assert_eq!(String::from_utf8(read.stdout).unwrap(), expected);
}

/// What is suggested for a workspace is a file that is tested as it is, and that an edit breaks.
#[test]
fn what_is_suggested_is_tested() {
    let workspace = Workspace::quickstart();
    std::fs::remove_dir_all(workspace.path("tests")).unwrap();
    let mut all = String::new();
    for tenant in ["acme-dental", "bright-solar", "harbour-legal"] {
        let suggested = run(&workspace, &["test", "--suggest", tenant]);
        assert_eq!(suggested.ending, Ending::Fine, "{}", suggested.err);
        workspace.write(&format!("tests/{tenant}.yaml"), &suggested.out);
        all += &suggested.out;
    }
    golden::assert("assertions/suggested.yaml", &all);
    let done = run(&workspace, &["test"]);
    assert_eq!((done.ending, done.err.as_str()), (Ending::Fine, ""), "{}", done.out);
    workspace.edit(
        "tenants/acme-dental.yaml",
        "no_answer: { voicemail: \"104\" }",
        "no_answer: { voicemail: \"102\" }",
    );
    let done = run(&workspace, &["test", "--format", "json"]);
    let value: Value = serde_json::from_str(&done.out).unwrap();
    let fails = value["assertions"].as_array().unwrap().iter().filter(|it| it["outcome"] == "fails");
    let fails: Vec<&str> = fails.map(|it| it["name"].as_str().unwrap()).collect();
    let expected = "+12145550101: nobody answers, during business-hours and outside holidays";
    assert_eq!((done.ending, fails), (Ending::Error, vec![expected]));
    let nobody = run(&workspace, &["test", "--suggest", "acme"]);
    assert_eq!(nobody.ending, Ending::Error);
    assert!(nobody.err.starts_with("error[failed]: there is no tenant `acme`"), "{}", nobody.err);
}

/// So it is in random workspaces, of every system and with every word of the YAML.
#[test]
fn what_is_suggested_is_tested_in_random_worlds() {
    let (mut tested, mut unfit) = (0, 0);
    for world in worlds::samples(80) {
        let workspace = Workspace::default();
        workspace.write("dialform.yaml", world.workspace());
        for customer in &world.customers {
            let file = customer.file(&customer.b);
            workspace.write(&format!("tenants/{}.yaml", customer.name()), file);
        }
        if run(&workspace, &["check"]).ending != Ending::Fine {
            unfit += 1;
            continue;
        }
        let mut some = false;
        for customer in &world.customers {
            let suggested = run(&workspace, &["test", "--suggest", &customer.name()]);
            // A tenant that declares neither a number nor an extension has no calls.
            if suggested.ending == Ending::Fine {
                some = true;
                workspace.write(&format!("tests/{}.yaml", customer.name()), &suggested.out);
            } else {
                assert!(suggested.err.contains(" has no number and no extension "), "{}", suggested.err);
            }
        }
        if some {
            let done = run(&workspace, &["test", "--coverage"]);
            assert_eq!((done.ending, done.err.as_str()), (Ending::Fine, ""), "{world:?}\n{}", done.out);
            tested += 1;
        }
    }
    println!("{tested} worlds tested, {unfit} that `check` refuses");
    assert!(tested >= 20, "{tested} worlds tested, {unfit} that `check` refuses");
}

/// A call that can go more ways than are looked at may go one that nobody wants: nothing is said to be true of it.
#[test]
fn what_is_not_looked_at_whole_does_not_hold() {
    let workspace = workspace();
    let agents: Vec<String> =
        (0..18).map(|at| format!("{{ extension: \"2{at:02}\", order: {} }}", at / 2 + 1)).collect();
    let queue = format!(
        "  \"402\": {{ name: Tiers, dispatch: tiered_round_robin, agent_ring: 20, require_agents: true, agents: [{}] }}\n",
        agents.join(", ")
    );
    let acme = workspace.read("tenants/acme.yaml");
    let acme = acme.replace("queue: \"400\"", "queue: \"402\"");
    workspace.write("tenants/acme.yaml", acme + &queue);
    workspace.write("tests/t.yaml", "tests: [{ name: a, call: acme/402, expect: { never: loop } }]\n");
    let done = run(&workspace, &["test"]);
    assert_eq!(done.ending, Ending::Error);
    let why = "  but       the call can go more ways than are looked at (256 ways), so that nothing is certain of all, on ";
    assert!(done.out.contains(why), "{}", done.out);
    let suggested = run(&workspace, &["test", "--suggest", "acme"]);
    assert_eq!(suggested.ending, Ending::Fine, "{}", suggested.err);
    let (_, from) = suggested.out.split_once("  # +12145550100: nobody answers\n").unwrap();
    assert!(from.starts_with("  # not held: the call can go more ways than are looked at\n"), "{from}");
}

/// The commands of a ready CI that test, as the host runs them.
fn step(file: &str) -> String {
    let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("examples/ci").join(file);
    let value: Value = serde_yaml::from_str(&std::fs::read_to_string(path).unwrap()).unwrap();
    let github = value["jobs"]["check"]["steps"].as_array().into_iter().flatten();
    let run = github.filter_map(|step| step["run"].as_str()).find(|run| run.contains("dialform test"));
    let gitlab = value["dialform test"]["script"].as_array().into_iter().flatten().filter_map(Value::as_str);
    run.map_or_else(|| gitlab.collect::<Vec<_>>().join("\n"), str::to_owned)
}

/// The ready CI is red where an assertion fails, and green where one holds. A workspace that has none yet is not in its way.
#[test]
fn the_ready_ci_tests() {
    let holds = "tests: [{ name: a night, call: acme/101, expect: { never: loop } }]\n";
    let fails = "tests: [{ name: a night, call: acme/101, expect: { end: loop } }]\n";
    let path = std::path::Path::new(env!("CARGO_BIN_EXE_dialform")).parent().unwrap();
    let path = format!("{}:{}", path.display(), std::env::var("PATH").unwrap());
    for (file, cases) in [
        (
            "github/workflows/dialform-check.yml",
            [(None, true), (Some(holds), true), (Some(fails), false)].as_slice(),
        ),
        // There `exists` says whether it runs at all.
        ("gitlab/dialform.yml", [(Some(holds), true), (Some(fails), false)].as_slice()),
    ] {
        for (test, is_green) in cases {
            let workspace = workspace();
            test.iter().for_each(|text| workspace.write("tests/a.yaml", text));
            let mut bash = Command::new("bash");
            let done = bash
                .args(["-e", "-c", &step(file)])
                .current_dir(workspace.root())
                .env("PATH", &path)
                .output();
            let done = done.unwrap();
            assert_eq!(
                done.status.success(),
                *is_green,
                "{file} {test:?}: {}",
                String::from_utf8_lossy(&done.stderr)
            );
        }
    }
}
