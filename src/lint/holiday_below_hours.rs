//! Single days below hours that come every week.

use super::{Check, Example, Lint};
use crate::finding::Level;

pub static LINT: Lint = Lint {
    code: "holiday-below-hours",
    level: Level::Warning,
    since: "0.1.0",
    docs: "\
### What it finds
A rule for dates or holidays below a rule for weekly hours that are in force on such a day.

### Why it matters
The help article *Create and Adjust Answering Rules in Stratus*: the active rule is the top-most one with an active time
frame. On the 4th of July phones ring as on any other Tuesday.

### What to do
Move the rule for holidays above the one for business hours.",
    example: Example {
        bad: r#"
schedules:
  business-hours: { weekly: { mon-sun: ["08:00-17:00"] } }
  holidays: { yearly: ["07-04"] }
rules:
  "101":
    order:
      - { when: business-hours, ring: extension }
      - { when: holidays, forward: { always: voicemail } }
      - { when: default, forward: { always: voicemail } }"#,
        finding: "8:9: rule `holidays` is below `business-hours`, which wins on Sun 2027-07-04 08:00: days off are then like any other",
        good: r#"
schedules:
  business-hours: { weekly: { mon-sun: ["08:00-17:00"] } }
  holidays: { yearly: ["07-04"] }
rules:
  "101":
    order:
      - { when: holidays, forward: { always: voicemail } }
      - { when: business-hours, ring: extension }
      - { when: default, forward: { always: voicemail } }"#,
    },
    check: Check::Sweep,
};
