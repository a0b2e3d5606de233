//! What a run finds around it and cannot change: streams that close, a disk that is full, no thread to be had, a clock that
//! is wrong. It ends with a message and an exit code, and never in a panic.

use crate::workspace::Workspace;
use dialform::error::Ending;
use std::{
    fs::{self, File},
    process::{Command, Output, Stdio},
};

/// Every command, as far as it writes to standard output.
const COMMANDS: [&[&str]; 27] = [
    &["--help"],
    &["--version"],
    &["apply", "--help"],
    &["completions", "bash"],
    &["man"],
    &["help", "concepts"],
    &["completions", "zsh"],
    &["completions", "fish"],
    &["check"],
    &["check", "--format", "json"],
    &["check", "--format", "markdown"],
    &["checklist"],
    &["plan", "--sandbox"],
    &["plan", "--sandbox", "--format", "json"],
    &["plan", "--sandbox", "--format", "markdown"],
    &["apply", "--sandbox", "--auto-approve", "--approve-critical", "*"],
    &["who-points-to", "extension:102", "--sandbox"],
    &["export"],
    &["export", "--sandbox", "--format", "json"],
    &["diff", "acme-dental", "harbour-legal"],
    &["emergency", "status", "--sandbox"],
    &["unlock"],
    &["providers"],
    &["explain"],
    &["schema", "tenant"],
    &["sandbox", "reset"],
    &["sandbox", "serve"],
];

/// Runs a command of the quickstart; what the last argument does with it is the case.
fn run(arguments: &[&str], surround: impl Fn(&mut Command)) -> Output {
    let workspace = Workspace::quickstart();
    let mut process = workspace.process(arguments);
    process.stdin(Stdio::null()).stderr(Stdio::piped());
    surround(&mut process);
    process.spawn().unwrap().wait_with_output().unwrap()
}

fn said(run: &Output) -> String {
    String::from_utf8_lossy(&run.stderr).into_owned()
}

/// `dialform completions bash | head -1`: whoever has read enough hangs up, and that is no panic and no message.
#[test]
fn a_reader_that_hangs_up_ends_a_command_quietly() {
    for arguments in COMMANDS {
        let run = run(arguments, |process| {
            let (reader, writer) = std::io::pipe().unwrap();
            drop(reader);
            process.stdout(writer);
        });
        // An apply that nobody listens to is not done.
        let ending =
            if arguments[0] == "apply" && arguments[1] != "--help" { Ending::Error } else { Ending::Fine };
        assert_eq!(run.status.code(), Some(ending as i32), "{arguments:?}: {run:?}");
        assert!(!said(&run).contains("panicked"), "{arguments:?}: {run:?}");
        assert!(!said(&run).contains("error"), "{arguments:?}: {run:?}");
    }
}

/// What cannot be written is an error with a message: a file that is cut must not look like a whole one.
#[test]
fn a_full_disk_is_said() {
    for arguments in COMMANDS {
        let run = run(arguments, |process| {
            process.stdout(File::options().write(true).open("/dev/full").unwrap());
        });
        // What is written before there is a command is the argument parser's own.
        let parser = arguments.iter().any(|it| it.starts_with("--help") || *it == "--version");
        let (ending, why) =
            if parser { (Ending::Fine, "") } else { (Ending::Error, "No space left on device") };
        assert_eq!(run.status.code(), Some(ending as i32), "{arguments:?}: {run:?}");
        assert!(said(&run).contains(why) && !said(&run).contains("panicked"), "{arguments:?}: {run:?}");
    }
}

/// The commands that speak to a phone system, an emulated one among them.
const SPEAKING: [&[&str]; 5] = [
    &["plan", "--sandbox"],
    &["apply", "--sandbox", "--auto-approve", "--approve-critical", "*"],
    &["emergency", "status", "--sandbox"],
    &["sandbox", "serve"],
    &["unlock"],
];

/// Runs the commands in such surroundings: each ends with this error and nothing else.
fn ends_with(expected: &str, surround: impl Fn(&mut Command)) {
    for arguments in SPEAKING {
        let run = run(arguments, |process| {
            process.stdout(Stdio::piped());
            surround(process);
        });
        assert_eq!(run.status.code(), Some(Ending::Error as i32), "{arguments:?}: {run:?}");
        assert_eq!(said(&run).trim_end(), expected, "{arguments:?}: {run:?}");
        assert_eq!(run.stdout, b"", "{arguments:?}: {run:?}");
    }
}

/// On a machine whose processes have used up every thread the run cannot start, and says so. A stack that fits nowhere
/// makes the system refuse each thread with the same error.
#[test]
fn a_machine_without_threads_is_said() {
    let message = "error[failed]: cannot start a thread: Resource temporarily unavailable (os error 11)\n |\n\
                   help: there are too many processes: end some, or raise the limit (`ulimit -u`)";
    ends_with(message, |process| {
        process.env("RUST_MIN_STACK", (1_u64 << 46).to_string());
    });
}

/// A clock that says a year that cannot be written down: times stand in names of files, in logs and in locks.
#[test]
fn a_clock_beyond_all_dates_is_said() {
    let message = "error[failed]: the clock of this machine says no time between the years 1970 and 9999\n |\n\
                   help: set the clock";
    let directory = tempfile::tempdir().unwrap();
    for (name, seconds) in [("late", "253402300800"), ("never", "9000000000000000000"), ("early", "-1")] {
        let source = directory.path().join(format!("{name}.c"));
        let shim = source.with_extension("so");
        let clock = format!(
            "#define _GNU_SOURCE\n#include <time.h>\n#include <unistd.h>\n#include <sys/syscall.h>\n\
             int clock_gettime(clockid_t id, struct timespec *to) {{\n\
               if (id != CLOCK_REALTIME) return syscall(SYS_clock_gettime, id, to);\n\
               to->tv_sec = {seconds}; to->tv_nsec = 0; return 0;\n}}\n"
        );
        fs::write(&source, clock).unwrap();
        let made =
            Command::new("cc").args(["-shared", "-fPIC", "-o"]).args([&shim, &source]).status().unwrap();
        assert!(made.success());
        ends_with(message, |process| {
            process.env("LD_PRELOAD", &shim);
        });
    }
}
