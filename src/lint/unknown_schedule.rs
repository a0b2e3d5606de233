//! Something that follows a schedule nobody declared.

use super::{Check, Example, Findings, Lint, Subject, near_names::Meant};
use crate::{
    finding::Level,
    model::{Bulk, DEFAULT_RULE, Kind, Pointed},
    path::Path,
    text::as_key,
};
use std::cell::OnceCell;

pub static LINT: Lint = Lint {
    code: "unknown-schedule",
    level: Level::Error,
    since: "0.1.0",
    docs: "\
### What it finds
A rule whose `when`, a receiving number whose `tagging_hours`, or an entry of `bulk` whose `schedule` is not a schedule of
the same tenant.

### Why it matters
A rule without its schedule never applies; a typo would switch off the answering rule it was meant for. The help article
*Configure Receiving Numbers*: tagging hours \"are also used to control when a receiving number can receive calls from a
FormReactor\".

### What to do
Write the name as it is declared. A live schedule that dialform should use as it is: `schedules: { lunch: {} }`.",
    example: Example {
        bad: r#"
schedules: { business-hours: { weekly: { mon-fri: ["08:00-17:00"] } } }
rules: { "101": { order: [{ when: buisness-hours }] } }"#,
        finding: "2:35: schedule `buisness-hours` is not declared",
        good: r#"
schedules: { business-hours: { weekly: { mon-fri: ["08:00-17:00"] } } }
rules: { "101": { order: [{ when: business-hours }] } }"#,
    },
    check: Check::Files(check),
};

fn check(subject: &Subject<'_>, out: &mut Findings<'_>) {
    for it in subject.tenants {
        let declared = || it.tenant.schedules.keys().map(String::as_str);
        let (schedules, of_rules) = (OnceCell::new(), OnceCell::new());
        for (index, Bulk { schedule: name, .. }) in it.tenant.bulk.iter().enumerate() {
            if !it.tenant.schedules.contains_key(name) {
                let at = Path::from(["bulk"]).join(index).join("schedule");
                let meant = schedules.get_or_init(|| Meant::new(declared()));
                let help = meant.help(name).unwrap_or_else(|| declare(name));
                out.push((it.place)(&at), format!("schedule `{name}` is not declared"), help);
            }
        }
        it.tenant.each_pointer(&mut |whose, within, to| {
            let Pointed::Schedule(name) = to else { return };
            // Of `bulk` that is said above.
            if whose.entry.is_some() || it.tenant.schedules.contains_key(name) {
                return;
            }
            let meant = match whose.kind {
                Kind::Rules => of_rules.get_or_init(|| Meant::new(declared().chain([DEFAULT_RULE]))),
                _ => schedules.get_or_init(|| Meant::new(declared())),
            };
            let help = meant.help(name).unwrap_or_else(|| declare(name));
            let at = whose.at(&within.path());
            out.push((it.place)(&at), format!("schedule `{name}` is not declared"), help);
        });
    }
}

fn declare(name: &str) -> String {
    format!("declare it; `schedules: {{ {}: {{}} }}` uses a live one as it is", as_key(name))
}
