//! What a server sends: bounded while it arrives, and read strictly. A server that has gone mad gets neither the memory nor
//! the belief of a run.

use super::Problem;
use reqwest::Response;
use serde::de::{Deserialize, Deserializer, Error, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Number, Value};
use std::{fmt, sync::Arc};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

/// Bytes of an answer that are read: a list of the largest accounts is a fraction of it.
const LARGEST: usize = 64 << 20;
/// Bytes of an error that are read; the rest says nothing to a person.
const LARGEST_ERROR: usize = 64 << 10;

/// Larger answers are taken one at a time from each server: several at once would be too much for the memory of a run.
const LARGE: usize = 1 << 20;
/// Values of an answer that are read. Each takes many times the memory of its text.
const MOST_VALUES: usize = 500_000;
/// Bytes of the longest text in an answer that is read: names and labels, which are shown.
const LONGEST: usize = 64 << 10;

/// An answer as text.
pub struct Received {
    pub text: String,
    pub bytes: usize,
    /// Held as long as the text of a large answer.
    pub turn: Option<OwnedSemaphorePermit>,
}

/// Waits for the whole answer. `large` lets one large answer in at a time.
pub async fn receive(mut response: Response, large: &Arc<Semaphore>) -> Result<Received, Problem> {
    let good = response.status().is_success();
    let bound = if good { LARGEST } else { LARGEST_ERROR };
    let mut bytes = Vec::new();
    let mut turn = None;
    while let Some(chunk) = response.chunk().await.map_err(Problem::from_transport)? {
        let room = bound - bytes.len();
        if turn.is_none() && bytes.len() + chunk.len() > LARGE {
            turn = Arc::clone(large).acquire_owned().await.ok();
        }
        if chunk.len() <= room {
            bytes.extend_from_slice(&chunk);
        } else if good {
            return Err(Problem::decode(&format!("it is larger than {} MiB", LARGEST >> 20), ""));
        } else {
            bytes.extend_from_slice(&chunk[..room]);
            break;
        }
    }
    let bytes_in = bytes.len();
    let received = |text| Received { text, bytes: bytes_in, turn };
    match String::from_utf8(bytes) {
        Ok(text) if good => match excess(&text) {
            Some(why) => Err(Problem::decode(&why, "")),
            None => Ok(received(text)),
        },
        Ok(text) => Ok(received(text)),
        // Half a letter at the cut end of an error is no reason to lose the rest.
        Err(error) if !good => Ok(received(String::from_utf8_lossy(error.as_bytes()).into_owned())),
        Err(error) => {
            let at = error.utf8_error().valid_up_to();
            Err(Problem::decode(&format!("it is not UTF-8 from byte {at} on"), ""))
        }
    }
}

/// What of a JSON text takes more memory than any honest answer does, as far as its marks tell.
fn excess(text: &str) -> Option<String> {
    let (mut values, mut length, mut quoted, mut escaped) = (0, 0, false, false);
    for byte in text.bytes() {
        length += 1;
        match byte {
            _ if escaped => escaped = false,
            b'\\' if quoted => escaped = true,
            b'"' => (quoted, length) = (!quoted, 0),
            b',' | b'[' | b'{' if !quoted => (values, length) = (values + 1, 0),
            _ => {}
        }
        if values > MOST_VALUES {
            return Some(format!("it has more than {MOST_VALUES} values"));
        }
        if length > LONGEST {
            return Some(format!("it has a text of more than {} KiB", LONGEST >> 10));
        }
    }
    None
}

/// Reads JSON in which no object has a key twice: which of the two is meant nobody can say.
pub fn parse(text: &str) -> serde_json::Result<Value> {
    serde_json::from_str::<Strict>(text).map(|it| it.0)
}

struct Strict(Value);

/// The name under which `serde_json` hands over a number with `arbitrary_precision`.
const NUMBER: &str = "$serde_json::private::Number";

impl<'de> Deserialize<'de> for Strict {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(StrictVisitor).map(Self)
    }
}

struct StrictVisitor;

impl<'de> Visitor<'de> for StrictVisitor {
    type Value = Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a JSON value")
    }

    fn visit_unit<E>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_bool<E>(self, value: bool) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_i64<E>(self, value: i64) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_u64<E>(self, value: u64) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_f64<E>(self, value: f64) -> Result<Value, E> {
        Ok(Number::from_f64(value).map_or(Value::Null, Value::Number))
    }

    fn visit_str<E>(self, value: &str) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_string<E>(self, value: String) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Value, A::Error> {
        let mut list = Vec::new();
        while let Some(Strict(item)) = items.next_element()? {
            list.push(item);
        }
        Ok(list.into())
    }

    fn visit_map<A: MapAccess<'de>>(self, mut entries: A) -> Result<Value, A::Error> {
        let mut map = Map::new();
        while let Some(key) = entries.next_key::<String>()? {
            // A number comes as its text under this name, so that no digit of it is lost.
            if key == NUMBER && map.is_empty() {
                let text: String = entries.next_value()?;
                return text.parse().map(Value::Number).map_err(A::Error::custom);
            }
            let Strict(value) = entries.next_value()?;
            if map.contains_key(&key) {
                return Err(A::Error::custom(format!("an object has the key {key:?} twice")));
            }
            map.insert(key, value);
        }
        Ok(map.into())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What is written back holds what was read: no number loses a digit.
    #[test]
    fn numbers_are_kept_to_the_last_digit() {
        let text = r#"{"b":123456789012345678901234567890,"a":25.0,"c":[-0,1e-400,0.10000000000000000555]}"#;
        let read = parse(text).map(|value| value.to_string());
        assert_eq!(read.unwrap(), text);
        assert!(parse(r#"{"a":01}"#).is_err());
    }

    /// Each bound on what an answer takes, and what is just below it.
    #[test]
    fn what_is_too_much_is_told() {
        let values = |n: usize| format!("[0{}]", ",0".repeat(n));
        let text = |n: usize| format!("[\"{}\"]", "a".repeat(n));
        let cases = [
            (values(MOST_VALUES - 1), None),
            (values(MOST_VALUES), Some("it has more than 500000 values")),
            (text(LONGEST - 10), None),
            (text(LONGEST + 1), Some("it has a text of more than 64 KiB")),
            (format!("[\"{}\"]", ",\\\"[".repeat(10_000)), None),
        ];
        for (text, expected) in cases {
            assert_eq!(excess(&text).as_deref(), expected, "{} bytes", text.len());
        }
    }
}
