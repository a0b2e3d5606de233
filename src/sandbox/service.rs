//! Takes one request from the wire to its answer: decode, fault, respond, record.

use std::convert::Infallible;
use std::future::Future;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::body::{Body, Bytes};
use axum::extract::{ConnectInfo, Query, State};
use axum::http::header::{CONTENT_LENGTH, CONTENT_TYPE, RETRY_AFTER};
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, Uri};
use axum::response::Response;
use futures::{StreamExt as _, stream};
use serde_json::Value;
use tokio::net::TcpListener;

use super::behaviour::Behaviour;
use super::exchange::{Answer, Request, Vendor};
use super::fault::{Dice, Fault};
use super::line::{Exchange, Line};
use super::record::Recorder;
use super::store::Store;

/// What a proxy in the way says.
const GARBAGE: &str =
    "<!DOCTYPE html>\n<html><head><title>Sign in</title></head><body>Please sign in.</body></html>\n";
const BAD_GATEWAY: &str = "<html>\n<head><title>502 Bad Gateway</title></head>\n<body></body>\n</html>\n";

/// How long half a body stays alone on the wire: long enough to be flushed before the end.
const HALF_TIME: Duration = Duration::from_millis(20);

/// Everything one emulated server needs.
#[derive(Debug)]
pub struct Service {
    vendor: Box<dyn Vendor>,
    pub(super) store: Store,
    dice: Dice,
    record: Option<Arc<Recorder>>,
    slow: Duration,
    visible_after: Duration,
    retry_after: u32,
}

/// An answer as it goes onto the wire.
enum Sent {
    Json(u16, Option<Value>),
    Html(u16, &'static str),
    Half(u16, String),
    Nothing,
}

/// Serves until `stopped` resolves, then answers what is open.
pub async fn serve(
    listener: TcpListener,
    service: Arc<Service>,
    stopped: impl Future<Output = ()> + Send + 'static,
) {
    let app =
        Router::new().fallback(handle).with_state(service).into_make_service_with_connect_info::<Line>();
    match axum::serve(Exchange(listener), app).with_graceful_shutdown(stopped).await {
        Ok(()) => {}
        // The listener retries by itself; there is nothing left that can fail.
        Err(error) => drop(error),
    }
}

async fn handle(
    State(service): State<Arc<Service>>,
    ConnectInfo(line): ConnectInfo<Line>,
    method: Method,
    uri: Uri,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let (request, undecodable) = decode(&method, &uri, &headers, &body);
    let request = Arc::new(request);
    let sent = match undecodable {
        None => Arc::clone(&service).answer(Arc::clone(&request)).await,
        Some(message) => coded(400, message),
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
        Self {
            vendor,
            store,
            dice: Dice::new(&behaviour),
            record,
            slow: behaviour.slow,
            visible_after: behaviour.visible_after,
            retry_after: behaviour.retry_after,
        }
    }

    /// Answers one request, fault included.
    async fn answer(self: Arc<Self>, request: Arc<Request>) -> Sent {
        tokio::time::sleep(self.slow).await;
        let fault = self.dice.roll(&request.method, &request.path);
        match fault {
            Some(Fault::TooManyRequests) => return coded(429, "Too Many Requests"),
            Some(Fault::RateLimit) => return coded(420, "Rate Limit Exceeded"),
            Some(Fault::ServerError) => return coded(500, "Internal Server Error"),
            Some(Fault::ResetBeforeCommit) => return Sent::Nothing,
            Some(Fault::Garbage) => return Sent::Html(200, GARBAGE),
            _ => {}
        }
        let (status, body) = self.perform(request, fault == Some(Fault::AcceptAndIgnore)).await;
        match fault {
            Some(Fault::BadGatewayAfterCommit) => Sent::Html(502, BAD_GATEWAY),
            Some(Fault::ResetAfterCommit) => Sent::Nothing,
            Some(Fault::Truncate) => {
                Sent::Half(status, body.map(|body| body.to_string()).unwrap_or_default())
            }
            _ => Sent::Json(status, body),
        }
    }

    /// Lets the vendor respond and commits; a synchronous create waits until it is visible.
    async fn perform(self: Arc<Self>, request: Arc<Request>, ignore: bool) -> (u16, Option<Value>) {
        let service = Arc::clone(&self);
        // Writing to disk blocks; the server's own threads must not.
        let done = tokio::task::spawn_blocking(move || {
            service.store.transact(ignore, |views| service.vendor.respond(&request, views))
        })
        .await;
        match done {
            Ok(Ok((Answer { once_visible: Some(object), .. }, true))) => {
                tokio::time::sleep(self.visible_after).await;
                (200, Some(object))
            }
            Ok(Ok((Answer { status, body, .. }, _))) => (status, body),
            Ok(Err(error)) => broken(&format!("sandbox cannot write its state: {error}")),
            Err(error) => broken(&format!("sandbox failed: {error}")),
        }
    }

    /// Records what is sent; traffic that cannot be recorded is an error, never a gap.
    fn recorded(&self, request: &Request, sent: Sent) -> Sent {
        let Some(record) = &self.record else { return sent };
        let done = match &sent {
            Sent::Json(status, body) => record.append(request, Some(*status), body.as_ref()),
            Sent::Html(status, page) => record.append(request, Some(*status), Some(&Value::from(*page))),
            Sent::Half(status, text) => {
                record.append(request, Some(*status), Some(&String::from_utf8_lossy(half(text)).into()))
            }
            Sent::Nothing => record.append(request, None, None),
        };
        match done {
            Ok(()) => sent,
            Err(error) => coded(500, &format!("sandbox cannot record its traffic: {error}")),
        }
    }
}

fn coded(status: u16, message: &str) -> Sent {
    Sent::Json(status, Answer::coded(status, message).body)
}

fn broken(message: &str) -> (u16, Option<Value>) {
    (500, Answer::coded(500, message).body)
}

/// Decodes a request, or says why it cannot be; what could be decoded is recorded all the same.
fn decode(method: &Method, uri: &Uri, headers: &HeaderMap, body: &Bytes) -> (Request, Option<&'static str>) {
    let text = String::from_utf8_lossy(body);
    let mut request = Request {
        method: method.to_string(),
        path: uri.path().to_owned(),
        segments: Vec::new(),
        query: Vec::new(),
        token: bearer(headers),
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

fn bearer(headers: &HeaderMap) -> Option<String> {
    let value = headers.get("authorization")?.to_str().ok()?;
    let token = value.strip_prefix("Bearer ")?.trim();
    (!token.is_empty()).then(|| token.to_owned())
}

fn respond(sent: Sent, line: &Line, retry_after: u32) -> Response {
    match sent {
        Sent::Json(status, body) => {
            let text = body.map(|body| body.to_string()).unwrap_or_default();
            let mut response = page(status, "application/json", Body::from(text));
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

fn page(status: u16, kind: &'static str, body: Body) -> Response {
    let mut response = Response::new(body);
    *response.status_mut() = StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static(kind));
    response
}
