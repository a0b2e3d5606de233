//! The hours of a schedule in the words of its file, short enough for a box of a drawing.

use crate::model::{Schedule, Weekly, Window};
use serde::Serialize;
use serde_json::Value;

/// How many entries of a list are named.
const MOST: usize = 4;

/// "mon-thu 08:00-12:00, 13:00-17:00", "every year 07-04, 12-24..12-26": a line for each sort of entry.
pub(super) fn caption(schedule: &Schedule) -> Vec<String> {
    let Schedule { weekly, dates, monthly, yearly, holidays, easter, other, .. } = schedule;
    let mut lines = weekly.as_ref().map(week).unwrap_or_default();
    let easter = easter.as_ref().map(|it| it.dates().collect::<Vec<_>>());
    lines.extend(list("", dates.as_deref().unwrap_or_default()));
    lines.extend(list("", easter.as_deref().unwrap_or_default()));
    lines.extend(list("every month ", monthly.as_deref().unwrap_or_default()));
    lines.extend(list("every year ", yearly.as_deref().unwrap_or_default()));
    lines.extend(list("holidays ", holidays.as_deref().unwrap_or_default()));
    if other.as_ref().is_some_and(|it| !it.is_empty()) {
        lines.push("entries of the phone system's own".to_owned());
    }
    lines
}

/// The hours of a week, days with the same hours together.
fn week(weekly: &Weekly) -> Vec<String> {
    let mut groups: Vec<(&[Window], Vec<usize>)> = Vec::new();
    let open = weekly.days.iter().zip(0..).filter(|((_, windows), _)| !windows.is_empty());
    let words: Vec<String> = weekly.days.keys().map(words).collect();
    for ((_, windows), day) in open {
        match groups.iter_mut().find(|(it, _)| it == windows) {
            Some((_, days)) => days.push(day),
            None => groups.push((windows, vec![day])),
        }
    }
    let days = |days: &[usize]| {
        let runs = days.chunk_by(|one, next| one + 1 == *next);
        let run = |run: &[usize]| match run {
            [first, .., last] => format!("{}-{}", words[*first], words[*last]),
            [one] => words[*one].clone(),
            [] => String::new(),
        };
        runs.map(run).collect::<Vec<_>>().join(", ")
    };
    let hours = |windows: &[Window]| windows.iter().map(self::words).collect::<Vec<_>>().join(", ");
    let mut lines: Vec<String> =
        groups.into_iter().map(|(windows, on)| format!("{} {}", days(&on), hours(windows))).collect();
    if lines.is_empty() {
        lines.push("never".to_owned());
    }
    let term = weekly.term;
    let every = term.every.map(|every| format!("every {}", self::words(&every)));
    let first = term.first_day.map(|day| format!("from {}", self::words(&day)));
    let last = term.last_day.map(|day| format!("until {}", self::words(&day)));
    let term: Vec<String> = [every, first, last].into_iter().flatten().collect();
    lines.extend((!term.is_empty()).then(|| term.join(" ")));
    lines
}

fn list<T: Serialize>(lead: &str, entries: &[T]) -> Option<String> {
    let (named, more) = entries.split_at(entries.len().min(MOST));
    let mut named: Vec<String> = named.iter().map(words).collect();
    if !more.is_empty() {
        named.push(format!("and {} more", more.len()));
    }
    (!named.is_empty()).then(|| format!("{lead}{}", named.join(", ")))
}

/// A value as its file has it, on one line.
fn words(value: &impl Serialize) -> String {
    fn said(value: &Value) -> String {
        match value {
            Value::String(text) => text.clone(),
            Value::Array(list) => list.iter().map(said).collect::<Vec<_>>().join(", "),
            // The day needs no word before it.
            Value::Object(map) => {
                let word = |(key, value): (&String, &Value)| match key.as_str() {
                    "day" | "date" => said(value),
                    _ => format!("{key} {}", said(value)),
                };
                map.iter().map(word).collect::<Vec<_>>().join(" ")
            }
            other => other.to_string(),
        }
    }
    serde_json::to_value(value).map(|it| said(&it)).unwrap_or_default()
}
