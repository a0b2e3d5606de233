//! `dialform ci`: what a job may say and do at the host of the repository, whoever wrote what there.

use crate::{
    host::{Artifact, BOT, Host, LATE, MERGED, Pull, Run, TOKEN, Ticket},
    workspace::{Workspace, git},
};
use std::{path::Path, process::Output};

const TENANT: &str = "tenant: acme\nprovider: stratus-dallas\naccount: acme.12345.service\nqueues: { \"400\": { name: Sales } }\n";
const HEAD: &str = "1111111111111111111111111111111111111111";
const OTHER: &str = "2222222222222222222222222222222222222222";

/// A workspace of which a plan can be shown, and a host.
struct World {
    workspace: Workspace,
    host: Host,
}

impl World {
    fn new() -> Self {
        let workspace = Workspace::default();
        workspace.write("plan.md", "");
        workspace.write("log.txt", "");
        Self { workspace, host: Host::start() }
    }

    fn pull(&self, number: u64, head: &str) -> &Self {
        let pull = Pull {
            number,
            head: head.to_owned(),
            into: "main".to_owned(),
            author: "ann".to_owned(),
            open: true,
            merged_as: None,
        };
        self.host.state().pulls.push(pull);
        self
    }

    /// Runs `dialform ci` as a job of a host. Its whole environment is what the job says.
    fn ci(&self, job: &[(&str, String)], arguments: &[&str]) -> Output {
        let mut command = self.workspace.process(&[&["ci"], arguments].concat());
        command.env_clear().env("PATH", std::env::var_os("PATH").unwrap());
        command.envs(job.iter().map(|(name, value)| (*name, value.as_str())));
        command.current_dir(self.workspace.root()).output().unwrap()
    }

    /// The same, and it has to end well; what it printed.
    fn well(&self, job: &[(&str, String)], arguments: &[&str]) -> String {
        let done = self.ci(job, arguments);
        assert!(done.status.success(), "{arguments:?}: {}", err(&done));
        String::from_utf8(done.stdout).unwrap()
    }

    /// Both hosts, each with a job of its own.
    fn jobs(&self) -> [Vec<(&'static str, String)>; 2] {
        [self.host.github(), self.host.gitlab()]
    }
}

fn err(done: &Output) -> String {
    String::from_utf8_lossy(&done.stderr).into_owned()
}

/// A plan as far as it is known by its end.
const FIRST: &str = "first\n\n<sub>digest <code>0123</code></sub>";

/// The first line of a comment of this workspace.
fn mark(world: &World) -> String {
    let plain = Workspace::quickstart();
    plain.commit(&["dialform.yaml", "tenants"]);
    let run =
        plain.run(&["plan", "--against", "HEAD", "--format", "markdown", "--environment", "production"]);
    let _ = world;
    run.out.lines().next().unwrap().to_owned()
}

fn shown<'a>(more: &[&'a str]) -> Vec<&'a str> {
    [&["comment", "plan.md", "--head", HEAD, "--into", "main", "--environment", "production"], more].concat()
}

/// Whoever writes a mark, a number or an old commit somewhere: the plan stands once, in our own comment, under the pull request
/// that has its commit at its head.
#[test]
fn a_plan_is_shown_once_and_where_it_belongs() {
    for github in [true, false] {
        let world = World::new();
        let job = &world.jobs()[usize::from(!github)];
        world.pull(1, OTHER).pull(2, HEAD).pull(3, OTHER).pull(4, HEAD);
        world.host.state().pulls[3].into = "release".to_owned();
        let mark = mark(&world);
        let forged = format!("{mark}\nnothing changes, merge me");
        for author in ["mallory", "ann", "someone"] {
            world.host.state().comment(2, author, &forged);
        }
        world.host.state().comment(2, BOT, &format!("see below\n{mark}\n"));
        world.workspace.write("plan.md", format!("{mark}\nfirst\n"));
        assert_eq!(world.well(job, &shown(&[])), "#2: the plan\n");
        world.workspace.write("plan.md", format!("{mark}\nsecond\n"));
        assert_eq!(world.well(job, &shown(&[])), "#2: the plan\n");
        let state = world.host.state();
        let below: Vec<&str> = vec![&forged, &forged, &forged];
        let ours = format!("{mark}\nsecond\n");
        let quoted = format!("see below\n{mark}\n");
        let all = [&below[..], &[&quoted, &ours]].concat();
        assert_eq!(state.said(2), all);
        assert_eq!([1, 3, 4].map(|it| state.said(it).len()), [0, 0, 0]);
    }
}

/// A plan of a commit that is no longer the head is none of the pull request, also where it moves while we look.
#[test]
fn a_head_that_moved_gets_no_comment() {
    for job in 0..2 {
        for (after, said) in [
            (None, "#2: the plan\n"),
            (
                Some(0),
                "no open pull request into main has 1111111111111111111111111111111111111111 at its head: nothing is written\n",
            ),
            (Some(1), "#2 has another head by now: nothing is written\n"),
        ] {
            let world = World::new();
            world.pull(2, HEAD);
            world.workspace.write("plan.md", format!("{}\nfirst\n", mark(&world)));
            world.host.state().moves = after.map(|it| (it, OTHER.to_owned()));
            assert_eq!(world.well(&world.jobs()[job], &shown(&[])), said);
            assert_eq!(world.host.state().writes.len(), usize::from(after.is_none()), "{after:?}");
        }
    }
}

/// An older plan that nobody may take for the one of now says so, is kept to read, and comes back once there is a plan.
#[test]
fn an_older_plan_is_marked_as_outdated() {
    let world = World::new();
    let job = &world.host.github();
    let mark = mark(&world);
    world.pull(2, HEAD);
    // Where no plan was shown yet there is no older one.
    let none =
        format!("{mark}\n## dialform plan\n\n:x: There is no plan of commit <code>111111111111</code>.");
    for _ in 0..2 {
        world.well(job, &shown(&[]));
        assert!(world.host.state().said(2)[0].starts_with(&none), "{}", world.host.state().said(2)[0]);
    }
    world.workspace.write("plan.md", format!("{mark}\n{FIRST}\n"));
    world.well(job, &shown(&[]));
    world.workspace.write("plan.md", "");
    world.workspace.write("log.txt", "error[x]: `a` ``` @mallory\n");
    let outdated = format!(
        "{mark}\n**Outdated.** There is no plan of commit <code>111111111111</code>. See [the \
         run](https://github.example/acme/phones/actions/runs/7).\n\n````text\nerror[x]: `a` ``` @mallory\n````\n\n\n\
         <details><summary>The older plan</summary>\n<!-- dialform:older -->\n\n{FIRST}\n\n</details>\n"
    );
    for _ in 0..2 {
        assert_eq!(world.well(job, &shown(&["--log", "log.txt"])), "#2: there is no plan\n");
        assert_eq!(world.host.state().said(2), [&outdated], "and not once more inside of itself");
    }
    world.workspace.write("plan.md", format!("{mark}\nsecond\n"));
    world.well(job, &shown(&[]));
    assert_eq!(world.host.state().said(2), [&format!("{mark}\nsecond\n")]);
    // Two of ours: the older one says that there is a later one.
    world.host.state().comment(2, BOT, &format!("{mark}\nthird\n"));
    world.well(job, &shown(&[]));
    let state = world.host.state();
    assert!(
        state.said(2)[0].starts_with(&format!("{mark}\n**Outdated.** A later comment holds the plan.\n"))
    );
    assert_eq!(state.said(2)[1], format!("{mark}\nsecond\n"));
}

/// What is no comment of this workspace and environment never becomes one, and a job that is told nothing says what is missing.
#[test]
fn a_comment_of_something_else_is_refused() {
    let world = World::new();
    let job = world.host.github();
    world.pull(2, HEAD);
    for text in
        ["hello\n", "<!-- dialform:plan:000000000000 -->\nof another workspace\n", "## dialform plan\n"]
    {
        world.workspace.write("plan.md", text);
        let done = world.ci(&job, &shown(&[]));
        assert_eq!(done.status.code(), Some(1));
        assert!(err(&done).contains("is no comment of this workspace and environment"), "{}", err(&done));
    }
    world.workspace.write("plan.md", format!("{}\nfirst\n", mark(&world)));
    let short = ["comment", "plan.md", "--head", "1111", "--into", "main"];
    assert!(err(&world.ci(&job, &short)).contains("`1111` is not the full name of a commit"));
    assert!(err(&world.ci(&[], &shown(&[]))).contains("this is no job of GitHub Actions or GitLab CI"));
    for name in ["GITHUB_TOKEN", "GITHUB_API_URL", "GITHUB_REPOSITORY"] {
        let without: Vec<_> = job.iter().filter(|(it, _)| *it != name).cloned().collect();
        assert!(err(&world.ci(&without, &shown(&[]))).contains(&format!("the variable `{name}` is not set")));
    }
    let wrong: Vec<_> = job
        .iter()
        .map(|(name, value)| {
            (*name, if *name == "GITHUB_TOKEN" { "wrong-token".into() } else { value.clone() })
        })
        .collect();
    let done = world.ci(&wrong, &shown(&[]));
    assert_eq!(done.status.code(), Some(1));
    assert!(err(&done).contains("401") && !err(&done).contains("wrong-token"), "{}", err(&done));
    assert_eq!(world.host.state().writes, Vec::<String>::new());
    assert!(!err(&done).contains(TOKEN));
}

/// A reviewed plan is one that the default branch's own workflow file has made: an artifact of that name is made by anybody.
#[test]
fn a_forged_artifact_is_not_taken() {
    const PLAN: &str = ".github/workflows/dialform-plan.yml";
    let world = World::new();
    let job = world.host.github();
    let artifact = |id, run| Artifact {
        id,
        name: format!("dialform-production-{HEAD}"),
        run,
        expired: false,
        created: MERGED,
        zip: Vec::new(),
    };
    let run = |id, path: &str, event: &str, head_repository: &str| Run {
        id,
        path: path.to_owned(),
        event: event.to_owned(),
        head_repository: head_repository.to_owned(),
        ended: jiff::Timestamp::UNIX_EPOCH,
        conclusion: "success",
    };
    let ask = |tree: &str| {
        let words = [
            "reviewed",
            "--environment",
            "production",
            "--commit",
            OTHER,
            "--tree",
            tree,
            "--workflow",
            PLAN,
        ];
        world.well(&job, &words)
    };
    world.pull(3, "3333333333333333333333333333333333333333");
    world.host.state().pulls[0].merged_as = Some(OTHER.to_owned());
    world.host.state().runs = vec![
        run(1, PLAN, "workflow_run", "acme/phones"),
        run(2, PLAN, "pull_request", "acme/phones"),
        run(3, PLAN, "workflow_run", "mallory/phones"),
        run(4, ".github/workflows/mine.yml", "workflow_run", "acme/phones"),
        run(5, PLAN, "workflow_dispatch", "acme/phones"),
        run(6, &format!("{PLAN}@refs/heads/main"), "workflow_run", "acme/phones"),
    ];
    for (forged, found) in
        [(vec![], ""), (vec![2, 3, 4, 5], ""), (vec![1, 2, 3, 4, 5], "10\n"), (vec![6], "60\n")]
    {
        world.host.state().artifacts = forged.iter().map(|run| artifact(run * 10, *run)).collect();
        assert_eq!(ask(HEAD), found, "{forged:?}");
    }
    // From after the merge: nobody was shown it.
    world.host.state().artifacts[0].created = LATE;
    assert_eq!(ask(HEAD), "");
    world.host.state().artifacts[0].created = MERGED;
    // Others were merged before it, and its tree is another one: the plan of the pull request's head counts.
    assert_eq!(ask(OTHER), "");
    world.host.state().pulls[0].head = HEAD.to_owned();
    assert_eq!(ask(OTHER), "60\n");
    // A commit that no pull request was merged as, such as the first ones of a rebase.
    world.host.state().pulls[0].merged_as = Some("4444444444444444444444444444444444444444".to_owned());
    assert_eq!(ask(HEAD), "");
    world.host.state().pulls[0].merged_as = Some(OTHER.to_owned());
    world.host.state().artifacts[0].expired = true;
    assert_eq!(ask(HEAD), "");
    assert_eq!(ask(OTHER), "");
    let odd = ["reviewed", "--environment", "a b", "--commit", OTHER, "--tree", HEAD, "--workflow", PLAN];
    assert!(err(&world.ci(&job, &odd)).contains("cannot be part of a name in git"));
}

/// A repository with a remote, as a job checks it out.
fn repository(workspace: &Workspace) -> tempfile::TempDir {
    let remote = tempfile::tempdir().unwrap();
    git(remote.path(), &["init", "-q", "--bare"]);
    workspace.write("dialform.yaml", "");
    workspace.commit(&["dialform.yaml"]);
    workspace.git(&["remote", "add", "origin", remote.path().to_str().unwrap()]);
    remote
}

fn said(directory: &Path, arguments: &[&str]) -> String {
    let done = std::process::Command::new("git").args(arguments).current_dir(directory).output().unwrap();
    String::from_utf8(done.stdout).unwrap().trim().to_owned()
}

fn commit(workspace: &Workspace, what: &str) -> (String, String) {
    workspace.write("what", what);
    workspace.git(&["add", "what"]);
    workspace.git(&["commit", "-qm", what]);
    let of = |it: &str| said(workspace.root(), &["rev-parse", it]);
    (of("HEAD"), of("HEAD^{tree}"))
}

/// A saved plan of nothing, as a real run saves it.
fn saved(workspace: &Workspace) {
    let plain = Workspace::quickstart();
    let out = workspace.argument("plan.json");
    let run = plain.run(&["plan", "--sandbox", "--out", &out]);
    assert!(workspace.path("plan.json").exists(), "{}", run.err);
}

/// Each merge is applied once and in order, whatever runs were cancelled, also where main returns to a tree it had.
#[test]
fn what_waits_is_listed_once_and_in_order() {
    let world = World::new();
    let _remote = repository(&world.workspace);
    saved(&world.workspace);
    let pending = || world.well(&[], &["pending", "--environment", "production"]);
    let record = |commit: &str| {
        world.ci(&[], &["record", commit, "--environment", "production", "--plan", "plan.json"])
    };
    let a = commit(&world.workspace, "a");
    let line = |it: &(String, String)| format!("{} {}\n", it.0, it.1);
    assert_eq!(pending(), line(&a), "the first time there is no more to look at than the last commit");
    assert!(record(&a.0).status.success());
    assert_eq!(pending(), "");
    let b = commit(&world.workspace, "b");
    // The revert button: the tree is that of before.
    let again = commit(&world.workspace, "a");
    assert_eq!(again.1, a.1);
    let c = commit(&world.workspace, "c");
    assert_eq!(pending(), [&b, &again, &c].map(line).concat());
    assert!(record(&again.0).status.success());
    assert_eq!(pending(), line(&c));
    let applied = || world.well(&[], &["applied", "--environment", "production"]);
    assert_eq!(applied(), format!("{}\n", again.0));
    // Main was moved back, or somebody has moved the ref: only what is in the history counts as applied.
    world.workspace.git(&["checkout", "-q", &b.0]);
    assert_eq!((pending(), applied()), (line(&b), String::new()));
    world.workspace.git(&["checkout", "-q", "-B", "main", &c.0]);
    // History that was written anew.
    world.workspace.git(&["checkout", "-q", "--orphan", "other"]);
    let other = commit(&world.workspace, "other");
    assert_eq!(pending(), line(&other));
}

/// Two runs at once: one of them records, and the other learns that it was late.
#[test]
fn only_one_of_two_runs_records() {
    let world = World::new();
    let remote = repository(&world.workspace);
    saved(&world.workspace);
    let a = commit(&world.workspace, "a");
    let b = commit(&world.workspace, "b");
    let record = |commit: &str| {
        world.ci(&[], &["record", commit, "--environment", "production", "--plan", "plan.json"])
    };
    assert!(record(&a.0).status.success());
    let name = "refs/dialform/applied/production";
    let first = said(remote.path(), &["rev-parse", name]);
    // Another checkout has moved it meanwhile.
    let theirs = said(
        world.workspace.root(),
        &[
            "-c",
            "user.name=t",
            "-c",
            "user.email=t@e.invalid",
            "commit-tree",
            &b.1,
            "-p",
            &b.0,
            "-m",
            "theirs",
        ],
    );
    world.workspace.git(&["push", "-q", "origin", &format!("+{theirs}:{name}")]);
    let late = record(&b.0);
    assert_eq!(late.status.code(), Some(3), "{}", err(&late));
    assert!(
        err(&late).contains("another run has recorded what it applied in `production`"),
        "{}",
        err(&late)
    );
    assert_eq!(said(remote.path(), &["rev-parse", name]), theirs);
    // Nothing but the tree, the commit and the digest is kept.
    let kept = said(remote.path(), &["show", "-s", "--format=%T %P%n%an <%ae>%n%B", &first]);
    let digest =
        serde_json::from_str::<serde_json::Value>(&world.workspace.read("plan.json")).unwrap()["digest"]
            .as_str()
            .unwrap()
            .to_owned();
    assert_eq!(
        kept,
        format!(
            "{} {}\ndialform <dialform@localhost>\napplied in production\n\nplan: {digest}\ntree: {}",
            a.1, a.0, a.1
        )
    );
}

/// Approvals count from people who may give them, for this very plan, and not from who opened the pull request.
#[test]
fn a_plan_is_approved_by_somebody_else_who_may() {
    for job in 0..2 {
        let world = World::new();
        saved(&world.workspace);
        let plan: serde_json::Value = serde_json::from_str(&world.workspace.read("plan.json")).unwrap();
        let digest = plan["digest"].as_str().unwrap();
        world.pull(2, OTHER);
        {
            let mut state = world.host.state();
            state.pulls[0].open = false;
            state.pulls[0].merged_as = Some(HEAD.to_owned());
            for (person, may) in
                [("ann", "admin"), ("bob", "write"), ("bo", "read"), ("eve", "read"), (BOT, "admin")]
            {
                state.permissions.insert(person.to_owned(), may);
            }
            for (person, text) in [
                ("eve", format!("/dialform approve {digest}")),
                ("ann", format!("/dialform approve {digest}")),
                ("bo", format!("/dialform approve {digest}")),
                ("nobody", format!("/dialform approve {digest}")),
                ("bob", format!("> /dialform approve {digest}")),
                ("bob", "/dialform approve 0123456789abcdef".to_owned()),
                ("bob", format!("/dialform approve {}", &digest[..20])),
                ("robot[bot]", format!("/dialform approve {digest}")),
                (BOT, format!("/dialform approve {digest}")),
            ] {
                state.comment(2, person, &text);
            }
            // What somebody else has made of a comment of his.
            state.comment(2, "bob", &format!("/dialform approve {digest}"));
            state.comments.get_mut(&2).unwrap().last_mut().unwrap().edited = true;
        }
        let jobs = world.jobs();
        let ask = || {
            world.ci(&jobs[job], &["approved", "plan.json", "--commit", HEAD, "--environment", "production"])
        };
        assert_eq!(ask().status.code(), Some(3), "{}", err(&ask()));
        world.host.state().comment(2, "bob", &format!("/dialform approve {digest} acme/queues.400"));
        let done = ask();
        assert_eq!((done.status.code(), done.stdout), (Some(0), b"acme/queues.400\n".to_vec()));
        world.host.state().comment(2, "bob", &format!("/dialform approve {digest}\r\nfine"));
        assert_eq!(ask().stdout, b"*\nacme/queues.400\n");
        // A plan that was changed by hand is approved by nobody.
        world.workspace.write("plan.json", world.workspace.read("plan.json").replacen("400", "401", 1));
        assert_eq!(ask().status.code(), Some(3));
        assert!(err(&ask()).contains("was changed after it was saved"), "{}", err(&ask()));
    }
}

/// How it ended stands where it was reviewed, once, and one issue is open as long as something waits.
#[test]
fn one_issue_is_open_while_an_apply_has_not_ended_well() {
    for job in 0..2 {
        let world = World::new();
        world.pull(2, OTHER);
        world.host.state().pulls[0].open = false;
        world.host.state().pulls[0].merged_as = Some(HEAD.to_owned());
        let jobs = world.jobs();
        let outcome = |code: &str| {
            world.well(
                &jobs[job],
                &[
                    "outcome",
                    "plan.md",
                    "--environment",
                    "production",
                    "--commit",
                    HEAD,
                    "--code",
                    code,
                    "--log",
                    "log.txt",
                ],
            )
        };
        world.workspace.write("plan.md", "<!-- dialform:plan:000000000000 -->\nresult\n");
        world.workspace.write("log.txt", "error: no\n");
        assert_eq!(outcome("4"), "#2: said how it ended\n#102: opened\n");
        for _ in 0..3 {
            assert_eq!(outcome("4").lines().last(), Some("#102: said that it is still so"));
        }
        {
            let state = world.host.state();
            assert_eq!(state.said(2).len(), 1, "the same comment each time");
            assert!(state.said(2)[0].contains(":x: Commit <code>111111111111</code> is applied in part."));
            assert!(!state.said(2)[0].contains("dialform:plan:"), "it is not taken for a plan");
            assert_eq!(state.said(102).len(), 1, "and one in the issue");
        }
        // It was applied in part, and the next run was refused: what is live in part is still said, and the issue is of now.
        world
            .workspace
            .write("plan.md", "<!-- dialform:plan:000000000000 -->\nof now, and applied in part is a name\n");
        outcome("3");
        {
            let state = world.host.state();
            let issue = &state.issues[0].body;
            for text in [state.said(2)[0], issue] {
                let waits = "waits: this run has changed nothing.";
                assert!(
                    text.contains(waits) && text.contains("An earlier run has applied it in part.\n"),
                    "{text}"
                );
                assert!(text.contains("of now") && !text.contains("result"), "{text}");
            }
        }
        assert_eq!(outcome("0").lines().last(), Some("#102: closed"));
        assert!(!world.host.state().said(2)[0].contains("An earlier run"));
        // A name is no statement.
        outcome("3");
        assert!(!world.host.state().said(2)[0].contains("An earlier run"));
        outcome("0");
        assert!(world.host.state().open_issues().is_empty());
        assert!(
            world.host.state().said(2)[0]
                .contains(":white_check_mark: Commit <code>111111111111</code> is applied.")
        );
        assert_eq!(outcome("0"), "#2: said how it ended\n");
        // Somebody else's issue with our mark is not ours.
        let forged = world.host.state().issues[0].clone();
        world.host.state().issues.push(Ticket {
            number: 900,
            author: "mallory".to_owned(),
            open: true,
            ..forged
        });
        assert_eq!(outcome("0"), "#2: said how it ended\n");
        assert!(world.host.state().open_issues().iter().any(|it| it.number == 900));
    }
}

/// What is left to people stays in an issue until one of them closes it, whatever is applied later; an issue about an apply that failed
/// goes.
#[test]
fn what_is_left_by_hand_stays_open() {
    const LATER: &str = "2222222222222222222222222222222222222222";
    for job in 0..2 {
        let world = World::new();
        world.pull(2, OTHER);
        world.host.state().pulls[0].open = false;
        world.host.state().pulls[0].merged_as = Some(HEAD.to_owned());
        let jobs = world.jobs();
        world.workspace.write("plan.md", "## dialform apply\n- [ ] click here\n");
        let outcome = |commit: &str, more: &[&str]| {
            let all = ["outcome", "plan.md", "--environment", "production", "--commit", commit, "--code"];
            world.well(&jobs[job], &[&all[..], more].concat())
        };
        assert_eq!(outcome(HEAD, &["4"]), "#2: said how it ended\n#102: opened\n");
        let said = outcome(HEAD, &["0", "--by-hand"]);
        let expected =
            ["#2: said how it ended", "#103: opened, something is left to do by hand", "#102: closed"];
        assert_eq!(said.lines().collect::<Vec<_>>(), expected);
        // The job is run again; a later commit is applied.
        let again = "#103: lists what is left to do by hand";
        assert_eq!(outcome(HEAD, &["0", "--by-hand"]).lines().last(), Some(again));
        assert!(!outcome(LATER, &["0"]).contains("closed"));
        let state = world.host.state();
        let well = ":white_check_mark: Commit <code>111111111111</code> is applied, but for what is left to do by hand.";
        let [open] = state.open_issues()[..] else { panic!("one issue is open") };
        for text in [state.said(2)[0], &open.body] {
            assert!(text.contains(well) && text.contains("- [ ] click here"), "{text}");
        }
        assert!(open.body.contains("closes the issue then"), "{}", open.body);
    }
}

/// Thirty nights: a comment on those on which what differs has changed, and on no other.
#[test]
fn the_night_speaks_when_something_has_changed() {
    // Each letter is what differs that night; `.` is nothing, `!` a night on which it could not be read.
    const NIGHTS: &str = "..aaa!aabbb.!..ccb!b....aaaa..";
    for job in 0..2 {
        let world = World::new();
        let jobs = world.jobs();
        let (mut before, mut expected, mut heard) = ('.', 0, 0);
        for (number, night) in NIGHTS.chars().enumerate() {
            match night {
                '!' => world.workspace.write("plan.md", ""),
                _ => differs(&world.workspace, night),
            }
            let code = match night {
                '.' => "0",
                '!' => "1",
                _ => "2",
            };
            let ask = [
                "drift",
                "plan.md",
                "--environment",
                "production",
                "--plan",
                "plan.json",
                "--code",
                code,
                "--workflow",
                ".github/workflows/dialform-apply.yml",
            ];
            world.well(&jobs[job], &ask);
            let state = world.host.state();
            let now = state.comments.values().map(Vec::len).sum::<usize>() + state.issues.len();
            if night != '!' && night != before {
                expected += 1;
                before = night;
            }
            assert_eq!(now, expected, "night {number}, {night}");
            heard = now;
            assert_eq!(state.open_issues().len(), usize::from(before != '.'), "night {number}");
            drop(state);
            world.host.state().runs = vec![scheduled(jiff::Timestamp::now())];
        }
        assert_eq!(heard, 8);
    }
}

/// A run of the schedule.
fn scheduled(ended: jiff::Timestamp) -> Run {
    Run {
        id: 1,
        path: ".github/workflows/dialform-apply.yml".to_owned(),
        event: "schedule".to_owned(),
        head_repository: "acme/phones".to_owned(),
        ended,
        conclusion: "success",
    }
}

/// Writes the plan of a night on which this differs.
fn differs(workspace: &Workspace, what: char) {
    let world = Workspace::quickstart();
    std::fs::remove_dir_all(world.path("tenants")).unwrap();
    let name = if what == '.' { "Sales".to_owned() } else { format!("Sales {what}") };
    world.write("tenants/acme.yaml", TENANT.replace("Sales", &name));
    std::fs::remove_dir_all(world.path("live")).unwrap();
    world.write(
        "live/stratus-dallas/acme.12345.service.yaml",
        "domain: { domain: acme.12345.service }\nusers: [{ user: \"400\", service-code: system-queue }]\n\
         callqueues: [{ callqueue: \"400\", description: Sales }]\n",
    );
    let run =
        world.run(&["plan", "--sandbox", "--out", &workspace.argument("plan.json"), "--format", "markdown"]);
    assert!(workspace.path("plan.json").exists(), "{}{}", run.out, run.err);
    workspace.write("plan.md", run.out);
}

/// A schedule that was silent is said by the next one.
#[test]
fn a_night_without_a_report_is_said() {
    let world = World::new();
    let job = world.host.github();
    differs(&world.workspace, '.');
    let ask = [
        "drift",
        "plan.md",
        "--environment",
        "production",
        "--plan",
        "plan.json",
        "--code",
        "0",
        "--workflow",
        ".github/workflows/dialform-apply.yml",
    ];
    assert_eq!(world.well(&job, &ask), "");
    let hours = |hours| jiff::Timestamp::now() - jiff::SignedDuration::from_hours(hours);
    for (ago, said) in [(24, 0), (35, 0), (37, 1), (80, 3)] {
        world.host.state().runs = vec![scheduled(hours(ago))];
        let told = world.well(&job, &ask);
        match said {
            0 => assert_eq!(told, "", "{ago}"),
            days => {
                let days = if days == 1 { "1 day".to_owned() } else { format!("{days} days") };
                assert!(told.starts_with(&format!("no report for {days}: the last one is of ")), "{told}");
            }
        }
    }
}
