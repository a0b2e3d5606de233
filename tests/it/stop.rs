//! An apply that is told to stop, or that nobody listens to any more: it ends in order, and never as if all were done.

use crate::{
    workspace::outcome,
    world::{System, World},
};
use dialform::error::Ending;
use serde_json::Value;
use std::{
    io::{BufRead, BufReader, Read},
    process::{Child, ChildStdout, Command, Stdio},
    time::{Duration, Instant},
};

const TENANT: &str = "queues: { \"400\": { name: Sales } }\nschedules: { night: { dates: [\"2027-01-15\"] }, day: { dates: [\"2027-01-16\"] } }\n\
    rules: { \"101\": { ring_timeout: 30 }, \"102\": { ring_timeout: 30 } }\nnumbers: { \"+12145550100\": { label: Main } }\n";

const DESK: System = System {
    provider: "\n    kind: deskphone\n    url: http://127.0.0.1:1/v1\n    token: { env: NOT_NEEDED }\n    limits: { requests_per_second: 1000, settle: 1 }",
    account: "harbour",
    live: "people: [{ extension: \"2001\" }]",
};

/// An apply under way, and what it has said so far.
struct Running {
    child: Child,
    out: BufReader<ChildStdout>,
    said: String,
}

fn start(world: &World, line: &str) -> Running {
    start_in("", world, line)
}

/// The same after a line of a shell. Who runs the tests may ignore signals, and that is inherited.
fn start_in(shell: &str, world: &World, line: &str) -> Running {
    let apply = world.process(&["apply", "--sandbox", "--auto-approve", "--format", "json"]);
    let mut command = Command::new("env");
    command.args(["--default-signal", "bash", "-c", &format!("{shell}\nexec \"$0\" \"$@\"")]);
    command.arg(apply.get_program()).args(apply.get_args());
    command.args(line.split_whitespace()).stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().unwrap();
    let out = BufReader::new(child.stdout.take().unwrap());
    Running { child, out, said: String::new() }
}

impl Running {
    /// Reads on until an event of this name.
    fn until(&mut self, event: &str) {
        let wanted = format!("\"event\":\"{event}\"");
        let mut line = String::new();
        while !line.contains(&wanted) {
            line.clear();
            assert_ne!(self.out.read_line(&mut line).unwrap(), 0, "no {event} in {}", self.said);
            self.said += &line;
        }
    }

    fn signal(&self, name: &str) {
        let pid = self.child.id().to_string();
        assert!(Command::new("kill").args([&format!("-{name}"), &pid]).status().unwrap().success());
    }

    /// Its exit code, its last event and what it said beside.
    fn end(mut self) -> (Option<i32>, Value, String) {
        self.out.read_to_string(&mut self.said).unwrap();
        let output = self.child.wait_with_output().unwrap();
        let last = outcome(&self.said).unwrap_or_default();
        (output.status.code(), last, String::from_utf8(output.stderr).unwrap())
    }
}

/// A pager that nobody scrolls, or a log that stalls, holds a run up while it says what it will do. A signal is heard then too: an
/// apply writes nothing afterwards, and a plan ends when it is asked twice.
#[test]
fn a_signal_is_heard_while_nobody_reads() {
    let days: Vec<String> =
        (0..1500).map(|day| format!("  day{day}: {{ dates: [\"2027-01-15\"] }}\n")).collect();
    for (command, signals, code) in [("apply --auto-approve", 1, 1), ("plan", 2, 130)] {
        let world = World::new(&format!("schedules:\n{}", days.concat()));
        let log = world.argument("log.jsonl");
        let mut process = world.process(&command.split_whitespace().collect::<Vec<_>>());
        process.args(["--sandbox", "--log", &log]);
        process.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = process.spawn().unwrap();
        // What it says is more than a pipe holds: it waits in the middle of it.
        let mut out = child.stdout.take().unwrap();
        out.read_exact(&mut [0; 4096]).unwrap();
        for _ in 0..signals {
            std::thread::sleep(Duration::from_millis(300));
            assert!(Command::new("kill").arg(child.id().to_string()).status().unwrap().success());
        }
        std::thread::sleep(Duration::from_millis(300));
        let mut said = Vec::new();
        out.read_to_end(&mut said).unwrap();
        let output = child.wait_with_output().unwrap();
        assert_eq!(output.status.code(), Some(code), "{command}: {output:?}");
        let log = std::fs::read_to_string(&log).unwrap();
        assert!(log.contains("\"GET\"") && !log.contains("\"POST\""), "{command}: {log}");
    }
}

fn count(last: &Value, status: &str) -> u64 {
    last["summary"][status].as_u64().unwrap_or_default()
}

/// Ctrl-C, a cancelled job and a closed terminal all mean: finish what is under way, tell how far it came, leave no lock.
#[test]
fn a_signal_ends_an_apply_in_order() {
    for signal in ["INT", "TERM", "HUP"] {
        let world = World::new(TENANT);
        let workspace = world.workspace().replace("concurrency: 4", "concurrency: 1");
        world.write("dialform.yaml", &workspace);
        let mut running = start(&world, "--fault slow:50ms,visible-after:0ms");
        running.until("step");
        running.signal(signal);
        let (code, last, err) = running.end();
        assert_eq!((code, &last["event"]), (Some(4), &Value::from("finished")), "{signal}: {last:#}{err}");
        assert!(count(&last, "done") >= 1 && count(&last, "skipped") >= 1, "{signal}: {last:#}");
        assert_eq!(count(&last, "done") + count(&last, "skipped"), 6, "{signal}: {last:#}");
        let again = world.run(&["apply", "--auto-approve"]);
        assert_eq!(again.ending, Ending::Fine, "{signal}: {}{}", again.out, again.err);
    }
}

/// `nohup dialform apply`, or `trap '' INT` around it: who started the run has said that the signal is not meant for it.
#[test]
fn an_ignored_signal_stays_ignored() {
    for signal in ["HUP", "INT", "TERM"] {
        let world = World::new(TENANT);
        world.write("dialform.yaml", world.workspace().replace("concurrency: 4", "concurrency: 1"));
        let mut running =
            start_in(&format!("trap '' {signal}"), &world, "--fault slow:50ms,visible-after:0ms");
        running.until("step");
        running.signal(signal);
        let (code, last, err) = running.end();
        assert_eq!((code, count(&last, "done")), (Some(0), 6), "{signal}: {last:#}{err}");
    }
}

/// Nobody is held for a day by a change that takes a day to show.
#[test]
fn waiting_for_hours_can_be_given_up() {
    let world = World::on(&DESK, "diverts: { \"2001\": { busy: voicemail } }");
    let mut running = start(&world, "--fault visible-after:600s --wait 24h");
    running.until("started");
    std::thread::sleep(Duration::from_millis(500));
    running.signal("INT");
    let began = Instant::now();
    let (code, last, err) = running.end();
    assert_eq!((code, count(&last, "accepted")), (Some(4), 1), "{last:#}{err}");
    assert!(began.elapsed() < Duration::from_secs(60), "{:?}", began.elapsed());
}

/// A server that does not answer keeps nobody who has asked twice, and what is not known is said to be unknown.
#[test]
fn asked_twice_it_leaves_what_is_under_way() {
    let world = World::new("numbers: { \"+12145550100\": { label: Main } }");
    let mut running = start(&world, "--fault slow:3s,slow-10x:1,only:writes");
    running.until("started");
    std::thread::sleep(Duration::from_millis(500));
    running.signal("INT");
    std::thread::sleep(Duration::from_millis(500));
    running.signal("INT");
    let began = Instant::now();
    let (code, last, err) = running.end();
    assert_eq!((code, count(&last, "unknown")), (Some(4), 1), "{last:#}{err}");
    assert!(began.elapsed() < Duration::from_secs(20), "{:?}", began.elapsed());
}

/// Told to stop before anything is written, it writes nothing and says so.
#[test]
fn a_signal_while_it_reads_changes_nothing() {
    let world = World::new(TENANT);
    let running = start(&world, "--fault slow:2s");
    std::thread::sleep(Duration::from_millis(1500));
    running.signal("TERM");
    let (code, last, _) = running.end();
    assert_eq!(code, Some(1));
    assert_eq!(last["findings"][0]["message"], "interrupted, nothing was changed", "{last:#}");
}

/// `apply | head` in a pipeline is green if it ends with 0: it must not, while anything is left to do.
#[test]
fn an_output_that_closes_is_not_done() {
    for lines in [0, 3] {
        let world = World::new(TENANT);
        world.write("dialform.yaml", world.workspace().replace("concurrency: 4", "concurrency: 1"));
        let mut running = start(&world, "--fault slow:20ms,visible-after:0ms");
        for _ in 0..lines {
            running.out.read_line(&mut running.said).unwrap();
        }
        drop(running.out);
        let output = running.child.wait_with_output().unwrap();
        let left = world.run(&["plan", "--detailed-exitcode"]).ending;
        assert!(output.status.code() != Some(0), "after {lines} lines, plan then {left:?}");
        assert_eq!(left, Ending::Changes, "after {lines} lines");
    }
    // Talk is another matter: an apply whose standard error is closed does its work.
    let world = World::new(TENANT);
    let mut running = start(&world, "--fault slow:20ms,visible-after:0ms -v");
    drop(running.child.stderr.take());
    let (code, last, _) = running.end();
    assert_eq!((code, count(&last, "done")), (Some(0), 6), "{last:#}");
}

/// What a run was kept from writing is another's: its restore file does not take that away.
#[test]
fn a_restore_file_names_what_was_tried() {
    let world = World::new(TENANT);
    let workspace = world.workspace().replace("concurrency: 4", "concurrency: 1");
    world.write("dialform.yaml", &workspace);
    let mut running = start(&world, "--fault slow:50ms,visible-after:0ms");
    running.until("step");
    running.signal("INT");
    let (_, last, _) = running.end();
    let kept = dialform::restore::load(last["restore"].as_str().unwrap().as_ref()).unwrap();
    let steps = kept.tenants[0].steps.len() as u64;
    assert_eq!(steps, count(&last, "done"), "{kept:#?}{last:#}");
}
