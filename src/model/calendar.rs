//! Days and times of day.

use super::text::textual;
use crate::explained::Explained;
use jiff::civil::{Date, Weekday};
use serde::{Deserialize, Serialize};
use std::{fmt, str::FromStr};

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Day {
    Mon,
    Tue,
    Wed,
    Thu,
    Fri,
    Sat,
    Sun,
}

impl Day {
    pub const ALL: [Self; 7] = [Self::Mon, Self::Tue, Self::Wed, Self::Thu, Self::Fri, Self::Sat, Self::Sun];

    pub fn word(self) -> &'static str {
        match self {
            Self::Mon => "mon",
            Self::Tue => "tue",
            Self::Wed => "wed",
            Self::Thu => "thu",
            Self::Fri => "fri",
            Self::Sat => "sat",
            Self::Sun => "sun",
        }
    }

    pub(super) fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|day| day.word() == text)
    }
}

/// `mon`, `mon-fri`, `mon,wed`
pub(super) fn days(text: &str) -> Option<Vec<Day>> {
    let mut found = Vec::new();
    for part in text.split(',') {
        let part = part.trim();
        match part.split_once('-') {
            None => found.push(Day::parse(part)?),
            Some((first, last)) => {
                let (first, last) = (Day::parse(first.trim())?, Day::parse(last.trim())?);
                let position = |day| Day::ALL.iter().position(|d| *d == day).unwrap_or_default();
                let (mut at, end) = (position(first), position(last));
                found.push(Day::ALL[at]);
                while at != end {
                    at = (at + 1) % 7;
                    found.push(Day::ALL[at]);
                }
            }
        }
    }
    Some(found)
}

/// A time of day in minutes since midnight, 0 to 1440; `24:00` is the end of the day.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct TimeOfDay(pub(super) u16);

impl TimeOfDay {
    pub const START: Self = Self(0);
    pub const END: Self = Self(24 * 60);

    pub fn new(hour: u16, minute: u16) -> Option<Self> {
        let fits = minute < 60 && (hour < 24 || (hour == 24 && minute == 0));
        fits.then_some(Self(hour * 60 + minute))
    }

    pub fn hour(self) -> u16 {
        self.0 / 60
    }

    pub fn minute(self) -> u16 {
        self.0 % 60
    }
}

impl FromStr for TimeOfDay {
    type Err = Explained;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let wrong = || {
            Explained::with_help(
                format!("`{text}` is not a time of day"),
                "write hours and minutes, 00:00 to 24:00: 08:30",
            )
        };
        let (hour, minute) = text.split_once(':').ok_or_else(wrong)?;
        let digits = |t: &str| t.len() == 2 && t.bytes().all(|byte| byte.is_ascii_digit());
        let number = |t: &str| digits(t).then(|| t.parse::<u16>().ok()).flatten();
        let time = number(hour).zip(number(minute)).and_then(|(h, m)| Self::new(h, m));
        time.ok_or_else(wrong)
    }
}

impl fmt::Display for TimeOfDay {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:02}:{:02}", self.hour(), self.minute())
    }
}

textual!(TimeOfDay, "TimeOfDay", {
    "type": "string",
    "pattern": "^(([01][0-9]|2[0-3]):[0-5][0-9]|24:00)$",
    "description": "A time of day, e.g. \"08:30\"; 24:00 is the end of the day."
});

/// A stretch of one day, `08:00-12:00`; the end is not part of it. One whose end comes before its beginning, `22:00-06:00`,
/// is what some systems hold: from the evening on, into the next day.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Window {
    pub begin: TimeOfDay,
    pub end: TimeOfDay,
}

impl Window {
    /// From midnight to midnight.
    pub const DAY: Self = Self { begin: TimeOfDay::START, end: TimeOfDay::END };

    pub fn is_overnight(&self) -> bool {
        self.end < self.begin && self.begin != TimeOfDay::END && self.end != TimeOfDay::START
    }

    /// The same in two windows of one day each.
    pub fn in_two(&self) -> String {
        format!("\"{}-24:00\" and \"00:00-{}\" on the next day", self.begin, self.end)
    }
}

/// A part of one day as people write it, the day and its time: `12-24 12:00-17:00`, `12-24T12:00..12-24T17:00`.
pub(super) fn part_of_day(text: &str) -> Option<(&str, Window)> {
    let window = |from: &str, to: &str| {
        let window = Window { begin: from.trim().parse().ok()?, end: to.trim().parse().ok()? };
        (window.begin < window.end).then_some(window)
    };
    let parted = |text: &str| -> Option<(usize, usize)> { text.find([' ', 'T']).map(|at| (at, at + 1)) };
    if let Some((first, last)) = text.split_once("..") {
        let (first, last) = (first.trim(), last.trim());
        if let (Some((end, from)), Some((same, to))) = (parted(first), parted(last))
            && first[..end] == last[..same]
        {
            return Some((&first[..end], window(&first[from..], &last[to..])?));
        }
    }
    // Before the time there may be a day of several words.
    text.match_indices([' ', 'T']).find_map(|(at, _)| {
        let (from, to) = text[at + 1..].split_once("..").or_else(|| text[at + 1..].split_once('-'))?;
        Some((text[..at].trim(), window(from, to)?))
    })
}

const EMPTY_WINDOW: &str = "a whole day is \"00:00-24:00\"; a closed day is left out";

impl FromStr for Window {
    type Err = Explained;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let several = text.split([',', ' ']).filter(|it| !it.is_empty());
        if several.clone().count() > 1 && several.clone().all(|it| it.parse::<Self>().is_ok()) {
            let each: Vec<String> = several.map(|it| format!("\"{it}\"")).collect();
            let message = format!("`{text}` is more than one time window");
            return Err(Explained::with_help(message, format!("write each by itself: {}", each.join(", "))));
        }
        let Some((begin, end)) = text.split_once('-') else {
            return Err(Explained::with_help(
                format!("`{text}` is not a time window"),
                "write start and end: \"08:00-17:00\"",
            ));
        };
        let window = Self { begin: begin.trim().parse()?, end: end.trim().parse()? };
        if window.begin < window.end || window.is_overnight() {
            return Ok(window);
        }
        if window.begin == window.end {
            return Err(Explained::with_help(format!("window `{text}` is empty"), EMPTY_WINDOW));
        }
        let evening = (window.begin != TimeOfDay::END).then(|| format!("\"{}-24:00\"", window.begin));
        let morning =
            (window.end != TimeOfDay::START).then(|| format!("\"00:00-{}\" on the next day", window.end));
        let parts: Vec<String> = evening.into_iter().chain(morning).collect();
        let help = match parts.as_slice() {
            [] => EMPTY_WINDOW.to_owned(),
            parts => format!("a window stays within one day: write {}", parts.join(" and ")),
        };
        Err(Explained::with_help(format!("window `{text}` ends before it begins"), help))
    }
}

impl fmt::Display for Window {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}-{}", self.begin, self.end)
    }
}

textual!(Window, "TimeWindow", {
    "type": "string",
    "pattern": "^(?!(.{5})-\\1$)([01][0-9]|2[0-3]):[0-5][0-9]-(([01][0-9]|2[0-3]):[0-5][0-9]|24:00)$",
    "description": "A stretch of one day, e.g. \"08:00-12:00\"; 24:00 is the end of the day. \"22:00-06:00\" names what some systems hold."
});

impl Day {
    pub fn weekday(self) -> Weekday {
        match self {
            Self::Mon => Weekday::Monday,
            Self::Tue => Weekday::Tuesday,
            Self::Wed => Weekday::Wednesday,
            Self::Thu => Weekday::Thursday,
            Self::Fri => Weekday::Friday,
            Self::Sat => Weekday::Saturday,
            Self::Sun => Weekday::Sunday,
        }
    }

    pub fn of(date: Date) -> Self {
        let same = |day: &Self| day.weekday() == date.weekday();
        Self::ALL.into_iter().find(same).unwrap_or(Self::Mon)
    }
}

/// `2026-12-25`
pub(super) fn day_of_calendar(text: &str) -> Result<Date, Explained> {
    let wrong = |why: String| {
        Explained::with_help(format!("`{text}` is not a date{why}"), "write year, month and day: 2026-12-25")
    };
    let shape = text.len() == 10
        && text
            .bytes()
            .enumerate()
            .all(|(i, b)| if i == 4 || i == 7 { b == b'-' } else { b.is_ascii_digit() });
    if !shape {
        return Err(wrong(String::new()));
    }
    text.parse::<Date>().map_err(|_| wrong(": there is no such day".to_owned()))
}
