//! Calls that find everybody busy and go round.

use super::{Check, Example, Lint};
use crate::finding::Level;

pub static LINT: Lint = Lint {
    code: "busy-loop",
    level: Level::Warning,
    since: "0.1.0",
    docs: "\
### What it finds
Extensions that send calls on to each other, in a circle, while they are on a call or refuse it: `busy` and `on_call`,
alone or with other conditions.

### Why it matters
In the busiest hour a caller goes round until the platform drops the call, and reaches neither a person nor a mailbox.
On an ordinary day nobody sees it.

### What to do
Let one of them lead to a mailbox or a menu.",
    example: Example {
        bad: r#"
diverts:
  "201": { busy: { extension: "202" } }
  "202": { busy: { extension: "201" } }"#,
        finding: "2:18: calls that find everybody busy go in a circle: 201 -> 202 -> 201",
        good: r#"
diverts:
  "201": { busy: { extension: "202" } }
  "202": { busy: voicemail }"#,
    },
    check: Check::Calls,
};
