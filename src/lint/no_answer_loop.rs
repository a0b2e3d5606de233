//! A call nobody answers that comes back to where it was.

use super::{Check, Example, Lint};
use crate::finding::Level;

pub static LINT: Lint = Lint {
    code: "no-answer-loop",
    level: Level::Warning,
    since: "0.1.0",
    docs: "\
### What it finds
`no_answer` of receiving numbers, queues or extensions that leads in a circle. An extension that diverts `always` is
followed to where it diverts.

### Why it matters
The help article *How to change your divert settings*: \"If USER 1 doesn't answer, the call can then go through to USER
2\". Where USER 2 hands it back, a caller hears it ring for ever and never reaches a person, a mailbox or a menu. It may
be meant, so nothing is stopped.

### What to do
Let one of them lead to a mailbox or a menu.",
    example: Example {
        bad: r#"
provider: ctm
receivers:
  "+14105550123": { no_answer: { after: 20, to: { receiver: "+14105550124" } } }
  "+14105550124": { no_answer: { after: 20, to: { receiver: "+14105550123" } } }"#,
        finding: "3:49: unanswered calls go in a circle: +14105550123 -> +14105550124 -> +14105550123",
        good: r#"
provider: ctm
receivers:
  "+14105550123": { no_answer: { after: 20, to: { receiver: "+14105550124" } } }
  "+14105550124": { no_answer: { after: 20, to: { menu: Main menu } } }"#,
    },
    check: Check::Calls,
};
