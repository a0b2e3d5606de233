//! Section 8: whether a schedule is in force, a day at a time.

use super::place::seconds;
use jiff::{
    Timestamp,
    civil::{Date, DateTime},
    tz::TimeZone,
};
use serde_json::Value;

const DAYS: [&str; 7] = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"];
const MONTHS: [&str; 12] =
    ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];
/// Minutes.
const MIDNIGHT: i64 = 24 * 60;

/// From a minute of one day to a minute of the same or another.
struct Stretch {
    first: Date,
    from: i64,
    last: Date,
    to: i64,
    /// The end of the day, but of no window that was written so: U10 is not about it.
    whole: bool,
}

struct Now<'a> {
    zone: TimeZone,
    at: Timestamp,
    local: DateTime,
    yes: &'a dyn Fn(&str) -> bool,
}

pub fn is_in_force(schedule: &Value, zone: &str, at: Timestamp, yes: &dyn Fn(&str) -> bool) -> bool {
    let zone = TimeZone::get(zone).expect("a zone");
    let local = zone.to_datetime(at);
    let now = Now { zone, at, local, yes };
    let list = |word: &str| schedule[word].as_array().cloned().unwrap_or_default();
    let holidays = match &schedule["holidays"] {
        Value::Array(all) => all.clone(),
        Value::Null => Vec::new(),
        one => vec![one.clone()],
    };
    now.weekly(&schedule["weekly"])
        || list("dates").iter().any(|it| now.date(it))
        || list("monthly").iter().any(|it| now.recurring(it, begins_in_month))
        || list("yearly").iter().any(|it| now.recurring(it, begins_in_year))
        || (!list("other").is_empty() && !yes("U15"))
        || (!yes("U14") && holidays.iter().any(|it| now.holiday(it)))
}

impl Now<'_> {
    fn is_in(&self, stretch: &Stretch) -> bool {
        let is_to_midnight = stretch.to == MIDNIGHT && !stretch.whole;
        let to = if is_to_midnight && !(self.yes)("U10") { MIDNIGHT - 1 } else { stretch.to };
        let more = if (self.yes)("U11") && stretch.to < MIDNIGHT { 60 } else { 0 };
        let (begin, end) = (moment(stretch.first, stretch.from), moment(stretch.last, to));
        if (self.yes)("U12") {
            return begin <= self.local && self.local < plus(end, more);
        }
        // The first of two, and as much later as what is skipped.
        let instant = |it: DateTime| self.zone.to_timestamp(it).expect("a time of day").as_second();
        let now = self.at.as_second();
        instant(begin) <= now && now < instant(end) + more
    }

    /// A window that begins on a day.
    fn is_in_window(&self, day: Date, text: &str) -> bool {
        let (from, to) = text.split_once('-').expect("a window");
        let (from, to) = (minutes(from.trim()), minutes(to.trim()));
        let stretch = |from, last, to, whole| Stretch { first: day, from, last, to, whole };
        if from < to {
            return self.is_in(&stretch(from, day, to, false));
        }
        if (self.yes)("U13") {
            return self.is_in(&stretch(from, next(day, 1), to, false));
        }
        self.is_in(&stretch(0, day, to, false)) || self.is_in(&stretch(from, day, MIDNIGHT, true))
    }

    fn weekly(&self, weekly: &Value) -> bool {
        let Some(keys) = weekly.as_object() else { return false };
        let is_on = |day: Date| {
            let weeks = every(&weekly["every"]).map_or(1, |(count, _)| count);
            let since = weekly["first_day"].as_str().map(date);
            let passed = since.map_or(0, |first| (monday(day) - monday(first)).get_days() / 7);
            within(day, weekly) && i64::from(passed) % weeks == 0
        };
        let days = (-2..=1).map(|days| next(self.local.date(), days)).filter(|day| is_on(*day));
        days.into_iter().any(|day| {
            let windows = keys.iter().filter(|(key, _)| names(key, day));
            windows
                .flat_map(|(_, list)| list.as_array().into_iter().flatten())
                .any(|window| self.is_in_window(day, window.as_str().expect("a window")))
        })
    }

    fn date(&self, entry: &Value) -> bool {
        let text = entry.as_str().or(entry["date"].as_str()).expect("a date");
        let (begin, end) = text.split_once("..").unwrap_or((text, text));
        let part = |text: &str, whole: i64| match text.trim().split_once('T') {
            Some((day, time)) => (date(day), minutes(time)),
            None => (date(text.trim()), whole),
        };
        let ((first, from), (last, to)) = (part(begin, 0), part(end, MIDNIGHT));
        let step =
            every(&entry["every"]).map(|(count, unit)| if unit.starts_with('w') { 7 * count } else { count });
        let until = entry["last_day"].as_str().map(date);
        let tomorrow = next(self.local.date(), 1);
        let mut shift = 0;
        loop {
            let day = next(first, shift);
            if day > tomorrow || until.is_some_and(|until| day > until) {
                return false;
            }
            if self.is_in(&Stretch { first: day, from, last: next(last, shift), to, whole: false }) {
                return true;
            }
            match step {
                Some(step) => shift += step,
                None => return false,
            }
        }
    }

    /// An entry of `monthly` or `yearly`. `begins` says whether its day is a day.
    fn recurring(&self, entry: &Value, begins: fn(&str, Date) -> bool) -> bool {
        let words = if entry.is_object() { &entry["day"] } else { entry };
        let words = words.as_str().map_or_else(|| words.to_string(), str::to_owned);
        let days = seconds(&entry["days"]).map_or(1, |it| i64::try_from(it).expect("a few"));
        let time = |word: &str, usual: i64| entry[word].as_str().map_or(usual, minutes);
        let (from, to) = (time("from", 0), time("to", MIDNIGHT));
        let longest = if words.contains("..") { 367 } else { days };
        let count = every(&entry["every"]).map_or(1, |(count, _)| count);
        (-longest - 1..=1).map(|days| next(self.local.date(), days)).any(|day| {
            begins(&words, day)
                && within(day, entry)
                && self.is_in(&Stretch {
                    first: day,
                    from,
                    last: last_of(&words, day, days),
                    to,
                    whole: false,
                })
                && (count == 1 || is_counted(&words, day, entry, count, begins))
        })
    }

    /// U14: it falls on every day, so that hours over midnight of the day before count as well.
    fn holiday(&self, group: &Value) -> bool {
        let day = self.local.date();
        let hours = group["hours"].as_array().filter(|it| !it.is_empty());
        match hours {
            Some(hours) => hours.iter().any(|it| {
                let hours = it.as_str().expect("a window");
                self.is_in_window(day, hours) || self.is_in_window(day.yesterday().expect("a day"), hours)
            }),
            None => self.is_in(&Stretch { first: day, from: 0, last: day, to: MIDNIGHT, whole: false }),
        }
    }
}

/// Whether an entry that begins on a day begins between its first day and its last.
fn within(day: Date, entry: &Value) -> bool {
    let edge = |word: &str| entry[word].as_str().map(date);
    edge("first_day").is_none_or(|first| first <= day) && edge("last_day").is_none_or(|last| day <= last)
}

/// Every few months or years, from that of the first time on or after `first_day`.
fn is_counted(words: &str, day: Date, entry: &Value, count: i64, begins: fn(&str, Date) -> bool) -> bool {
    let mut first = entry["first_day"].as_str().map(date).expect("an interval has a first day");
    while !begins(words, first) {
        first = next(first, 1);
    }
    let years = i64::from(day.year() - first.year());
    let is_of_months = entry["every"].as_str().is_some_and(|it| it.contains("month"));
    let passed = if is_of_months { years * 12 + i64::from(day.month() - first.month()) } else { years };
    passed % count == 0
}

fn begins_in_month(words: &str, day: Date) -> bool {
    match words.split_once(' ') {
        Some(("last", "day")) => next(day, 1).day() == 1,
        Some((nth, name)) => is_nth(nth, name, day),
        None => words.parse() == Ok(day.day()),
    }
}

fn begins_in_year(words: &str, day: Date) -> bool {
    match words.split(' ').collect::<Vec<_>>().as_slice() {
        [nth, name, month] => {
            MONTHS[usize::try_from(day.month() - 1).expect("a month")] == *month && is_nth(nth, name, day)
        }
        _ => words.split("..").next().is_some_and(|first| first.trim() == month_day(day)),
    }
}

fn is_nth(nth: &str, name: &str, day: Date) -> bool {
    let is_it = match nth {
        "last" => next(day, 7).month() != day.month(),
        nth => nth[..1].parse() == Ok((day.day() - 1) / 7 + 1),
    };
    is_it && name == word_of(day)
}

/// The last day of what begins on one.
fn last_of(words: &str, first: Date, days: i64) -> Date {
    let Some((_, end)) = words.split_once("..") else { return next(first, days - 1) };
    let end = end.trim();
    let mut day = first;
    // Up to 29 February is up to the end of the month.
    while month_day(day) != end && !(end == "02-29" && month_day(next(day, 1)) == "03-01") {
        day = next(day, 1);
    }
    day
}

/// `mon-fri`, `mon,wed`, `sat`
fn names(key: &str, day: Date) -> bool {
    let place = |name: &str| DAYS.iter().position(|it| *it == name.trim());
    let today = place(word_of(day));
    key.split(',').any(|part| {
        let (first, last) = part.split_once('-').unwrap_or((part, part));
        let Some((mut at, last)) = place(first).zip(place(last)) else { return false };
        loop {
            if Some(at) == today {
                return true;
            }
            if at == last {
                return false;
            }
            at = (at + 1) % 7;
        }
    })
}

fn word_of(day: Date) -> &'static str {
    DAYS[usize::try_from(day.weekday().to_monday_zero_offset()).expect("a day")]
}

fn month_day(day: Date) -> String {
    format!("{:02}-{:02}", day.month(), day.day())
}

fn monday(day: Date) -> Date {
    next(day, -i64::from(day.weekday().to_monday_zero_offset()))
}

fn next(day: Date, days: i64) -> Date {
    day.checked_add(jiff::Span::new().days(days)).expect("a day of the calendar")
}

fn moment(day: Date, minutes: i64) -> DateTime {
    plus(day.to_datetime(jiff::civil::Time::midnight()), minutes * 60)
}

fn plus(it: DateTime, seconds: i64) -> DateTime {
    it.checked_add(jiff::Span::new().seconds(seconds)).expect("a day of the calendar")
}

fn date(text: &str) -> Date {
    text.parse().expect("a date")
}

fn minutes(text: &str) -> i64 {
    let (hour, minute) = text.split_once(':').expect("a time of day");
    hour.parse::<i64>().expect("an hour") * 60 + minute.parse::<i64>().expect("a minute")
}

/// `2 weeks`
fn every(it: &Value) -> Option<(i64, &str)> {
    let (count, unit) = it.as_str()?.split_once(' ')?;
    Some((count.parse().expect("a number"), unit))
}
