//! The host of a repository, emulated on loopback as far as `dialform ci` speaks to it: GitHub's words and GitLab's for one
//! state. Lists come in pages of two.

mod github;
mod gitlab;

use crate::pipelines;
use axum::{Router, extract::Request, http::request::Parts, routing::any};
use serde_json::Value;
use std::{
    collections::BTreeMap,
    io::{Cursor, Write},
    sync::{Arc, Mutex, MutexGuard},
};
use tokio::runtime::Runtime;

/// How many entries a page has, whatever was asked for.
const PAGE: usize = 2;

/// When pull requests were merged, and a moment that is after that.
pub const MERGED: &str = "2026-11-01T00:00:00Z";
pub const LATE: &str = "2026-11-01T00:00:01Z";

/// Who runs of the host are there.
pub const BOT: &str = "github-actions[bot]";

#[derive(Debug, Clone, Default)]
pub struct Pull {
    pub number: u64,
    pub head: String,
    pub into: String,
    pub author: String,
    pub open: bool,
    pub merged_as: Option<String>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Written {
    pub id: u64,
    pub author: String,
    pub body: String,
    /// Whether somebody has changed it since.
    pub edited: bool,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ticket {
    pub number: u64,
    pub title: String,
    pub author: String,
    pub body: String,
    pub open: bool,
    pub labels: Vec<String>,
}

#[derive(Debug, Clone)]
pub struct Artifact {
    pub id: u64,
    pub name: String,
    pub run: u64,
    pub expired: bool,
    pub created: &'static str,
    /// What a download answers.
    pub zip: Vec<u8>,
}

#[derive(Debug, Clone)]
pub struct Run {
    pub id: u64,
    pub path: String,
    pub event: String,
    pub head_repository: String,
    pub ended: jiff::Timestamp,
    /// In GitHub's words.
    pub conclusion: &'static str,
}

#[derive(Debug, Default)]
pub struct State {
    pub pulls: Vec<Pull>,
    /// By the number of the pull request or issue.
    pub comments: BTreeMap<u64, Vec<Written>>,
    pub issues: Vec<Ticket>,
    /// What people may do, in GitHub's words.
    pub permissions: BTreeMap<String, &'static str>,
    pub artifacts: Vec<Artifact>,
    pub runs: Vec<Run>,
    /// `METHOD path` of each request that was not a GET.
    pub writes: Vec<String>,
    /// Runs whose artifacts are from after the merge.
    pub late: Vec<u64>,
    /// Answers a write with this status, once.
    pub refuse: Option<u16>,
    /// What happens to the state behind the back of a reader: done before the n-th listing of pull requests from now.
    pub moves: Option<(usize, String)>,
    last: u64,
    /// Where the runs of the host are carried out, if they are.
    runner: Option<Carried>,
}

/// What a runner and its host have in common.
#[derive(Debug)]
struct Carried {
    artifacts: Arc<Mutex<Vec<pipelines::Artifact>>>,
    runs: Arc<Mutex<Vec<pipelines::Run>>>,
    grants: Arc<Mutex<BTreeMap<String, pipelines::Permissions>>>,
}

impl State {
    pub fn next(&mut self) -> u64 {
        self.last = self.last.max(100) + 1;
        self.last
    }

    pub fn comment(&mut self, topic: u64, author: &str, body: &str) -> u64 {
        let id = self.next();
        let written = Written { id, author: author.to_owned(), body: body.to_owned(), edited: false };
        self.comments.entry(topic).or_default().push(written);
        id
    }

    /// The texts under a pull request or issue.
    pub fn said(&self, topic: u64) -> Vec<&str> {
        self.comments.get(&topic).into_iter().flatten().map(|it| it.body.as_str()).collect()
    }

    pub fn open_issues(&self) -> Vec<&Ticket> {
        self.issues.iter().filter(|it| it.open).collect()
    }

    /// Those that were set, and those of runs that were carried out.
    fn all_artifacts(&self) -> Vec<Artifact> {
        let carried = self.runner.as_ref().map(|it| it.artifacts.lock().unwrap().clone());
        let carried = carried.into_iter().flatten().map(|it| Artifact {
            id: it.id,
            name: it.name.clone(),
            run: it.run_id,
            expired: false,
            created: if self.late.contains(&it.run_id) { LATE } else { MERGED },
            zip: zipped(&it.files),
        });
        self.artifacts.iter().cloned().chain(carried).collect()
    }

    fn all_runs(&self) -> Vec<Run> {
        let carried = self.runner.as_ref().map(|it| it.runs.lock().unwrap().clone());
        let carried = carried.into_iter().flatten().map(|it| Run {
            id: it.id,
            path: it.path.clone(),
            event: it.event.clone(),
            head_repository: it.head_repository.clone(),
            ended: it.created.parse().unwrap(),
            conclusion: it.conclusion.map_or("", pipelines::Conclusion::word),
        });
        self.runs.iter().cloned().chain(carried).collect()
    }

    /// How far a token may go in one of the scopes: 0, 1 to read, 2 to write. `None`: nobody has it.
    fn level(&self, token: &str, scope: &str) -> Option<u8> {
        if token == TOKEN {
            return Some(2);
        }
        let grants = self.runner.as_ref()?.grants.lock().unwrap();
        grants.get(token).map(|it| it.level(scope))
    }

    fn edit(&mut self, comment: u64, body: &str) -> bool {
        let found = self.comments.values_mut().flatten().find(|it| it.id == comment);
        found.map(|it| body.clone_into(&mut it.body)).is_some()
    }

    /// A head that moves while somebody reads.
    fn listed(&mut self) {
        if let Some((after, head)) = self.moves.take() {
            match after {
                0 => self.pulls.iter_mut().for_each(|it| it.head.clone_from(&head)),
                _ => self.moves = Some((after - 1, head)),
            }
        }
    }
}

/// A host that serves until it is dropped.
pub struct Host {
    state: Arc<Mutex<State>>,
    pub url: String,
    _runtime: Runtime,
}

/// What every job of the host is told. The token is no credential of anybody's.
pub const TOKEN: &str = "host-token-for-tests";

impl Host {
    pub fn start() -> Self {
        let runtime =
            tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
        let state = Arc::new(Mutex::new(State::default()));
        let (github, gitlab) = (Arc::clone(&state), Arc::clone(&state));
        let router = Router::new()
            .route("/github/{*path}", any(move |request| github::answer(Arc::clone(&github), request)))
            .route("/gitlab/{*path}", any(move |request| gitlab::answer(Arc::clone(&gitlab), request)));
        let listener = runtime.block_on(tokio::net::TcpListener::bind("127.0.0.1:0")).unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        runtime.spawn(async move { axum::serve(listener, router).await });
        Self { state, url, _runtime: runtime }
    }

    pub fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap()
    }

    /// Serves what the runs of a runner have made, to the tokens that they have.
    pub fn serve(&self, runner: &pipelines::Runner) {
        self.state().runner = Some(Carried {
            artifacts: Arc::clone(&runner.artifacts),
            runs: Arc::clone(&runner.runs),
            grants: Arc::clone(&runner.grants),
        });
    }

    /// The variables of a job of GitHub Actions.
    pub fn github(&self) -> Vec<(&'static str, String)> {
        vec![
            ("GITHUB_ACTIONS", "true".to_owned()),
            ("GITHUB_API_URL", format!("{}/github", self.url)),
            ("GITHUB_SERVER_URL", "https://github.example".to_owned()),
            ("GITHUB_REPOSITORY", "acme/phones".to_owned()),
            ("GITHUB_RUN_ID", "7".to_owned()),
            ("GITHUB_TOKEN", TOKEN.to_owned()),
        ]
    }

    /// Those of a job of GitLab CI.
    pub fn gitlab(&self) -> Vec<(&'static str, String)> {
        vec![
            ("GITLAB_CI", "true".to_owned()),
            ("CI_API_V4_URL", format!("{}/gitlab", self.url)),
            ("CI_PROJECT_ID", "42".to_owned()),
            ("CI_PIPELINE_URL", "https://gitlab.example/acme/phones/-/pipelines/7".to_owned()),
            ("DIALFORM_GITLAB_TOKEN", TOKEN.to_owned()),
        ]
    }
}

/// A request, read.
struct Asked {
    parts: Parts,
    /// Below the API.
    path: String,
    query: BTreeMap<String, String>,
    body: Value,
}

async fn asked(request: Request, api: &str) -> Asked {
    let (parts, body) = request.into_parts();
    let body = axum::body::to_bytes(body, 1 << 22).await.unwrap();
    let body = if body.is_empty() { Value::Null } else { serde_json::from_slice(&body).unwrap() };
    let path = parts.uri.path().strip_prefix(api).unwrap().to_owned();
    let query = parts.uri.query().unwrap_or_default().as_bytes();
    let query = url::form_urlencoded::parse(query).into_owned().collect();
    Asked { parts, path, query, body }
}

/// A page of a list, and the link to the next one.
fn page(all: Vec<Value>, query: &BTreeMap<String, String>, url: &str) -> (Value, Option<String>) {
    let number: usize = query.get("page").map_or(1, |it| it.parse().unwrap());
    let start = (number - 1) * PAGE;
    let more = all.len() > start + PAGE;
    let entries: Vec<Value> = all.into_iter().skip(start).take(PAGE).collect();
    let mut query = query.clone();
    query.insert("page".to_owned(), (number + 1).to_string());
    let query: Vec<String> = query.iter().map(|(name, value)| format!("{name}={value}")).collect();
    (Value::Array(entries), more.then(|| format!("<{url}?{}>; rel=\"next\"", query.join("&"))))
}

fn zipped(files: &BTreeMap<String, Vec<u8>>) -> Vec<u8> {
    let mut zip = zip::ZipWriter::new(Cursor::new(Vec::new()));
    for (name, content) in files {
        zip.start_file(name, zip::write::SimpleFileOptions::default()).unwrap();
        zip.write_all(content).unwrap();
    }
    zip.finish().unwrap().into_inner()
}
