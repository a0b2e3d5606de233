//! All findings of a run at once: what is wrong in one place hides nothing elsewhere, and nothing is found that only comes of
//! it.

use crate::{examples, workspace::Workspace};
use dialform::{error::Ending, lint::LINTS};
use serde_json::Value;
use std::{fs, path::Path};

/// Who mends a slip in a key and then sees the next mistake checks as often as there are mistakes.
#[test]
fn a_wrong_key_hides_nothing_and_causes_nothing() {
    let cases: &[(&str, &[&str])] = &[
        (
            // In another tenant, in another object and in the same one.
            r#"
# tenants/acme.yaml
time_zone: America/Chicgo
schedules: { holidays: { dates: ["2026-12-25"] } }
rules:
  "101":
    rng_timeout: 20
    order: [{ when: default }, { when: holidays, do_not_disturb: true }]
# tenants/bolt.yaml
diverts: { "103": { always: { extension: "104" }, no_answer: voicemail } }"#,
            &[
                "error unknown-time-zone at tenants/acme.yaml:2:12: there is no time zone `America/Chicgo`",
                "error unknown-key at tenants/acme.yaml:6:5: unknown key `rng_timeout` in `rules.101`",
                "error default-rule-last at tenants/acme.yaml:7:21: `default` always matches, so `holidays` below it never \
                 applies",
                "warning dead-forward at tenants/bolt.yaml:2:62: `no_answer` never applies beside `always`",
            ],
        ),
        (
            // Whether a forward is dead depends on all of its object, and of no other.
            r#"
diverts:
  "103": { always: { extension: "104" }, no_answer: voicemail, bussy: off }
  "104": { always: { extension: "103" }, no_answer: voicemail }"#,
            &[
                "error unknown-key at 2:64: unknown key `bussy` in `diverts.103`",
                "warning dead-forward at 3:53: `no_answer` never applies beside `always`",
            ],
        ),
        (
            // A queue with something wrong in it is declared.
            r#"
queues: { "400": { agent: ["101"] } }
numbers: { "+12145550100": { route: { queue: "400" } }, "+12145550101": { route: { queue: "402" } } }"#,
            &[
                "error unknown-key at 1:20: unknown key `agent` in `queues.400`",
                "error unknown-queue at 2:91: queue `402` is not declared",
            ],
        ),
        (
            // Queues below a key that is not known may be any.
            r#"
queue: { "400": { agents: ["101"] } }
numbers: { "+12145550100": { route: { queue: "400" } } }"#,
            &["error unknown-key at 1:1: unknown key `queue`"],
        ),
        (
            // Of two tenants with one number either may have a slip.
            r#"
# tenants/acme.yaml
numbers: { "+12145550100": { lable: Main } }
# tenants/bolt.yaml
numbers: { "+12145550100": { label: Main } }"#,
            &[
                "error unknown-key at tenants/acme.yaml:2:30: unknown key `lable` in `numbers.+12145550100`",
                "error number-twice at tenants/bolt.yaml:2:12: +12145550100 is already declared by tenant `acme`",
            ],
        ),
        (
            "
# dialform.yaml
gaurd: { max_deletes: 1 }
# tenants/acme.yaml
time_zone: America/Chicgo",
            &[
                "error unknown-key at dialform.yaml:2:1: unknown key `gaurd`",
                "error unknown-time-zone at tenants/acme.yaml:2:12: there is no time zone `America/Chicgo`",
            ],
        ),
        (
            // A provider that cannot be read is no unknown one.
            "
# dialform.yaml
providers: { stratus: { knd: stratus } }
# tenants/acme.yaml
time_zone: America/Chicgo
# tenants/bolt.yaml
provider: stratsu",
            &[
                "error unknown-key at dialform.yaml:2:25: unknown key `knd` in `providers.stratus`",
                "error unknown-time-zone at tenants/acme.yaml:2:12: there is no time zone `America/Chicgo`",
                "error unknown-provider at tenants/bolt.yaml:2:11: provider `stratsu` is not defined",
            ],
        ),
        (
            // Which schedules are shared is not known.
            r#"
# dialform.yaml
shard: ["common/*.yaml"]
# tenants/acme.yaml
rules: { "101": { order: [{ when: shared/holidays }] } }"#,
            &["error unknown-key at dialform.yaml:2:1: unknown key `shard`"],
        ),
    ];
    let mut wrong = Vec::new();
    for (files, expected) in cases {
        let several = examples::has_several(files);
        let found: Vec<String> =
            examples::check(files, &[]).iter().map(|it| examples::line(it, several)).collect();
        if found != *expected {
            wrong.push(format!("{files}\n  expected {expected:#?}\n  found {found:#?}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// A version is soon forgotten, and says nothing of the tenants; another one may mean that they are read otherwise.
#[test]
fn without_a_version_the_tenants_are_looked_at() {
    for (version, expected) in
        [("", ["missing-key", "unknown-time-zone"].as_slice()), ("version: 2\n", &["bad-value"])]
    {
        let workspace = Workspace::default();
        let providers =
            "providers: { pbx: { kind: deskphone, bridge: manual } }\ntenants: [\"tenants/*.yaml\"]\n";
        workspace.write("dialform.yaml", format!("{version}{providers}"));
        let tenant = "tenant: acme\nprovider: pbx\naccount: acme\ntime_zone: Europe/Lundon\n";
        workspace.write("tenants/acme.yaml", tenant);
        for command in
            [["check"].as_slice(), &["plan", "--sandbox"], &["apply", "--sandbox", "--auto-approve"]]
        {
            let run = workspace.run(&[command, &["--format", "json"]].concat());
            let said: Value = serde_json::from_str(run.out.lines().last().unwrap())
                .unwrap_or_else(|_| serde_json::from_str(&run.out).unwrap());
            let codes: Vec<&str> =
                said["findings"].as_array().unwrap().iter().map(|it| it["code"].as_str().unwrap()).collect();
            assert_eq!((run.ending, codes.as_slice()), (Ending::Error, expected), "{version:?} {command:?}");
        }
        // Nothing was read, nor made.
        assert!(!workspace.path(".dialform").exists());
    }
}

/// Each key of a workspace in which nothing is wrong, misspelt, and each value of another type: whatever a lint says then
/// only comes of that.
#[test]
fn nothing_is_found_that_comes_of_a_wrong_key() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let read = |name: &str| fs::read_to_string(root.join(name)).unwrap();
    let workspace = Workspace::quickstart();
    let files = [
        "tenants/acme-dental.yaml",
        "tenants/bright-solar.yaml",
        "tenants/harbour-legal.yaml",
        "dialform.yaml",
    ];
    let (mut looked, mut wrong) = (0, Vec::new());
    for file in files {
        let good = read(&format!("examples/quickstart/{file}"));
        for bad in spoiled(&good) {
            workspace.write(file, &bad);
            let run = workspace.run_at("2027-03-01T12:00:00Z", &["check", "--format", "json"]);
            let said: Value = serde_json::from_str(&run.out).unwrap();
            let codes = said["findings"].as_array().unwrap().iter().map(|it| it["code"].as_str().unwrap());
            let (lints, others): (Vec<&str>, Vec<&str>) =
                codes.partition(|code| LINTS.iter().any(|lint| lint.code == *code));
            // What is another name is no slip.
            if others.is_empty() {
                continue;
            }
            looked += 1;
            if !lints.is_empty() {
                let line =
                    bad.lines().zip(good.lines()).find(|(one, other)| one != other).map(|(line, _)| line);
                wrong.push(format!("{file}: {}: {others:?} and {lints:?}", line.unwrap_or_default()));
            }
        }
        workspace.write(file, &good);
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(looked > 200, "{looked}");
}

/// A text with each of its keys misspelt in turn, and with each value of a line that has one key of another type.
fn spoiled(text: &str) -> Vec<String> {
    let key = regex::Regex::new(r#""?[+\w-]+"?: "#).unwrap();
    let mut found = Vec::new();
    let mut start = 0;
    for line in text.split_inclusive('\n') {
        let code = line.split('#').next().unwrap();
        for word in key.find_iter(code) {
            let at = start + word.start() + usize::from(word.as_str().starts_with('"'));
            found.push(format!("{}xx_{}", &text[..at], &text[at..]));
        }
        if let Some(word) = key.find(code).filter(|_| key.find_iter(code).count() == 1) {
            let (from, to) = (start + word.end(), start + code.trim_end().len());
            found.push(format!("{}{{ wrong: [] }}{}", &text[..from], &text[to..]));
        }
        start += line.len();
    }
    found
}
