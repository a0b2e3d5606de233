//! What a reviewer reads. A comment on a pull request is made from standard output: what only standard error says is
//! never seen there, and a format that leaves something out hides it.

use crate::{golden, workspace::Workspace};
use dialform::{cli::Finished, error::Ending};
use serde_json::{Value, json};

const SYSTEMS: &str = r#"version: 1
providers:
  pbx:
    kind: stratus
    url: http://127.0.0.1:1/ns-api/v2
    token: { env: NOT_NEEDED }
    carrier: { url: "http://127.0.0.1:1", token: { env: NOT_NEEDED } }
    limits: { requests_per_second: 1000, settle: 1 }
  desk:
    kind: deskphone
    url: http://127.0.0.1:1/v1
    token: { env: NOT_NEEDED }
    limits: { requests_per_second: 1000, settle: 1 }
tenants: ["tenants/*.yaml"]
guard: { max_changed_percent: 100 }
"#;

/// One of each: a queue whose agent is never offline, half a failover both ways and one that a lint knows; emergency
/// forwards that are switched on, switched off, on and nobody's change, on and nobody's at all.
const ACME: &str = r#"tenant: acme
provider: pbx
account: acme.1.service
queues:
  "400": { agents: ["101", { number: "+15125557777" }], require_agents: true, failover: { number: "+15125559999" } }
  "401": { failover: { number: "+15125559999" } }
  "402": { require_agents: true }
  "403": { require_agents: false, failover: { number: "+15125559999" } }
rules: { "101": { callers: { spam: drop } } }
forwards:
  "+15125550100": { to: "+15125559999", active: true }
  "+15125550101": { to: "+15125559999", active: false }
  "+15125550102": { to: "+15125559999" }
"#;

const ACME_LIVE: &str = r#"
domain: { domain: acme.1.service }
users:
  - { user: "101" }
  - { user: "102" }
  - { user: "400", service-code: system-queue }
  - { user: "401", service-code: system-queue }
  - { user: "402", service-code: system-queue }
  - { user: "403", service-code: system-queue }
  - { user: "404", service-code: system-queue }
callqueues:
  - { callqueue: "400" }
  - { callqueue: "401" }
  - { callqueue: "402" }
  - { callqueue: "403" }
  - { callqueue: "404" }
phonenumbers:
  - { phonenumber: "15125550100", dial-rule-application: to-user-residential, dial-rule-translation-destination-user: "101" }
  - { phonenumber: "15125550101", dial-rule-application: to-user-residential, dial-rule-translation-destination-user: "101" }
  - { phonenumber: "15125550102", dial-rule-application: to-user-residential, dial-rule-translation-destination-user: "101" }
  - { phonenumber: "15125550103", dial-rule-application: to-user-residential, dial-rule-translation-destination-user: "101" }
carrier:
  - { number: "5125550101", destination: "5125559999", active: true }
  - { number: "5125550102", destination: "5125559999", active: true }
  - { number: "5125550103", destination: "5125558888", active: true }
"#;

const HARBOUR: &str = r#"tenant: harbour
provider: desk
account: harbour
diverts:
  "2001": { no_answer: voicemail, busy: voicemail }
  "2002": { no_answer: voicemail }
  "2003": { no_answer: off }
"#;

const HARBOUR_LIVE: &str = r#"
people:
  - { extension: "2001" }
  - { extension: "2002" }
  - { extension: "2003", no_answer: voicemail }
  - { extension: "2004" }
"#;

fn workspace() -> Workspace {
    let workspace = Workspace::default();
    workspace.write("dialform.yaml", SYSTEMS);
    workspace.write("tenants/acme.yaml", ACME);
    workspace.write("tenants/harbour.yaml", HARBOUR);
    workspace.write("live/pbx/acme.1.service.yaml", ACME_LIVE);
    workspace.write("live/desk/harbour.yaml", HARBOUR_LIVE);
    workspace
}

/// Standard output but for the digest; nothing is said a second time on standard error.
fn out(finished: &Finished) -> String {
    assert_eq!(finished.err, "", "{}", finished.out);
    let lines = finished.out.lines().filter(|line| !line.contains("digest"));
    lines.map(|line| format!("{line}\n")).collect()
}

/// Findings, notes, what is unmanaged and what is left to people, in each of the three formats.
#[test]
fn a_plan_says_everything_in_every_format() {
    let workspace = workspace();
    for (format, golden) in [("text", "plan.txt"), ("markdown", "plan.md"), ("json", "plan.json")] {
        let done = workspace.run(&["plan", "--sandbox", "--format", format]);
        assert_eq!(done.ending, Ending::Fine, "{}", done.err);
        golden::assert(&format!("reports/{golden}"), &out(&done));
    }
}

/// The comment after an apply begins as the one of the plan did, and programs get the plan as `plan` prints it. An
/// approval that is left over is a finding too.
#[test]
fn an_apply_says_what_its_plan_does() {
    let approvals = ["--approve-critical", "acme/forwards.+15125550101", "--approve-critical", "queues.499"];
    let apply = |format| {
        let workspace = workspace();
        let before = workspace.run(&["plan", "--sandbox", "--format", format]).out;
        let command = ["apply", "--sandbox", "--auto-approve", "--format", format];
        let done = workspace.run(&[&command[..], &approvals].concat());
        assert_eq!(done.ending, Ending::Partial, "{}{}", done.out, done.err);
        let saved = done.err.lines().all(|line| line.starts_with("the state before this apply is saved in"));
        assert!(saved, "{}", done.err);
        (before, done.out)
    };
    let unused = json!({
        "level": "warning",
        "code": "unused-approval",
        "message": "`--approve-critical queues.499` matches no critical change in this plan",
        "help": "write an address as the plan prints it, or a pattern: `queues.400`, `rules.*`, `acme/forwards.*`",
    });

    let (before, after) = apply("json");
    let mut plan: Value = serde_json::from_str(&before).unwrap();
    // Who follows an apply reads the sentences; the plan itself has every call.
    for tenant in plan["tenants"].as_array_mut().unwrap() {
        let experience = tenant.get_mut("experience").and_then(Value::as_object_mut);
        assert!(experience.is_none_or(|it| it.remove("table").is_some()), "{tenant:#}");
    }
    let events: Vec<Value> = after.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let (planned, finished) = (&events[0], &events[events.len() - 1]);
    for key in ["format_version", "digest", "tenants"] {
        assert_eq!(planned[key], plan[key], "{key}");
    }
    let mut findings = plan["findings"].as_array().unwrap().clone();
    findings.push(unused);
    assert_eq!(planned["findings"], Value::Array(findings));
    assert_eq!(finished["findings"], json!([]));

    let (before, after) = apply("markdown");
    let warning = "- :warning: **unused-approval**: ";
    let (lines, own): (Vec<&str>, Vec<&str>) = after.lines().partition(|line| !line.starts_with(warning));
    assert_eq!(own.len(), 1, "{after}");
    // The help of that warning is the one line that the plan does not have.
    let lines: Vec<&str> = lines.into_iter().filter(|line| !line.contains("write an address as")).collect();
    let length = before.lines().count();
    assert_eq!(lines[..length].join("\n"), before.trim_end());
    golden::assert("reports/apply.md", &format!("{}\n", lines[length..].join("\n")));
}

/// What the files say wrong reaches whoever only sees the comment, warnings and errors alike.
#[test]
fn findings_are_a_list_in_markdown() {
    let workspace = workspace();
    let cases = [
        (
            "",
            "check",
            Ending::Fine,
            "## dialform check\n\n2 tenants, 11 objects: no errors, 1 warning.\n\n\
             - :warning: `tenants/acme.yaml:8` **failover-without-require-agents**: the failover never fires while \
             \\`require\\_agents\\` is false\n  help: write \\`require\\_agents: true\\`\n",
        ),
        (UNKNOWN_QUEUE, "check", Ending::Error, FAILED),
        (UNKNOWN_QUEUE, "plan", Ending::Error, FAILED),
    ];
    for (more, command, ending, expected) in cases {
        workspace.write("tenants/acme.yaml", format!("{ACME}{more}"));
        let done = workspace.run(&[command, "--format", "markdown"]);
        assert_eq!((done.ending, done.out.as_str(), done.err.as_str()), (ending, expected, ""), "{command}");
    }
}

const UNKNOWN_QUEUE: &str = "numbers: { \"+15125550100\": { route: { queue: \"499\" } } }\n";

const FAILED: &str = "
## dialform failed

- :warning: `tenants/acme.yaml:8` **failover-without-require-agents**: the failover never fires while \\`require\\_agents\\` is false
  help: write \\`require\\_agents: true\\`
- :no_entry: `tenants/acme.yaml:14` **unknown-queue**: queue \\`499\\` is not declared
  help: declare it; \\`queues: { \"499\": {} }\\` uses a live one as it is
";

/// A finding is about files and words, not about what is done: a plan that was approved stays the same.
#[test]
fn the_digest_counts_no_finding() {
    let workspace = workspace();
    let digest = || {
        let plan = workspace.run(&["plan", "--sandbox", "--format", "json"]).out;
        let plan: Value = serde_json::from_str(&plan).unwrap();
        let mut findings = plan["findings"].as_array().unwrap().iter();
        (plan["digest"].clone(), findings.any(|it| it["code"] == "failover-without-require-agents"))
    };
    let (with, one) = digest();
    // It is so already: without a word of it the same is done.
    workspace.edit("tenants/acme.yaml", "\"403\": { require_agents: false, failover", "\"403\": { failover");
    let (without, none) = digest();
    assert_eq!((without, one, none), (with, true, false));
}
