//! The instants that tables know: those from now on, and those after them around what schedules begin or end.

use super::{
    hours::around,
    spans::{Seconds, joined},
};
use crate::model::{CalendarDay, Easter, Schedule, Term};
use jiff::{
    Timestamp, ToSpan,
    civil::{Date, DateTime, Time},
    tz::TimeZone,
};
use std::ops::Range;

const DAY: Seconds = 86_400;

/// How long a sweep looks ahead: a year, and a week that begins in it.
const AHEAD: Seconds = 373 * DAY;

/// What comes again, and not for so many years, is not looked for: the 29th of February comes after eight at most.
const SELDOM: i64 = 12;

/// Of more years than these that begin later, the first days of each are looked at.
const YEARS: Seconds = 10;

const FIRST_DAYS: Seconds = 10 * DAY;

/// The instants that a sweep at some time looks at.
pub fn ahead(at: Seconds) -> Range<Seconds> {
    // `trace` takes whole minutes.
    let at = at - at.rem_euclid(60);
    at..at + AHEAD
}

/// The instants that the tables for it have to know.
pub fn horizon(at: Seconds) -> Range<Seconds> {
    around(at).start..around(ahead(at).end).end
}

/// The instants that tables know.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Horizon {
    /// From now on.
    pub(super) near: Range<Seconds>,
    /// After them: in order, without touching each other.
    pub(super) later: Vec<Range<Seconds>>,
}

impl From<Range<Seconds>> for Horizon {
    fn from(near: Range<Seconds>) -> Self {
        Self { near, later: Vec::new() }
    }
}

impl Horizon {
    /// A year from some time on, and what begins or ends after it by some schedules. From when on something comes every week, or
    /// does not any more, a year is looked at: with what else is in force it comes together in one.
    pub fn of<'a>(at: Seconds, schedules: impl IntoIterator<Item = &'a Schedule>) -> Self {
        let near = horizon(at);
        let ahead = ahead(at);
        let Some((from, until)) = day(ahead.start - DAY).zip(day(ahead.end)) else { return near.into() };
        let mut later = Later { from, until, end: ahead.end, years: Vec::new(), days: Vec::new() };
        schedules.into_iter().for_each(|it| later.schedule(it));
        Self { near, later: later.ranges() }
    }

    /// The same where nothing is known of the time after an instant.
    #[must_use]
    pub fn until(self, at: Seconds) -> Self {
        let later = self.later.into_iter().map(|it| it.start..it.end.min(at));
        Self { near: self.near, later: later.filter(|it| it.start < it.end).collect() }
    }

    /// As far as there are clocks.
    pub(super) fn clamped(self, first: Seconds, last: Seconds) -> Self {
        let clamped = |it: Range<Seconds>| it.start.clamp(first, last)..it.end.clamp(first, last);
        let later = self.later.into_iter().map(clamped).filter(|it| it.start < it.end);
        Self { near: clamped(self.near), later: later.collect() }
    }

    /// What has to be laid out for it: wide enough for every zone.
    pub(super) fn laid_out(&self) -> impl Iterator<Item = Range<Seconds>> {
        let (first, last) = (Timestamp::MIN.as_second(), Timestamp::MAX.as_second());
        let later = self
            .later
            .iter()
            .map(move |it| (it.start - 2 * DAY).clamp(first, last)..(it.end + 2 * DAY).clamp(first, last));
        std::iter::once(self.near.clone()).chain(later)
    }
}

fn day(at: Seconds) -> Option<Date> {
    Some(TimeZone::UTC.to_datetime(Timestamp::from_second(at).ok()?).date())
}

fn midnight(date: Date) -> Option<Seconds> {
    let midnight = DateTime::from_parts(date, Time::midnight());
    Some(TimeZone::UTC.to_timestamp(midnight).ok()?.as_second())
}

/// What begins or ends after a time that is looked at.
struct Later {
    /// The days that are looked at.
    from: Date,
    until: Date,
    /// The instant at which they end.
    end: Seconds,
    /// From when on something is otherwise from then on.
    years: Vec<Seconds>,
    /// What is otherwise for some days.
    days: Vec<Range<Seconds>>,
}

impl Later {
    fn schedule(&mut self, it: &Schedule) {
        let Schedule { weekly, dates, monthly, yearly, easter, .. } = it;
        if let Some(weekly) = weekly {
            let next = |from, until| Some(weekly.times(from, until).next()?.0.date);
            self.comes_again(weekly.term, &next);
        }
        for it in monthly.iter().flatten() {
            self.comes_again(it.term, &|from, until| Some(it.times(from, until).next()?.0.date));
        }
        for it in yearly.iter().flatten() {
            self.comes_again(it.term, &|from, until| Some(it.times(from, until).next()?.0.date));
        }
        for it in dates.iter().flatten().cloned().chain(easter.iter().flat_map(Easter::dates)) {
            let (first, last) = (it.date.begin.date, it.date.end.date);
            if it.every.is_none() {
                self.dated(first, last);
                continue;
            }
            let term = Term { first_day: Some(CalendarDay(first)), last_day: it.last_day, every: it.every };
            self.comes_again(term, &|from, until| Some(it.times(from, until).next()?.0.date));
        }
    }

    /// Single days, from the first to the last.
    fn dated(&mut self, first: Date, last: Date) {
        let around = |date: Date| midnight(date).map(|at| at - DAY..at + 3 * DAY);
        match (around(first), around(last)) {
            (Some(first), Some(last)) if last.end - first.start <= AHEAD => {
                self.days.push(first.start..last.end);
            }
            (first, last) => self.days.extend(first.into_iter().chain(last)),
        }
    }

    /// `next`: the first time between two days.
    fn comes_again(&mut self, term: Term, next: &dyn Fn(Date, Date) -> Option<Date>) {
        let last = term.last_day.and_then(|last| last.0.tomorrow().ok());
        let first = term.first_day.map(|first| first.0).filter(|first| *first > self.until);
        for date in first.into_iter().chain(last.filter(|last| *last > self.until)) {
            self.years.extend(midnight(date).map(|at| at - DAY));
        }
        // What comes so seldom that a year has none of it.
        if first.is_none() && next(self.from, self.until).is_none() {
            let end = self.until.saturating_add(SELDOM.years());
            let date = next(self.until, end).and_then(midnight);
            self.days.extend(date.map(|at| at - DAY..at + FIRST_DAYS));
        }
    }

    fn ranges(self) -> Vec<Range<Seconds>> {
        let Self { end, years, days, .. } = self;
        let after = |long: Seconds| {
            let years = years.iter().map(|at| *at..at.saturating_add(long));
            let all = years.chain(days.iter().cloned()).map(|it| it.start.max(end)..it.end);
            joined(all.filter(|it| it.start < it.end).collect())
        };
        let whole = after(AHEAD);
        let long: Seconds = whole.iter().map(|it| it.end - it.start).sum();
        if long <= YEARS * AHEAD { whole } else { after(FIRST_DAYS) }
    }
}
