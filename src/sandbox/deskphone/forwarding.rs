//! Serves one person's four diverts, with the tag that guards them (FACTS deskphone/contract-8).

use serde_json::{Map, Value};
use sha2::{Digest as _, Sha256};

use super::call::{ApiCall, ErrorResponse, RouteResult};
use super::sections::{ALL, BUSY, DESTINATION, ENABLED, EXTRA, Section, VOICEMAIL, is_number};
use super::{check, people, shown};
use crate::sandbox::document::Document;
use crate::sandbox::vendor::{Commit, Response};
use crate::text::hex;

/// Marks in the state that someone in the dashboard was here.
const MEDDLED: &str = "meddled";

/// Where that someone diverts busy calls to: a number Ofcom keeps for fiction.
const MEDDLED_TO: &str = "447700900999";

pub fn read(call: &ApiCall, key: &str) -> RouteResult {
    let document = document(call.seen, key);
    let mut answer = Response::new(200, shown::document(call.server, document));
    answer.headers = tagged(call, document);
    Ok(answer)
}

/// Replaces the sections that the body has. A change from the dashboard stays, even where the write is refused.
pub fn write(call: &ApiCall, key: &str, row: &Value) -> RouteResult {
    if call.token.starts_with("ro_") {
        return Err(ErrorResponse::new(403, "The token may only read."));
    }
    let mut row = row.clone();
    let foreign = call.server.meddle && meddle(&mut row);
    let answer = match replaced(call, key, &row) {
        Ok(document) => {
            let headers = tagged(call, &document);
            remember(call, &mut row, &document);
            put(&mut row, "document", document);
            Response { body: None, headers, ..Response::new(204, Value::Null) }
        }
        Err(error) if foreign => call.server.refuse(error),
        Err(error) => return Err(error),
    };
    Ok(answer.with(Commit::put(call.account, call.held, "people", key, row)))
}

/// Checks a write in the order of the contract (FACTS deskphone/contract-9), and returns the person's next document.
fn replaced(call: &ApiCall, key: &str, row: &Value) -> Result<Value, ErrorResponse> {
    let kind = call.request.header("content-type").unwrap_or_default().split(';').next().unwrap_or_default();
    if !kind.trim().eq_ignore_ascii_case("application/json") {
        return Err(ErrorResponse::new(415, "The body must be application/json."));
    }
    let body = check::schema(call.server, call.request.body.as_ref(), row)?;
    let mut next = row.get("document").cloned().unwrap_or_default();
    for section in &ALL {
        let (Some(sent), Some(divert)) = (section.of(&body), section.make(&mut next)) else { continue };
        replace(section, divert, sent);
        let held = row.get("document").and_then(|it| section.of(it));
        if held.is_none_or(|held| [DESTINATION, VOICEMAIL].iter().any(|it| held.get(*it) != divert.get(*it)))
        {
            check::meaning(section, divert, row, call.held)?;
        }
    }
    if call.server.extra_field {
        carry(&body, &mut next);
    }
    if let Some(sent) = call.request.header("if-match").filter(|_| call.server.etag) {
        matched(call, key, row, sent)?;
    }
    Ok(next)
}

/// Keeps the spelling of what is replaced, where it is one that nobody else would be allowed to write.
fn remember(call: &ApiCall, row: &mut Value, next: &Value) {
    let mut spellings = row.get("spellings").and_then(Value::as_array).cloned().unwrap_or_default();
    let held = row.get("document").cloned().unwrap_or_default();
    let to = |document: &Value, section: &Section| section.of(document)?.get(DESTINATION).cloned();
    for old in ALL.iter().filter(|section| to(next, section) != to(&held, section)) {
        let mailbox = old.of(&held).and_then(|it| it.get(VOICEMAIL)) == Some(&Value::Bool(true));
        let number = |it: &str| is_number(it) && !mailbox;
        let fresh = |it: &str| it.is_empty() || number(it) || people::known(call.held, it);
        let odd = |it: &Value| it.as_str().is_some_and(|it| !fresh(it));
        spellings.extend(to(&held, old).filter(odd));
    }
    if !spellings.is_empty() {
        put(row, "spellings", spellings.into());
    }
}

/// Replaces a section: a field left out goes back to its default, one that a write cannot name stays.
fn replace(section: &Section, divert: &mut Map<String, Value>, sent: &Map<String, Value>) {
    for field in section.fields.iter().filter(|field| !field.read_only) {
        let value = sent.get(field.name).cloned().unwrap_or_else(|| field.kind.default());
        divert.insert(field.name.to_owned(), value);
    }
}

/// Takes over the extra field of every object that was sent: changed where it was changed, lost where it is missing.
fn carry(sent: &Value, held: &mut Value) {
    let (Some(sent), Some(held)) = (sent.as_object(), held.as_object_mut()) else { return };
    match sent.get(EXTRA) {
        Some(value) if *value == shown::extra() => held.shift_remove(EXTRA),
        value => held.insert(EXTRA.to_owned(), value.cloned().unwrap_or_default()),
    };
    for (name, value) in held.iter_mut().filter(|(name, _)| *name != EXTRA) {
        sent.get(name).into_iter().for_each(|sent| carry(sent, value));
    }
}

/// Compares `If-Match` with what the client can know: the document that reads show, or the one its own last write
/// made. Neither matches while a change from the dashboard is not visible yet.
fn matched(call: &ApiCall, key: &str, row: &Value, sent: &str) -> Result<(), ErrorResponse> {
    let mark = |row: Option<&Value>| row.and_then(|row| row.get(MEDDLED)).is_some();
    let unseen = mark(Some(row)) && !mark(call.seen.get("people", key));
    let mut current = vec![tag(row.get("document").unwrap_or(&Value::Null))];
    if !unseen {
        current.push(tag(document(call.seen, key)));
    }
    let fits = |text: &str| text == "*" || current.iter().any(|tag| tag == text);
    match sent.split(',').map(str::trim).any(fits) {
        true => Ok(()),
        false => Err(ErrorResponse::new(412, "The document changed since it was read.")),
    }
}

/// Makes the change from the dashboard, the first time only; tells whether it did.
fn meddle(row: &mut Value) -> bool {
    if row.get(MEDDLED).is_some() {
        return false;
    }
    let mut document = row.get("document").cloned().unwrap_or_default();
    if let Some(busy) = BUSY.make(&mut document) {
        busy.insert(ENABLED.to_owned(), true.into());
        busy.insert(DESTINATION.to_owned(), MEDDLED_TO.into());
        busy.insert(VOICEMAIL.to_owned(), false.into());
    }
    put(row, "document", document);
    put(row, MEDDLED, true.into());
    true
}

fn put(row: &mut Value, name: &str, value: Value) {
    if let Some(row) = row.as_object_mut() {
        row.insert(name.to_owned(), value);
    }
}

fn document<'a>(state: &'a Document, key: &str) -> &'a Value {
    state.get("people", key).and_then(|row| row.get("document")).unwrap_or(&Value::Null)
}

fn tagged(call: &ApiCall, document: &Value) -> Vec<(&'static str, String)> {
    if call.server.etag { vec![("ETag", tag(document))] } else { Vec::new() }
}

fn tag(document: &Value) -> String {
    let digest = Sha256::digest(document.to_string());
    format!("\"{}\"", hex(&digest[..8]))
}
