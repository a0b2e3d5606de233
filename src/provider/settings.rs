//! What an entry of `providers` says, in the type that its kind brings.

use super::{
    Keyring, Provider, Tokens, all, find,
    findings::{SettingsFindings, missing},
};
use crate::{
    finding::Finding,
    http::Authenticate,
    load,
    model::{ApiUrl, Country, Kind, Limits, LimitsConfig, Means},
    path::{Path, Segment},
};
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::de::DeserializeOwned;
use serde_json::{Map, Value, json};
use sha2::{Digest, Sha256};
use std::{collections::BTreeSet, fmt, ops::Deref, sync::Arc};

/// The settings of one kind of provider. Its type holds only what can be used: what does not fit together is a finding.
pub trait Settings: fmt::Debug + Send + Sync {
    /// Its address, where that tells one system of this kind from another.
    fn url(&self) -> Option<&ApiUrl>;

    fn limits(&self) -> LimitsConfig;

    /// Whether what the vendor does not document is written.
    fn experimental(&self) -> bool {
        false
    }

    /// What is wrong with them, given the kinds that tenants declare on it.
    fn check(&self, _declared: &BTreeSet<Kind>) -> SettingsFindings {
        Vec::new()
    }

    /// Kinds that this setup can declare but not read.
    fn unobservable(&self) -> BTreeSet<Kind> {
        BTreeSet::new()
    }

    /// The HTTP endpoints it needs, signed in to with what the keyring finds.
    fn endpoints(&self, keys: &mut Keyring<'_>) -> Vec<Endpoint>;

    /// How emergency forwards are switched; `None` where the system has none.
    fn emergency(&self) -> Option<Emergency> {
        None
    }

    /// The one endpoint that emergency forwards need; no other credential is looked for.
    fn emergency_endpoint(&self, _keys: &mut Keyring<'_>) -> Option<Endpoint> {
        None
    }
}

/// How emergency forwards are switched.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Emergency {
    /// Through an endpoint of their own, also while the platform is down.
    Endpoint,
    /// In the portal.
    ByHand,
    /// Not at all: they take over by themselves.
    AlwaysArmed,
}

/// An HTTP endpoint that a provider's settings name.
pub struct Endpoint {
    pub name: &'static str,
    pub url: ApiUrl,
    pub auth: Box<dyn Authenticate>,
}

/// The address and the tokens of an entry that needs both. For each that is missing: what is said, and the way out.
pub fn url_and_tokens(
    (url, no_url): (Option<ApiUrl>, [&str; 2]),
    (tokens, no_token): (Option<Tokens>, [&str; 2]),
) -> Result<(ApiUrl, Tokens), SettingsFindings> {
    match (url, tokens) {
        (Some(url), Some(tokens)) => Ok((url, tokens)),
        (url, tokens) => {
            let absent = [(url.is_none(), no_url), (tokens.is_none(), no_token)].into_iter();
            let absent = absent.filter(|(absent, _)| *absent);
            Err(absent.map(|(_, [message, help])| missing(message, help)).collect())
        }
    }
}

/// Something that `dialform init` asks for a field of the settings.
#[derive(Debug)]
pub struct Question {
    /// The field, e.g. `carrier.url`.
    pub field: &'static str,
    pub text: &'static str,
    pub answer: Answer,
}

/// What is answered.
#[derive(Debug, Clone, Copy)]
pub enum Answer {
    /// The base of an API; where there is a word for having none, that word.
    Url { or: Option<&'static str> },
    /// The environment variable that holds a credential, which is never asked for itself. It is left out with the endpoint
    /// that it is for.
    Variable(&'static str),
}

/// Reads an entry. `None` where it cannot be used, which is a finding.
type Reader = fn(&load::Entry<'_>, &mut Vec<Finding>) -> Option<Arc<dyn Settings>>;

/// The type of one kind's settings: how they are read, and what an editor is told of them.
pub struct Form {
    read: Reader,
    schema: fn(&mut SchemaGenerator) -> Schema,
    /// What a new workspace has to know, in the order in which a person is asked.
    pub questions: &'static [Question],
}

impl Form {
    /// Settings that are used as they are written.
    pub const fn of<S: Settings + DeserializeOwned + JsonSchema + 'static>() -> Self {
        Self {
            read: |entry, findings| Some(Arc::new(entry.decode::<S>(findings)?)),
            schema: |generator| S::json_schema(generator),
            questions: &[],
        }
    }

    /// The same, with what `dialform init` asks.
    pub const fn asking(self, questions: &'static [Question]) -> Self {
        Self { questions, ..self }
    }

    /// Settings that are made of what is written, with further checks.
    pub const fn from<W, S>() -> Self
    where
        W: DeserializeOwned + JsonSchema,
        S: TryFrom<W, Error = SettingsFindings> + Settings + 'static,
    {
        Self {
            read: |entry, findings| match S::try_from(entry.decode::<W>(findings)?) {
                Ok(settings) => Some(Arc::new(settings)),
                Err(found) => {
                    findings.extend(found.into_iter().map(|(path, it)| it.at(entry.place_of_key(&path))));
                    None
                }
            },
            schema: |generator| W::json_schema(generator),
            questions: &[],
        }
    }
}

/// One entry of `providers`: which system it is, and its settings.
#[derive(Debug, Clone)]
pub struct Entry {
    pub provider: &'static Provider,
    settings: Arc<dyn Settings>,
}

impl Deref for Entry {
    type Target = dyn Settings;

    fn deref(&self) -> &Self::Target {
        self.settings.as_ref()
    }
}

impl Entry {
    /// How hard it may be worked.
    pub fn pace(&self) -> Limits {
        self.limits().over(self.provider.limits)
    }

    /// Which system this is, whatever the workspace calls it: the kind, and a sum of the address.
    pub fn system(&self) -> String {
        let kind = self.provider.kind;
        let Some(url) = self.url() else { return kind.to_owned() };
        let sum = Sha256::digest(url.as_str().to_lowercase());
        let sum: String = sum.iter().take(8).map(|byte| format!("{byte:02x}")).collect();
        format!("{kind}-{sum}")
    }
}

/// Reads each entry as its kind says; what a workspace is loaded with.
pub struct Kinds;

/// A workspace whose providers are understood.
pub type Workspace = load::Workspace<Entry>;

impl load::Kinds for Kinds {
    type Entry = Entry;

    fn read(&self, kind: &str, entry: &load::Entry<'_>, findings: &mut Vec<Finding>) -> Option<Entry> {
        let provider = find(kind)?;
        let settings = (provider.settings.read)(entry, findings)?;
        Some(Entry { provider, settings })
    }

    fn hints(&self, kind: &str) -> &dyn load::Hints {
        match find(kind) {
            Some(provider) => provider,
            None => &load::Anything,
        }
    }

    fn means(&self, kind: &str) -> Option<Means> {
        find(kind).map(|provider| provider.dialect.means)
    }

    fn schemas(&self, generator: &mut SchemaGenerator) -> Vec<(&'static str, Schema)> {
        all().into_iter().map(|provider| (provider.kind, schema(provider, generator))).collect()
    }
}

impl load::Hints for Provider {
    fn takes(&self, at: &Path, word: &str) -> bool {
        /// What may be declared to be gone.
        const DELETED: [Kind; 4] = [Kind::Schedules, Kind::Receivers, Kind::Queues, Kind::Forwards];
        let section = |word: &str| Kind::ALL.into_iter().find(|kind| kind.section() == word);
        let has = |kind: Kind| self.dialect.order.contains(&kind);
        match &**at {
            [] => match word {
                "bulk" => has(Kind::Rules),
                "absent" | "exhaustive" => DELETED.into_iter().any(has),
                _ => section(word).is_none_or(has),
            },
            [Segment::Key(named), ..] if matches!(&**named, "absent" | "exhaustive") => {
                section(word).is_none_or(has)
            }
            [Segment::Key(named), _, Segment::Key(rule), field @ ..] if named == "bulk" && rule == "rule" => {
                let field = [Segment::from("order")].iter().chain(field).cloned().collect();
                self.dialect.takes(Kind::Rules, &field, word)
            }
            [Segment::Key(named), _, field @ ..] => {
                section(named).is_none_or(|kind| self.dialect.takes(kind, &Path::from(field), word))
            }
            _ => true,
        }
    }

    fn country(&self) -> Option<Country> {
        self.dialect.country
    }
}

/// The settings of one kind, with the word that selects them.
fn schema(provider: &Provider, generator: &mut SchemaGenerator) -> Schema {
    let mut schema = (provider.settings.schema)(generator);
    let mut properties = Map::new();
    properties.insert("kind".to_owned(), json!({ "description": provider.title, "const": provider.kind }));
    if let Some(Value::Object(own)) = schema.remove("properties") {
        properties.extend(own);
    }
    let mut required = vec![Value::from("kind")];
    if let Some(Value::Array(own)) = schema.remove("required") {
        required.extend(own);
    }
    schema.insert("properties".to_owned(), properties.into());
    schema.insert("required".to_owned(), required.into());
    schema.insert("additionalProperties".to_owned(), false.into());
    schema
}

/// Any entry of `providers`: `kind` selects what else is in it.
pub fn any_entry(generator: &mut SchemaGenerator) -> Schema {
    let schemas = load::Kinds::schemas(&Kinds, generator);
    let kinds: Vec<&str> = schemas.iter().map(|(kind, _)| *kind).collect();
    let cases: Vec<Value> = schemas
        .iter()
        .map(|(kind, schema)| {
            let is_it = json!({ "properties": { "kind": { "const": kind } }, "required": ["kind"] });
            json!({ "if": is_it, "then": schema })
        })
        .collect();
    json_schema!({
        "description": "One phone system. `kind` selects its other settings.",
        "type": "object",
        "properties": {
            "kind": { "description": "Which system it is; `dialform providers` lists them.", "enum": kinds },
        },
        "required": ["kind"],
        "allOf": cases,
    })
}
