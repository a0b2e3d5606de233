//! Two names that look the same.

use super::{Check, Example, Findings, Lint, Subject, keys};
use crate::{
    finding::{Level, Place},
    text::as_seen,
};
use std::collections::BTreeMap;

pub static LINT: Lint = Lint {
    code: "look-alike",
    level: Level::Error,
    since: "0.1.0",
    docs: "\
### What it finds
Two names of one kind that differ only in what is not seen: a zero-width space, a no-break space, a soft hyphen, spaces at the
end, the two forms of an accented letter. Schedules and queues of a tenant, and tenants. A plan finds the same between a name
in the file and one that is live.

### Why it matters
Whoever reads the file, a plan or the portal sees one thing where there are two: rules follow the one, and the other is
changed.

### What to do
Give one of them another name. Messages show what is not seen as `\\u{200b}`; in the file it can be written so in double quotes,
`\"\\u200b\"`.",
    example: Example {
        bad: r#"
schedules: { holidays: {}, "holidays\u200b": {} }"#,
        finding: "1:28: `holidays\\u{200b}` and `holidays` differ only in what is not seen",
        good: r#"
schedules: { holidays: {}, "holidays of 2027": {} }"#,
    },
    check: Check::Files(check),
};

fn check(subject: &Subject<'_>, out: &mut Findings<'_>) {
    for (name, first, place) in pairs(subject, as_seen) {
        let message = format!("`{name}` and `{first}` differ only in what is not seen");
        out.push(
            place,
            message,
            "give one of them another name, or leave it out: a reader sees one where there are two",
        );
    }
}

/// Names that are the same in a form, each with the first of them and its place: of tenants, and of each one's schedules and
/// queues.
pub(super) fn pairs<'a>(subject: &Subject<'a>, form: fn(&str) -> String) -> Vec<(&'a str, &'a str, Place)> {
    let mut found = Vec::new();
    let mut tenants = BTreeMap::new();
    for it in subject.tenants {
        // Where a name stands is asked for those that are found alone.
        let mut add = |names: &mut BTreeMap<String, &'a str>, name: &'a str, place: &dyn Fn() -> Place| {
            let first = *names.entry(form(name)).or_insert(name);
            if first != name {
                found.push((name, first, place()));
            }
        };
        let place = |section: &str, name: &str| (it.place_of_key)(&keys([&section, &name]));
        add(&mut tenants, &it.tenant.tenant, &|| (it.place)(&keys([&"tenant"])));
        let (mut schedules, mut queues) = (BTreeMap::new(), BTreeMap::new());
        for name in it.tenant.schedules.keys() {
            add(&mut schedules, name, &|| place("schedules", name));
        }
        for name in it.tenant.queues.keys() {
            add(&mut queues, name, &|| place("queues", name));
        }
    }
    found
}
