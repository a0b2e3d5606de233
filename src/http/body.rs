//! What a server sends: bounded while it arrives, and read strictly. A server that has gone mad gets neither the memory nor
//! the belief of a run.

use super::Problem;
use memchr::memmem;
use reqwest::Response;
use serde::de::{
    Deserialize, DeserializeOwned, DeserializeSeed, Deserializer, Error, IgnoredAny, MapAccess, SeqAccess,
    Visitor,
};
use serde_json::{Value, value::RawValue};
use std::{borrow::Cow, fmt, sync::Arc};
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
    let (mut excess, mut seen) = (Excess::default(), 0);
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
        // Before there is more of it, or anybody makes a copy. A short one has no room for too much.
        if good && bytes.len() > LONGEST {
            if let Some(why) = excess.found(&bytes[seen..]) {
                return Err(Problem::decode(&why, ""));
            }
            seen = bytes.len();
        }
    }
    let bytes_in = bytes.len();
    let received = |text| Received { text, bytes: bytes_in, turn };
    match String::from_utf8(bytes) {
        Ok(text) => Ok(received(text)),
        // Half a letter at the cut end of an error is no reason to lose the rest.
        Err(error) if !good => Ok(received(String::from_utf8_lossy(error.as_bytes()).into_owned())),
        Err(error) => {
            let at = error.utf8_error().valid_up_to();
            Err(Problem::decode(&format!("it is not UTF-8 from byte {at} on"), ""))
        }
    }
}

/// What of a JSON text takes more memory than any honest answer does, as far as its marks tell: of the part that has been
/// looked at.
#[derive(Default)]
struct Excess {
    values: usize,
    /// Bytes since the last mark.
    length: usize,
    quoted: bool,
    escaped: bool,
}

impl Excess {
    /// What is too much when the next part has been looked at as well.
    fn found(&mut self, part: &[u8]) -> Option<String> {
        for byte in part {
            self.length += 1;
            match byte {
                _ if self.escaped => self.escaped = false,
                b'\\' if self.quoted => self.escaped = true,
                b'"' => (self.quoted, self.length) = (!self.quoted, 0),
                b',' | b'[' | b'{' if !self.quoted => (self.values, self.length) = (self.values + 1, 0),
                _ => {}
            }
            if self.values > MOST_VALUES {
                return Some(format!("it has more than {MOST_VALUES} values"));
            }
            if self.length > LONGEST {
                return Some(format!("it has a text of more than {} KiB", LONGEST >> 10));
            }
        }
        None
    }
}

/// The body of an answer: JSON that was looked through, kept as its text and read as whatever is wanted of it.
#[derive(Debug, Clone)]
pub struct Body {
    text: Arc<str>,
    /// Whether it is a list that has a list in it.
    has_row_list: bool,
}

impl Default for Body {
    /// Of an answer without one.
    fn default() -> Self {
        Self { text: "null".into(), has_row_list: false }
    }
}

impl Body {
    /// Looks through a whole text without keeping anything of it: it is JSON, and no object in it has a key twice, for which of
    /// the two is meant nobody can say.
    pub fn of(text: &str) -> Result<Self, Problem> {
        if text.trim().is_empty() {
            return Ok(Self::default());
        }
        if memmem::find(text.as_bytes(), format!("\"{PRIVATE}").as_bytes()).is_some() {
            return Err(Problem::decode(OWN_KEY, text));
        }
        let mut deserializer = serde_json::Deserializer::from_str(text);
        let mut state = State::default();
        let whole = Look(&mut state).deserialize(&mut deserializer).and_then(|()| deserializer.end());
        let has_row_list = state.has_row_list;
        whole
            .map(|()| Self { text: text.into(), has_row_list })
            .map_err(|error| Problem::decode(&error.to_string(), text))
    }

    pub fn text(&self) -> &str {
        &self.text
    }

    /// What is in a list of one; `None` for any other list.
    pub fn only(&self) -> Option<Self> {
        let [one] = self.read::<[Box<RawValue>; 1]>().ok()?;
        Self::of(one.get()).ok()
    }

    pub fn is_list(&self) -> bool {
        self.text.trim_start().starts_with('[')
    }

    /// Whether a row of the list that it is is itself a list, which would be taken for the fields of an object, one after the
    /// other.
    pub fn has_row_list(&self) -> bool {
        self.has_row_list
    }

    /// All of it.
    pub fn value(&self) -> Result<Value, Problem> {
        self.read().map_err(|why| Problem::decode(&why, self.text()))
    }

    /// What is wanted of it. The error does not say where in the text: nobody has the text.
    pub fn read<T: DeserializeOwned>(&self) -> Result<T, String> {
        serde_json::from_str(&self.text).map_err(|error| without_place(&error))
    }
}

/// What an error says, without the line and the column.
pub fn without_place(error: &serde_json::Error) -> String {
    let text = error.to_string();
    let place = format!(" at line {} column {}", error.line(), error.column());
    text.strip_suffix(&place).map(str::to_owned).unwrap_or(text)
}

/// Deeper than this no answer is nested; what is kept of one may lie a little deeper, and is read again.
const DEEPEST: usize = 100;

/// How the keys begin under which `serde_json` hands over a number with all its digits, and a value as its text. An object
/// with such a key would be taken for one of them.
const PRIVATE: &str = "$serde_json::private::";
const OWN_KEY: &str = "a key in it begins with `$serde_json::private::`, which has a meaning of its own here";

/// What was seen of a text so far.
#[derive(Default)]
struct State<'de> {
    /// The keys of the objects that the place at hand is in, those of the innermost last.
    keys: Vec<Cow<'de, str>>,
    /// The keys of the last object before, at each depth. The rows of a list have the same keys in the same order.
    before: Vec<Vec<Cow<'de, str>>>,
    /// In how many lists and objects that place is.
    depth: usize,
    /// Whether the outermost of them is a list.
    is_in_list: bool,
    has_row_list: bool,
}

impl<'de> State<'de> {
    fn enter<E: Error>(&mut self) -> Result<(), E> {
        self.depth += 1;
        if self.depth > DEEPEST { Err(E::custom("recursion limit exceeded")) } else { Ok(()) }
    }

    /// Refuses an object that has a key twice: the innermost one, whose keys begin at `begin`.
    fn each_once<E: Error>(&mut self, begin: usize) -> Result<(), E> {
        if self.before.len() <= self.depth {
            self.before.resize(self.depth + 1, Vec::new());
        }
        let (keys, before) = (&mut self.keys[begin..], &mut self.before[self.depth]);
        if *keys == **before {
            return Ok(());
        }
        before.clear();
        before.extend_from_slice(keys);
        keys.sort_unstable();
        match keys.windows(2).find(|pair| pair[0] == pair[1]) {
            Some(twice) => Err(E::custom(format!("an object has the key {:?} twice", twice[0]))),
            None => Ok(()),
        }
    }
}

/// Looks at one value.
struct Look<'a, 'de>(&'a mut State<'de>);

impl<'de> DeserializeSeed<'de> for Look<'_, 'de> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Look<'_, 'de> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a JSON value")
    }

    fn visit_unit<E>(self) -> Result<(), E> {
        Ok(())
    }

    fn visit_bool<E>(self, _: bool) -> Result<(), E> {
        Ok(())
    }

    fn visit_i64<E>(self, _: i64) -> Result<(), E> {
        Ok(())
    }

    fn visit_u64<E>(self, _: u64) -> Result<(), E> {
        Ok(())
    }

    fn visit_f64<E>(self, _: f64) -> Result<(), E> {
        Ok(())
    }

    fn visit_str<E>(self, _: &str) -> Result<(), E> {
        Ok(())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<(), A::Error> {
        match self.0.depth {
            0 => self.0.is_in_list = true,
            1 => self.0.has_row_list |= self.0.is_in_list,
            _ => {}
        }
        self.0.enter()?;
        while items.next_element_seed(Look(self.0))?.is_some() {}
        self.0.depth -= 1;
        Ok(())
    }

    fn visit_map<A: MapAccess<'de>>(self, mut entries: A) -> Result<(), A::Error> {
        let outer = self.0.keys.len();
        self.0.enter()?;
        while let Some(Key(key)) = entries.next_key()? {
            if key.starts_with(PRIVATE) {
                self.0.depth -= 1;
                return match key {
                    // A number, as its text; no object that stands in the answer has such a key (`Body::of`).
                    Cow::Borrowed(_) => entries.next_value::<IgnoredAny>().map(|_| ()),
                    Cow::Owned(_) => Err(A::Error::custom(OWN_KEY)),
                };
            }
            self.0.keys.push(key);
            entries.next_value_seed(Look(self.0))?;
        }
        self.0.each_once(outer)?;
        self.0.keys.truncate(outer);
        self.0.depth -= 1;
        Ok(())
    }
}

/// A key, as it stands in the text where it has no escape.
struct Key<'de>(Cow<'de, str>);

impl<'de> Deserialize<'de> for Key<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct OfKey;

        impl<'de> Visitor<'de> for OfKey {
            type Value = Cow<'de, str>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a key")
            }

            fn visit_borrowed_str<E>(self, key: &'de str) -> Result<Self::Value, E> {
                Ok(Cow::Borrowed(key))
            }

            fn visit_str<E>(self, key: &str) -> Result<Self::Value, E> {
                Ok(Cow::Owned(key.to_owned()))
            }
        }

        deserializer.deserialize_str(OfKey).map(Self)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What is written back holds what was read: no number loses a digit.
    #[test]
    fn numbers_are_kept_to_the_last_digit() {
        let text = r#"{"b":123456789012345678901234567890,"a":25.0,"c":[-0,1e-400,0.10000000000000000555]}"#;
        let read = Body::of(text).unwrap().value().unwrap();
        assert_eq!(read.to_string(), text);
    }

    /// What no run believes, and what is hardly otherwise.
    #[test]
    fn what_is_no_honest_answer_is_told() {
        let deep = |levels: usize| format!("{}{}", "[".repeat(levels), "]".repeat(levels));
        let own = "a key in it begins with `$serde_json::private::`, which has a meaning of its own here";
        let twice =
            |at: &str, column: usize| format!("an object has the key {at:?} twice at line 1 column {column}");
        let cases = [
            ("", None),
            (" \r\n\t", None),
            (r#"{"a":01}"#, Some("invalid number at line 1 column 7".to_owned())),
            (r#"{"a":1} {}"#, Some("trailing characters at line 1 column 9".to_owned())),
            (r#"[{"b":{"a":1,"c":1},"a":0,"b":2}]"#, Some(twice("b", 32))),
            (r#"{"a":{"a":{}},"b":{"a":[{"a":0}]}}"#, None),
            (r#"[{"a":1,"b":1},{"a":1,"b":1},{"b":1,"a":1},{"a":1}]"#, None),
            (r#"[{"a":1,"b":1},{"a":1,"b":1},{"a":1,"b":1,"a":1}]"#, Some(twice("a", 48))),
            (r#"[{"a":1,"b":1},{"c":{"a":1,"b":1}},{"a":1,"a":1}]"#, Some(twice("a", 48))),
            (r#"{"a":0,"\u0061":1}"#, Some(twice("a", 18))),
            (r#"{"$serde_json::private::Number":"1"}"#, Some(own.to_owned())),
            (r#"{"\u0024serde_json::private::RawValue":"1"}"#, Some(format!("{own} at line 1 column 38"))),
            (r#"{"a":"see $serde_json::private::Number","b":[1,25.0,-0]}"#, None),
            (&deep(DEEPEST), None),
            (&deep(DEEPEST + 1), Some("recursion limit exceeded at line 1 column 102".to_owned())),
            (&deep(1000), Some("recursion limit exceeded at line 1 column 101".to_owned())),
        ];
        for (text, expected) in cases {
            let why = match Body::of(text) {
                Err(Problem::Decode { why, .. }) => Some(why),
                Err(other) => panic!("{other:?}"),
                Ok(_) => None,
            };
            assert_eq!(why, expected, "{text:.60}");
        }
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
            (format!("[{}]", "1".repeat(LONGEST + 1)), Some("it has a text of more than 64 KiB")),
            (format!("[\"{}\"]", ",\\\"[".repeat(10_000)), None),
        ];
        for (text, expected) in cases {
            // However it arrives.
            for size in [text.len(), 1000] {
                let mut excess = Excess::default();
                let found = text.as_bytes().chunks(size).find_map(|part| excess.found(part));
                assert_eq!(found.as_deref(), expected, "{} bytes", text.len());
            }
        }
    }

    /// One object may come in a list of one, whatever it is.
    #[test]
    fn what_is_in_a_list_of_one_is_taken_out() {
        let cases = [
            (r#" [ {"a":1} ]"#, Some(r#"{"a":1}"#)),
            ("[null]", Some("null")),
            ("[[1]]", Some("[1]")),
            ("[]", None),
            ("[1,2]", None),
        ];
        for (text, expected) in cases {
            let body = Body::of(text).unwrap();
            assert!(body.is_list(), "{text}");
            assert_eq!(body.only().as_ref().map(Body::text), expected, "{text}");
        }
    }
}
