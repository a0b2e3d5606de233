//! A failover that never happens.

use super::{Check, Example, Lint};
use crate::finding::Level;

pub static LINT: Lint = Lint {
    code: "failover-never",
    level: Level::Warning,
    since: "0.1.0",
    docs: "\
### What it finds
A queue with a `failover`, and an outside number or one of the tenants' own among its agents.

### Why it matters
The help article *Set up Queue Offline Failover*: \"if a single phone is online, the failover will not occur\". An outside
number is never offline.

### What to do
Take that number out of the agents, or let `no_answer` take its calls.",
    example: Example {
        bad: r#"
queues:
  "400":
    require_agents: true
    agents: ["101", { number: "+19725550114" }]
    failover: voicemail"#,
        finding: "5:15: the failover never happens: +19725550114 counts as an agent who is always there",
        good: r#"
queues:
  "400":
    require_agents: true
    agents: ["101", "102"]
    failover: voicemail"#,
    },
    check: Check::Sweep,
};
