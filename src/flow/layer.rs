//! What is declared laid over what is live: the configuration that calls meet once the files are applied.

use crate::model::{
    Address, Callers, DEFAULT_RULE, Diverts, Extension, Forward, Kind, Number, Queue, Receiver, Resource,
    Rule, Rules, Schedule, Tenant,
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
    in_bulk(&mut whole, declared);
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

/// What `bulk` makes of the rules: those for a schedule are switched, or put on top in the order of the file. An order that the
/// files have for an extension is its own.
fn in_bulk(whole: &mut Tenant, declared: &Tenant) {
    let mut on_top: BTreeMap<&Extension, Vec<Rule>> = BTreeMap::new();
    for entry in &declared.bulk {
        match entry.on_top() {
            Some(rule) => {
                for extension in entry.extensions.named() {
                    on_top.entry(extension).or_default().push(rule.clone());
                }
            }
            None => {
                let held =
                    whole.rules.iter_mut().filter(|(extension, _)| entry.extensions.may_hold(extension));
                let order = held.flat_map(|(_, rules)| rules.order.iter_mut().flatten());
                let own = order.filter(|rule: &&mut Rule| rule.when == entry.schedule);
                own.for_each(|rule| rule.enabled = entry.enabled);
            }
        }
    }
    let is_complete = |it: &Extension| declared.rules.get(it).is_some_and(|rules| rules.order.is_some());
    for (extension, rules) in on_top.into_iter().filter(|(extension, _)| !is_complete(extension)) {
        let order = whole.rules.entry(extension.clone()).or_default().order.get_or_insert_default();
        order.retain(|rule| !rules.iter().any(|it| it.when == rule.when));
        // Any new order puts the Default rule at the end (FACTS stratus/rules-9).
        let (default, others): (Vec<Rule>, Vec<Rule>) =
            std::mem::take(order).into_iter().partition(|rule| rule.when == DEFAULT_RULE);
        order.extend(rules.into_iter().chain(others).chain(default));
    }
}
