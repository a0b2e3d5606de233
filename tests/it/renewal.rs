//! A token that expires during a run: renewed once, for everybody, out of sight.

use axum::{
    Json, Router, body::Bytes, extract::State, http::HeaderMap, response::IntoResponse, routing::get,
};
use dialform::{
    http::{
        ApiError, Authenticate, Bearer, ClientInfo, Conventions, Pacer, ReadClient, Remedy, RequestObserver,
        RequestRecord,
    },
    model::Limits,
    provider::refresh::Refreshing,
    secret::{KnownSecrets, MARK},
};
use futures::future::join_all;
use reqwest::{Method, StatusCode};
use secrecy::SecretString;
use serde_json::{Value, json};
use std::sync::{Arc, Mutex, PoisonError};

/// What the server holds to be true, and what it was asked.
#[derive(Default)]
struct Truth {
    /// The token in use is the one with this number, and good for as many requests as it says.
    current: u32,
    left: u32,
    /// What it answers where a token has expired.
    message: &'static str,
    /// What it answers to a renewal instead of tokens.
    refusal: Option<(u16, Value)>,
    renewals: Vec<Value>,
    writes: u32,
}

type Shared = Arc<Mutex<Truth>>;

fn access(number: u32) -> String {
    format!("access-token-{number}")
}

async fn thing(State(truth): State<Shared>, method: Method, headers: HeaderMap) -> impl IntoResponse {
    let mut truth = truth.lock().unwrap_or_else(PoisonError::into_inner);
    let shown = headers.get("authorization").and_then(|it| it.to_str().ok()).unwrap_or_default().to_owned();
    if shown != format!("Bearer {}", access(truth.current)) || truth.left == 0 {
        return (StatusCode::UNAUTHORIZED, Json(json!({ "message": truth.message })));
    }
    truth.left -= 1;
    truth.writes += u32::from(method != Method::GET);
    // Servers repeat what they were shown.
    (StatusCode::OK, Json(json!({ "shown": shown })))
}

async fn tokens(State(truth): State<Shared>, headers: HeaderMap, body: Bytes) -> impl IntoResponse {
    let mut truth = truth.lock().unwrap_or_else(PoisonError::into_inner);
    assert!(headers.get("authorization").is_none(), "what has expired is not shown to whoever replaces it");
    truth.renewals.push(serde_json::from_slice(&body).unwrap());
    if let Some((status, answer)) = truth.refusal.clone() {
        return (StatusCode::from_u16(status).unwrap(), Json(answer));
    }
    (truth.current, truth.left) = (truth.current + 1, 100);
    let number = truth.current;
    let answer =
        json!({ "access_token": access(number), "refresh_token": format!("refresh-token-{number}") });
    (StatusCode::OK, Json(answer))
}

/// Everything a observer is shown.
#[derive(Default)]
struct Seen(Mutex<Vec<String>>);

impl RequestObserver for Seen {
    fn request_ended(&self, exchange: &RequestRecord<'_>) {
        self.0.lock().unwrap().push(format!("{exchange:?}"));
    }
}

struct Rig {
    truth: Shared,
    getter: ReadClient,
    seen: Arc<Seen>,
    server: tokio::task::JoinHandle<()>,
}

impl Drop for Rig {
    fn drop(&mut self) {
        self.server.abort();
    }
}

static CONVENTIONS: Conventions = Conventions {
    remedies: &[Remedy { status: 401, says: "wrong scope", help: "use another key" }],
    ..Conventions::PLAIN
};

impl Rig {
    async fn new(truth: Truth, auth: Box<dyn Authenticate>) -> Self {
        let truth = Arc::new(Mutex::new(truth));
        let app = Router::new()
            .route("/thing", get(thing).put(thing))
            .route("/tokens", axum::routing::post(tokens))
            .with_state(Arc::clone(&truth));
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap()).parse().unwrap();
        let server = tokio::spawn(async move { axum::serve(listener, app).await.unwrap() });
        let seen = Arc::new(Seen::default());
        let info = ClientInfo {
            provider: "pbx".into(),
            endpoint: "api",
            secrets: Arc::new(KnownSecrets::default()),
            observer: Arc::clone(&seen) as Arc<dyn RequestObserver>,
        };
        let limits = Limits {
            concurrency: 8,
            requests_per_second: 1000,
            timeout: 5,
            retries: 0,
            settle: 0,
            account_timeout: 60,
        };
        let pacer = Arc::new(Pacer::new(limits.concurrency, limits.requests_per_second));
        let getter = ReadClient::new(&url, auth, &CONVENTIONS, limits, pacer, info).unwrap();
        Self { truth, getter, seen, server }
    }

    async fn read(&self) -> Result<Value, ApiError> {
        self.getter.get("/thing", &[], "the thing").await.map(|body| body.value().unwrap())
    }

    async fn write(&self) -> Result<Value, ApiError> {
        let writer = self.getter.clone().into_write_client();
        let answer = writer.send(Method::PUT, "/thing", None, "changing the thing").await;
        answer.map(|body| body.value().unwrap())
    }

    fn truth(&self) -> std::sync::MutexGuard<'_, Truth> {
        self.truth.lock().unwrap()
    }

    /// Method, path and status of every request, and that none of them shows a token.
    fn requests(&self) -> usize {
        let seen = self.seen.0.lock().unwrap();
        for exchange in seen.iter() {
            assert!(!exchange.contains("-token-"), "{exchange}");
        }
        seen.len()
    }
}

/// The tokens of a run whose first one is number 0.
fn refreshing() -> Refreshing {
    Refreshing::new(Some(SecretString::from(access(0))), SecretString::from("refresh-token-0"), "/tokens")
        .client("client_id", SecretString::from("dialform-client"))
}

/// However many requests find the token expired, one of them renews it, each is sent once more, and what is new is
/// hidden as well as what was old.
#[tokio::test]
async fn many_requests_renew_once() {
    let rig = Rig::new(Truth { message: "expired", ..Truth::default() }, Box::new(refreshing())).await;
    let answers = join_all((0..8).map(|_| rig.read())).await;
    for answer in answers {
        assert_eq!(answer.unwrap(), json!({ "shown": format!("Bearer {MARK}") }));
    }
    let expected = json!({
        "grant_type": "refresh_token", "refresh_token": "refresh-token-0", "client_id": "dialform-client",
    });
    assert_eq!(rig.truth().renewals, [expected]);
    // Those that had to wait for the new token were sent twice, the others found it.
    assert!((10..=17).contains(&rig.requests()), "{}", rig.requests());

    // The server has replaced the token for renewals too.
    rig.truth().left = 0;
    rig.read().await.unwrap();
    assert_eq!(rig.truth().renewals[1]["refresh_token"], "refresh-token-1");
    assert_eq!(rig.truth().renewals.len(), 2);
}

/// A write that met an expired token was surely not carried out: it is sent once more, and carried out once.
#[tokio::test]
async fn a_write_is_sent_once_more() {
    let rig = Rig::new(Truth { message: "expired", ..Truth::default() }, Box::new(refreshing())).await;
    rig.write().await.unwrap();
    assert_eq!(rig.truth().writes, 1);
    assert_eq!(rig.truth().renewals.len(), 1);
    assert_eq!(rig.requests(), 3);
}

/// The first token may be had for the asking: only the one for renewals is kept anywhere.
#[tokio::test]
async fn a_run_may_begin_without_a_token() {
    let auth = Refreshing::new(None, SecretString::from("refresh-token-0"), "/tokens");
    let rig = Rig::new(Truth { message: "who are you?", ..Truth::default() }, Box::new(auth)).await;
    assert!(rig.read().await.is_ok());
}

/// A refusal that says something else is no reason to renew, and whoever cannot renew does not try.
#[tokio::test]
async fn only_an_expired_token_is_renewed() {
    let truth = || Truth { message: "wrong scope", ..Truth::default() };
    let says = |status, message: &str| status == 401 && message != "wrong scope";
    for auth in [
        Box::new(refreshing().expired(says)) as Box<dyn Authenticate>,
        Box::new(Bearer::new(SecretString::from(access(0)))),
    ] {
        let rig = Rig::new(truth(), auth).await;
        let error = rig.read().await.unwrap_err();
        assert_eq!(error.to_string(), "reading the thing: GET /thing: status 401: wrong scope");
        assert_eq!(error.help(), Some("use another key"));
        assert_eq!((rig.truth().renewals.len(), rig.requests()), (0, 1));
    }
}

/// Where renewing fails, that is said once for all, and a write is not in doubt.
#[tokio::test]
async fn a_renewal_that_fails_is_not_tried_again() {
    let cases = [
        (400, json!({ "message": "no such client" }), "status 400: no such client"),
        (503, json!({}), "status 503: {}"),
        (200, json!({}), "the answer is not understood: no `access_token` in it"),
        (
            200,
            json!({ "access_token": "two words" }),
            "the answer is not understood: no `access_token` in it",
        ),
    ];
    for (status, answer, why) in cases {
        let truth = Truth { message: "expired", refusal: Some((status, answer)), ..Truth::default() };
        let rig = Rig::new(truth, Box::new(refreshing())).await;
        let said = format!("status 401: expired (renewing the credential: {why})");
        for answer in join_all((0..4).map(|_| rig.read())).await {
            assert_eq!(answer.unwrap_err().to_string(), format!("reading the thing: GET /thing: {said}"));
        }
        let error = rig.write().await.unwrap_err();
        assert_eq!(error.to_string(), format!("changing the thing: PUT /thing: {said}"));
        assert!(!error.problem.is_ambiguous());
        assert_eq!(rig.truth().renewals.len(), 1);
    }
}

/// A new token that is refused as well ends the request: no server is asked for ever.
#[tokio::test]
async fn a_token_that_expires_at_once_is_an_error() {
    let truth = Truth {
        message: "expired",
        refusal: Some((200, json!({ "access_token": "access-token-9" }))),
        ..Truth::default()
    };
    let rig = Rig::new(truth, Box::new(refreshing())).await;
    let error = rig.read().await.unwrap_err();
    assert_eq!(error.to_string(), "reading the thing: GET /thing: status 401: expired");
    assert_eq!((rig.truth().renewals.len(), rig.requests()), (1, 3));
}
