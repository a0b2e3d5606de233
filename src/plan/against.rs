//! What the files say against what they said at another revision. Nobody is asked what is live.

use super::{
    Base, Observed, TenantPlan,
    build::{Input, deletion, steps_for},
    by_hand::{self, is_by_hand},
    guard, order, protect,
    undeclared::{NotAnyMore, is_elsewhere, undeclared_fields, warning},
};
use crate::{
    diff::{self, FieldChange},
    finding::Finding,
    model::{Address, Kind, Tenant},
};
use std::collections::BTreeSet;

/// Plans as if all that was declared at the revision were live, and nothing else. What else is wrong of live systems is not
/// looked for. Pure.
pub fn against(input: Input<'_>, then: &Base, now: &Tenant) -> TenantPlan {
    let Input {
        tenant,
        provider,
        account,
        desired,
        absent,
        bulk,
        exhaustive,
        mut protected,
        dialect,
        policy,
        place,
        only,
        ..
    } = input;
    let policy = &policy;
    let observed = Observed { objects: then.desired.clone(), ..Observed::default() };
    let mut plan = TenantPlan::blocked(tenant, provider, account, Vec::new());
    let surplus =
        then.desired.keys().filter(|it| exhaustive.contains(&it.kind) && !desired.contains_key(*it));
    let surplus: Vec<Address> = surplus.filter(|it| only(it) && !absent.contains_key(*it)).cloned().collect();
    for (address, wanted) in desired.iter().filter(|(address, _)| only(address)) {
        if policy.unobservable.contains(&address.kind) {
            plan.steps.extend(by_hand::set(address, wanted, then, dialect));
            continue;
        }
        plan.steps.extend(steps_for(address, wanted, &observed, None, dialect, policy));
    }
    let newly = |address: &&Address| only(address) && !then.absent.contains(*address);
    for address in absent.keys().filter(newly) {
        let nothing = diff::nothing_of(address.kind);
        let before = then.desired.get(address).unwrap_or(&nothing);
        let source = absent.get(address).cloned().flatten();
        plan.steps.push(deletion(address, before, source, dialect, policy));
    }
    for address in surplus {
        let before = &then.desired[&address];
        plan.steps.push(deletion(&address, before, None, dialect, policy));
    }
    protected.extend(then.protected.iter().cloned());
    let stranded = guard::mark_critical(&mut plan.steps, &observed);
    plan.blocked = protect::check(&plan.steps, &protected, &stranded, place);
    // Nothing is planned, and nothing of it is told.
    if !plan.blocked.is_empty() {
        plan.steps.clear();
    }
    let settable = |kind: Kind, change: &FieldChange| !is_by_hand(dialect.grade(kind, change).grade, policy);
    order::arrange(&mut plan.steps, &observed.objects, dialect.order, &settable);
    plan.refused = guard::limits(&plan.steps, desired.len(), &policy.guard);
    plan.findings = said_otherwise(tenant, then, now);
    let is_surplus = |address: &Address| exhaustive.contains(&address.kind) && !desired.contains_key(address);
    for (address, before) in then.desired.iter().filter(|(address, _)| only(address)) {
        match desired.get(address) {
            None if is_surplus(address) || absent.contains_key(address) => {}
            None if is_elsewhere(address, then, &desired, bulk) => {}
            // No step says so: what nobody declares any more is nothing to do.
            None => plan.findings.push(warning(tenant, address, then)),
            Some(wanted) => plan.notes.extend(undeclared_fields(address, before, &wanted.resource, then)),
        }
    }
    plan
}

/// That a tenant is another account than it was, and what that means.
pub fn other_account(
    name: &str,
    (provider, account): (&str, &str),
    was: (&str, &str),
    revision: &str,
) -> (String, &'static str) {
    let message = format!(
        "tenant `{name}` is account `{account}` of `{provider}`, and was account `{}` of `{}` at {revision}",
        was.1, was.0
    );
    let help =
        "all that it declares is planned for that account, and what is live in the other one stays as it is";
    (message, help)
}

/// What the tenant says of itself otherwise than it did, and no step shows: what comes of it is known only from what is live.
fn said_otherwise(name: &str, base: &Base, now: &Tenant) -> Vec<Finding> {
    let Some(then) = &base.tenant else { return Vec::new() };
    let revision = &base.revision;
    let mut found = Vec::new();
    let mut say = |message: String, help: &str| found.push(Finding::warning("otherwise", message).help(help));
    let shown = |zone: &Option<String>| zone.clone().unwrap_or_else(|| "none".to_owned());
    if then.tenant != now.tenant {
        let was = &then.tenant;
        say(
            format!("tenant `{name}` was called `{was}` at {revision}"),
            "nothing changes for callers by that",
        );
    }
    if (&then.provider, &then.account) != (&now.provider, &now.account) {
        let [is, was] = [now, then].map(|it| (it.provider.as_str(), it.account.as_str()));
        let (message, help) = other_account(name, is, was, revision);
        say(message, help);
    }
    if then.time_zone != now.time_zone {
        let (was, is) = (shown(&then.time_zone), shown(&now.time_zone));
        say(
            format!("`time_zone` of tenant `{name}` is {is}, and was {was} at {revision}"),
            "hours may count otherwise",
        );
    }
    if then.bulk != now.bulk {
        let help = "which rules it switches is known only from what is live: see a plan with credentials";
        say(format!("`bulk` of tenant `{name}` differs from {revision}, and is not compared"), help);
    }
    let kinds =
        |tenant: &Tenant| -> BTreeSet<Kind> { tenant.exhaustive.iter().map(|it| (*it).into()).collect() };
    let (was, is) = (kinds(then), kinds(now));
    let sections = |kinds: &mut dyn Iterator<Item = &Kind>| {
        kinds.map(|kind| format!("`{}`", kind.section())).collect::<Vec<_>>().join(", ")
    };
    if is.difference(&was).next().is_some() {
        let message = format!(
            "`exhaustive` of tenant `{name}` has {} since {revision}",
            sections(&mut is.difference(&was))
        );
        say(
            message,
            "everything live of that kind which nobody declares is deleted: see a plan with credentials",
        );
    }
    let absent = |tenant: &Tenant| -> BTreeSet<Address> {
        tenant.absent.addresses().into_iter().map(|(address, _)| address).collect()
    };
    let protected = |tenant: &Tenant| -> BTreeSet<Address> {
        tenant.resources().filter(|(_, it)| it.protected()).map(|(address, _)| address).collect()
    };
    let declared: BTreeSet<Address> = now.resources().map(|(address, _)| address).collect();
    let not_any_more = NotAnyMore {
        exhaustive: was.difference(&is).copied().collect(),
        absent: absent(then).difference(&absent(now)).filter(|it| !declared.contains(it)).cloned().collect(),
        protected: protected(then)
            .difference(&protected(now))
            .filter(|it| declared.contains(it))
            .cloned()
            .collect(),
    };
    found.extend(not_any_more.findings(name, revision));
    found
}
