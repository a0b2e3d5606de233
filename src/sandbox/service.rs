//! Takes one request from the wire to its answer: decode, fault, respond, record.

use std::collections::BTreeMap;
use std::convert::Infallible;
use std::future::Future;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::body::{Body, Bytes};
use axum::extract::{ConnectInfo, Query, State};
use axum::http::header::{AUTHORIZATION, CONTENT_LENGTH, CONTENT_TYPE, RETRY_AFTER};
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, Uri};
use axum::response::Response as HttpResponse;
use base64::prelude::{BASE64_STANDARD, Engine as _};
use futures::{FutureExt as _, StreamExt as _, future, stream};
use serde_json::Value;
use tokio::sync::Notify;

use super::behaviour::Behaviour;
use super::connection::{ClosableListener, Connection, ConnectionListener};
use super::fault::{Fault, FaultSchedule};
use super::record::Recorder;
use super::store::{CommitMode, Store};
use super::throttle::Throttle;
use super::vendor::{Credential, RateLimit, Request, Response, Vendor};
use super::visit;

/// What a proxy in the way says.
const GARBAGE: &str =
    "<!DOCTYPE html>\n<html><head><title>Sign in</title></head><body>Please sign in.</body></html>\n";
const BAD_GATEWAY: &str = "<html>\n<head><title>502 Bad Gateway</title></head>\n<body></body>\n</html>\n";

const TOO_MANY: &str = "Too Many Requests";

/// How long half a body stays alone on the wire: long enough to be flushed before the end.
const HALF_TIME: Duration = Duration::from_millis(20);

/// How long a response is held back so that the port is closed before it arrives.
const LEAVING: Duration = Duration::from_millis(20);

/// Everything one emulated server needs.
#[derive(Debug)]
pub struct Service {
    vendor: Box<dyn Vendor>,
    pub(super) store: Store,
    faults: FaultSchedule,
    record: Option<Arc<Recorder>>,
    slow: Duration,
    visible_after: Duration,
    stale_for: Duration,
    retry_after: u32,
    /// Notified when the port is to be closed for a while.
    leave: Notify,
    refuse_for: Duration,
    throttle: Option<Throttle>,
}

/// An answer as it goes onto the wire.
enum Sent {
    Json(u16, Option<Value>, Vec<(&'static str, String)>),
    Html(u16, &'static str),
    Half(u16, String),
    Nothing,
}

/// Serves until `stopped` resolves, then answers what is open. When told to leave it does the same, and comes back.
pub async fn serve(
    mut door: ClosableListener,
    service: Arc<Service>,
    stopped: impl Future<Output = ()> + Send + 'static,
) {
    let app = Router::new().fallback(handle).with_state(Arc::clone(&service));
    let stopped = stopped.boxed().shared();
    while let Some(listener) = door.open() {
        let app = app.clone().into_make_service_with_connect_info::<Connection>();
        let (end, service) = (stopped.clone(), Arc::clone(&service));
        let refuse_for = service.refuse_for;
        let closed = async move { drop(future::select(end, Box::pin(service.leave.notified())).await) };
        match axum::serve(ConnectionListener(listener), app).with_graceful_shutdown(closed).await {
            Ok(()) => {}
            // The listener retries by itself; there is nothing left that can fail.
            Err(error) => drop(error),
        }
        if tokio::time::timeout(refuse_for, stopped.clone()).await.is_ok() {
            return;
        }
    }
}

async fn handle(
    State(service): State<Arc<Service>>,
    ConnectInfo(line): ConnectInfo<Connection>,
    method: Method,
    uri: Uri,
    headers: HeaderMap,
    body: Bytes,
) -> HttpResponse {
    let (request, undecodable) = decode(&method, &uri, &headers, &body);
    let request = Arc::new(request);
    let sent = match undecodable {
        None => Arc::clone(&service).answer(Arc::clone(&request)).await,
        Some(message) => service.coded(400, message),
    };
    let sent = service.recorded(&request, sent);
    let retry_after = service.retry_after;
    respond(sent, &line, retry_after)
}

impl Service {
    pub fn new(
        vendor: Box<dyn Vendor>,
        store: Store,
        behaviour: Behaviour,
        record: Option<Arc<Recorder>>,
    ) -> Self {
        let most = behaviour.requests_per_second.or_else(|| vendor.requests_per_second());
        Self {
            throttle: most.filter(|most| *most > 0).map(Throttle::new),
            faults: FaultSchedule::new(&behaviour, vendor.rate_limit().map_or(0.0, |limit| limit.chance)),
            vendor,
            store,
            record,
            slow: behaviour.slow,
            visible_after: behaviour.visible_after,
            stale_for: behaviour.stale_for,
            retry_after: behaviour.retry_after,
            leave: Notify::new(),
            refuse_for: behaviour.refuse_for,
        }
    }

    pub(super) fn credentials(&self) -> &'static str {
        self.vendor.credentials()
    }

    /// Answers one request, fault included.
    async fn answer(self: Arc<Self>, request: Arc<Request>) -> Sent {
        if visit::is_visit(&request) {
            let Response { status, body, headers, .. } = self.perform(request, CommitMode::Usual).await;
            return Sent::Json(status, body, headers);
        }
        let fault = self.faults.roll(&request.method, &request.path);
        pause(self.slow * if fault == Some(Fault::Slow) { 10 } else { 1 }).await;
        match fault {
            Some(Fault::TooManyRequests) => return self.coded(429, TOO_MANY),
            Some(Fault::RateLimit) => {
                let (status, message) = self
                    .vendor
                    .rate_limit()
                    .map_or((429, TOO_MANY), |RateLimit { status, message, .. }| (status, message));
                return self.coded(status, message);
            }
            Some(Fault::ServerError) => return self.coded(500, "Internal Server Error"),
            Some(Fault::Unavailable) => return self.coded(503, "Service Unavailable"),
            Some(Fault::ResetBeforeCommit) => return Sent::Nothing,
            Some(Fault::Garbage) => return Sent::Html(200, GARBAGE),
            _ => {}
        }
        if self.throttle.as_ref().is_some_and(|throttle| !throttle.admits()) {
            return self.coded(429, TOO_MANY);
        }
        let mode = match fault {
            Some(Fault::AcceptAndIgnore) => CommitMode::Lost,
            Some(Fault::Stale) => CommitMode::Late(self.stale_for),
            _ => CommitMode::Usual,
        };
        let answer = Arc::clone(&self).perform(request, mode).await;
        let Response { status, body, headers, .. } = answer;
        match fault {
            Some(Fault::Refuse) => {
                self.leave.notify_one();
                // The port has to be closed before the client has this response.
                tokio::time::sleep(LEAVING).await;
                Sent::Json(status, body, headers)
            }
            Some(Fault::BadGatewayAfterCommit) => Sent::Html(502, BAD_GATEWAY),
            Some(Fault::ResetAfterCommit) => Sent::Nothing,
            Some(Fault::Truncate) => {
                Sent::Half(status, body.map(|body| body.to_string()).unwrap_or_default())
            }
            _ => Sent::Json(status, body, headers),
        }
    }

    /// Lets the vendor respond and commits; a synchronous create waits until it is visible.
    async fn perform(self: Arc<Self>, request: Arc<Request>, mode: CommitMode) -> Response {
        let service = Arc::clone(&self);
        let at_once = !request.is_write() && self.store.is_ready();
        let transact = move || {
            service.store.transact(mode, |accounts| match visit::is_visit(&request) {
                true => visit::respond(service.vendor.as_ref(), &request, accounts),
                false => service.vendor.respond(&request, accounts),
            })
        };
        let done = match at_once {
            true => Ok(transact()),
            // Writing to disk blocks; the server's own thread must not.
            false => tokio::task::spawn_blocking(transact).await,
        };
        match done {
            Ok(Ok((Response { once_visible: Some(object), .. }, true))) => {
                pause(self.visible_after).await;
                Response::new(200, object)
            }
            Ok(Ok((answer, _))) => answer,
            Ok(Err(error)) => self.broken(&format!("sandbox cannot write its state: {error}")),
            Err(error) => self.broken(&format!("sandbox failed: {error}")),
        }
    }

    fn coded(&self, status: u16, message: &str) -> Sent {
        Sent::Json(status, Some(self.vendor.error(status, message)), Vec::new())
    }

    fn broken(&self, message: &str) -> Response {
        Response::new(500, self.vendor.error(500, message))
    }

    /// Records what is sent; traffic that cannot be recorded is an error, never a gap.
    fn recorded(&self, request: &Request, sent: Sent) -> Sent {
        let Some(record) = &self.record else { return sent };
        let done = match &sent {
            Sent::Json(status, body, _) => record.append(request, Some(*status), body.as_ref()),
            Sent::Html(status, page) => record.append(request, Some(*status), Some(&Value::from(*page))),
            Sent::Half(status, text) => {
                record.append(request, Some(*status), Some(&String::from_utf8_lossy(half(text)).into()))
            }
            Sent::Nothing => record.append(request, None, None),
        };
        match done {
            Ok(()) => sent,
            Err(error) => self.coded(500, &format!("sandbox cannot record its traffic: {error}")),
        }
    }
}

/// Waits, unless for nothing: the timer would make a millisecond of it.
async fn pause(time: Duration) {
    if !time.is_zero() {
        tokio::time::sleep(time).await;
    }
}

/// Decodes a request, or says why it cannot be; what could be decoded is recorded all the same.
fn decode(method: &Method, uri: &Uri, headers: &HeaderMap, body: &Bytes) -> (Request, Option<&'static str>) {
    let text = String::from_utf8_lossy(body);
    let mut request = Request {
        method: method.to_string(),
        path: uri.path().to_owned(),
        segments: Vec::new(),
        query: Vec::new(),
        credential: credential(headers),
        headers: plain(headers),
        body: (!body.is_empty()).then(|| serde_json::from_str(&text).unwrap_or_else(|_| Value::from(&*text))),
    };
    match Query::try_from_uri(uri) {
        Ok(Query(query)) => request.query = query,
        Err(_) => return (request, Some("the query string cannot be decoded")),
    }
    for segment in uri.path().trim_start_matches('/').split('/') {
        match percent_encoding::percent_decode_str(segment).decode_utf8() {
            Ok(segment) => request.segments.push(segment.into_owned()),
            Err(_) => return (request, Some("the path is not UTF-8")),
        }
    }
    (request, None)
}

fn credential(headers: &HeaderMap) -> Credential {
    let value = headers.get(AUTHORIZATION).and_then(|value| value.to_str().ok()).unwrap_or_default();
    if let Some(token) = value.strip_prefix("Bearer ").map(str::trim).filter(|token| !token.is_empty()) {
        return Credential::Bearer(token.to_owned());
    }
    let pair = value.strip_prefix("Basic ").and_then(|text| BASE64_STANDARD.decode(text.trim()).ok());
    match pair.and_then(|pair| {
        String::from_utf8(pair).ok()?.split_once(':').map(|(a, b)| (a.to_owned(), b.to_owned()))
    }) {
        Some((user, password)) => Credential::Basic { user, password },
        None => Credential::None,
    }
}

fn plain(headers: &HeaderMap) -> BTreeMap<String, String> {
    let others = headers.iter().filter(|(name, _)| *name != AUTHORIZATION);
    others.filter_map(|(name, value)| Some((name.to_string(), value.to_str().ok()?.to_owned()))).collect()
}

fn respond(sent: Sent, line: &Connection, retry_after: u32) -> HttpResponse {
    match sent {
        Sent::Json(status, body, headers) => {
            let text = body.map(|body| body.to_string()).unwrap_or_default();
            let mut response = page(status, "application/json", Body::from(text));
            for (name, value) in headers {
                if let Ok(value) = HeaderValue::from_str(&value) {
                    response.headers_mut().insert(name, value);
                }
            }
            if status == 429 {
                response.headers_mut().insert(RETRY_AFTER, retry_after.into());
            }
            response
        }
        Sent::Html(status, text) => page(status, "text/html; charset=utf-8", Body::from(text)),
        Sent::Half(status, text) => {
            let first = Bytes::copy_from_slice(half(&text));
            let cut = line.clone();
            let pause = stream::once(async move {
                tokio::time::sleep(HALF_TIME).await;
                cut.cut();
                Bytes::new()
            });
            let body = stream::once(async { first }).chain(pause).map(Ok::<_, Infallible>);
            let mut response = page(status, "application/json", Body::from_stream(body));
            response.headers_mut().insert(CONTENT_LENGTH, text.len().into());
            response
        }
        Sent::Nothing => {
            line.cut();
            page(500, "application/json", Body::empty())
        }
    }
}

fn half(text: &str) -> &[u8] {
    &text.as_bytes()[..text.len() / 2]
}

fn page(status: u16, kind: &'static str, body: Body) -> HttpResponse {
    let mut response = HttpResponse::new(body);
    *response.status_mut() = StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static(kind));
    response
}
