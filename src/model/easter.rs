//! Days that Easter moves. No phone system here knows them, so they become dates.

use super::{
    calendar::TimeOfDay,
    dates::{DateSpan, Dated, Moment},
    text::textual,
};
use crate::explained::{Explained, decoding};
use jiff::civil::Date;
use schemars::JsonSchema;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use std::{fmt, str::FromStr};

/// Which days, and of which years. A plan has no clock, so the file says from which year on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Easter {
    /// `good friday`, `easter monday`, or days after Easter Sunday: `39`, `-2`.
    #[serde(deserialize_with = "some")]
    pub days: Vec<EasterDay>,
    /// The first year: `2027`.
    pub from: Year,
    /// How many years, 1 to 20.
    pub years: Years,
}

impl Easter {
    /// Each of the days as a date, in order.
    pub fn dates(&self) -> impl Iterator<Item = Dated> {
        let Self { days, from, years } = self;
        let years = from.0..from.0 + i16::from(years.0);
        years.flat_map(move |year| {
            days.iter().filter_map(move |day| {
                let days = jiff::Span::new().try_days(i64::from(day.0)).ok()?;
                let date = sunday(year)?.checked_add(days).ok()?;
                let (begin, end) = (TimeOfDay::START, TimeOfDay::END);
                Some(DateSpan { begin: Moment { date, time: begin }, end: Moment { date, time: end } }.into())
            })
        })
    }
}

fn some<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<EasterDay>, D::Error> {
    let days: Vec<EasterDay> = Vec::deserialize(deserializer)?;
    if days.is_empty() {
        return Err(decoding("no day is named", "write them: `days: [good friday, easter monday]`"));
    }
    Ok(days)
}

/// Easter Sunday of the Gregorian calendar, as the Western churches reckon it: the Sunday after the ecclesiastical full
/// moon on or after 21 March.
fn sunday(year: i16) -> Option<Date> {
    let y = i32::from(year);
    let golden = y.rem_euclid(19);
    let century = y.div_euclid(100);
    // How far the calendar has drifted from the sun and the moon.
    let sun = century - century / 4;
    let moon = (8 * century + 13) / 25;
    let age = (19 * golden + sun - moon + 15).rem_euclid(30);
    // The moon's month is a day shorter at its end.
    let age = age - i32::from(age == 29 || (age == 28 && golden > 10));
    let full =
        Date::new(year, 3, 21).ok()?.checked_add(jiff::Span::new().try_days(i64::from(age)).ok()?).ok()?;
    full.nth_weekday(1, jiff::civil::Weekday::Sunday).ok()
}

/// A day by how many days after Easter Sunday it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct EasterDay(i16);

const NAMES: [(&str, i16); 8] = [
    ("maundy thursday", -3),
    ("good friday", -2),
    ("holy saturday", -1),
    ("easter sunday", 0),
    ("easter monday", 1),
    ("ascension day", 39),
    ("whit monday", 50),
    ("corpus christi", 60),
];

impl FromStr for EasterDay {
    type Err = Explained;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let named = NAMES.iter().find(|(name, _)| *name == text).map(|(_, days)| *days);
        let digits = text.strip_prefix('-').unwrap_or(text);
        let is_number = (1..=3).contains(&digits.len()) && digits.bytes().all(|byte| byte.is_ascii_digit());
        let counted = || text.parse().ok().filter(|days| is_number && (-120..=120).contains(days));
        named.or_else(counted).map(Self).ok_or_else(|| {
            let names: Vec<String> = NAMES.iter().map(|(name, _)| format!("`{name}`")).collect();
            let help = format!("write one of {}, or days after Easter Sunday, -120 to 120", names.join(", "));
            Explained::with_help(format!("`{text}` is not a day that Easter moves"), help)
        })
    }
}

impl fmt::Display for EasterDay {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match NAMES.iter().find(|(_, days)| *days == self.0) {
            Some((name, _)) => f.write_str(name),
            None => write!(f, "{}", self.0),
        }
    }
}

textual!(EasterDay, "EasterDay", {
    "type": ["string", "integer"],
    "pattern": "^(maundy thursday|good friday|holy saturday|easter sunday|easter monday|ascension day|whit monday|corpus christi|-?[0-9]{1,3})$",
    "minimum": -120,
    "maximum": 120,
    "description": "A day that Easter moves, \"good friday\", or how many days after Easter Sunday it is: 39."
});

/// A year of the calendar.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, JsonSchema)]
#[schemars(transparent)]
pub struct Year(#[schemars(range(min = 2000, max = 2199))] pub i16);

/// A number of years.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, JsonSchema)]
#[schemars(transparent)]
pub struct Years(#[schemars(range(min = 1, max = 20))] pub u8);

macro_rules! number {
    ($type:ident, $inner:ty, $range:expr, $what:literal) => {
        impl Serialize for $type {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                self.0.serialize(serializer)
            }
        }

        impl<'de> Deserialize<'de> for $type {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let number = i64::deserialize(deserializer)?;
                let known = <$inner>::try_from(number).ok().filter(|number| $range.contains(number));
                known.map(Self).ok_or_else(|| {
                    let (least, most) = ($range.start(), $range.end());
                    decoding(
                        format!("{number} is not {}", $what),
                        format!("write a number from {least} to {most}"),
                    )
                })
            }
        }
    };
}

number!(Year, i16, (2000..=2199), "a year");
number!(Years, u8, (1..=20), "a number of years");
