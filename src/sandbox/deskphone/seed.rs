//! Builds an account's first state from YAML in the words of a tenant file, or of the wire.

use std::collections::BTreeMap;

use base64::prelude::{BASE64_URL_SAFE_NO_PAD, Engine as _};
use serde_json::{Map, Value, json};
use sha2::{Digest as _, Sha256};

use super::sections::{self, ALWAYS, BUSY, DESTINATION, ENABLED, NO_ANSWER, Section, UNREACHABLE, VOICEMAIL};
use crate::sandbox::document::Document;
use crate::text::hex;

/// The parts of the state that hold one object per key.
pub const TABLES: &[&str] = &["people"];

/// The four diverts by their names in YAML.
const CONDITIONS: [(&str, Section); 4] =
    [("always", ALWAYS), ("busy", BUSY), ("no_answer", NO_ANSWER), ("unreachable", UNREACHABLE)];

const NAMES: [&str; 9] =
    ["extension", "name", "email", "location", "always", "busy", "no_answer", "unreachable", "document"];

/// Builds the state; the same seed makes the same bytes. People are keyed by extension, or by id where that is shared.
pub fn plant(account: &str, seed: &Map<String, Value>) -> Result<Document, String> {
    if let Some(unknown) = seed.keys().find(|key| *key != "people") {
        return Err(format!("`{unknown}` is none of people"));
    }
    let rows = match seed.get("people") {
        None | Some(Value::Null) => &Vec::new(),
        Some(Value::Array(rows)) => rows,
        Some(_) => return Err("`people` is not a list".into()),
    };
    let people: Vec<Person> = rows
        .iter()
        .enumerate()
        .map(|(index, row)| {
            let row = row.as_object().ok_or_else(|| format!("`people[{index}]` is not a mapping"))?;
            Person::read(row).map_err(|why| format!("`people[{index}]` is refused: {why}"))
        })
        .collect::<Result<_, _>>()?;
    let mut sharing: BTreeMap<&str, u32> = BTreeMap::new();
    people.iter().for_each(|person| *sharing.entry(person.known_as()).or_default() += 1);
    let mut seen: BTreeMap<&str, u32> = BTreeMap::new();
    let mut document = Document::new(TABLES);
    for person in &people {
        let ordinal = seen.entry(person.known_as()).or_default();
        *ordinal += 1;
        let id = id(account, person.known_as(), *ordinal);
        let alone = sharing.get(person.known_as()) == Some(&1);
        let key = person.extension.as_deref().filter(|_| alone).unwrap_or(&id).to_owned();
        document.put("people", &key, person.row(id));
    }
    Ok(document)
}

/// One person as seeded.
struct Person {
    extension: Option<String>,
    name: String,
    email: Option<String>,
    location: Option<String>,
    document: Value,
}

impl Person {
    fn read(row: &Map<String, Value>) -> Result<Self, String> {
        if let Some(unknown) = row.keys().find(|key| !NAMES.contains(&key.as_str())) {
            return Err(format!("`{unknown}` is none of {}", NAMES.join(", ")));
        }
        let text = |name: &str| match row.get(name) {
            None | Some(Value::Null) => Ok(None),
            Some(value) => plain(value).map(Some).ok_or_else(|| format!("`{name}` is not text")),
        };
        let extension = text("extension")?;
        if let Some(wrong) = extension.as_deref().filter(|text| !sections::is_extension(text)) {
            return Err(format!("`extension: {wrong}` does not have 1 to 10 digits"));
        }
        let name = match (text("name")?, &extension) {
            (Some(name), _) => name,
            (None, Some(extension)) => format!("Extension {extension}"),
            (None, None) => return Err("a person needs an `extension` or a `name`".into()),
        };
        let document = document(row, extension.as_deref())?;
        Ok(Self { extension, name, email: text("email")?, location: text("location")?, document })
    }

    /// What tells people apart, unless they share it.
    fn known_as(&self) -> &str {
        self.extension.as_deref().unwrap_or(&self.name)
    }

    fn row(&self, id: String) -> Value {
        let mut person = Map::new();
        person.insert("id".into(), id.into());
        person.insert("displayName".into(), self.name.as_str().into());
        person.insert("emails".into(), self.email.iter().map(|email| Value::from(email.as_str())).collect());
        for (name, value) in [("extension", &self.extension), ("locationId", &self.location)] {
            person.extend(value.as_deref().map(|value| (name.to_owned(), Value::from(value))));
        }
        json!({"person": person, "document": self.document})
    }
}

/// Makes a person's document: as on the wire where it is given so, else from the four conditions.
fn document(row: &Map<String, Value>, own: Option<&str>) -> Result<Value, String> {
    let mut made = sections::untouched();
    for (name, section) in &CONDITIONS {
        let Some(divert) = row.get(*name).filter(|divert| !divert.is_null()) else { continue };
        if row.contains_key("document") {
            return Err(format!("`{name}` stands beside `document`, which says it too"));
        }
        let (to, voicemail) = match target(divert, own).map_err(|why| format!("`{name}` {why}"))? {
            Some(target) => target,
            None => continue,
        };
        if let Some(object) = section.make(&mut made) {
            object.insert(ENABLED.into(), true.into());
            object.insert(DESTINATION.into(), to.into());
            object.insert(VOICEMAIL.into(), voicemail.into());
        }
    }
    match row.get("document") {
        None => Ok(made),
        Some(Value::Object(document)) => Ok(document.clone().into()),
        Some(_) => Err("`document` is not a mapping".into()),
    }
}

/// Reads where a divert leads: a destination, and whether to its voicemail; `None` is off.
fn target(divert: &Value, own: Option<&str>) -> Result<Option<(String, bool)>, String> {
    match divert {
        Value::Bool(false) => return Ok(None),
        Value::String(word) if word == "off" => return Ok(None),
        Value::String(word) if word == "voicemail" => {
            let own = own.ok_or("needs an `extension` to have a voicemail")?;
            return Ok(Some((own.to_owned(), true)));
        }
        _ => {}
    }
    let one = divert.as_object().filter(|map| map.len() == 1).and_then(|map| map.iter().next());
    let read = one.and_then(|(kind, value)| Some((kind.as_str(), plain(value)?)));
    let form = "is none of off, voicemail, {extension: …}, {voicemail: …}, {number: …}";
    match read.ok_or(form)? {
        ("extension", to) if sections::is_extension(&to) => Ok(Some((to, false))),
        ("voicemail", to) if sections::is_extension(&to) => Ok(Some((to, true))),
        ("number", to) => {
            let digits = to.replace(['+', ' '], "");
            let number = sections::is_number(&digits).then_some((digits, false));
            number
                .map(Some)
                .ok_or_else(|| format!("leads to `{to}`, which is no number with its country code"))
        }
        ("extension" | "voicemail", to) => Err(format!("leads to `{to}`, which is no extension")),
        _ => Err(form.into()),
    }
}

/// Reads text that people also write as a number.
fn plain(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        _ => None,
    }
}

/// Makes a person's id: opaque and stable, in the form of the reference API's.
fn id(account: &str, known_as: &str, ordinal: u32) -> String {
    let digest = Sha256::digest(format!("{account}\n{known_as}\n{ordinal}"));
    let hex = hex(&digest[..16]);
    let uuid = format!("{}-{}-{}-{}-{}", &hex[..8], &hex[8..12], &hex[12..16], &hex[16..20], &hex[20..]);
    BASE64_URL_SAFE_NO_PAD.encode(format!("ciscospark://us/PEOPLE/{uuid}"))
}
