//! `check --format github|gitlab|sarif|junit`: findings as the forge or CI system takes them.

use crate::{golden, workspace::Workspace};
use dialform::error::Ending;
use serde_json::Value;

const DIALFORM: &str = r#"version: 1
tenants: ["tenants/*.yaml"]
providers:
  stratus: { kind: stratus, url: "https://pbx.example.net/ns-api/v2", token: { env: TOKEN }, carrier: manual }
"#;

/// A finding with two places, one with a help line, one with neither place nor help, and a file with none.
const FILES: &[(&str, &str)] = &[
    ("dialform.yaml", DIALFORM),
    (
        "templates/office.yaml",
        "vars: { main: { type: number } }\nnumbers: { \"$(main)\": { label: Main } }\n",
    ),
    (
        "tenants/acme.yaml",
        "tenant: acme\nprovider: stratus\naccount: acme.1.service\nextends: ../templates/office.yaml\nvars: { main: \"100%, <a> & b\" }\n",
    ),
    (
        "tenants/bolt office.yaml",
        "tenant: bolt\nprovider: stratus\naccount: bolt.1.service\nqueues: { \"400\": { agent: [\"101\"] } }\ndiverts: { \"101\": { dispatch: x } }\n",
    ),
    ("tenants/cedar.yaml", "tenant: cedar\nprovider: stratus\naccount: cedar.1.service\nnumbers: {}\n"),
];

/// Without errors, but with warnings: one beside others of the same words, and one of no place.
const WARNED: &[(&str, &str)] = &[
    ("dialform.yaml", DIALFORM),
    (
        ".dialform-baseline.yaml",
        "known: [{ code: dead-forward, address: acme/diverts.109, digest: 0f1e2d3c4b5a6978 }]\n",
    ),
    (
        "tenants/acme.yaml",
        "tenant: acme\nprovider: stratus\naccount: acme.1.service\ndiverts:\n  \"103\": { always: { extension: \"104\" }, no_answer: voicemail }\n  \"105\": { always: { extension: \"104\" }, no_answer: voicemail }\n",
    ),
];

const FORMATS: [(&str, &str); 4] =
    [("github", "txt"), ("gitlab", "json"), ("sarif", "json"), ("junit", "xml")];

fn workspace(files: &[(&str, &str)]) -> Workspace {
    let workspace = Workspace::default();
    files.iter().for_each(|(name, text)| workspace.write(name, text));
    workspace
}

fn check(workspace: &Workspace, format: &str) -> (Ending, String) {
    let done = workspace.run(&["check", "--format", format]);
    // All of it is on standard output, where a job redirects it from.
    assert_eq!(done.err, "", "{format}");
    (done.ending, done.out)
}

/// What another program reads is reviewed word by word: it has no other test than that program. The ending is as ever.
#[test]
fn each_program_gets_its_form() {
    for (name, files, ending) in [("wrong", FILES, Ending::Error), ("warned", WARNED, Ending::Fine)] {
        let workspace = workspace(files);
        for (format, suffix) in FORMATS {
            let (ended, out) = check(&workspace, format);
            assert_eq!(ended, ending, "{name} {format}");
            golden::assert(&format!("checked/{name}-{format}.{suffix}"), &out);
        }
    }
}

/// A job reads an empty report where nothing is found, and not a report that is no report; what stops the run before a file is
/// read is in the report as well.
#[test]
fn nothing_found_and_nothing_read_are_reports_too() {
    let fine = workspace(&[FILES[0], FILES[4]]);
    for (format, said) in [
        ("github", ""),
        ("gitlab", "[]\n"),
        (
            "junit",
            "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n\
             <testsuites name=\"dialform check\" tests=\"2\" failures=\"0\" errors=\"0\">\n  \
             <testsuite name=\"dialform check\" tests=\"2\" failures=\"0\" errors=\"0\">\n    \
             <testcase name=\"dialform.yaml\" classname=\"dialform check\"/>\n    \
             <testcase name=\"tenants/cedar.yaml\" classname=\"dialform check\"/>\n  \
             </testsuite>\n</testsuites>\n",
        ),
    ] {
        assert_eq!(check(&fine, format), (Ending::Fine, said.to_owned()), "{format}");
    }
    let empty = Workspace::default();
    let message = "::error file=dialform.yaml,line=1,title=dialform unreadable-file::cannot read `dialform.yaml`: there \
                   is no such file%0Ahelp: run in a workspace, or name one: `-C DIR`\n";
    assert_eq!(check(&empty, "github"), (Ending::Error, message.to_owned()));
}

/// A forge knows a file by its path in the repository: with another one it shows nothing beside a line.
#[test]
fn paths_are_those_of_the_repository() {
    let repository = Workspace::default();
    repository.git(&["init", "--quiet"]);
    let voip = Workspace::at(repository.path("our voip"));
    FILES.iter().for_each(|(name, text)| voip.write(name, text));
    for (format, path) in [
        ("github", "::error file=our voip/tenants/acme.yaml,line=5,"),
        ("gitlab", "\"path\": \"our voip/tenants/acme.yaml\""),
        ("sarif", "\"uri\": \"our%20voip/tenants/acme.yaml\""),
        ("sarif", "\"uri\": \"our%20voip/templates/office.yaml\""),
        ("junit", "<testcase name=\"our voip/tenants/acme.yaml\" "),
        ("junit", "<testcase name=\"our voip/dialform.yaml\" "),
    ] {
        let (_, out) = check(&voip, format);
        assert!(out.contains(path), "{format}: {out}");
    }
}

/// GitLab and code scanning know a finding again by its sum: a line above it makes no new one, and two of the same words in one
/// file are two.
#[test]
fn sums_stay_where_lines_move() {
    let twice = "tenant: acme\nprovider: stratus\naccount: acme.1.service\nnumbers:\n  \"+12145550100\": {}\n  \"+12145550100\": {}\n  \"+12145550100\": {}\n";
    let one = workspace(&[FILES[0], ("tenants/acme.yaml", twice)]);
    let moved = workspace(&[FILES[0], ("tenants/acme.yaml", &format!("# a comment\n\n{twice}"))]);
    let sums = |workspace: &Workspace| -> Vec<(String, String)> {
        let gitlab: Value = serde_json::from_str(&check(workspace, "gitlab").1).unwrap();
        let sarif: Value = serde_json::from_str(&check(workspace, "sarif").1).unwrap();
        let results = sarif["runs"][0]["results"].as_array().unwrap().iter();
        let pairs = gitlab.as_array().unwrap().iter().zip(results);
        let text = |value: &Value| value.as_str().unwrap().to_owned();
        pairs
            .map(|(it, result)| {
                (text(&it["fingerprint"]), text(&result["partialFingerprints"]["dialform/v1"]))
            })
            .collect()
    };
    let (before, after) = (sums(&one), sums(&moved));
    assert_eq!(before, after);
    assert_eq!(before.len(), 2);
    assert!(before.iter().all(|(gitlab, sarif)| gitlab == sarif) && before[0] != before[1], "{before:?}");
}
