//! Whether the calls that a plan changes are those that its author has named.

use super::Checked;
use crate::{
    error::Failure,
    finding::Finding,
    load::{self, Files},
    model::E164,
    plan::Plan,
};
use std::collections::{BTreeMap, BTreeSet};

/// The numbers that `--expect-change` names, each itself or in one of the files that are planned. None: nothing is expected, and everything may change.
pub fn expected_changes(checked: &Checked, named: &[String]) -> Result<Option<BTreeSet<E164>>, Failure> {
    if named.is_empty() {
        return Ok(None);
    }
    let mut numbers = BTreeSet::new();
    for name in named {
        if name.starts_with('+') {
            let number = name.parse::<E164>();
            let number = number.map_err(|why| Failure::Findings(vec![Finding::explained("bad-value", why)]));
            numbers.insert(number?);
            continue;
        }
        let files = match &checked.merge {
            Some(merge) => merge.files(&checked.root)?,
            None => Files::Directory(checked.root.clone()),
        };
        numbers.extend(load::expect_change(&files, name).map_err(Failure::Findings)?);
    }
    Ok(Some(numbers))
}

/// What of a plan is not as expected: another number's calls change, or those of a named one do not.
pub fn unexpected(plan: &Plan, expected: &BTreeSet<E164>) -> Vec<Finding> {
    let mut found = Vec::new();
    let mut changed: BTreeMap<E164, &str> = BTreeMap::new();
    for tenant in &plan.tenants {
        let unknown = !tenant.blocked.is_empty() || (tenant.experience.is_none() && !tenant.steps.is_empty());
        if unknown {
            let message = format!("what callers of tenant `{}` notice is not known", tenant.tenant);
            let help = "`--expect-change` needs a plan of which nothing is blocked";
            found.push(Finding::error("unexpected-change", message).help(help));
        }
        let calls = tenant.experience.iter().flat_map(|it| &it.table.calls);
        changed.extend(calls.filter_map(|it| Some((it.to.parse().ok()?, tenant.tenant.as_str()))));
    }
    for (number, tenant) in &changed {
        if !expected.contains(number) {
            let message = format!("calls to {number} of tenant `{tenant}` change, and nobody expects it");
            let help = "if it is meant, name the number: `--expect-change`, or `expect_change` in its file";
            found.push(Finding::error("unexpected-change", message).help(help));
        }
    }
    for number in expected.iter().filter(|it| !changed.contains_key(it)) {
        let message = format!("calls to {number} do not change, and they are expected to");
        let help =
            "take the number out of `expect_change`, or look for what the change lacks with `dialform trace`";
        found.push(Finding::error("unexpected-change", message).help(help));
    }
    found
}
