//! What the files said at the base revision and say no longer, while it is still live: nobody would see it otherwise.

use super::{Base, Desired, Note, Observed, Policy, Source, Step};
use crate::model::{Address, Forward, Kind, Resource};
use std::collections::BTreeMap;

/// A note for each object, and each emergency forward that was on by the files, that nobody declares any more.
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
        // The files have never declared what others have added since they left the base.
        if now.is_none() && base.left.as_ref().is_some_and(|left| !left.desired.contains_key(address)) {
            continue;
        }
        let live = observed.objects.get(address).filter(|live| !live.is_vacant());
        let unread = policy.unobservable.contains(&address.kind);
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
