//! A person's call at a switch of this machine comes to the end that `trace` names.
//!
//! Needs an Asterisk in the directory that DIALFORM_SWITCH names, `sipp` and root; without them one line says that nothing was
//! checked. `.ci/switch` has all three.

use crate::{workspace::Workspace, world::World};
use dialform::{
    error::Ending,
    flow::{Caller, System},
    model::Tenant,
    switch::{Listen, Site, Stage, files, make},
};
use std::{
    fs,
    io::{BufRead, BufReader},
    net::UdpSocket,
    path::Path,
    process::{Child, Command, Stdio},
    sync::mpsc::{Receiver, channel},
    thread::sleep,
    time::{Duration, Instant},
};

const OFFICE: &str = r#"
time_zone: America/Chicago
schedules:
  day: { weekly: { mon-fri: ["08:00-17:00"] } }
numbers:
  "+12145550100": { route: { extension: "101" } }
  "+12145550101": { route: { extension: "102" } }
  "+12145550102": { route: { queue: "400" } }
  "+12145550103": { route: { extension: "103" } }
  "+12145550104": { route: { extension: "105" } }
queues: { "400": { agents: ["101"], require_agents: true, failover: { number: "+19725550199" } } }
rules:
  "101":
    ring_timeout: 10
    order:
      - { when: day, forward: { no_answer: voicemail, unreachable: { voicemail: "102" } } }
      - { when: default, forward: { always: { number: "+19725550111" } } }
  "102": { ring_timeout: 5, order: [{ when: default, forward: { no_answer: { voicemail: "101" } } }] }
  "103": { order: [{ when: default, forward: { always: { extension: "104" } } }] }
  "104": { order: [{ when: default, forward: { always: { extension: "103" } } }] }
  "105": { ring_timeout: 5, order: [{ when: default, forward: { unreachable: { queue: "400" } } }] }
"#;

/// A program that is ended with the test.
struct Running(Child);

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// A rehearsal, and the lines that it prints.
struct Rehearsal {
    child: Running,
    lines: Receiver<String>,
    server: String,
    password: String,
}

impl Rehearsal {
    fn start(world: &World, at: &str) -> Self {
        let root = world.root().to_str().unwrap();
        let arguments = ["-C", root, "rehearse", "+12145550100", "--at", at, "--listen", "127.0.0.1:0"];
        let mut child = Command::new(env!("CARGO_BIN_EXE_dialform"))
            .args(arguments)
            .stdout(Stdio::piped())
            .stderr(Stdio::inherit())
            .spawn()
            .unwrap();
        let out = BufReader::new(child.stdout.take().unwrap());
        let (sender, lines) = channel();
        std::thread::spawn(move || out.lines().map_while(Result::ok).all(|line| sender.send(line).is_ok()));
        let mut it = Self { child: Running(child), lines, server: String::new(), password: String::new() };
        let said = it.until(|line| line.ends_with("Ctrl-C ends it."));
        let value = |word: &str| {
            let line = said.iter().find_map(|line| line.trim().strip_prefix(word));
            line.unwrap_or_else(|| panic!("no {word}: {said:#?}")).trim().to_owned()
        };
        (it.server, it.password) = (value("server"), value("password"));
        it
    }

    /// The lines up to one of a kind.
    fn until(&self, is_last: impl Fn(&str) -> bool) -> Vec<String> {
        let mut said = Vec::new();
        let deadline = Instant::now() + Duration::from_secs(40);
        loop {
            let left = deadline.saturating_duration_since(Instant::now());
            match self.lines.recv_timeout(left) {
                Ok(line) => said.push(line),
                Err(error) => panic!("{error}: {said:#?}"),
            }
            if is_last(said.last().unwrap()) {
                return said;
            }
        }
    }

    fn scenario(&self, folder: &Path, name: &str, text: &str, values: &[(&str, &str)]) -> String {
        let mut text = text.replace("@PASSWORD@", &self.password);
        values.iter().for_each(|(key, value)| text = text.replace(&format!("@{key}@"), value));
        let path = folder.join(format!("{name}.xml"));
        fs::write(&path, text).unwrap();
        path.to_str().unwrap().to_owned()
    }

    fn sipp(&self, folder: &Path, path: &str, port: u16, more: &[&str]) -> Command {
        let mut command = Command::new("sipp");
        let port = port.to_string();
        command.args([self.server.as_str(), "-sf", path, "-i", "127.0.0.1", "-p", &port, "-nostdin"]);
        command
            .args(more)
            .current_dir(folder)
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null());
        command
    }

    /// Registers a phone, which lifts after so long.
    fn phone(&self, folder: &Path, user: &str, after: &str) -> Running {
        let port = free_port();
        let register = include_str!("rehearse/register.xml");
        let register = self.scenario(folder, &format!("register-{user}"), register, &[("USER", user)]);
        let done = self.sipp(folder, &register, port, &["-m", "1", "-timeout", "10"]).status().unwrap();
        assert!(done.success(), "{user} is not registered: {done}");
        let lifts = include_str!("../../.ci/switch.d/scenarios/lifts.xml.in");
        let values = [("AFTER", after), ("LIFTED", "talk"), ("PRESS", "500")];
        let lifts = self.scenario(folder, &format!("lifts-{user}"), lifts, &values);
        let running = Running(self.sipp(folder, &lifts, port, &[]).spawn().unwrap());
        sleep(Duration::from_millis(300));
        running
    }

    /// Calls a number, and how the call ended as it is printed.
    fn call(&self, folder: &Path, number: &str) -> String {
        let call = self.scenario(folder, "call", include_str!("rehearse/call.xml"), &[("NUMBER", number)]);
        let more = ["-m", "1", "-timeout", "40"];
        let mut caller = Running(self.sipp(folder, &call, free_port(), &more).spawn().unwrap());
        let begins = ["answered ", "voicemail ", "leaves ", "loop", "dropped ", "unknown ", "menu "];
        let said = self.until(|line| begins.iter().any(|it| line.trim().starts_with(it)));
        let heard = caller.0.wait().unwrap();
        assert!(heard.success(), "the caller of {number} heard {heard}: {said:?}");
        said.last().unwrap().trim().to_owned()
    }

    /// As whoever ends a job does (what runs in the background may not hear Ctrl-C), and whatever was started has to be gone.
    fn stop(mut self) {
        let pid = self.child.0.id().to_string();
        assert!(Command::new("kill").args(["-TERM", &pid]).status().unwrap().success());
        let deadline = Instant::now() + Duration::from_secs(20);
        let ended = loop {
            if let Some(ended) = self.child.0.try_wait().unwrap() {
                break ended;
            }
            assert!(Instant::now() < deadline, "a rehearsal does not end");
            sleep(Duration::from_millis(50));
        };
        assert!(ended.success(), "{ended}");
        let deadline = Instant::now() + Duration::from_secs(5);
        while UdpSocket::bind(&self.server).is_err() {
            assert!(Instant::now() < deadline, "something listens at {} still", self.server);
            sleep(Duration::from_millis(50));
        }
    }
}

fn free_port() -> u16 {
    UdpSocket::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port()
}

/// Why nothing can be checked here.
fn missing() -> Option<&'static str> {
    let runs = |program: &str| {
        Command::new(program).arg("-v").stdout(Stdio::null()).stderr(Stdio::null()).status().is_ok()
    };
    let id = Command::new("id").arg("-u").output();
    match () {
        () if std::env::var_os("DIALFORM_SWITCH").is_none() => Some("DIALFORM_SWITCH names no switch"),
        () if id.is_ok_and(|it| it.stdout != b"0\n") => Some("only root can start one"),
        () if !runs("sipp") => Some("there is no sipp"),
        () => None,
    }
}

/// The whole way, with phones that somebody else has written: what was foretold is what is heard.
#[test]
#[ignore = "for .ci/switch"]
fn calls_end_as_trace_says() {
    if let Some(why) = missing() {
        eprintln!("not checked: a rehearsal at a real switch ({why})");
        return;
    }
    let world = World::new(OFFICE.trim_start());
    let offline = Workspace::at(world.root().to_owned());
    let foretold = |number: &str, at: &str, given: &str| {
        let arguments = ["trace", number, "--at", at, "--given", given, "--format", "json"];
        let done = offline.run(&arguments);
        assert_eq!(done.ending, Ending::Fine, "{}", done.err);
        let trace: serde_json::Value = serde_json::from_str(&done.out).unwrap();
        assert_eq!(trace["courses"].as_array().unwrap().len(), 1, "{}", done.out);
        trace["courses"][0]["end"].as_str().unwrap().to_owned()
    };
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    let (monday, sunday) = ("2026-11-30T10:00", "2026-11-29T10:00");
    let mut ends = Vec::new();

    let rehearsal = Rehearsal::start(&world, monday);
    let mut compare = |rehearsal: &Rehearsal, number: &str, at: &str, given: &str| {
        let (found, expected) = (rehearsal.call(folder, number), foretold(number, at, given));
        // A rehearsal is for people.
        assert_eq!(found, dialform::text::grouped(&expected), "{number} {at} {given}");
        ends.push(expected);
    };
    compare(&rehearsal, "+12145550100", monday, "101=offline,102=offline");
    compare(&rehearsal, "+12145550102", monday, "101=offline");
    let silent = rehearsal.phone(folder, "102", "3600000");
    let lifting = rehearsal.phone(folder, "101", "1000");
    for (number, given) in [
        ("+12145550100", "101=answers@1"),
        ("+12145550101", "102=no_answer"),
        ("+12145550102", "101=answers@1"),
        ("+12145550103", "103=offline"),
        ("+12145550104", "105=offline,101=answers@1"),
    ] {
        compare(&rehearsal, number, monday, given);
    }
    rehearsal.stop();
    drop((silent, lifting));

    let rehearsal = Rehearsal::start(&world, sunday);
    compare(&rehearsal, "+12145550100", sunday, "101=offline");
    rehearsal.stop();
    let expected = [
        "voicemail 102",
        "leaves +19725550199",
        "answered 101",
        "voicemail 101",
        "answered 101",
        "loop",
        "answered 101",
        "leaves +19725550111",
    ];
    assert_eq!(ends, expected);
}

/// What is missing is said before anything is read, with the way to get it.
#[test]
fn what_is_missing_is_said() {
    let world = World::new(OFFICE.trim_start());
    let offline = Workspace::at(world.root().to_owned());
    let taken = UdpSocket::bind("127.0.0.1:0").unwrap();
    let taken = taken.local_addr().unwrap().to_string();
    let empty = world.argument("nowhere");
    for (arguments, message, help) in [
        (
            vec!["--listen", "127.0.0.1:0", "--switch", &empty],
            format!("there is no Asterisk in `{empty}`: it has no `usr/sbin/asterisk`"),
            format!("`.ci/switch.d/make {empty}` puts one there, as root"),
        ),
        (
            vec!["--listen", "me"],
            "`--listen me` is not an address with a port".to_owned(),
            "write one of this machine: `127.0.0.1:5060`, `[::1]:5060`".to_owned(),
        ),
        (
            vec!["--listen", "0.0.0.0:5060"],
            "`--listen 0.0.0.0:5060` is every address of this machine".to_owned(),
            "name the one that the softphones reach".to_owned(),
        ),
        (
            vec!["--listen", &taken],
            format!("cannot listen at {taken}: something else does"),
            "name another port: `--listen 127.0.0.1:5070`, or 0 for any free one".to_owned(),
        ),
    ] {
        let done = offline.run(&[vec!["rehearse", "+12145550100"], arguments].concat());
        let expected = format!("error[failed]: {message}\n |\nhelp: {help}\n\n");
        assert_eq!((done.ending, done.out.as_str(), done.err), (Ending::Error, "", expected));
    }
}

/// Pieces of what a stranger may write into a file to have a switch run something: ends of lines and of arguments, functions,
/// programs, includes, comments, patterns, sections.
const HOSTILE: &[&str] = &[
    "\n",
    "\r",
    ";",
    "#exec id\n",
    "#include \"/etc/passwd\"\n",
    ",1,System(id)",
    "\nexten => s,1,System(id)\n",
    "${",
    "}",
    "${SHELL(id)}",
    "$[1+1]",
    "${ENV(PATH)}",
    "`id`",
    "$(id)",
    "|",
    "&",
    "(",
    ")",
    "[",
    "]",
    "[general]\n",
    "\"",
    "'",
    "\\",
    "_X.",
    "s",
    "h",
    "i",
    "t",
    "=>",
    "same => n,AGI(x)",
    "U(",
    "^",
    "@",
    "!",
    "?",
    ":",
    "/",
    "..",
    "-",
    "_",
    "%",
    "*",
    "~",
    "é",
    "\u{202e}",
    "\u{0}",
    "caller",
    "0101",
    "101",
    "a",
    " ",
    "member => Local/x",
    "DF|0",
    "type=endpoint",
    "Local/p0@plan",
];

/// A name made of some pieces.
fn name(state: &mut u64) -> String {
    let mut next = |most: usize| {
        *state ^= *state << 13;
        *state ^= *state >> 7;
        *state ^= *state << 17;
        usize::try_from(*state % u64::try_from(most).unwrap()).unwrap()
    };
    let count = 1 + next(4);
    let text: String = (0..count).map(|_| HOSTILE[next(HOSTILE.len())]).collect();
    // What a file takes has a letter or a digit, and nothing blank around it.
    format!("{}x", text.trim().replace('/', ""))
}

/// Every place of a tenant in which a stranger's words can stand.
fn hostile(state: &mut u64) -> serde_json::Value {
    let mut it = || name(state);
    let (queue, schedule, other) = (it(), it(), it());
    let (device, extension) = ("101x-._y", "9_8.7-6");
    serde_json::json!({
        "tenant": it(), "provider": it(), "account": it(), "time_zone": it(),
        "schedules": { (schedule.clone()): { "weekly": { "mon-fri": ["08:00-17:00"] } }, (other.clone()): {} },
        "numbers": {
            "+12145550100": { "label": it(), "route": { "queue": queue } },
            "+12145550101": { "route": { "extension": "101" } },
            "+12145550102": { "route": { "menu": it() } },
            "+12145550103": { "route": { "token": it() } },
            "+12145550104": { "route": { "agent": format!("{}@example.com", it().replace(['@', ' '], "")) } },
            "+12145550105": { "route": { "receivers": ["+12145550111", "+12145550112"], "pattern": "sequential" } },
            "+12145550106": { "route": { "extension": extension } },
        },
        "forwards": { "+12145550101": { "to": "+12145550199" } },
        "receivers": { "+12145550111": { "no_answer": { "after": 20, "to": { "queue": queue } }, "label": it() } },
        "queues": { (queue.clone()): {
            "name": it(), "agents": ["101", { "device": device }, { "number": "+12145550113" }],
            "failover": { "voice_bot": it() }, "no_answer": { "token": it() }, "ring_timeout": 20, "require_agents": true,
        } },
        "rules": {
            "101": { "order": [
                { "when": schedule, "do_not_disturb": false,
                  "ring": { "simultaneous": { "all_phones": true, "confirm_external": true,
                      "also": [{ "number": "+12145550113", "delay": 3 }, { "device": device }] } },
                  "forward": { "busy": { "token": it() }, "unreachable": { "menu": it() }, "no_answer": { "queue": queue } } },
                { "when": other, "forward": { "always": { "token": it() } } },
                { "when": "default", "forward": { "always": { "smart_router": it() } } },
            ] },
            (extension): { "order": [{ "when": "default" }] },
        },
        "diverts": { "h": { "always": { "token": it() } }, "s": {} },
    })
}

/// What a stranger writes into a file becomes a part of no line of the configuration, and so nothing that is run: every line is
/// one of those that stand here, whatever the names are.
#[test]
fn nothing_that_is_written_gets_into_a_line() {
    let leg = r"(PJSIP/[0-9A-Za-z]+|Local/p\d+@plan/n)";
    let value =
        r"(DEVICE_STATE\(PJSIP/[0-9A-Za-z]+\)|DIALSTATUS|HANGUPCAUSE|QUEUESTATUS|KEY|ONCE_\$\{ARG1\})";
    let test = format!(r#""\$\{{{value}\}}"="[A-Z0-9]+""#);
    let step = [
        r"Goto\(plan,p\d+,1\)",
        &format!(r"GotoIf\(\$\[{test}( [|&] {test})*\]\?(plan,p\d+|lifted,s),1\)"),
        r"Gosub\(once,s,1\(\d+\)\)",
        r"Log\(NOTICE,DF\|(\d+|lifted\|\$\{CHANNEL\(name\)\})\)",
        &format!(r"Dial\({leg}(&{leg})*,\d*,U\((lifted|confirm)\)\)"),
        r#"ExecIf\(\$\["\$\{DEVICE_STATE\(PJSIP/[0-9A-Za-z]+\)\}"!="UNAVAILABLE"\]\?Dial\(PJSIP/[0-9A-Za-z]+,60\)\)"#,
        r"Queue\(q\d+,r,,,\d*\)",
        &format!(r"PauseQueueMember\(q\d+,{leg}\)"),
        r"Wait\(\d+\)|Ringing\(\)|Answer\(\)|Return\(\)|Playtones\(!440/400\)|Hangup\(17\)|Read\(KEY,,1,,1,10\)",
        r"Set\((__ONCE_\$\{ARG1\}=1|GOSUB_RESULT=BUSY)\)",
        r#"Hangup\(\$\{IF\(\$\["\$\{DIALSTATUS\}"="BUSY" \| "\$\{HANGUPCAUSE\}"="21"\]\?17:20\)\}\)"#,
    ]
    .join("|");
    let lines = [
        (
            "extensions",
            format!(
                r"\[(general|nowhere|once|lifted|confirm|entry|plan)\]|static=yes|writeprotect=yes|(exten => (s|p\d+|\+?\d{{1,20}}),1| same => n),({step})"
            ),
        ),
        (
            "queues",
            format!(
                r"\[(general|q\d+)\]|strategy=(ringall|linear|rrmemory)|retry=1|ringinuse=no|autofill=yes|leavewhenempty=no|timeout=\d+|joinempty=(yes|unavailable,invalid,unknown)|maxlen=\d+|member => {leg}(,0,,PJSIP/[0-9A-Za-z]+)?"
            ),
        ),
        ("pjsip", r"\[[0-9A-Za-z]+\](\(base\)|\(!\))?|[a-z_]+=[0-9A-Za-z_.,:]+".to_owned()),
    ];
    let lines = lines.map(|(file, line)| (file, regex::Regex::new(&format!("^({line})$")).unwrap()));
    let (mut state, mut taken) = (0x5eed_u64, 0);
    for _ in 0..400 {
        let value = hostile(&mut state);
        let Ok(tenant) = serde_json::from_value::<Tenant>(value.clone()) else { continue };
        for system in System::ALL {
            let in_force = |_: &str, schedule: &str| schedule.len().checked_rem(3).map(|it| it == 0);
            let sites = [Site { tenant: &tenant, system, is_whole: taken % 2 == 0, circumstances: None }];
            let stage = Stage { sites: &sites, home: 0, in_force: &in_force, caller: &Caller::Unlisted };
            let made = make(&stage);
            let listen = Listen {
                host: "127.0.0.1".to_owned(),
                port: 5060,
                password: "abc".to_owned(),
                own: "/tmp/x".to_owned(),
                modules: "/m".to_owned(),
            };
            let files = files(&made, &listen);
            for (file, line) in &lines {
                let wrong = files[*file].split('\n').find(|it| !it.is_empty() && !line.is_match(it));
                assert_eq!(wrong, None, "{file}: {value}");
            }
            let plain = |it: &(_, &str)| it.1.bytes().all(|it| it.is_ascii_alphanumeric());
            assert!(made.phones.all().all(|it| plain(&it)) && made.dialled.len() > 10, "{value}");
        }
        taken += 1;
    }
    assert!(taken > 200, "{taken} of 400 were taken as tenants");
}
