//! What a person sees who sits at the terminal: how far a run is, what has come true, and what Ctrl-C has ended.

use crate::world::World;
use regex::Regex;
use std::{
    collections::BTreeMap,
    io::{BufRead, BufReader, Read, Write},
    process::{Child, ChildStdin, ChildStdout, Command, Stdio},
};

/// A run at a terminal of its own, and what it has written so far.
struct Terminal {
    child: Child,
    keys: ChildStdin,
    screen: BufReader<ChildStdout>,
    written: Vec<u8>,
}

impl Terminal {
    fn run(world: &World, line: &str) -> Self {
        let root = world.root().display();
        // Who runs the tests may ignore signals, and that is inherited.
        let dialform = concat!("env --default-signal ", env!("CARGO_BIN_EXE_dialform"));
        let line = format!("stty cols 150; exec {dialform} -C {root} {line} --sandbox");
        let mut command = Command::new("script");
        command
            .args(["-qec", &line, "/dev/null"])
            .env("TERM", "xterm")
            .env("NO_COLOR", "1")
            .env("SHELL", "/bin/sh");
        let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
        let screen = BufReader::new(child.stdout.take().unwrap());
        Self { keys: child.stdin.take().unwrap(), child, screen, written: Vec::new() }
    }

    /// Reads on until something stands there.
    fn until(&mut self, text: &str) {
        while !String::from_utf8_lossy(&self.written).contains(text) {
            let more = self.screen.fill_buf().unwrap().to_vec();
            assert!(!more.is_empty(), "no `{text}` in {}", String::from_utf8_lossy(&self.written));
            self.screen.consume(more.len());
            self.written.extend(more);
        }
    }

    fn press(&mut self, keys: &str) {
        self.keys.write_all(keys.as_bytes()).unwrap();
        self.keys.flush().unwrap();
    }

    /// Its exit code, and what stands on the screen but for the bars.
    fn end(mut self) -> (Option<i32>, String, String) {
        self.screen.read_to_end(&mut self.written).unwrap();
        let code = self.child.wait().unwrap().code();
        let all = String::from_utf8(self.written).unwrap();
        let plain = Regex::new("\u{1b}\\[[0-9;?]*[A-Za-z]").unwrap().replace_all(&all, "\n");
        let lines = plain.split(['\r', '\n']).map(str::trim_end);
        let lines: Vec<&str> = lines.filter(|it| !it.is_empty() && !it.contains('[')).collect();
        (code, lines.join("\n"), all)
    }
}

const CTRL_C: &str = "\u{3}";

const SLOW: &str = "--fault slow:300ms,visible-after:0ms";

/// Six steps, one after the other.
fn six_steps() -> World {
    let world = World::new(
        "queues: { \"400\": { name: Sales } }\nschedules: { night: { dates: [\"2027-01-15\"] }, day: { dates: [\"2027-01-16\"] } }\n\
         rules: { \"101\": { ring_timeout: 30 }, \"102\": { ring_timeout: 30 } }\nnumbers: { \"+12145550100\": { label: Main } }\n",
    );
    world.write("dialform.yaml", world.workspace().replace("concurrency: 4", "concurrency: 1"));
    world
}

/// Whoever waits for a plan sees how many accounts are read; what is over in an instant draws nothing.
#[test]
fn a_plan_says_how_far_it_is() {
    let world = World::new("numbers: { \"+12145550100\": { label: Main } }");
    let mut slow = Terminal::run(&world, &format!("plan {SLOW}"));
    slow.until("] 0/1 accounts read, ");
    let (code, said, all) = slow.end();
    assert_eq!(code, Some(0), "{all}");
    assert!(
        all.contains(" requests/s") && said.contains("\nPlan: 0 to create, 1 to update, 0 to delete.\n"),
        "{said}"
    );
    let (code, _, all) = Terminal::run(&world, "plan").end();
    assert_eq!((code, all.contains("accounts read")), (Some(0), false), "{all}");
}

/// A plan that is interrupted says so, and how far it was.
#[test]
fn a_plan_that_is_interrupted_says_how_far_it_was() {
    let world = World::new("numbers: { \"+12145550100\": { label: Main } }");
    let mut terminal = Terminal::run(&world, "plan --fault slow:3s");
    terminal.until("accounts read");
    terminal.press(CTRL_C);
    let (code, said, _) = terminal.end();
    let help = "help: 0 of 1 tenant had been read; a plan is made of all that is live: run it again";
    assert!(code == Some(1) && said.ends_with(help), "{code:?} {said}");
}

/// Each sentence of a plan is told again at the write that brings it about: not while a step is left that it rests on.
#[test]
fn what_callers_notice_is_told_as_it_comes_true() {
    let world = World::new(
        "queues: { \"400\": { name: Sales, agents: [\"102\"] } }\n\
         rules: { \"101\": { order: [{ when: default, forward: { always: { queue: \"400\" } } }] }, \"102\": { ring_timeout: 30 } }\n",
    );
    let terminal = Terminal::run(&world, "apply --auto-approve --fault visible-after:0ms");
    let (code, said, _) = terminal.end();
    assert_eq!(code, Some(0), "{said}");
    let mut told: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    let mut last = "";
    for line in said.lines() {
        if let Some(step) = line.strip_prefix("done      ") {
            last = step;
            told.insert(step, Vec::new());
        } else if let Some(sentence) = line.strip_prefix("now true  ") {
            told.get_mut(last).unwrap().push(sentence.split(" now ").next().unwrap());
        }
    }
    let expected = BTreeMap::from([
        ("acme/queues.400", vec![]),
        ("acme/rules.101", vec!["Calls to extension 101"]),
        ("acme/rules.102", vec!["Calls to extension 102", "When the mailbox is off, calls to extension 102"]),
    ]);
    assert_eq!(told, expected, "{said}");
}

/// Who presses Ctrl-C is told at once what that ends, and at the end what was and what was not done.
#[test]
fn ctrl_c_is_heard_at_once() {
    let world = six_steps();
    let mut terminal = Terminal::run(&world, "apply --auto-approve --fault slow:50ms,visible-after:0ms");
    terminal.until("done  ");
    terminal.press(CTRL_C);
    let (code, said, _) = terminal.end();
    assert_eq!(code, Some(4), "{said}");
    let begins = |word: &str| said.lines().filter(|line| line.starts_with(word)).collect::<Vec<_>>();
    let (done, skipped) = (begins("done  "), begins("skipped  "));
    let stopping = Regex::new(
        r"^stopping: \d of 6 steps have ended, (\d are|1 is) under way and finish(es)? \(acme/[^)]*\); no other is started. Ctrl-C again leaves what is under way$",
    );
    let heard = begins("stopping: ");
    assert!(heard.len() == 1 && stopping.unwrap().is_match(heard[0]), "{said}");
    assert_eq!((done.len() + skipped.len(), skipped.is_empty()), (6, false), "{said}");
    let at = |line: &str| said.lines().position(|it| it == line).unwrap();
    assert!(at(heard[0]) < at(skipped[0]), "{said}");
    assert!(
        said.ends_with(&format!("Applied: {} of 6 done, {} skipped.", done.len(), skipped.len())),
        "{said}"
    );
}
