//! From settings to clients: finds the credentials of a run, and opens every endpoint.

use super::{
    Endpoints, Entry, Read, Write,
    settings::{Endpoint, SettingsFindings, Tokens, at},
};
use crate::{
    finding::Finding,
    http::{Authenticate, Basic, Bearer, ClientInfo, Pacer, ReadClient, RequestObserver, WriteClient},
    model::{Limits, Secret},
    path::Segment,
    secret::{self, KnownSecrets},
};
use secrecy::SecretString;
use std::{collections::BTreeMap, path::Path, sync::Arc, time::Duration};

/// What a run may do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Access {
    Read,
    Write,
}

/// Which entry is opened, and for what.
pub struct Opening<'a> {
    /// What the workspace calls it.
    pub name: &'a str,
    pub entry: &'a Entry,
    pub access: Access,
    /// The workspace, for credentials in files.
    pub root: &'a Path,
    /// Where an emulation serves each endpoint instead. What it is signed in to with is no secret.
    pub emulated: Option<&'a BTreeMap<&'static str, String>>,
    /// Learns every credential.
    pub secrets: &'a Arc<KnownSecrets>,
    pub observer: &'a Arc<dyn RequestObserver>,
}

/// A phone system that can be spoken to. Nothing has been sent yet.
pub struct System {
    pub reader: Box<dyn Read>,
    /// Only where the run may write.
    pub writer: Option<Box<dyn Write>>,
    pub limits: Limits,
    /// How long an accepted change may take where the vendor says so.
    pub propagation: Option<Duration>,
    /// One for each endpoint.
    pub pacers: Vec<Arc<Pacer>>,
}

/// Opens a phone system, or says what is missing and where in its entry.
pub fn open(opening: &Opening<'_>) -> Result<System, SettingsFindings> {
    let mut keys = Keyring { opening, findings: Vec::new() };
    let endpoints = opening.entry.endpoints(&mut keys);
    connect(opening, endpoints, opening.entry.pace(), keys.findings)
}

/// Opens what emergency forwards need, and nothing else. On the day they are needed a server that does not answer is not
/// waited for long.
pub fn open_emergency(opening: &Opening<'_>) -> Result<System, SettingsFindings> {
    /// Seconds for a request, its connection included.
    const TIMEOUT: u32 = 5;
    let mut keys = Keyring { opening, findings: Vec::new() };
    let endpoints = opening.entry.emergency_endpoint(&mut keys).into_iter().collect();
    let pace = opening.entry.pace();
    let limits = Limits { timeout: pace.timeout.min(TIMEOUT), retries: pace.retries.min(1), ..pace };
    connect(opening, endpoints, limits, keys.findings)
}

fn connect(
    opening: &Opening<'_>,
    endpoints: Vec<Endpoint>,
    limits: Limits,
    mut findings: SettingsFindings,
) -> Result<System, SettingsFindings> {
    let Opening { name, entry, access, root: _, emulated, secrets, observer } = opening;
    let provider = entry.provider;
    let mut open: Endpoints<ReadClient> = BTreeMap::new();
    let mut pacers = Vec::new();
    for Endpoint { name: endpoint, url, auth } in endpoints {
        // Each endpoint is a system of its own: the carrier is not the platform.
        let pacer = Arc::new(Pacer::new(limits.concurrency, limits.requests_per_second));
        pacers.push(Arc::clone(&pacer));
        let info = ClientInfo {
            provider: (*name).into(),
            endpoint,
            secrets: Arc::clone(secrets),
            observer: Arc::clone(observer),
        };
        let url = match emulated {
            Some(bases) => bases.get(endpoint).cloned().unwrap_or_default().parse(),
            None => Ok(url),
        };
        let getter =
            url.and_then(|url| ReadClient::new(&url, auth, provider.conventions, limits, pacer, info));
        match getter {
            Ok(getter) => drop(open.insert(endpoint, getter)),
            Err(why) => {
                let message = format!("cannot open the endpoint `{endpoint}` of provider `{name}`: {why}");
                findings.push((Vec::new(), Finding::error("failed", message)));
            }
        }
    }
    if !findings.is_empty() {
        return Err(findings);
    }
    let writer = (*access == Access::Write).then(|| {
        let senders: Endpoints<WriteClient> =
            open.iter().map(|(name, it)| (*name, it.clone().into_write_client())).collect();
        (provider.writer)(senders)
    });
    let propagation = provider.dialect.propagation;
    Ok(System { reader: (provider.reader)(open), writer, limits, propagation, pacers })
}

/// Finds the credentials of one run on one provider. Takes note of each that is not to be had.
pub struct Keyring<'a> {
    opening: &'a Opening<'a>,
    findings: SettingsFindings,
}

impl Keyring<'_> {
    /// The credential at this path inside the entry. Where it is not to be had nothing will be opened.
    pub fn find(&mut self, secret: &Secret, path: &[&str]) -> SecretString {
        let found = self.resolve(secret, at(path));
        if self.opening.emulated.is_none() {
            self.opening.secrets.learn(&found);
        }
        found
    }

    /// Signs in with a bearer token: where one can only read, a run that only reads uses that one. `path` leads to the
    /// map that holds them.
    pub fn bearer(&mut self, tokens: &Tokens, path: &[&str]) -> Box<dyn Authenticate> {
        let (secret, word) = match (tokens, self.opening.access) {
            (Tokens::Write { token: _, read_token: Some(secret) }, Access::Read) => (secret, "read_token"),
            (Tokens::Write { token, read_token: _ }, _) => (token, "token"),
            (Tokens::ReadOnly { read_token }, Access::Read) => (read_token, "read_token"),
            (Tokens::ReadOnly { read_token }, Access::Write) => {
                if self.opening.emulated.is_none() {
                    let message = format!("provider `{}` has no `token`", self.opening.name);
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
        if self.opening.emulated.is_none() {
            self.opening.secrets.learn_pair(&user, &password);
        }
        Box::new(Basic::new(&user, &password))
    }

    fn resolve(&mut self, secret: &Secret, path: Vec<Segment>) -> SecretString {
        if self.opening.emulated.is_some() {
            return SecretString::from("sandbox");
        }
        secret::resolve(secret, self.opening.root).unwrap_or_else(|error| {
            self.findings.push((path, Finding::explained("no-credential", error)));
            SecretString::default()
        })
    }
}
