//! What is kept and told of a run while it lasts: the audit log, the requests on standard error, events for programs.

use crate::{workspace::outcome, world::World};
use dialform::error::Ending;
use serde_json::Value;

const TENANT: &str = r#"
queues: { "400": { name: Sales, agents: ["101"] } }
numbers: { "+12145550100": { label: Main, route: { queue: "400" } } }
"#;

fn lines(text: &str) -> Vec<Value> {
    text.lines()
        .map(|line| serde_json::from_str(line).unwrap_or_else(|error| panic!("{error}: {line}")))
        .collect()
}

fn read(world: &World, name: &str) -> String {
    std::fs::read_to_string(world.path(name)).unwrap()
}

/// An auditor asks who sent what, when, and for which reviewed change: every request that the server saw has its line,
/// with the step it belongs to, and none has more than it should.
#[test]
fn every_request_has_its_line() {
    let world = World::new(TENANT);
    let paths = ["audit.jsonl", "traffic.jsonl"].map(|name| world.path(name).to_str().unwrap().to_owned());
    let [audit, traffic] = paths.each_ref().map(String::as_str);
    let fault = "429:1,retry-after:0,at-most:1,only:POST,visible-after:0ms";
    let applied = ["apply", "--auto-approve", "-v", "--log", audit, "--record", traffic, "--fault", fault];
    let applied = world.run(&applied);
    assert_eq!(applied.ending, Ending::Fine, "{}{}", applied.out, applied.err);

    let log = lines(&read(&world, "audit.jsonl"));
    let (opening, log) = log.split_first().unwrap();
    assert_eq!(opening["run"], "apply");
    let word = |line: &Value, name: &str| line[name].as_str().unwrap_or_default().to_owned();
    let mut logged: Vec<String> = log
        .iter()
        .map(|line| format!("{} {} {}", word(line, "method"), word(line, "path"), line["status"]))
        .collect();
    let mut seen: Vec<String> = world
        .traffic()
        .iter()
        .map(|line| {
            let path = word(line, "path").replace("/ns-api/v2", "").replace("/_carrier/v1", "");
            format!("{} {path} {}", word(line, "method"), line["status"])
        })
        .collect();
    logged.sort();
    seen.sort();
    assert_eq!(logged, seen);

    let line = |phase: &str, method: &str| {
        log.iter().find(|line| line["phase"] == phase && line["method"] == method).cloned().unwrap()
    };
    let observed = line("observe", "GET");
    assert_eq!((&observed["step"], &observed["provider"]), (&"acme".into(), &"pbx".into()));
    assert!(observed["time"].as_str().unwrap().ends_with('Z') && observed["ms"].is_u64(), "{observed}");
    assert!(observed["bytes_in"].as_u64().unwrap() > 0 && observed["bytes_out"] == 0, "{observed}");
    for phase in ["look", "read-back"] {
        assert!(word(&line(phase, "GET"), "step").starts_with("acme/"), "{phase}");
    }
    let attempts: Vec<(Value, Value)> = log
        .iter()
        .filter(|line| {
            line["phase"] == "write" && line["method"] == "POST" && line["step"] == "acme/queues.400"
        })
        .map(|line| (line["attempt"].clone(), line["status"].clone()))
        .collect();
    assert_eq!(attempts[..2], [(1.into(), 429.into()), (2.into(), 200.into())], "{log:#?}");
    assert!(log.iter().all(|line| line.get("request").is_none() && line.get("response").is_none()));

    let shown = applied.err.lines().filter(|line| line.starts_with("pbx: ")).count();
    assert_eq!(shown, log.len(), "{}", applied.err);
    let again = applied.err.lines().find(|line| line.contains("attempt 2")).unwrap();
    assert!(again.ends_with(", attempt 2, write acme/queues.400"), "{again}");
}

/// Bodies are what one needs to find a mistake, and where people's names and PINs are.
#[test]
fn bodies_are_logged_without_people() {
    let live = crate::world::LIVE.replace(
        r#"{ user: "101" }"#,
        r#"{ user: "101", name-first-name: Ann, name-last-name: Lee, email-address: ann@acme.example }"#,
    );
    let world = World::new(TENANT);
    world.write("live/pbx/acme.1.service.yaml", &live);
    let audit = world.path("audit.jsonl");
    let audit = audit.to_str().unwrap();
    assert_eq!(world.run(&["apply", "--auto-approve", "--log", audit, "--log-bodies"]).ending, Ending::Fine);
    let log = read(&world, "audit.jsonl");
    for person in ["Ann", "Lee\"", "ann@acme"] {
        assert!(!log.contains(person), "{person}");
    }
    assert!(log.contains(r#""name-first-name":"[personal]""#) && log.contains("12145550100"));
    let writes = lines(&log).into_iter().filter(|line| line["phase"] == "write" && line["method"] != "GET");
    assert!(writes.into_iter().all(|line| line["request"].is_object()), "{log}");
}

/// What cannot be looked up afterwards is not done: neither from the start nor once the disk is full.
#[test]
fn a_log_that_cannot_be_written_stops_the_run() {
    let world = World::new(TENANT);
    for (file, why) in
        [("/no/such/directory/audit.jsonl", "there is no such file"), ("/dev/full", "No space left")]
    {
        for arguments in [&["plan"][..], &["apply", "--auto-approve"]] {
            let record = world.path("traffic.jsonl");
            let more = ["--log", file, "--record", record.to_str().unwrap()];
            let run = world.run(&[arguments, &more[..]].concat());
            assert_eq!(run.ending, Ending::Error, "{file}: {}", run.err);
            assert!(run.err.contains(&format!("cannot write the log `{file}`: {why}")), "{}", run.err);
            assert_eq!(world.traffic(), Vec::<Value>::new(), "{file}: nothing is sent");
        }
    }
}

/// A log that breaks while accounts are read ends the run as well, and nobody is told that they have interrupted it.
#[test]
fn a_log_that_breaks_while_it_reads_is_named() {
    for arguments in [&["plan"][..], &["apply", "--auto-approve"]] {
        let world = World::new(TENANT);
        let audit = world.path("audit.jsonl");
        assert!(std::process::Command::new("mkfifo").arg(&audit).status().unwrap().success());
        let reader = std::thread::spawn({
            let audit = audit.clone();
            move || {
                let mut lines = std::io::BufReader::new(std::fs::File::open(audit).unwrap());
                std::io::BufRead::read_line(&mut lines, &mut String::new()).unwrap()
            }
        });
        let audit = audit.to_str().unwrap();
        let run = world.run(&[arguments, &["--log", audit, "--fault", "slow:50ms"]].concat());
        reader.join().unwrap();
        assert_eq!(run.ending, Ending::Error, "{arguments:?}: {}{}", run.out, run.err);
        let said = format!("error[failed]: the log `{audit}` can no longer be written: Broken pipe");
        assert!(run.err.contains(&said), "{arguments:?}: {}", run.err);
        assert!(!run.err.contains("interrupted"), "{arguments:?}: {}", run.err);
    }
}

/// Programs read events as they come; one that wants only the end reads the last line.
#[test]
fn events_come_one_a_line() {
    let world = World::new(TENANT);
    let applied = world.run(&["apply", "--auto-approve", "--format", "json"]);
    let events = lines(&applied.out);
    let told: Vec<String> = events
        .iter()
        .map(|event| format!("{} {}", event["event"], event.get("address").unwrap_or(&Value::Null)))
        .collect();
    let queue = r#""queues.400""#;
    let number = r#""numbers.+12145550100""#;
    let expected = [
        r#""planned" null"#.to_owned(),
        format!(r#""started" {queue}"#),
        format!(r#""step" {queue}"#),
        format!(r#""started" {number}"#),
        format!(r#""step" {number}"#),
        r#""finished" null"#.to_owned(),
    ];
    assert_eq!(told, expected);
    assert_eq!((&events[0]["create"], &events[0]["update"]), (&1.into(), &1.into()));
    let last = outcome(&applied.out).unwrap();
    assert_eq!(last["digest"], events[0]["digest"]);
    assert_eq!((last["steps"].as_array().unwrap().len(), &last["summary"]["done"]), (2, &2.into()));

    let nothing = world.run(&["apply", "--auto-approve", "--format", "json"]);
    assert_eq!(outcome(&nothing.out).unwrap()["steps"], serde_json::json!([]));
    world.tenant("queues: { \"400\": { name: Other } }");
    let refused = world.run(&["apply", "--format", "json"]);
    assert_eq!(refused.ending, Ending::Refused);
    assert_eq!(outcome(&refused.out).unwrap()["event"], "failed");
    assert_eq!((lines(&refused.out).len(), refused.err.as_str()), (2, ""));
}

/// The disk fills up, or whoever collects the log goes away, in the middle of a change: what is under way is finished,
/// nothing more is started, and the reason is said.
#[test]
fn a_log_that_breaks_stops_the_rest() {
    let world = World::new(TENANT);
    let audit = world.path("audit.jsonl");
    assert!(std::process::Command::new("mkfifo").arg(&audit).status().unwrap().success());
    let reader = std::thread::spawn({
        let audit = audit.clone();
        move || {
            let lines = std::io::BufReader::new(std::fs::File::open(audit).unwrap());
            std::io::BufRead::lines(lines).map(Result::unwrap).find(|line| line.contains("POST")).unwrap()
        }
    });
    // The queue shows late, so that the reader is gone before the number's turn comes.
    let audit = audit.to_str().unwrap();
    let arguments = ["apply", "--auto-approve", "--log", audit, "--fault", "visible-after:400ms"];
    let applied = world.run(&arguments);
    reader.join().unwrap();
    assert_eq!(applied.ending, Ending::Partial, "{}{}", applied.out, applied.err);
    assert!(applied.out.contains("done      acme/queues.400\n"), "{}", applied.out);
    let skipped = "skipped   acme/numbers.+12145550100: the log of the run broke before this step";
    assert!(applied.out.contains(skipped), "{}", applied.out);
    let said = format!("the log `{audit}` can no longer be written: Broken pipe");
    assert!(applied.err.contains(&said), "{}", applied.err);
}
