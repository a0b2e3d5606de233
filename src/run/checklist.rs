//! What of a workspace only people can set or look at. Asks no phone system and needs no credential.

use super::Checked;
use crate::plan::{Checklist, Policy, to_check};

/// The list of each tenant of the run, as its files declare it.
pub fn checklist(checked: &Checked) -> Vec<Checklist> {
    let lists = checked.tenants.iter().map(|tenant| {
        let loaded = checked.loaded(tenant);
        let config = checked.config(tenant);
        let policy = Policy {
            guard: checked.workspace.file.guard,
            experimental: config.experimental(),
            unobservable: config.unobservable(),
            restores: false,
        };
        let mut to_check = to_check(&tenant.desired, &tenant.absent, &tenant.provider.dialect, &policy);
        to_check.retain(|it| checked.covers(tenant, &it.address));
        Checklist {
            tenant: loaded.tenant.tenant.clone(),
            provider: loaded.tenant.provider.clone(),
            account: loaded.tenant.account.clone(),
            to_check,
        }
    });
    let mut lists: Vec<Checklist> = lists.collect();
    lists.sort_by(|a, b| a.tenant.cmp(&b.tenant));
    lists
}
