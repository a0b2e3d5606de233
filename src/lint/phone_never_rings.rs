//! A phone that never rings.

use super::{Check, Example, Lint};
use crate::finding::Level;

pub static LINT: Lint = Lint {
    code: "phone-never-rings",
    level: Level::Warning,
    since: "0.1.0",
    docs: "\
### What it finds
A phone of a simultaneous ring, or an agent of a queue, that does not ring though nobody answers: its delay is not less than
the ring time, a mailbox of another phone answers before, the queue ends before its turn, or its own rules say never to be
disturbed. Extensions with an `until` to come are not meant.

### Why it matters
Whoever reads the file expects that phone to ring.

### What to do
Make its delay shorter, or the ring time longer.",
    example: Example {
        bad: r#"
rules:
  "101":
    ring_timeout: 20
    order:
      - when: default
        ring:
          simultaneous:
            own_extension: true
            confirm_external: true
            also: [{ number: "+19725550111", delay: 25 }]"#,
        finding: "10:20: +19725550111 never rings: it begins after 25 s, and ringing ends after 20 s",
        good: r#"
rules:
  "101":
    ring_timeout: 30
    order:
      - when: default
        ring:
          simultaneous:
            own_extension: true
            confirm_external: true
            also: [{ number: "+19725550111", delay: 25 }]"#,
    },
    check: Check::Sweep,
};
