//! A forward that can never happen.

use super::{Example, Findings, Lint, Subject, keys};
use crate::{
    finding::Level,
    model::{Divert, Diverts, Resource},
    path::{Path, Segment},
};

pub static LINT: Lint = Lint {
    code: "dead-forward",
    level: Level::Warning,
    docs: "\
### What it finds
Forwards beside `always`, and forwards beside `do_not_disturb` that need a phone to ring first.

### Why it matters
The help article *Create and Adjust Answering Rules in Stratus*: with Always \"no other forward rules will be
followed\"; with Do not disturb nothing rings, so no phone is ever busy and no call goes unanswered. Whoever reads the
file expects the forward to work.

### What to do
Remove the forwards that never apply, or write `off`.",
    example: Example {
        bad: r#"diverts: { "103": { always: { extension: "104" }, no_answer: voicemail } }"#,
        finding: "1:62: `no_answer` never applies beside `always`",
        good: r#"diverts: { "103": { always: { extension: "104" }, no_answer: off } }"#,
    },
    check,
};

fn set<'a>(diverts: &'a Diverts, words: &'a [&str]) -> impl Iterator<Item = &'static str> + 'a {
    let on = |divert: Option<&Divert>| matches!(divert, Some(Divert::To(_)));
    diverts
        .conditions()
        .into_iter()
        .filter(move |(word, divert)| words.contains(word) && on(*divert))
        .map(|(w, _)| w)
}

fn check(subject: &Subject<'_>, out: &mut Findings<'_>) {
    for it in subject.tenants {
        let mut report = |path: &[Segment], diverts: &Diverts, do_not_disturb: bool| {
            let (dead, why): (Vec<_>, _) = if set(diverts, &["always"]).next().is_some() {
                (set(diverts, &["on_call", "busy", "no_answer", "unreachable"]).collect(), "`always`")
            } else if do_not_disturb {
                (set(diverts, &["on_call", "busy", "no_answer"]).collect(), "`do_not_disturb`")
            } else {
                return;
            };
            for word in dead {
                let mut at = path.to_vec();
                at.push(Segment::key(word));
                out.push(
                    (it.place)(&at),
                    format!("`{word}` never applies beside {why}"),
                    "remove it, or write `off`",
                );
            }
        };
        for (extension, diverts) in &it.tenant.diverts {
            report(&keys([&"diverts", extension]), diverts, false);
        }
        for said in it.tenant.said() {
            let Resource::Rules(rules) = &said.resource else { continue };
            for (index, rule) in rules.order.iter().flatten().enumerate() {
                let path = Path::from(["order"]).join(index).join("forward");
                report(&said.at(&path), &rule.forward, rule.do_not_disturb);
            }
        }
    }
}
