use super::{FILE, Host, SHA, indented, job_of, with_steps};
use crate::pipelines::runner::{Artifact, Conclusion::*, JobResult, Runner};
use std::{collections::BTreeMap, fs};

fn checkout(with: &str) -> String {
    format!("- uses: actions/checkout@{SHA}\n  with: {{ {with} }}\n")
}

/// A job of a host whose workflow has these steps, and what else its default branch has.
fn job(permissions: &str, steps: &str, files: &[(&str, &str)]) -> JobResult {
    let (host, workflow) = (Host::new(files), workflow(permissions, steps));
    host.commit(&[(FILE, &workflow)]);
    job_of(host.runner.run(FILE, &host.push()))
}

fn workflow(permissions: &str, steps: &str) -> String {
    format!("on: [push, pull_request]\npermissions: {permissions}\n{}", with_steps(steps))
}

/// How much history a clone has: what compares with a base finds it only in a deep one.
#[test]
fn a_checkout_is_as_deep_as_asked() {
    let host = Host::new(&[("a", "1")]);
    let first = host.git(&["rev-parse", "HEAD"]);
    host.git(&["checkout", "-q", "-b", "side"]);
    let side = host.commit(&[("side", "1")]);
    host.git(&["tag", "v1"]);
    host.git(&["push", "-q", "origin", "v1"]);
    host.git(&["checkout", "-q", "main"]);
    let show = "- run: echo $(git rev-list --count HEAD) $(git rev-parse HEAD) $(git symbolic-ref -q --short HEAD || echo detached) $(git branch -r | wc -l)\n";
    let events = |with: &str| {
        host.git(&["checkout", "-q", "main"]);
        let workflow = workflow("{ contents: read }", &(checkout(with) + show));
        let main = host.commit(&[(FILE, &workflow), ("a", with)]);
        host.git(&["checkout", "-q", "-B", "change"]);
        host.commit(&[("b", "1")]);
        (host.push(), host.pull_request("acme/phones"), main)
    };
    // A merge has two parents, which are what a depth of 2 brings: the base and the head.
    // What a push and a pull request then have, and whether their clones hold the first commit.
    let table = [
        ("", "1 MAIN main 1", "1 MERGE detached 1", [false, false]),
        ("fetch-depth: 2", "2 MAIN main 1", "3 MERGE detached 1", [false, false]),
        ("fetch-depth: 0", "N MAIN main 3", "N MERGE detached 4", [true, true]),
        ("ref: side", "1 SIDE side 1", "1 SIDE side 1", [false, false]),
        ("ref: v1", "1 SIDE detached 0", "1 SIDE detached 0", [false, false]),
        ("ref: refs/heads/side", "1 SIDE side 1", "1 SIDE side 1", [false, false]),
        (
            "ref: '${{ github.event.pull_request.head.sha }}'",
            "1 MAIN main 1",
            "1 HEAD detached 0",
            [false, false],
        ),
        (
            "ref: '${{ github.event.pull_request.head.sha }}', fetch-depth: 0",
            "N MAIN main 3",
            "N HEAD detached 3",
            [true, true],
        ),
    ];
    for (with, pushed, requested, holds) in table {
        let (push, pull_request, main) = events(with);
        for (event, expected, holds) in [(&push, pushed, holds[0]), (&pull_request, requested, holds[1])] {
            let job = job_of(host.runner.run(FILE, event));
            let head =
                event.payload.pointer("/pull_request/head/sha").and_then(|it| it.as_str()).unwrap_or("none");
            let log = job.steps[1].log.trim().replace(&main, "MAIN").replace(&event.sha, "MERGE");
            let log = log.replace(head, "HEAD").replace(&side, "SIDE");
            let expected = match expected.strip_prefix("N ") {
                Some(rest) => {
                    format!("{} {rest}", log.split(' ').next().unwrap().parse::<u32>().unwrap().max(3))
                }
                None => expected.to_owned(),
            };
            assert_eq!(log, expected, "{with} {}\n{}", event.name, job.log());
            assert_eq!(job.holds_commit(&first), holds, "{with} {}", event.name);
        }
    }
}

/// The event's commit is what is checked out, even after the branch has moved on; and another checkout leaves nothing behind.
#[test]
fn a_checkout_is_of_the_commit_of_the_event() {
    for depth in ["1", "0"] {
        let steps = checkout(&format!("fetch-depth: {depth}"))
            + "- run: git rev-parse HEAD && echo x > untracked\n"
            + &checkout("path: sub")
            + "- run: git -C sub rev-parse HEAD\n"
            + &checkout("ref: side")
            + "- run: ls\n"
            + &checkout("ref: nowhere");
        let host = Host::new(&[(FILE, &workflow("{ contents: read }", &steps))]);
        let event = host.push();
        host.commit(&[("later", "1")]);
        host.git(&["checkout", "-q", "-b", "side"]);
        let side = host.commit(&[("side", "1")]);
        let job = job_of(host.runner.run(FILE, &event));
        for at in [1, 3] {
            assert_eq!(job.steps[at].log.trim(), event.sha);
        }
        assert_eq!(job.steps[5].log, "later\nside\n");
        assert_eq!(job.steps[4].outputs["commit"], side);
        assert_eq!(job.steps[6].conclusion, Failure);
        assert!(job.steps[6].log.contains("'nowhere' could not be found"), "{}", job.steps[6].log);
        assert!(!job.holds_commit(SHA) && job.holds_commit(&side), "of the clone in `sub` and of the other");
    }
}

/// Who may push, and who may even ask again: credentials are kept or not, and the token may or may not.
#[test]
fn a_push_needs_credentials_and_permission() {
    let work = "
- id: fetch
  continue-on-error: true
  run: git fetch -q origin main
- id: push
  continue-on-error: true
  run: |
    git -c user.name=a -c user.email=a@b commit -q --allow-empty -m more
    git push -q origin HEAD:refs/heads/pushed
";
    let table = [
        ("{ contents: write }", "", true, [Success, Success]),
        ("{ contents: read }", "", true, [Success, Failure]),
        ("{ contents: write }", "persist-credentials: false", true, [Failure, Failure]),
        ("{ contents: write }", "persist-credentials: false", false, [Success, Failure]),
    ];
    for (permissions, with, private, outcomes) in table {
        let mut host = Host::new(&[(FILE, &workflow(permissions, &(checkout(with) + work)))]);
        host.runner.private = private;
        let job = job_of(host.runner.run(FILE, &host.push()));
        let found = ["fetch", "push"].map(|it| job.step(it).outcome);
        assert_eq!(found, outcomes, "{permissions} {with}\n{}", job.log());
        let pushed = !host.git(&["ls-remote", "origin", "refs/heads/pushed"]).is_empty();
        assert_eq!(pushed, outcomes[1] == Success);
    }
    let closed = job("{ issues: write }", &checkout(""), &[]);
    assert_eq!(closed.conclusion, Failure, "{}", closed.log());
}

const ACTION: &str = r#"
name: Plan
description: A plan
inputs:
  who: { description: who, required: true }
  how: { description: how, default: "${{ runner.os }}" }
  n: { default: 3 }
outputs:
  sum: { description: sum, value: "${{ steps.a.outputs.sum }}" }
runs:
  using: composite
  steps:
    - id: a
      shell: bash
      env: { WHO: "${{ inputs.who }}" }
      run: |
        echo "$WHO ${{ inputs.how }} ${{ inputs.n }} $OUTER $LAYER ${{ env.LAYER }}"
        cat "$GITHUB_ACTION_PATH/own.txt" "${{ github.action_path }}/own.txt"
        echo sum=12 >> "$GITHUB_OUTPUT"
        echo LATER=yes >> "$GITHUB_ENV"
        exit ${{ inputs.n == 4 }}
    - shell: bash
      run: echo not after a failure
    - shell: bash
      if: failure()
      run: echo failed ${{ job.status }}
"#;

/// A composite action is steps within a step, with inputs and outputs of its own.
#[test]
fn a_composite_action_is_steps_within_a_step() {
    let action = ACTION.replace("exit ${{ inputs.n == 4 }}", "exit ${{ inputs.n == '4' && 5 || 0 }}");
    let files = [("ci/plan/action.yml", action.as_str()), ("ci/plan/own.txt", "own\n")];
    let uses = |with: &str| {
        format!(
            "- id: plan\n  uses: ./ci/plan\n  env: {{ LAYER: layer }}\n  with: {{ {with} }}\n- if: always()\n  run: echo \"${{{{ steps.plan.outputs.sum }}}} $LATER ${{LAYER-none}} ${{GITHUB_ACTION_PATH-none}}\"\n"
        )
    };
    let first = job("{ contents: read }", &uses("who: me"), &files);
    assert_eq!(first.steps[0].conclusion, Failure);
    assert!(first.steps[0].log.contains("Did you forget to run actions/checkout"), "{}", first.steps[0].log);

    let whole = job("{ contents: read }", &(checkout("") + &uses("who: me")), &files);
    assert_eq!(whole.step("plan").log, "me Linux 3  layer layer\nown\nown\nnot after a failure\n");
    let inner: Vec<_> = whole.step("plan").inner.iter().map(|it| it.conclusion).collect();
    assert_eq!(inner, [Success, Success, Skipped]);
    assert_eq!(whole.steps[2].log, "12 yes none none\n");
    assert_eq!(
        (whole.conclusion, &whole.step("plan").outputs),
        (Success, &[("sum".to_owned(), "12".to_owned())].into())
    );

    let failed = job("{ contents: read }", &(checkout("") + &uses("who: me, n: 4, how: so")), &files);
    assert_eq!(failed.step("plan").log, "me so 4  layer layer\nown\nown\nfailed failure\n");
    assert_eq!((failed.conclusion, failed.steps[2].log.as_str()), (Failure, "12 yes none none\n"));
}

fn uploaded(host: &Host) -> Vec<Artifact> {
    host.runner.artifacts.lock().unwrap().clone()
}

/// What of a workspace ends up in an artifact, and under which names.
#[test]
fn an_upload_keeps_what_it_says() {
    let make = "- run: mkdir -p out/deep .state && echo 1 > out/a.txt && echo 2 > out/deep/b.txt && echo 3 > out/.hidden && echo 4 > .state/s && echo 5 > top\n";
    let table: [(&str, Option<&[&str]>); 12] = [
        ("path: out/a.txt", Some(&["a.txt"])),
        ("path: out", Some(&["a.txt", "deep/b.txt"])),
        ("path: '${{ github.workspace }}/out/'", Some(&["a.txt", "deep/b.txt"])),
        ("path: out, include-hidden-files: true", Some(&[".hidden", "a.txt", "deep/b.txt"])),
        ("path: .state", Some(&[])),
        ("path: .state/s", Some(&["s"])),
        ("path: \"out/a.txt\\ntop\"", Some(&["out/a.txt", "top"])),
        ("path: \"out/a.txt\\nout/deep/b.txt\"", Some(&["a.txt", "deep/b.txt"])),
        ("path: \"out/a.txt\\nnot-there/x\"", Some(&["out/a.txt"])),
        ("path: not-there", Some(&[])),
        ("path: not-there, if-no-files-found: error", None),
        ("path: top, name: 'a:b'", None),
    ];
    for (with, names) in table {
        let upload =
            format!("- uses: actions/upload-artifact@{SHA}\n  with: {{ {with}, retention-days: 5 }}");
        let host = Host::new(&[(FILE, &workflow("{}", &(make.to_owned() + &upload)))]);
        let result = host.runner.run(FILE, &host.push());
        let job = &result.jobs[0];
        assert_eq!(job.conclusion, if names.is_some() { Success } else { Failure }, "{with}\n{}", job.log());
        let artifacts = uploaded(&host);
        let found: Vec<&str> = artifacts.iter().flat_map(|it| it.files.keys()).map(String::as_str).collect();
        assert_eq!(found, names.unwrap_or_default(), "{with}");
        if let [one] = artifacts.as_slice() {
            let id = job.steps[1].outputs["artifact-id"].clone();
            assert_eq!((one.name.as_str(), one.run_id, one.id.to_string()), ("artifact", result.id, id));
            assert!(job.steps[1].outputs["artifact-url"].ends_with(&format!("/artifacts/{}", one.id)));
        } else if names.is_some() {
            assert_eq!(job.annotations.len(), 1, "{with}");
        }
    }
}

/// An artifact goes from job to job, and from run to run for whoever may read them.
#[test]
fn an_artifact_is_handed_on() {
    let upload = |more: &str| {
        format!("- uses: actions/upload-artifact@{SHA}\n  with: {{ name: plan, path: plan.json{more} }}\n")
    };
    let download = |more: &str| {
        format!(
            "- uses: actions/download-artifact@{SHA}\n  with: {{ name: plan{more} }}\n- run: cat plan.json || cat in/deep/plan.json\n"
        )
    };
    let write = |text: &str| format!("- run: echo {text} > plan.json\n");
    let job = |id: &str, more: &str, steps: &str| {
        format!("  {id}:\n    runs-on: x\n{}    steps:\n{}", indented(more, 4), indented(steps, 6))
    };
    let foreign = ", run-id: '${{ vars.RUN }}', github-token: '${{ github.token }}'";
    let text = [
        job("a", "", &(write("one") + &upload(""))),
        job("b", "needs: a", &download("")),
        job("c", "needs: b", &download(", path: in/deep")),
        job("twice", "needs: c", &(write("two") + &upload(""))),
        job(
            "over",
            "needs: twice\nif: always()",
            &(write("two") + &upload(", overwrite: true") + "- run: rm plan.json\n" + &download("")),
        ),
        job("none", "", &format!("- uses: actions/download-artifact@{SHA}\n  with: {{ name: other }}\n")),
        job("foreign", "", &download(foreign)),
        job("may", "permissions: { actions: read }", &download(foreign)),
        job("gone", "permissions: { actions: read }", &download(&foreign.replace("${{ vars.RUN }}", "6"))),
        job("empty", "permissions: { actions: read }", &download(&foreign.replace("vars.RUN", "''x''"))),
    ];
    let mut host = Host::new(&[(FILE, &format!("on: push\njobs:\n{}", text.concat()))]);
    host.runner.vars = [("RUN".to_owned(), "5".to_owned())].into();
    let files = BTreeMap::from([("plan.json".to_owned(), b"elsewhere\n".to_vec())]);
    host.runner.artifacts.lock().unwrap().push(Artifact { id: 1, name: "plan".to_owned(), run_id: 5, files });
    let result = host.runner.run(FILE, &host.push());
    let table = [
        ("a", Success, ""),
        ("b", Success, "one\n"),
        ("c", Success, "one\n"),
        ("twice", Failure, ""),
        ("over", Success, "two\n"),
        ("none", Failure, ""),
        ("foreign", Failure, ""),
        ("may", Success, "elsewhere\n"),
        ("gone", Failure, ""),
        ("empty", Failure, ""),
    ];
    for (id, conclusion, log) in table {
        let job = result.job(id);
        assert_eq!(job.conclusion, conclusion, "{id}\n{}", job.log());
        let last = job.steps.last().unwrap();
        assert!(log.is_empty() || last.log.ends_with(log), "{id}: {}", last.log);
    }
}

/// The program under test is found before any other of its name, and a workspace is there as long as its result.
#[test]
fn a_machine_has_the_programs_it_is_given() {
    let bin = tempfile::tempdir().unwrap();
    let tool = bin.path().join("git");
    fs::write(&tool, "#!/bin/sh\necho own $*\n").unwrap();
    fs::set_permissions(&tool, std::os::unix::fs::PermissionsExt::from_mode(0o755)).unwrap();
    let host = Host::new(&[(FILE, &workflow("{}", "- run: git a b; echo x > file"))]);
    let runner =
        Runner { path: vec![bin.path().to_owned()], ..Runner::new(&host.runner.origin, "acme/phones", "") };
    let job = job_of(runner.run(FILE, &host.push()));
    assert_eq!(job.log(), "own a b\n");
    let workspace = job.workspace.clone();
    assert_eq!(fs::read_to_string(workspace.join("file")).unwrap(), "x\n");
    drop(job);
    assert!(!workspace.exists());
}
