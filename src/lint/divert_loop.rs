//! Extensions that hand every call on to each other.

use super::{Check, Example, Lint};
use crate::finding::Level;

pub static LINT: Lint = Lint {
    code: "divert-loop",
    level: Level::Error,
    since: "0.1.0",
    docs: "\
### What it finds
Extensions that divert `always` to each other, in a circle of two or more.

### Why it matters
The help article *How to change your divert settings*: with Forward always \"the phone will not try to ring and will
always divert to the option you choose\". In a circle no phone rings, whichever of them is called; the call goes round
until the platform drops it.

### What to do
Send one of them somewhere else: `voicemail`, another extension, an outside number.",
    example: Example {
        bad: r#"
diverts:
  "201": { always: { extension: "202" } }
  "202": { always: { extension: "201" } }"#,
        finding: "2:20: every call goes in a circle: 201 -> 202 -> 201",
        good: r#"
diverts:
  "201": { always: { extension: "202" } }
  "202": { always: voicemail }"#,
    },
    check: Check::Calls,
};
