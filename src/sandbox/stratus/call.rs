//! Is one request within one domain: what it may read and write, and the forms of its answer.

use std::borrow::Cow;
use std::collections::BTreeSet;

use serde_json::{Map, Value, json};

use super::Stratus;
use super::keeping::ExtraSettings;
use super::keys::DOMAIN;
use crate::sandbox::account::View;
use crate::sandbox::accounts::Accounts;
use crate::sandbox::document::Document;
use crate::sandbox::vendor::{Commit, Request, Response};

/// What a server may show and not take, of users, queues and agents.
const EXTRA_SETTINGS: [&str; 4] = [
    "emergency-address-id",
    "music-on-hold-randomized-enabled",
    "callqueue-sms-enable",
    "callqueue-agent-max-concurrent-sms-conversations",
];

/// A response, or the one that says what is wrong.
pub type RouteResult = Result<Response, ErrorResponse>;

/// An error of the API: a status and a message (FACTS stratus/errors-1).
#[derive(Debug)]
pub struct ErrorResponse {
    pub status: u16,
    pub message: Cow<'static, str>,
}

impl ErrorResponse {
    pub fn new(status: u16, message: impl Into<Cow<'static, str>>) -> Self {
        Self { status, message: message.into() }
    }

    pub fn invalid(message: impl Into<Cow<'static, str>>) -> Self {
        Self::new(400, message)
    }

    pub fn missing() -> Self {
        Self::new(404, "Resource not found.")
    }

    /// What every path and method answers that this build does not serve.
    pub fn no_route() -> Self {
        Self::new(404, "No Route Found [92]")
    }

    /// What a foreign and a missing domain both answer.
    pub fn scope() -> Self {
        Self::new(401, "Invalid Scope [APP001]")
    }
}

/// A request in a domain.
#[derive(Debug)]
pub struct ApiCall<'a> {
    pub server: &'a Stratus,
    pub request: &'a Request,
    pub accounts: &'a Accounts,
    pub account: &'a str,
    pub domain: String,
    /// What reads see: the past, by the delay.
    pub seen: &'a Document,
    /// What writes check and change: the present.
    pub held: &'a Document,
    /// What `is-active` is computed from.
    pub settled: &'a Document,
}

impl<'a> ApiCall<'a> {
    pub fn new(
        server: &'a Stratus,
        request: &'a Request,
        accounts: &'a Accounts,
        account: &'a str,
        view: &'a View,
    ) -> Self {
        Self {
            server,
            request,
            accounts,
            account,
            domain: domain_of(&view.committed).to_owned(),
            seen: &view.visible,
            held: &view.committed,
            settled: &view.settled,
        }
    }

    pub fn method(&self) -> &str {
        &self.request.method
    }

    /// Returns the body as an object; a write without one changes nothing and is refused.
    pub fn body(&self) -> Result<&Map<String, Value>, ErrorResponse> {
        let body = self.request.body.as_ref().and_then(Value::as_object);
        body.ok_or_else(|| ErrorResponse::invalid("The request body must be a JSON object."))
    }

    /// Refuses a body without a key that this server may want (FACTS stratus/readings-9).
    pub fn names(&self, body: &Map<String, Value>, name: &str) -> Result<(), ErrorResponse> {
        let missing = self.server.keeping.long_bodies && !body.contains_key(name);
        if missing { Err(ErrorResponse::invalid(format!("Missing required {name}."))) } else { Ok(()) }
    }

    /// Refuses settings that this server does not take, or not with a new object (FACTS stratus/readings-17).
    pub fn takes(&self, body: &Map<String, Value>, is_new: bool) -> Result<(), ErrorResponse> {
        let takes = match self.server.keeping.extra_settings {
            ExtraSettings::Taken => true,
            ExtraSettings::Later => !is_new,
            ExtraSettings::Refused => false,
        };
        match EXTRA_SETTINGS.iter().find(|name| !takes && body.contains_key(**name)) {
            Some(name) => Err(ErrorResponse::invalid(format!("Unexpected parameter {name}."))),
            None => Ok(()),
        }
    }

    /// Cuts a list into its page: silent about the rest (FACTS stratus/lists-2).
    pub fn list(&self, rows: Vec<Value>) -> RouteResult {
        page(self.server, self.request, rows)
    }

    /// Answers 202 and makes the change, visible later.
    pub fn accept(&self, object: impl Into<String>, document: Document) -> RouteResult {
        let commit = Commit { account: self.account.to_owned(), object: object.into(), document };
        Ok(Response::coded(202, "Accepted").with(commit))
    }

    /// Answers a create: 202, or 200 with the object once it is visible when asked so.
    pub fn created(&self, object: impl Into<String>, document: Document, shown: Value) -> RouteResult {
        let mut answer = self.accept(object, document)?;
        if self.body()?.get("synchronous").and_then(Value::as_str) == Some("yes") {
            answer.once_visible = Some(shown);
        }
        Ok(answer)
    }
}

/// Answers a read.
pub fn show(value: Value) -> RouteResult {
    Ok(Response::new(200, value))
}

pub fn total(count: usize) -> RouteResult {
    show(json!({"total": count}))
}

/// Opens the account of a domain; `~` is the token's own.
pub fn open<'a>(accounts: &'a Accounts, token: &str, domain: &str) -> Result<(&'a str, View), ErrorResponse> {
    let found = match domain {
        "~" => own_domain(accounts, token).and_then(|own| of_domain(accounts, &own)),
        named => of_domain(accounts, named),
    };
    found.ok_or_else(ErrorResponse::scope)
}

/// The account of a domain. Most are called as their domain is.
pub fn of_domain<'a>(accounts: &'a Accounts, domain: &str) -> Option<(&'a str, View)> {
    let mut of_it = accounts.find(DOMAIN, domain).map(|holder| holder.account);
    let first = of_it.next()?;
    let account = of_it.find(|account| *account == domain).filter(|_| first != domain).unwrap_or(first);
    Some((account, accounts.view(account)?))
}

pub fn domain_of(document: &Document) -> &str {
    text(document.single("domain"), "domain")
}

/// Returns a text of an object, empty when there is none.
pub fn text<'a>(object: &'a Value, name: &str) -> &'a str {
    object.get(name).and_then(Value::as_str).unwrap_or_default()
}

/// Returns the token's own domain: the only one, or the one whose name the token holds.
pub fn own_domain(accounts: &Accounts, token: &str) -> Option<String> {
    let mut domains = accounts.all(DOMAIN);
    if accounts.count() == 1 {
        return domains.next().map(|only| only.value.to_owned());
    }
    let named = domains.filter(|domain| token.contains(domain.value));
    named.min_by_key(|domain| domain.account).map(|domain| domain.value.to_owned())
}

/// Cuts and projects a list by the query: `start`, `limit`, `fields`.
pub fn page(server: &Stratus, request: &Request, rows: Vec<Value>) -> RouteResult {
    let number = |name: &str, default: usize| match request.query(name) {
        None => Ok(default),
        Some(text) => text.parse().map_err(|_| ErrorResponse::invalid(format!("Invalid value for {name}."))),
    };
    // What ignores both is cut as if nothing were asked.
    let is_undeclared = ["/timeframes", "/answerrules"].iter().any(|end| request.path.ends_with(end));
    if server.paged_as_declared && is_undeclared {
        return show(rows.into_iter().take(server.page_cap).collect());
    }
    let start = number("start", 0)?;
    // More than 1000 is clamped here; what a live server does is unknown (FACTS stratus/lists-4).
    let limit = number("limit", server.page_cap)?.min(1000);
    if limit == 0 {
        return Err(ErrorResponse::invalid("Invalid value for limit."));
    }
    let mut rows: Vec<Value> = rows.into_iter().skip(start).take(limit).collect();
    if let Some(fields) = request.query("fields") {
        let fields: BTreeSet<&str> = fields.split(',').map(str::trim).collect();
        for row in rows.iter_mut().filter_map(Value::as_object_mut) {
            row.retain(|name, _| fields.contains(name.as_str()));
        }
    }
    show(rows.into())
}
