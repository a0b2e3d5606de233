//! The story of the vendor's guide.

use super::rig::{NONE, Rig, hold, week};
use serde_json::{Value, json};

/// FACTS ctm/choices-9: the vendor's own story, on which every client is written. Steps 1 to 3 buy a number, which is
/// not emulated; the seed has it.
#[tokio::test]
async fn the_golden_scenario() {
    let mut rig = Rig::start("").await;
    let two = json!({
        "dial_route": "number", "numbers": ["3105552222", "4165553333"], "country_codes": ["US", "CA"],
    });
    let update = "POST numbers/{numbers.+14105551212}/update_number";
    let fresh = json!({"type": "receiving_number", "multi": true, "mode": "simultaneous", "dial": []});
    rig.run(&[
        (
            "GET numbers/{numbers.+14105551212}",
            NONE,
            200,
            json!({"/name": null, "/account_id": "18600", "/route_to": fresh, "/number": "+14105551212",
                   "/routing": "simultaneous", "/source": null, "/formatted": "(410) 555-1212"}),
        ),
        (
            update,
            two.clone(),
            200,
            json!({"/status": "success", "/number/route_to/dial#len": 2,
                   "/number/route_to/dial/0/number": "+13105552222",
                   "/number/route_to/dial/1/number": "+14165553333",
                   "/number/route_to/dial/1/account_id": 18600}),
        ),
        ("GET receiving_numbers", NONE, 200, json!({"/total_entries": 4, "/receiving_numbers/0/name": null})),
    ])
    .await;
    let before = rig.state("/receiving_numbers");
    rig.run(&[
        (
            update,
            two,
            200,
            json!({"/number/route_to/dial/0/id": "{receiving_numbers.+13105552222}",
                   "/number/route_to/dial/1/id": "{receiving_numbers.+14165553333}"}),
        ),
        (
            "POST receiving_numbers",
            json!({"number": "+13105552222"}),
            200,
            json!({"": {"status": "error", "reason": "Number already exists"}}),
        ),
    ])
    .await;
    assert_eq!(rig.state("/receiving_numbers"), before);

    let zone = "Pacific Time (US & Canada)";
    let times = json!([week("540", "720", "0"), week("780", "1020", "1")]);
    let voicemail = json!({
        "name": "Voice Mail Box", "play_message": "say:man:en:", "default_number_id": "", "input_maxkeys": "1",
        "input_timeout": "1", "prompt_retries": "0", "schedule_id": "", "after_hours_action_label": "",
        "after_hours_action_id": "", "after_hours_action_type": "",
        "items": [{
            "id": "", "keypress": "1", "voice_action_type": "message", "default_action": "1",
            "play_message": "say:alice:en-US:After the beep", "play_beep": "1", "recording": "1", "timer": "120",
            "transcribe": "0", "tag_id": "voicemail", "assign_agent_id": "",
        }],
    });
    rig.run(&[
        (
            "POST schedules",
            json!({"schedule": {"name": "Business Hours", "timezone": zone, "times": times}}),
            200,
            json!({"/schedule/name": "Business Hours", "/schedule/times": times, "/position": "1",
                   "/start": {"time": "780"}, "/end": {"time": "1020"}, "/id": "{schedules.Business Hours}",
                   "/schedule/id": "{schedules.Business Hours}"}),
        ),
        (
            "GET schedules",
            NONE,
            200,
            json!({"/schedules/0/name": "Business Hours", "/schedules/0/id": "{schedules.Business Hours}",
                   "/schedules/0/times": null}),
        ),
        ("GET schedules/{schedules.Business Hours}", NONE, 200, json!({"/times": times, "/timezone": zone})),
        (
            "POST voice_menus",
            json!({"voice_menu": voicemail}),
            200,
            json!({"/status": null, "/id": "{voice_menus.Voice Mail Box}", "/schedule_id": null,
                   "/default_number_id": null, "/after_hours_action_type": "", "/after_hours_action_id": null,
                   "/after_hours_action_label": "", "/prompt_retries": 0, "/input_maxkeys": 1,
                   "/items/0/item/keypress": "1", "/items/0/item/default_action": true,
                   "/items/0/item/play_beep": true, "/items/0/item/transcribe": false,
                   "/items/0/item/tag_list": ["voicemail"], "/items/0/item/timer": null,
                   "/items/0/item/assign_agent_id": null, "/items/0/item/sms_authorized": false}),
        ),
        (
            "POST voice_menus",
            json!({
                "name": "Business Hours Menu", "input_timeout": "7", "schedule_id": "{schedules.Business Hours}",
                "after_hours_action_label": "voice_menu", "after_hours_action_type": "VoiceMenu",
                "after_hours_action_id": "{voice_menus.Voice Mail Box}",
                "items": [
                    {"keypress": "1", "voice_action_type": "dial", "default_action": "0",
                     "dial_number_id": "{receiving_numbers.+13105552222}", "whisper_message": "say:alice:en-US:"},
                    {"keypress": "2", "voice_action_type": "dial",
                     "dial_number_id": "{receiving_numbers.+14165553333}"},
                    {"keypress": "3", "voice_action_type": "menu", "default_action": "1",
                     "next_voice_menu_id": "{voice_menus.Voice Mail Box}"},
                ],
            }),
            200,
            json!({"/schedule_id": "{schedules.Business Hours}", "/input_timeout": 7,
                   "/after_hours_action_id": "{voice_menus.Voice Mail Box}", "/after_hours_action_type": "VoiceMenu",
                   "/items/0/item/dial_number_id": "{receiving_numbers.+13105552222}",
                   "/items/0/item/play_message": null, "/items/0/item/tag_list": [],
                   "/items/2/item/next_voice_menu_id": "{voice_menus.Voice Mail Box}",
                   "/items/2/item/dial_number_id": null}),
        ),
        (
            "GET voice_menus/{voice_menus.Voice Mail Box}/voice_menu_items",
            NONE,
            200,
            json!({"/items/0/voice_action_type": "message"}),
        ),
    ])
    .await;

    let menu = json!({"type": "voice_menu", "dial": {"id": "{voice_menus.Business Hours Menu}",
                      "name": "Business Hours Menu"}});
    let to =
        |route: &str, key: &str, id: Value| json!({"virtual_phone_number": {"dial_route": route, key: id}});
    let set = "PUT numbers/{numbers.+14105551212}/dial_routes";
    let wrong = "!PUT numbers/{numbers.+14105551212}/dial_routes";
    let read = "GET numbers/{numbers.+14105551212}";
    rig.run(&[
        (
            set,
            to("voice_menu", "voice_menu_id", "{voice_menus.Business Hours Menu}".into()),
            200,
            json!({"/status": "success", "/message": "Settings changed", "/route_to": menu}),
        ),
        (wrong, to("bogus", "voice_menu_id", "VOM1".into()), 200, json!({"/status": "success"})),
        (
            wrong,
            json!({"dial_route": "call_queue", "call_queue_id": "{queues.Sales}"}),
            200,
            json!({"/status": "success", "/message": "Settings changed"}),
        ),
        (read, NONE, 200, json!({"/route_to": menu, "/number": "+14105551212"})),
    ])
    .await;
    let targets = [
        ("call_queue", "call_queue_id", json!("{queues.Sales}"), "call_queue", json!("Sales")),
        ("geo_config", "geo_config_id", json!("{geo_routes.West}"), "geo_config", json!("West")),
        (
            "conditional_router",
            "conditional_router_id",
            json!("#{conditional_routers.Smart}"),
            "conditional_router",
            json!("Smart"),
        ),
        (
            "conditional_router",
            "conditional_router_id",
            json!("{conditional_routers.Smart}"),
            "conditional_router",
            json!("Smart"),
        ),
        ("call_agent", "user_id", json!("{users.ann@bright.example}"), "user", json!("Ann Lee")),
        ("voice_bot", "voice_bot_id", json!("{voice_bots.Robin}"), "voice_bot", json!("Robin")),
    ];
    for (route, key, id, kind, name) in targets {
        rig.run(&[
            (set, to(route, key, id), 200, json!({"/route_to/type": kind})),
            (
                read,
                NONE,
                200,
                json!({"/route_to/type": kind, "/route_to/dial/name": name, "/routing": "simultaneous"}),
            ),
        ])
        .await;
    }
    rig.run(&[
        ("!GET numbers?per_page=151", NONE, 400, json!({"": {"error": "per_page limit is 150"}})),
        (
            "!PUT receiving_numbers/{receiving_numbers.+13105552222}",
            json!({"name": "Front desk", "bogus": 1}),
            200,
            json!({"/status": "success", "/receiving_number/name": "Front desk", "/receiving_number/bogus": null}),
        ),
    ])
    .await;
    let shown = rig.get("receiving_numbers/{receiving_numbers.+13105552222}").await;
    assert_eq!((&shown["name"], &shown["bogus"]), (&json!("Front desk"), &NONE));
    hold(&rig.traffic());
}
