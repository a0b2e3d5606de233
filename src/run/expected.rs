//! Whether the calls that a plan changes are those that its author has named.

use super::Checked;
use crate::{
    error::Failure,
    experience::{Experience, listed},
    finding::Finding,
    load::{self, Expected, Files, Merge},
    model::E164,
    plan::{MadeFrom, Plan, TenantPlan},
};
use std::{
    collections::{BTreeMap, BTreeSet},
    path::Path,
};

const CODE: &str = "unexpected-change";

const MEANWHILE: &str = " while it is applied";

/// What `--expect-change` names for a run, each itself or in one of the files that it plans. None: nothing is expected, and
/// everything may change.
pub fn expected_changes(checked: &Checked, named: &[String]) -> Result<Option<BTreeSet<Expected>>, Failure> {
    all(named, || match &checked.merge {
        Some(merge) => Ok(merge.files(&checked.root)?),
        None => Ok(Files::Directory(checked.root.clone())),
    })
}

/// The same for a plan that was made before.
pub fn expected_of(
    root: &Path,
    made_from: &MadeFrom,
    named: &[String],
) -> Result<Option<BTreeSet<Expected>>, Failure> {
    all(named, || match (&made_from.base, &made_from.merge) {
        (Some(base), Some(merge)) => {
            let merge = Merge::of(root, ("--base", base.exactly()), merge.exactly())?;
            Ok(merge.files(root)?)
        }
        _ => Ok(Files::Directory(root.to_owned())),
    })
}

fn all(
    named: &[String],
    files: impl Fn() -> Result<Files, Failure>,
) -> Result<Option<BTreeSet<Expected>>, Failure> {
    if named.is_empty() {
        return Ok(None);
    }
    let mut expected = BTreeSet::new();
    for name in named {
        let one = name.parse::<Expected>();
        match one {
            Ok(Expected::Object { .. }) | Err(_) if !name.starts_with('+') => {
                expected.extend(load::expect_change(&files()?, name).map_err(Failure::Findings)?);
            }
            one => {
                expected.insert(
                    one.map_err(|why| Failure::Findings(vec![Finding::explained("bad-value", why)]))?,
                );
            }
        }
    }
    Ok(Some(expected))
}

/// What of a plan is not as expected: other calls change, or those that are named do not.
pub fn unexpected(plan: &Plan, expected: &BTreeSet<Expected>) -> Vec<Finding> {
    let mut found = Vec::new();
    let mut met = BTreeSet::new();
    for tenant in &plan.tenants {
        let is_unknown =
            !tenant.blocked.is_empty() || (tenant.experience.is_none() && !tenant.steps.is_empty());
        if is_unknown {
            let message = format!("what callers of tenant `{}` notice is not known", tenant.tenant);
            let help = "`--expect-change` needs a plan of which nothing is blocked";
            found.push(Finding::error(CODE, message).help(help));
        }
        if let Some(experience) = &tenant.experience {
            Noticed { tenant, experience, expected }.judge(&mut met, &mut found);
        }
    }
    for missed in expected.iter().filter(|it| !met.contains(it)) {
        let message = match missed {
            Expected::Object { .. } => {
                format!("nothing changes of {missed} that callers may notice, and they are expected to")
            }
            _ => format!("calls to {missed} do not change, and they are expected to"),
        };
        let help = "take it out of `expect_change`, or look for what the change lacks with `dialform trace`";
        found.push(Finding::error(CODE, message).help(help));
    }
    found
}

/// What callers of one tenant notice.
struct Noticed<'a> {
    tenant: &'a TenantPlan,
    experience: &'a Experience,
    expected: &'a BTreeSet<Expected>,
}

impl<'a> Noticed<'a> {
    fn judge(&self, met: &mut BTreeSet<&'a Expected>, found: &mut Vec<Finding>) {
        self.judge_numbers(met, found);
        self.judge_places(met, found);
        self.judge_beyond(met, found);
        // What nobody has looked at does not show that nobody notices anything.
        let Experience { is_limited, is_unwatched, .. } = self.experience;
        if self.expected.is_empty() && (*is_limited || *is_unwatched) {
            let message =
                format!("whether callers of tenant `{}` notice nothing is not known", self.tenant.tenant);
            let help = "not all that calls do was looked at, as the plan says: review its steps without `--expect-change`";
            found.push(Finding::error(CODE, message).help(help));
        }
    }

    /// Places that are called, as the files name them.
    fn called(&self) -> impl Iterator<Item = &'a str> {
        self.experience.table.calls.iter().map(|it| it.to.as_str())
    }

    /// Each number has to be named.
    fn judge_numbers(&self, met: &mut BTreeSet<&'a Expected>, found: &mut Vec<Finding>) {
        let mut changed: BTreeMap<E164, &str> = BTreeMap::new();
        let meanwhile = self.experience.meanwhile.iter().flat_map(|it| &it.to);
        changed.extend(meanwhile.filter_map(|it| Some((number_of(it)?, MEANWHILE))));
        changed.extend(self.called().filter_map(|it| Some((it.parse().ok()?, ""))));
        for (number, when) in changed {
            if let Some(it) = self.expected.get(&Expected::Number(number.clone())) {
                met.insert(it);
                continue;
            }
            let tenant = &self.tenant.tenant;
            let message =
                format!("calls to {number} of tenant `{tenant}` change{when}, and nobody expects it");
            let help = "if it is meant, name the number: `--expect-change`, or `expect_change` in its file";
            found.push(Finding::error(CODE, message).help(help));
        }
    }

    /// What is told of an extension or a queue in one sentence with something expected follows from that. Of a number that nobody
    /// expects it is said already.
    fn judge_places(&self, met: &mut BTreeSet<&'a Expected>, found: &mut Vec<Finding>) {
        let Experience { lines, meanwhile, .. } = self.experience;
        let of_line = lines.iter().map(|it| it.to.iter().chain(&it.also).map(String::as_str).collect());
        let mut sentences: BTreeMap<Vec<&str>, &str> = of_line.map(|it| (it, "")).collect();
        let is_number = |it: &str| number_of(it).is_some();
        let is_told = |it: &str| sentences.keys().flatten().any(|label| is_called(label, it));
        let untold: Vec<&str> = self.called().filter(|it| !is_number(it) && !is_told(it)).collect();
        // What goes elsewhere only between the writes.
        let is_lasting = |it: &&str| sentences.keys().flatten().any(|label| label == it);
        let of_meanwhile = meanwhile.iter().map(|it| it.to.iter().map(String::as_str));
        let passing: Vec<Vec<&str>> =
            of_meanwhile.map(|it| it.filter(|label| !is_lasting(label)).collect()).collect();
        sentences.extend(untold.into_iter().map(|it| (vec![it], "")));
        for labels in passing.into_iter().filter(|it| !it.is_empty()) {
            sentences.entry(labels).or_insert(MEANWHILE);
        }
        for (labels, when) in sentences {
            let named = self.expected.iter().filter(|it| labels.iter().any(|label| self.names(it, label)));
            let named: Vec<&Expected> = named.collect();
            met.extend(&named);
            if !named.is_empty() || labels.iter().any(|it| is_number(it)) {
                continue;
            }
            let Some(first) = labels.first() else { continue };
            let one = first.split_once(" (").map_or(*first, |(place, _)| place);
            let all = listed(labels.iter().map(|it| (*it).to_owned()).collect(), "and", "place");
            let tenant = &self.tenant.tenant;
            let message = format!("calls to {all} of tenant `{tenant}` change{when}, and nobody expects it");
            let help = format!(
                "if it is meant, name it: `--expect-change \"{one}\"`, or `expect_change` in its file"
            );
            found.push(Finding::error(CODE, message).help(help));
        }
    }

    /// What no call shows is expected by the object's own name.
    fn judge_beyond(&self, met: &mut BTreeSet<&'a Expected>, found: &mut Vec<Finding>) {
        for address in &self.experience.beyond {
            let tenant = self.tenant.tenant.clone();
            let object = Expected::Object { tenant, address: address.clone() };
            if let Some(it) = self.expected.get(&object) {
                met.insert(it);
                continue;
            }
            let message = format!(
                "callers may notice what changes of {object}, which no call shows, and nobody expects it"
            );
            let help = format!("if it is meant, name it in a file: `expect_change: [\"{object}\"]`");
            found.push(Finding::error(CODE, message).help(help));
        }
    }

    /// Whether something that is expected is what a sentence calls so.
    fn names(&self, expected: &Expected, label: &str) -> bool {
        match expected {
            Expected::Number(number) => number_of(label).as_ref() == Some(number),
            Expected::Place { tenant, called } => {
                tenant.as_ref().is_none_or(|it| *it == self.tenant.tenant) && is_called(label, called)
            }
            Expected::Object { .. } => false,
        }
    }
}

/// Whether a sentence calls a place so: `queue 400 (Reception)` is `queue 400`.
fn is_called(label: &str, place: &str) -> bool {
    label.strip_prefix(place).is_some_and(|rest| rest.is_empty() || rest.starts_with(" ("))
}

/// The number that a sentence calls so: `Main line (+12145550100)`.
fn number_of(label: &str) -> Option<E164> {
    let number =
        label.strip_suffix(')').and_then(|it| it.rsplit_once('(')).map_or(label, |(_, number)| number);
    number.parse().ok()
}
