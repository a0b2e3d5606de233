//! Fields whose live value was shown and is not understood: they are not written, and each is said as it was shown.

use super::{BulkEntry, Desired, Note, Observed, Source, TenantPlan, class};
use crate::{
    finding::{Finding, Place},
    model::{Address, Kind, Resource},
    path::{Path, Segment},
};
use std::collections::{BTreeMap, BTreeSet};

/// Whether a change is to a field that is not understood.
pub(super) fn hides(observed: &Observed, address: &Address, path: &Path) -> bool {
    let fields = observed.unreadable.get(address);
    fields.is_some_and(|fields| fields.keys().any(|field| path.is_inside(field)))
}

/// The declared objects of which something that says where calls go is not understood, and so stays as it is.
pub(super) fn in_part(desired: &BTreeMap<Address, Desired>, observed: &Observed) -> BTreeSet<Address> {
    let each = observed.unreadable.iter().filter(|(address, fields)| {
        let Some(wanted) = desired.get(*address) else { return false };
        let says_where = |field: &&Path| !class::is_beyond(address.kind, field) && !is_label(field);
        fields.keys().filter(says_where).any(|field| wanted.resource.value(field).is_some())
    });
    each.map(|(address, _)| address.clone()).collect()
}

fn is_label(field: &Path) -> bool {
    matches!(field.field(), Some("label" | "name"))
}

/// Keeps declared fields from being planned, and objects that are to go and may not be there.
pub(super) fn withhold(
    plan: &mut TenantPlan,
    desired: &BTreeMap<Address, Desired>,
    absent: &BTreeMap<Address, Option<Source>>,
    observed: &Observed,
    bulk: &[BulkEntry],
    place: &dyn Fn(&[Segment]) -> Option<Place>,
) {
    for (address, fields) in &observed.unreadable {
        if plan.withheld.contains(address) {
            continue;
        }
        let vacant = observed.objects.get(address).is_some_and(Resource::is_vacant);
        for (field, shown) in fields {
            let mut at = address.path();
            let help = match desired.get(address) {
                Some(wanted) if wanted.resource.value(field).is_some() => {
                    plan.withheld_fields.entry(address.clone()).or_default().insert(field.clone());
                    at.extend(field.iter().cloned());
                    let by_bulk =
                        field.field() == Some("order") && bulk.iter().any(|it| it.may_be_about(address));
                    let out = match by_bulk {
                        true => format!("take `{}` out of `bulk`", address.key),
                        false => format!("leave `{field}` out"),
                    };
                    format!("set it in the portal once, or {out}: until then it stays as it is")
                }
                None if vacant && absent.contains_key(address) => {
                    plan.withheld.insert(address.clone());
                    "whether it is gone cannot be told: look in the portal".to_owned()
                }
                _ => continue,
            };
            let message = format!("the live `{field}` of {address} is {shown}, which is not understood");
            plan.blocked.push(Finding::error("unreadable-value", message).help(help).at(place(&at)));
        }
    }
}

/// What stays as it is because the files say nothing of it, and what goes with its object.
pub(super) fn notes(
    plan: &TenantPlan,
    desired: &BTreeMap<Address, Desired>,
    observed: &Observed,
) -> Vec<Note> {
    let mut notes = Vec::new();
    for (address, fields) in observed.unreadable.iter().filter(|(it, _)| !plan.withheld.contains(it)) {
        let removed = plan.steps.iter().any(|step| step.address == *address && step.removes());
        let wanted = desired.get(address).map(|wanted| &wanted.resource);
        for (field, shown) in fields {
            let declared = wanted.is_some_and(|wanted| wanted.value(field).is_some());
            let then = match wanted {
                _ if removed => "nothing brings that back",
                Some(_) if !declared => "it is left alone",
                // Whether calls are forwarded now is everybody's business.
                None if address.kind == Kind::Forwards && field.field() == Some("active") => {
                    "whether calls are forwarded now is not known"
                }
                _ => continue,
            };
            notes.push(Note::new(address, format!("`{field}` is {shown}, which is not understood; {then}")));
        }
    }
    notes
}
