//! Schedules that are switched off with every rule that uses them: for whom that is, and for whom it is not.

use super::{Desired, Note, Observed, Role, Step};
use crate::model::{Address, Kind, Resource, Rule};
use std::collections::{BTreeMap, BTreeSet};

/// A note for each such schedule whose rules this plan switches off, that other rules go on using, or that no rule here
/// uses.
pub(super) fn notes(
    switched_off: &BTreeSet<Address>,
    steps: &[Step],
    declared: &BTreeSet<Address>,
    desired: &BTreeMap<Address, Desired>,
    observed: &Observed,
    line: &dyn Fn(&Address) -> Option<usize>,
) -> Vec<Note> {
    // Part of a tenant says nothing about the rest of it.
    let whole = declared.len() == desired.len();
    let unread = observed.extensions.iter().any(|(extension, role)| {
        let rules = Address::new(Kind::Rules, extension);
        *role == Role::Person && !declared.contains(&rules) && !observed.objects.contains_key(&rules)
    });
    let note = |schedule: &Address| {
        let on = |it: Option<&Resource>| rules_for(it, &schedule.key).any(|rule| rule.enabled);
        let turned = |step: &&Step| on(step.before.as_ref()) && !on(step.after.as_ref());
        let rules = steps.iter().filter(|step| step.address.kind == Kind::Rules);
        let off: Vec<&str> = rules.filter(turned).map(|step| step.address.key.as_str()).collect();
        let others = observed.objects.iter().filter(|(address, live)| {
            address.kind == Kind::Rules && !declared.contains(*address) && on(Some(live))
        });
        let left: Vec<&str> = others.map(|(address, _)| address.key.as_str()).collect();
        let used = desired.values().any(|it| rules_for(Some(&it.resource), &schedule.key).next().is_some());
        let mut said = Vec::new();
        if !off.is_empty() {
            let line = line(schedule).map(|line| format!(", line {line}")).unwrap_or_default();
            said.push(format!("switched off (bulk toggle{line}): {}", off.join(", ")));
        } else if whole && !used {
            said.push("no rule declared here uses it, so that nothing is switched off".to_owned());
        }
        if !left.is_empty() {
            said.push(format!("also used by {}, left on", left.join(", ")));
        }
        if said.is_empty() {
            return None;
        }
        if unread {
            said.push("rules of extensions that are not declared here may use it too".to_owned());
        }
        Some(Note::new(schedule, said.join("; ")))
    };
    switched_off.iter().filter_map(note).collect()
}

/// The rules for a schedule.
fn rules_for<'a>(rules: Option<&'a Resource>, schedule: &str) -> impl Iterator<Item = &'a Rule> {
    let rules = match rules {
        Some(Resource::Rules(rules)) => rules.order.as_deref().unwrap_or_default(),
        _ => &[],
    };
    rules.iter().filter(move |rule| rule.when == schedule)
}
