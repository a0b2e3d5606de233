//! A rule that never wins.

use super::{Check, Example, Lint};
use crate::finding::Level;

pub static LINT: Lint = Lint {
    code: "rule-never-wins",
    level: Level::Warning,
    since: "0.1.0",
    docs: "\
### What it finds
A rule whose schedule is never in force within a year, or always has a rule above it whose schedule is in force as well.
Rules and schedules that are switched off are not meant, nor an extension with an `until` to come.

### Why it matters
The help article *Create and Adjust Answering Rules in Stratus*: the active rule is the top-most one with an active time
frame. A lunch break below business hours never comes.

### What to do
Move the rule further up, or take it out.",
    example: Example {
        bad: r#"
schedules:
  business-hours: { weekly: { mon-fri: ["08:00-17:00"] } }
  lunch: { weekly: { mon-fri: ["12:00-13:00"] } }
rules:
  "101":
    order:
      - { when: business-hours, ring: extension }
      - { when: lunch, forward: { always: voicemail } }
      - { when: default, forward: { always: voicemail } }"#,
        finding: "8:9: rule `lunch` never applies: `business-hours` above it is in force whenever it is",
        good: r#"
schedules:
  business-hours: { weekly: { mon-fri: ["08:00-17:00"] } }
  lunch: { weekly: { mon-fri: ["12:00-13:00"] } }
rules:
  "101":
    order:
      - { when: lunch, forward: { always: voicemail } }
      - { when: business-hours, ring: extension }
      - { when: default, forward: { always: voicemail } }"#,
    },
    check: Check::Sweep,
};
