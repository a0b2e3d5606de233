//! The whole life of a change with the workflows of `examples/ci/github`, run: from a pull request to what is live, and back.

mod on_gitlab;
mod world;

use crate::pipelines::{Artifact, Conclusion, JobResult, injections};
use std::path::Path;
use world::{CHECK, FILE, Life, PLAN, live, tenant};

const OURS: &str = "acme/phones";

/// What a branch changes.
type Edit<'e> = &'e dyn Fn(&crate::workspace::Workspace);

/// Change, comment, merge, apply; somebody changes the portal, the night says so once, and the portal's side is taken.
#[test]
fn a_change_lives() {
    let life = Life::new();
    let first = life.apply();
    assert_eq!(first.conclusion, Conclusion::Success, "{}", first.job("apply").log());
    assert_eq!(life.applied(), life.main(), "live was as the files say");

    let head = life.branch("one", 0, |it| it.edit(FILE, "name: Sales", "name: Shop"));
    life.open(1, &head);
    let plan = life.planned(1, OURS);
    assert_eq!(plan.conclusion, Conclusion::Success, "{}", plan.job("plan").log());
    assert!(life.ours(1, "plan").contains("Shop"), "{}", life.ours(1, "plan"));
    assert_eq!(life.live("400"), "Sales", "a plan changes nothing");

    let merged = life.merge(1, "merge");
    let apply = life.apply();
    assert_eq!(apply.conclusion, Conclusion::Success, "{}", apply.job("apply").log());
    assert_eq!((life.live("400").as_str(), life.applied()), ("Shop", merged));
    assert!(life.ours(1, "applied").contains(":white_check_mark:"), "{}", life.ours(1, "applied"));
    let writes = life.host.state().writes.len();
    assert_eq!(life.apply().conclusion, Conclusion::Success);
    assert_eq!(life.host.state().writes.len(), writes, "nothing waits any more");

    life.portal("401", "Workshop");
    for night in 0..2 {
        let night_run = life.night();
        assert_eq!(night_run.conclusion, Conclusion::Success, "{night}: {}", night_run.job("apply").log());
        let state = life.host.state();
        assert_eq!(state.open_issues().len(), 1);
        assert!(state.open_issues()[0].body.contains("Workshop"), "{}", state.open_issues()[0].body);
        assert_eq!(state.said(state.open_issues()[0].number), Vec::<&str>::new(), "once is enough");
    }

    // The portal's side is taken, which is a change of the file alone.
    let head = life.branch("two", 0, |it| it.edit(FILE, "name: Repairs", "name: Workshop"));
    life.open(2, &head);
    assert_eq!(life.planned(2, OURS).conclusion, Conclusion::Success);
    life.merge(2, "squash");
    assert_eq!(life.apply().conclusion, Conclusion::Success);
    assert_eq!((life.live("401").as_str(), life.applied()), ("Workshop", life.main()));
    assert_eq!(life.night().conclusion, Conclusion::Success);
    assert!(life.host.state().open_issues().is_empty(), "nothing differs any more");
}

/// A change of one queue's name on a branch, and its pull request, planned.
fn reviewed(life: &Life, number: u64, behind: usize, from: &str, to: &str) {
    let edit =
        |it: &crate::workspace::Workspace| it.edit(FILE, &format!("name: {from}"), &format!("name: {to}"));
    let head = life.branch(&format!("change-{number}"), behind, edit);
    life.open(number, &head);
    let plan = life.planned(number, OURS);
    assert_eq!(plan.conclusion, Conclusion::Success, "{}", plan.job("plan").log());
    assert!(life.ours(number, "plan").contains(to), "{}", life.ours(number, "plan"));
}

fn applied(life: &Life) {
    let apply = life.apply();
    assert_eq!(apply.conclusion, Conclusion::Success, "{}", apply.job("apply").log());
    assert_eq!(life.applied(), life.main());
}

/// The comment that a text asks for.
fn invited(text: &str) -> String {
    let (_, rest) = text.split_once("    /dialform approve ").unwrap_or_else(|| panic!("{text}"));
    format!("/dialform approve {}", rest.lines().next().unwrap())
}

/// Opens the first pull request, of ann's: a queue goes to which a number still leads, which is critical.
fn lost(life: &Life) {
    let head = life.branch("gone", 0, |it| {
        it.edit(FILE, "\n  \"405\":\n    name: Lost\n", "\nabsent: { queues: [\"405\"] }\n");
    });
    life.open(1, &head);
}

/// Whether a pull request was told that its change is applied.
fn done(life: &Life, number: u64) -> bool {
    life.ours(number, "applied").contains(":white_check_mark:")
}

/// However a host merges, the plan that was reviewed is found by what is merged, and its effect is live, once.
#[test]
fn every_way_of_merging_is_applied_by_the_reviewed_plan() {
    for how in ["merge", "squash", "rebase"] {
        let life = Life::new();
        applied(&life);
        let head = life.branch("two-commits", 0, |it| {
            it.edit(FILE, "name: Sales", "name: Shop");
            it.git(&["commit", "-qam", "the first of two"]);
            it.edit(FILE, "name: Repairs", "name: Workshop");
        });
        life.open(1, &head);
        let plan = life.planned(1, OURS);
        assert_eq!(plan.conclusion, Conclusion::Success, "{}", plan.job("plan").log());
        life.merge(1, how);
        applied(&life);
        assert_eq!((life.live("400").as_str(), life.live("401").as_str()), ("Shop", "Workshop"), "{how}");
        assert!(done(&life, 1), "{how}");
        let names: Vec<String> =
            life.runner.artifacts.lock().unwrap().iter().map(|it| it.name.clone()).collect();
        let tree = life.asked(&["rev-parse", "origin/main^{tree}"]);
        assert!(names.contains(&format!("dialform-production-{tree}")), "{how}: {names:?}");
        // The revert button.
        if how == "squash" {
            let head = life.branch("revert", 0, |it| it.git(&["revert", "--no-commit", "HEAD"]));
            life.open(2, &head);
            assert_eq!(life.planned(2, OURS).conclusion, Conclusion::Success);
            life.merge(2, how);
            applied(&life);
            assert_eq!((life.live("400").as_str(), life.live("401").as_str()), ("Sales", "Repairs"), "{how}");
        }
        assert!(life.host.state().open_issues().is_empty());
    }
}

/// Branches that were made before others were merged: the plan of each says nothing about what the others changed, and all of it
/// is live in the end, although a queue pushes only once and most runs are cancelled.
#[test]
fn five_merges_and_one_run() {
    let life = Life::new();
    applied(&life);
    let changes = [
        ("Sales", "Shop"),
        ("Repairs", "Workshop"),
        ("Orders", "Desk"),
        ("Returns", "Back"),
        ("Billing", "Money"),
    ];
    for (number, (from, to)) in (1..).zip(changes) {
        reviewed(&life, number, 0, from, to);
        let comment = life.ours(number, "plan");
        let others =
            changes.iter().filter(|(_, name)| *name != to).filter(|(_, name)| comment.contains(name));
        assert_eq!(others.count(), 0, "{comment}");
    }
    let queue = changes.len() as u64;
    for number in 1..=queue {
        life.merge(number, "merge");
    }
    applied(&life);
    for (queue, (_, name)) in (400..).zip(changes) {
        assert_eq!(life.live(&queue.to_string()), name);
    }
    for number in 1..=queue {
        assert!(done(&life, number), "{number}");
    }
    assert!(life.host.state().open_issues().is_empty());
    // A branch from before all of that is planned as it would be merged, and again says nothing of theirs.
    reviewed(&life, 9, 5, "Lost", "Found");
    let comment = life.ours(9, "plan");
    assert!(!changes.iter().any(|(from, to)| comment.contains(from) || comment.contains(to)), "{comment}");
    life.merge(9, "squash");
    applied(&life);
    assert_eq!((life.live("405").as_str(), life.live("400").as_str()), ("Found", "Shop"));
}

/// What a review has sent back is never applied, however the branch was merged: neither by its tree nor by itself.
#[test]
fn a_commit_that_was_sent_back_is_not_applied() {
    let life = Life::new();
    applied(&life);
    reviewed(&life, 1, 0, "Sales", "WRONG");
    life.laptop.git(&["checkout", "-q", "change-1"]);
    life.laptop.edit(FILE, "name: WRONG", "name: Shop");
    life.laptop.git(&["commit", "-qam", "as the review wants it"]);
    life.laptop.git(&["push", "-qf", "origin", "change-1"]);
    life.moves(1, &life.asked(&["rev-parse", "HEAD"]));
    assert_eq!(life.planned(1, OURS).conclusion, Conclusion::Success);
    life.merge(1, "rebase");
    let run = life.apply();
    assert_eq!(run.conclusion, Conclusion::Success, "{}", run.job("apply").log());
    assert!(!run.job("apply").log().contains("WRONG"), "{}", run.job("apply").log());
    assert_eq!((life.live("400").as_str(), life.applied()), ("Shop", life.main()));
}

/// A commit that was refused is not taken for applied because a later one is, and its pull request is not told so.
#[test]
fn a_refused_commit_does_not_go_along_unseen() {
    let life = Life::new();
    applied(&life);
    let before = life.main();
    reviewed(&life, 1, 0, "Sales", "Shop");
    life.portal("400", "Portal");
    life.merge(1, "merge");
    reviewed(&life, 2, 0, "Repairs", "Workshop");
    life.portal("400", "Later still");
    life.merge(2, "merge");
    let run = life.apply();
    assert_eq!(run.conclusion, Conclusion::Failure, "{}", run.job("apply").log());
    assert_eq!(life.applied(), before);
    assert!(!done(&life, 1) && !done(&life, 2), "{}", life.ours(1, "applied"));
    assert_eq!(life.host.state().open_issues().len(), 1);
}

/// One pull request adds a tenant on a template, and another one, planned before that was merged, changes the template. The plan of the
/// second knows nothing of the tenant: its commit was recorded as applied, and the tenant never got the change.
#[test]
fn a_plan_that_knows_nothing_of_a_tenant_is_not_all_of_a_commit() {
    let west = live().replace("acme.1.service", "west.1.service");
    let life = Life::of(&tenant(), &[("acme.1.service", &live()), ("west.1.service", &west)]);
    let of =
        |name: &str| format!("tenant: {name}\naccount: {name}.1.service\nextends: ../templates/all.yaml\n");
    let template = tenant().replace("tenant: acme\n", "").replace("account: acme.1.service\n", "");
    life.branch("template", 0, |it| {
        it.write("templates/all.yaml", &template);
        it.write(FILE, of("acme"));
    });
    life.laptop.git(&["push", "-q", "origin", "template:main"]);
    applied(&life);
    let changes: [(u64, Edit<'_>); 2] = [
        (1, &|it| it.write("tenants/west.yaml", of("west"))),
        (2, &|it| it.edit("templates/all.yaml", "name: Sales", "name: Shop")),
    ];
    for (number, edit) in changes {
        let head = life.branch(&format!("change-{number}"), 0, edit);
        life.open(number, &head);
        assert_eq!(life.planned(number, OURS).conclusion, Conclusion::Success);
    }
    life.merge(1, "squash");
    let with_west = life.main();
    life.merge(2, "squash");
    let run = life.apply();
    assert_eq!(run.conclusion, Conclusion::Failure, "{}", run.job("apply").log());
    assert_eq!((life.applied(), life.live("400").as_str()), (with_west, "Sales"));
    assert!(life.ours(2, "applied").contains("### west"), "{}", life.ours(2, "applied"));
    let approve = invited(&life.ours(2, "applied"));
    assert_eq!(life.comment(2, "bob", &approve).unwrap().conclusion, Conclusion::Success);
    assert_eq!((life.applied(), life.live("400").as_str()), (life.main(), "Shop"));
    // At night nothing differs in either.
    assert_eq!(life.night().conclusion, Conclusion::Success);
    assert!(life.host.state().open_issues().is_empty());
}

/// What only people can do kept its commit from being recorded, and every later one of any tenant from being applied.
#[test]
fn a_step_by_hand_stops_nobody() {
    const FORWARD: &str = "forwards: { \"+12145550100\": { to: \"+19725550199\" } }\n";
    let life = Life::with(&(tenant() + FORWARD), &live());
    applied(&life);
    let lead = |it: &crate::workspace::Workspace| it.edit(FILE, "9725550199", "9725550198");
    // By itself, beside a step of ours, and beside one that nobody reviewed.
    let changes: [Edit<'_>; 3] = [
        &lead,
        &|it| {
            it.edit(FILE, "9725550198", "9725550197");
            it.edit(FILE, "name: Sales", "name: Shop");
        },
        &|it| it.edit(FILE, "9725550197", "9725550196"),
    ];
    for (number, edit) in (1..).zip(changes) {
        let head = life.branch(&format!("change-{number}"), 0, edit);
        life.open(number, &head);
        assert_eq!(life.planned(number, OURS).conclusion, Conclusion::Success);
        life.merge(number, "squash");
        if number == 3 {
            // Nobody has reviewed this one, and nothing is to be written for it.
            life.runner.artifacts.lock().unwrap().clear();
        }
        reviewed(&life, 10 + number, 0, ["Repairs", "Orders", "Returns"][number as usize - 1], "Later");
        life.merge(10 + number, "squash");
        applied(&life);
        let state = life.host.state();
        let open = state.open_issues();
        assert_eq!(open.len() as u64, number);
        let to = format!("972555019{}", 9 - number);
        assert!(
            open.last().unwrap().body.contains(&format!("Forwarding Number: {to}")),
            "{}",
            open.last().unwrap().body
        );
        drop(state);
        assert!(life.ours(number, "applied").contains(&to), "{}", life.ours(number, "applied"));
        assert!(done(&life, number) && done(&life, 10 + number), "{number}");
    }
    assert_eq!(life.live("400"), "Shop");
    assert_eq!(life.live("403"), "Later");
}

/// A plan that was made once the change was merged was shown to nobody: what the portal had meanwhile is not undone by it.
#[test]
fn a_plan_from_after_the_merge_is_not_reviewed() {
    let life = Life::new();
    applied(&life);
    reviewed(&life, 1, 0, "Sales", "Shop");
    let head = life.head(1);
    life.merge(1, "merge");
    life.portal("401", "Emergency desk");
    // Somebody runs the check of the pull request again, and the plan follows.
    let check = life.runner.runs.lock().unwrap().iter().rfind(|it| it.path == CHECK).unwrap().id;
    let plan = life.followed(check, &head, "pull_request", OURS);
    assert_eq!(plan.conclusion, Conclusion::Success);
    life.host.state().late.push(plan.id);
    let run = life.apply();
    assert_eq!(life.live("401"), "Emergency desk", "{}", run.job("apply").log());
    assert_eq!(run.conclusion, Conclusion::Failure, "it waits for approval");
}

/// Whoever may push can move the ref. What it names is neither run with the credentials nor taken for applied.
#[test]
fn a_ref_that_somebody_moved_is_not_believed() {
    let life = Life::new();
    applied(&life);
    let evil =
        life.branch("evil", 0, |it| it.edit("dialform.yaml", "http://127.0.0.1:", "http://127.0.0.2:"));
    let made = life.asked(&[
        "-c",
        "user.name=m",
        "-c",
        "user.email=m@e.invalid",
        "commit-tree",
        &format!("{evil}^{{tree}}"),
        "-p",
        &evil,
        "-m",
        "x",
    ]);
    life.laptop.git(&["push", "-qf", "origin", &format!("{made}:refs/dialform/applied/production")]);
    let night = life.night();
    let log = night.job("apply").log();
    assert!(log.contains("is not in the history of what is checked out"), "{log}");
    assert_eq!((night.conclusion, life.applied()), (Conclusion::Success, life.main()), "{log}");
    // A child of main's tip: what is merged later waits for approval, and is not passed over.
    let ahead = life.branch("ahead", 0, |it| it.write("note", "x"));
    let made = life.asked(&[
        "-c",
        "user.name=m",
        "-c",
        "user.email=m@e.invalid",
        "commit-tree",
        &format!("{ahead}^{{tree}}"),
        "-p",
        &ahead,
        "-m",
        "x",
    ]);
    reviewed(&life, 1, 0, "Sales", "Shop");
    life.merge(1, "merge");
    life.laptop.git(&["push", "-qf", "origin", &format!("{made}:refs/dialform/applied/production")]);
    assert_eq!(life.apply().conclusion, Conclusion::Success, "its plan was reviewed");
    assert_eq!((life.live("400").as_str(), life.applied()), ("Shop", life.main()));
}

/// The author of a change that waits does not approve it in somebody else's pull request.
#[test]
fn nobody_approves_their_own_change_elsewhere() {
    let life = Life::new();
    applied(&life);
    lost(&life);
    assert_eq!(life.planned(1, OURS).conclusion, Conclusion::Success);
    life.merge(1, "merge");
    reviewed(&life, 2, 0, "Sales", "Shop");
    life.host.state().pulls[1].author = "bob".to_owned();
    life.merge(2, "merge");
    assert_eq!(life.apply().conclusion, Conclusion::Failure);
    let approve = |topic| invited(&life.ours(topic, "applied"));
    for (person, topic) in [("ann", 2), ("bob", 1), ("ann", 1)] {
        let run = life.comment(topic, person, &approve(topic)).unwrap();
        assert_eq!(run.conclusion, Conclusion::Failure, "{person} in #{topic}");
        assert!(life.has("405"));
    }
    life.host.state().permissions.insert("carol".to_owned(), "write");
    // Wherever the invitation stands.
    let run = life.comment(1, "carol", &approve(1)).unwrap();
    assert_eq!(run.conclusion, Conclusion::Success, "{:#?}", run.jobs);
    assert!(!life.has("405"));
}

/// What nobody has reviewed waits, with one issue, until somebody who may approves this very plan.
#[test]
fn what_nobody_reviewed_waits() {
    let life = Life::new();
    applied(&life);
    let before = life.main();
    life.branch("direct", 0, |it| it.edit(FILE, "name: Sales", "name: Shop"));
    life.laptop.git(&["push", "-q", "origin", "direct:main"]);
    let waiting = |life: &Life| {
        let state = life.host.state();
        let open = state.open_issues();
        assert_eq!(open.len(), 1);
        (open[0].number, invited(&open[0].body))
    };
    for _ in 0..2 {
        let run = life.apply();
        assert_eq!(run.conclusion, Conclusion::Failure, "it is not done");
        assert_eq!((life.live("400").as_str(), life.applied()), ("Sales", before.clone()));
    }
    let (issue, approve) = waiting(&life);
    assert!(life.comment(issue, "mallory", &approve).is_none_or(|run| run.job("apply").steps.is_empty()));
    assert!(
        life.comment(issue, "bob", &format!("> {approve}"))
            .is_none_or(|run| run.job("apply").steps.is_empty())
    );
    assert_eq!(life.live("400"), "Sales");
    // What is live has moved: it is another plan, and that one was not approved.
    life.portal("401", "Workshop");
    let run = life.comment(issue, "bob", &approve).unwrap();
    assert_eq!(
        (run.conclusion, life.live("400").as_str()),
        (Conclusion::Failure, "Sales"),
        "{}",
        run.job("apply").log()
    );
    life.portal("401", "Repairs");
    let run = life.apply();
    assert_eq!(run.conclusion, Conclusion::Success, "{}", run.job("apply").log());
    assert_eq!((life.live("400").as_str(), life.applied()), ("Shop", life.main()));
    assert!(life.host.state().open_issues().is_empty());
}

/// A critical change is approved in the pull request, by somebody else who may write, and by no change of a workflow.
#[test]
fn a_critical_change_is_approved_in_the_pull_request() {
    let life = Life::new();
    applied(&life);
    lost(&life);
    let plan = life.planned(1, OURS);
    assert_eq!(plan.conclusion, Conclusion::Success, "{}", plan.job("plan").log());
    let approve = invited(&life.ours(1, "plan"));
    // Before it is merged: who opened it, somebody who may not, and then somebody who may.
    for (person, starts) in [("ann", true), ("mallory", false)] {
        let run = life.comment(1, person, &approve);
        assert_eq!(
            run.is_some_and(|run| run.jobs.iter().any(|job| !job.steps.is_empty())),
            starts,
            "{person}"
        );
    }
    life.merge(1, "merge");
    assert_eq!(life.apply().conclusion, Conclusion::Failure);
    assert!(life.has("405"));
    assert!(life.ours(1, "applied").contains(":stop_sign:"), "{}", life.ours(1, "applied"));
    let run = life.comment(1, "bob", &approve).unwrap();
    assert_eq!(run.conclusion, Conclusion::Success, "{:#?}", run.jobs);
    assert!(!life.has("405"));
    assert!(done(&life, 1) && life.host.state().open_issues().is_empty());
    assert_eq!(life.applied(), life.main());
}

/// Whatever a stranger sends: no job that has a file of theirs has a secret or may write, the comment is the right one, and what
/// they made is not taken for a reviewed plan.
#[test]
fn a_fork_sees_no_secret() {
    const THEIRS: &str = "mallory/phones";
    let life = Life::new();
    applied(&life);
    let head = life.branch("theirs", 0, |it| {
        it.edit(FILE, "name: Sales", "name: Owned");
        // Their own workflow and their own program, which the check of a fork runs and nobody else.
        it.edit(CHECK, "  - run: dialform check --calls\n", "  - run: env | grep -c STRATUS || true\n");
        it.edit(PLAN, "  workflow_run:", "  pull_request:\n  workflow_run:");
        it.write(".github/actions/dialform/plan/action.yml", "broken: true\n");
    });
    life.laptop.git(&["push", "-q", "origin", ":theirs"]);
    life.open(1, &head);
    let runs = life.planned_with_check(1, THEIRS);
    let merge = life.asked(&["ls-remote", "origin", "refs/pull/1/merge"])[..40].to_owned();
    let secret = |job: &JobResult| {
        !job.secrets_seen.is_empty() || job.permissions.values().any(|level| level == "write")
    };
    let mut held = 0;
    for job in runs.iter().flat_map(|run| &run.jobs) {
        if job.holds_commit(&head) || job.holds_commit(&merge) {
            held += 1;
            assert!(!secret(job), "{}: {:?} {:?}", job.name, job.secrets_seen, job.permissions);
        }
    }
    assert_eq!(held, 2, "the check and the comparison");
    let [check, plan] = &runs;
    assert_eq!(check.job("check").conclusion, Conclusion::Success, "{}", check.job("check").log());
    assert_eq!(plan.job("plan").conclusion, Conclusion::Skipped);
    assert_eq!(plan.conclusion, Conclusion::Success, "{}", plan.job("compare").log());
    assert!(secret(plan.job("comment")), "that one may write, and has no file of theirs");
    assert!(life.ours(1, "plan").contains("Owned"), "{}", life.ours(1, "plan"));
    // Their artifact with the name of a reviewed plan, in their own run and in a run of their own copy of our workflow.
    let merged = life.merge(1, "merge");
    let tree = life.asked(&["rev-parse", &format!("{merged}^{{tree}}")]);
    let forged = life.saved_plan(&merged);
    for (id, run) in [(99_998, check.id), (99_999, life.forged_run("pull_request", THEIRS))] {
        life.runner.artifacts.lock().unwrap().push(Artifact {
            id,
            name: format!("dialform-production-{tree}"),
            run_id: run,
            files: [("plan.json".to_owned(), forged.clone())].into(),
        });
    }
    // The workflows of main are theirs by now: whoever merges that has been told by the comment of nothing but the files.
    let run = life.apply();
    assert_eq!(run.conclusion, Conclusion::Failure, "it waits for approval");
    assert_eq!(life.live("400"), "Sales");
}

/// Text of strangers is never part of a script, and every action is pinned.
#[test]
fn no_script_holds_a_strangers_text() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("examples/ci/github");
    let mut files = Vec::new();
    let mut pending = vec![root];
    while let Some(directory) = pending.pop() {
        for path in std::fs::read_dir(directory).unwrap().map(|it| it.unwrap().path()) {
            if path.is_dir() { pending.push(path) } else { files.push(path) }
        }
    }
    assert_eq!(files.len(), 9);
    for path in files {
        let text = std::fs::read_to_string(&path).unwrap();
        assert_eq!(injections(&text), Vec::<String>::new(), "{}", path.display());
        for line in
            text.lines().filter_map(|line| line.trim().trim_start_matches("- ").strip_prefix("uses: "))
        {
            let pinned = line.split_once('@').is_some_and(|(_, at)| {
                at.split(' ')
                    .next()
                    .is_some_and(|it| it.len() == 40 && it.bytes().all(|it| it.is_ascii_hexdigit()))
            });
            assert!(pinned || line.starts_with("./.github/"), "{line}");
        }
    }
}

/// A large plan is shown and kept as any other: no part of it is ever an argument of a command. `DIALFORM_SWEEP=full` makes it
/// one of six megabytes.
#[test]
fn a_large_plan_is_one_file() {
    let full = std::env::var("DIALFORM_SWEEP").is_ok_and(|it| it == "full");
    let (numbers, least) = if full { (8_900, 6_000_000) } else { (450, 300_000) };
    let each = |text: &dyn Fn(usize) -> String| (0..numbers).map(text).collect::<String>();
    let tenant = |label: &str| {
        let numbers = each(&|n| format!("  \"+1214556{n:04}\": {{ label: {label} {n} }}\n"));
        format!("tenant: acme\nprovider: pbx\naccount: acme.1.service\nnumbers:\n{numbers}")
    };
    let live = each(&|n| {
        format!(
            "  - {{ phonenumber: \"1214556{n:04}\", dial-rule-application: to-user-residential, \
             dial-rule-translation-destination-user: \"101\", dial-rule-description: {} {n} }}\n",
            "Main"
        )
    });
    let live =
        format!("domain: {{ domain: acme.1.service }}\nusers: [{{ user: \"101\" }}]\nphonenumbers:\n{live}");
    let life = Life::with(&tenant("Main"), &live);
    applied(&life);
    let head = life.branch("all", 0, |it| it.write(FILE, tenant(&"Front door ".repeat(18))));
    life.open(1, &head);
    let plan = life.planned(1, OURS);
    assert_eq!(plan.conclusion, Conclusion::Success, "{}", plan.job("plan").log());
    let kept = life
        .runner
        .artifacts
        .lock()
        .unwrap()
        .iter()
        .filter_map(|it| it.files.get("plan.json"))
        .map(Vec::len)
        .max();
    assert!(kept > Some(least), "{kept:?}");
    let comment = life.ours(1, "plan");
    assert!(comment.len() < 65_536 && comment.contains(":scissors:"), "{}", &comment[comment.len() - 400..]);
}
