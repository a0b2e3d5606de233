//! Calls that go round while phones are offline.

use super::{Check, Example, Lint};
use crate::finding::Level;

pub static LINT: Lint = Lint {
    code: "outage-loop",
    level: Level::Warning,
    since: "0.1.0",
    docs: "\
### What it finds
Circles that close while phones are offline, queues have no agent, or the phone system is down: `unreachable` of
extensions, `failover` and `unavailable` of queues, emergency forwards.

### Why it matters
These forwards are for the day of an outage. On that day a caller goes round until the platform drops the call; on
every other day nothing shows it.

### What to do
Let one of them lead to a mailbox, or to a number that is somewhere else.",
    example: Example {
        bad: r#"
diverts:
  "201": { unreachable: { extension: "202" } }
  "202": { unreachable: { extension: "201" } }"#,
        finding: "2:25: on the day of an outage calls go in a circle: 201 -> 202 -> 201",
        good: r#"
diverts:
  "201": { unreachable: { extension: "202" } }
  "202": { unreachable: voicemail }"#,
    },
    check: Check::Calls,
};
