//! Fields of an answer in every form in which servers write them. Read as they come: no value is kept beside the field.

use serde::{
    Deserialize, Deserializer,
    de::{
        Error, IntoDeserializer, MapAccess, SeqAccess, Visitor,
        value::{MapAccessDeserializer, SeqAccessDeserializer},
    },
};
use serde_json::{Number, Value};
use std::{fmt, marker::PhantomData};

/// A text that may arrive as a number, a truth value or null.
pub fn text<'de, D: Deserializer<'de>>(deserializer: D) -> Result<String, D::Error> {
    deserializer.deserialize_any(AsText { flags: ["no", "yes"], is_any: false })
}

/// A value in whatever form it arrives, as [`super::scalar::verbatim`] has it: one that is not understood is no reason to refuse
/// the object it stands in.
pub fn verbatim<'de, D: Deserializer<'de>>(deserializer: D) -> Result<String, D::Error> {
    deserializer.deserialize_any(AsText { flags: ["false", "true"], is_any: true })
}

/// A list, of which servers also show an empty one as null or an empty text, and one of a single element as that element
/// (FACTS stratus/readings-8).
pub fn list<'de, D: Deserializer<'de>, T: Deserialize<'de>>(deserializer: D) -> Result<Vec<T>, D::Error> {
    deserializer.deserialize_any(AsList(PhantomData))
}

struct AsText {
    /// The words for false and true.
    flags: [&'static str; 2],
    /// Whether lists and objects are taken as their JSON.
    is_any: bool,
}

impl AsText {
    fn of<E: Error>(&self, value: Value) -> Result<String, E> {
        match value {
            Value::Number(number) => Ok(number.to_string()),
            other if self.is_any => Ok(other.to_string()),
            other => Err(E::custom(format!("expected text, found {other}"))),
        }
    }
}

impl<'de> Visitor<'de> for AsText {
    type Value = String;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("text")
    }

    fn visit_unit<E>(self) -> Result<String, E> {
        Ok(String::new())
    }

    fn visit_bool<E>(self, value: bool) -> Result<String, E> {
        Ok(self.flags[usize::from(value)].to_owned())
    }

    fn visit_i64<E>(self, value: i64) -> Result<String, E> {
        Ok(value.to_string())
    }

    fn visit_u64<E>(self, value: u64) -> Result<String, E> {
        Ok(value.to_string())
    }

    fn visit_i128<E>(self, value: i128) -> Result<String, E> {
        Ok(value.to_string())
    }

    fn visit_u128<E>(self, value: u128) -> Result<String, E> {
        Ok(value.to_string())
    }

    fn visit_f64<E>(self, value: f64) -> Result<String, E> {
        // As JSON has it: `25.0`, and not `25`.
        Ok(Number::from_f64(value).map(|number| number.to_string()).unwrap_or_default())
    }

    fn visit_str<E>(self, value: &str) -> Result<String, E> {
        Ok(value.to_owned())
    }

    fn visit_string<E>(self, value: String) -> Result<String, E> {
        Ok(value)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, items: A) -> Result<String, A::Error> {
        self.of(Value::deserialize(SeqAccessDeserializer::new(items))?)
    }

    /// Also a number: `serde_json` hands it over so, with all its digits.
    fn visit_map<A: MapAccess<'de>>(self, entries: A) -> Result<String, A::Error> {
        self.of(Value::deserialize(MapAccessDeserializer::new(entries))?)
    }
}

struct AsList<T>(PhantomData<T>);

impl<T> AsList<T> {
    fn one<'de, E: Error>(value: impl IntoDeserializer<'de, E>) -> Result<Vec<T>, E>
    where
        T: Deserialize<'de>,
    {
        T::deserialize(value.into_deserializer()).map(|one| vec![one])
    }
}

/// Values that stand for a list of one.
macro_rules! single {
    ($($method:ident: $type:ty),*) => {$(
        fn $method<E: Error>(self, value: $type) -> Result<Vec<T>, E> {
            Self::one(value)
        }
    )*};
}

impl<'de, T: Deserialize<'de>> Visitor<'de> for AsList<T> {
    type Value = Vec<T>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a list")
    }

    fn visit_unit<E>(self) -> Result<Vec<T>, E> {
        Ok(Vec::new())
    }

    single!(
        visit_bool: bool,
        visit_i64: i64,
        visit_u64: u64,
        visit_i128: i128,
        visit_u128: u128,
        visit_f64: f64
    );

    fn visit_str<E: Error>(self, value: &str) -> Result<Vec<T>, E> {
        if value.is_empty() { Ok(Vec::new()) } else { Self::one(value) }
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Vec<T>, A::Error> {
        let mut list = Vec::new();
        while let Some(item) = items.next_element()? {
            list.push(item);
        }
        Ok(list)
    }

    fn visit_map<A: MapAccess<'de>>(self, entries: A) -> Result<Vec<T>, A::Error> {
        T::deserialize(MapAccessDeserializer::new(entries)).map(|one| vec![one])
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Debug, PartialEq, Deserialize)]
    struct Row {
        #[serde(deserialize_with = "text")]
        text: String,
        #[serde(deserialize_with = "verbatim")]
        any: String,
        #[serde(deserialize_with = "list")]
        list: Vec<Value>,
    }

    /// What each form of a value is as a text, as any value and as a list, read from a text and from a value alike.
    #[test]
    fn every_form_is_read() {
        let cases = [
            ("null", Some(""), "", "[]"),
            (r#""""#, Some(""), "", "[]"),
            (r#""a b""#, Some("a b"), "a b", r#"["a b"]"#),
            (r#""\u0061\n""#, Some("a\n"), "a\n", r#"["a\n"]"#),
            ("true", Some("yes"), "true", "[true]"),
            ("false", Some("no"), "false", "[false]"),
            ("25", Some("25"), "25", "[25]"),
            ("-1", Some("-1"), "-1", "[-1]"),
            ("25.0", Some("25.0"), "25.0", "[25.0]"),
            (
                "0.10000000000000000555",
                Some("0.10000000000000000555"),
                "0.10000000000000000555",
                "[0.10000000000000000555]",
            ),
            ("19725550111555", Some("19725550111555"), "19725550111555", "[19725550111555]"),
            (
                "99999999999999999999",
                Some("99999999999999999999"),
                "99999999999999999999",
                "[99999999999999999999]",
            ),
            (
                "-99999999999999999999",
                Some("-99999999999999999999"),
                "-99999999999999999999",
                "[-99999999999999999999]",
            ),
            ("[]", None, "[]", "[]"),
            (r#"["a",1]"#, None, r#"["a",1]"#, r#"["a",1]"#),
            ("{}", None, "{}", "[{}]"),
            (r#"{"a":[1]}"#, None, r#"{"a":[1]}"#, r#"[{"a":[1]}]"#),
        ];
        for (value, text, any, list) in cases {
            let shown = format!(r#"{{"text":{},"any":{value},"list":{value}}}"#, text.map_or("0", |_| value));
            let row = Row {
                text: text.unwrap_or("0").to_owned(),
                any: any.to_owned(),
                list: serde_json::from_str(list).unwrap(),
            };
            assert_eq!(serde_json::from_str::<Row>(&shown).unwrap(), row, "{value}");
            let whole: Value = serde_json::from_str(&shown).unwrap();
            assert_eq!(Row::deserialize(&whole).unwrap(), row, "{value}, as a value");
            if text.is_none() {
                let refused = serde_json::from_str::<Row>(&format!(r#"{{"text":{value},"any":0,"list":0}}"#));
                assert!(refused.unwrap_err().to_string().starts_with("expected text, found "), "{value}");
            }
        }
    }
}
