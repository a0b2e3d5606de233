//! What a call finds, as people say it: "when 101 is on a call".

use super::told::{Labels, listed};
use crate::flow::{Called, Caller, Noticed, Occasion, Phone, Platform, Situation};
use std::collections::BTreeSet;

/// The state of a phone, after "is".
fn state(phone: Phone) -> &'static str {
    match phone {
        Phone::Answers(_) => "answers",
        Phone::NoAnswer => "does not answer",
        Phone::Rejects(_) => "rejects the call",
        Phone::OnCallRings | Phone::OnCallBusy => "is on a call",
        Phone::Offline => "is offline",
        Phone::Gone => "is gone",
        Phone::Dnd => "is not to be disturbed",
        Phone::LoggedOut => "is logged out",
    }
}

fn everybody(phone: Phone) -> &'static str {
    match phone {
        Phone::Answers(_) => "somebody answers",
        Phone::NoAnswer => "nobody answers",
        Phone::Rejects(_) => "everybody rejects the call",
        Phone::OnCallRings | Phone::OnCallBusy => "everybody is on a call",
        Phone::Offline => "every phone is offline",
        Phone::Gone => "every phone is gone",
        Phone::Dnd => "nobody is to be disturbed",
        Phone::LoggedOut => "everybody is logged out",
    }
}

/// Whether the same phones are on a call in some situations, among others, that reject it in all of the former ones. People mean
/// being on a call by busy.
pub fn is_busy_as_well(rejecting: &[&Situation], others: &[&Situation]) -> bool {
    let who = |it: &&Situation, is_so: fn(Phone) -> bool| match it {
        Situation::One { party, phone, .. } if is_so(*phone) => Some(Some(*party)),
        Situation::Everybody(phone) if is_so(*phone) => Some(None),
        _ => None,
    };
    let rejecting: Option<BTreeSet<_>> =
        rejecting.iter().map(|it| who(it, |phone| matches!(phone, Phone::Rejects(_)))).collect();
    let is_on_call = |phone| matches!(phone, Phone::OnCallRings | Phone::OnCallBusy);
    let on_call: BTreeSet<_> = others.iter().filter_map(|it| who(it, is_on_call)).collect();
    rejecting == Some(on_call)
}

/// A condition that is the number's alone: whoever calls elsewhere is not bound to it.
pub const FORWARD_OFF: &str = "once the emergency forward is off";

/// The order in which situations speak for others: plain ones first, then what one phone does.
pub fn rank(situation: &Situation) -> u8 {
    match situation {
        Situation::Everybody(Phone::NoAnswer) => 0,
        Situation::Everybody(Phone::Answers(_)) => 1,
        Situation::One { others: Phone::Answers(_), .. } => 2,
        Situation::One { .. } => 3,
        Situation::Agents { .. } => 4,
        Situation::Full { .. } => 5,
        Situation::Everybody(_) => 6,
        Situation::Caller { .. } => 7,
        Situation::MailboxesOff | Situation::MailboxesOn => 8,
        Situation::ForwardsOff { others: Phone::NoAnswer } => 9,
        Situation::ForwardsOff { .. } => 10,
        Situation::Platform(_) => 11,
    }
}

/// The situations of one difference. None: in the plainest ones, which need no word.
pub fn words(situations: &[&Situation], noticed: &Noticed, home: &str, labels: &Labels) -> Option<String> {
    let best = situations.iter().map(|it| rank(it)).min()?;
    let best: Vec<&Situation> = situations.iter().filter(|it| rank(it) == best).copied().collect();
    let text = |shared: u32| noticed.names.text(shared, home);
    let called = |shared: u32| labels.called(&Called::Queue { tenant: home.to_owned(), queue: text(shared) });
    let unique = |all: Vec<String>| -> Vec<String> {
        let mut seen = BTreeSet::new();
        all.into_iter().filter(|it| seen.insert(it.clone())).collect()
    };
    Some(match best.first()? {
        // A course says itself whether anybody answers.
        Situation::Everybody(Phone::NoAnswer | Phone::Answers(_)) => return None,
        Situation::One { .. } => {
            let of = |it: &&Situation| match it {
                Situation::One { party, phone, .. } => Some((text(*party), state(*phone).to_owned())),
                _ => None,
            };
            let (parties, states): (Vec<String>, Vec<String>) = best.iter().filter_map(of).unzip();
            let states = unique(states).join(" or ");
            format!("when {} {states}", listed(unique(parties), "or", "phone"))
        }
        Situation::Agents { .. } => {
            let of = |it: &&Situation| match it {
                Situation::Agents { queue, phone, .. } => Some((called(*queue), *phone)),
                _ => None,
            };
            let (queues, phones): (Vec<String>, Vec<Phone>) = best.iter().filter_map(of).unzip();
            // Agents who are logged out are what happens every day.
            let how = if phones.contains(&Phone::LoggedOut) { "logged out" } else { "offline" };
            format!("when all agents of {} are {how}", listed(unique(queues), "or", "queue"))
        }
        Situation::Full { .. } => {
            let of = |it: &&Situation| match it {
                Situation::Full { queue, .. } => Some(called(*queue)),
                _ => None,
            };
            format!("when {} is full", listed(unique(best.iter().filter_map(of).collect()), "or", "queue"))
        }
        Situation::Everybody(_) => {
            let of = |it: &&Situation| match it {
                Situation::Everybody(phone) => Some(everybody(*phone).to_owned()),
                _ => None,
            };
            format!("when {}", unique(best.iter().filter_map(of).collect()).join(" or "))
        }
        Situation::Caller { .. } => {
            let of = |it: &&Situation| match it {
                Situation::Caller { caller, .. } => Some(match caller {
                    Caller::Unlisted => "anybody".to_owned(),
                    Caller::Number(number) => number.to_string(),
                    Caller::Anonymous => "somebody anonymous".to_owned(),
                    Caller::Spam => "somebody who is marked as spam".to_owned(),
                }),
                _ => None,
            };
            format!(
                "when the caller is {}",
                listed(unique(best.iter().filter_map(of).collect()), "or", "caller")
            )
        }
        Situation::MailboxesOff => "when the mailbox is off".to_owned(),
        Situation::MailboxesOn => "once the mailbox is on".to_owned(),
        Situation::ForwardsOff { .. } => FORWARD_OFF.to_owned(),
        Situation::Platform(_) => {
            let is_down = best.iter().any(|it| **it == Situation::Platform(Platform::Down));
            let how = if is_down { "" } else { " and its forwards are switched on" };
            format!("when the phone system is down{how}")
        }
    })
}

/// The gravest of some situations.
pub fn occasion(situations: &[&Situation]) -> Occasion {
    situations.iter().map(|it| it.occasion()).min().unwrap_or(Occasion::Failure)
}
