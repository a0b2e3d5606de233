//! Which fields an object has, and the words in them: what the tables of a provider are held against.

use serde::{
    Serialize, Serializer,
    ser::{
        Impossible, SerializeMap, SerializeSeq, SerializeStruct, SerializeStructVariant, SerializeTuple,
        SerializeTupleStruct,
    },
};
use std::{borrow::Cow, fmt};

/// What is kept of a value.
#[derive(Debug, PartialEq, Eq)]
pub enum Skeleton {
    Fields(Vec<(Cow<'static, str>, Skeleton)>),
    Word(String),
    /// A number, a switch, nothing or a list: nobody looks into lists.
    Other,
}

impl Skeleton {
    /// Of something that serialises to what JSON has; of anything else nothing is known.
    pub fn of(value: &impl Serialize) -> Self {
        value.serialize(Strip).unwrap_or(Self::Other)
    }

    pub fn get(&self, field: &str) -> Option<&Self> {
        match self {
            Self::Fields(fields) => fields.iter().find(|(name, _)| name == field).map(|(_, it)| it),
            Self::Word(_) | Self::Other => None,
        }
    }

    pub fn as_word(&self) -> Option<&str> {
        match self {
            Self::Word(word) => Some(word),
            Self::Fields(_) | Self::Other => None,
        }
    }
}

type Stripped = Result<Skeleton, fmt::Error>;

struct Strip;

macro_rules! other {
    ($($method:ident: $type:ty),*) => {$(
        fn $method(self, _: $type) -> Stripped {
            Ok(Skeleton::Other)
        }
    )*};
}

impl Serializer for Strip {
    type Ok = Skeleton;
    type Error = fmt::Error;
    type SerializeSeq = List;
    type SerializeTuple = List;
    type SerializeTupleStruct = List;
    type SerializeTupleVariant = Impossible<Skeleton, fmt::Error>;
    type SerializeMap = Map;
    type SerializeStruct = Map;
    type SerializeStructVariant = Map;

    other!(
        serialize_bool: bool,
        serialize_i8: i8,
        serialize_i16: i16,
        serialize_i32: i32,
        serialize_i64: i64,
        serialize_u8: u8,
        serialize_u16: u16,
        serialize_u32: u32,
        serialize_u64: u64,
        serialize_f32: f32,
        serialize_f64: f64,
        serialize_bytes: &[u8]
    );

    fn serialize_char(self, value: char) -> Stripped {
        Ok(Skeleton::Word(value.to_string()))
    }

    fn serialize_str(self, value: &str) -> Stripped {
        Ok(Skeleton::Word(value.to_owned()))
    }

    fn serialize_none(self) -> Stripped {
        Ok(Skeleton::Other)
    }

    fn serialize_some<T: ?Sized + Serialize>(self, value: &T) -> Stripped {
        value.serialize(self)
    }

    fn serialize_unit(self) -> Stripped {
        Ok(Skeleton::Other)
    }

    fn serialize_unit_struct(self, _: &'static str) -> Stripped {
        Ok(Skeleton::Other)
    }

    fn serialize_unit_variant(self, _: &'static str, _: u32, variant: &'static str) -> Stripped {
        Ok(Skeleton::Word(variant.to_owned()))
    }

    fn serialize_newtype_struct<T: ?Sized + Serialize>(self, _: &'static str, value: &T) -> Stripped {
        value.serialize(self)
    }

    fn serialize_newtype_variant<T: ?Sized + Serialize>(
        self,
        _: &'static str,
        _: u32,
        variant: &'static str,
        value: &T,
    ) -> Stripped {
        Ok(Skeleton::Fields(vec![(variant.into(), value.serialize(Self)?)]))
    }

    fn serialize_seq(self, _: Option<usize>) -> Result<List, fmt::Error> {
        Ok(List)
    }

    fn serialize_tuple(self, _: usize) -> Result<List, fmt::Error> {
        Ok(List)
    }

    fn serialize_tuple_struct(self, _: &'static str, _: usize) -> Result<List, fmt::Error> {
        Ok(List)
    }

    fn serialize_tuple_variant(
        self,
        _: &'static str,
        _: u32,
        _: &'static str,
        _: usize,
    ) -> Result<Self::SerializeTupleVariant, fmt::Error> {
        Err(fmt::Error)
    }

    fn serialize_map(self, _: Option<usize>) -> Result<Map, fmt::Error> {
        Ok(Map::default())
    }

    fn serialize_struct(self, _: &'static str, length: usize) -> Result<Map, fmt::Error> {
        Ok(Map { fields: Vec::with_capacity(length), ..Map::default() })
    }

    fn serialize_struct_variant(
        self,
        _: &'static str,
        _: u32,
        variant: &'static str,
        _: usize,
    ) -> Result<Map, fmt::Error> {
        Ok(Map { variant: Some(variant), ..Map::default() })
    }
}

/// Whatever is in it.
struct List;

macro_rules! lists {
    ($($trait:ident: $method:ident),*) => {$(
        impl $trait for List {
            type Ok = Skeleton;
            type Error = fmt::Error;

            fn $method<T: ?Sized + Serialize>(&mut self, _: &T) -> Result<(), fmt::Error> {
                Ok(())
            }

            fn end(self) -> Stripped {
                Ok(Skeleton::Other)
            }
        }
    )*};
}

lists!(SerializeSeq: serialize_element, SerializeTuple: serialize_element, SerializeTupleStruct: serialize_field);

#[derive(Default)]
struct Map {
    fields: Vec<(Cow<'static, str>, Skeleton)>,
    /// Of an entry whose value is still to come.
    key: Cow<'static, str>,
    variant: Option<&'static str>,
}

impl Map {
    fn skeleton(self) -> Skeleton {
        let fields = Skeleton::Fields(self.fields);
        match self.variant {
            Some(variant) => Skeleton::Fields(vec![(variant.into(), fields)]),
            None => fields,
        }
    }
}

impl SerializeMap for Map {
    type Ok = Skeleton;
    type Error = fmt::Error;

    fn serialize_key<T: ?Sized + Serialize>(&mut self, key: &T) -> Result<(), fmt::Error> {
        let Skeleton::Word(key) = key.serialize(Strip)? else { return Err(fmt::Error) };
        self.key = key.into();
        Ok(())
    }

    fn serialize_value<T: ?Sized + Serialize>(&mut self, value: &T) -> Result<(), fmt::Error> {
        let key = std::mem::take(&mut self.key);
        self.fields.push((key, value.serialize(Strip)?));
        Ok(())
    }

    fn end(self) -> Stripped {
        Ok(self.skeleton())
    }
}

macro_rules! structs {
    ($($trait:ident),*) => {$(
        impl $trait for Map {
            type Ok = Skeleton;
            type Error = fmt::Error;

            fn serialize_field<T: ?Sized + Serialize>(
                &mut self,
                field: &'static str,
                value: &T,
            ) -> Result<(), fmt::Error> {
                self.fields.push((field.into(), value.serialize(Strip)?));
                Ok(())
            }

            fn end(self) -> Stripped {
                Ok(self.skeleton())
            }
        }
    )*};
}

structs!(SerializeStruct, SerializeStructVariant);

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{Kind, Resource};
    use serde_json::{Value, json};

    /// The same of the JSON.
    fn of_json(value: &Value) -> Skeleton {
        match value {
            Value::Object(fields) => {
                let each = fields.iter().map(|(name, value)| (name.clone().into(), of_json(value)));
                Skeleton::Fields(each.collect())
            }
            Value::String(word) => Skeleton::Word(word.clone()),
            _ => Skeleton::Other,
        }
    }

    /// The skeleton of an object is that of its JSON, with fields of every form.
    #[test]
    fn it_is_that_of_the_json() {
        let objects = [
            (
                Kind::Schedules,
                json!({ "weekly": { "mon": ["09:00-17:00"], "first_day": "2026-01-01" }, "protect": true }),
            ),
            (
                Kind::Queues,
                json!({ "name": "Front", "dispatch": "ring_all", "max_callers": "unlimited",
                "failover": { "number": "+19725550111" }, "agents": [{ "extension": "101" }] }),
            ),
            (
                Kind::Rules,
                json!({ "ring_timeout": 25, "callers": { "block_anonymous": true, "spam": "ring" },
                "order": [{ "when": "default", "ring": "extension" }] }),
            ),
            (
                Kind::Diverts,
                json!({ "busy": "voicemail", "no_answer": "off", "always": { "extension": "102" } }),
            ),
            (Kind::Numbers, json!({ "label": "Main", "route": { "extension": "101" } })),
            (Kind::Forwards, json!({ "to": "+19725550111", "active": false })),
            (Kind::Receivers, json!({ "label": "Mobile", "whisper": "off" })),
        ];
        for (kind, object) in objects {
            let object = Resource::from_value(kind, object).unwrap();
            let json = serde_json::to_value(&object).unwrap();
            assert_eq!(Skeleton::of(&object), of_json(&json), "{json}");
        }
    }
}
