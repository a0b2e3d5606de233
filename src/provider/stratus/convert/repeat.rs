//! How the entries of a time frame come again (FACTS stratus/frames-14).

use super::{
    entry::{Entry, text},
    times::{compact, date},
};
use crate::model::{
    CalendarDay, DateSpan, Dated, Day, Every, Moment, Monthly, MonthlyDay, Nth, Recurring, RecurringDay,
    Term, TimeOfDay, Unit, YearDay, Yearly,
};
use jiff::civil::Date;
use std::borrow::Cow;

/// A recurrence has to begin somewhere, and a plan has no clock: long ago, in a leap year (FACTS stratus/frames-20).
pub const LONG_AGO: i16 = 2020;

/// What an entry says of its recurrence, in the words of the wire.
pub struct Repeat<'a> {
    pub kind: Cow<'a, str>,
    pub interval: Cow<'a, str>,
    pub count: Cow<'a, str>,
    pub option: Cow<'a, str>,
    pub end: Cow<'a, str>,
    pub end_date: Cow<'a, str>,
}

/// What an entry says of its recurrence.
pub fn repeat(entry: &Entry) -> Repeat<'_> {
    Repeat {
        kind: text(entry, "timeframe-recurrence-type"),
        interval: text(entry, "timeframe-recurrence-custom-interval"),
        count: text(entry, "timeframe-recurrence-custom-interval-count"),
        option: text(entry, "timeframe-recurrence-custom-interval-option"),
        end: text(entry, "timeframe-recurrence-end-option"),
        end_date: text(entry, "timeframe-recurrence-end-date"),
    }
}

/// The last day by option and date. The fields of dates and of holidays differ in one letter.
pub fn last_day(option: &str, day: &str) -> Option<Option<CalendarDay>> {
    match option {
        "" | "never" => Some(None),
        "onADate" | "onDate" => date(day).map(|day| Some(CalendarDay(day))),
        _ => None,
    }
}

/// An entry of dates in the words of the YAML.
#[derive(Debug, PartialEq)]
pub enum Again {
    Dated(Dated),
    Monthly(Monthly),
    Yearly(Yearly),
}

fn is_first(date: Date) -> bool {
    Nth::of(date) == Some(Nth::First)
}

impl Repeat<'_> {
    /// Every how many.
    pub fn count(&self) -> Option<u16> {
        if self.count.is_empty() {
            Some(1)
        } else {
            self.count.parse().ok().filter(|count| (1..=999).contains(count))
        }
    }

    /// The last day, if there is one; the outer is missing where it is not understood.
    pub fn last_day(&self) -> Option<Option<CalendarDay>> {
        last_day(&self.end, &self.end_date)
    }

    /// An entry of dates in the words of the YAML, if it has any.
    pub fn words(&self, begin: Moment, end: Moment) -> Option<Again> {
        if begin >= end {
            return None;
        }
        let date = DateSpan { begin, end };
        let plain = |unit, option| (Some(unit), 1, option);
        let (unit, count, option) = match &*self.kind {
            "" | "doesNotRecur" => return Some(Again::Dated(date.into())),
            "monthly-date" => plain(Unit::Months, "monthly-same-day"),
            "monthly-on-last-day" => plain(Unit::Months, "monthly-on-last-day"),
            "monthly-on-first-last" => plain(Unit::Months, "monthly-first-last-weekday"),
            // It is for those that are neither the first nor the last of their name.
            "monthly-on-ordinal-weekday" if !is_first(begin.date) && !Nth::is_last(begin.date) => {
                plain(Unit::Months, "monthly-ordinal-weekday")
            }
            "yearly-on-selected-dates" | "annual-month-day" => plain(Unit::Years, "yearly-same-day"),
            "yearly-first" => plain(Unit::Years, "yearly-first"),
            "yearly-last" => plain(Unit::Years, "yearly-last"),
            "custom" => {
                let unit = Unit::ALL.into_iter().find(|unit| unit.word() == self.interval);
                (unit, self.count()?, &*self.option)
            }
            _ => return None,
        };
        let every = Every { count, unit: unit? };
        let last_day = self.last_day()?;
        let (day, nth) = (Day::of(begin.date), Nth::of(begin.date));
        let nth = match option {
            "monthly-ordinal-weekday" | "yearly-ordinal-weekday" => nth,
            "monthly-first-last-weekday" | "yearly-first-last-weekday" if Nth::is_last(begin.date) => {
                Some(Nth::Last)
            }
            "yearly-last" => Some(Nth::Last).filter(|_| Nth::is_last(begin.date)),
            _ => Some(Nth::First).filter(|_| is_first(begin.date)),
        };
        let again = match (every.unit, option) {
            (Unit::Days | Unit::Weeks, _) => {
                let is_later = last_day.is_none_or(|last| last.0 >= begin.date);
                return is_later.then_some(Again::Dated(Dated { date, every: Some(every), last_day }));
            }
            (Unit::Months, "monthly-same-day") => {
                Again::Monthly(self.recurring(MonthlyDay::Date(begin.date.day()), date, every)?)
            }
            (Unit::Months, "monthly-on-last-day") => {
                Again::Monthly(self.recurring(MonthlyDay::Last, date, every)?)
            }
            (Unit::Months, "monthly-ordinal-weekday" | "monthly-first-last-weekday") => {
                Again::Monthly(self.recurring(MonthlyDay::Ordinal { nth: nth?, day }, date, every)?)
            }
            (Unit::Years, "yearly-same-day") => {
                Again::Yearly(self.recurring(YearDay::days(begin.date, end.date), date, every)?)
            }
            (
                Unit::Years,
                "yearly-first" | "yearly-last" | "yearly-ordinal-weekday" | "yearly-first-last-weekday",
            ) => {
                let month = begin.date.month();
                Again::Yearly(self.recurring(YearDay::Ordinal { nth: nth?, day, month }, date, every)?)
            }
            _ => return None,
        };
        Some(again)
    }

    /// A day that comes again, if the days of an entry are its first time.
    fn recurring<D: RecurringDay>(&self, day: D, date: DateSpan, every: Every) -> Option<Recurring<D>> {
        let DateSpan { begin, end } = date;
        let days = if day.says_length() { 1 } else { (end.date - begin.date).get_days() + 1 };
        let days = u16::try_from(days).ok().filter(|days| (1..=366).contains(days))?;
        let it = Recurring { day, days, from: begin.time, to: end.time, term: Term::default() };
        let term = term(Some(begin.date), self.last_day()?, Some(every), always(&it));
        let it = Recurring { term, ..it };
        let is_first = it.first_time(begin.date) == Some((begin.date, end.date));
        (is_first && term.fault(D::UNIT).is_none()).then_some(it)
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

/// What of a recurrence the YAML says: neither an interval of one, nor the beginning of what has `always` been, which is
/// written where there is no first day.
pub fn term(
    begin: Option<Date>,
    last_day: Option<CalendarDay>,
    every: Option<Every>,
    always: Option<Date>,
) -> Term {
    let every = every.filter(|every| every.count > 1);
    // An interval counts from its first day.
    let first_day = begin.filter(|begin| every.is_some() || always != Some(*begin)).map(CalendarDay);
    Term { first_day, last_day, every }
}

/// The first day that is written of one that has always been.
fn always<D: RecurringDay>(it: &Recurring<D>) -> Option<Date> {
    first_time(&Recurring { term: Term::default(), ..*it }).map(|(first, _)| first)
}

/// The first days that an entry is about. What has always been begins in the first year that has it whole.
pub fn first_time<D: RecurringDay>(it: &Recurring<D>) -> Option<(Date, Date)> {
    match it.term.first_day {
        Some(day) => it.first_time(day.0),
        None => {
            let begin = Date::new(LONG_AGO, 1, 1).ok()?;
            // One that runs over New Year begins in the year before, so that it is in force from the start.
            let earlier = it.first_time(Date::new(LONG_AGO - 1, 1, 1).ok()?);
            earlier.filter(|(_, last)| *last >= begin).or_else(|| it.first_time(begin))
        }
    }
}

/// The type of an entry and, where that is `custom`, its count and option.
pub type Wire = (&'static str, Option<(u16, &'static str)>);

/// What two readings are possible of is not used: the first day of a name is counted, and only the last one has a type of
/// its own (FACTS stratus/frames-15).
pub fn yearly_wire(yearly: &Yearly) -> Wire {
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

/// The same of a month. A type of its own for counted days is for those that are neither the first nor the last
/// (FACTS stratus/frames-15).
pub fn monthly_wire(monthly: &Monthly) -> Wire {
    let count = monthly.term.every.map(|every| every.count);
    let (kind, option) = match monthly.day {
        MonthlyDay::Date(_) => ("monthly-date", "monthly-same-day"),
        MonthlyDay::Last => ("monthly-on-last-day", "monthly-on-last-day"),
        MonthlyDay::Ordinal { nth: Nth::Last, .. } => ("custom", "monthly-first-last-weekday"),
        MonthlyDay::Ordinal { .. } => ("custom", "monthly-ordinal-weekday"),
    };
    match count {
        None if kind != "custom" => (kind, None),
        count => ("custom", Some((count.unwrap_or(1), option))),
    }
}

/// As it is read back: whole ends, and a first day that is one of its days.
pub fn normal<D: RecurringDay>(mut it: Recurring<D>) -> Recurring<D> {
    it.term = it.term.plain();
    if it.term.first_day.is_some()
        && let Some((first, _)) = first_time(&it)
    {
        it.term = term(Some(first), it.term.last_day, it.term.every, always(&it));
    }
    it
}

/// How an entry repeats, to be written: its type, and when it ends.
pub fn recurrence(entry: &mut Entry, kind: &str, last_day: Option<CalendarDay>) {
    entry.insert("timeframe-recurrence-type".into(), kind.into());
    let end = if last_day.is_some() { "onADate" } else { "never" };
    entry.insert("timeframe-recurrence-end-option".into(), end.into());
    let last_day = last_day.map(|day| compact(day.0)).unwrap_or_default();
    entry.insert("timeframe-recurrence-end-date".into(), last_day.into());
    for unset in ["custom-interval", "custom-interval-count", "custom-interval-option"] {
        entry.insert(format!("timeframe-recurrence-{unset}"), "".into());
    }
}

/// How often an entry repeats whose type is `custom`.
pub fn interval(entry: &mut Entry, unit: &str, count: u16, option: &str) {
    let each = [("interval", unit), ("interval-count", &count.to_string()), ("interval-option", option)];
    for (key, value) in each {
        entry.insert(format!("timeframe-recurrence-custom-{key}"), value.into());
    }
}
