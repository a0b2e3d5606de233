//! Programs that print a credential. Neither one that waits for ever nor one that prints without end holds up a run.

use std::{
    io::{self, Read},
    process::{Command, ExitStatus, Stdio},
    sync::mpsc::{self, RecvTimeoutError},
    thread,
    time::{Duration, Instant},
};

/// How long a program may take: it may ask somebody for a finger or a code.
pub const PATIENCE: Duration = Duration::from_secs(60);
/// Bytes of the longest credential.
const LONGEST: usize = 64 << 10;
/// How often it is looked whether a program has ended.
const LOOK: Duration = Duration::from_millis(10);

/// Why a program has given no credential.
#[derive(Debug)]
pub enum Trouble {
    NotRun(io::Error),
    Ended(ExitStatus),
    TooLong,
    TooMuch,
    /// The run was told to stop.
    Stopped,
}

/// Runs a program and returns what it prints. What it says on standard error is shown to nobody: it may repeat a secret.
/// It is ended where it takes longer than it may, and where the run is.
pub fn printed(
    command: &mut Command,
    patience: Duration,
    stopped: &dyn Fn() -> bool,
) -> Result<Vec<u8>, Trouble> {
    command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::null());
    let mut child = command.spawn().map_err(Trouble::NotRun)?;
    let (send, printed) = mpsc::channel();
    if let Some(out) = child.stdout.take() {
        // Not waited for: a program of its own may keep the pipe open when this one is gone.
        let reader = move || {
            let mut bytes = Vec::new();
            let read = out.take(LONGEST as u64 + 1).read_to_end(&mut bytes);
            let _ = send.send(read.map(|_| bytes));
        };
        if let Err(error) = thread::Builder::new().spawn(reader) {
            let _ = child.kill();
            let _ = child.wait();
            return Err(Trouble::NotRun(error));
        }
    }
    let end = Instant::now() + patience;
    let found = loop {
        match printed.recv_timeout(LOOK) {
            Err(RecvTimeoutError::Timeout) if stopped() => break Err(Trouble::Stopped),
            Err(RecvTimeoutError::Timeout) if Instant::now() < end => {}
            found => break found.map_err(|_| Trouble::TooLong),
        }
    };
    let bytes = match found {
        Ok(Ok(bytes)) if bytes.len() <= LONGEST => Ok(bytes),
        Ok(Ok(_)) => Err(Trouble::TooMuch),
        Ok(Err(error)) => Err(Trouble::NotRun(error)),
        Err(trouble) => Err(trouble),
    };
    if bytes.is_err() {
        // One that has ended already needs no end.
        let _ = child.kill();
    }
    let status = loop {
        match child.try_wait().map_err(Trouble::NotRun)? {
            Some(status) => break status,
            None if stopped() || Instant::now() >= end => {
                let _ = child.kill();
                let _ = child.wait();
                return Err(if stopped() { Trouble::Stopped } else { Trouble::TooLong });
            }
            None => thread::sleep(LOOK),
        }
    };
    let bytes = bytes?;
    if status.success() { Ok(bytes) } else { Err(Trouble::Ended(status)) }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A good program, and each way not to be one: none takes longer than it may.
    #[test]
    fn a_program_is_bounded() {
        type IsRight = fn(&Result<Vec<u8>, Trouble>) -> bool;
        let cases: [(&str, IsRight); 7] = [
            ("echo secret", |it| matches!(it, Ok(text) if text == b"secret\n")),
            ("echo half; exit 3", |it| matches!(it, Err(Trouble::Ended(status)) if status.code() == Some(3))),
            ("sleep 30", |it| matches!(it, Err(Trouble::TooLong))),
            ("exec >&-; sleep 30", |it| matches!(it, Err(Trouble::TooLong))),
            ("echo secret; sleep 30 &", |it| matches!(it, Err(Trouble::TooLong))),
            ("yes", |it| matches!(it, Err(Trouble::TooMuch))),
            ("read line && echo $line", |it| matches!(it, Err(Trouble::Ended(_)))),
        ];
        for (script, is_right) in cases {
            let began = Instant::now();
            let found =
                printed(Command::new("sh").args(["-c", script]), Duration::from_millis(700), &|| false);
            assert!(is_right(&found), "{script}: {found:?}");
            assert!(began.elapsed() < Duration::from_secs(5), "{script} took {:?}", began.elapsed());
        }
        let missing = printed(&mut Command::new("no-such-program"), PATIENCE, &|| false);
        assert!(matches!(missing, Err(Trouble::NotRun(_))), "{missing:?}");
        let began = Instant::now();
        let ended = printed(Command::new("sleep").arg("30"), PATIENCE, &|| {
            began.elapsed() > Duration::from_millis(100)
        });
        assert!(matches!(ended, Err(Trouble::Stopped)), "{ended:?}");
        assert!(began.elapsed() < Duration::from_secs(5), "{:?}", began.elapsed());
    }
}
