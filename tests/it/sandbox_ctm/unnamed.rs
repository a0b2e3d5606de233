//! Fields without a documented name.

use super::rig::{ACCOUNT, NONE, Rig, hold};
use serde_json::{Value, json};

/// FACTS ctm/unnamed: the portal knows more than the API. Without the switch such a write looks like a success and is
/// nowhere to be read, with it everything is read back: a client must survive the first and be testable on the second.
#[tokio::test]
async fn fields_without_a_name_are_dropped_or_kept() {
    let receiver = json!({
        "dial_extension": "301", "dial_extension_delay": 2, "receiving_whisper": "say:alice:en-US:Web",
        "skip_receiving_whisper": true, "no_answer_seconds": 25, "default_action_label": "conditional_router",
        "default_action_id": "{conditional_routers.Smart}", "default_action_type": "ConditionalRouter",
        "tag_schedule_id": "{schedules.office}",
    });
    let queue = json!({"call_queue": {
        "name": "Service", "description": "d", "routing": "round_robin", "seconds_to_answer": 60,
        "seconds_per_agent": 15, "keep_ringing_until_answer": true, "schedule_id": "{schedules.office}",
        "default_action_label": "voice_menu", "default_action_id": "{voice_menus.Main}",
        "default_action_type": "VoiceMenu",
    }});
    let update = "POST numbers/{numbers.+18005550142}/update_number";
    let number = "GET numbers/{numbers.+18005550142}";
    let desk = "receiving_numbers/{receiving_numbers.+14105550123}";
    let agents = json!({"agents": [{"id": "{users.bob@bright.example}", "priority": 2}]});
    let put_desk = format!("PUT {desk}");
    let get_desk = format!("GET {desk}");
    let success = json!({"": {"status": "success"}});
    let writes: Vec<(&str, Value)> = vec![
        (update, json!({"routing": "sequential", "failsafe_number": "+14105550777"})),
        (&put_desk, receiver),
    ];

    let mut rig = Rig::start("").await;
    let before = rig.sandbox.snapshot(ACCOUNT);
    for (line, body) in &writes {
        rig.run(&[(line, body.clone(), 200, json!({"/status": "success"}))]).await;
    }
    let target = "PUT queues/{queues.Sales}";
    rig.run(&[
        ("POST queues", queue.clone(), 200, success.clone()),
        ("!POST call_queues", queue.clone(), 200, success.clone()),
        (target, queue.clone(), 200, success.clone()),
        ("PUT queues/{queues.Sales}/agents", agents.clone(), 200, success.clone()),
        ("~DELETE queues/{queues.Sales}", NONE, 200, success.clone()),
        ("PUT queues/CQU0", queue.clone(), 404, json!({})),
        (number, NONE, 200, json!({"/routing": "simultaneous", "/route_to/mode": "simultaneous"})),
    ])
    .await;
    let keys = ["dial_extension", "default_action_id", "no_answer_seconds", "tag_schedule_id"];
    let shown = rig.get(desk).await;
    assert!(keys.iter().all(|key| shown.get(*key).is_none()), "{shown}");
    assert!(rig.get(&number[4..]).await.get("failsafe_number").is_none());
    assert_eq!(rig.sandbox.snapshot(ACCOUNT), before);
    // What the portal set is read all the same, where a read field is known.
    let sales = "GET queues/{queues.Sales}";
    rig.run(&[
        ("GET numbers/{numbers.+14105551213}", NONE, 200, json!({"/routing": "round_robin"})),
        (
            sales,
            NONE,
            200,
            json!({"/routing": "simultaneous", "/seconds_per_agent": 20, "/seconds_to_answer": null,
                   "/default_action_type": "VoiceMenu", "/default_action_id": "{voice_menus.Main}",
                   "/default_action_label": "voice_menu", "/total_agents": 1, "/total_numbers": 1,
                   "/schedule/name": "office"}),
        ),
        (
            "GET queues/{queues.Sales}/agents",
            NONE,
            200,
            json!({"/agents/0/id": "{users.ann@bright.example}", "/agents/0/priority": 1,
                   "/agents/0/allow_logout": true}),
        ),
        ("GET queues/{queues.Sales}/numbers", NONE, 200, json!({"/numbers/0/number": "+14105551213"})),
        ("GET queues", NONE, 200, json!({"/queues/0/name": "AQ: 42", "/queues/1/routing": null})),
    ])
    .await;
    let mut traffic = rig.traffic();

    let mut rig = Rig::start("experimental").await;
    rig.run(&[
        (number, NONE, 200, json!({"/failsafe_number": "+14105550999"})),
        (
            &get_desk,
            NONE,
            200,
            json!({"/dial_extension": "204", "/no_answer_seconds": 20, "/default_action_id": "{queues.Sales}",
                   "/tag_schedule_id": "{schedules.office}"}),
        ),
    ])
    .await;
    let other = rig.get("receiving_numbers/{receiving_numbers.+442079460018}").await;
    assert!(keys.iter().all(|key| other[*key].is_null() && other.get(*key).is_some()), "{other}");
    for (line, body) in &writes {
        rig.run(&[(line, body.clone(), 200, json!({"/status": "success"}))]).await;
    }
    let bad = |key: &str, value: &str| json!({key: value});
    let wrong_update = "!POST numbers/{numbers.+18005550142}/update_number";
    rig.run(&[
        (
            number,
            NONE,
            200,
            json!({"/routing": "sequential", "/route_to/mode": "sequential", "/failsafe_number": "+14105550777"}),
        ),
        (
            &get_desk,
            NONE,
            200,
            json!({"/dial_extension": "301", "/skip_receiving_whisper": true, "/no_answer_seconds": 25,
                   "/default_action_id": "#{conditional_routers.Smart}"}),
        ),
        (update, bad("failsafe_number", "+14105551212"), 406, json!({"/reason": "failsafe_number is invalid"})),
        (update, bad("failsafe_number", "911"), 406, json!({})),
        (wrong_update, bad("routing", "sticky"), 406, json!({"/reason": "routing is invalid"})),
        (update, bad("failsafe_number", ""), 200, json!({"/number/failsafe_number": null})),
        (
            "POST queues",
            queue,
            200,
            json!({"/status": "success", "/call_queue/id": "{queues.Service}", "/call_queue/total_agents": 0,
                   "/call_queue/default_action_id": "{voice_menus.Main}", "/call_queue/schedule/name": "office"}),
        ),
        ("PUT queues/{queues.Service}/agents", agents, 200, success.clone()),
        ("GET queues/{queues.Service}/agents", NONE, 200, json!({"/agents/0/priority": 2, "/agents#len": 1})),
        (
            "PUT queues/{queues.Service}",
            json!({"call_queue": {"name": "Help", "seconds_to_answer": 30}}),
            200,
            json!({"/call_queue/name": "Help", "/call_queue/seconds_to_answer": 30,
                   "/call_queue/seconds_per_agent": 15}),
        ),
        ("~DELETE queues/{queues.Help}", NONE, 200, success),
        ("GET queues", NONE, 200, json!({"/total_entries": 2})),
    ])
    .await;
    traffic.push_str(&rig.traffic());
    hold(&traffic);
}
