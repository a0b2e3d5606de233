//! Many tenants from one template and shared schedules: what comes of it, where it is said to come from, and which tenants a
//! change of it is about.

use crate::world::{LIVE, World};
use dialform::error::Ending;
use std::ops::Deref;

const TEMPLATE: &str = r#"# What a small office has.
vars:
  main: { type: number }
  cell: { type: number }
  front: { type: extension, default: "101", pattern: "1[0-9]{2}" }
  rings: { type: integer, default: 25 }
provider: pbx
time_zone: US/Eastern
x-days: &days ["08:00-12:00", "13:00-17:00"]
schedules:
  open: { weekly: { mon-fri: *days } }
numbers:
  $(main): { label: Main line, route: { extension: $(front) } }
forwards:
  $(main): { to: $(cell), active: true }
rules:
  $(front):
    ring_timeout: $(rings)
    order:
      - when: shared/holidays
        do_not_disturb: true
      - when: open
        forward: { no_answer: voicemail }
"#;

const SHARED: &str = "schedules:\n  holidays: { dates: [\"2027-12-25\"] }\n";

fn tenant(name: &str, rest: &str) -> String {
    format!(
        "tenant: {name}\naccount: {name}.1.service\nextends: ../templates/office.yaml\nvars: {{ main: \"+12145550100\", cell: \"+19725550199\" }}\n{rest}"
    )
}

/// One tenant that is all template, one that adds a day, and one that has nothing to do with either.
fn world() -> World {
    let world = World::new("");
    world.write("dialform.yaml", format!("{}shared: [\"shared/*.yaml\"]\n", world.workspace()));
    world.write("templates/office.yaml", TEMPLATE);
    world.write("shared/days.yaml", SHARED);
    world.write("tenants/acme.yaml", tenant("acme", "labels: [pilot, dallas]\n"));
    let bolt =
        "without: [forwards]\nschedules:\n  holidays: { use: [shared/holidays], dates: [\"2027-12-31\"] }\n";
    let bolt = tenant("bolt", bolt).replace("+12145550100", "+12145550101");
    world.write("tenants/bolt.yaml", bolt);
    let coil = "tenant: coil\nprovider: pbx\naccount: coil.1.service\nlabels: [dallas-2]\nrules: { \"101\": { ring_timeout: 30 } }\n";
    world.write("tenants/coil.yaml", coil);
    for name in ["bolt", "coil"] {
        let live = LIVE.replace("acme.1.service", &format!("{name}.1.service"));
        let live = live.replace("2145550100", "2145550101");
        world.write(&format!("live/pbx/{name}.1.service.yaml"), live);
    }
    world.write(".gitignore", ".dialform/\n");
    world.commit(&["."]);
    world
}

/// The tenants of a plan.
fn planned(text: &str) -> Vec<&str> {
    let heads = text.lines().filter_map(|line| line.split_once(" on pbx, account "));
    heads.map(|(name, _)| name).collect()
}

/// What a command that asks no phone system prints.
fn out(world: &World, arguments: &[&str]) -> String {
    let run = world.deref().run(arguments);
    assert_eq!(run.ending, Ending::Fine, "{}", run.err);
    run.out
}

/// Where each step of a plan is declared.
fn sources(text: &str) -> Vec<String> {
    let steps = text.lines().filter(|line| ["  + ", "  ~ "].iter().any(|sign| line.starts_with(sign)));
    steps
        .map(|line| {
            line.split_whitespace().skip(1).filter(|it| it.contains(['.', ':'])).collect::<Vec<_>>().join(" ")
        })
        .collect()
}

/// A reviewer follows a step to the line that is to be changed: that of the template, or the tenant's own.
#[test]
fn a_plan_names_both_files() {
    let world = world();
    let run = world.run(&["plan", "--tenant", "[ab]*"]);
    assert_eq!(run.ending, Ending::Fine, "{}", run.err);
    let expected = [
        "schedules.holidays shared/days.yaml:2 (tenants/acme.yaml:3)",
        "schedules.open templates/office.yaml:11 (tenants/acme.yaml:3)",
        "rules.101 templates/office.yaml:17 (tenants/acme.yaml:3)",
        "numbers.+12145550100 templates/office.yaml:13 (tenants/acme.yaml:4)",
        "schedules.holidays tenants/bolt.yaml:7",
        "schedules.open templates/office.yaml:11 (tenants/bolt.yaml:3)",
        "rules.101 templates/office.yaml:17 (tenants/bolt.yaml:3)",
        "numbers.+12145550101 templates/office.yaml:13 (tenants/bolt.yaml:4)",
    ];
    assert_eq!(sources(&run.out), expected, "{}", run.out);
    let days: Vec<&str> = run.out.lines().filter(|line| line.contains("+ dates")).map(str::trim).collect();
    assert_eq!(days, ["+ dates: [\"2027-12-25\"]", "+ dates: [\"2027-12-25\", \"2027-12-31\"]"]);
    let markdown = world.run(&["plan", "--tenant", "acme", "--format", "markdown"]).out;
    assert!(markdown.contains("`templates/office.yaml:11 (tenants/acme.yaml:3)`"), "{markdown}");
    let json = world.run(&["plan", "--tenant", "acme", "--format", "json"]).out;
    let plan: serde_json::Value = serde_json::from_str(&json).unwrap();
    let source = &plan["tenants"][0]["steps"][0]["source"];
    let also = serde_json::json!({ "file": "tenants/acme.yaml", "line": 3 });
    assert_eq!(*source, serde_json::json!({ "file": "shared/days.yaml", "line": 2, "also": also }));
    // Applied, it is what was declared.
    assert_eq!(world.run(&["apply", "--auto-approve"]).ending, Ending::Fine);
    let again = world.run(&["plan"]);
    assert!(again.out.contains("No changes. 3 tenants are as declared."), "{}", again.out);
}

/// A finding about a value shows the line of the template and the one of the tenant: either may be the wrong one.
#[test]
fn a_finding_shows_both_files() {
    let world = world();
    world.edit("tenants/bolt.yaml", "cell: \"+19725550199\"", "cell: \"+12145550101\"");
    world.edit("tenants/bolt.yaml", "without: [forwards]\n", "");
    let run = world.check();
    assert_eq!(run.ending, Ending::Error);
    let expected = "error[self-reference]: ";
    assert!(run.err.starts_with(expected), "{}", run.err);
    let shown: Vec<&str> = run
        .err
        .lines()
        .filter(|line| line.contains("--> ") || line.contains("note"))
        .map(str::trim)
        .collect();
    assert_eq!(
        shown,
        [
            "--> templates/office.yaml:15:18",
            "note: together with what stands here",
            "--> tenants/bolt.yaml:4:37"
        ],
        "{}",
        run.err
    );
}

/// What a tenant comes to has to be readable without running a merge in one's head; as a file of its own it says the same.
#[test]
fn show_prints_the_result_with_the_origin_of_each_line() {
    let world = world();
    let shown = out(&world, &["show", "bolt"]);
    let expected = r#"tenant: bolt                    # tenants/bolt.yaml:1
account: bolt.1.service         # tenants/bolt.yaml:2
schedules:                      # tenants/bolt.yaml:6
  holidays:                     # tenants/bolt.yaml:7
    dates:                      # tenants/bolt.yaml:7
      - "2027-12-31"            # tenants/bolt.yaml:7
      - "2027-12-25"            # shared/days.yaml:2
  open:                         # templates/office.yaml:11
    weekly:                     # templates/office.yaml:11
      mon-fri:                  # templates/office.yaml:11
        - 08:00-12:00           # templates/office.yaml:9
        - 13:00-17:00           # templates/office.yaml:9
provider: pbx                   # templates/office.yaml:7
time_zone: US/Eastern           # templates/office.yaml:8
numbers:                        # templates/office.yaml:12
  "+12145550101":               # templates/office.yaml:13, tenants/bolt.yaml:4
    label: Main line            # templates/office.yaml:13
    route:                      # templates/office.yaml:13
      extension: "101"          # templates/office.yaml:13, templates/office.yaml:5
rules:                          # templates/office.yaml:16
  "101":                        # templates/office.yaml:17, templates/office.yaml:5
    ring_timeout: 25            # templates/office.yaml:18, templates/office.yaml:6
    order:                      # templates/office.yaml:19
      - when: holidays          # templates/office.yaml:20
        do_not_disturb: true    # templates/office.yaml:21
      - when: open              # templates/office.yaml:22
        forward:                # templates/office.yaml:23
          no_answer: voicemail  # templates/office.yaml:23
"#;
    assert_eq!(shown, expected);
    let plan = |world: &World| world.run(&["plan", "--tenant", "bolt", "--format", "json"]).out;
    let steps = |text: &str| {
        let plan: serde_json::Value = serde_json::from_str(text).unwrap();
        let steps = plan["tenants"][0]["steps"].as_array().unwrap().clone();
        steps.into_iter().map(|it| (it["address"].clone(), it["after"].clone())).collect::<Vec<_>>()
    };
    let before = steps(&plan(&world));
    world.write("tenants/bolt.yaml", shown);
    assert_eq!(steps(&plan(&world)), before);
    assert_eq!(before.len(), 4);

    let json = out(&world, &["show", "acme", "--format", "json"]);
    let json: serde_json::Value = serde_json::from_str(&json).unwrap();
    assert_eq!(
        json["lines"][0],
        serde_json::json!({ "text": "tenant: acme", "from": [{ "file": "tenants/acme.yaml", "line": 1 }] })
    );
    let wrong = world.deref().run(&["show", "acne"]);
    assert_eq!(wrong.err, "error[failed]: there is no tenant `acne`\n |\nhelp: did you mean `acme`?\n\n");
}

/// A change of what tenants share is a change of each that uses it, and of no other.
#[test]
fn what_is_shared_changes_those_that_use_it() {
    type Change = fn(&World);
    let cases: [(&str, Change, &[&str]); 6] = [
        ("nothing", |_| {}, &[]),
        (
            "the template",
            |w| w.edit("templates/office.yaml", "default: 25", "default: 30"),
            &["acme", "bolt"],
        ),
        ("the shared schedule", |w| w.edit("shared/days.yaml", "12-25", "12-24"), &["acme", "bolt"]),
        ("a tenant", |w| w.edit("tenants/acme.yaml", "pilot, ", ""), &["acme"]),
        (
            "another file of shared schedules, which nobody uses",
            |w| w.write("shared/more.yaml", "schedules: { storm: {} }\n"),
            &[],
        ),
        (
            "another file of shared schedules, which was there",
            |w| {
                w.write("other/days.yaml", SHARED.replace("12-25", "12-24"));
                w.git(&["add", "."]);
                w.git(&["commit", "-qm", "aside"]);
                w.edit("dialform.yaml", "shared/*.yaml", "other/*.yaml");
            },
            &["acme", "bolt"],
        ),
    ];
    for (name, change, wanted) in cases {
        let world = world();
        change(&world);
        let run = world.run(&["plan", "--changed-since", "HEAD"]);
        assert_eq!(run.ending, Ending::Fine, "{name}: {}", run.err);
        assert_eq!(planned(&run.out), wanted, "{name}: {}", run.out);
    }
}

/// The base is what the files said then, with the template and the shared days of then.
#[test]
fn the_base_has_its_own_template() {
    let world = world();
    assert_eq!(world.run(&["apply", "--auto-approve"]).ending, Ending::Fine);
    world.edit("templates/office.yaml", "default: 25", "default: 30");
    world.edit("shared/days.yaml", "12-25", "12-24");
    let run = world.run(&["plan", "--base", "HEAD", "--tenant", "acme"]);
    assert_eq!(run.ending, Ending::Fine, "{}", run.err);
    let lines: Vec<&str> = run.out.lines().filter(|line| line.contains("->")).map(str::trim).collect();
    assert_eq!(
        lines,
        ["dates: [\"2027-12-25\"] -> [\"2027-12-24\"]", "ring_timeout: 25 -> 30"],
        "{}",
        run.out
    );
    assert_eq!(run.out.matches(", files changed").count(), 2, "{}", run.out);
    // A template that could not be read then is said once, and no obstacle.
    world.write("templates/office.yaml", "queues: [\n");
    world.git(&["commit", "-qam", "broken"]);
    world.git(&["checkout", "-q", "HEAD~1", "templates"]);
    let run = world.run(&["plan", "--base", "HEAD", "--tenant", "acme"]);
    let said: Vec<&str> = run.out.lines().filter(|line| line.starts_with("warning[base]")).collect();
    assert_eq!(said.len(), 1, "{}", run.out);
    assert!(said[0].contains("at `HEAD`: "), "{said:?}");
}

/// A change of the template goes to a few first.
#[test]
fn labels_select_tenants() {
    let world = world();
    for (pattern, wanted) in [
        ("label:pilot", &["acme"][..]),
        ("label:dallas*", &["acme", "coil"]),
        ("label:dallas", &["acme"]),
        ("bolt", &["bolt"]),
    ] {
        let run = world.run(&["plan", "--tenant", pattern]);
        assert_eq!(planned(&run.out), wanted, "{pattern}: {}{}", run.out, run.err);
    }
    let none = world.run(&["plan", "--tenant", "label:pilots"]);
    assert_eq!(none.err, "error[failed]: no tenant matches `label:pilots`\n\n");
    assert!(world.run(&["emergency", "status", "--tenant", "label:pilot"]).out.contains("acme"));
}

/// Who takes a change back looks for the commit that made it: in the template, if it was made there.
#[test]
fn a_restore_names_the_commit_of_the_template() {
    let world = world();
    assert_eq!(world.run(&["apply", "--auto-approve"]).ending, Ending::Fine);
    world.edit("templates/office.yaml", "default: 25", "default: 30");
    world.git(&["commit", "-qam", "ring longer"]);
    assert_eq!(world.run(&["apply", "--auto-approve", "--tenant", "acme"]).ending, Ending::Fine);
    let files = std::fs::read_dir(world.path(".dialform/restore")).unwrap();
    let mut files: Vec<_> = files.map(|it| it.unwrap().path()).collect();
    files.sort();
    let file = files.pop().unwrap();
    let run = world.run(&["plan", "--restore", file.to_str().unwrap()]);
    assert!(run.out.contains("\"ring longer\": `git revert"), "{}{}", run.out, run.err);
}

/// What a template declares is declared: an import writes it into no file, and touches nothing but the tenant's own.
#[test]
fn an_import_knows_what_the_template_declares() {
    let world = world();
    let run = world.run(&["import", "--provider", "pbx", "--account", "acme.1.service"]);
    assert_eq!(run.ending, Ending::Fine, "{}", run.err);
    let written = world.read("tenants/acme.yaml");
    let before = tenant("acme", "labels: [pilot, dallas]\n");
    let added = written.strip_prefix(&before).unwrap_or_else(|| panic!("{written}"));
    assert!(added.contains("night") && !added.contains("12145550100"), "{added}");
    assert_eq!(world.read("templates/office.yaml"), TEMPLATE);
    let run = world.run(&["plan", "--tenant", "acme"]);
    assert_eq!(run.ending, Ending::Fine, "{}", run.err);
}

/// What is wrong in a template is one thing to mend, however many tenants extend it.
#[test]
fn a_fault_of_the_template_is_said_once() {
    let world = world();
    world.edit("templates/office.yaml", "do_not_disturb", "do_not_distrub");
    let run = world.check();
    let expected =
        "error[unknown-key]: unknown key `do_not_distrub` in `rules.101.order[0]` (and so for 1 other tenant)
  --> templates/office.yaml:21:9
   |
21 |         do_not_distrub: true
   |         ^^^^^^^^^^^^^^
   |
note: together with what stands here
  --> tenants/acme.yaml:3:10
   |
 3 | extends: ../templates/office.yaml
   |          ^^^^^^^^^^^^^^^^^^^^^^^^
help: did you mean `do_not_disturb`?

";
    assert_eq!((run.ending, run.err.as_str()), (Ending::Error, expected));
}

/// A pull request can bring a link; what it leads to is neither read nor shown.
#[test]
fn a_template_is_a_plain_file_of_the_workspace() {
    let outside = tempfile::tempdir().unwrap();
    std::fs::write(outside.path().join("secret"), "queues: { hidden: {} }\n").unwrap();
    for (name, said) in [
        (
            "templates/office.yaml",
            "error[unreadable-file]: cannot read the template `templates/office.yaml`: it is a link that leads out of the workspace",
        ),
        (
            "shared/days.yaml",
            "error[unreadable-file]: cannot read `shared/days.yaml`: it is a link that leads out of the workspace",
        ),
    ] {
        let world = world();
        std::fs::remove_file(world.path(name)).unwrap();
        std::os::unix::fs::symlink(outside.path().join("secret"), world.path(name)).unwrap();
        let run = world.check();
        assert_eq!(run.ending, Ending::Error);
        assert_eq!(run.err.lines().next(), Some(said));
        assert!(!run.err.contains("hidden"), "{}", run.err);
    }
}

/// The reason for all this: three hundred clients, one template, and for each a file that fits on half a screen.
#[test]
fn three_hundred_tenants_are_three_hundred_short_files() {
    let world = world();
    for number in 0..300 {
        let text = format!(
            "tenant: client-{number}\naccount: client-{number}.1.service\nextends: ../templates/office.yaml\nvars:\n  main: \"+1214555{:04}\"\n  cell: \"+1972555{:04}\"\n",
            1000 + number,
            1000 + number
        );
        assert!(text.lines().count() < 15);
        world.write(&format!("tenants/client-{number}.yaml"), text);
    }
    let check = world.check();
    // Five objects each, four of `bolt`, and one of `coil`.
    assert_eq!(check.out, "303 tenants, 1510 objects: no errors, 0 warnings.\n", "{}", check.err);
}
