//! Callers who come to a queue without agents.

use super::{Check, Example, Lint};
use crate::finding::Level;

pub static LINT: Lint = Lint {
    code: "queue-without-agents",
    level: Level::Warning,
    since: "0.1.0",
    docs: "\
### What it finds
A queue that numbers lead to, and that keeps callers waiting, or ends their calls, while the phones of all its agents are
offline or logged out.

### Why it matters
The help article *Set up Queue Offline Failover*: a queue can send callers somewhere else for that time. In an outage of
the office every agent is offline.

### What to do
On Stratus set `require_agents: true` and a `failover`; on CallTrackingMetrics a `max_wait` and a
`no_answer`: without a `max_wait` nobody goes there.",
    example: Example {
        bad: r#"
numbers: { "+12145550100": { route: { queue: "400" } } }
queues: { "400": { require_agents: false, agents: ["101"] } }"#,
        finding: "2:11: while queue 400 has no agent: the caller waits in queue 400 until giving up",
        good: r#"
numbers: { "+12145550100": { route: { queue: "400" } } }
queues: { "400": { require_agents: true, agents: ["101"], failover: voicemail } }"#,
    },
    check: Check::Sweep,
};
