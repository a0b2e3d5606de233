//! A sandbox with a seeded account, what is asked of it, and a check of what passed.

use std::collections::BTreeSet;
use std::sync::Arc;

use crate::{contract, served::client};
use dialform::sandbox::{Options, Recorder, Sandbox, SandboxError, ctm::EMULATION};
use reqwest::{Client, Method, Response};
use serde_json::{Value, json};
use tempfile::TempDir;

pub const SEED: &str = r#"
account: { name: Bright Solar, timezone: America/New_York }
users:
  - { email: ann@bright.example, first_name: Ann, last_name: Lee, role: admin }
  - { email: bob@bright.example, first_name: Bob, last_name: Ito }
schedules:
  - name: office
    timezone: Eastern Time (US & Canada)
    times: [ { start_time: 540, end_time: 1020, position: 0, days: { mon: true, tue: true } } ]
receiving_numbers:
  - { number: "+14105550123", name: Front desk, dial_extension: "204", tag_schedule: office,
      no_answer_seconds: 20, default_action: { call_queue: Sales } }
  - { number: "+442079460018" }
geo_routes: [ { name: West, route_by: zipcode, default_state: CA } ]
conditional_routers: [ { name: Smart } ]
voice_bots: [ { name: Robin } ]
call_settings: [ { name: Account Level, default: true } ]
voice_menus:
  - { name: Voicemail, items: [ { keypress: "1", voice_action_type: message, default_action: true } ] }
  - name: Main
    schedule: office
    after_hours: { voice_menu: Voicemail }
    items: [ { keypress: "1", receiving_number: "+14105550123" }, { keypress: "2", call_queue: Sales } ]
queues:
  - name: Sales
    routing: simultaneous
    seconds_per_agent: 20
    schedule: office
    agents: [ { user: ann@bright.example, priority: 1 } ]
    default_action: { voice_menu: Main }
  - { name: "AQ: 42" }
numbers:
  - { number: "+18005550142", name: Google Ads, route: { receiving_number: ["+14105550123"] },
      failsafe_number: "+14105550999", call_setting: Account Level }
  - { number: "+14105551212" }
  - { number: "+14105551213", route: { call_queue: Sales }, routing: round_robin }
  - { number: "+14105551214", route: { conditional_router: Smart } }
  - { number: "+14105551215", route: { user: bob@bright.example } }
"#;

pub const ACCOUNT: &str = "18600";
pub const NONE: Value = Value::Null;

/// A running sandbox, what passes through it, and which requests are wrong on purpose.
pub struct Rig {
    pub dir: TempDir,
    pub sandbox: Sandbox,
    pub client: Client,
    /// Requests that the vendor's document cannot allow; their answers are checked all the same.
    wrong: BTreeSet<usize>,
    /// Exchanges that the document knows nothing of.
    unknown: BTreeSet<usize>,
    sent: usize,
}

impl Rig {
    /// Starts without a limit of requests, unless the behaviour sets one.
    pub async fn start(behaviour: &str) -> Self {
        let limit = if behaviour.contains("requests-per-second") { "" } else { "requests-per-second:0," };
        Self::seeded(&format!("{limit}{behaviour}"), SEED).await.unwrap()
    }

    pub async fn seeded(behaviour: &str, seed: &str) -> Result<Self, SandboxError> {
        let dir = tempfile::tempdir().unwrap();
        std::fs::create_dir(dir.path().join("live")).unwrap();
        std::fs::write(dir.path().join(format!("live/{ACCOUNT}.yaml")), seed).unwrap();
        let options = Options {
            durable: false,
            record: Some(Arc::new(Recorder::open(&dir.path().join("traffic.jsonl")).unwrap())),
            ..Options::new(&EMULATION, dir.path().join("live"), dir.path().join("state"))
                .switched(behaviour)
                .unwrap()
        };
        let sandbox = Sandbox::start(options).await?;
        Ok(Self { dir, sandbox, client: client(), wrong: BTreeSet::new(), unknown: BTreeSet::new(), sent: 0 })
    }

    pub fn state(&self, pointer: &str) -> Value {
        self.sandbox.snapshot(ACCOUNT).unwrap().pointer(pointer).cloned().unwrap_or_default()
    }

    /// Puts ids for names: `{table.key}`, and `"#{table.key}"` where the id is a number.
    pub fn named(&self, text: &str) -> String {
        let mut text = text.to_owned();
        let state = self.sandbox.snapshot(ACCOUNT).unwrap();
        for (table, rows) in state.as_object().unwrap() {
            for (key, row) in rows.as_object().into_iter().flatten().filter(|(_, row)| row["id"] != NONE) {
                let id = row["id"].to_string();
                text = text.replace(&format!("\"#{{{table}.{key}}}\""), &id);
                text = text.replace(&format!("{{{table}.{key}}}"), id.trim_matches('"'));
            }
        }
        text
    }

    /// Builds the request of `METHOD path`, the path within the account unless it begins with `/`. `!` before it is
    /// a request that is wrong on purpose, `~` an operation that the vendor's document lacks.
    pub fn request(&mut self, line: &str) -> reqwest::RequestBuilder {
        let line = self.named(line);
        if line.starts_with('!') {
            self.wrong.insert(self.sent);
        } else if line.starts_with('~') {
            self.unknown.insert(self.sent);
        }
        self.sent += 1;
        let (method, path) = line.trim_start_matches(['!', '~']).split_once(' ').unwrap();
        let base = if path.starts_with('/') { "/api/v1" } else { "/api/v1/accounts/18600/" };
        let url = format!("{}{base}{path}", self.sandbox.url());
        self.client
            .request(Method::from_bytes(method.as_bytes()).unwrap(), url)
            .basic_auth("key", Some("secret"))
    }

    async fn send(&mut self, line: &str, body: &Value) -> Response {
        let request = self.request(line);
        let body: Value = serde_json::from_str(&self.named(&body.to_string())).unwrap();
        if body.is_null() { request.send().await.unwrap() } else { request.json(&body).send().await.unwrap() }
    }

    pub async fn json(&mut self, line: &str, body: &Value) -> (u16, Value) {
        let response = self.send(line, body).await;
        (response.status().as_u16(), response.json().await.unwrap_or_default())
    }

    pub async fn get(&mut self, path: &str) -> Value {
        let (status, answer) = self.json(&format!("GET {path}"), &NONE).await;
        assert_eq!(status, 200, "{path}: {answer}");
        answer
    }

    /// Sends every step and compares the answer at each JSON pointer; `Null` is also what is not there.
    pub async fn run(&mut self, steps: &[Step<'_>]) {
        for (line, body, status, expected) in steps {
            let (got, answer) = self.json(line, body).await;
            assert_eq!(got, *status, "{line} {body}: {answer}");
            let expected: Value = serde_json::from_str(&self.named(&expected.to_string())).unwrap();
            for (pointer, value) in expected.as_object().into_iter().flatten() {
                let found = match pointer.strip_suffix("#len") {
                    Some(list) => json!(answer.pointer(list).and_then(Value::as_array).map(Vec::len)),
                    None => answer.pointer(pointer).cloned().unwrap_or_default(),
                };
                assert_eq!(&found, value, "{line} {body} at {pointer}: {answer}");
            }
        }
    }

    /// What passed and can be held against the vendor's document.
    pub fn traffic(self) -> String {
        let text = std::fs::read_to_string(self.dir.path().join("traffic.jsonl")).unwrap();
        assert_eq!(text.lines().count(), self.sent, "the requests are counted");
        let mut kept = String::new();
        for (index, line) in text.lines().enumerate().filter(|(index, _)| !self.unknown.contains(index)) {
            let mut line: Value = serde_json::from_str(line).unwrap();
            if self.wrong.contains(&index) {
                line["request"] = NONE;
                line["query"] = "".into();
            }
            // The documented answers to these are open, and the checker takes them for closed.
            let path = line["path"].as_str().unwrap_or_default();
            if line["method"] != "GET" && (path.contains("/voice_menus") || path.contains("/schedules")) {
                line["response"] = NONE;
            }
            kept.push_str(&format!("{line}\n"));
        }
        kept
    }
}

/// Holds traffic against the vendor's document, where that is at hand.
pub fn hold(traffic: &str) {
    contract::hold("vendors/ctm.openapi.yaml", "/api/v1", true, traffic);
}

/// Request line, body, status, and what the answer holds: JSON pointer to value, `#len` behind it for a length.
pub type Step<'a> = (&'a str, Value, u16, Value);

pub fn week(start: &str, end: &str, position: &str) -> Value {
    let days =
        json!({"sun": false, "mon": true, "tue": true, "wed": true, "thu": true, "fri": true, "sat": false});
    json!({"start_time": start, "end_time": end, "position": position, "days": days})
}
