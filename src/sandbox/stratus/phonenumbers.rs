//! Serves phone numbers, whose PUT replaces the whole record (FACTS stratus/numbers-4).

use serde_json::{Map, Value};

use super::call::{ApiCall, ErrorResponse, RouteResult, show, total};
use super::keys::NUMBER;
use super::{fields, tables};

pub fn route(call: &ApiCall, path: &[&str]) -> RouteResult {
    let listed = call.server.keeping.ten_digits;
    let key = path.first().map(|number| stored_key(number, listed));
    let path: Vec<&str> = key.iter().map(String::as_str).chain(path.iter().skip(1).copied()).collect();
    match (call.method(), path.as_slice()) {
        ("GET", []) => call.list(rows(call)),
        ("GET", ["count"]) => total(call.seen.table("phonenumbers").count()),
        ("GET", [number]) => {
            let row = call.seen.get("phonenumbers", number).ok_or_else(ErrorResponse::missing)?;
            show(render(call, row))
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

fn rows(call: &ApiCall) -> Vec<Value> {
    call.seen.table("phonenumbers").map(|(_, row)| render(call, row)).collect()
}

/// The key of a number in the state, from how it stands in a path: on a server that lists ten digits only those find it
/// (FACTS stratus/readings-7).
fn stored_key(number: &str, ten_digits: bool) -> String {
    match number.len() {
        10 if ten_digits => format!("1{number}"),
        11 if ten_digits => String::new(),
        _ => number.to_owned(),
    }
}

fn named(body: &Map<String, Value>) -> Result<String, ErrorResponse> {
    let number = body.get("phonenumber").and_then(fields::plain).unwrap_or_default();
    let digits = !number.is_empty() && number.bytes().all(|byte| byte.is_ascii_digit());
    if digits { Ok(number) } else { Err(ErrorResponse::invalid("Invalid value for phonenumber.")) }
}

fn create(call: &ApiCall) -> RouteResult {
    let (number, record) = record(call.body()?)?;
    if call.accounts.find(NUMBER, &number).next().is_some() {
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

fn render(call: &ApiCall, row: &Value) -> Value {
    let mut shown = Map::new();
    fields::render(tables::PHONE_NUMBER, row, call.server.mixed_types, &mut shown);
    shown.insert("domain".into(), call.domain.as_str().into());
    let digits = shown.get("phonenumber").and_then(fields::plain).unwrap_or_default();
    if let Some(ten) =
        digits.strip_prefix('1').filter(|_| call.server.keeping.ten_digits && digits.len() == 11)
    {
        shown.insert("phonenumber".into(), ten.into());
    }
    shown.into()
}
