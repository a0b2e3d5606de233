//! Makes objects again with the settings they had.

use super::{again::Settings, write::Writing};
use crate::http::{ApiError, Method, Problem};
use serde_json::{Map, Value};

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
    pub of: &'static str,
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

    /// Writes what new objects did not take, all at once or one by one. Returns what is still not there: calls are taken
    /// without it, so it fails no step.
    pub async fn settings_again(&self) -> Vec<String> {
        let mut missing = Vec::new();
        for Settings { rest, of, had } in self.again.take() {
            let what = format!("bringing back the settings {of}");
            let put =
                |settings: Map<String, Value>| self.send(Method::PUT, &rest, Value::Object(settings), &what);
            match put(had.clone()).await {
                Ok(()) => {}
                Err(error) if refused(&error) && had.len() > 1 => {
                    for (name, value) in had {
                        if put(Map::from_iter([(name.clone(), value)])).await.is_err() {
                            missing.push(format!("`{name}` {of}"));
                        }
                    }
                }
                Err(_) => missing.extend(had.keys().map(|name| format!("`{name}` {of}"))),
            }
        }
        missing
    }
}
