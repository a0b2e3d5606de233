//! One tenant's plan: against what is live, or against what the files said at another revision.

use super::{
    Checked, Options, check::CheckedTenant, noticed, pictured::Drawings, place::locate, plan_file::made_from,
};
use crate::{
    finding::{Finding, Place},
    load::{LoadedTenant, WORKSPACE_FILE, differs},
    model::Address,
    path::Segment,
    plan::{self, Input, Observed, Plan, Policy, TenantPlan},
    provider::Workspace,
};
use std::collections::BTreeMap;

/// Compares the files with what they said at the revision of [`Selection::against`](super::Selection::against). No phone system
/// is asked, and no credential is looked for.
pub fn plan_against(checked: &Checked, options: &Options) -> Plan {
    plan_against_drawn(checked, options, &mut Drawings::default())
}

/// The same with drawings, where they are wanted.
pub fn plan_against_drawn(checked: &Checked, options: &Options, drawings: &mut Drawings) -> Plan {
    let tenants = checked.tenants.iter().map(|tenant| {
        let loaded = checked.loaded(tenant);
        let covered = |address: &Address| checked.covers(tenant, address);
        let place = |path: &[Segment]| Some(locate(loaded, path));
        let then = tenant.base.as_ref();
        let Some(then) = then else {
            let message = format!(
                "tenant `{}` is not compared: what it declared then cannot be read",
                loaded.tenant.tenant
            );
            let finding = Finding::error("base", message).help("see the warnings about the files of then");
            let it = &loaded.tenant;
            return TenantPlan::blocked(&it.tenant, &it.provider, &it.account, vec![finding]);
        };
        let nothing = (Observed::default(), BTreeMap::new());
        let input = input(&checked.workspace, loaded, tenant, &covered, &place, &nothing.0, &nothing.1);
        let mut plan = plan::against(input, then, &loaded.tenant);
        noticed::judge_files(loaded, tenant, checked.workspace.at, &mut plan);
        drawings.add_files(loaded, tenant, checked.workspace.at, &plan);
        plan
    });
    let mut warnings = checked.warnings.clone();
    let other = options.selection.against.as_ref();
    let other = other.filter(|it| match &checked.merge {
        Some(merge) => merge.differs(&checked.root, it, WORKSPACE_FILE),
        None => differs(&checked.root, it, WORKSPACE_FILE),
    });
    if let Some(revision) = other {
        let message = format!("`{WORKSPACE_FILE}` differs from {revision}, and is not compared");
        let help = "it says where credentials are sent, and what `guard` permits: read its difference";
        warnings.push(Finding::warning("config", message).help(help));
    }
    let plan = Plan::new(tenants.collect()).made_from(made_from(checked, options));
    plan.with_findings(warnings)
}

/// A tenant's account compared with what is wanted. `covered` says which objects the run is about, `place` where they stand,
/// `platform` which numbers are on the same platform.
pub(super) fn compared(
    workspace: &Workspace,
    loaded: &LoadedTenant,
    tenant: &CheckedTenant,
    covered: &dyn Fn(&Address) -> bool,
    place: &dyn Fn(&[Segment]) -> Option<Place>,
    observed: &Observed,
    platform: &BTreeMap<String, String>,
) -> TenantPlan {
    plan::build(input(workspace, loaded, tenant, covered, place, observed, platform))
}

/// Everything that a tenant's plan follows from.
pub(super) fn input<'a>(
    workspace: &Workspace,
    loaded: &'a LoadedTenant,
    tenant: &'a CheckedTenant,
    only: &'a dyn Fn(&Address) -> bool,
    place: &'a dyn Fn(&[Segment]) -> Option<Place>,
    observed: &'a Observed,
    platform: &'a BTreeMap<String, String>,
) -> Input<'a> {
    let config = &workspace.providers[&loaded.tenant.provider];
    let absent = tenant.absent.iter().filter(|(address, _)| only(address));
    Input {
        tenant: &loaded.tenant.tenant,
        provider: &loaded.tenant.provider,
        account: &loaded.tenant.account,
        desired: tenant.desired.clone(),
        time_zone: loaded.tenant.time_zone.as_deref(),
        platform,
        absent: absent.map(|(address, source)| (address.clone(), source.clone())).collect(),
        protected: tenant.protected.clone(),
        passed: &tenant.passed,
        base: tenant.base.as_ref(),
        switched_off: tenant.switched_off.clone(),
        bulk: &tenant.bulk,
        exhaustive: tenant.exhaustive.clone(),
        observed,
        dialect: &tenant.provider.dialect,
        policy: Policy {
            guard: workspace.file.guard,
            experimental: config.experimental(),
            unobservable: config.unobservable(),
            restores: tenant.intent.restore().is_some(),
        },
        place,
        only,
    }
}
