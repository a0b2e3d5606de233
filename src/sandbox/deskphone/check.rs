//! Checks a written document: against the schema, then its meaning (FACTS deskphone/contract-10).

use serde_json::{Map, Value};

use super::call::ErrorResponse;
use super::sections::{
    ALL, DESTINATION, ENABLED, EXTRA, Field, Section, SectionType, VOICEMAIL, is_extension, is_number,
};
use super::{Deskphone, people};
use crate::sandbox::document::Document;

/// Checks a body against the schema and returns it in the form that is stored.
///
/// A destination that was ever shown is taken back in the same spelling (FACTS deskphone/contract-14).
pub fn schema(server: &Deskphone, body: Option<&Value>, row: &Value) -> Result<Value, ErrorResponse> {
    let mut body = body.cloned().ok_or_else(|| ErrorResponse::invalid("The request has no body"))?;
    object(server, &body, "", &["callForwarding", "businessContinuity"])?;
    if let Some(forwarding) = body.get("callForwarding") {
        object(server, forwarding, "callForwarding", &["always", "busy", "noAnswer"])?;
    }
    for section in &ALL {
        let path = section.path.join(".");
        let Some(value) = section.path.iter().try_fold(&body, |value, name| value.get(name)) else {
            continue;
        };
        let names: Vec<&str> = section.fields.iter().map(|field| field.name).collect();
        if !object(server, value, &path, &names)?.contains_key(ENABLED) {
            return Err(ErrorResponse::invalid(format!("'{path}.{ENABLED}' is required")));
        }
        for (name, value) in section.make(&mut body).into_iter().flatten() {
            let field = section.fields.iter().find(|field| field.name == name);
            let Some(field) = field else { continue };
            let again =
                || Some(value.clone()).filter(|value| field.name == DESTINATION && was_shown(row, value));
            *value = stored(server, field, value)
                .or_else(again)
                .ok_or_else(|| ErrorResponse::invalid(format!("Invalid value for '{path}.{name}'")))?;
        }
    }
    Ok(body)
}

/// Whether a destination stands in the document of a person, or stood there.
fn was_shown(row: &Value, destination: &Value) -> bool {
    let old = row.get("spellings").and_then(Value::as_array).into_iter().flatten();
    let held = ALL.iter().filter_map(|it| it.of(row.get("document")?)?.get(DESTINATION));
    destination.is_string() && old.chain(held).any(|it| it == destination)
}

/// Takes a value for an object of these names; with `extra-field:on` it may carry that field back as well.
fn object<'a>(
    server: &Deskphone,
    value: &'a Value,
    path: &str,
    names: &[&str],
) -> Result<&'a Map<String, Value>, ErrorResponse> {
    let path = if path.is_empty() { "the body" } else { path };
    let object = value.as_object();
    let object = object.ok_or_else(|| ErrorResponse::invalid(format!("'{path}' is not an object")))?;
    let known = |name: &str| names.contains(&name) || server.extra_field && name == EXTRA;
    match object.keys().find(|name| !known(name)) {
        Some(unknown) => Err(ErrorResponse::invalid(format!("Unknown field '{unknown}' in '{path}'"))),
        None => Ok(object),
    }
}

/// Converts a value to the form that is stored, if its field may hold it.
fn stored(server: &Deskphone, field: &Field, value: &Value) -> Option<Value> {
    match field.kind {
        SectionType::Flag => value.as_bool().map(Value::from),
        SectionType::Destination => {
            let text = value.as_str()?;
            // Who reports numbers with a plus must take them back so.
            let text = if server.plus_numbers { text.replace(['+', ' '], "") } else { text.to_owned() };
            (text.is_empty() || is_extension(&text) || is_number(&text)).then(|| text.into())
        }
        // To JSON Schema, 3.0 is an integer.
        SectionType::Rings(_) => {
            (0..=100u8).find(|count| value.as_f64() == Some(f64::from(*count))).map(Value::from)
        }
    }
}

/// Checks what a section would say about a person's calls.
pub fn meaning(
    section: &Section,
    divert: &Map<String, Value>,
    row: &Value,
    held: &Document,
) -> Result<(), ErrorResponse> {
    let on = |name: &str| divert.get(name).and_then(Value::as_bool).unwrap_or_default();
    let to = divert.get(DESTINATION).and_then(Value::as_str).unwrap_or_default();
    let own = people::extension(row) == Some(to);
    let shown = row.get("spellings").and_then(Value::as_array).is_some_and(|it| it.iter().any(|it| it == to));
    let known = || people::known(held, to) || shown;
    let wrong = if on(ENABLED) && to.is_empty() {
        "enabled without a destination"
    } else if on(VOICEMAIL) && !known() {
        "voicemail of no extension of the account"
    } else if own && !on(VOICEMAIL) {
        "the extension itself without voicemail"
    } else {
        return Ok(());
    };
    Err(ErrorResponse::invalid(format!("Invalid destination for condition '{}': {wrong}", section.name())))
}
