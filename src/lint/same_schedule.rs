//! Two names for one schedule.

use super::{Check, Example, Findings, Lint, Subject, keys};
use crate::{
    finding::{Level, Place},
    model::Schedule,
};
use std::collections::BTreeMap;

pub static LINT: Lint = Lint {
    code: "same-schedule",
    level: Level::Warning,
    since: "0.1.0",
    docs: "\
### What it finds
Two schedules of one tenant that say the same.

### Why it matters
A holiday that is entered in one of them is missing in the other. Some rules then go on as if nobody were away.

### What to do
Keep one, and let all rules follow it. Where the two are of different people and may part one day, leave them.",
    example: Example {
        bad: r#"
schedules:
  holidays: { dates: ["2026-12-25"] }
  closed: { dates: ["2026-12-25"] }
rules:
  "101": { order: [{ when: closed, do_not_disturb: true }, { when: default }] }
  "102": { order: [{ when: holidays, do_not_disturb: true }, { when: default }] }"#,
        finding: "3:3: `closed` says the same as `holidays`",
        good: r#"
schedules:
  holidays: { dates: ["2026-12-25"] }
rules:
  "101": { order: [{ when: holidays, do_not_disturb: true }, { when: default }] }
  "102": { order: [{ when: holidays, do_not_disturb: true }, { when: default }] }"#,
    },
    check: Check::Files(check),
};

fn check(subject: &Subject<'_>, out: &mut Findings<'_>) {
    for it in subject.tenants {
        let place = |name: &str| (it.place_of_key)(&keys([&"schedules", &name]));
        let mut by_hours: BTreeMap<String, Vec<(Place, &str)>> = BTreeMap::new();
        for (name, schedule) in &it.tenant.schedules {
            let hours = Schedule { protect: None, enabled: None, ..schedule.clone() };
            // One that says nothing is a live one as it is.
            if hours != Schedule::default() {
                let said = serde_json::to_string(&hours).unwrap_or_default();
                by_hours.entry(said).or_default().push((place(name), name));
            }
        }
        for mut same in by_hours.into_values() {
            same.sort();
            let mut same = same.into_iter();
            let Some((_, first)) = same.next() else { continue };
            for (place, name) in same {
                let message = format!("`{name}` says the same as `{first}`");
                out.push(place, message, "keep one of the two, and let all rules follow it");
            }
        }
    }
}
