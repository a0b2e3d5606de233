//! Tells whether a time frame covers an instant, for `is-active` and the expanded `time_range_data`.
//!
//! Recurrence beyond weekly and yearly is not expanded: nothing but `is-active`, which nobody may gate on,
//! depends on it (FACTS stratus/writes-6).

use jiff::civil::DateTime;
use jiff::tz::TimeZone;
use serde_json::{Value, json};

use super::call::text;
use super::entries::{DATES, DAYS, EntryType, HOLIDAY, WEEK};
use crate::sandbox::document::Document;

/// Returns the time frame of the rule in force: the first enabled one whose time frame covers now.
pub fn active(document: &Document, user: &str) -> Option<String> {
    let zone = document.get("users", user).map(|user| text(user, "time-zone")).unwrap_or_default();
    let zone = TimeZone::get(zone).unwrap_or(TimeZone::UTC);
    let now = jiff::Timestamp::now().to_zoned(zone).datetime();
    let rules = document.get("answerrules", user)?.as_array()?;
    let covers = |rule: &&Value| {
        let name = text(rule, "time-frame");
        text(rule, "enabled") == "yes"
            && (name == "*" || frame(document, user, name).is_some_and(|frame| covers(frame, now)))
    };
    rules.iter().find(covers).map(|rule| text(rule, "time-frame").to_owned())
}

/// Expands a rule's time frame as answer rules show it.
pub fn ranges(document: &Document, user: &str, name: &str) -> Vec<Value> {
    let Some(frame) = frame(document, user, name) else { return Vec::new() };
    let mut ranges = Vec::new();
    for entry in entries(frame, WEEK) {
        for (number, day) in DAYS.iter().enumerate() {
            for (begin, end) in windows(entry, &format!("weekly-{day}")) {
                ranges.push(
                    json!({"day-of-week-number": number, "start-time": clock(begin), "end-time": clock(end)}),
                );
            }
        }
    }
    for entry in entries(frame, DATES) {
        let part = |part: &str| text(entry, &format!("timeframe-specific-dates-{part}"));
        ranges.push(json!({
            "start-date": dashed(part("begin-date")),
            "end-date": dashed(part("end-date")),
            "day-of-week-number": "*",
            "start-time": clock(part("begin-time")),
            "end-time": clock(part("end-time")),
        }));
    }
    for entry in entries(frame, HOLIDAY) {
        let date = dashed(text(entry, "timeframe-holiday-begin-date"));
        ranges.push(json!({"start-date": date, "end-date": date, "day-of-week-number": "*"}));
    }
    for (index, range) in ranges.iter_mut().enumerate() {
        range["ordinal-order"] = index.into();
        range["invert-match"] = "no".into();
    }
    ranges
}

/// Finds a time frame by name, the user's own first.
fn frame<'a>(document: &'a Document, user: &str, name: &str) -> Option<&'a Value> {
    let own = document.get("user-timeframes", user).and_then(|frames| frames.get(name));
    own.or_else(|| document.get("timeframes", name))
}

fn covers(frame: &Value, now: DateTime) -> bool {
    let today = now.strftime("%Y%m%d").to_string();
    let time = now.strftime("%H%M").to_string();
    text(frame, "timeframe-type") == "always"
        || entries(frame, WEEK).any(|entry| week_covers(entry, now, &today, &time))
        || entries(frame, DATES).any(|entry| dates_cover(entry, &today, &time))
        || entries(frame, HOLIDAY).any(|entry| holiday_covers(entry, &today, &time))
}

fn week_covers(entry: &Value, now: DateTime, today: &str, time: &str) -> bool {
    let day = DAYS[usize::from(now.weekday().to_sunday_zero_offset().unsigned_abs()) % 7];
    started(entry, today) && inside(windows(entry, &format!("weekly-{day}")), time)
}

fn dates_cover(entry: &Value, today: &str, time: &str) -> bool {
    let part = |part: &str| text(entry, &format!("timeframe-specific-dates-{part}"));
    // Every year: the year is left out of the comparison.
    let yearly = text(entry, "timeframe-recurrence-type").starts_with("yearly-on-selected-dates");
    let skip = if yearly { 4 } else { 0 };
    let moment = |date: &str, time: &str| format!("{}{time}", date.get(skip..).unwrap_or_default());
    let now = moment(today, time);
    let (begin, end) =
        (moment(part("begin-date"), part("begin-time")), moment(part("end-date"), part("end-time")));
    begin <= now && now <= end
}

fn holiday_covers(entry: &Value, today: &str, time: &str) -> bool {
    let date = text(entry, "timeframe-holiday-begin-date");
    let yearly = text(entry, "timeframe-recurrence-type") == "yearlyOnHoliday";
    let skip = if yearly { 4 } else { 0 };
    let windows = windows(entry, "holiday");
    date.get(skip..) == today.get(skip..) && (windows.is_empty() || inside(windows, time))
}

fn started(entry: &Value, today: &str) -> bool {
    let end = text(entry, "timeframe-recurrence-end-date");
    text(entry, "timeframe-recurrence-begin-date") <= today && (end.is_empty() || today <= end)
}

/// Returns the windows that are set, of a day or of a holiday.
fn windows<'a>(entry: &'a Value, of: &str) -> Vec<(&'a str, &'a str)> {
    let window = |number| {
        let begin = text(entry, &format!("timeframe-{of}-begin-time-{number}"));
        let end = text(entry, &format!("timeframe-{of}-end-time-{number}"));
        (!begin.is_empty() && !end.is_empty()).then_some((begin, end))
    };
    [1, 2].into_iter().filter_map(window).collect()
}

fn inside(windows: Vec<(&str, &str)>, time: &str) -> bool {
    windows.into_iter().any(|(begin, end)| begin <= time && (time < end || end == "2359"))
}

fn entries(frame: &Value, kind: EntryType) -> impl Iterator<Item = &Value> {
    frame.get(kind.array).and_then(Value::as_array).into_iter().flatten()
}

/// Writes `hhmm` as `HH:MM`.
fn clock(time: &str) -> String {
    match (time.get(..2), time.get(2..)) {
        (Some(hours), Some(minutes)) => format!("{hours}:{minutes}"),
        _ => String::new(),
    }
}

/// Writes `YYYYMMDD` as `YYYY-MM-DD`.
fn dashed(date: &str) -> String {
    match (date.get(..4), date.get(4..6), date.get(6..)) {
        (Some(year), Some(month), Some(day)) => format!("{year}-{month}-{day}"),
        _ => String::new(),
    }
}
