//! Call queues and agents (FACTS stratus/queues and FACTS stratus/agents).

use super::{Context, diverts, ringable};
use crate::{
    model::{self, Dispatch, Divert, Diverts, Limit, Queue, Ringable},
    path::Path,
    provider::{
        scalar::{Scalar, Unreadable},
        stratus::wire::{Agent, AnswerRule, CallQueue, User},
    },
};

/// What beside its own record makes up a live queue.
pub struct QueueParts<'a> {
    pub agents: &'a [&'a Agent],
    /// The user at its extension, and that one's Default rule (FACTS stratus/queues-5).
    pub user: Option<&'a User>,
    pub default: Option<&'a AnswerRule>,
}

/// A live queue in the words of the YAML.
pub fn queue(live: &CallQueue, parts: &QueueParts<'_>, context: &Context) -> (Queue, Unreadable) {
    let QueueParts { agents, user, default } = *parts;
    let mut unreadable = Unreadable::default();
    let word = live.callqueue_dispatch_type.as_str();
    let dispatch = match dispatch(word) {
        Some(dispatch) => Scalar::Known(dispatch),
        None if word.is_empty() => Scalar::Unset,
        None => Scalar::Strange(word.to_owned()),
    };
    for agent in agents {
        let id = agent.callqueue_agent_id.as_str();
        unreadable.part(["agents"], format!("the order of `{id}`"), agent.position());
        let wrap_up = agent.callqueue_agent_wrap_up_allowance_seconds.whole();
        unreadable.part(["agents"], format!("the wrap-up time of `{id}`"), wrap_up);
    }
    let mut agents: Vec<model::Agent> = agents.iter().map(|live| agent(live, context)).collect();
    agents.sort_by(|a, b| (a.order, &a.target).cmp(&(b.order, &b.target)));
    let (diverts, strange) = diverts(default, context);
    for (field, word) in FORWARDS {
        if let Some(text) = strange.0.get(&Path::from([word])) {
            unreadable.0.insert([field].into(), text.clone());
        }
    }
    let ring_timeout = user.map_or(Scalar::Unset, |user| user.ring_no_answer_timeout_seconds.whole());
    let require = live.callqueue_require_available_agents_to_accept_new_callers.flag().or(false);
    let queue = Queue {
        name: Some(live.description.as_str().to_owned()),
        dispatch: unreadable.field(["dispatch"], dispatch),
        agent_ring: unreadable.field(["agent_ring"], live.callqueue_agent_dispatch_timeout_seconds.whole()),
        require_agents: unreadable.field(["require_agents"], require),
        agents: Some(agents).filter(|_| !unreadable.has(["agents"])),
        failover: diverts.unreachable,
        unavailable: diverts.busy,
        max_callers: unreadable.field(
            ["max_callers"],
            limit(live.callqueue_max_current_callers_to_accept_new_callers.whole(), 1),
        ),
        max_expected_wait: unreadable.field(["max_expected_wait"], limit(live.expected_wait().1, 1)),
        ring_timeout: unreadable.field(["ring_timeout"], limit(ring_timeout, 1)),
        max_wait: unreadable
            .field(["max_wait"], limit(live.callqueue_max_wait_timeout_minutes.whole(), MINUTE)),
        no_answer: diverts.no_answer,
        protect: None,
    };
    (queue, unreadable)
}

/// Where a queue sends callers, and which forward of its Default rule that is (FACTS stratus/queues-5).
const FORWARDS: [(&str, &str); 3] =
    [("failover", "unreachable"), ("unavailable", "busy"), ("no_answer", "no_answer")];

/// Those of a queue that are set, as the forwards of its Default rule.
pub fn queue_diverts(
    failover: Option<Divert>,
    unavailable: Option<Divert>,
    no_answer: Option<Divert>,
) -> Diverts {
    Diverts { unreachable: failover, busy: unavailable, no_answer, ..Diverts::default() }
}

/// The unit of the longest wait: seconds in the YAML, minutes on the wire (FACTS stratus/queues-13).
pub const MINUTE: u32 = 60;

/// Nothing and 0 are no limit (FACTS stratus/queues-8 and FACTS stratus/queues-12).
fn limit(shown: Scalar<u32>, unit: u32) -> Scalar<Limit> {
    match shown {
        Scalar::Unset | Scalar::Known(0) => Scalar::Known(Limit::Unlimited),
        Scalar::Known(number) => match number.checked_mul(unit) {
            Some(number) => Scalar::Known(Limit::To(number)),
            None => Scalar::Strange(number.to_string()),
        },
        Scalar::Strange(text) => Scalar::Strange(text),
    }
}

/// How a limit of a queue is written: 0 is none.
pub fn limit_number(limit: Limit, unit: u32) -> u32 {
    limit.number().unwrap_or_default() / unit
}

/// The type of a queue by its word on the wire.
pub fn dispatch(wire: &str) -> Option<Dispatch> {
    // Case is not enforced by servers, and parks read back as `-` (FACTS stratus/queues-2).
    Some(match wire.to_ascii_lowercase().as_str() {
        "round-robin" => Dispatch::RoundRobin,
        "tiered round-robin" => Dispatch::TieredRoundRobin,
        "ring all" => Dispatch::RingAll,
        "linear cascade" => Dispatch::LinearCascade,
        "linear hunt" => Dispatch::LinearHunt,
        "call park" | "-" => Dispatch::CallPark,
        _ => return None,
    })
}

/// How a queue's type is written.
pub fn dispatch_word(dispatch: Dispatch) -> &'static str {
    match dispatch {
        Dispatch::RoundRobin => "Round-robin",
        Dispatch::TieredRoundRobin => "Tiered Round-robin",
        Dispatch::RingAll => "Ring All",
        Dispatch::LinearCascade => "Linear Cascade",
        Dispatch::LinearHunt => "Linear Hunt",
        // The grade table has no others.
        Dispatch::CallPark
        | Dispatch::Sticky
        | Dispatch::Weighted
        | Dispatch::Smart
        | Dispatch::LongestWait => "Call Park",
    }
}

/// A live agent in the words of the YAML.
pub fn agent(live: &Agent, context: &Context) -> model::Agent {
    let id = live.callqueue_agent_id.as_str();
    // Names of domains are the same in any case.
    let user = match id.rsplit_once('@') {
        Some((user, host)) if host.eq_ignore_ascii_case(&context.domain) => user,
        _ => id,
    };
    let target = match user.strip_prefix("sip:") {
        Some(device) => {
            device.parse().map(Ringable::Device).unwrap_or_else(|_| Ringable::DialString(id.to_owned()))
        }
        // An agent on another domain is none of ours.
        None if user.contains('@') => Ringable::DialString(id.to_owned()),
        None => ringable(user, context),
    };
    model::Agent {
        target,
        order: live.position().known(),
        wrap_up: live.callqueue_agent_wrap_up_allowance_seconds.whole().or(0).known(),
    }
}

/// `sip:101@domain` is how portals enter extension 101: where neither the files nor another row of the queue say
/// otherwise, it is the same agent as `"101"` (FACTS stratus/readings-11).
pub fn recognise_devices(live: &mut Queue, wanted: &Queue) {
    let Some(agents) = &mut live.agents else { return };
    let wants = |target: &Ringable| wanted.agents.iter().flatten().any(|agent| agent.target == *target);
    let others: Vec<Ringable> = agents.iter().map(|agent| agent.target.clone()).collect();
    for agent in agents.iter_mut() {
        let Ringable::Device(device) = &agent.target else { continue };
        let Ok(extension) = device.to_string().parse().map(Ringable::Extension) else { continue };
        if wants(&extension) && !wants(&agent.target) && !others.contains(&extension) {
            agent.target = extension;
        }
    }
    agents.sort_by(|a, b| (a.order, &a.target).cmp(&(b.order, &b.target)));
}

/// How the portal names an extension that is an agent.
pub fn device_id(target: &Ringable, domain: &str) -> Option<String> {
    match target {
        Ringable::Extension(to) => Some(format!("sip:{to}@{domain}")),
        _ => None,
    }
}

/// How an agent is named in paths and bodies.
pub fn agent_id(target: &Ringable, domain: &str) -> String {
    match target {
        Ringable::Extension(to) => format!("{to}@{domain}"),
        Ringable::Device(to) => format!("sip:{to}@{domain}"),
        Ringable::Number(to) => to.digits().to_owned(),
        Ringable::Agent(id) | Ringable::DialString(id) => id.clone(),
    }
}
