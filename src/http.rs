//! The only way to the phone systems: timeouts, retries, pacing, and a client for reading that cannot write.
//!
//! Reads are tried again after a rate limit (429, and what the vendor says instead), 5xx and lost connections. Writes only
//! when they were surely not carried out (rate limit, connection refused): a write that got a 5xx or no answer
//! may have happened, and who sent it must look.
//!
//! What a step has looked at is not read again before its first write ([`Looked`]), equal reads of several steps under way
//! are sent once, and what was found out about an API is known for some minutes ([`ReadClient::known`]).
//!
//! A credential that has expired is renewed once, whatever number of requests say so, and each is then sent once more.
//!
//! What a server says is searched for the credentials of the run before anybody sees it: servers and proxies repeat
//! headers in their errors.

mod auth;
mod body;
mod conventions;
mod error;
mod in_process;
mod joined;
mod known;
mod looked;
mod pacer;
mod patience;
mod record;
mod renew;
mod tally;

pub use auth::{ApiKey, Authenticate, Basic, Bearer, Renewal, authorization};
pub use body::{Body, without_place};
pub use conventions::{Conventions, Remedy};
pub use error::{ApiError, Problem};
pub use in_process::InProcess;
pub use looked::Looked;
pub use pacer::Pacer;
pub use record::{Phase, Purpose, RequestObserver, RequestRecord, during};
pub use reqwest::Method;
pub use tally::{SentWrite, WriteTally};

use crate::{
    model::{ApiUrl, Limits},
    secret::{KnownSecrets, MARK},
};
use backon::{BackoffBuilder, ExponentialBuilder};
use joined::Joined;
use known::Known;
use pacer::Turn;
use renew::Login;
use reqwest::header::HeaderValue;
use secrecy::ExposeSecret;
use serde_json::Value;
use std::{borrow::Cow, sync::Arc, time::Duration};
use tally::Sending;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

/// Who is held back longer than this looks again before writing: somebody may have used the time.
const STALE: Duration = Duration::from_secs(1);
/// The status of a part of what was asked for; nobody here asks for parts.
const PARTIAL: u16 = 206;

/// What a server answered.
#[derive(Debug, Clone, Default)]
pub struct Answer {
    /// `null` where it is empty.
    pub body: Body,
    /// The tag of the document, for `If-Match`.
    pub etag: Option<String>,
    /// Where the next page is (`Link` with `rel="next"`).
    pub next: Option<String>,
    /// Bytes of the body.
    pub received: usize,
}

/// Who watches an API, and what must never be seen of it.
#[derive(Clone)]
pub struct ClientInfo {
    pub provider: Arc<str>,
    /// Which of the provider's APIs.
    pub endpoint: &'static str,
    pub secrets: Arc<KnownSecrets>,
    pub observer: Arc<dyn RequestObserver>,
}

/// Reads from one API. It has no way to write.
#[derive(Clone)]
pub struct ReadClient {
    client: reqwest::Client,
    base: String,
    login: Arc<Login>,
    conventions: &'static Conventions,
    pacer: Arc<Pacer>,
    limits: Limits,
    info: ClientInfo,
    /// For one large answer at a time.
    large: Arc<Semaphore>,
    known: Known,
    joined: Arc<Joined>,
    /// Who answers where no network is.
    in_process: Option<InProcess>,
}

/// Reads from and writes to one API.
#[derive(Clone)]
pub struct WriteClient(ReadClient);

impl std::ops::Deref for WriteClient {
    type Target = ReadClient;

    fn deref(&self) -> &ReadClient {
        &self.0
    }
}

impl ReadClient {
    /// Opens an API. Nothing is sent yet. `pacer` is shared by everything that speaks to the same system.
    pub fn new(
        base: &ApiUrl,
        auth: Box<dyn Authenticate>,
        conventions: &'static Conventions,
        limits: Limits,
        pacer: Arc<Pacer>,
        info: ClientInfo,
    ) -> Result<Self, String> {
        let base = base.as_str().to_owned();
        #[cfg(feature = "tls")]
        // An error only says that a provider is installed already.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let builder = reqwest::Client::builder();
        // The system's certificates take a while to read; without https nobody looks at them.
        #[cfg(feature = "tls")]
        let is_plain = base.get(..7).is_some_and(|scheme| scheme.eq_ignore_ascii_case("http://"));
        #[cfg(feature = "tls")]
        let builder = if is_plain { builder.tls_certs_only([]) } else { builder };
        let client = builder
            .timeout(Duration::from_secs(limits.timeout.into()))
            .redirect(reqwest::redirect::Policy::none())
            .no_proxy()
            .user_agent(concat!("dialform/", env!("CARGO_PKG_VERSION")))
            .build()
            .map_err(|e| format!("cannot set up HTTP for `{base}`: {e}"))?;
        let (login, large) = (Arc::new(Login::new(auth)), Arc::new(Semaphore::new(1)));
        let (known, joined, in_process) = (Known::default(), Arc::default(), None);
        Ok(Self { client, base, login, conventions, pacer, limits, info, large, known, joined, in_process })
    }

    /// The same API, answered in this process: nothing is sent.
    #[must_use]
    pub fn in_process(self, server: InProcess) -> Self {
        Self { in_process: Some(server), ..self }
    }

    /// The same API, with the way to write.
    pub fn into_write_client(self) -> WriteClient {
        WriteClient(self)
    }

    pub fn concurrency(&self) -> usize {
        self.limits.concurrency.max(1) as usize
    }

    /// How long an accepted change may take to show.
    pub fn settle(&self) -> Duration {
        Duration::from_secs(self.limits.settle.into())
    }

    /// What was found out about this API, such as ids, for some minutes: one value of each type. What a writer goes by is of a
    /// type of its own.
    pub fn known<T: Default + Send + Sync + 'static>(&self) -> Arc<T> {
        self.known.of()
    }

    /// Reads. `what` says what is being read, for the error: "the users of `acme`".
    pub async fn get(&self, path: &str, query: &[(&str, String)], what: &str) -> Result<Body, ApiError> {
        self.fetch(path, query, what).await.map(|answer| answer.body)
    }

    /// Reads, with what the headers say.
    pub async fn fetch(&self, path: &str, query: &[(&str, String)], what: &str) -> Result<Answer, ApiError> {
        let call = ApiRequest {
            method: Method::GET,
            path,
            query,
            body: None,
            if_match: None,
            renews: false,
            first: None,
        };
        let what = format!("reading {what}");
        if let Some(answer) = looked::answered(&self.base, path, query) {
            return answer.map_err(|problem| self.failed(&call, &what, problem));
        }
        let answer = if record::is_of_a_step() {
            // It is moved several times: boxed, a pointer is moved.
            let read = Box::pin(async { self.request(&call, &what).await.map_err(|error| error.problem) });
            Box::pin(self.joined.read(looked::asked(&self.base, path, query), read)).await
        } else {
            self.request(&call, &what).await.map_err(|error| error.problem)
        };
        looked::keep(&self.base, path, query, answer.as_ref());
        answer.map_err(|problem| self.failed(&call, &what, problem))
    }

    /// The path and query of a link the server sent, below the base of this API; `None` if it leads elsewhere. The host
    /// is not looked at: credentials go nowhere else, and behind a proxy a server does not know its own name.
    pub fn below(&self, link: &str) -> Option<(String, Vec<(String, String)>)> {
        let base: url::Url = self.base.parse().ok()?;
        let link = base.join(link).ok()?;
        let path = link.path().strip_prefix(base.path().trim_end_matches('/'))?;
        path.starts_with('/').then(|| (path.to_owned(), link.query_pairs().into_owned().collect()))
    }

    fn failed(&self, call: &ApiRequest<'_>, what: &str, problem: Problem) -> ApiError {
        ApiError {
            what: what.to_owned(),
            method: call.method.to_string(),
            path: self.info.secrets.hide(call.path).into_owned(),
            problem,
        }
    }

    async fn request(&self, call: &ApiRequest<'_>, what: &str) -> Result<Answer, ApiError> {
        let failed = |problem| self.failed(call, what, problem);
        // `.` and `..` cannot be encoded: they would be taken for steps in the path, and another object be reached.
        if call.path.split('/').any(|segment| matches!(segment, "." | "..")) {
            let why = "an object whose name is `.` or `..` cannot be named in a request".to_owned();
            return Err(failed(Problem::Conflict(why)));
        }
        // A mask stands for a credential; written, it would replace what is live.
        if call.body.is_some_and(|body| body.to_string().contains(MARK)) {
            let why =
                "the live object contains the credential in use, which dialform never writes".to_owned();
            return Err(failed(Problem::Conflict(why)));
        }
        let backoff = ExponentialBuilder::default()
            .with_min_delay(Duration::from_millis(500))
            .with_max_delay(Duration::from_secs(10))
            .with_max_times(self.limits.retries as usize)
            .with_jitter()
            .build();
        let waits = call.first.unwrap_or_default();
        let mut backoff = backoff.skip(waits).peekable();
        let mut renewed = false;
        let mut kept = None;
        for attempt in (1..).skip(waits) {
            let credential = self.login.current();
            let turn = match kept.take() {
                Some(turn) => self.pacer.again(turn).await,
                None => self.pacer.turn().await,
            };
            if call.first.is_some() && turn.held > STALE && backoff.peek().is_some() {
                return Err(failed(Problem::Waited));
            }
            // Most requests wait for their turn. What one needs on its way is allocated when it begins.
            let answer = Box::pin(self.once(call, attempt, &turn)).await;
            let problem = match answer {
                Ok(answer) => return Ok(answer),
                Err(problem) => problem,
            };
            if let Problem::Status { status, message, remedy } = &problem
                && !renewed
                && let Some(renewal) = self.login.auth.renewal(*status, message)
            {
                renewed = true;
                // The renewal needs a slot as well.
                drop(turn);
                match Box::pin(self.renew(credential, &renewal)).await {
                    Ok(()) => continue,
                    // A refusal is final: it is not turned into an unknown result.
                    Err(why) => {
                        let message = format!("{message} (renewing the credential: {why})");
                        return Err(failed(Problem::Status { status: *status, message, remedy: *remedy }));
                    }
                }
            }
            let reads = call.method == Method::GET;
            let again = if reads { problem.is_transient() } else { problem.is_surely_not_done() };
            let delay = if again { backoff.next() } else { None };
            let Some(delay) = delay else { return Err(failed(problem)) };
            // While nobody may start, nobody else needs the slot.
            let is_limited = matches!(problem, Problem::RateLimited { .. });
            kept = Some(turn).filter(|_| is_limited || self.pacer.paused_for().is_some());
            // `Retry-After` takes precedence over the back-off, and holds back every request to this system.
            match problem {
                Problem::RateLimited { retry_after: Some(after), .. } => self.pacer.pause(after).await,
                Problem::RateLimited { .. } => self.pacer.pause(delay).await,
                _ => tokio::time::sleep(delay).await,
            }
            if call.first.is_some() {
                return Err(failed(Problem::Waited));
            }
        }
        // The back-off ends long before the counter overflows.
        Err(failed(Problem::NoAnswer("too many attempts".to_owned())))
    }

    /// One attempt, once it is its turn; whoever watches is told how it ended.
    async fn once(&self, call: &ApiRequest<'_>, attempt: u32, turn: &Turn<'_>) -> Result<Answer, Problem> {
        let ClientInfo { provider, endpoint, secrets, observer } = &self.info;
        let request = self.build(call).map_err(Problem::from_transport)?;
        let path = secrets.hide(call.path);
        let query = request.url().query().map(|query| secrets.hide(query).into_owned());
        let sent = request.body().and_then(|body| body.as_bytes()).map_or(0, <[u8]>::len);
        let (time, began) = (jiff::Timestamp::now(), tokio::time::Instant::now());
        let reply = self.receive(request).await;
        let took = began.elapsed();
        // New credentials are registered before any part of the answer is shown.
        let renewed = match &reply {
            Ok(reply) if call.renews => self.take_over(reply),
            _ => Ok(()),
        };
        let reply = reply.map(|reply| reply.without_credentials(secrets));
        let status = reply.as_ref().ok().map(|reply| reply.status);
        let received = reply.as_ref().map_or(0, |reply| reply.received);
        let text = reply.as_ref().map_or("", |reply| reply.text.as_str());
        let result = reply.as_ref().map_err(Problem::clone).and_then(|reply| judge(reply, self.conventions));
        let result = renewed.and(result);
        match &result {
            Err(Problem::RateLimited { .. }) => self.pacer.slow_down(turn),
            // Also who is down for a while may say until when.
            Err(Problem::Status { status: 503, .. }) => {
                let wait = reply.as_ref().ok().and_then(|reply| reply.wait);
                wait.into_iter().for_each(|wait| self.pacer.hold(wait));
            }
            _ if status.is_some_and(|status| status < 500) => self.pacer.succeeded(),
            _ => {}
        }
        observer.request_ended(&RequestRecord {
            time,
            provider,
            endpoint,
            method: call.method.as_str(),
            path: &path,
            query: query.as_deref(),
            status,
            problem: result.as_ref().err(),
            took,
            attempt,
            purpose: record::purpose(),
            sent,
            received,
            request: call.body.filter(|_| !call.renews),
            response: if call.renews { "" } else { text },
        });
        result
    }

    fn build(&self, call: &ApiRequest<'_>) -> reqwest::Result<reqwest::Request> {
        let ApiRequest { method, path, query, body, if_match, renews, first: _ } = call;
        let mut request = self.client.request(method.clone(), format!("{}{path}", self.base));
        // The request for a new token does not carry the expired one.
        let headers = if *renews { Vec::new() } else { self.login.auth.headers() };
        for (name, value) in headers {
            request = match HeaderValue::from_str(value.expose_secret()) {
                Ok(mut value) => {
                    value.set_sensitive(true);
                    request.header(name, value)
                }
                // An invalid value is refused when the request is built; the error does not repeat it.
                Err(_) => request.header(name, "\n"),
            };
        }
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
        request.build()
    }

    /// Sends, and waits for the whole answer.
    async fn receive(&self, request: reqwest::Request) -> Result<RawResponse, Problem> {
        let response = match &self.in_process {
            Some(server) => server(&request),
            None => self.client.execute(request).await.map_err(Problem::from_transport)?,
        };
        let status = response.status().as_u16();
        let header = |name| response.headers().get(name).and_then(|v| v.to_str().ok()).map(str::to_owned);
        let (after, etag) = (header("retry-after"), header("etag"));
        let wait = after.and_then(|after| patience::wait(&after, header("date").as_deref()));
        let next = header("link").as_deref().and_then(next_page);
        let body::Received { text, bytes: received, turn } = body::receive(response, &self.large).await?;
        Ok(RawResponse { status, wait, etag, next, received, text, _turn: turn })
    }
}

/// A body without any credential of this run.
fn without_credentials(text: String, secrets: &KnownSecrets) -> String {
    let hidden = match secrets.hide(&text) {
        Cow::Borrowed(_) => None,
        Cow::Owned(hidden) => Some(hidden),
    };
    let text = hidden.unwrap_or(text);
    // Only escapes can carry a credential past a search of the text.
    if text.contains('\\')
        // Whatever else is wrong with it.
        && let Ok(mut body) = serde_json::from_str::<Value>(&text)
        && secrets.hide_in(&mut body)
    {
        return body.to_string();
    }
    text
}

/// Turns a response into a body or a problem.
fn judge(reply: &RawResponse, conventions: &'static Conventions) -> Result<Answer, Problem> {
    let RawResponse { status, wait, etag, next, received, text, _turn } = reply;
    let status = *status;
    if conventions.is_rate_limit(status) {
        return Err(Problem::RateLimited { status, retry_after: *wait });
    }
    if !(200..300).contains(&status) {
        return Err(Problem::status(status, text, conventions));
    }
    if status == PARTIAL {
        return Err(Problem::decode("status 206: it is only a part", ""));
    }
    let body = Body::of(text)?;
    Ok(Answer { body, etag: etag.clone(), next: next.clone(), received: *received })
}

/// An answer as it came.
struct RawResponse {
    status: u16,
    /// How long the server asks to be left alone.
    wait: Option<Duration>,
    etag: Option<String>,
    next: Option<String>,
    /// Bytes of the body.
    received: usize,
    text: String,
    /// Of a large answer, as long as there is one.
    _turn: Option<OwnedSemaphorePermit>,
}

impl RawResponse {
    fn without_credentials(self, secrets: &KnownSecrets) -> Self {
        Self { text: without_credentials(self.text, secrets), ..self }
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
struct ApiRequest<'a> {
    method: Method,
    path: &'a str,
    query: &'a [(&'a str, String)],
    body: Option<&'a Value>,
    if_match: Option<&'a str>,
    /// Whether it asks for new credentials.
    renews: bool,
    /// How often it was sent away before, where it is the first write of a step.
    first: Option<usize>,
}

impl WriteClient {
    /// Writes. `what` says what is being done, for the error: "creating queue `400`".
    pub async fn send(
        &self,
        method: Method,
        path: &str,
        body: Option<&Value>,
        what: &str,
    ) -> Result<Body, ApiError> {
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
        let first = looked::forget();
        let sending = Sending::begin(&method, &self.info.secrets.hide(path), what);
        self.joined.written();
        let call = ApiRequest { method, path, query: &[], body, if_match, renews: false, first };
        let result = self.request(&call, what).await;
        self.joined.written();
        sending.end(&result);
        result
    }
}

/// One segment of a path, percent-encoded; `*` and `~`, which a path may hold, stay as they are.
pub fn segment(text: &str) -> String {
    const KEEP: percent_encoding::AsciiSet =
        percent_encoding::NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~').remove(b'*');
    percent_encoding::utf8_percent_encode(text, &KEEP).to_string()
}
