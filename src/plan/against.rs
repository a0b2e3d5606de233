//! What the files say against what they said at another revision. Nobody is asked what is live.

use super::{
    Base, Note, Observed, TenantPlan,
    build::{Input, deletion, steps_for},
    bulk,
    by_hand::{self, is_by_hand},
    guard, order, protect,
    undeclared::way_out,
    uses::Uses,
};
use crate::{
    diff::{self, FieldChange},
    finding::Finding,
    model::{Address, Kind, Resource},
};

/// Plans as if all that was declared at the revision were live, and nothing else. What else is wrong of live systems is not
/// looked for. Pure.
pub fn against(input: Input<'_>, then: &Base) -> TenantPlan {
    let Input {
        tenant,
        provider,
        account,
        mut desired,
        absent,
        mut protected,
        bulk,
        dialect,
        policy,
        place,
        only,
        ..
    } = input;
    let policy = &policy;
    let observed = Observed { objects: then.desired.clone(), ..Observed::default() };
    let then = &then.over(&observed);
    // Which extensions have a rule is known of those that are declared.
    bulk::expand(&mut desired, bulk, &observed);
    let mut plan = TenantPlan::blocked(tenant, provider, account, Vec::new());
    let uses = Uses::of(&desired, &observed);
    for (address, wanted) in desired.iter().filter(|(address, _)| only(address)) {
        if policy.unobservable.contains(&address.kind) {
            plan.steps.extend(by_hand::set(address, wanted, then, dialect));
            continue;
        }
        let used = uses.has(address);
        plan.steps.extend(steps_for(address, wanted, used, &observed, None, dialect, policy));
    }
    let newly = |address: &&Address| only(address) && !then.absent.contains(*address);
    for address in absent.keys().filter(newly) {
        let nothing = diff::nothing_of(address.kind);
        let before = then.desired.get(address).unwrap_or(&nothing);
        let source = absent.get(address).cloned().flatten();
        plan.steps.push(deletion(address, before, source, dialect, policy));
    }
    protected.extend(then.protected.iter().cloned());
    let stranded = guard::mark_critical(&mut plan.steps, &observed);
    plan.blocked = protect::check(&plan.steps, &protected, &stranded, place);
    let settable = |kind: Kind, change: &FieldChange| !is_by_hand(dialect.grade(kind, change).grade, policy);
    order::arrange(&mut plan.steps, dialect.order, &settable);
    plan.refused = guard::limits(&plan.steps, desired.len(), &policy.guard);
    for (address, before) in then.desired.iter().filter(|(address, _)| only(address)) {
        match desired.get(address) {
            None if !absent.contains_key(address) => {
                // No step says so: what nobody declares any more is nothing to do.
                let was = if then.protected.contains(address) { ", which was protected," } else { "" };
                let message =
                    format!("`{tenant}/{address}`{was} is no longer declared since {}", then.revision);
                let help = format!("what is live is left alone{}", way_out(address.kind));
                plan.findings.push(Finding::warning("undeclared", message).help(help));
            }
            None => {}
            Some(wanted) => plan.notes.extend(undeclared_fields(address, before, &wanted.resource, then)),
        }
    }
    plan
}

/// The fields of an object that are not declared any more.
fn undeclared_fields(address: &Address, then: &Resource, now: &Resource, base: &Base) -> Option<Note> {
    let gone =
        diff::diff(then, now).into_iter().filter(|it| it.old.is_none() && now.value(&it.path).is_none());
    // What is in a list that is declared is a change of the list.
    let gone = gone.filter(|it| it.path.iter().all(|segment| segment.as_key().is_some()));
    let fields: Vec<String> = gone.map(|it| format!("`{}`", it.path)).collect();
    let text = || {
        format!(
            "{} no longer declared since {}; what is live there is left alone",
            fields.join(", "),
            base.revision
        )
    };
    (!fields.is_empty()).then(|| Note::new(address, text()))
}
