//! Emulates the routing part of the CallTrackingMetrics API v1, as the facts of the provider tell it (`FACTS.md`).
//!
//! What they leave open is decided in FACTS ctm/choices.
//!
//! - [`call`]: one request in one account: what it may read, how it answers
//! - [`error_response`]: what is answered to a request that is not served
//! - [`body`]: JSON, forms and bracketed keys as one object
//! - [`page`]: lists, cut into pages
//! - [`fields`]: the fields of each object, and how what is written becomes what is read
//! - [`kinds`]: the kinds of objects: where they lie, how their ids look, what a route to one is called
//! - [`rows`]: objects in the state: keys, ids, references
//! - [`phone`]: numbers in their written forms
//! - one file per family of objects
//! - [`seed`]: the first state of an account
//! - [`switches`]: what can be switched about it
//! - [`portal`]: what people alone set
//! - [`footprint`]: what of the state each object of a tenant may touch

mod accounts;
mod body;
mod call;
mod catalog;
mod error_response;
mod fields;
mod footprint;
mod kinds;
mod menu_items;
mod menus;
mod numbers;
mod page;
mod phone;
mod portal;
mod queues;
mod receivers;
mod routes;
mod rows;
mod schedules;
mod seed;
mod switches;

use std::ops::Deref;

use serde_json::{Map, Value, json};

use super::accounts::Accounts;
use super::document::Document;
use super::emulation::Emulation;
use super::footprint::Pattern;
use super::notation::Reading;
use super::portal::Page;
use super::vendor::{Credential, Request, Response, Vendor};
use crate::model::Address;
use call::ApiCall;
use error_response::{ErrorResponse, RouteResult};
use switches::Settings;

/// Requests in one second that are answered (FACTS ctm/access-4).
const REQUESTS_PER_SECOND: u32 = 10;

/// CallTrackingMetrics.
pub static EMULATION: Emulation = Emulation {
    kind: "ctm",
    endpoints: &[("api", "/api/v1")],
    switches: switches::NAMES,
    vendor: |set| Ok(Box::new(Ctm(Settings::read(set)?))),
};

/// The emulated server; pure, so it holds only its switches.
#[derive(Debug, Clone)]
struct Ctm(Settings);

impl Deref for Ctm {
    type Target = Settings;

    fn deref(&self) -> &Settings {
        &self.0
    }
}

impl Ctm {
    fn route(&self, request: &Request, accounts: &Accounts) -> RouteResult {
        authorize(request)?;
        let body = body::decode(request)?;
        let method = self.method(request, &body)?;
        let mut segments = request.steps();
        segments.pop_if(|last| last.is_empty());
        if let Some(last) = segments.last_mut() {
            *last = last.strip_suffix(".json").unwrap_or(last);
        }
        match segments.as_slice() {
            ["api", "v1", "accounts"] if method == "GET" => accounts::list(self, request, accounts),
            ["api", "v1", "accounts", account, rest @ ..] => {
                let (account, view) = call::open(accounts, account)?;
                let call = ApiCall::new(self, request, account, &view.committed, body);
                Self::account(&call, &method, rest)
            }
            _ => Err(ErrorResponse::no_route()),
        }
    }

    fn account(call: &ApiCall, method: &str, path: &[&str]) -> RouteResult {
        match path {
            [] => accounts::route(call, method),
            ["numbers", id, setting @ ("update_number" | "dial_routes")] => {
                routes::route(call, method, id, setting)
            }
            ["numbers", rest @ ..] => numbers::route(call, method, rest),
            ["receiving_numbers", rest @ ..] => receivers::route(call, method, rest),
            ["queues" | "call_queues", rest @ ..] => queues::route(call, method, rest),
            ["voice_menus", rest @ ..] => menus::route(call, method, rest),
            ["schedules", rest @ ..] => schedules::route(call, method, rest),
            [collection, rest @ ..] => catalog::route(call, method, collection, rest),
        }
    }

    /// The method meant: a form may name another one, and `PATCH` stands for `PUT` (FACTS ctm/choices-5).
    fn method(&self, request: &Request, body: &Map<String, Value>) -> Result<String, ErrorResponse> {
        let named = body.get("_method").and_then(Value::as_str).filter(|_| request.method == "POST");
        let method = named.unwrap_or(&request.method).to_uppercase();
        match method.as_str() {
            "PATCH" if self.strict => Err(ErrorResponse::error(405, "method not allowed")),
            "PATCH" => Ok("PUT".to_owned()),
            _ => Ok(method),
        }
    }
}

/// Basic credentials of anyone but `wrong`; keys that begin with `ro_` only read (FACTS ctm/access).
fn authorize(request: &Request) -> Result<(), ErrorResponse> {
    match &request.credential {
        Credential::Basic { user, password }
            if !user.is_empty() && !password.is_empty() && user != "wrong" =>
        {
            if request.is_write() && user.starts_with("ro_") {
                return Err(ErrorResponse::error(403, "forbidden"));
            }
            Ok(())
        }
        _ => Err(ErrorResponse::error(401, "unauthorized")),
    }
}

impl Vendor for Ctm {
    fn credentials(&self) -> &'static str {
        "access_key, secret_key: any; an access_key that begins with `ro_` can only read"
    }

    fn tables(&self) -> &'static [&'static str] {
        kinds::TABLES
    }

    fn seed(&self, account: &str, seed: &Map<String, Value>) -> Result<Document, String> {
        seed::plant(account, seed)
    }

    fn footprint(&self, address: &Address) -> Vec<Pattern> {
        footprint::of(address)
    }

    fn readings(&self) -> &'static [Reading] {
        switches::READINGS
    }

    fn respond(&self, request: &Request, accounts: &Accounts) -> Response {
        self.route(request, accounts)
            .unwrap_or_else(|ErrorResponse { status, body }| Response::new(status, body))
    }

    fn portal(&self, document: &Document, page: &Page) -> Result<Document, String> {
        portal::visit(document, page)
    }

    fn error(&self, _status: u16, message: &str) -> Value {
        json!({"error": message})
    }

    fn requests_per_second(&self) -> Option<u32> {
        Some(REQUESTS_PER_SECOND)
    }
}
