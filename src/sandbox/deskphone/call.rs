//! Is one request within one account, and what it is refused with.

use std::borrow::Cow;

use super::Deskphone;
use crate::sandbox::document::Document;
use crate::sandbox::vendor::{Request, Response};

/// A response, or the one that says what is wrong.
pub type RouteResult = Result<Response, ErrorResponse>;

/// An error of the bridge: a status, a message and headers.
#[derive(Debug)]
pub struct ErrorResponse {
    pub status: u16,
    pub message: Cow<'static, str>,
    pub headers: Vec<(&'static str, String)>,
}

impl ErrorResponse {
    pub fn new(status: u16, message: impl Into<Cow<'static, str>>) -> Self {
        Self { status, message: message.into(), headers: Vec::new() }
    }

    pub fn token() -> Self {
        let headers = vec![("WWW-Authenticate", "Bearer".to_owned())];
        Self { headers, ..Self::new(401, "The request requires a valid access token.") }
    }

    pub fn no_path() -> Self {
        Self::new(404, "The requested resource could not be found.")
    }

    pub fn method(allowed: &str) -> Self {
        Self { headers: vec![("Allow", allowed.to_owned())], ..Self::new(405, "Method Not Allowed") }
    }

    pub fn invalid(message: impl Into<Cow<'static, str>>) -> Self {
        Self::new(400, message)
    }
}

/// A request in an account.
#[derive(Debug)]
pub struct ApiCall<'a> {
    pub server: &'a Deskphone,
    pub request: &'a Request,
    pub token: &'a str,
    pub account: &'a str,
    /// What reads see: the past, by the delay.
    pub seen: &'a Document,
    /// What writes change: the present.
    pub held: &'a Document,
}
