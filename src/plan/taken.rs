//! Rules whose names stay taken after they were deleted.

use super::{Desired, Observed, Source, differs};
use crate::{
    finding::Finding,
    model::{Address, Kind, Resource, Rule},
    path::Path,
};
use std::{
    collections::{BTreeMap, BTreeSet},
    fmt::Write,
};

/// What becomes of the names of rules that are deleted in an account.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum DeletedNames {
    #[default]
    Free,
    /// Some servers of this kind keep them.
    PerhapsTaken,
    /// They are seen to be kept.
    Taken,
}

/// Rules that cannot be made, for a deleted one keeps their name.
pub(super) fn finding(
    address: &Address,
    wanted: &Resource,
    taken: &BTreeSet<String>,
) -> impl Iterator<Item = (Path, Finding)> {
    let order = match wanted {
        Resource::Rules(rules) => rules.order.as_deref().unwrap_or_default(),
        _ => &[],
    };
    let said = |name: &String| {
        let message = format!(
            "extension `{}` had a rule for `{name}` that was deleted and lingers: it is listed, does nothing, and keeps \
             its name",
            address.key
        );
        let finding = Finding::error("lingering-rule", message)
            .help("ask the vendor to purge it, or use another schedule name");
        (Path::from(["order"]), finding)
    };
    order
        .iter()
        .map(|rule| &rule.when)
        .filter(|name| taken.contains(*name))
        .map(said)
        .collect::<Vec<_>>()
        .into_iter()
}

/// Leaves such rules out, so that the rest of their extension can be brought back. Says of each extension that not all of it is.
/// Where a live rule stands in the place of one and does the same, it stays, and so does its schedule: nothing else would.
pub(super) fn leave_out(
    desired: &mut BTreeMap<Address, Desired>,
    absent: &mut BTreeMap<Address, Option<Source>>,
    observed: &Observed,
) -> Vec<(Address, Finding)> {
    let mut left = Vec::new();
    // Where a schedule does not come back, nothing says that its hours were others.
    let hours = |when: &str| desired.get(&schedule(when)).map(|it| it.resource.clone());
    let earlier_hours: BTreeMap<String, Option<Resource>> =
        observed.taken.values().flatten().map(|when| (when.clone(), hours(when))).collect();
    for (address, taken) in &observed.taken {
        let Some(Resource::Rules(rules)) = desired.get_mut(address).map(|it| &mut it.resource) else {
            continue;
        };
        let Some(order) = &mut rules.order else { continue };
        let live = match observed.objects.get(address) {
            Some(Resource::Rules(live)) => live.order.as_deref().unwrap_or_default(),
            _ => &[],
        };
        let instead = |rule: &Rule| {
            let same_hours = |it: &&Rule| {
                let earlier = earlier_hours.get(&rule.when).and_then(Option::as_ref);
                earlier.is_none_or(|earlier| {
                    let live = observed.objects.get(&schedule(&it.when));
                    live.is_some_and(|live| !differs(live, earlier))
                })
            };
            in_place(rule, order, live).filter(same_hours).cloned()
        };
        let found: Vec<(String, Option<Rule>)> = order
            .iter()
            .filter(|rule| taken.contains(&rule.when))
            .map(|rule| (rule.when.clone(), instead(rule)))
            .collect();
        let (mut names, mut instead_of) = (Vec::new(), String::new());
        for (when, instead) in found {
            let Some(at) = order.iter().position(|rule| rule.when == when) else { continue };
            match instead {
                Some(instead) => {
                    absent.remove(&schedule(&instead.when));
                    let _ = write!(instead_of, "; `{}` stays in the place of `{when}`", instead.when);
                    order[at] = instead;
                }
                None => drop(order.remove(at)),
            }
            names.push(format!("`{when}`"));
        }
        if !names.is_empty() {
            let message = format!(
                "{} of {address} does not come back: a deleted rule keeps its name until the vendor purges it{instead_of}",
                names.join(", ")
            );
            let help = match instead_of.is_empty() {
                true => "make the rule for a schedule of another name; the restore file says what it was",
                false => {
                    "write the name that stays in the tenant's file; the restore file says what the rule was"
                }
            };
            left.push((address.clone(), Finding::error("not-restored", message).help(help)));
        }
    }
    left
}

fn schedule(when: &str) -> Address {
    Address::new(Kind::Schedules, when)
}

/// The live rule that is as an earlier one but for its name, and stands below the same of the rules that stay.
fn in_place<'a>(rule: &Rule, earlier: &[Rule], live: &'a [Rule]) -> Option<&'a Rule> {
    let is_in = |rules: &[Rule], when: &str| rules.iter().any(|it| it.when == when);
    let above = |rules: &[Rule], of: &str, others: &[Rule]| -> BTreeSet<String> {
        let above = rules.iter().take_while(|it| it.when != of);
        above.filter(|it| is_in(others, &it.when)).map(|it| it.when.clone()).collect()
    };
    let of_earlier = above(earlier, &rule.when, live);
    live.iter().find(|it| {
        let is_same = Rule { when: rule.when.clone(), ..(*it).clone() } == *rule;
        is_same && !is_in(earlier, &it.when) && above(live, &it.when, earlier) == of_earlier
    })
}
