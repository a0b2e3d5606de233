//! What an object that is taken from the portal may change in its file, and whether it does no more.

use super::import::Work;
use crate::{
    edit::Refused,
    import::Declared,
    load::LoadedTenant,
    model::{Address, Resource, Tenant},
    path::Segment,
    plan::{Action, Observed, Step},
};
use serde_json::{Map, Value};
use std::collections::{BTreeMap, BTreeSet};

/// Whether an object is not live any more.
pub(super) fn goes(step: &Step, observed: &Observed) -> bool {
    step.action == Action::Create || live(&step.address, observed).is_none()
}

/// What is live of an object. A forward of which something is live that is not understood leads somewhere.
pub(super) fn live<'a>(address: &Address, observed: &'a Observed) -> Option<&'a Resource> {
    let is_hidden = observed.unreadable.contains_key(address) || observed.opaque.contains_key(address);
    observed.objects.get(address).filter(|it| is_hidden || !it.is_vacant())
}

/// Where an object stands in a file.
pub(super) fn path_of(address: &Address) -> [Segment; 2] {
    [Segment::key(address.kind.section()), Segment::key(&address.key)]
}

/// The fields in which an object differs, as far as a file can say them.
pub(super) fn fields(step: &Step) -> BTreeSet<String> {
    step.changes.iter().filter_map(|change| change.path.field().map(str::to_owned)).collect()
}

/// Whether nothing of some objects is to be changed once a file reads so, and nothing that ends by itself is lost.
pub(super) fn is_as_live(
    work: &Work<'_>,
    before: &LoadedTenant,
    after: &LoadedTenant,
    is_meant: &dyn Fn(&Address) -> bool,
    lives: &BTreeMap<Address, Declared>,
    observed: &Observed,
) -> Result<(), Refused> {
    if untils(before) != untils(after) {
        return Err(Refused("an `until` in it would go with it".to_owned()));
    }
    let wrong = |_| Refused("it cannot be planned once it is changed".to_owned());
    let compared = work.compare(after, observed).map_err(wrong)?;
    // What no file can say stays as the file has it.
    let differs = |step: &Step| {
        let live = lives.get(&step.address);
        step.changes.iter().any(|it| live.is_none_or(|live| live.says(&it.path)))
    };
    match compared.steps.iter().any(|step| is_meant(&step.address) && differs(step)) {
        false => Ok(()),
        true => Err(Refused("it does not read as what is live once it is changed".to_owned())),
    }
}

/// What of a file changes by itself, wherever in its objects.
fn untils(loaded: &LoadedTenant) -> BTreeSet<(Address, String, String)> {
    loaded.untils().map(|(it, _)| (it.address.clone(), it.to_string(), it.then.clone())).collect()
}

/// Whether two readings of a file say the same but for these fields of some objects; where no field is named the object goes.
pub(super) fn same_but(
    before: &Tenant,
    after: &Tenant,
    touched: &BTreeMap<Address, BTreeSet<String>>,
) -> Result<(), Refused> {
    let said = |tenant: &Tenant| -> BTreeMap<Address, Value> {
        let each = tenant.resources().map(|(at, resource): (Address, Resource)| {
            let mut value = serde_json::to_value(&resource).unwrap_or_default();
            if let Some(fields) = touched.get(&at)
                && let Some(own) = value.as_object_mut()
            {
                own.retain(|field, _| !fields.contains(field));
            }
            (at, value)
        });
        // An object that goes is none, and neither is one of which every field changes.
        each.filter(|(at, value)| {
            !touched.contains_key(at)
                || value.as_object().is_some_and(|own: &Map<String, Value>| !own.is_empty())
        })
        .collect()
    };
    let rest = |tenant: &Tenant| {
        let Tenant { tenant, provider, account, time_zone, bulk, exhaustive, absent, .. } = tenant.clone();
        (tenant, provider, account, time_zone, bulk, exhaustive, absent)
    };
    let (mut one, two) = (said(before), said(after));
    one.retain(|at, _| touched.get(at).is_none_or(|fields| !fields.is_empty()));
    match one == two && rest(before) == rest(after) {
        true => Ok(()),
        false => Err(Refused("something else would say another thing with it".to_owned())),
    }
}
