//! An entry of `bulk` that something else in the file contradicts.

use super::{Check, Example, Findings, Lint, Subject};
use crate::{
    finding::Level,
    model::{Bulk, Extension, Extensions, Tenant},
    path::Path,
};

pub static LINT: Lint = Lint {
    code: "bulk-conflict",
    level: Level::Error,
    since: "0.1.0",
    docs: "\
### What it finds
Two entries of `bulk` for one schedule that may both hold for an extension; an entry that switches a rule otherwise than
`rules` of the extension or `enabled` of the schedule; an extension that is a queue, or whose `rules` have no rule for the
schedule. An entry with a `rule` for `all`, or for an extension whose `order` is declared.

### Why it matters
A rule is on or off. What is said twice can contradict itself, and a queue's own extension has no rules that could be
switched. An account has users that are no people, such as a fax or an extension that leads calls on, and nothing tells them
apart: a rule on top of `all` would take their calls, too. A declared `order` is complete, and says what its first rule is.

### What to do
Keep one of the two. Rules that are declared are switched where they are declared. Name the extensions that get a rule.",
    example: Example {
        bad: r#"
schedules: { storm: { dates: ["2027-01-15"] } }
rules: { "101": { order: [{ when: storm, do_not_disturb: true }] } }
bulk: [{ schedule: storm, extensions: all, enabled: false }]"#,
        finding: "3:8: the rule for `storm` of `101` is declared, and switched on",
        good: r#"
schedules: { storm: { dates: ["2027-01-15"] } }
rules: { "101": { order: [{ when: storm, do_not_disturb: true, enabled: false }] } }
bulk: [{ schedule: storm, extensions: all, enabled: false }]"#,
    },
    check: Check::Files(check),
};

fn check(subject: &Subject<'_>, out: &mut Findings<'_>) {
    for it in subject.tenants {
        for (index, entry) in it.tenant.bulk.iter().enumerate() {
            let place = || (it.place)(&Path::from(["bulk"]).join(index));
            for (message, help) in conflicts(entry, &it.tenant.bulk[..index], it.tenant) {
                out.push(place(), message, help);
            }
        }
    }
}

fn conflicts(entry: &Bulk, earlier: &[Bulk], tenant: &Tenant) -> Vec<(String, String)> {
    let Bulk { schedule, extensions, enabled, rule } = entry;
    let mut found = Vec::new();
    let word = |on: bool| if on { "on" } else { "off" };
    if *extensions == Extensions::Named(Vec::new()) {
        let (message, help) = match rule {
            None => ("this entry switches nothing", "name extensions, write `all`, or take the entry out"),
            Some(_) => ("this entry puts a rule on top of nothing", "name extensions, or take the entry out"),
        };
        found.push((message.to_owned(), help.to_owned()));
    }
    if *extensions == Extensions::All && rule.is_some() {
        let message =
            "a rule is not put on top of `all`: which users of an account are people cannot be told";
        let help = "name them: `extensions: [\"101\", \"102\"]`";
        found.push((message.to_owned(), help.to_owned()));
    }
    for other in earlier.iter().filter(|other| other.schedule == *schedule) {
        if let Some(whose) = both(extensions, &other.extensions) {
            let message = format!("there is already an entry for `{schedule}` {whose}");
            found.push((message, "keep one of the two".to_owned()));
        }
    }
    for (at, extension) in extensions.named().iter().enumerate() {
        if extensions.named()[..at].contains(extension) {
            found.push((format!("`{extension}` is named twice"), "name each extension once".to_owned()));
        }
        if tenant.queues.contains_key(extension.as_str()) {
            let why = match rule {
                None => "which has no rules to switch",
                Some(_) => "which has no rules of its own",
            };
            found.push((format!("`{extension}` is a queue, {why}"), "take it out".to_owned()));
        }
    }
    let all_off = tenant.schedules.get(schedule).is_some_and(|it| it.enabled == Some(false));
    if *enabled && all_off {
        let help = format!("take `enabled: false` out of `schedules.{schedule}`, or this entry");
        found.push((format!("schedule `{schedule}` is switched off with every rule that uses it"), help));
    }
    for (extension, rules) in tenant.rules.iter().filter(|(extension, _)| extensions.may_hold(extension)) {
        let Some(order) = &rules.order else { continue };
        if rule.is_some() {
            // That there is none for all is said above.
            if *extensions == Extensions::All {
                break;
            }
            let message =
                format!("the rules of `{extension}` are declared, and their first is the one there");
            let help = format!(
                "write the rule at the beginning of `rules.{extension}.order`, or leave `{extension}` out here"
            );
            found.push((message, help));
            continue;
        }
        match order.iter().find(|rule| rule.when == *schedule) {
            Some(rule) if (rule.enabled && !all_off) != *enabled => found.push((
                format!(
                    "the rule for `{schedule}` of `{extension}` is declared, and switched {}",
                    word(rule.enabled)
                ),
                format!("write `enabled: {enabled}` there, or leave `{extension}` out here"),
            )),
            // Of all that have one, it is none.
            None if *extensions != Extensions::All => found.push((
                format!("the rules of `{extension}` are declared, and have none for `{schedule}`"),
                format!("add one in `rules.{extension}`, or leave `{extension}` out here"),
            )),
            _ => {}
        }
    }
    found
}

/// For which extensions two entries may both hold.
fn both(one: &Extensions, other: &Extensions) -> Option<String> {
    match (one, other) {
        (Extensions::All, Extensions::All) => Some("of all".to_owned()),
        (Extensions::All, Extensions::Named(list)) | (Extensions::Named(list), Extensions::All) => {
            list.first().map(|it| format!("that holds for `{it}`"))
        }
        (Extensions::Named(one), Extensions::Named(other)) => {
            let shared: Vec<&Extension> = one.iter().filter(|it| other.contains(it)).collect();
            shared.first().map(|it| format!("that holds for `{it}`"))
        }
    }
}
