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

/// The windows by day; the error is the entry that has no words here.
pub fn weekly(times: &[Value]) -> Result<Weekly, String> {
    let mut weekly = Weekly::default();
    for entry in times {
        let row = entry.as_object().cloned().map(Row).ok_or_else(|| entry.to_string())?;
        let minute = |key: &str| row.number(key).and_then(|minute| u16::try_from(minute).ok());
        let (begin, end) = (minute("start_time"), minute("end_time"));
        // It is not documented whether midnight at the end is 0 or 1440, so both are read.
        let end = end.map(|end| if end == 0 { DAY } else { end });
        let window = begin.and_then(time).zip(end.and_then(time));
        let window = window.filter(|(begin, end)| begin < end);
        let Some((begin, end)) = window else {
            let text = |key: &str| row.text(key).unwrap_or_default();
            return Err(format!("{} to {}", text("start_time"), text("end_time")));
        };
        let days = row.object("days").unwrap_or_default();
        for day in Day::ALL {
            let on = match days.flag(day.word()) {
                Scalar::Known(on) => on,
                Scalar::Unset => false,
                Scalar::Strange(shown) => return Err(format!("{}: {shown}", day.word())),
            };
            if on {
                weekly.0.entry(day).or_default().push(Window { begin, end });
            }
        }
    }
    weekly.complete();
    Ok(weekly)
}

/// The entries of the wire: one for each window, with all days that have it. Texts and switches as in the vendor's guide.
pub fn times(weekly: &Weekly) -> Value {
    let mut windows: BTreeMap<Window, Vec<Day>> = BTreeMap::new();
    for (day, list) in &weekly.0 {
        for window in list {
            windows.entry(*window).or_default().push(*day);
        }
    }
    let entry = |(position, (window, days)): (usize, (&Window, &Vec<Day>))| {
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
