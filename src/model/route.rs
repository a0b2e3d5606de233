//! Where the calls of a number go.

use super::{
    Destination, E164, Pattern, Receivers,
    destination::{DestinationVisitor, Parsed},
};
use schemars::JsonSchema;
use serde::{Deserialize, Deserializer, Serialize, Serializer, de, ser::SerializeMap};

/// Where the calls of a number go: one destination, or several receiving numbers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Route {
    To(Destination),
    Receivers(Receivers),
}

impl Receivers {
    /// The list without its pattern.
    pub fn bare(&self) -> Route {
        Route::Receivers(Self { receivers: self.receivers.clone(), pattern: None })
    }
}

impl Serialize for Route {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::To(to) => to.serialize(serializer),
            Self::Receivers(Receivers { receivers, pattern }) => {
                let mut map = serializer.serialize_map(None)?;
                map.serialize_entry("receivers", receivers)?;
                if let Some(pattern) = pattern {
                    map.serialize_entry("pattern", pattern)?;
                }
                map.end()
            }
        }
    }
}

impl<'de> Deserialize<'de> for Route {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        match deserializer.deserialize_any(DestinationVisitor { off: false, receivers: true })? {
            Parsed::To(to) => Ok(Self::To(to)),
            Parsed::Receivers(receivers) => Ok(Self::Receivers(receivers)),
            Parsed::Off => Err(de::Error::custom("`off` is not a destination")),
        }
    }
}

impl JsonSchema for Route {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Route".into()
    }

    fn json_schema(generator: &mut schemars::SchemaGenerator) -> schemars::Schema {
        let to = generator.subschema_for::<Destination>();
        let number = generator.subschema_for::<E164>();
        let numbers = schemars::json_schema!({ "type": "array", "items": number, "minItems": 1 });
        let pattern = generator.subschema_for::<Pattern>();
        schemars::json_schema!({
            "description": "Where the calls of a number go: one destination, or several receiving numbers.",
            "anyOf": [to, {
                "type": "object",
                "properties": { "receivers": numbers, "pattern": pattern },
                "required": ["receivers"],
                "additionalProperties": false
            }]
        })
    }
}
