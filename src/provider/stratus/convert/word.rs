//! Entries of a time frame that are no week, in the words of the YAML, and the array each is in.

use super::{
    dates,
    entry::{Entry, of_own, own},
    holiday,
    repeat::Again,
};
use crate::{
    model::{Dated, Holidays, Monthly, OwnEntry, Schedule, Yearly},
    provider::stratus::wire::TimeFrame,
};

/// One entry that is no week, in the words of the YAML.
#[derive(Debug, PartialEq)]
pub enum Word {
    Dated(Dated),
    Monthly(Monthly),
    Yearly(Yearly),
    Holiday(Holidays),
    Other(OwnEntry),
}

impl Word {
    /// The field that has it.
    pub fn field(&self) -> &'static str {
        match self {
            Self::Dated(_) => "dates",
            Self::Monthly(_) => "monthly",
            Self::Yearly(_) => "yearly",
            Self::Holiday(_) => "holidays",
            Self::Other(_) => "other",
        }
    }
}

/// An array of a time frame beside that of its week.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Array {
    Dates,
    Holidays,
}

impl Array {
    pub fn entries(self, frame: &TimeFrame) -> &[Entry] {
        match self {
            Self::Dates => &frame.timeframe_specific_dates_array,
            Self::Holidays => &frame.timeframe_holiday_array,
        }
    }

    pub fn word(self, entry: &Entry) -> Word {
        let known = match self {
            Self::Dates => match dates::again(entry) {
                Ok(Again::Dated(it)) => Some(Word::Dated(it)),
                Ok(Again::Monthly(it)) => Some(Word::Monthly(it)),
                Ok(Again::Yearly(it)) => Some(Word::Yearly(it)),
                Err(_) => None,
            },
            Self::Holidays => holiday::holiday(entry).map(Word::Holiday),
        };
        known.unwrap_or_else(|| Word::Other(own(entry)))
    }

    /// What is said of an entry without a word, for people.
    pub fn told(self, entry: &Entry) -> String {
        match self {
            Self::Dates => dates::again(entry).err().unwrap_or_default(),
            Self::Holidays => holiday::told(entry),
        }
    }

    /// Where an entry in the provider's words belongs, by the names in it.
    fn of(other: &OwnEntry) -> Option<Self> {
        let has = |start: &str| other.0.keys().any(|key| key.starts_with(start));
        match (has("timeframe-specific-dates-"), has("timeframe-holiday-")) {
            (true, false) => Some(Self::Dates),
            (false, true) => Some(Self::Holidays),
            _ => None,
        }
    }

    /// The words of a schedule that are in this array.
    pub fn words(self, schedule: &Schedule) -> Vec<Word> {
        let Schedule { dates, monthly, yearly, holidays, other, .. } = schedule;
        let own = other.iter().flatten().filter(|own| Self::of(own) == Some(self));
        let own = own.cloned().map(Word::Other);
        match self {
            Self::Dates => {
                let dates = dates.iter().flatten().copied().map(Word::Dated);
                let monthly = monthly.iter().flatten().copied().map(Word::Monthly);
                let yearly = yearly.iter().flatten().copied().map(Word::Yearly);
                dates.chain(monthly).chain(yearly).chain(own).collect()
            }
            Self::Holidays => holidays.iter().flatten().cloned().map(Word::Holiday).chain(own).collect(),
        }
    }
}

/// Whether a time frame stores this under this name: dates are `YYYYMMDD`, times `hhmm` (FACTS stratus/frames-5).
fn is_written(key: &str, value: &str) -> bool {
    const STARTS: [&str; 4] =
        ["timeframe-specific-dates-", "timeframe-recurrence-", "timeframe-holiday-", "timeframe-weekly-"];
    const NAMES: [&str; 4] = [
        "timeframe-workweek-list",
        "country-abbreviation",
        "state-province-abbreviation",
        "holiday-api-location-hint",
    ];
    let digits = |count: usize| value.len() == count && value.bytes().all(|byte| byte.is_ascii_digit());
    let fits = match key {
        key if key.ends_with("-date") => digits(8),
        key if key.contains("begin-time") || key.contains("end-time") => digits(4),
        _ => true,
    };
    fits && (STARTS.iter().any(|start| key.starts_with(start)) || NAMES.contains(&key))
}

/// Whether an entry in the provider's words is one of a time frame for which there is no word of ours; otherwise why not.
pub fn is_other(other: &OwnEntry) -> Result<(), String> {
    if let Some((key, _)) = other.0.iter().find(|(key, value)| !is_written(key, value)) {
        return Err(format!("`{key}` is no part of an entry, or not in its form"));
    }
    let array = Array::of(other).ok_or("it is neither one of dates nor a holiday")?;
    match array.word(&of_own(other)) {
        Word::Other(read) if read == *other => Ok(()),
        Word::Other(_) => Err("a part of it is made by the server".to_owned()),
        word => Err(format!("there is a word for it under `{}`", word.field())),
    }
}
