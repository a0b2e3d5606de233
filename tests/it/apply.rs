//! Apply tells the truth: what it refuses, what it stops, what it could not see come true.

use dialform::{
    cli::{Finished, run_with},
    error::Ending,
};
use std::path::{Path, PathBuf};

const WORKSPACE: &str = r#"
version: 1
providers:
  pbx:
    kind: stratus
    url: http://127.0.0.1:1/ns-api/v2
    token: { env: NOT_NEEDED }
    carrier: { url: "http://127.0.0.1:1", token: { env: NOT_NEEDED } }
    limits: { requests_per_second: 1000, concurrency: 4, retries: 1, settle: 1 }
tenants: ["tenants/*.yaml"]
"#;

const LIVE: &str = r#"
domain: { domain: acme.1.service }
users: [{ user: "101" }, { user: "102" }]
phonenumbers: [{ phonenumber: "12145550100", dial-rule-application: to-user-residential, dial-rule-translation-destination-user: "101" }]
carrier: [{ number: "2145550100", destination: "9725550199", active: true }]
timeframes: [{ timeframe-name: night, timeframe-type: specific-dates, timeframe-specific-dates-array: [] }]
"#;

struct World {
    dir: tempfile::TempDir,
}

impl World {
    fn new(tenant: &str) -> Self {
        let world = Self { dir: tempfile::tempdir().unwrap() };
        world.write("dialform.yaml", WORKSPACE);
        world.write("live/pbx/acme.1.service.yaml", LIVE);
        world.tenant(tenant);
        world
    }

    fn path(&self, name: &str) -> PathBuf {
        self.dir.path().join(name)
    }

    fn write(&self, name: &str, text: &str) {
        let path = self.path(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
    }

    fn tenant(&self, body: &str) {
        self.write(
            "tenants/acme.yaml",
            &format!("tenant: acme\nprovider: pbx\naccount: acme.1.service\n{body}"),
        );
    }

    fn run(&self, arguments: &[&str]) -> Finished {
        let dir = self.dir.path().to_str().unwrap();
        let mut all = vec!["dialform", "-C", dir];
        all.extend(arguments);
        all.push("--sandbox");
        run_with(&all)
    }

    /// What the carrier has now, as it is on disk.
    fn state(&self) -> String {
        read(&self.path(".dialform/sandbox/pbx/acme.1.service.json"))
    }
}

fn read(path: &Path) -> String {
    std::fs::read_to_string(path).unwrap()
}

/// How each step ended: `address status`.
fn statuses(finished: &Finished) -> Vec<String> {
    let value: serde_json::Value = serde_json::from_str(&finished.out).unwrap();
    let text = |value: &serde_json::Value| value.as_str().unwrap().to_owned();
    let steps = value["steps"].as_array().unwrap().iter();
    steps.map(|step| format!("{} {}", text(&step["address"]), text(&step["status"]))).collect()
}

/// The message of the one thing that stopped a run.
fn refusal(finished: &Finished) -> String {
    let first = finished.err.lines().find(|line| line.starts_with("error")).unwrap_or_default();
    first.split_once("]: ").unwrap_or_default().1.to_owned()
}

const LABEL: &str = "numbers: { \"+12145550100\": { label: Main } }";

/// Nothing is written without somebody's word for exactly this plan.
#[test]
fn apply_wants_an_approval_of_this_plan() {
    let world = World::new(LABEL);
    let before = {
        world.run(&["plan"]);
        world.state()
    };
    let nobody = world.run(&["apply"]);
    assert_eq!(
        (nobody.ending, refusal(&nobody).as_str()),
        (Ending::Refused, "nobody is there to approve this plan")
    );

    let file = world.path("plan.json");
    let file = file.to_str().unwrap();
    assert_eq!(world.run(&["plan", "--out", file]).ending, Ending::Fine);
    world.tenant("numbers: { \"+12145550100\": { label: Another } }");
    let stale = world.run(&["apply", file]);
    assert_eq!(stale.ending, Ending::Refused);
    assert!(refusal(&stale).contains("is not the approved one"), "{}", stale.err);
    let wrong = world.run(&["apply", "--digest", "0123"]);
    assert_eq!(wrong.ending, Ending::Refused);
    assert_eq!(world.state(), before, "a refused apply writes nothing");

    world.tenant(LABEL);
    assert_eq!(world.run(&["apply", file]).ending, Ending::Fine);
    assert_ne!(world.state(), before);
    assert_eq!(world.run(&["plan", "--detailed-exitcode"]).ending, Ending::Fine);
}

/// An emergency forward that is active is somebody's outage right now.
#[test]
fn critical_changes_need_a_word_of_their_own() {
    let world = World::new("forwards: { \"+12145550100\": { active: false } }");
    let refused = world.run(&["apply", "--auto-approve"]);
    assert_eq!(
        (refused.ending, refusal(&refused).as_str()),
        (Ending::Refused, "acme/forwards.+12145550100 switches off an emergency forward that is active now")
    );
    let approved = ["apply", "--auto-approve", "--approve-critical", "acme/forwards.+12145550100"];
    assert_eq!(world.run(&approved).ending, Ending::Fine);
    assert!(world.state().contains(r#""destination":"9725550199","active":false"#), "{}", world.state());
}

/// The guard stops a run before the first write, and says what to do if it was meant.
#[test]
fn the_guard_stops_before_the_first_write() {
    let world = World::new("absent: { schedules: [night] }");
    world.write("dialform.yaml", &format!("{WORKSPACE}guard: {{ max_deletes: 0 }}\n"));
    let refused = world.run(&["apply", "--auto-approve"]);
    assert_eq!(refused.ending, Ending::Refused);
    assert_eq!(refusal(&refused), "tenant `acme`: 1 deletion, `guard.max_deletes` is 0");
    assert!(world.state().contains("\"night\""));
    assert_eq!(world.run(&["apply", "--auto-approve", "--override-guard"]).ending, Ending::Fine);
    assert!(!world.state().contains("\"night\""));
}

const CHAIN: &str = r#"
queues: { "400": { name: Sales, agents: ["101"] } }
numbers: { "+12145550100": { label: Main, route: { queue: "400" } } }
diverts: { "102": { busy: { extension: "101" } } }
"#;

/// One failure must not stop what has nothing to do with it, and must stop what would point into the void.
#[test]
fn a_failed_step_stops_only_what_needs_it() {
    let world = World::new(CHAIN);
    let fault = [
        "--format",
        "json",
        "--fault",
        "500:1,only:POST /ns-api/v2/domains/acme.1.service/callqueues,visible-after:0ms",
    ];
    let applied = world.run(&[&["apply", "--auto-approve"], &fault[..]].concat());
    assert_eq!(applied.ending, Ending::Partial);
    assert_eq!(
        statuses(&applied),
        ["queues.400 unknown", "diverts.102 done", "numbers.+12145550100 skipped"]
    );
    assert!(
        world.state().contains(r#""dial-rule-translation-destination-user":"101""#),
        "the number still rings 101"
    );

    let again = world.run(&["apply", "--auto-approve", "--format", "json"]);
    assert_eq!((again.ending, statuses(&again).len()), (Ending::Fine, 2));
    assert_eq!(world.run(&["plan", "--detailed-exitcode"]).ending, Ending::Fine);
}

/// Each way a write can go wrong, and what apply may say of it. "Done" is only said of what was read back.
#[test]
fn the_end_of_a_step_is_what_was_seen() {
    let put = "only:PUT,visible-after:0ms";
    let cases = [
        (
            "accept-and-ignore:1",
            "failed",
            Ending::Partial,
            "accepted, but after 1 seconds `label` still reads \"\"",
        ),
        ("500:1", "unknown", Ending::Partial, "status 500"),
        ("502-after-commit:1", "done", Ending::Fine, ""),
        ("reset-after-commit:1", "done", Ending::Fine, ""),
        ("reset-before-commit:1", "unknown", Ending::Partial, "no answer"),
        ("429:1,retry-after:0,at-most:1", "done", Ending::Fine, ""),
        (
            "429:1,retry-after:0",
            "failed",
            Ending::Partial,
            "status 429: too many requests, also after waiting",
        ),
    ];
    for (fault, status, ending, detail) in cases {
        let world = World::new(LABEL);
        let applied =
            world.run(&["apply", "--auto-approve", "--format", "json", "--fault", &format!("{fault},{put}")]);
        assert_eq!(statuses(&applied), [format!("numbers.+12145550100 {status}")], "{fault}");
        assert_eq!(applied.ending, ending, "{fault}");
        assert!(applied.out.contains(&detail.replace('"', "\\\"")), "{fault}: {}", applied.out);
        // Whatever happened, one more apply without the fault makes it so.
        assert_eq!(world.run(&["apply", "--auto-approve"]).ending, Ending::Fine, "{fault}");
        assert_eq!(world.run(&["plan", "--detailed-exitcode"]).ending, Ending::Fine, "{fault}");
    }
}

/// What a person has to do is never counted as done.
#[test]
fn steps_by_hand_are_left_and_said() {
    let world = World::new("rules: { \"101\": { ring_timeout: 30, callers: { spam: drop } } }");
    let applied = world.run(&["apply", "--auto-approve", "--format", "json"]);
    assert_eq!(statuses(&applied), ["rules.101 done", "rules.101 manual"]);
    assert_eq!(applied.ending, Ending::Partial);
    assert_eq!(world.run(&["plan", "--detailed-exitcode"]).ending, Ending::Changes);
}
