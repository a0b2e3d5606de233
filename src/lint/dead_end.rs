//! A call that nobody answers reaches no mailbox.

use super::{Check, Example, Lint};
use crate::finding::Level;

pub static LINT: Lint = Lint {
    code: "dead-end",
    level: Level::Warning,
    since: "0.1.0",
    docs: "\
### What it finds
A number of which a call that nobody answers ends by itself, or rings for ever.

### Why it matters
The caller has heard it ring, and can leave no message.

### What to do
Set a `no_answer`, or a time after which ringing ends.",
    example: Example {
        bad: r#"
numbers: { "+12145550100": { route: { queue: "400" } } }
queues: { "400": { require_agents: true, agents: ["101"], failover: voicemail, max_wait: 60 } }"#,
        finding: "1:37: a call to +12145550100 that nobody answers reaches no mailbox: the call ends: the caller has waited as long as the queue allows",
        good: r#"
numbers: { "+12145550100": { route: { queue: "400" } } }
queues:
  "400":
    require_agents: true
    agents: ["101"]
    failover: voicemail
    no_answer: voicemail
    ring_timeout: 60"#,
    },
    check: Check::Sweep,
};
