//! A name with letters that look like others.

use super::{Check, Example, Findings, Lint, Subject, keys, look_alike::pairs};
use crate::{
    finding::Level,
    text::{as_drawn, is_mixed, look_alike, spelled_out},
};

pub static LINT: Lint = Lint {
    code: "confusable",
    level: Level::Warning,
    since: "0.1.0",
    docs: "\
### What it finds
Names with letters of another alphabet that look like Latin ones (Unicode TS 39): two names that are drawn alike, and one name
in which a word has letters of both. Names of tenants, schedules and queues.

### Why it matters
A reviewer reads `office` where the file says something else. A rule that follows the one name does not follow the other.

### What to do
Write the name in one alphabet. In the finding each such letter stands as `\\u043e`.",
    example: Example {
        bad: r#"
schedules: { "h\u043elidays": {} }"#,
        finding: "1:14: `hоlidays` has letters of two alphabets: it is \"h\\u043elidays\"",
        good: r#"
schedules: { holidays: {} }"#,
    },
    check: Check::Files(check),
};

const HELP: &str = "write the name in one alphabet: a reader takes it for another one";

fn check(subject: &Subject<'_>, out: &mut Findings<'_>) {
    for (name, first, place) in pairs(subject, as_drawn) {
        let is_plain = name.is_ascii() && first.is_ascii();
        if !is_plain && !look_alike(name, first) {
            out.push(place, format!("`{name}` looks like `{first}`: it is {}", spelled_out(name)), HELP);
        }
    }
    for it in subject.tenants {
        let schedules = it.tenant.schedules.keys().map(|name| ("schedules", name));
        let queues = it.tenant.queues.keys().map(|name| ("queues", name));
        let own = [("tenant", &it.tenant.tenant)];
        for (section, name) in schedules.chain(queues).chain(own).filter(|(_, name)| is_mixed(name)) {
            let place = match section {
                "tenant" => (it.place)(&keys([&section])),
                _ => (it.place_of_key)(&keys([&section, name])),
            };
            let spelled = spelled_out(name);
            out.push(place, format!("`{name}` has letters of two alphabets: it is {spelled}"), HELP);
        }
    }
}
