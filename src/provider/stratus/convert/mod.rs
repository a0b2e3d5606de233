//! Wire to model and back. Pure.

mod arrays;
mod begun;
mod dates;
mod destination;
mod entry;
mod forward;
mod holiday;
mod normalize;
mod number;
mod queue;
mod repeat;
mod rules;
mod schedule;
#[cfg(test)]
mod tests;
mod times;
mod week;
mod word;

pub use arrays::FrameChange;
pub use begun::keep_begun;
pub use destination::{described, destination, ring_token, ringable, token};
pub use forward::forward;
pub use holiday::{first_year as holiday_year, in_calendar};
pub use normalize::{means, normalize};
pub use number::{number, route_into};
pub use queue::{
    MINUTE, QueueParts, agent, agent_id, device_id, dispatch, dispatch_word, limit_number, queue,
    queue_diverts, recognise_devices,
};
pub use rules::{
    DefaultRuleChange, caller, caller_wire, default_rule, default_rule_change, diverts, feature_field,
    in_order, is_anonymous, rule_body, rules, until_they_go,
};
pub use schedule::schedule;

use crate::{model::Extension, plan::Role};
use std::collections::BTreeMap;

/// What the conversions must know of the account.
#[derive(Debug, Clone, Default)]
pub struct Context {
    /// As the server spells it, which a file need not.
    pub domain: String,
    pub roles: BTreeMap<Extension, Role>,
    /// The names of the auto attendants, by extension.
    pub attendants: BTreeMap<Extension, String>,
    /// Whether rules show no lists of callers here, so that an allow list cannot be seen (FACTS stratus/readings-6).
    pub lists_hidden: bool,
}

impl Context {
    fn role(&self, text: &str) -> Option<Role> {
        self.roles.get(&text.parse().ok()?).copied()
    }
}
