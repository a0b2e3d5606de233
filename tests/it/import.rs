//! Live accounts to files: what a person then reads, and what a second run adds.

use crate::{
    workspace::Workspace,
    world::{CTM, STRATUS, System, World},
};
use dialform::error::Ending;
use serde_json::{Value, json};

/// A workspace without tenants, and one live account.
fn empty(system: &System, live: &str) -> World {
    let world = World::on(system, "");
    std::fs::remove_dir_all(world.path("tenants")).unwrap();
    world.write(&format!("live/pbx/{}.yaml", system.account), live);
    world
}

/// Imports the one account; what was said, and the file.
fn import(world: &World, system: &System, more: &[&str]) -> (Ending, String) {
    let done = world.run(&[&["import", "--account", system.account], more].concat());
    (done.ending, done.out)
}

fn file(world: &World, system: &System) -> String {
    let first = system.account.split('.').next().unwrap();
    world.read(&format!("tenants/{first}.yaml"))
}

const ODD: &str = r##"
domain: { domain: acme.1.service, time-zone: US/Central }
users:
  - user: "101"
    answerrules:
      - { time-frame: "night: shift #1", order: 1, do-not-disturb: { enabled: "yes" } }
      - { time-frame: "*", forward-on-spam-call: { enabled: "yes", parameters: [drop] } }
  - { user: "0102" }
phonenumbers:
  - { phonenumber: "12145550100", dial-rule-description: "Main \"new\" 😀, yes", dial-rule-application: to-user-residential, dial-rule-translation-destination-user: "101" }
carrier: [{ number: "2145550100", destination: "9725550199", active: true }]
timeframes:
  - { timeframe-name: "night: shift #1", timeframe-type: specific-dates, timeframe-specific-dates-array: [] }
"##;

/// The whole file, as a reviewer gets it: names with marks of YAML in them, the order of the portal, a comment for what has no
/// word.
#[test]
fn a_file_reads_as_a_person_would_write_it() {
    let world = empty(&STRATUS, ODD);
    let (ending, out) = import(&world, &STRATUS, &[]);
    assert_eq!(ending, Ending::Fine, "{out}");
    insta(&file(&world, &STRATUS), FILE);
    insta(&out, REPORT);
    let plan = world.run(&["plan", "--detailed-exitcode"]);
    assert_eq!(plan.ending, Ending::Fine, "{}{}", plan.out, plan.err);
}

fn insta(found: &str, expected: &str) {
    assert_eq!(found, expected.trim_start_matches('\n'));
}

const FILE: &str = r##"
tenant: acme
provider: pbx
account: acme.1.service
time_zone: US/Central

schedules:
  "night: shift #1":
    weekly: {}
    dates: []
    monthly: []
    yearly: []
    holidays: []
    other: []

numbers:
  "+12145550100": { label: 'Main "new" 😀, yes', route: { extension: "101" } }

forwards:
  "+12145550100": { to: "+19725550199", active: true }

rules:
  # callers.spam: what is live there has no word, or is not shown
  # callers.allow: this server does not show it
  "101":
    ring_timeout: 25
    callers: { block: [], block_anonymous: false }
    order:
      - { when: "night: shift #1", do_not_disturb: true }
      - { when: default }
  # callers.allow: this server does not show it
  "0102":
    ring_timeout: 25
    callers: { block: [], block_anonymous: false, spam: ring }
    order:
      - { when: default, ring: { simultaneous: { all_phones: true } } }
"##;
const REPORT: &str = "
acme (acme.1.service): tenants/acme.yaml
  new
  schedules  1 live: 1 declared
  rules      2 live: 2 declared
  numbers    1 live: 1 declared
  forwards   1 live: 1 declared
";

/// A tenant that people have edited: comments, quotes, order. The portal has gained a person, a queue and an account since.
#[test]
fn a_second_import_adds_what_nobody_declares() {
    let world = empty(&STRATUS, ODD);
    import(&world, &STRATUS, &[]);
    let edited = file(&world, &STRATUS)
        .replace("rules:\n", "# who rings\nrules:   # by extension\n")
        .replace("time_zone: US/Central\n", "time_zone: 'US/Central'   # as people say\n");
    world.write("tenants/acme.yaml", &edited);
    let (_, out) = import(&world, &STRATUS, &[]);
    assert!(out.contains("unchanged"), "{out}");
    assert_eq!(file(&world, &STRATUS), edited);

    let mut state = world.read_state();
    state["users"]["199"] = json!({ "user": "199" });
    state["users"]["400"] = json!({ "user": "400", "service-code": "system-queue" });
    state["callqueues"]["400"] = json!({ "callqueue": "400", "description": "Reception" });
    std::fs::write(world.state_file(), state.to_string()).unwrap();
    world.write(
        "live/pbx/zeta.2.service.yaml",
        "domain: { domain: zeta.2.service, description: Zeta & Sons }",
    );
    let done = world.run(&["import", "--all"]);
    assert_eq!(done.ending, Ending::Fine, "{}{}", done.out, done.err);
    assert_eq!(world.read("tenants/zeta-sons.yaml"), ZETA.trim_start());
    let added = file(&world, &STRATUS);
    let (mut before, mut inserted) = (edited.lines().peekable(), Vec::new());
    for line in added.lines() {
        match before.next_if(|it| *it == line) {
            Some(_) => {}
            None => inserted.push(line),
        }
    }
    assert_eq!(before.next(), None, "every line that was there is still there, in its order");
    insta(&(inserted.join("\n") + "\n"), INSERTED);
    let done = world.run(&["plan", "--detailed-exitcode"]);
    assert_eq!(done.ending, Ending::Fine, "{}{}", done.out, done.err);

    world.run(&["import", "--all"]);
    assert_eq!(file(&world, &STRATUS), added, "a third run adds nothing");
}

const ZETA: &str = "
# Zeta & Sons
tenant: zeta-sons
provider: pbx
account: zeta.2.service
time_zone: US/Eastern
";
const INSERTED: &str = r#"
  "199":
    ring_timeout: unlimited
    callers: { allow: [], block: [], block_anonymous: false, spam: ring }
    order: []

queues:
  "400":
    name: Reception
    require_agents: false
    agents: []
    failover: "off"
    unavailable: "off"
    max_callers: unlimited
    max_expected_wait: unlimited
    ring_timeout: unlimited
    max_wait: unlimited
    no_answer: "off"
"#;

/// Of two live objects with one name nobody knows which one is meant: both are a comment, and the rest can be planned at once.
#[test]
fn what_has_one_name_is_a_comment() {
    let ctm = r#"
account: { name: Bright Solar, timezone: America/New_York }
numbers: [{ number: "+18005550142", route: { call_queue: Support } }]
queues: [{ name: Sales }, { name: Sales }, { name: Support }]
"#;
    for (system, live, kind, counts) in
        [(&STRATUS, ODD, "schedules", [2, 0, 2]), (&CTM, ctm, "queues", [3, 1, 2])]
    {
        let world = empty(system, live);
        if kind == "schedules" {
            // A schedule of one extension beside one of the whole account.
            world.run(&["import", "--account", system.account, "--only", "no.thing"]);
            let mut state = world.read_state();
            state["user-timeframes"]["101"] = state["timeframes"].clone();
            std::fs::write(world.state_file(), state.to_string()).unwrap();
        }
        let done = world.run(&["import", "--account", system.account, "--format", "json"]);
        assert_eq!(done.ending, Ending::Fine, "{}{}", done.out, done.err);
        let report: Value = serde_json::from_str(&done.out).unwrap();
        let of_kind =
            report["accounts"][0]["counts"].as_array().unwrap().iter().find(|it| it["kind"] == kind);
        let numbers =
            ["live", "declared", "commented"].map(|field| of_kind.unwrap()[field].as_u64().unwrap());
        assert_eq!(numbers, counts, "{}", done.out);
        let plan = world.run(&["plan", "--detailed-exitcode"]);
        assert_eq!(plan.ending, Ending::Fine, "{}{}\n{}", plan.out, plan.err, file(&world, system));
        assert!(file(&world, system).contains("there are 2 of this name: "));
    }
}

/// A defect that was live before anybody wrote a file stops nobody; the same defect written later does.
#[test]
fn the_baseline_only_shrinks() {
    let live = ODD.replace("\"night: shift #1\", order", "gone, order");
    let world = empty(&STRATUS, &live);
    let (ending, out) = import(&world, &STRATUS, &[]);
    assert_eq!(ending, Ending::Fine, "{out}");
    let baseline = world.read(".dialform-baseline.yaml");
    assert!(baseline.contains("code: unknown-schedule\n    address: acme/rules.101"), "{baseline}");
    assert_eq!(world.check().ending, Ending::Fine);
    let plan = world.run(&["plan", "--detailed-exitcode"]);
    assert_eq!(plan.ending, Ending::Fine, "{}{}", plan.out, plan.err);
    let mended = file(&world, &STRATUS);
    world.write("tenants/acme.yaml", mended.replace("ring_timeout: 25", "ring_timeout: 30"));
    let found = world.check();
    assert_eq!(found.ending, Ending::Error, "another object with the same defect");
    assert!(found.err.contains("schedule `gone` is not declared"), "{}", found.err);
    world.write("tenants/acme.yaml", mended.replace("when: gone", "when: \"night: shift #1\""));
    let found = world.check();
    assert_eq!(found.ending, Ending::Fine);
    assert!(found.err.contains("which is not found any more"), "{}", found.err);
}

/// An object that is imported once more has one entry, for what it says now: the earlier one would be found no more.
#[test]
fn what_is_imported_again_has_one_entry() {
    let live = ODD.replace("\"night: shift #1\", order", "gone, order");
    let world = empty(&STRATUS, &live);
    assert_eq!(import(&world, &STRATUS, &[]).0, Ending::Fine);
    let file = "live/pbx/acme.1.service.yaml";
    let seed = world.read(file);
    let changed =
        seed.replacen("do-not-disturb: { enabled: \"yes\" }", "call-screening: { enabled: \"yes\" }", 1);
    assert_ne!(seed, changed, "{seed}");
    world.write(file, changed);
    std::fs::remove_dir_all(world.path(".dialform/sandbox")).ok();
    let again = world.run(&["import", "--account", STRATUS.account, "--write", "--only", "rules.*"]);
    assert_eq!(again.ending, Ending::Fine, "{again:?}");
    assert!(world.read("tenants/acme.yaml").contains("call_screening: true"), "{again:?}");
    let found = world.check();
    assert_eq!(
        (found.ending, found.err.as_str()),
        (Ending::Fine, ""),
        "{}",
        world.read(".dialform-baseline.yaml")
    );
}

/// Whoever is stopped between the two has an entry too many, and no finding that stops everybody.
#[test]
fn the_baseline_is_written_before_the_file() {
    let world = empty(&STRATUS, &ODD.replace("\"night: shift #1\", order", "gone, order"));
    world.write("tenants", "no directory");
    let done = world.run(&["import", "--account", STRATUS.account]);
    assert_eq!(done.ending, Ending::Error);
    assert!(done.err.contains("cannot write `tenants/acme.yaml`"), "{}", done.err);
    assert!(world.read(".dialform-baseline.yaml").contains("unknown-schedule"));
}

/// Of two files nobody knows in which one what is new belongs.
#[test]
fn two_files_of_one_account_are_not_added_to() {
    let world = empty(&STRATUS, ODD);
    let text = |name: &str| format!("tenant: {name}\nprovider: pbx\naccount: acme.1.service\n");
    world.write("tenants/a.yaml", text("a"));
    world.write("tenants/b.yaml", text("b"));
    let (ending, out) = import(&world, &STRATUS, &[]);
    assert_eq!(ending, Ending::Error);
    assert!(
        out.contains("account `acme.1.service` is declared in `tenants/a.yaml` and in `tenants/b.yaml`"),
        "{out}"
    );
    assert_eq!((world.read("tenants/a.yaml"), world.read("tenants/b.yaml")), (text("a"), text("b")));
}

/// Where a new file would not be found by `tenants`, and where no account is named, nothing is asked of any system.
#[test]
fn what_cannot_be_imported_is_said_before_anything_is_read() {
    let table: [(&[&str], &str); 5] = [
        (
            &["import", "--account", "acme.1.service", "--out", "elsewhere"],
            "error[failed]: no pattern in `tenants` of `dialform.yaml` matches a new file in `elsewhere/`",
        ),
        (
            &["import", "--account", "acme.1.service", "--out", "../up"],
            "error[failed]: no pattern in `tenants` of `dialform.yaml` matches a new file in `../up/`",
        ),
        (
            &["import", "--account", "acme.1.service", "--provider", "pbxx"],
            "error[failed]: `--provider pbxx` is not in `dialform.yaml`",
        ),
        (
            &["import", "--account", "acme.1.service", "--only", "["],
            "error[failed]: `--only [` is not a pattern: Pattern syntax error near position 0: invalid range pattern\n |\n\
             help: `*` stands for any text, `[ab]` for one of these letters, and `[[]` for a bracket itself",
        ),
        (&["import"], "error: the following required arguments were not provided"),
    ];
    for (arguments, message) in table {
        let world = empty(&STRATUS, ODD);
        let done = world.run(&[arguments, &["--record", "traffic.jsonl"]].concat());
        assert_eq!(done.ending, Ending::Error);
        assert!(done.err.starts_with(message), "{}", done.err);
        assert_eq!(world.traffic().len(), 0);
    }
}

/// What nobody asks for is counted and left alone.
#[test]
fn patterns_leave_objects_alone() {
    let world = empty(&STRATUS, ODD);
    let (ending, out) = import(&world, &STRATUS, &["--except", "rules.*"]);
    assert_eq!(ending, Ending::Fine, "{out}");
    assert!(out.contains("rules      2 live: 2 left alone"), "{out}");
    assert!(!file(&world, &STRATUS).contains("rules"));
}

/// The accounts of an example, all of them, from an empty directory.
#[test]
fn the_quickstart_is_imported_whole() {
    let workspace = Workspace::quickstart();
    std::fs::remove_dir_all(workspace.path("tenants")).unwrap();
    for provider in ["stratus-dallas", "ctm-agency"] {
        let done = workspace.run(&["import", "--sandbox", "--provider", provider, "--all"]);
        assert_eq!(done.ending, Ending::Fine, "{}{}", done.out, done.err);
    }
    let done = workspace.run(&["plan", "--sandbox", "--detailed-exitcode"]);
    assert_eq!(done.ending, Ending::Fine, "{}{}", done.out, done.err);
}

/// An account whose names people have changed in the portal since: `from` is what it began with.
fn renamed(system: &System, live: &str, names: &[(&str, &str)]) -> World {
    let world = empty(system, live);
    world.run(&["import", "--account", system.account, "--only", "no.thing"]);
    rename(&world, names);
    world
}

/// Changes what things are called, and no key of the emulation.
fn rename(world: &World, names: &[(&str, &str)]) {
    fn each(value: &mut Value, names: &[(&str, &str)]) {
        match value {
            Value::Object(fields) => {
                for (key, value) in fields {
                    let new = names.iter().find(|(from, _)| value == from).map(|(_, to)| *to);
                    match new.filter(|_| matches!(key.as_str(), "name" | "timeframe-name" | "number")) {
                        Some(new) => *value = new.into(),
                        None => each(value, names),
                    }
                }
            }
            Value::Array(items) => items.iter_mut().for_each(|item| each(item, names)),
            _ => {}
        }
    }
    let mut state = world.read_state();
    each(&mut state, names);
    std::fs::write(world.state_file(), state.to_string()).unwrap();
}

/// Names that differ in as little as can be are two names, as they are to the phone system: both are declared. What has one
/// name, and what has none, is a comment each. The plan then has nothing to do, and nothing is in its way.
#[test]
fn names_that_are_hardly_different_are_counted() {
    let list = |field: &str, more: &str| {
        let each = ["A", "B", "C", "D", "E", "F"].map(|name| format!("{{ {field}: {name}{more} }}"));
        format!("[{}]", each.join(", "))
    };
    let (queues, frames) = (
        list("name", ""),
        list("timeframe-name", ", timeframe-type: specific-dates, timeframe-specific-dates-array: []"),
    );
    let ctm = format!(
        "account: {{ name: B, timezone: America/New_York }}\nqueues: {queues}\nschedules: {queues}\nnumbers: [{{ number: \"+18005550142\", \
         route: {{ call_queue: B }} }}]\n"
    );
    let stratus = format!(
        "domain: {{ domain: acme.1.service }}\nusers: [{{ user: \"101\" }}, {{ user: \"0101\" }}]\ntimeframes: {frames}\n"
    );
    let deskphone = "people:\n  - { extension: \"2001\", name: A, busy: voicemail }\n  - { extension: \"02001\", name: B, busy: voicemail }\n";
    let alike = [
        ("A", "Sales"),
        ("B", "sales"),
        ("C", "Caf\u{e9}"),
        ("D", "Cafe\u{301}"),
        ("E", "Noon"),
        ("F", "NOON"),
    ];
    let blank = [("A", "Sales"), ("B", "sales"), ("C", "  "), ("D", "  "), ("E", "Noon"), ("F", "Noon")];
    /// System, what was live first, what things are called now, and of each kind how many are live, declared and comments.
    type Case<'a> = (&'a System, &'a str, &'a [(&'a str, &'a str)], &'a [&'a str]);
    let table: [Case<'_>; 6] = [
        (&CTM, &ctm, &alike, &["schedules 6 6 0", "queues 6 6 0", "numbers 1 1 0", "forwards 1 0 1"]),
        (&CTM, &ctm, &blank, &["schedules 6 2 4", "queues 6 2 4", "numbers 1 1 0", "forwards 1 0 1"]),
        (&STRATUS, &stratus, &alike, &["schedules 6 6 0", "rules 2 2 0"]),
        (&STRATUS, &stratus, &blank, &["schedules 6 2 4", "rules 2 2 0"]),
        // A person goes by the extension, whatever the name.
        (&DESKPHONE, deskphone, &alike, &["diverts 2 2 0"]),
        (&DESKPHONE, deskphone, &[("A", "  "), ("B", "  ")], &["diverts 2 2 0"]),
    ];
    let mut wrong = Vec::new();
    for (system, live, names, expected) in table {
        let world = renamed(system, live, names);
        let done = world.run(&["import", "--account", system.account, "--format", "json"]);
        assert_eq!(done.ending, Ending::Fine, "{}{}", done.out, done.err);
        let report: Value = serde_json::from_str(&done.out).unwrap();
        let counts = report["accounts"][0]["counts"].as_array().unwrap().iter();
        let counts: Vec<String> = counts
            .map(|it| {
                format!(
                    "{} {} {} {}",
                    it["kind"].as_str().unwrap(),
                    it["live"],
                    it["declared"],
                    it["commented"]
                )
            })
            .collect();
        let plan = world.run(&["plan", "--detailed-exitcode"]);
        if counts != expected || plan.ending != Ending::Fine {
            wrong.push(format!("{names:?}: {counts:?}\n{}{}{}", plan.out, plan.err, file(&world, system)));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

const TWINS: &str = r#"
account: { name: Bright Solar, timezone: America/New_York }
numbers:
  - { number: "+18005550142", route: { call_queue: Other } }
  - { number: "+18005550143", route: { voice_menu: Second } }
  - { number: "+18005550144", route: { receiving_number: "+14105550124" } }
queues: [{ name: Sales }, { name: Other }, { name: Support, default_action: { call_queue: Sales } }]
voice_menus: [{ name: Main }, { name: Second }]
receiving_numbers: [{ number: "+14105550123" }, { number: "+14105550124" }]
"#;

/// A call that goes from one of two things of one name to the other goes elsewhere: what points to one of them says its id.
#[test]
fn one_of_two_of_a_name_is_pointed_to_by_its_id() {
    let world =
        renamed(&CTM, TWINS, &[("Other", "Sales"), ("Second", "Main"), ("+14105550124", "+14105550123")]);
    let done = world.run(&["import", "--account", CTM.account]);
    assert_eq!(done.ending, Ending::Fine, "{}{}", done.out, done.err);
    let id = |kind: &str, key: &str| world.read_state()[kind][key]["id"].as_str().unwrap().to_owned();
    let (sales, other, second) = (id("queues", "Sales"), id("queues", "Other"), id("voice_menus", "Second"));
    let receiver = id("receiving_numbers", "+14105550124");
    let text = file(&world, &CTM);
    let lines: Vec<&str> = text.lines().filter(|line| line.contains("token")).map(str::trim).collect();
    let expected = [
        format!("token: \"Queue {other}: Sales\""),
        format!("token: \"Menu {second}: Main\""),
        format!("token: receiving numbers +14105550123 (id {receiver})"),
        format!("token: \"Queue {sales}: Sales\""),
    ];
    assert_eq!(lines, expected, "{text}");
    let plan = || world.run(&["plan", "--detailed-exitcode"]);
    assert_eq!(plan().ending, Ending::Fine, "{}{}", plan().out, plan().err);

    // Somebody takes the other one.
    let mut state = world.read_state();
    let first = [id("queues", "Sales"), id("voice_menus", "Main"), id("receiving_numbers", "+14105550123")];
    state["numbers"]["+18005550142"]["route"]["target"] = first[0].clone().into();
    state["numbers"]["+18005550143"]["route"]["target"] = first[1].clone().into();
    state["numbers"]["+18005550144"]["dial"] = json!([first[2]]);
    state["queues"]["Support"]["default_action_id"] = other.clone().into();
    std::fs::write(world.state_file(), state.to_string()).unwrap();
    let moved = plan();
    assert_eq!(moved.ending, Ending::Changes, "{}{}", moved.out, moved.err);
    let shown: Vec<&str> =
        moved.out.lines().map(str::trim).filter(|line| line.starts_with(['-', '+'])).collect();
    let queue = |id: &str| format!("token: \"Queue {id}: Sales\"");
    let [menu, menu_now] = [&second, &first[1]].map(|id| format!("token: \"Menu {id}: Main\""));
    let listed = |id: &str| format!("token: \"receiving numbers +14105550123 (id {id})\"");
    let expected = [
        [queue(&other), queue(&sales)],
        [queue(&sales), queue(&other)],
        [menu_now, menu],
        [listed(&first[2]), listed(&receiver)],
    ];
    let expected = expected.map(|[live, wanted]| [format!("- {live}"), format!("+ {wanted}")]);
    assert_eq!(shown, expected.concat(), "{}", moved.out);
    // The no-answer routing of a queue is not documented, and a server that does not take it is the usual one.
    let done = world.run(&["apply", "--auto-approve", "--only", "numbers.*"]);
    assert_eq!(done.ending, Ending::Fine, "{}{}", done.out, done.err);
    let mut state = world.read_state();
    state["queues"]["Support"]["default_action_id"] = sales.clone().into();
    std::fs::write(world.state_file(), state.to_string()).unwrap();
    assert_eq!(plan().ending, Ending::Fine, "{}", plan().out);
    assert_eq!(state["numbers"]["+18005550142"]["route"]["target"], other.as_str());
    assert_eq!(state["numbers"]["+18005550144"]["dial"], json!([receiver]));

    // By its name nobody knows which one is meant, and neither by an id that has gone.
    let cases = [
        (
            format!("token: \"Queue {other}: Sales\""),
            "queue: Sales".to_owned(),
            "account `302341` has 2 queues called `Sales`",
        ),
        (
            format!("Queue {other}: Sales"),
            "Queue 17: Sales".to_owned(),
            "among the queues of account `302341` there is none with the id 17 called `Sales`",
        ),
    ];
    for (from, to, message) in cases {
        let declared = text.replace("\nqueues:\n", "\nqueues:\n  Sales: {}\n");
        world.write("tenants/302341.yaml", declared.replace(&from, &to));
        let plan = plan();
        let said = plan.out + &plan.err;
        assert_eq!(plan.ending, Ending::Error, "{said}");
        assert!(said.contains(message), "{said}");
    }
    // With a name of its own it is called by that.
    world.write("tenants/302341.yaml", &text);
    let mut state = world.read_state();
    state["queues"]["Sales"]["name"] = "Front".into();
    std::fs::write(world.state_file(), state.to_string()).unwrap();
    let plan = plan();
    let said = plan.out + &plan.err;
    assert!(
        said.contains("there is one `Sales` in account `302341` now, and `token` is for one of several"),
        "{said}"
    );
}

/// A number that rings nowhere because it is switched off, and not because nobody has said where to.
#[test]
fn a_number_that_is_off_says_so() {
    let world = empty(
        &STRATUS,
        &ODD.replace("dial-rule-application: to", "enabled: \"no\", dial-rule-application: to"),
    );
    let (ending, out) = import(&world, &STRATUS, &[]);
    assert_eq!(ending, Ending::Fine, "{out}");
    let text = file(&world, &STRATUS);
    assert!(
        text.contains(
            "numbers:\n  # it is switched off (`enabled: no`): its calls go nowhere; a declared route switches it on\n  \"+12145550100\": { label: 'Main \"new\" 😀, yes' }\n"
        ),
        "{text}"
    );
}

const DESKPHONE: System = System {
    provider: "\n    kind: deskphone\n    url: http://127.0.0.1:1/v1\n    token: { env: NOT_NEEDED }\n    limits: { requests_per_second: 1000 }",
    account: "harbour",
    live: "",
};

/// What no file declares is counted all the same, and stands in the file with why: what the system has made for itself, what is no
/// phone number, who has no extension. One that a file declares counts as declared.
#[test]
fn what_is_no_object_is_counted() {
    let ctm = r#"
account: { name: Bright Solar, timezone: America/New_York }
queues: [{ name: Sales }, { name: "AQ: 12345" }]
receiving_numbers: [{ number: "+14105550123" }, { number: "sip:desk@acme.example" }]
"#;
    let deskphone = "people:\n  - { extension: \"2001\", name: A, busy: voicemail }\n  - { name: B }\n";
    /// System, what is live, what the file says before, the lines of the report, what the file has of it.
    type Case<'a> = (&'a System, &'a str, &'a str, &'a str, &'a str);
    let automatic = "  # queues.AQ: 12345 is live and not declared here:\n  #   the system has made it for itself (`AQ:`)\n";
    let receiver = "  # receivers.sip:desk@acme.example is live and not declared here:\n  #   it is no phone number: there is no word for it\n";
    let table: [Case<'_>; 4] = [
        (&CTM, ctm, "", "  receivers  2 live: 1 declared, 1 as comments\n", receiver),
        (&CTM, ctm, "", "  queues     2 live: 1 declared, 1 as comments\n", automatic),
        (
            &CTM,
            ctm,
            "tenant: acme\nprovider: pbx\naccount: \"302341\"\nqueues:\n  \"AQ: 12345\": { agent_ring: 20 }\n",
            "  queues     2 live: 2 declared\n",
            "  \"AQ: 12345\": { agent_ring: 20 }\n  Sales: { agents: [], no_answer: \"off\" }\n",
        ),
        (
            &DESKPHONE,
            deskphone,
            "",
            "  diverts    2 live: 1 declared, 1 as comments\n",
            " is live and not declared here:\n  #   this person has no extension, and so no diverts\n",
        ),
    ];
    for (system, live, before, line, expected) in table {
        let world = empty(system, live);
        let name = if before.is_empty() { system.account } else { "acme" };
        if !before.is_empty() {
            world.write("tenants/acme.yaml", before);
        }
        let (ending, out) = import(&world, system, &[]);
        assert_eq!(ending, Ending::Fine, "{out}");
        let text = world.read(&format!("tenants/{name}.yaml"));
        assert!(out.contains(line), "{out}\n{text}");
        assert!(text.contains(expected), "{text}");
        let plan = world.run(&["plan"]);
        assert_ne!(plan.ending, Ending::Error, "{}{}", plan.out, plan.err);
        let (_, out) = import(&world, system, &[]);
        assert!(out.contains("unchanged") && out.contains(line), "{out}");
    }
}

/// A number that two accounts have is known as such, in whichever order they come, and nobody is stopped by it.
#[test]
fn a_number_of_two_accounts_is_known() {
    for order in [[STRATUS.account, "zeta.2.service"], ["zeta.2.service", STRATUS.account]] {
        let world = empty(&STRATUS, ODD);
        let other = ODD.replace("acme.1.service", "zeta.2.service");
        world.write("live/pbx/zeta.2.service.yaml", other);
        for account in order {
            let done = world.run(&["import", "--account", account]);
            assert_eq!(done.ending, Ending::Fine, "{}{}", done.out, done.err);
        }
        let baseline = world.read(".dialform-baseline.yaml");
        let found: Vec<&str> =
            baseline.lines().filter(|line| line.contains("address:")).map(str::trim).collect();
        let expected = ["address: zeta/forwards.+12145550100", "address: zeta/numbers.+12145550100"];
        assert_eq!(found, expected, "{order:?}: {baseline}");
        assert_eq!(world.check().ending, Ending::Fine, "{order:?}: {}", world.check().err);
    }
}

/// What `bulk` is about to switch for everybody is no declaration of how it is now: the file would contradict itself.
#[test]
fn rules_that_bulk_switches_are_left_to_it() {
    let rule = |on: &str| {
        format!(
            "{{ time-frame: storm, order: 1, enabled: \"{on}\", do-not-disturb: {{ enabled: \"yes\" }} }}"
        )
    };
    let live = format!(
        "domain: {{ domain: acme.1.service }}\nusers:\n  - {{ user: \"101\", answerrules: [{}] }}\n  \
         - {{ user: \"102\", answerrules: [{}] }}\n\
         timeframes: [{{ timeframe-name: storm, timeframe-type: specific-dates, timeframe-specific-dates-array: [] }}]\n",
        rule("yes"),
        rule("no")
    );
    let world = empty(&STRATUS, &live);
    let before = "tenant: acme\nprovider: pbx\naccount: acme.1.service\nbulk: [{ schedule: storm, extensions: all, enabled: false }]\n\
                  schedules: { storm: {} }\n";
    world.write("tenants/acme.yaml", before);
    let (ending, out) = import(&world, &STRATUS, &[]);
    assert_eq!(ending, Ending::Fine, "{out}");
    let text = file(&world, &STRATUS);
    assert_eq!(text.strip_prefix(before), Some(BESIDE_BULK));
    let plan = world.run(&["plan", "--detailed-exitcode"]);
    assert_eq!(plan.ending, Ending::Changes, "{}{}", plan.out, plan.err);
    assert!(plan.out.contains("rules.101") && !plan.out.contains("rules.102"), "{}", plan.out);
    assert_eq!(world.check().ending, Ending::Fine, "{}", world.check().err);
    let (_, out) = import(&world, &STRATUS, &[]);
    assert!(out.contains("unchanged"), "{out}");
}

const BESIDE_BULK: &str = r#"
rules:
  # order: `bulk` switches its rule for `storm` off, which is on: to declare its rules, apply that, take this entry out, and import again
  "101":
    ring_timeout: 25
    callers: { allow: [], block: [], block_anonymous: false, spam: ring }
  "102":
    ring_timeout: 25
    callers: { allow: [], block: [], block_anonymous: false, spam: ring }
    order: [{ when: storm, enabled: false, do_not_disturb: true }]
"#;
