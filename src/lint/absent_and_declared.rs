//! An object that must not exist and is declared all the same.

use super::{Check, Example, Findings, Lint, Subject, keys};
use crate::{
    finding::Level,
    model::{Address, Kind, Tenant},
    path::Segment,
};

pub static LINT: Lint = Lint {
    code: "absent-and-declared",
    level: Level::Error,
    since: "0.1.0",
    docs: "\
### What it finds
An object under `absent` that the same file declares.

### Why it matters
An object cannot be declared and absent at once.

### What to do
Remove one of the two.",
    example: Example {
        bad: r#"
queues: { "401": { name: Sales } }
absent: { queues: ["401"] }"#,
        finding: "2:20: `queues.401` is declared as well",
        good: r#"
queues: { "400": { name: Reception } }
absent: { queues: ["401"] }"#,
    },
    check: Check::Files(check),
};

fn check(subject: &Subject<'_>, out: &mut Findings<'_>) {
    for it in subject.tenants {
        let Tenant { schedules, receivers, queues, forwards, .. } = it.tenant;
        let is_declared = |Address { kind, key }: &Address| match kind {
            Kind::Schedules => schedules.contains_key(key),
            Kind::Queues => queues.contains_key(key),
            Kind::Receivers => key.parse().is_ok_and(|number| receivers.contains_key(&number)),
            Kind::Forwards => key.parse().is_ok_and(|number| forwards.contains_key(&number)),
            // These are never named as absent.
            Kind::Rules | Kind::Diverts | Kind::Numbers => false,
        };
        for (address, index) in it.tenant.absent.addresses() {
            if is_declared(&address) {
                let mut path = keys([&"absent", &address.kind.section()]);
                path.push(Segment::Index(index));
                let message = format!("`{address}` is declared as well");
                out.push((it.place)(&path), message, "remove one of the two");
            }
        }
    }
}
