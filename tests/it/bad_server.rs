//! A live server that answers wrongly, half or not at all: the tenant is blocked with a clear reason, the others go
//! on, and nothing is ever planned from what was not read.
//!
//! `acme` is on the server under test, `harbour` on a healthy one. `acme` declares `exhaustive`, and its account holds
//! a queue nobody declared: read right, the plan is to delete it; from a list taken for empty more would go.

use crate::{served::client, workspace::Workspace};
use axum::{
    Router,
    body::{Body, Bytes},
    extract::State,
    http::{StatusCode, Uri, header},
    response::Response,
};
use dialform::{
    cli::Finished,
    error::Ending,
    sandbox::{Options, Sandbox, stratus::EMULATION},
};
use futures::{StreamExt, stream};
use serde_json::{Value, json};
use std::{path::Path, sync::Arc, time::Duration};

const ACME: &str = r#"
tenant: acme
provider: sick
account: acme.1.service
schedules: { hours: { weekly: { mon-fri: ["08:00-17:00"] } } }
numbers: { "+12145550100": { route: { queue: "400" } } }
forwards: { "+12145550100": { to: "+19725550199" } }
rules: { "101": { order: [{ when: hours }, { when: default, forward: { no_answer: voicemail } }] } }
queues: { "400": { agents: ["101"], failover: { attendant: "600" } } }
exhaustive: [queues, schedules, forwards]
"#;
const HARBOUR: &str = r#"
tenant: harbour
provider: healthy
account: harbour.1.service
diverts: { "201": { busy: off, unreachable: { number: "+19725550111" } } }
"#;
const ACME_LIVE: &str = r#"
domain: { domain: acme.1.service }
users:
  - user: "101"
    answerrules:
      - { time-frame: hours }
      - { time-frame: "*", forward-no-answer: { enabled: "yes", parameters: [vmail_101] } }
  - { user: "102" }
  - { user: "400", service-code: system-queue, answerrules: [{ time-frame: "*", forward-when-unregistered: { enabled: "yes", parameters: [aa_Menu] } }] }
  - { user: "600", service-code: system-aa }
timeframes:
  - timeframe-name: hours
    timeframe-type: days-of-week
    timeframe-days-of-week-array:
      - { timeframe-weekly-monday-begin-time-1: "0800", timeframe-weekly-monday-end-time-1: "1700",
          timeframe-weekly-tuesday-begin-time-1: "0800", timeframe-weekly-tuesday-end-time-1: "1700",
          timeframe-weekly-wednesday-begin-time-1: "0800", timeframe-weekly-wednesday-end-time-1: "1700",
          timeframe-weekly-thursday-begin-time-1: "0800", timeframe-weekly-thursday-end-time-1: "1700",
          timeframe-weekly-friday-begin-time-1: "0800", timeframe-weekly-friday-end-time-1: "1700" }
phonenumbers:
  - { phonenumber: "12145550100", dial-rule-application: to-callqueue, dial-rule-translation-destination-user: "400" }
callqueues:
  - { callqueue: "400", agents: [{ callqueue-agent-id: "101@acme.1.service", callqueue-agent-dispatch-order-ordinal: 1 }] }
  - { callqueue: "401" }
autoattendants: [{ attendant-name: Menu, user: "600", starting-prompt: Prompt_1 }]
carrier: [{ number: "2145550100", destination: "9725550199", active: false }]
"#;
const HARBOUR_LIVE: &str = "domain: { domain: harbour.1.service }\nusers: [{ user: '201' }]\n";

/// Two servers' seeds, and the healthy one running.
struct Rig {
    seeds: Workspace,
    healthy: Sandbox,
}

impl Rig {
    async fn new() -> Self {
        let seeds = Workspace::default();
        seeds.write("acme/seed.yaml", ACME_LIVE);
        seeds.write("harbour/seed.yaml", HARBOUR_LIVE);
        let healthy = sandbox(seeds.root(), "harbour", "").await;
        Self { seeds, healthy }
    }

    /// A server with `acme`'s account that behaves as told.
    async fn server(&self, behaviour: &str) -> Sandbox {
        sandbox(self.seeds.root(), "acme", behaviour).await
    }

    /// Plans both tenants, `acme` at `url`.
    async fn plan(&self, url: &str, limits: &str) -> Planned {
        self.plan_of(ACME, url, limits).await
    }

    async fn plan_of(&self, acme: &str, url: &str, limits: &str) -> Planned {
        let workspace = Workspace::default();
        let provider = |name: &str, url: &str| {
            format!(
                "  {name}:\n    kind: stratus\n    url: {url}/ns-api/v2\n    token: {{ file: token }}\n    \
                 carrier: {{ url: {url}/_carrier/v1, token: {{ file: token }} }}\n    \
                 limits: {{ requests_per_second: 500, {limits} }}\n"
            )
        };
        let providers = provider("sick", url) + &provider("healthy", self.healthy.url());
        let file = format!("version: 1\nproviders:\n{providers}tenants: [\"t-*.yaml\"]\n");
        workspace.write("dialform.yaml", file);
        workspace.write("t-acme.yaml", acme.trim_start());
        workspace.write("t-harbour.yaml", HARBOUR.trim_start());
        workspace.write("token", "nsd_token");
        // The command brings its own runtime.
        let run = move || workspace.run(&["plan", "--format", "json"]);
        let finished = tokio::task::spawn_blocking(run).await.unwrap();
        Planned::new(finished)
    }
}

async fn sandbox(dir: &Path, name: &str, behaviour: &str) -> Sandbox {
    let state = tempfile::tempdir_in(dir).unwrap().keep();
    let options = Options::new(&EMULATION, dir.join(name), state).switched(behaviour).unwrap();
    let options = Options { durable: false, ..options };
    Sandbox::start(options).await.unwrap()
}

/// How a plan of both tenants came out.
#[derive(Debug)]
struct Planned {
    ending: Ending,
    acme: Value,
    harbour: Value,
}

impl Planned {
    fn new(finished: Finished) -> Self {
        let Finished { ending, out, err } = finished;
        let plan: Value = serde_json::from_str(&out).unwrap_or_else(|error| panic!("{error}: {out}{err}"));
        let tenant = |index: usize, name: &str| {
            assert_eq!(plan["tenants"][index]["tenant"], name, "{plan}");
            plan["tenants"][index].clone()
        };
        Self { ending, acme: tenant(0, "acme"), harbour: tenant(1, "harbour") }
    }

    /// What `acme`'s plan would do: `update rules.101`.
    fn steps(&self) -> Vec<String> {
        let steps = self.acme["steps"].as_array().unwrap().iter();
        let text = |value: &Value| value.as_str().unwrap().to_owned();
        steps.map(|step| format!("{} {}", text(&step["action"]), text(&step["address"]))).collect()
    }

    /// Asserts that `acme` is blocked for this one reason, `message | help`, and `harbour` planned all the same.
    fn is_blocked(&self, case: &str, expected: &str) {
        let blocked = self.acme["blocked"].as_array().cloned().unwrap_or_default();
        let said: Vec<String> = blocked
            .iter()
            .map(|finding| {
                assert_eq!(finding["code"], "unreadable-account", "{case}");
                assert_eq!(finding["place"]["file"], "t-acme.yaml", "{case}");
                assert_eq!((&finding["place"]["line"], &finding["place"]["column"]), (&json!(3), &json!(10)));
                let help = finding["help"].as_str().map_or(String::new(), |help| format!(" | {help}"));
                format!("{}{help}", finding["message"].as_str().unwrap())
            })
            .collect();
        assert_eq!(said, [expected], "{case}: {self:#?}");
        assert_eq!(self.steps(), Vec::<String>::new(), "{case}: nothing is planned from a read that failed");
        assert_eq!(self.ending, Ending::Error, "{case}");
        self.others_go_on(case);
    }

    fn others_go_on(&self, case: &str) {
        assert_eq!(self.harbour.get("blocked"), None, "{case}");
        assert_eq!(self.harbour["steps"][0]["address"], "diverts.201", "{case}");
    }

    /// Asserts that everything was read: the plan is what it is on a good day.
    fn is_whole(&self, case: &str) {
        assert_eq!(self.acme.get("blocked"), None, "{case}: {self:#?}");
        assert_eq!(self.steps(), ["delete queues.401"], "{case}: {self:#?}");
        assert_eq!(self.ending, Ending::Fine, "{case}");
        self.others_go_on(case);
    }
}

/// Every read of a plan: below the base of its API, and what it says it is reading.
const READS: &[(&str, &str)] = &[
    ("/domains/acme.1.service", "domain `acme.1.service`"),
    ("/domains/acme.1.service/users", "the users of `acme.1.service`"),
    ("/domains/acme.1.service/phonenumbers", "the numbers of `acme.1.service`"),
    ("/domains/acme.1.service/callqueues", "the queues of `acme.1.service`"),
    ("/domains/acme.1.service/agents", "the queue agents of `acme.1.service`"),
    ("/domains/acme.1.service/timeframes", "the time frames of `acme.1.service`"),
    ("/domains/acme.1.service/autoattendants", "the auto attendants of `acme.1.service`"),
    ("/domains/acme.1.service/users/101/answerrules", "the answering rules of `101`"),
    ("/domains/acme.1.service/users/102/answerrules", "the answering rules of `102`"),
    ("/numbers", "the emergency forwards of `acme.1.service`"),
];

/// The path on the server of a path below the base of its API.
fn on_server(path: &str) -> String {
    let base = if path == "/numbers" { "/_carrier/v1" } else { "/ns-api/v2" };
    format!("{base}{path}")
}

const HTML: &str = "<!DOCTYPE html> <html><head><title>Sign in</title></head><body>Please sign in.</";

/// The acceptance line, fault by fault and read by read: each blocks the tenant with method, path and what was being
/// read; the other tenant goes on.
#[tokio::test(flavor = "multi_thread")]
async fn every_fault_of_every_read_blocks_the_tenant() {
    let rig = Rig::new().await;
    let garbage = format!(
        "the answer is not understood: expected value at line 1 column 1; it begins `{HTML}…` | something other than \
         the API answers here: check `url`"
    );
    let patience =
        "too many requests, even after waiting | lower `limits.requests_per_second` of this provider";
    let faults = [
        ("500:1", "status 500: Internal Server Error".to_owned()),
        ("garbage:1", garbage),
        ("truncate:1", "no answer: end of file before message length reached".to_owned()),
        ("reset-before-commit:1", "no answer: connection closed before message completed".to_owned()),
        ("429:1,retry-after:0", format!("status 429: {patience}")),
        ("420:1", format!("status 420: {patience}")),
    ];
    let cases = READS.iter().flat_map(|read| faults.iter().map(move |fault| (read, fault)));
    stream::iter(cases)
        .for_each_concurrent(4, async |((path, what), (fault, problem))| {
            let server = rig.server(&format!("{fault},only:GET {}", on_server(path))).await;
            let planned = rig.plan(server.url(), "retries: 0").await;
            planned.is_blocked(fault, &format!("reading {what}: GET {path}: {problem}"));
        })
        .await;
}

/// A fault that passes is nothing a person has to hear of.
#[tokio::test(flavor = "multi_thread")]
async fn a_read_is_tried_again() {
    let rig = Rig::new().await;
    let faults = ["500:1", "truncate:1", "reset-before-commit:1", "429:1,retry-after:0", "420:1"];
    let reads = [READS[0].0, READS[3].0, READS[9].0];
    let cases = faults.iter().flat_map(|fault| reads.iter().map(move |path| (fault, path)));
    stream::iter(cases)
        .for_each_concurrent(15, async |(fault, path)| {
            let server = rig.server(&format!("{fault},at-most:1,only:GET {}", on_server(path))).await;
            rig.plan(server.url(), "retries: 1").await.is_whole(&format!("{fault} {path}"));
        })
        .await;
}

/// What one path of a server answers instead of the truth.
#[derive(Clone)]
struct Lie {
    path: String,
    /// Status and body, given the query; `None` for the truth.
    answer: Arc<Answer>,
}

type Answer = dyn Fn(&str) -> Option<(u16, String)> + Send + Sync;

/// A server that passes requests on to a sandbox, but for one lie.
struct Liar {
    url: String,
    server: tokio::task::JoinHandle<()>,
    /// Kept running as long as the liar.
    _truth: Sandbox,
}

impl Drop for Liar {
    fn drop(&mut self) {
        self.server.abort();
    }
}

impl Liar {
    async fn start(truth: Sandbox, lie: Lie) -> Self {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let client = client();
        let app = Router::new().fallback(pass).with_state((client, truth.url().to_owned(), lie));
        let server = tokio::spawn(async move { axum::serve(listener, app).await.unwrap() });
        Self { url, server, _truth: truth }
    }
}

async fn pass(State((client, base, lie)): State<(reqwest::Client, String, Lie)>, uri: Uri) -> Response {
    let respond = |status: u16, body: Body| {
        let mut response = Response::new(body);
        *response.status_mut() = StatusCode::from_u16(status).unwrap();
        response.headers_mut().insert(header::LOCATION, "/login".parse().unwrap());
        response
    };
    let query = uri.query().unwrap_or_default();
    if uri.path() == lie.path
        && let Some((status, body)) = (lie.answer)(query)
    {
        return respond(status, Body::from(body));
    }
    let answer = client.get(format!("{base}{uri}")).bearer_auth("nsd_token").send().await.unwrap();
    respond(answer.status().as_u16(), Body::from(answer.bytes().await.unwrap_or_else(|_| Bytes::new())))
}

fn coded(status: u16, message: &str) -> (u16, String) {
    (status, json!({ "code": status, "message": message }).to_string())
}

/// What the sandbox never says: refusals, pages of other programs, and JSON of another shape.
#[tokio::test(flavor = "multi_thread")]
async fn every_wrong_answer_blocks_the_tenant() {
    let rig = Rig::new().await;
    let check = "something other than the API answers here: check `url`";
    let scope = "the account does not exist, or the credential is bound to another one; check `account` and the scope \
                 of the key";
    let route =
        "the server does not know this path: check `url`, it ends in /ns-api/v2 on a NetSapiens system";
    let (domain, users, numbers, queues, agents, frames) = (0, 1, 2, 3, 4, 5);
    let (attendants, rules, other_rules, forwards) = (6, 7, 8, 9);
    let not_understood =
        |why: &str, body: &str| format!("the answer is not understood: {why}; it begins `{body}` | {check}");
    let no = |name: &str, why: &str, body: &str| not_understood(&format!("no {name}: {why}"), body);
    let map = r#"{"data":[]}"#;
    let mut cases: Vec<(usize, (u16, String), String)> = vec![
        (
            domain,
            coded(401, "Unauthorized"),
            "status 401: Unauthorized | the credential is wrong or has expired".into(),
        ),
        (
            domain,
            coded(401, "Invalid Scope [APP001]"),
            format!("status 401: Invalid Scope [APP001] | {scope}"),
        ),
        (
            queues,
            coded(401, "Token expired"),
            "status 401: Token expired | the credential is wrong or has expired".into(),
        ),
        (
            users,
            coded(403, "Forbidden"),
            "status 403: Forbidden | the credential is not allowed to do this: plan needs read access, apply needs write access".into(),
        ),
        (
            domain,
            coded(404, "Domain acme.1.service does not exist"),
            "status 404: Domain acme.1.service does not exist".into(),
        ),
        (
            other_rules,
            coded(404, "User 102 does not exist in domain acme.1.service"),
            "status 404: User 102 does not exist in domain acme.1.service".into(),
        ),
        (frames, (404, "<h1>404</h1>".into()), "status 404: <h1>404</h1>".into()),
        (queues, (400, String::new()), "status 400".into()),
        (agents, (503, "<html>busy</html>".into()), "status 503: <html>busy</html>".into()),
        (users, (302, String::new()), "status 302 | redirects are not followed: check `url`".into()),
        (domain, (301, "Moved".into()), "status 301: Moved | redirects are not followed: check `url`".into()),
        (domain, (200, String::new()), no("Domain", "invalid type: null, expected struct Domain", "null")),
        (domain, (200, "{}".into()), no("Domain", "missing field `domain`", "{}")),
        (
            domain,
            (200, "[]".into()),
            not_understood("it is a list where one object is expected", "[]"),
        ),
        (domain, coded(200, "OK"), no("Domain", "missing field `domain`", r#"{"code":200,"message":"OK"}"#)),
        (
            domain,
            (200, r#"{"domain":"other.1.service"}"#.into()),
            "the server answers for domain `other.1.service`".into(),
        ),
        (
            domain,
            (200, r#"{"domain":"acme.1.service","is-domain-locked":"yes"}"#.into()),
            "the domain is locked; unlock its configuration in the portal first".into(),
        ),
        // What is in a list of one is an object, and no list of its fields.
        (domain, (200, "[null]".into()), no("Domain", "invalid type: null, expected struct Domain", "null")),
        (
            domain,
            (200, r#"[["acme.1.service"]]"#.into()),
            not_understood("it is a list where one object is expected", r#"[["acme.1.service"]]"#),
        ),
        (
            domain,
            (200, r#"["acme.1.service","no"]"#.into()),
            not_understood("it is a list where one object is expected", r#"["acme.1.service","no"]"#),
        ),
        (users, (200, "OK".into()), not_understood("expected value at line 1 column 1", "OK")),
        (
            users,
            (200, r#"[{"user":"101"},"#.into()),
            not_understood("EOF while parsing a value at line 1 column 16", r#"[{"user":"101"},"#),
        ),
        // Nor is a row.
        (
            users,
            (200, r#"[{"user":"101"},["102","acme.1.service"]]"#.into()),
            not_understood(
                "a row of it is a list where an object is expected",
                r#"[{"user":"101"},["102","acme.1.service"]]"#,
            ),
        ),
        (users, (200, "[{}]".into()), no("User", "missing field `user`", "[{}]")),
        (
            queues,
            (200, "[17]".into()),
            no("CallQueue", "invalid type: integer `17`, expected struct CallQueue", "[17]"),
        ),
        (
            numbers,
            (200, r#"[{"phonenumber":{"a":1}}]"#.into()),
            no("PhoneNumber", r#"expected text, found {"a":1}"#, r#"[{"phonenumber":{"a":1}}]"#),
        ),
        (
            rules,
            (200, r#"[{"enabled":"yes"}]"#.into()),
            no("AnswerRule", "missing field `time-frame`", r#"[{"enabled":"yes"}]"#),
        ),
        (
            forwards,
            (200, r#"[{"number":["2145550100"],"active":true}]"#.into()),
            no(
                "CarrierForward",
                r#"expected text, found ["2145550100"]"#,
                r#"[{"number":["2145550100"],"active":true}]"#,
            ),
        ),
        (
            forwards,
            coded(401, "Invalid token"),
            "status 401: Invalid token | the credential is wrong or has expired".into(),
        ),
        (
            users,
            (200, "[".repeat(500)),
            not_understood("recursion limit exceeded at line 1 column 101", &format!("{}…", "[".repeat(80))),
        ),
        // What a hostile server says is shown short, and does nothing.
        (
            users,
            coded(500, &format!("\u{1b}[2J{}", "x".repeat(5000))),
            format!(r"status 500: \u{{1b}}[2J{}…", "x".repeat(76)),
        ),
    ];
    let lists = [
        (users, "User"),
        (numbers, "PhoneNumber"),
        (queues, "CallQueue"),
        (agents, "Agent"),
        (frames, "TimeFrame"),
        (attendants, "AutoAttendant"),
        (rules, "AnswerRule"),
        (forwards, "CarrierForward"),
    ];
    for (read, name) in lists {
        cases.push((read, (200, map.into()), no(name, "invalid type: map, expected a sequence", map)));
        cases.push((read, (200, "null".into()), no(name, "invalid type: null, expected a sequence", "null")));
        cases.push((read, (200, String::new()), no(name, "invalid type: null, expected a sequence", "null")));
        cases.push((
            read,
            coded(404, "No Route Found [92]"),
            format!("status 404: No Route Found [92] | {route}"),
        ));
    }
    cases.push((
        domain,
        coded(404, "No Route Found [92]"),
        format!("status 404: No Route Found [92] | {route}"),
    ));
    stream::iter(cases)
        .for_each_concurrent(4, async |(read, answer, problem)| {
            let (path, what) = READS[read];
            let case = format!("{path} {answer:?}");
            let lie = Lie { path: on_server(path), answer: Arc::new(move |_| Some(answer.clone())) };
            let liar = Liar::start(rig.server("").await, lie).await;
            let planned = rig.plan(&liar.url, "retries: 0").await;
            planned.is_blocked(&case, &format!("reading {what}: GET {path}: {problem}"));
        })
        .await;
}

/// Rows `from` to `to` of a long list of users, those of the account among them.
fn users(from: usize, to: usize) -> String {
    let row = |n: usize| match n {
        0 => json!({ "user": "101" }),
        1 => json!({ "user": "102" }),
        2 => json!({ "user": "400", "service-code": "system-queue" }),
        3 => json!({ "user": "401", "service-code": "system-queue" }),
        4 => json!({ "user": "600", "service-code": "system-aa" }),
        n => json!({ "user": format!("9{n:05}") }),
    };
    Value::Array((from..to).map(row).collect()).to_string()
}

fn start_of(query: &str) -> usize {
    let pairs = url::form_urlencoded::parse(query.as_bytes());
    pairs.filter(|(name, _)| name == "start").find_map(|(_, value)| value.parse().ok()).unwrap_or_default()
}

/// Half of a list is the most dangerous answer, for it looks like a whole one.
#[tokio::test(flavor = "multi_thread")]
async fn half_of_a_list_is_never_taken_for_the_whole() {
    let rig = Rig::new().await;
    let path = "/domains/acme.1.service/users";
    let reading = format!("reading the users of `acme.1.service`: GET {path}");
    type Pages = fn(usize) -> Option<(u16, String)>;
    let cases: [(&str, Pages, &str); 6] = [
        (
            "the same 100 rows whatever is asked",
            |_| Some((200, users(0, 100))),
            "the answer is not complete: the server sends the same 100 rows for every `start`",
        ),
        (
            "the same 1000 rows whatever is asked",
            |_| Some((200, users(0, 1000))),
            "the answer is not complete: the server sends the same 1000 rows for every `start`",
        ),
        (
            "the second page fails",
            |start| Some(if start == 0 { (200, users(0, 1000)) } else { coded(500, "database gone") }),
            "status 500: database gone",
        ),
        (
            "the second page is no route",
            |start| Some(if start == 0 { (200, users(0, 1000)) } else { coded(404, "No Route Found [92]") }),
            "status 404: No Route Found [92] | the server does not know this path: check `url`, it ends in /ns-api/v2 \
             on a NetSapiens system",
        ),
        (
            "the second page is null",
            |start| Some((200, if start == 0 { users(0, 1000) } else { "null".to_owned() })),
            "the answer is not understood: no User: invalid type: null, expected a sequence; it begins `null` | \
             something other than the API answers here: check `url`",
        ),
        (
            "the third page fails",
            |start| {
                Some(match start {
                    0 | 1000 => (200, users(start, start + 1000)),
                    _ => coded(502, "Bad Gateway"),
                })
            },
            "status 502: Bad Gateway",
        ),
    ];
    for (case, pages, problem) in cases {
        let lie = Lie { path: on_server(path), answer: Arc::new(move |query| pages(start_of(query))) };
        let liar = Liar::start(rig.server("").await, lie).await;
        rig.plan(&liar.url, "retries: 0").await.is_blocked(case, &format!("{reading}: {problem}"));
    }
}

/// A server that sends 100 rows whatever `limit` says is within its rights (FACTS stratus/lists-2): the list is read to
/// its end. The extension that is declared stands on the last page.
#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_caps_pages_is_read_to_the_end() {
    let rig = Rig::new().await;
    let acme =
        "tenant: acme\nprovider: sick\naccount: acme.1.service\ndiverts: { \"900249\": { always: off } }\n";
    for rows in [250, 300] {
        let lie = Lie {
            path: on_server("/domains/acme.1.service/users"),
            answer: Arc::new(move |query| {
                let start = start_of(query).min(rows);
                Some((200, users(start, (start + 100).min(rows))))
            }),
        };
        let rules = "/ns-api/v2/domains/acme.1.service/users/900249/answerrules";
        let inner = Liar::start(rig.server("").await, lie).await;
        let client = client();
        let lie = Lie { path: rules.to_owned(), answer: Arc::new(|_| Some((200, "[]".to_owned()))) };
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let app = Router::new().fallback(pass).with_state((client, inner.url.clone(), lie));
        let outer = tokio::spawn(async move { axum::serve(listener, app).await.unwrap() });
        let planned = rig.plan_of(acme, &url, "retries: 0").await;
        outer.abort();
        assert_eq!(planned.acme.get("blocked"), None, "{rows} rows: {planned:#?}");
        assert_eq!(planned.steps(), Vec::<String>::new(), "{rows} rows");
        planned.others_go_on("capped");
    }
}

/// A 404 on a collection of a parent that is there means that it is empty (FACTS stratus/errors-5). Whatever is planned
/// from that, it takes nothing away.
#[tokio::test(flavor = "multi_thread")]
async fn an_empty_collection_deletes_nothing() {
    let rig = Rig::new().await;
    for path in ["callqueues", "agents", "timeframes", "users/101/answerrules"] {
        for body in [coded(404, "Resource not found."), (404, "[]".to_owned()), (200, "[]".to_owned())] {
            let case = format!("{path} {body:?}");
            let lie = Lie {
                path: on_server(&format!("/domains/acme.1.service/{path}")),
                answer: Arc::new(move |_| Some(body.clone())),
            };
            let liar = Liar::start(rig.server("").await, lie).await;
            let planned = rig.plan(&liar.url, "retries: 0").await;
            let steps = planned.steps();
            let deletes: Vec<&String> = steps.iter().filter(|step| step.starts_with("delete")).collect();
            let unread = path == "callqueues";
            assert_eq!(
                deletes.is_empty(),
                unread,
                "{case}: only what was seen and is not declared: {steps:?}"
            );
            assert!(deletes.iter().all(|step| *step == "delete queues.401"), "{case}: {steps:?}");
            planned.others_go_on(&case);
        }
    }
}

/// The control, and the two ways not to answer at all.
#[tokio::test(flavor = "multi_thread")]
async fn nobody_there_blocks_the_tenant() {
    let rig = Rig::new().await;
    let truth = rig.server("").await;
    rig.plan(truth.url(), "retries: 0").await.is_whole("the good day");

    let reading = "reading domain `acme.1.service`: GET /domains/acme.1.service";
    let slow = rig.server("slow:5s").await;
    let planned = rig.plan(slow.url(), "retries: 0, timeout: 1").await;
    planned.is_blocked("slow", &format!("{reading}: no answer: timed out"));
    drop(slow);

    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    drop(listener);
    let planned = rig.plan(&url, "retries: 0").await;
    let help = "check `url`, and whether the system can be reached from here";
    planned
        .is_blocked("gone", &format!("{reading}: no connection: Connection refused (os error 111) | {help}"));
    tokio::time::timeout(Duration::from_secs(5), truth.stop()).await.unwrap();
}
