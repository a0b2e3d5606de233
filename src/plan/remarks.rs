//! What a reviewer should know of a change before it is made, and of what is live meanwhile.

use super::{Desired, Dialect, Note, Observed, Step};
use crate::{
    model::{Address, Divert, Kind, Queue, Resource},
    path::Path,
};
use std::collections::{BTreeMap, BTreeSet};

/// What the vendor says of the changes, each once for an object.
pub(super) fn of_vendor(steps: &[Step], dialect: &Dialect) -> Vec<Note> {
    let mut notes: Vec<Note> = Vec::new();
    let mut said = BTreeSet::new();
    for step in steps {
        let Some(after) = &step.after else { continue };
        let fits = dialect.remarks.iter().filter(|it| {
            let concerns = it.field.is_empty() || step.concerns(&Path::from(it.field));
            it.kind == step.address.kind && concerns && (it.when)(step.before.as_ref(), after)
        });
        for remark in fits {
            let text = filled(remark.text, &step.address, after);
            if said.insert((&step.address, remark.source, text.clone())) {
                notes.push(Note { source: Some(remark.source), ..Note::new(&step.address, text) });
            }
        }
    }
    notes
}

/// A remark with the names of its object: `{key}` is its key, `{to}` the number of a forward.
fn filled(text: &str, address: &Address, after: &Resource) -> String {
    let to = match after {
        Resource::Forward(forward) => forward.to.as_ref().map(ToString::to_string),
        _ => None,
    };
    text.replace("{key}", &address.key).replace("{to}", &to.unwrap_or_else(|| "its number".to_owned()))
}

/// Queues of which the files say one half of a failover, where the other half as it is live makes it none. Where the files
/// say both, a lint has said it.
pub(super) fn half_failovers(
    desired: &BTreeMap<Address, Desired>,
    withheld: &BTreeSet<Address>,
    observed: &Observed,
) -> Vec<Note> {
    let queues = desired.keys().filter(|it| it.kind == Kind::Queues);
    let notes = queues.filter_map(|it| half_failover(&it.key, desired, observed));
    notes.filter(|note| !withheld.contains(&note.address)).collect()
}

fn half_failover(key: &str, desired: &BTreeMap<Address, Desired>, observed: &Observed) -> Option<Note> {
    let address = Address::new(Kind::Queues, key);
    // What one of the halves is live may not be known.
    if observed.unreadable.contains_key(&address) {
        return None;
    }
    let queue = |resource: Option<&Resource>| match resource {
        Some(Resource::Queue(queue)) => queue.clone(),
        _ => Queue::default(),
    };
    let live = observed.objects.get(&address);
    let declared = queue(desired.get(&address).map(|it| &it.resource));
    let silent = declared.failover.is_none() && declared.require_agents.is_none();
    if declared.failover.is_some() && declared.require_agents.is_some() {
        return None;
    }
    let failover = declared.failover.or_else(|| queue(live).failover);
    // Who is not taken because no agent is available goes there.
    let taken = declared.unavailable.or_else(|| queue(live).unavailable);
    let required = declared.require_agents.or_else(|| queue(live).require_agents) == Some(true);
    match (failover, required) {
        (Some(Divert::To(_)), false) => {
            let text = "`failover`: callers are taken while no agent is there, so this never happens until the queue has \
                        `require_agents: true`";
            Some(Note::new(&address, text))
        }
        (None | Some(Divert::Off), true) if !silent && !matches!(taken, Some(Divert::To(_))) => {
            let text = "callers are turned away while no agent is logged in: `require_agents` is on, and there is no \
                        `failover`";
            Some(Note::new(&address, text))
        }
        _ => None,
    }
}
