//! Assertions that hold what is true of a tenant's calls today.

use crate::{
    flow::{Call, Caller, Given, Network, Platform, Seconds, SiteId, System, Target, Timetable},
    model::{E164, InForce, When},
};
use jiff::{Timestamp, tz::TimeZone};
use std::{
    collections::{BTreeMap, BTreeSet},
    ops::Range,
};

/// A stretch of time in which no file changes by itself.
pub struct Epoch<'n> {
    pub network: &'n Network,
    pub within: Range<Seconds>,
}

/// An assertion to write, or what none can be written of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Suggestion {
    pub name: String,
    pub call: String,
    /// Empty: any time.
    pub at: Vec<When>,
    pub given: Option<(&'static str, &'static str)>,
    /// Empty: none can be written.
    pub end: Vec<String>,
    /// Why none can.
    pub left_out: Option<&'static str>,
}

/// What a call finds: in words, as it is written, and as it is.
struct State {
    words: &'static str,
    given: Option<(&'static str, &'static str)>,
}

/// Which schedules are in force, in which epoch.
type Key = (usize, BTreeSet<String>);

/// How calls end while some schedules are in force, and since when.
struct Ended {
    ends: BTreeSet<String>,
    left_out: Option<&'static str>,
    first: Seconds,
}

/// How many instants an assertion names where no schedule does.
const INSTANTS: usize = 12;

/// For each number of a tenant (of one that has none, for each extension), and for each group of times at which its calls end in
/// the same ways.
pub fn suggest(epochs: &[Epoch<'_>], tenant: &str, zone: &TimeZone) -> Vec<Suggestion> {
    let mut called: BTreeSet<&str> = BTreeSet::new();
    for Epoch { network, .. } in epochs {
        let own = network.numbers().filter(|it| Some(network.tenant_of(*it)) == network.tenant(tenant));
        called.extend(own.map(|it| network.number_text(it)));
    }
    if called.is_empty() {
        let own = epochs.iter().filter_map(|it| Some((it.network, it.network.tenant(tenant)?)));
        called.extend(own.flat_map(|(network, tenant)| network.known_extensions(tenant)));
    }
    called.into_iter().flat_map(|called| of_call(epochs, tenant, called, zone)).collect()
}

fn of_call(epochs: &[Epoch<'_>], tenant: &str, called: &str, zone: &TimeZone) -> Vec<Suggestion> {
    let mut states = vec![
        State { words: "everybody answers", given: Some(("everybody", "answers@5")) },
        State { words: "nobody answers", given: None },
        State { words: "everybody is on a call", given: Some(("everybody", "on_call_busy")) },
        State { words: "every phone is offline", given: Some(("everybody", "offline")) },
    ];
    let target = |epoch: &Epoch<'_>| match called.parse::<E164>() {
        Ok(number) => epoch.network.number(&number).map(Target::Number),
        Err(_) => epoch.network.called(tenant, called),
    };
    let mut systems = epochs.iter().filter_map(|epoch| match target(epoch)? {
        Target::Number(it) if epoch.network.has_forward(it) => Some(epoch.network.system_of(it)),
        _ => None,
    });
    let down = match systems.next_back() {
        Some(System::Stratus) => Some(("stratus", "switched")),
        Some(System::CallTrackingMetrics) => Some(("ctm", "down")),
        _ => None,
    };
    states.extend(down.map(|given| State { words: "the phone system is down", given: Some(given) }));
    let mut all = Vec::new();
    for state in states {
        let mut ended: BTreeMap<Key, Ended> = BTreeMap::new();
        let mut own: BTreeSet<&str> = BTreeSet::new();
        for (index, epoch) in epochs.iter().enumerate() {
            if let (Some(to), Some(home)) = (target(epoch), epoch.network.tenant(tenant)) {
                look(epoch, index, to, home, &state, &mut ended);
                own.extend(schedules(epoch.network, to, home));
            }
        }
        let mut groups: BTreeMap<(Option<&'static str>, BTreeSet<String>), BTreeSet<&Key>> = BTreeMap::new();
        for (key, it) in &ended {
            groups.entry((it.left_out, it.ends.clone())).or_default().insert(key);
        }
        for ((left_out, ends), group) in groups {
            let at = named(&group, &ended, &own, zone);
            let words: Vec<String> = at.iter().map(ToString::to_string).collect();
            let when = if at.is_empty() { String::new() } else { format!(", {}", words.join(", ")) };
            all.push(Suggestion {
                name: format!("{called}: {}{when}", state.words),
                call: called.to_owned(),
                at,
                given: state.given,
                end: if left_out.is_some() { Vec::new() } else { ends.into_iter().collect() },
                left_out,
            });
        }
    }
    all
}

/// The tenant's own schedules on the paths of a call, as far as their hours are known.
fn schedules(network: &Network, to: Target, home: SiteId) -> Vec<&str> {
    let on_paths = network.schedules_on(to);
    let mut names = network.schedule_names(home);
    names.retain(|name| {
        let schedule = network.schedule(home, name);
        schedule.is_some_and(|it| on_paths.contains(&it) && network.timetable(it) == Timetable::Hours)
    });
    names
}

fn look(
    epoch: &Epoch<'_>,
    index: usize,
    to: Target,
    home: SiteId,
    state: &State,
    ended: &mut BTreeMap<Key, Ended>,
) {
    let Epoch { network, within } = epoch;
    let mut given = Given::new(network);
    match state.given {
        Some(("everybody", state)) => state.parse().into_iter().for_each(|phone| given.set_others(phone)),
        Some(("stratus", _)) => given.set_platform(System::Stratus, Platform::Switched),
        Some(_) => given.set_platform(System::CallTrackingMetrics, Platform::Down),
        None => {}
    }
    for stretch in network.stretches(&network.schedules_on(to), within.clone()) {
        let names = stretch.in_force.iter().map(|it| network.schedule_text(*it, home)).collect();
        ended.entry((index, names)).or_insert_with(|| {
            let at = stretch.during.start;
            let verdict = network.verdict(&Call { to, at, caller: Caller::Unlisted }, &given);
            let ends = verdict.timelines.iter().map(|it| network.end_text(it.end, home)).collect();
            // What is wrong today is nothing to hold calls to.
            let is_lost = verdict.timelines.iter().any(|it| network.leads_nowhere(it.end));
            let left_out = match (verdict.is_cut, is_lost) {
                (true, _) => Some("the call can go more ways than are looked at"),
                (false, true) => Some("the call is lost: the account does not have what it is sent to"),
                (false, false) => None,
            };
            Ended { ends, left_out, first: at }
        });
    }
}

/// Schedules of which pairs are tried.
const PAIRED: usize = 12;

/// The times of a group: by schedules as far as that is exact, and instants for the rest. Empty: any time.
fn named(
    group: &BTreeSet<&Key>,
    all: &BTreeMap<Key, Ended>,
    own: &BTreeSet<&str>,
    zone: &TimeZone,
) -> Vec<When> {
    if group.len() == all.len() {
        return Vec::new();
    }
    let mut left = group.clone();
    let mut named = Vec::new();
    // Few words first: what one schedule says, what two do, and then all of them.
    for terms in [singles(own), pairs(own), wholes(group, own)] {
        let mut terms: Vec<(Vec<InForce>, BTreeSet<&Key>)> = terms
            .into_iter()
            .map(|term| {
                let is_so = |(_, in_force): &&Key| {
                    term.iter().all(|it| in_force.contains(&it.schedule) != it.outside)
                };
                let keys = all.keys().filter(is_so).collect();
                (term, keys)
            })
            .filter(|(_, keys): &(_, BTreeSet<&Key>)| keys.is_subset(group))
            .collect();
        // Of two that say as much the first is taken: `during` before `outside`, by name.
        terms.sort_by(|(a, _), (b, _)| b.cmp(a));
        while let Some((term, keys)) = terms.iter().max_by_key(|(_, keys)| keys.intersection(&left).count()) {
            if keys.intersection(&left).next().is_none() {
                break;
            }
            left = left.difference(keys).copied().collect();
            named.push(When::While(term.clone()));
        }
    }
    let instants = left.into_iter().filter_map(|key| all.get(key)).map(|it| it.first);
    named.extend(instants.take(INSTANTS).map(|at| When::Instant(instant(at, zone))));
    named
}

fn singles(own: &BTreeSet<&str>) -> Vec<Vec<InForce>> {
    let each = own.iter().flat_map(|name| [false, true].map(|outside| (outside, (*name).to_owned())));
    each.map(|(outside, schedule)| vec![InForce { outside, schedule }]).collect()
}

fn pairs(own: &BTreeSet<&str>) -> Vec<Vec<InForce>> {
    let singles = if own.len() > PAIRED { Vec::new() } else { singles(own) };
    let first = singles.iter().flatten();
    let pairs = first.flat_map(|a| singles.iter().flatten().map(move |b| vec![a.clone(), b.clone()]));
    pairs.filter(|pair| (pair[0].outside, &pair[0].schedule) < (pair[1].outside, &pair[1].schedule)).collect()
}

/// What is in force and what is not, of all of them.
fn wholes(group: &BTreeSet<&Key>, own: &BTreeSet<&str>) -> Vec<Vec<InForce>> {
    let whole = |(_, in_force): &&Key| {
        let one = |name: &&str| InForce { outside: !in_force.contains(*name), schedule: (*name).to_owned() };
        let mut all: Vec<InForce> = own.iter().map(one).collect();
        all.sort();
        all
    };
    group.iter().map(whole).collect()
}

/// By the tenant's clock, where that says which instant it is.
fn instant(at: Seconds, zone: &TimeZone) -> String {
    let at = Timestamp::from_second(at).unwrap_or_default();
    let zoned = at.to_zoned(zone.clone());
    let is_first = zone.to_ambiguous_zoned(zoned.datetime()).earlier().is_ok_and(|it| it.timestamp() == at);
    let form = match (is_first, zoned.second()) {
        (true, 0) => "%Y-%m-%dT%H:%M",
        (true, _) => "%Y-%m-%dT%H:%M:%S",
        (false, _) => "%Y-%m-%dT%H:%M:%S%:z",
    };
    zoned.strftime(form).to_string()
}
