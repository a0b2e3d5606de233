//! What the files said at the base revision and say no longer, while it is still live: nobody would see it otherwise.

use super::{Base, Desired, Note, Observed, Policy, Source, Step};
use crate::{
    diff,
    model::{Address, Forward, Kind, Resource},
    path::Path,
};
use std::collections::BTreeMap;

/// A note for each object, the fields of one, and each emergency forward that was on by the files, that nobody declares any more.
pub(super) fn notes(
    base: &Base,
    desired: &BTreeMap<Address, Desired>,
    absent: &BTreeMap<Address, Option<Source>>,
    steps: &[Step],
    observed: &Observed,
    policy: &Policy,
    only: &dyn Fn(&Address) -> bool,
) -> Vec<Note> {
    let goes = |address: &Address| steps.iter().any(|step| step.address == *address && step.removes());
    let mut notes = Vec::new();
    for (address, then) in base.desired.iter().filter(|(address, _)| only(address)) {
        if absent.contains_key(address) || goes(address) {
            continue;
        }
        let now = desired.get(address).map(|it| &it.resource);
        // The rules of an extension have its diverts as well.
        let rules = Address::new(Kind::Rules, &address.key);
        if now.is_none() && address.kind == Kind::Diverts && desired.contains_key(&rules) {
            continue;
        }
        // The files have never declared what others have added since they left the base.
        if now.is_none() && base.left.as_ref().is_some_and(|left| !left.desired.contains_key(address)) {
            continue;
        }
        let live = observed.objects.get(address).filter(|live| !live.is_vacant());
        // Rules and diverts are read where they are declared.
        let is_there = || {
            observed.extensions.is_empty() || observed.extensions.keys().any(|it| it.as_str() == address.key)
        };
        let unseen = live.is_none() && matches!(address.kind, Kind::Rules | Kind::Diverts) && is_there();
        let unread = policy.unobservable.contains(&address.kind) || (unseen && !then.is_vacant());
        let mut text = match (then, now, live) {
            (Resource::Forward(then), now, live) if then.is_active() && releases(now) => match live {
                Some(Resource::Forward(live)) if live.is_active() => format!(
                    "was on by the files at {}; nobody declares it: `active: false` switches it off",
                    base.revision
                ),
                _ if unread => format!(
                    "was on by the files at {}; whether it is on cannot be read; nobody declares it: `active: false` \
                     switches it off",
                    base.revision
                ),
                // Off already: nothing is left of it but the number.
                _ => continue,
            },
            (then, Some(now), _) => {
                notes.extend(undeclared_fields(address, then, now, base));
                continue;
            }
            (_, None, live) if live.is_some() || unread => {
                let still = if unread { "perhaps still live" } else { "still live" };
                format!(
                    "no longer declared since {}, {still}, left alone{}",
                    base.revision,
                    way_out(address.kind)
                )
            }
            _ => continue,
        };
        if base.protected.contains(address) && now.is_none() {
            text.push_str("; it was protected");
        }
        notes.push(Note::new(address, text));
    }
    notes
}

/// Whether the files leave it to people whether the forward is on.
fn releases(now: Option<&Resource>) -> bool {
    match now {
        Some(Resource::Forward(Forward { active, .. })) => active.is_none(),
        _ => true,
    }
}

/// What deletes an object of that kind.
pub(super) fn way_out(kind: Kind) -> &'static str {
    match kind {
        Kind::Schedules | Kind::Receivers | Kind::Queues | Kind::Forwards => "; `absent` deletes it",
        Kind::Numbers | Kind::Rules | Kind::Diverts => "",
    }
}

/// The fields of an object that are not declared any more.
pub(super) fn undeclared_fields(
    address: &Address,
    then: &Resource,
    now: &Resource,
    base: &Base,
) -> Option<Note> {
    let gone =
        diff::diff(then, now).into_iter().filter(|it| it.old.is_none() && now.value(&it.path).is_none());
    // Nor what others have added since they left the base, which the files have never declared.
    let others = |path: &Path| {
        let left = base.left.as_ref().map(|left| left.desired.get(address));
        left.is_some_and(|left| left.is_none_or(|left| left.value(path).is_none()))
    };
    let gone = gone.filter(|it| !others(&it.path));
    // What is in a list that is declared is a change of the list.
    let gone = gone.filter(|it| it.path.iter().all(|segment| segment.as_key().is_some()));
    let fields: Vec<String> = gone.map(|it| format!("`{}`", it.path)).collect();
    let text = || {
        format!(
            "{} no longer declared since {}; what is live there is left alone",
            fields.join(", "),
            base.revision
        )
    };
    (!fields.is_empty()).then(|| Note::new(address, text()))
}
