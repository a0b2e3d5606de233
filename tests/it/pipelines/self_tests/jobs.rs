use super::{FILE, Host, indented, run, run_with, steps};
use crate::pipelines::runner::{Conclusion::*, Event};
use serde_json::json;
use std::collections::BTreeSet;

/// A step that fails stops those after it, but for those that ask; and a shell is as strict as the one that GitHub starts.
#[test]
fn steps_go_on_until_one_fails() {
    let table: [(&str, &[_]); 9] = [
        ("- run: 'true'\n- run: 'true'", &[Success, Success]),
        ("- run: exit 3\n- run: 'true'", &[Failure, Skipped]),
        (
            "- run: 'false'\n- run: 'true'\n  if: always()\n- run: 'true'\n  if: failure()\n- run: 'true'",
            &[Failure, Success, Success, Skipped],
        ),
        ("- run: 'false'\n  continue-on-error: true\n- run: 'true'", &[Success, Success]),
        ("- run: |\n    false\n    true\n- run: 'true'", &[Failure, Skipped]),
        // Only `shell: bash` minds the middle of a pipe.
        ("- run: false | true\n- run: false | true\n  shell: bash", &[Success, Failure]),
        ("- run: echo \"${X}\"\n- run: 'true'\n  if: github.ref == 'refs/heads/other'", &[Success, Skipped]),
        ("- run: 'true'\n  working-directory: not/there", &[Failure]),
        // Like many answers of an API in one variable: the system refuses to start such a process.
        ("- run: printf \"X=%0200000d\\n\" 1 >> \"$GITHUB_ENV\"\n- run: 'true'", &[Success, Failure]),
    ];
    for (text, conclusions) in table {
        let job = steps(text);
        let found: Vec<_> = job.steps.iter().map(|it| it.conclusion).collect();
        assert_eq!(found, conclusions, "{text}\n{}", job.log());
        let failed = conclusions.contains(&Failure);
        assert_eq!(job.conclusion, if failed { Failure } else { Success }, "{text}");
    }
    let job = steps(
        "- id: a\n  run: 'false'\n  continue-on-error: true\n- run: echo ${{ steps.a.outcome }} ${{ steps.a.conclusion }} ${{ job.status }}",
    );
    assert_eq!((job.step("a").outcome, job.log().as_str()), (Failure, "failure success success\n"));
}

/// The four files by which a step tells those after it.
#[test]
fn steps_write_outputs_environment_path_and_summary() {
    let job = steps(
        r##"
- id: a
  run: |
    { echo one=1; echo; echo 'eq=a=b<<c'; echo 'many<<END'; echo ' x='; echo; echo 'y'; echo END; echo 'none='; } >> "$GITHUB_OUTPUT"
    { echo NAME=first; echo 'LINES<<E'; printf 'a\nb\nE\n'; } >> "$GITHUB_ENV"
    mkdir "$RUNNER_TEMP/bin" && printf '#!/bin/sh\necho found\n' > "$RUNNER_TEMP/bin/tool" && chmod +x "$RUNNER_TEMP/bin/tool"
    echo "$RUNNER_TEMP/bin" >> "$GITHUB_PATH"
    echo '# Plan' >> "$GITHUB_STEP_SUMMARY"
- env: { MANY: "${{ steps.a.outputs.many }}", NAME: "${{ env.NAME }} and own" }
  run: |
    echo "[$MANY] $NAME $LINES ${{ env.NAME }}" && tool
    echo more >> "$GITHUB_STEP_SUMMARY"
- run: echo "$NAME ${OTHER-none}"
"##,
    );
    let outputs: Vec<_> =
        job.step("a").outputs.iter().map(|(name, it)| (name.as_str(), it.as_str())).collect();
    assert_eq!(outputs, [("eq", "a=b<<c"), ("many", " x=\n\ny"), ("none", ""), ("one", "1")]);
    assert_eq!(job.log(), "[ x=\n\ny] first and own a\nb first and own\nfound\nfirst none\n");
    assert_eq!(job.summary, "# Plan\nmore\n");
    for (line, said) in [
        ("echo wrong", "Invalid format 'wrong'"),
        ("echo 'a<<E'; echo b", "Matching delimiter not found 'E'"),
        ("echo '=b'", "Invalid format '=b'. Name must not be empty"),
    ] {
        let job = steps(&format!("- run: |\n    {{ {line}; }} >> \"$GITHUB_OUTPUT\""));
        assert_eq!(job.conclusion, Failure, "{line}");
        assert!(job.log().contains(said), "{}", job.log());
    }
    let job = steps(
        "- run: head -c 1048577 /dev/zero | tr '\\0' x >> \"$GITHUB_STEP_SUMMARY\"\n- run: echo a >> \"$GITHUB_STEP_SUMMARY\"",
    );
    assert_eq!((job.conclusion, job.summary.as_str(), job.annotations.len()), (Success, "a\n", 1));
}

/// What a log says to the host, by whomever it was written.
#[test]
fn a_log_has_commands_in_it() {
    let job = steps(
        r##"
- run: |
    echo "::group::x"
    echo "  ::warning title=a::it is late" >&2
    echo "text ::error::not at the start"
    echo "::1 is an address"
    echo "::stop-commands::words"
    echo "::error::of a stranger"
    echo "::words::"
    echo "::error::gone"
"##,
    );
    assert_eq!(job.annotations, ["::warning title=a::it is late", "::error::gone"]);
}

/// The environment is the documented one, and nothing of the machine that tests run on.
#[test]
fn a_step_has_the_documented_environment() {
    let text = r#"
env: { A: workflow, B: workflow, C: workflow, FLAG: true, N: 12 }
defaults: { run: { shell: bash } }
jobs:
  one:
    name: First
    runs-on: ubuntu-latest
    timeout-minutes: 5
    env: { B: job, C: job }
    steps:
      - env: { C: step }
        run: echo $A $B $C $FLAG $N $MACHINE ${{ env.C }}
      - id: env
        run: env | sed 's/=.*//' | sort | tr '\n' ' '
      - run: |
          echo $GITHUB_REPOSITORY $GITHUB_REPOSITORY_OWNER $GITHUB_REF $GITHUB_REF_NAME $GITHUB_EVENT_NAME $GITHUB_JOB $CI
          echo $GITHUB_WORKFLOW $GITHUB_RUN_ID $GITHUB_RUN_NUMBER $GITHUB_RUN_ATTEMPT $GITHUB_ACTOR $GITHUB_API_URL
          echo $GITHUB_WORKFLOW_REF $RUNNER_OS ${{ github.actor }}
          test "$(pwd -P)" = "$GITHUB_WORKSPACE" && test ${{ github.sha }} = $GITHUB_SHA && cat "$GITHUB_EVENT_PATH"
"#;
    let host = Host::new(&[(FILE, &format!("name: Plan\non: [push, pull_request]\n{text}"))]);
    let mut runner = host.runner;
    runner.env.push(("MACHINE".to_owned(), "own".to_owned()));
    let sha = runner.git(&["rev-parse", "main"]);
    let event = Event {
        name: "push".to_owned(),
        payload: json!({ "sender": { "login": "mona" } }),
        sha: sha.clone(),
        ref_: "refs/heads/main".to_owned(),
        workflow_from: "main".to_owned(),
        repository_of_head: runner.repository.clone(),
    };
    let result = runner.run(FILE, &event);
    let job = result.job("First");
    assert_eq!(job.steps[0].log, "workflow job step true 12 own step\n");
    assert_eq!(
        job.step("env").log.split_whitespace().filter(|it| !it.starts_with("GITHUB_")).collect::<Vec<_>>(),
        [
            "A",
            "B",
            "C",
            "CI",
            "FLAG",
            "GIT_CONFIG_NOSYSTEM",
            "HOME",
            "LANG",
            "MACHINE",
            "N",
            "PATH",
            "PWD",
            "RUNNER_ARCH",
            "RUNNER_ENVIRONMENT",
            "RUNNER_NAME",
            "RUNNER_OS",
            "RUNNER_TEMP",
            "RUNNER_TOOL_CACHE",
            "SHLVL",
            "_"
        ]
    );
    assert_eq!(
        job.steps[2].log,
        "acme/phones acme refs/heads/main main push one true\nPlan 7001 1 1 mona http://127.0.0.1:9\n\
         acme/phones/.github/workflows/x.yml@refs/heads/main Linux mona\n{\"sender\":{\"login\":\"mona\"}}"
    );
    let run = runner.runs.lock().unwrap().pop().unwrap();
    assert_eq!((run.id, run.number, run.path.as_str(), run.name.as_str()), (result.id, 1, FILE, "Plan"));
    assert_eq!((run.event.as_str(), run.head_sha, run.head_branch.as_str()), ("push", sha, "main"));
    assert_eq!((run.head_repository.as_str(), run.status.as_str()), ("acme/phones", "completed"));
    assert_eq!((run.conclusion, run.created.len()), (Some(Success), "2027-01-02T03:04:05Z".len()));
}

/// Which jobs run after one that failed or was skipped. What any ancestor did counts.
#[test]
fn jobs_wait_for_those_they_need() {
    let job = |id: &str, more: &str, script: &str| {
        format!(
            "  {id}:\n    runs-on: ubuntu-latest\n{}    steps: [{{ run: {script} }}]\n",
            indented(more, 4)
        )
    };
    type Jobs = &'static [(&'static str, &'static str, &'static str)];
    let table: [(Jobs, &[_]); 7] = [
        (&[("b", "needs: a", "echo"), ("a", "", "echo")], &[("a", Success), ("b", Success)]),
        (
            &[("a", "", "exit 1"), ("b", "needs: [a]", "echo"), ("c", "needs: b", "echo")],
            &[("a", Failure), ("b", Skipped), ("c", Skipped)],
        ),
        (
            &[("a", "if: false", "echo"), ("b", "needs: a", "echo"), ("c", "if: always()\nneeds: a", "echo")],
            &[("a", Skipped), ("b", Skipped), ("c", Success)],
        ),
        // The well-known trap: c needs only b, which went well, and is skipped for a.
        (
            &[
                ("a", "if: false", "echo"),
                ("b", "if: ${{ !cancelled() }}\nneeds: a", "echo"),
                ("c", "needs: b", "echo"),
            ],
            &[("a", Skipped), ("b", Success), ("c", Skipped)],
        ),
        (
            &[
                ("a", "", "exit 1"),
                ("b", "if: failure()\nneeds: a", "echo"),
                ("c", "if: failure()\nneeds: b", "echo"),
            ],
            &[("a", Failure), ("b", Success), ("c", Success)],
        ),
        (
            &[("a", "if: false", "echo"), ("b", "if: failure()\nneeds: a", "echo")],
            &[("a", Skipped), ("b", Skipped)],
        ),
        (
            &[("a", "", "exit 1"), ("b", "if: always() && needs.a.result == 'failure'\nneeds: a", "echo")],
            &[("a", Failure), ("b", Success)],
        ),
    ];
    for (jobs, conclusions) in table {
        let text: String = jobs.iter().map(|(id, more, script)| job(id, more, script)).collect();
        let result = run(&format!("jobs:\n{text}"));
        let found: Vec<_> = result.jobs.iter().map(|it| (it.id.as_str(), it.conclusion)).collect();
        assert_eq!(found, conclusions, "{text}");
        let each: Vec<_> = conclusions.iter().map(|it| it.1).collect();
        let whole = *[Failure, Success, Skipped].iter().find(|it| each.contains(it)).unwrap();
        assert_eq!(result.conclusion, whole, "{text}");
    }
    assert_eq!(run("jobs: { a: { if: false, runs-on: x, steps: [{ run: echo }] } }").conclusion, Skipped);
}

/// A job hands texts on, but none that has a secret in it.
#[test]
fn outputs_go_from_job_to_job() {
    let text = r#"
concurrency: { group: "plan-${{ github.ref }}", cancel-in-progress: "${{ github.event_name == 'push' }}" }
run-name: "Plan ${{ github.ref_name }}"
jobs:
  a:
    runs-on: ubuntu-latest
    concurrency: live
    environment: { name: live, url: "https://x/${{ steps.one.outputs.many }}" }
    outputs:
      plain: ${{ steps.one.outputs.many }}
      leaked: key ${{ steps.one.outputs.key }}
      masked: ${{ steps.one.outputs.masked }}
    steps:
      - id: one
        env: { KEY: "${{ secrets.KEY }}" }
        run: |
          echo "::add-mask::hidden"
          { echo "many=x"; echo "key=$KEY"; echo "masked=a hidden b"; } >> "$GITHUB_OUTPUT"
  skipped:
    if: false
    runs-on: ubuntu-latest
    outputs: { x: "${{ github.sha }}" }
    steps: [{ run: echo }]
  b:
    needs: [a, skipped]
    if: always()
    runs-on: ubuntu-latest
    steps:
      - run: echo "${{ needs.a.outputs.plain }}[${{ needs.a.outputs.leaked }}${{ needs.a.outputs.masked }}] ${{ needs.a.result }} ${{ needs.skipped.result }} ${{ needs.skipped.outputs.x == '' }}"
"#;
    let result = run_with(text, |runner| {
        runner.environment_secrets =
            [("live".to_owned(), [("KEY".to_owned(), "s3cret".to_owned())].into())].into();
    });
    assert_eq!(result.job("b").log(), "x[] success skipped true\n");
    let a = result.job("a");
    assert_eq!(a.outputs, [("plain".to_owned(), "x".to_owned())].into());
    assert_eq!(a.annotations.len(), 2, "{:?}", a.annotations);
    assert_eq!((a.environment.as_deref(), a.environment_url.as_deref()), (Some("live"), Some("https://x/x")));
    assert_eq!(
        (&a.concurrency, &result.concurrency),
        (&Some(("live".to_owned(), false)), &Some(("plan-refs/heads/main".to_owned(), true)))
    );
    assert_eq!(result.run_name.as_deref(), Some("Plan main"));
    assert_eq!(a.secrets_seen, BTreeSet::from(["KEY".to_owned()]));
    assert_eq!(result.job("b").secrets_seen, BTreeSet::new());
}
