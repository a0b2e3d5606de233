//! A desired object in the form in which CallTrackingMetrics reports it, or why it cannot hold it.

use super::{Action, LIST, ONE, TargetType, meant};
use crate::{
    model::{
        Address, Agent, Destination, Divert, Kind, Number, OrOff, Receivers, Resource, Ringable, Route, Term,
        Whisper, dialling,
    },
    path::Path,
    plan::Unsupported,
    provider::{
        ctm::zones,
        refusal::{self, Refusals},
    },
};

/// Idempotent: what comes out goes in unchanged.
pub fn normalize(address: &Address, mut resource: Resource) -> Result<Resource, Vec<Unsupported>> {
    resource.strip_local();
    let mut refusals = Refusals::default();
    match &mut resource {
        Resource::Schedule(it) => {
            it.resolve();
            if let Some(zone) = &mut it.time_zone {
                match zones::usual(zone) {
                    Some(usual) => *zone = usual,
                    None => refusals.add(
                        &Path::from(["time_zone"]),
                        format!("CallTrackingMetrics has no name for the time zone `{zone}`"),
                        "name a zone with the same hours, e.g. `America/New_York`",
                    ),
                }
            } else if it.weekly.is_some() {
                refusals.add(
                    &Path::from(["weekly"]),
                    "these hours have no time zone",
                    "write `time_zone` in the schedule or in the tenant: `America/New_York`",
                );
            }
            for (index, date) in
                it.dates.iter().flatten().enumerate().filter(|(_, date)| date.every.is_some())
            {
                refusals.add(
                    &Path::from(["dates"]).join(index),
                    format!("a date of this provider does not come again: `{date}`"),
                    "name each date, or write a day of every year under `yearly`",
                );
            }
            if it.weekly.as_ref().is_some_and(|weekly| weekly.term != Term::default()) {
                refusals.add(
                    &Path::from(["weekly"]),
                    "hours that begin, end or come every few weeks cannot be written",
                    "leave out `first_day`, `last_day` and `every`; the days of a schedule are set in its portal",
                );
            }
            if let Some(weekly) = &mut it.weekly {
                weekly.complete();
            }
            name(&mut refusals, address);
        }
        Resource::Receiver(it) => {
            if let Some(Whisper::Prompt(prompt)) = &mut it.whisper {
                *prompt = whole_prompt(prompt);
            }
            if let Some(OrOff::Set(no_answer)) = &mut it.no_answer {
                lower(&mut no_answer.to);
                onward(&mut refusals, &["no_answer", "to"].into(), &mut no_answer.to);
                if no_answer.after == 0 {
                    refusals.add(
                        &Path::from(["no_answer", "after"]),
                        "a phone that rings 0 seconds is never answered",
                        "write the seconds to ring, e.g. 20",
                    );
                }
            }
        }
        Resource::Queue(it) => {
            name(&mut refusals, address);
            if let Some(Divert::To(to)) = &mut it.no_answer {
                lower(to);
                onward(&mut refusals, &["no_answer"].into(), to);
            }
            if let Some(agents) = &mut it.agents {
                self::agents(&mut refusals, agents);
            }
        }
        Resource::Number(it) => match &mut it.route {
            Some(Route::To(Destination::Receiver(to))) => {
                it.route = Some(Route::Receivers(Receivers { receivers: vec![to.clone()], pattern: None }));
            }
            Some(Route::To(Destination::DialString(word)))
                if !word.starts_with(LIST) && meant(word).is_none_or(|(sort, ..)| sort == TargetType::Receiver) =>
            refusals.add(
                &Path::from(["route"]),
                format!("a number cannot be routed to `token: {word}`"),
                format!(
                    "write a word of a place; only a list with an entry that is no number is written so, `token: \"{LIST}+1…, sip:…\"`, \
                     and one of several things of one name: `token: \"Queue ID: NAME\"`"
                ),
            ),
            Some(Route::To(to)) => lower(to),
            Some(Route::Receivers(list)) if list.receivers.is_empty() => refusals.add(
                &Path::from(["route", "receivers"]),
                "a number that rings nowhere loses its calls",
                "name a receiving number; leave `route` out to leave it as it is",
            ),
            _ => {}
        },
        Resource::Forward(_) | Resource::Rules(_) | Resource::Diverts(_) => {}
    }
    if let Resource::Number(Number { route: Some(Route::Receivers(list)), .. }) = &resource {
        for (index, receiver) in list.receivers.iter().enumerate() {
            if dialling::split(receiver).is_none() {
                refusals.add(
                    &Path::from(["route", "receivers"]).join(index),
                    format!("the country of {receiver} is not known"),
                    "receiving numbers are dialled by country: name one with the calling code of a country",
                );
            }
        }
    }
    refusals.result(resource)
}

/// What a token of a no-answer route means. One of several receiving numbers of one number is that number.
pub fn means(address: &Address, word: &str) -> Option<Destination> {
    if !matches!(address.kind, Kind::Queues | Kind::Receivers) {
        return None;
    }
    let receiver = match meant(word) {
        Some((TargetType::Receiver, _, number)) => Some(number),
        _ => word.strip_prefix(ONE),
    };
    match receiver {
        Some(number) => number.parse().ok().map(Destination::Receiver),
        None => Action::said(word).filter(|it| it.target().is_none())?.word(),
    }
}

/// People are known by their e-mail address, whatever its case.
fn lower(to: &mut Destination) {
    if let Destination::Agent(email) = to {
        *email = email.to_lowercase();
    }
}

/// A token of a no-answer route: a receiving number that is no phone number, or an action that has no other word.
fn onward(refusals: &mut Refusals, path: &Path, to: &mut Destination) {
    let Destination::DialString(word) = to else { return };
    if let Some(name) = word.strip_prefix(ONE) {
        if let Ok(number) = name.parse() {
            *to = Destination::Receiver(number);
        }
        return;
    }
    if meant(word).is_some_and(|(sort, ..)| sort != TargetType::RoutingTable) {
        return;
    }
    let said = Action::said(word);
    let help = match said {
        // With an id that leads to nothing it is shown otherwise.
        Some(action) if action.target().is_some() => "name what it leads to: `menu`, `queue`, `receiver`…",
        Some(action) => {
            if let Some(known) = action.word() {
                *to = known;
            }
            return;
        }
        None => {
            "a token has three parts, as the plan shows it: `CLASS LABEL ID`, with `-` for one that is not there"
        }
    };
    refusals.add(path, format!("calls cannot be sent to `token: {word}`"), help);
}

/// What is live may have any name but none; what cannot be made under a name is known when the live ones are.
fn name(refusals: &mut Refusals, address: &Address) {
    if address.key.trim().is_empty() {
        let message = format!("{} cannot be called `{}`", address.kind.noun_phrase(), address.key);
        refusals.add(&Path::default(), message, "write it as the portal shows it");
    }
}

/// `say:TEXT` with the voice and language of the vendor's own samples.
fn whole_prompt(prompt: &str) -> String {
    let Some(rest) = prompt.strip_prefix("say:") else { return prompt.to_owned() };
    let voices = ["alice:", "man:", "woman:"];
    if voices.iter().any(|voice| rest.starts_with(voice)) {
        prompt.to_owned()
    } else {
        format!("say:alice:en-US:{rest}")
    }
}

fn agents(refusals: &mut Refusals, agents: &mut [Agent]) {
    for (index, Agent { target, order: _, wrap_up }) in agents.iter_mut().enumerate() {
        match target {
            Ringable::Agent(email) => *email = email.to_lowercase(),
            Ringable::Device(_) => {
                let here = Path::from(["agents"]).join(index);
                refusals.add(&here, "an agent here is a person", "write `agent:` and the e-mail address");
            }
            // The other words are in the table of what a field takes.
            Ringable::Extension(_) | Ringable::Number(_) | Ringable::DialString(_) => {}
        }
        if wrap_up.is_some() {
            let here = Path::from(["agents"]).join(index).join("wrap_up");
            refusals.add(&here, "agents here have no wrap-up time", "leave `wrap_up` out");
        }
    }
    refusal::agents(refusals, agents);
}
