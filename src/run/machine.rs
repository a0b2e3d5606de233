//! What the machine and whoever started this process have settled before a run begins.

use crate::{aside::Aside, error::Failure, text::io_reason};
use std::{fs, io::Read, path::Path, sync::Mutex, thread, time::SystemTime};

/// Threads that a run starts beside its own: the one of [`Aside`], one that looks up names, runs programs or writes for the sandbox,
/// one that reads what programs print, one that waits for an answer at the terminal. While files are loaded and accounts planned
/// there are others, where the machine has them to give ([`crate::cores`]).
const THREADS: usize = 4;

/// Bytes of a time-zone table: the largest there is has some four thousand.
const LARGEST_TABLE: u64 = 1 << 20;

/// What time it is, as the clock of this machine says.
pub(super) fn now() -> jiff::Timestamp {
    jiff::Timestamp::now()
}

/// Does work that speaks to phone systems, if it can be done here: on this thread. A request takes microseconds between two waits,
/// and to hand it to another thread takes longer than that. What may not wait for the run has one of its own ([`Aside`]).
pub fn on_runtime<T>(work: impl Future<Output = Result<T, Failure>>) -> Result<T, Failure> {
    ensure_threads()?;
    ensure_clock(SystemTime::now())?;
    let failed = |error| Failure::error(format!("cannot start: {error}"));
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().map_err(failed)?;
    let aside = Aside::start().map_err(failed)?;
    let ending = runtime.block_on(aside.beside(work));
    // Do not wait for the answer to a question when the run ends.
    runtime.shutdown_background();
    aside.end();
    ending
}

/// What needs a thread and gets none panics, deep in a library: whether there are enough is tried before.
fn ensure_threads() -> Result<(), Failure> {
    // Each waits until it can have this, so that all of them live at once.
    let gate = Mutex::new(());
    thread::scope(|scope| {
        let _closed = gate.lock();
        for _ in 0..THREADS {
            let started = thread::Builder::new().spawn_scoped(scope, || drop(gate.lock()));
            started.map_err(|error| {
                let help = "there are too many processes: end some, or raise the limit (`ulimit -u`)";
                Failure::error(format!("cannot start a thread: {error}")).help(help)
            })?;
        }
        Ok(())
    })
}

/// Times stand in names of files, in logs and in locks, and have to be written.
fn ensure_clock(now: SystemTime) -> Result<(), Failure> {
    match jiff::Timestamp::try_from(now) {
        Ok(now) if now >= jiff::Timestamp::UNIX_EPOCH => Ok(()),
        _ => Err(Failure::error("the clock of this machine says no time between the years 1970 and 9999")
            .help("set the clock")),
    }
}

/// The time-zone table of a zone in a directory of them.
pub(super) fn zone_table(dir: &Path, zone: &str) -> Result<Vec<u8>, String> {
    let is_name = |part: &str| !part.is_empty() && part != "." && part != "..";
    if !zone.split('/').all(is_name) {
        return Err("that is no name of a zone".to_owned());
    }
    let mut table = Vec::new();
    let file = fs::File::open(dir.join(zone)).map_err(|error| io_reason(&error))?;
    file.take(LARGEST_TABLE).read_to_end(&mut table).map_err(|error| io_reason(&error))?;
    Ok(table)
}

/// The signals that this process was started to ignore, one bit each, from number 1 on; none where the system does not say.
pub fn ignored_signals() -> u64 {
    let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
    let mask = status.lines().find_map(|line| line.strip_prefix("SigIgn:"));
    mask.and_then(|mask| u64::from_str_radix(mask.trim(), 16).ok()).unwrap_or_default()
}
