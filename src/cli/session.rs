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
    http::{Phase, Witness, during},
    model::{Address, Kind},
    plan::{self, Input, Plan, Policy, TenantPlan},
    provider::{self, Opening, Scope, System},
    sandbox::{self, Emulation as Emulated, Recorder, Sandbox},
};
use futures::{StreamExt, stream};
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

pub use crate::provider::Access;

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
            let entry = &checked.workspace.providers[name];
            let emulated = if emulation.sandbox {
                let start = Start { workspace: &checked.workspace, root: &checked.root, name, port: 0 };
                let sandbox = start.run(emulation.fault.as_deref(), recorder.clone()).await?;
                let endpoints = sandbox.endpoints();
                session.sandboxes.push(sandbox);
                Some(endpoints)
            } else {
                None
            };
            let witness = Arc::clone(watch) as Arc<dyn Witness>;
            let opened = provider::open(&Opening {
                name,
                entry,
                access,
                root: &checked.root,
                emulated: emulated.as_ref(),
                secrets: &watch.secrets,
                witness: &witness,
            });
            match opened {
                Ok(system) => drop(session.systems.insert(name.to_owned(), system)),
                Err(found) => findings.extend(found.into_iter().map(|(path, finding)| {
                    let at = [&[Seg::key("providers"), Seg::key(name)], path.as_slice()].concat();
                    finding.at(checked.workspace.place(&at))
                })),
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
                        experimental: config.experimental(),
                        unobservable: config.unobservable(),
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

/// The emulation of one provider of a workspace.
pub struct Start<'a> {
    pub workspace: &'a provider::Workspace,
    pub root: &'a Path,
    pub name: &'a str,
    pub port: u16,
}

impl Start<'_> {
    /// Starts it. `fault` names switches of any emulation of the workspace; those of the others are not for this one.
    pub async fn run(
        &self,
        fault: Option<&str>,
        recorder: Option<Arc<Recorder>>,
    ) -> Result<Sandbox, Failure> {
        let Self { workspace, root, name, port } = *self;
        let emulation = |kind: &str| {
            sandbox::find(kind).ok_or_else(|| {
                Failure::error(format!("there is no emulation of a provider of kind `{kind}`"))
            })
        };
        let providers = &workspace.file.providers;
        let others: Vec<&Emulated> =
            providers.values().filter_map(|provider| sandbox::find(&provider.kind)).collect();
        let seed = root.join("live").join(name);
        let options = sandbox::Options::new(emulation(&providers[name].kind)?, seed, state(root).join(name));
        let fault = fault.unwrap_or_default();
        let mut options = options
            .switched_among(fault, &others)
            .map_err(|error| Failure::error(format!("`--fault {fault}`: {error}")))?;
        options.record = recorder;
        options.port = port;
        Sandbox::start(options).await.map_err(|error| {
            Failure::error(format!("the sandbox of provider `{name}` does not start: {error}"))
                .help("`dialform sandbox reset` forgets its state")
        })
    }
}

/// Where the emulated systems keep their state.
pub fn state(root: &Path) -> std::path::PathBuf {
    root.join(".dialform").join("sandbox")
}
