//! Time frames (FACTS stratus/frames).

use crate::{
    model::{DateSpan, Day, Moment, MonthDay, Schedule, TimeOfDay, Weekly, Window, YearlySpan},
    provider::{
        scalar::{self, Scalar, Unreadable},
        stratus::wire::TimeFrame,
    },
};
use jiff::civil::Date;
use serde_json::{Map, Value, json};
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

/// A recurrence has to begin somewhere, and a plan has no clock: long ago, in a leap year.
const LONG_AGO: i16 = 2020;

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

/// A live time frame in the words of the YAML, what it holds beyond them, and what is not understood.
pub fn schedule(live: &TimeFrame) -> (Schedule, Vec<String>, Unreadable) {
    let (mut notes, mut unreadable) = (Vec::new(), Unreadable::default());
    let weekly = match live.timeframe_days_of_week_array.as_slice() {
        [] if live.timeframe_type.as_str() == ALWAYS => Scalar::Known(open()),
        [] => Scalar::Known(closed()),
        [entry] if is_plain_weekly(entry) => self::weekly(entry),
        [entry] => Scalar::Strange(recurs(entry)),
        several => Scalar::Strange(format!("{} weeks at once", several.len())),
    };
    let weekly = unreadable.field(["weekly"], weekly);
    let (mut dates, mut yearly) = (Vec::new(), Vec::new());
    for entry in &live.timeframe_specific_dates_array {
        match date_entry(entry) {
            DateEntry::Once(span) => dates.push(span),
            DateEntry::Yearly(span) => yearly.push(span),
            DateEntry::Other(what) => dates.push(DateSpan::Other(what)),
        }
    }
    let holidays = live.timeframe_holiday_array.len();
    if holidays > 0 {
        notes.push(format!(
            "it also holds {} of the vendor's calendar",
            crate::text::count(holidays, "holiday")
        ));
    }
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
        notes,
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
    Weekly(Day::ALL.into_iter().map(|name| (name, vec![day])).collect())
}

fn is_plain_weekly(entry: &Entry) -> bool {
    matches!(&*text(entry, "timeframe-recurrence-type"), "" | "weekly")
        && matches!(&*text(entry, "timeframe-recurrence-end-option"), "" | "never")
}

/// How an entry repeats, as far as it says.
fn recurs(entry: &Entry) -> String {
    let shown = entry.iter().filter(|(key, _)| key.starts_with("timeframe-recurrence-") && *key != RRULE);
    let words = shown.map(|(key, _)| text(entry, key).into_owned()).filter(|word| !word.is_empty());
    words.collect::<Vec<_>>().join(" ")
}

fn weekly(entry: &Entry) -> Scalar<Weekly> {
    let mut weekly = closed();
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
            weekly.0.entry(day).or_default().push(Window { begin, end });
        }
    }
    weekly.complete();
    Scalar::Known(weekly)
}

/// `hhmm`; a colon is let through.
fn time(text: &str) -> Option<TimeOfDay> {
    let digits: String = text.chars().filter(|c| *c != ':').collect();
    // 9:00 may come as the number 900.
    let digits = format!("{digits:0>4}");
    let (hour, minute) = (digits.len() == 4 && !text.is_empty()).then(|| digits.split_at(2))?;
    TimeOfDay::new(hour.parse().ok()?, minute.parse().ok()?)
}

/// The portal writes the end of the day as 23:59.
fn end_time(text: &str) -> Option<TimeOfDay> {
    let end = time(text)?;
    Some(if (end.hour(), end.minute()) == (23, 59) { TimeOfDay::END } else { end })
}

fn hhmm(time: TimeOfDay) -> String {
    if time == TimeOfDay::END { "2359".to_owned() } else { format!("{:02}{:02}", time.hour(), time.minute()) }
}

enum DateEntry {
    Once(DateSpan),
    Yearly(YearlySpan),
    Other(String),
}

fn date_entry(entry: &Entry) -> DateEntry {
    let recurrence = text(entry, "timeframe-recurrence-type");
    let begin = text(entry, "timeframe-specific-dates-begin-date");
    let end = text(entry, "timeframe-specific-dates-end-date");
    let end = if end.is_empty() { begin.clone() } else { end };
    let other = || DateEntry::Other(format!("{begin}..{end} ({recurrence})"));
    let (Some(begin_date), Some(end_date)) = (date(&begin), date(&end)) else { return other() };
    let begin_time = match &*text(entry, "timeframe-specific-dates-begin-time") {
        "" => Some(TimeOfDay::START),
        at => time(at),
    };
    let end_time = match &*text(entry, "timeframe-specific-dates-end-time") {
        "" => Some(TimeOfDay::END),
        at => self::end_time(at),
    };
    let (Some(begin_time), Some(end_time)) = (begin_time, end_time) else { return other() };
    let whole_days = begin_time == TimeOfDay::START && end_time == TimeOfDay::END;
    match &*recurrence {
        "" | "doesNotRecur" => DateEntry::Once(DateSpan::Span(
            Moment { date: begin_date, time: begin_time },
            Moment { date: end_date, time: end_time },
        )),
        "yearly-on-selected-dates" | "annual-month-day"
            if whole_days && matches!(&*text(entry, "timeframe-recurrence-end-option"), "" | "never") =>
        {
            let day = |date: Date| MonthDay { month: date.month(), day: date.day() };
            DateEntry::Yearly(YearlySpan { first: day(begin_date), last: day(end_date) })
        }
        _ => other(),
    }
}

fn date(text: &str) -> Option<Date> {
    let digits: String = text.chars().filter(|c| *c != '-').collect();
    if digits.len() != 8 || !digits.is_ascii() {
        return None;
    }
    Date::new(digits[..4].parse().ok()?, digits[4..6].parse().ok()?, digits[6..].parse().ok()?).ok()
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
            if let Some(begin) = known.filter(|it| is_plain_weekly(it)).and_then(|it| it.get(WEEKLY_BEGIN)) {
                entry.insert(WEEKLY_BEGIN.to_owned(), begin.clone());
            }
            vec![Value::Object(entry)]
        }
    };
    let stays = |entry: &Entry| match date_entry(entry) {
        DateEntry::Yearly(_) => !touched("yearly"),
        DateEntry::Once(_) | DateEntry::Other(_) => !touched("dates"),
    };
    let mut dates = kept(live.map(|live| &live.timeframe_specific_dates_array), &stays);
    if touched("dates") {
        dates.extend(wanted.dates.iter().flatten().filter_map(once_entry));
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
        let windows = weekly.0.get(&day).map(Vec::as_slice).unwrap_or_default();
        for n in 1..=2_usize {
            let window = windows.get(n - 1);
            let (begin, end) = window.map(|w| (hhmm(w.begin), hhmm(w.end))).unwrap_or_default();
            entry.insert(format!("timeframe-weekly-{name}-begin-time-{n}"), begin.into());
            entry.insert(format!("timeframe-weekly-{name}-end-time-{n}"), end.into());
        }
    }
    recurrence(&mut entry, "weekly", "never");
    entry.insert(WEEKLY_BEGIN.into(), json!(format!("{LONG_AGO}0101")));
    entry
}

fn recurrence(entry: &mut Entry, kind: &str, end: &str) {
    entry.insert("timeframe-recurrence-type".into(), kind.into());
    entry.insert("timeframe-recurrence-end-option".into(), end.into());
    for unset in ["custom-interval", "custom-interval-count", "custom-interval-option", "end-date"] {
        entry.insert(format!("timeframe-recurrence-{unset}"), "".into());
    }
}

fn dates_entry(begin: Moment, end: Moment) -> Entry {
    let mut entry = Entry::new();
    let day = |date: Date| json!(date.strftime("%Y%m%d").to_string());
    entry.insert("timeframe-specific-dates-begin-date".into(), day(begin.date));
    entry.insert("timeframe-specific-dates-begin-time".into(), hhmm(begin.time).into());
    entry.insert("timeframe-specific-dates-end-date".into(), day(end.date));
    entry.insert("timeframe-specific-dates-end-time".into(), hhmm(end.time).into());
    entry
}

fn once_entry(span: &DateSpan) -> Option<Value> {
    match span {
        DateSpan::Span(begin, end) => {
            let mut entry = dates_entry(*begin, *end);
            recurrence(&mut entry, "doesNotRecur", "");
            Some(Value::Object(entry))
        }
        DateSpan::Other(_) => None,
    }
}

fn yearly_entry(span: &YearlySpan) -> Option<Value> {
    let YearlySpan { first, last } = span;
    let over_new_year = i16::from((last.month, last.day) < (first.month, first.day));
    // 29 February has to fall into the leap year, whichever end it is.
    let year = if (first.month, first.day) == (2, 29) { LONG_AGO } else { LONG_AGO - over_new_year };
    let begin = Date::new(year, first.month, first.day).ok()?;
    let end = Date::new(year + over_new_year, last.month, last.day).ok()?;
    let mut entry = dates_entry(
        Moment { date: begin, time: TimeOfDay::START },
        Moment { date: end, time: TimeOfDay::END },
    );
    recurrence(&mut entry, "yearly-on-selected-dates", "never");
    Some(Value::Object(entry))
}
