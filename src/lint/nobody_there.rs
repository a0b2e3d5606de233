//! A time at which a number reaches nobody.

use super::{Check, Example, Lint};
use crate::finding::Level;

pub static LINT: Lint = Lint {
    code: "nobody-there",
    level: Level::Warning,
    since: "0.1.0",
    docs: "\
### What it finds
A number and a time at which a call reaches neither a person nor a mailbox, a menu or a number elsewhere, though every
phone is answered. What is hung up or blocked on purpose is not meant.

### Why it matters
Nobody looks at Saturday 12:30. Each window of the schedules on a number's way is looked at, holidays included.

### What to do
Send calls to a person or a mailbox at that time.",
    example: Example {
        bad: r#"
numbers: { "+12145550100": { route: { queue: "400" } } }
queues: { "400": { require_agents: false, agents: [] } }"#,
        finding: "1:37: with everybody there, a call to +12145550100 on Tue 2026-12-01 16:00 reaches nobody: the caller waits in queue 400 until giving up",
        good: r#"
numbers: { "+12145550100": { route: { queue: "400" } } }
queues: { "400": { require_agents: true, agents: ["101"], failover: voicemail } }
rules: { "101": { ring_timeout: 20 } }"#,
    },
    check: Check::Sweep,
};
