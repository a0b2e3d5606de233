//! Is one request within one account: what it may read and write, and the forms of its answer.

use serde_json::{Map, Value, json};

use super::Ctm;
use super::error_response::{ErrorResponse, RouteResult};
use super::fields::Lookup;
use super::kinds::ObjectType;
use super::rows;
use crate::sandbox::account::View;
use crate::sandbox::accounts::Accounts;
use crate::sandbox::document::Document;
use crate::sandbox::vendor::{Commit, Request, Response};

/// A request in an account.
#[derive(Debug)]
pub struct ApiCall<'a> {
    pub server: &'a Ctm,
    pub request: &'a Request,
    /// The account's id.
    pub account: &'a str,
    /// The account's URL.
    base: String,
    /// The present: no delay between a write and a read is known.
    pub held: &'a Document,
    pub body: Map<String, Value>,
}

impl<'a> ApiCall<'a> {
    pub fn new(
        server: &'a Ctm,
        request: &'a Request,
        account: &'a str,
        held: &'a Document,
        body: Map<String, Value>,
    ) -> Self {
        Self { server, request, account, base: account_url(request, account), held, body }
    }

    /// The URL of something within the account.
    pub fn url(&self, path: &str) -> String {
        format!("{}/{path}", self.base)
    }

    pub fn account_id(&self) -> Value {
        self.held.single("account").get("id").cloned().unwrap_or_default()
    }

    /// Finds an object of the account by its id.
    pub fn find(&self, kind: &ObjectType, id: &str) -> Result<&'a Map<String, Value>, ErrorResponse> {
        rows::find(self.held, kind.table, id).ok_or_else(|| ErrorResponse::missing(kind.noun))
    }

    /// Holds the keys of a body against those that are known; only the strict server minds (FACTS ctm/choices-1).
    pub fn check<'n>(
        &self,
        body: &Map<String, Value>,
        known: impl IntoIterator<Item = &'n str>,
    ) -> Result<(), ErrorResponse> {
        if !self.server.strict {
            return Ok(());
        }
        let known: Vec<&str> = known.into_iter().chain(["_method", "auth_token"]).collect();
        match body.keys().find(|key| !known.contains(&key.as_str())) {
            Some(key) => Err(ErrorResponse::invalid(format!("unknown parameter {key}"))),
            None => Ok(()),
        }
    }

    /// What a conversion of fields has to know.
    pub fn lookup(&self) -> Lookup<'a> {
        Lookup { document: self.held, strict: self.server.strict }
    }

    /// Deletes an object, out of everything that refers to it; the strict server refuses that (FACTS ctm/choices-4).
    pub fn delete(&self, kind: &ObjectType, id: &str) -> RouteResult {
        self.find(kind, id)?;
        let mut next = self.held.clone();
        rows::forget(&mut next, kind, id);
        if rows::detach(&mut next, id) && self.server.strict {
            return Err(ErrorResponse::invalid(format!("{} is in use", kind.noun)));
        }
        self.done(format!("{}/{id}", kind.table), next, json!({"status": "success"}))
    }

    /// Answers a write and makes the change.
    pub fn done(&self, object: impl Into<String>, document: Document, body: Value) -> RouteResult {
        let commit = Commit { account: self.account.to_owned(), object: object.into(), document };
        Ok(Response::new(200, body).with(commit))
    }
}

/// Opens an account; `current` is the first one.
pub fn open<'a>(accounts: &'a Accounts, account: &'a str) -> Result<(&'a str, View), ErrorResponse> {
    let name = if account == "current" { accounts.first().unwrap_or(account) } else { account };
    let view = accounts.view(name).ok_or_else(|| ErrorResponse::missing("account"))?;
    Ok((name, view))
}

/// Answers a read.
pub fn show(value: impl Into<Value>) -> RouteResult {
    Ok(Response::new(200, value.into()))
}

/// The URL of an account, at the host that was asked.
pub fn account_url(request: &Request, account: &str) -> String {
    format!("http://{}/api/v1/accounts/{account}", request.header("host").unwrap_or("localhost"))
}

/// The object under `wrapper`, or what stands in for it: nothing.
pub fn wrapped<'b>(body: &'b Map<String, Value>, wrapper: &str) -> Option<&'b Map<String, Value>> {
    body.get(wrapper).and_then(Value::as_object)
}
