//! Converts the entries of time frames: strings all, empty for unset (FACTS stratus/frames-5).

use serde_json::{Map, Value, json};

use super::call::ErrorResponse;
use super::fields::plain;

/// One of the three arrays, with the time-frame type it belongs to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct EntryType {
    pub array: &'static str,
    pub of_type: &'static str,
}

pub const WEEK: EntryType = EntryType { array: "timeframe-days-of-week-array", of_type: "days-of-week" };
pub const DATES: EntryType = EntryType { array: "timeframe-specific-dates-array", of_type: "specific-dates" };
pub const HOLIDAY: EntryType = EntryType { array: "timeframe-holiday-array", of_type: "holiday" };
pub const KINDS: [EntryType; 3] = [WEEK, DATES, HOLIDAY];

pub const TYPES: &[&str] = &["always", "days-of-week", "specific-dates", "holiday", "custom"];

/// From Sunday, as `day-of-week-number` counts.
pub const DAYS: [&str; 7] = ["sunday", "monday", "tuesday", "wednesday", "thursday", "friday", "saturday"];

/// Fields of an existing holiday that an update may change (FACTS stratus/frames-8).
const HOLIDAY_FIXED: &[&str] = &[
    "timeframe-holiday-uuid",
    "timeframe-holiday-name",
    "timeframe-holiday-begin-date",
    "country-abbreviation",
    "state-province-abbreviation",
    "holiday-api-location-hint",
];

impl EntryType {
    /// Tells whether a time frame of this type may hold such entries.
    pub fn fits(self, frame_type: &str) -> bool {
        frame_type == "custom" || frame_type == self.of_type
    }

    /// Makes a new entry: what is not sent is empty.
    pub fn create(self, sent: &Value) -> Result<Map<String, Value>, ErrorResponse> {
        let sent = self.object(sent)?;
        let field = |name: String| {
            let value = sent.get(&name).map_or(Ok(String::new()), |value| checked(&name, value))?;
            Ok((name, value.into()))
        };
        self.names().into_iter().map(field).collect()
    }

    /// Changes an entry in place: what is not sent stays.
    pub fn merge(self, entry: &mut Map<String, Value>, sent: &Value) -> Result<(), ErrorResponse> {
        let sent = self.object(sent)?;
        for name in self.names() {
            let fixed = self == HOLIDAY && HOLIDAY_FIXED.contains(&name.as_str());
            if let Some(value) = sent.get(&name).filter(|_| !fixed) {
                entry.insert(name.clone(), checked(&name, value)?.into());
            }
        }
        Ok(())
    }

    /// Shows an entry with what the server adds to it.
    pub fn render(self, entry: &Value, index: usize, parent: &str, domain: &str) -> Value {
        let mut shown = entry.as_object().cloned().unwrap_or_default();
        let added = json!({
            "timeframe-parent-id": parent,
            "ordinal-order": index,
            "domain": domain,
            "timeframe-expiry-datetime": "",
            "timeframe-next-observance-datetime": [],
        });
        shown.extend(added.as_object().cloned().unwrap_or_default());
        if self != HOLIDAY {
            shown.insert("timeframe-recurrence-rrule".into(), Value::Null);
            shown.insert("timeframe-is-v1".into(), false.into());
        }
        shown.into()
    }

    fn object(self, sent: &Value) -> Result<&Map<String, Value>, ErrorResponse> {
        sent.as_object().ok_or_else(|| ErrorResponse::invalid(format!("Invalid entry in {}.", self.array)))
    }

    /// Lists the writable fields.
    fn names(self) -> Vec<String> {
        let mut names: Vec<String> = match self.of_type {
            "days-of-week" => DAYS.iter().flat_map(|day| windows(&format!("weekly-{day}"))).collect(),
            "specific-dates" => ["begin-date", "begin-time", "end-date", "end-time"]
                .map(|part| format!("timeframe-specific-dates-{part}"))
                .to_vec(),
            _ => {
                let mut names: Vec<String> = HOLIDAY_FIXED.iter().map(|name| (*name).to_owned()).collect();
                names.extend(windows("holiday"));
                names.extend(DAYS.map(|day| format!("timeframe-weekly-{day}-observance-option")));
                names.push("timeframe-workweek-list".into());
                names
            }
        };
        let recurrence: &[&str] = match self.of_type {
            "holiday" => &["type", "end-option", "end-date"],
            "days-of-week" => &[
                "type",
                "begin-date",
                "custom-interval",
                "custom-interval-count",
                "custom-interval-option",
                "end-option",
                "end-date",
            ],
            _ => &[
                "type",
                "custom-interval",
                "custom-interval-count",
                "custom-interval-option",
                "end-option",
                "end-date",
            ],
        };
        names.extend(recurrence.iter().map(|part| format!("timeframe-recurrence-{part}")));
        names
    }
}

/// Names the two windows of a day.
fn windows(of: &str) -> [String; 4] {
    ["begin-time-1", "end-time-1", "begin-time-2", "end-time-2"].map(|part| format!("timeframe-{of}-{part}"))
}

/// Checks dates `YYYYMMDD` and times `hhmm`; everything else is free text.
fn checked(name: &str, value: &Value) -> Result<String, ErrorResponse> {
    let invalid = || ErrorResponse::invalid(format!("Invalid value for {name}."));
    let text = plain(value).ok_or_else(invalid)?;
    let digits = text.bytes().all(|byte| byte.is_ascii_digit());
    let valid = match name {
        _ if text.is_empty() => true,
        name if name.ends_with("-date") => digits && text.len() == 8,
        name if name.contains("begin-time") || name.contains("end-time") => {
            digits && text.len() == 4 && text.as_str() <= "2400" && &text[2..] < "60"
        }
        _ => true,
    };
    if valid { Ok(text) } else { Err(invalid()) }
}
