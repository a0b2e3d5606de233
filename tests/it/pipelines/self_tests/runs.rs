use super::{FILE, Host, job_of, with_steps};
use crate::pipelines::runner::Event;
use serde_json::json;

/// Secrets, variables and a token that writes are for those who belong to the repository.
#[test]
fn a_fork_has_no_secrets() {
    let text = with_steps(
        r#"
- env: { KEY: "${{ secrets.KEY }}", LIVE: "${{ secrets.LIVE }}", VAR: "${{ vars.VAR }}", TOKEN: "${{ secrets.GITHUB_TOKEN }}" }
  run: |
    echo "[$KEY] [$LIVE] [$VAR]"
    test "$TOKEN" = "${{ github.token }}"
"#,
    );
    let text = text.replace(
        "runs-on",
        "environment: live\n    permissions: { contents: write, id-token: write }\n    runs-on",
    );
    let mut host = Host::new(&[(
        FILE,
        &format!("on: [push, pull_request, workflow_run]\n{text}").replace(", workflow_run", ""),
    )]);
    let own = |name: &str, value: &str| [(name.to_owned(), value.to_owned())].into();
    host.runner.secrets = own("KEY", "s3cret");
    host.runner.vars = own("VAR", "v");
    host.runner.environment_secrets =
        [("live".to_owned(), own("LIVE", "l")), ("other".to_owned(), own("OTHER", "o"))].into();
    host.git(&["checkout", "-q", "-b", "change"]);
    host.commit(&[("a", "b")]);
    let by_bot = |mut event: Event| {
        event.payload["sender"] = json!({ "login": "dependabot[bot]" });
        event
    };
    let events = [
        (host.push(), "[s3cret] [l] [v]\n", "write", 3),
        (host.pull_request("acme/phones"), "[s3cret] [l] [v]\n", "write", 3),
        (host.pull_request("stranger/phones"), "[] [] []\n", "read", 1),
        (by_bot(host.pull_request("acme/phones")), "[] [] [v]\n", "read", 1),
        (by_bot(host.push()), "[] [] [v]\n", "read", 1),
    ];
    for (event, log, level, seen) in events {
        let job = job_of(host.runner.run(FILE, &event));
        assert_eq!(
            (job.log().as_str(), job.permissions["contents"].as_str()),
            (log, level),
            "{}",
            event.name
        );
        assert_eq!(job.permissions.contains_key("id-token"), level == "write");
        assert_eq!(job.secrets_seen.len(), seen, "{:?}", job.secrets_seen);
    }
    let grants = host.runner.grants.lock().unwrap();
    assert_eq!((grants.len(), grants.keys().all(|it| it.starts_with(&host.runner.token))), (5, true));
}

const CALLED: &str = r#"
on:
  workflow_call:
    inputs: { dry: { type: boolean, default: true }, who: { type: string, required: true }, n: { type: number } }
    secrets: { KEY: { required: true }, MORE: {} }
    outputs: { sum: { value: "${{ jobs.inner.outputs.sum }}" } }
permissions: { contents: read }
jobs:
  inner:
    runs-on: ubuntu-latest
    outputs: { sum: "${{ steps.a.outputs.sum }}" }
    steps:
      - id: a
        env: { KEY: "${{ secrets.KEY }}", MORE: "${{ secrets.MORE }}", OTHER: "${{ secrets.OTHER }}" }
        run: |
          echo "${{ inputs.dry && 'dry' || 'wet' }} ${{ inputs.who }} ${{ inputs.n }} [${KEY:0:2}$MORE$OTHER] ${CALLER-none} $GITHUB_WORKFLOW"
          echo sum=12 >> "$GITHUB_OUTPUT"
"#;

/// A workflow that is called sees what it is given, and may not do more than who calls it.
#[test]
fn a_workflow_calls_another() {
    let caller = |secrets: &str| {
        format!(
            "name: Outer\non: push\nenv: {{ CALLER: x }}\npermissions: {{ contents: write }}\njobs:\n  call:\n    uses: ./.github/workflows/called.yml\n    with: {{ dry: '${{{{ github.ref == ''x'' }}}}', who: me, n: 3 }}\n    secrets: {secrets}\n  after:\n    needs: call\n    runs-on: x\n    steps: [{{ run: 'echo ${{{{ needs.call.outputs.sum }}}}' }}]\n"
        )
    };
    for (secrets, log, seen) in [
        ("inherit", "wet me 3 [s3o] none Outer\n", vec![]),
        ("{ KEY: '${{ secrets.OTHER }}x' }", "wet me 3 [ox] none Outer\n", vec!["OTHER".to_owned()]),
    ] {
        let mut host = Host::new(&[(FILE, &caller(secrets)), (".github/workflows/called.yml", CALLED)]);
        host.runner.secrets =
            [("KEY", "s3cret"), ("OTHER", "o")].map(|(name, it)| (name.to_owned(), it.to_owned())).into();
        let result = host.runner.run(FILE, &host.push());
        let names: Vec<_> = result.jobs.iter().map(|it| it.name.as_str()).collect();
        assert_eq!(names, ["call", "call / inner", "after"]);
        assert_eq!(result.job("call / inner").log(), log);
        assert_eq!(result.job("after").log(), "12\n");
        assert_eq!(
            result.job("call / inner").permissions,
            [("contents".to_owned(), "read".to_owned())].into()
        );
        assert_eq!(Vec::from_iter(result.job("call").secrets_seen.clone()), seen);
        assert!(result.job("call / inner").secrets_seen.contains("KEY"));
    }
}

/// Only what a file asks for makes a run.
#[test]
fn a_workflow_is_started_by_what_it_asks_for() {
    let pull_request = |action: &str, base: &str| {
        (
            "pull_request",
            json!({ "action": action, "pull_request": { "base": { "ref": base } } }),
            "refs/pull/7/merge",
        )
    };
    let done = |name: &str, branch: &str| {
        (
            "workflow_run",
            json!({ "action": "completed", "workflow_run": { "name": name, "head_branch": branch } }),
            "refs/heads/main",
        )
    };
    let comment = |action: &str| ("issue_comment", json!({ "action": action }), "refs/heads/main");
    let schedule = |cron: &str| ("schedule", json!({ "schedule": cron }), "refs/heads/main");
    let group = |base: &str| {
        (
            "merge_group",
            json!({ "action": "checks_requested", "merge_group": { "base_ref": base } }),
            "refs/heads/gh-readonly-queue/x",
        )
    };
    let push = |ref_: &'static str| ("push", json!({}), ref_);
    let table = [
        ("push", push("refs/heads/main"), true),
        ("push", pull_request("opened", "main"), false),
        ("[push, pull_request]", pull_request("opened", "main"), true),
        ("[pull_request]", pull_request("closed", "main"), false),
        ("{ pull_request: }", pull_request("synchronize", "main"), true),
        ("{ pull_request: { types: [closed] } }", pull_request("closed", "main"), true),
        ("{ pull_request: { types: [closed] } }", pull_request("opened", "main"), false),
        ("{ pull_request: { branches: [main] } }", pull_request("opened", "other"), false),
        ("{ push: { branches: [main, 'release/*'] } }", push("refs/heads/release/1"), true),
        ("{ push: { branches: [main, 'release/*'] } }", push("refs/heads/release/1/2"), false),
        ("{ push: { branches: ['release/**'] } }", push("refs/heads/release/1/2"), true),
        ("{ push: { branches: [main] } }", push("refs/tags/main"), false),
        ("{ push: { tags: ['v*'] } }", push("refs/tags/v1"), true),
        ("{ push: { tags: ['v*'] } }", push("refs/heads/v1"), false),
        ("{ schedule: [{ cron: '0 6 * * 1-5' }] }", schedule("0 6 * * 1-5"), true),
        ("{ schedule: [{ cron: '0 6 * * 1-5' }] }", schedule("0 7 * * *"), false),
        ("{ workflow_run: { workflows: [Plan], types: [completed] } }", done("Plan", "x"), true),
        ("{ workflow_run: { workflows: [Plan], types: [requested] } }", done("Plan", "x"), false),
        ("{ workflow_run: { workflows: [Apply] } }", done("Plan", "x"), false),
        ("{ workflow_run: { workflows: [Plan], branches: [main] } }", done("Plan", "x"), false),
        ("{ issue_comment: { types: [created] } }", comment("edited"), false),
        ("{ issue_comment: }", comment("edited"), true),
        ("{ merge_group: { branches: [main] } }", group("refs/heads/main"), true),
        ("{ workflow_call: , merge_group: { branches: [main] } }", group("refs/heads/other"), false),
        ("{ workflow_dispatch: }", ("workflow_dispatch", json!({}), "refs/heads/main"), true),
    ];
    for (on, (name, payload, ref_), asked) in table {
        let host = Host::new(&[(FILE, &format!("on: {on}\n{}", with_steps("- run: echo")))]);
        let sha = host.git(&["rev-parse", "HEAD"]);
        let event = host.event(name, payload, &sha, ref_);
        assert_eq!(host.runner.is_triggered(FILE, &event), asked, "{on} {name} {}", event.payload);
    }
}

/// A person is asked for values, each of a kind.
#[test]
fn a_person_starts_a_run_with_inputs() {
    let inputs = "{ apply: { type: boolean, default: false }, tenant: { type: choice, options: [all, acme], default: all }, why: { required: true } }";
    let script = with_steps(
        "- run: echo \"${{ inputs.apply && 'apply' || 'plan' }} ${{ inputs.tenant }} ${{ inputs.why }}\"",
    );
    let host = Host::new(&[(
        FILE,
        &format!("on: {{ push: , workflow_dispatch: {{ inputs: {inputs} }} }}\n{script}"),
    )]);
    let sha = host.git(&["rev-parse", "HEAD"]);
    for (given, said) in [
        (json!({ "why": "w" }), "plan all w\n"),
        (json!({ "apply": "true", "tenant": "acme", "why": "w" }), "apply acme w\n"),
        (json!({ "apply": "false", "why": "" }), "plan all \n"),
    ] {
        let event = host.event("workflow_dispatch", json!({ "inputs": given }), &sha, "refs/heads/main");
        assert_eq!(job_of(host.runner.run(FILE, &event)).log(), said);
    }
    assert_eq!(job_of(host.runner.run(FILE, &host.push())).log(), "plan  \n");
}
