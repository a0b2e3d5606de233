//! A call sent back to where it is.

use super::{Check, Example, Findings, Lint, Subject};
use crate::{
    finding::Level,
    model::{Kind, Reference},
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
        it.tenant.each_pointer(&mut |whose, within, to| {
            let Some(reference) = to.reference(whose.key) else { return };
            let back = match (&reference, whose.kind) {
                // Ringing its own extension with the others means the same as `own_extension`.
                (Reference::Extension(to), Kind::Rules | Kind::Diverts) => {
                    !within.has("simultaneous") && to.as_str() == whose.key
                }
                (Reference::Extension(to), Kind::Queues) => to.as_str() == whose.key,
                (Reference::Queue(to), Kind::Queues) => *to == whose.key,
                (
                    Reference::Number(to) | Reference::Receiver(to),
                    Kind::Forwards | Kind::Numbers | Kind::Receivers,
                ) => to.as_str() == whose.key,
                _ => false,
            };
            if back {
                let (noun, help) = match whose.kind {
                    Kind::Forwards => ("number", "name a number on another platform"),
                    Kind::Queues | Kind::Numbers | Kind::Receivers => {
                        (whose.kind.noun(), "send them somewhere else")
                    }
                    _ => ("extension", "send them somewhere else; its own mailbox is `voicemail`"),
                };
                let message = format!("calls to {noun} `{}` come back to it", whose.key);
                out.push((it.place)(&whose.at(&within.path())), message, help);
            }
        });
    }
}
