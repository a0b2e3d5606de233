//! Differences of calls, each in one sentence, equal ones together.

use super::{
    Class,
    given::{self, occasion, rank},
    told::{Event, Labels, Parting, Teller, Tense, listed},
    when::Calendar,
};
use crate::flow::{Called, Dropped, End, Network, Noticed, Occasion, Seconds, Situation, Timeline};
use serde::{Deserialize, Serialize};
use std::{collections::HashMap, ops::Range};

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
}

impl Sides<'_> {
    fn teller<'n>(&'n self, network: &'n Network, tense: Tense) -> Option<Teller<'n>> {
        let home = network.tenant(self.tenant)?;
        Some(Teller { network, home, labels: self.labels, tense })
    }

    fn told(&self, called: &str, before: Option<&[Timeline]>, after: Option<&[Timeline]>) -> Option<Told> {
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
        let parting = Parting::of(called, &events(&then), &events(&now));
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
        let (mut now, mut then) = (words(now), words(then));
        match (is_blocked(before), is_blocked(after)) {
            (false, true) => then = then.map(|_| "were not".to_owned()),
            (true, false) => now = now.map(|_| "are not refused any more".to_owned()),
            _ => {}
        }
        Some(Told { now, before: then, parting })
    }

    /// What is called, as the places are called that calls come to.
    fn place(&self, called: &Called) -> String {
        match called {
            Called::Number(number) => number.to_string(),
            Called::Extension { extension, .. } => format!("extension {extension}"),
            Called::Queue { queue, .. } => format!("queue {queue}"),
        }
    }

    /// What is said of one place, each with how it parts.
    fn of_place(&self, noticed: &Noticed) -> Vec<(Line, Parting)> {
        let called = self.place(&noticed.to);
        let told: Vec<Told> = noticed
            .differences
            .iter()
            .filter_map(|it| self.told(&called, it.before.as_deref(), it.after.as_deref()))
            .collect();
        if told.len() != noticed.differences.len() {
            return Vec::new();
        }
        // By what is said: in which windows.
        let mut said: Vec<(Line, Parting, Vec<usize>)> = Vec::new();
        for class in 0..noticed.classes.len() {
            for (line, parting) in self.of_class(noticed, &told, class) {
                let is_same = |it: &Line| Line { more: line.more, ..it.clone() } == line;
                match said.iter_mut().find(|(it, ..)| is_same(it)) {
                    Some((it, _, classes)) => {
                        it.more = it.more.max(line.more);
                        classes.push(class);
                    }
                    None => said.push((line, parting, vec![class])),
                }
            }
        }
        let when = |classes: Vec<usize>| {
            let windows: Vec<Range<Seconds>> =
                classes.into_iter().flat_map(|it| noticed.classes[it].iter().cloned()).collect();
            Some(self.calendar.words(&windows)).filter(|it| !it.is_empty())
        };
        let line = |(line, parting, classes)| (Line { when: when(classes), ..line }, parting);
        said.into_iter().map(line).collect()
    }

    fn of_class(&self, noticed: &Noticed, told: &[Told], class: usize) -> Vec<(Line, Parting)> {
        let mut rows: Vec<(usize, Vec<&Situation>)> = Vec::new();
        for (at, difference) in noticed.differences.iter().enumerate() {
            let here: Vec<&Situation> =
                difference.cells.iter().filter(|(it, _)| *it == class).map(|(_, it)| it).collect();
            if !here.is_empty() {
                rows.push((at, here));
            }
        }
        rows.sort_by_key(|(at, here)| (here.iter().map(|it| rank(it)).min(), *at));
        // The first that parts for one reason speaks for the others.
        let mut reasons: Vec<(usize, Vec<&Situation>, Occasion)> = Vec::new();
        for (at, here) in rows {
            let occasion = occasion(&here);
            match reasons.iter_mut().find(|(it, ..)| told[*it].parting.explains(&told[at].parting)) {
                Some((.., known)) => *known = (*known).min(occasion),
                None => reasons.push((at, here, occasion)),
            }
        }
        let more = reasons.len().saturating_sub(REASONS);
        reasons.truncate(REASONS);
        let last = reasons.len().saturating_sub(1);
        let line = |(index, (at, here, occasion)): (usize, (usize, Vec<&Situation>, Occasion))| {
            let line = Line {
                class: occasion.into(),
                given: given::words(&here, noticed, self.tenant, self.labels),
                to: Vec::new(),
                also: Vec::new(),
                when: None,
                now: told[at].now.clone(),
                before: told[at].before.clone(),
                more: if index == last { more } else { 0 },
            };
            (line, told[at].parting.clone())
        };
        reasons.into_iter().enumerate().map(line).collect()
    }

    /// What is said of all places, equal sentences together: numbers first. What is said already of calls that part at the
    /// same place for the same reason is not said again.
    pub fn lines(&self, all: &[Noticed]) -> Vec<Line> {
        let rank = |noticed: &&Noticed| match noticed.to {
            Called::Number(_) => 0,
            Called::Extension { .. } => 1,
            Called::Queue { .. } => 2,
        };
        let mut all: Vec<&Noticed> = all.iter().collect();
        all.sort_by_key(rank);
        let mut lines: Vec<(Line, Parting)> = Vec::new();
        // By what they say, and by where their calls part.
        let mut said: HashMap<Line, usize> = HashMap::new();
        let mut at_place: HashMap<String, Vec<usize>> = HashMap::new();
        for noticed in all {
            let to = self.labels.called(&noticed.to);
            let mut own = self.of_place(noticed);
            // Those that need no word for what the call finds speak for the others.
            own.sort_by_key(|(line, _)| line.given.is_some());
            for (line, parting) in own {
                // Of nobody yet.
                if let Some(known) = said.get(&line) {
                    lines[*known].0.to.push(to.clone());
                    continue;
                }
                let is_told = |at: &&usize| {
                    let (it, known) = &lines[**at];
                    let is_own = it.to.contains(&to);
                    let is_plain = it.given.is_none();
                    let is_forwarded = |it: &Line| it.given.as_deref() == Some(given::FORWARD_OFF);
                    if is_forwarded(it) && !is_forwarded(&line) {
                        return false;
                    }
                    it.class <= line.class
                        && match is_own {
                            // In other windows such calls part in the same way, whatever they find.
                            true => line.given.is_some() && is_plain && *known == parting,
                            false => known.explains(&parting),
                        }
                };
                // Whoever parts elsewhere parts for another reason.
                let here = at_place.get(&parting.place);
                match here.and_then(|here| here.iter().find(is_told)).copied() {
                    Some(told) => {
                        let it = &mut lines[told].0;
                        if !it.also.contains(&to) && !it.to.contains(&to) {
                            it.also.push(to.clone());
                        }
                    }
                    None => {
                        at_place.entry(parting.place.clone()).or_default().push(lines.len());
                        said.insert(line.clone(), lines.len());
                        lines.push((Line { to: vec![to.clone()], ..line }, parting));
                    }
                }
            }
        }
        let mut lines: Vec<Line> = lines.into_iter().map(|(line, _)| line).collect();
        lines.sort_by_key(|it| it.class);
        lines
    }
}
