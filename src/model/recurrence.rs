//! What comes again: days of every year, how often something repeats, and from which day until which.

use super::{
    calendar::{Day, TimeOfDay, day_of_calendar},
    text::textual,
};
use crate::explained::{Explained, decoding};
use jiff::civil::Date;
use schemars::JsonSchema;
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};
use std::{fmt, str::FromStr};

/// A day of the calendar: `2027-06-01`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct CalendarDay(pub Date);

impl FromStr for CalendarDay {
    type Err = Explained;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        day_of_calendar(text).map(Self)
    }
}

impl fmt::Display for CalendarDay {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

textual!(CalendarDay, "CalendarDay", {
    "type": "string",
    "pattern": "^[0-9]{4}-[0-9]{2}-[0-9]{2}$",
    "description": "A day, e.g. \"2027-06-01\"."
});

/// What an interval counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Unit {
    Weeks,
    Years,
}

impl Unit {
    const ALL: [(Self, &'static str); 2] = [(Self::Weeks, "weeks"), (Self::Years, "years")];

    fn word(self) -> &'static str {
        match self {
            Self::Weeks => "weeks",
            Self::Years => "years",
        }
    }
}

/// An interval: `2 weeks`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Every {
    pub count: u16,
    pub unit: Unit,
}

impl FromStr for Every {
    type Err = Explained;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let wrong = || {
            let message = format!("`{text}` is not an interval");
            Explained::with_help(message, "write a number from 1 to 99 and `weeks` or `years`: \"2 weeks\"")
        };
        let (count, unit) = text.split_once(' ').ok_or_else(wrong)?;
        let is_number = (1..=2).contains(&count.len()) && count.bytes().all(|it| it.is_ascii_digit());
        let count = is_number.then(|| count.parse().ok()).flatten().filter(|count| *count > 0);
        let is_unit = |word: &str| unit == word || word.strip_suffix('s') == Some(unit);
        let unit = Unit::ALL.into_iter().find(|(_, word)| is_unit(word)).map(|(unit, _)| unit);
        let (count, unit) = count.zip(unit).ok_or_else(wrong)?;
        Ok(Self { count, unit })
    }
}

impl fmt::Display for Every {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { count, unit } = self;
        let word = unit.word();
        let word = if *count == 1 { word.trim_end_matches('s') } else { word };
        write!(f, "{count} {word}")
    }
}

textual!(Every, "Every", {
    "type": "string",
    "pattern": "^[0-9]{1,2} (weeks?|years?)$",
    "description": "How often, e.g. \"2 weeks\". Hours of the week count in weeks, days of the year in years."
});

/// From which day on something comes again, until which, and how often. Both days are counted in.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Term {
    pub first_day: Option<CalendarDay>,
    pub last_day: Option<CalendarDay>,
    pub every: Option<Every>,
}

impl Term {
    /// The same without what goes without saying.
    pub fn plain(self) -> Self {
        Self { every: self.every.filter(|every| every.count > 1), ..self }
    }

    /// What is wrong with it beside `unit`, the one in which it counts.
    pub fn fault(&self, unit: Unit) -> Option<Explained> {
        let Self { first_day, last_day, every } = self;
        if let Some((first, last)) = first_day.zip(*last_day).filter(|(first, last)| last < first) {
            let message = format!("the last day, {last}, is before the first, {first}");
            return Some(Explained::with_help(message, "exchange the two"));
        }
        let every = every.filter(|every| every.count > 1)?;
        if every.unit != unit {
            let message = format!("`every: {every}` does not count in {}", unit.word());
            return Some(Explained::with_help(
                message,
                format!("write `every: {} {}`", every.count, unit.word()),
            ));
        }
        if first_day.is_none() {
            let message = format!("`every: {every}` does not say from when it counts");
            return Some(Explained::with_help(message, "add `first_day`, the day of the first time"));
        }
        None
    }
}

/// A day of any year.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct MonthDay {
    pub month: i8,
    pub day: i8,
}

/// Which of the days of a month that have one name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Nth {
    First,
    Second,
    Third,
    Fourth,
    Last,
}

impl Nth {
    pub const ALL: [Self; 5] = [Self::First, Self::Second, Self::Third, Self::Fourth, Self::Last];

    fn word(self) -> &'static str {
        match self {
            Self::First => "1st",
            Self::Second => "2nd",
            Self::Third => "3rd",
            Self::Fourth => "4th",
            Self::Last => "last",
        }
    }

    /// The number that calendars count with.
    fn ordinal(self) -> i8 {
        match self {
            Self::First => 1,
            Self::Second => 2,
            Self::Third => 3,
            Self::Fourth => 4,
            Self::Last => -1,
        }
    }

    /// Which one of its month a day is, counted from the beginning; none for a fifth.
    pub fn of(date: Date) -> Option<Self> {
        Self::ALL.get(usize::try_from((date.day() - 1) / 7).ok()?).copied().filter(|nth| *nth != Self::Last)
    }

    /// Whether a day is the last one of its name in its month.
    pub fn is_last(date: Date) -> bool {
        date.day() + 7 > date.days_in_month()
    }
}

const MONTHS: [&str; 12] =
    ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];

/// When in a year.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum YearDay {
    /// One day or a range of days, both ends included; may run over New Year: `12-25`, `12-31..01-01`.
    Days(MonthDay, MonthDay),
    /// `4th thu nov`
    Ordinal { nth: Nth, day: Day, month: i8 },
}

impl YearDay {
    /// The days from one to another.
    pub fn days(first: Date, last: Date) -> Self {
        let day = |date: Date| MonthDay { month: date.month(), day: date.day() };
        Self::Days(day(first), day(last))
    }

    pub fn runs_over_new_year(self) -> bool {
        matches!(self, Self::Days(first, last) if (last.month, last.day) < (first.month, first.day))
    }

    /// Of a year, the first day and the last, which may be in the next one. None where the year has no such day.
    pub fn in_year(self, year: i16) -> Option<(Date, Date)> {
        match self {
            Self::Days(first, last) => {
                let over = i16::from(self.runs_over_new_year());
                let first = Date::new(year, first.month, first.day).ok()?;
                Some((first, Date::new(year + over, last.month, last.day).ok()?))
            }
            Self::Ordinal { nth, day, month } => {
                let month = Date::new(year, month, 1).ok()?;
                let day = month.nth_weekday_of_month(nth.ordinal(), day.weekday()).ok()?;
                Some((day, day))
            }
        }
    }
}

impl FromStr for YearDay {
    type Err = Explained;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let wrong = |why: &str| {
            let help = "write month and day: \"12-25\", a range \"12-31..01-01\", or a day of a month \"4th thu nov\", \
                        \"last mon may\"";
            Explained::with_help(format!("`{text}` is not a day of the year{why}"), help)
        };
        if text.contains(' ') && !text.contains("..") {
            let words: Vec<&str> = text.split_whitespace().collect();
            let [nth, day, month] = words.as_slice() else { return Err(wrong("")) };
            let nth = Nth::ALL.into_iter().find(|it| it.word() == *nth);
            let day = Day::ALL.into_iter().find(|it| it.word() == *day);
            let month = MONTHS.iter().zip(1..).find(|(it, _)| *it == month).map(|(_, month)| month);
            let (Some(nth), Some(day), Some(month)) = (nth, day, month) else { return Err(wrong("")) };
            return Ok(Self::Ordinal { nth, day, month });
        }
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
        Ok(Self::Days(day(first.trim())?, day(last.trim())?))
    }
}

impl fmt::Display for YearDay {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Days(first, last) => {
                write!(f, "{:02}-{:02}", first.month, first.day)?;
                if first != last {
                    write!(f, "..{:02}-{:02}", last.month, last.day)?;
                }
                Ok(())
            }
            Self::Ordinal { nth, day, month } => {
                let month = usize::try_from(month - 1).ok().and_then(|at| MONTHS.get(at));
                write!(f, "{} {} {}", nth.word(), day.word(), month.unwrap_or(&""))
            }
        }
    }
}

textual!(YearDay, "YearDay", {
    "type": "string",
    "pattern": "^([0-9]{2}-[0-9]{2}(\\.\\.[0-9]{2}-[0-9]{2})?|(1st|2nd|3rd|4th|last) (mon|tue|wed|thu|fri|sat|sun) (jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec))$",
    "description": "A day that comes every year, \"12-25\", a range of such days, \"12-31..01-01\" (both included), or a day of a month, \"4th thu nov\", \"last mon may\"."
});

/// A day that comes every year, or every few years: whole, or from one time to another.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Yearly {
    pub day: YearDay,
    /// 00:00 for the beginning of the first day.
    pub from: TimeOfDay,
    /// 24:00 for the end of the last day.
    pub to: TimeOfDay,
    pub term: Term,
}

impl From<YearDay> for Yearly {
    fn from(day: YearDay) -> Self {
        Self { day, from: TimeOfDay::START, to: TimeOfDay::END, term: Term::default() }
    }
}

impl fmt::Display for Yearly {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { day, from, to, term: Term { first_day, last_day, every } } = self;
        write!(f, "{day}")?;
        if (*from, *to) != (TimeOfDay::START, TimeOfDay::END) {
            write!(f, " {from} to {to}")?;
        }
        if let Some(every) = every {
            write!(f, ", every {every}")?;
        }
        if let Some(first) = first_day {
            write!(f, ", from {first}")?;
        }
        if let Some(last) = last_day {
            write!(f, ", until {last}")?;
        }
        Ok(())
    }
}

/// How a day of the year is written where there is more to say than its name.
#[derive(Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "YearlyForm")]
struct Form {
    /// Which: `12-24`, `4th thu nov`.
    day: YearDay,
    /// When it begins. Left out: at midnight.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    from: Option<TimeOfDay>,
    /// When it ends; `24:00` is the end of the day. Left out: at midnight.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    to: Option<TimeOfDay>,
    /// From which day on. Left out: always.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    first_day: Option<CalendarDay>,
    /// Until which day, which is counted in. Left out: for ever.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    last_day: Option<CalendarDay>,
    /// Every how many years, from that of `first_day`: `2 years`. Left out: every year.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    every: Option<Every>,
}

/// Only for the schema: the two ways to write such a day.
#[derive(JsonSchema)]
#[schemars(untagged, rename = "Yearly")]
#[expect(dead_code, reason = "its shape is all that is used")]
enum YearlySchema {
    Short(YearDay),
    Full(Form),
}

impl JsonSchema for Yearly {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        YearlySchema::schema_name()
    }

    fn json_schema(generator: &mut schemars::SchemaGenerator) -> schemars::Schema {
        YearlySchema::json_schema(generator)
    }
}

impl Serialize for Yearly {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let Self { day, from, to, term: Term { first_day, last_day, every } } = *self;
        if *self == Self::from(day) {
            return day.serialize(serializer);
        }
        let from = Some(from).filter(|from| *from != TimeOfDay::START);
        let to = Some(to).filter(|to| *to != TimeOfDay::END);
        Form { day, from, to, first_day, last_day, every }.serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for Yearly {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Visitor;
        impl<'de> de::Visitor<'de> for Visitor {
            type Value = Yearly;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a day of the year, or a map with `day`")
            }

            fn visit_str<E: de::Error>(self, text: &str) -> Result<Yearly, E> {
                text.parse().map(|day: YearDay| day.into()).map_err(Explained::into_decoding)
            }

            fn visit_map<A: de::MapAccess<'de>>(self, map: A) -> Result<Yearly, A::Error> {
                let form = Form::deserialize(de::value::MapAccessDeserializer::new(map))?;
                let Form { day, from, to, first_day, last_day, every } = form;
                let (from, to) = (from.unwrap_or(TimeOfDay::START), to.unwrap_or(TimeOfDay::END));
                let term = Term { first_day, last_day, every };
                if let Some(fault) = term.fault(Unit::Years) {
                    return Err(fault.into_decoding());
                }
                let is_one_day = match day {
                    YearDay::Days(first, last) => first == last,
                    YearDay::Ordinal { .. } => true,
                };
                if is_one_day && from >= to {
                    return Err(decoding(
                        format!("`{day}` ends at {to}, before it begins at {from}"),
                        "write the earlier time as `from`, or a range of days",
                    ));
                }
                Ok(Yearly { day, from, to, term: term.plain() })
            }
        }
        deserializer.deserialize_any(Visitor)
    }
}
