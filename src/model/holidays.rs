//! Holidays of the provider's own calendar: it knows on which day they fall.

use super::{
    calendar::{Day, Window, days},
    easter::Year,
    recurrence::CalendarDay,
    text::{Name, textual},
};
use crate::explained::{Explained, decoding};
use schemars::JsonSchema;
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};
use std::{borrow::Cow, collections::BTreeMap, fmt, str::FromStr};

/// Some holidays of one country, which are observed alike.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Holidays {
    /// The country, two letters: `US`.
    pub country: Country,
    /// The part of it that they are of, where that matters: `US-TX`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub region: Option<Region>,
    /// Their names, as the provider's calendar has them: `Thanksgiving Day`.
    #[serde(deserialize_with = "names")]
    pub days: Vec<String>,
    /// What is closed when a holiday falls on a day of the week: one word for all, or `{ sat: prior-workday, sun: next-workday }`.
    /// Left out: the day itself.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub observe: Option<Observe>,
    /// One or two stretches of the day. Left out: all of it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub hours: Option<Vec<Window>>,
    /// The days that count as workdays: `mon-fri`, which is what it is when left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub workweek: Option<Workweek>,
    /// In this year alone. Left out: every year.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub year: Option<Year>,
    /// Every year from this one on. Left out: always.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub first_year: Option<Year>,
    /// Until which day, which is counted in. Left out: for ever.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last_day: Option<CalendarDay>,
}

impl Holidays {
    /// The same without what goes without saying, one for each day.
    pub fn plain(self) -> impl Iterator<Item = Self> {
        let Self { country, region, days, observe, hours, workweek, year, first_year, last_day } = self;
        let observe = observe.filter(|observe| *observe != Observe::default());
        let mut hours = hours.filter(|hours| *hours != [Window::DAY] && !hours.is_empty());
        hours.iter_mut().for_each(|hours| hours.sort());
        let workweek = workweek.filter(|week| *week != Workweek::default());
        days.into_iter().map(move |day| Self {
            country: country.clone(),
            region: region.clone(),
            days: vec![day],
            observe: observe.clone(),
            hours: hours.clone(),
            workweek: workweek.clone(),
            year,
            first_year,
            last_day,
        })
    }
}

fn names<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<String>, D::Error> {
    let names: Vec<Name> = Vec::deserialize(deserializer)?;
    if names.is_empty() {
        return Err(decoding("no holiday is named", "write their names: `days: [Thanksgiving Day]`"));
    }
    Ok(names.into_iter().map(|Name(name)| name).collect())
}

/// For the schema: one group of holidays, or several.
#[derive(JsonSchema)]
#[schemars(untagged, inline)]
#[expect(dead_code, reason = "its shape is all that is used")]
pub(super) enum OneOrMany {
    One(Holidays),
    Many(Vec<Holidays>),
}

/// Reads one group, or a list of them.
pub(super) fn one_or_many<'de, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<Option<Vec<Holidays>>, D::Error> {
    struct Visitor;
    impl<'de> de::Visitor<'de> for Visitor {
        type Value = Vec<Holidays>;

        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("a map with `country` and `days`, or a list of such maps")
        }

        fn visit_map<A: de::MapAccess<'de>>(self, map: A) -> Result<Self::Value, A::Error> {
            let one = Holidays::deserialize(de::value::MapAccessDeserializer::new(map))?;
            Ok(vec![one])
        }

        fn visit_seq<A: de::SeqAccess<'de>>(self, list: A) -> Result<Self::Value, A::Error> {
            Vec::deserialize(de::value::SeqAccessDeserializer::new(list))
        }
    }
    deserializer.deserialize_any(Visitor).map(Some)
}

/// Two letters, ISO 3166-1.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Country(String);

impl FromStr for Country {
    type Err = Explained;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        if text.len() == 2 && text.bytes().all(|byte| byte.is_ascii_uppercase()) {
            return Ok(Self(text.to_owned()));
        }
        Err(Explained::with_help(format!("`{text}` is not a country"), "write its two letters: `US`"))
    }
}

/// A country and a part of it, ISO 3166-2.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Region(String);

impl FromStr for Region {
    type Err = Explained;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let fits = text.split_once('-').is_some_and(|(country, part)| {
            let own = |byte: u8| byte.is_ascii_uppercase() || byte.is_ascii_digit();
            country.parse::<Country>().is_ok() && (1..=3).contains(&part.len()) && part.bytes().all(own)
        });
        if fits {
            return Ok(Self(text.to_owned()));
        }
        Err(Explained::with_help(format!("`{text}` is not a region"), "write country and region: `US-TX`"))
    }
}

macro_rules! shown {
    ($($type:ty),*) => {$(
        impl $type {
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl fmt::Display for $type {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }
    )*};
}

shown!(Country, Region);

textual!(Country, "HolidayCountry", {
    "type": "string",
    "pattern": "^[A-Z]{2}$",
    "description": "A country by its two letters: \"US\"."
});

textual!(Region, "HolidayRegion", {
    "type": "string",
    "pattern": "^[A-Z]{2}-[A-Z0-9]{1,3}$",
    "description": "A country and a part of it: \"US-TX\"."
});

/// What is closed for a holiday that falls on some day of the week.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord)]
pub enum ObserveOn {
    #[default]
    OnTheDay,
    AndNextDay,
    AndPriorDay,
    AndNextWorkday,
    AndPriorWorkday,
    NextWorkday,
    PriorWorkday,
}

impl ObserveOn {
    pub const ALL: [Self; 7] = [
        Self::OnTheDay,
        Self::AndNextDay,
        Self::AndPriorDay,
        Self::AndNextWorkday,
        Self::AndPriorWorkday,
        Self::NextWorkday,
        Self::PriorWorkday,
    ];

    fn word(self) -> &'static str {
        match self {
            Self::OnTheDay => "on-the-day",
            Self::AndNextDay => "and-next-day",
            Self::AndPriorDay => "and-prior-day",
            Self::AndNextWorkday => "and-next-workday",
            Self::AndPriorWorkday => "and-prior-workday",
            Self::NextWorkday => "next-workday",
            Self::PriorWorkday => "prior-workday",
        }
    }
}

impl FromStr for ObserveOn {
    type Err = Explained;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Self::ALL.into_iter().find(|it| it.word() == text).ok_or_else(|| {
            let words = Self::ALL.map(|it| format!("`{}`", it.word())).join(", ");
            Explained::with_help(format!("`{text}` is no way to observe a holiday"), format!("write {words}"))
        })
    }
}

impl fmt::Display for ObserveOn {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.word())
    }
}

textual!(ObserveOn, "HolidayObserved", {
    "type": "string",
    "enum": ["on-the-day", "and-next-day", "and-prior-day", "and-next-workday", "and-prior-workday", "next-workday", "prior-workday"],
    "description": "What is closed: the holiday, the holiday and a day beside it, or a workday in its place."
});

/// What is closed for a holiday, by the day of the week on which it falls. What is not named is `on-the-day`.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Observe(BTreeMap<Day, ObserveOn>);

impl Observe {
    pub fn new(days: impl IntoIterator<Item = (Day, ObserveOn)>) -> Self {
        Self(days.into_iter().filter(|(_, how)| *how != ObserveOn::default()).collect())
    }

    pub fn on(&self, day: Day) -> ObserveOn {
        self.0.get(&day).copied().unwrap_or_default()
    }
}

impl Serialize for Observe {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let one = self.on(Day::Mon);
        if Day::ALL.into_iter().all(|day| self.on(day) == one) {
            return one.serialize(serializer);
        }
        self.0.serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for Observe {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Visitor;
        impl<'de> de::Visitor<'de> for Visitor {
            type Value = Observe;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("one word, or a map of days of the week")
            }

            fn visit_str<E: de::Error>(self, text: &str) -> Result<Observe, E> {
                let how: ObserveOn = text.parse().map_err(Explained::into_decoding)?;
                Ok(Observe::new(Day::ALL.map(|day| (day, how))))
            }

            fn visit_map<A: de::MapAccess<'de>>(self, map: A) -> Result<Observe, A::Error> {
                let days = BTreeMap::deserialize(de::value::MapAccessDeserializer::new(map))?;
                Ok(Observe::new(days))
            }
        }
        deserializer.deserialize_any(Visitor)
    }
}

impl JsonSchema for Observe {
    fn schema_name() -> Cow<'static, str> {
        "HolidayObserve".into()
    }

    fn json_schema(generator: &mut schemars::SchemaGenerator) -> schemars::Schema {
        let one = generator.subschema_for::<ObserveOn>();
        let days: serde_json::Map<String, serde_json::Value> =
            Day::ALL.iter().map(|day| (day.word().to_owned(), one.clone().into())).collect();
        schemars::json_schema!({
            "anyOf": [one, { "type": "object", "properties": days, "additionalProperties": false }]
        })
    }
}

/// Which days of the week are worked on.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Workweek(Vec<Day>);

impl Default for Workweek {
    fn default() -> Self {
        Self(Day::ALL[..5].to_vec())
    }
}

impl Workweek {
    /// In the order of the week. None where there are not four to six of them.
    pub fn new(mut days: Vec<Day>) -> Option<Self> {
        days.sort();
        days.dedup();
        (4..=6).contains(&days.len()).then_some(Self(days))
    }

    pub fn days(&self) -> &[Day] {
        &self.0
    }
}

impl FromStr for Workweek {
    type Err = Explained;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        days(text).and_then(Self::new).ok_or_else(|| {
            let help = "write four to six days: `mon-fri`, `tue-sat`, `mon,tue,thu,fri`";
            Explained::with_help(format!("`{text}` is not a working week"), help)
        })
    }
}

impl fmt::Display for Workweek {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let at = |day: &Day| Day::ALL.iter().position(|it| it == day).unwrap_or_default();
        let follows = self.0.windows(2).all(|pair| at(&pair[0]) + 1 == at(&pair[1]));
        match (self.0.first(), self.0.last()) {
            (Some(first), Some(last)) if follows => write!(f, "{}-{}", first.word(), last.word()),
            _ => f.write_str(&self.0.iter().map(|day| day.word()).collect::<Vec<_>>().join(",")),
        }
    }
}

textual!(Workweek, "Workweek", {
    "type": "string",
    "pattern": "^(mon|tue|wed|thu|fri|sat|sun)([-,] *(mon|tue|wed|thu|fri|sat|sun))+$",
    "description": "Four to six days of the week: \"mon-fri\"."
});
