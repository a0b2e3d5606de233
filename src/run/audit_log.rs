//! The audit log: one line of JSON a request.

use super::{Cause, Context, Notice};
use crate::{
    error::Failure,
    file,
    finding::Finding,
    http::{Phase, Problem, Purpose, RequestRecord},
    secret::{is_secret, redacted, without_addresses},
    text::io_reason,
};
use serde::Serialize;
use serde_json::Value;
use std::{
    fs::File,
    io::{self, Write},
    path::{Path, PathBuf},
    sync::{Mutex, PoisonError},
};

/// Appends to one file.
pub struct AuditLog {
    path: PathBuf,
    bodies: bool,
    breaking: Breaking,
    context: Context,
    sink: Mutex<Sink>,
}

/// What becomes of a run once a line cannot be written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Breaking {
    /// It starts no further step: a change that is not logged is not made.
    EndsTheRun,
    /// It is said, and the run goes on: in an emergency callers do not wait for a log.
    IsSaid,
}

struct Sink {
    file: File,
    /// Why a line could not be written: the first reason.
    error: Option<io::Error>,
}

/// The first line of a run.
#[derive(Serialize)]
struct Opening<'a> {
    time: String,
    run: &'a str,
    version: &'a str,
}

/// A request.
#[derive(Serialize)]
struct Line<'a> {
    time: String,
    provider: &'a str,
    endpoint: &'a str,
    method: &'a str,
    path: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    query: Option<String>,
    status: Option<u16>,
    #[serde(skip_serializing_if = "Option::is_none")]
    problem: Option<String>,
    ms: u64,
    attempt: u32,
    phase: Option<Phase>,
    step: Option<&'a str>,
    bytes_out: usize,
    bytes_in: usize,
    #[serde(skip_serializing_if = "Option::is_none")]
    request: Option<Value>,
    #[serde(skip_serializing_if = "Option::is_none")]
    response: Option<Value>,
}

impl AuditLog {
    /// Opens the log and writes its first line, so that a log that cannot be written is found out before anything is
    /// sent.
    pub fn open(
        path: &Path,
        bodies: bool,
        command: &str,
        breaking: Breaking,
        context: &Context,
    ) -> Result<Self, Failure> {
        let opening =
            Opening { time: stamp(jiff::Timestamp::now()), run: command, version: env!("CARGO_PKG_VERSION") };
        let open = || -> io::Result<File> {
            let mut file = file::append(path)?;
            file.write_all(format!("{}\n", serde_json::to_string(&opening)?).as_bytes())?;
            Ok(file)
        };
        let file = open().map_err(|error| {
            Failure::error(format!("cannot write the log `{}`: {}", path.display(), io_reason(&error)))
                .help("nothing was sent; name a file that can be written, or leave `--log` out")
        })?;
        let sink = Mutex::new(Sink { file, error: None });
        Ok(Self { path: path.to_owned(), bodies, breaking, context: context.clone(), sink })
    }

    pub fn append(&self, exchange: &RequestRecord<'_>) {
        let line = self.line(exchange);
        let mut sink = self.sink.lock().unwrap_or_else(PoisonError::into_inner);
        // One write a line: lines never mix, not even with another process on the same file.
        if let Err(error) = line.and_then(|line| sink.file.write_all(line.as_bytes()))
            && sink.error.is_none()
        {
            self.broken(&error);
            sink.error = Some(error);
        }
    }

    fn broken(&self, error: &io::Error) {
        let why = self.why(error);
        match self.breaking {
            Breaking::EndsTheRun => {
                self.context.shutdown.stop_for(Cause::Log(why));
            }
            Breaking::IsSaid => {
                let finding = Finding::warning("failed", why).help("the run goes on without it");
                self.context.notify(Notice::Finding(finding));
            }
        }
    }

    fn why(&self, error: &io::Error) -> String {
        format!("the log `{}` can no longer be written: {}", self.path.display(), io_reason(error))
    }

    fn line(&self, exchange: &RequestRecord<'_>) -> io::Result<String> {
        let purpose = exchange.purpose.as_ref();
        let line = Line {
            time: stamp(exchange.time),
            provider: exchange.provider,
            endpoint: exchange.endpoint,
            method: exchange.method,
            path: shown_path(exchange.path),
            query: exchange.query.map(shown_query),
            status: exchange.status,
            problem: exchange.problem.and_then(problem),
            ms: exchange.took.as_millis().try_into().unwrap_or(u64::MAX),
            attempt: exchange.attempt,
            phase: purpose.map(|purpose| purpose.phase),
            step: purpose.map(|purpose| purpose.of.as_ref()),
            bytes_out: exchange.sent,
            bytes_in: exchange.received,
            request: exchange.request.filter(|_| self.bodies).map(redacted),
            response: (self.bodies && exchange.received > 0).then(|| body(exchange.response)),
        };
        let line = serde_json::to_string(&line)?;
        Ok(format!("{}\n", self.context.secrets.hide(&line)))
    }

    /// Why the log is not whole, if that ends the run.
    pub fn error(&self) -> Option<String> {
        let sink = self.sink.lock().unwrap_or_else(PoisonError::into_inner);
        sink.error.as_ref().filter(|_| self.breaking == Breaking::EndsTheRun).map(|error| self.why(error))
    }
}

/// To the millisecond, as RFC 3339 in UTC.
fn stamp(time: jiff::Timestamp) -> String {
    format!("{time:.3}")
}

/// What went wrong beside the status. What the server said is part of the body.
fn problem(problem: &Problem) -> Option<String> {
    match problem {
        Problem::Status { .. } | Problem::RateLimited { .. } => None,
        Problem::Decode { why, .. } => Some(format!("the answer is not understood: {why}")),
        other => Some(other.to_string()),
    }
}

/// A body that is not JSON has no fields by which it could be redacted.
fn body(text: &str) -> Value {
    match serde_json::from_str::<Value>(text) {
        Ok(value) => redacted(&value),
        Err(_) => format!("({} characters that are not JSON)", text.chars().count()).into(),
    }
}

fn shown_path(path: &str) -> String {
    let shown = |segment: &str| {
        let decoded = percent_encoding::percent_decode_str(segment).decode_utf8_lossy().into_owned();
        let without = without_addresses(&decoded);
        if without == decoded { segment.to_owned() } else { without }
    };
    path.split('/').map(shown).collect::<Vec<_>>().join("/")
}

fn shown_query(query: &str) -> String {
    let shown = |pair: &str| {
        let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
        let value = if is_secret(name) { "[secret]".to_owned() } else { shown_path(value) };
        format!("{name}={value}")
    };
    query.split('&').map(shown).collect::<Vec<_>>().join("&")
}

/// One line about a request, for a person.
pub fn summary(exchange: &RequestRecord<'_>) -> String {
    let RequestRecord { provider, method, status, took, attempt, purpose, .. } = exchange;
    let path = shown_path(exchange.path);
    let query = exchange.query.map(|query| format!("?{}", shown_query(query))).unwrap_or_default();
    let end = match (status, exchange.problem.and_then(problem)) {
        (Some(status), None) => status.to_string(),
        (Some(status), Some(problem)) => format!("{status} ({problem})"),
        (None, problem) => problem.unwrap_or_default(),
    };
    let again = if *attempt > 1 { format!(", attempt {attempt}") } else { String::new() };
    let purpose = purpose.as_ref().map(|Purpose { phase, of }| format!(", {phase} {of}")).unwrap_or_default();
    format!("{provider}: {method} {path}{query}: {end}, {} ms{again}{purpose}", took.as_millis())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Addresses of people stand in paths and queries as much as in bodies.
    #[test]
    fn paths_and_queries_hold_no_people() {
        assert_eq!(shown_path("/users/ann%40acme.example/x"), "/users/[personal]/x");
        assert_eq!(shown_path("/agents/101%40acme.1.service"), "/agents/101%40acme.1.service");
        assert_eq!(
            shown_query("email=ann%40acme.example&auth_token=1&page=2"),
            "email=[personal]&auth_token=[secret]&page=2"
        );
    }
}
