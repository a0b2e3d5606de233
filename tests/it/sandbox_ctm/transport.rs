//! Pages, limits, keys and forms.

use super::rig::{ACCOUNT, NONE, Rig, SEED, hold};
use reqwest::Response;
use serde_json::{Value, json};
use std::time::Duration;

/// User and password.
type Pair = Option<(&'static str, &'static str)>;

/// FACTS ctm/lists: a client that stops at the wrong page loses numbers, and the links have four forms in the wild.
#[tokio::test]
async fn pages_are_named_in_four_forms() {
    let numbers: Vec<Value> = (0..23).map(|n| json!({"number": format!("+1410555{n:04}")})).collect();
    let seed = json!({"numbers": numbers}).to_string();
    let mut traffic = String::new();
    // Behaviour, then the next page of the first and of the last one.
    for (behaviour, first, last) in [
        ("", json!("/api/v1/accounts/18600/numbers?per_page=10&page=2"), NONE),
        ("next-page:url", json!("/api/v1/accounts/18600/numbers?per_page=10&page=2"), NONE),
        ("next-page:integer", json!(2), NONE),
        ("next-page:false", json!("/api/v1/accounts/18600/numbers?per_page=10&page=2"), json!(false)),
        ("next-page:null", NONE, NONE),
    ] {
        let mut rig = Rig::seeded(&format!("requests-per-second:0,{behaviour}"), &seed).await.unwrap();
        let base = rig.sandbox.url().to_owned();
        let first = first.as_str().map_or(first.clone(), |path| format!("{base}{path}").into());
        let page = |answer: &Value| (answer["page"].clone(), answer["numbers"].as_array().unwrap().len());
        let one = rig.get("numbers?per_page=10").await;
        assert_eq!((page(&one), &one["next_page"]), ((json!(1), 10), &first), "{behaviour}");
        assert_eq!((&one["total_entries"], &one["total_pages"]), (&json!(23), &json!(3)));
        let three = rig.get("numbers?page=3").await;
        assert_eq!((page(&three), &three["next_page"]), ((json!(3), 3), &last), "{behaviour}");
        assert_eq!(three["previous_page"].is_null(), behaviour == "next-page:null");
        assert_eq!(page(&rig.get("numbers?page=0").await), (json!(1), 10));
        assert_eq!(page(&rig.get("numbers?per_page=150").await), (json!(1), 23));
        traffic.push_str(&rig.traffic());
    }
    hold(&traffic);
}

/// FACTS ctm/access-4: a client without a limiter of its own has to meet the vendor's here, and not first in
/// production.
#[tokio::test]
async fn the_eleventh_request_in_a_second_is_refused() {
    for (behaviour, most) in [("", 10), ("requests-per-second:3", 3)] {
        let mut rig = Rig::seeded(behaviour, SEED).await.unwrap();
        // At once, so that a slow machine does not spread them over more than a second.
        let requests: Vec<_> = (0..=most).map(|_| rig.request("GET numbers").send()).collect();
        let answers = futures::future::join_all(requests).await;
        let refused: Vec<Response> =
            answers.into_iter().map(Result::unwrap).filter(|answer| answer.status() != 200).collect();
        assert_eq!(refused.len(), 1, "{behaviour}");
        for answer in refused {
            assert_eq!(answer.status(), 429);
            assert_eq!(answer.json::<Value>().await.unwrap(), json!({"error": "Too Many Requests"}));
        }
        tokio::time::sleep(Duration::from_millis(1050)).await;
        assert_eq!(rig.json("GET numbers", &NONE).await.0, 200);
        hold(&rig.traffic());
    }
}

/// FACTS ctm/access: who asks is checked before what is asked, and a key that may only read writes nothing.
#[tokio::test]
async fn keys_are_checked() {
    let mut rig = Rig::start("").await;
    let before = rig.sandbox.snapshot(ACCOUNT);
    let table: [(&str, &str, Pair, u16); 10] = [
        ("GET numbers", "", None, 401),
        ("GET numbers", "", Some(("wrong", "secret")), 401),
        ("GET numbers", "", Some(("", "secret")), 401),
        ("GET numbers", "", Some(("key", "")), 401),
        ("GET numbers", "", Some(("ro_key", "secret")), 200),
        ("GET /accounts", "", Some(("any", "thing")), 200),
        ("!POST receiving_numbers", "{}", Some(("ro_key", "secret")), 403),
        ("DELETE schedules/{schedules.office}", "", Some(("ro_key", "secret")), 403),
        ("GET /accounts/1/numbers", "", Some(("key", "secret")), 404),
        ("~GET /nothing", "", Some(("key", "secret")), 404),
    ];
    for (line, body, pair, status) in table {
        let request = rig.request(line).build().unwrap();
        let (method, url) = (request.method().clone(), request.url().clone());
        let mut request = rig.client.request(method, url);
        if let Some((user, password)) = pair {
            request = request.basic_auth(user, Some(password));
        }
        let answer = request.body(body).send().await.unwrap();
        assert_eq!(answer.status().as_u16(), status, "{line} {pair:?}");
        let answer: Value = answer.json().await.unwrap();
        let expected = match status {
            401 => json!({"error": "unauthorized"}),
            403 => json!({"error": "forbidden"}),
            404 if line.contains("/accounts/1/") => json!({"reason": "account not found"}),
            _ => answer.clone(),
        };
        assert_eq!(answer, expected);
    }
    assert_eq!(rig.sandbox.snapshot(ACCOUNT), before);
    let account = rig.get("/accounts/current").await;
    assert_eq!((&account["id"], &account["name"]), (&json!(18600), &json!("Bright Solar")));
    assert_eq!(rig.get("/accounts").await["accounts"][0], account);
    hold(&rig.traffic());
}

/// FACTS ctm/transport-2: forms, bracketed keys and a method in the body are how the vendor's own samples write.
#[tokio::test]
async fn forms_mean_what_json_means() {
    let mut rig = Rig::start("").await;
    let form = "application/x-www-form-urlencoded";
    let parts = "--X\r\nContent-Disposition: form-data; name=\"name\"\r\n\r\nDesk\r\n--X--\r\n";
    let table = [
        (
            "!PUT numbers/{numbers.+14105551212}",
            form,
            "name=Shop&active=0",
            "/numbers/+14105551212/name",
            json!("Shop"),
        ),
        (
            "!POST receiving_numbers/{receiving_numbers.+442079460018}",
            form,
            "_method=put&name=London",
            "/receiving_numbers/+442079460018/name",
            json!("London"),
        ),
        (
            "!POST numbers/{numbers.+14105551212}/update_number",
            form,
            "dial_route=number&numbers_id[]={receiving_numbers.+442079460018}&numbers_id[]={receiving_numbers.+14105550123}",
            "/numbers/+14105551212/dial",
            json!(["{receiving_numbers.+442079460018}", "{receiving_numbers.+14105550123}"]),
        ),
        (
            "!POST voice_menus/{voice_menus.Main}",
            form,
            "voice_menu[prompt_retries]=7&voice_menu[items][][keypress]=4&voice_menu[items][][voice_action_type]=hangup",
            "/voice_menus/Main/prompt_retries",
            json!(7),
        ),
        (
            "!POST schedules",
            form,
            "schedule[name]=Late&schedule[times][0][start_time]=60&schedule[times][0][end_time]=90\
             &schedule[times][0][days][mon]=1",
            "/schedules/Late/times/0/days/mon",
            json!(true),
        ),
        (
            "!PUT receiving_numbers/{receiving_numbers.+14105550123}",
            "multipart/form-data; boundary=X",
            parts,
            "/receiving_numbers/+14105550123/name",
            json!("Desk"),
        ),
    ];
    for (line, kind, body, pointer, expected) in table {
        // The override names a path and method that the document has; as a POST it has not.
        let line = if body.starts_with("_method") { line.replace('!', "~") } else { line.to_owned() };
        let body = rig.named(body);
        let answer = rig.request(&line).header("content-type", kind).body(body).send().await.unwrap();
        assert_eq!(answer.status().as_u16(), 200, "{line}");
        let expected: Value = serde_json::from_str(&rig.named(&expected.to_string())).unwrap();
        assert_eq!(rig.state(pointer), expected, "{line}");
    }
    assert_eq!(rig.state("/voice_menus/Main/items/0/voice_action_type"), "hangup");
    assert_eq!(rig.state("/numbers/+14105551212/active"), false);
    let broken =
        rig.request("!PUT numbers/{numbers.+14105551212}").header("content-type", "application/json");
    assert_eq!(broken.body("{").send().await.unwrap().status().as_u16(), 400);
    hold(&rig.traffic());
}
