//! Schedules (Stratus: time frames): when an answering rule is in force.

use super::{
    calendar::{Day, Window, days},
    dates::{Dated, Moment},
    easter::Easter,
    holidays::{self, Holidays},
    monthly::Monthly,
    own_entry::OwnEntry,
    recurrence::{CalendarDay, Every, Term, Unit},
    text::Extension,
    yearly::Yearly,
};
use crate::explained::decoding;
use jiff::civil::Date;
use schemars::JsonSchema;
use serde::{Deserialize, Deserializer, Serialize, Serializer, de, ser::SerializeMap};
use std::{collections::BTreeMap, fmt};

/// When a rule is in force. `{}` names a live schedule that is used as it is.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Schedule {
    /// Open hours by day of the week; days left out are closed. Hours of some weeks: `first_day`, `last_day`, `every`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub weekly: Option<Weekly>,
    /// Single dates and ranges: `2026-12-25`, `2026-12-31..2027-01-01`, `2026-11-25T12:00..2026-11-25T17:00`. One that comes
    /// again after days or weeks: `{ date: 2027-01-05, every: 2 weeks, last_day: 2027-06-30 }`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub dates: Option<Vec<Dated>>,
    /// Days that come every month: `15`, `last day`, `2nd tue`, `{ day: "last fri", from: "12:00" }`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub monthly: Option<Vec<Monthly>>,
    /// Days that come every year: `12-25`, `12-31..01-01`, `4th thu nov`, `{ day: "12-24", from: "12:00", to: "17:00" }`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub yearly: Option<Vec<Yearly>>,
    /// Holidays of the provider's own calendar, which knows their dates: `{ country: US, days: [Thanksgiving Day] }`.
    #[serde(default, skip_serializing_if = "Option::is_none", deserialize_with = "holidays::one_or_many")]
    #[schemars(with = "Option<holidays::OneOrMany>")]
    pub holidays: Option<Vec<Holidays>>,
    /// Days that Easter moves, for some years: `{ days: [good friday, easter monday], from: 2027, years: 5 }`. They become
    /// `dates`, which are complete then.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub easter: Option<Easter>,
    /// Entries for which there is no word, in those of the provider. `[]` takes them away; left out, they stay.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub other: Option<Vec<OwnEntry>>,
    /// The extension that it belongs to, where the phone system has schedules of single extensions (Stratus): only its rules
    /// can use it. Left out: it is for the whole account.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub extension: Option<Extension>,
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

impl Schedule {
    /// Turns what no phone system has a word for into dates.
    pub fn resolve(&mut self) {
        if let Some(easter) = self.easter.take() {
            self.dates.get_or_insert_default().extend(easter.dates());
        }
    }
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

    /// From when until when hours are, in order, on the days from `from` to `until`. Hours of every n-th week count weeks from
    /// Monday to Sunday, the first being that of `first_day`; whether a provider does so too is for the provider to say.
    pub fn times(&self, from: Date, until: Date) -> impl Iterator<Item = (Moment, Moment)> + use<'_> {
        let Term { first_day, last_day, every } = self.term;
        let first = first_day.map_or(from, |day| day.0);
        let until = last_day.map_or(until, |last| last.0.min(until));
        let count = every.map_or(1, |every| i32::from(every.count).max(1));
        let monday =
            |date: Date| date.checked_sub(jiff::Span::new().days(date.weekday().to_monday_zero_offset()));
        let begin = monday(first).ok();
        let is_on = move |date: Date| {
            let weeks = begin.zip(monday(date).ok()).map(|(begin, now)| (now - begin).get_days() / 7);
            weeks.is_some_and(|weeks| weeks % count == 0)
        };
        let days = first.max(from).series(jiff::Span::new().days(1)).take_while(move |date| *date <= until);
        days.filter(move |date| count == 1 || is_on(*date)).flat_map(|date| {
            let windows = self.days.get(&Day::of(date)).into_iter().flatten();
            windows.map(move |Window { begin, end }| {
                (Moment { date, time: *begin }, Moment { date, time: *end })
            })
        })
    }

    /// Names every day, sorts its windows.
    pub fn complete(&mut self) {
        for day in Day::ALL {
            self.days.entry(day).or_default().sort();
        }
    }
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
