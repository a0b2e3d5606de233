//! One entry of a time frame, of whatever sort (FACTS stratus/frames-5).

use super::times::{compact, date};
use crate::{
    model::OwnEntry,
    provider::{
        scalar::{self, Scalar},
        stratus::documented::yes_or_no,
    },
};
use serde_json::{Map, Value};
use std::borrow::Cow;

pub type Entry = Map<String, Value>;

/// What the server makes of the recurrence itself.
const RRULE: &str = "timeframe-recurrence-rrule";

/// A value of an entry; digits may come as a number, of whatever kind.
pub fn text<'a>(entry: &'a Entry, key: &str) -> Cow<'a, str> {
    entry.get(key).map(shown).unwrap_or_default()
}

fn shown(value: &Value) -> Cow<'_, str> {
    match value {
        Value::Null => Cow::Borrowed(""),
        Value::String(text) => Cow::Borrowed(text),
        other => match scalar::verbatim(other) {
            number if other.is_number() => match scalar::whole(&number) {
                Scalar::Known(whole) => Cow::Owned(whole.to_string()),
                _ => Cow::Owned(number),
            },
            shown => Cow::Owned(shown),
        },
    }
}

/// How an entry repeats, as far as it says.
pub fn recurs(entry: &Entry) -> String {
    let shown = entry.iter().filter(|(key, _)| key.starts_with("timeframe-recurrence-") && *key != RRULE);
    let words = shown.map(|(key, _)| text(entry, key).into_owned()).filter(|word| !word.is_empty());
    words.collect::<Vec<_>>().join(" ")
}

/// A live entry without what the server makes itself.
pub fn writable(entry: &Entry) -> Entry {
    const MADE: [&str; 8] = [
        "timeframe-id",
        "timeframe-parent-id",
        "ordinal-order",
        "domain",
        "timeframe-expiry-datetime",
        "timeframe-next-observance-datetime",
        "timeframe-is-v1",
        RRULE,
    ];
    let kept = entry.iter().filter(|(key, _)| !MADE.contains(&key.as_str()));
    kept.map(|(key, value)| (key.clone(), written(key, value))).collect()
}

/// A value of an entry as it is written: everything is text, dates are `YYYYMMDD` and times `hhmm`
/// (FACTS stratus/frames-5).
pub fn written(key: &str, value: &Value) -> Value {
    let shown = match value {
        Value::Array(_) | Value::Object(_) => return value.clone(),
        Value::Bool(on) => return yes_or_no(*on),
        plain => shown(plain),
    };
    if key.ends_with("-date") {
        return date(&shown).map_or_else(|| (*shown).into(), |day| compact(day).into());
    }
    let digits = shown.replace(':', "");
    let is_time = key.contains("begin-time") || key.contains("end-time");
    if is_time && matches!(digits.len(), 1..=4) && digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return format!("{digits:0>4}").into();
    }
    (*shown).into()
}

/// An entry as the YAML has it where there is no word for it.
pub fn own(entry: &Entry) -> OwnEntry {
    let kept = writable(entry);
    let words = kept.keys().map(|key| (key.clone(), text(&kept, key).into_owned()));
    OwnEntry(words.filter(|(_, value)| !value.is_empty()).collect())
}

/// The same, to be written.
pub fn of_own(own: &OwnEntry) -> Entry {
    own.0.iter().map(|(key, value)| (key.clone(), value.as_str().into())).collect()
}

/// Whatever form a value comes in, the documented one is written: a server that shows 9:00 as the number 900 may refuse that.
#[test]
fn an_entry_is_written_as_it_is_documented() {
    use serde_json::json;

    let entry = |it: Value| it.as_object().cloned().unwrap_or_default();
    let read = entry(json!({
        "timeframe-id": "0f", "timeframe-specific-dates-begin-date": 20_270_101, "timeframe-specific-dates-end-date": "2027-01-02",
        "timeframe-specific-dates-begin-time": 900, "timeframe-specific-dates-end-time": "17:30",
        "timeframe-weekly-monday-begin-time-1": 0, "timeframe-weekly-monday-end-time-1": null,
        "timeframe-weekly-monday-begin-time-2": "8am", "timeframe-recurrence-custom-interval-count": 2.0,
        "timeframe-workweek-list": "M,T",
    }));
    let written = entry(json!({
        "timeframe-specific-dates-begin-date": "20270101", "timeframe-specific-dates-end-date": "20270102",
        "timeframe-specific-dates-begin-time": "0900", "timeframe-specific-dates-end-time": "1730",
        "timeframe-weekly-monday-begin-time-1": "0000", "timeframe-weekly-monday-end-time-1": "",
        "timeframe-weekly-monday-begin-time-2": "8am", "timeframe-recurrence-custom-interval-count": "2",
        "timeframe-workweek-list": "M,T",
    }));
    assert_eq!(writable(&read), written);
}
