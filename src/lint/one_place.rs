//! One live thing declared in two places.

use super::{Example, Findings, Lint, Subject, keys};
use crate::{finding::Level, model::DEFAULT_RULE};

pub static LINT: Lint = Lint {
    code: "one-place",
    level: Level::Error,
    docs: "\
### What it finds
`diverts` of an extension beside a `when: default` rule of the same extension, and `rules` or `diverts` of an extension
that is a queue.

### Why it matters
On Stratus `diverts.103` are the forwards of extension 103's Default rule, and a queue's own Default rule holds its
`failover`. What is declared twice can contradict itself.

### What to do
Keep one of the two.",
    example: Example {
        bad: r#"
rules: { "103": { order: [{ when: default, forward: { busy: voicemail } }] } }
diverts: { "103": { busy: off } }"#,
        finding: "2:12: the Default rule of `103` is declared twice",
        good: r#"rules: { "103": { order: [{ when: default, forward: { busy: voicemail } }] } }"#,
    },
    check,
};

fn check(subject: &Subject<'_>, out: &mut Findings<'_>) {
    for it in subject.tenants {
        for extension in it.tenant.diverts.keys() {
            let place = || (it.place_of_key)(&keys([&"diverts", extension]));
            if it.tenant.queues.contains_key(extension.as_str()) {
                out.push(
                    place(),
                    format!("`{extension}` is a queue; its forwards belong to it"),
                    format!("write `failover` in `queues.{extension}`"),
                );
                continue;
            }
            let order = it.tenant.rules.get(extension).and_then(|rules| rules.order.as_ref());
            if order.into_iter().flatten().any(|rule| rule.when == DEFAULT_RULE) {
                out.push(
                    place(),
                    format!("the Default rule of `{extension}` is declared twice"),
                    format!("keep either `diverts.{extension}` or `when: default` in `rules.{extension}`"),
                );
            }
        }
        for extension in it.tenant.rules.keys() {
            if it.tenant.queues.contains_key(extension.as_str()) {
                out.push(
                    (it.place_of_key)(&keys([&"rules", extension])),
                    format!("`{extension}` is a queue; its rules belong to it"),
                    format!("write `failover` in `queues.{extension}`"),
                );
            }
        }
    }
}
