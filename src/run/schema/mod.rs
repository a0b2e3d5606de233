//! The JSON Schemas of the files, for editors.

mod described;
mod narrow;
mod tenant;
mod write;

pub use write::write_schemas;

use crate::{
    model::{AssertionFile, Tenant, WorkspaceFile},
    provider::{self, settings::any_entry},
};
use schemars::{Schema, SchemaGenerator, generate::SchemaSettings, transform::transform_subschemas};
use serde_json::Value;

/// A file that has a schema.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SchemaOf<'a> {
    /// A tenant's, on whatever provider.
    Tenant,
    /// A tenant's, on a provider of this kind.
    TenantOn(&'a str),
    Workspace,
    Tests,
}

impl SchemaOf<'_> {
    /// Every one there is.
    pub fn all() -> Vec<Self> {
        let kinds = provider::all().into_iter().map(|it| Self::TenantOn(it.kind));
        [Self::Tenant, Self::Workspace, Self::Tests].into_iter().chain(kinds).collect()
    }

    /// The name of its file in `schema/`.
    pub fn file(self) -> String {
        match self {
            Self::Tenant => "tenant.schema.json".to_owned(),
            Self::TenantOn(kind) => format!("tenant.{kind}.schema.json"),
            Self::Workspace => "workspace.schema.json".to_owned(),
            Self::Tests => "tests.schema.json".to_owned(),
        }
    }

    /// The schema, in draft 7, which editors understand; of an unknown kind that of any.
    pub fn schema(self) -> Value {
        let generator = || SchemaSettings::draft07().with_transform(without_null).into_generator();
        let mut schema = match self {
            Self::Tenant => tenant(generator()),
            Self::TenantOn(kind) => {
                let any = tenant(generator());
                match provider::find(kind) {
                    Some(provider) => narrow::narrowed(&any, &provider.dialect),
                    None => any,
                }
            }
            Self::Workspace => workspace(generator()).to_value(),
            Self::Tests => generator().into_root_schema_for::<AssertionFile>().to_value(),
        };
        described::by_the_key(&mut schema);
        schema
    }

    /// The text of its file.
    pub fn text(self) -> String {
        format!("{:#}\n", self.schema())
    }
}

/// The tenant's file.
fn tenant(generator: SchemaGenerator) -> Value {
    let mut schema = generator.into_root_schema_for::<Tenant>().to_value();
    tenant::complete(&mut schema);
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
