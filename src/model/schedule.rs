//! Schedules (Stratus: time frames): when an answering rule is in force.

use super::{
    calendar::{Day, TimeOfDay, Window, day_of_calendar},
    recurrence::{CalendarDay, Every, Term, Unit, Yearly},
    text::textual,
};
use crate::explained::Explained;
use crate::explained::decoding;
use jiff::civil::Date;
use schemars::JsonSchema;
use serde::{Deserialize, Deserializer, Serialize, Serializer, de, ser::SerializeMap};
use std::{collections::BTreeMap, fmt, str::FromStr};

/// When a rule is in force. `{}` names a live schedule that is used as it is.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Schedule {
    /// Open hours by day of the week; days left out are closed. Hours of some weeks: `first_day`, `last_day`, `every`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub weekly: Option<Weekly>,
    /// Single dates and ranges: `2026-12-25`, `2026-12-31..2027-01-01`, `2026-11-25T12:00..2026-11-25T17:00`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub dates: Option<Vec<DateSpan>>,
    /// Days that come every year: `12-25`, `12-31..01-01`, `4th thu nov`, `{ day: "12-24", from: "12:00", to: "17:00" }`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub yearly: Option<Vec<Yearly>>,
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

/// Open hours by day, of every week or of some. Written with days and ranges of days as keys (`mon-fri`, `sat`, `mon,wed`).
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Weekly {
    pub days: BTreeMap<Day, Vec<Window>>,
    pub term: Term,
}

impl Weekly {
    /// Whether a key of the YAML form, e.g. `mon-fri`, covers a day.
    pub fn key_names(key: &str, day: &str) -> bool {
        days(key).into_iter().flatten().any(|named| named.word() == day)
    }

    /// Names every day, sorts its windows.
    pub fn complete(&mut self) {
        for day in Day::ALL {
            self.days.entry(day).or_default().sort();
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

impl Serialize for Weekly {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let Self { days, term: Term { first_day, last_day, every } } = self;
        let mut map = serializer.serialize_map(None)?;
        for (day, windows) in days {
            map.serialize_entry(day, windows)?;
        }
        for (word, day) in [("first_day", first_day), ("last_day", last_day)] {
            if let Some(day) = day {
                map.serialize_entry(word, day)?;
            }
        }
        if let Some(every) = every {
            map.serialize_entry("every", every)?;
        }
        map.end()
    }
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
                let mut weekly = Weekly::default();
                while let Some(key) = map.next_key_seed(NewKey(&weekly))? {
                    match key {
                        Key::FirstDay => weekly.term.first_day = Some(map.next_value::<CalendarDay>()?),
                        Key::LastDay => weekly.term.last_day = Some(map.next_value::<CalendarDay>()?),
                        Key::Every => weekly.term.every = Some(map.next_value()?),
                        Key::Days(days) => {
                            let Windows(windows) = map.next_value()?;
                            weekly.days.extend(days.into_iter().map(|day| (day, windows.clone())));
                        }
                    }
                }
                if let Some(fault) = weekly.term.fault(Unit::Weeks) {
                    return Err(fault.into_decoding());
                }
                weekly.term = weekly.term.plain();
                Ok(weekly)
            }
        }
        deserializer.deserialize_map(Visitor)
    }
}

/// A key of `weekly`.
enum Key {
    Days(Vec<Day>),
    FirstDay,
    LastDay,
    Every,
}

/// Reads a key of `weekly`, given those before it. By itself, so that a wrong one is reported where it stands.
struct NewKey<'a>(&'a Weekly);

impl<'de> de::DeserializeSeed<'de> for NewKey<'_> {
    type Value = Key;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Key, D::Error> {
        let text = String::deserialize(deserializer)?;
        match text.as_str() {
            "first_day" => return Ok(Key::FirstDay),
            "last_day" => return Ok(Key::LastDay),
            "every" => return Ok(Key::Every),
            _ => {}
        }
        let days = days(&text).ok_or_else(|| {
            decoding(
                format!("`{text}` is not a day"),
                "write `mon` to `sun`, a range `mon-fri` or a list `mon,wed`",
            )
        })?;
        let again = days
            .iter()
            .enumerate()
            .find(|(i, day)| self.0.days.contains_key(day) || days[..*i].contains(day));
        match again {
            None => Ok(Key::Days(days)),
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
        match windows.windows(2).find(|pair| pair[0].is_overnight() || pair[0].end > pair[1].begin) {
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
        let mut day = |text: &str| {
            let mut schema = generator.subschema_for::<CalendarDay>();
            schema.insert("description".to_owned(), text.into());
            schema
        };
        let first_day = day("From which day on. Left out: always.");
        let last_day = day("Until which day, which is counted in. Left out: for ever.");
        let mut every = generator.subschema_for::<Every>();
        let text = "Every how many weeks, from that of `first_day`: `2 weeks`. Left out: every week.";
        every.insert("description".to_owned(), text.into());
        schemars::json_schema!({
            "type": "object",
            "description": "Days (`mon`), ranges (`mon-fri`) or lists (`mon,wed`) and their time windows.",
            "properties": { "first_day": first_day, "last_day": last_day, "every": every },
            "propertyNames": { "pattern": "^((mon|tue|wed|thu|fri|sat|sun)([-,] *(mon|tue|wed|thu|fri|sat|sun))*|first_day|last_day|every)$" },
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
        None => Ok(Moment { date: day_of_calendar(text)?, time: whole }),
        Some((day, time)) => Ok(Moment { date: day_of_calendar(day)?, time: time.parse()? }),
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
