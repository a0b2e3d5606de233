//! A credential is renewed once for all the requests that found it expired.

use super::{ApiRequest, Authenticate, Method, Problem, RawResponse, ReadClient, Renewal};
use serde_json::Value;
use std::sync::atomic::{AtomicU64, Ordering};
use tokio::sync::Mutex;

/// How an API is signed in to, and how often that has been renewed.
pub(super) struct Login {
    pub auth: Box<dyn Authenticate>,
    renewals: AtomicU64,
    /// Held while one is under way: which credential could not be renewed, and why.
    failed: Mutex<Option<(u64, String)>>,
}

impl Login {
    pub fn new(auth: Box<dyn Authenticate>) -> Self {
        Self { auth, renewals: AtomicU64::new(0), failed: Mutex::new(None) }
    }

    /// The number of the credential in use, counted from the first.
    pub fn current(&self) -> u64 {
        self.renewals.load(Ordering::Acquire)
    }
}

impl ReadClient {
    /// Replaces a credential, unless that has been done, or tried, since it was used.
    pub(super) async fn renew(&self, used: u64, renewal: &Renewal) -> Result<(), String> {
        let mut failed = self.login.failed.lock().await;
        if self.login.current() != used {
            return Ok(());
        }
        if let Some((which, why)) = &*failed
            && *which == used
        {
            return Err(why.clone());
        }
        let Renewal { path, body } = renewal;
        let call = ApiRequest {
            method: Method::POST,
            path,
            query: &[],
            body: Some(body),
            if_match: None,
            renews: true,
            first: None,
        };
        match self.once(&call, 1, &self.pacer.turn().await).await {
            Ok(_) => {
                self.login.renewals.fetch_add(1, Ordering::Release);
                Ok(())
            }
            Err(problem) => {
                let why = problem.to_string();
                *failed = Some((used, why.clone()));
                Err(why)
            }
        }
    }

    /// What a server answered to a renewal becomes the credential of this run.
    pub(super) fn take_over(&self, reply: &RawResponse) -> Result<(), Problem> {
        if !(200..300).contains(&reply.status) {
            return Ok(());
        }
        // Nothing of the body is repeated: it holds credentials.
        let refused = |why: String| Problem::Decode { why, body: String::new() };
        let body: Value = serde_json::from_str(&reply.text).map_err(|_| refused("no JSON".to_owned()))?;
        self.login.auth.renewed(&body, &self.info.secrets).map_err(refused)
    }
}
