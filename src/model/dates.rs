//! Dates: once, or again after so many days or weeks.

use super::{
    calendar::{TimeOfDay, Window, day_of_calendar, part_of_day},
    recurrence::{CalendarDay, Every, Term, Unit},
    text::textual,
};
use crate::explained::Explained;
use jiff::civil::Date;
use schemars::JsonSchema;
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};
use std::{borrow::Cow, fmt, str::FromStr};

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

/// One date or a stretch of time on the calendar: from the first moment up to the second. Whole days run from 00:00 to
/// 24:00.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct DateSpan {
    pub begin: Moment,
    pub end: Moment,
}

impl FromStr for DateSpan {
    type Err = Explained;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        // A blank in the place of the `T`, or a window behind it.
        if (text.contains(' ') || !text.contains(".."))
            && let Some((day, Window { begin, end })) = part_of_day(text)
            && let Ok(date) = day_of_calendar(day)
        {
            let stretch = Self { begin: Moment { date, time: begin }, end: Moment { date, time: end } };
            let message = format!("`{text}` is not a date");
            return Err(Explained::with_help(
                message,
                format!("write the day with both times: \"{stretch}\""),
            ));
        }
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
            return Ok(Self { begin, end });
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
        let Self { begin, end } = self;
        if (begin.time, end.time) != (TimeOfDay::START, TimeOfDay::END) {
            write!(f, "{begin}..{end}")
        } else if begin.date == end.date {
            write!(f, "{}", begin.date)
        } else {
            write!(f, "{}..{}", begin.date, end.date)
        }
    }
}

textual!(DateSpan, "DateSpan", {
    "type": "string",
    "pattern": "^([0-9]{4}-(?!02-3|(04|06|09|11)-31)(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])|[0-9]{4}-(?!02-3|(04|06|09|11)-31)(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])(T(([01][0-9]|2[0-3]):[0-5][0-9]|24:00))?\\.\\.[0-9]{4}-(?!02-3|(04|06|09|11)-31)(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])(T(([01][0-9]|2[0-3]):[0-5][0-9]|24:00))?)$",
    "description": "A date \"2026-12-25\", a range \"2026-12-31..2027-01-01\" (both days included), or a stretch \"2026-11-25T12:00..2026-11-25T17:00\"."
});

/// A date or a stretch, once or at intervals.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Dated {
    /// The first time.
    pub date: DateSpan,
    /// In days or weeks. None: once.
    pub every: Option<Every>,
    /// Counted in. Only with `every`.
    pub last_day: Option<CalendarDay>,
}

impl From<DateSpan> for Dated {
    fn from(date: DateSpan) -> Self {
        Self { date, every: None, last_day: None }
    }
}

impl Dated {
    /// From when until when it is each time, in order, beginning on `from` or later and up to `until`.
    pub fn times(&self, from: Date, until: Date) -> impl Iterator<Item = (Moment, Moment)> {
        let DateSpan { begin, end } = self.date;
        let step = self.every.map(|every| match every.unit {
            Unit::Weeks => i32::from(every.count) * 7,
            _ => i32::from(every.count),
        });
        let until = self.last_day.map_or(until, |last| last.0.min(until));
        let on = |date: Date, days: i32| date.checked_add(jiff::Span::new().try_days(days).ok()?).ok();
        let times = (0..).map_while(move |n: i32| {
            let days = if n == 0 { 0 } else { step?.checked_mul(n)? };
            let first = on(begin.date, days).filter(|first| *first <= until)?;
            let last = on(end.date, days)?;
            Some((Moment { date: first, ..begin }, Moment { date: last, ..end }))
        });
        times.skip_while(move |(first, _)| first.date < from)
    }

    /// Whether it does not come any more.
    pub fn is_over(&self, today: Date) -> bool {
        match (self.every, self.last_day) {
            (None, _) => self.date.end.date < today,
            (Some(_), last) => last.is_some_and(|last| last.0 < today),
        }
    }

    fn new(form: Form) -> Result<Self, Explained> {
        let Form { date, every, last_day } = form;
        match every {
            None if last_day.is_some() => {
                let message = format!("`{date}` comes once and has a `last_day`");
                Err(Explained::with_help(message, "add `every: 2 weeks`, or leave `last_day` out"))
            }
            Some(every @ Every { unit: Unit::Months | Unit::Years, .. }) => {
                let first = date.begin.date;
                let (section, day) = match every.unit {
                    Unit::Months => ("monthly", first.day().to_string()),
                    _ => ("yearly", first.strftime("%m-%d").to_string()),
                };
                let message = format!("`{date}` does not come again in {}", every.unit.word());
                let form = format!("{{ day: \"{day}\", first_day: {first}, every: {every} }}");
                Err(Explained::with_help(message, format!("put it under `{section}`: `{form}`")))
            }
            _ => match last_day.filter(|last| last.0 < date.begin.date) {
                Some(last) => {
                    let message = format!("the last day, {last}, is before the first, {}", date.begin.date);
                    Err(Explained::with_help(message, "write a later `last_day`"))
                }
                None => Ok(Self { date, every, last_day }),
            },
        }
    }
}

impl fmt::Display for Dated {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { date, every, last_day } = *self;
        write!(f, "{date}{}", Term { first_day: None, last_day, every })
    }
}

/// How a date is written that comes again.
#[derive(Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(inline)]
struct Form {
    /// The first time, as in the short form.
    date: DateSpan,
    /// After how many days or weeks it comes again: `10 days`, `2 weeks`. Left out: it comes once.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    every: Option<Every>,
    /// Until which day, which is counted in. Left out: for ever.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    last_day: Option<CalendarDay>,
}

impl JsonSchema for Dated {
    fn schema_name() -> Cow<'static, str> {
        "Dated".into()
    }

    fn json_schema(generator: &mut schemars::SchemaGenerator) -> schemars::Schema {
        let (short, full) = (generator.subschema_for::<DateSpan>(), generator.subschema_for::<Form>());
        schemars::json_schema!({ "anyOf": [short, full] })
    }
}

impl Serialize for Dated {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let Self { date, every, last_day } = *self;
        if *self == Self::from(date) {
            return date.serialize(serializer);
        }
        Form { date, every, last_day }.serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for Dated {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Visitor;
        impl<'de> de::Visitor<'de> for Visitor {
            type Value = Dated;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a date, or a map with `date`")
            }

            fn visit_str<E: de::Error>(self, text: &str) -> Result<Dated, E> {
                text.parse().map(|date: DateSpan| date.into()).map_err(Explained::into_decoding)
            }

            fn visit_map<A: de::MapAccess<'de>>(self, map: A) -> Result<Dated, A::Error> {
                let form = Form::deserialize(de::value::MapAccessDeserializer::new(map))?;
                Dated::new(form).map_err(Explained::into_decoding)
            }
        }
        deserializer.deserialize_any(Visitor)
    }
}
