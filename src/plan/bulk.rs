//! The rules that `bulk` switches: each of its extensions has the rules that are live, but for the one.

use super::{Desired, Note, Observed, Source};
use crate::{
    finding::{Finding, Place},
    model::{Address, Bulk, DEFAULT_RULE, Extensions, Kind, Resource, Rule, Rules, Tenant},
    path::{Path, Segment},
};
use std::collections::{BTreeMap, BTreeSet};

/// An entry of `bulk` and where it stands.
#[derive(Debug, Clone)]
pub struct BulkEntry {
    pub entry: Bulk,
    pub place: Option<Place>,
}

impl BulkEntry {
    /// The entries of a tenant.
    pub fn of(tenant: &Tenant, place: &dyn Fn(&[Segment]) -> Option<Place>) -> Vec<Self> {
        let entries = tenant.bulk.iter().enumerate();
        entries
            .map(|(index, entry)| Self {
                entry: entry.clone(),
                place: place(&Path::from(["bulk"]).join(index)),
            })
            .collect()
    }

    /// The schedule whose rules every extension may have.
    pub fn of_all(&self) -> Option<Address> {
        let all = self.entry.extensions == Extensions::All;
        all.then(|| Address::new(Kind::Schedules, &self.entry.schedule))
    }

    fn source(&self) -> Option<Source> {
        let Place { file, line, .. } = self.place.clone()?;
        Some(Source { file, line })
    }
}

/// Fills in the rules of every extension that `bulk` is about; the finding of each that has none to switch.
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
    for it in entries {
        let Bulk { schedule, extensions, enabled } = &it.entry;
        let addresses: Vec<Address> = match extensions {
            Extensions::All => having(schedule, observed),
            Extensions::Named(list) => list.iter().map(|it| Address::new(Kind::Rules, it)).collect(),
        };
        for address in addresses.into_iter().filter(|address| !complete.contains(address)) {
            // One that is not there is found as any other.
            let Some(Resource::Rules(live)) = observed.objects.get(&address) else { continue };
            let empty =
                || Desired { resource: Resource::Rules(Rules::default()), source: it.source(), own: None };
            let declared = desired.entry(address.clone()).or_insert_with(empty);
            let Resource::Rules(rules) = &mut declared.resource else { continue };
            // Rules that are not understood are said to be so, and not written.
            let order = rules.order.get_or_insert_with(|| without_default(live));
            let mut own = order.iter_mut().filter(|rule| rule.when == *schedule).peekable();
            if own.peek().is_none() && live.order.is_some() {
                let message = format!("extension `{}` has no rule for `{schedule}` to switch", address.key);
                let help = format!(
                    "make one in the portal or in `rules.{}`, or take the extension out of `bulk`",
                    address.key
                );
                let finding = Finding::error("no-such-rule", message).help(help);
                found.push((address.clone(), finding.at(it.place.clone())));
            }
            own.for_each(|rule| rule.enabled = *enabled);
        }
    }
    found
}

/// The live rules. The Default rule is not among them, as in an `order` that does not name it, where that says the same: where
/// it stands at the end.
fn without_default(live: &Rules) -> Vec<Rule> {
    let mut order = live.order.clone().unwrap_or_default();
    order.pop_if(|last| last.when == DEFAULT_RULE);
    order
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

/// The extensions with a rule for a schedule, and those whose rules are not understood and may have one.
fn having(schedule: &str, observed: &Observed) -> Vec<Address> {
    let has = |live: &Resource| match live {
        Resource::Rules(Rules { order: Some(order), .. }) => order.iter().any(|rule| rule.when == schedule),
        Resource::Rules(Rules { order: None, .. }) => true,
        _ => false,
    };
    observed.objects.iter().filter(|(_, live)| has(live)).map(|(address, _)| address.clone()).collect()
}
