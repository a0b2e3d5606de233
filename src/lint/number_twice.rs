//! One number in two tenants.

use super::{Check, Example, Findings, Lint, Subject, keys};
use crate::{finding::Level, model::Kind};
use std::collections::BTreeMap;

pub static LINT: Lint = Lint {
    code: "number-twice",
    level: Level::Error,
    since: "0.1.0",
    docs: "\
### What it finds
A number that two tenants declare under `numbers`, or under `forwards`.

### Why it matters
A number rings at one place. Two tenants would move it back and forth with every run.

### What to do
Leave it with the tenant whose account holds it.",
    example: Example {
        bad: r#"
# tenants/acme.yaml
numbers: { "+12145550100": { route: { extension: "101" } } }
# tenants/bright.yaml
numbers: { "+12145550100": { route: { extension: "201" } } }"#,
        finding: "tenants/bright.yaml:2:12: +12145550100 is already declared by tenant `acme`",
        good: r#"
# tenants/acme.yaml
numbers: { "+12145550100": { route: { extension: "101" } } }
# tenants/bright.yaml
numbers: { "+12145550101": { route: { extension: "201" } } }"#,
    },
    check: Check::Files(check),
};

fn check(subject: &Subject<'_>, out: &mut Findings<'_>) {
    let mut first = BTreeMap::new();
    for it in subject.tenants {
        let numbers = it.tenant.numbers.keys().map(|number| (Kind::Numbers, number));
        let forwards = it.tenant.forwards.keys().map(|number| (Kind::Forwards, number));
        for (kind, number) in numbers.chain(forwards) {
            if let Some(earlier) = first.insert((kind, number), it.tenant.tenant.as_str())
                && earlier != it.tenant.tenant
            {
                let place = (it.place_of_key)(&keys([&kind.section(), number]));
                let message = format!("{number} is already declared by tenant `{earlier}`");
                out.push(place, message, "leave it with the tenant whose account holds it");
            }
        }
    }
}
