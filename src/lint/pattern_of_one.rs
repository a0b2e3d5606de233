//! A choice among one.

use super::{Check, Example, Findings, Lint, Subject, keys};
use crate::{
    finding::Level,
    model::{Receivers, Route},
};

pub static LINT: Lint = Lint {
    code: "pattern-of-one",
    level: Level::Error,
    since: "0.1.0",
    docs: "\
### What it finds
A `pattern` for a single receiving number.

### Why it matters
The help article *Configure Receiving Numbers*: \"If you are routing to multiple receiving numbers, you will see a
dropdown to choose your dialing pattern\". With one there is no such dropdown: the change could never be made, and every
plan would ask for it again.

### What to do
Leave `pattern` out, or name the other receiving numbers.",
    example: Example {
        bad: r#"
provider: ctm
numbers:
  "+18005550142": { route: { receivers: ["+14105550123"], pattern: round_robin } }"#,
        finding: "3:68: `pattern` needs several receiving numbers, and there is one",
        good: r#"
provider: ctm
numbers:
  "+18005550142": { route: { receivers: ["+14105550123"] } }"#,
    },
    check: Check::Files(check),
};

fn check(subject: &Subject<'_>, out: &mut Findings<'_>) {
    for it in subject.tenants {
        for (number, declared) in &it.tenant.numbers {
            if let Some(Route::Receivers(Receivers { receivers, pattern: Some(_) })) = &declared.route
                && receivers.len() < 2
            {
                out.push(
                    (it.place)(&keys([&"numbers", number, &"route", &"pattern"])),
                    "`pattern` needs several receiving numbers, and there is one",
                    "leave `pattern` out, or add the other receiving numbers",
                );
            }
        }
    }
}
