//! A receiving number named twice.

use super::{Check, Example, Findings, Lint, Subject, keys};
use crate::{finding::Level, model::Route, path::Segment};
use std::collections::BTreeSet;

pub static LINT: Lint = Lint {
    code: "receiver-twice",
    level: Level::Error,
    since: "0.1.0",
    docs: "\
### What it finds
The same receiving number twice in one route.

### Why it matters
The help article *Configure Receiving Numbers*: a list is rung all at once, evenly, in order, or by who is free. It does
not say whether a number listed twice rings twice or gets a double share of the calls; most often another number was
meant.

### What to do
List each number once.",
    example: Example {
        bad: r#"
provider: ctm
numbers:
  "+18005550142": { route: { receivers: ["+14105550123", "+14105550123"] } }"#,
        finding: "3:58: receiving number +14105550123 is listed twice",
        good: r#"
provider: ctm
numbers:
  "+18005550142": { route: { receivers: ["+14105550123", "+14105550124"] } }"#,
    },
    check: Check::Files(check),
};

fn check(subject: &Subject<'_>, out: &mut Findings<'_>) {
    for it in subject.tenants {
        for (number, declared) in &it.tenant.numbers {
            let Some(Route::Receivers(list)) = &declared.route else { continue };
            let mut seen = BTreeSet::new();
            for (index, receiver) in list.receivers.iter().enumerate() {
                if !seen.insert(receiver) {
                    let mut path = keys([&"numbers", number, &"route", &"receivers"]);
                    path.push(Segment::Index(index));
                    out.push(
                        (it.place)(&path),
                        format!("receiving number {receiver} is listed twice"),
                        "list each number once",
                    );
                }
            }
        }
    }
}
