//! Emergency forwards, and what a command switches of them, as text.

use super::{BOLD, RED, YELLOW, paint};
use crate::{
    emergency::{Account, ByHand, Choice, Forwards, Stored, Switch},
    model::E164,
    outcome::{Outcome, Status},
    page::{Exact, Joined, Page, add, say},
    plan::Clicks,
    text::{count, printable},
};
use std::{io, path::Path};

/// What there is, account by account, and how much of it is on.
pub fn emergency_status(out: &mut Page<'_>, accounts: &[Account]) -> io::Result<()> {
    let (mut on, mut off, mut not_known, mut not_read) = (0, 0, 0, 0);
    for account in accounts {
        heading(out, account)?;
        match &account.forwards {
            Forwards::Switched { stored } => {
                let shown: Vec<&Stored> = stored
                    .iter()
                    .filter(|it| it.active || it.to.is_some() || it.unreadable.is_some())
                    .collect();
                on += shown.iter().filter(|it| it.active && it.unreadable.is_none()).count();
                off += shown.iter().filter(|it| !it.active && it.unreadable.is_none()).count();
                not_known += shown.iter().filter(|it| it.unreadable.is_some()).count();
                if shown.is_empty() {
                    say!(out, "  no forward is stored")?;
                }
                shown.into_iter().try_for_each(|forward| stored_line(out, forward))?;
            }
            other => {
                if let Forwards::Unreachable { declared, .. } | Forwards::ByHand { declared } = other {
                    not_known += declared.len();
                }
                not_read += usize::from(matches!(other, Forwards::Unreachable { .. }));
                by_hand(out, other, None, false)?;
            }
        }
        say!(out)?;
    }
    let mut parts = vec![format!("{on} on"), format!("{off} off")];
    if not_known > 0 {
        parts.push(format!("{not_known} not known"));
    }
    // It may have others than the files declare.
    if not_read > 0 {
        parts.push(format!("{} not read", count(not_read, "account")));
    }
    say!(out, "{} {}.", paint(BOLD, "Emergency forwards:"), Joined(&parts, ", "))
}

fn heading(out: &mut Page<'_>, account: &Account) -> io::Result<()> {
    let Account { tenant, provider, account, .. } = account;
    let (tenant, account) = (printable(tenant.clone()), printable(account.clone()));
    say!(out, "{} on {}, account {}", paint(BOLD, tenant), printable(provider.clone()), account)
}

fn stored_line(out: &mut Page<'_>, forward: &Stored) -> io::Result<()> {
    let Stored { number, to, active, unreadable, declared } = forward;
    if let Some(shown) = unreadable {
        let shown = printable(shown.clone());
        let word = paint(YELLOW, "?  ");
        let (number, to) = (number.to_string(), target(to.as_ref()));
        return say!(
            out,
            "  {}  {} -> {}  (`active` is {}, which is not understood)",
            word,
            number,
            to,
            shown
        );
    }
    let word = if *active { paint(YELLOW, "on ") } else { paint(super::DIM, "off") };
    add!(out, "  {}  {} -> {}", word, number.to_string(), target(to.as_ref()))?;
    let said = declared.as_ref().and_then(|declared| {
        let said = declared.active.filter(|said| said != active)?;
        Some(format!("  ({} says `active: {said}`)", declared.at()))
    });
    say!(out, "{}", said)
}

fn target(to: Option<&E164>) -> String {
    to.map_or_else(|| "no phone number".to_owned(), ToString::to_string)
}

/// The forwards that no request switches, with the clicks that do; `switch` says which way, `None` both. `has_left`: of some
/// it is said why they are left as they are.
fn by_hand(
    out: &mut Page<'_>,
    forwards: &Forwards,
    switch: Option<Switch>,
    has_left: bool,
) -> io::Result<()> {
    let declared = match forwards {
        Forwards::Switched { .. } => return Ok(()),
        Forwards::None { system } => {
            return say!(
                out,
                "  {} has no emergency forward that can be switched",
                printable(system.clone())
            );
        }
        Forwards::AlwaysArmed { declared } => {
            say!(out, "  always armed, nothing to switch")?;
            for ByHand { number, to, .. } in declared {
                say!(out, "  {} -> {}", number.to_string(), target(to.as_ref()))?;
            }
            return Ok(());
        }
        Forwards::Unreachable { finding, declared } => {
            say!(out, "  {}: {}", paint(RED, "not read"), printable(finding.message.clone()))?;
            if let Some(help) = &finding.help {
                say!(out, "  help: {}", printable(help.clone()))?;
            }
            declared
        }
        Forwards::ByHand { declared } => declared,
    };
    if declared.is_empty() {
        return match switch {
            Some(_) if has_left => Ok(()),
            Some(switch) => {
                say!(out, "  nothing to switch {} in the portal, as far as is known", switch.word())
            }
            None => say!(out, "  switched in the portal; the files declare none"),
        };
    }
    match switch {
        // Nobody knows; who looks at it sees it.
        Some(Switch::Off) => say!(out, "  in the portal, where it is on:")?,
        _ => say!(out, "  in the portal:")?,
    }
    for forward in declared {
        match switch {
            Some(switch) => clicks(out, forward.clicks(switch))?,
            None => {
                say!(out, "  {} -> {}", forward.number.to_string(), target(forward.to.as_ref()))?;
                for switch in [Switch::On, Switch::Off] {
                    let clicks = forward.clicks(switch).iter().map(ToString::to_string).collect::<Vec<_>>();
                    say!(out, "    {:3}  {}", switch.word(), Exact(printable(clicks.join("; "))))?;
                }
            }
        }
    }
    Ok(())
}

fn clicks(out: &mut Page<'_>, clicks: &[Clicks]) -> io::Result<()> {
    clicks.iter().try_for_each(|click| say!(out, "    [ ] {}", Exact(printable(click.to_string()))))
}

/// What is about to be switched, with every number and where its calls go; and what is not, and why.
pub fn emergency_choice(
    out: &mut Page<'_>,
    accounts: &[Account],
    choice: &Choice,
    switch: Switch,
) -> io::Result<()> {
    let Choice { switched, left, by_hand, unknown: _ } = choice;
    for account in accounts {
        let own = || switched.iter().filter(|it| it.tenant == account.tenant);
        let kept: Vec<_> = left.iter().filter(|it| it.tenant == account.tenant).collect();
        let by_request = matches!(account.forwards, Forwards::Switched { .. });
        if by_request && own().next().is_none() && kept.is_empty() {
            continue;
        }
        heading(out, account)?;
        for chosen in own() {
            let to = target(chosen.to.as_ref());
            let what = match switch {
                Switch::On => format!("every call to {} goes to {to}", chosen.number),
                Switch::Off => format!("calls to {} no longer go to {to}", chosen.number),
            };
            say!(out, "  {:3}  {}", switch.word(), what)?;
            if let Some(warning) = &chosen.warning {
                say!(out, "       {}: {}", paint(YELLOW, "note"), printable(warning.clone()))?;
            }
        }
        self::by_hand(out, &account.forwards, Some(switch), !kept.is_empty())?;
        kept.iter()
            .try_for_each(|it| say!(out, "  -    {} {}", it.number.to_string(), printable(it.why.clone())))?;
        say!(out)?;
    }
    let word = switch.word();
    match (switched.len(), by_hand) {
        (0, 0) if accounts.iter().any(|it| it.forwards.by_hand()) => {
            add!(out, "Nothing to switch {}, as far as is known.", word)?;
        }
        (0, 0) => add!(out, "Nothing to switch {}.", word)?,
        (n, 0) => add!(out, "{} to switch {}.", count(n, "emergency forward"), word)?,
        (n, by_hand) => {
            let forwards = count(n, "emergency forward");
            add!(out, "{} to switch {}, {} by hand in the portal.", forwards, word, *by_hand)?;
        }
    }
    let stays = if switch.is_on() { "off" } else { "on" };
    match choice.undone() {
        0 => say!(out),
        1 => say!(out, " 1 that was named stays {}.", stays),
        n => say!(out, " {} that were named stay {}.", n, stays),
    }
}

/// How it ended, what a person clicks where it is not done, and how it is taken back.
pub fn emergency_outcome(
    out: &mut Page<'_>,
    outcomes: &[Outcome],
    switch: Switch,
    record: Option<&Path>,
) -> io::Result<()> {
    super::summary(out, outcomes)?;
    let mut left = outcomes.iter().filter(|it| !it.instructions.is_empty()).peekable();
    if left.peek().is_some() {
        say!(out, "To switch {} in the portal instead:", switch.word())?;
    }
    for outcome in left {
        say!(out, "  {}", printable(format!("{}/{}", outcome.tenant, outcome.address)))?;
        clicks(out, &outcome.instructions)?;
    }
    match record {
        Some(path) if outcomes.iter().any(may_have_switched) => {
            let path = path.to_string_lossy();
            say!(out, "`dialform emergency off --all` switches off what {} names.", path.as_ref())
        }
        _ => Ok(()),
    }
}

/// Whether there is anything to take back.
fn may_have_switched(outcome: &Outcome) -> bool {
    match outcome.status {
        Status::Done | Status::Accepted | Status::NotApplied | Status::Unknown => true,
        Status::Failed | Status::Skipped | Status::Manual => {
            outcome.writes.as_ref().is_some_and(|it| !it.accepted.is_empty() || !it.unclear.is_empty())
        }
    }
}
