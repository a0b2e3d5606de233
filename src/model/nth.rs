//! Which Monday of a month: the first to the fourth, or the last.

use super::calendar::Day;
use jiff::civil::Date;
use std::fmt;

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

    pub fn word(self) -> &'static str {
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

    pub(super) fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|nth| nth.word() == text)
    }

    /// The day of that name in the month of a date.
    pub(super) fn of_month(self, day: Day, month: Date) -> Option<Date> {
        month.nth_weekday_of_month(self.ordinal(), day.weekday()).ok()
    }

    /// Which one of its month a day is, counted from the beginning; none for a fifth, which calendars count in two ways.
    pub fn of(date: Date) -> Option<Self> {
        Self::ALL.get(usize::try_from((date.day() - 1) / 7).ok()?).copied().filter(|nth| *nth != Self::Last)
    }

    /// Whether a day is the last one of its name in its month.
    pub fn is_last(date: Date) -> bool {
        date.day() + 7 > date.days_in_month()
    }
}

impl fmt::Display for Nth {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.word())
    }
}
