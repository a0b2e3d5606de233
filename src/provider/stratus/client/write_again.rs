//! Makes objects again with the settings they had.

use super::{again::Settings, write::Writing};
use crate::{
    http::{ApiError, Method, Problem},
    provider::{NotBack, stratus::documented},
};
use serde_json::{Map, Value};
use std::collections::BTreeSet;

/// An object that is about to be made.
pub struct New<'a> {
    /// Where it is made, and where it is then.
    pub list: &'a str,
    pub rest: String,
    /// What makes it one.
    pub own: Map<String, Value>,
    /// What it had beside that.
    pub had: Map<String, Value>,
    /// Whose that is, at the end of a sentence: "of its extension".
    pub of: String,
}

/// Whether the server has understood a write and will not do it.
fn refused(error: &ApiError) -> bool {
    matches!(error.problem, Problem::Status { status: 400 | 403 | 405 | 422, .. })
}

impl Writing<'_> {
    /// Makes an object. A server that refuses one of the settings it had refuses the whole object: it is made without them
    /// then (FACTS stratus/readings-17).
    pub async fn make(&self, new: New<'_>, what: &str) -> Result<(), ApiError> {
        let New { list, rest, own, mut had, of } = new;
        let mut body = own.clone();
        body.extend(had.clone());
        let made = self.send(Method::POST, list, Value::Object(body), what).await;
        had.retain(|name, value| own.get(name) != Some(value));
        match made {
            Err(error) if refused(&error) && !had.is_empty() => {
                self.send(Method::POST, list, Value::Object(own), what).await?;
                self.again.add(Settings { rest, of, had });
                Ok(())
            }
            made => made,
        }
    }

    /// Writes what new objects did not take, all at once or one by one, and looks until it shows. Returns what does not: calls are
    /// taken without it, so it fails no step.
    pub async fn settings_again(&self) -> NotBack {
        let mut missing = Vec::new();
        for Settings { rest, of, mut had } in self.again.take() {
            let what = format!("bringing back the settings {of}");
            let put =
                |settings: Map<String, Value>| self.send(Method::PUT, &rest, Value::Object(settings), &what);
            let mut out = BTreeSet::new();
            match put(had.clone()).await {
                Ok(()) => {}
                Err(error) if refused(&error) && had.len() > 1 => {
                    for (name, value) in &had {
                        if put(Map::from_iter([(name.clone(), value.clone())])).await.is_err() {
                            out.insert(name.clone());
                        }
                    }
                }
                Err(_) => out.extend(had.keys().cloned()),
            }
            had.retain(|name, _| !out.contains(name));
            out.extend(self.unshown(&rest, &had, &what).await);
            missing.extend(out.iter().map(|name| format!("`{name}` {of}")));
        }
        missing
    }

    /// Which of the settings that were accepted do not show. Those of an agent are read under other names (FACTS stratus/agents-2)
    /// and are taken as they were accepted.
    async fn unshown(&self, rest: &str, accepted: &Map<String, Value>, what: &str) -> Vec<String> {
        if rest.contains("/agents/") {
            return Vec::new();
        }
        let deadline = tokio::time::Instant::now() + self.settle();
        loop {
            let shown: Map<String, Value> = self.api.object(rest, what).await.unwrap_or_default();
            let is_shown = |name: &str, value: &Value| {
                // The e-mail address is written under another name than it is read (FACTS stratus/wire-7).
                let other = Some("email").filter(|_| name == "email-address");
                let mut now = [Some(name), other].into_iter().flatten().filter_map(|it| shown.get(it));
                now.any(|now| documented::field(name, now).as_ref() == Some(value))
            };
            let left = accepted.iter().filter(|(name, value)| !is_shown(name, value));
            let left: Vec<String> = left.map(|(name, _)| name.clone()).collect();
            if left.is_empty() || tokio::time::Instant::now() > deadline {
                return left;
            }
            tokio::time::sleep(std::time::Duration::from_millis(100)).await;
        }
    }
}
