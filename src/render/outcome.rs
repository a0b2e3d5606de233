//! How steps ended, as text.

use super::{BOLD, GREEN, RED, YELLOW, paint};
use crate::{
    outcome::{Outcome, Status},
    text::{escaped, printable},
};
use std::io::{self, Write};

/// One line a step as it ends, with the reason and the way out where it is not done.
pub fn outcome(out: &mut dyn Write, outcome: &Outcome) -> io::Result<()> {
    let Outcome { tenant, address, action: _, status, detail, help, instructions, written: _ } = outcome;
    let style = match status {
        Status::Done => GREEN,
        Status::Accepted | Status::Skipped | Status::Manual => YELLOW,
        Status::NotApplied | Status::Failed | Status::Unknown => RED,
    };
    let word = paint(style, format!("{:8}", self::word(*status)));
    write!(out, "{word}  {tenant}/{}", printable(address.to_string()))?;
    match detail {
        Some(detail) => writeln!(out, ": {}", printable(detail.clone()))?,
        None => writeln!(out)?,
    }
    if let Some(help) = help {
        writeln!(out, "          help: {help}")?;
    }
    for instruction in instructions {
        writeln!(out, "          [ ] {}", escaped(instruction.to_string()))?;
    }
    Ok(())
}

/// How many steps ended how.
pub fn summary(out: &mut dyn Write, outcomes: &[Outcome]) -> io::Result<()> {
    writeln!(out, "\n{} {}.", paint(BOLD, "Applied:"), count_all(outcomes))
}

/// "3 of 4 done, 1 failed"
pub(super) fn count_all(outcomes: &[Outcome]) -> String {
    let of = |status: Status| outcomes.iter().filter(|outcome| outcome.status == status).count();
    let mut parts = vec![format!("{} of {} done", of(Status::Done), outcomes.len())];
    let others = [
        (Status::Accepted, "accepted, not yet visible"),
        (Status::NotApplied, "not applied by the provider"),
        (Status::Failed, "failed"),
        (Status::Skipped, "skipped"),
        (Status::Unknown, "unknown"),
        (Status::Manual, "left to do by hand"),
    ];
    parts.extend(others.iter().filter(|(s, _)| of(*s) > 0).map(|(s, word)| format!("{} {word}", of(*s))));
    parts.join(", ")
}

/// How a step ended, in a word or two.
pub(super) fn word(status: Status) -> &'static str {
    match status {
        Status::Done => "done",
        Status::Accepted => "accepted",
        Status::NotApplied => "not done",
        Status::Failed => "failed",
        Status::Skipped => "skipped",
        Status::Unknown => "unknown",
        Status::Manual => "by hand",
    }
}
