//! The examples: what they promise to a newcomer holds, and two runs over the same files never differ.

use crate::{papers::NOW, workspace::Workspace};
use dialform::error::Ending;
use std::{
    path::{Path, PathBuf},
    process::Command,
};

#[path = "../../examples/fleet/main.rs"]
#[expect(dead_code, reason = "the example's own `main` and arguments")]
mod fleet;

/// Applies without the delay after which the emulation, as the vendor does, shows a write: these tests are about the
/// end, and the delay has tests of its own.
const APPLY: &str = "apply --sandbox --auto-approve --fault visible-after:0ms";

/// Runs, expects that ending, and returns what was printed.
fn output(workspace: &Workspace, line: &str, ending: Ending) -> String {
    let finished = workspace.run(&Vec::from_iter(line.split_whitespace()));
    assert_eq!(finished.ending, ending, "{line}\n{}{}", finished.out, finished.err);
    finished.out
}

/// The README sends newcomers to this example first: what it prints is reviewed here, word by word.
#[test]
fn the_plan_is_the_reviewed_one() {
    let workspace = Workspace::quickstart();
    // Which days it names depends on the day.
    let finished = workspace.run_at(NOW, &["plan", "--sandbox"]);
    assert_eq!(finished.ending, Ending::Fine, "{}{}", finished.out, finished.err);
    crate::golden::assert("quickstart/plan.txt", &finished.out);
}

/// A newcomer copies from these files, so that they must not teach anything dialform warns about.
#[test]
fn the_files_have_no_findings() {
    let workspace = Workspace::quickstart();
    let finished = workspace.run(&["check"]);
    assert_eq!((finished.ending, finished.err.as_str()), (Ending::Fine, ""), "{}", finished.out);
}

/// The assertions of the example are what a newcomer copies: they hold this year and in years to come, nothing is left that they
/// do not come to, and what they are about is what there is once the files are applied.
#[test]
fn its_assertions_hold_and_come_to_everything() {
    let workspace = Workspace::quickstart();
    for now in ["2026-11-29T12:00:00Z", "2028-02-29T03:00:00Z", "2031-07-04T23:59:59Z"] {
        for words in ["test --coverage --min 100", "test --on plan --sandbox"] {
            let done = workspace.run_at(now, &Vec::from_iter(words.split(' ')));
            assert_eq!((done.ending, done.err.as_str()), (Ending::Fine, ""), "{now} {words}\n{}", done.out);
            assert!(
                !words.contains("coverage") || done.out.contains("\nall       100 %  56 of 56\n"),
                "{}",
                done.out
            );
        }
    }
}

/// A digest is approved in one place and applied in another: a plan may depend on nothing but files and live state.
#[test]
fn a_plan_depends_on_nothing_around_it() {
    let workspace = Workspace::quickstart();
    let first = output(&workspace, "plan --sandbox", Ending::Fine);
    assert_eq!(first, output(&workspace, "plan --sandbox", Ending::Fine), "a second run");
    let elsewhere = tempfile::tempdir().unwrap();
    let runs: [(&Path, PathBuf, &[&str], i32); 2] = [
        (workspace.root(), ".".into(), &[], 0),
        (elsewhere.path(), workspace.root().into(), &["--detailed-exitcode"], 2),
    ];
    for (from, directory, options, code) in runs {
        let run = Command::new(env!("CARGO_BIN_EXE_dialform"))
            .arg("-C")
            .arg(directory)
            .args(["plan", "--sandbox"])
            .args(options)
            .current_dir(from)
            .env("HOME", elsewhere.path())
            .env("TZ", "Pacific/Kiritimati")
            .env("LC_ALL", "tr_TR.UTF-8")
            .env("LANG", "ar_EG.UTF-8")
            .output()
            .unwrap();
        assert_eq!(run.status.code(), Some(code), "{}", String::from_utf8_lossy(&run.stderr));
        assert_eq!(String::from_utf8_lossy(&run.stdout), first, "from {}", from.display());
    }
}

/// The promise of the whole tool: what was applied is as declared, and looking again touches nothing.
#[test]
fn apply_settles_everything_and_planning_only_reads() {
    let workspace = Workspace::quickstart();
    output(&workspace, APPLY, Ending::Fine);
    let line = format!("plan --sandbox --detailed-exitcode --record {}", workspace.argument("traffic.jsonl"));
    let plan = output(&workspace, &line, Ending::Fine);
    assert!(
        plan.contains("\nNothing dialform can change. 2 settings can only be seen in the portal"),
        "{plan}"
    );
    let traffic = workspace.lines("traffic.jsonl");
    let methods: Vec<&serde_json::Value> = traffic.iter().map(|exchange| &exchange["method"]).collect();
    assert!(!methods.is_empty());
    assert!(methods.iter().all(|method| *method == "GET"), "{methods:?}");
}

/// Applying must not wash away what the file does not speak of: the seed marks it `kept`.
#[test]
fn what_the_file_leaves_out_is_kept() {
    let workspace = Workspace::quickstart();
    output(&workspace, APPLY, Ending::Fine);
    let state = workspace.read(".dialform/sandbox/stratus-dallas/acmedental.12345.service.json");
    let state: serde_json::Value = serde_json::from_str(&state).unwrap();
    let rule = |user: &str, name: &str| {
        let rules = state["answerrules"][user].as_array().unwrap();
        rules.iter().find(|rule| rule["time-frame"] == name).unwrap().clone()
    };
    let numbers = &state["phonenumbers"];
    assert_eq!(numbers["12145550103"]["dial-rule-translation-source-name"], "recall_[*]");
    assert_eq!(numbers["12145550100"]["dial-rule-application"], "to-callqueue-announce-count-callers-ahead");
    assert_eq!(numbers["12145550104"]["dial-rule-application"], "to-voicemail");
    assert_eq!(state["callqueues"]["400"]["callqueue-max-wait-timeout-minutes"], 15);
    let ben = &state["agents"]["400"]["102@acmedental.12345.service"];
    assert_eq!(ben["auto-answer-enabled"], "yes");
    assert_eq!(rule("101", "business-hours")["forward-on-dnd"]["parameters"][0], "vmail_101");
    assert_eq!(rule("104", "*")["simultaneous-ring"]["parameters"][0], "<OwnDevices>");
    assert_eq!(rule("400", "*")["forward-no-answer"]["parameters"][0], "vmail_104");
    assert_eq!(state["carrier"]["2145550102"]["active"], true);
}

/// Benchmarks count on the fleet: as many steps as it says, all of them done, and none when it agrees.
#[test]
fn a_fleet_differs_as_much_as_it_says() {
    let dir = tempfile::tempdir().unwrap();
    let make = |name: &str, agree: bool| {
        let made = Workspace::at(dir.path().join(name));
        let summary =
            fleet::generate(&fleet::Fleet { tenants: 4, seed: 7, agree, providers: None }, made.root())
                .unwrap();
        (made, summary)
    };
    let (drifted, summary) = make("drifted", false);
    assert_eq!((summary.tenants, summary.providers, summary.differences), (4, 1, 4 * fleet::DRIFTS));
    let checked = output(&drifted, "check", Ending::Fine);
    assert!(
        checked.contains(&format!("4 tenants, {} objects: no errors, 0 warnings", summary.objects)),
        "{checked}"
    );
    let plan = output(&drifted, "plan --sandbox --detailed-exitcode", Ending::Changes);
    // A forward that is missing is made.
    let made = plan.matches("\n  + forwards.").count();
    let counted = format!("Plan: {made} to create, {} to update, 0 to delete.", 4 * fleet::DRIFTS - made);
    assert!(plan.contains(&counted), "{plan}");
    output(&drifted, APPLY, Ending::Fine);
    output(&drifted, "plan --sandbox --detailed-exitcode", Ending::Fine);

    let (agreeing, summary) = make("agreeing", true);
    assert_eq!(summary.differences, 0);
    output(&agreeing, "plan --sandbox --detailed-exitcode", Ending::Fine);
}

/// The figures of the guide are to be had by anybody: what measures them goes through.
#[test]
fn a_fleet_is_measured() {
    let fleet = fleet::Fleet { tenants: 4, seed: 7, agree: true, providers: Some(2) };
    let mut out = Vec::new();
    fleet::tables::print(&mut out, env!("CARGO_BIN_EXE_dialform"), &fleet).unwrap();
    let out = String::from_utf8(out).unwrap();
    let rows: Vec<&str> = out.lines().map(|line| line.split('|').nth(1).unwrap_or(line).trim()).collect();
    let expected = [
        "4 tenants on 2 systems, 85 objects, 0.0 MB of files, 0 to change",
        "",
        "what",
        "---",
        "`check`",
        "`plan`, over HTTP on loopback",
    ];
    assert_eq!(rows[..expected.len()], expected, "{out}");
    assert!(rows[expected.len() + 1..].iter().any(|it| it.starts_with("octoDNS")), "{out}");
}
