//! What was asked and how it ended, told to whoever watches; and what a request was for.

use super::Problem;
use serde_json::Value;
use std::{fmt, sync::Arc, time::Duration};

/// One attempt at a request. Holds no credential: headers are not in it, and texts have been searched.
#[derive(Debug)]
pub struct RequestRecord<'a> {
    /// When it was sent.
    pub time: jiff::Timestamp,
    pub provider: &'a str,
    /// Which of the provider's APIs.
    pub endpoint: &'a str,
    pub method: &'a str,
    /// Below the base of the API, percent-encoded.
    pub path: &'a str,
    pub query: Option<&'a str>,
    /// `None` if no answer came.
    pub status: Option<u16>,
    /// Why it did not work out.
    pub problem: Option<&'a Problem>,
    pub took: Duration,
    /// 1 for the first.
    pub attempt: u32,
    pub purpose: Option<Purpose>,
    /// Bytes of the bodies.
    pub sent: usize,
    pub received: usize,
    pub request: Option<&'a Value>,
    /// The body as text; empty if there was none.
    pub response: &'a str,
}

/// Is told of every request once it has ended.
pub trait RequestObserver: Send + Sync {
    fn request_ended(&self, exchange: &RequestRecord<'_>);
}

/// What a request is for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Purpose {
    pub phase: Phase,
    /// The step, as `tenant/address`; the tenant while a plan is made.
    pub of: Arc<str>,
}

/// What is being done when a request is sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Phase {
    /// An account is read for a plan.
    Observe,
    /// An object is looked at before its step is carried out.
    Look,
    /// A step is carried out.
    Write,
    /// An object is read until it is as the step says.
    ReadBack,
}

impl fmt::Display for Phase {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Observe => "observe",
            Self::Look => "look",
            Self::Write => "write",
            Self::ReadBack => "read-back",
        })
    }
}

tokio::task_local! {
    // Providers send requests without knowing what for: who asks them says it here, around the call.
    static PURPOSE: Purpose;
}

/// Does the work; every request it sends is for this.
pub async fn during<T>(phase: Phase, of: impl Into<Arc<str>>, work: impl Future<Output = T>) -> T {
    PURPOSE.scope(Purpose { phase, of: of.into() }, work).await
}

/// What the request at hand is for; `None` outside any purpose.
pub(super) fn purpose() -> Option<Purpose> {
    PURPOSE.try_with(Purpose::clone).ok()
}

/// Whether the request at hand belongs to a step.
pub(super) fn is_of_a_step() -> bool {
    PURPOSE.try_with(|purpose| purpose.phase != Phase::Observe).unwrap_or(false)
}
