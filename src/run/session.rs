//! Open phone systems, real or emulated, and every tenant's plan against them.

use super::{
    ApplyOptions, Checked, Context, Monitor, Options, Pace, Progress,
    account_locks::AccountLocks,
    at_once::{by_provider, in_order},
    check::{AGAIN, CHANGED, CheckedTenant},
    circles,
    emulated::{Emulated, recorder},
    plan_file::made_from,
};
use crate::{
    apply::{Job, ReadBackTimes},
    error::Failure,
    explained::Explained,
    finding::Finding,
    http::{ApiError, Phase, RequestObserver, during},
    model::{Address, Extension, Kind, Resource, Tenant},
    path::Segment,
    plan::{self, BulkEntry, MadeFrom, Observed, Plan, TenantPlan, UNREADABLE},
    provider::{self, Access, Opening, Scope, SettingsFindings, System},
};
use futures::{Stream, StreamExt};
use std::{
    collections::{BTreeMap, BTreeSet},
    fmt,
    panic::resume_unwind,
    sync::Arc,
    time::Duration,
};

/// Requests that may be under way for each tenant that is: the lists of an account go out together.
const REQUESTS_PER_TENANT: usize = 4;

/// Tenants beside those, so that somebody has a request to send while others work on answers.
const TENANTS_BESIDE: usize = 2;

/// Steps under way for each request that may be: while one waits for its change to show, another can send.
const STEPS_PER_REQUEST_SLOT: usize = 2;

/// The phone systems of one run. A session that may write holds the locks of all its accounts.
///
/// [`close`](Self::close) it however the run has ended, so that nobody has to wait for its locks.
pub struct Session<'a> {
    pub(super) checked: &'a Checked,
    pub(super) context: &'a Context,
    pub(super) monitor: Arc<Monitor>,
    pub(super) locks: AccountLocks,
    /// Whether the systems are emulated.
    pub(super) sandbox: bool,
    pub(super) made_from: MadeFrom,
    pub(super) systems: BTreeMap<String, System>,
    /// Kept running as long as the session.
    emulated: Vec<Emulated>,
}

/// What a session has open, whichever tenants it is about.
pub struct Opened {
    monitor: Arc<Monitor>,
    locks: AccountLocks,
    sandbox: bool,
    made_from: MadeFrom,
    systems: BTreeMap<String, System>,
    emulated: Vec<Emulated>,
}

impl<'a> Session<'a> {
    /// Opens a session that reads. Finds every credential of the selected tenants; nothing is sent yet.
    pub async fn reading(
        checked: &'a Checked,
        options: &Options,
        context: &'a Context,
    ) -> Result<Self, Failure> {
        let monitor = Monitor::open("plan", &options.logging, context)?;
        let mut session = Self::new(checked, options, context, monitor, AccountLocks::default());
        session.made_from = made_from(checked, options);
        session.open(options, Access::Read).await?;
        Ok(session)
    }

    /// Opens a session that may write: locks every account first, or none of them.
    pub async fn writing(
        checked: &'a Checked,
        options: &Options,
        apply: &ApplyOptions,
        context: &'a Context,
    ) -> Result<Self, Failure> {
        let monitor = Monitor::open("apply", &options.logging, context)?;
        let locks =
            AccountLocks::take(checked, options.emulation.sandbox, apply.lock_timeout, context).await?;
        let mut session = Self::new(checked, options, context, monitor, locks);
        session.made_from = made_from(checked, options);
        match session.open(options, Access::Write).await {
            Ok(()) => Ok(session),
            Err(failure) => {
                session.close().await;
                Err(failure)
            }
        }
    }

    /// Opens a session for emergency forwards alone, and says of each provider that cannot be opened why. With
    /// [`Access::Write`] it holds the locks that were free.
    pub(super) async fn emergency(
        checked: &'a Checked,
        options: &Options,
        access: Access,
        command: &str,
        context: &'a Context,
    ) -> Result<(Self, BTreeMap<String, Vec<Finding>>), Failure> {
        let monitor = Monitor::open_in_emergency(command, &options.logging, context);
        let locks = match access {
            Access::Read => AccountLocks::default(),
            Access::Write => {
                AccountLocks::take_free(checked, options.emulation.sandbox, command, context).await
            }
        };
        let mut session = Self::new(checked, options, context, monitor, locks);
        let closed = session.open_with(options, access, provider::open_emergency).await;
        match closed {
            Ok(closed) => Ok((session, closed)),
            Err(failure) => {
                session.close().await;
                Err(failure)
            }
        }
    }

    /// Opens a session that reads accounts of one provider which no tenant declares yet.
    pub(super) async fn importing(
        checked: &'a Checked,
        provider: &str,
        options: &Options,
        context: &'a Context,
    ) -> Result<Self, Failure> {
        let monitor = Monitor::open("import", &options.logging, context)?;
        let mut session = Self::new(checked, options, context, monitor, AccountLocks::default());
        let closed =
            session.open_each(&BTreeSet::from([provider]), options, Access::Read, provider::open).await?;
        let findings: Vec<Finding> = closed.into_values().flatten().collect();
        if findings.is_empty() { Ok(session) } else { Err(Failure::Findings(findings)) }
    }

    /// Opens a session that reads all that the accounts of the selected tenants hold.
    pub(super) async fn reporting(
        checked: &'a Checked,
        options: &Options,
        context: &'a Context,
    ) -> Result<Self, Failure> {
        let monitor = Monitor::open("report", &options.logging, context)?;
        let mut session = Self::new(checked, options, context, monitor, AccountLocks::default());
        session.open(options, Access::Read).await?;
        Ok(session)
    }

    /// Why the run ends before its first write, once it was told to.
    pub fn stopped(&self) -> Failure {
        self.context.stopped()
    }

    /// What is open, for tenants that are loaded later.
    pub fn into_opened(self) -> Opened {
        let Self { checked: _, context: _, monitor, locks, sandbox, made_from, systems, emulated } = self;
        Opened { monitor, locks, sandbox, made_from, systems, emulated }
    }

    /// A session of the tenants that are loaded now, over what is open.
    pub fn over(opened: Opened, checked: &'a Checked, context: &'a Context) -> Self {
        let Opened { monitor, locks, sandbox, made_from, systems, emulated } = opened;
        Self { checked, context, monitor, locks, sandbox, made_from, systems, emulated }
    }

    fn new(
        checked: &'a Checked,
        options: &Options,
        context: &'a Context,
        monitor: Arc<Monitor>,
        locks: AccountLocks,
    ) -> Self {
        let (systems, emulated, sandbox) = (BTreeMap::new(), Vec::new(), options.emulation.sandbox);
        let made_from = MadeFrom::default();
        Self { checked, context, monitor, locks, sandbox, made_from, systems, emulated }
    }

    /// Opens every system the selected tenants are on.
    async fn open(&mut self, options: &Options, access: Access) -> Result<(), Failure> {
        let closed = self.open_with(options, access, provider::open).await?;
        let findings: Vec<Finding> = closed.into_values().flatten().collect();
        if findings.is_empty() { Ok(()) } else { Err(Failure::Findings(findings)) }
    }

    /// Opens what can be opened; why the rest cannot, by provider.
    async fn open_with(
        &mut self,
        options: &Options,
        access: Access,
        open: fn(&Opening<'_>) -> Result<System, SettingsFindings>,
    ) -> Result<BTreeMap<String, Vec<Finding>>, Failure> {
        self.open_each(&self.checked.used_providers(), options, access, open).await
    }

    async fn open_each(
        &mut self,
        used: &BTreeSet<&str>,
        options: &Options,
        access: Access,
        open: fn(&Opening<'_>) -> Result<System, SettingsFindings>,
    ) -> Result<BTreeMap<String, Vec<Finding>>, Failure> {
        let Checked { root, workspace, .. } = self.checked;
        let mut closed = BTreeMap::new();
        let recorder = recorder(&options.emulation)?;
        for name in used.iter().copied() {
            // No credential is touched for what a pull request brings; the emulation has none.
            if workspace.is_untrusted(name) && !self.sandbox {
                continue;
            }
            let mut endpoints = None;
            if self.sandbox {
                let fault = options.emulation.fault.as_deref();
                let emulated = Emulated::start(workspace, root, name, fault, recorder.clone(), 0).await?;
                endpoints = Some(emulated.endpoints());
                self.emulated.push(emulated);
            }
            let opened = self.open_one(name, access, endpoints, open).await;
            if self.context.shutdown.stop.is_cancelled() {
                return Err(self.context.stopped());
            }
            match opened {
                Ok(system) => drop(self.systems.insert(name.to_owned(), system)),
                Err(found) => {
                    let located = found.into_iter().map(|(path, finding)| {
                        let at = [&[Segment::key("providers"), Segment::key(name)], path.as_slice()].concat();
                        finding.at(workspace.place(&at))
                    });
                    closed.insert(name.to_owned(), located.collect());
                }
            }
        }
        Ok(closed)
    }

    /// Opens one on a thread of its own: a program that prints a credential may wait for a person, and meanwhile locks are renewed
    /// and signals heard.
    async fn open_one(
        &self,
        name: &str,
        access: Access,
        emulated: Option<BTreeMap<&'static str, String>>,
        open: fn(&Opening<'_>) -> Result<System, SettingsFindings>,
    ) -> Result<System, SettingsFindings> {
        let Checked { root, workspace, .. } = self.checked;
        let (name, entry, root) = (name.to_owned(), workspace.providers[name].clone(), root.clone());
        let (secrets, shutdown) = (Arc::clone(&self.context.secrets), self.context.shutdown.clone());
        let observer: Arc<dyn RequestObserver> = Arc::<Monitor>::clone(&self.monitor);
        let work = move || {
            open(&Opening {
                name: &name,
                entry: &entry,
                access,
                root: &root,
                emulated: emulated.as_ref(),
                secrets: &secrets,
                stopped: &|| shutdown.stop.is_cancelled(),
                observer: &observer,
            })
        };
        let opened = tokio::task::spawn_blocking(work).await;
        opened.unwrap_or_else(|error| resume_unwind(error.into_panic()))
    }

    /// The way to read a provider that is open.
    pub(super) fn reader(&self, provider: &str) -> Option<&dyn provider::Read> {
        self.systems.get(provider).map(|system| system.reader.as_ref())
    }

    /// How many tenants of a provider are under way at once. Its limits hold all the same.
    pub(super) fn tenants_at_once(&self, provider: &str) -> usize {
        let slots = self.systems.get(provider).map_or(1, |system| system.limits.concurrency as usize);
        slots / REQUESTS_PER_TENANT + TENANTS_BESIDE
    }

    /// Does something for each tenant of the run, in order.
    pub(super) async fn each_tenant<F: Future>(
        &self,
        work: impl Fn(&'a CheckedTenant) -> F,
    ) -> Vec<F::Output> {
        in_order(self.each_of(self.checked.tenants.iter(), work).collect().await)
    }

    /// The same for some tenants, each by its index as it is done: see [`by_provider`].
    pub(super) fn each_of<F: Future>(
        &self,
        tenants: impl IntoIterator<Item = &'a CheckedTenant>,
        work: impl Fn(&'a CheckedTenant) -> F,
    ) -> impl Stream<Item = (usize, F::Output)> {
        let provider = |tenant: &CheckedTenant| self.checked.loaded(tenant).tenant.provider.as_str();
        by_provider(tenants, provider, |it| self.tenants_at_once(it), work)
    }

    /// What was read of an account, and where what is declared leads on to: a circle may close in what nobody declares.
    pub(super) async fn follow(&self, tenant: &CheckedTenant, observed: &Observed) -> circles::Read {
        let (objects, circumstances) = (observed.objects.clone(), observed.circumstances.clone());
        let mut live = circles::Read { objects, circumstances, failed: BTreeMap::new() };
        let mut failed = BTreeMap::new();
        // One that is not there is told by the plan itself.
        let is_there = |address: &Address| {
            !matches!(address.kind, Kind::Rules | Kind::Diverts)
                || observed.extensions.is_empty()
                || address.key.parse().is_ok_and(|it: Extension| observed.extensions.contains_key(&it))
        };
        let loaded = &self.checked.loaded(tenant).tenant;
        let mut asked = BTreeSet::new();
        loop {
            let mut wanted = circles::unread(tenant, &live, &|address| self.checked.covers(tenant, address));
            wanted.retain(|address, _| is_there(address) && asked.insert(address.clone()));
            if wanted.is_empty() {
                return circles::Read { failed, ..live };
            }
            let look = async |wanted: BTreeMap<Address, Resource>| {
                let kinds = wanted.keys().map(|address| address.kind).collect();
                let scope = Scope { wanted, kinds, ..Scope::default() };
                self.looked(&loaded.provider, &loaded.tenant, &loaded.account, &scope).await
            };
            let mut add = |read: Observed| {
                live.objects.extend(read.objects);
                live.circumstances.extend(read.circumstances);
            };
            let mut left: Vec<BTreeMap<Address, Resource>> = vec![wanted];
            while let Some(next) = left.pop() {
                match look(next.clone()).await {
                    Ok(read) => add(read),
                    // One that cannot be read does not keep the others from being looked at.
                    Err(why) if why.is_of_this_alone() && next.len() > 1 => {
                        left.extend(next.into_iter().map(|one| BTreeMap::from([one])));
                    }
                    Err(why) if why.is_of_this_alone() => {
                        failed.extend(next.into_keys().map(|address| (address, why.to_string())));
                    }
                    // A server that is not well is not asked once more for each.
                    Err(why) => {
                        let all = left.into_iter().flatten().chain(next);
                        failed.extend(all.map(|(address, _)| (address, why.to_string())));
                        return circles::Read { failed, ..live };
                    }
                }
            }
        }
    }

    /// Reads all that an account of an open provider holds.
    pub(super) async fn read_all(&self, provider: &str, account: &str) -> Result<Observed, Failure> {
        self.read_everything(provider, account, &Scope::everything()).await
    }

    pub(super) async fn read_everything(
        &self,
        provider: &str,
        account: &str,
        scope: &Scope,
    ) -> Result<Observed, Failure> {
        tokio::select! {
            biased;
            () = self.context.shutdown.stop.cancelled() => Err(self.context.stopped()),
            observed = self.observe(provider, account, account, scope) => Ok(observed?),
        }
    }

    /// Reads the account of a tenant, or says why it cannot be read.
    pub(super) async fn read(&self, tenant: &CheckedTenant) -> Result<Observed, Finding> {
        let loaded = self.checked.loaded(tenant);
        if let Some(finding) = self.checked.workspace.untrusted(loaded).filter(|_| !self.sandbox) {
            return Err(finding.at(loaded.place(&[Segment::key("provider")])));
        }
        let Tenant { tenant: name, provider, account, .. } = &loaded.tenant;
        let observed = self.observe(provider, name, account, &self.scope(tenant)).await;
        observed
            .map_err(|why| Finding::explained(UNREADABLE, why).at(loaded.place(&[Segment::key("account")])))
    }

    /// Reads an account of an open provider. `name` is what its requests are logged under.
    async fn observe(
        &self,
        provider: &str,
        name: &str,
        account: &str,
        scope: &Scope,
    ) -> Result<Observed, Explained> {
        let observed = self.look(provider, name, account, scope).await;
        self.context.tenant_read(provider);
        observed
    }

    pub(super) async fn look(
        &self,
        provider: &str,
        name: &str,
        account: &str,
        scope: &Scope,
    ) -> Result<Observed, Explained> {
        self.looked(provider, name, account, scope).await.map_err(Unread::explained)
    }

    async fn looked(
        &self,
        provider: &str,
        name: &str,
        account: &str,
        scope: &Scope,
    ) -> Result<Observed, Unread> {
        let Some(system) = self.systems.get(provider) else {
            let message = format!("provider `{provider}` is not open: {CHANGED}");
            return Err(Unread::Run(Explained::with_help(message, AGAIN)));
        };
        let longest = Duration::from_secs(system.limits.account_timeout.into());
        let observed = during(Phase::Observe, name, system.reader.observe(account, scope));
        let observed = tokio::time::timeout(longest, observed).await;
        let observed = observed.map_err(|_| {
            let message =
                format!("reading account `{account}` takes longer than {} seconds", longest.as_secs());
            let help = "raise `limits.account_timeout` of its provider if the account is that large";
            Unread::Run(Explained::with_help(message, help))
        })?;
        observed.map_err(Unread::Api)
    }

    /// What is to be read of a tenant's account.
    pub(super) fn scope(&self, tenant: &CheckedTenant) -> Scope {
        let covered = |address: &&Address| self.checked.covers(tenant, address);
        let wanted = tenant.desired.iter().filter(|(address, _)| covered(address));
        let absent: BTreeSet<Address> = tenant.absent.keys().filter(covered).cloned().collect();
        let named = |kind: Kind| {
            let mut named = tenant.desired.keys().chain(tenant.absent.keys()).filter(covered);
            named.any(|address| address.kind == kind)
        };
        let earlier = tenant.desired.iter().filter(|(address, _)| covered(address));
        let earlier = earlier.filter_map(|(address, it)| Some((address.clone(), it.own.clone()?)));
        let whole = self.checked.only.is_empty();
        // Rules may still name a schedule that comes back, and apply with it.
        let come_back = tenant.desired.keys().filter(|it| it.kind == Kind::Schedules);
        let come_back = come_back.filter(|_| tenant.intent.restore().is_some()).filter(covered);
        Scope {
            wanted: wanted
                .map(|(address, desired)| {
                    (address.clone(), plan::with_bulk(address, &desired.resource, &tenant.bulk))
                })
                .collect(),
            declared: tenant.desired.keys().cloned().collect(),
            lists: true,
            kinds: Kind::ALL.into_iter().filter(|kind| whole || named(*kind)).collect(),
            exhaustive: tenant.exhaustive.clone(),
            watched: tenant
                .switched_off
                .iter()
                .filter(covered)
                .cloned()
                .chain(tenant.bulk.iter().filter_map(BulkEntry::of_all))
                .chain(come_back.cloned())
                .collect(),
            absent,
            earlier: earlier.collect(),
            restores: tenant.intent.restore().is_some(),
            everything: false,
            uses: false,
            glance: None,
        }
    }

    /// What is to be done, tenant by tenant, with the systems to do it on. `wait` is how long the run was told to look
    /// for accepted changes.
    pub(super) fn jobs<'j>(&'j self, plan: &'j Plan, wait: Option<Duration>) -> Vec<Job<'j>> {
        let tenants = plan.tenants.iter().filter(|tenant| !tenant.steps.is_empty());
        let job = |plan: &'j TenantPlan| {
            let System { reader, writer, limits, propagation, addresses: _, pacers: _ } =
                &self.systems[&plan.provider];
            let settle = Duration::from_secs(limits.settle.into());
            Some(Job {
                plan,
                reader: reader.as_ref(),
                writer: writer.as_deref()?,
                read_back: ReadBackTimes {
                    settle,
                    wait: wait.map_or(settle, |wait| wait.max(settle)),
                    propagation: *propagation,
                },
                at_once: limits.concurrency as usize * STEPS_PER_REQUEST_SLOT,
            })
        };
        tenants.filter_map(job).collect()
    }

    /// How far the reading of the accounts is, for whoever shows it.
    pub fn reading_progress(&self) -> Progress {
        let mut progress = Progress::reading(self.checked.counts().0, self.paces());
        for (provider, accounts) in self.checked.accounts() {
            // Of one that is not trusted nothing is read.
            if let Some(lane) = progress.lanes.get_mut(provider) {
                lane.accounts = accounts;
            }
        }
        progress
    }

    /// Every provider of the run, with its pace.
    pub fn paces(&self) -> BTreeMap<String, Pace> {
        self.systems.iter().map(|(name, system)| (name.clone(), Pace(system.pacers.clone()))).collect()
    }

    /// Gives back what is locked, and ends the emulated systems.
    pub async fn close(self) {
        for emulated in self.emulated {
            emulated.stop().await;
        }
        // However the run ended, nobody else should have to wait; and whoever wants to leave at once does.
        tokio::select! {
            () = self.locks.release(self.context) => {}
            () = self.context.shutdown.abort.cancelled() => {}
        }
    }
}

/// Why a system cannot be read, and the way out if it has one.
/// Why something was not read.
enum Unread {
    Api(ApiError),
    /// Nothing was asked, or not waited for any longer.
    Run(Explained),
}

impl Unread {
    fn is_of_this_alone(&self) -> bool {
        matches!(self, Self::Api(error) if error.problem.is_of_this_alone())
    }

    fn explained(self) -> Explained {
        match self {
            Self::Api(error) => explained(error),
            Self::Run(why) => why,
        }
    }
}

impl fmt::Display for Unread {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Api(error) => error.fmt(f),
            Self::Run(why) => why.fmt(f),
        }
    }
}

pub(super) fn explained(error: ApiError) -> Explained {
    match error.help() {
        Some(help) => Explained::with_help(error.to_string(), help),
        None => Explained::new(error.to_string()),
    }
}
