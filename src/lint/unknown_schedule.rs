//! A rule that follows a schedule nobody declared.

use super::{Findings, Lint, Subject, keys};
use crate::{
    finding::{Level, Seg},
    model::DEFAULT_RULE,
    text::closest,
};

pub static LINT: Lint = Lint {
    code: "unknown-schedule",
    level: Level::Error,
    docs: "\
### What it finds
A rule whose `when` is not a schedule of the same tenant.

### Why it matters
A rule without its schedule never applies; a typo would switch off the answering rule it was meant for.

### Example
```yaml
schedules: { business-hours: { weekly: { mon-fri: [\"08:00-17:00\"] } } }
rules: { \"101\": { order: [{ when: buisness-hours }] } }
```
Write the name as it is declared. A live schedule that dialform should use as it is: `schedules: { lunch: {} }`.",
    check,
};

fn check(subject: &Subject<'_>, out: &mut Findings<'_>) {
    for it in subject.tenants {
        for (extension, rules) in &it.tenant.rules {
            for (index, rule) in rules.order.iter().flatten().enumerate() {
                let when = rule.when.as_str();
                if when == DEFAULT_RULE || it.tenant.schedules.contains_key(when) {
                    continue;
                }
                let mut path = keys([&"rules", extension, &"order"]);
                path.extend([Seg::Index(index), Seg::key("when")]);
                let known = it.tenant.schedules.keys().map(String::as_str).chain([DEFAULT_RULE]);
                let help = match closest(when, known) {
                    Some(near) => format!("did you mean `{near}`?"),
                    None => format!("declare it; `schedules: {{ {when}: {{}} }}` uses a live one as it is"),
                };
                out.push((it.place)(&path), format!("schedule `{when}` is not declared"), help);
            }
        }
    }
}
