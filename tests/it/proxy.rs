//! Stands between dialform and an emulated phone system, and can end whoever sends a certain write.

use crate::served::client;
use axum::{
    Router,
    body::{Body, Bytes},
    extract::State,
    http::{HeaderMap, Method, Uri},
    response::Response,
};
use std::{
    process::Child,
    sync::{Arc, Condvar, Mutex},
    time::Duration,
};

/// Counts the writes of a run, and holds back the answer to one of them for ever.
#[derive(Default)]
pub struct Trap {
    state: Mutex<Springs>,
    sprung: Condvar,
}

#[derive(Default)]
struct Springs {
    writes: usize,
    /// Requests that are being carried out.
    open: usize,
    /// Which write is the last one.
    at: Option<usize>,
    sprung: bool,
}

impl Trap {
    /// Springs when the server has carried out this many writes from now on.
    pub fn set(&self, at: Option<usize>) {
        let mut state = self.state.lock().unwrap();
        *state = Springs { at, open: state.open, ..Springs::default() };
    }

    /// How many writes the server has carried out.
    pub fn writes(&self) -> usize {
        self.state.lock().unwrap().writes
    }

    /// Waits for the write and kills the process that sent it, before it can hear of it.
    pub fn spring(&self, mut victim: Child) {
        let state = self.state.lock().unwrap();
        let wait = self.sprung.wait_timeout_while(state, Duration::from_secs(120), |it| !it.sprung);
        let (state, timeout) = wait.unwrap();
        assert!(!timeout.timed_out(), "it sent {} writes", state.writes);
        drop(state);
        victim.kill().unwrap();
        let ended = victim.wait().unwrap();
        assert_eq!(ended.code(), None, "it ended by itself");
        // What was on its way when it died is carried out all the same, and before anybody else comes.
        let state = self.state.lock().unwrap();
        let quiet = self.sprung.wait_timeout_while(state, Duration::from_secs(60), |it| it.open > 0).unwrap();
        assert!(!quiet.1.timed_out(), "requests hang");
    }

    fn enters(&self) {
        self.state.lock().unwrap().open += 1;
    }

    /// A request was carried out; whether its answer may go.
    fn passed(&self, writes: bool) -> bool {
        let mut state = self.state.lock().unwrap();
        state.open -= 1;
        self.sprung.notify_all();
        if !writes {
            return true;
        }
        state.writes += 1;
        if state.at == Some(state.writes) {
            state.sprung = true;
        }
        !state.sprung
    }
}

/// What the proxy needs to pass a request on.
#[derive(Clone)]
struct Passage {
    to: String,
    client: reqwest::Client,
    trap: Arc<Trap>,
}

/// Serves on loopback what is served at `to`, as long as its runtime lives.
pub async fn before(to: &str, trap: &Arc<Trap>) -> String {
    let passage = Passage { to: to.to_owned(), client: client(), trap: Arc::clone(trap) };
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let app = Router::new().fallback(pass).with_state(passage);
    tokio::spawn(async { axum::serve(listener, app).await.unwrap() });
    url
}

async fn pass(
    State(passage): State<Passage>,
    method: Method,
    uri: Uri,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let trap = Arc::clone(&passage.trap);
    trap.enters();
    // A task of its own: whoever goes away does not take back what was sent.
    let (response, goes) = tokio::spawn(async move {
        let response = forward(&passage, method.clone(), uri, headers, body).await;
        let goes = passage.trap.passed(method != Method::GET);
        (response, goes)
    })
    .await
    .unwrap();
    if !goes {
        // Nobody is there any more to hear it.
        std::future::pending::<()>().await;
    }
    response
}

async fn forward(
    passage: &Passage,
    method: Method,
    uri: Uri,
    mut headers: HeaderMap,
    body: Bytes,
) -> Response {
    let url = format!("{}{uri}", passage.to);
    headers.remove("host");
    let answer = passage.client.request(method, url).headers(headers).body(body).send().await.unwrap();
    let mut response = Response::builder().status(answer.status());
    for name in ["content-type", "etag", "link", "retry-after"] {
        if let Some(value) = answer.headers().get(name) {
            response = response.header(name, value);
        }
    }
    response.body(Body::from(answer.bytes().await.unwrap())).unwrap()
}
