//! Two rules for one schedule.

use super::{Check, Example, Findings, Lint, Subject, keys};
use crate::{finding::Level, path::Segment};
use std::collections::BTreeSet;

pub static LINT: Lint = Lint {
    code: "duplicate-rule",
    level: Level::Error,
    since: "0.1.0",
    docs: "\
### What it finds
Two rules of one extension with the same `when`.

### Why it matters
An extension has one rule for each schedule; the second would never apply.

### What to do
Merge the two rules.",
    example: Example {
        bad: r#"
schedules: { holidays: { dates: ["2026-12-25"] } }
rules:
  "101":
    order: [{ when: holidays, do_not_disturb: true }, { when: holidays, call_screening: true }]"#,
        finding: "4:63: there is already a rule for `holidays`",
        good: r#"
schedules: { holidays: { dates: ["2026-12-25"] } }
rules:
  "101":
    order: [{ when: holidays, do_not_disturb: true }]"#,
    },
    check: Check::Files(check),
};

fn check(subject: &Subject<'_>, out: &mut Findings<'_>) {
    for it in subject.tenants {
        for (extension, rules) in &it.tenant.rules {
            let mut seen = BTreeSet::new();
            for (index, rule) in rules.order.iter().flatten().enumerate() {
                if !seen.insert(rule.when.as_str()) {
                    let mut path = keys([&"rules", extension, &"order"]);
                    path.extend([Segment::Index(index), Segment::key("when")]);
                    out.push(
                        (it.place)(&path),
                        format!("there is already a rule for `{}`", rule.when),
                        "merge the two",
                    );
                }
            }
        }
    }
}
