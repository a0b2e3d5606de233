//! A fleet, batch by batch: of its tenants those of one batch are in memory, and of the others what a plan says.
//!
//! The files are read twice: once to find everything that is wrong, before anything is sent, and once to be planned. By then they
//! have to be the same: nobody has looked at any other.

use super::{
    Checked, CheckedTenant, Context, Drawings, Options, Session,
    across::Between,
    allows::Allows,
    check::{AGAIN, CHANGED, Fleet, KindsOf, add_kinds, in_files, settings},
    declared::declared,
    levels::Levels,
    platforms::{Known, Platforms},
    session::Opened,
};
use crate::{
    error::Failure,
    finding::{Finding, Level, bounded},
    load::{Files, InBatches, LoadedTenant, Which},
    model::E164,
    plan::{Across, Detail, Plan, TenantPlan, Wanted},
    provider::{Kinds, Workspace},
};
use std::{
    collections::{BTreeMap, BTreeSet, HashMap},
    path::Path,
    sync::OnceLock,
};

/// How many bytes of files are loaded at once. Loaded they take about twenty times as much.
const BATCH: u64 = 96 * 1024;
/// How many tenants of each provider are worked beside each other at least.
const OF_EACH: u64 = 3;

/// How a command goes through a fleet.
pub fn in_batches() -> InBatches<'static> {
    static ALONE: OnceLock<Vec<&'static str>> = OnceLock::new();
    InBatches {
        bytes: BATCH,
        of_each: OF_EACH,
        single_account: ALONE.get_or_init(super::lints::single_account),
    }
}

/// The same for what looks at files alone: less is in memory beside them, and each batch takes some time of its own.
pub fn checks_in_batches() -> InBatches<'static> {
    InBatches { bytes: 256 * 1024, of_each: 0, ..in_batches() }
}

/// Loads and checks what the files declare, batch by batch where they are many.
pub(super) fn check(root: &Path, options: &Options) -> Result<Checked, Failure> {
    let Some(how) = options.in_batches.as_ref().filter(|_| options.selection.is_everything()) else {
        return declared(root, options, None);
    };
    let files = Files::Directory(root.to_owned());
    let workspace = Workspace::load_to_check(&files, &Kinds, options.at(), &Which::InBatches(how));
    let workspace = workspace.map_err(Failure::Findings)?;
    match workspace.batches() {
        0 => declared(root, options, Some(workspace)),
        _ => check_fleet(root, files, workspace, options),
    }
}

fn check_fleet(
    root: &Path,
    files: Files,
    mut workspace: Workspace,
    options: &Options,
) -> Result<Checked, Failure> {
    let head = workspace.findings.clone();
    // Each kind of finding in the order of the files, as it is where all of them are loaded.
    let mut in_order: [Vec<Finding>; 6] = Default::default();
    let mut allows = Allows::default();
    let (accounts, kinds) = (BTreeMap::new(), KindsOf::new());
    let mut fleet = Fleet { files, counts: (0, 0), accounts, has_until: false, kinds, sums: Vec::new() };
    for batch in 0..workspace.batches() {
        let wrong = workspace.load_batch(&fleet.files, &Kinds, batch);
        workspace.findings.extend(wrong.iter().cloned());
        fleet.sums.push(workspace.tenants.iter().map(LoadedTenant::sum).collect());
        allows.add(&workspace);
        add_kinds(&workspace, &mut fleet.kinds);
        let (tenants, refused) = tenants(&workspace);
        for tenant in &tenants {
            let loaded = &workspace.tenants[tenant.index];
            *fleet.accounts.entry(loaded.tenant.provider.clone()).or_default() += 1;
            fleet.has_until |= loaded.untils().next().is_some();
        }
        fleet.counts.0 += tenants.len();
        fleet.counts.1 += tenants.iter().map(|it| it.desired.len()).sum::<usize>();
        let [found, ends, protected, coming] = in_files(&workspace);
        for (all, mut new) in in_order.iter_mut().zip([wrong, found, ends, protected, coming, refused]) {
            all.append(&mut new);
        }
    }
    workspace.unload();
    in_order.iter_mut().for_each(|all| all.sort());
    let mut found = head;
    found.extend(in_order.into_iter().flatten());
    found.extend(settings(&workspace, &fleet.kinds));
    let levels = Levels::of(options, &workspace, &mut found)?;
    allows.put_in_order();
    let mut findings = levels.of_files(found, &allows, &workspace);
    if findings.iter().any(|finding| finding.level == Level::Error) {
        findings.sort();
        findings.dedup();
        return Err(Failure::Findings(bounded(findings)));
    }
    let fleet = Some(fleet);
    Ok(Checked { levels, allows, fleet, ..Checked::of(root, workspace, Vec::new(), bounded(findings)) })
}

/// The tenants that are loaded, and what of them their providers cannot hold.
fn tenants(workspace: &Workspace) -> (Vec<CheckedTenant>, Vec<Finding>) {
    let (mut tenants, mut refused) = (Vec::new(), Vec::new());
    for checked in CheckedTenant::of_each(workspace, workspace.at) {
        match checked {
            Ok(tenant) => tenants.push(tenant),
            Err(found) => refused.extend(found),
        }
    }
    (tenants, refused)
}

impl Checked {
    /// Loads the tenants of a batch in place of those that are loaded.
    fn load_batch(&mut self, batch: usize) -> Result<(), Failure> {
        self.tenants = Vec::new();
        let Some(fleet) = &self.fleet else { return Ok(()) };
        let mut wrong = self.workspace.load_batch(&fleet.files, &Kinds, batch);
        let (tenants, refused) = tenants(&self.workspace);
        wrong.extend(refused);
        wrong.retain(|finding| finding.level == Level::Error);
        if !wrong.is_empty() {
            return Err(Failure::Findings(bounded(wrong)));
        }
        // Nobody has looked at any other text.
        let sums = self.workspace.tenants.iter().map(LoadedTenant::sum);
        if fleet.sums.get(batch).is_none_or(|then| !sums.eq(then.iter().copied())) {
            return Err(Failure::error(CHANGED).help(AGAIN));
        }
        self.tenants = tenants;
        Ok(())
    }
}

/// Plans the tenants of a run over what is open: those that are loaded, or those of a fleet, batch by batch.
pub async fn plan_over(
    opened: Opened,
    checked: &mut Checked,
    context: &Context,
    detail: Detail,
    drawings: &mut Drawings,
) -> (Opened, Result<Plan, Failure>) {
    if checked.fleet.is_none() {
        let session = Session::over(opened, checked, context);
        // What is loaded all at once is planned whole: `detail` is about fleets.
        let plan = session.plan_drawn(Detail::Whole, drawings).await;
        return (session.into_opened(), plan);
    }
    let (opened, plans) = plan_fleet(opened, checked, detail, context).await;
    checked.tenants = Vec::new();
    checked.workspace.unload();
    let session = Session::over(opened, checked, context);
    let plan = plans.map(|plans| session.put_together(plans));
    (session.into_opened(), plan)
}

async fn plan_fleet(
    mut opened: Opened,
    checked: &mut Checked,
    detail: Detail,
    context: &Context,
) -> (Opened, Result<Vec<TenantPlan>, Failure>) {
    let mut known = Known::default();
    let files = checked.workspace.files_in_batches();
    // As many as there are: a list that grows is there twice while it does.
    let count = checked.fleet.as_ref().map_or(0, |fleet| fleet.counts.0);
    let (mut plans, mut ways_out) = (Vec::with_capacity(count), Vec::with_capacity(count));
    let (mut begins, mut sends) = (Vec::new(), Vec::new());
    // The plan of each file that has one.
    let mut plan_of = BTreeMap::new();
    for batch in 0..checked.workspace.batches() {
        begins.push(plans.len());
        let planned;
        (opened, planned) =
            plan_batch(opened, checked, batch, |_| true, &Platforms::new(), detail, context).await;
        let planned = match planned {
            Ok(planned) => planned,
            Err(failure) => return (opened, Err(failure)),
        };
        for (tenant, plan) in checked.tenants.iter().zip(planned) {
            let file = files.binary_search_by(|it| it.as_str().cmp(checked.loaded(tenant).file()));
            let file = u32::try_from(file.unwrap_or_default()).unwrap_or(u32::MAX);
            ways_out.push(known.add(file, &plan));
            plan_of.insert(file, plans.len());
            if !plan.across.sends.is_empty() {
                sends.push((plans.len(), plan.across.sends.clone()));
            }
            plans.push(compared(plan));
        }
    }
    // Only when every account is read is it known which numbers are on one platform. Few lead there.
    for (batch, begin) in begins.iter().enumerate() {
        let end = begins.get(batch + 1).copied().unwrap_or(plans.len());
        let platforms = known.led_to(&ways_out[*begin..end]);
        let again: HashMap<String, usize> = (*begin..end)
            .filter(|at| known.leads_there(&ways_out[*at]))
            .map(|at| (plans[at].tenant.clone(), at))
            .collect();
        if again.is_empty() {
            continue;
        }
        let planned;
        let is_it = |name: &str| again.contains_key(name);
        (opened, planned) = plan_batch(opened, checked, batch, is_it, &platforms, detail, context).await;
        match planned {
            Ok(planned) => {
                for plan in planned {
                    if let Some(at) = again.get(&plan.tenant) {
                        plans[*at] = compared(plan);
                    }
                }
            }
            Err(failure) => return (opened, Err(failure)),
        }
    }
    let owner = |number: &E164| known.owner(number).and_then(|file| plan_of.get(&file).copied());
    let mut between = Between::default();
    sends.iter().for_each(|(from, numbers)| between.lead(*from, numbers, &owner));
    let found;
    (opened, found) = find_circles(opened, checked, &mut plans, between, &begins, &owner, context).await;
    (opened, found.map(|()| plans))
}

/// Adds the circles that lead through several tenants. Those through which a way leads are loaded again, and nobody else.
async fn find_circles(
    mut opened: Opened,
    checked: &mut Checked,
    plans: &mut [TenantPlan],
    mut between: Between,
    begins: &[usize],
    owner: &dyn Fn(&E164) -> Option<usize>,
    context: &Context,
) -> (Opened, Result<(), Failure>) {
    let mut loaded: BTreeMap<usize, LoadedTenant> = BTreeMap::new();
    loop {
        let is_last = between.waiting().is_empty();
        if is_last && between.in_circles().is_empty() {
            return (opened, Ok(()));
        }
        let new = between.waiting().iter().copied().filter(|at| !loaded.contains_key(at));
        let new: BTreeMap<&str, usize> = new.map(|at| (plans[at].tenant.as_str(), at)).collect();
        let batches: BTreeSet<usize> =
            new.values().map(|at| begins.partition_point(|begin| begin <= at) - 1).collect();
        for batch in batches {
            if let Err(failure) = checked.load_batch(batch) {
                return (opened, Err(failure));
            }
            let all = std::mem::take(&mut checked.workspace.tenants).into_iter();
            loaded.extend(all.filter_map(|it| Some((*new.get(it.tenant.tenant.as_str())?, it))));
        }
        let places: Vec<usize> = loaded.keys().copied().collect();
        checked.workspace.tenants = loaded.into_values().collect();
        checked.tenants = tenants(&checked.workspace).0;
        let session = Session::over(opened, checked, context);
        let tenants = checked.tenants.iter().map(|it| (places[it.index], it)).collect();
        let followed = match is_last {
            true => {
                session.add_circles(plans, &between, &tenants);
                Ok(())
            }
            false => session.follow_between(&mut between, &tenants, owner).await,
        };
        opened = session.into_opened();
        if is_last || followed.is_err() {
            return (opened, followed);
        }
        loaded = places.into_iter().zip(std::mem::take(&mut checked.workspace.tenants)).collect();
    }
}

/// A plan without what it is compared by.
fn compared(plan: TenantPlan) -> TenantPlan {
    TenantPlan { across: Across::default(), wanted: Wanted::default(), ..plan }
}

/// Loads a batch, and plans those of its tenants that are named.
async fn plan_batch(
    opened: Opened,
    checked: &mut Checked,
    batch: usize,
    is_named: impl Fn(&str) -> bool,
    platforms: &Platforms,
    detail: Detail,
    context: &Context,
) -> (Opened, Result<Vec<TenantPlan>, Failure>) {
    if let Err(failure) = checked.load_batch(batch) {
        return (opened, Err(failure));
    }
    let session = Session::over(opened, checked, context);
    let name = |it: &CheckedTenant| is_named(&checked.loaded(it).tenant.tenant);
    let tenants: Vec<&CheckedTenant> = checked.tenants.iter().filter(|it| name(it)).collect();
    let plans = session.plan_each(&tenants, platforms, detail).await;
    (session.into_opened(), plans)
}
