//! Serves phone numbers, whose PUT replaces the whole record (FACTS stratus/numbers-4).

use serde_json::{Map, Value};

use super::call::{ApiCall, ErrorResponse, RouteResult, domain_of, show, total};
use super::{fields, tables};
use crate::sandbox::document::Document;

pub fn route(call: &ApiCall, path: &[&str]) -> RouteResult {
    match (call.method(), path) {
        ("GET", []) => call.list(rows(call.seen, call.server.mixed_types)),
        ("GET", ["count"]) => total(call.seen.table("phonenumbers").count()),
        ("GET", [number]) => {
            let row = call.seen.get("phonenumbers", number).ok_or_else(ErrorResponse::missing)?;
            show(render(call.seen, row, call.server.mixed_types))
        }
        ("POST", []) => create(call),
        ("PUT", []) => replace(call, &named(call.body()?)?),
        ("PUT", [number]) => replace(call, number),
        ("DELETE", [number]) => {
            call.held.get("phonenumbers", number).ok_or_else(ErrorResponse::missing)?;
            let mut next = call.held.clone();
            next.remove("phonenumbers", number);
            call.accept(format!("phonenumbers/{number}"), next)
        }
        _ => Err(ErrorResponse::no_route()),
    }
}

/// Makes a number's record from a body.
pub fn record(body: &Map<String, Value>) -> Result<(String, Value), ErrorResponse> {
    let number = named(body)?;
    let record = fields::create(tables::PHONE_NUMBER, body)?;
    Ok((number, record.into()))
}

fn rows(document: &Document, mixed: bool) -> Vec<Value> {
    document.table("phonenumbers").map(|(_, row)| render(document, row, mixed)).collect()
}

fn named(body: &Map<String, Value>) -> Result<String, ErrorResponse> {
    let number = body.get("phonenumber").and_then(fields::plain).unwrap_or_default();
    let digits = !number.is_empty() && number.bytes().all(|byte| byte.is_ascii_digit());
    if digits { Ok(number) } else { Err(ErrorResponse::invalid("Invalid value for phonenumber.")) }
}

fn create(call: &ApiCall) -> RouteResult {
    let (number, record) = record(call.body()?)?;
    let taken = call.views.values().any(|view| view.committed.get("phonenumbers", &number).is_some());
    if taken {
        return Err(ErrorResponse::new(409, "Phone number already exists"));
    }
    let mut next = call.held.clone();
    next.put("phonenumbers", &number, record);
    call.accept(format!("phonenumbers/{number}"), next)
}

/// Replaces: what the body omits falls to its default, the destination to `[*]`, answered 202 all the same.
fn replace(call: &ApiCall, number: &str) -> RouteResult {
    call.held.get("phonenumbers", number).ok_or_else(ErrorResponse::missing)?;
    let mut body = call.body()?.clone();
    body.insert("phonenumber".into(), number.into());
    let (_, record) = record(&body)?;
    let mut next = call.held.clone();
    next.put("phonenumbers", number, record);
    call.accept(format!("phonenumbers/{number}"), next)
}

fn render(document: &Document, row: &Value, mixed: bool) -> Value {
    let mut shown = Map::new();
    fields::render(tables::PHONE_NUMBER, row, mixed, &mut shown);
    shown.insert("domain".into(), domain_of(document).into());
    shown.into()
}
