//! What can go wrong with a request, and what is known about its effect.

use super::{Conventions, Remedy};
use serde_json::Value;
use std::{fmt, time::Duration};

/// A request that did not work out: what was being done, how, and why it failed.
#[derive(Debug, Clone)]
pub struct ApiError {
    /// "reading the users of `acme`"
    pub what: String,
    pub method: String,
    /// Below the base of the API.
    pub path: String,
    pub problem: Problem,
}

#[derive(Debug, Clone)]
pub enum Problem {
    /// The server refused or failed; the way out where the vendor's [`Conventions`] know one.
    Status { status: u16, message: String, remedy: Option<&'static Remedy> },
    /// The server asks to be left alone for a while.
    RateLimited { status: u16, retry_after: Option<Duration> },
    /// No connection was made: surely nothing happened.
    Connect(String),
    /// The connection was lost or timed out: anything may have happened.
    NoAnswer(String),
    /// The answer is not what it should be.
    Decode { why: String, body: String },
    /// The answer is well formed but cannot be all there is.
    Incomplete(String),
    /// It was not sent: what is live is not what the plan was made from.
    Conflict(String),
    /// The first write of a step had to wait, because of a rate limit or for want of a connection, and was not sent: what it was
    /// made from is old by then.
    Waited,
}

impl Problem {
    /// Whether the server is there and only this cannot be read: forbidden, unknown, or in a form that nobody has documented.
    pub fn is_of_this_alone(&self) -> bool {
        match self {
            Self::Status { status, .. } => (400..500).contains(status) && !matches!(status, 401 | 429),
            Self::Decode { .. } | Self::Incomplete(_) => true,
            Self::RateLimited { .. }
            | Self::Connect(_)
            | Self::NoAnswer(_)
            | Self::Conflict(_)
            | Self::Waited => false,
        }
    }

    pub(super) fn from_transport(error: reqwest::Error) -> Self {
        let connect = error.is_connect();
        let timeout = error.is_timeout();
        let error = error.without_url();
        let mut text = error.to_string();
        let mut cause = std::error::Error::source(&error);
        while let Some(inner) = cause {
            text = inner.to_string();
            cause = inner.source();
        }
        match (connect, timeout) {
            (true, false) => Self::Connect(text),
            (true, true) => Self::Connect("timed out".to_owned()),
            (false, true) => Self::NoAnswer("timed out".to_owned()),
            (false, false) => Self::NoAnswer(text),
        }
    }

    pub(super) fn status(status: u16, text: &str, conventions: &'static Conventions) -> Self {
        let parsed: Option<Value> = serde_json::from_str(text).ok();
        let said = |word: &&str| parsed.as_ref()?.get(word)?.as_str();
        let message = conventions.messages.iter().find_map(said);
        let message = excerpt(message.unwrap_or(text));
        let remedy = conventions.remedy(status, &message);
        Self::Status { status, message, remedy }
    }

    /// A refusal that a server put into words of its own.
    pub fn refused(status: u16, message: String) -> Self {
        Self::Status { status, message, remedy: None }
    }

    pub(super) fn decode(why: &str, text: &str) -> Self {
        Self::Decode { why: why.to_owned(), body: excerpt(text) }
    }

    /// Whether the request was surely not carried out.
    pub fn is_surely_not_done(&self) -> bool {
        matches!(self, Self::RateLimited { .. } | Self::Connect(_))
    }

    /// Whether a write may or may not have been carried out.
    pub fn is_ambiguous(&self) -> bool {
        match self {
            // A gateway that waited long enough does not know what became of the request either.
            Self::Status { status, .. } => *status >= 500 || *status == 408,
            Self::NoAnswer(_) | Self::Decode { .. } => true,
            Self::RateLimited { .. }
            | Self::Connect(_)
            | Self::Incomplete(_)
            | Self::Conflict(_)
            | Self::Waited => false,
        }
    }

    /// Whether a read is worth trying again.
    pub(super) fn is_transient(&self) -> bool {
        match self {
            Self::Status { status, .. } => *status >= 500,
            Self::RateLimited { .. } | Self::Connect(_) | Self::NoAnswer(_) => true,
            Self::Decode { .. } | Self::Incomplete(_) | Self::Conflict(_) | Self::Waited => false,
        }
    }
}

/// The beginning of what a server said, on one line.
fn excerpt(text: &str) -> String {
    let line = text.split_whitespace().collect::<Vec<_>>().join(" ");
    match line.char_indices().nth(80) {
        Some((end, _)) => format!("{}…", &line[..end]),
        None => line,
    }
}

impl ApiError {
    /// Whether it was a read that did not work out.
    pub fn is_of_a_read(&self) -> bool {
        self.method == "GET"
    }

    /// The way out, where one is known.
    pub fn help(&self) -> Option<&'static str> {
        match &self.problem {
            Problem::Status { remedy: Some(remedy), .. } => Some(remedy.help),
            Problem::Status { status: 401, .. } => Some("the credential is wrong or has expired"),
            Problem::Status { status: 403, .. } => Some(
                "the credential is not allowed to do this: plan needs read access, apply needs write access",
            ),
            Problem::Status { status: 300..=399, .. } => Some("redirects are not followed: check `url`"),
            Problem::RateLimited { .. } => Some("lower `limits.requests_per_second` of this provider"),
            Problem::Connect(_) => Some("check `url`, and whether the system can be reached from here"),
            Problem::Decode { .. } => Some("something other than the API answers here: check `url`"),
            _ => None,
        }
    }
}

impl fmt::Display for ApiError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { what, method, path, problem } = self;
        if path.is_empty() {
            return write!(f, "{what}: {problem}");
        }
        write!(f, "{what}: {method} {path}: {problem}")
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Status { status, message, remedy: _ } if message.is_empty() => write!(f, "status {status}"),
            Self::Status { status, message, remedy: _ } => write!(f, "status {status}: {message}"),
            Self::RateLimited { status, .. } => {
                write!(f, "status {status}: too many requests, even after waiting")
            }
            Self::Connect(why) => write!(f, "no connection: {why}"),
            Self::NoAnswer(why) => write!(f, "no answer: {why}"),
            Self::Decode { why, body } if body.is_empty() => {
                write!(f, "the answer is not understood: {why}")
            }
            Self::Decode { why, body } => {
                write!(f, "the answer is not understood: {why}; it begins `{body}`")
            }
            Self::Incomplete(why) => write!(f, "the answer is not complete: {why}"),
            Self::Conflict(why) => f.write_str(why),
            Self::Waited => f.write_str("it had to wait, and was not sent again"),
        }
    }
}

impl std::error::Error for ApiError {}
