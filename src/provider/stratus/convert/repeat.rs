//! How the entries of a time frame come again (FACTS stratus/frames-14).

use super::times::date;
use crate::model::{CalendarDay, Day, Every, Moment, Nth, Term, TimeOfDay, Unit, YearDay, Yearly};
use jiff::civil::Date;
use std::borrow::Cow;

/// A recurrence has to begin somewhere, and a plan has no clock: long ago, in a leap year.
pub const LONG_AGO: i16 = 2020;

/// What begins before this year counts as always: a portal writes the day on which an entry was made.
const ALWAYS_BEFORE: i16 = 2027;

/// No day comes less often than 29 February around a century that is no leap year.
const YEARS: i16 = 8;

/// What an entry says of its recurrence, in the words of the wire.
pub struct Repeat<'a> {
    pub kind: Cow<'a, str>,
    pub interval: Cow<'a, str>,
    pub count: Cow<'a, str>,
    pub option: Cow<'a, str>,
    pub end: Cow<'a, str>,
    pub end_date: Cow<'a, str>,
}

impl Repeat<'_> {
    /// Every how many.
    pub fn count(&self) -> Option<u16> {
        if self.count.is_empty() { Some(1) } else { self.count.parse().ok().filter(|count| *count > 0) }
    }

    /// The last day, if there is one; the outer is missing where it is not understood.
    pub fn last_day(&self) -> Option<Option<CalendarDay>> {
        match &*self.end {
            "" | "never" => Some(None),
            "onADate" | "onDate" => date(&self.end_date).map(|day| Some(CalendarDay(day))),
            _ => None,
        }
    }

    /// An entry of dates in the words of the YAML, if it comes every year or every few years.
    pub fn yearly(&self, begin: Moment, end: Moment) -> Option<Yearly> {
        let (count, option) = match &*self.kind {
            "yearly-on-selected-dates" | "annual-month-day" => (1, "yearly-same-day"),
            "yearly-first" => (1, "yearly-first"),
            "yearly-last" => (1, "yearly-last"),
            "custom" if self.interval == "years" => (self.count()?, &*self.option),
            _ => return None,
        };
        let ordinal = |nth| YearDay::Ordinal { nth, day: Day::of(begin.date), month: begin.date.month() };
        let is_first = Nth::of(begin.date) == Some(Nth::First);
        let is_last = Nth::is_last(begin.date);
        let day = match option {
            "yearly-same-day" => YearDay::days(begin.date, end.date),
            "yearly-ordinal-weekday" => ordinal(Nth::of(begin.date)?),
            "yearly-first" | "yearly-first-last-weekday" if is_first => ordinal(Nth::First),
            "yearly-last" | "yearly-first-last-weekday" if is_last => ordinal(Nth::Last),
            _ => return None,
        };
        if day.in_year(begin.date.year())? != (begin.date, end.date) {
            return None;
        }
        let every = Every { count, unit: Unit::Years };
        let term = term(Some(CalendarDay(begin.date)), self.last_day()?, Some(every));
        Some(Yearly { day, from: begin.time, to: end.time, term })
    }

    /// What has no word in the YAML, for people: "every month, last day, 09:00 to 17:00, from 2026-01-31"
    pub fn told(&self, begin: Moment, end: Moment) -> String {
        let weekday = Day::of(begin.date).word();
        let nth = |date: Date| (date.day() - 1) / 7 + 1;
        let counted = |unit: &str| match self.count() {
            Some(1) | None => format!("every {}", unit.trim_end_matches('s')),
            Some(count) => format!("every {count} {unit}"),
        };
        let often = match &*self.kind {
            "custom" => counted(&self.interval),
            kind if kind.starts_with("monthly") => "every month".to_owned(),
            kind if kind.starts_with("yearly") || kind == "annual-month-day" => "every year".to_owned(),
            kind => format!("`{kind}`"),
        };
        let which = match if self.kind == "custom" { &*self.option } else { &*self.kind } {
            "monthly-on-last-day" => Some("last day".to_owned()),
            "monthly-date" | "monthly-same-day" => Some(format!("day {}", begin.date.day())),
            "monthly-on-ordinal-weekday" | "monthly-ordinal-weekday" => {
                Some(format!("{weekday} number {}", nth(begin.date)))
            }
            "monthly-on-first-last"
            | "monthly-first-last-weekday"
            | "yearly-first-last-weekday"
            | "yearly-first"
            | "yearly-last" => {
                let which = if Nth::is_last(begin.date) { "last" } else { "first" };
                Some(format!("{which} {weekday} of the month"))
            }
            "yearly-ordinal-weekday" => {
                Some(format!("{weekday} number {} of month {}", nth(begin.date), begin.date.month()))
            }
            "" | "custom" => None,
            other => Some(format!("`{other}`")),
        };
        let days = (begin.date != end.date).then(|| format!("for the days {}..{}", begin.date, end.date));
        let hours = (begin.time, end.time);
        let hours =
            (hours != (TimeOfDay::START, TimeOfDay::END)).then(|| format!("{} to {}", hours.0, hours.1));
        let until = match self.last_day() {
            Some(None) => None,
            Some(Some(last)) => Some(format!("until {last}")),
            None => Some(format!("until `{}` `{}`", self.end, self.end_date)),
        };
        let from = Some(format!("from {}", begin.date));
        let parts = [Some(often), which, days, hours, from, until];
        parts.into_iter().flatten().collect::<Vec<_>>().join(", ")
    }
}

/// What of a recurrence the YAML says: neither a beginning long ago, nor an interval of one.
pub fn term(begin: Option<CalendarDay>, last_day: Option<CalendarDay>, every: Option<Every>) -> Term {
    let every = every.filter(|every| every.count > 1);
    // An interval counts from its first day.
    let first_day = begin.filter(|begin| every.is_some() || begin.0.year() >= ALWAYS_BEFORE);
    Term { first_day, last_day, every }
}

/// The first days that a yearly entry is about.
pub fn first_time(yearly: &Yearly) -> Option<(Date, Date)> {
    let from = yearly.term.first_day.map(|day| day.0);
    let year = from.map_or(LONG_AGO, |day| day.year());
    // One that runs over New Year begins in the year before, so that it is in force from the start.
    let year = if from.is_none() && yearly.day.runs_over_new_year() { year - 1 } else { year };
    let times = (year..=year + YEARS).filter_map(|year| yearly.day.in_year(year));
    times.into_iter().find(|(first, _)| from.is_none_or(|from| *first >= from))
}

/// The type of a yearly entry and, where that is `custom`, its interval and option. What two readings are possible of is
/// not used: the first day of a name is counted, and only the last one has a type of its own (FACTS stratus/frames-15).
pub fn wire(yearly: &Yearly) -> (&'static str, Option<(u16, &'static str)>) {
    let count = yearly.term.every.map(|every| every.count);
    match (yearly.day, count) {
        (YearDay::Days(..), None) => ("yearly-on-selected-dates", None),
        (YearDay::Days(..), Some(count)) => ("custom", Some((count, "yearly-same-day"))),
        (YearDay::Ordinal { nth: Nth::Last, .. }, None) => ("yearly-last", None),
        (YearDay::Ordinal { nth: Nth::Last, .. }, Some(count)) => {
            ("custom", Some((count, "yearly-first-last-weekday")))
        }
        (YearDay::Ordinal { .. }, count) => ("custom", Some((count.unwrap_or(1), "yearly-ordinal-weekday"))),
    }
}

/// As it is read back: whole ends, and a first day that is one of its days.
pub fn normal(mut yearly: Yearly) -> Yearly {
    yearly.term = yearly.term.plain();
    if yearly.term.first_day.is_some()
        && let Some((first, _)) = first_time(&yearly)
    {
        yearly.term = term(Some(CalendarDay(first)), yearly.term.last_day, yearly.term.every);
    }
    yearly
}
