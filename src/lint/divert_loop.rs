//! Extensions that hand every call on to each other.

use super::{
    Example, Findings, Lint, Subject,
    cycles::{cycles, round},
    keys,
};
use crate::{
    finding::Level,
    model::{Destination, Divert},
};

pub static LINT: Lint = Lint {
    code: "divert-loop",
    level: Level::Error,
    docs: "\
### What it finds
Extensions that divert `always` to each other, in a circle of two or more.

### Why it matters
The help article *How to change your divert settings*: with Forward always \"the phone will not try to ring and will
always divert to the option you choose\". In a circle no phone rings, whichever of them is called; the call goes round
until the platform drops it.

### What to do
Send one of them somewhere else: `voicemail`, another extension, an outside number.",
    example: Example {
        bad: r#"
diverts:
  "201": { always: { extension: "202" } }
  "202": { always: { extension: "201" } }"#,
        finding: "2:20: every call goes in a circle: 201 -> 202 -> 201",
        good: r#"
diverts:
  "201": { always: { extension: "202" } }
  "202": { always: voicemail }"#,
    },
    check,
};

fn check(subject: &Subject<'_>, out: &mut Findings<'_>) {
    for it in subject.tenants {
        let always = it.tenant.diverts.iter().filter_map(|(from, diverts)| match &diverts.always {
            Some(Divert::To(Destination::Extension(to))) => Some((from.clone(), to.clone())),
            _ => None,
        });
        for cycle in cycles(&always.collect()) {
            let [first, ..] = cycle.as_slice() else { continue };
            out.push(
                (it.place)(&keys([&"diverts", first, &"always"])),
                format!("every call goes in a circle: {}", round(&cycle)),
                "send one of them somewhere else",
            );
        }
    }
}
