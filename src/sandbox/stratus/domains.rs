//! Serves domains, the calling key, and what only a reseller may list (FACTS stratus/access and FACTS stratus/domains).

use serde_json::{Map, Value, json};

use super::call::{ApiCall, ErrorResponse, RouteResult, domain_of, own_domain, page, show, total};
use super::{Stratus, fields, tables};
use crate::sandbox::accounts::Accounts;
use crate::sandbox::document::Document;
use crate::sandbox::vendor::Request;

pub fn route(call: &ApiCall, path: &[&str]) -> RouteResult {
    match (call.method(), path) {
        ("GET", []) => show(render(call.server, call.seen)),
        ("GET", ["count"]) => total(1),
        _ => Err(ErrorResponse::no_route()),
    }
}

/// Lists every domain; an Office Manager's key may not (FACTS stratus/access-5).
pub fn all(server: &Stratus, request: &Request, accounts: &Accounts, token: &str) -> RouteResult {
    reseller(token)?;
    page(server, request, accounts.views().map(|(_, view)| render(server, &view.visible)).collect())
}

fn reseller(token: &str) -> Result<(), ErrorResponse> {
    // The one with which a run signs in here by itself is a Reseller's.
    let is_own = token == "sandbox";
    let lists_domains = is_own || token.starts_with("nss_") || token.starts_with("nsr_");
    if lists_domains { Ok(()) } else { Err(ErrorResponse::scope()) }
}

fn render(server: &Stratus, document: &Document) -> Value {
    let mut shown = Map::new();
    fields::render(tables::DOMAIN, document.single("domain"), server.mixed_types, &mut shown);
    shown.insert("active-calls-total-current".into(), 0.into());
    shown.insert("active-calls-offnet-current".into(), 0.into());
    shown.insert("count-subcriber-resources-total".into(), document.table("users").count().into());
    shown.into()
}

/// Describes the calling key: its scope is in its prefix (FACTS stratus/access-3).
pub fn api_key(token: &str, accounts: &Accounts) -> Value {
    let scope = match token.get(..4) {
        Some("nss_") => "Super User",
        Some("nsr_") => "Reseller",
        _ => "Office Manager",
    };
    let first = accounts
        .first()
        .and_then(|first| accounts.view(first))
        .map(|view| domain_of(&view.committed).to_owned());
    json!({
        // Always 12 characters, the visible part of a key; the rest of it is secret.
        "key-id": format!("{token:0<12}").chars().take(12).collect::<String>(),
        "description": "The key this request carries",
        "reseller": "sandbox",
        "domain": own_domain(accounts, token).or(first).unwrap_or_default(),
        "user": "*",
        "user-scope": scope,
        "ip-address": "",
        "readonly": if token.starts_with("ro_") { "yes" } else { "no" },
        "can-create-keys": "no",
        "allowed-models": "*",
        "created-datetime": "2026-01-01 00:00:00",
        "lastused-datetime": null,
    })
}
