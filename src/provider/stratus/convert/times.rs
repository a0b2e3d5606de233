//! Days and times of day on the wire (FACTS stratus/frames-5).

use crate::model::TimeOfDay;
use jiff::civil::Date;

/// `hhmm`; a colon is let through.
pub fn time(text: &str) -> Option<TimeOfDay> {
    let digits: String = text.chars().filter(|c| *c != ':').collect();
    // 9:00 may come as the number 900.
    let digits = format!("{digits:0>4}");
    let (hour, minute) = (digits.len() == 4 && !text.is_empty()).then(|| digits.split_at(2))?;
    TimeOfDay::new(hour.parse().ok()?, minute.parse().ok()?)
}

/// The portal writes the end of the day as 23:59.
pub fn end_time(text: &str) -> Option<TimeOfDay> {
    let end = time(text)?;
    Some(if (end.hour(), end.minute()) == (23, 59) { TimeOfDay::END } else { end })
}

pub fn hhmm(time: TimeOfDay) -> String {
    if time == TimeOfDay::END { "2359".to_owned() } else { format!("{:02}{:02}", time.hour(), time.minute()) }
}

/// `YYYYMMDD`; hyphens are let through.
pub fn date(text: &str) -> Option<Date> {
    let digits: String = text.chars().filter(|c| *c != '-').collect();
    if digits.len() != 8 || !digits.is_ascii() {
        return None;
    }
    Date::new(digits[..4].parse().ok()?, digits[4..6].parse().ok()?, digits[6..].parse().ok()?).ok()
}

/// `20270601`
pub fn compact(date: Date) -> String {
    date.strftime("%Y%m%d").to_string()
}
