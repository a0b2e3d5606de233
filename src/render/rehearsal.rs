//! How a person calls at a switch of this machine, and what happens then.

use super::{BOLD, DIM, YELLOW, paint};
use crate::{
    page::{Page, say},
    report::Rehearsal,
    text::printable,
};
use std::io;

/// Writes what a person needs to know before calling.
pub fn rehearsal(out: &mut Page<'_>, it: &Rehearsal) -> io::Result<()> {
    let Rehearsal { at, called, server, user, password, phones, dialled, foretold, notes } = it;
    say!(out, "{}, for calls as of {}", paint(BOLD, "A switch is ready"), printable(at.clone()))?;
    say!(out, "\nRegister a softphone to call with (SIP over UDP):")?;
    let rows = [("server", server), ("user", user), ("password", password)];
    rows.into_iter().try_for_each(|(word, value)| say!(out, "  {:8}  {}", word, printable(value.clone())))?;
    if !phones.is_empty() {
        say!(
            out,
            "\nRegister others as the phones that are called, with that password. One that is not is offline:"
        )?;
        let width = phones.iter().map(|(account, _)| account.len()).max().unwrap_or_default();
        phones.iter().try_for_each(|(account, whose)| {
            say!(out, "  {}  {}", printable(format!("{account:width$}")), printable(whose.clone()))
        })?;
    }
    let others: Vec<&str> = dialled.iter().map(String::as_str).filter(|it| *it != called).collect();
    say!(out, "\nDial {}, or {}", paint(BOLD, printable(called.clone())), printable(others.join(", ")))?;
    say!(out, "\nWhat `trace` says of {}:", printable(called.clone()))?;
    for (when, ends) in foretold {
        say!(out, "  {}: {}", when.as_str(), printable(ends.join(", or ")))?;
    }
    notes.iter().try_for_each(|it| say!(out, "{}: {}", paint(YELLOW, "note"), printable(it.clone())))?;
    say!(out, "\nSchedules are as dialform works them out; the rest is the switch. Ctrl-C ends it.")
}

/// Writes what happens to a call: a step on its way, or how it ends.
pub fn told(out: &mut Page<'_>, text: &str, is_end: bool) -> io::Result<()> {
    let text = printable(text.to_owned());
    if is_end { say!(out, "  {}", paint(BOLD, text)) } else { say!(out, "  {}", paint(DIM, text)) }
}
