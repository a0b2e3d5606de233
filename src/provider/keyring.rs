//! Finds the credentials of a run.

use super::findings::{SettingsFindings, at};
use crate::{
    finding::Finding,
    http::{Authenticate, Basic, Bearer},
    model::Secret,
    path::Segment,
    secret::{self, KnownSecrets},
};
use secrecy::SecretString;
use std::path::Path;

/// What a run may do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Access {
    Read,
    Write,
}

/// The tokens of one endpoint: one that may write, one that can only read, or both.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Tokens {
    Write { token: Secret, read_token: Option<Secret> },
    ReadOnly { read_token: Secret },
}

impl Tokens {
    /// `None` where there is neither.
    pub fn new(token: Option<Secret>, read_token: Option<Secret>) -> Option<Self> {
        match (token, read_token) {
            (Some(token), read_token) => Some(Self::Write { token, read_token }),
            (None, Some(read_token)) => Some(Self::ReadOnly { read_token }),
            (None, None) => None,
        }
    }
}

/// Finds the credentials of one run on one provider. Collects a finding for each that is missing.
pub struct Keyring<'a> {
    /// What the workspace calls the provider.
    pub(super) name: &'a str,
    pub(super) access: Access,
    /// The workspace, for credentials in files.
    pub(super) root: &'a Path,
    /// Whether an emulation is signed in to.
    pub(super) emulated: bool,
    /// Learns every credential.
    pub(super) secrets: &'a KnownSecrets,
    /// Whether the run was told to stop: no program is waited for then.
    pub(super) stopped: &'a dyn Fn() -> bool,
    pub(super) findings: SettingsFindings,
}

impl Keyring<'_> {
    /// The credential at this path inside the entry. If it is missing, no endpoint is opened.
    pub fn find(&mut self, secret: &Secret, path: &[&str]) -> SecretString {
        let found = self.resolve(secret, at(path));
        if !self.emulated {
            self.secrets.learn(&found);
        }
        found
    }

    /// Signs in with a bearer token: where one can only read, a run that only reads uses that one. `path` leads to the
    /// map that holds them.
    pub fn bearer(&mut self, tokens: &Tokens, path: &[&str]) -> Box<dyn Authenticate> {
        let (secret, word) = match (tokens, self.access) {
            (Tokens::Write { token: _, read_token: Some(secret) }, Access::Read) => (secret, "read_token"),
            (Tokens::Write { token, read_token: _ }, _) => (token, "token"),
            (Tokens::ReadOnly { read_token }, Access::Read) => (read_token, "read_token"),
            (Tokens::ReadOnly { read_token }, Access::Write) => {
                if !self.emulated {
                    let message = format!("provider `{}` has no `token`", self.name);
                    let finding = Finding::error("no-credential", message)
                        .help("`read_token` can only plan; apply needs `token`");
                    self.findings.push((at(&[path, &["token"]].concat()), finding));
                    return Box::new(Bearer::new(SecretString::default()));
                }
                (read_token, "read_token")
            }
        };
        Box::new(Bearer::new(self.find(secret, &[path, &[word]].concat())))
    }

    /// Signs in with a pair of keys, each with its path.
    pub fn basic(&mut self, user: (&Secret, &[&str]), password: (&Secret, &[&str])) -> Box<dyn Authenticate> {
        let (user, password) = (self.find(user.0, user.1), self.find(password.0, password.1));
        if !self.emulated {
            self.secrets.learn_pair(&user, &password);
        }
        Box::new(Basic::new(&user, &password))
    }

    fn resolve(&mut self, secret: &Secret, path: Vec<Segment>) -> SecretString {
        if self.emulated {
            return SecretString::from("sandbox");
        }
        secret::resolve(secret, self.root, self.stopped).unwrap_or_else(|error| {
            self.findings.push((path, Finding::explained("no-credential", error)));
            SecretString::default()
        })
    }
}
