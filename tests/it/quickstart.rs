//! The examples: what they promise to a newcomer holds, and two runs over the same files never differ.

use dialform::{
    cli::{Finished, run_with},
    error::Ending,
};
use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
};
use tempfile::TempDir;

#[path = "../../examples/fleet/main.rs"]
#[expect(dead_code, reason = "the example's own `main` and arguments")]
mod fleet;

/// The directory of this package.
const PACKAGE: &str = env!("CARGO_MANIFEST_DIR");

/// Applies without the delay after which the emulation, as the vendor does, shows a write: these tests are about the
/// end, and the delay has tests of its own.
const APPLY: &str = "apply --sandbox --auto-approve --fault visible-after:0ms";

/// A copy of the quickstart without any state, so that every test starts from `live/`.
fn quickstart() -> TempDir {
    let copy = tempfile::tempdir().unwrap();
    copy_into(&Path::new(PACKAGE).join("examples/quickstart"), copy.path());
    copy
}

fn copy_into(from: &Path, to: &Path) {
    for entry in fs::read_dir(from).unwrap() {
        let from = entry.unwrap().path();
        let to = to.join(from.file_name().unwrap());
        if from.ends_with(".dialform") {
            continue;
        }
        if from.is_dir() {
            fs::create_dir(&to).unwrap();
            copy_into(&from, &to);
        } else {
            fs::copy(&from, &to).unwrap();
        }
    }
}

/// Runs in this process on a workspace.
fn dialform(dir: &Path, line: &str) -> Finished {
    let mut arguments = vec!["dialform", "-C", dir.to_str().unwrap()];
    arguments.extend(line.split_whitespace());
    run_with(&arguments)
}

/// Runs, expects that ending, and returns what was printed.
fn output(dir: &Path, line: &str, ending: Ending) -> String {
    let finished = dialform(dir, line);
    assert_eq!(finished.ending, ending, "{line}\n{}{}", finished.out, finished.err);
    finished.out
}

/// The README sends newcomers to this example first: what it prints is reviewed here, word by word.
///
/// After an intended change: `DIALFORM_BLESS=1 cargo test --test it quickstart`.
#[test]
fn the_plan_is_the_reviewed_one() {
    let dir = quickstart();
    let plan = output(dir.path(), "plan --sandbox", Ending::Fine);
    let golden = Path::new(PACKAGE).join("tests/it/quickstart/plan.txt");
    if std::env::var_os("DIALFORM_BLESS").is_some() {
        fs::write(&golden, &plan).unwrap();
    }
    let reviewed = fs::read_to_string(&golden).unwrap();
    assert!(plan == reviewed, "{}", similar::TextDiff::from_lines(&reviewed, &plan).unified_diff());
}

/// A newcomer copies from these files, so that they must not teach anything dialform warns about.
#[test]
fn the_files_have_no_findings() {
    let dir = quickstart();
    let finished = dialform(dir.path(), "check");
    assert_eq!((finished.ending, finished.err.as_str()), (Ending::Fine, ""), "{}", finished.out);
}

/// A digest is approved in one place and applied in another: a plan may depend on nothing but files and live state.
#[test]
fn a_plan_depends_on_nothing_around_it() {
    let dir = quickstart();
    let first = output(dir.path(), "plan --sandbox", Ending::Fine);
    assert_eq!(first, output(dir.path(), "plan --sandbox", Ending::Fine), "a second run");
    let elsewhere = tempfile::tempdir().unwrap();
    let runs: [(&Path, PathBuf, &[&str], i32); 2] = [
        (dir.path(), ".".into(), &[], 0),
        (elsewhere.path(), dir.path().into(), &["--detailed-exitcode"], 2),
    ];
    for (from, workspace, options, code) in runs {
        let run = Command::new(env!("CARGO_BIN_EXE_dialform"))
            .arg("-C")
            .arg(workspace)
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
    let dir = quickstart();
    output(dir.path(), APPLY, Ending::Fine);
    let record = dir.path().join("traffic.jsonl");
    let line = format!("plan --sandbox --detailed-exitcode --record {}", record.display());
    let plan = output(dir.path(), &line, Ending::Fine);
    assert!(plan.contains("No changes."), "{plan}");
    let traffic = fs::read_to_string(&record).unwrap();
    let methods: Vec<serde_json::Value> = traffic
        .lines()
        .map(|line| serde_json::from_str::<serde_json::Value>(line).unwrap()["method"].clone())
        .collect();
    assert!(!methods.is_empty());
    assert!(methods.iter().all(|method| method == "GET"), "{methods:?}");
}

/// Applying must not wash away what the file does not speak of: the seed marks it `kept`.
#[test]
fn what_the_file_leaves_out_is_kept() {
    let dir = quickstart();
    output(dir.path(), APPLY, Ending::Fine);
    let state = dir.path().join(".dialform/sandbox/stratus-dallas/acmedental.12345.service.json");
    let state: serde_json::Value = serde_json::from_str(&fs::read_to_string(state).unwrap()).unwrap();
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
        let made = dir.path().join(name);
        let summary = fleet::generate(&fleet::Fleet { tenants: 4, seed: 7, agree }, &made).unwrap();
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
    assert!(plan.contains("Plan: 0 to create, 12 to update, 0 to delete."), "{plan}");
    output(&drifted, APPLY, Ending::Fine);
    output(&drifted, "plan --sandbox --detailed-exitcode", Ending::Fine);

    let (agreeing, summary) = make("agreeing", true);
    assert_eq!(summary.differences, 0);
    output(&agreeing, "plan --sandbox --detailed-exitcode", Ending::Fine);
}
