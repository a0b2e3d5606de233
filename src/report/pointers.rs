//! Who points to something: as the files declare it, and as it is live.

use super::{Target, words};
use crate::{
    finding::{Finding, Place},
    model::{
        Address, Circumstances, Extensions, Kind, Reference, Resource, Rule, Tenant, Until, devices,
        references,
    },
    path::{Path, Segment},
    plan::{Observed, Role, Source, in_words},
};
use serde::Serialize;
use std::collections::BTreeSet;

/// Everything that points to one thing.
#[derive(Debug, Serialize)]
pub struct Pointers {
    pub target: String,
    pub tenants: Vec<TenantPointers>,
}

/// What of one tenant points to it.
#[derive(Debug, Serialize)]
pub struct TenantPointers {
    pub tenant: String,
    pub provider: String,
    pub account: String,
    pub declared: Side,
    /// What the files will say, in the order in which it comes.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub coming: Vec<Coming>,
    /// `None` where nobody looked.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub live: Option<Side>,
    /// Live pointers that cannot be ruled out: what was not read, in words.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub not_read: Vec<String>,
    /// Why the account could not be read.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub findings: Vec<Finding>,
}

/// What the files, or the account, say.
#[derive(Debug, Default, Serialize)]
pub struct Side {
    /// The objects that are what is asked about.
    pub own: Vec<Pointer>,
    pub pointers: Vec<Pointer>,
}

/// One place from which something is pointed to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Pointer {
    /// The object, or an entry of `bulk`.
    pub at: String,
    /// Where in it, in words; empty for the object itself.
    #[serde(rename = "where", skip_serializing_if = "String::is_empty")]
    pub place: String,
    /// What it says there, in words.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub to: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub source: Option<Source>,
}

/// What points to it once an `until` has passed, and does not before.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Coming {
    #[serde(flatten)]
    pub pointer: Pointer,
    /// When that is: `2027-01-16T18:00 (America/Chicago)`.
    pub from: String,
}

impl Pointers {
    pub fn declared(&self) -> usize {
        self.tenants.iter().map(|it| it.declared.pointers.len()).sum()
    }

    pub fn coming(&self) -> usize {
        self.tenants.iter().map(|it| it.coming.len()).sum()
    }

    pub fn live(&self) -> Option<usize> {
        let live = self.tenants.iter().filter_map(|it| it.live.as_ref());
        self.tenants.iter().any(|it| it.live.is_some()).then(|| live.map(|it| it.pointers.len()).sum())
    }

    /// Whether an account could not be read.
    pub fn is_incomplete(&self) -> bool {
        self.tenants.iter().any(|it| !it.findings.is_empty())
    }
}

/// What a tenant's file says. `place` says where.
pub fn declared(target: &Target, tenant: &Tenant, place: &dyn Fn(&[Segment]) -> Place) -> Side {
    let source = |path: &[Segment]| Some(Source::from(place(path)));
    let mut side = Side::default();
    for (address, resource) in tenant.resources() {
        if target.owns(&address, &resource) {
            side.own.push(itself(&address, source(&address.path())));
        }
        for (path, to) in found(target, &address, &resource) {
            let mut at = address.path();
            at.extend(path.clone());
            let place = in_words(&resource, &path);
            side.pointers.push(Pointer { at: address.to_string(), place, to, source: source(&at) });
        }
    }
    for (index, bulk) in tenant.bulk.iter().enumerate() {
        let path = Path::from(["bulk"]).join(index);
        let mut say = |path: Path, place: &str, to: String| {
            let at = format!("bulk[{index}]");
            side.pointers.push(Pointer { at, place: place.to_owned(), to, source: source(&path) });
        };
        if target.schedule() == Some(&bulk.schedule) {
            say(
                path.join("schedule"),
                "`schedule`",
                words::reference(&Reference::Schedule(bulk.schedule.clone())),
            );
        }
        if let Extensions::Named(named) = &bulk.extensions {
            let held = named.iter().enumerate().filter(|(_, it)| target.extension() == Some(it));
            for (at, it) in held {
                let to = words::reference(&Reference::Extension(it.clone()));
                say(path.join("extensions").join(at), "`extensions`", to);
            }
        }
        if let Some(rule) = bulk.on_top() {
            let (rules, address) = alone(rule);
            for (inner, to) in found(target, &address, &rules) {
                let keys: Path = inner.iter().skip(2).cloned().collect();
                // The schedule stands beside the rule.
                if keys.field() == Some("when") {
                    continue;
                }
                let mut at = path.join("rule");
                at.extend(keys.clone());
                say(at, &format!("`rule.{}`", keys.keys()), to);
            }
        }
    }
    side
}

/// What a tenant's file will say that it does not say now. `then` is the tenant when every one of these `until` has passed.
pub fn coming(
    target: &Target,
    now: &Side,
    then: &Tenant,
    untils: &[&Until],
    place: &dyn Fn(&[Segment]) -> Place,
) -> Vec<Coming> {
    let mut found: Vec<(&Until, Pointer)> = Vec::new();
    for (address, resource) in then.resources() {
        for (path, to) in self::found(target, &address, &resource) {
            // The name of the object may be written in another way.
            let holds = |it: &&&Until| it.address == address && path.starts_with(&it.holder[2..]);
            let Some(until) = untils.iter().find(holds) else { continue };
            let mut at = address.path();
            at.extend(path.clone());
            let (place, source) = (in_words(&resource, &path), Some(Source::from(place(&at))));
            found.push((until, Pointer { at: address.to_string(), place, to, source }));
        }
    }
    let same = |one: &Pointer, other: &Pointer| {
        (&one.at, &one.place, &one.to) == (&other.at, &other.place, &other.to)
    };
    found.retain(|(_, pointer)| !now.pointers.iter().any(|it| same(it, pointer)));
    found.sort_by_key(|(until, _)| until.instant);
    found.into_iter().map(|(until, pointer)| Coming { pointer, from: until.to_string() }).collect()
}

/// A rule as the only one of nobody's extension.
fn alone(rule: Rule) -> (Resource, Address) {
    let rules = crate::model::Rules { order: Some(vec![rule]), ..Default::default() };
    (Resource::Rules(rules), Address::new(Kind::Rules, ""))
}

/// What is live in an account. `source` says where an object is declared.
pub fn live(target: &Target, observed: &Observed, source: &dyn Fn(&Address) -> Option<Source>) -> Side {
    let mut side = Side::default();
    for (address, resource) in observed.objects.iter().filter(|(it, _)| !is_said_by_rules(it, observed)) {
        if resource.is_vacant() {
            continue;
        }
        if target.owns(address, resource) {
            side.own.push(itself(address, source(address)));
        }
        for (path, to) in held(target, address, resource, Some(&observed.circumstances)) {
            let place = in_words(resource, &path);
            side.pointers.push(Pointer { at: address.to_string(), place, to, source: source(address) });
        }
    }
    let Some(own) = target.address() else { return side };
    let shown: BTreeSet<String> = side.pointers.iter().map(|it| it.at.clone()).collect();
    let mut said = BTreeSet::new();
    for hidden in observed.hidden_uses.iter().filter(|it| it.target == own && said.insert(&it.by)) {
        let is_itself =
            hidden.owners.iter().any(|owner| target.extension().is_some_and(|it| it.as_str() == owner.key));
        let is_shown = || hidden.owners.iter().any(|owner| shown.contains(&owner.to_string()));
        if is_itself || hidden.is_possible || (!hidden.is_unshown && is_shown()) {
            continue;
        }
        let place = "in a way that has no word here".to_owned();
        side.pointers.push(Pointer { at: hidden.by.clone(), place, to: String::new(), source: None });
    }
    side
}

/// The forwards of a Default rule are shown twice, and said once: where the rules are.
pub(super) fn is_said_by_rules(address: &Address, observed: &Observed) -> bool {
    address.kind == Kind::Diverts && observed.objects.contains_key(&Address::new(Kind::Rules, &address.key))
}

/// What of an account nobody looked at, or nobody understands, and that may point there.
pub fn unread(target: &Target, observed: &Observed, unobservable: &BTreeSet<Kind>) -> Vec<String> {
    let mut said: Vec<String> = Vec::new();
    let kinds = unobservable.iter().filter(|kind| target.may_be_in(**kind, None));
    said.extend(kinds.map(|kind| format!("`{}`: only the portal shows them", kind.section())));
    if let Some(why) = observed.unread_forwards.as_ref().filter(|_| target.may_be_in(Kind::Forwards, None)) {
        said.push(format!("`forwards`: {why}"));
    }
    if target.schedule().is_none() {
        let attendants = observed.extensions.iter().filter(|(_, role)| **role == Role::Attendant);
        said.extend(attendants.map(|(it, _)| format!("auto attendant {it}: where its keys lead")));
    }
    for (address, fields) in &observed.unreadable {
        let shown = fields.iter().filter(|(field, _)| target.may_be_in(address.kind, field.field()));
        said.extend(
            shown.map(|(field, text)| format!("`{field}` of {address}: {text}, which is not understood")),
        );
    }
    for (address, fields) in &observed.opaque {
        let hidden = fields.iter().filter(|field| target.may_be_in(address.kind, field.field()));
        said.extend(hidden.map(|field| format!("`{field}` of {address}: it has no word, or is not shown")));
    }
    let own = target.address();
    let possible =
        observed.hidden_uses.iter().filter(|it| it.is_possible && Some(&it.target) == own.as_ref());
    said.extend(possible.map(|it| it.by.clone()));
    said
}

fn itself(address: &Address, source: Option<Source>) -> Pointer {
    Pointer { at: address.to_string(), place: String::new(), to: String::new(), source }
}

/// Where an object of a file points to it, and how.
fn found(target: &Target, address: &Address, resource: &Resource) -> Vec<(Path, String)> {
    held(target, address, resource, None)
}

/// The same of any object. A token may be known to mean something else as well.
fn held(
    target: &Target,
    address: &Address,
    resource: &Resource,
    circumstances: Option<&Circumstances>,
) -> Vec<(Path, String)> {
    // Its own mailbox is a part of it.
    let own = |to: &Reference| {
        let itself = target.owns(address, resource) && target.extension().is_some();
        itself && matches!(to, Reference::Voicemail(_) | Reference::Queue(_) | Reference::Extension(_))
    };
    let meant = |(path, to): (Path, Reference)| match circumstances {
        Some(known) if !target.is(&to) => (path, known.meant_by(to)),
        _ => (path, to),
    };
    let pointers = references(address, resource).into_iter().map(meant);
    let mut found: Vec<(Path, String)> = pointers
        .filter(|(_, to)| target.is(to) && !own(to))
        .map(|(path, to)| (path, words::reference(&to)))
        .collect();
    let devices = devices(resource).into_iter().filter(|(_, device)| target.has_device(device));
    if !target.owns(address, resource) {
        found.extend(devices.map(|(path, device)| (path, format!("device {device}"))));
    }
    found
}
