//! `dialform lsp` as an editor sees it: a real process, asked in its own words. What it shows is what `check` says, of the text
//! that is on the screen.

use crate::workspace::Workspace;
use serde_json::{Value, json};
use std::{
    collections::BTreeMap,
    io::{BufRead, BufReader, Write},
    process::{Child, ChildStdin, Stdio},
    sync::mpsc::{Receiver, channel},
    thread,
    time::Duration,
};
use url::Url;

/// Longer than any answer takes on a busy machine.
const LONG: Duration = Duration::from_secs(60);

/// An editor with a workspace open.
struct Editor<'w> {
    workspace: &'w Workspace,
    child: Child,
    to: Option<ChildStdin>,
    from: Receiver<Value>,
    asked: i64,
    version: i64,
}

fn read(from: &mut impl BufRead) -> Option<Value> {
    let mut length = 0;
    loop {
        let mut line = String::new();
        if from.read_line(&mut line).ok()? == 0 {
            return None;
        }
        match line.trim_end().strip_prefix("Content-Length: ") {
            Some(text) => length = text.parse().unwrap(),
            None if line.trim_end().is_empty() => break,
            None => {}
        }
    }
    let mut bytes = vec![0; length];
    from.read_exact(&mut bytes).ok()?;
    Some(serde_json::from_slice(&bytes).unwrap())
}

impl<'w> Editor<'w> {
    fn start(workspace: &'w Workspace) -> Self {
        let mut command = workspace.process(&["lsp"]);
        let mut child =
            command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null()).spawn().unwrap();
        let mut out = BufReader::new(child.stdout.take().unwrap());
        let (sender, from) = channel();
        thread::spawn(move || while read(&mut out).is_some_and(|message| sender.send(message).is_ok()) {});
        Self { to: child.stdin.take(), workspace, child, from, asked: 0, version: 0 }
    }

    /// The same, greeted.
    fn open(workspace: &'w Workspace) -> Self {
        let mut editor = Self::start(workspace);
        let encodings = json!({ "general": { "positionEncodings": ["utf-16"] } });
        let answer = editor.ask("initialize", json!({ "processId": null, "capabilities": encodings }));
        assert_eq!(answer["result"]["serverInfo"]["name"], "dialform", "{answer:#}");
        editor.tell("initialized", json!({}));
        editor
    }

    fn send(&mut self, message: &Value) {
        let text = message.to_string();
        let to = self.to.as_mut().unwrap();
        write!(to, "Content-Length: {}\r\n\r\n{text}", text.len()).unwrap();
        to.flush().unwrap();
    }

    fn tell(&mut self, method: &str, params: Value) {
        self.send(&json!({ "jsonrpc": "2.0", "method": method, "params": params }));
    }

    /// The answer; what comes before it is let go.
    fn ask(&mut self, method: &str, params: Value) -> Value {
        self.asked += 1;
        self.send(&json!({ "jsonrpc": "2.0", "id": self.asked, "method": method, "params": params }));
        loop {
            let message = self.from.recv_timeout(LONG).unwrap();
            if message["id"] == self.asked {
                return message;
            }
        }
    }

    fn uri(&self, file: &str) -> String {
        let path = self.workspace.root().canonicalize().unwrap().join(file);
        Url::from_file_path(path).unwrap().to_string()
    }

    /// Shows a text in an editor; nothing is saved.
    fn show(&mut self, file: &str, text: &str) {
        self.version += 1;
        let (uri, version) = (self.uri(file), self.version);
        match version {
            1 => self.tell(
                "textDocument/didOpen",
                json!({ "textDocument": { "uri": uri, "languageId": "yaml", "version": version, "text": text } }),
            ),
            _ => self.tell(
                "textDocument/didChange",
                json!({ "textDocument": { "uri": uri, "version": version }, "contentChanges": [{ "text": text }] }),
            ),
        }
    }

    /// The diagnostics of the text that is shown, as `LINE:FROM-TO CODE: MESSAGE`, as soon as they come.
    fn diagnostics(&mut self, file: &str) -> Vec<String> {
        let uri = self.uri(file);
        loop {
            let message = self.from.recv_timeout(LONG).unwrap();
            let params = &message["params"];
            if message["method"] == "textDocument/publishDiagnostics"
                && params["uri"] == uri
                && params["version"].as_i64().is_none_or(|it| it == self.version)
            {
                let all = params["diagnostics"].as_array().unwrap();
                return all.iter().map(said).collect();
            }
        }
    }

    /// Asks about the `‸` in a text, which is then shown without it.
    fn ask_at(&mut self, method: &str, file: &str, text: &str, more: Value) -> Value {
        let at = text.find('‸').unwrap();
        let before = &text[..at];
        let line = before.matches('\n').count();
        let start = before.rfind('\n').map_or(0, |at| at + 1);
        let character = before[start..].encode_utf16().count();
        self.show(file, &text.replace('‸', ""));
        let mut params = json!({
            "textDocument": { "uri": self.uri(file) },
            "position": { "line": line, "character": character },
        });
        params.as_object_mut().unwrap().extend(more.as_object().cloned().unwrap_or_default());
        self.ask(method, params)["result"].clone()
    }

    /// Says that it is over; the exit code.
    fn close(mut self) -> Option<i32> {
        let answer = self.ask("shutdown", Value::Null);
        assert_eq!(answer["result"], Value::Null, "{answer:#}");
        self.tell("exit", Value::Null);
        self.child.wait().unwrap().code()
    }
}

impl Drop for Editor<'_> {
    fn drop(&mut self) {
        // One that goes away without a word ends its server.
        self.to.take();
        let _ = self.child.wait();
    }
}

fn said(diagnostic: &Value) -> String {
    let range = &diagnostic["range"];
    let (start, end) = (&range["start"], &range["end"]);
    let first = diagnostic["message"].as_str().unwrap().lines().next().unwrap();
    let code = diagnostic["code"].as_str().unwrap();
    format!("{}:{}-{} {code}: {first}", start["line"], start["character"], end["character"])
}

const FILE: &str = "tenants/acme.yaml";

/// A tenant with one of everything that can be named.
const TENANT: &str = "\
tenant: acme
provider: pbx
account: acme.1.service
time_zone: America/Chicago
schedules:
  night: { weekly: { mon: [\"18:00-20:00\"] } }
queues:
  \"400\": { name: Sales, agents: [\"101\"] }
numbers:
  \"+12145550100\": { label: \"Übung 😀\", route: { queue: \"400\" } }
rules:
  \"101\":
    order:
      - when: night
        forward: { always: { extension: \"102\" } }
  \"102\": { ring_timeout: 30 }
";

fn workspace() -> Workspace {
    let workspace = Workspace::default();
    let provider = "\n    kind: stratus\n    url: http://127.0.0.1:1/ns-api/v2\n    token: { env: NOT_NEEDED }\n    carrier: manual";
    let file = format!("version: 1\nproviders:\n  pbx:{provider}\ntenants: [\"tenants/*.yaml\"]\n");
    workspace.write("dialform.yaml", file);
    workspace.write(FILE, TENANT);
    workspace
}

/// What is on the screen counts and not what is on the disk, and columns are those of the editor.
#[test]
fn an_unsaved_text_is_checked() {
    let workspace = workspace();
    let mut editor = Editor::open(&workspace);
    let wrong = TENANT.replace("route: { queue: \"400\" }", "route: { queue: \"401\" }");
    editor.show(FILE, &wrong);
    let found = editor.diagnostics(FILE);
    assert!(found.iter().any(|it| it.starts_with("9:55-60 unknown-queue: ")), "{found:#?}");
    editor.show(FILE, &wrong.replace("route:", "rute:"));
    let found = editor.diagnostics(FILE);
    assert!(found.iter().any(|it| it.contains("unknown-key: ")), "{found:#?}");
    editor.show(FILE, TENANT);
    let fine = editor.diagnostics(FILE);
    assert!(!fine.iter().any(|it| it.contains("unknown-")), "{fine:#?}");
    assert_eq!(workspace.read(FILE), TENANT);
    assert_eq!(editor.close(), Some(0));
}

/// What changes on the disk under a file that is open elsewhere, a branch that is checked out for instance, is looked at too.
#[test]
fn a_file_that_changes_on_the_disk_is_looked_at() {
    let workspace = workspace();
    let mut editor = Editor::start(&workspace);
    let watched = json!({ "workspace": { "didChangeWatchedFiles": { "dynamicRegistration": true } } });
    editor.ask("initialize", json!({ "processId": null, "capabilities": watched }));
    editor.tell("initialized", json!({}));
    let asked = editor.from.recv_timeout(LONG).unwrap();
    assert_eq!(asked["params"]["registrations"][0]["method"], "workspace/didChangeWatchedFiles", "{asked:#}");
    editor.send(&json!({ "jsonrpc": "2.0", "id": asked["id"], "result": null }));
    workspace.edit(FILE, "route: { queue: \"400\" }", "route: { queue: \"401\" }");
    editor.tell("workspace/didChangeWatchedFiles", json!({ "changes": [] }));
    let found = editor.diagnostics(FILE);
    assert!(found.iter().any(|it| it.contains("unknown-queue: ")), "{found:#?}");
    workspace.write(FILE, TENANT);
    editor.tell("workspace/didChangeWatchedFiles", json!({ "changes": [] }));
    assert!(!editor.diagnostics(FILE).iter().any(|it| it.contains("unknown-queue: ")));
    assert_eq!(editor.close(), Some(0));
}

/// Two answers to one question help nobody: the editor shows what `dialform check` prints, of files that are saved.
#[test]
fn it_shows_what_check_says() {
    let quickstart = Workspace::quickstart();
    let broken = Workspace::quickstart();
    broken.edit("tenants/acme-dental.yaml", "route: { queue: \"402\" }", "route: { queue: \"409\" }");
    let cut_off = Workspace::quickstart();
    cut_off.edit("tenants/acme-dental.yaml", "schedules: # Stratus", "schedules: [ # Stratus");
    let nothing = Workspace::default();
    nothing.write("dialform.yaml", "version: 1\n");
    for workspace in [&quickstart, &broken, &cut_off, &nothing] {
        let checked: Value =
            serde_json::from_str(&workspace.run(&["check", "--format", "json"]).out).unwrap();
        let mut expected: BTreeMap<String, Vec<String>> = BTreeMap::new();
        for finding in checked["findings"].as_array().unwrap() {
            let place = &finding["place"];
            let line = place["line"].as_u64().unwrap_or(1) - 1;
            let text = format!(
                "{line} {} {}",
                finding["code"].as_str().unwrap(),
                finding["message"].as_str().unwrap()
            );
            expected
                .entry(place["file"].as_str().unwrap_or("dialform.yaml").to_owned())
                .or_default()
                .push(text);
        }
        let editor = Editor::open(workspace);
        let mut shown: BTreeMap<String, Vec<String>> = BTreeMap::new();
        while shown.len() < expected.len() {
            let message = editor.from.recv_timeout(LONG).unwrap();
            let params = &message["params"];
            let uri = params["uri"].as_str().unwrap();
            let file =
                expected.keys().find(|file| editor.uri(file) == uri).unwrap_or_else(|| panic!("{message:#}"));
            let diagnostics = params["diagnostics"].as_array().unwrap().iter().map(|it| {
                let message = it["message"].as_str().unwrap().split("\nhelp: ").next().unwrap();
                format!("{} {} {message}", it["range"]["start"]["line"], it["code"].as_str().unwrap())
            });
            shown.insert(file.clone(), diagnostics.collect());
        }
        assert_eq!(shown, expected);
        assert_eq!(editor.close(), Some(0));
    }
}

/// A name that is declared is offered where the YAML takes it, also while the line is not YAML yet, and nowhere else.
#[test]
fn declared_names_are_offered() {
    let workspace = workspace();
    let mut editor = Editor::open(&workspace);
    let at = |from: &str, to: &str| TENANT.replacen(from, to, 1);
    let cases = [
        (at("route: { queue: \"400\" }", "route: { queue: \"‸\" }"), "400=400"),
        (at("route: { queue: \"400\" }", "route: { queue: ‸"), "400=\"400\""),
        (at("route: { queue: \"400\" }", "route: { queue: \"4‸00\" }"), "400=400"),
        (
            at("route: { queue: \"400\" }", "route: ‸"),
            "{ extension: \"101\" } { extension: \"102\" } { queue: \"400\" }",
        ),
        (at("route: { queue: \"400\" }", "route: { ‸"), "queue extension voicemail"),
        (at("- when: night", "- when: ‸"), "default night"),
        (at("- when: night", "- when: ni‸"), "default night"),
        (at("agents: [\"101\"]", "agents: [\"101\", \"‸\"]"), "101=101 102=102"),
        (at("provider: pbx", "provider: ‸"), "pbx"),
        (
            at(
                "forward: { always: { extension: \"102\" } }",
                "forward:\n          always:\n            extension: ‸",
            ),
            "102=\"102\"",
        ),
        (
            at("agents: [\"101\"]", "failover: ‸, agents: [\"101\"]"),
            "{ extension: \"101\" } { extension: \"102\" }",
        ),
        (at("schedules:", "forwards:\n  \"+12145550199\": { to: \"‸\" }\nschedules:"), ""),
        (at("schedules:", "absent:\n  queues: [\"‸\"]\nschedules:"), ""),
        // A name that is gone is not offered, also while the file cannot be read.
        (TENANT.replace("night", "dusk").replace("when: dusk", "when: ‸") + "bad: [\n", "default"),
        (at("tenant: acme", "tenant: ‸"), ""),
        (at("label: \"Übung 😀\"", "label: \"‸\""), ""),
        (at("schedules:", "# queue: ‸\nschedules:"), ""),
    ];
    for (text, expected) in cases {
        let offered = editor.ask_at("textDocument/completion", FILE, &text, json!({}));
        let items = offered.as_array().unwrap().iter().map(|it| {
            let (label, new) = (it["label"].as_str().unwrap(), it["textEdit"]["newText"].as_str().unwrap());
            match new.trim_end_matches([':', ' ']) {
                new if new == label && !label.starts_with(char::is_numeric) => label.to_owned(),
                new => format!("{label}={new}"),
            }
        });
        assert_eq!(items.collect::<Vec<_>>().join(" "), expected, "{text}");
    }
    assert_eq!(editor.close(), Some(0));
}

/// From a name to the line that declares it, and from that line to all that use it.
#[test]
fn names_lead_to_what_declares_them_and_back() {
    let workspace = workspace();
    let mut editor = Editor::open(&workspace);
    let at = |from: &str, to: &str| TENANT.replacen(from, to, 1);
    let definition = "textDocument/definition";
    let references = "textDocument/references";
    let cases = [
        (definition, at("queue: \"400\"", "queue: \"4‸00\""), "acme.yaml:7:2-7"),
        (definition, at("queue: \"400\"", "qu‸eue: \"400\""), "acme.yaml:7:2-7"),
        (definition, at("when: night", "when: ‸night"), "acme.yaml:5:2-7"),
        (definition, at("extension: \"102\"", "extension: \"102‸\""), "acme.yaml:15:2-7"),
        (definition, at("agents: [\"101\"]", "agents: [\"1‸01\"]"), "acme.yaml:11:2-7"),
        (definition, at("provider: pbx", "provider: pb‸x"), "dialform.yaml:2:2-5"),
        (definition, at("\"102\": { ring", "\"10‸2\": { ring"), "acme.yaml:15:2-7"),
        (definition, at("ring_timeout: 30", "ring_timeout: 3‸0"), ""),
        (references, at("  \"400\": {", "  \"4‸00\": {"), "acme.yaml:9:55-60"),
        (references, at("  night: {", "  nig‸ht: {"), "acme.yaml:13:14-19"),
        (references, at("  \"102\": {", "  \"1‸02\": {"), "acme.yaml:14:40-45"),
    ];
    for (method, text, expected) in cases {
        let more = json!({ "context": { "includeDeclaration": false } });
        let found = editor.ask_at(method, FILE, &text, more);
        let places = found.as_array().unwrap().iter().map(|it| {
            let (start, end) = (&it["range"]["start"], &it["range"]["end"]);
            let file = it["uri"].as_str().unwrap().rsplit('/').next().unwrap();
            format!("{file}:{}:{}-{}", start["line"], start["character"], end["character"])
        });
        assert_eq!(places.collect::<Vec<_>>().join(" "), expected, "{method} {text}");
    }
    assert_eq!(editor.close(), Some(0));
}

/// Whoever points at a number reads where it rings, and at a key what it is for.
#[test]
fn a_call_and_a_key_are_explained() {
    let workspace = workspace();
    let mut editor = Editor::open(&workspace);
    let at = |from: &str, to: &str| TENANT.replacen(from, to, 1);
    let cases = [
        (at("\"+12145550100\"", "\"+1214‸5550100\""), "**A call to +1 214 555 0100 now** ("),
        (at("queue: \"400\"", "queue: \"4‸00\""), "**A call to queue 400 now** ("),
        (at("ring_timeout: 30", "ring_tim‸eout: 30"), "Seconds"),
        (at("time_zone:", "time_z‸one:"), "The time zone that its hours are meant in"),
        (at("- when: night", "- wh‸en: night"), "schedule"),
    ];
    for (text, expected) in cases {
        let shown = editor.ask_at("textDocument/hover", FILE, &text, json!({}));
        let value = shown["contents"]["value"].as_str().unwrap_or_default();
        assert!(value.contains(expected), "{expected}: {shown:#} {text}");
    }
    // Nothing is told of calls by files that are not understood.
    let broken = at("\"+12145550100\"", "\"+1214‸5550100\"")
        .replace("agents: [\"101\"]", "agents: [\"101\"], rubbish: 1");
    let shown = editor.ask_at("textDocument/hover", FILE, &broken, json!({}));
    let value = shown["contents"]["value"].as_str().unwrap_or_default();
    assert!(value.starts_with("Where calls go is told when the files have no errors."), "{shown:#}");
    assert_eq!(editor.close(), Some(0));
}

/// Whatever an editor sends, and whatever is on the screen, the server answers the next question.
#[test]
fn nothing_ends_it_but_its_editor() {
    let workspace = workspace();
    let mut editor = Editor::open(&workspace);
    let code = |answer: &Value| answer["error"]["code"].as_i64();
    assert_eq!(code(&editor.ask("textDocument/formatting", json!({}))), Some(-32601));
    assert_eq!(code(&editor.ask("textDocument/hover", json!({ "position": 1 }))), Some(-32602));
    assert_eq!(code(&editor.ask("initialize", json!({}))), Some(-32601));
    editor.tell("textDocument/didChange", json!({ "contentChanges": 7 }));
    editor.tell("textDocument/didOpen", json!([]));
    editor.tell("$/setTrace", json!({ "value": "off" }));
    for uri in ["untitled:1", "http://127.0.0.1/x.yaml", "file:///", "file:///etc/passwd", "file:///..%00"] {
        let document = json!({ "uri": uri, "languageId": "yaml", "version": 1, "text": "a: [" });
        editor.tell("textDocument/didOpen", json!({ "textDocument": document }));
        let asked = json!({ "textDocument": { "uri": uri }, "position": { "line": 0, "character": 4 } });
        assert_eq!(editor.ask("textDocument/definition", asked)["result"], json!([]), "{uri}");
    }
    // Every beginning of the file, and the file without each of its lines, asked about at its end and beyond.
    let lines: Vec<&str> = TENANT.split_inclusive('\n').collect();
    let mut texts: Vec<String> =
        (0..TENANT.len()).step_by(23).filter_map(|end| TENANT.get(..end).map(str::to_owned)).collect();
    texts.extend((0..lines.len()).map(|left_out| {
        let kept = lines.iter().enumerate().filter(|(at, _)| *at != left_out).map(|(_, line)| *line);
        kept.collect()
    }));
    texts.extend(
        ["\u{feff}", "\u{0}", "{{{{", "- &a [*a]", "a: &a\n  b: *a", "\r\r\n\u{2028}"].map(str::to_owned),
    );
    for text in texts {
        editor.show(FILE, &text);
        let last = text.matches('\n').count();
        for (line, character) in [(last, 3), (0, 0), (last + 5, 4_000_000_000_usize)] {
            let uri = editor.uri(FILE);
            let asked = json!({ "textDocument": { "uri": uri }, "position": { "line": line, "character": character } });
            for method in ["completion", "definition", "hover"] {
                let answer = editor.ask(&format!("textDocument/{method}"), asked.clone());
                assert!(answer.get("error").is_none(), "{method} {text:?}: {answer:#}");
            }
        }
    }
    assert_eq!(editor.close(), Some(0));
}

/// One message that is none, or that comes at the wrong time, costs one answer and not the server.
#[test]
fn a_wrong_message_costs_one_answer() {
    let workspace = workspace();
    let mut editor = Editor::start(&workspace);
    let code = |answer: &Value| answer["error"]["code"].as_i64();
    assert_eq!(code(&editor.ask("textDocument/hover", json!({}))), Some(-32002));
    editor.ask("initialize", json!({ "processId": null, "capabilities": {} }));
    assert_eq!(code(&editor.ask("textDocument/formatting", json!({}))), Some(-32601));
    editor.tell("initialized", json!({}));
    for (body, expected) in [("{bad}", -32700), ("[{}]", -32600), ("{}", -32600), ("\"\u{7f}", -32700)] {
        let to = editor.to.as_mut().unwrap();
        write!(to, "Content-Length: {}\r\n\r\n{body}", body.len()).unwrap();
        let refused = loop {
            let message = editor.from.recv_timeout(LONG).unwrap();
            if message.get("error").is_some() {
                break message;
            }
        };
        assert_eq!((code(&refused), &refused["id"]), (Some(expected), &Value::Null), "{body}: {refused:#}");
    }
    // Half of a character, as JavaScript writes it.
    let uri = editor.uri(FILE);
    let params =
        format!(r#"{{"textDocument":{{"uri":"{uri}","languageId":"yaml","version":1,"text":"a: \ud83d"}}}}"#);
    let body = format!(r#"{{"jsonrpc":"2.0","method":"textDocument/didOpen","params":{params}}}"#);
    write!(editor.to.as_mut().unwrap(), "Content-Length: {}\r\n\r\n{body}", body.len()).unwrap();
    editor.version = 1;
    assert!(!editor.diagnostics(FILE).is_empty());
    editor.ask("shutdown", Value::Null);
    assert_eq!(code(&editor.ask("textDocument/hover", json!({}))), Some(-32600));
    editor.tell("exit", Value::Null);
    assert_eq!(editor.child.wait().unwrap().code(), Some(0));
    let mut editor = Editor::open(&workspace);
    editor.tell("exit", Value::Null);
    assert_eq!(editor.child.wait().unwrap().code(), Some(1));
}

/// Whoever opens a second workspace beside the first is told that nothing looks at it.
#[test]
fn a_workspace_that_is_not_looked_at_is_named_once() {
    let (served, other) = (workspace(), workspace());
    let uri = |it: &Workspace| Url::from_file_path(it.root().canonicalize().unwrap()).unwrap().to_string();
    let folder = |it: &Workspace| json!({ "uri": uri(it), "name": "it" });
    let mut editor = Editor::start(&served);
    let folders = json!([folder(&served), folder(&other)]);
    editor.ask("initialize", json!({ "processId": null, "capabilities": {}, "workspaceFolders": folders }));
    editor.tell("initialized", json!({}));
    let said = editor.from.recv_timeout(LONG).unwrap();
    let path = |it: &Workspace| it.root().canonicalize().unwrap().display().to_string();
    let expected = format!("dialform looks at {} only, not at {}", path(&served), path(&other));
    assert_eq!(
        (&said["method"], &said["params"]["message"]),
        (&json!("window/showMessage"), &json!(expected))
    );
    assert_eq!(editor.close(), Some(0));
}

/// An editor that goes away, or speaks something else, leaves no process behind and no panic.
#[test]
fn it_goes_with_its_editor() {
    let workspace = workspace();
    let no = "the editor cannot be understood: ";
    let cases = [
        ("", "the editor is gone before it has greeted".to_owned()),
        ("Content-Length: 5\r\n\r\nhello", "the editor is gone before it has greeted".to_owned()),
        ("GET / HTTP/1.1\r\n\r\n", format!("{no}a header has no colon")),
        ("Content-Length: 99999999999999\r\n\r\n{}", format!("{no}a message has no length, or is too long")),
    ];
    for (said, expected) in cases {
        let mut command = workspace.process(&["lsp"]);
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().unwrap();
        child.stdin.take().unwrap().write_all(said.as_bytes()).unwrap();
        let output = child.wait_with_output().unwrap();
        let err = String::from_utf8(output.stderr).unwrap();
        let first = err.lines().next().unwrap_or_default();
        assert_eq!(
            (output.status.code(), first),
            (Some(1), &*format!("error[failed]: {expected}")),
            "{said:?}"
        );
    }
    let mut editor = Editor::open(&workspace);
    drop(editor.to.take());
    assert_eq!(editor.child.wait().unwrap().code(), Some(0));
}
