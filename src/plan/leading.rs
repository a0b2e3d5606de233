//! Where a pointer stands in an object, in words; and live pointers that lead nowhere and that a plan leaves as they are.

use super::{Desired, Note, Observed, Step, TenantPlan, part::WayOut};
use crate::{
    model::{
        Address, DEFAULT_RULE, E164, Extension, Kind, Reference, Resource, Unclear, devices, lost_owner,
        references,
    },
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

/// The pointers of a live object, each with its place.
pub(super) struct Held(Vec<(Reference, (Option<String>, Path))>);

impl Held {
    pub fn by(address: &Address, live: Option<&Resource>) -> Self {
        let all = live.map(|live| (live, references(address, live)));
        let each = all.into_iter().flat_map(|(live, all)| {
            all.into_iter().map(|(path, to)| {
                let at = place(live, &path);
                (to, at)
            })
        });
        Self(each.collect())
    }

    /// Whether it is there already, in the same place.
    pub fn has(&self, wanted: &Resource, path: &Path, to: &Reference) -> bool {
        let mut same = self.0.iter().filter(|(other, _)| other == to).peekable();
        same.peek().is_some() && {
            let at = place(wanted, path);
            same.any(|(_, it)| *it == at)
        }
    }
}

/// The number of a pointer that is meant to be followed when the platform, or everybody on it, is not reached.
pub(super) fn way_out<'r>(address: &Address, path: &Path, to: &'r Reference) -> Option<&'r E164> {
    let is_one = match address.kind {
        Kind::Forwards => true,
        Kind::Queues => path.field() == Some("failover"),
        _ => false,
    };
    match to {
        Reference::Number(number) if is_one => Some(number),
        _ => None,
    }
}

/// Where a way out leads to a number of the platform: which account has it.
pub(super) fn hosted<'a>(
    address: &Address,
    path: &Path,
    to: &Reference,
    platform: &'a BTreeMap<String, String>,
) -> Option<&'a str> {
    platform.get(&way_out(address, path, to)?.to_string()).map(String::as_str)
}

/// A note for each pointer of a declared object that leads nowhere after the plan as it does before: it is no error of the
/// files, and changing it is left to them. Beside them the ways out of which only accounts that were not read could say so.
pub(super) fn nowhere(
    account: &str,
    plan: &TenantPlan,
    desired: &BTreeMap<Address, Desired>,
    observed: &Observed,
    platform: &BTreeMap<String, String>,
) -> (Vec<Note>, Vec<WayOut>) {
    let (mut notes, mut ways_out) = (Vec::new(), Vec::new());
    let mut steps: BTreeMap<&Address, &Step> = BTreeMap::new();
    for step in &plan.steps {
        steps.entry(&step.address).or_insert(step);
    }
    for address in desired.keys().filter(|address| !plan.withheld.contains(*address)) {
        let step = steps.get(address);
        let live = observed.objects.get(address);
        let Some(after) = step.map_or(live, |step| step.after.as_ref()) else { continue };
        for (path, to) in led(address, after, desired, observed) {
            let still = || format!("{} still leads to", in_words(after, &path));
            if let Some(gone) = gone(account, &to, desired, observed) {
                notes.push(Note::new(address, format!("{} {gone}", still())));
                continue;
            }
            let Some(number) = way_out(address, &path, &to) else { continue };
            let way = WayOut::left(address, number, still(), plan.notes.len() + notes.len());
            match platform.get(&number.to_string()) {
                Some(host) => notes.extend(way.said(host).map(|text| Note::new(address, text))),
                None => ways_out.push(way),
            }
        }
    }
    (notes, ways_out)
}

/// A note for each live pointer that nobody declared and that leads to an extension which is gone: a user has left, and
/// callers are still sent there.
pub(super) fn undeclared(
    account: &str,
    plan: &TenantPlan,
    desired: &BTreeMap<Address, Desired>,
    observed: &Observed,
    only: &dyn Fn(&Address) -> bool,
) -> Vec<Note> {
    let mut notes = Vec::new();
    let goes = |address: &Address| plan.steps.iter().any(|step| step.address == *address && step.removes());
    // The forwards of a Default rule are said where the other rules are.
    let is_twin = |address: &Address| {
        let rules = Address::new(Kind::Rules, &address.key);
        address.kind == Kind::Diverts && observed.objects.contains_key(&rules)
    };
    // Of what is not planned nothing else is said.
    let is_said = |address: &Address| desired.contains_key(address) && !plan.withheld.contains(address);
    let is_of_diverts = |address: &Address, rule: Option<String>| {
        let diverts = Address::new(Kind::Diverts, &address.key);
        address.kind == Kind::Rules && rule.as_deref() == Some(DEFAULT_RULE) && is_said(&diverts)
    };
    let others = observed.objects.iter().filter(|(address, _)| only(address) && !is_said(address));
    for (address, live) in others.filter(|(address, _)| !goes(address) && !is_twin(address)) {
        for (path, to) in led(address, live, desired, observed) {
            if is_of_diverts(address, place(live, &path).0) {
                continue;
            }
            let Some(gone) = gone(account, &to, desired, observed) else { continue };
            notes.push(Note::new(address, format!("{} leads to {gone}", in_words(live, &path))));
        }
    }
    notes
}

/// Where an object leads, with the extensions that are gone and whose single phones it rings.
fn led(
    address: &Address,
    resource: &Resource,
    desired: &BTreeMap<Address, Desired>,
    observed: &Observed,
) -> Vec<(Path, Reference)> {
    let mut all = references(address, resource);
    for (_, to) in &mut all {
        *to = observed.circumstances.meant_by(to.clone());
    }
    let is_there = |name: &str| name.parse().is_ok_and(|it| is_there(&it, desired, observed));
    let phone =
        |(path, device): (Path, String)| Some((path, Reference::Phone(lost_owner(&device, &is_there)?)));
    all.extend(devices(resource).into_iter().filter_map(phone));
    all
}

/// Whether an extension is in the account, or is a queue of the files.
fn is_there(extension: &Extension, desired: &BTreeMap<Address, Desired>, observed: &Observed) -> bool {
    observed.extensions.contains_key(extension)
        || desired.contains_key(&Address::new(Kind::Queues, extension))
}

/// An extension that the account does not have, in words. Who else than people has one may not be known.
fn gone(
    account: &str,
    to: &Reference,
    desired: &BTreeMap<Address, Desired>,
    observed: &Observed,
) -> Option<String> {
    let (Reference::Extension(to)
    | Reference::Phone(to)
    | Reference::Voicemail(to)
    | Reference::Attendant(to)) = to
    else {
        return None;
    };
    (!observed.extensions.is_empty() && !is_there(to, desired, observed)).then(|| {
        match observed.circumstances.unclear {
            Unclear::These(_) => format!("extension {to}, which account `{account}` does not have: calls sent there are lost"),
            Unclear::Others => format!(
                "{to}, which nobody in the list of people of `{account}` has: if that person has left, calls sent there are lost"
            ),
        }
    })
}
