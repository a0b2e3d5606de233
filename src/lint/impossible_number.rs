//! A number that nobody can have.

use super::{Check, Example, Findings, Lint, Subject, place_of_number};
use crate::{
    finding::Level,
    model::{
        E164,
        numbering::{Standing, standing},
        phone_numbers_that,
    },
};

pub static LINT: Lint = Lint {
    code: "impossible-number",
    level: Level::Error,
    since: "0.1.0",
    docs: "\
### What it finds
A phone number that is not as long as numbers of its country are, or whose calling code no country has; and the zero
that people dial before an area code within their country, written behind the country code. (In Italy that zero is part of
the number, and stays.)

### Why it matters
Calls to it reach nobody. A digit is soon lost while a number is copied, and most phone systems take what is left.

### What to do
Correct the number. `country:` in a tenant's file says whose way of writing numbers the help is to read.",
    example: Example {
        bad: r#"
provider: deskphone
diverts: { "2001": { always: { number: "+4402079460000" } } }"#,
        finding: "2:40: +4402079460000 is not a possible number: the 0 before an area code is not dialled after +44",
        good: r#"
provider: deskphone
diverts: { "2001": { always: { number: "+442079460000" } } }"#,
    },
    check: Check::Files(check),
};

fn check(subject: &Subject<'_>, out: &mut Findings<'_>) {
    for it in subject.tenants {
        let is_impossible = &mut |number: &E164| matches!(standing(number), Standing::Impossible(_));
        for (path, number) in phone_numbers_that(it.tenant, is_impossible) {
            if let Standing::Impossible(why) = standing(&number) {
                out.push(place_of_number(it, &path), why.message, why.help.unwrap_or_default());
            }
        }
    }
}
