//! The faults, each aimed at one write of a run.

use dialform::sandbox;

/// One thing that goes wrong.
#[derive(Debug)]
pub struct Fault {
    pub name: &'static str,
    switches: &'static str,
    aim: Aim,
    pub end: End,
}

/// Which requests it meets.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Aim {
    /// The write.
    Write,
    /// The request before the write: after that answer the server is gone.
    Before,
    /// The write and every later one.
    Onwards,
}

/// What the engine can make of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum End {
    /// Everything is done all the same.
    Done,
    /// The write did happen. A step that sends nothing after it is done; one that sends more may be cut short.
    Committed,
    /// The write did not happen, and the provider said that it did.
    Ignored,
    /// The write did not happen; an update or a deletion is sent once more, a creation is not.
    Lost,
    /// Nothing is done from there on.
    Refused,
}

const fn fault(name: &'static str, switches: &'static str, aim: Aim, end: End) -> Fault {
    Fault { name, switches, aim, end }
}

pub static FAULTS: [Fault; 15] = [
    fault("connection refused", "refuse:1,refuse-for:200ms", Aim::Before, End::Done),
    fault("reset before commit", "reset-before-commit:1", Aim::Write, End::Lost),
    fault("reset after commit", "reset-after-commit:1", Aim::Write, End::Committed),
    fault("429", "429:1,retry-after:0", Aim::Write, End::Done),
    fault("420", "420:1", Aim::Write, End::Done),
    fault("500 before commit", "500:1", Aim::Write, End::Lost),
    fault("502 after commit", "502-after-commit:1", Aim::Write, End::Committed),
    fault("202 ignored", "accept-and-ignore:1", Aim::Write, End::Ignored),
    fault("stale reads for 2 s", "stale:1,stale-for:2s", Aim::Write, End::Done),
    fault("slow 10x", "slow:20ms,slow-10x:1", Aim::Write, End::Done),
    fault("truncated JSON", "truncate:1", Aim::Write, End::Committed),
    fault("wrong content type", "garbage:1", Aim::Write, End::Lost),
    fault("503", "503:1", Aim::Write, End::Lost),
    fault("429 for good", "429:1,retry-after:0", Aim::Onwards, End::Refused),
    fault("reset after every commit", "reset-after-commit:1", Aim::Onwards, End::Committed),
];

impl Fault {
    /// The emulation's switches: the fault meets write number `write`, before which `after` requests were sent.
    pub fn switches(&self, write: usize, after: usize) -> String {
        let Self { switches, aim, .. } = self;
        match aim {
            Aim::Write => format!("{switches},only:writes,skip:{write},at-most:1"),
            Aim::Before => format!("{switches},skip:{},at-most:1", after.saturating_sub(1)),
            Aim::Onwards => format!("{switches},only:writes,skip:{write}"),
        }
    }

    /// Whether servers of this kind can be made to have it.
    pub fn is_one_of(&self, kind: &str) -> bool {
        sandbox::find(kind).unwrap().read(self.switches, &[]).is_ok()
    }

    /// Whether it can meet more than one write.
    pub fn lasts(&self) -> bool {
        self.aim == Aim::Onwards
    }
}
