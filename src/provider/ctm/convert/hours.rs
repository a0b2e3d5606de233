//! The hours of a schedule: days and minutes on the wire, windows by day in the YAML (FACTS ctm/schedules-1).

use crate::{
    model::{Day, TimeOfDay, Weekly, Window},
    provider::{ctm::wire::Row, scalar::Scalar},
};
use serde_json::{Map, Value, json};
use std::collections::BTreeMap;

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
        let window = window.filter(|(begin, end)| begin < end);
        let Some((begin, end)) = window else {
            let text = |key: &str| row.text(key).unwrap_or_default();
            return Err(text("start_time") + " to " + &text("end_time"));
        };
        for day in days(&row)? {
            weekly.days.entry(day).or_default().push(Window { begin, end });
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

/// The entries of the wire: one for each window, with all days that have it. Texts and switches as in the vendor's guide.
/// An entry that stays goes back as it was read.
pub fn times(weekly: &Weekly, live: &[Value]) -> Value {
    let mut windows: BTreeMap<Window, Vec<Day>> = BTreeMap::new();
    for (day, list) in &weekly.days {
        for window in list {
            windows.entry(*window).or_default().push(*day);
        }
    }
    let entry = |(position, (window, days)): (usize, (&Window, &Vec<Day>))| {
        let hours = [window.begin, window.end].map(minutes);
        let stays = |entry: &&Value| {
            let row = entry.as_object().cloned().map(Row).unwrap_or_default();
            span(&row) == Some(hours) && self::days(&row).is_ok_and(|it| it == *days)
        };
        if let Some(entry) = live.iter().find(stays) {
            return entry.clone();
        }
        let days: Map<String, Value> =
            Day::ALL.iter().map(|day| (day.word().to_owned(), days.contains(day).into())).collect();
        json!({
            "start_time": minutes(window.begin).to_string(),
            "end_time": minutes(window.end).to_string(),
            "position": position.to_string(),
            "days": days,
        })
    };
    windows.iter().enumerate().map(entry).collect()
}
