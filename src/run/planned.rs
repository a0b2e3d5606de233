//! The plan of a session: every account read, and each tenant compared with it.

use super::{
    CheckedTenant, Drawings, Intent, Session, across,
    allowed::Allowed,
    at_once::in_order,
    circles,
    compared::input,
    drift::with_ways_out,
    noticed,
    place::locate,
    platforms::{Known, Platforms},
    undo::judged,
};
use crate::{
    cores,
    error::Failure,
    finding::{Finding, Place},
    model::{Address, Kind, Resource},
    path::Segment,
    plan::{self, Action, Base, Desired, Detail, Input, Note, Observed, Plan, Step, TenantPlan},
    restore,
};
use futures::StreamExt;
use std::{
    collections::{BTreeMap, BTreeSet},
    pin::pin,
    sync::Arc,
};

/// Up to so many accounts are all read before one of them is planned. Of more, each is planned when it is read, and what was read is
/// forgotten. If an emergency way of it leads to a number of the same system, it is read again.
const MANY: usize = 100;

/// What is known of a tenant when its account has been read.
struct Whole<'a> {
    tenant: &'a CheckedTenant,
    read: Result<Observed, Finding>,
    live: Arc<circles::Read>,
}

impl<'a> Session<'a> {
    /// Reads every tenant and plans it, for the plan to be carried out: the table of calls is not in it ([`Detail::ToApply`]). A tenant
    /// that cannot be read whole is blocked; the others go on.
    ///
    /// Fails only if the run is told to stop.
    pub async fn plan(&self) -> Result<Plan, Failure> {
        let tenants = &self.checked.tenants;
        if tenants.len() <= MANY {
            return self.plan_drawn(Detail::ToApply, &mut Drawings::default()).await;
        }
        let tenants: Vec<&CheckedTenant> = tenants.iter().collect();
        let mut known = Known::default();
        let mut plans = self.plan_each(&tenants, &Platforms::new(), Detail::ToApply).await?;
        let ways_out: Vec<_> = (0..).zip(&plans).map(|(at, plan)| known.add(at, plan)).collect();
        let again: Vec<usize> = (0..plans.len()).filter(|at| known.leads_there(&ways_out[*at])).collect();
        let tenants: Vec<&CheckedTenant> = again.iter().map(|at| tenants[*at]).collect();
        let planned = self.plan_each(&tenants, &known.led_to(&ways_out), Detail::ToApply).await?;
        for (at, mut plan) in again.into_iter().zip(planned) {
            // They were read.
            if plan.is_unread() {
                plan.across.hosts = std::mem::take(&mut plans[at].across.hosts);
            }
            plans[at] = plan;
        }
        self.find_circles_between(&mut plans, &known, &[]).await?;
        Ok(self.put_together(plans))
    }

    /// Plans in some detail, and with drawings where they are wanted.
    pub async fn plan_drawn(&self, detail: Detail, drawings: &mut Drawings) -> Result<Plan, Failure> {
        let reads = self.each_tenant(|tenant| self.read_whole(tenant));
        let reads = tokio::select! {
            biased;
            () = self.context.shutdown.stop.cancelled() => return Err(self.context.stopped()),
            reads = reads => reads,
        };
        // Only when every account is read is it known which numbers are on one platform.
        let mut platforms = Platforms::new();
        for Whole { tenant, read, .. } in &reads {
            let numbers = platforms.entry(self.checked.config(tenant).system()).or_default();
            let account = &self.checked.loaded(tenant).tenant.account;
            numbers.extend(read.iter().flat_map(hosted).map(|it| (it, account.clone())));
        }
        let mut plans = Vec::new();
        let together = cores::worth_all();
        // Where calls go on from one of them to another.
        let lives: Vec<Arc<circles::Read>> = reads.iter().map(|it| it.live.clone()).collect();
        let mut reads = reads.into_iter().peekable();
        while reads.peek().is_some() {
            // Whoever watches the run sees how far it is, and can end it here as well.
            tokio::task::yield_now().await;
            if self.context.shutdown.stop.is_cancelled() {
                return Err(self.context.stopped());
            }
            if drawings.are_wanted() {
                let next = reads.next();
                plans.extend(next.map(|read| self.plan_read(read, &platforms, drawings).kept(detail)));
            } else {
                let some: Vec<Whole<'_>> = reads.by_ref().take(together).collect();
                let plan = |read| self.plan_undrawn(read, &platforms).kept(detail);
                plans.extend(cores::each(some.into_iter(), plan));
            }
        }
        let mut known = Known::default();
        (0..).zip(&plans).for_each(|(at, plan)| drop(known.add(at, plan)));
        self.find_circles_between(&mut plans, &known, &lives).await?;
        Ok(self.put_together(plans))
    }

    /// The plans of some tenants, in their order. What was read of one is forgotten when it is planned. `platforms`: the numbers
    /// that they may lead to.
    pub(super) async fn plan_each(
        &self,
        tenants: &[&'a CheckedTenant],
        platforms: &Platforms,
        detail: Detail,
    ) -> Result<Vec<TenantPlan>, Failure> {
        let plans = async {
            let mut plans = Vec::with_capacity(tenants.len());
            // Until as many are read as every core has work with. While it plans, nobody takes an answer or ends the run.
            let reads = self
                .each_of(tenants.iter().copied(), |tenant| self.read_whole(tenant))
                .chunks(cores::worth_all());
            let mut reads = pin!(reads);
            while let Some(some) = reads.next().await {
                plans.extend(cores::each(some.into_iter(), |(index, read)| {
                    (index, self.plan_undrawn(read, platforms).kept(detail))
                }));
            }
            in_order(plans)
        };
        tokio::select! {
            biased;
            () = self.context.shutdown.stop.cancelled() => Err(self.context.stopped()),
            plans = plans => Ok(plans),
        }
    }

    fn plan_undrawn(&self, read: Whole<'_>, platforms: &Platforms) -> TenantPlan {
        self.plan_read(read, platforms, &mut Drawings::default())
    }

    async fn read_whole(&self, tenant: &'a CheckedTenant) -> Whole<'a> {
        let read = self.read(tenant).await;
        let live = match &read {
            Ok(observed) => self.follow(tenant, observed).await,
            Err(_) => circles::Read::default(),
        };
        Whole { tenant, read, live: Arc::new(live) }
    }

    fn plan_read(
        &self,
        Whole { tenant, read, live }: Whole<'_>,
        platforms: &Platforms,
        drawings: &mut Drawings,
    ) -> TenantPlan {
        let hosts = read.iter().flat_map(hosted).collect::<BTreeSet<_>>().into_iter().collect();
        let mut plan = match read {
            Ok(observed) => self.plan_tenant(tenant, observed, platforms),
            Err(finding) => self.blocked(tenant, vec![finding]),
        };
        for (address, why) in live.failed.iter().filter(|_| !plan.steps.is_empty()) {
            let text = format!("where calls go on from here could not be read, and is not known: {why}");
            plan.notes.push(Note::new(address, text));
        }
        let (loaded, at) = (self.checked.loaded(tenant), self.checked.workspace.at);
        noticed::judge(loaded, tenant, &live, at, &mut plan);
        drawings.add(loaded, tenant, &live, at, &plan);
        plan = circles::judge(self.checked, tenant, &live, self.read_by(), plan);
        if !plan.steps.is_empty() {
            plan.across.sends = across::sends(self.checked, tenant, &live.objects, &plan.steps);
        }
        if !plan.across.sends.is_empty() {
            plan.across.leads = plan::leads(&plan.steps, &live.objects);
        }
        let found = std::mem::take(&mut plan.findings);
        plan = self.judged(plan, found);
        plan.across.hosts = hosts;
        plan.across.system = self.checked.config(tenant).system();
        // One that is not trusted was not opened.
        let system = self.systems.get(&plan.provider);
        TenantPlan { endpoints: system.map(|it| it.addresses.clone()).unwrap_or_default(), ..plan }
    }

    /// A plan with what is found of it, or stopped by that.
    pub(super) fn judged(&self, mut plan: TenantPlan, found: Vec<Finding>) -> TenantPlan {
        let judged = self.checked.judged(found).into_iter();
        let (denied, told) = judged.partition::<Vec<_>, _>(|it| self.checked.denies(it));
        plan.findings.extend(told);
        plan.stopped_by(denied)
    }

    /// The option by which live objects are read.
    pub(super) fn read_by(&self) -> &'static str {
        if self.sandbox { "--sandbox" } else { "--live" }
    }

    /// The plans of all tenants as one.
    pub(super) fn put_together(&self, tenants: Vec<TenantPlan>) -> Plan {
        let plan = Plan::new(tenants).made_from(self.made_from.clone());
        let unused = Allowed::unused(&self.checked.allowed, &plan);
        let plan = plan.with_findings(self.checked.warnings.clone()).with_findings(unused);
        match &self.checked.whole {
            Some(of) => plan::with_part(plan, of),
            None => plan,
        }
    }

    fn plan_tenant(
        &self,
        tenant: &CheckedTenant,
        mut observed: Observed,
        platforms: &Platforms,
    ) -> TenantPlan {
        let loaded = self.checked.loaded(tenant);
        let (none, account) = (BTreeMap::new(), &loaded.tenant.account);
        let platform = platforms.get(&self.checked.config(tenant).system()).unwrap_or(&none);
        let mut plan = match &tenant.intent {
            Intent::Declared => {
                let place = |path: &[Segment]| Some(locate(loaded, path));
                self.compare(tenant, None, &place, &observed, platform)
            }
            Intent::Restore(restoration) => {
                let mut notes: Vec<Note> = restoration.accept_earlier_dial_strings(&mut observed);
                let mut desired = tenant.desired.clone();
                let dead = restoration.leave_out(&mut desired, &|address, earlier| {
                    let live = observed.objects.get(address);
                    let comes = |it: &Address| restoration.desired.contains_key(it);
                    plan::dead_ends(account, address, earlier, live, &comes, &observed, platform)
                });
                // What a restore wants stands in no tenant's file.
                let mut plan = self.compare(tenant, Some(&desired), &|_| None, &observed, platform);
                let dialect = &tenant.provider.dialect;
                let made = plan.steps.iter().filter(|it| it.action == Action::Create);
                notes.extend(made.filter_map(|step| {
                    let text = observed.not_kept.get(&step.address)?;
                    Some(Note::new(&step.address, format!("it does not come back with {text}")))
                }));
                restoration.annotate(
                    &|address| self.checked.named(tenant, address),
                    dialect,
                    notes,
                    &dead,
                    &mut plan,
                );
                plan
            }
        };
        let hidden = |address: &Address| {
            let mut fields = observed.opaque.get(address).cloned().unwrap_or_default();
            fields.extend(observed.unreadable.get(address).into_iter().flat_map(|it| it.keys().cloned()));
            fields
        };
        let dead = |step: &Step, earlier: &Resource| {
            let after = step.after.as_ref();
            plan::dead_ends(account, &step.address, earlier, after, &|_| false, &observed, platform)
        };
        restore::mark_lost(&mut plan, &hidden, &dead, &observed, &tenant.provider.dialect);
        plan
    }

    /// Compares a tenant's account with what its file wants, or with what is desired in its place. `place` says where that stands.
    fn compare(
        &self,
        tenant: &CheckedTenant,
        desired: Option<&BTreeMap<Address, Desired>>,
        place: &dyn Fn(&[Segment]) -> Option<Place>,
        observed: &Observed,
        platform: &BTreeMap<String, String>,
    ) -> TenantPlan {
        let loaded = self.checked.loaded(tenant);
        let covered = |address: &Address| self.checked.covers(tenant, address);
        let workspace = &self.checked.workspace;
        let build = |base: Option<&Base>| {
            let input = input(workspace, loaded, tenant, &covered, place, observed, platform);
            plan::build(match desired {
                None => Input { base, ..input },
                Some(desired) => Input { base, desired: desired.clone(), ..input },
            })
        };
        with_ways_out(self.checked, tenant, judged(self.checked, tenant, observed, place, &build))
    }

    fn blocked(&self, tenant: &CheckedTenant, findings: Vec<Finding>) -> TenantPlan {
        let tenant = &self.checked.loaded(tenant).tenant;
        TenantPlan::blocked(&tenant.tenant, &tenant.provider, &tenant.account, findings)
    }
}

/// The numbers of an account.
fn hosted(observed: &Observed) -> impl Iterator<Item = String> {
    let numbers = observed.objects.keys().filter(|it| matches!(it.kind, Kind::Numbers | Kind::Forwards));
    numbers.map(|it| it.key.clone())
}
