//! Which value of a tenant's files says a step of a call: what is laid over what is live has places of both.

use crate::{
    model::{Bulk, DEFAULT_RULE, Diverts, E164, Extension, OrOff, Queue, Rule, Tenant},
    path::{Path, Segment},
};

/// Where the files say a value of the whole, which is them laid over what is live. None: it is live alone.
pub(super) fn origin(declared: &Tenant, whole: &Tenant, path: &Path) -> Option<Path> {
    let (section, key) = (path.first()?.as_key()?, path.get(1)?.as_key()?);
    let field = path.get(2).and_then(Segment::as_key);
    let number = || key.parse::<E164>().ok();
    let extension = || key.parse::<Extension>().ok();
    let is_said = match section {
        "numbers" => declared.numbers.get(&number()?)?.route.is_some() || field.is_none(),
        "forwards" => declared.forwards.get(&number()?)?.to.is_some() || field.is_none(),
        "receivers" => {
            matches!(declared.receivers.get(&number()?)?.no_answer, Some(OrOff::Set(_))) || field.is_none()
        }
        "diverts" => says_divert(declared.diverts.get(&extension()?)?, field),
        "rules" => return rule(declared, whole, &extension()?, path),
        _ => says_queue(declared.queues.get(key)?, field),
    };
    is_said.then(|| path.clone())
}

fn says_divert(diverts: &Diverts, condition: Option<&str>) -> bool {
    let Some(condition) = condition else { return true };
    diverts.conditions().into_iter().any(|(word, it)| word == condition && it.is_some())
}

fn says_queue(queue: &Queue, field: Option<&str>) -> bool {
    match field {
        Some("failover") => queue.failover.is_some(),
        Some("unavailable") => queue.unavailable.is_some(),
        Some("no_answer") => queue.no_answer.is_some(),
        _ => true,
    }
}

fn rule(declared: &Tenant, whole: &Tenant, extension: &Extension, path: &Path) -> Option<Path> {
    let rules = declared.rules.get(extension);
    let order = rules.and_then(|it| it.order.as_ref());
    match (path.get(2).and_then(Segment::as_key), path.get(3)) {
        (Some("order"), Some(Segment::Index(at))) => {
            let it = whole.rules.get(extension)?.order.as_ref()?.get(*at)?;
            let own = |rules: &[Rule]| rules.iter().position(|rule| rule.when == it.when);
            let inside = &path[4..];
            let in_order = |at: usize| {
                let start = ["rules", extension.as_str(), "order"].map(Segment::key).into_iter();
                start.chain([Segment::Index(at)]).chain(inside.iter().cloned()).collect::<Path>()
            };
            if let Some(order) = order {
                return own(order).map(in_order);
            }
            // Where such a one stands is looked up by its place among the entries.
            if let Some(at) = on_top(&declared.bulk, extension, it) {
                return Some(in_order(at));
            }
            let condition = inside.get(1).and_then(Segment::as_key)?;
            let diverts = declared.diverts.get(extension).filter(|_| it.when == DEFAULT_RULE)?;
            let at: Path = ["diverts", extension.as_str(), condition].map(Segment::key).into_iter().collect();
            says_divert(diverts, Some(condition)).then_some(at)
        }
        (Some("callers"), _) => rules?.callers.as_ref()?.spam.map(|_| path.clone()),
        // What is not set: it is not in the files either, unless they have the rules.
        _ if order.is_none() && whole.rules.get(extension).is_some_and(|it| it.order.is_some()) => None,
        _ => rules.map(|_| path.clone()),
    }
}

/// The place of a rule among those that entries of `bulk` put on top of the rules of an extension.
fn on_top(bulk: &[Bulk], extension: &Extension, rule: &Rule) -> Option<usize> {
    let named = bulk.iter().filter(|entry| entry.extensions.named().contains(extension));
    named.filter_map(Bulk::on_top).position(|it| it == *rule)
}
