//! Every course of a call against what is expected of it.

use crate::{
    flow::{Call, End, Given, Network, SiteId, Target, Timeline, Verdict},
    model::{EndWords, Expect, Never, Spot},
    text::count,
};
use std::collections::BTreeSet;

/// What becomes of a call, and why that is not what is expected. None: it is.
#[derive(Debug, Clone)]
pub struct Judged {
    pub verdict: Verdict,
    pub broken: Option<String>,
}

pub fn judge(network: &Network, (call, given): (&Call, &Given), home: SiteId, expect: &Expect) -> Judged {
    let verdict = network.verdict(call, given);
    let broken = broken(network, call.to, &verdict, home, expect);
    Judged { verdict, broken }
}

fn broken(network: &Network, to: Target, verdict: &Verdict, home: SiteId, expect: &Expect) -> Option<String> {
    let all = verdict.timelines.len();
    for (at, timeline) in verdict.timelines.iter().enumerate() {
        if let Some(why) = of_course(network, to, timeline, home, expect) {
            let which = if all > 1 { format!("{} of {all} ways: ", at + 1) } else { String::new() };
            return Some(which + &why);
        }
    }
    // What was not looked at may be anything.
    verdict.is_cut.then(|| {
        let seen = count(all, "way");
        format!("the call can go more ways than are looked at ({seen}), so that nothing is certain of all")
    })
}

/// Why one course is not what is expected.
fn of_course(
    network: &Network,
    to: Target,
    timeline: &Timeline,
    home: SiteId,
    expect: &Expect,
) -> Option<String> {
    let Expect { end, passes, never, within } = expect;
    let ended = network.end_text(timeline.end, home);
    let is_end = |words: &EndWords| says(network, &ended, words, home);
    let has_end = end.as_ref().is_some_and(|ends| ends.iter().any(is_end));
    if matches!(timeline.end, End::Unknown(_)) && !has_end {
        return Some(match network.leads_nowhere(timeline.end) {
            true => format!("the call is lost, as the account does not have that: `{ended}`"),
            false => format!("what becomes of the call is not known: `{ended}`"),
        });
    }
    if end.is_some() && !has_end {
        return Some(format!("it ends `{ended}`"));
    }
    let spots = network.spots(to, timeline, home);
    if let Some(missing) = passes.iter().flatten().find(|spot| !is_among(network, &spots, spot, home)) {
        return Some(match missing {
            Spot::Queue(_) => format!("it does not come by `{missing}`"),
            Spot::Any(_) => format!("it does not come by `{missing}`, and that does not ring"),
        });
    }
    let rings: BTreeSet<(bool, String)> =
        timeline.rings.iter().map(|it| (false, network.party_text(it.party, home))).collect();
    for never in never.iter().flatten() {
        match never {
            Never::Ends(words) if is_end(words) => return Some(format!("it ends `{ended}`")),
            Never::Passes(spot) if is_among(network, &rings, spot, home) => {
                return Some(format!("`{spot}` rings"));
            }
            Never::Passes(spot) if is_among(network, &spots, spot, home) => {
                return Some(format!("it comes by `{spot}`"));
            }
            Never::Ends(_) | Never::Passes(_) => {}
        }
    }
    let most = (*within)?;
    match timeline.at {
        None => Some(format!("it has no end within {most} s: `{ended}`")),
        Some(at) if u64::from(at) > u64::from(most) * 1000 => {
            Some(format!("it ends after {} s, not within {most} s", f64::from(at) / 1000.0))
        }
        Some(_) => None,
    }
}

/// A name as it is called at home, where the own tenant may be said or left out.
fn at_home<'a>(network: &Network, name: &'a str, home: SiteId) -> &'a str {
    let own = name.strip_prefix(network.tenant_name(home)).and_then(|rest| rest.strip_prefix('/'));
    own.unwrap_or(name)
}

fn says(network: &Network, ended: &str, words: &EndWords, home: SiteId) -> bool {
    let (word, rest) = ended.split_once(' ').unwrap_or((ended, ""));
    word == words.word && words.name.as_ref().is_none_or(|name| at_home(network, name, home) == rest)
}

fn is_among(network: &Network, spots: &BTreeSet<(bool, String)>, spot: &Spot, home: SiteId) -> bool {
    match spot {
        Spot::Queue(name) => spots.contains(&(true, at_home(network, name, home).to_owned())),
        Spot::Any(name) => {
            let name = at_home(network, name, home).to_owned();
            spots.contains(&(false, name.clone())) || spots.contains(&(true, name))
        }
    }
}
