//! Defines what a vendor is: a pure function from a request and the state to an answer.

use std::collections::BTreeMap;
use std::time::Duration;

use serde_json::{Map, Value, json};

pub use super::accounts::Accounts;
use super::document::Document;
use super::{
    footprint::{Pattern, key, whole},
    index::Keys,
    notation::Reading,
    portal::Page,
};
use crate::model::Address;

/// An emulated vendor.
///
/// `respond` never touches disk, socket or chance: a write is a [`Response`] that carries the next state.
pub trait Vendor: Send + Sync + std::fmt::Debug + 'static {
    /// Names the parts of a state document that hold one object per key.
    fn tables(&self) -> &'static [&'static str];

    /// Builds an account's first state from its seed file: its tables as they stand there.
    fn seed(&self, _account: &str, seed: &Map<String, Value>) -> Result<Document, String> {
        Document::parse(&Value::from(seed.clone()).to_string(), self.tables())
    }

    /// Names what of an account's state one object of a tenant may touch: its row in the table of its kind.
    fn footprint(&self, address: &Address) -> Vec<Pattern> {
        vec![whole(&[key(address.kind.section()), key(&address.key)])]
    }

    /// Names what requests search all accounts for: nothing.
    fn keys(&self) -> Keys {
        |_, _, _| Vec::new()
    }

    /// Answers one request. It opens the account it is about, and searches the others by their [`Vendor::keys`].
    fn respond(&self, request: &Request, accounts: &Accounts) -> Response;

    /// Saves a page of its portal as a person does, or says what is not there.
    fn portal(&self, _: &Document, page: &Page) -> Result<Document, String> {
        Err(page.missing())
    }

    /// Builds the body of an error that does not come from the vendor's own rules, such as an injected fault.
    fn error(&self, status: u16, message: &str) -> Value {
        json!({"code": status, "message": message})
    }

    /// Says for people which credentials it takes.
    fn credentials(&self) -> &'static str {
        "token: any; one that begins with `ro_` can only read"
    }

    /// How it may behave where public evidence allows several things: its own switches.
    fn readings(&self) -> &'static [Reading] {
        &[]
    }

    /// How many requests in one second are answered before it is 429; `None` for a vendor without such a limit.
    fn requests_per_second(&self) -> Option<u32> {
        None
    }

    /// How often values that the vendor derives are recomputed.
    fn active_lag(&self) -> Duration {
        Duration::ZERO
    }

    /// How it limits the rate, where not with 429.
    fn rate_limit(&self) -> Option<RateLimit> {
        None
    }
}

/// A status of a vendor's own for too many requests.
#[derive(Debug, Clone, Copy)]
pub struct RateLimit {
    pub status: u16,
    pub message: &'static str,
    /// How often a request is answered so, from 0 to 1.
    pub chance: f64,
}

/// A request, decoded.
#[derive(Debug, Clone)]
pub struct Request {
    pub method: String,
    /// As sent, still percent-encoded.
    pub path: String,
    /// The path's segments, decoded.
    pub segments: Vec<String>,
    pub query: Vec<(String, String)>,
    /// Who asks; never recorded.
    pub credential: Credential,
    /// The other headers, names in lower case; never recorded.
    pub headers: BTreeMap<String, String>,
    /// Text that is not JSON is a JSON string.
    pub body: Option<Value>,
}

/// What the `Authorization` header says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Credential {
    None,
    Bearer(String),
    Basic { user: String, password: String },
}

impl Request {
    /// The path's segments, to be matched.
    pub fn steps(&self) -> Vec<&str> {
        self.segments.iter().map(String::as_str).collect()
    }

    pub fn query(&self, name: &str) -> Option<&str> {
        self.query.iter().rev().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
    }

    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).map(String::as_str)
    }

    /// The bearer token, if that is how the caller presents itself.
    pub fn token(&self) -> Option<&str> {
        match &self.credential {
            Credential::Bearer(token) => Some(token),
            Credential::None | Credential::Basic { .. } => None,
        }
    }

    pub fn is_write(&self) -> bool {
        self.method != "GET" && self.method != "HEAD"
    }
}

/// What a vendor says to a request.
#[derive(Debug)]
pub struct Response {
    pub status: u16,
    pub body: Option<Value>,
    /// Headers beside those that every answer has.
    pub headers: Vec<(&'static str, String)>,
    /// The state after the request, when it writes.
    pub commit: Option<Commit>,
    /// The answer, with status 200, once the commit is visible: a synchronous create.
    pub once_visible: Option<Value>,
}

/// A change of one account, about to be made.
#[derive(Debug)]
pub struct Commit {
    pub account: String,
    /// Names the object written, so that a second write to it can be told.
    pub object: String,
    pub document: Document,
}

impl Commit {
    /// Puts one row into a table.
    pub fn put(account: &str, held: &Document, table: &str, key: &str, row: Value) -> Self {
        let mut document = held.clone();
        document.put(table, key, row);
        Self { account: account.to_owned(), object: format!("{table}/{key}"), document }
    }
}

impl Response {
    pub fn new(status: u16, body: Value) -> Self {
        Self { status, body: Some(body), headers: Vec::new(), commit: None, once_visible: None }
    }

    /// Builds the `{"code", "message"}` body that every vendor here uses for status and errors.
    pub fn coded(status: u16, message: &str) -> Self {
        Self::new(status, json!({"code": status, "message": message}))
    }

    #[must_use]
    pub fn with(mut self, commit: Commit) -> Self {
        self.commit = Some(commit);
        self
    }
}
