//! Apply tells the truth: what it refuses, what it stops, what it could not see come true.

use crate::{
    workspace::{outcome, refusal},
    world::World,
};
use dialform::{
    apply::{Job, ReadBackTimes, Shutdown, run},
    cli::Finished,
    diff::FieldChange,
    error::Ending,
    http::ApiError,
    model::{Address, Kind, Number, Resource},
    outcome::Status,
    plan::{Action, Observed, Step, TenantPlan},
    provider::{NotBack, Read, Scope, Write},
};
use std::{
    sync::atomic::{AtomicUsize, Ordering},
    time::Duration,
};

/// How each step ended: `address status`.
fn statuses(finished: &Finished) -> Vec<String> {
    let value = outcome(&finished.out).unwrap();
    let text = |value: &serde_json::Value| value.as_str().unwrap().to_owned();
    let steps = value["steps"].as_array().unwrap().iter();
    steps.map(|step| format!("{} {}", text(&step["address"]), text(&step["status"]))).collect()
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
        (Ending::Refused, "this needs approval, and there is no terminal to ask on")
    );

    let file = world.path("plan.json");
    let file = file.to_str().unwrap();
    assert_eq!(world.run(&["plan", "--out", file]).ending, Ending::Fine);
    world.tenant("numbers: { \"+12145550100\": { label: Another } }");
    let stale = world.run(&["apply", file]);
    assert_eq!(stale.ending, Ending::Refused);
    let why = "this is not what was reviewed: acme/numbers.+12145550100 would have `label` set to `\"Another\"`, in the \
               reviewed plan to `\"Main\"`";
    assert_eq!(refusal(&stale), why);
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
    let workspace = std::fs::read_to_string(world.path("dialform.yaml")).unwrap();
    world.write("dialform.yaml", format!("{workspace}guard: {{ max_deletes: 0 }}\n"));
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
            "not_applied",
            Ending::Partial,
            "accepted, but not applied by the provider: after 1 second `label` still reads \"\"",
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
            "status 429: too many requests, even after waiting",
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

/// A phone system with one number, whose label is what somebody has made of it since the plan.
struct Moved {
    label: &'static str,
    writes: AtomicUsize,
}

fn number(label: &str) -> Resource {
    Resource::Number(Number { label: Some(label.to_owned()), ..Number::default() })
}

#[async_trait::async_trait]
impl Read for Moved {
    async fn observe(&self, _: &str, _: &Scope) -> Result<Observed, ApiError> {
        let label = if self.writes.load(Ordering::Relaxed) > 0 { "New" } else { self.label };
        let objects = [(Address::new(Kind::Numbers, "+12145550100"), number(label))].into();
        Ok(Observed { objects, ..Observed::default() })
    }
}

#[async_trait::async_trait]
impl Write for Moved {
    async fn execute(&self, _: &str, _: &Step) -> Result<NotBack, ApiError> {
        self.writes.fetch_add(1, Ordering::Relaxed);
        Ok(NotBack::new())
    }
}

/// A plan may be hours old when somebody says yes to it; what changed since was not reviewed and is not overwritten.
#[tokio::test]
async fn what_moved_since_the_plan_stops_its_step() {
    let mut plan = TenantPlan::blocked("acme", "pbx", "acme.1.service", Vec::new());
    plan.steps.push(Step {
        changes: vec![FieldChange {
            path: ["label"].into(),
            old: Some("Old".into()),
            new: Some("New".into()),
        }],
        before: Some(number("Old")),
        after: Some(number("New")),
        ..Step::plain(Address::new(Kind::Numbers, "+12145550100"), Action::Update, None)
    });
    let cases = [
        ("Old", Status::Done, None, 1),
        ("Moved", Status::Failed, Some("`label` was \"Old\" and is \"Moved\" now"), 0),
    ];
    for (label, status, detail, writes) in cases {
        let system = Moved { label, writes: AtomicUsize::new(0) };
        let read_back = ReadBackTimes {
            settle: Duration::from_millis(10),
            wait: Duration::from_millis(10),
            propagation: None,
        };
        let job = Job { plan: &plan, reader: &system, writer: &system, read_back, at_once: 1 };
        let outcomes = run(&[job], &Shutdown::default(), &mut |_| {}).await;
        let ended = (outcomes[0].status, outcomes[0].detail.as_deref(), system.writes.into_inner());
        assert_eq!(ended, (status, detail, writes));
    }
}
