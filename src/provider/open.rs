//! From settings to clients: opens every endpoint.

use super::{Access, Endpoints, Entry, Keyring, Read, Write, findings::SettingsFindings, settings::Endpoint};
use crate::{
    finding::Finding,
    http::{ClientInfo, Pacer, ReadClient, RequestObserver, WriteClient},
    model::Limits,
    plan::Propagation,
    secret::KnownSecrets,
};
use std::{collections::BTreeMap, path::Path, sync::Arc};

/// Which entry is opened, and for what.
pub struct Opening<'a> {
    /// What the workspace calls it.
    pub name: &'a str,
    pub entry: &'a Entry,
    pub access: Access,
    /// The workspace, for credentials in files.
    pub root: &'a Path,
    /// The address of each emulated endpoint, with `--sandbox`. Its credential is not secret.
    pub emulated: Option<&'a BTreeMap<&'static str, String>>,
    /// Learns every credential.
    pub secrets: &'a Arc<KnownSecrets>,
    /// Whether the run was told to stop.
    pub stopped: &'a dyn Fn() -> bool,
    pub observer: &'a Arc<dyn RequestObserver>,
}

/// A phone system that can be spoken to. Nothing has been sent yet.
pub struct System {
    pub reader: Box<dyn Read>,
    /// Only where the run may write.
    pub writer: Option<Box<dyn Write>>,
    pub limits: Limits,
    /// How long an accepted change may take where the vendor says so.
    pub propagation: Option<Propagation>,
    /// Where its endpoints are; `sandbox` for all of an emulated one.
    pub addresses: Arc<[String]>,
    /// One for each endpoint.
    pub pacers: Vec<Arc<Pacer>>,
}

/// Opens a phone system, or says what is missing and where in its entry.
pub fn open(opening: &Opening<'_>) -> Result<System, SettingsFindings> {
    connect(opening, opening.entry.pace(), |keys| opening.entry.endpoints(keys))
}

/// Opens what emergency forwards need, and nothing else. On the day they are needed a server that does not answer is not
/// waited for long.
pub fn open_emergency(opening: &Opening<'_>) -> Result<System, SettingsFindings> {
    /// Seconds for a request, its connection included.
    const TIMEOUT: u32 = 5;
    let pace = opening.entry.pace();
    let limits = Limits { timeout: pace.timeout.min(TIMEOUT), retries: pace.retries.min(1), ..pace };
    connect(opening, limits, |keys| opening.entry.emergency_endpoint(keys).into_iter().collect())
}

fn connect(
    opening: &Opening<'_>,
    limits: Limits,
    endpoints: impl FnOnce(&mut Keyring<'_>) -> Vec<Endpoint>,
) -> Result<System, SettingsFindings> {
    let Opening { name, entry, access, root, emulated, secrets, stopped, observer } = opening;
    let provider = entry.provider;
    let emulation = emulated.is_some();
    let mut keys =
        Keyring { name, access: *access, root, emulated: emulation, secrets, stopped, findings: Vec::new() };
    let endpoints = endpoints(&mut keys);
    let mut findings = keys.findings;
    let mut open: Endpoints<ReadClient> = BTreeMap::new();
    let mut pacers = Vec::new();
    let addresses = match emulated {
        Some(_) => Arc::from(["sandbox".to_owned()]),
        None => endpoints.iter().map(|it| it.url.to_string()).collect(),
    };
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
    Ok(System { reader: (provider.reader)(open), writer, limits, propagation, addresses, pacers })
}
