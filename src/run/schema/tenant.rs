//! What the schema of a tenant's file says beyond its types.

use crate::model::{EXTENSION_PATTERN, Kind, PHONE_NUMBER_PATTERN};
use serde_json::{Value, json};

/// A name: a letter or a digit, no `/`, and no spaces around it.
const NAME: &str = r"^(?![ -.:-@\[-`{-~]*$)[^/\s]([^/]*[^/\s])?$";

/// A place in the schema, and what stands there besides.
type Addition = (&'static str, &'static str, Value);

/// Says what types alone do not: how keys are written, in what intervals count, and what belongs together.
pub(super) fn complete(schema: &mut Value) {
    let shared = json!({
        "description": "Shared schedules whose days this one has as well: `[shared/holidays]`.",
        "type": "array",
        "items": { "type": "string", "pattern": "^shared/." }
    });
    let one_of = |words: &[&str]| words.iter().map(|word| json!({ "required": [word] })).collect::<Value>();
    let additions: [Addition; 16] = [
        ("/definitions/Schedule/properties", "use", shared),
        ("/properties/tenant", "pattern", NAME.into()),
        ("/properties/labels/items", "pattern", NAME.into()),
        ("/properties/account", "pattern", NAME.into()),
        // An id, as people write one.
        ("/properties/account", "type", json!(["string", "integer"])),
        ("", "dependencies", json!({ "vars": ["extends"], "without": ["extends"] })),
        ("/definitions/Weekly/properties/every", "pattern", " weeks?$".into()),
        ("/definitions/Monthly/anyOf/1/properties/every", "pattern", " months?$".into()),
        ("/definitions/Yearly/anyOf/1/properties/every", "pattern", " years?$".into()),
        ("/definitions/Dated/anyOf/1/properties/every", "pattern", " (days?|weeks?)$".into()),
        ("/definitions/Dated/anyOf/1", "dependencies", json!({ "last_day": ["every"] })),
        ("/definitions/Holidays/properties/days", "minItems", json!(1)),
        ("/definitions/Easter/properties/days", "minItems", json!(1)),
        ("/definitions/OwnEntry", "minProperties", json!(1)),
        ("/definitions/AgentForm", "oneOf", one_of(&["extension", "number", "device", "token", "agent"])),
        ("/definitions/Also", "oneOf", one_of(&["extension", "number", "device", "token"])),
    ];
    for (place, word, what) in additions {
        if let Some(Value::Object(map)) = schema.pointer_mut(place) {
            map.insert(word.to_owned(), what);
        }
    }
    for kind in Kind::ALL {
        let pattern = match kind {
            Kind::Numbers | Kind::Forwards | Kind::Receivers => PHONE_NUMBER_PATTERN,
            Kind::Rules | Kind::Diverts => EXTENSION_PATTERN,
            Kind::Schedules | Kind::Queues => continue,
        };
        if let Some(Value::Object(section)) = schema.pointer_mut(&format!("/properties/{}", kind.section())) {
            section.insert("propertyNames".to_owned(), json!({ "pattern": pattern }));
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::run::SchemaOf;

    /// A place that the types do not have any more would be left out without a word.
    #[test]
    fn every_addition_has_its_place() {
        let text = SchemaOf::Tenant.schema().to_string();
        for (word, times) in [
            ("\"propertyNames\"", 6),
            ("\"dependencies\"", 2),
            ("\"minItems\"", 3),
            (" weeks?$", 1),
            ("s?$\"", 3),
            ("(days?|weeks?)$", 1),
        ] {
            assert_eq!(text.matches(word).count(), times, "{word}");
        }
    }
}
