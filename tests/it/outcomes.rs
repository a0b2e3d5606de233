//! What the applies of shards have printed, joined: one report and one exit code, as one apply of everything gives them, and
//! nothing that is missing, of another run or made up is taken for done.

use crate::{
    shards::{APPROVED, fleet, held, merged, planned, shard, three},
    workspace::{event, outcome, refusal},
    world::World,
};
use dialform::{cli::Finished, error::Ending};
use serde_json::{Value, json};
use std::{
    fs,
    process::{Child, Stdio},
    thread::sleep,
    time::{Duration, Instant},
};

/// The files in which the outcomes of so many shards are.
fn names(world: &World, of: usize) -> Vec<String> {
    (1..=of).map(|index| world.argument(&format!("plans/out-{index}.json"))).collect()
}

/// Applies each of these, and keeps what that has printed.
fn applied(world: &World, plans: &[String]) -> Vec<String> {
    let files = names(world, plans.len());
    for (plan, file) in plans.iter().zip(&files) {
        let run = world.run(&[&["apply", plan][..], &APPROVED].concat());
        fs::write(file, run.out).unwrap();
    }
    files
}

fn joined(world: &World, files: &[String], format: &str) -> Finished {
    merged(world, files, &["--outcomes", "--format", format])
}

fn forget(world: &World) {
    fs::remove_dir_all(world.path(".dialform/sandbox")).unwrap();
}

/// The same text with the steps in one order: they end in whatever order the systems answer.
fn in_order(text: &str) -> (String, Vec<String>) {
    let (plan, ended) = text.split_once("digest ").unwrap();
    let mut steps: Vec<String> = Vec::new();
    for line in ended.lines() {
        match steps.last_mut().filter(|_| line.starts_with("          ")) {
            Some(step) => step.push_str(line),
            None => steps.push(line.to_owned()),
        }
    }
    steps.sort();
    (plan.to_owned(), steps)
}

/// Whoever reads how a fleet was applied reads the same words, however many jobs did it.
#[test]
fn the_outcomes_of_shards_say_what_one_apply_says() {
    let world = fleet();
    let whole = world.argument("plans/whole.json");
    world.run(&["plan", "--out", &whole]);
    let plans = planned(&world, 7, &[]);
    let apply = |format: &str| {
        let mut words = [&["apply", &whole][..], &APPROVED].concat();
        words.extend(["--format", format]);
        words.retain(|it| *it != "--format=json");
        let run = world.run(&words);
        forget(&world);
        run
    };
    let [text, markdown, json] = ["text", "markdown", "json"].map(apply);
    let mut files = applied(&world, &plans);
    files.reverse();
    let said = joined(&world, &files, "text");
    assert_eq!((said.ending, text.ending), (Ending::Partial, Ending::Partial), "{}", said.err);
    assert_eq!(in_order(&said.out), in_order(&text.out));
    assert!(said.out.contains("\nApplied: ") && said.out.contains("\ndone      alder/"), "{}", said.out);
    // What is said beside it are the restore files, and once more what was approved.
    let beside = |run: &Finished| {
        let own =
            |it: &&str| !it.starts_with("the state before ") && !it.starts_with("`--approve-critical *` ");
        let lines = run.err.lines().filter(own);
        lines.map(str::to_owned).collect::<Vec<_>>()
    };
    assert_eq!(beside(&said), beside(&text));
    assert_eq!(said.err.matches("the state before the apply of shard ").count(), 7, "{}", said.err);

    let said = joined(&world, &files, "markdown");
    assert_eq!((said.ending, &said.out), (markdown.ending, &markdown.out));

    let said = joined(&world, &files, "json");
    assert_eq!(said.ending, json.ending);
    assert_eq!(event(&said.out, "planned"), event(&json.out, "planned"));
    let ended = |out: &str| {
        let mut last = outcome(out).unwrap();
        let fields = last.as_object_mut().unwrap();
        let shards = fields.shift_remove("shards");
        fields.shift_remove("restore");
        (last, shards)
    };
    let ((said_end, shards), (json_end, none)) = (ended(&said.out), ended(&json.out));
    assert_eq!((said_end, none), (json_end, None));
    let ends =
        |it: &Value| json!([it["shard"], it["end"], it["exit_code"], it["restore"].is_string()]).to_string();
    let ends: Vec<String> = shards.unwrap().as_array().unwrap().iter().map(ends).collect();
    let expected = [
        r#"["1/7","finished",0,true]"#,
        r#"["2/7","finished",0,true]"#,
        r#"["3/7","finished",0,true]"#,
        r#"["4/7","finished",4,true]"#,
        r#"["5/7","finished",0,true]"#,
        r#"["6/7","finished",0,true]"#,
        r#"["7/7","finished",4,true]"#,
    ];
    assert_eq!(ends, expected);
    let lines = |out: &str| {
        let mut lines: Vec<String> =
            out.lines().filter(|it| it.contains("\"tenant\":")).map(str::to_owned).collect();
        lines.sort();
        lines
    };
    let own =
        |it: String| !it.starts_with("{\"event\":\"planned\"") && !it.starts_with("{\"event\":\"finished\"");
    let [said, json] = [lines(&said.out), lines(&json.out)];
    assert_eq!(
        said.into_iter().filter(|it| own(it.clone())).collect::<Vec<_>>(),
        json.into_iter().filter(|it| own(it.clone())).collect::<Vec<_>>()
    );
}

/// Starts an apply that prints into a file, and kills it when it has told how so many steps ended.
fn killed(world: &World, plan: &str, file: &str, steps: usize) {
    let words = ["apply", plan, "--sandbox", "--override-guard", "--format", "json", "--fault", "slow:60ms"];
    let out = fs::File::create(file).unwrap();
    let child: Child = world.process(&words).stdout(out).stderr(Stdio::null()).spawn().unwrap();
    end(child, || told(file) >= steps);
    let text = fs::read_to_string(file).unwrap();
    assert!(!text.contains("\"event\":\"finished\""), "it was over before it was killed");
}

fn told(file: &str) -> usize {
    fs::read_to_string(file).unwrap().matches("\"event\":\"step\"").count()
}

fn end(mut child: Child, when: impl Fn() -> bool) {
    let began = Instant::now();
    while !when() {
        assert!(began.elapsed() < Duration::from_secs(60));
        sleep(Duration::from_millis(2));
    }
    child.kill().unwrap();
    assert_eq!(child.wait().unwrap().code(), None);
}

/// A job that was killed tells nobody how far it came. Whoever reads the whole is told which one it was and of which steps nothing is
/// known, and that the others are done; the same shard once more, and the whole is what one apply makes of it.
#[test]
fn a_shard_that_was_killed_is_named_and_heals() {
    let world = fleet();
    let plans = planned(&world, 7, &[]);
    let files = applied(&world, &plans);
    let whole = (in_order(&joined(&world, &files, "text").out), held(&world));
    forget(&world);
    applied(&world, &plans[2..]);
    fs::rename(&files[4], world.path("plans/last.json")).unwrap();
    for index in (2..7).rev() {
        // They were written under the names of others.
        let from = if index == 6 { world.argument("plans/last.json") } else { files[index - 2].clone() };
        fs::rename(from, &files[index]).unwrap();
    }
    let run = world.run(&[&["apply", &plans[0]][..], &APPROVED].concat());
    fs::write(&files[0], run.out).unwrap();
    killed(&world, &plans[1], &files[1], 2);

    let known = told(&files[1]);
    let all = event(&fs::read_to_string(&files[1]).unwrap(), "planned").unwrap();
    let steps = |plan: &Value| -> Vec<String> {
        let tenants = plan["tenants"].as_array().unwrap().iter();
        let each = tenants.flat_map(|it| {
            let name = it["tenant"].as_str().unwrap();
            it["steps"].as_array().unwrap().iter().map(move |step| (name, step["address"].clone()))
        });
        each.map(|(name, address)| format!("{name}/{}", address.as_str().unwrap())).collect()
    };
    let all = steps(&all);
    assert!(known >= 2 && known < all.len(), "{known} of {}", all.len());
    let said = joined(&world, &files, "text");
    let named = format!(
        "error[cut-off]: shard 2/7 was cut off: `{}` tells how {known} of {} steps ended\n |\n\
         help: its job was killed, or still runs: apply that shard again, which leaves as it is what is done, and join the \
         outcomes anew\n\n",
        files[1],
        all.len()
    );
    assert_eq!(said.ending, Ending::Partial);
    assert!(said.err.ends_with(&named), "{}", said.err);
    let unknown: Vec<&str> = said.out.lines().filter(|it| it.starts_with("unknown")).collect();
    assert_eq!(unknown.len(), all.len() - known, "{}", said.out);
    for line in unknown {
        let (step, why) = line["unknown   ".len()..].split_once(": ").unwrap();
        assert!(all.iter().any(|it| it == step), "{line}");
        let why = why.replace("it was under way when shard 2/7 was cut off", "");
        assert!(["", "shard 2/7 was cut off before it told of this"].contains(&why.as_str()), "{line}");
    }
    for format in ["markdown", "json"] {
        let said = joined(&world, &files, format);
        assert!(
            said.ending == Ending::Partial && said.out.contains("shard 2/7 was cut off: "),
            "{}",
            said.out
        );
    }

    let run = world.run(&[&["apply", &plans[1]][..], &APPROVED].concat());
    fs::write(&files[1], &run.out).unwrap();
    let said = joined(&world, &files, "text");
    assert_eq!((said.ending, held(&world)), (Ending::Partial, whole.1), "{}", said.err);
    assert!(!said.err.contains("cut-off"), "{}", said.err);
    // What was done before it was killed is so already.
    let already = event(&run.out, "already").unwrap()["objects"].as_array().unwrap().len();
    assert!(already >= known, "{already} {known}");
    assert_eq!(said.out.matches("\nAlready so, of the reviewed plan: ").count(), 1, "{}", said.out);
    let done = |steps: &[String]| steps.iter().filter(|it| it.starts_with("done ")).count();
    assert_eq!(done(&in_order(&said.out).1) + already, done(&whole.0.1));
}

/// Three shards that were applied, each in a file.
fn applied_three() -> (World, Vec<String>) {
    let world = three();
    world.edit("tenants/bolt.yaml", "name: Sales", "name: Büro");
    let plans = ["a", "b", "c"].into_iter().zip(["1/3", "2/3", "3/3"]);
    let plans: Vec<String> = plans.map(|(name, of)| shard(&world, name, &format!("--shard {of}"))).collect();
    let files = applied(&world, &plans);
    (world, files)
}

/// However much of what a job has printed is left, it is never more than was done, and never a reason not to tell of the others.
#[test]
fn whatever_is_left_of_an_outcome_is_told() {
    let (world, files) = applied_three();
    let run = joined(&world, &files, "text");
    assert_eq!((run.ending, run.err.matches("error").count()), (Ending::Fine, 0), "{}", run.err);
    let text = fs::read(&files[1]).unwrap();
    let ends =
        text.iter().enumerate().filter(|(_, it)| **it == b'\n').flat_map(|(at, _)| [at, at + 1, at + 2]);
    // In the middle of a letter too.
    let halves = (0..text.len()).filter(|at| text[*at] & 0xc0 == 0x80);
    let mut cuts: Vec<usize> =
        (0..text.len()).step_by(23).chain(ends).chain(halves).filter(|it| *it < text.len() - 1).collect();
    cuts.sort();
    assert!(cuts.iter().any(|cut| std::str::from_utf8(&text[..*cut]).is_err()), "no letter is cut in two");
    for cut in cuts {
        fs::write(&files[1], &text[..cut]).unwrap();
        let run = joined(&world, &files, "text");
        assert_eq!(run.ending, Ending::Partial, "{cut}: {}", run.err);
        assert!(run.err.contains("error[cut-off]: shard 2/3 was cut off: `"), "{cut}: {}", run.err);
        for name in ["acme", "coil"] {
            assert!(run.out.contains(&format!("done      {name}/queues.400\n")), "{cut}: {}", run.out);
        }
        let known = text[..cut].windows(14).any(|it| it == b"\"event\":\"step\"") && cut > 0;
        assert!(known || !run.out.contains("done      bolt/"), "{cut}: {}", run.out);
    }
    // The end without its line end is the end.
    fs::write(&files[1], &text[..text.len() - 1]).unwrap();
    assert_eq!(joined(&world, &files, "text").ending, Ending::Fine);
    // A job that has printed nothing at all.
    fs::write(&files[1], "").unwrap();
    let run = joined(&world, &files, "text");
    let expected = format!(
        "error[cut-off]: shard 2/3 was cut off: `{}` tells of no plan\n |\n\
         help: its job was killed, or still runs: apply that shard again, which leaves as it is what is done, and join the outcomes anew\n\n\
         error[cut-off]: of tenant `bolt` nothing is known: no outcome tells of its plan\n\n",
        files[1]
    );
    let err: Vec<&str> = run.err.lines().filter(|it| !it.starts_with("the state before ")).collect();
    assert_eq!(err.join("\n") + "\n", expected);
    fs::write(&files[2], "\n").unwrap();
    let run = joined(&world, &files, "text");
    assert_eq!(run.ending, Ending::Partial);
    assert_eq!(
        run.err.matches("error[cut-off]: shard one of 2/3, 3/3 was cut off: `").count(),
        2,
        "{}",
        run.err
    );
    assert!(run.err.contains("of tenants `bolt`, `coil` nothing is known"), "{}", run.err);
}

/// A job that was refused has changed nothing: beside others that have applied theirs it is 4, and alone what it ended with.
#[test]
fn a_shard_that_was_refused_is_told() {
    let (world, files) = applied_three();
    forget(&world);
    let plan = world.argument("plans/b.json");
    world.edit("tenants/bolt.yaml", "name: Büro", "name: Fraud");
    let run = world.run(&["apply", &plan, "--format", "json"]);
    assert_eq!((run.ending, outcome(&run.out).unwrap()["event"].as_str()), (Ending::Refused, Some("failed")));
    fs::write(&files[1], &run.out).unwrap();
    let said = joined(&world, &files, "text");
    assert_eq!(said.ending, Ending::Partial, "{}", said.err);
    assert!(said.err.contains("error[refused]: shard 2/3: this is not what was reviewed: "), "{}", said.err);
    assert!(
        said.out
            .contains("skipped   bolt/queues.400: shard 2/3 was not applied: this is not what was reviewed"),
        "{}",
        said.out
    );
    assert!(said.out.ends_with("\nApplied: 2 of 3 done, 1 skipped.\n"), "{}", said.out);
    // It was refused before there was a plan.
    let last = run.out.lines().last().unwrap();
    fs::write(&files[1], format!("{last}\n")).unwrap();
    let said = joined(&world, &files, "text");
    assert_eq!(said.ending, Ending::Partial);
    assert!(said.err.contains("error[refused]: shard 2/3: this is not what was reviewed: "), "{}", said.err);
    // The others had nothing to do.
    let plans = ["a", "c"].map(|it| world.argument(&format!("plans/{it}.json")));
    for (plan, file) in plans.iter().zip([&files[0], &files[2]]) {
        let apply = [&["apply", plan][..], &APPROVED].concat();
        world.run(&apply);
        fs::write(file, world.run(&apply).out).unwrap();
    }
    for format in ["text", "markdown", "json"] {
        let said = joined(&world, &files, format);
        assert_eq!(said.ending, Ending::Refused, "{}{}", said.out, said.err);
        assert!(!said.out.contains("Applied:") && !said.out.contains("dialform apply\n"), "{}", said.out);
        assert!(
            format!("{}{}", said.out, said.err).contains("this is not what was reviewed"),
            "{}",
            said.out
        );
    }
    // Nobody tells which plan it was of.
    for file in &files {
        fs::write(file, format!("{last}\n")).unwrap();
    }
    let said = joined(&world, &files, "text");
    assert_eq!(said.ending, Ending::Refused);
    assert!(refusal(&said).starts_with("no outcome tells of a plan; `"), "{}", said.err);
}

/// What is done to the lines of the second of three outcomes.
type Forged = fn(&mut Vec<Value>);

fn last(lines: &mut [Value]) -> &mut Value {
    lines.last_mut().unwrap()
}

/// Whoever can write one of the files makes up no outcome: what does not fit its own plan is no outcome of an apply.
#[test]
fn what_no_apply_prints_is_refused() {
    let table: [(Forged, &str); 24] = [
        (|it| it[0]["digest"] = json!("0"), "line 1: its digest is not that of its steps"),
        (|it| it[0]["tenants"][0]["steps"] = json!([]), "line 1: its digest is not that of its steps"),
        (
            |it| {
                let step = it[0]["tenants"][0]["steps"][0].clone();
                it[0]["tenants"][0]["steps"].as_array_mut().unwrap().push(step);
            },
            "line 1: the step bolt/queues.400 stands twice",
        ),
        (|it| it[0]["tenants"] = json!(7), "line 1: invalid type: number, expected a sequence"),
        (|it| it[0] = json!([]), "line 1: it is no event of `dialform apply --format json`"),
        (|it| it[0]["event"] = json!("thought"), "line 1: `thought` stands before the plan"),
        (|it| drop(it.remove(0)), "line 1: `started` stands before the plan"),
        (|it| it.insert(1, it[0].clone()), "line 2: there are two plans"),
        (|it| it.insert(1, json!({ "event": "thought" })), "line 2: `thought` is no event of an apply"),
        (|it| it.insert(2, it[1].clone()), "line 3: a step is begun twice"),
        (|it| it[1]["tenant"] = json!("acme"), "line 2: acme/queues.400 is no such step of the plan"),
        (|it| it[1]["action"] = json!("delete"), "line 2: bolt/queues.400 is no such step of the plan"),
        (
            |it| it[1]["more"] = json!(1),
            "line 2: unknown field `more`, expected one of `tenant`, `address`, `action`",
        ),
        (|it| it.insert(3, it[2].clone()), "line 4: a step ends twice"),
        (
            |it| it[2]["status"] = json!("fine"),
            "line 3: unknown variant `fine`, expected one of `done`, `accepted`, `not_applied`, `failed`, `skipped`, \
             `unknown`, `manual`",
        ),
        (|it| it[2]["status"] = json!("failed"), "line 4: its end says otherwise how a step ended"),
        (|it| last(it)["digest"] = json!("0"), "line 4: its end is that of another plan"),
        (|it| last(it)["exit_code"] = json!(2), "line 4: an apply that finishes does not end with 2"),
        (|it| last(it)["steps"] = json!([]), "line 4: its end says otherwise how a step ended"),
        (
            |it| {
                it.remove(2);
                last(it)["steps"] = json!([]);
            },
            "it is finished, and does not say how every step ended",
        ),
        (|it| it.push(last(&mut it.clone()).clone()), "line 5: there is more after its end"),
        (
            |it| *last(it) = json!({ "event": "failed", "findings": [], "exit_code": 3 }),
            "line 4: it fails after something was begun",
        ),
        (
            |it| {
                it.truncate(1);
                it.push(json!({ "event": "failed", "findings": [], "exit_code": 0 }));
            },
            "line 2: an apply that fails does not end with 0",
        ),
        (
            |it| {
                let finding = json!([{ "level": "error", "code": "<b>", "message": "x" }]);
                last(it)["findings"] = finding;
            },
            "line 4: `<b>` is no code of a finding",
        ),
    ];
    let (world, files) = applied_three();
    let told = fs::read_to_string(&files[1]).unwrap();
    let lines: Vec<Value> = told.lines().map(|it| serde_json::from_str(it).unwrap()).collect();
    let kinds: Vec<&str> = lines.iter().map(|it| it["event"].as_str().unwrap()).collect();
    assert_eq!(kinds, ["planned", "started", "step", "finished"]);
    let text = |lines: &[Value]| lines.iter().map(|it| format!("{it}\n")).collect::<String>();
    let mut raw: Vec<(String, String)> = table
        .into_iter()
        .map(|(forge, why)| {
            let mut lines = lines.clone();
            forge(&mut lines);
            (text(&lines), why.to_owned())
        })
        .collect();
    let twice = told.replace("\"status\":\"done\"", "\"status\":\"failed\",\"status\":\"done\"");
    let deep = format!("{}{}\n", "[".repeat(100_000), "]".repeat(100_000));
    raw.extend([
        (twice, "line 3: `status` stands twice in one object".to_owned()),
        (deep, "line 1: recursion limit exceeded".to_owned()),
        ("done\n".to_owned(), "line 1: expected value".to_owned()),
        (format!("{told}\nx"), "line 5: EOF while parsing a value".to_owned()),
    ]);
    let mut wrong = Vec::new();
    for (text, why) in raw {
        fs::write(&files[1], text).unwrap();
        let run = joined(&world, &files, "text");
        let expected = format!("`{}` is not what an apply has printed: {why}", files[1]);
        if (run.ending, run.out.as_str(), refusal(&run).as_str()) != (Ending::Refused, "", expected.as_str())
        {
            wrong.push(format!("{why}: {:?} {} {}", run.ending, run.out, run.err));
        }
        assert!(run.err.contains("\nhelp: save each with "), "{}", run.err);
    }
    assert_eq!(wrong, Vec::<String>::new());
    // An exit code that its steps do not have counts for nothing.
    let mut failed = lines.clone();
    failed[2]["status"] = json!("failed");
    failed[3]["steps"][0]["status"] = json!("failed");
    fs::write(&files[1], text(&failed)).unwrap();
    assert_eq!(joined(&world, &files, "text").ending, Ending::Partial);
    // Nor is anything obeyed that a file says.
    let mut painted = lines.clone();
    painted[3]["steps"][0]["status"] = json!("failed");
    painted[2]["status"] = json!("failed");
    painted[3]["steps"][0]["detail"] = json!("\u{1b}[2Kdone\n::warning::x <b>@all</b>");
    fs::write(&files[1], text(&painted)).unwrap();
    for format in ["text", "markdown", "json"] {
        let out = joined(&world, &files, format).out;
        assert!(
            !out.contains('\u{1b}')
                && !out.contains("\n::")
                && (format != "markdown" || !out.contains("<b>@all")),
            "{format}: {out}"
        );
    }
    let large = fs::File::create(&files[1]).unwrap();
    large.set_len((1024 << 20) + 1).unwrap();
    let run = joined(&world, &files, "text");
    assert_eq!(refusal(&run), format!("cannot read the outcome `{}`: it is larger than 1024 MiB", files[1]));
    assert_eq!(run.ending, Ending::Refused);
}

/// Outcomes that do not belong together prove nothing: each is named, and nothing of them is shown as how it went.
#[test]
fn what_is_of_another_run_is_refused() {
    let (world, files) = applied_three();
    let [a, b, c] = [0, 1, 2].map(|at: usize| files[at].clone());
    let apply = |name: &str, words: &str| {
        let file = world.argument(&format!("plans/{name}.json"));
        let words: Vec<&str> =
            ["apply"].into_iter().chain(words.split_whitespace()).chain(APPROVED).collect();
        let run = world.run(&words);
        assert_eq!(run.ending, Ending::Fine, "{}", run.err);
        fs::write(&file, run.out).unwrap();
        file
    };
    let four = apply("four", "--auto-approve --shard 2/4");
    let whole = apply("whole", "--auto-approve");
    let staging = apply("staging", "--auto-approve --shard 2/3 --environment staging");
    let only = apply("only", "--auto-approve --shard 2/3 --only queues.*");
    let same = apply("same", "--auto-approve --shard 2/3");
    world.git(&["commit", "-qm", "later", "--allow-empty"]);
    let stale = apply("stale", "--auto-approve --shard 2/3");
    let none = world.argument("plans/none.json");
    let empty = world.argument("plans/empty.json");
    fs::write(&empty, "").unwrap();
    let one_run = "name the outcomes of one run: of the same command and of the same commit";
    let all = "a whole is 3 outcomes: name those too; a job that has printed nothing has an empty file, and one that never ran has to run";
    let save = "save each with `dialform apply PLANFILE --format json > FILE`";
    let table: [(&[&String], &str, &str); 11] = [
        (&[&a, &c], "shard 2/3 is missing", all),
        (&[&a, &b, &c, &b], "`out-2` and `out-2` are both shard 2/3", "name one outcome of each shard"),
        (&[&a, &b, &c, &same], "`out-2` and `same` are both shard 2/3", "name one outcome of each shard"),
        (&[&a, &empty], "there are 2 outcomes, and 3 shards: of shards 2/3, 3/3 no plan is told", all),
        (&[&a, &b, &c, &empty], "there are 4 outcomes, and 3 shards", all),
        (
            &[&a, &four, &c],
            "`four` (shard 2/4) is one of 4, and `out-1` (shard 1/3) is one of 3",
            "name the outcomes of one split",
        ),
        (
            &[&a, &whole, &c],
            "`whole` is not the outcome of a shard",
            "what an apply without `--shard` has printed is whole already",
        ),
        (
            &[&a, &staging, &c],
            "`staging` (shard 2/3) is of another environment than `out-1` (shard 1/3): `staging`, not none",
            one_run,
        ),
        (
            &[&a, &only, &c],
            "`only` (shard 2/3) is of another selection (`--only`) than `out-1` (shard 1/3): [\"queues.*\"], not none",
            one_run,
        ),
        (
            &[&a, &stale, &c],
            "`stale` (shard 2/3) is of another commit than `out-1` (shard 1/3): `NOW`, not `THEN`",
            one_run,
        ),
        (&[&a, &none, &c], "cannot read the outcome `none`: there is no such file", save),
    ];
    let head = |file: &String| {
        let planned = event(&fs::read_to_string(file).unwrap(), "planned").unwrap();
        planned["made_from"]["head"].as_str().unwrap().to_owned()
    };
    for (files, message, help) in table {
        let files: Vec<String> = files.iter().map(|it| (*it).clone()).collect();
        let run = joined(&world, &files, "text");
        assert_eq!((run.ending, run.out.as_str()), (Ending::Refused, ""), "{message}: {}", run.err);
        let plans = world.argument("plans/");
        let said = refusal(&run).replace(&plans, "").replace(".json`", "`");
        let said = said.replace(&head(&stale), "NOW").replace(&head(&a), "THEN");
        let way = run.err.lines().find_map(|line| line.strip_prefix("help: ")).unwrap_or_default();
        assert_eq!((said.as_str(), way), (message, help));
    }
    // One that was applied without a saved plan is of the same run as the others.
    assert_eq!(joined(&world, &[a.clone(), same, c.clone()], "text").ending, Ending::Fine);
    // A plan is no outcome, and an outcome is no plan: that is said.
    let plan = world.argument("plans/b.json");
    let run = joined(&world, &[a.clone(), plan.clone(), c.clone()], "text");
    assert_eq!(refusal(&run), format!("`{plan}` is a saved plan, and not what an apply has printed"));
    assert!(run.err.contains("help: join plans without `--outcomes`"), "{}", run.err);
    let run = merged(&world, &[a, b, c], &[]);
    assert_eq!(run.ending, Ending::Refused);
    assert!(run.err.contains("help: join outcomes with `dialform merge --outcomes`"), "{}", run.err);
}
