//! The JSON Schemas of the files, for editors.

use crate::{
    model::{AssertionFile, Tenant, WorkspaceFile},
    provider::settings::any_entry,
};
use schemars::{Schema, SchemaGenerator, generate::SchemaSettings, transform::transform_subschemas};
use serde_json::Value;

/// The schemas by the name of their file in `schema/`. Draft 7, which editors understand.
pub fn schemas() -> [(&'static str, Schema); 3] {
    let generator = || SchemaSettings::draft07().with_transform(without_null).into_generator();
    [
        ("tenant.schema.json", tenant(generator())),
        ("workspace.schema.json", workspace(generator())),
        ("tests.schema.json", generator().into_root_schema_for::<AssertionFile>()),
    ]
}

/// The tenant's file with what has done its work before that is read: shared schedules are taken in.
fn tenant(generator: SchemaGenerator) -> Schema {
    let mut schema = generator.into_root_schema_for::<Tenant>();
    let word = serde_json::json!({
        "description": "Shared schedules whose days this one has as well: `[shared/holidays]`.",
        "type": "array",
        "items": { "type": "string", "pattern": "^shared/." }
    });
    if let Some(Value::Object(properties)) = schema.pointer_mut("/definitions/Schedule/properties") {
        properties.insert("use".to_owned(), word);
    }
    schema
}

/// The workspace file with what each kind of provider says of its own entries.
fn workspace(mut generator: SchemaGenerator) -> Schema {
    let provider = any_entry(&mut generator);
    generator.definitions_mut().insert("Provider".to_owned(), provider.into());
    let mut schema = generator.into_root_schema_for::<WorkspaceFile>();
    if let Some(entry) = schema.pointer_mut("/properties/providers/additionalProperties/$ref") {
        *entry = "#/definitions/Provider".into();
    }
    // By itself the file knows of an entry no more than its kind.
    if let Some(Value::Object(definitions)) = schema.get_mut("definitions") {
        definitions.remove("ProviderKind");
    }
    schema
}

/// `null` is refused wherever it stands, so that an editor must not offer it.
fn without_null(schema: &mut Schema) {
    transform_subschemas(&mut without_null, schema);
    let null = Value::from("null");
    if schema.get("default") == Some(&Value::Null) {
        schema.remove("default");
    }
    if let Some(Value::Array(types)) = schema.get_mut("type") {
        types.retain(|kind| *kind != null);
        if let [only] = types.as_slice() {
            let only = only.clone();
            schema.insert("type".to_owned(), only);
        }
    }
    if let Some(Value::Array(forms)) = schema.get_mut("anyOf") {
        forms.retain(|form| form.get("type") != Some(&null));
        if let [only] = forms.as_slice() {
            // Beside a `$ref` draft 7 ignores the description; `allOf` keeps both.
            let only = only.clone();
            schema.remove("anyOf");
            schema.insert("allOf".to_owned(), Value::Array(vec![only]));
        }
    }
}
