//! A call nobody answers that comes back to where it was.

use super::{
    Example, Findings, Lint, Subject,
    cycles::{cycles, round},
};
use crate::{
    finding::Level,
    model::{Address, Destination, Divert, Kind, OrOff, Tenant},
    path::Segment,
};
use std::collections::{BTreeMap, BTreeSet};

pub static LINT: Lint = Lint {
    code: "no-answer-loop",
    level: Level::Warning,
    docs: "\
### What it finds
`no_answer` of receiving numbers, queues or extensions that leads in a circle. An extension that diverts `always` is
followed to where it diverts.

### Why it matters
The help article *How to change your divert settings*: \"If USER 1 doesn't answer, the call can then go through to USER
2\". Where USER 2 hands it back, a caller hears it ring for ever and never reaches a person, a mailbox or a menu. It may
be meant, so nothing is stopped.

### What to do
Let one of them lead to a mailbox or a menu.",
    example: Example {
        bad: r#"
provider: ctm
receivers:
  "+14105550123": { no_answer: { after: 20, to: { receiver: "+14105550124" } } }
  "+14105550124": { no_answer: { after: 20, to: { receiver: "+14105550123" } } }"#,
        finding: "3:49: unanswered calls go in a circle: +14105550123 -> +14105550124 -> +14105550123",
        good: r#"
provider: ctm
receivers:
  "+14105550123": { no_answer: { after: 20, to: { receiver: "+14105550124" } } }
  "+14105550124": { no_answer: { after: 20, to: { menu: Main menu } } }"#,
    },
    check,
};

/// Where calls go that nobody answers, and the places from which they all go on unanswered.
fn ways(tenant: &Tenant) -> (BTreeMap<Address, Address>, BTreeSet<Address>) {
    let mut next = BTreeMap::new();
    let mut always = BTreeSet::new();
    let address = |to: &Destination| match to {
        Destination::Receiver(to) => Some(Address::new(Kind::Receivers, to)),
        Destination::Queue(to) => Some(Address::new(Kind::Queues, to)),
        Destination::Extension(to) => Some(Address::new(Kind::Diverts, to)),
        _ => None,
    };
    let mut lead = |from: &Address, to: &Destination| {
        next.extend(address(to).map(|to| (from.clone(), to)));
    };
    for (key, receiver) in &tenant.receivers {
        if let Some(OrOff::Set(no_answer)) = &receiver.no_answer {
            lead(&Address::new(Kind::Receivers, key), &no_answer.to);
        }
    }
    for (key, queue) in &tenant.queues {
        if let Some(Divert::To(to)) = &queue.no_answer {
            lead(&Address::new(Kind::Queues, key), to);
        }
    }
    for (key, diverts) in &tenant.diverts {
        let from = Address::new(Kind::Diverts, key);
        match (&diverts.always, &diverts.no_answer) {
            (Some(Divert::To(to)), _) => {
                lead(&from, to);
                always.insert(from);
            }
            (_, Some(Divert::To(to))) => lead(&from, to),
            _ => {}
        }
    }
    (next, always)
}

fn check(subject: &Subject<'_>, out: &mut Findings<'_>) {
    for it in subject.tenants {
        let (next, always) = ways(it.tenant);
        for cycle in cycles(&next) {
            // A loop of `always` only is found by the lint `divert-loop`.
            let Some(at) = cycle.iter().find(|address| !always.contains(address)) else { continue };
            let mut path =
                vec![Segment::key(at.kind.section()), Segment::key(&at.key), Segment::key("no_answer")];
            if at.kind == Kind::Receivers {
                path.push(Segment::key("to"));
            }
            let names: Vec<&str> = cycle.iter().map(|address| address.key.as_str()).collect();
            out.push(
                (it.place)(&path),
                format!("unanswered calls go in a circle: {}", round(&names)),
                "let one of them lead to a mailbox or a menu",
            );
        }
    }
}
