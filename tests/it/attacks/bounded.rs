//! A run of the program in bounds: what it may take is limited, and what it did take is measured.

use crate::workspace::Workspace;
use std::{
    fs::{self, File},
    process::{Command, ExitStatus, Stdio},
    sync::Mutex,
    thread,
    time::{Duration, Instant},
};

/// Bytes of address space: whatever happens, a run cannot take more of the machine. Most of it is the program, the stacks of its
/// threads and what its allocator keeps for later, which take no memory.
const SPACE: u64 = 2 << 30;
/// Bytes of memory that a run may take.
pub const PEAK: u64 = 300_000_000;

/// How a run ended.
pub struct Bounded {
    /// `None` after a signal.
    pub code: Option<i32>,
    pub ended: ExitStatus,
    pub said: String,
    pub took: Duration,
    /// Bytes of memory at most, as long as it could be seen: not of its last moment.
    pub peak: u64,
}

/// Runs a command in a workspace.
pub fn run(workspace: &Workspace, arguments: &[&str]) -> Bounded {
    let line = format!("ulimit -v {}; exec \"$0\" \"$@\"", SPACE >> 10);
    let program = workspace.process(arguments);
    let heard = workspace.path("heard");
    let out = File::create(&heard).unwrap();
    let began = Instant::now();
    let mut run = Command::new("bash")
        .args(["-c", &line])
        .arg(program.get_program())
        .args(program.get_args())
        .stdin(Stdio::null())
        .stderr(out.try_clone().unwrap())
        .stdout(out)
        .spawn()
        .unwrap();
    let mut peak = 0;
    let ended = loop {
        peak = most_memory(run.id()).unwrap_or_default().max(peak);
        match run.try_wait().unwrap() {
            Some(ended) => break ended,
            None => thread::sleep(Duration::from_millis(2)),
        }
    };
    let said = String::from_utf8_lossy(&fs::read(heard).unwrap()).into_owned();
    Bounded { code: ended.code(), ended, said, took: began.elapsed(), peak }
}

/// The most memory that a process has had so far.
fn most_memory(process: u32) -> Option<u64> {
    let status = fs::read_to_string(format!("/proc/{process}/status")).ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    Some(line.trim().strip_suffix(" kB")?.parse::<u64>().ok()? << 10)
}

/// What went wrong with each of a list. Runs that mostly wait wait together.
pub fn six_at_once<T: Sync>(list: &[T], run: fn(&T) -> Result<(), String>) -> Vec<String> {
    let (left, wrong) = (Mutex::new(list.iter()), Mutex::new(Vec::new()));
    thread::scope(|scope| {
        for _ in 0..6 {
            scope.spawn(|| {
                loop {
                    let Some(item) = left.lock().unwrap().next() else { return };
                    if let Err(why) = run(item) {
                        wrong.lock().unwrap().push(why);
                    }
                }
            });
        }
    });
    wrong.into_inner().unwrap()
}
