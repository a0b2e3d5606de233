//! What a write changes, what a seed makes, and what a fault leaves.

use super::rig::{ACCOUNT, NONE, Rig, hold, week};
use dialform::model::{Address, Kind};
use dialform::sandbox::ctm::EMULATION;
use dialform::sandbox::footprint::Part;
use serde_json::{Value, json};
use std::collections::BTreeSet;

/// FACTS ctm/numbers: a dial list is replaced, appended to and cut without ever changing what the number routes to, and
/// what is deleted is nowhere referred to any more.
#[tokio::test]
async fn lists_and_references_stay_whole() {
    let mut rig = Rig::start("").await;
    let number = "numbers/{numbers.+14105551213}";
    let line = |method: &str, rest: &str| format!("{method} {number}/receiving_numbers{rest}");
    let (add, again) = (line("POST", "/{receiving_numbers.+14105550123}/add"), line("GET", ""));
    let (rem, make) =
        (line("DELETE", "/{receiving_numbers.+14105550123}/rem"), line("POST", "").replace("POST", "!POST"));
    let old = line("DELETE", "/{receiving_numbers.+13105559999}");
    let show = format!("GET {number}");
    let one = json!({"/receiving_numbers#len": 1, "/receiving_numbers/0/source_tag": ""});
    rig.run(&[
        (&add, NONE, 200, json!({"/status": "success", "/receiving_number/number": "+14105550123"})),
        (&add, NONE, 200, json!({"/status": "success"})),
        (&again, NONE, 200, one),
        (&show, NONE, 200, json!({"/route_to/type": "call_queue"})),
        (&make, json!({"number": "+13105559999"}), 200, json!({"/receiving_number/number": "+13105559999"})),
        (&again, NONE, 200, json!({"/receiving_numbers#len": 2})),
        (&rem, NONE, 200, json!({"/status": "success", "/receiving_number/number": "+14105550123"})),
        (&again, NONE, 200, json!({"/receiving_numbers/0/number": "+13105559999", "/total_entries": 1})),
        (&old, NONE, 200, json!({"": {"status": "success"}})),
        (&again, NONE, 200, json!({"/receiving_numbers#len": 0})),
        ("GET receiving_numbers?number=410555", NONE, 200, json!({"/total_entries": 1})),
        ("GET receiving_numbers?name=desk", NONE, 200, json!({"/receiving_numbers/0/name": "Front desk"})),
        ("GET users?email=ann%40bright", NONE, 200, json!({"/users/0/first_name": "Ann", "/total_entries": 1})),
        ("GET geo_routes/{geo_routes.West}", NONE, 200, json!({"/route_by": "zipcode"})),
        ("GET conditional_routers", NONE, 200, json!({"/configs/0/id": "#{conditional_routers.Smart}"})),
        ("GET conditional_routers/{conditional_routers.Smart}", NONE, 200, json!({"/name": "Smart"})),
        ("GET call_settings", NONE, 200, json!({"/configs/0/default": true, "/configs/0/account_id": 18600})),
        ("~GET voice_bots", NONE, 200, json!({"/voice_bots/0/name": "Robin"})),
        ("GET numbers/{numbers.+18005550142}", NONE, 200, json!({"/call_setting/name": "Account Level"})),
        (
            "PUT receiving_numbers/{receiving_numbers.+442079460018}",
            json!({"number": "+442079460019"}),
            200,
            json!({"/receiving_number/country_code": "44", "/receiving_number/id": "{receiving_numbers.+442079460019}"}),
        ),
    ])
    .await;
    let desk = rig.named("{receiving_numbers.+14105550123}");
    let gone = ["voice_menus/{voice_menus.Main}", "schedules/{schedules.office}"].map(|path| rig.named(path));
    for path in [format!("receiving_numbers/{desk}"), gone[0].clone(), gone[1].clone()] {
        assert_eq!(rig.json(&format!("DELETE {path}"), &NONE).await.0, 200);
        assert_eq!(rig.json(&format!("GET {path}"), &NONE).await.0, 404);
        let id = path.split_once('/').unwrap().1;
        assert!(!rig.sandbox.snapshot(ACCOUNT).unwrap().to_string().contains(id), "{path}");
    }
    assert_eq!(rig.state("/queues/Sales/default_action_type"), NONE);
    assert_eq!(rig.state("/numbers/+18005550142/dial"), json!([]));
    hold(&rig.traffic());
}

/// What dialform may touch is said once, beside the emulation; a write of one object has to stay within it.
#[tokio::test]
async fn a_write_keeps_to_its_footprint() {
    let mut rig = Rig::start("experimental").await;
    let schedule = json!({"schedule": {"name": "new", "timezone": "UTC", "times": [week("0", "1440", "0")]}});
    let queue = json!({"call_queue": {"name": "Sales", "seconds_per_agent": 9}});
    let dial = json!({"dial_route": "number", "name": "n", "routing": "sequential",
                      "numbers_id": ["{receiving_numbers.+442079460018}"]});
    let menu =
        json!({"virtual_phone_number": {"dial_route": "voice_menu", "voice_menu_id": "{voice_menus.Main}"}});
    let update = "POST numbers/{numbers.+14105551212}/update_number";
    let table = [
        (Kind::Schedules, "new", "POST schedules", schedule),
        (Kind::Schedules, "new", "DELETE schedules/{schedules.new}", NONE),
        (Kind::Queues, "Sales", "PUT queues/{queues.Sales}", queue),
        (Kind::Queues, "Sales", "PUT queues/{queues.Sales}/agents", json!({"agents": []})),
        (Kind::Numbers, "+14105551212", update, dial),
        (Kind::Numbers, "+14105551212", "PUT numbers/{numbers.+14105551212}/dial_routes", menu),
        (Kind::Forwards, "+14105551212", update, json!({"failsafe_number": "+14105550777"})),
    ];
    let vendor = EMULATION.faithful().unwrap();
    for (kind, key, line, body) in table {
        let before = rig.sandbox.snapshot(ACCOUNT).unwrap();
        assert_eq!(rig.json(line, &body).await.0, 200, "{line}");
        let after = rig.sandbox.snapshot(ACCOUNT).unwrap();
        let mut changed = Vec::new();
        differences(&before, &after, &mut Vec::new(), &mut changed);
        assert!(!changed.is_empty(), "{line} changed nothing");
        let allowed = vendor.footprint(&Address::new(kind, key));
        for path in changed {
            let parts: Vec<Part> = path.iter().cloned().map(Part::Key).collect();
            assert!(
                allowed.iter().any(|pattern| parts.starts_with(&pattern.path)),
                "{line} changed {path:?}"
            );
        }
    }
    hold(&rig.traffic());
}

/// The paths of mappings at which two states differ.
fn differences(before: &Value, after: &Value, at: &mut Vec<String>, found: &mut Vec<Vec<String>>) {
    match (before, after) {
        (Value::Object(old), Value::Object(new)) => {
            let names: BTreeSet<&String> = old.keys().chain(new.keys()).collect();
            for name in names {
                at.push(name.clone());
                differences(&before[name], &after[name], at, found);
                at.pop();
            }
        }
        _ if before != after => found.push(at.clone()),
        _ => {}
    }
}

/// A seed is written by hand: the same one makes the same bytes, two objects may have one name, and a slip is said
/// with its place.
#[tokio::test]
async fn seeds_are_read_strictly() {
    let bytes = |rig: &Rig| std::fs::read(rig.dir.path().join(format!("state/{ACCOUNT}.json"))).unwrap();
    let (one, two) = (Rig::start("").await, Rig::start("").await);
    assert_eq!(bytes(&one), bytes(&two));
    let id = one.state("/numbers/+18005550142/id");
    let (prefix, digits) = id.as_str().unwrap().split_at(3);
    assert_eq!((prefix, digits.len()), ("TPN", 64));
    assert!(digits.bytes().all(|digit| digit.is_ascii_digit() || digit.is_ascii_uppercase()));
    assert!(one.state("/conditional_routers/Smart/id").is_u64());

    let double = "queues: [{name: Q}, {name: Q}]\nusers: [{email: a@x.example}, {email: a@x.example}]";
    let mut rig = Rig::seeded("requests-per-second:0", double).await.unwrap();
    assert_eq!(rig.get("queues").await["total_entries"], 2);
    assert_eq!(rig.get("users").await["total_entries"], 2);

    let table = [
        ("queus: []", "`the file`: `queus` is none of "),
        (
            "queues: [{name: Q, agents: [{user: a@x.example}]}]",
            "`queues[0].agents[0]`: there is no user `a@x.example`",
        ),
        ("queues: [{name: Q, agents: [{usr: a}]}]", "`queues[0].agents[0]`: `usr` is none of "),
        ("queues: [{name: Q, default_action_id: VOM1}]", "`queues[0]`: `default_action_id` is none of "),
        ("queues: [{}]", "`queues[0].name` is missing"),
        ("numbers: [{number: '5550142'}]", "`numbers[0].number`: `5550142` is not in E.164 form"),
        ("numbers: [{number: '+14105551212', route: {menu: x}}]", "`numbers[0].route`: `menu` is none of "),
        ("numbers: [{number: '+14105551212'}, {number: '+14105551212'}]", "`+14105551212` is there twice"),
        ("schedules: [{name: s, times: [{start_time: 9:00}]}]", "`schedules[0]`: start_time is invalid"),
        ("voice_menus: [{name: m, items: [{press: 1}]}]", "`voice_menus[0].items[0]`: `press` is none of "),
    ];
    for (seed, expected) in table {
        let Err(error) = Rig::seeded("", seed).await else { panic!("{seed} is taken") };
        assert!(error.to_string().contains(expected), "{error}");
    }
}

/// What is injected must look like the vendor's own, or a client would be tested on errors it never meets. Here as
/// well a switch that is mistyped says what it takes.
#[tokio::test]
async fn faults_have_the_shape_of_the_vendor() {
    let body = json!({"number": "+13105559999"});
    for (behaviour, status, answer, made) in [
        ("500:1", 500, json!({"error": "Internal Server Error"}), false),
        ("429:1", 429, json!({"error": "Too Many Requests"}), false),
        ("502-after-commit:1", 502, NONE, true),
    ] {
        let mut rig = Rig::start(behaviour).await;
        assert_eq!(rig.json("POST receiving_numbers", &body).await, (status, answer), "{behaviour}");
        assert_eq!(!rig.state("/receiving_numbers/+13105559999").is_null(), made, "{behaviour}");
    }
    let mut rig = Rig::start("accept-and-ignore:1,schedule-id:off").await;
    assert_eq!(rig.json("POST receiving_numbers", &body).await.1["status"], "success");
    assert_eq!(rig.state("/receiving_numbers/+13105559999"), NONE);
    let made = rig.json("POST schedules", &json!({"schedule": {"name": "x"}})).await.1;
    assert_eq!((&made["schedule"]["name"], &made["id"]), (&json!("x"), &NONE));

    let message = |text: &str| EMULATION.read(text, &[]).unwrap_err().to_string();
    for (text, expected) in [
        ("next-page:no", "behaviour `next-page` takes `url`, `integer`, `false` or `null`, not `no`"),
        ("requests-per-second:x", "behaviour `requests-per-second` takes a whole number, not `x`"),
        ("strict:maybe", "behaviour `strict` takes `on` or `off`, not `maybe`"),
        ("experimental:1", "behaviour `experimental` takes `on` or `off`, not `1`"),
        ("schedule-id:1", "behaviour `schedule-id` takes `on` or `off`, not `1`"),
    ] {
        assert_eq!(message(text), expected);
    }
}
