//! A day that comes again and again, whole or in part: of every year or of every month.

use super::{
    calendar::{TimeOfDay, Window, part_of_day},
    dates::Moment,
    recurrence::{CalendarDay, Every, Term, Unit},
};
use crate::explained::Explained;
use jiff::civil::Date;
use schemars::JsonSchema;
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};
use std::{borrow::Cow, fmt, marker::PhantomData, str::FromStr};

/// How many years or months are looked at for the next time: eight years of months, and of years more than the eight that
/// 29 February can be away.
const PERIODS: i32 = 8 * 12;

/// One that has every day that a year or month may have.
const LEAP_YEAR: Date = Date::constant(2024, 1, 1);

/// Which day of a year or of a month.
pub trait RecurringDay: Copy + Ord + fmt::Display + FromStr<Err = Explained> {
    /// What it comes again in.
    const UNIT: Unit;
    /// In the schema.
    const NAME: &'static str;

    /// The number of the year or month that a date is in; those that follow each other are one apart.
    fn period_of(date: Date) -> i32;

    /// The first day and the last in one of them. None where it has no such day.
    fn in_period(self, period: i32) -> Option<(Date, Date)>;

    /// Whether it says by itself how many days it lasts, because it is written as a range: `12-24..12-26`.
    fn says_length(self) -> bool;

    /// How several days are written, with an example.
    fn example() -> &'static str;
}

/// A day that comes again: whole, or from one time to another; alone, or as the first of several.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Recurring<D> {
    pub day: D,
    /// How many days it lasts, 1 or more. A day that says so itself has 1 here.
    pub days: u16,
    /// 00:00 for the beginning of the first day.
    pub from: TimeOfDay,
    /// 24:00 for the end of the last day.
    pub to: TimeOfDay,
    pub term: Term,
}

impl<D> From<D> for Recurring<D> {
    fn from(day: D) -> Self {
        Self { day, days: 1, from: TimeOfDay::START, to: TimeOfDay::END, term: Term::default() }
    }
}

impl<D: RecurringDay> Recurring<D> {
    /// The first day and the last in a year or month.
    fn in_period(&self, period: i32) -> Option<(Date, Date)> {
        let (first, last) = self.day.in_period(period)?;
        let more = jiff::Span::new().try_days(i64::from(self.days) - 1).ok()?;
        Some((first, last.checked_add(more).ok()?))
    }

    /// The days of the first time that is not before a date.
    pub fn first_time(&self, from: Date) -> Option<(Date, Date)> {
        let period = D::period_of(from);
        let times = (period..=period + PERIODS).filter_map(|period| self.in_period(period));
        times.into_iter().find(|(first, _)| *first >= from)
    }

    /// The days of a time that has begun before a date and is not over on it, where that is no first one of another.
    pub fn around(&self, date: Date) -> Option<(Date, Date)> {
        // A year and a day at most.
        let begun = D::period_of(date) - 13..=D::period_of(date);
        let times = begun.rev().filter_map(|period| self.in_period(period));
        let last = times.into_iter().find(|(first, _)| *first <= date)?;
        (last.0 < date && date <= last.1).then_some(last)
    }

    /// From when until when it is each time, in order, beginning on `from` or later and up to `until`. What has no first
    /// day has always been.
    pub fn times(&self, from: Date, until: Date) -> impl Iterator<Item = (Moment, Moment)> + use<'_, D> {
        let Term { first_day, last_day, every } = self.term;
        let first = match first_day {
            Some(day) => self.first_time(day.0).map(|(first, _)| first),
            None => Some(from),
        };
        let counted = first.map(|first| {
            let step = every.map_or(1, |every| usize::from(every.count).max(1));
            let start = D::period_of(first);
            let end = D::period_of(until);
            // What has no interval may as well be counted from where one looks.
            let start = if step == 1 { start.max(D::period_of(from)) } else { start };
            (start..=end).step_by(step)
        });
        let until = last_day.map_or(until, |last| last.0.min(until));
        let from = first.map_or(from, |first| first.max(from));
        let days = counted.into_iter().flatten().filter_map(|period| self.in_period(period));
        days.filter(move |(first, _)| (from..=until).contains(first)).map(|(first, last)| {
            (Moment { date: first, time: self.from }, Moment { date: last, time: self.to })
        })
    }
}

impl<D: RecurringDay> fmt::Display for Recurring<D> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { day, days, from, to, term } = self;
        write!(f, "{day}")?;
        if *days > 1 {
            write!(f, " for {days} days")?;
        }
        if (*from, *to) != (TimeOfDay::START, TimeOfDay::END) {
            write!(f, " {from} to {to}")?;
        }
        write!(f, "{term}")
    }
}

/// How such a day is written where there is more to say than its name.
#[derive(Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(inline)]
struct Form<D> {
    /// Which: as in the short form.
    day: D,
    /// How many days it lasts. Left out: one, or those of a range.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 1, max = 366))]
    days: Option<u16>,
    /// When it begins. Left out: at midnight.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    from: Option<TimeOfDay>,
    /// When it ends, on the last day; `24:00` is the end of the day. Left out: at midnight.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    to: Option<TimeOfDay>,
    /// From which day on. Left out: always.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    first_day: Option<CalendarDay>,
    /// Until which day, which is counted in. Left out: for ever.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    last_day: Option<CalendarDay>,
    /// Every how many years or months, from that of `first_day`: `2 years`. Left out: each one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    every: Option<Every>,
}

impl<D: RecurringDay + JsonSchema> JsonSchema for Recurring<D> {
    fn schema_name() -> Cow<'static, str> {
        D::NAME.into()
    }

    fn json_schema(generator: &mut schemars::SchemaGenerator) -> schemars::Schema {
        let (short, full) = (generator.subschema_for::<D>(), generator.subschema_for::<Form<D>>());
        schemars::json_schema!({ "anyOf": [short, full] })
    }
}

impl<D: RecurringDay + Serialize> Serialize for Recurring<D> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let Self { day, days, from, to, term: Term { first_day, last_day, every } } = *self;
        if *self == Self::from(day) {
            return day.serialize(serializer);
        }
        let days = Some(days).filter(|days| *days > 1);
        let from = Some(from).filter(|from| *from != TimeOfDay::START);
        let to = Some(to).filter(|to| *to != TimeOfDay::END);
        Form { day, days, from, to, first_day, last_day, every }.serialize(serializer)
    }
}

impl<D: RecurringDay + Deserialize<'static>> Recurring<D> {
    fn new(form: Form<D>) -> Result<Self, Explained> {
        let Form { day, days, from, to, first_day, last_day, every } = form;
        let (from, to) = (from.unwrap_or(TimeOfDay::START), to.unwrap_or(TimeOfDay::END));
        let term = Term { first_day, last_day, every };
        if let Some(fault) = term.fault(D::UNIT) {
            return Err(fault);
        }
        if let Some(days) = days {
            if day.says_length() {
                let message = format!("`{day}` says itself how many days it lasts");
                return Err(Explained::with_help(
                    message,
                    format!("leave `days` out, or write {}", D::example()),
                ));
            }
            if !(1..=366).contains(&days) {
                let message = format!("`{day}` cannot last {days} days");
                return Err(Explained::with_help(message, "write a number from 1 to 366"));
            }
        }
        let days = days.unwrap_or(1);
        if from == TimeOfDay::END {
            let message = format!("`{day}` begins at 24:00, when the day is over");
            return Err(Explained::with_help(message, "write the day after it"));
        }
        let one = day.in_period(D::period_of(LEAP_YEAR)).is_none_or(|(first, last)| first == last);
        if days == 1 && one && from >= to {
            return Err(Explained::with_help(
                format!("`{day}` ends at {to}, before it begins at {from}"),
                format!("write the earlier time as `from`, or {}", D::example()),
            ));
        }
        Ok(Self { day, days, from, to, term: term.plain() })
    }
}

/// The way out where a part of a day stands in the short form, which has days alone.
fn part_of<D: RecurringDay>(text: &str) -> Option<String> {
    let (day, Window { begin, end }) = part_of_day(text)?;
    let day: D = day.parse().ok()?;
    Some(format!("write `{{ day: \"{day}\", from: \"{begin}\", to: \"{end}\" }}`"))
}

impl<'de, D: RecurringDay + for<'any> Deserialize<'any>> Deserialize<'de> for Recurring<D> {
    fn deserialize<S: Deserializer<'de>>(deserializer: S) -> Result<Self, S::Error> {
        struct Visitor<D>(PhantomData<D>);
        impl<'de, D: RecurringDay + for<'any> Deserialize<'any>> de::Visitor<'de> for Visitor<D> {
            type Value = Recurring<D>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a day, or a map with `day`")
            }

            fn visit_u64<E: de::Error>(self, number: u64) -> Result<Recurring<D>, E> {
                self.visit_str(&number.to_string())
            }

            fn visit_i64<E: de::Error>(self, number: i64) -> Result<Recurring<D>, E> {
                self.visit_str(&number.to_string())
            }

            fn visit_str<E: de::Error>(self, text: &str) -> Result<Recurring<D>, E> {
                let day: Result<D, Explained> = text.parse();
                let told = |why: Explained| match part_of::<D>(text) {
                    Some(help) => why.help(help),
                    None => why,
                };
                day.map(Into::into).map_err(|why| told(why).into_decoding())
            }

            fn visit_map<A: de::MapAccess<'de>>(self, map: A) -> Result<Recurring<D>, A::Error> {
                let form = Form::deserialize(de::value::MapAccessDeserializer::new(map))?;
                Recurring::new(form).map_err(Explained::into_decoding)
            }
        }
        deserializer.deserialize_any(Visitor(PhantomData))
    }
}
