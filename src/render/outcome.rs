//! How steps ended, as text.

use super::{BOLD, GREEN, RED, YELLOW, experience::noticed_now, paint};
use crate::{
    outcome::{Outcome, Status, WriteRequest, Writes},
    page::{Code, Exact, Joined, Own, Page, add, say},
    plan::{Plan, TenantPlan},
    text::printable,
};
use std::{collections::BTreeSet, io};

/// What of a reviewed plan is so already.
pub fn already(out: &mut Page<'_>, objects: &[String]) -> io::Result<()> {
    if objects.is_empty() {
        return Ok(());
    }
    let names: Vec<Code<String>> = objects.iter().map(|it| Code(printable(it.clone()))).collect();
    let end = out.is_markdown().then_some(Own("\n"));
    say!(out, "{}Already so, of the reviewed plan: {}", end, Joined(&names, ", "))
}

/// One line a step as it ends, with the reason and the way out where it is not done.
pub fn outcome(out: &mut Page<'_>, outcome: &Outcome) -> io::Result<()> {
    let Outcome {
        tenant,
        address,
        action: _,
        status,
        detail,
        help,
        writes,
        instructions,
        slow: _,
        written: _,
    } = outcome;
    let style = match status {
        Status::Done => GREEN,
        Status::Accepted | Status::Skipped | Status::Manual => YELLOW,
        Status::NotApplied | Status::Failed | Status::Unknown => RED,
    };
    add!(out, "{:8}  {}", paint(style, word(*status)), printable(format!("{tenant}/{address}")))?;
    match detail {
        Some(detail) => say!(out, ": {}", printable(detail.clone()))?,
        None => say!(out)?,
    }
    for line in writes.iter().flat_map(|writes| self::writes(*status, writes)) {
        say!(out, "          {}", line)?;
    }
    if let Some(help) = help {
        say!(out, "          help: {}", printable(help.clone()))?;
    }
    for instruction in instructions {
        say!(out, "          [ ] {}", Exact(instruction.to_string()))?;
    }
    Ok(())
}

/// What a step that is not done has written all the same, in one or two sentences.
pub(super) fn writes(status: Status, writes: &Writes) -> Vec<String> {
    let Writes { accepted, unclear } = writes;
    if accepted.is_empty() && unclear.is_empty() {
        return vec!["nothing was written".to_owned()];
    }
    let before = if status == Status::NotApplied { "written" } else { "written before that" };
    let both = [(before, accepted), ("perhaps written, the answer was not clear", unclear)];
    let said = both.into_iter().filter(|(_, requests)| !requests.is_empty());
    said.map(|(what, requests)| format!("{what}: {}", self::requests(requests))).collect()
}

/// The first few, in the order in which they were sent.
fn requests(requests: &[WriteRequest]) -> String {
    const NAMED: usize = 5;
    let named = requests.iter().take(NAMED);
    let named = named
        .map(|WriteRequest { method, path, what }| printable(format!("{method} {path} ({what})")))
        .collect::<Vec<_>>()
        .join(", ");
    match requests.len().saturating_sub(NAMED) {
        0 => named,
        more => format!("{named} and {more} more"),
    }
}

/// How many steps ended how.
pub fn summary(out: &mut Page<'_>, outcomes: &[Outcome]) -> io::Result<()> {
    say!(out, "\n{} {}.", paint(BOLD, "Applied:"), count_all(outcomes))
}

/// What callers notice now, and how many steps ended how.
pub fn applied(out: &mut Page<'_>, plan: &Plan, outcomes: &[Outcome]) -> io::Result<()> {
    say!(out)?;
    noticed_now(out, plan, outcomes)?;
    say!(out, "\n{} {}.", paint(BOLD, "Applied:"), count_whole(plan, outcomes))
}

/// The same with what was not even planned: "19 of 19 done; not planned: acme/rules.101"
pub(super) fn count_whole(plan: &Plan, outcomes: &[Outcome]) -> String {
    const NAMED: usize = 5;
    let all = not_planned(plan);
    let counted = count_all(outcomes);
    let named = all.iter().take(NAMED).cloned().map(printable).collect::<Vec<_>>().join(", ");
    match all.len().saturating_sub(NAMED) {
        _ if all.is_empty() => counted,
        0 => format!("{counted}; not planned: {named}"),
        more => format!("{counted}; not planned: {named} and {more} more"),
    }
}

/// What was left out because something was wrong with it: objects, some of them in part, and whole tenants.
fn not_planned(plan: &Plan) -> Vec<String> {
    let mut all = Vec::new();
    for tenant in plan.tenants.iter().filter(|it| !it.blocked.is_empty()) {
        let TenantPlan { tenant: name, withheld, withheld_fields, .. } = tenant;
        let in_part = withheld_fields.keys().filter(|it| !withheld.contains(*it));
        let before = all.len();
        all.extend(withheld.iter().map(|it| format!("{name}/{it}")));
        all.extend(in_part.map(|it| format!("{name}/{it} in part")));
        if all.len() == before {
            all.push(name.clone());
        }
    }
    all
}

/// "3 of 4 done, 1 failed"
fn count_all(outcomes: &[Outcome]) -> String {
    let of = |status: Status| outcomes.iter().filter(|outcome| outcome.status == status).count();
    let mut parts = vec![format!("{} of {} done", of(Status::Done), outcomes.len())];
    let slow: BTreeSet<&str> = outcomes.iter().filter_map(|outcome| outcome.slow).collect();
    let accepted = match slow.into_iter().collect::<Vec<_>>().join("; ") {
        none if none.is_empty() => "accepted, not yet visible".to_owned(),
        slow => format!("accepted: {slow}"),
    };
    let others = [
        (Status::Accepted, accepted.as_str()),
        (Status::NotApplied, "not applied by the provider"),
        (Status::Failed, "failed"),
        (Status::Skipped, "skipped"),
        (Status::Unknown, "unknown"),
        (Status::Manual, "left to do by hand"),
    ];
    let short = outcomes.iter().filter(|it| it.status == Status::Done && it.detail.is_some()).count();
    if short > 0 {
        parts.push(format!("{short} of them not wholly"));
    }
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
