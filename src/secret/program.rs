//! Programs that print a credential. Neither one that waits for ever nor one that prints without end holds up a run.

use std::{
    io::{self, Read},
    path::Path,
    process::{Command, ExitStatus, Stdio},
    sync::mpsc,
    thread,
    time::Duration,
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
}

/// Runs a program and returns what it prints. What it says on standard error is shown to nobody: it may repeat a secret.
pub fn printed(
    program: &str,
    arguments: &[String],
    root: &Path,
    patience: Duration,
) -> Result<Vec<u8>, Trouble> {
    let mut command = Command::new(program);
    command.args(arguments).current_dir(root);
    command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::null());
    let mut child = command.spawn().map_err(Trouble::NotRun)?;
    let (send, printed) = mpsc::channel();
    if let Some(out) = child.stdout.take() {
        // Not waited for: a program of its own may keep the pipe open when this one is gone.
        thread::spawn(move || {
            let mut bytes = Vec::new();
            let read = out.take(LONGEST as u64 + 1).read_to_end(&mut bytes);
            let _ = send.send(read.map(|_| bytes));
        });
    }
    let found = printed.recv_timeout(patience);
    let bytes = match found {
        Ok(Ok(bytes)) if bytes.len() <= LONGEST => Ok(bytes),
        Ok(Ok(_)) => Err(Trouble::TooMuch),
        Ok(Err(error)) => Err(Trouble::NotRun(error)),
        Err(_) => Err(Trouble::TooLong),
    };
    if bytes.is_err() {
        // One that has ended already needs no end.
        let _ = child.kill();
    }
    let mut left = patience.as_millis() / LOOK.as_millis();
    let status = loop {
        match child.try_wait().map_err(Trouble::NotRun)? {
            Some(status) => break status,
            None if left == 0 => {
                let _ = child.kill();
                let _ = child.wait();
                return Err(Trouble::TooLong);
            }
            None => thread::sleep(LOOK),
        }
        left -= 1;
    };
    let bytes = bytes?;
    if status.success() { Ok(bytes) } else { Err(Trouble::Ended(status)) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::Instant;

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
            let arguments = ["-c".to_owned(), script.to_owned()];
            let found = printed("sh", &arguments, Path::new("."), Duration::from_millis(700));
            assert!(is_right(&found), "{script}: {found:?}");
            assert!(began.elapsed() < Duration::from_secs(5), "{script} took {:?}", began.elapsed());
        }
        let missing = printed("no-such-program", &[], Path::new("."), PATIENCE);
        assert!(matches!(missing, Err(Trouble::NotRun(_))), "{missing:?}");
    }
}
