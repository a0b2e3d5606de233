//! A server in this process, for tests of providers: it is fast, and it answers what no server would.

use reqwest::{Request, Response};
use std::sync::Arc;

/// Answers a request as a server does, at once.
pub type InProcess = Arc<dyn Fn(&Request) -> Response + Send + Sync>;
