//! No credential is seen anywhere: every command is run with planted credentials, against servers that work, fail, and
//! repeat the credentials in their answers; then everything that was written is searched for them.

use crate::workspace::Workspace;
use axum::{
    Router,
    body::Body,
    extract::Request,
    http::{StatusCode, header},
    response::Response,
};
use base64::prelude::{
    BASE64_STANDARD, BASE64_STANDARD_NO_PAD, BASE64_URL_SAFE, BASE64_URL_SAFE_NO_PAD, Engine,
};
use dialform::sandbox::{Options, Sandbox, find};
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use serde_json::json;
use std::{
    path::{Path, PathBuf},
    process::Command,
};
use tokio::runtime::Runtime;

/// Where each credential is planted, and the credential. The odd characters change in JSON, HTML, URLs and base64.
const PLANTED: [(&str, &str); 7] = [
    ("env STRATUS_TOKEN", "nsdWr1te/c4n+ary\"q=%&<x>"),
    ("file secrets/read", "nsdR34d/c4n+ary\"q=%&<x>"),
    ("command carrier", "carr1er/c4n+ary\\q=%&<x>"),
    ("env CTM_KEY", "ctmAcc3ssK3yc4nary"),
    ("file secrets/ctm", "ctmS3cr3t/c4n+ary=="),
    ("env DESK_TOKEN", "d3skphone.c4nary~tok-en"),
    ("command desk", "d3skR34d/c4n+ary?q"),
];
/// Planted in files where it does not belong: as a value, in a URL, on a line that is no YAML.
const LITERAL: &str = "l1teralc4naryt0ken";

const WRITE: &str = PLANTED[0].1;

/// A workspace with credentials, and everything that was written so far.
struct Coop {
    workspace: Workspace,
    /// (what was run, what it wrote)
    written: Vec<(String, Vec<u8>)>,
}

impl Coop {
    fn new() -> Self {
        let coop = Self { workspace: Workspace::quickstart(), written: Vec::new() };
        for (source, secret) in PLANTED {
            // Commands print files, so that the credential stands in no argument.
            let name = source.replace("file secrets/", "").replace(' ', "-");
            coop.workspace.write(&format!("secrets/{name}"), format!("{secret}\n"));
        }
        coop
    }

    fn path(&self, name: &str) -> PathBuf {
        self.workspace.path(name)
    }

    /// Every kind of provider at these addresses, and every way to find a credential.
    fn settings(&self, [stratus, carrier, ctm, desk]: [&str; 4]) {
        let limits = "limits: { requests_per_second: 1000, settle: 1, retries: 1, timeout: 5 }";
        self.write(&format!(
            "version: 1
providers:
  stratus-dallas:
    kind: stratus
    url: {stratus}
    token: {{ env: STRATUS_TOKEN }}
    read_token: {{ file: secrets/read }}
    carrier: {{ url: \"{carrier}\", token: {{ command: [cat, secrets/command-carrier] }} }}
    {limits}
  ctm-agency:
    kind: ctm
    url: {ctm}
    access_key: {{ env: CTM_KEY }}
    secret_key: {{ file: secrets/ctm }}
    {limits}
  deskphone-uk:
    kind: deskphone
    url: {desk}
    token: {{ env: DESK_TOKEN }}
    read_token: {{ command: [cat, secrets/command-desk] }}
    {limits}
tenants: [\"tenants/*.yaml\"]
guard: {{ max_deletes: 100, max_changed_percent: 100 }}
"
        ));
    }

    fn write(&self, settings: &str) {
        self.workspace.write("dialform.yaml", settings);
    }

    /// Runs the program; returns what it wrote to its streams.
    fn run(&mut self, line: &str) -> String {
        let mut command = Command::new(env!("CARGO_BIN_EXE_dialform"));
        command.args(line.split(' ')).current_dir(self.workspace.root());
        for (source, secret) in PLANTED {
            if let Some(name) = source.strip_prefix("env ") {
                command.env(name, secret);
            }
        }
        let files = ["read", "ctm"].map(|name| self.path("secrets").join(name).display().to_string());
        command.env(
            "DIALFORM_SECRETS",
            format!(
                "STRATUS_TOKEN, CTM_KEY, DESK_TOKEN, {}, command:cat secrets/command-carrier, command:cat \
                 secrets/command-desk, command:sh -c echo {LITERAL}; exit 1",
                files.join(", ")
            ),
        );
        let output = command.output().unwrap();
        let all = [output.stdout, output.stderr].concat();
        let text = String::from_utf8_lossy(&all).into_owned();
        assert!(!text.contains("panicked"), "{line}: {text}");
        self.written.push((line.to_owned(), all));
        text
    }

    /// Takes note of every file but those that hold credentials on purpose.
    fn gather(&mut self) {
        let mut files = Vec::new();
        walk(self.workspace.root(), &mut files);
        for file in files {
            if !file.starts_with(self.path("secrets")) && file != self.path("dialform.yaml") {
                let name = file.display().to_string();
                self.written.push((name.clone(), [name.into_bytes(), std::fs::read(file).unwrap()].concat()));
            }
        }
    }

    /// Nothing that was written holds a credential, in any form or in part.
    fn is_clean(&self) {
        let mut forms: Vec<String> =
            PLANTED.iter().map(|(_, secret)| *secret).chain([LITERAL]).flat_map(forms).collect();
        forms.extend(forms_in_base64(&format!("{}:{}", PLANTED[3].1, PLANTED[4].1)));
        for (name, bytes) in &self.written {
            let text = String::from_utf8_lossy(bytes);
            for form in &forms {
                assert!(!text.contains(form.as_str()), "{name}: {form} is in\n{text}");
            }
        }
    }
}

fn forms_in_base64(text: &str) -> [String; 4] {
    [
        BASE64_STANDARD.encode(text),
        BASE64_STANDARD_NO_PAD.encode(text),
        BASE64_URL_SAFE.encode(text),
        BASE64_URL_SAFE_NO_PAD.encode(text),
    ]
}

fn forms(secret: &str) -> Vec<String> {
    let percent = utf8_percent_encode(secret, NON_ALPHANUMERIC).to_string();
    let json = serde_json::to_string(secret).unwrap();
    let mut forms = vec![secret.to_owned(), json.trim_matches('"').to_owned(), percent];
    forms.extend(forms_in_base64(secret));
    // What is cut short is as bad; the odd characters may be anything by then.
    let plain = secret.find(|c: char| !c.is_ascii_alphanumeric()).unwrap_or(secret.len());
    forms.push(secret[..plain].to_owned());
    forms
}

fn walk(directory: &Path, found: &mut Vec<PathBuf>) {
    for path in std::fs::read_dir(directory).unwrap().map(|entry| entry.unwrap().path()) {
        if path.is_dir() { walk(&path, found) } else { found.push(path) }
    }
}

/// The three phone systems, with their state in the workspace, so that it is searched too.
fn systems(runtime: &Runtime, coop: &Coop, behaviour: &str) -> (Vec<Sandbox>, [String; 4]) {
    let start = |name: &str, kind: &str| {
        let state = tempfile::tempdir_in(coop.workspace.root()).unwrap().keep();
        let options = Options::new(find(kind).unwrap(), coop.path("live").join(name), state);
        runtime.block_on(Sandbox::start(options.switched(behaviour).unwrap())).unwrap()
    };
    let all = vec![
        start("stratus-dallas", "stratus"),
        start("ctm-agency", "ctm"),
        start("deskphone-uk", "deskphone"),
    ];
    let at = |index: usize, path: &str| format!("{}{path}", all[index].url());
    let urls = [at(0, "/ns-api/v2"), at(0, "/_carrier/v1"), at(1, "/api/v1"), at(2, "/v1")];
    (all, urls)
}

/// A server that repeats what it was sent in the `Authorization` header; the path says how.
async fn echo(request: Request) -> Response {
    let sent = request.headers()[header::AUTHORIZATION].to_str().unwrap().to_owned();
    let secret = sent.split_once(' ').unwrap().1.to_owned();
    let mode = request.uri().path().split('/').nth(1).unwrap_or_default().to_owned();
    let escaped: String = secret.chars().map(|c| format!("\\u{:04x}", u32::from(c))).collect();
    let (status, body) = match mode.as_str() {
        "message" => (401, json!({ "code": 401, "message": format!("invalid: {sent}") }).to_string()),
        "text" => (401, format!("{} {sent}", "x".repeat(60))),
        "escaped" => (401, format!(r#"{{"message":"bad header {escaped}"}}"#)),
        "percent" => (403, format!("/login?token={}", utf8_percent_encode(&secret, NON_ALPHANUMERIC))),
        "html" => (
            500,
            format!("<html><body>{}</body></html>", secret.replace('&', "&amp;").replace('"', "&quot;")),
        ),
        "object" => (200, json!({ "domain": secret, secret.clone(): sent, "items": 7 }).to_string()),
        "list" => (200, json!([{ "user": sent }, { secret: "x" }]).to_string()),
        "garbage" => (200, format!("{} {sent} {{", "y".repeat(70))),
        "patience" => (429, format!("slow down, {sent}")),
        _ => (302, sent.clone()),
    };
    let mut response = Response::new(Body::from(body));
    *response.status_mut() = StatusCode::from_u16(status).unwrap();
    let location =
        format!("https://elsewhere.example/?token={}", utf8_percent_encode(&sent, NON_ALPHANUMERIC));
    response.headers_mut().insert(header::LOCATION, location.parse().unwrap());
    response.headers_mut().insert(header::RETRY_AFTER, 0.into());
    response
}

const MODES: [&str; 10] =
    ["message", "text", "escaped", "percent", "html", "object", "list", "garbage", "patience", "redirect"];

/// The acceptance line on credentials: whatever is run, however it goes wrong, none is written anywhere.
#[test]
fn no_credential_is_written_anywhere() {
    let runtime = Runtime::new().unwrap();
    let mut coop = Coop::new();
    let log = "--log audit.jsonl --log-bodies -v";

    // Everything works.
    let (healthy, urls) = systems(&runtime, &coop, "visible-after:0ms");
    coop.settings(urls.each_ref().map(String::as_str));
    for line in
        ["check", "check --format json", "providers", "schema workspace", "explain missing-emergency-forward"]
    {
        coop.run(line);
    }
    for format in ["text", "markdown", "json"] {
        coop.run(&format!("plan {log} --format {format} --out plan.json"));
    }
    let applied = coop.run(&format!("apply --auto-approve --format json {log}"));
    assert!(applied.contains(r#""event":"finished""#), "{applied}");
    coop.run(&format!("apply --auto-approve {log} --wait 1s"));
    coop.run("plan --sandbox --record traffic.jsonl --format json");
    coop.run("apply --sandbox --record traffic.jsonl --auto-approve --format markdown");
    let restore = coop.path(".dialform/restore");
    let kept = std::fs::read_dir(restore).unwrap().next().unwrap().unwrap().path();
    for line in ["unlock", "unlock --format json", "unlock --force", "plan --changed-since HEAD -v"] {
        coop.run(line);
    }
    let kept = kept.display();
    coop.run(&format!("plan {log} --restore {kept}"));
    let restored = coop.run(&format!("apply --auto-approve {log} --override-guard --approve-critical bright-solar/receivers.+14105550124 --restore {kept}"));
    assert!(restored.contains(".dialform/restore/"), "{restored}");
    drop(healthy);

    // Everything fails now and then.
    let faults = "500:0.02,garbage:0.02,truncate:0.02,reset-after-commit:0.05,429:0.02,retry-after:0";
    let (failing, urls) = systems(&runtime, &coop, faults);
    coop.settings(urls.each_ref().map(String::as_str));
    for format in ["text", "markdown", "json"] {
        coop.run(&format!("apply --auto-approve --format {format} {log}"));
    }
    drop(failing);

    // The servers repeat what they are sent.
    let server = runtime.block_on(async {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        tokio::spawn(async move { axum::serve(listener, Router::new().fallback(echo)).await.unwrap() });
        url
    });
    for mode in MODES {
        let url = format!("{server}/{mode}");
        coop.settings([&url; 4].map(String::as_str));
        let said = coop.run(&format!("plan {log} --out {mode}.json"));
        // The server saw the credential and sent it back: what is searched for was there to be found.
        if matches!(mode, "message" | "text" | "escaped" | "percent" | "html") {
            assert!(said.contains("[hidden"), "{mode}: {said}");
        }
        for shard in ["1/2", "2/2"] {
            coop.run(&format!("plan {log} --shard {shard} --out {}-of.json", &shard[..1]));
        }
        for format in ["text", "json"] {
            let joined =
                coop.run(&format!("merge 1-of.json 2-of.json --format {format} --out {mode}-joined.json"));
            assert!(joined.contains("unreadable-account"), "{mode}: {joined}");
        }
        coop.run(&format!("plan --format markdown --log {mode}.jsonl --log-bodies"));
        coop.run(&format!("apply --auto-approve --format json {log}"));
    }

    // Nobody is there, and a name that is none.
    coop.settings(["http://127.0.0.1:1"; 4]);
    coop.run(&format!("plan {log}"));
    coop.settings(["https://no-such-host.invalid"; 4]);
    coop.run(&format!("apply --auto-approve {log}"));

    // Credentials where they do not belong.
    let with = |settings: &str| {
        format!(
            "version: 1\nproviders:\n  stratus-dallas:\n    kind: stratus\n{settings}\ntenants: [\"tenants/acme*.yaml\"]\n"
        )
    };
    let url = "    url: https://x.example/ns-api/v2\n";
    for settings in [
        format!("{url}    token: {LITERAL}"),
        format!("{url}    token: \"{LITERAL}"),
        format!("{url}    token: [{LITERAL}]"),
        format!("{url}    token: {{ value: {LITERAL} }}"),
        format!("{url}    token:\n      {LITERAL}"),
        format!("{url}    token: {{ env: {LITERAL} }}"),
        format!("{url}    token: {{ file: {LITERAL} }}"),
        format!("{url}    token: {{ command: [{LITERAL}] }}"),
        format!("{url}    token: {{ command: [{LITERAL}, x] }}\n    carrier: manual"),
        format!("{url}    token: |\n      {LITERAL}"),
        format!("{url}    tokn: {LITERAL}"),
        format!("{url}    token: {{ env: STRATUS_TOKEN }}\n    read_token: {LITERAL}: x"),
        format!("{url}    token: {{ command: [sh, -c, \"echo {LITERAL}; exit 1\"] }}\n    carrier: manual"),
        format!("{url}    carrier: {{ url: \"https://x.example\", token: {LITERAL} }}"),
        format!(
            "    url: https://user:{LITERAL}@x.example/v2\n    token: {{ env: STRATUS_TOKEN }}\n    carrier: manual"
        ),
        format!(
            "    url: https://user:{LITERAL}@x.example:port/v2\n    token: {{ env: STRATUS_TOKEN }}\n    carrier: manual"
        ),
        format!(
            "    url: https://x.example/v2?token={LITERAL}\n    token: {{ env: STRATUS_TOKEN }}\n    carrier: manual"
        ),
        format!(
            "    url: ftp://{LITERAL}@x.example/\n    token: {{ env: STRATUS_TOKEN }}\n    carrier: manual"
        ),
    ] {
        coop.write(&with(&settings));
        for line in [
            "check",
            "check --format json",
            "plan",
            "plan --format json",
            "apply --auto-approve --format json",
        ] {
            coop.run(line);
        }
        let said = coop.run("plan");
        assert!(said.contains("error"), "{settings}: {said}");
    }

    coop.gather();
    coop.is_clean();
    // The search can find: the log is there, and so is what a server said beside the credential.
    let log = std::fs::read_to_string(coop.path("audit.jsonl")).unwrap();
    assert!(log.lines().count() > 200 && log.contains("[hidden credential]"), "{}", log.lines().count());
    assert!(coop.written.len() > 100, "{}", coop.written.len());
}

/// A live object that repeats the credential is shown without it; a write that keeps what is live would put the mark
/// there instead, so it is not sent.
#[test]
fn what_stands_for_a_credential_is_never_written() {
    let runtime = Runtime::new().unwrap();
    let mut coop = Coop::new();
    let live = coop.path("live/stratus-dallas/acmedental.12345.service.yaml");
    let seed = std::fs::read_to_string(&live).unwrap();
    let quoted = serde_json::to_string(WRITE).unwrap();
    let label = "dial-rule-description: Ana direct";
    assert!(seed.contains(label), "{seed}");
    std::fs::write(&live, seed.replace(label, &format!("dial-rule-description: {quoted}"))).unwrap();
    let tenant = "tenant: acme\nprovider: stratus-dallas\naccount: acmedental.12345.service\nnumbers: { \"+12145550101\": { route: { extension: \"102\" } } }\n";
    std::fs::remove_dir_all(coop.path("tenants")).unwrap();
    std::fs::create_dir(coop.path("tenants")).unwrap();
    std::fs::write(coop.path("tenants/acme.yaml"), tenant).unwrap();
    let (_systems, urls) = systems(&runtime, &coop, "visible-after:0ms");
    coop.settings(urls.each_ref().map(String::as_str));
    let said = coop.run("apply --auto-approve --log audit.jsonl");
    assert!(
        said.contains("the live object contains the credential in use, which dialform never writes"),
        "{said}"
    );
    let log = std::fs::read_to_string(coop.path("audit.jsonl")).unwrap();
    assert!(!log.contains("PUT"), "{log}");
    assert!(!said.contains("nsdWr1te"), "{said}");
}
