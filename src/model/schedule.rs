//! Schedules (Stratus: time frames): when an answering rule is in force.

use super::text::textual;
use crate::explained::Explained;
use crate::explained::decoding;
use jiff::civil::Date;
use schemars::JsonSchema;
use serde::{Deserialize, Deserializer, Serialize, de};
use std::{collections::BTreeMap, fmt, str::FromStr};

/// When a rule is in force. `{}` names a live schedule that is used as it is.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Schedule {
    /// Open hours by day of the week; days left out are closed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub weekly: Option<Weekly>,
    /// Single dates and ranges: `2026-12-25`, `2026-12-31..2027-01-01`, `2026-11-25T12:00..2026-11-25T17:00`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub dates: Option<Vec<DateSpan>>,
    /// Days that come every year: `12-25`, `12-31..01-01`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub yearly: Option<Vec<YearlySpan>>,
    /// The time zone of the hours, e.g. `America/New_York`, where a schedule has one of its own
    /// (CallTrackingMetrics). Left out: the tenant's `time_zone`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub time_zone: Option<String>,
    /// `false` switches off every declared rule that uses this schedule (portal: Bulk Toggle).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub enabled: Option<bool>,
    /// Refuse to delete this object.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub protect: Option<bool>,
}

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

    fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|day| day.word() == text)
    }
}

/// A time of day in minutes since midnight, 0 to 1440; `24:00` is the end of the day.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct TimeOfDay(u16);

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

/// A stretch of one day, `08:00-12:00`; the end is not part of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Window {
    pub begin: TimeOfDay,
    pub end: TimeOfDay,
}

const EMPTY_WINDOW: &str = "a whole day is \"00:00-24:00\"; a closed day is left out";

impl FromStr for Window {
    type Err = Explained;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let Some((begin, end)) = text.split_once('-') else {
            return Err(Explained::with_help(
                format!("`{text}` is not a time window"),
                "write start and end: \"08:00-17:00\"",
            ));
        };
        let window = Self { begin: begin.trim().parse()?, end: end.trim().parse()? };
        if window.begin < window.end {
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
    "pattern": "^[0-2][0-9]:[0-5][0-9]-[0-2][0-9]:[0-5][0-9]$",
    "description": "A stretch of one day, e.g. \"08:00-12:00\"; 24:00 is the end of the day."
});

/// Open hours by day. Written with days and ranges of days as keys (`mon-fri`, `sat`, `mon,wed`).
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Weekly(pub BTreeMap<Day, Vec<Window>>);

impl Weekly {
    /// Whether a key of the YAML form, e.g. `mon-fri`, covers a day.
    pub fn key_names(key: &str, day: &str) -> bool {
        days(key).into_iter().flatten().any(|named| named.word() == day)
    }

    /// Names every day, sorts its windows.
    pub fn complete(&mut self) {
        for day in Day::ALL {
            self.0.entry(day).or_default().sort();
        }
    }
}

fn days(text: &str) -> Option<Vec<Day>> {
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

impl<'de> Deserialize<'de> for Weekly {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Visitor;
        impl<'de> de::Visitor<'de> for Visitor {
            type Value = Weekly;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a map of days to time windows")
            }

            fn visit_map<A: de::MapAccess<'de>>(self, mut map: A) -> Result<Weekly, A::Error> {
                let mut weekly = BTreeMap::new();
                while let Some(days) = map.next_key_seed(NewDays(&weekly))? {
                    let Windows(windows) = map.next_value()?;
                    weekly.extend(days.into_iter().map(|day| (day, windows.clone())));
                }
                Ok(Weekly(weekly))
            }
        }
        deserializer.deserialize_map(Visitor)
    }
}

/// Reads a key of `weekly`, given the days before it. By itself, so that a wrong one is reported where it stands.
struct NewDays<'a>(&'a BTreeMap<Day, Vec<Window>>);

impl<'de> de::DeserializeSeed<'de> for NewDays<'_> {
    type Value = Vec<Day>;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Vec<Day>, D::Error> {
        let text = String::deserialize(deserializer)?;
        let days = days(&text).ok_or_else(|| {
            decoding(
                format!("`{text}` is not a day"),
                "write `mon` to `sun`, a range `mon-fri` or a list `mon,wed`",
            )
        })?;
        let again =
            days.iter().enumerate().find(|(i, day)| self.0.contains_key(day) || days[..*i].contains(day));
        match again {
            None => Ok(days),
            Some((_, day)) => {
                Err(decoding(format!("`{}` is named twice", day.word()), "name each day in one key only"))
            }
        }
    }
}

/// The windows of one key, in order; a type of its own for the same reason.
struct Windows(Vec<Window>);

impl<'de> Deserialize<'de> for Windows {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let mut windows = Vec::<Window>::deserialize(deserializer)?;
        windows.sort();
        match windows.windows(2).find(|pair| pair[0].end > pair[1].begin) {
            None => Ok(Self(windows)),
            Some(pair) => Err(decoding(
                format!("windows `{}` and `{}` overlap", pair[0], pair[1]),
                "write one window that covers both",
            )),
        }
    }
}

impl JsonSchema for Weekly {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Weekly".into()
    }

    fn json_schema(generator: &mut schemars::SchemaGenerator) -> schemars::Schema {
        let windows = generator.subschema_for::<Vec<Window>>();
        schemars::json_schema!({
            "type": "object",
            "description": "Days (`mon`), ranges (`mon-fri`) or lists (`mon,wed`) and their time windows.",
            "propertyNames": { "pattern": "^(mon|tue|wed|thu|fri|sat|sun)([-,] *(mon|tue|wed|thu|fri|sat|sun))*$" },
            "additionalProperties": windows
        })
    }
}

/// A date and a time of day.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Moment {
    pub date: Date,
    pub time: TimeOfDay,
}

impl fmt::Display for Moment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}T{}", self.date, self.time)
    }
}

/// One date or a stretch of time on the calendar.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum DateSpan {
    /// From the first moment up to the second; whole days run from 00:00 to 24:00.
    Span(Moment, Moment),
    /// An entry of the provider that this vocabulary has no words for. Observed only.
    Other(String),
}

fn date(text: &str) -> Result<Date, Explained> {
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

impl FromStr for DateSpan {
    type Err = Explained;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let (begin, end) = match text.split_once("..") {
            Some((begin, end)) => (begin.trim(), end.trim()),
            None if text.contains('T') => return Err(endless(text)),
            None => (text, text),
        };
        let begin = moment(begin, TimeOfDay::START)?;
        if let Ok(time) = end.trim_start_matches('T').parse::<TimeOfDay>() {
            let help = match (Moment { time, ..begin }) {
                end if end > begin => format!("name its day as well: \"{begin}..{end}\""),
                _ => "name its day as well".to_owned(),
            };
            return Err(Explained::with_help(format!("the end of `{text}` has no date"), help));
        }
        let end = moment(end, TimeOfDay::END)?;
        if begin < end {
            return Ok(Self::Span(begin, end));
        }
        if begin == end {
            let message = format!("`{text}` ends as it begins");
            return Err(Explained::with_help(message, "write when it begins and when it ends"));
        }
        let help = if begin.date == end.date {
            "write the earlier time first"
        } else {
            "write the earlier date first"
        };
        Err(Explained::with_help(format!("`{text}` ends before it begins"), help))
    }
}

/// A date, or a date with a time. `whole` is the time of one without.
fn moment(text: &str, whole: TimeOfDay) -> Result<Moment, Explained> {
    match text.split_once('T') {
        None => Ok(Moment { date: date(text)?, time: whole }),
        Some((day, time)) => Ok(Moment { date: date(day)?, time: time.parse()? }),
    }
}

/// A time without an end. The hint ends on the day it begins, for that is what half a day is.
fn endless(text: &str) -> Explained {
    const CLOSING: TimeOfDay = TimeOfDay(17 * 60);
    let begin = match moment(text.trim(), TimeOfDay::START) {
        Ok(begin) => begin,
        Err(why) => return why,
    };
    let message = format!("`{text}` has no end");
    if begin.time == TimeOfDay::END {
        return Explained::with_help(message, format!("write the whole day: \"{}\"", begin.date));
    }
    let time = if begin.time < CLOSING { CLOSING } else { TimeOfDay::END };
    let end = Moment { time, ..begin };
    Explained::with_help(message, format!("name the end as well: \"{begin}..{end}\""))
}

impl fmt::Display for DateSpan {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Other(text) => f.write_str(text),
            Self::Span(begin, end) if begin.time == TimeOfDay::START && end.time == TimeOfDay::END => {
                if begin.date == end.date {
                    write!(f, "{}", begin.date)
                } else {
                    write!(f, "{}..{}", begin.date, end.date)
                }
            }
            Self::Span(begin, end) => write!(f, "{begin}..{end}"),
        }
    }
}

textual!(DateSpan, "DateSpan", {
    "type": "string",
    "pattern": "^[0-9]{4}-[0-9]{2}-[0-9]{2}(T[0-9]{2}:[0-9]{2})?(\\.\\.[0-9]{4}-[0-9]{2}-[0-9]{2}(T[0-9]{2}:[0-9]{2})?)?$",
    "description": "A date \"2026-12-25\", a range \"2026-12-31..2027-01-01\" (both days included), or a stretch \"2026-11-25T12:00..2026-11-25T17:00\"."
});

/// A day of any year.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct MonthDay {
    pub month: i8,
    pub day: i8,
}

/// One day or a range of days that comes every year, both ends included; may run over New Year.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct YearlySpan {
    pub first: MonthDay,
    pub last: MonthDay,
}

impl FromStr for YearlySpan {
    type Err = Explained;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let wrong = |why: &str| {
            let help = "write month and day: \"12-25\", or a range \"12-31..01-01\"";
            Explained::with_help(format!("`{text}` is not a day of the year{why}"), help)
        };
        let day = |text: &str| {
            let (month, day) = text
                .split_once('-')
                .filter(|(m, d)| m.len() == 2 && d.len() == 2)
                .ok_or_else(|| wrong(""))?;
            let (month, day) = month.parse().ok().zip(day.parse().ok()).ok_or_else(|| wrong(""))?;
            // A leap year, so that 29 February is a day.
            Date::new(2024, month, day).map_err(|_| wrong(": there is no such day"))?;
            Ok::<_, Self::Err>(MonthDay { month, day })
        };
        let (first, last) = text.split_once("..").unwrap_or((text, text));
        Ok(Self { first: day(first.trim())?, last: day(last.trim())? })
    }
}

impl fmt::Display for YearlySpan {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { first, last } = self;
        write!(f, "{:02}-{:02}", first.month, first.day)?;
        if first != last {
            write!(f, "..{:02}-{:02}", last.month, last.day)?;
        }
        Ok(())
    }
}

textual!(YearlySpan, "YearlySpan", {
    "type": "string",
    "pattern": "^[0-9]{2}-[0-9]{2}(\\.\\.[0-9]{2}-[0-9]{2})?$",
    "description": "A day that comes every year, \"12-25\", or a range of such days, \"12-31..01-01\" (both included)."
});
