//! A schedule that no declared number ever comes to.

use super::{Check, Example, Findings, Lint, Subject, keys};
use crate::{
    finding::Level,
    model::{DEFAULT_RULE, Divert, Pointed, Reference, Ringable, Tenant},
};
use std::collections::BTreeSet;

pub static LINT: Lint = Lint {
    code: "schedule-without-effect",
    level: Level::Warning,
    since: "0.1.0",
    docs: "\
### What it finds
A schedule on Stratus for which there is no rule where the declared numbers lead. It is looked for only where the files say
all of that: every number leads to a queue, a mailbox or an extension with `rules` to the last, `when: default`.

### Why it matters
A queue has no hours of its own: `holidays` changes nothing for a number that is routed to a queue. The day comes, and the
queue rings.

### What to do
Route the number to an extension without a person (portal: Inbound Routing) whose rules have the schedule, and whose
Default rule forwards to the queue.",
    example: Example {
        bad: r#"
schedules: { holidays: { dates: ["2026-12-25"] } }
numbers: { "+12145550100": { route: { queue: "400" } } }
queues: { "400": { agents: ["101"] } }"#,
        finding: "1:14: no declared number comes to a rule for `holidays`",
        good: r#"
schedules: { holidays: { dates: ["2026-12-25"] } }
numbers: { "+12145550100": { route: { extension: "200" } } }
rules:
  "200":
    order:
      - { when: holidays, forward: { always: { voicemail: "101" } } }
      - { when: default, forward: { always: { queue: "400" } } }
queues: { "400": { agents: ["101"] } }"#,
    },
    check: Check::Files(check),
};

fn check(subject: &Subject<'_>, out: &mut Findings<'_>) {
    for it in subject.tenants {
        // Elsewhere schedules serve what is not declared, too.
        let kind = subject.file.providers.get(&it.tenant.provider).map(|it| it.kind.as_str());
        if kind != Some("stratus") {
            continue;
        }
        let Some(used) = schedules_on_the_way(it.tenant) else { continue };
        for name in it.tenant.schedules.keys().filter(|name| !used.contains(*name)) {
            out.push(
                (it.place_of_key)(&keys([&"schedules", name])),
                format!("no declared number comes to a rule for `{name}`"),
                "route the number to an extension whose rules have it and end in `forward: { always: { queue: … } }`: a queue \
                 has no hours of its own",
            );
        }
    }
}

/// The schedules of the rules that calls to the declared numbers come to; nothing where it cannot be told from the files.
fn schedules_on_the_way(tenant: &Tenant) -> Option<BTreeSet<String>> {
    let mut open: Vec<Reference> = Vec::new();
    for number in tenant.numbers.values() {
        number.route.as_ref()?;
        // No number has a mailbox of its own.
        number.each_pointer(&mut |_, to| open.extend(to.reference("")));
    }
    if open.is_empty() {
        return None;
    }
    let (mut seen, mut used) = (BTreeSet::new(), BTreeSet::new());
    while let Some(to) = open.pop() {
        if !seen.insert(to.clone()) {
            continue;
        }
        match &to {
            Reference::Queue(key) => {
                let queue = tenant.queues.get(key)?;
                for agent in queue.agents.iter().flatten() {
                    if let Ringable::Extension(agent) = &agent.target
                        && tenant.rules.contains_key(agent)
                    {
                        open.push(Reference::Extension(agent.clone()));
                    }
                }
                let forwards = queue.forwards().into_iter().filter_map(|(_, divert)| match divert {
                    Some(Divert::To(to)) => Pointed::Destination(to).reference(key),
                    Some(Divert::Off) | None => None,
                });
                open.extend(forwards);
            }
            Reference::Extension(extension) => {
                if tenant.queues.contains_key(extension.as_str()) {
                    open.push(Reference::Queue(extension.to_string()));
                    continue;
                }
                let rules = tenant.rules.get(extension)?;
                let order = rules.order.as_ref()?;
                // Where it does not say so itself, an extension may forward anywhere.
                order.iter().find(|rule| rule.when == DEFAULT_RULE)?;
                used.extend(order.iter().map(|rule| rule.when.clone()).filter(|when| when != DEFAULT_RULE));
                rules.each_pointer(&mut |_, to| open.extend(to.reference(extension.as_str())));
            }
            // A mailbox, a telephone past its rules and an outside number are the end.
            Reference::Voicemail(_) | Reference::Phone(_) | Reference::Number(_) | Reference::Schedule(_) => {
            }
            Reference::Attendant(_)
            | Reference::Receiver(_)
            | Reference::Named(_)
            | Reference::DialString(_) => return None,
        }
    }
    // What it switches there is no rule of the files.
    used.extend(tenant.bulk.iter().map(|entry| entry.schedule.clone()));
    Some(used)
}
