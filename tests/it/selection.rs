//! What a run is about: what is not selected is neither written nor read.

use crate::workspace::Workspace;
use crate::world::{LIVE, World};
use dialform::{cli::Finished, error::Ending};
use std::collections::BTreeSet;

const ACCOUNTS: [&str; 3] = ["acme", "bolt", "coil"];

fn tenant(name: &str, label: &str) -> String {
    format!(
        "tenant: {name}\nprovider: {}\naccount: {name}.1.service\nqueues: {{ \"400\": {{ name: {label} }} }}\n",
        if name == "coil" { "other" } else { "pbx" }
    )
}

/// Three tenants on two providers, committed; `acme` and `bolt` share one.
fn world() -> World {
    let world = World::new("");
    let entry = |name: &str| {
        let workspace = world.workspace();
        let (_, entry) = workspace.split_once("pbx:").unwrap();
        format!("  {name}:{}", entry.split("\ntenants:").next().unwrap())
    };
    let workspace = format!(
        "version: 1\nproviders:\n{}\n{}\ntenants: [\"tenants/*.yaml\"]\n",
        entry("pbx"),
        entry("other")
    );
    world.write("dialform.yaml", &workspace);
    for name in ACCOUNTS {
        world.write(&format!("tenants/{name}.yaml"), tenant(name, "Old"));
        let live = LIVE.replace("acme.1.service", &format!("{name}.1.service"));
        let provider = if name == "coil" { "other" } else { "pbx" };
        world.write(&format!("live/{provider}/{name}.1.service.yaml"), &live);
    }
    world.write(".gitignore", ".dialform/\ntraffic.jsonl\ntenants/secret.yaml\n");
    world.commit(&["."]);
    world
}

fn recorded(world: &World, arguments: &[&str]) -> Finished {
    let record = world.path("traffic.jsonl");
    world.run(&[arguments, &["--record", record.to_str().unwrap()]].concat())
}

/// The accounts that were asked for anything.
fn asked(world: &World) -> BTreeSet<String> {
    let text = |it: &serde_json::Value, field: &str| it[field].as_str().unwrap_or_default().to_owned();
    let paths: Vec<String> =
        world.traffic().iter().map(|it| format!("{}?{}", text(it, "path"), text(it, "query"))).collect();
    let known = |path: &str| ACCOUNTS.into_iter().find(|name| path.contains(&format!("{name}.1.service")));
    let found: BTreeSet<String> = paths.iter().filter_map(|path| known(path)).map(str::to_owned).collect();
    assert_eq!(found.is_empty(), paths.is_empty(), "{paths:?}");
    found
}

/// A pull request is planned for what it touches: a thousand other tenants cost no request and no risk. What could change
/// a tenant's plan selects it, and nothing else does.
#[test]
fn only_what_has_changed_is_read() {
    type Change = fn(&World);
    let cases: [(&str, Change, &str, &str); 10] = [
        ("nothing", |_| {}, "", ""),
        ("one file", |w| w.write("tenants/acme.yaml", tenant("acme", "New")), "acme", ""),
        (
            "a committed file",
            |w| {
                w.write("tenants/bolt.yaml", tenant("bolt", "New"));
                w.git(&["commit", "-q", "-a", "-m", "next"]);
            },
            "bolt",
            "",
        ),
        ("a renamed file", |w| w.git(&["mv", "tenants/coil.yaml", "tenants/coil-2.yaml"]), "coil", ""),
        (
            "a file that git is told to ignore",
            |w| {
                std::fs::rename(w.path("tenants/acme.yaml"), w.path("tenants/secret.yaml")).unwrap();
            },
            "acme",
            "",
        ),
        (
            "a file that is gone",
            |w| std::fs::remove_file(w.path("tenants/bolt.yaml")).unwrap(),
            "",
            "warning[changed-since]: `tenants/bolt.yaml` was a tenant file at `start` and no longer is\n",
        ),
        (
            "the settings of a provider",
            |w| w.write("dialform.yaml", w.workspace().replacen("settle: 1", "settle: 2", 1)),
            "acme bolt",
            "",
        ),
        (
            "a setting that is no provider's",
            |w| w.write("dialform.yaml", format!("{}guard: {{ max_deletes: 1 }}\n", w.workspace())),
            "",
            "",
        ),
        (
            "a file that was no tenant",
            |w| {
                w.git(&["mv", "tenants/acme.yaml", "acme.yaml"]);
                w.git(&["commit", "-q", "-m", "aside"]);
                w.git(&["tag", "-f", "start"]);
                let workspace =
                    w.workspace().replace("[\"tenants/*.yaml\"]", "[\"tenants/*.yaml\", \"acme.yaml\"]");
                w.write("dialform.yaml", &workspace);
            },
            "acme",
            "",
        ),
        (
            "everything, from before there was a workspace",
            |w| {
                w.git(&["checkout", "-q", "--orphan", "empty"]);
                w.git(&["commit", "-q", "--allow-empty", "-m", "empty", "--only"]);
                w.git(&["tag", "-f", "start"]);
                w.git(&["checkout", "-q", "-f", "whole"]);
            },
            "acme bolt coil",
            "warning[changed-since]: every tenant counts as changed: there is no `dialform.yaml` at `start`\n",
        ),
    ];
    for (name, change, wanted, said) in cases {
        let world = world();
        world.git(&["tag", "start"]);
        world.git(&["branch", "whole"]);
        change(&world);
        let run = recorded(&world, &["plan", "--changed-since", "start"]);
        assert_eq!(run.ending, Ending::Fine, "{name}: {}", run.err);
        let wanted: BTreeSet<String> = wanted.split_whitespace().map(str::to_owned).collect();
        assert_eq!(asked(&world), wanted, "{name}: {}", run.err);
        let warnings: String = run
            .out
            .lines()
            .filter(|line| line.starts_with("warning") && !line.contains("[forward-on]"))
            .map(|line| format!("{line}\n"))
            .collect();
        assert_eq!(warnings, said, "{name}");
        for account in ACCOUNTS {
            let named =
                run.out.contains(&format!("{account} ")) || run.out.contains(&format!("tenant {account}"));
            assert!(!named || wanted.contains(account), "{name}: {}", run.out);
        }
    }
}

/// What is applied is what was planned: with nothing changed nothing is sent, with one change one account is written.
#[test]
fn only_what_has_changed_is_written() {
    let world = world();
    let apply = ["apply", "--auto-approve", "--changed-since", "HEAD"];
    let nothing = recorded(&world, &apply);
    assert_eq!((nothing.ending, world.traffic().len()), (Ending::Fine, 0), "{}", nothing.err);
    world.write("tenants/bolt.yaml", tenant("bolt", "New"));
    let run = recorded(&world, &apply);
    assert_eq!(run.ending, Ending::Fine, "{}{}", run.out, run.err);
    assert_eq!(asked(&world), BTreeSet::from(["bolt".to_owned()]));
    assert!(world.traffic().iter().any(|exchange| exchange["method"] == "POST"));
}

/// A revision that is not here selects nothing: neither everything nor silence would be what was meant.
#[test]
fn an_unknown_revision_ends_the_run() {
    let world = world();
    let run = recorded(&world, &["plan", "--changed-since", "nowhere"]);
    assert_eq!(run.ending, Ending::Error);
    assert_eq!(
        run.err,
        "error[failed]: `--changed-since nowhere`: git has no revision `nowhere`\n |\n\
         help: name a revision that this checkout has, e.g. `origin/main`; a shallow checkout may lack it\n\n"
    );
    assert_eq!(world.traffic().len(), 0);
}

/// A checkout of one commit does not know where its branch left the base. What others have merged there since would count as a
/// change of the branch, and a plan would take it back: that is no answer. Of the commit that it was made from it is known.
#[test]
fn a_checkout_without_history_ends_the_run() {
    let origin = world();
    origin.git(&["branch", "base"]);
    origin.git(&["checkout", "-q", "-b", "mine"]);
    origin.write("tenants/acme.yaml", tenant("acme", "New"));
    origin.git(&["commit", "-q", "-a", "-m", "mine"]);
    origin.git(&["branch", "start", "mine~1"]);
    origin.git(&["checkout", "-q", "base"]);
    origin.write("tenants/bolt.yaml", tenant("bolt", "New"));
    origin.git(&["commit", "-q", "-a", "-m", "theirs"]);
    let url = format!("file://{}", origin.root().display());
    for (depth, since, expected) in [
        ("1", "base", Err("where this branch left it is not known, for this checkout lacks the history")),
        ("1", "start", Ok("acme")),
        ("9", "base", Ok("acme")),
    ] {
        let clone = Workspace::default();
        clone.git(&["clone", "-q", "--depth", depth, "--branch", "mine", "--no-single-branch", &url, "."]);
        let since = format!("origin/{since}");
        let run = clone.run(&["plan", "--sandbox", "--changed-since", &since]);
        match expected {
            Ok(tenant) => {
                assert_eq!(run.ending, Ending::Fine, "{depth} {since}: {}", run.err);
                let planned: Vec<&str> =
                    ACCOUNTS.into_iter().filter(|it| run.out.contains(&format!("{it} on "))).collect();
                assert_eq!(planned, [tenant], "{depth} {since}: {}", run.out);
            }
            Err(why) => {
                assert_eq!(run.ending, Ending::Error, "{depth} {since}: {}", run.out);
                let said = format!(
                    "error[failed]: `--changed-since {since}`: {why}\n |\nhelp: check out the history as well, e.g. with \
                     `fetch-depth: 0`, or `git fetch --unshallow`\n"
                );
                assert!(run.err.contains(&said), "{}", run.err);
            }
        }
    }
}

/// Where there is no repository no revision helps.
#[test]
fn without_a_repository_no_revision_is_asked_for() {
    let workspace = Workspace::quickstart();
    std::fs::remove_dir_all(workspace.path(".git")).ok();
    for option in ["--base", "--changed-since"] {
        let run = workspace.run(&["plan", "--sandbox", option, "HEAD"]);
        let help = "help: run it in a checkout of the repository, or leave the option out";
        assert!(run.err.lines().any(|line| line == help), "{option}: {}", run.err);
    }
}

/// `--tenant` and `--only` cut what is read as well, down to the lists that what is selected may depend on.
#[test]
fn what_is_not_selected_is_not_read() {
    let paths = |arguments: &[&str]| {
        let world = world();
        let body = "forwards: { \"+12145550100\": { to: \"+19725550111\" } }\nrules: { \"101\": { ring_timeout: 30 } }\n";
        world.write("tenants/acme.yaml", format!("{}{body}", tenant("acme", "Old")));
        let mut all = vec!["plan"];
        all.extend(arguments);
        let run = recorded(&world, &all);
        assert_eq!(run.ending, Ending::Fine, "{}", run.err);
        let paths = world.traffic();
        let mut paths: Vec<String> = paths
            .iter()
            .map(|it| {
                it["path"].as_str().unwrap().replace("/ns-api/v2/domains/", "").replace(".1.service", "")
            })
            .collect();
        paths.sort();
        (asked(&world), paths)
    };
    let (all, whole) = paths(&[]);
    assert_eq!(all.len(), 3);
    let (acme, one) = paths(&["--tenant", "ac*"]);
    assert_eq!(acme, BTreeSet::from(["acme".to_owned()]));
    assert!(one.len() < whole.len());
    let (_, forward) = paths(&["--only", "forwards.*", "--tenant", "acme"]);
    // The extension's rules are one request each; lists that nothing of it depends on are left out as well.
    let lists =
        ["acme", "acme/agents", "acme/callqueues", "acme/phonenumbers", "acme/timeframes", "acme/users"];
    assert_eq!(forward, ["/_carrier/v1/numbers"], "forwards need the carrier alone");
    // Whether a forward is on is said in every plan.
    let (_, rules) = paths(&["--only", "rules.*", "--tenant", "acme"]);
    assert_eq!(rules, [&["/_carrier/v1/numbers"], &lists[..], &["acme/users/101/answerrules"]].concat());
    assert_eq!(one, rules);
}

const HOURS: &str = r#"
domain: { time-zone: US/Central }
users:
  - user: "101"
    answerrules:
      - { time-frame: office, simultaneous-ring: { enabled: yes, parameters: ["<OwnDevices>"] } }
      - { time-frame: "*", forward-always: { enabled: yes, parameters: ["102"] } }
  - { user: "102", answerrules: [{ time-frame: "*", forward-no-answer: { enabled: yes, parameters: ["vmail_102"] } }] }
  - { user: "103", answerrules: [{ time-frame: "*", forward-always: { enabled: yes, parameters: ["vmail_103"] } }] }
phonenumbers:
  - { phonenumber: "12145550101", dial-rule-application: to-user-residential, dial-rule-translation-destination-user: "101" }
timeframes:
  - timeframe-name: office
    timeframe-type: days-of-week
    timeframe-days-of-week-array: [{ timeframe-recurrence-type: weekly, timeframe-recurrence-begin-date: "20220103", timeframe-recurrence-end-option: never, timeframe-weekly-monday-begin-time-1: "0800", timeframe-weekly-monday-end-time-1: "1700" }]
"#;

/// A small run asked for all that any rule in the files leads to, which was more than a whole plan asks for.
#[test]
fn a_small_run_reads_no_more_than_a_whole_one() {
    let world = World::new(&colleagues(""));
    world.write("live/pbx/acme.1.service.yaml", live_colleagues(20));
    let requests = |only: &[&str]| {
        let _ = std::fs::remove_file(world.path("traffic.jsonl"));
        let done = recorded(&world, &[&["plan"], only].concat());
        assert_eq!(done.ending, Ending::Fine, "{}{}", done.out, done.err);
        world.traffic().len()
    };
    let whole = requests(&[]);
    for (only, most) in [("numbers.*", 15), ("rules.1001", 20), ("rules.1019", 20), ("schedules.*", whole)] {
        let small = requests(&["--only", only]);
        let paths: Vec<String> = world.traffic().iter().map(|it| it["path"].to_string()).collect();
        assert!(small <= most.min(whole), "{only}: {small} requests, {whole} for all: {paths:#?}");
    }
}

/// One neighbour that has left, or cannot be read, took all that was read beside it along, and a circle was written without a word.
#[test]
fn one_that_cannot_be_read_hides_no_circle() {
    for users in [19, 20] {
        let world = World::new(&colleagues(
            "\n  \"1001\": { order: [{ when: default, forward: { always: { extension: \"1002\" } } }] }",
        ));
        let back = live_colleagues(users).replace(
            "{ user: \"1002\" }",
            "{ user: \"1002\", answerrules: [{ time-frame: \"*\", forward-always: { enabled: yes, parameters: [\"1001\"] } }] }",
        );
        world.write("live/pbx/acme.1.service.yaml", &back);
        let plan = world.run(&["plan", "--only", "rules.1001"]);
        assert!(plan.out.contains("error[divert-loop]"), "{users}: {}{}", plan.out, plan.err);
        let applied = world.run(&["apply", "--auto-approve", "--only", "rules.1001"]);
        assert_eq!(applied.ending, Ending::Refused, "{}{}", applied.out, applied.err);
    }
}

/// What `bulk` switches counts in a small run as well: a circle that closes through a rule which it switches on, or that goes on
/// beneath one which it puts on top, was written without a word.
#[test]
fn what_bulk_switches_closes_a_circle_in_a_small_run() {
    let on = "answerrules: [{ time-frame: office, enabled: \"no\", forward-always: { enabled: yes, parameters: [\"1001\"] } }, { time-frame: \"*\" }]";
    let below =
        "answerrules: [{ time-frame: \"*\", forward-always: { enabled: yes, parameters: [\"1001\"] } }]";
    let top = "extensions: [\"1002\"], enabled: true, rule: { forward: { always: voicemail } }";
    for (rules, bulk, only, is_circle) in [
        (on, "extensions: all, enabled: true", "rules.*", true),
        (on, "extensions: [\"1002\"], enabled: true", "rules.*", true),
        (below, top, "rules.*", true),
        // What it is not about stays switched off.
        (on, "extensions: [\"1002\"], enabled: true", "rules.1001", false),
    ] {
        let world = World::new(&format!(
            "time_zone: America/Chicago\nschedules: {{ office: {{}} }}\nrules: {{ \"1001\": {{ order: [{{ when: default, forward: {{ always: {{ \
             extension: \"1002\" }} }} }}] }} }}\nbulk: [{{ schedule: office, {bulk} }}]\n"
        ));
        let live =
            live_colleagues(3).replace("{ user: \"1002\" }", &format!("{{ user: \"1002\", {rules} }}"));
        world.write("live/pbx/acme.1.service.yaml", live);
        let plan = world.run(&["plan", "--only", only]);
        let said = format!("{}{}", plan.out, plan.err);
        assert_eq!(said.contains("error[divert-loop]"), is_circle, "{bulk} {only}: {said}");
    }
}

/// Twenty extensions, each of which sends its calls to the next where nobody answers.
fn colleagues(first: &str) -> String {
    let rule = |at: usize| {
        format!(
            "\n  \"{}\": {{ order: [{{ when: default, forward: {{ no_answer: {{ extension: \"{}\" }} }} }}] }}",
            1000 + at,
            1001 + at
        )
    };
    let from = if first.is_empty() { 1 } else { 2 };
    let rules: String = (from..20).map(rule).collect();
    format!(
        "time_zone: America/Chicago\nschedules: {{ office: {{ weekly: {{ mon: [\"08:00-16:00\"] }} }} }}\nnumbers: {{ \"+12145550101\": {{ label: Main }} }}\nrules:{first}{rules}\n"
    )
}

fn live_colleagues(users: usize) -> String {
    let user = |at: usize| format!("  - {{ user: \"{}\" }}\n", 1000 + at);
    let users: String = (1..=users).map(user).collect();
    let (_, rest) = HOURS.split_once("phonenumbers:").unwrap();
    format!(
        "domain: {{ time-zone: US/Central }}\nusers:\n{users}phonenumbers:{}",
        rest.replace("user: \"101\"", "user: \"1001\"")
    )
}

/// A number leads on over an extension that no file declares, as "Inbound Routing" is one: what its callers notice of a change behind
/// that was in no sentence. Where nothing changes there, nobody asks for its rules.
#[test]
fn callers_of_a_number_are_followed_over_what_no_file_declares() {
    let live = r#"
domain: { time-zone: US/Central }
users:
  - { user: "101" }
  - { user: "103" }
  - { user: "200", answerrules: [{ time-frame: "*", forward-always: { enabled: "yes", parameters: ["queue_400"] } }] }
  - { user: "400", service-code: system-queue, answerrules: [{ time-frame: "*", forward-always: { enabled: "yes", parameters: ["queue_400"] } }] }
callqueues: [{ callqueue: "400", description: Reception, callqueue-dispatch-type: Ring All, agents: [{ callqueue-agent-id: 101@acme.1.service, ordinal-order: 1 }] }]
phonenumbers: [{ phonenumber: "12145550102", dial-rule-application: to-user-residential, dial-rule-translation-destination-user: "200", dial-rule-description: Ben }]
"#;
    for (declared, is_told) in [
        ("label: Ben } }\nqueues: { \"400\": { agents: [\"103\"] } }", true),
        ("label: Ben, route: { extension: \"200\" } } }\nqueues: { \"400\": { agents: [\"103\"] } }", true),
        ("label: Main } }\nqueues: { \"400\": { agents: [\"101\"] } }", false),
    ] {
        let world = World::new(&format!("numbers: {{ \"+12145550102\": {{ {declared}\n"));
        world.write("live/pbx/acme.1.service.yaml", live);
        let plan = recorded(&world, &["plan"]);
        let told = plan.out.lines().any(|line| line.trim().starts_with("Calls to Ben (+1 214 555 0102)"));
        assert_eq!(told, is_told, "{declared}: {}{}", plan.out, plan.err);
        let asked =
            world.traffic().iter().any(|it| it["path"].to_string().contains("/users/200/answerrules"));
        assert_eq!(asked, is_told, "{declared}");
    }
}

/// With `--only schedules.office` a plan said that callers notice nothing of other hours, as the rules that go by them were not
/// read; and what the files have of the next extension was "not known" because the run is not about it. A change is told the
/// same however small the run about it is, and so is its way back.
#[test]
fn what_callers_notice_does_not_depend_on_what_a_run_is_about() {
    let declared = |hours: &str, after: &str| {
        format!(
            "time_zone: America/Chicago\nnumbers: {{ \"+12145550101\": {{ route: {{ extension: \"101\" }} }} }}\nschedules: {{ office: {{ weekly: \
             {{ mon: [\"{hours}\"] }} }} }}\nrules:\n  \"101\": {{ order: [{{ when: office }}, {{ when: default, forward: {{ \
             always: {{ extension: \"{after}\" }} }} }}] }}\n  \"102\": {{ order: [{{ when: default, forward: {{ no_answer: voicemail \
             }} }}] }}\n  \"103\": {{ order: [{{ when: default, forward: {{ always: voicemail }} }}] }}\n"
        )
    };
    let sentences = |done: &Finished| -> Vec<String> {
        let told = done.out.lines().map(str::trim).filter(|line| line.starts_with("Calls to "));
        told.map(str::to_owned).collect()
    };
    for (hours, after, only, told) in [
        (
            "08:00-16:00",
            "102",
            "schedules.*",
            "on Mondays 16:00-17:00 now ring 102 for 25 s, then go to voicemail 102; they rang 101 for 25 s",
        ),
        ("08:00-17:00", "103", "rules.101", "now go to voicemail 103; they rang 102 for 25 s"),
    ] {
        let world = World::new(&declared(hours, after));
        world.write("live/pbx/acme.1.service.yaml", HOURS);
        let whole = world.run(&["plan"]);
        let small = world.run(&["plan", "--only", only]);
        let said = sentences(&whole);
        assert!(said.iter().any(|it| it.contains(told)), "{}{}", whole.out, whole.err);
        assert_eq!(sentences(&small), said, "{only}: {}{}", small.out, small.err);
        assert!(small.out.contains("callers notice  ") && !small.out.contains("cosmetic"), "{}", small.out);
        let applied = world.run(&["apply", "--auto-approve", "--only", only]);
        assert_eq!(applied.ending, Ending::Fine, "{}{}", applied.out, applied.err);
        assert_eq!(sentences(&applied)[..said.len()], said[..], "{}", applied.out);
        let restores = world.path(".dialform/restore");
        let file = std::fs::read_dir(restores).unwrap().next().unwrap().unwrap().path();
        let back = world.run(&["plan", "--restore", file.to_str().unwrap()]);
        assert_eq!(sentences(&back).len(), said.len(), "{}{}", back.out, back.err);
        assert!(!back.out.contains("nothing is known"), "{}", back.out);
    }
}
