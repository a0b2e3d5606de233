//! Serves accounts (FACTS ctm/accounts).

use serde_json::{Value, json};

use super::Ctm;
use super::call::{ApiCall, account_url, show};
use super::error_response::{ErrorResponse, RouteResult};
use super::page::{lets, page};
use crate::sandbox::accounts::Accounts;
use crate::sandbox::document::Document;
use crate::sandbox::vendor::Request;

const WHEN: &str = "2016-08-09T16:09:32Z";

/// Lists every account that has a state; a key is an agency's.
pub fn list(server: &Ctm, request: &Request, accounts: &Accounts) -> RouteResult {
    let shown = accounts.views().map(|(id, view)| render(request, id, &view.committed));
    let rows: Vec<Value> = shown.filter(|account| lets(request, "name", &account["name"])).collect();
    match request.query("status") {
        None | Some("active" | "all") => page(server, request, "accounts", rows),
        Some(_) => page(server, request, "accounts", Vec::new()),
    }
}

pub fn route(call: &ApiCall, method: &str) -> RouteResult {
    match method {
        "GET" => show(render(call.request, call.account, call.held)),
        _ => Err(ErrorResponse::no_route()),
    }
}

fn render(request: &Request, id: &str, document: &Document) -> Value {
    let url = account_url(request, id);
    let account = document.single("account");
    json!({
        "id": account["id"],
        "name": account["name"],
        "user_role": "admin",
        "status": account["status"].as_str().unwrap_or("active"),
        "created": WHEN,
        "updated": WHEN,
        "canceled": null,
        "agency_id": null,
        "timezone": account["timezone"],
        "website": null,
        "url": url,
        "numbers_url": format!("{url}/numbers"),
        "receiving_numbers_url": format!("{url}/receiving_numbers"),
        "sources_url": format!("{url}/sources"),
        "users_url": format!("{url}/users"),
        "user_licenses_url": format!("{url}/user_licenses"),
        "webhooks_url": format!("{url}/webhooks"),
        "calls_url": format!("{url}/calls"),
        "queues_url": format!("{url}/queues"),
        "schedules_url": format!("{url}/schedules"),
        "geo_routes_url": format!("{url}/geo_routes"),
        "voice_menus_url": format!("{url}/voice_menus"),
    })
}
