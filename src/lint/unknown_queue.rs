//! A call sent to a queue nobody declared.

use super::{Check, Example, Findings, Lint, Subject, near_names::Meant};
use crate::{
    finding::Level,
    model::{Destination, Pointed},
    text::spelled,
};
use std::cell::OnceCell;

pub static LINT: Lint = Lint {
    code: "unknown-queue",
    level: Level::Error,
    since: "0.1.0",
    docs: "\
### What it finds
A destination `queue: X` where the tenant declares no queue X.

### Why it matters
Calls sent to a queue that is not there are lost.

### What to do
Write the key as it is declared. A live queue that dialform should use as it is: `queues: { \"440\": {} }`.",
    example: Example {
        bad: r#"
queues: { "400": { name: Reception } }
numbers: { "+12145550100": { route: { queue: "440" } } }"#,
        finding: "2:46: queue `440` is not declared",
        good: r#"
queues: { "400": { name: Reception } }
numbers: { "+12145550100": { route: { queue: "400" } } }"#,
    },
    check: Check::Files(check),
};

fn check(subject: &Subject<'_>, out: &mut Findings<'_>) {
    for it in subject.tenants {
        let queues = OnceCell::new();
        it.tenant.each_pointer(&mut |whose, within, to| {
            let Pointed::Destination(Destination::Queue(key)) = to else { return };
            if it.tenant.queues.contains_key(key) {
                return;
            }
            let at = whose.at(&within.path()).join("queue");
            let meant = queues.get_or_init(|| Meant::new(it.tenant.queues.keys().map(String::as_str)));
            let help = meant.help(key).unwrap_or_else(|| {
                format!("declare it; `queues: {{ {}: {{}} }}` uses a live one as it is", spelled(key))
            });
            out.push((it.place)(&at), format!("queue `{key}` is not declared"), help);
        });
    }
}
