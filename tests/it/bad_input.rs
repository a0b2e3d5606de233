//! Every mistake a person can make in the files: one finding each, in the right place, and not one request sent.
//!
//! The cases are data: `bad_input/cases.yaml` beside the good workspace they spoil.

use crate::{golden, workspace::Workspace};
use dialform::{
    error::Ending,
    finding::{Level, Place},
    lint::{self, Subject, TenantSubject},
    load::Files,
    path::{Path as StepPath, Segment},
    provider::{self, Kinds},
    run::SchemaOf,
};
use serde::Deserialize;
use serde_json::Value;
use std::{
    collections::BTreeMap,
    net::TcpListener,
    time::{Duration, Instant},
};

const WORKSPACE: &str = include_str!("bad_input/dialform.yaml");
const ACME: &str = include_str!("bad_input/acme.yaml");
const HARBOUR: &str = include_str!("bad_input/harbour.yaml");
const CASES: &str = include_str!("bad_input/cases.yaml");

/// Entries beside `stratus` for what only other phone systems have.
const OTHERS: &str = "  ctm: { kind: ctm, access_key: { env: X }, secret_key: { env: X } }
  deskphone: { kind: deskphone, bridge: manual }
tenants:";

/// The cases of [`sixty_broken_workspaces_as_they_are_shown`]: one of each sort.
const SHOWN: [&str; 60] = [
    "empty file",
    "tab as indentation",
    "key indented too far",
    "no space after the colon",
    "two colons on one line",
    "quote never closed",
    "bracket never closed",
    "star code unquoted",
    "duplicate number",
    "escaped control character in text",
    "a second pattern matches nothing",
    "version missing",
    "version of the future",
    "version quoted",
    "typo in a top-level key",
    "no kind",
    "typo in the kind",
    "typo in a provider's key",
    "url without a scheme",
    "the credential itself",
    "unknown carrier word",
    "limit with a unit",
    "typo in the guard",
    "a key of another provider",
    "tenant missing",
    "typo in the provider",
    "a country as people call it",
    "no such time zone",
    "typo in a section",
    "unknown section",
    "a section without a value",
    "two tenants with one name",
    "one number in two tenants",
    "not a day",
    "hour of one digit",
    "a window over midnight",
    "a window without its list",
    "no such date",
    "date in American order",
    "range backwards",
    "hours without a day",
    "typo beside receiving numbers",
    "a ring timeout the portal cannot hold",
    "typo in the rules",
    "block anonymous by its word",
    "unknown treatment of spam",
    "a rule without when",
    "typo in a rule's schedule",
    "two rules for one schedule",
    "unknown ring",
    "also: both",
    "a forward to the extension itself",
    "a forward to a bare number",
    "unknown dispatch",
    "agent ring in quotes",
    "an agent's unknown option",
    "failover to a queue nobody declared",
    "diverts for a queue",
    "the portal's word for a condition",
    "what the portal calls If unavailable",
];

/// One way to spoil the good workspace, and what has to be said about it.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct Case {
    name: String,
    /// The file that is edited.
    r#in: Option<String>,
    /// A text that stands in it once, and what it becomes.
    replace: Option<String>,
    with: String,
    /// Files written whole.
    files: BTreeMap<String, String>,
    /// Files of bytes, in hexadecimal.
    bytes: BTreeMap<String, String>,
    /// Links to nowhere.
    dangling: Vec<String>,
    removed: Vec<String>,
    /// What is run; `plan` if nothing is said.
    run: Vec<String>,
    /// Run as a process of its own with these variables; `ROOT` in one is the workspace.
    env: BTreeMap<String, String>,
    /// Only the lints are asked, not the provider; there are `ctm` and `deskphone` as well.
    lints: bool,
    /// Warnings let the run go on.
    warns: bool,
    expect: Vec<String>,
}

/// The good workspace, its provider a listener that must never be spoken to.
struct Spoiled {
    workspace: Workspace,
    url: String,
}

impl Spoiled {
    fn new(listener: &TcpListener) -> Self {
        let url = format!("http://{}", listener.local_addr().unwrap());
        let spoiled = Self { workspace: Workspace::default(), url };
        spoiled.write("dialform.yaml", spoiled.at_url(WORKSPACE));
        spoiled.write("tenants/acme.yaml", ACME);
        spoiled.write("tenants/harbour.yaml", HARBOUR);
        spoiled.write("token.txt", "nsd_token\n");
        spoiled.write("carrier.txt", "carrier_token\n");
        spoiled
    }

    /// `URL` stands for the address of the listener.
    fn at_url(&self, text: &str) -> String {
        text.replace("URL", &self.url)
    }

    fn path(&self, name: &str) -> std::path::PathBuf {
        self.workspace.path(name)
    }

    fn write(&self, name: &str, content: impl AsRef<[u8]>) {
        self.workspace.write(name, content);
    }

    fn edit(&self, name: &str, from: &str, to: &str) {
        self.workspace.edit(name, &self.at_url(from), &self.at_url(to));
    }

    fn apply(&self, case: &Case) {
        if let Some(from) = &case.replace {
            self.edit(case.r#in.as_deref().unwrap_or("tenants/acme.yaml"), from, &case.with);
        }
        for (name, text) in &case.files {
            self.write(name, self.at_url(text));
        }
        for (name, hex) in &case.bytes {
            let bytes = hex.split(' ').map(|byte| u8::from_str_radix(byte, 16).unwrap());
            self.write(name, bytes.collect::<Vec<u8>>());
        }
        for name in &case.dangling {
            std::os::unix::fs::symlink("nowhere", self.path(name)).unwrap();
        }
        for name in &case.removed {
            std::fs::remove_file(self.path(name)).unwrap();
        }
    }

    /// Runs with `--format json`; the exit code and the findings.
    fn run(&self, words: &[&str], env: &BTreeMap<String, String>) -> (i32, Vec<Value>) {
        let arguments = [words, &["--format", "json"]].concat();
        let (code, out, err) = if env.is_empty() {
            let finished = self.workspace.run(&arguments);
            (finished.ending as i32, finished.out, finished.err)
        } else {
            let root = self.workspace.root().to_str().unwrap();
            let env = env.iter().map(|(name, value)| (name, value.replace("ROOT", root)));
            let output = self.workspace.process(&arguments).envs(env).output().unwrap();
            let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
            (output.status.code().unwrap(), text(output.stdout), text(output.stderr))
        };
        assert_eq!(err, "", "what a program reads is on standard output alone");
        let value: Value = serde_json::from_str(&out).unwrap_or_else(|error| panic!("{error}: {out}"));
        (code, value["findings"].as_array().cloned().unwrap_or_default())
    }

    /// The same from reading and the lints alone.
    fn lint(&self) -> (i32, Vec<Value>) {
        self.edit("dialform.yaml", "tenants:", OTHERS);
        let workspace = provider::Workspace::load(
            &Files::Directory(self.workspace.root().to_owned()),
            &Kinds,
            jiff::Timestamp::UNIX_EPOCH,
        )
        .unwrap_or_else(|e| panic!("{e:?}"));
        type Placer<'a> = Box<dyn Fn(&[Segment]) -> Place + Sync + 'a>;
        let placers: Vec<(Placer, Placer)> = workspace
            .tenants
            .iter()
            .map(|it| -> (Placer, Placer) {
                (Box::new(|path| it.place(path)), Box::new(|path| it.place_of_key(path)))
            })
            .collect();
        type Steps<'a> = Box<dyn Fn(&StepPath) -> Option<Place> + Sync + 'a>;
        let steps: Vec<Steps> =
            workspace.tenants.iter().map(|it| -> Steps { Box::new(|path| Some(it.place(path))) }).collect();
        let tenants: Vec<TenantSubject> = workspace
            .tenants
            .iter()
            .zip(placers.iter().zip(&steps))
            .map(|(it, ((place, place_of_key), place_of_step))| TenantSubject {
                tenant: &it.tenant,
                place,
                place_of_key,
                place_of_step,
                until: std::collections::BTreeMap::new(),
            })
            .collect();
        let mut findings = workspace.findings.clone();
        findings.extend(lint::check(&Subject {
            file: &workspace.file,
            tenants: &tenants,
            kinds: &["ctm", "deskphone", "stratus"],
            single_account: &["deskphone"],
            place: &|path| workspace.place(path),
            at: 0,
            is_now: true,
        }));
        let ending = match findings.iter().any(|finding| finding.level == Level::Error) {
            true => Ending::Error,
            false => Ending::Fine,
        };
        (ending as i32, findings.iter().map(|finding| serde_json::to_value(finding).unwrap()).collect())
    }
}

/// `file:line:column code: message | help`, with the second place behind the first; warnings say so.
fn line(finding: &Value) -> String {
    let text = |value: &Value| value.as_str().map_or_else(|| value.to_string(), str::to_owned);
    let place = match &finding["place"] {
        Value::Null => "-".to_owned(),
        place => format!("{}:{}:{}", text(&place["file"]), place["line"], place["column"]),
    };
    let place = match &finding["place"]["also"] {
        Value::Null => place,
        also => format!("{place} + {}:{}:{}", text(&also["file"]), also["line"], also["column"]),
    };
    let level = if finding["level"] == "warning" { "warning " } else { "" };
    let mut line = format!("{place} {level}{}: {}", text(&finding["code"]), text(&finding["message"]));
    if let Some(help) = finding["help"].as_str() {
        line.push_str(&format!(" | {help}"));
    }
    line
}

fn listener() -> TcpListener {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    listener.set_nonblocking(true).unwrap();
    listener
}

fn nobody_called(listener: &TcpListener) {
    let called = listener.accept();
    assert!(called.is_err_and(|error| error.kind() == std::io::ErrorKind::WouldBlock), "a request was sent");
}

fn cases() -> Vec<Case> {
    serde_yaml::from_str(CASES).unwrap()
}

/// The acceptance line: each of at least eighty mistakes gives one clear finding at the right place, exit 1, and no
/// request. The messages are compared word for word because they are the product.
#[test]
fn every_mistake_has_one_clear_finding() {
    let listener = listener();
    let cases = cases();
    assert!(cases.len() >= 100, "{} cases", cases.len());
    let mut wrong = Vec::new();
    for case in &cases {
        let spoiled = Spoiled::new(&listener);
        spoiled.apply(case);
        let run: Vec<&str> = case.run.iter().map(String::as_str).collect();
        let run = if run.is_empty() { vec!["plan"] } else { run };
        let (code, findings) = if case.lints { spoiled.lint() } else { spoiled.run(&run, &case.env) };
        let found: Vec<String> = findings.iter().map(line).collect();
        let expected = if case.warns { Ending::Fine } else { Ending::Error };
        if found != case.expect || code != expected as i32 {
            wrong.push(format!(
                "{}\n  exit {code}\n  expected {:#?}\n  found {found:#?}",
                case.name, case.expect
            ));
        }
    }
    nobody_called(&listener);
    assert!(wrong.is_empty(), "{} of {} cases:\n{}", wrong.len(), cases.len(), wrong.join("\n"));
}

/// What a person sees of sixty broken workspaces, and a program of ten: the caret under the very word, and the way out below it.
#[test]
fn sixty_broken_workspaces_as_they_are_shown() {
    let listener = listener();
    let shown: Vec<Case> = cases().into_iter().filter(|case| SHOWN.contains(&case.name.as_str())).collect();
    assert_eq!(shown.len(), 60, "a name in the table is of no case");
    let mut text = String::new();
    for (at, case) in shown.iter().enumerate() {
        let spoiled = Spoiled::new(&listener);
        spoiled.apply(case);
        let run = spoiled.workspace.run(&["check"]);
        let said = format!("{}{}", run.err, run.out).replace(&spoiled.url, "URL");
        text.push_str(&format!("# {}\n\n{}\n\n", case.name, said.trim_end()));
        // Every sixth as a program has it.
        if at % 6 == 0 {
            let (_, findings) = spoiled.run(&["check"], &BTreeMap::new());
            text.push_str(&format!("{}\n\n", serde_json::to_string_pretty(&findings).unwrap()));
        }
        // A line that the caret stands in says what the caret is about.
        assert!(said.contains(" | "), "{}: no line is shown", case.name);
    }
    golden::assert("bad_input/shown.txt", &text);
    nobody_called(&listener);
}

/// The control: without this every case could pass for a reason of its own.
#[test]
fn the_good_workspace_is_good() {
    let listener = listener();
    let (code, findings) = Spoiled::new(&listener).run(&["check"], &BTreeMap::new());
    assert_eq!((code, findings), (Ending::Fine as i32, Vec::new()));
    nobody_called(&listener);
}

/// An editor marks what cannot be read while it is typed: of the mistakes in a tenant's file for which dialform does not get
/// beyond reading, the schema of its kind of system refuses nine of ten. Those it lets through are listed.
#[test]
fn the_schema_refuses_what_cannot_be_read() {
    let listener = listener();
    let schema = SchemaOf::TenantOn("stratus").schema();
    let validator = jsonschema::validator_for(&schema).unwrap();
    let (mut unreadable, mut let_through) = (0, Vec::new());
    for case in cases() {
        let spoiled = Spoiled::new(&listener);
        spoiled.apply(&case);
        let text = std::fs::read_to_string(spoiled.path("tenants/acme.yaml")).unwrap_or_default();
        // What is no YAML has no schema: a key that stands twice is marked by every editor. What has stayed the same is no
        // mistake of this file.
        let Ok(value) = serde_yaml::from_str::<Value>(&text) else { continue };
        let files = Files::Directory(spoiled.workspace.root().to_owned());
        let Ok(workspace) = provider::Workspace::load(&files, &Kinds, jiff::Timestamp::UNIX_EPOCH) else {
            continue;
        };
        let is_here = |finding: &&dialform::finding::Finding| {
            finding.place.as_ref().is_some_and(|place| place.file == "tenants/acme.yaml")
        };
        let mut errors = workspace.findings.iter().filter(is_here).filter(|it| it.level == Level::Error);
        let twice = case.expect.iter().any(|it| it.contains(" duplicate-key: "));
        if text == ACME || twice || errors.next().is_none() {
            continue;
        }
        unreadable += 1;
        if validator.is_valid(&value) {
            let_through.push(case.name);
        }
    }
    println!("{} of {unreadable} let through:\n{}", let_through.len(), let_through.join("\n"));
    let expected = include_str!("bad_input/let_through.txt");
    assert_eq!(let_through.join("\n") + "\n", expected, "what the schema lets through");
    assert!(let_through.len() * 10 <= unreadable, "{} of {unreadable}", let_through.len());
}

/// Names in the table are how a failure is found again.
#[test]
fn cases_have_names_of_their_own() {
    let mut names: Vec<String> = cases().into_iter().map(|case| case.name).collect();
    names.sort();
    let count = names.len();
    names.dedup();
    assert_eq!(names.len(), count);
}

/// Text nobody types by hand: a run ends soon, with short findings, whatever the file holds.
#[test]
fn hostile_text_is_shown_short_and_soon() {
    let long = "9".repeat(100_000);
    let words = "extension ".repeat(10_000);
    let laughs: String = (1..30)
        .map(|n| format!("a{n}: &a{n} [{}]\n", format!("*a{},", n - 1).repeat(10)))
        .fold("a0: &a0 [lol]\n".to_owned(), |all, line| all + &line);
    let route = r#"route: { extension: "101" }"#;
    let cases: Vec<(&str, String, &str)> = vec![
        (r#"  "+12145550101":"#, format!("  \"+{long}\":"), "syntax"),
        (r#"  "+12145550101":"#, format!("  \"+{}\":", &long[..1000]), "bad-value"),
        (r#"  "+12145550101":"#, format!("  ? {long}\n  :"), "bad-value"),
        ("    label:", format!("    {}:", &long[..1000]), "unknown-key"),
        (route, format!("route: {long}"), "bad-value"),
        (route, format!("route: {{ extension: {long} }}"), "bad-value"),
        (route, format!("route: {{ {long}: 1 }}"), "syntax"),
        (route, format!("route: {{ \"{}\": 1 }}", &words[..900]), "unknown-key"),
        (route, format!("route: {{ queue: \"{words}\" }}"), "unknown-queue, unsupported"),
        ("when: holidays", format!("when: {long}"), "unknown-schedule"),
        ("ring_timeout: 25", format!("ring_timeout: {long}"), "bad-value"),
        ("agent_ring: 20", format!("agent_ring: {long}"), "bad-value"),
        ("dispatch: ring_all", format!("dispatch: {words}"), "unknown-value"),
        ("America/Chicago", words.clone(), "unknown-time-zone"),
        ("provider: stratus", format!("provider: {words}"), "unknown-provider"),
        (route, format!("route: {}", "[".repeat(100_000)), "too-deep"),
        ("tenant: acme\n", format!("{laughs}tenant: acme\n"), "too-large"),
        (r#"dates: ["2026-12-25","#, format!("dates: [{}", "x, ".repeat(30_000)), "bad-value"),
        (r#"  "101":"#, "  \"שלום\":".to_owned(), "bad-value"),
        (r#"  "101":"#, "  \"☎️📞\":".to_owned(), "bad-value"),
        ("when: holidays", "when: \"\u{1F469}\u{200D}\u{1F692}\"".to_owned(), "unknown-schedule"),
    ];
    let listener = listener();
    for (from, to, codes) in cases {
        let spoiled = Spoiled::new(&listener);
        spoiled.edit("tenants/acme.yaml", from, &to);
        let shown: String = to.chars().take(30).collect();
        let started = Instant::now();
        let (exit, findings) = spoiled.run(&["plan"], &BTreeMap::new());
        let took = started.elapsed();
        // A few hundredths of a second where nothing else runs; a file that multiplies itself never ends.
        assert!(took < Duration::from_secs(10), "{shown} took {took:?}");
        assert_eq!(exit, Ending::Error as i32, "{shown}");
        assert!(findings.len() <= 50, "{shown}: {} findings", findings.len());
        for finding in &findings {
            let line = line(finding);
            let found = finding["code"].as_str().unwrap();
            assert!(codes.split(", ").any(|code| code == found), "{shown}: {line:.300}");
            assert!(line.chars().count() < 1300, "{shown}: {} characters", line.chars().count());
        }
    }
    nobody_called(&listener);
}

/// A pull request must not be able to write to the terminal, or the log, of who checks it: no command and no turn of
/// the writing direction comes through, neither in the message nor in the line of the file.
#[test]
fn nothing_in_a_file_reaches_the_terminal_as_a_command() {
    let listener = listener();
    let evil = "\u{1b}]0;owned\u{7}\u{202e}\u{9b}31m";
    let escaped = r"\e]0;owned\a\u202e\x9b31m";
    let cases = [
        ("tenants/acme.yaml", "label: Main line", format!("label: \"{escaped}\"")),
        (
            "tenants/acme.yaml",
            "label: Main line",
            format!("lable: x # {}", evil.replace(['\u{1b}', '\u{7}'], "")),
        ),
        ("tenants/acme.yaml", "label: Main line", format!("label: {evil}")),
        ("tenants/acme.yaml", "when: holidays", format!("when: \"{escaped}\"")),
        ("tenants/acme.yaml", r#"  "101":"#, format!("  \"{escaped}\":")),
        ("dialform.yaml", "tenants/*.yaml", format!("tenants/{escaped}*.yaml")),
    ];
    let run = |spoiled: &Spoiled, name: &str| {
        let output = spoiled.workspace.process(&["--color", "always", "plan"]).output().unwrap();
        assert_eq!(output.status.code(), Some(Ending::Error as i32), "{name}");
        let shown = String::from_utf8(output.stdout).unwrap() + &String::from_utf8(output.stderr).unwrap();
        assert!(shown.contains("error"), "{name}: {shown}");
        let mut rest = shown.as_str();
        // Colours are the only commands there are: ESC [ digits m.
        while let Some((before, after)) = rest.split_once('\u{1b}') {
            let colour = after.strip_prefix('[').and_then(|it| it.split_once('m'));
            let (digits, after) = colour.unwrap_or_else(|| panic!("{name}: {shown:?}"));
            assert!(digits.bytes().all(|b| b.is_ascii_digit() || b == b';'), "{name}: {shown:?}");
            harmless(name, before);
            rest = after;
        }
        harmless(name, rest);
    };
    for (file, from, to) in cases {
        let spoiled = Spoiled::new(&listener);
        spoiled.edit(file, from, &to);
        run(&spoiled, &to);
    }
    let spoiled = Spoiled::new(&listener);
    spoiled.write(&format!("tenants/{}.yaml", evil), "tenant: [x]\n");
    run(&spoiled, "a file name");
    nobody_called(&listener);
}

fn harmless(name: &str, text: &str) {
    let bad = |c: char| {
        (c.is_control() && c != '\n') || matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
    };
    assert!(!text.contains(bad), "{name}: {text:?}");
}

/// A file whose name is no text can be named in no finding, and git may call it otherwise: left out in silence, its tenant would be
/// nobody's.
#[cfg(unix)]
#[test]
fn a_name_that_is_no_text_is_an_error() {
    use std::{ffi::OsStr, os::unix::ffi::OsStrExt};
    let world = crate::world::World::new("");
    std::fs::write(world.path("tenants").join(OsStr::from_bytes(b"c\xff.yaml")), "tenant: c\n").unwrap();
    std::fs::write(world.path("tenants").join(OsStr::from_bytes(b"notes\xff.txt")), "").unwrap();
    let run = world.process(&["check"]).output().unwrap();
    let said = String::from_utf8_lossy(&run.stderr);
    assert_eq!(run.status.code(), Some(dialform::error::Ending::Error as i32), "{said}");
    assert!(said.contains("the name of `tenants/c\u{fffd}.yaml` is not UTF-8"), "{said}");
}
