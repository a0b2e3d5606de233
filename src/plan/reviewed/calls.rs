//! Whether calls go where the reviewers have read that they would go. The same step does something else where other files or another
//! hand have led more calls to what it changes.

use super::{SavedTenant, TenantPlan};
use crate::experience::Goes;
use std::collections::BTreeSet;

/// Calls that differ now and were not said to, and calls that go another way than any that was said. In words.
///
/// How they went before is theirs to change, and fewer may differ. What comes after the time that was looked at then was unknown, and
/// is no reason: else a plan would be refused for being a day old.
pub fn otherwise(now: &TenantPlan, then: &SavedTenant) -> Vec<String> {
    let Some((now, then)) = now.experience.as_ref().zip(then.experience.as_ref()) else { return Vec::new() };
    let Some(until) = then.table.until.filter(|_| !then.is_limited) else { return Vec::new() };
    let known: BTreeSet<&str> = then.table.goes.iter().map(|it| it.to.as_str()).collect();
    let ways: BTreeSet<(&str, Option<&str>)> = then.table.goes.iter().map(way).collect();
    let (mut new, mut other) = (BTreeSet::new(), BTreeSet::new());
    for goes in now.goes.iter().filter(|it| it.from.is_none_or(|from| from < until)) {
        if !known.contains(goes.to.as_str()) {
            new.insert(&goes.to);
        } else if !ways.contains(&way(goes)) {
            other.insert(&goes.to);
        }
    }
    let new = new
        .into_iter()
        .map(|to| format!("calls to {to} differ now, of which the reviewed plan says nothing"));
    let other =
        other.into_iter().map(|to| format!("calls to {to} go another way now than the reviewed plan says"));
    new.chain(other).collect()
}

fn way(goes: &Goes) -> (&str, Option<&str>) {
    (goes.to.as_str(), goes.after.as_deref())
}
