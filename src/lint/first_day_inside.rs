//! A first day in the middle of days that come again: they are meant, and the next ones are taken.

use super::{Check, Example, Findings, Lint, Subject};
use crate::{
    finding::Level,
    model::{Recurring, RecurringDay},
    path::Path,
};

pub static LINT: Lint = Lint {
    code: "first-day-inside",
    level: Level::Warning,
    since: "0.1.0",
    docs: "\
### What it finds
A `first_day` of `yearly` or `monthly` that is one of several days, and not the first of them.

### Why it matters
Days that have begun before their first day are not in force: the first time is the next one, a year or a month later. The
holidays that are meant to be closed are open.

### What to do
Write the day on which they begin. A range that is to be shorter the first time is two entries: the rest of it under `dates`,
and the range from the next time on.",
    example: Example {
        bad: r#"
schedules:
  winter: { yearly: [{ day: "12-24..01-02", first_day: 2027-12-28 }] }"#,
        finding: "2:56: `12-24..01-02` has begun when its first day comes, 2027-12-28: it is in force from 2028-12-24 on",
        good: r#"
schedules:
  winter: { yearly: [{ day: "12-24..01-02", first_day: 2027-12-24 }] }"#,
    },
    check: Check::Files(check),
};

fn check(subject: &Subject<'_>, out: &mut Findings<'_>) {
    for it in subject.tenants {
        for (name, schedule) in &it.tenant.schedules {
            let field = |field| Path::from(["schedules", name, field]);
            let mut say = |field: Path, index: usize, (message, help): (String, String)| {
                let at = field.join(index).join("first_day");
                out.push((it.place)(&at), message, help);
            };
            for (index, monthly) in schedule.monthly.iter().flatten().enumerate() {
                moved(monthly).into_iter().for_each(|text| say(field("monthly"), index, text));
            }
            for (index, yearly) in schedule.yearly.iter().flatten().enumerate() {
                moved(yearly).into_iter().for_each(|text| say(field("yearly"), index, text));
            }
        }
    }
}

/// What is said of days that have begun when their first day comes, and the way out.
fn moved<D: RecurringDay>(it: &Recurring<D>) -> Option<(String, String)> {
    let first_day = it.term.first_day?.0;
    let (begun, _) = it.around(first_day)?;
    let (next, _) = it.first_time(first_day)?;
    let message = format!(
        "`{}` has begun when its first day comes, {first_day}: it is in force from {next} on",
        it.day
    );
    Some((message, format!("write `first_day: {begun}`, or `first_day: {next}` if that is meant")))
}
