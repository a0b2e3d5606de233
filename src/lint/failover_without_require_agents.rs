//! Half of a queue failover.

use super::{Check, Example, Findings, Lint, Subject, keys};
use crate::{finding::Level, model::Divert};

pub static LINT: Lint = Lint {
    code: "failover-without-require-agents",
    level: Level::Warning,
    since: "0.1.0",
    docs: "\
### What it finds
A queue with a `failover` and `require_agents: false`, or the other way round: `require_agents: true` and `failover: off`.

### Why it matters
The help article *Create an Offline Failover Rule for a Call Queue*: \"there are two main settings that need to be
adjusted\". Without Require Agents callers wait in a queue nobody answers and the failover never fires; without a
failover they are turned away.

### What to do
Write `require_agents: true`.",
    example: Example {
        bad: r#"queues: { "400": { require_agents: false, failover: { number: "+19725550199" } } }"#,
        finding: "1:53: the failover never fires while `require_agents` is false",
        good: r#"queues: { "400": { require_agents: true, failover: { number: "+19725550199" } } }"#,
    },
    check: Check::Files(check),
};

fn check(subject: &Subject<'_>, out: &mut Findings<'_>) {
    for it in subject.tenants {
        for (key, queue) in &it.tenant.queues {
            match (&queue.failover, queue.require_agents) {
                (Some(Divert::To(_)), Some(false)) => out.push(
                    (it.place)(&keys([&"queues", key, &"failover"])),
                    "the failover never fires while `require_agents` is false",
                    "write `require_agents: true`",
                ),
                (Some(Divert::Off), Some(true)) if !matches!(queue.unavailable, Some(Divert::To(_))) => out
                    .push(
                        (it.place)(&keys([&"queues", key, &"require_agents"])),
                        "callers are turned away when no agent is available",
                        "add a `failover`",
                    ),
                _ => {}
            }
        }
    }
}
