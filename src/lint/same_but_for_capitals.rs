//! Two names that differ in capitals.

use super::{Check, Example, Findings, Lint, Subject, look_alike::pairs};
use crate::{
    finding::Level,
    text::{as_read, look_alike},
};

pub static LINT: Lint = Lint {
    code: "same-but-for-capitals",
    level: Level::Warning,
    since: "0.1.0",
    docs: "\
### What it finds
Two names of one kind that differ only in upper and lower case: schedules and queues of a tenant, and tenants. A plan notes the
same between a name in the file and one that is live.

### Why it matters
It is most likely one thing under two names. Some phone systems do not tell upper from lower case, and have one of them.

### What to do
Write the name alike everywhere, or give one of them another name.",
    example: Example {
        bad: r#"
schedules: { Storm: {}, storm: {} }"#,
        finding: "1:25: `storm` and `Storm` differ only in capitals",
        good: r#"
schedules: { storm: {}, flood: {} }"#,
    },
    check: Check::Files(check),
};

fn check(subject: &Subject<'_>, out: &mut Findings<'_>) {
    for (name, first, place) in pairs(subject, as_read) {
        if !look_alike(name, first) {
            let message = format!("`{name}` and `{first}` differ only in capitals");
            out.push(place, message, "write the name alike everywhere, or give one of them another name");
        }
    }
}
