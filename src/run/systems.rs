//! One phone system of a run, opened: its reader, its writer, its limits.

use super::{Access, Checked, Monitor, Pace};
use crate::{
    finding::{Finding, Seg},
    http::{Auth, Getter, Pacer, Sender, Watched, Witness},
    model::{Limits, ProviderConfig, Secret},
    provider::{EndpointSpec, Endpoints, Login, Read, Write, find},
    secret,
};
use secrecy::SecretString;
use std::{collections::BTreeMap, path::Path, sync::Arc, time::Duration};

pub struct System {
    pub reader: Box<dyn Read>,
    /// Only where this run may write.
    pub writer: Option<Box<dyn Write>>,
    pub limits: Limits,
    pub propagation: Option<Duration>,
    /// One for each endpoint.
    pub pace: Pace,
}

/// Opens a provider of the workspace. Nothing is sent yet. `sandbox` is where it is emulated, if it is.
pub fn open(
    checked: &Checked,
    name: &str,
    config: &ProviderConfig,
    sandbox: Option<&str>,
    access: Access,
    monitor: &Arc<Monitor>,
) -> Result<System, Vec<Finding>> {
    let Some(provider) = find(&config.kind) else { return Err(Vec::new()) };
    let place = |path: &[Seg]| {
        let mut at = vec![Seg::key("providers"), Seg::key(name)];
        at.extend(path.iter().cloned());
        checked.workspace.place(&at)
    };
    let mut findings = Vec::new();
    let mut open: Endpoints<Getter> = BTreeMap::new();
    let mut pacers = Vec::new();
    for spec in (provider.endpoints)(config) {
        let auth = login(&spec, name, sandbox.is_some(), access, &checked.root);
        // What the emulation is given is no secret.
        match &auth {
            Ok(Auth::Bearer(token)) if sandbox.is_none() => monitor.context.secrets.learn(token),
            Ok(Auth::Basic { user, password }) if sandbox.is_none() => {
                monitor.context.secrets.learn_pair(user, password)
            }
            _ => {}
        }
        let url = match sandbox {
            Some(base) => format!("{base}{}", spec.sandbox_path),
            None => spec.url.clone().unwrap_or_default(),
        };
        let limits = config.limits.over(provider.limits);
        // Each endpoint is a system of its own: the carrier is not the platform.
        let pacer = Arc::new(Pacer::new(limits.concurrency, limits.requests_per_second));
        pacers.push(Arc::clone(&pacer));
        let watched = Watched {
            provider: name.into(),
            endpoint: spec.name,
            secrets: Arc::clone(&monitor.context.secrets),
            witness: Arc::clone(monitor) as Arc<dyn Witness>,
        };
        match auth {
            Ok(auth) => match Getter::new(&url, auth, limits, pacer, watched) {
                Ok(getter) => {
                    open.insert(spec.name, getter);
                }
                Err(why) => {
                    let finding = Finding::error("bad-value", why).help("write it as `https://HOST/PATH`");
                    // The line is not shown where it holds a credential.
                    let at = (!url.contains(['@', '?', '#'])).then(|| place(&spec.url_path));
                    findings.push(finding.at(at));
                }
            },
            Err(missing) => {
                let (word, finding) = *missing;
                let mut path = spec.login_at.clone();
                path.push(Seg::key(word));
                findings.push(finding.at(place(&path)));
            }
        }
    }
    if !findings.is_empty() {
        return Err(findings);
    }
    let writer = (access == Access::Write).then(|| {
        let senders: Endpoints<Sender> =
            open.iter().map(|(name, it)| (*name, it.clone().into_sender())).collect();
        (provider.writer)(senders)
    });
    Ok(System {
        reader: (provider.reader)(open),
        writer,
        limits: config.limits.over(provider.limits),
        propagation: provider.dialect.propagation,
        pace: Pace(pacers),
    })
}

/// What a run presents itself with, or what is missing and the word it is missing under.
fn login(
    spec: &EndpointSpec,
    name: &str,
    sandbox: bool,
    access: Access,
    root: &Path,
) -> Result<Auth, Box<(&'static str, Finding)>> {
    let find = |word: &'static str, secret: Option<&Secret>| match secret {
        _ if sandbox => Ok(SecretString::from("sandbox")),
        Some(secret) => secret::resolve(secret, root).map_err(|error| {
            Box::new((word, Finding::error("no-credential", error.message).help(error.help)))
        }),
        None => Err(Box::new((
            word,
            Finding::error("no-credential", format!("provider `{name}` has no `{word}`"))
                .help("`read_token` can only plan; apply needs `token`"),
        ))),
    };
    match &spec.login {
        // Where there is a credential that can only read, a run that only reads uses that one.
        Login::Token { read_token: Some(read_token), .. } if access == Access::Read => {
            find("read_token", Some(read_token)).map(Auth::Bearer)
        }
        Login::Token { token, .. } => find("token", token.as_ref()).map(Auth::Bearer),
        Login::Keys { access_key, secret_key } => {
            let user = find("access_key", access_key.as_ref())?;
            Ok(Auth::Basic { user, password: find("secret_key", secret_key.as_ref())? })
        }
    }
}
