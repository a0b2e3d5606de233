//! How steps ended, as text.

use super::{BOLD, GREEN, RED, YELLOW, paint};
use crate::{
    apply::{Outcome, Status},
    text::shown,
};
use std::io::{self, Write};

/// One line a step as it ends, with the reason and the way out where it is not done.
pub fn outcome(out: &mut dyn Write, outcome: &Outcome) -> io::Result<()> {
    let Outcome { tenant, address, action: _, status, detail, help, instructions } = outcome;
    let word = match status {
        Status::Done => paint(GREEN, "done   "),
        Status::Failed => paint(RED, "failed "),
        Status::Skipped => paint(YELLOW, "skipped"),
        Status::Unknown => paint(RED, "unknown"),
        Status::Manual => paint(YELLOW, "by hand"),
    };
    write!(out, "{word}  {tenant}/{}", shown(address.to_string()))?;
    match detail {
        Some(detail) => writeln!(out, ": {}", shown(detail.clone()))?,
        None => writeln!(out)?,
    }
    if let Some(help) = help {
        writeln!(out, "         help: {help}")?;
    }
    for instruction in instructions {
        writeln!(out, "         [ ] {instruction}")?;
    }
    Ok(())
}

/// How many steps ended how.
pub fn summary(out: &mut dyn Write, outcomes: &[Outcome]) -> io::Result<()> {
    let of = |status: Status| outcomes.iter().filter(|outcome| outcome.status == status).count();
    let mut parts = vec![format!("{} of {} done", of(Status::Done), outcomes.len())];
    let others = [
        (Status::Failed, "failed"),
        (Status::Skipped, "skipped"),
        (Status::Unknown, "unknown"),
        (Status::Manual, "left to do by hand"),
    ];
    parts.extend(others.iter().filter(|(s, _)| of(*s) > 0).map(|(s, word)| format!("{} {word}", of(*s))));
    writeln!(out, "\n{} {}.", paint(BOLD, "Applied:"), parts.join(", "))
}
