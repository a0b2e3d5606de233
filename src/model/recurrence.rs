//! How often something comes again, from which day on and until which.

use super::{calendar::day_of_calendar, text::textual};
use crate::explained::Explained;
use jiff::civil::Date;
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
    "pattern": "^[0-9]{4}-(?!02-3|(04|06|09|11)-31)(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])$",
    "description": "A day, e.g. \"2027-06-01\"."
});

/// What an interval counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Unit {
    Days,
    Weeks,
    Months,
    Years,
}

impl Unit {
    pub const ALL: [Self; 4] = [Self::Days, Self::Weeks, Self::Months, Self::Years];

    pub fn word(self) -> &'static str {
        match self {
            Self::Days => "days",
            Self::Weeks => "weeks",
            Self::Months => "months",
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
            Explained::with_help(
                message,
                "write a number from 1 to 999 and `days`, `weeks`, `months` or `years`: \"2 weeks\"",
            )
        };
        let (count, unit) = text.split_once(' ').ok_or_else(wrong)?;
        let is_number = (1..=3).contains(&count.len()) && count.bytes().all(|it| it.is_ascii_digit());
        let count = is_number.then(|| count.parse().ok()).flatten().filter(|count| *count > 0);
        let is_unit = |it: &Unit| unit == it.word() || it.word().strip_suffix('s') == Some(unit);
        let unit = Unit::ALL.into_iter().find(is_unit);
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
    "pattern": "^(?!0+ )[0-9]{1,3} (days?|weeks?|months?|years?)$",
    "description": "How often, e.g. \"2 weeks\". Hours of the week count in weeks, days of the month in months, days of the year in years, dates in days or weeks."
});

/// From which day on something comes again, until which, and how often. Both days are counted in.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Term {
    pub first_day: Option<CalendarDay>,
    pub last_day: Option<CalendarDay>,
    pub every: Option<Every>,
}

/// ", every 2 weeks, from 2027-01-04, until 2027-12-31", after what it is about.
impl fmt::Display for Term {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { first_day, last_day, every } = self;
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
        let every = (*every)?;
        if every.unit != unit {
            let message = format!("`every: {every}` does not count in {}", unit.word());
            return Some(Explained::with_help(
                message,
                format!("write `every: {}`", Every { unit, ..every }),
            ));
        }
        if every.count > 1 && first_day.is_none() {
            let message = format!("`every: {every}` does not say from when it counts");
            return Some(Explained::with_help(message, "add `first_day`, the day of the first time"));
        }
        None
    }
}
