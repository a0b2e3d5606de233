//! `import --write`: a file takes the portal's side of what is asked for, and says the same of all else.

use crate::world::{STRATUS, World};
use dialform::error::Ending;

/// A workspace with these numbers live, all of them to extension 101 and with these labels, and what the file says of them.
fn numbers(live: &[(&str, &str)], said: &str) -> World {
    let world = World::new(said);
    let each = live.iter().map(|(number, label)| {
        format!(
            "  - {{ phonenumber: \"{number}\", dial-rule-description: \"{label}\", \
             dial-rule-application: to-user-residential, dial-rule-translation-destination-user: \"101\" }}\n"
        )
    });
    let each: String = each.collect();
    world.write(
        "live/pbx/acme.1.service.yaml",
        format!("domain: {{ domain: acme.1.service }}\nusers: [{{ user: \"101\" }}]\nphonenumbers:\n{each}"),
    );
    world
}

fn take(world: &World, only: &str) -> (Ending, String) {
    let done = world.run(&["import", "--account", STRATUS.account, "--only", only, "--write"]);
    (done.ending, done.out)
}

const MERGED: &str = r#"x-number: &n { label: Main, route: { extension: "101" } }
numbers:
  "+12145550100": { <<: *n }
  "+12145550101": *n   # as all of them
  "+12145550102":
    <<: *n
    # nothing more
  "+12145550103": { label: Fax, <<: *n }
  "+12145550104": *n
"#;

/// What several objects have from one place is changed for the one that differs, and for no other: it says its own beside it.
#[test]
fn what_is_merged_is_overridden() {
    let live = [
        ("12145550100", "One"),
        ("12145550101", "Two"),
        ("12145550102", "Three"),
        ("12145550103", "Four"),
        ("12145550104", "Main"),
    ];
    let world = numbers(&live, MERGED);
    let (ending, out) = take(&world, "numbers.*");
    assert_eq!(ending, Ending::Fine, "{out}");
    let expected = r#"tenant: acme
provider: pbx
account: "acme.1.service"
x-number: &n { label: Main, route: { extension: "101" } }
numbers:
  "+12145550100": { <<: *n, label: One }
  "+12145550101": { <<: *n, label: Two }   # as all of them
  "+12145550102":
    <<: *n
    label: Three
    # nothing more
  "+12145550103": { label: Four, <<: *n }
  "+12145550104": *n
"#;
    assert_eq!(world.read("tenants/acme.yaml"), expected, "{out}");
    let plan = world.run(&["plan", "--detailed-exitcode"]);
    assert_eq!(plan.ending, Ending::Fine, "{}{}", plan.out, plan.err);
}

/// What cannot be written in its place is said, and all the others are written: some hundred at once, next to each other, in
/// brackets and on lines.
#[test]
fn all_that_can_be_written_is() {
    let number = |at: usize| format!("1214555{at:04}");
    let written = |label: &dyn Fn(usize) -> String| -> String {
        let each = (0..300).map(|at| match at {
            5 => format!(
                "  \"+{}\":\n    label: L5\n    route: {{ extension: \"101\", # as ever\n      }}\n",
                number(5)
            ),
            _ if at % 3 == 0 => format!(
                "  \"+{}\":\n    label: {}\n    route: {{ extension: \"101\" }}\n",
                number(at),
                label(at)
            ),
            _ => format!(
                "  \"+{}\": {{ label: {}, route: {{ extension: \"101\" }} }} # number {at}\n",
                number(at),
                label(at)
            ),
        });
        format!("numbers:\n{}", each.collect::<String>())
    };
    let live: Vec<(String, String)> = (0..300)
        .map(|at| (number(at), if at == 5 { "L5".to_owned() } else { format!("New {at}") }))
        .collect();
    let live: Vec<(&str, &str)> =
        live.iter().map(|(number, label)| (number.as_str(), label.as_str())).collect();
    let world = numbers(&live, &written(&|at| format!("L{at}")));
    let file = "live/pbx/acme.1.service.yaml";
    let lines = world
        .read(file)
        .lines()
        .map(|line| match line.contains(&number(5)) {
            true => line.replace("to-user-residential", "to-voicemail") + "\n",
            false => line.to_owned() + "\n",
        })
        .collect::<String>();
    world.write(file, lines);
    let (ending, out) = take(&world, "numbers.*");
    assert_eq!(ending, Ending::Error, "{out}");
    let expected = format!(
        "tenant: acme\nprovider: pbx\naccount: \"acme.1.service\"\n{}",
        written(&|at| format!("New {at}"))
    );
    assert_eq!(world.read("tenants/acme.yaml"), expected, "{out}");
    let said: Vec<&str> = out.lines().filter(|line| !line.ends_with(": as it is live")).collect();
    assert_eq!(
        said,
        [
            "acme (acme.1.service): tenants/acme.yaml",
            "  not written: numbers.+12145550005: there are comments in it, which would be lost",
            "  write this by hand:",
            "      \"+12145550005\": { label: L5, route: { voicemail: \"101\" } }",
        ],
        "{out}"
    );
    assert_eq!(out.lines().filter(|line| line.ends_with(": as it is live")).count(), 299);
}
