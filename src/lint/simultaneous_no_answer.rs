//! A `no_answer` that never fires, because several phones ring at once.

use super::{Check, Example, Findings, Lint, Subject, keys};
use crate::{
    finding::Level,
    model::{E164, OrOff, Pattern, Receivers, Route},
};
use std::collections::BTreeSet;

pub static LINT: Lint = Lint {
    code: "simultaneous-no-answer",
    level: Level::Warning,
    since: "0.1.0",
    docs: "\
### What it finds
A number that rings several receiving numbers at once, one of which has a `no_answer`. A route without `pattern` is not
checked: the files do not say how its numbers ring now.

### Why it matters
The help article *Configure Receiving Numbers*: \"Simultaneous: ring all receiving numbers at once. *note that if you
choose this then the no answer routing will NOT work.*\" A call that nobody answers is not sent on.

### What to do
Choose another pattern, or route the number to a queue, which has a `no_answer` of its own.",
    example: Example {
        bad: r#"
provider: ctm
receivers:
  "+14105550123": { no_answer: { after: 20, to: { receiver: "+14105550125" } } }
numbers:
  "+18005550142":
    route: { receivers: ["+14105550123", "+14105550124"], pattern: simultaneous }"#,
        finding: "6:68: `no_answer` of +14105550123 never applies while all numbers ring at once",
        good: r#"
provider: ctm
receivers:
  "+14105550123": { no_answer: { after: 20, to: { receiver: "+14105550125" } } }
numbers:
  "+18005550142":
    route: { receivers: ["+14105550123", "+14105550124"], pattern: round_robin }"#,
    },
    check: Check::Files(check),
};

fn check(subject: &Subject<'_>, out: &mut Findings<'_>) {
    for it in subject.tenants {
        for (number, declared) in &it.tenant.numbers {
            let Some(Route::Receivers(Receivers { receivers, pattern: Some(Pattern::Simultaneous) })) =
                &declared.route
            else {
                continue;
            };
            let rung: BTreeSet<&E164> = receivers.iter().collect();
            let has_no_answer = |number: &E164| {
                let declared = it.tenant.receivers.get(number);
                declared.is_some_and(|it| matches!(it.no_answer, Some(OrOff::Set(_))))
            };
            let dead: Vec<String> =
                rung.iter().filter(|number| has_no_answer(number)).map(|number| number.to_string()).collect();
            if rung.len() > 1 && !dead.is_empty() {
                out.push(
                    (it.place)(&keys([&"numbers", number, &"route", &"pattern"])),
                    format!(
                        "`no_answer` of {} never applies while all numbers ring at once",
                        dead.join(", ")
                    ),
                    "choose another pattern, or route to a queue with a `no_answer` of its own",
                );
            }
        }
    }
}
