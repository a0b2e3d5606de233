//! The day of an outage, rehearsed: the platform does not answer and the carrier does, or neither does. Whoever switches
//! emergency forwards then must not wait for what is down, and must be told what to do by hand.

use crate::{
    workspace::Workspace,
    world::{LIVE, World},
};
use dialform::{
    cli::Finished,
    error::Ending,
    sandbox::{Options, Sandbox, stratus::EMULATION},
};
use serde_json::Value;
use std::{
    fs,
    io::{BufRead, BufReader, Read, Write},
    net::{TcpListener, TcpStream},
    path::Path,
    process::Stdio,
    sync::{Arc, Mutex},
    time::{Duration, Instant},
};

/// A server that is not well, and how often it was asked.
struct Sick {
    url: String,
    asked: Arc<Mutex<Vec<TcpStream>>>,
}

/// What a server that is down does.
#[derive(Debug, Clone, Copy)]
enum Down {
    Refuses,
    Fails,
    Hangs,
}

impl Sick {
    fn new(how: Down) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let asked = Arc::new(Mutex::new(Vec::new()));
        let connections = Arc::clone(&asked);
        // A listener that is dropped refuses.
        if !matches!(how, Down::Refuses) {
            std::thread::spawn(move || {
                for connection in listener.incoming() {
                    let mut connection = connection.unwrap();
                    if matches!(how, Down::Fails) {
                        let answer = "HTTP/1.1 500 Internal Server Error\r\ncontent-length: 0\r\nconnection: close\r\n\r\n";
                        // Whoever has gone already needs no answer.
                        let _ = connection.write_all(answer.as_bytes());
                    }
                    connections.lock().unwrap().push(connection);
                }
            });
        }
        Self { url, asked }
    }

    fn asked(&self) -> usize {
        self.asked.lock().unwrap().len()
    }
}

fn number(index: usize) -> String {
    format!("214555{:04}", 700 + index)
}

/// A live account with so many forwards stored, all of them off, and one number without.
fn seed(forwards: usize) -> String {
    let carrier: Vec<String> = (0..forwards)
        .map(|index| {
            format!("{{ number: \"{}\", destination: \"9725550199\", active: false }}", number(index))
        })
        .collect();
    let vacant = format!("{{ number: \"{}\", active: false }}", number(8000));
    let hosted: Vec<String> =
        (0..forwards).map(number).map(|number| format!("{{ phonenumber: \"1{number}\" }}")).collect();
    format!(
        "domain: {{ domain: acme }}\nphonenumbers: [{}, {{ phonenumber: \"1{}\" }}]\ncarrier: [{}, {vacant}]\n",
        hosted.join(", "),
        number(8000),
        carrier.join(", ")
    )
}

/// A carrier with `acme`'s account.
async fn carrier(directory: &Path, forwards: usize) -> Sandbox {
    fs::create_dir_all(directory.join("seeds")).unwrap();
    fs::write(directory.join("seeds/acme.yaml"), seed(forwards)).unwrap();
    let options = Options::new(&EMULATION, directory.join("seeds"), directory.join("state"));
    Sandbox::start(Options { durable: false, ..options }).await.unwrap()
}

/// A workspace whose platform and carrier are at these addresses.
fn workspace(platform: &str, carrier: &str, limits: &str) -> Workspace {
    let workspace = Workspace::default();
    workspace.write(
        "dialform.yaml",
        format!(
            "version: 1\nproviders:\n  pbx:\n    kind: stratus\n    url: {platform}/ns-api/v2\n    \
             token: {{ file: token }}\n    carrier: {{ url: {carrier}/_carrier/v1, token: {{ file: token }} }}\n    \
             limits: {{ {limits} }}\ntenants: [\"t-*.yaml\"]\n"
        ),
    );
    workspace.write(
        "t-acme.yaml",
        "tenant: acme\nprovider: pbx\naccount: acme\nforwards:\n  \"+12145550700\": { to: \"+19725550199\" }\n",
    );
    workspace.write("token", "nsd_token");
    workspace
}

/// Runs a command, which brings its own runtime.
async fn run(workspace: &Arc<Workspace>, arguments: &[&str]) -> (Finished, Duration) {
    let workspace = Arc::clone(workspace);
    let arguments: Vec<String> = arguments.iter().map(|it| (*it).to_owned()).collect();
    let began = Instant::now();
    let run = move || workspace.run(&arguments.iter().map(String::as_str).collect::<Vec<_>>());
    (tokio::task::spawn_blocking(run).await.unwrap(), began.elapsed())
}

fn snapshot(carrier: &Sandbox) -> Value {
    carrier.snapshot("acme").unwrap()
}

/// The state with every stored forward on.
fn all_on(mut state: Value) -> Value {
    let rows = state.pointer_mut("/carrier").unwrap();
    let forwards: Vec<&mut Value> = match rows {
        Value::Object(rows) => rows.values_mut().collect(),
        Value::Array(rows) => rows.iter_mut().collect(),
        other => panic!("{other}"),
    };
    for forward in forwards {
        if forward["destination"].as_str().is_some_and(|to| !to.is_empty()) {
            forward["active"] = true.into();
        }
    }
    state
}

/// The acceptance of the outage: whatever the platform does, forwards go on and off through the carrier, nothing else is
/// written, and the platform is not asked at all.
#[tokio::test(flavor = "multi_thread")]
async fn forwards_are_switched_while_the_platform_is_down() {
    for how in [Down::Refuses, Down::Fails, Down::Hangs] {
        let platform = Sick::new(how);
        let directory = tempfile::tempdir().unwrap();
        let carrier = carrier(directory.path(), 50).await;
        let limits = "requests_per_second: 500, concurrency: 4";
        let workspace = Arc::new(workspace(&platform.url, carrier.url(), limits));
        let before = snapshot(&carrier);

        let (on, _) = run(&workspace, &["emergency", "on", "--all", "--auto-approve"]).await;
        assert_eq!(on.ending, Ending::Fine, "{how:?}: {on:?}");
        assert!(on.out.contains("\nApplied: 50 of 50 done.\n"), "{how:?}: {}", on.out);
        assert_eq!(snapshot(&carrier), all_on(before.clone()), "{how:?}");

        let (off, _) = run(&workspace, &["emergency", "off", "--all", "--auto-approve"]).await;
        assert_eq!(off.ending, Ending::Fine, "{how:?}: {off:?}");
        assert_eq!(snapshot(&carrier), before, "{how:?}");

        let (plan, _) = run(&workspace, &["plan", "--only", "acme/forwards.*", "--detailed-exitcode"]).await;
        assert_eq!(plan.ending, Ending::Fine, "{how:?}: {plan:?}");
        assert_eq!(platform.asked(), 0, "{how:?}: the platform is not asked");
        carrier.stop().await;
    }
}

/// Three requests a forward is what a limit of ten a second leaves room for: `DIALFORM_SWEEP=full` does it with fifty.
#[tokio::test(flavor = "multi_thread")]
async fn switching_takes_what_the_limit_leaves() {
    let forwards = if std::env::var("DIALFORM_SWEEP").is_ok_and(|it| it == "full") { 50 } else { 8 };
    let directory = tempfile::tempdir().unwrap();
    let carrier = carrier(directory.path(), forwards).await;
    let platform = Sick::new(Down::Hangs);
    let workspace =
        Arc::new(workspace(&platform.url, carrier.url(), "requests_per_second: 10, concurrency: 4"));
    let least = 3.0 * forwards as f64 / 10.0;
    for way in ["on", "off"] {
        let (ended, took) = run(&workspace, &["emergency", way, "--all", "--auto-approve"]).await;
        assert_eq!(ended.ending, Ending::Fine, "{ended:?}");
        println!("{forwards} forwards {way}: {took:?}, the limit alone takes {least} s");
        assert!(took.as_secs_f64() <= 1.2 * least + 3.0, "{way}: {took:?}");
    }
}

/// A carrier that is down as well is said soon, with what a person can do.
#[tokio::test(flavor = "multi_thread")]
async fn a_carrier_that_is_down_is_said_soon() {
    for (how, most) in [(Down::Refuses, 2), (Down::Fails, 15), (Down::Hangs, 15)] {
        let (platform, carrier) = (Sick::new(Down::Refuses), Sick::new(how));
        let workspace = Arc::new(workspace(&platform.url, &carrier.url, "requests_per_second: 50"));
        let (ended, took) = run(&workspace, &["emergency", "on", "--all", "--auto-approve"]).await;
        assert!(took <= Duration::from_secs(most), "{how:?}: {took:?}");
        assert_eq!(ended.ending, Ending::Error, "{how:?}: {ended:?}");
        let why = ended.out.lines().find(|line| line.contains("not read: ")).unwrap_or_default();
        assert!(why.contains("the emergency forwards of `acme`"), "{how:?}: {}", ended.out);
        for needed in ["Inventory", "555 0700", "Forwarding Number", "9725550199", "Active", "Save"] {
            assert!(ended.out.contains(needed), "{how:?}: no `{needed}` in {}", ended.out);
        }
    }
}

/// A quickstart whose first forward is stored and off, and what is asked of it.
fn rehearsal() -> Workspace {
    let workspace = Workspace::quickstart();
    workspace.write("live/stratus-dallas/zz-emergency.yaml", seed(3));
    workspace.write(
        "tenants/zz-acme.yaml",
        "tenant: zz\nprovider: stratus-dallas\naccount: acme\nforwards:\n  \
         \"+12145550700\": { to: \"+19725550199\", active: false }\n  \
         \"+12145550701\": { to: \"+19725550199\", active: true }\n",
    );
    workspace
}

/// What is switched and what is not, word by word, through a whole outage: `on`, a look, `off`.
#[test]
fn an_outage_from_beginning_to_end() {
    let workspace = rehearsal();
    let run = |arguments: &[&str]| {
        let all = [&["emergency"], arguments, &["--sandbox", "--tenant", "zz"]].concat();
        let Finished { ending, out, err } = workspace.run(&all);
        let shown = format!("$ dialform emergency {}\n{out}{err}[{ending:?}]\n", arguments.join(" "));
        // Names of files say where and when.
        let words = shown.split_inclusive(char::is_whitespace).map(|word| {
            let file = word.contains("/.dialform/emergency/") && word.trim_end().ends_with("Z.json");
            if file { ".dialform/emergency/TIME.json " } else { word }
        });
        let shown: String = words.collect();
        // Which step ends first is chance.
        let mut lines: Vec<&str> = shown.split_inclusive('\n').collect();
        lines
            .chunk_by_mut(|a, b| a.starts_with("done ") && b.starts_with("done "))
            .for_each(<[_]>::sort_unstable);
        lines.concat()
    };
    let mut shown = String::new();
    for arguments in [
        &["status"][..],
        &["on", "--dry-run"],
        &["on"],
        &["on", "--auto-approve"],
        &["status"],
        &["on", "--auto-approve"],
        &["off", "--auto-approve"],
        &["off", "--auto-approve"],
        &["on", "--number", "214-555-0702", "--auto-approve"],
        &["off", "--number", "(214) 555-0799", "--auto-approve"],
        &["off", "--number", "12", "--auto-approve"],
    ] {
        shown += &run(arguments);
    }
    crate::golden::assert("emergency/outage.txt", &shown);
}

/// `emergency on … | tee`, and the terminal is gone: callers do not wait for whoever reads along. And no script takes it for done
/// that nobody could be told how it went.
#[test]
fn an_output_that_closes_switches_all_the_same() {
    let workspace = rehearsal();
    let on = || {
        let status = workspace.run(&["emergency", "status", "--tenant", "zz", "--sandbox"]);
        status.out.lines().last().unwrap_or_default().to_owned()
    };
    for (way, format, after) in [
        ("on", "text", "Emergency forwards: 3 on, 0 off."),
        ("off", "text", "Emergency forwards: 0 on, 3 off."),
        ("on", "json", "Emergency forwards: 3 on, 0 off."),
    ] {
        let mut process = workspace.process(&["emergency", way, "--tenant", "zz", "--sandbox"]);
        process.args(["--auto-approve", "--format", format]).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut running = process.spawn().unwrap();
        drop(running.stdout.take());
        let ended = running.wait_with_output().unwrap();
        let err = String::from_utf8(ended.stderr).unwrap();
        assert_eq!((ended.status.code(), on()), (Some(1), after.to_owned()), "{way} {format}: {err}");
        assert!(err.contains("Applied: 3 of 3 done."), "{way} {format}: {err}");
    }
}

/// A way to a carrier that can be read, and answers every write with this status.
fn unwilling(carrier: &str, status: &'static str) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let carrier = carrier.trim_start_matches("http://").to_owned();
    let answer = move |mut client: TcpStream| -> std::io::Result<()> {
        let mut head = String::new();
        let mut lines = BufReader::new(client.try_clone()?);
        while !head.ends_with("\r\n\r\n") && lines.read_line(&mut head)? > 0 {}
        if head.starts_with("PUT ") {
            let length = head.to_lowercase().split_once("content-length: ").map(|(_, rest)| rest.to_owned());
            let length = length.and_then(|it| it.lines().next()?.parse().ok()).unwrap_or_default();
            // Of a connection with something unread the answer may be lost.
            lines.read_exact(&mut vec![0; length])?;
            let answer = format!("HTTP/1.1 {status}\r\ncontent-length: 0\r\nconnection: close\r\n\r\n");
            return client.write_all(answer.as_bytes());
        }
        let mut there = TcpStream::connect(&carrier)?;
        there.write_all(head.replacen("\r\n", "\r\nconnection: close\r\n", 1).as_bytes())?;
        std::io::copy(&mut there, &mut client).map(drop)
    };
    std::thread::spawn(move || {
        for client in listener.incoming() {
            let answer = answer.clone();
            // Whoever has gone already needs no answer.
            std::thread::spawn(move || drop(answer(client.unwrap())));
        }
    });
    url
}

/// A carrier that can be read and does not switch: what a person clicks instead is part of what is said, for JSON and for people.
/// And what is surely off as before needs no way back.
#[tokio::test(flavor = "multi_thread")]
async fn what_the_carrier_does_not_switch_is_clicked() {
    for (status, way_back) in [("403 Forbidden", false), ("503 Service Unavailable", true)] {
        let directory = tempfile::tempdir().unwrap();
        let carrier = carrier(directory.path(), 2).await;
        let url = unwilling(carrier.url(), status);
        let workspace = Arc::new(workspace(&url, &url, "requests_per_second: 50, settle: 1"));
        let (on, _) = run(&workspace, &["emergency", "on", "--all", "--auto-approve"]).await;
        assert_eq!(on.ending, Ending::Partial, "{on:?}");
        let numbers = ["+12145550700", "+12145550701"];
        assert_eq!(clicked(&on.out), numbers, "{status}: {}", on.out);
        for number in numbers {
            let clicks = format!("\n  acme/forwards.{number}\n    [ ] Inventory > click ");
            assert!(on.out.contains(&clicks), "{status}: {}", on.out);
        }
        let off = on.out.contains("`dialform emergency off --all` switches off what");
        assert_eq!(off, way_back, "{status}: {}", on.out);
    }
}

/// Who switched what stays to be read: one line a run.
#[test]
fn every_switch_leaves_a_line() {
    let workspace = rehearsal();
    for way in ["on", "off"] {
        workspace.run(&["emergency", way, "--tenant", "zz", "--sandbox", "--auto-approve"]);
    }
    let lines = workspace.lines(".dialform/emergency/log.jsonl");
    let told: Vec<(&str, Vec<(&str, &str)>)> = lines
        .iter()
        .map(|line| {
            let forwards = line["forwards"].as_array().unwrap().iter();
            let forwards =
                forwards.map(|it| (it["number"].as_str().unwrap(), it["status"].as_str().unwrap()));
            (line["command"].as_str().unwrap(), forwards.collect())
        })
        .collect();
    let all = |status| ["+12145550700", "+12145550701", "+12145550702"].map(|it| (it, status)).to_vec();
    assert_eq!(told, [("dialform emergency on", all("done")), ("dialform emergency off", all("done"))]);
}

/// Another run that hangs must not keep callers waiting.
#[test]
fn a_held_lock_is_said_and_does_not_stop_it() {
    let workspace = rehearsal();
    let keys = workspace.path(".dialform/lock/sandbox");
    let applied = workspace.run(&["apply", "--sandbox", "--tenant", "zz", "--auto-approve"]);
    assert_eq!(applied.ending, Ending::Fine, "{applied:?}");
    let mut held = Vec::new();
    for path in fs::read_dir(keys).unwrap().map(|entry| entry.unwrap().path()) {
        // Beside them lies the one that emulated systems share for the time of a request.
        if path.extension().is_none_or(|it| it != "lock") {
            continue;
        }
        let file = fs::File::options().read(true).write(true).open(path).unwrap();
        file.try_lock().unwrap();
        held.push(file);
    }
    assert!(!held.is_empty());
    let ended = workspace.run(&["emergency", "on", "--tenant", "zz", "--sandbox", "--auto-approve"]);
    assert_eq!(ended.ending, Ending::Fine, "{ended:?}");
    assert_eq!(
        ended.err.lines().find(|line| line.contains("lock")),
        Some("going on without the lock on account `acme` on `stratus-dallas`: it is held by another run")
    );
}

/// Nor must a log that cannot be written, from the start or any more.
#[test]
fn a_log_that_breaks_is_said_and_does_not_stop_it() {
    let workspace = rehearsal();
    let pipe = workspace.argument("log");
    assert!(std::process::Command::new("mkfifo").arg(&pipe).status().unwrap().success());
    let reader = std::thread::spawn({
        let pipe = pipe.clone();
        move || {
            let mut lines = std::io::BufReader::new(fs::File::open(pipe).unwrap());
            std::io::BufRead::read_line(&mut lines, &mut String::new()).unwrap()
        }
    });
    let on = ["emergency", "on", "--tenant", "zz", "--sandbox", "--auto-approve", "--fault", "slow:50ms"];
    let ended = workspace.run(&[&on[..], &["--log", &pipe]].concat());
    reader.join().unwrap();
    assert_eq!(ended.ending, Ending::Fine, "{ended:?}");
    let said = format!("warning[failed]: the log `{pipe}` can no longer be written: Broken pipe");
    assert_eq!(ended.err.matches(&said).count(), 1, "{ended:?}");
    let off = ["emergency", "off", "--tenant", "zz", "--sandbox", "--auto-approve", "--log", "/dev/full"];
    let ended = workspace.run(&off);
    assert_eq!(ended.ending, Ending::Fine, "{ended:?}");
    assert!(
        ended.err.contains("warning[failed]: cannot write the log `/dev/full`: No space left"),
        "{ended:?}"
    );
}

/// Who reads the last line alone must not take what nobody knows for off.
#[test]
fn what_is_not_known_is_no_forward_that_is_off() {
    let is_manual = by_hand();
    is_manual.switch_by_hand();
    for (workspace, fault, expected) in [
        (&is_manual, &[][..], "Emergency forwards: 0 on, 0 off, 3 not known."),
        (&by_hand(), REFUSES, "Emergency forwards: 0 on, 0 off, 3 not known, 1 account not read."),
    ] {
        let status =
            workspace.run(&[&["emergency", "status", "--tenant", "zz", "--sandbox"], fault].concat());
        assert_eq!(status.out.lines().last(), Some(expected), "{status:?}");
    }
}

/// A mistake in another part of the workspace is no reason to leave callers alone.
#[test]
fn a_workspace_that_does_not_check_is_enough() {
    let workspace = rehearsal();
    workspace.write("tenants/broken.yaml", "tenant: broken\nprovider: stratus-dallas\naccount: [\n");
    workspace.write(
        "tenants/odd.yaml",
        "tenant: odd\nprovider: nobody\naccount: x\nqueues: { \"1\": { agent: 3 } }\n",
    );
    // What names the account is enough of the tenant's own file.
    let own = workspace.read("tenants/zz-acme.yaml");
    workspace
        .write("tenants/zz-acme.yaml", format!("{own}queues: {{ \"400\": {{ agents: 3 }} }}\ncolour: red\n"));
    let ended = workspace.run(&["emergency", "on", "--tenant", "zz", "--sandbox", "--auto-approve"]);
    assert_eq!(ended.ending, Ending::Fine, "{ended:?}");
    assert!(ended.out.contains("Applied: 3 of 3 done."), "{ended:?}");
    for file in ["tenants/broken.yaml", "tenants/odd.yaml", "tenants/zz-acme.yaml"] {
        assert!(ended.err.contains(file), "{file}: {ended:?}");
    }
}

/// Who switches forwards may have no phone system that answers: what shows how it went is not a plan, which needs one.
#[test]
fn whoever_switches_is_sent_to_the_status() {
    let world = World::new("");
    let live = LIVE.replace("active: true", "active: false");
    world.write("live/pbx/acme.1.service.yaml", live);
    let fault = ["--fault", "accept-and-ignore:1,only:writes"];
    let on = world.run(&[&["emergency", "on", "--all", "--auto-approve"][..], &fault].concat());
    assert_eq!(on.ending, Ending::Partial, "{on:?}");
    let help = "run `dialform emergency status` to see what is live";
    assert!(format!("{}{}", on.out, on.err).contains(help), "{on:?}");
}

/// Who switches everything on is told of a number that the files have a forward for and the carrier has none, and of one that
/// leads elsewhere there: nobody else says so before callers do.
#[test]
fn a_forward_that_is_declared_and_not_stored_is_said() {
    let world = World::new(
        "forwards: { \"+12145550100\": { to: \"+19725550199\" }, \"+12145550101\": { to: \"+19725550199\" } }\n",
    );
    let live = LIVE.replace(
        "carrier: [{ number: \"2145550100\", destination: \"9725550199\", active: true }]",
        "carrier: [{ number: \"2145550100\" }, { number: \"2145550101\", destination: \"9725550150\", active: false }]",
    );
    let more = "phonenumbers: [{ phonenumber: \"12145550101\", dial-rule-application: to-user-residential, \
                dial-rule-translation-destination-user: \"101\" }, {";
    world.write("live/pbx/acme.1.service.yaml", live.replace("phonenumbers: [{", more));
    let on = world.run(&["emergency", "on", "--all", "--auto-approve"]);
    assert_eq!(on.ending, Ending::Fine, "{on:?}");
    let told: Vec<&str> =
        on.out.lines().map(str::trim).filter(|line| line.contains("tenants/acme.yaml")).collect();
    let expected = [
        "note: tenants/acme.yaml:4 says +1 972 555 0199: the next apply stores that",
        "-    +1 214 555 0100 has no number stored, and tenants/acme.yaml:4 says +1 972 555 0199: `dialform apply --only \
         'forwards.*'` stores it",
    ];
    assert_eq!(told, expected, "{}", on.out);
}

/// The numbers of which a text has clicks.
fn clicked(out: &str) -> Vec<String> {
    let clicks =
        out.lines().filter_map(|line| line.split_once("[ ] Inventory > click ")?.1.split_once(" > "));
    clicks.map(|(number, _)| number.replace(' ', "")).collect()
}

/// Three forwards in the files, of which one is to be on, and a fourth that the carrier alone has.
fn by_hand() -> Workspace {
    let workspace = rehearsal();
    workspace.write("live/stratus-dallas/zz-emergency.yaml", seed(4));
    workspace.write(
        "tenants/zz-acme.yaml",
        "tenant: zz\nprovider: stratus-dallas\naccount: acme\nforwards:\n  \
         \"+12145550700\": { to: \"+19725550199\" }\n  \
         \"+12145550701\": { to: \"+19725550199\", active: true }\n  \
         \"+12145550702\": { to: \"+19725550150\" }\n",
    );
    workspace
}

const REFUSES: &[&str] = &["--fault", "500:1"];

/// Who works off a list of clicks diverts, or takes back, each line on it: it has what was asked for, and of `off` nothing that
/// `off` leaves alone where it can switch.
#[test]
fn a_list_of_clicks_has_what_was_asked_for() {
    let is_manual = by_hand();
    is_manual.switch_by_hand();
    let cases: [(&[&str], &[&str]); 5] = [
        (&["on", "--number", "214-555-0702"], &["+12145550702"]),
        (&["on", "--tenant", "zz"], &["+12145550700", "+12145550701", "+12145550702"]),
        (&["off", "--tenant", "zz"], &["+12145550700", "+12145550702"]),
        (&["off", "--number", "+12145550701"], &["+12145550701"]),
        (&["off", "--number", "+12145550701", "--number", "+12145550702"], &["+12145550701", "+12145550702"]),
    ];
    for (workspace, fault) in [(&is_manual, &[][..]), (&by_hand(), REFUSES)] {
        for (arguments, expected) in cases {
            let run = |format| {
                let rest = ["--auto-approve", "--sandbox", "--format", format];
                workspace.run(&[&["emergency"], arguments, &rest, fault].concat())
            };
            let text = run("text");
            assert_eq!(clicked(&text.out), expected, "{arguments:?}: {text:?}");
            assert!(matches!(text.ending, Ending::Partial | Ending::Error), "{text:?}");
            let counted = format!(", {} by hand in the portal.\n", expected.len());
            assert!(text.out.ends_with(&counted), "{arguments:?}: {text:?}");
            let kept = "+1 214 555 0701 is to be on, as tenants/zz-acme.yaml:6 says: `--number +12145550701` shows what to click";
            assert_eq!(text.out.contains(kept), arguments == ["off", "--tenant", "zz"], "{text:?}");
            let json: Value = serde_json::from_str(&run("json").out).unwrap();
            let listed = json["accounts"][0]["declared"].as_array().unwrap().iter();
            let listed: Vec<&str> = listed.map(|it| it["number"].as_str().unwrap()).collect();
            assert_eq!(listed, expected, "{arguments:?}: {json:#}");
            assert_eq!(json["choice"]["by_hand"], expected.len(), "{arguments:?}: {json:#}");
        }
    }
}

/// What `on` has written down is known also where the carrier does not answer: which forwards are to be taken back, those that
/// no file declares among them, and the number that is stored, which may be another than that of the files.
#[test]
fn a_list_of_clicks_goes_by_what_on_has_switched() {
    let workspace = by_hand();
    let run = |arguments: &[&str]| {
        workspace.run(&[&["emergency"], arguments, &["--auto-approve", "--sandbox"]].concat())
    };
    let on = run(&["on", "--number", "+12145550702", "--number", "+12145550703"]);
    assert_eq!(on.ending, Ending::Fine, "{on:?}");
    let click = |number, to| {
        format!("[ ] Inventory > click {number} > Forwarding Number: {to}, Active: unticked > Save")
    };
    let expected = [click("+1 214 555 0702", "9725550199"), click("+1 214 555 0703", "9725550199")];
    let told = |out: &str| -> Vec<String> {
        let lines = out.lines().map(str::trim).filter(|line| line.starts_with("[ ]"));
        lines.map(str::to_owned).collect()
    };
    let refused = run(&["off", "--tenant", "zz", "--fault", "500:1"]);
    assert_eq!(told(&refused.out), expected, "{refused:?}");
    let unknown = "+1 214 555 0700 was not switched on by `emergency on` here; whether it is on is not known: `--number \
                   +12145550700` shows what to click";
    assert!(refused.out.contains(unknown), "{refused:?}");
    let named = run(&["off", "--number", "+12145550703", "--fault", "500:1"]);
    assert_eq!(told(&named.out), expected[1..], "{named:?}");
    // A record that nobody can read: what is named is listed, and what is not known is said.
    let directory = workspace.path(".dialform/emergency");
    fs::write(directory.join("20270101T000000.json"), "{").unwrap();
    let all = run(&["off", "--tenant", "zz", "--fault", "500:1"]);
    assert_eq!((all.ending, all.out.as_str()), (Ending::Error, ""), "{all:?}");
    let named = run(&["off", "--number", "+12145550702", "--fault", "500:1"]);
    assert_eq!(told(&named.out), [click("+1 214 555 0702", "9725550150")], "{named:?}");
    assert!(named.err.contains("where calls go is taken from the files: cannot read `"), "{named:?}");
    fs::remove_file(directory.join("20270101T000000.json")).unwrap();
    workspace.switch_by_hand();
    let manual = run(&["off", "--tenant", "zz"]);
    assert_eq!(told(&manual.out), expected, "{manual:?}");
}

/// A record outlives an outage where nothing says that its forwards are off again: then `off` leaves on what somebody has switched
/// on since, and takes back what was taken back.
#[test]
fn what_is_off_again_is_no_longer_what_on_has_switched() {
    let [a, b, c] = ["+12145550700", "+12145550702", "+12145550703"];
    // What is run, or clicked in the portal; the forwards that are on then; those that the records still have.
    type Step<'a> = (&'a [&'a str], &'a [&'a str], &'a [&'a str]);
    let on: Step<'_> = (&["on", "--number", a, "--number", b], &[a, b], &[a, b]);
    let cases: [&[Step<'_>]; 5] = [
        // One after the other.
        &[
            on,
            (&["off", "--number", a], &[b], &[b]),
            (&["off", "--number", b], &[], &[]),
            (&["portal", "on", c], &[c], &[]),
            (&["off", "--tenant", "zz"], &[], &[]),
        ],
        // In the portal; a look and a refusal write nothing.
        &[
            on,
            (&["portal", "off", a], &[b], &[a, b]),
            (&["off", "--tenant", "zz", "--dry-run"], &[b], &[a, b]),
            (&["unapproved", "off", "--tenant", "zz"], &[b], &[a, b]),
            (&["status", "--tenant", "zz"], &[b], &[a, b]),
            (&["portal", "off", b], &[], &[a, b]),
            (&["off", "--tenant", "zz"], &[], &[]),
        ],
        // All of it is off, and nothing has said so yet.
        &[
            on,
            (&["portal", "off", a], &[b], &[a, b]),
            (&["portal", "off", b], &[], &[a, b]),
            (&["portal", "on", c], &[c], &[a, b]),
            (&["off", "--tenant", "zz"], &[], &[]),
        ],
        // On again for a reason of its own.
        &[
            on,
            (&["off", "--number", a], &[b], &[b]),
            (&["portal", "on", a], &[a, b], &[b]),
            (&["off", "--tenant", "zz"], &[a], &[]),
        ],
        // Another run of `on` has a record of its own.
        &[
            on,
            (&["off", "--number", a], &[b], &[b]),
            (&["on", "--number", a], &[a, b], &[b, a]),
            (&["off", "--tenant", "zz"], &[], &[]),
        ],
    ];
    for steps in cases {
        let workspace = by_hand();
        let state = workspace.path(".dialform/sandbox/stratus-dallas/zz-emergency.json");
        for (arguments, live, recorded) in steps {
            let shown = match arguments {
                ["portal", way, number] => {
                    let mut account: Value = serde_json::from_slice(&fs::read(&state).unwrap()).unwrap();
                    account["carrier"][&number[2..]]["active"] = (*way == "on").into();
                    fs::write(&state, account.to_string()).unwrap();
                    String::new()
                }
                ["unapproved", rest @ ..] => {
                    format!("{:?}", workspace.run(&[&["emergency"], rest, &["--sandbox"]].concat()))
                }
                ["status", ..] => {
                    format!("{:?}", workspace.run(&[&["emergency"], *arguments, &["--sandbox"]].concat()))
                }
                all => {
                    let ended =
                        workspace.run(&[&["emergency"], *all, &["--auto-approve", "--sandbox"]].concat());
                    assert_eq!(ended.ending, Ending::Fine, "{arguments:?}: {ended:?}");
                    format!("{ended:?}")
                }
            };
            let account: Value = serde_json::from_slice(&fs::read(&state).unwrap()).unwrap();
            let carrier = account["carrier"].as_object().unwrap().iter();
            let is_on = carrier.filter(|(_, it)| it["active"] == true);
            let is_on: Vec<String> = is_on.map(|(number, _)| format!("+1{number}")).collect();
            assert_eq!(is_on, *live, "{arguments:?}: {shown}");
            assert_eq!(still_recorded(&workspace), *recorded, "{arguments:?}: {shown}");
        }
    }
}

/// What the records have of forwards that are not off again, oldest first.
fn still_recorded(workspace: &Workspace) -> Vec<String> {
    let entries = fs::read_dir(workspace.path(".dialform/emergency")).unwrap();
    let mut paths: Vec<_> = entries.map(|it| it.unwrap().path()).collect();
    paths.retain(|it| it.extension().is_some_and(|it| it == "json"));
    paths.sort();
    let mut open = Vec::new();
    for path in paths {
        let record: Value = serde_json::from_slice(&fs::read(path).unwrap()).unwrap();
        let forwards = record["forwards"].as_array().unwrap();
        let own: Vec<&Value> = forwards.iter().filter(|it| it["switched_off"].is_null()).collect();
        assert_eq!(own.is_empty(), !record["switched_off"].is_null(), "{record:#}");
        open.extend(own.into_iter().map(|it| it["number"].as_str().unwrap().to_owned()));
    }
    open
}

/// The entry of a phone system gets another name while a forward is on: what `on` has switched is still known, and goes off.
#[test]
fn a_system_under_another_name_is_the_same_system() {
    let workspace = by_hand();
    let switched = |way: &str| {
        let all =
            ["emergency", way, "--number", "+12145550700", "--tenant", "zz", "--sandbox", "--auto-approve"];
        workspace.run(&if way == "on" { all.to_vec() } else { [&all[..2], &all[4..]].concat() })
    };
    assert_eq!(switched("on").ending, Ending::Fine);
    for file in ["dialform.yaml", "tenants/zz-acme.yaml"] {
        workspace.write(file, workspace.read(file).replace("stratus-dallas", "dallas"));
    }
    let state = |provider: &str| workspace.path(&format!(".dialform/sandbox/{provider}"));
    fs::rename(state("stratus-dallas"), state("dallas")).unwrap();
    let off = switched("off");
    assert_eq!(off.ending, Ending::Fine, "{off:?}");
    assert!(off.out.contains("Applied: 1 of 1 done."), "{off:?}");
    assert_eq!(still_recorded(&workspace), [""; 0]);
}

/// A record of a version that marked no forward by itself is one of which nothing is off yet.
#[test]
fn a_record_without_marks_is_read() {
    let workspace = by_hand();
    let numbers = ["+12145550700", "+12145550702"];
    let named: Vec<&str> = numbers.iter().flat_map(|it| ["--number", it]).collect();
    workspace.run(&[&["emergency", "on", "--sandbox", "--auto-approve"], named.as_slice()].concat());
    let entries = fs::read_dir(workspace.path(".dialform/emergency")).unwrap();
    let path = entries.map(|it| it.unwrap().path()).find(|it| it.extension().is_some_and(|it| it == "json"));
    let path = path.unwrap();
    let mut record: Value = serde_json::from_slice(&fs::read(&path).unwrap()).unwrap();
    for forward in record["forwards"].as_array_mut().unwrap() {
        let forward = forward.as_object_mut().unwrap();
        forward.remove("switched_off");
        forward.shift_remove("system");
        let fields: Vec<&str> = forward.keys().map(String::as_str).collect();
        assert_eq!(fields, ["tenant", "provider", "account", "number", "to"]);
    }
    fs::write(&path, record.to_string()).unwrap();
    let one = workspace.run(&["emergency", "off", "--number", numbers[0], "--sandbox", "--auto-approve"]);
    assert_eq!((one.ending, still_recorded(&workspace)), (Ending::Fine, vec![numbers[1].to_owned()]));
    let rest = workspace.run(&["emergency", "off", "--tenant", "zz", "--sandbox", "--auto-approve"]);
    assert!(rest.out.contains("Applied: 1 of 1 done."), "{rest:?}");
    assert_eq!(still_recorded(&workspace), [""; 0]);
}

/// A script that names a number goes on in the belief that its calls are forwarded: not where none is stored. And where there is
/// nothing to forward with at all, that is said.
#[test]
fn what_was_named_and_is_not_switched_does_not_end_well() {
    let workspace = rehearsal();
    let vacant = "+12145558700";
    let cases: [(&[&str], Ending, &str); 7] = [
        (&["on", "--number", vacant], Ending::Partial, "Nothing to switch on. 1 that was named stays off.\n"),
        (
            &["on", "--number", "+12145550700", "--number", vacant],
            Ending::Partial,
            "\n1 emergency forward to switch on. 1 that was named stays off.\n",
        ),
        // As it was asked to be, and all that is stored.
        (&["on", "--number", "+12145550700"], Ending::Fine, "\nNothing to switch on.\n"),
        (&["off", "--number", vacant], Ending::Fine, "is off already\n\nNothing to switch off.\n"),
        (&["on", "--tenant", "zz"], Ending::Fine, "\n2 emergency forwards to switch on.\n"),
        (
            &["on", "--tenant", "harbour-legal"],
            Ending::Fine,
            "\n  Deskphone has no emergency forward that can be switched\n\nNothing to switch on.\n",
        ),
        (
            &["status", "--tenant", "harbour-legal"],
            Ending::Fine,
            "\n  Deskphone has no emergency forward that can be switched\n",
        ),
    ];
    for (arguments, ending, expected) in cases {
        let approved: &[&str] = if arguments[0] == "status" { &[] } else { &["--auto-approve"] };
        let ended = workspace.run(&[&["emergency"], arguments, &["--sandbox"], approved].concat());
        assert_eq!(ended.ending, ending, "{arguments:?}: {ended:?}");
        assert!(ended.out.contains(expected), "{arguments:?}: {ended:?}");
    }
}

/// Which forwards are meant is said, never guessed.
#[test]
fn switching_needs_a_selection_and_a_word() {
    let workspace = rehearsal();
    let none = workspace.run(&["emergency", "on", "--sandbox", "--auto-approve"]);
    assert_eq!(none.ending, Ending::Error);
    assert!(none.err.contains("<--tenant <GLOB>|--number <NUMBER>|--all>"), "{}", none.err);
    let unasked = workspace.run(&["emergency", "on", "--all", "--sandbox"]);
    assert_eq!(unasked.ending, Ending::Refused, "{unasked:?}");
    assert!(!workspace.path(".dialform/emergency").exists(), "nothing was switched");
}
