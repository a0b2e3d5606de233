//! A rule for the schedule of another extension.

use super::{Check, Example, Findings, Lint, Subject};
use crate::{finding::Level, path::Path};

pub static LINT: Lint = Lint {
    code: "foreign-schedule",
    level: Level::Error,
    since: "0.1.0",
    docs: "\
### What it finds
A rule of one extension for a schedule that belongs to another one: the schedule says `extension`.

### Why it matters
Only the rules of the extension it belongs to can use a schedule. The rule would never apply.

### What to do
Leave `extension` out, so that the schedule is for the whole account, or make one for each extension.",
    example: Example {
        bad: r#"
schedules: { vacation: { extension: "102", dates: ["2027-08-01..2027-08-07"] } }
rules: { "101": { order: [{ when: vacation }] } }"#,
        finding: "2:35: schedule `vacation` belongs to extension `102`",
        good: r#"
schedules: { vacation: { extension: "101", dates: ["2027-08-01..2027-08-07"] } }
rules: { "101": { order: [{ when: vacation }] } }"#,
    },
    check: Check::Files(check),
};

fn check(subject: &Subject<'_>, out: &mut Findings<'_>) {
    for it in subject.tenants {
        it.tenant.each_rules(&mut |whose, rules| {
            for (index, rule) in rules.order.iter().flatten().enumerate() {
                let owner =
                    it.tenant.schedules.get(&rule.when).and_then(|schedule| schedule.extension.as_ref());
                let Some(owner) = owner.filter(|owner| owner.as_str() != whose.key) else {
                    continue;
                };
                let at = whose.at(&Path::from(["order"]).join(index).join("when"));
                let message = format!("schedule `{}` belongs to extension `{owner}`", rule.when);
                let help = "leave its `extension` out, or make one for this extension under another name";
                out.push((it.place)(&at), message, help);
            }
        });
    }
}
