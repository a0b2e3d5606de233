//! A time zone that does not exist.

use super::{Findings, Lint, Subject, keys};
use crate::{finding::Level, text::closest};

pub static LINT: Lint = Lint {
    code: "unknown-time-zone",
    level: Level::Error,
    docs: "\
### What it finds
A `time_zone` that is not in the IANA database.

### Why it matters
Opening hours in the wrong zone send callers to the wrong place for hours every day.

### Example
```yaml
time_zone: America/Chicgo
```
Write `America/Chicago`.",
    check,
};

fn check(subject: &Subject<'_>, out: &mut Findings<'_>) {
    for it in subject.tenants {
        let Some(zone) = &it.tenant.time_zone else { continue };
        let database = jiff::tz::TimeZoneDatabase::bundled();
        // The database finds names in any case; a file says them as they are written everywhere else.
        let known = database.get(zone).is_ok_and(|found| found.iana_name() == Some(zone));
        if known {
            continue;
        }
        let names: Vec<String> = database.available().map(|name| name.to_string()).collect();
        let help = match closest(zone, names.iter().map(String::as_str)) {
            Some(near) => format!("did you mean `{near}`?"),
            None => "write a zone as `America/Chicago`".to_owned(),
        };
        out.push((it.place)(&keys([&"time_zone"])), format!("there is no time zone `{zone}`"), help);
    }
}
