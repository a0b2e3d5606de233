//! A bearer token that its server replaces when it has expired: OAuth 2, the grant `refresh_token` (RFC 6749 section 6).

use crate::{
    http::{Authenticate, Renewal, authorization},
    secret::KnownSecrets,
};
use secrecy::{ExposeSecret as _, SecretString};
use serde_json::{Map, Value};
use std::sync::{Mutex, MutexGuard, PoisonError};

/// The tokens of one run; the server may replace both. Nothing is kept when the run ends.
pub struct Refreshing {
    tokens: Mutex<Tokens>,
    /// Where tokens are given out, below the base of the API.
    path: &'static str,
    /// Who asks: `client_id`, `client_secret` and the like.
    client: Vec<(&'static str, SecretString)>,
    expired: fn(u16, &str) -> bool,
}

struct Tokens {
    /// `None` until the first was asked for.
    access: Option<SecretString>,
    refresh: SecretString,
}

impl Refreshing {
    /// Begins with a token for requests, if there is one, and the token that replaces it. Every 401 says that it has
    /// expired.
    pub fn new(access: Option<SecretString>, refresh: SecretString, path: &'static str) -> Self {
        let tokens = Mutex::new(Tokens { access, refresh });
        Self { tokens, path, client: Vec::new(), expired: |status, _| status == 401 }
    }

    /// Adds a field that says who asks for new tokens.
    #[must_use]
    pub fn client(mut self, field: &'static str, value: SecretString) -> Self {
        self.client.push((field, value));
        self
    }

    /// Only this status and message say that a token has expired.
    #[must_use]
    pub fn expired(self, expired: fn(u16, &str) -> bool) -> Self {
        Self { expired, ..self }
    }

    fn tokens(&self) -> MutexGuard<'_, Tokens> {
        self.tokens.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Authenticate for Refreshing {
    fn headers(&self) -> Vec<(&'static str, SecretString)> {
        self.tokens().access.iter().map(|token| authorization("Bearer", token)).collect()
    }

    fn renewal(&self, status: u16, message: &str) -> Option<Renewal> {
        if !(self.expired)(status, message) {
            return None;
        }
        let tokens = self.tokens();
        let mut body = Map::new();
        body.insert("grant_type".to_owned(), "refresh_token".into());
        body.insert("refresh_token".to_owned(), tokens.refresh.expose_secret().into());
        let client = self.client.iter();
        body.extend(client.map(|(field, value)| ((*field).to_owned(), value.expose_secret().into())));
        Some(Renewal { path: self.path, body: body.into() })
    }

    fn renewed(&self, answer: &Value, known: &KnownSecrets) -> Result<(), String> {
        let token = |name: &str| {
            let text = answer.get(name)?.as_str().filter(|text| !text.is_empty())?;
            // A token has to fit into a header.
            let fits = text.bytes().all(|byte| byte.is_ascii_graphic());
            fits.then(|| SecretString::from(text))
        };
        let refresh = token("refresh_token");
        refresh.iter().for_each(|token| known.learn(token));
        let access = token("access_token").ok_or("no `access_token` in it")?;
        known.learn(&access);
        let mut tokens = self.tokens();
        tokens.access = Some(access);
        if let Some(refresh) = refresh {
            tokens.refresh = refresh;
        }
        Ok(())
    }
}
