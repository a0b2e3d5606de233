//! A saved plan: it knows of what it is, and what was reviewed is done, or what is left of it, and nothing else.

use crate::{
    workspace::{event, outcome, refusal},
    world::World,
};
use dialform::error::Ending;
use serde_json::{Value, json};
use std::collections::BTreeMap;

/// Nothing here is about servers that show a change late.
const AT_ONCE: &str = "visible-after:0ms";

/// Three tenants on one provider, committed; then a queue of each is renamed.
fn three() -> World {
    let world = World::new("");
    for name in ["acme", "bolt", "coil"] {
        let tenant = |label: &str| {
            format!(
                "tenant: {name}\nprovider: pbx\naccount: {name}.1.service\nlabels: [{}]\nqueues: {{ \"400\": {{ name: {label} }} }}\n\
                 schedules: {{ night: {{ dates: [\"2027-01-0{}\"] }} }}\n",
                if name == "coil" { "later" } else { "pilot" },
                if label == "Old" { 1 } else { 2 },
            )
        };
        let live = json!({
            "domain": { "domain": format!("{name}.1.service") }, "users": [{ "user": "101" }],
            "callqueues": [{ "callqueue": "400", "description": "Older" }],
            "timeframes": [{ "timeframe-name": "night", "timeframe-type": "specific-dates", "timeframe-specific-dates-array": [] }],
        });
        world.write(&format!("live/pbx/{name}.1.service.yaml"), live.to_string());
        world.write(&format!("tenants/{name}.yaml"), tenant("Old"));
        world.write(&format!("later/{name}.yaml"), tenant("New"));
    }
    world.write(".gitignore", ".dialform/\nlater/\nplan.json\n");
    world.commit(&["."]);
    world
}

/// What a plan or an apply has done, as `tenant/address`.
fn addresses(steps: &Value) -> Vec<String> {
    let text = |step: &Value, field: &str| step[field].as_str().unwrap_or_default().to_owned();
    let all = steps.as_array().into_iter().flatten();
    all.map(|step| format!("{}/{}", text(step, "tenant"), text(step, "address"))).collect()
}

/// Whatever a plan was selected with, its apply asks for nothing again and does the same; also after the branch has moved on.
#[test]
fn an_apply_is_of_the_part_that_was_planned() {
    let all = [
        "acme/schedules.night",
        "acme/queues.400",
        "bolt/schedules.night",
        "bolt/queues.400",
        "coil/schedules.night",
        "coil/queues.400",
    ];
    let table: [(&str, &[&str]); 14] = [
        ("", &all),
        ("--tenant acme", &all[..2]),
        ("--tenant label:pilot", &all[..4]),
        ("--tenant [bc]*", &all[2..]),
        ("--only queues.*", &[all[1], all[3], all[5]]),
        ("--only acme/queues.400", &all[1..2]),
        ("--only acme/* --only bolt/queues.*", &[all[0], all[1], all[3]]),
        ("--tenant bolt --only schedules.*", &all[2..3]),
        ("--changed-since HEAD", &all[2..4]),
        ("--changed-since HEAD --only queues.*", &all[3..4]),
        ("--base HEAD", &all),
        ("--base HEAD --config worktree --tenant coil", &all[4..]),
        ("--base HEAD --changed-since HEAD", &all[2..4]),
        ("--base HEAD --only queues.* --tenant label:later", &all[5..]),
    ];
    for (selectors, expected) in table {
        let world = three();
        world.write("tenants/bolt.yaml", world.read("later/bolt.yaml"));
        let file = world.argument("plan.json");
        let words: Vec<&str> = selectors.split_whitespace().collect();
        let planned = world.run(&[&["plan", "--out", &file], words.as_slice()].concat());
        assert_eq!(planned.ending, Ending::Fine, "{selectors}: {}", planned.err);
        // What `HEAD` names now is another commit.
        world.commit(&["."]);
        let applied = world.run(&["apply", &file, "--format", "json", "--fault", AT_ONCE]);
        assert_eq!(applied.ending, Ending::Fine, "{selectors}: {}{}", applied.out, applied.err);
        let ended = outcome(&applied.out).unwrap();
        let mut done = addresses(&ended["steps"]);
        done.sort();
        let mut expected: Vec<&str> = expected.to_vec();
        expected.sort();
        assert_eq!(done, expected, "{selectors}");
        // The same job once more has nothing left to do.
        let again = world.run(&["apply", &file]);
        assert_eq!(again.ending, Ending::Fine, "{selectors}: {}{}", again.out, again.err);
    }
}

/// A job that shows Markdown knows by it what is left. Nothing of an earlier run stands there.
#[test]
fn how_it_ended_is_kept_in_a_file() {
    let world = three();
    let (plan, kept) = (world.argument("plan.json"), world.argument("outcome.json"));
    assert_eq!(world.run(&["plan", "--out", &plan]).ending, Ending::Fine);
    for format in ["json", "markdown"] {
        let apply = ["apply", &plan, "--fault", AT_ONCE, "--outcome", &kept, "--format", format];
        let applied = world.run(&apply);
        assert_eq!(applied.ending, Ending::Fine, "{}{}", applied.out, applied.err);
        let text = world.read("outcome.json");
        assert_eq!(outcome(&text).unwrap()["exit_code"], 0, "{text}");
        assert!(format != "json" || applied.out.ends_with(&text), "{text}\n{}", applied.out);
    }
    world.edit("tenants/acme.yaml", "name: Old", "name: Other");
    assert_eq!(world.run(&["apply", &plan, "--outcome", &kept]).ending, Ending::Refused);
    assert_eq!(world.read("outcome.json"), "");
    let nowhere = world.argument("no/outcome.json");
    let failed = world.run(&["apply", &plan, "--outcome", &nowhere]);
    assert!(
        failed.ending == Ending::Error && failed.err.contains("cannot write the outcome to"),
        "{}",
        failed.err
    );
}

/// One was merged after the plan was made, on a template that the plan changes for all: it was recorded as applied, and had never
/// reached that one. A plan of a part of the workspace is not about it.
#[test]
fn a_tenant_that_is_new_since_the_plan_is_not_passed_over() {
    let refused = Some("this is not what was reviewed: tenant `coil` is not in the reviewed plan");
    let table = [
        ("", "New", refused),
        ("--base HEAD", "New", refused),
        ("--environment production --as-of 2126-01-01T00:00Z", "New", refused),
        // It is as it is to be.
        ("", "Older", None),
        ("--tenant [abc]*", "New", None),
        ("--only queues.*", "New", None),
        ("--changed-since HEAD", "New", None),
        ("--shard 1/1", "New", None),
    ];
    for (selectors, name, expected) in table {
        let world = three();
        let own =
            "tenant: coil\nprovider: pbx\naccount: coil.1.service\nqueues: { \"400\": { name: NAME } }\n";
        std::fs::remove_file(world.path("tenants/coil.yaml")).unwrap();
        world.commit(&["."]);
        world.write("tenants/bolt.yaml", world.read("later/bolt.yaml"));
        let file = world.argument("plan.json");
        let words: Vec<&str> = selectors.split_whitespace().collect();
        let planned = world.run(&[&["plan", "--out", &file], words.as_slice()].concat());
        assert_eq!(planned.ending, Ending::Fine, "{selectors}: {}", planned.err);
        world.write("tenants/coil.yaml", own.replace("NAME", name));
        world.commit(&["."]);
        let applied = world.run(&["apply", &file, "--fault", AT_ONCE]);
        match expected {
            Some(said) => assert_eq!((applied.ending, refusal(&applied)), (Ending::Refused, said.to_owned())),
            None => assert_eq!(applied.ending, Ending::Fine, "{selectors}: {}{}", applied.out, applied.err),
        }
    }
}

/// A selector beside a saved plan would be of another part than the one that was reviewed.
#[test]
fn no_selector_goes_with_a_saved_plan() {
    let world = three();
    let file = world.argument("plan.json");
    assert_eq!(world.run(&["plan", "--out", &file]).ending, Ending::Fine);
    let selectors = [
        ["--tenant", "acme"],
        ["--only", "queues.*"],
        ["--changed-since", "HEAD"],
        ["--base", "HEAD"],
        ["--restore", "x"],
    ];
    for selector in selectors {
        let refused = world.run(&[&["apply", &file], &selector[..]].concat());
        assert_eq!(refused.ending, Ending::Error);
        let said = format!("the argument '[PLANFILE]' cannot be used with '{} <", selector[0]);
        assert!(refused.err.contains(&said), "{}", refused.err);
    }
}

/// The plan of a large fleet is larger than anything that a person writes. It is a line for each tenant, and is read by `apply` and
/// `merge`, as is what an apply of it leaves to take it back.
#[test]
fn the_plan_of_a_fleet_is_read_again() {
    const MORE_THAN_A_PERSON_WRITES: usize = 65 << 20;
    let enlarge = |text: String| text + &" ".repeat(MORE_THAN_A_PERSON_WRITES);
    let world = three();
    let file = world.argument("plan.json");
    assert_eq!(world.run(&["plan", "--out", &file]).ending, Ending::Fine);
    let text = world.read("plan.json");
    let saved: Value = serde_json::from_str(&text).unwrap();
    let fields = saved.as_object().unwrap().len();
    assert_eq!(text.lines().count(), fields + 3 + 3, "{text}");
    world.write("plan.json", enlarge(text));
    let applied = world.run(&["apply", &file, "--format", "json", "--fault", AT_ONCE]);
    assert_eq!(applied.ending, Ending::Fine, "{}{}", applied.out, applied.err);
    let restore = outcome(&applied.out).unwrap()["restore"].as_str().unwrap().to_owned();
    let kept = std::fs::read_to_string(&restore).unwrap();
    std::fs::write(&restore, enlarge(kept)).unwrap();
    let back = world.run(&["plan", "--restore", &restore]);
    assert_eq!(back.ending, Ending::Fine, "{}{}", back.out, back.err);
}

/// What was approved is what stands there: whoever edits it is told which field.
#[test]
fn a_field_that_was_altered_is_named() {
    let world = three();
    let file = world.argument("plan.json");
    world.write("tenants/bolt.yaml", world.read("later/bolt.yaml"));
    let words = "plan --base HEAD --changed-since HEAD --config HEAD --tenant bolt --only queues.* --out";
    let planned = world.run(&[words.split(' ').collect(), vec![file.as_str()]].concat());
    assert_eq!(planned.ending, Ending::Fine, "{}", planned.err);
    let saved: Value = serde_json::from_str(&world.read("plan.json")).unwrap();
    let mut fields: Vec<String> = saved.as_object().unwrap().keys().map(|key| format!("/{key}")).collect();
    fields.extend(saved["made_from"].as_object().unwrap().keys().map(|key| format!("/made_from/{key}")));
    fields.extend(
        ["/tenants/0/steps/0/changes/0/new", "/tenants/0/steps/0/after/name", "/made_from/base/commit"]
            .map(String::from),
    );
    let mut said = BTreeMap::new();
    for pointer in fields {
        let mut altered = saved.clone();
        let value = altered.pointer_mut(&pointer).unwrap();
        *value = match &*value {
            Value::Bool(on) => json!(!*on),
            Value::Number(_) => json!(99),
            Value::Array(_) => json!([]),
            Value::Object(_) => json!({}),
            _ => json!("other"),
        };
        if altered == saved {
            continue;
        }
        world.write("altered.json", altered.to_string());
        let refused = world.run(&["apply", &world.argument("altered.json")]);
        assert_eq!(refused.ending, Ending::Refused, "{pointer}: {}", refused.err);
        let why = refusal(&refused);
        let (_, why) = why.split_once("altered.json` ").unwrap();
        said.insert(pointer, why.replace("was changed after it was saved, in ", ""));
    }
    // Of a name that stands twice one reader takes the first and another the last.
    world.write("altered.json", world.read("plan.json").replacen("{", "{ \"digest\": \"other\",", 1));
    let refused = world.run(&["apply", &world.argument("altered.json")]);
    assert_eq!(refused.ending, Ending::Error);
    assert!(
        refused.err.contains("is not a saved plan: `digest` stands twice in one object"),
        "{}",
        refused.err
    );
    let lines: String = said.into_iter().map(|(field, why)| format!("{field}: {why}\n")).collect();
    crate::golden::assert("saved_plan/altered.txt", &lines);
}

/// Live as it is reviewed, and what is planned for it.
fn reviewed() -> World {
    let world = World::new(TENANT);
    world.write("live/pbx/acme.1.service.yaml", live().to_string());
    let workspace = world.workspace();
    world.write("dialform.yaml", workspace + "guard: { max_changed_percent: 100 }\n");
    world
}

const TENANT: &str = r#"
schedules:
  night: { dates: ["2027-01-02"] }
  storm: { dates: ["2027-01-15"] }
absent: { queues: ["402"], schedules: [old] }
queues:
  "400": { name: Sales, agents: ["101", "102"] }
  "410": { name: Service, agents: ["103"] }
diverts: { "103": { busy: voicemail } }
rules:
  "101": { ring_timeout: 25, order: [{ when: storm, forward: { always: voicemail } }, { when: night, ring: extension }, { when: default, ring: extension }] }
numbers:
  "+12145550100": { label: Main, route: { queue: "400" } }
  "+12145550101": { label: Second, route: { queue: "410" } }
forwards: { "+12145550100": { to: "+19725550190" } }
"#;

fn live() -> Value {
    let frame = |name: &str| json!({ "timeframe-name": name, "timeframe-type": "specific-dates", "timeframe-specific-dates-array": [] });
    let number = |number: &str| json!({ "phonenumber": number, "dial-rule-application": "to-user-residential", "dial-rule-translation-destination-user": "101" });
    json!({
        "domain": { "domain": "acme.1.service" },
        "users": [
            { "user": "101", "answerrules": [{ "time-frame": "*", "enabled": "yes", "simultaneous-ring": { "enabled": "yes", "parameters": ["101"] } }] },
            { "user": "102" }, { "user": "103" },
        ],
        "timeframes": [frame("night"), frame("old"), frame("other")],
        "callqueues": [{ "callqueue": "400", "description": "Reception" }, { "callqueue": "402", "description": "Gone" }],
        "phonenumbers": [number("12145550100"), number("12145550101")],
        "carrier": [{ "number": "2145550100", "destination": "9725550199", "active": false }],
    })
}

/// What happens in the portal between review and apply: where, and what stands there then.
fn moved() -> Vec<(&'static str, &'static str, Value)> {
    let frame = |dates: Value| json!({ "timeframe-name": "night", "timeframe-type": "specific-dates", "timeframe-specific-dates-array": dates });
    let day = |date: &str| json!([{ "timeframe-specific-dates-begin-date": date, "timeframe-specific-dates-end-date": date }]);
    let agent = |extension: &str| json!({ "callqueue-agent-id": format!("{extension}@acme.1.service"), "callqueue-agent-dispatch-order-ordinal": extension.parse::<u32>().unwrap() - 100 });
    let rule = |name: &str, more: Value| {
        let mut rule = json!({ "time-frame": name, "enabled": "yes", "simultaneous-ring": { "enabled": "no", "parameters": [] } });
        rule.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        rule
    };
    let default = json!({ "time-frame": "*", "enabled": "yes", "simultaneous-ring": { "enabled": "yes", "parameters": ["101"] } });
    let voicemail = json!({ "forward-always": { "enabled": "yes", "parameters": ["vmail_101"] } });
    vec![
        ("a queue has another name", "/callqueues/400/description", json!("Desk")),
        ("a queue has the name it is to have", "/callqueues/400/description", json!("Sales")),
        (
            "a queue rings otherwise, of which the file says nothing",
            "/callqueues/400/callqueue-dispatch-type",
            json!("Ring All"),
        ),
        ("a queue has gone", "/callqueues/400", Value::Null),
        ("an agent more", "/agents/400/103@acme.1.service", agent("103")),
        ("one of the agents", "/agents/400/101@acme.1.service", agent("101")),
        (
            "both agents",
            "/agents/400",
            json!({ "101@acme.1.service": agent("101"), "102@acme.1.service": agent("102") }),
        ),
        (
            "both agents and another",
            "/agents/400",
            json!({ "101@acme.1.service": agent("101"), "102@acme.1.service": agent("102"), "103@acme.1.service": agent("103") }),
        ),
        ("what is to be deleted has another name", "/callqueues/402/description", json!("Kept")),
        ("what is to be deleted has an agent", "/agents/402/101@acme.1.service", agent("101")),
        ("a number has a label", "/phonenumbers/12145550100/dial-rule-description", json!("Hot line")),
        (
            "a number has the label it is to have",
            "/phonenumbers/12145550100/dial-rule-description",
            json!("Main"),
        ),
        (
            "a number leads to a colleague",
            "/phonenumbers/12145550100/dial-rule-translation-destination-user",
            json!("102"),
        ),
        ("a number is off", "/phonenumbers/12145550100/enabled", json!("no")),
        ("a number has gone", "/phonenumbers/12145550100", Value::Null),
        (
            "a number is new",
            "/phonenumbers/12145550102",
            json!({ "phonenumber": "12145550102", "enabled": "yes", "dial-rule-application": "to-user-residential", "dial-rule-translation-destination-user": "101" }),
        ),
        ("a forward is on", "/carrier/2145550100/active", json!(true)),
        ("a forward leads elsewhere", "/carrier/2145550100/destination", json!("9725550188")),
        ("a forward leads where it is to", "/carrier/2145550100/destination", json!("9725550190")),
        ("a forward has gone", "/carrier/2145550100", Value::Null),
        ("a schedule has a day", "/timeframes/night", frame(day("20270303"))),
        ("a schedule has gone", "/timeframes/night", Value::Null),
        (
            "what is to be deleted has a day",
            "/timeframes/old/timeframe-specific-dates-array",
            day("20270303"),
        ),
        ("what is to be deleted has gone", "/timeframes/old", Value::Null),
        ("an undeclared schedule has gone", "/timeframes/other", Value::Null),
        ("an extension rings for longer", "/users/101/ring-no-answer-timeout-seconds", json!(40)),
        (
            "the Default rule forwards",
            "/answerrules/101/0/forward-no-answer",
            json!({ "enabled": "yes", "parameters": ["vmail_101"] }),
        ),
        ("a rule that nobody planned", "/answerrules/101", json!([rule("other", json!({})), default])),
        (
            "a rule that was planned, with other calls",
            "/answerrules/101",
            json!([rule("night", voicemail.clone()), default]),
        ),
        ("a rule that was planned, in part", "/answerrules/101", json!([rule("night", json!({})), default])),
        (
            "a divert elsewhere",
            "/answerrules/103/0/forward-on-busy",
            json!({ "enabled": "yes", "parameters": ["user_102"] }),
        ),
        (
            "a divert as planned",
            "/answerrules/103/0/forward-on-busy",
            json!({ "enabled": "yes", "parameters": ["vmail_103"] }),
        ),
        ("a user has gone", "/users/103", Value::Null),
        ("a user is new", "/users/104", json!({ "user": "104" })),
    ]
}

fn put(state: &mut Value, pointer: &str, value: Value) {
    let (parent, key) = pointer.rsplit_once('/').unwrap();
    let parent = state.pointer_mut(parent).unwrap();
    match (parent, value) {
        (Value::Object(map), Value::Null) => drop(map.shift_remove(key).unwrap()),
        (Value::Object(map), value) => drop(map.insert(key.to_owned(), value)),
        (other, _) => panic!("{pointer}: {other}"),
    }
}

/// Between review and apply anything may happen. What is another way is named and nothing is done; what is done already is
/// not in the way.
#[test]
fn whatever_moved_since_is_named() {
    let world = reviewed();
    let file = world.argument("plan.json");
    assert_eq!(world.run(&["plan", "--out", &file]).ending, Ending::Fine);
    let state = world.read_state();
    let mut said = String::new();
    for (name, pointer, value) in moved() {
        let mut moved = state.clone();
        put(&mut moved, pointer, value);
        std::fs::write(world.state_file(), moved.to_string()).unwrap();
        let before = world.state();
        let applied = world.run(&["apply", &file, "--format", "json", "--fault", AT_ONCE]);
        let end = match applied.ending {
            Ending::Refused => {
                assert_eq!(world.state(), before, "{name}: a refused apply writes nothing");
                let failed = event(&applied.out, "failed").unwrap();
                failed["findings"][0]["message"].as_str().unwrap().to_owned()
            }
            Ending::Fine => {
                let already = event(&applied.out, "already");
                let after = world.run(&["plan", "--detailed-exitcode", "--fault", AT_ONCE]);
                assert_eq!(after.ending, Ending::Fine, "{name}: {}", after.out);
                format!("applied; already so: {}", already.map_or(json!([]), |it| it["objects"].clone()))
            }
            other => format!("{other:?} {}", applied.out.lines().last().unwrap_or_default()),
        };
        said.push_str(&format!("{name}\n    {end}\n"));
    }
    crate::golden::assert("saved_plan/moved.txt", &said);
}

/// What a file does not ask for any more was not done because it is not planned any more.
#[test]
fn what_the_files_say_otherwise_by_now_is_named() {
    let table = [
        ("label: Main, ", ""),
        ("label: Main", "label: Door"),
        ("queues: [\"402\"], ", ""),
        ("diverts: { \"103\": { busy: voicemail } }", ""),
        (
            "  \"410\": { name: Service, agents: [\"103\"] }\n",
            "  \"410\": { name: Service, agents: [\"102\"] }\n",
        ),
        ("forwards: {", "forwards: { \"+12145550101\": { to: \"+19725550190\" }, "),
        ("tenant: acme", "tenant: other"),
    ];
    let mut said = Vec::new();
    for (from, to) in table {
        let world = reviewed();
        let file = world.argument("plan.json");
        assert_eq!(world.run(&["plan", "--out", &file]).ending, Ending::Fine);
        let before = world.state();
        world.edit("tenants/acme.yaml", from, to);
        let refused = world.run(&["apply", &file]);
        assert_eq!(
            (refused.ending, world.state() == before),
            (Ending::Refused, true),
            "{from}: {}",
            refused.err
        );
        said.push(refusal(&refused).replace("this is not what was reviewed: ", ""));
    }
    let otherwise = "is not wanted as the reviewed plan says: the files have changed since";
    let expected = [
        format!("acme/numbers.+12145550100 {otherwise}"),
        "acme/numbers.+12145550100 would have `label` set to `\"Door\"`, in the reviewed plan to `\"Main\"`".to_owned(),
        format!("acme/queues.402 {otherwise}"),
        format!("acme/diverts.103 {otherwise}"),
        "acme/queues.410 would have `agents` set to `[{\"extension\":\"102\",\"order\":1,\"wrap_up\":0}]`, in the reviewed plan to \
         `[{\"extension\":\"103\",\"order\":1,\"wrap_up\":0}]`"
            .to_owned(),
        "acme/forwards.+12145550101 is changed now, and not in the reviewed plan".to_owned(),
        "tenant `acme` of the reviewed plan is not declared any more; tenant `other` is not in the reviewed plan".to_owned(),
    ];
    assert_eq!(said, expected);
}

/// One who rings a colleague, two numbers, and what live is when they are read.
fn calls() -> World {
    let world = World::new("");
    let number = |number: &str, to: &str| json!({ "phonenumber": number, "dial-rule-application": "to-user-residential", "dial-rule-translation-destination-user": to });
    let always = json!({ "enabled": "yes", "parameters": ["user_103"] });
    let live = json!({
        "domain": { "domain": "acme.1.service" },
        "users": [
            { "user": "101", "answerrules": [{ "time-frame": "*", "enabled": "yes", "forward-always": always }] },
            { "user": "102" }, { "user": "103" }, { "user": "104" },
        ],
        "phonenumbers": [number("12145550100", "101"), number("12145550101", "102")],
    });
    world.write("live/pbx/acme.1.service.yaml", live.to_string());
    world
}

/// Two changes were reviewed, each by itself, and both together do what neither plan has shown: a number was led to an extension, and
/// that extension outside. Whatever else was merged is no reason.
#[test]
fn what_callers_notice_beside_what_was_reviewed_is_named() {
    const NUMBER: &str = "numbers: { \"+12145550101\": { route: { extension: \"102\" } } }\n";
    let diverts = |text: &str| format!("{NUMBER}diverts: {{ {text} }}\n");
    let led = |to: &str| NUMBER.replace("102", to);
    let outside = r#""104": { always: { number: "+19725550111" } }"#;
    let colleague = r#""104": { always: { extension: "103" } }"#;
    let on_103 = r#""103": { always: { number: "+19725550111" } }"#;
    let new = Some("acme: calls to +1 214 555 0101 differ now, of which the reviewed plan says nothing");
    let other = Some("acme: calls to extension 104 go another way now than the reviewed plan says");
    // What is planned; what is merged and applied before it; both; and what is said of it.
    let table = [
        (diverts(outside), NUMBER.to_owned(), diverts(outside), None),
        (diverts(outside), led("104"), diverts(outside).replace("102", "104"), new),
        (diverts(outside), led("103"), diverts(outside).replace("102", "103"), None),
        (diverts(colleague), diverts(on_103), diverts(&format!("{colleague}, {on_103}")), other),
        // They have gone another way before.
        (
            diverts(outside),
            diverts(r#""104": { busy: voicemail }"#),
            diverts(r#""104": { always: { number: "+19725550111" }, busy: voicemail }"#),
            None,
        ),
    ];
    for (planned, before, both, expected) in table {
        let world = calls();
        let file = world.argument("plan.json");
        world.tenant(&planned);
        assert_eq!(world.run(&["plan", "--out", &file]).ending, Ending::Fine);
        world.tenant(&before);
        let applied = world.run(&["apply", "--auto-approve", "--fault", AT_ONCE]);
        assert_eq!(applied.ending, Ending::Fine, "{before}: {}{}", applied.out, applied.err);
        world.tenant(&both);
        let applied = world.run(&["apply", &file, "--fault", AT_ONCE]);
        match expected {
            Some(said) => assert_eq!(
                (applied.ending, refusal(&applied)),
                (Ending::Refused, format!("this is not what was reviewed: {said}"))
            ),
            None => assert_eq!(applied.ending, Ending::Fine, "{both}: {}{}", applied.out, applied.err),
        }
    }
}

/// Half of a plan was applied, and calls to a number are for now where they are neither before nor after: the plan does not name
/// them, and its apply goes on all the same.
#[test]
fn what_is_applied_in_part_goes_on() {
    let world = calls();
    let file = world.argument("plan.json");
    // It rings 103 before and after.
    world.tenant(
        "diverts: { \"101\": { always: off } }\nnumbers: { \"+12145550100\": { route: { extension: \"103\" } } }\n",
    );
    let planned = world.run(&["plan", "--out", &file, "--format", "json"]);
    assert_eq!(planned.ending, Ending::Fine, "{}", planned.err);
    let plan: Value = serde_json::from_str(&planned.out).unwrap();
    let table = &plan["tenants"][0]["experience"]["table"];
    let named: Vec<&Value> = table["calls"].as_array().unwrap().iter().map(|it| &it["to"]).collect();
    assert!(
        named.contains(&&json!("extension 101")) && !named.contains(&&json!("+12145550100")),
        "{named:?}"
    );
    let half = world.run(&["apply", "--only", "diverts.101", "--auto-approve", "--fault", AT_ONCE]);
    assert_eq!(half.ending, Ending::Fine, "{}{}", half.out, half.err);
    let rest = world.run(&["apply", &file, "--fault", AT_ONCE]);
    assert_eq!(rest.ending, Ending::Fine, "{}{}", rest.out, rest.err);
}

/// A plan is as good in a year as it was: on what days of a later year its calls are as well nobody could know when it was reviewed.
#[test]
fn a_plan_that_is_applied_much_later_is_the_same() {
    let world = calls();
    let of = |number: &str, timeout: u32| {
        format!(
            r#"
time_zone: America/Chicago
schedules:
  weekend: {{ weekly: {{ sat-sun: ["00:00-24:00"] }} }}
  christmas: {{ yearly: ["12-25"] }}
numbers: {{ "+12145550101": {{ route: {{ extension: "{number}" }} }} }}
rules:
  "102": {{ order: [{{ when: weekend, forward: {{ always: voicemail }} }}, {{ when: christmas, forward: {{ always: {{ extension: "104" }} }} }}, {{ when: default }}] }}
  "104": {{ order: [{{ when: default, forward: {{ no_answer: voicemail }} }}], ring_timeout: {timeout} }}
"#
        )
    };
    let run =
        |now: &str, words: &[&str]| world.run_at(now, &[words, &["--sandbox", "--fault", AT_ONCE]].concat());
    let file = world.argument("plan.json");
    world.tenant(&of("102", 20));
    assert_eq!(world.run(&["apply", "--auto-approve", "--fault", AT_ONCE]).ending, Ending::Fine);
    world.tenant(&of("102", 30));
    // Christmas is a Saturday, and in the year after a Monday, on which the number goes there as well.
    let planned = run("2027-01-05T12:00:00Z", &["plan", "--out", &file]);
    assert_eq!(planned.ending, Ending::Fine, "{}", planned.err);
    assert!(!planned.out.contains("555 0101"), "{}", planned.out);
    let state = world.state();
    let times = [
        "2027-01-05T18:00:00Z",
        "2027-02-20T03:00:00Z",
        "2027-12-10T12:00:00Z",
        "2027-12-26T12:00:00Z",
        "2029-06-01T00:00:00Z",
    ];
    for now in times {
        std::fs::write(world.state_file(), &state).unwrap();
        let shown = run(now, &["plan"]);
        assert_eq!(shown.out.contains("555 0101"), now > "2027-12-25", "{now}: {}", shown.out);
        let applied = run(now, &["apply", &file]);
        assert_eq!(applied.ending, Ending::Fine, "{now}: {}{}", applied.out, applied.err);
    }
}
