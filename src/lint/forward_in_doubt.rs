//! A forward of which nobody knows whether it applies.

use super::{Check, Example, Lint};
use crate::finding::Level;

pub static LINT: Lint = Lint {
    code: "forward-in-doubt",
    level: Level::Warning,
    since: "0.1.0",
    docs: "\
### What it finds
`busy` beside a simultaneous ring.

### Why it matters
No document says whether one phone that refuses makes the call busy while others ring. Here it does so once all have
refused (point U2 of the semantics); the phone system may pass it over.

### What to do
Set what is to happen as `no_answer` as well.",
    example: Example {
        bad: r#"
rules:
  "101":
    order:
      - when: default
        ring: { simultaneous: { all_phones: true } }
        forward: { busy: { extension: "102" } }"#,
        finding: "6:26: whether `busy` applies beside a simultaneous ring is nowhere documented",
        good: r#"
rules:
  "101":
    order:
      - when: default
        ring: { simultaneous: { all_phones: true } }
        forward: { no_answer: { extension: "102" } }"#,
    },
    check: Check::Sweep,
};
