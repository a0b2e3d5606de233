//! Emulates the NetSapiens API v2, as the facts of the provider tell it (`FACTS.md`), and beside it the carrier's
//! number forward.
//!
//! - [`call`]: one request in one domain: what it may read, how it answers
//! - [`fields`]: the fields of each object, their types and defaults
//! - [`seed`]: the first state of a domain
//! - [`switches`]: what can be switched about it: in what form it takes and shows things is in [`forms`], how it keeps them
//!   in [`keeping`]
//! - one file per family of objects
//! - [`schedule`]: whether a time frame covers an instant
//! - [`keys`]: what requests search every domain for
//! - [`portal`]: what people alone set
//! - [`footprint`]: what of the state each object of a tenant may touch
//! - [`carrier`]: the forward at the carrier, which is no part of the NetSapiens API

mod agents;
mod answerrules;
mod calendar;
mod call;
mod carrier;
mod dialrules;
mod domains;
mod entries;
mod features;
mod fields;
mod filters;
mod footprint;
mod forms;
mod keeping;
mod keys;
mod phonenumbers;
mod portal;
mod queues;
mod schedule;
mod seed;
mod switches;
mod tables;
mod timeframes;
mod users;

use std::time::Duration;

use serde_json::{Map, Value, json};

use super::accounts::Accounts;
use super::document::Document;
use super::emulation::Emulation;
use super::footprint::Pattern;
use super::index::Keys;
use super::notation::Reading;
use super::portal::Page;
use super::vendor::{RateLimit, Request, Response, Vendor};
use crate::model::Address;
use call::{ApiCall, ErrorResponse, RouteResult};
use forms::Forms;
use keeping::Keeping;
use switches::{Release, Settings};

/// NetSapiens, and the carrier beside it.
pub static EMULATION: Emulation = Emulation {
    kind: "stratus",
    endpoints: &[("api", "/ns-api/v2"), ("carrier", "/_carrier/v1")],
    switches: switches::NAMES,
    vendor: |set| {
        let Settings {
            release,
            page_cap,
            mixed_types,
            keeping,
            list_remove,
            active_lag,
            rate_limit,
            paged_as_declared,
            forms,
        } = Settings::read(set)?;
        Ok(Box::new(Stratus {
            release,
            page_cap,
            mixed_types,
            keeping,
            list_remove,
            active_lag,
            rate_limit,
            paged_as_declared,
            forms,
        }))
    },
};

/// The emulated server; pure, so it holds only its switches.
#[derive(Debug, Clone)]
struct Stratus {
    release: Release,
    page_cap: usize,
    mixed_types: bool,
    keeping: Keeping,
    list_remove: bool,
    active_lag: Duration,
    rate_limit: f64,
    paged_as_declared: bool,
    forms: Forms,
}

impl Stratus {
    fn route(&self, request: &Request, accounts: &Accounts) -> RouteResult {
        let Some(token) = request.token() else {
            return Err(ErrorResponse::new(401, "Unauthorized"));
        };
        if request.is_write() && token.starts_with("ro_") {
            return Err(ErrorResponse::new(403, "API key is read-only"));
        }
        let segments = request.steps();
        match segments.as_slice() {
            ["ns-api", "v2", rest @ ..] => self.api(request, accounts, token, rest),
            ["_carrier", "v1", rest @ ..] => carrier::route(self, request, accounts, rest),
            _ => Err(ErrorResponse::no_route()),
        }
    }

    fn api(&self, request: &Request, accounts: &Accounts, token: &str, path: &[&str]) -> RouteResult {
        // Some builds do not know the flag as a query parameter (FACTS stratus/writes-4).
        if request.query("synchronous").is_some() || self.lacks(path) {
            return Err(ErrorResponse::no_route());
        }
        match (request.method.as_str(), path) {
            ("GET", ["version"]) => Ok(Response::new(200, self.version())),
            ("GET", ["apikeys", "~"]) => Ok(Response::new(200, domains::api_key(token, accounts))),
            ("GET", ["domains"]) => domains::all(self, request, accounts, token),
            (_, ["holidays", rest @ ..]) => calendar::route(request, rest),
            (_, ["domains", domain, rest @ ..]) => {
                let (account, view) = call::open(accounts, token, domain)?;
                let call = ApiCall::new(self, request, accounts, account, &view);
                Self::domain(&call, rest)
            }
            _ => Err(ErrorResponse::no_route()),
        }
    }

    fn domain(call: &ApiCall, path: &[&str]) -> RouteResult {
        match path {
            [] | ["count"] => domains::route(call, path),
            ["users", user, "answerrules", rest @ ..] => answerrules::route(call, user, rest),
            ["users", user, "timeframes", rest @ ..] => timeframes::of_user(call, user, rest),
            ["users", user, "number-filters"] => filters::of_user(call, user),
            ["users", rest @ ..] => users::route(call, rest),
            ["timeframes", rest @ ..] => timeframes::of_domain(call, rest),
            ["number-filters"] => filters::of_domain(call),
            ["phonenumbers", rest @ ..] => phonenumbers::route(call, rest),
            ["callqueues", queue, "agents", rest @ ..] => agents::route(call, queue, rest),
            ["callqueues", rest @ ..] => queues::route(call, rest),
            ["agents"] => agents::all(call),
            ["dialplans", plan, "dialrules", rest @ ..] => dialrules::route(call, plan, rest),
            ["autoattendants"] => dialrules::attendants(call),
            ["devices"] => users::devices(call),
            _ => Err(ErrorResponse::no_route()),
        }
    }

    /// Tells whether this release lacks a path (FACTS stratus/releases-2).
    fn lacks(&self, path: &[&str]) -> bool {
        let newer = match path {
            ["domains", _, "count"] => false,
            ["domains", _, "devices"] => true,
            ["domains", .., last] => matches!(*last, "count" | "list"),
            _ => false,
        };
        newer && self.release == Release::V44_4
    }

    fn version(&self) -> Value {
        let release = match self.release {
            Release::V44_4 => "44.4.10",
            Release::V45_0 => "45.0.0",
        };
        json!({
            "apiversion": release,
            "hostname": "sandbox",
            "current-time": jiff::Timestamp::now().strftime("%Y-%m-%d %H:%M:%S").to_string(),
        })
    }
}

impl Vendor for Stratus {
    fn tables(&self) -> &'static [&'static str] {
        seed::TABLES
    }

    fn seed(&self, account: &str, seed: &Map<String, Value>) -> Result<Document, String> {
        seed::plant(account, seed)
    }

    fn keys(&self) -> Keys {
        keys::of
    }

    fn footprint(&self, address: &Address) -> Vec<Pattern> {
        footprint::of(address)
    }

    fn readings(&self) -> &'static [Reading] {
        switches::READINGS
    }

    fn respond(&self, request: &Request, accounts: &Accounts) -> Response {
        let answer = self.route(request, accounts);
        let mut answer =
            answer.unwrap_or_else(|ErrorResponse { status, message }| Response::coded(status, &message));
        if !request.is_write() && request.path.starts_with("/ns-api/") {
            answer.body = answer.body.map(|body| self.forms.shown(body));
        }
        answer
    }

    fn portal(&self, document: &Document, page: &Page) -> Result<Document, String> {
        portal::visit(document, page)
    }

    fn active_lag(&self) -> Duration {
        self.active_lag
    }

    fn rate_limit(&self) -> Option<RateLimit> {
        Some(RateLimit { status: 420, message: "Rate Limit Exceeded", chance: self.rate_limit })
    }
}
