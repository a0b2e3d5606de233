//! A rule below the one that always matches.

use super::{Check, Example, Findings, Lint, Subject, keys};
use crate::{finding::Level, model::DEFAULT_RULE, path::Segment};

pub static LINT: Lint = Lint {
    code: "default-rule-last",
    level: Level::Error,
    since: "0.1.0",
    docs: "\
### What it finds
A rule listed below `when: default`.

### Why it matters
The Default rule always matches, so nothing below it ever applies; the platform keeps it last.

### What to do
Put `default` at the end.",
    example: Example {
        bad: r#"
schedules: { holidays: { dates: ["2026-12-25"] } }
rules:
  "101":
    order: [{ when: default }, { when: holidays, do_not_disturb: true }]"#,
        finding: "4:21: `default` always matches, so `holidays` below it never applies",
        good: r#"
schedules: { holidays: { dates: ["2026-12-25"] } }
rules:
  "101":
    order: [{ when: holidays, do_not_disturb: true }, { when: default }]"#,
    },
    check: Check::Files(check),
};

fn check(subject: &Subject<'_>, out: &mut Findings<'_>) {
    for it in subject.tenants {
        for (extension, rules) in &it.tenant.rules {
            let order = rules.order.as_deref().unwrap_or_default();
            let default = order.iter().position(|rule| rule.when == DEFAULT_RULE);
            let Some(at) = default.filter(|at| at + 1 < order.len()) else { continue };
            let mut path = keys([&"rules", extension, &"order"]);
            path.extend([Segment::Index(at), Segment::key("when")]);
            let message =
                format!("`default` always matches, so `{}` below it never applies", order[at + 1].when);
            out.push((it.place)(&path), message, "put `default` at the end of `order`");
        }
    }
}
