//! The rules that `bulk` switches or puts on top: each of its extensions has the rules that are live, but for the one.

use super::{Desired, Dialect, Note, Observed, Source};
use crate::{
    finding::{Finding, Place},
    model::{Address, Bulk, DEFAULT_RULE, Extension, Extensions, Kind, Resource, Rule, Rules, Said, Tenant},
    path::{Path, Segment},
};
use std::collections::{BTreeMap, BTreeSet};

/// An entry of `bulk` and where it stands.
#[derive(Debug, Clone)]
pub struct BulkEntry {
    pub entry: Bulk,
    pub place: Option<Place>,
    /// The rule on top of each named extension, in the form its provider reports it.
    on_top: BTreeMap<Address, Rule>,
}

impl BulkEntry {
    /// The entries of a tenant.
    pub fn of(tenant: &Tenant, dialect: &Dialect, place: &dyn Fn(&[Segment]) -> Option<Place>) -> Vec<Self> {
        let entries = tenant.bulk.iter().enumerate();
        entries
            .map(|(index, entry)| Self {
                entry: entry.clone(),
                place: place(&Path::from(["bulk"]).join(index)),
                on_top: entry.said(index).filter_map(|said| held(said, dialect)).collect(),
            })
            .collect()
    }

    /// Whether it is about an extension with these rules; those that are not understood may have one for the schedule.
    fn is_about(&self, address: &Address, live: &Rules) -> bool {
        let Bulk { schedule, extensions, enabled: _, rule } = &self.entry;
        match extensions {
            Extensions::All => {
                let has = |order: &Vec<Rule>| order.iter().any(|rule| rule.when == *schedule);
                rule.is_none() && live.order.as_ref().is_none_or(has)
            }
            Extensions::Named(list) => list.iter().any(|extension| extension.as_str() == address.key),
        }
    }

    /// The schedule whose rules every extension may have.
    pub fn of_all(&self) -> Option<Address> {
        let all = self.entry.extensions == Extensions::All;
        all.then(|| self.schedule())
    }

    /// The schedule whose rules it switches or puts on top.
    pub(super) fn schedule(&self) -> Address {
        Address::new(Kind::Schedules, &self.entry.schedule)
    }

    /// Whether it may be about an object.
    pub(super) fn may_be_about(&self, address: &Address) -> bool {
        let named = |extension: &Extension| extension.as_str() == address.key;
        let extensions = &self.entry.extensions;
        address.kind == Kind::Rules
            && (*extensions == Extensions::All || extensions.named().iter().any(named))
    }

    fn source(&self) -> Option<Source> {
        self.place.clone().map(Source::from)
    }
}

/// A rule in the form its provider reports it; nothing where that cannot hold it, which is a finding of its own.
fn held(said: Said, dialect: &Dialect) -> Option<(Address, Rule)> {
    match dialect.hold(&said.address, said.resource) {
        Ok(Resource::Rules(Rules { order: Some(mut order), .. })) => Some((said.address, order.pop()?)),
        _ => None,
    }
}

/// Fills in the rules of every extension that `bulk` is about; the finding of each for which that cannot be.
///
/// What an extension declares itself is complete, and has been compared with `bulk` by a lint.
pub fn expand(
    desired: &mut BTreeMap<Address, Desired>,
    entries: &[BulkEntry],
    observed: &Observed,
) -> Vec<(Address, Finding)> {
    let order = |it: &Desired| matches!(&it.resource, Resource::Rules(Rules { order: Some(_), .. }));
    let complete: BTreeSet<Address> =
        desired.iter().filter(|(_, it)| order(it)).map(|(address, _)| address.clone()).collect();
    let mut found = Vec::new();
    // An extension that is not there is found as any other.
    for (address, live) in observed.objects.iter().filter(|(address, _)| !complete.contains(*address)) {
        let Resource::Rules(live) = live else { continue };
        let mine: Vec<&BulkEntry> = entries.iter().filter(|it| it.is_about(address, live)).collect();
        let Some(first) = mine.first() else { continue };
        let empty =
            || Desired { resource: Resource::Rules(Rules::default()), source: first.source(), own: None };
        let declared = desired.entry(address.clone()).or_insert_with(empty);
        let Resource::Rules(rules) = &mut declared.resource else { continue };
        let (order, problems) = wanted(address, live, &mine);
        // Rules that are not understood are said to be so, and not written.
        rules.order = Some(order);
        found.extend(
            problems.into_iter().filter(|_| live.order.is_some()).map(|finding| (address.clone(), finding)),
        );
    }
    found
}

/// The live rules of an extension with what the entries make of them, and what is in the way of that.
///
/// The Default rule is not among them, as in an `order` that does not name it, where that says the same: where it stands at
/// the end.
fn wanted(address: &Address, live: &Rules, entries: &[&BulkEntry]) -> (Vec<Rule>, Vec<Finding>) {
    let extension = &address.key;
    let mut order = live.order.clone().unwrap_or_default();
    let mut found = Vec::new();
    for it in entries.iter().filter(|it| it.entry.rule.is_none()) {
        let Bulk { schedule, enabled, .. } = &it.entry;
        let mut own = order.iter_mut().filter(|rule| rule.when == *schedule).peekable();
        if own.peek().is_none() {
            let message = format!("extension `{extension}` has no rule for `{schedule}` to switch");
            let help = format!(
                "make one in the portal or in `rules.{extension}`, put one on top with `rule`, or take the extension out of \
                 `bulk`"
            );
            found.push(Finding::error("no-such-rule", message).help(help).at(it.place.clone()));
        }
        own.for_each(|rule| rule.enabled = *enabled);
    }
    let on_top: Vec<Rule> = entries.iter().filter_map(|it| it.on_top.get(address)).cloned().collect();
    let is_on_top = |rule: &Rule| on_top.iter().any(|it| it.when == rule.when);
    let there = order.iter().zip(&on_top).filter(|(live, it)| live.when == it.when).count();
    if there == on_top.len() {
        order.splice(..there, on_top);
    } else {
        order.retain(|rule| !is_on_top(rule));
        // Any new order puts the Default rule at the end (FACTS stratus/rules-9), and what stood below it would apply.
        if let Some(at) = order.iter().position(|rule| rule.when == DEFAULT_RULE) {
            let default = order.remove(at);
            if let Some(woken) = order[at..].iter().find(|rule| rule.enabled) {
                let message = format!(
                    "a rule on top of `{extension}` moves its Default rule to the end, and the rule for `{}` below that \
                     would begin to apply",
                    woken.when
                );
                let help =
                    "put the Default rule at the end in the portal first, or switch off what stands below it";
                let place = entries.iter().find(|it| it.entry.rule.is_some()).and_then(|it| it.place.clone());
                found.push(Finding::error("default-rule-above", message).help(help).at(place));
            }
            order.push(default);
        }
        order.splice(..0, on_top);
    }
    order.pop_if(|last| last.when == DEFAULT_RULE);
    (order, found)
}

/// What is declared of an object with the rules that `bulk` puts on top of it: everything whose destinations are to be looked
/// up.
pub fn with_bulk(address: &Address, declared: &Resource, entries: &[BulkEntry]) -> Resource {
    let mut declared = declared.clone();
    if let Resource::Rules(Rules { order: order @ None, .. }) = &mut declared {
        let on_top: Vec<Rule> = entries.iter().filter_map(|it| it.on_top.get(address)).cloned().collect();
        *order = Some(on_top).filter(|on_top| !on_top.is_empty());
    }
    declared
}

/// A note for each entry for `all` where there is no rule to switch.
pub(super) fn notes(entries: &[BulkEntry], desired: &BTreeMap<Address, Desired>) -> Vec<Note> {
    let used = |schedule: &Address| {
        desired.values().any(|it| match &it.resource {
            Resource::Rules(rules) => rules.order.iter().flatten().any(|rule| rule.when == schedule.key),
            _ => false,
        })
    };
    let unused = entries.iter().filter_map(BulkEntry::of_all).filter(|schedule| !used(schedule));
    unused
        .map(|it| Note::new(&it, "no extension has a rule for it, so that `bulk` switches nothing"))
        .collect()
}
