//! How requests present themselves, and what is done when a server says that a credential has expired.

use crate::secret::KnownSecrets;
use base64::prelude::{BASE64_STANDARD, Engine as _};
use secrecy::{ExposeSecret as _, SecretString};
use serde_json::Value;

/// One way to sign in to an API. A pair is both at once.
pub trait Authenticate: Send + Sync {
    /// The headers that every request carries.
    fn headers(&self) -> Vec<(&'static str, SecretString)>;

    /// The request that replaces what has expired. `None` where a refusal with this status and message says something
    /// else, or where nothing can be replaced.
    fn renewal(&self, _status: u16, _message: &str) -> Option<Renewal> {
        None
    }

    /// Takes over what the server answered to a renewal, or says what is wrong with it. A new credential is learned by
    /// `known` before it is used, so that it is never shown.
    fn renewed(&self, _answer: &Value, _known: &KnownSecrets) -> Result<(), String> {
        Err("there is no credential to renew".to_owned())
    }
}

/// A request for new credentials: the only one besides GET that a client for reading sends.
pub struct Renewal {
    /// Below the base of the API.
    pub path: &'static str,
    /// Never shown, for it holds credentials.
    pub body: Value,
}

/// `Authorization: Bearer …`
pub struct Bearer(SecretString);

/// `Authorization: Basic …`
pub struct Basic(SecretString);

/// A key in a header of its own.
pub struct ApiKey {
    header: &'static str,
    key: SecretString,
}

impl Bearer {
    pub fn new(token: SecretString) -> Self {
        Self(token)
    }
}

impl Basic {
    pub fn new(user: &SecretString, password: &SecretString) -> Self {
        let pair = format!("{}:{}", user.expose_secret(), password.expose_secret());
        Self(BASE64_STANDARD.encode(pair).into())
    }
}

impl ApiKey {
    pub fn new(header: &'static str, key: SecretString) -> Self {
        Self { header, key }
    }
}

/// `Authorization` with this scheme.
pub fn authorization(scheme: &str, credential: &SecretString) -> (&'static str, SecretString) {
    ("authorization", format!("{scheme} {}", credential.expose_secret()).into())
}

impl Authenticate for Bearer {
    fn headers(&self) -> Vec<(&'static str, SecretString)> {
        vec![authorization("Bearer", &self.0)]
    }
}

impl Authenticate for Basic {
    fn headers(&self) -> Vec<(&'static str, SecretString)> {
        vec![authorization("Basic", &self.0)]
    }
}

impl Authenticate for ApiKey {
    fn headers(&self) -> Vec<(&'static str, SecretString)> {
        vec![(self.header, self.key.clone())]
    }
}

/// A permanent credential together with one that can be renewed.
impl<A: Authenticate, B: Authenticate> Authenticate for (A, B) {
    fn headers(&self) -> Vec<(&'static str, SecretString)> {
        let (lasting, renewable) = self;
        lasting.headers().into_iter().chain(renewable.headers()).collect()
    }

    fn renewal(&self, status: u16, message: &str) -> Option<Renewal> {
        self.1.renewal(status, message)
    }

    fn renewed(&self, answer: &Value, known: &KnownSecrets) -> Result<(), String> {
        self.1.renewed(answer, known)
    }
}
