//! Drives the emulated Deskphone bridge over real HTTP; what it must do is in its contract (FACTS deskphone/contract).

use std::sync::Arc;
use std::time::Duration;

use crate::contract;
use crate::served::{client, options_in};
use dialform::model::{Address, Kind};
use dialform::sandbox::deskphone::EMULATION;
use dialform::sandbox::footprint::{Part, Pattern};
use dialform::sandbox::{Recorder, Sandbox};
use reqwest::{Client, Method, RequestBuilder, Response};
use serde_json::{Value, json};
use tempfile::TempDir;

const SEED: &str = r#"
people:
  - extension: "2001"
    name: Reception
    email: reception@harbour.example
    location: main
    always: off
    busy: voicemail
    no_answer: { extension: "2002" }
    unreachable: { number: "+44 1234 567890" }
  - { extension: 2002, always: { voicemail: "2001" } }
  - { extension: "2003", name: Workshop }
  - { name: Lobby display }
"#;

const NOW: &str = "visible-after:0ms";
const NONE: Value = Value::Null;
const JSON: &str = "application/json";

/// A running sandbox with its directories.
struct Rig {
    dir: TempDir,
    sandbox: Sandbox,
    client: Client,
}

impl Rig {
    async fn start(behaviour: &str) -> Self {
        Self::seeded(behaviour, SEED).await
    }

    async fn seeded(behaviour: &str, seed: &str) -> Self {
        let dir = tempfile::tempdir().unwrap();
        std::fs::create_dir(dir.path().join("live")).unwrap();
        std::fs::write(dir.path().join("live/harbour.yaml"), seed).unwrap();
        let mut options = options_in(dir.path(), "deskphone", behaviour);
        options.record = Some(Arc::new(Recorder::open(&dir.path().join("traffic.jsonl")).unwrap()));
        let sandbox = Sandbox::start(options).await.unwrap();
        Self { dir, sandbox, client: client() }
    }

    fn request(&self, line: &str) -> RequestBuilder {
        let (method, path) = line.split_once(' ').unwrap();
        let url = format!("{}{path}", self.sandbox.url());
        self.client.request(Method::from_bytes(method.as_bytes()).unwrap(), url).bearer_auth("key")
    }

    async fn json(&self, line: &str, body: &Value) -> (u16, Value) {
        let request = self.request(line);
        let response = if body.is_null() { request } else { request.json(body) }.send().await.unwrap();
        (response.status().as_u16(), body_of(response).await)
    }

    /// Reads a person's document and its tag.
    async fn read(&self, extension: &str) -> (Value, Option<String>) {
        let response = self.request(&format!("GET {}", self.path(extension))).send().await.unwrap();
        assert_eq!(response.status().as_u16(), 200);
        let tag = header(&response, "etag");
        (body_of(response).await, tag)
    }

    /// Writes a person's document and returns the status and the new tag.
    async fn write(&self, extension: &str, body: &Value, tag: Option<&str>) -> (u16, Option<String>) {
        let mut request = self.request(&format!("PUT {}", self.path(extension))).json(body);
        if let Some(tag) = tag {
            request = request.header("if-match", tag);
        }
        let response = request.send().await.unwrap();
        (response.status().as_u16(), header(&response, "etag"))
    }

    fn id(&self, extension: &str) -> String {
        self.state(&format!("/people/{extension}/person/id")).as_str().unwrap().to_owned()
    }

    fn path(&self, extension: &str) -> String {
        format!("/v1/people/{}/features/callForwarding", self.id(extension))
    }

    fn state(&self, pointer: &str) -> Value {
        self.sandbox.snapshot("harbour").unwrap().pointer(pointer).cloned().unwrap_or_default()
    }

    /// The state of one section of a person's document.
    fn divert(&self, extension: &str, section: &str) -> Value {
        self.state(&format!("/people/{extension}/document/{section}"))
    }
}

fn header(response: &Response, name: &str) -> Option<String> {
    response.headers().get(name).map(|value| value.to_str().unwrap().to_owned())
}

async fn body_of(response: Response) -> Value {
    let text = response.text().await.unwrap();
    if text.is_empty() { NONE } else { serde_json::from_str(&text).unwrap() }
}

/// A body that sends busy calls to this destination and leaves the rest as it is.
fn busy(to: &str) -> Value {
    json!({"callForwarding": {"busy": {"enabled": true, "destination": to, "destinationVoicemailEnabled": false}}})
}

/// A client's error handling depends on which of two faults is told first: the order is the contract's.
#[tokio::test]
async fn checks_come_in_the_order_of_the_contract() {
    let rig = Rig::start(NOW).await;
    let (mine, stale) = (rig.path("2001"), "\"stale\"");
    let unknown = "/v1/people/nobody/features/callForwarding";
    let good = busy("447700900123").to_string();
    let meaningless = json!({"businessContinuity": {"enabled": true}}).to_string();
    // Each row is right where the row before was wrong, and wrong in everything that is checked later.
    let table = [
        ("", "DELETE", unknown, "text/plain", "{", 401),
        ("wrong", "DELETE", unknown, "text/plain", "{", 401),
        ("key", "DELETE", unknown, "text/plain", "{", 404),
        ("key", "DELETE", &mine, "text/plain", "{", 405),
        ("ro_key", "PUT", &mine, "text/plain", "{", 403),
        ("key", "PUT", &mine, "text/plain", "{", 415),
        ("key", "PUT", &mine, "", "{", 415),
        ("key", "PUT", &mine, JSON, "{", 400),
        ("key", "PUT", &mine, JSON, &meaningless, 400),
        ("key", "PUT", &mine, "Application/JSON; charset=utf-8", &good, 412),
    ];
    for (token, method, path, kind, body, status) in table {
        let row = format!("{token} {method} {path} {kind} {body}");
        let mut request = rig.client.request(method.parse().unwrap(), format!("{}{path}", rig.sandbox.url()));
        if !token.is_empty() {
            request = request.bearer_auth(token);
        }
        if !kind.is_empty() {
            request = request.header("content-type", kind);
        }
        let response = request.header("if-match", stale).body(body.to_owned()).send().await.unwrap();
        assert_eq!(response.status().as_u16(), status, "{row}");
        let allow = (status == 405).then(|| "GET, PUT".to_owned());
        assert_eq!(header(&response, "allow"), allow, "{row}");
        let answer = body_of(response).await;
        let said = answer["message"].as_str().unwrap();
        assert_eq!(answer["errors"], json!([{"description": said}]), "{row}");
        assert!(answer["trackingId"].as_str().unwrap().starts_with("BRIDGE_"), "{row}");
    }
    assert_eq!(rig.divert("2001", "callForwarding/busy/destination"), "2001");
}

/// What is not served must not look served: a client that misspells a path learns it at once.
#[tokio::test]
async fn other_paths_and_methods_are_refused() {
    let rig = Rig::start(NOW).await;
    let person = format!("/v1/people/{}", rig.id("2001"));
    let table = [
        ("GET /".to_owned(), 404),
        ("GET /v1".to_owned(), 404),
        ("GET /v1/people/".to_owned(), 404),
        ("GET /v2/people".to_owned(), 404),
        ("GET /other/v1/people".to_owned(), 404),
        (format!("GET {person}/features"), 404),
        (format!("GET {person}/features/voicemail"), 404),
        ("GET /v1/people/nobody".to_owned(), 404),
        ("POST /v1/people".to_owned(), 405),
        (format!("PUT {person}"), 405),
        (format!("GET {person}"), 200),
        ("GET /harbour/v1/people".to_owned(), 200),
    ];
    for (line, status) in table {
        assert_eq!(rig.json(&line, &NONE).await.0, status, "{line}");
    }
}

/// The planner reads everything through these two calls: extensions only with calling data, and the whole document.
#[tokio::test]
async fn people_and_documents_are_read() {
    let rig = Rig::start(NOW).await;
    let id = rig.id("2001");
    assert!(id.len() < 128 && id.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_' || b == b'-'));
    let plain = json!({"id": id, "displayName": "Reception", "emails": ["reception@harbour.example"]});
    let mut whole = plain.clone();
    whole["extension"] = "2001".into();
    whole["locationId"] = "main".into();
    assert_eq!(rig.json(&format!("GET /v1/people/{id}"), &NONE).await, (200, plain.clone()));
    assert_eq!(rig.json(&format!("GET /v1/people/{id}?callingData=true"), &NONE).await, (200, whole.clone()));
    let (_, list) = rig.json("GET /v1/people?callingData=true", &NONE).await;
    assert_eq!((&list["items"][0], &list["notFoundIds"]), (&whole, &json!([])));
    let names: Vec<&str> =
        list["items"].as_array().unwrap().iter().map(|p| p["displayName"].as_str().unwrap()).collect();
    assert_eq!(names, ["Reception", "Extension 2002", "Workshop", "Lobby display"]);
    assert_eq!(list["items"][3]["extension"], NONE);
    assert_eq!(rig.json("GET /v1/people?callingData=false", &NONE).await.1["items"][0], plain);

    let document = json!({
        "callForwarding": {
            "always": {"enabled": false, "destination": "", "ringReminderEnabled": false, "destinationVoicemailEnabled": false},
            "busy": {"enabled": true, "destination": "2001", "destinationVoicemailEnabled": true},
            "noAnswer": {"enabled": true, "destination": "2002", "numberOfRings": 3, "systemMaxNumberOfRings": 20, "destinationVoicemailEnabled": false},
        },
        "businessContinuity": {"enabled": true, "destination": "441234567890", "destinationVoicemailEnabled": false},
    });
    assert_eq!(rig.read("2001").await.0, document);
    let (other, _) = rig.read("2002").await;
    assert_eq!(
        other["callForwarding"]["always"],
        json!({"enabled": true, "destination": "2001", "ringReminderEnabled": false, "destinationVoicemailEnabled": true})
    );
}

/// A client that stops at the first page loses people, and then plans errors for extensions that are there.
#[tokio::test]
async fn people_come_in_pages() {
    let seed: Vec<Value> = (0..105).map(|n| json!({"extension": (2000 + n).to_string()})).collect();
    let seed = json!({"people": seed}).to_string();
    let table: [(&str, &str, &[usize]); 5] = [
        (NOW, "", &[100, 5]),
        (NOW, "&max=1000", &[105]),
        (NOW, "&max=40", &[40, 40, 25]),
        ("people-page:50", "&max=1000", &[50, 50, 5]),
        ("people-page:50", "&max=100&start=100", &[5]),
    ];
    for (behaviour, query, pages) in table {
        let rig = Rig::seeded(behaviour, &seed).await;
        let mut next = Some(format!("{}/v1/people?callingData=true{query}", rig.sandbox.url()));
        let (mut sizes, mut extensions) = (Vec::new(), Vec::new());
        while let Some(url) = next.take() {
            let response = rig.client.get(url).bearer_auth("key").send().await.unwrap();
            next = header(&response, "link").map(|link| {
                link.strip_prefix('<').unwrap().strip_suffix(">; rel=\"next\"").unwrap().to_owned()
            });
            let page = body_of(response).await;
            let items = page["items"].as_array().unwrap();
            sizes.push(items.len());
            extensions.extend(items.iter().map(|person| person["extension"].to_string()));
        }
        assert_eq!(sizes, pages, "{behaviour} {query}");
        extensions.dedup();
        assert_eq!(extensions.len(), pages.iter().sum::<usize>(), "{behaviour} {query}");
    }
    let rig = Rig::seeded(NOW, &seed).await;
    for query in ["max=0", "max=1001", "max=x", "max=", "start=-1", "start=%2B1", "callingData=yes"] {
        assert_eq!(rig.json(&format!("GET /v1/people?{query}"), &NONE).await.0, 400, "{query}");
    }
    assert_eq!(rig.json("GET /v1/people?start=500", &NONE).await.1["items"], json!([]));
}

/// A write replaces the sections it has: a client that sends less than it read loses what it left out.
#[tokio::test]
async fn sections_are_replaced_and_others_stay() {
    let rig = Rig::start(NOW).await;
    let (before, _) = rig.read("2001").await;
    assert_eq!(rig.write("2001", &before, None).await.0, 204);
    assert_eq!(rig.read("2001").await.0, before);

    let rings = json!({"callForwarding": {"noAnswer": {
        "enabled": true, "destination": "447700900123", "destinationVoicemailEnabled": false,
        "numberOfRings": 7, "systemMaxNumberOfRings": 99,
    }}});
    assert_eq!(rig.write("2001", &rings, None).await.0, 204);
    let (after, _) = rig.read("2001").await;
    assert_eq!(
        after["callForwarding"]["noAnswer"],
        json!({"enabled": true, "destination": "447700900123", "numberOfRings": 7,
               "systemMaxNumberOfRings": 20, "destinationVoicemailEnabled": false})
    );
    assert_eq!(after["callForwarding"]["busy"], before["callForwarding"]["busy"]);
    assert_eq!(after["businessContinuity"], before["businessContinuity"]);

    let less = json!({"callForwarding": {"noAnswer": {"enabled": false}}});
    assert_eq!(rig.write("2001", &less, None).await.0, 204);
    assert_eq!(
        rig.divert("2001", "callForwarding/noAnswer"),
        json!({"enabled": false, "destination": "", "numberOfRings": 3,
               "systemMaxNumberOfRings": 20, "destinationVoicemailEnabled": false})
    );
    assert_eq!(rig.write("2001", &json!({}), None).await.0, 204);
}

/// Every fault of a body is a 400 that changes nothing; the words are what the client shows its user.
#[tokio::test]
async fn bodies_are_checked_against_the_schema_and_their_meaning() {
    let rig = Rig::start(NOW).await;
    let before = rig.state("/people");
    let of = |section: Value| json!({"callForwarding": {"busy": section}});
    let to = |to: &str| busy(to);
    let voicemail = |to: &str| json!({"businessContinuity": {"enabled": true, "destination": to, "destinationVoicemailEnabled": true}});
    let table = [
        (json!([]), "'the body' is not an object"),
        (json!("text"), "'the body' is not an object"),
        (json!({"busy": {}}), "Unknown field 'busy' in 'the body'"),
        (json!({"callForwarding": []}), "'callForwarding' is not an object"),
        (json!({"callForwarding": {"offline": {}}}), "Unknown field 'offline' in 'callForwarding'"),
        (json!({"businessContinuity": NONE}), "'businessContinuity' is not an object"),
        (of(json!({"destination": "2002"})), "'callForwarding.busy.enabled' is required"),
        (of(json!({"enabled": "yes"})), "Invalid value for 'callForwarding.busy.enabled'"),
        (
            of(json!({"enabled": true, "numberOfRings": 3})),
            "Unknown field 'numberOfRings' in 'callForwarding.busy'",
        ),
        (
            of(json!({"enabled": false, "destination": NONE})),
            "Invalid value for 'callForwarding.busy.destination'",
        ),
        (
            json!({"callForwarding": {"noAnswer": {"enabled": false, "numberOfRings": 101}}}),
            "Invalid value for 'callForwarding.noAnswer.numberOfRings'",
        ),
        (to("+447700900123"), "Invalid value for 'callForwarding.busy.destination'"),
        (to("44 7700 900123"), "Invalid value for 'callForwarding.busy.destination'"),
        (to("07700900123"), "Invalid value for 'callForwarding.busy.destination'"),
        (to("2001x"), "Invalid value for 'callForwarding.busy.destination'"),
        (to(""), "Invalid destination for condition 'busy': enabled without a destination"),
        (to("2001"), "Invalid destination for condition 'busy': the extension itself without voicemail"),
        (
            voicemail("2099"),
            "Invalid destination for condition 'businessContinuity': voicemail of no extension of the account",
        ),
        (
            voicemail("447700900123"),
            "Invalid destination for condition 'businessContinuity': voicemail of no extension of the account",
        ),
    ];
    let line = format!("PUT {}", rig.path("2001"));
    for (body, message) in table {
        let (status, answer) = rig.json(&line, &body).await;
        assert_eq!((status, answer["message"].as_str()), (400, Some(message)), "{body}");
    }
    let empty = rig.request(&line).header("content-type", JSON).send().await.unwrap();
    assert_eq!(empty.status().as_u16(), 400);
    assert_eq!(rig.state("/people"), before);
    for body in [to("2002"), to("99"), to("447700900123"), voicemail("2002"), voicemail("2001")] {
        assert_eq!(rig.json(&line, &body).await, (204, NONE), "{body}");
    }
}

/// Two people changing one extension must not overwrite each other unseen.
#[tokio::test]
async fn a_tag_guards_a_write() {
    let rig = Rig::start(NOW).await;
    let (document, tag) = rig.read("2001").await;
    let tag = tag.unwrap();
    assert_eq!(rig.read("2001").await.1.as_ref(), Some(&tag));
    let (status, next) = rig.write("2001", &busy("2002"), Some(&tag)).await;
    assert_eq!((status, rig.read("2001").await.1), (204, next.clone()));
    assert_ne!(next.as_ref(), Some(&tag));
    assert_eq!(rig.write("2001", &document, Some(&tag)).await, (412, None));
    assert_eq!(rig.divert("2001", "callForwarding/busy/destination"), "2002");
    let either = format!("{tag}, {}", next.unwrap());
    assert_eq!(rig.write("2001", &document, Some(&either)).await, (204, Some(tag)));
    assert_eq!(rig.write("2001", &document, Some("*")).await.0, 204);
}

/// An accepted write is seen late (FACTS deskphone/article-1: up to 24 hours). Until then reads and their tag are the
/// old ones, both tags a client can have let it write, and a write changes the newest state, not the one that is read.
#[tokio::test]
async fn writes_are_accepted_before_they_are_visible() {
    let rig = Rig::start("visible-after:1s").await;
    let (before, old) = rig.read("2003").await;
    let (status, new) = rig.write("2003", &busy("2001"), old.as_deref()).await;
    assert_eq!((status, rig.read("2003").await), (204, (before, old.clone())));
    assert_eq!(rig.divert("2003", "callForwarding/busy/destination"), "2001");

    let other = json!({"businessContinuity": {"enabled": true, "destination": "2002"}});
    assert_eq!(rig.write("2003", &other, old.as_deref()).await.0, 204);
    assert_eq!(rig.divert("2003", "callForwarding/busy/destination"), "2001");
    assert_eq!(rig.write("2003", &busy("2002"), new.as_deref()).await.0, 412);
    tokio::time::sleep(Duration::from_millis(1050)).await;
    let (after, tag) = rig.read("2003").await;
    assert_eq!(after["callForwarding"]["busy"]["destination"], "2001");
    assert_eq!(after["businessContinuity"]["destination"], "2002");
    assert_eq!(rig.write("2003", &other, old.as_deref()).await.0, 412);
    assert_eq!(rig.write("2003", &busy("2002"), tag.as_deref()).await.0, 204);
}

/// Someone in the dashboard between read and write: the tag notices it, and without a tag it is overwritten. A client
/// that cannot tell the two apart undoes other people's work.
#[tokio::test]
async fn someone_in_the_dashboard_comes_first() {
    let foreign =
        json!({"enabled": true, "destination": "447700900999", "destinationVoicemailEnabled": false});
    for delay in ["0ms", "1s"] {
        let rig = Rig::start(&format!("meddle:on,visible-after:{delay}")).await;
        let (document, tag) = rig.read("2001").await;
        assert_eq!(rig.write("2001", &document, tag.as_deref()).await.0, 412, "{delay}");
        assert_eq!(rig.divert("2001", "callForwarding/busy"), foreign, "{delay}");
        // Read again at once, the old document may still be shown: its tag is no good all the same.
        let (shown, tag) = rig.read("2001").await;
        let status = if delay == "0ms" { 204 } else { 412 };
        assert_eq!(rig.write("2001", &shown, tag.as_deref()).await.0, status, "{delay}");
        tokio::time::sleep(Duration::from_millis(1050)).await;
        let (shown, tag) = rig.read("2001").await;
        assert_eq!(shown["callForwarding"]["busy"], foreign, "{delay}");
        assert_eq!(rig.write("2001", &document, tag.as_deref()).await.0, 204, "{delay}");
        assert_eq!(rig.divert("2001", "callForwarding/busy/destination"), "2001", "{delay}");
    }
    let rig = Rig::start("meddle:on,visible-after:0ms").await;
    let section = json!({"callForwarding": {"always": {"enabled": true, "destination": "2002"}}});
    assert_eq!(rig.write("2001", &section, None).await.0, 204);
    assert_eq!(rig.divert("2001", "callForwarding/busy"), foreign);
    assert_eq!(rig.write("2003", &json!({"busy": 1}), None).await.0, 400);
    assert_eq!(rig.divert("2003", "callForwarding/busy"), foreign);
    assert_eq!(rig.divert("2002", "callForwarding/busy/enabled"), false);
}

/// Tags are optional for a server; a client must work, and look again before it writes, where there are none.
#[tokio::test]
async fn tags_can_be_missing() {
    let rig = Rig::start("no-etag:on,visible-after:0ms").await;
    assert_eq!(rig.read("2001").await.1, None);
    assert_eq!(rig.write("2001", &busy("2002"), Some("\"stale\"")).await, (204, None));
}

/// Numbers in other spellings are the same numbers: a client that compares bytes would plan changes for ever.
#[tokio::test]
async fn numbers_can_have_a_plus_and_spaces() {
    let rig = Rig::start("plus-numbers:on,visible-after:0ms").await;
    let shown = |document: &Value| document["businessContinuity"]["destination"].clone();
    let (document, _) = rig.read("2001").await;
    assert_eq!(
        (shown(&document), &document["callForwarding"]["noAnswer"]["destination"]),
        (json!("+441234567890"), &json!("2002"))
    );
    let before = rig.state("/people");
    assert_eq!(rig.write("2001", &document, None).await.0, 204);
    assert_eq!(rig.state("/people"), before);
    let odd = json!({"businessContinuity": {"enabled": true, "destination": "447700900123"}});
    assert_eq!(rig.write("2001", &odd, None).await.0, 204);
    assert_eq!(shown(&rig.read("2001").await.0), "+44 7700 900123");
    assert_eq!(rig.divert("2001", "businessContinuity/destination"), "447700900123");
}

/// The reference API leaves out a destination that was never set; a client must not take that for a fault.
#[tokio::test]
async fn a_destination_can_be_missing() {
    let rig = Rig::start("bare-destination:on,visible-after:0ms").await;
    let (document, _) = rig.read("2001").await;
    assert_eq!(document["callForwarding"]["always"].get("destination"), None);
    assert_eq!(document["callForwarding"]["busy"]["destination"], "2001");
    assert_eq!(rig.write("2001", &document, None).await.0, 204);
    assert_eq!(rig.read("2001").await.0, document);
}

/// Fields nobody here knows are somebody's: a client that drops them loses them, and this shows that it did.
#[tokio::test]
async fn an_extra_field_is_kept_or_lost_by_the_client() {
    let rig = Rig::start("extra-field:on,visible-after:0ms").await;
    let field = "bridgeRevision";
    let places = [
        "",
        "/callForwarding",
        "/callForwarding/always",
        "/callForwarding/busy",
        "/callForwarding/noAnswer",
        "/businessContinuity",
    ];
    let (mut document, _) = rig.read("2001").await;
    for place in places {
        assert!(document.pointer(place).unwrap()[field].is_object(), "{place}");
    }
    let before = rig.state("/people");
    assert_eq!(rig.write("2001", &document, None).await.0, 204);
    assert_eq!(rig.state("/people"), before, "a faithful write changes nothing");

    document["callForwarding"]["busy"].as_object_mut().unwrap().remove(field);
    document["businessContinuity"][field] = "changed".into();
    assert_eq!(rig.write("2001", &document, None).await.0, 204);
    assert_eq!(rig.read("2001").await.0, document);
    document["other"] = 1.into();
    assert_eq!(rig.write("2001", &document, None).await.0, 400);

    let strict = Rig::start(NOW).await;
    let body = json!({"businessContinuity": {"enabled": false, field: 1}});
    assert_eq!(strict.write("2001", &body, None).await.0, 400);
}

/// Injected faults speak the bridge's language, and a 503 comes before anything is done.
#[tokio::test]
async fn faults_have_the_body_of_the_contract() {
    for (behaviour, status, wait) in
        [("429:1,retry-after:7", 429, Some("7")), ("500:1", 500, None), ("503:1", 503, None)]
    {
        let rig = Rig::start(behaviour).await;
        let request = rig.request(&format!("PUT {}", rig.path("2001"))).json(&busy("2002"));
        let response = request.send().await.unwrap();
        assert_eq!(response.status().as_u16(), status, "{behaviour}");
        assert_eq!(header(&response, "retry-after").as_deref(), wait, "{behaviour}");
        let answer = body_of(response).await;
        assert_eq!(answer["errors"][0]["description"], answer["message"], "{behaviour}");
        assert_eq!(answer["trackingId"], "BRIDGE_00000000-0000-4000-8000-000000000001", "{behaviour}");
        assert_eq!(rig.divert("2001", "callForwarding/busy/destination"), "2001", "{behaviour}");
    }
    assert!(EMULATION.read("503:2", &[]).is_err());
    assert!(EMULATION.read("people-page:0", &[]).is_err());
}

/// What a live account can look like, though no tenant file could ask for it, must be seedable.
#[tokio::test]
async fn odd_accounts_can_be_seeded() {
    let seed = r#"
people:
  - { extension: "2001", name: One }
  - { extension: "2001", name: Two }
  - extension: "2002"
    document: { callForwarding: { busy: { enabled: true, destination: "+44 20 7946 0000", destinationVoicemailEnabled: false, note: x } } }
"#;
    let rig = Rig::seeded(NOW, seed).await;
    let (_, list) = rig.json("GET /v1/people?callingData=true", &NONE).await;
    let people: Vec<(&str, &str)> = list["items"]
        .as_array()
        .unwrap()
        .iter()
        .map(|p| (p["extension"].as_str().unwrap(), p["id"].as_str().unwrap()))
        .collect();
    assert_eq!(people.iter().filter(|(extension, _)| *extension == "2001").count(), 2);
    for (extension, id) in people {
        let key = if extension == "2001" { id } else { extension };
        assert_eq!(rig.state(&format!("/people/{key}/person/id")), id);
    }
    // Taken as it is, and what a write cannot name stays.
    let (document, _) = rig.read("2002").await;
    assert_eq!(document["callForwarding"]["busy"]["destination"], "+44 20 7946 0000");
    assert_eq!(rig.write("2002", &busy("2001"), None).await.0, 204);
    assert_eq!(rig.divert("2002", "callForwarding/busy/note"), "x");

    // The same seed makes the same ids.
    let again = Rig::seeded(NOW, seed).await;
    assert_eq!(again.json("GET /v1/people?callingData=true", &NONE).await.1, list);
}

/// Several customers on one bridge: each is reached under its name, and the bare path no longer says which is meant.
#[tokio::test]
async fn accounts_are_kept_apart() {
    let dir = tempfile::tempdir().unwrap();
    std::fs::create_dir(dir.path().join("live")).unwrap();
    for account in ["harbour", "quay"] {
        std::fs::write(dir.path().join(format!("live/{account}.yaml")), SEED).unwrap();
    }
    let sandbox = Sandbox::start(options_in(dir.path(), "deskphone", "people-page:1")).await.unwrap();
    let rig = Rig { dir, sandbox, client: client() };
    assert_eq!(rig.json("GET /v1/people", &NONE).await.0, 404);
    let mine = rig.request("GET /harbour/v1/people").send().await.unwrap();
    assert!(header(&mine, "link").unwrap().contains("/harbour/v1/people?"));
    let foreign = format!("GET /quay{}", rig.path("2001"));
    assert_eq!(rig.json(&foreign, &NONE).await.0, 404);
    assert_eq!(rig.json(&format!("PUT /harbour{}", rig.path("2001")), &busy("2002")).await.0, 204);
    let state = |account: &str| {
        rig.sandbox
            .snapshot(account)
            .unwrap()
            .pointer("/people/2001/document/callForwarding/busy/destination")
            .cloned()
    };
    assert_eq!((state("harbour"), state("quay")), (Some("2002".into()), Some("2001".into())));
}

/// A typo in a seed that went unseen would make a test pass for the wrong reason.
#[tokio::test]
async fn mistakes_in_a_seed_are_explained() {
    let table = [
        ("person: []", "`person` is none of people"),
        ("people: {}", "`people` is not a list"),
        ("people: [2001]", "`people[0]` is not a mapping"),
        (
            "people: [{ extension: '2001' }, { nam: x }]",
            "`people[1]` is refused: `nam` is none of extension, name, ",
        ),
        (
            "people: [{ extension: x1 }]",
            "`people[0]` is refused: `extension: x1` does not have 1 to 10 digits",
        ),
        ("people: [{ location: x }]", "`people[0]` is refused: a person needs an `extension` or a `name`"),
        ("people: [{ name: x, busy: voicemail }]", "`busy` needs an `extension` to have a voicemail"),
        ("people: [{ extension: '20', busy: on }]", "`busy` is none of off, voicemail, {extension: …}, "),
        ("people: [{ extension: '20', busy: { phone: '21' } }]", "`busy` is none of off, "),
        (
            "people: [{ extension: '20', busy: { extension: 'x2' } }]",
            "`busy` leads to `x2`, which is no extension",
        ),
        (
            "people: [{ extension: '20', always: { number: '020 7946 0000' } }]",
            "`always` leads to `020 7946 0000`, which is no number",
        ),
        ("people: [{ extension: '20', busy: off, document: {} }]", "`busy` stands beside `document`"),
        ("people: [{ extension: '20', document: [] }]", "`document` is not a mapping"),
    ];
    let dir = tempfile::tempdir().unwrap();
    std::fs::create_dir(dir.path().join("live")).unwrap();
    for (seed, expected) in table {
        std::fs::write(dir.path().join("live/harbour.yaml"), seed).unwrap();
        let error = Sandbox::start(options_in(dir.path(), "deskphone", "")).await.unwrap_err().to_string();
        assert!(error.contains(expected), "{seed}: {error}");
    }
}

/// The scope test of every provider believes this: too wide, and a client that spoils rings or reminders is not caught. The
/// spellings are what the bridge remembers to take back.
#[test]
fn diverts_may_touch_twelve_fields_and_nothing_else() {
    let vendor = EMULATION.faithful().unwrap();
    let path = |pattern: &Pattern| {
        let name = |part: &Part| match part {
            Part::Key(key) => key.clone(),
            other => panic!("{other:?}"),
        };
        pattern.path.iter().map(name).collect::<Vec<_>>().join("/")
    };
    let found: Vec<String> =
        vendor.footprint(&Address::new(Kind::Diverts, "2001")).iter().map(path).collect();
    let mut expected: Vec<String> =
        ["callForwarding/always", "callForwarding/busy", "callForwarding/noAnswer", "businessContinuity"]
            .iter()
            .flat_map(|section| {
                ["enabled", "destination", "destinationVoicemailEnabled"]
                    .map(|field| format!("people/2001/document/{section}/{field}"))
            })
            .collect();
    expected.push("people/2001/spellings".to_owned());
    assert_eq!(found, expected);
    for kind in Kind::ALL.into_iter().filter(|kind| *kind != Kind::Diverts) {
        assert_eq!(vendor.footprint(&Address::new(kind, "2001")), [], "{kind:?}");
    }
}

/// An emulation that drifts from its contract teaches clients the wrong thing: all it says and takes is held against
/// the document.
#[tokio::test]
async fn traffic_is_what_the_contract_says() {
    let rig = Rig::start("visible-after:0ms,people-page:1").await;
    for query in ["", "?callingData=true", "?callingData=true&max=2&start=1"] {
        assert_eq!(rig.json(&format!("GET /v1/people{query}"), &NONE).await.0, 200);
    }
    let person = format!("GET /v1/people/{}", rig.id("2001"));
    assert_eq!(rig.json(&person, &NONE).await.0, 200);
    assert_eq!(rig.json(&format!("{person}?callingData=true"), &NONE).await.0, 200);
    assert_eq!(rig.json("GET /v1/people/nobody?callingData=true", &NONE).await.0, 404);
    for extension in ["2001", "2002", "2003"] {
        let (document, tag) = rig.read(extension).await;
        assert_eq!(rig.write(extension, &document, tag.as_deref()).await.0, 204);
        assert_eq!(rig.write(extension, &busy("447700900123"), tag.as_deref()).await.0, 204);
        assert_eq!(rig.write(extension, &document, tag.as_deref()).await.0, 412);
        assert_eq!(rig.write(extension, &busy(extension), None).await.0, 400);
        rig.read(extension).await;
    }
    hold(&rig);
    let bare = Rig::start("bare-destination:on").await;
    let (document, _) = bare.read("2001").await;
    assert_eq!(bare.write("2001", &document, None).await.0, 204);
    hold(&bare);
}

fn hold(rig: &Rig) {
    let traffic = std::fs::read_to_string(rig.dir.path().join("traffic.jsonl")).unwrap();
    contract::hold(contract::BRIDGE, "/v1", true, &traffic);
}
