//! Time frames (FACTS stratus/frames).

use super::{
    repeat::{self, LONG_AGO, Repeat},
    times::{compact, date, end_time, hhmm, time},
};
use crate::{
    model::{
        CalendarDay, DateSpan, Day, Every, Moment, Schedule, Term, TimeOfDay, Unit, Weekly, Window, Yearly,
    },
    provider::{
        scalar::{self, Scalar, Unreadable},
        stratus::wire::TimeFrame,
    },
};
use serde_json::{Map, Value};
use std::borrow::Cow;

type Entry = Map<String, Value>;

/// The type of a frame without entries that is always active.
pub const ALWAYS: &str = "always";
/// Of weekly hours, one entry.
pub const WEEKLY: &str = "days-of-week";
/// Of dates alone.
const DATES: &str = "specific-dates";
/// Of every sort of entries.
pub const CUSTOM: &str = "custom";

/// What the server makes of the recurrence itself.
const RRULE: &str = "timeframe-recurrence-rrule";

const WEEKLY_BEGIN: &str = "timeframe-recurrence-begin-date";

const DAYS: [(Day, &str); 7] = [
    (Day::Sun, "sunday"),
    (Day::Mon, "monday"),
    (Day::Tue, "tuesday"),
    (Day::Wed, "wednesday"),
    (Day::Thu, "thursday"),
    (Day::Fri, "friday"),
    (Day::Sat, "saturday"),
];

/// A value of an entry; digits may come as a number, of whatever kind.
fn text<'a>(entry: &'a Entry, key: &str) -> Cow<'a, str> {
    match entry.get(key) {
        None => Cow::Borrowed(""),
        Some(Value::String(text)) => Cow::Borrowed(text),
        Some(other) => match scalar::verbatim(other) {
            number if other.is_number() => match scalar::whole(&number) {
                Scalar::Known(whole) => Cow::Owned(whole.to_string()),
                _ => Cow::Owned(number),
            },
            shown => Cow::Owned(shown),
        },
    }
}

/// A live time frame in the words of the YAML, the entries that it holds beyond them, and what is not understood.
pub fn schedule(live: &TimeFrame) -> (Schedule, Vec<String>, Unreadable) {
    let (mut beyond, mut unreadable) = (Vec::new(), Unreadable::default());
    let weekly = match live.timeframe_days_of_week_array.as_slice() {
        [] if live.timeframe_type.as_str() == ALWAYS => Scalar::Known(open()),
        [] => Scalar::Known(closed()),
        [entry] => self::weekly(entry),
        several => Scalar::Strange(format!("{} weeks at once", several.len())),
    };
    let weekly = unreadable.field(["weekly"], weekly);
    let (mut dates, mut yearly) = (Vec::new(), Vec::new());
    for entry in &live.timeframe_specific_dates_array {
        match date_entry(entry) {
            DateEntry::Once(span) => dates.push(span),
            DateEntry::Yearly(span) => yearly.push(span),
            DateEntry::Other(what) => beyond.push(what),
        }
    }
    beyond.extend(live.timeframe_holiday_array.iter().map(holiday));
    dates.sort();
    yearly.sort();
    (
        Schedule {
            weekly,
            dates: Some(dates),
            yearly: Some(yearly),
            time_zone: None,
            enabled: None,
            protect: None,
        },
        beyond,
        unreadable,
    )
}

fn closed() -> Weekly {
    let mut weekly = Weekly::default();
    weekly.complete();
    weekly
}

/// What a frame that is always active says in hours.
fn open() -> Weekly {
    let day = Window { begin: TimeOfDay::START, end: TimeOfDay::END };
    Weekly { days: Day::ALL.into_iter().map(|name| (name, vec![day])).collect(), term: Term::default() }
}

/// How an entry repeats, as far as it says.
fn recurs(entry: &Entry) -> String {
    let shown = entry.iter().filter(|(key, _)| key.starts_with("timeframe-recurrence-") && *key != RRULE);
    let words = shown.map(|(key, _)| text(entry, key).into_owned()).filter(|word| !word.is_empty());
    words.collect::<Vec<_>>().join(" ")
}

/// What an entry says of its recurrence.
fn repeat(entry: &Entry) -> Repeat<'_> {
    Repeat {
        kind: text(entry, "timeframe-recurrence-type"),
        interval: text(entry, "timeframe-recurrence-custom-interval"),
        count: text(entry, "timeframe-recurrence-custom-interval-count"),
        option: text(entry, "timeframe-recurrence-custom-interval-option"),
        end: text(entry, "timeframe-recurrence-end-option"),
        end_date: text(entry, "timeframe-recurrence-end-date"),
    }
}

/// From which week on, until which, and every how many.
fn weekly_term(entry: &Entry) -> Option<Term> {
    let repeat = repeat(entry);
    let every = match &*repeat.kind {
        "" | "weekly" => None,
        "custom" if repeat.interval == "weeks" => Some(Every { count: repeat.count()?, unit: Unit::Weeks }),
        _ => return None,
    };
    let begin = text(entry, WEEKLY_BEGIN);
    let begin = if begin.is_empty() { None } else { Some(CalendarDay(date(&begin)?)) };
    Some(repeat::term(begin, repeat.last_day()?, every))
}

fn weekly(entry: &Entry) -> Scalar<Weekly> {
    let mut weekly = closed();
    let Some(term) = weekly_term(entry) else { return Scalar::Strange(recurs(entry)) };
    weekly.term = term;
    for (day, name) in DAYS {
        for n in 1..=2 {
            let begin = text(entry, &format!("timeframe-weekly-{name}-begin-time-{n}"));
            let end = text(entry, &format!("timeframe-weekly-{name}-end-time-{n}"));
            if begin.is_empty() && end.is_empty() {
                continue;
            }
            let (Some(begin), Some(end)) = (time(&begin), end_time(&end)) else {
                return Scalar::Strange(format!("{begin} to {end}"));
            };
            weekly.days.entry(day).or_default().push(Window { begin, end });
        }
    }
    weekly.complete();
    Scalar::Known(weekly)
}

enum DateEntry {
    Once(DateSpan),
    Yearly(Yearly),
    /// In words for people.
    Other(String),
}

fn date_entry(entry: &Entry) -> DateEntry {
    let repeat = repeat(entry);
    let Some((begin, end)) = span(entry) else {
        let shown = ["begin-date", "begin-time", "end-date", "end-time"]
            .map(|key| text(entry, &format!("timeframe-specific-dates-{key}")).into_owned());
        return DateEntry::Other(format!("{} {}", shown.join(" ").trim(), recurs(entry)));
    };
    if matches!(&*repeat.kind, "" | "doesNotRecur") {
        return DateEntry::Once(DateSpan::Span(begin, end));
    }
    match repeat.yearly(begin, end) {
        Some(yearly) => DateEntry::Yearly(yearly),
        None => DateEntry::Other(repeat.told(begin, end)),
    }
}

/// From when until when the first time of an entry lasts.
fn span(entry: &Entry) -> Option<(Moment, Moment)> {
    let begin = text(entry, "timeframe-specific-dates-begin-date");
    let end = text(entry, "timeframe-specific-dates-end-date");
    let end = if end.is_empty() { begin.clone() } else { end };
    let from = match &*text(entry, "timeframe-specific-dates-begin-time") {
        "" => TimeOfDay::START,
        at => time(at)?,
    };
    let to = match &*text(entry, "timeframe-specific-dates-end-time") {
        "" => TimeOfDay::END,
        at => end_time(at)?,
    };
    Some((Moment { date: date(&begin)?, time: from }, Moment { date: date(&end)?, time: to }))
}

/// A holiday of the vendor's calendar: "Thanksgiving Day (US), every year"
fn holiday(entry: &Entry) -> String {
    let place = text(entry, "state-province-abbreviation");
    let place = if place.is_empty() { text(entry, "country-abbreviation") } else { place };
    let place = if place.is_empty() { String::new() } else { format!(" ({place})") };
    let when = match &*text(entry, "timeframe-recurrence-type") {
        "yearlyOnHoliday" => "every year".to_owned(),
        _ => format!("once, {}", text(entry, "timeframe-holiday-begin-date")),
    };
    format!("{}{place}, {when}", text(entry, "timeframe-holiday-name"))
}

/// The entries a time frame is to have, all of them.
#[derive(Debug, Default, PartialEq)]
pub struct Arrays {
    pub weekly: Vec<Value>,
    pub dates: Vec<Value>,
    pub holidays: Vec<Value>,
}

impl Arrays {
    /// The type a frame with these entries has. A frame of weekly hours has exactly one entry of them
    /// (FACTS stratus/frames-6), one of dates may be empty.
    pub fn frame_type(&self) -> &'static str {
        match (self.weekly.is_empty(), self.dates.is_empty(), self.holidays.is_empty()) {
            (false, true, true) => WEEKLY,
            (true, _, true) => DATES,
            _ => CUSTOM,
        }
    }

    /// The arrays as they are written into a frame of that type: one of several sorts gets all three, because writing one
    /// may empty the others (FACTS stratus/readings-1).
    pub fn body(self, frame_type: &str) -> Map<String, Value> {
        let Self { weekly, dates, holidays } = self;
        let week = ("timeframe-days-of-week-array", weekly);
        let dates = ("timeframe-specific-dates-array", dates);
        let each = match frame_type {
            WEEKLY => vec![week],
            DATES => vec![dates],
            _ => vec![week, dates, ("timeframe-holiday-array", holidays)],
        };
        each.into_iter().map(|(name, entries)| (name.to_owned(), entries.into())).collect()
    }
}

/// What the frame has to hold so that it says `wanted`. What the change is not about is written again as it is
/// (FACTS stratus/frames-13).
pub fn arrays(wanted: &Schedule, live: Option<&TimeFrame>, touched: impl Fn(&str) -> bool) -> Arrays {
    let kept = |entries: Option<&Vec<Entry>>, kept: &dyn Fn(&Entry) -> bool| -> Vec<Value> {
        let entries = entries.into_iter().flatten().filter(|entry| kept(entry));
        entries.map(|entry| Value::Object(writable(entry))).collect()
    };
    // A frame that is always active has no hours yet that would stay.
    let always = live.is_some_and(|live| live.timeframe_type.as_str() == ALWAYS);
    let week = wanted.weekly.as_ref().filter(|_| touched("weekly") || always);
    let known = live.map(|live| &live.timeframe_days_of_week_array);
    let weekly = match week {
        None => kept(known, &|_| true),
        Some(weekly) => {
            let mut entry = weekly_entry(weekly);
            let known = known.and_then(|entries| entries.first());
            // A week that has begun long ago goes on from where it began.
            let same = known.filter(|it| weekly_term(it) == Some(weekly.term));
            if let Some(begin) = same.and_then(|it| it.get(WEEKLY_BEGIN)) {
                entry.insert(WEEKLY_BEGIN.to_owned(), begin.clone());
            }
            vec![Value::Object(entry)]
        }
    };
    let stays = |entry: &Entry| match date_entry(entry) {
        DateEntry::Yearly(_) => !touched("yearly"),
        DateEntry::Once(_) => !touched("dates"),
        // What has no word is taken away by nobody who did not name it.
        DateEntry::Other(_) => true,
    };
    let mut dates = kept(live.map(|live| &live.timeframe_specific_dates_array), &stays);
    if touched("dates") {
        dates.extend(wanted.dates.iter().flatten().map(once_entry));
    }
    if touched("yearly") {
        dates.extend(wanted.yearly.iter().flatten().filter_map(yearly_entry));
    }
    let holidays = kept(live.map(|live| &live.timeframe_holiday_array), &|_| true);
    let mut arrays = Arrays { weekly, dates, holidays };
    // A new frame without any entry is one of days, all of them closed.
    if live.is_none() && arrays == Arrays::default() {
        arrays.weekly.push(Value::Object(weekly_entry(&closed())));
    }
    arrays
}

/// A live entry without what the server makes itself.
fn writable(entry: &Entry) -> Entry {
    const MADE: [&str; 8] = [
        "timeframe-id",
        "timeframe-parent-id",
        "ordinal-order",
        "domain",
        "timeframe-expiry-datetime",
        "timeframe-next-observance-datetime",
        "timeframe-is-v1",
        RRULE,
    ];
    let kept = entry.iter().filter(|(key, _)| !MADE.contains(&key.as_str()));
    kept.map(|(key, value)| (key.clone(), value.clone())).collect()
}

fn weekly_entry(weekly: &Weekly) -> Entry {
    let mut entry = Entry::new();
    for (day, name) in DAYS {
        let windows = weekly.days.get(&day).map(Vec::as_slice).unwrap_or_default();
        for n in 1..=2_usize {
            let window = windows.get(n - 1);
            let (begin, end) = window.map(|w| (hhmm(w.begin), hhmm(w.end))).unwrap_or_default();
            entry.insert(format!("timeframe-weekly-{name}-begin-time-{n}"), begin.into());
            entry.insert(format!("timeframe-weekly-{name}-end-time-{n}"), end.into());
        }
    }
    let Term { first_day, last_day, every } = weekly.term;
    match every {
        None => recurrence(&mut entry, "weekly", last_day),
        Some(Every { count, .. }) => {
            recurrence(&mut entry, "custom", last_day);
            interval(&mut entry, "weeks", count, "");
        }
    }
    let begin = first_day.map_or_else(|| format!("{LONG_AGO}0101"), |day| compact(day.0));
    entry.insert(WEEKLY_BEGIN.into(), begin.into());
    entry
}

fn recurrence(entry: &mut Entry, kind: &str, last_day: Option<CalendarDay>) {
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
fn interval(entry: &mut Entry, unit: &str, count: u16, option: &str) {
    let each = [("interval", unit), ("interval-count", &count.to_string()), ("interval-option", option)];
    for (key, value) in each {
        entry.insert(format!("timeframe-recurrence-custom-{key}"), value.into());
    }
}

fn dates_entry(begin: Moment, end: Moment) -> Entry {
    let mut entry = Entry::new();
    entry.insert("timeframe-specific-dates-begin-date".into(), compact(begin.date).into());
    entry.insert("timeframe-specific-dates-begin-time".into(), hhmm(begin.time).into());
    entry.insert("timeframe-specific-dates-end-date".into(), compact(end.date).into());
    entry.insert("timeframe-specific-dates-end-time".into(), hhmm(end.time).into());
    entry
}

fn once_entry(span: &DateSpan) -> Value {
    let DateSpan::Span(begin, end) = span;
    let mut entry = dates_entry(*begin, *end);
    recurrence(&mut entry, "doesNotRecur", None);
    entry.insert("timeframe-recurrence-end-option".into(), "".into());
    Value::Object(entry)
}

fn yearly_entry(yearly: &Yearly) -> Option<Value> {
    let (first, last) = repeat::first_time(yearly)?;
    let mut entry =
        dates_entry(Moment { date: first, time: yearly.from }, Moment { date: last, time: yearly.to });
    let (kind, custom) = repeat::wire(yearly);
    recurrence(&mut entry, kind, yearly.term.last_day);
    if let Some((count, option)) = custom {
        interval(&mut entry, "years", count, option);
    }
    Some(Value::Object(entry))
}
