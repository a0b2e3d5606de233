//! What a process takes of the machine.

use std::{process::Command, time::Duration};
use wait4::Wait4;

#[derive(Debug, Clone, Copy)]
pub struct Used {
    /// `None` after a signal.
    pub code: Option<i32>,
    /// The time of processors, of the user's and of the system's side.
    pub work: Duration,
    /// Bytes of memory at most.
    pub peak: u64,
}

/// Runs a command to its end.
pub fn used(command: &mut Command) -> Used {
    let ended = command.spawn().unwrap().wait4().unwrap();
    Used {
        code: ended.status.code(),
        work: ended.rusage.utime + ended.rusage.stime,
        peak: ended.rusage.maxrss,
    }
}
