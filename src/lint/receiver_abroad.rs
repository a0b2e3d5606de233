//! A receiving number that may cost more.

use super::{Check, Example, Findings, Lint, Subject, keys};
use crate::{
    finding::{Level, Place},
    model::{Destination, E164, Pointed, numbering},
};
use std::collections::BTreeSet;

pub static LINT: Lint = Lint {
    code: "receiver-abroad",
    level: Level::Warning,
    since: "0.1.0",
    docs: "\
### What it finds
A receiving number outside the U.S. and Canada. +1 is the code of more countries than these two: the Bahamas, Jamaica and
others of the Caribbean are found by their area codes.

### Why it matters
The help article *Configure Receiving Numbers*: \"For countries outside of the U.S. and Canada, the per-minute rate can
vary based on the routing pattern you are using, as some receiving numbers use more expensive rate centers.\"

### What to do
Once the pattern is set, look up the rate: Numbers > Tracking Numbers, renewal date column.",
    example: Example {
        bad: r#"
provider: ctm
receivers: { "+442071234567": { label: London office } }"#,
        finding: "2:14: +442071234567 is outside the U.S. and Canada: the per-minute rate can vary",
        good: r#"
provider: ctm
receivers: { "+14105550123": { label: Front desk } }"#,
    },
    check: Check::Files(check),
};

fn check(subject: &Subject<'_>, out: &mut Findings<'_>) {
    for it in subject.tenants {
        let mut seen = BTreeSet::new();
        let mut report = |number: &E164, place: &dyn Fn() -> Place| {
            if numbering::is_abroad(number) && seen.insert(number.clone()) {
                out.push(
                    place(),
                    format!("{number} is outside the U.S. and Canada: the per-minute rate can vary"),
                    "look it up once the pattern is set: Numbers > Tracking Numbers, renewal date column",
                );
            }
        };
        for number in it.tenant.receivers.keys() {
            report(number, &|| (it.place_of_key)(&keys([&"receivers", number])));
        }
        it.tenant.each_pointer(&mut |whose, within, to| {
            if let (Pointed::Receiver(number) | Pointed::Destination(Destination::Receiver(number)), None) =
                (to, whose.entry)
            {
                report(number, &|| (it.place)(&whose.at(&within.path())));
            }
        });
    }
}
