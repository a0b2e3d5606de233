//! What is answered to a request that is not served, in the shapes of the API.

use serde_json::{Value, json};

use crate::sandbox::vendor::Response;

/// A response, or the one that says what is wrong.
pub type RouteResult = Result<Response, ErrorResponse>;

/// An error of the API, in one of its shapes (FACTS ctm/errors).
#[derive(Debug)]
pub struct ErrorResponse {
    pub status: u16,
    pub body: Value,
}

impl ErrorResponse {
    pub fn error(status: u16, message: &str) -> Self {
        Self { status, body: json!({"error": message}) }
    }

    /// The shape of writes, whatever the status: it may be 200.
    pub fn reason(status: u16, reason: impl Into<String>) -> Self {
        Self { status, body: json!({"status": "error", "reason": reason.into()}) }
    }

    pub fn invalid(reason: impl Into<String>) -> Self {
        Self::reason(406, reason)
    }

    pub fn missing(noun: &str) -> Self {
        Self { status: 404, body: json!({"reason": format!("{noun} not found")}) }
    }

    /// What every path and method answers that is not served.
    pub fn no_route() -> Self {
        Self::error(404, "not found")
    }
}
