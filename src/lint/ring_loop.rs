//! A phone that rings along is where the call came from.

use super::{Check, Example, Lint};
use crate::finding::Level;

pub static LINT: Lint = Lint {
    code: "ring-loop",
    level: Level::Warning,
    since: "0.1.0",
    docs: "\
### What it finds
A number among the phones that ring, or among the agents of a queue, that leads back to what rings it.

### Why it matters
The call comes in once more, finds itself, and that phone never rings. Each round is a call of its own at the carrier.
The other phones ring on, so nothing is stopped.

### What to do
Take the number out of what rings, or name the extension whose phone is meant.",
    example: Example {
        bad: r#"
numbers: { "+12145550101": { route: { extension: "101" } } }
rules:
  "101":
    order:
      - when: default
        ring: { simultaneous: { own_extension: true, also: [{ number: "+12145550101" }] } }"#,
        finding: "3:3: a phone that rings is the way back to where the call came from: 101 -> +12145550101 -> 101",
        good: r#"
numbers: { "+12145550101": { route: { extension: "101" } } }
rules:
  "101":
    order:
      - when: default
        ring: { simultaneous: { own_extension: true, also: [{ number: "+19725550111" }] } }"#,
    },
    check: Check::Calls,
};
