//! Every difference of calls, for programs: nothing is left out, and each window stands there once.

use super::line::Sides;
use crate::{
    flow::{Called, Caller, Network, Noticed, Phone, Platform, Seconds, SiteId, Situation, Timeline},
    text::hex,
};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use std::{collections::BTreeMap, ops::Range};

/// Every call that differs. What many have in common stands there once: calls name its place.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct Table {
    pub windows: Vec<Windows>,
    /// States in which calls differ in one way, in the words of a trace.
    pub given: Vec<Vec<String>>,
    /// All the courses that a call can take.
    pub courses: Vec<Vec<Course>>,
    pub calls: Vec<Calls>,
    /// Up to when every call is looked at: to the day, and in a saved plan alone.
    #[serde(default, skip_serializing)]
    pub until: Option<Timestamp>,
}

/// Windows of time in which the same calls differ.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Windows {
    /// In words; empty: always.
    pub when: String,
    /// From when until when, in UTC, within 53 weeks of the plan, or around what begins
    /// or ends later. None: it was so before, and it will be so afterwards.
    pub spans: Vec<(Option<Timestamp>, Option<Timestamp>)>,
}

/// Calls to one place that differ in one way.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Calls {
    /// A number, an extension or a queue, as the files name it.
    pub to: String,
    /// The place among the windows.
    pub windows: usize,
    /// The place among the states.
    pub given: usize,
    /// The place among the courses: those that such a call could take. None: the number was nobody's.
    pub before: Option<usize>,
    pub after: Option<usize>,
}

/// Where some calls go that differ, however they went.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Goes {
    /// As in [`Calls`].
    pub to: String,
    /// A sum of the courses that such a call can take. None: nobody takes it.
    pub after: Option<String>,
    /// The first time at which it is so. None: it was so before.
    pub from: Option<Timestamp>,
}

/// One course. Times are milliseconds since the call came in.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Course {
    pub rings: Vec<Rings>,
    /// As in a case: `voicemail 101`.
    pub end: String,
    /// None: the caller gives up some time.
    pub at: Option<u32>,
}

#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Rings {
    pub who: String,
    pub from: u32,
    /// None: until the caller gives up.
    pub until: Option<u32>,
}

const DAY: Seconds = 24 * 3600;

fn courses(network: &Network, home: Option<SiteId>, all: Option<&[Timeline]>) -> Option<Vec<Course>> {
    let home = home?;
    let course = |it: &Timeline| Course {
        rings: it
            .rings
            .iter()
            .map(|it| Rings { who: network.party_text(it.party, home), from: it.from, until: it.until })
            .collect(),
        end: network.end_text(it.end, home),
        at: it.at,
    };
    let mut all: Vec<Course> = all?.iter().map(course).collect();
    all.dedup();
    Some(all)
}

/// A situation in the words of a trace: `others=answers@5 101=offline`.
fn given(situation: &Situation, noticed: &Noticed, home: &str) -> String {
    let text = |shared: u32| noticed.names.text(shared, home);
    match situation {
        Situation::Everybody(phone) => format!("others={phone}"),
        Situation::One { others, party, phone } => format!("others={others} {}={phone}", text(*party)),
        Situation::Agents { others, queue, phone } => {
            format!("others={others} agents of queue {}={phone}", text(*queue))
        }
        Situation::Full { others, queue } => format!("others={others} queue {} full", text(*queue)),
        Situation::MailboxesOff => format!("others={} mailboxes off", Phone::NoAnswer),
        Situation::MailboxesOn => format!("others={} mailboxes on", Phone::NoAnswer),
        Situation::ForwardsOff { others } => format!("others={others} emergency forward off"),
        Situation::Platform(platform) => {
            let word = Platform::WORDS.iter().find(|(_, it)| it == platform).map_or("", |(word, _)| word);
            format!("platform={word}")
        }
        Situation::Caller { others, caller } => {
            let caller = match caller {
                Caller::Unlisted => "unlisted".to_owned(),
                Caller::Number(number) => number.to_string(),
                Caller::Anonymous => "anonymous".to_owned(),
                Caller::Spam => "spam".to_owned(),
            };
            format!("others={others} caller={caller}")
        }
    }
}

/// A place that is called, as the files name it.
fn name(called: &Called) -> String {
    match called {
        Called::Number(number) => number.to_string(),
        Called::Extension { extension, .. } => format!("extension {extension}"),
        Called::Queue { queue, .. } => format!("queue {queue}"),
    }
}

fn instant(at: Seconds, edge: Seconds) -> Option<Timestamp> {
    (at != edge).then(|| Timestamp::from_second(at).unwrap_or(Timestamp::MAX))
}

/// The place of something among others, where it is put if it is not there yet.
fn placed<T: Ord + Clone>(known: &mut BTreeMap<T, usize>, all: &mut Vec<T>, it: T) -> usize {
    *known.entry(it.clone()).or_insert_with(|| {
        all.push(it);
        all.len() - 1
    })
}

impl Table {
    /// Where the calls go that differ, each way once.
    pub fn goes(&self) -> Vec<Goes> {
        let sum = |at: usize| {
            let courses = serde_json::to_vec(self.courses.get(at)?).ok()?;
            Some(hex(&Sha256::digest(courses))[..16].to_owned())
        };
        let sums: Vec<Option<String>> = (0..self.courses.len()).map(sum).collect();
        let mut all: BTreeMap<(&String, Option<&String>), Option<Timestamp>> = BTreeMap::new();
        for Calls { to, windows, after, .. } in &self.calls {
            let spans = self.windows.get(*windows).into_iter().flat_map(|it| &it.spans);
            let Some(from) = spans.map(|(from, _)| *from).min() else { continue };
            let after = after.and_then(|at| sums.get(at)?.as_ref());
            let first = all.entry((to, after)).or_insert(from);
            *first = (*first).min(from);
        }
        let goes = |((to, after), from): ((&String, Option<&String>), _)| Goes {
            to: to.clone(),
            after: after.cloned(),
            from,
        };
        all.into_iter().map(goes).collect()
    }

    pub fn of(all: &[Noticed], sides: &Sides<'_>) -> Self {
        let end = sides.calendar.within().end;
        let until = Timestamp::from_second(end - end.rem_euclid(DAY)).ok();
        let mut table = Self { until, ..Self::default() };
        let mut known: BTreeMap<Vec<(Seconds, Seconds)>, usize> = BTreeMap::new();
        let (mut states, mut ways) = (BTreeMap::new(), BTreeMap::new());
        let within = sides.calendar.within();
        let (then, now) = (sides.before.tenant(sides.tenant), sides.after.tenant(sides.tenant));
        for noticed in all {
            for difference in &noticed.differences {
                // Windows in which it is so in the same states.
                let mut by_class: BTreeMap<usize, Vec<&Situation>> = BTreeMap::new();
                for (class, situation) in &difference.cells {
                    by_class.entry(*class).or_default().push(situation);
                }
                let mut by_situations: BTreeMap<Vec<&Situation>, Vec<usize>> = BTreeMap::new();
                for (class, situations) in by_class {
                    by_situations.entry(situations).or_default().push(class);
                }
                for (situations, classes) in by_situations {
                    let mut spans: Vec<Range<Seconds>> =
                        classes.iter().flat_map(|it| noticed.classes[*it].iter().cloned()).collect();
                    spans.sort_unstable_by_key(|it| it.start);
                    let next = table.windows.len();
                    let windows =
                        *known.entry(spans.iter().map(|it| (it.start, it.end)).collect()).or_insert(next);
                    if windows == next {
                        table.windows.push(Windows {
                            when: sides.calendar.words(&spans),
                            spans: spans
                                .iter()
                                .map(|it| (instant(it.start, within.start), instant(it.end, within.end)))
                                .collect(),
                        });
                    }
                    let given = situations.iter().map(|it| given(it, noticed, sides.tenant)).collect();
                    let before = courses(sides.before, then, difference.before.as_deref());
                    let after = courses(sides.after, now, difference.after.as_deref());
                    let given = placed(&mut states, &mut table.given, given);
                    let mut way = |all: Vec<Course>| placed(&mut ways, &mut table.courses, all);
                    let (before, after) = (before.map(&mut way), after.map(&mut way));
                    table.calls.push(Calls { to: name(&noticed.to), windows, given, before, after });
                }
            }
        }
        table
    }
}
