//! Differences of calls, each in one sentence, equal ones together.

use super::{
    Class,
    given::{self, grade, rank},
    told::{Event, Labels, Teller, Tense, listed, parting},
    when,
};
use crate::flow::{Called, Grade, Network, Noticed, Seconds, Situation, Timeline};
use jiff::tz::TimeZone;
use serde::{Deserialize, Serialize};
use std::{collections::BTreeMap, ops::Range};

/// Of more than these that differ in one window for different reasons, the others are counted.
const REASONS: usize = 3;

/// Of more courses than this only so many are told.
const COURSES: usize = 2;

/// What callers notice, in one sentence.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Line {
    pub class: Class,
    /// What calls find: "when 101 is on a call".
    #[serde(skip_serializing_if = "Option::is_none")]
    pub given: Option<String>,
    /// What is called, as people call it.
    pub to: Vec<String>,
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

    /// The same of calls to something else.
    pub fn sentence_to(&self, to: &str) -> String {
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
        match (&self.before, &self.now) {
            (Some(before), Some(now)) => format!("{calls} now {now}; they {before}{more}."),
            (None, Some(now)) => format!("{calls} are taken now: they {now}{more}."),
            (Some(before), None) => format!("{calls} are not taken any more; they {before}{more}."),
            (None, None) => format!("{calls} differ{more}."),
        }
    }
}

/// Both sides of what is compared, with their words.
pub struct Sides<'a> {
    pub before: &'a Network,
    pub after: &'a Network,
    pub tenant: &'a str,
    pub labels: &'a Labels,
    pub zone: &'a TimeZone,
    pub within: &'a Range<Seconds>,
}

/// One difference in words.
struct Told {
    now: Option<String>,
    before: Option<String>,
    parting: String,
}

impl Sides<'_> {
    fn teller(&self, tense: Tense) -> Option<Teller<'_>> {
        let network = if tense == Tense::Now { self.after } else { self.before };
        let home = network.tenant(self.tenant)?;
        Some(Teller { network, home, labels: self.labels, tense })
    }

    fn told(&self, before: Option<&[Timeline]>, after: Option<&[Timeline]>) -> Option<Told> {
        let (then, now) = (self.teller(Tense::Before)?, self.teller(Tense::Now)?);
        let all = |teller: &Teller<'_>, courses: Option<&[Timeline]>| -> Option<Vec<(String, Vec<Event>)>> {
            let courses = courses?.iter();
            Some(courses.map(|it| (teller.course(it), teller.events(it))).collect())
        };
        let (then, now) = (all(&then, before), all(&now, after));
        let events = |all: &Option<Vec<(String, Vec<Event>)>>| -> Vec<Event> {
            all.iter().flatten().next().map(|(_, events)| events.clone()).unwrap_or_default()
        };
        let parting = parting(&events(&then), &events(&now));
        let join = |all: Option<Vec<(String, Vec<Event>)>>| {
            let mut said: Vec<String> = all?.into_iter().map(|(said, _)| said).collect();
            said.dedup();
            let more = said.len().saturating_sub(COURSES);
            said.truncate(COURSES);
            let said = said.join(", or ");
            Some(if more > 0 { format!("{said}, or one of {more} other ways") } else { said })
        };
        Some(Told { now: join(now), before: join(then), parting })
    }

    /// What is said of one place.
    fn of_place(&self, noticed: &Noticed) -> Vec<Line> {
        let told: Vec<Told> = noticed
            .differences
            .iter()
            .filter_map(|it| self.told(it.before.as_deref(), it.after.as_deref()))
            .collect();
        if told.len() != noticed.differences.len() {
            return Vec::new();
        }
        // By what is said: in which windows.
        let mut said: Vec<(Line, Vec<usize>)> = Vec::new();
        for class in 0..noticed.classes.len() {
            for line in self.of_class(noticed, &told, class) {
                match said.iter_mut().find(|(it, _)| *it == line) {
                    Some((_, classes)) => classes.push(class),
                    None => said.push((line, vec![class])),
                }
            }
        }
        let when = |classes: Vec<usize>| {
            let windows: Vec<Range<Seconds>> =
                classes.into_iter().flat_map(|it| noticed.classes[it].iter().cloned()).collect();
            Some(when::words(&windows, self.within, self.zone)).filter(|it| !it.is_empty())
        };
        said.into_iter().map(|(line, classes)| Line { when: when(classes), ..line }).collect()
    }

    fn of_class(&self, noticed: &Noticed, told: &[Told], class: usize) -> Vec<Line> {
        let mut rows: Vec<(usize, Vec<&Situation>)> = Vec::new();
        for (at, difference) in noticed.differences.iter().enumerate() {
            let here: Vec<&Situation> =
                difference.cells.iter().filter(|(it, _)| *it == class).map(|(_, it)| it).collect();
            if !here.is_empty() {
                rows.push((at, here));
            }
        }
        rows.sort_by_key(|(at, here)| (here.iter().map(|it| rank(it)).min(), *at));
        // The first that parts in one way speaks for the others.
        let mut reasons: Vec<(usize, Vec<&Situation>, Grade)> = Vec::new();
        for (at, here) in rows {
            let grade = grade(&here);
            match reasons.iter_mut().find(|(it, ..)| told[*it].parting == told[at].parting) {
                Some((.., known)) => *known = (*known).min(grade),
                None => reasons.push((at, here, grade)),
            }
        }
        let more = reasons.len().saturating_sub(REASONS);
        reasons.truncate(REASONS);
        let last = reasons.len().saturating_sub(1);
        let line = |(index, (at, here, grade)): (usize, (usize, Vec<&Situation>, Grade))| Line {
            class: grade.into(),
            given: given::words(&here, noticed, self.tenant, self.labels),
            to: Vec::new(),
            when: None,
            now: told[at].now.clone(),
            before: told[at].before.clone(),
            more: if index == last { more } else { 0 },
        };
        reasons.into_iter().enumerate().map(line).collect()
    }

    /// What is said of all places, equal sentences together: numbers first.
    pub fn lines(&self, all: &[Noticed]) -> Vec<Line> {
        let mut lines: Vec<Line> = Vec::new();
        let mut order: BTreeMap<u8, Vec<&Noticed>> = BTreeMap::new();
        for noticed in all {
            let rank = match noticed.to {
                Called::Number(_) => 0,
                Called::Queue { .. } => 1,
                Called::Extension { .. } => 2,
            };
            order.entry(rank).or_default().push(noticed);
        }
        for noticed in order.into_values().flatten() {
            let to = self.labels.called(&noticed.to);
            for line in self.of_place(noticed) {
                let is_same = |it: &&mut Line| Line { to: Vec::new(), ..(**it).clone() } == line;
                match lines.iter_mut().find(is_same) {
                    Some(it) => it.to.push(to.clone()),
                    None => lines.push(Line { to: vec![to.clone()], ..line }),
                }
            }
        }
        lines.sort_by_key(|it| it.class);
        lines
    }
}
