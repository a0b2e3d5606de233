//! A time zone that does not exist.

use super::{Check, Example, Findings, Lint, Subject, keys};
use crate::{finding::Level, text::closest};
use jiff::tz::TimeZoneDatabase;

pub static LINT: Lint = Lint {
    code: "unknown-time-zone",
    level: Level::Error,
    since: "0.1.0",
    docs: "\
### What it finds
A `time_zone`, of a tenant or of one schedule, that is not in the IANA database.

### Why it matters
Opening hours in the wrong zone send callers to the wrong place for hours every day.

### What to do
Write `America/Chicago`.",
    example: Example {
        bad: "time_zone: America/Chicgo",
        finding: "1:12: there is no time zone `America/Chicgo`",
        good: "time_zone: America/Chicago",
    },
    check: Check::Files(check),
};

fn check(subject: &Subject<'_>, out: &mut Findings<'_>) {
    let database = &TimeZoneDatabase::bundled();
    for it in subject.tenants {
        let mut judge = |zone: &str, path: &[_]| {
            if !is_known(database, zone) {
                let help = near(database, zone);
                out.push((it.place)(path), format!("there is no time zone `{zone}`"), help);
            }
        };
        if let Some(zone) = &it.tenant.time_zone {
            judge(zone, &keys([&"time_zone"]));
        }
        for (name, schedule) in &it.tenant.schedules {
            if let Some(zone) = &schedule.time_zone {
                judge(zone, &keys([&"schedules", name, &"time_zone"]));
            }
        }
    }
}

/// The database finds names in any case; a file says them as they are written everywhere else.
fn is_known(database: &TimeZoneDatabase, zone: &str) -> bool {
    database.get(zone).is_ok_and(|found| found.iana_name() == Some(zone))
}

fn near(database: &TimeZoneDatabase, zone: &str) -> String {
    let names: Vec<String> = database.available().map(|name| name.to_string()).collect();
    // `Pacific Time` is closest to Pacific/Niue, and not meant: only a slip in a name of this form is guessed at.
    let meant = zone.contains('/').then(|| closest(zone, names.iter().map(String::as_str))).flatten();
    match meant {
        Some(near) => format!("did you mean `{near}`?"),
        None => "write a zone as `America/Chicago`".to_owned(),
    }
}
