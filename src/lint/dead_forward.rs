//! A forward that can never happen.

use super::{Check, Example, Findings, Lint, Subject, keys};
use crate::{
    finding::Level,
    flow::{self, System},
    model::{Divert, Diverts},
    path::{Path, Segment},
};
use std::collections::BTreeSet;

pub static LINT: Lint = Lint {
    code: "dead-forward",
    level: Level::Warning,
    since: "0.1.0",
    docs: "\
### What it finds
Forwards beside `always`, and forwards beside `do_not_disturb`, that no call takes, whatever phones do. A caller on the
extension's allow list passes do not disturb. A forward that works before or after an `until` is none of these.

### Why it matters
The help article *Create and Adjust Answering Rules in Stratus*: with Always \"no other forward rules will be
followed\"; with Do not disturb nothing rings, and all calls go to the mailbox. Whoever reads the
file expects the forward to work.

### What to do
Remove the forwards that never apply, or write `off`.",
    example: Example {
        bad: r#"diverts: { "103": { always: { extension: "104" }, no_answer: voicemail } }"#,
        finding: "1:62: `no_answer` never applies beside `always`",
        good: r#"diverts: { "103": { always: { extension: "104" }, no_answer: off } }"#,
    },
    check: Check::Files(check),
};

/// The conditions that lead somewhere.
fn set(diverts: &Diverts) -> impl Iterator<Item = &'static str> {
    let on = |divert: Option<&Divert>| matches!(divert, Some(Divert::To(_)));
    diverts.conditions().into_iter().filter(move |(_, divert)| on(*divert)).map(|(word, _)| word)
}

fn check(subject: &Subject<'_>, out: &mut Findings<'_>) {
    for it in subject.tenants {
        let kind = subject.file.providers.get(&it.tenant.provider).map(|it| it.kind.as_str());
        let Some(system) = kind.and_then(System::of_kind) else { continue };
        let mut report = |path: &[Segment], diverts: &Diverts, why: &str, taken: &BTreeSet<&str>| {
            for word in set(diverts).filter(|word| !taken.contains(word)) {
                let mut at = path.to_vec();
                at.push(Segment::key(word));
                out.push(
                    (it.place)(&at),
                    format!("`{word}` never applies beside `{why}`"),
                    "remove it, or write `off`",
                );
            }
        };
        for (extension, diverts) in &it.tenant.diverts {
            if let Some(why) = in_the_way(diverts, false) {
                let taken = flow::conditions_of_diverts(extension, diverts, system);
                report(&keys([&"diverts", extension]), diverts, why, &taken);
            }
        }
        it.tenant.each_rules(&mut |whose, rules| {
            let Ok(extension) = whose.key.parse() else { return };
            let callers = it.tenant.rules.get(&extension).and_then(|rules| rules.callers.as_ref());
            for (index, rule) in rules.order.iter().flatten().enumerate() {
                if let Some(why) = in_the_way(&rule.forward, rule.do_not_disturb) {
                    let taken = flow::conditions_of_rule(&extension, rule, callers);
                    let path = Path::from(["order"]).join(index).join("forward");
                    report(&whose.at(&path), &rule.forward, why, &taken);
                }
            }
        });
    }
}

/// What may keep other forwards from ever being followed: only then calls are placed.
fn in_the_way(diverts: &Diverts, do_not_disturb: bool) -> Option<&'static str> {
    let has = |word: &str| set(diverts).any(|it| it == word);
    match (has("always"), do_not_disturb) {
        _ if set(diverts).all(|word| word == "always") => None,
        (true, _) => Some("always"),
        (false, true) => Some("do_not_disturb"),
        (false, false) => None,
    }
}
