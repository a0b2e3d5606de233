//! The same life with `examples/ci/gitlab`.

use super::world::{FILE, Life};
use crate::{
    pipelines::gitlab::{Done, Pipeline},
    workspace::copy,
};
use std::path::Path;

/// The credentials of the project: protected ones are for pipelines of the main branch alone.
const READING: [(&str, &str); 1] = [("STRATUS_READ_TOKEN", "secret-read")];
const WRITING: [(&str, &str); 1] = [("STRATUS_TOKEN", "secret-write")];

/// A repository of GitLab's with the files of the example.
fn life() -> Life {
    let life = Life::new();
    let from = Path::new(env!("CARGO_MANIFEST_DIR")).join("examples/ci/gitlab");
    copy(&from, &life.laptop.path("from"));
    let [url, sum] = life.program();
    let own = life.laptop.read("from/.gitlab-ci.yml");
    life.laptop.write(
        ".gitlab-ci.yml",
        own.replace("https://example.invalid/dialform-0.1.0-x86_64-linux", &url)
            .replace(&"0".repeat(64), &sum),
    );
    life.laptop.write("ci/dialform.yml", life.laptop.read("from/dialform.yml"));
    life.laptop.git(&["rm", "-rqf", ".github"]);
    std::fs::remove_dir_all(life.laptop.path("from")).unwrap();
    life.laptop.git(&["add", "-A"]);
    life.laptop.git(&["commit", "-qm", "GitLab"]);
    life.laptop.git(&["push", "-q", "origin", "main"]);
    life
}

fn pipeline(
    life: &Life,
    commit: &str,
    source: &str,
    more: &[(&'static str, String)],
    started: &[&str],
) -> Vec<Done> {
    let fork =
        more.iter().any(|(name, value)| *name == "CI_MERGE_REQUEST_SOURCE_PROJECT_ID" && value != "42");
    let main = source != "merge_request_event";
    let secrets = [(&READING[..], !fork), (&WRITING[..], main)];
    let secrets = secrets.iter().filter(|(_, given)| *given).flat_map(|(secrets, _)| *secrets);
    let mut variables: Vec<(&str, String)> = life.host.gitlab();
    // A fork's pipeline has no variable of the project.
    variables.retain(|(name, _)| !fork || *name != "DIALFORM_GITLAB_TOKEN");
    if fork {
        // It runs in the fork.
        variables.retain(|(name, _)| *name != "CI_PROJECT_ID");
        variables.push(("CI_PROJECT_ID", "43".to_owned()));
    }
    variables.extend(secrets.map(|(name, value)| (*name, (*value).to_owned())));
    variables.extend([
        ("CI_PIPELINE_SOURCE", source.to_owned()),
        ("CI_COMMIT_SHA", commit.to_owned()),
        ("CI_DEFAULT_BRANCH", "main".to_owned()),
    ]);
    if main {
        variables.push(("CI_COMMIT_BRANCH", "main".to_owned()));
    }
    variables.extend(more.iter().cloned());
    let origin = life.origin();
    Pipeline { origin: &origin, commit, variables, started }.run()
}

/// The pipeline of a merge request.
fn planned(life: &Life, head: &str, project: &str) -> Done {
    let more = [
        ("CI_MERGE_REQUEST_TARGET_BRANCH_NAME", "main".to_owned()),
        ("CI_MERGE_REQUEST_SOURCE_PROJECT_ID", project.to_owned()),
        ("CI_MERGE_REQUEST_PROJECT_ID", "42".to_owned()),
        ("CI_MERGE_REQUEST_PROJECT_URL", life.url()),
    ];
    let mut done = pipeline(life, head, "merge_request_event", &more, &[]);
    assert_eq!(
        done.iter().map(|it| it.name.as_str()).collect::<Vec<_>>(),
        ["dialform check", "dialform plan"]
    );
    assert_eq!(done[0].code, 0, "{}", done[0].log);
    done.remove(1)
}

/// The pipeline of a push to main, whose apply somebody starts.
fn applied(life: &Life, before: &str) -> Vec<Done> {
    let more = [("CI_COMMIT_BEFORE_SHA", before.to_owned())];
    pipeline(life, &life.main(), "push", &more, &["dialform apply"])
}

/// Note, merge, manual apply, drift at night, and what a fork gets.
#[test]
fn a_change_lives_on_gitlab() {
    let life = life();
    let head = life.branch("one", 0, |it| it.edit(FILE, "name: Sales", "name: Shop"));
    life.open(1, &head);
    let plan = planned(&life, &head, "42");
    assert_eq!(plan.code, 0, "{}", plan.log);
    assert!(life.ours(1, "plan").contains("Shop"), "{}", life.ours(1, "plan"));
    let before = life.main();
    life.merge(1, "merge");
    let more = [("CI_COMMIT_BEFORE_SHA", before.clone())];
    let waiting = pipeline(&life, &life.main(), "push", &more, &[]);
    assert_eq!(
        waiting.iter().map(|it| (it.name.as_str(), it.code)).collect::<Vec<_>>(),
        [("dialform plan to apply", 0)]
    );
    assert_eq!(life.live("400"), "Sales", "until somebody starts it");
    let done = applied(&life, &before);
    assert_eq!(done.iter().map(|it| it.code).collect::<Vec<_>>(), [0, 0], "{}", done.last().unwrap().log);
    assert_eq!(life.live("400"), "Shop");
    assert!(life.ours(1, "applied").contains(":white_check_mark:"));
    assert!(
        done[1].artifacts.keys().any(|it| it.starts_with(".dialform/restore")),
        "{:?}",
        done[1].artifacts.keys()
    );

    life.portal("401", "Workshop");
    let night = |expected: usize| {
        let done = pipeline(&life, &life.main(), "schedule", &[], &[]);
        assert_eq!(
            done.iter().map(|it| (it.name.as_str(), it.code)).collect::<Vec<_>>()[0].0,
            "dialform drift"
        );
        assert_eq!(life.host.state().open_issues().len(), expected, "{}", done[0].log);
        assert_eq!(
            done[0].resource_group.as_deref(),
            Some("dialform-production"),
            "never with an apply at once"
        );
    };
    night(1);
    night(1);
    life.portal("401", "Repairs");
    night(0);

    // A job of a commit that is no longer the last one, started late.
    let old = life.main();
    let head = life.branch("later", 0, |it| it.edit(FILE, "name: Billing", "name: Money"));
    life.open(3, &head);
    life.merge(3, "merge");
    let more = [("CI_COMMIT_BEFORE_SHA", before)];
    let late = pipeline(&life, &old, "push", &more, &["dialform apply"]);
    assert_eq!(late.iter().map(|it| it.code).collect::<Vec<_>>(), [0, 1], "{}", late[1].log);
    assert!(late[1].log.contains("main has a later commit"), "{}", late[1].log);

    // A fork has no credentials: its files are compared, and nothing is written anywhere.
    let writes = life.host.state().writes.len();
    let head = life.branch("theirs", 0, |it| it.edit(FILE, "name: Orders", "name: Owned"));
    life.open(2, &head);
    let plan = planned(&life, &head, "43");
    assert_eq!(plan.code, 0, "{}", plan.log);
    let comment = String::from_utf8(plan.artifacts[Path::new("plan.md")].clone()).unwrap();
    assert!(comment.contains("Owned"), "{comment}");
    assert_eq!(life.host.state().writes.len(), writes);
}

/// What is left to people alone is no failed job: it is told, and an issue keeps it.
#[test]
fn a_step_by_hand_is_no_failed_job_on_gitlab() {
    let life = life();
    life.branch("forward", 0, |it| {
        let text = it.read(FILE);
        it.write(FILE, text + "forwards: { \"+12145550100\": { to: \"+19725550199\" } }\n");
    });
    life.laptop.git(&["push", "-q", "origin", "forward:main"]);
    let before = life.main();
    let head = life.branch("one", 0, |it| it.edit(FILE, "9725550199", "9725550198"));
    life.open(1, &head);
    assert_eq!(planned(&life, &head, "42").code, 0);
    life.merge(1, "merge");
    let done = applied(&life, &before);
    assert_eq!(done.iter().map(|it| it.code).collect::<Vec<_>>(), [0, 0], "{}", done[1].log);
    let state = life.host.state();
    let [open] = state.open_issues()[..] else { panic!("{}", done[1].log) };
    assert!(open.body.contains("Forwarding Number: 9725550198"), "{}", open.body);
    drop(state);
    assert!(life.ours(1, "applied").contains(":white_check_mark:"));
}
