//! Levels of warnings: what denies one, what lets it be, and that neither goes without a word.

use crate::{workspace::Workspace, world::World};
use dialform::error::Ending;
use serde_json::Value;

/// A forward that never applies: a warning.
const DEAD: &str = "diverts: { \"101\": { always: { extension: \"102\" }, no_answer: voicemail } }\n";

/// `level code at line: message` of each finding, as `check` gives it.
fn found(said: &str) -> Vec<String> {
    let said: Value = serde_json::from_str(said).unwrap_or_else(|error| panic!("{error}: {said}"));
    let line = |it: &Value| {
        let text = |key: &str| it[key].as_str().unwrap_or_default().to_owned();
        let at = it["place"]["line"].as_u64().map(|line| format!(" at {line}")).unwrap_or_default();
        format!("{} {}{at}: {}", text("level"), text("code"), text("message"))
    };
    let mut all: Vec<&Value> = said["findings"].as_array().unwrap().iter().collect();
    all.sort_by_key(|it| it["place"]["line"].as_u64());
    all.into_iter().map(line).collect()
}

/// Everything that gives a warning another level, alone and against the others: the command goes before the file, and what is
/// denied is let be by no comment.
#[test]
fn a_warning_has_the_level_that_it_is_given() {
    const WARNING: &str = "warning dead-forward at 4: `no_answer` never applies beside `always`";
    const BELOW: &str = "warning dead-forward at 5: `no_answer` never applies beside `always`";
    const ERROR: &str = "error dead-forward at 4: `no_answer` never applies beside `always`";
    const COMMENT: &str = "# dialform: allow dead-forward\n";
    const REASON: &str = "# dialform: allow self-reference, dead-forward: 102 comes back in May\n";
    /// Options, the level in `dialform.yaml`, the comment, and what comes of them.
    type Case<'a> = (&'a [&'a str], &'a str, &'a str, Ending, &'a [&'a str]);
    let cases: &[Case<'_>] = &[
        (&[], "", "", Ending::Fine, &[WARNING]),
        (&["--deny", "dead-forward"], "", "", Ending::Error, &[ERROR]),
        (&["--allow", "dead-forward"], "", "", Ending::Fine, &[]),
        (&["--allow", "same-schedule"], "", "", Ending::Fine, &[WARNING]),
        (&[], "deny", "", Ending::Error, &[ERROR]),
        (&[], "warn", "", Ending::Fine, &[WARNING]),
        (&[], "allow", "", Ending::Fine, &[]),
        (&["--warn", "dead-forward"], "deny", "", Ending::Fine, &[WARNING]),
        (&["--warn", "dead-forward"], "allow", "", Ending::Fine, &[WARNING]),
        (&["--deny", "dead-forward"], "allow", "", Ending::Error, &[ERROR]),
        (&[], "", COMMENT, Ending::Fine, &[]),
        (&[], "allow", COMMENT, Ending::Fine, &[]),
        // Another comment between them, and a reason.
        (&[], "", "# dialform: allow dead-forward: 102 comes back\n# in May\n", Ending::Fine, &[]),
        (
            &[],
            "",
            REASON,
            Ending::Fine,
            &["warning unused-allow at 4: `self-reference` is an error, which no comment allows"],
        ),
        (
            &[],
            "",
            "# dialform: allow dead-forward\n\n",
            Ending::Fine,
            &[
                "warning unused-allow at 4: `dead-forward` is not found here: this allows nothing",
                "warning dead-forward at 6: `no_answer` never applies beside `always`",
            ],
        ),
        (
            &["--deny", "dead-forward"],
            "",
            COMMENT,
            Ending::Error,
            &[
                "warning unused-allow at 4: `dead-forward` is denied here: no comment allows it",
                "error dead-forward at 5: `no_answer` never applies beside `always`",
            ],
        ),
        (
            &["--deny", "unused-allow"],
            "",
            "# dialform: allow same-schedule\n",
            Ending::Error,
            &["error unused-allow at 4: `same-schedule` is not found here: this allows nothing", BELOW],
        ),
        (
            &[],
            "",
            "# dialform: allow dead-forwrad\n",
            Ending::Fine,
            &["warning unused-allow at 4: there is no lint `dead-forwrad`", BELOW],
        ),
        (
            &[],
            "",
            "# dialform: ignore dead-forward\n",
            Ending::Fine,
            &["warning unused-allow at 4: `# dialform: ignore` allows nothing", BELOW],
        ),
        // What only placing every call finds is not looked for here.
        (&[], "", "# dialform: allow past-date\n", Ending::Fine, &[BELOW]),
    ];
    for (options, lints, comment, ending, expected) in cases {
        let world = World::new(&format!("{comment}{DEAD}"));
        if !lints.is_empty() {
            world
                .write("dialform.yaml", format!("{}lints: {{ dead-forward: {lints} }}\n", world.workspace()));
        }
        for command in [["check"].as_slice(), &["plan", "--sandbox"]] {
            let run = (*world).run(&[command, options, &["--format", "json"]].concat());
            let shown = format!("{options:?} {lints} {comment:?} {command:?}");
            // A plan says more of what is live, and nothing less of the files.
            let of_files = |it: &String| it.contains(" at ");
            let said: Vec<String> = found(&run.out).into_iter().filter(of_files).collect();
            let expected: Vec<String> = expected.iter().map(|it| (*it).to_owned()).collect();
            assert_eq!((run.ending, said), (*ending, expected), "{shown}");
        }
        assert_eq!(
            world.path(".dialform").exists(),
            *ending == Ending::Fine,
            "what is denied is not planned"
        );
    }
}

/// A slip in a code would deny nothing, and nobody would know.
#[test]
fn a_code_that_there_is_not_is_an_error() {
    let world = World::new(DEAD);
    let cases: &[(&[&str], &str)] = &[
        (
            &["--deny", "dead-forwrad"],
            "error[failed]: `--deny dead-forwrad`: there is no code `dead-forwrad`\n |\nhelp: did you mean `dead-forward`?\n\n",
        ),
        (
            &["--deny", "quiet"],
            "error[failed]: `--deny quiet`: there is no code `quiet`\n |\nhelp: `dialform explain` lists all codes\n\n",
        ),
        (
            &["--allow", "unknown-queue"],
            "error[failed]: `--allow unknown-queue`: `unknown-queue` is an error, and stays one\n |\nhelp: `dialform explain \
             unknown-queue` says what to do\n\n",
        ),
        (
            &["--allow", "dead-forward", "--deny", "dead-forward"],
            "error[failed]: `--deny dead-forward` and `--allow dead-forward` contradict each other\n |\nhelp: leave one of them \
             out\n\n",
        ),
    ];
    for (options, expected) in cases {
        let run = (*world).run(&[["check"].as_slice(), options].concat());
        assert_eq!((run.ending, run.err.as_str()), (Ending::Error, *expected), "{options:?}");
    }
    let text = world.workspace();
    for (lints, expected) in [
        ("dead-forwrad: deny", "there is no code `dead-forwrad`"),
        ("unknown-queue: allow", "`unknown-queue` is an error, and stays one"),
    ] {
        world.write("dialform.yaml", format!("{text}lints: {{ {lints} }}\n"));
        let run = (*world).run(&["check", "--format", "json"]);
        let line = text.lines().count() + 1;
        let dead = "warning dead-forward at 4: `no_answer` never applies beside `always`".to_owned();
        let said = vec![dead, format!("error bad-level at {line}: {expected}")];
        assert_eq!((run.ending, found(&run.out)), (Ending::Error, said), "{lints}");
    }
}

/// The policy is the base's: a change cannot let its own mistakes be.
#[test]
fn a_pull_request_does_not_change_the_levels() {
    let world = World::new("");
    let text = world.workspace();
    world.write("dialform.yaml", format!("{text}lints: {{ dead-forward: deny }}\n"));
    world.commit(&["dialform.yaml", "tenants"]);
    world.write("dialform.yaml", format!("{text}lints: {{ dead-forward: allow }}\n"));
    world.edit("tenants/acme.yaml", "account", &format!("{DEAD}account"));
    let run = world.run(&["plan", "--base", "HEAD", "--format", "json"]);
    let codes: Vec<String> =
        found(&run.out).iter().map(|it| it.split(" at ").next().unwrap().to_owned()).collect();
    assert_eq!(
        (run.ending, codes),
        (Ending::Error, vec!["error dead-forward".into(), "warning config".into()])
    );
    let trusted = world.run(&["plan", "--base", "HEAD", "--config", "worktree", "--format", "json"]);
    assert_eq!(trusted.ending, Ending::Fine, "{}", trusted.out);
}

/// Whoever approves a change sees what is not shown any more. A comment that moves with its line is no news.
#[test]
fn a_new_comment_is_a_line_of_the_plan() {
    let world = World::new(DEAD);
    world.commit(&["dialform.yaml", "tenants"]);
    let news = |option: &str| -> Vec<String> {
        let run = world.run(&["plan", option, "HEAD", "--format", "json"]);
        assert_eq!(run.ending, Ending::Fine, "{}{}", run.out, run.err);
        found(&run.out).into_iter().filter(|it| it.contains("allow")).collect()
    };
    world.edit("tenants/acme.yaml", "diverts", "# dialform: allow dead-forward\ndiverts");
    let expected = ["warning new-allow at 4: `dead-forward` is allowed here from now on"];
    for option in ["--base", "--changed-since"] {
        assert_eq!(news(option), expected, "{option}");
        let text = world.run(&["plan", option, "HEAD"]).out;
        assert!(
            text.contains("help: it is not so at HEAD: whoever approves this approves that as well"),
            "{text}"
        );
    }
    world.git(&["commit", "-qam", "allowed"]);
    world.edit("tenants/acme.yaml", "# dialform", "time_zone: America/Chicago\n# dialform");
    for option in ["--base", "--changed-since"] {
        assert_eq!(news(option), Vec::<String>::new(), "{option}");
    }
}

/// What only `check --calls` finds is let be there, and a comment that lets nothing be is told there.
#[test]
fn a_comment_holds_for_what_calls_find() {
    let workspace = Workspace::default();
    let providers = "version: 1\nproviders: { pbx: { kind: deskphone, bridge: manual } }\ntenants: [\"tenants/*.yaml\"]\n";
    workspace.write("dialform.yaml", providers);
    let head = "tenant: acme\nprovider: pbx\naccount: acme\ntime_zone: America/Chicago\n";
    let allow = "# dialform: allow past-date\n";
    for (body, plain, calls) in [
        (format!("{allow}schedules: {{ x: {{ dates: [\"2020-01-01\"] }} }}\n"), vec![], vec![]),
        (
            format!("{allow}labels: [a]\n"),
            vec![],
            vec!["warning unused-allow at 5: `past-date` is not found here: this allows nothing"],
        ),
    ] {
        workspace.write("tenants/acme.yaml", format!("{head}{body}"));
        for (options, expected) in [(vec![], plain), (vec!["--calls"], calls)] {
            let run = workspace.run(&[vec!["check"], options, vec!["--format", "json"]].concat());
            let said: Vec<String> =
                found(&run.out).into_iter().filter(|it| it.contains("past-date")).collect();
            assert_eq!(said, expected, "{body}");
        }
    }
}

/// A baseline lets errors be: what an import has found. An entry that a change adds by hand is as much a line of the plan.
#[test]
fn a_new_entry_of_the_baseline_is_a_line_of_the_plan() {
    let world = World::new("");
    world.commit(&["dialform.yaml", "tenants"]);
    world.edit("tenants/acme.yaml", "account", "time_zone: America/Chicago\naccount");
    let known = "known:\n  - { code: unknown-queue, address: acme/numbers.+12145550100, digest: DIGEST }\n";
    world.write(".dialform-baseline.yaml", known.replace("DIGEST", "0000000000000000"));
    let help = "it is not so at HEAD: whoever approves this approves that as well";
    let line = "`.dialform-baseline.yaml` lets be from now on: `unknown-queue` of acme/numbers.+12145550100";
    for option in ["--base", "--changed-since"] {
        let run = world.run(&["plan", option, "HEAD"]);
        let said = format!("{}{}", run.out, run.err);
        assert!(
            said.contains(&format!("warning[new-allow]: {line}")) && said.contains(help),
            "{option}: {said}"
        );
    }
    world.git(&["add", "."]);
    world.git(&["commit", "-qam", "known"]);
    for option in ["--base", "--changed-since"] {
        let run = world.run(&["plan", option, "HEAD"]);
        assert!(!format!("{}{}", run.out, run.err).contains("new-allow"), "{option}");
    }
}

/// What is denied and found only beside what is live stops the plan of its tenant as well.
#[test]
fn what_is_denied_of_an_account_is_not_applied() {
    let world = World::new(
        "numbers: { \"+12145550100\": { label: New } }\nforwards: { \"+12145550100\": { to: \"+19725550199\", active: true } }\n",
    );
    assert_eq!(world.run(&["plan"]).ending, Ending::Fine);
    let code = "forward-on";
    let run = world.run(&["plan", "--format", "json"]);
    assert!(run.out.contains(code), "{}", run.out);
    let denied = world.run(&["plan", "--deny", code]);
    assert_eq!(denied.ending, Ending::Error, "{}{}", denied.out, denied.err);
    let text = world.workspace();
    world.write("dialform.yaml", format!("{text}lints: {{ {code}: deny }}\n"));
    let applied = world.run(&["apply", "--auto-approve"]);
    assert_ne!(applied.ending, Ending::Fine, "{}{}", applied.out, applied.err);
    assert!(!format!("{}{}", applied.out, applied.err).contains("done"), "{}{}", applied.out, applied.err);
}

/// Who looks up on the day of an outage where calls go is shown it, whatever the files deny by then.
#[test]
fn what_the_files_deny_stops_nobody_who_looks_at_calls() {
    let world = World::new(DEAD);
    let text = world.workspace();
    world.write("dialform.yaml", format!("{text}lints: {{ dead-forward: deny }}\n"));
    world.write("tests/a.yaml", "tests: [{ name: it goes on, call: acme/101, expect: { passes: 102 } }]\n");
    let cases: &[(&[&str], Ending)] = &[
        (&["plan"], Ending::Error),
        (&["trace", "acme/101", "--at", "2027-03-02T10:00"], Ending::Fine),
        (&["who-points-to", "extension:102"], Ending::Fine),
        (&["export"], Ending::Fine),
        // It may be all that guards a branch.
        (&["test", "--on", "live"], Ending::Error),
    ];
    for (args, ending) in cases {
        let run = world.run(args);
        assert_eq!(run.ending, *ending, "{args:?}: {}{}", run.out, run.err);
        assert_eq!(
            run.err.contains("error[dead-forward]: "),
            *ending == Ending::Error,
            "{args:?}: {}",
            run.err
        );
        assert_eq!(run.out.is_empty(), *ending == Ending::Error, "{args:?}: {}", run.out);
    }
}
