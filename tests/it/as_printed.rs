//! What a plan prints is taken as it stands: whoever copies an address out of it names that object.

use crate::{workspace::Workspace, world::World};
use dialform::error::Ending;
use std::process::Command;

/// Names that portals show, with marks that have a meaning in a pattern or in a shell.
const NAMES: [&str; 6] = ["Business Hours", "Closed [summer]", "Open [", "Biz*", "R&D: it's", "A/B"];

/// A world in which a schedule has that name and a rule uses it.
fn world(name: &str, tenant: &str) -> World {
    let world = World::new(tenant);
    let name = serde_json::Value::from(name);
    let live = format!(
        r#"
domain: {{ domain: acme.1.service, time-zone: US/Central }}
timeframes:
  - {{ timeframe-name: {name}, timeframe-type: specific-dates, timeframe-specific-dates-array: [{{ timeframe-specific-dates-begin-date: "20270701", timeframe-specific-dates-begin-time: "0000", timeframe-specific-dates-end-date: "20270714", timeframe-specific-dates-end-time: "2359", timeframe-recurrence-type: doesNotRecur }}] }}
users:
  - {{ user: "101", answerrules: [{{ time-frame: {name}, forward-always: {{ enabled: "yes", parameters: ["102"] }} }}, {{ time-frame: "*" }}] }}
  - {{ user: "102" }}
phonenumbers:
  - {{ phonenumber: "12145550102", dial-rule-application: to-user-residential, dial-rule-translation-destination-user: "101", dial-rule-translation-destination-host: acme.1.service }}
"#
    );
    world.write("live/pbx/acme.1.service.yaml", live);
    world
}

/// Runs a command with words that were printed, as a person pastes them.
fn pasted(workspace: &Workspace, words: &str) -> String {
    let done = Command::new("sh")
        .args(["-c", &format!("\"$0\" -C \"$1\" {words}"), env!("CARGO_BIN_EXE_dialform")])
        .arg(workspace.root())
        .output()
        .unwrap();
    assert!(done.status.success(), "{words}: {}", String::from_utf8_lossy(&done.stderr));
    String::from_utf8(done.stdout).unwrap()
}

/// `[summer]` in a pattern is one of five letters: the name that has it would be out of reach.
#[test]
fn an_address_names_its_object_whatever_its_name() {
    for name in NAMES {
        let key = serde_json::Value::from(name);
        let (changed, surplus) =
            (format!("schedules: {{ {key}: {{ dates: [\"2027-08-01\"] }} }}\n"), "exhaustive: [schedules]\n");
        for (tenant, sign) in [(changed.as_str(), '~'), (surplus, '-')] {
            let world = world(name, tenant);
            for address in [format!("acme/schedules.{name}"), format!("schedules.{name}")] {
                // Where a `/` is no tenant's, only what is declared can be told from one.
                if sign == '-' && name.contains('/') && !address.starts_with("acme/") {
                    continue;
                }
                let plan = world.run(&["plan", "--only", &address]);
                let step = format!("  {sign} schedules.{name}  ");
                assert!(plan.out.contains(&step), "{address}\n{}{}", plan.out, plan.err);
            }
        }
        let world = world(name, &changed);
        let account = ["import", "--account", "acme.1.service", "--write", "--only"];
        let address = format!("acme/schedules.{name}");
        for (named, wanted) in [
            (vec!["schedules.*", "--except", address.as_str()], "2027-08-01"),
            (vec![address.as_str()], "2027-07-01..2027-07-14"),
        ] {
            let done = world.run(&[&account[..], &named].concat());
            assert_eq!(done.ending, Ending::Fine, "{name}: {}{}", done.out, done.err);
            let file = world.read("tenants/acme.yaml");
            assert!(file.contains(wanted), "{named:?}\n{file}");
        }
    }
}

/// An approval that falls apart in the shell is asked for in an outage, by somebody in a hurry.
#[test]
fn an_approval_can_be_pasted() {
    for name in NAMES {
        let world = world(name, &format!("absent: {{ schedules: [{}] }}\n", serde_json::Value::from(name)));
        let plan = world.run(&["plan"]);
        let words = plan.out.lines().find_map(|line| line.trim().strip_prefix("needs "));
        let words = words.unwrap_or_else(|| panic!("{name}: {}{}", plan.out, plan.err));
        let refused = world.run(&["apply", "--auto-approve"]);
        assert_eq!(refused.ending, Ending::Refused, "{name}: {}{}", refused.out, refused.err);
        let (_, help) = refused.err.split_once("if that is intended, add `").unwrap();
        let help = help.lines().next().unwrap().trim_end_matches('`');
        let markdown = world.run(&["plan", "--format", "markdown"]).out;
        assert!(markdown.contains(words), "{name}: {words}\n{markdown}");
        assert_eq!(help.replace('\'', ""), words.replace('\'', ""), "{name}");
        let done = pasted(&world, &format!("apply --sandbox --auto-approve {words}"));
        assert!(done.contains("1 of 1 done"), "{name}: {done}");
    }
}

/// `Week [AB]` is a pattern as well, for `Week A`: the address of something that is declared names that alone.
#[test]
fn an_address_names_nothing_else() {
    let dates = |name: &str| format!("\"{name}\": {{ dates: [\"2027-08-01\"] }}");
    let world = World::new(&format!("schedules: {{ {}, {} }}\n", dates("Week [AB]"), dates("Week A")));
    for (only, named) in
        [("schedules.Week [AB]", ["Week [AB]"].as_slice()), ("schedules.Week *", &["Week A", "Week [AB]"])]
    {
        let plan = world.run(&["plan", "--only", only]).out;
        let created: Vec<&str> =
            plan.lines().filter_map(|line| line.strip_prefix("  + schedules.")).collect();
        let created: Vec<&str> = created.iter().filter_map(|line| line.split("  ").next()).collect();
        assert_eq!(created, named, "{only}: {plan}");
    }
    // The same of what a restore takes back.
    let applied = world.run(&["apply", "--auto-approve"]);
    assert_eq!(applied.ending, Ending::Fine, "{}{}", applied.out, applied.err);
    let file = std::fs::read_dir(world.path(".dialform/restore")).unwrap().next().unwrap().unwrap().path();
    let back = world.run(&["plan", "--restore", file.to_str().unwrap(), "--only", "schedules.Week [AB]"]);
    assert!(
        back.out.contains("  - schedules.Week [AB]") && !back.out.contains("schedules.Week A "),
        "{}",
        back.out
    );
}
