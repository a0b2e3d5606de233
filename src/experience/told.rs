//! A course of a call as a receptionist tells it: "ring 101 and 102 for 20 s, then go to voicemail 104".

use crate::{
    flow::{Called, Dropped, End, Network, Place, Ringing, SiteId, Target, Timeline, Why},
    model::Tenant,
    text::count,
};
use std::collections::{BTreeMap, BTreeSet};

/// Of more phones than this only so many are named.
const NAMED: usize = 4;

/// Now, or before the change.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tense {
    Now,
    Before,
}

impl Tense {
    fn of(self, now: &'static str, before: &'static str) -> &'static str {
        match self {
            Self::Now => now,
            Self::Before => before,
        }
    }
}

/// What numbers and queues are called beside their keys.
#[derive(Debug, Default)]
pub struct Labels {
    numbers: BTreeMap<String, String>,
    queues: BTreeMap<String, String>,
}

impl Labels {
    /// Those of a tenant as it is after a change; what is gone is called as it was before. A name that another number or queue
    /// had before says nothing of which is meant: then the key stands alone.
    pub fn of(before: &Tenant, after: &Tenant) -> Self {
        let mut labels = Self::default();
        for tenant in [before, after] {
            for (number, it) in &tenant.numbers {
                if let Some(label) = it.label.as_ref().filter(|it| !it.trim().is_empty()) {
                    labels.numbers.insert(number.to_string(), label.clone());
                }
            }
            for (queue, it) in &tenant.queues {
                if let Some(name) = it.name.as_ref().filter(|it| !it.trim().is_empty() && *it != queue) {
                    labels.queues.insert(queue.clone(), name.clone());
                }
            }
        }
        let labels_before = before.numbers.iter().map(|(key, it)| (key.to_string(), it.label.as_ref()));
        without_taken(&mut labels.numbers, labels_before);
        without_taken(
            &mut labels.queues,
            before.queues.iter().map(|(key, it)| (key.clone(), it.name.as_ref())),
        );
        labels
    }

    fn queue(&self, queue: &str) -> String {
        match self.queues.get(queue) {
            Some(name) => format!("queue {queue} ({name})"),
            None => format!("queue {queue}"),
        }
    }

    /// What is called: "Main line (+12145550100)".
    pub fn called(&self, called: &Called) -> String {
        match called {
            Called::Number(number) => match self.numbers.get(&number.to_string()) {
                Some(label) => format!("{label} ({number})"),
                None => number.to_string(),
            },
            Called::Extension { extension, .. } => format!("extension {extension}"),
            Called::Queue { queue, .. } => self.queue(queue),
        }
    }
}

/// Takes out the names that something else had before, and has no more.
fn without_taken<'a>(
    names: &mut BTreeMap<String, String>,
    before: impl Iterator<Item = (String, Option<&'a String>)>,
) {
    let moved = before.filter_map(|(key, name)| {
        let name = name?;
        (names.get(&key) != Some(name)).then_some(name.as_str())
    });
    let moved: BTreeSet<&str> = moved.collect();
    names.retain(|_, name| !moved.contains(name.as_str()));
}

/// Some things, the last one after a word.
pub fn listed(mut all: Vec<String>, word: &str, one: &str) -> String {
    if all.len() > NAMED + 1 {
        let more = all.len() - NAMED;
        all.truncate(NAMED);
        return format!("{} {word} {} more", all.join(", "), count(more, one).trim_start_matches("1 "));
    }
    let Some(last) = all.pop() else { return String::new() };
    if all.is_empty() { last } else { format!("{} {word} {last}", all.join(", ")) }
}

/// Milliseconds as people say them.
fn seconds(ms: u32) -> String {
    if ms.is_multiple_of(1000) {
        format!("{} s", ms / 1000)
    } else {
        format!("{}.{} s", ms / 1000, ms % 1000 / 100)
    }
}

/// When the last phone stops, where all of them do.
fn rang_until(it: &Timeline) -> Option<u32> {
    let ends: Option<Vec<u32>> = it.rings.iter().map(|it| it.until).collect();
    ends?.into_iter().max()
}

/// Who tells what.
pub struct Teller<'a> {
    pub network: &'a Network,
    pub home: SiteId,
    pub labels: &'a Labels,
    pub tense: Tense,
}

impl Teller<'_> {
    fn party(&self, it: &Ringing) -> String {
        self.network.party_text(it.party, self.home)
    }

    fn queue(&self, it: &Timeline, at: u32) -> Option<String> {
        // The last place that the call had come to by then.
        let mut hops = it.hops.iter().rev().filter(|hop| hop.why != Why::Rings && hop.at <= at);
        match hops.next()?.to {
            Target::Queue(queue) => Some(self.labels.queue(&self.network.queue_text(queue, self.home))),
            _ => None,
        }
    }

    /// Each thing that happens, in order.
    pub fn course(&self, it: &Timeline) -> String {
        let end = it.at.unwrap_or(u32::MAX);
        // Until somebody answers is no length that anybody has set.
        let length = |from: u32, until: Option<u32>| {
            let until = until.filter(|until| !(matches!(it.end, End::Answered(_)) && *until == end))?;
            Some(format!(" for {}", seconds(until - from)))
        };
        let mut said = String::new();
        let mut starts: Vec<u32> = it.rings.iter().map(|it| it.from).collect();
        starts.sort_unstable();
        starts.dedup();
        // Until when the phones before ring.
        let mut before: Option<Option<u32>> = None;
        for (index, from) in starts.iter().enumerate() {
            let together: Vec<&Ringing> = it.rings.iter().filter(|it| it.from == *from).collect();
            let mut names: Vec<String> = together.iter().map(|it| self.party(it)).collect();
            names.dedup();
            let until = together.iter().map(|it| it.until).max_by_key(|it| it.unwrap_or(u32::MAX)).flatten();
            let who = listed(names, "and", "phone");
            let new_queue = self.queue(it, *from).filter(|_| self.is_new_queue(it, *from, &starts[..index]));
            let who = new_queue.map_or(who.clone(), |queue| format!("{queue} at {who}"));
            match before {
                None => {
                    let waited = if *from > 0 {
                        format!("{} for {}, then ", self.tense.of("wait", "waited"), seconds(*from))
                    } else {
                        String::new()
                    };
                    let verb = self.tense.of("ring", "rang");
                    said = format!("{waited}{verb} {who}{}", length(*from, until).unwrap_or_default());
                }
                // Who joins while others ring stops with them, or it is told by who comes next.
                Some(earlier) if earlier.is_none_or(|it| it > *from) => {
                    said.push_str(&format!(", after {} also {who}", seconds(*from)));
                }
                Some(earlier) => {
                    let waits = self.waits(it, earlier, Some(*from));
                    let length = length(*from, until).unwrap_or_default();
                    said.push_str(&format!("{waits}, then {who}{length}"));
                }
            }
            before = match before.flatten() {
                Some(earlier) => Some(until.map(|until| until.max(earlier))),
                None if before.is_some() => Some(None),
                None => Some(until),
            };
        }
        let waits = it.rings.is_empty() && it.at.is_some_and(|at| at > 0);
        if waits {
            let at = it.at.unwrap_or_default();
            let place =
                self.queue(it, at.saturating_sub(1)).map_or(String::new(), |queue| format!("in {queue} "));
            said = format!("{} {place}for {}", self.tense.of("wait", "waited"), seconds(at));
        }
        let end = self.end(it);
        if said.is_empty() {
            return end;
        }
        match it.end {
            End::RingsOn => format!("{said} until the caller gives up"),
            End::Answered(_) => format!("{said} and {end}"),
            End::Waits(_) => {
                format!("{said}, then {} until the caller gives up", self.tense.of("wait", "waited"))
            }
            _ => format!("{said}{}, then {end}", self.waits(it, rang_until(it), it.at)),
        }
    }

    /// The time after the first ringing in which the call goes nowhere yet. In a queue it may ring again.
    fn waits(&self, it: &Timeline, rang_until: Option<u32>, at: Option<u32>) -> String {
        let Some((until, at)) = rang_until.zip(at).filter(|(until, at)| at > until) else {
            return String::new();
        };
        let verb = match self.queue(it, until) {
            Some(_) => self.tense.of("stay in the queue", "stayed in the queue"),
            None => self.tense.of("wait", "waited"),
        };
        format!(", then {verb} for {}", seconds(at - until))
    }

    fn is_new_queue(&self, it: &Timeline, from: u32, earlier: &[u32]) -> bool {
        earlier.iter().all(|before| self.queue(it, *before) != self.queue(it, from))
    }

    fn end(&self, it: &Timeline) -> String {
        let (network, home, tense) = (self.network, self.home, self.tense);
        let go = |to: String| format!("{} to {to}", tense.of("go", "went"));
        match it.end {
            End::Answered(party) => {
                format!("{} answered at {}", tense.of("are", "were"), network.party_text(party, home))
            }
            End::Voicemail(mailbox) => go(format!("voicemail {}", network.mailbox_text(mailbox, home))),
            End::Leaves(party) => go(network.party_text(party, home)),
            End::Waits(queue) => format!(
                "{} in {} until the caller gives up",
                tense.of("wait", "waited"),
                self.labels.queue(&network.queue_text(queue, home))
            ),
            End::Menu(label) => go(network.label_text(label, home)),
            End::RingsOn => format!("{} nothing until the caller gives up", tense.of("hear", "heard")),
            End::Loop => format!("{} in a circle", tense.of("go", "went")),
            End::Unknown(label) if network.leads_nowhere(it.end) => {
                let missing = network.label_text(label, home);
                format!("{} lost: the account does not have {missing}", tense.of("are", "were"))
            }
            End::Unknown(label) => {
                format!("{}, of which nothing is known here", go(network.label_text(label, home)))
            }
            End::Dropped(why) => match why {
                Dropped::Blocked => format!("{} refused: the caller is blocked", tense.of("are", "were")),
                Dropped::Spam => format!("{} refused as spam", tense.of("are", "were")),
                Dropped::Busy => format!("{} a busy tone", tense.of("get", "got")),
                Dropped::PlatformDown => format!("{} lost", tense.of("are", "were")),
                Dropped::NoMailbox => format!("{}: the mailbox is off", tense.of("end", "ended")),
                Dropped::Unavailable => format!("{}: the queue takes nobody", tense.of("end", "ended")),
                Dropped::MaxWait | Dropped::NoAnswer | Dropped::HangUp => tense.of("end", "ended").to_owned(),
            },
        }
    }

    /// Where two courses part: the place, and how it goes on from there. The same for calls that part for the same reason.
    pub fn events(&self, it: &Timeline) -> Vec<Event> {
        let mut events: Vec<Event> = Vec::new();
        for ring in &it.rings {
            let text = self.party(ring);
            events.push(Event { at: ring.from, rank: 1, kind: "rings".to_owned(), text });
        }
        for hop in it.hops.iter().filter(|hop| hop.why != Why::Rings) {
            let place = match hop.from {
                Place::Number(it) => Target::Number(it),
                Place::Extension(it) => Target::Extension(it),
                Place::Queue(it) => Target::Queue(it),
                Place::Receiver(it) => Target::Receiver(it),
            };
            let kind = match hop.why {
                Why::Rule(condition, _) => condition.word().to_owned(),
                why => format!("{why:?}"),
            };
            let from = self.network.target_text(place, self.home);
            let text = self.network.target_text(hop.to, self.home);
            events.push(Event { at: hop.at, rank: 0, kind: format!("{from} {kind}"), text });
        }
        // A call comes to a place before that place rings. Which of several phones is told of first has no meaning.
        events.sort_by_key(|it| (it.at, it.rank, (it.rank > 0).then(|| it.text.clone())));
        let end = self.network.end_text(it.end, self.home);
        events.push(Event { at: it.at.unwrap_or(u32::MAX), rank: 2, kind: format!("end {end}"), text: end });
        events
    }
}

/// One thing that happens on a course.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Event {
    at: u32,
    rank: u8,
    kind: String,
    text: String,
}

/// What comes next on a course.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
struct Next {
    kind: String,
    text: String,
    /// Whether the call goes on to another place.
    is_step: bool,
}

/// How two courses of one call part.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Parting {
    /// Where.
    pub place: String,
    /// What comes next, before the change and after it.
    before: Option<Next>,
    after: Option<Next>,
    /// Whether the call has only just come there: whatever it finds, it goes on otherwise.
    is_entry: bool,
}

impl Event {
    /// Where the call comes to, or what rings.
    pub fn text(&self) -> &str {
        &self.text
    }
}

impl Parting {
    /// Of two courses of a call to `called`; and whether it rings or waits elsewhere before it comes to where they part.
    pub fn of(called: &str, before: &[Event], after: &[Event]) -> (Self, bool) {
        let at = before.iter().zip(after).take_while(|(one, other)| one == other).count();
        let came = before[..at].iter().rposition(|it| it.rank == 0);
        let next = |events: &[Event]| {
            let it = events.get(at)?;
            Some(Next { kind: it.kind.clone(), text: it.text.clone(), is_step: it.rank == 0 })
        };
        let parting = Self {
            place: came.map_or(called, |at| before[at].text.as_str()).to_owned(),
            before: next(before),
            after: next(after),
            is_entry: came.map_or(at == 0, |came| came + 1 == at),
        };
        let is_passing =
            came.is_some_and(|came| before[came].at > 0 || before[..came].iter().any(|it| it.rank > 0));
        (parting, is_passing)
    }

    /// Whether calls that part as `other` says do so for the same reason as these.
    pub fn explains(&self, other: &Self) -> bool {
        let is_same_place = self.place == other.place;
        let is_one_reason = self.is_entry || self.before == other.before || self.after == other.after;
        is_same_place && is_one_reason
    }

    /// Whether calls part at the same place in the same way, however they came there.
    pub fn is_alike(&self, other: &Self) -> bool {
        self.place == other.place && self.before == other.before && self.after == other.after
    }

    /// Whether calls to somewhere else that part as `other` says need not be told of: what comes next is told of them already.
    pub fn tells(&self, other: &Self) -> bool {
        self.explains(other) && (self.is_alike(other) || !self.is_entry)
    }

    /// Where calls that part as `other` says go on to, if it is elsewhere: whatever they find, it is otherwise.
    pub fn elsewhere<'a>(&self, other: &'a Self) -> Option<&'a str> {
        let next = other.after.as_ref().filter(|it| it.is_step && self.after.as_ref() != Some(*it));
        next.filter(|_| self.is_entry).map(|it| it.text.as_str())
    }
}
