//! What is found: each once, with the shortest call that shows it.

use super::state::Sight;
use crate::{
    flow::{
        met::{Circle, Met},
        network::{Network, PartyId, QueueId, SiteId, Target},
        spans::{Seconds, joined},
        state::{Caller, Given, Phone, Platform},
        supposed::SOMEBODY,
        system::System,
        timeline::Place,
        walk::Call,
    },
    path::Path,
};
use jiff::Timestamp;
use std::{
    collections::{BTreeMap, BTreeSet},
    ops::Range,
};

/// What can be wrong with calls.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Fault {
    /// Whatever anybody does, it goes in a circle.
    DivertLoop,
    NoAnswerLoop,
    BusyLoop,
    OutageLoop,
    /// A phone that rings along is where the call came from.
    RingLoop,
    /// With everybody there, it reaches neither a person nor a mailbox.
    NobodyThere,
    DeadEnd,
    QueueWithoutAgents,
    /// An emergency forward that leads to what is down.
    ForwardComesBack,
    RuleNeverWins,
    HolidayBelowHours,
    PhoneNeverRings,
    FailoverNever,
    FailoverWithoutRequireAgents,
    ForwardInDoubt,
    MailboxOfAnother,
}

/// Something that is wrong, and where.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Found {
    pub fault: Fault,
    pub tenant: SiteId,
    pub path: Path,
    pub message: String,
    pub help: String,
    pub example: Option<Example>,
    /// Of a circle: each value that sends calls on.
    pub way: Vec<(SiteId, Path)>,
    /// Of a circle: all that other calls show of it.
    pub round: Round,
    /// Whether a thing leads to itself: what is written that way is found where it is written.
    pub is_self: bool,
}

/// A circle at whatever time.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Round {
    /// Each value that sends calls on in it.
    pub values: BTreeSet<(SiteId, Path)>,
    /// When calls go in it, of the time that is looked at whole.
    pub during: Vec<Range<Seconds>>,
}

/// A call that shows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Example {
    pub called: String,
    /// With date and offset, in the zone of the tenant that is called.
    pub at: String,
    /// Whether it is so at any time.
    pub is_any_time: bool,
    pub from: Option<&'static str>,
    /// What it finds, where that is not how `trace` takes it.
    pub given: Vec<String>,
    /// Whether it goes by what the files leave out.
    pub needs_live: bool,
    /// Numbers before extensions, the fewest states, the first time.
    rank: (usize, u8, Seconds),
}

impl Example {
    /// The command that shows it. `live`: the option that reads what is live, where that counts. `is_now`: not of files of another day.
    pub fn command(&self, live: Option<&str>, is_now: bool) -> String {
        let Self { called, at, is_any_time, from, given, needs_live, rank: _ } = self;
        let mut command = format!("dialform trace {}", quoted(called));
        if !is_any_time || !is_now {
            command.push_str(&format!(" --at {at}"));
        }
        if let Some(from) = from {
            command.push_str(&format!(" --from {from}"));
        }
        if !given.is_empty() {
            command.push_str(&format!(" --given {}", quoted(&given.join(","))));
        }
        if let Some(live) = live.or(needs_live.then_some("--live")) {
            command.push_str(&format!(" {live}"));
        }
        command
    }
}

/// As a shell takes it for one word.
fn quoted(word: &str) -> String {
    let is_plain = |it: char| it.is_alphanumeric() || "+-_./@=,:".contains(it);
    if word.chars().all(is_plain) { word.to_owned() } else { format!("'{}'", word.replace('\'', r"'\''")) }
}

/// What a sweep has found so far.
pub struct Collected<'n> {
    pub network: &'n Network,
    /// The windows for which the calls stand that are placed.
    pub windows: Vec<Range<Seconds>>,
    found: BTreeMap<Key, Found>,
    rounds: BTreeMap<Key, Round>,
}

/// The same fault of the same thing is found in many calls.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
enum Key {
    Circle(Fault, BTreeSet<Place>),
    /// A tenant's value.
    Of(Fault, SiteId, String),
}

impl Key {
    fn places(&self, of: Fault) -> Option<BTreeSet<Place>> {
        match self {
            Self::Circle(fault, places) if *fault == of => Some(places.clone()),
            _ => None,
        }
    }
}

impl<'n> Collected<'n> {
    pub fn new(network: &'n Network) -> Self {
        Self { network, windows: Vec::new(), found: BTreeMap::new(), rounds: BTreeMap::new() }
    }

    pub fn found(mut self) -> Vec<Found> {
        let whole: Vec<BTreeSet<Place>> =
            self.found.keys().filter_map(|key| key.places(Fault::DivertLoop)).collect();
        // What nobody gets out of is said once.
        self.found.retain(|key, _| key.places(Fault::RingLoop).is_none_or(|places| !whole.contains(&places)));
        let found = self.found.into_iter().map(|(key, found)| {
            let Round { values, during } = self.rounds.remove(&key).unwrap_or_default();
            Found { round: Round { values, during: joined(during) }, ..found }
        });
        found.collect()
    }

    /// Adds something that is wrong. Of two calls that show it the shorter one stays, with its words.
    pub fn add(&mut self, found: Found) {
        let path = found.path.to_string();
        self.put(Key::Of(found.fault, found.tenant, path), found);
    }

    fn put(&mut self, key: Key, found: Found) {
        let rank = |found: &Found| found.example.as_ref().map(|example| example.rank);
        match self.found.entry(key) {
            std::collections::btree_map::Entry::Vacant(entry) => {
                entry.insert(found);
            }
            std::collections::btree_map::Entry::Occupied(mut entry) => {
                // A call that can be shown is better than none.
                let has_more = found.example.is_some() && entry.get().example.is_none();
                if has_more || (found.example.is_some() && rank(&found) < rank(entry.get())) {
                    entry.insert(found);
                }
            }
        }
    }

    /// Adds circles. One fault goes through the same places by many conditions: it is one.
    pub fn circle(&mut self, fault: Fault, circle: &Circle, found: Found) {
        let places = circle.way.iter().map(|(place, _)| *place).collect();
        let key = Key::Circle(fault, places);
        let round = self.rounds.entry(key.clone()).or_default();
        round.values.extend(found.way.iter().cloned());
        // Many calls stand for the same windows.
        if round.during.last() != self.windows.last() {
            round.during.extend_from_slice(&self.windows);
        }
        self.put(key, found);
    }

    /// The shortest call of its kind: what matters of its states is what was looked at.
    pub fn example(&self, sight: Sight, call: &Call, given: &Given, met: &Met) -> Example {
        let network = self.network;
        let site = network.site(sight.site);
        let name = |target: Target| match target {
            Target::Number(number) => network.number_text(number).to_owned(),
            Target::Extension(it) | Target::Phone(it) => {
                let name = network.party_text(network.extensions[it.at()].phone, sight.site);
                format!("{}/{name}", site.name)
            }
            Target::Queue(queue) => format!("{}/{}", site.name, network.queues[queue.at()].name),
            other => network.target_text(other, sight.site),
        };
        let phones = met.phones.iter().map(|party| (*party, given.phone(network, *party)));
        let is_somebody = |party: PartyId| network.parties[party.at()].name == SOMEBODY;
        let needs_live = met
            .queues
            .iter()
            .any(|queue| network.queues[queue.at()].agents.iter().any(|agent| is_somebody(agent.party)));
        let phones = phones.filter(|(party, phone)| *phone != Phone::NoAnswer && !is_somebody(*party));
        let mut given_text: Vec<String> = phones
            .map(|(party, phone)| format!("{}={phone}", network.party_text(party, sight.site)))
            .collect();
        given_text.sort_unstable();
        let is_full = |queue: &&QueueId| given.full.get(queue.at()).copied().unwrap_or(false);
        let full = met.queues.iter().filter(is_full);
        given_text.extend(full.map(|queue| format!("queue:{}=full", network.queue_text(*queue, sight.site))));
        for system in System::ALL {
            let platform = given.platforms[system as usize];
            let words = Platform::WORDS.into_iter().find(|(_, it)| *it == platform && *it != Platform::Up);
            given_text.extend(words.map(|(state, _)| format!("{}={state}", system.word())));
        }
        let sort = match call.to {
            Target::Number(_) => 0,
            Target::Extension(_) => 1,
            _ => 2,
        };
        let from = match call.caller {
            Caller::Anonymous => Some("anonymous"),
            Caller::Spam => Some("spam"),
            Caller::Unlisted | Caller::Number(_) => None,
        };
        Example {
            called: name(call.to),
            at: instant(network, sight.site, call.at),
            is_any_time: sight.is_any_time,
            from,
            needs_live,
            rank: (given_text.len() + usize::from(from.is_some()), sort, call.at),
            given: given_text,
        }
    }
}

/// An instant on the clock of a tenant, with its offset.
pub fn instant(network: &Network, site: SiteId, at: Seconds) -> String {
    let at = Timestamp::from_second(at).unwrap_or_default();
    at.to_zoned(network.site(site).zone.clone()).strftime("%Y-%m-%dT%H:%M%:z").to_string()
}

/// The same for people.
pub fn spoken(network: &Network, site: SiteId, at: Seconds) -> String {
    let at = Timestamp::from_second(at).unwrap_or_default();
    at.to_zoned(network.site(site).zone.clone()).strftime("%a %Y-%m-%d %H:%M").to_string()
}
