//! `plan --merge`: what is planned is what the files are once a branch is merged, in a checkout that has never seen it.

use crate::{
    workspace::{Workspace, copy, git, refusal},
    world::World,
};
use dialform::{cli::Finished, error::Ending};
use serde_json::{Value, json};
use std::{fs, os::unix::fs::PermissionsExt, path::Path, process::Command};

mod undo;

const TENANT: &str = r#"schedules:
  night: { dates: ["2027-01-02"] }
  day: { dates: ["2027-01-03"] }

# --- queues

queues:
  "400":
    name: Sales
    # who answers there
    agents: ["101"]

  "401":
    name: Repairs

# --- numbers

numbers:
  "+12145550100": { label: Main }
"#;

/// Live as the first commit says.
const LIVE: &str = r#"
domain: { domain: acme.1.service }
users: [{ user: "101" }, { user: "102" }]
callqueues:
  - { callqueue: "400", description: Sales, agents: [{ callqueue-agent-id: 101@acme.1.service, callqueue-agent-dispatch-order-ordinal: 1 }] }
  - { callqueue: "401", description: Repairs }
phonenumbers:
  - { phonenumber: "12145550100", dial-rule-application: to-user-residential, dial-rule-translation-destination-user: "101", dial-rule-description: Main }
timeframes:
  - { timeframe-name: night, timeframe-type: specific-dates, timeframe-specific-dates-array: [{ timeframe-specific-dates-begin-date: "20270102", timeframe-specific-dates-end-date: "20270102" }] }
  - { timeframe-name: day, timeframe-type: specific-dates, timeframe-specific-dates-array: [{ timeframe-specific-dates-begin-date: "20270103", timeframe-specific-dates-end-date: "20270103" }] }
"#;

const FILE: &str = "tenants/acme.yaml";

/// A repository whose `main` has one commit, from which `feature` begins; `main` is checked out.
fn repository() -> World {
    let world = World::new(TENANT);
    world.write("live/pbx/acme.1.service.yaml", LIVE);
    world.write(".gitignore", ".dialform/\nplan.json\n");
    begin(&world);
    world
}

/// Makes the first commit.
fn begin(workspace: &Workspace) {
    workspace.git(&["init", "-q", "-b", "main"]);
    commit(workspace, "the first one");
    workspace.git(&["branch", "feature"]);
}

fn commit(workspace: &Workspace, subject: &str) {
    workspace.git(&["add", "-A"]);
    workspace.git(&["commit", "-qm", subject]);
}

/// Makes a commit on a branch, and checks out `main` again.
fn on(workspace: &Workspace, branch: &str, subject: &str, change: impl Fn(&Workspace)) {
    workspace.git(&["checkout", "-q", branch]);
    change(workspace);
    commit(workspace, subject);
    workspace.git(&["checkout", "-q", "main"]);
}

/// What git says in one line.
fn asked(root: &Path, arguments: &[&str]) -> String {
    let done = Command::new("git").args(arguments).current_dir(root).output().unwrap();
    assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
    String::from_utf8(done.stdout).unwrap().trim().to_owned()
}

/// A plan of the emulated systems as JSON.
fn plan(workspace: &Workspace, arguments: &[&str]) -> (Finished, Value) {
    let done = workspace.run(&[&["plan", "--sandbox", "--format", "json"], arguments].concat());
    let plan =
        serde_json::from_str(&done.out).unwrap_or_else(|error| panic!("{error}: {}{}", done.out, done.err));
    (done, plan)
}

/// What each step of a plan does.
fn steps(plan: &Value) -> Vec<String> {
    let tenants = plan["tenants"].as_array().into_iter().flatten();
    let text = |it: &Value| it.as_str().unwrap().to_owned();
    let each = |tenant: &Value| -> Vec<String> {
        let steps = tenant["steps"].as_array().unwrap().iter();
        steps
            .map(|it| format!("{} {}/{}", text(&it["action"]), text(&tenant["tenant"]), text(&it["address"])))
            .collect()
    };
    tenants.flat_map(each).collect()
}

/// What a plan prints in each format, without what it was made from.
fn printed(workspace: &Workspace, arguments: &[&str]) -> Vec<(Ending, String)> {
    ["text", "markdown", "json"]
        .map(|format| {
            let done = workspace.run(&[&["plan", "--sandbox", "--format", format], arguments].concat());
            assert_eq!(done.err, "", "{arguments:?}");
            let out = match serde_json::from_str::<Value>(&done.out) {
                Ok(mut plan) => {
                    plan.as_object_mut().unwrap().remove("made_from");
                    serde_json::to_string_pretty(&plan).unwrap()
                }
                Err(_) => done
                    .out
                    .lines()
                    .filter(|line| !line.starts_with("<sub>commit"))
                    .collect::<Vec<_>>()
                    .join("\n"),
            };
            (done.ending, out)
        })
        .to_vec()
}

/// The ways in which a branch is merged, by what git is told. Each leaves the same files.
fn merge(workspace: &Workspace, how: &str) {
    match how {
        "merge" => workspace.git(&["merge", "-q", "--no-ff", "-m", "merge", "feature"]),
        "squash" => {
            workspace.git(&["merge", "-q", "--squash", "feature"]);
            workspace.git(&["commit", "-qm", "squashed", "--allow-empty"]);
        }
        _ => {
            workspace.git(&["checkout", "-q", "feature"]);
            workspace.git(&["rebase", "-q", "main"]);
            workspace.git(&["checkout", "-q", "main"]);
            workspace.git(&["merge", "-q", "--ff-only", "feature"]);
        }
    }
}

type Change = fn(&Workspace);

const OWN: Change = |w| w.edit(FILE, "label: Main", "label: Front door");

/// What others merge meanwhile.
const OTHERS: [(&str, Change); 4] = [
    ("added", |w| w.edit(FILE, "queues:\n", "queues:\n  \"402\":\n    name: Night desk\n\n")),
    ("changed", |w| w.edit(FILE, "agents: [\"101\"]", "agents: [\"101\", \"102\"]")),
    ("taken out", |w| w.edit(FILE, "  \"401\":\n    name: Repairs\n", "")),
    ("deleted", |w| {
        w.edit(FILE, "  day: { dates: [\"2027-01-03\"] }\n", "");
        w.edit(FILE, "schedules:\n", "absent: { schedules: [day] }\nschedules:\n");
    }),
];

/// What a reviewer approves is what an apply does after the merge: the plan is that of the merged files to the byte, however
/// git is told to merge, wherever the branch and its base stand; it is applied as it was reviewed; and a job finds it by the
/// tree of the merge.
#[test]
fn it_is_the_plan_of_the_merged_files() {
    let stands = [(true, None), (false, Some(0)), (true, Some(0))];
    let ways = ["merge", "squash", "rebase"].into_iter().flat_map(|how| stands.map(|it| (how, it)));
    let others = (1..OTHERS.len()).map(|others| ("merge", (true, Some(others))));
    for (how, (ahead, behind)) in ways.chain(others) {
        let name = format!("{how}, {ahead}, {:?}", behind.map(|it: usize| OTHERS[it].0));
        let world = repository();
        if ahead {
            on(&world, "feature", "mine", OWN);
        }
        if let Some(others) = behind {
            on(&world, "main", "theirs", OTHERS[others].1);
        }
        world.git(&["tag", "before"]);
        let (head, files) = (asked(world.root(), &["rev-parse", "feature"]), world.read(FILE));
        let merged = printed(&world, &["--base", "before", "--merge", "feature"]);
        let (saved, planned) =
            plan(&world, &["--base", "before", "--merge", "feature", "--out", &world.argument("plan.json")]);
        assert_eq!((saved.ending, saved.err.as_str()), (Ending::Fine, ""), "{name}");
        assert_eq!(
            (world.read(FILE), asked(world.root(), &["status", "--porcelain"])),
            (files, String::new()),
            "{name}"
        );
        let own = steps(&planned).contains(&"update acme/numbers.+12145550100".to_owned());
        assert_eq!(own, ahead, "{name}: {planned:#}");

        merge(&world, how);
        // Where the base is what is checked out, a plan says more of what has changed live.
        world.git(&["commit", "-q", "--allow-empty", "-m", "later"]);
        assert_eq!(merged, printed(&world, &["--base", "before"]), "{name}");
        let made_from = &planned["made_from"];
        assert_eq!(made_from["tree"], asked(world.root(), &["rev-parse", "HEAD^{tree}"]), "{name}");
        assert_eq!(made_from["merge"], json!({ "named": "feature", "commit": head }), "{name}");
        let applied = world.run(&["apply", &world.argument("plan.json")]);
        assert_eq!(applied.ending, Ending::Fine, "{name}: {}{}", applied.out, applied.err);
        let after = world.run(&["plan", "--detailed-exitcode"]);
        assert_eq!(after.ending, Ending::Fine, "{name}: {}{}", after.out, after.err);
    }
}

/// A file that changes by itself: the merge has its `until`, whoever brings it, and the plan is that of the merged files before and
/// after its time; the other side of a conflict about when that is nobody guesses.
#[test]
fn what_ends_by_itself_ends_in_the_merge() {
    const ENDS: &str = "forwards:\n  \"+12145550100\":\n    to: \"+19725550199\"\n    until: { at: 2027-01-16T18:00, then: { to: \"+19725550150\" } }\n";
    const NOW: &str = "2027-01-13T20:00:00Z";
    let world = repository();
    let zone = |w: &Workspace| w.edit(FILE, "schedules:\n", "time_zone: America/New_York\nschedules:\n");
    on(&world, "main", "zone", zone);
    world.git(&["checkout", "-q", "-B", "feature"]);
    world.git(&["checkout", "-q", "main"]);
    on(&world, "feature", "mine", |w| w.edit(FILE, "# --- numbers\n", &format!("{ENDS}\n# --- numbers\n")));
    on(&world, "main", "theirs", OTHERS[1].1);
    world.git(&["tag", "before"]);
    let plan = |words: &[&str]| {
        let done = world.run_at(NOW, &[&["plan", "--sandbox"], words].concat());
        assert_eq!((done.ending, done.err.as_str()), (Ending::Fine, ""), "{words:?}: {}", done.out);
        done.out
    };
    let merge = ["--base", "before", "--merge", "feature"];
    let [before, after] = [&merge[..], &[&merge[..], &["--as-of", "2027-01-16T23:00Z"]].concat()].map(plan);
    let coming = "warning[ends-later]: forwards.+12145550100 is to change at 2027-01-16T18:00 (America/New_York): then `to: \"+19725550150\"`";
    assert!(before.contains(coming) && before.contains("      + to: \"+19725550199\"\n"), "{before}");
    assert!(!after.contains(coming) && after.contains("      + to: \"+19725550150\"\n"), "{after}");
    assert!(after.contains("warning[until-passed]: "), "{after}");
    // The base alone has none of it, and is what is checked out.
    assert!(!plan(&["--base", "before"]).contains("forwards."), "{before}");
    assert!(!world.read(FILE).contains("until"));
    let saved = world.argument("plan.json");
    plan(&[&merge[..], &["--out", &saved]].concat());

    self::merge(&world, "merge");
    world.git(&["commit", "-q", "--allow-empty", "-m", "later"]);
    assert_eq!(plan(&["--base", "before"]), before);
    assert_eq!(plan(&["--base", "before", "--as-of", "2027-01-16T23:00Z"]), after);
    // It is applied on the side of its time on which it was reviewed, and on no other.
    let apply = |now: &str| world.run_at(now, &["apply", &saved, "--sandbox"]);
    let late = apply("2027-01-16T23:00:00Z");
    assert_eq!(late.ending, Ending::Refused, "{}", late.out);
    assert!(refusal(&late).contains("the `until` of forwards.+12145550100, "), "{}", late.err);
    let done = apply(NOW);
    assert_eq!(done.ending, Ending::Fine, "{}{}", done.out, done.err);

    // Both sides say another time.
    world.git(&["branch", "-qf", "feature"]);
    for (branch, time) in [("feature", "17:00"), ("main", "19:00")] {
        on(&world, branch, "another time", |w| w.edit(FILE, "16T18:00", &format!("16T{time}")));
    }
    let done = world.run_at(NOW, &["plan", "--sandbox", "--base", "main", "--merge", "feature"]);
    assert_eq!((done.ending, done.out.as_str()), (Ending::Error, ""), "{}", done.err);
    assert!(done.err.contains(FILE), "{}", done.err);
}

/// The comment is about the commit that somebody has pushed. That of the checkout is one they have never seen.
#[test]
fn the_comment_names_the_branch() {
    let world = repository();
    on(&world, "feature", "mine", OWN);
    let done = world.run(&["plan", "--base", "main", "--merge", "feature", "--format", "markdown"]);
    let line = done.out.lines().find(|line| line.starts_with("<sub>")).unwrap();
    let short = |it: &str| asked(world.root(), &["rev-parse", "--short=12", it]);
    let expected = format!(
        "<sub>commit <code>{}</code> as merged into main at <code>{}</code></sub>",
        short("feature"),
        short("main")
    );
    assert_eq!(line, expected);
}

/// All that a workspace can consist of: a template, shared schedules, several files for a tenant, and what an import has found.
/// It lies below the root of its repository, beside another one.
fn large() -> (Workspace, [Workspace; 2]) {
    let world = World::new("");
    fs::remove_file(world.path(FILE)).unwrap();
    world.edit("dialform.yaml", "tenants/*.yaml", "tenants/**/*.yaml");
    world.edit("dialform.yaml", "tenants:", "shared: [\"shared/*.yaml\"]\ntenants:");
    world.write("shared/days.yaml", "schedules:\n  holidays: { yearly: [\"12-25\"] }\n");
    world.write(
        "templates/office.yaml",
        "provider: pbx\nvars: { who: { type: extension } }\nqueues:\n  \"400\":\n    name: Front\nrules:\n  $(who): { order: [{ when: default }] }\n",
    );
    for name in ["acme", "bolt", "coil"] {
        world.write(
            &format!("tenants/{name}/tenant.yaml"),
            format!("tenant: {name}\naccount: {name}.1.service\nextends: ../../templates/office.yaml\nvars: {{ who: \"101\" }}\n"),
        );
        world.write(
            &format!("tenants/{name}/rules.yaml"),
            format!("tenant: {name}\nrules:\n  \"102\": {{ order: [{{ when: shared/holidays }}, {{ when: default }}] }}\n"),
        );
        world.write(&format!("live/pbx/{name}.1.service.yaml"), LIVE.replace("acme", name));
    }
    let repository = Workspace::default();
    let sites = ["sites/dallas", "sites/leeds"].map(|it| {
        copy(world.root(), &repository.path(it));
        Workspace::at(repository.path(it))
    });
    repository.write(".gitignore", ".dialform/\n");
    begin(&repository);
    (repository, sites)
}

/// Everything that a plan is made from is that of the merge. A change of the template on either side is one of every tenant,
/// and the workspace beside it is not touched.
#[test]
fn every_file_is_that_of_the_merge() {
    let template =
        |it: &Workspace| it.edit("sites/dallas/templates/office.yaml", "name: Front", "name: Reception");
    let rules = |it: &Workspace| {
        it.write(
            "sites/dallas/tenants/bolt/more.yaml",
            "tenant: bolt\nschedules: { late: { dates: [\"2027-05-01\"] } }\n",
        )
    };
    let shared =
        |it: &Workspace| it.edit("sites/dallas/shared/days.yaml", "[\"12-25\"]", "[\"12-25\", \"12-26\"]");
    let baseline = |it: &Workspace| it.write("sites/dallas/.dialform-baseline.yaml", "known: []\n");
    let near = |it: &Workspace| it.write("sites/dallas/tenants/acme/Old.YAML", "tenant: acme\n");
    type Side<'a> = &'a [&'a dyn Fn(&Workspace)];
    let table: [(&str, Side<'_>, Side<'_>, usize); 4] = [
        ("the template here", &[&template], &[&rules, &shared], 3),
        ("the template there", &[&rules, &near], &[&template, &baseline], 1),
        ("shared days here", &[&shared, &baseline], &[&rules], 3),
        ("another file of one tenant", &[&rules], &[], 1),
    ];
    for (name, ours, theirs, changed) in table {
        let (repository, [dallas, leeds]) = large();
        for it in ours {
            on(&repository, "feature", "mine", it);
        }
        for it in theirs {
            on(&repository, "main", "theirs", it);
        }
        repository.git(&["tag", "before"]);
        // Nobody has to have the files: a job may have checked out nothing of them.
        let ask = ["--base", "before", "--merge", "feature"];
        let since = [ask.as_slice(), &["--changed-since", "before"]].concat();
        let (merged, beside) = (printed(&dallas, &ask), printed(&leeds, &ask));
        let (_, of_some) = plan(&dallas, &since);
        assert_eq!(of_some["tenants"].as_array().unwrap().len(), changed, "{name}");
        assert_eq!(plan(&leeds, &since).1["tenants"], json!([]), "{name}");
        merge(&repository, "merge");
        assert_eq!(merged, printed(&dallas, &["--base", "before"]), "{name}");
        assert_eq!(beside, printed(&leeds, &["--base", "before"]), "{name}");
        let (_, after) = plan(&dallas, &["--base", "before", "--changed-since", "before"]);
        assert_eq!(of_some["tenants"], after["tenants"], "{name}");
    }
}

/// A finding in a file that was never checked out names it as it always is named.
#[test]
fn a_finding_names_the_file_as_ever() {
    let world = repository();
    on(&world, "feature", "mine", |w| w.edit(FILE, "label: Main", "lable: Main"));
    world.git(&["tag", "before"]);
    let said = |arguments: &[&str]| world.run(arguments).err;
    let merged = said(&["plan", "--base", "before", "--merge", "feature"]);
    world.git(&["merge", "-q", "--no-ff", "-m", "merge", "feature"]);
    assert_eq!(merged, said(&["plan", "--base", "before"]));
    assert!(merged.contains("tenants/acme.yaml:"), "{merged}");
}

/// What is merged cannot say where credentials go: `dialform.yaml` is that of the base, and a change of it is said.
#[test]
fn dialform_yaml_is_that_of_the_base() {
    let world = repository();
    on(&world, "feature", "mine", |w| {
        w.edit("dialform.yaml", "http://127.0.0.1:1/ns-api/v2", "http://127.0.0.1:2/ns-api/v2");
        w.edit("dialform.yaml", "tenants:", "guard: { max_deletes: 99 }\ntenants:");
    });
    let ask = ["--base", "before", "--merge", "feature"];
    world.git(&["tag", "before"]);
    let merged = printed(&world, &ask);
    assert!(merged[0].1.contains("`before` has `url: http://127.0.0.1:1/ns-api/v2`"), "{}", merged[0].1);
    let trusted = printed(&world, &[ask.as_slice(), &["--config", "worktree"]].concat());
    assert!(!trusted[0].1.contains("warning[config]"), "{}", trusted[0].1);
    merge(&world, "merge");
    assert_eq!(merged, printed(&world, &["--base", "before"]));
    assert_eq!(trusted, printed(&world, &["--base", "before", "--config", "worktree"]));
}

/// A link that leads out of the workspace is refused after the merge, and so it is before.
#[test]
fn a_link_leads_nowhere_else() {
    let (repository, [dallas, _]) = large();
    repository.write("secret.yaml", "tenant: acme\naccount: acme.1.service\n");
    commit(&repository, "something beside it");
    repository.git(&["branch", "-f", "feature"]);
    on(&repository, "feature", "mine", |w| {
        std::os::unix::fs::symlink("../../../secret.yaml", w.path("sites/dallas/tenants/link.yaml")).unwrap();
    });
    let message = "cannot read `tenants/link.yaml`: it is a link that leads out of the workspace";
    let said = || refusal(&dallas.run(&["plan", "--sandbox", "--base", "main", "--merge", "feature"]));
    assert_eq!(said(), message);
    merge(&repository, "merge");
    assert_eq!(refusal(&dallas.run(&["plan", "--sandbox"])), message);
}

/// A pull request says in a file of its own what callers are to notice: it is read from the merge, and not from what is checked
/// out.
#[test]
fn what_is_expected_is_that_of_the_merge() {
    let world = repository();
    world.write("expected.yaml", "expect_change: []\n");
    commit(&world, "nothing is expected");
    world.git(&["branch", "-qf", "feature", "main"]);
    on(&world, "feature", "mine", |w| {
        w.edit(FILE, "label: Main", "label: Main, route: { extension: \"102\" }");
        w.write("new.yaml", "expect_change: [\"+12145550100\"]\n");
    });
    let ask = |file: &str| {
        let merge = ["plan", "--base", "main", "--merge", "feature"];
        world.run(&[&merge[..], &["--expect-change", file]].concat())
    };
    let done = ask("new.yaml");
    assert_eq!((done.ending, done.err.as_str()), (Ending::Fine, ""), "{}", done.out);
    let done = ask("expected.yaml");
    assert!(
        done.ending == Ending::Error && done.out.contains("nobody expects it"),
        "{}{}",
        done.out,
        done.err
    );
    on(&world, "feature", "as it is", |w| {
        w.write("expected.yaml", "expect_change: [\"+12145550100\"]\n");
    });
    let done = ask("expected.yaml");
    assert_eq!((done.ending, done.err.as_str()), (Ending::Fine, ""), "{}", done.out);
    // What is only checked out is no part of it.
    world.write("here.yaml", "expect_change: [\"+12145550100\"]\n");
    let done = ask("here.yaml");
    assert_eq!(done.ending, Ending::Error);
    assert!(done.err.starts_with("error[unreadable-file]: cannot read `here.yaml`: "), "{}", done.err);
}

/// What a merge cannot be made of ends the run, with the way out.
#[test]
fn what_cannot_be_merged_ends_the_run() {
    type Set = fn(&World);
    let table: [(&str, Set, &[&str], &str, &str); 7] = [
        (
            "both have changed a line",
            |w| {
                on(w, "feature", "mine", OWN);
                on(w, "main", "theirs", |w| w.edit(FILE, "label: Main", "label: Lobby"));
            },
            &["--base", "main", "--merge", "feature"],
            "`--merge feature` conflicts with `main` in `tenants/acme.yaml`",
            "merge main into the branch, solve the conflict there, and plan again",
        ),
        (
            "one has changed what the other took away, beside the workspace",
            |w| {
                on(w, "feature", "mine", |w| w.write(".gitignore", "other\n"));
                on(w, "main", "theirs", |w| fs::remove_file(w.path(".gitignore")).unwrap());
            },
            &["--base", "main", "--merge", "feature"],
            "`--merge feature` conflicts with `main` in `.gitignore`",
            "merge main into the branch, solve the conflict there, and plan again",
        ),
        (
            "histories that have nothing to do with each other",
            |w| {
                w.git(&["checkout", "-q", "--orphan", "other"]);
                commit(w, "another first one");
                w.git(&["checkout", "-q", "main"]);
            },
            &["--base", "main", "--merge", "other"],
            "`--merge other` and `--base main` have no commit in common",
            "git merges no histories that have nothing to do with each other: name a branch that was made from the base",
        ),
        (
            "no such branch",
            |_| {},
            &["--base", "main", "--merge", "nowhere"],
            "`--merge nowhere`: git has no commit `nowhere`",
            "name a commit that is here; a shallow checkout may lack it",
        ),
        (
            "an option of git",
            |_| {},
            &["--base", "main", "--merge=--output=written"],
            "`--merge --output=written`: git has no commit `--output=written`",
            "name a commit that is here; a shallow checkout may lack it",
        ),
        (
            "a base that is a tree",
            |_| {},
            &["--base", "main^{tree}", "--merge", "feature"],
            "`--base main^{tree}`: git has no commit `main^{tree}`",
            "name a commit that is here; a shallow checkout may lack it",
        ),
        (
            "no repository",
            |w| fs::remove_dir_all(w.path(".git")).unwrap(),
            &["--base", "main", "--merge", "feature"],
            // In memory git says up to where it has looked.
            "not a git repository",
            "",
        ),
    ];
    for (name, set, ask, message, help) in table {
        let world = repository();
        set(&world);
        let done = world.run(&[&["plan"], ask].concat());
        let said = done.err.lines().find_map(|line| line.trim().strip_prefix("help: ")).unwrap_or_default();
        assert_eq!(
            (done.ending, refusal(&done).split(" (or any ").next().unwrap_or_default(), said),
            (Ending::Error, message, help),
            "{name}: {}",
            done.err
        );
        assert!(!world.path("written").exists() && !world.path(".dialform").exists(), "{name}");
    }
    let world = repository();
    for (ask, said) in [
        (vec!["--merge", "feature"], "`--merge feature` does not say what it is merged into"),
        (vec!["--base", "main", "--merge", "feature", "--restore", "x"], "cannot be used with"),
    ] {
        let done = world.run(&[vec!["plan"], ask.clone()].concat());
        assert_eq!(done.ending, Ending::Error, "{ask:?}");
        assert!(done.err.contains(said), "{ask:?}: {}", done.err);
    }
}

/// A fork's files are read as git objects too, and compared with those of the base: as if it had been merged here.
#[test]
fn a_fork_is_compared_as_it_would_be_merged() {
    let world = repository();
    on(&world, "feature", "mine", |w| {
        OWN(w);
        w.edit("dialform.yaml", "providers:", "# a provider of theirs\nproviders:");
    });
    on(&world, "main", "theirs", |w| w.edit(FILE, "name: Repairs", "name: Workshop"));
    let ask = ["--against", "main", "--merge", "feature"];
    let formats = ["text", "markdown", "json"];
    let plan = |ask: &[&str], format: &str| {
        let done = std::ops::Deref::deref(&world).run(&[&["plan", "--format", format], ask].concat());
        assert_eq!((done.ending, done.err.as_str()), (Ending::Fine, ""));
        let lines = done.out.lines().filter(|it| !it.contains("commit"));
        lines.map(str::to_owned).collect::<Vec<_>>()
    };
    let before = formats.map(|format| plan(&ask, format));
    assert!(before[0].iter().any(|it| it.contains("`dialform.yaml` differs from main")), "{:#?}", before[0]);
    world.git(&["checkout", "-q", "-b", "merged"]);
    merge(&world, "merge");
    let after = formats.map(|format| plan(&["--against", "main"], format));
    assert_eq!(before[..2], after[..2]);
}

/// What a checkout of limited depth lacks may be where the branch left the base: a merge over another point would be another
/// merge. Where all that matters is there the rest is not missed.
#[test]
fn a_checkout_without_history_says_so() {
    let origin = repository();
    on(&origin, "feature", "mine", OWN);
    for n in 0..3 {
        on(&origin, "main", "theirs", |w| w.write(&format!("other/{n}"), "one"));
    }
    let url = format!("file://{}", origin.root().display());
    let clone = |depth: &str, branch: &str| {
        let clone = Workspace::default();
        clone.git(&["clone", "-q", "--depth", depth, "--branch", branch, "--no-single-branch", &url, "."]);
        clone
    };
    let cut = "`--merge origin/feature`: where it left `origin/main` is not known, for this checkout lacks the history";
    for (depth, message) in [("1", cut), ("2", cut), ("4", ""), ("9", "")] {
        let clone = clone(depth, "main");
        let done = clone.run(&["plan", "--sandbox", "--base", "origin/main", "--merge", "origin/feature"]);
        assert_eq!(refusal(&done), message, "{depth}: {}", done.err);
        let help =
            "help: check out the history as well, e.g. with `fetch-depth: 0`, or `git fetch --unshallow`";
        assert_eq!(done.err.contains(help), !message.is_empty(), "{depth}: {}", done.err);
    }
    // A branch that begins at the commit that is there.
    origin.git(&["checkout", "-q", "-b", "new"]);
    OWN(&origin);
    commit(&origin, "mine");
    origin.git(&["checkout", "-q", "main"]);
    let clone = clone("2", "main");
    let done = clone.run(&["plan", "--sandbox", "--base", "origin/main", "--merge", "origin/new"]);
    assert_eq!((done.ending, refusal(&done).as_str()), (Ending::Fine, ""), "{}", done.err);
}

/// An older git has no merge without a checkout.
#[test]
fn an_older_git_is_named() {
    let world = repository();
    let real = asked(world.root(), &["--exec-path"]);
    let git = Workspace::default();
    let script = format!(
        "#!/bin/sh\nfor it in \"$@\"; do\n  if [ \"$it\" = merge-tree ]; then echo 'usage: git merge-tree <base-tree> <branch1> <branch2>' >&2; exit 129; fi\ndone\nexec {real}/git \"$@\"\n"
    );
    git.write("git", script);
    fs::set_permissions(git.path("git"), fs::Permissions::from_mode(0o755)).unwrap();
    let mut command = world.process(&["plan", "--sandbox", "--base", "main", "--merge", "feature"]);
    command.env("PATH", format!("{}:{}", git.root().display(), std::env::var("PATH").unwrap()));
    let done = command.output().unwrap();
    let said = String::from_utf8(done.stderr).unwrap();
    let expected = "error[failed]: `--merge feature`: this git is too old to merge without a checkout\n |\nhelp: install git 2.38 or newer\n\n";
    assert_eq!((done.status.code(), said.as_str()), (Some(1), expected));
}

/// A pull request brings its own `.gitattributes`, which name programs of the job: filters and merge drivers that its git is
/// told of. None of them runs unless the base names it.
#[test]
fn what_is_merged_chooses_no_program() {
    let programs = |w: &Workspace| {
        let ran = w.path(".git/ran").display().to_string();
        w.git(&["config", "merge.evil.driver", &format!("echo merge >> {ran}; cp %B %A")]);
        w.git(&["config", "filter.evil.smudge", &format!("echo smudge >> {ran}; cat")]);
        w.git(&["config", "diff.evil.textconv", &format!("echo textconv >> {ran}; cat")]);
        for hook in
            ["post-checkout", "pre-merge-commit", "post-index-change", "reference-transaction", "post-merge"]
        {
            w.write(&format!(".git/hooks/{hook}"), format!("#!/bin/sh\necho {hook} >> {ran}\n"));
            fs::set_permissions(w.path(&format!(".git/hooks/{hook}")), fs::Permissions::from_mode(0o755))
                .unwrap();
        }
    };
    let attributes = "*.yaml merge=evil filter=evil diff=evil\n";
    let ran = |w: &Workspace| fs::read_to_string(w.path(".git/ran")).unwrap_or_default();
    // Both change one file, so that there is something for a driver to do.
    for (name, in_base, expected) in [("a pull request", false, ""), ("the base", true, "merge smudge")] {
        let world = repository();
        if in_base {
            world.write(".gitattributes", attributes);
            commit(&world, "attributes");
            world.git(&["branch", "-f", "feature"]);
        }
        on(&world, "feature", "mine", |w| {
            OWN(w);
            w.write(".gitattributes", attributes);
            w.write("tenants/.gitattributes", attributes);
        });
        on(&world, "main", "theirs", OTHERS[0].1);
        programs(&world);
        let (done, planned) =
            plan(&world, &["--base", "main", "--merge", "feature", "--changed-since", "main"]);
        assert_eq!(done.ending, Ending::Fine, "{name}: {}{}", done.out, done.err);
        assert!(
            steps(&planned).contains(&"update acme/numbers.+12145550100".to_owned()),
            "{name}: {planned:#}"
        );
        let ran = ran(&world);
        let mut words: Vec<&str> = ran.lines().collect();
        words.sort();
        words.dedup();
        assert_eq!(words.join(" "), expected, "{name}");
    }
}

/// What is merged is bounded as files are.
#[test]
fn a_large_file_is_not_read() {
    let world = repository();
    on(&world, "feature", "mine", |w| w.write("tenants/large.yaml", format!("# {}\n", "x".repeat(3 << 20))));
    let done = world.run(&["plan", "--base", "main", "--merge", "feature"]);
    assert_eq!(refusal(&done), "cannot read `tenants/large.yaml`: it is larger than 2 MiB");
}

/// A bare repository beside the workspace is none of it; a merge in a linked worktree is one like any other.
#[test]
fn a_linked_worktree_will_do() {
    let world = repository();
    on(&world, "feature", "mine", OWN);
    let linked = Workspace::default();
    git(world.root(), &["worktree", "add", "-q", "--detach", &linked.argument("here"), "main"]);
    let here = Workspace::at(linked.path("here"));
    let (done, planned) = plan(&here, &["--base", "main", "--merge", "feature"]);
    assert_eq!(
        (done.ending, steps(&planned)),
        (Ending::Fine, vec!["update acme/numbers.+12145550100".to_owned()])
    );
}
