//! Pull requests as a reviewer meets them, each as text, Markdown and JSON, word by word, with the exit code. What is not JSON
//! for people is not written: a plan without JSON is one of very many steps.

use crate::{golden, world::World};
use dialform::error::Ending;
use serde_json::json;
use std::ops::Deref;

/// A workspace as its pull request leaves it, with what is run in it.
struct Case {
    name: &'static str,
    world: World,
    command: &'static str,
    json: bool,
}

const TENANT: &str = r#"
schedules: { night: { dates: ["2027-01-02"] } }
queues: { "400": { name: Sales, agents: ["101"] } }
numbers: { "+12145550100": { label: Main, route: { extension: "101" } } }
forwards: { "+12145550100": { to: "+19725550199", active: false } }
"#;

/// Live as the files of the base say, but for `moved` of it.
fn base(moved: &[(&str, &str)]) -> World {
    let world = World::new(TENANT);
    let mut live = json!({
        "domain": { "domain": "acme.1.service" },
        "users": [{ "user": "101" }, { "user": "102" }],
        "callqueues": [{
            "callqueue": "400", "description": "Sales",
            "agents": [{ "callqueue-agent-id": "101@acme.1.service", "callqueue-agent-dispatch-order-ordinal": 1 }],
        }],
        "phonenumbers": [{
            "phonenumber": "12145550100", "dial-rule-application": "to-user-residential",
            "dial-rule-translation-destination-user": "101", "dial-rule-description": "Main",
        }],
        "carrier": [{ "number": "2145550100", "destination": "9725550199", "active": false }],
        "timeframes": [
            { "timeframe-name": "night", "timeframe-type": "specific-dates", "timeframe-specific-dates-array": [
                { "timeframe-specific-dates-begin-date": "20270102", "timeframe-specific-dates-end-date": "20270102" },
            ] },
            { "timeframe-name": "people's own", "timeframe-type": "specific-dates", "timeframe-specific-dates-array": [] },
        ],
    })
    .to_string();
    for (from, to) in moved {
        assert!(live.contains(from), "{from} is not live: {live}");
        live = live.replace(from, to);
    }
    world.write("live/pbx/acme.1.service.yaml", live);
    world.write(".gitignore", ".dialform/\n");
    world.commit(&["."]);
    world
}

/// The same with a change of the file.
fn changed(moved: &[(&str, &str)], from: &str, to: &str) -> World {
    let world = base(moved);
    world.edit("tenants/acme.yaml", from, to);
    world
}

const DRIFT: (&str, &str) = ("\"dial-rule-description\":\"Main\"", "\"dial-rule-description\":\"Hot line\"");
const ON: (&str, &str) = ("\"active\":false", "\"active\":true");

fn cases() -> Vec<Case> {
    let case = |name, world, command| Case { name, world, command, json: true };
    let rename = ("name: Sales", "name: Sales team");
    let renamed = |moved: &[(&str, &str)]| changed(moved, rename.0, rename.1);
    let guarded = {
        let world = changed(&[], "queues: {", "absent: { schedules: [\"people's own\"] }\nqueues: {");
        let workspace = world.workspace();
        world.write("dialform.yaml", workspace + "guard: { max_deletes: 0 }\n");
        world
    };
    let first = {
        let world = base(&[]);
        world.git(&["rm", "-q", "--cached", "dialform.yaml", "tenants/acme.yaml"]);
        world.git(&["commit", "-qm", "no workspace yet"]);
        world
    };
    let broken = {
        let world = base(&[]);
        let good = world.read("tenants/acme.yaml");
        world.edit("tenants/acme.yaml", "queues: {", "queue: {");
        world.git(&["commit", "-qam", "broken"]);
        world.write("tenants/acme.yaml", good);
        world
    };
    let undeclared = changed(&[], "queues: { \"400\": { name: Sales, agents: [\"101\"] } }\n", "");
    let many = {
        let world = base(&[]);
        let rules: String =
            (0..2000).map(|n| format!("  \"+1214556{n:04}\": {{ label: {} }}\n", "🏠".repeat(16))).collect();
        world.edit(
            "tenants/acme.yaml",
            "numbers: { \"+12145550100\": { label: Main, route: { extension: \"101\" } } }\n",
            &format!("numbers:\n{rules}"),
        );
        world
    };
    vec![
        case("nothing", base(&[]), "plan --base HEAD"),
        case("files", renamed(&[]), "plan --base HEAD"),
        case("drift", base(&[DRIFT]), "plan --base HEAD"),
        case("both", renamed(&[DRIFT]), "plan --base HEAD"),
        case(
            "same-field",
            renamed(&[("\"description\":\"Sales\"", "\"description\":\"Desk\"")]),
            "plan --base HEAD",
        ),
        case("fork", renamed(&[]), "plan --against HEAD"),
        case("fork-undeclared", undeclared, "plan --against HEAD"),
        case("critical", base(&[ON]), "apply --auto-approve"),
        case("guard", guarded, "apply --auto-approve"),
        case(
            "by-hand",
            changed(&[], "queues: {", "rules: { \"101\": { callers: { spam: drop } } }\nqueues: {"),
            "plan --base HEAD",
        ),
        case("first", first, "plan --base HEAD"),
        case("mended", broken, "plan --base HEAD"),
        case("blocked", changed(&[], "agents: [\"101\"]", "agents: [\"109\"]"), "plan --base HEAD"),
        case("public", renamed(&[DRIFT, ON]), "plan --base HEAD --redact"),
        Case { name: "many", world: many, command: "plan --against HEAD --max-bytes 6000", json: false },
    ]
}

/// A reviewer reads one of them and decides. What it says is looked at here, word by word.
#[test]
fn each_says_what_a_reviewer_has_to_know() {
    for Case { name, world, command, json } in cases() {
        for (format, ending) in [("text", "txt"), ("markdown", "md"), ("json", "json")] {
            if format != "markdown" && !json {
                continue;
            }
            let mut words: Vec<&str> = command.split(' ').collect();
            words.extend(["--format", format]);
            if !command.contains("--against") {
                words.push("--sandbox");
            }
            let run = world.deref().run(&words);
            let code = run.ending as i32;
            let err =
                if run.err.is_empty() { String::new() } else { format!("\n--- standard error\n{}", run.err) };
            let text = format!("{}\n--- exit code {code}{err}", run.out);
            golden::assert(
                &format!("pull_requests/{name}.{ending}"),
                &golden::steady(&text.replace(world.root().to_str().unwrap(), "ROOT")),
            );
        }
    }
}

/// A fork has no credentials, and needs none: nothing is asked, no state is made, and the exit code tells of changes as ever.
#[test]
fn a_fork_has_a_plan_without_credentials() {
    let world = changed(&[], "label: Main", "label: Door");
    let plan = |more: &[&str]| world.deref().run(&[&["plan", "--against", "HEAD"], more].concat());
    assert_eq!(plan(&[]).ending, Ending::Fine);
    assert_eq!(plan(&["--detailed-exitcode"]).ending, Ending::Changes);
    assert!(!world.path(".dialform").exists(), "no system was opened");
    let unknown = world.deref().run(&["plan", "--against", "no-such"]);
    assert_eq!(unknown.ending, Ending::Error);
    assert!(unknown.err.contains("`--against no-such`: git has no revision `no-such`"), "{}", unknown.err);
    for other in [["--base", "HEAD"], ["--out", "x"], ["--restore", "x"], ["--config", "HEAD"]] {
        let refused = plan(&other);
        assert_eq!(refused.ending, Ending::Error, "{other:?}");
        assert!(refused.err.contains("cannot be used with"), "{}", refused.err);
    }
    let sandbox = plan(&["--sandbox"]);
    assert_eq!(sandbox.ending, Ending::Error);
    world.git(&["commit", "-qam", "merged"]);
    assert_eq!(plan(&["--detailed-exitcode"]).ending, Ending::Fine);
}

/// Whoever reviews a plan twice reads the same: other runs, other workers, another language, another directory, other files.
#[test]
fn a_plan_is_the_same_to_the_byte() {
    let world = changed(&[DRIFT], "name: Sales", "name: Team");
    for (name, number) in [("bolt", "2145550101"), ("coil", "2145550102")] {
        let file = world.read("tenants/acme.yaml").replace("acme", name).replace("2145550100", number);
        world.write(&format!("tenants/{name}.yaml"), file.replace("name: Team", "name: Other"));
        let live =
            world.read("live/pbx/acme.1.service.yaml").replace("acme", name).replace("2145550100", number);
        world.write(&format!("live/pbx/{name}.1.service.yaml"), live);
    }
    for format in ["text", "markdown", "json"] {
        let run = |workers: &str, language: &str, directory: &str| {
            let mut command = world.process(&[
                "plan",
                "--sandbox",
                "--base",
                "HEAD",
                "--config",
                "worktree",
                "--format",
                format,
            ]);
            command
                .env("TOKIO_WORKER_THREADS", workers)
                .env("LC_ALL", language)
                .env("LANG", language)
                .current_dir(directory);
            let done = command.output().unwrap();
            assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
            String::from_utf8(done.stdout).unwrap()
        };
        let first = run("1", "C", "/");
        for (workers, language, directory) in
            [("8", "C", "/"), ("1", "tr_TR.UTF-8", "/tmp"), ("8", "ja_JP.UTF-8", "/"), ("2", "de_DE", "/tmp")]
        {
            assert_eq!(run(workers, language, directory), first, "{format} {workers} {language} {directory}");
        }
        for _ in 0..5 {
            assert_eq!(run("4", "C", "/"), first, "{format}");
        }
        // The order of the files says nothing.
        let workspace = world.workspace();
        world.write(
            "dialform.yaml",
            workspace
                .replace("[\"tenants/*.yaml\"]", "[tenants/coil.yaml, tenants/bolt.yaml, tenants/acme.yaml]"),
        );
        world.git(&["add", "dialform.yaml"]);
        assert_eq!(run("8", "C", "/"), first, "{format}: other order");
        world.write("dialform.yaml", workspace);
    }
}

/// What no step shows is said all the same: a reviewer of a fork has nothing else.
#[test]
fn what_a_tenant_says_of_itself_is_compared_too() {
    let bulk = "bulk: [{ schedule: night, extensions: [\"102\"], enabled: true, rule: { forward: { always: voicemail } } }]\nqueues: {";
    let table: [(&str, &str, &[&str]); 9] = [
        (
            "account: \"acme.1.service\"",
            "account: \"other.1.service\"",
            &[
                "tenant `acme` is account `other.1.service` of `pbx`, and was account `acme.1.service` of `pbx` at HEAD",
            ],
        ),
        ("tenant: acme", "tenant: zeta", &["tenant `zeta` was called `acme` at HEAD"]),
        (
            "queues: {",
            "time_zone: US/Central\nqueues: {",
            &["`time_zone` of tenant `acme` is US/Central, and was none at HEAD"],
        ),
        ("queues: {", bulk, &["`bulk` of tenant `acme` differs from HEAD, and is not compared"]),
        (
            "queues: {",
            "exhaustive: [queues]\nqueues: {",
            &["`exhaustive` of tenant `acme` has `queues` since HEAD"],
        ),
        ("absent: { schedules: [old] }\n", "", &["`acme/schedules.old` is not `absent` any more since HEAD"]),
        (
            "agents: [\"102\"], protect: true",
            "agents: [\"102\"]",
            &["`acme/queues.401` is not protected any more since HEAD"],
        ),
        (
            "queues:\n  \"401\": { name: Front, agents: [\"102\"], protect: true }\n",
            "",
            &["`acme/queues.401`, which was protected, is no longer declared since HEAD"],
        ),
        (
            "forwards: { \"+12145550100\": { to: \"+19725550199\", active: false } }\n",
            "",
            &["- forwards.+12145550100"],
        ),
    ];
    for (from, to, said) in table {
        let world = World::new(
            "absent: { schedules: [old] }\nexhaustive: [forwards]\nschedules: { night: { dates: [\"2027-01-02\"] } }\nqueues:\n  \"401\": { name: Front, agents: [\"102\"], protect: true }\n\
             numbers: { \"+12145550100\": { label: Main } }\nforwards: { \"+12145550100\": { to: \"+19725550199\", active: false } }\n",
        );
        let (from, to) = (from.replace("queues: {", "queues:\n"), to.replace("queues: {", "queues:\n"));
        let to = to.replace("exhaustive: [queues]\n", "");
        world.commit(&["."]);
        match said[0].contains("exhaustive") {
            true => {
                world.edit("tenants/acme.yaml", "exhaustive: [forwards]", "exhaustive: [forwards, queues]")
            }
            false => world.edit("tenants/acme.yaml", &from, &to),
        }
        let plan = world.deref().run(&["plan", "--against", "HEAD"]);
        assert_eq!(plan.ending, Ending::Fine, "{from}: {}", plan.err);
        for line in said {
            assert!(plan.out.contains(line), "{from}: {line}: {}", plan.out);
        }
    }
    let world = base(&[]);
    let workspace = world.workspace();
    world.write("dialform.yaml", workspace + "guard: { max_deletes: 500 }\n");
    let plan = world.deref().run(&["plan", "--against", "HEAD"]);
    assert!(plan.out.contains("`dialform.yaml` differs from HEAD, and is not compared"), "{}", plan.out);
}

/// What the files let go of is said where the live system is asked as well, as it is where it is not: nobody reads the rules of an
/// extension that no file declares, so that no step and no list would show it. It changes nothing of what is done.
#[test]
fn what_the_files_let_go_of_is_said() {
    let night = "schedules: { night: { dates: [\"2027-01-02\"] }, day: { dates: [\"2027-01-03\"] } }\n";
    let rules = "rules: { \"101\": { protect: true, ring_timeout: 30, order: [{ when: default, ring: extension }] } }\n";
    let own = "rules: { \"101\": { order: [{ when: night, forward: { always: voicemail } }, { when: default, ring: extension }] } }\n";
    let busy = "diverts: { \"101\": { busy: voicemail } }\n";
    let queues = "queues: { \"400\": { name: Front, agents: [\"101\"], require_agents: false } }\n";
    let protected = queues.replace("name: Front", "name: Front, protect: true");
    let entry = |schedule: &str, extensions: &str| {
        format!(
            "{{ schedule: {schedule}, extensions: {extensions}, enabled: true, rule: {{ forward: {{ always: voicemail }} }} }}"
        )
    };
    let bulk = |entries: &[&str]| format!("{night}bulk: [{}]\n", entries.join(", "));
    let (both, one) = (entry("night", "[\"101\", \"102\"]"), entry("night", "[\"101\"]"));
    let all = "{ schedule: night, extensions: all, enabled: true }";
    let switched = all.replace("all", "[\"101\"]");
    let busy_until = "time_zone: America/New_York\ndiverts: { \"101\": { busy: voicemail";
    let not_any_more = |what: &str| format!("warning[otherwise]: {what}");
    let warned = |address: &str, way_out: &str| {
        format!(
            "warning[undeclared]: `acme/{address}`, which was protected, is no longer declared since HEAD{way_out}"
        )
    };
    let in_bulk = |schedule: &str, whose: &str| {
        format!(
            "schedules.{schedule}: no longer in `bulk` since HEAD for {whose}; what is live there is left alone"
        )
    };
    let cases: Vec<(String, String, Vec<String>)> = vec![
        (rules.into(), String::new(), vec![warned("rules.101", "")]),
        (protected.clone(), String::new(), vec![warned("queues.400", "")]),
        (
            rules.into(),
            "rules: { \"101\": { protect: true, ring_timeout: 30 } }\n".into(),
            vec!["rules.101: `order` no longer declared since HEAD; what is live there is left alone".to_owned()],
        ),
        (
            queues.into(),
            "queues: { \"400\": { name: Front } }\n".into(),
            vec!["queues.400: `require_agents`, `agents` no longer declared since HEAD; what is live there is left alone".to_owned()],
        ),
        (
            busy.into(),
            String::new(),
            vec!["diverts.101: no longer declared since HEAD, perhaps still live, left alone".to_owned()],
        ),
        // The Default rule is declared with its diverts; where it is not, they are let go of.
        (
            busy.into(),
            "rules: { \"101\": { order: [{ when: default, ring: extension, forward: { busy: voicemail } }] } }\n".into(),
            vec![],
        ),
        (
            busy.into(),
            "rules: { \"101\": { ring_timeout: 40 } }\n".into(),
            vec!["diverts.101: no longer declared since HEAD, perhaps still live, left alone".to_owned()],
        ),
        // Of extensions that nothing else declares, their rules are named once.
        (
            bulk(&[&both]),
            night.into(),
            vec!["rules.101, rules.102: no longer declared since HEAD, perhaps still live, left alone".to_owned()],
        ),
        (
            bulk(&[&both]),
            bulk(&[&one]),
            vec!["rules.102: no longer declared since HEAD, perhaps still live, left alone".to_owned()],
        ),
        (
            bulk(&[&both, &entry("day", "[\"101\"]")]),
            bulk(&[&both]),
            vec![in_bulk("day", "extension 101")],
        ),
        (
            format!("{}rules: {{ \"101\": {{ ring_timeout: 30 }} }}\n", bulk(&[&one])),
            format!("{night}rules: {{ \"101\": {{ ring_timeout: 30 }} }}\n"),
            vec![in_bulk("night", "extension 101")],
        ),
        (bulk(&[&one]), format!("{night}{own}"), vec![]),
        (bulk(&[all]), night.into(), vec![in_bulk("night", "all extensions")]),
        (bulk(&[all]), bulk(&[&one]), vec![in_bulk("night", "all but extension 101")]),
        (
            bulk(&[&one]),
            bulk(&[all]),
            vec!["rules.101: no longer declared since HEAD, still live, left alone".to_owned()],
        ),
        (bulk(&[&one]), bulk(&[&switched]), vec![in_bulk("night", "extension 101").replace(": no", ": `rule` is no")]),
        // What the files have said without declaring it.
        (protected.clone(), queues.into(), vec![not_any_more("`acme/queues.400` is not protected any more since HEAD")]),
        (
            "exhaustive: [queues]\n".into(),
            String::new(),
            vec![not_any_more("`exhaustive` of tenant `acme` has lost `queues` since HEAD")],
        ),
        (
            format!("{busy_until}, until: {{ at: 2027-01-16T18:00, then: {{ busy: off }} }} }} }}\n"),
            format!("{busy_until} }} }}\n"),
            vec![
                "warning[stays-on]: diverts.101 does not end by itself any more: at HEAD `busy: off` followed at 2027-01-16T18:00 \
                 (America/New_York)"
                    .to_owned(),
            ],
        ),
        // What goes is a step.
        (queues.into(), "absent: { queues: [\"400\"] }\n".into(), vec![]),
        (queues.into(), "exhaustive: [queues]\n".into(), vec![]),
        (queues.into(), queues.into(), vec![]),
    ];
    for (before, after, said) in cases {
        let world = World::new(&before);
        world.write("live/pbx/acme.1.service.yaml", "users: [{ user: \"101\" }, { user: \"102\" }]\n");
        assert_eq!(world.run(&["apply", "--auto-approve"]).ending, Ending::Fine, "{before}");
        world.commit(&["."]);
        world.tenant(&after);
        let plan = world.run(&["plan", "--base", "HEAD"]);
        let notes = plan.out.lines().map(|line| line.strip_prefix("  note: ").unwrap_or(line));
        let is_told = |it: &&str| {
            ["no longer ", "any more since", "itself any more", "has lost"]
                .iter()
                .any(|word| it.contains(word))
        };
        let notes: Vec<&str> = notes.filter(is_told).collect();
        assert_eq!(notes, said, "{before} {after}: {}{}", plan.out, plan.err);
        let against = world.deref().run(&["plan", "--against", "HEAD"]).out;
        let told = ["no longer declared", "`bulk` of tenant", "any more", "has lost"];
        let told = told.iter().any(|it| against.contains(it));
        assert!(told || said.is_empty(), "{before} {after}: {against}");
        let digest = |more: &[&str]| {
            let plan = world.run(&[&["plan", "--format", "json"], more].concat());
            serde_json::from_str::<serde_json::Value>(&plan.out).unwrap()["digest"].clone()
        };
        assert_eq!(digest(&["--base", "HEAD"]), digest(&[]), "{after}");
    }
    // A plan with such a warning is applied like any other.
    let world = World::new(&format!("{rules}{queues}"));
    world.write("live/pbx/acme.1.service.yaml", "users: [{ user: \"101\" }]\n");
    world.commit(&["."]);
    world.tenant(&queues.replace("Front", "Desk"));
    let file = world.argument("plan.json");
    let plan = world.run(&["plan", "--base", "HEAD", "--out", &file]);
    assert!(plan.out.contains(&warned("rules.101", "")), "{}{}", plan.out, plan.err);
    let done = world.run(&["apply", &file]);
    assert_eq!(done.ending, Ending::Fine, "{}{}", done.out, done.err);
    // Of a tenant of which nothing is planned nothing is told.
    let world = World::new(&protected);
    world.commit(&["."]);
    world.tenant("absent: { queues: [\"400\"] }\n");
    let plan = world.deref().run(&["plan", "--against", "HEAD"]);
    assert!(
        plan.out.contains("Plan: 0 to create, 0 to update, 0 to delete, 1 tenant blocked."),
        "{}",
        plan.out
    );
    assert!(!plan.out.contains("Calls to"), "{}", plan.out);
}

/// What is declared at another place is declared all the same, and whoever is shown that it was let go of looks for nothing.
#[test]
fn what_moves_is_not_let_go_of() {
    let rules = "rules: { \"101\": { ring_timeout: 30 } }\n";
    let queues = "queues: { \"400\": { name: Front, require_agents: false } }\n";
    let whole = format!("{rules}{queues}");
    let head = |tenant: &str| format!("tenant: {tenant}\nprovider: pbx\naccount: acme.1.service\n");
    type Move<'a> = &'a dyn Fn(&World);
    let moves: [(&str, Move<'_>); 5] = [
        ("another file", &|it| {
            it.write("tenants/other.yaml", it.read("tenants/acme.yaml"));
            std::fs::remove_file(it.path("tenants/acme.yaml")).unwrap();
        }),
        ("a file of its own", &|it| {
            it.write("tenants/acme.yaml", head("acme") + queues);
            it.write("tenants/acme-rules.yaml", format!("tenant: acme\n{rules}"));
        }),
        ("another name", &|it| it.write("tenants/acme.yaml", head("zeta") + &whole)),
        ("a template", &|it| {
            it.write(
                "templates/office.yaml",
                format!("provider: pbx\n{rules}queues: {{ \"400\": {{ require_agents: false }} }}\n"),
            );
            it.write("tenants/acme.yaml", "tenant: acme\naccount: acme.1.service\nextends: ../templates/office.yaml\nqueues: { \"400\": { name: Front } }\n");
        }),
        ("nowhere", &|_| {}),
    ];
    for (place, moves) in moves {
        let world = World::new(&whole);
        world.write("live/pbx/acme.1.service.yaml", "users: [{ user: \"101\" }]\n");
        assert_eq!(world.run(&["apply", "--auto-approve"]).ending, Ending::Fine, "{place}");
        world.commit(&["."]);
        moves(&world);
        for more in [&[][..], &["--changed-since", "HEAD"]] {
            let plan = world.run(&[&["plan", "--base", "HEAD"], more].concat());
            assert_eq!(plan.ending, Ending::Fine, "{place}: {}{}", plan.out, plan.err);
            assert!(!plan.out.contains("no longer"), "{place}: {}", plan.out);
        }
    }
}

/// A job goes by the exit code, whatever form it wants to read.
#[test]
fn the_exit_code_is_the_same_in_every_format() {
    let table: [(&str, Ending, i32); 7] = [
        ("plan", Ending::Fine, 0),
        ("plan --only queues.nobody", Ending::Error, 1),
        ("plan --detailed-exitcode", Ending::Changes, 2),
        ("plan --against HEAD --detailed-exitcode", Ending::Changes, 2),
        ("apply --digest 0123", Ending::Refused, 3),
        ("apply", Ending::Refused, 3),
        ("apply --auto-approve --fault 500:1,only:PUT,visible-after:0ms", Ending::Partial, 4),
    ];
    for (command, ending, code) in table {
        for format in ["text", "markdown", "json"] {
            let world = changed(&[], "name: Sales", "name: Team");
            let mut words: Vec<&str> = command.split(' ').collect();
            words.extend(["--format", format]);
            if !command.contains("--against") {
                words.push("--sandbox");
            }
            let run = world.deref().run(&words);
            assert_eq!(
                (run.ending, run.ending as i32),
                (ending, code),
                "{command} {format}: {}{}",
                run.out,
                run.err
            );
        }
    }
}
