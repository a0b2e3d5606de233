//! The promise: a vendor's server that goes mad in the middle of an apply, when something is written already, gets no step
//! believed that is not true, and neither the memory nor the time of the run. What has nothing to do with it is done.

use super::{
    answers::{Answer, Sent, asked, drip, endless, hang, head, huge, json, whole},
    bounded::{self, Bounded},
};
use crate::{
    served::options,
    workspace::{Workspace, outcome},
};
use dialform::{error::Ending, sandbox::Sandbox};
use serde_json::Value;
use std::{
    collections::BTreeMap,
    io::{BufRead, BufReader, Read, Write},
    net::{TcpListener, TcpStream},
    sync::{Arc, LazyLock, Mutex},
    thread,
    time::Duration,
};
use tokio::runtime::Runtime;

/// When the server goes mad, and for how long.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Moment {
    /// It carries out the first of the two writes that the first step is made of; the answer to it is the first mad one.
    Answer,
    /// The first step is written and each write is answered; nothing after that is.
    ReadBack,
    /// The first step is done; it carries out the second one, and the answer to that is the first mad one.
    Second,
    /// It does not carry out the last write of the first step, has one mad answer for it, and is sane again.
    Once,
}

const MOMENTS: [Moment; 4] = [Moment::Answer, Moment::ReadBack, Moment::Second, Moment::Once];

/// A shape of madness: its name, the answer, and how a step ends whose write is answered so and not carried out. An answer
/// that reads as a success is held against what the system shows then.
struct Shape(&'static str, Answer, &'static str);

/// A full page of a list.
fn rows(start: usize) -> String {
    let rows: Vec<String> = (start..start + 1000).map(|it| format!(r#"{{"callqueue":"{it}"}}"#)).collect();
    format!("[{}]", rows.join(","))
}

const SLOW: &str = "slow: ";

static SHAPES: &[Shape] = &[
    Shape("endless: a text", |to, _| endless(to, "200 OK", "[\"", "a"), "unknown"),
    Shape("endless: white space", |to, _| endless(to, "200 OK", "{", " "), "unknown"),
    Shape("endless: values", |to, _| endless(to, "201 Created", "[0", ",0"), "unknown"),
    // Who refuses has not done it, whatever else is said.
    Shape("endless: a refusal", |to, _| endless(to, "403 Forbidden", "[\"", "a"), "failed"),
    Shape("endless: a failure", |to, _| endless(to, "500 Oh", "[\"", "a"), "unknown"),
    Shape(
        "endless: headers",
        |to, _| {
            write!(to, "HTTP/1.1 200 OK\r\n")?;
            loop {
                write!(to, "x-{0}: {0}\r\n", "a".repeat(1000))?;
            }
        },
        "unknown",
    ),
    Shape(
        "endless: a size of a chunk",
        |to, _| {
            head(to, "200 OK", "transfer-encoding: chunked\r\n")?;
            loop {
                to.write_all(b"1;x")?;
            }
        },
        "unknown",
    ),
    Shape(
        "slow: patience without end",
        |to, _| loop {
            to.write_all(b"HTTP/1.1 100 Continue\r\n\r\n")?;
        },
        "unknown",
    ),
    Shape(
        "huge: a length",
        |to, _| {
            head(to, "200 OK", "content-length: 999999999999999999\r\n")?;
            to.write_all(b"{}")
        },
        "unknown",
    ),
    Shape("huge: a text", |to, _| huge(to, "{\"domain\":\"", "a", 70 << 20, "\"}"), "unknown"),
    Shape("huge: many values", |to, _| huge(to, "[0", ",0", 30 << 20, "]"), "unknown"),
    Shape("huge: many objects", |to, _| huge(to, "[{}", ",{}", 10 << 20, "]"), "unknown"),
    Shape("huge: depth", |to, _| huge(to, "", "[", 1 << 18, ""), "unknown"),
    Shape("huge: a number", |to, _| huge(to, "{\"a\":1", "0", 1 << 20, "}"), "unknown"),
    Shape("slow: no answer", |_, _| hang(), "unknown"),
    Shape("slow: a status line", |to, _| drip(to, "HTTP/1.1 200 OK\r\n"), "unknown"),
    Shape(
        "slow: a body",
        |to, _| {
            head(to, "200 OK", "content-length: 40\r\n")?;
            drip(to, "{\"items\":[                              ")
        },
        "unknown",
    ),
    Shape("slow: a moment, please", |to, _| whole(to, "503 Busy", "retry-after: 3\r\n", b"{}"), "unknown"),
    Shape("a hang-up", |_, _| Ok(()), "unknown"),
    Shape(
        "a hang-up midway",
        |to, _| {
            head(to, "200 OK", "content-length: 40\r\n")?;
            to.write_all(b"{\"domain\":")
        },
        "unknown",
    ),
    Shape("looping: the same rows", |to, _| json(to, &rows(0)), "not_applied"),
    Shape("looping: ever new rows", |to, path| json(to, &rows(asked(path, "start"))), "not_applied"),
    Shape(
        "looping: to itself",
        |to, path| whole(to, "302 Found", &format!("location: {path}\r\n"), b""),
        "failed",
    ),
    Shape("duplicated: a key", |to, _| json(to, r#"{"domain":"acme.1.service","domain":"x"}"#), "unknown"),
    Shape("duplicated: a key below", |to, _| json(to, r#"[{"x":{"a":1,"a":2}}]"#), "unknown"),
    Shape("duplicated: a length", |to, _| whole(to, "200 OK", "content-length: 1\r\n", b"{}"), "unknown"),
    Shape("half-encoded: no UTF-8", |to, _| whole(to, "200 OK", "", b"[{\"a\":\"\xff\"}]"), "unknown"),
    Shape("half-encoded: half a pair", |to, _| json(to, r#"[{"a":"\ud800"}]"#), "unknown"),
    Shape(
        "half-encoded: compressed",
        |to, _| whole(to, "200 OK", "content-encoding: gzip\r\n", b"\x1f\x8b\x08\0\0\0\0\0"),
        "unknown",
    ),
    Shape("half-encoded: cut", |to, _| json(to, r#"[{"domain":"acme"#), "unknown"),
    Shape(
        "half-encoded: a web page",
        |to, _| {
            let page = "<html>Sign in</html>";
            write!(
                to,
                "HTTP/1.1 200 OK\r\ncontent-type: text/html\r\nconnection: close\r\ncontent-length: {}\r\n\r\n{page}",
                page.len()
            )
        },
        "unknown",
    ),
    Shape(
        "half-encoded: a part",
        |to, _| whole(to, "206 Partial Content", "content-range: bytes 0-1/9\r\n", b"[]"),
        "unknown",
    ),
    Shape(
        "half-encoded: no size of a chunk",
        |to, _| {
            head(to, "200 OK", "transfer-encoding: chunked\r\n")?;
            to.write_all(b"zz\r\n{}\r\n")
        },
        "unknown",
    ),
];

/// Of the phone systems of all runs: to end one takes a second.
static RUNTIME: LazyLock<Runtime> = LazyLock::new(|| Runtime::new().unwrap());

/// Between the run and a phone system: sane until its moment.
struct Between {
    /// Where the system is: `host:port`.
    system: String,
    moment: Moment,
    answer: Answer,
    seen: Mutex<Seen>,
}

#[derive(Default)]
struct Seen {
    writes: usize,
    mad: bool,
    /// Answers of the system itself to reads after the first write.
    read_back: usize,
}

impl Between {
    fn serve(self: &Arc<Self>) -> String {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let between = Arc::clone(self);
        thread::spawn(move || {
            for connection in listener.incoming().flatten() {
                let between = Arc::clone(&between);
                // Who has heard enough hangs up.
                thread::spawn(move || between.pass(connection));
            }
        });
        url
    }

    fn pass(&self, mut connection: TcpStream) -> Sent {
        let mut reader = BufReader::new(connection.try_clone()?);
        let mut first = String::new();
        reader.read_line(&mut first)?;
        let (mut head, mut length, mut line) = (String::new(), 0, String::new());
        while reader.read_line(&mut line)? > 2 {
            let (name, value) = line.split_once(": ").unwrap_or_default();
            match name.to_ascii_lowercase().as_str() {
                "content-length" => length = value.trim().parse().unwrap(),
                "connection" => line.clear(),
                _ => {}
            }
            head += &std::mem::take(&mut line);
        }
        let mut body = vec![0; length];
        reader.read_exact(&mut body)?;
        let path = first.split(' ').nth(1).unwrap_or_default();
        let (carried_out, sane) = self.decide(!first.starts_with("GET"), path);
        let mut answer = Vec::new();
        if carried_out {
            let mut system = TcpStream::connect(&self.system)?;
            write!(system, "{first}{head}connection: close\r\n\r\n")?;
            system.write_all(&body)?;
            system.read_to_end(&mut answer)?;
        }
        if sane { connection.write_all(&answer) } else { (self.answer)(&mut connection, path) }
    }

    /// Whether a request reaches the system, and whether the answer is the system's.
    fn decide(&self, write: bool, path: &str) -> (bool, bool) {
        let mut seen = self.seen.lock().unwrap();
        if seen.mad {
            return (false, false);
        }
        if !write {
            seen.read_back += usize::from(seen.writes > 0);
            return (true, true);
        }
        seen.writes += 1;
        let (first, second) = (path.ends_with("/callqueues"), path.contains("/phonenumbers"));
        match self.moment {
            Moment::Answer => seen.mad = true,
            Moment::ReadBack => {
                seen.mad = first;
                return (true, true);
            }
            Moment::Second if second => seen.mad = true,
            Moment::Once if first => return (false, false),
            Moment::Second | Moment::Once => return (true, true),
        }
        (true, false)
    }
}

/// The second step needs the first.
const TENANT: &str = r#"
tenant: acme
provider: mad
account: acme.1.service
queues: { "400": { name: Sales } }
numbers: { "+12145550100": { label: Main, route: { queue: "400" } } }
"#;
const STEPS: [&str; 2] = ["queues.400", "numbers.+12145550100"];

const APPLY: [&str; 6] = ["apply", "--auto-approve", "--approve-critical", "*", "--format", "json"];

const LIVE: &str = r#"
domain: { domain: acme.1.service }
users: [{ user: "101" }]
phonenumbers: [{ phonenumber: "12145550100", dial-rule-application: to-user-residential, dial-rule-translation-destination-user: "101" }]
"#;

/// On another system, which is sane.
const HARBOUR: &str = "tenant: harbour\nprovider: well\naccount: harbour\ndiverts: { \"201\": { busy: voicemail }, \"202\": { busy: voicemail } }\n";
const HARBOUR_LIVE: &str = "people: [{ extension: \"201\" }, { extension: \"202\" }]\n";

/// Longer than any run takes that only waits for what it has to wait for.
const LONGEST: Duration = Duration::from_secs(90);

fn serve(workspace: &Workspace, kind: &str, account: &str, seed: &str) -> Sandbox {
    workspace.write(&format!("seed/{kind}/{account}.yaml"), seed);
    let at = |name: &str| workspace.path(name).join(kind);
    let options = options(kind, &at("seed"), &at("state"), "visible-after:0ms,requests-per-second:0");
    RUNTIME.block_on(Sandbox::start(options)).unwrap()
}

fn settings(mad: &str, well: &str, slow: bool) -> String {
    // Also a busy machine takes 64 MiB in that time.
    let limits = format!(
        "{{ retries: 0, timeout: {}, requests_per_second: 1000, settle: 1 }}",
        if slow { 2 } else { 10 }
    );
    format!(
        r#"
version: 1
tenants: ["tenants/*.yaml"]
guard: {{ max_changed_percent: 100 }}
providers:
  mad: {{ kind: stratus, url: "{mad}/ns-api/v2", token: {{ file: token }}, carrier: manual, limits: {limits} }}
  well: {{ kind: deskphone, url: "{well}/v1", token: {{ file: token }}, limits: {limits} }}
"#
    )
}

/// How each step ended, by its address.
fn statuses(said: &str) -> Option<BTreeMap<String, String>> {
    let last: Value = outcome(said).ok()?;
    let text = |value: &Value| Some(value.as_str()?.to_owned());
    last["steps"]
        .as_array()?
        .iter()
        .map(|step| Some((text(&step["address"])?, text(&step["status"])?)))
        .collect()
}

/// The addresses of what one more plan would do, read from the systems themselves.
fn left(workspace: &Workspace) -> Option<Vec<String>> {
    let plan = workspace.run(&["plan", "--format", "json"]);
    let plan: Value = serde_json::from_str(&plan.out).ok()?;
    let steps = plan["tenants"].as_array()?.iter().filter_map(|it| it["steps"].as_array()).flatten();
    steps.map(|step| Some(step["address"].as_str()?.to_owned())).collect()
}

fn holds(Shape(name, answer, ends): &Shape, moment: Moment) -> Result<(), String> {
    let workspace = Workspace::default();
    let slow = name.starts_with(SLOW);
    let pbx = serve(&workspace, "stratus", "acme.1.service", LIVE);
    let desk = serve(&workspace, "deskphone", "harbour", HARBOUR_LIVE);
    let system = pbx.url().strip_prefix("http://").unwrap().to_owned();
    let between = Arc::new(Between { system, moment, answer: *answer, seen: Mutex::default() });
    workspace.write("token", "nsd_0123456789");
    workspace.write("tenants/acme.yaml", TENANT);
    workspace.write("tenants/harbour.yaml", HARBOUR);
    workspace.write("dialform.yaml", settings(&between.serve(), desk.url(), slow));
    let run = bounded::run(&workspace, &APPLY);
    let Bounded { code, said, took, peak, ended } = run;
    let tail = said.lines().last().unwrap_or_default();
    let start: String = tail.chars().take(1500).collect();
    let wrong = |why: String| Err(format!("{name}, {moment:?}: {why}: {start}"));
    workspace.write("dialform.yaml", settings(pbx.url(), desk.url(), slow));
    if code != Some(Ending::Partial as i32) {
        return wrong(format!("ended with {ended}"));
    }
    let (Some(statuses), Some(left)) = (statuses(&said), left(&workspace)) else {
        return wrong("no outcome".to_owned());
    };
    // What nobody can read is not known.
    let mad = if *ends == "failed" { "failed" } else { "unknown" };
    let [first, second] = match moment {
        Moment::Once => [ends, "skipped"],
        Moment::Answer => [mad, "skipped"],
        Moment::ReadBack => ["unknown", "skipped"],
        Moment::Second => ["done", mad],
    };
    let expected = [(STEPS[0], first), (STEPS[1], second), ("diverts.201", "done"), ("diverts.202", "done")];
    let expected = expected.map(|(address, status)| (address.to_owned(), status.to_owned()));
    if statuses != BTreeMap::from(expected) {
        return wrong(format!("steps ended as {statuses:?}"));
    }
    // What is said to be done is there, and was read from the system.
    if let Some((step, _)) = statuses.iter().find(|(step, status)| *status == "done" && left.contains(step)) {
        return wrong(format!("{step} is not done"));
    }
    let seen = between.seen.lock().unwrap();
    if first == "done" && seen.read_back == 0 {
        return wrong("nothing was read back".to_owned());
    }
    // The control: what reached the system is what the moment says.
    let reached = |step: &str| !left.iter().any(|it| it == step);
    let carried_out = [matches!(moment, Moment::ReadBack | Moment::Second), moment == Moment::Second];
    if STEPS.map(reached) != carried_out || seen.writes == 0 {
        return wrong(format!("{} writes, and left is {left:?}", seen.writes));
    }
    if took > LONGEST {
        return wrong(format!("took {took:?}"));
    }
    if peak > bounded::PEAK {
        return wrong(format!("took {} MiB", peak >> 20));
    }
    Ok(())
}

/// However an answer in the middle of an apply looks: the run ends in its bounds, and says what is true. Each shape comes at
/// one of the moments; where `DIALFORM_CASES` asks for much at two, with `DIALFORM_SWEEP=full` at all.
#[test]
fn a_server_that_goes_mad_midway_gets_nothing_believed() {
    assert!(SHAPES.len() >= 20, "{}", SHAPES.len());
    let every = match std::env::var("DIALFORM_SWEEP").is_ok_and(|it| it == "full") {
        true => 1,
        false if std::env::var_os("DIALFORM_CASES").is_some() => 2,
        false => MOMENTS.len(),
    };
    let chosen = |(index, shape)| {
        MOMENTS.iter().skip(index % every).step_by(every).map(move |moment| (shape, *moment))
    };
    let runs: Vec<(&Shape, Moment)> = SHAPES.iter().enumerate().flat_map(chosen).collect();
    let wrong = bounded::six_at_once(&runs, |(shape, moment)| holds(shape, *moment));
    assert!(wrong.is_empty(), "{} of {}:\n{}", wrong.len(), runs.len(), wrong.join("\n"));
}

/// How many there are, with those that only `DIALFORM_SWEEP=full` runs.
pub fn count() -> usize {
    SHAPES.len() * MOMENTS.len()
}
