//! What only people can do: said whole, counted, and true to whoever does only what is said.

use crate::{
    golden, served,
    workspace::outcome,
    world::{CTM, STRATUS, System, World},
};
use dialform::{error::Ending, sandbox::Sandbox};
use serde_json::{Value, json};
use std::{fs, path::Path};

const CARRIER: System = System {
    provider: r#"
    kind: stratus
    url: http://127.0.0.1:1/ns-api/v2
    token: { env: NOT_NEEDED }
    carrier: manual
    limits: { requests_per_second: 1000, settle: 1 }"#,
    account: "acme.1.service",
    live: r#"
domain: { domain: acme.1.service }
users: [{ user: "101" }]
phonenumbers:
  - { phonenumber: "15125550100", dial-rule-application: to-user-residential, dial-rule-translation-destination-user: "101" }
  - { phonenumber: "15125550101", dial-rule-application: to-user-residential, dial-rule-translation-destination-user: "101" }
  - { phonenumber: "15125550102", dial-rule-application: to-user-residential, dial-rule-translation-destination-user: "101" }
carrier:
  - { number: "5125550101", destination: "5125558888", active: true }
  - { number: "5125550102", destination: "5125558888", active: true }
"#,
};

const FORWARDS: &str = r#"
forwards:
  "+15125550100": { to: "+15125559999", active: true }
  "+15125550101": { to: "+15125559999", active: false }
absent: { forwards: ["+15125550102"] }
"#;

const SPAM: &str = "rules: { \"101\": { callers: { spam: drop } } }\n";

const BRIDGE: System = System {
    provider: "\n    kind: deskphone\n    bridge: manual",
    account: "harbour",
    live: r#"
people:
  - { extension: "2001", busy: voicemail, always: { number: "447700900123" } }
  - { extension: "2002" }
"#,
};

const REAL_BRIDGE: &str = "\n    kind: deskphone\n    url: http://127.0.0.1:1/v1\n    token: { env: NOT_NEEDED }\n    limits: { settle: 1 }";

const DIVERTS: &str = r#"
diverts:
  "2001": { always: off, no_answer: { extension: "2002" }, busy: voicemail, unreachable: { number: "+441234567890" } }
"#;

pub const TRACKING: System = System {
    provider: r#"
    kind: ctm
    access_key: { env: NOT_NEEDED }
    secret_key: { env: NOT_NEEDED }
    limits: { requests_per_second: 1000, settle: 1 }"#,
    account: "302341",
    live: r#"
account: { name: Acme, timezone: America/New_York }
users: [{ email: ann@acme.example }, { email: bob@acme.example }]
schedules: [{ name: office, timezone: "Eastern Time (US & Canada)", times: [] }]
receiving_numbers:
  - { number: "+14105550123", name: Front, skip_receiving_whisper: true }
  - number: "+14105550124"
    dial_extension: "9"
    dial_extension_delay: 2
    receiving_whisper: "say:alice:en-US:Back"
    no_answer_seconds: 15
    default_action: { voice_menu: Main menu }
    tag_schedule: office
voice_menus: [{ name: Main menu }]
queues: [{ name: Sales, routing: simultaneous, seconds_per_agent: 20, seconds_to_answer: 60, agents: [{ user: ann@acme.example, priority: 1 }] }]
numbers:
  - { number: "+18005550142", routing: simultaneous, route: { receiving_number: ["+14105550123", "+14105550124"] } }
"#,
};

const EVERYTHING: &str = r#"
receivers:
  "+14105550123":
    label: Front desk
    dial_extension: { digits: "204", delay: 3 }
    whisper: "say:Hello, a call"
    skip_whisper: false
    no_answer: { after: 20, to: { queue: Sales } }
    tagging_hours: office
  "+14105550124": { dial_extension: off, whisper: off, no_answer: off, tagging_hours: off }
schedules: { office: {} }
queues:
  Sales: { dispatch: round_robin, agent_ring: 15, max_wait: 90, no_answer: { menu: Main menu }, agents: [bob@acme.example, ann@acme.example] }
  Support: { dispatch: ring_all, agents: [ann@acme.example], no_answer: { receiver: "+14105550124" } }
numbers:
  "+18005550142": { route: { receivers: ["+14105550123", "+14105550124"], pattern: least_connected } }
forwards:
  "+18005550142": { to: "+14105550199" }
"#;

/// Every command that speaks of what is left to people, one after the other.
fn said(world: &World) -> String {
    let mut text = String::new();
    let runs: [&[&str]; 5] = [
        &["plan"],
        &["plan", "--format", "markdown"],
        &["apply", "--auto-approve"],
        &["checklist"],
        &["checklist", "--format", "markdown"],
    ];
    for arguments in runs {
        let alone = arguments[0] == "checklist";
        let done = if alone { dialform::cli::run_with(&at(world, arguments)) } else { world.run(arguments) };
        let out: Vec<&str> = done.out.lines().filter(|line| !line.contains("digest")).collect();
        text += &format!("# {}: {:?}\n{}\n\n", arguments.join(" "), done.ending, out.join("\n").trim_end());
    }
    text
}

fn at<'a>(world: &'a World, arguments: &[&'a str]) -> Vec<&'a str> {
    [&["dialform", "-C", world.root().to_str().unwrap()], arguments].concat()
}

/// The acceptance lines on `carrier: manual` and `bridge: manual`, and the same where some of it can be read: the first
/// run of a new user never says "No changes" as if all were well, and each line carries its values.
#[test]
fn what_is_left_to_people_is_said_whole() {
    let worlds = [
        ("carrier", World::on(&CARRIER, &format!("{FORWARDS}{SPAM}"))),
        ("bridge", World::on(&BRIDGE, DIVERTS)),
        ("tracking", World::on(&TRACKING, EVERYTHING)),
    ];
    for (name, world) in &worlds {
        golden::assert(&format!("by_hand/{name}.txt"), &said(world));
    }
}

/// One person at one portal, who does page by page what a list says and nothing else.
fn walk(world: &World, kind: &str, pages: &[Value]) {
    let state = world.state_file();
    let (seeds, account) = (world.path("live/pbx"), state.file_stem().unwrap().to_str().unwrap());
    let options = served::options(kind, &seeds, state.parent().unwrap(), "");
    let runtime = tokio::runtime::Runtime::new().unwrap();
    runtime.block_on(async {
        let sandbox = Sandbox::start(options).await.unwrap();
        let client = reqwest::Client::builder().no_proxy().build().unwrap();
        for page in pages {
            let mut path = page["clicks"].as_array().unwrap().clone();
            path.extend(page.get("save").filter(|it| **it == "Delete").cloned());
            let values = page.get("values").and_then(Value::as_array).into_iter().flatten();
            let values: serde_json::Map<String, Value> =
                values.map(|it| (it["label"].as_str().unwrap().to_owned(), it["value"].clone())).collect();
            let body = json!({ "path": path, "values": values });
            let url = format!("{}/_portal/{account}", sandbox.url());
            let answer = client.post(url).body(body.to_string()).send().await.unwrap();
            let status = answer.status();
            assert_eq!(status.as_u16(), 200, "{body}: {}", answer.text().await.unwrap());
        }
        sandbox.stop().await;
    });
}

/// The pages of a list, in its order.
fn pages(list: &Value) -> Vec<Value> {
    let lists = list.as_array().unwrap().iter().filter_map(|it| it.get("by_hand"));
    lists.flat_map(|it| it.as_array().unwrap().clone()).collect()
}

fn checklist(world: &World) -> Vec<Value> {
    let done = dialform::cli::run_with(&at(world, &["checklist", "--format", "json"]));
    assert_eq!(done.ending, Ending::Fine, "{}", done.err);
    let list: Value = serde_json::from_str(&done.out).unwrap();
    pages(&list["tenants"][0]["to_check"])
}

fn state(world: &World) -> Value {
    serde_json::from_str(&world.state()).unwrap()
}

/// The state that an apply makes where everything can be written.
fn by_api(system: &System, provider: &str, tenant: &str, more: &[&str]) -> Value {
    let world = World::on(system, tenant);
    world.provider(provider);
    let applied = world.run(&[&["apply", "--auto-approve"], more].concat());
    assert_eq!(applied.ending, Ending::Fine, "{}{}", applied.out, applied.err);
    state(&world)
}

/// The acceptance line on the portal: who does only what the list says ends with the declared state.
#[test]
fn who_does_only_what_is_said_ends_with_what_is_declared() {
    let world = World::on(&CARRIER, &format!("{FORWARDS}{SPAM}"));
    assert_eq!(world.run(&["plan"]).ending, Ending::Fine);
    let plan = world.run(&["plan", "--format", "json"]);
    let plan: Value = serde_json::from_str(&plan.out).unwrap();
    let done = [checklist(&world), pages(&plan["tenants"][0]["steps"])].concat();
    walk(&world, "stratus", &done);
    let approve =
        ["--approve-critical", "forwards.+15125550101", "--approve-critical", "forwards.+15125550102"];
    let wanted = by_api(&CARRIER, STRATUS.provider, FORWARDS, &approve);
    assert_eq!(state(&world)["carrier"], wanted["carrier"]);
    let rule = &state(&world)["answerrules"]["101"][0];
    assert_eq!(rule["forward-on-spam-call"], json!({"enabled": "yes", "parameters": ["hangup"]}));

    let world = World::on(&BRIDGE, DIVERTS);
    assert_eq!(world.run(&["plan"]).ending, Ending::Fine);
    fs::create_dir_all(world.state_file().parent().unwrap()).unwrap();
    walk(&world, "deskphone", &checklist(&world));
    assert_eq!(state(&world), by_api(&BRIDGE, REAL_BRIDGE, DIVERTS, &[]));

    let world = World::on(&TRACKING, EVERYTHING);
    let applied = world.run(&["apply", "--auto-approve", "--format", "json"]);
    assert_eq!(applied.ending, Ending::Partial, "{}{}", applied.out, applied.err);
    let left = pages(&outcome(&applied.out).unwrap()["steps"]);
    walk(&world, "ctm", &[left, checklist(&world)].concat());
    let all = ["--fault", "experimental:on,requests-per-second:0"];
    let wanted = by_api(&TRACKING, CTM.provider, EVERYTHING, &all);
    for table in ["numbers", "receiving_numbers", "queues", "schedules"] {
        assert_eq!(state(&world)[table], wanted[table], "{table}");
    }
    // Doing it once more from the plan: there is nothing left but to look.
    let plan = world.run(&["plan", "--detailed-exitcode"]);
    assert_eq!(plan.ending, Ending::Fine, "{}", plan.out);
    assert_eq!(
        plan.out.lines().last(),
        Some(
            "Nothing dialform can change. 14 settings can only be seen in the portal and were not checked: they are \
             listed as \"to check by hand\"."
        )
    );
}

/// A portal has no other pages and boxes than those it has: a slip in a list must not pass for done.
#[test]
fn a_portal_refuses_what_it_does_not_have() {
    let world = World::on(&CARRIER, FORWARDS);
    assert_eq!(world.run(&["plan"]).ending, Ending::Fine);
    let table = [
        (json!(["Inventory", "click +1 512 555 0199"]), json!({"Active": "ticked"})),
        (json!(["Inventory", "click +1 512 555 0100"]), json!({"Active": "yes"})),
        (json!(["Inventory", "click +1 512 555 0100"]), json!({"Active": "ticked"})),
        (json!(["Inventory", "click +1 512 555 0100"]), json!({"Forwarding Number": "+15125559999"})),
        (json!(["Inventory", "click +1 512 555 0100"]), json!({"Forward": "5125559999"})),
        (json!(["Users", "edit extension 101"]), json!({})),
    ];
    let before = state(&world);
    for (path, values) in table {
        let values: Vec<Value> = values
            .as_object()
            .unwrap()
            .iter()
            .map(|(label, value)| json!({ "label": label, "value": value }))
            .collect();
        let page = json!({ "clicks": path, "values": values });
        let walked = std::panic::catch_unwind(|| walk(&world, "stratus", std::slice::from_ref(&page)));
        assert!(walked.is_err(), "{page}");
    }
    assert_eq!(state(&world), before);
}

/// Taking away, changing and setting read differently, and each is complete in itself: `--base` knows what was wanted.
#[test]
fn setting_changing_and_taking_away_read_differently() {
    let world =
        World::on(&CARRIER, "forwards: { \"+15125550100\": { to: \"+15125558888\", active: true } }\n");
    world.commit(&["dialform.yaml", "tenants"]);
    let table = [
        (
            "forwards: { \"+15125550100\": { to: \"+15125558888\", active: false } }\n",
            "Forwarding Number: 5125558888, Active: unticked > Save",
            Some("switches off an emergency forward that may be active"),
        ),
        (
            "forwards: { \"+15125550100\": { to: \"+15125559999\", active: true } }\n",
            "Forwarding Number: 5125559999 instead of 5125558888, Active: ticked > Save",
            None,
        ),
        (
            "absent: { forwards: [\"+15125550100\"] }\n",
            "Forwarding Number: delete what is there, Active: unticked > Save",
            Some(
                "takes away an emergency forward that may be active: only the portal shows whether calls are going there now",
            ),
        ),
    ];
    for (tenant, values, critical) in table {
        world.tenant(tenant);
        let plan = world.run(&["plan", "--base", "HEAD", "--format", "json"]);
        let plan: Value = serde_json::from_str(&plan.out).unwrap();
        let step = &plan["tenants"][0]["steps"][0];
        let line = format!("Inventory > click +1 512 555 0100 > {values}");
        assert_eq!(step["instructions"], json!([line]), "{tenant}");
        assert_eq!(step.get("critical").and_then(Value::as_str), critical, "{tenant}");
        let ending = if critical.is_some() { Ending::Refused } else { Ending::Partial };
        assert_eq!(world.run(&["apply", "--auto-approve", "--base", "HEAD"]).ending, ending, "{tenant}");
    }
}

/// A field in an inferred form that did not stick gets its clicks: no longer wait would help.
#[test]
fn what_did_not_stick_gets_its_clicks() {
    let tenant =
        "receivers: { \"+14105550124\": { label: Back, dial_extension: { digits: \"204\", delay: 3 } } }\n";
    let world = World::on(&TRACKING, tenant);
    world.provider(&format!("{}\n    experimental: true", TRACKING.provider));
    let applied = world.run(&["apply", "--auto-approve"]);
    assert_eq!(applied.ending, Ending::Partial, "{}{}", applied.out, applied.err);
    let lines = "not done  acme/receivers.+14105550124: accepted, but not applied by the provider: after 1 second \
                 `dial_extension` is still not set\n          written: ";
    assert!(applied.out.contains(lines), "{}", applied.out);
    let lines = "          help: the phone system ignores this form (`experimental`): set it by hand, as listed here\n          \
                 [ ] Numbers > Receiving Numbers > click +1 410 555 0124 (Back) > click to add a custom dial extension > \
                 extension: 204, delay before dialing: 3 seconds > Save\n";
    assert!(applied.out.contains(lines), "{}", applied.out);
    assert!(!applied.out.contains("limits.settle"), "{}", applied.out);
}

/// Who goes through the list enters what is on it: what is refused a line above is not.
#[test]
fn what_is_refused_is_nothing_to_enter() {
    let forward = "forwards: { \"+18005550142\": { to: \"+18005550143\" } }\n";
    let receiver = "receivers: { \"+14105550123\": { whisper: \"say:Hello\", no_answer: { after: 20, to: { menu: Nowhere } } } }\n";
    let more = "\nnumbers:\n  - { number: \"+18005550143\" }";
    let live = TRACKING.live.replace("\nnumbers:", more);
    for (tenant, code) in [(forward, "hosted-forward"), (receiver, "no-such-place")] {
        for experimental in [false, true] {
            let world = World::on(&TRACKING, tenant);
            world.write("live/pbx/302341.yaml", &live);
            if experimental {
                world.provider(&format!("{}\n    experimental: true", TRACKING.provider));
            }
            for format in ["text", "markdown"] {
                let plan = world.run(&["plan", "--format", format]);
                let said = format!("{}{}", plan.out, plan.err);
                let is_refused = said.contains("is not planned");
                let is_listed = said.contains("[ ]") || said.to_lowercase().contains("to check by hand");
                assert_eq!((is_refused, is_listed), (true, false), "{code} {experimental} {format}\n{said}");
            }
            world.commit(&["dialform.yaml", "tenants"]);
            let plan = world.run(&["plan", "--base", "HEAD", "--format", "json"]);
            assert!(plan.out.contains(code), "{}", plan.out);
        }
    }
}

/// A mouse is no way in: what providers call is documented, or refused where it is not.
#[test]
fn no_provider_calls_the_portal() {
    fn look(directory: &Path, seen: &mut usize) {
        for entry in fs::read_dir(directory).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                look(&path, seen);
            } else {
                *seen += 1;
                let text = fs::read_to_string(&path).unwrap();
                let names = ["/_portal", "\"_portal"].iter().any(|it| text.contains(it));
                assert!(!names, "{}", path.display());
            }
        }
    }
    let mut seen = 0;
    look(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src/provider"), &mut seen);
    assert!(seen > 30, "{seen}");
}
