//! The hours of a schedule: days and minutes on the wire, windows by day in the YAML (FACTS ctm/schedules-1).

use crate::{
    model::{Day, TimeOfDay, Weekly, Window},
    provider::{ctm::wire::Row, scalar::Scalar},
};
use serde_json::{Map, Value, json};
use std::collections::{BTreeMap, BTreeSet};

const DAY: u16 = 24 * 60;

fn time(minutes: u16) -> Option<TimeOfDay> {
    TimeOfDay::new(minutes / 60, minutes % 60)
}

fn minutes(time: TimeOfDay) -> u16 {
    time.hour() * 60 + time.minute()
}

/// The first and last minute of an entry. It is not documented whether midnight at the end is 0 or 1440, so both are read.
fn span(entry: &Row) -> Option<[u16; 2]> {
    let minute = |key: &str| entry.number(key).and_then(|minute| u16::try_from(minute).ok());
    let end = minute("end_time")?;
    Some([minute("start_time")?, if end == 0 { DAY } else { end }])
}

/// The windows by day; the error is the entry that has no words here.
pub fn weekly(times: &[Value]) -> Result<Weekly, String> {
    let mut weekly = Weekly::default();
    for entry in times {
        let row = entry.as_object().cloned().map(Row).ok_or_else(|| entry.to_string())?;
        let window = span(&row).and_then(|[begin, end]| time(begin).zip(time(end)));
        let window = window.map(|(begin, end)| Window { begin, end });
        let Some(window) = window.filter(|it| it.begin < it.end || it.is_overnight()) else {
            let text = |key: &str| row.text(key).unwrap_or_default();
            return Err(text("start_time") + " to " + &text("end_time"));
        };
        for day in days(&row)? {
            weekly.days.entry(day).or_default().push(window);
        }
    }
    weekly.complete();
    Ok(weekly)
}

/// The days of an entry. One that does not say on which days it holds may hold on all.
fn days(entry: &Row) -> Result<Vec<Day>, String> {
    let hours = ["start_time", "end_time"].map(|key| entry.text(key).unwrap_or_default()).join(" to ");
    let days = entry.object("days").filter(|days| !days.0.is_empty());
    let days = days.ok_or_else(|| format!("{hours} on days that it does not name"))?;
    let mut on = Vec::new();
    for day in Day::ALL {
        match days.flag(day.word()) {
            Scalar::Known(true) => on.push(day),
            Scalar::Known(false) | Scalar::Unset => {}
            Scalar::Strange(shown) => return Err(format!("{}: {shown}", day.word())),
        }
    }
    Ok(on)
}

/// What entries hold beside their hours, days and place (FACTS ctm/schedules-5), each once.
pub fn unexplained(times: &[Value]) -> Vec<String> {
    const KNOWN: [&str; 4] = ["start_time", "end_time", "position", "days"];
    let keys = times.iter().filter_map(Value::as_object).flat_map(Map::keys);
    let keys: BTreeSet<&String> = keys.filter(|key| !KNOWN.contains(&key.as_str())).collect();
    keys.into_iter().map(|key| format!("`{key}`")).collect()
}

/// The entries of the wire: one for each window, with all days that have it. Texts and switches as in the vendor's guide.
/// An entry that stays goes back as it was read; one whose hours change on the same days keeps what nobody explains.
pub fn times(weekly: &Weekly, live: &[Value]) -> Value {
    let mut windows: BTreeMap<Window, Vec<Day>> = BTreeMap::new();
    for (day, list) in &weekly.days {
        for window in list {
            windows.entry(*window).or_default().push(*day);
        }
    }
    let row = |entry: &Value| entry.as_object().cloned().map(Row).unwrap_or_default();
    let mut left: Vec<&Value> = live.iter().collect();
    let mut take = |fits: &dyn Fn(&Row) -> bool| {
        let place = left.iter().position(|entry| fits(&row(entry)))?;
        Some(left.remove(place).clone())
    };
    let on = |row: &Row, days: &[Day]| self::days(row).is_ok_and(|it| it == days);
    let hours = |window: &Window| [window.begin, window.end].map(minutes);
    let staying: Vec<Option<Value>> = windows
        .iter()
        .map(|(window, days)| take(&|row| span(row) == Some(hours(window)) && on(row, days)))
        .collect();
    let mut entries = Vec::new();
    for ((window, days), stays) in windows.iter().zip(staying) {
        let position = entries.len();
        entries.push(match stays.or_else(|| take(&|row| on(row, days)).map(|it| moved(it, hours(window)))) {
            Some(entry) => entry,
            None => fresh(hours(window), days, position),
        });
    }
    entries.into()
}

/// An entry with other hours, as text or number as it has them.
fn moved(mut entry: Value, hours: [u16; 2]) -> Value {
    for (key, minutes) in ["start_time", "end_time"].into_iter().zip(hours) {
        let value = if entry[key].is_number() { json!(minutes) } else { json!(minutes.to_string()) };
        entry[key] = value;
    }
    entry
}

fn fresh([begin, end]: [u16; 2], days: &[Day], position: usize) -> Value {
    let days: Map<String, Value> =
        Day::ALL.iter().map(|day| (day.word().to_owned(), days.contains(day).into())).collect();
    json!({
        "start_time": begin.to_string(),
        "end_time": end.to_string(),
        "position": position.to_string(),
        "days": days,
    })
}
