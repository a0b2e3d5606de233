//! `until`: an object, or one of its rules, says something up to an instant, and something else from then on.

use super::Address;
use crate::{explained::Explained, path::Path};
use jiff::{
    Timestamp,
    civil::{Date, DateTime, Time},
    tz::{AmbiguousOffset, TimeZone},
};
use schemars::Schema;
use serde_json::{Value, json};
use std::fmt;

/// The words of it.
pub const UNTIL: &str = "until";
pub const AT: &str = "at";
pub const THEN: &str = "then";

/// What `then` cannot change: it is about the object as it is in git, or what a rule is known by.
const NOT_THEN: [&str; 3] = [UNTIL, "protect", "when"];

/// One `until` of a tenant's file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Until {
    /// The object.
    pub address: Address,
    /// What has it, from the root of the file: the object itself, or one of its rules.
    pub holder: Path,
    pub at: Local,
    pub zone: String,
    pub instant: Timestamp,
    pub clock: Clock,
    /// The fields of the object that change.
    pub fields: Vec<String>,
    /// What follows, in one line.
    pub then: String,
}

impl Until {
    /// Whether what follows is wanted.
    pub fn has_passed(&self, at: Timestamp) -> bool {
        self.instant <= at
    }
}

/// `2027-01-16T18:00 (America/Chicago)`.
impl fmt::Display for Until {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} ({})", self.at, self.zone)
    }
}

/// How often a clock shows a time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Clock {
    Once,
    /// Clocks go forward over it; the time that they show instead.
    Never(Local),
    /// Clocks go back over it; the first of the two counts.
    Twice,
}

/// A date and a time of day, as the clocks of a zone show it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Local(DateTime);

impl Local {
    /// Reads one. `zone` is that of the tenant, for help where another form is written.
    pub fn read(text: &str, zone: Option<&TimeZone>) -> Result<Self, Explained> {
        let wrong = |help: String| {
            let message = format!("`{text}` is not a local time");
            Explained::with_help(message, help)
        };
        const FORM: &str = "write it as `2027-01-16T18:00`";
        if let Some(instant) = instant_of(text) {
            let local = zone.map(|zone| Self(instant.to_zoned(zone.clone()).datetime()));
            return Err(wrong(match local {
                Some(local) => format!("write it in the tenant's own zone and without an offset: `{local}`"),
                None => format!("{FORM}: in the tenant's own zone, without an offset"),
            }));
        }
        let Some((day, time)) = text.split_once(['T', ' ']) else {
            return Err(wrong(match text.parse::<Date>() {
                Ok(day) if text.len() == 10 => {
                    format!("name the time as well: `{day}T00:00` is when it begins")
                }
                _ => FORM.to_owned(),
            }));
        };
        let digits = |text: &str, form: &str| {
            text.len() == form.len()
                && text
                    .bytes()
                    .zip(form.bytes())
                    .all(|(it, of)| if of == b'0' { it.is_ascii_digit() } else { it == of })
        };
        if digits(day, "0000-00-00") && time == "24:00" {
            let next = day.parse::<Date>().ok().and_then(|day| day.tomorrow().ok());
            let help = next.map(|next| format!("write the beginning of the next day: `{next}T00:00`"));
            return Err(wrong(help.unwrap_or_else(|| FORM.to_owned())));
        }
        let parsed = day.parse::<Date>().ok().zip(time.parse::<Time>().ok());
        match parsed {
            Some((day, time)) if digits(text, "0000-00-00T00:00") => Ok(Self(day.to_datetime(time))),
            Some((day, time)) => Err(wrong(format!("write `{}`", Self(day.to_datetime(time))))),
            None if digits(text, "0000-00-00T00:00") => {
                let what = if day.parse::<Date>().is_ok() { "time" } else { "day" };
                let message = format!("`{text}` is not a local time: there is no such {what}");
                Err(Explained::with_help(message, FORM))
            }
            None => Err(wrong(FORM.to_owned())),
        }
    }

    /// The instant that it is in a zone, and how often its clocks show it. Of a time that they pass over it is the one that
    /// they show instead, of one that they show twice the first.
    pub fn in_zone(self, zone: &TimeZone) -> Option<(Timestamp, Clock)> {
        let ambiguous = zone.to_ambiguous_timestamp(self.0);
        let kind = ambiguous.offset();
        let instant = ambiguous.compatible().ok()?;
        let clock = match kind {
            AmbiguousOffset::Unambiguous { .. } => Clock::Once,
            AmbiguousOffset::Gap { .. } => Clock::Never(Self(instant.to_zoned(zone.clone()).datetime())),
            AmbiguousOffset::Fold { .. } => Clock::Twice,
        };
        Some((instant, clock))
    }
}

impl fmt::Display for Local {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.strftime("%Y-%m-%dT%H:%M").fmt(f)
    }
}

/// An instant with its offset or its zone: `2027-01-16T18:00Z`, `2027-01-16T18:00-06:00`, `2027-01-16T18:00[America/Chicago]`.
pub fn instant_of(text: &str) -> Option<Timestamp> {
    let zoned = || text.parse::<jiff::Zoned>().ok().map(|it| it.timestamp());
    text.parse::<Timestamp>().ok().or_else(zoned)
}

/// Says in the schema of an object, or of a rule, that it may have an `until`.
pub(super) fn may_end(schema: &mut Schema) {
    let Some(fields) = schema.get_mut("properties").and_then(Value::as_object_mut) else { return };
    let mut then = fields.clone();
    NOT_THEN.iter().for_each(|word| drop(then.shift_remove(*word)));
    let until = json!({
        "description": "Up to when it is so, and what it says from then on.",
        "type": "object",
        "properties": {
            AT: {
                "description": "Local time in the tenant's `time_zone`. Of a time that clocks pass over it is the one that they show instead, of one that they show twice the first.",
                "type": "string",
                "pattern": "^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}$"
            },
            THEN: {
                "description": "The fields that are another from then on, each as a whole. The others stay as they are.",
                "type": "object",
                "properties": then,
                "additionalProperties": false,
                "minProperties": 1
            }
        },
        "required": [AT, THEN],
        "additionalProperties": false
    });
    fields.insert(UNTIL.to_owned(), until);
}

/// Takes that out where such an object is a part of another.
pub(super) fn must_not_end(schema: &mut Schema) {
    if let Some(fields) = schema.get_mut("properties").and_then(Value::as_object_mut) {
        fields.shift_remove(UNTIL);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::tz::TimeZoneDatabase;

    fn chicago() -> TimeZone {
        TimeZoneDatabase::bundled().get("America/Chicago").unwrap()
    }

    /// Whoever writes another form is told what to write, in the zone that is meant.
    #[test]
    fn a_local_time_has_one_form() {
        let table = [
            ("2027-01-16T18:00", Ok("2027-01-16T18:00")),
            (
                "2027-01-16T18:00Z",
                Err("write it in the tenant's own zone and without an offset: `2027-01-16T12:00`"),
            ),
            (
                "2027-01-16T18:00-05:00",
                Err("write it in the tenant's own zone and without an offset: `2027-01-16T17:00`"),
            ),
            (
                "2027-01-16T18:00[Europe/Berlin]",
                Err("write it in the tenant's own zone and without an offset: `2027-01-16T11:00`"),
            ),
            ("2027-01-16", Err("name the time as well: `2027-01-16T00:00` is when it begins")),
            ("2027-01-16T24:00", Err("write the beginning of the next day: `2027-01-17T00:00`")),
            ("2027-01-16 18:00", Err("write `2027-01-16T18:00`")),
            ("2027-01-16T18:00:00", Err("write `2027-01-16T18:00`")),
            ("2027-02-30T18:00", Err("write it as `2027-01-16T18:00`")),
            ("2027-01-16T6pm", Err("write it as `2027-01-16T18:00`")),
            ("16.1.2027 18:00", Err("write it as `2027-01-16T18:00`")),
            ("tomorrow", Err("write it as `2027-01-16T18:00`")),
            ("", Err("write it as `2027-01-16T18:00`")),
            ("2027-01-1\u{e9}", Err("write it as `2027-01-16T18:00`")),
        ];
        for (text, expected) in table {
            let read = Local::read(text, Some(&chicago())).map(|it| it.to_string());
            assert_eq!(
                read.map_err(|it| it.help.unwrap()),
                expected.map(str::to_owned).map_err(str::to_owned),
                "{text}"
            );
        }
    }

    /// In a gap the later, of two the first.
    #[test]
    fn clocks_that_are_changed_have_one_reading() {
        let table = [
            ("2027-01-16T18:00", "2027-01-17T00:00:00Z", "once"),
            ("2027-03-14T01:59", "2027-03-14T07:59:00Z", "once"),
            ("2027-03-14T02:30", "2027-03-14T08:30:00Z", "never, 2027-03-14T03:30"),
            ("2027-11-07T01:30", "2027-11-07T06:30:00Z", "twice"),
            ("2027-11-07T02:00", "2027-11-07T08:00:00Z", "once"),
        ];
        for (text, instant, clock) in table {
            let (at, found) = Local::read(text, None).unwrap().in_zone(&chicago()).unwrap();
            let found = match found {
                Clock::Once => "once".to_owned(),
                Clock::Never(instead) => format!("never, {instead}"),
                Clock::Twice => "twice".to_owned(),
            };
            assert_eq!((at.to_string().as_str(), found.as_str()), (instant, clock), "{text}");
        }
    }
}
