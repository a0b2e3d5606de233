//! What the facts leave open, as the lenient server and as the strict one decide it.

use super::rig::{NONE, Rig, hold};
use serde_json::{Value, json};

/// Request, body, then status and answer of the lenient server and of the strict one.
type Decision = (&'static str, Value, (u16, Value), (u16, Value));

/// FACTS ctm/choices: where the facts run out the server is lenient, or strict to find a client's mistakes. A client
/// that relies on either must be able to be tested against it, so each row is held.
#[tokio::test]
async fn open_questions_are_decided_twice() {
    let route =
        |route: &str, id: &str| json!({"virtual_phone_number": {"dial_route": route, "voice_menu_id": id}});
    let settings = "!PUT numbers/{numbers.+14105551213}/dial_routes";
    let update = "!POST numbers/{numbers.+14105551213}/update_number";
    let receiver = "!PUT receiving_numbers/{receiving_numbers.+14105550123}";
    let menu = json!({"name": "M", "default_number_id": "RPN0", "items": [
        {"keypress": "1", "voice_action_type": "dial", "dial_number_id": "RPN0"},
    ]});
    let hours = json!({"schedule": {"name": "H", "times": []}});
    let dial =
        json!({"dial_route": "number", "numbers": ["3105552222", "3105553333"], "country_codes": ["US"]});
    let table: Vec<Decision> = vec![
        ("GET numbers.json", NONE, (200, json!({})), (200, json!({}))),
        ("GET receiving_numbers/", NONE, (200, json!({})), (200, json!({}))),
        ("GET queues.json/", NONE, (200, json!({})), (200, json!({}))),
        (
            receiver,
            json!({"nam": "x"}),
            (200, json!({"/status": "success"})),
            (406, json!({"/status": "error"})),
        ),
        (
            "!POST schedules",
            json!({"schedule": {"name": "H", "zone": "x"}}),
            (200, json!({"/schedule/name": "H"})),
            (406, json!({"/reason": "unknown parameter zone"})),
        ),
        (
            "~PATCH receiving_numbers/{receiving_numbers.+14105550123}",
            json!({"name": "Desk"}),
            (200, json!({"/receiving_number/name": "Desk"})),
            (405, json!({"/error": "method not allowed"})),
        ),
        (
            "!POST voice_menus",
            json!({}),
            (406, json!({"": {"status": "error", "reason": "Name can't be blank"}})),
            (406, json!({"": {"status": "error", "reason": "Name can't be blank"}})),
        ),
        (
            "POST receiving_numbers",
            json!({"number": "+14105550123"}),
            (200, json!({"/status": "error", "/reason": "Number already exists"})),
            (406, json!({"/status": "error", "/reason": "Number already exists"})),
        ),
        (
            "GET queues/CQU0",
            NONE,
            (404, json!({"": {"reason": "queue not found"}})),
            (404, json!({"": {"reason": "queue not found"}})),
        ),
        (
            settings,
            route("bogus", "x"),
            (200, json!({"/status": "success", "/route_to/type": "call_queue"})),
            (406, json!({"/status": "error"})),
        ),
        (
            settings,
            json!({"dial_route": "voice_menu", "voice_menu_id": "{voice_menus.Main}"}),
            (200, json!({"/status": "success", "/route_to/type": "call_queue"})),
            (406, json!({"/status": "error"})),
        ),
        (
            settings,
            json!({"virtual_phone_number": {"dial_route": "number"}}),
            (200, json!({"/route_to/type": "call_queue"})),
            (406, json!({"/status": "error"})),
        ),
        (
            update,
            json!({"dial_route": "forward", "numbers": ["+13105552222"]}),
            (200, json!({"/number/route_to/type": "call_queue"})),
            (406, json!({"/status": "error"})),
        ),
        (
            settings,
            route("voice_menu", "VOM0"),
            (200, json!({"/status": "success", "/route_to/type": "call_queue"})),
            (404, json!({"": {"reason": "voice menu not found"}})),
        ),
        (
            update,
            json!({"dial_route": "number", "numbers_id": ["RPN0"]}),
            (200, json!({"/number/route_to/type": "call_queue"})),
            (404, json!({"": {"reason": "receiving number not found"}})),
        ),
        (
            update,
            dial,
            (200, json!({"/number/route_to/dial/1/number": "+13105553333"})),
            (406, json!({"/status": "error"})),
        ),
        (
            update,
            json!({"dial_route": "number", "numbers": ["3105552222"], "country_codes": ["XX"]}),
            (406, json!({"/reason": "XX is not a country code"})),
            (406, json!({"/reason": "XX is not a country code"})),
        ),
        (
            "POST numbers/{numbers.+14105551213}/receiving_numbers/RPN0/add",
            NONE,
            (404, json!({"": {"error": "receiving number not found"}})),
            (404, json!({"": {"error": "receiving number not found"}})),
        ),
        (
            "POST voice_menus",
            menu,
            (200, json!({"/default_number_id": null, "/items/0/item/dial_number_id": null})),
            (406, json!({"/status": "error"})),
        ),
        (
            "!GET numbers?per_page=200",
            NONE,
            (400, json!({"": {"error": "per_page limit is 150"}})),
            (400, json!({"": {"error": "per_page limit is 150"}})),
        ),
        (
            "GET numbers?page=9",
            NONE,
            (200, json!({"/numbers": [], "/page": 9, "/total_pages": 1, "/next_page": null})),
            (200, json!({"/numbers": [], "/page": 9, "/total_pages": 1, "/next_page": null})),
        ),
        ("GET routing_tables", NONE, (204, json!({"": null})), (204, json!({"": null}))),
        (
            "POST schedules",
            hours.clone(),
            (200, json!({"/id": "{schedules.H}", "/schedule/id": "{schedules.H}"})),
            (200, json!({"/id": null, "/schedule/id": null, "/schedule/name": "H"})),
        ),
        (
            "POST schedules",
            json!({"schedule": {"name": "office"}}),
            (200, json!({"/schedule/name": "office"})),
            (200, json!({"/schedule/name": "office"})),
        ),
        (
            "POST voice_menus",
            json!({"name": "Main"}),
            (200, json!({"/name": "Main"})),
            (200, json!({"/name": "Main"})),
        ),
        (
            "DELETE voice_menus/{voice_menus.Voicemail}",
            NONE,
            (200, json!({"/status": "success"})),
            (406, json!({"/status": "error", "/reason": "voice menu is in use"})),
        ),
        (
            "!POST numbers/{numbers.+14105551213}/update_number",
            json!({"failsafe_number": "+13105559999"}),
            (200, json!({"/number/failsafe_number": null})),
            (406, json!({"/reason": "unknown parameter failsafe_number"})),
        ),
    ];
    let mut traffic = String::new();
    for (behaviour, strict) in [("", false), ("strict", true)] {
        for (line, body, lenient, severe) in &table {
            let mut rig = Rig::start(behaviour).await;
            let (status, expected) = if strict { severe } else { lenient };
            rig.run(&[(line, body.clone(), *status, expected.clone())]).await;
            traffic.push_str(&rig.traffic());
        }
    }
    hold(&traffic);
}
