//! What the help articles say of a change of a failover or of an emergency forward, for whoever reviews it.

use crate::{
    model::{Agent, Day, Divert, Kind, Limit, MonthDay, Queue, Resource, Ringable, YearDay},
    plan::Remark,
    provider::stratus::frame_type::CUSTOM,
};
use serde_json::Value;

const OUTSIDE: &str = "an agent is an outside number, which is never offline: the failover never happens";
const OUTSIDE_SOURCE: &str = "FACTS stratus/agents-7";

const FRAMES_SOURCE: &str = "FACTS stratus/frames-18";

pub const REMARKS: &[Remark] = &[
    Remark {
        kind: Kind::Schedules,
        field: &["weekly"],
        when: |_, after| counts_sundays(after),
        text: "whether a Sunday belongs to the week before it or to the one after it is not documented: look at the first \
               one in the portal",
        source: FRAMES_SOURCE,
    },
    Remark {
        kind: Kind::Schedules,
        field: &["yearly"],
        when: |_, after| runs_over_february(after),
        text: "in years without a 29 February the portal may end a range over the end of February one day later",
        source: FRAMES_SOURCE,
    },
    Remark {
        kind: Kind::Queues,
        field: &["failover"],
        when: |_, after| failover(after).is_some(),
        text: "`failover` takes over only when all phones and destinations of the agents are offline: a single one that \
               is online keeps it from happening, also at another site or of a remote agent; busy and do not disturb are \
               not offline; it may take up to 5 minutes until an agent counts as offline",
        source: "FACTS stratus/agents-5; FACTS stratus/agents-6",
    },
    Remark {
        kind: Kind::Queues,
        field: &["failover"],
        when: |_, after| has_outside_agent(after),
        text: OUTSIDE,
        source: OUTSIDE_SOURCE,
    },
    Remark {
        kind: Kind::Queues,
        field: &["agents"],
        when: |_, after| has_outside_agent(after),
        text: OUTSIDE,
        source: OUTSIDE_SOURCE,
    },
    Remark {
        kind: Kind::Queues,
        field: &["no_answer"],
        when: |_, after| {
            queue(after).is_some_and(|it| {
                matches!(it.no_answer, Some(Divert::To(_))) && it.ring_timeout == Some(Limit::Unlimited)
            })
        },
        text: "callers go to `no_answer` after the queue's `ring_timeout`, which is unlimited: they do not go there until it \
               has a `ring_timeout`",
        source: "FACTS stratus/queues-15",
    },
    Remark {
        kind: Kind::Queues,
        field: &["max_wait"],
        when: |_, after| queue(after).is_some_and(|it| matches!(it.max_wait, Some(Limit::To(_)))),
        text: "where callers go whom `max_wait` puts out of the queue is not documented; with a shorter `ring_timeout` they go \
               to `no_answer` before",
        source: "FACTS stratus/queues-13",
    },
    Remark {
        kind: Kind::Queues,
        field: &["max_callers"],
        when: |_, after| {
            queue(after).is_some_and(|it| matches!(it.max_callers, Some(Limit::To(_))) && has_no_way_out(it))
        },
        text: TURNED_AWAY,
        source: "FACTS stratus/queues-12",
    },
    Remark {
        kind: Kind::Queues,
        field: &["max_expected_wait"],
        when: |_, after| {
            queue(after)
                .is_some_and(|it| matches!(it.max_expected_wait, Some(Limit::To(_))) && has_no_way_out(it))
        },
        text: TURNED_AWAY,
        source: "FACTS stratus/queues-12",
    },
    Remark {
        kind: Kind::Queues,
        field: &["max_callers"],
        when: |_, after| queue(after).is_some_and(|it| it.max_callers.and_then(Limit::number) > Some(99)),
        text: "the portal holds a `max_callers` of 99 at most: whoever saves the queue there may change it",
        source: "FACTS stratus/queues-12",
    },
    Remark {
        kind: Kind::Queues,
        field: &["max_expected_wait"],
        when: |_, after| {
            queue(after).is_some_and(|it| it.max_expected_wait.and_then(Limit::number) > Some(1000))
        },
        text: "the portal holds a `max_expected_wait` of 1000 at most: whoever saves the queue there may change it",
        source: "FACTS stratus/queues-12",
    },
    Remark {
        kind: Kind::Forwards,
        field: &[],
        when: |_, after| is_on(after),
        text: "while it is on, every call goes to {to}: at the carrier, before it reaches Stratus, so that it \
               does not show in Call History; switched off, calls take the number's normal route again",
        source: "FACTS stratus/carrier-1; FACTS stratus/carrier-6",
    },
    Remark {
        kind: Kind::Forwards,
        field: &["active"],
        when: |before, after| before.is_some_and(is_on) && !is_on(after),
        text: "switched off, calls take the number's normal route again",
        source: "FACTS stratus/carrier-6",
    },
    Remark {
        kind: Kind::Forwards,
        field: &[],
        when: |before, after| is_on(after) || !before.is_some_and(is_on),
        text: "an emergency forward is for an outage of the platform, not for one of power or network on site: for that \
               there are `failover` of a queue and `unreachable` of an extension",
        source: "FACTS stratus/carrier-7",
    },
    Remark {
        kind: Kind::Rules,
        field: &["ring_timeout"],
        when: |_, after| matches!(after, Resource::Rules(it) if it.ring_timeout.is_some()),
        text: "`ring_timeout` does not hold for calls that a queue offers: how long it rings an agent is its `agent_ring`",
        source: "FACTS stratus/users-3",
    },
];

fn is_on(resource: &Resource) -> bool {
    matches!(resource, Resource::Forward(forward) if forward.is_active())
}

const TURNED_AWAY: &str = "callers beyond the limit are turned away: the queue has no `unavailable`";

fn queue(resource: &Resource) -> Option<&Queue> {
    match resource {
        Resource::Queue(queue) => Some(queue),
        _ => None,
    }
}

fn has_no_way_out(queue: &Queue) -> bool {
    !matches!(queue.unavailable, Some(Divert::To(_)))
}

/// The queue, if its callers have somewhere to go.
fn failover(resource: &Resource) -> Option<&Queue> {
    match resource {
        Resource::Queue(queue) if matches!(queue.failover, Some(Divert::To(_))) => Some(queue),
        _ => None,
    }
}

fn has_outside_agent(resource: &Resource) -> bool {
    let outside = |agent: &Agent| matches!(agent.target, Ringable::Number(_));
    failover(resource).is_some_and(|queue| queue.agents.iter().flatten().any(outside))
}

/// Whether there are hours of a Sunday in some weeks only.
fn counts_sundays(resource: &Resource) -> bool {
    let Resource::Schedule(schedule) = resource else { return false };
    schedule.weekly.as_ref().is_some_and(|weekly| {
        let open = weekly.days.iter().filter(|(_, windows)| !windows.is_empty());
        weekly.term.every.is_some()
            && open.clone().count() > 1
            && open.into_iter().any(|(day, _)| *day == Day::Sun)
    })
}

/// Whether a range of days has 29 February in it, or ends with it.
fn runs_over_february(resource: &Resource) -> bool {
    let Resource::Schedule(schedule) = resource else { return false };
    schedule.yearly.iter().flatten().any(|yearly| {
        let leap = MonthDay { month: 2, day: 29 };
        matches!(yearly.day, YearDay::Days(first, last) if first < leap && (last >= leap || last < first))
    })
}

/// A frame that has become `custom` holds what it held, and no server makes it anything else again (FACTS stratus/frames-10).
pub fn stays(kind: Kind, now: &Value, then: &Value) -> Option<&'static str> {
    let is_custom = |own: &Value| own["timeframe-type"] == CUSTOM;
    (kind == Kind::Schedules && is_custom(now) && !is_custom(then)).then_some(
        "its hours and dates come back; the time frame stays of the type `custom`, which no way leads out of",
    )
}
