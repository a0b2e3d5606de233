//! The only way out to a network: timeouts, retries, pacing, and a client for reading that cannot write.
//!
//! Reads are tried again after 420, 429, 5xx and lost connections. Writes only when they were surely not carried out
//! (420, 429, connection refused): a write that got a 5xx or no answer may have happened, and who sent it must look.

mod error;
mod pacer;

pub use error::{ApiError, Problem};
pub use pacer::Pacer;

use crate::model::Limits;
use backon::{BackoffBuilder, ExponentialBuilder};
use reqwest::Method;
use secrecy::{ExposeSecret, SecretString};
use serde_json::Value;
use std::{sync::Arc, time::Duration};

/// The statuses with which a server asks for patience. 420 was seen once on NetSapiens (fact sheet 3.5).
const PATIENCE: [u16; 2] = [420, 429];

/// Reads from one API. It has no way to write.
#[derive(Clone)]
pub struct Getter {
    client: reqwest::Client,
    base: String,
    token: SecretString,
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
    pub fn new(base: &str, token: SecretString, limits: Limits, pacer: Arc<Pacer>) -> Result<Self, String> {
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
        Ok(Self { client, base, token, pacer, limits })
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
        self.request(Method::GET, path, query, None, &format!("reading {what}")).await
    }

    async fn request(
        &self,
        method: Method,
        path: &str,
        query: &[(&str, String)],
        body: Option<&Value>,
        what: &str,
    ) -> Result<Value, ApiError> {
        // `.` and `..` cannot be encoded: they would be taken for steps in the path, and another object be reached.
        if path.split('/').any(|segment| matches!(segment, "." | "..")) {
            let why = "an object whose name is `.` or `..` cannot be named in a request".to_owned();
            return Err(ApiError {
                what: what.to_owned(),
                method: method.to_string(),
                path: path.to_owned(),
                problem: Problem::Conflict(why),
            });
        }
        let mut backoff = ExponentialBuilder::default()
            .with_min_delay(Duration::from_millis(500))
            .with_max_delay(Duration::from_secs(10))
            .with_max_times(self.limits.retries as usize)
            .with_jitter()
            .build();
        loop {
            let problem = match self.once(&method, path, query, body).await {
                Ok(answer) => return Ok(answer),
                Err(problem) => problem,
            };
            let again =
                if method == Method::GET { problem.is_transient() } else { problem.is_surely_not_done() };
            let delay = if again { backoff.next() } else { None };
            let Some(delay) = delay else {
                return Err(ApiError {
                    what: what.to_owned(),
                    method: method.to_string(),
                    path: path.to_owned(),
                    problem,
                });
            };
            // A server that asks for patience knows better than the back-off, and means everybody.
            match problem {
                Problem::Patience { after: Some(after), .. } => self.pacer.pause(after).await,
                Problem::Patience { .. } => self.pacer.pause(delay).await,
                _ => tokio::time::sleep(delay).await,
            }
        }
    }

    async fn once(
        &self,
        method: &Method,
        path: &str,
        query: &[(&str, String)],
        body: Option<&Value>,
    ) -> Result<Value, Problem> {
        let _turn = self.pacer.turn().await;
        let mut request = self.client.request(method.clone(), format!("{}{path}", self.base));
        request = request.bearer_auth(self.token.expose_secret()).header("accept", "application/json");
        if !query.is_empty() {
            request = request.query(query);
        }
        if let Some(body) = body {
            request = request.json(body);
        }
        let response = request.send().await.map_err(Problem::from_transport)?;
        let status = response.status();
        let after =
            response.headers().get("retry-after").and_then(|v| v.to_str().ok()?.trim().parse::<u64>().ok());
        let text = response.text().await.map_err(Problem::from_transport)?;
        if PATIENCE.contains(&status.as_u16()) {
            let after = after.map(|seconds| Duration::from_secs(seconds.min(60)));
            return Err(Problem::Patience { status: status.as_u16(), after });
        }
        if !status.is_success() {
            return Err(Problem::status(status.as_u16(), &text));
        }
        if text.trim().is_empty() {
            return Ok(Value::Null);
        }
        serde_json::from_str(&text).map_err(|error| Problem::decode(&error.to_string(), &text))
    }
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
        self.request(method, path, &[], body, what).await
    }
}

/// One segment of a path, percent-encoded; `*` and `~` stay as they are (fact sheet NetSapiens 3.1).
pub fn segment(text: &str) -> String {
    const KEEP: percent_encoding::AsciiSet =
        percent_encoding::NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~').remove(b'*');
    percent_encoding::utf8_percent_encode(text, &KEEP).to_string()
}
