//! How an object is between the writes of a step, in the order in which `client::write` sends them. Pure.

use crate::model::{Queue, Resource};

/// A queue's own fields go first, then the list of its agents.
pub fn between(before: Option<&Resource>, after: Option<&Resource>) -> Vec<Resource> {
    let Some(Resource::Queue(after)) = after else { return Vec::new() };
    if after.agents.is_none() {
        return Vec::new();
    }
    let agents = match before {
        Some(Resource::Queue(before)) => before.agents.clone(),
        _ => Some(Vec::new()),
    };
    let now = Resource::Queue(Queue { agents, ..after.clone() });
    let is_end = before == Some(&now) || matches!(&now, Resource::Queue(it) if it == after);
    if is_end { Vec::new() } else { vec![now] }
}
