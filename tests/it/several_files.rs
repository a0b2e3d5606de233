//! A tenant that is written in several files says what it would say in one.

use crate::{
    workspace::Workspace,
    world::{LIVE, STRATUS, World},
};
use dialform::error::Ending;
use serde_json::{Value, json};

const HEAD: &str = "tenant: acme\nprovider: pbx\naccount: acme.1.service\n";
const SCHEDULES: &str =
    "schedules:\n  night: { dates: [\"2027-01-15\"] }\n  day: { weekly: { mon: [\"08:00-12:00\"] } }\n";
const QUEUES: &str = "queues:\n  \"400\":\n    name: Front\n    agents: [\"101\"]\n";
const NUMBERS: &str = "numbers:\n  \"+12145550100\": { route: { queue: \"400\" } }\n";
const MORE: &str = "numbers:\n  \"+12145550101\": { route: { extension: \"101\" } }\n";

/// A workspace in which a tenant may have a directory, with these files below `tenants/`.
fn world(files: &[(&str, String)]) -> World {
    let world = World::new("");
    std::fs::remove_dir_all(world.path("tenants")).unwrap();
    let live = LIVE.replace("carrier:", "carrier_unused:");
    let more = "{ phonenumber: \"12145550101\", dial-rule-application: to-user-residential, dial-rule-translation-destination-user: \"102\" }";
    let live =
        live.replace("destination-user: \"101\" }]", &format!("destination-user: \"101\" }}, {more}]"));
    let live = live.lines().filter(|line| !line.starts_with("carrier_unused")).collect::<Vec<_>>().join("\n");
    world.write("live/pbx/acme.1.service.yaml", live);
    world.edit("dialform.yaml", "tenants/*.yaml", "tenants/**/*.yaml");
    for (name, text) in files {
        world.write(&format!("tenants/{name}"), text);
    }
    world
}

fn several() -> World {
    let part = |text: &str| format!("tenant: acme\n{text}");
    world(&[
        ("acme/tenant.yaml", HEAD.to_owned()),
        ("acme/schedules.yaml", part(SCHEDULES)),
        ("acme/queues.yaml", part(QUEUES)),
        ("acme/numbers.yaml", part(NUMBERS)),
        ("acme/branch.yaml", part(MORE)),
    ])
}

/// The plan is the same to the digest, and each object is pointed to where it stands.
#[test]
fn they_are_planned_as_one() {
    let one = world(&[(
        "acme.yaml",
        format!("{HEAD}{SCHEDULES}{QUEUES}{NUMBERS}{}", MORE.trim_start_matches("numbers:\n")),
    )]);
    let several = several();
    let plan = |world: &World| -> Value {
        let done = world.run(&["plan", "--format", "json"]);
        assert_eq!(done.ending, Ending::Fine, "{}{}", done.out, done.err);
        serde_json::from_str(&done.out).unwrap()
    };
    let (one, planned) = (plan(&one), plan(&several));
    assert_eq!(one["digest"], planned["digest"]);
    let steps = planned["tenants"][0]["steps"].as_array().unwrap();
    let places: Vec<String> = steps
        .iter()
        .map(|step| {
            let at = &step["source"];
            format!("{} {}:{}", step["address"].as_str().unwrap(), at["file"].as_str().unwrap(), at["line"])
        })
        .collect();
    assert_eq!(
        places,
        [
            "schedules.day tenants/acme/schedules.yaml:4",
            "schedules.night tenants/acme/schedules.yaml:3",
            "queues.400 tenants/acme/queues.yaml:3",
            "numbers.+12145550100 tenants/acme/numbers.yaml:3",
            "numbers.+12145550101 tenants/acme/branch.yaml:3",
        ]
    );
    let out = of_files(&several, &["who-points-to", "queue:400"]);
    assert!(out.contains("tenants/acme/numbers.yaml:3"), "{out}");
    let out = of_files(&several, &["export", "--format", "csv"]);
    assert!(
        out.contains("\"tenants/acme/branch.yaml:3\"") || out.contains("tenants/acme/branch.yaml"),
        "{out}"
    );
    let out = of_files(&several, &["show", "acme"]);
    assert!(out.contains("tenants/acme/queues.yaml:4"), "{out}");
    // All of them have one form.
    let out = of_files(&several, &["fmt", "--sort", "--check"]);
    assert_eq!(
        out,
        "dialform.yaml: has another form; `dialform fmt --sort` writes it\n\
         tenants/acme/schedules.yaml: has another form; `dialform fmt --sort` writes it\n"
    );
}

/// What a command says of the files alone.
fn of_files(world: &World, arguments: &[&str]) -> String {
    let workspace: &Workspace = world;
    let done = workspace.run(arguments);
    done.out + &done.err
}

/// Whatever two files could mean together is said with both places, and nothing is planned from a part of a tenant.
#[test]
fn what_does_not_fit_together_is_said() {
    let main = || ("acme/tenant.yaml", HEAD.to_owned());
    let part = |name: &'static str, text: &str| (name, format!("tenant: acme\n{text}"));
    let table = [
        (
            "an object in two files",
            vec![main(), part("acme/a.yaml", QUEUES), part("acme/b.yaml", QUEUES)],
            "error[object-twice]: `queues.400` is declared in another file too\n \
             --> tenants/acme/b.yaml:3:3\n--> tenants/acme/a.yaml:3:3\nhelp: take it out of one of the two",
        ),
        (
            "one in the main file and in another",
            vec![("acme/tenant.yaml", format!("{HEAD}{QUEUES}")), part("acme/a.yaml", QUEUES)],
            "error[object-twice]: `queues.400` is declared in another file too\n \
             --> tenants/acme/a.yaml:3:3\n--> tenants/acme/tenant.yaml:5:3\nhelp: take it out of one of the two",
        ),
        (
            "no main file",
            vec![part("acme/a.yaml", QUEUES), ("other.yaml", HEAD.replace("acme\n", "acne\n"))],
            "error[no-main-file]: no file has `provider` and `account` of tenant `acme`\n \
             --> tenants/acme/a.yaml:1:9\nhelp: one file of a tenant has both of them (or `extends`), and the others `tenant` \
             and sections: add them here, or to a file beside this one; did you mean `tenant: acne`?",
        ),
        (
            "the head in another file",
            vec![main(), part("acme/a.yaml", "labels: [x]\ntime_zone: UTC\n")],
            "error[not-in-main-file]: `labels` is said in the main file of a tenant\n \
             --> tenants/acme/a.yaml:2:1\n--> tenants/acme/tenant.yaml:1:1\nhelp: move it to `tenants/acme/tenant.yaml`; this file \
             has sections of objects alone\n\
             error[not-in-main-file]: `time_zone` is said in the main file of a tenant\n \
             --> tenants/acme/a.yaml:3:1\n--> tenants/acme/tenant.yaml:1:1\nhelp: move it to `tenants/acme/tenant.yaml`; this file \
             has sections of objects alone",
        ),
        (
            "two main files",
            vec![main(), ("acme/two.yaml", HEAD.to_owned()), part("acme/z.yaml", QUEUES)],
            "error[duplicate-tenant]: tenant `acme` is already defined in tenants/acme/tenant.yaml:1\n \
             --> tenants/acme/two.yaml:1:9\nhelp: rename one of them, or join the files",
        ),
        (
            "`bulk` in two files",
            vec![
                main(),
                part("acme/a.yaml", "bulk: [{ schedule: night, extensions: all, enabled: true }]\n"),
                part("acme/b.yaml", "bulk: [{ schedule: night, extensions: all, enabled: true }]\n"),
                part("acme/c.yaml", SCHEDULES),
            ],
            "error[section-twice]: `bulk` stands in two files, and its order means something\n \
             --> tenants/acme/b.yaml:2:1\n--> tenants/acme/a.yaml:2:1\nhelp: put all of it into one of them",
        ),
        (
            "a section that is no map",
            vec![main(), part("acme/a.yaml", QUEUES), part("acme/b.yaml", "queues: [x]\n")],
            "error[section-twice]: `queues` stands in two files, and is not a map in both\n \
             --> tenants/acme/b.yaml:2:1\n--> tenants/acme/a.yaml:2:1\nhelp: write each entry on a line of its own below it",
        ),
        (
            "a key that nobody knows",
            vec![main(), part("acme/a.yaml", "queus: {}\n")],
            "error[unknown-key]: unknown key `queus`\n --> tenants/acme/a.yaml:2:1\nhelp: did you mean `queues`?",
        ),
        (
            "a part of something unreadable is no news",
            vec![("acme/tenant.yaml", "tenant: [".to_owned()), part("acme/a.yaml", QUEUES)],
            "error[syntax]: this `[` is not closed\n --> tenants/acme/tenant.yaml:1:9\nhelp: close it with `]`, and put a comma between its parts",
        ),
    ];
    let mut wrong = Vec::new();
    for (what, files, expected) in table {
        let found = world(&files).check();
        let found = found.err + &found.out;
        let lines = found.lines().map(str::trim_end).filter(|line| {
            let line = line.trim_start();
            ["error", "-->", "help:"].iter().any(|start| line.starts_with(start))
        });
        let lines: Vec<String> = lines.map(|line| line.trim_start().to_owned()).collect();
        let expected: Vec<&str> = expected.lines().map(str::trim_start).collect();
        if lines.iter().map(String::as_str).ne(expected.iter().copied()) {
            wrong.push(format!("{what}:\n{}\n--\n{}\n", lines.join("\n"), found));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// A new account becomes a file for each section, which a second import adds to and `--write` changes where an object stands.
#[test]
fn an_account_is_imported_into_several() {
    let world = world(&[]);
    let done = world.run(&["import", "--account", STRATUS.account, "--split"]);
    assert_eq!(done.ending, Ending::Fine, "{}{}", done.out, done.err);
    assert_eq!(
        done.out,
        "acme (acme.1.service): tenants/acme/tenant.yaml\n  new\n  schedules  1 live: 1 declared\n  \
         rules      2 live: 2 declared\n  numbers    2 live: 2 declared\n1 finding of what was live already: see .dialform-baseline.yaml\n"
    );
    assert_eq!(world.read("tenants/acme/tenant.yaml"), format!("{HEAD}time_zone: US/Eastern\n"));
    assert_eq!(
        world.read("tenants/acme/numbers.yaml"),
        "tenant: acme\n\nnumbers:\n  \"+12145550100\": { label: \"\", route: { extension: \"101\" } }\n  \
         \"+12145550101\": { label: \"\", route: { extension: \"102\" } }\n"
    );
    let plan = world.run(&["plan", "--detailed-exitcode"]);
    assert_eq!(plan.ending, Ending::Fine, "{}{}", plan.out, plan.err);

    let mut state = world.read_state();
    state["users"]["400"] = json!({ "user": "400", "service-code": "system-queue" });
    state["callqueues"]["400"] = json!({ "callqueue": "400", "description": "Reception" });
    state["phonenumbers"]["12145550102"] = state["phonenumbers"]["12145550100"].clone();
    state["phonenumbers"]["12145550102"]["phonenumber"] = "12145550102".into();
    state["phonenumbers"]["12145550101"]["dial-rule-translation-destination-user"] = "101".into();
    std::fs::write(world.state_file(), state.to_string()).unwrap();
    let before = world.read("tenants/acme/numbers.yaml");
    let done = world.run(&["import", "--account", STRATUS.account]);
    assert_eq!(done.ending, Ending::Fine, "{}{}", done.out, done.err);
    let added = format!("{before}  \"+12145550102\": {{ label: \"\", route: {{ extension: \"101\" }} }}\n");
    assert_eq!(world.read("tenants/acme/numbers.yaml"), added, "where the section is");
    assert!(
        world.read("tenants/acme/tenant.yaml").contains("\nqueues:\n  \"400\":\n"),
        "where there is none"
    );
    let done = world.run(&["import", "--account", STRATUS.account, "--only", "numbers.*", "--write"]);
    assert_eq!(done.ending, Ending::Fine, "{}{}", done.out, done.err);
    assert!(done.out.starts_with("acme (acme.1.service): tenants/acme/numbers.yaml\n"), "{}", done.out);
    let after = world.read("tenants/acme/numbers.yaml");
    assert_eq!(after, added.replace("extension: \"102\"", "extension: \"101\""));
    let plan = world.run(&["plan", "--detailed-exitcode"]);
    assert_eq!(plan.ending, Ending::Fine, "{}{}", plan.out, plan.err);
    let done = world.run(&["import", "--account", STRATUS.account, "--force"]);
    assert_eq!(done.ending, Ending::Error);
    assert!(done.out.contains("tenant `acme` has several files"), "{}", done.out);

    world.edit("dialform.yaml", "tenants/**/*.yaml", "tenants/*.yaml");
    let done = world.run(&["import", "--account", "other.2.service", "--split"]);
    assert_eq!(
        done.err,
        "error[failed]: no pattern in `tenants` of `dialform.yaml` matches a new file in `tenants/`\n |\n\
         help: a split tenant has a directory of its own: write `tenants: [\"tenants/**/*.yaml\"]`, or leave `--split` out\n\n"
    );
}

/// What was wrong before anybody wrote a file is known by its object, in whichever file that stands.
#[test]
fn a_known_finding_is_that_of_the_object() {
    let world = world(&[]);
    let live = world.read("live/pbx/acme.1.service.yaml");
    let rules = "{ user: \"101\", answerrules: [{ time-frame: gone, order: 1 }] }";
    world.write("live/pbx/acme.1.service.yaml", live.replace("{ user: \"101\" }", rules));
    let done = world.run(&["import", "--account", STRATUS.account, "--split"]);
    assert_eq!(done.ending, Ending::Fine, "{}{}", done.out, done.err);
    assert!(world.read(".dialform-baseline.yaml").contains("address: acme/rules.101"));
    assert_eq!(world.check().ending, Ending::Fine);
}

/// A change of any of its files is a change of the tenant, one that is taken away as well; and each object is compared with what
/// it was, wherever that stood.
#[test]
fn a_revision_is_compared_with_as_one() {
    let world = several();
    world.write(".gitignore", ".dialform/\n");
    world.write("tenants/zeta.yaml", HEAD.replace("acme", "zeta"));
    world.commit(&["."]);
    type Change = fn(&World);
    let table: [(&str, Change, &str); 4] = [
        ("nothing", |_| {}, ""),
        ("another file", |it| it.edit("tenants/acme/queues.yaml", "Front", "Back"), "acme"),
        (
            "a file taken away",
            |it| std::fs::remove_file(it.path("tenants/acme/branch.yaml")).unwrap(),
            "acme",
        ),
        (
            "a new file",
            |it| {
                it.write("tenants/acme/new.yaml", "tenant: acme\nrules: { \"101\": { ring_timeout: 25 } }\n")
            },
            "acme",
        ),
    ];
    for (what, change, expected) in table {
        world.git(&["checkout", "-q", "."]);
        world.git(&["clean", "-qfd", "tenants"]);
        change(&world);
        let plan = world.run(&["plan", "--changed-since", "HEAD", "--format", "json"]);
        assert_eq!(plan.ending, Ending::Fine, "{what}: {}{}", plan.out, plan.err);
        let plan: Value = serde_json::from_str(&plan.out).unwrap();
        let names: Vec<&str> =
            plan["tenants"].as_array().unwrap().iter().map(|it| it["tenant"].as_str().unwrap()).collect();
        assert_eq!(names.join(" "), expected, "{what}");
        let warnings = plan["findings"].as_array().into_iter().flatten();
        let warnings: Vec<&Value> = warnings.filter(|it| it["code"] == "changed-since").collect();
        assert!(warnings.is_empty(), "{what}: {warnings:?}");
    }
    // All in one file is no change of what is declared.
    world.git(&["checkout", "-q", "."]);
    world.git(&["clean", "-qfd", "tenants"]);
    std::fs::remove_dir_all(world.path("tenants/acme")).unwrap();
    let queues = QUEUES.replace("Front", "Back");
    world.write("tenants/acme.yaml", format!("{HEAD}{SCHEDULES}{queues}{NUMBERS}"));
    let plan = world.run(&["plan", "--base", "HEAD", "--format", "json", "--tenant", "acme"]);
    assert_eq!(plan.ending, Ending::Fine, "{}{}", plan.out, plan.err);
    let plan: Value = serde_json::from_str(&plan.out).unwrap();
    let steps = plan["tenants"][0]["steps"].as_array().unwrap();
    let reasons: Vec<String> =
        steps.iter().map(|step| format!("{} {}", step["address"], step["reason"]).replace('"', "")).collect();
    assert_eq!(
        reasons,
        ["schedules.day drift", "schedules.night drift", "queues.400 both", "numbers.+12145550100 drift"]
    );
}

/// What one file takes from a template or from shared schedules, all of them have.
#[test]
fn they_stand_over_one_template() {
    let world = several();
    world.edit("dialform.yaml", "tenants:", "shared: [shared.yaml]\ntenants:");
    world.write("shared.yaml", "schedules: { holidays: { yearly: [\"12-25\"] } }\n");
    world.write("office.yaml", "provider: pbx\nvars: { who: { type: extension } }\nqueues: { \"400\": { max_callers: 5 } }\nrules:\n  $(who): { order: [{ when: default }] }\n");
    world.write(
        "tenants/acme/tenant.yaml",
        "tenant: acme\naccount: acme.1.service\nextends: ../../office.yaml\nvars: { who: \"101\" }\n",
    );
    world.write(
        "tenants/acme/rules.yaml",
        "tenant: acme\nrules:\n  \"102\": { order: [{ when: shared/holidays }, { when: default }] }\n",
    );
    let out = of_files(&world, &["show", "acme"]);
    assert_eq!(out, SHOWN.trim_start());
}

const SHOWN: &str = r#"
tenant: acme             # tenants/acme/tenant.yaml:1
account: acme.1.service  # tenants/acme/tenant.yaml:2
numbers:                 # tenants/acme/branch.yaml:2
  "+12145550101":        # tenants/acme/branch.yaml:3
    route:               # tenants/acme/branch.yaml:3
      extension: "101"   # tenants/acme/branch.yaml:3
  "+12145550100":        # tenants/acme/numbers.yaml:3
    route:               # tenants/acme/numbers.yaml:3
      queue: "400"       # tenants/acme/numbers.yaml:3
queues:                  # tenants/acme/queues.yaml:2
  "400":                 # tenants/acme/queues.yaml:3
    name: Front          # tenants/acme/queues.yaml:4
    agents:              # tenants/acme/queues.yaml:5
      - "101"            # tenants/acme/queues.yaml:5
    max_callers: 5       # office.yaml:3
rules:                   # tenants/acme/rules.yaml:2
  "102":                 # tenants/acme/rules.yaml:3
    order:               # tenants/acme/rules.yaml:3
      - when: holidays   # tenants/acme/rules.yaml:3
      - when: default    # tenants/acme/rules.yaml:3
  "101":                 # office.yaml:5, tenants/acme/tenant.yaml:4
    order:               # office.yaml:5
      - when: default    # office.yaml:5
schedules:               # tenants/acme/schedules.yaml:2
  night:                 # tenants/acme/schedules.yaml:3
    dates:               # tenants/acme/schedules.yaml:3
      - "2027-01-15"     # tenants/acme/schedules.yaml:3
  day:                   # tenants/acme/schedules.yaml:4
    weekly:              # tenants/acme/schedules.yaml:4
      mon:               # tenants/acme/schedules.yaml:4
        - 08:00-12:00    # tenants/acme/schedules.yaml:4
  holidays:              # shared.yaml:1
    yearly:              # shared.yaml:1
      - 12-25            # shared.yaml:1
provider: pbx            # office.yaml:1
"#;
