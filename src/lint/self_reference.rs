//! A call sent back to where it is.

use super::{Check, Example, Findings, Lint, Subject};
use crate::{
    finding::Level,
    model::{Kind, Reference, Said, references},
    path::Segment,
};

pub static LINT: Lint = Lint {
    code: "self-reference",
    level: Level::Error,
    since: "0.1.0",
    docs: "\
### What it finds
A forward of an extension to the same extension, a queue that is its own failover, agent or `no_answer`, a receiving
number that is its own `no_answer`, a number that is routed to itself, an emergency forward of a number to the same
number.

### Why it matters
The call goes round until the platform drops it.

### What to do
Send it somewhere else; `voicemail` is the extension's own mailbox.",
    example: Example {
        bad: r#"diverts: { "103": { no_answer: { extension: "103" } } }"#,
        finding: "1:32: calls to extension `103` come back to it",
        good: r#"diverts: { "103": { no_answer: voicemail } }"#,
    },
    check: Check::Files(check),
};

fn check(subject: &Subject<'_>, out: &mut Findings<'_>) {
    for it in subject.tenants {
        for said in it.tenant.said() {
            let Said { address, resource, .. } = &said;
            for (path, reference) in references(address, resource) {
                let in_ring = path.iter().any(|seg| *seg == Segment::key("simultaneous"));
                let back = match (&reference, address.kind) {
                    // Ringing its own extension with the others means the same as `own_extension`.
                    (Reference::Extension(to), Kind::Rules | Kind::Diverts) => {
                        !in_ring && to.as_str() == address.key
                    }
                    (Reference::Extension(to), Kind::Queues) => to.as_str() == address.key,
                    (Reference::Queue(to), Kind::Queues) => *to == address.key,
                    (
                        Reference::Number(to) | Reference::Receiver(to),
                        Kind::Forwards | Kind::Numbers | Kind::Receivers,
                    ) => to.to_string() == address.key,
                    _ => false,
                };
                if back {
                    let (whose, help) = match address.kind {
                        Kind::Forwards => ("number", "name a number on another platform"),
                        Kind::Queues | Kind::Numbers | Kind::Receivers => {
                            (address.kind.noun(), "send them somewhere else")
                        }
                        _ => ("extension", "send them somewhere else; its own mailbox is `voicemail`"),
                    };
                    let message = format!("calls to {whose} `{}` come back to it", address.key);
                    out.push((it.place)(&said.at(&path)), message, help);
                }
            }
        }
    }
}
