//! A number that is left out of the emergency forwards.

use super::{Check, Example, Findings, Lint, Subject, keys};
use crate::{finding::Level, model::Tenant, text::count};

pub static LINT: Lint = Lint {
    code: "number-without-forward",
    level: Level::Warning,
    since: "0.1.0",
    docs: "\
### What it finds
A number with a route and without an emergency forward (CallTrackingMetrics: a fail-safe number), where three times as many of
the tenant's numbers have one.

### Why it matters
On the day the platform cannot take calls, those to this number end. Most often it came later than the others.

### What to do
Declare a forward. If the number is to have none, say so: `absent: { forwards: [\"+12145550103\"] }`.",
    example: Example {
        bad: r#"
numbers:
  "+12145550100": { route: { extension: "101" } }
  "+12145550101": { route: { extension: "101" } }
  "+12145550102": { route: { extension: "102" } }
  "+12145550103": { route: { extension: "103" } }
forwards:
  "+12145550100": { to: "+19725550199" }
  "+12145550101": { to: "+19725550199" }
  "+12145550102": { to: "+19725550199" }"#,
        finding: "5:3: +12145550103 has no forward, and the 3 other numbers have one",
        good: r#"
numbers:
  "+12145550100": { route: { extension: "101" } }
  "+12145550101": { route: { extension: "101" } }
  "+12145550102": { route: { extension: "102" } }
  "+12145550103": { route: { extension: "103" } }
forwards:
  "+12145550100": { to: "+19725550199" }
  "+12145550101": { to: "+19725550199" }
  "+12145550102": { to: "+19725550199" }
  "+12145550103": { to: "+19725550199" }"#,
    },
    check: Check::Files(check),
};

/// How many have a forward, for each that has none.
const MANY: usize = 3;

fn check(subject: &Subject<'_>, out: &mut Findings<'_>) {
    for it in subject.tenants {
        let Tenant { numbers, forwards, absent, .. } = it.tenant;
        let routed = numbers.iter().filter(|(_, number)| number.route.is_some()).map(|(number, _)| number);
        let (with, without): (Vec<_>, Vec<_>) = routed.partition(|number| forwards.contains_key(*number));
        // Where several have none it may be meant.
        if with.len() < MANY * without.len() {
            continue;
        }
        let is_meant = |number: &str| absent.addresses().iter().any(|(address, _)| address.key == number);
        for number in without.into_iter().filter(|number| !is_meant(&number.to_string())) {
            out.push(
                (it.place_of_key)(&keys([&"numbers", number])),
                format!("{number} has no forward, and the {} have one", count(with.len(), "other number")),
                format!("declare where its calls go while the platform is down: `forwards: {{ \"{number}\": {{ to: … }} }}`"),
            );
        }
    }
}
