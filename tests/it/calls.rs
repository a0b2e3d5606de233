//! `check --calls`: what is wrong with calls, each kind found with a call that shows it.
//!
//! Cases stand in `calls/cases.yaml`: a tenant's file, what is found in it, and what it is about. Each example call is placed with
//! `trace`, which has to show what was found.

use crate::workspace::Workspace;
use dialform::cli::{Finished, run_at};
use serde::Deserialize;
use serde_json::Value;
use std::collections::BTreeMap;

/// A Tuesday morning in Chicago.
const NOW: &str = "2026-12-01T16:00:00Z";

const PROVIDERS: &str = r#"version: 1
tenants: ["tenants/*.yaml"]
providers:
  stratus: { kind: stratus, url: "https://pbx.example.net/ns-api/v2", token: { env: TOKEN }, carrier: manual }
  ctm: { kind: ctm, access_key: { env: KEY }, secret_key: { env: SECRET } }
  deskphone: { kind: deskphone, bridge: manual }
"#;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Case {
    about: String,
    /// By name; the rest of each is filled in.
    tenants: BTreeMap<String, String>,
    /// `file:line CODE: message`
    found: Vec<String>,
    /// What the example of each shows: how that call ends. Left out where there is none.
    #[serde(default)]
    ends: Vec<String>,
}

fn run(workspace: &Workspace, arguments: &[&str]) -> Finished {
    let directory = workspace.root().to_str().unwrap();
    let command: Vec<&str> =
        ["dialform", "-C", directory].into_iter().chain(arguments.iter().copied()).collect();
    run_at(&command, Some(NOW.parse().unwrap()))
}

fn workspace(case: &Case) -> Workspace {
    let workspace = Workspace::default();
    workspace.write("dialform.yaml", PROVIDERS);
    for (name, text) in &case.tenants {
        let mut text = text.clone();
        let rest = [
            ("tenant", name.as_str()),
            ("provider", "stratus"),
            ("account", name),
            ("time_zone", "America/Chicago"),
        ];
        for (key, value) in rest {
            if !text.lines().any(|line| line.starts_with(&format!("{key}:"))) {
                text.push_str(&format!("{key}: {value}\n"));
            }
        }
        workspace.write(&format!("tenants/{name}.yaml"), text);
    }
    workspace
}

fn findings(workspace: &Workspace) -> Vec<Value> {
    let checked = run(workspace, &["check", "--calls", "--format", "json"]);
    let said: Value =
        serde_json::from_str(&checked.out).unwrap_or_else(|error| panic!("{error}: {checked:?}"));
    said["findings"].as_array().unwrap().clone()
}

fn line(finding: &Value) -> String {
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let place = &finding["place"];
    format!(
        "{}:{} {}: {}",
        text(&place["file"]),
        place["line"],
        text(&finding["code"]),
        text(&finding["message"])
    )
}

/// The example call of a finding, placed: the ends of its courses.
fn ends(workspace: &Workspace, finding: &Value) -> Option<String> {
    let help = finding["help"].as_str()?;
    let command = help.split('`').find_map(|it| it.strip_prefix("dialform "))?;
    let arguments: Vec<&str> = command.split(' ').map(|it| it.trim_matches('\'')).collect();
    if arguments.contains(&"--live") {
        return None;
    }
    let traced = run(workspace, &[arguments.as_slice(), &["--format", "json"]].concat());
    let trace: Value =
        serde_json::from_str(&traced.out).unwrap_or_else(|error| panic!("{command}: {error}: {traced:?}"));
    let courses = trace["courses"].as_array().unwrap_or_else(|| panic!("{command}: {traced:?}"));
    let ends = courses.iter().map(|it| it["end"].as_str().unwrap().to_owned());
    let ends: std::collections::BTreeSet<String> = ends.collect();
    Some(ends.into_iter().collect::<Vec<_>>().join(" | "))
}

/// A configuration that is broken or risky has exactly these findings, and each example call shows what it says.
#[test]
fn each_fault_is_found_with_a_call_that_shows_it() {
    let cases: Vec<Case> = serde_yaml::from_str(include_str!("calls/cases.yaml")).unwrap();
    let (mut wrong, mut bad, mut clean) = (Vec::new(), 0, 0);
    for case in &cases {
        let workspace = workspace(case);
        let findings = findings(&workspace);
        let found: Vec<String> = findings.iter().map(line).collect();
        let ends: Vec<String> = findings.iter().filter_map(|finding| ends(&workspace, finding)).collect();
        if (&found, &ends) != (&case.found, &case.ends) {
            let shown = |list: &[String]| {
                list.iter().map(|it| format!("    - '{}'\n", it.replace('\'', "''"))).collect::<String>()
            };
            wrong.push(format!("{}\n  found:\n{}  ends:\n{}", case.about, shown(&found), shown(&ends)));
        }
        match case.found.is_empty() {
            true => clean += 1,
            false => bad += 1,
        }
    }
    assert!(wrong.is_empty(), "{} of {}:\n{}", wrong.len(), cases.len(), wrong.join("\n"));
    assert!(bad >= 60 && clean >= 8, "{bad} that are broken, {clean} that are clean");
}
