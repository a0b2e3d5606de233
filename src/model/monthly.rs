//! Days of a month: `15`, `last day`, `2nd tue`.

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

/// A day that comes every month, or every few months.
pub type Monthly = Recurring<MonthlyDay>;

/// When in a month.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum MonthlyDay {
    /// `15`. A month that has no such day is left out.
    Date(i8),
    /// `last day`
    Last,
    /// `2nd tue`
    Ordinal { nth: Nth, day: Day },
}

impl RecurringDay for MonthlyDay {
    const UNIT: Unit = Unit::Months;
    const NAME: &'static str = "Monthly";

    fn period_of(date: Date) -> i32 {
        i32::from(date.year()) * 12 + i32::from(date.month()) - 1
    }

    fn in_period(self, period: i32) -> Option<(Date, Date)> {
        let year = i16::try_from(period.div_euclid(12)).ok()?;
        let month = Date::new(year, i8::try_from(period.rem_euclid(12)).ok()? + 1, 1).ok()?;
        let day = match self {
            Self::Date(day) => Date::new(year, month.month(), day).ok()?,
            Self::Last => month.last_of_month(),
            Self::Ordinal { nth, day } => nth.of_month(day, month)?,
        };
        Some((day, day))
    }

    fn says_length(self) -> bool {
        false
    }

    fn example() -> &'static str {
        "how many days it lasts: `days: 2`"
    }
}

impl FromStr for MonthlyDay {
    type Err = Explained;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let wrong = || {
            let help = "write a day \"15\", \"last day\", or a day of the week \"2nd tue\", \"last fri\"";
            Explained::with_help(format!("`{text}` is not a day of the month"), help)
        };
        match text.split_whitespace().collect::<Vec<_>>().as_slice() {
            ["last", "day"] => Ok(Self::Last),
            [nth, day] => {
                let (nth, day) = Nth::parse(nth).zip(Day::parse(day)).ok_or_else(wrong)?;
                Ok(Self::Ordinal { nth, day })
            }
            [day] if day.len() <= 2 && day.bytes().all(|byte| byte.is_ascii_digit()) => {
                let day = day.parse().ok().filter(|day| (1..=31).contains(day));
                day.map(Self::Date).ok_or_else(wrong)
            }
            _ => Err(wrong()),
        }
    }
}

impl fmt::Display for MonthlyDay {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Date(day) => write!(f, "{day}"),
            Self::Last => f.write_str("last day"),
            Self::Ordinal { nth, day } => write!(f, "{nth} {}", day.word()),
        }
    }
}

textual!(MonthlyDay, "MonthlyDay", {
    "type": ["string", "integer"],
    "pattern": "^([0-9]{1,2}|last day|(1st|2nd|3rd|4th|last) (mon|tue|wed|thu|fri|sat|sun))$",
    "minimum": 1,
    "maximum": 31,
    "description": "A day that comes every month: \"15\", \"last day\", \"2nd tue\", \"last fri\". A month that has no such day is left out."
});
