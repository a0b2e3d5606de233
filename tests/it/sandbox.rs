//! Drives the sandbox over real HTTP; each table is one behaviour of the server that `FACTS.md` tells of.

use std::sync::Arc;
use std::time::{Duration, Instant};

use crate::served::{client, options_in};
use dialform::sandbox::{
    self, Behaviour, Emulation, Recorder, Sandbox, Switches, ctm, deskphone, stratus::EMULATION,
};
use reqwest::{Client, Method, Response};
use serde_json::{Value, json};
use tempfile::TempDir;

const SEED: &str = r#"
domain: { domain: acme.1.service, time-zone: US/Central }
users:
  - { user: "101", name-first-name: Ana, name-last-name: Ruiz, email: ana@acme.example, site: North }
  - user: "102"
    answerrules:
      - { time-frame: Storm, forward-always: { enabled: "yes", parameters: ["18005551234", 9725550199] } }
      - { time-frame: business-hours, enabled: "no" }
      - { time-frame: "*", simultaneous-ring: { enabled: "yes", parameters: ["<OwnDevices>"] } }
    timeframes: [ { timeframe-name: lunch, timeframe-type: always } ]
  - { user: "103", answerrules: [] }
timeframes:
  - timeframe-name: business-hours
    timeframe-type: days-of-week
    timeframe-days-of-week-array:
      - { timeframe-weekly-monday-begin-time-1: "0800", timeframe-weekly-monday-end-time-1: "1700" }
  - timeframe-name: Storm
    timeframe-type: specific-dates
    timeframe-specific-dates-array:
      - { timeframe-specific-dates-begin-date: "20290101", timeframe-specific-dates-end-date: "20290102" }
phonenumbers:
  - phonenumber: "12145550100"
    dial-rule-application: to-callqueue
    dial-rule-translation-destination-user: "400"
    dial-rule-description: Main line
  - { phonenumber: "12145550101", dial-rule-application: to-user, dial-rule-translation-destination-user: "101" }
callqueues:
  - callqueue: "400"
    description: Reception
    agents: [ { callqueue-agent-id: "101@acme.1.service", callqueue-agent-dispatch-order-ordinal: 2 } ]
autoattendants: [ { attendant-name: Main menu, user: "600", starting-prompt: Prompt_1 } ]
carrier: [ { number: "2145550100", destination: "9725550199", active: false } ]
"#;

/// A running sandbox with its directories.
struct Rig {
    dir: TempDir,
    sandbox: Sandbox,
    client: Client,
}

impl Rig {
    async fn start(behaviour: &str) -> Self {
        let dir = tempfile::tempdir().unwrap();
        std::fs::create_dir(dir.path().join("live")).unwrap();
        std::fs::write(dir.path().join("live/acme.yaml"), SEED).unwrap();
        let sandbox = Sandbox::start(options_in(dir.path(), "stratus", behaviour)).await.unwrap();
        Self { dir, sandbox, client: client() }
    }

    /// Sends `METHOD /path`; a path outside `/ns-api` and `/_carrier` is within the seeded domain.
    async fn send(&self, line: &str, body: &Value) -> Result<Response, reqwest::Error> {
        let (method, path) = line.split_once(' ').unwrap();
        let base = if path.starts_with("/ns-api") || path.starts_with("/_carrier") {
            ""
        } else {
            "/ns-api/v2/domains/acme.1.service"
        };
        let url = format!("{}{base}{path}", self.sandbox.url());
        let request = self.client.request(Method::from_bytes(method.as_bytes()).unwrap(), url);
        let request = request.bearer_auth("nsd_key");
        if body.is_null() { request.send().await } else { request.json(body).send().await }
    }

    async fn json(&self, line: &str, body: &Value) -> (u16, Value) {
        let response = self.send(line, body).await.unwrap();
        (response.status().as_u16(), response.json().await.unwrap())
    }

    fn state(&self, pointer: &str) -> Value {
        self.sandbox.snapshot("acme").unwrap().pointer(pointer).cloned().unwrap_or_default()
    }
}

/// Request line, body, status, and what the answer holds: JSON pointer to value, `len` for the rows.
type Step = (&'static str, Value, u16, Value);

/// Runs a table against a fresh sandbox.
async fn run(behaviour: &str, steps: Vec<Step>) -> Rig {
    let rig = Rig::start(behaviour).await;
    for (line, body, status, expected) in steps {
        let (got, answer) = rig.json(line, &body).await;
        assert_eq!(got, status, "{line} {body}: {answer}");
        for (pointer, value) in expected.as_object().into_iter().flatten() {
            let found = match pointer.as_str() {
                "len" => json!(answer.as_array().map(Vec::len)),
                pointer => answer.pointer(pointer).cloned().unwrap_or_default(),
            };
            assert_eq!(&found, value, "{line} {body} at {pointer}: {answer}");
        }
    }
    rig
}

const NOW: &str = "visible-after:0ms";
const NONE: Value = Value::Null;

fn accepted() -> Value {
    json!({"": {"code": 202, "message": "Accepted"}})
}

fn says(message: &str) -> Value {
    json!({"/message": message})
}

/// Item 1: a client that forgets to page must lose rows here, as it does live.
#[tokio::test]
async fn lists_are_cut_silently() {
    let rig = Rig::start(NOW).await;
    for number in 0..150 {
        let body = json!({"phonenumber": format!("1972555{number:04}")});
        assert_eq!(rig.json("POST /phonenumbers", &body).await.0, 202);
    }
    let table = [
        ("", 100, "12145550100"),
        ("?limit=1000", 152, "12145550100"),
        ("?limit=5000", 152, "12145550100"),
        ("?start=100&limit=100", 52, "19725550098"),
        ("?start=152", 0, ""),
    ];
    for (query, rows, first) in table {
        let (status, answer) = rig.json(&format!("GET /phonenumbers{query}"), &NONE).await;
        let first_seen =
            answer.pointer("/0/phonenumber").map(|n| n.to_string().replace('"', "")).unwrap_or_default();
        assert_eq!(
            (status, answer.as_array().unwrap().len(), first_seen.as_str()),
            (200, rows, first),
            "{query}"
        );
    }
    assert_eq!(rig.json("GET /phonenumbers?limit=0", &NONE).await.0, 400);
    assert_eq!(rig.json("GET /phonenumbers/count", &NONE).await.1, json!({"total": 152}));
}

/// Item 2: a 202 is no proof, and a synchronous create is; the planner's read-back depends on both.
#[tokio::test]
async fn writes_are_seen_late_and_synchronous_creates_wait() {
    let rig = Rig::start("visible-after:150ms").await;
    let name = json!({"name-first-name": "Eve", "no-such-key": 1});
    assert_eq!(rig.json("PUT /users/101", &name).await, (202, json!({"code": 202, "message": "Accepted"})));
    assert_eq!(rig.state("/users/101/name-first-name"), "Eve");
    assert_eq!(rig.state("/users/101/no-such-key"), Value::Null);
    assert_eq!(rig.json("GET /users/101", &NONE).await.1["name-first-name"], "Ana");
    tokio::time::sleep(Duration::from_millis(160)).await;
    assert_eq!(rig.json("GET /users/101", &NONE).await.1["name-first-name"], "Eve");

    let begun = Instant::now();
    let body = json!({"synchronous": "yes", "user": "104", "email-address": ""});
    let (status, made) = rig.json("POST /users", &body).await;
    assert!(begun.elapsed() >= Duration::from_millis(150));
    assert_eq!(
        (status, &made["user"], &made["login-username"]),
        (200, &json!("104"), &json!("104@acme.1.service"))
    );
    assert_eq!(rig.json("GET /users/104", &NONE).await, (200, made));
    assert_eq!(rig.json("GET /users?synchronous=yes", &NONE).await.1["message"], "No Route Found [92]");
}

/// Item 3: a 202 that changed nothing, and a second write lost behind a pending first one.
#[tokio::test]
async fn accepted_writes_can_be_lost() {
    let first = json!({"name-first-name": "Eve"});
    let second = json!({"name-first-name": "Zoe"});
    let rig = run("accept-and-ignore:1", vec![("PUT /users/101", first.clone(), 202, accepted())]).await;
    assert_eq!(rig.state("/users/101/name-first-name"), "Ana");
    let steps = vec![
        ("PUT /users/101", first, 202, accepted()),
        ("PUT /users/101", second.clone(), 202, accepted()),
        ("PUT /users/102", second, 202, accepted()),
    ];
    let rig = run("pending-first,visible-after:1s", steps).await;
    assert_eq!(rig.state("/users/101/name-first-name"), "Eve");
    assert_eq!(rig.state("/users/102/name-first-name"), "Zoe");
}

/// Item 4: `is-active` follows its own slow timer; priorities follow position, and 99 is the last.
#[tokio::test]
async fn priorities_and_activity_are_computed() {
    let rules = "GET /users/102/answerrules";
    let order = json!([{"time-frame": "*"}, {"time-frame": "Storm"}, {"time-frame": "business-hours"}]);
    let top = json!({"time-frame": "lunch", "new-position": "top"});
    let steps = vec![
        (
            rules,
            NONE,
            200,
            json!({
                "/0/time-frame": "Storm", "/0/ordinal-priority": 0, "/0/is-active": false,
                "/1/ordinal-priority": 1, "/1/time_range_data/0/day-of-week-number": 1,
                "/1/time_range_data/0/start-time": "08:00",
                "/2/time-frame": "*", "/2/ordinal-priority": 99, "/2/is-active": true, "/2/order": null,
            }),
        ),
        ("PUT /users/102/answerrules/reorder", order, 202, accepted()),
        (
            rules,
            NONE,
            200,
            json!({"/0/time-frame": "*", "/0/ordinal-priority": 0, "/2/ordinal-priority": 99}),
        ),
        ("POST /users/102/answerrules", top, 202, accepted()),
        (
            rules,
            NONE,
            200,
            json!({"/0/time-frame": "lunch", "/0/is-active": false, "/1/is-active": true, "/3/ordinal-priority": 99}),
        ),
        // Without a position a rule lands below `*`, where it never fires.
        ("POST /users/101/answerrules", json!({"time-frame": "Storm"}), 202, accepted()),
        ("GET /users/101/answerrules", NONE, 200, json!({"/0/time-frame": "*", "/1/time-frame": "Storm"})),
    ];
    run(NOW, steps).await;
    let lunch = json!({"time-frame": "lunch", "new-position": "top"});
    let steps = vec![
        ("POST /users/102/answerrules", lunch, 202, accepted()),
        (rules, NONE, 200, json!({"/0/is-active": true, "/3/is-active": false})),
    ];
    run("visible-after:0ms,active-lag:0ms", steps).await;
}

/// Item 5: every refusal with its exact status and words; the client maps them to its errors.
#[tokio::test]
async fn refusals_are_exact() {
    let frame = json!({"timeframe-name": "lunch", "timeframe-type": "always"});
    let taken = "A timeframe with this name already exists for the given user.";
    let scope = "Invalid Scope [APP001]";
    let steps = vec![
        ("POST /users/102/answerrules", json!({"time-frame": "*"}), 409, says("Answer rule already used")),
        (
            "POST /phonenumbers",
            json!({"phonenumber": "12145550100"}),
            409,
            says("Phone number already exists"),
        ),
        ("POST /users", json!({"user": "101", "email-address": ""}), 409, says("User already exists.")),
        (
            "POST /users",
            json!({"user": "9", "login-username": "101@acme.1.service", "email-address": ""}),
            409,
            says("UID already exists."),
        ),
        (
            "POST /callqueues",
            json!({"callqueue": "400", "domain": "acme.1.service"}),
            409,
            says("Call queue already exists"),
        ),
        (
            "POST /callqueues/400/agents",
            json!({"callqueue-agent-id": "101@acme.1.service"}),
            409,
            says("Agent already exists"),
        ),
        ("POST /timeframes", frame, 400, says(taken)),
        (
            "POST /users/101/timeframes",
            json!({"timeframe-name": "Storm", "timeframe-type": "always"}),
            400,
            says(taken),
        ),
        (
            "PUT /users/102/answerrules/reorder",
            json!([{"time-frame": "*"}]),
            400,
            says("Please provide all timeframes in the new order."),
        ),
        (
            "PUT /users/102/answerrules/reorder",
            json!([{"time-frame": "nope"}]),
            404,
            says("Not Found. Timeframe input was not found."),
        ),
        ("GET /users/999", NONE, 404, says("User 999 does not exist in domain acme.1.service")),
        ("GET /users/101/answerrules/Storm", NONE, 404, says("AnswerRule not found")),
        ("GET /timeframes/00", NONE, 404, says("Not Found. Timeframe input was not found.")),
        ("GET /phonenumbers/1", NONE, 404, says("Resource not found.")),
        ("GET /ns-api/v2/domains/other/users", NONE, 401, says(scope)),
        ("GET /ns-api/v2/domains", NONE, 401, says(scope)),
        ("GET /ns-api/v2/domains/~", NONE, 200, json!({"/domain": "acme.1.service"})),
        ("GET /ns-api/v2/domains/other/count", NONE, 401, says(scope)),
        ("GET /nothing", NONE, 404, json!({"": {"code": 404, "message": "No Route Found [92]"}})),
        ("PATCH /users/101", json!({}), 404, says("No Route Found [92]")),
        (
            "PUT /users/101",
            json!({"voicemail-enabled": "perhaps"}),
            400,
            says("Invalid value for voicemail-enabled."),
        ),
        ("GET /users/list?fields=user,nope", NONE, 400, says("Invalid field.")),
    ];
    run(NOW, steps).await;
}

/// Item 5, the release profiles: a 44.4 server lacks the paths of 45.0.
#[tokio::test]
async fn an_older_release_lacks_newer_paths() {
    for path in
        ["/devices", "/users/count", "/users/list", "/users/101/answerrules/count", "/callqueues/list"]
    {
        let line = format!("GET {path}");
        let old = Rig::start("release:44.4").await.json(&line, &NONE).await;
        assert_eq!(old, (404, json!({"code": 404, "message": "No Route Found [92]"})), "{path}");
        assert_eq!(Rig::start("").await.json(&line, &NONE).await.0, 200, "{path}");
    }
    let steps = vec![
        ("GET /ns-api/v2/version", NONE, 200, json!({"/apiversion": "44.4.10"})),
        ("GET /count", NONE, 200, json!({"/total": 1})),
        (
            "GET /users/101",
            NONE,
            200,
            json!({
                "/directory-annouce-in-dial-by-name-enabled": "yes",
                "/directory-announce-in-dial-by-name-enabled": null,
            }),
        ),
    ];
    run("release:44.4", steps).await;
}

/// Item 6: names differ between writes and reads, and a client must know both.
#[tokio::test]
async fn names_on_the_wire_are_odd() {
    let steps = vec![
        ("GET /users/101", NONE, 200, json!({"/email": "ana@acme.example", "/email-address": null})),
        ("PUT /users/101", json!({"email-address": "a@b.example"}), 202, accepted()),
        ("PUT /users/101", json!({"email": "lost@b.example"}), 202, accepted()),
        ("GET /users/101", NONE, 200, json!({"/email": "a@b.example"})),
        (
            "PUT /callqueues/400/agents/101%40acme.1.service",
            json!({"auto-answer-enabled": "yes", "callqueue-agent-dispatch-order-ordinal": 5, "ordinal-order": 9}),
            202,
            accepted(),
        ),
        (
            "GET /agents",
            NONE,
            200,
            json!({
                "/0/ordinal-order": 5, "/0/auto_ans": "yes", "/0/callqueue-agent-dispatch-order-ordinal": null,
                "/0/callqueue": "400", "/0/name-full-name": "Ana Ruiz", "/0/sub_site": "North",
                "/0/callqueue-agent-entry-type": "user",
            }),
        ),
    ];
    let rig = run(NOW, steps).await;
    assert_eq!(rig.state("/agents/400/101@acme.1.service/callqueue-agent-dispatch-order-ordinal"), 5);
}

/// Item 7: the incident of 2026-07-30: a partial PUT orphans a live number and is answered 202.
#[tokio::test]
async fn a_partial_number_write_clears_the_rest() {
    let number = "GET /phonenumbers/12145550100";
    let destination = "/dial-rule-translation-destination-user";
    let whole = json!({
        "phonenumber": "12145550100", "dial-rule-application": "to-user",
        "dial-rule-translation-destination-user": "102", "dial-rule-description": "Main line",
    });
    let steps = vec![
        ("PUT /phonenumbers/12145550100", json!({"dial-rule-parameter": "user_101"}), 202, accepted()),
        (
            number,
            NONE,
            200,
            json!({
                destination: "[*]", "/dial-rule-parameter": "user_101", "/dial-rule-description": "",
                "/dial-rule-application": "available-number", "/enabled": "yes",
            }),
        ),
        ("PUT /phonenumbers", whole, 202, accepted()),
        (number, NONE, 200, json!({destination: "102", "/dial-rule-description": "Main line"})),
        ("DELETE /phonenumbers/12145550100", NONE, 202, accepted()),
        (number, NONE, 404, json!({})),
    ];
    run(NOW, steps).await;
}

/// Item 8: filters only grow, allow lists land unseen, and only reject entries can be taken away.
#[tokio::test]
async fn number_filters_append() {
    let reject = |list: Value| json!({"phone-numbers-to-reject": {"parameters": list}});
    let allow = json!({"phone-numbers-to-allow": {"parameters": ["5550000002"]}});
    let path = "GET /users/101/number-filters";
    let list = "/0/phone-numbers-to-reject/parameters";
    let mut steps = vec![(path, NONE, 200, json!({"": []}))];
    steps.extend([
        ("POST /users/101/number-filters", reject(json!(["5550000002", 5550000004u64])), 202, accepted()),
        ("POST /users/101/number-filters", reject(json!(["5550000004", "anonymous"])), 202, accepted()),
        ("POST /users/101/number-filters", allow.clone(), 202, accepted()),
        (
            path,
            NONE,
            200,
            json!({
                list: ["5550000002", "5550000004", "anonymous"], "/0/time-frame": "*",
                "/0/phone-numbers-to-reject/enabled": "yes", "/0/phone-numbers-to-allow": null,
            }),
        ),
        ("DELETE /users/101/number-filters", allow.clone(), 202, accepted()),
        ("DELETE /users/101/number-filters", reject(json!(["5550000002"])), 202, accepted()),
        (path, NONE, 200, json!({list: ["5550000004", "anonymous"]})),
        (
            "PUT /users/101/answerrules/*",
            json!({"phone-numbers-to-allow": {"enabled": "no", "parameters": ["5550000006", "5550000002"]}}),
            202,
            accepted(),
        ),
        (
            "GET /users/101/answerrules/*",
            NONE,
            200,
            json!({"/phone-numbers-to-allow": {"enabled": "yes", "parameters": ["5550000002", "5550000006"]}}),
        ),
        ("POST /number-filters", reject(json!(["unknown"])), 202, accepted()),
        ("GET /number-filters", NONE, 200, json!({list: ["unknown"], "/0/domain": "acme.1.service"})),
    ]);
    run(NOW, steps).await;
    let removal =
        json!({"phone-numbers-to-allow": {"enabled": "yes", "remove": "yes", "parameters": ["5550000002"]}});
    for (behaviour, left) in [("list-remove", json!([])), ("list-remove:off", json!(["5550000002"]))] {
        let steps = vec![
            ("POST /users/101/number-filters", allow.clone(), 202, accepted()),
            ("PUT /users/101/answerrules/*", removal.clone(), 202, accepted()),
        ];
        let rig = run(behaviour, steps).await;
        assert_eq!(rig.state("/answerrules/101/0/phone-numbers-to-allow/parameters"), left);
    }
}

/// Item 9: deletions leave orphans behind, and a soft one keeps the name.
#[tokio::test]
async fn deletions_leave_orphans() {
    let rig = Rig::start("visible-after:0ms,soft-delete,soft-delete-frames,orphan-agents:off").await;
    let storm = rig.state("/timeframes/Storm/timeframe-id");
    let storm = format!("DELETE /timeframes/{}", storm.as_str().unwrap());
    for line in ["DELETE /users/101", "DELETE /callqueues/400", &storm, "DELETE /users/102/answerrules/Storm"]
    {
        if line == "DELETE /users/102/answerrules/Storm" {
            // Dead, but there: the time frame is gone.
            assert_eq!(rig.json("GET /users/102/answerrules/Storm", &NONE).await.0, 200);
        }
        if line == "DELETE /callqueues/400" {
            let (_, agents) = rig.json("GET /agents", &NONE).await;
            assert_eq!(agents[0]["callqueue-agent-id"], "101@acme.1.service");
        }
        assert_eq!(rig.json(line, &NONE).await.0, 202, "{line}");
    }
    assert_eq!(rig.state("/phonenumbers/12145550101/dial-rule-translation-destination-user"), "101");
    assert_eq!(rig.state("/answerrules/101"), NONE);
    assert_eq!(rig.state("/agents/400"), NONE);
    assert_eq!(rig.state("/users/400/service-code"), "system-queue");
    assert_eq!(rig.state("/reserved-names"), json!(["Storm"]));
    assert_eq!(rig.state("/lingering-rules/102/0/time-frame"), "Storm");
    let frame = json!({"timeframe-name": "Storm", "timeframe-type": "always"});
    assert_eq!(rig.json("POST /timeframes", &frame).await.0, 400);
    assert_eq!(rig.json("POST /users/102/answerrules", &json!({"time-frame": "Storm"})).await.0, 409);
}

/// Items 10 and 11: a new user rings its own devices; types are mixed unless switched off.
#[tokio::test]
async fn types_are_mixed_and_features_missing() {
    let storm = "GET /users/102/answerrules/Storm";
    let steps = vec![
        (
            "POST /users",
            json!({"user": "104", "limits-max-active-calls-total": "3", "email-address": ""}),
            202,
            accepted(),
        ),
        (
            "GET /users/104/answerrules",
            NONE,
            200,
            json!({
                "len": 1, "/0/time-frame": "*",
                "/0/simultaneous-ring": {"enabled": "yes", "parameters": ["<OwnDevices>"]},
                "/0/forward-always": null,
            }),
        ),
        ("GET /users/104", NONE, 200, json!({"/limits-max-active-calls-total": 3, "/area-code": ""})),
        ("PUT /users/104", json!({"limits-max-active-calls-total": ""}), 202, accepted()),
        ("GET /users/104", NONE, 200, json!({"/limits-max-active-calls-total": ""})),
        (
            "GET /users/400",
            NONE,
            200,
            json!({"/ring-no-answer-timeout-seconds": "", "/service-code": "system-queue"}),
        ),
        (storm, NONE, 200, json!({"/forward-always/parameters": ["18005551234", 9725550199u64]})),
        ("GET /phonenumbers/12145550101", NONE, 200, json!({"/phonenumber": 12145550101u64})),
        (
            "PUT /users/102/answerrules/Storm",
            json!({"enabled": "no", "do-not-disturb": {"enabled": "yes"}}),
            202,
            accepted(),
        ),
        (
            storm,
            NONE,
            200,
            json!({"/enabled": "no", "/do-not-disturb/enabled": "yes", "/forward-always/enabled": "yes"}),
        ),
        // A touched feature is replaced whole.
        ("PUT /users/102/answerrules/Storm", json!({"forward-always": {"enabled": "yes"}}), 202, accepted()),
        (storm, NONE, 200, json!({"/forward-always": {"enabled": "yes", "parameters": []}})),
    ];
    run("visible-after:0ms,rule-put:merge", steps).await;
    let steps = vec![
        (
            storm,
            NONE,
            200,
            json!({
                "/forward-always/parameters": ["18005551234", "9725550199"],
                "/forward-on-busy": {"enabled": "no", "parameters": []},
            }),
        ),
        ("GET /users/103/answerrules", NONE, 200, json!({"": []})),
    ];
    run("mixed-types:off", steps).await;
}

/// Time frames: arrays replaced or merged, conversion one way, names fixed (FACTS stratus/frames).
#[tokio::test]
async fn time_frames_replace_merge_and_convert() {
    let rig = Rig::start(NOW).await;
    let id = rig.state("/timeframes/Storm/timeframe-id").as_str().unwrap().to_owned();
    assert_eq!((id.len(), id.bytes().all(|b| b.is_ascii_hexdigit())), (32, true));
    let path = format!("/timeframes/{id}");
    let entry = |begin: &str| json!({"timeframe-specific-dates-begin-date": begin});
    let dates = |entries: Value| json!({"timeframe-specific-dates-array": entries});
    let shown = |answer: &Value| -> Vec<(String, String)> {
        let rows = answer["timeframe-specific-dates-array"].as_array().unwrap().iter();
        let part = |row: &Value, name: &str| row[name].as_str().unwrap().to_owned();
        rows.map(|row| (part(row, "timeframe-specific-dates-begin-date"), part(row, "timeframe-id")))
            .collect()
    };

    let (status, before) = rig.json(&format!("GET {path}"), &NONE).await;
    assert_eq!(
        (status, &before["user"], &before["timeframe-type"]),
        (200, &json!("*"), &json!("specific-dates"))
    );
    assert_eq!(
        before.pointer("/timeframe-specific-dates-array/0/timeframe-recurrence-type"),
        Some(&json!(""))
    );
    assert_eq!(rig.json(&format!("POST {path}"), &dates(json!([entry("20300101")]))).await.0, 202);
    let (_, added) = rig.json(&format!("GET {path}"), &NONE).await;
    let old = shown(&added);
    assert_eq!(old.iter().map(|(date, _)| date.as_str()).collect::<Vec<_>>(), ["20290101", "20300101"]);

    let mut merge =
        dates(json!([{"timeframe-id": old[1].1, "timeframe-specific-dates-begin-date": "20310101"}]));
    merge["update-only"] = "yes".into();
    merge["timeframe-name"] = "Renamed".into();
    let (status, merged) = rig.json(&format!("PUT {path}"), &merge).await;
    assert_eq!((status, &merged["timeframe-name"]), (200, &json!("Storm")));
    assert_eq!(shown(&merged), [old[0].clone(), ("20310101".into(), old[1].1.clone())]);

    let (_, replaced) = rig.json(&format!("PUT {path}"), &dates(json!([entry("20320101")]))).await;
    let new = shown(&replaced);
    assert_eq!((new.len(), new[0].0.as_str()), (1, "20320101"));
    assert!(old.iter().all(|(_, id)| *id != new[0].1));

    let week = json!({"timeframe-days-of-week-array": [{"timeframe-weekly-sunday-begin-time-1": "0900"}]});
    assert_eq!(rig.json(&format!("PUT {path}"), &week).await.0, 400);
    assert_eq!(rig.json(&format!("PUT {path}"), &dates(json!([entry("2032-01-01")]))).await.0, 400);
    let (_, custom) = rig.json(&format!("PUT {path}"), &json!({"type": "custom"})).await;
    assert_eq!((&custom["timeframe-type"], shown(&custom)), (&json!("custom"), new.clone()));
    // What is not sent of such a frame is gone.
    let mut both = dates(json!([entry("20330101")]));
    both["timeframe-days-of-week-array"] = week["timeframe-days-of-week-array"].clone();
    let new = shown(&rig.json(&format!("PUT {path}"), &both).await.1);
    assert_eq!(new.iter().map(|(date, _)| date.as_str()).collect::<Vec<_>>(), ["20330101"]);
    assert_eq!(rig.json(&format!("PUT {path}"), &json!({"timeframe-type": "specific-dates"})).await.0, 400);
    assert_eq!(rig.json(&format!("DELETE {path}"), &json!({"child_id": new[0].1})).await.0, 202);
    assert_eq!(shown(&rig.json(&format!("GET {path}"), &NONE).await.1), []);

    // Between other types the entries are lost, and a week must have its one entry.
    let hours = rig.state("/timeframes/business-hours/timeframe-id");
    let path = format!("PUT /timeframes/{}", hours.as_str().unwrap());
    assert_eq!(rig.json(&path, &json!({"timeframe-days-of-week-array": []})).await.0, 400);
    assert_eq!(rig.json(&path, &json!({"timeframe-type": "always"})).await.0, 200);
    assert_eq!(rig.state("/timeframes/business-hours/timeframe-days-of-week-array"), NONE);
    let (_, own) = rig.json("GET /users/102/timeframes", &NONE).await;
    assert_eq!((&own[0]["timeframe-name"], &own[0]["user"]), (&json!("lunch"), &json!("102")));
    let made = json!({"synchronous": "yes", "timeframe-name": "Snow day", "timeframe-type": "always"});
    let (status, made) = rig.json("POST /timeframes", &made).await;
    assert_eq!((status, &made["timeframe-name"]), (200, &json!("Snow day")));
}

/// Queues, agents, aliases and attendants, as the planner reads them (FACTS stratus/queues, FACTS stratus/agents and
/// FACTS stratus/aliases).
#[tokio::test]
async fn queues_and_their_neighbours() {
    let agent = "/0/callqueue-agent-availability-type";
    let alias = json!({
        "len": 5, "/0/dial-rule-matching-to-uri": "vmail_101", "/4/dial-rule-matching-to-uri": "queue_400",
        "/4/dialrule": "cXVldWVfNDAwfHwqfHwqfHwqfHwqfHwqfHwq",
    });
    let steps = vec![
        (
            "PUT /callqueues/400",
            json!({"callqueue-require-available-agents-to-accept-new-callers": "yes"}),
            202,
            accepted(),
        ),
        (
            "GET /callqueues/400",
            NONE,
            200,
            json!({
                "/callqueue-require-available-agents-to-accept-new-callers": "yes", "/description": "Reception",
                "/callqueue-count-agents-total": 1, "/callqueue-sim-ring-increment": 1,
            }),
        ),
        ("PATCH /callqueues/all/agents/101@acme.1.service/logout", NONE, 202, accepted()),
        ("GET /agents", NONE, 200, json!({agent: "manual"})),
        ("PATCH /callqueues/400/agents/101@acme.1.service/login", NONE, 202, accepted()),
        ("GET /callqueues/400/agents", NONE, 200, json!({agent: "automatic"})),
        (
            "POST /callqueues",
            json!({"callqueue": "500", "domain": "acme.1.service", "synchronous": "yes"}),
            200,
            json!({"/callqueue": "500"}),
        ),
        // The queue alone: its user is the client's to make.
        ("GET /users/500", NONE, 404, json!({})),
        ("GET /dialplans/acme.1.service/dialrules", NONE, 200, alias),
        ("GET /autoattendants", NONE, 200, json!({"/0/attendant-name": "Main menu", "/0/user": "600"})),
        ("GET /devices", NONE, 200, json!({"": []})),
        ("GET /ns-api/v2/apikeys/~", NONE, 200, json!({"/domain": "acme.1.service", "/readonly": "no"})),
    ];
    run(NOW, steps).await;
}

/// The carrier's forward is a tree of its own: 10 digits, never to ourselves, late (FACTS stratus/carrier).
#[tokio::test]
async fn the_carrier_forwards_apart() {
    let path = "PUT /_carrier/v1/numbers/2145550101/forward";
    let refused = [
        (json!({"active": true}), "an active forward needs a destination"),
        (json!({"destination": "2145550100", "active": true}), "destination is hosted on this platform"),
        (json!({"destination": "12145559999", "active": false}), "destination must have 10 digits"),
    ];
    let mut steps: Vec<Step> = vec![(
        "GET /_carrier/v1/numbers?domain=acme.1.service",
        NONE,
        200,
        json!({"": [
            {"number": "2145550100", "destination": "9725550199", "active": false},
            {"number": "2145550101", "destination": null, "active": false},
        ]}),
    )];
    steps.extend(
        refused.map(|(body, message)| (path, body, 422, json!({"": {"code": 422, "message": message}}))),
    );
    steps.extend([
        (path, json!({"destination": "9725550111", "active": true}), 202, accepted()),
        (
            "GET /_carrier/v1/numbers/2145550101/forward",
            NONE,
            200,
            json!({"": {"destination": null, "active": false}}),
        ),
        ("GET /_carrier/v1/numbers/9999999999/forward", NONE, 404, json!({})),
    ]);
    let rig = run("visible-after:5s", steps).await;
    assert_eq!(rig.state("/carrier/2145550101"), json!({"destination": "9725550111", "active": true}));
}

/// Item 12: keys. A read-only one writes nothing; none at all is refused before anything else.
#[tokio::test]
async fn keys_are_checked() {
    let rig = Rig::start(NOW).await;
    let url = format!("{}/ns-api/v2/domains/acme.1.service/users/101", rig.sandbox.url());
    let bare = rig.client.get(&url).send().await.unwrap();
    assert_eq!(
        (bare.status().as_u16(), bare.json::<Value>().await.unwrap()["code"].clone()),
        (401, json!(401))
    );
    let read_only = |request: reqwest::RequestBuilder| request.bearer_auth("ro_key").send();
    assert_eq!(read_only(rig.client.get(&url)).await.unwrap().status().as_u16(), 200);
    for request in [rig.client.delete(&url), rig.client.put(&url).json(&json!({}))] {
        assert_eq!(read_only(request).await.unwrap().status().as_u16(), 403);
    }
    let carrier = format!("{}/_carrier/v1/numbers/2145550100/forward", rig.sandbox.url());
    assert_eq!(read_only(rig.client.put(carrier)).await.unwrap().status().as_u16(), 403);
    let reseller = rig.client.get(format!("{}/ns-api/v2/domains", rig.sandbox.url())).bearer_auth("nsr_key");
    assert_eq!(reseller.send().await.unwrap().json::<Value>().await.unwrap()[0]["domain"], "acme.1.service");
}

/// Item 12: faults. What was committed and what was not is the whole point of each one.
#[tokio::test]
async fn faults_strike_before_or_after_the_commit() {
    // Behaviour, status (none: no answer), whether the body is JSON, whether the write was made.
    let table = [
        ("429:1,retry-after:7", Some(429), true, false),
        ("420:1", Some(420), true, false),
        ("500:1", Some(500), true, false),
        ("garbage:1", Some(200), false, false),
        ("reset-before-commit:1", None, false, false),
        ("reset-after-commit:1", None, false, true),
        ("502-after-commit:1", Some(502), false, true),
        ("truncate:1", Some(202), false, true),
    ];
    for (behaviour, status, json, committed) in table {
        let rig = Rig::start(behaviour).await;
        let answer = rig.send("PUT /users/101", &json!({"name-first-name": "Eve"})).await;
        assert_eq!(answer.as_ref().ok().map(|a| a.status().as_u16()), status, "{behaviour}");
        if let Ok(answer) = answer {
            let wait = answer.headers().get("retry-after").map(|v| v.to_str().unwrap().to_owned());
            assert_eq!(wait.as_deref(), (status == Some(429)).then_some("7"), "{behaviour}");
            assert_eq!(answer.json::<Value>().await.is_ok(), json, "{behaviour}");
        }
        assert_eq!(rig.state("/users/101/name-first-name") == "Eve", committed, "{behaviour}");
    }
}

/// Faults can be aimed, so that a test strikes one write of many and then lets the server recover.
#[tokio::test]
async fn faults_can_be_aimed_and_repeat_exactly() {
    let rig = Rig::start("500:1,only:PUT,skip:1,at-most:1").await;
    let mut seen = Vec::new();
    for line in ["GET /users/101", "PUT /users/101", "PUT /users/101", "PUT /users/101", "GET /users/101"] {
        let body = if line.starts_with("PUT") { json!({}) } else { NONE };
        seen.push(rig.json(line, &body).await.0);
    }
    assert_eq!(seen, [200, 202, 500, 202, 200]);

    let rig = Rig::start("500:1,only:writes,skip:1,at-most:1").await;
    let mut seen = Vec::new();
    for line in ["PUT /users/101", "GET /users/101", "DELETE /users/102", "PUT /users/101"] {
        let body = if line.starts_with("PUT") { json!({}) } else { NONE };
        seen.push(rig.json(line, &body).await.0);
    }
    assert_eq!(seen, [202, 200, 500, 202]);

    let mut runs = Vec::new();
    for behaviour in ["429:0.3,seed:1", "429:0.3,seed:1", "429:0.3,seed:2"] {
        let rig = Rig::start(behaviour).await;
        let mut run = Vec::new();
        for _ in 0..40 {
            run.push(rig.json("GET /count", &NONE).await.0);
        }
        runs.push(run);
    }
    assert_eq!(runs[0], runs[1]);
    assert_ne!(runs[0], runs[2]);
    let struck = runs[0].iter().filter(|status| **status == 429).count();
    assert!((4..=20).contains(&struck), "{struck}");
    let begun = Instant::now();
    Rig::start("slow:60ms").await.json("GET /count", &NONE).await;
    assert!(begun.elapsed() >= Duration::from_millis(60));
}

/// A server that is gone refuses connections, keeps its port and comes back with all it had.
#[tokio::test]
async fn a_server_can_go_away_for_a_while() {
    let rig = Rig::start("refuse:1,refuse-for:300ms,only:PUT,at-most:1").await;
    let answer = rig.send("PUT /users/101", &json!({"name-first-name": "Eve"})).await.unwrap();
    assert_eq!(answer.status().as_u16(), 202);
    let refused = rig.send("GET /users/101", &NONE).await.unwrap_err();
    // A connection that was kept is cut, and a new one is refused.
    assert!(refused.is_connect() || refused.is_request(), "{refused:?}");
    tokio::time::sleep(Duration::from_millis(500)).await;
    assert_eq!(rig.json("GET /users/101", &NONE).await.1["name-first-name"], "Eve");
}

/// One write can be seen later than the others, and one answer be slower.
#[tokio::test]
async fn one_write_can_be_stale_or_slow() {
    let rig = Rig::start("stale:1,stale-for:500ms,visible-after:0ms,only:writes,at-most:1").await;
    rig.send("PUT /users/101", &json!({"name-first-name": "Eve"})).await.unwrap();
    assert_eq!(rig.json("GET /users/101", &NONE).await.1["name-first-name"], "Ana");
    tokio::time::sleep(Duration::from_millis(600)).await;
    assert_eq!(rig.json("GET /users/101", &NONE).await.1["name-first-name"], "Eve");

    let rig = Rig::start("slow:30ms,slow-10x:1,at-most:1").await;
    let begun = Instant::now();
    rig.json("GET /count", &NONE).await;
    assert!(begun.elapsed() >= Duration::from_millis(300));
}

/// State: the same seed makes the same bytes, and the next sandbox sees what the last one wrote.
#[tokio::test]
async fn state_outlives_the_sandbox() {
    let (one, two) = (Rig::start("").await, Rig::start("").await);
    let bytes = |rig: &Rig| std::fs::read(rig.dir.path().join("state/acme.json")).unwrap();
    assert_eq!(bytes(&one), bytes(&two));
    assert_eq!(one.json("PUT /users/101", &json!({"department": "Sales"})).await.0, 202);
    let Rig { dir, sandbox, client } = one;
    let before = sandbox.snapshot("acme");
    sandbox.stop().await;
    let sandbox = Sandbox::start(options_in(dir.path(), "stratus", "")).await.unwrap();
    assert_eq!(sandbox.snapshot("acme"), before);
    let again = Rig { dir, sandbox, client };
    assert_eq!(again.json("GET /users/101", &NONE).await.1["department"], "Sales");
    assert_eq!(again.sandbox.snapshot("nobody"), None);
}

/// A write to a domain of two thousand users must not cost a rewrite of every object.
#[tokio::test]
async fn large_domains_are_written_quickly() {
    let dir = tempfile::tempdir().unwrap();
    std::fs::create_dir(dir.path().join("live")).unwrap();
    let users: Vec<Value> = (1000..3000).map(|user| json!({"user": user.to_string()})).collect();
    let seed = json!({"domain": {"domain": "acme.1.service"}, "users": users});
    std::fs::write(dir.path().join("live/acme.yaml"), seed.to_string()).unwrap();
    let sandbox = Sandbox::start(options_in(dir.path(), "stratus", NOW)).await.unwrap();
    let rig = Rig { dir, sandbox, client: client() };
    let begun = Instant::now();
    for user in 1000..1040 {
        assert_eq!(rig.json(&format!("PUT /users/{user}"), &json!({"site": "North"})).await.0, 202);
    }
    // About 25 ms a write in an unoptimised build; the bound leaves room for a busy machine.
    assert!(begun.elapsed() < Duration::from_secs(8), "{:?}", begun.elapsed());
}

/// Traffic is recorded as JSON lines without headers, so that it can be held against the OpenAPI.
#[tokio::test]
async fn traffic_is_recorded() {
    let rig = Rig::start("").await;
    let log = rig.dir.path().join("traffic.jsonl");
    let record = Some(Arc::new(Recorder::open(&log).unwrap()));
    let mut options = options_in(rig.dir.path(), "stratus", "reset-before-commit:1,only:DELETE");
    options.record = record;
    let rig = Rig { sandbox: Sandbox::start(options).await.unwrap(), ..rig };
    rig.json("GET /users/101/answerrules/*?limit=5", &NONE).await;
    rig.json("PUT /users/101", &json!({"site": "South"})).await;
    assert!(rig.send("DELETE /users/101", &NONE).await.is_err());
    let text = std::fs::read_to_string(&log).unwrap();
    assert!(!text.contains("nsd_key"));
    let lines: Vec<Value> = text.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(lines.len(), 3);
    assert_eq!(lines[0]["path"], "/ns-api/v2/domains/acme.1.service/users/101/answerrules/*");
    assert_eq!((&lines[0]["query"], &lines[0]["request"]), (&json!("limit=5"), &NONE));
    assert_eq!(lines[0]["response"]["time-frame"], "*");
    let write = json!({
        "method": "PUT", "path": "/ns-api/v2/domains/acme.1.service/users/101", "query": "",
        "request": {"site": "South"}, "status": 202, "response": {"code": 202, "message": "Accepted"},
    });
    assert_eq!(lines[1], write);
    assert_eq!((&lines[2]["status"], &lines[2]["response"]), (&NONE, &NONE));
}

/// A switch that nobody reads would be accepted and do nothing.
#[test]
fn every_switch_is_read() {
    for emulation in sandbox::EMULATIONS {
        for name in emulation.switches {
            let wrong = emulation.read(&format!("{name}:?"), &[]).unwrap_err().to_string();
            assert!(wrong.starts_with(&format!("behaviour `{name}` takes ")), "{wrong}");
        }
        assert_eq!(dialform::provider::find(emulation.kind).unwrap().kind, emulation.kind);
    }
}

/// Mistakes in a notation, a seed or a name must say what would have been right.
#[tokio::test]
async fn mistakes_are_explained() {
    let message = |text: &str| EMULATION.read(text, &[]).unwrap_err().to_string();
    assert!(message("visble-after:1s").starts_with(
        "no behaviour is named `visble-after`, did you mean `visible-after`?; the names are visible-after, "
    ));
    let table = [
        ("429:2", "behaviour `429` takes a probability from 0 to 1, not `2`"),
        ("slow:3", "behaviour `slow` takes a duration such as `200ms` or `1s`, not `3`"),
        ("release:43", "behaviour `release` takes `44.4` or `45.0`, not `43`"),
        ("soft-delete:maybe", "behaviour `soft-delete` takes `on` or `off`, not `maybe`"),
    ];
    for (text, expected) in table {
        assert_eq!(message(text), expected);
    }
    assert_eq!(EMULATION.read("", &[]).unwrap().0, Behaviour::default());

    // A switch of another emulation is no mistake where that one is meant as well, and only there.
    let known = |of: &Emulation, with: &[&Emulation]| of.read("next-page:null", with).map(|read| read.1);
    assert_eq!(known(&EMULATION, &[&ctm::EMULATION]).unwrap(), Switches::default());
    assert_ne!(known(&ctm::EMULATION, &[&EMULATION]).unwrap(), Switches::default());
    let unknown = known(&EMULATION, &[&deskphone::EMULATION]).unwrap_err().to_string();
    assert!(
        unknown.starts_with("no behaviour is named `next-page`; the names are visible-after, "),
        "{unknown}"
    );
    assert!(unknown.contains("soft-delete") && unknown.contains("no-etag"), "{unknown}");
    assert!(!unknown.contains("schedule-id"), "{unknown}");

    let dir = tempfile::tempdir().unwrap();
    std::fs::create_dir(dir.path().join("live")).unwrap();
    let table = [
        ("user: []", "`user` is none of domain, users, "),
        ("users: [{user: '1'}, {user: '1'}]", "`users[1]` is refused: `1` is there twice"),
        ("timeframes: [{timeframe-name: x, timeframe-type: y}]", "`timeframes[0]` is refused: Invalid value"),
    ];
    for (seed, expected) in table {
        std::fs::write(dir.path().join("live/acme.yaml"), seed).unwrap();
        let error = Sandbox::start(options_in(dir.path(), "stratus", "")).await.unwrap_err().to_string();
        assert!(error.contains(expected), "{error}");
    }
}
