//! What is declared laid over what is live: the configuration that calls meet once the files are applied.

use crate::model::{
    Address, Bulk, Callers, DEFAULT_RULE, Diverts, Forward, Kind, Number, Queue, Receiver, Resource, Rule,
    Rules, Schedule, Tenant,
};
use std::collections::{BTreeMap, BTreeSet};

/// Fields that are declared, or else as they are live.
macro_rules! laid {
    ($type:ident { $($field:ident),* }, $declared:expr, $live:expr) => {{
        let (declared, live): (&$type, &$type) = ($declared, $live);
        let $type { $($field),* } = declared.clone();
        $type { $($field: $field.or_else(|| live.$field.clone())),* }
    }};
}

/// What is in the files, with what is live beneath it. Without anything live: as the files have it.
pub fn layered(declared: &Tenant, live: &BTreeMap<Address, Resource>) -> Tenant {
    let mut whole = declared.clone();
    let absent: BTreeSet<Address> =
        declared.absent.addresses().into_iter().map(|(address, _)| address).collect();
    let exhaustive: BTreeSet<Kind> = declared.exhaustive.iter().map(|kind| (*kind).into()).collect();
    let own: BTreeSet<Address> = declared.resources().map(|(address, _)| address).collect();
    for (address, resource) in live {
        // What the files have deleted is gone then.
        let is_deleted =
            absent.contains(address) || (exhaustive.contains(&address.kind) && !own.contains(address));
        if !is_deleted {
            lay(&mut whole, declared, address, resource);
        }
    }
    whole.schedules.values_mut().for_each(Schedule::resolve);
    for entry in &declared.bulk {
        toggle(&mut whole, entry);
    }
    whole
}

/// Puts one live object beneath.
fn lay(whole: &mut Tenant, declared: &Tenant, address: &Address, resource: &Resource) {
    match resource {
        Resource::Schedule(live) => {
            let it = whole.schedules.entry(address.key.clone()).or_default();
            *it = laid!(
                Schedule {
                    weekly,
                    dates,
                    monthly,
                    yearly,
                    holidays,
                    easter,
                    other,
                    extension,
                    time_zone,
                    enabled,
                    protect
                },
                it,
                live
            );
        }
        Resource::Queue(live) => {
            let it = whole.queues.entry(address.key.clone()).or_default();
            *it = laid!(
                Queue {
                    name,
                    dispatch,
                    agent_ring,
                    require_agents,
                    agents,
                    failover,
                    unavailable,
                    max_callers,
                    max_expected_wait,
                    ring_timeout,
                    max_wait,
                    no_answer,
                    protect
                },
                it,
                live
            );
        }
        Resource::Receiver(live) => {
            let Ok(key) = address.key.parse() else { return };
            let it: &mut Receiver = whole.receivers.entry(key).or_default();
            *it = laid!(
                Receiver { label, dial_extension, whisper, skip_whisper, no_answer, tagging_hours, protect },
                it,
                live
            );
        }
        Resource::Number(live) => {
            let Ok(key) = address.key.parse() else { return };
            let it: &mut Number = whole.numbers.entry(key).or_default();
            *it = laid!(Number { label, route, protect }, it, live);
        }
        Resource::Forward(live) => {
            let Ok(key) = address.key.parse() else { return };
            let it: &mut Forward = whole.forwards.entry(key).or_default();
            *it = laid!(Forward { to, active, protect }, it, live);
        }
        Resource::Diverts(live) => {
            let Ok(key) = address.key.parse() else { return };
            let it: &mut Diverts = whole.diverts.entry(key).or_default();
            *it = laid!(Diverts { always, on_call, busy, no_answer, unreachable, protect }, it, live);
        }
        Resource::Rules(live) => {
            let Ok(key) = address.key.parse() else { return };
            let it: &mut Rules = whole.rules.entry(key).or_default();
            let callers = match (&it.callers, &live.callers) {
                (Some(declared), Some(live)) => {
                    Some(laid!(Callers { allow, block, block_anonymous, spam }, declared, live))
                }
                (declared, live) => declared.clone().or_else(|| live.clone()),
            };
            let is_declared = it.order.is_some();
            *it = laid!(Rules { ring_timeout, callers, order, protect }, it, live);
            it.callers = callers;
            let diverts = address.key.parse().ok().and_then(|key| declared.diverts.get(&key));
            if let Some(diverts) = diverts.filter(|_| !is_declared) {
                // The forwards of the Default rule have a section of their own.
                let order = it.order.iter_mut().flatten();
                for rule in order.filter(|rule| rule.when == DEFAULT_RULE) {
                    rule.forward = laid!(
                        Diverts { always, on_call, busy, no_answer, unreachable, protect },
                        diverts,
                        &rule.forward
                    );
                }
            }
        }
    }
}

/// One entry of `bulk`: rules for a schedule are switched, or put on top.
fn toggle(tenant: &mut Tenant, entry: &Bulk) {
    if let Some(on_top) = entry.on_top() {
        for extension in entry.extensions.named() {
            let order = tenant.rules.entry(extension.clone()).or_default().order.get_or_insert_default();
            match order.iter_mut().find(|rule| rule.when == on_top.when) {
                Some(rule) => *rule = on_top.clone(),
                None => order.insert(0, on_top.clone()),
            }
        }
        return;
    }
    let held = tenant.rules.iter_mut().filter(|(extension, _)| entry.extensions.may_hold(extension));
    let order = held.flat_map(|(_, rules)| rules.order.iter_mut().flatten());
    order
        .filter(|rule: &&mut Rule| rule.when == entry.schedule)
        .for_each(|rule| rule.enabled = entry.enabled);
}
