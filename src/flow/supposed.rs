//! What files leave out, supposed so that calls go on: a sweep looks at what is declared, and must not stop where the files do.

use super::system::System;
use crate::model::{Agent, Divert, Limit, Queue, Ringable, Tenant};

/// The agent of a queue whose agents are not declared.
pub(super) const SOMEBODY: &str = "an agent";

/// How long a queue rings that does not say it. Seconds.
const RING: u32 = 60;

/// A tenant in which each declared queue has somebody, and each of its forwards applies.
pub fn supposed(tenant: &Tenant, system: System) -> Tenant {
    let mut tenant = tenant.clone();
    for queue in tenant.queues.values_mut() {
        let Queue { agents, failover, require_agents, no_answer, ring_timeout, max_wait, .. } = queue;
        agents.get_or_insert_with(|| {
            let target = Ringable::Agent(SOMEBODY.to_owned());
            vec![Agent { target, order: None, wrap_up: None }]
        });
        if matches!(failover, Some(Divert::To(_))) {
            require_agents.get_or_insert(true);
        }
        if matches!(no_answer, Some(Divert::To(_))) {
            let limit = if system == System::Stratus { ring_timeout } else { max_wait };
            limit.get_or_insert(Limit::To(RING));
        }
    }
    tenant
}
