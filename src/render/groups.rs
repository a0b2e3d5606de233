//! The same change of many tenants is one block: three hundred offices that get other hours by one line of a template.

use crate::plan::{Plan, Step, TenantPlan};
use std::collections::{BTreeMap, BTreeSet};

/// From so many tenants on equal steps are one block.
const MANY: usize = 3;

/// Of more tenants than this only so many are named.
const NAMED: usize = 6;

/// One step, and the tenants of which it is one.
pub struct Group<'p> {
    pub step: &'p Step,
    pub tenants: Vec<&'p TenantPlan>,
}

/// The steps of a plan that many tenants have in common, in the order of the first of each.
pub struct Groups<'p> {
    pub all: Vec<Group<'p>>,
    /// Of each tenant the places of its steps that are in a group.
    grouped: BTreeMap<&'p str, BTreeSet<usize>>,
}

impl<'p> Groups<'p> {
    /// None where each tenant is to be shown by itself.
    pub fn of(plan: &'p Plan, expand: bool) -> Self {
        let mut groups = Self { all: Vec::new(), grouped: BTreeMap::new() };
        if expand || plan.tenants.len() < MANY {
            return groups;
        }
        type Same<'p> = (usize, Vec<(&'p TenantPlan, usize)>);
        let mut same: BTreeMap<String, Same<'p>> = BTreeMap::new();
        for tenant in &plan.tenants {
            for (at, step) in tenant.steps.iter().enumerate() {
                let next = same.len();
                same.entry(alike(step)).or_insert_with(|| (next, Vec::new())).1.push((tenant, at));
            }
        }
        let mut all: Vec<Same<'p>> = same.into_values().filter(|(_, each)| each.len() >= MANY).collect();
        all.sort_by_key(|(first, _)| *first);
        for (_, each) in all {
            let Some((tenant, at)) = each.first() else { continue };
            let step = &tenant.steps[*at];
            groups.all.push(Group { step, tenants: each.iter().map(|(tenant, _)| *tenant).collect() });
            for (tenant, at) in each {
                groups.grouped.entry(&tenant.tenant).or_default().insert(at);
            }
        }
        groups
    }

    /// The steps of a tenant that are shown with it.
    pub fn rest(&self, tenant: &'p TenantPlan) -> Vec<&'p Step> {
        let grouped = self.grouped.get(tenant.tenant.as_str());
        let each = tenant.steps.iter().enumerate();
        each.filter(|(at, _)| grouped.is_none_or(|it| !it.contains(at))).map(|(_, step)| step).collect()
    }

    /// Where a step is declared that several tenants have: in the file that they share, or in that of the first and of others.
    pub fn place(&self, step: &Step) -> Option<String> {
        let group = self.all.iter().find(|it| std::ptr::eq(it.step, step))?;
        let sources = group.tenants.iter().flat_map(|it| &it.steps).filter(|it| it.address == step.address);
        let places: BTreeSet<(&str, usize)> =
            sources.filter_map(|it| it.source.as_ref()).map(|it| (it.file.as_str(), it.line)).collect();
        let source = step.source.as_ref()?;
        match places.len() {
            0 | 1 => Some(format!("{}:{}", source.file, source.line)),
            several => Some(format!("{}:{} and {} more", source.file, source.line, several - 1)),
        }
    }

    /// The groups that the same tenants are in, with these tenants.
    pub fn by_tenants(&self) -> Vec<(Vec<&'p TenantPlan>, Vec<&'p Step>)> {
        let mut found: Vec<(Vec<&'p TenantPlan>, Vec<&'p Step>)> = Vec::new();
        let names =
            |tenants: &[&TenantPlan]| -> Vec<String> { tenants.iter().map(|it| it.tenant.clone()).collect() };
        for Group { step, tenants } in &self.all {
            match found.iter_mut().find(|(others, _)| names(others) == names(tenants)) {
                Some((_, steps)) => steps.push(step),
                None => found.push((tenants.clone(), vec![step])),
            }
        }
        found
    }
}

/// What two steps have in common that are the same change.
fn alike(step: &Step) -> String {
    let Step { address, action, class, reason, critical, changes, lost, instructions, .. } = step;
    let clicks: Vec<String> = instructions.iter().map(ToString::to_string).collect();
    // Plain data with text keys: serialising cannot fail.
    serde_json::to_string(&(address, action, class, reason, critical, changes, lost, clicks))
        .unwrap_or_default()
}

/// "acme, bolt and 298 more"
pub fn names(tenants: &[&TenantPlan]) -> String {
    let named = if tenants.len() > NAMED { NAMED - 1 } else { tenants.len() };
    let names: Vec<&str> = tenants.iter().take(named).map(|it| it.tenant.as_str()).collect();
    match tenants.len() - named {
        0 => names.join(", "),
        more => format!("{} and {more} more", names.join(", ")),
    }
}
