//! A number in a range that is not in use.

use super::{Check, Example, Findings, Lint, Subject, place_of_number};
use crate::{
    finding::Level,
    model::{
        E164,
        numbering::{Standing, standing},
        phone_numbers_that,
    },
};
use std::collections::BTreeSet;

pub static LINT: Lint = Lint {
    code: "unused-number-range",
    level: Level::Warning,
    since: "0.1.0",
    docs: "\
### What it finds
A phone number as long as numbers of its country are, in a range that is not known to be in use there: an area code that does
not exist, for instance.

### Why it matters
It is most likely a slip, and calls to it reach nobody. New ranges are opened now and then, so that it may be right.

### What to do
Look the number up. If it is right, nothing.",
    example: Example {
        bad: r#"
diverts: { "101": { always: { number: "+19995550123" } } }"#,
        finding: "1:39: +19995550123 is in no range of numbers that is known to be in use",
        good: r#"
diverts: { "101": { always: { number: "+19725550123" } } }"#,
    },
    check: Check::Files(check),
};

fn check(subject: &Subject<'_>, out: &mut Findings<'_>) {
    for it in subject.tenants {
        let mut seen = BTreeSet::new();
        let is_unknown =
            &mut |number: &E164| standing(number) == Standing::NoKnownRange && seen.insert(number.clone());
        for (path, number) in phone_numbers_that(it.tenant, is_unknown) {
            let message = format!("{number} is in no range of numbers that is known to be in use");
            let help = "check its digits; if they are right, leave them as they are";
            out.push(place_of_number(it, &path), message, help);
        }
    }
}
