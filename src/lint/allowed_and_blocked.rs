//! A caller who is let through and blocked.

use super::{Check, Example, Findings, Lint, Subject, keys};
use crate::{finding::Level, path::Segment};

pub static LINT: Lint = Lint {
    code: "allowed-and-blocked",
    level: Level::Warning,
    since: "0.1.0",
    docs: "\
### What it finds
A number that is under `allow` and under `block` of one extension.

### Why it matters
The help article *Create and Adjust Answering Rules in Stratus*, Allow Callers: a blocked number that is allowed is routed again.
So the block does nothing, and whoever reads the file takes the caller for blocked.

### What to do
Leave the number in one of the two lists.",
    example: Example {
        bad: r#"
rules:
  "101":
    callers: { allow: ["+12145550100"], block: ["+12145550100", "+12145550101"] }"#,
        finding: "3:49: +12145550100 is allowed as well, so it is not blocked",
        good: r#"
rules:
  "101":
    callers: { allow: ["+12145550100"], block: ["+12145550101"] }"#,
    },
    check: Check::Files(check),
};

fn check(subject: &Subject<'_>, out: &mut Findings<'_>) {
    for it in subject.tenants {
        for (extension, rules) in &it.tenant.rules {
            let Some(callers) = &rules.callers else { continue };
            let allowed = callers.allow.as_deref().unwrap_or_default();
            let blocked = callers.block.iter().flatten().enumerate();
            for (index, caller) in blocked.filter(|(_, caller)| allowed.contains(caller)) {
                let mut path = keys([&"rules", extension, &"callers", &"block"]);
                path.push(Segment::Index(index));
                out.push(
                    (it.place)(&path),
                    format!("{caller} is allowed as well, so it is not blocked"),
                    "leave it in one of the two lists",
                );
            }
        }
    }
}
