//! One live thing declared in two places.

use super::{Check, Example, Findings, Lint, Subject, keys};
use crate::{
    finding::Level,
    model::{DEFAULT_RULE, Diverts, Extension},
};

pub static LINT: Lint = Lint {
    code: "one-place",
    level: Level::Error,
    since: "0.1.0",
    docs: "\
### What it finds
`diverts` of an extension beside a `when: default` rule of the same extension, and `rules` or `diverts` of an extension
that is a queue.

### Why it matters
On Stratus `diverts.103` are the forwards of extension 103's Default rule, and a queue's own Default rule holds its
`no_answer`, `unavailable` and `failover`. What is declared twice can contradict itself.

### What to do
Keep one of the two. Of a queue, `no_answer` stays `no_answer`, `busy` is `unavailable` and `unreachable` is `failover`,
all in `queues`.

A queue has no hours. For holidays the number leads to an extension without a person (portal: Inbound Routing) whose rules
have them, and whose other rules forward to the queue:

```yaml
numbers: { \"+12145550100\": { route: { extension: \"200\" } } }
rules:
  \"200\":
    order:
      - { when: holidays, forward: { always: { voicemail: \"101\" } } }
      - { when: default, forward: { always: { queue: \"400\" } } }
queues: { \"400\": {} }
```",
    example: Example {
        bad: r#"
rules: { "103": { order: [{ when: default, forward: { busy: voicemail } }] } }
diverts: { "103": { busy: off } }"#,
        finding: "2:12: the Default rule of `103` is declared twice",
        good: r#"rules: { "103": { order: [{ when: default, forward: { busy: voicemail } }] } }"#,
    },
    check: Check::Files(check),
};

fn check(subject: &Subject<'_>, out: &mut Findings<'_>) {
    for it in subject.tenants {
        for (extension, diverts) in &it.tenant.diverts {
            let place = || (it.place_of_key)(&keys([&"diverts", extension]));
            if it.tenant.queues.contains_key(extension.as_str()) {
                out.push(
                    place(),
                    format!("`{extension}` is a queue; its forwards belong to it"),
                    of_queue(extension, diverts),
                );
                continue;
            }
            let order = it.tenant.rules.get(extension).and_then(|rules| rules.order.as_ref());
            if order.into_iter().flatten().any(|rule| rule.when == DEFAULT_RULE) {
                out.push(
                    place(),
                    format!("the Default rule of `{extension}` is declared twice"),
                    format!("keep either `diverts.{extension}` or `when: default` in `rules.{extension}`"),
                );
            }
        }
        for extension in it.tenant.rules.keys() {
            if it.tenant.queues.contains_key(extension.as_str()) {
                out.push(
                    (it.place_of_key)(&keys([&"rules", extension])),
                    format!("`{extension}` is a queue; its rules belong to it"),
                    format!(
                        "write `no_answer`, `unavailable` and `failover` in `queues.{extension}`; for hours and holidays \
                         route the number to an extension without a person, whose rules have them and end in \
                         `forward: {{ always: {{ queue: \"{extension}\" }} }}`"
                    ),
                );
            }
        }
    }
}

/// What the forwards of a queue are called in `queues`.
fn of_queue(extension: &Extension, diverts: &Diverts) -> String {
    let set = diverts.conditions().into_iter().filter(|(_, to)| to.is_some());
    let (mut words, mut rest) = (Vec::new(), Vec::new());
    for (word, _) in set {
        match word {
            "no_answer" => words.push("`no_answer`".to_owned()),
            "busy" => words.push("`unavailable` for `busy`".to_owned()),
            "unreachable" => words.push("`failover` for `unreachable`".to_owned()),
            word => rest.push(format!("`{word}`")),
        }
    }
    let words = (!words.is_empty()).then(|| format!("write {} in `queues.{extension}`", words.join(", ")));
    let rest =
        (!rest.is_empty()).then(|| format!("leave {} out: calls come into the queue by it", rest.join(", ")));
    let said: Vec<String> = words.into_iter().chain(rest).collect();
    if said.is_empty() { "take it out".to_owned() } else { said.join("; ") }
}
