//! What a provider cannot hold, gathered while a desired object is put into its form.

use crate::{
    model::{Agent, Resource, Ringable},
    path::Path,
    plan::Unsupported,
};
use std::collections::BTreeSet;

/// Gathers what cannot be held.
#[derive(Default)]
pub struct Refusals {
    found: Vec<Unsupported>,
}

impl Refusals {
    pub fn add(&mut self, path: &Path, message: impl Into<String>, help: impl Into<String>) {
        self.found.push(Unsupported { path: path.clone(), message: message.into(), help: help.into() });
    }

    /// The object, if nothing speaks against it.
    pub fn result(self, resource: Resource) -> Result<Resource, Vec<Unsupported>> {
        if self.found.is_empty() { Ok(resource) } else { Err(self.found) }
    }
}

/// What every provider asks of the agents of a queue: each once, positions from 1, by default the place in the list; sorted
/// as they are reported.
pub fn agents(refusals: &mut Refusals, agents: &mut [Agent]) {
    let path = Path::from(["agents"]);
    let mut seen: BTreeSet<Ringable> = BTreeSet::new();
    for (index, Agent { target, order, wrap_up: _ }) in agents.iter_mut().enumerate() {
        let here = path.join(index);
        if !seen.insert(target.clone()) {
            refusals.add(&here, "this agent is listed twice", "name each agent once");
        }
        if *order == Some(0) {
            refusals.add(
                &here.join("order"),
                "positions count from 1",
                "leave `order` out, or write 1 or more",
            );
        }
        order.get_or_insert(index as u32 + 1);
    }
    agents.sort_by(|a, b| (a.order, &a.target).cmp(&(b.order, &b.target)));
}
