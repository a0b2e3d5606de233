use super::{FILE, Host, SHA, with_steps};
use crate::pipelines::{action, runner::Event, workflow::Workflow};
use serde_json::json;
use std::panic::{AssertUnwindSafe, catch_unwind};

/// What a panic said.
fn refused<T>(what: &str, run: impl FnOnce() -> T) -> String {
    let Err(panic) = catch_unwind(AssertUnwindSafe(run)) else { panic!("nobody refused: {what}") };
    let text = panic.downcast_ref::<String>().cloned();
    text.or_else(|| panic.downcast_ref::<&str>().map(|it| (*it).to_owned())).unwrap()
}

/// A word that nobody emulates must not be passed over: the pipeline would seem tested.
#[test]
fn what_is_not_known_is_refused_before_anything_runs() {
    let step = |text: &str| format!("on: push\n{}", with_steps(text));
    let job =
        |text: &str| format!("on: push\njobs: {{ one: {{ runs-on: x, steps: [{{ run: echo }}], {text} }} }}");
    let on = |text: &str| format!("on: {text}\n{}", with_steps("- run: echo"));
    let table = [
        (on("push").replace("jobs:", "job: x\njobs:"), "unknown field `job`"),
        ("on: push\njobs: {}".to_owned(), "no jobs"),
        (job("strategy: { matrix: { a: [1] } }"), "unknown field `strategy`"),
        (job("container: x"), "unknown field `container`"),
        (job("continue-on-error: true"), "unknown field `continue-on-error`"),
        (job("needs: other"), "needs `other`, which is none"),
        (job("permissions: { contents: admin }"), "no permission `contents: admin`"),
        (job("permissions: { content: read }"), "no permission `content: read`"),
        (job("if: secrets.KEY != ''"), "unrecognized named-value `secrets` in jobs.*.if"),
        (job("if: env.X"), "unrecognized named-value `env`"),
        (job("if: needs.a.result"), "`needs` has no `a`"),
        (job("outputs: { a: '${{ steps.a.outputs.b }}' }"), "`steps` has no `a`"),
        (job("environment: { name: a, more: b }"), "unknown keys"),
        (job("uses: ./.github/workflows/y.yml"), "a call has none of what a job with steps has"),
        (job("with: { a: b }"), "are for a call"),
        ("on: push\njobs: { one: { runs-on: x } }".to_owned(), "`runs-on` and `steps` are needed"),
        (step("- runs: echo"), "unknown field `runs`"),
        (step("- name: nothing"), "either `run` or `uses`"),
        (step("- run: echo\n  uses: ./x"), "either `run` or `uses`"),
        (step("- run: echo\n  with: { a: b }"), "`with` is for `uses`"),
        (step("- uses: ./x\n  shell: bash"), "are for `run`"),
        (step("- run: echo\n  env: { A: { b: c } }"), "not a scalar"),
        (step("- run: echo ${{ github.shaa }}"), "`github` has no `shaa`"),
        (step("- run: echo ${{ runner.tmp }}"), "`runner` has no `tmp`"),
        (step("- run: echo ${{ inputs.x }}"), "`inputs` has no `x`"),
        (step("- run: echo ${{ steps.b.outputs.x }}\n- run: echo\n  id: b"), "`steps` has no `b`"),
        (step("- run: echo\n  id: b\n- run: echo ${{ steps.b.output.x }}"), "`steps.b` has no `output`"),
        (step("- run: echo\n  id: b\n- run: echo\n  id: b"), "two steps are `b`"),
        (step("- run: echo ${{ matrix.x }}"), "unrecognized named-value `matrix`"),
        (step("- run: echo ${{ hashFiles('x') }}"), "no function `hashFiles`"),
        (step("- run: echo ${{ false && nonsense() }}"), "no function `nonsense`"),
        (step("- run: echo ${{ success() }}"), "`success` in jobs.*.steps"),
        (step("- run: echo ${{ contains('a') }}"), "arguments of `contains`"),
        (step("- run: echo ${{ \"a\" }}"), "means nothing"),
        (step("- run: echo ${{ 'a }}"), "is not closed"),
        (step("- run: echo ${{ 1 2 }}"), "something is left over"),
        (step("- run: echo ${{ 1x }}"), "is no number"),
        (step("- run: echo ${{ (1 }}"), "`)` is missing"),
        (step("- run: echo ${{ }}"), "is no value"),
        (step("- run: echo\n  if: secrets.KEY"), "unrecognized named-value `secrets` in jobs.*.steps.if"),
        (step("- run: echo\n  if: github.ref == 'a' && ${{ false }}"), "is always true"),
        (step("- uses: actions/checkout@v4"), "is not pinned"),
        (step(&format!("- uses: actions/cache@{SHA}")), "`actions/cache` is not emulated"),
        (step("- uses: docker://alpine"), "has no version"),
        (step("- uses: ./../x"), "leaves the repository"),
        (on("pull_request_target"), "unknown field `pull_request_target`"),
        (on("{ push: { paths: [a] } }"), "unknown field `paths`"),
        (on("{ push: { types: [a] } }"), "`on.push` knows no `types`"),
        (on("{ pull_request: { types: [open] } }"), "knows no type `open`"),
        (on("{ workflow_run: { types: [completed] } }"), "of which workflows?"),
        (on("{ schedule: [{ cron: '0 6 * *' }] }"), "no schedule"),
        (on("{ workflow_call: { inputs: { a: {} } } }"), "has no type"),
        (
            on("{ workflow_call: { outputs: { a: { value: '${{ jobs.two.result }}' } } } }"),
            "`jobs` has no `two`",
        ),
        (
            on("{ workflow_call: { outputs: { a: { value: '${{ jobs.one.outputs.x }}' } } } }"),
            "`jobs.one.outputs` has no `x`",
        ),
        (on("{ workflow_dispatch: { inputs: { a: { type: choice } } } }"), "is `choice`"),
    ];
    for (text, said) in table {
        let panic = refused(&text, || Workflow::parse(&text, "x.yml"));
        assert!(panic.contains(said), "{said}: {panic}\n{text}");
    }
    let steps = "runs: { using: composite, steps: [{ run: echo, shell: bash }] }";
    let table = [
        (steps.replace(", shell: bash", ""), "has no `shell`"),
        (steps.replace("composite", "node20"), "unknown variant `node20`"),
        (steps.replace("run: echo", "run: 'echo ${{ secrets.KEY }}'"), "unrecognized named-value `secrets`"),
        (steps.replace("run: echo", "run: 'echo ${{ inputs.x }}'"), "`inputs` has no `x`"),
        (format!("branding: x\n{steps}"), "unknown field `branding`"),
        (
            format!("outputs: {{ a: {{ value: '${{{{ steps.a.outputs.b }}}}' }} }}\n{steps}"),
            "`steps` has no `a`",
        ),
    ];
    for (text, said) in table {
        let text = format!("name: a\ndescription: b\n{text}");
        let panic = refused(&text, || action::parse(&text, "action.yml"));
        assert!(panic.contains(said), "{said}: {panic}\n{text}");
    }
}

/// What only shows when it runs.
#[test]
fn what_is_not_known_is_refused_when_it_runs() {
    let checkout = |with: &str| format!("- uses: actions/checkout@{SHA}\n  with: {{ {with} }}");
    let upload = |with: &str| format!("- uses: actions/upload-artifact@{SHA}\n  with: {{ {with} }}");
    let download = |with: &str| format!("- uses: actions/download-artifact@{SHA}\n  with: {{ {with} }}");
    let local = |with: &str| format!("{}\n- uses: ./a\n  with: {{ {with} }}", checkout(""));
    let table = [
        ("- run: echo ::set-output name=a::b".to_owned(), "`::set-output::` is not emulated"),
        ("- run: echo\n  shell: pwsh".to_owned(), "the shell `pwsh`"),
        ("- run: echo\n  env: { PATH: a }".to_owned(), "`PATH` is set by"),
        ("- run: echo GITHUB_SHA=1 >> $GITHUB_ENV".to_owned(), "`GITHUB_SHA` is the host's"),
        ("- run: echo\n  continue-on-error: maybe".to_owned(), "`continue-on-error` is `maybe`"),
        ("- run: echo ${{ fromJSON('{') }}".to_owned(), "fromJSON"),
        ("- run: echo ${{ format('{1}', 1) }}".to_owned(), "`{1}` has no value"),
        (checkout("submodules: true"), "not emulated: [\"submodules\"]"),
        (checkout("repository: other/one"), "another repository"),
        (checkout("token: abc"), "another token"),
        (checkout("fetch-depth: all"), "`fetch-depth` of a checkout is `all`"),
        (checkout("persist-credentials: 'no'"), "`persist-credentials` is `no`"),
        (checkout("path: ../x"), "leaves the workspace"),
        (upload("name: a"), "an upload of what?"),
        (upload("path: 'a/*'"), "patterns are not emulated"),
        (upload("path: a, if-no-files-found: fail"), "`if-no-files-found` is `fail`"),
        (upload("path: a, more: b"), "not emulated: [\"more\"]"),
        (download("path: a"), "a download of every artifact"),
        (download("name: a, run-id: 5"), "`run-id` and `github-token` go together"),
        (download("name: a, run-id: 5, github-token: abc"), "nobody has the token"),
        (local("x: 1, y: 2"), "./a has no input `y`"),
        (local(""), "the input `x` is required"),
        (
            local("x: 1") + "\n  id: a\n- run: echo ${{ steps.a.outputs.none }}",
            "`steps.a.outputs` has no `none`",
        ),
    ];
    let action = "name: a\ndescription: b\ninputs: { x: { required: true } }\nruns: { using: composite, steps: [{ run: echo, shell: bash }] }";
    for (text, said) in table {
        let text = format!("on: push\n{}", with_steps(&text));
        let host = Host::new(&[(FILE, &text), ("a/action.yml", action)]);
        let panic = refused(&text, || host.runner.run(FILE, &host.push()));
        assert!(panic.contains(said), "{said}: {panic}\n{text}");
    }
}

/// A call that the host would not start.
#[test]
fn a_call_that_does_not_fit_is_refused() {
    let call =
        |call: &str| format!("on: push\njobs: {{ one: {{ uses: ./.github/workflows/y.yml, {call} }} }}");
    let table = [
        (call(""), "the secret `KEY` is required"),
        (call("secrets: inherit"), "the input `x` is required"),
        (call("secrets: inherit, with: { x: y }"), "the input `x` is boolean"),
        (call("secrets: inherit, with: { x: true, z: 1 }"), "there is no input `z`"),
        (call("secrets: { OTHER: a }, with: { x: true }"), "asks for no secret `OTHER`"),
        (
            call("secrets: inherit, with: { x: true }, permissions: { contents: read }"),
            "asks for more than its caller has: issues",
        ),
        (call("").replace("y.yml", "x.yml"), "is not for `workflow_call`"),
    ];
    let called = "on: { workflow_call: { inputs: { x: { type: boolean, required: true } }, secrets: { KEY: { required: true } } } }\npermissions: { issues: write }\njobs: { one: { runs-on: x, steps: [{ run: echo }] } }";
    for (text, said) in table {
        let host = Host::new(&[(FILE, &text), (".github/workflows/y.yml", called)]);
        let panic = refused(&text, || host.runner.run(FILE, &host.push()));
        assert!(panic.contains(said), "{said}: {panic}\n{text}");
    }
}

/// An event that no host would send proves nothing.
#[test]
fn an_event_that_cannot_be_is_refused() {
    let on = "on: { push: , pull_request: , issue_comment: , workflow_run: { workflows: [A] } }\n";
    let host = Host::new(&[(FILE, &format!("{on}{}", with_steps("- run: echo")))]);
    let main = host.git(&["rev-parse", "HEAD"]);
    host.git(&["checkout", "-q", "-b", "change"]);
    let change = host.commit(&[("a", "b")]);
    let request = || host.pull_request("stranger/phones");
    let comment = json!({ "action": "created" });
    let table: [(Event, &str); 8] = [
        (Event { sha: change.clone(), ..request() }, "is its merge commit"),
        (Event { ref_: "refs/heads/change".to_owned(), ..request() }, "the ref of a pull request"),
        (
            Event { repository_of_head: "acme/phones".to_owned(), ..request() },
            "`/pull_request/head/repo/full_name`",
        ),
        (Event { ref_: "main".to_owned(), ..host.push() }, "nobody pushes `main`"),
        (
            host.event("push", json!({ "repository": { "full_name": "a/b" } }), &main, "refs/heads/main"),
            "`/repository/full_name`",
        ),
        (
            host.event("issue_comment", comment.clone(), &change, "refs/heads/change"),
            "happens on the default branch",
        ),
        (host.event("issue_comment", comment, &change, "refs/heads/main"), "is-ancestor"),
        (host.event("deployment", json!({}), &main, "refs/heads/main"), "no event `deployment` is emulated"),
    ];
    for (event, said) in table {
        let panic = refused(said, || host.runner.run(FILE, &event));
        assert!(panic.contains(said), "{said}: {panic}");
    }
    let other =
        Event { name: "issue_comment".to_owned(), payload: json!({ "action": "edited" }), ..host.push() };
    host.git(&["checkout", "-q", "main"]);
    host.commit(&[(FILE, &format!("on: push\n{}", with_steps("- run: echo")))]);
    let from = host.push().sha;
    let panic = refused("unasked", || host.runner.run(FILE, &Event { workflow_from: from, ..other }));
    assert!(panic.contains("asks for no such `issue_comment`"), "{panic}");
}
