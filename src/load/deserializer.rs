//! The serde deserializer over a node.
//!
//! The field decides what a scalar is: text fields get the raw text however it looks, `bool` and integer
//! fields accept their one plain spelling. Nothing is guessed from the scalar itself.

use serde::de::{self, DeserializeSeed, Deserializer as _, Visitor};

use super::error::{Error, one_of};
use super::number;
use super::syntax::short;
use super::tree::{Node, Value};
use crate::model::{NUMBER_OR_WORD, Window};

type Result<T> = std::result::Result<T, Error>;

#[derive(Clone, Copy)]
pub(super) struct NodeDeserializer<'a> {
    node: &'a Node,
}

impl<'a> NodeDeserializer<'a> {
    pub fn new(node: &'a Node) -> Self {
        Self { node }
    }

    fn done<T>(self, result: Result<T>) -> Result<T> {
        result.map_err(|error| error.at(self.node))
    }

    fn expected(self, what: &str) -> Error {
        Error::wrong_type(what, self.node.kind_name()).at(self.node)
    }

    /// A scalar's text, and whether it is plain.
    fn scalar(self, what: &str) -> Result<(&'a str, bool)> {
        match &self.node.value {
            Value::Scalar { text, plain } => Ok((&**text, *plain)),
            Value::Map(_) | Value::Seq(_) => Err(self.expected(what).help(without_brackets(self.node))),
        }
    }

    fn text<'de, V: Visitor<'de>>(self, visitor: V) -> Result<V::Value> {
        let (text, _) = self.scalar("text")?;
        self.done(visitor.visit_str(text))
    }

    fn boolean(self) -> Result<bool> {
        const WHAT: &str = "`true` or `false`";
        match self.scalar(WHAT)? {
            ("true", true) => Ok(true),
            ("false", true) => Ok(false),
            (text, plain) => {
                let help = match text.to_lowercase().as_str() {
                    "true" | "yes" | "on" | "y" | "1" => "write `true`",
                    "false" | "no" | "off" | "n" | "0" => "write `false`",
                    _ => "write `true` or `false`, without quotes",
                };
                Err(Error::wrong_type(WHAT, as_written(text, plain)).help(help.to_owned()).at(self.node))
            }
        }
    }

    fn integer(self, range: std::ops::RangeInclusive<i128>) -> Result<i128> {
        const WHAT: &str = "a whole number";
        let (text, plain) = self.scalar(WHAT)?;
        let meant = number::meant(text);
        if meant.is_some_and(|number| !range.contains(&number)) {
            let (low, high) = (range.start(), range.end());
            let found = as_written(text, plain);
            let message = format!("expected a whole number from {low} to {high}, found {found}");
            return Err(Error::new("bad-value", message).at(self.node));
        }
        match meant {
            Some(number) if plain && number::is_plain(text) => Ok(number),
            meant => {
                let help = meant.map(|number| format!("write {number}"));
                let help = help.unwrap_or_else(|| "write digits only, such as `30`".to_owned());
                Err(Error::wrong_type(WHAT, as_written(text, plain)).help(help).at(self.node))
            }
        }
    }

    /// Where a number or a word may stand: what looks like a number is one.
    fn number_or_word<'de, V: Visitor<'de>>(self, visitor: V) -> Result<V::Value> {
        match &self.node.value {
            Value::Scalar { text, plain }
                if (*plain && number::is_plain(text)) || number::meant(text).is_none() =>
            {
                self.text(visitor)
            }
            Value::Scalar { .. } => self.deserialize_u32(visitor),
            Value::Map(_) | Value::Seq(_) => self.deserialize_any(visitor),
        }
    }

    fn float(self) -> Result<f64> {
        let (text, plain) = self.scalar("a number")?;
        match text.parse::<f64>() {
            Ok(number) if plain && number.is_finite() => Ok(number),
            _ => Err(Error::wrong_type("a number", as_written(text, plain)).at(self.node)),
        }
    }

    fn map<'de, V: Visitor<'de>>(self, visitor: V) -> Result<V::Value> {
        let Value::Map(entries) = &self.node.value else { return Err(self.expected("a map")) };
        let mut access = Entries { entries, next: 0 };
        let value = self.done(visitor.visit_map(&mut access))?;
        if access.next < entries.len() {
            return Err(too_many_keys(entries, access.next).at(self.node));
        }
        Ok(value)
    }

    fn seq<'de, V: Visitor<'de>>(self, visitor: V) -> Result<V::Value> {
        let Value::Seq(items) = &self.node.value else {
            return Err(self.expected("a list").help(in_brackets(self.node)));
        };
        let mut access = Items { items, next: 0 };
        let value = self.done(visitor.visit_seq(&mut access))?;
        if access.next < items.len() {
            let message = format!("expected a list of {}, found {}", access.next, items.len());
            return Err(Error::new("bad-value", message).at(self.node));
        }
        Ok(value)
    }
}

/// What people write for a list with nothing in it.
const NOTHING: [&str; 4] = ["closed", "off", "none", "never"];

/// A text as a list: commas part it, and blanks where all of it is times.
fn in_brackets(node: &Node) -> Option<String> {
    let text = node.text();
    if NOTHING.contains(&text.to_lowercase().as_str()) {
        return Some("leave the key out, or write `[]`".to_owned());
    }
    let times: Vec<&str> = text.split_whitespace().collect();
    let list = match times.iter().all(|it| it.parse::<Window>().is_ok()) {
        true => listed(times),
        false => listed(text.split(',')),
    };
    list.map(|list| format!("write `{list}`"))
}

/// Texts as a list on one line; `None` if that would be long, or need more than quotes.
pub(super) fn listed<'a>(items: impl IntoIterator<Item = &'a str>) -> Option<String> {
    let is_word = |c: char| c.is_ascii_alphanumeric() || "_-/".contains(c);
    let is_plain = |it: &str| it.starts_with(|c: char| c.is_ascii_alphabetic()) && it.chars().all(is_word);
    let items: Vec<&str> = items.into_iter().map(str::trim).filter(|it| !it.is_empty()).collect();
    let length: usize = items.iter().map(|it| it.len() + 2).sum();
    let is_odd = |it: &&str| it.contains(['"', '\\']) || it.contains(char::is_control);
    if items.is_empty() || length > SHORT || items.iter().any(is_odd) {
        return None;
    }
    let written = items.iter().map(|it| if is_plain(it) { (*it).to_owned() } else { format!("\"{it}\"") });
    Some(format!("[{}]", written.collect::<Vec<_>>().join(", ")))
}

/// The only item of a list by itself.
fn without_brackets(node: &Node) -> Option<String> {
    match node.items() {
        [one] if !one.text().is_empty() => {
            Some(format!("write `{}` without the brackets", short(one.text())))
        }
        _ => None,
    }
}

/// Longer texts are not repeated.
const SHORT: usize = 60;

/// How to write a map of these keys.
fn map_of(keys: &[&str]) -> Option<String> {
    match keys {
        [] => None,
        [only] => Some(format!("write `{{ {only}: … }}`")),
        [first, ..] => Some(format!("write `{{ {first}: … }}`; the keys are `{}`", keys.join("`, `"))),
    }
}

/// A scalar as the file shows it, so that quotes at fault are seen.
fn as_written(text: &str, plain: bool) -> String {
    if plain { format!("`{}`", short(text)) } else { format!("`\"{}\"`", short(text)) }
}

fn too_many_keys(entries: &[(Node, Node)], expected: usize) -> Error {
    const SHOWN: usize = 5;
    let expected = if expected == 1 { "one key".to_owned() } else { format!("{expected} keys") };
    let names: Vec<_> =
        entries.iter().take(SHOWN).map(|(key, _)| format!("`{}`", short(key.text()))).collect();
    let more = if entries.len() > SHOWN { ", …" } else { "" };
    let found = match entries.len() {
        0 => "none".to_owned(),
        count => format!("{count}: {}{more}", names.join(", ")),
    };
    Error::wrong_type(expected, found)
}

macro_rules! integers {
    ($($method:ident $visit:ident $type:ty),*) => {$(
        fn $method<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value> {
            let number = self.integer(i128::from(<$type>::MIN)..=i128::from(<$type>::MAX))?;
            // In range by now, so the cast keeps the value.
            self.done(visitor.$visit(number as $type))
        }
    )*};
}

impl<'de> de::Deserializer<'de> for NodeDeserializer<'_> {
    type Error = Error;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value> {
        match &self.node.value {
            Value::Scalar { .. } => self.text(visitor),
            Value::Map(_) => self.map(visitor),
            Value::Seq(_) => self.seq(visitor),
        }
    }

    fn deserialize_bool<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value> {
        let flag = self.boolean()?;
        self.done(visitor.visit_bool(flag))
    }

    integers! {
        deserialize_i8 visit_i8 i8, deserialize_i16 visit_i16 i16, deserialize_i32 visit_i32 i32,
        deserialize_i64 visit_i64 i64, deserialize_u8 visit_u8 u8, deserialize_u16 visit_u16 u16,
        deserialize_u32 visit_u32 u32, deserialize_u64 visit_u64 u64
    }

    fn deserialize_f32<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value> {
        self.deserialize_f64(visitor)
    }

    fn deserialize_f64<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value> {
        let number = self.float()?;
        self.done(visitor.visit_f64(number))
    }

    fn deserialize_str<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value> {
        self.text(visitor)
    }

    fn deserialize_string<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value> {
        self.text(visitor)
    }

    fn deserialize_char<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value> {
        self.text(visitor)
    }

    fn deserialize_identifier<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value> {
        self.text(visitor)
    }

    fn deserialize_bytes<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value> {
        self.text(visitor)
    }

    fn deserialize_byte_buf<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value> {
        self.text(visitor)
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value> {
        // An absent key is the only `None`; null is refused earlier.
        self.done(visitor.visit_some(self))
    }

    fn deserialize_unit<V: Visitor<'de>>(self, _: V) -> Result<V::Value> {
        Err(self.expected("nothing"))
    }

    fn deserialize_unit_struct<V: Visitor<'de>>(self, _: &'static str, visitor: V) -> Result<V::Value> {
        self.deserialize_unit(visitor)
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(self, name: &'static str, visitor: V) -> Result<V::Value> {
        if name == NUMBER_OR_WORD {
            return self.number_or_word(visitor);
        }
        self.done(visitor.visit_newtype_struct(self))
    }

    fn deserialize_seq<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value> {
        self.seq(visitor)
    }

    fn deserialize_tuple<V: Visitor<'de>>(self, _: usize, visitor: V) -> Result<V::Value> {
        self.seq(visitor)
    }

    fn deserialize_tuple_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        _: usize,
        visitor: V,
    ) -> Result<V::Value> {
        self.seq(visitor)
    }

    fn deserialize_map<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value> {
        self.map(visitor)
    }

    fn deserialize_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        fields: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value> {
        if matches!(self.node.value, Value::Map(_)) {
            return self.map(visitor);
        }
        Err(self.expected("a map").help(map_of(fields)))
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        _: &'static str,
        variants: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value> {
        let (key, value) = match &self.node.value {
            Value::Scalar { .. } => (self.node, None),
            Value::Map(entries) => match &**entries {
                [(key, value)] => (key, Some(value)),
                _ => return Err(too_many_keys(entries, 1).help(one_of(variants)).at(self.node)),
            },
            Value::Seq(_) => return Err(self.expected("text or a map").help(one_of(variants))),
        };
        self.done(visitor.visit_enum(Variant { key, value }))
    }

    fn deserialize_ignored_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value> {
        self.done(visitor.visit_unit())
    }
}

struct Entries<'a> {
    entries: &'a [(Node, Node)],
    /// Position after the last key handed out.
    next: usize,
}

impl<'de> de::MapAccess<'de> for &mut Entries<'_> {
    type Error = Error;

    fn next_key_seed<K: DeserializeSeed<'de>>(&mut self, seed: K) -> Result<Option<K::Value>> {
        let position = self.next;
        let Some((key, _)) = self.entries.get(position) else { return Ok(None) };
        self.next += 1;
        seed.deserialize(NodeDeserializer::new(key))
            .map(Some)
            .map_err(|error| error.inside(None, key, position))
    }

    fn next_value_seed<V: DeserializeSeed<'de>>(&mut self, seed: V) -> Result<V::Value> {
        let position = self.next.saturating_sub(1);
        let Some((key, value)) = self.entries.get(position) else {
            return Err(Error::new("bad-value", "expected one more key"));
        };
        seed.deserialize(NodeDeserializer::new(value))
            .map_err(|error| error.inside(Some(key), value, position))
    }

    fn size_hint(&self) -> Option<usize> {
        Some(self.entries.len() - self.next)
    }
}

struct Items<'a> {
    items: &'a [Node],
    next: usize,
}

impl<'de> de::SeqAccess<'de> for &mut Items<'_> {
    type Error = Error;

    fn next_element_seed<T: DeserializeSeed<'de>>(&mut self, seed: T) -> Result<Option<T::Value>> {
        let position = self.next;
        let Some(item) = self.items.get(position) else { return Ok(None) };
        self.next += 1;
        seed.deserialize(NodeDeserializer::new(item))
            .map(Some)
            .map_err(|error| error.inside(None, item, position))
    }

    fn size_hint(&self) -> Option<usize> {
        Some(self.items.len() - self.next)
    }
}

/// `word` or `{ word: value }`.
struct Variant<'a> {
    key: &'a Node,
    value: Option<&'a Node>,
}

impl<'a> Variant<'a> {
    fn value<T>(&self, read: impl FnOnce(NodeDeserializer<'a>) -> Result<T>) -> Result<T> {
        let Some(value) = self.value else {
            let word = short(self.key.text());
            let message = format!("`{word}` needs a value");
            return Err(Error::new("wrong-type", message).help(format!("write `{{ {word}: … }}`")));
        };
        read(NodeDeserializer::new(value)).map_err(|error| error.inside(Some(self.key), value, 0))
    }
}

impl<'de> de::EnumAccess<'de> for Variant<'_> {
    type Error = Error;
    type Variant = Self;

    fn variant_seed<V: DeserializeSeed<'de>>(self, seed: V) -> Result<(V::Value, Self)> {
        let name = seed.deserialize(NodeDeserializer::new(self.key)).map_err(|error| match self.value {
            Some(_) => error.inside(None, self.key, 0),
            None => error,
        })?;
        Ok((name, self))
    }
}

impl<'de> de::VariantAccess<'de> for Variant<'_> {
    type Error = Error;

    fn unit_variant(self) -> Result<()> {
        let Some(value) = self.value else { return Ok(()) };
        let word = short(self.key.text());
        let error =
            Error::new("wrong-type", format!("`{word}` takes no value")).help(format!("write just `{word}`"));
        Err(error.inside(None, value, 0))
    }

    fn newtype_variant_seed<T: DeserializeSeed<'de>>(self, seed: T) -> Result<T::Value> {
        self.value(|value| seed.deserialize(value))
    }

    fn tuple_variant<V: Visitor<'de>>(self, _: usize, visitor: V) -> Result<V::Value> {
        self.value(|value| value.seq(visitor))
    }

    fn struct_variant<V: Visitor<'de>>(self, _: &'static [&'static str], visitor: V) -> Result<V::Value> {
        self.value(|value| value.map(visitor))
    }
}
