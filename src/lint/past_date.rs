//! A date that is over.

use super::{Check, Example, Lint, Subject, keys};
use crate::finding::{Finding, Level};
use jiff::{Timestamp, tz::TimeZone};
use std::collections::BTreeSet;

pub static LINT: Lint = Lint {
    code: "past-date",
    level: Level::Warning,
    since: "0.1.0",
    docs: "\
### What it finds
A day of a schedule's `dates` that is over.

### Why it matters
It does nothing any more. Most often the holidays of a year are there and those of the next one are not.

### What to do
Take it out, and look whether next year's days are there. What comes again every year belongs in `yearly`.",
    example: Example {
        bad: r#"schedules: { holidays: { dates: ["2020-01-01", "2099-12-25"] } }"#,
        finding: "1:34: the date 2020-01-01 is over",
        good: r#"schedules: { holidays: { dates: ["2099-12-25"] } }"#,
    },
    check: Check::Sweep,
};

pub(super) fn find(subject: &Subject<'_>, asked: &BTreeSet<&str>) -> Vec<Finding> {
    let now = Timestamp::from_second(subject.at).unwrap_or_default();
    let mut found = Vec::new();
    for it in subject.tenants.iter().filter(|it| asked.contains(it.tenant.tenant.as_str())) {
        for (name, schedule) in &it.tenant.schedules {
            let zone = schedule.time_zone.as_deref().or(it.tenant.time_zone.as_deref());
            let zone = zone.and_then(|zone| TimeZone::get(zone).ok()).unwrap_or(TimeZone::UTC);
            let today = now.to_zoned(zone).date();
            for (at, date) in schedule.dates.iter().flatten().enumerate() {
                if date.is_over(today) {
                    let path = keys([&"schedules", name, &"dates"]).join(at);
                    let message = format!("the date {date} is over");
                    let help = "take it out, and look whether next year's days are there";
                    found.push(LINT.finding(message).at((it.place)(&path)).help(help));
                }
            }
        }
    }
    found
}
