//! Who points to something: what a person reads before a user leaves, and what a plan says when one has left.

use crate::{
    workspace::{Workspace, refusal},
    world::{CTM, STRATUS, System, World},
};
use dialform::error::Ending;

/// Extension 102 has left: whatever can lead to it does, in the files and live.
const LIVE: &str = r#"
domain: { domain: acme.1.service }
users:
  - { user: "101", answerrules: [
      { time-frame: night, order: 1, forward-always: { enabled: "yes", parameters: ["vmail_102"] } },
      { time-frame: "*", forward-on-busy: { enabled: "yes", parameters: ["102"] } } ] }
  - { user: "103", answerrules: [{ time-frame: "*", forward-no-answer: { enabled: "yes", parameters: ["102"] } }] }
  - { user: "104", answerrules: [{ time-frame: "*", simultaneous-ring: { enabled: "yes", parameters: ["104", "102;delay=5"] } }] }
  - { user: "1021" }
  - { user: "400", service-code: system-queue, answerrules: [{ time-frame: "*", forward-always: { enabled: "yes", parameters: ["queue_400"] } }] }
  - { user: "600", service-code: system-aa }
phonenumbers:
  - { phonenumber: "12145550100", dial-rule-application: to-user-residential, dial-rule-translation-destination-user: "101" }
  - { phonenumber: "12145550102", dial-rule-application: to-user-residential, dial-rule-translation-destination-user: "102" }
callqueues:
  - { callqueue: "400", description: Reception, agents: [{ callqueue-agent-id: 101@acme.1.service }, { callqueue-agent-id: 102@acme.1.service }] }
carrier: [{ number: "2145550100", destination: "9725550199", active: false }]
timeframes: [{ timeframe-name: night, timeframe-type: specific-dates, timeframe-specific-dates-array: [] }]
"#;

const TENANT: &str = r#"
schedules: { night: {}, storm: {}, late: { extension: "102", dates: ["2099-01-01"] } }
numbers: { "+12145550100": { route: { extension: "101" } } }
forwards: { "+12145550100": { to: "+19725550199" } }
rules:
  "101":
    order:
      - when: night
        ring: { simultaneous: { also: [{ extension: "102" }, { device: 102wp }, { device: "1021wp" }] } }
        forward: { busy: { phone: "102" } }
  "102": { order: [{ when: night }, { when: default, forward: { no_answer: voicemail } }] }
diverts: { "103": { no_answer: { voicemail: "102" } } }
queues: { "400": { agents: ["101", { device: "102wp" }], failover: { attendant: "600" } } }
bulk:
  - { schedule: storm, extensions: ["104"], enabled: true, rule: { forward: { always: { extension: "102" } } } }
  - { schedule: night, extensions: ["102"], enabled: true }
"#;

fn world() -> World {
    let system = System { live: LIVE, ..STRATUS };
    World::on(&system, TENANT)
}

/// The whole answer from the files alone: nothing is asked, so that no credential is needed.
#[test]
fn the_files_say_who_points_where() {
    let world = world();
    world.write(
        "tenants/zeta.yaml",
        "tenant: zeta\nprovider: pbx\naccount: zeta.2.service\ndiverts: { \"7\": { busy: { extension: \"102\" } } }",
    );
    let cases = [
        ("extension:102", EXTENSION),
        ("acme/rules.102", ACME_EXTENSION),
        (
            "queue:400",
            "acme on pbx, account acme.1.service\n\n  declared  queues.400 itself  tenants/acme.yaml:16\n\n\
                       0 declared pointers to queue:400; nothing live was read.\n",
        ),
        ("schedule:storm", STORM),
        ("schedules.night", NIGHT),
        ("number:+19725550199", NUMBER),
        ("voicemail:102", VOICEMAIL),
        ("attendant:600", ATTENDANT),
        ("token:nowhere", "0 declared pointers to token:nowhere; nothing live was read.\n"),
    ];
    for (target, expected) in cases {
        let done = Workspace::at(world.root().to_owned()).run(&["who-points-to", target]);
        assert_eq!(
            (done.out.as_str(), done.err.as_str(), done.ending),
            (expected.trim_start_matches('\n'), "", Ending::Fine),
            "{target}"
        );
    }
    assert!(!world.path(".dialform").exists(), "nothing was asked");
}

const EXTENSION: &str = r#"
acme on pbx, account acme.1.service

  declared  schedules.late itself  tenants/acme.yaml:5
  declared  rules.102 itself  tenants/acme.yaml:14
  declared  queues.400: `agents` -> device 102wp  tenants/acme.yaml:16
  declared  rules.101: rule `night`, `ring.simultaneous.also` -> extension 102  tenants/acme.yaml:12
  declared  rules.101: rule `night`, `forward.busy` -> the phone of extension 102  tenants/acme.yaml:13
  declared  rules.101: rule `night`, `ring.simultaneous.also` -> device 102wp  tenants/acme.yaml:12
  declared  diverts.103: `no_answer` -> the voicemail of extension 102  tenants/acme.yaml:15
  declared  bulk[0]: `rule.forward.always` -> extension 102  tenants/acme.yaml:18
  declared  bulk[1]: `extensions` -> extension 102  tenants/acme.yaml:19

zeta on pbx, account zeta.2.service

  declared  diverts.7: `busy` -> extension 102  tenants/zeta.yaml:4

8 declared pointers to extension:102; nothing live was read.
"#;

const ACME_EXTENSION: &str = r#"
acme on pbx, account acme.1.service

  declared  schedules.late itself  tenants/acme.yaml:5
  declared  rules.102 itself  tenants/acme.yaml:14
  declared  queues.400: `agents` -> device 102wp  tenants/acme.yaml:16
  declared  rules.101: rule `night`, `ring.simultaneous.also` -> extension 102  tenants/acme.yaml:12
  declared  rules.101: rule `night`, `forward.busy` -> the phone of extension 102  tenants/acme.yaml:13
  declared  rules.101: rule `night`, `ring.simultaneous.also` -> device 102wp  tenants/acme.yaml:12
  declared  diverts.103: `no_answer` -> the voicemail of extension 102  tenants/acme.yaml:15
  declared  bulk[0]: `rule.forward.always` -> extension 102  tenants/acme.yaml:18
  declared  bulk[1]: `extensions` -> extension 102  tenants/acme.yaml:19

7 declared pointers to acme/rules.102; nothing live was read.
"#;

const STORM: &str = r#"
acme on pbx, account acme.1.service

  declared  schedules.storm itself  tenants/acme.yaml:5
  declared  bulk[0]: `schedule` -> schedule storm  tenants/acme.yaml:18

1 declared pointer to schedule:storm; nothing live was read.
"#;

const NIGHT: &str = r#"
acme on pbx, account acme.1.service

  declared  schedules.night itself  tenants/acme.yaml:5
  declared  rules.101: rule `night`, `when` -> schedule night  tenants/acme.yaml:11
  declared  rules.102: rule `night`, `when` -> schedule night  tenants/acme.yaml:14
  declared  bulk[1]: `schedule` -> schedule night  tenants/acme.yaml:19

3 declared pointers to schedules.night; nothing live was read.
"#;

const NUMBER: &str = r#"
acme on pbx, account acme.1.service

  declared  forwards.+12145550100: `to` -> number +1 972 555 0199  tenants/acme.yaml:7

1 declared pointer to number:+19725550199; nothing live was read.
"#;

const VOICEMAIL: &str = r#"
acme on pbx, account acme.1.service

  declared  rules.102: the Default rule, `forward.no_answer` -> the voicemail of extension 102  tenants/acme.yaml:14
  declared  diverts.103: `no_answer` -> the voicemail of extension 102  tenants/acme.yaml:15

2 declared pointers to voicemail:102; nothing live was read.
"#;

const ATTENDANT: &str = r#"
acme on pbx, account acme.1.service

  declared  queues.400: `failover` -> auto attendant 600  tenants/acme.yaml:16

1 declared pointer to attendant:600; nothing live was read.
"#;

/// With the account, an emulated one here: what is live beside what is declared, and what may lead there unseen. The tenant is
/// not changed by being asked about.
#[test]
fn the_account_says_who_points_where_now() {
    let world = world();
    let done = world.run(&["who-points-to", "extension:102"]);
    assert_eq!(
        (done.out.as_str(), done.err.as_str(), done.ending),
        (LIVE_TOO.trim_start_matches('\n'), "", Ending::Fine)
    );

    let json = world.run(&["who-points-to", "number:+19725550199", "--format", "json"]);
    let said: serde_json::Value = serde_json::from_str(&json.out).unwrap();
    let pointer = serde_json::json!({
        "at": "forwards.+12145550100", "where": "`to`", "to": "number +19725550199",
        "source": { "file": "tenants/acme.yaml", "line": 7 },
    });
    let side = serde_json::json!({ "own": [], "pointers": [pointer] });
    let expected = serde_json::json!({
        "target": "number:+19725550199",
        "tenants": [{
            "tenant": "acme", "provider": "pbx", "account": "acme.1.service", "declared": side, "live": side,
            "not_read": ["auto attendant 600: where its keys lead"],
        }],
    });
    assert_eq!(said, expected);
}

const LIVE_TOO: &str = r#"
acme on pbx, account acme.1.service

  declared  schedules.late itself  tenants/acme.yaml:5
  declared  rules.102 itself  tenants/acme.yaml:14
  declared  queues.400: `agents` -> device 102wp  tenants/acme.yaml:16
  declared  rules.101: rule `night`, `ring.simultaneous.also` -> extension 102  tenants/acme.yaml:12
  declared  rules.101: rule `night`, `forward.busy` -> the phone of extension 102  tenants/acme.yaml:13
  declared  rules.101: rule `night`, `ring.simultaneous.also` -> device 102wp  tenants/acme.yaml:12
  declared  diverts.103: `no_answer` -> the voicemail of extension 102  tenants/acme.yaml:15
  declared  bulk[0]: `rule.forward.always` -> extension 102  tenants/acme.yaml:18
  declared  bulk[1]: `extensions` -> extension 102  tenants/acme.yaml:19
  live      queues.400: `agents` -> extension 102  tenants/acme.yaml:16
  live      rules.101: rule `night`, `forward.always` -> the voicemail of extension 102  tenants/acme.yaml:9
  live      rules.101: the Default rule, `forward.busy` -> extension 102  tenants/acme.yaml:9
  live      rules.103: the Default rule, `forward.no_answer` -> extension 102
  live      rules.104: the Default rule, `ring.simultaneous.also` -> extension 102
  live      numbers.+12145550102: `route` -> extension 102
  not read: auto attendant 600: where its keys lead

7 declared pointers to extension:102, 6 live ones.
"#;

/// Of an account that cannot be read nothing is known: that is no "nobody", and the others are read all the same.
#[test]
fn an_account_that_cannot_be_read_is_said() {
    let world = world();
    world.tenant("diverts: { \"103\": { busy: { extension: \"102\" } } }");
    world.write(
        "tenants/zeta.yaml",
        "tenant: zeta\nprovider: pbx\naccount: zeta.2.service\ndiverts: { \"7\": { busy: { extension: \"102\" } } }",
    );
    let done = world.run(&["who-points-to", "extension:102"]);
    assert_eq!(done.ending, Ending::Error, "{}{}", done.out, done.err);
    for part in ["live      numbers.+12145550102: `route` -> extension 102", "error[unreadable-account]: "] {
        assert_eq!(done.out.matches(part).count(), 1, "{part}: {}", done.out);
    }
}

/// What nobody shows may lead there, and "nobody" would be a guess.
#[test]
fn what_is_not_shown_is_said() {
    let live = "receiving_numbers: [{ number: \"+14105550123\", name: Desk }]";
    let world = World::on(&System { live, ..CTM }, "receivers: { \"+14105550124\": { label: Back } }");
    let done = world.run(&["who-points-to", "receiver:+14105550124"]);
    let expected = "acme on pbx, account 302341\n\n  declared  receivers.+14105550124 itself  tenants/acme.yaml:4\n  \
                    not read: `no_answer` of receivers.+14105550123: it has no word, or is not shown\n\n\
                    0 declared pointers to receiver:+14105550124, 0 live ones.\n";
    assert_eq!((done.out.as_str(), done.err.as_str()), (expected, ""));
}

/// What has no word in the files leads there all the same. A plan that deletes something has always said so; whoever asked before
/// a queue or a schedule went was told of nobody.
#[test]
fn menus_and_the_hours_of_queues_are_searched() {
    let live = r#"
schedules: [{ name: office, timezone: UTC, times: [{ start_time: "540", end_time: "1020", position: "0", days: { mon: true } }] }]
receiving_numbers: [{ number: "+14105550124", name: Back }]
queues: [{ name: Sales, schedule: office }]
voice_menus: [{ name: Main, schedule: office, after_hours: { call_queue: Sales }, items: [{ keypress: "1", call_queue: Sales }, { keypress: "2", receiving_number: "+14105550124" }] }]
"#;
    let world = World::on(&System { live, ..CTM }, "");
    let menu = "live      voice menu `Main`: in a way that has no word here";
    for (target, led) in [
        ("queue:Sales", &[menu][..]),
        ("schedule:office", &["live      the hours of queue `Sales`: in a way that has no word here", menu]),
        ("receiver:+14105550124", &[menu]),
        ("number:+14105550124", &[menu]),
    ] {
        let said = world.run(&["who-points-to", target, "--live"]);
        let found: Vec<&str> =
            said.out.lines().map(str::trim).filter(|line| line.contains("has no word here")).collect();
        assert_eq!(found, led, "{target}: {}{}", said.out, said.err);
        let counted = format!("{} live one", led.len());
        assert!(said.out.contains(&counted), "{target}: {}", said.out);
    }
}

/// A target that is none ends the run before anything is read, and says how to write one; a slip in a name is told, and a
/// number close to another is none.
#[test]
fn a_target_that_is_none_is_told_how_to_be_one() {
    let world = world();
    let help = "write it as `extension:102`, `queue:400`, `number:+12145550100`, `schedule:storm`, \
                `receiver:+14105550123`, or as a plan prints it: `queues.400`, `acme/rules.102`";
    let cases = [
        ("", "`` names nothing that calls are sent to", help),
        ("102", "`102` names nothing that calls are sent to", help),
        (
            "extention:102",
            "`extention:102` names nothing that calls are sent to",
            "did you mean `extension:…`? ",
        ),
        ("menus.Main", "`menus.Main` names nothing that calls are sent to", "did you mean `menu:…`? "),
        ("extension:", "`extension:` has no name", help),
        ("queues.", "`queues.` has no name", help),
        ("extension:+12145550100", "`+12145550100` is not an extension", "an outside number is written"),
        ("number:555", "", ""),
        ("acmee/queues.400", "there is no tenant `acmee`", "did you mean `acme`?"),
        ("a/b/c", "`a/b/c` names nothing that calls are sent to", help),
        ("\u{1b}[2K:1", "`\\u{1b}[2K:1` names nothing that calls are sent to", help),
    ];
    for (target, message, help) in cases {
        let done = world.run(&["who-points-to", target]);
        assert_eq!((done.ending, done.out.as_str()), (Ending::Error, ""), "{target}");
        assert!(refusal(&done).starts_with(message) && !refusal(&done).is_empty(), "{target}: {}", done.err);
        assert!(done.err.contains(&format!("help: {help}")), "{target}: {}", done.err);
    }
    assert!(!world.path(".dialform").exists(), "nothing was read");

    // A shared schedule is one of each tenant that names it; that nobody points to it would be untrue.
    world.write("shared/days.yaml", "schedules: { days: { yearly: [12-25] } }\n");
    world.write("dialform.yaml", format!("{}shared: [\"shared/*.yaml\"]\n", world.read("dialform.yaml")));
    let shared = world.run(&["who-points-to", "schedule:shared/days"]);
    assert_eq!(
        (shared.ending, refusal(&shared)),
        (Ending::Error, "`shared/days` is a schedule of no tenant".to_owned())
    );
    assert!(
        shared.err.contains("ask for `schedule:days`; those that take its days by `use`"),
        "{}",
        shared.err
    );

    let offline = Workspace::at(world.root().to_owned());
    for (target, near) in [("schedule:strom", Some("storm")), ("queue:401", None), ("extension:109", None)] {
        let done = offline.run(&["who-points-to", target]);
        let expected = near.map_or(String::new(), |near| {
            let name = target.split(':').next_back().unwrap();
            format!("warning[unknown-target]: no tenant declares a schedule `{name}`\n |\nhelp: did you mean `{near}`?\n\n")
        });
        assert_eq!((done.ending, done.err), (Ending::Fine, expected), "{target}");
    }
}

/// A user has left. A plan that names the extension says what is wrong in the file, takes no neighbour for a slip, and names
/// everything live that still leads there; also where the file says what is live, and where nothing is said of it.
#[test]
fn a_plan_names_what_still_leads_to_a_user_who_has_left() {
    let world = world();
    world.tenant("diverts: { \"103\": { busy: { extension: \"102\" } } }");
    let plan = world.run(&["plan"]);
    assert!(!plan.out.contains("did you mean"), "{}", plan.out);
    assert_eq!(notes(&plan.out), GONE);
    let error = "error[no-such-extension]: account `acme.1.service` has no extension `102`";
    assert_eq!(plan.out.matches(error).count(), 1, "{}", plan.out);

    world.tenant("diverts: { \"103\": { no_answer: { extension: \"102\" } } }");
    let still = GONE.map(|note| match note {
        "rules.103: the Default rule, `forward.no_answer` leads to" => {
            "diverts.103: `no_answer` still leads to"
        }
        other => other,
    });
    let plan = world.run(&["plan"]);
    assert_eq!(plan.ending, Ending::Fine, "{}{}", plan.out, plan.err);
    let sorted = |mut notes: Vec<String>| {
        notes.sort();
        notes
    };
    assert_eq!(sorted(notes(&plan.out)), sorted(still.map(str::to_owned).to_vec()));

    world.tenant("numbers: { \"+12145550100\": { route: { extension: \"101\" } } }");
    let plan = world.run(&["plan"]);
    let listed = ["queues.400: `agents` leads to", "numbers.+12145550102: `route` leads to"];
    assert_eq!((notes(&plan.out), plan.ending), (listed.map(str::to_owned).to_vec(), Ending::Fine));
}

const GONE: [&str; 6] = [
    "queues.400: `agents` leads to",
    "rules.101: rule `night`, `forward.always` leads to",
    "rules.101: the Default rule, `forward.busy` leads to",
    "rules.103: the Default rule, `forward.no_answer` leads to",
    "rules.104: the Default rule, `ring.simultaneous.also` leads to",
    "numbers.+12145550102: `route` leads to",
];

/// The notes about extension 102, without what all of them say.
fn notes(plan: &str) -> Vec<String> {
    let all = " extension 102, which account `acme.1.service` does not have: calls sent there are lost";
    let notes = plan.lines().filter_map(|line| line.strip_prefix("  note: ")?.strip_suffix(all));
    notes.map(str::to_owned).collect()
}
