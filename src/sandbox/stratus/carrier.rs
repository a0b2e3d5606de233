//! Serves the forward of a number at the carrier, apart from the NetSapiens API (FACTS stratus/carrier-4).
//!
//! The form is ours: no vendor document exists. Numbers have 10 digits.

use serde_json::{Map, Value, json};

use super::Stratus;
use super::call::{ErrorResponse, RouteResult, of_domain, page, show};
use super::keys::{TEN_DIGITS, ten_digits};
use crate::sandbox::account::View;
use crate::sandbox::accounts::Accounts;
use crate::sandbox::document::Document;
use crate::sandbox::vendor::{Commit, Request, Response};

pub fn route(server: &Stratus, request: &Request, accounts: &Accounts, path: &[&str]) -> RouteResult {
    match (request.method.as_str(), path) {
        ("GET", ["numbers"]) => list(server, request, accounts),
        ("GET", ["numbers", number, "forward"]) => {
            let (_, view) = host(accounts, number).ok_or_else(ErrorResponse::missing)?;
            show(forward(&view.visible, number))
        }
        ("PUT", ["numbers", number, "forward"]) => put(request, accounts, number),
        _ => Err(ErrorResponse::no_route()),
    }
}

/// Lists every number of one domain, a page at a time, those never configured as null and off.
fn list(server: &Stratus, request: &Request, accounts: &Accounts) -> RouteResult {
    let domain = request.query("domain").unwrap_or_default();
    let (_, view) = of_domain(accounts, domain).ok_or_else(ErrorResponse::scope)?;
    let row = |(number, _): (&str, &Value)| {
        let number = ten_digits(number);
        let mut row = Map::new();
        row.insert("number".into(), number.into());
        row.extend(forward(&view.visible, number).as_object().cloned().unwrap_or_default());
        Value::from(row)
    };
    page(server, request, view.visible.table("phonenumbers").map(row).collect())
}

fn put(request: &Request, accounts: &Accounts, number: &str) -> RouteResult {
    let (account, view) = host(accounts, number).ok_or_else(ErrorResponse::missing)?;
    let body = request.body.as_ref().and_then(Value::as_object);
    let body = body.ok_or_else(|| refused("the body must be a JSON object"))?;
    let commit = Commit::put(account, &view.committed, "carrier", number, record(accounts, body)?);
    Ok(Response::coded(202, "Accepted").with(commit))
}

/// Checks a forward: 10 digits, not hosted here, and there when active.
fn record(accounts: &Accounts, body: &Map<String, Value>) -> Result<Value, ErrorResponse> {
    let active = body.get("active").map_or(Some(false), Value::as_bool);
    let active = active.ok_or_else(|| refused("active must be true or false"))?;
    match body.get("destination") {
        None | Some(Value::Null) if active => Err(refused("an active forward needs a destination")),
        None | Some(Value::Null) => Ok(json!({"destination": null, "active": false})),
        Some(Value::String(to)) if to.len() != 10 || !to.bytes().all(|byte| byte.is_ascii_digit()) => {
            Err(refused("destination must have 10 digits"))
        }
        Some(Value::String(to)) if hosting(accounts, to).is_some() => {
            Err(refused("destination is hosted on this platform"))
        }
        Some(Value::String(to)) => Ok(json!({"destination": to, "active": active})),
        Some(_) => Err(refused("destination must be text or null")),
    }
}

fn refused(message: &'static str) -> ErrorResponse {
    ErrorResponse::new(422, message)
}

/// Opens the account that hosts a 10-digit number.
fn host<'a>(accounts: &'a Accounts, number: &str) -> Option<(&'a str, View)> {
    let account = hosting(accounts, number)?;
    Some((account, accounts.view(account)?))
}

fn hosting<'a>(accounts: &'a Accounts, number: &str) -> Option<&'a str> {
    accounts.find(TEN_DIGITS, number).next().map(|holder| holder.account)
}

fn forward(document: &Document, number: &str) -> Value {
    document.get("carrier", number).cloned().unwrap_or_else(|| json!({"destination": null, "active": false}))
}

/// Makes a seeded forward, unchecked: a live one may have been set before its destination was hosted.
pub fn seeded(body: &Map<String, Value>) -> (String, Value) {
    let plain = |name: &str| body.get(name).and_then(super::fields::plain).unwrap_or_default();
    let destination = plain("destination");
    let active = body.get("active").and_then(super::fields::yes_or_no) == Some("yes");
    let destination = if destination.is_empty() { Value::Null } else { ten_digits(&destination).into() };
    (ten_digits(&plain("number")).to_owned(), json!({"destination": destination, "active": active}))
}
