//! An emergency forward to the platform that is down.

use super::{Check, Example, Findings, Lint, Subject, keys};
use crate::{finding::Level, model::Tenant};
use std::collections::BTreeMap;

pub static LINT: Lint = Lint {
    code: "hosted-forward",
    level: Level::Error,
    since: "0.1.0",
    docs: "\
### What it finds
An emergency forward to a number that a tenant on the same kind of platform declares: on Stratus a hosted number, on
CallTrackingMetrics a fail-safe number that is itself a tracking number. A plan finds the same for numbers that are live in the
accounts that it reads, and `merge` for those of all shards.

### Why it matters
The forward is for the day the platform cannot take calls; a number it hosts is down as well. The help article *Forward
Phone Number to Alternate Destination*: \"this should be a Non-SpectrumVoIP 10-Digit Number\". The help article
*Configure Receiving Numbers*: it is where calls go \"if CallTrackingMetrics is down and cannot follow advanced routing
options\"; the help article *Fail-safe Number* asks for a number that is not one of CallTrackingMetrics. A receiving
number is fine: its phone is somewhere else.

### What to do
Name a cell phone, a landline or an answering service on another platform.",
    example: Example {
        bad: r#"
numbers: { "+12145550100": {}, "+12145550101": {} }
forwards: { "+12145550100": { to: "+12145550101" } }"#,
        finding: "2:35: +12145550101 is a number of tenant `acme` on the same platform",
        good: r#"
numbers: { "+12145550100": {}, "+12145550101": {} }
forwards: { "+12145550100": { to: "+19725550199" } }"#,
    },
    check: Check::Files(check),
};

fn check(subject: &Subject<'_>, out: &mut Findings<'_>) {
    let kind = |tenant: &Tenant| subject.file.providers.get(&tenant.provider).map(|it| it.kind.as_str());
    let mut hosts = BTreeMap::new();
    for it in subject.tenants {
        for number in it.tenant.numbers.keys().chain(it.tenant.forwards.keys()) {
            hosts.insert((kind(it.tenant), number), it.tenant.tenant.as_str());
        }
    }
    for it in subject.tenants {
        // Two undefined providers do not count as the same platform.
        let Some(kind) = kind(it.tenant) else { continue };
        for (number, forward) in &it.tenant.forwards {
            let Some(to) = forward.to.as_ref().filter(|to| *to != number) else { continue };
            if let Some(host) = hosts.get(&(Some(kind), to)) {
                out.push(
                    (it.place)(&keys([&"forwards", number, &"to"])),
                    format!("{to} is a number of tenant `{host}` on the same platform"),
                    "name a number on another platform: a hosted number is down when the platform is",
                );
            }
        }
    }
}
