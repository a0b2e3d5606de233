//! Days of a year: `12-25`, `12-31..01-01`, `4th thu nov`.

use super::{
    calendar::Day,
    nth::Nth,
    recurrence::Unit,
    recurring::{Recurring, RecurringDay},
    text::textual,
};
use crate::explained::Explained;
use jiff::civil::Date;
use std::{fmt, str::FromStr};

/// A day that comes every year, or every few years.
pub type Yearly = Recurring<YearDay>;

/// A day of any year.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct MonthDay {
    pub month: i8,
    pub day: i8,
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

    fn runs_over_new_year(self) -> bool {
        matches!(self, Self::Days(first, last) if (last.month, last.day) < (first.month, first.day))
    }
}

impl RecurringDay for YearDay {
    const UNIT: Unit = Unit::Years;
    const NAME: &'static str = "Yearly";

    fn period_of(date: Date) -> i32 {
        date.year().into()
    }

    /// Which may end in the next year.
    fn in_period(self, year: i32) -> Option<(Date, Date)> {
        let year = i16::try_from(year).ok()?;
        match self {
            Self::Days(first, last) => {
                let over = i16::from(self.runs_over_new_year());
                let first = Date::new(year, first.month, first.day).ok()?;
                // A range up to 29 February ends with the month.
                let month = Date::new(year + over, last.month, 1).ok()?;
                let last = month.with().day(last.day).build().unwrap_or_else(|_| month.last_of_month());
                Some((first, last))
            }
            Self::Ordinal { nth, day, month } => {
                let day = nth.of_month(day, Date::new(year, month, 1).ok()?)?;
                Some((day, day))
            }
        }
    }

    fn says_length(self) -> bool {
        matches!(self, Self::Days(..))
    }

    fn example() -> &'static str {
        "a range of days: \"12-24..12-26\""
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
            let (nth, day) = (Nth::parse(nth), Day::parse(day));
            let month = MONTHS.iter().zip(1..).find(|(it, _)| *it == month).map(|(_, month)| month);
            let (Some(nth), Some(day), Some(month)) = (nth, day, month) else { return Err(wrong("")) };
            return Ok(Self::Ordinal { nth, day, month });
        }
        let day = |text: &str| {
            let (month, day) = text
                .split_once('-')
                .filter(|parts| {
                    [parts.0, parts.1]
                        .iter()
                        .all(|it| it.len() == 2 && it.bytes().all(|b| b.is_ascii_digit()))
                })
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
                write!(f, "{} {} {}", nth, day.word(), month.unwrap_or(&""))
            }
        }
    }
}

textual!(YearDay, "YearDay", {
    "type": "string",
    "pattern": "^((?!02-3|(04|06|09|11)-31)(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])(\\.\\.(?!02-3|(04|06|09|11)-31)(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01]))?|(1st|2nd|3rd|4th|last) (mon|tue|wed|thu|fri|sat|sun) (jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec))$",
    "description": "A day that comes every year, \"12-25\", a range of such days, \"12-31..01-01\" (both included), or a day of a month, \"4th thu nov\", \"last mon may\"."
});
