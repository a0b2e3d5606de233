//! The only way out to a network: timeouts, retries, pacing, and a client for reading that cannot write.
//!
//! Reads are tried again after 420, 429, 5xx and lost connections. Writes only when they were surely not carried out
//! (420, 429, connection refused): a write that got a 5xx or no answer may have happened, and who sent it must look.

mod error;
mod pacer;

pub use error::{ApiError, Problem};
pub use pacer::Pacer;

use crate::model::Limits;
use base64::prelude::{BASE64_STANDARD, Engine as _};
use backon::{BackoffBuilder, ExponentialBuilder};
use reqwest::Method;
use secrecy::{ExposeSecret, SecretString};
use serde_json::Value;
use std::{sync::Arc, time::Duration};

/// The statuses with which a server asks for patience. 420 was seen once on NetSapiens (fact sheet 3.5).
const PATIENCE: [u16; 2] = [420, 429];

/// How requests present themselves.
#[derive(Clone)]
pub enum Auth {
    Bearer(SecretString),
    Basic { user: SecretString, password: SecretString },
}

impl Auth {
    /// A text from outside without the credential: servers and proxies repeat what they were sent.
    fn hidden_in(&self, text: &str) -> String {
        let secrets = match self {
            Self::Bearer(token) => vec![token.expose_secret().to_owned()],
            Self::Basic { user, password } => {
                let (user, password) = (user.expose_secret(), password.expose_secret());
                let pair = BASE64_STANDARD.encode(format!("{user}:{password}"));
                vec![pair, password.to_owned(), user.to_owned()]
            }
        };
        let secrets = secrets.iter().filter(|secret| !secret.is_empty());
        secrets.fold(text.to_owned(), |text, secret| text.replace(secret.as_str(), "***"))
    }
}

/// What a server answered.
#[derive(Debug, Default)]
pub struct Answer {
    /// `null` where the body is empty.
    pub body: Value,
    /// The tag of the document, for `If-Match`.
    pub etag: Option<String>,
    /// Where the next page is (`Link` with `rel="next"`).
    pub next: Option<String>,
}

/// Reads from one API. It has no way to write.
#[derive(Clone)]
pub struct Getter {
    client: reqwest::Client,
    base: String,
    auth: Auth,
    pacer: Arc<Pacer>,
    limits: Limits,
}

/// Reads from and writes to one API.
#[derive(Clone)]
pub struct Sender(Getter);

impl std::ops::Deref for Sender {
    type Target = Getter;

    fn deref(&self) -> &Getter {
        &self.0
    }
}

impl Getter {
    /// Opens an API. Nothing is sent yet. `pacer` is shared by everything that speaks to the same system.
    pub fn new(base: &str, auth: Auth, limits: Limits, pacer: Arc<Pacer>) -> Result<Self, String> {
        let base = base.trim_end_matches('/').to_owned();
        let url: url::Url = base.parse().map_err(|e| format!("`{base}` is not a URL: {e}"))?;
        if !url.username().is_empty() || url.password().is_some() {
            return Err("a URL must not hold a credential; name it under `token`".to_owned());
        }
        if !matches!(url.scheme(), "http" | "https") {
            return Err(format!("`{base}` is not a URL of http or https"));
        }
        #[cfg(feature = "tls")]
        // An error only says that a provider is installed already.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let builder = reqwest::Client::builder();
        // The system's certificates take a while to read; without https nobody looks at them.
        #[cfg(feature = "tls")]
        let builder = if url.scheme() == "https" { builder } else { builder.tls_certs_only([]) };
        let client = builder
            .timeout(Duration::from_secs(limits.timeout.into()))
            .redirect(reqwest::redirect::Policy::none())
            .no_proxy()
            .user_agent(concat!("dialform/", env!("CARGO_PKG_VERSION")))
            .build()
            .map_err(|e| format!("cannot set up HTTP for `{base}`: {e}"))?;
        Ok(Self { client, base, auth, pacer, limits })
    }

    /// The same API, with the way to write.
    pub fn into_sender(self) -> Sender {
        Sender(self)
    }

    pub fn concurrency(&self) -> usize {
        self.limits.concurrency.max(1) as usize
    }

    /// How long an accepted change may take to show.
    pub fn settle(&self) -> Duration {
        Duration::from_secs(self.limits.settle.into())
    }

    /// Reads; `null` where the body is empty. `what` says what is being read, for the error: "the users of `acme`".
    pub async fn get(&self, path: &str, query: &[(&str, String)], what: &str) -> Result<Value, ApiError> {
        self.fetch(path, query, what).await.map(|answer| answer.body)
    }

    /// Reads, with what the headers say.
    pub async fn fetch(&self, path: &str, query: &[(&str, String)], what: &str) -> Result<Answer, ApiError> {
        let call = Call { method: Method::GET, path, query, body: None, if_match: None };
        self.request(call, &format!("reading {what}")).await
    }

    /// The path and query of a link the server sent, below the base of this API; `None` if it leads elsewhere. The host
    /// is not looked at: credentials go nowhere else, and behind a proxy a server does not know its own name.
    pub fn below(&self, link: &str) -> Option<(String, Vec<(String, String)>)> {
        let base: url::Url = self.base.parse().ok()?;
        let link = base.join(link).ok()?;
        let path = link.path().strip_prefix(base.path().trim_end_matches('/'))?;
        path.starts_with('/').then(|| (path.to_owned(), link.query_pairs().into_owned().collect()))
    }

    async fn request(&self, call: Call<'_>, what: &str) -> Result<Answer, ApiError> {
        let failed = |problem| ApiError {
            what: what.to_owned(),
            method: call.method.to_string(),
            path: call.path.to_owned(),
            problem,
        };
        // `.` and `..` cannot be encoded: they would be taken for steps in the path, and another object be reached.
        if call.path.split('/').any(|segment| matches!(segment, "." | "..")) {
            let why = "an object whose name is `.` or `..` cannot be named in a request".to_owned();
            return Err(failed(Problem::Conflict(why)));
        }
        let mut backoff = ExponentialBuilder::default()
            .with_min_delay(Duration::from_millis(500))
            .with_max_delay(Duration::from_secs(10))
            .with_max_times(self.limits.retries as usize)
            .with_jitter()
            .build();
        loop {
            let problem = match self.once(&call).await {
                Ok(answer) => return Ok(answer),
                Err(problem) => problem,
            };
            let reads = call.method == Method::GET;
            let again = if reads { problem.is_transient() } else { problem.is_surely_not_done() };
            let delay = if again { backoff.next() } else { None };
            let Some(delay) = delay else { return Err(failed(problem)) };
            // A server that asks for patience knows better than the back-off, and means everybody.
            match problem {
                Problem::Patience { after: Some(after), .. } => self.pacer.pause(after).await,
                Problem::Patience { .. } => self.pacer.pause(delay).await,
                _ => tokio::time::sleep(delay).await,
            }
        }
    }

    async fn once(&self, call: &Call<'_>) -> Result<Answer, Problem> {
        let Call { method, path, query, body, if_match } = call;
        let _turn = self.pacer.turn().await;
        let mut request = self.client.request(method.clone(), format!("{}{path}", self.base));
        request = match &self.auth {
            Auth::Bearer(token) => request.bearer_auth(token.expose_secret()),
            Auth::Basic { user, password } => {
                request.basic_auth(user.expose_secret(), Some(password.expose_secret()))
            }
        };
        request = request.header("accept", "application/json");
        if let Some(tag) = if_match {
            request = request.header("if-match", *tag);
        }
        if !query.is_empty() {
            request = request.query(query);
        }
        if let Some(body) = body {
            request = request.json(body);
        }
        let response = request.send().await.map_err(Problem::from_transport)?;
        let status = response.status().as_u16();
        let header = |name| response.headers().get(name).and_then(|v| v.to_str().ok()).map(str::to_owned);
        let (after, etag) = (header("retry-after"), header("etag"));
        let next = header("link").as_deref().and_then(next_page);
        let text = response.text().await.map_err(Problem::from_transport)?;
        if PATIENCE.contains(&status) {
            let after = after.and_then(|text| text.trim().parse::<u64>().ok());
            return Err(Problem::Patience { status, after: after.map(|s| Duration::from_secs(s.min(60))) });
        }
        if !(200..300).contains(&status) {
            return Err(Problem::status(status, &self.auth.hidden_in(&text)));
        }
        let body = match text.trim() {
            "" => Value::Null,
            _ => serde_json::from_str(&text)
                .map_err(|error| Problem::decode(&error.to_string(), &self.auth.hidden_in(&text)))?,
        };
        Ok(Answer { body, etag, next })
    }
}

/// The target of `<…>; rel="next"` in a `Link` header.
fn next_page(header: &str) -> Option<String> {
    header.split(',').find_map(|link| {
        let (target, parameters) = link.trim().strip_prefix('<')?.split_once('>')?;
        let is_next = parameters.split(';').any(|it| matches!(it.trim(), r#"rel="next""# | "rel=next"));
        is_next.then(|| target.to_owned())
    })
}

/// One request.
struct Call<'a> {
    method: Method,
    path: &'a str,
    query: &'a [(&'a str, String)],
    body: Option<&'a Value>,
    if_match: Option<&'a str>,
}

impl Sender {
    /// Writes. `what` says what is being done, for the error: "creating queue `400`".
    pub async fn send(
        &self,
        method: Method,
        path: &str,
        body: Option<&Value>,
        what: &str,
    ) -> Result<Value, ApiError> {
        self.send_if(method, path, body, None, what).await.map(|answer| answer.body)
    }

    /// Writes only if the document still has that tag; without one, whatever it is.
    pub async fn send_if(
        &self,
        method: Method,
        path: &str,
        body: Option<&Value>,
        if_match: Option<&str>,
        what: &str,
    ) -> Result<Answer, ApiError> {
        self.request(Call { method, path, query: &[], body, if_match }, what).await
    }
}

/// One segment of a path, percent-encoded; `*` and `~` stay as they are (fact sheet NetSapiens 3.1).
pub fn segment(text: &str) -> String {
    const KEEP: percent_encoding::AsciiSet =
        percent_encoding::NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~').remove(b'*');
    percent_encoding::utf8_percent_encode(text, &KEEP).to_string()
}

/// A 401 that quotes the request was once printed with the keys in it.
#[test]
fn a_credential_that_comes_back_is_hidden() {
    let basic = Auth::Basic { user: "KEY1".into(), password: "SECRET2".into() };
    let said = basic.hidden_in("no key KEY1: Basic S0VZMTpTRUNSRVQy, SECRET2");
    assert_eq!(said, "no key ***: Basic ***, ***");
    assert_eq!(Auth::Bearer("TOKEN3".into()).hidden_in("Bearer TOKEN3 is wrong"), "Bearer *** is wrong");
}
