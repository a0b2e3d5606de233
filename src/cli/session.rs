//! Open phone systems, real or emulated, and every tenant's plan against them.

use super::{
    args::Emulation,
    progress::{Board, Lane},
    restore,
    watch::{News, Watch},
    workspace::{Checked, CheckedTenant, placer},
};
use crate::{
    apply::{Job, Patience},
    error::Failure,
    finding::{Finding, Seg},
    http::{Auth, Getter, Pacer, Phase, Sender, Watched, Witness, during},
    model::{Address, Kind, Limits, ProviderConfig, Secret},
    plan::{self, Input, Plan, Policy, TenantPlan},
    provider::{EndpointSpec, Endpoints, Login, Read, Scope, Write, find},
    sandbox::{self, Recorder, Sandbox},
    secret,
};
use futures::{StreamExt, stream};
use secrecy::SecretString;
use std::{
    collections::{BTreeMap, BTreeSet},
    path::Path,
    sync::Arc,
    time::Duration,
};

/// How many tenants are read at once. Each provider's limits hold all the same.
const TENANTS_AT_ONCE: usize = 8;

/// Steps under way for each request that may be: while one waits for its change to show, another can send.
const STEPS_A_SLOT: usize = 2;

/// The phone systems of this run.
pub struct Session {
    systems: BTreeMap<String, System>,
    /// Kept running as long as the session.
    sandboxes: Vec<Sandbox>,
    watch: Arc<Watch>,
}

struct System {
    reader: Box<dyn Read>,
    /// Only where this run may write.
    writer: Option<Box<dyn Write>>,
    limits: Limits,
    propagation: Option<Duration>,
    /// One for each endpoint.
    pacers: Vec<Arc<Pacer>>,
}

/// What a run may do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Access {
    Read,
    Write,
}

impl Session {
    /// Finds every credential and opens every system the selected tenants are on. Nothing is sent yet.
    pub async fn open(
        checked: &Checked,
        emulation: &Emulation,
        access: Access,
        watch: &Arc<Watch>,
    ) -> Result<Self, Failure> {
        let used: BTreeSet<&str> =
            checked.tenants.iter().map(|tenant| checked.loaded(tenant).tenant.provider.as_str()).collect();
        let mut session = Self { systems: BTreeMap::new(), sandboxes: Vec::new(), watch: Arc::clone(watch) };
        let mut findings = Vec::new();
        let recorder = recorder(emulation)?;
        for name in used {
            let config = &checked.workspace.file.providers[name];
            let base = if emulation.sandbox {
                let sandbox =
                    start(&checked.root, name, config, emulation.fault.as_deref(), recorder.clone(), 0)
                        .await?;
                let base = sandbox.url().to_owned();
                session.sandboxes.push(sandbox);
                Some(base)
            } else {
                None
            };
            match system(checked, name, config, base.as_deref(), access, watch) {
                Ok(system) => {
                    session.systems.insert(name.to_owned(), system);
                }
                Err(found) => findings.extend(found),
            }
        }
        if findings.is_empty() { Ok(session) } else { Err(Failure::Findings(findings)) }
    }

    /// Reads every tenant and plans it. A tenant that cannot be read whole is blocked; the others go on.
    pub async fn plan(&self, checked: &Checked) -> Plan {
        let tenants = stream::iter(&checked.tenants)
            .map(|tenant| self.plan_tenant(checked, tenant))
            .buffer_unordered(TENANTS_AT_ONCE)
            .collect::<Vec<TenantPlan>>()
            .await;
        Plan::new(tenants)
    }

    async fn plan_tenant(&self, checked: &Checked, tenant: &CheckedTenant) -> TenantPlan {
        let loaded = checked.loaded(tenant);
        let config = checked.config(tenant);
        let placed = placer(loaded);
        // What a restore wants stands in no tenant's file.
        let place = |path: &[Seg]| if tenant.instead.is_none() { placed(path) } else { None };
        let only = |address: &Address| tenant.is_about(address) && checked.in_scope(address);
        let absent: BTreeMap<_, _> = tenant
            .absent
            .iter()
            .filter(|(address, _)| only(address))
            .map(|(a, s)| (a.clone(), s.clone()))
            .collect();
        let wanted = tenant.desired.iter().filter(|(address, _)| only(address));
        let named = |kind| {
            let declared = tenant.desired.keys().chain(tenant.absent.keys());
            declared.filter(|address| only(address)).any(|address| address.kind == kind)
        };
        let scope = Scope {
            wanted: wanted.map(|(address, desired)| (address.clone(), desired.resource.clone())).collect(),
            declared: tenant.desired.keys().cloned().collect(),
            lists: true,
            kinds: Kind::ALL.into_iter().filter(|kind| checked.only.is_empty() || named(*kind)).collect(),
            exhaustive: tenant.exhaustive.clone(),
            absent: absent.keys().cloned().collect(),
        };
        let system = &self.systems[&loaded.tenant.provider];
        let account = loaded.tenant.account.as_str();
        let (name, provider) = (loaded.tenant.tenant.as_str(), loaded.tenant.provider.as_str());
        if let Some(blocked) = restore::blocked(tenant, &only) {
            self.watch.tell(News::Read);
            return TenantPlan::blocked(name, provider, account, blocked);
        }
        let observed = during(Phase::Observe, name, system.reader.observe(account, &scope)).await;
        self.watch.tell(News::Read);
        match observed {
            Ok(mut observed) => {
                let trusted = restore::trust(tenant, &mut observed);
                let plan = plan::build(Input {
                    tenant: name,
                    provider,
                    account,
                    desired: tenant.desired.clone(),
                    absent,
                    protected: tenant.protected.clone(),
                    base: tenant.base.as_ref(),
                    exhaustive: tenant.exhaustive.clone(),
                    observed: &observed,
                    dialect: &tenant.provider.dialect,
                    policy: &Policy {
                        guard: checked.workspace.file.guard,
                        experimental: config.experimental,
                        unobservable: (tenant.provider.unobservable)(config),
                    },
                    place: &place,
                    only: &only,
                });
                restore::described(tenant, &only, trusted, plan)
            }
            Err(error) => {
                let finding = Finding::error("unreadable-account", error.to_string());
                let finding = Finding { help: error.help().map(str::to_owned), ..finding };
                let at = loaded.place(&[Seg::key("account")]);
                TenantPlan::blocked(name, provider, account, vec![finding.at(at)])
            }
        }
    }

    /// What is to be done, tenant by tenant, with the systems to do it on. `wait` is how long the run was told to look for
    /// accepted changes.
    pub fn jobs<'a>(&'a self, plan: &'a Plan, wait: Option<Duration>) -> Vec<Job<'a>> {
        let tenants = plan.tenants.iter().filter(|tenant| !tenant.steps.is_empty());
        let job = |plan: &'a TenantPlan| {
            let System { reader, writer, limits, propagation, pacers: _ } = &self.systems[&plan.provider];
            let settle = Duration::from_secs(limits.settle.into());
            Some(Job {
                plan,
                reader: reader.as_ref(),
                writer: writer.as_deref()?,
                patience: Patience {
                    usual: settle,
                    settle: wait.map_or(settle, |wait| wait.max(settle)),
                    propagation: *propagation,
                },
                at_once: limits.concurrency as usize * STEPS_A_SLOT,
            })
        };
        tenants.filter_map(job).collect()
    }

    /// Every provider of the run, with its pace.
    fn lanes(&self) -> BTreeMap<String, Lane> {
        let lanes = self.systems.iter();
        lanes.map(|(name, system)| (name.clone(), Lane::new(system.pacers.clone()))).collect()
    }

    /// What there is to show while accounts are read.
    pub fn reading(&self, checked: &Checked) -> Board {
        Board::reading(checked.tenants.len(), self.lanes())
    }

    /// What there is to show while a plan is carried out.
    pub fn applying(&self, plan: &Plan) -> Board {
        let mut lanes = self.lanes();
        for tenant in &plan.tenants {
            lanes.entry(tenant.provider.clone()).or_default().steps += tenant.steps.len() as u64;
        }
        Board::applying(lanes)
    }

    pub async fn close(self) {
        for sandbox in self.sandboxes {
            sandbox.stop().await;
        }
    }
}

/// The traffic record, if one is wanted.
pub fn recorder(emulation: &Emulation) -> Result<Option<Arc<Recorder>>, Failure> {
    let open = |path: &Path| {
        Recorder::open(path)
            .map(Arc::new)
            .map_err(|error| Failure::error(format!("cannot record to `{}`: {error}", path.display())))
    };
    emulation.record.as_deref().map(open).transpose()
}

/// Starts the emulation of one provider.
pub async fn start(
    root: &Path,
    name: &str,
    config: &ProviderConfig,
    fault: Option<&str>,
    recorder: Option<Arc<Recorder>>,
    port: u16,
) -> Result<Sandbox, Failure> {
    let seed = root.join("live").join(name);
    let provider = find(&config.kind)
        .ok_or_else(|| Failure::error(format!("no provider is of kind `{}`", config.kind)))?;
    let mut options = sandbox::Options::new(provider.emulation, seed, state(root).join(name));
    options.record = recorder;
    options.port = port;
    if let Some(fault) = fault {
        options.behaviour =
            fault.parse().map_err(|error| Failure::error(format!("`--fault {fault}`: {error}")))?;
    }
    Sandbox::start(options).await.map_err(|error| {
        Failure::error(format!("the sandbox of provider `{name}` does not start: {error}"))
            .help("`dialform sandbox reset` forgets its state")
    })
}

/// Where the emulated systems keep their state.
pub fn state(root: &Path) -> std::path::PathBuf {
    root.join(".dialform").join("sandbox")
}

fn system(
    checked: &Checked,
    name: &str,
    config: &ProviderConfig,
    sandbox: Option<&str>,
    access: Access,
    watch: &Arc<Watch>,
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
            Ok(Auth::Bearer(token)) if sandbox.is_none() => watch.secrets.learn(token),
            Ok(Auth::Basic { user, password }) if sandbox.is_none() => {
                watch.secrets.learn_pair(user, password)
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
            secrets: Arc::clone(&watch.secrets),
            witness: Arc::clone(watch) as Arc<dyn Witness>,
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
        pacers,
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
