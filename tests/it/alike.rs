//! Names that differ only in what is not seen: there are never two of them without a word, and each is shown as it is.

use crate::world::{CTM, STRATUS, System, World};
use dialform::error::Ending;

/// Pairs in which a person sees one name.
const ALIKE: &[(&str, &str)] = &[
    ("holidays", "holidays\u{200b}"),
    ("holidays", "\u{feff}holidays"),
    ("holidays", "holi\u{ad}days"),
    ("holidays", "holi\u{2060}days"),
    ("bank holidays", "bank\u{a0}holidays"),
    ("bank holidays", "bank  holidays"),
    ("Caf\u{e9}", "Cafe\u{301}"),
    ("Night", "Night "),
];

/// A name as YAML takes it.
fn yaml(name: &str) -> String {
    serde_json::Value::from(name).to_string()
}

fn schedule(name: &str) -> String {
    format!("schedules: {{ {}: {{ dates: [\"2027-12-25\"] }} }}\n", yaml(name))
}

fn live(name: &str) -> String {
    format!(
        "users: [{{ user: \"101\" }}]\ntimeframes: [{{ timeframe-name: {}, timeframe-type: specific-dates, \
         timeframe-specific-dates-array: [] }}]\n",
        yaml(name)
    )
}

fn finding<'a>(text: &'a str, code: &str) -> Option<&'a str> {
    text.lines().find_map(|line| line.strip_prefix(&format!("error[{code}]: ")))
}

fn help(text: &str) -> &str {
    text.lines().find_map(|line| line.strip_prefix("help: ")).unwrap_or_default()
}

/// What stands in backticks.
fn names(message: &str) -> Vec<&str> {
    message.split('`').skip(1).step_by(2).collect()
}

/// In one file: two of them, and one where the other was declared.
#[test]
fn two_names_in_a_file_are_told_apart() {
    for (one, other) in ALIKE {
        let two = format!("schedules: {{ {}: {{}}, {}: {{}} }}\n", yaml(one), yaml(other));
        let check = World::new(&two).check();
        let message =
            finding(&check.err, "look-alike").unwrap_or_else(|| panic!("{one:?} {other:?}: {check:?}"));
        assert!(message.ends_with("differ only in what is not seen"), "{message}");
        let names = names(message);
        assert_ne!(names[0], names[1]);
        for (declared, named) in [(one, other), (other, one)] {
            let order = format!("order: [{{ when: {}, do_not_disturb: true }}]", yaml(named));
            let rules = format!("rules: {{ \"101\": {{ {order} }} }}\n");
            let check = World::new(&format!("{}{rules}", schedule(declared))).check();
            assert_eq!(check.ending, Ending::Error);
            let help = help(&check.err);
            let spelled = help.strip_prefix("declared is ").unwrap_or_else(|| panic!("{check:?}"));
            let spelled = spelled.strip_suffix(", which differs only in what is not seen").unwrap();
            // It can be copied into the file.
            assert_eq!(serde_json::from_str::<String>(spelled).unwrap(), **declared);
        }
    }
}

/// Between the file and what is live: nothing is made beside it, and its name can be copied into the file.
#[test]
fn a_name_beside_a_live_one_is_told_apart() {
    for (one, other) in ALIKE {
        for (declared, there) in [(one, other), (other, one)] {
            let live = live(there).leak();
            let world = World::on(&System { live, ..STRATUS }, &schedule(declared));
            let plan = world.run(&["plan"]);
            let message =
                finding(&plan.out, "look-alike").unwrap_or_else(|| panic!("{declared:?}: {plan:?}"));
            assert!(message.ends_with("differs from it only in what is not seen"), "{message}");
            let names = names(message);
            assert_ne!(names[1], names[2], "{message}");
            let help = help(&plan.out).strip_prefix("write ").unwrap();
            let (spelled, _) = help.split_once(", which is its name there").unwrap();
            assert_eq!(serde_json::from_str::<String>(spelled).unwrap(), **there);
            world.tenant(&format!("schedules: {{ {spelled}: {{}} }}\n"));
            let followed = world.run(&["plan"]);
            assert_eq!(followed.ending, Ending::Fine, "{followed:?}");
            // To put the one instead of the other is a wish that can be written.
            world.tenant(&format!("{}absent: {{ schedules: [{spelled}] }}\n", schedule(declared)));
            let plan = world.run(&["plan"]);
            assert!(plan.out.contains("1 to create, 0 to update, 1 to delete"), "{}", plan.out);
        }
    }
}

/// A time frame is used by the name it has, whatever that is; a new one gets no blanks around it.
#[test]
fn a_live_name_with_a_blank_at_its_end_can_be_used() {
    let world = World::on(&System { live: live("Night ").leak(), ..STRATUS }, &schedule("Night "));
    let applied = world.run(&["apply", "--auto-approve"]);
    assert_eq!(applied.ending, Ending::Fine, "{applied:?}");
    let left = world.run(&["plan", "--detailed-exitcode"]);
    assert_eq!(left.ending, Ending::Fine, "{left:?}");
    // What goes can come back.
    world.tenant("absent: { schedules: [\"Night \"] }\n");
    let gone = world.run(&["apply", "--auto-approve", "--approve-critical", "*"]);
    assert_eq!(gone.ending, Ending::Fine, "{gone:?}");
    let files = std::fs::read_dir(world.path(".dialform/restore")).unwrap();
    let file = files.map(|it| it.unwrap().path()).max().unwrap();
    let back = world.run(&["apply", "--auto-approve", "--restore", file.to_str().unwrap()]);
    assert_eq!(back.ending, Ending::Fine, "{back:?}");
    assert!(world.state().contains("\"Night \""), "{}", world.state());
    world.tenant(&schedule("Day "));
    let refused = world.run(&["plan"]);
    assert_eq!(
        finding(&refused.out, "unsupported"),
        Some("a new time frame cannot be called `Day `"),
        "{refused:?}"
    );
    assert_eq!(help(&refused.out), "write a name without spaces around it");
}

/// A name in letters of two alphabets is another name, which a reviewer does not see: a plan that makes a second one says so.
#[test]
fn a_name_that_is_drawn_like_a_live_one_is_said() {
    let pairs = [
        ("holidays", "holid\u{430}ys", r#""holid\u0430ys", not "holidays""#),
        ("a-b", "a\u{2011}b", r#""a\u2011b", not "a-b""#),
    ];
    for (declared, there, spelled) in pairs {
        let world = World::on(&System { live: live(there).leak(), ..STRATUS }, &schedule(declared));
        let plan = world.run(&["plan"]);
        let note = format!(
            "  note: schedules.{declared}: schedules.{there} already exists, which looks like it: {spelled}; this creates a second one"
        );
        assert!(plan.out.lines().any(|line| line == note), "{note}\n{}", plan.out);
    }
}

/// A plan, and the comment made of it, show what is not seen; letters of other scripts and emoji are shown as they are.
#[test]
fn what_is_not_seen_is_shown() {
    let cases = [
        ("Main", "Main ", r#"label: Main -> "Main ""#),
        ("An\u{430}", "Ana", r#"label: "An\u0430" -> "Ana""#),
        ("Main\u{200b}", "Main", r#"label: "Main\u{200b}" -> Main"#),
        ("Main line", "Main\u{a0}line", r#"label: Main line -> "Main\u{a0}line""#),
        ("Caf\u{e9}", "Cafe\u{301}", "label: Caf\u{e9} -> \"Cafe\\u{301}\""),
        ("Main", "\u{260e}\u{fe0f} Tel", "label: Main -> \"\u{260e}\u{fe0f} Tel\""),
    ];
    for (live, declared, line) in cases {
        let live = format!(
            "users: [{{ user: \"101\" }}]\nphonenumbers: [{{ phonenumber: \"12145550100\", dial-rule-application: \
             to-user-residential, dial-rule-translation-destination-user: \"101\", dial-rule-description: {} }}]\n",
            yaml(live)
        );
        let tenant = format!("numbers: {{ \"+12145550100\": {{ label: {} }} }}\n", yaml(declared));
        let world = World::on(&System { live: live.leak(), ..STRATUS }, &tenant);
        for format in ["text", "markdown"] {
            let plan = world.run(&["plan", "--format", format]);
            assert!(plan.out.contains(line), "{line}\n{}{}", plan.out, plan.err);
        }
    }
}

/// A menu that only the portal can make is found by its name.
#[test]
fn a_named_target_is_told_apart() {
    let live = r#"
account: { name: Acme, timezone: America/New_York }
voice_menus: [{ name: "Main\u00a0menu" }]
numbers: [{ number: "+18005550142" }]
"#;
    let tenant = "numbers: { \"+18005550142\": { route: { menu: Main menu } } }\n";
    let plan = World::on(&System { live, ..CTM }, tenant).run(&["plan"]);
    let expected = r#"write "Main\u00a0menu", which is its name there; `Main menu` differs from it only in what is not seen"#;
    assert_eq!(help(&plan.out), expected, "{}{}", plan.out, plan.err);
}
