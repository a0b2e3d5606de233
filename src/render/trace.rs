//! What happens to a call, for people.

use super::{BOLD, DIM, YELLOW, paint};
use crate::{
    page::{Page, add, say},
    picture::label,
    report::{Assumed, Course, Event, Trace, Week, What, Window},
    text::printable,
};
use std::io;

/// "12.5 s"
fn seconds(ms: u32) -> String {
    match (ms / 1000, ms % 1000) {
        (whole, 0) => format!("{whole} s"),
        (whole, rest) => format!("{whole}.{} s", format!("{rest:03}").trim_end_matches('0')),
    }
}

/// Writes every course of a call, and what that rests on.
pub fn trace(out: &mut Page<'_>, trace: &Trace) -> io::Result<()> {
    let Trace { called, tenant, at, given, is_live, edition, zone_changed, courses, assumed, is_cut } = trace;
    let (called, tenant) = (printable(called.clone()), printable(tenant.clone()));
    say!(out, "{} on {} ({})", paint(BOLD, called), at.as_str(), tenant)?;
    let (others, named): (Vec<&String>, Vec<&String>) =
        given.iter().partition(|it| it.starts_with("everybody="));
    let named: Vec<String> = named.into_iter().map(|it| printable(it.clone())).collect();
    let state = others.last().and_then(|it| it.split_once('=')).map(|(_, state)| printable(state.to_owned()));
    match (named.as_slice(), state) {
        ([], None) => say!(out, "Every phone rings, and nobody answers.")?,
        ([], Some(state)) => say!(out, "Every phone: {}.", state)?,
        (named, None) => say!(out, "{}; every other phone rings, and nobody answers.", named.join(", "))?,
        (named, Some(state)) => say!(out, "{}; every other phone: {}.", named.join(", "), state)?,
    }
    if !is_live {
        say!(out, "Nothing live was read: what the files leave out is taken as not set.")?;
    }
    for (at, course) in courses.iter().enumerate() {
        say!(out)?;
        if courses.len() > 1 {
            say!(out, "{}", paint(BOLD, format!("{} of {} ways", at + 1, courses.len())))?;
        }
        self::course(out, course, *is_live)?;
    }
    if *is_cut {
        say!(out, "\nThere are more ways than are shown.")?;
    }
    rests_on(out, assumed)?;
    add!(out, "\nTime-zone tables: {}.", *edition)?;
    match zone_changed {
        Some(what) => say!(
            out,
            " {} {}: {}.",
            paint(YELLOW, "An edition before 2026 disagrees"),
            "about this zone",
            *what
        ),
        None => say!(out),
    }
}

fn course(out: &mut Page<'_>, course: &Course, is_live: bool) -> io::Result<()> {
    for Event { at, what } in &course.events {
        let time = format!("{:>7}", seconds(*at));
        match what {
            What::Step { step, place, .. } => {
                add!(out, "{}  {}", time, printable(step.clone()))?;
                match place {
                    Some(place) => {
                        say!(out, "  {}", paint(DIM, printable(format!("{}:{}", place.file, place.line))))?
                    }
                    // No file says it.
                    None if is_live => say!(out, "  {}", paint(DIM, "live"))?,
                    None => say!(out)?,
                }
            }
            What::Rings { rings, until } => {
                let until =
                    until.map_or_else(|| "on and on".to_owned(), |until| format!("until {}", seconds(until)));
                say!(out, "{}  {} rings {}", time, printable(rings.clone()), until)?;
            }
        }
    }
    let time = course.at.map(seconds).unwrap_or_default();
    say!(out, "{}  {}", format!("{time:>7}"), paint(BOLD, printable(course.story.clone())))
}

fn rests_on(out: &mut Page<'_>, assumed: &[Assumed]) -> io::Result<()> {
    if assumed.is_empty() {
        return Ok(());
    }
    say!(out, "\nNo source says, and this takes it that:")?;
    for Assumed { id, yes, says } in assumed {
        let other = if *yes { "no" } else { "yes" };
        say!(
            out,
            "  {:4} {}  {}",
            *id,
            *says,
            paint(DIM, format!("(--assume {id}={other} takes it otherwise)"))
        )?;
    }
    Ok(())
}

/// Writes a week: when, and how a call ends then.
pub fn week(out: &mut Page<'_>, week: &Week, changes: &[String]) -> io::Result<()> {
    for Window { from, until, ends, is_cut } in &week.windows {
        let ends: Vec<String> = ends.iter().map(|it| printable(it.clone())).collect();
        let more = if *is_cut { ", or in a way that was not looked at" } else { "" };
        say!(out, "{} to {}  {}{}", from.as_str(), until.as_str(), ends.join(", or "), more)?;
    }
    changes.iter().try_for_each(|it| say!(out, "{}", printable(it.clone())))?;
    rests_on(out, &week.assumed)
}

/// Writes a flowchart.
pub fn mermaid(out: &mut Page<'_>, trace: &Trace) -> io::Result<()> {
    say!(out, "flowchart TD")?;
    say!(out, "  c[\"{}\"]", label(&format!("{} on {}", trace.called, trace.at)))?;
    for (course, it) in trace.courses.iter().enumerate() {
        let mut from = "c".to_owned();
        for (at, event) in it.events.iter().enumerate() {
            let text = match &event.what {
                What::Step { step, .. } => step.clone(),
                What::Rings { rings, until } => {
                    let until = until
                        .map_or_else(|| "on and on".to_owned(), |until| format!("until {}", seconds(until)));
                    format!("{rings} rings {until}")
                }
            };
            let node = format!("n{course}x{at}");
            say!(
                out,
                "  {} -->|\"{}\"| {}[\"{}\"]",
                from.as_str(),
                seconds(event.at),
                node.as_str(),
                label(&text)
            )?;
            from = node;
        }
        let time = it.at.map_or_else(|| "at last".to_owned(), seconds);
        say!(out, "  {} -->|\"{}\"| e{}([\"{}\"])", from.as_str(), time, course, label(&it.story))?;
    }
    Ok(())
}
