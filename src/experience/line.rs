//! Differences of calls, each in one sentence, equal ones together.

use super::{
    Class,
    given::{self, occasion, rank},
    told::{Event, Labels, Parting, Teller, Tense, listed},
    when::Calendar,
};
use crate::flow::{
    Called, Caller, Difference, Dropped, End, Network, Noticed, Occasion, Phone, Seconds, Situation,
    Timeline,
    spans::{both, joined, outside, overlap},
};
use serde::{Deserialize, Serialize};
use std::{
    collections::{BTreeSet, HashMap},
    ops::Range,
};

/// Of more than these that differ in one window for different reasons, the others are counted.
const REASONS: usize = 3;

/// What callers notice, in one sentence.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Line {
    pub class: Class,
    /// What calls find: "when 101 is on a call".
    #[serde(skip_serializing_if = "Option::is_none")]
    pub given: Option<String>,
    /// What is called, as people call it.
    pub to: Vec<String>,
    /// From where else calls get there, and part in the same way.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub also: Vec<String>,
    /// "on Saturdays 09:00-12:00". None: always.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub when: Option<String>,
    /// What such calls do. None: nobody takes them.
    pub now: Option<String>,
    /// What they did before.
    pub before: Option<String>,
    /// In how many more ways such calls differ, for other reasons.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub more: usize,
}

#[allow(clippy::trivially_copy_pass_by_ref, reason = "serde asks so")]
fn is_zero(n: &usize) -> bool {
    *n == 0
}

impl Line {
    /// The sentence.
    pub fn sentence(&self) -> String {
        self.sentence_to(&listed(self.to.clone(), "and", "number"))
    }

    /// The same where it is not about now and before, but about two sides that both are so.
    pub fn sentence_between(&self, here: &str, there: &str) -> String {
        let to = listed(self.to.clone(), "and", "number");
        let when = self.when.as_ref().map_or(String::new(), |it| format!(" {it}"));
        let given = self.given.as_ref().map_or(String::new(), |it| format!(", {it},"));
        let goes = |side: &Option<String>| side.clone().unwrap_or_else(|| "are not taken".to_owned());
        format!("Calls to {to}{when}{given} {} {there}; {here} they {}.", goes(&self.now), goes(&self.before))
    }

    fn sentence_to(&self, to: &str) -> String {
        let when = self.when.as_ref().map_or(String::new(), |it| format!(" {it}"));
        let more = match self.more {
            0 => String::new(),
            1 => "; they differ in 1 more way".to_owned(),
            more => format!("; they differ in {more} more ways"),
        };
        let calls = match &self.given {
            Some(given) => {
                let mut letters = given.chars();
                let first = letters.next().map(|it| it.to_uppercase().collect::<String>());
                format!("{}{}, calls to {to}{when}", first.unwrap_or_default(), letters.as_str())
            }
            None => format!("Calls to {to}{when}"),
        };
        let also = match self.also.len() {
            0 => String::new(),
            _ => format!(
                " The same holds where calls to {} get there.",
                listed(self.also.clone(), "or", "number")
            ),
        };
        match (&self.before, &self.now) {
            (Some(before), Some(now)) => format!("{calls} now {now}; they {before}{more}.{also}"),
            (None, Some(now)) => format!("{calls} are taken now: they {now}{more}.{also}"),
            (Some(before), None) => format!("{calls} are not taken any more; they {before}{more}.{also}"),
            (None, None) => format!("{calls} differ{more}.{also}"),
        }
    }
}

/// Both sides of what is compared, with their words.
pub struct Sides<'a> {
    pub before: &'a Network,
    pub after: &'a Network,
    pub tenant: &'a str,
    pub labels: &'a Labels,
    pub calendar: &'a Calendar,
    /// Whether one of them was before the other. Else both are so.
    pub is_past: bool,
}

/// One difference in words.
struct Told {
    now: Option<String>,
    before: Option<String>,
    parting: Parting,
    /// Whether such calls ring or wait elsewhere before they come to where they part.
    is_passing: bool,
    /// How it ends that nobody takes such a call any more, and somebody did.
    lost: Option<String>,
    /// Whether nobody took such a call before, for the same reason.
    is_lost_as_before: bool,
    /// What such calls do now, whatever they did before, and what they come to.
    goes: Option<String>,
    comes_to: BTreeSet<String>,
}

/// Some differences of calls in one window: the first speaks for the others.
struct Reason<'a> {
    at: usize,
    /// Whose words are said: those of the calls that it is mostly about.
    words: usize,
    here: Vec<&'a Situation>,
    /// The particular callers that it is about; none where it is about anybody.
    callers: BTreeSet<&'a Caller>,
    occasion: Occasion,
    /// What such calls do now.
    goes: BTreeSet<&'a str>,
    /// Where else they go on to.
    elsewhere: BTreeSet<&'a str>,
}

impl<'a> Reason<'a> {
    fn new(at: usize, here: Vec<&'a Situation>, told: &'a [Told]) -> Self {
        let caller = |it: &&'a Situation| match it {
            Situation::Caller { caller, .. } if *caller != Caller::Unlisted => Some(caller),
            _ => None,
        };
        let callers: Option<BTreeSet<&Caller>> = here.iter().map(caller).collect();
        Self {
            at,
            words: at,
            callers: callers.unwrap_or_default(),
            occasion: occasion(&here),
            goes: told[at].goes.as_deref().into_iter().collect(),
            elsewhere: BTreeSet::new(),
            here,
        }
    }

    /// Whether this speaks for another difference of the same calls: for one reason, and nobody is worse off than it says.
    fn speaks_for(&self, other: &Self, told: &[Told]) -> bool {
        let (own, its) = (&told[self.at], &told[other.at]);
        let is_one_reason = match (self.callers.is_empty(), other.callers.is_empty()) {
            (true, true) => own.parting.explains(&its.parting),
            // Who was refused is refused, or what is said of anybody is true of them as well.
            (true, false) if its.is_lost_as_before => own.parting.explains(&its.parting),
            (true, false) => its.lost.is_none() && other.goes.is_subset(&self.goes),
            (false, true) => false,
            (false, false) if self.callers == other.callers => own.parting.explains(&its.parting),
            (false, false) => own.parting == its.parting,
        };
        is_one_reason && (its.lost.is_none() || own.lost == its.lost)
    }

    fn add(&mut self, other: Self, told: &'a [Told]) {
        let (own, its) = (&told[self.at], &told[other.at]);
        self.occasion = self.occasion.min(other.occasion);
        self.goes.extend(other.goes);
        let next = own.parting.elsewhere(&its.parting);
        self.elsewhere.extend(next.filter(|next| !own.comes_to.contains(*next)));
        if !self.callers.is_empty() {
            self.callers.extend(other.callers);
            self.here.extend(other.here);
        } else if own.parting.is_alike(&its.parting) && given::is_busy_as_well(&self.here, &other.here) {
            self.words = other.at;
            self.here.extend(other.here);
        }
    }
}

/// A sentence about calls to one place, and what it rests on.
struct Said {
    line: Line,
    parting: Parting,
    is_passing: bool,
    lost: Option<String>,
    is_of_callers: bool,
    /// When it is so: in order, without touching each other.
    spans: Vec<Range<Seconds>>,
}

impl Said {
    fn why(&self) -> Why {
        (self.parting.place.clone(), self.lost.clone(), self.is_of_callers)
    }
}

/// Where calls part, whether they are lost then, and whether it is about particular callers: what is said there once need not be
/// said again.
type Why = (String, Option<String>, bool);

impl Sides<'_> {
    fn teller<'n>(&'n self, network: &'n Network, tense: Tense) -> Option<Teller<'n>> {
        let home = network.tenant(self.tenant)?;
        Some(Teller { network, home, labels: self.labels, tense })
    }

    fn told(&self, called: &str, difference: &Difference) -> Option<Told> {
        let (before, after) = (difference.before.as_deref(), difference.after.as_deref());
        let tense = if self.is_past { Tense::Before } else { Tense::Now };
        let (then, now) = (self.teller(self.before, tense)?, self.teller(self.after, Tense::Now)?);
        let all = |teller: &Teller<'_>, courses: Option<&[Timeline]>| -> Option<Vec<(String, Vec<Event>)>> {
            let courses = courses?.iter();
            Some(courses.map(|it| (teller.course(it), teller.events(it))).collect())
        };
        let (then, now) = (all(&then, before), all(&now, after));
        let events = |all: &Option<Vec<(String, Vec<Event>)>>| -> Vec<Event> {
            all.iter().flatten().next().map(|(_, events)| events.clone()).unwrap_or_default()
        };
        let (parting, is_passing) = Parting::of(called, &events(&then), &events(&now));
        let come = now.iter().flatten().flat_map(|(_, events)| events);
        let comes_to = come.map(|it| it.text().to_owned()).collect();
        let words = |all: Option<Vec<(String, Vec<Event>)>>| {
            let mut said: Vec<String> = all?.into_iter().map(|(said, _)| said).collect();
            said.dedup();
            let more = said.len().saturating_sub(1);
            let first = said.into_iter().next()?;
            Some(match more {
                0 => first,
                1 => format!("{first} (or another way like it)"),
                more => format!("{first} (or one of {more} other ways like it)"),
            })
        };
        let is_blocked = |courses: Option<&[Timeline]>| {
            courses.is_some_and(|all| all.iter().all(|it| it.end == End::Dropped(Dropped::Blocked)))
        };
        let (lost, is_lost_as_before) = self.lost(difference);
        // That some calls are lost is said before what becomes of the others, and a way that there was before after those that
        // are new.
        let was: Vec<Vec<Event>> = then.iter().flatten().map(|(_, events)| events.clone()).collect();
        let now = now.map(|all: Vec<(String, Vec<Event>)>| {
            let mut all: Vec<_> = after.into_iter().flatten().zip(all).collect();
            all.sort_by_key(|(it, (_, events))| {
                (lost.is_some() && !is_lost(self.after, it), was.contains(events))
            });
            all.into_iter().map(|(_, it)| it).collect()
        });
        let (mut now, mut then) = (words(now), words(then));
        let goes = now.clone();
        match (is_blocked(before), is_blocked(after)) {
            // Only what was before can be so no more.
            _ if !self.is_past => {}
            (false, true) => then = then.map(|_| "were not".to_owned()),
            (true, false) => now = now.map(|_| "are not refused any more".to_owned()),
            _ => {}
        }
        Some(Told { now, before: then, parting, is_passing, lost, is_lost_as_before, goes, comes_to })
    }

    /// How it ends that nobody takes some calls any more, which somebody took before; and whether they are lost as before.
    fn lost(&self, difference: &Difference) -> (Option<String>, bool) {
        let (before, after) = (difference.before.as_deref(), difference.after.as_deref());
        let lost = |network: &Network, courses: Option<&[Timeline]>| {
            let end = courses?.iter().find(|it| is_lost(network, it))?.end;
            Some(network.end_text(end, network.tenant(self.tenant)?))
        };
        let situations = || difference.cells.iter().map(|(_, it)| it);
        // That a mailbox which is off takes no message, and a full queue no caller, is no news.
        let is_supposed =
            situations().all(|it| matches!(it, Situation::MailboxesOff | Situation::Full { .. }));
        let (lost_before, lost_now) = (lost(self.before, before), lost(self.after, after));
        let is_lost_as_before = lost_now.is_some() && lost_now == lost_before;
        // Where somebody else rings now, that person may as well not answer, or hang up.
        let was_answered = before.is_some_and(|it| it.iter().all(|it| matches!(it.end, End::Answered(_))));
        let ends_after_ringing =
            |it: &Timeline| !it.rings.is_empty() && (was_answered || it.end == End::Dropped(Dropped::Busy));
        let mut all_lost = after.into_iter().flatten().filter(|it| is_lost(self.after, it));
        let is_others = all_lost.all(ends_after_ringing);
        let is_new = !is_supposed && !is_others && before.is_some() && lost_before.is_none();
        (lost_now.filter(|_| is_new), is_lost_as_before)
    }

    /// What is called, as the places are called that calls come to.
    fn place(&self, called: &Called) -> String {
        match called {
            Called::Number(number) => number.to_string(),
            Called::Extension { extension, .. } => format!("extension {extension}"),
            Called::Queue { queue, .. } => format!("queue {queue}"),
        }
    }

    /// What is said of one place.
    fn of_place(&self, noticed: &Noticed) -> Vec<Said> {
        let called = self.place(&noticed.to);
        let told: Vec<Told> = noticed.differences.iter().filter_map(|it| self.told(&called, it)).collect();
        if told.len() != noticed.differences.len() {
            return Vec::new();
        }
        // By what is said: in which windows.
        let mut said: Vec<(Line, usize, bool, Vec<usize>)> = Vec::new();
        for class in 0..noticed.classes.len() {
            for (line, at, is_of_callers) in self.of_class(noticed, &told, class) {
                let is_same = |it: &Line| Line { more: line.more, ..it.clone() } == line;
                match said.iter_mut().find(|(it, ..)| is_same(it)) {
                    Some((it, _, _, classes)) => {
                        it.more = it.more.max(line.more);
                        classes.push(class);
                    }
                    None => said.push((line, at, is_of_callers, vec![class])),
                }
            }
        }
        let of = |(line, at, is_of_callers, classes): (Line, usize, bool, Vec<usize>)| {
            let windows: Vec<Range<Seconds>> =
                classes.into_iter().flat_map(|it| noticed.classes[it].iter().cloned()).collect();
            let when = Some(self.calendar.words(&windows)).filter(|it| !it.is_empty());
            let Told { parting, is_passing, lost, .. } = &told[at];
            Said {
                line: Line { when, ..line },
                parting: parting.clone(),
                is_passing: *is_passing,
                lost: lost.clone(),
                is_of_callers,
                spans: joined(windows),
            }
        };
        said.into_iter().map(of).collect()
    }

    /// What is said of one place in windows that are alike, each with the difference that it tells.
    fn of_class(&self, noticed: &Noticed, told: &[Told], class: usize) -> Vec<(Line, usize, bool)> {
        let mut rows: Vec<(usize, Vec<&Situation>)> = Vec::new();
        for (at, difference) in noticed.differences.iter().enumerate() {
            let here: Vec<&Situation> =
                difference.cells.iter().filter(|(it, _)| *it == class).map(|(_, it)| it).collect();
            if !here.is_empty() {
                rows.push((at, here));
            }
        }
        let unanswered = |it: &Situation| matches!(it, Situation::Caller { others: Phone::NoAnswer, .. });
        rows.sort_by_key(|(at, here)| (here.iter().map(|it| (rank(it), !unanswered(it))).min(), *at));
        // The first that parts for one reason speaks for the others.
        let mut reasons: Vec<Reason<'_>> = Vec::new();
        for (at, here) in rows {
            let reason = Reason::new(at, here, told);
            match reasons.iter_mut().find(|it| it.speaks_for(&reason, told)) {
                Some(known) => known.add(reason, told),
                None => reasons.push(reason),
            }
        }
        // That calls are lost is never only counted.
        let all = reasons.len();
        let mut place = 0..;
        reasons.retain(|it| place.next().is_some_and(|at| at < REASONS) || told[it.at].lost.is_some());
        let more = all - reasons.len();
        let last = reasons.len().saturating_sub(1);
        let line = |(index, it): (usize, Reason<'_>)| {
            let line = Line {
                class: it.occasion.into(),
                given: given::words(&it.here, noticed, self.tenant, self.labels),
                to: Vec::new(),
                also: Vec::new(),
                when: None,
                now: told[it.words].now.clone(),
                before: told[it.words].before.clone(),
                more: it.elsewhere.len() + if index == last { more } else { 0 },
            };
            (line, it.at, !it.callers.is_empty())
        };
        reasons.into_iter().enumerate().map(line).collect()
    }

    /// What is said of all places, equal sentences together: numbers first. What is said already of calls that part at the
    /// same place for the same reason is not said again, where it holds at all those times and whatever such calls find.
    pub fn lines(&self, all: &[Noticed]) -> Vec<Line> {
        let rank = |noticed: &&Noticed| match noticed.to {
            Called::Number(_) => 0,
            Called::Extension { .. } => 1,
            Called::Queue { .. } => 2,
        };
        let mut all: Vec<&Noticed> = all.iter().collect();
        all.sort_by_key(rank);
        let mut said: Vec<(usize, String, Said)> = Vec::new();
        for noticed in all {
            let to = self.labels.called(&noticed.to);
            let mut own = self.of_place(noticed);
            own.sort_by_key(|it| it.line.given.is_some());
            let first = said.len();
            said.extend(own.into_iter().enumerate().map(|(at, it)| (first + at, to.clone(), it)));
        }
        // Those that need no word for what the call finds speak for the others, and those that come straight to where they part
        // for those that ring elsewhere first.
        said.sort_by_key(|(_, _, it)| (it.line.given.is_some(), it.is_passing));
        let mut together = Together::default();
        for (place, to, it) in said {
            together.add(place, to, it);
        }
        together.lines.sort_by_key(|(place, it)| (it.line.class, *place));
        together.lines.into_iter().map(|(_, it)| it.line).collect()
    }
}

/// Whether a call comes to nobody.
fn is_lost(network: &Network, it: &Timeline) -> bool {
    match it.end {
        End::Dropped(_) | End::Loop => true,
        End::RingsOn => it.rings.is_empty(),
        end => network.leads_nowhere(end),
    }
}

/// Sentences about many places.
#[derive(Default)]
struct Together {
    /// Each with its place in the end.
    lines: Vec<(usize, Said)>,
    by_text: HashMap<Line, usize>,
    by_reason: HashMap<Why, Vec<(Parting, usize)>>,
}

impl Together {
    fn add(&mut self, place: usize, to: String, it: Said) {
        let text = Line { more: 0, ..it.line.clone() };
        if let Some(at) = self.by_text.get(&text).copied() {
            self.know(at, &it);
            let known = &mut self.lines[at];
            known.0 = known.0.min(place);
            known.1.line.to.push(to);
            known.1.line.more = known.1.line.more.max(it.line.more);
            return;
        }
        if let Some(told) = self.told(&it) {
            for at in told {
                let line = &mut self.lines[at].1.line;
                if !line.also.contains(&to) && !line.to.contains(&to) {
                    line.also.push(to.clone());
                }
            }
            return;
        }
        let at = self.lines.len();
        self.know(at, &it);
        self.by_text.insert(text, at);
        let line = Line { to: vec![to], ..it.line.clone() };
        self.lines.push((place, Said { line, ..it }));
    }

    /// Keeps for which reason a line is so.
    fn know(&mut self, at: usize, it: &Said) {
        let known = self.by_reason.entry(it.why()).or_default();
        if known.last().is_none_or(|(parting, line)| *line != at || *parting != it.parting) {
            known.push((it.parting.clone(), at));
        }
    }

    /// The lines that say already what this one says. None: at some time none of them does.
    fn told(&self, it: &Said) -> Option<Vec<usize>> {
        let mut left = it.spans.clone();
        let mut told = Vec::new();
        for (parting, at) in self.by_reason.get(&it.why())? {
            let known = &self.lines[*at].1;
            let is_told = (known.line.given.is_none() || known.line.given == it.line.given)
                && known.line.class <= it.line.class
                && parting.tells(&it.parting);
            if is_told && overlap(&known.spans, &left) > 0 {
                told.push(*at);
                let (Some(first), Some(last)) = (left.first(), left.last()) else { break };
                left = both(&left, &outside(&known.spans, &(first.start..last.end)));
            }
            if left.is_empty() {
                return Some(told);
            }
        }
        None
    }
}
