//! A branch that lacks what others have merged: a plan of it takes nothing of that back, or says whose commit that is.

use super::{Change, FILE, LIVE, OTHERS, OWN, asked, commit, large, on, plan, repository, steps};
use crate::{
    workspace::{Workspace, refusal},
    world::World,
};
use dialform::error::Ending;
use serde_json::{Value, json};

/// What of a plan is blocked, as `CODE MESSAGE`, with the place.
fn blocked(plan: &Value) -> Vec<String> {
    let tenants = plan["tenants"].as_array().into_iter().flatten();
    let found = tenants.flat_map(|tenant| tenant["blocked"].as_array().into_iter().flatten());
    let text = |it: &Value| it.as_str().unwrap().to_owned();
    let place = |it: &Value| format!("{}:{}", text(&it["place"]["file"]), it["place"]["line"]);
    found.map(|it| format!("{} {} {}", text(&it["code"]), text(&it["message"]), place(it))).collect()
}

fn short(workspace: &Workspace, revision: &str) -> String {
    asked(workspace.root(), &["rev-parse", "--short=12", revision])
}

/// The account is as `main` says, and the branch is checked out.
fn behind(world: &World) {
    let applied = world.run(&["apply", "--auto-approve", "--override-guard"]);
    assert_eq!(applied.ending, Ending::Fine, "{}{}", applied.out, applied.err);
    world.git(&["checkout", "-q", "feature"]);
}

/// Before the branch begins.
fn from_the_start(world: &World, change: impl Fn(&Workspace)) {
    change(world);
    commit(world, "earlier");
    world.git(&["branch", "-f", "feature"]);
}

/// What is planned, and what is refused, for each thing that others can have done to an object meanwhile. `SHA` is their commit.
#[test]
fn what_others_have_merged_is_not_taken_back() {
    struct Case {
        name: &'static str,
        before: Change,
        theirs: Change,
        ours: Change,
        steps: &'static [&'static str],
        blocked: &'static [&'static str],
    }
    let nothing: Change = |_| {};
    let own = &["update acme/numbers.+12145550100"];
    let [(_, added), (_, changed), (_, taken_out), (_, deleted)] = OTHERS;
    let exhaustive: Change = |w| w.edit(FILE, "schedules:\n", "exhaustive: [queues]\nschedules:\n");
    let case =
        |name, before, theirs, ours, steps, blocked| Case { name, before, theirs, ours, steps, blocked };
    let table = [
        case("an object more", nothing, added, OWN, own, &[]),
        case(
            "an object more, of a kind of which all that nobody declares goes",
            exhaustive,
            added,
            OWN,
            own,
            &[
                "undoes-commit queues.402: this deletes it, and takes back commit SHA (theirs), merged into main since tenants/acme.yaml:4",
            ],
        ),
        case(
            "an object more that the branch wants gone",
            |w| w.edit(FILE, "schedules:\n", "absent: { queues: [\"402\"] }\nschedules:\n"),
            |w| {
                w.edit(FILE, "absent: { queues: [\"402\"] }\n", "");
                (OTHERS[0].1)(w);
            },
            OWN,
            own,
            &[
                "undoes-commit queues.402: this deletes it, and takes back commit SHA (theirs), merged into main since tenants/acme.yaml:4",
            ],
        ),
        case(
            "another value",
            nothing,
            changed,
            OWN,
            own,
            &[
                "undoes-commit queues.400: this takes back commit SHA (theirs), merged into main since tenants/acme.yaml:11",
            ],
        ),
        case(
            "another value beside one of the branch",
            nothing,
            changed,
            |w| w.edit(FILE, "name: Sales", "name: Sales team"),
            &[],
            &[
                "undoes-commit queues.400: this takes back commit SHA (theirs), merged into main since tenants/acme.yaml:11",
            ],
        ),
        case(
            "another value than that of the branch",
            nothing,
            |w| w.edit(FILE, "label: Main", "label: Lobby"),
            OWN,
            &[],
            &[
                "undoes-commit numbers.+12145550100: this takes back commit SHA (theirs), merged into main since tenants/acme.yaml:22",
            ],
        ),
        case("the same value as the branch", nothing, OWN, OWN, &[], &[]),
        case("an object that is declared no more, and as it was", nothing, taken_out, OWN, own, &[]),
        case(
            "an object that is gone",
            nothing,
            deleted,
            OWN,
            own,
            &[
                "undoes-commit schedules.day: this takes back commit SHA (theirs), merged into main since tenants/acme.yaml:6",
            ],
        ),
        case(
            "an object that the branch deletes",
            nothing,
            |w| w.edit(FILE, "  day: { dates: [\"2027-01-03\"] }", "  day: { dates: [\"2027-01-04\"] }"),
            deleted,
            &[],
            &[
                "undoes-commit schedules.day: this deletes it, and takes back commit SHA (theirs), merged into main since tenants/acme.yaml:4",
            ],
        ),
        case(
            "all of a kind that is not to go any more",
            exhaustive,
            |w| {
                w.edit(FILE, "exhaustive: [queues]\n", "");
                (OTHERS[2].1)(w);
            },
            |w| w.edit(FILE, "  \"401\":\n    name: Repairs\n", ""),
            &[],
            &[
                "undoes-commit queues.401: this deletes it, and takes back commit SHA (theirs), merged into main since tenants/acme.yaml:4",
            ],
        ),
        case(
            "all of a kind that is to go now, beside what the branch adds",
            nothing,
            exhaustive,
            added,
            &["create acme/queues.402"],
            &[],
        ),
        case(
            "what is left to people",
            |w| w.write(FILE, w.read(FILE) + "rules: { \"101\": { callers: { spam: drop } } }\n"),
            |w| w.edit(FILE, "spam: drop", "spam: voicemail"),
            OWN,
            own,
            &[
                "undoes-commit rules.101: this takes back commit SHA (theirs), merged into main since tenants/acme.yaml:23",
            ],
        ),
        case(
            "and taken back by them again",
            nothing,
            |w| {
                (OTHERS[1].1)(w);
                commit(w, "theirs at first");
                w.edit(FILE, "agents: [\"101\", \"102\"]", "agents: [\"101\"]");
            },
            OWN,
            own,
            &[],
        ),
    ];
    for Case { name, before, theirs, ours, steps: expected, blocked: refused } in table {
        let world = repository();
        from_the_start(&world, |w| {
            before(w);
            w.write("begun", "");
        });
        on(&world, "feature", "mine", ours);
        on(&world, "main", "theirs", theirs);
        behind(&world);
        let sha = short(&world, "main");
        let (done, planned) = plan(&world, &["--base", "main"]);
        let found: Vec<String> = blocked(&planned).iter().map(|it| it.replace(&sha, "SHA")).collect();
        assert_eq!(
            (steps(&planned), found),
            (
                expected.iter().map(ToString::to_string).collect(),
                refused.iter().map(ToString::to_string).collect()
            ),
            "{name}"
        );
        assert_eq!(done.ending, if refused.is_empty() { Ending::Fine } else { Ending::Error }, "{name}");
        let since = planned["tenants"][0]["notes"].to_string();
        assert!(!since.contains("402"), "{name}: nobody has declared it before: {since}");

        // An apply of the branch does nothing at all, and one that names the commit does it all.
        let before = world.state();
        let apply = |more: &[&str]| {
            world.run(&[&["apply", "--base", "main", "--auto-approve", "--override-guard"], more].concat())
        };
        if !refused.is_empty() {
            let applied = apply(&[]);
            assert_eq!((applied.ending, world.state()), (Ending::Refused, before), "{name}: {}", applied.err);
            assert!(refusal(&applied).contains(&format!("commit {sha} (theirs)")), "{name}: {}", applied.err);
            let (done, planned) = plan(&world, &["--base", "main", "--allow-undo", &sha[..8]]);
            assert_eq!((done.ending, blocked(&planned)), (Ending::Fine, Vec::new()), "{name}");
            let note = format!("takes back commit {sha} (theirs), which `--allow-undo` names");
            assert!(
                planned["tenants"][0]["notes"].as_array().unwrap().iter().any(|it| it["text"] == json!(note)),
                "{name}: {planned:#}"
            );
        }
        // What is planned as it will be merged has none of it.
        world.git(&["checkout", "-q", "main"]);
        let (done, planned) = plan(&world, &["--base", "main", "--merge", "feature"]);
        match planned.get("tenants") {
            Some(_) => assert_eq!(
                (done.ending, blocked(&planned)),
                (Ending::Fine, Vec::new()),
                "{name}: {planned:#}"
            ),
            None => assert!(
                planned["findings"][0]["message"].as_str().unwrap().contains("conflicts"),
                "{name}: {planned:#}"
            ),
        }
    }
}

/// Everybody whose change is lost is named, and nobody else: those who changed that object, each by the commit that is on the
/// base, which for a merge is the merge.
#[test]
fn every_commit_that_is_taken_back_is_named() {
    let world = repository();
    let agents = |from: &'static str, to: &'static str| move |w: &Workspace| w.edit(FILE, from, to);
    on(&world, "main", "a second agent", agents("agents: [\"101\"]", "agents: [\"101\", \"102\"]"));
    world.git(&["tag", "second"]);
    on(&world, "main", "another queue altogether", |w| w.edit(FILE, "name: Repairs", "name: Works"));
    on(&world, "main", "a comment", |w| w.edit(FILE, "# --- numbers", "# --- all numbers"));
    world.git(&["checkout", "-q", "-b", "topic"]);
    agents("[\"101\", \"102\"]", "[\"102\"]")(&world);
    commit(&world, "the first one leaves");
    world.git(&["checkout", "-q", "main"]);
    world.git(&["merge", "-q", "--no-ff", "-m", "Merge topic", "topic"]);
    world.git(&["tag", "merged"]);
    on(&world, "main", "something beside it", |w| w.write("notes.txt", "none"));
    behind(&world);
    let (second, merged) = (short(&world, "second"), short(&world, "merged"));
    let queue = format!(
        "queues.400: this takes back commit {second} (a second agent), commit {merged} (Merge topic), merged into main since"
    );
    let ask = |more: &[&str]| {
        let (_, planned) = plan(&world, &[&["--base", "main", "--only", "queues.400"], more].concat());
        let found = planned["findings"].as_array().unwrap().iter();
        let unused: Vec<String> = found
            .filter(|it| it["code"] == "unused-approval")
            .map(|it| it["message"].as_str().unwrap().to_owned())
            .collect();
        (blocked(&planned), steps(&planned), unused)
    };
    let refused = vec![format!("undoes-commit {queue} tenants/acme.yaml:11")];
    let done = vec!["update acme/queues.400".to_owned()];
    let none = Vec::<String>::new;
    assert_eq!(ask(&[]), (refused.clone(), none(), none()));
    assert_eq!(ask(&["--allow-undo", "second"]), (refused.clone(), none(), none()));
    assert_eq!(ask(&["--allow-undo", "second", "--allow-undo", &merged]), (none(), done, none()));
    // The commit of the topic is not on the base: its merge is.
    let unused = vec!["`--allow-undo topic` names no commit that this plan takes back".to_owned()];
    assert_eq!(ask(&["--allow-undo", "topic"]), (refused, none(), unused));
    let unknown = world.run(&["plan", "--base", "main", "--allow-undo", "nowhere"]);
    assert_eq!(refusal(&unknown), "`--allow-undo nowhere`: git has no commit `nowhere`");
    let text = world.run(&["plan", "--base", "main", "--only", "queues.400"]);
    let help = format!(
        "help: merge main into the branch, or plan the merge: `--merge HEAD`; if it is intended, add `--allow-undo {second} --allow-undo {merged}`"
    );
    assert!(text.out.contains(&help), "{}", text.out);

    // Of very many the last is enough.
    world.git(&["checkout", "-q", "main"]);
    for n in 0..20 {
        let text = world.read(FILE);
        on(&world, "main", &format!("comment {n}"), |w| w.write(FILE, format!("{text}# {n}\n")));
    }
    world.git(&["checkout", "-q", "feature"]);
    let last = short(&world, "main");
    let queue = format!(
        "queues.400: this takes back commit {last} (comment 19), the last of 24 commits to its files, merged into main since"
    );
    assert_eq!(ask(&[]).0, [format!("undoes-commit {queue} tenants/acme.yaml:11")]);
    assert_eq!(ask(&["--allow-undo", "main"]).1, ["update acme/queues.400"]);
}

/// The plan that was reviewed says what may be taken back. It is applied as it is, and only where the files still say so.
#[test]
fn a_reviewed_plan_remembers_what_was_allowed() {
    let world = repository();
    on(&world, "feature", "mine", OWN);
    on(&world, "main", "theirs", OTHERS[1].1);
    behind(&world);
    let file = world.argument("plan.json");
    let sha = asked(world.root(), &["rev-parse", "main"]);
    let (done, planned) = plan(&world, &["--base", "main", "--allow-undo", "main", "--out", &file]);
    assert_eq!(done.ending, Ending::Fine, "{}", done.out);
    assert_eq!(planned["made_from"]["allow_undo"], json!([{ "named": "main", "commit": sha }]));
    world.git(&["checkout", "-q", "main"]);
    world.git(&["merge", "-q", "--no-ff", "-m", "merge", "feature"]);
    let merged = world.run(&["apply", &file]);
    assert_eq!(merged.ending, Ending::Refused, "{}", merged.out);
    assert!(refusal(&merged).starts_with("this is not what was reviewed: acme/queues.400"), "{}", merged.err);
    world.git(&["checkout", "-q", "feature"]);
    let applied = world.run(&["apply", &file]);
    assert_eq!(
        (applied.ending, applied.err.contains("unused")),
        (Ending::Fine, false),
        "{}{}",
        applied.out,
        applied.err
    );
    let again = world.run(&["apply", &file]);
    assert_eq!(
        (again.ending, again.out.contains("unused-approval")),
        (Ending::Fine, false),
        "{}{}",
        again.out,
        again.err
    );

    let (_, planned) = plan(&world, &["--base", "main", "--out", &file]);
    assert_eq!(planned["made_from"].get("allow_undo"), None);
    for refused in [vec!["apply", &file, "--allow-undo", "main"], vec!["plan", "--allow-undo", "main"]] {
        let done = world.run(&refused);
        assert_eq!(done.ending, Ending::Error, "{refused:?}");
        assert!(
            done.err.contains("cannot be used with") || done.err.contains("required arguments"),
            "{}",
            done.err
        );
    }
}

/// One change of a template is one of every tenant, and one commit is named for all of them. A tenant that has come meanwhile is
/// said, and one that has gone is not made again.
#[test]
fn a_fleet_is_not_taken_back() {
    let (repository, [dallas, _]) = large();
    let file = |name: &str| format!("sites/dallas/{name}");
    on(&repository, "main", "reception", |w| {
        w.edit(&file("templates/office.yaml"), "name: Front", "name: Reception")
    });
    repository.git(&["tag", "reception"]);
    on(&repository, "main", "a fourth", |w| {
        for name in ["tenant", "rules"] {
            let text = w.read(&file(&format!("tenants/coil/{name}.yaml")));
            w.write(&file(&format!("tenants/dune/{name}.yaml")), text.replace("coil", "dune"));
        }
        w.write(&file("live/pbx/dune.1.service.yaml"), LIVE.replace("acme", "dune"));
    });
    repository.git(&["tag", "fourth"]);
    on(&repository, "main", "coil has left", |w| w.git(&["rm", "-rq", &file("tenants/coil")]));
    let applied = dallas.run(&["apply", "--sandbox", "--auto-approve", "--override-guard"]);
    assert_eq!(applied.ending, Ending::Fine, "{}{}", applied.out, applied.err);
    repository.git(&["checkout", "-q", "feature"]);
    let (done, planned) = plan(&dallas, &["--base", "main"]);
    let [reception, fourth, left] = ["reception", "fourth", "main"].map(|it| short(&repository, it));
    let of = |what: &str, at: &str| format!("undoes-commit {what}, merged into main since {at}");
    let reception = format!("takes back commit {reception} (reception)");
    let left = format!("takes back commit {left} (coil has left)");
    let front = "templates/office.yaml:4";
    let mut expected = vec![of(&format!("queues.400: this {reception}"), front); 2];
    for (address, at) in [
        ("queues.400", front),
        ("rules.101", "templates/office.yaml:7"),
        ("rules.102", "tenants/coil/rules.yaml:3"),
        ("schedules.holidays", "shared/days.yaml:2"),
    ] {
        let both = if address == "queues.400" {
            format!("{reception}, {}", &left["takes back ".len()..])
        } else {
            left.clone()
        };
        expected.push(of(&format!("{address}: this {both}"), at));
    }
    let mut found = blocked(&planned);
    found.sort();
    expected.sort();
    assert_eq!((done.ending, found, steps(&planned)), (Ending::Error, expected, Vec::new()));
    let found = planned["findings"].as_array().unwrap().iter().map(|it| it["message"].as_str().unwrap());
    let dune = format!(
        "tenant `dune` was added to main by commit {fourth} (a fourth) after this branch left it: nothing is planned for it"
    );
    assert_eq!(found.collect::<Vec<_>>(), [dune]);
}

/// Where the history is not there nobody can say, and that is what is said. A job that has checked out a forge's merge of both
/// needs none.
#[test]
fn a_checkout_without_history_is_told() {
    let origin = repository();
    on(&origin, "feature", "mine", OWN);
    on(&origin, "main", "theirs", OTHERS[1].1);
    origin.git(&["checkout", "-q", "-b", "both"]);
    origin.git(&["merge", "-q", "--no-ff", "-m", "both", "feature"]);
    origin.git(&["checkout", "-q", "main"]);
    origin.git(&["checkout", "-q", "--orphan", "other"]);
    commit(&origin, "another first one");
    let url = format!("file://{}", origin.root().display());
    let message = "whether this takes back what others have merged into origin/main is not known: this checkout lacks the commit that both come from";
    let help = "check out the history as well, e.g. with `fetch-depth: 0`, or plan the merge: `--merge HEAD`";
    for (branch, depth, told) in
        [("feature", "1", true), ("both", "1", false), ("other", "9", true), ("both", "9", false)]
    {
        let clone = Workspace::default();
        clone.git(&["clone", "-q", "--depth", depth, "--branch", branch, "--no-single-branch", &url, "."]);
        let (done, planned) = plan(&clone, &["--base", "origin/main"]);
        assert_eq!(done.ending, Ending::Fine, "{branch} {depth}: {}", done.out);
        let found =
            planned["findings"].as_array().unwrap().iter().filter(|it| it["code"] == "unknown-history");
        let found: Vec<(&Value, &Value)> = found.map(|it| (&it["message"], &it["help"])).collect();
        let (message, help) = (json!(message), json!(help));
        assert_eq!(found, if told { vec![(&message, &help)] } else { Vec::new() }, "{branch} {depth}");
    }
}

/// What a commit says is somebody's words, and no part of the page that quotes it.
#[test]
fn the_subject_is_quoted_and_no_more() {
    let world = repository();
    on(&world, "main", "\u{1b}[31m<script> **x** @all [a](http://e.example) \u{202e}", OTHERS[1].1);
    behind(&world);
    for format in ["text", "markdown", "json"] {
        let done = world.run(&["plan", "--base", "main", "--format", format]);
        assert_eq!(done.ending, Ending::Error, "{}", done.err);
        for raw in ["\u{1b}", "\u{202e}"] {
            assert!(format == "json" || !done.out.contains(raw), "{format}: {}", done.out);
        }
        for raw in ["<script>", "**x**", " @all", "[a](http"] {
            assert!(format != "markdown" || !done.out.contains(raw), "{raw}: {}", done.out);
        }
    }
}
