//! Emulates the bridge of `schema/deskphone-bridge.openapi.yaml`; the vendor itself has no API that is known
//! (FACTS deskphone/dashboard-1).
//!
//! - [`call`]: one request in one account, and what it is refused with
//! - [`people`]: the list, a page at a time, and one person
//! - [`forwarding`]: one person's four diverts, read and replaced
//! - [`sections`]: the four sections of that document and their fields
//! - [`check`]: what a written document is refused for
//! - [`shown`]: what the switches change about a document that is read
//! - [`seed`]: the first state of an account
//! - [`switches`]: what can be switched about it
//! - [`portal`]: what people alone set
//! - [`footprint`]: what of the state each object of a tenant may touch

mod call;
mod check;
mod footprint;
mod forwarding;
mod people;
mod portal;
mod sections;
mod seed;
mod shown;
mod switches;

use std::sync::atomic::{AtomicU64, Ordering};

use serde_json::{Map, Value, json};

use super::account::View;
use super::accounts::Accounts;
use super::document::Document;
use super::emulation::Emulation;
use super::footprint::Pattern;
use super::notation::Reading;
use super::portal::Page;
use super::vendor::{Request, Response, Vendor};
use crate::model::Address;
use call::{ApiCall, ErrorResponse, RouteResult};
use switches::Settings;

/// The bridge.
pub static EMULATION: Emulation = Emulation {
    kind: "deskphone",
    endpoints: &[("bridge", "/v1")],
    switches: switches::NAMES,
    vendor: |set| {
        let Settings {
            no_etag,
            meddle,
            plus_numbers,
            bare_destination,
            extra_field,
            people_page,
            people_again,
        } = Settings::read(set)?;
        Ok(Box::new(Deskphone {
            etag: !no_etag,
            meddle,
            plus_numbers,
            bare_destination,
            extra_field,
            people_page,
            people_again,
            errors: AtomicU64::new(0),
        }))
    },
};

/// The emulated bridge: its switches, and how many errors it has told of.
#[derive(Debug)]
struct Deskphone {
    etag: bool,
    meddle: bool,
    plus_numbers: bool,
    bare_destination: bool,
    extra_field: bool,
    people_page: usize,
    people_again: bool,
    errors: AtomicU64,
}

impl Deskphone {
    /// Checks in the order of the contract (FACTS deskphone/contract-9): token, path, method; what follows is the
    /// operation's own.
    fn route(&self, request: &Request, accounts: &Accounts) -> RouteResult {
        let token = request.token().filter(|token| *token != "wrong").ok_or_else(ErrorResponse::token)?;
        let segments = request.steps();
        let (account, view, path) = account(&segments, accounts).ok_or_else(ErrorResponse::no_path)?;
        let call =
            ApiCall { server: self, request, token, account, seen: &view.visible, held: &view.committed };
        match (path, request.method.as_str()) {
            (["people"], "GET") => people::list(&call),
            (["people"], _) => Err(ErrorResponse::method("GET")),
            (["people", id], method) => match (people::find(call.seen, id)?, method) {
                ((_, row), "GET") => people::show(&call, row),
                _ => Err(ErrorResponse::method("GET")),
            },
            (["people", id, "features", "callForwarding"], method) => {
                match (people::find(call.held, id)?, method) {
                    ((key, _), "GET") => forwarding::read(&call, key),
                    ((key, row), "PUT") => forwarding::write(&call, key, row),
                    _ => Err(ErrorResponse::method("GET, PUT")),
                }
            }
            _ => Err(ErrorResponse::no_path()),
        }
    }

    fn refuse(&self, error: ErrorResponse) -> Response {
        let ErrorResponse { status, message, headers } = error;
        Response { headers, ..Response::new(status, self.error(status, &message)) }
    }
}

/// Finds the account and the path below `/v1`: the only one, or the one named before it.
fn account<'a, 's>(segments: &'s [&'s str], accounts: &'a Accounts) -> Option<(&'a str, View, &'s [&'s str])>
where
    's: 'a,
{
    let (account, path) = match segments {
        [name, "v1", path @ ..] if accounts.has(name) => (*name, path),
        ["v1", path @ ..] if accounts.count() == 1 => (accounts.first()?, path),
        _ => return None,
    };
    Some((account, accounts.view(account)?, path))
}

impl Vendor for Deskphone {
    fn tables(&self) -> &'static [&'static str] {
        seed::TABLES
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
        self.route(request, accounts).unwrap_or_else(|error| self.refuse(error))
    }

    fn portal(&self, document: &Document, page: &Page) -> Result<Document, String> {
        portal::visit(document, page)
    }

    fn error(&self, _: u16, message: &str) -> Value {
        let count = self.errors.fetch_add(1, Ordering::Relaxed) + 1;
        json!({
            "message": message,
            "errors": [{"description": message}],
            "trackingId": format!("BRIDGE_00000000-0000-4000-8000-{count:012}"),
        })
    }
}
