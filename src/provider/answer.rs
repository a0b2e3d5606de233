//! What a provider makes of an answer: decoded, or why it is not what it should be.

use super::Endpoints;
use crate::{
    http::{ApiError, Body, Problem},
    plan::Step,
};
use serde::de::DeserializeOwned;
use serde_json::Value;

/// How long a list may get over all its pages: more than any account has.
#[derive(Default)]
pub struct Extent {
    rows: usize,
    bytes: usize,
}

impl Extent {
    const MOST_ROWS: usize = 200_000;
    const MOST_BYTES: usize = 64 << 20;

    /// Counts a page.
    pub fn add(&mut self, rows: usize, bytes: usize) -> Result<(), Problem> {
        self.rows += rows;
        self.bytes += bytes;
        if self.rows > Self::MOST_ROWS {
            return Err(Problem::Incomplete(format!("more than {} rows", Self::MOST_ROWS)));
        }
        if self.bytes > Self::MOST_BYTES {
            return Err(Problem::Incomplete(format!("more than {} MiB of pages", Self::MOST_BYTES >> 20)));
        }
        Ok(())
    }
}

/// A read that went wrong after the answer had come.
pub fn failure(what: &str, path: &str, problem: Problem) -> ApiError {
    ApiError { what: format!("reading {what}"), method: "GET".to_owned(), path: path.to_owned(), problem }
}

/// The answer as a type of the provider's wire.
pub fn decode<T: DeserializeOwned>(body: &Body, what: &str, path: &str) -> Result<T, ApiError> {
    body.read().map_err(|error| {
        undecodable(format!("no {}: {error}", name_of::<T>()), &on_one_line(body), what, path)
    })
}

/// The same of a value.
pub fn decode_value<T: DeserializeOwned>(value: Value, what: &str, path: &str) -> Result<T, ApiError> {
    T::deserialize(&value).map_err(|error| {
        undecodable(format!("no {}: {error}", name_of::<T>()), &value.to_string(), what, path)
    })
}

/// The answer as JSON on one line.
pub fn on_one_line(body: &Body) -> String {
    body.value().map_or_else(|_| body.text().to_owned(), |value| value.to_string())
}

/// What a type is called where it is declared.
fn name_of<T>() -> &'static str {
    let name = std::any::type_name::<T>();
    name.rsplit("::").next().unwrap_or(name).trim_end_matches('>')
}

/// An answer that is not what it should be, with its beginning.
pub fn undecodable(why: impl Into<String>, text: &str, what: &str, path: &str) -> ApiError {
    let mut start: String = text.chars().take(80).collect();
    if start.len() < text.len() {
        start.push('…');
    }
    failure(what, path, Problem::Decode { why: why.into(), body: start })
}

/// `None` for a 404 that says that the object is not there; a path or an account that is not there says something else,
/// and is an error: what cannot be seen has not gone.
pub fn present<T>(read: Result<T, ApiError>, says_absent: fn(&str) -> bool) -> Result<Option<T>, ApiError> {
    match read {
        Ok(found) => Ok(Some(found)),
        Err(ApiError { problem: Problem::Status { status: 404, message, .. }, .. })
            if says_absent(&message) =>
        {
            Ok(None)
        }
        Err(error) => Err(error),
    }
}

/// Endpoints are opened from this provider's own list, so that a missing one is a mistake in the program; it is
/// reported like any failed read.
pub fn endpoint<'a, T>(endpoints: &'a Endpoints<T>, name: &str) -> Result<&'a T, ApiError> {
    endpoints.get(name).ok_or_else(|| {
        failure("the settings", name, Problem::Conflict(format!("endpoint `{name}` is not open")))
    })
}

/// A step that was not sent, because what is live is not what it was planned on.
pub fn conflict(step: &Step, why: impl Into<String>) -> ApiError {
    ApiError {
        what: format!("changing {}", step.address),
        method: String::new(),
        path: String::new(),
        problem: Problem::Conflict(why.into()),
    }
}
