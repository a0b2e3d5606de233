//! Serves the people of an account (FACTS deskphone/reference-5).

use serde_json::{Value, json};

use super::call::{ApiCall, ErrorResponse, RouteResult};
use crate::sandbox::document::Document;
use crate::sandbox::vendor::Response;

/// What of a person is told only when the query asks for calling data.
const CALLING_DATA: [&str; 2] = ["extension", "locationId"];

/// Lists a page of people; where more follow, a `Link` leads there.
pub fn list(call: &ApiCall) -> RouteResult {
    let calling_data = calling_data(call)?;
    let start = number(call, "start", 0, 0..=usize::MAX)?;
    let most = number(call, "max", 100, 1..=1000)?;
    let again = call.server.people_again;
    let size = most.min(call.server.people_page).min(if again { 2 } else { usize::MAX });
    let people = call.seen.table("people");
    let before = usize::from(again && start > 0);
    let shown = people.skip(start - before).take(size + before);
    let items: Vec<Value> = shown.map(|(_, row)| render(row, calling_data)).collect();
    let next = start.saturating_add(size);
    let more = next < call.seen.table("people").count();
    let mut answer = Response::new(200, json!({"items": items, "notFoundIds": []}));
    if more {
        let host = call.request.header("host").unwrap_or("127.0.0.1");
        let path = &call.request.path;
        let url = format!("http://{host}{path}?callingData={calling_data}&max={most}&start={next}");
        answer.headers.push(("Link", format!("<{url}>; rel=\"next\"")));
    }
    Ok(answer)
}

pub fn show(call: &ApiCall, row: &Value) -> RouteResult {
    Ok(Response::new(200, render(row, calling_data(call)?)))
}

/// Finds a person by id: the key of the state, and what stands there.
pub fn find<'a>(document: &'a Document, id: &str) -> Result<(&'a str, &'a Value), ErrorResponse> {
    let is = |row: &Value| row.pointer("/person/id").and_then(Value::as_str) == Some(id);
    let found = document.table("people").find(|(_, row)| is(row));
    found.ok_or_else(|| ErrorResponse::new(404, "Person not found."))
}

/// A person's extension; some people have none.
pub fn extension(row: &Value) -> Option<&str> {
    row.pointer("/person/extension").and_then(Value::as_str)
}

/// Whether somebody has that extension.
pub fn known(document: &Document, text: &str) -> bool {
    document.table("people").any(|(_, row)| extension(row) == Some(text))
}

fn render(row: &Value, calling_data: bool) -> Value {
    let mut person = row.get("person").and_then(Value::as_object).cloned().unwrap_or_default();
    person.retain(|name, _| calling_data || !CALLING_DATA.contains(&name.as_str()));
    person.into()
}

fn calling_data(call: &ApiCall) -> Result<bool, ErrorResponse> {
    match call.request.query("callingData") {
        None | Some("false") => Ok(false),
        Some("true") => Ok(true),
        Some(_) => Err(invalid("callingData")),
    }
}

fn number(
    call: &ApiCall,
    name: &'static str,
    default: usize,
    range: std::ops::RangeInclusive<usize>,
) -> Result<usize, ErrorResponse> {
    let Some(text) = call.request.query(name) else { return Ok(default) };
    let digits = text.bytes().all(|byte| byte.is_ascii_digit());
    text.parse().ok().filter(|number| digits && range.contains(number)).ok_or_else(|| invalid(name))
}

fn invalid(name: &str) -> ErrorResponse {
    ErrorResponse::invalid(format!("Invalid value for query parameter '{name}'"))
}
