//! The mailbox of a phone that rings along.

use super::{Check, Example, Lint};
use crate::finding::Level;

pub static LINT: Lint = Lint {
    code: "mailbox-of-another",
    level: Level::Warning,
    since: "0.1.0",
    docs: "\
### What it finds
An outside number that rings along without `confirm_external`.

### Why it matters
Its own mailbox may answer before anybody lifts, and then has the call. The help article *Create and Adjust Answering Rules
in Stratus*: answer confirmation is there \"to ensure that the answering party is a person instead of voicemail\".

### What to do
Set `confirm_external: true`.",
    example: Example {
        bad: r#"
rules:
  "101":
    order:
      - when: default
        ring: { simultaneous: { own_extension: true, also: [{ number: "+19725550111" }] } }"#,
        finding: "4:9: whoever answers first at +19725550111 has the call: that can be the mailbox of that phone",
        good: r#"
rules:
  "101":
    order:
      - when: default
        ring: { simultaneous: { own_extension: true, confirm_external: true, also: [{ number: "+19725550111" }] } }"#,
    },
    check: Check::Sweep,
};
