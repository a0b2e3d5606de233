//! Where a pointer stands in an object, in words; and live pointers that lead nowhere and that a plan leaves as they are.

use super::{Desired, Note, Observed, TenantPlan};
use crate::{
    model::{Address, DEFAULT_RULE, Kind, Reference, Resource, references},
    path::{Path, Segment},
};
use std::collections::BTreeMap;

/// The path of a pointer with the rule it stands in, and without its place in a list: what another order does not change.
fn place(resource: &Resource, path: &Path) -> (Option<String>, Path) {
    let rule = match (resource, path.first(), path.get(1)) {
        (Resource::Rules(rules), Some(Segment::Key(field)), Some(Segment::Index(at))) if field == "order" => {
            rules.order.iter().flatten().nth(*at).map(|rule| rule.when.clone())
        }
        _ => None,
    };
    (rule, path.keys())
}

/// The same as it is said: "rule `holidays`, `forward.always`".
pub fn in_words(resource: &Resource, path: &Path) -> String {
    match place(resource, path) {
        (Some(rule), keys) => {
            let inner: Path = keys.iter().skip(1).cloned().collect();
            match rule.as_str() {
                DEFAULT_RULE => format!("the Default rule, `{inner}`"),
                rule => format!("rule `{rule}`, `{inner}`"),
            }
        }
        (None, keys) => format!("`{keys}`"),
    }
}

/// Whether a live object holds the same pointer in the same place already.
pub(super) fn is_live(
    address: &Address,
    wanted: &Resource,
    path: &Path,
    to: &Reference,
    live: Option<&Resource>,
) -> bool {
    let Some(live) = live else { return false };
    let at = place(wanted, path);
    references(address, live).iter().any(|(path, other)| other == to && place(live, path) == at)
}

/// A number of the platform that is meant to be reached when the platform, or everybody on it, is not: which account has it.
pub(super) fn hosted<'a>(
    address: &Address,
    path: &Path,
    to: &Reference,
    platform: &'a BTreeMap<String, String>,
) -> Option<&'a str> {
    let way_out = match address.kind {
        Kind::Forwards => true,
        Kind::Queues => path.field() == Some("failover"),
        _ => false,
    };
    let Reference::Number(number) = to else { return None };
    platform.get(&number.to_string()).filter(|_| way_out).map(String::as_str)
}

/// A note for each pointer of a declared object that leads nowhere after the plan as it does before: it is no error of the
/// files, and changing it is left to them.
pub(super) fn nowhere(
    account: &str,
    plan: &TenantPlan,
    desired: &BTreeMap<Address, Desired>,
    observed: &Observed,
    platform: &BTreeMap<String, String>,
) -> Vec<Note> {
    let mut notes = Vec::new();
    for address in desired.keys().filter(|address| !plan.withheld.contains(*address)) {
        let step = plan.steps.iter().find(|step| step.address == *address);
        let live = observed.objects.get(address);
        let Some(after) = step.map_or(live, |step| step.after.as_ref()) else { continue };
        for (path, to) in references(address, after) {
            let said = match &to {
                Reference::Extension(it) | Reference::Phone(it) | Reference::Voicemail(it)
                    if !observed.extensions.is_empty()
                        && !observed.extensions.contains_key(it)
                        && !desired.contains_key(&Address::new(Kind::Queues, it)) =>
                {
                    format!(
                        "extension {it}, which account `{account}` does not have: calls sent there are lost"
                    )
                }
                _ => match hosted(address, &path, &to, platform) {
                    Some(host) => {
                        let number = to_number(&to);
                        format!(
                            "{number}, a number of account `{host}` on the same platform, which is down with it"
                        )
                    }
                    None => continue,
                },
            };
            notes.push(Note::new(address, format!("{} still leads to {said}", in_words(after, &path))));
        }
    }
    notes
}

fn to_number(to: &Reference) -> String {
    match to {
        Reference::Number(number) => number.to_string(),
        _ => String::new(),
    }
}
