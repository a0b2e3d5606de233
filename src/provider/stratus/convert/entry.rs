//! One entry of a time frame, of whatever sort (FACTS stratus/frames-5).

use crate::{
    model::OwnEntry,
    provider::scalar::{self, Scalar},
};
use serde_json::{Map, Value};
use std::borrow::Cow;

pub type Entry = Map<String, Value>;

/// What the server makes of the recurrence itself.
const RRULE: &str = "timeframe-recurrence-rrule";

/// A value of an entry; digits may come as a number, of whatever kind.
pub fn text<'a>(entry: &'a Entry, key: &str) -> Cow<'a, str> {
    match entry.get(key) {
        None | Some(Value::Null) => Cow::Borrowed(""),
        Some(Value::String(text)) => Cow::Borrowed(text),
        Some(other) => match scalar::verbatim(other) {
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
    kept.map(|(key, value)| (key.clone(), value.clone())).collect()
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
